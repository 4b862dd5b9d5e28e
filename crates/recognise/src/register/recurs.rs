//! `recurs` of an event in a register file: a day of each year, or a rule of RFC 5545.
//!
//! ```toml
//! recurs = { month = 12, day = 31, days = 2 }                    # 31 December and the day after
//! recurs = { calendar = "hijri", month = 10, day = 1, days = 3 }
//! recurs = { month = 9, weekday = "monday", nth = 1 }            # -1 is the last; `plus = 1` the day after it
//! recurs = { easter = -2 }                                       # Good Friday; `rite = "orthodox"`
//! recurs = { rule = "FREQ=MONTHLY;BYDAY=1FR" }                   # with `from` and `to` of the first time
//! ```

use crate::events::{Anniversary, Day, Recurrence, Rite, Times, midnight};
use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// Days that one occurrence lasts at most.
const DAYS_MAX: u16 = 366;
/// Days left out of one rule.
const EXCEPT_MAX: usize = 1_000;

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recurs {
    #[serde(skip_serializing_if = "Option::is_none")]
    calendar: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    month: Option<i8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<i8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weekday: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nth: Option<i8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plus: Option<i16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    easter: Option<i16>,
    #[serde(default, skip_serializing_if = "Rite::is_default")]
    rite: Rite,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    except: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<i16>,
}

impl Recurs {
    /// As it is written in a register file.
    pub fn written(&self) -> Option<String> {
        toml::Value::try_from(self).ok().map(|value| value.to_string())
    }

    /// The times of an event with this `recurs` and these `from` and `to`. An error says what is wrong.
    pub fn times(self, from: Option<Date>, to: Option<Date>) -> Result<Times, String> {
        if self.rule.is_some() {
            return self.by_rule(from, to);
        }
        let days = self.days.unwrap_or(1);
        if !(1..=DAYS_MAX).contains(&days) {
            return Err(format!("lasts {days} days: 1 to {DAYS_MAX} are expected"));
        }
        Ok(Times::Yearly(Anniversary { day: self.day_of_year()?, days, since: self.since }))
    }

    fn by_rule(self, from: Option<Date>, to: Option<Date>) -> Result<Times, String> {
        let (Some(from), Some(to)) = (from, to) else {
            return Err("with a `rule` needs `from` and `to` of the first time".to_owned());
        };
        let rule = Recurrence::parse(self.rule.as_deref().unwrap_or_default())?;
        if self.except.len() > EXCEPT_MAX {
            return Err(format!("leaves out more than {EXCEPT_MAX} days"));
        }
        let day = |day: &String| {
            day.parse::<Date>().map(midnight).map_err(|_| format!("`{day}` is not a date such as 2026-12-04"))
        };
        let except = self.except.iter().map(day).collect::<Result<_, _>>()?;
        Ok(Times::Rule { from: midnight(from), to: midnight(to), rule, except })
    }

    fn day_of_year(&self) -> Result<Day, String> {
        if let Some(plus) = self.easter {
            return Ok(Day::Easter { plus, rite: self.rite });
        }
        let month = self.month.filter(|month| (1..=12).contains(month)).ok_or("needs `month`, `easter` or `rule`")?;
        if let Some(name) = &self.weekday {
            let weekday = weekday(name).ok_or_else(|| format!("`{name}` is no weekday such as monday"))?;
            let nth = self
                .nth
                .filter(|nth| (1..=5).contains(&nth.abs()))
                .ok_or("needs `nth` from 1 to 5 or -1 to -5 with a weekday")?;
            return Ok(Day::Weekday { month, weekday, nth, plus: self.plus.unwrap_or(0) });
        }
        let day = self.day.filter(|day| (1..=31).contains(day)).ok_or("needs `day` from 1 to 31")?;
        match self.calendar.as_deref() {
            None | Some("gregorian") => Ok(Day::Month { month, day }),
            Some("hijri") => Ok(Day::Hijri { month, day }),
            Some("solar-hijri") => Ok(Day::Solar { month, day }),
            Some(other) => Err(format!("`{other}` is no calendar: gregorian, hijri or solar-hijri")),
        }
    }
}

fn weekday(name: &str) -> Option<Weekday> {
    let all = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    all.iter().find(|(known, _)| *known == name).map(|(_, weekday)| *weekday)
}
