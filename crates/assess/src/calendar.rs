//! What is coming up: events of the calendar that a text names, by name, by place or by date, within the window.

use crate::AssessInput;
use crate::signs::{Sign, Signs};
use crate::weights;
use jiff::civil::DateTime;
use vedette_core::{CalendarEvent, DateMention, Findings, Mention, MentionKind};

/// Days of the longest date expression that points to an event: a week does, a month or a year says nothing.
const DATE_DAYS_MAX: i32 = 7;

/// Adds a reason for each event of the calendar that begins within the window, or is under way, and that the text points to.
/// A date alone points to one only where there is intent, for dates are everywhere.
pub(crate) fn add(signs: &mut Signs<'_>, input: &AssessInput<'_>, intent: bool) {
    for event in input.calendar {
        let Some(when) = when(event, input.now, input.window_days) else {
            continue;
        };
        let mut best: Option<Sign> = None;
        for (reading, found) in input.findings.iter().enumerate() {
            for (start, end, weight) in pointers(found, event, intent) {
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
    intent: bool,
) -> impl Iterator<Item = (usize, usize, f32)> + 'a {
    let weight_of = |mention: &Mention| match mention.kind {
        MentionKind::Event if mention.id == event.id => Some(weights::COMING_BY_NAME),
        MentionKind::Place | MentionKind::Venue if event.places.contains(&mention.id) => Some(weights::COMING_BY_PLACE),
        _ => None,
    };
    let named = move |mention: &Mention| Some((mention.start, mention.end, weight_of(mention)?));
    let dates = found.dates.iter().filter(move |date| intent && falls_into(date, event));
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
