//! `calendar`: what the register says is coming up, and calendars of a desk's own. Needs no workspace; one that is there lends its register.

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use vedette_core::{CalendarEvent, Language, MentionKind};
use vedette_desk::Analyst;
use vedette_recognise::Recogniser;
use vedette_recognise::events::{ICAL_BYTES_MAX, read_ical, to_toml};

use crate::cli::{CalendarCommand, Cli};
use crate::commands::output;
use crate::config;
use crate::io::{Failure, Io};
use crate::workspace;

/// `vedette calendar`.
pub fn run(command: &CalendarCommand, cli: &Cli, io: &mut Io) -> Result<u8, Failure> {
    let knowledge = workspace::find(cli, io).ok().map(|dir| dir.join("knowledge"));
    let recogniser = workspace::recogniser(knowledge.as_deref(), &[], None)?;
    match command {
        CalendarCommand::List { days, from, json } => {
            list(&Analyst::new(recogniser), *days, from.as_deref(), *json, io)
        }
        CalendarCommand::Import { file, output } => import(&recogniser, file, output.as_deref(), io),
    }
}

fn list(analyst: &Analyst, days: u16, from: Option<&str>, json: bool, io: &mut Io) -> Result<u8, Failure> {
    let today = match from {
        None => Timestamp::now().to_zoned_datetime(TimeZone::UTC).date(),
        Some(day) => day
            .parse::<Date>()
            .map_err(|_| Failure::usage(format!("`{day}` is not a day")).hint("write it as 2026-12-04"))?,
    };
    for event in analyst.calendar(today.at(0, 0, 0, 0), days) {
        match json {
            true => io.json(&event)?,
            false => io.line(line(&event, today))?,
        }
    }
    Ok(0)
}

/// `2026-12-31  in 35 days  New Year's Eve`.
fn line(event: &CalendarEvent, today: Date) -> String {
    let left = today.until(event.from.date()).map_or(0, |span| span.get_days());
    let left = match left {
        ..0 => "under way".to_owned(),
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        days => format!("in {days} days"),
    };
    format!("{}  {left:<12}  {}", event.from.date(), event.name)
}

fn import(recogniser: &Recogniser, file: &Path, to: Option<&Path>, io: &mut Io) -> Result<u8, Failure> {
    let path = io.path(file);
    let content = config::read_text(&path, ICAL_BYTES_MAX as u64)?;
    let place_of = |location: &str| places_in(recogniser, location);
    let events = read_ical(&content, &place_of).map_err(|error| {
        Failure::usage(format!("cannot read `{}`: {error}", path.display())).hint("export it again as iCalendar (.ics)")
    })?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    output(to, &to_toml(&events, &format!("calendar {name}")), io)?;
    io.say(format!("{} events; review them before they are kept", events.len()));
    Ok(0)
}

/// Ids of the places and venues that a location names.
fn places_in(recogniser: &Recogniser, location: &str) -> Vec<String> {
    let language = Language { code: String::new(), script: String::new(), confidence: 0.0 };
    let found = recogniser.recognise(location, &language, jiff::civil::DateTime::constant(2000, 1, 1, 0, 0, 0, 0));
    let place = |kind: MentionKind| matches!(kind, MentionKind::Place | MentionKind::Venue);
    let mut ids: Vec<String> =
        found.mentions.into_iter().filter(|mention| place(mention.kind)).map(|mention| mention.id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
