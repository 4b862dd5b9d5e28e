//! Which words of a text are worth a closer look. Every word is written and few are kept: what the processor cannot guess it need not
//! guess. In: a text and a filter. Out: numbers of words.

use crate::loose::{GAP_BYTES_MAX, Text};
use crate::trie::Filter;
use crate::words::{arabic_cut, is_long_with_s};
use vedette_text::common::{ends_at, is_common_hash, quick_hash_at, quick_hash_of_ends};

/// Bytes of the shortest word that is read loosely.
const LOOSE_BYTES_MIN: usize = 3;

/// Writes the numbers of the words that pass the filter as they are, and of those that have other readings, into the two lists;
/// returns how many of each. Every word is written and few are kept: what the processor cannot guess it need not guess.
#[inline(never)]
pub(super) fn pick(filter: Filter<'_>, text: Text<'_>, whole: &mut Vec<u32>, otherwise: &mut Vec<u32>) -> [usize; 2] {
    let bytes = text.folded.as_bytes();
    let may = |start: usize, end: usize| filter.may_hold(quick_hash_at(bytes, start, end));
    let tokens = text.spots.len();
    if whole.len() < tokens {
        whole.resize(tokens, 0);
        otherwise.resize(tokens, 0);
    }
    let (whole, otherwise) = (whole.as_mut_slice(), otherwise.as_mut_slice());
    let (mut wholes, mut others) = (0usize, 0usize);
    for (token, (start, end)) in (0u32..).zip(text.spots.iter()) {
        let size = end.wrapping_sub(start);
        // Most words have one reading.
        let (found, more) = match ends_at(bytes, start, end) {
            Some(ends) => {
                let whole = filter.may_hold(quick_hash_of_ends(ends, size));
                match ends.0 as u8 {
                    0..=0x7f => (whole, is_long_with_s(ends.1, size)),
                    0xd8..=0xdb => {
                        let (cut, more) = arabic_cut(ends, size);
                        (whole | may(start.wrapping_add(cut), end), more)
                    }
                    _ => (whole, true),
                }
            }
            // What stands at the ends of the text is looked at by every reading.
            None => (may(start, end), true),
        };
        if let (Some(slot), Some(other)) = (whole.get_mut(wholes), otherwise.get_mut(others)) {
            (*slot, *other) = (token, token);
        }
        wholes += usize::from(found);
        others += usize::from(more & !found);
    }
    [wholes, others]
}

/// Writes the words that are none of the common ones, with their hashes; returns how many. Every word is written and few are kept, so
/// that the processor need not guess.
#[inline(never)]
pub(super) fn pick_rare(text: Text<'_>, rare: &mut Vec<(u32, u64)>) -> usize {
    let bytes = text.folded.as_bytes();
    if rare.len() < text.spots.len() {
        rare.resize(text.spots.len(), (0, 0));
    }
    let rare = rare.as_mut_slice();
    let mut count = 0;
    for (token, (start, end)) in (0u32..).zip(text.spots.iter()) {
        let hash = quick_hash_at(bytes, start, end);
        if let Some(slot) = rare.get_mut(count) {
            *slot = (token, hash);
        }
        count += usize::from(!((end - start < LOOSE_BYTES_MIN) | is_common_hash(hash)));
    }
    count
}

/// Writes the words that may be read together with the one before; returns how many. They stand close, and one of them is a word that
/// nobody uses or a sign stands between them.
#[inline(never)]
pub(super) fn pick_pairs(text: Text<'_>, unknown: &[bool], pairs: &mut Vec<u32>) -> usize {
    let bytes = text.folded.as_bytes();
    if pairs.len() < text.spots.len() {
        pairs.resize(text.spots.len(), 0);
    }
    let pairs = pairs.as_mut_slice();
    let (mut count, mut before, mut either) = (0, usize::MAX, false);
    for ((token, (start, end)), unknown) in (0u32..).zip(text.spots.iter()).zip(unknown) {
        let gap = start.wrapping_sub(before);
        let sign = |at: usize| bytes.get(at).is_some_and(|byte| !byte.is_ascii_whitespace());
        let inner = (gap.wrapping_sub(1) < GAP_BYTES_MAX) & sign(before) & sign(start.wrapping_sub(1));
        if let Some(slot) = pairs.get_mut(count) {
            *slot = token;
        }
        count += usize::from((token > 0) & (inner | (gap == 1) & (*unknown | either)));
        (before, either) = (end, *unknown);
    }
    count
}
