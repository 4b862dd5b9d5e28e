//! Recurrence rules of iCalendar (RFC 5545, section 3.3.10), as far as desks' calendars use them: daily, weekly, monthly and yearly, with
//! `INTERVAL`, `COUNT`, `UNTIL`, `BYDAY`, `BYMONTHDAY` and `BYMONTH`. What a rule needs beyond that is refused, not guessed.

use super::{OCCURRENCES_MAX, after};
use jiff::civil::{Date, DateTime, Weekday};

/// Periods that one rule is followed through: each day of two centuries. Files that ask for more end there.
const PERIODS_MAX: u32 = 73_050;
/// Values in one list of a rule, such as `BYDAY`.
const LIST_MAX: usize = 366;
const INTERVAL_MAX: u32 = 10_000;

/// How often a rule comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frequency {
    /// Each day.
    Daily,
    /// Each week, from Monday.
    Weekly,
    /// Each month.
    Monthly,
    /// Each year.
    Yearly,
}

/// A recurrence rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurrence {
    /// How often.
    pub frequency: Frequency,
    /// Every so many periods.
    pub interval: u32,
    /// So many times in all, the first among them.
    pub count: Option<u32>,
    /// The last moment at which it may begin.
    pub until: Option<DateTime>,
    /// Weekdays, each with its number in the month (or year) from either end, 0 for every one.
    pub by_day: Vec<(i8, Weekday)>,
    /// Days of the month; negative from its end.
    pub by_month_day: Vec<i8>,
    /// Months.
    pub by_month: Vec<i8>,
}

impl Recurrence {
    /// Reads the value of an `RRULE`. An error says what is wrong with it.
    pub fn parse(rule: &str) -> Result<Self, String> {
        let mut frequency = None;
        let mut out = Self {
            frequency: Frequency::Yearly,
            interval: 1,
            count: None,
            until: None,
            by_day: Vec::new(),
            by_month_day: Vec::new(),
            by_month: Vec::new(),
        };
        for part in rule.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or_else(|| format!("`{part}` has no `=`"))?;
            let wrong = || format!("`{part}` cannot be read");
            match name.to_ascii_uppercase().as_str() {
                "FREQ" => {
                    frequency =
                        Some(frequency_of(value).ok_or_else(|| {
                            format!("`{part}` is not supported: use DAILY, WEEKLY, MONTHLY or YEARLY")
                        })?)
                }
                "INTERVAL" => {
                    out.interval = value.parse().ok().filter(|n| (1..=INTERVAL_MAX).contains(n)).ok_or_else(wrong)?;
                }
                "COUNT" => out.count = Some(value.parse().ok().filter(|n| *n > 0).ok_or_else(wrong)?),
                "UNTIL" => out.until = Some(until(value).ok_or_else(wrong)?),
                "BYDAY" => out.by_day = list(value, by_day).ok_or_else(wrong)?,
                "BYMONTHDAY" => {
                    out.by_month_day =
                        list(value, |one| number(one, -31, 31).filter(|day| *day != 0)).ok_or_else(wrong)?;
                }
                "BYMONTH" => out.by_month = list(value, |one| number(one, 1, 12)).ok_or_else(wrong)?,
                // Weeks begin on Monday here; it matters only for every second week and more.
                "WKST" if value.eq_ignore_ascii_case("MO") || value.eq_ignore_ascii_case("SU") => {}
                other => return Err(format!("`{other}` is not supported")),
            }
        }
        out.frequency = frequency.ok_or("`FREQ` is missing")?;
        Ok(out)
    }

    /// The rule as iCalendar writes it.
    pub fn write(&self) -> String {
        let mut parts = vec![format!("FREQ={}", word(self.frequency))];
        if self.interval != 1 {
            parts.push(format!("INTERVAL={}", self.interval));
        }
        parts.extend(self.count.map(|count| format!("COUNT={count}")));
        parts.extend(self.until.map(|until| format!("UNTIL={}", until.strftime("%Y%m%dT%H%M%S"))));
        let joined =
            |name: &str, values: Vec<String>| (!values.is_empty()).then(|| format!("{name}={}", values.join(",")));
        let day =
            |(nth, day): &(i8, Weekday)| if *nth == 0 { code(*day).to_owned() } else { format!("{nth}{}", code(*day)) };
        parts.extend(joined("BYDAY", self.by_day.iter().map(day).collect()));
        parts.extend(joined("BYMONTHDAY", self.by_month_day.iter().map(ToString::to_string).collect()));
        parts.extend(joined("BYMONTH", self.by_month.iter().map(ToString::to_string).collect()));
        parts.join(";")
    }

    /// Moments at which it begins, from `from` up to `to`, for a first time at `start`. Ends after bounded work whatever the rule says.
    pub fn begins(&self, start: DateTime, from: DateTime, to: DateTime) -> Vec<DateTime> {
        let mut found = Vec::new();
        let mut given = 0u32;
        let first = if self.count.is_none() { self.periods_before(start, from) } else { 0 };
        for number in first..first.saturating_add(PERIODS_MAX) {
            let Some((period, days)) = self.days_of(start.date(), number) else { break };
            if period.to_datetime(start.time()) >= to || found.len() >= OCCURRENCES_MAX {
                break;
            }
            for day in days {
                let begin = day.to_datetime(start.time());
                if begin < start {
                    continue;
                }
                given += 1;
                let over =
                    self.count.is_some_and(|count| given > count) || self.until.is_some_and(|until| begin > until);
                if over || begin >= to {
                    return found;
                }
                if begin >= from && found.len() < OCCURRENCES_MAX {
                    found.push(begin);
                }
            }
        }
        found
    }

    /// Whole periods between the first time and `from`, less one to be safe.
    fn periods_before(&self, start: DateTime, from: DateTime) -> u32 {
        let days = start.date().until(from.date()).map_or(0, |span| i64::from(span.get_days()));
        let period = match self.frequency {
            Frequency::Daily => 1,
            Frequency::Weekly => 7,
            Frequency::Monthly => 31,
            Frequency::Yearly => 366,
        };
        let periods = (days / period / i64::from(self.interval) - 1).max(0);
        u32::try_from(periods).unwrap_or(u32::MAX)
    }

    /// The first day of the period of a number, and the days on which the rule falls in it, in order.
    fn days_of(&self, start: Date, number: u32) -> Option<(Date, Vec<Date>)> {
        let steps = i64::from(number).checked_mul(i64::from(self.interval))?;
        let in_month = |day: &Date| self.by_month.is_empty() || self.by_month.contains(&day.month());
        let (period, mut days) = match self.frequency {
            Frequency::Daily => {
                let day = after(start, steps)?;
                let weekday = self.by_day.is_empty() || self.by_day.iter().any(|(_, one)| *one == day.weekday());
                let month_day =
                    self.by_month_day.is_empty() || self.by_month_day.iter().any(|one| is_month_day(day, *one));
                (day, if weekday && month_day { vec![day] } else { Vec::new() })
            }
            Frequency::Weekly => {
                let monday = after(start, -i64::from(start.weekday().to_monday_zero_offset()))?;
                let week = after(monday, steps.checked_mul(7)?)?;
                let days = (0..7).filter_map(|offset| after(week, offset));
                let wanted = |day: &Date| match self.by_day.as_slice() {
                    [] => day.weekday() == start.weekday(),
                    list => list.iter().any(|(_, one)| *one == day.weekday()),
                };
                (week, days.filter(wanted).collect())
            }
            Frequency::Monthly => {
                let months = i64::from(start.month() - 1) + steps;
                let year = i64::from(start.year()).checked_add(months.div_euclid(12))?;
                let first =
                    Date::new(i16::try_from(year).ok()?, i8::try_from(months.rem_euclid(12) + 1).ok()?, 1).ok()?;
                (first, self.days_of_month(first, start))
            }
            Frequency::Yearly => {
                let year = i16::try_from(i64::from(start.year()).checked_add(steps)?).ok()?;
                (Date::new(year, 1, 1).ok()?, self.days_of_year(year, start)?)
            }
        };
        days.retain(in_month);
        days.sort_unstable();
        days.dedup();
        Some((period, days))
    }

    fn days_of_month(&self, first: Date, start: Date) -> Vec<Date> {
        let all = || (1..=first.days_in_month()).filter_map(|day| Date::new(first.year(), first.month(), day).ok());
        if self.by_day.is_empty() && self.by_month_day.is_empty() {
            return all().filter(|day| day.day() == start.day()).collect();
        }
        let weekday = |day: Date| {
            self.by_day.is_empty()
                || self.by_day.iter().any(|(nth, one)| {
                    *one == day.weekday()
                        && (*nth == 0 || first.nth_weekday_of_month(*nth, *one).is_ok_and(|nth| nth == day))
                })
        };
        let month_day =
            |day: Date| self.by_month_day.is_empty() || self.by_month_day.iter().any(|one| is_month_day(day, *one));
        all().filter(|day| weekday(*day) && month_day(*day)).collect()
    }

    fn days_of_year(&self, year: i16, start: Date) -> Option<Vec<Date>> {
        let months: Vec<i8> = match (self.by_month.as_slice(), self.by_day.is_empty(), self.by_month_day.is_empty()) {
            ([], true, true) => return Some(Date::new(year, start.month(), start.day()).into_iter().collect()),
            ([], true, false) => (1..=12).collect(),
            ([], false, _) => return Some(self.weekdays_of_year(year)),
            (months, ..) => months.to_vec(),
        };
        let firsts = months.iter().filter_map(|month| Date::new(year, *month, 1).ok());
        Some(firsts.flat_map(|first| self.days_of_month(first, start)).collect())
    }

    /// Weekdays by their number in the year: the twentieth Monday.
    fn weekdays_of_year(&self, year: i16) -> Vec<Date> {
        let Ok(first) = Date::new(year, 1, 1) else { return Vec::new() };
        let all: Vec<Date> = (0..i64::from(first.days_in_year())).filter_map(|offset| after(first, offset)).collect();
        let mut days = Vec::new();
        for (nth, weekday) in &self.by_day {
            let of_kind: Vec<Date> = all.iter().copied().filter(|day| day.weekday() == *weekday).collect();
            match *nth {
                0 => days.extend(of_kind),
                nth if nth > 0 => days.extend(of_kind.get(nth as usize - 1)),
                nth => days
                    .extend(of_kind.len().checked_sub(usize::from(nth.unsigned_abs())).and_then(|at| of_kind.get(at))),
            }
        }
        days.retain(|day| self.by_month_day.is_empty() || self.by_month_day.iter().any(|one| is_month_day(*day, *one)));
        days
    }
}

fn is_month_day(day: Date, wanted: i8) -> bool {
    if wanted > 0 { day.day() == wanted } else { day.day() == day.days_in_month() + wanted + 1 }
}

fn frequency_of(value: &str) -> Option<Frequency> {
    [Frequency::Daily, Frequency::Weekly, Frequency::Monthly, Frequency::Yearly]
        .into_iter()
        .find(|frequency| value.eq_ignore_ascii_case(word(*frequency)))
}

fn word(frequency: Frequency) -> &'static str {
    match frequency {
        Frequency::Daily => "DAILY",
        Frequency::Weekly => "WEEKLY",
        Frequency::Monthly => "MONTHLY",
        Frequency::Yearly => "YEARLY",
    }
}

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("MO", Weekday::Monday),
    ("TU", Weekday::Tuesday),
    ("WE", Weekday::Wednesday),
    ("TH", Weekday::Thursday),
    ("FR", Weekday::Friday),
    ("SA", Weekday::Saturday),
    ("SU", Weekday::Sunday),
];

fn code(weekday: Weekday) -> &'static str {
    WEEKDAYS.iter().find(|(_, day)| *day == weekday).map_or("MO", |(code, _)| code)
}

fn list<T>(value: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let values: Option<Vec<T>> = value.split(',').take(LIST_MAX + 1).map(read).collect();
    values.filter(|values| values.len() <= LIST_MAX)
}

fn number(value: &str, low: i8, high: i8) -> Option<i8> {
    value.parse().ok().filter(|number| (low..=high).contains(number))
}

/// `MO`, `1MO`, `-1SU`.
fn by_day(value: &str) -> Option<(i8, Weekday)> {
    let (nth, name) = value.split_at_checked(value.len().checked_sub(2)?)?;
    let (_, weekday) = WEEKDAYS.iter().find(|(code, _)| name.eq_ignore_ascii_case(code))?;
    let nth = if nth.is_empty() { 0 } else { number(nth.trim_start_matches('+'), -53, 53).filter(|nth| *nth != 0)? };
    Some((nth, *weekday))
}

/// A date counts to its end; a time in UTC is taken as it stands.
fn until(value: &str) -> Option<DateTime> {
    match super::ical::moment(value)? {
        (day, true) => Some(day.date().at(23, 59, 59, 0)),
        (at, false) => Some(at),
    }
}
