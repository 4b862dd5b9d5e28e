//! The fuzz targets' functions on the stable toolchain: some thousand damaged files each, always the same, under a clock.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use vedette_testkit::mutants::{Dice, mutate};
use vedette_testkit::specimens::{Sample, samples};

#[path = "../../../fuzz/entries.rs"]
mod entries;

use entries::ENTRIES;

/// Damaged files that each entry is given.
const RUNS: usize = 3_000;
/// Seconds after which an entry has had enough; slow machines run fewer.
const SECONDS_MAX: u64 = 20;
/// Runs without which the test would say little.
const RUNS_MIN: usize = 100;

/// Runs `entry` on damaged samples; how often, and the first file on which it gave up.
fn run(name: &str, entry: fn(&[u8]), samples: &[Sample]) -> (usize, Option<String>) {
    let (begun, mut dice) = (Instant::now(), Dice::new(name.len() as u64));
    for number in 0..RUNS {
        if begun.elapsed() > Duration::from_secs(SECONDS_MAX) {
            return (number, None);
        }
        let sample = &samples[number % samples.len()];
        let mut bytes = sample.bytes.clone();
        // Damage upon damage leads farther from what a decoder expects.
        for _ in 0..1 + dice.below(3) {
            mutate(&mut bytes, &mut dice, samples);
        }
        // Some entries take a first byte as a choice.
        if name == "open_named" {
            bytes.insert(0, dice.roll() as u8);
        }
        if catch_unwind(AssertUnwindSafe(|| entry(&bytes))).is_err() {
            return (number, Some(format!("{name} gave up on run {number}, a damaged {}", sample.format)));
        }
    }
    (RUNS, None)
}

#[test]
fn no_entry_gives_up_on_damaged_files() {
    let samples = samples();
    let results: Vec<_> = ENTRIES
        .iter()
        .map(|&(name, entry)| {
            let (runs, failed) = run(name, entry, &samples);
            println!("{name}: {runs} runs");
            assert!(failed.is_some() || runs >= RUNS_MIN, "{name} came only to {runs} runs");
            failed
        })
        .collect();
    let failed: Vec<String> = results.into_iter().flatten().collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn an_entry_that_gives_up_is_found_out() {
    let (_, failed) = run("control", |bytes| assert!(bytes.first() != Some(&b'%'), "a PDF"), &samples());
    assert!(failed.is_some_and(|failed| failed.contains("a damaged pdf")));
}

#[test]
fn every_target_is_an_entry_and_every_entry_a_target() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).expect("the fuzz workspace is there");
    let mut targets: Vec<String> = std::fs::read_dir(folder.join("fuzz_targets"))
        .expect("the targets are there")
        .map(|entry| entry.expect("it is listed").path().file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    targets.sort();
    let mut names: Vec<&str> = ENTRIES.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    assert_eq!(targets, names);
    for name in names {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name} is not in fuzz/Cargo.toml");
    }
}
