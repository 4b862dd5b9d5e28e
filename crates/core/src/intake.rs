//! What the desk hands to the records: captures with their versions, and what was derived from a version.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Assessment, AttachmentId, CaptureId, Cursor, FamilyId, Findings, GapNote, ItemId, JobId, LikenessKind, Markup,
    PageKeep, Reading, Sha256, SourceId, VersionId, VersionState,
};

/// Everything one haul leaves in the records; committed whole or not at all.
#[derive(Debug, Clone)]
pub struct Intake {
    /// The source it came from.
    pub source: SourceId,
    /// The act of fetching.
    pub capture: NewCapture,
    /// Bytes up to [`crate::limits::INLINE_EXHIBIT_BYTES_MAX`] that commit with it; larger ones are durable already.
    pub exhibits: Vec<NewExhibit>,
    /// The posts.
    pub versions: Vec<NewVersion>,
    /// Where the connector goes on.
    pub cursor: Option<Cursor>,
    /// What may have been missed, in words.
    pub notes: Vec<String>,
    /// News of the gap ledger.
    pub gaps: Vec<GapNote>,
}

/// One act of fetching.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCapture {
    /// URL or path, without secrets.
    pub url: String,
    /// Connector and its version.
    pub connector: String,
    /// HTTP status, or 0.
    pub status: u16,
    /// When the last byte had arrived.
    pub fetched_at: Timestamp,
    /// SHA-256 of the response as received.
    pub page: Sha256,
    /// Its length in bytes.
    pub page_size_bytes: u64,
    /// What happens to the page.
    pub page_keep: PageKeep,
}

/// Bytes to keep under their SHA-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewExhibit {
    /// SHA-256 of the bytes, computed by the caller.
    pub sha256: Sha256,
    /// Length in bytes.
    pub size_bytes: u64,
    /// Media type as far as known.
    pub media_type: String,
    /// The bytes, or `None` when [`crate::ports::Blobs::put`] has made them durable already.
    pub inline: Option<Vec<u8>>,
    /// Whether this is a response page: never shown, indexed or exported, and erased when its time is up.
    pub sealed: bool,
}

/// A state of a post, ready to be stored. Two with the same item and `key` are one.
#[derive(Debug, Clone, PartialEq)]
pub struct NewVersion {
    /// The source's own id of the post.
    pub native_id: String,
    /// SHA-256 of the canonical content: what makes two sightings the same version.
    pub key: Sha256,
    /// What happened.
    pub state: VersionState,
    /// The exhibit with the exact slice.
    pub exhibit: Sha256,
    /// Title.
    pub title: Option<String>,
    /// Text, with account names replaced by keyed hashes.
    pub text: String,
    /// How the text is written.
    pub markup: Markup,
    /// Public address.
    pub url: Option<String>,
    /// When the source says it was posted.
    pub posted_at: Option<Timestamp>,
    /// When the source says it was edited.
    pub edited_at: Option<Timestamp>,
    /// Keyed hash of the author's account name.
    pub author_key: Option<String>,
    /// Native id of the post this answers.
    pub thread_of: Option<String>,
    /// Language stated by the source.
    pub lang: Option<String>,
    /// Files.
    pub attachments: Vec<NewAttachment>,
    /// Whether a job must read its own text (HTML); plain text is read in memory at once.
    pub needs_job: bool,
}

/// A file of a new version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttachment {
    /// File name.
    pub name: String,
    /// Media type as the source gave it.
    pub media_type: Option<String>,
    /// Address.
    pub url: Option<String>,
    /// SHA-256 and length when fetched.
    pub exhibit: Option<(Sha256, u64)>,
    /// Why there are no bytes.
    pub error: Option<String>,
}

/// What [`crate::ports::Records::take_in`] did with one intake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The capture's id.
    pub capture: CaptureId,
    /// Its leaf.
    pub leaf: u64,
    /// One for each version, in order.
    pub versions: Vec<TakenVersion>,
}

/// What became of one version of an intake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenVersion {
    /// Its item.
    pub item: ItemId,
    /// The version, new or already there.
    pub version: VersionId,
    /// Its number in the item: 1 when the item is new too.
    pub number: u32,
    /// Whether it was new.
    pub new: bool,
}

/// A file that was named by a post and could not be fetched yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingFile {
    /// Which.
    pub attachment: AttachmentId,
    /// Its version.
    pub version: VersionId,
    /// File name.
    pub name: String,
    /// Where to fetch it.
    pub url: String,
}

/// How one round of collecting went, for the source's health.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceReport {
    /// When the round ended.
    pub at: Timestamp,
    /// New versions that it brought.
    pub new_versions: u64,
    /// What failed and what to do.
    pub error: Option<String>,
    /// Until when it is left alone after failing again and again.
    pub resting_until: Option<Timestamp>,
}

/// Everything derived from one version; stored whole, replacing what was derived before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Derived {
    /// From which version.
    pub version: VersionId,
    /// Of which item.
    pub item: ItemId,
    /// Texts, in order: the post's own first, then files.
    pub readings: Vec<Reading>,
    /// One for each reading.
    pub findings: Vec<Findings>,
    /// Near-duplicate sketch of the post's own text.
    #[serde(skip)]
    pub sketch: Option<Vec<u8>>,
    /// Hashes of the images.
    pub images: Vec<ImageHash>,
    /// What it is like.
    pub likenesses: Vec<NewLikeness>,
    /// The family it belongs to, when it has one. The items in `likenesses` belong to it too: those that had none so
    /// far are given it with this row.
    pub family: Option<FamilyId>,
    /// Families that this version joined into one; their members move to `family`. An item that was alone may stand
    /// here by its own number.
    #[serde(default)]
    pub merged_families: Vec<FamilyId>,
    /// The proposal.
    pub assessment: Assessment,
    /// Outlet by the source's record or by mention, as a register id.
    pub outlet: Option<String>,
    /// Tools, models and register that this was made with.
    pub made_with: String,
    /// What could not be read and why; shown as "needs eyes".
    pub problems: Vec<String>,
    /// Tools and models that its files were read with; empty when it has none.
    #[serde(default)]
    pub read_with: String,
    /// What is left to do with the version.
    #[serde(skip)]
    pub next: Option<JobKind>,
}

/// PDQ hash of an image file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageHash {
    /// The file.
    pub attachment: AttachmentId,
    /// 64 hexadecimal digits.
    pub pdq: String,
    /// 0 to 100.
    pub quality: u8,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// A likeness to another item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewLikeness {
    /// The other item.
    pub other: ItemId,
    /// What is alike.
    pub kind: LikenessKind,
    /// Image: differing bits of 256. Text: 1 − Jaccard. Same bytes: 0.
    pub distance: f32,
}

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobKind {
    /// Read the version's own text and derive it; then its files, if it has any, become the next job.
    Text,
    /// Open and read the files of a version, then derive it.
    Read,
    /// Derive a version again from its readings (the register or a tool changed, or memory was lost in a crash).
    Derive,
    /// Translate texts of a version, then derive it again.
    Translate,
}

/// Queues that do not wait for each other: text posts are never delayed by posters, nor posters by a second look at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lane {
    /// Milliseconds each: own texts.
    Quick,
    /// Seconds each: files, translations.
    Slow,
    /// What was derived before and is derived again.
    Again,
}

impl Lane {
    /// All, in the order in which somebody with time for everything takes them.
    pub const ALL: [Self; 3] = [Self::Quick, Self::Slow, Self::Again];
}

impl JobKind {
    /// The queue that it waits in.
    pub fn lane(self) -> Lane {
        match self {
            Self::Text => Lane::Quick,
            Self::Read | Self::Translate => Lane::Slow,
            Self::Derive => Lane::Again,
        }
    }
}

/// Which derived versions are out of date: those made with other tools or knowledge than these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    /// See [`Derived::made_with`].
    pub made_with: String,
    /// See [`Derived::read_with`].
    pub read_with: String,
}

/// A piece of work that was claimed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What to do.
    pub kind: JobKind,
    /// With which version.
    pub version: VersionId,
    /// Tries so far, this one included.
    pub tries: u32,
    /// What went wrong last.
    pub error: Option<String>,
}
