//! The watch-list matcher: which of up to a hundred thousand names stand in a text, in one pass over its words.
//!
//! Names are phrases of words; a phrase is a path through a trie whose edges are word keys (see [`crate::words`]). The pass looks at each
//! word once, through a filter of bits: is it the rarest word of some name ([`crate::trie`])? Is it a word that nobody uses, and so
//! perhaps a name in disguise ([`crate::loose`])? Only from there names are followed. In: a folded text and its words. Out: hits.

mod pick;
mod sift;

use crate::loose::{LooseAlt, Text, begins_name_only, is_everyday, read_beside, read_pair, read_word, slip};
use crate::memo::{Key, Memo, Owner};
use crate::sieve::{head_hash, head_hash_at};
use crate::trie::{Anchors, Node, Trie, TrieBuilder};
use crate::vocabulary::{Vocabulary, VocabularyBuilder};
use crate::words::{Reading, Script, arabic_noun, how, may_be_arabic, may_be_plural, readings, script_of, word_key};
use pick::{pick_pairs, pick_rare};
use sift::Sifted;
use std::hint::black_box;
use vedette_text::common::quick_hash;
use vedette_text::fold::fold_plain;
use vedette_text::tokens::tokens;

/// Steps through the trie from one word, so that no text makes the matcher branch without end.
const STEPS_MAX: usize = 256;
/// Paths that wait to be followed.
const PATHS_MAX: usize = 32;
/// Words of the longest name that is also looked for written as one word, and the fewest letters of that.
const JOINED_WORDS_MAX: usize = 4;
const JOINED_CHARS_MIN: usize = 7;
/// Bytes of the shortest singular of a plural that is a name.
const SINGULAR_BYTES_MIN: usize = 5;
/// A name that is found by its sound may have this many more or fewer words than the text: articles.
const ARTICLES_MAX: usize = 2;

/// A name found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub name: u32,
    /// Words `first..first + count` spell it.
    pub first: u32,
    pub count: u32,
    /// How the spelling differs, over all its words: [`how`] and [`slip`].
    pub how: u8,
    pub loose: u8,
    /// The name in folded bytes, without what is written onto its first and last word.
    pub start: u32,
    pub end: u32,
}

/// Names, ready to be found.
#[derive(Debug, Default)]
pub(crate) struct Matcher {
    trie: Trie,
    anchors: Anchors,
    vocabulary: Vocabulary,
    owner: Owner,
}

/// Memory of one search, kept for the next.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// Words at which a name may begin, times two; plus one when the spelling may differ by sound.
    starts: Vec<u64>,
    /// Words that are none of the common ones, each with its hash, and whether each word is one that nobody uses.
    rare: Vec<(u32, u64)>,
    unknown: Vec<bool>,
    /// Words that are read together with the one before.
    pairs: Vec<u32>,
    /// Words by which a name may be looked for.
    sifted: Sifted,
    loose: Vec<LooseAlt>,
    beside: Vec<LooseAlt>,
    memo: Memo,
}

/// Whether a name is also looked for in disguise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disguise {
    None,
    /// A name of the register.
    Registered,
    /// A desk's own term.
    Listed,
}

/// Collects names, then builds the matcher.
#[derive(Debug, Default)]
pub(crate) struct MatcherBuilder {
    trie: TrieBuilder,
    vocabulary: VocabularyBuilder,
}

impl MatcherBuilder {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a name as written; returns its number of words (0: nothing to match in it, or too long).
    pub fn add(&mut self, name: &str, id: u32, disguise: Disguise) -> usize {
        let folded = fold_plain(name);
        let words: Vec<&str> = tokens(&folded).filter_map(|token| folded.get(token.start..token.end)).collect();
        if !self.trie.add(&words, id, 0) {
            return 0;
        }
        if disguise != Disguise::None {
            let listed = disguise == Disguise::Listed;
            self.vocabulary.count(listed);
            self.vocabulary.add(&words, listed);
            if let [word] = words.as_slice()
                && let Some(singular) = word.strip_suffix('s').filter(|word| word.len() >= SINGULAR_BYTES_MIN)
            {
                self.trie.add(&[singular], id, slip::SINGULAR);
            }
            if (2..=JOINED_WORDS_MAX).contains(&words.len()) {
                let joined = words.concat();
                if joined.chars().nth(JOINED_CHARS_MIN - 1).is_some() && self.trie.add(&[&joined], id, slip::JOINED) {
                    self.vocabulary.add(&[&joined], listed);
                }
            }
        }
        words.len()
    }

    pub fn build(self) -> Matcher {
        let (trie, anchors) = self.trie.build();
        Matcher { trie, anchors, vocabulary: self.vocabulary.build(), owner: Owner::new() }
    }
}

/// One way through the trie while a text is read.
#[derive(Debug, Clone, Copy, Default)]
struct Path {
    node: u32,
    /// Word to be read next.
    next: u32,
    how: u8,
    loose: u8,
    start: u32,
}

/// A reading of one or more words: what it does to a path.
#[derive(Debug, Clone, Copy)]
struct Step {
    key: u64,
    count: u32,
    how: u8,
    loose: u8,
    start: u32,
    end: u32,
    /// Part of a longer word: other letters stand before or behind it, so that no word of the name can.
    apart_before: bool,
    apart_behind: bool,
}

/// Readings of a word beside one that sounds like a name's.
struct Beside<'a> {
    list: &'a mut Vec<LooseAlt>,
    memo: &'a mut Memo,
}

impl Beside<'_> {
    fn read(&mut self, vocabulary: &Vocabulary, text: Text<'_>, token: usize) {
        self.list.clear();
        let (Some((start, _)), Some(word)) = (text.spots.get(token), text.word(token)) else { return };
        let (key, hash, start) = (Key::beside(word.as_bytes()), quick_hash(word.as_bytes()), start as u32);
        if key.and_then(|key| self.memo.recall(key, hash, token as u32, start, self.list)).is_some() {
            return;
        }
        read_beside(vocabulary, text, token, self.list);
        if let Some(key) = key {
            self.memo.keep(key, hash, false, start, self.list);
        }
    }
}

impl Matcher {
    /// Number of names.
    pub fn len(&self) -> usize {
        self.trie.len()
    }

    /// Bytes of memory.
    pub fn bytes(&self) -> usize {
        crate::trie::bytes(&self.trie, &self.anchors) + self.vocabulary.bytes()
    }

    /// Every name in a text, longer and shorter ones alike, in order of their first word. `disguised`: also those in disguise.
    pub fn find(&self, text: Text<'_>, disguised: bool, scratch: &mut Scratch, hits: &mut Vec<Hit>) {
        scratch.starts.clear();
        scratch.loose.clear();
        if self.trie.is_empty() {
            return;
        }
        let disguised = disguised && !self.vocabulary.is_empty();
        if disguised {
            self.look_for_disguised(text, scratch);
        }
        self.look_for_anchors(text, scratch);
        scratch.starts.sort_unstable();
        scratch.starts.dedup();
        let Scratch { starts, loose, beside, memo, .. } = scratch;
        let mut beside = Beside { list: beside, memo };
        let word = |start: &u64| text.word((start >> 1) as usize).unwrap_or_default();
        black_box(starts.iter().fold(0, |seen, start| seen ^ self.trie.touch(word_key(word(start).as_bytes()))));
        for (at, start) in starts.iter().enumerate() {
            // The search by sound finds what the plain one finds.
            if starts.get(at + 1) != Some(&(start | 1)) || start & 1 == 1 {
                self.walk(text, (start >> 1) as usize, start & 1 == 1, loose, &mut beside, hits);
            }
        }
    }

    /// Words by which a name is looked for.
    fn look_for_anchors(&self, text: Text<'_>, scratch: &mut Scratch) {
        let mut sifted = std::mem::take(&mut scratch.sifted);
        sifted.read(self.anchors.sieve(), text);
        let bytes = text.folded.as_bytes();
        let may = |start: usize, end: usize| self.anchors.sieve().may_hold(head_hash_at(bytes, start, end));
        // First all of them, because the processor waits for several readings of memory at once.
        let word = |token: &u32| text.word(*token as usize).unwrap_or_default();
        let seen = sifted.whole().iter().fold(0, |seen, at| seen ^ self.anchors.touch(word_key(word(at).as_bytes())));
        black_box(seen);
        for token in sifted.whole() {
            self.anchor(text, *token as usize, scratch);
        }
        for token in sifted.otherwise() {
            let token = *token as usize;
            let Some((start, end)) = text.spots.get(token) else { continue };
            let found = match bytes.get(start).copied().unwrap_or_default() {
                0..=0x7f => may_be_plural(bytes, start, end, may),
                0xd8..=0xdb => may(arabic_noun(bytes, start, end).0, end) || may_be_arabic(bytes, start, end, may),
                _ => self.may_hold_any(text, token),
            };
            if found {
                self.anchor(text, token, scratch);
            }
        }
        for token in text.spots.quoted() {
            self.anchor(text, *token as usize, scratch);
        }
        scratch.sifted = sifted;
    }

    fn may_hold_any(&self, text: Text<'_>, token: usize) -> bool {
        let Some(word) = text.word(token) else { return false };
        let mut may = false;
        readings(word, script_of(word), true, |reading| {
            let part = word.as_bytes().get(reading.from..reading.to).unwrap_or_default();
            may = may || self.anchors.sieve().may_hold(head_hash(part));
        });
        may
    }

    /// Notes where the names begin that have this word as their rarest.
    #[cold]
    fn anchor(&self, text: Text<'_>, token: usize, scratch: &mut Scratch) {
        let (Some((start, _)), Some(word)) = (text.spots.get(token), text.word(token)) else { return };
        readings(word, script_of(word), true, |reading| {
            let hash = head_hash_at(text.folded.as_bytes(), start + reading.from, start + reading.to);
            if !self.anchors.sieve().may_hold(hash) {
                return;
            }
            let part = word.as_bytes().get(reading.from..reading.to).unwrap_or_default();
            let mut places = self.anchors.places(word_key(part));
            while places != 0 {
                let at = places.trailing_zeros() as usize;
                places &= places - 1;
                if let Some(start) = token.checked_sub(at) {
                    scratch.starts.push((start as u64) << 1);
                }
            }
        });
    }

    /// Words that nobody uses, each with what it may be read as.
    fn look_for_disguised(&self, text: Text<'_>, scratch: &mut Scratch) {
        scratch.memo.open(self.owner);
        let mut rare = std::mem::take(&mut scratch.rare);
        let rares = pick_rare(text, &mut rare);
        let rare_words = rare.get(..rares).unwrap_or_default();
        black_box(rare_words.iter().fold(0, |seen, (_, hash)| seen ^ scratch.memo.touch(*hash)));
        scratch.unknown.clear();
        scratch.unknown.resize(text.spots.len(), false);
        let leet = text.written.is_some_and(|(_, folded)| folded.fired_in(0, text.folded.len(), "leet"));
        for (token, hash) in rare_words {
            let unknown = self.read_rare(text, *token as usize, *hash, leet, scratch);
            if let Some(slot) = scratch.unknown.get_mut(*token as usize) {
                *slot = unknown;
            }
        }
        scratch.rare = rare;
        let mut pairs = std::mem::take(&mut scratch.pairs);
        let count = pick_pairs(text, &scratch.unknown, &mut pairs);
        for token in pairs.iter().take(count) {
            let token = *token as usize;
            let unknown = |token: usize| scratch.unknown.get(token) == Some(&true);
            let either = unknown(token) || unknown(token - 1);
            read_pair(&self.vocabulary, text, token - 1, either, &mut scratch.loose);
        }
        scratch.pairs = pairs;
        scratch.loose.sort_by_key(|alt| alt.token);
        self.note_starts(scratch);
    }

    /// Adds the loose readings of a word that is not common as it is; whether nobody uses it. `leet`: digits of the text were read as letters.
    fn read_rare(&self, text: Text<'_>, token: usize, hash: u64, leet: bool, scratch: &mut Scratch) -> bool {
        let (Some((start, end)), Some(word)) = (text.spots.get(token), text.word(token)) else { return false };
        // Such a word is read as it was written, too.
        let leet = leet && text.written.is_some_and(|(_, folded)| folded.fired_in(start, end, "leet"));
        let key = if leet { None } else { Key::of(word.as_bytes()) };
        let Scratch { memo, loose, .. } = scratch;
        if let Some(unknown) = key.and_then(|key| memo.recall(key, hash, token as u32, start as u32, loose)) {
            return unknown;
        }
        let script = script_of(word);
        let unknown = script != Script::Other && !is_everyday(word, script);
        let from = loose.len();
        if unknown {
            read_word(&self.vocabulary, text, token, loose);
        }
        if let Some(key) = key {
            memo.keep(key, hash, unknown, start as u32, loose.get(from..).unwrap_or_default());
        }
        unknown
    }

    fn note_starts(&self, scratch: &mut Scratch) {
        let Scratch { starts, loose: found, .. } = scratch;
        for alt in found.iter() {
            let sounds = alt.loose & (slip::TRANSLIT | slip::ARABIZI) != 0;
            let mut places = alt.places;
            while places != 0 {
                let at = places.trailing_zeros() as usize;
                places &= places - 1;
                let token = alt.token as usize;
                // Before the first word of a name there is no article to be left out.
                let around = if sounds && at > 0 { ARTICLES_MAX } else { 0 };
                for at in at.saturating_sub(around)..=at + around {
                    starts.extend(token.checked_sub(at).map(|start| (start as u64) << 1 | u64::from(sounds)));
                }
            }
        }
    }

    fn walk(
        &self,
        text: Text<'_>,
        first: usize,
        sounds: bool,
        loose_alts: &[LooseAlt],
        beside: &mut Beside<'_>,
        hits: &mut Vec<Hit>,
    ) {
        let mut paths = [Path::default(); PATHS_MAX];
        if let Some(path) = paths.first_mut() {
            path.next = first as u32;
        }
        let mut live = 1usize;
        let mut steps = 0;
        while let Some(path) = live.checked_sub(1).and_then(|at| paths.get(at)).copied() {
            live -= 1;
            let mut push = |next: Path| {
                if let Some(free) = paths.get_mut(live) {
                    *free = next;
                    live += 1;
                }
            };
            self.steps(text, path, sounds, loose_alts, beside, |step| {
                steps += 1;
                let key = step.key;
                let begins = path.node == 0;
                if steps > STEPS_MAX || !begins && (begins_name_only(step.how) || step.apart_before) {
                    return;
                }
                let Some(node) = self.trie.follow(path.node, key) else { return };
                let start = if begins { step.start } else { path.start };
                let next = Path {
                    node: node.number,
                    next: path.next + step.count,
                    how: path.how | step.how,
                    loose: path.loose | step.loose,
                    start,
                };
                self.report(node, &next, first, step.how, step.end, hits);
                if node.goes_on() && !step.apart_behind {
                    push(next);
                }
            });
            if sounds && steps < STEPS_MAX {
                self.skip_articles(text, path, &mut push);
            }
        }
    }

    /// The ways to read what comes next on a path.
    fn steps(
        &self,
        text: Text<'_>,
        path: Path,
        sounds: bool,
        loose_alts: &[LooseAlt],
        beside: &mut Beside<'_>,
        mut take: impl FnMut(Step),
    ) {
        let (Some((start, _)), Some(word)) = (text.spots.get(path.next as usize), text.word(path.next as usize)) else {
            return;
        };
        let joined = |alt: &LooseAlt| alt.loose & slip::JOINED != 0;
        let of = |alt: &LooseAlt| Step {
            apart_before: joined(alt) && alt.start as usize > start,
            apart_behind: joined(alt) && (alt.end as usize) < start + word.len(),
            key: alt.key,
            count: alt.count,
            how: alt.how,
            loose: alt.loose,
            start: alt.start,
            end: alt.end,
        };
        readings(word, script_of(word), true, |reading: Reading| {
            let part = word.as_bytes().get(reading.from..reading.to).unwrap_or_default();
            take(Step {
                key: word_key(part),
                count: 1,
                how: reading.how,
                loose: 0,
                start: (start + reading.cut_front) as u32,
                end: (start + word.len() - reading.cut_back) as u32,
                apart_before: false,
                apart_behind: false,
            });
        });
        let from = loose_alts.partition_point(|alt| alt.token < path.next);
        let mut strong = false;
        for alt in loose_alts.iter().skip(from).take_while(|alt| alt.token == path.next) {
            strong |= alt.loose & (slip::TRANSLIT | slip::ARABIZI) != 0;
            take(of(alt));
        }
        if sounds && !strong {
            beside.read(&self.vocabulary, text, path.next as usize);
            beside.list.iter().for_each(|alt| take(of(alt)));
        }
    }

    /// `Abu Bakr al Baghdadi` is `ابو بكر البغدادي`: the article is a word in one spelling and part of a word in the other.
    fn skip_articles(&self, text: Text<'_>, path: Path, push: &mut impl FnMut(Path)) {
        const ARTICLES: [&str; 8] = ["al", "el", "ul", "ar", "as", "ash", "an", "ad"];
        let Some(word) = text.word(path.next as usize) else { return };
        if ARTICLES.contains(&word) {
            push(Path { next: path.next + 1, ..path });
        } else if word.starts_with("ال") {
            for article in ["al", "el"] {
                if let Some(node) = self.trie.follow(path.node, word_key(article.as_bytes())) {
                    let start = if path.node == 0 {
                        text.spots.get(path.next as usize).map_or(0, |(start, _)| start as u32)
                    } else {
                        path.start
                    };
                    push(Path { node: node.number, start, ..path });
                }
            }
        }
    }

    fn report(&self, node: &Node, path: &Path, first: usize, last_how: u8, end: u32, hits: &mut Vec<Hit>) {
        let sounds = path.loose & (slip::TRANSLIT | slip::ARABIZI) != 0;
        if path.loose & slip::BESIDE != 0 && !sounds {
            return;
        }
        for name in self.trie.names(node) {
            let strict = !sounds && name.loose == 0;
            if strict && name.article.is_some_and(|article| article != (last_how & how::ARTICLE != 0)) {
                continue;
            }
            hits.push(Hit {
                name: name.id,
                first: first as u32,
                count: path.next - first as u32,
                how: path.how & !how::ARTICLE,
                loose: path.loose | name.loose,
                start: path.start,
                end,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use vedette_text::fold::fold;
    use vedette_text::tokens::Spots;

    fn found(names: &[&str], text: &str) -> Vec<(u32, u32, u32)> {
        let mut builder = MatcherBuilder::new();
        for (id, name) in names.iter().enumerate() {
            builder.add(name, id as u32, Disguise::None);
        }
        let matcher = builder.build();
        let folded = fold(text);
        let mut spots = Spots::default();
        spots.read(&folded.text);
        let mut hits = Vec::new();
        let text = Text { folded: &folded.text, spots: &spots, written: Some((text, &folded)) };
        matcher.find(text, true, &mut Scratch::default(), &mut hits);
        hits.iter().map(|hit| (hit.name, hit.first, hit.count)).collect()
    }

    #[test]
    fn names_inside_names_are_all_found() {
        let names = ["Grey Lantern", "Order of the Grey Lantern", "Lantern Media"];
        assert_eq!(found(&names, "the Order of the Grey Lantern Media"), [(1, 1, 5), (0, 4, 2), (2, 5, 2)]);
    }

    #[test]
    fn names_that_fold_alike_are_all_found() {
        let names = ["Grey Lantern", "Kelmora", "GREY LANTERN", "grey lantern"];
        assert_eq!(found(&names, "a grey lantern"), [(0, 1, 2), (2, 1, 2), (3, 1, 2)]);
    }

    #[test]
    fn half_a_name_or_a_part_of_a_word_is_no_name() {
        assert_eq!(found(&["Grey Lantern", "Varn"], "a grey day, lantern light, varnish"), []);
    }

    #[test]
    fn a_single_word_name_keeps_its_arabic_article() {
        assert_eq!(found(&["القاعدة"], "في قاعدة عسكرية"), []);
        assert_eq!(found(&["القاعدة"], "تنظيم القاعدة"), [(0, 1, 1)]);
        assert_eq!(found(&["الفانوس الرمادي"], "سلام للفانوس الرمادي"), [(0, 1, 2)]);
    }

    proptest! {
        #[test]
        fn every_hit_lies_inside_the_text(text in "[a-c ]{0,40}", names in prop::collection::vec("[a-c]{1,2}( [a-c]{1,2}){0,3}", 0..8)) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let words = text.split_whitespace().count() as u32;
            for (name, first, count) in found(&names, &text) {
                prop_assert!((name as usize) < names.len());
                prop_assert!(first + count <= words);
            }
        }

        #[test]
        fn the_trie_finds_what_a_plain_search_over_words_finds(text in "[ab]( [ab]){0,12}", name in "[ab]( [ab]){0,3}") {
            let words: Vec<&str> = text.split(' ').collect();
            let wanted: Vec<&str> = name.split(' ').collect();
            let plain = words.windows(wanted.len()).filter(|window| *window == wanted).count();
            // Single letters joined by one separator fold into a word, so the letters are doubled here.
            let double = |text: &str| text.replace('a', "xa").replace('b', "xb");
            prop_assert_eq!(found(&[&double(&name)], &double(&text)).len(), plain);
        }
    }
}
