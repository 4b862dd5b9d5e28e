//! Text in pictures. In: grey pixels. Out: one reading a script, each word with its place and how surely it was read.
//!
//! With a text detector ([`vedette_detect`]) its lines are cut out, straightened, set dark on light and read one by one, all in
//! one run of the recogniser ([`lines`]); without one, and where lines are read badly, the picture is read as a page ([`page`]).
//! What is read more surely is kept. What was seen and not read is said.

mod eye;
mod lines;
mod models;
mod page;
mod strips;
mod words;

use vedette_core::{Place, Whereabouts};
use vedette_detect::{Pixels, TextLine};

pub(crate) use eye::Eye;
pub use words::Script;

use crate::{GrayImage, ReadError, Tools};
use page::Desk;

/// Mean confidence, 0 to 1, from which lines that were read one by one are not read again as a page.
const CONFIDENCE_OF_LINES: f32 = 0.86;
/// Mean confidence below which a person should look.
const CONFIDENCE_DOUBTFUL: f32 = 0.70;
/// Lines from which a picture is a document, which is read as a page first.
const LINES_OF_DOCUMENT: usize = 28;
/// Mean confidence of a document's page from which its lines are not read one by one.
const CONFIDENCE_OF_DOCUMENT: f32 = 0.88;
/// Share of the detector's lines, by their length, that may stay unread before a person is asked to look.
const UNREAD_SHARE_MAX: f32 = 0.34;

/// Text of one script in a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct OcrReading {
    /// The text, one line of the picture a line.
    pub text: String,
    /// Where each word stands and how surely it was read, in order.
    pub places: Vec<Place>,
    /// 0 to 1.
    pub mean_confidence: f32,
    /// Models that read it, by the recogniser's codes.
    pub languages: Vec<String>,
    /// Its script.
    pub script: Script,
    /// Read line by line, as the text detector found them.
    pub by_line: bool,
}

impl OcrReading {
    /// Letters of its script, each counted by how surely its word was read. Compares readings of the same picture.
    fn weight(&self) -> f32 {
        let letters = |place: &Place| {
            let word = self.text.get(place.start as usize..place.end as usize).unwrap_or_default();
            self.script.letters(word) as f32
        };
        let sure = |place: &Place| ((f32::from(place.confidence.unwrap_or_default()) - 50.0) / 50.0).max(0.0);
        self.places.iter().map(|place| letters(place) * sure(place)).sum()
    }
}

/// What was read in a picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OcrText {
    /// The main script first; empty when no text was found.
    pub readings: Vec<OcrReading>,
    /// Codes of models that would have read it better and are not installed.
    pub missing: Vec<String>,
    /// Why a person should look, a line each: text that was seen and not read, or read unsurely.
    pub doubts: Vec<String>,
}

impl OcrText {
    fn weight(&self) -> f32 {
        self.readings.iter().map(OcrReading::weight).sum()
    }

    /// Mean confidence of all readings, each weighing as much as it has bytes.
    fn confidence(&self) -> f32 {
        let (sum, bytes) = self.readings.iter().fold((0.0, 0.0), |(sum, bytes), reading| {
            (sum + reading.mean_confidence * reading.text.len() as f32, bytes + reading.text.len() as f32)
        });
        if bytes > 0.0 { sum / bytes } else { 0.0 }
    }
}

/// Reads the text of `image`. `hints` are scripts that it probably has, such as that of the post that it came with; they
/// decide where the picture itself does not.
///
/// # Errors
/// `ToolMissing` without the recogniser or any model; `TooLarge` and `Hostile` when the recogniser ends badly.
pub fn read_image(tools: &Tools, image: &GrayImage, hints: &[Script]) -> Result<OcrText, ReadError> {
    let desk = Desk::new(tools, image)?;
    let lines = detected(tools, image);
    let mut text = match &lines {
        None => page::read_page(&desk, hints)?,
        Some(lines) => read_detected(&desk, lines, hints)?,
    };
    text.doubts = doubts(&text, lines.as_deref().unwrap_or_default(), image);
    Ok(text)
}

/// The detector's lines; `None` without a detector. One that fails is as good as none: the page is read without it.
fn detected(tools: &Tools, image: &GrayImage) -> Option<Vec<TextLine>> {
    let pixels = Pixels::new(image.width, image.height, &image.pixels)?;
    match tools.detector()?.lines(pixels) {
        Ok(lines) => Some(lines),
        Err(error) => {
            tracing::warn!(%error, "the text detector fails, pictures are read without it");
            None
        }
    }
}

fn read_detected(desk: &Desk<'_>, lines: &[TextLine], hints: &[Script]) -> Result<OcrText, ReadError> {
    let mut page = None;
    if lines.len() >= LINES_OF_DOCUMENT {
        let read = page::read_page(desk, hints)?;
        if read.confidence() >= CONFIDENCE_OF_DOCUMENT {
            return Ok(read);
        }
        page = Some(read);
    }
    let by_line = lines::read_lines(desk, lines, hints)?;
    // Without any line there is hardly text; a page pass over noise makes up words.
    if lines.is_empty() || (by_line.confidence() >= CONFIDENCE_OF_LINES && page.is_none()) {
        return Ok(by_line);
    }
    let page = match page {
        Some(page) => page,
        None => page::read_page(desk, hints)?,
    };
    Ok(if page.weight() > by_line.weight() { page } else { by_line })
}

/// What a person should know of how the picture was read.
fn doubts(text: &OcrText, lines: &[TextLine], image: &GrayImage) -> Vec<String> {
    let mut doubts = Vec::new();
    let confidence = text.confidence();
    let all: f32 = lines.iter().map(|line| line.length).sum();
    let unread: Vec<&TextLine> = lines.iter().filter(|line| !is_read(line, text, image)).collect();
    let length: f32 = unread.iter().map(|line| line.length).sum();
    if text.readings.is_empty() && !lines.is_empty() {
        doubts.push(format!(
            "{} lines of what looks like text were seen in the image and none could be read: look at it",
            lines.len()
        ));
    } else if !text.readings.is_empty() && confidence < CONFIDENCE_DOUBTFUL {
        doubts.push(format!("the text in the image is hard to read (sure to {:.0} %): look at it", confidence * 100.0));
    } else if all > 0.0 && length / all > UNREAD_SHARE_MAX {
        doubts.push(format!(
            "{} of {} lines of what looks like text in the image could not be read: look at it",
            unread.len(),
            lines.len()
        ));
    }
    doubts
}

/// Whether a word was read where `line` stands.
fn is_read(line: &TextLine, text: &OcrText, image: &GrayImage) -> bool {
    let [left, top, right, bottom] = line.bounds();
    let part = |pixels: f32, side: u32| (pixels / side.max(1) as f32 * 10_000.0) as i32;
    let (left, right) = (part(left, image.width), part(right, image.width));
    let (top, bottom) = (part(top, image.height), part(bottom, image.height));
    text.readings.iter().flat_map(|reading| &reading.places).any(|place| match place.at {
        Whereabouts::Box(sides) => {
            let [x, y, wide, high] = sides.map(i32::from);
            x < right && left < x + wide && y < bottom && top < y + high
        }
        Whereabouts::Time(_) => false,
    })
}
