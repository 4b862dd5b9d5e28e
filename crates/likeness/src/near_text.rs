//! Near-duplicate text: one statement re-posted with small edits. In: folded text. Out: texts that share most word triples.
//!
//! A text is the set of its runs of three words (its shingles). How alike two texts are is the Jaccard measure: the shingles in
//! both, over those in either. [`Sketch::of`] keeps 128 bytes of a text that tell the measure to about 0.04; [`TextIndex`] finds
//! the texts that may be alike without looking at the rest; [`jaccard`] and [`containment`] say exactly, from the texts.
//!
//! The caller folds (case, spellings, marks), so that what it holds to be the same is the same here. Words are runs of letters
//! and digits; in scripts written without spaces each character is a word.
//!
//! MinHash: Broder, "On the resemblance and containment of documents", 1997. One byte a minimum: Li and König, "b-Bit Minwise
//! Hashing", WWW 2010.
//!
//! ```
//! use vedette_likeness::{Sketch, TextIndex};
//!
//! let mut posts = TextIndex::new();
//! let first = Sketch::of("the gates of port hessel open at nine and close at six on every day of the cup").expect("enough words");
//! posts.insert(1, first);
//! let again = Sketch::of("the gates of port hessel open at nine and close at six on every day of the cup lantern").expect("enough words");
//! assert_eq!(posts.similar(&again, 0.5)[0].0, 1);
//! ```

mod index;

use std::fmt;

use rustc_hash::FxHashSet;

use crate::LikenessError;

pub use index::{Similar, TextIndex};

/// Words of a shingle.
const SHINGLE_WORDS: usize = 3;
/// Under this two texts are alike by chance.
const SKETCHED_WORDS_MIN: usize = 5;
/// A magazine issue with room; words beyond are not looked at, so that a hostile text costs no more than a long one.
pub const WORDS_MAX: usize = 200_000;

/// Minima of a sketch.
const MINIMA: usize = 128;
/// The recipe of a sketch; sketches of another recipe cannot be compared.
const SKETCH_VERSION: u8 = 1;

/// The likeness of a text in 128 bytes: for each of 128 random orders of all shingles, a byte of the text's first one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sketch([u8; MINIMA]);

impl Sketch {
    /// The length of [`Sketch::to_bytes`].
    pub const BYTES: usize = MINIMA + 1;

    /// Sketches a folded text; `None` when it has fewer than 5 words. Only the first [`WORDS_MAX`] words count.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let mut minima = [u32::MAX; MINIMA];
        let mut words = 0;
        shingles(text, &mut words, |shingle| {
            // Multiply and add: two random halves give 128 orders that are independent in pairs.
            let (low, high) = (shingle as u32, (shingle >> 32) as u32);
            for (minimum, factor) in minima.iter_mut().zip(&FACTORS) {
                *minimum = (*minimum).min(low.wrapping_mul(*factor).wrapping_add(high));
            }
        });
        // Minima are small numbers that differ in their middle bits: the multiplication brings them into the top byte.
        (words >= SKETCHED_WORDS_MIN)
            .then(|| Sketch(minima.map(|minimum| (minimum.wrapping_mul(0x9e37_79b1) >> 24) as u8)))
    }

    /// The Jaccard measure of the two texts, 0 to 1, as far as the sketches tell: the standard error is at most 0.045.
    #[must_use]
    pub fn jaccard(&self, other: &Self) -> f32 {
        estimate(self.equal(other))
    }

    /// The sketch as bytes that can be stored: a version, then the sketch. They mean the same on every machine.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let mut bytes = [SKETCH_VERSION; Self::BYTES];
        bytes[1..].copy_from_slice(&self.0);
        bytes
    }

    /// Reads [`Sketch::to_bytes`].
    ///
    /// # Errors
    /// When the length or the version is another.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LikenessError> {
        match bytes {
            [SKETCH_VERSION, sketch @ ..] => sketch.try_into().ok().map(Sketch),
            _ => None,
        }
        .ok_or(LikenessError::NotASketch {
            expected: Self::BYTES,
            version: SKETCH_VERSION,
            found: bytes.len(),
        })
    }

    /// How many of the 128 bytes are the same.
    fn equal(&self, other: &Self) -> u32 {
        // Sums of one byte each: no lane can overflow, and the loop becomes vector compares.
        let equal: u8 = self.0.iter().zip(&other.0).map(|(a, b)| u8::from(a == b)).sum();
        u32::from(equal)
    }
}

impl fmt::Debug for Sketch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sketch(")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

/// The measure from how many bytes are the same; one in 256 is by chance.
fn estimate(equal: u32) -> f32 {
    let chance = 1.0 / 256.0;
    ((equal as f32 / MINIMA as f32 - chance) / (1.0 - chance)).max(0.0)
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
    shingles(text, &mut 0, |shingle| {
        set.insert(shingle);
    });
    set
}

/// Hands over the hash of each shingle and counts words. A text of one or two words is a shingle as a whole.
fn shingles(text: &str, words: &mut usize, mut each: impl FnMut(u64)) {
    let (mut before, mut last) = (0, 0);
    split(text, |word| {
        *words += 1;
        if *words >= SHINGLE_WORDS {
            each(mix(mix(before, last), word));
        }
        (before, last) = (last, word);
        *words < WORDS_MAX
    });
    if (1..SHINGLE_WORDS).contains(words) {
        each(mix(mix(before, last), 0));
    }
}

/// Hands over the hash of each word until `each` says stop.
fn split(text: &str, mut each: impl FnMut(u64) -> bool) {
    let bytes = text.as_bytes();
    let mut start = None;
    for (at, character) in text.char_indices() {
        let alone = is_written_without_spaces(character);
        if character.is_alphanumeric() && !alone {
            start = start.or(Some(at));
            continue;
        }
        if let Some(start) = start.take()
            && !each(hash(&bytes[start..at]))
        {
            return;
        }
        if alone && !each(hash(&bytes[at..at + character.len_utf8()])) {
            return;
        }
    }
    if let Some(start) = start {
        each(hash(&bytes[start..]));
    }
}

/// Thai, Lao, Myanmar, Khmer; kana and Chinese characters with their supplements.
fn is_written_without_spaces(character: char) -> bool {
    character >= '\u{e00}'
        && matches!(character, '\u{e01}'..='\u{e30}' | '\u{e32}'..='\u{e33}' | '\u{e40}'..='\u{e46}' | '\u{e81}'..='\u{eb0}'
            | '\u{eb2}'..='\u{eb3}' | '\u{ec0}'..='\u{ec6}' | '\u{1000}'..='\u{102a}' | '\u{1780}'..='\u{17b3}'
            | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
            | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The hash of a word. Part of the recipe: a change needs another [`SKETCH_VERSION`].
fn hash(word: &[u8]) -> u64 {
    let (eights, rest) = word.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let hash = eights.iter().fold(word.len() as u64, |hash, eight| mix(hash, u64::from_le_bytes(*eight)));
    mix(hash, u64::from_le_bytes(last))
}

/// Both halves of a product: every bit of the inputs reaches every bit of the result, and their order matters.
fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a ^ 0x9e37_79b9_7f4a_7c15) * u128::from(b.rotate_left(23) ^ 0xd6e8_feb8_6659_fd93);
    (product as u64 ^ (product >> 64) as u64).wrapping_add(0xa076_1d64_78bd_642f)
}

/// The multipliers of the 128 orders (splitmix64 from 1). Part of the recipe.
const FACTORS: [u32; MINIMA] = {
    let mut factors = [0; MINIMA];
    let mut state: u64 = 1;
    let mut at = 0;
    while at < MINIMA {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        factors[at] = (word ^ (word >> 31)) as u32 | 1;
        at += 1;
    }
    factors
};

#[cfg(test)]
mod tests;
