//! Dates and events: whether a threat says when, and which dated event it meets.

use jiff::civil::{Date, DateTime};
use vedette_core::{CalendarEvent, DateMention, MentionKind, Slot, Statement};

use vedette_core::Findings;

use crate::AssessInput;

/// Days that a date expression may span and still say when.
const SPECIFIC_DAYS_MAX: i32 = 14;

/// An event that a statement meets.
pub(crate) struct Met<'a> {
    pub event: &'a CalendarEvent,
    /// Whole days until it begins; 0 when it runs.
    pub days_left: i32,
    pub quote: String,
    pub start: usize,
    pub end: usize,
    /// Which reading the quote is in, when it is another one than the statement's.
    pub reading: Option<usize>,
}

/// The date expression of a statement that says when, and not in the past.
pub(crate) fn date_of<'f>(statement: &Statement, found: &'f Findings, posted_at: DateTime) -> Option<&'f DateMention> {
    let slot = statement.time.as_ref();
    let belongs = |date: &&DateMention| match slot {
        Some(slot) => date.start < slot.end && slot.start < date.end,
        None => date.start >= statement.start && date.end <= statement.end,
    };
    found.dates.iter().find(|date| belongs(date) && is_specific(date, posted_at))
}

fn is_specific(date: &DateMention, posted_at: DateTime) -> bool {
    match (date.from, date.to) {
        (Some(from), Some(to)) => to > posted_at && days_between(from.date(), to.date()) <= SPECIFIC_DAYS_MAX,
        _ => false,
    }
}

/// The nearest event of the calendar that a statement meets: by its name, by where it happens, or by when, in this order.
pub(crate) fn event_met<'a>(
    input: &AssessInput<'a>,
    statement: &Statement,
    place: Option<&Slot>,
    date: Option<&DateMention>,
) -> Option<Met<'a>> {
    let mut near: Vec<(i32, &CalendarEvent)> = input
        .calendar
        .iter()
        .filter_map(|event| Some((days_left(event, input.posted_at, input.event_window_days)?, event)))
        .collect();
    near.sort_by_key(|(days, event)| (*days, &event.id));

    let met = |event: &'a CalendarEvent, days_left, slot: &Slot, reading| Met {
        event,
        days_left,
        quote: slot.text.clone(),
        start: slot.start,
        end: slot.end,
        reading,
    };
    for (days, event) in &near {
        let named = statement.event.as_ref().filter(|slot| slot.id.as_deref() == Some(&event.id));
        let there = place.filter(|slot| slot.id.as_ref().is_some_and(|id| event.places.contains(id)));
        // A date alone meets an event only when the text names no other place: towns have many things on one day.
        let then = date.filter(|date| place.is_none() && overlaps(date, event));
        let by_date = then.map(|date| Slot { start: date.start, end: date.end, text: date.text.clone(), id: None });
        if let Some(slot) = named.or(there).or(by_date.as_ref()) {
            return Some(met(event, *days, slot, None));
        }
    }
    // A caption may name the event that the poster's own words leave out.
    for (reading, found) in input.findings.iter().enumerate() {
        for mention in found.mentions.iter().filter(|mention| mention.kind == MentionKind::Event) {
            if let Some((days, event)) = near.iter().find(|(_, event)| event.id == mention.id) {
                let slot = Slot {
                    start: mention.start,
                    end: mention.end,
                    text: mention.text.clone(),
                    id: Some(event.id.clone()),
                };
                return Some(met(event, *days, &slot, Some(reading)));
            }
        }
    }
    None
}

fn overlaps(date: &DateMention, event: &CalendarEvent) -> bool {
    matches!((date.from, date.to), (Some(from), Some(to)) if from < event.to && event.from < to)
}

/// Days until an event begins, 0 while it runs; `None` when it is over or further than the window.
fn days_left(event: &CalendarEvent, posted_at: DateTime, window_days: u16) -> Option<i32> {
    if event.to <= posted_at {
        return None;
    }
    let days = days_between(posted_at.date(), event.from.date()).max(0);
    (days <= i32::from(window_days)).then_some(days)
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |span| span.get_days())
}
