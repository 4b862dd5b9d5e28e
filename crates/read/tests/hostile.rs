//! Every bomb and every mutant through the real child: none hangs, none reaches out, each ends in a value or a class of fault.
//!
//! The table that this prints (`--no-capture`) is the one in `docs/sandbox.md`.

mod common;

use std::net::TcpListener;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use vedette_core::FileFault;
use vedette_core::opened::Task;
use vedette_read::{Hint, OPEN_WALL_SECONDS_MAX, Opener, ReadError};
use vedette_testkit::bombs::{Canary, bombs};
use vedette_testkit::mutants::mutants;
use vedette_testkit::specimens::samples;

/// Mutants that are opened.
const MUTANTS: usize = 390;
/// The seed of the mutants; another finds other mistakes.
const SEED: u64 = 2026;
/// Seconds beyond the wall limit in which a child must be gone: killing and collecting take time on a busy machine.
const GRACE_SECONDS: u64 = 10;
/// Bytes of memory of this process at most, the largest bomb of 128 MiB and answers of 64 MiB included.
const PARENT_BYTES_MAX: u64 = 1 << 30;

/// What became of one file.
struct Outcome {
    name: String,
    word: String,
    time: Duration,
    fault: Option<String>,
}

/// The first word of what shows itself: the name of its variant, without the megabytes inside.
struct FirstWord(String);

impl std::fmt::Write for FirstWord {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = text.find(|c: char| !c.is_alphanumeric());
        self.0.push_str(&text[..end.unwrap_or(text.len())]);
        if end.is_some() { Err(std::fmt::Error) } else { Ok(()) }
    }
}

fn kind_of(opened: &vedette_read::Opened) -> String {
    let mut word = FirstWord(String::new());
    // It ends with the error that stops it.
    let stopped = std::fmt::write(&mut word, format_args!("{opened:?}"));
    assert!(stopped.is_err() || !word.0.is_empty());
    word.0.to_lowercase()
}

/// Opens `bytes` and judges what came of it: anything but a value or a classified fault in time is a failure.
fn judge(opener: &Opener, name: String, bytes: &[u8], hint: &Hint<'_>, task: Task, wall: Duration) -> Outcome {
    let begun = Instant::now();
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| opener.ask(bytes, hint, task)));
    let time = begun.elapsed();
    let (word, mut fault) = match &result {
        Ok(Ok(opened)) => (kind_of(opened), None),
        Ok(Err(ReadError::File(FileFault::Hostile(what)))) if what.contains("forbidden act") => {
            ("hostile".to_owned(), Some(format!("it tried to escape: {what}")))
        }
        Ok(Err(ReadError::File(file))) => (file.class().to_owned(), None),
        Ok(Err(error)) => ("unclassified".to_owned(), Some(error.to_string())),
        Err(_) => ("panic".to_owned(), Some("the parent gave up".to_owned())),
    };
    if time > wall + Duration::from_secs(GRACE_SECONDS) {
        fault = Some(format!("it hangs: {} ms", time.as_millis()));
    }
    Outcome { name, word, time, fault }
}

/// Opens one file, whose name it is given.
type Act<'a> = Box<dyn Fn(&Opener, String) -> Outcome + Sync + 'a>;
/// A file by its name.
type Job<'a> = (String, Act<'a>);

/// Judges all jobs on two threads; the table, in order.
fn judge_all(jobs: &[Job<'_>]) -> Vec<Outcome> {
    let opener = Opener::new(common::program());
    let (next, outcomes) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((number, (name, job))) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| jobs.get(at).map(|job| (at, job)))
                {
                    let outcome = job(&opener, name.clone());
                    outcomes.lock().expect("no thread gave up").push((number, outcome));
                }
            });
        }
    });
    let mut outcomes = outcomes.into_inner().expect("no thread gave up");
    outcomes.sort_by_key(|(number, _)| *number);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

/// The most memory that this process ever held, in bytes.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("it is listed");
    let kib: u64 = line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("it is a number");
    kib * 1024
}

/// A file and a port that nobody may touch.
struct Watched {
    folder: tempfile::TempDir,
    listener: TcpListener,
    canary: Canary,
    changed: SystemTime,
}

const SECRET: &str = "canary-7f3a";

impl Watched {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("canary");
        std::fs::write(&path, SECRET).expect("a file");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("it need not wait");
        let port = listener.local_addr().expect("it is bound").port();
        let changed = path.metadata().and_then(|facts| facts.modified()).expect("it has a date");
        Self { folder, listener, canary: Canary { path, port }, changed }
    }

    /// Whether file and folder are as they were and nobody called.
    fn untouched(&self) -> bool {
        let path: &Path = &self.canary.path;
        std::fs::read_to_string(path).is_ok_and(|content| content == SECRET)
            && path.metadata().and_then(|facts| facts.modified()).is_ok_and(|date| date == self.changed)
            && std::fs::read_dir(self.folder.path()).is_ok_and(|entries| entries.count() == 1)
            && self.listener.accept().is_err()
    }
}

fn check(title: &str, outcomes: &[Outcome]) {
    println!("| {title} | outcome | ms |\n|---|---|---|");
    for outcome in outcomes {
        println!("| {} | {} | {} |", outcome.name, outcome.word, outcome.time.as_millis());
    }
    let mut counts = std::collections::BTreeMap::new();
    outcomes.iter().for_each(|outcome| *counts.entry(outcome.word.as_str()).or_insert(0) += 1);
    println!("{} files: {counts:?}", outcomes.len());
    let wrong: Vec<String> = outcomes
        .iter()
        .filter_map(|outcome| outcome.fault.as_ref().map(|fault| format!("{}: {fault}", outcome.name)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

const WALL: Duration = Duration::from_secs(OPEN_WALL_SECONDS_MAX);

#[test]
fn every_bomb_ends_in_a_value_or_a_class_and_touches_nothing() {
    let watched = Watched::new();
    let canary = &watched.canary;
    let mut jobs: Vec<Job<'_>> = Vec::new();
    for bomb in bombs() {
        let name = format!("{} ({})", bomb.kind, bomb.file);
        let open = move |task: Task, units: u32| {
            move |opener: &Opener, name: String| {
                let hint = Hint { media_type: Some(bomb.media_type), name: Some(bomb.file) };
                judge(opener, name, &bomb.bytes(canary), &hint, task, WALL * units)
            }
        };
        jobs.push((name.clone(), Box::new(open(Task::Open, 1))));
        if bomb.file.ends_with(".pdf") {
            let pages = Task::Pages { first: 1, count: 2, dpi: 100 };
            jobs.push((format!("{name}, drawn"), Box::new(open(pages, 2))));
        }
        if bomb.file.ends_with(".zip") || bomb.file.ends_with(".tar") {
            jobs.push((format!("{name}, later members"), Box::new(open(Task::Members { first: 1 }, 1))));
        }
    }
    check("bomb", &judge_all(&jobs));
    assert!(watched.untouched(), "the canary was touched");
    assert!(peak_memory() < PARENT_BYTES_MAX, "this process held {} bytes", peak_memory());
}

#[test]
fn every_mutant_ends_in_a_value_or_a_class() {
    let mutants = mutants(MUTANTS, SEED);
    let jobs: Vec<Job<'_>> = mutants
        .iter()
        .map(|mutant| {
            let job = move |opener: &Opener, name: String| {
                let hint = Hint { media_type: Some(mutant.sample.media_type), name: Some(mutant.sample.file) };
                let task = match mutant.sample.format {
                    "pdf" => Task::Pages { first: 1, count: 1, dpi: 100 },
                    _ => Task::Open,
                };
                judge(opener, name, &mutant.sample.bytes, &hint, task, WALL)
            };
            (mutant.name.clone(), Box::new(job) as Act<'_>)
        })
        .collect();
    assert!(jobs.len() >= 300);
    check("mutant", &judge_all(&jobs));
    assert!(peak_memory() < PARENT_BYTES_MAX, "this process held {} bytes", peak_memory());
}

#[test]
fn every_sample_is_opened_or_named_as_a_kind_that_is_not_read() {
    let opener = Opener::new(common::program());
    for sample in samples() {
        let hint = Hint { media_type: Some(sample.media_type), name: Some(sample.file) };
        match opener.open(&sample.bytes, &hint) {
            Ok(_) | Err(ReadError::File(FileFault::Unsupported(_))) => {}
            Err(error) => panic!("the sample of {} is no sample: {error}", sample.format),
        }
    }
}

#[test]
fn a_child_that_hangs_lies_or_calls_is_found_out() {
    let script = |text: &str| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("opener");
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("a script");
        let made = std::process::Command::new("chmod").arg("700").arg(&path).status().expect("chmod runs");
        assert!(made.success());
        (folder, path)
    };
    let judged = |program: &Path, wall: Duration| {
        let opener = Opener::new(program).with_wall(wall);
        judge(&opener, "control".to_owned(), b"lamp", &Hint::default(), Task::Open, Duration::ZERO)
    };
    // A child that never answers is killed, and one that outlives the grace is a failure of the harness.
    let (_folder, sleeper) = script("exec sleep 60");
    let killed = judged(&sleeper, Duration::from_millis(200));
    assert_eq!((killed.word.as_str(), killed.fault), ("too-large", None));
    let late = judged(&sleeper, Duration::from_secs(GRACE_SECONDS + 1));
    assert!(late.fault.is_some_and(|fault| fault.starts_with("it hangs")));
    // A child that makes answers up.
    let (_folder, liar) = script("cat >/dev/null; printf 'VDA2\\377\\377\\377\\377'");
    assert_eq!(judged(&liar, WALL).word, "hostile");
    // A child that is killed at a forbidden call.
    let (_folder, caught) = script("kill -SYS $$");
    assert!(judged(&caught, WALL).fault.is_some_and(|fault| fault.starts_with("it tried to escape")));
    // No child at all.
    assert_eq!(judged(Path::new("/nonexistent"), WALL).word, "unclassified");
    // A canary that is touched.
    let watched = Watched::new();
    assert!(watched.untouched());
    drop(std::net::TcpStream::connect(("127.0.0.1", watched.canary.port)).expect("it listens"));
    std::thread::yield_now();
    assert!(!watched.untouched());
    let watched = Watched::new();
    std::fs::write(&watched.canary.path, "slipped").expect("it may be written");
    assert!(!watched.untouched());
}
