//! The Merkle tree of the custody log (RFC 6962, proofs verified as in RFC 9162): appending, proving, checking.
//!
//! Appending keeps only the right edge, at most 64 hashes. Proofs are computed from the leaf hashes of the log and
//! checked from a root alone.

use vedette_core::Sha256;

use crate::leaf::node_hash;
use crate::sha256;

/// Hashes that a proof may hold: no log has more than 2^64 leaves.
pub const PROOF_HASHES_MAX: usize = 64;

/// An append-only tree as its right edge: the roots of its full subtrees, largest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    size: u64,
    peaks: Vec<Sha256>,
}

impl Tree {
    /// A tree taken up again from what [`Tree::peaks`] gave; `None` when the number of peaks cannot belong to `size`.
    pub fn from_peaks(size: u64, peaks: Vec<Sha256>) -> Option<Self> {
        (peaks.len() == size.count_ones() as usize).then_some(Self { size, peaks })
    }

    /// Leaves so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Roots of the full subtrees, largest first; one for each set bit of the size.
    pub fn peaks(&self) -> &[Sha256] {
        &self.peaks
    }

    /// Adds one leaf hash.
    pub fn append(&mut self, leaf_hash: Sha256) {
        let mut node = leaf_hash;
        // Every trailing set bit of the size is a full subtree that this leaf completes to a larger one.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// The root; of the empty tree it is SHA-256 of nothing.
    pub fn root(&self) -> Sha256 {
        self.peaks.iter().rev().copied().reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(|| sha256(b""))
    }
}

/// Where proofs take their hashes from: roots of the full subtrees of a log.
pub trait HashSource {
    /// Hash of the full subtree over the leaves `index << level` up to `(index + 1) << level`; level 0 is the leaves.
    /// `None` when the log does not hold all of them.
    fn node(&self, level: u32, index: u64) -> Option<Sha256>;
}

/// All full subtrees of a log, from its leaf hashes: twice the memory of the leaves, proofs in logarithmic time.
#[derive(Debug, Clone, Default)]
pub struct Levels(Vec<Vec<Sha256>>);

impl Levels {
    /// Computes every level once.
    pub fn of(leaf_hashes: Vec<Sha256>) -> Self {
        let mut levels = vec![leaf_hashes];
        while let Some(below) = levels.last().filter(|below| below.len() > 1) {
            let above = below.chunks_exact(2).filter_map(|pair| Some(node_hash(pair.first()?, pair.get(1)?))).collect();
            levels.push(above);
        }
        Self(levels)
    }

    /// Leaves.
    pub fn size(&self) -> u64 {
        self.0.first().map_or(0, |leaves| leaves.len() as u64)
    }
}

impl HashSource for Levels {
    fn node(&self, level: u32, index: u64) -> Option<Sha256> {
        self.0.get(usize::try_from(level).ok()?)?.get(usize::try_from(index).ok()?).copied()
    }
}

/// Largest power of two below `size`, which must be 2 or more.
fn split(size: u64) -> u64 {
    1 << (u64::BITS - 1 - (size - 1).leading_zeros())
}

/// Root over the leaves `start..start + size`, where `start` is a multiple of a power of two that is at least `size`.
fn subtree(source: &dyn HashSource, start: u64, size: u64) -> Option<Sha256> {
    if size.is_power_of_two() {
        let level = size.trailing_zeros();
        return source.node(level, start >> level);
    }
    if size == 0 {
        return Some(sha256(b""));
    }
    let left = split(size);
    Some(node_hash(&subtree(source, start, left)?, &subtree(source, start + left, size - left)?))
}

/// Root of the first `size` leaves; `None` when the source has fewer.
pub fn root_at(source: &dyn HashSource, size: u64) -> Option<Sha256> {
    subtree(source, 0, size)
}

/// Proof that leaf `index` is among the first `size`, lowest hash first; `None` when it is not.
pub fn inclusion_proof(source: &dyn HashSource, index: u64, size: u64) -> Option<Vec<Sha256>> {
    if index >= size {
        return None;
    }
    let (mut start, mut size, mut proof) = (0, size, Vec::new());
    while size > 1 {
        let left = split(size);
        if index < start + left {
            proof.push(subtree(source, start + left, size - left)?);
            size = left;
        } else {
            proof.push(subtree(source, start, left)?);
            (start, size) = (start + left, size - left);
        }
    }
    proof.reverse();
    Some(proof)
}

/// Proof that the log of `old` leaves is the beginning of the log of `new`; `None` when `old` is 0 or exceeds `new`.
pub fn consistency_proof(source: &dyn HashSource, old: u64, new: u64) -> Option<Vec<Sha256>> {
    if old == 0 || old > new {
        return None;
    }
    let (mut start, mut size, mut proof) = (0, new, Vec::new());
    // While the old tree ends on the left edge of what is looked at, its root is known to the verifier.
    let mut known = true;
    while start + size != old {
        let left = split(size);
        if old <= start + left {
            proof.push(subtree(source, start + left, size - left)?);
            size = left;
        } else {
            proof.push(subtree(source, start, left)?);
            (start, size, known) = (start + left, size - left, false);
        }
    }
    if !known {
        proof.push(subtree(source, start, size)?);
    }
    proof.reverse();
    Some(proof)
}

/// Whether `proof` shows that `leaf_hash` is leaf `index` of the log of `size` leaves with this root.
pub fn verify_inclusion(leaf_hash: Sha256, index: u64, size: u64, proof: &[Sha256], root: Sha256) -> bool {
    if index >= size || proof.len() > PROOF_HASHES_MAX {
        return false;
    }
    let (mut place, mut last, mut hash) = (index, size - 1, leaf_hash);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            hash = node_hash(sibling, &hash);
            while place & 1 == 0 && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    last == 0 && hash == root
}

/// Whether `proof` shows that the log of `old` leaves with `old_root` is the beginning of that of `new` with `new_root`.
pub fn verify_consistency(old: u64, new: u64, old_root: Sha256, new_root: Sha256, proof: &[Sha256]) -> bool {
    if old == 0 || old > new || proof.len() > PROOF_HASHES_MAX + 1 {
        return false;
    }
    if old == new {
        return proof.is_empty() && old_root == new_root;
    }
    // The old root is the first hash of the path when the old tree is full.
    let mut path = proof.iter().copied();
    let first = if old.is_power_of_two() { Some(old_root) } else { path.next() };
    let Some(first) = first else { return false };
    let (mut place, mut last) = (old - 1, new - 1);
    while place & 1 == 1 {
        (place, last) = (place >> 1, last >> 1);
    }
    let (mut old_hash, mut new_hash) = (first, first);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            old_hash = node_hash(&sibling, &old_hash);
            new_hash = node_hash(&sibling, &new_hash);
            while place & 1 == 0 && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            new_hash = node_hash(&new_hash, &sibling);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    last == 0 && old_hash == old_root && new_hash == new_root
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition of RFC 6962, word for word.
    fn naive_root(leaves: &[Sha256]) -> Sha256 {
        match leaves {
            [] => sha256(b""),
            [one] => *one,
            more => {
                let mut k = 1;
                while k * 2 < more.len() {
                    k *= 2;
                }
                node_hash(&naive_root(&more[..k]), &naive_root(&more[k..]))
            }
        }
    }

    fn leaves(count: usize) -> Vec<Sha256> {
        (0..count).map(|n| sha256(&n.to_le_bytes())).collect()
    }

    fn grown(leaves: &[Sha256]) -> Tree {
        let mut tree = Tree::default();
        leaves.iter().for_each(|leaf| tree.append(*leaf));
        tree
    }

    #[test]
    fn the_empty_log_has_the_root_of_the_rfc() {
        assert_eq!(Tree::default().root().hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn every_small_tree_proves_every_leaf_and_every_beginning() {
        let all = leaves(40);
        let levels = Levels::of(all.clone());
        for size in 1..=all.len() {
            let root = naive_root(&all[..size]);
            assert_eq!(grown(&all[..size]).root(), root);
            assert_eq!(root_at(&levels, size as u64), Some(root));
            for (index, leaf) in all.iter().enumerate().take(size) {
                let (index, size) = (index as u64, size as u64);
                let proof = inclusion_proof(&levels, index, size).unwrap();
                assert!(verify_inclusion(*leaf, index, size, &proof, root), "{index} of {size}");
            }
            for old in 1..=size {
                let proof = consistency_proof(&levels, old as u64, size as u64).unwrap();
                let old_root = naive_root(&all[..old]);
                assert!(verify_consistency(old as u64, size as u64, old_root, root, &proof), "{old} of {size}");
            }
        }
    }

    proptest! {
        #[test]
        fn the_edge_can_be_stored_and_taken_up_anywhere(count in 0usize..300, cut in 0usize..300) {
            let all = leaves(count);
            let cut = cut.min(count);
            let first = grown(&all[..cut]);
            let mut tree = Tree::from_peaks(first.size(), first.peaks().to_vec()).unwrap();
            all[cut..].iter().for_each(|leaf| tree.append(*leaf));
            prop_assert_eq!(tree.root(), naive_root(&all));
        }

        #[test]
        fn a_proof_shows_nothing_else(count in 2usize..200, index in 0usize..200, other in 0usize..200, bit in 0usize..256) {
            let (index, other) = (index % count, other % count);
            let all = leaves(count);
            let levels = Levels::of(all.clone());
            let (size, root) = (count as u64, naive_root(&all));
            let proof = inclusion_proof(&levels, index as u64, size).unwrap();
            if other != index {
                prop_assert!(!verify_inclusion(all[other], index as u64, size, &proof, root));
                prop_assert!(!verify_inclusion(all[index], other as u64, size, &proof, root));
            }
            let mut bent = proof.clone();
            let at = bit % bent.len();
            bent[at].0[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!verify_inclusion(all[index], index as u64, size, &bent, root));
            prop_assert!(!verify_inclusion(all[index], index as u64, size, &proof[1..], root));
        }

        #[test]
        fn a_rewritten_beginning_is_not_consistent(old in 1usize..120, more in 1usize..120, changed in 0usize..120) {
            let all = leaves(old + more);
            let levels = Levels::of(all.clone());
            let proof = consistency_proof(&levels, old as u64, (old + more) as u64).unwrap();
            let mut other = all[..old].to_vec();
            other[changed % old].0[0] ^= 1;
            prop_assert!(!verify_consistency(
                old as u64, (old + more) as u64, naive_root(&other), naive_root(&all), &proof
            ));
        }
    }
}
