//! What is alike: the indexes of image hashes and text sketches in memory, and the families they join. Loaded from the
//! records at start, then fed by every version that passes.

use std::collections::HashMap;

use vedette_core::limits::{PDQ_DISTANCE_MAX, PDQ_QUALITY_MIN};
use vedette_core::ports::Records;
use vedette_core::{FamilyId, ItemId, LikenessKind, NewLikeness, StoreResult, VersionId};
use vedette_likeness::Partings;
use vedette_likeness::families::Families;
use vedette_likeness::hamming::HashIndex;
use vedette_likeness::near_text::{Sketch, TextIndex};
use vedette_likeness::pdq::PdqHash;

use crate::DeskConfig;
use crate::derive::{Alike, Material, Recognised};

/// Rows read at a time when the indexes are loaded.
const LOAD_ROWS: usize = 4_096;
/// Likenesses stored for one version: the nearest. A poster that was posted a thousand times is one family all the same.
const LIKENESSES_MAX: usize = 50;

/// The indexes and families.
#[derive(Default)]
pub(crate) struct LikenessState {
    images: HashIndex,
    /// Item of each entry of `images`; the entry's id is its place here.
    image_items: Vec<ItemId>,
    texts: TextIndex,
    /// Item of each version in `texts`.
    text_items: HashMap<u64, ItemId>,
    families: Families,
    /// What people said does not belong together.
    partings: Partings,
}

/// Families that were made anew.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Moved {
    /// The family of every item that was looked at.
    pub families: Vec<(ItemId, Option<FamilyId>)>,
    /// Those whose family is another one now.
    pub changed: Vec<ItemId>,
}

impl LikenessState {
    /// Loads everything the records hold.
    pub fn load(records: &dyn Records, partings: Partings) -> StoreResult<Self> {
        let mut state = Self { partings, ..Self::default() };
        let mut after = VersionId(0);
        let mut refused = 0;
        loop {
            let rows = records.likeness_rows(after, LOAD_ROWS)?;
            let Some((last, ..)) = rows.last() else { break };
            after = *last;
            for (version, item, sketch, hashes) in rows {
                match sketch.as_deref().map(Sketch::from_bytes) {
                    Some(Ok(sketch)) => state.add_text(version, item, sketch),
                    Some(Err(_)) => refused += 1,
                    None => {}
                }
                for (hash, quality) in hashes {
                    if let Ok(hash) = hash.parse::<PdqHash>() {
                        state.add_image(item, hash, quality);
                    }
                }
            }
        }
        if refused > 0 {
            tracing::warn!(
                posts = refused,
                "text sketches of an older recipe are left out: run `vedette worker --once --again`"
            );
        }
        for (item, family) in records.family_rows()? {
            state.families.join(key(item), family.0.unsigned_abs());
        }
        Ok(state)
    }

    /// What `material` is like among everything that passed before; then it is among them.
    pub fn liken(&mut self, material: &Material, recognised: &Recognised, config: &DeskConfig) -> Alike {
        let sketch = Sketch::of(&recognised.folded);
        let mut nearest: HashMap<ItemId, NewLikeness> = HashMap::new();
        let mut note = |other: ItemId, kind: LikenessKind, distance: f32| {
            if other == material.item {
                return;
            }
            let new = NewLikeness { other, kind, distance };
            nearest
                .entry(other)
                .and_modify(|old| {
                    let closer = new.kind == old.kind && new.distance < old.distance;
                    if closer || (new.kind == LikenessKind::Image && old.kind == LikenessKind::Text) {
                        *old = new.clone();
                    }
                })
                .or_insert(new);
        };

        if let Some(sketch) = &sketch {
            for (version, jaccard) in self.texts.similar(sketch, config.text_likeness_min) {
                if let Some(other) = self.text_items.get(&version) {
                    note(*other, LikenessKind::Text, 1.0 - jaccard);
                }
            }
        }
        let hashes: Vec<(PdqHash, u8)> = material
            .images
            .iter()
            .filter_map(|image| Some((image.pdq.parse::<PdqHash>().ok()?, image.quality)))
            .collect();
        for (hash, quality) in &hashes {
            if *quality < PDQ_QUALITY_MIN {
                continue;
            }
            for (entry, distance) in self.images.within(hash, PDQ_DISTANCE_MAX) {
                if let Some(other) = usize::try_from(entry).ok().and_then(|entry| self.image_items.get(entry)) {
                    note(*other, LikenessKind::Image, distance as f32);
                }
            }
        }

        let mut likenesses: Vec<NewLikeness> = nearest.into_values().collect();
        likenesses.sort_by(|a, b| {
            (a.kind == LikenessKind::Text, a.distance, a.other)
                .partial_cmp(&(b.kind == LikenessKind::Text, b.distance, b.other))
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        likenesses.truncate(LIKENESSES_MAX);

        let (family, merged_families) = self.join(material.item, &likenesses);
        let bytes = sketch.as_ref().map(|sketch| sketch.to_bytes());
        if let Some(sketch) = sketch {
            self.add_text(material.version, material.item, sketch);
        }
        for (hash, quality) in hashes {
            self.add_image(material.item, hash, quality);
        }
        Alike { sketch: bytes, likenesses, family, merged_families }
    }

    /// Joins an item with what it is like, where nobody parted them. Its family, and those that went into it.
    fn join(&mut self, item: ItemId, likenesses: &[NewLikeness]) -> (Option<FamilyId>, Vec<FamilyId>) {
        let mut before: Vec<u64> = Vec::new();
        let others = likenesses.iter().map(|like| key(like.other));
        let allowed: Vec<u64> = others.filter(|other| self.partings.allow(key(item), *other)).collect();
        for other in &allowed {
            // An item that was alone so far counts as the family of itself: its row must move too.
            before.push(self.families.family_of(*other).unwrap_or(*other));
        }
        before.extend(self.families.family_of(key(item)));
        for other in allowed {
            self.families.join(key(item), other);
        }
        let Some(family) = self.family_of(item) else { return (None, Vec::new()) };
        before.sort_unstable();
        before.dedup();
        (Some(family), before.into_iter().map(as_family).filter(|old| *old != family).collect())
    }

    /// The family of an item; one that stands alone has none.
    fn family_of(&self, item: ItemId) -> Option<FamilyId> {
        let family = self.families.family_of(key(item)).filter(|_| self.families.size_of(key(item)) > 1);
        family.map(as_family)
    }

    /// The partings that hold.
    pub fn partings(&self) -> &Partings {
        &self.partings
    }

    /// Items, and all that are in their families.
    pub fn relatives(&self, items: &[ItemId]) -> Vec<ItemId> {
        let mut all: Vec<ItemId> = items.to_vec();
        all.extend(items.iter().flat_map(|item| self.families.members(key(*item))).map(as_item));
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Makes the families around some items anew, with other partings. `joins` are all that any chain of joins leads to from
    /// `around`, which are the items and their families.
    pub fn settle(&mut self, around: &[ItemId], joins: &[(ItemId, ItemId)], partings: Partings) -> Moved {
        // An item whose joins are not on record is looked at too.
        let own = around.iter().map(|item| (key(*item), key(*item)));
        let joins: Vec<(u64, u64)> = joins.iter().map(|(a, b)| (key(*a), key(*b))).chain(own).collect();
        let mut ends: Vec<u64> = joins.iter().flat_map(|(a, b)| [*a, *b]).collect();
        ends.sort_unstable();
        ends.dedup();
        let before: HashMap<u64, Option<FamilyId>> =
            ends.into_iter().map(|item| (item, self.family_of(as_item(item)))).collect();
        self.partings = partings;
        let touched = self.families.settle(&joins, &self.partings);
        let families: Vec<(ItemId, Option<FamilyId>)> =
            touched.into_iter().map(as_item).map(|item| (item, self.family_of(item))).collect();
        let changed = families.iter().filter(|(item, family)| before.get(&key(*item)).copied().flatten() != *family);
        Moved { changed: changed.map(|(item, _)| *item).collect(), families }
    }

    fn add_text(&mut self, version: VersionId, item: ItemId, sketch: Sketch) {
        let version = version.0.unsigned_abs();
        // Deriving again replaces what the version said before.
        if self.text_items.insert(version, item).is_some() {
            self.texts.remove(version);
        }
        self.texts.insert(version, &sketch);
    }

    fn add_image(&mut self, item: ItemId, hash: PdqHash, quality: u8) {
        if quality < PDQ_QUALITY_MIN {
            return;
        }
        let known = self
            .images
            .within(&hash, 0)
            .into_iter()
            .filter_map(|(entry, _)| self.image_items.get(usize::try_from(entry).ok()?))
            .any(|other| *other == item);
        if !known {
            self.images.insert(self.image_items.len() as u64, hash);
            self.image_items.push(item);
        }
    }

    /// Items whose images are within `distance` bits of `hash`, nearest first.
    pub fn images_near(&self, hash: &PdqHash, distance: u32) -> Vec<(ItemId, u32)> {
        let mut near: Vec<(ItemId, u32)> = self
            .images
            .within(hash, distance)
            .into_iter()
            .filter_map(|(entry, distance)| Some((*self.image_items.get(usize::try_from(entry).ok()?)?, distance)))
            .collect();
        near.sort_by_key(|(item, distance)| (*distance, *item));
        near.dedup_by_key(|(item, _)| *item);
        near
    }
}

/// In how many bits two PDQ hashes in hexadecimal digits differ; nothing when one of them is none.
pub fn bits_between(a: &str, b: &str) -> Option<u32> {
    Some(a.parse::<PdqHash>().ok()?.distance(&b.parse().ok()?))
}

/// An item's number in the families of `likeness`.
pub(crate) fn key(item: ItemId) -> u64 {
    item.0.unsigned_abs()
}

fn as_item(key: u64) -> ItemId {
    ItemId(i64::try_from(key).unwrap_or(i64::MAX))
}

fn as_family(key: u64) -> FamilyId {
    FamilyId(i64::try_from(key).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use vedette_core::LikenessKind;

    use super::*;

    #[test]
    fn bits_are_counted_between_hashes_alone() {
        let zeros = "0".repeat(64);
        let hash = |head: &str| format!("{head}{}", zeros.get(head.len()..).unwrap());
        assert_eq!(bits_between(&hash("ff00"), &hash("fe01")), Some(2));
        assert_eq!(bits_between(&hash("ff00"), "ff0"), None);
        assert_eq!(bits_between(&hash("zz"), &hash("ff")), None);
    }

    /// Items of the test.
    const ITEMS: i64 = 12;

    /// What the records would hold: families of items by the rules of `put_derived`, and every join.
    #[derive(Default)]
    struct Rows {
        family: BTreeMap<ItemId, FamilyId>,
        joins: BTreeSet<(ItemId, ItemId)>,
    }

    impl Rows {
        fn put(&mut self, item: ItemId, others: &[NewLikeness], family: Option<FamilyId>, merged: &[FamilyId]) {
            self.joins.extend(others.iter().map(|like| (item.min(like.other), item.max(like.other))));
            let Some(family) = family else { return };
            self.family.insert(item, family);
            self.family.insert(ItemId(family.0), family);
            for old in merged {
                self.family.insert(ItemId(old.0), family);
                self.family.values_mut().filter(|now| **now == *old).for_each(|now| *now = family);
            }
        }

        fn around(&self, items: &[ItemId]) -> Vec<(ItemId, ItemId)> {
            let mut reached: BTreeSet<ItemId> = items.iter().copied().collect();
            while let Some(next) =
                self.joins.iter().find_map(|(a, b)| match (reached.contains(a), reached.contains(b)) {
                    (true, false) => Some(*b),
                    (false, true) => Some(*a),
                    _ => None,
                })
            {
                reached.insert(next);
            }
            self.joins.iter().copied().filter(|(a, _)| reached.contains(a)).collect()
        }
    }

    /// Numbers that look random and are the same each time.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, end: i64) -> i64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i64::try_from((self.0 >> 33) % end.unsigned_abs()).unwrap()
        }
    }

    #[test]
    fn after_any_likenesses_partings_and_takings_back_rows_and_memory_hold_the_families_of_computing_from_scratch() {
        for seed in 0..300 {
            let (mut dice, mut state, mut rows) = (Dice(seed), LikenessState::default(), Rows::default());
            let mut standing: Vec<(ItemId, Option<ItemId>)> = Vec::new();
            for step in 0..30 {
                let item = ItemId(1 + dice.below(ITEMS));
                let mut other = || ItemId(1 + dice.below(ITEMS));
                let (one, two) = (other(), other());
                let touched = match dice.below(8) {
                    0 => {
                        standing.push((item, None));
                        vec![item]
                    }
                    1 | 2 if item != one => {
                        standing.push((item, Some(one)));
                        vec![item, one]
                    }
                    3 | 4 if !standing.is_empty() => {
                        let (a, b) = standing.swap_remove(dice.below(standing.len() as i64) as usize);
                        std::iter::once(a).chain(b).collect()
                    }
                    _ => {
                        let others = [one, two].into_iter().filter(|other| *other != item);
                        let like = |other| NewLikeness { other, kind: LikenessKind::Text, distance: 0.1 };
                        let likenesses: Vec<NewLikeness> = others.map(like).collect();
                        let (family, merged) = state.join(item, &likenesses);
                        rows.put(item, &likenesses, family, &merged);
                        Vec::new()
                    }
                };
                let mut partings = Partings::default();
                for (a, b) in &standing {
                    match b {
                        Some(b) => partings.part(key(*a), key(*b)),
                        None => partings.set_alone(key(*a)),
                    }
                }
                if !touched.is_empty() {
                    let around = state.relatives(&touched);
                    let moved = state.settle(&around, &rows.around(&around), partings.clone());
                    for (item, family) in moved.families {
                        match family {
                            Some(family) => rows.family.insert(item, family),
                            None => rows.family.remove(&item),
                        };
                    }
                }
                let anew = Families::of(rows.joins.iter().map(|(a, b)| (key(*a), key(*b))), &partings);
                for item in (1..=ITEMS).map(ItemId) {
                    let expected = anew.family_of(key(item)).filter(|_| anew.size_of(key(item)) > 1).map(as_family);
                    let found = (state.family_of(item), rows.family.get(&item).copied());
                    assert_eq!(found, (expected, expected), "{item} at step {step} of seed {seed}");
                }
            }
        }
    }
}
