//! The language between the program and the child that opens one hostile file: records, faults and limits, once for both sides.
//!
//! A request is the four letters `VDR2`, the length of a JSON header (32 bits, little-endian), the header ([`Request`]), the
//! length of the file (64 bits) and the file. An answer is `VDA2`, the length of a JSON header, the header ([`AnswerHeader`])
//! and the sections whose lengths the header lists. The parent believes nothing of it: `vedette-read` checks every value
//! again before it becomes one of its own types.

use serde::{Deserialize, Serialize};

use crate::limits::READING_BYTES_MAX;

/// Opens a request.
pub const REQUEST_MAGIC: &[u8; 4] = b"VDR2";
/// Opens an answer.
pub const ANSWER_MAGIC: &[u8; 4] = b"VDA2";
/// Bytes of one file that is opened; long magazines have 40 MB, a larger file is kept as evidence and not read.
pub const INPUT_BYTES_MAX: u64 = 128 * 1024 * 1024;
/// Bytes of one answer, header and sections together; a grey image of 12 Mpx, two previews and the text fit four times.
pub const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Bytes of the JSON header of a request: a media type and a file name.
pub const REQUEST_HEADER_BYTES_MAX: u32 = 16 * 1024;
/// Bytes of the JSON header of an answer; the links of a page are its largest part.
pub const ANSWER_HEADER_BYTES_MAX: u32 = 2 * 1024 * 1024;
/// Binary sections of an answer: the members of an archive are the most.
pub const SECTIONS_MAX: usize = 1_024;
/// Pixels of an image; a phone's largest camera picture passes, a bomb of 60,000 x 60,000 does not.
pub const IMAGE_PIXELS_MAX: u64 = 100_000_000;
/// Pixels of the grey image for text recognition; an A4 page at 300 dpi has 8.7 million.
pub const GRAY_PIXELS_MAX: u64 = 12_000_000;
/// Longer side in pixels of a preview.
pub const PREVIEW_SIDE_MAX: u32 = 480;
/// Bytes of text of one document.
pub const TEXT_BYTES_MAX: usize = READING_BYTES_MAX;
/// Links that are listed from one page.
pub const LINKS_MAX: usize = 500;
/// Bytes of one listed link; browsers send no longer address.
pub const LINK_BYTES_MAX: usize = 2_048;
/// Bytes of a page's title, the name of a member, and the like.
pub const TITLE_BYTES_MAX: usize = 1_024;
/// Bytes of what a fault names: enough for a sentence, too little to fill a page.
pub const DETAIL_BYTES_MAX: usize = 300;
/// Members of one archive, mail or document that are listed; an archive with more is read up to here and says so.
pub const MEMBERS_MAX: usize = 1_000;
/// Lines about what was left out of one container.
pub const NOTES_MAX: usize = 100;
/// Cues of one file of subtitles; a film of three hours has about 3,000.
pub const CUES_MAX: usize = 20_000;
/// Containers as [`ContainerFacts::format`] names them.
pub const CONTAINER_FORMATS: &[&str] = &[
    "docx", "pptx", "xlsx", "odt", "odp", "ods", "epub", "rtf", "mail", "zip", "tar", "gzip", "tar.gz", "bzip2",
    "tar.bz2", "xz", "tar.xz", "7z",
];
/// Subtitles as [`SubtitleFacts::format`] names them.
pub const SUBTITLE_FORMATS: &[&str] = &["srt", "vtt", "ass"];
/// Parts of text of one document: chapters of a book, slides of a presentation.
pub const PARTS_MAX: usize = 1_000;
/// Classes and formats of [`MediaFacts`]. An ISO file whose first bytes do not say that it is sound alone counts as a video.
pub const MEDIA_FORMATS: &[(&str, &str)] = &[
    ("video", "mp4"),
    ("video", "quicktime"),
    ("video", "3gp"),
    ("video", "webm"),
    ("video", "matroska"),
    ("video", "avi"),
    ("video", "mpeg-ts"),
    ("video", "mpeg"),
    ("video", "flv"),
    ("video", "asf"),
    ("video", "ogg"),
    ("audio", "m4a"),
    ("audio", "webm"),
    ("audio", "matroska"),
    ("audio", "ogg"),
    ("audio", "mp3"),
    ("audio", "aac"),
    ("audio", "flac"),
    ("audio", "wav"),
    ("audio", "aiff"),
    ("audio", "amr"),
    ("image", "avif"),
    ("image", "heic"),
];
/// Pages that one child draws; each page is held as grey pixels, and the answer must fit them all.
pub const PAGES_DRAWN_MAX: u32 = 16;
/// Dots per inch at which pages are drawn at most; letters of a newspaper's size are read at 300.
pub const PAGE_DPI_MAX: u32 = 400;

/// Processor seconds of a child for each page that it draws, or for one whole file; the largest image that is let in decodes in
/// about two.
pub const UNIT_CPU_SECONDS: u64 = 5;
/// Processor seconds of one child, whatever it is asked: six pages at their worst. Who wants more pages asks again.
pub const TASK_CPU_SECONDS_MAX: u64 = 30;

/// Why a file was not opened. The text in each variant names what was found; [`FileFault::advice`] says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileFault {
    /// The file ends too early.
    #[error("the file is cut off: {0}")]
    Truncated(String),
    /// The file is locked with a password.
    #[error("the file is password-protected: {0}")]
    Encrypted(String),
    /// The file exceeds a limit of size, memory or time.
    #[error("the file is too large to read: {0}")]
    TooLarge(String),
    /// No opener for this kind of file.
    #[error("the file is of a kind that is not read: {0}")]
    Unsupported(String),
    /// The file tries to harm its reader, or crashed it.
    #[error("the file looks made to harm its reader: {0}")]
    Hostile(String),
    /// A program or model that is needed is not installed.
    #[error("a tool is missing: {0}")]
    ToolMissing(String),
    /// The file breaks the rules of its format.
    #[error("the file is damaged: {0}")]
    Damaged(String),
}

impl FileFault {
    /// The class, as it stands in the protocol and in rows.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Truncated(_) => "truncated",
            Self::Encrypted(_) => "encrypted",
            Self::TooLarge(_) => "too-large",
            Self::Unsupported(_) => "unsupported",
            Self::Hostile(_) => "hostile",
            Self::ToolMissing(_) => "tool-missing",
            Self::Damaged(_) => "damaged",
        }
    }

    /// The fault of a class; `None` when there is no such class.
    pub fn of_class(class: &str, detail: String) -> Option<Self> {
        Some(match class {
            "truncated" => Self::Truncated(detail),
            "encrypted" => Self::Encrypted(detail),
            "too-large" => Self::TooLarge(detail),
            "unsupported" => Self::Unsupported(detail),
            "hostile" => Self::Hostile(detail),
            "tool-missing" => Self::ToolMissing(detail),
            "damaged" => Self::Damaged(detail),
            _ => return None,
        })
    }

    /// What was found, without the class; at most [`DETAIL_BYTES_MAX`] bytes and one line.
    pub fn detail(&self) -> String {
        let (Self::Truncated(what)
        | Self::Encrypted(what)
        | Self::TooLarge(what)
        | Self::Unsupported(what)
        | Self::Hostile(what)
        | Self::ToolMissing(what)
        | Self::Damaged(what)) = self;
        one_line(what)
    }

    /// What to do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Truncated(_) => "fetch it again from the source; the bytes that came are kept",
            Self::Encrypted(_) => "look for the password near the post and import an unlocked copy",
            Self::TooLarge(_) => "look at it outside, on a machine for hostile files",
            Self::Unsupported(_) => "convert it to PDF, PNG or text and import the copy",
            Self::Hostile(_) => "open it only on a machine for hostile files",
            Self::ToolMissing(_) => "run `vedette doctor`, which names the command that installs it",
            Self::Damaged(_) => "fetch it again, or repair a copy and import that",
        }
    }
}

/// `text` without control characters and line breaks, cut to [`DETAIL_BYTES_MAX`] bytes on a character boundary.
pub fn one_line(text: &str) -> String {
    let mut line = String::new();
    for c in text.chars().map(|c| if c.is_control() { ' ' } else { c }) {
        if line.len() + c.len_utf8() > DETAIL_BYTES_MAX {
            break;
        }
        line.push(c);
    }
    line
}

/// What the child is asked to do with the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Say what it is and give everything of it that fits into one answer.
    #[default]
    Open,
    /// Read it as the HTML of a post, whatever its first bytes, and leave nothing of its text out.
    Fragment,
    /// Draw `count` pages of a PDF from page `first` (from 1) on, as grey pixels.
    Pages {
        /// First page, from 1.
        first: u32,
        /// How many, at most [`PAGES_DRAWN_MAX`].
        count: u32,
        /// Dots per inch.
        dpi: u32,
    },
    /// Draw the first page of a PDF as an image.
    Cover,
    /// Go on with the members of a container, from this one on (from 0).
    Members {
        /// Index of the first member.
        first: u32,
    },
}

impl Task {
    /// Processor seconds that a child is given for it.
    pub fn cpu_seconds(self) -> u64 {
        let units = match self {
            Self::Open | Self::Fragment | Self::Cover | Self::Members { .. } => 1,
            Self::Pages { count, .. } => u64::from(count),
        };
        (units * UNIT_CPU_SECONDS).clamp(UNIT_CPU_SECONDS, TASK_CPU_SECONDS_MAX)
    }
}

/// Header of a request: what the source said about a file, and what to do. Type and name choose how text is read, never a
/// decoder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Media type, such as `text/html`.
    #[serde(default)]
    pub media_type: Option<String>,
    /// File name.
    #[serde(default)]
    pub name: Option<String>,
    /// What to do.
    #[serde(default)]
    pub task: Task,
}

/// Header of an answer: a fault, or the facts of what was opened.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AnswerHeader {
    /// What holds the child.
    pub sandbox: Option<SandboxState>,
    /// Class and detail of a fault.
    pub fault: Option<WireFault>,
    /// What was opened.
    pub opened: Option<Facts>,
    /// Lengths in bytes of the sections that follow.
    pub sections: Vec<u64>,
}

/// What holds the child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SandboxState {
    /// `full`, `partial` or `none`, as the kernel knows it.
    pub landlock: String,
    /// The list of system calls is in force.
    pub seccomp: bool,
}

/// A fault on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireFault {
    /// See [`FileFault::class`].
    pub class: String,
    /// See [`FileFault::detail`].
    pub detail: String,
}

/// What was opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Facts {
    /// An image. Sections: grey pixels, preview PNG, blurred preview PNG.
    Image(ImageFacts),
    /// A page. Section: its text.
    Html(TextFacts),
    /// A plain text. Section: the text.
    Text(TextFacts),
    /// A PDF, looked at from outside. No section.
    Pdf(PdfFacts),
    /// Drawn pages of a PDF. Sections: the grey pixels of each.
    Pages(PagesFacts),
    /// A document, mail or archive: texts of its own and files inside. Sections: the texts, then the members that are given.
    Container(ContainerFacts),
    /// Subtitles. Section: the text.
    Subtitles(SubtitleFacts),
    /// A recording or moving picture, told by its first bytes; a tool reads it. No section.
    Media(MediaFacts),
}

/// An image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImageFacts {
    /// `png`, `jpeg`, `webp`, `gif`, `bmp` or `tiff`; `pdf` for the first page of a document.
    pub format: String,
    /// Width in pixels as a viewer shows it.
    pub width: u32,
    /// Height in pixels as a viewer shows it.
    pub height: u32,
    /// PDQ hash of the stored pixels: 64 lower-case hexadecimal digits.
    pub pdq: String,
    /// PDQ quality, 0 to 100.
    pub quality: u8,
    /// Hashes of the eight rotations and mirror images; the first is `pdq`.
    pub dihedral: Vec<String>,
    /// The end of the file is missing.
    pub truncated: bool,
    /// Edges enough for letters.
    pub text_likely: bool,
    /// Width of the grey pixels.
    pub gray_width: u32,
    /// Height of the grey pixels.
    pub gray_height: u32,
    /// The ground was dark and the grey pixels are inverted.
    pub inverted: bool,
    /// Size of the grey pixels relative to the image.
    pub scale: f32,
}

/// A text or page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextFacts {
    /// WHATWG name of the encoding.
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
    /// Where links point to; text, never fetched.
    pub links: Vec<String>,
    /// Bytes of text in hidden elements, left out.
    pub hidden_bytes: u64,
    /// Bytes of text around the main text of a page (menus, comments, advertisements), left out.
    #[serde(default)]
    pub around_bytes: u64,
}

/// A PDF from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PdfFacts {
    /// Version in its header, or empty.
    pub version: String,
    /// An encryption dictionary is named; it may open without a password all the same.
    pub encrypted: bool,
    /// The end marker is missing.
    pub truncated: bool,
}

/// Drawn pages.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PagesFacts {
    /// Pages of the whole file.
    pub total: u32,
    /// The pages, in order; one section each. Fewer than asked for when they do not fit into one answer.
    pub pages: Vec<DrawnPageFacts>,
    /// Numbers of pages that cannot be drawn.
    #[serde(default)]
    pub failed: Vec<u32>,
}

/// One drawn page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DrawnPageFacts {
    /// Its number, from 1.
    pub page: u32,
    /// Width of the grey pixels.
    pub width: u32,
    /// Height of the grey pixels.
    pub height: u32,
    /// Edges enough for letters.
    #[serde(default)]
    pub text_likely: bool,
}

/// A document, mail or archive.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerFacts {
    /// One of [`CONTAINER_FORMATS`].
    pub format: String,
    /// Title or subject.
    pub title: Option<String>,
    /// Texts of its own, in order; one section each.
    pub parts: Vec<PartFacts>,
    /// Files inside, in order.
    pub members: Vec<MemberFacts>,
    /// Where links point to; text, never fetched.
    pub links: Vec<String>,
    /// Index of the member from which another request must go on, when they did not all fit.
    pub next: Option<u32>,
    /// What was left out and why, a line each.
    pub notes: Vec<String>,
}

/// A text of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartFacts {
    /// Heading of a chapter or slide.
    pub title: Option<String>,
    /// Number of a slide, sheet or chapter, from 1.
    pub number: Option<u32>,
    /// It was longer than the limit.
    pub cut: bool,
}

/// A file inside a container.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberFacts {
    /// Its path inside, one line, never used as a path outside.
    pub path: String,
    /// Media type as the container says it.
    pub media_type: Option<String>,
    /// Why its bytes are not among the sections; all members without a reason have one section each.
    pub left_out: Option<WireFault>,
}

/// Subtitles.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubtitleFacts {
    /// One of [`SUBTITLE_FORMATS`].
    pub format: String,
    /// WHATWG name of the encoding.
    pub encoding: String,
    /// It was longer than the limit.
    pub cut: bool,
    /// For each cue: start and end of its text in bytes, from and to in milliseconds.
    pub cues: Vec<[u32; 4]>,
}

/// A recording or moving picture.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaFacts {
    /// `video`, `audio`, or `image` for a still picture that a tool decodes (AVIF).
    pub class: String,
    /// Its container, such as `mp4`.
    pub format: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_is_one_short_line() {
        let fault = FileFault::Damaged(format!("bad\nchunk\u{1b}[31m {}", "é".repeat(400)));
        assert!(fault.detail().starts_with("bad chunk [31m é"));
        assert!(fault.detail().len() <= DETAIL_BYTES_MAX);
        assert_eq!(FileFault::of_class(fault.class(), "x".to_owned()), Some(FileFault::Damaged("x".to_owned())));
        assert_eq!(FileFault::of_class("sudo", String::new()), None);
    }

    #[test]
    fn time_is_given_by_the_page_and_never_without_end() {
        let pages = |count| Task::Pages { first: 1, count, dpi: 150 }.cpu_seconds();
        assert_eq!((Task::Open.cpu_seconds(), pages(0), pages(1), pages(3)), (5, 5, 5, 15));
        assert_eq!(pages(u32::MAX), TASK_CPU_SECONDS_MAX);
    }
}
