//! Cuts a text into what dates are made of: numbers, signs and words that the language's table knows. All other words become
//! breaks, several in a row one break, so that the rules see little of an ordinary text.

use super::lexicon::{Lexicon, Senses};
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
    pub senses: Senses,
    /// Nothing stands between this token and the one before it.
    pub glued: bool,
}

/// Longer words are no date words in any table.
const WORD_BYTES_MAX: usize = 64;
/// Numbers with more digits are no days, years or times.
const DIGITS_MAX: usize = 8;

pub(super) fn scan(text: &str, lexicon: &Lexicon) -> Vec<Token> {
    let mut scanner =
        Scanner { text, lexicon, tokens: Vec::new(), key: String::with_capacity(WORD_BYTES_MAX), glued: false };
    let mut at = 0;
    let mut newlines = 0;
    while let Some(ch) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let end = if digit_value(ch).is_some() {
            scanner.number(at)
        } else if is_word(ch) {
            scanner.word(at)
        } else {
            at + ch.len_utf8()
        };
        match ch {
            _ if digit_value(ch).is_some() || is_word(ch) => newlines = 0,
            '\n' => {
                newlines += 1;
                if newlines > 1 {
                    scanner.push_break(at, end);
                }
                scanner.glued = false;
            }
            ' ' | '\t' | '\r' | '\u{a0}' | '\u{202f}' => scanner.glued = false,
            // Invisible controls stand between letters without parting them.
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {}
            _ => {
                newlines = 0;
                scanner.push(at, end, Kind::Sign(ch), Senses::default());
            }
        }
        at = end;
    }
    scanner.tokens
}

struct Scanner<'a> {
    text: &'a str,
    lexicon: &'a Lexicon,
    tokens: Vec<Token>,
    key: String,
    glued: bool,
}

impl Scanner<'_> {
    fn push(&mut self, start: usize, end: usize, kind: Kind, senses: Senses) {
        self.tokens.push(Token { start, end, kind, senses, glued: self.glued });
        self.glued = true;
    }

    fn push_break(&mut self, start: usize, end: usize) {
        match self.tokens.last_mut() {
            Some(last) if last.kind == Kind::Break => last.end = end,
            _ => self.push(start, end, Kind::Break, Senses::default()),
        }
        self.glued = true;
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
            self.push(start, end, Kind::Number { value, digits: digits as u8 }, Senses::default());
        }
        end
    }

    fn word(&mut self, start: usize) -> usize {
        let end = word_end(self.text, start);
        let word = self.text.get(start..end).unwrap_or_default();
        if word.len() > WORD_BYTES_MAX {
            self.push_break(start, end);
            return end;
        }
        self.key.clear();
        push_letter_key(word, &mut self.key);
        if let Some((senses, phrase_end)) = self.meaning(end) {
            self.push(start, phrase_end, Kind::Word, senses);
            return phrase_end;
        }
        if self.lexicon.code == "ar"
            && let Some((from, senses, phrase_end)) = self.without_prefix(start, end)
        {
            self.push(from, phrase_end, Kind::Word, senses);
            return phrase_end;
        }
        self.push_break(start, end);
        end
    }

    /// The meaning of the word whose key is held, or of a phrase that begins with it; and where that ends.
    fn meaning(&self, end: usize) -> Option<(Senses, usize)> {
        let phrases = self.lexicon.phrases(&self.key);
        let phrase = phrases.iter().find_map(|(rest, senses)| Some((*senses, self.follow(end, rest)?)));
        phrase.or_else(|| Some((self.lexicon.word(&self.key)?, end)))
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
                .take_while(|ch| matches!(ch, ' ' | '-' | '.' | '\'' | '’' | '\u{a0}' | '‑'))
                .map(char::len_utf8)
                .sum();
            let end = word_end(self.text, at + gap);
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
    fn without_prefix(&mut self, start: usize, end: usize) -> Option<(usize, Senses, usize)> {
        let mut from = start;
        for _ in 0..2 {
            let first = self.text.get(from..end)?.chars().next()?;
            if !matches!(first, 'و' | 'ف' | 'ب' | 'ل') {
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

/// End of the run of letters, marks and joiners that begins at `start`.
fn word_end(text: &str, start: usize) -> usize {
    let mut end = start;
    for ch in text.get(start..).unwrap_or_default().chars() {
        let joins = matches!(ch, '\u{200b}'..='\u{200d}' | '\u{ad}' | '\u{640}');
        if digit_value(ch).is_some() || !(is_word(ch) || (joins && end > start)) {
            break;
        }
        end += ch.len_utf8();
    }
    end
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
