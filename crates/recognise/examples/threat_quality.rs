//! Measures statements on labelled sets: threats, calls and counter-speech in HateCheck, reported threats in PLOVER, and false
//! alarms in news. Run it with the folder of measuring data; without it, it says so and stops.
//!
//! `cargo run --release -p vedette-recognise --example threat_quality -- DATA_DIR [--show CLASS]`
//!
//! `threat_quality --say LANGUAGE TEXT` prints the statements of one text.
//!
//! Rules are tuned on cases and documents with even numbers only, and `--show` prints no others; figures are given for the odd
//! ones apart. HateCheck makes its cases from templates, seven of each, so that an odd case often has an even twin.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use vedette_core::{Findings, Language, StatementKind};
use vedette_recognise::{Options, Recogniser, Register};

const DOCUMENTS_MAX: usize = 10_000;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, code, text] = arguments.as_slice()
        && flag == "--say"
    {
        let recogniser = Recogniser::new(Register::starter(), Options::default());
        println!("{:#?}", recognise(&recogniser, text, code).statements);
        return ExitCode::SUCCESS;
    }
    let Some(data) = arguments.first().map(Path::new).filter(|data| data.join("threat").is_dir()) else {
        eprintln!(
            "usage: threat_quality DATA_DIR: the folder of measuring data (threat/, news/) is missing; nothing was measured"
        );
        return ExitCode::from(2);
    };
    let show = arguments.iter().position(|argument| argument == "--show").and_then(|at| arguments.get(at + 1)).cloned();
    let recogniser = Recogniser::new(Register::starter(), Options::default());
    let sets = [
        ("en", "hatecheck_en.csv"),
        ("fr", "hatecheck_cases_final_french.csv"),
        ("de", "hatecheck_cases_final_german.csv"),
        ("es", "hatecheck_cases_final_spanish.csv"),
        ("nl", "hatecheck_cases_final_dutch.csv"),
    ];
    let mut rows = Vec::new();
    for (language, file) in sets {
        hatecheck(&recogniser, data, language, file, show.as_deref(), &mut rows);
    }
    plover(&recogniser, data, show.as_deref(), &mut rows);
    urdu(&recogniser, data, show.as_deref());
    for (language, file) in [
        ("en", "reuters21578_en.jsonl.gz"),
        ("en", "newswire_tempeval_en.jsonl.gz"),
        ("ar", "saudinewsnet_ar.jsonl.gz"),
        ("fa", "farsi_news_fa.jsonl.gz"),
        ("ru", "factrueval_ru.jsonl.gz"),
        ("", "short_posts_75langs.jsonl.gz"),
    ] {
        news(&recogniser, data, language, file, show.as_deref(), &mut rows);
    }
    println!();
    for row in rows {
        println!("{row}");
    }
    ExitCode::SUCCESS
}

fn language(code: &str) -> Language {
    let script = match code {
        "ar" | "fa" | "ur" => "Arab",
        "ru" => "Cyrl",
        _ => "Latn",
    };
    Language { code: code.to_owned(), script: script.to_owned(), confidence: 1.0 }
}

fn recognise(recogniser: &Recogniser, text: &str, code: &str) -> Findings {
    recogniser.recognise(text, &language(code), jiff::civil::date(2020, 6, 1).at(12, 0, 0, 0))
}

/// Own threats and calls: what an analyst would be shown as an alarm.
fn alarm(findings: &Findings) -> Option<&vedette_core::Statement> {
    findings
        .statements
        .iter()
        .find(|statement| !statement.reported && matches!(statement.kind, StatementKind::Threat | StatementKind::Call))
}

/// Hits and cases of the two halves: even numbers, then odd ones.
#[derive(Debug, Default, Clone, Copy)]
struct Halves([(usize, usize); 2]);

impl Halves {
    fn count(&mut self, number: usize, hit: bool) {
        if let Some((hits, cases)) = self.0.get_mut(number % 2) {
            *hits += usize::from(hit);
            *cases += 1;
        }
    }

    fn add(&mut self, other: Halves) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            mine.0 += theirs.0;
            mine.1 += theirs.1;
        }
    }

    /// Shares of the even and of the odd half, times `scale`.
    fn shares(&self, scale: f64) -> [f64; 2] {
        self.0.map(|(hits, cases)| scale * hits as f64 / cases.max(1) as f64)
    }
}

/// The two rows of the table of evaluations for one measure.
fn push_rows(rows: &mut Vec<String>, what: &str, shares: [f64; 2], unit: &str, aim: &str) {
    for (share, kind) in shares.into_iter().zip(["development (even)", "odd half, not looked at"]) {
        rows.push(format!("| {what} | {share:.1}{unit} | {aim} | {kind} |"));
    }
}

fn hatecheck(
    recogniser: &Recogniser,
    data: &Path,
    code: &str,
    file: &str,
    show: Option<&str>,
    rows_out: &mut Vec<String>,
) {
    let Ok(content) = std::fs::read_to_string(data.join("threat/hatecheck").join(file)) else {
        println!("{file}: missing, not measured");
        return;
    };
    let rows = csv(&content);
    let Some((head, rows)) = rows.split_first() else { return };
    let column = |name: &str| head.iter().position(|column| column == name).unwrap_or(usize::MAX);
    let (function, case) = (column("functionality"), column("test_case"));
    let number = if column("case_id") == usize::MAX { column("mhc_case_id") } else { column("case_id") };
    let mut table: BTreeMap<String, Halves> = BTreeMap::new();
    for row in rows {
        let (Some(function), Some(text), Some(id)) = (row.get(function), row.get(case), row.get(number)) else {
            continue;
        };
        let Ok(number) = id.rsplit('-').next().unwrap_or_default().parse::<usize>() else { continue };
        let found = recognise(recogniser, text, code);
        let alarmed = alarm(&found).is_some();
        table.entry(function.clone()).or_default().count(number, alarmed);
        let wanted = function.starts_with("threat");
        if number.is_multiple_of(2) && show == Some(&format!("{code}:{function}")) && alarmed != wanted {
            println!("  {} {text}", if alarmed { "alarm " } else { "missed" });
        }
    }
    println!("\nHateCheck {code}: share of cases with a threat or call, even and odd numbers");
    let (mut threats, mut counter) = (Halves::default(), Halves::default());
    for (function, halves) in table {
        let [even, odd] = halves.shares(100.0);
        println!("  {function:22} {even:5.1} % {odd:5.1} % of {}", halves.0[0].1 + halves.0[1].1);
        if function.starts_with("threat") {
            push_rows(rows_out, &format!("HateCheck {code} {function} found"), [even, odd], " %", "≥ 95 %");
            threats.add(halves);
        } else if function.starts_with("counter") {
            counter.add(halves);
        }
    }
    push_rows(rows_out, &format!("HateCheck {code} threats found"), threats.shares(100.0), " %", "≥ 95 %");
    let right = counter.shares(100.0).map(|alarms| 100.0 - alarms);
    push_rows(rows_out, &format!("HateCheck {code} counter-speech right"), right, " %", "≥ 80 %");
}

fn plover(recogniser: &Recogniser, data: &Path, show: Option<&str>, rows_out: &mut Vec<String>) {
    let Ok(content) = std::fs::read_to_string(data.join("threat/plover/PLV_train.tsv")) else {
        println!("PLOVER: missing, not measured");
        return;
    };
    let mut lines = content.lines();
    let head: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let column = |name: &str| head.iter().position(|column| *column == name).unwrap_or(usize::MAX);
    let (sentence, root) = (column("sentence"), column("gold_root"));
    let mut table: BTreeMap<String, (Halves, usize)> = BTreeMap::new();
    for (number, line) in lines.enumerate() {
        let fields: Vec<&str> = line.split('\t').collect();
        let (Some(text), Some(root)) = (fields.get(sentence), fields.get(root)) else { continue };
        let found = recognise(recogniser, text, "en");
        let reported = found.statements.iter().any(|statement| statement.reported);
        let entry = table.entry((*root).to_owned()).or_default();
        entry.0.count(number, reported);
        entry.1 += usize::from(alarm(&found).is_some());
        let wrong = *root == "THREATEN" && !reported || alarm(&found).is_some();
        if number.is_multiple_of(2) && (show == Some("plover") && wrong || show == Some(&format!("plover:{root}"))) {
            println!("  {root} reported {reported}: {text}");
        }
    }
    println!("\nPLOVER (news sentences): reported harm or threat, even and odd lines, and alarms (none is right)");
    for (root, (halves, alarms)) in table {
        let [even, odd] = halves.shares(100.0);
        println!("  {root:12} reported {even:5.1} % {odd:5.1} % of {}  alarms {alarms}", halves.0[0].1 + halves.0[1].1);
        if root == "THREATEN" {
            push_rows(rows_out, "PLOVER THREATEN found as reported", [even, odd], " %", "–");
        }
    }
}

fn urdu(recogniser: &Recogniser, data: &Path, show: Option<&str>) {
    let Ok(content) = std::fs::read_to_string(data.join("threat/urdu/train.tsv")) else { return };
    let (mut right, mut threats, mut alarms) = (0, 0, 0);
    for line in content.lines().skip(1).take(DOCUMENTS_MAX) {
        let fields: Vec<&str> = line.split('\t').collect();
        let (Some(text), Some(label)) = (fields.first(), fields.get(1)) else { continue };
        let wanted = label.trim() == "1";
        let alarmed = alarm(&recognise(recogniser, text, "ur")).is_some();
        threats += usize::from(wanted);
        alarms += usize::from(alarmed);
        right += usize::from(wanted && alarmed);
        if show == Some("ur") && alarmed != wanted {
            println!("  {} {text}", if alarmed { "alarm " } else { "missed" });
        }
    }
    println!("\nUrdu posts: {threats} threats, {alarms} alarms, {right} of them right");
}

fn news(recogniser: &Recogniser, data: &Path, code: &str, file: &str, show: Option<&str>, rows_out: &mut Vec<String>) {
    let path = data.join("news").join(file);
    let child = Command::new("gzip").arg("-dc").arg(&path).stdout(Stdio::piped()).spawn();
    let mut content = String::new();
    let read = child.map(|mut child| {
        let out = child.stdout.take();
        let size = out.map(|mut out| out.read_to_string(&mut content));
        (child.wait(), size)
    });
    if read.is_err() || content.is_empty() {
        println!("{file}: missing, not measured");
        return;
    }
    let (mut documents, mut reports, mut places) = (0usize, 0usize, 0usize);
    let mut all = Halves::default();
    let mut by_language: BTreeMap<String, Halves> = BTreeMap::new();
    for (number, line) in content.lines().enumerate().take(if code.is_empty() { usize::MAX } else { DOCUMENTS_MAX }) {
        let Ok(row) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let text = row.get("text").and_then(|text| text.as_str()).unwrap_or_default();
        let own = row.get("lang").and_then(|lang| lang.as_str()).unwrap_or_default();
        let code = if code.is_empty() { own } else { code };
        if !["en", "ar", "fa", "ru", "de", "fr", "es", "tr", "ur"].contains(&code) {
            continue;
        }
        let found = recognise(recogniser, text, code);
        documents += 1;
        places += found.mentions.iter().filter(|mention| mention.kind == vedette_core::MentionKind::Place).count();
        reports += usize::from(found.statements.iter().any(|statement| statement.reported));
        let alarm = alarm(&found);
        all.count(number, alarm.is_some());
        by_language.entry(code.to_owned()).or_default().count(number, alarm.is_some());
        if let Some(statement) = alarm {
            if number.is_multiple_of(2) && show == Some(file.split('_').next().unwrap_or(file)) {
                println!("  {} {:?} {}", code, statement.kind, statement.quote.replace('\n', " "));
            }
        }
    }
    let [even, odd] = all.shares(1e4);
    println!(
        "\n{file}: {documents} documents, {even:.1} (even) and {odd:.1} (odd) false alarms in 10,000, {:.1} % with reported harm, {places} places",
        100.0 * reports as f64 / documents.max(1) as f64
    );
    let name = file.trim_end_matches(".jsonl.gz");
    push_rows(rows_out, &format!("threats and calls in 10,000 documents of {name}"), [even, odd], "", "≤ 5");
    if by_language.len() > 1 {
        for (code, halves) in by_language {
            let [even, odd] = halves.0;
            println!("  {code}: {} alarms in {}", even.0 + odd.0, even.1 + odd.1);
        }
    }
}

/// Rows of a CSV file with quoted fields.
fn csv(content: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = content.chars().peekable();
    while let Some(ch) = chars.next() {
        match ch {
            '"' if quoted && chars.peek() == Some(&'"') => {
                field.push('"');
                chars.next();
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !quoted => {}
            other => field.push(other),
        }
    }
    rows
}
