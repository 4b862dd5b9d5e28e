//! The workspace as a whole: one writer, versions, keys, copies.
#![allow(clippy::unwrap_used)] // Helpers of tests fail as tests do.

mod common;

use std::os::unix::fs::PermissionsExt;

use common::*;
use vedette_core::*;
use vedette_store::{OpenMode, SqliteRecords, Workspace};

#[test]
fn one_process_writes_others_read() {
    let desk = Desk::new();
    let taken = desk.take(1, &[post("m1", "one")]);
    let second = Workspace::open(desk.dir.path(), OpenMode::Write).map(|_| ());
    let Err(StoreError::Locked { holder, .. }) = second else { panic!("{second:?}") };
    assert_eq!(holder, format!("process {}", std::process::id()));
    let reader = Workspace::open(desk.dir.path(), OpenMode::ReadOnly).unwrap();
    assert_eq!(reader.records().item(taken[0].item).unwrap().versions.len(), 1);
    assert_eq!(reader.names_key().unwrap(), desk.workspace.as_ref().unwrap().names_key().unwrap());
    for refused in [
        reader.records().take_in(&[]).map(|_| ()),
        reader.blobs().put(Sha256::default(), b"x"),
        reader.index().put(&[]),
    ] {
        assert!(matches!(refused, Err(StoreError::Refused(_))));
    }
    // What is written later is seen.
    desk.take(2, &[post("m2", "two")]);
    assert_eq!(reader.records().counts().unwrap().items, 2);
    desk.index.put(&[document(1, "kelmora")]).unwrap();
    desk.index.commit(1).unwrap();
    let found = reader.index().search(&SearchRequest { limit: 5, ..SearchRequest::default() }).unwrap();
    assert_eq!(found.total, 1);
}

#[test]
fn a_folder_without_a_catalogue_is_no_workspace_and_making_one_twice_is_harmless() {
    let dir = tempfile::tempdir().unwrap();
    let opened = Workspace::open(dir.path(), OpenMode::Write).map(|_| ());
    assert!(matches!(&opened, Err(StoreError::Refused(said)) if said.contains("vedette init")), "{opened:?}");
    let made = Workspace::open(&dir.path().join("desk"), OpenMode::Create).unwrap();
    let key = made.names_key().unwrap();
    drop(made);
    assert_eq!(Workspace::open(&dir.path().join("desk"), OpenMode::Create).unwrap().names_key().unwrap(), key);
}

#[test]
fn the_key_is_the_owners_alone_and_is_not_made_anew_over_captures() {
    let desk = Desk::new();
    let path = desk.dir.path().join("keys/names.key");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_ne!(desk.workspace.as_ref().unwrap().names_key().unwrap(), [0; 32]);
    desk.take(1, &[post("m1", "one")]);
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(desk.workspace.as_ref().unwrap().names_key(), Err(StoreError::Damaged(_))));
    std::fs::write(&path, b"short").unwrap();
    assert!(matches!(desk.workspace.as_ref().unwrap().names_key(), Err(StoreError::Damaged(_))));
}

#[test]
fn a_newer_catalogue_is_left_alone() {
    let desk = Desk::new();
    desk.tamper("INSERT INTO migrations VALUES (99)");
    let path = desk.dir.path().join("catalogue.sqlite");
    for writable in [true, false] {
        let opened = SqliteRecords::open(&path, writable).map(|_| ());
        assert!(matches!(opened, Err(StoreError::TooNew { found: 99, .. })), "{opened:?}");
    }
}

#[test]
fn a_copy_is_whole_and_a_workspace_of_its_own() {
    let desk = Desk::new();
    let taken = desk.take(1, &[post("m1", "one")]);
    let other = tempfile::tempdir().unwrap();
    let copy = other.path().join("catalogue.sqlite");
    desk.records.copy_to(&copy).unwrap();
    assert!(matches!(desk.records.copy_to(&copy), Err(StoreError::Refused(_))));
    desk.take(2, &[post("m2", "two")]);
    std::fs::create_dir(other.path().join("keys")).unwrap();
    std::fs::copy(desk.dir.path().join("keys/names.key"), other.path().join("keys/names.key")).unwrap();
    let restored = Workspace::open(other.path(), OpenMode::Write).unwrap();
    assert_eq!(restored.records().counts().unwrap().items, 1);
    assert_eq!(restored.records().item(taken[0].item).unwrap().versions[0].version.text, "one");
    assert_eq!(restored.index().sequence(), 0);
    let report = vedette_preserve::verify::verify(&*restored.records(), &*restored.blobs(), &mut |_, _| {}).unwrap();
    assert_eq!(report.findings, []);
    // Reading goes on where it was opened before.
    assert!(desk.records.item(taken[0].item).is_ok());
}

#[test]
fn readers_do_not_wait_for_a_writer_nor_the_writer_for_them() {
    let desk = Desk::new();
    desk.take(1, &[post("m0", "one")]);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let counts = desk.records.counts().unwrap();
                    // One state of the catalogue: never an item without its version.
                    assert_eq!(counts.items, counts.versions);
                }
            });
        }
        for n in 1..50 {
            desk.take(n, &[post(&format!("m{n}"), "text")]);
        }
    });
    assert_eq!(desk.records.counts().unwrap().items, 50);
    assert_eq!(desk.wrong(), Vec::<String>::new());
}
