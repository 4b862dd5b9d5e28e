//! What people decide about single points of an item, about sources, campaigns and the register. Each is a judgement with a
//! leaf in the log; the machine's view stays as it was and is shown beside it.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{FamilyAct, ItemId, MentionKind, Sha256, SourceGrade, SourceId, Verdict, VersionId};

/// Characters of the machine's value inside the name of a point; register ids and statement kinds are far shorter.
pub const POINT_VALUE_CHARS_MAX: usize = 300;
/// Items that one campaign, or one act on it, may hold.
pub const CAMPAIGN_ITEMS_MAX: usize = 10_000;

/// What kind of thing of the machine's view is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PointKind {
    /// The tier.
    Tier,
    /// The grade of the content, 1 to 6.
    Content,
    /// A reason of the level.
    Reason,
    /// A statement.
    Statement,
    /// A mention.
    Mention,
    /// A date expression.
    Date,
    /// An issue of a series.
    Issue,
}

impl PointKind {
    /// All kinds.
    pub const ALL: [Self; 7] =
        [Self::Tier, Self::Content, Self::Reason, Self::Statement, Self::Mention, Self::Date, Self::Issue];

    /// The word used in rows, pages and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Tier => "tier",
            Self::Content => "content",
            Self::Reason => "reason",
            Self::Statement => "statement",
            Self::Mention => "mention",
            Self::Date => "date",
            Self::Issue => "issue",
        }
    }
}

/// Which point of a version: what kind, where it stands in which reading, and what the machine says there.
/// Written `statement:0:12-40:threat`; points of the whole item stand at `0:0-0`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PointKey {
    /// Kind.
    pub kind: PointKind,
    /// Which reading of the version, from 0.
    pub reading: usize,
    /// First byte in its text.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// What the machine says: a statement's kind, a mention's `kind:id`, a reason's name, a date's value, a tier, a
    /// grade, an issue's `series#number`.
    pub machine: String,
}

impl fmt::Display for PointKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}-{}:{}", self.kind.word(), self.reading, self.start, self.end, self.machine)
    }
}

/// The text names no point.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no point: expected kind:reading:start-end:value, such as statement:0:12-40:threat")]
pub struct ParsePointError(String);

impl FromStr for PointKey {
    type Err = ParsePointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || ParsePointError(text.chars().take(80).collect());
        let mut parts = text.splitn(4, ':');
        let mut part = || parts.next().ok_or_else(wrong);
        let kind = part()?;
        let kind = PointKind::ALL.into_iter().find(|known| known.word() == kind).ok_or_else(wrong)?;
        let reading = part()?.parse().map_err(|_| wrong())?;
        let (start, end) = part()?.split_once('-').ok_or_else(wrong)?;
        let (start, end) = (start.parse().map_err(|_| wrong())?, end.parse().map_err(|_| wrong())?);
        let machine = part()?;
        if machine.is_empty() || machine.chars().count() > POINT_VALUE_CHARS_MAX || end < start {
            return Err(wrong());
        }
        Ok(Self { kind, reading, start, end, machine: machine.to_owned() })
    }
}

/// A person's decision on one point of an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PointDecision {
    /// The version that was looked at.
    pub version: VersionId,
    /// SHA-256 of its exhibit: which bytes the decision is about.
    pub sha256: Sha256,
    /// The point.
    pub point: PointKey,
    /// The words it rests on.
    pub quote: String,
    /// Whether those are words of a translation, which nobody may quote outside before it is signed.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub translated: bool,
    /// Whether the machine is right.
    pub verdict: Verdict,
    /// What is right instead, when it was changed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub value: Option<String>,
    /// Why, in the person's words.
    pub reason: String,
}

/// A person's grade of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceGrading {
    /// How reliable it is.
    pub grade: SourceGrade,
    /// Why.
    pub reason: String,
}

/// What a person does to campaigns. New campaigns are numbered by the act that makes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "act")]
pub enum CampaignAct {
    /// Items become a campaign of their own, or join one that exists.
    Accept {
        /// Number of the campaign that they join; `None` makes a new one.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        into: Option<u64>,
        /// What people call it; ignored when they join one.
        name: String,
        /// The items.
        items: Vec<ItemId>,
    },
    /// Other campaigns become part of one.
    Merge {
        /// Which goes on.
        into: u64,
        /// Which end.
        from: Vec<u64>,
    },
    /// Items leave a campaign and become one of their own.
    Split {
        /// Which they leave.
        from: u64,
        /// What people call the new one.
        name: String,
        /// The items.
        items: Vec<ItemId>,
    },
    /// A suggestion is none: its items are not suggested again before it has grown.
    Dismiss {
        /// The items that were suggested.
        items: Vec<ItemId>,
        /// Why.
        reason: String,
    },
    /// The state before an earlier act comes back. Only the newest act that stands can be undone.
    Undo {
        /// Number of that act.
        of: u64,
    },
}

/// What a person does to the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "act")]
pub enum RegisterAct {
    /// Proposes an entry, new or changed.
    Propose {
        /// Kind of the entry.
        kind: MentionKind,
        /// Its id.
        id: String,
        /// The entry, as one table of a register file.
        toml: String,
        /// Why.
        reason: String,
    },
    /// Takes a proposal into the register.
    Accept {
        /// Number of the proposal.
        of: u64,
    },
    /// Turns a proposal down.
    Reject {
        /// Number of the proposal.
        of: u64,
        /// Why.
        reason: String,
    },
}

/// A judgement of any kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "on", content = "of")]
pub enum Judgement {
    /// On a point of an item.
    Point(ItemId, PointDecision),
    /// On a source.
    Source(SourceId, SourceGrading),
    /// On campaigns.
    Campaign(CampaignAct),
    /// On the register.
    Register(RegisterAct),
    /// On families.
    Family(FamilyAct),
}

/// Kinds of judgements, as rows name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JudgementKind {
    /// [`Judgement::Point`].
    Point,
    /// [`Judgement::Source`].
    Source,
    /// [`Judgement::Campaign`].
    Campaign,
    /// [`Judgement::Register`].
    Register,
    /// [`Judgement::Family`].
    Family,
}

impl JudgementKind {
    /// The word used in rows and in the log.
    pub fn word(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Source => "source",
            Self::Campaign => "campaign",
            Self::Register => "register",
            Self::Family => "family",
        }
    }
}

impl Judgement {
    /// Its kind.
    pub fn kind(&self) -> JudgementKind {
        match self {
            Self::Point(..) => JudgementKind::Point,
            Self::Source(..) => JudgementKind::Source,
            Self::Campaign(_) => JudgementKind::Campaign,
            Self::Register(_) => JudgementKind::Register,
            Self::Family(_) => JudgementKind::Family,
        }
    }

    /// The item it is about.
    pub fn item(&self) -> Option<ItemId> {
        match self {
            Self::Point(item, _) => Some(*item),
            _ => None,
        }
    }
}

/// A judgement as it was recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// Its number; numbers of all kinds grow together.
    pub number: u64,
    /// What was judged.
    pub judgement: Judgement,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Its leaf in the log.
    pub leaf: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_has_a_name_that_leads_back_to_it() {
        for (name, kind, machine) in [
            ("statement:0:12-40:threat", PointKind::Statement, "threat"),
            ("mention:3:0-9:actor:grey-lantern", PointKind::Mention, "actor:grey-lantern"),
            ("reason:1:5-5:event in 11 days: Meridian Cup", PointKind::Reason, "event in 11 days: Meridian Cup"),
            ("tier:0:0-0:1", PointKind::Tier, "1"),
        ] {
            let key: PointKey = name.parse().unwrap();
            assert_eq!((key.kind, key.machine.as_str(), key.to_string().as_str()), (kind, machine, name));
        }
        for wrong in [
            "",
            "statement",
            "statement:0:12:threat",
            "verdict:0:1-2:x",
            "date:0:9-2:x",
            "date:-1:0-2:x",
            "tier:0:0-0:",
        ] {
            assert!(wrong.parse::<PointKey>().is_err(), "{wrong}");
        }
    }
}
