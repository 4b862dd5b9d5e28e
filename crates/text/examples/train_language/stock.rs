//! The words of one language and how often each is drawn.

use super::Dice;
use super::chain::Chain;
use super::damage;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::path::Path;

/// Words drawn from n-gram counts.
const DRAWN: usize = 300_000;
/// How much each source weighs, where it is there.
const WEIGHTS: [(&str, f64); 7] = [
    ("ngrams", 0.70),
    ("unilex", 0.20),
    ("unilex-translit", 0.20),
    ("messages", 0.10),
    ("messages-translit", 0.08),
    ("udhr", 0.02),
    ("udhr-translit", 0.02),
];
/// Frequent words are drawn less than they are used, rare ones more: single words in posts are seldom "the".
const FLATTEN: f64 = 0.6;

/// Words with their cumulated shares.
pub struct Stock {
    words: Vec<String>,
    upto: Vec<f64>,
    sources: String,
}

impl Stock {
    pub fn load(corpus: &Path, name: &str, seed: u64) -> std::io::Result<Self> {
        if name == "ar-Latn" {
            return Ok(Self::arabizi(&Self::load(corpus, "ar", seed)?));
        }
        let mut sources: BTreeMap<String, FxHashMap<String, f64>> = BTreeMap::new();
        for line in std::fs::read_to_string(corpus.join("words").join(format!("{name}.tsv")))?.lines() {
            let mut fields = line.split('\t');
            if let (Some(source), Some(word), Some(count)) = (fields.next(), fields.next(), fields.next()) {
                *sources.entry(source.to_owned()).or_default().entry(word.to_owned()).or_default() +=
                    count.parse::<f64>().unwrap_or(0.0);
            }
        }
        if let Ok(grams) = std::fs::read_to_string(corpus.join("ngrams").join(format!("{name}.tsv"))) {
            let chain = Chain::read(&grams);
            let mut dice = Dice::new(0x6c61_6e67 + seed);
            let drawn = sources.entry("ngrams".to_owned()).or_default();
            for _ in 0..DRAWN {
                let word: String = damage::in_form(&chain.draw(&mut dice));
                if !word.is_empty() {
                    *drawn.entry(word).or_default() += 1.0;
                }
            }
        }
        Ok(Self::mix(sources))
    }

    fn mix(sources: BTreeMap<String, FxHashMap<String, f64>>) -> Self {
        let mut shares: FxHashMap<String, f64> = FxHashMap::default();
        let mut note = String::new();
        for (source, words) in &sources {
            let Some((_, weight)) = WEIGHTS.iter().find(|(name, _)| name == source) else { continue };
            // Added up in one order, or the last bits would differ from run to run.
            let mut counts: Vec<f64> = words.values().map(|count| count.powf(FLATTEN)).collect();
            counts.sort_by(f64::total_cmp);
            let sum: f64 = counts.iter().sum();
            // A short list must not be drilled.
            let weight = weight * (words.len() as f64 / 5_000.0).min(1.0);
            note += &format!(" {source} {}", words.len());
            for (word, count) in words {
                *shares.entry(word.clone()).or_default() += weight * count.powf(FLATTEN) / sum;
            }
        }
        let mut shares: Vec<(String, f64)> = shares.into_iter().collect();
        shares.sort_by(|one, other| one.0.cmp(&other.0));
        let mut total = 0.0;
        let (mut words, mut upto) = (Vec::new(), Vec::new());
        for (word, share) in shares {
            total += share;
            words.push(word);
            upto.push(total);
        }
        upto.iter_mut().for_each(|share| *share /= total);
        Self { words, upto, sources: note }
    }

    /// Arabic as it is typed in Latin letters, by rule.
    fn arabizi(arabic: &Self) -> Self {
        let mut dice = Dice::new(0x6172_6162);
        let mut drawn = FxHashMap::default();
        for _ in 0..300_000 {
            let word = damage::arabizi(arabic.draw(&mut dice), &mut dice);
            if word.len() > 1 {
                *drawn.entry(word).or_insert(0.0) += 1.0;
            }
        }
        Self::mix(BTreeMap::from([("ngrams".to_owned(), drawn)]))
    }

    pub fn draw(&self, dice: &mut Dice) -> &str {
        let share = dice.share();
        let at = self.upto.partition_point(|upto| *upto <= share).min(self.words.len() - 1);
        &self.words[at]
    }

    /// Every word with its share.
    pub fn shares(&self) -> impl Iterator<Item = (&str, f64)> {
        self.words
            .iter()
            .enumerate()
            .map(|(at, word)| (word.as_str(), self.upto[at] - if at == 0 { 0.0 } else { self.upto[at - 1] }))
    }

    pub fn summary(&self) -> String {
        format!("{} words:{}", self.words.len(), self.sources)
    }
}
