//! Stretches of time and what recurs: "in 3 days", "within the coming days", "next week", "this weekend", "every Saturday", "قبل أسبوعين".

use super::calendar::{add_days, shift};
use super::lexicon::{
    AFTER_POST, AFTER_PRE, AT, BEFORE_POST, BEFORE_PRE, COMING, EVERY, FEW, LAST, NEXT, OF, ON, PLURAL, Part, THE,
    THIS, Unit, WEEKEND, WITHIN_POST, WITHIN_PRE,
};
use super::rules::{Reading, Rules, midnight};
use jiff::civil::Date;

/// So many units, or "a few".
#[derive(Debug, Clone, Copy)]
struct Quantity {
    count: Option<i64>,
    unit: Unit,
    /// "A day" is a length only when something else says so.
    bare_one: bool,
    next: usize,
}

impl Rules<'_> {
    /// A length of time or a week, month, year relative to now that begins at token `at`.
    pub(super) fn span(&self, at: usize) -> Option<Reading> {
        let senses = self.senses(at);
        if let Some((unit, count)) = senses.relative {
            return self.calendar_unit(unit, i64::from(count), at + 1);
        }
        if let Some(unit) = senses.set {
            return Some(Reading::new("SET", length(Some(1), unit), None, at + 1));
        }
        if senses.has(AFTER_PRE | BEFORE_PRE | WITHIN_PRE)
            && let Some(reading) = self.led(at)
        {
            return Some(reading);
        }
        if senses.has(NEXT | LAST | THIS | COMING)
            && let Some(reading) = self.adjective(at)
        {
            return Some(reading);
        }
        if let Some(quantity) = self.quantity(at) {
            return self.counted(quantity);
        }
        let unit = senses.unit?;
        if self.lexicon.code == "ru" && self.has(at + 1, BEFORE_POST) {
            return self.away(unit, -1, at + 2);
        }
        self.unit_then_adjective(at, unit)
    }

    /// A preposition before a quantity.
    fn led(&self, at: usize) -> Option<Reading> {
        let senses = self.senses(at);
        let after = self.skip(at + 1, THE | ON | OF, 2);
        if self.has(after, NEXT | LAST | COMING)
            && let Some(reading) = self.adjective(after)
        {
            return Some(reading);
        }
        if senses.has(WITHIN_PRE)
            && let Some(reading) = self.senses(after).unit.and_then(|unit| self.unit_then_adjective(after, unit))
        {
            return Some(reading);
        }
        let quantity = self.quantity(after).or_else(|| {
            // "بعد أسبوع", "через неделю": one goes without saying.
            let unit = self
                .senses(after)
                .unit
                .filter(|_| matches!(self.lexicon.code, "ar" | "ru") && !self.has(after, PLURAL))?;
            Some(Quantity { count: Some(1), unit, bare_one: false, next: after + 1 })
        })?;
        if self.has(quantity.next, BEFORE_POST | AFTER_POST) && !senses.has(BEFORE_PRE) {
            return self.counted(quantity);
        }
        if self.lexicon.adjective_follows() && self.has(quantity.next, NEXT | COMING | LAST) {
            return self.counted(quantity);
        }
        let count = quantity.count.unwrap_or(3);
        if senses.has(AFTER_PRE) {
            return self.away(quantity.unit, count, quantity.next);
        }
        if senses.has(BEFORE_PRE) {
            return self.away(quantity.unit, -count, quantity.next);
        }
        self.ahead(quantity.count, quantity.unit, quantity.next)
    }

    /// "Next week", "the last three days", "coming days", "this month".
    fn adjective(&self, at: usize) -> Option<Reading> {
        let senses = self.senses(at);
        if let Some(quantity) = self.quantity(at + 1) {
            return match (senses.has(LAST), senses.has(NEXT | COMING)) {
                (true, _) => self.past(quantity.count, quantity.unit, quantity.next),
                (_, true) => self.ahead(quantity.count, quantity.unit, quantity.next),
                _ => None,
            };
        }
        if self.senses(at + 1).month.is_some() {
            return self.month_alone(at + 1, senses).map(|days| self.whole_days(days));
        }
        self.relative_unit(self.senses(at + 1).unit?, senses.flags, self.has(at + 1, PLURAL), at + 2)
    }

    /// "الأسبوع القادم", "semaine prochaine", "روزهای آینده".
    fn unit_then_adjective(&self, at: usize, unit: Unit) -> Option<Reading> {
        if !self.lexicon.adjective_follows() {
            return None;
        }
        let after = self.skip(at + 1, FEW, 1);
        let flags = self.senses(after).flags;
        if flags & (NEXT | LAST | THIS | COMING) == 0 || (self.lexicon.code == "fa" && self.has(after, THIS)) {
            return None;
        }
        self.relative_unit(unit, flags, self.has(at, PLURAL), after + 1)
    }

    fn relative_unit(&self, unit: Unit, flags: u32, plural: bool, next: usize) -> Option<Reading> {
        if plural {
            return match (flags & LAST != 0, flags & (NEXT | COMING) != 0) {
                (true, _) => self.past(None, unit, next),
                (_, true) => self.ahead(None, unit, next),
                _ => None,
            };
        }
        let offset = if flags & LAST != 0 { -1 } else { i64::from(flags & (NEXT | COMING) != 0) };
        if offset == 0 && flags & THIS == 0 {
            return None;
        }
        self.calendar_unit(unit, offset, next)
    }

    /// A week, month, quarter or year of the calendar, counted from the present one.
    fn calendar_unit(&self, unit: Unit, offset: i64, next: usize) -> Option<Reading> {
        let today = self.now.date();
        let there = shift(self.now, unit, offset)?.date();
        let (from, to, value) = match unit {
            Unit::Day => (there, add_days(there, 1)?, there.to_string()),
            Unit::Week => week(there)?,
            Unit::Month => {
                let first = there.first_of_month();
                (
                    first,
                    shift(midnight(first), Unit::Month, 1)?.date(),
                    format!("{:04}-{:02}", first.year(), first.month()),
                )
            }
            Unit::Quarter => {
                let month = (there.month() - 1) / 3 * 3 + 1;
                let first = Date::new(there.year(), month, 1).ok()?;
                let value = format!("{:04}-Q{}", first.year(), (month + 2) / 3);
                (first, shift(midnight(first), Unit::Quarter, 1)?.date(), value)
            }
            Unit::Year => {
                let first = there.first_of_year();
                (first, shift(midnight(first), Unit::Year, 1)?.date(), format!("{:04}", first.year()))
            }
            Unit::Fortnight if offset == 1 => (today, add_days(today, 14)?, "P2W".to_owned()),
            Unit::Hour | Unit::Minute if offset == 1 => return self.ahead(Some(1), unit, next),
            _ => return None,
        };
        Some(Reading::new("DATE", value, Some((midnight(from), midnight(to))), next))
    }

    /// So many units, and the word after them that says which way.
    fn counted(&self, quantity: Quantity) -> Option<Reading> {
        let Quantity { count, unit, next, .. } = quantity;
        let senses = self.senses(next);
        let number = count.unwrap_or(3);
        if senses.has(BEFORE_POST) {
            return self.away(unit, -number, next + 1);
        }
        if senses.has(AFTER_POST) {
            return self.away(unit, number, next + 1);
        }
        if senses.has(WITHIN_POST) {
            return self.ahead(count, unit, next + 1);
        }
        if self.lexicon.adjective_follows() && senses.has(NEXT | COMING) {
            return self.ahead(count, unit, next + 1);
        }
        if self.lexicon.adjective_follows() && senses.has(LAST) {
            return self.past(count, unit, next + 1);
        }
        (!quantity.bare_one).then(|| Reading::new("DURATION", length(count, unit), None, next))
    }

    /// A point so many units from now, as wide as its unit.
    fn away(&self, unit: Unit, count: i64, next: usize) -> Option<Reading> {
        let there = shift(self.now, unit, count)?;
        match unit {
            Unit::Hour | Unit::Minute | Unit::Second => {
                let there = there.with().second(0).subsec_nanosecond(0).build().ok()?;
                let value = format!("{}T{:02}:{:02}", there.date(), there.hour(), there.minute());
                Some(Reading::new("TIME", value, Some((there, shift(there, unit, 1)?)), next))
            }
            Unit::Fortnight => self.calendar_unit(Unit::Week, count.checked_mul(2)?, next),
            Unit::Decade => self.calendar_unit(Unit::Year, count.checked_mul(10)?, next),
            _ => self.calendar_unit(unit, count, next),
        }
    }

    /// From now on for so many units; "the coming days" reach as far as a reader would think.
    fn ahead(&self, count: Option<i64>, unit: Unit, next: usize) -> Option<Reading> {
        let to = shift(self.now, unit, count.unwrap_or(horizon(unit)))?;
        let (kind, value) = match count {
            Some(_) => ("DURATION", length(count, unit)),
            None => ("DATE", "FUTURE_REF".to_owned()),
        };
        Some(Reading::new(kind, value, Some((self.now, to)), next))
    }

    fn past(&self, count: Option<i64>, unit: Unit, next: usize) -> Option<Reading> {
        let from = shift(self.now, unit, -count.unwrap_or(horizon(unit)))?;
        let (kind, value) = match count {
            Some(_) => ("DURATION", length(count, unit)),
            None => ("DATE", "PAST_REF".to_owned()),
        };
        Some(Reading::new(kind, value, Some((from, self.now)), next))
    }

    fn quantity(&self, at: usize) -> Option<Quantity> {
        let senses = self.senses(at);
        if let Some(unit) = senses.two {
            return Some(Quantity { count: Some(2), unit, bare_one: false, next: at + 1 });
        }
        let (count, digits, mut next) = match (self.number(at), senses.number) {
            (Some((count, digits)), _) if digits <= 4 && !self.continues_number(at) => (Some(count), true, at + 1),
            (None, Some(count)) => (Some(i64::from(count)), false, at + 1),
            _ if senses.has(FEW) => (None, false, at),
            _ => return None,
        };
        let few = self.has(next, FEW);
        next = self.skip(next, FEW, 1);
        if few {
            next = self.skip(next, OF, 1);
        }
        if self.sign(next, &['-']) && self.glued(next) && self.glued(next + 1) {
            next += 1;
        }
        let unit = self.senses(next).unit?;
        let count = count.filter(|_| !few);
        Some(Quantity { count, unit, bare_one: !digits && count == Some(1), next: next + 1 })
    }

    /// "Every Saturday", "каждые 2 недели".
    pub(super) fn every(&self, at: usize) -> Option<Reading> {
        if !self.has(at, EVERY) {
            return None;
        }
        let only_weekdays = self.lexicon.code == "ru" && self.has(at, super::lexicon::TO);
        // Arabic "day" is also the word before a date: it counts here.
        let named = self.senses(at + 1).unit.is_some() || self.senses(at + 1).weekday.is_some();
        let mut here = if named { at + 1 } else { self.skip(at + 1, THE | ON, 1) };
        if self.senses(here).unit == Some(Unit::Day) && self.senses(here + 1).weekday.is_some() {
            here += 1;
        }
        let senses = self.senses(here);
        let set = |value, next| Some(Reading::new("SET", value, None, next));
        if let Some(weekday) = senses.weekday {
            return set(format!("XXXX-WXX-{weekday}"), here + 1);
        }
        if senses.has(WEEKEND) {
            return set("XXXX-WXX-WE".to_owned(), here + 1);
        }
        if only_weekdays {
            return None;
        }
        if let Some(part) = senses.part {
            let part = match part {
                Part::Morning => "TMO",
                Part::Noon => "T12:00",
                Part::Afternoon => "TAF",
                Part::Evening => "TEV",
                Part::Night => "TNI",
                Part::Midnight => "T00:00",
            };
            return set(format!("XXXX-XX-XX{part}"), here + 1);
        }
        if let Some(quantity) = self.quantity(here) {
            return set(length(quantity.count, quantity.unit), quantity.next);
        }
        set(length(Some(1), senses.unit?), here + 1)
    }

    /// "This weekend", "am Wochenende", "عطلة نهاية الأسبوع القادم".
    pub(super) fn weekend(&self, at: usize) -> Option<Reading> {
        let mut here = at;
        let mut flags = 0;
        if self.has(here, NEXT | LAST | THIS | COMING) {
            flags = self.senses(here).flags;
            here += 1;
        }
        if !self.has(here, WEEKEND) {
            return None;
        }
        let mut next = here + 1;
        if self.lexicon.adjective_follows() && self.has(next, NEXT | LAST | COMING) {
            flags = self.senses(next).flags;
            next += 1;
        }
        let led = self.before(at).has(ON | AT | THE | OF | AFTER_PRE | WITHIN_PRE);
        if flags == 0 && !led && !matches!(self.lexicon.code, "ar" | "fa" | "tr") {
            return None;
        }
        let first = match self.lexicon.code {
            "ar" => 5,
            "fa" => 4,
            _ => 6,
        };
        let today = self.now.date();
        let weekday = i64::from(today.weekday().to_monday_one_offset());
        // On its second day the weekend is still this one.
        let ahead = if (weekday - first).rem_euclid(7) == 1 { -1 } else { (first - weekday).rem_euclid(7) };
        let offset = if flags & LAST != 0 {
            ahead - 7
        } else if flags & NEXT != 0 && ahead <= 0 {
            ahead + 7
        } else {
            ahead
        };
        let from = add_days(today, offset)?;
        let (_, _, value) = week(from)?;
        let interval = (midnight(from), midnight(add_days(from, 2)?));
        Some(Reading::new("DATE", format!("{value}-WE"), Some(interval), next))
    }
}

/// The ISO 8601 week of a day: Monday, the Monday after, and its name.
fn week(day: Date) -> Option<(Date, Date, String)> {
    let iso = day.iso_week_date();
    let monday = add_days(day, -i64::from(day.weekday().to_monday_zero_offset()))?;
    Some((monday, add_days(monday, 7)?, format!("{:04}-W{:02}", iso.year(), iso.week())))
}

/// How many units "the coming …" reaches.
fn horizon(unit: Unit) -> i64 {
    match unit {
        Unit::Second | Unit::Minute => 60,
        Unit::Hour => 24,
        Unit::Day => 7,
        Unit::Week => 4,
        Unit::Month => 6,
        Unit::Fortnight | Unit::Quarter => 2,
        Unit::Year => 5,
        Unit::Decade => 2,
    }
}

/// TIMEX3 length: `P3D`, `PT5H`, `PXW` for a few weeks.
fn length(count: Option<i64>, unit: Unit) -> String {
    let (time, letter, times) = match unit {
        Unit::Second => ("T", 'S', 1),
        Unit::Minute => ("T", 'M', 1),
        Unit::Hour => ("T", 'H', 1),
        Unit::Day => ("", 'D', 1),
        Unit::Week => ("", 'W', 1),
        Unit::Fortnight => ("", 'W', 2),
        Unit::Month => ("", 'M', 1),
        Unit::Quarter => ("", 'M', 3),
        Unit::Year => ("", 'Y', 1),
        Unit::Decade => ("", 'Y', 10),
    };
    match count {
        Some(count) => format!("P{time}{}{letter}", count * times),
        None => format!("P{time}X{letter}"),
    }
}
