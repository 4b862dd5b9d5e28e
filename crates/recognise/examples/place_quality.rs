//! Measures how well places are found and resolved, on the sets of the EUPEG platform (Wang & Hu 2019), and how fast.
//!
//! `cargo run --release -p vedette-recognise --example place_quality -- DATA [--misses FILE] [--predictions FILE]`
//!
//! DATA holds `geoparse/data/{GeoVirus,GeoCorpora}.jsonl`, `geoparse/data/WikToR.jsonl.gz` and `news/*.jsonl.gz`; it is not part of the
//! repository, and without it the program says so and exits with 2. Files that end in `.gz` are read through `gzip -dc`. The score is that of the
//! platform: same string, middles less than 10 characters apart, only names with coordinates; `end to end` is the share of all gold names
//! that are found and put within 161 km. GeoVirus was looked at while the rules were written, its even documents only; its odd documents,
//! GeoCorpora and WikToR were not.

use std::collections::HashMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use serde_json::Value;
use vedette_core::{Language, MentionKind};
use vedette_recognise::{Hints, NameMatcher, Options, Recogniser, Register, Watchlist, find_places};

const ACCURATE_KM: f64 = 161.0;
const NEAR_CHARS: f64 = 10.0;
const ROUNDS: usize = 5;
/// Bytes of news that are timed.
const SPEED_BYTES: usize = 4_000_000;

/// A name with its place, `start` and `end` in characters.
#[derive(Debug, Clone)]
struct Toponym {
    phrase: String,
    start: usize,
    end: usize,
    lat: f64,
    lon: f64,
}

#[derive(Debug, Default, Clone, Copy)]
struct Score {
    found: usize,
    extra: usize,
    missed: usize,
    near: usize,
}

impl Score {
    fn add(&mut self, other: Self) {
        self.found += other.found;
        self.extra += other.extra;
        self.missed += other.missed;
        self.near += other.near;
    }

    fn precision(&self) -> f64 {
        ratio(self.found, self.found + self.extra)
    }

    fn recall(&self) -> f64 {
        ratio(self.found, self.found + self.missed)
    }

    fn f1(&self) -> f64 {
        let (precision, recall) = (self.precision(), self.recall());
        if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
    }

    fn near_of_found(&self) -> f64 {
        ratio(self.near, self.found)
    }

    fn end_to_end(&self) -> f64 {
        ratio(self.near, self.found + self.missed)
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Great-circle distance in kilometres.
fn distance_km(a: &Toponym, b: &Toponym) -> f64 {
    let (lat, lon) = ((b.lat - a.lat).to_radians(), (b.lon - a.lon).to_radians());
    let inner =
        (lat / 2.0).sin().powi(2) + a.lat.to_radians().cos() * b.lat.to_radians().cos() * (lon / 2.0).sin().powi(2);
    2.0 * 6371.0 * inner.sqrt().min(1.0).asin()
}

fn gold(document: &Value) -> Vec<Toponym> {
    let names = document["toponyms"].as_array().map(Vec::as_slice).unwrap_or_default();
    names
        .iter()
        .filter_map(|name| {
            Some(Toponym {
                phrase: name["phrase"].as_str()?.to_owned(),
                start: name["start"].as_u64()? as usize,
                end: name["end"].as_u64()? as usize,
                lat: name["lat"].as_f64()?,
                lon: name["lon"].as_f64()?,
            })
        })
        .collect()
}

fn found(recogniser: &Recogniser, text: &str, language: &Language) -> Vec<Toponym> {
    let at = jiff::civil::date(2015, 1, 1).at(0, 0, 0, 0);
    let chars = |byte: usize| text.get(..byte).map_or(0, |before| before.chars().count());
    recogniser
        .recognise(text, language, at)
        .mentions
        .iter()
        .filter(|mention| mention.kind == MentionKind::Place)
        .filter_map(|mention| {
            Some(Toponym {
                phrase: mention.text.clone(),
                start: chars(mention.start),
                end: chars(mention.end),
                lat: mention.lat?,
                lon: mention.lon?,
            })
        })
        .collect()
}

fn is_same(a: &Toponym, b: &Toponym) -> bool {
    let middle = |name: &Toponym| (name.start + name.end) as f64 / 2.0;
    (middle(a) - middle(b)).abs() < NEAR_CHARS && a.phrase.to_lowercase() == b.phrase.to_lowercase()
}

/// Compares one document; what is wrong is written to `misses`.
fn compare(gold: &[Toponym], mut found: Vec<Toponym>, misses: &mut String) -> Score {
    let mut score = Score::default();
    for wanted in gold {
        match found.iter().position(|name| is_same(wanted, name)) {
            Some(at) => {
                let name = found.remove(at);
                score.found += 1;
                let km = distance_km(wanted, &name);
                if km < ACCURATE_KM {
                    score.near += 1;
                } else {
                    misses.push_str(&format!("far\t{}\t{km:.0} km\t{:.2} {:.2}\n", wanted.phrase, name.lat, name.lon));
                }
            }
            None => {
                score.missed += 1;
                misses.push_str(&format!("missed\t{}\t{:.2} {:.2}\n", wanted.phrase, wanted.lat, wanted.lon));
            }
        }
    }
    score.extra = found.len();
    for name in found {
        misses.push_str(&format!("extra\t{}\t{:.2} {:.2}\n", name.phrase, name.lat, name.lon));
    }
    score
}

fn read(path: &Path) -> Result<Vec<Value>, String> {
    let fail = |error: &dyn std::fmt::Display| format!("cannot read `{}`: {error}", path.display());
    let bytes = if path.extension().is_some_and(|end| end == "gz") {
        let output = Command::new("gzip").arg("-dc").arg(path).output().map_err(|error| fail(&error))?;
        if !output.status.success() {
            return Err(fail(&String::from_utf8_lossy(&output.stderr)));
        }
        output.stdout
    } else {
        std::fs::read(path).map_err(|error| fail(&error))?
    };
    let text = String::from_utf8(bytes).map_err(|error| fail(&error))?;
    text.lines().map(|line| serde_json::from_str(line).map_err(|error| fail(&error))).collect()
}

fn english() -> Language {
    Language { code: "en".to_owned(), script: "Latn".to_owned(), confidence: 1.0 }
}

struct Outputs {
    misses: String,
    predictions: String,
}

/// Scores of the even and the odd documents.
fn measure(recogniser: &Recogniser, documents: &[Value], outputs: &mut Outputs) -> (Score, Score) {
    let (mut even, mut odd) = (Score::default(), Score::default());
    let mut unused = String::new();
    for (number, document) in documents.iter().enumerate() {
        let text = document["text"].as_str().unwrap_or_default();
        let found = found(recogniser, text, &english());
        let names: Vec<Value> = found
            .iter()
            .map(|name| {
                serde_json::json!({"phrase": name.phrase, "start": name.start, "end": name.end, "lat": name.lat, "lon": name.lon})
            })
            .collect();
        outputs.predictions.push_str(&format!("{}\n", serde_json::json!({"id": document["id"], "toponyms": names})));
        if number % 2 == 0 {
            even.add(compare(&gold(document), found, &mut outputs.misses));
        } else {
            odd.add(compare(&gold(document), found, &mut unused));
        }
    }
    (even, odd)
}

fn rows(set: &str, kind: &str, score: &Score) {
    println!(
        "{set}: precision {:.3}, recall {:.3}, F1 {:.3}, within 161 km {:.3} of found, end to end {:.3}, {} gold names",
        score.precision(),
        score.recall(),
        score.f1(),
        score.near_of_found(),
        score.end_to_end(),
        score.found + score.missed
    );
    let aims = if set.starts_with("GeoVirus") { (">= .80", ">= .62") } else { ("", "") };
    println!("| places, {set}: recognition F1 | {:.3} | {} | {kind} |", score.f1(), aims.0);
    println!("| places, {set}: within 161 km, of found | {:.3} | | {kind} |", score.near_of_found());
    println!("| places, {set}: end to end at 161 km | {:.3} | {} | {kind} |", score.end_to_end(), aims.1);
}

fn quality(recogniser: &Recogniser, data: &Path, options: &HashMap<String, PathBuf>) -> Result<(), String> {
    let folder = data.join("geoparse/data");
    let mut outputs = Outputs { misses: String::new(), predictions: String::new() };
    let (even, odd) = measure(recogniser, &read(&folder.join("GeoVirus.jsonl"))?, &mut outputs);
    rows("GeoVirus, even documents", "development", &even);
    rows("GeoVirus, odd documents", "held out", &odd);
    let mut all = even;
    all.add(odd);
    rows("GeoVirus, all", "half development", &all);
    for (option, content) in [("--misses", &outputs.misses), ("--predictions", &outputs.predictions)] {
        if let Some(path) = options.get(option) {
            std::fs::write(path, content).map_err(|error| format!("cannot write `{}`: {error}", path.display()))?;
        }
    }
    for (set, file) in [("GeoCorpora", "GeoCorpora.jsonl"), ("WikToR", "WikToR.jsonl.gz")] {
        let mut unused = Outputs { misses: String::new(), predictions: String::new() };
        let (mut all, odd) = measure(recogniser, &read(&folder.join(file))?, &mut unused);
        all.add(odd);
        rows(set, "held out", &all);
    }
    Ok(())
}

/// Seconds that this thread has had a processor, where Linux tells; else the time since the first call.
fn seconds() -> f64 {
    static FIRST: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let first = FIRST.get_or_init(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|told| told.split_whitespace().next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| first.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

/// Megabytes a second of the whole way from a text to its places, and of the words alone for comparison.
fn speed(data: &Path) -> Result<(), String> {
    // A matcher of no names folds the text and reads its words, and nothing else.
    let nothing = NameMatcher::new(&Register::default(), &Watchlist::default());
    for (language, file) in [
        ("en", "reuters21578_en.jsonl.gz"),
        ("ar", "saudinewsnet_ar.jsonl.gz"),
        ("fa", "farsi_news_fa.jsonl.gz"),
        ("ru", "factrueval_ru.jsonl.gz"),
    ] {
        let mut texts = Vec::new();
        let mut bytes = 0;
        for document in read(&data.join("news").join(file))? {
            let text = document["text"].as_str().unwrap_or_default().to_owned();
            bytes += text.len();
            texts.push(text);
            if bytes > SPEED_BYTES {
                break;
            }
        }
        let hints = Hints::default();
        let time = |work: &dyn Fn(&str) -> usize| {
            let fastest = (0..ROUNDS).map(|_| {
                let start = seconds();
                black_box(texts.iter().map(|text| work(text)).sum::<usize>());
                seconds() - start
            });
            fastest.fold(f64::MAX, f64::min)
        };
        let whole = time(&|text| find_places(text, language, &hints).len());
        let before = time(&|text| nothing.find(text).len());
        let places: usize = texts.iter().map(|text| find_places(text, language, &hints).len()).sum();
        let per_second = |seconds: f64| bytes as f64 / 1e6 / seconds;
        println!(
            "| places, {language} news: a second on one core, of folded words / with folding and words | {:.0} / {:.0} MB | {} | {} places in {:.1} MB |",
            per_second((whole - before).max(1e-9)),
            per_second(whole),
            if language == "en" { ">= 60" } else { "" },
            places,
            bytes as f64 / 1e6
        );
    }
    Ok(())
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(data) = arguments.next().map(PathBuf::from).filter(|data| data.join("geoparse/data").is_dir()) else {
        eprintln!(
            "usage: place_quality DATA: the folder of measuring data, with geoparse/data and news; it is missing"
        );
        return ExitCode::from(2);
    };
    let mut options = HashMap::new();
    while let (Some(name), Some(value)) = (arguments.next(), arguments.next()) {
        options.insert(name, PathBuf::from(value));
    }
    let start = Instant::now();
    let first = find_places("Nairobi", "en", &Hints::default()).len();
    println!("first place found in {:.1} ms ({first})", start.elapsed().as_secs_f64() * 1e3);
    let recogniser = Recogniser::new(Register::starter(), Options::default());
    match quality(&recogniser, &data, &options).and_then(|()| speed(&data)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
