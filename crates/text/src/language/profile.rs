//! How likely words are in each language of a script: from plain word lists, and the letter triples in them.
//!
//! A word that no list has is judged by its triples, with pairs and single letters where a triple was never seen.

use super::scripts::{self, Script};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// Languages of one script at most; a fixed number lets the compiler add them in parallel.
const LANES: usize = 20;
type Lanes = [f32; LANES];

/// Words looked at in one text at most.
const WORDS_MAX: usize = 80;
/// Letters of a word that count; longer ones are not words.
const WORD_CHARS_MAX: usize = 32;
/// After each so many words the search may stop.
const CHECK_WORDS: usize = 8;
/// So far ahead of the second, in natural-log units, nothing will change any more.
const AHEAD: f32 = 18.0;
/// What a word of the list is worth beyond its triples.
const KNOWN_WORD: f32 = 2.5;
/// One foreign name must not outweigh a sentence.
const WORD_WEIGHT_MAX: f32 = 9.0;
/// Triples are not independent: their sum overstates what they tell by about this factor.
const TEMPER: f32 = 0.45;

/// Head start of the languages that monitored channels write in, over those that share their script, in natural-log units.
const EXPECTED: f32 = 1.5;
const EXPECTED_CODES: [&str; 9] = ["en", "ar", "fa", "ur", "ru", "de", "fr", "es", "tr"];

/// Letters that one language of its script alone uses, and what a word with one is worth beyond all else.
const EXCLUSIVE: [(&str, &str); 11] = [
    ("uk", "іїєґ"),
    ("az", "ə"),
    ("ur", "ںٹڈڑہے"),
    ("ps", "ټډړږښځڅڼ"),
    ("ckb", "ڕڵێۆ"),
    ("ug", "ۈۋڭۇ"),
    ("kk", "қңұә"),
    ("tg", "ҷӣӯҳ"),
    ("sr", "ђјљњћџ"),
    ("de", "ß"),
    ("es", "ñ"),
];
const EXCLUSIVE_WORD: f32 = 4.0;

/// Shares of triples, pairs and single letters in the estimate, and the floor for letters a language does not use.
const TRIPLE: f32 = 0.55;
const PAIR: f32 = 0.3;
const SINGLE: f32 = 0.148;
const FLOOR: f32 = 0.000_02;

/// The languages of one script.
pub(super) struct Profile {
    codes: Vec<&'static str>,
    triples: FxHashMap<u64, Lanes>,
    pairs: FxHashMap<u64, Lanes>,
    singles: FxHashMap<u64, Lanes>,
    /// The lane of a letter that only one language has.
    exclusive: FxHashMap<u32, usize>,
    /// Which lists have a word, by bit.
    words: FxHashMap<u64, u32>,
}

/// How well a text fits each language.
pub(super) struct Scores {
    lanes: Lanes,
    pub words: usize,
    /// Words that the best language's list has.
    pub known_words: usize,
    known: [u16; LANES],
}

macro_rules! lists {
    ($($code:literal)*) => { &[$(($code, include_str!(concat!("words/", $code, ".txt")))),*] };
}

static LATIN: LazyLock<Profile> = LazyLock::new(|| {
    Profile::learn(
        lists!("en" "de" "fr" "es" "tr" "it" "pt" "nl" "id" "sv" "pl" "ro" "so" "sw" "az" "uz" "sq" "tl" "yo"),
    )
});
static CYRILLIC: LazyLock<Profile> = LazyLock::new(|| Profile::learn(lists!("ru" "uk" "bg" "sr" "kk" "mn" "tg")));
static ARABIC: LazyLock<Profile> = LazyLock::new(|| Profile::learn(lists!("ar" "fa" "ur" "ps" "ug" "ckb")));

pub(super) fn latin() -> &'static Profile {
    &LATIN
}

pub(super) fn cyrillic() -> &'static Profile {
    &CYRILLIC
}

pub(super) fn arabic() -> &'static Profile {
    &ARABIC
}

/// A word's letters with an end mark (0) on both sides.
struct Word {
    letters: [u32; WORD_CHARS_MAX + 2],
    len: usize,
}

impl Word {
    fn padded(&self) -> &[u32] {
        self.letters.get(..self.len + 2).unwrap_or_default()
    }

    fn key(&self) -> u64 {
        self.padded()
            .iter()
            .fold(0xcbf2_9ce4_8422_2325, |hash, letter| (hash ^ u64::from(*letter)).wrapping_mul(0x0000_0100_0000_01b3))
    }
}

/// Hands on the words of a script; stops when told so.
fn words(text: &str, script: Script, mut each: impl FnMut(&Word) -> bool) {
    let mut word = Word { letters: [0; WORD_CHARS_MAX + 2], len: 0 };
    let mut previous = ' ';
    let mut address = false;
    for ch in text.chars().chain([' ']) {
        if address {
            address = !ch.is_whitespace();
            continue;
        }
        address = (ch == '/' && previous == '/') || (ch == '@' && !previous.is_alphanumeric());
        previous = ch;
        if scripts::of(ch) == script {
            let lower = if ch.is_ascii() { ch.to_ascii_lowercase() } else { ch.to_lowercase().next().unwrap_or(ch) };
            if let Some(slot) = word.letters.get_mut(word.len + 1).filter(|_| word.len < WORD_CHARS_MAX) {
                *slot = lower as u32;
                word.len += 1;
            }
        } else if matches!(ch, '\u{300}'..='\u{36f}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}') {
            // Vowel signs, stretching and loose accents stand inside words.
        } else if word.len > 0 {
            if let Some(slot) = word.letters.get_mut(word.len + 1) {
                *slot = 0;
            }
            if !each(&word) {
                return;
            }
            word.len = 0;
        }
    }
}

fn triple_key(triple: &[u32]) -> u64 {
    triple.iter().fold(0, |key, letter| (key << 21) | u64::from(*letter))
}

impl Profile {
    fn learn(lists: &[(&'static str, &str)]) -> Self {
        let mut profile = Self {
            codes: lists.iter().map(|(code, _)| *code).collect(),
            triples: FxHashMap::default(),
            pairs: FxHashMap::default(),
            singles: FxHashMap::default(),
            words: FxHashMap::default(),
            exclusive: FxHashMap::default(),
        };
        for (code, letters) in EXCLUSIVE {
            if let Some(lane) = profile.codes.iter().position(|known| *known == code) {
                profile.exclusive.extend(letters.chars().map(|letter| (letter as u32, lane)));
            }
        }
        let mut pair_totals: FxHashMap<u64, Lanes> = FxHashMap::default();
        let mut single_totals: FxHashMap<u64, Lanes> = FxHashMap::default();
        let mut totals = [0f32; LANES];
        for (lane, (_, list)) in lists.iter().enumerate().take(LANES) {
            let script = scripts::dominant(list).0;
            let mut rank = 0usize;
            words(list, script, |word| {
                // Lists begin with the commonest words.
                let weight = if rank < 60 {
                    3.0
                } else if rank < 200 {
                    2.0
                } else {
                    1.0
                };
                rank += 1;
                *profile.words.entry(word.key()).or_default() |= 1 << lane;
                let count = |map: &mut FxHashMap<u64, Lanes>, key: u64| {
                    if let Some(slot) = map.entry(key).or_insert([0.0; LANES]).get_mut(lane) {
                        *slot += weight;
                    }
                };
                for pair in word.padded().windows(2) {
                    count(&mut profile.pairs, triple_key(pair));
                    count(&mut single_totals, triple_key(pair.get(..1).unwrap_or_default()));
                    count(&mut profile.singles, triple_key(pair.get(1..).unwrap_or_default()));
                    if let Some(total) = totals.get_mut(lane) {
                        *total += weight;
                    }
                }
                for triple in word.padded().windows(3) {
                    count(&mut profile.triples, triple_key(triple));
                    count(&mut pair_totals, triple_key(triple.get(..2).unwrap_or_default()));
                }
                true
            });
        }
        profile.turn_into_logarithms(&pair_totals, &single_totals, &totals);
        profile
    }

    /// Turns counts into logarithms of the probability of a letter after the two, one or none before it.
    fn turn_into_logarithms(
        &mut self,
        pair_totals: &FxHashMap<u64, Lanes>,
        single_totals: &FxHashMap<u64, Lanes>,
        totals: &Lanes,
    ) {
        const LETTER: u64 = (1 << 21) - 1;
        const NOTHING: Lanes = [0.0; LANES];
        let single = |singles: &FxHashMap<u64, Lanes>, key: u64| -> Lanes {
            let counts = singles.get(&(key & LETTER)).unwrap_or(&NOTHING);
            lanes(|lane| SINGLE * ratio(counts[lane], totals[lane]) + FLOOR)
        };
        let pair = |pairs: &FxHashMap<u64, Lanes>, singles: &FxHashMap<u64, Lanes>, key: u64| -> Lanes {
            let key = key & ((1 << 42) - 1);
            let counts = pairs.get(&key).unwrap_or(&NOTHING);
            let before = single_totals.get(&(key >> 21)).unwrap_or(&NOTHING);
            let less = single(singles, key);
            lanes(|lane| PAIR * ratio(counts[lane], before[lane]) + less[lane])
        };
        let mut triples = std::mem::take(&mut self.triples);
        for (key, counts) in &mut triples {
            let before = pair_totals.get(&(key >> 21)).unwrap_or(&NOTHING);
            let less = pair(&self.pairs, &self.singles, *key);
            *counts = lanes(|lane| (TRIPLE * ratio(counts[lane], before[lane]) + less[lane]).ln());
        }
        let keys: Vec<u64> = self.pairs.keys().copied().collect();
        let pairs = keys.into_iter().map(|key| (key, pair(&self.pairs, &self.singles, key).map(f32::ln))).collect();
        let keys: Vec<u64> = self.singles.keys().copied().collect();
        let singles = keys.into_iter().map(|key| (key, single(&self.singles, key).map(f32::ln))).collect();
        (self.triples, self.pairs, self.singles) = (triples, pairs, singles);
    }

    /// How well the words of a text fit each language.
    pub(super) fn score(&self, text: &str, script: Script) -> Scores {
        let mut scores = Scores { lanes: [0.0; LANES], words: 0, known_words: 0, known: [0; LANES] };
        for (score, code) in scores.lanes.iter_mut().zip(&self.codes) {
            if EXPECTED_CODES.contains(code) {
                *score = EXPECTED;
            }
        }
        words(text, script, |word| {
            self.add_word(word, &mut scores);
            scores.words < WORDS_MAX && (!scores.words.is_multiple_of(CHECK_WORDS) || self.lead(&scores) < AHEAD)
        });
        let best = self.best_lane(&scores);
        scores.known_words = scores.known.get(best).copied().map_or(0, usize::from);
        scores
    }

    fn add_word(&self, word: &Word, scores: &mut Scores) {
        scores.words += 1;
        let mut logs_of_word = [0f32; LANES];
        for triple in word.padded().windows(3) {
            let key = triple_key(triple);
            let found = self.triples.get(&key).or_else(|| self.pairs.get(&(key & ((1 << 42) - 1))));
            let found = found.or_else(|| self.singles.get(&(key & ((1 << 21) - 1))));
            if let Some(logs) = found {
                for (sum, log) in logs_of_word.iter_mut().zip(logs) {
                    *sum += log;
                }
            }
        }
        let top = logs_of_word.iter().take(self.codes.len()).copied().fold(f32::NEG_INFINITY, f32::max);
        for (score, log) in scores.lanes.iter_mut().zip(logs_of_word) {
            *score += (log - top).max(-WORD_WEIGHT_MAX);
        }
        let exclusive =
            word.padded().iter().filter(|letter| **letter > 0x7f).find_map(|letter| self.exclusive.get(letter));
        if let Some(score) = exclusive.and_then(|lane| scores.lanes.get_mut(*lane)) {
            *score += EXCLUSIVE_WORD;
        }
        if let Some(lists) = self.words.get(&word.key()) {
            for (lane, (score, known)) in scores.lanes.iter_mut().zip(&mut scores.known).enumerate() {
                if lists & (1 << lane) != 0 {
                    *score += KNOWN_WORD;
                    *known += 1;
                }
            }
        }
    }

    fn best_lane(&self, scores: &Scores) -> usize {
        let lanes = scores.lanes.iter().take(self.codes.len()).enumerate();
        lanes.fold((0, f32::NEG_INFINITY), |best, (lane, score)| if *score > best.1 { (lane, *score) } else { best }).0
    }

    fn lead(&self, scores: &Scores) -> f32 {
        let (mut first, mut second) = (f32::NEG_INFINITY, f32::NEG_INFINITY);
        for score in scores.lanes.iter().take(self.codes.len()) {
            if *score > first {
                (first, second) = (*score, first);
            } else if *score > second {
                second = *score;
            }
        }
        first - second
    }

    /// Adds a vote for a language; false when there is no list for it.
    pub(super) fn vote(&self, scores: &mut Scores, code: &str, weight: f32) -> bool {
        let lane = self.codes.iter().position(|known| *known == code);
        match lane.and_then(|lane| scores.lanes.get_mut(lane)) {
            Some(score) => {
                *score += weight;
                true
            }
            None => false,
        }
    }

    /// The most likely language and its share of all likelihood.
    pub(super) fn best(&self, scores: &Scores) -> (&'static str, f32) {
        let best = self.best_lane(scores);
        let top = scores.lanes.get(best).copied().unwrap_or(0.0);
        let sum: f32 = scores.lanes.iter().take(self.codes.len()).map(|score| ((score - top) * TEMPER).exp()).sum();
        (self.codes.get(best).copied().unwrap_or("und"), 1.0 / sum.max(1.0))
    }
}

fn lanes(each: impl Fn(usize) -> f32) -> Lanes {
    std::array::from_fn(each)
}

fn ratio(count: f32, total: f32) -> f32 {
    if total > 0.0 { count / total } else { 0.0 }
}
