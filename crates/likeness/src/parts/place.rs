//! Where one picture lies in the other: the affine map on which most matching points agree.
//!
//! Every matching pair of points proposes a map by itself, since points have a size and a direction; so the best pairs are all
//! tried, in order, and nothing is drawn by lot. The map with most followers is fitted anew to them, in narrowing steps
//! (locally optimised RANSAC: Chum, Matas, Kittler, DAGM 2003, without the chance).

use super::describe::direction;
use super::matching::Match;
use super::{PLACE_STEPS, Point, SIZE_STEPS, Signature};

/// Maps tried: those of the closest pairs.
const PROPOSALS_MAX: usize = 250;
/// Proposals with most followers that are fitted.
const FITTED: usize = 4;
/// How far from its place a follower may be, in units of the signature, at the proposal and after each fit.
const ERROR_MAX: [f32; 4] = [16.0, 10.0, 7.0, 6.0];
/// How far sizes may be from what the map says, in 16ths of a doubling: most of an octave, for a point's size is rough.
const SIZE_ERROR_MAX: i32 = 10;
/// How far directions may be, in 256ths of a turn: 34 degrees, since a slanted copy turns them.
const TURN_ERROR_MAX: u8 = 24;
/// A fit needs as many points.
const FIT_POINTS_MIN: usize = 4;
/// Points of the query closer than this (along both axes together) count as one: a blob may be found at two sizes.
const APART_MIN: f32 = 3.0;
/// A copy is not stretched along one axis by more than this.
const STRETCH_MAX: f32 = 2.5;
/// A copy is not larger or smaller by more than this in area.
const AREA_RATIO_MAX: f32 = 200.0;

/// `x' = a x + b y + c`, `y' = d x + e y + f`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Affine(pub(super) [f32; 6]);

impl Affine {
    pub(super) fn apply(&self, (x, y): (f32, f32)) -> (f32, f32) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + b * y + c, d * x + e * y + f)
    }

    /// Area of what was of area one; negative if mirrored.
    pub(super) fn area(&self) -> f32 {
        let [a, b, _, d, e, _] = self.0;
        a * e - b * d
    }

    /// Whether a copy may be so: not mirrored, not stretched or scaled beyond the limits.
    fn is_plausible(&self) -> bool {
        let [a, b, _, d, e, _] = self.0;
        let area = self.area();
        // The two stretches s and t have s * t = area and s^2 + t^2 = the sum of squares.
        let squares = a * a + b * b + d * d + e * e;
        area > 1.0 / AREA_RATIO_MAX && area < AREA_RATIO_MAX && squares < area * (STRETCH_MAX + 1.0 / STRETCH_MAX)
    }
}

/// A map and what follows it.
pub(super) struct Placed {
    pub(super) map: Affine,
    /// Points of the query that follow, each with another one of the known picture, apart from one another.
    pub(super) followers: Vec<(f32, f32)>,
}

/// A pair with its places worked out.
struct Pair {
    from: (f32, f32),
    to: (f32, f32),
    /// Steps by which the known point is larger, and turned further.
    larger: i32,
    turned: u8,
    /// Blur of the known point, in units.
    blur: f32,
}

impl Pair {
    fn new(query: &Point, known: &Point) -> Pair {
        Pair {
            from: query.place(),
            to: known.place(),
            larger: i32::from(known.size) - i32::from(query.size),
            turned: known.turn.wrapping_sub(query.turn),
            blur: doublings(i32::from(known.size)),
        }
    }

    /// The only similarity that brings the one point onto the other.
    fn proposal(&self) -> Affine {
        let scale = doublings(self.larger);
        let (cosine, sine) = direction(f32::from(self.turned) / 256.0);
        let (c, s) = (cosine * scale, sine * scale);
        let (x, y) = self.from;
        Affine([c, -s, self.to.0 - (c * x - s * y), s, c, self.to.1 - (s * x + c * y)])
    }

    fn is_like(&self, other: &Pair) -> bool {
        let turn = self.turned.wrapping_sub(other.turned);
        (self.larger - other.larger).abs() <= SIZE_ERROR_MAX && turn.min(turn.wrapping_neg()) <= TURN_ERROR_MAX
    }

    fn follows(&self, map: &Affine, error_max: f32) -> bool {
        let (x, y) = map.apply(self.from);
        let (dx, dy) = (x - self.to.0, y - self.to.1);
        dx * dx + dy * dy <= error_max * error_max
    }
}

/// `2^(steps / SIZE_STEPS)`, from a table, so that it is the same everywhere.
fn doublings(steps: i32) -> f32 {
    let power = SIXTEENTHS[steps.rem_euclid(SIZE_STEPS) as usize];
    let octaves = steps.div_euclid(SIZE_STEPS);
    if octaves >= 0 { power * (1u32 << octaves) as f32 } else { power / (1u32 << -octaves) as f32 }
}

/// The first sixteen sixteenths of a doubling.
const SIXTEENTHS: [f32; SIZE_STEPS as usize] = {
    let mut powers = [1.0; SIZE_STEPS as usize];
    let (mut power, mut at) = (1.0f64, 0);
    while at < powers.len() {
        powers[at] = power as f32;
        power *= super::SIZE_STEP;
        at += 1;
    }
    powers
};

/// The map that most matches follow; `None` when fewer than `followers_min` follow any.
pub(super) fn place(query: &Signature, known: &Signature, matches: &[Match], followers_min: usize) -> Option<Placed> {
    let pairs: Vec<Pair> = matches.iter().map(|m| Pair::new(&query.points[m.query], &known.points[m.known])).collect();
    let mut order: Vec<usize> = (0..matches.len()).collect();
    order.sort_by_key(|&at| (matches[at].distance, at));
    order.truncate(PROPOSALS_MAX);
    let mut proposals: Vec<(usize, usize)> = order.iter().map(|&at| (count(matches, &pairs, at), at)).collect();
    proposals.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let promising = proposals.iter().take(FITTED).filter(|(count, _)| *count >= followers_min);
    let mut best: Option<Placed> = None;
    for &(_, at) in promising {
        let (map, following) = fitted(&pairs, &pairs[at]);
        let followers = distinct(matches, &pairs, following);
        if followers.len() >= best.as_ref().map_or(followers_min, |best| best.followers.len() + 1) {
            best = Some(Placed { map, followers });
        }
    }
    best
}

/// How many points of the query follow the proposal of a pair.
fn count(matches: &[Match], pairs: &[Pair], at: usize) -> usize {
    let (asked, map) = (&pairs[at], pairs[at].proposal());
    let scale = doublings(asked.larger).max(1.0);
    let (mut count, mut last) = (0, usize::MAX);
    for (found, pair) in matches.iter().zip(pairs) {
        // Matches of one point stand together.
        if found.query != last && pair.is_like(asked) && pair.follows(&map, ERROR_MAX[0] * scale + 2.0 * pair.blur) {
            count += 1;
            last = found.query;
        }
    }
    count
}

/// The map of a proposal fitted to its followers, and which pairs follow.
fn fitted(pairs: &[Pair], proposal: &Pair) -> (Affine, Vec<usize>) {
    let mut map = proposal.proposal();
    let mut following = Vec::new();
    for (round, error_max) in ERROR_MAX.into_iter().enumerate() {
        let scale = map.area().abs().sqrt().max(1.0);
        let follows = |pair: &Pair| pair.is_like(proposal) && pair.follows(&map, error_max * scale + pair.blur);
        following = (0..pairs.len()).filter(|&at| follows(&pairs[at])).collect();
        if round + 1 == ERROR_MAX.len() {
            break;
        }
        match fit(pairs, &following).filter(Affine::is_plausible) {
            Some(better) => map = better,
            None => break,
        }
    }
    (map, following)
}

/// Each point once, the closest pairs first, and points that are nearly one as one.
fn distinct(matches: &[Match], pairs: &[Pair], mut following: Vec<usize>) -> Vec<(f32, f32)> {
    following.sort_by_key(|&at| (matches[at].distance, at));
    let (mut queries, mut knowns) = (Vec::new(), Vec::new());
    let mut places: Vec<(f32, f32)> = Vec::new();
    for at in following {
        let (found, (x, y)) = (&matches[at], pairs[at].from);
        if queries.contains(&found.query) || knowns.contains(&found.known) {
            continue;
        }
        queries.push(found.query);
        knowns.push(found.known);
        if places.iter().all(|place| (place.0 - x).abs() + (place.1 - y).abs() > APART_MIN) {
            places.push((x, y));
        }
    }
    places
}

/// Least squares; `None` when the points are few or lie on a line.
fn fit(pairs: &[Pair], following: &[usize]) -> Option<Affine> {
    if following.len() < FIT_POINTS_MIN {
        return None;
    }
    let wide = |(x, y): (f32, f32)| (f64::from(x), f64::from(y));
    let count = following.len() as f64;
    let sum = following.iter().map(|&at| wide(pairs[at].from)).fold((0.0, 0.0), |sum, (x, y)| (sum.0 + x, sum.1 + y));
    let middle = (sum.0 / count, sum.1 / count);
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    let mut moments = [[0.0f64; 3]; 2];
    for &at in following {
        let (from, to) = (wide(pairs[at].from), wide(pairs[at].to));
        let (x, y) = (from.0 - middle.0, from.1 - middle.1);
        (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y);
        for (moment, value) in moments.iter_mut().zip([to.0, to.1]) {
            *moment = [moment[0] + x * value, moment[1] + y * value, moment[2] + value];
        }
    }
    let determinant = xx * yy - xy * xy;
    // Points on a line, or all within a few units, leave the map open.
    if determinant < 1e-3 * (xx + yy) * (xx + yy) || xx + yy < 400.0 {
        return None;
    }
    let [first, second] = moments.map(|[mx, my, m]| {
        let a = (mx * yy - my * xy) / determinant;
        let b = (my * xx - mx * xy) / determinant;
        [a as f32, b as f32, (m / count - a * middle.0 - b * middle.1) as f32]
    });
    Some(Affine([first[0], first[1], first[2], second[0], second[1], second[2]]))
}

impl Point {
    /// In units of the signature.
    pub(super) fn place(&self) -> (f32, f32) {
        (f32::from(self.x) / PLACE_STEPS, f32::from(self.y) / PLACE_STEPS)
    }
}
