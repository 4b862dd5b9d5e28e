//! Why a page could not be captured. Collecting goes on without the capture; the words become a note on the source.

/// Why there is no capture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BrowserError {
    /// The browser or its cage is not installed.
    #[error("{what} is not installed: apt-get install chromium bubblewrap")]
    Missing {
        /// Which program.
        what: &'static str,
    },
    /// It did not start.
    #[error("the browser did not start ({why}): `vedette doctor` says what is missing")]
    Start {
        /// What it said.
        why: String,
    },
    /// It ended, or broke the protocol.
    #[error("the browser was lost: {why}")]
    Lost {
        /// How it ended.
        why: String,
    },
    /// The page used more than a page may.
    #[error("the browser was stopped: {what}")]
    Limit {
        /// Which limit, in words.
        what: String,
    },
    /// The page itself did not come.
    #[error("the page did not load in the browser: {why}")]
    Page {
        /// What the browser or the server said.
        why: String,
    },
}

impl BrowserError {
    /// Loss of the connection to the browser.
    pub(super) fn lost(why: impl ToString) -> Self {
        Self::Lost { why: why.to_string() }
    }
}
