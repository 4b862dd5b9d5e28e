//! What the words of a date mean, by language: read once from the plain tables in `words/`.
//!
//! A line there is `meaning: form form …`; `_` stands for a space inside a form, `~` marks a form that is also an ordinary
//! word and needs a number or a preposition beside it. Forms are folded letter by letter like the text that is searched.

use crate::fold::letter_key;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// Calendar of a month name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Calendar {
    Gregorian,
    Hijri,
    Solar,
}

impl Calendar {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Gregorian => "gregorian",
            Self::Hijri => "hijri",
            Self::Solar => "solar-hijri",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Fortnight,
    Month,
    Quarter,
    Year,
    Decade,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Morning,
    Noon,
    Afternoon,
    Evening,
    Night,
    Midnight,
}

/// Names of the meanings that are yes or no; the position is the bit.
const FLAGS: [&str; 29] = [
    "weekend",
    "next",
    "last",
    "this",
    "coming",
    "few",
    "after-pre",
    "after-post",
    "before-pre",
    "before-post",
    "within-pre",
    "within-post",
    "on",
    "at",
    "hour-at",
    "of",
    "the",
    "to",
    "and",
    "from",
    "every",
    "am",
    "pm",
    "oclock",
    "ordinal",
    "year",
    "now",
    "plural",
    "hijri-mark",
];
pub(super) const WEEKEND: u32 = 1;
pub(super) const NEXT: u32 = 1 << 1;
pub(super) const LAST: u32 = 1 << 2;
pub(super) const THIS: u32 = 1 << 3;
pub(super) const COMING: u32 = 1 << 4;
pub(super) const FEW: u32 = 1 << 5;
pub(super) const AFTER_PRE: u32 = 1 << 6;
pub(super) const AFTER_POST: u32 = 1 << 7;
pub(super) const BEFORE_PRE: u32 = 1 << 8;
pub(super) const BEFORE_POST: u32 = 1 << 9;
pub(super) const WITHIN_PRE: u32 = 1 << 10;
pub(super) const WITHIN_POST: u32 = 1 << 11;
pub(super) const ON: u32 = 1 << 12;
pub(super) const AT: u32 = 1 << 13;
pub(super) const HOUR_AT: u32 = 1 << 14;
pub(super) const OF: u32 = 1 << 15;
pub(super) const THE: u32 = 1 << 16;
pub(super) const TO: u32 = 1 << 17;
pub(super) const AND: u32 = 1 << 18;
pub(super) const FROM: u32 = 1 << 19;
pub(super) const EVERY: u32 = 1 << 20;
pub(super) const AM: u32 = 1 << 21;
pub(super) const PM: u32 = 1 << 22;
pub(super) const OCLOCK: u32 = 1 << 23;
pub(super) const ORDINAL: u32 = 1 << 24;
pub(super) const YEAR: u32 = 1 << 25;
pub(super) const NOW: u32 = 1 << 26;
pub(super) const PLURAL: u32 = 1 << 27;
pub(super) const HIJRI_MARK: u32 = 1 << 28;
pub(super) const SOLAR_MARK: u32 = 1 << 29;
pub(super) const GREGORIAN_MARK: u32 = 1 << 30;
/// Also an ordinary word.
pub(super) const WEAK: u32 = 1 << 31;

/// Everything one form can mean.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Senses {
    pub flags: u32,
    pub month: Option<(Calendar, i8)>,
    /// 1 Monday to 7 Sunday.
    pub weekday: Option<i8>,
    /// Days from today.
    pub day: Option<i8>,
    pub part: Option<Part>,
    pub unit: Option<Unit>,
    /// A dual: two of these.
    pub two: Option<Unit>,
    /// "Daily" and its like.
    pub set: Option<Unit>,
    /// "Next week" in one word: so many of these units from now.
    pub relative: Option<(Unit, i8)>,
    pub number: Option<u16>,
}

impl Senses {
    pub(super) fn has(&self, flags: u32) -> bool {
        self.flags & flags != 0
    }

    fn add(&mut self, meaning: &str) {
        let mut words = meaning.split(' ');
        let (name, first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.next());
        let count: i8 = first.parse().unwrap_or(0);
        match name {
            "month" => self.month = Some((Calendar::Gregorian, count)),
            "hijri" => self.month = Some((Calendar::Hijri, count)),
            "solar" => self.month = Some((Calendar::Solar, count)),
            "weekday" => self.weekday = Some(count),
            "day" => self.day = Some(count),
            "number" => self.number = first.parse().ok(),
            "part" => self.part = part(first),
            "today-part" => (self.day, self.part) = (Some(0), part(first)),
            "yesterday-part" => (self.day, self.part) = (Some(-1), part(first)),
            "unit" => self.unit = unit(first),
            "two" => self.two = unit(first),
            "set" => self.set = unit(first),
            "relative" => {
                self.relative =
                    unit(first).map(|unit| (unit, second.and_then(|count| count.parse().ok()).unwrap_or(1)));
            }
            "solar-mark" => self.flags |= SOLAR_MARK,
            "gregorian-mark" => self.flags |= GREGORIAN_MARK,
            _ => {
                if let Some(bit) = FLAGS.iter().position(|flag| *flag == name) {
                    self.flags |= 1 << bit;
                }
            }
        }
    }

    /// True when the table knows the meaning's name; a misspelt line must not vanish silently.
    #[cfg(test)]
    fn knows(meaning: &str) -> bool {
        let mut senses = Self::default();
        senses.add(meaning);
        format!("{senses:?}") != format!("{:?}", Self::default())
    }
}

fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "second" => Unit::Second,
        "minute" => Unit::Minute,
        "hour" => Unit::Hour,
        "day" => Unit::Day,
        "week" => Unit::Week,
        "fortnight" => Unit::Fortnight,
        "month" => Unit::Month,
        "quarter" => Unit::Quarter,
        "year" => Unit::Year,
        "decade" => Unit::Decade,
        _ => return None,
    })
}

fn part(word: &str) -> Option<Part> {
    Some(match word {
        "morning" => Part::Morning,
        "noon" => Part::Noon,
        "afternoon" => Part::Afternoon,
        "evening" => Part::Evening,
        "night" => Part::Night,
        "midnight" => Part::Midnight,
        _ => return None,
    })
}

/// A form of several words: what follows the first, and what all mean.
pub(super) type Phrase = (Vec<String>, Senses);

/// The words of one language.
pub(super) struct Lexicon {
    pub code: &'static str,
    words: FxHashMap<String, Senses>,
    phrases: FxHashMap<String, Vec<Phrase>>,
}

const TABLES: [(&str, &str); 9] = [
    ("en", include_str!("words/en.txt")),
    ("ar", include_str!("words/ar.txt")),
    ("fa", include_str!("words/fa.txt")),
    ("ur", include_str!("words/ur.txt")),
    ("ru", include_str!("words/ru.txt")),
    ("tr", include_str!("words/tr.txt")),
    ("de", include_str!("words/de.txt")),
    ("fr", include_str!("words/fr.txt")),
    ("es", include_str!("words/es.txt")),
];

static LEXICONS: LazyLock<Vec<Lexicon>> =
    LazyLock::new(|| TABLES.iter().map(|(code, table)| Lexicon::read(code, table)).collect());

impl Lexicon {
    fn read(code: &'static str, table: &str) -> Self {
        let mut lexicon = Self { code, words: FxHashMap::default(), phrases: FxHashMap::default() };
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let Some((meaning, forms)) = line.split_once(':') else { continue };
            for form in forms.split_whitespace() {
                let bare = form.trim_start_matches('~');
                let mut parts = bare.split(['_', '-', '\'']).filter(|part| !part.is_empty()).map(letter_key);
                let first = parts.next().unwrap_or_default();
                let rest: Vec<String> = parts.collect();
                let senses = if rest.is_empty() {
                    lexicon.words.entry(first).or_default()
                } else {
                    let phrases = lexicon.phrases.entry(first).or_default();
                    let at = match phrases.iter().position(|(known, _)| *known == rest) {
                        Some(at) => at,
                        None => {
                            phrases.push((rest, Senses::default()));
                            phrases.len() - 1
                        }
                    };
                    &mut phrases.get_mut(at).expect("it was found or pushed just now").1
                };
                senses.add(meaning.trim());
                if form.starts_with('~') {
                    senses.flags |= WEAK;
                }
            }
        }
        // The longest phrase is tried first.
        for phrases in lexicon.phrases.values_mut() {
            phrases.sort_by_key(|(rest, _)| usize::MAX - rest.len());
        }
        lexicon
    }

    /// The table for a language; for others the one whose script the text is in.
    pub(super) fn of(lang: &str, text: &str) -> &'static Self {
        let primary = lang.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let code = match primary.as_str() {
            "prs" | "pes" | "tg" => "fa",
            "uk" | "be" | "bg" => "ru",
            known if TABLES.iter().any(|(code, _)| *code == known) => known,
            _ => match text.chars().find(|ch| ch.is_alphabetic()).map_or(0, u32::from) {
                0x400..=0x52f => "ru",
                0x600..=0x6ff | 0x750..=0x77f => "ar",
                _ => "en",
            },
        };
        LEXICONS.iter().find(|lexicon| lexicon.code == code).expect("every code named here has a table")
    }

    pub(super) fn word(&self, key: &str) -> Option<Senses> {
        self.words.get(key).copied()
    }

    pub(super) fn phrases(&self, first: &str) -> &[Phrase] {
        self.phrases.get(first).map_or(&[], Vec::as_slice)
    }

    /// True for languages in which "next" and "last" may follow their noun.
    pub(super) fn adjective_follows(&self) -> bool {
        matches!(self.code, "ar" | "fa" | "fr" | "es")
    }
}

/// Whether a word names a month in any language known here.
pub(super) fn is_month(word: &str) -> bool {
    let key = letter_key(word);
    LEXICONS.iter().any(|lexicon| lexicon.word(&key).is_some_and(|senses| senses.month.is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_every_table_has_a_known_meaning() {
        for (code, table) in TABLES {
            for line in table.lines().filter(|line| !line.starts_with('#')) {
                let meaning = line.split_once(':').map_or("", |(meaning, _)| meaning);
                assert!(Senses::knows(meaning), "{code}: {line}");
            }
        }
    }

    #[test]
    fn every_language_has_all_months_and_weekdays() {
        for lexicon in LEXICONS.iter() {
            let all = || lexicon.words.values().chain(lexicon.phrases.values().flatten().map(|(_, senses)| senses));
            for month in 1..=12 {
                assert!(
                    all().any(|senses| senses.month == Some((Calendar::Gregorian, month))),
                    "{} {month}",
                    lexicon.code
                );
            }
            for weekday in 1..=7 {
                assert!(all().any(|senses| senses.weekday == Some(weekday)), "{} {weekday}", lexicon.code);
            }
        }
    }
}
