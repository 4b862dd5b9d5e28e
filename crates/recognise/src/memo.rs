//! What was found out about unknown words before: a language repeats its words, and most unknown ones are no name's disguise.
//!
//! In: a word that is not common, or stands beside one that sounds like a name's. Out: whether it is unknown, and what it may be read as,
//! if that was found out before for the same names.
//! Bounded: a new word takes the place of one that was not seen for longer, and nothing is kept when another matcher asks.

use crate::loose::LooseAlt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes of the longest word that is kept: of letters of two bytes, twelve.
const WORD_BYTES_MAX: usize = 24;
/// No byte of a text: the last one of the key of a word beside another.
const BESIDE: u8 = 0xff;
/// Words that are kept, two in each set: two megabytes, which stay near the processor.
const WORDS: usize = 1 << 16;
/// Readings that are kept, all words together.
const READINGS_MAX: usize = 1 << 16;

/// Which matcher's answers these are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Owner(u64);

impl Owner {
    /// One that no other matcher of this process has; 0 is nobody's.
    pub fn new() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

/// A word as three numbers: a word has no byte 0, so that no two words are the same numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Key([u64; WORD_BYTES_MAX / 8]);

impl Key {
    /// Of a word; `None` when it is too long to be kept.
    pub fn of(word: &[u8]) -> Option<Self> {
        Self::with(word, 0)
    }

    /// Of a word beside one that sounds like a name's.
    pub fn beside(word: &[u8]) -> Option<Self> {
        if word.len() < WORD_BYTES_MAX { Self::with(word, BESIDE) } else { None }
    }

    #[inline]
    fn with(word: &[u8], last: u8) -> Option<Self> {
        if word.len() > WORD_BYTES_MAX {
            return None;
        }
        let mut padded = [0u8; WORD_BYTES_MAX];
        for (slot, byte) in padded.iter_mut().zip(word) {
            *slot = *byte;
        }
        let [.., end] = &mut padded;
        *end |= last;
        let (eights, _) = padded.as_chunks::<8>();
        let mut key = [0; WORD_BYTES_MAX / 8];
        for (slot, eight) in key.iter_mut().zip(eights) {
            *slot = u64::from_le_bytes(*eight);
        }
        Some(Self(key))
    }
}

/// A word and what is known about it. An empty slot has the key of no word.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    key: Key,
    /// Where its readings begin.
    from: u32,
    count: u16,
    unknown: bool,
}

/// What was found out, for one matcher.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    owner: Owner,
    sets: Vec<[Slot; 2]>,
    /// Readings, with places counted from the beginning of their word.
    readings: Vec<LooseAlt>,
}

impl Memo {
    /// Forgets what another matcher found out.
    pub fn open(&mut self, owner: Owner) {
        if self.owner != owner {
            self.clear();
            self.owner = owner;
        }
    }

    fn clear(&mut self) {
        self.sets.clear();
        self.sets.resize(WORDS / 2, [Slot::default(); 2]);
        self.readings.clear();
    }

    fn set_of(hash: u64) -> usize {
        (hash >> 17) as usize & (WORDS / 2 - 1)
    }

    /// Reads from memory what [`Memo::recall`] will read.
    #[inline]
    pub fn touch(&self, hash: u64) -> u32 {
        self.sets.get(Self::set_of(hash)).map_or(0, |[newer, older]| newer.from ^ older.from)
    }

    /// Whether a word is unknown, if that is known; its readings are added to `out` as those of `token`, which begins at `start`.
    #[inline]
    pub fn recall(&self, key: Key, hash: u64, token: u32, start: u32, out: &mut Vec<LooseAlt>) -> Option<bool> {
        let slot = self.sets.get(Self::set_of(hash))?.iter().find(|slot| slot.key == key)?;
        if slot.count > 0 {
            let readings = self.readings.iter().skip(slot.from as usize).take(usize::from(slot.count));
            out.extend(readings.map(|alt| LooseAlt { token, start: alt.start + start, end: alt.end + start, ..*alt }));
        }
        Some(slot.unknown)
    }

    /// Keeps what was found out about a word that begins at `start`.
    pub fn keep(&mut self, key: Key, hash: u64, unknown: bool, start: u32, found: &[LooseAlt]) {
        if self.readings.len() + found.len() > READINGS_MAX {
            self.clear();
        }
        let (from, count) = (self.readings.len() as u32, found.len() as u16);
        let relative = |alt: &LooseAlt| LooseAlt { start: alt.start - start, end: alt.end - start, ..*alt };
        self.readings.extend(found.iter().map(relative));
        if let Some([newer, older]) = self.sets.get_mut(Self::set_of(hash)) {
            *older = *newer;
            *newer = Slot { key, from, count, unknown };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alt(start: u32) -> LooseAlt {
        LooseAlt { token: 3, count: 1, key: 5, loose: 1, how: 0, start, end: start + 7, places: 1 }
    }

    #[test]
    fn a_word_is_recalled_where_it_stands_now() {
        let (mut memo, owner) = (Memo::default(), Owner::new());
        memo.open(owner);
        let key = Key::of(b"kelmroa").unwrap();
        let mut out = Vec::new();
        assert_eq!(memo.recall(key, 9, 0, 0, &mut out), None);
        memo.keep(key, 9, true, 20, &[alt(20)]);
        assert_eq!(memo.recall(key, 9, 4, 50, &mut out), Some(true));
        assert_eq!(out, [LooseAlt { token: 4, ..alt(50) }]);
        assert_eq!(memo.recall(Key::of(b"kelmora").unwrap(), 9, 4, 50, &mut out), None);
        memo.open(Owner::new());
        assert_eq!(memo.recall(key, 9, 4, 50, &mut out), None);
    }

    #[test]
    fn neither_words_nor_readings_grow_without_end() {
        let mut memo = Memo::default();
        memo.open(Owner::new());
        for number in 0..200_000u64 {
            let key = Key::of(format!("k{number}").as_bytes()).unwrap();
            memo.keep(key, number << 17, true, 20, &[alt(20)]);
            assert_eq!(memo.recall(key, number << 17, 4, 50, &mut Vec::new()), Some(true));
        }
        assert!(memo.readings.len() <= READINGS_MAX && memo.sets.len() == WORDS / 2);
    }

    #[test]
    fn long_words_are_not_kept_and_short_ones_differ() {
        assert_eq!(Key::of(&[b'a'; WORD_BYTES_MAX + 1]), None);
        assert_ne!(Key::of(b"ab"), Key::of(b"abc"));
        assert_ne!(Key::of(b"ab"), Key::beside(b"ab"));
        assert_eq!(Key::beside(&[b'a'; WORD_BYTES_MAX]), None);
    }
}
