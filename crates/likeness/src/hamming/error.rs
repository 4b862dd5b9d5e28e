//! What can be wrong with an index on disk.

use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a [`HashStore`](super::HashStore) could not be opened or changed. Nothing that was stored is touched when one is returned.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum HashStoreError {
    /// The system refused.
    #[error("cannot {act} `{}`: {source}", path.display())]
    Io {
        /// What was tried.
        act: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is not what was written.
    #[error("`{}` is damaged: {what}; restore it from a copy, or build the index anew from its hashes", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        what: String,
    },
    /// Another process has the index open for writing.
    #[error("the hash index `{}` is open elsewhere: one process writes it at a time", path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
    },
}

impl HashStoreError {
    pub(super) fn io(act: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { act, path: path.to_owned(), source }
    }

    pub(super) fn damaged(path: &Path, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), what: what.into() }
    }
}
