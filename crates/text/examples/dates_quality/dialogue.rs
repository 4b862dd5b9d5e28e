//! The sentences of the Recognizers and Duckling projects, by language.
//!
//! Recognizers leaves years open (`XXXX-10-02`) where this project resolves them, so a finding is right when it overlaps the
//! annotation and its value or its interval is one of those the annotation allows. Theirs ends a range before its last day, this
//! project after it: both count. `span and value` asks for the same span too, `whole sentence` for all of that and nothing too much. Duckling: the first moment, cut to the grain,
//! and the end where there is one, of the longest finding.

use super::{Counts, Found, find, index, list, moment, read_lines, row, word, write_lines};
use jiff::civil::DateTime;
use serde_json::{Value, json};
use std::path::Path;
use vedette_text::dates::DateFound;

const LANGUAGES: [(&str, &str, &str); 6] = [
    ("en", "english", "en"),
    ("ar", "arabic", "ar"),
    ("de", "german", "de"),
    ("fr", "french", "fr"),
    ("es", "spanish", "es"),
    ("tr", "turkish", "tr"),
];

pub(super) fn measure(folder: &Path, write: Option<&Path>) {
    for (code, name, duckling) in LANGUAGES {
        let set = format!("recognizers_{name}.jsonl");
        let lines = read_lines(&folder.join(&set));
        write_lines(write, &set, &lines.iter().map(|line| recognizers_line(line, code)).collect::<Vec<_>>());
        for (half, odd, kind) in [("even", 0, "development"), ("odd", 1, "held out")] {
            // Some lines have lost the moment they were written at; nothing relative can be right there.
            let dated = |line: &&Value| !word(line, "ref").is_empty();
            let part: Vec<&Value> = lines.iter().skip(odd).step_by(2).filter(dated).collect();
            if part.is_empty() {
                continue;
            }
            let score = recognizers(&part, code);
            let figure = format!(
                "value {:.3} span and value {:.3} whole sentence {:.3}",
                share(score.value),
                share(score.exact),
                share(score.sentence)
            );
            row(&format!("dates: Recognizers {code} {half}, pass rate ({} sentences)", part.len()), &figure, "", kind);
        }
        let set = format!("duckling_{duckling}.jsonl");
        let lines = read_lines(&folder.join(&set));
        let predictions: Vec<Value> = lines.iter().map(|line| duckling_line(line, code)).collect();
        write_lines(write, &set, &predictions);
        for (half, odd, kind) in [("even", 0, "development"), ("odd", 1, "held out")] {
            let part: Vec<&Value> = lines.iter().skip(odd).step_by(2).collect();
            if part.is_empty() {
                continue;
            }
            let rate = |kinds: &dyn Fn(&str) -> bool| {
                let kept: Vec<&&Value> = part.iter().filter(|line| kinds(word(line, "kind"))).collect();
                let right = kept.iter().filter(|line| duckling_right(line, &duckling_line(line, code))).count();
                right as f64 / kept.len().max(1) as f64
            };
            let figure =
                format!("all {:.3} without holidays {:.3}", rate(&|_| true), rate(&|kind| !kind.contains("Holiday")));
            row(&format!("dates: Duckling {code} {half}, accuracy ({} phrases)", part.len()), &figure, "", kind);
        }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Score {
    value: Counts,
    exact: Counts,
    sentence: Counts,
}

fn share(counts: Counts) -> f64 {
    counts.right as f64 / counts.gold.max(1) as f64
}

/// Their spans begin with a space now and then.
fn span(gold: &Value) -> (usize, usize) {
    let text = word(gold, "text");
    let before = text.chars().count() - text.trim_start().chars().count();
    (index(gold, "start") + before, index(gold, "start") + text.trim_end().chars().count())
}

fn recognizers(lines: &[&Value], lang: &str) -> Score {
    let mut score = Score::default();
    for line in lines {
        let found = find(word(line, "input"), lang, moment(word(line, "ref")));
        let gold = list(line, "results");
        let (mut all, mut used) = (found.len() == gold.len(), vec![false; found.len()]);
        for gold in gold {
            let (value, exact) = meets(gold, &found, &mut used);
            score.value.right += usize::from(value);
            score.exact.right += usize::from(exact);
            score.value.gold += 1;
            score.exact.gold += 1;
            all &= exact;
        }
        score.sentence.gold += 1;
        score.sentence.right += usize::from(all);
    }
    score
}

/// Whether some finding has the annotation's value, and whether it also has its span.
fn meets(gold: &Value, found: &[Found], used: &mut [bool]) -> (bool, bool) {
    let (start, end) = span(gold);
    let mut best = (false, false);
    for (found, used) in found.iter().zip(used) {
        if *used || found.start >= end || start >= found.end || !allowed(gold, &found.date) {
            continue;
        }
        *used = true;
        best = (true, (found.start, found.end) == (start, end));
        break;
    }
    best
}

fn allowed(gold: &Value, found: &DateFound) -> bool {
    // Some Arabic months have no value there at all.
    list(gold, "values").is_empty()
        || list(gold, "values").iter().any(|value| {
            let kind = word(value, "type");
            if kind == "duration" || kind == "set" {
                return word(value, "timex") == found.value;
            }
            if word(value, "timex").ends_with("_REF") {
                return word(value, "timex") == found.value || agrees(word(value, "value"), found.from);
            }
            let (start, end) = (word(value, "start"), word(value, "end"));
            if start.is_empty() && end.is_empty() {
                return agrees(word(value, "value"), found.from);
            }
            let ends = end.is_empty()
                || agrees(end, found.to)
                || (value_is_range(word(value, "timex")) && ends_with(end, found.to));
            word(value, "timex") == found.value || ((start.is_empty() || agrees(start, found.from)) && ends)
        })
}

fn value_is_range(timex: &str) -> bool {
    timex.starts_with('(')
}

/// Whether a stretch ends with the day, month or year that begins at the moment written.
fn ends_with(written: &str, end: Option<DateTime>) -> bool {
    let (Some(written), Some(end)) = (moment(written), end) else { return false };
    let spans = [jiff::Span::new().days(1), jiff::Span::new().months(1), jiff::Span::new().years(1)];
    spans.iter().any(|span| written.checked_add(*span).is_ok_and(|day| day == end))
}

/// Whether a moment is the one written, which may lack the day or the time.
fn agrees(written: &str, moment: Option<DateTime>) -> bool {
    let Some(moment) = moment else { return false };
    let text = moment.to_string().replace('T', " ");
    match written.len() {
        8 => text.ends_with(written),
        10 => text == format!("{written} 00:00:00"),
        19 => text == written,
        _ => false,
    }
}

fn recognizers_line(line: &Value, lang: &str) -> Value {
    let results: Vec<Value> = find(word(line, "input"), lang, moment(word(line, "ref")))
        .into_iter()
        .map(
            |found| json!({"text": found.date.text, "start": found.start, "end": found.end, "timex": found.date.value}),
        )
        .collect();
    json!({"results": results})
}

fn duckling_line(line: &Value, lang: &str) -> Value {
    let found = find(word(line, "input"), lang, moment(word(line, "ref")));
    let longest = found.iter().filter(|found| found.date.from.is_some()).max_by_key(|found| found.end - found.start);
    let written = |moment: Option<DateTime>| moment.map(|moment| moment.to_string());
    let date = longest.map(|found| &found.date);
    json!({
        "input": word(line, "input"),
        "value": date.and_then(|date| written(date.from)),
        "end": date.and_then(|date| written(date.to)),
    })
}

fn duckling_right(gold: &Value, found: &Value) -> bool {
    let cut = match word(gold, "grain") {
        "second" => 19,
        "minute" => 16,
        "hour" => 13,
        "month" | "quarter" => 7,
        "year" => 4,
        _ => 10,
    };
    let same = |name: &str| {
        let (gold, found) = (word(gold, name), word(found, name));
        gold.get(..cut).unwrap_or(gold) == found.get(..cut).unwrap_or(found)
    };
    !word(found, "value").is_empty() && same("value") && (word(gold, "end").is_empty() || same("end"))
}

pub(super) fn print_recognizers(lines: &[&Value], set: &str) {
    let lang = LANGUAGES.iter().find(|(_, name, _)| set.ends_with(name)).map_or("en", |(code, ..)| code);
    for line in lines {
        let found = find(word(line, "input"), lang, moment(word(line, "ref")));
        let gold = list(line, "results");
        let mut used = vec![false; found.len()];
        let right = gold.iter().filter(|gold| meets(gold, &found, &mut used).0).count();
        if right == gold.len() && found.len() == gold.len() {
            continue;
        }
        println!("{} | ref {}", word(line, "input"), word(line, "ref"));
        for gold in gold {
            let values: Vec<String> = list(gold, "values")
                .iter()
                .map(|value| {
                    let resolved = ["value", "start", "end"].map(|name| word(value, name)).join(" ");
                    format!("{} {}", word(value, "timex"), resolved.trim())
                })
                .collect();
            println!("    want {} = {}", word(gold, "text"), values.join(" | "));
        }
        for found in &found {
            println!("    got  {} = {}", found.date.text, describe(&found.date));
        }
    }
}

fn describe(date: &DateFound) -> String {
    let written = |moment: Option<DateTime>| moment.map_or_else(String::new, |moment| moment.to_string());
    format!("{} {} {} {}", date.kind, date.value, written(date.from), written(date.to))
}

pub(super) fn print_duckling(lines: &[&Value]) {
    for line in lines {
        let lang = word(line, "lang").to_lowercase();
        if !duckling_right(line, &duckling_line(line, &lang)) {
            let found = find(word(line, "input"), &lang, moment(word(line, "ref")));
            let got: Vec<String> =
                found.iter().map(|found| format!("{} = {}", found.date.text, describe(&found.date))).collect();
            let (grain, value, end) = (word(line, "grain"), word(line, "value"), word(line, "end"));
            println!("{} | want {grain} {value} {end} | got {}", word(line, "input"), got.join(" ; "));
        }
    }
}
