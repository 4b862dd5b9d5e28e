//! The words that names consist of, for spellings that differ from them: indexes by spelling, by spelling with one letter left out, and
//! by sound. In: names. Out: [`Vocabulary`]. How a text is read with it: [`crate::loose`].

use crate::edits::stem;
use crate::sounds::{Sounds, alike};
use crate::words::{Script, name_part, script_of, word_key};
use rustc_hash::FxHashMap;
use vedette_text::common::quick_hash;

/// Longer words are matched as they are spelled only, in letters.
pub(crate) const WORD_CHARS_MAX: usize = 32;
/// Letters of the shortest word in the vocabulary.
const WORD_CHARS_MIN: usize = 3;
/// Consonants by which a word is found from its sound.
pub(crate) const SOUNDS_MIN: usize = 2;

/// Letters that a word needs to be recognised in disguise. Among many names there is one for every misspelling, so a long list is
/// compared more strictly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Strictness {
    /// With a slip in it.
    pub edited: u8,
    /// As part of a longer word between words that are known, and beside one that is not.
    pub inside: u8,
    pub inside_unknown: u8,
    /// Cut in two.
    pub split: u8,
    /// Consonants, to be recognised by its sound.
    pub sounded: u8,
}

/// By the number of names: up to a thousand, up to ten thousand, more.
const STRICTNESS: [(usize, Strictness); 3] = [
    (1_000, Strictness { edited: 4, inside: 3, inside_unknown: 5, split: 5, sounded: 3 }),
    (10_000, Strictness { edited: 6, inside: 6, inside_unknown: 7, split: 6, sounded: 4 }),
    (usize::MAX, Strictness { edited: 8, inside: 8, inside_unknown: 10, split: 8, sounded: 5 }),
];

fn strictness(names: usize) -> Strictness {
    let (_, strict) = STRICTNESS.iter().find(|(most, _)| names <= *most).unwrap_or(&STRICTNESS[2]);
    *strict
}

/// A word of names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    start: u32,
    bytes: u8,
    pub chars: u8,
    pub script: Script,
    /// One bit for each place it has in names.
    pub places: u32,
    /// The same for names whose longest word it is: by its sound a name is looked for there only.
    pub sound_places: u32,
    /// How strictly it is compared.
    pub strict: Strictness,
    /// Its key in the trie.
    pub key: u64,
}

/// Words of names with their indexes.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    letters: String,
    entries: Vec<Entry>,
    spelled: Index,
    shortened: Index,
    sounding: Index,
    /// Readings by sound, each with its word.
    sounds: Vec<(Sounds, u32)>,
    /// The least strict of all words.
    least: Strictness,
}

impl Default for Strictness {
    fn default() -> Self {
        STRICTNESS[2].1
    }
}

impl Vocabulary {
    /// What the least strictly compared word needs.
    pub fn least(&self) -> Strictness {
        self.least
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn spelling(&self, entry: &Entry) -> &str {
        let start = entry.start as usize;
        self.letters.get(start..start + usize::from(entry.bytes)).unwrap_or_default()
    }

    /// The entry that is spelled like a part of a text; `quick` is its [`quick_hash`].
    #[inline]
    pub fn spelled(&self, word: &str, quick: u64) -> Option<&Entry> {
        self.spelled.get(quick).filter_map(|at| self.entries.get(at)).find(|entry| self.spelling(entry) == word)
    }

    /// False when no entry has this [`quick_hash`].
    #[inline]
    pub fn may_be_spelled(&self, quick: u64) -> bool {
        self.spelled.may_hold(quick)
    }

    /// Entries that share a [`Spelling`] with a word.
    pub fn shortened(&self, hash: u64) -> impl Iterator<Item = &Entry> {
        self.shortened.get(hash).filter_map(|at| self.entries.get(at))
    }

    /// Entries that may sound like a reading of a word.
    pub fn sounding(&self, sounds: Sounds) -> impl Iterator<Item = &Entry> {
        let found = self.sounding.get(scatter(sounds.key())).filter_map(|at| self.sounds.get(at));
        found.filter(move |(name, _)| alike(name, &sounds)).filter_map(|(_, word)| self.entries.get(*word as usize))
    }

    pub fn bytes(&self) -> usize {
        let indexes = [&self.spelled, &self.shortened, &self.sounding];
        self.letters.len()
            + self.entries.len() * size_of::<Entry>()
            + self.sounds.len() * size_of::<(Sounds, u32)>()
            + indexes.iter().map(|index| index.bytes()).sum::<usize>()
    }
}

/// Hashes of a word without each of its letters in turn. The letters are summed up with powers of an odd number, so that leaving one
/// out takes one multiplication.
pub(crate) struct Spelling {
    whole: u64,
    /// Sum of the letters before each.
    before: [u64; WORD_CHARS_MAX + 1],
    len: usize,
}

const POWER: u64 = 0x9e37_79b9_7f4a_7c15;
/// `POWER` times this is 1, modulo 2^64.
const INVERSE: u64 = inverse(POWER);

const fn inverse(odd: u64) -> u64 {
    // Each step of Newton's method doubles the number of right bits.
    let (mut found, mut step) = (odd, 0);
    while step < 6 {
        found = found.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(found)));
        step += 1;
    }
    found
}

impl Spelling {
    /// Of at most [`WORD_CHARS_MAX`] letters.
    pub fn of(letters: &[char]) -> Self {
        let mut before = [0u64; WORD_CHARS_MAX + 1];
        let (mut sum, mut power) = (0u64, 1u64);
        for (letter, slot) in letters.iter().zip(before.iter_mut().skip(1)) {
            let value = u64::from(*letter as u32).wrapping_add(0x51).wrapping_mul(0xd6e8_feb8_6659_fd93);
            sum = sum.wrapping_add(value.wrapping_mul(power));
            power = power.wrapping_mul(POWER);
            *slot = sum;
        }
        Self { whole: sum, before, len: letters.len().min(WORD_CHARS_MAX) }
    }

    pub fn whole(&self) -> u64 {
        scatter(self.whole)
    }

    pub fn without_each(&self) -> impl Iterator<Item = u64> + '_ {
        (0..self.len).filter_map(|at| {
            let (before, with) = (self.before.get(at)?, self.before.get(at + 1)?);
            Some(scatter(before.wrapping_add(self.whole.wrapping_sub(*with).wrapping_mul(INVERSE))))
        })
    }
}

#[inline]
fn scatter(hash: u64) -> u64 {
    let mixed = (hash ^ (hash >> 31)).wrapping_mul(0x7fb5_d329_728e_a185);
    mixed ^ (mixed >> 29)
}

/// Words of names by a hash: a filter, then entries sorted by their hash with the place where each group begins.
#[derive(Debug, Default)]
struct Index {
    filter: Vec<u64>,
    groups: Vec<u32>,
    shift: u32,
    /// 32 bits of the hash, number of the word.
    entries: Vec<(u32, u32)>,
}

impl Index {
    fn new(mut hashes: Vec<(u64, u32)>) -> Self {
        hashes.sort_unstable();
        hashes.dedup();
        let mut filter = vec![0u64; (hashes.len() / 8).next_power_of_two().max(16)];
        let groups = (hashes.len() / 2).next_power_of_two().max(16);
        let shift = 64 - groups.trailing_zeros();
        let mut begins = vec![0u32; groups + 1];
        for (hash, _) in &hashes {
            let at = *hash as usize & (filter.len() - 1);
            if let Some(word) = filter.get_mut(at) {
                *word |= filter_bits(*hash);
            }
            if let Some(begin) = begins.get_mut((hash >> shift) as usize + 1) {
                *begin += 1;
            }
        }
        let mut sum = 0;
        for begin in &mut begins {
            sum += *begin;
            *begin = sum;
        }
        let entries = hashes.into_iter().map(|(hash, word)| (low(hash, shift), word)).collect();
        Self { filter, groups: begins, shift, entries }
    }

    #[inline]
    fn may_hold(&self, hash: u64) -> bool {
        let at = hash as usize & self.filter.len().wrapping_sub(1);
        self.filter.get(at).is_some_and(|word| word & filter_bits(hash) == filter_bits(hash))
    }

    #[inline]
    fn get(&self, hash: u64) -> impl Iterator<Item = usize> + '_ {
        let range = match self.groups.get((hash.checked_shr(self.shift).unwrap_or(0)) as usize..) {
            Some([from, to, ..]) if self.may_hold(hash) => *from as usize..*to as usize,
            _ => 0..0,
        };
        let wanted = low(hash, self.shift);
        let found = self.entries.get(range).unwrap_or_default().iter();
        found.filter(move |(low, _)| *low == wanted).map(|(_, word)| *word as usize)
    }

    fn bytes(&self) -> usize {
        self.filter.len() * 8 + self.groups.len() * 4 + self.entries.len() * 8
    }
}

/// The 32 bits of a hash below those that name its group.
#[inline]
fn low(hash: u64, shift: u32) -> u32 {
    (hash >> shift.saturating_sub(32).min(31)) as u32
}

/// Bits of the filter's word that are not those that choose it.
#[inline]
fn filter_bits(hash: u64) -> u64 {
    1 << (hash >> 40 & 63) | 1 << (hash >> 34 & 63)
}

/// Collects the words of names.
#[derive(Debug, Default)]
pub(crate) struct VocabularyBuilder {
    places: FxHashMap<String, Places>,
    /// Names of the register and of the watch-list.
    names: [usize; 2],
}

#[derive(Debug, Default, Clone, Copy)]
struct Places {
    all: u32,
    longest: u32,
    /// Whether a name of the register, or of the watch-list, has the word.
    of: [bool; 2],
}

impl VocabularyBuilder {
    /// Counts a name of the register, or of a watch-list.
    pub fn count(&mut self, listed: bool) {
        if let Some(count) = self.names.get_mut(usize::from(listed)) {
            *count += 1;
        }
    }

    /// Adds the folded words of a name of the register, or of a watch-list.
    pub fn add(&mut self, words: &[&str], listed: bool) {
        let group = usize::from(listed);
        let longest = (0..words.len()).max_by_key(|at| words.get(*at).map_or(0, |word| word.chars().count()));
        for (at, word) in words.iter().enumerate() {
            let letters = word.chars().take(WORD_CHARS_MAX + 1).count();
            let fits = (WORD_CHARS_MIN..=WORD_CHARS_MAX).contains(&letters) && word.len() <= usize::from(u8::MAX);
            if !fits || !word.chars().all(char::is_alphabetic) {
                continue;
            }
            if !self.places.contains_key(*word) {
                self.places.insert((*word).to_owned(), Places::default());
            }
            if let Some(places) = self.places.get_mut(*word) {
                places.all |= 1 << at;
                places.longest |= u32::from(longest == Some(at)) << at;
                if let Some(of) = places.of.get_mut(group) {
                    *of = true;
                }
            }
        }
    }

    pub fn build(self) -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        // The register is never compared as freely as a short list that a desk wrote itself.
        let strict = [strictness(self.names[0].max(STRICTNESS[0].0 + 1)), strictness(self.names[1])];
        let (mut spelled, mut shortened, mut sounding) = (Vec::new(), Vec::new(), Vec::new());
        let mut words: Vec<(String, Places)> = self.places.into_iter().collect();
        words.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let mut letters: Vec<char> = Vec::with_capacity(WORD_CHARS_MAX);
        for (number, (word, places)) in (0u32..).zip(&words) {
            letters.clear();
            letters.extend(word.chars());
            let script = script_of(word);
            let (part, _) = name_part(word);
            let groups = strict.iter().zip(places.of).filter(|(_, of)| *of).map(|(strict, _)| *strict);
            let strict = groups.min().unwrap_or_default();
            vocabulary.least = vocabulary.least.min(strict);
            spelled.push((quick_hash(word.as_bytes()), number));
            if letters.len() >= usize::from(strict.edited) {
                push_shortened(&letters, number, &mut shortened);
                if let Some(stem) = stem(&letters, script) {
                    push_shortened(stem, number, &mut shortened);
                }
            }
            for sounds in Sounds::all(part, script).into_iter().flatten().filter(|sounds| sounds.len() >= SOUNDS_MIN) {
                sounding.push((scatter(sounds.key()), vocabulary.sounds.len() as u32));
                vocabulary.sounds.push((sounds, number));
            }
            vocabulary.entries.push(Entry {
                start: vocabulary.letters.len() as u32,
                bytes: word.len() as u8,
                chars: letters.len() as u8,
                script,
                places: places.all,
                sound_places: places.longest,
                strict,
                key: word_key(part.as_bytes()),
            });
            vocabulary.letters.push_str(word);
        }
        vocabulary.spelled = Index::new(spelled);
        vocabulary.shortened = Index::new(shortened);
        vocabulary.sounding = Index::new(sounding);
        vocabulary
    }
}

fn push_shortened(letters: &[char], number: u32, out: &mut Vec<(u64, u32)>) {
    let spelling = Spelling::of(letters);
    out.push((spelling.whole(), number));
    out.extend(spelling.without_each().map(|hash| (hash, number)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_meets_its_slips_in_the_index() {
        let letters = |word: &str| word.chars().collect::<Vec<_>>();
        let all = |word: &str| {
            let spelling = Spelling::of(&letters(word));
            let mut all: Vec<u64> = spelling.without_each().collect();
            all.push(spelling.whole());
            all
        };
        for (name, written) in
            [("kelmora", "klmora"), ("kelmora", "kelmroa"), ("kelmora", "kelmmora"), ("کلمورا", "کلموار")]
        {
            assert!(all(name).iter().any(|hash| all(written).contains(hash)), "{name} {written}");
        }
        assert!(!all("kelmora").iter().any(|hash| all("hessel").contains(hash)));
    }

    #[test]
    fn every_word_is_found_again() {
        let words: Vec<String> = (0..5_000u32)
            .map(|number| format!("w{}", number.wrapping_mul(2_654_435_761)).replace(char::is_numeric, ""))
            .collect();
        let words: Vec<String> = words
            .iter()
            .enumerate()
            .map(|(at, _)| {
                let mut at = at;
                let mut word = String::from("k");
                while at > 0 {
                    word.push(char::from(b'a' + (at % 26) as u8));
                    at /= 26;
                }
                word + "mora"
            })
            .collect();
        let mut builder = VocabularyBuilder::default();
        words.iter().for_each(|word| builder.add(&[word], true));
        let vocabulary = builder.build();
        for word in &words {
            let entry = vocabulary.spelled(word, quick_hash(word.as_bytes())).expect("it was added");
            assert_eq!((vocabulary.spelling(entry), entry.places), (word.as_str(), 1));
        }
        assert!(vocabulary.spelled("hessel", quick_hash(b"hessel")).is_none());
        assert!(vocabulary.bytes() > 0 && !vocabulary.is_empty());
    }
}
