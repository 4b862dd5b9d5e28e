//! The translation memory: what a person revised once is used again where the same segment comes back, before any engine is asked.
//!
//! Only exact matches of the folded segment count, and only segments that a person revised or signed belong in it.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use serde::{Deserialize, Serialize};

/// Where revised segments are looked up.
pub trait Memory: Send + Sync {
    /// The person's translation of a segment whose [`memory_key`] is `key`.
    fn recall(&self, key: &str, from: &str, to: &str) -> Option<Remembered>;
}

/// A segment as a person left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// The translation.
    pub text: String,
    /// Who revised it.
    pub author: String,
}

/// A segment as it is looked up: folded ([`vedette_text::fold`]), white space made single.
pub fn memory_key(segment: &str) -> String {
    let folded = vedette_text::fold::fold_plain(segment);
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Remembers nothing.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoMemory;

impl Memory for NoMemory {
    fn recall(&self, _: &str, _: &str, _: &str) -> Option<Remembered> {
        None
    }
}

/// A memory that forgets when the program ends. The segment revised last counts.
#[derive(Debug, Default)]
pub struct SegmentMemory {
    kept: RwLock<BTreeMap<(String, String, String), Remembered>>,
}

impl SegmentMemory {
    /// Remembers a person's translation of `original`.
    pub fn remember(&self, original: &str, from: &str, to: &str, revised: Remembered) {
        let key = (memory_key(original), from.to_owned(), to.to_owned());
        self.kept.write().unwrap_or_else(PoisonError::into_inner).insert(key, revised);
    }
}

impl Memory for SegmentMemory {
    fn recall(&self, key: &str, from: &str, to: &str) -> Option<Remembered> {
        let key = (key.to_owned(), from.to_owned(), to.to_owned());
        self.kept.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_found_in_other_spellings_but_not_in_other_languages() {
        let memory = SegmentMemory::default();
        let revised = Remembered { text: "The museum is closed.".to_owned(), author: "mira".to_owned() };
        memory.remember("المتحف مغلق.", "ar", "en", revised.clone());
        assert_eq!(memory.recall(&memory_key("المُتحف   مغلـق."), "ar", "en"), Some(revised));
        assert_eq!(memory.recall(&memory_key("المتحف مغلق."), "fa", "en"), None);
        assert_eq!(memory.recall(&memory_key("المتحف مفتوح."), "ar", "en"), None);
    }
}
