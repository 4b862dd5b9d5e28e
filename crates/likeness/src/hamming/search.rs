//! The look-up in one segment: which places are within some bits?
//!
//! In stages, so that many reads of memory are under way at once: where the buckets of all slots are; which of their blocks of
//! postings have one whose next slot is near too; which places those are; and only for these the whole hash.

use super::segment::{BLOCK, Segment, SlotPostings};
use super::{SLOTS, Words, distance_within, slot_of};

/// Reading a block of postings costs about as much as comparing with this many hashes one after the other.
const BLOCK_COST: usize = 2;
/// Looking up a hash at a random place costs about as much as comparing with this many hashes one after the other.
const LOOK_UP_COST: usize = 16;
/// A wider radius asks for more buckets than any set fills.
const FLIPS_MAX: u32 = 3;

/// Blocks of a slot's postings in which a bucket lies, and how many bits of the next slot may differ.
struct Run {
    slot: usize,
    begin: usize,
    end: usize,
    next_flips: u32,
}

/// A block that has a posting near enough.
struct Hit {
    slot: usize,
    block: usize,
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
        (0u32..).zip(segment.hashes()).filter_map(|(place, hash)| Some((place, distance_within(hash, wanted, max)?))),
    );
}

/// The look-up; false when comparing with everything is the shorter way.
fn by_slots(segment: &Segment, wanted: &Words, max: u32, found: &mut Vec<(u32, u32)>) -> bool {
    let slots: [SlotPostings<'_>; SLOTS] = std::array::from_fn(|slot| segment.slot(slot));
    let Some(runs) = runs(segment, &slots, wanted, max) else { return false };
    touch(&slots, &runs);
    let mut hits = Vec::with_capacity(256);
    for run in &runs {
        // A bucket's edges share blocks with its neighbours': what is met there is compared in full like everything else.
        let blocks = &slots[run.slot].blocks()[run.begin..run.end];
        let next = slot_of(wanted, run.slot + 1);
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
    let Some(places) = places(segment, &slots, wanted, &hits) else { return false };
    let hashes = segment.hashes();
    let begun = found.len();
    // The filling of the last block has a place that no entry has.
    let near =
        places.iter().filter_map(|&place| Some((place, distance_within(hashes.get(place as usize)?, wanted, max)?)));
    found.extend(near);
    // A match is met once for each slot from which it is near.
    found[begun..].sort_unstable();
    found.dedup();
    true
}

/// Where the buckets are that have every match, unless reading them costs more than comparing with everything.
fn runs(segment: &Segment, slots: &[SlotPostings<'_>; SLOTS], wanted: &Words, max: u32) -> Option<Vec<Run>> {
    // A chain of l slots on the ring differs in at most l / 16 of the radius, rounded down, from some slot on.
    let (flips, pair_flips) = (max / SLOTS as u32, max / (SLOTS as u32 / 2));
    if flips > FLIPS_MAX {
        return None;
    }
    let masks = masks(segment.key_bits(), flips);
    let mut left = segment.len() / BLOCK_COST;
    if masks.len() * SLOTS > left {
        return None;
    }
    let mut runs = Vec::with_capacity(masks.len() * SLOTS);
    for (slot, postings) in slots.iter().enumerate() {
        let key = slot_of(wanted, slot) >> (16 - segment.key_bits());
        for &mask in &masks {
            let at = usize::from(key ^ mask);
            let (begin, end) = (postings.offsets[at] as usize, postings.offsets[at + 1] as usize);
            if begin < end {
                let (begin, end) = (begin / BLOCK, end.div_ceil(BLOCK));
                left = left.checked_sub(end - begin)?;
                runs.push(Run { slot, begin, end, next_flips: pair_flips - mask.count_ones() });
            }
        }
    }
    Some(runs)
}

/// Reads a word of every line that will be needed. Nothing depends on what is read, so the processor waits for many at once.
fn touch(slots: &[SlotPostings<'_>; SLOTS], runs: &[Run]) {
    let mut all = 0;
    for run in runs {
        for block in &slots[run.slot].blocks()[run.begin..run.end] {
            all ^= block[0];
        }
    }
    std::hint::black_box(all);
}

/// Whose postings are near in both slots, unless looking them up costs more than comparing with everything.
fn places(segment: &Segment, slots: &[SlotPostings<'_>; SLOTS], wanted: &Words, hits: &[Hit]) -> Option<Vec<u32>> {
    let mut postings = Vec::with_capacity(hits.len() + hits.len() / 4);
    for hit in hits {
        let next = slot_of(wanted, hit.slot + 1);
        for (at, bits) in slots[hit.slot].blocks()[hit.block].iter().enumerate() {
            if (bits ^ next).count_ones() <= hit.next_flips {
                postings.push((hit.slot, hit.block * BLOCK + at));
            }
        }
    }
    // Beyond this even so many copies of few hashes, each met in every slot, are met sooner by comparing.
    if postings.len() > segment.len().max(4_096) * SLOTS / LOOK_UP_COST {
        return None;
    }
    let mut places: Vec<u32> = postings.iter().map(|&(slot, at)| slots[slot].places[at]).collect();
    if places.len() * LOOK_UP_COST > segment.len().max(4_096) {
        places.sort_unstable();
        places.dedup();
        if places.len() * LOOK_UP_COST > segment.len().max(4_096) {
            return None;
        }
    }
    Some(places)
}

/// Notes the blocks that have a posting within `FLIPS` bits of `next`.
#[inline]
fn near_blocks<const FLIPS: u32>(blocks: &[[u16; BLOCK]], run: &Run, next: u16, hits: &mut Vec<Hit>) {
    for (at, block) in blocks.iter().enumerate() {
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
            hits.push(Hit { slot: run.slot, block: run.begin + at, next_flips: FLIPS });
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
