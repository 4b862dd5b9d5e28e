//! Which known hashes are within some bits of this one? Exact: nothing is missed, nothing is guessed.
//!
//! | part | is |
//! |---|---|
//! | [`HashIndex`] | hashes by id, in memory; a clone is a snapshot that later changes do not touch |
//! | [`HashStore`] | the same on disk: mapped segments and a log; readers never wait for a merge, `kill -9` loses nothing acknowledged |
//! | `segment` | the bytes that are searched, in memory or in a mapped file |
//! | `search` | the look-up in one segment |
//!
//! Multi-index hashing (Norouzi, Punjani, Fleet, CVPR 2012) with the chains of the pigeonring (Qin, Xiao, VLDB 2018): a hash is
//! a ring of 16 slots of 16 bits. If two hashes differ in at most 31 bits, then somewhere on the ring a slot differs in at most
//! 1 bit, it and the next one together in at most 3. So beside each posting of a slot stand the 16 bits of the next: reading a
//! bucket is reading a few neighbouring lines of memory, and of a thousand strangers two are looked up in full.
//! Questions that would read more than comparing with everything costs are answered that way, so none costs much more.

mod error;
mod log;
mod search;
mod segment;
mod set;
mod store;
#[cfg(test)]
mod tests;

pub use error::HashStoreError;
pub use set::HashIndex;
pub use store::{HashChange, HashStore};

/// The bits of a hash as four words.
type Words = [u64; 4];
/// Slots a hash is cut into.
const SLOTS: usize = 16;

/// The 16 bits of a slot.
#[inline]
fn slot_of(words: &Words, slot: usize) -> u16 {
    (words[slot % SLOTS / 4] >> (slot % 4 * 16)) as u16
}

/// In how many bits two hashes differ, unless it is more than `max`.
#[inline]
fn distance_within(a: &Words, b: &Words, max: u32) -> Option<u32> {
    // Half the bits reject nearly every stranger.
    let half = (a[0] ^ b[0]).count_ones() + (a[1] ^ b[1]).count_ones();
    if half > max {
        return None;
    }
    let distance = half + (a[2] ^ b[2]).count_ones() + (a[3] ^ b[3]).count_ones();
    (distance <= max).then_some(distance)
}
