//! What the model looks at in a post. The training program sees the same.

use crate::lexicon::Marks;
use crate::statements::Input;
use crate::words::{Script, Words, hash, join, step};
use vedette_core::Statement;

/// Letters of the shortest and longest group.
const GRAM_MIN: usize = 2;
const GRAM_MAX: usize = 5;
/// Groups of letters of one word that are looked at.
const WORD_LETTERS_MAX: usize = 24;

/// Kinds of features; each kind weighs the same however many there are of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Block {
    /// Groups of letters inside words.
    Grams,
    /// Words, and two or three of them in a row.
    Words,
    /// Classes of the lexicon, and two of them in order.
    Classes,
    /// Marks, length, names and dates.
    Shape,
    /// What the rules read.
    Rules,
}

pub(crate) const BLOCKS: usize = 5;
/// How much a block weighs beside the others.
const WEIGHTS: [f32; BLOCKS] = [1.0, 0.5, 0.7, 0.5, 1.0];

/// One feature: where its weights are, and the word it stands for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Feature {
    pub hash: u64,
    pub block: Block,
    pub word: u32,
}

impl Feature {
    /// Whether it is one of the whole post.
    pub fn is_of_post(&self) -> bool {
        self.word as usize == NO_WORD
    }
}

/// What the rules saw in a post as a whole, in the order of `Scene::signs`.
pub(crate) type Signs = [bool; 12];

/// All features of a post.
#[derive(Debug, Default)]
pub(crate) struct Features {
    pub list: Vec<Feature>,
    counts: [u32; BLOCKS],
}

/// A feature of the whole post.
const NO_WORD: usize = u32::MAX as usize;

impl Features {
    /// The features of a post, without those of the rules.
    pub fn read(input: &Input<'_>, marks: &Marks) -> Self {
        let mut all = Self { list: Vec::with_capacity(24 * input.words.list.len()), ..Self::default() };
        all.words(hash(input.language.as_bytes()), input.folded, input.words);
        all.classes(marks);
        all.shape(input);
        all
    }

    fn add(&mut self, block: Block, hash: u64, word: usize) {
        if let Some(count) = self.counts.get_mut(block as usize) {
            *count += 1;
        }
        self.list.push(Feature { hash: join(hash, block as u64 + 1), block, word: word as u32 });
    }

    fn words(&mut self, seed: u64, folded: &str, words: &Words) {
        let (mut before, mut before_that) = (seed, seed);
        for (at, word) in words.list.iter().enumerate() {
            let written = folded.get(word.start as usize..word.end as usize).unwrap_or_default();
            let key = if word.script == Script::Digits { 0 } else { word.exact };
            self.add(Block::Words, join(seed, key), at);
            let pair = join(join(seed, before), key);
            self.add(Block::Words, pair, at);
            self.add(Block::Words, join(join(join(seed, before_that), 77), key), at);
            (before_that, before) = (before, key);
            if word.script != Script::Digits {
                self.grams(seed, written, at);
            }
        }
        self.add(Block::Words, join(join(seed, before), seed), words.list.len().saturating_sub(1));
    }

    fn grams(&mut self, seed: u64, word: &str, at: usize) {
        // Where each letter begins, with the edges of the word as letters.
        let mut starts = [0usize; WORD_LETTERS_MAX + 1];
        let mut letters = 0;
        for (start, _) in word.char_indices().take(WORD_LETTERS_MAX) {
            if let Some(slot) = starts.get_mut(letters) {
                *slot = start;
            }
            letters += 1;
        }
        let end = word.char_indices().nth(WORD_LETTERS_MAX).map_or(word.len(), |(at, _)| at);
        if let Some(slot) = starts.get_mut(letters) {
            *slot = end;
        }
        for first in 0..letters {
            let open = first == 0;
            let mut key = join(seed, u64::from(open));
            for last in first..letters.min(first + GRAM_MAX) {
                let (from, to) =
                    (starts.get(last).copied().unwrap_or(end), starts.get(last + 1).copied().unwrap_or(end));
                for byte in word.as_bytes().get(from..to).unwrap_or_default() {
                    key = step(key, *byte);
                }
                let length = last + 1 - first;
                let closes = last + 1 == letters;
                if length + usize::from(open) >= GRAM_MIN {
                    self.add(Block::Grams, key, at);
                }
                if closes && length + 1 >= GRAM_MIN {
                    self.add(Block::Grams, join(key, 3), at);
                }
            }
        }
    }

    fn classes(&mut self, marks: &Marks) {
        let mut seen = 0u64;
        for (at, classes) in marks.at.iter().enumerate() {
            let mut here = *classes;
            while here != 0 {
                let class = u64::from(here.trailing_zeros());
                here &= here - 1;
                if seen & (1 << class) == 0 {
                    self.add(Block::Classes, join(1, class), at);
                }
                let mut earlier = seen;
                while earlier != 0 {
                    let other = u64::from(earlier.trailing_zeros());
                    earlier &= earlier - 1;
                    self.add(Block::Classes, join(join(2, other), class), at);
                }
            }
            seen |= classes;
        }
    }

    fn shape(&mut self, input: &Input<'_>) {
        let Input { text, words, mentions, dates, .. } = *input;
        let length = match words.list.len() {
            0..=4 => 1,
            5..=9 => 2,
            10..=19 => 3,
            20..=39 => 4,
            _ => 5,
        };
        self.add(Block::Shape, length, NO_WORD);
        let has = |marks: &[char]| text.contains(marks);
        let counted = |mark: char| text.chars().filter(|ch| *ch == mark).count();
        let signs = [
            has(&['?', '؟']),
            has(&['!']),
            counted('!') > 1,
            has(&['"', '“', '”', '„', '«', '»', '「']),
            has(&[':']),
            has(&['–', '—']),
            has(&['…']),
            has(&['#']),
            has(&['[', '(']),
            has(&['😂', '🤣', '😅', '😜', '🙈', '😆', '😭', '😊', '❤']),
            has(&['🔥', '⚔', '🗡', '💣', '🔪', '💀', '☠', '🩸', '⏳']),
            counted('\n') > 0,
            counted('\n') > 2,
            text.ends_with(['.', '۔']),
            !dates.is_empty(),
            words.list.iter().any(|word| word.script == Script::Digits),
        ];
        for (at, _) in signs.iter().enumerate().filter(|(_, sign)| **sign) {
            self.add(Block::Shape, 100 + at as u64, NO_WORD);
        }
        let mut kinds = 0u64;
        for mention in mentions {
            kinds |= 1 << mention.kind as u64;
        }
        for kind in (0..64u64).filter(|kind| kinds & (1 << kind) != 0) {
            self.add(Block::Shape, 200 + kind, NO_WORD);
        }
    }

    /// Adds what the rules saw and read.
    pub fn add_rules(&mut self, language: &str, signs: Signs, statements: &[Statement]) {
        let seed = hash(language.as_bytes());
        let mut both = |key: u64| {
            self.add(Block::Rules, join(3, key), NO_WORD);
            self.add(Block::Rules, join(seed, key), NO_WORD);
        };
        if statements.is_empty() {
            both(0);
        }
        for statement in statements {
            both(1 + 2 * (statement.kind as u64) + u64::from(statement.reported));
        }
        for (at, _) in signs.iter().enumerate().filter(|(_, sign)| **sign) {
            self.add(Block::Rules, join(4, at as u64), NO_WORD);
        }
    }

    /// How much each feature of a block counts.
    pub fn scales(&self) -> [f32; BLOCKS] {
        scales(self.counts)
    }

    /// Each feature and how much it counts; those of the rules only if asked for.
    pub fn scaled(&self, rules: bool) -> Vec<(u64, f32)> {
        let scales = self.scales();
        let scale = |feature: &Feature| scales.get(feature.block as usize).copied().unwrap_or_default();
        let list = self.list.iter().filter(|feature| rules || feature.block != Block::Rules);
        list.map(|feature| (feature.hash, scale(feature))).collect()
    }
}

/// How much each feature of a block counts, by how many there are: all of them together weigh as much as the block.
pub(crate) fn scales(counts: [u32; BLOCKS]) -> [f32; BLOCKS] {
    let mut scales = WEIGHTS;
    for (scale, count) in scales.iter_mut().zip(counts) {
        *scale /= (count.max(1) as f32).sqrt();
    }
    scales
}
