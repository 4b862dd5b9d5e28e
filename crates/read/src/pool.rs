//! Children that wait for work: each has confined itself already and reads its stdin, takes one file, and ends. What starting
//! costs is paid before the file comes.
//!
//! A keeper thread starts them, because the system ends a child when the *thread* that started it ends; it lives as long as
//! the pool. The wall clock of a file starts when it is handed over, and waiting takes no processor time.

use std::process::{Child, Command};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::process::spawn;

/// Children that wait, at most: one for each core that opens files, and few on large machines.
const SPARES_MAX: usize = 4;
/// A child that waited longer is replaced when the next file comes, so that an update of the program or of its libraries is
/// taken up.
const AGE_MAX: Duration = Duration::from_secs(600);
/// When no file came for this long, the waiting children are let go.
const IDLE_MAX: Duration = Duration::from_secs(60);
/// Time before another try when a child could not be started.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Starts a child; the same way for each.
pub(crate) type Starter = dyn Fn() -> Command + Send + Sync;

/// The waiting children; ends them when it is dropped.
pub(crate) struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    starter: Box<Starter>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    spares: Vec<(Child, Instant)>,
    /// How many shall wait.
    wanted: usize,
    asked_at: Option<Instant>,
    has_keeper: bool,
    closed: bool,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("spares", &self.shared.state().spares.len()).finish_non_exhaustive()
    }
}

impl Pool {
    /// A pool of children that `starter` describes; none is started before the first is asked for.
    pub fn new(starter: Box<Starter>) -> Self {
        Self { shared: Arc::new(Shared { starter, state: Mutex::default(), changed: Condvar::new() }) }
    }

    /// A child that waits already, or a new one when none does.
    ///
    /// # Errors
    /// When none can be started.
    pub fn take(&self) -> std::io::Result<Child> {
        let spare = {
            let mut state = self.shared.state();
            state.asked_at = Some(Instant::now());
            state.wanted = spares_wanted();
            if !state.has_keeper {
                let shared = self.shared.clone();
                // Without a keeper each file starts its own child.
                state.has_keeper =
                    std::thread::Builder::new().name("openers".to_owned()).spawn(move || shared.keep()).is_ok();
            }
            let spare = state.fresh();
            self.shared.changed.notify_all();
            spare
        };
        match spare {
            Some(child) => Ok(child),
            None => spawn((self.shared.starter)()),
        }
    }

    /// How many wait.
    #[cfg(test)]
    pub fn waiting(&self) -> usize {
        self.shared.state().spares.len()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.closed = true;
        state.let_go();
        self.shared.changed.notify_all();
    }
}

fn spares_wanted() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(SPARES_MAX)
}

impl State {
    /// The oldest child that still waits; those that died or are too old are cleared away.
    fn fresh(&mut self) -> Option<Child> {
        while !self.spares.is_empty() {
            let (mut child, born) = self.spares.remove(0);
            if born.elapsed() < AGE_MAX && matches!(child.try_wait(), Ok(None)) {
                return Some(child);
            }
            end(child);
        }
        None
    }

    fn let_go(&mut self) {
        self.wanted = 0;
        self.spares.drain(..).for_each(|(child, _)| end(child));
    }
}

fn end(mut child: Child) {
    // One that ended already cannot be killed; waiting for it clears it away in any case.
    if child.kill().and_then(|()| child.wait()).is_err() {
        tracing::debug!(pid = child.id(), "a waiting child is gone already");
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves a list of children, which is still right.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The keeper's life.
    fn keep(&self) {
        let mut state = self.state();
        while !state.closed {
            if state.asked_at.is_some_and(|at| at.elapsed() >= IDLE_MAX) {
                state.let_go();
            }
            if state.spares.len() >= state.wanted {
                let pause = if state.wanted == 0 { Duration::MAX } else { IDLE_MAX };
                state = self.pause(state, pause);
                continue;
            }
            drop(state);
            let started = spawn((self.starter)());
            state = self.state();
            match started {
                Ok(child) if state.closed => end(child),
                Ok(child) => state.spares.push((child, Instant::now())),
                Err(error) => {
                    tracing::warn!(%error, "cannot start an opener ahead of time");
                    state = self.pause(state, RETRY_AFTER);
                }
            }
        }
    }

    fn pause<'a>(&self, state: MutexGuard<'a, State>, time: Duration) -> MutexGuard<'a, State> {
        if time == Duration::MAX {
            return self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        self.changed.wait_timeout(state, time).unwrap_or_else(PoisonError::into_inner).0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::{Allowance, finish};

    const ROOMY: Allowance = Allowance { wall: Duration::from_secs(20), stdout_bytes_max: 1 << 10 };

    fn pool_of(script: &'static str) -> Pool {
        Pool::new(Box::new(move || {
            let mut command = Command::new("/bin/sh");
            command.args(["-c", script]);
            command
        }))
    }

    /// Waits until `true`; a keeper works beside the test.
    fn soon(mut what: impl FnMut() -> bool) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(20) {
            if what() {
                return true;
            }
            std::thread::yield_now();
        }
        false
    }

    #[test]
    fn each_child_takes_one_file_and_others_wait_meanwhile() {
        let pool = pool_of("cat; echo $$");
        let mut seen = std::collections::BTreeSet::new();
        for round in 0..6 {
            let child = pool.take().expect("there is one");
            let pid = child.id();
            assert!(seen.insert(pid), "a child was given out twice");
            let finished = finish(child, &[b"lamp "], ROOMY).expect("it ends");
            assert_eq!(String::from_utf8_lossy(&finished.stdout), format!("lamp {pid}\n"));
            assert!(soon(|| pool.waiting() == spares_wanted()), "nobody refills, round {round}");
        }
    }

    #[test]
    fn a_child_that_died_while_it_waited_is_replaced() {
        let pool = pool_of("exec cat");
        drop(finish(pool.take().expect("there is one"), &[], ROOMY));
        assert!(soon(|| pool.waiting() == spares_wanted()));
        let pids: Vec<u32> = {
            let mut state = pool.shared.state();
            for (child, _) in &mut state.spares {
                child.kill().and_then(|()| child.wait()).expect("it waits");
            }
            state.spares.iter().map(|(child, _)| child.id()).collect()
        };
        let child = pool.take().expect("there is one");
        assert!(!pids.contains(&child.id()));
        assert_eq!(finish(child, &[b"lamp"], ROOMY).expect("it ends").stdout, b"lamp");
    }

    #[test]
    fn a_dropped_pool_leaves_nobody_behind() {
        let pool = pool_of("exec sleep 100");
        drop(finish(pool.take().expect("there is one"), &[], Allowance { wall: Duration::ZERO, ..ROOMY }));
        assert!(soon(|| pool.waiting() == spares_wanted()));
        let pids: Vec<u32> = pool.shared.state().spares.iter().map(|(child, _)| child.id()).collect();
        let shared = pool.shared.clone();
        drop(pool);
        assert!(pids.iter().all(|pid| !std::path::Path::new(&format!("/proc/{pid}")).exists()));
        assert!(soon(|| Arc::strong_count(&shared) == 1), "the keeper goes on");
    }
}
