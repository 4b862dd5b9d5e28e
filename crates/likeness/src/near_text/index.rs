//! Which of a million texts may be like this one? Those that share two of the 16 smallest shingle hashes are compared.
//!
//! The 16 smallest of both are a random sample of what is in either, so a pair of measure J shares at least two with a chance of
//! 1 - (1 - J)^16 - 16 J (1 - J)^15 or more: 0.97 at 0.3, 0.997 at 0.4, 0.9997 at 0.5. Texts of up to 16 shingles are always met.
//! Every fourth shingle of all is entered besides, so that a long post is found by a quote from it.
//!
//! One boilerplate posted a hundred thousand times: a shingle has its newest texts only (`SAME_MAX`), and each text knows
//! the newest one before it that shared most of its entries. From those met the index goes on along these links, the newest first,
//! to [`TextIndex::MATCHES_MAX`] matches; [`Similar::cut`] says when there were more. Families still come out whole, because a new
//! post is joined with the newest of its kind, and those with the ones before.

use std::collections::BinaryHeap;
use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

use super::table::{FREE, SAME_MAX, Table};
use super::{SAMPLED_BELOW, Sample, Sketch};

/// The smallest hashes of a text, by which texts that are alike are met.
const MET_BY: usize = 12;
/// Below this measure one shared hash is enough to be compared.
const SHARES_TWO_FROM: f32 = 0.3;
/// Hashes of a quote that are looked up; the smallest.
const QUOTED_BY: usize = 64;
/// Room that an index begins with, in texts.
const CAPACITY_MIN: usize = 1_024;
/// Texts looked at for one answer, so that very many removed ones cost no more.
const LOOKED_AT_MAX: usize = 1_024;

/// What an index answered.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Similar {
    /// Id and measure, the most alike first, then by id.
    pub matches: Vec<(u64, f32)>,
    /// Whether older texts were left out because there are too many of a kind.
    pub cut: bool,
}

/// Sketches by id. About 500 bytes for a text of 45 words.
#[derive(Debug, Default)]
pub struct TextIndex {
    texts: Vec<Text>,
    /// The sketches of all texts one after another.
    hashes: Store,
    /// Where in `texts` the texts with a shingle stand.
    table: Table,
    /// Where the texts that count stand; a removed or replaced one stays until the next rebuild.
    places: FxHashMap<u64, u32>,
}

#[derive(Debug, Clone, Copy)]
struct Text {
    id: u64,
    /// Where its hashes are.
    chunk: u32,
    start: u32,
    length: u16,
    whole: bool,
    /// The newest text before it that shares most of its entries, or [`FREE`].
    before: u32,
}

impl TextIndex {
    /// Matches of an answer.
    pub const MATCHES_MAX: usize = 128;

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
    pub fn insert(&mut self, id: u64, sketch: &Sketch) {
        self.add(id, sketch, &mut Met::default());
        self.rebuild_if_mostly_dead();
    }

    /// [`TextIndex::search`], then [`TextIndex::insert`], in little more than the time of one of them. What this id had before is
    /// not found.
    ///
    /// # Panics
    /// As [`TextIndex::insert`].
    pub fn search_and_insert(&mut self, id: u64, sketch: &Sketch, min_jaccard: f32) -> Similar {
        let mut met = Met::default();
        if !self.add(id, sketch, &mut met) {
            self.meet(sketch.sample(), &mut met);
        }
        let mut found = self.compare(sketch.sample(), &mut met, min_jaccard);
        // It was there before, or is the newest of its own kind.
        found.matches.retain(|(other, _)| *other != id);
        self.rebuild_if_mostly_dead();
        found
    }

    /// Adds a text and tells whom it met; `false` when it is there already.
    fn add(&mut self, id: u64, sketch: &Sketch, met: &mut Met) -> bool {
        let place = u32::try_from(self.texts.len())
            .ok()
            .filter(|&place| place != FREE)
            .expect("memory ends before 4 billion texts do");
        match self.places.entry(id) {
            Entry::Occupied(known) if sample(&self.texts, &self.hashes, *known.get()) == sketch.sample() => {
                return false;
            }
            Entry::Occupied(mut known) => *known.get_mut() = place,
            Entry::Vacant(free) => {
                free.insert(place);
            }
        }
        self.enter(id, sketch.sample(), met);
        true
    }

    /// Forgets the text of an id; whether there was one.
    pub fn remove(&mut self, id: u64) -> bool {
        let known = self.places.remove(&id).is_some();
        self.rebuild_if_mostly_dead();
        known
    }

    /// The texts whose Jaccard measure with this one is at least `min_jaccard`, the most alike first. Of very many alike only the
    /// newest are found, as [`TextIndex::search`] says.
    #[must_use]
    pub fn similar(&self, sketch: &Sketch, min_jaccard: f32) -> Vec<(u64, f32)> {
        self.search(sketch, min_jaccard).matches
    }

    /// As [`TextIndex::similar`], and whether texts were left out.
    #[must_use]
    pub fn search(&self, sketch: &Sketch, min_jaccard: f32) -> Similar {
        let mut met = Met::default();
        self.meet(sketch.sample(), &mut met);
        self.compare(sketch.sample(), &mut met, min_jaccard)
    }

    /// Whom a text meets by its smallest hashes.
    fn meet(&self, own: Sample, met: &mut Met) {
        let smallest = own.smallest(MET_BY);
        self.table.fetch(smallest);
        smallest.iter().for_each(|hash| self.table.each(*hash, |place| met.note(place)));
    }

    /// Which of those met match.
    fn compare(&self, own: Sample, met: &mut Met, min_jaccard: f32) -> Similar {
        // As many as a pair of that measure shares at least when the texts are no longer than what is looked up.
        let looked_up = own.smallest(MET_BY).len();
        let shared_min = if min_jaccard >= SHARES_TWO_FROM && looked_up as f32 * min_jaccard > 1.0 { 2 } else { 1 };
        let often = met.often(shared_min);
        self.follow(often, |known| Some(own.jaccard(known)).filter(|measure| *measure >= min_jaccard))
    }

    /// The texts in which at least `min_share` of this one's shingles stand: whole quotes, and whole copies too. The share is
    /// [`Sketch::contained_in`]; in texts of more than 128 shingles it is rough, so compare the texts with
    /// [`containment`](super::containment).
    #[must_use]
    pub fn quoting(&self, sketch: &Sketch, min_share: f32) -> Similar {
        let own = sketch.sample();
        let looked_up = own.smallest(QUOTED_BY);
        let mut met = Vec::new();
        self.table.fetch(looked_up);
        looked_up.iter().for_each(|hash| self.table.each(*hash, |place| met.push(place)));
        met.sort_unstable();
        met.dedup();
        self.follow(met.into(), |known| {
            Some(own.contained_in(known)).filter(|share| *share >= min_share && *share > 0.0)
        })
    }

    /// Bytes that the index holds in memory.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        // The map has 8 places for every 7 entries it can take, and a byte beside each.
        let places = self.places.capacity() * 8 / 7 * (size_of::<(u64, u32)>() + 1);
        self.texts.capacity() * size_of::<Text>() + self.hashes.memory_bytes() + self.table.memory_bytes() + places
    }

    /// The places met that match, and the matching ones linked from these, the newest first.
    fn follow(&self, mut open: BinaryHeap<u32>, measure: impl Fn(Sample) -> Option<f32>) -> Similar {
        let mut found = Similar::default();
        let (mut looked_at, mut last) = (0, FREE);
        while let Some(place) = open.pop() {
            // Links lead to older texts, so one place comes out several times in a row or never again.
            if place == last {
                continue;
            }
            if found.matches.len() == Self::MATCHES_MAX || looked_at == LOOKED_AT_MAX {
                found.cut = true;
                break;
            }
            last = place;
            looked_at += 1;
            let Some(measure) = measure(sample(&self.texts, &self.hashes, place)) else { continue };
            let text = &self.texts[place as usize];
            if self.places.get(&text.id) == Some(&place) {
                found.matches.push((text.id, measure));
            }
            if text.before != FREE {
                open.push(text.before);
            }
        }
        found.matches.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        found
    }

    /// Adds a text behind the others.
    fn enter(&mut self, id: u64, own: Sample, met: &mut Met) {
        let place = u32::try_from(self.texts.len()).expect("places are counted in 32 bits");
        let sampled = own.hashes.iter().take_while(|hash| **hash < SAMPLED_BELOW).count();
        let entered = own.smallest(sampled.max(MET_BY));
        self.table.reserve(entered.len());
        self.table.fetch(entered);
        for (number, hash) in entered.iter().enumerate() {
            self.table.insert(*hash, place, |known| {
                if number < MET_BY {
                    met.note(known);
                }
            });
        }
        // Room for an eighth more, where a vector would take as much again.
        if self.texts.len() == self.texts.capacity() {
            self.texts.reserve_exact((self.texts.len() / 8).max(CAPACITY_MIN));
        }
        let (chunk, start) = self.hashes.push(own.hashes);
        let length = u16::try_from(own.hashes.len()).expect("a sample has at most 2,048 hashes");
        self.texts.push(Text { id, chunk, start, length, whole: own.whole, before: met.most() });
    }

    fn rebuild_if_mostly_dead(&mut self) {
        if self.texts.len() > CAPACITY_MIN && self.places.len() < self.texts.len() / 2 {
            self.rebuild();
        }
    }

    /// Drops texts that no longer count.
    fn rebuild(&mut self) {
        let texts = std::mem::take(&mut self.texts);
        let hashes = std::mem::take(&mut self.hashes);
        self.table = Table::default();
        for (place, text) in texts.iter().enumerate() {
            let Some(known) = self.places.get_mut(&text.id).filter(|known| **known as usize == place) else { continue };
            *known = u32::try_from(self.texts.len()).expect("no more are kept than there were");
            self.enter(text.id, hashes.sample(text), &mut Met::default());
        }
    }
}

fn sample<'a>(texts: &[Text], hashes: &'a Store, place: u32) -> Sample<'a> {
    hashes.sample(&texts[place as usize])
}

/// The hashes of all texts, in chunks that never move.
#[derive(Debug, Default)]
struct Store(Vec<Vec<u32>>);

impl Store {
    const CHUNK: usize = 1 << 16;

    /// Adds hashes; the chunk and where they begin.
    fn push(&mut self, hashes: &[u32]) -> (u32, u32) {
        if self.0.last().is_none_or(|chunk| chunk.len() + hashes.len() > chunk.capacity()) {
            self.0.push(Vec::with_capacity(Self::CHUNK));
        }
        let last = self.0.len() - 1;
        let start = self.0[last].len();
        self.0[last].extend_from_slice(hashes);
        let counted = |number| {
            u32::try_from(number).expect("there are no more chunks than texts, and those are counted in 32 bits")
        };
        (counted(last), counted(start))
    }

    fn sample(&self, text: &Text) -> Sample<'_> {
        let start = text.start as usize;
        let hashes = &self.0[text.chunk as usize][start..start + usize::from(text.length)];
        Sample { hashes, whole: text.whole }
    }

    fn memory_bytes(&self) -> usize {
        self.0.iter().map(|chunk| chunk.capacity() * size_of::<u32>() + size_of::<Vec<u32>>()).sum()
    }
}

/// Places met, as often as they were.
struct Met {
    places: [u32; MET_BY * SAME_MAX],
    count: usize,
}

impl Default for Met {
    fn default() -> Self {
        Self { places: [FREE; MET_BY * SAME_MAX], count: 0 }
    }
}

impl Met {
    fn note(&mut self, place: u32) {
        if let Some(free) = self.places.get_mut(self.count) {
            *free = place;
            self.count += 1;
        }
    }

    /// Each place and how often it was met, the oldest first.
    fn counted(&mut self) -> impl Iterator<Item = (u32, usize)> {
        let met = &mut self.places[..self.count];
        if !met.is_sorted() {
            met.sort_unstable();
        }
        met.chunk_by(|a, b| a == b).filter_map(|same| Some((*same.first()?, same.len())))
    }

    /// Those met that often.
    fn often(&mut self, least: usize) -> BinaryHeap<u32> {
        self.counted().filter(|(_, times)| *times >= least).map(|(place, _)| place).collect()
    }

    /// The one met most often, the newest of several; [`FREE`] when there is none.
    fn most(&mut self) -> u32 {
        self.counted().max_by_key(|(place, times)| (*times, *place)).map_or(FREE, |(place, _)| place)
    }
}
