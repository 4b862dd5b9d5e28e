//! Stretches of time: "in 3 days", "within the coming days", "next week", "this weekend", "قبل أسبوعين".
//!
//! A vague length is `PXD`; where the words say which way it lies ("the coming days"), the interval is the stretch a reader would think of.

use super::calendar::{add_days, shift};
use super::periods::week;
use super::rules::{Days, Grain, Reading, Rules, midnight};
use super::senses::{
    ABOUT, AFTER, AFTER_POST, AFTER_PRE, ANCHORED, AND, AT, BEFORE, BEFORE_POST, BEFORE_PRE, COMING, COUPLE, FEW,
    FILLER, FOR, LAST, NEXT, OF, ON, OR, PLURAL, RECENT, THAT, THE, THIS, TO, Unit, WEAK, WEEKEND, WITHIN_POST,
    WITHIN_PRE,
};
use jiff::civil::DateTime;

/// So many units, or "a few".
#[derive(Debug, Clone, Copy)]
pub(super) struct Quantity {
    count: Option<i64>,
    unit: Unit,
    /// And a half.
    half: bool,
    /// "A day" is a length only when something else says so.
    bare_one: bool,
    /// "3 next days", "5 dernières années": 1 ahead, -1 back, 0 when nothing inside says so.
    way: i64,
    /// Token after the last.
    pub next: usize,
}

impl Quantity {
    pub(super) fn new(count: Option<i64>, unit: Unit, next: usize) -> Self {
        Self { count, unit, half: false, bare_one: false, way: 0, next }
    }

    /// TIMEX3 length: `P3D`, `PT5H`, `PXW` for a few weeks, `P1.5Y`.
    pub(super) fn length(self) -> String {
        let (time, letter, times) = match self.unit {
            Unit::Second => ("T", 'S', 1),
            Unit::Minute => ("T", 'M', 1),
            Unit::Hour => ("T", 'H', 1),
            Unit::Day => ("", 'D', 1),
            Unit::Week => ("", 'W', 1),
            Unit::Fortnight => ("", 'W', 2),
            Unit::Month => ("", 'M', 1),
            Unit::Quarter => ("", 'M', 3),
            Unit::HalfYear => ("", 'M', 6),
            Unit::Year => ("", 'Y', 1),
            Unit::Decade => ("", 'Y', 10),
            Unit::Century => ("", 'Y', 100),
        };
        match (self.count, self.half, self.unit) {
            (Some(0), true, Unit::Hour) => "PT30M".to_owned(),
            (Some(0), true, Unit::Year) => "P6M".to_owned(),
            (Some(count), true, _) => format!("P{time}{}.5{letter}", count * times),
            (Some(count), false, _) => format!("P{time}{}{letter}", count * times),
            (None, ..) => format!("P{time}X{letter}"),
        }
    }

    /// The moment so many units from another.
    fn from(self, start: DateTime, sign: i64, vague: i64) -> Option<DateTime> {
        let there = shift(start, self.unit, sign * self.count.unwrap_or(vague))?;
        if !self.half {
            return Some(there);
        }
        let (unit, count) = match self.unit {
            Unit::Second | Unit::Minute => (Unit::Second, 30),
            Unit::Hour => (Unit::Minute, 30),
            Unit::Day => (Unit::Hour, 12),
            Unit::Week => (Unit::Hour, 84),
            Unit::Month => (Unit::Day, 15),
            Unit::Year => (Unit::Month, 6),
            _ => (Unit::Year, 5),
        };
        shift(there, unit, sign * count)
    }
}

impl Rules<'_> {
    /// A length of time or a week, month, year relative to now that begins at token `at`.
    pub(super) fn span(&self, at: usize) -> Option<Reading> {
        let senses = self.senses(at);
        if let Some((unit, count)) = senses.relative {
            return self.calendar_unit(unit, i64::from(count), at + 1);
        }
        if let Some(unit) = senses.set {
            return Some(Reading::new("SET", Quantity::new(Some(1), unit, 0).length(), None, at + 1));
        }
        if senses.has(AFTER_PRE | BEFORE_PRE | WITHIN_PRE)
            && let Some(reading) = self.led(at)
        {
            return Some(reading);
        }
        if senses.has(NEXT | LAST | THIS | COMING | RECENT | THAT)
            && let Some(reading) = self.adjective(at)
        {
            return Some(reading);
        }
        if let Some(quantity) = self.quantity(at) {
            return self.counted(at, quantity);
        }
        let unit = senses.unit?;
        if self.is(&["ru"]) && self.has(at + 1, BEFORE_POST) {
            return self.away(Quantity::new(Some(1), unit, at + 2), -1, self.now);
        }
        // "For weeks", "within months".
        if self.has(at, PLURAL) && self.before(at).has(FOR | WITHIN_PRE) && self.is(&["en"]) {
            return Some(Reading::new("DURATION", Quantity::new(None, unit, 0).length(), None, at + 1));
        }
        // "لمدة ساعة": one goes without saying.
        if self.is(&["ar"]) && self.before(at).has(FOR) && !self.has(at, PLURAL) {
            return Some(Reading::new("DURATION", Quantity::new(Some(1), unit, 0).length(), None, at + 1));
        }
        self.unit_then_adjective(at, unit)
    }

    /// A preposition before a quantity.
    fn led(&self, at: usize) -> Option<Reading> {
        let senses = self.senses(at);
        let after = self.skip(at + 1, THE | ON | OF | ABOUT, 2);
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
        // "In the nine months" looks back on what was named before; it is a length.
        let definite = after > at + 1 && self.has(after - 1, THE) && self.is(&["en"]);
        let quantity = self.quantity(after).or_else(|| {
            // "بعد أسبوع", "через неделю": one goes without saying.
            let unit = self.senses(after).unit.filter(|_| self.is(&["ar", "ru"]) && !self.has(after, PLURAL))?;
            // "منذ سنة 1975" names the year.
            if self.number(after + 1).is_some_and(|(_, digits)| digits == 4) {
                return None;
            }
            Some(Quantity::new(Some(1), unit, after + 1))
        })?;
        match quantity.way {
            0 => {}
            way => return if way > 0 { self.ahead(quantity) } else { self.past(quantity) },
        }
        if definite && !self.has(quantity.next, BEFORE_POST | AFTER_POST) {
            return None;
        }
        if self.has(quantity.next, BEFORE_POST | AFTER_POST) && !senses.has(BEFORE_PRE) {
            return self.counted(after, quantity);
        }
        if self.lexicon.adjective_follows() && self.has(quantity.next, NEXT | COMING | LAST) {
            return self.counted(after, quantity);
        }
        if senses.has(AFTER_PRE) {
            return self.away(quantity, 1, self.now);
        }
        if senses.has(BEFORE_PRE) {
            return self.away(quantity, -1, self.now);
        }
        self.ahead(quantity)
    }

    /// "Next week", "the last three days", "coming days", "this month", "that day", "recent years".
    fn adjective(&self, at: usize) -> Option<Reading> {
        let senses = self.senses(at);
        if senses.has(THAT) {
            let day = self.senses(at + 1).unit == Some(Unit::Day) && !self.has(at + 1, PLURAL);
            let named = self.day_named(at).filter(|_| day)?;
            return Days::one(named, super::senses::Calendar::Gregorian, at + 2).map(|days| self.whole_days(days));
        }
        let inner = self.skip(at + 1, NEXT | LAST | COMING, usize::from(senses.has(THIS)));
        let flags = senses.flags | if inner > at + 1 { self.senses(at + 1).flags } else { 0 };
        if let Some(quantity) = self.quantity(inner).filter(|quantity| !quantity.bare_one) {
            return match (flags & (LAST | RECENT) != 0, flags & (NEXT | COMING) != 0) {
                (true, _) => self.past(quantity),
                (_, true) => self.ahead(quantity),
                _ => None,
            };
        }
        if self.senses(inner).month.is_some() {
            return self.month_alone(inner, senses).map(|days| self.whole_days(days));
        }
        self.relative_unit(self.senses(inner).unit?, flags, inner, inner + 1)
    }

    /// "الأسبوع القادم", "semaine prochaine", "روزهای آینده".
    fn unit_then_adjective(&self, at: usize, unit: Unit) -> Option<Reading> {
        if !self.lexicon.adjective_follows() {
            return None;
        }
        let after = self.skip(at + 1, FEW, 1);
        let flags = self.senses(after).flags;
        if flags & (NEXT | LAST | THIS | COMING) == 0 || (self.is(&["fa"]) && self.has(after, THIS)) {
            return None;
        }
        self.relative_unit(unit, flags, at, after + 1)
    }

    fn relative_unit(&self, unit: Unit, flags: u64, at: usize, next: usize) -> Option<Reading> {
        if self.has(at, PLURAL) {
            let vague = Quantity::new(None, unit, next);
            return match (flags & (LAST | RECENT) != 0, flags & (NEXT | COMING) != 0) {
                (true, _) => self.past(vague),
                (_, true) => self.ahead(vague),
                _ => None,
            };
        }
        let offset = if flags & LAST != 0 { -1 } else { i64::from(flags & (NEXT | COMING) != 0) };
        if offset == 0 && flags & THIS == 0 {
            return None;
        }
        // "The next day" follows the day that was named.
        if unit == Unit::Day && offset < 0 {
            return None;
        }
        if unit == Unit::Day && offset == 0 && !self.is(&["en"]) {
            let named = self.day_named(at)?;
            return Days::one(named, super::senses::Calendar::Gregorian, next).map(|days| self.whole_days(days));
        }
        if unit == Unit::Day && offset != 0 {
            let base = self.day_named(at).unwrap_or(self.now.date());
            let day = add_days(base, offset)?;
            return Days::one(day, super::senses::Calendar::Gregorian, next).map(|days| self.whole_days(days));
        }
        self.calendar_unit(unit, offset, next)
    }

    /// The days of "next week" and the like, for "early next year".
    pub(super) fn relative_days(&self, at: usize) -> Option<Days> {
        if let Some((unit, count)) = self.senses(at).relative {
            return self.calendar_days(unit, i64::from(count), at + 1);
        }
        let (flags, unit_at, next) = if self.has(at, NEXT | LAST | THIS | COMING) {
            (self.senses(at).flags, at + 1, at + 2)
        } else if self.lexicon.adjective_follows() {
            (self.senses(at + 1).flags, at, at + 2)
        } else {
            return None;
        };
        let unit = self.senses(unit_at).unit.filter(|_| !self.has(unit_at, PLURAL))?;
        let offset = if flags & LAST != 0 { -1 } else { i64::from(flags & (NEXT | COMING) != 0) };
        (offset != 0 || flags & THIS != 0).then(|| self.calendar_days(unit, offset, next)).flatten()
    }

    fn calendar_unit(&self, unit: Unit, offset: i64, next: usize) -> Option<Reading> {
        match unit {
            Unit::Fortnight | Unit::Hour | Unit::Minute if offset == 1 => {
                self.ahead(Quantity::new(Some(1), unit, next))
            }
            _ => self.calendar_days(unit, offset, next).map(|days| self.whole_days(days)),
        }
    }

    /// So many units, and the word after them that says which way.
    fn counted(&self, at: usize, quantity: Quantity) -> Option<Reading> {
        let next = quantity.next;
        let senses = self.senses(next);
        let on = Quantity { next: next + 1, ..quantity };
        // "A day later" counts from the day that was named; where none was, it is a length.
        let days = matches!(quantity.unit, Unit::Day | Unit::Week | Unit::Fortnight | Unit::Month);
        let timed = matches!(quantity.unit, Unit::Second | Unit::Minute | Unit::Hour);
        if senses.has(ANCHORED) && senses.has(AFTER_POST) && !timed && self.day_named(at).is_none() {
            return Some(Reading::new("DURATION", quantity.length(), None, next));
        }
        let start = match self.day_named(at).filter(|_| senses.has(ANCHORED) && days) {
            Some(day) => day.to_datetime(self.now.time()),
            None => self.now,
        };
        if senses.has(BEFORE_POST) {
            if let Some((year, quarter)) = self.quarter_named(at)
                && (quantity.count, quantity.unit) == (Some(1), Unit::Year)
            {
                return self.same_quarter(year - 1, quarter, next + 1);
            }
            return self.away(on, -1, start);
        }
        if senses.has(AFTER_POST) {
            return self.away(on, 1, start);
        }
        if senses.has(WITHIN_POST) {
            return self.ahead(on);
        }
        if self.lexicon.adjective_follows() && senses.has(NEXT | COMING) {
            return self.ahead(on);
        }
        if self.lexicon.adjective_follows() && senses.has(LAST) {
            return self.past(on);
        }
        match quantity.way {
            0 => {}
            way => return if way > 0 { self.ahead(quantity) } else { self.past(quantity) },
        }
        if quantity.bare_one {
            // "Twice a week", "$33 a month".
            let rate = self.number(at.wrapping_sub(1)).is_some() || self.sign(at.wrapping_sub(1), &['%']);
            let kind = if rate { "SET" } else { "DURATION" };
            let said = rate || self.before(at).has(FOR | WITHIN_PRE | ABOUT);
            return said.then(|| Reading::new(kind, quantity.length(), None, next));
        }
        Some(Reading::new("DURATION", quantity.length(), None, next))
    }

    fn same_quarter(&self, year: i64, quarter: i64, next: usize) -> Option<Reading> {
        let from = super::calendar::date(super::senses::Calendar::Gregorian, year, quarter * 3 - 2, 1)?;
        let to = shift(midnight(from), Unit::Quarter, 1)?.date();
        Some(self.whole_days(Days::new(from, to, format!("{year:04}-Q{quarter}"), Grain::Quarter, next)))
    }

    /// A point so many units from a start, as wide as its unit; weeks are told to the day.
    fn away(&self, quantity: Quantity, sign: i64, start: DateTime) -> Option<Reading> {
        let Quantity { count, unit, next, .. } = quantity;
        if count.is_none() {
            let far = quantity.from(start, sign, horizon(unit))?;
            let (value, interval) = if sign > 0 { ("FUTURE_REF", (start, far)) } else { ("PAST_REF", (far, start)) };
            return Some(Reading::new("DATE", value.to_owned(), Some(interval), next));
        }
        let there = quantity.from(start, sign, 1)?;
        match unit {
            Unit::Hour | Unit::Minute | Unit::Second => {
                let there = there.with().subsec_nanosecond(0).build().ok()?;
                let value = if unit == Unit::Second {
                    format!("{}T{:02}:{:02}:{:02}", there.date(), there.hour(), there.minute(), there.second())
                } else {
                    format!("{}T{:02}:{:02}", there.date(), there.hour(), there.minute())
                };
                Some(Reading::new("TIME", value, Some((there, shift(there, unit, 1)?)), next))
            }
            Unit::Day | Unit::Week | Unit::Fortnight => {
                Days::one(there.date(), super::senses::Calendar::Gregorian, next).map(|days| self.whole_days(days))
            }
            _ => {
                let months = i64::from(there.date().year() - self.now.date().year()) * 12
                    + i64::from(there.date().month() - self.now.date().month());
                let unit = if matches!(unit, Unit::Month | Unit::Quarter | Unit::HalfYear) || quantity.half {
                    Unit::Month
                } else {
                    Unit::Year
                };
                let offset = if unit == Unit::Month { months } else { i64::from(there.year() - self.now.year()) };
                self.calendar_unit(unit, offset, next)
            }
        }
    }

    /// From now on for so many units; "the coming days" reach as far as a reader would think.
    fn ahead(&self, quantity: Quantity) -> Option<Reading> {
        let to = quantity.from(self.now, 1, horizon(quantity.unit))?;
        Some(Reading::new("DURATION", quantity.length(), Some((self.now, to)), quantity.next))
    }

    fn past(&self, quantity: Quantity) -> Option<Reading> {
        let from = quantity.from(self.now, -1, horizon(quantity.unit))?;
        Some(Reading::new("DURATION", quantity.length(), Some((from, self.now)), quantity.next))
    }

    pub(super) fn quantity(&self, at: usize) -> Option<Quantity> {
        let senses = self.senses(at);
        if let Some(unit) = senses.two {
            return Some(Quantity::new(Some(2), unit, at + 1));
        }
        if self.is_half(at) {
            let after = if self.senses(at + 1).number == Some(1) { at + 2 } else { self.skip(at + 1, THE | OF, 1) };
            let after = after + usize::from(self.sign(after, &['-']));
            let unit = self.senses(after).unit.filter(|_| !self.has(after, PLURAL))?;
            return Some(Quantity { half: true, ..Quantity::new(Some(0), unit, after + 1) });
        }
        if let Some((0, unit, next)) = self.one_then_half(at) {
            return Some(Quantity { half: true, ..Quantity::new(Some(0), unit, next) });
        }
        let (mut count, digits, mut next) = match self.cardinal(at) {
            // "A couple of weeks".
            Some(number) if number.value == 1 && self.has(number.next, COUPLE) => {
                (Some(2), true, self.skip(number.next + 1, OF, 1))
            }
            Some(number) if number.digits <= 4 => (Some(number.value), number.digits > 0, number.next),
            None if senses.has(COUPLE) => (Some(2), true, self.skip(at + 1, OF, 1)),
            None if senses.has(FEW) => (None, false, at),
            _ => return None,
        };
        let mut half = false;
        // "2.5 hours".
        if self.sign(next, &['.', ',']) && self.glued(next) && self.glued(next + 1) {
            half = self.number(next + 1) == Some((5, 1));
            next += if half { 2 } else { return None };
        }
        if self.has(next, AND) && self.is_half(self.skip_one(next + 1)) {
            next = self.skip_one(next + 1) + 1;
            half = true;
        }
        // "Two to three weeks", "12-18 months": as long as the longer.
        if (self.has(next, TO | OR) || self.sign(next, &['-', '–']))
            && let Some(more) = self.longer(next + 1).filter(|more| count.is_some_and(|count| more.value > count))
            && self.senses(more.next + usize::from(self.sign(more.next, &['-']))).unit.is_some()
        {
            (count, next) = (Some(more.value), more.next);
        }
        let few = self.has(next, FEW);
        next = self.before_unit(next);
        let adjective = self.before(next).flags;
        let way = i64::from(adjective & (NEXT | COMING) != 0) - i64::from(adjective & LAST != 0);
        let unit = self.senses(next).unit?;
        // "2008 году", "1999 year": a year, not so many of them.
        let year = count.filter(|_| digits).is_some_and(|count| match unit {
            Unit::Year => (1500..=2399).contains(&count),
            _ => (1900..=2100).contains(&count) && count % 100 != 0,
        });
        if year {
            return None;
        }
        if self.senses(next).has(WEAK) && !digits && senses.number == Some(1) {
            return None;
        }
        next += 1;
        // "An hour and a half", "a year or two".
        if self.has(next, AND) && self.is_half(self.skip_one(next + 1)) {
            next = self.skip_one(next + 1) + 1;
            half = true;
        }
        let count = count.filter(|_| !few);
        Some(Quantity { count, unit, half, bare_one: !digits && !half && count == Some(1), way, next })
    }

    /// Skips what may stand between a number and its unit: "several of the", "full", a hyphen, "next".
    fn before_unit(&self, at: usize) -> usize {
        let mut next = at;
        next = self.skip(next, FEW, 1);
        if next > at {
            next = self.skip(next, OF, 1);
        }
        next = self.skip(next, FILLER, 2);
        if self.sign(next, &['-']) && self.glued(next) && self.glued(next + 1) {
            next += 1;
        }
        // "3 next days", "trois prochains jours".
        if self.has(next, NEXT | LAST | COMING) && self.senses(next + 1).unit.is_some() && self.has(next + 1, PLURAL) {
            next += 1;
        }
        next
    }

    /// "Einer halben Stunde", "a half hour".
    fn one_then_half(&self, at: usize) -> Option<(i64, Unit, usize)> {
        let half = self.senses(at).number == Some(1) && self.is_half(at + 1);
        let here = at + 2 + usize::from(self.sign(at + 2, &['-']));
        let unit = self.senses(here).unit.filter(|_| half && !self.has(here, PLURAL))?;
        Some((0, unit, here + 1))
    }

    /// The second number of "12-18 months".
    fn longer(&self, at: usize) -> Option<super::numbers::Number> {
        match self.number(at) {
            Some((value, digits @ 1..=3)) => Some(super::numbers::Number { value, digits, next: at + 1 }),
            Some(_) => None,
            None => self.cardinal(at),
        }
    }

    /// Skips "a".
    fn skip_one(&self, at: usize) -> usize {
        at + usize::from(self.senses(at).number == Some(1))
    }

    /// "Two weeks before Christmas", "the day after 5 May", "three days after Eid".
    pub(super) fn offset_from(&self, at: usize) -> Option<Reading> {
        let single =
            self.senses(at).unit.filter(|unit| matches!(unit, Unit::Day | Unit::Week) && !self.has(at, PLURAL));
        let quantity = match single {
            Some(unit) => Quantity::new(Some(1), unit, at + 1),
            None => self.quantity(at)?,
        };
        let senses = self.senses(quantity.next);
        if !senses.has(BEFORE | AFTER) || quantity.count.is_none() {
            return None;
        }
        let sign = if senses.has(BEFORE) { -1 } else { 1 };
        let days = self.days(self.skip(quantity.next + 1, THE | OF, 2)).filter(Days::single)?;
        let from = quantity.from(midnight(days.from), sign, 1)?;
        if matches!(quantity.unit, Unit::Second | Unit::Minute | Unit::Hour) {
            let interval = if sign < 0 {
                (from, midnight(days.from))
            } else {
                (midnight(days.to), shift(midnight(days.to), quantity.unit, quantity.count?)?)
            };
            return Some(Reading::new("DURATION", quantity.length(), Some(interval), days.next));
        }
        Days::one(from.date(), days.calendar, days.next).map(|days| self.whole_days(days))
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
        if flags == 0 && !led && !self.is(&["ar", "fa", "tr"]) {
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
        let past = flags & LAST != 0 || (flags == 0 && ahead > 0 && self.tense(at, here) == super::tense::Tense::Past);
        let offset = if past {
            ahead - 7
        } else if flags & NEXT != 0 && ahead <= 0 {
            ahead + 7
        } else {
            ahead
        };
        let from = add_days(today, offset)?;
        let (_, _, value) = week(from)?;
        let days = Days::new(from, add_days(from, 2)?, format!("{value}-WE"), Grain::Days, next);
        Some(Reading { grain: None, ..self.whole_days(days) })
    }
}

/// How many units "the coming …" reaches.
fn horizon(unit: Unit) -> i64 {
    match unit {
        Unit::Second | Unit::Minute => 60,
        Unit::Hour => 24,
        Unit::Day => 7,
        Unit::Week => 4,
        Unit::Month => 6,
        Unit::Fortnight | Unit::Quarter | Unit::HalfYear => 2,
        Unit::Year => 5,
        Unit::Decade | Unit::Century => 2,
    }
}
