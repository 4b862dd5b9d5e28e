//! Where a command prints, and how it fails. Standard output is data, standard error is talk; the same command runs in
//! this terminal or, when another process serves the workspace, inside that process with its words sent back.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

/// Input and output of one command.
pub struct Io {
    /// Data.
    pub out: Box<dyn Write + Send>,
    /// Talk.
    pub err: Box<dyn Write + Send>,
    /// Folder that relative paths start from.
    pub cwd: PathBuf,
    /// Whether talk goes to a terminal.
    pub live: bool,
    progress_shown: bool,
}

impl Io {
    /// This process's own terminal.
    pub fn terminal() -> Self {
        Self {
            out: Box::new(std::io::stdout()),
            err: Box::new(std::io::stderr()),
            cwd: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
            live: std::io::stderr().is_terminal(),
            progress_shown: false,
        }
    }

    /// Output that goes somewhere else.
    pub fn to(out: Box<dyn Write + Send>, err: Box<dyn Write + Send>, cwd: PathBuf) -> Self {
        Self { out, err, cwd, live: false, progress_shown: false }
    }

    /// A path as the person who typed it meant it.
    pub fn path(&self, path: &Path) -> PathBuf {
        self.cwd.join(path)
    }

    /// Prints a line of data.
    pub fn line(&mut self, text: impl AsRef<str>) -> Result<(), Failure> {
        self.clear_progress();
        writeln!(self.out, "{}", text.as_ref()).map_err(Failure::output)
    }

    /// Prints one JSON object as a line.
    pub fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string(value).map_err(|error| Failure::usage(error.to_string()))?;
        self.line(text)
    }

    /// Says something to the person; a terminal that is gone is no reason to stop.
    pub fn say(&mut self, text: impl AsRef<str>) {
        self.clear_progress();
        writeln!(self.err, "{}", text.as_ref()).ok();
    }

    /// Shows how far long work is: one line that is written over, and only on a terminal.
    pub fn progress(&mut self, text: impl AsRef<str>) {
        if self.live {
            write!(self.err, "\r\x1b[2K{}", text.as_ref()).ok();
            self.err.flush().ok();
            self.progress_shown = true;
        }
    }

    fn clear_progress(&mut self) {
        if self.progress_shown {
            write!(self.err, "\r\x1b[2K").ok();
            self.progress_shown = false;
        }
    }
}

/// Why a command did not do what it was asked, with what to do next and the exit code.
#[derive(Debug)]
pub struct Failure {
    /// What happened and where.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// 1 found wrong, 2 unusable arguments or configuration.
    pub code: u8,
    /// Whether another process holds the workspace, so that the command can be sent there.
    pub is_locked: bool,
}

impl Failure {
    /// Unusable arguments or configuration.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, code: 2, is_locked: false }
    }

    /// Something was looked at and found wrong.
    pub fn wrong(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, code: 1, is_locked: false }
    }

    /// With what to do next.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Reading or writing a file failed.
    pub fn file(act: &str, path: &Path, error: &std::io::Error) -> Self {
        Self::usage(format!("cannot {act} `{}`: {error}", path.display()))
    }

    fn output(error: std::io::Error) -> Self {
        // `vedette search … | head` ends early on purpose.
        let code = if error.kind() == std::io::ErrorKind::BrokenPipe { 0 } else { 2 };
        Self { message: format!("cannot write the output: {error}"), hint: None, code, is_locked: false }
    }

    /// Tells the person.
    pub fn tell(&self, io: &mut Io) {
        if self.code == 0 {
            return;
        }
        io.say(format!("error: {}", self.message));
        if let Some(hint) = &self.hint {
            io.say(format!("hint: {hint}"));
        }
    }
}

impl From<vedette_desk::DeskError> for Failure {
    fn from(error: vedette_desk::DeskError) -> Self {
        let code = if error.is_usage() { 2 } else { 1 };
        if let vedette_desk::DeskError::Store(error) = error {
            // The store's own failures come with what to do next.
            return Self { code, ..error.into() };
        }
        Self { message: error.to_string(), hint: None, code, is_locked: false }
    }
}

impl From<vedette_core::StoreError> for Failure {
    fn from(error: vedette_core::StoreError) -> Self {
        use vedette_core::StoreError as E;
        let hint = match &error {
            E::TooNew { .. } => Some("install a newer vedette"),
            E::Locked { .. } => Some("another vedette works on it; wait for it or stop it"),
            E::Full(_) => Some("free some space and run the command again: everything stored so far is intact"),
            E::RolledBack(_) => Some(
                "restore a newer backup; or, if this older state is meant, answer for it with \
                 `vedette log accept --reason TEXT`",
            ),
            E::Damaged(_) => Some("run `vedette verify` to see what is damaged, and restore from a backup"),
            _ => None,
        };
        Self {
            message: error.to_string(),
            hint: hint.map(str::to_owned),
            code: 2,
            is_locked: matches!(error, E::Locked { .. }),
        }
    }
}
