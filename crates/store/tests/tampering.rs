//! Whoever changes the workspace behind the program's back is found out.
#![allow(clippy::unwrap_used)] // Helpers of tests fail as tests do.

mod common;

use common::*;
use vedette_core::*;
use vedette_preserve::sha256;

/// A workspace with something of everything that is evidence.
fn full() -> Desk {
    let desk = Desk::new();
    let taken = desk.take(1, &[post("m1", "to Kelmora"), post("m2", "to Tessgate"), with_missing_file("m3")]);
    desk.take(2, &[edited("m1", "to Ardun Bay", 2)]);
    desk.take(3, &[deleted("m2")]);
    let large = vec![7u8; 100_000];
    desk.blobs.put(sha256(&large), &large).unwrap();
    let file = desk.records.pending_files(desk.source, 9).unwrap().remove(0);
    desk.records.file_arrived(&file, Err("not found".to_owned()), at(4)).unwrap();
    let arrived = NewExhibit {
        sha256: sha256(&large),
        size_bytes: large.len() as u64,
        media_type: "image/png".to_owned(),
        inline: None,
        sealed: false,
    };
    desk.records.file_arrived(&file, Ok(arrived), at(5)).unwrap();
    desk.records.decide(taken[0].item, &decision(Level::HighSpecific, 6)).unwrap();
    desk.records.set_source_state(desk.source, SourceState::Paused, "A. Editor", at(7)).unwrap();
    let page = desk.records.exhibits(None, 99).unwrap().into_iter().find(|exhibit| exhibit.sealed).unwrap();
    desk.records.mark_erased(page.sha256, "its time was up", at(8)).unwrap();
    desk.records.log(LeafKind::Export, "{\"export\":\"csv\"}", at(9)).unwrap();
    desk
}

#[test]
fn an_untouched_workspace_is_well() {
    let desk = full();
    assert_eq!(desk.wrong(), Vec::<String>::new());
    let desk = desk.reopen();
    assert_eq!(desk.wrong(), Vec::<String>::new());
}

#[test]
fn a_changed_row_is_found() {
    for (sql, wanted) in [
        ("UPDATE versions SET text = 'to Port Hessel' WHERE id = 1", "version row"),
        ("UPDATE versions SET title = 'The Wick' WHERE id = 1", "version row"),
        ("UPDATE versions SET state = 'edited' WHERE id = 1", "version row"),
        ("UPDATE versions SET captured_at = captured_at + 1 WHERE id = 1", "version row"),
        ("UPDATE versions SET exhibit = (SELECT exhibit FROM versions WHERE id = 2) WHERE id = 1", "version row"),
        ("UPDATE versions SET leaf = leaf + 1 WHERE id = 1", "version row"),
        ("UPDATE attachments SET name = 'other.png'", "version row"),
        ("UPDATE attachments SET url = NULL", "version row"),
        ("UPDATE attachments SET late = 0", "version row"),
        ("UPDATE attachments SET exhibit = (SELECT exhibit FROM versions WHERE id = 1)", "file row"),
        ("UPDATE file_events SET error = 'x' WHERE error IS NOT NULL", "file row"),
        ("UPDATE items SET author_key = 'p-ffffffffffff' WHERE id = 1", "item row"),
        ("UPDATE items SET posted_at = 0 WHERE id = 1", "item row"),
        ("UPDATE items SET native_id = 'm9' WHERE id = 1", "item row"),
        ("UPDATE items SET state = 'posted' WHERE id = 2", "item state"),
        ("UPDATE items SET level_held = 0 WHERE id = 1", "item level"),
        ("UPDATE captures SET url = 'https://other.example.org' WHERE id = 1", "capture row"),
        ("UPDATE captures SET page = zeroblob(32) WHERE id = 2", "capture row"),
        ("UPDATE cursors SET logged = ''", "cursor row"),
        ("UPDATE decisions SET level = 'low'", "decision row"),
        ("UPDATE decisions SET by = 'somebody'", "decision row"),
        ("UPDATE sources SET state = 'active'", "source state"),
        ("UPDATE sources SET asked = replace(asked, 'A. Editor', 'B. Other')", "source"),
        ("UPDATE source_events SET by = 'somebody'", "source row"),
        ("UPDATE erasures SET reason = 'other'", "erasure row"),
        ("DELETE FROM erasures", "erasure"),
        ("DELETE FROM decisions", "decision rows"),
        ("DELETE FROM attachments", "version row"),
        ("DELETE FROM versions WHERE id = 4", "version rows"),
        ("DELETE FROM captures WHERE id = 3", "capture rows"),
        ("DELETE FROM items WHERE id = 2", "item rows"),
        ("DELETE FROM exhibits WHERE sha256 = (SELECT exhibit FROM versions WHERE id = 1)", "exhibit row"),
        (
            "UPDATE exhibits SET bytes = zeroblob(3) WHERE sha256 = (SELECT exhibit FROM versions WHERE id = 1)",
            "exhibit",
        ),
        ("UPDATE exhibits SET bytes = NULL WHERE sha256 = (SELECT exhibit FROM versions WHERE id = 1)", "exhibit"),
        ("UPDATE exhibits SET erased = 1 WHERE sha256 = (SELECT exhibit FROM versions WHERE id = 1)", "erasure"),
        ("UPDATE versions SET state = 'nonsense' WHERE id = 1", "version row"),
    ] {
        let desk = full();
        desk.tamper(sql);
        let wrong = desk.wrong();
        assert!(wrong.iter().any(|what| what == wanted), "{sql}: {wrong:?}");
    }
}

#[test]
fn a_changed_log_is_found() {
    for (sql, wanted) in [
        ("UPDATE leaves SET record = '{}' WHERE idx = 3", "leaf record"),
        ("UPDATE leaves SET salt = zeroblob(16) WHERE idx = 3", "leaf record"),
        ("UPDATE leaves SET commitment = zeroblob(32) WHERE idx = 3", "log root"),
        ("UPDATE leaves SET salt = NULL, commitment = zeroblob(32) WHERE idx = 3", "log root"),
        ("DELETE FROM leaves WHERE idx = 3", "leaf missing"),
        ("DELETE FROM leaves WHERE idx = (SELECT MAX(idx) FROM leaves)", "log length"),
        ("DELETE FROM leaves", "log length"),
        ("UPDATE checkpoints SET root = zeroblob(32) WHERE size = (SELECT MIN(size) FROM checkpoints)", "log root"),
        ("UPDATE checkpoints SET root = zeroblob(32) WHERE size = (SELECT MAX(size) FROM checkpoints)", "log root"),
        ("DELETE FROM checkpoints WHERE size = (SELECT MAX(size) FROM checkpoints)", "log length"),
    ] {
        let desk = full();
        desk.tamper(sql);
        let wrong = desk.wrong();
        assert!(wrong.iter().any(|what| what == wanted), "{sql}: {wrong:?}");
    }
}

#[test]
fn two_leaves_that_change_places_are_found() {
    let desk = full();
    for sql in [
        "UPDATE leaves SET idx = -1 WHERE idx = 2",
        "UPDATE leaves SET idx = 2 WHERE idx = 3",
        "UPDATE leaves SET idx = 3 WHERE idx = -1",
    ] {
        desk.tamper(sql);
    }
    let wrong = desk.wrong();
    assert!(wrong.iter().any(|what| what == "log root"), "{wrong:?}");
}

#[test]
fn a_flipped_byte_and_a_lost_file_are_found() {
    let desk = full();
    let hex = sha256(&vec![7u8; 100_000]).hex();
    let path = desk.dir.path().join("vault").join(&hex[..2]).join(&hex[2..4]).join(&hex);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[50_000] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(desk.wrong(), ["exhibit"]);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(desk.wrong(), ["exhibit"]);
}

#[test]
fn a_catalogue_that_is_no_catalogue_is_called_damaged() {
    let desk = full();
    let path = desk.dir.path().join("catalogue.sqlite");
    let dir = desk.dir;
    drop((desk.workspace, desk.records, desk.queue, desk.blobs, desk.index));
    std::fs::write(&path, vec![b'x'; 40_000]).unwrap();
    for side in ["catalogue.sqlite-wal", "catalogue.sqlite-shm"] {
        std::fs::remove_file(dir.path().join(side)).ok();
    }
    let opened = vedette_store::Workspace::open(dir.path(), vedette_store::OpenMode::Write);
    assert!(matches!(opened.map(|_| ()), Err(StoreError::Damaged(_))));
}
