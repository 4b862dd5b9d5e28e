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
    /// A room of a Matrix server.
    Matrix,
    /// One web page.
    Web,
    /// A section of a web site: a page of links and the pages of that site which it links to.
    Section,
    /// A public Telegram channel, by its preview pages.
    Telegram,
    /// A folder of files on this machine.
    Folder,
    /// Files and JSON lines given once to `vedette import`.
    Import,
}

impl SourceKind {
    /// Whether it is a conversation, where texts are full of people's handles.
    pub fn is_chat(self) -> bool {
        matches!(self, Self::Rocketchat | Self::Matrix | Self::Telegram)
    }

    /// The word used on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rocketchat => "rocketchat",
            Self::Feed => "feed",
            Self::Matrix => "matrix",
            Self::Web => "web",
            Self::Section => "section",
            Self::Telegram => "telegram",
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
    /// Countries that it writes from or about, ISO 3166-1 alpha-2: of places of one name those there come first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<String>,
    /// Hosts or networks on private addresses that this source may reach, by name; empty means none.
    pub allow_private: Vec<String>,
    /// Name of the stored secret (token or password), never the secret itself.
    pub secret: Option<String>,
    /// The authorisation record.
    pub authorisation: Authorisation,
    /// By which way and how often it is asked.
    #[serde(default, skip_serializing_if = "Reach::is_default")]
    pub reach: Reach,
    /// How long what it brings is kept.
    #[serde(default, skip_serializing_if = "Keeping::is_default")]
    pub keeping: Keeping,
}

/// By which way, how often and by what a source is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Reach {
    /// Proxy, such as `http://127.0.0.1:3128` or `socks5h://127.0.0.1:9050` (Tor); `None` is a direct connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// What the program calls itself towards the server; `None` is its own name and version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// Milliseconds between two requests to one endpoint; `None` is the connector's own pace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pace_ms: Option<u64>,
    /// Seconds between two rounds; `None` is the program's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every_s: Option<u64>,
    /// Whether a browser captures its pages; only a person turns it on, because it runs what a page brings.
    #[serde(skip_serializing_if = "Render::is_never")]
    pub render: Render,
}

/// When a browser captures a page of a web source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Render {
    /// Never: no script of a page runs.
    #[default]
    Never,
    /// When a new version of it is found, and at each visit where the page has no text without its scripts.
    Changed,
    /// At each visit: its text is that which its scripts make.
    Always,
}

impl Render {
    /// Whether no browser is used.
    pub fn is_never(&self) -> bool {
        *self == Self::Never
    }

    /// The word used on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Changed => "changed",
            Self::Always => "always",
        }
    }
}

impl Reach {
    /// Whether nothing was asked for.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// How long what a source brings is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Keeping {
    /// Days after which what was captured is erased; `None` is for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// A legal hold, with its reason: nothing of this source is erased while it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold: Option<String>,
}

impl Keeping {
    /// Whether nothing was asked for.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
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
    /// How often it posts, when enough is known.
    #[serde(default)]
    pub rhythm: Option<Rhythm>,
    /// Posts of it that waited for a reader when the last round ended.
    #[serde(default)]
    pub backlog: u64,
    /// Until when it is left alone after failing again and again.
    #[serde(default)]
    pub resting_until: Option<Timestamp>,
    /// Stretches of time of which something may have been missed and that are not whole again.
    #[serde(default)]
    pub open_gaps: u64,
}

/// How often a source posts, from the times between its latest posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rhythm {
    /// Seconds between two posts: half of the pauses are shorter.
    pub usual_s: u64,
    /// Seconds that nearly no pause exceeded.
    pub longest_s: u64,
    /// How many pauses this comes from.
    pub pauses: u64,
}

/// A stretch of time of which something may have been missed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Where.
    pub source: SourceId,
    /// From this time on.
    pub from: Timestamp,
    /// Until this time.
    pub to: Timestamp,
    /// Why.
    pub why: String,
    /// When it was noticed.
    pub noted_at: Timestamp,
    /// When everything that the source shows of it had been taken in; `None` while it is open.
    pub closed_at: Option<Timestamp>,
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
