//! Readings: bounded text obtained from a version or a file, with its place in the original, its method, language and quality.

use serde::{Deserialize, Serialize};

use crate::AttachmentId;
use crate::translation::Translation;

/// Language of a text. `code` is ISO 639-1 where there is one, else 639-3, or `und`; `script` is ISO 15924.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Language {
    /// Language code.
    pub code: String,
    /// Script code.
    pub script: String,
    /// 0 to 1.
    pub confidence: f32,
}

impl Language {
    /// Not known (yet).
    pub fn unknown() -> Self {
        Self { code: "und".to_owned(), script: "Zyyy".to_owned(), confidence: 0.0 }
    }
}

/// How a reading was obtained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadingKind {
    /// The post's own plain text.
    Text,
    /// Text of the post's or a file's HTML.
    Html,
    /// Text recognised in an image, a drawn page or a frame of a video.
    Ocr,
    /// Text layer of a PDF page.
    PdfText,
    /// Text of a document: Word, OpenDocument, slides, a book.
    Document,
    /// Text of a mail.
    Mail,
    /// Subtitles.
    Subtitles,
    /// Speech, written down by a machine.
    Transcript,
    /// Translation of another reading.
    Translation,
}

impl ReadingKind {
    /// The word used in rows, pages and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Html => "html",
            Self::Ocr => "ocr",
            Self::PdfText => "pdf-text",
            Self::Document => "document",
            Self::Mail => "mail",
            Self::Subtitles => "subtitles",
            Self::Transcript => "transcript",
            Self::Translation => "translation",
        }
    }
}

/// Where a stretch of a reading stands in the original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<u32>", into = "Vec<u32>")]
pub struct Place {
    /// First byte of the stretch in the reading's text.
    pub start: u32,
    /// Byte behind its last.
    pub end: u32,
    /// How surely it was read, 0 to 100.
    pub confidence: Option<u8>,
    /// Where it stands.
    pub at: Whereabouts,
}

/// A place in an original.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whereabouts {
    /// A box in a picture or page, in ten-thousandths of its width and height as a viewer shows it: left, top, width, height.
    Box([u16; 4]),
    /// A stretch of a recording in milliseconds: from, to.
    Time([u32; 2]),
}

/// Stands for "not known" where a confidence is written.
const CONFIDENCE_UNKNOWN: u32 = 255;

/// On the wire and in rows a place is a short list of numbers, because a magazine has tens of thousands of them: start, end,
/// confidence (255 when not known), then four numbers of a box or two of a time.
impl From<Place> for Vec<u32> {
    fn from(place: Place) -> Self {
        let mut numbers = vec![place.start, place.end, place.confidence.map_or(CONFIDENCE_UNKNOWN, u32::from)];
        match place.at {
            Whereabouts::Box(sides) => numbers.extend(sides.map(u32::from)),
            Whereabouts::Time(times) => numbers.extend(times),
        }
        numbers
    }
}

impl TryFrom<Vec<u32>> for Place {
    type Error = &'static str;

    fn try_from(numbers: Vec<u32>) -> Result<Self, Self::Error> {
        let (at, [start, end, confidence]) = match *numbers.as_slice() {
            [start, end, confidence, left, top, width, height] => {
                let side = |side: u32| u16::try_from(side).map_err(|_| "a side of a box is over 65,535");
                let sides = [side(left)?, side(top)?, side(width)?, side(height)?];
                (Whereabouts::Box(sides), [start, end, confidence])
            }
            [start, end, confidence, from, to] => (Whereabouts::Time([from, to]), [start, end, confidence]),
            _ => return Err("a place is seven numbers (a box) or five (a time)"),
        };
        Ok(Self { start, end, confidence: u8::try_from(confidence).ok().filter(|&sure| sure <= 100), at })
    }
}

/// Text obtained from a version (`attachment` is `None`) or from one of its files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The file it was read from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub attachment: Option<AttachmentId>,
    /// Path of a file inside that file: a member of an archive, a part of a mail, `a.zip/b.docx`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub member: Option<String>,
    /// Page, slide or chapter of a document, from 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub page: Option<u32>,
    /// Heading of an article, chapter or slide.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub heading: Option<String>,
    /// How it was obtained.
    pub kind: ReadingKind,
    /// Tool and version, such as `tesseract 5.3.0 ara+eng` or `vedette-text/1`.
    pub method: String,
    /// Its language.
    pub language: Language,
    /// 0 to 1; OCR confidence, or 1 for text as written.
    pub quality: f32,
    /// The text.
    pub text: String,
    /// Where stretches of it stand in the original, in order of `start`; empty for text as written.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub places: Vec<Place>,
    /// Of a translation: of what, by whom, segment by segment.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub translation: Option<Box<Translation>>,
}

impl Reading {
    /// A text as written, of a language that is not known yet.
    pub fn new(kind: ReadingKind, method: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            attachment: None,
            member: None,
            page: None,
            heading: None,
            kind,
            method: method.into(),
            language: Language::unknown(),
            quality: 1.0,
            text: text.into(),
            places: Vec::new(),
            translation: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_short_list_of_numbers() {
        let boxed = Place { start: 3, end: 9, confidence: Some(88), at: Whereabouts::Box([10, 20, 300, 40]) };
        let timed = Place { start: 0, end: 4, confidence: None, at: Whereabouts::Time([1_500, 2_750]) };
        for (place, json) in [(boxed, "[3,9,88,10,20,300,40]"), (timed, "[0,4,255,1500,2750]")] {
            assert_eq!(serde_json::to_string(&place).expect("numbers"), json);
            assert_eq!(serde_json::from_str::<Place>(json).expect("a place"), place);
        }
        assert!(serde_json::from_str::<Place>("[1,2]").is_err());
        assert!(serde_json::from_str::<Place>("[0,4,1,0,0,0,70000]").is_err());
    }
}
