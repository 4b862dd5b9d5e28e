//! A line that was read: its words, where they stand, and what the reading is worth.

use super::words::{Script, is_kept, weight};

/// Letters of a line, each counted by how surely it was read, below which the line is noise.
const LINE_WEIGHT_MIN: f32 = 1.2;
/// Mean confidence, of 100, below which a line is noise.
const LINE_CONFIDENCE_MIN: f32 = 42.0;
/// Mean confidence, of 100, from which a line is none, however short.
const LINE_SURE: f32 = 80.0;
/// A word must be as much surer, of 100, than those in whose place it is put.
const SURER_BY: f32 = 8.0;
/// Confidence, of 100, and letters of a word that is put where nothing was read.
const NEW_WORD_SURE: f32 = 75.0;
const NEW_WORD_LETTERS_MIN: usize = 2;
/// Share of a word's width that surer words must cover to be put in its place.
const COVERED_MIN: f32 = 0.6;

/// A word of a line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LineWord {
    pub(super) text: String,
    /// Of 100.
    pub(super) confidence: f32,
    /// Where it begins and ends along the line, in pixels of the picture from the line's middle.
    pub(super) span: (f32, f32),
    /// Left, top, right, bottom in pixels of the picture.
    pub(super) bounds: [f32; 4],
}

impl LineWord {
    pub(super) fn is_kept(&self) -> bool {
        is_kept(&self.text, self.confidence)
    }

    fn width(&self) -> f32 {
        self.span.1 - self.span.0
    }

    /// Pixels that two words share along their line.
    fn shared(&self, other: &Self) -> f32 {
        (self.span.1.min(other.span.1) - self.span.0.max(other.span.0)).max(0.0)
    }
}

/// A line that was read.
#[derive(Debug, Clone)]
pub(super) struct LineRead {
    pub(super) script: Script,
    /// The recogniser's code of its model.
    pub(super) model: String,
    /// As they are read.
    pub(super) words: Vec<LineWord>,
}

impl LineRead {
    /// Its letters, each counted by how surely it was read.
    pub(super) fn weight(&self) -> f32 {
        self.words.iter().map(|word| weight(&word.text, word.confidence, self.script)).sum()
    }

    /// Mean confidence of its words, of 100, each weighing as many characters as it has.
    pub(super) fn confidence(&self) -> f32 {
        let (mut sum, mut characters) = (0.0, 0.0);
        for word in &self.words {
            let length = word.text.chars().count() as f32;
            sum += word.confidence * length;
            characters += length;
        }
        if characters > 0.0 { sum / characters } else { 0.0 }
    }

    pub(super) fn text(&self) -> String {
        self.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn is_noise(&self) -> bool {
        let confidence = self.confidence();
        self.weight() < LINE_WEIGHT_MIN && confidence < LINE_SURE || confidence < LINE_CONFIDENCE_MIN
    }

    /// From where to where its kept words reach along the line, in pixels.
    pub(super) fn reach(&self) -> f32 {
        let kept = self.words.iter().filter(|word| word.is_kept());
        let (start, end) = kept.fold((f32::INFINITY, f32::NEG_INFINITY), |(start, end), word| {
            (start.min(word.span.0), end.max(word.span.1))
        });
        (end - start).max(0.0)
    }

    /// Words of `other`, a reading of the same line by the same model, that are surer than what was read in their place.
    pub(super) fn take_surer_words(&mut self, other: &Self) {
        for word in &other.words {
            let there = self.overlapped_by(word);
            let gives_way = |&at: &usize| {
                let own = &self.words[at];
                let covered: f32 = other.words.iter().filter(|word| word.is_kept()).map(|word| own.shared(word)).sum();
                own.confidence + SURER_BY < word.confidence && covered >= COVERED_MIN * own.width()
            };
            let is_surer = match there.as_slice() {
                [] => word.confidence >= NEW_WORD_SURE && self.script.letters(&word.text) >= NEW_WORD_LETTERS_MIN,
                some => some.iter().all(gives_way),
            };
            if is_surer {
                self.put(word.clone(), &there);
            }
        }
    }

    /// Words whose place is mostly that of `word`.
    pub(super) fn overlapped_by(&self, word: &LineWord) -> Vec<usize> {
        let overlaps = |own: &LineWord| own.shared(word) > 0.5 * own.width().min(word.width());
        (0..self.words.len()).filter(|&at| overlaps(&self.words[at])).collect()
    }

    /// Puts a word in the place of those at `there`; of none, where it stands in the line.
    pub(super) fn put(&mut self, word: LineWord, there: &[usize]) {
        let middle = |word: &LineWord| word.span.0 + word.span.1;
        let is_behind = |own: &LineWord| (middle(own) < middle(&word)) == self.script.is_right_to_left();
        let behind = || self.words.iter().position(is_behind).unwrap_or(self.words.len());
        let at = there.first().copied().unwrap_or_else(behind);
        for &gone in there.iter().rev() {
            self.words.remove(gone);
        }
        self.words.insert(at, word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, confidence: f32, start: f32, end: f32) -> LineWord {
        LineWord { text: text.to_owned(), confidence, span: (start, end), bounds: [start, 0.0, end, 10.0] }
    }

    fn line(words: Vec<LineWord>) -> LineRead {
        LineRead { script: Script::Latin, model: "eng".to_owned(), words }
    }

    #[test]
    fn surer_words_are_taken_and_missing_ones_put_where_they_stand() {
        let mut read = line(vec![word("Tr4ins", 40.0, 0.0, 60.0), word("noon", 95.0, 120.0, 170.0)]);
        let other = line(vec![
            word("Trains", 90.0, 2.0, 61.0),
            word("leave", 88.0, 70.0, 110.0),
            word("moon", 70.0, 120.0, 170.0),
        ]);
        read.take_surer_words(&other);
        assert_eq!(read.text(), "Trains leave noon");
        // One sure half is no reason to lose the other.
        let mut read = line(vec![word("Hafenfest", 50.0, 0.0, 100.0)]);
        read.take_surer_words(&line(vec![word("fest", 95.0, 60.0, 100.0)]));
        assert_eq!(read.text(), "Hafenfest");
    }

    #[test]
    fn lines_of_arabic_script_run_from_the_right() {
        let mut read =
            LineRead { script: Script::Arabic, ..line(vec![word("\u{628}\u{627}\u{628}", 95.0, 100.0, 160.0)]) };
        read.put(word("\u{62f}\u{627}\u{631}", 90.0, 0.0, 80.0), &[]);
        read.put(word("\u{646}\u{648}\u{631}", 90.0, 170.0, 220.0), &[]);
        assert_eq!(read.text(), "\u{646}\u{648}\u{631} \u{628}\u{627}\u{628} \u{62f}\u{627}\u{631}");
    }
}
