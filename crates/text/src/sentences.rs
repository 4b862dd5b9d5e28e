//! Where sentences and quotations begin and end: a threat is quoted whole, and words in somebody else's mouth are told apart.
//!
//! Sentences end at `. ! ? … ؟ ۔ 。`, at line ends, before the bullets of a list written in one line, and at emoji that stand where a
//! stop would. Not at abbreviations, initials, decimal numbers, host names or ordinals
//! before a month, nor at a line end that only wraps a long line (as in the text of a PDF).

mod abbreviations;
mod clauses;
mod quotations;

pub use clauses::breaks_clause;
pub use quotations::{Quotation, quotations};

use crate::{Span, dates};

/// A line at least this long that ends without a stop was wrapped by a machine.
const WRAPPED_LINE_CHARS_MIN: usize = 50;
/// Abbreviations are looked up by this much text before their stop.
const ABBREVIATION_BYTES_MAX: usize = 24;

/// The sentences of a text, in order, without the white space and list marks around them: between two sentences nothing else stands
/// (see [`is_list_mark`]).
pub fn sentences(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(text.len() / 80 + 1);
    let mut start = 0;
    let mut line_start = 0;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let size = match byte {
            b'\n' | b'\r' => {
                if line_ends_sentence(text, line_start, at) {
                    push(text, start, at, &mut out);
                    start = at + 1;
                }
                line_start = at + 1;
                at += 1;
                continue;
            }
            b'.' | b'!' | b'?' => 1,
            b'|' if stands_alone(bytes, at, 1) => {
                push(text, start, at, &mut out);
                start = at + 1;
                0
            }
            0xe2 if bullet_size(bytes, at) != 0 => {
                push(text, start, at, &mut out);
                start = at + bullet_size(bytes, at);
                0
            }
            0xd8.. => stop_size(bytes, at),
            _ => 0,
        };
        if size == 0 {
            at += 1;
            continue;
        }
        // What is no stop after all (a picture of no kind that we know) is stepped over: the scan always goes on.
        let end = after_stops(text, at).max(at + size);
        if ends_sentence(text, start, at, end) {
            push(text, start, end, &mut out);
            start = end;
        }
        at = end;
    }
    push(text, start, bytes.len(), &mut out);
    out
}

fn push(text: &str, start: usize, end: usize, out: &mut Vec<Span>) {
    let Some(raw) = text.get(start..end) else { return };
    let left = raw.trim_start();
    let start = end - left.len();
    let end = start + left.trim_end().len();
    if start < end {
        out.push(Span { start, end });
    }
}

/// Size of the stop of another script that begins here, or 0.
fn stop_size(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..).unwrap_or_default() {
        [0xd8, 0x9f, ..] | [0xdb, 0x94, ..] => 2,
        [0xe2, 0x80, 0xa6, ..] | [0xe3, 0x80, 0x82, ..] | [0xe0, 0xa5, 0xa4, ..] => 3,
        [0xef, 0xbc, 0x81 | 0x9f, ..] => 3,
        // Emoji: a stop only when what follows begins like a sentence.
        [0xf0, 0x9f, ..] => 4,
        _ => 0,
    }
}

/// Whether a sign stands between the points of a list: a bar, or one of the bullets `•`, `‣`, `■`, `▪`, `▫`, `▶`, `►`, `◆`, `●`.
pub fn is_list_mark(ch: char) -> bool {
    ch == '|' || bullet_size(ch.encode_utf8(&mut [0; 4]).as_bytes(), 0) != 0
}

/// Size of the list bullet that begins here, or 0.
fn bullet_size(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..).unwrap_or_default() {
        [0xe2, 0x80, 0xa2 | 0xa3, ..] => 3,
        [0xe2, 0x96, 0xa0 | 0xaa | 0xab | 0xb6 | 0xba, ..] | [0xe2, 0x97, 0x86 | 0x8f, ..] => 3,
        _ => 0,
    }
}

/// Whether the mark at `at` has white space on both sides.
fn stands_alone(bytes: &[u8], at: usize, size: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    before.is_some_and(u8::is_ascii_whitespace) && bytes.get(at + size).is_some_and(u8::is_ascii_whitespace)
}

/// The byte after a run of stops and of the quotes and brackets that close with it.
fn after_stops(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let mut end = at;
    let mut closing = false;
    for ch in rest.chars() {
        match ch {
            '.' | '!' | '?' | '…' | '؟' | '۔' | '。' | '！' | '？' | '।' if !closing => {}
            '"' | '\'' | ')' | ']' | '”' | '’' | '»' | '“' | '›' => closing = true,
            _ if is_emoji(ch) => {}
            _ => break,
        }
        end += ch.len_utf8();
    }
    end
}

/// Pictures, and what joins or colours them.
fn is_emoji(ch: char) -> bool {
    matches!(ch, '\u{1f000}'..='\u{1ffff}' | '\u{fe0f}' | '\u{200d}' | '\u{2600}'..='\u{27bf}')
}

/// Words before an emoji that may end a sentence: a picture beside one word belongs to it.
const EMOJI_WORDS_MIN: usize = 3;

fn ends_sentence(text: &str, start: usize, at: usize, end: usize) -> bool {
    let after = text.get(end..).unwrap_or_default();
    let Some(next) = after.chars().next() else { return true };
    let stop = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or('.');
    if stop == '؟' || stop == '۔' || stop == '。' || stop == '।' {
        return true;
    }
    // A host name, a decimal number, a file name: no space follows.
    if !next.is_whitespace() {
        return false;
    }
    let first = after.trim_start_matches([' ', '\t', '\u{a0}', '"', '“', '«', '„', '(', '\'', '‘']).chars().next();
    let lower_follows = first.is_some_and(char::is_lowercase);
    match stop {
        _ if is_emoji(stop) => {
            let before = text.get(start..at).unwrap_or_default();
            first.is_some_and(char::is_uppercase) && before.split_whitespace().nth(EMOJI_WORDS_MIN - 1).is_some()
        }
        '!' | '?' | '！' | '？' => !lower_follows,
        _ if lower_follows => false,
        // "..." and "…" before a capital end the sentence, as does `."`.
        '.' if text.get(at..end) == Some(".") => !is_abbreviation(text, start, at) && !is_ordinal(text, at, after),
        _ => true,
    }
}

/// Whether the word before the stop at `at` is an abbreviation or an initial.
fn is_abbreviation(text: &str, start: usize, at: usize) -> bool {
    let mut from = at.saturating_sub(ABBREVIATION_BYTES_MAX).max(start);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let before = text.get(from..at).unwrap_or_default();
    let word_from = before.rfind(char::is_whitespace).map_or(0, |space| space + 1);
    let word = before.get(word_from..).unwrap_or_default().trim_start_matches(['(', '"', '«', '“', '„', '[', '\'']);
    let mut letters = word.chars();
    if let (Some(only), None) = (letters.next(), letters.next())
        && (only.is_uppercase() || abbreviations::is_known(only.encode_utf8(&mut [0; 4])))
    {
        return true;
    }
    if word.is_empty() || word.len() > 12 {
        return false;
    }
    // "U.S", "D.C": initials with stops between them.
    let initials = word.split('.').all(|part| part.chars().count() == 1 && part.chars().all(char::is_uppercase));
    if initials && word.contains('.') {
        return true;
    }
    let lower = word.to_lowercase();
    let counts = text.get(at + 1..).unwrap_or_default().trim_start().starts_with(|ch: char| ch.is_ascii_digit());
    // "No. 4" counts; "we say no." ends.
    abbreviations::is_known(&lower)
        && (counts || !matches!(lower.as_str(), "no" | "nos" | "al" | "est" | "art" | "fig"))
}

/// "12. März": a day before a month; "1. First" at the start of a line: a list.
fn is_ordinal(text: &str, at: usize, after: &str) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let digits = before.bytes().rev().take_while(u8::is_ascii_digit).take(3).count();
    if !(1..=2).contains(&digits) {
        return false;
    }
    let lead = before.get(..at - digits).unwrap_or_default();
    if lead.is_empty() || lead.ends_with('\n') {
        return true;
    }
    let word: String = after.trim_start().chars().take_while(|ch| ch.is_alphabetic()).take(16).collect();
    dates::is_month(&word)
}

/// Whether the line end at `at` ends the sentence too, or only wraps its line.
fn line_ends_sentence(text: &str, line_start: usize, at: usize) -> bool {
    let line = text.get(line_start..at).unwrap_or_default();
    let after = text.get(at..).unwrap_or_default();
    let after = after.strip_prefix("\r\n").or_else(|| after.get(1..)).unwrap_or_default();
    let Some(first) = after.chars().next() else { return true };
    if first == '\n' || first == '\r' || line.chars().nth(WRAPPED_LINE_CHARS_MIN - 1).is_none() {
        return true;
    }
    // The stop itself has ended the sentence already; nothing is left to wrap.
    let first = after.trim_start_matches([' ', '\t']).chars().next().unwrap_or('\n');
    !first.is_alphabetic() || first.is_uppercase()
}
