//! The languages of a mixed text: a run for each stretch of one script.

use super::scripts::{self, Script};
use super::{Language, in_script};
use std::ops::Range;

/// A stretch of text in one language.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Bytes of the text.
    pub bytes: Range<usize>,
    /// Its language.
    pub language: Language,
}

/// Runs told of one text at most; what follows belongs to the last.
const RUNS_MAX: usize = 64;
/// A stretch with fewer letters belongs to its neighbours: a name or a word in brackets.
const LETTERS_MIN: usize = 8;

/// The languages in a text, in order, by script: an English post with an Arabic sentence gives two runs (or three). Two languages in one
/// script are told apart only by [`super::identify`] on parts that the caller cuts, such as sentences.
pub fn runs(text: &str) -> Vec<Run> {
    let mut pieces: Vec<(Range<usize>, Script, usize)> = Vec::new();
    for (at, ch) in text.char_indices() {
        let script = scripts::of(ch);
        let end = at + ch.len_utf8();
        let (full, start) = (pieces.len() == RUNS_MAX * 8, pieces.last().map_or(0, |(bytes, _, _)| bytes.end));
        match pieces.last_mut() {
            Some((bytes, _, _)) if script == Script::None => bytes.end = end,
            Some((bytes, last, letters)) if *last == script => {
                bytes.end = end;
                *letters += 1;
            }
            // Signs before the first letter belong to it.
            None if script == Script::None => {}
            _ if full => break,
            _ => pieces.push((start..end, script, 1)),
        }
    }
    let mut merged: Vec<(Range<usize>, Script, usize)> = Vec::new();
    for (bytes, script, letters) in pieces {
        let held = merged.len();
        match merged.last_mut() {
            Some((last, known, count)) if *known == script => {
                last.end = bytes.end;
                *count += letters;
            }
            Some((last, _, _)) if letters < LETTERS_MIN || held == RUNS_MAX => last.end = bytes.end,
            Some((last, known, count)) if held == 1 && *count < LETTERS_MIN => {
                (last.end, *known, *count) = (bytes.end, script, letters);
            }
            _ => merged.push((bytes, script, letters)),
        }
    }
    if let (Some((last, _, _)), true) = (merged.last_mut(), !text.is_empty()) {
        last.end = text.len();
    }
    merged
        .into_iter()
        .map(|(bytes, script, letters)| {
            let part = text.get(bytes.clone()).unwrap_or_default();
            Run { language: in_script(super::head(part), script, letters), bytes }
        })
        .collect()
}
