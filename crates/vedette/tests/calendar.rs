//! `vedette calendar`: the starter's days, and a desk's own calendar on the way into its register.

#![allow(clippy::unwrap_used)] // a test may panic

mod kit;

use kit::Desk;

const CALENDAR: &str = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Meridian Cup\nLOCATION:Wembley Stadium\nDTSTART;VALUE=DATE:20261204\nDTEND;VALUE=DATE:20261216\nEND:VEVENT\nEND:VCALENDAR\n";

#[test]
fn the_starter_calendar_lists_what_comes() {
    let listed = Desk::nowhere().ok(&["calendar", "list", "--from", "2026-12-20", "--days", "15"]);
    assert!(listed.contains("2026-12-24  in 4 days     Christmas"), "{listed}");
    assert!(listed.contains("2026-12-31  in 11 days    New Year's Eve"), "{listed}");
    assert!(listed.contains("2026-11-25  under way     Christmas markets"), "{listed}");
}

#[test]
fn an_imported_calendar_is_reviewed_kept_and_listed() {
    let desk = Desk::new();
    let file = desk.write("duties.ics", CALENDAR);
    let printed = desk.ok(&["calendar", "import", &file]);
    assert!(printed.contains("id = \"meridian-cup\"") && printed.contains("wembley-stadium"), "{printed}");
    desk.ok(&["calendar", "import", &file, "-o", "desk/knowledge/duties.toml"]);
    let listed = desk.ok(&["calendar", "list", "--from", "2026-11-23", "--days", "11"]);
    assert!(listed.contains("2026-12-04  in 11 days    Meridian Cup"), "{listed}");
    // It never writes over a file.
    assert_eq!(
        desk.command(&["calendar", "import", &file, "-o", "desk/knowledge/duties.toml"])
            .output()
            .unwrap()
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn a_broken_calendar_says_where() {
    let desk = Desk::nowhere();
    let file = desk.write("broken.ics", CALENDAR.replace("20261204", "soon"));
    let output = desk.command(&["calendar", "import", &file]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("line 5 of the calendar: `soon` is no date"), "{said}");
}
