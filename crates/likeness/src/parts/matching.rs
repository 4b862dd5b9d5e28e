//! Which points of two pictures look alike.

use super::Point;

/// Two points are alike when at most so many of their 256 bits differ; strangers differ in 128 on average.
pub(super) const DISTANCE_MAX: u32 = 76;
/// Points that one point may be taken for: patterns repeat.
const NEAREST: usize = 3;

/// Two points that look alike, by their numbers.
pub(super) struct Match {
    pub(super) query: usize,
    pub(super) known: usize,
    pub(super) distance: u32,
}

/// The nearest known points of each point of the query, those of one point together.
pub(super) fn matches(query: &[Point], known: &[Point]) -> Vec<Match> {
    pulp::Arch::new().dispatch(Matching { query, known })
}

struct Matching<'a> {
    query: &'a [Point],
    known: &'a [Point],
}

impl pulp::NullaryFnOnce for Matching<'_> {
    type Output = Vec<Match>;

    #[inline(always)]
    fn call(self) -> Vec<Match> {
        let mut found = Vec::new();
        for (query, asked) in self.query.iter().enumerate() {
            let mut nearest = [(DISTANCE_MAX + 1, usize::MAX); NEAREST];
            for (known, point) in self.known.iter().enumerate() {
                let distance: u32 = asked.bits.iter().zip(point.bits).map(|(a, b)| (a ^ b).count_ones()).sum();
                if distance < nearest[NEAREST - 1].0 {
                    nearest[NEAREST - 1] = (distance, known);
                    nearest.sort_by_key(|&(distance, _)| distance);
                }
            }
            let alike = nearest.iter().filter(|&&(distance, _)| distance <= DISTANCE_MAX);
            found.extend(alike.map(|&(distance, known)| Match { query, known, distance }));
        }
        found
    }
}
