//! Opens a hostile file in a child process that lives for this one file.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;
use std::time::Duration;

use vedette_core::FileFault;
use vedette_core::opened::{ANSWER_BYTES_MAX, Task, UNIT_CPU_SECONDS};

use crate::ReadError;
use crate::confinement::{Confinement, Gate};
use crate::pool::Pool;
use crate::process::{Allowance, finish, spawn};
use crate::wire::{DrawnPages, Hint, INPUT_BYTES_MAX, Opened, OpenedImage, read_answer, request_head};

/// Seconds after which a child is killed, for each 5 of processor time that it has: busy machines are slow.
pub const OPEN_WALL_SECONDS_MAX: u64 = 10;
/// The hidden subcommand.
pub(crate) const READ_ONE: &str = "read-one";
/// The child's exit code when it could not confine itself.
const EXIT_NO_SANDBOX: i32 = 70;

/// Starts openers. Some wait ahead of time, confined already; each opens one file and ends. Clones share them.
#[derive(Debug, Clone)]
pub struct Opener {
    program: PathBuf,
    wall: Duration,
    unsandboxed: bool,
    pool: Option<Arc<Pool>>,
    gate: Option<Arc<Gate>>,
}

impl Opener {
    /// `program` is this program itself (`std::env::current_exe`), or another that knows `read-one`. Its children confine
    /// themselves or read nothing; whether that holds on this machine is not tried, see [`Opener::confined`].
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self::of(program.into(), false)
    }

    /// An opener that tries the sandbox before the first file, and opens none where it does not hold unless that is waived.
    pub fn confined(program: impl Into<PathBuf>, confinement: Confinement) -> Self {
        let program = program.into();
        let gate = Some(Arc::new(Gate::new(&program, confinement)));
        Self { gate, ..Self::of(program, confinement == Confinement::Waived) }
    }

    fn of(program: PathBuf, unsandboxed: bool) -> Self {
        let starter = {
            let program = program.clone();
            move || child_command(&program, unsandboxed)
        };
        let pool = Some(Arc::new(Pool::new(Box::new(starter))));
        Self { program, wall: Duration::from_secs(OPEN_WALL_SECONDS_MAX), unsandboxed, pool, gate: None }
    }

    /// Tries the sandbox, if that was not done yet.
    ///
    /// # Errors
    /// [`ReadError::Sandbox`] when it does not hold and files are not opened.
    pub fn ready(&self) -> Result<(), ReadError> {
        self.gate.as_ref().map_or(Ok(()), |gate| gate.pass())
    }

    /// What the sandbox does not hold back on this machine; `None` when it holds, or when it was not to be tried.
    pub fn flaw(&self) -> Option<&str> {
        self.gate.as_ref()?.flaw()
    }

    /// The same with another limit of time for each file.
    pub fn with_wall(self, wall: Duration) -> Self {
        Self { wall, ..self }
    }

    /// The same without children that wait: each is started when its file comes.
    pub fn without_pool(self) -> Self {
        Self { pool: None, ..self }
    }

    /// The program that is started.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Opens `bytes` in a child and checks every value that it answers.
    ///
    /// # Errors
    /// Classified, see [`ReadError`]; a child that dies or lies is a hostile file.
    pub fn open(&self, bytes: &[u8], hint: &Hint<'_>) -> Result<Opened, ReadError> {
        self.ask(bytes, hint, Task::Open)
    }

    /// Does `task` with `bytes` in a child and checks every value that it answers.
    ///
    /// # Errors
    /// As for [`Opener::open`].
    pub fn ask(&self, bytes: &[u8], hint: &Hint<'_>, task: Task) -> Result<Opened, ReadError> {
        read_answer(&self.answer(bytes, hint, task)?)
    }

    /// Draws `count` pages of a PDF from page `first` (from 1) on. Fewer come when they do not fit into one answer.
    ///
    /// # Errors
    /// As for [`Opener::open`]; pages that were not asked for are a hostile file.
    pub fn draw_pages(&self, bytes: &[u8], first: u32, count: u32, dpi: u32) -> Result<DrawnPages, ReadError> {
        let asked = first..first.saturating_add(count);
        match self.ask(bytes, &Hint::default(), Task::Pages { first, count, dpi })? {
            Opened::Pages(drawn)
                if drawn.pages.iter().map(|page| &page.page).chain(&drawn.failed).all(|page| asked.contains(page)) =>
            {
                Ok(drawn)
            }
            _ => Err(not_asked()),
        }
    }

    /// Draws the first page of a PDF as an image.
    ///
    /// # Errors
    /// As for [`Opener::open`].
    pub fn draw_cover(&self, bytes: &[u8]) -> Result<OpenedImage, ReadError> {
        match self.ask(bytes, &Hint::default(), Task::Cover)? {
            Opened::Image(image) if image.format == "pdf" => Ok(*image),
            _ => Err(not_asked()),
        }
    }

    /// The child's answer, unchecked.
    pub(crate) fn answer(&self, bytes: &[u8], hint: &Hint<'_>, task: Task) -> Result<Vec<u8>, ReadError> {
        if bytes.len() as u64 > INPUT_BYTES_MAX {
            return Err(ReadError::File(FileFault::TooLarge(format!(
                "{} bytes, the limit is {INPUT_BYTES_MAX}",
                bytes.len()
            ))));
        }
        self.ready()?;
        let head = request_head(hint, task, bytes.len() as u64);
        let cpu_seconds = task.cpu_seconds();
        let units = u32::try_from(cpu_seconds.div_ceil(UNIT_CPU_SECONDS)).unwrap_or(1);
        let allowance = Allowance { wall: self.wall * units, stdout_bytes_max: ANSWER_BYTES_MAX };
        let finished = self
            .child(cpu_seconds)
            .and_then(|child| finish(child, &[&head, bytes], allowance))
            .map_err(ReadError::machine("start the opener"))?;
        if finished.timed_out {
            return Err(ReadError::File(FileFault::TooLarge(format!(
                "opening it takes longer than {} ms",
                allowance.wall.as_millis()
            ))));
        }
        if finished.overflowed {
            return Err(ReadError::File(FileFault::Hostile("its opener answered without end".to_owned())));
        }
        if finished.status.code() == Some(EXIT_NO_SANDBOX) {
            return Err(ReadError::Sandbox(finished.stderr.lines().next().unwrap_or_default().to_owned()));
        }
        if !finished.status.success() {
            return Err(died(finished.status, "its opener"));
        }
        Ok(finished.stdout)
    }

    /// A child with that much processor time: one that waits when it has the usual, else a new one.
    fn child(&self, cpu_seconds: u64) -> std::io::Result<Child> {
        match &self.pool {
            Some(pool) if cpu_seconds == UNIT_CPU_SECONDS => pool.take(),
            _ => {
                let mut command = child_command(&self.program, self.unsandboxed);
                command.args(["--cpu-seconds", &cpu_seconds.to_string()]);
                spawn(command)
            }
        }
    }
}

fn child_command(program: &Path, unsandboxed: bool) -> Command {
    let mut command = Command::new(program);
    command.arg(READ_ONE).args(unsandboxed.then_some("--unsandboxed")).current_dir("/");
    command
}

/// The fault of a child that answers another question.
pub(crate) fn not_asked() -> ReadError {
    ReadError::File(FileFault::Hostile("its opener answered what nobody asked".to_owned()))
}

/// What the end of a child says about the file that it read.
pub(crate) fn died(status: ExitStatus, who: &str) -> ReadError {
    let Some(signal) = status.signal() else {
        return ReadError::File(FileFault::Hostile(format!("{who} ended with code {}", status.code().unwrap_or(-1))));
    };
    match signal {
        libc::SIGSYS => ReadError::File(FileFault::Hostile(format!("{who} tried a forbidden act and was killed"))),
        libc::SIGXCPU | libc::SIGKILL => {
            ReadError::File(FileFault::TooLarge(format!("{who} used up its processor time")))
        }
        libc::SIGABRT => ReadError::File(FileFault::TooLarge(format!("{who} used up its memory"))),
        _ => ReadError::File(FileFault::Hostile(format!("{who} crashed with signal {signal}"))),
    }
}
