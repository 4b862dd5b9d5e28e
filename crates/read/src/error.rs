//! Why a file could not be read, and what an analyst can do about it.

use vedette_core::FileFault;

/// A file that was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file is at fault, or a tool for it is missing.
    #[error(transparent)]
    File(#[from] FileFault),
    /// The sandbox cannot be built here; the file is not at fault.
    #[error("no sandbox, no reading: {0}")]
    Sandbox(String),
    /// The machine failed: no process, no space, no temporary folder.
    #[error("cannot {what}: {reason}")]
    Machine {
        /// What was being done.
        what: &'static str,
        /// What the system said.
        reason: String,
    },
}

impl ReadError {
    /// What to do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::File(fault) => fault.advice(),
            Self::Sandbox(_) => {
                "the bytes are kept and nothing was opened; run `vedette doctor` to see what is missing, or accept the danger \
                 with `--i-accept-unsandboxed` on a machine for hostile files"
            }
            Self::Machine { .. } => "mend the machine; the file is tried again",
        }
    }

    /// One line for the item's page: what happened, and what to do.
    pub fn problem(&self) -> String {
        format!("{self}: {}", self.advice())
    }

    /// Whether the same file may be read later without a change of the file: the machine was at fault.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::File(FileFault::ToolMissing(_)) | Self::Sandbox(_) | Self::Machine { .. })
    }

    pub(crate) fn machine(what: &'static str) -> impl Fn(std::io::Error) -> Self {
        move |error| Self::Machine { what, reason: error.to_string() }
    }
}
