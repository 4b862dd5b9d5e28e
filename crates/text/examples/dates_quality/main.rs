//! How well dates are found and resolved, against sets annotated by others, and how fast news is read.
//!
//! `dates_quality DATA_DIR` with `DATA_DIR/temporal/data/*.jsonl` (TimeBank, AQUAINT, Recognizers, Duckling) and
//! `DATA_DIR/news/*.jsonl.gz`. The data are not part of this project; without them the program says so and stops with 2.
//! `--misses SET [--odd]` prints what differs in a set (`timebank`, `recognizers_english`, `duckling_de`; even lines unless
//! `--odd`), `--sample LANG` prints dates found in news with the words around them, `--write FOLDER` writes predictions for
//! another scorer. Sets without a split of their own are halved by line: even for development, odd held out.

mod dialogue;
mod news;
mod timeml;

use jiff::civil::{DateTime, date};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use vedette_text::dates::{DateFound, find_dates};

/// What the command line asked for.
struct Request {
    data: PathBuf,
    misses: Option<String>,
    odd: bool,
    sample: Option<String>,
    write: Option<PathBuf>,
}

fn main() -> ExitCode {
    let Some(request) = request() else {
        eprintln!("error: name the folder with the data: dates_quality DATA_DIR");
        return ExitCode::from(2);
    };
    let folder = request.data.join("temporal").join("data");
    if !folder.is_dir() {
        eprintln!(
            "error: there is no folder `{}`; the data are not part of this project, so nothing was measured",
            folder.display()
        );
        return ExitCode::from(2);
    }
    if let Some(lang) = &request.sample {
        news::print_sample(&request.data.join("news"), lang);
        return ExitCode::SUCCESS;
    }
    if let Some(set) = &request.misses {
        let lines = read_lines(&folder.join(format!("{set}.jsonl")));
        let half: Vec<&Value> = lines.iter().skip(usize::from(request.odd)).step_by(2).collect();
        match set.split('_').next() {
            Some("recognizers") => dialogue::print_recognizers(&half, set),
            Some("duckling") => dialogue::print_duckling(&half),
            _ => timeml::print_misses(&half),
        }
        return ExitCode::SUCCESS;
    }
    timeml::measure(&folder, request.write.as_deref());
    dialogue::measure(&folder, request.write.as_deref());
    news::measure(&request.data.join("news"));
    ExitCode::SUCCESS
}

fn request() -> Option<Request> {
    let mut args = std::env::args().skip(1);
    let mut request =
        Request { data: PathBuf::from(args.next()?), misses: None, odd: false, sample: None, write: None };
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--misses" => request.misses = args.next(),
            "--odd" => request.odd = true,
            "--sample" => request.sample = args.next(),
            "--write" => request.write = args.next().map(PathBuf::from),
            _ => return None,
        }
    }
    Some(request)
}

/// The lines of a JSON Lines file; an empty list where there is none.
fn read_lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

fn write_lines(folder: Option<&Path>, name: &str, lines: &[Value]) {
    let Some(folder) = folder else { return };
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    if let Err(error) = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(folder.join(name), text)) {
        eprintln!("error: cannot write `{}`: {error}", folder.join(name).display());
    }
}

fn word<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn index(value: &Value, name: &str) -> usize {
    value.get(name).and_then(Value::as_u64).map_or(0, |number| number as usize)
}

/// A moment as the data write it; the offset from UTC is dropped, for all times are local there.
fn moment(text: &str) -> Option<DateTime> {
    let text = text.get(..19).unwrap_or(text);
    text.parse().ok().or_else(|| text.parse::<jiff::civil::Date>().ok().map(|day| day.at(0, 0, 0, 0)))
}

/// A finding with character offsets, as the data count them.
struct Found {
    start: usize,
    end: usize,
    date: DateFound,
}

fn find(text: &str, lang: &str, reference: Option<DateTime>) -> Vec<Found> {
    let reference = reference.unwrap_or(date(2016, 11, 7).at(0, 0, 0, 0));
    let mut at = (0, 0);
    let mut count = |byte: usize| {
        at = (byte, at.1 + text.get(at.0..byte).unwrap_or_default().chars().count());
        at.1
    };
    find_dates(text, lang, reference)
        .into_iter()
        .map(|date| Found { start: count(date.start), end: count(date.end), date })
        .collect()
}

/// Matches, findings and annotations, and what they come to.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    right: usize,
    found: usize,
    gold: usize,
}

impl Counts {
    fn f1(self) -> f64 {
        2.0 * self.right as f64 / ((self.found + self.gold) as f64).max(1.0)
    }
}

/// A line of the table that `make evals` collects.
fn row(what: &str, figure: &str, aim: &str, kind: &str) {
    println!("| {what} | {figure} | {aim} | {kind} |");
}
