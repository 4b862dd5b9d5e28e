//! Translation in the desk, from the post that comes in to the footnote that quotes it: engines are asked later, people
//! revise and sign, and only what is signed is quoted.

#![allow(clippy::unwrap_used)] // a test may panic

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use vedette_core::translation::{Engine, SegmentOrigin, TranslateFault, TranslationStatus, Translator};
use vedette_core::{Audience, Authorisation, AuthorityKind, ItemId, LeafKind, ReadingKind, Reason, SortBy, StoreError};
use vedette_desk::{
    Analyst, Desk, DeskConfig, DeskError, Ports, Role, Rooms, Severity, StoredCache, TranslationEdit, TranslationRoom,
    TranslationState, Who, register_terms,
};
use vedette_read::Reader;
use vedette_recognise::{Options, Recogniser, Register};
use vedette_store::{OpenMode, Workspace};
use vedette_translate::{Allowance, Engines, Glossary, MemoryLedger, Policy};

const ARABIC: &str = "لن يضيء مصباح في ملعب هالدن.\nالمكتبة الكبيرة مفتوحة غدا للزوار.";
const ENGLISH: &str = "No lamp will burn in Halden Stadium.\nThe great library is open to visitors tomorrow.";

/// An engine that knows two sentences and is asked as often as it counts.
struct Phrases {
    leaves_machine: bool,
    broken: AtomicBool,
    asked: AtomicUsize,
    seen: Mutex<Vec<String>>,
}

impl Phrases {
    fn new(leaves_machine: bool) -> Arc<Self> {
        Arc::new(Self {
            leaves_machine,
            broken: AtomicBool::new(false),
            asked: AtomicUsize::new(0),
            seen: Mutex::default(),
        })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Translator for Phrases {
    fn engine(&self) -> Engine {
        Engine { name: "phrases".to_owned(), version: "1".to_owned(), leaves_machine: self.leaves_machine }
    }

    fn knows(&self, from: &str, to: &str) -> bool {
        (from, to) == ("ar", "en")
    }

    fn translate(&self, segments: &[&str], _: &str, _: &str, _: Duration) -> Result<Vec<String>, TranslateFault> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.seen.lock().unwrap().extend(segments.iter().map(|one| (*one).to_owned()));
        if self.broken.load(Ordering::SeqCst) {
            return Err(TranslateFault::Failed { engine: "phrases".to_owned(), reason: "out of breath".to_owned() });
        }
        let one = |segment: &&str| {
            let pairs = ARABIC.lines().zip(ENGLISH.lines());
            pairs.into_iter().find(|(from, _)| from == segment).map_or("Something else.", |(_, to)| to).to_owned()
        };
        Ok(segments.iter().map(one).collect())
    }
}

const REGISTER: &str = r#"
[[venue]]
id = "halden-stadium"
name = "Halden Stadium"
aliases = ["ملعب هالدن"]
lat = 0.5
lon = 0.5
country = "XX"
source = "invented"
"#;

struct House {
    dir: tempfile::TempDir,
    desk: Desk,
    seconds: Arc<AtomicI64>,
    _store: Workspace,
}

fn house(engine: Option<Arc<Phrases>>) -> House {
    open(tempfile::tempdir().unwrap(), engine, Policy::default())
}

fn open(dir: tempfile::TempDir, engine: Option<Arc<Phrases>>, policy: Policy) -> House {
    let store = Workspace::open(&dir.path().join("desk"), OpenMode::Create).unwrap();
    let register = Register::load(&[("invented.toml", REGISTER)]).unwrap();
    let glossary = Glossary::new(register_terms(&register, "en"));
    let cache = Arc::new(StoredCache::new(store.translations()));
    let mut engines = Engines::new(policy, cache.clone(), Arc::new(MemoryLedger::default()));
    if let Some(engine) = engine {
        engines = engines.with(engine, Allowance::default());
    }
    let seconds = Arc::new(AtomicI64::new("2026-11-20T12:00:00Z".parse::<Timestamp>().unwrap().as_second()));
    let hands = seconds.clone();
    let rooms = Rooms {
        analyst: Analyst::new(Recogniser::new(register, Options::default())),
        reader: Reader::new(Path::new(env!("CARGO_BIN_EXE_vedette")).to_owned()),
        translation: TranslationRoom { engines, glossary, cache: Some(cache), ..TranslationRoom::default() },
        names_key: store.names_key().unwrap(),
        clock: Arc::new(move || Timestamp::from_second(hands.load(Ordering::SeqCst)).unwrap()),
        env: vedette_collect::Env::real(),
    };
    let ports = Ports {
        blobs: store.blobs(),
        records: store.records(),
        queue: store.queue(),
        index: store.index(),
        log: store.log(),
        judgements: store.judgements(),
        kinship: store.kinship(),
        translations: store.translations(),
    };
    let desk = Desk::open(ports, rooms, DeskConfig { read_threads: 1, ..DeskConfig::default() }).unwrap();
    House { dir, desk, seconds, _store: store }
}

fn analyst() -> Who {
    Who::new("A. Analyst", Role::Analyst).unwrap()
}

fn editor() -> Who {
    Who::new("E. Editor", Role::Editor).unwrap()
}

impl House {
    /// Takes a post in, and does no work that waits.
    fn post(&self, id: &str, text: &str) -> ItemId {
        let file = self.dir.path().join(format!("{id}.jsonl"));
        let line = serde_json::json!({ "id": id, "text": text, "date": "2026-11-19" });
        std::fs::write(&file, line.to_string()).unwrap();
        let authorisation = Authorisation {
            authorised_by: "J. Doe".to_owned(),
            basis: "test".to_owned(),
            kind: AuthorityKind::Owner,
            recorded_at: self.desk.now(),
            until: None,
        };
        let admin = Who::new("A. Admin", Role::Admin).unwrap();
        self.desk.import(&admin, &[file], "import", authorisation, &mut |_| {}).unwrap();
        self.desk.commit_index().unwrap();
        self.desk.find_native(id).unwrap().pop().unwrap()
    }

    fn work(&self) {
        self.desk.work(&|_| {}).unwrap();
    }

    fn later(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    fn kinds(&self, item: ItemId) -> Vec<ReadingKind> {
        self.desk.item(item).unwrap().content().unwrap().readings.iter().map(|reading| reading.kind).collect()
    }

    fn state(&self, item: ItemId) -> (TranslationState, Option<String>) {
        let all = self.desk.translations(item).unwrap();
        (all.state, all.reason)
    }

    /// What a search finds, and where its words stand.
    fn why(&self, question: &str) -> Vec<Vec<String>> {
        let page = self.desk.search(question, SortBy::Score, 0, 9, false).unwrap();
        page.answer.hits.into_iter().map(|hit| hit.why).collect()
    }

    fn well(&self) {
        let report = self.desk.verify(&mut |_, _| {}).unwrap();
        assert!(report.ok, "{:?}", report.findings);
    }
}

fn unusable(error: &DeskError, words: &str) {
    assert!(error.to_string().contains(words), "{error}");
}

#[test]
fn a_post_is_there_at_once_and_its_translation_comes_behind_it() {
    let engine = Phrases::new(false);
    let house = house(Some(engine.clone()));
    let item = house.post("m1", ARABIC);
    assert_eq!(house.kinds(item), [ReadingKind::Text]);
    assert_eq!(house.why("library"), Vec::<Vec<String>>::new());
    assert_eq!((house.state(item).0, engine.asked()), (TranslationState::Waiting, 0));
    assert!(!house.desk.item(item).unwrap().content().unwrap().pending, "nothing of it waits to be read");
    let before = house.desk.item(item).unwrap().content().unwrap().assessment.clone();
    house.work();
    assert_eq!(house.kinds(item), [ReadingKind::Text, ReadingKind::Translation]);
    let view = house.desk.item(item).unwrap();
    let content = view.content().unwrap();
    assert_eq!(content.readings[1].text, ENGLISH);
    // Both sides are recognised and found; the answer says on which side.
    assert!(content.findings[1].mentions.iter().any(|one| one.id == "halden-stadium"), "{:?}", content.findings[1]);
    assert_eq!(house.why("library"), [["translation: library"]]);
    assert!(house.why("المكتبة")[0][0].starts_with("original: "));
    // What was understood in the original is still quoted from there; the rest is quoted from where it was understood. What was
    // only tentative there gives way to what the translation says.
    let firm = |reason: &&Reason| !reason.name.ends_with("(tentative)");
    assert!(before.reasons.iter().filter(firm).all(|reason| content.assessment.reasons.contains(reason)));
    assert!(content.assessment.reasons.iter().all(|reason| {
        content.readings[reason.reading].text.get(reason.start..reason.end) == Some(reason.quote.as_str())
    }));
    let text = &house.desk.translations(item).unwrap().texts[0];
    assert_eq!((text.state, text.engine.as_str(), text.segments.len()), (TranslationState::Draft, "phrases", 2));
    let term = &text.segments[0].terms[0];
    assert_eq!(text.segments[0].target.get(term.target[0]..term.target[1]), Some("Halden Stadium"));
    assert_eq!(term.entry, "venue:halden-stadium");
    // The work is done: nothing is asked again, and asking anew takes what was kept.
    let asked = engine.asked();
    house.work();
    house.desk.translate(&analyst(), item).unwrap();
    assert_eq!((engine.asked(), house.kinds(item).len()), (asked, 2));
    house.well();
}

#[test]
fn without_an_engine_a_post_says_so_and_a_person_can_translate_it() {
    let house = house(None);
    let item = house.post("m1", ARABIC);
    house.work();
    assert_eq!(house.kinds(item), [ReadingKind::Text]);
    let (state, reason) = house.state(item);
    assert_eq!(
        (state, reason.as_deref()),
        (TranslationState::NotTranslated, Some("no translation engine is installed"))
    );
    assert_eq!(house.why("المكتبه").len(), 1, "the original is found");
    assert!(house.desk.item(item).unwrap().content().unwrap().problems.is_empty(), "it needs no eyes for that");
    let text = house.desk.translations(item).unwrap().texts.remove(0);
    assert_eq!(text.segments[1].source, "المكتبة الكبيرة مفتوحة غدا للزوار.");
    let half = TranslationEdit { after: None, segments: vec![(1, "The great library is open.".to_owned())] };
    let first = house.desk.revise_translation(&analyst(), item, text.of.sha256, &half).unwrap();
    assert_eq!(first.status, TranslationStatus::Draft, "a segment has no words yet");
    unusable(
        &house.desk.sign_translation(&editor(), item, text.of.sha256, first.id).unwrap_err(),
        "segments without words",
    );
    let rest = TranslationEdit { after: Some(first.id), segments: vec![(0, "No lamp will burn.".to_owned())] };
    let second = house.desk.revise_translation(&analyst(), item, text.of.sha256, &rest).unwrap();
    assert_eq!(
        (second.status, second.text.as_str()),
        (TranslationStatus::Revised, "No lamp will burn.\nThe great library is open.")
    );
    assert_eq!((second.engine.as_str(), house.why("great library").len()), ("person", 1));
    // A text in the desk's own language needs none.
    let own = house.post("m2", "The museum of the old town is closed on Monday, and the library is open.");
    house.work();
    assert_eq!(house.state(own), (TranslationState::NotNeeded, None));
    house.well();
}

#[test]
fn people_revise_and_sign_in_order_and_everything_stands_in_the_log() {
    let house = house(Some(Phrases::new(false)));
    let item = house.post("m1", ARABIC);
    house.work();
    let text = house.desk.translations(item).unwrap().texts[0].of.sha256;
    let desk = &house.desk;
    let edit = |after, words: &str| TranslationEdit { after, segments: vec![(1, words.to_owned())] };
    let reader = Who::new("R. Reader", Role::Reader).unwrap();
    assert!(matches!(desk.revise_translation(&reader, item, text, &edit(None, "x")), Err(DeskError::Forbidden { .. })));
    unusable(
        &desk.sign_translation(&editor(), item, text, vedette_core::RevisionId(1)).unwrap_err(),
        "go through it first",
    );
    let first = desk.revise_translation(&analyst(), item, text, &edit(None, "The library is open tomorrow.")).unwrap();
    // Somebody who looked before that is too late.
    let late = desk.revise_translation(&editor(), item, text, &edit(None, "Other words.")).unwrap_err();
    assert!(matches!(&late, DeskError::Store(StoreError::Refused(why)) if why.contains("changed meanwhile")), "{late}");
    unusable(
        &desk
            .revise_translation(
                &analyst(),
                item,
                text,
                &TranslationEdit { after: Some(first.id), segments: vec![(9, "x".to_owned())] },
            )
            .unwrap_err(),
        "there is no segment 10",
    );
    assert!(matches!(desk.sign_translation(&analyst(), item, text, first.id), Err(DeskError::Forbidden { .. })));
    let signed = desk.sign_translation(&editor(), item, text, first.id).unwrap();
    unusable(&desk.sign_translation(&editor(), item, text, signed.id).unwrap_err(), "signed it already");
    assert_eq!(
        (signed.author.as_str(), signed.text.as_str()),
        ("E. Editor", "No lamp will burn in Halden Stadium.\nThe library is open tomorrow.")
    );
    assert_eq!(house.state(item).0, TranslationState::Signed);
    let shown = desk.translations(item).unwrap().texts.remove(0);
    let origins: Vec<_> = shown.segments.iter().map(|one| one.origin.unwrap()).collect();
    assert_eq!(origins, [SegmentOrigin::Machine, SegmentOrigin::Person]);
    assert_eq!(shown.segments[0].terms.len(), 1, "terms stay where the words stay");
    let leaves: Vec<u64> = shown.revisions.iter().map(|one| one.leaf).collect();
    let entries = house._store.records().log_entries(0, 999).unwrap();
    assert!(leaves.iter().all(|leaf| entries[usize::try_from(*leaf).unwrap()].kind == LeafKind::Translation));
    assert!(leaves.iter().all(|leaf| house._store.records().leaves_of(item).unwrap().contains(leaf)));
    let trail: Vec<String> =
        desk.audit_trail(9).unwrap().into_iter().map(|one| format!("{} {}", one.by, one.action)).collect();
    assert!(
        trail.contains(&"E. Editor sign translation".to_owned())
            && trail.contains(&"A. Analyst revise translation".to_owned()),
        "{trail:?}"
    );
    house.well();
    // Read and recognised again, what people wrote stays.
    desk.derive_again(&analyst(), true).unwrap();
    house.work();
    assert_eq!(house.state(item).0, TranslationState::Signed);
    // A row changed behind the log's back is found.
    let catalogue = rusqlite::Connection::open(house.dir.path().join("desk/catalogue.sqlite")).unwrap();
    catalogue.execute("UPDATE translations SET text = 'Every lamp will burn.' WHERE status = 'signed'", []).unwrap();
    let found = desk.verify(&mut |_, _| {}).unwrap().findings;
    assert!(found.iter().any(|one| one.what == "translation row"), "{found:?}");
}

#[test]
fn only_a_signed_translation_is_quoted_and_the_footnote_says_so() {
    let house = house(Some(Phrases::new(false)));
    let item = house.post("m1", ARABIC);
    house.work();
    let desk = &house.desk;
    let report = desk.new_report(&editor(), "Series", "Outlet Speaks Of A Stadium", &[item]).unwrap();
    let source = desk.report_source(report.id).unwrap();
    let quoting =
        source.replacen("## lead", "## quote [public]\nNo lamp will burn in Halden Stadium.[^1]\n\n## lead", 1);
    desk.edit_report(&editor(), report.id, &quoting).unwrap();
    let errors = || -> Vec<String> {
        let problems = desk.check_report(report.id).unwrap();
        problems.into_iter().filter(|one| one.severity == Severity::Error).map(|one| one.what).collect()
    };
    assert!(
        errors().iter().any(|one| one.contains("nobody has signed") && one.contains("vedette translation revise")),
        "{:?}",
        errors()
    );
    assert!(desk.release_report(&editor(), report.id, Audience::Public, "ready").is_err());
    let text = desk.translations(item).unwrap().texts[0].of.sha256;
    let revised = desk.revise_translation(&analyst(), item, text, &TranslationEdit::default()).unwrap();
    assert_eq!(revised.status, TranslationStatus::Revised, "gone through as it stands");
    assert!(errors().iter().any(|one| one.contains("`vedette translation sign i")), "{:?}", errors());
    desk.sign_translation(&editor(), item, text, revised.id).unwrap();
    assert_eq!(errors(), Vec::<String>::new());
    let released = desk.release_report(&editor(), report.id, Audience::Public, "ready").unwrap();
    assert_eq!(released.footnotes[0].translations[0].original, "لن يضيء مصباح في ملعب هالدن.");
    let page = desk.export_report(report.id, Audience::Public, "html").unwrap();
    assert!(page.contains("translation signed by E. Editor on November 20, 2026; original (ar):"), "{page}");
    // What is revised later changes no footnote that is out; it has to be signed before it is quoted again.
    let last = desk.translations(item).unwrap().texts[0].revisions.last().unwrap().id;
    let edit = TranslationEdit { after: Some(last), segments: vec![(0, "No light in the stadium.".to_owned())] };
    desk.revise_translation(&analyst(), item, text, &edit).unwrap();
    assert_eq!(desk.export_report(report.id, Audience::Public, "html").unwrap(), page);
    assert!(!errors().is_empty());
    house.well();
}

#[test]
fn a_changed_original_leaves_its_translation_behind() {
    let house = house(Some(Phrases::new(false)));
    let item = house.post("m1", ARABIC);
    house.work();
    let text = house.desk.translations(item).unwrap().texts[0].of.sha256;
    let revised = house.desk.revise_translation(&analyst(), item, text, &TranslationEdit::default()).unwrap();
    house.desk.sign_translation(&editor(), item, text, revised.id).unwrap();
    house.later(60);
    assert_eq!(house.post("m1", "المتحف مغلق يوم الاثنين للزوار الكرام."), item);
    house.work();
    let all = house.desk.translations(item).unwrap();
    assert_eq!((all.state, all.texts[0].revisions.len(), all.texts[0].stale.len()), (TranslationState::Draft, 0, 2));
    unusable(&house.desk.sign_translation(&editor(), item, text, revised.id).unwrap_err(), "says something else now");
    // The same words again: what was signed applies again, without an engine being asked.
    house.later(60);
    assert_eq!(house.post("m1", ARABIC), item);
    house.work();
    let back = house.desk.translations(item).unwrap();
    assert!(back.state == TranslationState::Signed || back.texts[0].stale.len() == 2, "{back:?}");
}

#[test]
fn an_engine_that_fails_is_asked_again_and_then_the_item_says_why() {
    let engine = Phrases::new(false);
    let house = house(Some(engine.clone()));
    engine.broken.store(true, Ordering::SeqCst);
    let item = house.post("m1", ARABIC);
    house.work();
    let (state, reason) = house.state(item);
    assert_eq!(state, TranslationState::Waiting);
    assert!(reason.unwrap().contains("out of breath"));
    for _ in 0..vedette_core::limits::JOB_TRIES_MAX {
        house.later(2_000);
        house.work();
    }
    let (state, reason) = house.state(item);
    assert_eq!(state, TranslationState::NotTranslated);
    assert!(reason.unwrap().contains("phrases failed: out of breath"));
    assert!(house.desk.item(item).unwrap().content().unwrap().problems.is_empty());
    assert_eq!(house.desk.parked().unwrap(), []);
    engine.broken.store(false, Ordering::SeqCst);
    assert_eq!(house.desk.translate_missing_ones(&analyst()).unwrap(), 1);
    house.work();
    assert_eq!(house.state(item).0, TranslationState::Draft);
    assert_eq!(house.desk.translate_missing_ones(&analyst()).unwrap(), 0);
    house.well();
}

#[test]
fn nothing_leaves_the_machine_unless_a_rule_says_so() {
    let engine = Phrases::new(true);
    let house = house(Some(engine.clone()));
    let item = house.post("m1", ARABIC);
    house.work();
    let (state, reason) = house.state(item);
    assert_eq!((state, engine.asked()), (TranslationState::NotTranslated, 0));
    assert!(reason.unwrap().contains("no text may leave this machine"));
    house.desk.translate(&analyst(), item).unwrap();
    house.desk.translate_for_reading(&analyst(), item, "en").unwrap();
    assert_eq!(engine.asked(), 0);
}

#[test]
fn what_a_person_wrote_is_used_where_the_sentence_comes_back() {
    let engine = Phrases::new(false);
    let house = house(Some(engine.clone()));
    let item = house.post("m1", ARABIC);
    house.work();
    let text = house.desk.translations(item).unwrap().texts[0].of.sha256;
    let edit =
        TranslationEdit { after: None, segments: vec![(1, "Visitors may come to the library tomorrow.".to_owned())] };
    house.desk.revise_translation(&analyst(), item, text, &edit).unwrap();
    let seen = engine.seen.lock().unwrap().len();
    let other = house.post("m2", "المَكتبة الكبيرة مفتوحة غداً للزوار.\nلن يضيء مصباح في ملعب هالدن.");
    house.work();
    let found = &house.desk.translations(other).unwrap().texts[0];
    assert_eq!(found.segments[0].target, "Visitors may come to the library tomorrow.");
    assert_eq!(found.segments[0].origin, Some(SegmentOrigin::Memory));
    assert_eq!(engine.seen.lock().unwrap().len(), seen, "the engine is not asked for what is known");
}

#[test]
fn an_erased_item_leaves_no_word_of_its_translations() {
    let house = house(Some(Phrases::new(false)));
    let item = house.post("m1", ARABIC);
    house.work();
    let text = house.desk.translations(item).unwrap().texts[0].of.sha256;
    let edit = TranslationEdit { after: None, segments: vec![(1, "Visitors may come tomorrow.".to_owned())] };
    let revised = house.desk.revise_translation(&analyst(), item, text, &edit).unwrap();
    house.desk.sign_translation(&editor(), item, text, revised.id).unwrap();
    let admin = Who::new("A. Admin", Role::Admin).unwrap();
    house.desk.erase_item(&admin, item, "request", "law").unwrap();
    assert_eq!(house.desk.translations(item).unwrap().texts.len(), 0);
    assert!(house.why("visitors").is_empty() && house.why("library").is_empty());
    house.well();
    for name in ["catalogue.sqlite", "catalogue.sqlite-wal"] {
        let bytes = std::fs::read(house.dir.path().join("desk").join(name)).unwrap_or_default();
        for words in ["Visitors may come", "great library", "ملعب هالدن", "No lamp will"] {
            assert!(
                !bytes.windows(words.len()).any(|window| window == words.as_bytes()),
                "{name} still holds `{words}`"
            );
        }
    }
}
