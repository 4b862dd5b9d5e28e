//! What is kept of a picture so that parts of it are known again.

use super::describe::{self, Bits, LENGTH};
use super::detect::{self, Blob};
use super::pyramid::{Octave, pyramid};
use super::shrink::{Plane, shrink};
use super::{PLACE_STEPS, Point, SIZE_STEP, SMALL_SIDE, Small, UNITS};
use crate::LikenessError;
use crate::pdq::Pixels;

/// Points kept of a picture: with 38 bytes a point, a signature of 11.4 KB and the small picture's 4.1 KB.
pub const POINTS_MAX: usize = 300;
/// Bytes of the longest signature.
pub const SIGNATURE_BYTES_MAX: usize = HEAD_BYTES + POINTS_MAX * POINT_BYTES + SMALL_SIDE * SMALL_SIDE;

/// The first byte of a signature; it grows whenever the same picture would get other points or bits.
const VERSION: u8 = 1;
/// Version, width, height, count of points, width and height of the small picture.
const HEAD_BYTES: usize = 1 + 2 + 2 + 2 + 1 + 1;
const POINT_BYTES: usize = 2 + 2 + 1 + 1 + 32;

/// Brightness is spread to this deviation (grey levels of 255) where it has less: dark pictures have blobs, too.
const DEVIATION_MIN: f32 = 32.0;
/// Beyond this, what is spread is the encoder's noise.
const GAIN_MAX: f32 = 8.0;
/// Deviation of the small picture, in grey levels, under which a picture counts as blank.
const BLANK_DEVIATION: f64 = 1.0;

/// Points of a picture and the picture in little: what is kept so that parts of it are known again.
///
/// At most [`SIGNATURE_BYTES_MAX`] bytes. The small picture, at most 64 x 64 pixels of brightness, shows roughly what the
/// picture shows: keep a signature as safe as a thumbnail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// In 64ths of a unit; the longer is 512 units.
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) points: Vec<Point>,
    pub(super) small: Small,
}

impl Signature {
    /// Finds and describes the points of a picture. Of pictures with over 2,048 pixels along a side only as many evenly spaced
    /// rows or columns are read. Colours are not looked at.
    ///
    /// # Errors
    /// When the picture is empty, over 400 million pixels, or its buffer does not fit its dimensions.
    pub fn of<'a>(image: impl Into<Pixels<'a>>) -> Result<Signature, LikenessError> {
        let image = image.into();
        let (width, height) = match image {
            Pixels::Rgb(rgb) => (rgb.width, rgb.height),
            Pixels::Luma(luma) => (luma.width, luma.height),
        };
        let plane = shrink(image, UNITS)?;
        let small = Small::of(&plane);
        let longer = width.max(height) as f32;
        let units = |pixels: u32| pixels as f32 * UNITS as f32 / longer;
        let (width, height) = (units(width), units(height));
        let mut points = Vec::new();
        let mut seconds = Vec::new();
        let octaves = pyramid(&with_contrast(plane));
        for blob in detect::detect(&octaves, POINTS_MAX) {
            let octave = &octaves[blob.octave];
            for (at, upright) in describe::orientations(octave, &blob).into_iter().enumerate() {
                let bits = describe::bits(&describe::histogram(octave, &blob, upright));
                let point = Point::new(&octaves, &blob, (width, height), upright, bits);
                if at == 0 { points.push(point) } else { seconds.push(point) }
            }
        }
        // Second directions of points come last, so they are the first to be cut off.
        points.append(&mut seconds);
        points.truncate(POINTS_MAX);
        let steps = |units: f32| ((units * PLACE_STEPS) as u16).max(1);
        Ok(Signature { width: steps(width), height: steps(height), points, small })
    }

    /// How many points were found: 0 to 300. With fewer than some twenty there is little to go by.
    pub fn points(&self) -> usize {
        self.points.len()
    }

    /// Whether the picture is of one shade, so that there is nothing to compare.
    pub fn is_blank(&self) -> bool {
        let count = self.small.values.len().max(1) as f64;
        let mean = self.small.values.iter().map(|&value| f64::from(value)).sum::<f64>() / count;
        let squares: f64 =
            self.small.values.iter().map(|&value| (f64::from(value) - mean) * (f64::from(value) - mean)).sum();
        squares < BLANK_DEVIATION * BLANK_DEVIATION * count
    }

    /// The signature of the mirror image, left and right exchanged: up to rounding what [`Signature::of`] gives for its pixels.
    #[must_use]
    pub fn mirrored(&self) -> Signature {
        let mirrored = |point: &Point| Point {
            x: self.width.saturating_sub(point.x),
            turn: 128u8.wrapping_sub(point.turn),
            bits: describe::mirrored(point.bits),
            ..*point
        };
        let rows = self.small.values.chunks_exact(usize::from(self.small.width));
        Signature {
            width: self.width,
            height: self.height,
            points: self.points.iter().map(mirrored).collect(),
            small: Small { values: rows.flat_map(|row| row.iter().rev().copied()).collect(), ..self.small },
        }
    }

    /// The signature as bytes, little-endian, the same on every machine.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEAD_BYTES + self.points.len() * POINT_BYTES + self.small.values.len());
        bytes.push(VERSION);
        for number in [self.width, self.height, self.points.len() as u16] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend([self.small.width, self.small.height]);
        for point in &self.points {
            bytes.extend(point.x.to_le_bytes());
            bytes.extend(point.y.to_le_bytes());
            bytes.extend([point.size, point.turn]);
            point.bits.iter().for_each(|word| bytes.extend(word.to_le_bytes()));
        }
        bytes.extend(&self.small.values);
        bytes
    }

    /// What [`Signature::to_bytes`] wrote.
    ///
    /// # Errors
    /// When the bytes are of another version, cut short or too long, or their numbers are out of range.
    pub fn from_bytes(bytes: &[u8]) -> Result<Signature, LikenessError> {
        let refused = || LikenessError::NotASignature {
            version: VERSION,
            found_version: bytes.first().copied(),
            found: bytes.len(),
        };
        Self::read(bytes).ok_or_else(refused)
    }

    fn read(bytes: &[u8]) -> Option<Signature> {
        let (head, rest) = bytes.split_first_chunk::<HEAD_BYTES>()?;
        let [version, w0, w1, h0, h1, n0, n1, small_width, small_height] = *head;
        let (width, height) = (u16::from_le_bytes([w0, w1]), u16::from_le_bytes([h0, h1]));
        let count = usize::from(u16::from_le_bytes([n0, n1]));
        let side_max = (UNITS as f32 * PLACE_STEPS) as u16;
        let sides = [(width, side_max), (height, side_max), (small_width.into(), 64), (small_height.into(), 64)];
        if version != VERSION || count > POINTS_MAX || sides.iter().any(|&(side, max)| side == 0 || side > max) {
            return None;
        }
        let (points, values) = rest.split_at_checked(count * POINT_BYTES)?;
        if values.len() != usize::from(small_width) * usize::from(small_height) {
            return None;
        }
        let points = points.as_chunks::<POINT_BYTES>().0.iter().map(Point::read).collect();
        let small = Small { width: small_width, height: small_height, values: values.to_vec() };
        Some(Signature { width, height, points, small })
    }
}

impl Point {
    fn new(octaves: &[Octave], blob: &Blob, (width, height): (f32, f32), upright: (f32, f32), bits: Bits) -> Point {
        let full = &octaves[0].blurred[0];
        // Pixels of the full size: those of an octave are every second of the one before.
        let pixel = (1u32 << blob.octave) as f32;
        let place = |at: f32, pixels: usize, units: f32| {
            ((at * pixel + 0.5) / pixels as f32 * units * PLACE_STEPS).round() as u16
        };
        let blur = blob.sigma() * pixel * UNITS as f32 / full.width.max(full.height) as f32;
        Point {
            x: place(blob.x, full.width, width),
            y: place(blob.y, full.height, height),
            size: steps_of(blur),
            turn: (describe::turn_of(upright.0, upright.1) * 256.0).round() as u16 as u8,
            bits,
        }
    }

    fn read(bytes: &[u8; POINT_BYTES]) -> Point {
        let [x0, x1, y0, y1, size, turn, bits @ ..] = *bytes;
        let mut words = [0; 4];
        words.iter_mut().zip(bits.as_chunks::<8>().0).for_each(|(word, &bytes)| *word = u64::from_le_bytes(bytes));
        Point { x: u16::from_le_bytes([x0, x1]), y: u16::from_le_bytes([y0, y1]), size, turn, bits: words }
    }
}

/// A blur in units as steps of a 16th of a doubling, rounded up.
fn steps_of(blur: f32) -> u8 {
    let (mut bound, mut steps) = (1.0f64, 0u8);
    while bound < f64::from(blur) && steps < u8::MAX {
        bound *= SIZE_STEP;
        steps += 1;
    }
    steps
}

impl Small {
    fn of(plane: &Plane) -> Small {
        let small = plane.fit(SMALL_SIDE);
        // At most 64, so they fit.
        let (width, height) = (small.width as u8, small.height as u8);
        Small { width, height, values: small.values.iter().map(|value| (value + 0.5) as u8).collect() }
    }
}

/// The plane with its brightness spread, if it needs that.
fn with_contrast(mut plane: Plane) -> Plane {
    let count = plane.values.len() as f64;
    let mean = plane.values.iter().map(|&value| f64::from(value)).sum::<f64>() / count;
    let squares: f64 = plane.values.iter().map(|&value| (f64::from(value) - mean) * (f64::from(value) - mean)).sum();
    let deviation = (squares / count).sqrt() as f32;
    let gain = (DEVIATION_MIN / deviation.max(f32::MIN_POSITIVE)).clamp(1.0, GAIN_MAX);
    plane.values.iter_mut().for_each(|value| *value *= gain);
    plane
}

/// A point's histogram and its bits.
type Described = ([f32; LENGTH], Bits);

/// The histograms and bits of a picture's points, to learn the mean and the words from.
///
/// # Errors
/// As [`Signature::of`].
pub fn histograms<'a>(image: impl Into<Pixels<'a>>) -> Result<Vec<Described>, LikenessError> {
    let octaves = pyramid(&with_contrast(shrink(image.into(), UNITS)?));
    let mut found = Vec::new();
    for blob in detect::detect(&octaves, POINTS_MAX) {
        for upright in describe::orientations(&octaves[blob.octave], &blob) {
            let histogram = describe::histogram(&octaves[blob.octave], &blob, upright);
            found.push((histogram, describe::bits(&histogram)));
        }
    }
    Ok(found)
}
