//! The order in which readings of a place in the text are tried, how a day joins a time of day, and how two days make a range.

use super::DateFound;
use super::calendar::{add_days, part_of_day};
use super::lexicon::Lexicon;
use super::scan::{Kind, Token};
use super::senses::{
    ABOUT, AFTER, AFTER_PRE, AND, AT, BEFORE, Calendar, EVERY, FROM, HOUR_AT, LAST, NEXT, NO_SENSES, OF, ON, PLURAL,
    Part, Senses, THE, THIS, TO, Unit, WEAK,
};
use jiff::civil::{Date, DateTime, Time};

pub(super) const DASHES: &[char] = &['-', '–', '—', '/'];
pub(super) const COMMAS: &[char] = &[',', '،', '(', '（'];

/// A text cut into tokens, and the moment it was written.
pub(super) struct Rules<'a> {
    pub text: &'a str,
    pub tokens: &'a [Token],
    pub lexicon: &'static Lexicon,
    pub now: DateTime,
    /// What was found last, for "a day later" and "the year-ago quarter".
    pub memory: Memory,
}

/// What later expressions lean on.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Memory {
    /// The day last named, and where its expression ended.
    day: Option<(Date, usize)>,
    /// The quarter last named (year, 1 to 4), and where.
    quarter: Option<(i64, i64, usize)>,
}

/// How far back a text may lean on what it named, in bytes: about three sentences.
const DAY_BYTES: usize = 300;
const QUARTER_BYTES: usize = 500;

/// How wide a stretch of days is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    Day,
    /// Several days, such as a range or a weekend.
    Days,
    Week,
    Month,
    Quarter,
    Season,
    Year,
}

/// One or more whole days.
#[derive(Debug, Clone)]
pub(super) struct Days {
    pub from: Date,
    /// Day after the last.
    pub to: Date,
    pub value: String,
    pub calendar: Calendar,
    pub grain: Grain,
    /// Token after the last.
    pub next: usize,
}

impl Days {
    pub(super) fn new(from: Date, to: Date, value: String, grain: Grain, next: usize) -> Self {
        Self { from, to, value, calendar: Calendar::Gregorian, grain, next }
    }

    pub(super) fn one(day: Date, calendar: Calendar, next: usize) -> Option<Self> {
        Some(Self { calendar, ..Self::new(day, add_days(day, 1)?, day.to_string(), Grain::Day, next) })
    }

    pub(super) fn single(&self) -> bool {
        self.grain == Grain::Day
    }
}

/// What a reading yields: its TIMEX3 type and value, its interval, the calendar, and the token after the last.
pub(super) struct Reading {
    pub kind: &'static str,
    pub value: String,
    pub interval: Option<(DateTime, DateTime)>,
    pub calendar: Calendar,
    pub next: usize,
    /// A stretch of days that may begin a range.
    pub grain: Option<Grain>,
}

impl Reading {
    pub(super) fn new(kind: &'static str, value: String, interval: Option<(DateTime, DateTime)>, next: usize) -> Self {
        Self { kind, value, interval, calendar: Calendar::Gregorian, next, grain: None }
    }
}

pub(super) fn midnight(date: Date) -> DateTime {
    date.to_datetime(Time::constant(0, 0, 0, 0))
}

impl<'a> Rules<'a> {
    pub(super) fn token(&self, at: usize) -> Option<&'a Token> {
        self.tokens.get(at)
    }

    pub(super) fn senses(&self, at: usize) -> &'static Senses {
        self.token(at).map_or(&NO_SENSES, |token| token.senses)
    }

    pub(super) fn before(&self, at: usize) -> &'static Senses {
        at.checked_sub(1).map_or(&NO_SENSES, |at| self.senses(at))
    }

    pub(super) fn has(&self, at: usize, flags: u64) -> bool {
        self.senses(at).has(flags)
    }

    pub(super) fn sign(&self, at: usize, signs: &[char]) -> bool {
        matches!(self.token(at), Some(Token { kind: Kind::Sign(sign), .. }) if signs.contains(sign))
    }

    pub(super) fn glued(&self, at: usize) -> bool {
        self.token(at).is_some_and(|token| token.glued)
    }

    pub(super) fn is(&self, codes: &[&str]) -> bool {
        codes.contains(&self.lexicon.code)
    }

    /// Skips at most `max` words that have one of the flags.
    pub(super) fn skip(&self, at: usize, flags: u64, max: usize) -> usize {
        (at..at + max).find(|at| !self.has(*at, flags)).unwrap_or(at + max)
    }

    /// Where a token begins, for what the text named before it.
    fn place(&self, at: usize) -> usize {
        self.token(at).map_or(0, |token| token.start)
    }

    /// The day the text named shortly before.
    pub(super) fn day_named(&self, at: usize) -> Option<Date> {
        let (day, end) = self.memory.day?;
        (self.place(at) < end + DAY_BYTES).then_some(day)
    }

    /// The quarter the text named before.
    pub(super) fn quarter_named(&self, at: usize) -> Option<(i64, i64)> {
        let (year, quarter, end) = self.memory.quarter?;
        (self.place(at) < end + QUARTER_BYTES).then_some((year, quarter))
    }

    fn remember(&mut self, found: &DateFound) {
        let Some(from) = found.from.filter(|_| matches!(found.kind, "DATE" | "TIME")) else { return };
        let value = found.value.as_bytes();
        if value.len() >= 10 && value.get(4) == Some(&b'-') && !found.value.contains('W') {
            self.memory.day = Some((from.date(), found.end));
        }
        let quarter =
            found.value.split_once("-Q").and_then(|(year, quarter)| Some((year.parse().ok()?, quarter.parse().ok()?)));
        if let Some((year, quarter)) = quarter {
            // What is compared with lies a year back; the talk is still of the later one.
            let year = match self.memory.quarter {
                Some((later, same, _)) if same == quarter && later == year + 1 => later,
                _ => year,
            };
            self.memory.quarter = Some((year, quarter, found.end));
        }
    }

    /// The finding that begins at token `at`, and the token after it.
    pub(super) fn at(&mut self, at: usize) -> Option<(DateFound, usize)> {
        match self.token(at)?.kind {
            Kind::Break | Kind::Sign(_) => return None,
            // Most numbers of a text are sums, scores and shares: told apart before any rule is tried.
            Kind::Number { digits, .. } => {
                let alone = matches!(self.token(at + 1), Some(Token { kind: Kind::Break, .. }));
                if (alone && digits != 4) || self.continues_number(at) {
                    return None;
                }
            }
            Kind::Word => {}
        }
        let reading = self.with_end(at, self.reading(at)?);
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
        self.remember(&found);
        Some((found, reading.next))
    }

    /// The reading that takes most of the text; of equals the first.
    fn reading(&self, at: usize) -> Option<Reading> {
        let mut best: Option<Reading> = None;
        let mut offer = |reading: Option<Reading>| {
            if let Some(reading) = reading
                && best.as_ref().is_none_or(|best| reading.next > best.next)
            {
                best = Some(reading);
            }
        };
        if self.has(at, EVERY) {
            offer(self.every(at));
        }
        offer(self.fused(at));
        offer(self.days(at).and_then(|days| self.with_time(days)));
        offer(self.time_first(at));
        offer(self.part_first(at));
        offer(self.span(at));
        offer(self.offset_from(at));
        offer(self.weekend(at));
        offer(self.period(at).map(|days| self.whole_days(days)));
        offer(self.year(at).map(|days| self.whole_days(days)));
        offer(self.vague(at));
        best
    }

    /// "From 4 to 16 December", "Friday – Sunday", "between August and October": the end of a range joined to its beginning.
    fn with_end(&self, at: usize, first: Reading) -> Reading {
        let (Some(grain), Some((from, _))) = (first.grain, first.interval) else { return first };
        let led = self.before(at).has(FROM | THIS) || self.has(at, FROM);
        let dash = self.sign(first.next, &['-', '–', '—']) && matches!(grain, Grain::Day | Grain::Month | Grain::Year);
        let turkish = self.is(&["tr"]);
        let joined = self.has(first.next, TO)
            || (turkish && self.has(first.next, FROM))
            || (self.before(at).has(FROM) && self.has(first.next, AND));
        if !dash && !joined {
            return first;
        }
        if !dash && !led && !matches!(grain, Grain::Day | Grain::Month | Grain::Year) {
            return first;
        }
        let after = self.skip(first.next + 1, THE | ON | OF, 2);
        let second = self.days(after).or_else(|| self.period(after)).or_else(|| self.year(after));
        let Some(second) = second.filter(|second| second.grain == grain || (grain == Grain::Days && second.single()))
        else {
            return first;
        };
        let from = self.with_year_of(at, first.next, from, &second);
        let second = self.after_first(from, after, second);
        if midnight(second.to) <= from {
            return first;
        }
        // A weekday that came round again is no range of a year.
        let days = from.date().until(second.to).map_or(i32::MAX, |span| span.get_days());
        if grain == Grain::Day && days > 400 {
            return first;
        }
        let value = match grain {
            Grain::Day => from.date().to_string(),
            Grain::Month if first.calendar == Calendar::Gregorian => from.date().to_string().chars().take(7).collect(),
            _ => first.value,
        };
        Reading {
            value,
            interval: Some((from, midnight(second.to))),
            next: if turkish { self.skip(second.next, TO, 2) } else { second.next },
            grain: None,
            ..first
        }
    }

    /// "Monday to Friday": the weekday that ends a range is the next after its beginning.
    fn after_first(&self, from: DateTime, at: usize, second: Days) -> Days {
        let weekday = self.senses(at).weekday.is_some() && second.single() && midnight(second.to) <= from;
        match (add_days(second.from, 7), add_days(second.to, 7)) {
            (Some(first), Some(to)) if weekday => Days { from: first, to, ..second },
            _ => second,
        }
    }

    /// "28 December to 3 January 2027": the year that was named for the end holds for the beginning.
    fn with_year_of(&self, at: usize, next: usize, from: DateTime, second: &Days) -> DateTime {
        let named = (at..next).any(|at| self.number(at).is_some_and(|(_, digits)| digits == 4));
        let end_named = (next..second.next).any(|at| self.number(at).is_some_and(|(_, digits)| digits == 4));
        if named || !end_named || second.calendar != Calendar::Gregorian {
            return from;
        }
        let in_year = |year: i16| from.with().year(year).build().ok();
        let year = second.from.year();
        let same = in_year(year).filter(|day| day.date() <= second.from);
        same.or_else(|| in_year(year - 1)).unwrap_or(from)
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
            grain: Some(days.grain),
        }
    }

    /// A part of a day, narrowed to a clock time where one follows: "tonight at 9".
    fn in_part(&self, day: Date, part: Part, next: usize) -> Option<Reading> {
        if let Some(clock) = self.clock_after(next).or_else(|| self.hour_after(next)) {
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
                let comma = days.next + usize::from(self.sign(days.next, COMMAS));
                let after = self.skip(comma, OF | ON | THE | THIS | AT | AFTER_PRE | BEFORE | AFTER, 3);
                let senses = self.senses(after);
                // After a day German "morgen" is the morning.
                let german = self.is(&["de"]) && senses.has(WEAK) && senses.day == Some(1);
                match senses.part.filter(|_| senses.day.is_none()).or(german.then_some(Part::Morning)) {
                    Some(part) => self.in_part(days.from, part, after + 1),
                    None => self.hour_after(days.next).and_then(|clock| self.at_clock(days.from, clock, clock.next)),
                }
            }
        };
        Some(match timed {
            Some(reading) => Reading { calendar, ..reading },
            None => self.whole_days(days),
        })
    }

    /// "Tomorrow at 3": after a day an hour needs no more than "at".
    fn hour_after(&self, at: usize) -> Option<super::times::Clock> {
        if self.is(&["tr"]) {
            return self
                .bare_hour(at)
                .filter(|clock| self.has(clock.next, ON))
                .map(|clock| clock.up_to(clock.next + 1));
        }
        self.bare_hour(at + 1).filter(|_| self.has(at, AT))
    }

    fn time_first(&self, at: usize) -> Option<Reading> {
        let clock = self.clock(at)?;
        let mut after = clock.next;
        if self.sign(after, &[',', '،']) {
            after += 1;
        }
        let after = self.skip(after, OF | ON | THE | AT | THIS | AFTER_PRE, 2);
        if let Some(days) = self.days(after).filter(Days::single) {
            let reading = self.at_clock(days.from, clock, days.next)?;
            return Some(Reading { calendar: days.calendar, ..reading });
        }
        let senses = self.senses(after);
        if let (Some(day), Some(part)) = (senses.day, senses.part) {
            return self.at_clock(add_days(self.now.date(), i64::from(day))?, clock.in_part(part), after + 1);
        }
        if let Some(part) = senses.part.filter(|_| after > clock.next || self.has(clock.next, AFTER_PRE)) {
            return self.at_clock(self.now.date(), clock.in_part(part), after + 1);
        }
        self.at_clock(self.now.date(), clock, clock.next)
    }

    /// "The evening of 5 May", "مساء السبت", "this evening", "the next morning", "dawn on Friday".
    fn part_first(&self, at: usize) -> Option<Reading> {
        let senses = self.senses(at);
        if senses.has(THIS | NEXT | LAST) && senses.part.is_none() {
            let after = self.senses(at + 1);
            let offset = if senses.has(NEXT) { 1 } else { -i64::from(senses.has(LAST)) };
            let base = if senses.has(NEXT | LAST) { self.day_named(at) } else { None };
            return self.in_part(add_days(base.unwrap_or(self.now.date()), offset)?, after.part?, at + 2);
        }
        let part = senses.part?;
        let mut after = self.skip(at + 1, OF | ON | THE | AT, 2);
        if self.senses(after).unit == Some(Unit::Day) && !self.has(after, PLURAL) {
            after = self.skip(after + 1, OF | ON, 1);
        }
        if let Some(days) = self.days(after).filter(Days::single) {
            let mut reading = self.in_part(days.from, part, days.next)?;
            // "Before dawn" begins at midnight.
            if let Some((_, to)) = reading.interval.filter(|_| part == Part::Dawn && self.before(at).has(BEFORE)) {
                reading.interval = Some((midnight(days.from), to));
            }
            return Some(Reading { calendar: days.calendar, ..reading });
        }
        // "Sabah 9'da".
        if self.is(&["tr"])
            && let Some(clock) = self.clock(at + 1).or_else(|| self.hour_after(at + 1))
        {
            return self.at_clock(self.now.date(), clock.in_part(part), clock.next);
        }
        // "At midnight", "before dawn": a part of today that a preposition marks as a time.
        let named = matches!(part, Part::Midnight | Part::Noon) && self.is(&["en", "de", "fr", "es", "ru", "tr", "ar"]);
        if named && self.before(at).has(AT | ON | BEFORE | AFTER | TO | HOUR_AT | ABOUT) {
            return self.in_part(self.now.date(), part, at + 1);
        }
        None
    }

    pub(super) fn clock_after(&self, at: usize) -> Option<super::times::Clock> {
        if let Some(clock) = self.clock(at) {
            return Some(clock);
        }
        if self.sign(at, &[',', '،', '-', '–', '@']) {
            return self.clock(self.skip(at + 1, ON | OF, 1));
        }
        // ISO 8601 glues a T between date and time.
        if self.is_iso_mark(at) {
            return self.clock(at + 1);
        }
        let after = self.skip(at, ON | OF | BEFORE | AFTER, 1);
        if after > at && self.has(after, AT | HOUR_AT | ABOUT) || self.has(at, BEFORE | AFTER) {
            self.clock(after)
        } else {
            None
        }
    }
}
