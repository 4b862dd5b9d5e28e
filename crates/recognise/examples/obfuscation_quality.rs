//! How many disguised words a watch-list finds, and how often it takes an honest text for one.
//!
//! `cargo run --release -p vedette-recognise --example obfuscation_quality -- DATA [misses]`
//!
//! `DATA` holds `obfuscation/watchlist_evasion.jsonl` (a `term` that must be found in `text`) and `langid/LANGUAGE/sentences.txt` (honest
//! sentences). Every term is a watch-list of its own. A false hit is a term found in a sentence of its language that does not contain it,
//! small and capital letters apart. Even and odd lines are counted apart: rules were settled on the even ones. `misses` lists those of the
//! even half.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;
use vedette_recognise::{NameMatcher, Register, Watchlist};

struct Case {
    kind: String,
    language: &'static str,
    term: String,
    text: String,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(data) = arguments.first() else {
        eprintln!("usage: obfuscation_quality DATA [misses]");
        return ExitCode::from(2);
    };
    match measure(Path::new(data), arguments.get(1).is_some_and(|word| word == "misses")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))
}

fn cases(data: &Path) -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    for line in read(&data.join("obfuscation/watchlist_evasion.jsonl"))?.lines() {
        let row: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let field = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let language = match field("lang").as_str() {
            "french" => "fr",
            "german" => "de",
            _ => "en",
        };
        cases.push(Case { kind: field("kind"), language, term: field("term"), text: field("text") });
    }
    Ok(cases)
}

fn matcher(term: &str) -> Result<NameMatcher, String> {
    let list =
        Watchlist::from_csv(&format!("\"{}\",", term.replace('"', "\"\""))).map_err(|error| error.to_string())?;
    Ok(NameMatcher::new(&Register::default(), &list))
}

fn measure(data: &Path, misses: bool) -> Result<(), String> {
    let cases = cases(data)?;
    let mut matchers: BTreeMap<&str, NameMatcher> = BTreeMap::new();
    for case in &cases {
        if !matchers.contains_key(case.term.as_str()) {
            matchers.insert(&case.term, matcher(&case.term)?);
        }
    }
    let mut found: BTreeMap<(String, usize), (usize, usize)> = BTreeMap::new();
    for (line, case) in cases.iter().enumerate() {
        let hit = matchers.get(case.term.as_str()).is_some_and(|matcher| !matcher.find(&case.text).is_empty());
        for kind in [case.kind.as_str(), "all"] {
            let count = found.entry((kind.to_owned(), line % 2)).or_default();
            count.0 += usize::from(hit);
            count.1 += 1;
        }
        if misses && !hit && line % 2 == 0 {
            println!("missed: {} | {} | {}", case.kind, case.term, case.text);
        }
    }
    for ((kind, half), (hits, all)) in &found {
        println!("{kind}, {}: {:.3} of {all}", ["even", "odd"][*half], *hits as f64 / *all as f64);
    }
    let share =
        |half: usize| found.get(&("all".to_owned(), half)).map_or(0.0, |(hits, all)| *hits as f64 / *all as f64);
    let [false_even, false_odd] = false_hits(data, &cases, &matchers, misses)?;
    println!(
        "| disguised words found (even lines) | {:.3} at {false_even:.2} false hits in 10,000 | .85 at 5 | development |",
        share(0)
    );
    println!(
        "| disguised words found (odd lines) | {:.3} at {false_odd:.2} false hits in 10,000 | .85 at 5 | not looked at |",
        share(1)
    );
    Ok(())
}

/// False hits in 10,000 pairs of a term and an honest sentence of its language; sentences on even and odd lines apart.
fn false_hits(
    data: &Path,
    cases: &[Case],
    matchers: &BTreeMap<&str, NameMatcher>,
    list: bool,
) -> Result<[f64; 2], String> {
    let (mut hits, mut pairs, mut in_other) = ([0usize; 2], [0usize; 2], 0usize);
    let mut other_pairs = 0usize;
    let mut why: BTreeMap<String, usize> = BTreeMap::new();
    let languages = ["en", "fr", "de", "es", "it", "nl", "pt", "tr", "id", "sw", "so"];
    for language in languages {
        let sentences = read(&data.join("langid").join(language).join("sentences.txt"))?;
        let terms: BTreeSet<&str> = cases
            .iter()
            .filter(|case| case.language == language || !["en", "fr", "de"].contains(&language))
            .map(|case| case.term.as_str())
            .collect();
        let own = ["en", "fr", "de"].contains(&language);
        for term in terms {
            let Some(matcher) = matchers.get(term) else { continue };
            let lower = term.to_lowercase();
            for (line, sentence) in sentences.lines().enumerate().filter(|(line, _)| own || line % 20 == 0) {
                if sentence.to_lowercase().contains(&lower) {
                    continue;
                }
                let found = matcher.find(sentence);
                if let (Some(mention), true) = (found.first(), list && own) {
                    *why.entry(mention.folds.join(" ")).or_default() += 1;
                    println!("false: {term} | {} | {}", mention.text, mention.folds.join(" "));
                }
                if own {
                    hits[line % 2] += usize::from(!found.is_empty());
                    pairs[line % 2] += 1;
                } else {
                    in_other += usize::from(!found.is_empty());
                    other_pairs += 1;
                }
            }
        }
    }
    println!(
        "false hits in sentences of other languages: {:.2} in 10,000",
        in_other as f64 * 1e4 / other_pairs.max(1) as f64
    );
    for (folds, count) in why {
        println!("false by [{folds}]: {count}");
    }
    Ok([0, 1].map(|half| hits[half] as f64 * 1e4 / pairs[half].max(1) as f64))
}
