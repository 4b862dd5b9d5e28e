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

    /// Which question a reason answers, by the beginning of its name: the table that every assessment is sorted by.
    pub fn of(name: &str) -> Self {
        let begins = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
        match name.trim_end_matches(" (tentative)") {
            "threat" | "call" | "instruction" | "recruitment" | "praise" => Self::Intent,
            "claim" => Self::Capability,
            _ if begins(&["method ", "actor: ", "outlet: "]) => Self::Capability,
            _ if begins(&["place ", "event ", "target ", "time "]) => Self::Specificity,
            _ => Self::Context,
        }
    }

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
#[serde(from = "StoredReason")]
pub struct Reason {
    /// Short name, such as `threat` or `event in 11 days: Meridian Cup`.
    pub name: String,
    /// Which question it answers.
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
    pub reading: usize,
}

/// A reason as rows hold it; those from before reasons were grouped are sorted by their name.
#[derive(Deserialize)]
struct StoredReason {
    name: String,
    group: Option<ReasonGroup>,
    weight: f32,
    quote: String,
    start: usize,
    end: usize,
    #[serde(default)]
    reading: usize,
}

impl From<StoredReason> for Reason {
    fn from(stored: StoredReason) -> Self {
        let StoredReason { name, group, weight, quote, start, end, reading } = stored;
        Self { group: group.unwrap_or_else(|| ReasonGroup::of(&name)), name, weight, quote, start, end, reading }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_from_before_reasons_were_grouped_is_sorted_by_its_name() {
        let old = r#"{"name":"event in 11 days: Meridian Cup","weight":2.0,"quote":"Cup","start":3,"end":6}"#;
        let read: Reason = serde_json::from_str(old).unwrap();
        assert_eq!((read.group, read.reading), (ReasonGroup::Specificity, 0));
        let text = serde_json::to_string(&read).unwrap();
        assert!(text.contains(r#""group":"specificity""#), "{text}");
        assert_eq!(serde_json::from_str::<Reason>(&text).unwrap(), read);
        for (name, group) in [
            ("threat", ReasonGroup::Intent),
            ("reported threat", ReasonGroup::Context),
            ("actor: Order of the Grey Lantern", ReasonGroup::Capability),
            ("target named", ReasonGroup::Specificity),
            ("official outlet of the Order", ReasonGroup::Context),
        ] {
            assert_eq!(ReasonGroup::of(name), group, "{name}");
        }
    }
}
