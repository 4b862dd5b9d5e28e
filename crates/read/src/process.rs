//! A child process under watch: what it reads and writes is capped, and when its time is over it is killed.

use std::io::{self, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

/// Bytes of what a child says on stderr; more is dropped.
const STDERR_BYTES_MAX: u64 = 16 * 1024;

/// What a child may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    pub wall: Duration,
    pub stdout_bytes_max: u64,
}

/// How a child ended.
#[derive(Debug)]
pub(crate) struct Finished {
    pub status: ExitStatus,
    pub stdout: Vec<u8>,
    pub stderr: String,
    pub timed_out: bool,
    pub overflowed: bool,
}

/// Runs `command` with an empty environment plus `environment`, feeds it `input` and collects what it writes.
pub(crate) fn run(
    mut command: Command,
    environment: &[(&str, &str)],
    input: &[&[u8]],
    allowance: Allowance,
) -> io::Result<Finished> {
    let deadline = Instant::now() + allowance.wall;
    let mut child = command
        .env_clear()
        .envs(environment.iter().copied())
        .stdin(if input.is_empty() { Stdio::null() } else { Stdio::piped() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    thread::scope(|scope| {
        scope.spawn(move || {
            if let Some(mut stdin) = stdin {
                // A child that ended early breaks the pipe; how it ended says why.
                input.iter().try_for_each(|part| stdin.write_all(part)).unwrap_or(());
            }
        });
        let out = scope.spawn(move || read_capped(stdout, allowance.stdout_bytes_max));
        let err = scope.spawn(move || read_capped(stderr, STDERR_BYTES_MAX));
        let timed_out = !ended_by(&child, deadline);
        if timed_out {
            child.kill()?;
        }
        let status = child.wait()?;
        let (stdout, overflowed) = out.join().unwrap_or_default();
        let (stderr, _) = err.join().unwrap_or_default();
        Ok(Finished { status, stdout, stderr: String::from_utf8_lossy(&stderr).into_owned(), timed_out, overflowed })
    })
}

/// Reads at most `bytes_max`; also says whether there was more. The pipe is closed then, which ends its writer.
fn read_capped(pipe: Option<impl Read>, bytes_max: u64) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    let Some(pipe) = pipe else { return (bytes, false) };
    // What came before an error is judged by its content.
    pipe.take(bytes_max + 1).read_to_end(&mut bytes).unwrap_or(0);
    let overflowed = bytes.len() as u64 > bytes_max;
    bytes.truncate(usize::try_from(bytes_max).unwrap_or(usize::MAX));
    (bytes, overflowed)
}

/// Waits for the end of `child`; `false` when the deadline came first.
fn ended_by(child: &Child, deadline: Instant) -> bool {
    let handle = i32::try_from(child.id())
        .ok()
        .and_then(Pid::from_raw)
        .and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok());
    let Some(handle) = handle else { return false };
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let timeout =
            Timespec { tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX), tv_nsec: left.subsec_nanos().into() };
        match poll(&mut [PollFd::new(&handle, PollFlags::IN)], Some(&timeout)) {
            Ok(0) => return false,
            Ok(_) => return true,
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, allowance: Allowance, input: &[&[u8]]) -> Finished {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        run(command, &[], input, allowance).expect("/bin/sh starts")
    }

    const ROOMY: Allowance = Allowance { wall: Duration::from_secs(20), stdout_bytes_max: 1 << 20 };

    #[test]
    fn what_a_child_is_fed_comes_back() {
        let large = vec![b'x'; 300_000];
        let finished = shell("cat", ROOMY, &[b"head", &large]);
        assert_eq!((finished.stdout.len(), finished.status.success(), finished.timed_out), (300_004, true, false));
    }

    #[test]
    fn a_child_that_does_not_end_is_killed() {
        let begun = Instant::now();
        let finished = shell("exec sleep 30", Allowance { wall: Duration::from_millis(200), ..ROOMY }, &[]);
        assert!(finished.timed_out && begun.elapsed() < Duration::from_secs(15));
    }

    #[test]
    fn a_child_that_writes_too_much_is_cut_off() {
        let finished = shell("exec cat /dev/zero", ROOMY, &[]);
        assert!(finished.overflowed && !finished.timed_out);
        assert_eq!(finished.stdout.len(), 1 << 20);
    }

    #[test]
    fn a_child_that_reads_nothing_does_not_block() {
        let large = vec![b'x'; 1 << 20];
        assert_eq!(shell("exit 3", ROOMY, &[&large]).status.code(), Some(3));
    }

    #[test]
    fn the_environment_is_empty() {
        let finished = shell("echo $HOME$CARGO$USER", ROOMY, &[]);
        assert_eq!(finished.stdout, b"\n");
    }
}
