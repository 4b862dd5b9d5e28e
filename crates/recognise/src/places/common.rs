//! Common words that are also names of towns, the words after which a place is expected, and those after which a person is.
//!
//! Own lists, kept short: they name what was seen to go wrong in ordinary prose, in the languages that the desk reads.

use crate::words::hash;
use rustc_hash::FxHashMap;
use std::sync::OnceLock;
use vedette_text::fold::fold_plain;

const COMMON: u8 = 1;
const CUE: u8 = 2;
const TITLE: u8 = 4;
const SPEECH: u8 = 8;

/// Words of prose, first names and titles that a capital alone does not make a town; words before places; words before persons.
const LISTS: &[(&str, u8)] = &[
    (include_str!("../../data/place_common.txt"), COMMON),
    (include_str!("../../data/place_cues.txt"), CUE),
    (include_str!("../../data/place_titles.txt"), TITLE),
    ("said says told added asked wrote tweeted", SPEECH),
];

/// Which lists hold a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sort(u8);

impl Sort {
    /// Alone it names no place.
    pub fn is_common(self) -> bool {
        self.0 & COMMON != 0
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

/// The lists that hold a folded word, given as its hash.
pub(super) fn sort_of(exact: u64) -> Sort {
    static SORTS: OnceLock<FxHashMap<u64, u8>> = OnceLock::new();
    let sorts = SORTS.get_or_init(|| {
        let mut sorts = FxHashMap::default();
        for (list, bit) in LISTS {
            let words = list.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace);
            for word in words {
                *sorts.entry(hash(fold_plain(word).as_bytes())).or_insert(0) |= bit;
            }
        }
        sorts
    });
    Sort(sorts.get(&exact).copied().unwrap_or_default())
}
