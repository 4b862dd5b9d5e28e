//! How many small versions a second are taken in and derived, durably, with their leaves.
//!
//! `cargo run --release -p vedette-store --example intake_speed [VERSIONS] [DIR]` writes a workspace in DIR (default: a
//! temporary folder) and prints one line for each stage, by the clock and by the processor time of the calling thread (the
//! same on an idle and on a busy machine; the index works on a thread of its own). The aim is 10,000 versions a second in
//! batches of 512.

use std::time::Instant;

use jiff::Timestamp;
use vedette_core::ports::IndexDocument;
use vedette_core::*;
use vedette_preserve::verify::verify;
use vedette_preserve::{canonical, sha256};
use vedette_store::{OpenMode, Workspace};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let versions: usize = arguments.next().map_or(Ok(51_200), |count| count.parse())?;
    let temporary = tempfile::tempdir()?;
    let dir = arguments.next().map_or_else(|| temporary.path().join("desk"), Into::into);
    let workspace = Workspace::open(&dir, OpenMode::Create)?;
    let (records, index) = (workspace.records(), workspace.index());
    let now = Timestamp::now();
    let source = records.add_source(&source(now), now)?.id;
    let (mut taking, mut deriving, mut indexing) = (Spent::default(), Spent::default(), Spent::default());
    let mut done = 0;
    while done < versions {
        let batch = limits::BATCH_VERSIONS_MAX.min(versions - done);
        let texts: Vec<String> = (done..done + batch).map(text).collect();
        let intake = intake(source, done, &texts, now);

        let receipt = taking.add(|| records.take_in(&[intake]))?.remove(0);

        let derived: Vec<Derived> =
            receipt.versions.iter().zip(&texts).map(|(taken, text)| derived(taken, text)).collect();
        let sequence = deriving.add(|| records.put_derived(&derived))?;

        let documents: Vec<IndexDocument> =
            receipt.versions.iter().zip(&texts).map(|(taken, text)| document(taken, text, now)).collect();
        indexing.add(|| index.put(&documents))?;
        if done + batch >= versions {
            indexing.add(|| index.commit(sequence))?;
        }
        done += batch;
    }
    for (stage, spent) in [("take in", &taking), ("put derived", &deriving), ("index", &indexing)] {
        spent.print(stage, versions);
    }
    let mut verifying = Spent::default();
    let report = verifying.add(|| verify(&*workspace.records(), &*workspace.blobs(), &mut |_, _| {}))?;
    verifying.print("verify", versions);
    println!("{} findings, root {}", report.findings.len(), report.root);
    Ok(())
}

/// Seconds by the clock and on the processor.
#[derive(Default)]
struct Spent {
    wall: f64,
    processor: f64,
}

impl Spent {
    fn add<T>(&mut self, act: impl FnOnce() -> T) -> T {
        let (started, before) = (Instant::now(), processor_seconds());
        let value = act();
        self.wall += started.elapsed().as_secs_f64();
        self.processor += processor_seconds() - before;
        value
    }

    fn print(&self, stage: &str, versions: usize) {
        let (wall, processor) = (versions as f64 / self.wall, versions as f64 / self.processor);
        println!("{stage:<12} {wall:>8.0} versions/s by the clock, {processor:>8.0} by processor time");
    }
}

/// Processor time of this thread, from Linux's own count; 0 where there is none.
fn processor_seconds() -> f64 {
    let count = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    count.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

/// About 300 bytes, each one different.
fn text(number: usize) -> String {
    let mut text = format!("post {number}:");
    let mut state = number as u64;
    while text.len() < 300 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push_str(&format!(" w{}", (state >> 33) % 20_000));
    }
    text
}

fn source(now: Timestamp) -> NewSource {
    NewSource {
        kind: SourceKind::Import,
        address: "speed".to_owned(),
        room: None,
        name: "speed".to_owned(),
        outlet: None,
        allow_private: vec![],
        secret: None,
        authorisation: Authorisation {
            authorised_by: "benchmark".to_owned(),
            basis: "invented posts".to_owned(),
            kind: AuthorityKind::Owner,
            recorded_at: now,
            until: None,
        },
        reach: vedette_core::Reach::default(),
        keeping: vedette_core::Keeping::default(),
    }
}

fn intake(source: SourceId, first: usize, texts: &[String], now: Timestamp) -> Intake {
    let mut exhibits = Vec::with_capacity(texts.len());
    let mut versions = Vec::with_capacity(texts.len());
    for (number, text) in (first..).zip(texts) {
        let bytes = format!("{{\"_id\":\"m{number}\",\"msg\":\"{text}\"}}").into_bytes();
        let mut version = NewVersion {
            native_id: format!("m{number}"),
            key: Sha256::default(),
            state: VersionState::Posted,
            exhibit: sha256(&bytes),
            title: None,
            text: text.clone(),
            markup: Markup::Plain,
            url: None,
            posted_at: Some(now),
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
        fetched_at: now,
        page: sha256(texts.concat().as_bytes()),
        page_size_bytes: 1,
        page_keep: PageKeep::IsExhibit,
    };
    Intake { source, capture, exhibits, versions, cursor: Some(Cursor(first.to_string())), notes: vec![], gaps: vec![] }
}

fn derived(taken: &TakenVersion, text: &str) -> Derived {
    Derived {
        version: taken.version,
        item: taken.item,
        readings: vec![Reading {
            attachment: None,
            page: None,
            kind: ReadingKind::Text,
            method: "as posted".to_owned(),
            language: Language { code: "en".to_owned(), script: "Latn".to_owned(), confidence: 0.9 },
            quality: 1.0,
            text: text.to_owned(),
        }],
        findings: vec![Findings::default()],
        sketch: Some(vec![7; 128]),
        images: vec![],
        likenesses: vec![],
        family: None,
        merged_families: vec![],
        assessment: Assessment::default(),
        outlet: None,
        made_with: "speed/1".to_owned(),
        problems: vec![],
    }
}

fn document(taken: &TakenVersion, text: &str, now: Timestamp) -> IndexDocument {
    IndexDocument {
        item: taken.item,
        source: "s1".to_owned(),
        source_name: "speed".to_owned(),
        outlet: None,
        posted_at: now,
        language: "en".to_owned(),
        level: Level::None,
        tier: None,
        state: "posted".to_owned(),
        family: None,
        entities: vec!["place:kelmora".to_owned()],
        statements: vec![],
        original: text.to_owned(),
        ocr: String::new(),
        translation: String::new(),
        earlier: String::new(),
    }
}
