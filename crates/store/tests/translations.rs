//! What people and engines wrote as translations: appended, logged, found again, and gone with the item.
#![allow(clippy::unwrap_used)] // Helpers of tests fail as tests do.

mod common;

use common::*;
use vedette_core::ports::Translations;
use vedette_core::translation::{Segment, SegmentOrigin};
use vedette_core::*;
use vedette_preserve::sha256;

fn translations(desk: &Desk) -> std::sync::Arc<dyn Translations> {
    desk.workspace.as_ref().unwrap().translations()
}

fn revision(taken: &TakenVersion, status: TranslationStatus, text: &str, minute: i64) -> Revision {
    Revision {
        id: RevisionId(0),
        leaf: 0,
        item: taken.item,
        version: taken.version,
        of: TextKey {
            attachment: None,
            member: Some("a.zip/b.txt".to_owned()),
            page: Some(2),
            sha256: sha256(b"original"),
        },
        from: "ar".to_owned(),
        to: "en".to_owned(),
        status,
        author: "T. Translator".to_owned(),
        at: at(minute),
        engine: "firefox".to_owned(),
        engine_version: "1 (ab12)".to_owned(),
        glossary: None,
        segments: vec![Segment {
            source: [0, 8],
            target: [0, u32::try_from(text.len()).unwrap()],
            origin: SegmentOrigin::Person,
            terms: Vec::new(),
        }],
        text: text.to_owned(),
    }
}

fn remembered(text: &str) -> [Remembered; 1] {
    [Remembered { key: sha256(b"folded"), text: text.to_owned() }]
}

#[test]
fn a_revision_is_appended_with_its_leaf_and_only_after_the_newest() {
    let desk = Desk::new();
    let taken = desk.take(1, &[post("m1", "one")])[0].clone();
    let rows = translations(&desk);
    let first = revision(&taken, TranslationStatus::Revised, "the lamps", 2);
    let (id, leaf) = rows.add_revision(&first, None, &remembered("the lamps")).unwrap();
    let refused = rows.add_revision(&first, None, &[]).unwrap_err().to_string();
    assert!(refused.contains("changed meanwhile") && refused.contains("t1"), "{refused}");
    let (second, _) =
        rows.add_revision(&revision(&taken, TranslationStatus::Signed, "all lamps", 3), Some(id), &[]).unwrap();
    let all = rows.revisions(taken.item).unwrap();
    assert_eq!(all.iter().map(|one| one.id).collect::<Vec<_>>(), [id, second]);
    assert_eq!(all[0], Revision { id, leaf, ..first });
    // Another text of the item has its own row of revisions.
    let mut other = revision(&taken, TranslationStatus::Draft, "", 4);
    other.of.sha256 = sha256(b"another");
    rows.add_revision(&other, None, &[]).unwrap();
    let entry = desk.records.log_entries(leaf, 1).unwrap().remove(0);
    assert_eq!(entry.kind, LeafKind::Translation);
    assert!(
        entry.record.contains("T. Translator") && !entry.record.contains("lamps"),
        "hashes, no words: {}",
        entry.record
    );
    assert!(desk.records.leaves_of(taken.item).unwrap().contains(&leaf));
    assert_eq!(desk.wrong(), Vec::<String>::new());
    let unknown = Revision { item: ItemId(99), ..revision(&taken, TranslationStatus::Draft, "x", 5) };
    assert!(matches!(rows.add_revision(&unknown, None, &[]), Err(StoreError::NotFound { .. })));
}

#[test]
fn a_bent_revision_is_found_whatever_was_bent() {
    for sql in [
        "UPDATE translations SET text = 'other'",
        "UPDATE translations SET by = 'somebody'",
        "UPDATE translations SET status = 'signed'",
        "UPDATE translations SET at = at + 1",
        "UPDATE translations SET member = 'c.txt'",
        "UPDATE translations SET page = NULL",
        "UPDATE translations SET source = zeroblob(32)",
        "UPDATE translations SET engine_version = '2'",
        "UPDATE translations SET segments = replace(segments, '8', '7')",
        "DELETE FROM translations",
    ] {
        let desk = Desk::new();
        let taken = desk.take(1, &[post("m1", "one")])[0].clone();
        let first = revision(&taken, TranslationStatus::Revised, "the lamps", 2);
        translations(&desk).add_revision(&first, None, &[]).unwrap();
        desk.tamper(sql);
        let wrong = desk.wrong();
        assert!(wrong.iter().any(|what| what.starts_with("translation row")), "{sql}: {wrong:?}");
    }
}

#[test]
fn the_memory_gives_what_was_signed_before_what_was_revised_and_no_drafts() {
    let desk = Desk::new();
    let taken = desk.take(1, &[post("m1", "one")])[0].clone();
    let rows = translations(&desk);
    let key = sha256(b"folded");
    let (draft, _) =
        rows.add_revision(&revision(&taken, TranslationStatus::Draft, "a", 2), None, &remembered("a draft")).unwrap();
    assert_eq!(rows.remembered(key, "ar", "en").unwrap(), None);
    let signed = revision(&taken, TranslationStatus::Signed, "b", 3);
    let (signed, _) = rows.add_revision(&signed, Some(draft), &remembered("signed words")).unwrap();
    let later = revision(&taken, TranslationStatus::Revised, "c", 4);
    rows.add_revision(&later, Some(signed), &remembered("later words")).unwrap();
    let found = rows.remembered(key, "ar", "en").unwrap();
    assert_eq!(found, Some(("signed words".to_owned(), "T. Translator".to_owned())));
    assert_eq!(rows.remembered(key, "fa", "en").unwrap(), None);
}

#[test]
fn the_cache_keeps_the_first_answer_and_goes_with_the_item_that_brought_it() {
    let desk = Desk::new();
    let taken = desk.take(1, &[post("m1", "one"), post("m2", "two")]);
    let rows = translations(&desk);
    let entry = |text: &str| vec![(sha256(b"key"), text.to_owned())];
    rows.put_cached(taken[0].item, &entry("words of the lamps")).unwrap();
    rows.put_cached(taken[1].item, &entry("other words")).unwrap();
    assert_eq!(rows.cached(sha256(b"key")).unwrap().as_deref(), Some("words of the lamps"));
    let first = revision(&taken[0], TranslationStatus::Revised, "revised lamps", 2);
    rows.add_revision(&first, None, &remembered("remembered lamps")).unwrap();
    rows.set_untranslated(taken[0].version, Some("lamps are out")).unwrap();
    let erasure =
        Erasure { reason: "request".to_owned(), basis: "law".to_owned(), by: "A. Editor".to_owned(), at: at(3) };
    let gone = desk.records.erase_item(taken[0].item, &erasure).unwrap();
    assert!(gone.leaves.len() == 3, "its own, its version's, its translation's: {:?}", gone.leaves);
    assert_eq!(rows.cached(sha256(b"key")).unwrap(), None);
    assert_eq!(rows.remembered(sha256(b"folded"), "ar", "en").unwrap(), None);
    assert_eq!(rows.revisions(taken[0].item).unwrap(), []);
    assert_eq!(rows.translation_work(taken[0].version).unwrap(), TranslationWork::default());
    assert_eq!(desk.wrong(), Vec::<String>::new());
    // Nothing is added to what is erased.
    assert!(rows.add_revision(&first, None, &[]).is_err());
    for name in ["catalogue.sqlite", "catalogue.sqlite-wal"] {
        let bytes = std::fs::read(desk.dir.path().join(name)).unwrap_or_default();
        assert!(!bytes.windows(5).any(|window| window == b"lamps"), "{name}");
    }
}

#[test]
fn a_version_that_wants_a_translation_is_queued_once_and_says_what_went_wrong() {
    let desk = Desk::new();
    let taken = desk.take(1, &[post("m1", "one")])[0].clone();
    let rows = translations(&desk);
    let claim = |minute| desk.queue.claim(at(minute), &Lane::ALL).unwrap();
    let wanting = Derived { next: Some(JobKind::Translate), ..derived(&taken, "one", Level::None) };
    desk.records.put_derived(std::slice::from_ref(&wanting)).unwrap();
    desk.records.put_derived(std::slice::from_ref(&wanting)).unwrap();
    assert_eq!(rows.translation_work(taken.version).unwrap(), TranslationWork { waits: true, fault: None });
    assert!(!desk.records.version(taken.version).unwrap().pending, "it is read");
    let job = claim(2).unwrap();
    assert_eq!((job.kind, job.version), (JobKind::Translate, taken.version));
    desk.queue.retry(job.id, "the engine is tired", at(5)).unwrap();
    let work = rows.translation_work(taken.version).unwrap();
    assert_eq!((work.waits, work.fault.as_deref()), (true, Some("the engine is tired")));
    let job = claim(6).unwrap();
    // What is derived without the wish ends the job.
    desk.records.put_derived(&[derived(&taken, "one", Level::None)]).unwrap();
    desk.queue.done(job.id).unwrap();
    rows.set_untranslated(taken.version, Some("no engine")).unwrap();
    let work = rows.translation_work(taken.version).unwrap();
    assert_eq!((work.waits, work.fault.as_deref()), (false, Some("no engine")));
    rows.set_untranslated(taken.version, None).unwrap();
    assert_eq!(rows.translation_work(taken.version).unwrap(), TranslationWork::default());
    assert_eq!(claim(99), None);
}

#[test]
fn a_file_that_comes_while_a_version_waits_for_translation_is_read() {
    let desk = Desk::new();
    let taken = desk.take(1, &[with_missing_file("m1")])[0].clone();
    let wanting = Derived { next: Some(JobKind::Translate), ..derived(&taken, "one", Level::None) };
    desk.records.put_derived(&[wanting]).unwrap();
    let file = desk.records.pending_files(desk.source, 9).unwrap().remove(0);
    desk.records.file_arrived(&file, Ok(inline(b"a poster", false)), at(2)).unwrap();
    assert_eq!(desk.queue.claim(at(3), &Lane::ALL).unwrap().unwrap().kind, JobKind::Read);
}

#[test]
fn texts_without_a_translation_are_found_and_queued_once() {
    let desk = Desk::new();
    let taken = desk.take(1, &[post("m1", "one"), post("m2", "two"), post("m3", "three")]);
    let of = |language: &str, kind| Reading {
        language: Language { code: language.to_owned(), script: "Zyyy".to_owned(), confidence: 0.9 },
        ..Reading::new(kind, "test", "words")
    };
    let with = |taken: &TakenVersion, readings: Vec<Reading>| {
        let findings = vec![Findings::default(); readings.len()];
        Derived { readings, findings, ..derived(taken, "words", Level::None) }
    };
    let translated = vec![of("ar", ReadingKind::Text), of("en", ReadingKind::Translation)];
    let half = vec![of("ar", ReadingKind::Text), of("en", ReadingKind::Translation), of("fa", ReadingKind::Ocr)];
    let all = [with(&taken[0], vec![of("en", ReadingKind::Text)]), with(&taken[1], translated), with(&taken[2], half)];
    desk.records.put_derived(&all).unwrap();
    let rows = translations(&desk);
    assert_eq!(rows.want_translations("en").unwrap(), 1);
    assert_eq!(rows.want_translations("en").unwrap(), 0, "it waits already");
    assert_eq!(desk.queue.claim(at(3), &Lane::ALL).unwrap().unwrap().version, taken[2].version);
}
