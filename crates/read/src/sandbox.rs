//! Does the sandbox hold on this machine? Forbidden acts are tried in children that are confined as for a hostile file, and
//! in a tool that is launched as for one; allowed acts are tried too, or the refusals would prove nothing.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use vedette_core::opened::Task;

use crate::Opener;
use crate::launcher::{Launcher, ToolPlan};
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
/// Acts that must be refused to a tool. The last replaces the process when it is not refused.
pub const FORBIDDEN_TO_TOOLS: &[&str] = &[
    "open-passwd",
    "list-root",
    "list-folder",
    "read-file",
    "write-file",
    "change-rights",
    "link",
    "remove-file",
    "udp-socket",
    "connect-loopback",
    "unix-socket-pair",
    "fork",
    "thread",
    "signal-parent",
    "allocate-2-gib",
    "execute",
];
/// Acts that a tool must be able to do: read a model that its plan names, write in its folder, and the like.
pub const ALLOWED_TO_TOOLS: &[&str] = &["read-model", "write-in-folder", "allocate-64-mib", "hash-map"];
/// Bytes of memory of the tool that tries.
const TOOL_MEMORY_BYTES: u64 = 1 << 30;
/// Processor seconds of a child or tool that tries.
const TRY_SECONDS_MAX: u64 = 5;
/// Children that try at the same time.
const HANDS_MAX: usize = 8;

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
    /// How far Landlock holds, as the kernel knows it: `full`, `partial`, `none`; absent when no child answered, and for tools,
    /// which are not started without it.
    pub landlock: Option<&'static str>,
}

impl SandboxReport {
    /// Whether every forbidden act was refused and every allowed one done.
    pub fn holds(&self) -> bool {
        !self.acts.is_empty() && self.acts.iter().all(|act| act.as_it_must)
    }

    /// The first act that is not as it must be, and what became of it.
    pub fn first_wrong(&self) -> Option<String> {
        self.acts.iter().find(|act| !act.as_it_must).map(|act| format!("{}: {}", act.act, act.how))
    }
}

/// Tries all acts inside the sandbox of `program`, which opens files.
pub fn self_test(program: &Path) -> SandboxReport {
    let acts: Vec<(&'static str, bool)> =
        FORBIDDEN.iter().map(|act| (*act, false)).chain(ALLOWED.iter().map(|act| (*act, true))).collect();
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let hands = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(HANDS_MAX);
    std::thread::scope(|scope| {
        for _ in 0..hands {
            scope.spawn(|| {
                while let Some(&(act, must)) = acts.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (done_it, how) = attempt(program, "--self-test", act);
                    let report = report(act, must, done_it, how);
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(report);
                }
            });
        }
    });
    let mut reports = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    reports.sort_by_key(|report| acts.iter().position(|(act, _)| *act == report.act));
    let answer = Opener::new(program).without_pool().answer(b"lamp", &Hint::default(), Task::Open);
    SandboxReport { acts: reports, landlock: answer.ok().and_then(|answer| landlock_in(&answer)) }
}

fn report(act: &'static str, must: bool, done: bool, how: String) -> ActReport {
    // A child that did not run proves nothing.
    let ran = !how.starts_with("not tried");
    ActReport { act, done, as_it_must: ran && done == must, how }
}

/// Tries all acts in the sandbox of tools, with `program` itself as the tool.
pub fn tools_self_test(program: &Path) -> SandboxReport {
    let acts = tried_by_tool(&Launcher::new(program), program).unwrap_or_else(|error| {
        let how = format!("not tried: {error}");
        FORBIDDEN_TO_TOOLS.iter().map(|act| report(act, false, false, how.clone())).collect()
    });
    SandboxReport { acts, landlock: None }
}

fn tried_by_tool(launcher: &Launcher, program: &Path) -> Result<Vec<ActReport>, crate::ReadError> {
    let made = crate::ReadError::machine("make a temporary folder");
    let (inside, outside) = (tempfile::tempdir().map_err(&made)?, tempfile::tempdir().map_err(&made)?);
    let (model, canary) = (outside.path().join("model"), outside.path().join("canary"));
    for file in [&model, &canary] {
        std::fs::write(file, b"lamp").map_err(&made)?;
    }
    let at = |act: &str, path: PathBuf| format!("{act}={}", path.display());
    let forbidden = FORBIDDEN_TO_TOOLS.iter().map(|act| match *act {
        "list-folder" => at(act, outside.path().to_owned()),
        "read-file" | "write-file" | "change-rights" | "link" | "remove-file" => at(act, canary.clone()),
        plain => plain.to_owned(),
    });
    let allowed = ALLOWED_TO_TOOLS.iter().map(|act| match *act {
        "read-model" => at(act, model.clone()),
        "write-in-folder" => at(act, inside.path().join("out")),
        plain => plain.to_owned(),
    });
    // Those that are allowed go first: the last of the forbidden ones may end the process.
    let tried: Vec<(&'static str, bool, String)> =
        (ALLOWED_TO_TOOLS.iter().zip(allowed).map(|(act, said)| (*act, true, said)))
            .chain(FORBIDDEN_TO_TOOLS.iter().zip(forbidden).map(|(act, said)| (*act, false, said)))
            .collect();
    let plan = ToolPlan::new(inside.path(), TRY_SECONDS_MAX, TOOL_MEMORY_BYTES).reading([&model]);
    let words = [READ_ONE.into(), "--self-test-outside".into()];
    let arguments: Vec<_> = words.into_iter().chain(tried.iter().map(|(_, _, said)| said.into())).collect();
    let ran = launcher.run(&plan, program, &arguments, &[])?;
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    let mut lines = said.lines();
    Ok(tried
        .into_iter()
        .map(|(act, must, _)| {
            let became = lines.next().and_then(|line| line.strip_prefix(act)?.strip_prefix(": ")).map(str::to_owned);
            let how = became.unwrap_or_else(|| format!("not tried: {}", ran.stderr.trim()));
            report(act, must, how == "done", how)
        })
        .collect())
}

/// Tries `act` in a child that does not confine itself: whether this machine allows it at all. A control for tests.
pub fn attempt_outside(program: &Path, act: &str) -> bool {
    attempt(program, "--self-test-outside", act).0
}

fn attempt(program: &Path, flag: &str, act: &str) -> (bool, String) {
    let mut command = Command::new(program);
    command.args([READ_ONE, flag, act]).current_dir("/");
    let allowance = Allowance { wall: Duration::from_secs(2 * TRY_SECONDS_MAX), stdout_bytes_max: 1_024 };
    match run(command, &[], allowance) {
        Err(error) => (false, format!("not tried: {error}")),
        Ok(finished) => {
            let said = String::from_utf8_lossy(&finished.stdout);
            let said = said.trim().trim_start_matches(act).trim_start_matches(": ");
            match (finished.status.signal(), said) {
                (Some(libc::SIGSYS), _) => (false, "killed at the forbidden system call".to_owned()),
                (Some(signal), _) => (false, format!("killed by signal {signal}")),
                (None, "done") => (true, said.to_owned()),
                (None, refused) if refused.starts_with("refused") => (false, refused.to_owned()),
                (None, _) => (false, format!("not tried: {}", finished.stderr.trim())),
            }
        }
    }
}
