//! What is alike: the indexes of image hashes and text sketches in memory, and the families they join. Loaded from the
//! records at start, then fed by every version that passes.

use std::collections::HashMap;

use vedette_core::limits::{PDQ_DISTANCE_MAX, PDQ_QUALITY_MIN};
use vedette_core::ports::Records;
use vedette_core::{FamilyId, ItemId, LikenessKind, NewLikeness, StoreResult, VersionId};
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
}

impl LikenessState {
    /// Loads everything the records hold.
    pub fn load(records: &dyn Records) -> StoreResult<Self> {
        let mut state = Self::default();
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

    fn join(&mut self, item: ItemId, likenesses: &[NewLikeness]) -> (Option<FamilyId>, Vec<FamilyId>) {
        let mut before: Vec<u64> = Vec::new();
        for likeness in likenesses {
            // An item that was alone so far counts as the family of itself: its row must move too.
            before.push(self.families.family_of(key(likeness.other)).unwrap_or(key(likeness.other)));
        }
        before.extend(self.families.family_of(key(item)));
        for likeness in likenesses {
            self.families.join(key(item), key(likeness.other));
        }
        let family = self.families.family_of(key(item));
        before.sort_unstable();
        before.dedup();
        let as_id = |family: u64| FamilyId(i64::try_from(family).unwrap_or(i64::MAX));
        let merged = before.into_iter().filter(|old| Some(*old) != family).map(as_id).collect();
        (family.map(as_id), merged)
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

fn key(item: ItemId) -> u64 {
    item.0.unsigned_abs()
}
