//! PDQ: the picture hash that platforms exchange. In: pixels. Out: 256 bits that survive recompression, scaling and small edits.
//!
//! The result is the one that Meta's C++ reference gives for the same pixels, bit for bit, with its quality: float32 luma, two
//! passes of a box filter along both axes (a tent), 64 x 64 samples, the 16 x 16 low frequencies of a cosine transform, one bit
//! for each above their median. Pictures over 512 pixels in either direction are first resized to 512 x 512 by nearest
//! neighbour, as the reference's hasher does with files.
//!
//! Two hashes within 31 bits are taken for the same picture. A hash of quality under 50 says too little to be matched on.
//! Algorithm: "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", Meta, 2019.

mod dct;
mod filter;
mod hash;
mod machine;
mod source;

use crate::LikenessError;
use source::Source;

pub use hash::PdqHash;
pub use machine::Machine;

/// The reference's hasher resizes a picture that is larger than this in either direction.
const RESIZE_SIDE: usize = 512;
/// Under this the reference answers with no bits and quality 0.
const HASHABLE_SIDE_MIN: usize = 5;
/// What a phone camera takes, with room; the buffer is the caller's, only 512 x 512 of it are read.
const PIXELS_MAX: u64 = 400_000_000;
/// [`pdq_unresized`] reads every pixel.
const PIXELS_UNRESIZED_MAX: u64 = 16_000_000;

/// Pixels as red, green, blue bytes, rows from the top, without padding.
#[derive(Debug, Clone, Copy)]
pub struct Rgb<'a> {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `width * height * 3` bytes.
    pub pixels: &'a [u8],
}

/// Pixels as one byte of brightness, rows from the top, without padding.
#[derive(Debug, Clone, Copy)]
pub struct Luma<'a> {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// `width * height` bytes.
    pub pixels: &'a [u8],
}

/// A picture as [`pdq`] takes it; made from [`Rgb`] or [`Luma`].
#[derive(Debug, Clone, Copy)]
pub enum Pixels<'a> {
    /// Three bytes a pixel.
    Rgb(Rgb<'a>),
    /// One byte a pixel.
    Luma(Luma<'a>),
}

impl<'a> From<Rgb<'a>> for Pixels<'a> {
    fn from(image: Rgb<'a>) -> Self {
        Pixels::Rgb(image)
    }
}

impl<'a> From<Luma<'a>> for Pixels<'a> {
    fn from(image: Luma<'a>) -> Self {
        Pixels::Luma(image)
    }
}

/// A picture's hash and how much there was to hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pdq {
    /// The 256 bits.
    pub hash: PdqHash,
    /// 0 (flat) to 100; the usual rule matches only on 50 and more.
    pub quality: u8,
}

/// Hashes a picture as Meta's hasher does.
///
/// A picture under 5 pixels in either direction gets the reference's answer: no bits, quality 0.
///
/// # Errors
/// When the picture is empty, over 400 million pixels, or its buffer does not fit its dimensions.
pub fn pdq<'a>(image: impl Into<Pixels<'a>>) -> Result<Pdq, LikenessError> {
    pdq_on(Machine::best(), image)
}

/// [`pdq`] with vector instructions of one's choice, to measure and to compare: the result is the same on all.
///
/// # Errors
/// As [`pdq`].
pub fn pdq_on<'a>(machine: Machine, image: impl Into<Pixels<'a>>) -> Result<Pdq, LikenessError> {
    let image = Checked::new(image.into(), PIXELS_MAX)?;
    Ok(image.resized(machine).map_or(NOTHING, |seen| seen.pdq()))
}

/// The hashes of a picture and of its rotations and mirror images, from one transform, in Meta's order: as it is, rotated by 90,
/// 180 and 270 degrees, flipped along x, along y, along the diagonal, along the other diagonal.
///
/// # Errors
/// As [`pdq`].
pub fn pdq_dihedral<'a>(image: impl Into<Pixels<'a>>) -> Result<[PdqHash; 8], LikenessError> {
    pdq_with_dihedral(image).map(|(_, hashes)| hashes)
}

/// [`pdq`] and [`pdq_dihedral`] for the price of one; the first of the eight is the hash itself.
///
/// # Errors
/// As [`pdq`].
pub fn pdq_with_dihedral<'a>(image: impl Into<Pixels<'a>>) -> Result<(Pdq, [PdqHash; 8]), LikenessError> {
    let image = Checked::new(image.into(), PIXELS_MAX)?;
    let seen = image.resized(Machine::best());
    Ok(seen.map_or((NOTHING, [NOTHING.hash; 8]), |seen| (seen.pdq(), dct::dihedral(&seen.frequencies))))
}

/// Hashes every pixel, without the step down to 512 x 512: what some bindings of the reference compute. It is some bits away
/// from [`pdq`] on larger pictures, so use it only to compare with hashes that were made that way.
///
/// # Errors
/// As [`pdq`], and from 16 million pixels on.
pub fn pdq_unresized<'a>(image: impl Into<Pixels<'a>>) -> Result<Pdq, LikenessError> {
    pdq_unresized_on(Machine::best(), image)
}

/// [`pdq_unresized`] with vector instructions of one's choice.
///
/// # Errors
/// As [`pdq_unresized`].
pub fn pdq_unresized_on<'a>(machine: Machine, image: impl Into<Pixels<'a>>) -> Result<Pdq, LikenessError> {
    let image = Checked::new(image.into(), PIXELS_UNRESIZED_MAX)?;
    Ok(image.seen(machine, image.width, image.height).map_or(NOTHING, |seen| seen.pdq()))
}

const NOTHING: Pdq = Pdq { hash: PdqHash([0; 32]), quality: 0 };

/// What is left of a picture after filter and transform.
struct Seen {
    frequencies: [[f32; 16]; 16],
    quality: u8,
}

impl Seen {
    fn pdq(&self) -> Pdq {
        Pdq { hash: dct::to_bits(&self.frequencies), quality: self.quality }
    }
}

/// A picture whose buffer is as long as its dimensions say.
pub(crate) struct Checked<'a> {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) channels: usize,
    pub(crate) pixels: &'a [u8],
}

impl<'a> Checked<'a> {
    pub(crate) fn new(image: Pixels<'a>, pixels_max: u64) -> Result<Self, LikenessError> {
        let (width, height, channels, pixels) = match image {
            Pixels::Rgb(rgb) => (rgb.width, rgb.height, 3, rgb.pixels),
            Pixels::Luma(luma) => (luma.width, luma.height, 1, luma.pixels),
        };
        let count = u64::from(width) * u64::from(height);
        if count == 0 {
            return Err(LikenessError::EmptyPicture { width, height });
        }
        if count > pixels_max {
            return Err(LikenessError::PictureTooLarge { width, height, pixels_max });
        }
        let (expected, found) = (count * channels, pixels.len() as u64);
        if expected != found {
            return Err(LikenessError::WrongBufferLength { expected, found });
        }
        Ok(Checked { width: width as usize, height: height as usize, channels: channels as usize, pixels })
    }

    fn resized(&self, machine: Machine) -> Option<Seen> {
        if self.width > RESIZE_SIDE || self.height > RESIZE_SIDE {
            // Both sides, whatever the shape: the reference does not keep the aspect ratio.
            self.seen(machine, RESIZE_SIDE, RESIZE_SIDE)
        } else {
            self.seen(machine, self.width, self.height)
        }
    }

    /// Filter, samples and transform of the picture seen as `columns` x `rows`; `None` when that is too small to hash.
    fn seen(&self, machine: Machine, columns: usize, rows: usize) -> Option<Seen> {
        if columns < HASHABLE_SIDE_MIN || rows < HASHABLE_SIDE_MIN {
            return None;
        }
        let source = Source::new((self.width, self.height), self.channels, self.pixels, (columns, rows));
        let samples = machine.run(filter::Sample(&source));
        let frequencies = machine.run(dct::Transform(&samples));
        Some(Seen { frequencies, quality: machine.run(filter::Quality(&samples)) })
    }
}
