//! Taking in: everything or nothing, and nothing twice.
#![allow(clippy::unwrap_used)] // Helpers of tests fail as tests do.

mod common;

use common::*;
use proptest::prelude::*;
use vedette_core::*;

#[test]
fn a_post_is_stored_with_its_capture_its_leaves_and_its_place_in_the_queue() {
    let desk = Desk::new();
    let taken = desk.take(1, &[post("m1", "to Kelmora")]);
    assert_eq!(taken.len(), 1);
    assert!(taken[0].new && taken[0].number == 1);
    let view = desk.records.item(taken[0].item).unwrap();
    assert_eq!(view.item.native_id, "m1");
    assert_eq!(view.item.posted_at, at(-10));
    assert_eq!(view.item.author_key.as_deref(), Some("p-00112233aabb"));
    let version = &view.versions[0];
    assert_eq!(version.version.text, "to Kelmora");
    assert_eq!(version.version.captured_at, at(1));
    assert!(version.pending);
    // Source, capture, item, version, cursor.
    let kinds: Vec<LeafKind> = desk.records.log_entries(0, 99).unwrap().iter().map(|leaf| leaf.kind).collect();
    assert_eq!(kinds, [LeafKind::Source, LeafKind::Capture, LeafKind::Item, LeafKind::Version, LeafKind::Cursor]);
    assert_eq!(version.version.leaf, 3);
    assert_eq!(view.tree_size, 5);
    assert_eq!(desk.records.checkpoint().unwrap().size, 5);
    assert_eq!(desk.records.cursor(desk.source).unwrap().unwrap().0, "{\"after\":1}");
    let bytes = desk.blobs.get(version.version.exhibit).unwrap().unwrap();
    assert_eq!(bytes, slice("m1", "to Kelmora").as_bytes());
    assert_eq!(desk.wrong(), Vec::<String>::new());
}

#[test]
fn a_repeated_capture_adds_nothing() {
    let desk = Desk::new();
    let posts = [post("m1", "to Kelmora"), post("m2", "to Tessgate")];
    desk.take(1, &posts);
    let before = (desk.records.counts().unwrap(), desk.records.checkpoint().unwrap());
    for minute in 2..5 {
        let again = desk.take(minute, &posts);
        assert!(again.iter().all(|version| !version.new));
        assert_eq!(again[1].item, ItemId(2));
    }
    assert_eq!((desk.records.counts().unwrap(), desk.records.checkpoint().unwrap()), before);
    // The position moved all the same.
    assert_eq!(desk.records.cursor(desk.source).unwrap().unwrap().0, "{\"after\":4}");
    assert_eq!(desk.wrong(), Vec::<String>::new());
}

#[test]
fn a_silent_source_does_not_grow_the_log_and_another_page_does() {
    let desk = Desk::new();
    desk.take(1, &[]);
    let size = desk.records.checkpoint().unwrap().size;
    desk.take(2, &[]);
    assert_eq!(desk.records.checkpoint().unwrap().size, size);
    desk.take(3, &[post("m1", "to Kelmora")]);
    let grown = desk.records.checkpoint().unwrap().size;
    assert!(grown > size);
    // The page before was another one: this silence is news.
    desk.take(4, &[]);
    assert_eq!(desk.records.checkpoint().unwrap().size, grown + 2);
}

#[test]
fn edits_and_deletions_are_new_versions_and_the_content_stays_in_view() {
    let desk = Desk::new();
    let first = desk.take(1, &[post("m1", "one")])[0].clone();
    desk.take(2, &[edited("m1", "two", 2)]);
    let last = desk.take(3, &[deleted("m1")])[0].clone();
    assert_eq!((last.item, last.number), (first.item, 3));
    let view = desk.records.item(first.item).unwrap();
    assert_eq!(view.item.state, VersionState::Deleted);
    assert_eq!(view.content().unwrap().version.text, "two");
    // An old state seen again is no new one.
    assert!(!desk.take(4, &[post("m1", "one")])[0].new);
    assert_eq!(desk.records.find_native("m1").unwrap(), [first.item]);
    assert_eq!(desk.wrong(), Vec::<String>::new());
}

#[test]
fn one_native_id_on_two_sources_is_two_items() {
    let desk = Desk::new();
    let other = desk.records.add_source(&new_source("other"), at(0)).unwrap().id;
    let one = desk.take(1, &[post("m1", "one")])[0].item;
    let two = desk.records.take_in(&[intake(other, 1, &[post("m1", "one")])]).unwrap().remove(0).versions[0].item;
    assert_ne!(one, two);
    assert_eq!(desk.records.find_native("m1").unwrap(), [one, two]);
    let source = desk.records.source(other).unwrap();
    assert_eq!(source.health.items, 1);
}

#[test]
fn what_does_not_fit_together_is_refused_whole() {
    let desk = Desk::new();
    let before = (desk.records.counts().unwrap(), desk.records.checkpoint().unwrap());
    let good = intake(desk.source, 1, &[post("m1", "one")]);
    let mut bad = intake(desk.source, 2, &[post("m2", "two")]);
    bad.exhibits.clear();
    assert!(matches!(desk.records.take_in(&[good, bad]), Err(StoreError::Refused(_))));
    let unknown = intake(SourceId(99), 1, &[post("m1", "one")]);
    assert!(desk.records.take_in(&[unknown]).is_err());
    assert_eq!((desk.records.counts().unwrap(), desk.records.checkpoint().unwrap()), before);
    assert_eq!(desk.wrong(), Vec::<String>::new());
}

#[test]
fn notes_are_kept_once_for_as_long_as_they_say_the_same() {
    let desk = Desk::new();
    for (minute, note) in [(1, "gap"), (2, "gap"), (3, "other"), (4, "gap")] {
        let mut intake = intake(desk.source, minute, &[]);
        intake.notes.push(note.to_owned());
        desk.records.take_in(&[intake]).unwrap();
    }
    let notes = desk.records.source_notes(desk.source, 10).unwrap();
    assert_eq!(notes, [(at(4), "gap".to_owned()), (at(3), "other".to_owned()), (at(2), "gap".to_owned())]);
}

#[test]
fn a_process_that_dies_between_taking_in_and_deriving_finds_the_work_again() {
    let desk = Desk::new();
    let taken = desk.take(1, &[post("m1", "one"), post("m2", "two")]);
    // Held by the pipeline: nobody else takes it.
    assert_eq!(desk.queue.claim(at(2), &Lane::ALL).unwrap(), None);
    desk.records.put_derived(&[derived(&taken[0], "one", Level::Low)]).unwrap();
    let desk = desk.reopen();
    let job = desk.queue.claim(at(2), &Lane::ALL).unwrap().unwrap();
    assert_eq!((job.kind, job.version, job.tries), (JobKind::Text, taken[1].version, 1));
    assert_eq!(desk.queue.claim(at(2), &Lane::ALL).unwrap(), None);
    desk.records.put_derived(&[derived(&taken[1], "two", Level::Low)]).unwrap();
    desk.queue.done(job.id).unwrap();
    assert_eq!(desk.records.counts().unwrap().jobs_waiting, 0);
    assert_eq!(desk.records.derived_since(0, 9).unwrap(), [(1, ItemId(1)), (2, ItemId(2))]);
}

#[test]
fn a_full_disk_refuses_the_batch_keeps_everything_and_reading_goes_on() {
    let desk = Desk::new();
    let taken = desk.take(1, &[post("m1", "one")]);
    let before = (desk.records.counts().unwrap(), desk.records.checkpoint().unwrap());
    let limited = vedette_store::SqliteRecords::open(&desk.dir.path().join("catalogue.sqlite"), true).unwrap();
    let pages = limited.limit_pages(1).unwrap();
    let many: Vec<NewVersion> = (0..2_000).map(|n| post(&format!("n{n}"), &"lantern ".repeat(50))).collect();
    let full = vedette_core::ports::Records::take_in(&limited, &[intake(desk.source, 2, &many)]);
    assert!(matches!(full, Err(StoreError::Full(_))), "{full:?}");
    assert_eq!((desk.records.counts().unwrap(), desk.records.checkpoint().unwrap()), before);
    assert_eq!(desk.records.item(taken[0].item).unwrap().versions.len(), 1);
    limited.limit_pages(pages + 10_000).unwrap();
    vedette_core::ports::Records::take_in(&limited, &[intake(desk.source, 2, &many)]).unwrap();
    assert_eq!(desk.wrong(), Vec::<String>::new());
}

/// States of three posts, as polls with overlapping pages show them.
fn poll() -> impl Strategy<Value = Vec<NewVersion>> {
    proptest::collection::vec((0usize..3, 0usize..4), 0..5).prop_map(|states| {
        states
            .into_iter()
            .map(|(post_number, state)| {
                let native_id = format!("m{post_number}");
                match state {
                    0 => post(&native_id, "first"),
                    1 => edited(&native_id, "second", 1),
                    2 => edited(&native_id, "third", 2),
                    _ => deleted(&native_id),
                }
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn in_whatever_order_and_overlap_each_state_is_stored_once(polls in proptest::collection::vec(poll(), 1..8)) {
        let desk = Desk::new();
        let mut seen: Vec<(String, Sha256)> = Vec::new();
        for (minute, posts) in (1..).zip(&polls) {
            let taken = desk.take(minute, posts);
            for (post, taken) in posts.iter().zip(taken) {
                let state = (post.native_id.clone(), post.key);
                prop_assert_eq!(taken.new, !seen.contains(&state));
                if taken.new {
                    seen.push(state);
                }
            }
        }
        let counts = desk.records.counts().unwrap();
        prop_assert_eq!(counts.versions as usize, seen.len());
        // Everything once more, in one batch: nothing is new.
        let all: Vec<Intake> = (50..).zip(&polls).map(|(minute, posts)| intake(desk.source, minute, posts)).collect();
        for receipt in desk.records.take_in(&all).unwrap() {
            prop_assert!(receipt.versions.iter().all(|version| !version.new));
        }
        prop_assert_eq!(desk.records.counts().unwrap().versions, counts.versions);
        prop_assert_eq!(desk.wrong(), Vec::<String>::new());
    }
}
