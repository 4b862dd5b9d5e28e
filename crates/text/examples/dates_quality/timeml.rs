//! TimeBank and AQUAINT by the measures of TempEval-3: relaxed, strict, value and type F1.

use super::{Counts, Found, find, index, list, moment, read_lines, row, word, write_lines};
use serde_json::{Value, json};
use std::path::Path;

#[derive(Debug, Clone, Copy, Default)]
struct Score {
    relaxed: Counts,
    strict: Counts,
    value: Counts,
    kind: Counts,
}

pub(super) fn measure(folder: &Path, write: Option<&Path>) {
    for set in ["timebank", "aquaint"] {
        let documents = read_lines(&folder.join(format!("{set}.jsonl")));
        if documents.is_empty() {
            continue;
        }
        let predicted: Vec<Vec<Found>> = documents.iter().map(found).collect();
        write_lines(write, &format!("{set}.jsonl"), &lines(&documents, &predicted));
        let all: Vec<(&Value, &Vec<Found>)> = documents.iter().zip(&predicted).collect();
        let half = |odd: usize| -> Vec<(&Value, &Vec<Found>)> { all.iter().skip(odd).step_by(2).copied().collect() };
        let kind = if set == "timebank" { ["development", "held out", "both halves"] } else { ["held out"; 3] };
        for (name, part, kind) in [("even", half(0), kind[0]), ("odd", half(1), kind[1]), ("all", all.clone(), kind[2])]
        {
            if set == "aquaint" && name != "all" {
                continue;
            }
            for (which, keep) in [("", None), (", dates ahead", Some(()))] {
                if name == "odd" && keep.is_some() {
                    continue;
                }
                let score = score(&part, keep.is_some());
                let aim = if set == "timebank" && keep.is_none() { "value ≥ .70" } else { "" };
                let figure = format!(
                    "relaxed {:.3} strict {:.3} value {:.3} type {:.3}",
                    score.relaxed.f1(),
                    score.strict.f1(),
                    score.value.f1(),
                    score.kind.f1()
                );
                row(&format!("dates: {set} {name}{which}, F1 ({} documents)", part.len()), &figure, aim, kind);
            }
        }
    }
}

fn found(document: &Value) -> Vec<Found> {
    find(word(document, "text"), "en", moment(word(document, "dct")).map(|day| day.date().at(12, 0, 0, 0)))
}

fn lines(documents: &[Value], predicted: &[Vec<Found>]) -> Vec<Value> {
    let line = |(document, found): (&Value, &Vec<Found>)| {
        let timexes: Vec<Value> = found
            .iter()
            .map(|found| json!({"start": found.start, "end": found.end, "type": found.date.kind, "value": found.date.value}))
            .collect();
        json!({"docid": word(document, "docid"), "timexes": timexes})
    };
    documents.iter().zip(predicted).map(line).collect()
}

/// The finding that shares most letters with an annotation, among those not used yet.
fn partner(gold: &Value, found: &[Found], used: &[bool]) -> Option<usize> {
    let (start, end) = (index(gold, "start"), index(gold, "end"));
    let overlap = |found: &Found| found.end.min(end) - found.start.max(start);
    (0..found.len())
        .filter(|at| !used[*at] && start < found[*at].end && found[*at].start < end)
        .max_by_key(|at| (overlap(&found[*at]), usize::MAX - at))
}

/// A value that begins with a year and lies after the document, as the reference scorer tells it.
fn ahead(value: &str, written: &str) -> bool {
    let cut = value.get(..10).unwrap_or(value);
    let is_year = value.len() >= 4 && value.bytes().take(4).all(|byte| byte.is_ascii_digit());
    is_year && !written.is_empty() && cut > written.get(..cut.len()).unwrap_or(written)
}

fn score(documents: &[(&Value, &Vec<Found>)], only_ahead: bool) -> Score {
    let mut score = Score::default();
    for (document, found) in documents {
        let written = word(document, "dct");
        let gold = list(document, "timexes").iter().filter(|gold| !only_ahead || ahead(word(gold, "value"), written));
        let mut used = vec![false; found.len()];
        let (mut total, mut hits) = (0, [0; 4]);
        for gold in gold {
            total += 1;
            let Some(at) = partner(gold, found, &used) else { continue };
            used[at] = true;
            let here = &found[at];
            hits[0] += 1;
            hits[1] += usize::from(here.start == index(gold, "start") && here.end == index(gold, "end"));
            hits[2] += usize::from(here.date.value == word(gold, "value"));
            hits[3] += usize::from(here.date.kind == word(gold, "type"));
        }
        let predicted = found.iter().filter(|found| !only_ahead || ahead(&found.date.value, written)).count();
        let counts = [&mut score.relaxed, &mut score.strict, &mut score.value, &mut score.kind];
        for (counts, hits) in counts.into_iter().zip(hits) {
            counts.right += hits;
            counts.found += predicted;
            counts.gold += total;
        }
    }
    score
}

/// What is missed, wrong or too much, with the words around it.
pub(super) fn print_misses(documents: &[&Value]) {
    for document in documents {
        let text: Vec<char> = word(document, "text").chars().collect();
        let around = |start: usize, end: usize| {
            let cut = |from: usize, to: usize| -> String { text.get(from..to).unwrap_or_default().iter().collect() };
            let (from, to) = (start.saturating_sub(50), (end + 40).min(text.len()));
            format!("{}[[{}]]{}", cut(from, start), cut(start, end), cut(end, to)).replace('\n', " ")
        };
        let found = found(document);
        let mut used = vec![false; found.len()];
        let written = word(document, "dct");
        for gold in list(document, "timexes") {
            let (start, end) = (index(gold, "start"), index(gold, "end"));
            let wanted = format!("{} {}", word(gold, "type"), word(gold, "value"));
            match partner(gold, &found, &used) {
                None => println!("MISS  {written} | {} | {wanted} | {}", word(gold, "text"), around(start, end)),
                Some(at) => {
                    used[at] = true;
                    let here = &found[at].date;
                    if here.value != word(gold, "value") {
                        let got = format!("{} {} ({})", here.kind, here.value, here.text.replace('\n', " "));
                        println!(
                            "VALUE {written} | {} | {wanted} | {got} | {}",
                            word(gold, "text"),
                            around(start, end)
                        );
                    }
                }
            }
        }
        for (found, used) in found.iter().zip(used) {
            if !used {
                let text = found.date.text.replace('\n', " ");
                println!("EXTRA {written} | {text} | {} | {}", found.date.value, around(found.start, found.end));
            }
        }
    }
}
