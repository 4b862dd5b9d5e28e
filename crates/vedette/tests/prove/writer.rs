//! The process that writes while the power is cut: it takes in posts and large files, derives and indexes them, and says
//! what it was told to be stored, to a pipe that does not lie on the disk. It is this test program, started again.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use jiff::Timestamp;
use vedette_core::*;
use vedette_preserve::{canonical, sha256};
use vedette_store::{OpenMode, Workspace};

use crate::dice::Dice;

/// Begins each line of what was acknowledged.
pub const ACK: &str = "ACK ";

/// Starts a writer on a workspace.
pub fn start(workspace: &Path, seed: u64, lie: Option<&str>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "writer::writes_until_the_disk_is_gone", "--ignored", "--nocapture"])
        .env("VEDETTE_PROVE_DIR", workspace)
        .env("VEDETTE_PROVE_SEED", seed.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if let Some(lie) = lie {
        command.env("VEDETTE_CRASH_LIE", lie);
    }
    command.spawn().unwrap()
}

/// A workspace with one source to write to.
pub fn prepare(workspace: &Path) {
    let open = Workspace::open(workspace, OpenMode::Create).unwrap();
    let authorisation = Authorisation {
        authorised_by: "A. Editor".to_owned(),
        basis: "invented".to_owned(),
        kind: AuthorityKind::Owner,
        recorded_at: Timestamp::UNIX_EPOCH,
        until: None,
    };
    let source = NewSource {
        kind: SourceKind::Import,
        address: "lamps".to_owned(),
        room: None,
        name: "lamps".to_owned(),
        outlet: None,
        countries: Vec::new(),
        allow_private: vec![],
        secret: None,
        authorisation,
        reach: Reach::default(),
        keeping: Keeping::default(),
    };
    open.records().add_source(&source, Timestamp::UNIX_EPOCH).unwrap();
}

fn post(dice: &mut Dice, bytes: &[u8]) -> NewVersion {
    let native_id = format!("lamp{:016x}", dice.next());
    let mut version = NewVersion {
        text: format!("{native_id} burns in Kelmora"),
        native_id,
        key: Sha256::default(),
        state: VersionState::Posted,
        exhibit: sha256(bytes),
        title: None,
        markup: Markup::Plain,
        url: None,
        posted_at: Some(Timestamp::UNIX_EPOCH),
        edited_at: None,
        author_key: None,
        thread_of: None,
        lang: None,
        attachments: vec![],
        needs_job: false,
    };
    version.key = canonical::version_key(&version);
    version
}

fn batch(dice: &mut Dice, open: &Workspace) -> StoreResult<Intake> {
    let (mut exhibits, mut versions) = (Vec::new(), Vec::new());
    for _ in 0..1 + dice.below(12) {
        let large = dice.below(8) == 0;
        let count = if large { 66_000 + dice.below(200_000) } else { 200 + dice.below(2_000) };
        let bytes = dice.bytes(count as usize);
        let version = post(dice, &bytes);
        if large {
            open.blobs().put(version.exhibit, &bytes)?;
        }
        exhibits.push(NewExhibit {
            sha256: version.exhibit,
            size_bytes: bytes.len() as u64,
            media_type: "application/octet-stream".to_owned(),
            inline: (!large).then_some(bytes),
            sealed: false,
        });
        versions.push(version);
    }
    let capture = NewCapture {
        url: format!("lamps://{}", dice.next()),
        connector: "prove/1".to_owned(),
        status: 200,
        fetched_at: Timestamp::now(),
        page: sha256(&dice.next().to_le_bytes()),
        page_size_bytes: 8,
        page_keep: PageKeep::IsExhibit,
    };
    let cursor = Some(Cursor(dice.next().to_string()));
    Ok(Intake { source: SourceId(1), capture, exhibits, versions, cursor, notes: vec![], gaps: vec![] })
}

fn derive(open: &Workspace, intake: &Intake, receipt: &Receipt) -> StoreResult<u64> {
    let derived: Vec<Derived> = intake
        .versions
        .iter()
        .zip(&receipt.versions)
        .map(|(version, taken)| Derived {
            version: taken.version,
            item: taken.item,
            readings: vec![Reading {
                language: Language { code: "en".to_owned(), script: "Latn".to_owned(), confidence: 0.9 },
                ..Reading::new(ReadingKind::Text, "as posted", version.text.as_str())
            }],
            findings: vec![Findings::default()],
            sketch: None,
            images: vec![],
            likenesses: vec![],
            family: None,
            merged_families: vec![],
            assessment: Assessment::default(),
            outlet: None,
            made_with: "prove/1".to_owned(),
            problems: vec![],
            read_with: String::new(),
            next: None,
        })
        .collect();
    open.records().put_derived(&derived)
}

#[test]
#[ignore = "a role that other tests start"]
fn writes_until_the_disk_is_gone() {
    let Some(dir) = std::env::var_os("VEDETTE_PROVE_DIR") else { return };
    let mut dice = Dice::thrown("writer");
    let written = (|| -> StoreResult<()> {
        let open = Workspace::open(Path::new(&dir), OpenMode::Write)?;
        loop {
            let intake = batch(&mut dice, &open)?;
            let receipt = open.records().take_in(std::slice::from_ref(&intake))?.remove(0);
            let mut lines = String::new();
            for version in &intake.versions {
                let (key, exhibit) = (version.key.hex(), version.exhibit.hex());
                lines.push_str(&format!("{ACK}1 {key} {exhibit} {}\n", version.native_id));
            }
            print!("{lines}");
            let sequence = derive(&open, &intake, &receipt)?;
            if dice.below(16) == 0 {
                open.index().commit(sequence)?;
            }
        }
    })();
    println!("the writer stopped: {:?}", written.err());
}
