//! Names as paths of word keys, in two flat hash tables: one of nodes by their edges, and one that says by which word a name is looked for.
//!
//! A name is looked for by its rarest word, not its first: `the`, `new` and `al` stand in every text. A filter of bits in front of the
//! table tells nearly every other word of a text from these. In: names. Out: [`Trie`] and [`Anchors`].

use crate::sieve::{Sieve, head_hash};
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

/// A key and its number; 0 marks an empty slot.
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

    /// Reads from memory what [`Table::get`] will read.
    #[inline]
    fn touch(&self, key: u64) -> u32 {
        self.slots.get(key as usize & self.mask).map_or(0, |slot| slot.tag)
    }

    fn bytes(&self) -> usize {
        self.slots.len() * size_of::<Slot>()
    }
}

/// A node, kept in the slot of the one edge that leads to it, with its first name: most have one, and one look is enough.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Node {
    tag: u32,
    /// 0 marks an empty slot: no edge leads to the root.
    pub number: u32,
    id: u32,
    article: u8,
    loose: u8,
    bits: u8,
}

/// Bits of a node: a name ends there, more names do, an edge leads on.
const ENDS: u8 = 1;
const ENDS_MORE: u8 = 2;
const GOES_ON: u8 = 4;
/// How [`Name::article`] is kept.
const ARTICLES: [Option<bool>; 3] = [None, Some(false), Some(true)];

impl Node {
    /// Whether an edge leads on.
    #[inline]
    pub fn goes_on(&self) -> bool {
        self.bits & GOES_ON != 0
    }

    fn first(&self) -> Option<Name> {
        let article = ARTICLES.get(usize::from(self.article)).copied().flatten();
        (self.bits & ENDS != 0).then_some(Name { id: self.id, article, loose: self.loose })
    }

    fn end(&mut self, name: Name) {
        if self.bits & ENDS != 0 {
            self.bits |= ENDS_MORE;
            return;
        }
        self.bits |= ENDS;
        self.article = ARTICLES.iter().position(|article| *article == name.article).unwrap_or_default() as u8;
        (self.id, self.loose) = (name.id, name.loose);
    }
}

/// The paths.
#[derive(Debug, Default)]
pub(crate) struct Trie {
    nodes: Vec<Node>,
    mask: usize,
    /// Names that end where another one does, by the number of their node.
    more: Vec<(u32, Name)>,
    names: usize,
}

impl Trie {
    /// `ends` is in order of its nodes.
    fn new(edges: &FxHashMap<u64, u32>, parents: &[u32], ends: &[(u32, Name)]) -> Self {
        let mut nodes = vec![Node::default(); parents.len()];
        for parent in parents {
            if let Some(node) = nodes.get_mut(*parent as usize) {
                node.bits |= GOES_ON;
            }
        }
        let mut more = Vec::new();
        for (at, (number, name)) in ends.iter().enumerate() {
            if let Some(node) = nodes.get_mut(*number as usize) {
                node.end(*name);
            }
            if at.checked_sub(1).and_then(|before| ends.get(before)).is_some_and(|(before, _)| before == number) {
                more.push((*number, *name));
            }
        }
        let size = (edges.len() + edges.len() / 3).next_power_of_two().max(16);
        let mut trie = Self { nodes: vec![Node::default(); size], mask: size - 1, more, names: 0 };
        trie.names = ends.iter().filter(|(_, name)| name.loose == 0).count();
        for (key, number) in edges {
            let mut at = *key as usize & trie.mask;
            while trie.nodes.get(at).is_some_and(|node| node.number != 0) {
                at = (at + 1) & trie.mask;
            }
            if let (Some(slot), Some(node)) = (trie.nodes.get_mut(at), nodes.get(*number as usize)) {
                *slot = Node { tag: (key >> 32) as u32, number: *number, ..*node };
            }
        }
        trie
    }

    /// Number of names.
    pub fn len(&self) -> usize {
        self.names
    }

    pub fn is_empty(&self) -> bool {
        self.names == 0
    }

    /// The node to which a word leads.
    #[inline]
    pub fn follow(&self, node: u32, key: u64) -> Option<&Node> {
        let key = edge(node, key);
        let tag = (key >> 32) as u32;
        let mut at = key as usize & self.mask;
        loop {
            match self.nodes.get(at) {
                None | Some(Node { number: 0, .. }) => return None,
                Some(node) if node.tag == tag => return Some(node),
                Some(_) => at = (at + 1) & self.mask,
            }
        }
    }

    /// Reads from memory what [`Trie::follow`] will read for a first word, so that the processor has it when it is asked.
    #[inline]
    pub fn touch(&self, key: u64) -> u32 {
        self.nodes.get(edge(0, key) as usize & self.mask).map_or(0, |node| node.tag)
    }

    /// The names that end at a node.
    #[inline]
    pub fn names(&self, node: &Node) -> impl Iterator<Item = Name> + '_ {
        let number = node.number;
        let from = match node.bits & ENDS_MORE {
            0 => self.more.len(),
            _ => self.more.partition_point(|(other, _)| *other < number),
        };
        let more = self.more.get(from..).unwrap_or_default().iter();
        node.first().into_iter().chain(more.take_while(move |(other, _)| *other == number).map(|(_, name)| *name))
    }
}

#[inline]
fn edge(node: u32, key: u64) -> u64 {
    join(u64::from(node).wrapping_add(1), key)
}

/// Words by which names are looked for, each with the places it has in names.
#[derive(Debug, Default)]
pub(crate) struct Anchors {
    sieve: Sieve,
    places: Table,
}

impl Anchors {
    fn new(words: &FxHashMap<u64, (u64, u32)>) -> Self {
        Self {
            sieve: Sieve::of(words.values().map(|(head, _)| *head)),
            places: Table::new(words.iter().map(|(key, (_, at))| (*key, *at))),
        }
    }

    /// Lets all of these words through, and few others.
    #[inline]
    pub fn sieve(&self) -> &Sieve {
        &self.sieve
    }

    /// One bit for each place that the word of this key has in names that are looked for by it.
    #[inline]
    pub fn places(&self, key: u64) -> u32 {
        self.places.get(key).unwrap_or(0)
    }

    /// Reads from memory what [`Anchors::places`] will read.
    #[inline]
    pub fn touch(&self, key: u64) -> u32 {
        self.places.touch(key)
    }
}

/// A word of a name.
#[derive(Debug, Clone, Copy)]
struct NameWord {
    key: u64,
    head: u64,
    common: bool,
}

/// Collects names, then builds the tables.
#[derive(Debug)]
pub(crate) struct TrieBuilder {
    edges: FxHashMap<u64, u32>,
    ends: Vec<(u32, Name)>,
    /// The node before each node; that of the root is itself.
    parents: Vec<u32>,
    /// Every word of every name, and where each name begins.
    words: Vec<NameWord>,
    starts: Vec<u32>,
}

impl Default for TrieBuilder {
    fn default() -> Self {
        Self { edges: FxHashMap::default(), ends: Vec::new(), parents: vec![0], words: Vec::new(), starts: Vec::new() }
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
            let common = is_common_hash(quick_hash(part.as_bytes()));
            self.words.push(NameWord { key, head: head_hash(part.as_bytes()), common });
            let (before, fresh) = (node, self.parents.len() as u32);
            node = *self.edges.entry(edge(node, key)).or_insert(fresh);
            if node == fresh {
                self.parents.push(before);
            }
        }
        let article = (words.len() == 1).then_some(first_article);
        self.ends.push((node, Name { id, article, loose }));
        true
    }

    pub fn build(mut self) -> (Trie, Anchors) {
        self.ends.sort_by_key(|(node, name)| (*node, name.id, name.loose));
        self.ends.dedup();
        let anchors = Anchors::new(&self.anchors());
        (Trie::new(&self.edges, &self.parents, &self.ends), anchors)
    }

    /// From the key of each word that is looked for to its [`head_hash`] and its places in names.
    fn anchors(&self) -> FxHashMap<u64, (u64, u32)> {
        let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
        for word in &self.words {
            *counts.entry(word.key).or_default() += 1;
        }
        let mut anchors: FxHashMap<u64, (u64, u32)> = FxHashMap::default();
        for (number, start) in self.starts.iter().enumerate() {
            let end = self.starts.get(number + 1).map_or(self.words.len(), |end| *end as usize);
            let words = self.words.get(*start as usize..end).unwrap_or_default();
            let cost = |(_, word): &(u32, &NameWord)| {
                let common = if word.common { COMMON_COST } else { 0 };
                counts.get(&word.key).copied().unwrap_or(0).saturating_add(common)
            };
            if let Some((at, word)) = (0u32..).zip(words).min_by_key(cost) {
                anchors.entry(word.key).or_insert((word.head, 0)).1 |= 1 << at;
            }
        }
        anchors
    }
}

/// Bytes of both tables.
pub(crate) fn bytes(trie: &Trie, anchors: &Anchors) -> usize {
    trie.nodes.len() * size_of::<Node>()
        + trie.more.len() * size_of::<(u32, Name)>()
        + anchors.places.bytes()
        + anchors.sieve.bytes()
}
