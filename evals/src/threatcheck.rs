//! ThreatCheck: runs the functional suite in `evals/threatcheck` through the analyst and says, function by function and language by
//! language, how many cases are right. A case is right when all rules of its `must` hold; wishes and slots are counted apart.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use vedette_core::{Analysis, Level, Slot, Statement};

use vedette_desk::Analyst;
use vedette_recognise::Register;

use crate::{Failure, LANGUAGES, analyst, posted_at, row};

/// A function is passed when this share of its cases is right.
const PASSED_SHARE: f64 = 0.9;
/// Sentences of a paragraph of plain text.
const PARAGRAPH_SENTENCES: usize = 3;
const PLAIN: &str = "plain";
const FILE_BYTES_MAX: u64 = 32 * 1024 * 1024;

#[derive(Debug, Deserialize)]
pub(crate) struct Case {
    pub function: String,
    pub language: String,
    pub split: String,
    pub text: String,
    pub must: Rules,
    #[serde(default)]
    pub should: Rules,
    /// The words that should stand in a slot of an own statement, by slot.
    #[serde(default)]
    slots: BTreeMap<String, String>,
}

/// A line of a set of ordinary text.
#[derive(Debug, Deserialize)]
struct Plain {
    text: String,
}

/// What the findings must be. An absent rule asks nothing.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rules {
    pub own_any: Option<Vec<String>>,
    pub own_none: Option<Vec<String>>,
    pub reported_any: Option<Vec<String>>,
    level_min: Option<Level>,
    level_max: Option<Level>,
}

impl Rules {
    fn hold(&self, found: &Analysis) -> bool {
        let statements = &found.findings.statements;
        let any = |kinds: &Option<Vec<String>>, wanted: &dyn Fn(&Statement, &[String]) -> bool| {
            kinds.as_ref().is_none_or(|kinds| statements.iter().any(|statement| wanted(statement, kinds)))
        };
        let is = |statement: &Statement, kinds: &[String]| kinds.iter().any(|kind| kind == statement.kind.word());
        let own = |statement: &Statement, kinds: &[String]| !statement.reported && is(statement, kinds);
        let level = found.assessment.level;
        any(&self.own_any, &own)
            && self.own_none.as_ref().is_none_or(|kinds| !statements.iter().any(|statement| own(statement, kinds)))
            && any(&self.reported_any, &|statement, kinds| {
                statement.kind.word() == "report" || statement.reported && is(statement, kinds)
            })
            && self.level_min.is_none_or(|least| level >= least)
            && self.level_max.is_none_or(|most| level <= most)
    }

    fn ask_anything(&self) -> bool {
        let asks = [self.own_any.is_some(), self.own_none.is_some(), self.reported_any.is_some()];
        asks.contains(&true) || self.level_min.is_some() || self.level_max.is_some()
    }
}

#[derive(Debug, Default, Clone, Copy)]
struct Share {
    cases: usize,
    right: usize,
}

impl Share {
    fn add(&mut self, right: bool) {
        self.cases += 1;
        self.right += usize::from(right);
    }

    fn value(self) -> f64 {
        self.right as f64 / self.cases.max(1) as f64
    }
}

/// Runs the practice texts that lie beside the suite.
pub(crate) fn practise(suite: &Path, rest: &[&str]) -> Result<(), Failure> {
    run(practice_cases(suite)?, rest)
}

/// Runs the suite. `--show FUNCTION LANGUAGE` prints what went wrong, of the tuning part only: held texts stay unread.
pub(crate) fn measure(suite: &Path, rest: &[&str]) -> Result<(), Failure> {
    run(cases(suite)?, rest)
}

/// Trains the model of a post's wording on the practice texts; with a file, writes its weights there.
pub(crate) fn train(suite: &Path, data: &Path, file: Option<&Path>) -> Result<(), Failure> {
    let mut texts = practice_cases(suite)?;
    texts.extend(plain_cases(data)?);
    let suite = cases(suite)?;
    let analyst = analyst_of(&suite)?;
    texts.extend(suite.into_iter().filter(|case| case.split == "tune"));
    crate::train::train(&analyst, &texts, file)
}

/// Ordinary text as cases of a function `plain`: posts, articles and sentences whose number is even. Only of sets whose licence lets
/// weights made from them be passed on (CC BY, Apache-2.0); the news collections, made for research alone, are measured with, never
/// trained on.
fn plain_cases(data: &Path) -> Result<Vec<Case>, Failure> {
    let mut texts: Vec<(String, String)> = Vec::new();
    for file in ["GeoCorpora.jsonl", "GeoVirus.jsonl"] {
        for line in read(&data.join("geoparse/data").join(file))?.lines().step_by(2) {
            let article: Plain = serde_json::from_str(line).map_err(|error| format!("{file}: {error}"))?;
            texts.push(("en".to_owned(), article.text));
        }
    }
    for language in LANGUAGES {
        let sentences = read(&data.join("langid").join(language).join("sentences.txt"))?;
        let lines: Vec<&str> = sentences.lines().step_by(2).collect();
        texts.extend(lines.iter().map(|line| (language.to_owned(), (*line).to_owned())));
        // Longer texts are plain too.
        texts.extend(lines.chunks(PARAGRAPH_SENTENCES).map(|lines| (language.to_owned(), lines.join(" "))));
    }
    let must = plain().must;
    let case = |(language, text): (String, String)| Case {
        function: PLAIN.to_owned(),
        language,
        split: "practice".to_owned(),
        text,
        must: must.clone(),
        should: Rules::default(),
        slots: BTreeMap::new(),
    };
    Ok(texts.into_iter().map(case).collect())
}

fn run(cases: Vec<Case>, rest: &[&str]) -> Result<(), Failure> {
    let show = match rest {
        ["--show", function, language] => Some((*function, *language)),
        [] => None,
        _ => return Err("usage: vedette-evals threatcheck [--show FUNCTION LANGUAGE]".to_owned()),
    };
    let analyst = analyst_of(&cases)?;
    let mut table: BTreeMap<(String, String), BTreeMap<String, Share>> = BTreeMap::new();
    let (mut wishes, mut slots) = (BTreeMap::<String, Share>::new(), BTreeMap::<String, Share>::new());
    for case in cases {
        let found = analyst.analyze(0.into(), case.text.clone(), None, posted_at(), 30);
        let right = case.must.hold(&found);
        if !right && case.split != "held" && show == Some((&case.function, &case.language)) {
            let level = found.assessment.level.word();
            let said = found.findings.statements.iter().map(describe).collect::<Vec<_>>().join("; ");
            println!("{}\n    {} {level}: {said}", case.text.replace('\n', " / "), found.language.code);
        }
        if case.split == "held" {
            if case.should.ask_anything() {
                wishes.entry(case.language.clone()).or_default().add(case.should.hold(&found));
            }
            for (slot, words) in &case.slots {
                slots.entry(slot.clone()).or_default().add(fills(&found.findings.statements, &case.text, slot, words));
            }
        }
        table.entry((case.split, case.language)).or_default().entry(case.function).or_default().add(right);
    }
    if show.is_none() {
        print(&table, &wishes, &slots);
    }
    Ok(())
}

/// An analyst whose register knows the invented places and events of the suite, as a desk knows those of its region.
fn analyst_of(cases: &[Case]) -> Result<Analyst, Failure> {
    let names: BTreeSet<(&str, &str)> = cases
        .iter()
        .flat_map(|case| case.slots.iter())
        .filter(|(slot, _)| matches!(slot.as_str(), "place" | "event"))
        .map(|(slot, name)| (slot.as_str(), name.as_str()))
        .collect();
    let mut world = String::new();
    for (number, (slot, name)) in names.into_iter().enumerate() {
        let more = match slot {
            "place" => "lat = -45.2\nlon = -122.4",
            _ => "from = \"2026-12-04\"\nto = \"2026-12-16\"",
        };
        world.push_str(&format!(
            "[[{slot}]]\nid = \"suite-{number}\"\nname = {name:?}\nsource = \"invented\"\n{more}\n"
        ));
    }
    let suite = Register::load(&[("suite", &world)]).map_err(|error| error.to_string())?;
    Ok(analyst(suite))
}

/// Whether an own statement has the slot where the text has the words.
fn fills(statements: &[Statement], text: &str, slot: &str, words: &str) -> bool {
    let Some(start) = text.to_lowercase().find(&words.to_lowercase()) else { return false };
    let end = start + words.len();
    let of = |statement: &Statement| -> Option<Slot> {
        match slot {
            "place" => statement.place.clone(),
            "event" => statement.event.clone(),
            "time" => statement.time.clone(),
            "target" => statement.target.clone(),
            "method" => statement.method.clone(),
            _ => None,
        }
    };
    let own = statements.iter().filter(|statement| !statement.reported);
    own.filter_map(of).any(|slot| slot.start < end && start < slot.end)
}

fn describe(statement: &Statement) -> String {
    let reported = if statement.reported { "reported " } else { "" };
    format!("{reported}{} “{}”", statement.kind.word(), statement.quote.replace('\n', " / "))
}

#[derive(Deserialize)]
struct Functions {
    function: Vec<Function>,
}

#[derive(Deserialize)]
struct Function {
    id: String,
    must: Rules,
    #[serde(default)]
    should: Rules,
}

/// Ordinary text, which is no function of the suite.
fn plain() -> Function {
    let none = ["threat", "call", "instruction", "claim", "recruitment"].map(str::to_owned).to_vec();
    let must = Rules { own_none: Some(none), level_max: Some(Level::Low), ..Rules::default() };
    Function { id: PLAIN.to_owned(), must, should: Rules::default() }
}

/// The practice texts as cases: `== function` opens a function, every other line is a text.
fn practice_cases(suite: &Path) -> Result<Vec<Case>, Failure> {
    let mut functions: Functions =
        toml::from_str(&read(&suite.join("functions.toml"))?).map_err(|error| error.to_string())?;
    functions.function.push(plain());
    let mut cases = Vec::new();
    for language in LANGUAGES {
        let mut function = None;
        for line in read(&suite.join("practice").join(language).with_extension("txt"))?.lines() {
            if let Some(id) = line.strip_prefix("== ") {
                function = functions.function.iter().find(|function| function.id == id.trim());
            } else if let Some(function) = function.filter(|_| !line.trim().is_empty() && !line.starts_with("//")) {
                cases.push(Case {
                    function: function.id.clone(),
                    language: language.to_owned(),
                    split: "practice".to_owned(),
                    text: line.replace("\\n", "\n"),
                    must: function.must.clone(),
                    should: function.should.clone(),
                    slots: BTreeMap::new(),
                });
            }
        }
    }
    Ok(cases)
}

/// The text of a file of the suite or of the measuring data.
fn read(path: &Path) -> Result<String, Failure> {
    let size = std::fs::metadata(path).map_err(|error| format!("cannot open {}: {error}", path.display()))?.len();
    if size > FILE_BYTES_MAX {
        return Err(format!("{} is larger than {FILE_BYTES_MAX} bytes", path.display()));
    }
    std::fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn cases(suite: &Path) -> Result<Vec<Case>, Failure> {
    let path = suite.join("cases.jsonl");
    let content = read(&path)?;
    let lines = content.lines().enumerate();
    lines
        .map(|(number, line)| {
            serde_json::from_str(line).map_err(|error| format!("{} line {}: {error}", path.display(), number + 1))
        })
        .collect()
}

fn print(
    table: &BTreeMap<(String, String), BTreeMap<String, Share>>,
    wishes: &BTreeMap<String, Share>,
    slots: &BTreeMap<String, Share>,
) {
    for split in ["practice", "tune", "held"] {
        let languages: Vec<&str> =
            table.keys().filter(|(of, _)| of == split).map(|(_, language)| language.as_str()).collect();
        if languages.is_empty() {
            continue;
        }
        let column = |language: &str| table.get(&(split.to_owned(), language.to_owned()));
        println!("\n{split}: share of cases that are right");
        println!("{:28} {}", "", languages.iter().map(|code| format!("{code:>5}")).collect::<String>());
        let mut functions: Vec<&String> =
            languages.iter().filter_map(|code| column(code)).flat_map(BTreeMap::keys).collect();
        functions.sort();
        functions.dedup();
        for function in functions {
            let cell = |code: &&str| {
                let share = column(code).and_then(|column| column.get(function));
                share.map_or_else(|| format!("{:>5}", "–"), |share| format!("{:5.2}", share.value()))
            };
            println!("{function:28} {}", languages.iter().map(cell).collect::<String>());
        }
        for code in &languages {
            let Some(functions) = column(code) else { continue };
            let passed = functions.values().filter(|share| share.value() >= PASSED_SHARE).count();
            let all = functions.values().fold(Share::default(), |sum, share| Share {
                cases: sum.cases + share.cases,
                right: sum.right + share.right,
            });
            row(
                &format!("ThreatCheck {code}, {split}: functions with 90 % of cases right; all cases"),
                &format!(
                    "{passed} of {} ({:.0} %); {:.3}",
                    functions.len(),
                    share_of(passed, functions.len()),
                    all.value()
                ),
                if *code == "en" { "≥ 90 % of functions" } else { "≥ 80 % of functions" },
                match split {
                    "held" => "held out: templates never read while building",
                    "tune" => "tuned on",
                    _ => "trained on",
                },
            );
        }
    }
    for (language, share) in wishes {
        row(&format!("ThreatCheck {language}: finer wishes met"), &format!("{:.2}", share.value()), "", "held out");
    }
    for (slot, share) in slots {
        row(&format!("ThreatCheck slots: {slot}"), &format!("{:.2} of {}", share.value(), share.cases), "", "held out");
    }
}

fn share_of(part: usize, of: usize) -> f64 {
    100.0 * part as f64 / of.max(1) as f64
}
