//! Where the lines of text stand in a picture. In: grey pixels. Out: lines with place, slant, bend and score, words of one line
//! joined. A neural detector (PP-OCR, ONNX), run in process on pixels that a sandboxed child has decoded. Its sister
//! [`LineReader`] reads a line of Latin letters.
//!
//! The network marks the core of each line; [`map`] turns the marks into lines after Liao et al., *Real-time scene text
//! detection with differentiable binarization* (AAAI 2020), with a parabola in place of a rectangle so that bent lines can be
//! straightened.
//!
//! ```no_run
//! use vedette_detect::{Detector, Pixels};
//! let detector = Detector::load(std::fs::read("text-detector.onnx")?, 1)?;
//! let gray = vec![255u8; 640 * 480];
//! for line in detector.lines(Pixels::new(640, 480, &gray).expect("640 x 480 bytes"))? {
//!     println!("{:?} {} x {} pixels", line.middle, line.length, line.thickness);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod geometry;
mod join;
mod letters;
mod map;

use std::sync::Arc;

use rten::{Model, ModelOptions, RunOptions, ThreadPool};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;

pub use geometry::TextLine;
pub use letters::{Letter, LineReader};
use map::ScoreMap;

/// Longer side in pixels of what the network sees; its cost grows with the square (0.8 CPU-seconds at 960).
const SIDE: u32 = 960;
/// Sides must be multiples of this: the network halves its picture five times.
const STEP: u32 = 32;
/// Lines thinner than this many pixels, as the network saw them, are looked at again at twice the size.
const THIN_PIXELS: f32 = 13.0;
/// Pictures whose longer side has fewer pixels than this gain nothing from a second look.
const SECOND_LOOK_SIDE_MIN: u32 = 1_400;
/// Share by which tiles of the second look overlap, so that a line cut by one is whole in the next.
const OVERLAP: f32 = 0.15;
/// Lines that are kept; a dense page has 150.
const LINES_MAX: usize = 400;
/// Mean and deviation that the network was trained with (ImageNet).
const MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const DEVIATION: [f32; 3] = [0.229, 0.224, 0.225];

/// Why nothing was detected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DetectError {
    /// The file is no model that can be run.
    #[error("the text detector's model cannot be loaded: {0}")]
    Model(String),
    /// The model runs and answers something else than a map.
    #[error("the text detector does not answer as expected: {0}")]
    Answer(String),
}

/// Eight-bit grey pixels, rows from the top.
#[derive(Debug, Clone, Copy)]
pub struct Pixels<'a> {
    width: u32,
    height: u32,
    gray: &'a [u8],
}

impl<'a> Pixels<'a> {
    /// `None` when `gray` is not `width * height` bytes or there is no pixel.
    pub fn new(width: u32, height: u32, gray: &'a [u8]) -> Option<Self> {
        let fits = width > 0 && height > 0 && gray.len() as u64 == u64::from(width) * u64::from(height);
        fits.then_some(Self { width, height, gray })
    }

    /// Brightness at a place between four pixels, whose middles have whole numbers; beyond the edge the last ones go on.
    pub fn between(&self, x: f32, y: f32) -> f32 {
        let (left, top) = (x.floor(), y.floor());
        let (u, v) = (x - left, y - top);
        let at = |x: f32, y: f32| {
            let x = (x.max(0.0) as usize).min(self.width as usize - 1);
            let y = (y.max(0.0) as usize).min(self.height as usize - 1);
            f32::from(self.gray.get(y * self.width as usize + x).copied().unwrap_or(255))
        };
        let row = |y: f32| at(left, y) + (at(left + 1.0, y) - at(left, y)) * u;
        row(top) + (row(top + 1.0) - row(top)) * v
    }
}

/// A part of a picture and the size at which it is looked at.
#[derive(Debug, Clone, Copy)]
struct Window {
    left: f32,
    top: f32,
    /// Pixels of the picture for one of the network's.
    scale: f32,
    width: u32,
    height: u32,
}

/// A loaded detector.
pub struct Detector {
    model: Model,
    pool: Arc<ThreadPool>,
}

impl std::fmt::Debug for Detector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Detector").finish_non_exhaustive()
    }
}

impl Detector {
    /// Loads an ONNX model whose SHA-256 the caller has checked; it runs on at most `threads` threads.
    ///
    /// # Errors
    /// [`DetectError::Model`] when it is none.
    pub fn load(model: Vec<u8>, threads: usize) -> Result<Self, DetectError> {
        let model = loaded(model)?;
        Ok(Self { model, pool: Arc::new(ThreadPool::with_num_threads(threads.max(1))) })
    }

    /// The lines of text in `picture`, from the top; places and sizes in its pixels. Large pictures with thin lines are looked
    /// at a second time in tiles.
    ///
    /// # Errors
    /// [`DetectError::Answer`] when the model is no detector.
    pub fn lines(&self, picture: Pixels<'_>) -> Result<Vec<TextLine>, DetectError> {
        let longer = picture.width.max(picture.height);
        let scale = (longer as f32 / SIDE as f32).max(1.0);
        let mut found = self.look(picture, window(picture, 0.0, 0.0, scale))?;
        let is_thin = |line: &TextLine| line.thickness / scale < THIN_PIXELS;
        if longer >= SECOND_LOOK_SIDE_MIN && (found.is_empty() || found.iter().any(is_thin)) {
            let mut closer = Vec::new();
            for tile in tiles(picture, scale / 2.0) {
                closer.extend(self.look(picture, tile)?);
            }
            found = join::replaced(found, closer, THIN_PIXELS * scale);
        }
        let mut lines = join::joined(found);
        lines.sort_by(|a, b| b.score.total_cmp(&a.score));
        lines.truncate(LINES_MAX);
        lines.sort_by(|a, b| a.middle.1.total_cmp(&b.middle.1));
        Ok(lines)
    }

    fn look(&self, picture: Pixels<'_>, window: Window) -> Result<Vec<TextLine>, DetectError> {
        let answer = |error: String| DetectError::Answer(error);
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.pool)));
        let value = self
            .model
            .run_one(input(picture, window).into(), Some(options))
            .map_err(|error| answer(error.to_string()))?;
        let map: NdTensor<f32, 4> = value.try_into().map_err(|_| answer("not a map of numbers".to_owned()))?;
        let [_, _, height, width] = map.shape();
        if (width, height) != (window.width as usize, window.height as usize) {
            return Err(answer(format!("a map of {width} x {height}")));
        }
        let lines = map::lines(&ScoreMap { width, height, scores: map.to_vec() });
        Ok(lines.into_iter().map(|line| line.scaled(window.scale, window.left, window.top)).collect())
    }
}

/// Weights are laid out for the processor once, not at every run.
fn loaded(model: Vec<u8>) -> Result<Model, DetectError> {
    let load = ModelOptions::with_all_ops().prepack_weights(true).load(model);
    load.map_err(|error| DetectError::Model(error.to_string()))
}

/// The part of the picture from (`left`, `top`) that the network sees at `scale`.
fn window(picture: Pixels<'_>, left: f32, top: f32, scale: f32) -> Window {
    let side = |rest: f32| (((rest / scale).min(SIDE as f32) / STEP as f32).ceil() as u32).max(1) * STEP;
    let (width, height) = (side(picture.width as f32 - left), side(picture.height as f32 - top));
    Window { left, top, scale, width, height }
}

fn tiles(picture: Pixels<'_>, scale: f32) -> Vec<Window> {
    let starts = |side: u32| {
        let (tile, side) = (SIDE as f32 * scale, side as f32);
        let count = ((side - tile) / (tile * (1.0 - OVERLAP))).ceil().max(0.0) as u16 + 1;
        let last = (side - tile).max(0.0);
        (0..count).map(move |number| if count > 1 { last * f32::from(number) / f32::from(count - 1) } else { 0.0 })
    };
    starts(picture.height)
        .flat_map(|top| starts(picture.width).map(move |left| window(picture, left, top, scale)))
        .collect()
}

/// The window as the network takes it: three equal planes, each value minus mean by deviation. Beyond the picture's edge its
/// last pixels go on.
fn input(picture: Pixels<'_>, window: Window) -> NdTensor<f32, 4> {
    let (width, height) = (window.width as usize, window.height as usize);
    let samples = window.scale.ceil().clamp(1.0, 4.0) as u32;
    let mut gray = Vec::with_capacity(width * height);
    for y in 0..window.height {
        for x in 0..window.width {
            gray.push(mean_at(picture, window, x, y, samples));
        }
    }
    let mut planes = Vec::with_capacity(3 * gray.len());
    for (mean, deviation) in MEAN.into_iter().zip(DEVIATION) {
        planes.extend(gray.iter().map(|value| (value - mean) / deviation));
    }
    NdTensor::from_data([1, 3, height, width], planes)
}

/// Mean brightness, 0 to 1, of `samples` x `samples` points under one of the network's pixels.
fn mean_at(picture: Pixels<'_>, window: Window, x: u32, y: u32, samples: u32) -> f32 {
    let mut sum = 0u32;
    for sub_y in 0..samples {
        for sub_x in 0..samples {
            let at = |start: f32, pixel: u32, sub: u32, side: u32| {
                let place = start + (pixel as f32 + (sub as f32 + 0.5) / samples as f32) * window.scale;
                (place.max(0.0) as u32).min(side - 1) as usize
            };
            let row = at(window.top, y, sub_y, picture.height) * picture.width as usize;
            let value = picture.gray.get(row + at(window.left, x, sub_x, picture.width));
            sum += u32::from(value.copied().unwrap_or_default());
        }
    }
    sum as f32 / (samples * samples) as f32 / 255.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_must_be_as_many_as_said() {
        assert!(Pixels::new(3, 2, &[0; 6]).is_some());
        assert!(Pixels::new(3, 2, &[0; 5]).is_none());
        assert!(Pixels::new(0, 0, &[]).is_none());
    }

    #[test]
    fn tiles_cover_the_picture_and_overlap() {
        let gray = vec![0; 3_000 * 2_000];
        let picture = Pixels::new(3_000, 2_000, &gray).expect("as many as said");
        let tiles = tiles(picture, 1.5);
        for (x, y) in [(0.0, 0.0), (2_999.0, 0.0), (1_440.0, 1_000.0), (2_999.0, 1_999.0)] {
            let holds = |tile: &&Window| {
                let (width, height) = (tile.width as f32 * tile.scale, tile.height as f32 * tile.scale);
                x >= tile.left && x < tile.left + width && y >= tile.top && y < tile.top + height
            };
            assert!(tiles.iter().any(|tile| holds(&tile)), "{x} {y}");
        }
        assert!(tiles.iter().all(|tile| tile.width % STEP == 0 && tile.width <= SIDE), "{tiles:?}");
    }

    #[test]
    fn what_is_no_model_is_refused() {
        assert!(matches!(Detector::load(b"not a model".to_vec(), 1), Err(DetectError::Model(_))));
    }
}
