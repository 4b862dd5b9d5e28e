//! Readings: bounded text obtained from a version or a file, with its method, language and quality.

use serde::{Deserialize, Serialize};

use crate::AttachmentId;

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

/// How a reading was obtained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadingKind {
    /// The post's own plain text.
    Text,
    /// Text of the post's or a file's HTML.
    Html,
    /// Text recognised in an image.
    Ocr,
    /// Text layer of a PDF page.
    PdfText,
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
            Self::Translation => "translation",
        }
    }
}

/// Text obtained from a version (`attachment` is `None`) or from one of its files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The file it was read from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub attachment: Option<AttachmentId>,
    /// Page of a document, from 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub page: Option<u32>,
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
}
