//! A running browser and the thread that watches it: the thread starts it (so that it dies when the thread or the program
//! does), ends it when a capture takes too long or its pages use too much, and when nobody needed it for a while.

use std::collections::HashMap;
use std::io::Read;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::json;

use super::BrowserError;
use super::cage::{self, Inner, Programs};
use super::devtools::{DevTools, News};

/// Time to start: under a second on a quiet machine.
const START: Duration = Duration::from_secs(30);
/// Time after which a browser that nobody needs is ended: it holds some hundred megabytes.
const IDLE: Duration = Duration::from_secs(120);
/// Captures that one browser makes; a fresh one forgets whatever may have gathered.
const CAPTURES_MAX: u32 = 50;
/// Time that one browser may serve.
const AGE: Duration = Duration::from_secs(15 * 60);
/// Time between two looks at its memory.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Bytes of memory of all its processes together: a heavy page takes half of it.
const MEMORY_BYTES_MAX: u64 = 1536 * 1024 * 1024;
/// Processes of it: a page of many foreign frames has one for each of their sites.
const PROCESSES_MAX: usize = 48;
/// Bytes of what it last said on standard error.
const SAID_BYTES: usize = 4 * 1024;

/// What the watching thread knows.
enum State {
    /// Nobody needs it since then.
    Idle(Instant),
    /// A capture runs, until then at most.
    Busy(Instant),
    /// It is to end.
    Leave,
    /// It was ended, and why.
    Over(String),
}

struct Watch {
    state: Mutex<State>,
    changed: Condvar,
}

impl Watch {
    fn state(&self) -> MutexGuard<'_, State> {
        // Every change is one assignment: a panic leaves nothing half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A browser that answers.
pub(super) struct Running {
    /// The protocol.
    pub(super) tools: DevTools,
    /// Name and version, as it says.
    pub(super) version: String,
    /// Whether its own sandbox stands.
    pub(super) inner: Inner,
    watch: Arc<Watch>,
    captures: u32,
    since: Instant,
}

type Pipes = (ChildStdin, ChildStdout, ChildStderr);

impl Running {
    /// Starts one: with its own sandbox if the kernel permits that inside the cage.
    pub(super) fn start(programs: &Programs) -> Result<Self, BrowserError> {
        match Self::start_with(programs, Inner::Sandboxed) {
            Err(BrowserError::Start { why }) if why.contains("sandbox") || why.contains("namespace") => {
                tracing::warn!(
                    why,
                    "Chromium's own sandbox does not stand in its cage: each capture gets a new browser"
                );
                Self::start_with(programs, Inner::CageOnly)
            }
            outcome => outcome,
        }
    }

    /// Starts one with or without its own sandbox.
    pub(super) fn start_with(programs: &Programs, inner: Inner) -> Result<Self, BrowserError> {
        let failed = |why: String| BrowserError::Start { why };
        let watch = Arc::new(Watch { state: Mutex::new(State::Busy(Instant::now() + START)), changed: Condvar::new() });
        let (send, receive) = sync_channel(1);
        let (programs, watching) = (programs.clone(), watch.clone());
        std::thread::Builder::new()
            .name("browser".to_owned())
            .spawn(move || {
                let started = started(&programs, inner);
                match started {
                    Ok((child, pipes)) => {
                        // The receiver waits for exactly this.
                        send.send(Ok(pipes)).ok();
                        keep_watch(child, &watching);
                    }
                    Err(error) => {
                        send.send(Err(error)).ok();
                    }
                }
            })
            .map_err(|error| failed(error.to_string()))?;
        let (to, from, errors) = receive.recv().map_err(|error| failed(error.to_string()))?.map_err(failed)?;
        let said = tail(errors);
        let mut running = Self {
            tools: DevTools::new(to, from)?,
            version: String::new(),
            inner,
            watch,
            captures: 0,
            since: Instant::now(),
        };
        match running.greet() {
            Ok(version) => running.version = version,
            Err(error) => {
                let over = running.reason();
                drop(running);
                let said = said.lock().unwrap_or_else(PoisonError::into_inner).clone();
                return Err(failed(format!("{}; {}", over.unwrap_or_else(|| error.to_string()), last_words(&said))));
            }
        }
        Ok(running)
    }

    fn greet(&mut self) -> Result<String, BrowserError> {
        #[derive(Deserialize)]
        struct Version {
            product: String,
        }
        let id = self.tools.send(None, "Browser.getVersion", &json!({}))?;
        let deadline = Instant::now() + START;
        while let Some(news) = self.tools.next(deadline)? {
            if let News::Message(message) = news
                && message.answers(id)
            {
                let version: Version = message.result().map_err(BrowserError::lost)?;
                return Ok(version.product.chars().filter(|ch| !ch.is_control()).take(80).collect());
            }
        }
        Err(BrowserError::lost("it did not answer in time"))
    }

    /// Claims it for a capture of at most `limit`; `false` when it has ended or served long enough.
    pub(super) fn claim(&mut self, limit: Duration) -> bool {
        let once = self.inner == Inner::CageOnly && self.captures > 0;
        if once || self.captures >= CAPTURES_MAX || self.since.elapsed() > AGE {
            return false;
        }
        let mut state = self.watch.state();
        if matches!(*state, State::Over(_) | State::Leave) {
            return false;
        }
        *state = State::Busy(Instant::now() + limit);
        self.captures += 1;
        true
    }

    /// Gives it back after a capture.
    pub(super) fn release(&self) {
        let mut state = self.watch.state();
        if matches!(*state, State::Busy(_)) {
            *state = State::Idle(Instant::now());
        }
    }

    /// Why the watching thread ended it, if it did.
    pub(super) fn reason(&self) -> Option<String> {
        match &*self.watch.state() {
            State::Over(why) => Some(why.clone()),
            _ => None,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut state = self.watch.state();
        if !matches!(*state, State::Over(_)) {
            *state = State::Leave;
        }
        drop(state);
        self.watch.changed.notify_all();
    }
}

fn started(programs: &Programs, inner: Inner) -> Result<(Child, Pipes), String> {
    let mut child = cage::command(programs, inner).spawn().map_err(|error| error.to_string())?;
    match (child.stdin.take(), child.stdout.take(), child.stderr.take()) {
        (Some(to), Some(from), Some(errors)) => Ok((child, (to, from, errors))),
        _ => Err("it has no pipes".to_owned()),
    }
}

/// Watches until the browser ends or must end.
fn keep_watch(mut child: Child, watch: &Watch) {
    let why = loop {
        if let Ok(Some(status)) = child.try_wait() {
            break format!("it ended by itself ({status})");
        }
        let state = watch.state();
        let busy = match *state {
            State::Leave | State::Over(_) => break "it was sent home".to_owned(),
            State::Idle(since) if since.elapsed() > IDLE => break "nobody needed it".to_owned(),
            State::Busy(until) if Instant::now() > until => break "the page took too long".to_owned(),
            State::Busy(_) => true,
            State::Idle(_) => false,
        };
        drop(watch.changed.wait_timeout(state, LOOK_EVERY).unwrap_or_else(PoisonError::into_inner));
        if busy {
            let usage = Usage::of(child.id());
            if usage.bytes > MEMORY_BYTES_MAX {
                break format!("the page used more than {} MiB of memory", MEMORY_BYTES_MAX / 1024 / 1024);
            }
            if usage.processes > PROCESSES_MAX {
                break format!("the page made more than {PROCESSES_MAX} processes");
            }
        }
    };
    *watch.state() = State::Over(why);
    // With bubblewrap ends its namespace of processes, and all that is in it. An error means that it has ended already.
    child.kill().ok();
    child.wait().ok();
}

/// What a process and all that descend from it hold.
#[derive(Debug, Default, PartialEq, Eq)]
struct Usage {
    bytes: u64,
    processes: usize,
}

impl Usage {
    /// Reads it from the system's list of processes; nothing where that cannot be read.
    fn of(root: u32) -> Self {
        let mut all: HashMap<u32, (u32, u64)> = HashMap::new();
        for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            // A process can end between the list and the look.
            let Ok(status) = std::fs::read_to_string(entry.path().join("status")) else { continue };
            let field = |name: &str| {
                let line = status.lines().find_map(|line| line.strip_prefix(name))?;
                line.split_whitespace().next()?.parse::<u64>().ok()
            };
            let parent = field("PPid:").and_then(|parent| u32::try_from(parent).ok()).unwrap_or(0);
            let kib = field("RssAnon:").unwrap_or(0) + field("RssShmem:").unwrap_or(0);
            all.insert(pid, (parent, kib * 1024));
        }
        Self::in_tree(root, &all)
    }

    fn in_tree(root: u32, all: &HashMap<u32, (u32, u64)>) -> Self {
        let mut usage = Self::default();
        let mut waiting = vec![root];
        while let Some(pid) = waiting.pop() {
            let Some((_, bytes)) = all.get(&pid) else { continue };
            usage.bytes += bytes;
            usage.processes += 1;
            // A list read piece by piece can hold a circle; no tree has more members than the list.
            if usage.processes > all.len() {
                break;
            }
            waiting.extend(all.iter().filter(|(_, (parent, _))| *parent == pid).map(|(child, _)| *child));
        }
        usage
    }
}

/// Keeps the end of what a program says.
fn tail(mut errors: ChildStderr) -> Arc<Mutex<Vec<u8>>> {
    let said: Arc<Mutex<Vec<u8>>> = Arc::default();
    let keep = said.clone();
    let hand = std::thread::Builder::new().name("browser-errors".to_owned()).spawn(move || {
        let mut chunk = [0; 1024];
        while let Ok(length @ 1..) = errors.read(&mut chunk) {
            let mut said = keep.lock().unwrap_or_else(PoisonError::into_inner);
            said.extend_from_slice(chunk.get(..length).unwrap_or_default());
            let over = said.len().saturating_sub(SAID_BYTES);
            said.drain(..over);
        }
    });
    if let Err(error) = hand {
        tracing::debug!(%error, "what the browser says is not kept");
    }
    said
}

/// The last lines that say something of weight; the browser also complains of services that the cage has not.
fn last_words(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let lines: Vec<&str> = text.lines().filter(|line| !line.contains("dbus") && !line.trim().is_empty()).collect();
    let from = lines.len().saturating_sub(3);
    lines.get(from..).unwrap_or_default().join("; ").chars().filter(|ch| !ch.is_control()).take(400).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_of_all_that_descend_from_a_process_counts() {
        let all = HashMap::from([(1, (0, 7)), (5, (1, 10)), (6, (5, 20)), (7, (6, 40)), (8, (1, 80))]);
        assert_eq!(Usage::in_tree(5, &all), Usage { bytes: 70, processes: 3 });
        assert_eq!(Usage::in_tree(9, &all), Usage::default());
        let circle = HashMap::from([(1, (2, 1)), (2, (1, 1))]);
        assert!(Usage::in_tree(1, &circle).processes <= 3);
        assert!(Usage::of(std::process::id()).bytes > 0, "the control: this process holds memory");
    }

    #[test]
    fn what_the_cage_has_not_is_no_reason() {
        let said = b"[1] dbus/bus.cc: no bus\nFATAL: No usable sandbox!\n\n";
        assert_eq!(last_words(said), "FATAL: No usable sandbox!");
    }
}
