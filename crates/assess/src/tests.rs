//! Assessments of the invented world: what is told, by whom, and what comes out.

use super::*;
use expect_test::{Expect, expect};
use jiff::civil::date;
use vedette_core::{DateMention, Language, Mention, MentionKind, ReadingKind, Slot};

const TEXT: &str = "The Order of the Grey Lantern will strike Kelmora on 4 December 2026 at the Meridian Cup.";

fn reading(quality: f32) -> Reading {
    Reading {
        language: Language { code: "en".to_owned(), script: "Latn".to_owned(), confidence: 1.0 },
        quality,
        ..Reading::new(ReadingKind::Text, "test", TEXT)
    }
}

fn span(part: &str) -> (usize, usize) {
    let start = TEXT.find(part).unwrap();
    (start, start + part.len())
}

fn mention(part: &str, kind: MentionKind, id: &str) -> Mention {
    let (start, end) = span(part);
    let (text, name) = (part.to_owned(), part.to_owned());
    Mention { start, end, text, kind, id: id.to_owned(), name, folds: Vec::new(), lat: None, lon: None, country: None }
}

fn slot(part: &str) -> Option<Slot> {
    let (start, end) = span(part);
    Some(Slot { start, end, text: part.to_owned(), id: None })
}

/// A statement with the details that `details` names by letter: place, event, time, method, target.
fn statement(kind: StatementKind, reported: bool, details: &str) -> Statement {
    let detail = |letter: char, part: &str| if details.contains(letter) { slot(part) } else { None };
    Statement {
        kind,
        start: 0,
        end: TEXT.len(),
        quote: TEXT.to_owned(),
        speaker: None,
        reported,
        tentative: false,
        actor: None,
        addressee: None,
        target: detail('g', "Kelmora"),
        place: detail('p', "Kelmora"),
        time: detail('t', "4 December 2026"),
        method: detail('m', "strike"),
        event: detail('e', "Meridian Cup"),
    }
}

fn cup() -> CalendarEvent {
    CalendarEvent {
        id: "meridian-cup".to_owned(),
        name: "Meridian Cup".to_owned(),
        from: date(2026, 12, 4).at(0, 0, 0, 0),
        to: date(2026, 12, 15).at(0, 0, 0, 0),
        places: vec!["kelmora".to_owned()],
        recurring: false,
    }
}

const OFFICIAL: Option<OfficialOutlet<'static>> =
    Some(OfficialOutlet { outlet: "Lantern Media", actor: "Order of the Grey Lantern" });

fn level(
    statements: Vec<Statement>,
    mentions: Vec<Mention>,
    official: bool,
    calendar: &[CalendarEvent],
) -> (&'static str, Tier) {
    let findings = [Findings { statements, mentions, ..Findings::default() }];
    let readings = [reading(1.0)];
    let now = date(2026, 11, 23).at(12, 0, 0, 0);
    let outlet_official = if official { OFFICIAL } else { None };
    let assessed = assess(&AssessInput { outlet_official, calendar, ..AssessInput::new(&readings, &findings, now) });
    (assessed.level.word(), assessed.tier)
}

#[test]
fn what_is_tentative_counts_half_and_is_low_at_most() {
    let weigh = |tentative: bool| {
        let threat = Statement { tentative, ..statement(StatementKind::Threat, false, "ptmg") };
        let findings = [Findings { statements: vec![threat], ..Findings::default() }];
        assess(&AssessInput::new(&[reading(1.0)], &findings, date(2026, 11, 23).at(12, 0, 0, 0)))
    };
    let (firm, doubtful) = (weigh(false), weigh(true));
    let reasons: Vec<_> = doubtful.reasons.iter().map(|one| (one.name.as_str(), one.group.word())).collect();
    assert_eq!((doubtful.level, reasons), (Level::Low, vec![("threat (tentative)", "intent")]));
    assert_eq!((firm.level, firm.reasons[0].weight), (Level::HighSpecific, 2.0 * doubtful.reasons[0].weight));
}

#[test]
fn the_level_follows_intent_seriousness_and_detail() {
    use StatementKind::*;
    let none = || Vec::<Mention>::new();
    let group = || vec![mention("Order of the Grey Lantern", MentionKind::Actor, "grey-lantern")];
    for (what, statements, mentions, official, wanted) in [
        ("chatter", vec![], none(), false, ("none", None)),
        ("an organisation named in passing", vec![], group(), false, ("none", None)),
        ("news of a threat", vec![statement(Report, true, "p")], group(), false, ("low", None)),
        ("a threat in somebody else's mouth", vec![statement(Threat, true, "pt")], group(), false, ("low", None)),
        ("a denial", vec![statement(Denial, false, "")], group(), false, ("low", None)),
        ("praise", vec![statement(Praise, false, "")], group(), false, ("low", Some(4))),
        ("an outlet's ordinary post", vec![], none(), true, ("low", Some(3))),
        ("a claim", vec![statement(Claim, false, "p")], group(), false, ("low", Some(2))),
        ("a bare threat", vec![statement(Threat, false, "")], none(), false, ("medium", Some(4))),
        ("a threat against a place", vec![statement(Threat, false, "p")], none(), false, ("medium", Some(4))),
        (
            "a threat with place and time",
            vec![statement(Threat, false, "pt")],
            none(),
            false,
            ("high-specific", Some(1)),
        ),
        (
            "a call of the organisation by its outlet",
            vec![statement(Call, false, "")],
            group(),
            true,
            ("high-unspecific", Some(1)),
        ),
        (
            "a threat of the organisation against a place",
            vec![statement(Threat, false, "p")],
            group(),
            false,
            ("high-specific", Some(1)),
        ),
    ] {
        assert_eq!(level(statements, mentions, official, &[]), wanted, "{what}");
    }
}

#[test]
fn an_upcoming_event_raises_what_is_hostile_and_nothing_else() {
    let named = || vec![mention("Meridian Cup", MentionKind::Event, "meridian-cup")];
    let threat = || vec![statement(StatementKind::Threat, false, "")];
    assert_eq!(level(threat(), vec![], false, &[cup()]), ("medium", Some(4)));
    assert_eq!(level(threat(), named(), false, &[cup()]), ("high-specific", Some(1)));
    assert_eq!(level(vec![], named(), true, &[cup()]), ("medium", Some(3)));
    assert_eq!(level(vec![], named(), false, &[cup()]), ("none", None));
}

fn reasons(input: &AssessInput<'_>, expected: Expect) {
    let lines: Vec<String> = assess(input)
        .reasons
        .iter()
        .map(|reason| {
            let text = &input.readings[reason.reading].text;
            assert_eq!(text.get(reason.start..reason.end), Some(reason.quote.as_str()));
            format!("{:.2} {} ({}) `{}`", reason.weight, reason.name, reason.reading, reason.quote)
        })
        .collect();
    expected.assert_eq(&lines.join("\n"));
}

#[test]
fn every_reason_quotes_its_words_and_counts_once() {
    let findings = Findings {
        statements: vec![statement(StatementKind::Threat, false, "petg")],
        mentions: vec![
            mention("Order of the Grey Lantern", MentionKind::Actor, "grey-lantern"),
            mention("Meridian Cup", MentionKind::Event, "meridian-cup"),
            mention("Kelmora", MentionKind::Place, "kelmora"),
        ],
        ..Findings::default()
    };
    // The same words again, badly read from a picture.
    let (readings, findings) = ([reading(0.5), reading(1.0)], [findings.clone(), findings]);
    let now = date(2026, 11, 23).at(12, 0, 0, 0);
    let calendar = [cup()];
    let input =
        AssessInput { outlet_official: OFFICIAL, calendar: &calendar, ..AssessInput::new(&readings, &findings, now) };
    reasons(
        &input,
        expect![[r#"
            4.00 threat (1) `The Order of the Grey Lantern will strike Kelmora on 4 December 2026 at the Meridian Cup.`
            2.00 event in 11 days: Meridian Cup (1) `Meridian Cup`
            1.50 event named (1) `Meridian Cup`
            1.50 official outlet of Order of the Grey Lantern: Lantern Media (0) `The Order of the Grey Lantern will strike Kelmora on 4 December 2026 at the Meridian Cup.`
            1.50 place named (1) `Kelmora`
            1.00 time named (1) `4 December 2026`
            0.80 actor: Order of the Grey Lantern (0) `Order of the Grey Lantern`
            0.50 target named (1) `Kelmora`"#]],
    );
}

#[test]
fn an_event_counts_by_name_place_or_date_within_its_window() {
    let (start, end) = span("4 December 2026");
    let day = DateMention {
        start,
        end,
        text: "4 December 2026".to_owned(),
        kind: "DATE".to_owned(),
        value: "2026-12-04".to_owned(),
        from: Some(date(2026, 12, 4).at(0, 0, 0, 0)),
        to: Some(date(2026, 12, 5).at(0, 0, 0, 0)),
        calendar: "gregorian".to_owned(),
    };
    let place = mention("Kelmora", MentionKind::Place, "kelmora");
    for (now, dates, mentions, wanted) in [
        (date(2026, 11, 23), vec![day.clone()], vec![], Some("event in 11 days: Meridian Cup 0.5")),
        (date(2026, 11, 23), vec![], vec![place.clone()], Some("event in 11 days: Meridian Cup 1.5")),
        (date(2026, 12, 3), vec![], vec![place.clone()], Some("event tomorrow: Meridian Cup 1.5")),
        (date(2026, 12, 6), vec![], vec![place.clone()], Some("event under way: Meridian Cup 1.5")),
        (date(2026, 12, 15), vec![day.clone()], vec![place.clone()], None),
        (date(2026, 10, 1), vec![day], vec![place], None),
    ] {
        let statements = vec![statement(StatementKind::Threat, false, "")];
        let findings = [Findings { dates, mentions, statements, ..Findings::default() }];
        let readings = [reading(1.0)];
        let calendar = [cup()];
        let input = AssessInput {
            outlet_official: OFFICIAL,
            calendar: &calendar,
            ..AssessInput::new(&readings, &findings, now.at(12, 0, 0, 0))
        };
        let assessed = assess(&input);
        let coming = assessed.reasons.iter().find(|reason| reason.name.starts_with("event "));
        assert_eq!(coming.map(|reason| format!("{} {}", reason.name, reason.weight)).as_deref(), wanted, "{now}");
    }
}

/// The text and its translation, which is the same text in the place of another; the segment covers both whole.
fn with_translation(original: Vec<Statement>, translated: Vec<Statement>) -> Assessment {
    use vedette_core::translation::{Segment, SegmentOrigin, Translation, TranslationStatus};
    let whole = [0, u32::try_from(TEXT.len()).unwrap()];
    let translation = Translation {
        of: 0,
        source_sha256: vedette_core::Sha256::default(),
        from: "ar".to_owned(),
        to: "en".to_owned(),
        engine: "test".to_owned(),
        engine_version: "1".to_owned(),
        glossary: None,
        status: TranslationStatus::Draft,
        author: None,
        segments: vec![Segment { source: whole, target: whole, origin: SegmentOrigin::Machine, terms: Vec::new() }],
        notes: Vec::new(),
    };
    let second = Reading { kind: ReadingKind::Translation, translation: Some(Box::new(translation)), ..reading(1.0) };
    let findings = [original, translated].map(|statements| Findings { statements, ..Findings::default() });
    let readings = [reading(1.0), second];
    assess(&AssessInput::new(&readings, &findings, date(2026, 11, 23).at(12, 0, 0, 0)))
}

#[test]
fn a_statement_and_its_translation_are_one_statement_that_quotes_the_original() {
    let threat = || vec![statement(StatementKind::Threat, false, "p")];
    let once = with_translation(threat(), Vec::new());
    let both = with_translation(threat(), threat());
    assert_eq!(both, once);
    assert!(both.reasons.iter().all(|reason| reason.reading == 0), "{both:?}");
    // Understood as a threat here and as a call there, it is still one: it stays below serious.
    let otherwise = with_translation(threat(), vec![statement(StatementKind::Call, false, "p")]);
    assert_eq!(otherwise, once);
    assert_eq!(once.level, Level::Medium);
}

#[test]
fn a_statement_understood_in_the_translation_only_counts_and_quotes_it() {
    let threat = || vec![statement(StatementKind::Threat, false, "pt")];
    let there = with_translation(Vec::new(), threat());
    assert_eq!(there.level, Level::HighSpecific);
    assert!(there.reasons.iter().all(|reason| reason.reading == 1), "{there:?}");
    // Praise in the one and a threat in the other: the heavier reading counts, alone.
    let heavier = with_translation(vec![statement(StatementKind::Praise, false, "")], threat());
    assert_eq!(heavier.level, Level::HighSpecific);
    assert!(!heavier.reasons.iter().any(|reason| reason.name == "praise"), "{heavier:?}");
    // A detail that only the translation names counts with the original's threat.
    let detail = with_translation(vec![statement(StatementKind::Threat, false, "")], threat());
    let threats: Vec<usize> =
        detail.reasons.iter().filter(|reason| reason.name == "threat").map(|reason| reason.reading).collect();
    assert_eq!((threats, detail.level), (vec![0], Level::HighSpecific));
}

/// Findings of a statement with its place, the register's mention of it, and a date.
fn found(details: &str) -> Findings {
    let (start, end) = span("4 December 2026");
    let at = |day| date(2026, 12, day).at(0, 0, 0, 0);
    let written = DateMention {
        start,
        end,
        text: "4 December 2026".to_owned(),
        kind: "DATE".to_owned(),
        value: "2026-12-04".to_owned(),
        from: Some(at(4)),
        to: Some(at(5)),
        calendar: "gregorian".to_owned(),
    };
    Findings {
        mentions: vec![mention("Kelmora", MentionKind::Place, "kelmora")],
        dates: vec![written],
        statements: vec![statement(StatementKind::Threat, false, details)],
        ..Findings::default()
    }
}

#[test]
fn a_statement_is_joined_to_the_event_that_its_place_or_time_points_to() {
    let now = date(2026, 11, 23).at(12, 0, 0, 0);
    let joined = |details: &str, event: CalendarEvent, window: u16| {
        let mut found = found(details);
        join_events(&mut found, &[event], now, window);
        found.statements[0].event.clone().map(|slot| (slot.text, slot.id))
    };
    let cup_id = || Some("meridian-cup".to_owned());
    assert_eq!(joined("p", cup(), 30), Some(("Kelmora".to_owned(), cup_id())));
    assert_eq!(joined("t", cup(), 30), Some(("4 December 2026".to_owned(), cup_id())));
    assert_eq!(joined("", cup(), 30), None);
    // Named by the text: the name stays.
    assert_eq!(joined("ep", cup(), 30), Some(("Meridian Cup".to_owned(), None)));
    // Too far ahead.
    assert_eq!(joined("p", cup(), 10), None);
    // There is always something that comes again: a date, or its country weeks before, says nothing.
    let yearly = || CalendarEvent { recurring: true, ..cup() };
    assert_eq!(joined("t", yearly(), 30), None);
    assert_eq!(joined("p", yearly(), 30), None);
    let soon = CalendarEvent { from: date(2026, 11, 28).at(0, 0, 0, 0), ..yearly() };
    assert_eq!(joined("p", soon, 30), Some(("Kelmora".to_owned(), cup_id())));
}

#[test]
fn a_joined_event_is_one_reason_with_the_days_left() {
    let now = date(2026, 11, 23).at(12, 0, 0, 0);
    let mut found = found("p");
    join_events(&mut found, &[cup()], now, 30);
    let readings = [reading(1.0)];
    let all = [found];
    let input = AssessInput { calendar: &[cup()], ..AssessInput::new(&readings, &all, now) };
    let names: Vec<String> = assess(&input).reasons.into_iter().map(|reason| reason.name).collect();
    assert_eq!(names, ["threat", "event in 11 days: Meridian Cup", "place named"]);
}

#[test]
fn soon_is_no_time_at_which_somebody_can_be_warned() {
    let now = date(2026, 11, 23).at(12, 0, 0, 0);
    let readings = [reading(1.0)];
    let reasons = |value: &str| -> Vec<String> {
        let mut soon = found("t");
        soon.dates[0].value = value.to_owned();
        let all = [soon];
        let assessed = assess(&AssessInput::new(&readings, &all, now));
        assessed.reasons.into_iter().map(|reason| format!("{} {}", reason.name, reason.weight)).collect()
    };
    assert_eq!(reasons("FUTURE_REF"), ["threat 4", "time hinted 0.25"]);
    assert_eq!(reasons("2026-12-04"), ["threat 4", "time named 1"]);
}

#[test]
fn what_comes_again_raises_a_threat_by_its_name_and_not_by_a_date() {
    let now = date(2026, 11, 23).at(12, 0, 0, 0);
    let yearly = CalendarEvent { recurring: true, ..cup() };
    let readings = [reading(1.0)];
    let names = |found: Findings| -> Vec<String> {
        let all = [found];
        let calendar = [yearly.clone()];
        let input = AssessInput { calendar: &calendar, ..AssessInput::new(&readings, &all, now) };
        assess(&input)
            .reasons
            .into_iter()
            .map(|reason| reason.name)
            .filter(|name| name.starts_with("event in"))
            .collect()
    };
    assert_eq!(names(found("t")), Vec::<String>::new());
    let mut named = found("t");
    named.mentions.push(mention("Meridian Cup", MentionKind::Event, "meridian-cup"));
    assert_eq!(names(named), ["event in 11 days: Meridian Cup"]);
}

#[test]
fn every_reason_answers_a_question_and_points_are_summed_by_it() {
    use vedette_core::ReasonGroup::{Capability, Context, Intent, Specificity};
    let findings = [Findings {
        statements: vec![statement(StatementKind::Threat, false, "pt"), statement(StatementKind::Claim, false, "")],
        mentions: vec![
            mention("Order of the Grey Lantern", MentionKind::Actor, "grey-lantern"),
            mention("strike", MentionKind::Method, "attack"),
        ],
        ..Findings::default()
    }];
    let readings = [reading(1.0)];
    let now = date(2026, 11, 23).at(12, 0, 0, 0);
    let (outlet_official, calendar) = (OFFICIAL, [cup()]);
    let input = AssessInput { outlet_official, calendar: &calendar, ..AssessInput::new(&readings, &findings, now) };
    let assessed = assess(&input);
    let named: Vec<_> = assessed.reasons.iter().map(|reason| (reason.name.as_str(), reason.group)).collect();
    assert_eq!(
        named,
        [
            ("threat", Intent),
            ("claim", Capability),
            ("official outlet of Order of the Grey Lantern: Lantern Media", Context),
            ("place named", Specificity),
            ("actor: Order of the Grey Lantern", Capability),
            ("time named", Specificity),
            ("method mentioned: strike", Capability),
        ]
    );
    assert_eq!(assessed.groups(), [(Intent, 4.0), (Capability, 4.0), (Specificity, 2.5), (Context, 1.5)]);
}

#[test]
fn means_count_only_beside_intent_and_once() {
    let method = || mention("strike", MentionKind::Method, "attack");
    let names = |statements: Vec<Statement>| -> Vec<String> {
        let findings = [Findings { statements, mentions: vec![method()], ..Findings::default() }];
        let readings = [reading(1.0)];
        let assessed = assess(&AssessInput::new(&readings, &findings, date(2026, 11, 23).at(12, 0, 0, 0)));
        assessed.reasons.into_iter().map(|reason| reason.name).filter(|name| name.starts_with("method")).collect()
    };
    assert_eq!(names(vec![statement(StatementKind::Call, false, "")]), ["method mentioned: strike"]);
    assert_eq!(names(vec![statement(StatementKind::Call, false, "m")]), ["method named"]);
    assert_eq!(names(vec![statement(StatementKind::Call, true, "")]), Vec::<String>::new());
    assert_eq!(names(vec![statement(StatementKind::Praise, false, "")]), Vec::<String>::new());
}
