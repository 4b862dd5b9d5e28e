//! What is around a point, as 256 bits: which way brightness changes in 4 x 4 fields, turned upright and brought to one size.
//!
//! Lowe, IJCV 60 (2004), sections 5 and 6, with square roots (Arandjelović, Zisserman, CVPR 2012); then signs of a random
//! rotation of the histogram (Charikar, STOC 2002), so that the bits in which two differ tell the angle between them.
//!
//! The second 128 bits are the first 128 of the mirror image. So [`mirrored`] needs no pixels: it exchanges the halves.

use super::detect::Blob;
use super::mean::MEAN;
use super::pyramid::{Octave, STEPS};
use super::shrink::Plane;

/// Fields along each side, directions in each: 128 numbers.
const FIELDS: usize = 4;
const DIRECTIONS: usize = 8;
/// Length of the histogram.
pub(super) const LENGTH: usize = FIELDS * FIELDS * DIRECTIONS;
/// Samples along each side; four to a field.
const SAMPLES: usize = 16;
/// Distance of samples in units of the blur: a field is three wide (Lowe's implementation).
const SAMPLE_STEP: f32 = 0.75;
/// Directions that a point's own orientation is chosen from (Lowe, section 5).
const TURNS: usize = 36;
/// A second direction nearly as strong as the first gives a second point (Lowe, section 5).
const SECOND_SHARE: f32 = 0.8;

/// 256 bits.
pub(super) type Bits = [u64; 4];

/// The bits of the mirror image.
pub(super) fn mirrored([a, b, c, d]: Bits) -> Bits {
    [c, d, a, b]
}

/// One or two directions in which the surroundings of a blob change most, as cosine and sine.
pub(super) fn orientations(octave: &Octave, blob: &Blob) -> Vec<(f32, f32)> {
    let plane = plane_of(octave, blob);
    let sigma = blob.sigma() * 1.5;
    let radius = (sigma * 3.0).round() as isize;
    let mut turns = [0.0f32; TURNS];
    let (middle_x, middle_y) = (blob.x.round() as isize, blob.y.round() as isize);
    for dy in -radius..=radius {
        let y = middle_y + dy;
        if y < 1 || y + 1 >= plane.height as isize {
            continue;
        }
        let (above, here, below) = (plane.row(y as usize - 1), plane.row(y as usize), plane.row(y as usize + 1));
        for dx in -radius..=radius {
            let x = middle_x + dx;
            let distance = dx * dx + dy * dy;
            if x < 1 || x + 1 >= plane.width as isize || distance > radius * radius {
                continue;
            }
            let x = x as usize;
            let (across, down) = (here[x + 1] - here[x - 1], below[x] - above[x]);
            let bell = fading(distance as f32 / (2.0 * sigma * sigma));
            let place = turn_of(across, down) * TURNS as f32;
            let strength = (across * across + down * down).sqrt() * bell;
            let low = place as usize % TURNS;
            let part = place - place.floor();
            turns[low] += strength * (1.0 - part);
            turns[(low + 1) % TURNS] += strength * part;
        }
    }
    peaks(&smoothed(smoothed(turns)))
}

fn smoothed(turns: [f32; TURNS]) -> [f32; TURNS] {
    std::array::from_fn(|at| 0.25 * turns[(at + TURNS - 1) % TURNS] + 0.5 * turns[at] + 0.25 * turns[(at + 1) % TURNS])
}

fn peaks(turns: &[f32; TURNS]) -> Vec<(f32, f32)> {
    let mut found: Vec<(f32, f32)> = Vec::new();
    for at in 0..TURNS {
        let (before, here, after) = (turns[(at + TURNS - 1) % TURNS], turns[at], turns[(at + 1) % TURNS]);
        if here > before && here >= after {
            let shift = 0.5 * (before - after) / (before - 2.0 * here + after);
            found.push((here, (at as f32 + shift) / TURNS as f32));
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let strongest = found.first().map_or(0.0, |peak| peak.0);
    let peaks = found.into_iter().take(2).filter(|peak| peak.0 >= SECOND_SHARE * strongest);
    peaks.map(|(_, turn)| direction(turn)).collect()
}

/// The blurred plane whose blur is nearest the blob's.
fn plane_of<'a>(octave: &'a Octave, blob: &Blob) -> &'a Plane {
    &octave.blurred[(blob.step.round() as usize).min(STEPS + 2)]
}

/// The 128 numbers around a blob as seen with `(cosine, sine)` as its upright; they add up to 1 when squared.
pub(super) fn histogram(octave: &Octave, blob: &Blob, (cosine, sine): (f32, f32)) -> [f32; LENGTH] {
    let plane = plane_of(octave, blob);
    let step = blob.sigma() * SAMPLE_STEP;
    let (along_x, along_y) = (cosine * step, sine * step);
    const WITH_EDGE: usize = SAMPLES + 2;
    let mut patch = [[0.0f32; WITH_EDGE]; WITH_EDGE];
    let middle = (WITH_EDGE - 1) as f32 / 2.0;
    for (v, row) in patch.iter_mut().enumerate() {
        let v = v as f32 - middle;
        for (u, value) in row.iter_mut().enumerate() {
            let u = u as f32 - middle;
            *value = plane.at(blob.x + u * along_x - v * along_y, blob.y + u * along_y + v * along_x);
        }
    }
    pulp::Arch::new().dispatch(Histogram(&patch))
}

struct Histogram<'a>(&'a [[f32; SAMPLES + 2]; SAMPLES + 2]);

impl pulp::NullaryFnOnce for Histogram<'_> {
    type Output = [f32; LENGTH];

    #[inline(always)]
    fn call(self) -> [f32; LENGTH] {
        let patch = self.0;
        let mut fields = [[[0.0f32; DIRECTIONS]; FIELDS]; FIELDS];
        for v in 0..SAMPLES {
            let mut line = [[0.0f32; DIRECTIONS]; FIELDS];
            for u in 0..SAMPLES {
                let across = patch[v + 1][u + 2] - patch[v + 1][u];
                let down = patch[v + 2][u + 1] - patch[v][u + 1];
                let directions = spread_over_directions(across, down);
                for (at, share) in FIELD_SHARES[u] {
                    line[at].iter_mut().zip(directions).for_each(|(to, value)| *to += value * share);
                }
            }
            for (at, share) in FIELD_SHARES[v] {
                fields[at]
                    .iter_mut()
                    .flatten()
                    .zip(line.iter().flatten())
                    .for_each(|(to, &value)| *to += value * share);
            }
        }
        let mut flat = [0.0f32; LENGTH];
        flat.iter_mut().zip(fields.iter().flatten().flatten()).for_each(|(to, &value)| *to = value);
        let sum: f32 = flat.iter().sum();
        if sum > 0.0 {
            flat.iter_mut().for_each(|value| *value = (*value / sum).sqrt());
        }
        flat
    }
}

/// Cosines and sines of the eight directions.
const COMPASS: [(f32, f32); DIRECTIONS] = {
    const D: f32 = std::f32::consts::FRAC_1_SQRT_2;
    [(1.0, 0.0), (D, D), (0.0, 1.0), (-D, D), (-1.0, 0.0), (-D, -D), (0.0, -1.0), (D, -D)]
};

/// A change of brightness as shares of the eight directions: the squared part along each, by the whole.
#[inline(always)]
fn spread_over_directions(across: f32, down: f32) -> [f32; DIRECTIONS] {
    let strength = (across * across + down * down).sqrt().max(1e-9);
    let mut shares = [0.0; DIRECTIONS];
    for (share, (x, y)) in shares.iter_mut().zip(COMPASS) {
        let along = (across * x + down * y).max(0.0);
        *share = along * along * along / (strength * strength);
    }
    shares
}

/// Of each sample along a side, the two fields it counts for and how much, with the weight falling off to the edges.
const FIELD_SHARES: [[(usize, f32); 2]; SAMPLES] = {
    let mut shares = [[(0, 0.0); 2]; SAMPLES];
    let mut at = 0;
    while at < SAMPLES {
        // In fields, from the middle of the first.
        let place = (at as f32 + 0.5) * FIELDS as f32 / SAMPLES as f32 - 0.5;
        let from_middle = (at as f32 + 0.5) * 2.0 / SAMPLES as f32 - 1.0;
        // A polynomial near a Gaussian of half the side (Lowe, section 6.1).
        let bell = 1.0 - 0.5 * from_middle * from_middle + 0.1 * from_middle * from_middle * from_middle * from_middle;
        let low = if place < 0.0 { 0 } else { place as usize };
        let part = place - low as f32;
        if place < 0.0 {
            shares[at] = [(0, (1.0 + place) * bell), (0, 0.0)];
        } else if low + 1 >= FIELDS {
            shares[at] = [(low, (1.0 - part) * bell), (low, 0.0)];
        } else {
            shares[at] = [(low, (1.0 - part) * bell), (low + 1, part * bell)];
        }
        at += 1;
    }
    shares
};

/// Where a number of the histogram stands in that of the mirror image. The mirror turns the direction of the point itself over,
/// so rows change places, not columns, and directions run the other way round.
pub(super) const fn mirror_of(at: usize) -> usize {
    let (row, column, direction) = (at / (FIELDS * DIRECTIONS), at / DIRECTIONS % FIELDS, at % DIRECTIONS);
    ((FIELDS - 1 - row) * FIELDS + column) * DIRECTIONS + (DIRECTIONS - direction) % DIRECTIONS
}

/// The bits of a histogram.
pub(super) fn bits(histogram: &[f32; LENGTH]) -> Bits {
    let mut straight = [0.0; LENGTH];
    let mut mirror = [0.0; LENGTH];
    for at in 0..LENGTH {
        let value = histogram[at] - MEAN[at];
        straight[at] = value * SIGNS[at];
        mirror[mirror_of(at)] = value * SIGNS[mirror_of(at)];
    }
    let [low, high] = [signs(straight), signs(mirror)];
    [low[0], low[1], high[0], high[1]]
}

/// Signs of the Walsh-Hadamard transform.
fn signs(mut values: [f32; LENGTH]) -> [u64; 2] {
    let mut half = 1;
    while half < LENGTH {
        for block in values.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for (a, b) in low.iter_mut().zip(high) {
                (*a, *b) = (*a + *b, *a - *b);
            }
        }
        half *= 2;
    }
    let (low, high) = values.split_at(64);
    [low, high].map(|half| half.iter().enumerate().fold(0, |bits, (at, &value)| bits | u64::from(value > 0.0) << at))
}

/// Seed of [`SIGNS`]: any would do; another gives other bits.
const SIGNS_SEED: u64 = 0x5645_4445_5454_4501;

/// A sign for each number, so that the transform is a random rotation (Ailon, Chazelle, STOC 2006).
const SIGNS: [f32; LENGTH] = {
    let mut signs = [0.0; LENGTH];
    let mut state = SIGNS_SEED;
    let mut at = 0;
    while at < LENGTH {
        // SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        signs[at] = if mixed & 1 == 0 { 1.0 } else { -1.0 };
        at += 1;
    }
    signs
};

/// A bell that ends: `exp(-x)` to a percent, for weights only.
#[inline(always)]
fn fading(x: f32) -> f32 {
    let base = (1.0 - x / 8.0).max(0.0);
    let squared = base * base;
    squared * squared * squared * squared
}

/// Angle of a vector in turns, 0 to 1, to 0.0002 turns, by plain arithmetic.
pub(super) fn turn_of(x: f32, y: f32) -> f32 {
    let (wide, high) = (x.abs(), y.abs());
    if wide + high == 0.0 {
        return 0.0;
    }
    let (small, large) = if wide > high { (high, wide) } else { (wide, high) };
    let ratio = small / large;
    let square = ratio * ratio;
    // Minimax polynomial of the arc tangent (Abramowitz, Stegun, 4.4.49).
    let angle = ratio
        * (0.999_866 + square * (-0.330_299_5 + square * (0.180_141 + square * (-0.085_133 + square * 0.020_835_1))));
    let eighth = angle / std::f32::consts::TAU;
    let quarter = if wide > high { eighth } else { 0.25 - eighth };
    let half = if x >= 0.0 { quarter } else { 0.5 - quarter };
    let turn = if y >= 0.0 { half } else { 1.0 - half };
    if turn >= 1.0 { 0.0 } else { turn }
}

/// Cosine and sine of an angle in turns, to a millionth, by plain arithmetic.
pub(super) fn direction(turn: f32) -> (f32, f32) {
    let turn = f64::from(turn - turn.floor());
    // Within an eighth of a turn of one of four quarters, where few terms of the series are enough.
    let quarter = (turn * 4.0).round();
    let x = (turn - quarter / 4.0) * std::f64::consts::TAU;
    let square = x * x;
    let sine = x * (1.0 - square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0)));
    let cosine = 1.0 - square / 2.0 * (1.0 - square / 12.0 * (1.0 - square / 30.0 * (1.0 - square / 56.0)));
    let (cosine, sine) = match quarter as u32 % 4 {
        0 => (cosine, sine),
        1 => (-sine, cosine),
        2 => (-cosine, -sine),
        _ => (sine, -cosine),
    };
    (cosine as f32, sine as f32)
}
