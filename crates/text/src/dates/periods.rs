//! Longer stretches of the calendar: months, quarters, seasons, feasts, vague times, and their early, middle and late parts.

use super::calendar::{add_days, date, month_range, shift, solar_month_of, year_near};
use super::rules::{Days, Grain, Reading, Rules, midnight};
use super::senses::{
    ABOUT, AFTER, AFTER_PRE, AT, BC, BEFORE, BEFORE_POST, BEFORE_PRE, COMING, Calendar, EARLY, EVERY, FISCAL, FOR,
    FROM, LAST, LATE, MID, NEXT, OF, ON, OWNED, PERIOD, PLURAL, Q_MARK, RECENT, SINCE, Season, THE, THIS, TO, Unit,
    Vague, WEAK, WITHIN_PRE, YEAR,
};
use super::tense::{Tense, tense_near};
use jiff::civil::{Date, DateTime};

/// What says that a number or name after it is a time.
pub(super) const LEADS: u64 = ON
    | AT
    | AFTER_PRE
    | OF
    | NEXT
    | LAST
    | THIS
    | COMING
    | WITHIN_PRE
    | TO
    | FROM
    | SINCE
    | BEFORE
    | BEFORE_PRE
    | AFTER
    | EARLY
    | MID
    | LATE
    | FOR
    | ABOUT;
/// How far around now a vague time reaches, in days.
const SOON_DAYS: i64 = 14;
const RECENT_DAYS: i64 = 30;
const THESE_DAYS: i64 = 7;
/// A feast without a year that is longer gone, in days, is the next one.
const FEAST_GONE_DAYS: i64 = 21;

impl Rules<'_> {
    /// A stretch longer than a day that begins at token `at`.
    pub(super) fn period(&self, at: usize) -> Option<Days> {
        let whole = self.whole_period(at);
        if !self.is(&["tr"]) {
            return whole;
        }
        // Turkish names the part last: "Mart sonunda", "yıl başında".
        let whole = whole.or_else(|| self.year(at)).or_else(|| self.relative_days(at));
        let whole = whole.or_else(|| self.this_unit(at).filter(|days| self.has(days.next, EARLY | MID | LATE)))?;
        let flags = self.senses(whole.next).flags & (EARLY | MID | LATE);
        if flags == 0 { Some(whole) } else { narrowed(flags, Days { next: whole.next + 1, ..whole }) }
    }

    fn whole_period(&self, at: usize) -> Option<Days> {
        self.part_of_period(at)
            .or_else(|| self.month_year(at))
            .or_else(|| self.quarter(at))
            .or_else(|| self.season(at))
            .or_else(|| self.decade(at))
            .or_else(|| self.century(at))
            .or_else(|| self.month_alone(at, self.before(at)))
            .or_else(|| self.year_end(at))
    }

    /// "By year end", "at the year's end".
    fn year_end(&self, at: usize) -> Option<Days> {
        let is_year = self.senses(at).unit == Some(Unit::Year) && !self.has(at, PLURAL) && self.is(&["en"]);
        let end = self.skip(at + 1 + usize::from(self.sign(at + 1, &['\'', '’', '-'])), OWNED, 1);
        if !is_year || !self.has(end, LATE) {
            return None;
        }
        narrowed(LATE, self.calendar_days(Unit::Year, 0, end + 1)?)
    }

    /// "Early March", "Ende 2026", "at the end of the month", "в начале года": the value of the whole, the interval of the third meant.
    fn part_of_period(&self, at: usize) -> Option<Days> {
        let flags = self.senses(at).flags & (EARLY | MID | LATE);
        if flags == 0 || self.is(&["tr"]) {
            return None;
        }
        let dash = at + 1 + usize::from(self.sign(at + 1, &['-']) && self.glued(at + 1));
        // Persian "of" is also its month.
        let whole = self.whole_after_part(at, self.skip(dash, OF | THE | ON, 2)).or_else(|| self.this_unit(dash))?;
        narrowed(flags, whole)
    }

    fn whole_after_part(&self, at: usize, inner: usize) -> Option<Days> {
        self.month_year(inner)
            .or_else(|| self.quarter(inner))
            .or_else(|| self.season(inner))
            .or_else(|| self.decade(inner))
            .or_else(|| self.century(inner))
            .or_else(|| self.month_alone(inner, self.senses(at)))
            .or_else(|| self.year(inner))
            .or_else(|| self.relative_days(inner))
            .or_else(|| self.this_unit(inner))
    }

    /// "The month", "the year" after "end of": the present one.
    pub(super) fn this_unit(&self, at: usize) -> Option<Days> {
        let unit = self.senses(at).unit.filter(|_| !self.has(at, PLURAL))?;
        matches!(unit, Unit::Week | Unit::Month | Unit::Quarter | Unit::Year | Unit::Decade | Unit::Century)
            .then(|| self.calendar_days(unit, 0, at + 1))
            .flatten()
    }

    fn month_year(&self, at: usize) -> Option<Days> {
        let (calendar, month) = self.month(at)?;
        let (year, next) = self.year_after(self.after_month(at), calendar)?;
        let (from, to) = month_range(calendar, self.own_year(calendar, year, month)?, month)?;
        Some(whole_month(from, to, calendar, next))
    }

    /// True when a month's or weekday's word is not merely an ordinary word: English writes the names with capitals.
    pub(super) fn named(&self, at: usize) -> bool {
        let Some(token) = self.token(at) else { return false };
        let first = self.text.get(token.start..).and_then(|rest| rest.chars().next());
        !token.senses.has(WEAK) || !self.is(&["en"]) || first.is_some_and(char::is_uppercase)
    }

    /// "In March", "next April", "this Ramadan": a month without year or day.
    pub(super) fn month_alone(&self, at: usize, before: &super::senses::Senses) -> Option<Days> {
        let (calendar, month) = self.month(at)?;
        let led = before.has(LEADS) || before.unit == Some(Unit::Month) || before.month.is_some();
        let weak = self.senses(at).has(WEAK);
        if !self.named(at) || (weak && !led) || self.senses(at).number.is_some() {
            return None;
        }
        let next = self.after_month(at).min(self.tokens.len());
        let next = if self.number(next).is_some() { at + 1 } else { next };
        let mut flags = before.flags;
        let mut end = next;
        if self.lexicon.adjective_follows() && self.has(next, NEXT | LAST | COMING) {
            flags = self.senses(next).flags;
            end = next + 1;
        }
        let first = |year| date(calendar, year, month, 1);
        let found = self.by_flags(flags, calendar, first, |year| month_range(calendar, year, month), at)?;
        let year = years_of(found, calendar, month)?;
        let (from, to) = month_range(calendar, year, month)?;
        Some(whole_month(from, to, calendar, end))
    }

    /// The first day of what comes every year, by "next", "last", "this" or the tense.
    pub(super) fn by_flags(
        &self,
        flags: u64,
        calendar: Calendar,
        first: impl Fn(i64) -> Option<Date>,
        range: impl Fn(i64) -> Option<(Date, Date)>,
        at: usize,
    ) -> Option<Date> {
        let today = self.now.date();
        let mut years = self.years_around(calendar);
        if flags & (NEXT | COMING) != 0 {
            years.filter_map(first).find(|day| *day > today)
        } else if flags & LAST != 0 {
            years.filter_map(range).filter(|(_, to)| *to <= today).map(|(from, _)| from).last()
        } else if let Some((from, _)) =
            years.clone().filter_map(&range).find(|(from, to)| *from <= today && today < *to)
        {
            Some(from)
        } else if flags & THIS != 0 {
            // The one of this year, or where that is long gone the one ahead.
            let of_this_year = years.clone().filter_map(&range).find(|(from, _)| from.year() == today.year());
            match of_this_year {
                Some((from, to)) if to > today || self.tense(at, at) == Tense::Past => Some(from),
                Some((from, _)) if calendar == Calendar::Gregorian => Some(from),
                _ => years.find_map(|year| first(year).filter(|day| *day > today)),
            }
        } else {
            self.near(at, at, first, calendar)
        }
    }

    fn years_around(&self, calendar: Calendar) -> impl Iterator<Item = i64> + Clone + use<> {
        let year = year_near(calendar, self.now.date());
        year - 2..=year + 2
    }

    /// The day among the years around that is meant: by tense where the sentence has one, else the next to come unless one has
    /// just been. What lies ten months back is not the past meant, when the same day comes in two.
    pub(super) fn near(
        &self,
        first: usize,
        last: usize,
        day: impl Fn(i64) -> Option<Date>,
        calendar: Calendar,
    ) -> Option<Date> {
        let today = self.now.date();
        let past = self.years_around(calendar).filter_map(&day).filter(|day| *day <= today).last();
        let ahead = self.years_around(calendar).filter_map(&day).find(|day| *day > today);
        let (Some(past), Some(ahead)) = (past, ahead) else { return past.or(ahead) };
        let gone = past.until(today).map_or(0, |span| span.get_days());
        let limit = match self.tense(first, last) {
            Tense::Past => 300,
            Tense::Future => 45,
            Tense::Unknown => 120,
        };
        Some(if gone <= limit { past } else { ahead })
    }

    pub(super) fn tense(&self, first: usize, last: usize) -> Tense {
        match (self.token(first), self.token(last)) {
            (Some(first), Some(last)) => tense_near(self.text, first.start, last.end, self.lexicon),
            _ => Tense::Unknown,
        }
    }

    /// `Third-quarter`, `Q3 2026`, `the first quarter of 2026`, `next year's first quarter`, `the year-ago quarter`, `the latest period`.
    fn quarter(&self, at: usize) -> Option<Days> {
        let is_quarter = |at: usize| self.senses(at).unit == Some(Unit::Quarter) && !self.has(at, PLURAL);
        if let Some(days) = self.quarter_of_last_year(at) {
            return Some(days);
        }
        if self.has(at, RECENT) && (is_quarter(at + 1) || self.has(at + 1, PERIOD)) {
            let (year, quarter) = self.quarter_named(at).unwrap_or_else(|| self.last_quarter());
            return quarter_of(year, quarter, at + 2);
        }
        let mut here = at;
        let mut year = None;
        // 2026 Q3; the 1988 quarter.
        if let Some((number, 4)) = self.number(at).filter(|(number, _)| (1900..=2100).contains(number)) {
            year = Some(number);
            here = at + 1 + usize::from(self.sign(at + 1, &['-']));
            if is_quarter(here) || (self.has(here, PERIOD) && self.quarter_named(at).is_some()) {
                return quarter_of(number, self.quarter_named(at).unwrap_or_else(|| self.last_quarter()).1, here + 1);
            }
        } else if let Some((number, next)) = self.year_named(at) {
            year = Some(number);
            here = next;
            if is_quarter(here) && self.quarter_named(at).is_some() {
                return quarter_of(number, self.quarter_named(at)?.1, here + 1);
            }
        }
        // "الربع الثالث من عام 2026".
        if is_quarter(here) && self.is(&["ar", "fa"]) {
            let ordinal = self.ordinal(here + 1).filter(|ordinal| (1..=4).contains(&ordinal.value))?;
            let after = self.skip(ordinal.next, OF | YEAR, 2);
            return match self.number(after).filter(|(year, _)| (1900..=2100).contains(year)) {
                Some((year, _)) => quarter_of(year, ordinal.value, after + 1),
                None => quarter_of(self.year_of_quarter(ordinal.value, at, ordinal.next), ordinal.value, ordinal.next),
            };
        }
        here = self.skip(here, FISCAL | THE, 2);
        here += usize::from(self.sign(here, &['-']) && self.has(here - 1, FISCAL));
        let (quarter, next) = if self.has(here, Q_MARK) {
            (self.number(here + 1).filter(|(_, digits)| *digits == 1 && self.glued(here + 1))?.0, here + 2)
        } else if is_quarter(here) && self.before(here).has(THE) {
            // "The quarter": the one spoken of.
            let (year, quarter) = self.quarter_named(at).unwrap_or_else(|| self.last_quarter());
            return quarter_of(year, quarter, here + 1);
        } else {
            let ordinal = self.ordinal(here)?;
            let unit = ordinal.next + usize::from(self.sign(ordinal.next, &['-']));
            let unit = self.skip(unit, FISCAL, 1);
            if !is_quarter(unit) {
                return None;
            }
            (ordinal.value, unit + 1)
        };
        if !(1..=4).contains(&quarter) {
            return None;
        }
        let after = self.skip(next, OF | FISCAL, 2);
        let after = after + usize::from(self.sign(after, &['-']) && self.glued(after));
        let after = self.skip(after, YEAR, 1);
        let (year, next) = match (year, self.number(after), self.year_named(after)) {
            (Some(year), ..) => (year, next),
            (None, Some((year, 4)), _) if (1900..=2100).contains(&year) => (year, after + 1),
            (None, _, Some((year, end))) => (year, end),
            _ => (self.year_of_quarter(quarter, at, next), next),
        };
        quarter_of(year, quarter, next)
    }

    /// "The year-ago quarter", "year-earlier results": the same quarter of the year before.
    fn quarter_of_last_year(&self, at: usize) -> Option<Days> {
        let is_quarter = |at: usize| self.senses(at).unit == Some(Unit::Quarter) && !self.has(at, PLURAL);
        let is_year = self.senses(at).unit == Some(Unit::Year);
        if !is_year || !self.sign(at + 1, &['-']) || !self.has(at + 2, BEFORE_POST) {
            return None;
        }
        // "The year-ago third quarter".
        if let Some(ordinal) = self.ordinal(at + 3).filter(|ordinal| is_quarter(ordinal.next)) {
            let year = self.year_of_quarter(ordinal.value, at, ordinal.next);
            return if ordinal.value <= 4 { quarter_of(year - 1, ordinal.value, ordinal.next + 1) } else { None };
        }
        let named = self.has(at + 3, PERIOD) || is_quarter(at + 3);
        let (year, quarter) = self.quarter_named(at).unwrap_or_else(|| self.last_quarter());
        quarter_of(year - 1, quarter, at + 3 + usize::from(named))
    }

    /// A year told from this one, and whose it is: "last year's".
    fn year_named(&self, at: usize) -> Option<(i64, usize)> {
        let is_year = self.senses(at + 1).unit == Some(Unit::Year) && !self.has(at + 1, PLURAL);
        let flags = self.senses(at).flags;
        if !is_year || flags & (NEXT | LAST | THIS) == 0 {
            return None;
        }
        let offset = if flags & LAST != 0 { -1 } else { i64::from(flags & NEXT != 0) };
        let next = at + 2 + usize::from(self.sign(at + 2, &['\'', '’']));
        Some((i64::from(self.now.date().year()) + offset, self.skip(next, OWNED, 1)))
    }

    /// A quarter without a year is the last that has begun, or the next where the sentence looks ahead.
    fn year_of_quarter(&self, quarter: i64, at: usize, next: usize) -> i64 {
        let today = self.now.date();
        let year = i64::from(today.year());
        let begun = i64::from((today.month() - 1) / 3 + 1) >= quarter;
        let over = i64::from((today.month() - 1) / 3 + 1) > quarter;
        match self.tense(at, next - 1) {
            // The results of the quarter that ended last are still to come.
            Tense::Future if over && quarter != self.last_quarter().1 => year + 1,
            Tense::Future => year,
            _ if begun => year,
            _ => year - 1,
        }
    }

    /// The quarter that ended last.
    fn last_quarter(&self) -> (i64, i64) {
        let today = self.now.date();
        let (year, quarter) = (i64::from(today.year()), i64::from((today.month() - 1) / 3));
        if quarter == 0 { (year - 1, 4) } else { (year, quarter) }
    }

    /// "This summer", "spring 2026", "im Winter".
    fn season(&self, at: usize) -> Option<Days> {
        let mut here = at;
        let mut flags = self.before(at).flags;
        if self.has(here, NEXT | LAST | THIS | COMING) && self.senses(here).season.is_none() {
            flags = self.senses(here).flags;
            here += 1;
        }
        let season = self.senses(here).season?;
        let mut next = here + 1;
        if self.lexicon.adjective_follows() && self.has(next, NEXT | LAST | COMING) {
            flags |= self.senses(next).flags;
            next += 1;
        }
        let year = self.year_after(next, Calendar::Gregorian);
        if let Some((year, next)) = year {
            let (from, to) = season_range(season, year)?;
            return Some(season_days(season, from, to, year, next));
        }
        // "بهار ۱۴۰۵": three months of the Solar Hijri year.
        if let Some((year, next)) = self.year_after(next, Calendar::Solar).filter(|_| self.is(&["fa"])) {
            let first = 1 + 3 * season as i64;
            let (from, to) = (date(Calendar::Solar, year, first, 1)?, month_range(Calendar::Solar, year, first + 2)?.1);
            let value = format!("{from}/{}", add_days(to, -1)?);
            return Some(Days { calendar: Calendar::Solar, ..Days::new(from, to, value, Grain::Season, next) });
        }
        let firm = flags & (NEXT | LAST | THIS | COMING | AFTER_PRE | EARLY | MID | LATE | SINCE) != 0
            || (flags & THE != 0
                && at.checked_sub(2).is_some_and(|at| self.has(at, AFTER_PRE | TO | EARLY | LATE | SINCE | OF)));
        let led = if self.senses(here).has(WEAK) { firm } else { firm || flags & LEADS != 0 };
        if !led || self.has(here, PLURAL) || (self.senses(here).has(WEAK) && self.has(next, OF)) {
            return None;
        }
        let range = |year| season_range(season, year);
        let found = self.by_flags(flags, Calendar::Gregorian, |year| range(year).map(|(from, _)| from), range, at)?;
        let year = i64::from(found.year());
        let (from, to) = season_range(season, year)?;
        Some(season_days(season, from, to, year, next))
    }

    /// "Eid al-Fitr", "Christmas Eve 2026", "Nowruz", "last Easter".
    pub(super) fn feast(&self, at: usize) -> Option<Days> {
        let mut here = at;
        let mut flags = self.before(at).flags;
        if self.has(here, NEXT | LAST | THIS | COMING) && self.senses(here).feast.is_none() {
            flags = self.senses(here).flags;
            here += 1;
        }
        let mut year = None;
        if let Some((number, 4)) = self.number(at).filter(|_| here == at && !self.continues_number(at)) {
            year = Some(number);
            here = at + 1;
        }
        let feast = self.senses(here).feast?;
        if self.senses(here).has(WEAK) && flags & LEADS == 0 {
            return None;
        }
        let mut next = here + 1;
        if self.lexicon.adjective_follows() && self.has(next, NEXT | LAST | COMING) {
            flags |= self.senses(next).flags;
            next += 1;
        }
        let calendar = feast.calendar();
        let after = self.year_after(next, Calendar::Gregorian).or_else(|| self.year_after(next, calendar));
        let first = |year| feast.in_year(year);
        let found = match (year, after) {
            (Some(year), _) => feast.in_gregorian_year(year)?,
            (None, Some((year, end))) => {
                next = end;
                if calendar != Calendar::Gregorian && year < 1600 {
                    feast.in_year(year)?
                } else {
                    feast.in_gregorian_year(year)?
                }
            }
            _ => {
                let range = |year| first(year).and_then(|day| Some((day, add_days(day, feast.days())?)));
                let is_past = flags & LAST != 0 || self.tense(at, here) == Tense::Past;
                let flags = if is_past { flags } else { flags & !THIS };
                match self.by_flags(flags, calendar, first, range, at)? {
                    // People speak of feasts to come, unless one has just been.
                    day if !is_past && add_days(day, FEAST_GONE_DAYS)? < self.now.date() => {
                        self.by_flags(NEXT, calendar, first, range, at)?
                    }
                    day => day,
                }
            }
        };
        Some(Days { to: add_days(found, feast.days())?, ..Days::one(found, Calendar::Gregorian, next)? })
    }

    /// "Soon", "these days", "recently": the window it is taken for is stated in the interval.
    pub(super) fn vague(&self, at: usize) -> Option<Reading> {
        let vague = self.senses(at).vague?;
        if self.senses(at).has(WEAK) && !self.before(at).has(AFTER_PRE | ON | THE | AT)
            || self.before(at).has(EVERY | BC)
        {
            return None;
        }
        let window = |from: i64, to: i64| -> Option<(DateTime, DateTime)> {
            Some((shift(self.now, Unit::Day, from)?, shift(self.now, Unit::Day, to)?))
        };
        let (value, interval) = match vague {
            Vague::Now => ("PRESENT_REF", None),
            Vague::TheseDays => ("PRESENT_REF", window(-THESE_DAYS, THESE_DAYS)),
            Vague::Soon => ("FUTURE_REF", window(0, SOON_DAYS)),
            Vague::Someday => ("FUTURE_REF", None),
            Vague::Recent => ("PAST_REF", window(-RECENT_DAYS, 0)),
            Vague::Formerly => ("PAST_REF", None),
        };
        Some(Reading::new("DATE", value.to_owned(), interval, at + 1))
    }

    /// A month or year as Persian counts them: Solar Hijri.
    fn solar_days(&self, unit: Unit, offset: i64, next: usize) -> Option<Days> {
        let (year, month) = solar_month_of(self.now.date())?;
        let (from, to, grain) = if unit == Unit::Year {
            let first = |year| date(Calendar::Solar, year, 1, 1);
            (first(year + offset)?, first(year + offset + 1)?, Grain::Year)
        } else {
            let months = year * 12 + month - 1 + offset;
            let (from, to) = month_range(Calendar::Solar, months.div_euclid(12), months.rem_euclid(12) + 1)?;
            (from, to, Grain::Month)
        };
        let value = format!("{from}/{}", add_days(to, -1)?);
        Some(Days { calendar: Calendar::Solar, ..Days::new(from, to, value, grain, next) })
    }

    /// A week, month, quarter or year of the calendar, counted from the present one.
    pub(super) fn calendar_days(&self, unit: Unit, offset: i64, next: usize) -> Option<Days> {
        if self.is(&["fa"]) && matches!(unit, Unit::Month | Unit::Year) {
            return self.solar_days(unit, offset, next);
        }
        let there = shift(self.now, unit, offset)?.date();
        let year = i64::from(there.year());
        let days = |from: Date, to: Date, value: String, grain: Grain| Some(Days::new(from, to, value, grain, next));
        match unit {
            Unit::Day => Days::one(there, Calendar::Gregorian, next),
            Unit::Week => {
                let (from, to, value) = week(there)?;
                days(from, to, value, Grain::Week)
            }
            Unit::Month => {
                let (from, to) = month_range(Calendar::Gregorian, year, i64::from(there.month()))?;
                Some(whole_month(from, to, Calendar::Gregorian, next))
            }
            Unit::Quarter => quarter_of(year, i64::from((there.month() - 1) / 3 + 1), next),
            Unit::HalfYear => {
                let half = i64::from((there.month() - 1) / 6);
                let from = date(Calendar::Gregorian, year, half * 6 + 1, 1)?;
                days(from, shift(midnight(from), unit, 1)?.date(), format!("{year:04}-H{}", half + 1), Grain::Quarter)
            }
            Unit::Year => {
                let from = there.first_of_year();
                days(from, shift(midnight(from), unit, 1)?.date(), format!("{year:04}"), Grain::Year)
            }
            Unit::Decade | Unit::Century => {
                let wide = if unit == Unit::Decade { 10 } else { 100 };
                let first = year / wide * wide;
                let from = date(Calendar::Gregorian, first.max(1), 1, 1)?;
                days(from, date(Calendar::Gregorian, first + wide, 1, 1)?, (first / wide).to_string(), Grain::Year)
            }
            _ => None,
        }
    }
}

/// The first, middle or last third of a stretch.
fn narrowed(flags: u64, whole: Days) -> Option<Days> {
    let length = i64::from(whole.from.until(whole.to).ok()?.get_days());
    let third = length / 3;
    let (from, to) = match flags {
        _ if length < 3 => (whole.from, whole.to),
        EARLY => (whole.from, add_days(whole.from, third)?),
        MID => (add_days(whole.from, third)?, add_days(whole.to, -third)?),
        _ => (add_days(whole.to, -third)?, whole.to),
    };
    Some(Days { from, to, ..whole })
}

/// Days of a whole month: its Gregorian name, or first and last day where it has none.
pub(super) fn whole_month(from: Date, to: Date, calendar: Calendar, next: usize) -> Days {
    let value = match calendar {
        Calendar::Gregorian => format!("{:04}-{:02}", from.year(), from.month()),
        _ => format!("{from}/{}", add_days(to, -1).unwrap_or(to)),
    };
    Days { calendar, ..Days::new(from, to, value, Grain::Month, next) }
}

/// The year of a calendar whose month begins on this day.
fn years_of(first: Date, calendar: Calendar, month: i64) -> Option<i64> {
    let near = year_near(calendar, first);
    (near - 2..=near + 2).find(|year| date(calendar, *year, month, 1) == Some(first))
}

fn quarter_of(year: i64, quarter: i64, next: usize) -> Option<Days> {
    let from = date(Calendar::Gregorian, year, quarter * 3 - 2, 1)?;
    let to = shift(midnight(from), Unit::Quarter, 1)?.date();
    Some(Days::new(from, to, format!("{year:04}-Q{quarter}"), Grain::Quarter, next))
}

/// The months of a season in the northern half of the world; winter begins in the year's December.
fn season_range(season: Season, year: i64) -> Option<(Date, Date)> {
    let month = match season {
        Season::Spring => 3,
        Season::Summer => 6,
        Season::Autumn => 9,
        Season::Winter => 12,
    };
    let from = date(Calendar::Gregorian, year, month, 1)?;
    Some((from, shift(midnight(from), Unit::Quarter, 1)?.date()))
}

fn season_days(season: Season, from: Date, to: Date, year: i64, next: usize) -> Days {
    let letters = match season {
        Season::Spring => "SP",
        Season::Summer => "SU",
        Season::Autumn => "FA",
        Season::Winter => "WI",
    };
    Days::new(from, to, format!("{year:04}-{letters}"), Grain::Season, next)
}

/// The ISO 8601 week of a day: Monday, the Monday after, and its name.
pub(super) fn week(day: Date) -> Option<(Date, Date, String)> {
    let iso = day.iso_week_date();
    let monday = add_days(day, -i64::from(day.weekday().to_monday_zero_offset()))?;
    Some((monday, add_days(monday, 7)?, format!("{:04}-W{:02}", iso.year(), iso.week())))
}
