//! What a use case can fail with. The faces add a hint and choose how to say it.

use vedette_core::StoreError;

use crate::Role;

/// Result of a use case.
pub type DeskResult<T> = Result<T, DeskError>;

/// A use case that failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeskError {
    /// The request cannot be understood or makes no sense.
    #[error("{0}")]
    Unusable(String),
    /// The person's role does not cover it.
    #[error("{who} is {role} and may not {act}: that needs the role {needed}")]
    Forbidden {
        /// Who asked.
        who: String,
        /// Their role.
        role: Role,
        /// What was asked.
        act: String,
        /// What it needs.
        needed: Role,
    },
    /// A store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Collecting failed.
    #[error(transparent)]
    Collect(#[from] vedette_collect::CollectError),
    /// A file could not be opened in the sandbox.
    #[error(transparent)]
    Read(#[from] vedette_read::ReadError),
    /// A question to the archive could not be understood.
    #[error(transparent)]
    Query(#[from] vedette_search::QueryError),
    /// Engines failed to translate; it is tried again.
    #[error("it could not be translated: {0}")]
    Translate(String),
    /// A report's source text could not be understood, or a check failed.
    #[error("{0}")]
    Report(String),
}

impl DeskError {
    /// Whether the request was wrong, rather than the machine.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Unusable(_) | Self::Forbidden { .. } | Self::Query(_) | Self::Report(_))
            || matches!(self, Self::Store(StoreError::NotFound { .. } | StoreError::Refused(_)))
    }
}
