//! What people judge comes back as it was, is in the log, and goes with its item; what items name is kept in short.
#![allow(clippy::unwrap_used)] // Helpers of tests fail as tests do.

mod common;

use common::*;
use vedette_core::ports::Judgements;
use vedette_core::*;

fn judgements(desk: &Desk) -> std::sync::Arc<dyn Judgements> {
    desk.workspace.as_ref().unwrap().judgements()
}

fn point(taken: &TakenVersion, quote: &str) -> Judgement {
    let decision = PointDecision {
        version: taken.version,
        sha256: Sha256([7; 32]),
        point: PointKey {
            kind: PointKind::Statement,
            reading: 0,
            start: 0,
            end: quote.len(),
            machine: "threat".to_owned(),
        },
        quote: quote.to_owned(),
        translated: false,
        verdict: Verdict::Change,
        value: Some("report".to_owned()),
        reason: "a quotation".to_owned(),
    };
    Judgement::Point(taken.item, decision)
}

fn named(kind: MentionKind, id: &str) -> Mention {
    let text = id.to_owned();
    Mention {
        start: 0,
        end: 1,
        name: id.to_uppercase(),
        text,
        kind,
        id: id.to_owned(),
        folds: vec![],
        lat: None,
        lon: None,
        country: None,
    }
}

fn said(kind: StatementKind, reported: bool) -> Statement {
    Statement {
        kind,
        start: 0,
        end: 1,
        quote: "w".to_owned(),
        speaker: None,
        reported,
        tentative: false,
        actor: None,
        addressee: None,
        target: None,
        place: None,
        time: None,
        method: None,
        event: None,
    }
}

#[test]
fn judgements_come_back_as_they_were_and_are_logged() {
    let desk = Desk::new();
    let taken = desk.take(1, &[post("m1", "no lamp will burn")])[0].clone();
    let port = judgements(&desk);
    let acts = [
        point(&taken, "no lamp"),
        Judgement::Source(desk.source, SourceGrading { grade: SourceGrade::B, reason: "checked before".to_owned() }),
        Judgement::Campaign(CampaignAct::Accept { into: None, name: "The Cup".to_owned(), items: vec![taken.item] }),
        Judgement::Register(RegisterAct::Accept { of: 9 }),
    ];
    for (number, act) in acts.iter().enumerate() {
        assert_eq!(port.judge(act, "A. Analyst", at(5), None).unwrap(), number as u64 + 1);
    }
    for act in &acts {
        let found = port.judgements(act.kind(), act.item()).unwrap();
        assert_eq!(found.iter().map(|one| &one.judgement).collect::<Vec<_>>(), [act]);
        assert_eq!((found[0].by.as_str(), found[0].at), ("A. Analyst", at(5)));
        let entry = desk.records.log_entries(found[0].leaf, 1).unwrap().remove(0);
        assert_eq!(entry.kind, LeafKind::Judgement);
        assert!(!entry.record.contains("no lamp"), "the log holds no content: {}", entry.record);
    }
    assert!(port.judgements(JudgementKind::Point, Some(ItemId(99))).unwrap().is_empty());
    assert!(desk.records.leaves_of(taken.item).unwrap().len() >= 4);
    // What is not there cannot be judged.
    let nowhere = Judgement::Source(SourceId(99), SourceGrading { grade: SourceGrade::A, reason: String::new() });
    assert!(matches!(port.judge(&nowhere, "A. Analyst", at(6), None), Err(StoreError::NotFound { .. })));
    desk.records.decide(taken.item, &decision(Level::Low, 7)).unwrap();
    assert_eq!(desk.wrong(), Vec::<String>::new());
    desk.tamper("UPDATE judgements SET body = replace(body, 'checked before', 'checked never')");
    assert_eq!(desk.wrong(), ["judgement row"]);
    desk.tamper("UPDATE judgements SET body = replace(body, 'checked never', 'checked before')");
    desk.tamper("DELETE FROM judgements WHERE id = 3");
    assert_eq!(desk.wrong(), ["judgement rows"]);
}

#[test]
fn of_two_who_act_on_the_same_state_one_is_told_to_look_again() {
    let desk = Desk::new();
    let taken = desk.take(1, &[post("m1", "one")])[0].clone();
    let port = judgements(&desk);
    let accept = |name: &str| {
        Judgement::Campaign(CampaignAct::Accept { into: None, name: name.to_owned(), items: vec![taken.item] })
    };
    port.judge(&point(&taken, "one"), "A. Analyst", at(1), None).unwrap();
    let first = port.judge(&accept("one"), "A. Analyst", at(2), Some(0)).unwrap();
    assert!(matches!(port.judge(&accept("two"), "B. Analyst", at(2), Some(0)), Err(StoreError::Refused(_))));
    // Judgements of another kind in between do not matter.
    port.judge(&point(&taken, "one"), "A. Analyst", at(3), None).unwrap();
    port.judge(&accept("three"), "B. Analyst", at(3), Some(first)).unwrap();
    assert_eq!(port.judgements(JudgementKind::Campaign, None).unwrap().len(), 2);
}

#[test]
fn what_was_judged_of_an_item_goes_with_it_and_the_proofs_stay() {
    let desk = Desk::new();
    let taken = desk.take(1, &[post("m1", "no lamp will burn")])[0].clone();
    desk.records.put_derived(&[derived(&taken, "no lamp will burn", Level::Medium)]).unwrap();
    let port = judgements(&desk);
    port.judge(&point(&taken, "no lamp"), "A. Analyst", at(2), None).unwrap();
    let erasure =
        Erasure { reason: "asked for".to_owned(), basis: "law".to_owned(), by: "A. Editor".to_owned(), at: at(3) };
    desk.records.erase_item(taken.item, &erasure).unwrap();
    assert!(port.judgements(JudgementKind::Point, None).unwrap().is_empty());
    assert!(port.signals(Level::None, None, None).unwrap().items.is_empty());
    assert!(port.rows_of(&[taken.item]).unwrap().is_empty());
    assert_eq!(desk.wrong(), Vec::<String>::new());
    let bytes = std::fs::read(desk.dir.path().join("catalogue.sqlite")).unwrap();
    assert!(!bytes.windows(7).any(|part| part == b"no lamp"), "the quote is still in the file");
}

#[test]
fn what_items_name_is_kept_in_short_without_leaders_and_follows_the_newest_content() {
    let desk = Desk::new();
    let mut posts = vec![post("m1", "one"), post("m2", "two")];
    posts[1].posted_at = Some(at(-20));
    let taken = desk.take(1, &posts);
    let put = |place: usize, level: Level, mentions: Vec<Mention>, statements: Vec<Statement>| {
        let mut one = derived(&taken[place], "text", level);
        one.findings = vec![Findings { mentions, statements, ..Findings::default() }];
        desk.records.put_derived(&[one]).unwrap();
    };
    let both = || vec![named(MentionKind::Actor, "lantern"), named(MentionKind::Leader, "keeper")];
    put(0, Level::Medium, both(), vec![said(StatementKind::Threat, false), said(StatementKind::Call, true)]);
    put(1, Level::None, vec![named(MentionKind::Event, "cup"), named(MentionKind::Event, "cup")], vec![]);
    let port = judgements(&desk);
    let short = |level: Level| -> Vec<(i64, Vec<String>, Vec<StatementKind>)> {
        let all = port.signals(level, None, None).unwrap();
        let names = |one: &Signal| all.names_of(one).map(|name| format!("{}:{}", name.kind.word(), name.id)).collect();
        all.items.iter().map(|one| (one.item.0, names(one), one.said.clone())).collect()
    };
    let threat = || (1, vec!["actor:lantern".to_owned()], vec![StatementKind::Report, StatementKind::Threat]);
    assert_eq!(short(Level::None), [(2, vec!["event:cup".to_owned()], vec![]), threat()]);
    assert_eq!(short(Level::Low), [threat()]);
    // A window is half-open.
    let items = |from, to| port.signals(Level::None, Some(from), Some(to)).unwrap().items.len();
    assert_eq!((items(at(-20), at(-10)), items(at(-19), at(-9)), items(at(-20), at(-9))), (1, 1, 2));
    put(0, Level::Low, vec![named(MentionKind::Event, "cup")], vec![]);
    // Both name the cup now; a place alone is not near.
    let near = |item| {
        let all = port.signals_near(ItemId(item), at(-60), at(60)).unwrap();
        all.items.iter().map(|one| one.item.0).collect::<Vec<_>>()
    };
    assert_eq!((near(1), near(2)), (vec![2, 1], vec![2, 1]));
    assert_eq!(port.signals_near(ItemId(1), at(-12), at(60)).unwrap().items.len(), 1, "out of the window");
    put(1, Level::None, vec![named(MentionKind::Place, "kelmora")], vec![]);
    assert_eq!((near(1), near(2)), (vec![1], vec![2]));
    put(1, Level::None, vec![], vec![]);
    assert_eq!(short(Level::Low), [(1, vec!["event:cup".to_owned()], vec![])]);
    let rows = port.rows_of(&[ItemId(2), ItemId(77), ItemId(1)]).unwrap();
    assert_eq!(rows.iter().map(|row| row.id.0).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(desk.wrong(), Vec::<String>::new());
}

#[test]
fn a_decision_keeps_what_the_machine_had_proposed() {
    let desk = Desk::new();
    let taken = desk.take(1, &[post("m1", "one")])[0].clone();
    desk.records.put_derived(&[derived(&taken, "we come", Level::HighSpecific)]).unwrap();
    desk.records.decide(taken.item, &decision(Level::Low, 5)).unwrap();
    // The machine thinks again, and the decision still tells what it was beside.
    desk.records.put_derived(&[derived(&taken, "we come", Level::Medium)]).unwrap();
    let decided = judgements(&desk).level_decisions().unwrap();
    assert_eq!(decided.len(), 1);
    assert_eq!((decided[0].proposed, decided[0].decision.level), (Level::HighSpecific, Level::Low));
    assert_eq!((decided[0].language.as_str(), decided[0].source.as_str()), ("en", "Marrow Valley Courier"));
    assert_eq!(desk.records.item(taken.item).unwrap().decisions[0].proposed, Some(Level::HighSpecific));
    // Of a decision from before that was kept, the machine's view of today is told.
    desk.tamper("UPDATE decisions SET proposed = NULL");
    assert_eq!(judgements(&desk).level_decisions().unwrap()[0].proposed, Level::Medium);
}

#[test]
fn a_catalogue_of_version_5_is_brought_up_to_date_with_what_its_items_name() {
    let desk = Desk::new();
    let taken = desk.take(1, &[post("m1", "one"), post("m2", "two")]);
    let mut one = derived(&taken[0], "text", Level::Medium);
    one.findings = vec![Findings {
        mentions: vec![named(MentionKind::Actor, "lantern"), named(MentionKind::Leader, "keeper")],
        statements: vec![said(StatementKind::Threat, false), said(StatementKind::Praise, true)],
        ..Findings::default()
    }];
    desk.records.put_derived(&[one]).unwrap();
    let mut without = decision(Level::Low, 5);
    without.proposed = None;
    desk.records.decide(taken[0].item, &without).unwrap();
    let before = judgements(&desk).signals(Level::None, None, None).unwrap();
    assert_eq!(before.items.iter().find(|signal| signal.item == taken[0].item).unwrap().said.len(), 2);
    // Back to what version 5 wrote.
    for sql in [
        "DROP TABLE judgements",
        "DROP TABLE names",
        "DROP TABLE item_names",
        "ALTER TABLE decisions DROP COLUMN proposed",
        "DROP TABLE joins",
        "DROP TABLE item_issues",
        "DELETE FROM migrations WHERE version >= 6",
    ] {
        rusqlite::Connection::open(desk.dir.path().join("catalogue.sqlite")).unwrap().execute_batch(sql).unwrap();
    }
    let desk = desk.reopen();
    assert_eq!(judgements(&desk).signals(Level::None, None, None).unwrap(), before);
    assert_eq!(judgements(&desk).level_decisions().unwrap().len(), 1);
    assert_eq!(desk.wrong(), Vec::<String>::new());
}

#[test]
fn the_register_file_of_the_pages_is_written_whole() {
    let desk = Desk::new();
    let port = judgements(&desk);
    assert_eq!(port.register_text().unwrap(), "");
    for text in ["[[actor]]\nid = \"a\"\n", "[[actor]]\nid = \"b\"\n"] {
        port.put_register_text(text).unwrap();
        assert_eq!(port.register_text().unwrap(), text);
    }
    let folder = desk.dir.path().join("knowledge");
    let names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["pages.toml"], "nothing unfinished is left behind");
    assert!(matches!(port.put_register_text(&"x".repeat(17 << 20)), Err(StoreError::Refused(_))));
}
