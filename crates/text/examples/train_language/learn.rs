//! The regression: stochastic gradient steps (AdaGrad, one step size a row) on random runs of words.

use super::Dice;
use super::damage::{self, Damage};
use super::select::Chosen;
use super::stock::Stock;
use vedette_text::language::training::{LANES_MAX, Word, each_gram};

const RATE: f32 = 0.25;
/// Share of words with a slip, of foreign words in a run, and of runs that get a stray digit.
const SLIPS: f64 = 0.03;
const FOREIGN: f64 = 0.04;

/// Weights by row and lane.
pub struct Model<'a> {
    chosen: &'a Chosen,
    pub lanes: usize,
    pub languages: usize,
    pub weights: Vec<f32>,
    steps: Vec<f32>,
    pub bias: Vec<f32>,
}

impl<'a> Model<'a> {
    pub fn new(chosen: &'a Chosen, languages: usize, lanes: usize) -> Self {
        let rows = chosen.fingerprints.len();
        Self {
            chosen,
            lanes,
            languages,
            weights: vec![0.0; rows * lanes],
            steps: vec![1e-3; rows],
            bias: vec![0.0; languages],
        }
    }

    fn rows(&self, words: &[String], rows: &mut Vec<u32>) {
        rows.clear();
        for word in words {
            each_gram(&Word::of(word), |hash| rows.extend(self.chosen.row(hash)));
        }
    }

    fn step(&mut self, rows: &[u32], truth: usize, rate: f32) -> bool {
        let mut scores = [0.0f32; LANES_MAX];
        let scores = &mut scores[..self.lanes];
        scores[..self.languages].copy_from_slice(&self.bias);
        for row in rows {
            let row = *row as usize * self.lanes;
            for (score, weight) in scores.iter_mut().zip(&self.weights[row..row + self.lanes]) {
                *score += weight;
            }
        }
        let best = scores[..self.languages].iter().copied().fold(f32::MIN, f32::max);
        let right = scores[truth] >= best;
        let mut sum = 0.0;
        for score in &mut scores[..self.languages] {
            *score = (*score - best).exp();
            sum += *score;
        }
        scores[..self.languages].iter_mut().for_each(|score| *score /= sum);
        scores[self.languages..].iter_mut().for_each(|score| *score = 0.0);
        scores[truth] -= 1.0;
        let square: f32 = scores.iter().map(|error| error * error).sum();
        if square < 1e-5 {
            return right;
        }
        for row in rows {
            let at = *row as usize;
            self.steps[at] += square;
            let rate = rate / self.steps[at].sqrt();
            let row = at * self.lanes;
            for (weight, error) in self.weights[row..row + self.lanes].iter_mut().zip(scores.iter()) {
                *weight -= rate * error;
            }
        }
        right
    }
}

/// How many words a run has: mostly few.
fn length(dice: &mut Dice) -> usize {
    match dice.below(20) {
        0..=9 => 1,
        10..=15 => 2,
        16..=17 => 3 + dice.below(2),
        _ => 5 + dice.below(8),
    }
}

/// A run of words of one language, as it may stand in a post.
fn run(stocks: &[Stock], truth: usize, script: &str, dice: &mut Dice, words: &mut Vec<String>) {
    words.clear();
    let count = length(dice);
    let damage = Damage::draw(script, dice);
    for _ in 0..count {
        let from = if count > 2 && dice.chance(FOREIGN) { dice.below(stocks.len()) } else { truth };
        let mut word = damage.on(stocks[from].draw(dice));
        if dice.chance(SLIPS) {
            word = damage::slip(&word, dice);
        }
        if script == "Latn" && dice.chance(0.004) {
            word.insert(0, ['2', '3', '5', '6', '7', '9'][dice.below(6)]);
        }
        words.push(word);
    }
}

/// About `samples` runs a language.
pub fn train(model: &mut Model<'_>, stocks: &[Stock], shares: &[f64], script: &str, samples: usize) {
    let mut dice = Dice::new(0x7665_6465);
    let total = samples * stocks.len();
    let sum: f64 = shares.iter().sum();
    let (mut words, mut rows, mut right) = (Vec::new(), Vec::new(), 0usize);
    for sample in 0..total {
        let mut left = dice.share() * sum;
        let truth = shares
            .iter()
            .position(|share| {
                left -= share;
                left < 0.0
            })
            .unwrap_or(0);
        run(stocks, truth, script, &mut dice, &mut words);
        model.rows(&words, &mut rows);
        // The last third goes in ever smaller steps.
        let rest = 3.0 * (1.0 - sample as f32 / total as f32);
        right += usize::from(model.step(&rows, truth, RATE * rest.clamp(0.02, 1.0)));
        if (sample + 1) % (total / 10).max(1) == 0 {
            eprintln!("{script}: {} runs, {:.2} % right lately", sample + 1, 1000.0 * right as f64 / total as f64);
            right = 0;
        }
    }
}
