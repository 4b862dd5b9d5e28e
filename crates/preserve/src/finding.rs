//! What a verification says: how much was looked at, and each thing that is not as the log says.

use serde::{Deserialize, Serialize};
use vedette_core::Sha256;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What disagrees, such as `exhibit` or `leaf record`.
    pub what: String,
    /// Where, such as a hash, a leaf or a row.
    pub r#where: String,
    /// What it should be.
    pub expected: String,
    /// What it is.
    pub found: String,
}

impl Finding {
    /// A finding from its four parts.
    pub fn new(
        what: impl Into<String>,
        place: impl Into<String>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self { what: what.into(), r#where: place.into(), expected: expected.into(), found: found.into() }
    }
}

/// The answer of `vedette verify` for a workspace or a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyReport {
    /// Exhibits re-hashed.
    pub exhibits: u64,
    /// Leaves re-computed.
    pub leaves: u64,
    /// Root of the log: re-computed for a workspace, as stated by the checkpoint for a bundle.
    pub root: Sha256,
    /// Whether nothing is wrong.
    pub ok: bool,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// Who vouches for a bundle's checkpoints: signatures, cosignatures and timestamps that fit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vouched: Vec<String>,
}
