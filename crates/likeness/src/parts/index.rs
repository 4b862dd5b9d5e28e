//! Which of many pictures are worth comparing with this one?
//!
//! An inverted multi-index (Babenko, Lempitsky, CVPR 2012) over the bits of points: each half of 128 bits goes to the nearest of
//! 128 words, so a point falls into one of 16,384 cells. A look-up reads the cells around each point of the query and counts, for
//! each picture, points of which 64 more bits agree (Jégou, Douze, Schmid, ECCV 2008). The halves of a mirror image are
//! exchanged, so its cell is the one with its words exchanged: one reading of the words serves both.

use rustc_hash::FxHashMap;

use super::words::{WORDS, WORDS_COUNT};
use super::{Point, Signature};
use crate::LikenessError;

/// Pictures in one index: 3.2 KB each, so that a full one takes some 3.2 GB.
pub const PICTURES_MAX: usize = 1_000_000;
/// Points of a picture that are entered, and points of a query that are asked for.
const INDEXED_MAX: usize = 200;
/// Words of each half around a point of the query, whose pairs are the cells read,
const NEAR_WORDS: usize = 4;
/// and how many of these cells, the nearest first.
const CELLS_READ: usize = 8;
/// Of the 64 check bits at most so many differ: two points that match have 76 in 256 at most, mostly under 50.
const CHECK_DISTANCE_MAX: u32 = 13;
/// Fewer agreeing points are chance.
const VOTES_MIN: u32 = 2;

/// A point in a cell.
#[derive(Clone, Copy)]
struct Entry {
    check: u64,
    slot: u32,
}

/// Signatures by id, without the signatures: 16 bytes for each of at most 200 points of a picture.
///
/// Insert and remove at any time; the same content gives the same answers, in whatever order it came.
#[derive(Clone)]
pub struct PartIndex {
    cells: Vec<Vec<Entry>>,
    /// The id in a slot, if it was not removed.
    slots: Vec<Option<u64>>,
    by_id: FxHashMap<u64, u32>,
}

impl Default for PartIndex {
    fn default() -> Self {
        Self::new()
    }
}

impl PartIndex {
    /// An index of nothing.
    pub fn new() -> Self {
        PartIndex { cells: vec![Vec::new(); WORDS_COUNT * WORDS_COUNT], slots: Vec::new(), by_id: FxHashMap::default() }
    }

    /// How many pictures are in it.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Enters a picture, in place of what was under the same id.
    ///
    /// # Errors
    /// When there are a million pictures already.
    pub fn insert(&mut self, id: u64, signature: &Signature) -> Result<(), LikenessError> {
        self.remove(id);
        if self.by_id.len() >= PICTURES_MAX {
            return Err(LikenessError::IndexFull { pictures_max: PICTURES_MAX });
        }
        // Removed slots are at most as many as the others, so the number fits.
        let slot = self.slots.len() as u32;
        self.slots.push(Some(id));
        self.by_id.insert(id, slot);
        for point in signature.points.iter().take(INDEXED_MAX) {
            let [first, second] = nearest_words::<1>(point);
            self.cells[cell(first[0].1, second[0].1)].push(Entry { check: check(point), slot });
        }
        Ok(())
    }

    /// Takes a picture out; whether it was there.
    pub fn remove(&mut self, id: u64) -> bool {
        let Some(slot) = self.by_id.remove(&id) else { return false };
        self.slots[slot as usize] = None;
        if self.slots.len() > 2 * self.by_id.len() {
            self.close_gaps();
        }
        true
    }

    /// Drops what was removed and numbers the slots anew.
    fn close_gaps(&mut self) {
        let mut moved = Vec::with_capacity(self.slots.len());
        let mut kept = Vec::with_capacity(self.by_id.len());
        for id in &self.slots {
            moved.push(id.map(|_| kept.len() as u32));
            kept.extend(id.map(Some));
        }
        for cell in &mut self.cells {
            cell.retain_mut(|entry| match moved[entry.slot as usize] {
                Some(slot) => {
                    entry.slot = slot;
                    true
                }
                None => false,
            });
        }
        self.slots = kept;
        self.by_id = (0u32..).zip(&self.slots).filter_map(|(slot, id)| Some(((*id)?, slot))).collect();
    }

    /// The at most `max` pictures with most points that look like points of the query, or of its mirror image, with the number
    /// of such points: most first, of equal ones the smaller id. Compare these with [`Signature::shared_with`].
    pub fn candidates(&self, query: &Signature, max: usize) -> Vec<(u64, u32)> {
        let mut votes = [vec![0u16; self.slots.len()], vec![0u16; self.slots.len()]];
        let mut last = [vec![u16::MAX; self.slots.len()], vec![u16::MAX; self.slots.len()]];
        for (number, point) in (0u16..).zip(query.points.iter().take(INDEXED_MAX)) {
            let [first, second] = nearest_words::<NEAR_WORDS>(point);
            let straight = check(point);
            let checks = [straight, straight.rotate_left(32)];
            for (a, b) in nearest_cells(&first, &second) {
                for (turned, cell) in [cell(a, b), cell(b, a)].into_iter().enumerate() {
                    let asked = checks[turned];
                    for entry in &self.cells[cell] {
                        let slot = entry.slot as usize;
                        // A point of the query votes once for a picture, however often its like is there.
                        if (entry.check ^ asked).count_ones() <= CHECK_DISTANCE_MAX && last[turned][slot] != number {
                            last[turned][slot] = number;
                            votes[turned][slot] += 1;
                        }
                    }
                }
            }
        }
        let [straight, mirrored] = votes;
        let counted = self.slots.iter().zip(straight.into_iter().zip(mirrored));
        let mut found: Vec<(u64, u32)> = counted
            .filter_map(|(id, (a, b))| Some(((*id)?, u32::from(a.max(b)))))
            .filter(|found| found.1 >= VOTES_MIN)
            .collect();
        found.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        found.truncate(max);
        found
    }
}

fn cell(first: usize, second: usize) -> usize {
    first * WORDS_COUNT + second
}

/// 32 bits of each half, in an order that a mirror image exchanges.
fn check(point: &Point) -> u64 {
    (point.bits[0] & 0xFFFF_FFFF) | (point.bits[2] << 32)
}

/// For each half of a point the nearest words, with their distances.
fn nearest_words<const N: usize>(point: &Point) -> [[(u32, usize); N]; 2] {
    let [a, b, c, d] = point.bits;
    [[a, b], [c, d]].map(|half| {
        let mut nearest = [(u32::MAX, 0); N];
        for (at, word) in WORDS.iter().enumerate() {
            let distance = (half[0] ^ word[0]).count_ones() + (half[1] ^ word[1]).count_ones();
            if distance < nearest[N - 1].0 {
                nearest[N - 1] = (distance, at);
                nearest.sort_by_key(|&(distance, _)| distance);
            }
        }
        nearest
    })
}

/// The pairs of words nearest in all.
fn nearest_cells(first: &[(u32, usize)], second: &[(u32, usize)]) -> impl Iterator<Item = (usize, usize)> {
    let mut pairs: Vec<(u32, usize, usize)> =
        first.iter().flat_map(|a| second.iter().map(|b| (a.0 + b.0, a.1, b.1))).collect();
    pairs.sort_by_key(|&(distance, ..)| distance);
    pairs.into_iter().take(CELLS_READ).map(|(_, a, b)| (a, b))
}
