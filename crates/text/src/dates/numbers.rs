//! Numbers in figures and in words: `48`, `forty-eight`, `ثمان وأربعين`, `двадцать пятого`, `quatre-vingt-dix`, `1st`, `nineteen ninety-six`.

use super::rules::Rules;
use super::scan::Kind;
use super::senses::{AND, HALF, ORDINAL};

/// A whole number as read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number {
    pub value: i64,
    /// How many figures it was written with; 0 for words.
    pub digits: u8,
    /// Token after the last.
    pub next: usize,
}

impl Rules<'_> {
    /// A number in digits, with how many digits it has.
    pub(super) fn number(&self, at: usize) -> Option<(i64, u8)> {
        match self.token(at)?.kind {
            Kind::Number { value, digits } => Some((i64::from(value), digits)),
            _ => None,
        }
    }

    /// A number in figures or words.
    pub(super) fn cardinal(&self, at: usize) -> Option<Number> {
        match self.number(at) {
            Some((value, digits)) if !self.continues_number(at) => Some(Number { value, digits, next: at + 1 }),
            Some(_) => None,
            None => self.words(at),
        }
    }

    fn words(&self, at: usize) -> Option<Number> {
        let mut value = i64::from(self.senses(at).number?);
        let mut next = at + 1;
        let mut last = value;
        for _ in 0..6 {
            let here = self.joined(next);
            let Some(other) = self.senses(here).number.map(i64::from) else { break };
            let and = here > next && !self.sign(next, &['-']) || self.token(here).is_some_and(|token| token.and);
            match (last, other) {
                // Arabic and German name the ones first: خمسة وعشرين.
                (1..=9, 20..=90) if and && other % 10 == 0 && self.lexicon.code == "ar" => value += other,
                // Four twenties.
                (4, 20) if self.lexicon.code == "fr" => value += 76,
                (60 | 80, 10..=19) if self.lexicon.code == "fr" => value += other,
                (20..=90, 1..=9) if last % 10 == 0 && self.joins_ones(and) => value += other,
                (1..=99, 100 | 1000) if !and && self.lexicon.code != "ar" => value *= other,
                (100 | 1000, 1..=99) if value >= 100 => value += other,
                _ => break,
            }
            last = if self.lexicon.code == "fr" && value == 80 { 80 } else { other };
            next = here + 1;
        }
        Some(Number { value, digits: 0, next })
    }

    /// Whether the ones follow the tens with "and" or without.
    fn joins_ones(&self, and: bool) -> bool {
        match self.lexicon.code {
            "es" | "fa" => and,
            "en" | "ru" | "tr" => !and,
            "fr" => true,
            _ => false,
        }
    }

    /// Where the next word of a number may stand: after a hyphen or "and".
    fn joined(&self, at: usize) -> usize {
        if self.sign(at, &['-', '‑']) && self.glued(at) && self.glued(at + 1) || self.has(at, AND) {
            at + 1
        } else {
            at
        }
    }

    /// An ordinal number: `3rd`, `третий`, `twenty-first`, `1.`; in figures only with its ending.
    pub(super) fn ordinal(&self, at: usize) -> Option<Number> {
        if let Some((value, digits @ 1..=2)) = self.number(at) {
            if self.continues_number(at) {
                return None;
            }
            let next = self.skip_ordinal(at + 1);
            return (next > at + 1).then_some(Number { value, digits, next });
        }
        if let Some(value) = self.senses(at).ordinal {
            let value = i64::from(value);
            // Arabic: الحادي والعشرين.
            let here = self.joined(at + 1);
            let tens = self.senses(here).number.or(self.senses(here).ordinal.map(u16::from)).map_or(0, i64::from);
            let and = here > at + 1 || self.token(here).is_some_and(|token| token.and);
            if self.lexicon.code == "ar" && and && value < 10 && matches!(tens, 20 | 30) {
                return Some(Number { value: value + tens, digits: 0, next: here + 1 });
            }
            return Some(Number { value, digits: 0, next: at + 1 });
        }
        let tens = i64::from(self.senses(at).number?);
        let here = self.joined(at + 1);
        let ones = i64::from(self.senses(here).ordinal?);
        let fits = matches!(tens, 20 | 30) && ones < 10;
        fits.then_some(Number { value: tens + ones, digits: 0, next: here + 1 })
    }

    /// The day of a month: a cardinal or ordinal number up to 31.
    pub(super) fn day_number(&self, at: usize) -> Option<Number> {
        let ordinal = self.ordinal(at).filter(|number| number.value <= 31 && number.value > 0);
        ordinal.or_else(|| {
            let number = self.cardinal(at)?;
            ((1..=31).contains(&number.value) && number.digits <= 2).then_some(number)
        })
    }

    /// The last day of a range: what is glued to a dash is no part of a longer number here.
    pub(super) fn range_end(&self, at: usize) -> Option<Number> {
        match self.number(at) {
            Some((value @ 1..=31, digits @ 1..=2)) => Some(Number { value, digits, next: self.skip_ordinal(at + 1) }),
            Some(_) => None,
            None => self.day_number(at),
        }
    }

    /// A year in words: "nineteen ninety-six", "two thousand and six".
    pub(super) fn year_in_words(&self, at: usize) -> Option<Number> {
        let first = i64::from(self.senses(at).number?);
        if matches!(first, 18..=20) && self.lexicon.code == "en" {
            let hyphen = self.joined(at + 1);
            let rest = self.words(hyphen)?;
            return (10..=99).contains(&rest.value).then_some(Number {
                value: first * 100 + rest.value,
                digits: 0,
                next: rest.next,
            });
        }
        let number = self.words(at)?;
        (1900..=2099).contains(&number.value).then_some(number)
    }

    /// "Half" before a unit or after a number.
    pub(super) fn is_half(&self, at: usize) -> bool {
        self.has(at, HALF)
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
        if self.sign(at, &['-', '\'', '’', '.']) && self.glued(at + 1) && self.has(at + 1, ORDINAL) {
            return at + 2;
        }
        at
    }

    /// True when the number at `at` is a part of a longer one: a version, a telephone number, a score, a sum of money.
    pub(super) fn continues_number(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1).and_then(|before| self.token(before)) else { return false };
        if matches!(before.kind, Kind::Sign('$' | '€' | '£' | '¥' | '#' | '₺' | '₽')) {
            return true;
        }
        self.glued(at)
            && match before.kind {
                Kind::Sign('.' | '/' | '-' | ':' | ',' | '–') => {
                    self.glued(at - 1) && at >= 2 && self.number(at - 2).is_some()
                }
                Kind::Sign(_) => false,
                // The T of ISO 8601.
                Kind::Break if self.is_iso_mark(at - 1) => false,
                Kind::Word => !matches!(self.lexicon.code, "ar" | "fa" | "ur") && before.senses.month.is_none(),
                _ => true,
            }
    }

    /// The letter between date and time in ISO 8601.
    pub(super) fn is_iso_mark(&self, at: usize) -> bool {
        let letter = self.token(at).filter(|token| token.glued).and_then(|token| self.text.get(token.start..token.end));
        matches!(letter, Some("T" | "t"))
    }
}
