//! Calendars: Hijri and Solar Hijri dates as Gregorian days, by arithmetic alone.
//!
//! Hijri: the tabular Islamic calendar (civil epoch, leap years 2, 5, 7, 10, 13, 16, 18, 21, 24, 26, 29 of thirty). The sighted
//! calendar and Umm al-Qura differ from it by a day at times, so a Hijri date is good to one day. Solar Hijri: the 33-year rule,
//! which agrees with the astronomical calendar from 1206 to 1468 (1827 to 2090).

use super::senses::{Calendar, Part, Unit};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};

/// Julian day number of 1 January 1970.
const UNIX_EPOCH_DAY: i64 = 2_440_588;

pub(super) fn add_days(date: Date, days: i64) -> Option<Date> {
    // Beyond four digits of years there is nothing to find, and the arithmetic stays within bounds.
    let span = jiff::Span::new().try_days(days).ok()?;
    date.checked_add(span).ok()
}

fn from_day_number(number: i64) -> Option<Date> {
    add_days(Date::constant(1970, 1, 1), number - UNIX_EPOCH_DAY)
}

/// The Gregorian day of a date in any of the calendars; `None` when there is no such day.
pub(super) fn date(calendar: Calendar, year: i64, month: i64, day: i64) -> Option<Date> {
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(1..=9_999).contains(&year) {
        return None;
    }
    match calendar {
        Calendar::Gregorian => {
            Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
        }
        Calendar::Hijri => {
            if day > hijri_month_days(year, month) {
                return None;
            }
            let before = (59 * (month - 1) + 1) / 2;
            from_day_number(day + before + (year - 1) * 354 + (3 + 11 * year) / 30 + 1_948_439)
        }
        Calendar::Solar => {
            if day > solar_month_days(year, month) {
                return None;
            }
            let before = if month <= 7 { (month - 1) * 31 } else { 186 + (month - 7) * 30 };
            from_day_number(1_948_320 + 365 * (year - 1) + (8 * year + 21) / 33 + before + day - 1)
        }
    }
}

fn hijri_month_days(year: i64, month: i64) -> i64 {
    let leap = (14 + 11 * year) % 30 < 11;
    if month % 2 == 1 || (month == 12 && leap) { 30 } else { 29 }
}

fn solar_month_days(year: i64, month: i64) -> i64 {
    let leap = (25 * year + 11) % 33 < 8;
    match month {
        1..=6 => 31,
        12 if !leap => 29,
        _ => 30,
    }
}

/// First day of a month and first day of the one after it.
pub(super) fn month_range(calendar: Calendar, year: i64, month: i64) -> Option<(Date, Date)> {
    let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    Some((date(calendar, year, month, 1)?, date(calendar, next_year, next_month, 1)?))
}

/// The year of a calendar in which a Gregorian day lies, good to one year at the turn.
pub(super) fn year_near(calendar: Calendar, day: Date) -> i64 {
    let year = i64::from(day.year());
    match calendar {
        Calendar::Gregorian => year,
        Calendar::Hijri => (year - 622) * 33 / 32 + 1,
        Calendar::Solar => year - 621,
    }
}

/// The Solar Hijri year and month in which a day lies.
pub(super) fn solar_month_of(day: Date) -> Option<(i64, i64)> {
    let near = year_near(Calendar::Solar, day);
    let months = (near - 1..=near + 1).flat_map(|year| (1..=12).map(move |month| (year, month)));
    months.rev().find(|(year, month)| date(Calendar::Solar, *year, *month, 1).is_some_and(|first| first <= day))
}

/// The time so many units away; days and longer keep the time of day.
pub(super) fn shift(from: DateTime, unit: Unit, count: i64) -> Option<DateTime> {
    let span = jiff::Span::new();
    let span = match unit {
        Unit::Second => span.try_seconds(count),
        Unit::Minute => span.try_minutes(count),
        Unit::Hour => span.try_hours(count),
        Unit::Day => span.try_days(count),
        Unit::Week => span.try_weeks(count),
        Unit::Fortnight => span.try_weeks(count.checked_mul(2)?),
        Unit::Month => span.try_months(count),
        Unit::Quarter => span.try_months(count.checked_mul(3)?),
        Unit::HalfYear => span.try_months(count.checked_mul(6)?),
        Unit::Year => span.try_years(count),
        Unit::Decade => span.try_years(count.checked_mul(10)?),
        Unit::Century => span.try_years(count.checked_mul(100)?),
    };
    from.checked_add(span.ok()?).ok()
}

/// The stretch of a day that a part of it means; nights reach into the next day.
pub(super) fn part_of_day(day: Date, part: Part) -> Option<(DateTime, DateTime, String)> {
    let next = add_days(day, 1)?;
    let at =
        |day: Date, hour: i8| day.to_datetime(Time::constant(0, 0, 0, 0)).checked_add(i64::from(hour).hours()).ok();
    Some(match part {
        Part::Dawn => (at(day, 4)?, at(day, 7)?, format!("{day}TMO")),
        Part::Morning => (at(day, 6)?, at(day, 12)?, format!("{day}TMO")),
        Part::Noon => (at(day, 12)?, at(day, 13)?, format!("{day}T12:00")),
        Part::Afternoon => (at(day, 12)?, at(day, 18)?, format!("{day}TAF")),
        Part::Evening => (at(day, 18)?, at(next, 0)?, format!("{day}TEV")),
        Part::Night => (at(day, 20)?, at(next, 4)?, format!("{day}TNI")),
        Part::Midnight => (at(next, 0)?, at(next, 1)?, format!("{next}T00:00")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days_of_both_hijri_calendars_convert() {
        let known = [
            (Calendar::Hijri, 1, 1, 1, "0622-07-19"),
            (Calendar::Hijri, 1400, 1, 1, "1979-11-21"),
            (Calendar::Hijri, 1447, 9, 3, "2026-02-20"),
            (Calendar::Solar, 1357, 11, 22, "1979-02-11"),
            (Calendar::Solar, 1399, 12, 30, "2021-03-20"),
            (Calendar::Solar, 1404, 1, 1, "2025-03-21"),
            (Calendar::Solar, 1404, 12, 12, "2026-03-03"),
        ];
        for (calendar, year, month, day, gregorian) in known {
            let found = date(calendar, year, month, day).map(|date| date.to_string());
            assert_eq!(found.as_deref(), Some(gregorian), "{calendar:?} {year}-{month}-{day}");
        }
        assert_eq!(date(Calendar::Solar, 1404, 12, 30), None, "1404 is no leap year");
        assert_eq!(date(Calendar::Hijri, 1447, 2, 30), None);
    }

    #[test]
    fn days_follow_each_other_without_gaps() {
        for calendar in [Calendar::Hijri, Calendar::Solar] {
            for year in 1300..1500 {
                for month in 1..=12 {
                    let (first, next) = month_range(calendar, year, month).expect("a valid month");
                    let last = (28..=31).rev().find_map(|day| date(calendar, year, month, day)).expect("a last day");
                    assert_eq!(add_days(last, 1), Some(next), "{calendar:?} {year}-{month}");
                    assert!(first < next);
                }
            }
        }
    }
}
