//! The order in which readings of a place in the text are tried, and how a day joins a time of day.

use super::DateFound;
use super::calendar::{add_days, part_of_day};
use super::lexicon::{
    AFTER_PRE, AT, Calendar, EVERY, HOUR_AT, LAST, Lexicon, NEXT, NOW, OF, ON, ORDINAL, Part, Senses, THE, THIS, Unit,
};
use super::scan::{Kind, Token};
use jiff::civil::{Date, DateTime, Time};

/// A text cut into tokens, and the moment it was written.
pub(super) struct Rules<'a> {
    pub text: &'a str,
    pub tokens: &'a [Token],
    pub lexicon: &'static Lexicon,
    pub now: DateTime,
}

/// One or more whole days.
#[derive(Debug, Clone)]
pub(super) struct Days {
    pub from: Date,
    /// Day after the last.
    pub to: Date,
    pub value: String,
    pub calendar: Calendar,
    /// Token after the last.
    pub next: usize,
}

impl Days {
    pub(super) fn single(&self) -> bool {
        add_days(self.from, 1) == Some(self.to)
    }
}

/// What a reading yields: its TIMEX3 type and value, its interval, the calendar, and the token after the last.
pub(super) struct Reading {
    pub kind: &'static str,
    pub value: String,
    pub interval: Option<(DateTime, DateTime)>,
    pub calendar: Calendar,
    pub next: usize,
}

impl Reading {
    pub(super) fn new(kind: &'static str, value: String, interval: Option<(DateTime, DateTime)>, next: usize) -> Self {
        Self { kind, value, interval, calendar: Calendar::Gregorian, next }
    }
}

pub(super) fn midnight(date: Date) -> DateTime {
    date.to_datetime(Time::constant(0, 0, 0, 0))
}

impl<'a> Rules<'a> {
    pub(super) fn token(&self, at: usize) -> Option<&'a Token> {
        self.tokens.get(at)
    }

    pub(super) fn senses(&self, at: usize) -> Senses {
        self.token(at).map_or_else(Senses::default, |token| token.senses)
    }

    pub(super) fn before(&self, at: usize) -> Senses {
        at.checked_sub(1).map_or_else(Senses::default, |at| self.senses(at))
    }

    pub(super) fn has(&self, at: usize, flags: u32) -> bool {
        self.senses(at).has(flags)
    }

    pub(super) fn sign(&self, at: usize, signs: &[char]) -> bool {
        matches!(self.token(at), Some(Token { kind: Kind::Sign(sign), .. }) if signs.contains(sign))
    }

    pub(super) fn glued(&self, at: usize) -> bool {
        self.token(at).is_some_and(|token| token.glued)
    }

    /// A number in digits, with how many digits it has.
    pub(super) fn number(&self, at: usize) -> Option<(i64, u8)> {
        match self.token(at)?.kind {
            Kind::Number { value, digits } => Some((i64::from(value), digits)),
            _ => None,
        }
    }

    /// Skips at most `max` words that have one of the flags.
    pub(super) fn skip(&self, at: usize, flags: u32, max: usize) -> usize {
        (at..at + max).find(|at| !self.has(*at, flags)).unwrap_or(at + max)
    }

    /// Skips the ending of an ordinal number: `th`, `.`, `-го`, `º`.
    pub(super) fn skip_ordinal(&self, at: usize) -> usize {
        if !self.glued(at) {
            return at;
        }
        let text = self.token(at).and_then(|token| self.text.get(token.start..token.end)).unwrap_or_default();
        if self.has(at, ORDINAL) || self.sign(at, &['.']) || matches!(text, "º" | "ª" | "°") {
            return at + 1;
        }
        if self.sign(at, &['-']) && self.glued(at + 1) && self.has(at + 1, ORDINAL) {
            return at + 2;
        }
        at
    }

    /// True when the number at `at` is a part of a longer one: a version, a telephone number, a score.
    pub(super) fn continues_number(&self, at: usize) -> bool {
        self.glued(at)
            && at >= 1
            && match self.token(at - 1).map(|token| token.kind) {
                Some(Kind::Sign('.' | '/' | '-' | ':' | ',')) => {
                    self.glued(at - 1) && at >= 2 && self.number(at - 2).is_some()
                }
                Some(Kind::Sign(_)) => false,
                // The T of ISO 8601.
                Some(Kind::Break) if self.is_iso_mark(at - 1) => false,
                Some(Kind::Word) => !matches!(self.lexicon.code, "ar" | "fa" | "ur"),
                _ => true,
            }
    }

    /// The finding that begins at token `at`, and the token after it.
    pub(super) fn at(&self, at: usize) -> Option<(DateFound, usize)> {
        if matches!(self.token(at)?.kind, Kind::Break | Kind::Sign(_)) {
            return None;
        }
        let reading = self.reading(at)?;
        let (start, end) = (self.token(at)?.start, self.token(reading.next.checked_sub(1)?)?.end);
        let found = DateFound {
            start,
            end,
            text: self.text.get(start..end)?.to_owned(),
            kind: reading.kind,
            value: reading.value,
            from: reading.interval.map(|interval| interval.0),
            to: reading.interval.map(|interval| interval.1),
            calendar: reading.calendar.word(),
        };
        Some((found, reading.next))
    }

    fn reading(&self, at: usize) -> Option<Reading> {
        self.fused(at)
            .or_else(|| if self.has(at, EVERY) { self.every(at) } else { None })
            .or_else(|| self.days(at).and_then(|days| self.with_time(days)))
            .or_else(|| self.time_first(at))
            .or_else(|| self.part_first(at))
            .or_else(|| self.every(at))
            .or_else(|| self.span(at))
            .or_else(|| self.weekend(at))
            .or_else(|| self.year(at).map(|days| self.whole_days(days)))
            .or_else(|| self.present(at))
    }

    fn present(&self, at: usize) -> Option<Reading> {
        self.has(at, NOW).then(|| Reading::new("DATE", "PRESENT_REF".to_owned(), None, at + 1))
    }

    /// "Tonight": a day and a part of it in one word.
    fn fused(&self, at: usize) -> Option<Reading> {
        let senses = self.senses(at);
        let day = add_days(self.now.date(), i64::from(senses.day?))?;
        self.in_part(day, senses.part?, at + 1)
    }

    pub(super) fn whole_days(&self, days: Days) -> Reading {
        Reading {
            kind: "DATE",
            value: days.value,
            interval: Some((midnight(days.from), midnight(days.to))),
            calendar: days.calendar,
            next: days.next,
        }
    }

    /// A part of a day, narrowed to a clock time where one follows: "tonight at 9".
    fn in_part(&self, day: Date, part: Part, next: usize) -> Option<Reading> {
        if let Some(clock) = self.clock_after(next) {
            return self.at_clock(day, clock.in_part(part), clock.next);
        }
        let (from, to, value) = part_of_day(day, part)?;
        Some(Reading::new("TIME", value, Some((from, to)), next))
    }

    /// A day, with the time or part of day that follows it.
    fn with_time(&self, days: Days) -> Option<Reading> {
        if !days.single() {
            return Some(self.whole_days(days));
        }
        let calendar = days.calendar;
        let timed = match self.clock_after(days.next) {
            Some(clock) => self.at_clock(days.from, clock, clock.next),
            None => {
                let after = self.skip(days.next, OF | ON | THE | THIS | AT | AFTER_PRE, 2);
                let senses = self.senses(after);
                match senses.part.filter(|_| senses.day.is_none()) {
                    Some(part) => self.in_part(days.from, part, after + 1),
                    None => None,
                }
            }
        };
        Some(match timed {
            Some(reading) => Reading { calendar, ..reading },
            None => self.whole_days(days),
        })
    }

    fn time_first(&self, at: usize) -> Option<Reading> {
        let clock = self.clock(at)?;
        let mut after = clock.next;
        if self.sign(after, &[',', '،']) {
            after += 1;
        }
        let after = self.skip(after, OF | ON | THE | AT, 2);
        if let Some(days) = self.days(after).filter(Days::single) {
            let reading = self.at_clock(days.from, clock, days.next)?;
            return Some(Reading { calendar: days.calendar, ..reading });
        }
        let senses = self.senses(after);
        if let (Some(day), Some(part)) = (senses.day, senses.part) {
            return self.at_clock(add_days(self.now.date(), i64::from(day))?, clock.in_part(part), after + 1);
        }
        self.at_clock(self.now.date(), clock, clock.next)
    }

    /// "The evening of 5 May", "مساء السبت", "this evening", "the next morning".
    fn part_first(&self, at: usize) -> Option<Reading> {
        let senses = self.senses(at);
        if senses.has(THIS | NEXT | LAST) && senses.part.is_none() {
            let after = self.senses(at + 1);
            let offset = if senses.has(NEXT) { 1 } else { -i64::from(senses.has(LAST)) };
            return self.in_part(add_days(self.now.date(), offset)?, after.part?, at + 2);
        }
        let part = senses.part?;
        let mut after = self.skip(at + 1, OF | ON | THE | AT, 2);
        if self.senses(after).unit == Some(Unit::Day) && !self.has(after, super::lexicon::PLURAL) {
            after = self.skip(after + 1, OF | ON, 1);
        }
        let days = self.days(after).filter(Days::single)?;
        let reading = self.in_part(days.from, part, days.next)?;
        Some(Reading { calendar: days.calendar, ..reading })
    }

    fn is_iso_mark(&self, at: usize) -> bool {
        let letter = self.token(at).filter(|token| token.glued).and_then(|token| self.text.get(token.start..token.end));
        matches!(letter, Some("T" | "t"))
    }

    fn clock_after(&self, at: usize) -> Option<super::times::Clock> {
        if let Some(clock) = self.clock(at) {
            return Some(clock);
        }
        if self.sign(at, &[',', '،', '-', '–']) {
            return self.clock(self.skip(at + 1, ON | OF, 1));
        }
        // ISO 8601 glues a T between date and time.
        if self.is_iso_mark(at) {
            return self.clock(at + 1);
        }
        let after = self.skip(at, ON | OF, 1);
        if after > at && self.has(after, AT | HOUR_AT) { self.clock(after) } else { None }
    }
}
