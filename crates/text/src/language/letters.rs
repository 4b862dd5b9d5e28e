//! The words of a text in one script, each letter in one form: what the language tables are trained on and asked about.
//!
//! Web addresses and mentions are no words; hashtags are, unless told otherwise. Vowel signs, stretching and loose accents go, letters
//! repeated for emphasis are kept twice, and a zero-width non-joiner parts words, for half of the writers leave it out.

use super::scripts::{self, Script};
use unicode_normalization::UnicodeNormalization;

/// Letters of a word that count; longer ones are not words.
pub const WORD_LETTERS_MAX: usize = 32;

/// A word's letters with an end mark (0) on both sides.
pub struct Word {
    letters: [u32; WORD_LETTERS_MAX + 2],
    len: usize,
    digits: usize,
}

impl Default for Word {
    fn default() -> Self {
        Self { letters: [0; WORD_LETTERS_MAX + 2], len: 0, digits: 0 }
    }
}

impl Word {
    /// A word of letters that are already in the form of the tables.
    pub fn of(letters: &str) -> Self {
        let mut word = Self::default();
        letters.chars().for_each(|letter| word.push(letter as u32));
        word
    }

    /// The letters between two end marks (0).
    #[inline]
    pub fn padded(&self) -> &[u32] {
        self.letters.get(..self.len + 2).unwrap_or_default()
    }

    /// How many letters.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has no letter.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    #[inline]
    fn push(&mut self, letter: u32) {
        let drawn_out = self.len >= 2 && self.letters.get(self.len - 1..=self.len) == Some(&[letter, letter]);
        if self.len < WORD_LETTERS_MAX && !drawn_out {
            self.len += 1;
            if let Some(slot) = self.letters.get_mut(self.len) {
                *slot = letter;
            }
        }
    }

    fn last(&self) -> u32 {
        self.letters.get(self.len).copied().unwrap_or(0)
    }

    fn close(&mut self) {
        if let Some(slot) = self.letters.get_mut(self.len + 1) {
            *slot = 0;
        }
    }

    fn clear(&mut self) {
        self.len = 0;
        self.digits = 0;
    }
}

/// Hands on the words of a script; stops when told so (`false`).
pub(super) fn words(text: &str, script: Script, hashtags: bool, mut each: impl FnMut(&Word) -> bool) {
    let mut word = Word::default();
    let mut previous = ' ';
    let mut address = false;
    let mut chars = text.chars().chain([' ']).peekable();
    while let Some(ch) = chars.next() {
        if address {
            address = !ch.is_whitespace();
            previous = ch;
            continue;
        }
        let starts = !previous.is_alphanumeric();
        address = (ch == '/' && previous == '/') || (starts && (ch == '@' || (ch == '#' && !hashtags)));
        previous = ch;
        if ch == ':' && chars.peek() == Some(&'/') {
            // The scheme of an address is no word either.
            word.clear();
        }
        if ch.is_ascii_alphabetic() && script == Script::Latin {
            word.push(ch.to_ascii_lowercase() as u32);
        } else if takes(ch, script, &mut word, chars.peek()) {
        } else if word.len > 0 {
            word.close();
            if word.len > word.digits && !each(&word) {
                return;
            }
            word.clear();
        }
    }
}

/// Adds a character to the word, if it belongs into one.
#[inline]
fn takes(ch: char, script: Script, word: &mut Word, next: Option<&char>) -> bool {
    match ch {
        ' '..='/' if ch != '\'' && ch != '`' => false,
        '\u{300}'..='\u{36f}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' => true,
        '\u{200d}'..='\u{200f}' => true,
        // Uzbek o\u{2bb} and g\u{2bb}, with whichever apostrophe the keyboard has.
        '\'' | '`' | '\u{b4}' | '\u{2018}' | '\u{2019}' | '\u{2bb}' | '\u{2bc}' => {
            let turned = script == Script::Latin
                && matches!(word.last(), 0x6f | 0x67)
                && next.is_some_and(char::is_ascii_alphabetic)
                && word.len > 0;
            if turned {
                word.push(0x2bb);
            }
            turned
        }
        // Letters that Latin lacks, in Arabic typed on a Latin keyboard.
        '2' | '3' | '5'..='9'
            if script == Script::Latin && (word.len > 0 || next.is_some_and(char::is_ascii_alphabetic)) =>
        {
            word.digits += 1;
            word.push(ch as u32);
            true
        }
        '\u{fb50}'..='\u{fdfb}' | '\u{fe70}'..='\u{fefc}' if script == Script::Arabic => {
            std::iter::once(ch)
                .nfkc()
                .filter(|ch| scripts::of(*ch) == Script::Arabic)
                .for_each(|ch| word.push(ch as u32));
            true
        }
        _ if scripts::of(ch) == script => {
            word.push(ch.to_lowercase().next().unwrap_or(ch) as u32);
            true
        }
        _ => false,
    }
}
