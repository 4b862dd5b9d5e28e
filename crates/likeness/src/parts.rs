//! Which part of this picture is in that one? For what PDQ misses: crops, screenshots, added bars, turned, slanted and mirrored
//! copies, pictures within pictures.
//!
//! | part | is |
//! |---|---|
//! | [`Signature`] | up to 300 points of a picture, each with place, size, direction and 256 bits, and a picture of at most 64 x 64 |
//! | [`Signature::shared_with`] | whether two share a part, which, and how much of it looks the same |
//! | [`PartIndex`] | which of many signatures are worth comparing |
//!
//! In short: blobs are found over a scale space and described by which way brightness changes around them (`pyramid`, `detect`,
//! `describe`, after Lowe's SIFT, cut to bits); points of two pictures that look alike vote for a map from the one to the other
//! (`matching`, `place`); under that map the two small pictures must look alike, field by field (`agree`). Points alone are
//! fooled by lettering, where every "e" matches every other; fields alone by smooth skies. Together they took none of 250,000
//! pairs of strangers for shared; posters in the same letters and layout still pass for a shared part. See the README.
//!
//! Everything is computed with plain arithmetic in a fixed order, nothing is drawn by lot: the same pixels give the same
//! signature, and the same two signatures the same answer, on every machine.
//!
//! ```
//! use vedette_likeness::{Luma, PartIndex, Signature};
//!
//! // A picture with something to see in it, and the middle of it.
//! let value = |x: u32, y: u32| ((x / 16 * 37 + y / 16 * 91) * (x / 16 + 3 * (y / 16)) % 251) as u8;
//! let cut = |left: u32, top: u32, width: u32, height: u32| -> Vec<u8> {
//!     (0..width * height).map(|at| value(left + at % width, top + at / width)).collect()
//! };
//! let whole = Signature::of(Luma { width: 400, height: 320, pixels: &cut(0, 0, 400, 320) })?;
//! let middle = Signature::of(Luma { width: 240, height: 200, pixels: &cut(90, 60, 240, 200) })?;
//!
//! let mut index = PartIndex::new();
//! index.insert(7, &whole)?;
//! assert_eq!(index.candidates(&middle, 10)[0].0, 7);
//! let shared = middle.shared_with(&whole).expect("a part of it");
//! assert!(shared.of_query > 0.95 && (0.3..0.45).contains(&shared.of_known));
//! # Ok::<(), vedette_likeness::LikenessError>(())
//! ```

mod agree;
mod describe;
mod detect;
mod index;
mod matching;
mod mean;
mod place;
mod pyramid;
mod shared;
mod shrink;
mod signature;
#[cfg(test)]
mod tests;
mod words;

pub use index::{PICTURES_MAX, PartIndex};
pub use shared::{Region, Shared, SharedKind};
pub use signature::{POINTS_MAX, SIGNATURE_BYTES_MAX, Signature};

/// For the example that learns the tables of this crate; of no use to anybody else.
#[doc(hidden)]
pub mod learn {
    pub use super::signature::histograms;
}

use describe::Bits;

/// Units of the longer side: places and sizes are told as if it had this many pixels, whatever the picture's size. Pictures
/// are brought to at most so many before points are looked for.
const UNITS: usize = 512;
/// The longer side of the small picture by which a match is checked.
const SMALL_SIDE: usize = 64;
/// Steps of a place to a unit.
const PLACE_STEPS: f32 = 64.0;
/// Steps in which the size of a point doubles.
const SIZE_STEPS: i32 = 16;
/// The sixteenth root of two.
const SIZE_STEP: f64 = 1.044_273_782_427_413_8;

/// A blob with its surroundings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Point {
    /// In 64ths of a unit.
    x: u16,
    y: u16,
    /// Blur of the blob, in 16ths of a doubling from one unit.
    size: u8,
    /// In 256ths of a turn.
    turn: u8,
    bits: Bits,
}

/// The picture in little.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Small {
    /// Pixels, 1 to 64.
    width: u8,
    height: u8,
    /// Brightness, row by row.
    values: Vec<u8>,
}
