//! Words drawn from n-gram counts: a Markov chain of order four, with the ends of words reckoned back from the counts.
//!
//! The n-grams (one to five letters) lie inside words, without marks for their ends. Of the times an n-gram was seen, those where no
//! letter precedes it begin a word: its count less the counts of all longer ones that end in it; likewise at the end.

use super::Dice;
use rustc_hash::FxHashMap;

/// Letters in the longest n-gram.
const SIZE_MAX: usize = 5;
/// Bits of a letter in a key.
const BITS: u32 = 21;
/// What could come after some letters: the letters with their counts, and how often these letters were seen.
type Next = (Vec<(char, f32)>, f32);

/// Draws words.
pub struct Chain {
    /// After the beginning of a word of up to three letters.
    first: FxHashMap<u128, Next>,
    /// After any four letters.
    inner: FxHashMap<u128, Next>,
}

fn key(letters: impl Iterator<Item = char>) -> u128 {
    letters.fold(1, |key, letter| (key << BITS) | letter as u128)
}

impl Chain {
    /// From lines of n-gram, tab, count; sorted.
    pub fn read(text: &str) -> Self {
        let lines: Vec<(Vec<char>, f32)> = text
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .filter_map(|(gram, count)| Some((gram.chars().collect(), count.parse().ok()?)))
            .collect();
        let counts: FxHashMap<u128, f32> =
            lines.iter().map(|(gram, count)| (key(gram.iter().copied()), *count)).collect();
        let mut starts = counts.clone();
        for (gram, count) in &lines {
            if let Some(start) = starts.get_mut(&key(gram.iter().skip(1).copied())) {
                *start -= count;
            }
        }
        let mut chain = Self { first: FxHashMap::default(), inner: FxHashMap::default() };
        for (gram, count) in &lines {
            let Some((letter, head)) = gram.split_last() else { continue };
            let (whole, head) = (key(gram.iter().copied()), key(head.iter().copied()));
            let begins = gram.len() < SIZE_MAX;
            let (map, totals) = if begins { (&mut chain.first, &starts) } else { (&mut chain.inner, &counts) };
            let count = if begins { starts.get(&whole).copied().unwrap_or(0.0) } else { *count };
            if count > 0.5 {
                let total = totals.get(&head).copied().unwrap_or(0.0);
                map.entry(head).or_insert((Vec::new(), total)).0.push((*letter, count));
            }
        }
        for (letters, total) in chain.first.values_mut().chain(chain.inner.values_mut()) {
            letters.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
            *total = total.max(letters.iter().map(|(_, count)| count).sum());
        }
        chain
    }

    /// A word.
    pub fn draw(&self, dice: &mut Dice) -> String {
        let mut word: Vec<char> = Vec::new();
        while word.len() < 24 {
            let context = key(word.iter().skip(word.len().saturating_sub(SIZE_MAX - 1)).copied());
            let found = if word.len() < SIZE_MAX - 1 { self.first.get(&context) } else { self.inner.get(&context) };
            let Some((letters, total)) = found else { break };
            let mut left = dice.share() as f32 * total;
            let Some((letter, _)) = letters.iter().find(|(_, count)| {
                left -= count;
                left < 0.0
            }) else {
                break;
            };
            word.push(*letter);
        }
        word.into_iter().collect()
    }
}
