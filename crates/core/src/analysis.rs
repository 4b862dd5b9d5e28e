//! The answer of `vedette analyze` for one text: the line of JSON that users script against.

use serde::{Deserialize, Serialize};

use crate::{Admiralty, Assessment, Findings, Language};

/// Everything that is said about one text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// The id that came with the text, unchanged.
    pub id: serde_json::Value,
    /// Its language.
    pub language: Language,
    /// Mentions, dates, links, statements and attacks.
    #[serde(flatten)]
    pub findings: Findings,
    /// Level, tier and reasons.
    pub assessment: Assessment,
    /// Grades of source and content. A text alone tells nothing of either: `F6`.
    pub admiralty: Admiralty,
}
