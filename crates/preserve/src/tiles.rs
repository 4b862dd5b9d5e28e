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

/// The tiles that a log of `size` leaves ends with: the partial one of each level that has one, lowest level first.
pub fn partial_tiles(size: u64) -> Vec<Tile> {
    (0..LEVELS_MAX)
        .filter_map(|level| {
            let hashes = hashes_at(level, size);
            let width = (hashes % WIDTH) as u16;
            (width > 0).then_some(Tile { level, number: hashes / WIDTH, width })
        })
        .collect()
}

/// A file of the log: the tile, and its bytes; for level 0 the bytes of the entry bundle too.
pub struct TileFile<'a> {
    /// Which tile.
    pub tile: Tile,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Bytes of the entry bundle beside a tile of level 0.
    pub entries: Option<&'a [u8]>,
}

/// Writes a log as tiles, leaf by leaf. It keeps the tiles that are not full, at most 8 of 8 KiB.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TileWriter {
    size: u64,
    edge: Vec<Vec<Sha256>>,
    entries: Vec<Sha256>,
}

impl TileWriter {
    /// Takes a log of `size` leaves up again from its partial tiles ([`partial_tiles`]) and the commitments of the last
    /// entry bundle; `None` when they are not as many as the size says.
    pub fn resume(
        size: u64,
        mut partial: impl FnMut(Tile) -> Option<Vec<Sha256>>,
        entries: Vec<Sha256>,
    ) -> Option<Self> {
        let mut edge = Vec::new();
        for tile in partial_tiles(size) {
            let hashes = partial(tile)?;
            if hashes.len() != usize::from(tile.width) {
                return None;
            }
            edge.resize(usize::from(tile.level) + 1, Vec::new());
            *edge.last_mut()? = hashes;
        }
        (entries.len() as u64 == size % WIDTH).then_some(Self { size, edge, entries })
    }

    /// Leaves so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf by its commitment; `emit` gets every tile that it fills.
    pub fn append<E>(
        &mut self,
        commitment: &Sha256,
        emit: &mut dyn FnMut(TileFile<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.entries.push(*commitment);
        self.size += 1;
        let mut hash = crate::leaf::leaf_hash(commitment);
        for level in 0..LEVELS_MAX {
            if self.edge.len() <= usize::from(level) {
                self.edge.push(Vec::new());
            }
            let Some(tile) = self.edge.get_mut(usize::from(level)) else { break };
            tile.push(hash);
            if (tile.len() as u64) < WIDTH {
                break;
            }
            let number = hashes_at(level, self.size) / WIDTH - 1;
            let full = std::mem::take(tile);
            let entries = (level == 0).then(|| entry_bytes(&std::mem::take(&mut self.entries)));
            emit(TileFile {
                tile: Tile { level, number, width: WIDTH as u16 },
                bytes: &tile_bytes(&full),
                entries: entries.as_deref(),
            })?;
            hash = subtree_root(&full).expect("256 hashes are a full subtree");
        }
        Ok(())
    }

    /// The tiles that are not full.
    pub fn partials<E>(&self, emit: &mut dyn FnMut(TileFile<'_>) -> Result<(), E>) -> Result<(), E> {
        for tile in partial_tiles(self.size) {
            let Some(hashes) = self.edge.get(usize::from(tile.level)) else { continue };
            let entries = (tile.level == 0).then(|| entry_bytes(&self.entries));
            emit(TileFile { tile, bytes: &tile_bytes(hashes), entries: entries.as_deref() })?;
        }
        Ok(())
    }
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

/// The commitments of an entry bundle; `None` when it is not of entries of 32 bytes.
pub fn entries_of(bytes: &[u8]) -> Option<Vec<Sha256>> {
    let entries = bytes.chunks_exact(34);
    if !entries.remainder().is_empty() {
        return None;
    }
    entries.map(|entry| entry.strip_prefix(&[0, 32])?.try_into().map(Sha256).ok()).collect()
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
        (0..count).map(|n| sha256(&n.to_le_bytes())).collect()
    }

    fn hashes(commitments: &[Sha256]) -> Vec<Sha256> {
        commitments.iter().map(leaf::leaf_hash).collect()
    }

    fn held(commitments: &[Sha256], sizes: &[u64]) -> Held {
        let mut tiles: HashMap<Tile, Vec<Sha256>> = HashMap::new();
        let mut writer = TileWriter::default();
        let mut put = |file: TileFile<'_>| -> Result<(), ()> {
            let hashes = tile_hashes(file.bytes, file.tile.width).unwrap();
            assert_eq!(tiles.entry(file.tile).or_insert(hashes.clone()), &hashes);
            assert_eq!(file.entries.is_some(), file.tile.level == 0);
            Ok(())
        };
        for size in sizes {
            for commitment in &commitments[writer.size() as usize..*size as usize] {
                writer.append(commitment, &mut put).unwrap();
            }
            writer.partials(&mut put).unwrap();
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
        let tiles: Vec<Tile> = held(&leaves(70_000), &[70_000]).tiles.into_keys().collect();
        let count = |level, full| tiles.iter().filter(|tile| tile.level == level && tile.is_full() == full).count();
        assert_eq!((count(0, true), count(0, false), count(1, true), count(1, false)), (273, 1, 1, 1));
        let partial: Vec<u16> = partial_tiles(70_000).iter().map(|tile| tile.width).collect();
        assert_eq!(partial, [112, 17, 1]);
        assert_eq!(partial_tiles(256), [Tile { level: 1, number: 0, width: 1 }]);
    }

    #[test]
    fn a_writer_is_taken_up_again_from_its_partial_tiles() {
        let all = leaves(66_000);
        for cut in [0, 1, 255, 256, 300, 65_535, 65_536, 65_800] {
            let held = held(&all, &[cut]);
            let entries = all[(cut / 256 * 256) as usize..cut as usize].to_vec();
            let resumed = TileWriter::resume(cut, |tile| held.tile(tile), entries.clone()).unwrap();
            let mut straight = TileWriter::default();
            for leaf in &all[..cut as usize] {
                straight.append(leaf, &mut |_| Ok::<(), ()>(())).unwrap();
            }
            let (mut one, mut other) = (Vec::new(), Vec::new());
            resumed
                .partials(&mut |file| {
                    one.extend_from_slice(file.bytes);
                    Ok::<(), ()>(())
                })
                .unwrap();
            straight
                .partials(&mut |file| {
                    other.extend_from_slice(file.bytes);
                    Ok::<(), ()>(())
                })
                .unwrap();
            assert_eq!(one, other, "{cut}");
            assert_eq!(entries_of(&entry_bytes(&entries)), Some(entries.clone()));
            assert!(TileWriter::resume(cut + 1, |tile| held.tile(tile), entries).is_none());
        }
    }

    #[test]
    fn proofs_from_tiles_are_those_from_all_leaves_however_the_log_grew() {
        let all = leaves(70_000);
        let whole = Levels::of(hashes(&all));
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
            tree.append(leaf::leaf_hash(leaf));
            let held = held(&all, &[size]);
            assert_eq!(root_at(&TileLog::new(&held, size), size), Some(tree.root()));
        }
    }
}
