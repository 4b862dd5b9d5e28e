//! Common words that are also names of towns, and the words after which a place is expected.
//!
//! Own lists, kept short: they name what was seen to go wrong in ordinary prose, in the languages that the desk reads.

use rustc_hash::FxHashSet;
use std::sync::OnceLock;
use vedette_text::fold::fold_plain;

/// Words of prose, first names and titles that a capital alone does not make a town.
const COMMON: &str = include_str!("../../data/place_common.txt");
/// Words before places.
const CUES: &str = include_str!("../../data/place_cues.txt");

fn set(list: &'static str) -> FxHashSet<String> {
    list.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).map(fold_plain).collect()
}

/// Whether a folded word is a common word, so that alone it names no place.
pub(super) fn is_common(folded: &str) -> bool {
    static SET: OnceLock<FxHashSet<String>> = OnceLock::new();
    SET.get_or_init(|| set(COMMON)).contains(folded)
}

/// Whether a folded word announces a place: `in`, `near`, `city`.
pub(super) fn is_cue(folded: &str) -> bool {
    static SET: OnceLock<FxHashSet<String>> = OnceLock::new();
    SET.get_or_init(|| set(CUES)).contains(folded)
}
