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
    /// Runs of words learnt from, for each language.
    pub(crate) runs: usize,
    /// Corpus names of the languages, each with how often it is expected: the channels that are watched write mostly in a few, and
    /// some languages are only there to be told from the others.
    pub(crate) languages: &'static str,
}

const GROUPS: [Group; 4] = [
    Group {
        script: "Arab",
        lanes: 8,
        bits: 8,
        buckets: 24_000,
        runs: 250_000,
        languages: "ar:3.2 fa:3.1 ur:1.8 ps:1 ug:0.8 ckb:0.8 sd:0.15",
    },
    Group {
        script: "Cyrl",
        lanes: 16,
        bits: 8,
        buckets: 14_000,
        runs: 150_000,
        languages: "ru:3 uk:1.3 bg:0.8 sr:0.8 mk:0.5 be:0.5 kk:1 ky:0.7 tg:1 uz-Cyrl:1 mn:0.7 tt:0.15 ba:0.1",
    },
    Group { script: "Deva", lanes: 8, bits: 8, buckets: 3_500, runs: 150_000, languages: "hi:3 mr:1 ne:0.7" },
    Group {
        script: "Latn",
        lanes: 48,
        bits: 4,
        buckets: 17_000,
        runs: 110_000,
        languages: "en:3.5 de:2 fr:2 es:2 it:1.2 pt:1.2 nl:1.2 sv:0.8 da:0.3 nb:0.3 fi:0.4 is:0.2 hu:0.4 pl:1 \
                    cs:0.8 sk:0.3 sl:0.3 hr:0.5 ro:0.9 sq:0.8 lt:0.3 lv:0.3 et:0.3 eu:0.3 ca:0.3 cy:0.2 ga:0.2 \
                    af:0.2 tr:1.8 az:1 uz:1 ku:1 id:1.3 ms:0.7 tl:1 vi:0.5 so:1 sw:1 ha:1 yo:0.8 tk:0.3 eo:0.15 \
                    la:0.2 zu:0.3 sn:0.2 jv:0.15 ar-Latn:0.15",
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

fn train(group: &Group, corpus: &Path) -> std::io::Result<Vec<u8>> {
    let (names, shares): (Vec<&str>, Vec<f64>) = group
        .languages
        .split_whitespace()
        .filter_map(|language| language.split_once(':'))
        .map(|(name, share)| (name, share.parse().unwrap_or(1.0)))
        .unzip();
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
    learn::train(&mut model, &stocks, &shares, group.script, group.runs);
    let codes: Vec<&str> = names.iter().map(|name| public_code(name)).collect();
    Ok(pack::pack(group, &codes, &chosen, &model))
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [corpus, out, rest @ ..] = arguments.as_slice() else {
        eprintln!("error: say what to read and write: train_language CORPUS OUT [SCRIPT]");
        return ExitCode::from(2);
    };
    let corpus = PathBuf::from(corpus);
    if !corpus.join("words").is_dir() {
        eprintln!("error: there is no corpus in `{}`; tools/language_corpus.py makes it", corpus.display());
        return ExitCode::from(2);
    }
    // One script alone: to try things out; the file is then good for nothing else.
    let only = rest.first();
    let trained: std::io::Result<Vec<Vec<u8>>> = std::thread::scope(|scope| {
        let threads: Vec<_> = GROUPS
            .iter()
            .filter(|group| only.is_none_or(|only| only == group.script))
            .map(|group| {
                let corpus = &corpus;
                scope.spawn(move || train(group, corpus))
            })
            .collect();
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
