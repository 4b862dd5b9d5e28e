//! Why a file could not be opened, in the classes that tell an analyst what to do next.

use crate::limits::DETAIL_BYTES_MAX;

/// A file that was not opened. Each variant holds what was found; [`OpenError::advice`] says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The file ends too early.
    #[error("the file is cut off: {0}")]
    Truncated(String),
    /// The file is locked with a password.
    #[error("the file is encrypted: {0}")]
    Encrypted(String),
    /// The file exceeds a limit.
    #[error("the file is too large to open: {0}")]
    TooLarge(String),
    /// No opener for this kind of file.
    #[error("the file is of a kind that is not read: {0}")]
    Unsupported(String),
    /// The file tries to harm its reader.
    #[error("the file looks made to harm its reader: {0}")]
    Hostile(String),
    /// A program that is needed is not installed.
    #[error("a tool is missing: {0}")]
    ToolMissing(String),
    /// The file breaks the rules of its format.
    #[error("the file is damaged: {0}")]
    Damaged(String),
}

impl OpenError {
    /// The class, as it stands in the protocol.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Truncated(_) => "truncated",
            Self::Encrypted(_) => "encrypted",
            Self::TooLarge(_) => "too-large",
            Self::Unsupported(_) => "unsupported",
            Self::Hostile(_) => "hostile",
            Self::ToolMissing(_) => "tool-missing",
            Self::Damaged(_) => "damaged",
        }
    }

    /// What was found, without the class; at most [`DETAIL_BYTES_MAX`] bytes and one line.
    pub fn detail(&self) -> String {
        let (Self::Truncated(what)
        | Self::Encrypted(what)
        | Self::TooLarge(what)
        | Self::Unsupported(what)
        | Self::Hostile(what)
        | Self::ToolMissing(what)
        | Self::Damaged(what)) = self;
        one_line(what)
    }

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
        }
    }
}

/// `text` without control characters and line breaks, cut to [`DETAIL_BYTES_MAX`] bytes on a character boundary.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::new();
    for c in text.chars().map(|c| if c.is_control() { ' ' } else { c }) {
        if line.len() + c.len_utf8() > DETAIL_BYTES_MAX {
            break;
        }
        line.push(c);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_is_one_short_line() {
        let error = OpenError::Damaged(format!("bad\nchunk\u{1b}[31m {}", "é".repeat(400)));
        assert!(error.detail().starts_with("bad chunk [31m é"));
        assert!(error.detail().len() <= DETAIL_BYTES_MAX);
        assert_eq!(error.class(), "damaged");
    }
}
