//! A line of text cut out of a picture: straightened, of one height, dark letters on light ground, evenly lit.

use vedette_detect::{Pixels, TextLine};

use super::ground;
use crate::GrayImage;

/// Pixels of a strip between its margins: the recogniser's network sees 36, and shrinks better than it enlarges.
const HEIGHT: u32 = 60;
/// White pixels around a strip; the recogniser finds no letters that touch the edge.
const MARGIN: u32 = 12;
/// Longest strip in pixels; a line of 200 letters has 6,000.
const WIDTH_MAX: u32 = 8_000;
/// Pixels of the picture, in each direction, that one of the strip takes the mean of, at least.
const MEAN_OVER: f32 = 1.3;
/// Columns over which light is evened out, in heights of the strip.
const EVEN_OVER: f32 = 2.5;
/// Difference of brightness below which a stretch has no letters and is not stretched further.
const CONTRAST_MIN: f32 = 24.0;

/// How a strip is prepared; lines that one way does not read are tried in others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// As it should be: evenly lit, dark on light as far as can be told.
    Usual,
    /// The ground taken away: what is wider than a stroke of a letter.
    Ground,
    /// The same with light and dark exchanged.
    GroundExchanged,
    /// The same, read without looking for a line in it: a restless ground hides where the line is.
    Whole,
    /// Light and dark exchanged: what surrounds outlined letters looks like ground.
    Exchanged,
    /// Cut closer and larger: for letters that fill little of their box.
    Closer,
    /// Black and white only: takes away grain and faint grounds.
    TwoTone,
}

/// A strip, and how to get from its pixels to those of the picture.
#[derive(Debug, Clone)]
pub struct Strip {
    pub image: GrayImage,
    line: TextLine,
    /// Pixels of the picture for one of the strip.
    scale: f32,
}

impl Strip {
    /// Cuts `line` out of `picture`.
    pub fn cut(picture: &GrayImage, line: &TextLine, way: Way) -> Self {
        let line = match way {
            Way::Closer => TextLine { thickness: line.thickness * 0.8, ..*line },
            _ => *line,
        };
        let (width, scale) = size(&line);
        let plain = sampled(picture, &line, width, scale);
        let mut values = plain.clone();
        even_out(&mut values, width as usize, (0.03, 0.97));
        let is_exchanged = matches!(way, Way::Exchanged | Way::GroundExchanged);
        let dark_on_light = is_dark_on_light(&values, width as usize) != is_exchanged;
        if matches!(way, Way::Ground | Way::GroundExchanged) {
            values = ground::without(&plain, width as usize, dark_on_light);
        } else if !dark_on_light {
            values.iter_mut().for_each(|value| *value = 255.0 - *value);
        }
        // Most of a strip is ground: from its middle on it becomes white, grain and all.
        even_out(&mut values, width as usize, (0.02, 0.7));
        if way == Way::TwoTone {
            let threshold = otsu(&values);
            values.iter_mut().for_each(|value| *value = if *value > threshold { 255.0 } else { 0.0 });
        }
        Self { image: with_margin(&values, width), line, scale }
    }

    /// Cuts `line` out of `picture` and leaves its light as it is.
    pub fn plain(picture: &GrayImage, line: &TextLine) -> GrayImage {
        let (width, scale) = size(line);
        let pixels = sampled(picture, line, width, scale).into_iter().map(|value| value as u8).collect();
        GrayImage { width, height: HEIGHT, pixels }
    }

    /// A box of the strip (left, top, width, height) as where it begins and ends along the line, and as a box of the picture: left,
    /// top, right, bottom.
    pub fn place(&self, [left, top, width, height]: [i64; 4]) -> ((f32, f32), [f32; 4]) {
        let pixels = |place: i64, side: f32| (place - i64::from(MARGIN)) as f32 * self.scale - side / 2.0;
        let span = (pixels(left, self.line.length), pixels(left + width, self.line.length));
        let across = (pixels(top, self.line.thickness), pixels(top + height, self.line.thickness));
        (span, self.line.bounds_of(span, across))
    }
}

/// Width of the strip of `line`, and pixels of the picture for one of it.
fn size(line: &TextLine) -> (u32, f32) {
    let scale = (line.thickness / HEIGHT as f32).max(line.length / WIDTH_MAX as f32).max(0.01);
    (((line.length / scale) as u32).clamp(1, WIDTH_MAX), scale)
}

/// The line's pixels, straight, `width` x [`HEIGHT`]; each is the mean over at least [`MEAN_OVER`] of the picture's, which takes
/// grain away.
fn sampled(picture: &GrayImage, line: &TextLine, width: u32, scale: f32) -> Vec<f32> {
    let Some(pixels) = Pixels::new(picture.width, picture.height, &picture.pixels) else { return Vec::new() };
    let over = scale.max(MEAN_OVER);
    let samples = (over.ceil() as u32 + 1).clamp(2, 5);
    let mut values = Vec::with_capacity((width * HEIGHT) as usize);
    for y in 0..HEIGHT {
        for x in 0..width {
            let along = (x as f32 + 0.5) * scale - line.length / 2.0;
            let across = (y as f32 + 0.5) * scale - line.thickness / 2.0;
            let mut sum = 0.0;
            for sub in 0..samples * samples {
                let off = |sub: u32| ((sub as f32 + 0.5) / samples as f32 - 0.5) * over;
                let (px, py) = line.point(along + off(sub % samples), across + off(sub / samples));
                sum += pixels.between(px - 0.5, py - 0.5);
            }
            values.push(sum / (samples * samples) as f32);
        }
    }
    values
}

/// Spreads contrast from stretch to stretch: what is dark and light there becomes 0 and 255.
fn even_out(values: &mut [f32], width: usize, (dark, light): (f32, f32)) {
    let stretch = (HEIGHT as f32 * EVEN_OVER) as usize;
    let count = (width / stretch).max(1);
    let limits: Vec<(f32, f32)> = (0..count)
        .map(|number| {
            let (from, to) = (number * width / count, (number + 1) * width / count);
            let mut inside: Vec<f32> =
                values.chunks_exact(width).flat_map(|row| row[from..to].iter().copied()).collect();
            inside.sort_by(f32::total_cmp);
            let at = |share: f32| inside.get((inside.len() as f32 * share) as usize).copied().unwrap_or_default();
            (at(dark), at(light))
        })
        .collect();
    for row in values.chunks_exact_mut(width) {
        for (x, value) in row.iter_mut().enumerate() {
            // Between the middles of two stretches both count.
            let place = ((x as f32 + 0.5) / width as f32 * count as f32 - 0.5).clamp(0.0, count as f32 - 1.0);
            let (before, share) = (place as usize, place.fract());
            let (low, high) = limits[before];
            let (next_low, next_high) = limits[(before + 1).min(count - 1)];
            let low = low + (next_low - low) * share;
            let high = (high + (next_high - high) * share).max(low + CONTRAST_MIN);
            *value = ((*value - low) / (high - low) * 255.0).clamp(0.0, 255.0);
        }
    }
}

/// Whether the letters are darker than the ground: the strip's edge is mostly ground.
fn is_dark_on_light(values: &[f32], width: usize) -> bool {
    let threshold = otsu(values);
    let edge = (HEIGHT / 14).max(1) as usize;
    let rows = values.len() / width.max(1);
    let edges = values.chunks_exact(width).enumerate().filter(|(y, _)| *y < edge || *y + edge >= rows);
    let (light, all) = edges
        .flat_map(|(_, row)| row)
        .fold((0u32, 0u32), |(light, all), value| (light + u32::from(*value > threshold), all + 1));
    light * 2 >= all
}

/// Otsu's threshold over 64 steps (IEEE Trans. SMC 9(1), 1979).
fn otsu(values: &[f32]) -> f32 {
    let mut counts = [0u32; 64];
    values.iter().for_each(|value| counts[((*value / 4.0) as usize).min(63)] += 1);
    let total = values.len() as f32;
    let sum: f32 = counts.iter().enumerate().map(|(step, count)| step as f32 * *count as f32).sum();
    let (mut best, mut threshold, mut below, mut sum_below) = (-1.0, 32.0, 0.0, 0.0);
    for (step, count) in counts.iter().enumerate() {
        below += *count as f32;
        sum_below += step as f32 * *count as f32;
        let above = total - below;
        if below > 0.0 && above > 0.0 {
            let apart = sum_below / below - (sum - sum_below) / above;
            let between = below * above * apart * apart;
            if between > best {
                (best, threshold) = (between, step as f32 + 1.0);
            }
        }
    }
    threshold * 4.0
}

fn with_margin(values: &[f32], width: u32) -> GrayImage {
    let (wide, high) = (width + 2 * MARGIN, HEIGHT + 2 * MARGIN);
    let mut pixels = vec![255u8; (wide * high) as usize];
    for (y, row) in values.chunks_exact(width.max(1) as usize).enumerate() {
        let start = (y + MARGIN as usize) * wide as usize + MARGIN as usize;
        pixels.iter_mut().skip(start).zip(row).for_each(|(pixel, value)| *pixel = *value as u8);
    }
    GrayImage { width: wide, height: high, pixels }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bars like letters along a slanted line, `ink` on `ground`, lit unevenly.
    fn barred(ground: u8, ink: u8, line: &TextLine) -> GrayImage {
        let (width, height) = (600u32, 300u32);
        let pixel = |index: u32| {
            let (x, y) = ((index % width) as f32, (index / width) as f32);
            let (sin, cos) = line.slant.sin_cos();
            let (dx, dy) = (x - line.middle.0, y - line.middle.1);
            let (along, across) = (dx * cos + dy * sin, dy * cos - dx * sin);
            let inside = across.abs() < line.thickness * 0.25 && along.abs() < line.length * 0.45;
            let value = if inside && (along / 6.0).floor() as i32 % 2 == 0 { ink } else { ground };
            (f32::from(value) * (0.7 + 0.3 * x / width as f32)) as u8
        };
        GrayImage { width, height, pixels: (0..width * height).map(pixel).collect() }
    }

    #[test]
    fn letters_come_out_dark_on_light_and_straight() {
        let line =
            TextLine { middle: (300.0, 150.0), slant: 0.12, length: 400.0, thickness: 40.0, bend: 0.0, score: 1.0 };
        for (ground, ink) in [(40, 220), (220, 40), (110, 160)] {
            let strip = Strip::cut(&barred(ground, ink, &line), &line, Way::Usual);
            let row = |y: u32| {
                let start = (y * strip.image.width) as usize;
                let row = &strip.image.pixels[start..start + strip.image.width as usize];
                row.iter().map(|value| u32::from(*value)).sum::<u32>() / strip.image.width
            };
            assert!(row(MARGIN + 4) > 215, "ground of {ground} {ink}: {}", row(MARGIN + 4));
            assert!(row(MARGIN + HEIGHT / 2) < 170, "letters of {ground} {ink}: {}", row(MARGIN + HEIGHT / 2));
        }
    }

    #[test]
    fn a_box_of_the_strip_is_found_in_the_picture() {
        let line =
            TextLine { middle: (300.0, 150.0), slant: 0.0, length: 400.0, thickness: 30.0, bend: 0.0, score: 1.0 };
        let strip = Strip::cut(&barred(0, 255, &line), &line, Way::Usual);
        let (_, [left, top, right, bottom]) =
            strip.place([i64::from(MARGIN), i64::from(MARGIN), i64::from(strip.image.width - 2 * MARGIN), 60]);
        assert!((left - 100.0).abs() < 2.0 && (right - 500.0).abs() < 2.0, "{left} {right}");
        assert!((top - 135.0).abs() < 2.0 && (bottom - 165.0).abs() < 2.0, "{top} {bottom}");
    }
}
