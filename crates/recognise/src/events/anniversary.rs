//! Days that come again each year: by month and day in the Gregorian, Hijri and Solar Hijri calendars, by weekday, by Easter.

use super::after;
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};
use vedette_text::dates::{from_hijri, from_solar_hijri};

/// Years that one question spans at most.
const YEARS_MAX: i16 = 400;

/// A day of each year, and how long it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anniversary {
    /// Which day.
    pub day: Day,
    /// How many days it lasts; none counts as one.
    pub days: u16,
    /// The first Gregorian year.
    pub since: Option<i16>,
}

/// A day of each year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// Gregorian month and day.
    Month {
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
    },
    /// Month and day of the tabular Hijri calendar; a Gregorian year may see it twice.
    Hijri {
        /// 1 (Muharram) to 12.
        month: i8,
        /// 1 to 30.
        day: i8,
    },
    /// Month and day of the Solar Hijri calendar.
    Solar {
        /// 1 (Farvardin) to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
    },
    /// The nth weekday of a month, from the end where `nth` is negative, and so many days after it.
    Weekday {
        /// 1 to 12.
        month: i8,
        /// Which weekday.
        weekday: Weekday,
        /// 1 to 5, or -1 to -5.
        nth: i8,
        /// Days after it; negative before.
        plus: i16,
    },
    /// Days after Easter Sunday; negative before.
    Easter {
        /// -2 is Good Friday.
        plus: i16,
        /// Whose Easter.
        rite: Rite,
    },
}

/// Whose Easter is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rite {
    /// By the Gregorian computus.
    #[default]
    Western,
    /// By the Julian computus, given as a Gregorian day.
    Orthodox,
}

impl Rite {
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Anniversary {
    /// First days of the occurrences that begin in or reach into `from..=to`, in order.
    pub fn between(&self, from: Date, to: Date) -> Vec<Date> {
        let reach = i64::from(self.days.max(1)) - 1;
        let Some(earliest) = after(from, -reach) else { return Vec::new() };
        let last = to.year().min(earliest.year().saturating_add(YEARS_MAX));
        let mut days: Vec<Date> = (earliest.year()..=last)
            .filter(|year| self.since.is_none_or(|since| *year >= since))
            .flat_map(|year| self.day.in_year(year))
            .filter(|day| earliest <= *day && *day <= to)
            .collect();
        days.sort_unstable();
        days.dedup();
        days
    }
}

impl Day {
    /// The day, or days, in a Gregorian year.
    pub fn in_year(&self, year: i16) -> Vec<Date> {
        match *self {
            Self::Month { month, day } => Date::new(year, month, day).into_iter().collect(),
            Self::Hijri { month, day } => {
                // The Hijri year is eleven days shorter: three of them touch any Gregorian year.
                let near = (i64::from(year) - 622) * 33 / 32;
                let days =
                    (near - 1..=near + 2).filter_map(|hijri| from_hijri(hijri, i64::from(month), i64::from(day)));
                days.filter(|date| date.year() == year).collect()
            }
            Self::Solar { month, day } => {
                let near = i64::from(year) - 621;
                let days =
                    (near - 1..=near).filter_map(|solar| from_solar_hijri(solar, i64::from(month), i64::from(day)));
                days.filter(|date| date.year() == year).collect()
            }
            Self::Weekday { month, weekday, nth, plus } => {
                let day =
                    Date::new(year, month, 1).ok().and_then(|first| first.nth_weekday_of_month(nth, weekday).ok());
                day.and_then(|day| after(day, i64::from(plus))).into_iter().collect()
            }
            Self::Easter { plus, rite } => {
                easter(year, rite).and_then(|day| after(day, i64::from(plus))).into_iter().collect()
            }
        }
    }
}

/// Easter Sunday. Western after Oudin (1940), Orthodox after Meeus, `Astronomical Algorithms` (1991), chapter 8.
fn easter(year: i16, rite: Rite) -> Option<Date> {
    let y = i32::from(year);
    if y < 1583 {
        return None;
    }
    match rite {
        Rite::Western => {
            let (g, c) = (y % 19, y / 100);
            let h = (c - c / 4 - (8 * c + 13) / 25 + 19 * g + 15) % 30;
            let i = h - (h / 28) * (1 - (h / 28) * (29 / (h + 1)) * ((21 - g) / 11));
            let j = (y + y / 4 + i + 2 - c + c / 4) % 7;
            let l = i - j;
            let month = 3 + (l + 40) / 44;
            let day = l + 28 - 31 * (month / 4);
            Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
        }
        Rite::Orthodox => {
            let (a, b, c) = (y % 4, y % 7, y % 19);
            let d = (19 * c + 15) % 30;
            let e = (2 * a + 4 * b - d + 34) % 7;
            let (month, day) = ((d + e + 114) / 31, (d + e + 114) % 31 + 1);
            let julian = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
            // Days between the two calendars in a year of this century.
            let apart = y / 100 - y / 400 - 2;
            after(julian, i64::from(apart))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: Day, year: i16) -> String {
        day.in_year(year).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn moving_days_fall_where_almanacs_put_them() {
        let easter = |plus, rite| Day::Easter { plus, rite };
        for (rule, year, wanted) in [
            (easter(0, Rite::Western), 2024, "2024-03-31"),
            (easter(-2, Rite::Western), 2026, "2026-04-03"),
            (easter(0, Rite::Western), 2038, "2038-04-25"),
            (easter(0, Rite::Orthodox), 2024, "2024-05-05"),
            (easter(0, Rite::Orthodox), 2026, "2026-04-12"),
            (Day::Weekday { month: 9, weekday: Weekday::Monday, nth: 1, plus: 0 }, 2026, "2026-09-07"),
            (Day::Weekday { month: 11, weekday: Weekday::Thursday, nth: 4, plus: 0 }, 2026, "2026-11-26"),
            (Day::Weekday { month: 11, weekday: Weekday::Thursday, nth: 4, plus: 1 }, 2026, "2026-11-27"),
            (Day::Weekday { month: 5, weekday: Weekday::Monday, nth: -1, plus: 0 }, 2026, "2026-05-25"),
            (Day::Solar { month: 1, day: 1 }, 2026, "2026-03-21"),
            (Day::Solar { month: 11, day: 22 }, 2026, "2026-02-11"),
            (Day::Month { month: 2, day: 29 }, 2026, ""),
            (Day::Month { month: 2, day: 29 }, 2028, "2028-02-29"),
        ] {
            assert_eq!(day(rule, year), wanted, "{rule:?}");
        }
    }

    #[test]
    fn a_hijri_day_is_good_to_one_day_and_may_come_twice() {
        // Announced days: Eid al-Fitr 2025 on 30 or 31 March, Ashura 2025 on 5 or 6 July, Ramadan 2026 from 18 or 19 February.
        for (month, on, year, announced) in [
            (10, 1, 2025, ["2025-03-30", "2025-03-31"]),
            (1, 10, 2025, ["2025-07-05", "2025-07-06"]),
            (9, 1, 2026, ["2026-02-18", "2026-02-19"]),
        ] {
            let found = day(Day::Hijri { month, day: on }, year);
            assert!(announced.contains(&found.as_str()), "{found}");
        }
        assert_eq!(Day::Hijri { month: 9, day: 1 }.in_year(2030).len(), 2);
    }

    #[test]
    fn a_long_occurrence_reaches_over_the_turn_of_the_year() {
        let rule = Anniversary { day: Day::Month { month: 12, day: 25 }, days: 13, since: Some(2020) };
        let date = |year, month, day| Date::new(year, month, day).unwrap();
        assert_eq!(rule.between(date(2026, 1, 3), date(2026, 1, 4)), [date(2025, 12, 25)]);
        assert_eq!(rule.between(date(2026, 1, 7), date(2026, 1, 8)), []);
        assert_eq!(rule.between(date(2019, 12, 1), date(2020, 1, 30)), []);
    }
}
