//! The index gives what comparing with everything gives, whatever is added, removed and merged.

use proptest::prelude::*;

use super::HashIndex;
use crate::PdqHash;

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

/// An index in one layer, however few its entries.
fn compacted(entries: &[(u64, PdqHash)]) -> HashIndex {
    entries.iter().copied().collect()
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
    for mut index in [HashIndex::new(), compacted(&[])] {
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
    let mut entries = scattered(20_000, 3);
    for near in 0..2_000 {
        let bits: Vec<u8> = (0..near % 34).map(|bit| (bit * 7 + near) as u8).collect();
        let hash = flipped(entries[near * 5].1, &bits);
        entries.push((100_000 + near as u64, hash));
    }
    let mut index = HashIndex::new();
    entries.iter().for_each(|&(id, hash)| index.insert(id, hash));
    let gone: Vec<u64> = entries.iter().map(|entry| entry.0).filter(|id| id % 7 == 0).collect();
    gone.iter().for_each(|&id| assert!(index.remove(id)));
    entries.retain(|entry| entry.0 % 7 != 0);
    let mut matches = 0;
    for (_, wanted) in entries.iter().step_by(37) {
        for max_distance in [0, 15, 16, 31, 40, 63, 80] {
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
        max_distance in 0u32..70,
    ) {
        let mut entries: Vec<_> =
            flips.iter().enumerate().map(|(id, bits)| (id as u64, flipped(PdqHash(base), bits))).collect();
        // Strangers, so that looking up is the shorter way.
        entries.extend(scattered(3_000, max_distance.into()).into_iter().map(|(id, hash)| (id + 1_000, hash)));
        let mut indexes = [HashIndex::new(), compacted(&[])];
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

/// The least favourable neighbours: as few bits as can be in any chain of slots.
#[test]
fn differences_spread_evenly_over_the_slots_are_found_at_every_radius() {
    let mut entries = scattered(70_000, 9);
    let mut asked = Vec::new();
    for radius in 0..64usize {
        for turn in 0..16 {
            let wanted = entries[radius * 16 + turn].1;
            // The i-th of so many differences falls into slot 16 i / radius, at a place in it that no other has.
            let bits: Vec<u8> =
                (0..radius).map(|i| ((16 * i / radius + turn) % 16 * 16 + (i * 5 + turn) % 16) as u8).collect();
            let near = flipped(wanted, &bits);
            assert_eq!(near.distance(&wanted) as usize, radius);
            entries.push((100_000 + asked.len() as u64, near));
            asked.push((wanted, radius as u32));
        }
    }
    let index = compacted(&entries);
    for (at, (wanted, radius)) in asked.iter().enumerate() {
        assert!(index.within(wanted, *radius).contains(&(100_000 + at as u64, *radius)), "{radius} bits");
    }
}
