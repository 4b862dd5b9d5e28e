//! Pure functions on text: folding spellings together, words and sentences, language, dates and calendars, links.
//!
//! Nothing here reads a file, a clock or the network, and every function takes any `&str` an adversary can write.
//! Spans are byte offsets, half-open, into the text that was given, and always lie on character boundaries of it.
//!
//! ```
//! let folded = vedette_text::fold::fold("The a.t.t.4.c.k on Kelmora");
//! assert_eq!(folded.text, "the attack on kelmora");
//! assert_eq!(folded.original_span(4, 10), (4, 15));
//! assert_eq!(folded.folds_in(4, 10), ["leet", "separator"]);
//! ```

mod blocks;
pub mod common;
pub mod dates;
pub mod fold;
pub mod language;
pub mod links;
pub mod sentences;
pub mod shape;
pub mod tokens;
pub mod transliterate;

/// A stretch of text: byte offsets, half-open, on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

impl Span {
    /// The text of this span; empty when the span does not belong to `text`.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}
