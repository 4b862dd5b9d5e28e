//! Numbers in lines of Arabic script. The Persian model reads their digits as they stand; the Arabic one turns them round and
//! mixes them up, and the Urdu and Pashto ones miss some. In: a line read by another model, and by the Persian one. Out: the
//! line with the latter's numbers.

use super::line_read::{LineRead, LineWord};
use super::strips::Way;
use super::words::Script;

/// The model that knows digits.
pub(super) const MODEL: &str = "fas";
/// Ways in which lines are read for their numbers, the better one last.
pub(super) const WAYS: &[Way] = &[Way::Usual, Way::Ground];
/// Confidence, of 100, from which a number is taken.
const NUMBER_SURE: f32 = 60.0;
/// Confidence of a word below which a number may stand in its place.
const WORD_UNSURE: f32 = 70.0;
/// Zero of Arabic texts and of Persian, Urdu and Pashto ones.
const ARABIC_ZERO: u32 = 0x660;
const PERSIAN_ZERO: u32 = 0x6f0;

/// Whether `read` is of Arabic script, by another model, and has digits or words that may be some.
pub(super) fn are_doubtful(read: &LineRead) -> bool {
    let is_doubtful = |word: &LineWord| word.confidence < WORD_UNSURE || word.text.chars().any(is_digit);
    read.script == Script::Arabic && read.model != MODEL && read.words.iter().any(is_doubtful)
}

/// Puts the numbers of `persian` into `read`, where that has digits, nothing, or nothing sure.
pub(super) fn put(read: &mut LineRead, persian: &LineRead) {
    for number in persian.words.iter().filter(|word| is_number(word)) {
        let there = read.overlapped_by(number);
        let gives_way = |&at: &usize| {
            let word = &read.words[at];
            word.confidence < WORD_UNSURE || word.text.chars().any(is_digit)
        };
        if there.iter().all(gives_way) {
            let number = LineWord { text: own_digits(&number.text, &read.model), ..number.clone() };
            read.put(number, &there);
        }
    }
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}')
}

fn is_number(word: &LineWord) -> bool {
    let is_part = |c: char| is_digit(c) || matches!(c, ':' | '.' | '/' | '-' | '٫' | '٬' | ',' | '،');
    word.confidence >= NUMBER_SURE && word.text.chars().any(is_digit) && word.text.chars().all(is_part)
}

/// Digits as texts of the model's language write them.
fn own_digits(text: &str, model: &str) -> String {
    let zero = if model == "ara" { ARABIC_ZERO } else { PERSIAN_ZERO };
    let own = |c: char| match u32::from(c) {
        code @ (0x660..=0x669 | 0x6f0..=0x6f9) => char::from_u32(zero + (code & 0xf)).unwrap_or(c),
        _ => c,
    };
    text.chars().map(own).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(model: &str, words: &[(&str, f32, f32)]) -> LineRead {
        let word = |&(text, confidence, start): &(&str, f32, f32)| LineWord {
            text: text.to_owned(),
            confidence,
            span: (start, start + 40.0),
            bounds: [start, 0.0, start + 40.0, 10.0],
        };
        LineRead { script: Script::Arabic, model: model.to_owned(), words: words.iter().map(word).collect() }
    }

    #[test]
    fn numbers_are_taken_from_the_model_that_knows_digits() {
        let persian =
            read("fas", &[("السپت", 60.0, 200.0), ("۱۰", 90.0, 150.0), ("مارس", 70.0, 100.0), ("۱۲:۳۰", 80.0, 0.0)]);
        let mut arabic = read("ara", &[("السبت", 92.0, 200.0), ("٠١", 90.0, 150.0), ("مارس", 92.0, 100.0)]);
        assert!(are_doubtful(&arabic) && !are_doubtful(&persian));
        put(&mut arabic, &persian);
        assert_eq!(arabic.text(), "السبت ١٠ مارس ١٢:٣٠");
        // A sure word without digits stays.
        let mut urdu = read("urd", &[("ہفتہ", 90.0, 150.0), ("۶", 50.0, 0.0)]);
        put(&mut urdu, &persian);
        assert_eq!(urdu.text(), "ہفتہ ۱۲:۳۰");
    }
}
