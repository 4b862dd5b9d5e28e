//! Text in pictures. In: grey pixels. Out: one reading a script, each word with its place and how surely it was read.
//!
//! With a text detector ([`vedette_detect`]) its lines are cut out, straightened and read one by one: Latin ones by the detector's
//! sister ([`latin`]), the others, set dark on light, all in one run of the recogniser ([`lines`]); without a detector, and where
//! lines are read badly, the picture is read as a page ([`page`]).
//! What is read more surely is kept. What was seen and not read is said.

mod eye;
mod ground;
mod latin;
mod line_read;
mod lines;
mod models;
mod numbers;
mod order;
mod page;
mod strips;
mod words;

use vedette_core::{Place, Whereabouts};
use vedette_detect::{Pixels, TextLine};

pub(crate) use eye::{Eye, Sight};
pub use words::Script;

use crate::{GrayImage, ReadError, Tools};
use page::Desk;

/// Mean confidence, 0 to 1, from which lines that were read one by one are not read again as a page.
const CONFIDENCE_OF_LINES: f32 = 0.80;
/// Mean confidence below which a person should look.
const CONFIDENCE_DOUBTFUL: f32 = 0.78;
/// Lines from which a picture is a document, which is read as a page first.
const LINES_OF_DOCUMENT: usize = 28;
/// Mean confidence of a document's page from which its lines are not read one by one.
const CONFIDENCE_OF_DOCUMENT: f32 = 0.88;
/// Share of the detector's lines, by their length, that must be read surely, else a person is asked to look.
const READ_SHARE_MIN: f32 = 0.90;
/// Confidence of a word, of 100, that is surely read.
const WORD_SURE: u8 = 60;
/// Share of a line that words take, the gaps between them left out.
const WORDS_SHARE: f32 = 0.85;

/// Stands among the recogniser's codes for what reads Latin lines.
pub(crate) const LETTERS: &str = "letters";

/// Text of one script in a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct OcrReading {
    /// The text, one line of the picture a line.
    pub text: String,
    /// Where each word stands and how surely it was read, in order.
    pub places: Vec<Place>,
    /// 0 to 1.
    pub mean_confidence: f32,
    /// Models that read it, by the recogniser's codes; [`LETTERS`] is the detector's sister.
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
    match tools.sight()?.detector.lines(pixels) {
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
    let read: f32 = lines.iter().map(|line| line.length * read_share(line, text, image)).sum();
    if text.readings.is_empty() && !lines.is_empty() {
        doubts.push(format!(
            "{} lines of what looks like text were seen in the image and none could be read: look at it",
            lines.len()
        ));
    } else if !text.readings.is_empty() && confidence < CONFIDENCE_DOUBTFUL {
        doubts.push(format!("the text in the image is hard to read (sure to {:.0} %): look at it", confidence * 100.0));
    } else if all > 0.0 && read / all < READ_SHARE_MIN {
        doubts.push(format!(
            "{:.0} % of what looks like text in the image could not be read surely: look at it",
            (1.0 - read / all) * 100.0
        ));
    }
    doubts
}

/// Share of `line`'s length, 0 to 1, that surely read words take.
fn read_share(line: &TextLine, text: &OcrText, image: &GrayImage) -> f32 {
    let pixels = |part: u16, side: u32| f32::from(part) / 10_000.0 * side as f32;
    let width_in_line = |place: &Place| match place.at {
        Whereabouts::Box([x, y, wide, high]) if place.confidence.unwrap_or_default() >= WORD_SURE => {
            let (wide, high) = (pixels(wide, image.width), pixels(high, image.height));
            let middle = (pixels(x, image.width) + wide / 2.0, pixels(y, image.height) + high / 2.0);
            let (along, across) = line.place_of(middle);
            let inside = along.abs() < line.length / 2.0 && across.abs() < line.thickness / 2.0;
            let lies = line.slant.cos().abs() > line.slant.sin().abs();
            if inside { if lies { wide } else { high } } else { 0.0 }
        }
        _ => 0.0,
    };
    let read: f32 = text.readings.iter().flat_map(|reading| &reading.places).map(width_in_line).sum();
    // Lines are widened by about their thickness, and between words stands nothing.
    (read / ((line.length - line.thickness) * WORDS_SHARE).max(1.0)).min(1.0)
}
