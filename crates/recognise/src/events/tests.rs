//! Calendars of the invented world: rules expanded, iCalendar files read, hostile ones refused.

use super::*;
use crate::{MentionKind, Register};
use expect_test::{Expect, expect};
use jiff::civil::date;
use proptest::prelude::*;

fn no_places(_: &str) -> Vec<String> {
    Vec::new()
}

fn show(events: &[Event], from: Date, to: Date) -> String {
    let line = |event: CalendarEvent| format!("{} {} {}", event.id, event.from, event.to);
    expand(events, midnight(from), midnight(to)).into_iter().map(line).collect::<Vec<_>>().join("\n")
}

fn rule(text: &str, from: Date, to: Date, expected: Expect) {
    let start = date(2026, 1, 5).at(18, 30, 0, 0);
    let times = Times::Rule {
        from: start,
        to: start.checked_add(jiff::Span::new().hours(2)).unwrap(),
        rule: Recurrence::parse(text).unwrap(),
        except: vec![],
    };
    let events = [Event { id: "e".to_owned(), name: "E".to_owned(), places: vec![], times }];
    let days: Vec<String> =
        expand(&events, midnight(from), midnight(to)).iter().map(|event| event.from.date().to_string()).collect();
    expected.assert_eq(&days.join(" "));
}

#[test]
fn rules_come_when_the_standard_says() {
    let (from, to) = (date(2026, 1, 1), date(2027, 1, 1));
    rule("FREQ=WEEKLY;COUNT=4", from, to, expect!["2026-01-05 2026-01-12 2026-01-19 2026-01-26"]);
    rule(
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;UNTIL=20260205",
        from,
        to,
        expect!["2026-01-05 2026-01-09 2026-01-19 2026-01-23 2026-02-02"],
    );
    rule("FREQ=MONTHLY;BYDAY=1FR", from, date(2026, 4, 1), expect!["2026-02-06 2026-03-06"]);
    rule("FREQ=MONTHLY;BYDAY=-1SU;COUNT=2", from, to, expect!["2026-01-25 2026-02-22"]);
    rule("FREQ=MONTHLY;BYMONTHDAY=31", from, date(2026, 6, 1), expect!["2026-01-31 2026-03-31 2026-05-31"]);
    rule("FREQ=MONTHLY;BYMONTHDAY=-1", from, date(2026, 3, 15), expect!["2026-01-31 2026-02-28"]);
    rule("FREQ=YEARLY", date(2030, 1, 1), date(2032, 1, 1), expect!["2030-01-05 2031-01-05"]);
    rule("FREQ=YEARLY;BYMONTH=9;BYDAY=1MO", from, to, expect!["2026-09-07"]);
    rule("FREQ=YEARLY;BYDAY=20MO", from, to, expect!["2026-05-18"]);
    rule("FREQ=DAILY;INTERVAL=100", from, to, expect!["2026-01-05 2026-04-15 2026-07-24 2026-11-01"]);
    rule("FREQ=WEEKLY", date(2101, 1, 1), date(2101, 1, 15), expect!["2101-01-03 2101-01-10"]);
}

#[test]
fn what_a_rule_needs_and_we_do_not_read_is_named() {
    for (text, message) in [
        ("INTERVAL=2", "`FREQ` is missing"),
        ("FREQ=SECONDLY", "`FREQ=SECONDLY` is not supported: use DAILY, WEEKLY, MONTHLY or YEARLY"),
        ("FREQ=YEARLY;BYSETPOS=1", "`BYSETPOS` is not supported"),
        ("FREQ=YEARLY;INTERVAL=0", "`INTERVAL=0` cannot be read"),
        ("FREQ=YEARLY;BYDAY=XX", "`BYDAY=XX` cannot be read"),
        ("FREQ=YEARLY;COUNT", "`COUNT` has no `=`"),
    ] {
        assert_eq!(Recurrence::parse(text).unwrap_err(), message);
    }
}

const CALENDAR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Lantern//EN\r\nBEGIN:VTIMEZONE\r\nTZID:Kelmora/Port\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Meridian Cup\\, final\r\n  in Kelmora\r\nLOCATION:Grand Hall\\; Kelmora\r\nDTSTART;TZID=\"Kelmora:Port\":20261216T193000\r\nDURATION:PT2H30M\r\nBEGIN:VALARM\r\nSUMMARY:alarm\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Harbour market\r\nDTSTART;VALUE=DATE:20260103\r\nRRULE:FREQ=WEEKLY;BYDAY=SA;COUNT=4\r\nEXDATE;VALUE=DATE:20260117\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Harbour market\r\nSTATUS:CANCELLED\r\nDTSTART:20260101T100000Z\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:معرض الفانوس\r\nDTSTART;VALUE=DATE:20260301\r\nDTEND;VALUE=DATE:20260304\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[test]
fn a_calendar_is_read_with_folds_escapes_alarms_and_exceptions() {
    let place_of = |location: &str| if location.contains("Kelmora") { vec!["kelmora".to_owned()] } else { Vec::new() };
    let events = read_ical(CALENDAR, &place_of).unwrap();
    assert_eq!(events[0].name, "Meridian Cup, final in Kelmora");
    assert_eq!(events[0].places, ["kelmora"]);
    expect![[r#"
        harbour-market 2026-01-03T00:00:00 2026-01-04T00:00:00
        harbour-market 2026-01-10T00:00:00 2026-01-11T00:00:00
        harbour-market 2026-01-24T00:00:00 2026-01-25T00:00:00
        event 2026-03-01T00:00:00 2026-03-04T00:00:00
        meridian-cup-final-in-kelmora 2026-12-16T19:30:00 2026-12-16T22:00:00"#]]
    .assert_eq(&show(&events, date(2026, 1, 1), date(2027, 1, 1)));
}

#[test]
fn an_imported_calendar_becomes_register_entries_that_mean_the_same_days() {
    let events = read_ical(CALENDAR, &no_places).unwrap();
    let toml = to_toml(&events, "the desk's calendar");
    let register = Register::load(&[("calendar.toml", &toml)]).unwrap();
    assert_eq!(register.check(), Vec::new());
    let again = register.events();
    let days = |events: &[Event]| -> Vec<(String, Date)> {
        let found = expand(events, midnight(date(2026, 1, 1)), midnight(date(2027, 1, 1)));
        found.into_iter().map(|event| (event.id, event.from.date())).collect()
    };
    assert_eq!(days(&events), days(&again));
    assert!(register.entry(MentionKind::Event, "harbour-market").is_some_and(|entry| entry.recurs.is_some()));
}

#[test]
fn a_broken_calendar_is_refused_with_its_line() {
    let wrap = |inside: &str| format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{inside}\nEND:VEVENT\nEND:VCALENDAR\n");
    for (content, message) in [
        ("hello".to_owned(), "this is no iCalendar file: it does not begin with `BEGIN:VCALENDAR`"),
        (
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101".to_owned(),
            "the calendar ends before `END:VEVENT`: the file is cut off",
        ),
        (wrap("SUMMARY:x"), "line 4 of the calendar: the event that ends here has no `DTSTART`"),
        (wrap("DTSTART:tomorrow"), "line 3 of the calendar: `tomorrow` is no date such as 20261204 or 20261204T180000"),
        (
            wrap("DTSTART:20260101\nDTEND:20251231"),
            "line 5 of the calendar: the event that ends here ends before it begins, or lasts longer than 3660 days",
        ),
        (wrap("DTSTART:20260101\nDURATION:-P1D"), "line 4 of the calendar: `-P1D` is no duration such as P1D or PT2H"),
        (
            wrap("DTSTART:20260101\nRRULE:FREQ=HOURLY"),
            "line 4 of the calendar: the rule `FREQ=HOURLY` is not supported: use DAILY, WEEKLY, MONTHLY or YEARLY",
        ),
        (
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR".to_owned(),
            "line 3 of the calendar: `END:VCALENDAR` closes `VEVENT`",
        ),
    ] {
        assert_eq!(read_ical(&content, &no_places).unwrap_err().to_string(), message);
    }
}

#[test]
fn a_hostile_calendar_meets_a_limit_and_ends() {
    let many = |line: &str, times: usize| line.repeat(times);
    let deep = format!("BEGIN:VCALENDAR\n{}", many("BEGIN:VEVENT\n", 50));
    assert!(matches!(read_ical(&deep, &no_places), Err(IcalError::TooLarge { .. })));
    let long = format!("BEGIN:VCALENDAR\nSUMMARY:a\n{}", many(" aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", 20_000));
    assert!(matches!(read_ical(&long, &no_places), Err(IcalError::TooLarge { .. })));
    let crowd = format!(
        "BEGIN:VCALENDAR\n{}END:VCALENDAR",
        many("BEGIN:VEVENT\nDTSTART:20260101\nEND:VEVENT\n", ICAL_EVENTS_MAX + 1)
    );
    assert!(matches!(read_ical(&crowd, &no_places), Err(IcalError::TooLarge { .. })));
    // Rules that never come, or come without end.
    for text in [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;COUNT=4000000000",
        "FREQ=WEEKLY;INTERVAL=10000",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31;COUNT=9",
    ] {
        let start = date(1900, 1, 1).at(0, 0, 0, 0);
        let begun = std::time::Instant::now();
        let found = Recurrence::parse(text).unwrap().begins(start, start, date(9_000, 1, 1).at(0, 0, 0, 0));
        assert!(found.len() <= OCCURRENCES_MAX);
        assert!(begun.elapsed().as_secs() < 5, "{text}");
    }
}

proptest! {
    #[test]
    fn any_lines_are_read_or_refused(lines in proptest::collection::vec("(BEGIN:VEVENT|END:VEVENT|DTSTART[:;].{0,20}|DTEND:2026.{0,12}|DURATION:P.{0,6}|RRULE:FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY);.{0,20}|EXDATE:.{0,20}| .{0,5}|.{0,30})", 0..30)) {
        let content = format!("BEGIN:VCALENDAR\n{}\nEND:VCALENDAR", lines.join("\n"));
        if let Ok(events) = read_ical(&content, &no_places) {
            let found = expand(&events, midnight(date(2026, 1, 1)), midnight(date(2028, 1, 1)));
            prop_assert!(found.iter().all(|event| event.from < event.to));
        }
    }

    #[test]
    fn a_rule_starts_nowhere_before_its_beginning_and_stays_in_order(interval in 1u32..5, days in proptest::collection::vec(0usize..7, 0..3), offset in 0i64..3_000) {
        let names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
        let list: Vec<&str> = days.iter().map(|day| names[*day]).collect();
        let by_day = if list.is_empty() { String::new() } else { format!(";BYDAY={}", list.join(",")) };
        let rule = Recurrence::parse(&format!("FREQ=WEEKLY;INTERVAL={interval}{by_day}")).unwrap();
        let start = date(2020, 1, 1).at(9, 0, 0, 0);
        let all = rule.begins(start, start, date(2029, 1, 1).at(0, 0, 0, 0));
        let from = midnight(after(date(2020, 1, 1), offset).unwrap());
        let late = rule.begins(start, from, date(2029, 1, 1).at(0, 0, 0, 0));
        // Asking from the middle gives the same moments as asking from the beginning, but for the cap on their number.
        let wanted: Vec<_> = all.iter().copied().filter(|at| *at >= from).collect();
        prop_assert_eq!(&late[..wanted.len()], &wanted[..]);
        prop_assert!(late.windows(2).all(|pair| pair[0] < pair[1]));
        prop_assert_eq!(Recurrence::parse(&rule.write()).unwrap(), rule);
    }
}
