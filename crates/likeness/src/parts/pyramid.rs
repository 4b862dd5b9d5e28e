//! A picture at growing blur, halved whenever the blur has doubled: the scale space in which points are found.
//!
//! Lowe, "Distinctive Image Features from Scale-Invariant Keypoints", IJCV 60 (2004), section 3.

use super::shrink::Plane;

/// Steps in which the blur doubles (Lowe, section 3.2).
pub(super) const STEPS: usize = 3;
/// Blur of the first plane of an octave, in its pixels (Lowe, section 3.3).
pub(super) const BLUR_FIRST: f32 = 1.6;
/// Blur that a camera's or a scaler's picture is taken to have.
const BLUR_OF_PICTURE: f32 = 0.5;
/// Under this an octave has no room for a point.
const SIDE_MIN: usize = 12;
/// A picture whose longer side is shorter is doubled first, or its small blobs would be lost.
pub(super) const DOUBLED_BELOW: usize = 257;

/// Planes of one size: `STEPS + 3` blurs, and their differences.
pub(super) struct Octave {
    pub(super) blurred: Vec<Plane>,
    pub(super) differences: Vec<Plane>,
}

/// Octaves from the full size down.
pub(super) fn pyramid(picture: &Plane) -> Vec<Octave> {
    let doubled = (picture.width.max(picture.height) < DOUBLED_BELOW).then(|| picture.doubled());
    let (picture, has) = doubled.as_ref().map_or((picture, BLUR_OF_PICTURE), |large| (large, 2.0 * BLUR_OF_PICTURE));
    let mut octaves: Vec<Octave> = Vec::new();
    let mut first = blur(picture, (BLUR_FIRST * BLUR_FIRST - has * has).sqrt());
    while first.width.min(first.height) >= SIDE_MIN {
        let mut blurred = vec![first];
        let mut sigma = BLUR_FIRST;
        for _ in 0..STEPS + 2 {
            // The cube root of two: STEPS of it double the blur.
            let next = sigma * 1.259_921;
            let last = &blurred[blurred.len() - 1];
            blurred.push(blur(last, (next * next - sigma * sigma).sqrt()));
            sigma = next;
        }
        let differences = blurred.windows(2).map(|pair| difference(&pair[0], &pair[1])).collect();
        first = halved(&blurred[STEPS]);
        octaves.push(Octave { blurred, differences });
    }
    octaves
}

fn halved(plane: &Plane) -> Plane {
    let mut half = Plane::new(plane.width.div_ceil(2), plane.height.div_ceil(2));
    for y in 0..half.height {
        let from = plane.row(2 * y).iter().step_by(2);
        half.row_mut(y).iter_mut().zip(from).for_each(|(to, &value)| *to = value);
    }
    half
}

fn difference(sharp: &Plane, blurred: &Plane) -> Plane {
    let values = sharp.values.iter().zip(&blurred.values).map(|(a, b)| b - a).collect();
    Plane { width: sharp.width, height: sharp.height, values }
}

/// Middle and one side of a Gaussian of `sigma` pixels, three sigma long.
fn kernel(sigma: f32) -> Vec<f32> {
    let radius = (3.0 * sigma).ceil() as usize;
    let bell = |at: usize| exp_of_negative((at * at) as f64 / (2.0 * f64::from(sigma) * f64::from(sigma)));
    let sum = (1..=radius).map(bell).sum::<f64>() * 2.0 + 1.0;
    (0..=radius).map(|at| (bell(at) / sum) as f32).collect()
}

/// `exp(-x)` by plain arithmetic: a library's last digit differs between systems, and ours may not.
pub(super) fn exp_of_negative(x: f64) -> f64 {
    let mut power = 1.0 - x / 4096.0 + x * x / (2.0 * 4096.0 * 4096.0);
    for _ in 0..12 {
        power *= power;
    }
    power
}

/// The plane under a Gaussian; beyond its edges it goes on as at the edge.
fn blur(plane: &Plane, sigma: f32) -> Plane {
    let kernel = kernel(sigma);
    pulp::Arch::new().dispatch(Blur { plane, kernel: &kernel })
}

struct Blur<'a> {
    plane: &'a Plane,
    kernel: &'a [f32],
}

impl pulp::NullaryFnOnce for Blur<'_> {
    type Output = Plane;

    #[inline(always)]
    fn call(self) -> Plane {
        let Blur { plane, kernel } = self;
        let (width, height, radius) = (plane.width, plane.height, kernel.len() - 1);
        let mut along = Plane::new(width, height);
        let mut padded = vec![0.0; width + 2 * radius];
        for y in 0..height {
            let from = plane.row(y);
            padded[..radius].fill(from[0]);
            padded[radius..radius + width].copy_from_slice(from);
            padded[radius + width..].fill(from[width - 1]);
            let to = along.row_mut(y);
            to.iter_mut().zip(&padded[radius..]).for_each(|(to, &value)| *to = value * kernel[0]);
            for (tap, &weight) in kernel.iter().enumerate().skip(1) {
                add(to, &padded[radius - tap..], &padded[radius + tap..], weight);
            }
        }
        let mut down = Plane::new(width, height);
        for y in 0..height {
            let to = down.row_mut(y);
            to.iter_mut().zip(along.row(y)).for_each(|(to, &value)| *to = value * kernel[0]);
            for (tap, &weight) in kernel.iter().enumerate().skip(1) {
                add(to, along.row(y.saturating_sub(tap)), along.row((y + tap).min(height - 1)), weight);
            }
        }
        down
    }
}

#[inline(always)]
fn add(to: &mut [f32], one: &[f32], other: &[f32], weight: f32) {
    for ((to, &a), &b) in to.iter_mut().zip(one).zip(other) {
        *to += (a + b) * weight;
    }
}
