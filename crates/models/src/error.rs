//! Why a pack was not added, found or removed, and what to do.

use std::path::{Path, PathBuf};

/// A pack that cannot be used, or a file that makes none.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelsError {
    /// The machine failed to read or write.
    #[error("cannot {act} `{path}`: {reason}")]
    Machine {
        /// What was being done.
        act: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// An archive whose hash nobody vouches for.
    #[error("`{file}` is not pinned: its SHA-256 is {sha256}")]
    NotPinned {
        /// The archive.
        file: PathBuf,
        /// Its hash.
        sha256: vedette_core::Sha256,
    },
    /// An archive with another hash than was asked for.
    #[error("`{file}` has the SHA-256 {found}, and none of the expected ones")]
    WrongHash {
        /// The archive.
        file: PathBuf,
        /// Its hash.
        found: vedette_core::Sha256,
    },
    /// What was given holds no model in a form that is known.
    #[error("no model was found in what was given: {0}")]
    NothingFound(String),
    /// The archive breaks the rules of its format, or a limit.
    #[error("`{file}` is refused: {reason}")]
    Refused {
        /// The archive or folder.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// A pack of this name is there with other files.
    #[error("another pack `{0}` is there already")]
    Exists(String),
    /// No such pack.
    #[error("no pack is named `{0}`")]
    Unknown(String),
    /// A manifest that cannot be read.
    #[error("`{path}` is no manifest of a pack: {reason}")]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file of a pack is not what the manifest says.
    #[error("`{file}` of the pack `{pack}` is {found}, the manifest says {expected}")]
    Differs {
        /// The pack.
        pack: String,
        /// The file.
        file: String,
        /// What the manifest says.
        expected: String,
        /// What lies there.
        found: String,
    },
}

impl ModelsError {
    /// What to do next.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Machine { .. } => "mend the machine, and run it again: nothing half-made stays",
            Self::NotPinned { .. } => {
                "compare this hash with the one its publisher names, and repeat with --sha256 HASH"
            }
            Self::WrongHash { .. } => "fetch it again; do not use it as it is",
            Self::NothingFound(_) => "see docs/models.md for the forms, or name the kind with --kind",
            Self::Refused { .. } => "fetch it again from its publisher",
            Self::Exists(_) => "remove it with `vedette model remove NAME`, or give this one another name with --name",
            Self::Unknown(_) => "`vedette model list` names the packs",
            Self::Manifest { .. } => "add the pack again from the file that it was made from",
            Self::Differs { .. } => "remove the pack and add it again from the file that it was made from",
        }
    }

    pub(crate) fn machine(act: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |reason| Self::Machine { act, path, reason }
    }

    pub(crate) fn refused(file: &Path, reason: impl Into<String>) -> Self {
        Self::Refused { file: file.to_owned(), reason: reason.into() }
    }
}
