//! Times of day: `14:30`, `5 pm`, `14 Uhr`, `18h30`, `half past three`, `الساعة 5 مساء`, `в 5 часов вечера`, `from 3 to 5 pm`.

use super::rules::{Reading, Rules};
use super::scan::Kind;
use super::senses::{
    ABOUT, AFTER_PRE, AM, AND, AT, FROM, HALF, HOUR_AT, OCLOCK, OF, ON, PAST_CLOCK, PM, Part, QUARTER_HOUR, THE, TO,
    TO_CLOCK, Unit,
};
use jiff::ToSpan;
use jiff::civil::{Date, Time};

/// A time of day, and where a stretch of time ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    hour: i8,
    minute: i8,
    second: Option<i8>,
    /// Only an hour was named.
    whole_hour: bool,
    /// Morning or evening was named.
    settled: bool,
    /// Hour and minute of the end, exclusive.
    until: Option<(i8, i8)>,
    /// Token after the last.
    pub next: usize,
}

impl Clock {
    /// The same time in a part of the day: 9 at night is 21:00.
    pub(super) fn in_part(self, part: Part) -> Self {
        let late = match part {
            Part::Afternoon | Part::Evening => true,
            Part::Noon => self.hour < 10,
            Part::Night if self.hour == 12 => return Self { hour: 0, ..self },
            Part::Night => self.hour >= 6,
            Part::Dawn | Part::Morning | Part::Midnight => false,
        };
        let later = |hour: i8| if late && !self.settled && hour < 12 { hour + 12 } else { hour };
        Self { hour: later(self.hour), until: self.until.map(|(hour, minute)| (later(hour), minute)), ..self }
    }

    /// As TIMEX3 writes it: `T16`, `T16:30`.
    pub(super) fn time(self) -> String {
        if self.whole_hour { format!("T{:02}", self.hour) } else { format!("T{:02}:{:02}", self.hour, self.minute) }
    }

    /// The same time, with a word more.
    pub(super) fn up_to(self, next: usize) -> Self {
        Self { next, ..self }
    }

    fn half_day(self) -> bool {
        self.hour >= 12
    }
}

impl Rules<'_> {
    /// The time of day that begins at token `at`, or the stretch between two.
    pub(super) fn clock(&self, at: usize) -> Option<Clock> {
        let from_word = self.has(at, FROM);
        let led = from_word || self.before(at).has(FROM);
        let start = at + usize::from(from_word);
        // A bare hour is a time only as one end of a stretch: "from 3 to 5 pm", "1-3 pm".
        let sure_first = self.one_clock(start, false);
        let alone = sure_first.is_some();
        let dashed = self.sign(start + 1, &['-', '–']) || self.has(start + 1, TO);
        let first = sure_first.or_else(|| if led || dashed { self.one_clock(start, true) } else { None })?;
        let turkish = self.is(&["tr"]);
        let words =
            self.has(first.next, TO) || (led && self.has(first.next, AND)) || (turkish && self.has(first.next, FROM));
        let joined = self.sign(first.next, &['-', '–', '—']) || words;
        if !joined && !alone {
            return None;
        }
        if !joined {
            return (!from_word).then_some(first).or_else(|| (!first.whole_hour || first.settled).then_some(first));
        }
        let sure = first.settled || !first.whole_hour;
        let Some(second) =
            self.one_clock(first.next + 1, true).or_else(|| self.bare_hour(first.next + 1).filter(|_| sure))
        else {
            return (!from_word && alone).then_some(first);
        };
        // "3-5 pm": the suffix of the end settles the beginning.
        let mut first = first;
        if second.settled && !first.settled && second.half_day() && first.hour < 12 && first.hour + 12 <= second.hour {
            first.hour += 12;
        }
        let mut end = (second.hour, second.minute);
        if !second.settled && first.half_day() && second.hour < 12 && second.hour + 12 > first.hour {
            end.0 += 12;
        }
        let next = if turkish { self.skip(second.next, TO, 2) } else { second.next };
        Some(Clock { until: Some(end), settled: first.settled || second.settled, next, ..first })
    }

    /// One time of day; after "from" or a dash a bare hour is enough where another time follows or went before.
    fn one_clock(&self, at: usize, in_range: bool) -> Option<Clock> {
        let strong = self.has(at, HOUR_AT);
        let led = strong || self.has(at, AT) || self.has(at, ABOUT);
        let mut from = at + usize::from(led);
        // "в 5 часов" has one marker, "um 15 Uhr" one; Arabic may say "في الساعة", English "at about".
        from = self.skip(from, HOUR_AT | ABOUT | THE, if led { 2 } else { 0 });
        // "Desde las doce hasta la una".
        from = self.skip(from, ON | THE, usize::from(in_range && self.is(&["es"])));
        if let Some(clock) = self.past_or_to(from) {
            return Some(clock);
        }
        if let Some((hour, digits)) = self.number(from) {
            if digits == 4 && led && self.has(from + 1, AM | PM | OCLOCK) && !self.continues_number(from) {
                return self.finish(hour / 100, hour % 100, false, self.skip(from + 1, OCLOCK, 1));
            }
            if digits > 2 || (!in_range && self.continues_number(from)) {
                return None;
            }
            return self.digits(from, hour, led, strong, in_range);
        }
        // Numbers in words are hours only where the text says so.
        let hour = i64::from(self.senses(from).number.or(self.senses(from).ordinal.filter(|_| strong).map(u16::from))?);
        let mut next = from + 1;
        let mut minute = 0;
        if self.is(&["en"])
            && (led || in_range || self.before(at).part.is_some())
            && let Some(more) = self.cardinal(next).filter(|more| matches!(more.value, 5..=59) && more.digits == 0)
        {
            (minute, next) = (more.value, more.next);
        } else if let Some((more, end)) = self.minutes_after(next) {
            (minute, next) = (more, end);
        }
        if let Some((more, end)) = self.minutes_after(next + 1).filter(|_| self.has(next, OCLOCK) && minute == 0) {
            return self.finish(hour, more, false, end);
        }
        // "Trois heures trente".
        if self.has(next, OCLOCK)
            && (led || in_range)
            && let Some(more) =
                self.cardinal(next + 1).filter(|more| more.digits == 0 && (5..=59).contains(&more.value))
            && self.is(&["fr"])
            && self.senses(more.next).unit.is_none()
        {
            return self.finish(hour, more.value, false, more.next);
        }
        let oclock = self.has(next, OCLOCK) && (led || !self.is(&["ru", "fr", "es"]));
        let bare = in_range && self.is(&["es"]) && from > at && self.senses(next).unit.is_none();
        let said = strong || oclock || (led && next > from + 1);
        let in_words = self.has(next, AM | PM)
            && (led || in_range || self.is(&["en"]))
            && !(self.has(next, AM) && self.senses(from).number == Some(1));
        let in_part = led && self.senses(next).part.is_some() && self.is(&["de", "fr", "es"]);
        if !(1..=24).contains(&hour) {
            return None;
        }
        if said || in_words || in_part || bare {
            self.finish(hour, minute, minute == 0, self.skip(next, OCLOCK, 1))
        } else {
            None
        }
    }

    /// "… and a half", "y media", "et quart", "ونصف" after an hour: the minutes, and the token after.
    fn minutes_after(&self, at: usize) -> Option<(i64, usize)> {
        let and = self.has(at, AND) || self.token(at).is_some_and(|token| token.and);
        if !and {
            return None;
        }
        let here = at + usize::from(self.has(at, AND));
        let here = here + usize::from(self.senses(here).number == Some(1) && self.has(here + 1, HALF | QUARTER_HOUR));
        if self.is(&["en", "de"]) {
            return None;
        }
        if self.has(here, HALF) {
            return Some((30, here + 1));
        }
        self.has(here, QUARTER_HOUR).then_some((15, here + 1))
    }

    /// "Half past three", "quarter to five", "zehn nach acht", "halb acht".
    fn past_or_to(&self, at: usize) -> Option<Clock> {
        let here = at + usize::from(self.senses(at).number == Some(1) && self.has(at + 1, QUARTER_HOUR));
        let (minute, mut next) = if self.has(here, QUARTER_HOUR) {
            (15, here + 1)
        } else if self.has(here, HALF) {
            (30, here + 1)
        } else {
            let number = self.cardinal(here).filter(|number| (1..=59).contains(&number.value) && number.digits <= 2)?;
            (number.value, number.next + usize::from(self.senses(number.next).unit == Some(Unit::Minute)))
        };
        let german_half = self.is(&["de"]) && self.has(here, HALF);
        let to = german_half || self.has(next, TO_CLOCK);
        if !german_half {
            let range = self.has(next, TO) && self.number(here).is_some();
            if !self.has(next, TO_CLOCK | PAST_CLOCK) || range {
                return None;
            }
            next += 1;
        }
        let hour = self.cardinal(next).filter(|hour| (1..=24).contains(&hour.value) && hour.digits <= 2)?;
        if self.senses(hour.next).unit.is_some_and(|unit| unit != Unit::Hour) || self.senses(hour.next).month.is_some()
        {
            return None;
        }
        let (hour_value, minute) = if to { (hour.value - 1, 60 - minute) } else { (hour.value, minute) };
        self.finish(hour_value, minute, false, self.skip(hour.next, OCLOCK, 1))
    }

    fn digits(&self, from: usize, hour: i64, led: bool, strong: bool, in_range: bool) -> Option<Clock> {
        let minutes =
            |at: usize| self.number(at).filter(|(_, digits)| *digits == 2 && self.glued(at)).map(|(minute, _)| minute);
        let next = from + 1;
        if self.sign(next, &[':', '٫']) && self.glued(next) {
            let minute = minutes(next + 1)?;
            let mut after = next + 2;
            let mut second = None;
            if self.sign(after, &[':']) && self.glued(after) {
                second = minutes(after + 1).filter(|second| *second < 60).map(|second| second as i8);
                after += if second.is_some() { 2 } else { 0 };
            }
            let clock = self.finish(hour, minute, false, self.skip(after, OCLOCK, 1))?;
            return Some(Clock { second, ..clock });
        }
        if self.sign(next, &['.'])
            && self.glued(next)
            && let Some(minute) = minutes(next + 1)
            && (self.has(next + 2, OCLOCK | AM | PM) || (led && self.may_be_dotted(strong, next + 2)))
            && !self.sign(next + 2, &['.', '%'])
        {
            return self.finish(hour, minute, false, self.skip(next + 2, OCLOCK, 1));
        }
        if self.has(next, OCLOCK) {
            // In these languages the same word also counts hours.
            let counts = (self.is(&["ru", "fr"]) && !self.glued(next)) || self.counts_hours(next);
            if !counts || led || in_range || self.has(next + 1, AM | PM) || self.senses(next + 1).part.is_some() {
                let minute = self.number(next + 1).filter(|(minute, digits)| *digits == 2 && *minute < 60);
                return match minute {
                    Some((minute, _)) if self.glued(next + 1) || self.is(&["de", "fr"]) => {
                        self.finish(hour, minute, false, next + 2)
                    }
                    _ => match self.minutes_after(next + 1) {
                        Some((minute, end)) => self.finish(hour, minute, false, end),
                        None => self.finish(hour, 0, true, next + 1),
                    },
                };
            }
            return None;
        }
        if let Some((minute, end)) = self.minutes_after(next).filter(|_| led) {
            return self.finish(hour, minute, false, end);
        }
        let suffixed = self.has(next, AM | PM) && (led || in_range || !self.is(&["ar", "fa", "ur"]));
        let in_part = led && self.senses(next).part.is_some();
        let ranged = in_range && self.range_of_hours(from);
        if strong || suffixed || in_part || ranged { self.finish(hour, 0, true, next) } else { None }
    }

    /// Whether a bare hour is one end of a stretch whose other end is surely a time: "between 3 and 5 pm".
    fn range_of_hours(&self, at: usize) -> bool {
        let joined = self.sign(at + 1, &['-', '–']) || self.has(at + 1, TO | AND);
        let sure = |at: usize| {
            self.number(at).is_some()
                && (self.has(at + 1, AM | PM | OCLOCK)
                    || (self.sign(at + 1, &[':']) && self.number(at + 2).is_some() && self.glued(at + 2)))
        };
        let other = self.skip(at + 2, AT, 1);
        let part = self.skip(other + 1, AFTER_PRE | THE | OF | ON, 2);
        joined && (sure(other) || (self.number(other).is_some() && self.senses(part).part.is_some()))
    }

    /// "At 11.50 dollars" is a price: before other words a stop makes a time only where a word says so or a language has no other.
    fn may_be_dotted(&self, strong: bool, next: usize) -> bool {
        strong
            || !self.is(&["en", "es", "fr"])
            || !matches!(self.token(next).map(|token| token.kind), Some(Kind::Break))
    }

    /// `3h` may be a length; `15h30` is a time.
    fn counts_hours(&self, at: usize) -> bool {
        let letter = self.token(at).is_some_and(|token| token.end - token.start == 1);
        let minutes = self.glued(at + 1) && self.number(at + 1).is_some_and(|(_, digits)| digits == 2);
        letter && !minutes && !self.is(&["fr"])
    }

    /// An hour in figures and nothing more, where the text around it is about times: "from 10:30 to 3", "tomorrow at 3".
    pub(super) fn bare_hour(&self, at: usize) -> Option<Clock> {
        let (hour, 1 | 2) = self.number(at)? else { return None };
        let next = at + 1;
        let other = self.senses(next).unit.is_some()
            || self.senses(next).month.is_some()
            || self.number(next).is_some()
            || self.sign(next, &['%', '$', '€', '°'])
            || (self.sign(next, &['.', ',', '/', ':', '-']) && self.number(next + 1).is_some())
            || (self.glued(next) && matches!(self.token(next).map(|token| token.kind), Some(Kind::Break)));
        if other || !(1..=24).contains(&hour) { None } else { self.finish(hour, 0, true, next) }
    }

    /// Reads what follows the figures: morning or evening.
    fn finish(&self, hour: i64, minute: i64, whole_hour: bool, next: usize) -> Option<Clock> {
        if !(0..=24).contains(&hour) || !(0..60).contains(&minute) || (hour == 24 && minute > 0) {
            return None;
        }
        let (hour, minute) = ((hour % 24) as i8, minute as i8);
        let senses = self.senses(next);
        let clock = Clock { hour, minute, second: None, whole_hour, settled: false, until: None, next };
        if senses.has(PM) && hour <= 12 {
            let hour = if hour < 12 { hour + 12 } else { hour };
            return Some(Clock { hour, settled: true, next: self.after_suffix(next), ..clock });
        }
        if senses.has(AM) && hour <= 12 {
            return Some(Clock { hour: hour % 12, settled: true, next: self.after_suffix(next), ..clock });
        }
        match senses.part.filter(|_| senses.day.is_none()) {
            Some(part) => Some(Clock { settled: true, next: next + 1, ..clock.in_part(part) }),
            None => Some(clock),
        }
    }

    /// The second stop of `p.m.` belongs to it.
    fn after_suffix(&self, at: usize) -> usize {
        let dotted = self
            .token(at)
            .and_then(|token| self.text.get(token.start..token.end))
            .is_some_and(|word| word.contains('.'));
        at + 1 + usize::from(dotted && self.glued(at + 1) && self.sign(at + 1, &['.']))
    }

    pub(super) fn at_clock(&self, day: Date, clock: Clock, next: usize) -> Option<Reading> {
        let from = day.to_datetime(Time::new(clock.hour, clock.minute, 0, 0).ok()?);
        let mut to = from.checked_add(if clock.whole_hour { 1.hour() } else { 1.minute() }).ok()?;
        if let Some((hour, minute)) = clock.until {
            let end = day.to_datetime(Time::new(hour, minute, 0, 0).ok()?);
            to = if end > from { end } else { end.checked_add(1.day()).ok()? };
        }
        let mut value = format!("{day}T{:02}:{:02}", clock.hour, clock.minute);
        let from = match clock.second {
            Some(second) => {
                value = format!("{value}:{second:02}");
                from.checked_add(i64::from(second).seconds()).ok()?
            }
            None => from,
        };
        Some(Reading::new("TIME", value, Some((from, to)), next.max(clock.next)))
    }
}
