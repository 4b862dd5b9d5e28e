//! What a store can fail with, whichever adapter stands behind the port.

/// Result of a port.
pub type StoreResult<T> = Result<T, StoreError>;

/// A failing store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// What was asked for is not there.
    #[error("there is no {what} `{id}` in this workspace")]
    NotFound {
        /// Such as `item`.
        what: &'static str,
        /// As asked for.
        id: String,
    },
    /// The request contradicts what is stored or what is allowed.
    #[error("{0}")]
    Refused(String),
    /// The workspace was written by a newer program.
    #[error("cannot open the workspace `{path}`: it is version {found}, this program reads up to {known}")]
    TooNew {
        /// Where.
        path: String,
        /// Version found.
        found: i64,
        /// Newest version this program reads.
        known: i64,
    },
    /// Another process writes here.
    #[error("the workspace `{path}` is in use by another process ({holder})")]
    Locked {
        /// Where.
        path: String,
        /// Process that holds the lock.
        holder: String,
    },
    /// No space left, quota exceeded or file system read-only. What is already stored is intact.
    #[error("cannot write to the workspace: {0}")]
    Full(String),
    /// Stored data do not fit together.
    #[error("the workspace is damaged: {0}")]
    Damaged(String),
    /// The log is not the continuation of the one that was last seen on this machine.
    #[error("the log was rolled back or rewritten: {0}")]
    RolledBack(String),
    /// The operating system refused.
    #[error("cannot {act} `{path}`: {source}")]
    Io {
        /// What was tried.
        act: &'static str,
        /// On what.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The catalogue or the index failed.
    #[error("the {engine} failed: {message}")]
    Engine {
        /// `catalogue` or `search index`.
        engine: &'static str,
        /// What it said.
        message: String,
    },
}
