//! The cage that a child builds around itself before it reads the first hostile byte.
//!
//! Four walls, each enough against most harm: limits on processor, memory and files; no new privileges; Landlock without a
//! single permitted path, port or signal; and a short list of system calls, where any other ends the process at once. The
//! list also names files: stdin is read, stdout and stderr are written, and whatever else the process inherited is out of
//! reach. Where a wall cannot be built nothing is read, unless the person who started the program accepted that.
//!
//! Other systems than Linux have none of this: there a child refuses to read, or reads unprotected when that was accepted.

use vedette_core::opened::SandboxState;

/// The cage could not be built; nothing was read.
#[derive(Debug, thiserror::Error)]
#[error("the sandbox cannot be set up: {wall}: {reason}; Linux 5.13 or newer on x86-64 or ARM64 is needed")]
pub struct SandboxError {
    wall: &'static str,
    reason: String,
}

fn wall<E: std::fmt::Display>(wall: &'static str) -> impl Fn(E) -> SandboxError {
    move |error| SandboxError { wall, reason: error.to_string() }
}

/// Whether a child reads where a wall is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Walls {
    /// All of them, or nothing is read.
    All,
    /// As many as can be had; somebody accepted the rest.
    AsManyAsThereAre,
}

/// Confines this process, for good, and gives it `cpu_seconds`. Must be called before a second thread exists.
///
/// # Errors
/// When a wall cannot be built and `walls` asks for all, or another thread runs already.
pub fn confine(cpu_seconds: u64, walls: Walls) -> Result<SandboxState, SandboxError> {
    let (state, missing) = linux::build(cpu_seconds);
    match missing {
        Some(error) if walls == Walls::All => Err(error),
        _ => Ok(state),
    }
}

#[cfg(not(target_os = "linux"))]
mod linux {
    use super::{SandboxError, SandboxState, wall};

    pub fn build(_cpu_seconds: u64) -> (SandboxState, Option<SandboxError>) {
        let state = SandboxState { landlock: "none".to_owned(), seccomp: false };
        (state, Some(wall("this system")("it has no sandbox that Vedette knows")))
    }
}

#[cfg(target_os = "linux")]
mod linux;
