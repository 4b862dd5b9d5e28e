//! Decisions as labelled data: what the machine said, what a person decided, and the words it was about. JSON lines.

use jiff::Timestamp;
use serde::Serialize;
use vedette_core::{Cleared, ItemId, Sha256, Verdict, VersionId};

use crate::clean::safe;

/// One decision on a level or a point.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// The item.
    pub item: ItemId,
    /// The version that was looked at, where it is known.
    pub version: Option<VersionId>,
    /// SHA-256 of its exhibit.
    pub sha256: Sha256,
    /// `level`, or the word of a kind of point.
    pub kind: &'static str,
    /// Reading, first byte, byte after the last; of what stands at a place.
    pub place: Option<(usize, usize, usize)>,
    /// The words; empty where there are none or they may not leave the house.
    pub quote: String,
    /// What the machine says.
    pub machine: String,
    /// Whether it is right.
    pub verdict: Verdict,
    /// What is right instead.
    pub value: Option<String>,
    /// Why, in the person's words.
    pub reason: String,
    /// Who. Numbered, not named, when it is written.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

#[derive(Serialize)]
struct Line<'a> {
    item: ItemId,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<VersionId>,
    sha256: Sha256,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reading: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<usize>,
    #[serde(skip_serializing_if = "String::is_empty")]
    quote: String,
    machine: &'a str,
    decision: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
    reason: String,
    reviewer: String,
    at: Timestamp,
}

/// `{"item","version","sha256","kind","reading","start","end","quote","machine","decision","value","reason","reviewer","at"}`,
/// one object a line; absent is what there is none of. Places are bytes of the reading; in the quote addresses are dead. Reviewers
/// are told apart (`reviewer-1`), not named.
pub fn labels_jsonl(labels: &Cleared<Vec<Label>>) -> String {
    let mut reviewers: Vec<&str> = Vec::new();
    let mut out = String::new();
    for label in labels.work() {
        let number = match reviewers.iter().position(|known| *known == label.by) {
            Some(number) => number,
            None => {
                reviewers.push(&label.by);
                reviewers.len() - 1
            }
        };
        let line = Line {
            item: label.item,
            version: label.version,
            sha256: label.sha256,
            kind: label.kind,
            reading: label.place.map(|place| place.0),
            start: label.place.map(|place| place.1),
            end: label.place.map(|place| place.2),
            quote: safe(&label.quote),
            machine: &label.machine,
            decision: label.verdict,
            value: label.value.as_deref(),
            reason: safe(&label.reason),
            reviewer: format!("reviewer-{}", number + 1),
            at: label.at,
        };
        out.push_str(&serde_json::to_string(&line).expect("text and numbers are always JSON"));
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use vedette_core::{Draft, Reviewer};

    #[test]
    fn a_label_says_what_was_said_where_and_what_is_right_and_numbers_its_reviewers() {
        let label = |by: &str, kind, place, quote: &str| Label {
            item: ItemId(12),
            version: Some(VersionId(14)),
            sha256: Sha256([0xab; 32]),
            kind,
            place,
            quote: quote.to_owned(),
            machine: "threat".to_owned(),
            verdict: Verdict::Change,
            value: Some("report".to_owned()),
            reason: "a \"quotation\"\u{202e}".to_owned(),
            by: by.to_owned(),
            at: "2026-11-20T12:00:00Z".parse().unwrap(),
        };
        let labels = vec![
            label("A. Analyst", "statement", Some((0, 3, 9)), "No lamp https://a.example/x"),
            label("B. Analyst", "level", None, ""),
            label("A. Analyst", "tier", None, ""),
        ];
        let reviewer = Reviewer::named("C. Editor").unwrap();
        let text = labels_jsonl(&Draft::new(labels).clear(reviewer, Timestamp::UNIX_EPOCH, "decisions"));
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(
            (&lines[0]["quote"], &lines[0]["end"], &lines[0]["decision"]),
            (&"No lamp hxxps://a[.]example/x".into(), &9.into(), &"change".into())
        );
        assert!(lines[1].get("quote").is_none() && lines[1].get("reading").is_none());
        let reviewers: Vec<_> = lines.iter().map(|line| line["reviewer"].as_str().unwrap()).collect();
        assert_eq!(reviewers, ["reviewer-1", "reviewer-2", "reviewer-1"]);
        assert!(!text.contains("Analyst") && !text.contains('\u{202e}'), "{text}");
    }
}
