//! Was this seen before? Nearly the same picture, nearly the same text, and the families that they form.
//!
//! | question | module |
//! |---|---|
//! | what is the fingerprint of this picture? | [`pdq`](mod@pdq): the PDQ hash as Meta's reference computes it, and its eight rotations and flips |
//! | which known pictures are within 31 bits of it? | [`hamming`]: an exact index that grows and shrinks, in memory or on disk |
//! | which part of this picture is in that one? | [`parts`]: points and a small picture, for crops, screenshots, mirrored and slanted copies |
//! | which known texts share most of their word triples with this one? | [`near_text`]: MinHash sketches and an index |
//! | which items belong together? | [`families`]: the smallest member names the family |
//! | and which do not, whatever they look like? | [`Partings`]: what people said |
//!
//! Architecture invariant: nothing here decodes a file, reads a clock, or starts a thread, and only [`HashStore`](hamming::HashStore)
//! touches a disk. Pixels and folded text come in, numbers go out, and the same input gives the same output on every machine.
//!
//! ```
//! use vedette_likeness::{HashIndex, Rgb, pdq};
//!
//! let pixels: Vec<u8> = (0..64 * 48u32).flat_map(|i| [(i % 64 * 4) as u8, (i / 64 * 5) as u8, 90]).collect();
//! let seen = pdq(Rgb { width: 64, height: 48, pixels: &pixels })?;
//!
//! let mut known = HashIndex::new();
//! known.insert(7, seen.hash);
//! assert_eq!(known.within(&seen.hash, 31), [(7, 0)]);
//! # Ok::<(), vedette_likeness::LikenessError>(())
//! ```

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExamples;

mod error;
pub mod families;
pub mod hamming;
pub mod near_text;
mod partings;
pub mod parts;
pub mod pdq;

pub use error::LikenessError;
pub use families::Families;
pub use hamming::HashIndex;
pub use near_text::{Similar, Sketch, TextIndex};
pub use partings::Partings;
pub use parts::{PartIndex, Shared, SharedKind, Signature};
pub use pdq::{
    Luma, Machine, Pdq, PdqHash, Pixels, Rgb, pdq, pdq_dihedral, pdq_on, pdq_unresized, pdq_unresized_on,
    pdq_with_dihedral,
};
