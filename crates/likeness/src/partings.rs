//! What people said does not belong together: items that stand alone, and pairs that are not the same.
//!
//! A parting takes likenesses away, nothing else: families are always what the remaining likenesses join. So the outcome depends on
//! which likenesses and which partings there are, never on which came first.

use rustc_hash::FxHashSet;

/// The partings that hold.
///
/// ```
/// use vedette_likeness::{Families, Partings};
///
/// let mut partings = Partings::default();
/// partings.part(2, 3);
/// let families = Families::of([(1, 2), (2, 3), (3, 4)], &partings);
/// assert_eq!((families.members(1), families.members(4)), (vec![1, 2], vec![3, 4]));
/// // Another way from 2 to 3 keeps them together.
/// assert_eq!(Families::of([(1, 2), (2, 3), (1, 3)], &partings).members(1), [1, 2, 3]);
/// ```
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Partings {
    alone: FxHashSet<u64>,
    pairs: FxHashSet<(u64, u64)>,
}

impl Partings {
    /// The item belongs to no family.
    pub fn set_alone(&mut self, item: u64) {
        self.alone.insert(item);
    }

    /// The likeness of two items joins nothing.
    pub fn part(&mut self, a: u64, b: u64) {
        self.pairs.insert((a.min(b), a.max(b)));
    }

    /// Whether the likeness of two items joins them.
    #[must_use]
    pub fn allow(&self, a: u64, b: u64) -> bool {
        !self.alone.contains(&a) && !self.alone.contains(&b) && !self.pairs.contains(&(a.min(b), a.max(b)))
    }
}
