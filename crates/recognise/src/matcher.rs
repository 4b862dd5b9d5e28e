//! The watch-list matcher: which of up to a hundred thousand names stand in a text, in one pass over its words.
//!
//! Names are phrases of words; a phrase is a path through a trie whose edges are word keys (see [`crate::words`]). The trie
//! is one flat hash table, and a small bit map tells most words of a text that no name begins with them. In: words.
//! Out: hits as ranges of words with the name they spell.

use crate::words::{Alt, Words, how, join, name_key};
use rustc_hash::FxHashMap;
use vedette_text::fold::fold_plain;
use vedette_text::tokens::tokens;

/// Words of the longest name; official names of organisations stay below it.
pub(crate) const NAME_WORDS_MAX: usize = 24;
/// Names of one matcher; a hundred thousand fit several times.
pub(crate) const NAMES_MAX: usize = 1_000_000;
/// Paths followed from one word, so that no text makes the matcher branch without end.
const PATHS_MAX: usize = 16;

/// A name found: words `first..first + count` spell name `name`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub name: u32,
    pub first: u32,
    pub count: u32,
    /// How the spelling differs, over all its words.
    pub how: u8,
    /// Folded bytes before and after the name inside its first and last word.
    pub cut_front: u8,
    pub cut_back: u8,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    /// Key of the edge; 0 marks an empty slot.
    key: u64,
    node: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Node {
    /// Names that end here, in `Matcher::names`.
    names: (u32, u32),
}

#[derive(Debug, Clone, Copy)]
struct Name {
    id: u32,
    /// Of a name of one word: whether it carries the Arabic article. `القاعدة` is a name, `قاعدة` any base.
    article: Option<bool>,
}

/// Names, ready to be found.
#[derive(Debug, Default)]
pub(crate) struct Matcher {
    slots: Vec<Slot>,
    mask: usize,
    nodes: Vec<Node>,
    names: Vec<Name>,
    /// One bit for each of 2^n values of a first word's key.
    first: Vec<u64>,
    first_mask: u64,
}

/// Collects names, then builds the matcher.
#[derive(Debug, Default)]
pub(crate) struct MatcherBuilder {
    edges: FxHashMap<u64, u32>,
    ends: Vec<Vec<Name>>,
    roots: Vec<u64>,
}

impl MatcherBuilder {
    pub fn new() -> Self {
        Self { edges: FxHashMap::default(), ends: vec![Vec::new()], roots: Vec::new() }
    }

    /// Adds a name as written; returns its number of words (0: nothing to match in it, or too long).
    pub fn add(&mut self, name: &str, id: u32) -> usize {
        let folded = fold_plain(name);
        let keys: Vec<(u64, bool)> =
            tokens(&folded).filter_map(|token| folded.get(token.start..token.end)).map(name_key).collect();
        self.add_keys(&keys, id)
    }

    fn add_keys(&mut self, keys: &[(u64, bool)], id: u32) -> usize {
        if keys.is_empty() || keys.len() > NAME_WORDS_MAX || self.ends.len() >= NAMES_MAX {
            return 0;
        }
        let mut node = 0u32;
        for (at, (key, _)) in keys.iter().enumerate() {
            if at == 0 {
                self.roots.push(*key);
            }
            let fresh = self.ends.len() as u32;
            let next = *self.edges.entry(edge(node, *key)).or_insert(fresh);
            if next == fresh {
                self.ends.push(Vec::new());
            }
            node = next;
        }
        let article = match keys {
            [(_, article)] => Some(*article),
            _ => None,
        };
        if let Some(end) = self.ends.get_mut(node as usize)
            && !end.iter().any(|name| name.id == id && name.article == article)
        {
            end.push(Name { id, article });
        }
        keys.len()
    }

    pub fn build(self) -> Matcher {
        let size = (self.edges.len() * 2).next_power_of_two().max(16);
        let mut slots = vec![Slot::default(); size];
        let mask = size - 1;
        for (key, node) in self.edges {
            let mut at = place(key) & mask;
            while slots[at].key != 0 {
                at = (at + 1) & mask;
            }
            slots[at] = Slot { key, node };
        }
        let mut names = Vec::new();
        let nodes = self
            .ends
            .iter()
            .map(|end| {
                let from = names.len() as u32;
                names.extend_from_slice(end);
                Node { names: (from, names.len() as u32) }
            })
            .collect();
        let bits = (self.roots.len() * 16).next_power_of_two().max(1024);
        let mut first = vec![0u64; bits / 64];
        let first_mask = bits as u64 - 1;
        for root in self.roots {
            let bit = bit_of(root, first_mask);
            first[(bit / 64) as usize] |= 1 << (bit % 64);
        }
        Matcher { slots, mask, nodes, names, first, first_mask }
    }
}

/// Key of the edge from a node; never 0, which marks an empty slot.
#[inline]
fn edge(node: u32, key: u64) -> u64 {
    join(u64::from(node).wrapping_add(1), key) | 1
}

#[inline]
fn place(key: u64) -> usize {
    (key >> 20) as usize
}

#[inline]
fn bit_of(key: u64, mask: u64) -> u64 {
    (key ^ (key >> 29)) & mask
}

/// One way through the trie while a text is read.
#[derive(Debug, Clone, Copy)]
struct Path {
    node: u32,
    how: u8,
    cut_front: u8,
}

impl Matcher {
    /// Number of names.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    #[inline]
    fn may_begin(&self, key: u64) -> bool {
        let bit = bit_of(key, self.first_mask);
        self.first.get((bit / 64) as usize).is_some_and(|word| word & (1 << (bit % 64)) != 0)
    }

    #[inline]
    fn follow(&self, node: u32, key: u64) -> Option<u32> {
        let key = edge(node, key);
        let mut at = place(key) & self.mask;
        loop {
            match self.slots.get(at) {
                Some(slot) if slot.key == key => return Some(slot.node),
                Some(slot) if slot.key == 0 => return None,
                None => return None,
                Some(_) => at = (at + 1) & self.mask,
            }
        }
    }

    /// Every name in the words, in order of first word; longer and shorter ones alike.
    pub fn find(&self, words: &Words, hits: &mut Vec<Hit>) {
        if self.names.is_empty() {
            return;
        }
        for (first, word) in words.list.iter().enumerate() {
            for alt in words.alts(word) {
                if self.may_begin(alt.key)
                    && let Some(node) = self.follow(0, alt.key)
                {
                    self.walk(words, first, alt, node, hits);
                }
            }
        }
    }

    fn walk(&self, words: &Words, first: usize, alt: &Alt, node: u32, hits: &mut Vec<Hit>) {
        self.report(node, first, 1, alt.how, alt.how, (alt.cut_front, alt.cut_back), hits);
        let mut paths = [Path { node, how: alt.how, cut_front: alt.cut_front }; PATHS_MAX];
        let mut live = 1;
        for (offset, word) in words.list.iter().enumerate().skip(first + 1).take(NAME_WORDS_MAX - 1) {
            let mut next = paths;
            let mut count = 0;
            for path in paths.iter().take(live) {
                for more in words.alts(word) {
                    // Inside a name a word may lose its article, but nothing written before it.
                    if more.cut_front != 0 {
                        continue;
                    }
                    let Some(node) = self.follow(path.node, more.key) else { continue };
                    let how = path.how | more.how;
                    self.report(node, first, offset - first + 1, how, more.how, (path.cut_front, more.cut_back), hits);
                    if let Some(free) = next.get_mut(count) {
                        *free = Path { node, how, cut_front: path.cut_front };
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

    #[expect(clippy::too_many_arguments, reason = "one hit, spelled out")]
    fn report(&self, node: u32, first: usize, count: usize, all: u8, last: u8, cut: (u8, u8), hits: &mut Vec<Hit>) {
        let Some(Node { names: (from, to) }) = self.nodes.get(node as usize) else { return };
        for name in self.names.get(*from as usize..*to as usize).unwrap_or_default() {
            if name.article.is_some_and(|article| article != (last & how::ARTICLE != 0)) {
                continue;
            }
            hits.push(Hit {
                name: name.id,
                first: first as u32,
                count: count as u32,
                how: all & !how::ARTICLE,
                cut_front: cut.0,
                cut_back: cut.1,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::read_words;
    use proptest::prelude::*;
    use vedette_text::fold::fold;

    fn found(names: &[&str], text: &str) -> Vec<(u32, u32, u32)> {
        let mut builder = MatcherBuilder::new();
        for (id, name) in names.iter().enumerate() {
            builder.add(name, id as u32);
        }
        let matcher = builder.build();
        let folded = fold(text);
        let mut hits = Vec::new();
        matcher.find(&read_words(text, &folded), &mut hits);
        hits.iter().map(|hit| (hit.name, hit.first, hit.count)).collect()
    }

    #[test]
    fn names_inside_names_are_all_found() {
        let names = ["Grey Lantern", "Order of the Grey Lantern", "Lantern Media"];
        assert_eq!(found(&names, "the Order of the Grey Lantern Media"), [(1, 1, 5), (0, 4, 2), (2, 5, 2)]);
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
