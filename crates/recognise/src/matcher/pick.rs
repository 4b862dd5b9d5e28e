//! Which words of a text are worth a closer look. Every word is written and few are kept: what the processor cannot guess it need not
//! guess. In: a text and a filter. Out: numbers of words.

use crate::loose::{GAP_BYTES_MAX, Text};
use vedette_text::common::{is_common_hash, quick_hash_at};

/// Bytes of the shortest word that is read loosely.
const LOOSE_BYTES_MIN: usize = 3;

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
