//! Places that are watched, who allowed it, where collection stands, and how it is going.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::SourceId;

/// What kind of place a source is; decides which connector follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// A room of a Rocket.Chat server.
    Rocketchat,
    /// An RSS, Atom or JSON feed.
    Feed,
    /// A folder of files on this machine.
    Folder,
    /// Files and JSON lines given once to `vedette import`.
    Import,
}

impl SourceKind {
    /// The word used on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rocketchat => "rocketchat",
            Self::Feed => "feed",
            Self::Folder => "folder",
            Self::Import => "import",
        }
    }
}

/// On whose authority a source is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthorityKind {
    /// The place is open to the public.
    Public,
    /// The owner of the room or server agreed.
    Owner,
    /// A court or an authority ordered or permitted it.
    Legal,
}

/// Who allowed watching a source, on what basis, until when. No source is collected without one that is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorisation {
    /// Name and function of the person who allowed it.
    pub authorised_by: String,
    /// The legal basis in words.
    pub basis: String,
    /// Whose permission it rests on.
    pub kind: AuthorityKind,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When it ends; `None` means until it is withdrawn.
    pub until: Option<Timestamp>,
}

impl Authorisation {
    /// Whether collection at `now` is covered.
    pub fn in_force(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// Whether a source is being followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceState {
    /// Followed.
    Active,
    /// Kept, not followed, until a person resumes it.
    Paused,
    /// No longer followed; what was collected stays.
    Removed,
}

/// A source as a person asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSource {
    /// Kind of place.
    pub kind: SourceKind,
    /// Base URL of the server, URL of the feed, or path of the folder.
    pub address: String,
    /// Room name on a chat server.
    pub room: Option<String>,
    /// A name that people read; made from address and room when not given.
    pub name: String,
    /// Id in the register of the outlet that publishes here, when known.
    pub outlet: Option<String>,
    /// Hosts or networks on private addresses that this source may reach, by name; empty means none.
    pub allow_private: Vec<String>,
    /// Name of the stored secret (token or password), never the secret itself.
    pub secret: Option<String>,
    /// The authorisation record.
    pub authorisation: Authorisation,
}

/// A watched place as recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// What was asked for.
    #[serde(flatten)]
    pub asked: NewSource,
    /// Whether it is followed.
    pub state: SourceState,
    /// When it was added.
    pub added_at: Timestamp,
    /// How collection is going.
    pub health: SourceHealth,
}

/// How collection of a source is going.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SourceHealth {
    /// When it last answered.
    pub last_success_at: Option<Timestamp>,
    /// When it last brought something new.
    pub last_item_at: Option<Timestamp>,
    /// When collection last failed.
    pub last_error_at: Option<Timestamp>,
    /// What failed and what to do; `None` after the next success.
    pub last_error: Option<String>,
    /// Failures in a row.
    pub failures: u32,
    /// Items recorded.
    pub items: u64,
    /// Files that were named but could not be fetched yet.
    pub files_missing: u64,
}

/// Where a connector goes on: opaque to everyone but the connector that wrote it (JSON).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor(pub String);

/// A channel that collected posts point to, waiting for a person's authorisation. Nothing is fetched from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceSuggestion {
    /// The address, defanged.
    pub address: String,
    /// Kind of link: `channel`, `invite`, `onion` or `url`.
    pub kind: String,
    /// How often it was seen.
    pub seen: u64,
    /// First seen in this item.
    pub first_item: crate::ItemId,
    /// When it was first seen.
    pub first_at: Timestamp,
}
