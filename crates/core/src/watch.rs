//! Standing queries, what they raise, who works here and what they did.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AlertId, ItemId, Level, SourceId, WatchId};

/// A standing query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// Its id.
    pub id: WatchId,
    /// Its name.
    pub name: String,
    /// The query as written.
    pub query: String,
    /// Items below this level do not raise it.
    pub level_min: Level,
    /// Who added it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What raised an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "of")]
pub enum AlertKind {
    /// A standing query matched.
    Watch(WatchId),
    /// The level alone.
    Level(Level),
    /// A source stopped answering.
    Source(SourceId),
    /// A source answers and has posted nothing for longer than its own rhythm explains.
    Silence(SourceId),
}

/// Whether somebody has taken an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertState {
    /// Nobody has looked.
    Open,
    /// Somebody has seen it.
    Acknowledged,
    /// Done.
    Closed,
}

/// Something a person should look at now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Its id.
    pub id: AlertId,
    /// What raised it.
    pub raised_by: AlertKind,
    /// The item, when it is about one.
    pub item: Option<ItemId>,
    /// One line for people.
    pub text: String,
    /// When it was raised.
    pub at: Timestamp,
    /// Whether it was taken.
    pub state: AlertState,
    /// By whom.
    pub by: Option<String>,
}

/// Somebody who works at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Name as it appears in decisions and releases.
    pub name: String,
    /// `reader`, `analyst`, `editor` or `admin`.
    pub role: String,
    /// When added.
    pub added_at: Timestamp,
}

/// One line of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What was done, such as `source add`.
    pub action: String,
    /// To what.
    pub object: String,
    /// In words.
    pub detail: String,
}
