//! The look-up in one segment: which places are within some bits?
//!
//! In stages, so that many reads of memory are under way at once: where the buckets of all slots are; which of their blocks of
//! postings have one whose next slot is near too; which places those are; and only for these the whole hash.

use super::segment::{BLOCK, Segment};
use super::{SLOTS, Words, distance_within, slot_of};

/// Reading a block of postings costs about as much as comparing with this many hashes one after the other.
const BLOCK_COST: usize = 2;
/// Looking up a hash at a random place costs about as much as comparing with this many hashes one after the other.
const LOOK_UP_COST: usize = 16;
/// A wider radius asks for more buckets than any set fills.
const FLIPS_MAX: u32 = 3;

/// Blocks of a slot's postings in which a bucket lies, and how many bits of the next slot may differ.
struct Run {
    begin: usize,
    end: usize,
    next_flips: u32,
}

/// Adds the place and distance of every entry within `max` bits of `wanted`; nothing twice.
pub(super) fn search(segment: &Segment, wanted: &Words, max: u32, found: &mut Vec<(u32, u32)>) {
    let begun = found.len();
    if !by_slots(segment, wanted, max, found) {
        found.truncate(begun);
        scan(segment, wanted, max, found);
    }
}

/// Compares with everything.
fn scan(segment: &Segment, wanted: &Words, max: u32, found: &mut Vec<(u32, u32)>) {
    found.extend(
        (0u32..)
            .zip(segment.hashes())
            .filter_map(|(place, hash)| Some((place, distance_within(hash, wanted, max)?))),
    );
}

/// The look-up; false when comparing with everything is the shorter way.
fn by_slots(segment: &Segment, wanted: &Words, max: u32, found: &mut Vec<(u32, u32)>) -> bool {
    // A chain of l slots on the ring differs in at most l / 16 of the radius, rounded down, from some slot on.
    let (flips, pair_flips) = (max / SLOTS as u32, max / 8);
    if flips > FLIPS_MAX {
        return false;
    }
    let masks = masks(segment.key_bits(), flips);
    let mut left = segment.len() / BLOCK_COST;
    if masks.len() * SLOTS > left {
        return false;
    }
    let mut runs = Vec::with_capacity(masks.len());
    let mut hits = Vec::new();
    let mut candidates = Vec::new();
    for slot in 0..SLOTS {
        let postings = segment.slot(slot);
        let key = slot_of(wanted, slot) >> (16 - segment.key_bits());
        runs.clear();
        for &mask in &masks {
            let at = usize::from(key ^ mask);
            let (begin, end) = (postings.offsets[at] as usize, postings.offsets[at + 1] as usize);
            if begin < end {
                let run = Run { begin: begin / BLOCK, end: end.div_ceil(BLOCK), next_flips: pair_flips - mask.count_ones() };
                let Some(rest) = left.checked_sub(run.end - run.begin) else { return false };
                left = rest;
                runs.push(run);
            }
        }
        hits.clear();
        let next = slot_of(wanted, slot + 1);
        // A bucket's edges share blocks with its neighbours': what is met there is compared in full like everything else.
        let blocks = postings.next.as_chunks::<BLOCK>().0;
        for run in &runs {
            match run.next_flips {
                0 => near_blocks::<0>(blocks, run, next, &mut hits),
                1 => near_blocks::<1>(blocks, run, next, &mut hits),
                2 => near_blocks::<2>(blocks, run, next, &mut hits),
                3 => near_blocks::<3>(blocks, run, next, &mut hits),
                4 => near_blocks::<4>(blocks, run, next, &mut hits),
                5 => near_blocks::<5>(blocks, run, next, &mut hits),
                6 => near_blocks::<6>(blocks, run, next, &mut hits),
                _ => near_blocks::<7>(blocks, run, next, &mut hits),
            }
        }
        for &(block, next_flips) in &hits {
            let at = block as usize * BLOCK;
            for (bits, place) in blocks[block as usize].iter().zip(&postings.places[at..at + BLOCK]) {
                if (bits ^ next).count_ones() <= next_flips {
                    candidates.push(*place);
                }
            }
        }
        let Some(rest) = left.checked_sub(hits.len()) else { return false };
        left = rest;
    }
    if candidates.len() * LOOK_UP_COST > segment.len().max(4_096) {
        // Many near postings may be few hashes, met once a slot.
        candidates.sort_unstable();
        candidates.dedup();
        if candidates.len() * LOOK_UP_COST / 4 > segment.len() {
            return false;
        }
    }
    let hashes = segment.hashes();
    let begun = found.len();
    for place in candidates {
        // The filling of the last block has a place that no entry has.
        if let Some(distance) = hashes.get(place as usize).and_then(|hash| distance_within(hash, wanted, max)) {
            found.push((place, distance));
        }
    }
    // A match is met once for each slot from which it is near.
    found[begun..].sort_unstable();
    found.dedup();
    true
}

/// Notes the blocks that have a posting within `FLIPS` bits of `next`.
#[inline]
fn near_blocks<const FLIPS: u32>(blocks: &[[u16; BLOCK]], run: &Run, next: u16, hits: &mut Vec<(u32, u32)>) {
    for (at, block) in blocks[run.begin..run.end].iter().enumerate() {
        let mut near = 0u16;
        for bits in block {
            let mut rest = bits ^ next;
            // Taking away the lowest bit so often leaves nothing of what has no more bits: quicker than counting them.
            for _ in 0..FLIPS {
                rest &= rest.wrapping_sub(1);
            }
            near |= u16::from(rest == 0);
        }
        if near != 0 {
            hits.push(((run.begin + at) as u32, FLIPS));
        }
    }
}

/// All keys of so many bits with at most `flips` of them set.
fn masks(key_bits: u32, flips: u32) -> Vec<u16> {
    let mut masks = vec![0];
    let mut begin = 0;
    for _ in 0..flips {
        let end = masks.len();
        for at in begin..end {
            let mask: u16 = masks[at];
            // Only below the lowest bit, so that each is made once.
            let below = if mask == 0 { key_bits } else { mask.trailing_zeros() };
            masks.extend((0..below).map(|bit| mask | 1 << bit));
        }
        begin = end;
    }
    masks
}
