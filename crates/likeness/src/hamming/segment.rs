//! A segment: hashes that never change, laid out to be searched, in memory or mapped from a file.
//!
//! | section | bytes | is |
//! |---|---|---|
//! | header | 512 | magic, version, byte order, count, key bits, length, a checksum for each section, one for the header |
//! | ids | 8 n | ascending; an entry's place is its position here |
//! | hashes | 32 n | by place |
//! | 16 times: offsets | 4 (2^key bits + 1) | where the postings of each key begin; the key is the top bits of the slot |
//! | next | 2 n | the bits of the next slot, by posting |
//! | places | 4 n | the place, by posting |
//!
//! Each section begins on a cache line; numbers are little-endian. 136 bytes a hash, and 4 MB of offsets in a large one.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use memmap2::{Mmap, MmapMut};

use super::error::HashStoreError;
use super::{SLOTS, Words, slot_of};

const MAGIC: &[u8; 8] = b"VDTHASH1";
/// Read back as another number where the byte order is another.
const ORDER: u32 = 0x0102_0304;
const HEADER_BYTES: usize = 512;
/// Postings that share a cache line of `next`; sections are padded to whole lines.
pub(super) const BLOCK: usize = 32;
const LINE: usize = 64;
const LARGE_PAGE: usize = 2 << 20;
/// Ids, hashes, and three for each slot.
const SECTIONS: usize = 2 + 3 * SLOTS;
/// Places are 32 bits, and the last is the filling's.
pub(super) const ENTRIES_MAX: usize = u32::MAX as usize - BLOCK;

/// Where everything is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Layout {
    count: usize,
    padded: usize,
    key_bits: u32,
}

impl Layout {
    fn new(count: usize) -> Self {
        // Some 8 to 16 postings a key until the keys have all 16 bits.
        let key_bits = count.max(1).ilog2().saturating_sub(3).clamp(4, 16);
        Self { count, padded: count.next_multiple_of(BLOCK), key_bits }
    }

    fn keys(&self) -> usize {
        1 << self.key_bits
    }

    /// Begin and length of a section in bytes.
    fn section(&self, section: usize) -> (usize, usize) {
        let ids = (HEADER_BYTES, self.count * 8);
        let hashes = ((ids.0 + ids.1).next_multiple_of(LINE), self.count * 32);
        let slots = (hashes.0 + hashes.1).next_multiple_of(LINE);
        let offsets = (self.keys() + 1) * 4;
        let slot_bytes = offsets.next_multiple_of(LINE) + self.padded * 6;
        match section {
            0 => ids,
            1 => hashes,
            _ => {
                let at = slots + (section - 2) / 3 * slot_bytes;
                let next = at + offsets.next_multiple_of(LINE);
                match (section - 2) % 3 {
                    0 => (at, offsets),
                    1 => (next, self.padded * 2),
                    _ => (next + self.padded * 2, self.padded * 4),
                }
            }
        }
    }

    fn bytes(&self) -> usize {
        let (at, length) = self.section(SECTIONS - 1);
        at + length
    }

    fn header(&self, checksums: &[u32; SECTIONS]) -> [u8; HEADER_BYTES] {
        let mut header = Vec::with_capacity(HEADER_BYTES);
        header.extend_from_slice(MAGIC);
        header.extend_from_slice(&ORDER.to_ne_bytes());
        header.extend_from_slice(&self.key_bits.to_ne_bytes());
        header.extend_from_slice(&(self.count as u64).to_ne_bytes());
        header.extend_from_slice(&(self.bytes() as u64).to_ne_bytes());
        checksums.iter().for_each(|sum| header.extend_from_slice(&sum.to_ne_bytes()));
        header.resize(HEADER_BYTES - 4, 0);
        header.extend_from_slice(&crc32fast::hash(&header).to_ne_bytes());
        header.try_into().expect("it was filled up to this length")
    }
}

/// Where a segment is written to: memory or a file, each section at its place.
trait Sink {
    fn put(&mut self, at: usize, bytes: &[u8]) -> std::io::Result<()>;
}

/// Memory in large pages where the system has them: look-ups jump about, and a small page's address costs a look-up of its own.
fn memory(length: usize) -> MmapMut {
    let memory = MmapMut::map_anon(length).expect("memory for the index");
    #[cfg(target_os = "linux")]
    if length >= LARGE_PAGE {
        // A system without large pages refuses; the index is slower then and nothing else.
        drop(memory.advise(memmap2::Advice::HugePage));
    }
    memory
}

impl Sink for MmapMut {
    fn put(&mut self, at: usize, bytes: &[u8]) -> std::io::Result<()> {
        self[at..at + bytes.len()].copy_from_slice(bytes);
        Ok(())
    }
}

impl Sink for &File {
    fn put(&mut self, at: usize, bytes: &[u8]) -> std::io::Result<()> {
        self.write_all_at(bytes, at as u64)
    }
}

#[derive(Debug)]
enum Backing {
    Memory(MmapMut),
    Mapped(Mmap),
}

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Segment {
    layout: Layout,
    backing: Backing,
    checksums: [u32; SECTIONS],
}

/// A slot's part of a segment.
#[derive(Clone, Copy)]
pub(super) struct SlotPostings<'a> {
    pub offsets: &'a [u32],
    pub next: &'a [u16],
    pub places: &'a [u32],
}

impl<'a> SlotPostings<'a> {
    /// `next` by cache lines.
    #[inline]
    pub fn blocks(&self) -> &'a [[u16; BLOCK]] {
        self.next.as_chunks().0
    }
}

impl Segment {
    /// In memory; `ids` ascending, `hashes` beside them.
    pub fn in_memory(ids: &[u64], hashes: &[Words]) -> Self {
        let mut memory = memory(Layout::new(ids.len()).bytes());
        let (layout, checksums) = build(&mut memory, ids, hashes, false).expect("memory takes every byte");
        Self { layout, backing: Backing::Memory(memory), checksums }
    }

    /// Into a new file, synced when this returns.
    pub fn write(path: &Path, ids: &[u64], hashes: &[Words]) -> Result<(), HashStoreError> {
        let file = File::create_new(path).map_err(HashStoreError::io("create", path))?;
        build(&mut &file, ids, hashes, true).map_err(HashStoreError::io("write", path))?;
        file.sync_all().map_err(HashStoreError::io("sync", path))
    }

    /// Maps a file; its header, its length and the offsets are checked, the rest by [`Segment::verify`].
    pub fn open(path: &Path) -> Result<Self, HashStoreError> {
        let file = File::open(path).map_err(HashStoreError::io("open", path))?;
        // SAFETY: the store alone writes this folder, under a lock; a segment is written under another name, renamed when whole,
        // and afterwards only unlinked, never changed or cut.
        #[expect(unsafe_code, reason = "mapping a file is unsafe because others could cut it")]
        let map = unsafe { Mmap::map(&file) }.map_err(HashStoreError::io("map", path))?;
        let damaged = |what: &str| HashStoreError::damaged(path, what);
        let header: &[u8; HEADER_BYTES] = map.first_chunk().ok_or_else(|| damaged("it is shorter than its header"))?;
        let word = |at: usize| u32::from_ne_bytes(std::array::from_fn(|i| header[at + i]));
        let long = |at: usize| u64::from_ne_bytes(std::array::from_fn(|i| header[at + i]));
        if &header[..8] != MAGIC {
            return Err(damaged("it does not begin as a hash segment of this version does"));
        }
        if word(8) != ORDER {
            return Err(damaged("it was written on a machine with another byte order"));
        }
        if crc32fast::hash(&header[..HEADER_BYTES - 4]) != word(HEADER_BYTES - 4) {
            return Err(damaged("the checksum of its header is wrong"));
        }
        let count = usize::try_from(long(16)).ok().filter(|count| *count <= ENTRIES_MAX);
        let layout = Layout::new(count.ok_or_else(|| damaged("it counts more hashes than can be"))?);
        if layout.key_bits != word(12) || layout.bytes() as u64 != long(24) || layout.bytes() != map.len() {
            return Err(damaged("its length is not what its header says"));
        }
        let checksums = std::array::from_fn(|section| word(32 + section * 4));
        let segment = Self { layout, backing: Backing::Mapped(map), checksums };
        segment.check((0..SLOTS).map(|slot| 2 + slot * 3)).map_err(|what| damaged(&what))?;
        Ok(segment)
    }

    /// Reads everything and compares the checksums.
    pub fn verify(&self, path: &Path) -> Result<(), HashStoreError> {
        match self.backing {
            Backing::Memory(_) => Ok(()),
            Backing::Mapped(_) => self.check(0..SECTIONS).map_err(|what| HashStoreError::damaged(path, what)),
        }
    }

    fn check(&self, sections: impl Iterator<Item = usize>) -> Result<(), String> {
        for section in sections {
            if crc32fast::hash(self.section(section)) != self.checksums[section] {
                return Err(match section {
                    0 => "the checksum of the ids is wrong".to_owned(),
                    1 => "the checksum of the hashes is wrong".to_owned(),
                    _ => format!("a checksum of slot {} is wrong", (section - 2) / 3),
                });
            }
        }
        Ok(())
    }

    fn section(&self, section: usize) -> &[u8] {
        let (at, length) = self.layout.section(section);
        match &self.backing {
            Backing::Memory(memory) => &memory[at..at + length],
            Backing::Mapped(map) => &map[at..at + length],
        }
    }

    pub fn len(&self) -> usize {
        self.layout.count
    }

    pub fn is_mapped(&self) -> bool {
        matches!(self.backing, Backing::Mapped(_))
    }

    pub fn bytes(&self) -> usize {
        self.layout.bytes()
    }

    pub fn ids(&self) -> &[u64] {
        bytemuck::cast_slice(self.section(0))
    }

    pub fn hashes(&self) -> &[Words] {
        bytemuck::cast_slice(self.section(1))
    }

    /// How many of a slot's bits, from the top, are the key of a bucket.
    pub fn key_bits(&self) -> u32 {
        self.layout.key_bits
    }

    pub fn slot(&self, slot: usize) -> SlotPostings<'_> {
        SlotPostings {
            offsets: bytemuck::cast_slice(self.section(2 + slot * 3)),
            next: bytemuck::cast_slice(self.section(3 + slot * 3)),
            places: bytemuck::cast_slice(self.section(4 + slot * 3)),
        }
    }

    /// The place of an id.
    pub fn place(&self, id: u64) -> Option<usize> {
        let ids = self.ids();
        // New ids are mostly larger than all before.
        if ids.last().is_none_or(|last| *last < id) {
            return None;
        }
        ids.binary_search(&id).ok()
    }
}

fn build(sink: &mut dyn Sink, ids: &[u64], hashes: &[Words], sums: bool) -> std::io::Result<(Layout, [u32; SECTIONS])> {
    let layout = Layout::new(ids.len());
    let mut checksums = [0; SECTIONS];
    let mut put = |section: usize, bytes: &[u8]| {
        let (at, length) = layout.section(section);
        debug_assert_eq!(length, bytes.len());
        // Memory is not checked, and the sums of small segments would be a tenth of their making.
        if sums {
            checksums[section] = crc32fast::hash(bytes);
        }
        sink.put(at, bytes)
    };
    put(0, bytemuck::cast_slice(ids))?;
    put(1, bytemuck::cast_slice(hashes))?;
    let shift = 16 - layout.key_bits;
    let (mut next, mut places) = (memory(layout.padded.max(1) * 2), memory(layout.padded.max(1) * 4));
    let (next, places) = (&mut next[..layout.padded * 2], &mut places[..layout.padded * 4]);
    let (next, places): (&mut [u16], &mut [u32]) = (bytemuck::cast_slice_mut(next), bytemuck::cast_slice_mut(places));
    places.fill(u32::MAX);
    for slot in 0..SLOTS {
        let mut offsets = vec![0u32; layout.keys() + 1];
        hashes.iter().for_each(|hash| offsets[usize::from(slot_of(hash, slot) >> shift) + 1] += 1);
        (0..layout.keys()).for_each(|key| offsets[key + 1] += offsets[key]);
        let mut at = offsets.clone();
        for (place, hash) in (0u32..).zip(hashes) {
            let end = &mut at[usize::from(slot_of(hash, slot) >> shift)];
            next[*end as usize] = slot_of(hash, slot + 1);
            places[*end as usize] = place;
            *end += 1;
        }
        put(2 + slot * 3, bytemuck::cast_slice(&offsets))?;
        put(3 + slot * 3, bytemuck::cast_slice(next))?;
        put(4 + slot * 3, bytemuck::cast_slice(places))?;
    }
    sink.put(0, &layout.header(&checksums))?;
    Ok((layout, checksums))
}
