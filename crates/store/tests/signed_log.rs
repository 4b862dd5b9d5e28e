//! The log as it is signed and published: keys outside the workspace, tiles, checkpoints, and what a rollback looks like.
#![allow(clippy::unwrap_used)] // Helpers of tests fail as tests do.

mod common;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use common::*;
use vedette_core::*;
use vedette_preserve::note::{Note, VerifierKey};
use vedette_preserve::tree;

fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let name = path.strip_prefix(dir).unwrap().display().to_string();
                    all.insert(name, std::fs::read(&path).unwrap());
                }
            }
        }
    }
    all
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for (name, bytes) in files(from).into_iter().filter(|(name, _)| !name.starts_with("outside")) {
        let path = to.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

fn fill(desk: &Desk, from: i64, count: i64) {
    let posts: Vec<NewVersion> = (from..from + count).map(|n| post(&format!("m{n}"), &format!("note {n}"))).collect();
    desk.take(from, &posts);
}

#[test]
fn a_checkpoint_is_signed_by_the_logged_key_and_nothing_new_signs_nothing() {
    let desk = Desk::signed();
    fill(&desk, 1, 5);
    let sealed = desk.log().seal(at(1)).unwrap();
    assert_eq!(desk.log().seal(at(2)).unwrap(), sealed);
    let key: VerifierKey = desk.log().keys().unwrap()[0].verifier.parse().unwrap();
    let note: Note = sealed.note.parse().unwrap();
    assert_eq!(note.signed_by(&key), Ok(true));
    let text = note.checkpoint().unwrap();
    assert_eq!((text.size, text.root), (sealed.size, desk.records.checkpoint().unwrap().root));
    assert!(text.origin.starts_with("vedette.invalid/") && text.origin.len() == 32, "{}", text.origin);
    let leaf = desk.records.log_entries(desk.log().keys().unwrap()[0].leaf, 1).unwrap().remove(0);
    assert_eq!(leaf.kind, LeafKind::Key);
    assert!(leaf.record.contains(&key.to_string()));
    assert_eq!(desk.wrong(), Vec::<String>::new());
    let folder = std::fs::read_dir(desk.keys()).unwrap().next().unwrap().unwrap().path();
    let mode = std::fs::metadata(folder.join("signing.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn tiles_prove_what_all_leaves_prove_and_can_be_written_again() {
    let desk = Desk::signed();
    for round in 0..4 {
        fill(&desk, 1 + round * 200, 200);
        desk.log().seal(at(round)).unwrap();
    }
    let log = desk.log();
    let size = desk.records.checkpoint().unwrap().size;
    assert!(size > 1_600);
    let entries = desk.records.log_entries(0, 10_000).unwrap();
    for (index, old) in [(0, 1), (255, 256), (256, 257), (1_000, 1_001), (size - 1, size)] {
        let proof = log.inclusion_proof(index, size).unwrap();
        let hash = vedette_preserve::leaf::leaf_hash(&entries[index as usize].commitment);
        assert!(tree::verify_inclusion(hash, index, size, &proof, log.root_at(size).unwrap()));
        let growth = log.consistency_proof(old, size).unwrap();
        let roots = (log.root_at(old).unwrap(), log.root_at(size).unwrap());
        assert!(tree::verify_consistency(old, size, roots.0, roots.1, &growth));
    }
    assert_eq!(desk.wrong(), Vec::<String>::new());
    let folder = desk.dir.path().join("log");
    let before = files(&folder);
    std::fs::remove_dir_all(&folder).unwrap();
    let desk = desk.reopen_signed(true).unwrap();
    desk.log().seal(at(9)).unwrap();
    let after = files(&folder);
    assert_eq!(after.get("checkpoint"), before.get("checkpoint"));
    for (name, bytes) in &after {
        assert_eq!(before.get(name), Some(bytes), "{name}");
    }
    let partial = |name: &str| name.contains(".p/");
    let full = |all: &BTreeMap<String, Vec<u8>>| all.keys().filter(|name| !partial(name)).cloned().collect::<Vec<_>>();
    assert_eq!(full(&after), full(&before));
    assert_eq!(desk.wrong(), Vec::<String>::new());
}

#[test]
fn a_damaged_tile_is_named_and_mended_before_anything_is_signed() {
    let desk = Desk::signed();
    fill(&desk, 1, 300);
    desk.log().seal(at(1)).unwrap();
    let tile = desk.dir.path().join("log/tile/0/001");
    let mut bytes = std::fs::read(&tile).unwrap();
    bytes[70] ^= 1;
    std::fs::write(&tile, &bytes).unwrap();
    let desk = desk.reopen_signed(true).unwrap();
    let found = desk.log().check().unwrap();
    // Opening compared the roots and wrote the tiles anew, or the check names the file.
    assert!(found.iter().all(|[what, place, ..]| what == "tile" && place == "log/tile/0/001"), "{found:?}");
    fill(&desk, 400, 1);
    desk.log().seal(at(2)).unwrap();
    let stranger = desk.dir.path().join("log/tile/0/x001/000");
    std::fs::create_dir_all(stranger.parent().unwrap()).unwrap();
    std::fs::write(stranger, b"more").unwrap();
    assert!(desk.wrong().contains(&"tile".to_owned()));
}

#[test]
fn a_rolled_back_log_is_refused_told_and_can_be_accepted() {
    let desk = Desk::signed();
    fill(&desk, 1, 5);
    desk.log().seal(at(1)).unwrap();
    let old = tempfile::tempdir().unwrap();
    // The workspace as it was, taken while nothing writes.
    desk.records.copy_to(&old.path().join("catalogue.sqlite")).unwrap();
    fill(&desk, 10, 5);
    let sealed = desk.log().seal(at(2)).unwrap();
    let name = sealed.note.lines().next().unwrap().to_owned();
    for side in ["catalogue.sqlite-wal", "catalogue.sqlite-shm"] {
        std::fs::remove_file(desk.dir.path().join(side)).ok();
    }
    let Desk { dir, workspace, records, queue, blobs, index, source } = desk;
    drop((workspace, records, queue, blobs, index));
    std::fs::copy(old.path().join("catalogue.sqlite"), dir.path().join("catalogue.sqlite")).unwrap();
    for side in ["catalogue.sqlite-wal", "catalogue.sqlite-shm"] {
        std::fs::remove_file(dir.path().join(side)).ok();
    }
    let custody = |refuse| vedette_store::Custody { keys: keys_beside(dir.path()), refuse, now: at(3) };
    let open =
        |refuse| vedette_store::Workspace::open_signed(dir.path(), vedette_store::OpenMode::Write, &custody(refuse));
    let refused = open(true).map(|_| ());
    assert!(matches!(&refused, Err(StoreError::RolledBack(said)) if said.contains("last seen")), "{refused:?}");
    // Without the checkpoint that was kept elsewhere nobody can tell: the control that must not see it.
    let blind = vedette_store::Workspace::open(dir.path(), vedette_store::OpenMode::Write).unwrap();
    let report = vedette_preserve::verify::verify(&*blind.records(), &*blind.blobs(), &mut |_, _| {}).unwrap();
    assert_eq!(report.findings, []);
    drop(blind);
    let opened = open(false).unwrap();
    let found = opened.log().check().unwrap();
    assert!(found.iter().any(|[what, ..]| what == "rolled back or rewritten"), "{found:?}");
    assert!(matches!(opened.log().seal(at(4)), Err(StoreError::RolledBack(_))));
    let key = opened.log().accept("A. Editor", "restored after a failed disk", at(5)).unwrap();
    assert!(!key.verifier.starts_with(&name) && key.reason.contains("failed disk"), "{key:?}");
    assert_eq!(opened.log().check().unwrap(), Vec::<[String; 4]>::new());
    drop(opened);
    let opened = open(true).unwrap();
    opened.records().set_source_state(source, SourceState::Paused, "A. Editor", at(6)).unwrap();
    opened.log().seal(at(6)).unwrap();
    let report = vedette_preserve::verify::verify_all(
        &*opened.records(),
        &*opened.blobs(),
        Some(&*opened.log()),
        &mut |_, _| {},
    )
    .unwrap();
    assert_eq!(report.findings, []);
}

#[test]
fn a_fork_is_found_even_when_it_is_longer() {
    let desk = Desk::signed();
    fill(&desk, 1, 5);
    desk.log().seal(at(1)).unwrap();
    let here = tempfile::tempdir().unwrap();
    desk.records.copy_to(&here.path().join("catalogue.sqlite")).unwrap();
    fill(&desk, 10, 5);
    desk.log().seal(at(2)).unwrap();
    copy(&desk.keys(), &here.path().join("outside"));
    let Desk { workspace, .. } = desk;
    drop(workspace);
    let fork = vedette_store::Workspace::open(here.path(), vedette_store::OpenMode::Write).unwrap();
    let source = fork.records().sources().unwrap()[0].id;
    let others: Vec<NewVersion> = (0..20).map(|n| post(&format!("x{n}"), "another history")).collect();
    fork.records().take_in(&[intake(source, 9, &others)]).unwrap();
    drop(fork);
    let custody = vedette_store::Custody { keys: here.path().join("outside"), refuse: true, now: at(3) };
    let opened = vedette_store::Workspace::open_signed(here.path(), vedette_store::OpenMode::Write, &custody);
    assert!(matches!(opened.map(|_| ()), Err(StoreError::RolledBack(said)) if said.contains("has the root")));
}

#[test]
fn without_its_key_a_log_verifies_and_goes_on_under_a_new_one_that_is_logged() {
    let desk = Desk::signed();
    fill(&desk, 1, 3);
    desk.log().seal(at(1)).unwrap();
    std::fs::remove_dir_all(desk.keys()).unwrap();
    let desk = desk.reopen_signed(true).unwrap();
    assert_eq!(desk.wrong(), Vec::<String>::new());
    desk.log().close(at(2)).unwrap();
    assert_eq!(desk.log().keys().unwrap().len(), 1, "looking makes no key");
    assert!(!desk.log().status().unwrap().key_here);
    fill(&desk, 9, 1);
    desk.log().close(at(3)).unwrap();
    let keys = desk.log().keys().unwrap();
    assert_eq!(keys.len(), 2);
    assert!(keys[1].reason.contains("not on this machine"));
    assert_eq!(desk.wrong(), Vec::<String>::new());
    assert_eq!(desk.log().status().unwrap().trouble, None);
}

#[test]
fn a_workspace_of_the_first_format_opens_whole_and_is_signed_from_then_on() {
    let dir = tempfile::tempdir().unwrap();
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/workspaces/v1.tar.gz");
    let unpacked =
        std::process::Command::new("tar").arg("-xzf").arg(archive).arg("-C").arg(dir.path()).status().unwrap();
    assert!(unpacked.success());
    let home = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.is_dir());
    let home = if dir.path().join("catalogue.sqlite").exists() { dir.path().to_owned() } else { home.unwrap() };
    let plain = vedette_store::Workspace::open(&home, vedette_store::OpenMode::Write).unwrap();
    let verified = |workspace: &vedette_store::Workspace| {
        let (records, blobs, log) = (workspace.records(), workspace.blobs(), workspace.log());
        vedette_preserve::verify::verify_all(&*records, &*blobs, Some(&*log), &mut |_, _| {}).unwrap()
    };
    let report = verified(&plain);
    assert_eq!(report.findings, []);
    assert_eq!(report.leaves, 13);
    assert_eq!(report.root.hex(), "a80e63cfc2643babc24602bae9f3046c0808a0d8b52b9189721c0e50066da510");
    drop(plain);
    let keys = dir.path().join("outside");
    let custody = vedette_store::Custody { keys, refuse: true, now: at(1) };
    let signed = vedette_store::Workspace::open_signed(&home, vedette_store::OpenMode::Write, &custody).unwrap();
    signed.log().seal(at(1)).unwrap();
    assert!(signed.log().keys().unwrap()[0].reason.contains("from here on"));
    assert_eq!(verified(&signed).findings, []);
    let growth = signed.log().consistency_proof(13, 14).unwrap();
    assert!(tree::verify_consistency(13, 14, report.root, signed.log().root_at(14).unwrap(), &growth));
}
