//! The words that make a threat, a call, a claim, a report or a match: one lexicon a language, read from `data/lexicon`.
//!
//! Marks every word of a text with the classes that begin there. The classes are explained in `data/lexicon/README.md`.

use crate::scripts;
use crate::words::{START, Script, Words, hash, step};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use vedette_text::fold::fold_plain;
use vedette_text::tokens::tokens;

/// Words of the longest phrase.
const PHRASE_WORDS_MAX: usize = 10;
/// Ways through the phrases that are followed from one word.
const PATHS_MAX: usize = 16;
/// Bytes of the longest stem; longer prefixes are not looked up.
const STEM_BYTES_MAX: usize = 63;

macro_rules! classes {
    ($($bit:literal $constant:ident $name:literal),* $(,)?) => {
        /// Classes of words, one bit each.
        pub(crate) mod class {
            $(pub const $constant: u64 = 1 << $bit;)*
        }
        const NAMES: &[(&str, u64)] = &[$(($name, class::$constant)),*];
    };
}

classes! {
    0 HARM_INF "harm_inf", 1 HIT_INF "hit_inf", 2 HARM_FUT "harm_fut", 3 HIT_FUT "hit_fut", 4 HARM_FUT3 "harm_fut3", 5 HIT_FUT3 "hit_fut3",
    6 HARM_IMP "harm_imp", 7 HIT_IMP "hit_imp", 8 HARM_PAST "harm_past", 9 HIT_PAST "hit_past", 10 HARM_NOUN "harm_noun", 11 LETHAL "lethal",
    12 FUTURE "future", 13 WANT "want", 14 MUST "must", 15 WE "we", 16 YOU "you", 17 THEY "they", 18 PEOPLE "people", 19 NOT "not",
    20 ASK "ask", 21 SAY "say", 22 THREATEN "threaten", 23 THREAT "threat", 24 HINT "hint", 25 CALL "call", 26 CLAIM "claim",
    27 PRAISE "praise", 28 RECRUITMENT "recruitment", 29 WARNING "warning", 30 DENIAL "denial", 31 COUNTER "counter",
    32 INSTRUCT "instruct", 33 ADDRESS "address", 34 SPORT "sport", 35 IDIOM "idiom",
    36 MAYBE_IMP "maybe_imp", 37 GROUP "group", 38 DIVINE "divine", 39 UNREAL "unreal", 40 PAST "past", 41 BUT "but",
    42 PERISH "perish", 43 BLAME "blame", 44 FIXTURE "fixture", 45 LEGAL "legal", 46 JOIN "join", 47 OMEN "omen",
    48 TAME "tame", 49 RHETORIC "rhetoric", 50 FEAR "fear", 51 ENDORSE "endorse", 52 CAUSE "cause",
    53 BE "be", 54 WEAPON "weapon", 55 KIN "kin", 56 SECRET "secret", 57 GUIDE "guide", 58 COMMAND "command",
    59 DEED "deed",
    // From `data/institutions.toml`.
    61 SOURCE "source", 62 INSTITUTION_CASE "institution_case", 63 INSTITUTION "institution",
}

/// The lexicon of one language.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    /// Where verbs stand at the end of the sentence and far from their auxiliary.
    pub verb_last: bool,
    /// Where the verb of saying stands at the end too.
    pub verb_closes: bool,
    /// Where پ is ب, and `and` is written onto the next word.
    pub arabic: bool,
    /// Where an English imperative looks like any other form.
    pub bare_imperative: bool,
    /// Where the subject often stands behind the verb of saying: `сообщила полиция`.
    pub subject_follows: bool,
    /// Endings of the adjectives of places, where no other adjective has a capital: `Berliner`, `Gentse`.
    pub place_endings: &'static [&'static str],
    /// Where the forms in `want` do not tell the person.
    pub want_needs_person: bool,
    exact: FxHashMap<u64, u32>,
    stems: FxHashMap<u64, u32>,
    /// Byte lengths that stems have.
    stem_lengths: u64,
    /// Words that are written with a figure for a letter (`t3nu`) and fold to one without.
    figured: FxHashSet<u64>,
    edges: FxHashMap<(u32, u32), u32>,
    ends: Vec<u64>,
}

/// A word or phrase of a class found in a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    pub first: usize,
    pub count: usize,
    pub classes: u64,
}

/// Classes by word, and the phrases they come from.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    pub at: Vec<u64>,
    pub list: Vec<Mark>,
}

impl Marks {
    /// Adds what another lexicon marked in the same words.
    fn join(&mut self, other: Self) {
        for (at, more) in self.at.iter_mut().zip(other.at) {
            *at |= more;
        }
        self.list.extend(other.list);
        self.list.sort_by_key(|mark| mark.first);
    }

    /// Leaves out single words that the lexicon has with a figure for a letter and the text writes without: `tenu` is French.
    fn drop_unfigured(&mut self, lexicon: &Lexicon, text: &str, words: &Words) {
        let plain = |mark: &Mark| {
            words.list.get(mark.first).is_some_and(|word| {
                let written = text.get(word.from as usize..word.to as usize).unwrap_or_default();
                lexicon.figured.contains(&word.exact) && !written.contains(|ch: char| ch.is_ascii_digit())
            })
        };
        self.list.retain(|mark| mark.count > 1 || !plain(mark));
        self.at.fill(0);
        for mark in &self.list {
            if let Some(at) = self.at.get_mut(mark.first) {
                *at |= mark.classes;
            }
        }
    }

    /// The marks that begin in a range of words.
    pub fn within(&self, first: usize, end: usize) -> impl Iterator<Item = &Mark> + '_ {
        let from = self.list.partition_point(|mark| mark.first < first);
        self.list.get(from..).unwrap_or_default().iter().take_while(move |mark| mark.first < end)
    }
}

/// The pattern that matches any word.
const ANY: u32 = 0;

const FILES: &[(&str, &str)] = &[
    ("en", include_str!("../data/lexicon/en.toml")),
    ("ar", include_str!("../data/lexicon/ar.toml")),
    ("fa", include_str!("../data/lexicon/fa.toml")),
    ("ru", include_str!("../data/lexicon/ru.toml")),
    ("de", include_str!("../data/lexicon/de.toml")),
    ("nl", include_str!("../data/lexicon/nl.toml")),
    ("fr", include_str!("../data/lexicon/fr.toml")),
    ("es", include_str!("../data/lexicon/es.toml")),
    ("tr", include_str!("../data/lexicon/tr.toml")),
    ("ur", include_str!("../data/lexicon/ur.toml")),
];

/// Words of Arabic, Persian and Urdu as chats write them in Latin letters: one lexicon, because a post may be any of the three.
const ROMANISED_FILES: &[(&str, &str)] = &[
    ("ar-latn", include_str!("../data/lexicon/ar-latn.toml")),
    ("fa-latn", include_str!("../data/lexicon/fa-latn.toml")),
    ("ur-latn", include_str!("../data/lexicon/ur-latn.toml")),
];

/// Words for public bodies, by language.
const INSTITUTIONS: &str = include_str!("../data/institutions.toml");

/// All lexicons, each read when the first text needs it: one post needs one or two of them.
#[derive(Debug)]
pub(crate) struct Lexicons {
    list: Vec<(&'static str, OnceLock<Lexicon>)>,
}

impl Lexicons {
    /// Code of the lexicon of romanised words.
    pub const ROMANISED: &'static str = "romanised";

    pub fn bundled() -> Self {
        let codes = FILES.iter().map(|(code, _)| *code).chain([Self::ROMANISED]);
        Self { list: codes.map(|code| (code, OnceLock::new())).collect() }
    }

    /// The lexicon with a code.
    fn get(&self, wanted: &str) -> Option<(&'static str, &Lexicon)> {
        let (code, lexicon) = self.list.iter().find(|(code, _)| *code == wanted)?;
        let own = FILES.iter().position(|(known, _)| known == code).and_then(|at| FILES.get(at..=at));
        let files = own.unwrap_or(ROMANISED_FILES);
        let read = || Lexicon::read(code, files).expect("the bundled lexicons are read by a test");
        Some((*code, lexicon.get_or_init(read)))
    }

    /// Marks the words of a text with the lexicon of its language, and with those that other words of it need.
    pub fn mark(&self, code: &str, script: &str, text: &str, words: &Words, folded: &str) -> Option<(&Lexicon, Marks)> {
        let (main_code, main) = self.find(code, script)?;
        let mut marks = main.mark_all(words, folded);
        for code in scripts::beside(main_code, text, words) {
            if let Some((_, lexicon)) = self.get(code) {
                let mut more = lexicon.mark_all(words, folded);
                if !lexicon.figured.is_empty() {
                    more.drop_unfigured(lexicon, text, words);
                }
                marks.join(more);
            }
        }
        clear_idioms(&mut marks);
        Some((main, marks))
    }

    /// The lexicon for a language; for one without, the most common language of its script.
    #[cfg(test)]
    pub fn of(&self, code: &str, script: &str) -> Option<&Lexicon> {
        self.find(code, script).map(|(_, lexicon)| lexicon)
    }

    fn find(&self, code: &str, script: &str) -> Option<(&'static str, &Lexicon)> {
        self.get(code).or_else(|| match script {
            "Arab" => self.get("ar"),
            "Cyrl" => self.get("ru"),
            "Latn" | "" => self.get("en"),
            _ => None,
        })
    }
}

impl Lexicon {
    fn read(code: &str, files: &[(&str, &str)]) -> Result<Self, String> {
        let mut lexicon = Self {
            verb_last: matches!(code, "de" | "nl" | "fa" | "ur" | "tr"),
            verb_closes: matches!(code, "fa" | "ur" | "tr"),
            arabic: code == "ar",
            bare_imperative: code == "en",
            subject_follows: matches!(code, "ar" | "de" | "nl" | "fr" | "es" | "ru"),
            place_endings: match code {
                "de" => &["er"],
                "nl" => &["er", "se"],
                _ => &[],
            },
            want_needs_person: matches!(code, "en" | "de" | "nl" | "fr"),
            ends: vec![0],
            ..Self::default()
        };
        let mut patterns = 1;
        let mut institutions: BTreeMap<String, BTreeMap<String, Vec<String>>> =
            toml::from_str(INSTITUTIONS).map_err(|error| format!("institutions: {error}"))?;
        for (file_code, file) in files {
            let classes: BTreeMap<String, Vec<String>> =
                toml::from_str(file).map_err(|error| format!("{file_code}: {error}"))?;
            let bodies = institutions.remove(*file_code).unwrap_or_default();
            for (name, entries) in classes.into_iter().chain(bodies) {
                let Some((_, bit)) = NAMES.iter().find(|(known, _)| *known == name) else {
                    return Err(format!("{file_code}: there is no class `{name}`"));
                };
                for entry in entries.iter().flat_map(|entry| expand(entry)) {
                    lexicon.add(&entry, *bit, &mut patterns);
                    // Persian writers put a space where a zero-width non-joiner belongs.
                    if entry.contains('\u{200c}') {
                        lexicon.add(&entry.replace('\u{200c}', " "), *bit, &mut patterns);
                    }
                }
            }
        }
        Ok(lexicon)
    }

    fn add(&mut self, entry: &str, bit: u64, patterns: &mut u32) {
        let mut node = 0;
        for part in entry.split_whitespace() {
            if part == "*" {
                node = self.edge(node, ANY);
                continue;
            }
            let stem = part.ends_with('*');
            let folded = fold_plain(part.trim_end_matches('*'));
            let words: Vec<&str> = tokens(&folded).filter_map(|token| folded.get(token.start..token.end)).collect();
            let figure = |word: &str| word.contains(|ch: char| ch.is_ascii_digit());
            for (at, word) in words.iter().enumerate() {
                if figure(part) && !figure(word) {
                    self.figured.insert(hash(word.as_bytes()));
                }
                let is_stem = stem && at + 1 == words.len() && word.len() <= STEM_BYTES_MAX;
                let table = if is_stem { &mut self.stems } else { &mut self.exact };
                let pattern = *table.entry(hash(word.as_bytes())).or_insert_with(|| {
                    *patterns += 1;
                    *patterns - 1
                });
                if is_stem {
                    self.stem_lengths |= 1 << word.len();
                }
                node = self.edge(node, pattern);
            }
        }
        if node != 0
            && let Some(end) = self.ends.get_mut(node as usize)
        {
            *end |= bit;
        }
    }

    fn edge(&mut self, node: u32, pattern: u32) -> u32 {
        let fresh = self.ends.len() as u32;
        let next = *self.edges.entry((node, pattern)).or_insert(fresh);
        if next == fresh {
            self.ends.push(0);
        }
        next
    }

    /// Marks the words of a text.
    pub fn mark(&self, words: &Words, folded: &str) -> Marks {
        let mut marks = self.mark_all(words, folded);
        clear_idioms(&mut marks);
        marks
    }

    /// Marks the words of a text, idioms and what they consist of alike.
    fn mark_all(&self, words: &Words, folded: &str) -> Marks {
        let mut patterns: Vec<u32> = Vec::new();
        let mut ranges: Vec<(u32, u32)> = Vec::with_capacity(words.list.len());
        for word in &words.list {
            let from = patterns.len() as u32;
            let written = folded.get(word.start as usize..word.end as usize).unwrap_or_default();
            self.patterns_of(written, word.exact, &mut patterns);
            // Arabic has no پ: it stands for ب, in loan words and in disguise.
            if self.arabic && written.contains('پ') {
                let plain = written.replace('پ', "ب");
                self.patterns_of(&plain, hash(plain.as_bytes()), &mut patterns);
            }
            // Arabic joins `and` to the next word.
            if self.arabic
                && word.script == Script::Arabic
                && let Some(rest) = written.strip_prefix(['و', 'ف'])
                && rest.len() > 4
            {
                self.patterns_of(rest, hash(rest.as_bytes()), &mut patterns);
            }
            ranges.push((from, patterns.len() as u32));
        }
        let mut marks = Marks { at: vec![0; words.list.len()], list: Vec::new() };
        for first in 0..words.list.len() {
            self.walk(first, &patterns, &ranges, &mut marks);
        }
        marks
    }

    fn patterns_of(&self, word: &str, exact: u64, out: &mut Vec<u32>) {
        out.extend(self.exact.get(&exact));
        let mut so_far = START;
        for (at, byte) in word.bytes().enumerate().take(STEM_BYTES_MAX) {
            so_far = step(so_far, byte);
            if self.stem_lengths & (1 << (at + 1)) != 0 {
                out.extend(self.stems.get(&so_far));
            }
        }
    }

    fn walk(&self, first: usize, patterns: &[u32], ranges: &[(u32, u32)], marks: &mut Marks) {
        let mut paths = [0u32; PATHS_MAX];
        let mut live = 1;
        for (offset, (from, to)) in ranges.iter().enumerate().skip(first).take(PHRASE_WORDS_MAX) {
            let mut next = [0u32; PATHS_MAX];
            let mut count = 0;
            let here = patterns.get(*from as usize..*to as usize).unwrap_or_default();
            for node in paths.iter().take(live) {
                // A phrase does not begin with any word.
                let any = (offset > first).then_some(&ANY);
                for pattern in here.iter().chain(any) {
                    let Some(to) = self.edges.get(&(*node, *pattern)) else { continue };
                    let classes = self.ends.get(*to as usize).copied().unwrap_or_default();
                    if classes != 0 {
                        marks.list.push(Mark { first, count: offset - first + 1, classes });
                        if let Some(at) = marks.at.get_mut(first) {
                            *at |= classes;
                        }
                    }
                    if let Some(free) = next.get_mut(count) {
                        *free = *to;
                        count += 1;
                    }
                }
            }
            if count == 0 {
                return;
            }
            (paths, live) = (next, count);
        }
    }
}

/// Words inside an idiom mean what the idiom means.
fn clear_idioms(marks: &mut Marks) {
    let harm = class::HARM_INF
        | class::HIT_INF
        | class::HARM_PAST
        | class::HIT_PAST
        | class::HARM_NOUN
        | class::HARM_IMP
        | class::HIT_IMP
        | class::MAYBE_IMP
        | class::HARM_FUT
        | class::HIT_FUT
        | class::CALL
        | class::NOT
        | class::UNREAL
        | class::THREAT
        | class::HINT
        | class::OMEN
        | class::RHETORIC
        | class::HARM_FUT3
        | class::HIT_FUT3
        | class::TAME
        | class::GUIDE
        | class::COMMAND
        | class::DEED
        | class::PRAISE
        | class::CLAIM
        | class::SPORT
        | class::FIXTURE
        | class::ENDORSE
        | class::PERISH
        | class::WEAPON
        | class::LETHAL;
    for mark in marks.list.iter().filter(|mark| mark.classes & class::IDIOM != 0) {
        for at in marks.at.iter_mut().skip(mark.first).take(mark.count) {
            *at &= !harm;
        }
    }
}

/// `{a|b}c` as `ac`, `bc`; the first group is expanded, then the rest.
fn expand(entry: &str) -> Vec<String> {
    let Some((before, rest)) = entry.split_once('{') else { return vec![entry.to_owned()] };
    let Some((group, after)) = rest.split_once('}') else { return vec![entry.to_owned()] };
    group.split('|').flat_map(|choice| expand(&format!("{before}{choice}{after}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::read_words;
    use vedette_text::fold::fold;

    fn classes_of(code: &str, text: &str) -> u64 {
        let lexicons = Lexicons::bundled();
        let folded = fold(text);
        let words = read_words(text, &folded);
        let marks = lexicons.of(code, "").unwrap().mark(&words, &folded.text);
        marks.at.iter().fold(0, |all, at| all | at)
    }

    #[test]
    fn stems_phrases_gaps_and_groups_match_and_idioms_take_them_back() {
        assert_ne!(classes_of("en", "we slaughtered") & class::HARM_INF, 0);
        assert_ne!(classes_of("en", "you will never see your home again") & class::THREAT, 0);
        assert_ne!(classes_of("ar", "وسنهاجمهم") & class::HIT_FUT, 0);
        assert_ne!(classes_of("fa", "حمله می کنیم") & class::HIT_FUT, 0);
        assert_eq!(classes_of("en", "a heart attack") & class::HARM_NOUN, 0);
        assert_eq!(classes_of("en", "the tacking of a lantern") & class::HARM_NOUN, 0);
    }

    #[test]
    fn every_bundled_file_is_read() {
        for files in FILES.iter().map(std::slice::from_ref).chain([ROMANISED_FILES]) {
            assert_eq!(Lexicon::read("", files).err(), None);
        }
    }

    #[test]
    fn a_language_without_a_lexicon_is_read_with_that_of_its_script() {
        let lexicons = Lexicons::bundled();
        assert!(
            lexicons.of("ckb", "Arab").is_some()
                && lexicons.of("uk", "Cyrl").is_some()
                && lexicons.of("und", "Latn").is_some()
        );
        assert!(lexicons.of("th", "Thai").is_none());
    }
}
