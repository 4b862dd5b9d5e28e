//! The child's answer, believed in nothing: every length, number, name and text is checked before it becomes a value.
//!
//! The form is described in `vedette_core::opened`.

mod container;

use vedette_core::FileFault;
use vedette_core::limits::READING_BYTES_MAX;
pub use vedette_core::opened::INPUT_BYTES_MAX;
use vedette_core::opened::{
    ANSWER_HEADER_BYTES_MAX, ANSWER_MAGIC, AnswerHeader, Facts, GRAY_PIXELS_MAX, IMAGE_PIXELS_MAX, ImageFacts,
    LINK_BYTES_MAX, LINKS_MAX, MEDIA_FORMATS, MediaFacts, PAGES_DRAWN_MAX, PREVIEW_SIDE_MAX, PagesFacts, PdfFacts,
    REQUEST_MAGIC, Request, SECTIONS_MAX, TITLE_BYTES_MAX, Task, TextFacts, WireFault,
};

pub use container::{OpenedContainer, OpenedMember, OpenedPart, OpenedSubtitles};

use crate::{GrayImage, ReadError};

/// Bytes of a hint that are sent; longer names and types are left out.
const HINT_BYTES_MAX: usize = 4 * 1024;
/// Bytes of a preview; noise of the largest size fits.
const PREVIEW_BYTES_MAX: usize = 1024 * 1024;

/// What the source said about a file; never used to choose a decoder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hint<'a> {
    /// Media type, such as `text/html`.
    pub media_type: Option<&'a str>,
    /// File name.
    pub name: Option<&'a str>,
}

/// An opened file.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Opened {
    /// An image.
    Image(Box<OpenedImage>),
    /// A page.
    Html(OpenedText),
    /// A plain text.
    Text(OpenedText),
    /// A PDF, looked at from outside.
    Pdf(PdfFacts),
    /// A recording, a moving picture, or a still picture that only a tool decodes, told by its first bytes.
    Media(MediaFacts),
    /// Drawn pages of a PDF.
    Pages(DrawnPages),
    /// A document, mail or archive.
    Container(Box<OpenedContainer>),
    /// Subtitles.
    Subtitles(OpenedSubtitles),
}

/// Pages of a PDF as pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnPages {
    /// Pages of the whole file, as the drawer counts them.
    pub total: u32,
    /// In order of their numbers.
    pub pages: Vec<DrawnPage>,
    /// Numbers of pages that cannot be drawn, in order.
    pub failed: Vec<u32>,
}

/// A page of a PDF as a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawnPage {
    /// Its number, from 1.
    pub page: u32,
    /// Prepared for text recognition.
    pub gray: GrayImage,
    /// Edges enough for letters; `false` only for empty and flat pages.
    pub text_likely: bool,
}

/// An opened image.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenedImage {
    /// `png`, `jpeg`, `webp`, `gif`, `bmp` or `tiff`; `pdf` for the first page of a document.
    pub format: String,
    /// Width in pixels as a viewer shows it.
    pub width: u32,
    /// Height in pixels as a viewer shows it.
    pub height: u32,
    /// PDQ hash of the stored pixels, before the camera's orientation is applied: 64 lower-case hexadecimal digits.
    pub pdq: String,
    /// PDQ quality, 0 to 100.
    pub quality: u8,
    /// Hashes of the eight rotations and mirror images; the first is `pdq`.
    pub dihedral: Vec<String>,
    /// The end of the file is missing; the lower part may be empty.
    pub truncated: bool,
    /// Edges enough for letters; `false` only for flat pictures.
    pub text_likely: bool,
    /// Prepared for text recognition.
    pub gray: GrayImage,
    /// The ground was dark and `gray` is inverted.
    pub inverted: bool,
    /// PNG of at most 480 pixels a side, made by the opener.
    pub preview_png: Vec<u8>,
    /// The same, blurred beyond recognition.
    pub blurred_png: Vec<u8>,
}

/// An opened page or text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedText {
    /// The text.
    pub text: String,
    /// WHATWG name of its encoding.
    pub encoding: String,
    /// The encoding was guessed.
    pub guessed: bool,
    /// Some bytes did not fit the encoding.
    pub lossy: bool,
    /// It was longer than the limit.
    pub cut: bool,
    /// Title of a page.
    pub title: Option<String>,
    /// Language that a page names.
    pub lang: Option<String>,
    /// Where the links of a page point to; text, never fetched.
    pub links: Vec<String>,
    /// Bytes of text in hidden elements, left out.
    pub hidden_bytes: u64,
    /// Bytes of text around the main text of a page, left out.
    pub around_bytes: u64,
}

/// Everything of a request but the file itself.
pub(crate) fn request_head(hint: &Hint<'_>, task: Task, length: u64) -> Vec<u8> {
    let short = |words: Option<&str>| words.filter(|words| words.len() <= HINT_BYTES_MAX).map(str::to_owned);
    let request = Request { media_type: short(hint.media_type), name: short(hint.name), task };
    let header = serde_json::to_vec(&request).expect("strings and numbers can always be written as JSON");
    let mut head = REQUEST_MAGIC.to_vec();
    head.extend(u32::try_from(header.len()).unwrap_or(0).to_le_bytes());
    head.extend(header);
    head.extend(length.to_le_bytes());
    head
}

/// An answer that breaks the protocol comes from a child that is no longer its own master.
fn broken(what: &str) -> ReadError {
    ReadError::File(FileFault::Hostile(format!("its opener gave a broken answer ({what})")))
}

fn header_of(bytes: &[u8]) -> Result<(AnswerHeader, &[u8]), ReadError> {
    let (magic, rest) = bytes.split_at_checked(4).ok_or_else(|| broken("it is too short"))?;
    let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(|| broken("it is too short"))?;
    let length = u32::from_le_bytes(*length);
    if magic != ANSWER_MAGIC || length > ANSWER_HEADER_BYTES_MAX {
        return Err(broken("the header"));
    }
    let (header, rest) = rest.split_at_checked(length as usize).ok_or_else(|| broken("the header is cut"))?;
    let header = serde_json::from_slice(header).map_err(|_| broken("the header is no JSON of its form"))?;
    Ok((header, rest))
}

/// How far Landlock holds the child, as it says itself: `full`, `partial` or `none`.
pub(crate) fn landlock_in(bytes: &[u8]) -> Option<&'static str> {
    let said = header_of(bytes).ok()?.0.sandbox?.landlock;
    ["full", "partial", "none"].into_iter().find(|known| *known == said)
}

/// Checks bytes as if they were a child's answer: for fuzzing, which plays a captured child.
///
/// # Errors
/// `Hostile` when they break the protocol, else the fault that they report.
pub fn check_answer(bytes: &[u8]) -> Result<Opened, ReadError> {
    read_answer(bytes)
}

/// Reads an answer: what was opened, or the fault that the child reports.
pub(crate) fn read_answer(bytes: &[u8]) -> Result<Opened, ReadError> {
    let (header, rest) = header_of(bytes)?;
    if let Some(fault) = header.fault {
        return Err(reported(&fault));
    }
    let sections = split(rest, &header.sections)?;
    match header.opened {
        Some(Facts::Image(image)) => Ok(Opened::Image(Box::new(checked_image(image, &sections)?))),
        Some(Facts::Html(text)) => Ok(Opened::Html(checked_text(text, &sections)?)),
        Some(Facts::Text(text)) => Ok(Opened::Text(checked_text(text, &sections)?)),
        Some(Facts::Pdf(pdf)) if sections.is_empty() && pdf.version.len() <= 3 => {
            Ok(Opened::Pdf(PdfFacts { version: words(&pdf.version)?, ..pdf }))
        }
        Some(Facts::Media(media)) if sections.is_empty() && is_known(&media) => Ok(Opened::Media(media)),
        Some(Facts::Pages(pages)) => Ok(Opened::Pages(checked_pages(pages, &sections)?)),
        Some(Facts::Container(facts)) => {
            Ok(Opened::Container(Box::new(container::checked_container(facts, &sections)?)))
        }
        Some(Facts::Subtitles(facts)) => Ok(Opened::Subtitles(container::checked_subtitles(&facts, &sections)?)),
        _ => Err(broken("what was opened")),
    }
}

fn is_known(media: &MediaFacts) -> bool {
    MEDIA_FORMATS.iter().any(|(class, format)| *class == media.class && *format == media.format)
}

fn reported(fault: &WireFault) -> ReadError {
    let detail = words(&fault.detail).unwrap_or_else(|_| "without a reason".to_owned());
    FileFault::of_class(&fault.class, detail).map_or_else(|| broken("the class of its fault"), ReadError::File)
}

fn split<'a>(mut rest: &'a [u8], lengths: &[u64]) -> Result<Vec<&'a [u8]>, ReadError> {
    if lengths.len() > SECTIONS_MAX {
        return Err(broken("too many sections"));
    }
    let mut sections = Vec::new();
    for &length in lengths {
        let length = usize::try_from(length).map_err(|_| broken("a section's length"))?;
        let (section, after) = rest.split_at_checked(length).ok_or_else(|| broken("a section is cut"))?;
        sections.push(section);
        rest = after;
    }
    if rest.is_empty() { Ok(sections) } else { Err(broken("bytes behind the last section")) }
}

fn checked_image(image: ImageFacts, sections: &[&[u8]]) -> Result<OpenedImage, ReadError> {
    let &[gray, preview, blurred] = sections else { return Err(broken("the image's sections")) };
    let pixels = |width: u32, height: u32| u64::from(width) * u64::from(height);
    let (full, small) = (pixels(image.width, image.height), pixels(image.gray_width, image.gray_height));
    if full == 0 || full > IMAGE_PIXELS_MAX || small == 0 || small > GRAY_PIXELS_MAX || small != gray.len() as u64 {
        return Err(broken("the image's dimensions"));
    }
    if !["png", "jpeg", "webp", "gif", "bmp", "tiff", "pdf"].contains(&image.format.as_str()) {
        return Err(broken("the image's format"));
    }
    let hashes_fit = image.dihedral.len() == 8 && image.dihedral.iter().chain([&image.pdq]).all(|hash| is_hash(hash));
    if !hashes_fit || image.quality > 100 || image.dihedral.first() != Some(&image.pdq) {
        return Err(broken("the image's hashes"));
    }
    if !is_plain_png(preview) || !is_plain_png(blurred) {
        return Err(broken("the image's preview"));
    }
    Ok(OpenedImage {
        format: image.format,
        width: image.width,
        height: image.height,
        pdq: image.pdq,
        quality: image.quality,
        dihedral: image.dihedral,
        truncated: image.truncated,
        text_likely: image.text_likely,
        gray: GrayImage { width: image.gray_width, height: image.gray_height, pixels: gray.to_vec() },
        inverted: image.inverted,
        preview_png: preview.to_vec(),
        blurred_png: blurred.to_vec(),
    })
}

fn checked_pages(facts: PagesFacts, sections: &[&[u8]]) -> Result<DrawnPages, ReadError> {
    let most = PAGES_DRAWN_MAX as usize;
    if facts.pages.len() != sections.len() || facts.pages.len() + facts.failed.len() > most {
        return Err(broken("the number of pages"));
    }
    let in_order =
        |numbers: &[u32]| numbers.is_sorted_by(|a, b| a < b) && numbers.iter().all(|&n| n > 0 && n <= facts.total);
    let numbers: Vec<u32> = facts.pages.iter().map(|page| page.page).collect();
    if !in_order(&numbers) || !in_order(&facts.failed) || facts.failed.iter().any(|failed| numbers.contains(failed)) {
        return Err(broken("the numbers of pages"));
    }
    let mut pages = Vec::new();
    for (page, pixels) in facts.pages.iter().zip(sections) {
        let area = u64::from(page.width) * u64::from(page.height);
        if area == 0 || area > GRAY_PIXELS_MAX || area != pixels.len() as u64 {
            return Err(broken("a page's dimensions"));
        }
        let gray = GrayImage { width: page.width, height: page.height, pixels: pixels.to_vec() };
        pages.push(DrawnPage { page: page.page, gray, text_likely: page.text_likely });
    }
    Ok(DrawnPages { total: facts.total, pages, failed: facts.failed })
}

fn is_hash(hash: &str) -> bool {
    hash.len() == 64 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether `bytes` are a PNG with nothing in it but a small picture: header, pixels, end (PNG, third edition, section 5).
/// What a browser shows must not carry profiles, texts or animations that a captured opener made up.
fn is_plain_png(bytes: &[u8]) -> bool {
    let Some(mut rest) = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n").filter(|_| bytes.len() <= PREVIEW_BYTES_MAX) else {
        return false;
    };
    let mut seen = 0;
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        let Some((chunk, after)) = length.checked_add(8).and_then(|whole| after.split_at_checked(whole)) else {
            return false;
        };
        let (kind, data) = chunk.split_at(4);
        match kind {
            b"IHDR" if seen == 0 => {
                let side = |at: usize| {
                    data.get(at..at + 4).and_then(|side| side.try_into().ok()).map_or(0, u32::from_be_bytes)
                };
                let small = [side(0), side(4)].iter().all(|side| (1..=PREVIEW_SIDE_MAX).contains(side));
                if length != 13 || !small || data.get(8..13) != Some(&[8, 2, 0, 0, 0]) {
                    return false;
                }
            }
            b"IDAT" if seen > 0 => {}
            b"IEND" => return seen > 1 && after.is_empty() && length == 0,
            _ => return false,
        }
        seen += 1;
        rest = after;
    }
    false
}

fn checked_text(text: TextFacts, sections: &[&[u8]]) -> Result<OpenedText, ReadError> {
    let &[bytes] = sections else { return Err(broken("the text's sections")) };
    let content = std::str::from_utf8(bytes).map_err(|_| broken("the text is no UTF-8"))?;
    let links_fit = text.links.len() <= LINKS_MAX
        && text.links.iter().all(|link| link.len() <= LINK_BYTES_MAX && !link.chars().any(char::is_control));
    if bytes.len() > READING_BYTES_MAX || !links_fit {
        return Err(broken("the text's length or links"));
    }
    Ok(OpenedText {
        text: content.to_owned(),
        encoding: words(&text.encoding)?,
        guessed: text.guessed,
        lossy: text.lossy,
        cut: text.cut,
        title: text.title.as_deref().map(words).transpose()?,
        lang: text.lang.as_deref().map(words).transpose()?,
        links: text.links,
        hidden_bytes: text.hidden_bytes,
        around_bytes: text.around_bytes,
    })
}

/// Some words on one line.
fn words(words: &str) -> Result<String, ReadError> {
    if words.len() > TITLE_BYTES_MAX || words.chars().any(char::is_control) {
        return Err(broken("a name"));
    }
    Ok(words.to_owned())
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
