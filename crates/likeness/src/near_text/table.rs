//! Which texts have this shingle? A flat table of 32-bit hashes and places in buckets of one cache line.
//!
//! Open addressing by buckets of eight: an entry stands in its home or, when that is full, in the next one with room. Homes grow
//! with the spread hash, so that a growing table is read and written from front to back.

/// A free slot.
pub(super) const FREE: u32 = u32::MAX;
/// Entries of one bucket: eight hashes and eight places are a cache line.
const SLOTS: usize = 8;
/// Texts kept for one shingle, the newest. "In the name of" stands in every tenth post and says nothing; what is alike shares
/// other shingles too.
pub(super) const SAME_MAX: usize = 16;
/// Buckets of the smallest table.
const BUCKETS_MIN: usize = 1_024;

#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Bucket {
    hashes: [u32; SLOTS],
    /// From the front; [`FREE`] behind.
    places: [u32; SLOTS],
}

const EMPTY: Bucket = Bucket { hashes: [0; SLOTS], places: [FREE; SLOTS] };

/// Places by shingle hash.
#[derive(Debug, Default)]
pub(super) struct Table {
    buckets: Vec<Bucket>,
    used: usize,
}

impl Table {
    /// Makes the processor fetch what [`Table::each`] and [`Table::insert`] will read: the reads do not wait for one another.
    pub fn fetch(&self, hashes: &[u32]) {
        if self.buckets.is_empty() {
            return;
        }
        let any = hashes.iter().fold(0, |any, &hash| any | self.buckets[self.home(hash)].places[SLOTS - 1]);
        std::hint::black_box(any);
    }

    /// Hands over the places of a hash, at most [`SAME_MAX`].
    pub fn each(&self, hash: u32, mut found: impl FnMut(u32)) {
        if self.buckets.is_empty() {
            return;
        }
        let mut at = self.home(hash);
        loop {
            let bucket = &self.buckets[at];
            // One vector comparison; almost always nothing.
            if bucket.hashes.iter().fold(false, |any, known| any | (*known == hash)) {
                for (known, place) in bucket.hashes.iter().zip(bucket.places) {
                    if *known == hash && place != FREE {
                        found(place);
                    }
                }
            }
            if bucket.places[SLOTS - 1] == FREE {
                return;
            }
            at = self.after(at);
        }
    }

    /// Room for that many more entries.
    pub fn reserve(&mut self, entries: usize) {
        let slots = (self.used + entries) * 5 / 3;
        if slots <= self.buckets.len() * SLOTS {
            return;
        }
        let buckets = (self.buckets.len() * 3 / 2).max(slots.div_ceil(SLOTS)).max(BUCKETS_MIN);
        let old = std::mem::replace(&mut self.buckets, vec![EMPTY; buckets]);
        // Counted beside the buckets: to look for the free slot of one just written would wait for the writing.
        let mut full = vec![0u8; buckets];
        for bucket in old {
            for (hash, place) in bucket.hashes.into_iter().zip(bucket.places).take_while(|(_, place)| *place != FREE) {
                let mut at = self.home(hash);
                while usize::from(full[at]) == SLOTS {
                    at = self.after(at);
                }
                let slot = usize::from(full[at]);
                full[at] += 1;
                self.buckets[at].hashes[slot] = hash;
                self.buckets[at].places[slot] = place;
            }
        }
    }

    /// Writes into the first free slot of a bucket that has one.
    fn take(&mut self, at: usize, hash: u32, place: u32) {
        let bucket = &mut self.buckets[at];
        // A count, not a search: nothing to foresee.
        let slot: usize = bucket.places.iter().map(|place| usize::from(*place != FREE)).sum();
        bucket.hashes[slot % SLOTS] = hash;
        bucket.places[slot % SLOTS] = place;
        self.used += 1;
    }

    /// Adds a place, for which there must be room, instead of the oldest when there are [`SAME_MAX`], and hands over those
    /// before it.
    pub fn insert(&mut self, hash: u32, place: u32, mut found: impl FnMut(u32)) {
        let mut at = self.home(hash);
        let (mut same, mut oldest) = (0, (FREE, 0, 0));
        loop {
            let after = self.after(at);
            let bucket = &mut self.buckets[at];
            if bucket.hashes.iter().fold(false, |any, known| any | (*known == hash)) {
                for slot in 0..SLOTS {
                    let known = bucket.places[slot];
                    if bucket.hashes[slot] == hash && known != FREE {
                        same += 1;
                        oldest = oldest.min((known, at, slot));
                        found(known);
                    }
                }
            }
            if bucket.places[SLOTS - 1] == FREE {
                break;
            }
            at = after;
        }
        if same >= SAME_MAX {
            let (_, bucket, slot) = oldest;
            self.buckets[bucket].places[slot] = place;
        } else {
            self.take(at, hash, place);
        }
    }

    pub fn memory_bytes(&self) -> usize {
        self.buckets.capacity() * size_of::<Bucket>()
    }

    fn home(&self, hash: u32) -> usize {
        // The hashes of a sketch are the smallest: they are spread before they are scaled.
        let spread = u64::from(hash.wrapping_mul(0x9e37_79b1));
        ((spread * self.buckets.len() as u64) >> 32) as usize
    }

    fn after(&self, at: usize) -> usize {
        if at + 1 == self.buckets.len() { 0 } else { at + 1 }
    }
}
