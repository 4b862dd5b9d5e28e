//! From pixels to a small picture of brightness whose longer side is at most so many pixels. Every output pixel is the mean of
//! the area that it covers.

use crate::LikenessError;
use crate::pdq::{Checked, Pixels};

/// The buffer is the caller's; at most [`SEEN_SIDE_MAX`] rows and columns of it are read.
const PIXELS_MAX: u64 = 400_000_000;
/// Of larger pictures only evenly spaced rows and columns are read: four to a pixel of the result still average out.
const SEEN_SIDE_MAX: usize = 2048;

/// Brightness, row by row.
#[derive(Clone, Debug)]
pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) values: Vec<f32>,
}

impl Plane {
    pub(super) fn new(width: usize, height: usize) -> Self {
        Plane { width, height, values: vec![0.0; width * height] }
    }

    #[inline(always)]
    pub(super) fn row(&self, y: usize) -> &[f32] {
        &self.values[y * self.width..][..self.width]
    }

    #[inline(always)]
    pub(super) fn row_mut(&mut self, y: usize) -> &mut [f32] {
        &mut self.values[y * self.width..][..self.width]
    }

    /// The value between pixels, of the nearest edge outside.
    #[inline(always)]
    pub(super) fn at(&self, x: f32, y: f32) -> f32 {
        let x = x.clamp(0.0, (self.width - 1) as f32);
        let y = y.clamp(0.0, (self.height - 1) as f32);
        let (left, top) = (x as usize, y as usize);
        let (right, bottom) = ((left + 1).min(self.width - 1), (top + 1).min(self.height - 1));
        let (dx, dy) = (x - left as f32, y - top as f32);
        let (upper, lower) = (self.row(top), self.row(bottom));
        let above = upper[left] + (upper[right] - upper[left]) * dx;
        let below = lower[left] + (lower[right] - lower[left]) * dx;
        above + (below - above) * dy
    }

    /// This plane with its longer side brought to `side`; a smaller one stays as it is.
    pub(super) fn fit(&self, side: usize) -> Plane {
        let (width, height) = fitted((self.width, self.height), side);
        if (width, height) == (self.width, self.height) {
            return self.clone();
        }
        let mut shrink = Shrink::new((self.width, self.height), (width, height));
        (0..self.height).for_each(|y| shrink.add(self.row(y).iter().copied()));
        shrink.plane
    }

    /// Twice as wide and high, between the pixels by straight lines.
    pub(super) fn doubled(&self) -> Plane {
        let mut large = Plane::new(self.width * 2, self.height * 2);
        for y in 0..large.height {
            let row =
                (0..large.width).map(|x| self.at((x as f32 - 0.5) / 2.0, (y as f32 - 0.5) / 2.0)).collect::<Vec<_>>();
            large.row_mut(y).copy_from_slice(&row);
        }
        large
    }
}

/// Brightness of a picture, its longer side at most `side` pixels.
pub(super) fn shrink(image: Pixels<'_>, side: usize) -> Result<Plane, LikenessError> {
    let Checked { width, height, channels, pixels } = Checked::new(image, PIXELS_MAX)?;
    let (columns, rows) = (width.min(SEEN_SIDE_MAX), height.min(SEEN_SIDE_MAX));
    // The shape is that of the whole picture, however many columns and rows of it are read.
    let mut shrink = Shrink::new((columns, rows), fitted((width, height), side));
    let mut brightness = vec![0.0; width];
    for row in 0..rows {
        let bytes = &pixels[row * height / rows * width * channels..][..width * channels];
        if channels == 1 {
            brightness.iter_mut().zip(bytes).for_each(|(to, &byte)| *to = f32::from(byte));
        } else {
            for (to, &[red, green, blue]) in brightness.iter_mut().zip(bytes.as_chunks::<3>().0) {
                *to = 0.299 * f32::from(red) + 0.587 * f32::from(green) + 0.114 * f32::from(blue);
            }
        }
        if columns == width {
            shrink.add(brightness.iter().copied());
        } else {
            shrink.add((0..columns).map(|column| brightness[column * width / columns]));
        }
    }
    Ok(shrink.plane)
}

/// Width and height with the longer brought down to `side`.
fn fitted((width, height): (usize, usize), side: usize) -> (usize, usize) {
    let longer = width.max(height);
    if longer <= side {
        return (width, height);
    }
    let scaled = |length: usize| ((length * side + longer / 2) / longer).max(1);
    (scaled(width), scaled(height))
}

/// Rows go in from the top; each spreads over the pixels that it covers.
struct Shrink {
    plane: Plane,
    /// Where a source column begins to fall, and the shares of that pixel and of the next.
    columns: Vec<(usize, f32, f32)>,
    rows: Vec<(usize, f32, f32)>,
    next_row: usize,
    line: Vec<f32>,
}

impl Shrink {
    fn new((from_width, from_height): (usize, usize), (width, height): (usize, usize)) -> Self {
        Shrink {
            plane: Plane::new(width, height),
            columns: shares(from_width, width),
            rows: shares(from_height, height),
            next_row: 0,
            line: vec![0.0; width + 1],
        }
    }

    fn add(&mut self, row: impl Iterator<Item = f32>) {
        self.line.fill(0.0);
        for (value, &(at, first, second)) in row.zip(&self.columns) {
            self.line[at] += value * first;
            self.line[at + 1] += value * second;
        }
        let (at, first, second) = self.rows[self.next_row];
        self.next_row += 1;
        let mut put = |at: usize, share: f32| {
            if share > 0.0 && at < self.plane.height {
                self.plane.row_mut(at).iter_mut().zip(&self.line).for_each(|(to, &value)| *to += value * share);
            }
        };
        put(at, first);
        put(at + 1, second);
    }
}

/// Of each of `from` places: the first of `to` places that it covers, and what it gives to that and to the next. When `from`
/// is the smaller (only the rows of a picture much longer than wide can be), the nearest is taken.
fn shares(from: usize, to: usize) -> Vec<(usize, f32, f32)> {
    let step = to as f64 / from as f64;
    let share = |index: usize| {
        let (start, end) = (index as f64 * step, (index + 1) as f64 * step);
        let at = (start as usize).min(to - 1);
        let border = (at + 1) as f64;
        if end <= border {
            (at, (end - start) as f32, 0.0)
        } else {
            (at, (border - start) as f32, (end - border) as f32)
        }
    };
    (0..from).map(share).collect()
}
