//! A set of hashes as a query sees it: layers of segments, the largest first, each with the places that died since, and a short
//! tail that is compared one by one. Cloning is cheap and clones share what does not change.

use std::sync::Arc;

use super::segment::Segment;
use super::{Words, distance_within, search};
use crate::PdqHash;

/// Up to here comparing with the tail takes some microseconds.
const TAIL_MAX: usize = 1_024;
/// A layer is merged into the one above unless that is so many times as large: few layers to search, few merges to do.
const LAYER_RATIO: usize = 4;
/// Places whose deaths are copied together when a clone still looks at them.
const PAGE_PLACES: usize = 32_768;

/// Known hashes by id, in memory. Hashes may repeat, ids may not. About 140 bytes an entry once it is large.
///
/// A clone is a snapshot: it shares the memory, and later changes to the one are not seen by the other.
///
/// ```
/// use vedette_likeness::{HashIndex, PdqHash};
///
/// let mut known: HashIndex = (0..3).map(|id| (id, PdqHash([id as u8; 32]))).collect();
/// let before = known.clone();
/// known.remove(0);
/// assert_eq!(known.within(&PdqHash([0; 32]), 31), []);
/// assert_eq!(before.within(&PdqHash([0; 32]), 31), [(0, 0)]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct HashIndex {
    pub(super) layers: Vec<Layer>,
    tail: Arc<Vec<(u64, Words)>>,
    /// Layers that a merge of the store's is reading, and that stay as they are until it is done.
    frozen: usize,
}

/// A segment and which of its entries are no more.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    pub segment: Arc<Segment>,
    /// A bit for each place, by page; a page without deaths is absent.
    dead: Vec<Option<Arc<Vec<u64>>>>,
    pub alive: usize,
}

impl Layer {
    pub fn new(segment: Segment) -> Self {
        let dead = vec![None; segment.len().div_ceil(PAGE_PLACES)];
        Self { alive: segment.len(), segment: Arc::new(segment), dead }
    }

    pub fn is_dead(&self, place: usize) -> bool {
        self.dead[place / PAGE_PLACES]
            .as_ref()
            .is_some_and(|page| page[place % PAGE_PLACES / 64] >> (place % 64) & 1 == 1)
    }

    pub fn kill(&mut self, id: u64) -> bool {
        let Some(place) = self.segment.place(id).filter(|place| !self.is_dead(*place)) else { return false };
        let page = self.dead[place / PAGE_PLACES].get_or_insert_with(|| Arc::new(vec![0; PAGE_PLACES / 64]));
        Arc::make_mut(page)[place % PAGE_PLACES / 64] |= 1 << (place % 64);
        self.alive -= 1;
        true
    }

    /// Entries that are alive, ascending by id.
    pub fn entries(&self) -> impl Iterator<Item = (u64, Words)> + '_ {
        let all = self.segment.ids().iter().copied().zip(self.segment.hashes().iter().copied());
        all.enumerate().filter(|(place, _)| !self.is_dead(*place)).map(|(_, entry)| entry)
    }

    /// Ids that are dead here and were not in an older clone.
    pub fn died_since(&self, before: &Self) -> impl Iterator<Item = u64> {
        self.dead_places().filter(|place| !before.is_dead(*place)).map(|place| self.segment.ids()[place])
    }

    /// Ids that are dead.
    pub fn dead_ids(&self) -> impl Iterator<Item = u64> + '_ {
        self.dead_places().map(|place| self.segment.ids()[place])
    }

    fn dead_places(&self) -> impl Iterator<Item = usize> {
        let pages = self.dead.iter().enumerate().filter(|(_, page)| page.is_some());
        let places =
            pages.flat_map(move |(page, _)| page * PAGE_PLACES..((page + 1) * PAGE_PLACES).min(self.segment.len()));
        places.filter(|place| self.is_dead(*place))
    }
}

impl HashIndex {
    /// The most hashes that an index holds; memory ends long before.
    pub const ENTRIES_MAX: usize = super::segment::ENTRIES_MAX;

    /// An empty index.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many hashes are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.layers.iter().map(|layer| layer.alive).sum::<usize>() + self.tail.len()
    }

    /// Whether no hash is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that the segments take, in memory or mapped.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.layers.iter().map(|layer| layer.segment.bytes()).sum::<usize>() + self.tail.len() * 40
    }

    /// Adds a hash, or replaces the one that this id had. Now and then this merges layers, which takes a while.
    ///
    /// # Panics
    /// Beyond [`HashIndex::ENTRIES_MAX`] hashes.
    pub fn insert(&mut self, id: u64, hash: PdqHash) {
        self.insert_words(id, hash.words());
    }

    pub(super) fn insert_words(&mut self, id: u64, hash: Words) {
        self.remove(id);
        Arc::make_mut(&mut self.tail).push((id, hash));
        if self.tail.len() >= TAIL_MAX {
            self.settle();
        }
    }

    /// Forgets the hash of an id; whether there was one.
    pub fn remove(&mut self, id: u64) -> bool {
        if let Some(at) = self.tail.iter().position(|entry| entry.0 == id) {
            Arc::make_mut(&mut self.tail).swap_remove(at);
            return true;
        }
        self.layers.iter_mut().rev().any(|layer| layer.kill(id))
    }

    /// Makes one layer of all, which is the quickest to search. Without this, layers merge as they grow.
    pub fn compact(&mut self) {
        if self.layers.len() + usize::from(!self.tail.is_empty()) > 1 {
            self.merge_from(0);
        }
    }

    /// The ids whose hash differs in at most `max_distance` bits, with the distance: the nearest first, then by id.
    #[must_use]
    pub fn within(&self, hash: &PdqHash, max_distance: u32) -> Vec<(u64, u32)> {
        let wanted = hash.words();
        let mut found = Vec::new();
        let mut places = Vec::new();
        for layer in &self.layers {
            places.clear();
            search::search(&layer.segment, &wanted, max_distance, &mut places);
            let alive = places.iter().filter(|(place, _)| !layer.is_dead(*place as usize));
            found.extend(alive.map(|&(place, distance)| (layer.segment.ids()[place as usize], distance)));
        }
        found.extend(
            self.tail.iter().filter_map(|(id, hash)| Some((*id, distance_within(hash, &wanted, max_distance)?))),
        );
        found.sort_unstable_by_key(|&(id, distance)| (distance, id));
        found
    }

    /// All entries, in no order that means anything.
    pub(super) fn entries_from(&self, layer: usize) -> Vec<(u64, Words)> {
        let layers = self.layers[layer..].iter().flat_map(Layer::entries);
        layers.chain(self.tail.iter().copied()).collect()
    }

    /// Mapped layers come first, and are the store's to merge.
    pub(super) fn mapped_layers(&self) -> usize {
        self.layers.iter().take_while(|layer| layer.segment.is_mapped()).count()
    }

    /// The tail becomes a layer in memory, with the layers in memory that it has outgrown.
    fn settle(&mut self) {
        let start = self.outgrown(self.mapped_layers().max(self.frozen), self.layers.len(), self.tail.len());
        self.merge_from(start);
    }

    /// The first of the layers before `end` that are not several times as large as what would be merged into them.
    fn outgrown(&self, first: usize, end: usize, mut size: usize) -> usize {
        let mut start = end;
        while start > first && self.layers[start - 1].alive < LAYER_RATIO * size {
            start -= 1;
            size += self.layers[start].alive;
        }
        start
    }

    /// From which layer on a merge to disk should read: all in memory, the mapped ones that these have outgrown, and those that
    /// have lost a quarter. The count of layers when there is nothing to do.
    pub(super) fn segment_merge_start(&self) -> usize {
        let mapped = self.mapped_layers();
        let size = self.layers[mapped..].iter().map(|layer| layer.alive).sum();
        let worn = |layer: &Layer| layer.alive < layer.segment.len() / 4 * 3 || layer.alive == 0;
        let worn = self.layers[..mapped].iter().position(worn).unwrap_or(mapped);
        self.outgrown(0, mapped, size).min(worn)
    }

    /// Makes the tail a layer, and all layers stay as they are, but for deaths, until [`HashIndex::thaw`].
    pub(super) fn freeze(&mut self) {
        if !self.tail.is_empty() {
            self.merge_from(self.layers.len());
        }
        self.frozen = self.layers.len();
    }

    pub(super) fn thaw(&mut self) {
        self.frozen = 0;
    }

    fn merge_from(&mut self, start: usize) {
        let (ids, hashes) = sorted(self.entries_from(start));
        self.layers.truncate(start);
        self.tail = Arc::default();
        assert!(ids.len() <= Self::ENTRIES_MAX, "memory ends before four billion hashes do");
        if !ids.is_empty() {
            self.layers.push(Layer::new(Segment::in_memory(&ids, &hashes)));
        }
    }
}

/// Ascending by id, ids and hashes apart.
pub(super) fn sorted(mut entries: Vec<(u64, Words)>) -> (Vec<u64>, Vec<Words>) {
    // Layers come sorted: a stable sort merges such runs.
    entries.sort_by_key(|entry| entry.0);
    entries.into_iter().unzip()
}

/// Ascending by id; of an id that comes again the last hash counts.
pub(super) fn sort_last_counts(entries: &mut Vec<(u64, Words)>) {
    entries.sort_by_key(|entry| entry.0);
    // Of neighbours with the same id the first is kept; so the last is moved there.
    entries.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            *kept = *later;
        }
        same
    });
}

impl FromIterator<(u64, PdqHash)> for HashIndex {
    /// In one go, which is the quickest to build and to search. Of an id that comes again the last hash counts.
    fn from_iter<T: IntoIterator<Item = (u64, PdqHash)>>(entries: T) -> Self {
        let mut entries: Vec<_> = entries.into_iter().map(|(id, hash)| (id, hash.words())).collect();
        sort_last_counts(&mut entries);
        let (ids, hashes): (Vec<_>, Vec<_>) = entries.into_iter().unzip();
        let mut index = Self::new();
        if !ids.is_empty() {
            index.layers.push(Layer::new(Segment::in_memory(&ids, &hashes)));
        }
        index
    }
}
