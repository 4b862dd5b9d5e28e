//! Common words that are also names of towns, the words after which a place is expected, and those after which a person is.
//!
//! Own lists, kept short: they name what was seen to go wrong in ordinary prose, in the languages that the desk reads.

use crate::words::hash;
use rustc_hash::FxHashMap;
use std::sync::OnceLock;
use vedette_text::fold::fold_plain;

const COMMON: u32 = 1;
const CUE: u32 = 2;
const TITLE: u32 = 4;
const SPEECH: u32 = 8;
/// The first bit of words that are never a place in a language; the bits of doubtful ones follow.
const NEVER: u32 = 16;
const LANGUAGES: &[&str] = &["en", "ar", "fa", "ur", "ru"];

/// Words of one language that are names of towns in another.
const WORDS: &str = include_str!("../../data/place_words.tsv");

/// Words of prose, first names and titles that a capital alone does not make a town; words before places; words before persons.
const LISTS: &[(&str, u32)] = &[
    (include_str!("../../data/place_common.txt"), COMMON),
    (include_str!("../../data/place_cues.txt"), CUE),
    (include_str!("../../data/place_titles.txt"), TITLE),
    ("said says told added asked wrote tweeted", SPEECH),
];

/// Which lists hold a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sort(u32);

impl Sort {
    /// Alone it names no place.
    pub fn is_common(self) -> bool {
        self.0 & COMMON != 0
    }

    /// In a text of this language it names no place.
    pub fn is_never(self, language: &str) -> bool {
        number_of(language).is_some_and(|number| self.0 & (NEVER << number) != 0)
    }

    /// In a text of this language it may name a place, and mostly does not.
    pub fn is_doubtful(self, language: &str) -> bool {
        number_of(language).is_some_and(|number| self.0 & (NEVER << (number + LANGUAGES.len())) != 0)
    }

    /// It announces a place: `in`, `near`, `city`.
    pub fn is_cue(self) -> bool {
        self.0 & CUE != 0
    }

    /// It announces a person: `Mr`, `General`.
    pub fn is_title(self) -> bool {
        self.0 & TITLE != 0
    }

    /// Who stands before it speaks: `said`.
    pub fn is_speech(self) -> bool {
        self.0 & SPEECH != 0
    }
}

/// The words of all lists by their hash, behind a filter that most words of a text do not pass.
struct Sorts {
    filter: [u64; FILTER_BITS / 64],
    words: FxHashMap<u64, u32>,
}

/// Bits of the filter: it stays in the nearest cache, and one word of twenty passes without need.
const FILTER_BITS: usize = 1 << 16;

impl Sorts {
    fn read() -> Self {
        let mut sorts = Self { filter: [0; FILTER_BITS / 64], words: FxHashMap::default() };
        for (list, bit) in LISTS {
            let words = list.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace);
            words.for_each(|word| sorts.add(word, *bit));
        }
        for line in WORDS.lines().filter(|line| !line.starts_with('#')) {
            let mut fields = line.split('\t');
            let (Some(number), Some(kind)) = (fields.next().and_then(number_of), fields.next()) else { continue };
            let bit = NEVER << if kind == "never" { number } else { number + LANGUAGES.len() };
            fields.flat_map(str::split_whitespace).for_each(|word| sorts.add(word, bit));
        }
        sorts
    }

    fn add(&mut self, word: &str, bit: u32) {
        let key = hash(fold_plain(word).as_bytes());
        let (slot, mask) = place_of(key);
        if let Some(slot) = self.filter.get_mut(slot) {
            *slot |= mask;
        }
        *self.words.entry(key).or_insert(0) |= bit;
    }
}

/// The slot of the filter that a hash falls into, and its bit there.
fn place_of(key: u64) -> (usize, u64) {
    let at = (key ^ (key >> 32)) as usize % FILTER_BITS;
    (at / 64, 1 << (at % 64))
}

/// The lists that hold a folded word, given as its hash.
#[inline]
pub(super) fn sort_of(exact: u64) -> Sort {
    static SORTS: OnceLock<Sorts> = OnceLock::new();
    let sorts = SORTS.get_or_init(Sorts::read);
    let (slot, mask) = place_of(exact);
    if sorts.filter.get(slot).is_none_or(|slot| slot & mask == 0) {
        return Sort::default();
    }
    Sort(sorts.words.get(&exact).copied().unwrap_or_default())
}

fn number_of(language: &str) -> Option<usize> {
    LANGUAGES.iter().position(|known| *known == language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_word_table_has_a_known_language_and_kind() {
        for line in WORDS.lines().filter(|line| !line.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            assert!(number_of(fields[0]).is_some() && ["never", "doubtful"].contains(&fields[1]), "{line}");
        }
        assert!(sort_of(hash(fold_plain("كيف").as_bytes())).is_never("ar"));
        assert!(!sort_of(hash(fold_plain("كيف").as_bytes())).is_never("en"));
    }
}
