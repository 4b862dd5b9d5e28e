//! Why a file could not be read, and what an analyst can do about it.

/// A file that was not read. The text in each variant names what was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file ends too early.
    #[error("the file is cut off: {0}")]
    Truncated(String),
    /// The file is locked with a password.
    #[error("the file is password-protected: {0}")]
    Encrypted(String),
    /// The file exceeds a limit of size, memory or time.
    #[error("the file is too large to read: {0}")]
    TooLarge(String),
    /// No opener for this kind of file.
    #[error("the file is of a kind that is not read: {0}")]
    Unsupported(String),
    /// The file tried to harm its reader, or crashed it.
    #[error("the file looks made to harm its reader: {0}")]
    Hostile(String),
    /// A program that is needed is not installed.
    #[error("a tool is missing: {0}")]
    ToolMissing(String),
    /// The file breaks the rules of its format.
    #[error("the file is damaged: {0}")]
    Damaged(String),
    /// The sandbox cannot be built here; the file is not at fault.
    #[error("the sandbox cannot be set up: {0}")]
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
            Self::Truncated(_) => "fetch it again from the source; the bytes that came are kept",
            Self::Encrypted(_) => "look for the password near the post and import an unlocked copy",
            Self::TooLarge(_) => "look at it outside, on a machine for hostile files",
            Self::Unsupported(_) => "convert it to PDF, PNG or text and import the copy",
            Self::Hostile(_) => "open it only on a machine for hostile files",
            Self::ToolMissing(_) => "run `vedette doctor`, which names the command that installs it",
            Self::Damaged(_) => "fetch it again, or repair a copy and import that",
            Self::Sandbox(_) => "run `vedette doctor`; hostile files are read only inside the sandbox",
            Self::Machine { .. } => "mend the machine; the file is tried again",
        }
    }

    /// One line for the item's page: what happened, and what to do.
    pub fn problem(&self) -> String {
        format!("{self}: {}", self.advice())
    }

    /// Whether the same file may be read later without a change of the file: the machine was at fault.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::ToolMissing(_) | Self::Sandbox(_) | Self::Machine { .. })
    }

    pub(crate) fn machine(what: &'static str) -> impl Fn(std::io::Error) -> Self {
        move |error| Self::Machine { what, reason: error.to_string() }
    }
}
