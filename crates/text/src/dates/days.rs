//! Days and months: `2026-03-14`, `12. März`, `Saturday, 14 March 2026`, `السبت القادم`, `послезавтра`, `۱۲ اسفند ۱۴۰۴`.

use super::calendar::{add_days, date, month_range, year_near};
use super::lexicon::{
    AFTER_PRE, AT, COMING, Calendar, EVERY, GREGORIAN_MARK, HIJRI_MARK, LAST, NEXT, OF, ON, SOLAR_MARK, Senses, THE,
    THIS, TO, Unit, WEAK, WITHIN_PRE, YEAR,
};
use super::rules::{Days, Rules};
use super::tense::{Tense, tense_near};
use jiff::civil::Date;

/// A day without a year may lie this far back, in days; the rest of the year lies ahead.
const PAST_DAYS: i64 = 120;
const AHEAD_DAYS: i64 = 245;
const COMMAS: &[char] = &[',', '،', '(', '（'];
const DASHES: &[char] = &['-', '–', '—', '/'];

impl Rules<'_> {
    /// The day, days or month that begins at token `at`.
    pub(super) fn days(&self, at: usize) -> Option<Days> {
        self.full_date(at)
            .or_else(|| self.month_alone(at, self.before(at)))
            .or_else(|| self.weekday(at))
            .or_else(|| self.relative_day(at))
            .or_else(|| self.short_numeric(at))
    }

    fn full_date(&self, at: usize) -> Option<Days> {
        self.numeric(at).or_else(|| self.day_month(at)).or_else(|| self.month_day(at)).or_else(|| self.month_year(at))
    }

    fn one_day(&self, day: Date, calendar: Calendar, next: usize) -> Option<Days> {
        Some(Days { from: day, to: add_days(day, 1)?, value: day.to_string(), calendar, next })
    }

    /// `2026-03-14`, `14.03.2026`, `14/03/26`.
    fn numeric(&self, at: usize) -> Option<Days> {
        let (first, first_digits) = self.number(at)?;
        let sign = *['-', '/', '.'].iter().find(|sign| self.sign(at + 1, &[**sign]))?;
        let (second, second_digits) = self.number(at + 2)?;
        let glued = (at + 1..at + 5).all(|at| self.glued(at));
        if !glued || !self.sign(at + 3, &[sign]) || self.continues_number(at) || second_digits > 2 {
            return None;
        }
        let (third, third_digits) = self.number(at + 4)?;
        let goes_on =
            self.glued(at + 5) && self.sign(at + 5, &[sign]) && self.glued(at + 6) && self.number(at + 6).is_some();
        if goes_on {
            return None;
        }
        let (year, month, day) = match (first_digits, third_digits) {
            (4, 1 | 2) => (first, second, third),
            (1 | 2, 4) => (third, second, first),
            // Two digits of a year: only where the rest is unmistakably a date.
            (2, 2) if sign != '-' => (third + if third < 69 { 2000 } else { 1900 }, second, first),
            _ => return None,
        };
        let calendar = self.calendar_of(year)?;
        let day_first = date(calendar, year, month, day);
        let found = day_first.or_else(|| if third_digits == 4 { date(calendar, year, day, month) } else { None })?;
        let next = self.skip(at + 5, HIJRI_MARK | SOLAR_MARK | GREGORIAN_MARK, 2);
        self.one_day(found, calendar, next)
    }

    /// `22.04.` and `on 22/04`: a day and month in figures, where something says that it is a date.
    fn short_numeric(&self, at: usize) -> Option<Days> {
        let (day, 1 | 2) = self.number(at)? else { return None };
        let (month, 2) = self.number(at + 2)? else { return None };
        let glued = self.glued(at + 1) && self.glued(at + 2) && !self.continues_number(at);
        let led = self.before(at).has(ON);
        let dotted = self.sign(at + 1, &['.']) && matches!(self.lexicon.code, "de" | "ru" | "tr");
        let closed = self.sign(at + 3, &['.']) && self.glued(at + 3) && self.lexicon.code == "de";
        let slashed = self.sign(at + 1, &['/']) && led;
        let longer =
            self.glued(at + 3) && self.sign(at + 3, &['.', '/']) && self.glued(at + 4) && self.number(at + 4).is_some();
        if !glued || longer || !(slashed || (dotted && (led || closed))) {
            return None;
        }
        let found = self.near(at, at + 2, |year| date(Calendar::Gregorian, year, month, day), Calendar::Gregorian)?;
        self.one_day(found, Calendar::Gregorian, at + 3)
    }

    /// In which calendar a year in figures counts.
    fn calendar_of(&self, year: i64) -> Option<Calendar> {
        match (year, self.lexicon.code) {
            (1700..=2399, _) => Some(Calendar::Gregorian),
            (1440..=1500, "ar" | "ur" | "fa") | (1300..=1500, "ar" | "ur") => Some(Calendar::Hijri),
            (1300..=1439, "fa") => Some(Calendar::Solar),
            (1000..=1699, _) => Some(Calendar::Gregorian),
            _ => None,
        }
    }

    fn month(&self, at: usize) -> Option<(Calendar, i64)> {
        self.senses(at).month.map(|(calendar, month)| (calendar, i64::from(month)))
    }

    /// Skips the second name of the same month in `آذار/مارس`, and the stop of an abbreviation.
    fn after_month(&self, at: usize) -> usize {
        if self.sign(at + 1, &['/']) && self.month(at + 2).is_some() && self.month(at + 2) == self.month(at) {
            return at + 3;
        }
        if self.sign(at + 1, &['.']) && self.glued(at + 1) && self.number(at + 2).is_some() { at + 2 } else { at + 1 }
    }

    /// A year after a month, with the words around it: `, 2026`, `de 2026`, `1447 هـ`, `2026 года`.
    fn year_after(&self, at: usize, calendar: Calendar) -> Option<(i64, usize)> {
        let at = at + usize::from(self.sign(at, COMMAS));
        let at = self.skip(at, OF | YEAR | ON | AFTER_PRE | THIS, 2);
        let (year, 4) = self.number(at)? else { return None };
        let fits = match calendar {
            Calendar::Gregorian => (1500..=2399).contains(&year),
            Calendar::Hijri | Calendar::Solar => (1200..=1599).contains(&year),
        };
        fits.then(|| (year, self.skip(at + 1, HIJRI_MARK | SOLAR_MARK | GREGORIAN_MARK | YEAR, 2)))
    }

    /// `12 March`, `12.-14. März 2026`, `el 12 de marzo de 2026`, `3 رمضان 1447`.
    fn day_month(&self, at: usize) -> Option<Days> {
        let (day, 1 | 2) = self.number(at)? else { return None };
        if self.continues_number(at) {
            return None;
        }
        let mut next = self.skip_ordinal(at + 1);
        let mut last = day;
        if self.sign(next, DASHES) || self.has(next, TO | super::lexicon::AND) {
            let after = self.skip(next + 1, ON | THE, 1);
            if let Some((until, 1 | 2)) = self.number(after)
                && until > day
            {
                last = until;
                next = self.skip_ordinal(after + 1);
            }
        }
        let at_month = self.skip(next, OF | ON | THE, 2);
        let (calendar, month) = self.month(at_month)?;
        let after = self.after_month(at_month);
        self.day_of_month(at, after, calendar, month, (day, last))
    }

    /// `March 12, 2026`; languages that write the month first, and the others where nothing else fits.
    fn month_day(&self, at: usize) -> Option<Days> {
        let (calendar, month) = self.month(at)?;
        if !matches!(self.lexicon.code, "en" | "ur" | "tr" | "es") || !self.named(at) {
            return None;
        }
        let at_day = self.after_month(at);
        let at_day = self.skip(at_day, THE, 1);
        let (day, 1 | 2) = self.number(at_day)? else { return None };
        let mut next = self.skip_ordinal(at_day + 1);
        // "in May 12:30", "March 3.5 %": the number belongs to what follows.
        if self.glued(at_day + 1) && self.sign(at_day + 1, &[':', '%', '/'])
            || self.glued(next) && self.number(next).is_some()
        {
            return None;
        }
        if self.sign(at_day + 1, &['.']) {
            next = at_day + 1;
        }
        let mut last = day;
        if self.sign(next, DASHES)
            && let Some((until, 1 | 2)) = self.number(next + 1)
            && until > day
        {
            last = until;
            next = self.skip_ordinal(next + 2);
        }
        self.day_of_month(at, next, calendar, month, (day, last))
    }

    fn day_of_month(&self, at: usize, after: usize, calendar: Calendar, month: i64, days: (i64, i64)) -> Option<Days> {
        let (day, last) = days;
        let year = self.year_after(after, calendar);
        let (first, next) = match year {
            Some((year, next)) => (date(calendar, year, month, day)?, next),
            None => (self.near(at, after - 1, |year| date(calendar, year, month, day), calendar)?, after),
        };
        let to = add_days(first, 1 + last - day)?;
        Some(Days { from: first, to, value: first.to_string(), calendar, next })
    }

    fn month_year(&self, at: usize) -> Option<Days> {
        let (calendar, month) = self.month(at)?;
        let (year, next) = self.year_after(self.after_month(at), calendar)?;
        let (from, to) = month_range(calendar, year, month)?;
        Some(self.many_days(from, to, calendar, next))
    }

    /// Days of a whole month: its Gregorian name, or first and last day where it has none.
    fn many_days(&self, from: Date, to: Date, calendar: Calendar, next: usize) -> Days {
        let value = match calendar {
            Calendar::Gregorian => format!("{:04}-{:02}", from.year(), from.month()),
            _ => format!("{from}/{}", add_days(to, -1).unwrap_or(to)),
        };
        Days { from, to, value, calendar, next }
    }

    /// True when a month's or weekday's word is not merely an ordinary word: English writes the names with capitals.
    fn named(&self, at: usize) -> bool {
        let Some(token) = self.token(at) else { return false };
        let first = self.text.get(token.start..).and_then(|rest| rest.chars().next());
        !token.senses.has(WEAK) || self.lexicon.code != "en" || first.is_some_and(char::is_uppercase)
    }

    /// "In March", "next April": a month without year or day.
    pub(super) fn month_alone(&self, at: usize, before: Senses) -> Option<Days> {
        let (calendar, month) = self.month(at)?;
        let led = before.has(ON | AT | AFTER_PRE | OF | NEXT | LAST | THIS | COMING | WITHIN_PRE | TO)
            || before.unit == Some(Unit::Month)
            || before.month.is_some();
        let weak = self.senses(at).has(WEAK);
        if !self.named(at) || (weak && !led) || self.senses(at).number.is_some() {
            return None;
        }
        let today = self.now.date();
        let next = self.after_month(at).min(self.tokens.len());
        let next = if self.number(next).is_some() { at + 1 } else { next };
        let first = |year| date(calendar, year, month, 1);
        let mut flags = before.flags;
        let mut end = next;
        if self.lexicon.adjective_follows() && self.has(next, NEXT | LAST | COMING) {
            flags = self.senses(next).flags;
            end = next + 1;
        }
        let years = self.years_around(calendar);
        let found = if flags & (NEXT | COMING) != 0 {
            years.filter_map(first).find(|day| *day > today)
        } else if flags & LAST != 0 {
            years
                .filter_map(|year| month_range(calendar, year, month))
                .filter(|(_, to)| *to <= today)
                .map(|(from, _)| from)
                .last()
        } else {
            self.near(at, at, first, calendar)
        }?;
        let year = years_of(found, calendar, month)?;
        let (from, to) = month_range(calendar, year, month)?;
        Some(self.many_days(from, to, calendar, end))
    }

    fn years_around(&self, calendar: Calendar) -> impl Iterator<Item = i64> + use<> {
        let year = year_near(calendar, self.now.date());
        year - 2..=year + 2
    }

    /// The day nearest to the reference among the years around it, by the rule in the module's head and by tense.
    fn near(&self, first: usize, last: usize, day: impl Fn(i64) -> Option<Date>, calendar: Calendar) -> Option<Date> {
        let today = self.now.date();
        let days = || self.years_around(calendar).filter_map(&day);
        match self.tense(first, last) {
            Tense::Past => days().filter(|day| *day <= today).last(),
            _ => {
                let (from, to) = (add_days(today, -PAST_DAYS)?, add_days(today, AHEAD_DAYS)?);
                days().find(|day| *day >= from && *day <= to).or_else(|| days().find(|day| *day >= from))
            }
        }
    }

    fn tense(&self, first: usize, last: usize) -> Tense {
        match (self.token(first), self.token(last)) {
            (Some(first), Some(last)) => tense_near(self.text, first.start, last.end, self.lexicon.code),
            _ => Tense::Unknown,
        }
    }

    /// `Saturday`, `next Saturday`, `يوم السبت القادم`, and `Saturday, 14 March 2026`.
    fn weekday(&self, at: usize) -> Option<Days> {
        let mut here = at;
        let mut flags = 0;
        if self.has(here, NEXT | LAST | THIS | COMING) && self.senses(here).weekday.is_none() {
            flags = self.senses(here).flags;
            here += 1;
        }
        if self.senses(here).unit == Some(Unit::Day) && self.senses(here + 1).weekday.is_some() {
            here += 1;
        }
        let weekday = self.senses(here).weekday?;
        let mut next = here + 1;
        let abbreviated = self.sign(next, &['.']) && self.glued(next);
        if self.lexicon.adjective_follows() && self.has(next, NEXT | LAST | COMING) {
            flags = self.senses(next).flags;
            next += 1;
        } else if self.lexicon.code == "tr" {
            next = self.skip(next, ON, 1);
        }
        let comma = next + usize::from(self.sign(next, COMMAS) || abbreviated);
        let comma = comma + usize::from(abbreviated && self.sign(comma, COMMAS));
        let after = self.skip(comma, OF | ON | THE, 2);
        if let Some(days) = self.full_date(after).filter(Days::single) {
            return Some(days);
        }
        let led = flags != 0 || here > at || self.before(at).has(ON | AT | OF | THE | EVERY | THIS);
        let french_friday =
            self.lexicon.code == "de" && self.token(here).is_some_and(|token| token.end - token.start <= 2);
        if self.senses(here).has(WEAK) && (!led || !self.named(here) || french_friday) {
            return None;
        }
        let day = self.resolve_weekday(weekday, flags, at, here)?;
        self.one_day(day, Calendar::Gregorian, next)
    }

    fn resolve_weekday(&self, weekday: i8, flags: u32, first: usize, last: usize) -> Option<Date> {
        let today = self.now.date();
        let ahead = i64::from(weekday - today.weekday().to_monday_one_offset()).rem_euclid(7);
        let past = flags & LAST != 0;
        let offset = if past {
            ahead - 7
        } else if flags & NEXT != 0 {
            if ahead == 0 { 7 } else { ahead }
        } else if flags & (THIS | COMING) == 0 && self.tense(first, last) == Tense::Past {
            if ahead == 0 { 0 } else { ahead - 7 }
        } else {
            ahead
        };
        add_days(today, offset)
    }

    /// "Tomorrow", "بعد غد".
    fn relative_day(&self, at: usize) -> Option<Days> {
        let senses = self.senses(at);
        let mut offset = i64::from(senses.day?);
        if senses.part.is_some() || (senses.has(WEAK) && !self.means_tomorrow(at)) {
            return None;
        }
        // Urdu has one word for yesterday and tomorrow.
        if self.lexicon.code == "ur" && senses.has(WEAK) && self.tense(at, at) == Tense::Past {
            offset = -offset;
        }
        self.one_day(add_days(self.now.date(), offset)?, Calendar::Gregorian, at + 1)
    }

    /// German `Morgen` and Spanish `mañana` are the morning too.
    fn means_tomorrow(&self, at: usize) -> bool {
        let Some(token) = self.token(at) else { return false };
        match self.lexicon.code {
            "de" => {
                let before = self.text.get(..token.start).unwrap_or_default().trim_end();
                let capital = self.text.get(token.start..token.end).is_some_and(|word| word.starts_with('M'));
                let greeting = ["uten", "diesen", "jeden", "am"].iter().any(|word| before.ends_with(word));
                !greeting && (!capital || before.is_empty() || before.ends_with(['.', '!', '?', ':', '\n']))
            }
            "es" => !self.before(at).has(ON | EVERY | THIS),
            "ar" => self.before(at).part.is_some() || self.before(at).has(ON) || self.before(at).unit.is_some(),
            _ => true,
        }
    }

    /// "In 2026", "عام 1447 هـ", "سال ۱۴۰۴": a year that something marks as one.
    pub(super) fn year(&self, at: usize) -> Option<Days> {
        let at_number = self.skip(at, YEAR, 1);
        let (year, 4) = self.number(at_number)? else { return None };
        let trailing = self.glued(at_number + 1)
            && !self.sign(at_number + 1, &['.', ',', ')', '،', ';', ':', '!', '?', '؟', '"', '»', '”']);
        if self.continues_number(at_number) || trailing {
            return None;
        }
        let marks = HIJRI_MARK | SOLAR_MARK | GREGORIAN_MARK;
        let mark = self.senses(at_number + 1).flags & marks;
        let said = at_number > at || self.has(at_number + 1, YEAR) || mark != 0;
        let led = self.before(at).has(ON | AFTER_PRE | OF | TO | WITHIN_PRE | super::lexicon::FROM);
        let calendar = match mark {
            HIJRI_MARK => Calendar::Hijri,
            SOLAR_MARK => Calendar::Solar,
            GREGORIAN_MARK => Calendar::Gregorian,
            _ => self.calendar_of(year)?,
        };
        let plausible = match calendar {
            Calendar::Gregorian => (1900..=2100).contains(&year),
            _ => (1300..=1500).contains(&year),
        };
        if !plausible || !(said || (led && calendar == Calendar::Gregorian)) {
            return None;
        }
        let (from, to) = (date(calendar, year, 1, 1)?, date(calendar, year + 1, 1, 1)?);
        let value = match calendar {
            Calendar::Gregorian => format!("{year:04}"),
            _ => format!("{from}/{}", add_days(to, -1)?),
        };
        Some(Days { from, to, value, calendar, next: self.skip(at_number + 1, marks | YEAR, 2) })
    }
}

/// The year of a calendar whose month begins on this day.
fn years_of(first: Date, calendar: Calendar, month: i64) -> Option<i64> {
    let near = year_near(calendar, first);
    (near - 2..=near + 2).find(|year| date(calendar, *year, month, 1) == Some(first))
}
