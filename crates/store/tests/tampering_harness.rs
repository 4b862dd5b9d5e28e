//! The tampering harness: a workspace is copied, bent in one random way, and verified. Every bending must be found, and
//! flips must be located. `VEDETTE_PROVE=long` runs 20,000 cases, `VEDETTE_SEED` repeats a run.
#![allow(clippy::unwrap_used)] // Helpers of tests fail as tests do.

mod common;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use common::*;
use vedette_core::*;
use vedette_preserve::{VerifyReport, sha256};
use vedette_store::{Custody, OpenMode, Workspace};

/// Random numbers that a seed repeats (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.roll() % limit as u64) as usize
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// Columns whose every change must be found, with what their place is called in findings (`{leaf}`, `{id}`).
const COLUMNS: [(&str, &str, &str); 42] = [
    ("leaves", "record", "'leaf ' || idx"),
    ("leaves", "commitment", "'leaves'"),
    ("leaves", "salt", "'leaf ' || idx"),
    ("versions", "text", "'leaf ' || leaf"),
    ("versions", "state", "'leaf ' || leaf"),
    ("versions", "key", "'leaf ' || leaf"),
    ("versions", "number", "'leaf ' || leaf"),
    ("versions", "captured_at", "'leaf ' || leaf"),
    ("versions", "markup", "'leaf ' || leaf"),
    ("versions", "exhibit", "'leaf ' || leaf"),
    ("items", "native_id", "'leaf ' || leaf"),
    ("items", "posted_at", "'leaf ' || leaf"),
    ("items", "first_captured_at", "'leaf ' || leaf"),
    ("items", "author_key", "'leaf ' || leaf"),
    ("captures", "url", "'leaf ' || leaf"),
    ("captures", "page", "'leaf ' || leaf"),
    ("captures", "fetched_at", "'leaf ' || leaf"),
    ("captures", "status", "'leaf ' || leaf"),
    ("captures", "connector", "'leaf ' || leaf"),
    ("decisions", "reason", "'leaf ' || leaf"),
    ("decisions", "by", "'leaf ' || leaf"),
    ("decisions", "at", "'leaf ' || leaf"),
    ("decisions", "proposed", "'leaf ' || leaf"),
    ("judgements", "body", "'leaf ' || leaf"),
    ("judgements", "by", "'leaf ' || leaf"),
    ("source_events", "value", "'leaf ' || leaf"),
    ("source_events", "by", "'leaf ' || leaf"),
    ("erasures", "reason", "'leaf ' || leaf"),
    ("erasures", "sha256", "'leaf ' || leaf"),
    ("file_events", "error", "'leaf ' || leaf"),
    ("log_keys", "reason", "'leaf ' || leaf"),
    ("log_keys", "verifier", "'leaf ' || leaf"),
    ("exhibits", "bytes", "lower(hex(sha256))"),
    ("exhibits", "sha256", "lower(hex(sha256))"),
    ("exhibits", "size_bytes", "lower(hex(sha256))"),
    ("derived", "readings", "'v' || version"),
    ("derived", "assessment", "'v' || version"),
    ("derived", "findings", "'v' || version"),
    ("derived", "made_with", "'v' || version"),
    ("checkpoints", "root", "'checkpoint at ' || size || ' leaves'"),
    ("sealed", "root", "'checkpoint at ' || size || ' leaves'"),
    ("sealed", "note", "'checkpoint at ' || size || ' leaves'"),
];

/// Tables whose rows may neither vanish nor be doubled.
const TABLES: [&str; 11] = [
    "judgements",
    "leaves",
    "versions",
    "items",
    "captures",
    "decisions",
    "source_events",
    "erasures",
    "file_events",
    "log_keys",
    "derived",
];

/// The workspace that is bent, and older states of its catalogue.
struct Original {
    desk: Desk,
    older: Vec<PathBuf>,
    forks: Vec<PathBuf>,
}

fn original() -> Original {
    let desk = Desk::signed();
    let older: Vec<PathBuf> = (0..3).map(|n| desk.dir.path().join(format!("outside/older{n}.sqlite"))).collect();
    let forks: Vec<PathBuf> = (0..2).map(|n| desk.dir.path().join(format!("outside/fork{n}.sqlite"))).collect();
    let large: Vec<Vec<u8>> = (0..3u8).map(|n| vec![n + 1; 70_000]).collect();
    for bytes in &large {
        desk.blobs.put(sha256(bytes), bytes).unwrap();
    }
    for (round, older) in (0i64..).zip(&older) {
        let posts: Vec<NewVersion> =
            (0..18).map(|n| post(&format!("m{round}-{n}"), &format!("to Kelmora {round} {n}"))).collect();
        let taken = desk.take(round * 10, &posts);
        let results: Vec<Derived> = taken.iter().map(|one| derived(one, "to Kelmora", Level::Low)).collect();
        desk.records.put_derived(&results).unwrap();
        desk.records.decide(taken[0].item, &decision(Level::HighSpecific, round)).unwrap();
        let grading = SourceGrading { grade: SourceGrade::B, reason: format!("checked {round}") };
        let judgements = desk.workspace.as_ref().unwrap().judgements();
        judgements.judge(&Judgement::Source(desk.source, grading), "A. Analyst", at(round), None).unwrap();
        desk.take(round * 10 + 1, &[with_missing_file(&format!("f{round}")), deleted(&format!("m{round}-3"))]);
        let file = desk.records.pending_files(desk.source, 9).unwrap().remove(0);
        desk.records.file_arrived(&file, Err(format!("not found {round}")), at(4)).unwrap();
        let bytes = &large[round as usize];
        let exhibit = NewExhibit {
            sha256: sha256(bytes),
            size_bytes: bytes.len() as u64,
            media_type: "image/png".to_owned(),
            inline: None,
            sealed: false,
        };
        desk.records.file_arrived(&file, Ok(exhibit), at(5)).unwrap();
        let page = desk.records.exhibits(None, 999).unwrap().into_iter().find(|one| one.sealed && !one.erased).unwrap();
        desk.records.mark_erased(page.sha256, "its time was up", at(8)).unwrap();
        desk.log().seal(at(round * 10 + 9)).unwrap();
        desk.records.copy_to(older).unwrap();
    }
    for n in 0..40 {
        desk.take(50 + n, &[post(&format!("x{n}"), "one more note")]);
    }
    desk.log().seal(at(300)).unwrap();
    for (from, fork) in older.iter().zip(&forks) {
        let dir = tempfile::tempdir().unwrap();
        std::fs::copy(from, dir.path().join("catalogue.sqlite")).unwrap();
        let workspace = Workspace::open(dir.path(), OpenMode::Write).unwrap();
        let posts: Vec<NewVersion> = (0..400).map(|n| post(&format!("y{n}"), "another history")).collect();
        workspace.records().take_in(&[intake(desk.source, 99, &posts)]).unwrap();
        workspace.records().copy_to(fork).unwrap();
    }
    Original { desk, older, forks }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let (mut all, mut folders) = (Vec::new(), vec![dir.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { all.push(path) }
        }
    }
    all.sort();
    all
}

/// A template folder with the catalogue in one file, and every copy of it.
fn copy(template: &Path, to: &Path) {
    for path in files(template) {
        let target = to.join(path.strip_prefix(template).unwrap());
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(&path, target).unwrap();
    }
}

fn verified(dir: &Path, with_keys: bool) -> VerifyReport {
    let custody = Custody { keys: keys_beside(dir), refuse: false, now: at(0) };
    let opened = match with_keys {
        true => Workspace::open_signed(dir, OpenMode::ReadOnly, &custody),
        false => Workspace::open(dir, OpenMode::ReadOnly),
    };
    let workspace = match opened {
        Ok(workspace) => workspace,
        Err(error) => return failed(&error.to_string()),
    };
    let (records, blobs, log) = (workspace.records(), workspace.blobs(), workspace.log());
    vedette_preserve::verify::verify_all(&*records, &*blobs, Some(&*log), &mut |_, _| {})
        .unwrap_or_else(|error| failed(&error.to_string()))
}

/// A workspace that cannot even be read is found out too.
fn failed(error: &str) -> VerifyReport {
    let finding = vedette_preserve::Finding::new("unreadable", error, "", "");
    VerifyReport {
        exhibits: 0,
        leaves: 0,
        root: Sha256::default(),
        ok: false,
        findings: vec![finding],
        vouched: vec![],
    }
}

/// A bending: what was done, and where a flip must be located.
struct Bent {
    what: String,
    place: Option<String>,
}

fn sql(dir: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(dir.join("catalogue.sqlite")).unwrap();
    connection.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF").unwrap();
    connection
}

fn flip_row(dir: &Path, dice: &mut Dice) -> Bent {
    let connection = sql(dir);
    let (table, column, place) = dice.one_of(&COLUMNS);
    let rows: Vec<i64> = connection
        .prepare(&format!("SELECT rowid FROM {table} WHERE {column} IS NOT NULL AND rowid > -1"))
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let row = *dice.one_of(&rows);
    let bit = dice.roll();
    let (value, place): (rusqlite::types::Value, String) = connection
        .query_row(&format!("SELECT {column}, {place} FROM {table} WHERE rowid = {row}"), [], |found| {
            Ok((found.get(0)?, found.get(1)?))
        })
        .unwrap();
    let value = match value {
        rusqlite::types::Value::Text(text) => {
            let mut letters: Vec<char> = text.chars().collect();
            if letters.is_empty() {
                letters.push('x');
            } else {
                let at = bit as usize % letters.len();
                letters[at] = if letters[at] == 'q' { 'z' } else { 'q' };
            }
            rusqlite::types::Value::Text(letters.into_iter().collect())
        }
        rusqlite::types::Value::Blob(mut bytes) => {
            let at = bit as usize % bytes.len();
            bytes[at] ^= 1 << (bit >> 40 & 7);
            rusqlite::types::Value::Blob(bytes)
        }
        rusqlite::types::Value::Integer(number) => rusqlite::types::Value::Integer(number + 1),
        other => panic!("{other:?}"),
    };
    let changed =
        connection.execute(&format!("UPDATE {table} SET {column} = ?1 WHERE rowid = {row}"), [value]).unwrap();
    assert_eq!(changed, 1);
    // A changed commitment moves every root after it: the first wrong checkpoint tells between which leaves it is.
    let place = if *column == "commitment" { "checkpoint at".to_owned() } else { place };
    Bent { what: format!("flip {table}.{column} row {row}"), place: Some(place) }
}

fn row_ids(connection: &rusqlite::Connection, table: &str) -> Vec<i64> {
    let mut statement = connection.prepare(&format!("SELECT rowid FROM {table}")).unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn bend_rows(dir: &Path, dice: &mut Dice) -> Bent {
    let connection = sql(dir);
    let table = dice.one_of(&TABLES);
    let rows = row_ids(&connection, table);
    let row = *dice.one_of(&rows);
    let what = match dice.below(3) {
        0 => {
            connection.execute(&format!("DELETE FROM {table} WHERE rowid = {row}"), []).unwrap();
            format!("delete {table} row {row}")
        }
        1 => {
            let names: Vec<String> = connection
                .prepare(&format!("SELECT name FROM pragma_table_info('{table}') WHERE pk = 0"))
                .unwrap()
                .query_map([], |row| row.get(0))
                .unwrap()
                .map(Result::unwrap)
                .collect();
            let names = names.join(", ");
            let copied: Vec<String> = names
                .split(", ")
                .map(|name| match name {
                    "native_id" | "verifier" => format!("{name} || 'x'"),
                    "key" if *table == "versions" => "randomblob(32)".to_owned(),
                    other => other.to_owned(),
                })
                .collect();
            let key = match *table {
                "leaves" => "idx",
                "derived" => "version",
                _ => "id",
            };
            let max: i64 =
                connection.query_row(&format!("SELECT MAX(rowid) FROM {table}"), [], |row| row.get(0)).unwrap();
            let copied = copied.join(", ");
            let changed = connection
                .execute(
                    &format!(
                        "INSERT INTO {table} ({key}, {names}) SELECT {}, {copied} FROM {table} WHERE rowid = {row}",
                        max + 1
                    ),
                    [],
                )
                .unwrap();
            assert_eq!(changed, 1);
            format!("insert a copy of {table} row {row}")
        }
        _ => {
            let other = rows[(rows.iter().position(|id| *id == row).unwrap() + 1) % rows.len()];
            let key = match *table {
                "leaves" => "idx",
                "derived" => "version",
                _ => "id",
            };
            if other == row {
                connection.execute(&format!("DELETE FROM {table} WHERE rowid = {row}"), []).unwrap();
            }
            for (from, to) in [(row, -7), (other, row), (-7, other)] {
                connection.execute(&format!("UPDATE {table} SET {key} = {to} WHERE {key} = {from}"), []).unwrap();
            }
            format!("swap {table} rows {row} and {other}")
        }
    };
    Bent { what, place: None }
}

/// Cuts the log the way that somebody would who knows how it is kept: leaves, rows, edge, checkpoints, all in step.
fn truncate_log(dir: &Path, original: &Original, dice: &mut Dice) -> Bent {
    let (kind, from) = match dice.below(2) {
        0 => ("roll back", dice.one_of(&original.older)),
        _ => ("fork", dice.one_of(&original.forks)),
    };
    std::fs::copy(from, dir.join("catalogue.sqlite")).unwrap();
    // The tiles are put in step too, or are left as they were.
    if dice.below(2) == 0 {
        std::fs::remove_dir_all(dir.join("log")).ok();
    }
    Bent { what: format!("{kind} to {}", from.file_name().unwrap().to_string_lossy()), place: None }
}

fn bend_files(dir: &Path, folder: &str, dice: &mut Dice) -> Bent {
    let all: Vec<PathBuf> =
        files(&dir.join(folder)).into_iter().filter(|path| !path.ends_with("signing.key")).collect();
    let path = dice.one_of(&all).clone();
    let bytes = std::fs::read(&path).unwrap();
    let name = path.strip_prefix(dir).unwrap().display().to_string();
    let located = path.file_name().unwrap().to_string_lossy().into_owned();
    match dice.below(5) {
        0 => {
            let mut bytes = bytes;
            let at = dice.below(bytes.len());
            bytes[at] ^= 1 << dice.below(8);
            std::fs::write(&path, bytes).unwrap();
            let place = if folder == "outside" { "checkpoint last seen".to_owned() } else { located };
            Bent { what: format!("flip {name} at {at}"), place: Some(place) }
        }
        // What was last seen may be lost; then there is nothing to compare with, and that is not a lie.
        1 if folder != "outside" => {
            std::fs::remove_file(&path).unwrap();
            Bent { what: format!("delete {name}"), place: Some(located) }
        }
        2 if folder == "log" => {
            let stranger = dir.join(format!("log/tile/{}/x{:03}/000", dice.below(3), dice.below(900)));
            std::fs::create_dir_all(stranger.parent().unwrap()).unwrap();
            std::fs::write(stranger, &bytes).unwrap();
            Bent { what: format!("insert a file like {name}"), place: None }
        }
        3 if all.len() > 1 && folder != "outside" => {
            let others: Vec<&PathBuf> =
                all.iter().filter(|other| **other != path && std::fs::read(other).unwrap() != bytes).collect();
            let other = (*dice.one_of(&others)).clone();
            let theirs = std::fs::read(&other).unwrap();
            std::fs::write(&path, theirs).unwrap();
            std::fs::write(&other, bytes).unwrap();
            Bent { what: format!("swap {name} with another"), place: Some(located) }
        }
        _ => {
            let at = dice.below(bytes.len());
            std::fs::write(&path, &bytes[..at]).unwrap();
            let place = if folder == "outside" { "checkpoint last seen".to_owned() } else { located };
            Bent { what: format!("truncate {name} at {at}"), place: Some(place) }
        }
    }
}

fn bend(dir: &Path, original: &Original, dice: &mut Dice) -> Bent {
    match dice.below(10) {
        0..=3 => flip_row(dir, dice),
        4 | 5 => bend_rows(dir, dice),
        6 => bend_files(dir, "vault", dice),
        7 => bend_files(dir, "log", dice),
        8 => bend_files(dir, "outside", dice),
        _ => truncate_log(dir, original, dice),
    }
}

#[test]
fn whatever_is_bent_is_found_and_flips_are_located() {
    let long = std::env::var("VEDETTE_PROVE").is_ok_and(|word| word == "long");
    let seed: u64 = std::env::var("VEDETTE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_123);
    let count = if long { 20_000 } else { 1_000 };
    let original = original();
    let template = tempfile::tempdir().unwrap();
    let home = original.desk.dir.path();
    original.desk.records.copy_to(&template.path().join("catalogue.sqlite")).unwrap();
    for folder in ["vault", "log", "index"] {
        copy(&home.join(folder), &template.path().join(folder));
    }
    let keys: Vec<PathBuf> = files(&home.join("outside"))
        .into_iter()
        .filter(|path| path.extension().is_none_or(|end| end != "sqlite"))
        .collect();
    for key in keys {
        let target = template.path().join(key.strip_prefix(home).unwrap());
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(&key, target).unwrap();
    }
    assert_eq!(verified(template.path(), true).findings, [], "the untouched copy is well");

    let (next, detected, located, locatable) =
        (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return;
                    }
                    let mut dice = Dice(seed ^ (number as u64).wrapping_mul(0x2545_f491_4f6c_dd1d));
                    let dir = tempfile::tempdir().unwrap();
                    copy(template.path(), dir.path());
                    let bent = bend(dir.path(), &original, &mut dice);
                    let report = verified(dir.path(), true);
                    assert!(!report.ok, "seed {seed}, case {number}: {} was not found", bent.what);
                    detected.fetch_add(1, Ordering::Relaxed);
                    if let Some(place) = bent.place {
                        locatable.fetch_add(1, Ordering::Relaxed);
                        let at = |finding: &vedette_preserve::Finding| {
                            [&finding.r#where, &finding.expected, &finding.found]
                                .iter()
                                .any(|text| text.contains(&place))
                        };
                        let told = report.findings.iter().take(3).collect::<Vec<_>>();
                        assert!(
                            report.findings.iter().any(at),
                            "seed {seed}, case {number}: {} was not located at {place}: {told:?}",
                            bent.what
                        );
                        located.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    println!(
        "tampering, seed {seed}: {} of {count} detected, {} of {} located",
        detected.into_inner(),
        located.into_inner(),
        locatable.into_inner()
    );
    // The control that must fail: without the checkpoint last seen a rollback is a good log.
    let dir = tempfile::tempdir().unwrap();
    copy(&template.path().join("vault"), &dir.path().join("vault"));
    copy(&template.path().join("index"), &dir.path().join("index"));
    std::fs::copy(&original.forks[0], dir.path().join("catalogue.sqlite")).unwrap();
    let blind = verified(dir.path(), false);
    assert!(blind.findings.iter().all(|finding| finding.r#where.contains("log/checkpoint")), "{:?}", blind.findings);
}
