//! Cuts a text into what dates are made of: numbers, signs and words that the language's table knows. All other words become
//! breaks, several in a row one break, and stretches between breaks in which nothing can make a date are dropped, so that the
//! rules see little of an ordinary text.

use super::lexicon::Lexicon;
use super::senses::{NO_SENSES, Senses, TURKISH_AT, TURKISH_FROM, TURKISH_TO};
use crate::fold::push_letter_key;
use crate::tokens::is_word;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Words that mean nothing here, or an empty line.
    Break,
    Number {
        value: u32,
        digits: u8,
    },
    Word,
    Sign(char),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub start: usize,
    pub end: usize,
    pub kind: Kind,
    pub senses: &'static Senses,
    /// Nothing stands between this token and the one before it.
    pub glued: bool,
    /// Arabic "and" was written as a letter before this word.
    pub and: bool,
}

impl Token {
    /// True when a date can begin here.
    pub(super) fn starts(&self) -> bool {
        matches!(self.kind, Kind::Number { .. }) || self.senses.starts()
    }
}

/// Longer words are no date words in any table.
const WORD_BYTES_MAX: usize = 64;
/// Numbers with more digits are no days, years or times.
const DIGITS_MAX: usize = 8;

pub(super) fn scan(text: &str, lexicon: &'static Lexicon) -> Vec<Token> {
    let mut scanner = Scanner {
        text,
        lexicon,
        // About one token for five words of news; short posts need no second allocation.
        tokens: Vec::with_capacity(16 + text.len() / 32),
        key: String::with_capacity(WORD_BYTES_MAX),
        glued: false,
        stretch: 0,
        core: false,
    };
    let bytes = text.as_bytes();
    let (mut at, mut newlines) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        let end = if byte.is_ascii_alphabetic() {
            newlines = 0;
            scanner.word(at)
        } else if matches!(byte, b' ' | b'\t' | b'\r') {
            scanner.glued = false;
            at + 1
        } else if *byte == b'\n' {
            newlines += 1;
            if newlines > 1 {
                scanner.push_break(at, at + 1);
            }
            scanner.glued = false;
            at + 1
        } else {
            newlines = 0;
            scanner.other(at)
        };
        at = end;
    }
    scanner.close_stretch();
    scanner.tokens
}

struct Scanner<'a> {
    text: &'a str,
    lexicon: &'static Lexicon,
    tokens: Vec<Token>,
    key: String,
    glued: bool,
    /// First token since the last break.
    stretch: usize,
    /// Something since then can make a date.
    core: bool,
}

impl Scanner<'_> {
    fn push(&mut self, start: usize, end: usize, kind: Kind, senses: &'static Senses, and: bool) {
        self.core |= matches!(kind, Kind::Number { .. }) || senses.is_core();
        self.tokens.push(Token { start, end, kind, senses, glued: self.glued, and });
        self.glued = true;
    }

    /// Drops what was read since the last break if nothing in it can make a date.
    fn close_stretch(&mut self) {
        if !self.core {
            self.tokens.truncate(self.stretch);
        }
        self.core = false;
    }

    fn push_break(&mut self, start: usize, end: usize) {
        self.close_stretch();
        match self.tokens.last_mut() {
            Some(last) if last.kind == Kind::Break => last.end = end,
            _ => {
                let glued = self.glued;
                self.tokens.push(Token { start, end, kind: Kind::Break, senses: &NO_SENSES, glued, and: false });
            }
        }
        self.stretch = self.tokens.len();
        self.glued = true;
    }

    /// A digit, a letter beyond ASCII, or a sign.
    fn other(&mut self, at: usize) -> usize {
        let Some(ch) = self.text.get(at..).and_then(|rest| rest.chars().next()) else { return at + 1 };
        let end = at + ch.len_utf8();
        if digit_value(ch).is_some() {
            return self.number(at);
        }
        if is_letter(ch) || is_word(ch) {
            return self.word(at);
        }
        match ch {
            '\u{a0}' | '\u{202f}' | '\u{2009}' => self.glued = false,
            // Invisible controls stand between letters without parting them.
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {}
            // French l' and d' are words of their own.
            '\'' | '’' if self.lexicon.code == "fr" && self.after_elision(at) => {}
            _ => self.push(at, end, Kind::Sign(ch), &NO_SENSES, false),
        }
        end
    }

    fn after_elision(&self, at: usize) -> bool {
        self.tokens.last().is_some_and(|last| last.kind == Kind::Word && last.end == at && at - last.start == 1)
    }

    fn number(&mut self, start: usize) -> usize {
        let (mut end, mut value, mut digits) = (start, 0u32, 0usize);
        for ch in self.text.get(start..).unwrap_or_default().chars() {
            let Some(digit) = digit_value(ch) else { break };
            value = value.saturating_mul(10).saturating_add(digit);
            digits += 1;
            end += ch.len_utf8();
        }
        if digits > DIGITS_MAX {
            self.push_break(start, end);
        } else {
            self.push(start, end, Kind::Number { value, digits: digits as u8 }, &NO_SENSES, false);
        }
        end
    }

    /// The case of a number or date word that Turkish writes after an apostrophe: 5'te, Mart'tan, 7'ye.
    fn turkish_case(&self, word: &str) -> Option<&'static Senses> {
        let marked = matches!(self.tokens.last().map(|last| last.kind), Some(Kind::Sign('\'' | '’'))) && self.glued;
        let on_date = self.tokens.iter().rev().nth(1).is_some_and(|token| {
            matches!(token.kind, Kind::Number { .. }) || (token.kind == Kind::Word && token.senses.is_core())
        });
        if !marked || !on_date {
            return None;
        }
        Some(match word {
            "da" | "de" | "ta" | "te" | "nda" | "nde" => &TURKISH_AT,
            "dan" | "den" | "tan" | "ten" | "ndan" | "nden" => &TURKISH_FROM,
            "a" | "e" | "ya" | "ye" | "na" | "ne" => &TURKISH_TO,
            _ => return None,
        })
    }

    fn word(&mut self, start: usize) -> usize {
        let (end, is_ascii) = word_end(self.text, start);
        let word = self.text.get(start..end).unwrap_or_default();
        if self.lexicon.code == "tr"
            && let Some(senses) = self.turkish_case(word)
        {
            // The apostrophe stands for nothing more.
            self.tokens.pop();
            self.push(start, end, Kind::Word, senses, false);
            return end;
        }
        if word.len() > WORD_BYTES_MAX || (is_ascii && !self.lexicon.may_know(word.as_bytes())) {
            self.push_break(start, end);
            return end;
        }
        self.key.clear();
        if is_ascii {
            self.key.push_str(word);
            self.key.make_ascii_lowercase();
        } else {
            push_letter_key(word, &mut self.key);
        }
        if let Some((senses, phrase_end)) = self.meaning(end) {
            self.push(start, phrase_end, Kind::Word, senses, false);
            return phrase_end;
        }
        if self.lexicon.code == "ar"
            && !is_ascii
            && let Some((from, senses, phrase_end)) = self.without_prefix(start, end)
        {
            let and = word.starts_with('و');
            self.push(from, phrase_end, Kind::Word, senses, and);
            return phrase_end;
        }
        self.push_break(start, end);
        end
    }

    /// The meaning of the word whose key is held, or of a phrase that begins with it; and where that ends.
    fn meaning(&self, end: usize) -> Option<(&'static Senses, usize)> {
        let entry = self.lexicon.entry(&self.key)?;
        let phrase = entry.phrases.iter().find_map(|(rest, senses)| Some((senses, self.follow(end, rest)?)));
        phrase.or_else(|| Some((entry.word.as_ref()?, end)))
    }

    /// Where the words of a phrase end, if they follow at `at` with a space, hyphen, stop or apostrophe between them.
    fn follow(&self, at: usize, rest: &[String]) -> Option<usize> {
        let mut at = at;
        let mut key = String::new();
        for expected in rest {
            let gap: usize = self
                .text
                .get(at..)?
                .chars()
                .take(3)
                .take_while(|ch| matches!(ch, ' ' | '\n' | '-' | '.' | '\'' | '’' | '\u{a0}' | '‑' | '\u{200c}'))
                .map(char::len_utf8)
                .sum();
            let (end, _) = word_end(self.text, at + gap);
            if gap == 0 || end - (at + gap) > WORD_BYTES_MAX {
                return None;
            }
            key.clear();
            push_letter_key(self.text.get(at + gap..end)?, &mut key);
            if key != *expected {
                return None;
            }
            at = end;
        }
        Some(at)
    }

    /// Arabic writes "and", "in", "to", "so" as a letter before the word; up to two of them.
    fn without_prefix(&mut self, start: usize, end: usize) -> Option<(usize, &'static Senses, usize)> {
        let mut from = start;
        for _ in 0..2 {
            let first = self.text.get(from..end)?.chars().next()?;
            if !matches!(first, 'و' | 'ف' | 'ب' | 'ل' | 'ك') {
                return None;
            }
            let rest = from + first.len_utf8();
            self.key.clear();
            push_letter_key(self.text.get(rest..end)?, &mut self.key);
            // "to the" loses its alef: لل for ل + ال.
            if first == 'ل' && self.key.starts_with('ل') {
                self.key.insert(0, 'ا');
            }
            // A rest of two letters would be found in too many words.
            self.key.chars().nth(2)?;
            if let Some((senses, phrase_end)) = self.meaning(end) {
                return Some((rest, senses, phrase_end));
            }
            from = rest;
        }
        None
    }
}

/// End of the run of letters, marks and joiners that begins at `start`, and whether all of it is ASCII.
fn word_end(text: &str, start: usize) -> (usize, bool) {
    let bytes = text.as_bytes();
    let mut end = start;
    while bytes.get(end).is_some_and(u8::is_ascii_alphabetic) {
        end += 1;
    }
    if bytes.get(end).is_none_or(u8::is_ascii) {
        return (end, end > start);
    }
    let from = end;
    for ch in text.get(from..).unwrap_or_default().chars() {
        let joins = matches!(ch, '\u{200b}'..='\u{200d}' | '\u{ad}' | '\u{640}');
        if !is_letter(ch) && (digit_value(ch).is_some() || !(is_word(ch) || (joins && end > start))) {
            break;
        }
        end += ch.len_utf8();
    }
    (end, end == from && end > start)
}

/// The letters of the nine languages, told apart without a table walk.
fn is_letter(ch: char) -> bool {
    matches!(ch as u32, 0x41..=0x5a | 0x61..=0x7a | 0xc0..=0xd6 | 0xd8..=0xf6 | 0xf8..=0x24f | 0x400..=0x481
        | 0x620..=0x63f | 0x641..=0x64a | 0x671..=0x6d3)
}

/// Digits in which dates are written: ASCII, Arabic-Indic, Persian, Devanagari, Bengali, full-width.
fn digit_value(ch: char) -> Option<u32> {
    let code = ch as u32;
    match code {
        0x30..=0x39 => Some(code - 0x30),
        0..=0x65f => None,
        0x660..=0x669 => Some(code - 0x660),
        0x6f0..=0x6f9 => Some(code - 0x6f0),
        0x966..=0x96f => Some(code - 0x966),
        0x9e6..=0x9ef => Some(code - 0x9e6),
        0xff10..=0xff19 => Some(code - 0xff10),
        _ => None,
    }
}
