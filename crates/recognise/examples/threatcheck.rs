//! Runs ThreatCheck, our own functional suite (`evals/threatcheck`), over the recogniser: does it tell a threat from talk about
//! threats? Prints the share of right cases by function and language for both splits, and Markdown rows.
//!
//! `cargo run --release -p vedette-recognise --example threatcheck -- evals/threatcheck [--show FUNCTION LANGUAGE] [--rows]`
//!
//! Checked are the rules about statements (`own_any`, `own_none`) and the slots; the rules about levels need the crate that
//! assesses: `score.py` of the suite checks them over the answers of `vedette analyze`. The language of a post is found, not
//! given. `--show` prints the misses of the `tune` split only: nobody looks at those of `held`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::ExitCode;

use serde_json::Value;
use vedette_core::{Language, Slot, Statement};
use vedette_recognise::{Options, Recogniser, Register};
use vedette_text::language;

/// A function holds when this share of its cases is right.
const GOOD_SHARE: f64 = 0.9;
const SPLITS: [&str; 2] = ["tune", "held"];

/// Right cases and all cases.
type Tally = (usize, usize);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let cases = arguments.first().map(|folder| Path::new(folder).join("cases.jsonl"));
    let Some(content) = cases.and_then(|path| std::fs::read_to_string(path).ok()) else {
        eprintln!(
            "usage: threatcheck FOLDER [--show FUNCTION LANGUAGE]: the folder has no cases.jsonl; nothing was measured"
        );
        return ExitCode::from(2);
    };
    let show =
        arguments.windows(3).find(|three| three[0] == "--show").map(|three| (three[1].clone(), three[2].clone()));
    let recogniser = Recogniser::new(Register::starter(), Options::default());
    let mut run = Run::default();
    for line in content.lines() {
        let Ok(case) = serde_json::from_str::<Value>(line) else {
            eprintln!("error: a line of cases.jsonl is no JSON object");
            return ExitCode::from(2);
        };
        run.case(&recogniser, &case, show.as_ref());
    }
    run.print();
    ExitCode::SUCCESS
}

fn text_of<'a>(case: &'a Value, field: &str) -> &'a str {
    case.get(field).and_then(Value::as_str).unwrap_or_default()
}

#[derive(Default)]
struct Run {
    /// By split, function and language.
    right: BTreeMap<(String, String, String), Tally>,
    functions: Vec<String>,
    languages: Vec<String>,
    /// By split and slot, where the case is right.
    slots: BTreeMap<(String, String), Tally>,
    told: BTreeMap<String, Tally>,
}

impl Run {
    fn case(&mut self, recogniser: &Recogniser, case: &Value, show: Option<&(String, String)>) {
        let (text, function, code, split) =
            (text_of(case, "text"), text_of(case, "function"), text_of(case, "language"), text_of(case, "split"));
        let guess = language::identify(text);
        let language =
            Language { code: guess.code.to_owned(), script: guess.script.to_owned(), confidence: guess.confidence };
        let posted_at = jiff::civil::date(2026, 11, 23).at(12, 0, 0, 0);
        let found = recogniser.recognise(text, &language, posted_at).statements;
        let right = holds(case.get("must"), &found);
        for (list, word) in [(&mut self.functions, function), (&mut self.languages, code)] {
            if !list.iter().any(|known| known == word) {
                list.push(word.to_owned());
            }
        }
        count(self.right.entry((split.to_owned(), function.to_owned(), code.to_owned())).or_default(), right);
        count(self.told.entry(code.to_owned()).or_default(), guess.code == code);
        if right && let Some(slots) = case.get("slots").and_then(Value::as_object) {
            for (slot, filler) in slots {
                let hit = slot_found(slot, filler.as_str().unwrap_or_default(), &found);
                count(self.slots.entry((split.to_owned(), slot.clone())).or_default(), hit);
                if show == Some(&(format!("slot:{slot}"), code.to_owned())) && split == "tune" && !hit {
                    println!("{filler} in: {text}");
                }
            }
        }
        if split == "tune" && !right && show == Some(&(function.to_owned(), code.to_owned())) {
            let kind = |statement: &Statement| {
                format!("{}{} `{}`", if statement.reported { "~" } else { "" }, statement.kind.word(), statement.quote)
            };
            let all: Vec<String> = found.iter().map(kind).collect();
            println!("[{}] {}\n      {}", guess.code, text.replace('\n', " / "), all.join("; "));
        }
    }

    fn share(&self, split: &str, function: &str, code: &str) -> Option<Tally> {
        self.right.get(&(split.to_owned(), function.to_owned(), code.to_owned())).copied()
    }

    /// Functions of a language that hold, and all of them; and its right cases.
    fn sum(&self, split: &str, code: &str) -> (Tally, Tally) {
        let (mut functions, mut cases) = ((0, 0), (0, 0));
        for (right, all) in self.functions.iter().filter_map(|function| self.share(split, function, code)) {
            functions.0 += usize::from(right as f64 >= GOOD_SHARE * all as f64);
            functions.1 += 1;
            cases.0 += right;
            cases.1 += all;
        }
        (functions, cases)
    }

    fn print(&self) {
        for split in SPLITS {
            println!("\nThreatCheck, split {split}: cases right in per cent, levels not checked\n");
            println!("| function | {} |\n|---|{}", self.languages.join(" | "), "---:|".repeat(self.languages.len()));
            for function in &self.functions {
                let cells = self.languages.iter().map(|code| match self.share(split, function, code) {
                    Some((right, all)) => format!("{:.0}", percent(right, all)),
                    None => String::new(),
                });
                println!("| {function} | {} |", cells.collect::<Vec<_>>().join(" | "));
            }
            let sums = |cell: &dyn Fn((Tally, Tally)) -> String| {
                let cells: Vec<String> = self.languages.iter().map(|code| cell(self.sum(split, code))).collect();
                cells.join(" | ")
            };
            println!("| all cases | {} |", sums(&|(_, (right, all))| format!("{:.0}", percent(right, all))));
            println!("| functions ≥ 90 % | {} |", sums(&|((good, all), _)| format!("{good} of {all}")));
            let slots: Vec<String> = self
                .slots
                .iter()
                .filter(|((of, _), _)| of == split)
                .map(|((_, slot), (hit, all))| format!("{slot} {hit} of {all}"))
                .collect();
            println!("\nslots, where the case is right: {}", slots.join(", "));
        }
        let told: Vec<String> =
            self.told.iter().map(|(code, (right, all))| format!("{code} {:.0} %", percent(*right, *all))).collect();
        println!("languages told right: {}\n", told.join(", "));
        let codes: BTreeSet<&String> = self.languages.iter().collect();
        for split in SPLITS {
            let kind = if split == "held" { "held out" } else { "development (tune)" };
            for code in &codes {
                let ((good, functions), (right, cases)) = self.sum(split, code);
                let aim = if code.as_str() == "en" { "≥ 90 % of functions" } else { "≥ 80 % of functions" };
                println!(
                    "| ThreatCheck {code}: functions ≥ 90 % right | {good} of {functions} ({:.0} %); cases {:.1} % | {aim} | {kind} |",
                    percent(good, functions),
                    percent(right, cases)
                );
            }
        }
    }
}

fn count(tally: &mut Tally, hit: bool) {
    tally.0 += usize::from(hit);
    tally.1 += 1;
}

fn percent(right: usize, all: usize) -> f64 {
    100.0 * right as f64 / all.max(1) as f64
}

/// Whether the rules about statements hold.
fn holds(must: Option<&Value>, found: &[Statement]) -> bool {
    let own: Vec<&str> =
        found.iter().filter(|statement| !statement.reported).map(|statement| statement.kind.word()).collect();
    let any = |rule: &str| {
        let kinds = must.and_then(|must| must.get(rule)).and_then(Value::as_array)?;
        Some(kinds.iter().filter_map(Value::as_str).any(|kind| own.contains(&kind)))
    };
    any("own_any") != Some(false) && any("own_none") != Some(true)
}

/// Whether an own statement has the filler, a part of it or more than it in the slot; as `score.py` reads it.
fn slot_found(slot: &str, filler: &str, found: &[Statement]) -> bool {
    let filler = filler.to_lowercase();
    let matches = |slot: &Option<Slot>| {
        slot.as_ref().is_some_and(|slot| {
            let text = slot.text.to_lowercase();
            filler.contains(&text) || text.contains(&filler)
        })
    };
    found.iter().filter(|statement| !statement.reported).any(|statement| match slot {
        "place" => matches(&statement.place) || matches(&statement.target),
        "event" => matches(&statement.event) || matches(&statement.target) || matches(&statement.place),
        "time" => matches(&statement.time),
        "target" => matches(&statement.target) || matches(&statement.addressee),
        "method" => matches(&statement.method),
        _ => false,
    })
}
