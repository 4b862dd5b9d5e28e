//! Tables and hash lists: CSV as RFC 4180 has it, safe to open in a spreadsheet, and JSON lines as `vedette hash`
//! prints them.

use std::collections::BTreeSet;

use serde::Serialize;
use vedette_core::{Attachment, Cleared, ItemView, Sha256, VersionView};

use super::own_text;
use crate::clean::{defang_address, one_line, safe, visible};
use crate::report::outlet_name;

/// A file's hashes.
struct Hashes {
    file: String,
    sha256: Sha256,
    pdq: Option<(String, u8)>,
}

/// One line of a hash list, with the fields in the order in which `vedette hash` prints them.
#[derive(Serialize)]
struct HashLine<'a> {
    file: &'a str,
    sha256: Sha256,
    #[serde(skip_serializing_if = "Option::is_none")]
    pdq: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quality: Option<u8>,
}

/// Each file that was fetched, once, in the order of the items.
fn hashes(items: &[ItemView]) -> Vec<Hashes> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for version in items.iter().flat_map(|item| &item.versions) {
        for file in &version.version.attachments {
            if let Some(sha256) = file.exhibit.filter(|sha256| seen.insert(*sha256)) {
                found.push(Hashes { file: one_line(&file.name), sha256, pdq: pdq(version, file) });
            }
        }
    }
    found
}

fn pdq(version: &VersionView, file: &Attachment) -> Option<(String, u8)> {
    let derived = version.images.iter().find(|image| image.attachment == file.id);
    derived.map(|image| (image.pdq.clone(), image.quality)).or_else(|| file.pdq.clone())
}

/// `file,sha256,pdq,quality`, one line a file; PDQ and quality (0 to 100) are empty for what is no image.
pub fn hashes_csv(items: &Cleared<Vec<ItemView>>) -> String {
    let mut table = Table::new(&["file", "sha256", "pdq", "quality"]);
    for hashes in hashes(items.work()) {
        let (pdq, quality) = hashes.pdq.map_or_else(Default::default, |(pdq, quality)| (pdq, quality.to_string()));
        table.row(&[hashes.file, hashes.sha256.hex(), pdq, quality]);
    }
    table.0
}

/// `{"file","sha256","pdq","quality"}`, one object a line; PDQ and quality are absent for what is no image.
pub fn hashes_jsonl(items: &Cleared<Vec<ItemView>>) -> String {
    let mut out = String::new();
    for hashes in hashes(items.work()) {
        let (pdq, quality) = hashes.pdq.unzip();
        let line = HashLine { file: &hashes.file, sha256: hashes.sha256, pdq, quality };
        let line = serde_json::to_string(&line).expect("text and numbers are always JSON");
        out.push_str(&format!("{line}\n"));
    }
    out
}

/// One line an item: what it is, where the proof is, what it says. Authors are keyed hashes, addresses are dead.
pub fn items_csv(items: &Cleared<Vec<ItemView>>) -> String {
    let mut table = Table::new(&[
        "item",
        "source",
        "outlet",
        "posted_at",
        "captured_at",
        "state",
        "language",
        "level",
        "tier",
        "author_key",
        "url",
        "sha256",
        "leaf",
        "text",
    ]);
    for item in items.work() {
        let Some(version) = item.content() else {
            continue;
        };
        let language = super::language(version).unwrap_or_default();
        table.row(&[
            item.item.id.to_string(),
            safe(&one_line(&item.source.asked.name)),
            outlet_name(item).unwrap_or_default(),
            item.item.posted_at.to_string(),
            version.version.captured_at.to_string(),
            item.item.state.word().to_owned(),
            language.to_owned(),
            item.level().word().to_owned(),
            version.assessment.tier.map(|tier| tier.to_string()).unwrap_or_default(),
            item.item.author_key.clone().unwrap_or_default(),
            item.item.url.as_deref().map(defang_address).unwrap_or_default(),
            version.version.exhibit.hex(),
            version.version.leaf.to_string(),
            own_text(version),
        ]);
    }
    table.0
}

/// One line a decision, beside what the machine proposed. Who decided is told apart (`reviewer-1`), not named: the
/// names are in the desk's own audit trail.
pub fn decisions_csv(items: &Cleared<Vec<ItemView>>) -> String {
    let mut table = Table::new(&["item", "decided_at", "verdict", "level", "machine_level", "reviewer", "reason"]);
    let mut reviewers: Vec<&str> = Vec::new();
    for item in items.work() {
        let machine = item.content().map(|version| version.assessment.level).unwrap_or_default();
        for decision in &item.decisions {
            let known = reviewers.iter().position(|name| *name == decision.by);
            let place = known.unwrap_or_else(|| {
                reviewers.push(&decision.by);
                reviewers.len() - 1
            });
            table.row(&[
                item.item.id.to_string(),
                decision.at.to_string(),
                decision.verdict.word().to_owned(),
                decision.level.word().to_owned(),
                decision.proposed.unwrap_or(machine).word().to_owned(),
                format!("reviewer-{}", place + 1),
                safe(&decision.reason),
            ]);
        }
    }
    table.0
}

/// A CSV text that grows.
struct Table(String);

impl Table {
    fn new(columns: &[&str]) -> Self {
        Self(columns.join(",") + "\r\n")
    }

    fn row(&mut self, cells: &[String]) {
        let cells: Vec<String> = cells.iter().map(|cell| csv_cell(cell)).collect();
        self.0.push_str(&cells.join(","));
        self.0.push_str("\r\n");
    }
}

/// A cell that no spreadsheet takes for a formula: one that begins like a formula gets an apostrophe in front.
pub(super) fn csv_cell(text: &str) -> String {
    let text = visible(text);
    // Some programs skip white space and invisible characters before they look for a formula, and take the full-width
    // forms for the plain ones.
    let hidden =
        |c: char| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{fffd}');
    let first = text.trim_start_matches(hidden).chars().next();
    let formula = matches!(first, Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠'))
        || text.starts_with(['\t', '\n', '\r']);
    let text = if formula { format!("'{text}") } else { text };
    if formula || text.contains(['"', ',', ';', '\n', '\r', '\t']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}
