//! News: dates a document and megabytes a second, by language.

use super::{moment, row, word};
use jiff::civil::{DateTime, date};
use serde_json::Value;
use std::io::Read;
use std::path::Path;
use std::time::Instant;

/// Seconds this thread has run: on a busy machine the clock on the wall measures the others too.
fn seconds_run(since: Instant) -> f64 {
    let status = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = status.split(' ').next().and_then(|number| number.parse::<f64>().ok());
    nanoseconds.map_or_else(|| since.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}
use vedette_text::dates::find_dates;

const SETS: [(&str, &str, &str); 5] = [
    ("reuters21578_en", "en", "≥ 40 MB/s"),
    ("newswire_tempeval_en", "en", "≥ 40 MB/s"),
    ("saudinewsnet_ar", "ar", "≥ 25 MB/s"),
    ("farsi_news_fa", "fa", "≥ 25 MB/s"),
    ("factrueval_ru", "ru", ""),
];
const POST_LANGUAGES: [&str; 7] = ["de", "fr", "es", "tr", "ur", "ru", "en"];
const DOCUMENTS_MAX: usize = 8_000;
const UNPACKED_BYTES_MAX: u64 = 400 << 20;
const ROUNDS: usize = 5;
const ROUND_BYTES: usize = 4 << 20;
const SAMPLE: usize = 120;

struct Document {
    text: String,
    written: DateTime,
    lang: String,
}

fn read(folder: &Path, set: &str) -> Vec<Document> {
    let Ok(file) = std::fs::File::open(folder.join(format!("{set}.jsonl.gz"))) else { return Vec::new() };
    let mut text = String::new();
    if flate2::read::GzDecoder::new(file).take(UNPACKED_BYTES_MAX).read_to_string(&mut text).is_err() {
        return Vec::new();
    }
    let document = |line: &str| {
        let value: Value = serde_json::from_str(line).ok()?;
        let otherwise = date(2020, 6, 15).at(12, 0, 0, 0);
        let given = word(&value, "date");
        let in_words = || find_dates(given, "en", otherwise).first().and_then(|date| date.from);
        let written = moment(&given.replace(' ', "T")).or_else(in_words).unwrap_or(otherwise);
        Some(Document { text: word(&value, "text").to_owned(), written, lang: word(&value, "lang").to_owned() })
    };
    text.lines().filter_map(document).take(if set.starts_with("short") { usize::MAX } else { DOCUMENTS_MAX }).collect()
}

pub(super) fn measure(folder: &Path) {
    for (set, lang, aim) in SETS {
        let documents = read(folder, set);
        report(set, lang, aim, &documents.iter().collect::<Vec<_>>());
    }
    let posts = read(folder, "short_posts_75langs");
    for lang in POST_LANGUAGES {
        let part: Vec<&Document> = posts.iter().filter(|post| post.lang == lang).collect();
        report("short posts", lang, "", &part);
    }
}

fn report(set: &str, lang: &str, aim: &str, documents: &[&Document]) {
    if documents.is_empty() {
        return;
    }
    let bytes: usize = documents.iter().map(|document| document.text.len()).sum();
    // Small sets are read often enough for the clock.
    let repeats = (ROUND_BYTES / bytes.max(1)).max(1);
    let (mut best, mut found) = (f64::MAX, 0);
    let begun = Instant::now();
    for _ in 0..ROUNDS {
        let started = seconds_run(begun);
        for _ in 0..repeats {
            found = documents.iter().map(|document| find_dates(&document.text, lang, document.written).len()).sum();
        }
        best = best.min((seconds_run(begun) - started) / repeats as f64);
    }
    let figure = format!(
        "{:.1} MB/s, {:.0} documents/s, {:.2} dates a document",
        bytes as f64 / best / 1e6,
        documents.len() as f64 / best,
        found as f64 / documents.len() as f64
    );
    row(&format!("dates: {set} {lang} ({} documents)", documents.len()), &figure, aim, "measured");
}

/// Dates found in every so manieth document, for a look by eye.
pub(super) fn print_sample(folder: &Path, lang: &str) {
    let set = SETS.iter().find(|(_, code, _)| *code == lang).map_or("short_posts_75langs", |(set, ..)| set);
    let documents: Vec<Document> = read(folder, set).into_iter().filter(|document| document.lang == lang).collect();
    let mut printed = 0;
    for document in documents.iter().step_by((documents.len() / SAMPLE).max(1)) {
        for found in find_dates(&document.text, lang, document.written).iter().take(4) {
            let cut = |from: usize, to: usize| {
                let from = (0..=from).rev().find(|at| document.text.is_char_boundary(*at)).unwrap_or(0);
                let to = (to..document.text.len()).find(|at| document.text.is_char_boundary(*at));
                document.text.get(from..to.unwrap_or(document.text.len())).unwrap_or_default()
            };
            let (before, after) = (cut(found.start.saturating_sub(50), found.start), cut(found.end, found.end + 40));
            let line = format!("{} {} | {before}[[{}]]{after}", found.kind, found.value, found.text);
            println!("{}", line.replace('\n', " "));
            printed += 1;
        }
    }
    println!("{printed} dates");
}
