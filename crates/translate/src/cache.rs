//! What an engine said before is not asked again: re-posts, edits and new readings of a file repeat most of their sentences.
//!
//! One entry is one segment. Its key names everything that the answer depends on: the segment's text, the languages, the engine
//! with its version and model, and the glossary terms that were to be applied in it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::Digest;
use vedette_core::Sha256;
use vedette_core::translation::TermUse;

/// Entries that the cache in memory holds; a day's posts have some ten thousand sentences of about 300 bytes.
pub const MEMORY_ENTRIES_MAX: usize = 20_000;

/// Everything an answer depends on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CacheKey {
    /// SHA-256 of the segment's text.
    pub text: Sha256,
    /// Language of the original.
    pub from: String,
    /// Language of the translation.
    pub to: String,
    /// Name of the engine.
    pub engine: String,
    /// Its version, with the hash of its model.
    pub version: String,
    /// Fingerprint of the glossary terms that this segment holds; empty when it holds none.
    pub glossary: String,
}

impl CacheKey {
    /// One value for all of it, for stores that look up by a hash.
    pub fn fingerprint(&self) -> Sha256 {
        let mut hasher = sha2::Sha256::new();
        for part in [&self.text.hex(), &self.from, &self.to, &self.engine, &self.version, &self.glossary] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        Sha256(hasher.finalize().into())
    }
}

/// A translated segment as it is kept. Spans of terms count from the start of the segment, on both sides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CachedSegment {
    /// The translation, terms applied.
    pub text: String,
    /// Where terms were applied.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub terms: Vec<TermUse>,
    /// What a reader should know of it, as in [`crate::Note`].
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<String>,
}

/// Where translated segments are kept. A cache that fails is a cache that knows nothing: adapters log their own failures.
pub trait Cache: Send + Sync {
    /// What is kept under a key.
    fn get(&self, key: &CacheKey) -> Option<CachedSegment>;
    /// Keeps a segment.
    fn put(&self, key: &CacheKey, segment: &CachedSegment);
}

/// Keeps nothing.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoCache;

impl Cache for NoCache {
    fn get(&self, _: &CacheKey) -> Option<CachedSegment> {
        None
    }

    fn put(&self, _: &CacheKey, _: &CachedSegment) {}
}

/// A cache that forgets when the program ends, and everything when it is full.
#[derive(Debug, Default)]
pub struct MemoryCache {
    kept: Mutex<BTreeMap<CacheKey, CachedSegment>>,
}

impl MemoryCache {
    /// How many segments are kept.
    pub fn len(&self) -> usize {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Cache for MemoryCache {
    fn get(&self, key: &CacheKey) -> Option<CachedSegment> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn put(&self, key: &CacheKey, segment: &CachedSegment) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MEMORY_ENTRIES_MAX {
            kept.clear();
        }
        kept.insert(key.clone(), segment.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> CacheKey {
        CacheKey {
            text: Sha256([7; 32]),
            from: "pt".to_owned(),
            to: "en".to_owned(),
            engine: "firefox".to_owned(),
            version: "1".to_owned(),
            glossary: String::new(),
        }
    }

    #[test]
    fn whatever_an_answer_depends_on_is_part_of_its_key() {
        let cache = MemoryCache::default();
        let said = CachedSegment { text: "The library.".to_owned(), ..CachedSegment::default() };
        cache.put(&key(), &said);
        assert_eq!(cache.get(&key()), Some(said));
        let others = [
            CacheKey { text: Sha256([8; 32]), ..key() },
            CacheKey { from: "es".to_owned(), ..key() },
            CacheKey { to: "de".to_owned(), ..key() },
            CacheKey { engine: "command".to_owned(), ..key() },
            CacheKey { version: "2".to_owned(), ..key() },
            CacheKey { glossary: "ab".to_owned(), ..key() },
        ];
        for other in others {
            assert_eq!(cache.get(&other), None, "{other:?}");
            assert_ne!(other.fingerprint(), key().fingerprint(), "{other:?}");
        }
    }

    #[test]
    fn a_full_cache_starts_anew() {
        let cache = MemoryCache::default();
        for number in 0..=MEMORY_ENTRIES_MAX {
            cache.put(&CacheKey { version: number.to_string(), ..key() }, &CachedSegment::default());
        }
        assert_eq!(cache.len(), 1);
    }
}
