//! Trains the model of what a post sounds like (`crates/recognise/src/wording.rs`) on the practice texts of ThreatCheck, on the tuning part of
//! the suite (without what the rules say about it, for they were tuned on it) and on plain sentences of the language-identification
//! data (Apache-2.0; lines with even numbers only), so that it knows what ordinary text looks like.
//!
//! `vedette-evals train DATA [FILE]`: without a file, five-fold cross-validation; with one, all texts are learnt and the weights written.
//! One thread and one order: the same texts give the same bytes.

use std::collections::BTreeMap;
use std::path::Path;

use vedette_desk::Analyst;
use vedette_recognise::training::{LANES, bucket, softmax};

use crate::Failure;
use crate::threatcheck::Case;

const LANE_COUNT: usize = LANES.len();
const BUCKETS: u32 = 1 << 17;
const FOLDS: usize = 5;
const EPOCHS: usize = 20;
/// Length of a step; it shrinks to a tenth over the epochs.
const RATE: f32 = 0.5;
const BIAS_RATE: f32 = 0.01;
/// How much of each weight a step takes back.
const DECAY: f32 = 3e-4;
/// 0: every text counts the same; 1: every lane does.
const BALANCE: f32 = 0.3;

/// The functions that each lane is learnt from; what stands in none is a plain threat.
const FUNCTIONS: [(&str, &[&str]); 17] = [
    ("call", &["call_target", "call_open", "call_should", "call_duty", "call_lone"]),
    ("instruction", &["instruction"]),
    ("claim", &["claim_we", "claim_communique"]),
    ("praise", &["praise", "quote_endorsed"]),
    ("recruitment", &["recruitment"]),
    ("warning", &["warning_own"]),
    ("denial", &["denial"]),
    ("report", &["rep_threat", "rep_headline", "rep_claim", "rep_call", "court", "arrests", "authority_warning"]),
    ("counter", &["counter_condemn", "counter_quote", "quote_condemned"]),
    ("negated", &["negated", "question_about"]),
    ("play", &["sports", "gaming"]),
    ("idiom", &["politics", "everyday", "hyperbole", "medical", "food_farm", "weather"]),
    ("story", &["fiction", "song_poem", "satire", "history", "drill"]),
    ("fear", &["fear", "self_harm"]),
    ("religious", &["religious"]),
    ("civic", &["protest", "boycott", "job_event", "it_advice"]),
    ("none", &["plain"]),
];

struct Post {
    features: Vec<(usize, f32)>,
    lane: usize,
    /// Lanes that are right.
    right: [bool; LANE_COUNT],
    language: String,
    function: String,
    /// The part of the cross-validation that it is judged in; cases of the suite are taught in all of them.
    fold: usize,
}

struct Model {
    weights: Vec<[f32; LANE_COUNT]>,
    bias: [f32; LANE_COUNT],
}

/// Cross-validates, or writes the weights to a file.
pub(crate) fn train(analyst: &Analyst, cases: &[Case], file: Option<&Path>) -> Result<(), Failure> {
    let posts: Vec<Post> = cases.iter().map(|case| post(analyst, case)).collect();
    let all: Vec<&Post> = posts.iter().collect();
    let Some(file) = file else {
        cross_validate(&all);
        return Ok(());
    };
    let bytes = bytes_of(&Model::fit(&all));
    println!("{} texts, {} bytes", posts.len(), bytes.len());
    std::fs::write(file, bytes).map_err(|error| format!("cannot write {}: {error}", file.display()))
}

fn post(analyst: &Analyst, case: &Case) -> Post {
    let mut features: Vec<(usize, f32)> = analyst
        .wording_features(&case.text, crate::posted_at(), case.split != "tune")
        .into_iter()
        .map(|(hash, value)| (bucket(hash, BUCKETS), value))
        .collect();
    features.sort_by_key(|feature| feature.0);
    let group = FUNCTIONS.iter().find(|(_, functions)| functions.contains(&case.function.as_str()));
    let lane = group.map_or(0, |(lane, _)| LANES.iter().position(|known| known == lane).unwrap_or_default());
    let among = |kinds: &Option<Vec<String>>, lane: &str| {
        kinds.as_ref().is_some_and(|kinds| kinds.iter().any(|kind| kind == lane))
    };
    let right = LANES.map(|lane| match &case.must.own_any {
        Some(_) => among(&case.must.own_any, lane),
        None => !among(&case.must.own_none, lane),
    });
    let sum = case.text.bytes().fold(7u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    Post {
        features,
        lane,
        right,
        language: case.language.clone(),
        function: case.function.clone(),
        fold: if case.split == "tune" { FOLDS } else { (sum % 97) as usize % FOLDS },
    }
}

impl Model {
    fn fit(posts: &[&Post]) -> Self {
        let mut model = Self { weights: vec![[0.0; LANE_COUNT]; BUCKETS as usize], bias: [0.0; LANE_COUNT] };
        let mut counts = [0f32; LANE_COUNT];
        posts.iter().for_each(|post| counts[post.lane] += 1.0);
        let most = counts.iter().copied().fold(0.0, f32::max);
        let shares = counts.map(|count| (most / count.max(1.0)).powf(BALANCE));
        let mut order: Vec<&Post> = posts.to_vec();
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
        for epoch in 0..EPOCHS {
            for at in (1..order.len()).rev() {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                order.swap(at, (seed % (at as u64 + 1)) as usize);
            }
            let rate = RATE * (1.0 - epoch as f32 / EPOCHS as f32).max(0.1);
            order.iter().for_each(|post| model.learn(post, shares[post.lane], rate));
        }
        model
    }

    fn learn(&mut self, post: &Post, share: f32, rate: f32) {
        let mut slope = self.likely(&post.features);
        slope[post.lane] -= 1.0;
        slope.iter_mut().for_each(|slope| *slope *= share);
        for (bucket, value) in &post.features {
            for (weight, slope) in self.weights[*bucket].iter_mut().zip(slope) {
                *weight -= rate * (slope * value + DECAY * *weight);
            }
        }
        for (bias, slope) in self.bias.iter_mut().zip(slope) {
            *bias -= BIAS_RATE * rate * slope;
        }
    }

    fn likely(&self, features: &[(usize, f32)]) -> [f32; LANE_COUNT] {
        let mut scores = self.bias;
        for (bucket, value) in features {
            for (score, weight) in scores.iter_mut().zip(self.weights[*bucket]) {
                *score += weight * value;
            }
        }
        softmax(scores)
    }

    fn best(&self, post: &Post) -> usize {
        let likely = self.likely(&post.features);
        (0..LANE_COUNT).max_by(|a, b| likely[*a].total_cmp(&likely[*b])).unwrap_or_default()
    }
}

/// The file of weights, see `wording.rs`.
fn bytes_of(model: &Model) -> Vec<u8> {
    let most = model.weights.iter().flatten().fold(0f32, |most, weight| most.max(weight.abs()));
    let unit = most / 127.0;
    let mut bytes = b"VWRD".to_vec();
    bytes.extend(BUCKETS.to_le_bytes());
    bytes.extend(unit.to_le_bytes());
    bytes.extend(model.bias.iter().flat_map(|bias| bias.to_le_bytes()));
    bytes.extend(model.weights.iter().flatten().map(|weight| (weight / unit).round() as i8 as u8));
    bytes
}

#[derive(Default)]
struct Count {
    texts: usize,
    right: usize,
}

fn cross_validate(posts: &[&Post]) {
    let mut cells: BTreeMap<(&str, &str), Count> = BTreeMap::new();
    for fold in 0..FOLDS {
        let (test, taught): (Vec<&Post>, Vec<&Post>) = posts.iter().partition(|post| post.fold == fold);
        let model = Model::fit(&taught);
        for post in test {
            let cell = cells.entry((&post.language, &post.function)).or_default();
            cell.texts += 1;
            cell.right += usize::from(post.right[model.best(post)]);
        }
    }
    let sum = |plain: bool| {
        let of = cells.iter().filter(|((_, function), _)| (*function == "plain") == plain);
        let (right, texts) = of.fold((0, 0), |(right, texts), (_, cell)| (right + cell.right, texts + cell.texts));
        right as f64 / texts as f64
    };
    println!("all but plain {:.4} plain {:.4}", sum(false), sum(true));
    for by_language in [false, true] {
        let mut sums: BTreeMap<&str, Count> = BTreeMap::new();
        for ((language, function), cell) in &cells {
            let sum = sums.entry(if by_language { language } else { function }).or_default();
            sum.texts += cell.texts;
            sum.right += cell.right;
        }
        for (name, sum) in sums {
            println!("{name:24} {:.3} of {}", sum.right as f64 / sum.texts as f64, sum.texts);
        }
    }
}
