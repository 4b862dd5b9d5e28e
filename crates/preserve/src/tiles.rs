//! Tiles: the log as files of 256 hashes each (C2SP tlog-tiles), so that a proof in a log of millions of leaves reads a
//! handful of files. Which files there are and what they hold are functions of the leaves alone.

use vedette_core::Sha256;

use crate::leaf::node_hash;
use crate::tree::HashSource;

/// Hashes in a full tile.
pub const WIDTH: u64 = 256;
/// Levels of the tree that one tile spans.
const HEIGHT: u32 = 8;
/// Levels of tiles that a log of 2^64 leaves has.
pub const LEVELS_MAX: u8 = 8;

/// A tile's place: level, number in the level, and how many hashes it holds (1 to 256).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    /// 0 holds leaf hashes, each level above the roots of full tiles below.
    pub level: u8,
    /// Number in its level, from 0.
    pub number: u64,
    /// Hashes in it.
    pub width: u16,
}

impl Tile {
    /// `tile/<L>/<N>[.p/<W>]`, relative to the log.
    pub fn path(&self) -> String {
        format!("tile/{}/{}", self.level, self.end())
    }

    /// `tile/entries/<N>[.p/<W>]` of a tile of level 0.
    pub fn entries_path(&self) -> String {
        format!("tile/entries/{}", self.end())
    }

    fn end(&self) -> String {
        let part = if self.is_full() { String::new() } else { format!(".p/{}", self.width) };
        format!("{}{part}", number_path(self.number))
    }

    /// Whether nothing can be added to it.
    pub fn is_full(&self) -> bool {
        u64::from(self.width) == WIDTH
    }
}

/// A number in path elements of three digits, all but the last led by `x`.
fn number_path(number: u64) -> String {
    let mut path = format!("{:03}", number % 1_000);
    let mut rest = number / 1_000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1_000);
        rest /= 1_000;
    }
    path
}

/// Hashes that level `level` of a log of `size` leaves has.
fn hashes_at(level: u8, size: u64) -> u64 {
    size.checked_shr(HEIGHT * u32::from(level)).unwrap_or(0)
}

/// The tile that holds hash `index` of a level in a log of `size` leaves; `None` when the log does not reach it.
pub fn tile_of(level: u8, index: u64, size: u64) -> Option<Tile> {
    let hashes = hashes_at(level, size);
    let number = index / WIDTH;
    let width = hashes.checked_sub(number * WIDTH)?.min(WIDTH);
    (index < hashes).then_some(Tile { level, number, width: width as u16 })
}

/// The tiles that a log of `new` leaves has and one of `old` leaves has not, lowest level first.
pub fn new_tiles(old: u64, new: u64) -> Vec<Tile> {
    let mut tiles = Vec::new();
    for level in 0..LEVELS_MAX {
        let (before, now) = (hashes_at(level, old), hashes_at(level, new));
        if now == before {
            break;
        }
        for number in before / WIDTH..now.div_ceil(WIDTH) {
            tiles.push(Tile { level, number, width: (now - number * WIDTH).min(WIDTH) as u16 });
        }
    }
    tiles
}

/// Partial tiles of a log of `old` leaves that are full in one of `new`, so that the full one stands for them.
pub fn filled(old: u64, new: u64) -> Vec<Tile> {
    let partial = |level| {
        let before = hashes_at(level, old);
        let (number, width) = (before / WIDTH, (before % WIDTH) as u16);
        (width > 0 && hashes_at(level, new) >= (number + 1) * WIDTH).then_some(Tile { level, number, width })
    };
    (0..LEVELS_MAX).filter_map(partial).collect()
}

/// Root of a full tile, or of a full subtree inside one; `None` unless the hashes are a power of two.
pub fn subtree_root(hashes: &[Sha256]) -> Option<Sha256> {
    if !hashes.len().is_power_of_two() {
        return None;
    }
    let mut level = hashes.to_vec();
    while level.len() > 1 {
        level = level.chunks_exact(2).filter_map(|pair| Some(node_hash(pair.first()?, pair.get(1)?))).collect();
    }
    level.first().copied()
}

/// The bytes of a tile.
pub fn tile_bytes(hashes: &[Sha256]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// The hashes of a tile; `None` when the bytes are not that many.
pub fn tile_hashes(bytes: &[u8], width: u16) -> Option<Vec<Sha256>> {
    if bytes.len() != usize::from(width) * 32 {
        return None;
    }
    bytes.chunks_exact(32).map(|hash| hash.try_into().map(Sha256).ok()).collect()
}

/// The bytes of an entry bundle: each commitment with its length before it (two bytes, big-endian).
pub fn entry_bytes(commitments: &[Sha256]) -> Vec<u8> {
    commitments.iter().flat_map(|entry| [0u8, 32].into_iter().chain(entry.0)).collect()
}

/// The hashes of tiles, however they are fetched: `None` for a tile that cannot be read.
pub trait TileSource {
    /// The hashes of a tile.
    fn tile(&self, tile: Tile) -> Option<Vec<Sha256>>;
}

/// A log of `size` leaves as proofs need it, read from tiles: 2 tiles a level at most for one proof.
pub struct TileLog<'s> {
    source: &'s dyn TileSource,
    size: u64,
}

impl<'s> TileLog<'s> {
    /// The log of `size` leaves that these tiles hold.
    pub fn new(source: &'s dyn TileSource, size: u64) -> Self {
        Self { source, size }
    }
}

impl HashSource for TileLog<'_> {
    fn node(&self, level: u32, index: u64) -> Option<Sha256> {
        let tile_level = u8::try_from(level / HEIGHT).ok()?;
        let within = level % HEIGHT;
        // The subtree's leaves in its tile: a run of 2^within hashes that starts at a multiple of that.
        let first = index.checked_shl(within)?;
        let count = 1u64 << within;
        let tile = tile_of(tile_level, first + count - 1, self.size)?;
        let hashes = self.source.tile(tile)?;
        let start = usize::try_from(first % WIDTH).ok()?;
        subtree_root(hashes.get(start..start + count as usize)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{Levels, Tree, consistency_proof, inclusion_proof, root_at};
    use crate::{leaf, sha256};
    use std::cell::Cell;
    use std::collections::HashMap;

    struct Held {
        tiles: HashMap<Tile, Vec<Sha256>>,
        read: Cell<u32>,
    }

    impl TileSource for Held {
        fn tile(&self, tile: Tile) -> Option<Vec<Sha256>> {
            self.read.set(self.read.get() + 1);
            self.tiles.get(&tile).cloned()
        }
    }

    fn leaves(count: u64) -> Vec<Sha256> {
        (0..count).map(|n| leaf::leaf_hash(&sha256(&n.to_le_bytes()))).collect()
    }

    fn held(leaves: &[Sha256], sizes: &[u64]) -> Held {
        let mut tiles: HashMap<Tile, Vec<Sha256>> = HashMap::new();
        let mut old = 0;
        for size in sizes {
            for tile in new_tiles(old, *size) {
                let range = tile.number * WIDTH..tile.number * WIDTH + u64::from(tile.width);
                let hashes = range
                    .map(|at| match tile.level {
                        0 => leaves[at as usize],
                        above => {
                            let below = Tile { level: above - 1, number: at, width: 256 };
                            subtree_root(&tiles[&below]).unwrap()
                        }
                    })
                    .collect();
                tiles.insert(tile, hashes);
            }
            for tile in filled(old, *size) {
                tiles.remove(&tile);
            }
            old = *size;
        }
        Held { tiles, read: Cell::default() }
    }

    #[test]
    fn paths_are_those_of_the_specification() {
        let path = |level, number, width| Tile { level, number, width }.path();
        assert_eq!(path(0, 1_234_067, 256), "tile/0/x001/x234/067");
        assert_eq!(path(3, 5, 17), "tile/3/005.p/17");
        assert_eq!(Tile { level: 0, number: 273, width: 112 }.entries_path(), "tile/entries/273.p/112");
    }

    #[test]
    fn a_log_of_seventy_thousand_has_the_tiles_that_the_specification_counts() {
        let tiles = new_tiles(0, 70_000);
        let count = |level, full| tiles.iter().filter(|tile| tile.level == level && tile.is_full() == full).count();
        assert_eq!((count(0, true), count(0, false), count(1, true), count(1, false)), (273, 1, 1, 1));
        let partial: Vec<u16> = tiles.iter().filter(|tile| !tile.is_full()).map(|tile| tile.width).collect();
        assert_eq!(partial, [112, 17, 1]);
        let small = new_tiles(0, 256);
        assert_eq!(small, [Tile { level: 0, number: 0, width: 256 }, Tile { level: 1, number: 0, width: 1 }]);
    }

    #[test]
    fn proofs_from_tiles_are_those_from_all_leaves_however_the_log_grew() {
        let all = leaves(70_000);
        let whole = Levels::of(all.clone());
        for sizes in [&[70_000][..], &[1, 2, 255, 256, 257, 511, 513, 65_535, 65_537, 70_000]] {
            let held = held(&all, sizes);
            let log = TileLog::new(&held, 70_000);
            assert_eq!(root_at(&log, 70_000), root_at(&whole, 70_000));
            for index in [0, 1, 255, 256, 65_535, 65_536, 69_999] {
                held.read.set(0);
                assert_eq!(inclusion_proof(&log, index, 70_000), inclusion_proof(&whole, index, 70_000));
                assert!(held.read.get() < 60, "{} reads", held.read.get());
            }
            for old in [1, 255, 256, 300, 65_536, 69_999, 70_000] {
                assert_eq!(consistency_proof(&log, old, 70_000), consistency_proof(&whole, old, 70_000));
                assert_eq!(root_at(&log, old), root_at(&whole, old));
            }
        }
    }

    #[test]
    fn a_root_from_tiles_is_that_of_the_growing_tree() {
        let all = leaves(600);
        let mut tree = Tree::default();
        for (leaf, size) in all.iter().zip(1u64..) {
            tree.append(*leaf);
            let held = held(&all, &[size]);
            assert_eq!(root_at(&TileLog::new(&held, size), size), Some(tree.root()));
        }
    }
}
