//! What a version's leaf commits to, written out: whoever holds it can compute the leaf's content hash again, so that a
//! poster or a PDF is proved by the leaf of the post that carried it.

use serde::{Deserialize, Serialize};
use vedette_core::{Markup, Sha256, Version, VersionId, VersionState};

use crate::canonical::{Content, ContentFile};

/// The content of a version in one fixed form of JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionContents {
    /// Its id.
    pub version: VersionId,
    /// What happened.
    pub state: VersionState,
    /// The exact slice.
    pub exhibit: Sha256,
    /// Title.
    pub title: Option<String>,
    /// Text.
    pub text: String,
    /// `plain` or `html`.
    pub markup: Markup,
    /// When the source says it was edited, in microseconds since 1970.
    pub edited_at_us: Option<i64>,
    /// Language stated by the source.
    pub lang: Option<String>,
    /// Files, in order.
    pub files: Vec<ContentsFile>,
}

/// A file of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContentsFile {
    /// File name.
    pub name: String,
    /// Media type as the source gave it.
    pub media_type: Option<String>,
    /// Address.
    pub url: Option<String>,
    /// SHA-256, when it came with the version.
    pub exhibit: Option<Sha256>,
    /// Length in bytes then, else 0.
    pub size_bytes: u64,
}

impl VersionContents {
    /// The content of a stored version; `late` tells of a file whether it came later, with a leaf of its own.
    pub fn of(version: &Version, late: impl Fn(vedette_core::AttachmentId) -> bool) -> Self {
        let files = version.attachments.iter().map(|file| {
            let exhibit = file.exhibit.filter(|_| !late(file.id));
            ContentsFile {
                name: file.name.clone(),
                media_type: file.media_type.clone(),
                url: file.url.clone(),
                exhibit,
                size_bytes: exhibit.and(file.size_bytes).unwrap_or(0),
            }
        });
        Self {
            version: version.id,
            state: version.state,
            exhibit: version.exhibit,
            title: version.title.clone(),
            text: version.text.clone(),
            markup: version.markup,
            edited_at_us: version.edited_at.map(|at| at.as_microsecond()),
            lang: version.lang.clone(),
            files: files.collect(),
        }
    }

    /// The hash that the version's leaf commits to; `None` for a time that is none.
    pub fn hash(&self) -> Option<Sha256> {
        let content = Content {
            state: self.state,
            exhibit: self.exhibit,
            title: self.title.as_deref(),
            text: &self.text,
            markup: self.markup,
            edited_at: self.edited_at_us.map(jiff::Timestamp::from_microsecond).transpose().ok()?,
            lang: self.lang.as_deref(),
        };
        Some(content.hash(self.files.iter().map(|file| ContentFile {
            name: &file.name,
            media_type: file.media_type.as_deref(),
            url: file.url.as_deref(),
            exhibit: file.exhibit.map(|sha256| (sha256, file.size_bytes)),
        })))
    }
}
