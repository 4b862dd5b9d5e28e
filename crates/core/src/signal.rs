//! What items name and say, in short: enough to tell which belong together, which speak of the same, and what is named more
//! often than usual. Names of leaders are left out: there is no list, count or link of a person.

use jiff::Timestamp;

use crate::{FamilyId, ItemId, Level, MentionKind, SourceId, StatementKind};

/// Items that one look at the archive takes in: the newest.
pub const SIGNALS_MAX: usize = 200_000;

/// A thing of the register, or a place, that items name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    /// Its kind.
    pub kind: MentionKind,
    /// Its id in the register.
    pub id: String,
    /// Its name there.
    pub name: String,
}

/// One item, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// The item.
    pub item: ItemId,
    /// Its source.
    pub source: SourceId,
    /// Outlet id.
    pub outlet: Option<String>,
    /// When posted.
    pub posted_at: Timestamp,
    /// Its family.
    pub family: Option<FamilyId>,
    /// The level that holds.
    pub level: Level,
    /// Images among its files.
    pub images: u32,
    /// What it names: places in [`Signals::names`], ascending.
    pub names: Vec<u32>,
    /// What it says, in its own words or reported.
    pub said: Vec<StatementKind>,
}

/// Items in short, oldest first, with the names that they share.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signals {
    /// Items by time, then id.
    pub items: Vec<Signal>,
    /// What they name.
    pub names: Vec<Name>,
}

impl Signals {
    /// The names of an item.
    pub fn names_of<'a>(&'a self, signal: &'a Signal) -> impl Iterator<Item = &'a Name> {
        signal.names.iter().filter_map(|place| self.names.get(*place as usize))
    }
}

/// A level that a person decided, beside what the machine had proposed.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelDecision {
    /// The item.
    pub item: ItemId,
    /// SHA-256 of the exhibit of its newest content.
    pub sha256: crate::Sha256,
    /// Name of its source.
    pub source: String,
    /// Language of its text.
    pub language: String,
    /// The beginning of its text.
    pub text: String,
    /// What the machine had proposed then; of decisions older than that was kept, what it proposes now.
    pub proposed: Level,
    /// The decision.
    pub decision: crate::Decision,
}
