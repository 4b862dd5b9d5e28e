//! What the words of a date mean, by language: read once from the plain tables in `words/`.
//!
//! A line there is `meaning: form form …`; `_` stands for a space inside a form, `~` marks a form that is also an ordinary
//! word and needs a number or a preposition beside it. Forms are folded letter by letter like the text that is searched. Every
//! table also knows the months and weekdays of English.

use super::senses::{Senses, WEAK};
use crate::fold::letter_key;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::LazyLock;

/// A form of several words: what follows the first, and what all mean.
pub(super) type Phrase = (Vec<String>, Senses);

/// What begins with one word: its own meaning, and the phrases, the longest first.
#[derive(Default)]
pub(super) struct Entry {
    pub word: Option<Senses>,
    pub phrases: Vec<Phrase>,
}

/// Words that tell the tense of a sentence.
#[derive(Default)]
pub(super) struct Cues {
    pub past: FxHashSet<String>,
    pub future: FxHashSet<String>,
    pub past_endings: Vec<String>,
    pub future_endings: Vec<String>,
}

/// The words of one language.
pub(super) struct Lexicon {
    pub code: &'static str,
    pub cues: Cues,
    entries: FxHashMap<String, Entry>,
    sieve: Vec<u64>,
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

/// Bits of the sieve, a power of two: large enough that few words pass by chance.
const SIEVE_BITS: usize = 1 << 14;

/// Place of a word in the sieve: its first letters and its length.
fn sieve_bit(key: &[u8]) -> usize {
    let byte = |at: usize| usize::from(key.get(at).copied().unwrap_or(0) | 0x20);
    (byte(0).wrapping_mul(0x9e5) ^ byte(1).wrapping_mul(0x35b) ^ byte(2).wrapping_mul(0x6d) ^ (key.len() << 10))
        & (SIEVE_BITS - 1)
}

impl Lexicon {
    fn read(code: &'static str, table: &str) -> Self {
        let mut lexicon =
            Self { code, cues: Cues::default(), entries: FxHashMap::default(), sieve: vec![0; SIEVE_BITS / 64] };
        for (meaning, forms) in lines(table) {
            if let Some(cue) = meaning.strip_prefix("cue ") {
                lexicon.cues.add(cue, forms);
                continue;
            }
            for form in forms.split_whitespace() {
                lexicon.add(form, meaning);
            }
        }
        if code != "en" {
            let (_, english) = TABLES[0];
            for (meaning, forms) in lines(english).filter(|(meaning, _)| is_shared(meaning)) {
                forms.split_whitespace().for_each(|form| lexicon.add_foreign(form, meaning));
            }
        }
        let keys: Vec<usize> = lexicon.entries.keys().map(|key| sieve_bit(key.as_bytes())).collect();
        for bit in keys {
            if let Some(word) = lexicon.sieve.get_mut(bit / 64) {
                *word |= 1 << (bit % 64);
            }
        }
        for entry in lexicon.entries.values_mut() {
            entry.phrases.sort_by_key(|(rest, _)| usize::MAX - rest.len());
            entry.word.iter_mut().for_each(Senses::settle);
            entry.phrases.iter_mut().for_each(|(_, senses)| senses.settle());
        }
        lexicon
    }

    fn add(&mut self, form: &str, meaning: &str) {
        let inflects = ["month", "weekday", "hijri", "solar", "season"].iter().any(|name| meaning.starts_with(name));
        if self.code == "tr" && inflects && !form.contains('_') {
            for case in turkish_cases(form) {
                self.add_in(&case, meaning);
            }
        }
        // Persian writes the word for month on: اسفندماه.
        if self.code == "fa" && inflects && !meaning.starts_with("weekday") && !form.contains('_') {
            self.add_in(&format!("{}ماه", form.trim_start_matches('~')), meaning);
        }
        if self.code == "de" && (meaning.starts_with("number ") || meaning.starts_with("nth ")) {
            self.add_german_compounds(form, meaning);
        }
        self.add_in(form, meaning);
    }

    /// German writes the ones before the tens in one word: vierundzwanzig, einundzwanzigsten.
    fn add_german_compounds(&mut self, form: &str, meaning: &str) {
        const ONES: [&str; 9] = ["ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"];
        let Some((name, value)) = meaning.split_once(' ') else { return };
        let Ok(tens @ (20 | 30 | 40 | 50 | 60 | 70 | 80 | 90)) = value.parse::<usize>() else { return };
        for (at, ones) in ONES.iter().enumerate() {
            self.add_in(&format!("{ones}und{form}"), &format!("{name} {}", tens + at + 1));
        }
    }

    fn add_in(&mut self, form: &str, meaning: &str) {
        let bare = form.trim_start_matches('~');
        let weak = form.starts_with('~');
        self.add_spelling(bare, meaning, weak);
        // As typed without the right keys; accents are folded anyway.
        if self.code == "tr" && bare.contains('ı') {
            self.add_spelling(&bare.replace('ı', "i"), meaning, weak);
        }
        if self.code == "de" && bare.contains(['ä', 'ö', 'ü']) {
            let typed = bare.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue");
            self.add_spelling(&typed, meaning, weak);
        }
    }

    fn add_spelling(&mut self, form: &str, meaning: &str, weak: bool) {
        let mut parts = form.split(['_', '-', '\'', '\u{200c}']).filter(|part| !part.is_empty()).map(letter_key);
        let first = parts.next().unwrap_or_default();
        let rest: Vec<String> = parts.collect();
        // What is written with a non-joiner in between may also be written in one.
        if form.contains('\u{200c}') {
            let joined = self.entries.entry(letter_key(form)).or_default().word.get_or_insert_default();
            joined.add(meaning);
        }
        let entry = self.entries.entry(first).or_default();
        let senses = if rest.is_empty() {
            entry.word.get_or_insert_default()
        } else {
            let at = match entry.phrases.iter().position(|(known, _)| *known == rest) {
                Some(at) => at,
                None => {
                    entry.phrases.push((rest, Senses::default()));
                    entry.phrases.len() - 1
                }
            };
            &mut entry.phrases.get_mut(at).expect("it was found or pushed just now").1
        };
        senses.add(meaning);
        if weak {
            senses.flags |= WEAK;
        }
    }

    /// A word of English, where the language has no such word of its own.
    fn add_foreign(&mut self, form: &str, meaning: &str) {
        // Short forms that are also words stay English: "mar", "sun".
        let bare = form.trim_start_matches('~');
        let plain =
            (bare.len() == form.len() || bare.len() >= 5) && !form.contains('_') || matches!(meaning, "am" | "pm");
        if plain && self.entries.get(&letter_key(bare)).is_none_or(|entry| entry.word.is_none()) {
            self.add_spelling(bare, meaning, bare.len() < form.len());
        }
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

    /// False for most of the words that are not in the table, without a look at it. Upper case is as good as lower case here.
    pub(super) fn may_know(&self, key: &[u8]) -> bool {
        let bit = sieve_bit(key);
        self.sieve.get(bit / 64).is_some_and(|word| word & (1 << (bit % 64)) != 0)
    }

    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        if self.may_know(key.as_bytes()) { self.entries.get(key) } else { None }
    }

    /// True for languages in which "next" and "last" may follow their noun.
    pub(super) fn adjective_follows(&self) -> bool {
        matches!(self.code, "ar" | "fa" | "fr" | "es")
    }

    /// True for languages whose verb stands at the end of the sentence.
    pub(super) fn verb_last(&self) -> bool {
        matches!(self.code, "tr" | "fa" | "ur")
    }
}

impl Cues {
    fn add(&mut self, cue: &str, forms: &str) {
        let keys = forms.split_whitespace().map(letter_key);
        match cue {
            "past" => self.past.extend(keys),
            "future" => self.future.extend(keys),
            "past-ending" => self.past_endings.extend(keys),
            _ => self.future_endings.extend(keys),
        }
    }
}

/// The cases of a Turkish noun, by the harmony of its last vowel: martta, marttan, martın, marta, martı.
fn turkish_cases(form: &str) -> Vec<String> {
    let Some(vowel) = form.chars().rev().find(|ch| "aıoueiöü".contains(*ch)) else { return Vec::new() };
    let (open, close) = match vowel {
        'a' | 'ı' => ('a', 'ı'),
        'e' | 'i' => ('e', 'i'),
        'o' | 'u' => ('a', 'u'),
        _ => ('e', 'ü'),
    };
    let last = form.chars().next_back().unwrap_or_default();
    let hard = if "fstkçşhp".contains(last) { 't' } else { 'd' };
    let (n, y) = if "aıoueiöü".contains(last) { ("n", "y") } else { ("", "") };
    vec![
        format!("{form}{hard}{open}"),
        format!("{form}{hard}{open}n"),
        format!("{form}{n}{close}n"),
        format!("{form}{y}{open}"),
        format!("{form}{y}{close}"),
    ]
}

fn lines(table: &str) -> impl Iterator<Item = (&str, &str)> {
    let line = |line| str::split_once(line, ':').map(|(meaning, forms)| (meaning.trim(), forms));
    table.lines().filter(|line| !line.starts_with('#')).filter_map(line)
}

fn is_shared(meaning: &str) -> bool {
    ["month ", "weekday "].iter().any(|start| meaning.starts_with(start)) || matches!(meaning, "am" | "pm")
}

/// Whether a word names a month in any language known here.
pub(super) fn is_month(word: &str) -> bool {
    let key = letter_key(word);
    let named = |lexicon: &Lexicon| {
        let senses = lexicon.entry(&key).and_then(|entry| entry.word.as_ref());
        senses.is_some_and(|senses| senses.month.is_some())
    };
    LEXICONS.iter().any(named)
}

/// The feast a line of the tables names, for its test.
#[cfg(test)]
fn feast_of(meaning: &str) -> Option<super::feasts::Feast> {
    meaning.strip_prefix("feast ").and_then(super::feasts::Feast::read)
}

#[cfg(test)]
mod tests {
    use super::super::senses::Calendar;
    use super::*;

    #[test]
    fn every_line_of_every_table_has_a_known_meaning() {
        for (code, table) in TABLES {
            for line in table.lines().filter(|line| !line.starts_with('#')) {
                let (meaning, forms) = line.split_once(':').unwrap_or_default();
                let is_cue = matches!(meaning, "cue past" | "cue future" | "cue past-ending" | "cue future-ending");
                assert!(is_cue || Senses::knows(meaning), "{code}: {line}");
                assert!(!meaning.starts_with("feast") || feast_of(meaning).is_some(), "{code}: {line}");
                assert!(!forms.trim().is_empty(), "{code}: {line}");
            }
        }
    }

    #[test]
    fn every_language_has_months_weekdays_seasons_and_feasts_of_its_own() {
        for (code, table) in TABLES {
            let of_its_own = Lexicon::read("en", table);
            let words = || {
                of_its_own
                    .entries
                    .values()
                    .flat_map(|entry| entry.word.iter().chain(entry.phrases.iter().map(|(_, senses)| senses)))
            };
            for month in 1..=12 {
                assert!(words().any(|senses| senses.month == Some((Calendar::Gregorian, month))), "{code} {month}");
                assert!(words().any(|senses| senses.month == Some((Calendar::Hijri, month))), "{code} Hijri {month}");
            }
            for weekday in 1..=7 {
                assert!(words().any(|senses| senses.weekday == Some(weekday)), "{code} {weekday}");
            }
            assert!(words().filter(|senses| senses.feast.is_some()).count() >= 8, "{code}");
            for number in 1..=31 {
                let compound = number > 20 && number % 10 != 0;
                let known = words().any(|senses| senses.number == Some(number));
                assert!(known || (compound && code != "ur"), "{code} {number}");
            }
        }
    }

    #[test]
    fn the_sieve_lets_every_known_word_through() {
        for lexicon in LEXICONS.iter() {
            for key in lexicon.entries.keys() {
                assert!(lexicon.may_know(key.as_bytes()), "{key}");
                assert!(lexicon.may_know(key.to_ascii_uppercase().as_bytes()), "{key}");
            }
            let set: u32 = lexicon.sieve.iter().map(|word| word.count_ones()).sum();
            assert!((set as usize) < SIEVE_BITS / 8, "{}: too full to be of use", lexicon.code);
        }
    }
}
