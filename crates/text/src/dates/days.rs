//! Days: `2026-03-14`, `12. März`, `Saturday, 14 March 2026`, `السبت القادم`, `послезавтра`, `۱۲ اسفند ۱۴۰۴`, `the 18th`.

use super::calendar::{add_days, date};
use super::rules::{COMMAS, DASHES, Days, Grain, Rules};
use super::scan::Kind;
use super::senses::{
    AFTER_PRE, AND, AT, BEFORE, COMING, Calendar, EVERY, GREGORIAN_MARK, HIJRI_MARK, LAST, NEXT, OF, ON, OR, PERIOD,
    SOLAR_MARK, THE, THIS, TO, Unit, WEAK, YEAR,
};
use super::tense::Tense;
use jiff::civil::Date;

const MARKS: u64 = HIJRI_MARK | SOLAR_MARK | GREGORIAN_MARK;

impl Rules<'_> {
    /// The day or days that begin at token `at`.
    pub(super) fn days(&self, at: usize) -> Option<Days> {
        self.full_date(at)
            .or_else(|| self.weekday(at))
            .or_else(|| self.nth_of_month(at))
            .or_else(|| self.week_then_weekday(at))
            .or_else(|| self.relative_day(at))
            .or_else(|| self.feast(at))
            .or_else(|| self.short_numeric(at))
            .or_else(|| self.day_alone(at))
    }

    pub(super) fn full_date(&self, at: usize) -> Option<Days> {
        self.numeric(at).or_else(|| self.day_month(at)).or_else(|| self.month_day(at))
    }

    /// `2026-03-14`, `14.03.2026`, `14/03/26`.
    fn numeric(&self, at: usize) -> Option<Days> {
        let (first, first_digits) = self.number(at)?;
        let sign = *['-', '/', '.'].iter().find(|sign| self.sign(at + 1, &[**sign]))?;
        let (second, second_digits) = self.number(at + 2)?;
        // "14. 3. 2026" is how Germans and Turks space it.
        let spaced = sign == '.' && self.is(&["de", "tr"]) && self.glued(at + 1) && self.glued(at + 3);
        let glued = spaced || (at + 1..at + 5).all(|at| self.glued(at));
        // The second date of "1.5.2026-3.5.2026" is no longer number.
        let ranged = sign != '-' && self.sign(at.wrapping_sub(1), &['-', '–']);
        if !glued || !self.sign(at + 3, &[sign]) || (self.continues_number(at) && !ranged) || second_digits > 2 {
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
            (1 | 2, 2) if sign != '-' && (first_digits == 2 || second_digits == 2 || sign == '/') => {
                (third + if third < 69 { 2000 } else { 1900 }, second, first)
            }
            _ => return None,
        };
        let calendar = self.calendar_of(year)?;
        let found = date(calendar, year, month, day)
            .or_else(|| if first_digits < 4 { date(calendar, year, day, month) } else { None })?;
        let next = self.skip(at + 5, MARKS, 2);
        Days::one(found, calendar, next)
    }

    /// `22.04.` and `on 22/04`: a day and month in figures, where something says that it is a date.
    fn short_numeric(&self, at: usize) -> Option<Days> {
        let (day, 1 | 2) = self.number(at)? else { return None };
        let (month, 1 | 2) = self.number(at + 2)? else { return None };
        let glued = self.glued(at + 1) && self.glued(at + 2) && !self.continues_number(at);
        let led = self.before(at).has(ON | TO | super::senses::FROM | super::senses::SINCE | NEXT | BEFORE | LAST)
            || self.before(at).weekday.is_some()
            || (self.is(&["tr"]) && self.has(at + 3, ON | super::senses::FROM | TO));
        let dotted = self.sign(at + 1, &['.']) && self.is(&["de", "ru", "tr"]);
        let closed = self.sign(at + 3, &['.']) && self.glued(at + 3) && self.is(&["de"]);
        let slashed = self.sign(at + 1, &['/']) && led;
        let longer = self.glued(at + 3)
            && self.sign(at + 3, &['.', '/', ':'])
            && self.glued(at + 4)
            && self.number(at + 4).is_some();
        if !glued || longer || !(slashed || (dotted && (led || closed))) || self.after_is_unit(at + 3) {
            return None;
        }
        let month_first = day <= 12 && month > 12;
        let (day, month) = if month_first { (month, day) } else { (day, month) };
        let found = self.near(at, at + 2, |year| date(Calendar::Gregorian, year, month, day), Calendar::Gregorian)?;
        Days::one(found, Calendar::Gregorian, at + 3 + usize::from(closed && dotted))
    }

    fn after_is_unit(&self, at: usize) -> bool {
        self.sign(at, &['%', '€', '$', '°']) || self.senses(at).unit.is_some() || self.has(at, super::senses::OCLOCK)
    }

    /// In which calendar a year in figures counts.
    pub(super) fn calendar_of(&self, year: i64) -> Option<Calendar> {
        match (year, self.lexicon.code) {
            (1700..=2399, _) => Some(Calendar::Gregorian),
            (1440..=1500, "ar" | "ur" | "fa") | (1300..=1500, "ar" | "ur") => Some(Calendar::Hijri),
            (1300..=1439, "fa") => Some(Calendar::Solar),
            (1000..=1699, _) => Some(Calendar::Gregorian),
            _ => None,
        }
    }

    pub(super) fn month(&self, at: usize) -> Option<(Calendar, i64)> {
        self.senses(at).month.map(|(calendar, month)| (calendar, i64::from(month)))
    }

    /// Skips the second name of the same month in `آذار/مارس` or `كانون الثاني (يناير)`, and the stop of an abbreviation.
    pub(super) fn after_month(&self, at: usize) -> usize {
        if self.sign(at + 1, &['/', '(', '-']) && self.month(at + 2).is_some() && self.month(at + 2) == self.month(at) {
            return at + 3 + usize::from(self.sign(at + 1, &['(']) && self.sign(at + 3, &[')']));
        }
        if self.sign(at + 1, &['.'])
            && self.glued(at + 1)
            && (self.number(at + 2).is_some() || self.sign(at + 2, &[',']))
        {
            at + 2
        } else {
            at + 1
        }
    }

    /// A year after a month, with the words around it: `, 2026`, `de 2026`, `1447 هـ`, `2026 года`, `this year`.
    pub(super) fn year_after(&self, at: usize, calendar: Calendar) -> Option<(i64, usize)> {
        let comma =
            at + usize::from(self.sign(at, COMMAS) || (self.sign(at, &['-', '/', '.', '\'', '’']) && self.glued(at)));
        let from = self.skip(comma, OF | YEAR | ON | AFTER_PRE | THIS, 2);
        match self.number(from) {
            Some((year, 4)) => {
                let mark = self.senses(from + 1).flags & MARKS;
                let fits = match calendar {
                    Calendar::Gregorian => (1500..=2399).contains(&year) && mark & (HIJRI_MARK | SOLAR_MARK) == 0,
                    Calendar::Hijri | Calendar::Solar => (1200..=2399).contains(&year),
                };
                let split = self.sign(from + 1, &[':']) && self.glued(from + 1) && self.number(from + 2).is_some();
                (fits && !split).then(|| (year, self.skip(from + 1, MARKS | YEAR, 2)))
            }
            // 31-Oct-74, 31 Oct '74.
            Some((year, 2)) if comma > at && self.glued(from) && self.sign(at, &['-', '/', '\'', '’']) => {
                Some((year + if year < 69 { 2000 } else { 1900 }, from + 1))
            }
            Some(_) => None,
            None => self.relative_year(comma).or_else(|| {
                let words = self.year_in_words(from)?;
                (calendar == Calendar::Gregorian).then_some((words.value, words.next))
            }),
        }
    }

    /// "This year", "of next year", "ten año pasado".
    fn relative_year(&self, at: usize) -> Option<(i64, usize)> {
        let at = self.skip(at, OF | ON | THE, 2);
        let year = i64::from(self.now.date().year());
        let offset = |flags: u64| match () {
            () if flags & LAST != 0 => Some(-1),
            () if flags & (NEXT | COMING) != 0 => Some(1),
            () if flags & THIS != 0 => Some(0),
            () => None,
        };
        let is_year = |at: usize| self.senses(at).unit == Some(Unit::Year) && !self.has(at, super::senses::PLURAL);
        if is_year(at + 1) && !self.has(at, PERIOD) {
            return Some((year + offset(self.senses(at).flags)?, at + 2));
        }
        if is_year(at) && self.lexicon.adjective_follows() {
            return Some((year + offset(self.senses(at + 1).flags)?, at + 2));
        }
        None
    }

    /// `12 March`, `12.-14. März 2026`, `el 12 de marzo de 2026`, `3 رمضان 1447`, `the second of August`.
    fn day_month(&self, at: usize) -> Option<Days> {
        let first = self.day_number(at)?;
        if first.value > 31 || (first.digits == 0 && self.has(at, WEAK)) {
            return None;
        }
        let mut next = first.next;
        let mut last = first.value;
        if self.sign(next, DASHES) || self.has(next, TO | AND | OR) {
            let after = self.skip(next + 1, ON | THE | AND, 2);
            if let Some(until) = self.range_end(after)
                && until.value > first.value
                && self.is_month_at(self.skip(until.next, OF | ON | THE | AFTER_PRE, 2))
            {
                last = until.value;
                next = until.next;
            }
        }
        if self.sign(next, &['-', '/', '.', ',']) && self.glued(next) && self.month(next + 1).is_some() {
            next += 1;
        }
        let at_month = self.skip(next, OF | ON | THE | AFTER_PRE, 2);
        if let Some(days) = self.days_of_relative_month(first.value, last, at_month) {
            return Some(days);
        }
        let (calendar, month) = self.month(at_month)?;
        // "for one March" is no date; in words only an ordinal or a language that says "two March".
        if first.digits == 0 && self.ordinal(at).is_none() && self.is(&["en", "de"]) {
            return None;
        }
        let after = self.after_month(at_month);
        self.day_of_month(at, after, calendar, month, (first.value, last))
    }

    fn is_month_at(&self, at: usize) -> bool {
        self.month(at).is_some() || self.relative_days(at).is_some_and(|days| days.grain == Grain::Month)
    }

    /// "The 20th of next month", "من 4 إلى 23 في الشهر القادم".
    fn days_of_relative_month(&self, day: i64, last: i64, at: usize) -> Option<Days> {
        let month = self.relative_days(at).filter(|days| days.grain == Grain::Month)?;
        let first = add_days(month.from, day - 1).filter(|first| *first < month.to)?;
        let to = add_days(first, 1 + last - day).filter(|to| *to <= month.to)?;
        let grain = if last == day { Grain::Day } else { Grain::Days };
        let value = first.to_string();
        Some(Days { calendar: month.calendar, ..Days::new(first, to, value, grain, month.next) })
    }

    /// `March 12, 2026`, `Oct/2`, `2026 March 12`; languages that write the month first, and the others where nothing else fits.
    fn month_day(&self, at: usize) -> Option<Days> {
        if let Some((year, 4)) = self.number(at) {
            let at_month = at + 1 + usize::from(self.sign(at + 1, &['-', '/', ',', '.']));
            let (calendar, month) = self.month(at_month)?;
            let after = self.after_month(at_month);
            let after = after + usize::from(self.sign(after, &['-', '/']));
            let day = self.day_number(after)?;
            let found = date(calendar, year, month, day.value)?;
            return (!self.continues_number(at)).then(|| Days::one(found, calendar, day.next)).flatten();
        }
        let (calendar, month) = self.month(at)?;
        if !self.named(at) {
            return None;
        }
        let mut at_day = self.after_month(at);
        let joined = self.sign(at_day, &['/', '-', ',']) && !self.sign(at_day, &[',']);
        at_day += usize::from(joined);
        let at_day = self.skip(at_day, THE | ON, 1);
        let day = self.day_number(at_day)?;
        if day.value == 0 || (day.digits == 0 && self.senses(at_day).has(WEAK)) {
            return None;
        }
        let mut next = day.next;
        // "The October-December fourth quarter".
        if day.digits == 0 && self.senses(next).unit.is_some() {
            return None;
        }
        let alone = !matches!(self.token(next).map(|token| token.kind), Some(Kind::Break)) && !self.after_is_unit(next);
        if !self.is(&["en", "ur", "tr", "es"]) && !joined && !alone && self.year_after(next, calendar).is_none() {
            return None;
        }
        // "in May 12:30", "March 3.5 %": the number belongs to what follows.
        if self.glued(at_day + 1) && self.sign(at_day + 1, &[':', '%', '/'])
            || self.glued(next) && self.number(next).is_some()
        {
            return None;
        }
        if self.sign(at_day + 1, &['.']) {
            next = at_day + 1;
        }
        let mut last = day.value;
        if (self.sign(next, DASHES) || self.has(next, TO | AND | OR))
            && let Some(until) = self.range_end(self.skip(next + 1, THE, 1))
            && until.value > day.value
            && self.month(self.skip(until.next, OF, 1)).is_none()
            && !self.sign(until.next, &[':'])
        {
            last = until.value;
            next = until.next;
        }
        self.day_of_month(at, next, calendar, month, (day.value, last))
    }

    fn day_of_month(&self, at: usize, after: usize, calendar: Calendar, month: i64, days: (i64, i64)) -> Option<Days> {
        let (day, last) = days;
        let year = self.year_after(after, calendar);
        let (first, next) = match year {
            Some((year, next)) => (date(calendar, self.own_year(calendar, year, month)?, month, day)?, next),
            None => (self.near(at, after - 1, |year| date(calendar, year, month, day), calendar)?, after),
        };
        let days = Days::one(first, calendar, next)?;
        if last == day {
            return Some(days);
        }
        Some(Days { to: add_days(first, 1 + last - day)?, grain: Grain::Days, ..days })
    }

    /// `the 18th`, `am 15.`, `le 16`, `يوم 15`: a day of this month or the next, by tense.
    fn day_alone(&self, at: usize) -> Option<Days> {
        let led_by_day = self.before(at).unit == Some(Unit::Day) && !self.is(&["en", "de"]);
        let number = match self.lexicon.code {
            "en" | "de" => self.ordinal(at).filter(|number| number.digits > 0)?,
            "fr" | "es" | "ar" => self.cardinal(at).filter(|number| matches!(number.digits, 1 | 2))?,
            _ => return None,
        };
        let led = match self.lexicon.code {
            "en" => self.before(at).has(THE | ON),
            "de" => self.before(at).has(ON),
            _ => led_by_day || (self.before(at).has(THE | ON) && self.is(&["fr", "es"])),
        };
        let follows = match self.token(number.next).map(|token| token.kind) {
            None => true,
            Some(Kind::Sign(sign)) => matches!(sign, '.' | ',' | '!' | '?' | ')' | ';' | '،' | '؟'),
            Some(Kind::Break) => false,
            Some(Kind::Number { .. }) => false,
            Some(Kind::Word) => {
                let senses = self.senses(number.next);
                senses.has(AT | ON | TO | super::senses::FROM | OF | super::senses::HOUR_AT | BEFORE)
                    && senses.unit.is_none()
            }
        };
        let decimal = self.sign(number.next, &['.', ',']) && self.number(number.next + 1).is_some();
        if !led || !follows || decimal || !(1..=31).contains(&number.value) || self.after_is_unit(number.next) {
            return None;
        }
        let today = self.now.date();
        let in_month = |months: i64| {
            let first =
                super::calendar::shift(super::rules::midnight(today.first_of_month()), Unit::Month, months)?.date();
            date(Calendar::Gregorian, i64::from(first.year()), i64::from(first.month()), number.value)
        };
        let past = self.tense(at, at) == Tense::Past;
        let mut days = if past { [0, -1, -2] } else { [0, 1, 2] }.into_iter().filter_map(in_month);
        let found = days.find(|day| if past { *day <= today } else { *day >= today })?;
        Days::one(found, Calendar::Gregorian, number.next)
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
        } else if self.is(&["tr"]) {
            next = self.skip(next, ON, 1);
        }
        let comma = next + usize::from(self.sign(next, COMMAS) || abbreviated);
        let comma = comma + usize::from(abbreviated && self.sign(comma, COMMAS));
        let after = self.skip(comma, OF | ON | THE, 2);
        if let Some(days) = self.full_date(after).or_else(|| self.short_numeric(after)).filter(Days::single) {
            return Some(days);
        }
        let led = flags != 0
            || here > at
            || self.before(at).has(ON | AT | OF | THE | EVERY | THIS | TO)
            || (self.is(&["ur"]) && self.has(next, OF | ON));
        let short_german = self.is(&["de"]) && self.token(here).is_some_and(|token| token.end - token.start <= 2);
        if self.senses(here).has(WEAK) && (!led || !self.named(here) || short_german) {
            return None;
        }
        if let Some((day, next)) = self.weekday_of_month(weekday, after) {
            return Days::one(day, Calendar::Gregorian, next);
        }
        if let Some((day, next)) = self.weekday_of_week(weekday, self.skip(next, OF | ON | THE, 2)) {
            return Days::one(day, Calendar::Gregorian, next);
        }
        let day = self.resolve_weekday(weekday, flags, at, here)?;
        Days::one(day, Calendar::Gregorian, next)
    }

    /// "Monday 21st": the next day of a month that is both.
    fn weekday_of_month(&self, weekday: i8, at: usize) -> Option<(Date, usize)> {
        let number = self.ordinal(at).or_else(|| self.cardinal(at)).filter(|number| number.digits > 0)?;
        let closed = !self.glued(number.next) || self.sign(number.next, &['.', ',', '!', '?', ')']);
        let clash = self.sign(number.next, &[':', '-', '–', '/', '%'])
            || self.senses(number.next).is_core()
            || self.number(number.next).is_some()
            || matches!(self.token(number.next).map(|token| token.kind), Some(Kind::Break))
            || (self.sign(number.next, &['.', ',']) && self.number(number.next + 1).is_some());
        if !closed || clash || number.digits > 2 || !(1..=31).contains(&number.value) {
            return None;
        }
        let first = self.now.date().first_of_month();
        let found = (0..12).find_map(|months| {
            let first = super::calendar::shift(super::rules::midnight(first), Unit::Month, months)?.date();
            let day = date(Calendar::Gregorian, i64::from(first.year()), i64::from(first.month()), number.value)?;
            (day.weekday().to_monday_one_offset() == weekday && day >= self.now.date()).then_some(day)
        })?;
        Some((found, number.next))
    }

    /// The year of a calendar: "Ramadan 2026" names the Gregorian one in which the month begins.
    pub(super) fn own_year(&self, calendar: Calendar, year: i64, month: i64) -> Option<i64> {
        if calendar == Calendar::Gregorian || year < 1600 {
            return Some(year);
        }
        let near = super::calendar::year_near(calendar, Date::new(i16::try_from(year).ok()?, 7, 1).ok()?);
        (near - 2..=near + 2)
            .find(|own| date(calendar, *own, month, 1).is_some_and(|day| i64::from(day.year()) == year))
    }

    /// "Next week Monday", "nächste Woche am Montag", "الأسبوع المقبل يوم الثلاثاء".
    fn week_then_weekday(&self, at: usize) -> Option<Days> {
        let week = self.relative_days(at).filter(|days| days.grain == Grain::Week)?;
        let here = self.skip(week.next, ON | THE, 1);
        let here =
            here + usize::from(self.senses(here).unit == Some(Unit::Day) && !self.has(here, super::senses::PLURAL));
        let weekday = self.senses(here).weekday?;
        let next = if self.is(&["tr"]) { self.skip(here + 1, ON, 1) } else { here + 1 };
        Days::one(add_days(week.from, i64::from(weekday - 1))?, Calendar::Gregorian, next)
    }

    /// "The first Monday of May", "der letzte Freitag im März", "the last week of July", "the last day of 2026".
    fn nth_of_month(&self, at: usize) -> Option<Days> {
        let last = self.has(at, LAST);
        // "الأسبوع الأول من مارس": the ordinal follows.
        let noun_first = self.is(&["ar"]) && self.senses(at).unit.is_some();
        let (nth, here, end) = if noun_first {
            self.ordinal(at + 1).map(|nth| (nth.value, at, nth.next))?
        } else if last {
            (0, at + 1, at + 2)
        } else {
            self.ordinal(at).map(|nth| (nth.value, nth.next, nth.next + 1))?
        };
        let senses = self.senses(here);
        let is_unit = matches!(senses.unit, Some(Unit::Day | Unit::Week)) && !self.has(here, super::senses::PLURAL);
        let most = if senses.unit == Some(Unit::Day) { 31 } else { 5 };
        if !(0..=most).contains(&nth) || !(is_unit || senses.weekday.is_some()) {
            return None;
        }
        let inner = self.skip(end, OF | ON | THE | AFTER_PRE, 2);
        if inner == end && !self.is(&["ru", "ar"]) {
            return None;
        }
        let whole = self.period(inner).or_else(|| self.relative_days(inner)).or_else(|| self.year(inner));
        let whole = whole.or_else(|| self.this_unit(inner))?;
        if !matches!(whole.grain, Grain::Month | Grain::Year) || (whole.grain == Grain::Year && !last) {
            return None;
        }
        if let Some(weekday) = senses.weekday {
            let ahead = i64::from(weekday - whole.from.weekday().to_monday_one_offset()).rem_euclid(7);
            let mut days =
                (0..60).filter_map(|week| add_days(whole.from, ahead + 7 * week)).take_while(|day| *day < whole.to);
            let found = if last { days.last() } else { days.nth(usize::try_from(nth - 1).ok()?) };
            return Days::one(found?, Calendar::Gregorian, whole.next);
        }
        if senses.unit == Some(Unit::Day) {
            let day = if last { add_days(whole.to, -1) } else { add_days(whole.from, nth - 1) };
            return Days::one(day?, Calendar::Gregorian, whole.next);
        }
        // A week belongs to the month in which its Thursday lies, as in ISO 8601.
        let day = if last {
            let (monday, ..) = super::periods::week(add_days(whole.to, -1)?)?;
            if add_days(monday, 3)? < whole.to { monday } else { add_days(monday, -7)? }
        } else {
            let (monday, ..) = super::periods::week(whole.from)?;
            let first = if add_days(monday, 3)? >= whole.from { monday } else { add_days(monday, 7)? };
            add_days(first, 7 * (nth - 1))?
        };
        let (from, to, value) = super::periods::week(day)?;
        Some(Days::new(from, to, value, Grain::Week, whole.next))
    }

    /// "Monday of next week", "Sonntag der letzten Woche".
    fn weekday_of_week(&self, weekday: i8, at: usize) -> Option<(Date, usize)> {
        let is_week = |at: usize| self.senses(at).unit == Some(Unit::Week) && !self.has(at, super::senses::PLURAL);
        let (flags, next) = if is_week(at + 1) && self.has(at, NEXT | LAST | THIS | COMING) {
            (self.senses(at).flags, at + 2)
        } else if is_week(at) && self.lexicon.adjective_follows() && self.has(at + 1, NEXT | LAST | COMING) {
            (self.senses(at + 1).flags, at + 2)
        } else {
            return None;
        };
        let weeks = if flags & LAST != 0 { -1 } else { i64::from(flags & (NEXT | COMING) != 0) };
        let today = self.now.date();
        let offset = i64::from(weekday - today.weekday().to_monday_one_offset()) + 7 * weeks;
        Some((add_days(today, offset)?, next))
    }

    fn resolve_weekday(&self, weekday: i8, flags: u64, first: usize, last: usize) -> Option<Date> {
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
        if self.is(&["ur"]) && senses.has(WEAK) && self.tense(at, at) == Tense::Past {
            offset = -offset;
        }
        let day = add_days(self.now.date(), offset)?;
        let (day, next) = self.day_said_again(day, at + 1).unwrap_or((day, at + 1));
        Days::one(day, Calendar::Gregorian, next)
    }

    /// "Today (Monday)", "أمس السبت", "امروز دوشنبه اول اردیبهشت": the weekday or date after a relative day says which day it was
    /// when the words were written, which may be a day or two before they were posted.
    fn day_said_again(&self, day: Date, at: usize) -> Option<(Date, usize)> {
        let here = at + usize::from(self.sign(at, COMMAS));
        let near = |other: Date| day.until(other).is_ok_and(|span| span.get_days().abs() <= 4);
        let closed = |next: usize| next + usize::from(self.sign(at, &['(', '（']) && self.sign(next, &[')', '）']));
        let weekday = self.senses(here).weekday;
        let after = here + 1 + usize::from(weekday.is_some() && self.sign(here + 1, COMMAS));
        let at_date = if weekday.is_some() { after } else { here };
        if let Some(date) = self.full_date(at_date).filter(|days| days.single() && near(days.from)) {
            return Some((date.from, closed(date.next)));
        }
        let ahead = i64::from(weekday? - day.weekday().to_monday_one_offset()).rem_euclid(7);
        let offset = if ahead > 3 { ahead - 7 } else { ahead };
        // After a comma another day may be named: "tomorrow, Saturday week".
        let comma = self.sign(at, &[',', '،']);
        if (comma && offset != 0) || self.has(here + 1, NEXT | LAST | COMING) {
            return None;
        }
        Some((add_days(day, offset)?, closed(here + 1)))
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
}
