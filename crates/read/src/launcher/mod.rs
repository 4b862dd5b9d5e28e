//! Runs tools (text recognition, PDF, media) inside a sandbox: what a tool may use is a [`ToolPlan`], a [`Launcher`] carries
//! it out through the hidden subcommand `vedette run-tool` ([`run_tool`]).
//!
//! The tools are large C and C++ programs that read hostile files. Before one starts, the launched process gives up
//! everything that the plan does not name; see `cage.rs` for the walls. Chromium, which brings up processes of its own, runs in
//! namespaces instead: [`bubblewrap`].
//!
//! ```no_run
//! # use std::path::{Path, PathBuf};
//! use vedette_read::launcher::{Launcher, ToolPlan};
//! let launcher = Launcher::new(std::env::current_exe()?);
//! let folder = tempfile::tempdir()?;
//! std::fs::write(folder.path().join("in.mp4"), b"the recording")?;
//! let plan = ToolPlan::new(folder.path(), 30, 1 << 30).with_threads();
//! let ran = launcher.run(&plan, Path::new("/usr/bin/ffmpeg"), &["-i".into(), "in.mp4".into()], &[])?;
//! println!("{} {}", ran.status, ran.stderr);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bubblewrap;
mod cage;
mod libraries;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use vedette_core::FileFault;

pub use bubblewrap::{BubblePlan, bubblewrap};
pub use cage::run_tool;

use crate::opener::died;
use crate::process::{Allowance, run};
use crate::{Confinement, ReadError};
use cage::{EXIT_NOT_LAUNCHED, LAUNCHER_SAYS};
use libraries::Libraries;

/// The hidden subcommand.
pub(crate) const RUN_TOOL: &str = "run-tool";
/// Bytes of one file that a tool may write, unless its plan says otherwise.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Bytes that a tool may write to stdout, unless its plan says otherwise: text of 500 dense pages.
const STDOUT_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Wall time for each second of processor time: busy machines give a process a part of the time only.
const WALL_PER_CPU: u64 = 2;

/// Where fonts and their configuration lie, for tools that draw text.
pub const FONT_PATHS: &[&str] = &[
    "/etc/fonts",
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/usr/share/fontconfig",
    "/usr/share/ghostscript/fonts",
];

/// What a tool may use and where; everything else is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolPlan {
    /// Its current folder and the only one that it may write; it makes plain files and folders there, never links or pipes.
    pub folder: PathBuf,
    /// Processor seconds, of all its threads together.
    pub cpu_seconds: u64,
    /// Seconds after which it is killed.
    pub wall_seconds: u64,
    /// Bytes of address space.
    pub memory_bytes: u64,
    /// Bytes of one file that it may write.
    pub file_bytes_max: u64,
    /// Bytes that it may write to stdout.
    pub stdout_bytes_max: u64,
    /// Files and folders that it may read beside itself, its libraries and its folder: models, fonts.
    pub readable: Vec<PathBuf>,
    /// It may start threads; processes never.
    pub threads: bool,
    /// Its environment, whole.
    pub environment: Vec<(String, String)>,
    /// Programs and libraries that it may read and run; the launcher fills this in.
    #[serde(default)]
    pub(crate) runnable: Vec<PathBuf>,
    /// It runs even where the sandbox cannot be built, because the person who started this program accepted that.
    #[serde(default)]
    pub(crate) unsandboxed: bool,
}

impl ToolPlan {
    /// A plan for a tool that writes in `folder` and is given `cpu_seconds` and `memory_bytes`.
    pub fn new(folder: impl Into<PathBuf>, cpu_seconds: u64, memory_bytes: u64) -> Self {
        let variables = [("OMP_THREAD_LIMIT", "1"), ("LC_ALL", "C.UTF-8"), ("TMPDIR", "."), ("HOME", "/nonexistent")];
        Self {
            folder: folder.into(),
            cpu_seconds,
            wall_seconds: cpu_seconds * WALL_PER_CPU,
            memory_bytes,
            file_bytes_max: FILE_BYTES_MAX,
            stdout_bytes_max: STDOUT_BYTES_MAX,
            readable: Vec::new(),
            threads: false,
            environment: variables.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            runnable: Vec::new(),
            unsandboxed: false,
        }
    }

    /// The same, and it may read `paths`; those that do not exist are left out.
    pub fn reading<P: Into<PathBuf>>(mut self, paths: impl IntoIterator<Item = P>) -> Self {
        self.readable.extend(paths.into_iter().map(Into::into));
        self
    }

    /// The same, and it may start threads.
    pub fn with_threads(self) -> Self {
        Self { threads: true, ..self }
    }

    /// The same with a variable in its environment; one of that name is replaced.
    pub fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// How a tool ended by itself; one that had to be stopped is an error instead.
#[derive(Debug)]
pub struct ToolRun {
    /// Its exit code.
    pub status: ExitStatus,
    /// What it wrote to stdout.
    pub stdout: Vec<u8>,
    /// The first 16 KiB that it wrote to stderr.
    pub stderr: String,
}

/// Starts tools, each in a sandbox of its own.
#[derive(Debug, Clone)]
pub struct Launcher {
    program: PathBuf,
    libraries: Libraries,
    unsandboxed: bool,
}

impl Launcher {
    /// `program` is this program itself (`std::env::current_exe`), or another that knows `run-tool`.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), libraries: Libraries::default(), unsandboxed: false }
    }

    /// A launcher that also runs tools where their sandbox cannot be built, when that is waived.
    pub fn confined(program: impl Into<PathBuf>, confinement: Confinement) -> Self {
        Self { unsandboxed: confinement == Confinement::Waived, ..Self::new(program) }
    }

    /// Runs `tool`, an absolute path, with `arguments` and `input` on stdin (nothing: an empty stdin).
    ///
    /// # Errors
    /// `TooLarge` when it used up its time or wrote too much, `Hostile` when it crashed, `Sandbox` when it was not started, see
    /// [`ReadError`]. A tool that ends with an exit code of its own, whichever, is no error here.
    pub fn run(
        &self,
        plan: &ToolPlan,
        tool: &Path,
        arguments: &[OsString],
        input: &[&[u8]],
    ) -> Result<ToolRun, ReadError> {
        let mut plan = ToolPlan { unsandboxed: self.unsandboxed, ..plan.clone() };
        plan.runnable = self.libraries.of(&self.program, tool);
        launch(&self.program, &plan, tool, arguments, input)
    }
}

/// Runs `tool` by the plan as it is.
fn launch(
    program: &Path,
    plan: &ToolPlan,
    tool: &Path,
    arguments: &[OsString],
    input: &[&[u8]],
) -> Result<ToolRun, ReadError> {
    let words = serde_json::to_string(plan)
        .map_err(|error| ReadError::Machine { what: "describe the tool's sandbox", reason: error.to_string() })?;
    let mut command = Command::new(program);
    command.arg(RUN_TOOL).arg(words).arg(tool).args(arguments).current_dir(&plan.folder);
    let allowance = Allowance { wall: Duration::from_secs(plan.wall_seconds), stdout_bytes_max: plan.stdout_bytes_max };
    let finished = run(command, input, allowance).map_err(ReadError::machine("start the tool launcher"))?;
    let name = tool.file_name().unwrap_or_default().to_string_lossy();
    if finished.timed_out || finished.overflowed {
        let what = if finished.timed_out { "takes too long" } else { "writes too much" };
        return Err(ReadError::File(FileFault::TooLarge(format!("{name} {what}"))));
    }
    if finished.status.code() == Some(i32::from(EXIT_NOT_LAUNCHED)) && finished.stderr.contains(LAUNCHER_SAYS) {
        return Err(ReadError::Sandbox(finished.stderr.lines().next().unwrap_or_default().to_owned()));
    }
    if finished.status.code().is_none() {
        return Err(died(finished.status, &name));
    }
    Ok(ToolRun { status: finished.status, stdout: finished.stdout, stderr: finished.stderr })
}
