//! Points that are found again after scaling, blurring and turning: blobs that stand out in place and in size.
//!
//! Lowe, IJCV 60 (2004), sections 3 and 4 (extrema of differences of Gaussians, refined by a quadratic, without edges). Which
//! of them are kept is our own: see [`keep`].

use super::pyramid::{BLUR_FIRST, Octave, STEPS};

/// Differences of fewer grey levels (of 255) are what a JPEG encoder makes up by itself.
const CONTRAST_MIN: f32 = 0.7;
/// A ridge whose one curvature is so many times the other slides along itself (Lowe, section 4.1).
const EDGE_RATIO: f32 = 10.0;
/// Steps of refinement, after which a point that still wanders is given up.
const REFINE_STEPS: usize = 4;
/// Of more the weaker are left out before the spreading, which compares each with each.
const CANDIDATES_MAX: usize = 1500;
/// The finest octave's share of the points: its points are the first to go when a picture is scaled down.
const FINEST_SHARE: (usize, usize) = (1, 2);

/// A place in an octave.
#[derive(Clone, Copy, Debug)]
pub(super) struct Blob {
    pub(super) octave: usize,
    /// Pixels of the octave.
    pub(super) x: f32,
    pub(super) y: f32,
    /// Steps above the octave's first blur.
    pub(super) step: f32,
    /// The difference of Gaussians there, without its sign, in grey levels.
    strength: f32,
}

impl Blob {
    /// Blur in pixels of the octave.
    pub(super) fn sigma(&self) -> f32 {
        BLUR_FIRST * two_to_the_third(self.step)
    }
}

/// `2^(step / STEPS)` by plain arithmetic.
fn two_to_the_third(step: f32) -> f32 {
    (1.0 / super::pyramid::exp_of_negative(f64::from(step) * std::f64::consts::LN_2 / STEPS as f64)) as f32
}

/// The `max` points that stand out most while being spread over picture and sizes, in an order that does not depend on luck.
pub(super) fn detect(octaves: &[Octave], max: usize) -> Vec<Blob> {
    let mut blobs = Vec::new();
    for (at, octave) in octaves.iter().enumerate() {
        for step in 1..=STEPS {
            extrema(octave, at, step, &mut blobs);
        }
    }
    keep(blobs, max)
}

fn extrema(octave: &Octave, at: usize, step: usize, blobs: &mut Vec<Blob>) {
    let planes = [&octave.differences[step - 1], &octave.differences[step], &octave.differences[step + 1]];
    let (width, height) = (planes[1].width, planes[1].height);
    for y in 1..height - 1 {
        let rows: [[&[f32]; 3]; 3] = planes.map(|plane| [plane.row(y - 1), plane.row(y), plane.row(y + 1)]);
        for x in 1..width - 1 {
            let value = rows[1][1][x];
            // Nearly all end here.
            if value.abs() < CONTRAST_MIN * 0.5 || (value > rows[1][1][x - 1]) != (value > rows[1][1][x + 1]) {
                continue;
            }
            let is_extremum = if value > 0.0 {
                around(&rows, x).all(|other| other <= value)
            } else {
                around(&rows, x).all(|other| other >= value)
            };
            if is_extremum {
                blobs.extend(refined(octave, at, (x, y, step)));
            }
        }
    }
}

#[inline(always)]
fn around<'a>(rows: &'a [[&'a [f32]; 3]; 3], x: usize) -> impl Iterator<Item = f32> + 'a {
    rows.iter().flatten().flat_map(move |row| row[x - 1..x + 2].iter().copied())
}

/// The extremum between pixels and steps; `None` when it wanders off, is faint, or lies on an edge.
fn refined(octave: &Octave, at: usize, (mut x, mut y, mut step): (usize, usize, usize)) -> Option<Blob> {
    for _ in 0..REFINE_STEPS {
        let d = |dx: isize, dy: isize, ds: isize| {
            octave.differences[step.strict_add_signed(ds)].row(y.strict_add_signed(dy))[x.strict_add_signed(dx)]
        };
        let middle = d(0, 0, 0);
        let slope =
            [(d(1, 0, 0) - d(-1, 0, 0)) / 2.0, (d(0, 1, 0) - d(0, -1, 0)) / 2.0, (d(0, 0, 1) - d(0, 0, -1)) / 2.0];
        let xx = d(1, 0, 0) + d(-1, 0, 0) - 2.0 * middle;
        let yy = d(0, 1, 0) + d(0, -1, 0) - 2.0 * middle;
        let ss = d(0, 0, 1) + d(0, 0, -1) - 2.0 * middle;
        let xy = (d(1, 1, 0) - d(-1, 1, 0) - d(1, -1, 0) + d(-1, -1, 0)) / 4.0;
        let xs = (d(1, 0, 1) - d(-1, 0, 1) - d(1, 0, -1) + d(-1, 0, -1)) / 4.0;
        let ys = (d(0, 1, 1) - d(0, -1, 1) - d(0, 1, -1) + d(0, -1, -1)) / 4.0;
        let shift = solved([[xx, xy, xs], [xy, yy, ys], [xs, ys, ss]], slope)?;
        if shift.iter().all(|part| part.abs() <= 0.5) {
            let strength = (middle + 0.5 * (slope[0] * shift[0] + slope[1] * shift[1] + slope[2] * shift[2])).abs();
            let (trace, determinant) = (xx + yy, xx * yy - xy * xy);
            let is_edge = determinant <= 0.0
                || trace * trace * EDGE_RATIO >= (EDGE_RATIO + 1.0) * (EDGE_RATIO + 1.0) * determinant;
            return (strength >= CONTRAST_MIN && !is_edge).then(|| Blob {
                octave: at,
                x: x as f32 + shift[0],
                y: y as f32 + shift[1],
                step: step as f32 + shift[2],
                strength,
            });
        }
        let plane = &octave.differences[step];
        x = moved(x, shift[0], plane.width - 2)?;
        y = moved(y, shift[1], plane.height - 2)?;
        step = moved(step, shift[2], STEPS)?;
    }
    None
}

/// One place on, if the shift asks for it; `None` when that leaves `1..=last`.
fn moved(at: usize, shift: f32, last: usize) -> Option<usize> {
    let to = if shift > 0.5 {
        at + 1
    } else if shift < -0.5 {
        at - 1
    } else {
        at
    };
    (1..=last).contains(&to).then_some(to)
}

/// `x` with `matrix * x = -right`, by Cramer's rule.
fn solved(m: [[f32; 3]; 3], right: [f32; 3]) -> Option<[f32; 3]> {
    let minor = |a: usize, b: usize, c: usize, d: usize| m[a][c] * m[b][d] - m[a][d] * m[b][c];
    let cofactors = [
        [minor(1, 2, 1, 2), -minor(1, 2, 0, 2), minor(1, 2, 0, 1)],
        [-minor(0, 2, 1, 2), minor(0, 2, 0, 2), -minor(0, 2, 0, 1)],
        [minor(0, 1, 1, 2), -minor(0, 1, 0, 2), minor(0, 1, 0, 1)],
    ];
    let determinant = m[0][0] * cofactors[0][0] + m[0][1] * cofactors[0][1] + m[0][2] * cofactors[0][2];
    if determinant.abs() < 1e-12 {
        return None;
    }
    let solved = |at: usize| -(0..3).map(|row| cofactors[row][at] * right[row]).sum::<f32>() / determinant;
    let x = [solved(0), solved(1), solved(2)];
    x.iter().all(|part| part.is_finite()).then_some(x)
}

/// Strong points that keep away from stronger ones: each is ranked by the distance, in units of its own blur, to the nearest
/// that is clearly stronger (Brown, Szeliski, Winder, CVPR 2005, section 3), the finest octave apart from the others so that
/// sand and grass do not push out what survives a smaller copy.
fn keep(mut blobs: Vec<Blob>, max: usize) -> Vec<Blob> {
    blobs.sort_by(|a, b| {
        b.strength
            .total_cmp(&a.strength)
            .then(a.octave.cmp(&b.octave))
            .then(a.y.total_cmp(&b.y))
            .then(a.x.total_cmp(&b.x))
    });
    let (finest, coarser): (Vec<Blob>, Vec<Blob>) = blobs.into_iter().partition(|blob| blob.octave == 0);
    let (mut finest, mut coarser) = (spread(finest), spread(coarser));
    let finest_max = (max * FINEST_SHARE.0 / FINEST_SHARE.1).max(max.saturating_sub(coarser.len()));
    finest.truncate(finest_max);
    coarser.truncate(max - finest.len());
    // By turns, so that any beginning of the list holds points of both kinds.
    let longer = finest.len().max(coarser.len());
    (0..longer).flat_map(|at| [coarser.get(at).copied(), finest.get(at).copied()]).flatten().collect()
}

/// Clearly stronger: so many times (Brown and others, section 3).
const CLEARLY: f32 = 1.1;

/// The same points, the most distant from stronger ones first.
fn spread(mut blobs: Vec<Blob>) -> Vec<Blob> {
    blobs.truncate(CANDIDATES_MAX);
    let place = |blob: &Blob| {
        let pixel = (1u32 << blob.octave) as f32;
        (blob.x * pixel, blob.y * pixel)
    };
    let places: Vec<(f32, f32)> = blobs.iter().map(place).collect();
    let mut ranked: Vec<(f32, usize)> = Vec::with_capacity(blobs.len());
    for (at, blob) in blobs.iter().enumerate() {
        let mut nearest = f32::MAX;
        for (other, to) in blobs[..at].iter().zip(&places) {
            if other.strength < blob.strength * CLEARLY {
                break;
            }
            let (dx, dy) = (places[at].0 - to.0, places[at].1 - to.1);
            nearest = nearest.min(dx * dx + dy * dy);
        }
        ranked.push((nearest, at));
    }
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.into_iter().map(|(_, at)| blobs[at]).collect()
}
