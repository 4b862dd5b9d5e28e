//! How many captures a second are preserved, beside what else a program could do with the same posts on the same disk.
//!
//! `cargo run --release -p vedette-store --example preserve_speed [CAPTURES] [DIR]` takes in posts of 1 KB in batches, with
//! every catalogue row, leaf and checkpoint, durable when the call returns; beside it, in the same run: plain SQLite
//! (`synchronous=FULL`, one row a post) in the same batches, and one synced file for each post. Then the latency of single
//! captures that arrive at 1, 10 and 100 a second, and appending to and proving against a log of 10 million leaves.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use vedette_core::ports::Records;
use vedette_core::*;
use vedette_preserve::tree::{Levels, Tree, inclusion_proof, verify_inclusion};
use vedette_preserve::{canonical, sha256};
use vedette_store::{OpenMode, Workspace};

/// Bytes of one post.
const POST_BYTES: usize = 1_000;
/// Posts that get a synced file each: more of them say nothing new.
const FILES: usize = 500;
/// Seconds for which each rate of arrival is watched.
const ARRIVING_S: u64 = 10;
/// Leaves of the large log.
const LEAVES: usize = 10_000_000;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let captures: usize = arguments.next().map_or(Ok(51_200), |count| count.parse())?;
    let temporary = tempfile::tempdir()?;
    let dir = arguments.next().map_or_else(|| temporary.path().to_owned(), Into::into);
    let workspace = Workspace::open(&dir.join("desk"), OpenMode::Create)?;
    let records = workspace.records();
    let source = records.add_source(&source(), Timestamp::now())?.id;
    let mut next = 0;
    for batch in [1, 32, limits::BATCH_VERSIONS_MAX] {
        let count = if batch == 1 { 1_000.min(captures) } else { captures };
        let peer = plain_sqlite(&dir.join(format!("plain-{batch}.sqlite")), count, batch)?;
        let ours = ours(&*records, source, &mut next, count, batch)?;
        println!(
            "batches of {batch:>3}: {ours:>8.0} captures/s with proof and all rows, plain SQLite FULL {peer:>8.0}/s, ratio {:.2}",
            ours / peer
        );
    }
    println!("one synced file each:  {:>8.0}/s", synced_files(&dir)?);
    for rate in [1, 10, 100] {
        latency(&*records, source, &mut next, rate)?;
    }
    large_log();
    Ok(())
}

fn ours(records: &dyn Records, source: SourceId, next: &mut usize, count: usize, batch: usize) -> Outcome<f64> {
    let mut spent = Duration::ZERO;
    for _ in 0..count.div_ceil(batch) {
        let intake = intake(source, *next, batch);
        *next += batch;
        let started = Instant::now();
        records.take_in(std::slice::from_ref(&intake))?;
        spent += started.elapsed();
    }
    Ok((count.div_ceil(batch) * batch) as f64 / spent.as_secs_f64())
}

fn plain_sqlite(file: &Path, count: usize, batch: usize) -> Outcome<f64> {
    let mut connection = rusqlite::Connection::open(file)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE posts (id INTEGER PRIMARY KEY, native TEXT UNIQUE, at INTEGER, bytes BLOB)",
    )?;
    let mut spent = Duration::ZERO;
    for first in (0..count.div_ceil(batch)).map(|round| round * batch) {
        let posts: Vec<(String, String)> = (first..first + batch).map(|n| (format!("m{n}"), text(n))).collect();
        let started = Instant::now();
        let tx = connection.transaction()?;
        for (native, text) in &posts {
            tx.prepare_cached("INSERT INTO posts (native, at, bytes) VALUES (?1, ?2, ?3)")?.execute((
                native,
                first as i64,
                text.as_bytes(),
            ))?;
        }
        tx.commit()?;
        spent += started.elapsed();
    }
    Ok((count.div_ceil(batch) * batch) as f64 / spent.as_secs_f64())
}

fn synced_files(dir: &Path) -> Outcome<f64> {
    let folder = dir.join("files");
    std::fs::create_dir(&folder)?;
    let started = Instant::now();
    for number in 0..FILES {
        let mut file = std::fs::File::create(folder.join(number.to_string()))?;
        file.write_all(text(number).as_bytes())?;
        file.sync_all()?;
        std::fs::File::open(&folder)?.sync_all()?;
    }
    Ok(FILES as f64 / started.elapsed().as_secs_f64())
}

/// Posts that arrive one by one, each preserved at once.
fn latency(records: &dyn Records, source: SourceId, next: &mut usize, rate: u64) -> Outcome<()> {
    let (started, mut took) = (Instant::now(), Vec::new());
    for number in 0..rate * ARRIVING_S {
        let due = started + Duration::from_micros(number * 1_000_000 / rate);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let intake = intake(source, *next, 1);
        *next += 1;
        records.take_in(std::slice::from_ref(&intake))?;
        // From when it was due: a capture that waits for the one before it has waited.
        took.push(due.elapsed());
    }
    took.sort_unstable();
    let part = |percent: usize| took.get((took.len() * percent / 100).min(took.len() - 1)).map(Duration::as_micros);
    let ms = |percent| part(percent).unwrap_or_default() as f64 / 1_000.0;
    println!("{rate:>3} captures/s: p50 {:.1} ms, p99 {:.1} ms until durable", ms(50), ms(99));
    Ok(())
}

fn large_log() {
    let leaves: Vec<Sha256> = (0..LEAVES).map(|number| sha256(&number.to_le_bytes())).collect();
    let started = Instant::now();
    let mut tree = Tree::default();
    leaves.iter().for_each(|leaf| tree.append(*leaf));
    let root = tree.root();
    println!("log of {LEAVES} leaves: {:.0} appended/s", LEAVES as f64 / started.elapsed().as_secs_f64());
    let some: Vec<(u64, Sha256)> = leaves.iter().copied().enumerate().step_by(LEAVES / 10_000).map(wide).collect();
    let started = Instant::now();
    let levels = Levels::of(leaves);
    println!("log of {LEAVES} leaves: all levels in {:.1} s", started.elapsed().as_secs_f64());
    let started = Instant::now();
    let proved = some.iter().filter(|(index, leaf)| {
        inclusion_proof(&levels, *index, LEAVES as u64)
            .is_some_and(|proof| verify_inclusion(*leaf, *index, LEAVES as u64, &proof, root))
    });
    let count = proved.count();
    assert_eq!(count, some.len(), "every leaf is proved");
    println!(
        "log of {LEAVES} leaves: {:.1} µs to prove and check one leaf ({count} of {})",
        started.elapsed().as_secs_f64() * 1e6 / count as f64,
        some.len()
    );
}

fn wide((index, leaf): (usize, Sha256)) -> (u64, Sha256) {
    (index as u64, leaf)
}

fn text(number: usize) -> String {
    let mut text = format!("post {number}:");
    let mut state = number as u64;
    while text.len() < POST_BYTES {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push_str(&format!(" w{}", (state >> 33) % 20_000));
    }
    text
}

fn source() -> NewSource {
    NewSource {
        kind: SourceKind::Import,
        address: "speed".to_owned(),
        room: None,
        name: "speed".to_owned(),
        outlet: None,
        countries: Vec::new(),
        allow_private: vec![],
        secret: None,
        authorisation: Authorisation {
            authorised_by: "benchmark".to_owned(),
            basis: "invented posts".to_owned(),
            kind: AuthorityKind::Owner,
            recorded_at: Timestamp::now(),
            until: None,
        },
        reach: Reach::default(),
        keeping: Keeping::default(),
    }
}

fn intake(source: SourceId, first: usize, count: usize) -> Intake {
    let (mut exhibits, mut versions) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for number in first..first + count {
        let text = text(number);
        let bytes = format!("{{\"_id\":\"m{number}\",\"msg\":\"{text}\"}}").into_bytes();
        let mut version = NewVersion {
            native_id: format!("m{number}"),
            key: Sha256::default(),
            state: VersionState::Posted,
            exhibit: sha256(&bytes),
            title: None,
            text,
            markup: Markup::Plain,
            url: None,
            posted_at: Some(Timestamp::now()),
            edited_at: None,
            author_key: Some(format!("p-{:012x}", number % 500)),
            thread_of: None,
            lang: None,
            attachments: vec![],
            needs_job: false,
        };
        version.key = canonical::version_key(&version);
        exhibits.push(NewExhibit {
            sha256: version.exhibit,
            size_bytes: bytes.len() as u64,
            media_type: "application/json".to_owned(),
            inline: Some(bytes),
            sealed: false,
        });
        versions.push(version);
    }
    let capture = NewCapture {
        url: format!("https://chat.example.org/api/v1/channels.history?offset={first}"),
        connector: "speed/1".to_owned(),
        status: 200,
        fetched_at: Timestamp::now(),
        page: sha256(&first.to_le_bytes()),
        page_size_bytes: 1,
        page_keep: PageKeep::IsExhibit,
    };
    Intake { source, capture, exhibits, versions, cursor: Some(Cursor(first.to_string())), notes: vec![], gaps: vec![] }
}
