//! Erasing that keeps the proofs, posts that vanish and come back, and the gap ledger.
#![allow(clippy::unwrap_used)] // Helpers of tests fail as tests do.

mod common;

use common::*;
use vedette_core::*;

const BODY: &str = "The lamps of Kelmora are counted";

fn erasure(minute: i64) -> Erasure {
    Erasure {
        reason: "request of the person shown".to_owned(),
        basis: "data protection law, article 17".to_owned(),
        by: "A. Editor".to_owned(),
        at: at(minute),
    }
}

fn vanished(native_id: &str, minute: i64) -> NewVersion {
    let mut version = post(native_id, "");
    version.state = VersionState::DeletedInferred;
    version.edited_at = Some(at(minute));
    version.key = vedette_preserve::canonical::version_key(&version);
    version
}

#[test]
fn an_erased_item_leaves_its_hashes_and_a_reason_and_no_word() {
    let desk = Desk::new();
    let taken = desk.take(1, &[post("m1", BODY), post("m2", "another")]);
    desk.take(2, &[edited("m1", "edited text of m1", 2)]);
    let before = desk.records.checkpoint().unwrap();
    let gone = desk.records.erase_item(taken[0].item, &erasure(3)).unwrap();
    for sha256 in &gone.exhibits {
        desk.blobs.erase(*sha256).unwrap();
    }
    // Two slices and the two pages that they came in; the item and its two versions.
    assert_eq!((gone.exhibits.len(), gone.shared.len(), gone.leaves.len()), (4, 0, 3));
    let view = desk.records.item(taken[0].item).unwrap();
    assert!(view.versions.iter().all(|version| version.version.text.is_empty()));
    assert_eq!(desk.blobs.get(view.versions[0].version.exhibit).unwrap(), None);
    let entries = desk.records.log_entries(0, 99).unwrap();
    let last = entries.last().unwrap();
    assert_eq!(last.kind, LeafKind::Erasure);
    assert!(last.record.contains("article 17") && !last.record.contains("lamps"), "{}", last.record);
    assert_eq!(desk.wrong(), Vec::<String>::new());
    // The log only grew: what stood in it still stands.
    let root = entries[..usize::try_from(before.size).unwrap()].iter().fold(
        vedette_preserve::tree::Tree::default(),
        |mut tree, entry| {
            tree.append(vedette_preserve::leaf::leaf_hash(&entry.commitment));
            tree
        },
    );
    assert_eq!(root.root(), before.root);
    // Nothing of the words is left in the files of the workspace, while it is open.
    for name in ["catalogue.sqlite", "catalogue.sqlite-wal"] {
        let bytes = std::fs::read(desk.dir.path().join(name)).unwrap_or_default();
        assert!(memmem(&bytes, b"another") || name.ends_with("wal"), "the other post is still there");
        assert!(!memmem(&bytes, b"lamps of Kelmora"), "{name} still holds the erased words");
    }
}

fn memmem(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn what_was_erased_does_not_come_back() {
    let desk = Desk::new();
    let taken = desk.take(1, &[post("m1", BODY)]);
    desk.records.erase_item(taken[0].item, &erasure(2)).unwrap();
    assert!(!desk.take(3, &[post("m1", BODY)])[0].new);
    assert!(!desk.take(4, &[edited("m1", "edited after erasure", 4)])[0].new);
    assert_eq!(desk.blobs.get(post("m1", BODY).exhibit).unwrap(), None);
    assert_eq!(desk.records.erase_item(taken[0].item, &erasure(5)).unwrap(), ErasedItem::default());
    assert_eq!(desk.wrong(), Vec::<String>::new());
}

#[test]
fn bytes_that_another_item_shows_stay() {
    let desk = Desk::new();
    let mut twin = post("m2", BODY);
    twin.exhibit = post("m1", BODY).exhibit;
    twin.key = vedette_preserve::canonical::version_key(&twin);
    let taken = desk.take(1, &[post("m1", BODY), twin]);
    let gone = desk.records.erase_item(taken[0].item, &erasure(2)).unwrap();
    assert_eq!(gone.shared, [post("m1", BODY).exhibit]);
    assert!(desk.blobs.get(post("m1", BODY).exhibit).unwrap().is_some());
    assert_eq!(desk.wrong(), Vec::<String>::new());
}

#[test]
fn a_legal_hold_keeps_everything_and_a_time_of_keeping_ends() {
    let desk = Desk::new();
    let taken = desk.take(1, &[post("m1", BODY)]);
    let keep = |days, hold: Option<&str>| Keeping { days, hold: hold.map(str::to_owned) };
    let set = |keeping: &Keeping| desk.records.set_keeping(desk.source, keeping, "A. Editor", at(2)).unwrap();
    let day = 24 * 60;
    set(&keep(Some(30), None));
    assert_eq!(desk.records.expired_items(at(29 * day), 9).unwrap(), []);
    assert_eq!(desk.records.expired_items(at(31 * day), 9).unwrap(), [taken[0].item]);
    assert_eq!(desk.records.expired_pages(at(31 * day), 9).unwrap().len(), 1);
    set(&keep(Some(30), Some("case 12/2026")));
    assert_eq!(desk.records.expired_items(at(31 * day), 9).unwrap(), []);
    assert_eq!(desk.records.expired_pages(at(31 * day), 9).unwrap(), []);
    let refused = desk.records.erase_item(taken[0].item, &erasure(3)).unwrap_err().to_string();
    assert!(refused.contains("case 12/2026"), "{refused}");
    assert_eq!(desk.records.source(desk.source).unwrap().asked.keeping, keep(Some(30), Some("case 12/2026")));
    assert_eq!(desk.wrong(), Vec::<String>::new());
}

#[test]
fn a_leaf_emptied_without_an_erasure_is_found() {
    let desk = Desk::new();
    desk.take(1, &[post("m1", BODY)]);
    desk.tamper("UPDATE leaves SET salt = NULL, record = '' WHERE idx = 3");
    desk.tamper("UPDATE versions SET text = 'another text'");
    assert_eq!(desk.wrong(), ["leaf record"]);
}

#[test]
fn a_post_that_vanished_and_is_shown_again_has_both_in_its_history() {
    let desk = Desk::new();
    let item = desk.take(1, &[post("m1", BODY)])[0].item;
    let live = |desk: &Desk| desk.records.live_posts(desk.source, at(-60), at(60), 9).unwrap().len();
    assert_eq!(live(&desk), 1);
    desk.take(2, &[vanished("m1", 2)]);
    assert_eq!(live(&desk), 0);
    assert!(desk.take(3, &[post("m1", BODY)])[0].new);
    assert!(!desk.take(4, &[post("m1", BODY)])[0].new);
    assert_eq!(live(&desk), 1);
    assert!(desk.take(5, &[vanished("m1", 5)])[0].new);
    let states: Vec<&str> =
        desk.records.item(item).unwrap().versions.iter().map(|view| view.version.state.word()).collect();
    assert_eq!(states, ["posted", "deleted-inferred", "posted", "deleted-inferred"]);
    assert_eq!(desk.wrong(), Vec::<String>::new());
}

#[test]
fn a_gap_is_noted_once_and_closed_by_what_covers_it() {
    let desk = Desk::new();
    let opened = |from, to| GapNote::Opened { from: at(from), to: at(to), why: "the connection was lost".to_owned() };
    let closed = |from, to| GapNote::Closed { from: at(from), to: at(to) };
    let note = |minute, gaps: Vec<GapNote>| {
        desk.records.take_in(&[Intake { gaps, ..intake(desk.source, minute, &[]) }]).unwrap();
    };
    note(10, vec![opened(1, 9)]);
    note(11, vec![opened(1, 9), opened(2, 8), opened(20, 30)]);
    let open = || desk.records.source(desk.source).unwrap().health.open_gaps;
    assert_eq!(open(), 2);
    note(12, vec![closed(1, 5)]);
    assert_eq!(open(), 2, "a part that is whole again closes nothing");
    note(13, vec![closed(0, 9)]);
    assert_eq!(open(), 1);
    let gaps = desk.records.gaps(desk.source, 9).unwrap();
    assert_eq!((gaps[0].from, gaps[0].closed_at), (at(20), None));
    assert_eq!((gaps[1].from, gaps[1].closed_at), (at(1), Some(at(13))));
}

#[test]
fn the_rhythm_and_the_rest_of_a_source_are_kept() {
    let desk = Desk::new();
    let rhythm = Rhythm { usual_s: 600, longest_s: 7_200, pauses: 40 };
    desk.records.set_rhythm(desk.source, Some(rhythm)).unwrap();
    let report =
        SourceReport { at: at(1), new_versions: 0, error: Some("no answer".to_owned()), resting_until: Some(at(9)) };
    desk.records.report_source(desk.source, &report).unwrap();
    let health = desk.records.source(desk.source).unwrap().health;
    assert_eq!((health.rhythm, health.backlog, health.resting_until), (Some(rhythm), 0, Some(at(9))));
}
