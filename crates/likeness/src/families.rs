//! One poster in three languages on five channels: items joined by likeness make a family.
//!
//! A family is named by its smallest member, so that its name depends only on who is in it, never on the order of joining.
//! When two families join, the name of one of them goes out of use; asking by it, or by any member, still finds the family.

use rustc_hash::FxHashMap;

/// Which items belong together. Joining is transitive and cannot be undone: to take a likeness back, build the families anew
/// from those that remain.
#[derive(Debug, Default, Clone)]
pub struct Families {
    places: FxHashMap<u64, u32>,
    items: Vec<Item>,
}

#[derive(Debug, Clone)]
struct Item {
    id: u64,
    /// The place of an item nearer to the root; its own at the root.
    parent: u32,
    /// The next item of the ring in which a family holds hands.
    next: u32,
    /// At a root: how many members, and the smallest.
    members: u32,
    smallest: u64,
}

impl Families {
    /// The most items; one more is not taken.
    pub const ITEMS_MAX: usize = u32::MAX as usize;

    /// No items.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many items belong to families.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is no item.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Puts two items, and with them their families, together; returns the family's name. An item joined with itself is a
    /// family of one.
    ///
    /// # Panics
    /// Beyond [`Families::ITEMS_MAX`] items.
    pub fn join(&mut self, a: u64, b: u64) -> u64 {
        let (a, b) = (self.place(a), self.place(b));
        let (a, b) = (self.shortened_root(a), self.shortened_root(b));
        if a == b {
            return self.items[a as usize].smallest;
        }
        let (small, large) =
            if self.items[a as usize].members < self.items[b as usize].members { (a, b) } else { (b, a) };
        let joined = self.items[small as usize].clone();
        let next = self.items[large as usize].next;
        self.items[small as usize].parent = large;
        self.items[small as usize].next = next;
        let root = &mut self.items[large as usize];
        root.next = joined.next;
        root.members += joined.members;
        root.smallest = root.smallest.min(joined.smallest);
        root.smallest
    }

    /// The name of the family an item is in; `None` when it was never joined.
    #[must_use]
    pub fn family_of(&self, item: u64) -> Option<u64> {
        let place = *self.places.get(&item)?;
        Some(self.items[self.root(place) as usize].smallest)
    }

    /// The members of a family, the smallest first; none when nobody in it is known.
    #[must_use]
    pub fn members(&self, family: u64) -> Vec<u64> {
        let Some(&first) = self.places.get(&family) else {
            return Vec::new();
        };
        let ring = std::iter::successors(Some(first), |&place| {
            let next = self.items[place as usize].next;
            (next != first).then_some(next)
        });
        let mut members: Vec<u64> = ring.map(|place| self.items[place as usize].id).collect();
        members.sort_unstable();
        members
    }

    fn place(&mut self, id: u64) -> u32 {
        let fresh = u32::try_from(self.items.len()).expect("memory ends before 4 billion items do");
        let place = *self.places.entry(id).or_insert(fresh);
        if place == fresh {
            self.items.push(Item { id, parent: fresh, next: fresh, members: 1, smallest: id });
        }
        place
    }

    /// The smaller family always goes under the larger one, so a way up is never longer than 32 steps.
    fn root(&self, mut place: u32) -> u32 {
        while self.items[place as usize].parent != place {
            place = self.items[place as usize].parent;
        }
        place
    }

    fn shortened_root(&mut self, mut place: u32) -> u32 {
        let root = self.root(place);
        while place != root {
            place = std::mem::replace(&mut self.items[place as usize].parent, root);
        }
        root
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn items_joined_through_others_are_one_family_named_by_the_smallest() {
        let mut families = Families::new();
        assert_eq!(families.join(20, 30), 20);
        assert_eq!(families.join(50, 40), 40);
        assert_eq!(families.join(30, 50), 20);
        assert_eq!(families.members(20), [20, 30, 40, 50]);
        assert_eq!(families.join(50, 7), 7);
        assert_eq!(families.family_of(40), Some(7));
        assert_eq!(families.len(), 5);
    }

    #[test]
    fn a_family_is_found_by_a_name_that_went_out_of_use() {
        let mut families = Families::new();
        families.join(20, 30);
        families.join(10, 20);
        assert_eq!(families.members(20), [10, 20, 30]);
    }

    #[test]
    fn an_unknown_item_has_no_family_and_a_lone_one_is_its_own() {
        let mut families = Families::new();
        assert!(families.is_empty());
        assert_eq!(families.family_of(1), None);
        assert!(families.members(1).is_empty());
        assert_eq!(families.join(1, 1), 1);
        assert_eq!(families.members(1), [1]);
        assert_eq!(families.family_of(2), None);
    }

    #[test]
    fn a_long_chain_of_reposts_is_one_family() {
        let mut families = Families::new();
        (0..100_000).rev().for_each(|item| {
            families.join(item, item + 1);
        });
        assert_eq!(families.family_of(100_000), Some(0));
        assert_eq!(families.members(0).len(), 100_001);
    }

    proptest! {
        #[test]
        fn families_are_those_of_relabelling_everyone_at_each_join(joins in prop::collection::vec((0u64..40, 0u64..40), 0..80)) {
            let mut families = Families::new();
            let mut labels: BTreeMap<u64, u64> = BTreeMap::new();
            for (a, b) in joins {
                let (x, y) = (*labels.entry(a).or_insert(a), *labels.entry(b).or_insert(b));
                labels.values_mut().filter(|label| **label == x || **label == y).for_each(|label| *label = x.min(y));
                prop_assert_eq!(families.join(a, b), x.min(y));
            }
            for item in 0..40 {
                prop_assert_eq!(families.family_of(item), labels.get(&item).copied());
                let expected: Vec<u64> =
                    labels.iter().filter(|(_, label)| labels.get(&item) == Some(label)).map(|(id, _)| *id).collect();
                prop_assert_eq!(families.members(item), expected);
            }
        }
    }
}
