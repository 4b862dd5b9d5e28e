//! Which of a million texts may be like this one? Texts that agree in one of 32 bands of four sketch bytes are looked at.
//!
//! A pair of texts of measure J meets in a band with a chance of 1 - (1 - J^4)^32: 0.87 at 0.5, 0.99 at 0.6, 0.9998 at 0.7.
//!
//! Texts with the same band hang on a chain, the newest first. One boilerplate posted a hundred thousand times makes long
//! chains; only the newest [`TextIndex::LOOKED_AT_MAX`] of each are looked at, so an answer never takes time that grows with
//! them, and [`Similar::cut`] says when some were left out. Families still come out whole, because a new post is joined with
//! the newest of its kind, and those with the ones before.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

use super::{MINIMA, Sketch, estimate};

/// Bands of a sketch.
const BANDS: usize = 32;
/// Sketch bytes of a band.
const BAND_BYTES: usize = MINIMA / BANDS;
/// The end of a chain.
const END: u32 = u32::MAX;
/// The chains of an empty index are made for this many texts.
const CAPACITY_MIN: usize = 1_024;

/// What an index answered.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Similar {
    /// Id and estimated Jaccard measure, the most alike first, then by id.
    pub matches: Vec<(u64, f32)>,
    /// Whether older texts were left out because there are too many of a kind.
    pub cut: bool,
}

/// Sketches by id. About 450 bytes a text.
#[derive(Debug, Default)]
pub struct TextIndex {
    sketches: Vec<Sketch>,
    ids: Vec<u64>,
    /// For each text and band, the next older text on the chain.
    older: Vec<[u32; BANDS]>,
    /// For each band, `capacity` chains: the newest text of each.
    newest: Vec<u32>,
    capacity: usize,
    /// Where the texts that count stand; a removed or replaced one stays on its chains until the next rebuild.
    places: FxHashMap<u64, u32>,
}

impl TextIndex {
    /// How many texts on each of a question's 32 chains are looked at.
    pub const LOOKED_AT_MAX: usize = 128;

    /// An empty index.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many texts are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether no text is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Adds a text, or replaces the one that this id had.
    ///
    /// # Panics
    /// Beyond 4 billion texts, which need 2 TB of memory.
    pub fn insert(&mut self, id: u64, sketch: Sketch) {
        let place = u32::try_from(self.ids.len())
            .ok()
            .filter(|&place| place != END)
            .expect("memory ends before 4 billion texts do");
        match self.places.entry(id) {
            Entry::Occupied(known) if self.sketches[*known.get() as usize] == sketch => return,
            Entry::Occupied(mut known) => *known.get_mut() = place,
            Entry::Vacant(free) => {
                free.insert(place);
            }
        }
        reserve(&mut self.sketches);
        reserve(&mut self.ids);
        reserve(&mut self.older);
        self.sketches.push(sketch);
        self.ids.push(id);
        self.older.push([END; BANDS]);
        if self.ids.len() > self.capacity {
            self.rebuild();
        } else {
            self.hang(place);
        }
    }

    /// Forgets the text of an id; whether there was one.
    pub fn remove(&mut self, id: u64) -> bool {
        let known = self.places.remove(&id).is_some();
        if self.ids.len() > CAPACITY_MIN && self.places.len() < self.ids.len() / 2 {
            self.rebuild();
        }
        known
    }

    /// The texts whose estimated Jaccard measure with this one is at least `min_jaccard`, the most alike first. Of very many
    /// alike only the newest are found, as [`TextIndex::search`] says.
    #[must_use]
    pub fn similar(&self, sketch: &Sketch, min_jaccard: f32) -> Vec<(u64, f32)> {
        self.search(sketch, min_jaccard).matches
    }

    /// As [`TextIndex::similar`], and whether texts were left out.
    #[must_use]
    pub fn search(&self, sketch: &Sketch, min_jaccard: f32) -> Similar {
        let mut found = Similar::default();
        if self.capacity == 0 {
            return found;
        }
        // All first: reads that do not wait for one another.
        let heads: [u32; BANDS] = std::array::from_fn(|band| self.newest[self.chain(band, sketch)]);
        // Places fall along a chain, so a text at or above the last one looked at was met there.
        let mut last = heads;
        for (band, mut place) in heads.into_iter().enumerate() {
            for looked_at in 0.. {
                if place == END {
                    break;
                }
                if looked_at == Self::LOOKED_AT_MAX {
                    found.cut = true;
                    break;
                }
                last[band] = place;
                let known = &self.sketches[place as usize];
                // Strangers share a chain now and then, and are dropped before the whole sketch is compared.
                let shares = |band| key(known, band) == key(sketch, band);
                if shares(band) && !(0..band).any(|earlier| shares(earlier) && place >= last[earlier]) {
                    let jaccard = estimate(known.equal(sketch));
                    if jaccard >= min_jaccard && self.counts(place) {
                        found.matches.push((self.ids[place as usize], jaccard));
                    }
                }
                place = self.older[place as usize][band];
            }
        }
        found.matches.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        found
    }

    /// Bytes that the index holds in memory.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let texts = self.sketches.capacity() * size_of::<Sketch>()
            + self.ids.capacity() * size_of::<u64>()
            + self.older.capacity() * size_of::<[u32; BANDS]>();
        // The map has 8 places for every 7 entries it can take, and a byte beside each.
        let places = self.places.capacity() * 8 / 7 * (size_of::<(u64, u32)>() + 1);
        texts + places + self.newest.capacity() * size_of::<u32>()
    }

    /// Whether the text at a place is still its id's.
    fn counts(&self, place: u32) -> bool {
        self.places.get(&self.ids[place as usize]) == Some(&place)
    }

    /// Where the chain of a sketch's band begins.
    fn chain(&self, band: usize, sketch: &Sketch) -> usize {
        let spread = u64::from(key(sketch, band)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        band * self.capacity + ((spread * self.capacity as u64) >> 32) as usize
    }

    fn hang(&mut self, place: u32) {
        let sketch = self.sketches[place as usize];
        for band in 0..BANDS {
            let chain = self.chain(band, &sketch);
            self.older[place as usize][band] = std::mem::replace(&mut self.newest[chain], place);
        }
    }

    /// Drops texts that no longer count, makes room for as many again, and hangs everything anew, the oldest first.
    fn rebuild(&mut self) {
        let mut kept = 0;
        for place in 0..self.ids.len() {
            let id = self.ids[place];
            let Some(known) = self.places.get_mut(&id).filter(|known| **known as usize == place) else {
                continue;
            };
            *known = u32::try_from(kept).expect("no more are kept than there were");
            self.ids[kept] = id;
            self.sketches[kept] = self.sketches[place];
            kept += 1;
        }
        self.ids.truncate(kept);
        self.sketches.truncate(kept);
        self.older.truncate(kept);
        self.capacity = (kept * 3 / 2).max(CAPACITY_MIN);
        self.newest.clear();
        self.newest.shrink_to(0);
        self.newest.resize(BANDS * self.capacity, END);
        (0..kept).for_each(|place| self.hang(u32::try_from(place).expect("places are counted in 32 bits")));
    }
}

/// The bytes of a band as a number.
fn key(sketch: &Sketch, band: usize) -> u32 {
    sketch.0.as_chunks::<BAND_BYTES>().0.get(band).map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

/// Room for an eighth more, where a vector would take as much again: a large index is mostly these.
fn reserve<T>(items: &mut Vec<T>) {
    if items.len() == items.capacity() {
        items.reserve_exact((items.len() / 8).max(CAPACITY_MIN));
    }
}
