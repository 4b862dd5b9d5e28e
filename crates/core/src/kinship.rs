//! What belongs together, as stored: joins between items, what people did to families, and issues of series.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AttachmentId, FamilyId, ItemId, LikenessKind, Sha256, VersionId};

/// What a person does to families. A parting takes likenesses away and nothing else: families are what the others join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "act")]
pub enum FamilyAct {
    /// An item does not belong: it stands alone, whatever it is like.
    Leave {
        /// The item.
        item: ItemId,
        /// The family that it was in.
        family: FamilyId,
        /// Why.
        reason: String,
    },
    /// Two items are not the same: their likeness joins nothing.
    Part {
        /// The two, the smaller number first.
        items: [ItemId; 2],
        /// Why.
        reason: String,
    },
    /// An earlier act holds no more.
    Rejoin {
        /// Number of that act.
        of: u64,
        /// Why, when the person said it.
        reason: String,
    },
}

impl FamilyAct {
    /// Whether two acts part the same, whatever the reason.
    pub fn same_parting(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Leave { item: a, .. }, Self::Leave { item: b, .. }) => a == b,
            (Self::Part { items: a, .. }, Self::Part { items: b, .. }) => a == b,
            _ => false,
        }
    }
}

/// A likeness between two members of a family.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tie {
    /// The smaller number.
    pub a: ItemId,
    /// The larger one.
    pub b: ItemId,
    /// What is alike.
    pub kind: LikenessKind,
    /// Image: differing bits of 256. Text: 1 − Jaccard.
    pub distance: f32,
}

/// The first item of a family on one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstOnSource {
    /// The family.
    pub family: FamilyId,
    /// Name of the source.
    pub source: String,
    /// When it was posted.
    pub posted_at: Timestamp,
}

/// An issue of a series that a text, or the name of a file, speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueMention {
    /// First byte of the number with its word (`Issue 7`); 0 when it stands in the name of a file.
    pub start: usize,
    /// Byte after the last; 0 when it stands in the name of a file.
    pub end: usize,
    /// The number with its word, as written; or the name of the file.
    pub text: String,
    /// The file whose name says it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub file: Option<AttachmentId>,
    /// Id of the series in the register.
    pub series: String,
    /// Its name there.
    pub name: String,
    /// Number of the issue.
    pub number: u32,
}

/// An item with an issue, as the catalogue lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueRow {
    /// Id of the series.
    pub series: String,
    /// Number of the issue.
    pub number: u32,
    /// The item.
    pub item: ItemId,
    /// The version that says so.
    pub version: VersionId,
    /// Whether a file of it says so, or it brings a document: a copy, not only talk about one.
    pub copy: bool,
    /// Its first file, a document before others.
    pub file: Option<Sha256>,
    /// Name of its source.
    pub source: String,
    /// When posted.
    pub posted_at: Timestamp,
    /// Its family.
    pub family: Option<FamilyId>,
}
