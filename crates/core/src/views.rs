//! What lists and pages show: rows joined for reading. A view is never written back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Assessment, Decision, FamilyId, Findings, ImageHash, Item, ItemId, Level, Reading, Sha256, Source, SourceId,
    Version,
};

/// Which rows of the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InboxQuery {
    /// Only this level or higher.
    pub level_min: Level,
    /// Only of this source.
    pub source: Option<SourceId>,
    /// Also those that somebody has decided on or marked as seen.
    pub with_decided: bool,
    /// Only those that wait for a person because something could not be read.
    pub needs_eyes: bool,
    /// Rows wanted.
    pub limit: usize,
    /// Rows skipped.
    pub offset: usize,
}

/// One row of the inbox, ranked by level, then time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InboxRow {
    /// The item.
    pub id: ItemId,
    /// Name of its source.
    pub source: String,
    /// Outlet id.
    pub outlet: Option<String>,
    /// When posted.
    pub posted_at: Timestamp,
    /// Language code.
    pub language: String,
    /// The level that holds: a person's if there is one, else the machine's.
    pub level: Level,
    /// Tier.
    pub tier: Option<u8>,
    /// The beginning of the text.
    pub text: String,
    /// State word.
    pub state: String,
    /// The heaviest reasons, one line each.
    pub reasons: Vec<String>,
    /// Images among its files.
    pub images: u32,
    /// Its family and how many members that has.
    pub family: Option<(FamilyId, u32)>,
    /// Whether a person has decided or marked it as seen.
    pub decided: bool,
    /// What could not be read.
    pub problems: Vec<String>,
}

/// A version with everything derived from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionView {
    /// The version.
    pub version: Version,
    /// Texts.
    pub readings: Vec<Reading>,
    /// One for each reading.
    pub findings: Vec<Findings>,
    /// Image hashes.
    pub images: Vec<ImageHash>,
    /// What the machine proposes.
    pub assessment: Assessment,
    /// What it was made with.
    pub made_with: String,
    /// What its files were read with; empty when it has none, or they are not read yet.
    pub read_with: String,
    /// What could not be read.
    pub problems: Vec<String>,
    /// Whether work on it still waits.
    pub pending: bool,
}

/// What is alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LikenessKind {
    /// Images by PDQ.
    Image,
    /// Texts by shingles.
    Text,
    /// The same bytes.
    Bytes,
}

/// A likeness as the item page shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LikenessView {
    /// The other item.
    pub other: ItemId,
    /// Name of its source.
    pub source: String,
    /// When the other was posted.
    pub posted_at: Timestamp,
    /// What is alike.
    pub kind: LikenessKind,
    /// Image: differing bits of 256. Text: 1 − Jaccard.
    pub distance: f32,
    /// The beginning of the other's text.
    pub text: String,
}

/// Everything the item page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemView {
    /// The item.
    pub item: Item,
    /// Its source.
    pub source: Source,
    /// Outlet id.
    pub outlet: Option<String>,
    /// Versions, oldest first.
    pub versions: Vec<VersionView>,
    /// What it is like.
    pub likenesses: Vec<LikenessView>,
    /// Its family.
    pub family: Option<FamilyId>,
    /// What people decided, oldest first.
    pub decisions: Vec<Decision>,
    /// Whether somebody has marked it as seen.
    pub seen: bool,
    /// Leaves in the log now.
    pub tree_size: u64,
}

impl ItemView {
    /// The latest version that has content: a deletion shows what was deleted.
    pub fn content(&self) -> Option<&VersionView> {
        self.versions.iter().rev().find(|v| !v.version.state.is_gone()).or_else(|| self.versions.last())
    }

    /// The level that holds: a person's if there is one, else the machine's.
    pub fn level(&self) -> Level {
        match self.decisions.last() {
            Some(decision) => decision.level,
            None => self.content().map(|v| v.assessment.level).unwrap_or_default(),
        }
    }
}

/// A member of a family.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FamilyMember {
    /// The item.
    pub id: ItemId,
    /// Name of its source.
    pub source: String,
    /// When posted.
    pub posted_at: Timestamp,
    /// Language code.
    pub language: String,
    /// Level that holds.
    pub level: Level,
    /// The beginning of its text.
    pub text: String,
    /// First image file of it, for a blurred picture.
    pub image: Option<Sha256>,
}

/// Items joined by likeness, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FamilyView {
    /// Its id.
    pub id: FamilyId,
    /// Members, oldest first: the first had it first.
    pub members: Vec<FamilyMember>,
}

/// What is known of some bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExhibitInfo {
    /// Their SHA-256.
    pub sha256: Sha256,
    /// Length in bytes.
    pub size_bytes: u64,
    /// Media type as recorded.
    pub media_type: String,
    /// Whether it is a sealed response page.
    pub sealed: bool,
    /// Whether it was erased.
    pub erased: bool,
}

/// Items of one day at one level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineBucket {
    /// The day (UTC), ISO 8601.
    pub day: String,
    /// Items by level, lowest first ([`Level::ALL`]).
    pub by_level: [u64; 5],
}

/// How much there is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Sources.
    pub sources: u64,
    /// Captures.
    pub captures: u64,
    /// Exhibits.
    pub exhibits: u64,
    /// Items.
    pub items: u64,
    /// Versions.
    pub versions: u64,
    /// Leaves in the log.
    pub leaves: u64,
    /// Jobs waiting.
    pub jobs_waiting: u64,
    /// Jobs parked for a person.
    pub jobs_parked: u64,
    /// Alerts nobody has taken.
    pub alerts_open: u64,
    /// Families.
    pub families: u64,
    /// Reports.
    pub reports: u64,
}
