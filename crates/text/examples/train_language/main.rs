//! Trains the language tables: `train_language CORPUS OUT`, where CORPUS is what `tools/language_corpus.py` made.
//!
//! For each script: a stock of words for every language (drawn from n-gram frequencies and word lists), the letter groups that tell
//! most, and a multinomial logistic regression over sums of their weights, learnt on random runs of one to twelve words with the
//! damage that posts have (no diacritics, letters of a neighbour's keyboard, typing slips, foreign words). The same corpus gives
//! the same bytes.

mod chain;
mod damage;
mod learn;
mod pack;
mod select;
mod stock;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A script, how its weights are kept, and its languages.
pub(crate) struct Group {
    pub(crate) script: &'static str,
    pub(crate) lanes: usize,
    pub(crate) bits: usize,
    pub(crate) buckets: usize,
    /// Corpus names of the languages; a star marks those that are only there to be told from the others, and are seldom met.
    pub(crate) languages: &'static str,
}

const GROUPS: [Group; 4] = [
    Group { script: "Arab", lanes: 8, bits: 8, buckets: 20_000, languages: "ar fa ur ps ug ckb sd*" },
    Group {
        script: "Cyrl",
        lanes: 16,
        bits: 8,
        buckets: 14_000,
        languages: "ru uk bg sr mk be kk ky tg uz-Cyrl mn tt* ba*",
    },
    Group { script: "Deva", lanes: 8, bits: 8, buckets: 3_500, languages: "hi mr ne" },
    Group {
        script: "Latn",
        lanes: 48,
        bits: 4,
        buckets: 17_000,
        languages: "en de fr es it pt nl sv da* nb* fi* is* hu* pl cs sk* sl* hr* ro sq lt* lv* et* eu* ca* cy* ga* af* tr az uz \
                    ku id ms tl vi so sw ha yo tk* eo* la* zu* sn* jv* ar-Latn*",
    },
];

/// Numbers that look random and are the same every time (SplitMix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 to below 1.
    pub(crate) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn below(&mut self, count: usize) -> usize {
        ((u128::from(self.next()) * count as u128) >> 64) as usize
    }

    pub(crate) fn chance(&mut self, share: f64) -> bool {
        self.share() < share
    }
}

/// The code that the product says: a name without its script.
fn public_code(name: &str) -> &str {
    name.split('-').next().unwrap_or(name)
}

fn train(group: &Group, corpus: &Path, samples: usize) -> std::io::Result<Vec<u8>> {
    let names: Vec<&str> = group.languages.split_whitespace().map(|name| name.trim_end_matches('*')).collect();
    let shares: Vec<f64> = group.languages.split_whitespace().map(|name| if name.ends_with('*') { 0.35 } else { 1.0 }).collect();
    let stocks = names
        .iter()
        .enumerate()
        .map(|(at, name)| stock::Stock::load(corpus, name, at as u64))
        .collect::<std::io::Result<Vec<_>>>()?;
    for (name, stock) in names.iter().zip(&stocks) {
        eprintln!("{} {name}: {}", group.script, stock.summary());
    }
    let chosen = select::choose(&stocks, group.buckets);
    let mut model = learn::Model::new(&chosen, names.len(), group.lanes);
    learn::train(&mut model, &stocks, &shares, group.script, samples);
    let codes: Vec<&str> = names.iter().map(|name| public_code(name)).collect();
    Ok(pack::pack(group, &codes, &chosen, &model))
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [corpus, out, rest @ ..] = arguments.as_slice() else {
        eprintln!("error: say what to read and write: train_language CORPUS OUT [SAMPLES_A_LANGUAGE]");
        return ExitCode::from(2);
    };
    let corpus = PathBuf::from(corpus);
    if !corpus.join("words").is_dir() {
        eprintln!("error: there is no corpus in `{}`; tools/language_corpus.py makes it", corpus.display());
        return ExitCode::from(2);
    }
    let samples = rest.first().and_then(|number| number.parse().ok()).unwrap_or(250_000);
    let trained: std::io::Result<Vec<Vec<u8>>> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            GROUPS.iter().map(|group| { let corpus = &corpus; scope.spawn(move || train(group, corpus, samples)) }).collect();
        threads.into_iter().map(|thread| thread.join().expect("training does not panic")).collect()
    });
    let trained = match trained {
        Ok(trained) => trained,
        Err(error) => {
            eprintln!("error: cannot read the corpus: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut bytes = b"VLID".to_vec();
    bytes.push(trained.len() as u8);
    bytes.extend(trained.concat());
    if let Err(error) = std::fs::write(out, &bytes) {
        eprintln!("error: cannot write `{out}`: {error}");
        return ExitCode::FAILURE;
    }
    eprintln!("{} bytes written to {out}", bytes.len());
    ExitCode::SUCCESS
}
