//! Authored reports: blocks with audiences, and footnotes that cite versions.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ItemId, ReportId, Sha256, VersionId};

/// Who may read a block or a rendering. Each audience sees what those before it see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// Everybody: the excerpt.
    #[default]
    Public,
    /// Subscribers: the full text.
    Subscriber,
    /// The desk and those it names.
    Restricted,
}

/// Where a report stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum ReportStatus {
    /// Being written.
    #[default]
    Draft,
    /// Being reviewed.
    Review,
    /// Released to at least one audience.
    Published,
    /// Taken back.
    Withdrawn,
}

/// Traffic Light Protocol 2.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
pub enum Tlp {
    /// TLP:CLEAR.
    #[serde(rename = "CLEAR")]
    Clear,
    /// TLP:GREEN.
    #[serde(rename = "GREEN")]
    Green,
    /// TLP:AMBER.
    #[serde(rename = "AMBER")]
    #[default]
    Amber,
    /// TLP:AMBER+STRICT.
    #[serde(rename = "AMBER+STRICT")]
    AmberStrict,
    /// TLP:RED.
    #[serde(rename = "RED")]
    Red,
}

/// What a block is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum BlockKind {
    /// The first paragraph: who posted what, where, when.
    Lead,
    /// What to know about it.
    #[default]
    Context,
    /// A verbatim quotation; must stand in the cited version.
    Quote,
    /// The desk's judgement.
    Assessment,
    /// What may come.
    Outlook,
    /// Anything else.
    Note,
}

/// A paragraph. `text` may hold `[^3]`, which cites footnote 3; `“…”[^3]` is a quotation and is checked like a quote block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Block {
    /// What it is for.
    pub kind: BlockKind,
    /// Who may read it.
    #[serde(default)]
    pub audience: Audience,
    /// The text.
    pub text: String,
}

/// Where the proof of a footnote is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceRef {
    /// Cited item.
    pub item: ItemId,
    /// Cited version.
    pub version: VersionId,
    /// SHA-256 of the exhibit.
    pub sha256: Sha256,
    /// When it was captured.
    pub captured_at: Timestamp,
    /// Leaf of the version in the log.
    pub leaf: u64,
    /// Size of the log when it was cited.
    pub tree_size: u64,
}

/// A numbered footnote that cites a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footnote {
    /// Its number, from 1.
    pub number: u32,
    /// Name of the source.
    pub source: String,
    /// Name of the outlet.
    pub outlet: Option<String>,
    /// When it was posted.
    pub posted_at: Timestamp,
    /// Public address, defanged.
    pub url: Option<String>,
    /// The proof.
    pub evidence: EvidenceRef,
    /// Words of translations that the report quotes with it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub translations: Vec<QuotedTranslation>,
}

/// Words that are quoted from a signed translation, with the words they translate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotedTranslation {
    /// The quotation.
    pub quote: String,
    /// Who signed the translation.
    pub signed_by: String,
    /// When.
    pub signed_at: Timestamp,
    /// Language of the original.
    pub from: String,
    /// The original's words, by whole segments.
    pub original: String,
}

/// One opening of a report to an audience.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// To whom.
    pub audience: Audience,
    /// When.
    pub at: Timestamp,
    /// Who decided.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// An authored report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Its id.
    pub id: ReportId,
    /// Series line, such as `Special Announcements`.
    pub series: String,
    /// Number in the series.
    pub number: u32,
    /// The headline: a full sentence.
    pub title: String,
    /// Names of the authors.
    pub authors: Vec<String>,
    /// When the text last changed.
    pub updated_at: Timestamp,
    /// Where it stands.
    pub status: ReportStatus,
    /// Sharing limit.
    pub tlp: Tlp,
    /// The text.
    pub blocks: Vec<Block>,
    /// What it cites.
    pub footnotes: Vec<Footnote>,
    /// To whom it was opened.
    pub releases: Vec<Release>,
}
