//! Reads the request from the parent and writes the answer; the form is described in `vedette_core::opened`.

use std::io::{Read, Write};

use vedette_core::opened::{
    ANSWER_BYTES_MAX, ANSWER_HEADER_BYTES_MAX, ANSWER_MAGIC, AnswerHeader, DrawnPageFacts, Facts, INPUT_BYTES_MAX,
    ImageFacts, PagesFacts, REQUEST_HEADER_BYTES_MAX, REQUEST_MAGIC, Request, SandboxState, SubtitleFacts, TextFacts,
    WireFault, one_line,
};

use crate::pdf::DrawnPage;
use crate::{FileFault, Opened};

/// Reads a request and its file.
///
/// # Errors
/// `Damaged` when it breaks the protocol, `TooLarge` when the file is.
pub fn read_request(stdin: &mut impl Read) -> Result<(Request, Vec<u8>), FileFault> {
    let broken =
        |error: std::io::Error| FileFault::Damaged(format!("the request from the parent process is broken: {error}"));
    let mut magic = [0; 4];
    stdin.read_exact(&mut magic).map_err(broken)?;
    let mut header_bytes = [0; 4];
    stdin.read_exact(&mut header_bytes).map_err(broken)?;
    let header_bytes = u32::from_le_bytes(header_bytes);
    if &magic != REQUEST_MAGIC || header_bytes > REQUEST_HEADER_BYTES_MAX {
        return Err(FileFault::Damaged("the parent process speaks another version of the protocol".to_owned()));
    }
    let mut header = vec![0; header_bytes as usize];
    stdin.read_exact(&mut header).map_err(broken)?;
    let request: Request = serde_json::from_slice(&header).map_err(|error| broken(error.into()))?;
    let mut length = [0; 8];
    stdin.read_exact(&mut length).map_err(broken)?;
    let length = u64::from_le_bytes(length);
    if length > INPUT_BYTES_MAX {
        return Err(FileFault::TooLarge(format!("{length} bytes, the limit is {INPUT_BYTES_MAX}")));
    }
    let mut bytes = Vec::with_capacity(length as usize);
    stdin.take(length).read_to_end(&mut bytes).map_err(broken)?;
    if bytes.len() as u64 != length {
        return Err(FileFault::Damaged("the parent process stopped sending".to_owned()));
    }
    Ok((request, bytes))
}

/// Writes the answer.
pub(crate) fn write_answer(
    stdout: &mut impl Write,
    sandbox: Option<SandboxState>,
    outcome: &Result<Opened, FileFault>,
) -> std::io::Result<()> {
    let (mut header, mut sections) = match outcome {
        Ok(opened) => facts(opened),
        Err(fault) => (failed(fault), Vec::new()),
    };
    if sections.iter().map(|section| section.len() as u64).sum::<u64>()
        > ANSWER_BYTES_MAX - u64::from(ANSWER_HEADER_BYTES_MAX)
    {
        header = failed(&FileFault::TooLarge("what was read does not fit into one answer".to_owned()));
        sections.clear();
    }
    header.sandbox = sandbox;
    header.sections = sections.iter().map(|section| section.len() as u64).collect();
    let json = serde_json::to_vec(&header)?;
    stdout.write_all(ANSWER_MAGIC)?;
    stdout.write_all(&u32::try_from(json.len()).unwrap_or(u32::MAX).to_le_bytes())?;
    stdout.write_all(&json)?;
    for section in sections {
        stdout.write_all(section)?;
    }
    stdout.flush()
}

fn failed(fault: &FileFault) -> AnswerHeader {
    let fault = WireFault { class: fault.class().to_owned(), detail: fault.detail() };
    AnswerHeader { fault: Some(fault), ..AnswerHeader::default() }
}

fn facts(opened: &Opened) -> (AnswerHeader, Vec<&[u8]>) {
    let (facts, sections): (Facts, Vec<&[u8]>) = match opened {
        Opened::Image(picture) => (
            Facts::Image(ImageFacts {
                format: picture.format.to_owned(),
                width: picture.width,
                height: picture.height,
                pdq: picture.pdq.hash.to_string(),
                quality: picture.pdq.quality,
                dihedral: picture.dihedral.iter().map(ToString::to_string).collect(),
                truncated: picture.truncated,
                text_likely: picture.text_likely,
                gray_width: picture.gray.width,
                gray_height: picture.gray.height,
                inverted: picture.gray.inverted,
                scale: picture.gray.scale,
            }),
            vec![&picture.gray.pixels, &picture.preview_png, &picture.blurred_png],
        ),
        Opened::Html(page) => (
            Facts::Html(TextFacts {
                encoding: page.encoding.to_owned(),
                guessed: false,
                lossy: page.lossy,
                cut: page.cut,
                title: page.title.clone(),
                lang: page.lang.as_deref().map(one_line),
                links: page.links.clone(),
                hidden_bytes: page.hidden_bytes as u64,
                around_bytes: page.around_bytes as u64,
            }),
            vec![page.text.as_bytes()],
        ),
        Opened::Text(text) => (
            Facts::Text(TextFacts {
                encoding: text.encoding.to_owned(),
                guessed: text.guessed,
                lossy: text.lossy,
                cut: text.cut,
                ..TextFacts::default()
            }),
            vec![text.text.as_bytes()],
        ),
        Opened::Pdf(pdf) => (Facts::Pdf(pdf.clone()), Vec::new()),
        Opened::Media(media) => (Facts::Media(media.clone()), Vec::new()),
        Opened::Pages(drawn) => (
            Facts::Pages(PagesFacts {
                total: drawn.total,
                pages: drawn.pages.iter().map(page_facts).collect(),
                failed: drawn.failed.clone(),
            }),
            drawn.pages.iter().map(|page| page.gray.pixels.as_slice()).collect(),
        ),
        Opened::Container(found) => {
            let texts = found.texts.iter().map(String::as_bytes);
            let sections = texts.chain(found.members.iter().map(Vec::as_slice)).collect();
            (Facts::Container(found.facts.clone()), sections)
        }
        Opened::Subtitles(found) => (
            Facts::Subtitles(SubtitleFacts {
                format: found.format.to_owned(),
                encoding: found.encoding.to_owned(),
                cut: found.cut,
                cues: found.cues.clone(),
            }),
            vec![found.text.as_bytes()],
        ),
    };
    (AnswerHeader { opened: Some(facts), ..AnswerHeader::default() }, sections)
}

fn page_facts(drawn: &DrawnPage) -> DrawnPageFacts {
    DrawnPageFacts {
        page: drawn.page,
        width: drawn.gray.width,
        height: drawn.gray.height,
        text_likely: drawn.text_likely,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(magic: &[u8], header: &[u8], length: u64, bytes: &[u8]) -> Vec<u8> {
        let header_length = (header.len() as u32).to_le_bytes();
        [magic, &header_length, header, &length.to_le_bytes(), bytes].concat()
    }

    #[test]
    fn a_request_is_read_back() {
        let wire = request(b"VDR2", br#"{"media_type":"text/html"}"#, 3, b"abcdef");
        let (request, bytes) = read_request(&mut wire.as_slice()).expect("it is a request");
        assert_eq!(
            (request.media_type.as_deref(), request.name, bytes.as_slice()),
            (Some("text/html"), None, &b"abc"[..])
        );
    }

    #[test]
    fn a_broken_request_is_an_error_and_no_panic() {
        for wire in [
            request(b"VDR1", b"{}", 0, b""),
            request(b"VDR2", b"{", 0, b""),
            request(b"VDR2", b"{}", 9, b"short"),
            request(b"VDR2", b"{}", u64::MAX, b""),
            b"VDR2\xff\xff\xff\xff".to_vec(),
            Vec::new(),
        ] {
            assert!(read_request(&mut wire.as_slice()).is_err(), "{wire:?}");
        }
    }

    #[test]
    fn an_answer_lists_its_sections() {
        let opened = Ok(Opened::Text(crate::decode::decode_text(b"lamp").expect("it is text")));
        let mut wire = Vec::new();
        write_answer(&mut wire, None, &opened).expect("writing to memory");
        assert!(wire.starts_with(ANSWER_MAGIC) && wire.ends_with(b"lamp"));
        let length = u32::from_le_bytes(wire[4..8].try_into().expect("four bytes")) as usize;
        let header: AnswerHeader = serde_json::from_slice(&wire[8..8 + length]).expect("it is JSON");
        assert!(matches!(header.opened, Some(Facts::Text(_))));
        assert_eq!(header.sections, [4]);
    }
}
