//! What people make of translations. A revision is appended and never changed: who wrote which words, when, from which
//! draft, and whether they answer for them. The newest revision of a text is the translation that holds.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::translation::{Segment, TranslationStatus};
use crate::{AttachmentId, ItemId, RevisionId, Sha256, VersionId};

/// Which text was translated: where it was read, and what it said. A text that says something else is another one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TextKey {
    /// The file it was read from; `None` is the post's own text.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub attachment: Option<AttachmentId>,
    /// Path of a file inside that file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub member: Option<String>,
    /// Page of a document, from 1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub page: Option<u32>,
    /// SHA-256 of the text.
    pub sha256: Sha256,
}

impl TextKey {
    /// Whether the other text stands in the same place, whatever it says.
    pub fn same_place(&self, other: &Self) -> bool {
        (self.attachment, &self.member, self.page) == (other.attachment, &other.member, other.page)
    }
}

/// One revision of the translation of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Its id; 0 before it is stored.
    pub id: RevisionId,
    /// Its leaf in the custody log; 0 before it is stored.
    pub leaf: u64,
    /// The item.
    pub item: ItemId,
    /// The version that it was written at.
    pub version: VersionId,
    /// The original.
    pub of: TextKey,
    /// Language of the original.
    pub from: String,
    /// Language of the translation.
    pub to: String,
    /// How far its author stands behind it.
    pub status: TranslationStatus,
    /// Who wrote it or, of a signed one, who answers for it.
    pub author: String,
    /// When.
    pub at: Timestamp,
    /// Engine of the draft that it goes back to, or `person`.
    pub engine: String,
    /// Version of that engine.
    pub engine_version: String,
    /// Fingerprint of the glossary that the draft was made with.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub glossary: Option<String>,
    /// Segments in order of the original.
    pub segments: Vec<Segment>,
    /// The translation.
    pub text: String,
}

/// A segment that a person translated, kept for texts to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// SHA-256 of the folded original.
    pub key: Sha256,
    /// The translation.
    pub text: String,
}

/// How far the translation of a version has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TranslationWork {
    /// Whether it waits for an engine.
    pub waits: bool,
    /// What went wrong last.
    pub fault: Option<String>,
}
