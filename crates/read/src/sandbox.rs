//! Does the sandbox hold on this machine? Each forbidden act is tried in a child of its own.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use vedette_core::opened::Task;

use crate::Opener;
use crate::opener::READ_ONE;
use crate::process::{Allowance, run};
use crate::wire::{Hint, landlock_in};

/// Acts that must be refused inside the sandbox.
pub const FORBIDDEN: &[&str] = &[
    "open-passwd",
    "list-root",
    "create-file",
    "unlink-file",
    "udp-socket",
    "connect-loopback",
    "unix-socket-pair",
    "execute",
    "fork",
    "thread",
    "signal-parent",
    "raise-limits",
    "read-environment",
    "allocate-2-gib",
];
/// Acts that must succeed inside the sandbox: without them the refusals would prove nothing.
pub const ALLOWED: &[&str] = &["allocate-64-mib", "hash-map"];

/// What became of one act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActReport {
    /// Name of the act.
    pub act: &'static str,
    /// It was done.
    pub done: bool,
    /// It is as it must be.
    pub as_it_must: bool,
    /// `done`, the reason of the refusal, or the signal that ended the child.
    pub how: String,
}

/// What became of all acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxReport {
    /// One line an act.
    pub acts: Vec<ActReport>,
    /// How far Landlock holds, as the kernel knows it: `full`, `partial`, `none`; absent when no child answered. The list of
    /// system calls holds in any case, or the child reads nothing.
    pub landlock: Option<&'static str>,
}

impl SandboxReport {
    /// Whether every forbidden act was refused and every allowed one done.
    pub fn holds(&self) -> bool {
        self.acts.iter().all(|act| act.as_it_must)
    }
}

/// Tries all acts inside the sandbox of `program`.
pub fn self_test(program: &Path) -> SandboxReport {
    let forbidden = FORBIDDEN.iter().map(|act| (*act, false));
    let allowed = ALLOWED.iter().map(|act| (*act, true));
    let acts = forbidden.chain(allowed).map(|(act, must)| {
        let (done, how) = attempt(program, "--self-test", act);
        // A child that did not run proves nothing.
        let ran = !how.starts_with("not tried");
        ActReport { act, done, as_it_must: ran && done == must, how }
    });
    let answer = Opener::new(program).answer(b"lamp", &Hint::default(), Task::Open);
    SandboxReport { acts: acts.collect(), landlock: answer.ok().and_then(|answer| landlock_in(&answer)) }
}

/// Tries `act` in a child that does not confine itself: whether this machine allows it at all. A control for tests.
pub fn attempt_outside(program: &Path, act: &str) -> bool {
    attempt(program, "--self-test-outside", act).0
}

fn attempt(program: &Path, flag: &str, act: &str) -> (bool, String) {
    let mut command = Command::new(program);
    command.args([READ_ONE, flag, act]).current_dir("/");
    let allowance = Allowance { wall: Duration::from_secs(10), stdout_bytes_max: 1_024 };
    match run(command, &[], &[], allowance) {
        Err(error) => (false, format!("not tried: {error}")),
        Ok(finished) => {
            let said = String::from_utf8_lossy(&finished.stdout).trim().to_owned();
            match (finished.status.signal(), said.as_str()) {
                (Some(libc::SIGSYS), _) => (false, "killed at the forbidden system call".to_owned()),
                (Some(signal), _) => (false, format!("killed by signal {signal}")),
                (None, "done") => (true, said),
                (None, refused) if refused.starts_with("refused") => (false, said),
                (None, _) => (false, format!("not tried: {}", finished.stderr.trim())),
            }
        }
    }
}
