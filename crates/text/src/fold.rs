//! One spelling for many: an analyst's watch-list word is found however it was written.
//!
//! In: any text. Out: the folded text, and the way back from every folded span to the original one, with the names of
//! the folds that were needed there. The register is folded with the same function, so losses such as й to и are harmless.
//!
//! What is folded: compatibility forms (NFKC), case, combining marks of Latin, Greek, Cyrillic, Arabic and Hebrew, Arabic
//! letter variants, tatweel, zero-width and bidi controls, digits of all scripts, look-alike letters in words that mix scripts,
//! leet, letters spaced apart, letters repeated three times or more.

mod disguise;
mod letters;
mod quick;

use letters::{Class, Kind, Letter};
use std::ops::Range;

/// Longer texts are folded up to here only, in bytes: keeps every offset within 32 bits even when ligatures expand.
pub const FOLD_BYTES_MAX: usize = 64 * 1024 * 1024;

const CASE: u16 = 1;
const NFKC: u16 = 1 << 1;
const ARABIC: u16 = 1 << 2;
const TATWEEL: u16 = 1 << 3;
const MARK: u16 = 1 << 4;
const ZERO_WIDTH: u16 = 1 << 5;
const BIDI: u16 = 1 << 6;
const DIGIT: u16 = 1 << 7;
const CONFUSABLE: u16 = 1 << 8;
const LEET: u16 = 1 << 9;
const SEPARATOR: u16 = 1 << 10;
const REPEAT: u16 = 1 << 11;

/// Names of the folds, by bit.
const NAMES: [&str; 12] = [
    "case",
    "nfkc",
    "arabic-letter",
    "tatweel",
    "mark",
    "zero-width",
    "bidi",
    "digit",
    "confusable",
    "leet",
    "separator",
    "repeat",
];

/// Which folds are undone. Each can be switched off; its name then never fires, and the spelling stays as it was.
///
/// ```
/// use vedette_text::fold::{Folds, fold_with};
/// assert_eq!(fold_with("B0mb", Folds::all().without("leet")).text, "b0mb");
/// assert_eq!(fold_with("B0mb", Folds::none().with("case")).text, "b0mb");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Folds(u16);

impl Default for Folds {
    fn default() -> Self {
        Self::all()
    }
}

impl Folds {
    /// Every fold.
    pub const fn all() -> Self {
        Self((1 << NAMES.len()) - 1)
    }

    /// None: the text as it is.
    pub const fn none() -> Self {
        Self(0)
    }

    /// Names of all folds, in the order in which [`Folded::folds_in`] tells them.
    pub const fn names() -> &'static [&'static str] {
        &NAMES
    }

    /// With the fold of this name too; an unknown name changes nothing.
    #[must_use]
    pub fn with(self, name: &str) -> Self {
        Self(self.0 | Self::bit(name))
    }

    /// Without the fold of this name.
    #[must_use]
    pub fn without(self, name: &str) -> Self {
        Self(self.0 & !Self::bit(name))
    }

    /// Whether the fold of this name is on.
    pub fn has(self, name: &str) -> bool {
        self.0 & Self::bit(name) != 0
    }

    fn bit(name: &str) -> u16 {
        NAMES.iter().position(|fold| *fold == name).map_or(0, |at| 1 << at)
    }

    /// Whether all of these bits are on.
    fn allow(self, bits: u16) -> bool {
        bits & !self.0 == 0
    }
}

/// A folded text with the way back to the original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// The folded text.
    pub text: String,
    /// Where folding changed something, in order of `folded`; empty when the text is its own folding.
    runs: Vec<Run>,
}

/// Folded text from `folded` up to the next run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    folded: u32,
    orig: u32,
    /// 0: bytes map one to one. Otherwise the whole run stands for that many original bytes.
    orig_bytes: u32,
    folds: u16,
    /// Folds of what was dropped between the previous run and this one.
    before: u16,
}

/// One folded character on its way out.
#[derive(Debug, Clone, Copy)]
struct Unit {
    ch: char,
    start: u32,
    end: u32,
    folds: u16,
    before: u16,
    class: Class,
    gone: bool,
}

impl Folded {
    /// The original span of a folded one. Ends inside a character widen to the whole character.
    pub fn original_span(&self, start: usize, end: usize) -> (usize, usize) {
        let first = floor(&self.text, start);
        let last = ceil(&self.text, end.max(start));
        if self.runs.is_empty() {
            return (first, last);
        }
        let from = self.start_of(first);
        if last <= first {
            return (from, from);
        }
        (from, self.end_of(floor(&self.text, last - 1), last))
    }

    /// The folds that fired inside a folded span, in a fixed order; empty when the spelling there is the folded one.
    pub fn folds_in(&self, start: usize, end: usize) -> Vec<&'static str> {
        self.folds_at(start, end).collect()
    }

    /// [`Folded::folds_in`] one by one.
    pub fn folds_at(&self, start: usize, end: usize) -> impl Iterator<Item = &'static str> + use<> {
        let bits = self.bits_in(start, end);
        NAMES.iter().enumerate().filter(move |(bit, _)| bits & (1 << bit) != 0).map(|(_, name)| *name)
    }

    /// Whether the fold of this name fired inside a folded span.
    pub fn fired_in(&self, start: usize, end: usize, name: &str) -> bool {
        self.bits_in(start, end) & Folds::bit(name) != 0
    }

    fn bits_in(&self, start: usize, end: usize) -> u16 {
        let mut bits = 0u16;
        let at = self.runs.partition_point(|run| run.folded as usize <= start).saturating_sub(1);
        for run in self.runs.iter().skip(at) {
            if run.folded as usize >= end {
                break;
            }
            bits |= run.folds;
            if run.folded as usize > start {
                bits |= run.before;
            }
        }
        bits
    }

    fn run_at(&self, folded: usize) -> Option<&Run> {
        let at = self.runs.partition_point(|run| run.folded as usize <= folded);
        self.runs.get(at.checked_sub(1)?)
    }

    fn start_of(&self, folded: usize) -> usize {
        match self.run_at(folded) {
            // Past the end there is no character to start: the end of the last one stands for it.
            _ if folded >= self.text.len() => {
                self.end_of(floor(&self.text, self.text.len().saturating_sub(1)), self.text.len())
            }
            Some(run) if run.orig_bytes == 0 => run.orig as usize + (folded - run.folded as usize),
            Some(run) => run.orig as usize,
            None => folded,
        }
    }

    /// End in the original of the folded character `last..end`.
    fn end_of(&self, last: usize, end: usize) -> usize {
        match self.run_at(last) {
            Some(run) if run.orig_bytes == 0 => run.orig as usize + (end - run.folded as usize),
            Some(run) => (run.orig + run.orig_bytes) as usize,
            None => end,
        }
    }
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn ceil(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}

/// Folds a text and keeps the way back. Of a text longer than [`FOLD_BYTES_MAX`] only that much is folded.
pub fn fold(text: &str) -> Folded {
    fold_with(text, Folds::all())
}

/// [`fold`] with some folds switched off. A character that needs several folds keeps its own spelling when one of them is off.
pub fn fold_with(text: &str, folds: Folds) -> Folded {
    let text = &text[..floor(text, FOLD_BYTES_MAX)];
    if is_folded_ascii(text.as_bytes()) {
        return Folded { text: text.to_owned(), runs: Vec::new() };
    }
    let quick = if folds == Folds::all() { quick::fold(text) } else { None };
    quick.unwrap_or_else(|| fold_by_units(text, folds))
}

/// The long way, which looks at every character by itself: for texts that need it, and what [`quick`] is held to.
fn fold_by_units(text: &str, folds: Folds) -> Folded {
    let mut out = Out::for_text(text);
    let mut units = Vec::with_capacity(text.len() / 2 + 16);
    units_of(text, 0..text.len(), 0, folds, &mut units);
    out.take(&units);
    out.into_folded()
}

/// A folded text while it is written.
#[derive(Debug)]
struct Out {
    text: String,
    runs: Vec<Run>,
    /// Folds of what was dropped since the last character.
    before: u16,
}

impl Out {
    fn for_text(text: &str) -> Self {
        Self { text: String::with_capacity(text.len()), runs: Vec::with_capacity(text.len() / 8 + 16), before: 0 }
    }

    /// Says where the folded text from `folded` on comes from; `orig_bytes` as in [`Run`].
    #[inline]
    fn comes_from(&mut self, folded: u32, orig: u32, orig_bytes: u32, folds: u16) {
        let extends = orig_bytes == 0
            && self.before == 0
            && self.runs.last().is_some_and(|run| {
                run.orig_bytes == 0 && run.folds == folds && run.orig + (folded - run.folded) == orig
            });
        if !extends {
            self.runs.push(Run { folded, orig, orig_bytes, folds, before: self.before });
        }
        self.before = 0;
    }

    fn take(&mut self, units: &[Unit]) {
        let mut rest = units.iter();
        let mut held = rest.next();
        while let Some(unit) = held {
            held = rest.next();
            self.before |= unit.before;
            if unit.gone {
                // A repeated letter is told by the letter that stays; a separator by what follows it.
                self.before |= unit.folds & !(REPEAT | CASE);
                continue;
            }
            let folded = self.text.len() as u32;
            let (mut end, mut folds, mut single) = (unit.end, unit.folds, true);
            self.text.push(unit.ch);
            while let Some(more) = held.filter(|more| more.start == unit.start) {
                if !more.gone {
                    self.text.push(more.ch);
                }
                end = end.max(more.end);
                folds |= more.folds;
                single = false;
                held = rest.next();
            }
            let copied = single && self.text.len() as u32 - folded == end - unit.start;
            self.comes_from(folded, unit.start, if copied { 0 } else { end - unit.start }, folds);
        }
    }

    fn into_folded(self) -> Folded {
        Folded { text: self.text, runs: self.runs }
    }
}

/// The folded text alone.
pub fn fold_plain(text: &str) -> String {
    fold(text).text
}

/// True when nothing can fold: plain lower-case ASCII without disguise. May say no too often, never yes wrongly.
fn is_folded_ascii(bytes: &[u8]) -> bool {
    let letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_lowercase);
    let word = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphanumeric);
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'a'..=b'z' => {
                let next = bytes.get(at + 1);
                if next == Some(&byte) && bytes.get(at + 2) == Some(&byte) {
                    return false;
                }
                // "a.t": two single letters and one sign between them.
                if !word(at + 1) && letter(at + 2) && !word(at + 3) && (at == 0 || !word(at - 1)) {
                    return false;
                }
            }
            b'0'..=b'9' | b'@' | b'$' if letter(at + 1) || (at > 0 && letter(at - 1)) => return false,
            b'\t' | b'\n' | b'\r' => {}
            b'A'..=b'Z' | 0x80.. | 0..=0x1f => return false,
            _ => {}
        }
    }
    true
}

/// Reads `range` of a text into `units`, which holds nothing yet. `before`: folds of what was dropped in front of it; returned are
/// those of what was dropped at its end, and whether there are letters that seem to be spaced apart.
fn units_of(text: &str, range: Range<usize>, before: u16, on: Folds, units: &mut Vec<Unit>) -> (u16, bool) {
    let low = letters::low();
    let mut before = before;
    let begin = range.start;
    // Counting what could be a disguise lets ordinary text skip the second pass.
    let mut signs = disguise::Signs::default();
    for (start, original) in text.get(range).unwrap_or_default().char_indices() {
        let start = begin + start;
        let (start, end) = (start as u32, (start + original.len_utf8()) as u32);
        let letter = match low.get(original as usize) {
            Some(letter) => *letter,
            None => letters::high(original),
        };
        let letter = if on == Folds::all() { letter } else { letter.only(original, on) };
        match letter.kind {
            Kind::Keep => {
                signs.see(letter.ch, letter.class);
                units.push(plain(letter, start, end, before));
                before = 0;
            }
            Kind::Drop => match units.last().copied() {
                Some(last) if letter.folds & MARK != 0 && last.end == start => {
                    for unit in units.iter_mut().rev().take_while(|unit| unit.start == last.start) {
                        unit.end = end;
                        unit.folds |= MARK;
                    }
                }
                _ => before |= letter.folds,
            },
            Kind::Compose => {
                let last = units.last_mut().filter(|last| last.end == start);
                match last.and_then(|last| Some((unicode_normalization::char::compose(last.ch, original)?, last))) {
                    Some((ch, last)) => {
                        last.ch = ch;
                        last.end = end;
                        last.folds |= NFKC;
                    }
                    None => {
                        units.push(plain(letter, start, end, before));
                        before = 0;
                    }
                }
            }
            Kind::Many => {
                let count = units.len();
                let folds = letters::expand(original, |ch| {
                    let class = letters::class_of(ch);
                    signs.see(ch, class);
                    units.push(Unit { ch, start, end, folds: 0, before: 0, class, gone: false });
                });
                match units.get_mut(count..) {
                    Some([first, more @ ..]) => {
                        first.before = before;
                        first.folds = folds;
                        more.iter_mut().for_each(|unit| unit.folds = folds);
                        before = 0;
                    }
                    _ => before |= folds,
                }
            }
        }
    }
    let spaced = signs.spaced;
    disguise::undo(text, units, signs, on);
    (before, spaced)
}

fn plain(letter: Letter, start: u32, end: u32, before: u16) -> Unit {
    Unit { ch: letter.ch, start, end, folds: letter.folds, before, class: letter.class, gone: false }
}

/// A word folded letter by letter, without looking at the word as a whole: the key of word tables.
pub(crate) fn letter_key(word: &str) -> String {
    let mut key = String::with_capacity(word.len());
    push_letter_key(word, &mut key);
    key
}

/// Appends the key of a word, so that a search needs no new string for each.
pub(crate) fn push_letter_key(word: &str, key: &mut String) {
    let low = letters::low();
    for ch in word.chars() {
        if ch.is_ascii() {
            key.push(ch.to_ascii_lowercase());
            continue;
        }
        let letter = low.get(ch as usize).copied().unwrap_or_else(|| letters::high(ch));
        match letter.kind {
            Kind::Keep | Kind::Compose => key.push(letter.ch),
            Kind::Drop => {}
            Kind::Many => {
                letters::expand(ch, |ch| key.push(ch));
            }
        }
    }
}
