//! Lines of Latin letters, read by the text detector's sister. In: a picture and a line in it. Out: its words, or none when the
//! line is not written in Latin letters: then the sister sees blanks where letters stand.

use vedette_detect::{Letter, LineReader, Pixels, TextLine};

use super::LETTERS;
use super::line_read::{LineRead, LineWord};
use super::strips::Strip;
use super::words::Script;
use crate::GrayImage;

/// Mean confidence, 0 to 1, from which a line is settled: on posters Latin lines are at 0.94 and more, others at 0.8 and less.
const SETTLED: f32 = 0.88;
/// The same for a line that has digits and no letter.
const SETTLED_WITHOUT_LETTERS: f32 = 0.95;
/// Letters of a settled line, at least.
const LETTERS_MIN: usize = 2;
/// Stretches without a letter, in thicknesses of the line: where letters of another script stand, the sister sees nothing.
const BLANK_MAX: f32 = 1.5;
/// Half the width of a letter, in thicknesses of the line.
const HALF_LETTER: f32 = 0.15;
/// Height of letters, in thicknesses of the line: the detector's lines are wider than what stands in them.
const WORD_THICKNESS: f32 = 0.8;

/// A line as the sister reads it.
#[derive(Debug)]
pub(super) struct Latin {
    pub(super) read: LineRead,
    /// It is Latin and surely read; nothing else need try.
    pub(super) is_settled: bool,
}

/// What `line` says when it is read as Latin; `None` when nothing is seen in it.
pub(super) fn read(reader: &LineReader, picture: &GrayImage, line: &TextLine) -> Option<Latin> {
    let strip = Strip::plain(picture, line);
    let letters = match reader.read(Pixels::new(strip.width, strip.height, &strip.pixels)?) {
        Ok(letters) => letters,
        Err(error) => {
            tracing::warn!(%error, "what reads Latin lines fails, they are read by the recogniser");
            return None;
        }
    };
    let seen: Vec<&Letter> = letters.iter().filter(|letter| letter.text != " ").collect();
    let mean = seen.iter().map(|letter| letter.sure).sum::<f32>() / seen.len().max(1) as f32;
    let latin = seen.iter().map(|letter| Script::Latin.letters(&letter.text)).sum::<usize>();
    let is_sure = if latin == 0 { mean >= SETTLED_WITHOUT_LETTERS } else { mean >= SETTLED && latin >= LETTERS_MIN };
    let is_settled = is_sure && blank(&seen, line) <= BLANK_MAX;
    let words = letters.split(|letter| letter.text == " ").filter(|word| !word.is_empty());
    let words: Vec<LineWord> = words.map(|word| word_of(word, line)).collect();
    let is_empty = words.is_empty();
    let read = LineRead { script: Script::Latin, model: LETTERS.to_owned(), words };
    (!is_empty).then_some(Latin { read, is_settled })
}

fn word_of(letters: &[Letter], line: &TextLine) -> LineWord {
    let along = |letter: Option<&Letter>| letter.map_or(0.0, |letter| (letter.at - 0.5) * line.length);
    let half = HALF_LETTER * line.thickness;
    let span = (along(letters.first()) - half, along(letters.last()) + half);
    let sure = letters.iter().map(|letter| letter.sure).sum::<f32>() / letters.len().max(1) as f32;
    let across = WORD_THICKNESS / 2.0 * line.thickness;
    LineWord {
        text: letters.iter().map(|letter| letter.text.as_str()).collect(),
        confidence: sure * 100.0,
        span,
        bounds: line.bounds_of(span, (-across, across)),
    }
}

/// The longest stretch without a letter, in thicknesses.
fn blank(seen: &[&Letter], line: &TextLine) -> f32 {
    let ends = [0.0].into_iter().chain(seen.iter().map(|letter| letter.at)).chain([1.0]);
    let places: Vec<f32> = ends.collect();
    let longest = places.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f32::max);
    longest * line.length / line.thickness.max(1.0)
}
