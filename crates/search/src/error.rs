//! What is wrong with a query, where, and what to write instead.

/// A query that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the query at column {column}: {message}; {hint}")]
#[non_exhaustive]
pub struct QueryError {
    /// Character at which it goes wrong, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub hint: String,
}

impl QueryError {
    pub(crate) fn new(column: usize, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { column, message: message.into(), hint: hint.into() }
    }
}
