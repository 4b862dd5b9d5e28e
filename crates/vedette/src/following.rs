//! Following all sources at once: a few threads, each taking the source that is due longest. A source that fails rests, a
//! server that is slow holds no other up, and nothing is kept in memory for a source but when it is due.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use vedette_core::{Source, SourceId, SourceKind};
use vedette_desk::{Desk, Who};

use crate::commands::sources::secret_of;
use crate::io::Failure;
use crate::listening::Listening;

/// Time between two looks at the list of sources: a new one is followed within this time.
const LIST_EVERY: Duration = Duration::from_secs(5);
/// Rounds that may run at one server at the same time; more would only wait for its budget.
const ROUNDS_PER_SERVER: usize = 2;
/// Stack of a collecting thread: parsing is bounded in depth.
const STACK_BYTES: usize = 1024 * 1024;
/// Time that a thread waits for something to become due before it looks again.
const NAP: Duration = Duration::from_millis(200);

/// When each source is due.
#[derive(Default)]
struct Plan {
    due: BTreeSet<(Instant, SourceId)>,
    sources: BTreeMap<SourceId, Planned>,
    running: HashMap<String, usize>,
}

struct Planned {
    server: String,
    every: Duration,
    /// `None` while a round runs.
    at: Option<Instant>,
    /// Asked for again while its round ran.
    again: bool,
}

/// What all collecting threads share.
pub struct Following {
    plan: Mutex<Plan>,
    changed: Condvar,
    every: Duration,
}

impl Following {
    /// Follows every source at least every `every`, unless the source says otherwise.
    pub fn new(every: Duration) -> Self {
        Self { plan: Mutex::default(), changed: Condvar::new(), every }
    }

    /// Runs until `stop`, with `threads` rounds at a time.
    pub fn run(&self, desk: &Desk, who: &Who, threads: usize, stop: &AtomicBool) {
        std::thread::scope(|scope| {
            let mut listening = Listening::default();
            for number in 0..threads.max(1) {
                let hand = std::thread::Builder::new().name(format!("collect-{number}")).stack_size(STACK_BYTES);
                if let Err(error) = hand.spawn_scoped(scope, || self.work(desk, who, stop)) {
                    tracing::error!(%error, "cannot start a collecting thread");
                }
            }
            let mut listed: Option<Instant> = None;
            while !stop.load(Ordering::SeqCst) {
                if listed.is_none_or(|at| at.elapsed() >= LIST_EVERY) {
                    listed = Some(Instant::now());
                    match desk.active_sources() {
                        Ok(sources) => {
                            self.list(&sources, desk.now());
                            listening.keep(scope, self, desk, who, &sources);
                        }
                        Err(error) => tracing::error!(%error, "cannot list the sources"),
                    }
                }
                std::thread::sleep(NAP);
            }
            listening.stop();
            self.changed.notify_all();
        });
    }

    /// Asks for a round of this source as soon as a thread is free.
    pub fn hurry(&self, id: SourceId) {
        let mut plan = self.plan();
        let Some(planned) = plan.sources.get_mut(&id) else { return };
        match planned.at {
            None => planned.again = true,
            Some(at) => {
                let now = Instant::now();
                planned.at = Some(now);
                plan.due.remove(&(at, id));
                plan.due.insert((now, id));
            }
        }
        self.changed.notify_one();
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        // A panic leaves a plan in which at worst one source is not due; the next listing brings it back.
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes up new sources and drops those that are no longer followed.
    fn list(&self, sources: &[Source], now: Timestamp) {
        let mut plan = self.plan();
        let followed: BTreeSet<SourceId> =
            sources.iter().filter(|source| source.asked.kind != SourceKind::Import).map(|source| source.id).collect();
        let gone: Vec<SourceId> = plan.sources.keys().filter(|id| !followed.contains(id)).copied().collect();
        for id in gone {
            if let Some(at) = plan.sources.remove(&id).and_then(|planned| planned.at) {
                plan.due.remove(&(at, id));
            }
        }
        for source in sources.iter().filter(|source| followed.contains(&source.id)) {
            let every = source.asked.reach.every_s.map_or(self.every, Duration::from_secs);
            if let Some(planned) = plan.sources.get_mut(&source.id) {
                planned.every = every;
                continue;
            }
            let at = Instant::now() + rest_of(source, now);
            plan.due.insert((at, source.id));
            let planned = Planned { server: server(&source.asked.address), every, at: Some(at), again: false };
            plan.sources.insert(source.id, planned);
        }
        self.changed.notify_all();
    }

    fn work(&self, desk: &Desk, who: &Who, stop: &AtomicBool) {
        while let Some((id, server)) = self.next(stop) {
            let rest = collect_one(desk, who, id);
            self.done(id, &server, rest);
        }
    }

    /// The source that is due longest at a server that is not busy; `None` when the program ends.
    fn next(&self, stop: &AtomicBool) -> Option<(SourceId, String)> {
        let mut plan = self.plan();
        loop {
            if stop.load(Ordering::SeqCst) {
                return None;
            }
            let now = Instant::now();
            let free = plan.due.iter().take_while(|(at, _)| *at <= now).find(|(_, id)| {
                let server = plan.sources.get(id).map_or("", |planned| planned.server.as_str());
                plan.running.get(server).is_none_or(|rounds| *rounds < ROUNDS_PER_SERVER)
            });
            if let Some(&(at, id)) = free {
                plan.due.remove(&(at, id));
                let Some(planned) = plan.sources.get_mut(&id) else { continue };
                planned.at = None;
                let server = planned.server.clone();
                *plan.running.entry(server.clone()).or_default() += 1;
                return Some((id, server));
            }
            plan = self.changed.wait_timeout(plan, NAP).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn done(&self, id: SourceId, server: &str, rest: Duration) {
        let mut plan = self.plan();
        if let Some(rounds) = plan.running.get_mut(server) {
            *rounds = rounds.saturating_sub(1);
        }
        plan.running.retain(|_, rounds| *rounds > 0);
        if let Some(planned) = plan.sources.get_mut(&id) {
            let wait = if std::mem::take(&mut planned.again) { Duration::ZERO } else { planned.every };
            let at = Instant::now() + wait.max(rest);
            planned.at = Some(at);
            plan.due.insert((at, id));
        }
        self.changed.notify_one();
    }
}

/// Scheme, host and port of an address; a folder is its own server.
fn server(address: &str) -> String {
    match address.split_once("://") {
        Some((scheme, after)) => format!("{scheme}://{}", after.split(['/', '?', '#']).next().unwrap_or_default()),
        None => address.to_owned(),
    }
}

/// What is left of the rest that a source takes after failing.
fn rest_of(source: &Source, now: Timestamp) -> Duration {
    let until = source.health.resting_until.unwrap_or(now);
    Duration::try_from(until.duration_since(now)).unwrap_or_default()
}

/// One round of one source; how long it rests now.
fn collect_one(desk: &Desk, who: &Who, id: SourceId) -> Duration {
    let secret = match desk.source(id).map_err(Failure::from).and_then(|(source, _)| secret_of(&source)) {
        Ok(secret) => secret,
        Err(failure) => {
            tracing::error!(source.id = %id, error = failure.message, "cannot use the source's secret");
            return Duration::ZERO;
        }
    };
    match desk.collect(who, id, secret.as_ref(), &mut |_| {}) {
        Ok(round) => {
            if let Some(error) = &round.error {
                tracing::warn!(source.id = %id, error, "a round of collecting failed");
                return desk.source(id).map_or(Duration::ZERO, |(source, _)| rest_of(&source, desk.now()));
            }
            if round.new > 0 {
                tracing::info!(source.id = %id, new = round.new, "collected");
            }
        }
        Err(error) => tracing::error!(source.id = %id, %error, "cannot take in what was collected"),
    }
    Duration::ZERO
}
