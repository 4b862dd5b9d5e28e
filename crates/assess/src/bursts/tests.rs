//! Bursts: the rate of false ones on simulated counts is what is said, and a real one is found.

use super::*;
use crate::bursts::simulated::{Dice, Null};
use jiff::SignedDuration;
use vedette_core::{ItemId, Level, Signal, SourceId};

#[test]
fn at_most_one_in_a_hundred_days_without_a_burst_is_called_one() {
    let mut told = Vec::new();
    for null in Null::ALL {
        let rate = null.false_bursts(400, 120, 11);
        told.push(format!("{null:?}: {:.2} per 100", rate * 100.0));
        assert!(rate <= 0.01, "{null:?}: {rate} of the days; {told:?}");
    }
}

#[test]
fn who_posts_every_friday_gives_no_burst_on_fridays() {
    for null in [Null::Fixed(3), Null::Fixed(12), Null::Peak(4.0), Null::Peak(20.0), Null::PeakClumped(5.0, 8)] {
        // A fortnight is the shortest history that is looked at, and two Fridays leave more open than four.
        for (history, most) in [(HISTORY_DAYS_MIN, 0.025), (HISTORY_DAYS, 0.01)] {
            let rate = null.false_bursts_on(400, 140, 17, history, |day| day == 4);
            assert!(rate <= most, "{null:?} after {history} days: {rate} of the Fridays");
        }
    }
}

#[test]
fn a_burst_is_found_on_the_busy_day_of_the_week_and_on_a_quiet_one() {
    // Five on every Friday, yesterday being a Thursday; then a Tuesday.
    let on = |friday: usize| -> Vec<u32> { (1..=28).map(|ago| if ago % 7 == friday { 5 } else { 0 }).collect() };
    assert_eq!(judge(&on(0), 5), None);
    let (usual, _) = judge(&on(0), 25).unwrap();
    assert!((4.0..=5.0).contains(&usual), "{usual}");
    let (usual, _) = judge(&on(4), 5).unwrap();
    assert!(usual < 0.5, "{usual}");
    // The control: without a rhythm, five is no more than the busiest days.
    assert_eq!(judge(&[0, 5, 0, 0, 0, 5, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0], 5), None);
}

#[test]
fn a_burst_is_found_and_a_detector_that_looks_away_would_show() {
    let mut dice = Dice(3);
    for (mean, burst) in [(0.1, 5), (1.0, 10), (5.0, 28), (40.0, 160)] {
        let mut found = 0;
        for _ in 0..200 {
            let history: Vec<u32> = (0..HISTORY_DAYS).map(|_| dice.poisson(mean)).collect();
            found += u32::from(judge(&history, burst).is_some());
        }
        assert!(found >= 190, "{burst} beside {mean} a day: found {found} of 200");
    }
    // The control: an ordinary day is not found.
    let history: Vec<u32> = (0..HISTORY_DAYS).map(|_| dice.poisson(5.0)).collect();
    assert_eq!(judge(&history, 6), None);
}

#[test]
fn few_days_or_few_mentions_say_nothing() {
    assert_eq!(judge(&[0; 13], 50), None);
    assert_eq!(judge(&[0; 28], 2), None);
    let (usual, chance) = judge(&[0; 28], 3).unwrap();
    assert!(usual == 0.0 && chance < 0.001, "{chance}");
}

#[test]
fn tails_are_those_of_tables() {
    // Negative binomial with size 3 and mean 6 (p = 1/3): P(X >= 15); nearly Poisson 2: P(X >= 5).
    for (count, mean, variance, wanted) in [(15, 6.0, 18.0, 0.0442), (5, 2.0, 2.000_02, 0.0527), (1, 2.0, 3.0, 1.0)] {
        let found = tail(count, mean, variance);
        assert!((found - wanted).abs() < 0.0005, "P(X >= {count}) = {found}, expected {wanted}");
    }
    for (x, wanted) in [(1.0, 0.0), (5.0, 24.0f64.ln()), (0.5, 0.572_364_9)] {
        assert!((ln_gamma(x) - wanted).abs() < 1e-6);
    }
}

#[test]
fn what_is_named_today_is_compared_with_its_own_days_and_tells_both_numbers() {
    let today: Date = "2026-11-28".parse().unwrap();
    let noon = TimeZone::UTC.to_timestamp(today.at(12, 0, 0, 0)).unwrap();
    let mut items = Vec::new();
    let mut put = |ago: i64, names: Vec<u32>, outlet: Option<&str>| {
        items.push(Signal {
            item: ItemId(items.len() as i64 + 1),
            source: SourceId(1),
            outlet: outlet.map(str::to_owned),
            posted_at: noon - SignedDuration::from_hours(24 * ago),
            family: None,
            level: Level::None,
            images: 0,
            names,
            said: vec![],
        });
    };
    (1..=28).for_each(|ago| put(ago, vec![0], Some("courier")));
    (0..9).for_each(|_| put(0, vec![0, 1], None));
    put(0, vec![2, 2], Some("courier"));
    let name = |kind, id: &str| Name { kind, id: id.to_owned(), name: id.to_uppercase() };
    let names =
        vec![name(MentionKind::Place, "kelmora"), name(MentionKind::Event, "cup"), name(MentionKind::Method, "fire")];
    let signals = Signals { items, names };
    let found = bursts(&signals, today, "2026-01-01".parse().unwrap());
    let told: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.today, one.usual)).collect();
    assert_eq!(told, [("CUP", 9, 0.0), ("KELMORA", 9, 1.0)]);
    // An archive that began last week has no history to speak of.
    assert!(bursts(&signals, today, "2026-11-20".parse().unwrap()).is_empty());
}
