//! The timeline: how much came in on each day at each level, as bars and as a table.

use askama::Template;
use axum::extract::{Query, State};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use vedette_core::{Level, TimelineBucket};

use crate::app::{App, Shown, show};
use crate::fields::Fields;
use crate::pages::campaigns::BurstView;
use crate::pages::{Choice, Top, address};

/// Days shown unless asked otherwise, and at most: more bars than this cannot be told apart.
const DAYS: i64 = 30;
const DAYS_MAX: i64 = 366;
/// The drawing, in its own units.
const HEIGHT: u64 = 200;
const STEP: u64 = 24;
const LEFT: u64 = 40;

#[derive(Template)]
#[template(path = "timeline.html")]
struct Page {
    top: Top,
    bursts: Vec<BurstView>,
    spans: Vec<Choice>,
    bars: Vec<Bar>,
    labels: Vec<(u64, String)>,
    lines: Vec<(u64, u64)>,
    rows: Vec<Row>,
    width: u64,
    total: u64,
    from: String,
    to: String,
}

/// A part of a day's bar.
#[derive(Debug, PartialEq, Eq)]
struct Bar {
    x: u64,
    y: u64,
    height: u64,
    level: Level,
    title: String,
}

struct Row {
    day: String,
    counts: [u64; 5],
    total: u64,
    href: String,
}

pub(crate) async fn page(State(app): State<App>, Query(pairs): Query<Vec<(String, String)>>) -> Shown {
    let days = Fields(pairs).read("days").unwrap_or(DAYS).clamp(1, DAYS_MAX);
    let (now, found, bursts) = app
        .ask(move |door| {
            let now = door.now();
            let from = TimeZone::UTC.to_timestamp(first_day(now, days).at(0, 0, 0, 0)).ok();
            Ok((now, door.timeline(from, None)?, door.bursts()?))
        })
        .await?;
    let buckets = every_day(&found, first_day(now, days), now);
    let most = buckets.iter().map(|day| day.by_level.iter().sum::<u64>()).max().unwrap_or(0).max(1);
    let every = (buckets.len() / 10).max(1);
    let labels = buckets.iter().enumerate().filter(|(number, _)| number % every == 0);
    show(&Page {
        top: app.top("timeline"),
        bursts: bursts.iter().map(BurstView::of).collect(),
        spans: spans(days),
        bars: bars(&buckets, most),
        labels: labels.map(|(number, day)| (middle(number), day.day.get(5..).unwrap_or(&day.day).to_owned())).collect(),
        lines: [0, most / 2, most].into_iter().map(|count| (HEIGHT - count * HEIGHT / most, count)).collect(),
        width: LEFT + buckets.len() as u64 * STEP,
        total: buckets.iter().flat_map(|day| day.by_level).sum(),
        from: buckets.first().map(|day| day.day.clone()).unwrap_or_default(),
        to: buckets.last().map(|day| day.day.clone()).unwrap_or_default(),
        rows: buckets.iter().rev().filter(|day| day.by_level.iter().sum::<u64>() > 0).map(row).collect(),
    })
}

fn first_day(now: Timestamp, days: i64) -> Date {
    let today = TimeZone::UTC.to_datetime(now).date();
    today.checked_sub(Span::new().days(days - 1)).unwrap_or(today)
}

/// One bucket for each day up to today (or the last one found), the empty ones included.
fn every_day(found: &[TimelineBucket], first: Date, now: Timestamp) -> Vec<TimelineBucket> {
    let today = TimeZone::UTC.to_datetime(now).date();
    first
        .series(Span::new().days(1))
        .take_while(|day| *day <= today)
        .take(DAYS_MAX as usize)
        .map(|day| {
            let day = day.to_string();
            let known = found.iter().find(|bucket| bucket.day == day);
            TimelineBucket { by_level: known.map(|bucket| bucket.by_level).unwrap_or_default(), day }
        })
        .collect()
}

fn middle(number: usize) -> u64 {
    LEFT + number as u64 * STEP + STEP / 2
}

/// The parts of all bars, the highest level on top.
fn bars(buckets: &[TimelineBucket], most: u64) -> Vec<Bar> {
    let mut out = Vec::new();
    for (number, bucket) in buckets.iter().enumerate() {
        let mut below = 0;
        for (level, count) in Level::ALL.into_iter().zip(bucket.by_level).filter(|(_, count)| *count > 0) {
            let (low, high) = (below * HEIGHT / most, (below + count) * HEIGHT / most);
            out.push(Bar {
                x: LEFT + number as u64 * STEP + 3,
                y: HEIGHT - high,
                height: (high - low).max(1),
                level,
                title: format!("{}: {count} {}", bucket.day, crate::words::level(level)),
            });
            below += count;
        }
    }
    out
}

fn row(bucket: &TimelineBucket) -> Row {
    let after = bucket.day.parse::<Date>().ok().and_then(|day| day.tomorrow().ok());
    let to = after.map(|day| format!(" to:{day}")).unwrap_or_default();
    Row {
        day: bucket.day.clone(),
        counts: bucket.by_level,
        total: bucket.by_level.iter().sum(),
        href: address("/search", &[("q", &format!("from:{}{to}", bucket.day)), ("sort", "level")]),
    }
}

fn spans(chosen: i64) -> Vec<Choice> {
    let choice = |days: i64| Choice { value: days.to_string(), label: format!("{days} days"), chosen: days == chosen };
    [7, 14, 30, 90, 365].into_iter().map(choice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_days_are_shown_and_the_bars_of_a_day_stand_on_each_other() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let found = [TimelineBucket { day: "2026-11-19".to_owned(), by_level: [2, 0, 1, 0, 1] }];
        let days = every_day(&found, first_day(now, 3), now);
        assert_eq!(
            days.iter().map(|day| day.day.as_str()).collect::<Vec<_>>(),
            ["2026-11-18", "2026-11-19", "2026-11-20"]
        );
        let bars = bars(&days, 4);
        let seen: Vec<_> = bars.iter().map(|bar| (bar.level, bar.y, bar.height)).collect();
        assert_eq!(seen, [(Level::None, 100, 100), (Level::Medium, 50, 50), (Level::HighSpecific, 0, 50)]);
    }
}
