//! A question to the archive, parsed, and its answer. The query language itself is `search`'s.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ItemId, Level};

/// A field that a query can name, or a facet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldName {
    /// Source id.
    Source,
    /// Outlet id.
    Outlet,
    /// Register ids of actors named.
    Actor,
    /// Register ids of places named.
    Place,
    /// Any register id named.
    Entity,
    /// Language code.
    Language,
    /// Level word.
    Level,
    /// Tier number.
    Tier,
    /// Statement kinds.
    Statement,
    /// State of the item (posted, edited, deleted).
    State,
    /// Family id.
    Family,
}

/// One part of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Clause {
    /// A folded word.
    Word(String),
    /// The beginning of a folded word.
    Prefix(String),
    /// Folded words next to each other.
    Phrase(Vec<String>),
    /// An exact value of a field.
    Field(FieldName, String),
    /// This level or higher.
    LevelAtLeast(Level),
    /// Posted at or after the first and before the second.
    Posted(Option<Timestamp>, Option<Timestamp>),
}

/// A parsed question: all of `must`, at least one of each group of `any`, none of `not`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Query {
    /// All of these.
    pub must: Vec<Clause>,
    /// At least one of each group.
    pub any: Vec<Vec<Clause>>,
    /// None of these.
    pub not: Vec<Clause>,
}

/// Order of hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SortBy {
    /// Best match first.
    #[default]
    Score,
    /// Newest first.
    Newest,
    /// Highest level first, then newest.
    Level,
}

/// A question with its page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchRequest {
    /// The question.
    pub query: Query,
    /// Order.
    pub sort: SortBy,
    /// Hits wanted, at most [`crate::limits::SEARCH_HITS_MAX`].
    pub limit: usize,
    /// Hits skipped.
    pub offset: usize,
    /// Facets to count.
    pub facets: Vec<FieldName>,
}

/// One hit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SearchHit {
    /// The item.
    pub id: ItemId,
    /// Name of its source.
    pub source: String,
    /// Outlet id.
    pub outlet: Option<String>,
    /// When posted.
    pub posted_at: Timestamp,
    /// Language code.
    pub language: String,
    /// Level.
    pub level: Level,
    /// Tier.
    pub tier: Option<u8>,
    /// Score of the match.
    pub score: f32,
    /// Which words matched in which field.
    pub why: Vec<String>,
    /// The beginning of the text, or the part that matched.
    pub text: String,
    /// Which text that part is of: `original`, `translation`, `ocr` or `earlier`.
    #[serde(default)]
    pub side: String,
}

/// How many hits have a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetCount {
    /// The value.
    pub value: String,
    /// Hits.
    pub count: u64,
}

/// Counts of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facet {
    /// The field.
    pub field: FieldName,
    /// Most frequent first.
    pub counts: Vec<FacetCount>,
}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SearchAnswer {
    /// All hits, shown or not.
    pub total: u64,
    /// The page of hits.
    pub hits: Vec<SearchHit>,
    /// Facets asked for, over all hits.
    pub facets: Vec<Facet>,
}
