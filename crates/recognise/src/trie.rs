//! Names as paths of word keys, in two flat hash tables: one of edges, and one that says by which word a name is looked for.
//!
//! A name is looked for by its rarest word, not its first: `the`, `new` and `al` stand in every text. A filter of bits in front of the
//! table tells nearly every other word of a text from these. In: names. Out: [`Trie`] and [`Anchors`].

use crate::words::{join, name_part, word_key};
use rustc_hash::FxHashMap;
use vedette_text::common::{is_common_hash, quick_hash};

/// Words of the longest name; official names of organisations stay below it.
pub(crate) const NAME_WORDS_MAX: usize = 24;
/// Names of one matcher; a hundred thousand fit several times.
pub(crate) const NAMES_MAX: usize = 1_000_000;
/// A common word is looked for only when every word of the name is common.
const COMMON_COST: u32 = 1 << 20;

/// A name at the end of its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Name {
    pub id: u32,
    /// Of a name of one word: whether it carries the Arabic article. `القاعدة` is a name, `قاعدة` any base.
    pub article: Option<bool>,
    /// What the path is to the name: bits of [`crate::loose::slip`], 0 for the name itself.
    pub loose: u8,
}

/// An edge; node 0 is the root, to which no edge leads, and marks an empty slot.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    tag: u32,
    value: u32,
}

/// A table from 64-bit keys to numbers other than 0; a key is told by its place and 32 more of its bits.
#[derive(Debug, Default)]
struct Table {
    slots: Vec<Slot>,
    mask: usize,
}

impl Table {
    fn new(entries: impl ExactSizeIterator<Item = (u64, u32)>) -> Self {
        let size = (entries.len() + entries.len() / 3).next_power_of_two().max(16);
        let mut table = Self { slots: vec![Slot::default(); size], mask: size - 1 };
        for (key, value) in entries {
            let mut at = key as usize & table.mask;
            while table.slots.get(at).is_some_and(|slot| slot.value != 0) {
                at = (at + 1) & table.mask;
            }
            if let Some(slot) = table.slots.get_mut(at) {
                *slot = Slot { tag: (key >> 32) as u32, value };
            }
        }
        table
    }

    #[inline]
    fn get(&self, key: u64) -> Option<u32> {
        let tag = (key >> 32) as u32;
        let mut at = key as usize & self.mask;
        loop {
            match self.slots.get(at) {
                None | Some(Slot { value: 0, .. }) => return None,
                Some(slot) if slot.tag == tag => return Some(slot.value),
                Some(_) => at = (at + 1) & self.mask,
            }
        }
    }

    fn bytes(&self) -> usize {
        self.slots.len() * size_of::<Slot>()
    }
}

/// The paths.
#[derive(Debug, Default)]
pub(crate) struct Trie {
    edges: Table,
    /// Where the names of each node begin in `names`; one more than there are nodes.
    ends: Vec<u32>,
    names: Vec<Name>,
}

impl Trie {
    /// Number of names.
    pub fn len(&self) -> usize {
        self.names.iter().filter(|name| name.loose == 0).count()
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    #[inline]
    pub fn follow(&self, node: u32, key: u64) -> Option<u32> {
        self.edges.get(edge(node, key))
    }

    /// The names that end at a node.
    #[inline]
    pub fn names(&self, node: u32) -> &[Name] {
        let at = node as usize;
        match self.ends.get(at..at + 2) {
            Some([from, to]) => self.names.get(*from as usize..*to as usize).unwrap_or_default(),
            _ => &[],
        }
    }
}

#[inline]
fn edge(node: u32, key: u64) -> u64 {
    join(u64::from(node).wrapping_add(1), key)
}

/// Words by which names are looked for, each with the places it has in names.
#[derive(Debug, Default)]
pub(crate) struct Anchors {
    /// Two bits of one of these words stand for each [`quick_hash`].
    filter: Vec<u64>,
    mask: usize,
    places: Table,
}

impl Anchors {
    fn new(words: &FxHashMap<u64, (u64, u32)>) -> Self {
        // 32 bits a word: one word in five hundred passes that should not.
        let size = (words.len() / 2).next_power_of_two().max(16);
        let mut anchors = Self {
            filter: vec![0; size],
            mask: size - 1,
            places: Table::new(words.iter().map(|(key, (_, at))| (*key, *at))),
        };
        for (quick, _) in words.values() {
            let (at, bits) = anchors.place(*quick);
            if let Some(word) = anchors.filter.get_mut(at) {
                *word |= bits;
            }
        }
        anchors
    }

    #[inline]
    fn place(&self, quick: u64) -> (usize, u64) {
        (quick as usize & self.mask, 1 << (quick >> 58) | 1 << (quick >> 52 & 63))
    }

    /// False when no name is looked for by a word with this [`quick_hash`].
    #[inline]
    pub fn may_hold(&self, quick: u64) -> bool {
        self.filter().may_hold(quick)
    }

    pub fn filter(&self) -> Filter<'_> {
        Filter { words: &self.filter, mask: self.mask }
    }

    /// One bit for each place that the word of this key has in names that are looked for by it.
    #[inline]
    pub fn places(&self, key: u64) -> u32 {
        self.places.get(key).unwrap_or(0)
    }
}

/// The bits of [`Anchors`] alone, for a loop that needs nothing else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Filter<'a> {
    words: &'a [u64],
    mask: usize,
}

impl Filter<'_> {
    /// As [`Anchors::may_hold`].
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "every word of every text comes here")]
    pub fn may_hold(self, quick: u64) -> bool {
        // Both bits at once: a wrong guess of the processor costs more.
        let word = self.words.get(quick as usize & self.mask).copied().unwrap_or_default();
        (word >> (quick >> 58)) & (word >> (quick >> 52 & 63)) & 1 != 0
    }
}

/// Collects names, then builds the tables.
#[derive(Debug)]
pub(crate) struct TrieBuilder {
    edges: FxHashMap<u64, u32>,
    ends: Vec<(u32, Name)>,
    nodes: u32,
    /// Key and quick hash of every word of every name, and where each name begins.
    words: Vec<(u64, u64)>,
    starts: Vec<u32>,
}

impl Default for TrieBuilder {
    fn default() -> Self {
        Self { edges: FxHashMap::default(), ends: Vec::new(), nodes: 1, words: Vec::new(), starts: Vec::new() }
    }
}

impl TrieBuilder {
    /// Adds a name given by its folded words; false when there is nothing to match in it, or too much.
    pub fn add(&mut self, words: &[&str], id: u32, loose: u8) -> bool {
        if words.is_empty() || words.len() > NAME_WORDS_MAX || self.starts.len() >= NAMES_MAX {
            return false;
        }
        self.starts.push(self.words.len() as u32);
        let (mut node, mut first_article) = (0u32, false);
        for (at, word) in words.iter().enumerate() {
            let (part, article) = name_part(word);
            first_article |= article && at == 0;
            let key = word_key(part.as_bytes());
            self.words.push((key, quick_hash(part.as_bytes())));
            let fresh = self.nodes;
            node = *self.edges.entry(edge(node, key)).or_insert(fresh);
            self.nodes += u32::from(node == fresh);
        }
        let article = (words.len() == 1).then_some(first_article);
        self.ends.push((node, Name { id, article, loose }));
        true
    }

    pub fn build(mut self) -> (Trie, Anchors) {
        self.ends.sort_by_key(|(node, name)| (*node, name.id, name.loose));
        self.ends.dedup();
        let mut ends = vec![0u32; self.nodes as usize + 1];
        for (node, _) in &self.ends {
            if let Some(count) = ends.get_mut(*node as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum;
        }
        let anchors = Anchors::new(&self.anchors());
        let names = self.ends.into_iter().map(|(_, name)| name).collect();
        (Trie { edges: Table::new(self.edges.into_iter()), ends, names }, anchors)
    }

    /// From the key of each word that is looked for to its quick hash and its places in names.
    fn anchors(&self) -> FxHashMap<u64, (u64, u32)> {
        let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
        for (key, _) in &self.words {
            *counts.entry(*key).or_default() += 1;
        }
        let mut anchors: FxHashMap<u64, (u64, u32)> = FxHashMap::default();
        for (number, start) in self.starts.iter().enumerate() {
            let end = self.starts.get(number + 1).map_or(self.words.len(), |end| *end as usize);
            let words = self.words.get(*start as usize..end).unwrap_or_default();
            let cost = |(_, (key, quick)): &(u32, &(u64, u64))| {
                let common = if is_common_hash(*quick) { COMMON_COST } else { 0 };
                counts.get(key).copied().unwrap_or(0).saturating_add(common)
            };
            if let Some((at, (key, quick))) = (0u32..).zip(words).min_by_key(cost) {
                anchors.entry(*key).or_insert((*quick, 0)).1 |= 1 << at;
            }
        }
        anchors
    }
}

/// Bytes of both tables.
pub(crate) fn bytes(trie: &Trie, anchors: &Anchors) -> usize {
    trie.edges.bytes()
        + trie.ends.len() * size_of::<u32>()
        + trie.names.len() * size_of::<Name>()
        + anchors.places.bytes()
        + anchors.filter.len() * size_of::<u64>()
}
