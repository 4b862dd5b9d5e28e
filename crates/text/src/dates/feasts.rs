//! Religious and civil days whose date can be computed: on a day of a calendar, so many days from Easter, or on the nth weekday of a month.
//!
//! The tables write them as `12-25`, `hijri-10-1`, `solar-1-1`, `easter+1`, `orthodox+0` or `11-thu-4` (`5-mon-last`); days after a
//! comma are how many it lasts: `hijri-10-1,3`.

use super::calendar::{add_days, date, year_near};
use super::senses::Calendar;
use jiff::civil::Date;

/// When a feast is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Feast {
    rule: Rule,
    /// How many days it lasts.
    days: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Day(Calendar, i8, i8),
    /// Days from Western or Orthodox Easter.
    Easter {
        orthodox: bool,
        days: i8,
    },
    /// The nth weekday (1 Monday) of a month; 0 for the last.
    Nth {
        month: i8,
        weekday: i8,
        nth: i8,
    },
}

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Feast {
    /// Reads a rule as the tables write it.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (rule, days) = text.split_once(',').unwrap_or((text, "1"));
        let rule = if let Some(days) = rule.strip_prefix("easter") {
            Rule::Easter { orthodox: false, days: days.parse().ok()? }
        } else if let Some(days) = rule.strip_prefix("orthodox") {
            Rule::Easter { orthodox: true, days: days.parse().ok()? }
        } else {
            let (calendar, rest) = match rule.split_once('-')? {
                ("hijri", rest) => (Calendar::Hijri, rest),
                ("solar", rest) => (Calendar::Solar, rest),
                _ => (Calendar::Gregorian, rule),
            };
            let mut parts = rest.split('-');
            let month = parts.next()?.parse().ok()?;
            let second = parts.next()?;
            match WEEKDAYS.iter().position(|name| *name == second) {
                Some(weekday) => {
                    let nth = parts.next()?;
                    let nth = if nth == "last" { 0 } else { nth.parse().ok()? };
                    Rule::Nth { month, weekday: weekday as i8 + 1, nth }
                }
                None => Rule::Day(calendar, month, second.parse().ok()?),
            }
        };
        Some(Self { rule, days: days.parse().ok()? })
    }

    /// The calendar whose years it follows.
    pub(super) fn calendar(self) -> Calendar {
        match self.rule {
            Rule::Day(calendar, ..) => calendar,
            _ => Calendar::Gregorian,
        }
    }

    /// How many days it lasts.
    pub(super) fn days(self) -> i64 {
        i64::from(self.days)
    }

    /// Its first day in a year of its own calendar.
    pub(super) fn in_year(self, year: i64) -> Option<Date> {
        match self.rule {
            Rule::Day(calendar, month, day) => date(calendar, year, i64::from(month), i64::from(day)),
            Rule::Easter { orthodox, days } => {
                let easter = if orthodox { orthodox_easter(year) } else { easter(year) }?;
                add_days(easter, i64::from(days))
            }
            Rule::Nth { month, weekday, nth } => {
                let first = date(Calendar::Gregorian, year, i64::from(month), 1)?;
                let ahead = i64::from(weekday - first.weekday().to_monday_one_offset()).rem_euclid(7);
                if nth > 0 {
                    return add_days(first, ahead + 7 * i64::from(nth - 1));
                }
                (3..=4).rev().find_map(|weeks| add_days(first, ahead + 7 * weeks).filter(|day| day.month() == month))
            }
        }
    }

    /// Its days of the Gregorian year that is meant: a lunar feast may begin twice in one.
    pub(super) fn in_gregorian_year(self, year: i64) -> Option<Date> {
        let middle = date(Calendar::Gregorian, year, 7, 1)?;
        let near = year_near(self.calendar(), middle);
        (near - 2..=near + 2).filter_map(|year| self.in_year(year)).find(|day| i64::from(day.year()) == year)
    }
}

/// Western Easter by the rule of Meeus, Jones and Butcher.
fn easter(year: i64) -> Option<Date> {
    let a = year % 19;
    let (b, c) = (year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let sum = h + l - 7 * m + 114;
    date(Calendar::Gregorian, year, sum / 31, sum % 31 + 1)
}

/// Orthodox Easter: the Julian rule of Meeus, moved to the Gregorian calendar of 1900 to 2099.
fn orthodox_easter(year: i64) -> Option<Date> {
    let (a, b, c) = (year % 4, year % 7, year % 19);
    let d = (19 * c + 15) % 30;
    let e = (2 * a + 4 * b - d + 34) % 7;
    let sum = d + e + 114;
    let julian = date(Calendar::Gregorian, year, sum / 31, sum % 31 + 1)?;
    add_days(julian, 13)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_feasts_fall_on_their_days() {
        let known = [
            ("easter+0", 2026, "2026-04-05"),
            ("easter+0", 2000, "2000-04-23"),
            ("easter-2", 2025, "2025-04-18"),
            ("orthodox+0", 2026, "2026-04-12"),
            ("orthodox+0", 2024, "2024-05-05"),
            ("11-thu-4", 2026, "2026-11-26"),
            ("5-mon-last", 2026, "2026-05-25"),
            ("12-25", 2026, "2026-12-25"),
            ("hijri-10-1", 2026, "2026-03-20"),
            ("hijri-1-10", 2026, "2026-06-26"),
            ("solar-1-1", 2026, "2026-03-21"),
        ];
        for (rule, year, day) in known {
            let feast = Feast::read(rule).expect("a rule");
            assert_eq!(feast.in_gregorian_year(year).map(|day| day.to_string()).as_deref(), Some(day), "{rule}");
        }
        for broken in ["", "12", "easter", "11-thu", "hijri", "x-1", "12-25,x"] {
            assert_eq!(Feast::read(broken), None, "{broken}");
        }
    }
}
