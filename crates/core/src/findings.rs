//! What a text names and says. `start` and `end` are byte offsets, half-open, into the text that was given.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

use crate::IssueMention;

/// What kind of thing in the register a mention names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MentionKind {
    /// An organisation.
    Actor,
    /// A media outlet.
    Outlet,
    /// A magazine or video series.
    Series,
    /// A leader of a listed organisation: a name and a role, without a page of its own.
    Leader,
    /// A platform or server.
    Platform,
    /// A place with coordinates.
    Place,
    /// A stadium, station, building.
    Venue,
    /// A dated or recurring event.
    Event,
    /// A category of target.
    Target,
    /// A method or weapon category.
    Method,
}

impl MentionKind {
    /// All kinds.
    pub const ALL: [Self; 10] = [
        Self::Actor,
        Self::Outlet,
        Self::Series,
        Self::Leader,
        Self::Platform,
        Self::Place,
        Self::Venue,
        Self::Event,
        Self::Target,
        Self::Method,
    ];

    /// The kind a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The word used in rows, pages and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Actor => "actor",
            Self::Outlet => "outlet",
            Self::Series => "series",
            Self::Leader => "leader",
            Self::Platform => "platform",
            Self::Place => "place",
            Self::Venue => "venue",
            Self::Event => "event",
            Self::Target => "target",
            Self::Method => "method",
        }
    }
}

/// A span that names something in the register, with how it matched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mention {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// The span as written.
    pub text: String,
    /// Kind of the thing named.
    pub kind: MentionKind,
    /// Its id in the register.
    pub id: String,
    /// Its name there.
    pub name: String,
    /// Folds that were needed, such as `tatweel` or `leet`; empty when the spelling is as registered.
    pub folds: Vec<Cow<'static, str>>,
    /// Latitude in degrees, for places and venues.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lat: Option<f64>,
    /// Longitude in degrees.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lon: Option<f64>,
    /// ISO 3166-1 alpha-2 country.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub country: Option<String>,
}

/// A date expression (TIMEX3 `type` and `value`) with the interval it means, half-open, local to the writer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DateMention {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// The span as written.
    pub text: String,
    /// `DATE`, `TIME`, `DURATION` or `SET`.
    #[serde(rename = "type")]
    pub kind: String,
    /// TIMEX3 value.
    pub value: String,
    /// First moment.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub from: Option<DateTime>,
    /// Moment after the last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub to: Option<DateTime>,
    /// `gregorian`, `hijri` or `solar-hijri`.
    pub calendar: String,
}

/// Kind of a link in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkKind {
    /// A web address.
    Url,
    /// An invitation to a group or room.
    Invite,
    /// An onion service.
    Onion,
    /// A channel or room name.
    Channel,
    /// A cryptocurrency wallet.
    Wallet,
}

impl LinkKind {
    /// The word used in rows, pages and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Invite => "invite",
            Self::Onion => "onion",
            Self::Channel => "channel",
            Self::Wallet => "wallet",
        }
    }
}

/// A link; never fetched. `text` is defanged (`hxxps://example[.]com`), the span holds what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkMention {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// Defanged.
    pub text: String,
    /// Kind.
    pub kind: LinkKind,
}

/// What an utterance does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StatementKind {
    /// Announces harm.
    Threat,
    /// Calls on others to do harm.
    Call,
    /// Claims responsibility for harm.
    Claim,
    /// Teaches how to do harm; recorded as such, its content is not repeated anywhere.
    Instruction,
    /// Praises harm or those who did it.
    Praise,
    /// Calls on others to join.
    Recruitment,
    /// Warns one's own side (security advice).
    Warning,
    /// Denies or rejects harm.
    Denial,
    /// Reports harm as news.
    Report,
}

impl StatementKind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::Threat,
        Self::Call,
        Self::Claim,
        Self::Instruction,
        Self::Praise,
        Self::Recruitment,
        Self::Warning,
        Self::Denial,
        Self::Report,
    ];

    /// The kind a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The word used in rows, pages and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Threat => "threat",
            Self::Call => "call",
            Self::Claim => "claim",
            Self::Instruction => "instruction",
            Self::Praise => "praise",
            Self::Recruitment => "recruitment",
            Self::Warning => "warning",
            Self::Denial => "denial",
            Self::Report => "report",
        }
    }
}

/// A filled slot of a statement: a span, and the register's id when it names something there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// The span as written.
    pub text: String,
    /// Id in the register.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
}

/// A threat-relevant utterance with its quote. Absent slots are unknown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// What it does.
    pub kind: StatementKind,
    /// First byte of the quote.
    pub start: usize,
    /// Byte after the quote.
    pub end: usize,
    /// The quote.
    pub quote: String,
    /// Who says it, when the text tells.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub speaker: Option<Slot>,
    /// Whether somebody else's words are passed on (news, quotation).
    pub reported: bool,
    /// Whether only the wording of the post as a whole speaks for it, and not surely: worth a look, no alarm.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub tentative: bool,
    /// Who acts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub actor: Option<Slot>,
    /// Who is spoken to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub addressee: Option<Slot>,
    /// Against whom or what.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub target: Option<Slot>,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub place: Option<Slot>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub time: Option<Slot>,
    /// How.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub method: Option<Slot>,
    /// Which event.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub event: Option<Slot>,
}

/// An attack report as a template after MUC-4; people named in it are text, never entities.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Attack {
    /// Kind of attack.
    pub kind: String,
    /// `accomplished`, `attempted` or `threatened`.
    pub stage: String,
    /// As written.
    pub perpetrator_individual: Vec<String>,
    /// As written.
    pub perpetrator_organization: Vec<String>,
    /// As written.
    pub physical_target: Vec<String>,
    /// As written.
    pub victim: Vec<String>,
    /// As written.
    pub victim_description: Vec<String>,
    /// As written.
    pub instrument: Vec<String>,
    /// As written.
    pub date: Option<String>,
    /// As written.
    pub location: Option<String>,
}

/// A dated thing of the register: what is coming up, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalendarEvent {
    /// Id in the register.
    pub id: String,
    /// Its name.
    pub name: String,
    /// First moment.
    pub from: DateTime,
    /// Moment after the last.
    pub to: DateTime,
    /// Ids of places and venues where it happens.
    pub places: Vec<String>,
    /// It comes again each year or week: a date alone does not point to it, for there is always one.
    #[serde(default)]
    pub recurring: bool,
}

/// Everything found in one text.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Findings {
    /// Names of the register.
    pub mentions: Vec<Mention>,
    /// Date expressions.
    pub dates: Vec<DateMention>,
    /// Links.
    pub links: Vec<LinkMention>,
    /// Threat-relevant utterances.
    pub statements: Vec<Statement>,
    /// Attack reports.
    #[serde(default)]
    pub attacks: Vec<Attack>,
    /// Issues of series.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub issues: Vec<IssueMention>,
}
