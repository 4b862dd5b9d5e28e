//! Translation as evidence: aligned to the original segment by segment, with who made it, by what, and how far a person
//! stands behind it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Sha256;

/// How far a person stands behind a translation. Only a signed one may be quoted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TranslationStatus {
    /// As a machine or a person first wrote it.
    #[default]
    Draft,
    /// A person has gone through it.
    Revised,
    /// A named person answers for it.
    Signed,
}

impl TranslationStatus {
    /// The word used in rows, pages and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Revised => "revised",
            Self::Signed => "signed",
        }
    }
}

/// What a translated reading is a translation of, and how it came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Translation {
    /// Index of the original among the readings of the version.
    pub of: u32,
    /// SHA-256 of the original's text; a revision of another text does not apply.
    pub source_sha256: Sha256,
    /// Language of the original, as in [`crate::Language`].
    pub from: String,
    /// Language of the translation.
    pub to: String,
    /// Name of the engine, or `person`.
    pub engine: String,
    /// Its version, with the hash of its model.
    pub engine_version: String,
    /// Fingerprint of the glossary that was enforced.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub glossary: Option<String>,
    /// How far a person stands behind it.
    pub status: TranslationStatus,
    /// That person.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub author: Option<String>,
    /// Segments in order of the original.
    pub segments: Vec<Segment>,
    /// What a reader should look at: terms that found no place, sentences that the engine left out.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<String>,
}

/// A sentence of the original and its translation. Spans are byte offsets: start, end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// In the original's text.
    pub source: [u32; 2],
    /// In the translation's text.
    pub target: [u32; 2],
    /// Where its words come from.
    pub origin: SegmentOrigin,
    /// Glossary terms that were applied in it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub terms: Vec<TermUse>,
}

/// Where the words of a segment come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SegmentOrigin {
    /// The engine.
    Machine,
    /// The translation memory: a person translated the same segment before.
    Memory,
    /// A person.
    Person,
    /// Taken over as it stands: numbers, addresses, a text in the target language.
    Kept,
}

/// A glossary term and where it was applied. Spans are byte offsets: start, end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermUse {
    /// In the original's text.
    pub source: [u32; 2],
    /// In the translation's text; empty where the term should stand and could not be placed, so that a person looks.
    pub target: [u32; 2],
    /// Id of the register's entry or of the glossary line.
    pub entry: String,
    /// Whether the engine had written something else that was replaced.
    pub enforced: bool,
}

/// An engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engine {
    /// Short name: `firefox`, `command`, `libretranslate`, `ctranslate2`.
    pub name: String,
    /// Version of the program and hash of its models; part of the key of the cache.
    pub version: String,
    /// Whether the text leaves this machine.
    pub leaves_machine: bool,
}

/// Why nothing was translated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TranslateFault {
    /// The engine does not know these languages.
    #[error("no installed engine translates {from} to {to}")]
    NoPair {
        /// From.
        from: String,
        /// To.
        to: String,
    },
    /// It took too long.
    #[error("{engine} did not answer within {seconds} s")]
    TimedOut {
        /// Which engine.
        engine: String,
        /// After how long.
        seconds: u64,
    },
    /// A day's or an item's allowance is used up.
    #[error("the allowance of {engine} is used up: {reason}")]
    OverBudget {
        /// Which engine.
        engine: String,
        /// What was allowed.
        reason: String,
    },
    /// A rule forbids it: what the text is of may not leave this machine.
    #[error("the text may not go to {engine}: {reason}")]
    NotAllowed {
        /// Which engine.
        engine: String,
        /// Which rule.
        reason: String,
    },
    /// The engine failed.
    #[error("{engine} failed: {reason}")]
    Failed {
        /// Which engine.
        engine: String,
        /// What it said; one line.
        reason: String,
    },
}

/// An engine that translates. Called from plain threads.
pub trait Translator: Send + Sync {
    /// Which engine this is.
    fn engine(&self) -> Engine;
    /// The same for one pair of languages: `version` then names the model of this pair alone, so that a new model of another pair
    /// leaves what this one said in the cache. Without a model for the pair, the same as [`Translator::engine`].
    fn engine_for(&self, from: &str, to: &str) -> Engine {
        let _ = (from, to);
        self.engine()
    }
    /// Whether it translates `from` to `to` (codes as in [`crate::Language`]), perhaps by way of a third language.
    fn knows(&self, from: &str, to: &str) -> bool;
    /// Translates segments, each of which is a sentence or a line; the answer has as many, in the same order.
    ///
    /// # Errors
    /// See [`TranslateFault`]. All or nothing: a failure names no partial answer.
    fn translate(
        &self,
        segments: &[&str],
        from: &str,
        to: &str,
        within: Duration,
    ) -> Result<Vec<String>, TranslateFault>;
}
