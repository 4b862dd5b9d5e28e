//! Near-duplicate text: one statement re-posted with small edits. In: folded text. Out: texts that share most word triples.
//!
//! A text is the set of its runs of three words (its shingles). How alike two texts are is the Jaccard measure: the shingles in
//! both, over those in either. [`Sketch::of`] keeps 32 bits of each shingle, of a long text only a sample; [`TextIndex`] finds
//! the texts that are alike, and those that quote a text, without looking at the rest; [`jaccard`] and [`containment`] say it
//! from the texts.
//!
//! The caller folds (case, spellings, marks), so that what it holds to be the same is the same here. Words are runs of letters
//! and digits; in scripts written without spaces each character is a word.
//!
//! The smallest of random numbers as a sample of a set: Broder, "On the resemblance and containment of documents", 1997.
//!
//! ```
//! use vedette_likeness::{Sketch, TextIndex};
//!
//! let mut posts = TextIndex::new();
//! let first = Sketch::of("the gates of port hessel open at nine and close at six on every day of the cup").expect("enough words");
//! posts.insert(1, &first);
//! let again = Sketch::of("the gates of port hessel open at nine and close at six on every day of the cup lantern").expect("enough words");
//! assert_eq!(posts.similar(&again, 0.5)[0].0, 1);
//! let quote = Sketch::of("port hessel open at nine and close at six").expect("enough words");
//! assert_eq!(posts.quoting(&quote, 0.8).matches, [(1, 1.0)]);
//! ```

mod index;
mod table;
mod words;

use std::fmt;

use rustc_hash::FxHashSet;

use crate::LikenessError;

pub use index::{Similar, TextIndex};
use words::{mix, words};

/// Words of a shingle.
const SHINGLE_WORDS: usize = 3;
/// Under this two texts are alike by chance.
const SKETCHED_WORDS_MIN: usize = 5;
/// A magazine issue with room; words beyond are not looked at, so that a hostile text costs no more than a long one.
pub const WORDS_MAX: usize = 200_000;

/// A text of no more shingles than this is kept whole.
const WHOLE_MAX: usize = 128;
/// Of a longer one, the shingles below this: every fourth, so that a quote shares some with it.
const SAMPLED_BELOW: u32 = 1 << 30;
/// Shingles that are sorted without a vector.
const SORTED_MAX: usize = 256;
/// Shingles of the longest texts; the smallest.
const SAMPLE_MAX: usize = 2_048;
/// The recipe of a sketch; sketches of another recipe cannot be compared.
const SKETCH_VERSION: u8 = 2;

/// What is kept of a text: 32 bits of each of its shingles, and of a text of more than 128 shingles about every fourth, 2,048 at
/// most. Those of a sample are the smallest, so that two samples are of the same shingles as far as both go.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Sketch {
    /// Ascending, without repetitions.
    hashes: Box<[u32]>,
    whole: bool,
}

impl Sketch {
    /// The recipe of a sketch; a text whose stored sketch is of another must be sketched again.
    pub const VERSION: u8 = SKETCH_VERSION;
    /// The most that [`Sketch::to_bytes`] gives.
    pub const BYTES_MAX: usize = 2 + SAMPLE_MAX * size_of::<u32>();

    /// Sketches a folded text; `None` when it has fewer than 5 words. Only the first [`WORDS_MAX`] words count.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let mut few = [0; SORTED_MAX];
        let mut count = 0;
        let mut many = Vec::new();
        let words = shingles(text, |shingle| {
            let hash = (shingle >> 32) as u32;
            match few.get_mut(count) {
                Some(free) => {
                    *free = hash;
                    count += 1;
                }
                None => many.push(hash),
            }
        });
        if words < SKETCHED_WORDS_MIN {
            return None;
        }
        let few = &few[..count];
        // Most texts are short: these do without a vector.
        if many.is_empty() {
            let mut sorted = [0; SORTED_MAX];
            let sorted = &mut sorted[..count];
            sort(few, sorted);
            return Some(Self::of_ascending(sorted));
        }
        many.extend_from_slice(few);
        many.sort_unstable();
        Some(Self::of_ascending(&mut many))
    }

    fn of_ascending(hashes: &mut [u32]) -> Self {
        let mut kept = 1;
        for at in 1..hashes.len() {
            let hash = hashes[at];
            // Repeated ones are written over, without a branch.
            hashes[kept] = hash;
            kept += usize::from(hash != hashes[kept - 1]);
        }
        let hashes = &hashes[..kept];
        let whole = kept <= WHOLE_MAX;
        let sampled = || hashes.partition_point(|hash| *hash < SAMPLED_BELOW).clamp(WHOLE_MAX, SAMPLE_MAX);
        Self { hashes: hashes[..if whole { kept } else { sampled() }].into(), whole }
    }

    /// The Jaccard measure of the two texts, 0 to 1: exact when both have at most 128 different shingles (and 32 bits tell those
    /// apart), otherwise with a standard error of at most 0.045.
    #[must_use]
    pub fn jaccard(&self, other: &Self) -> f32 {
        self.sample().jaccard(other.sample())
    }

    /// How much of this text stands in the other, 0 to 1, exact as for [`Sketch::jaccard`]; of a short text in a long one it is
    /// a rough estimate from the shingles that are in the long one's sample.
    #[must_use]
    pub fn contained_in(&self, other: &Self) -> f32 {
        self.sample().contained_in(other.sample())
    }

    /// The sketch as bytes that can be stored: a version, whether it is whole, the hashes. They mean the same on every machine.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let hashes = self.hashes.iter().flat_map(|hash| hash.to_le_bytes());
        [SKETCH_VERSION, self.whole.into()].into_iter().chain(hashes).collect()
    }

    /// Reads [`Sketch::to_bytes`].
    ///
    /// # Errors
    /// When the version is another or they are not what [`Sketch::to_bytes`] gives.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LikenessError> {
        let refused = || LikenessError::NotASketch {
            version: SKETCH_VERSION,
            found_version: bytes.first().copied(),
            found: bytes.len(),
        };
        let [SKETCH_VERSION, whole @ (0 | 1), hashes @ ..] = bytes else { return Err(refused()) };
        let (fours, rest) = hashes.as_chunks::<4>();
        let hashes: Box<[u32]> = fours.iter().map(|four| u32::from_le_bytes(*four)).collect();
        let lengths = if *whole == 1 { 1..=WHOLE_MAX } else { WHOLE_MAX..=SAMPLE_MAX };
        if !rest.is_empty() || !lengths.contains(&hashes.len()) || !hashes.is_sorted_by(|a, b| a < b) {
            return Err(refused());
        }
        Ok(Self { hashes, whole: *whole == 1 })
    }

    fn sample(&self) -> Sample<'_> {
        Sample { hashes: &self.hashes, whole: self.whole }
    }
}

impl fmt::Debug for Sketch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.whole { "all" } else { "a sample" };
        write!(f, "Sketch({what}:")?;
        self.hashes.iter().try_for_each(|hash| write!(f, " {hash:08x}"))?;
        f.write_str(")")
    }
}

/// A sketch, wherever its hashes are.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Sample<'a> {
    hashes: &'a [u32],
    whole: bool,
}

impl<'a> Sample<'a> {
    fn jaccard(self, other: Self) -> f32 {
        let (a, b) = self.comparable(other);
        let both = shared(a, b);
        share(both, a.len() + b.len() - both)
    }

    fn contained_in(self, other: Self) -> f32 {
        let (a, b) = self.comparable(other);
        share(shared(a, b), a.len())
    }

    fn smallest(self, most: usize) -> &'a [u32] {
        &self.hashes[..self.hashes.len().min(most)]
    }

    /// The hashes of both as far as both were kept.
    fn comparable(self, other: Self) -> (&'a [u32], &'a [u32]) {
        let below = |hashes: &'a [u32], bound: Option<u32>| match bound {
            Some(bound) => &hashes[..hashes.partition_point(|hash| *hash < bound)],
            None => hashes,
        };
        let bound =
            [self, other].into_iter().filter(|sample| !sample.whole).filter_map(|sample| sample.hashes.last()).min();
        (below(self.hashes, bound.copied()), below(other.hashes, bound.copied()))
    }
}

/// How many numbers two ascending lists share.
fn shared(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut both) = (0, 0, 0);
    // Which list goes on cannot be foreseen, so nothing branches on it.
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        both += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    both
}

/// Sorts random numbers: into 64 heaps by their first bits, then by insertion, where little is left to do.
fn sort(hashes: &[u32], sorted: &mut [u32]) {
    const HEAPS: usize = 64;
    let mut ends = [0u16; HEAPS];
    let heap = |hash: u32| (hash >> 26) as usize;
    hashes.iter().for_each(|hash| ends[heap(*hash)] += 1);
    let mut sum = 0;
    for end in &mut ends {
        sum += *end;
        *end = sum;
    }
    for hash in hashes {
        let end = &mut ends[heap(*hash)];
        *end -= 1;
        sorted[usize::from(*end)] = *hash;
    }
    for at in 1..sorted.len() {
        let hash = sorted[at];
        let mut free = at;
        while free > 0 && sorted[free - 1] > hash {
            sorted[free] = sorted[free - 1];
            free -= 1;
        }
        sorted[free] = hash;
    }
}

/// How alike two folded texts are, 0 to 1: the shingles in both over those in either. Texts without words are like nothing.
#[must_use]
pub fn jaccard(a: &str, b: &str) -> f32 {
    let (a, b) = (set(a), set(b));
    let both = a.intersection(&b).count();
    share(both, a.len() + b.len() - both)
}

/// How much of `a` stands in `b`, 0 to 1: the shingles in both over those in `a`. 1 when `b` quotes the whole of `a`.
#[must_use]
pub fn containment(a: &str, b: &str) -> f32 {
    let (a, b) = (set(a), set(b));
    share(a.intersection(&b).count(), a.len())
}

fn share(part: usize, whole: usize) -> f32 {
    if whole == 0 { 0.0 } else { part as f32 / whole as f32 }
}

fn set(text: &str) -> FxHashSet<u64> {
    let mut set = FxHashSet::default();
    shingles(text, |shingle| {
        set.insert(shingle);
    });
    set
}

/// Hands over the hash of each shingle; how many words there were. A text of one or two words is a shingle as a whole.
fn shingles(text: &str, mut each: impl FnMut(u64)) -> usize {
    let (mut before, mut last, mut count) = (0, 0, 0);
    words(text, |word| {
        count += 1;
        if count >= SHINGLE_WORDS {
            each(mix(mix(before, last), word));
        }
        (before, last) = (last, word);
        count < WORDS_MAX
    });
    if (1..SHINGLE_WORDS).contains(&count) {
        each(mix(mix(before, last), 0));
    }
    count
}

#[cfg(test)]
mod tests;
