//! Events: what happens when. In: rules (a dated event, a yearly day in any of three calendars, a feast that moves, a rule of an iCalendar
//! file) and a stretch of time. Out: the [`CalendarEvent`]s in it.
//!
//! ```
//! use vedette_recognise::events::{Event, Times, Anniversary, Day, expand};
//! use jiff::civil::date;
//! let rules = [Event {
//!     id: "lantern-day".into(),
//!     name: "Lantern Day".into(),
//!     places: vec![],
//!     times: Times::Yearly(Anniversary { day: Day::Month { month: 9, day: 11 }, days: 1, since: Some(2001) }),
//! }];
//! let found = expand(&rules, date(2026, 9, 1).at(0, 0, 0, 0), date(2026, 10, 1).at(0, 0, 0, 0));
//! assert_eq!(found[0].from, date(2026, 9, 11).at(0, 0, 0, 0));
//! assert_eq!(found[0].to, date(2026, 9, 12).at(0, 0, 0, 0));
//! ```
//!
//! Times are local to the event. Hijri days follow the tabular calendar and may be off by one.

mod anniversary;
mod ical;
mod recurrence;
mod write;

pub use anniversary::{Anniversary, Day, Rite};
pub use ical::{ICAL_BYTES_MAX, ICAL_EVENTS_MAX, IcalError, read_ical};
pub use recurrence::{Frequency, Recurrence};
pub use write::to_toml;

use jiff::civil::{Date, DateTime, Time};
use vedette_core::CalendarEvent;

/// Occurrences of one event that are given at most: a daily event of three years.
pub const OCCURRENCES_MAX: usize = 1_000;

/// Something that happens once or again and again.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Id in the register.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Ids of places and venues where it happens.
    pub places: Vec<String>,
    /// When.
    pub times: Times,
}

/// When an event happens. Moments are local to it, `to` is the one after the last.
#[derive(Debug, Clone, PartialEq)]
pub enum Times {
    /// Once.
    Once {
        /// First moment.
        from: DateTime,
        /// Moment after the last.
        to: DateTime,
    },
    /// On a day of each year.
    Yearly(Anniversary),
    /// By a rule of RFC 5545, from a first time on.
    Rule {
        /// First moment of the first time.
        from: DateTime,
        /// Moment after its last.
        to: DateTime,
        /// How it comes again.
        rule: Recurrence,
        /// First moments that are left out.
        except: Vec<DateTime>,
    },
}

/// The occurrences of events that overlap `from..to`, by their beginning. Pure, and bounded by [`OCCURRENCES_MAX`] per event.
pub fn expand(events: &[Event], from: DateTime, to: DateTime) -> Vec<CalendarEvent> {
    let mut found = Vec::new();
    for event in events {
        let recurring = !matches!(event.times, Times::Once { .. });
        for (first, last) in occurrences(&event.times, from, to).into_iter().take(OCCURRENCES_MAX) {
            found.push(CalendarEvent {
                id: event.id.clone(),
                name: event.name.clone(),
                from: first,
                to: last,
                places: event.places.clone(),
                recurring,
            });
        }
    }
    found.sort_by(|a, b| (a.from, &a.id).cmp(&(b.from, &b.id)));
    found
}

fn occurrences(times: &Times, from: DateTime, to: DateTime) -> Vec<(DateTime, DateTime)> {
    let overlaps = |first: &DateTime, last: &DateTime| *first < to && from < *last;
    match times {
        Times::Once { from: first, to: last } if overlaps(first, last) => vec![(*first, *last)],
        Times::Once { .. } => Vec::new(),
        Times::Yearly(anniversary) => {
            let days = anniversary.between(from.date(), to.date());
            let stretch = |day: Date| Some((midnight(day), midnight(after(day, i64::from(anniversary.days.max(1)))?)));
            days.into_iter().filter_map(stretch).filter(|(first, last)| overlaps(first, last)).collect()
        }
        Times::Rule { from: start, to: end, rule, except } => {
            let Ok(length) = start.until(*end) else { return Vec::new() };
            let begins = rule.begins(*start, earlier(from, *start, *end), to);
            begins
                .into_iter()
                .filter(|first| !except.contains(first))
                .filter_map(|first| Some((first, first.checked_add(length).ok()?)))
                .filter(|(first, last)| overlaps(first, last))
                .collect()
        }
    }
}

/// From where an occurrence may still reach into a stretch that begins at `from`.
fn earlier(from: DateTime, start: DateTime, end: DateTime) -> DateTime {
    start.until(end).ok().and_then(|length| from.checked_sub(length).ok()).unwrap_or(from)
}

pub(crate) fn midnight(day: Date) -> DateTime {
    day.to_datetime(Time::midnight())
}

/// So many days later.
pub(crate) fn after(day: Date, days: i64) -> Option<Date> {
    day.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

#[cfg(test)]
mod tests;
