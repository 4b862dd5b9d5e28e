//! What is wrong with a note, a key, a request to a witness or a token that somebody handed over.

/// Result of reading what others signed.
pub type PreserveResult<T> = Result<T, PreserveError>;

/// A note, key or token that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PreserveError {
    /// Text that is no signed note (C2SP signed-note).
    #[error("not a signed note: {0}")]
    Note(&'static str),
    /// A note whose text is no checkpoint (C2SP tlog-checkpoint).
    #[error("not a checkpoint: {0}")]
    Checkpoint(&'static str),
    /// A verifier key that cannot be read; expected `name+hex+base64`.
    #[error("`{key}` is not a verifier key ({why}); expected `name+8 hexadecimal digits+base64`")]
    Key {
        /// As given, shortened.
        key: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A signature by a known key that does not fit the text.
    #[error("the signature of `{0}` does not fit the text")]
    Signature(String),
    /// No known key has signed.
    #[error("no key that is trusted for `{0}` has signed")]
    Unsigned(String),
    /// A timestamp token that cannot be used (RFC 3161).
    #[error("not a usable timestamp: {0}")]
    Timestamp(&'static str),
}
