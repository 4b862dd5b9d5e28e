//! Which known hashes are within some bits of this one? Exact: nothing is missed, nothing is guessed.
//!
//! Multi-index hashing (Norouzi, Punjani, Fleet, "Fast Search in Hamming Space with Multi-Index Hashing", CVPR 2012): a hash is
//! cut into 16 slots of 16 bits. If two hashes differ in at most 31 bits, one of the slots differs in at most one, so 17 look-ups
//! a slot find every match. Small sets, wide radii, and questions whose look-ups would read more than the whole set (many
//! hashes of flat pictures share slots) are answered by comparing with everything, so an answer never costs more than that.

use rustc_hash::FxHashMap;

use crate::PdqHash;

/// Slots a hash is cut into.
const SLOTS: usize = 16;
/// Different values of a slot.
const SLOT_VALUES: usize = 1 << 16;
/// The widest radius that one flipped bit a slot covers.
const INDEXED_DISTANCE_MAX: u32 = 2 * SLOTS as u32 - 1;
/// Up to here comparing with everything takes some 30 microseconds, little beside decoding a picture, and saves the 25 MB of
/// empty buckets.
const SCANNED_ENTRIES_MAX: usize = 16_384;

/// Known hashes by id. Hashes may repeat, ids may not. About 150 bytes an entry once it is large.
#[derive(Debug, Default)]
pub struct HashIndex {
    hashes: Vec<[u64; 4]>,
    ids: Vec<u64>,
    places: FxHashMap<u64, u32>,
    /// `buckets[slot * SLOT_VALUES + value]`: places of the entries that have this value there; empty while the set is small.
    buckets: Vec<Vec<u32>>,
}

impl HashIndex {
    /// The most hashes that an index holds; one more is not taken.
    pub const ENTRIES_MAX: usize = u32::MAX as usize;

    /// An empty index.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many hashes are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether no hash is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Adds a hash, or replaces the one that this id had.
    ///
    /// # Panics
    /// Beyond [`HashIndex::ENTRIES_MAX`] hashes, which need over 600 GB of memory.
    pub fn insert(&mut self, id: u64, hash: PdqHash) {
        self.remove(id);
        let place = u32::try_from(self.ids.len()).expect("memory ends before 4 billion hashes do");
        self.hashes.push(hash.words());
        self.ids.push(id);
        self.places.insert(id, place);
        if !self.buckets.is_empty() {
            self.enter(place);
        } else if self.ids.len() > SCANNED_ENTRIES_MAX {
            self.buckets = vec![Vec::new(); SLOTS * SLOT_VALUES];
            (0..=place).for_each(|place| self.enter(place));
        }
    }

    /// Forgets the hash of an id; whether there was one.
    pub fn remove(&mut self, id: u64) -> bool {
        let Some(place) = self.places.remove(&id) else {
            return false;
        };
        let last = u32::try_from(self.ids.len() - 1).expect("places are counted in 32 bits");
        // The last entry moves into the gap, so that places stay dense.
        self.leave(place);
        if place != last {
            self.leave(last);
        }
        self.hashes.swap_remove(place as usize);
        self.ids.swap_remove(place as usize);
        if place != last {
            self.places.insert(self.ids[place as usize], place);
            if !self.buckets.is_empty() {
                self.enter(place);
            }
        }
        true
    }

    /// The ids whose hash differs in at most `max_distance` bits, with the distance: the nearest first, then by id.
    #[must_use]
    pub fn within(&self, hash: &PdqHash, max_distance: u32) -> Vec<(u64, u32)> {
        let wanted = hash.words();
        let mut found = Vec::new();
        match self.candidates(&wanted, max_distance) {
            Some(buckets) => {
                for &place in buckets.into_iter().flatten() {
                    found.extend(self.compare(place as usize, &wanted, max_distance));
                }
            }
            None => found.extend((0..self.ids.len()).filter_map(|place| self.compare(place, &wanted, max_distance))),
        }
        found.sort_unstable_by_key(|&(id, distance)| (distance, id));
        // A match is met once for each slot in which it is near.
        found.dedup();
        found
    }

    /// The buckets in which every match is, or `None` when comparing with everything is the shorter way.
    fn candidates(&self, wanted: &[u64; 4], max_distance: u32) -> Option<Vec<&[u32]>> {
        if self.buckets.is_empty() || max_distance > INDEXED_DISTANCE_MAX {
            return None;
        }
        // Fifteen bits cannot touch all sixteen slots: one of them is the same.
        let flips = if max_distance < SLOTS as u32 { 0 } else { 16 };
        let mut buckets = Vec::with_capacity(SLOTS * (1 + flips));
        let mut entries = 0;
        for bucket in slots(wanted) {
            for at in std::iter::once(bucket).chain((0..flips).map(|bit| bucket ^ 1 << bit)) {
                let places = self.buckets[at].as_slice();
                if !places.is_empty() {
                    entries += places.len();
                    buckets.push(places);
                }
            }
        }
        (entries <= self.ids.len()).then_some(buckets)
    }

    #[inline]
    fn compare(&self, place: usize, wanted: &[u64; 4], max_distance: u32) -> Option<(u64, u32)> {
        let hash = &self.hashes[place];
        // Half the bits reject nearly every stranger.
        let half = (hash[0] ^ wanted[0]).count_ones() + (hash[1] ^ wanted[1]).count_ones();
        if half > max_distance {
            return None;
        }
        let distance = half + (hash[2] ^ wanted[2]).count_ones() + (hash[3] ^ wanted[3]).count_ones();
        (distance <= max_distance).then(|| (self.ids[place], distance))
    }

    fn enter(&mut self, place: u32) {
        for bucket in slots(&self.hashes[place as usize]) {
            self.buckets[bucket].push(place);
        }
    }

    fn leave(&mut self, place: u32) {
        if self.buckets.is_empty() {
            return;
        }
        for bucket in slots(&self.hashes[place as usize]) {
            let places = &mut self.buckets[bucket];
            if let Some(at) = places.iter().position(|&other| other == place) {
                places.swap_remove(at);
            }
        }
    }
}

/// The bucket of each slot of a hash.
fn slots(hash: &[u64; 4]) -> [usize; SLOTS] {
    std::array::from_fn(|slot| slot * SLOT_VALUES + ((hash[slot / 4] >> (slot % 4 * 16)) & 0xffff) as usize)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn brute(entries: &[(u64, PdqHash)], wanted: &PdqHash, max_distance: u32) -> Vec<(u64, u32)> {
        let mut found: Vec<_> = entries.iter().map(|(id, hash)| (*id, hash.distance(wanted))).collect();
        found.retain(|&(_, distance)| distance <= max_distance);
        found.sort_unstable_by_key(|&(id, distance)| (distance, id));
        found
    }

    fn flipped(hash: PdqHash, bits: &[u8]) -> PdqHash {
        let mut hash = hash;
        bits.iter().for_each(|bit| hash.0[usize::from(bit / 8)] ^= 1 << (bit % 8));
        hash
    }

    /// An index with its buckets, however few its entries.
    fn bucketed(entries: &[(u64, PdqHash)]) -> HashIndex {
        let mut index = HashIndex { buckets: vec![Vec::new(); SLOTS * SLOT_VALUES], ..HashIndex::default() };
        entries.iter().for_each(|&(id, hash)| index.insert(id, hash));
        index
    }

    fn scattered(count: u64, seed: u64) -> Vec<(u64, PdqHash)> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        };
        (0..count).map(|id| (id, PdqHash(std::array::from_fn(|_| next())))).collect()
    }

    #[test]
    fn none_one_and_two_hashes_are_found() {
        let (a, b) = (PdqHash([0; 32]), PdqHash([0x11; 32]));
        let mut index = HashIndex::new();
        assert!(index.is_empty());
        assert_eq!(index.within(&a, 256), []);
        index.insert(5, a);
        assert_eq!(index.within(&a, 0), [(5, 0)]);
        assert_eq!(index.within(&b, 31), []);
        index.insert(4, b);
        assert_eq!(index.within(&a, 256), [(5, 0), (4, 64)]);
        assert_eq!(index.len(), 2);
    }

    #[test]
    fn one_hash_under_many_ids_is_found_under_each() {
        let hash = PdqHash([0x5a; 32]);
        let mut index = HashIndex::new();
        (0..20_000).for_each(|id| index.insert(id, hash));
        assert_eq!(index.within(&hash, 31).len(), 20_000);
        (0..19_999).for_each(|id| assert!(index.remove(id)));
        assert_eq!(index.within(&hash, 31), [(19_999, 0)]);
    }

    #[test]
    fn an_id_inserted_again_has_its_new_hash_alone() {
        let (a, b) = (PdqHash([1; 32]), PdqHash([0xfe; 32]));
        for mut index in [HashIndex::new(), bucketed(&[])] {
            index.insert(9, a);
            index.insert(9, b);
            assert_eq!(index.len(), 1);
            assert_eq!(index.within(&a, 31), []);
            assert_eq!(index.within(&b, 31), [(9, 0)]);
            assert!(!index.remove(8));
            assert!(index.remove(9));
            assert!(!index.remove(9));
            assert_eq!(index.within(&b, 256), []);
        }
    }

    #[test]
    fn a_large_index_agrees_with_comparing_everything() {
        let mut entries = scattered(SCANNED_ENTRIES_MAX as u64 + 3_000, 3);
        for near in 0..2_000 {
            let bits: Vec<u8> = (0..near % 34).map(|bit| (bit * 7 + near) as u8).collect();
            let hash = flipped(entries[near * 5].1, &bits);
            entries.push((100_000 + near as u64, hash));
        }
        let mut index = HashIndex::new();
        entries.iter().for_each(|&(id, hash)| index.insert(id, hash));
        assert!(!index.buckets.is_empty());
        let gone: Vec<u64> = entries.iter().map(|entry| entry.0).filter(|id| id % 7 == 0).collect();
        gone.iter().for_each(|&id| assert!(index.remove(id)));
        entries.retain(|entry| entry.0 % 7 != 0);
        let mut matches = 0;
        for (_, wanted) in entries.iter().step_by(37) {
            for max_distance in [0, 15, 16, 31, 40] {
                let found = index.within(wanted, max_distance);
                assert_eq!(found, brute(&entries, wanted, max_distance));
                matches += found.len();
            }
        }
        assert!(matches > 2_700, "{matches}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn buckets_and_comparing_everything_give_the_same(
            base in any::<[u8; 32]>(),
            flips in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..60),
            removed in prop::collection::vec(0u64..60, 0..20),
            asked in prop::collection::vec(any::<u8>(), 0..20),
            max_distance in 0u32..40,
        ) {
            let mut entries: Vec<_> =
                flips.iter().enumerate().map(|(id, bits)| (id as u64, flipped(PdqHash(base), bits))).collect();
            // Strangers, so that looking up is the shorter way.
            entries.extend(scattered(3_000, max_distance.into()).into_iter().map(|(id, hash)| (id + 1_000, hash)));
            let mut indexes = [HashIndex::new(), bucketed(&[])];
            for index in &mut indexes {
                entries.iter().for_each(|&(id, hash)| index.insert(id, hash));
                removed.iter().for_each(|&id| { index.remove(id); });
            }
            entries.retain(|(id, _)| !removed.contains(id));
            let wanted = flipped(PdqHash(base), &asked);
            let expected = brute(&entries, &wanted, max_distance);
            for index in &indexes {
                prop_assert_eq!(index.len(), entries.len());
                prop_assert_eq!(&index.within(&wanted, max_distance), &expected);
            }
        }
    }
}
