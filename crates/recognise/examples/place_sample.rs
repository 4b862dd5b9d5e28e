//! Prints a sample of the places found in lines of text, each with its surroundings, to be judged by eye: where no gold exists.
//!
//! `gzip -dc news.jsonl.gz | cargo run --release -p vedette-recognise --example place_sample -- LANG [COUNT [SEED]]` reads one JSON object
//! with `text` a line and prints COUNT (100) of the hits drawn evenly from all of them, then the names that were found most often.

use std::collections::HashMap;
use std::io::BufRead;
use std::process::ExitCode;

use vedette_recognise::{Hints, find_places};

/// Characters shown on each side.
const AROUND_CHARS: usize = 28;
/// Most frequent names that are listed.
const FREQUENT: usize = 600;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(language) = arguments.first() else {
        eprintln!("usage: place_sample LANG [COUNT [SEED]] < texts.jsonl");
        return ExitCode::from(2);
    };
    let number = |at: usize, default: usize| arguments.get(at).and_then(|given| given.parse().ok()).unwrap_or(default);
    let (count, seed) = (number(1, 100).max(1), number(2, 0));
    let mut hits = Vec::new();
    let mut frequent: HashMap<(String, String, String), usize> = HashMap::new();
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let Ok(document) = serde_json::from_str::<serde_json::Value>(&line) else { continue };
        let text = document["text"].as_str().unwrap_or_default();
        for place in find_places(text, language, &Hints::default()) {
            let before: String = text[..place.start].chars().rev().take(AROUND_CHARS).collect();
            let before: String = before.chars().rev().collect();
            let after: String = text[place.end..].chars().take(AROUND_CHARS).collect();
            let country = place.country.unwrap_or_default();
            hits.push(format!("{before}[{}]{after}\t{} {country}", place.text, place.name).replace('\n', " "));
            *frequent.entry((place.text, place.name, country)).or_default() += 1;
        }
    }
    let step = (hits.len() / count).max(1);
    for hit in hits.iter().skip(seed % step).step_by(step).take(count) {
        println!("{hit}");
    }
    println!("\n{} hits", hits.len());
    let mut list: Vec<_> = frequent.into_iter().collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    for ((text, name, country), times) in list.into_iter().take(FREQUENT) {
        println!("{times}\t{text}\t{name} {country}");
    }
    ExitCode::SUCCESS
}
