//! Words of a folded text, for the matcher: where each begins and ends, nothing more.
//!
//! A word is a run of letters, digits and marks, with single apostrophes inside it (`don't`). Scripts written without spaces
//! (Chinese, Japanese, Thai) come as one word a run.

mod scan;

pub use scan::Spots;

/// One word: byte offsets, half-open, into the folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Token {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

/// The words of a text in order. Meant for folded text, safe for any.
pub fn tokens(folded: &str) -> impl Iterator<Item = Token> + '_ {
    Tokens { text: folded, at: 0 }
}

struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        let start = loop {
            match word_char(self.text, at) {
                (_, 0) => {
                    self.at = bytes.len();
                    return None;
                }
                (true, _) => break at,
                (false, size) => at += size,
            }
        };
        let end = loop {
            match word_char(self.text, at) {
                (true, size) => at += size,
                (false, 1) if bytes.get(at) == Some(&b'\'') && word_char(self.text, at + 1).0 => at += 1,
                _ => break at,
            }
        };
        self.at = end;
        Some(Token { start, end })
    }
}

/// Whether the character at `at` belongs to words, and its size in bytes (0 at the end).
#[inline]
fn word_char(text: &str, at: usize) -> (bool, usize) {
    match text.as_bytes().get(at) {
        None => (false, 0),
        Some(byte) if byte.is_ascii() => (byte.is_ascii_alphanumeric(), 1),
        Some(_) => match text.get(at..).and_then(|rest| rest.chars().next()) {
            Some(ch) => (is_word(ch), ch.len_utf8()),
            None => (false, 1),
        },
    }
}

/// Letters, digits and marks of any script.
pub(crate) fn is_word(ch: char) -> bool {
    match ch as u32 {
        0..=0x7f => ch.is_ascii_alphanumeric(),
        // Most of the letters that do occur, told apart without a table walk.
        0x410..=0x44f | 0x620..=0x63f | 0x641..=0x64a => true,
        // And of the signs.
        0x2000..=0x206f | 0x60c | 0x61b | 0x61f | 0x6d4 | 0xa0..=0xa9 | 0xab | 0xac..=0xb1 | 0xbb => false,
        _ => ch.is_alphanumeric() || unicode_normalization::char::is_combining_mark(ch),
    }
}
