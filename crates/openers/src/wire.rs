//! The language between parent and child, on pipes.
//!
//! A request is the four letters `VDR1`, the length of a JSON header (32 bits, little-endian), the header, the length of the
//! file (64 bits) and the file. An answer is `VDA1`, the length of a JSON header, the header, and the sections whose lengths
//! the header lists. The parent believes nothing of it: every value is checked again there.

use std::io::{Read, Write};

use serde::{Deserialize, Serialize};

use crate::error::one_line;
use crate::limits::{ANSWER_BYTES_MAX, ANSWER_HEADER_BYTES_MAX, INPUT_BYTES_MAX, REQUEST_HEADER_BYTES_MAX};
use crate::sandbox::SandboxState;
use crate::{OpenError, Opened};

/// Opens a request.
pub const REQUEST_MAGIC: &[u8; 4] = b"VDR1";
/// Opens an answer.
pub const ANSWER_MAGIC: &[u8; 4] = b"VDA1";

/// What the source said about a file. Only used to choose how text is read; never to choose a decoder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hint {
    /// Media type, such as `text/html`.
    #[serde(default)]
    pub media_type: Option<String>,
    /// File name.
    #[serde(default)]
    pub name: Option<String>,
}

/// Header of an answer. `error` or the facts of what was `opened`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct AnswerHeader {
    pub sandbox: Option<SandboxState>,
    /// `image`, `html`, `text` or `pdf`.
    pub opened: Option<String>,
    pub error: Option<WireError>,
    pub image: Option<WireImage>,
    pub text: Option<WireText>,
    pub pdf: Option<WirePdf>,
    /// Lengths of the sections that follow.
    pub sections: Vec<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct WireError {
    pub class: String,
    pub detail: String,
}

/// Sections: grey pixels, preview, blurred preview.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct WireImage {
    pub format: String,
    pub width: u32,
    pub height: u32,
    pub pdq: String,
    pub quality: u8,
    pub dihedral: Vec<String>,
    pub truncated: bool,
    pub text_likely: bool,
    pub gray_width: u32,
    pub gray_height: u32,
    pub inverted: bool,
    pub scale: f32,
}

/// Sections: the text in UTF-8.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct WireText {
    pub encoding: String,
    pub guessed: bool,
    pub lossy: bool,
    pub cut: bool,
    pub title: Option<String>,
    pub lang: Option<String>,
    pub links: Vec<String>,
    pub hidden_bytes: u64,
}

/// No sections.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct WirePdf {
    pub version: String,
    pub encrypted: bool,
    pub truncated: bool,
}

/// Reads a request: the hint and the file.
pub(crate) fn read_request(stdin: &mut impl Read) -> Result<(Hint, Vec<u8>), OpenError> {
    let broken =
        |error: std::io::Error| OpenError::Damaged(format!("the request from the parent process is broken: {error}"));
    let mut magic = [0; 4];
    stdin.read_exact(&mut magic).map_err(broken)?;
    let mut header_bytes = [0; 4];
    stdin.read_exact(&mut header_bytes).map_err(broken)?;
    let header_bytes = u32::from_le_bytes(header_bytes);
    if &magic != REQUEST_MAGIC || header_bytes > REQUEST_HEADER_BYTES_MAX {
        return Err(OpenError::Damaged("the parent process speaks another version of the protocol".to_owned()));
    }
    let mut header = vec![0; header_bytes as usize];
    stdin.read_exact(&mut header).map_err(broken)?;
    let hint: Hint = serde_json::from_slice(&header).map_err(|error| broken(error.into()))?;
    let mut length = [0; 8];
    stdin.read_exact(&mut length).map_err(broken)?;
    let length = u64::from_le_bytes(length);
    if length > INPUT_BYTES_MAX {
        return Err(OpenError::TooLarge(format!("{length} bytes, the limit is {INPUT_BYTES_MAX}")));
    }
    let mut bytes = Vec::with_capacity(length as usize);
    stdin.take(length).read_to_end(&mut bytes).map_err(broken)?;
    if bytes.len() as u64 != length {
        return Err(OpenError::Damaged("the parent process stopped sending".to_owned()));
    }
    Ok((hint, bytes))
}

/// Writes the answer.
pub(crate) fn write_answer(
    stdout: &mut impl Write,
    sandbox: Option<SandboxState>,
    outcome: &Result<Opened, OpenError>,
) -> std::io::Result<()> {
    let (mut header, mut sections) = match outcome {
        Ok(opened) => facts(opened),
        Err(error) => (failed(error), Vec::new()),
    };
    if sections.iter().map(|section| section.len() as u64).sum::<u64>()
        > ANSWER_BYTES_MAX - u64::from(ANSWER_HEADER_BYTES_MAX)
    {
        header = failed(&OpenError::TooLarge("what was read does not fit into one answer".to_owned()));
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

fn failed(error: &OpenError) -> AnswerHeader {
    let error = WireError { class: error.class().to_owned(), detail: error.detail() };
    AnswerHeader { error: Some(error), ..AnswerHeader::default() }
}

fn facts(opened: &Opened) -> (AnswerHeader, Vec<&[u8]>) {
    let mut header = AnswerHeader { opened: Some(opened.word().to_owned()), ..AnswerHeader::default() };
    let sections = match opened {
        Opened::Image(picture) => {
            header.image = Some(WireImage {
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
            });
            vec![picture.gray.pixels.as_slice(), &picture.preview_png, &picture.blurred_png]
        }
        Opened::Html(page) => {
            header.text = Some(WireText {
                encoding: page.encoding.to_owned(),
                guessed: false,
                lossy: page.lossy,
                cut: page.cut,
                title: page.title.clone(),
                lang: page.lang.as_deref().map(one_line),
                links: page.links.clone(),
                hidden_bytes: page.hidden_bytes as u64,
            });
            vec![page.text.as_bytes()]
        }
        Opened::Text(text) => {
            header.text = Some(WireText {
                encoding: text.encoding.to_owned(),
                guessed: text.guessed,
                lossy: text.lossy,
                cut: text.cut,
                title: None,
                lang: None,
                links: Vec::new(),
                hidden_bytes: 0,
            });
            vec![text.text.as_bytes()]
        }
        Opened::Pdf(pdf) => {
            header.pdf =
                Some(WirePdf { version: pdf.version.clone(), encrypted: pdf.encrypted, truncated: pdf.truncated });
            Vec::new()
        }
    };
    (header, sections)
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
        let wire = request(b"VDR1", br#"{"media_type":"text/html"}"#, 3, b"abcdef");
        let (hint, bytes) = read_request(&mut wire.as_slice()).expect("it is a request");
        assert_eq!((hint.media_type.as_deref(), hint.name, bytes.as_slice()), (Some("text/html"), None, &b"abc"[..]));
    }

    #[test]
    fn a_broken_request_is_an_error_and_no_panic() {
        for wire in [
            request(b"VDR2", b"{}", 0, b""),
            request(b"VDR1", b"{", 0, b""),
            request(b"VDR1", b"{}", 9, b"short"),
            request(b"VDR1", b"{}", u64::MAX, b""),
            b"VDR1\xff\xff\xff\xff".to_vec(),
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
        assert_eq!((header.opened.as_deref(), header.sections.as_slice()), (Some("text"), &[4][..]));
    }
}
