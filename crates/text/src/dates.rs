//! Dates, times, durations and recurring days in nine languages and three calendars, resolved against the moment of writing.
//!
//! In: a text, its language, the writer's local time. Out: TIMEX3-style findings with half-open intervals.
//!
//! Choices, where language leaves them open:
//! - A weekday without "next" or "last" is the first one on or after the reference day, for a threat looks ahead; where the nearest verb
//!   is of the past it is the last one. "Next Saturday" is the first strictly after the day, so the warning comes early rather than late.
//! - A day and month without a year is the next one, unless one is at most 120 days gone (300 in a sentence of the past).
//! - `03/04/2026` is day first, unless only month first makes a date.
//! - Hijri dates follow the tabular calendar (the sighted one and Umm al-Qura may differ by a day), Solar Hijri the 33-year rule;
//!   `value` is Gregorian: a day, or `FIRST/LAST` for a month or year of theirs. Persian months and years are Solar Hijri.
//! - A range ("12-14 March") has the value of its first day and the interval of all.
//! - A vague length ("the coming days") is `PXD`, with the interval a reader would think of.
//! - Weekends are Saturday and Sunday; Friday and Saturday in Arabic, Thursday and Friday in Persian.
//!
//! How it works: `scan` cuts the text into the tokens the language's table (`lexicon`, `senses`) knows and drops stretches in which
//! nothing can make a date; at each token that can begin one, `rules` takes the reading that covers most text (`days`, `periods`,
//! `years`, `spans`, `times`); `calendar` and `feasts` turn it into days.

mod calendar;
mod days;
mod feasts;
mod lexicon;
mod numbers;
mod periods;
mod rules;
mod scan;
mod senses;
mod sets;
mod spans;
mod tense;
mod times;
mod write;
mod years;

use jiff::civil::{Date, DateTime};

pub use write::{expand_days, write_date};

/// The Gregorian day of a Hijri date by the tabular calendar, good to one day; `None` when there is no such day.
pub fn from_hijri(year: i64, month: i64, day: i64) -> Option<Date> {
    calendar::date(senses::Calendar::Hijri, year, month, day)
}

/// The Gregorian day of a Solar Hijri date (Iran, Afghanistan); `None` when there is no such day.
pub fn from_solar_hijri(year: i64, month: i64, day: i64) -> Option<Date> {
    calendar::date(senses::Calendar::Solar, year, month, day)
}

/// A date expression found in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct DateFound {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// As written.
    pub text: String,
    /// `DATE`, `TIME`, `DURATION` or `SET`.
    pub kind: &'static str,
    /// TIMEX3 value, such as `2026-03-14`, `2026-W11-WE`, `2026-03-14TNI`, `P3D`, `FUTURE_REF`.
    pub value: String,
    /// First moment meant, local to the writer; absent for lengths and recurrences.
    pub from: Option<DateTime>,
    /// Moment after the last.
    pub to: Option<DateTime>,
    /// `gregorian`, `hijri` or `solar-hijri`: the calendar it was written in.
    pub calendar: &'static str,
}

/// More dates in one text are not read: a table of thousands of dates warns of nothing.
const DATES_MAX: usize = 10_000;

/// All date expressions of a text, in order, without overlaps. `lang` is an ISO 639 code; for languages without a table the script
/// decides which one is used. `reference` is when the text was written, in its writer's local time.
pub fn find_dates(text: &str, lang: &str, reference: DateTime) -> Vec<DateFound> {
    let lexicon = lexicon::Lexicon::of(lang, text);
    let tokens = scan::scan(text, lexicon);
    let mut rules = rules::Rules { text, tokens: &tokens, lexicon, now: reference, memory: rules::Memory::default() };
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at).filter(|_| out.len() < DATES_MAX) {
        match if token.starts() { rules.at(at) } else { None } {
            Some((found, next)) => {
                out.push(found);
                at = next.max(at + 1);
            }
            None => at += 1,
        }
    }
    out
}

/// A whole number that one word of a language says: `seven`, `seventh`, `السابع`, `седьмой`. `lang` is an ISO 639 code; for languages
/// without a table the script decides which one is used.
///
/// ```
/// use vedette_text::dates::number_in_words;
///
/// let numbers = [("seven", "en"), ("السابع", "ar"), ("dritte", "de"), ("lamp", "en")].map(|(word, lang)| number_in_words(word, lang));
/// assert_eq!(numbers, [Some(7), Some(7), Some(3), None]);
/// ```
pub fn number_in_words(word: &str, lang: &str) -> Option<u16> {
    let senses = lexicon::Lexicon::of(lang, word).entry(&crate::fold::letter_key(word))?.word.as_ref()?;
    senses.number.or(senses.ordinal.map(u16::from))
}

/// Whether a word names a month in any language known here.
pub(crate) fn is_month(word: &str) -> bool {
    lexicon::is_month(word)
}
