//! One run of a program: fed, capped, and killed with all it started when its time is over.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process_group};

/// Bytes of what a program says on stderr; more is dropped.
const ERROR_BYTES_MAX: u64 = 16 * 1024;
/// All that a program finds in its environment: where programs lie, and that text is UTF-8.
const ENVIRONMENT: [(&str, &str); 2] = [("PATH", "/usr/local/bin:/usr/bin:/bin"), ("LC_ALL", "C.UTF-8")];

/// What to run.
pub(super) struct Run<'a> {
    pub line: &'a [OsString],
    pub input: String,
    pub deadline: Instant,
    pub out_bytes_max: usize,
}

/// How it ended.
pub(super) enum Ended {
    Done { status: ExitStatus, out: Vec<u8>, errors: String },
    Late,
    TooMuch,
}

/// Ends a program and everything in its group, whichever way this function is left.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        // The leader is not reaped yet, so its number cannot be another's.
        if let Some(group) = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw) {
            kill_process_group(group, Signal::KILL).unwrap_or(());
        }
        self.0.wait().map(drop).unwrap_or(());
    }
}

/// Runs a program to its end, its deadline or its cap.
pub(super) fn run(what: Run<'_>) -> io::Result<Ended> {
    let (program, arguments) = what.line.split_first().ok_or_else(|| io::Error::other("no program is named"))?;
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(ENVIRONMENT)
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let mut group = Group(child);
    let (input, out_bytes_max) = (what.input, what.out_bytes_max);
    // A program that ended early breaks the pipe; how it ended says why. The threads end with the pipes, which end with the group.
    thread::spawn(move || stdin.map(|mut pipe| pipe.write_all(input.as_bytes()).unwrap_or(())));
    let (told, tells) = channel();
    let also_told = told.clone();
    thread::spawn(move || told.send((true, read_capped(stdout, out_bytes_max as u64 + 1))).unwrap_or(()));
    thread::spawn(move || also_told.send((false, read_capped(stderr, ERROR_BYTES_MAX))).unwrap_or(()));
    let (mut out, mut errors) = (None, None);
    while out.is_none() || errors.is_none() {
        match tells.recv_timeout(what.deadline.saturating_duration_since(Instant::now())) {
            Ok((true, bytes)) if bytes.len() > out_bytes_max => return Ok(Ended::TooMuch),
            Ok((true, bytes)) => out = Some(bytes),
            Ok((false, bytes)) => errors = Some(bytes),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return Ok(Ended::Late),
        }
    }
    // Both pipes are closed: it has ended, or only pretends to work.
    loop {
        match group.0.try_wait()? {
            Some(status) => {
                let errors = String::from_utf8_lossy(&errors.unwrap_or_default()).into_owned();
                return Ok(Ended::Done { status, out: out.unwrap_or_default(), errors });
            }
            None if Instant::now() >= what.deadline => return Ok(Ended::Late),
            None => thread::sleep(std::time::Duration::from_millis(2)),
        }
    }
}

/// Up to `most` bytes; the rest is not read, so that an endless answer ends.
fn read_capped(pipe: Option<impl Read>, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        // What came before a broken pipe counts.
        pipe.take(most).read_to_end(&mut bytes).map(drop).unwrap_or(());
    }
    bytes
}
