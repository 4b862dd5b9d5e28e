//! One poster in three languages on five channels: items joined by likeness make a family.
//!
//! A family is named by its smallest member, so that its name depends only on who is in it, never on the order of joining.
//! When two families join, the name of one of them goes out of use; asking by it, or by any member, still finds the family.

use rustc_hash::FxHashMap;

use crate::Partings;

/// Which items belong together. Joining is transitive; a join is undone by [`Families::settle`], which builds the families around
/// it anew from the joins that remain.
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

    /// How many members the family of an item has; 0 when the item was never joined.
    #[must_use]
    pub fn size_of(&self, item: u64) -> usize {
        self.places.get(&item).map_or(0, |place| self.items[self.root(*place) as usize].members as usize)
    }

    /// The families that these joins make where no parting speaks against it.
    #[must_use]
    pub fn of(joins: impl IntoIterator<Item = (u64, u64)>, partings: &Partings) -> Self {
        let mut families = Self::new();
        joins.into_iter().filter(|(a, b)| partings.allow(*a, *b)).for_each(|(a, b)| {
            families.join(a, b);
        });
        families
    }

    /// Makes the families of these joins' items anew: they fall apart and are joined again where no parting speaks against it.
    /// `joins` are all that there are between items that any chain of joins leads to, parted or not. The items that were looked
    /// at, the smallest first.
    pub fn settle(&mut self, joins: &[(u64, u64)], partings: &Partings) -> Vec<u64> {
        let mut touched: Vec<u64> = joins.iter().flat_map(|(a, b)| [*a, *b]).collect();
        touched.sort_unstable();
        touched.dedup();
        let mut all = touched.clone();
        for item in touched {
            if self.size_of(item) > 1 {
                let members = self.members(item);
                members.iter().for_each(|member| self.stand_alone(*member));
                all.extend(members);
            }
        }
        for (a, b) in joins.iter().filter(|(a, b)| partings.allow(*a, *b)) {
            self.join(*a, *b);
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Sets an item on its own. Only for all members of a family at once: others may hang on it.
    fn stand_alone(&mut self, item: u64) {
        if let Some(&place) = self.places.get(&item) {
            self.items[place as usize] = Item { id: item, parent: place, next: place, members: 1, smallest: item };
        }
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

    /// What may happen to families.
    #[derive(Debug, Clone)]
    enum Act {
        Join(u64, u64),
        Alone(u64),
        Part(u64, u64),
        /// Takes back one of the partings that stand.
        TakeBack(usize),
    }

    fn act() -> impl Strategy<Value = Act> {
        let item = || 0u64..14;
        prop_oneof![
            4 => (item(), item()).prop_map(|(a, b)| Act::Join(a, b)),
            1 => item().prop_map(Act::Alone),
            2 => (item(), item()).prop_map(|(a, b)| Act::Part(a, b)),
            2 => any::<usize>().prop_map(Act::TakeBack),
        ]
    }

    /// All joins that a chain of joins leads to from some items.
    fn around(joins: &[(u64, u64)], items: &[u64]) -> Vec<(u64, u64)> {
        let mut reached = items.to_vec();
        loop {
            let next = joins.iter().find_map(|(a, b)| match (reached.contains(a), reached.contains(b)) {
                (true, false) => Some(*b),
                (false, true) => Some(*a),
                _ => None,
            });
            let Some(next) = next else { break };
            reached.push(next);
        }
        joins.iter().copied().filter(|(a, _)| reached.contains(a)).collect()
    }

    #[test]
    fn parting_a_pair_parts_what_only_it_held_together() {
        let joins = [(1, 2), (2, 3), (3, 4)];
        let mut families = Families::of(joins, &Partings::default());
        let mut partings = Partings::default();
        partings.part(3, 2);
        assert_eq!(families.settle(&joins, &partings), [1, 2, 3, 4]);
        assert_eq!((families.members(2), families.members(3)), (vec![1, 2], vec![3, 4]));
        assert_eq!((families.family_of(4), families.size_of(4), families.size_of(9)), (Some(3), 2, 0));
        partings.set_alone(1);
        families.settle(&joins, &partings);
        assert_eq!((families.members(1), families.members(2)), (vec![1], vec![2]));
        families.settle(&joins, &Partings::default());
        assert_eq!(families.members(4), [1, 2, 3, 4]);
    }

    proptest! {
        #[test]
        fn joins_partings_and_takings_back_in_any_order_give_the_families_of_computing_from_scratch(acts in prop::collection::vec(act(), 0..60)) {
            let mut families = Families::new();
            let mut joins: Vec<(u64, u64)> = Vec::new();
            let mut standing: Vec<Act> = Vec::new();
            let partings = |standing: &[Act]| {
                let mut all = Partings::default();
                for act in standing {
                    match act {
                        Act::Alone(item) => all.set_alone(*item),
                        Act::Part(a, b) => all.part(*a, *b),
                        Act::Join(..) | Act::TakeBack(_) => {}
                    }
                }
                all
            };
            for act in acts {
                let touched = match act {
                    Act::Join(a, b) => {
                        joins.push((a, b));
                        if partings(&standing).allow(a, b) {
                            families.join(a, b);
                        }
                        continue;
                    }
                    Act::Alone(item) => {
                        standing.push(act);
                        vec![item]
                    }
                    Act::Part(a, b) => {
                        standing.push(act);
                        vec![a, b]
                    }
                    Act::TakeBack(which) if !standing.is_empty() => match standing.remove(which % standing.len()) {
                        Act::Part(a, b) => vec![a, b],
                        Act::Alone(item) => vec![item],
                        Act::Join(..) | Act::TakeBack(_) => vec![],
                    },
                    Act::TakeBack(_) => continue,
                };
                families.settle(&around(&joins, &touched), &partings(&standing));
                let anew = Families::of(joins.iter().rev().copied(), &partings(&standing));
                for item in 0..14 {
                    let (now, then) = (families.members(item), anew.members(item));
                    prop_assert!(now == then || now.len() <= 1 && then.len() <= 1, "{item}: {now:?}, from scratch {then:?}");
                }
            }
        }

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
