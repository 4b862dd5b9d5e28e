//! Cases as data: what was found, and the level, tier and reasons that follow.

use expect_test::{Expect, expect};
use jiff::civil::date;
use vedette_core::{DateMention, Language, ReadingKind};

use super::*;

const NOON: i8 = 12;

struct Case<'a> {
    text: &'a str,
    kind: StatementKind,
    reported: bool,
    target: Option<(&'a str, Option<&'a str>)>,
    place: Option<(&'a str, &'a str)>,
    date: Option<(&'a str, i8)>,
    outlet: Option<&'a str>,
}

const PLAIN: Case<'_> = Case {
    text: "We will strike.",
    kind: StatementKind::Threat,
    reported: false,
    target: None,
    place: None,
    date: None,
    outlet: None,
};

fn slot(text: &str, part: &str, id: Option<&str>) -> Slot {
    let start = text.find(part).expect("the part stands in the text");
    Slot { start, end: start + part.len(), text: part.to_owned(), id: id.map(str::to_owned) }
}

fn run(case: &Case<'_>) -> Assessment {
    let text = case.text;
    let mut found = Findings::default();
    let time = case.date.map(|(part, day)| {
        let slot = slot(text, part, None);
        let from = date(2026, 12, day).at(0, 0, 0, 0);
        found.dates.push(DateMention {
            start: slot.start,
            end: slot.end,
            text: slot.text.clone(),
            kind: "DATE".to_owned(),
            value: from.date().to_string(),
            from: Some(from),
            to: Some(date(2026, 12, day + 1).at(0, 0, 0, 0)),
            calendar: "gregorian".to_owned(),
        });
        slot
    });
    found.statements.push(Statement {
        kind: case.kind,
        start: 0,
        end: text.len(),
        quote: text.to_owned(),
        speaker: None,
        reported: case.reported,
        actor: None,
        addressee: None,
        target: case.target.map(|(part, id)| slot(text, part, id)),
        place: case.place.map(|(part, id)| slot(text, part, Some(id))),
        time,
        method: None,
        event: None,
    });
    let reading = Reading {
        attachment: None,
        page: None,
        kind: ReadingKind::Text,
        method: "as posted".to_owned(),
        language: Language { code: "en".to_owned(), script: "Latn".to_owned(), confidence: 1.0 },
        quality: 1.0,
        text: text.to_owned(),
    };
    assess(&AssessInput {
        readings: &[reading],
        findings: &[found],
        outlet: case.outlet,
        calendar: &[CalendarEvent {
            id: "meridian-cup".to_owned(),
            name: "Meridian Cup".to_owned(),
            from: date(2026, 12, 4).at(0, 0, 0, 0),
            to: date(2026, 12, 14).at(0, 0, 0, 0),
            places: vec!["kelmora".to_owned(), "halden-stadium".to_owned()],
        }],
        posted_at: date(2026, 11, 23).at(NOON, 0, 0, 0),
        event_window_days: 30,
    })
}

fn check(case: &Case<'_>, expected: Expect) {
    let got = run(case);
    let tier = got.tier.map_or("-".to_owned(), |tier| tier.to_string());
    let mut lines = format!("{} tier {tier}\n", got.level.word());
    for reason in &got.reasons {
        let quote = case.text.get(reason.start..reason.end);
        assert_eq!(quote, Some(reason.quote.as_str()), "a reason's span must hold its quote");
        lines.push_str(&format!("{:+.2} {} \"{}\"\n", reason.weight, reason.name, reason.quote));
    }
    expected.assert_eq(&lines);
}

#[test]
fn a_bare_threat_is_medium() {
    check(
        &PLAIN,
        expect![[r#"
        medium tier 4
        +3.00 threat "We will strike."
    "#]],
    );
}

#[test]
fn a_threat_to_a_town_with_an_event_ahead_is_high_and_specific() {
    let case = Case {
        text: "We will strike Kelmora on 4 December.",
        place: Some(("Kelmora", "kelmora")),
        date: Some(("4 December", 4)),
        outlet: Some("lantern-media"),
        ..PLAIN
    };
    check(
        &case,
        expect![[r#"
        high-specific tier 1
        +3.00 threat "We will strike Kelmora on 4 December."
        +2.00 event in 11 days: Meridian Cup "Kelmora"
        +1.50 place "Kelmora"
        +1.00 time "4 December"
        +1.00 official outlet: lantern-media "We will strike Kelmora on 4 December."
    "#]],
    );
}

#[test]
fn a_vague_threat_of_an_official_outlet_stays_medium() {
    let case =
        Case { text: "We will strike them.", target: Some(("them", None)), outlet: Some("lantern-media"), ..PLAIN };
    check(
        &case,
        expect![[r#"
        medium tier 3
        +3.00 threat "We will strike them."
        +1.00 official outlet: lantern-media "We will strike them."
        +0.25 target "them"
    "#]],
    );
}

#[test]
fn a_reported_threat_is_news_and_low() {
    let case = Case {
        text: "The group threatened Kelmora, police said.",
        reported: true,
        place: Some(("Kelmora", "kelmora")),
        ..PLAIN
    };
    check(
        &case,
        expect![[r#"
        low tier -
        +0.50 threat (reported) "The group threatened Kelmora, police said."
    "#]],
    );
}

#[test]
fn denial_and_news_are_nothing() {
    for kind in [StatementKind::Denial, StatementKind::Report] {
        let got = run(&Case { kind, ..PLAIN });
        assert_eq!((got.level, got.tier, got.reasons.len()), (Level::None, None, 0), "{kind:?}");
    }
}

#[test]
fn claims_are_perpetrator_content_and_praise_is_promotion() {
    for (kind, level, tier) in [
        (StatementKind::Claim, Level::Low, Some(2)),
        (StatementKind::Praise, Level::Low, Some(4)),
        (StatementKind::Recruitment, Level::Low, Some(4)),
        (StatementKind::Warning, Level::Low, None),
    ] {
        let got = run(&Case { kind, ..PLAIN });
        assert_eq!((got.level, got.tier), (level, tier), "{kind:?}");
    }
}

#[test]
fn a_past_date_and_an_event_outside_the_window_raise_nothing() {
    let case = Case { text: "We will strike Tessgate.", place: Some(("Tessgate", "tessgate")), ..PLAIN };
    let got = run(&case);
    assert_eq!(got.level, Level::Medium);
    assert!(got.reasons.iter().all(|reason| !reason.name.contains("event")), "{got:?}");
}

#[test]
fn nothing_found_is_level_none() {
    let input = AssessInput {
        readings: &[],
        findings: &[],
        outlet: None,
        calendar: &[],
        posted_at: date(2026, 11, 23).at(NOON, 0, 0, 0),
        event_window_days: 30,
    };
    assert_eq!(assess(&input), Assessment::default());
}
