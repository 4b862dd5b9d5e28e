//! What is coming up: events of the calendar that a text names, by name, by place or by date, within the window.

use crate::AssessInput;
use crate::signs::{Sign, Signs};
use crate::weights;
use jiff::civil::DateTime;
use vedette_core::{CalendarEvent, DateMention, Findings, Mention, MentionKind, Slot, Statement};

/// Days of the longest date expression that points to an event: a week does, a month or a year says nothing.
const DATE_DAYS_MAX: i32 = 7;

/// Days ahead in which the place of an event that comes again points to it: a country is named every day.
const RECURRING_DAYS_MAX: i32 = 7;
/// Points of such a place: it says little.
const RECURRING_BY_PLACE: f32 = 0.5;

/// Gives each statement that names no event the one of the calendar that its place, or else its time, points to: the slot then holds the
/// words that point and the event's id. Only events that begin within the window or are under way count, the first of them.
pub fn join_events(found: &mut Findings, calendar: &[CalendarEvent], now: DateTime, window_days: u16) {
    let Findings { mentions, dates, statements, .. } = found;
    for statement in statements.iter_mut().filter(|statement| statement.event.is_none()) {
        let near = || calendar.iter().filter(|event| when(event, now, window_days).is_some());
        let placed = || near().find_map(|event| place_in(statement, mentions, event, now).map(|slot| (event, slot)));
        let timed = || near().find_map(|event| time_in(statement, dates, event).map(|slot| (event, slot)));
        if let Some((event, slot)) = placed().or_else(timed) {
            statement.event = Some(Slot { id: Some(event.id.clone()), ..slot });
        }
    }
}

/// The place of a statement, when the event is there.
fn place_in(statement: &Statement, mentions: &[Mention], event: &CalendarEvent, now: DateTime) -> Option<Slot> {
    let slot = statement.place.as_ref()?;
    let there = |mention: &Mention| {
        matches!(mention.kind, MentionKind::Place | MentionKind::Venue)
            && mention.start < slot.end
            && slot.start < mention.end
            && event.places.contains(&mention.id)
    };
    let known = slot.id.as_ref().is_some_and(|id| event.places.contains(id));
    (close_enough(event, now) && (known || mentions.iter().any(there))).then(|| slot.clone())
}

/// The time of a statement, when it falls into an event that does not come again.
fn time_in(statement: &Statement, dates: &[DateMention], event: &CalendarEvent) -> Option<Slot> {
    let slot = statement.time.as_ref()?;
    let inside = |date: &&DateMention| date.start < slot.end && slot.start < date.end && falls_into(date, event);
    (!event.recurring && dates.iter().any(|date| inside(&date))).then(|| slot.clone())
}

/// Whether the place alone may point to an event: one that comes again must be a few days ahead.
fn close_enough(event: &CalendarEvent, now: DateTime) -> bool {
    !event.recurring || now.date().until(event.from.date()).is_ok_and(|span| span.get_days() <= RECURRING_DAYS_MAX)
}

/// Adds a reason for each event of the calendar that begins within the window, or is under way, and that the text points to.
/// A date alone points to one only where there is intent, for dates are everywhere.
pub(crate) fn add(signs: &mut Signs<'_>, input: &AssessInput<'_>, intent: bool) {
    for event in input.calendar {
        let Some(when) = when(event, input.now, input.window_days) else {
            continue;
        };
        let mut best: Option<Sign> = None;
        for (reading, found) in input.findings.iter().enumerate() {
            for (start, end, weight) in pointers(found, event, input.now, intent) {
                let weight = signs.scaled(reading, weight);
                if best.as_ref().is_none_or(|best| weight > best.weight) {
                    let name = format!("{when}: {}", event.name);
                    best = Some(Sign { name, weight, reading, start, end });
                }
            }
        }
        if let Some(sign) = best {
            signs.add(sign);
        }
    }
}

/// `event in 11 days`, `event tomorrow`, `event under way`; nothing for what is over or far.
fn when(event: &CalendarEvent, now: DateTime, window_days: u16) -> Option<String> {
    if event.to <= now {
        return None;
    }
    if event.from <= now {
        return Some("event under way".to_owned());
    }
    let days = now.date().until(event.from.date()).ok()?.get_days();
    match days {
        0 => Some("event today".to_owned()),
        1 => Some("event tomorrow".to_owned()),
        days if days <= i32::from(window_days) => Some(format!("event in {days} days")),
        _ => None,
    }
}

/// Spans that point to an event, with their weight.
fn pointers<'a>(
    found: &'a Findings,
    event: &'a CalendarEvent,
    now: DateTime,
    intent: bool,
) -> impl Iterator<Item = (usize, usize, f32)> + 'a {
    let by_place =
        close_enough(event, now).then_some(if event.recurring { RECURRING_BY_PLACE } else { weights::COMING_BY_PLACE });
    let weight_of = move |mention: &Mention| match mention.kind {
        MentionKind::Event if mention.id == event.id => Some(weights::COMING_BY_NAME),
        MentionKind::Place | MentionKind::Venue if event.places.contains(&mention.id) => by_place,
        _ => None,
    };
    let named = move |mention: &Mention| Some((mention.start, mention.end, weight_of(mention)?));
    let dates = found.dates.iter().filter(move |date| intent && !event.recurring && falls_into(date, event));
    let dated = dates.map(|date| (date.start, date.end, weights::COMING_BY_DATE));
    found.mentions.iter().filter_map(named).chain(dated)
}

/// Whether a date expression of a week at most overlaps an event.
fn falls_into(date: &DateMention, event: &CalendarEvent) -> bool {
    let (Some(from), Some(to)) = (date.from, date.to) else {
        return false;
    };
    let close = from.date().until(to.date()).is_ok_and(|span| span.get_days() <= DATE_DAYS_MAX);
    close && from < event.to && event.from < to
}
