//! Whether the sentence around a date speaks of the past: "attacked on Saturday" means the last one, "will be there on Saturday" the
//! next. The nearest tell-tale word decides, before the date first, or after it where verbs come last; when none speaks, it is unknown.

use super::lexicon::Lexicon;
use crate::fold::push_letter_key;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tense {
    Past,
    Future,
    Unknown,
}

/// How far around a date its sentence is searched, in bytes.
const LOOK_BYTES: usize = 160;

/// The tense around the span, as far as simple words tell it.
pub(super) fn tense_near(text: &str, start: usize, end: usize, lexicon: &Lexicon) -> Tense {
    let mut from = start.saturating_sub(LOOK_BYTES);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let mut to = (end + LOOK_BYTES).min(text.len());
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    let before = text.get(from..start).unwrap_or_default();
    let before = before.get(sentence_start(before)..).unwrap_or_default();
    let after = text.get(end..to).unwrap_or_default();
    let after = after.get(..sentence_end(after)).unwrap_or_default();
    let mut key = String::new();
    let mut first = |words: &mut dyn Iterator<Item = &str>| {
        words.map(|word| of_word(word, lexicon, &mut key)).find(|tense| *tense != Tense::Unknown)
    };
    let is_letter = |ch: char| !ch.is_alphabetic() && ch != '\u{200c}' && ch != '\u{300}';
    let found = if lexicon.verb_last() {
        first(&mut after.split(is_letter)).or_else(|| first(&mut before.rsplit(is_letter)))
    } else {
        first(&mut before.rsplit(is_letter)).or_else(|| first(&mut after.split(is_letter)))
    };
    found.unwrap_or(Tense::Unknown)
}

fn is_stop(ch: char) -> bool {
    matches!(ch, '.' | '!' | '?' | '\n' | ';' | '؟' | '۔' | '؛')
}

/// Where the last sentence begins; a stop inside an abbreviation (`U.S.`) or a number, and a broken line, end none.
fn sentence_start(text: &str) -> usize {
    let bytes = text.as_bytes();
    for (at, ch) in text.char_indices().rev().filter(|(_, ch)| is_stop(*ch)) {
        let after = at + ch.len_utf8();
        if ends_sentence(bytes, at, after, ch) {
            return after;
        }
    }
    0
}

fn sentence_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut stops = text.char_indices().filter(|(_, ch)| is_stop(*ch));
    stops.find(|(at, ch)| ends_sentence(bytes, *at, at + ch.len_utf8(), *ch)).map_or(text.len(), |(at, _)| at)
}

fn ends_sentence(bytes: &[u8], at: usize, after: usize, ch: char) -> bool {
    let next = bytes.get(after).copied();
    match ch {
        '\n' => next.is_none_or(|byte| matches!(byte, b'\n' | b'\t' | b' ' | b'\r')),
        '.' => {
            let spaced = next.is_none_or(|byte| byte.is_ascii_whitespace() || !byte.is_ascii_alphanumeric());
            // One capital letter before the stop: an initial or an abbreviation.
            let initial = at.checked_sub(1).and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_uppercase);
            spaced && !initial
        }
        _ => true,
    }
}

fn of_word(word: &str, lexicon: &Lexicon, key: &mut String) -> Tense {
    // Folded, French "à" would be its "has".
    if word.is_empty() || word == "à" {
        return Tense::Unknown;
    }
    key.clear();
    push_letter_key(word, key);
    let cues = &lexicon.cues;
    let ends =
        |endings: &[String]| endings.iter().any(|ending| key.len() > ending.len() + 2 && key.ends_with(&**ending));
    if cues.future.contains(key.as_str())
        || (lexicon.code == "ar" && is_arabic_future(key))
        || ends(&cues.future_endings)
    {
        return Tense::Future;
    }
    if cues.past.contains(key.as_str()) || ends(&cues.past_endings) { Tense::Past } else { Tense::Unknown }
}

/// سـ before a verb of the present: سنهاجم, سيكون.
fn is_arabic_future(key: &str) -> bool {
    let mut letters = key.chars();
    letters.next() == Some('س') && matches!(letters.next(), Some('ن' | 'ی' | 'ت')) && letters.count() >= 3
}
