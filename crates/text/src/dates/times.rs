//! Times of day: `14:30`, `5 pm`, `14 Uhr`, `18h30`, `الساعة 5 مساء`, `в 5 часов вечера`.

use super::lexicon::{AM, AT, HOUR_AT, OCLOCK, PM, Part};
use super::rules::{Reading, Rules};
use jiff::ToSpan;
use jiff::civil::{Date, Time};

/// A time of day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    hour: i8,
    minute: i8,
    /// Only an hour was named.
    whole_hour: bool,
    /// Morning or evening was named.
    settled: bool,
    /// Token after the last.
    pub next: usize,
}

impl Clock {
    /// The same time in a part of the day: 9 at night is 21:00.
    pub(super) fn in_part(self, part: Part) -> Self {
        let late = match part {
            Part::Afternoon | Part::Evening => true,
            Part::Noon => self.hour < 10,
            Part::Night => self.hour >= 6,
            Part::Morning | Part::Midnight => false,
        };
        let hour = if late && !self.settled && self.hour < 12 { self.hour + 12 } else { self.hour };
        Self { hour, ..self }
    }
}

impl Rules<'_> {
    /// The time of day that begins at token `at`.
    pub(super) fn clock(&self, at: usize) -> Option<Clock> {
        let strong = self.has(at, HOUR_AT);
        let led = strong || self.has(at, AT);
        let mut from = at + usize::from(led);
        // "в 5 часов" has one marker, "um 15 Uhr" one; Arabic may say "في الساعة".
        if led && self.has(from, HOUR_AT) {
            from += 1;
        }
        if let Some((hour, digits)) = self.number(from) {
            if digits > 2 || self.continues_number(from) {
                return None;
            }
            return self.digits(from, hour, led, strong);
        }
        // Numbers in words are hours only where the text says so.
        let hour = i64::from(self.senses(from).number?);
        let said = strong || self.has(from + 1, OCLOCK) && self.lexicon.code != "ru" && self.lexicon.code != "fr";
        let in_words = led && self.has(from + 1, AM | PM);
        if said || in_words { self.finish(hour, 0, true, self.skip(from + 1, OCLOCK, 1)) } else { None }
    }

    fn digits(&self, from: usize, hour: i64, led: bool, strong: bool) -> Option<Clock> {
        let minutes =
            |at: usize| self.number(at).filter(|(_, digits)| *digits == 2 && self.glued(at)).map(|(minute, _)| minute);
        let next = from + 1;
        if self.sign(next, &[':', '٫']) && self.glued(next) {
            let minute = minutes(next + 1)?;
            let mut after = next + 2;
            if self.sign(after, &[':']) && self.glued(after) && minutes(after + 1).is_some() {
                after += 2;
            }
            return self.finish(hour, minute, false, self.skip(after, OCLOCK, 1));
        }
        if self.sign(next, &['.'])
            && self.glued(next)
            && let Some(minute) = minutes(next + 1)
            && (led || self.has(next + 2, OCLOCK | AM | PM))
            && !self.sign(next + 2, &['.', '%'])
        {
            return self.finish(hour, minute, false, self.skip(next + 2, OCLOCK, 1));
        }
        if self.has(next, OCLOCK) {
            // In these languages the same word also counts hours.
            let counts = matches!(self.lexicon.code, "ru" | "fr") && !self.glued(next);
            if !counts || led || self.has(next + 1, AM | PM) {
                let minute = self.number(next + 1).filter(|(minute, digits)| *digits == 2 && *minute < 60);
                return match minute {
                    Some((minute, _)) if self.glued(next + 1) || self.lexicon.code == "de" => {
                        self.finish(hour, minute, false, next + 2)
                    }
                    _ => self.finish(hour, 0, true, next + 1),
                };
            }
            return None;
        }
        let suffixed = self.has(next, AM | PM) && (led || !matches!(self.lexicon.code, "ar" | "fa" | "ur"));
        let in_part = led && self.senses(next).part.is_some();
        if strong || suffixed || in_part { self.finish(hour, 0, true, next) } else { None }
    }

    /// Reads what follows the figures: morning or evening.
    fn finish(&self, hour: i64, minute: i64, whole_hour: bool, next: usize) -> Option<Clock> {
        if !(0..24).contains(&hour) || !(0..60).contains(&minute) {
            return None;
        }
        let (hour, minute) = (hour as i8, minute as i8);
        let senses = self.senses(next);
        let clock = Clock { hour, minute, whole_hour, settled: false, next };
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
        let to = from.checked_add(if clock.whole_hour { 1.hour() } else { 1.minute() }).ok()?;
        let value = format!("{day}T{:02}:{:02}", clock.hour, clock.minute);
        Some(Reading::new("TIME", value, Some((from, to)), next.max(clock.next)))
    }
}
