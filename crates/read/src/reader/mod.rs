//! A file of a post to readings: opened in the sandbox, its text taken by whatever fits, its problems said in a line each.
//!
//! Each kind of file has a module of its own: [`text`](mod@text), [`image`], [`pdf`], [`media`],
//! [`container`].

mod container;
mod image;
mod media;
mod pdf;
mod text;

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use sha2::Digest;
use vedette_core::opened::Task;
use vedette_core::{Language, Reading, ReadingKind, Sha256};
use vedette_speech::Listener;

pub use self::container::MemberImage;
use self::container::Within;
use self::text::text;
use crate::launcher::Launcher;
use crate::ocr::Script;
use crate::opener::not_asked;
use crate::wire::{Hint, Opened, OpenedImage};
use crate::{Confinement, Memo, Opener, ReadError, Tool, Tools, UNSANDBOXED};

/// Named in the method of what the openers read.
const OPENERS: &str = concat!("vedette-openers/", env!("CARGO_PKG_VERSION"));

/// Lines of problems of one file: an archive of a thousand broken files says so in few.
const PROBLEMS_MAX: usize = 100;
/// Links that are kept of one file and everything inside it.
const LINKS_KEPT_MAX: usize = 2_000;

/// What an image showed without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageFacts {
    /// PDQ hash of the stored pixels, before the camera's orientation is applied, as other hashers do: 64 hexadecimal digits.
    pub pdq: String,
    /// PDQ quality, 0 to 100.
    pub quality: u8,
    /// Hashes of the eight rotations and mirror images; the first is `pdq`.
    pub dihedral: Vec<String>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// PNG of at most 480 pixels a side, made anew from the pixels.
    pub preview_png: Vec<u8>,
    /// The same, blurred beyond recognition: what may be shown unasked.
    pub blurred_png: Vec<u8>,
}

impl From<OpenedImage> for ImageFacts {
    fn from(image: OpenedImage) -> Self {
        Self {
            pdq: image.pdq,
            quality: image.quality,
            dihedral: image.dihedral,
            width: image.width,
            height: image.height,
            preview_png: image.preview_png,
            blurred_png: image.blurred_png,
        }
    }
}

/// Everything read from one file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FileReadings {
    /// Texts; of a PDF one for each article on each page, of a document one for each chapter or slide, then those of the
    /// files inside. They belong to no attachment yet.
    pub readings: Vec<Reading>,
    /// Facts of an image, or of the cover of a document.
    pub image: Option<ImageFacts>,
    /// Facts of the images inside a document, mail or archive.
    pub member_images: Vec<MemberImage>,
    /// Title of a page or document, subject of a mail.
    pub title: Option<String>,
    /// Where the links of a page point to; text, never fetched.
    pub links: Vec<String>,
    /// One line each: what happened and what to do.
    pub problems: Vec<String>,
    /// The machine was at fault (a missing tool, no sandbox): the same file may be read better later.
    pub try_again: bool,
}

impl FileReadings {
    fn failed(&mut self, error: &ReadError) {
        self.try_again |= error.is_passing();
        self.problems.push(error.problem());
    }
}

/// A file, and what is known of it from outside. Type and name are what the source said and are not trusted.
#[derive(Debug, Clone, Copy)]
pub struct FileToRead<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Their SHA-256.
    pub sha256: Sha256,
    /// Media type.
    pub media_type: Option<&'a str>,
    /// File name.
    pub name: Option<&'a str>,
    /// Scripts that a picture probably has, such as those of its post.
    pub scripts: &'a [Script],
}

impl<'a> FileToRead<'a> {
    /// A file of which nothing else is known.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, sha256: Sha256(sha2::Sha256::digest(bytes).into()), media_type: None, name: None, scripts: &[] }
    }

    /// The same with a name.
    pub fn named(self, name: &'a str) -> Self {
        Self { name: Some(name), ..self }
    }

    /// The same with the type that its source gave.
    pub fn said_to_be(self, media_type: Option<&'a str>) -> Self {
        Self { media_type, ..self }
    }
}

/// Tools that are looked for when they are first needed.
type LazyTools = LazyLock<Tools, Box<dyn FnOnce() -> Tools + Send>>;

fn lazily(look: impl FnOnce() -> Tools + Send + 'static) -> Arc<LazyTools> {
    Arc::new(LazyLock::new(Box::new(look)))
}

/// Reads files.
#[derive(Debug, Clone)]
pub struct Reader {
    opener: Opener,
    /// Looked for when a file first needs one: asking a dozen programs for their versions takes longer than most commands.
    tools: Arc<LazyTools>,
    listener: Option<Arc<dyn Listener>>,
}

impl Reader {
    /// `program` is this program itself (`std::env::current_exe`), or another that knows `read-one` and `run-tool`. Files are
    /// opened only where the sandbox holds.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self::confined(program, Confinement::Required)
    }

    /// The same; where the sandbox does not hold, `confinement` says whether files are opened.
    pub fn confined(program: impl Into<PathBuf>, confinement: Confinement) -> Self {
        let program = program.into();
        let launcher = Launcher::confined(&program, confinement);
        let opener = Opener::confined(&program, confinement);
        Self { opener, tools: lazily(|| Tools::discover_by(launcher)), listener: None }
    }

    /// A reader of given parts.
    pub fn with(opener: Opener, tools: Tools) -> Self {
        Self { opener, tools: lazily(|| tools), listener: None }
    }

    /// The same with something that writes down speech.
    pub fn with_listener(self, listener: Arc<dyn Listener>) -> Self {
        Self { listener: Some(listener), ..self }
    }

    /// What writes down speech.
    pub fn listener(&self) -> Option<&dyn Listener> {
        self.listener.as_deref()
    }

    /// The same with the models that it can use of `models`: a text detector.
    pub fn with_models(self, models: &vedette_models::Models) -> Self {
        let (former, models) = (self.tools, models.clone());
        Self { tools: lazily(move || Tools::clone(&former).with_models(&models)), ..self }
    }

    /// Opens files.
    pub fn opener(&self) -> &Opener {
        &self.opener
    }

    /// The tools.
    pub fn tools(&self) -> &Tools {
        &self.tools
    }

    /// Every tool and model, found or not.
    pub fn doctor(&self) -> Vec<Tool> {
        self.tools.doctor()
    }

    /// Tools, models and versions that files are read with; a change of it makes what was read out of date.
    pub fn made_with(&self) -> String {
        let ears = self.listener.as_ref().map_or_else(|| "nobody listens".to_owned(), |listener| listener.name());
        format!("{OPENERS}; {}; {ears}", self.tools.made_with())
    }

    /// Reads a file; slow parts that `memo` knows are not read again.
    pub fn read_file(&self, file: &FileToRead<'_>, memo: &dyn Memo) -> FileReadings {
        let mut found = FileReadings::default();
        self.read_within(file, memo, &mut found, &mut Within::new());
        let more = found.problems.len().saturating_sub(PROBLEMS_MAX);
        if more > 0 {
            found.problems.truncate(PROBLEMS_MAX);
            found.problems.push(format!("and {more} more problems: open the file on a machine for hostile files"));
        }
        self.marked(found)
    }

    /// What was read without a sandbox says so in its method.
    fn marked(&self, mut found: FileReadings) -> FileReadings {
        if self.opener.flaw().is_some() {
            found.readings.iter_mut().for_each(|reading| reading.method = format!("{} {UNSANDBOXED}", reading.method));
        }
        found
    }

    fn read_within(&self, file: &FileToRead<'_>, memo: &dyn Memo, found: &mut FileReadings, within: &mut Within) {
        match self.opener.open(file.bytes, &Hint { media_type: file.media_type, name: file.name }) {
            Ok(Opened::Image(image)) => self.image(*image, file, memo, found),
            Ok(Opened::Html(page)) => text(page, ReadingKind::Html, found),
            Ok(Opened::Text(plain)) => text(plain, ReadingKind::Text, found),
            Ok(Opened::Pdf(facts)) => self.pdf(&facts, file, memo, found),
            Ok(Opened::Media(facts)) => self.media(&facts, file, memo, found),
            Ok(Opened::Pages(_)) => found.failed(&not_asked()),
            Ok(Opened::Container(opened)) => self.container(*opened, file, memo, found, within),
            Ok(Opened::Subtitles(opened)) => self.subtitles(opened, found),
            Err(error) => found.failed(&error),
        }
    }

    /// Reads the HTML of a post, all of it.
    pub fn read_html(&self, html: &str) -> FileReadings {
        let mut found = FileReadings::default();
        match self.opener.ask(html.as_bytes(), &Hint { media_type: Some("text/html"), name: None }, Task::Fragment) {
            Ok(Opened::Html(page)) => text(page, ReadingKind::Html, &mut found),
            Ok(_) => found.problems.push("its opener did not read the HTML as HTML".to_owned()),
            // An empty post is no fault.
            Err(_) if html.trim().is_empty() => {}
            Err(error) => found.failed(&error),
        }
        self.marked(found)
    }
}

/// Share of characters that are no marks of bytes that did not fit.
fn fit_share(text: &str) -> f32 {
    let (all, unfit) = text.chars().fold((0u32, 0u32), |(all, unfit), c| (all + 1, unfit + u32::from(c == '\u{fffd}')));
    if all == 0 { 1.0 } else { 1.0 - unfit as f32 / all as f32 }
}

fn language_of(text: &str) -> Language {
    let found = vedette_text::language::identify(text);
    Language { code: found.code.to_string(), script: found.script.to_string(), confidence: found.confidence }
}
