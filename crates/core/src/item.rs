//! Items and their versions: one published thing, and each state in which it was seen.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AttachmentId, CaptureId, ItemId, Markup, Sha256, SourceId, VersionId};

/// State of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VersionState {
    /// As first seen.
    Posted,
    /// Changed by its author.
    Edited,
    /// The source says that it was deleted.
    Deleted,
    /// It is gone from where it was; the source did not say why.
    DeletedInferred,
}

impl VersionState {
    /// Whether this state means that the post is gone at the source.
    pub fn is_gone(self) -> bool {
        matches!(self, Self::Deleted | Self::DeletedInferred)
    }

    /// The word used in rows, pages and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Posted => "posted",
            Self::Edited => "edited",
            Self::Deleted => "deleted",
            Self::DeletedInferred => "deleted-inferred",
        }
    }
}

/// One published thing, with the summary that lists and facets need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Its id.
    pub id: ItemId,
    /// Where it was published.
    pub source: SourceId,
    /// The source's own id of it.
    pub native_id: String,
    /// When the source says it was posted, else when it was first captured.
    pub posted_at: Timestamp,
    /// When it was first captured.
    pub first_captured_at: Timestamp,
    /// State of the latest version.
    pub state: VersionState,
    /// Public address.
    pub url: Option<String>,
    /// Keyed hash of the author's account name.
    pub author_key: Option<String>,
    /// The item this one answers, by native id.
    pub thread_of: Option<String>,
}

/// One state of an item. Its text has people's account names replaced by keyed hashes; the exhibit holds the exact bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// Its id.
    pub id: VersionId,
    /// Its item.
    pub item: ItemId,
    /// 1 for the first version seen of the item, then upwards.
    pub number: u32,
    /// What happened.
    pub state: VersionState,
    /// The exact slice of the response.
    pub exhibit: Sha256,
    /// Title, where the source has titles.
    pub title: Option<String>,
    /// The text.
    pub text: String,
    /// How the text is written.
    pub markup: Markup,
    /// When the source says it was last edited.
    pub edited_at: Option<Timestamp>,
    /// Language stated by the source.
    pub lang: Option<String>,
    /// The capture that brought it.
    pub capture: CaptureId,
    /// When that capture was made.
    pub captured_at: Timestamp,
    /// Index of its leaf in the log.
    pub leaf: u64,
    /// Files.
    pub attachments: Vec<Attachment>,
}

/// A file of a version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its id.
    pub id: AttachmentId,
    /// File name as the source gave it.
    pub name: String,
    /// Media type as the source gave it; never trusted for opening.
    pub media_type: Option<String>,
    /// Where it came from.
    pub url: Option<String>,
    /// The bytes, when fetched.
    pub exhibit: Option<Sha256>,
    /// Length in bytes, when fetched.
    pub size_bytes: Option<u64>,
    /// Why it was not fetched.
    pub error: Option<String>,
    /// Width and height in pixels of an image that was opened.
    pub pixels: Option<(u32, u32)>,
    /// PDQ hash and quality of an image that was opened.
    pub pdq: Option<(String, u8)>,
}
