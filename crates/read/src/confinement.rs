//! No sandbox, no reading: before the first file the machine is tried, once, and where the sandbox does not hold nothing is
//! opened, unless the person who started the program accepted that in so many words.

use std::path::PathBuf;
use std::sync::OnceLock;

use crate::ReadError;
use crate::sandbox::{self_test, tools_self_test};

/// The flag that waives the sandbox, as it stands in messages.
pub const WAIVER_FLAG: &str = "--i-accept-unsandboxed";
/// Stands behind the method of what was read without a sandbox.
pub const UNSANDBOXED: &str = "unsandboxed";

/// Whether hostile files are opened where the sandbox does not hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Confinement {
    /// They are not.
    #[default]
    Required,
    /// They are: a person started the program with [`WAIVER_FLAG`].
    Waived,
}

/// Stands before an opener.
#[derive(Debug)]
pub(crate) struct Gate {
    program: PathBuf,
    confinement: Confinement,
    flaw: OnceLock<Option<String>>,
}

impl Gate {
    pub fn new(program: impl Into<PathBuf>, confinement: Confinement) -> Self {
        Self { program: program.into(), confinement, flaw: OnceLock::new() }
    }

    /// What the sandbox of this machine does not hold back, found out once and said in the log once; `None` when it holds.
    pub fn flaw(&self) -> Option<&str> {
        let look = || {
            let flaw = flaw_of(&self.program)?;
            match self.confinement {
                Confinement::Required => {
                    tracing::error!(flaw, "the sandbox does not hold: no file is opened; see `vedette doctor`")
                }
                Confinement::Waived => tracing::warn!(flaw, "hostile files are opened WITHOUT a sandbox, as accepted"),
            }
            Some(flaw)
        };
        self.flaw.get_or_init(look).as_deref()
    }

    /// Whether files may be opened.
    pub fn pass(&self) -> Result<(), ReadError> {
        match (self.flaw(), self.confinement) {
            (Some(flaw), Confinement::Required) => Err(ReadError::Sandbox(format!("it does not hold here ({flaw})"))),
            _ => Ok(()),
        }
    }
}

fn flaw_of(program: &std::path::Path) -> Option<String> {
    // Beside each other: most of their time is starting processes.
    let (openers, tools) = std::thread::scope(|scope| {
        let tools = scope.spawn(|| tools_self_test(program));
        (self_test(program), tools.join())
    });
    let Ok(tools) = tools else { return Some("the self-test of the tools' sandbox gave up".to_owned()) };
    let wrong =
        |who: &str, report: &crate::sandbox::SandboxReport| report.first_wrong().map(|wrong| format!("{who}, {wrong}"));
    wrong("opener", &openers).or_else(|| wrong("tools", &tools))
}
