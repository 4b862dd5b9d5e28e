//! What the machine proposes about an item, and what a person decides.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Threat-to-life level of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Nothing threat-relevant.
    #[default]
    None,
    /// Relevant, without intent against anyone in view.
    Low,
    /// Intent, without target, place or time.
    Medium,
    /// Serious, nothing specific about who, where or when.
    HighUnspecific,
    /// Serious, with a specific target, place or time.
    HighSpecific,
}

impl Level {
    /// All levels, lowest first.
    pub const ALL: [Self; 5] = [Self::None, Self::Low, Self::Medium, Self::HighUnspecific, Self::HighSpecific];

    /// The word used in rows, pages and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::HighUnspecific => "high-unspecific",
            Self::HighSpecific => "high-specific",
        }
    }

    /// 0 for none to 4 for high-specific.
    pub fn rank(self) -> u8 {
        self as u8
    }

    /// The level a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.word() == word)
    }
}

/// Kind of content: 1 threat to life, 2 crisis (perpetrator content), 3 official content of a designated entity,
/// 4 promotional content; `None` where no tier applies.
pub type Tier = Option<u8>;

/// Which question of a threat assessment a reason answers. A level asks for intent, capability and specificity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum ReasonGroup {
    /// Does somebody want harm?
    Intent,
    /// Could they do it: means, a group behind them, harm done before?
    Capability,
    /// Is it known who, where or when?
    Specificity,
    /// Who says it, and how: official outlets, reports, denials.
    #[default]
    Context,
}

impl ReasonGroup {
    /// All groups in the order in which they are asked.
    pub const ALL: [Self; 4] = [Self::Intent, Self::Capability, Self::Specificity, Self::Context];

    /// The word used in pages and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Intent => "intent",
            Self::Capability => "capability",
            Self::Specificity => "specificity",
            Self::Context => "context",
        }
    }
}

/// One point of an assessment, with the quote it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// Short name, such as `threat` or `event in 11 days: Meridian Cup`.
    pub name: String,
    /// Which question it answers.
    #[serde(default)]
    pub group: ReasonGroup,
    /// Points added (or taken away).
    pub weight: f32,
    /// The words in the source.
    pub quote: String,
    /// First byte of the quote in its reading.
    pub start: usize,
    /// Byte after the quote.
    pub end: usize,
    /// Which reading of the version, from 0.
    #[serde(default)]
    pub reading: usize,
}

/// What the machine proposes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Assessment {
    /// Proposed level.
    pub level: Level,
    /// Proposed tier.
    pub tier: Tier,
    /// Why, heaviest first.
    pub reasons: Vec<Reason>,
}

impl Assessment {
    /// Points of each group that has reasons, in the order in which they are asked.
    pub fn groups(&self) -> Vec<(ReasonGroup, f32)> {
        let points = |group: ReasonGroup| -> Option<(ReasonGroup, f32)> {
            let mut of_group = self.reasons.iter().filter(|reason| reason.group == group).peekable();
            of_group.peek()?;
            Some((group, of_group.map(|reason| reason.weight).sum()))
        };
        ReasonGroup::ALL.into_iter().filter_map(points).collect()
    }
}

/// What a person says of an assessment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The machine's level stands.
    Confirm,
    /// Another level is right.
    Change,
    /// Not relevant.
    Reject,
}

impl Verdict {
    /// The word used in rows, pages and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Change => "change",
            Self::Reject => "reject",
        }
    }

    /// The verdict a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Confirm, Self::Change, Self::Reject].into_iter().find(|verdict| verdict.word() == word)
    }
}

/// A person's decision on an item; logged, and shown beside the machine's view.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// What was decided.
    pub verdict: Verdict,
    /// The level that holds now.
    pub level: Level,
    /// The level that the machine proposed when it was decided; unknown of decisions that are older than this field.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub proposed: Option<Level>,
    /// The reason in the person's words.
    pub reason: String,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: Timestamp,
}
