//! A child process under watch: what it reads and writes is capped, and when its time is over it is killed.

use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

/// Bytes of what a child says on stderr that are kept; more is read and dropped, so that it does not wait.
const STDERR_BYTES_MAX: usize = 16 * 1024;
/// Bytes that are read at once: what a pipe holds.
const PIECE_BYTES: usize = 64 * 1024;
/// Time between two looks at a child whose end cannot be waited for.
const LOOK_EVERY: Duration = Duration::from_millis(20);

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

/// Starts `command` with an empty environment and three pipes.
pub(crate) fn spawn(mut command: Command) -> io::Result<Child> {
    command.env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
}

/// Runs `command` with an empty environment, feeds it `input` and collects what it writes.
pub(crate) fn run(command: Command, input: &[&[u8]], allowance: Allowance) -> io::Result<Finished> {
    finish(spawn(command)?, input, allowance)
}

/// Feeds a started child and collects what it writes; its time counts from here. It is gone when this returns.
pub(crate) fn finish(mut child: Child, input: &[&[u8]], allowance: Allowance) -> io::Result<Finished> {
    let mut watch = Watch::new(&mut child, input, allowance.stdout_bytes_max);
    let outcome = watch.until(&mut child, Instant::now() + allowance.wall);
    // Whatever happened, no child is left behind; one that ended already cannot be killed, which is no error.
    let killed = if matches!(outcome, Ok(Ended::ByItself)) { Ok(()) } else { child.kill() };
    let status = child.wait()?;
    let ended = outcome?;
    killed?;
    Ok(Finished {
        status,
        stdout: watch.stdout,
        stderr: String::from_utf8_lossy(&watch.stderr).into_owned(),
        timed_out: ended == Ended::Late,
        overflowed: ended == Ended::Overflowing,
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    ByItself,
    Late,
    Overflowing,
}

/// A child's pipes, none of which ever blocks this process.
struct Watch<'a> {
    input: Vec<&'a [u8]>,
    stdin: Option<ChildStdin>,
    out: Option<OwnedFd>,
    err: Option<OwnedFd>,
    end: Option<OwnedFd>,
    stdout: Vec<u8>,
    stdout_bytes_max: usize,
    stderr: Vec<u8>,
    piece: Vec<u8>,
}

impl<'a> Watch<'a> {
    fn new(child: &mut Child, input: &[&'a [u8]], stdout_bytes_max: u64) -> Self {
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        Self {
            // The last part is on top.
            input: input.iter().rev().copied().filter(|part| !part.is_empty()).collect(),
            stdin: child.stdin.take().filter(|pipe| !input.is_empty() && unblocked(pipe)),
            out: child.stdout.take().map(OwnedFd::from).filter(unblocked),
            err: child.stderr.take().map(OwnedFd::from).filter(unblocked),
            end: pid.and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok()),
            stdout: Vec::new(),
            stdout_bytes_max: usize::try_from(stdout_bytes_max).unwrap_or(usize::MAX),
            stderr: Vec::new(),
            piece: vec![0; PIECE_BYTES],
        }
    }

    /// Serves the pipes until the child ended, wrote too much, or `deadline` came.
    fn until(&mut self, child: &mut Child, deadline: Instant) -> io::Result<Ended> {
        loop {
            self.feed();
            if self.collect() {
                return Ok(Ended::Overflowing);
            }
            // Without a handle to wait for, the system is asked now and then.
            if self.end.is_none() && child.try_wait()?.is_some() {
                return Ok(self.last_words());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Ended::Late);
            }
            if self.wait(left)? {
                return Ok(self.last_words());
            }
        }
    }

    /// Waits until something can be done; whether the child ended.
    fn wait(&self, left: Duration) -> io::Result<bool> {
        let left = if self.end.is_some() { left } else { left.min(LOOK_EVERY) };
        let timeout =
            Timespec { tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX), tv_nsec: left.subsec_nanos().into() };
        let mut watched = Vec::with_capacity(4);
        watched.extend(self.end.as_ref().map(|end| PollFd::new(end, PollFlags::IN)));
        watched.extend(self.out.as_ref().map(|out| PollFd::new(out, PollFlags::IN)));
        watched.extend(self.err.as_ref().map(|err| PollFd::new(err, PollFlags::IN)));
        watched.extend(self.stdin.as_ref().map(|stdin| PollFd::new(stdin, PollFlags::OUT)));
        match poll(&mut watched, Some(&timeout)) {
            Ok(_) | Err(Errno::INTR) => Ok(self.end.is_some() && !watched[0].revents().is_empty()),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes what the child takes now; closes its stdin behind the last byte. A child that ended early breaks the pipe; how
    /// it ended says why.
    fn feed(&mut self) {
        let Some(stdin) = &mut self.stdin else { return };
        while let Some(part) = self.input.pop() {
            match stdin.write(part) {
                Ok(written) if written < part.len() => self.input.push(&part[written..]),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => self.input.push(part),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return self.input.push(part),
                Err(_) => self.input.clear(),
            }
        }
        self.stdin = None;
    }

    /// Reads what the child has written by now; whether stdout is more than it may be.
    fn collect(&mut self) -> bool {
        while let Some(bytes) = next_piece(&mut self.out, &mut self.piece) {
            let room = self.stdout_bytes_max - self.stdout.len();
            self.stdout.extend_from_slice(&bytes[..bytes.len().min(room)]);
            if bytes.len() > room {
                return true;
            }
        }
        // One piece for each look at stdout: a chatty child must not keep this process from the clock.
        if let Some(bytes) = next_piece(&mut self.err, &mut self.piece) {
            let room = STDERR_BYTES_MAX - self.stderr.len();
            self.stderr.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
        false
    }

    /// What is left in the pipes of a child that ended.
    fn last_words(&mut self) -> Ended {
        if self.collect() { Ended::Overflowing } else { Ended::ByItself }
    }
}

/// What a pipe holds now; `None` when it is empty, and it is closed when it has ended.
fn next_piece<'a>(pipe: &mut Option<OwnedFd>, piece: &'a mut [u8]) -> Option<&'a [u8]> {
    loop {
        match rustix::io::read(pipe.as_ref()?, &mut *piece) {
            Ok(0) => *pipe = None,
            Ok(read) => return piece.get(..read),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => return None,
            // What came before an error is judged by its content.
            Err(_) => *pipe = None,
        }
    }
}

/// Never blocks from now on.
fn unblocked(pipe: &impl AsFd) -> bool {
    rustix::io::ioctl_fionbio(pipe, true).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, allowance: Allowance, input: &[&[u8]]) -> Finished {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        run(command, input, allowance).expect("/bin/sh starts")
    }

    const ROOMY: Allowance = Allowance { wall: Duration::from_secs(20), stdout_bytes_max: 1 << 20 };

    #[test]
    fn what_a_child_is_fed_comes_back() {
        let large = vec![b'x'; 900_000];
        let finished = shell("cat", ROOMY, &[b"head", &large]);
        assert_eq!((finished.stdout.len(), finished.status.success(), finished.timed_out), (900_004, true, false));
    }

    #[test]
    fn a_child_that_does_not_end_is_killed() {
        let begun = Instant::now();
        let finished = shell("exec sleep 30", Allowance { wall: Duration::from_millis(200), ..ROOMY }, &[]);
        assert!(finished.timed_out && begun.elapsed() < Duration::from_secs(15));
    }

    #[test]
    fn a_child_that_leaves_another_behind_is_not_waited_for() {
        let begun = Instant::now();
        let finished = shell("sleep 30 & echo gone", ROOMY, &[]);
        assert_eq!((finished.stdout.as_slice(), finished.timed_out), (&b"gone\n"[..], false));
        assert!(begun.elapsed() < Duration::from_secs(15));
    }

    #[test]
    fn a_child_that_writes_too_much_is_cut_off() {
        let finished = shell("exec cat /dev/zero", ROOMY, &[]);
        assert!(finished.overflowed && !finished.timed_out);
        assert_eq!(finished.stdout.len(), 1 << 20);
        let exact = shell("exec head -c 1048576 /dev/zero", ROOMY, &[]);
        assert!(!exact.overflowed && exact.status.success());
    }

    #[test]
    fn a_child_that_complains_a_lot_is_heard_a_little() {
        let finished = shell("head -c 3000000 /dev/zero >&2; echo done", ROOMY, &[]);
        assert_eq!((finished.stdout.as_slice(), finished.stderr.len()), (&b"done\n"[..], STDERR_BYTES_MAX));
        let endless = shell("exec cat /dev/zero >&2", Allowance { wall: Duration::from_millis(300), ..ROOMY }, &[]);
        assert!(endless.timed_out && endless.stderr.len() == STDERR_BYTES_MAX);
    }

    #[test]
    fn a_child_that_reads_nothing_does_not_block() {
        let large = vec![b'x'; 1 << 20];
        assert_eq!(shell("exit 3", ROOMY, &[&large]).status.code(), Some(3));
        let stubborn = Allowance { wall: Duration::from_millis(300), ..ROOMY };
        assert!(shell("exec sleep 30", stubborn, &[&large]).timed_out);
    }

    #[test]
    fn the_environment_is_empty() {
        let finished = shell("echo $HOME$CARGO$USER", ROOMY, &[]);
        assert_eq!(finished.stdout, b"\n");
    }
}
