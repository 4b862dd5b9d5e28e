//! Years, decades and centuries: `in 2026`, `عام 1447 هـ`, `the 1990 treaty`, `the nineties`, `the 20th century`, `2026-03`.

use super::calendar::{add_days, date, month_range};
use super::periods::{LEADS, whole_month};
use super::rules::{Days, Grain, Rules};
use super::scan::Kind;
use super::senses::{
    AFTER, AFTER_PRE, AND, BEFORE, BEFORE_PRE, Calendar, EARLY, FISCAL, FOR, FROM, GREGORIAN_MARK, HIJRI_MARK, LATE,
    MID, OF, ON, OWNED, PLURAL, SINCE, SOLAR_MARK, THE, TO, Unit, WITHIN_PRE, YEAR,
};

const MARKS: u64 = HIJRI_MARK | SOLAR_MARK | GREGORIAN_MARK;

impl Rules<'_> {
    /// `The 1990s`, `die 90er Jahre`, `the nineties`, `90-е годы`.
    pub(super) fn decade(&self, at: usize) -> Option<Days> {
        let (decade, next) = match (self.number(at), self.senses(at).decade) {
            (_, Some(decade)) => (1900 + i64::from(decade), at + 1),
            (Some((number, digits @ (2 | 4))), _) if number % 10 == 0 && !self.continues_number(at) => {
                let mark = at + 1 + usize::from(self.sign(at + 1, &['\'', '’', '-']) && self.glued(at + 1));
                let text = self.token(mark).and_then(|token| self.text.get(token.start..token.end)).unwrap_or_default();
                let marked = self.glued(mark)
                    && matches!(text, "s" | "er" | "ern" | "е" | "х" | "ые" | "ых" | "lar" | "lı" | "ler");
                let years = self.senses(mark + 1).unit == Some(Unit::Year);
                let said = self.before(at).unit == Some(Unit::Decade)
                    || (self.before(at).unit == Some(Unit::Year) && self.is(&["fr", "es"]));
                let led = digits == 4
                    || years
                    || self.before(at).has(THE | EARLY | MID | LATE)
                    || self.sign(at.wrapping_sub(1), &['\'', '’', '-']);
                if marked && led {
                    (if digits == 4 { number } else { 1900 + number }, mark + 1 + usize::from(years))
                } else if said && self.has(at.wrapping_sub(1), PLURAL) {
                    (if digits == 4 { number } else { 1900 + number }, at + 1)
                } else {
                    return None;
                }
            }
            _ => return None,
        };
        if !(1500..=2090).contains(&decade) {
            return None;
        }
        let (from, to) = (date(Calendar::Gregorian, decade, 1, 1)?, date(Calendar::Gregorian, decade + 10, 1, 1)?);
        Some(Days::new(from, to, (decade / 10).to_string(), Grain::Year, next))
    }

    /// "The 20th century", "XX век" is not read.
    pub(super) fn century(&self, at: usize) -> Option<Days> {
        // "القرن العشرين".
        if self.senses(at).unit == Some(Unit::Century) && self.is(&["ar", "fa"]) {
            let number = self.ordinal(at + 1).or_else(|| self.cardinal(at + 1))?;
            return century_of(number.value, number.next);
        }
        let ordinal = self.ordinal(at)?;
        let unit = ordinal.next + usize::from(self.sign(ordinal.next, &['-']));
        if self.senses(unit).unit != Some(Unit::Century) || self.has(unit, PLURAL) {
            return None;
        }
        century_of(ordinal.value, unit + 1)
    }

    /// "In 2026", "عام 1447 هـ", "سال ۱۴۰۴", "the 1990 treaty": a year that something marks as one.
    pub(super) fn year(&self, at: usize) -> Option<Days> {
        let mut at_number = self.skip(at, YEAR | FISCAL, 2);
        at_number = self.skip(at_number, OF, usize::from(at_number > at));
        let said_before = at_number > at;
        let Some((year, 4)) = self.number(at_number) else { return self.year_by_words(at, at_number) };
        let next = at_number + 1;
        if let Some(month) = self.iso_month(at_number, year) {
            return Some(month);
        }
        if self.continues_number(at_number) || self.trails(next) {
            return None;
        }
        let mark = self.senses(next).flags & MARKS;
        let said = said_before || self.has(next, YEAR) || mark != 0;
        let calendar = match mark {
            HIJRI_MARK => Calendar::Hijri,
            SOLAR_MARK => Calendar::Solar,
            GREGORIAN_MARK => Calendar::Gregorian,
            _ => self.calendar_of(year)?,
        };
        let plausible = match calendar {
            Calendar::Gregorian => (1900..=2100).contains(&year) || (said && (1000..=2399).contains(&year)),
            _ => (1300..=1500).contains(&year),
        };
        if !plausible || !(said || (calendar == Calendar::Gregorian && self.is_year(at_number, year))) {
            return None;
        }
        let (from, to) = (date(calendar, year, 1, 1)?, date(calendar, year + 1, 1, 1)?);
        let value = match calendar {
            Calendar::Gregorian => format!("{year:04}"),
            _ => format!("{from}/{}", add_days(to, -1)?),
        };
        let end = self.skip(next, MARKS | YEAR, 2);
        Some(Days { calendar, ..Days::new(from, to, value, Grain::Year, end) })
    }

    /// Something glued to the number makes it another thing: a decimal, a range of scores, a name.
    fn trails(&self, next: usize) -> bool {
        let closed =
            ['.', ',', ')', '،', ';', ':', '!', '?', '؟', '"', '»', '”', '\'', '’', ']', '۔', '-', '–', '—', '/'];
        let Some(token) = self.token(next).filter(|token| token.glued) else { return false };
        match token.kind {
            Kind::Sign(sign) if closed.contains(&sign) => {
                // 2010/11 and 1990-91 are years; 2,000 and 2010.5 are not.
                let more = self.glued(next + 1) && self.number(next + 1).is_some();
                more && !matches!(sign, '-' | '–' | '/')
            }
            // Turkish 2026'da.
            Kind::Word => !self.is_turkish_case(next),
            _ => true,
        }
    }

    fn is_turkish_case(&self, at: usize) -> bool {
        self.is(&["tr"]) && self.glued(at) && self.has(at, ON | FROM | TO)
    }

    /// Whether the words around a bare number of four figures say that it is a year.
    fn is_year(&self, at: usize, year: i64) -> bool {
        let before = self.before(at);
        let time = ON | AFTER_PRE | SINCE | TO | WITHIN_PRE | FROM | BEFORE | AFTER | EARLY | MID | LATE | BEFORE_PRE;
        // A round number before a word may count things: "of 2000 people", "up to 2000 tickets".
        let counts = matches!(self.token(at + 1).map(|token| token.kind), Some(Kind::Break))
            || self.senses(at + 1).unit.is_some();
        let likely = (1900..=2050).contains(&year);
        if self.is_turkish_case(at + 1) && likely {
            return true;
        }
        if before.season.is_some() || before.month.is_some() || self.begins_years(at, year) {
            return true;
        }
        if before.has(AFTER_PRE | SINCE) {
            return !(counts && year % 100 == 0 && self.senses(at + 1).unit.is_some());
        }
        if before.has(time) {
            return likely && !(counts && year % 50 == 0);
        }
        if before.has(OF | FOR) || self.sign(at.wrapping_sub(1), &['(']) {
            return likely && !counts;
        }
        // "The 1990 invasion", "its 1996 campaign".
        if before.has(THE | OWNED) && self.is(&["en"]) {
            return likely && year % 100 != 0;
        }
        // "2019, 2020 and 2021": one year more.
        let list = before.has(AND | super::senses::OR) || self.sign(at.wrapping_sub(1), &[',', '-', '–', '/']);
        list && at >= 2
            && self.number(at - 2).is_some_and(|(other, digits)| digits == 4 && other.abs_diff(year) < 30)
            && likely
    }

    /// "The year two thousand", "in nineteen ninety-six".
    fn year_by_words(&self, at: usize, at_number: usize) -> Option<Days> {
        let number = self.year_in_words(at_number).filter(|_| self.is(&["en"]))?;
        let hundred = self.senses(at_number).number.is_some_and(|first| matches!(first, 18..=20));
        let led = at_number > at || self.before(at).has(LEADS) || (hundred && (1900..=2030).contains(&number.value));
        if !led || (!hundred && at_number == at && !self.before(at).has(AFTER_PRE | SINCE)) {
            return None;
        }
        let value = number.value;
        let (from, to) = (date(Calendar::Gregorian, value, 1, 1)?, date(Calendar::Gregorian, value + 1, 1, 1)?);
        Some(Days::new(from, to, format!("{value:04}"), Grain::Year, number.next))
    }

    /// `2026-03`; `2010-11` may be two years and is none.
    fn iso_month(&self, at: usize, year: i64) -> Option<Days> {
        let (month, 2) = self.number(at + 2).filter(|_| self.sign(at + 1, &['-']))? else { return None };
        let glued = self.glued(at + 1) && self.glued(at + 2) && !self.glued(at + 3) && !self.continues_number(at);
        if !glued || !(1900..=2100).contains(&year) || month == year % 100 + 1 {
            return None;
        }
        let (from, to) = month_range(Calendar::Gregorian, year, month)?;
        Some(whole_month(from, to, Calendar::Gregorian, at + 3))
    }

    /// `2014-2018`, `2014 to 2018`.
    fn begins_years(&self, at: usize, year: i64) -> bool {
        let joined = self.sign(at + 1, &['-', '–', '—']) || self.has(at + 1, TO);
        let other = self.number(at + 2).filter(|(_, digits)| joined && *digits == 4).map_or(0, |(year, _)| year);
        other > year
            && other - year < 100
            && other <= 2100
            && !(self.glued(at + 3) && self.sign(at + 3, &['-', '/', '.']) && self.number(at + 4).is_some())
    }
}

fn century_of(century: i64, next: usize) -> Option<Days> {
    if !(10..=22).contains(&century) {
        return None;
    }
    let first = (century - 1) * 100;
    let (from, to) = (date(Calendar::Gregorian, first, 1, 1)?, date(Calendar::Gregorian, first + 100, 1, 1)?);
    Some(Days::new(from, to, (century - 1).to_string(), Grain::Year, next))
}
