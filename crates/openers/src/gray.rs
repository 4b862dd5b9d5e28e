//! A picture prepared for text recognition: grey, of a size at which letters are read best, dark letters on light ground.

use image::imageops::FilterType;
use image::{DynamicImage, GrayImage};

use crate::limits::{GRAY_DOUBLE_BELOW_PIXELS, GRAY_PIXELS_MAX, GRAY_SIDE_MAX};

/// Part of the picture, at each edge, that is taken for its background: one twentieth.
const BORDER_PART: u32 = 20;
/// Of a hundred thousand pixels, steep steps of brightness from which letters are thought possible. A single word on a
/// poster of 1000 x 1000 has about 300.
const STEPS_FOR_TEXT_MIN: u64 = 40;
/// Difference of brightness between neighbours that counts as steep, after the contrast is spread.
const STEEP: u8 = 40;

/// Eight-bit grey pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Gray {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `width * height` bytes, rows from the top.
    pub pixels: Vec<u8>,
    /// The background was dark and the picture was inverted.
    pub inverted: bool,
    /// Size relative to the picture it was made from.
    pub scale: f32,
}

/// Prepares `image`; also says whether it has edges enough for letters.
pub fn prepare(image: &DynamicImage) -> (Gray, bool) {
    let (from_width, scaled) = (image.width(), scale(image));
    let mut gray = scaled.into_luma8();
    let inverted = has_dark_ground(&gray);
    let map = spread(&histogram(gray.as_raw().iter()), inverted);
    gray.iter_mut().for_each(|value| *value = map[usize::from(*value)]);
    let text_likely = is_text_likely(&gray);
    let (width, height) = gray.dimensions();
    let scale = width as f32 / from_width as f32;
    (Gray { width, height, pixels: gray.into_raw(), inverted, scale }, text_likely)
}

fn scale(image: &DynamicImage) -> DynamicImage {
    let (width, height) = (image.width(), image.height());
    let pixels = u64::from(width) * u64::from(height);
    if pixels < GRAY_DOUBLE_BELOW_PIXELS && width.max(height) <= GRAY_SIDE_MAX / 2 {
        let gray = DynamicImage::ImageLuma8(image.to_luma8());
        return gray.resize_exact(width * 2, height * 2, FilterType::CatmullRom);
    }
    let shrink =
        (GRAY_PIXELS_MAX as f64 / pixels as f64).sqrt().min(f64::from(GRAY_SIDE_MAX) / f64::from(width.max(height)));
    if shrink >= 1.0 {
        return DynamicImage::ImageLuma8(image.to_luma8());
    }
    let shrunk = |side: u32| ((f64::from(side) * shrink) as u32).max(1);
    image.thumbnail_exact(shrunk(width), shrunk(height)).grayscale()
}

fn histogram<'a>(values: impl Iterator<Item = &'a u8>) -> [u64; 256] {
    let mut counts = [0; 256];
    values.for_each(|&value| counts[usize::from(value)] += 1);
    counts
}

/// Otsu's threshold (IEEE Trans. SMC 9(1), 1979): the value that best parts the counts into dark and light.
fn otsu(counts: &[u64; 256]) -> u8 {
    let total: u64 = counts.iter().sum();
    let sum: f64 = counts.iter().enumerate().map(|(value, &count)| value as f64 * count as f64).sum();
    let (mut best, mut threshold) = (-1.0, 127u8);
    let (mut below, mut sum_below) = (0u64, 0.0);
    for value in 0..=254u8 {
        let count = counts[usize::from(value)];
        below += count;
        sum_below += f64::from(value) * count as f64;
        let above = total - below;
        if below == 0 || above == 0 {
            continue;
        }
        let apart = sum_below / below as f64 - (sum - sum_below) / above as f64;
        let between = below as f64 * above as f64 * apart * apart;
        if between > best {
            (best, threshold) = (between, value);
        }
    }
    threshold
}

/// Whether most of the border is darker than the threshold of the whole picture.
fn has_dark_ground(gray: &GrayImage) -> bool {
    let (width, height) = gray.dimensions();
    let (at_side, at_top) = ((width / BORDER_PART).max(1), (height / BORDER_PART).max(1));
    let threshold = otsu(&histogram(gray.as_raw().iter()));
    let (mut dark, mut all) = (0u64, 0u64);
    for (y, row) in gray.as_raw().chunks_exact(width.max(1) as usize).enumerate() {
        let whole = (y as u32) < at_top || (y as u32) >= height.saturating_sub(at_top);
        let edge = if whole { row.len() } else { at_side as usize };
        let ends = row.iter().take(edge).chain(row.iter().rev().take(if whole { 0 } else { edge }));
        for &value in ends {
            dark += u64::from(value <= threshold);
            all += 1;
        }
    }
    dark * 2 > all
}

/// A table that spreads the middle 99 of 100 values over the whole range, and inverts when asked.
fn spread(counts: &[u64; 256], invert: bool) -> [u8; 256] {
    let total: u64 = counts.iter().sum();
    let at = |share: u64| {
        let mut seen = 0;
        counts.iter().position(|&count| {
            seen += count;
            seen * 200 >= total * share
        })
    };
    let low = at(1).unwrap_or(0) as i32;
    let high = (at(199).unwrap_or(255) as i32).max(low + 1);
    let mut map = [0u8; 256];
    for (value, to) in map.iter_mut().enumerate() {
        let spread = ((value as i32 - low) * 255 / (high - low)).clamp(0, 255);
        *to = u8::try_from(if invert { 255 - spread } else { spread }).unwrap_or(u8::MAX);
    }
    map
}

fn is_text_likely(gray: &GrayImage) -> bool {
    let width = gray.width().max(1) as usize;
    let steps: u64 = gray
        .as_raw()
        .chunks_exact(width)
        .map(|row| row.windows(3).filter(|near| matches!(near, [a, _, b] if a.abs_diff(*b) >= STEEP)).count() as u64)
        .sum();
    steps * 100_000 >= gray.as_raw().len() as u64 * STEPS_FOR_TEXT_MIN
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Luma, Rgb, RgbImage};

    fn bars(width: u32, height: u32, ground: u8, ink: u8) -> DynamicImage {
        DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| {
            let inside = x > width / 5 && x < width * 4 / 5 && y > height / 3 && y < height * 2 / 3;
            Rgb([if inside && x % 10 < 4 { ink } else { ground }; 3])
        }))
    }

    #[test]
    fn light_letters_on_dark_ground_are_turned_dark_on_light() {
        for (ground, ink, inverted) in [(20, 230, true), (230, 20, false), (90, 140, true)] {
            let (gray, text_likely) = prepare(&bars(900, 900, ground, ink));
            assert_eq!(gray.inverted, inverted);
            assert_eq!((gray.pixels[0], text_likely), (255, true), "ground {ground}");
            assert!(gray.pixels.contains(&0));
        }
    }

    #[test]
    fn small_pictures_are_doubled_and_huge_ones_shrunk() {
        let (gray, _) = prepare(&bars(300, 200, 0, 255));
        assert_eq!((gray.width, gray.height, gray.scale), (600, 400, 2.0));
        let (gray, _) = prepare(&DynamicImage::ImageLuma8(GrayImage::from_pixel(6_000, 4_000, Luma([7]))));
        assert!(u64::from(gray.width) * u64::from(gray.height) <= GRAY_PIXELS_MAX);
        assert_eq!(gray.pixels.len(), gray.width as usize * gray.height as usize);
    }

    #[test]
    fn a_flat_picture_has_no_text() {
        let flat = DynamicImage::ImageLuma8(GrayImage::from_pixel(800, 800, Luma([90])));
        assert!(!prepare(&flat).1);
        let slope = DynamicImage::ImageLuma8(GrayImage::from_fn(1_000, 800, |x, _| Luma([(x / 4) as u8])));
        assert!(!prepare(&slope).1);
    }

    #[test]
    fn a_line_one_pixel_high_is_prepared() {
        let (gray, _) = prepare(&DynamicImage::ImageLuma8(GrayImage::new(70_000, 1)));
        assert!(gray.width <= GRAY_SIDE_MAX && gray.height >= 1);
    }
}
