//! The twenty scenarios of the mock server. Each is watched in three ways: by rounds, by rounds that crash before every
//! single haul, and by a live connection with rounds when it asks for them. The evidence must be the same.
#![allow(clippy::type_complexity)] // said once, in a test

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use vedette_core::{Source, SourceKind};
use vedette_testkit::rocketchat::plans::{self, Plan};
use vedette_testkit::rocketchat::{Ddp, RocketChat, Settings};

use super::ledger::{Ledger, Version};
use super::live::{Rhythm, RocketchatLive};
use super::*;
use crate::testing::{World, source};
use crate::{Live, LiveEvent, Sleep};

/// First visit of every plan: 1 September 2026.
const START_MS: i64 = 1_788_220_800_000;
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// Rounds that one stage may need: a long history under the limiter.
const ROUNDS_MAX: usize = 40;

pub(crate) fn secret_of(server: &RocketChat) -> Secret {
    let headers = server.auth_headers();
    let value = |name: &str| headers.iter().find(|(key, _)| key == name).unwrap().1.clone();
    Secret::Token { user_id: value("x-user-id"), token: value("x-auth-token") }
}

pub(crate) fn watched(server: &RocketChat) -> Source {
    source(SourceKind::Rocketchat, &server.base_url(), Some(plans::ROOM))
}

/// A watcher of one mock server, with a clock that both share.
pub(crate) struct Watch {
    pub(crate) server: Arc<RocketChat>,
    pub(crate) world: World,
    pub(crate) env: Env,
    pub(crate) ledger: Ledger,
    pub(crate) errors: Vec<String>,
    pub(crate) crashes: usize,
}

impl Watch {
    pub(crate) fn start(plan: &Plan, change: impl FnOnce(&mut Settings)) -> Self {
        Self::of(plan.start(START_MS, change).unwrap())
    }

    /// A room in which nothing was posted yet, with the settings of a plan.
    pub(crate) fn empty(plan: &Plan, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = plan.settings();
        change(&mut settings);
        let server = RocketChat::start(settings).unwrap();
        server.set_clock(START_MS);
        server.let_in(&server.add_room(plans::ROOM), true);
        Self::of(server)
    }

    fn of(server: RocketChat) -> Self {
        let server = Arc::new(server);
        let world = World::new();
        *world.now.lock().unwrap() = Timestamp::from_millisecond(START_MS).unwrap();
        let mut env = world.env();
        let (sleep, mock, now) = (env.sleep.clone(), server.clone(), world.now.clone());
        env.sleep = Arc::new(move |time| {
            let goes_on = sleep(time);
            mock.set_clock(now.lock().unwrap().as_millisecond());
            goes_on
        });
        Self { server, world, env, ledger: Ledger::default(), errors: Vec::new(), crashes: 0 }
    }

    pub(crate) fn move_clock_to(&self, ms: i64) {
        let mut now = self.world.now.lock().unwrap();
        let ms = ms.max(now.as_millisecond());
        *now = Timestamp::from_millisecond(ms).unwrap();
        self.server.set_clock(ms);
    }

    pub(crate) fn connector(&self) -> RocketchatConnector {
        RocketchatConnector::new(&watched(&self.server), Some(&secret_of(&self.server)), self.env.clone()).unwrap()
    }

    /// Rounds until one brings nothing, each with a new connector. A program that crashed has lost its memory too.
    pub(crate) fn rounds(&mut self, crash_every: Option<usize>) {
        let mut crash = crash_every;
        for _ in 0..ROUNDS_MAX * if crash.is_some() { 50 } else { 1 } {
            let before = (self.ledger.cursor.clone(), self.ledger.taken);
            if crash.is_some() {
                self.env.board = Arc::default();
            }
            let mut connector = self.connector();
            self.ledger.fetch_pending(&mut connector);
            let outcome = self.ledger.round(&mut connector, crash);
            self.crashes += usize::from(matches!(outcome, Ok(true)));
            match outcome {
                // As long as the cursor stands still, the crash moves on by one haul: so each of them is hit.
                Ok(true) if self.ledger.cursor == before.0 => crash = crash.map(|at| at + 1),
                Ok(true) => crash = crash_every,
                Ok(false) if (self.ledger.cursor.clone(), self.ledger.taken) == before => return,
                Ok(false) => crash = crash_every,
                Err(error) => {
                    self.errors.push(error.to_string());
                    return;
                }
            }
        }
        panic!("the rounds never came to an end");
    }
}

/// All stages, then the daily comparison.
fn play(plan: &Plan, change: impl FnOnce(&mut Settings), crash_every: Option<usize>) -> Watch {
    let mut watch = Watch::start(plan, change);
    watch.rounds(crash_every);
    for stage in 1..plan.stages {
        watch.move_clock_to(START_MS + stage as i64 * MINUTE_MS);
        plan.play(&watch.server, stage, START_MS);
        watch.rounds(crash_every);
    }
    watch.move_clock_to(START_MS + DAY_MS + plan.stages as i64 * MINUTE_MS);
    watch.rounds(crash_every);
    watch
}

/// What each plan must leave behind, whatever way it was watched.
fn expect(plan: &Plan, ledger: &Ledger) {
    let count = |prefix: &str| ledger.items.keys().filter(|id| id.starts_with(prefix)).count();
    let states = |id: &str| ledger.states(id);
    match plan.number {
        1 => assert_eq!(count("old"), 1_200),
        2 => assert_eq!((count("old"), count("new")), (3, 3)),
        3 => assert_eq!(states("old0001"), ["posted", "edited", "edited"]),
        4 | 5 | 7 => {
            assert_eq!(states("old0002"), ["posted", "deleted"]);
            assert_eq!(states("old0004"), ["posted", "deleted"]);
        }
        6 => assert!(states("old0002").len() == 2 && states("old0004").len() == 2),
        8 => {
            let gone = ledger.items.values().filter(|item| item.versions.len() == 2).count();
            assert_eq!((count("old"), gone), (120, 90));
        }
        9 => assert_eq!((count("old"), count("new")), (250, 250)),
        10 => assert_eq!((count("old"), count("missed"), count("after")), (5, 60, 1)),
        11 => assert_eq!((count("old"), count("new")), (1_500, 120)),
        12 => assert_eq!((count("old"), count("unseen")), (250, 1)),
        13 => assert_eq!((count("old"), count("inside")), (5, 1)),
        14 => assert_eq!((count("old"), count("renamed"), count("anew")), (5, 1, 0)),
        15 => {
            for stage in 0..2 {
                let file = &ledger.items[&format!("poster{stage}")].versions[0].files;
                assert_eq!((file.len(), file[0].0.as_str()), (1, "poster.png"));
                assert!(file[0].2.as_ref().is_some_and(|(_, length)| *length > 10_000), "the original, not its twin");
            }
        }
        16 => {
            assert!(ledger.items["issue0"].versions[0].files[0].2.is_some());
            assert!(ledger.items["issue1"].versions[0].files[0].2.is_none(), "another host is not reached");
        }
        17 => {
            assert_eq!((count("reply"), count("below"), count("bright")), (2, 3, 1));
            assert_eq!(ledger.items["reply1"].thread_of.as_deref(), Some("parent"));
            assert_eq!(states("below1"), ["posted", "edited"]);
        }
        18 => {
            assert_eq!((ledger.texts("sealed0"), ledger.texts("sealed1")), (vec![""], vec![""]));
            assert!(ledger.notes.iter().any(|note| note.contains("encrypted")), "{:?}", ledger.notes);
        }
        19 => assert_eq!((count("skewed"), count("imported")), (3, 15)),
        20 => {
            assert_eq!(count(""), 8);
            assert_eq!(ledger.texts("long1")[0].len(), 66_000);
            assert_eq!(ledger.items["bait1"].versions[0].files.len(), 4);
            assert!(ledger.items["bait1"].versions[0].files.iter().all(|file| file.2.is_none()));
        }
        other => panic!("no expectation for plan {other}"),
    }
    let inferred = ledger.items.values().flat_map(|item| &item.versions);
    let inferred = inferred.filter(|version| version.state == vedette_core::VersionState::DeletedInferred).count();
    let allowed = match plan.number {
        6 => 0..=2,
        8 => 90..=90,
        _ => 0..=0,
    };
    assert!(allowed.contains(&inferred), "{}: {inferred} inferred deletions", plan.name);
}

/// No credential in an address, nothing asked that a guest would notice.
fn nothing_is_given_away(watch: &Watch) {
    for asked in watch.server.requests() {
        assert!(!asked.credentials_in_address, "{asked:?}");
        assert!(asked.method == "GET" || asked.path.ends_with("/login"), "{asked:?}");
        assert!(asked.status != 429, "the budget was seen in time: {asked:?}");
    }
}

fn same(plan: &Plan, way: &str, one: &BTreeMap<String, Vec<Version>>, other: &BTreeMap<String, Vec<Version>>) {
    let keys: (Vec<_>, Vec<_>) = (one.keys().collect(), other.keys().collect());
    assert_eq!(keys.0, keys.1, "{} {way}", plan.name);
    for (id, versions) in one {
        assert_eq!(versions, &other[id], "{} {way} {id}", plan.name);
    }
}

#[test]
fn every_plan_leaves_the_expected_evidence_and_a_second_run_adds_nothing() {
    for plan in plans::all() {
        let mut watch = play(&plan, |_| {}, None);
        expect(&plan, &watch.ledger);
        nothing_is_given_away(&watch);
        let (before, new) = (watch.ledger.evidence(), watch.ledger.new);
        watch.rounds(None);
        same(&plan, "again", &before, &watch.ledger.evidence());
        assert_eq!(new, watch.ledger.new);
        // Nothing is known any more but the evidence: the whole way once more adds nothing.
        watch.ledger.cursor = None;
        watch.env.board = Arc::default();
        watch.errors.clear();
        if plan.number != 14 {
            watch.rounds(None);
            same(&plan, "from the start", &before, &watch.ledger.evidence());
        }
    }
}

#[test]
fn every_plan_leaves_the_same_evidence_whichever_haul_it_crashes_at() {
    for plan in plans::all() {
        let reference = play(&plan, |_| {}, None).ledger.evidence();
        for crash_every in [0, 2] {
            let watch = play(&plan, |_| {}, Some(crash_every));
            assert!(crash_every > 0 || watch.crashes > 2, "{}: {} crashes", plan.name, watch.crashes);
            expect(&plan, &watch.ledger);
            same(&plan, &format!("crash {crash_every}"), &reference, &watch.ledger.evidence());
        }
    }
}

#[test]
fn errors_of_plans_tell_what_to_do() {
    for (number, part) in [(12, "log in again"), (13, "ask the owner for access"), (14, "a person must decide")] {
        let plan = plans::named(&number.to_string()).unwrap();
        let watch = play(&plan, |_| {}, None);
        assert!(watch.errors.iter().any(|error| error.contains(part)), "{number}: {:?}", watch.errors);
    }
    let plan = plans::named("room-changes").unwrap();
    let notes = play(&plan, |_| {}, None).ledger.notes.join("\n");
    assert!(notes.contains("now called `lantern-archive`") && notes.contains("was archived"), "{notes}");
}

#[test]
fn a_host_that_files_are_redirected_to_sees_no_credentials() {
    let plan = plans::named("file-elsewhere").unwrap();
    let other = RocketChat::start(Settings::default()).unwrap();
    let watch = play(&plan, |settings| settings.files_at = Some(other.base_url()), None);
    assert_eq!(watch.ledger.items.len(), 2);
    let asked = other.requests();
    assert!(asked.len() >= 2, "it was asked: {asked:?}");
    assert!(asked.iter().all(|asked| !asked.had_credentials), "{asked:?}");
}

/// Takes in what is heard until the ledger is as wanted and nothing more comes for a moment.
pub(crate) type Wait<'a> = &'a mut dyn FnMut(&mut Watch, &dyn Fn(&Ledger) -> bool);

/// A live connection and the rounds that it asks for, as a desk runs them.
pub(crate) fn listen(watch: &mut Watch, rhythm: Rhythm, while_on: &mut dyn FnMut(&mut Watch, Wait<'_>)) {
    let source = (watched(&watch.server), watch.ledger.cursor.clone());
    let mut env = watch.env.clone();
    // The connection lives in real time; what it writes down is dated by the plan's clock.
    let pause: Sleep = Arc::new(move |time| {
        std::thread::sleep(time.min(Duration::from_millis(rhythm.backoff_ms_max)));
        true
    });
    env.sleep = pause;
    let mut live = RocketchatLive::new(&[source], Some(&secret_of(&watch.server)), env).unwrap();
    live.set_rhythm(rhythm);
    let (send, heard) = std::sync::mpsc::channel();
    let stopped = Arc::new(AtomicUsize::new(0));
    let stop = stopped.clone();
    let thread = std::thread::spawn(move || {
        live.run(&|| stop.load(Ordering::Relaxed) == 1, &mut |event| {
            send.send(event).map_err(|_| CollectError::Stopped("the test is over".to_owned()))
        })
    });
    let mut wait = |watch: &mut Watch, enough: &dyn Fn(&Ledger) -> bool| {
        let deadline = Instant::now() + Duration::from_secs(20);
        let mut quiet = Instant::now();
        // Enough, and nothing more for a moment.
        while !enough(&watch.ledger) || quiet.elapsed() < Duration::from_millis(30) {
            match heard.recv_timeout(Duration::from_millis(5)) {
                Ok(LiveEvent::Haul(_, haul)) => watch.ledger.take_in(*haul),
                Ok(LiveEvent::CatchUp(_, _)) => watch.rounds(None),
                Ok(LiveEvent::Connected) => watch.ledger.notes.push("connected".to_owned()),
                Ok(LiveEvent::Lost { why, .. }) => watch.ledger.notes.push(format!("lost: {why}")),
                Err(_) => {
                    let have: Vec<&String> = watch.ledger.items.keys().rev().take(9).collect();
                    assert!(Instant::now() < deadline, "nothing more came: {:?} {have:?}", watch.ledger.notes);
                    continue;
                }
            }
            quiet = Instant::now();
        }
    };
    while_on(watch, &mut wait);
    stopped.store(1, Ordering::Relaxed);
    thread.join().unwrap().unwrap();
}

pub(crate) const QUICK: Rhythm =
    Rhythm { tick_ms: 2, subscribe_ms: 0, silence_ms: 45_000, answer_ms: 20_000, backoff_ms: 1, backoff_ms_max: 4 };

/// Ids whose versions differ by nature: what is heard live can be more than rounds see.
fn compare_live(plan: &Plan, variant: Ddp, reference: &Ledger, live: &Ledger) {
    let (mut one, mut other) = (reference.evidence(), live.evidence());
    if plan.number == 6 {
        // Hidden deletions are told live; rounds infer them a day later.
        for versions in one.values_mut().chain(other.values_mut()) {
            for version in versions.iter_mut().filter(|version| version.state.is_gone()) {
                version.state = vedette_core::VersionState::Deleted;
            }
        }
    }
    same(plan, &format!("live {variant:?}"), &one, &other);
}

#[test]
fn every_plan_leaves_the_same_evidence_when_it_is_heard_live_by_either_server() {
    // Plans whose stages end the connection for good are in tests of their own.
    for plan in plans::all().into_iter().filter(|plan| ![12, 13, 14].contains(&plan.number)) {
        let reference = play(&plan, |_| {}, None).ledger;
        for (variant, newest_first) in [(Ddp::Meteor, false), (Ddp::Streamer, true)] {
            let change = |settings: &mut Settings| {
                settings.ddp = variant;
                settings.newest_event_first = newest_first;
            };
            let mut watch = Watch::start(&plan, change);
            watch.rounds(None);
            // Imports tell nobody: only the next round finds them.
            let expected = reference.items.keys().filter(|id| !id.starts_with("imported")).cloned();
            let expected: Vec<String> = expected.collect();
            listen(&mut watch, QUICK, &mut |watch, wait| {
                wait(watch, &|ledger| ledger.notes.iter().any(|note| note == "connected"));
                let started = Instant::now();
                while watch.server.subscriptions() < 3 {
                    assert!(started.elapsed() < Duration::from_secs(10));
                    wait(watch, &|_| true);
                }
                for stage in 1..plan.stages {
                    watch.move_clock_to(START_MS + stage as i64 * MINUTE_MS);
                    let before = watch.ledger.taken;
                    plan.play(&watch.server, stage, START_MS);
                    // Every stage of every plan says something on the WebSocket, or breaks it.
                    wait(watch, &|ledger| ledger.taken > before);
                }
                wait(watch, &|ledger| expected.iter().all(|id| ledger.items.contains_key(id)));
            });
            watch.rounds(None);
            watch.move_clock_to(START_MS + DAY_MS + plan.stages as i64 * MINUTE_MS);
            watch.rounds(None);
            expect(&plan, &watch.ledger);
            compare_live(&plan, variant, &reference, &watch.ledger);
            nothing_is_given_away(&watch);
        }
    }
}
