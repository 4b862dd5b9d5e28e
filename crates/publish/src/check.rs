//! The check before a report leaves: every quotation stands in the version it cites, every footnote is there and used,
//! the lead is sourced, and judgements speak with the words of probability that readers know (ICD 203).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use vedette_core::{Audience, Block, BlockKind, Footnote, Report, Tlp, VersionId};

use crate::cited::{CitedText, CitedTexts, Cover, spoken};
use crate::quotes::{Quotation, has_words, marks, quotations};

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The author should look at it.
    Warning,
    /// The check fails.
    Error,
}

/// Something wrong in a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Whether it fails the check.
    pub severity: Severity,
    /// Which block, from 1; absent when it concerns the whole report.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub block: Option<usize>,
    /// What is wrong and what to do.
    pub what: String,
    /// The words concerned.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub quote: Option<String>,
    /// Where they were looked for, such as `footnote 3 (v12)`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expected_in: Option<String>,
}

/// Words of probability that ICD 203 does not define; readers take them for anything from 10 to 90 percent.
const VAGUE_WORDS: &[&str] = &[
    "apparently",
    "appears to",
    "arguably",
    "bound to",
    "can't rule out",
    "cannot be excluded",
    "cannot be ruled out",
    "cannot rule out",
    "chances are",
    "conceivable",
    "conceivably",
    "could",
    "definitely",
    "doubtless",
    "doubtful",
    "fair chance",
    "fairly likely",
    "good chance",
    "high probability",
    "little chance",
    "low probability",
    "may",
    "maybe",
    "might",
    "more likely than not",
    "no doubt",
    "perhaps",
    "plausible",
    "plausibly",
    "possible",
    "possibly",
    "potentially",
    "presumably",
    "quite likely",
    "rather likely",
    "real possibility",
    "seem to",
    "seemingly",
    "seems to",
    "serious possibility",
    "surely",
    "undoubtedly",
    "we doubt",
    "without doubt",
];

/// The words that ICD 203 does define, for the hint.
const ICD_203: &str =
    "almost no chance, very unlikely, unlikely, roughly even chance, likely, very likely, almost certain";

/// Whether nothing in `problems` fails the check.
pub fn passes(problems: &[Problem]) -> bool {
    problems.iter().all(|problem| problem.severity == Severity::Warning)
}

/// Checks a report. `texts` gives the texts of a cited version's readings, or `None` when there is no such version.
/// Errors and warnings stand in the order of the blocks, those of the whole report last.
pub fn check(report: &Report, texts: &dyn Fn(VersionId) -> Option<Vec<CitedText>>) -> Vec<Problem> {
    let mut checker = Checker { problems: Vec::new(), cited: BTreeMap::new() };
    for footnote in &report.footnotes {
        let texts = texts(footnote.evidence.version).map(CitedTexts::new);
        let twice = checker.cited.insert(footnote.number, Cited { footnote, texts }).is_some();
        if twice {
            checker.error(None, format!("there are two footnotes {}; number them anew", footnote.number));
        }
    }
    for (index, block) in report.blocks.iter().enumerate() {
        checker.block(index + 1, block);
    }
    checker.whole(report);
    checker.problems
}

struct Cited<'a> {
    footnote: &'a Footnote,
    texts: Option<CitedTexts>,
}

impl Cited<'_> {
    fn label(&self) -> String {
        format!("footnote {} ({})", self.footnote.number, self.footnote.evidence.version)
    }
}

struct Checker<'a> {
    problems: Vec<Problem>,
    cited: BTreeMap<u32, Cited<'a>>,
}

impl Checker<'_> {
    fn push(&mut self, severity: Severity, block: Option<usize>, what: String) {
        self.problems.push(Problem { severity, block, what, quote: None, expected_in: None });
    }

    fn error(&mut self, block: Option<usize>, what: String) {
        self.push(Severity::Error, block, what);
    }

    fn warning(&mut self, block: Option<usize>, what: String) {
        self.push(Severity::Warning, block, what);
    }

    fn block(&mut self, number: usize, block: &Block) {
        let found = marks(&block.text);
        let missing: BTreeSet<u32> =
            found.iter().map(|mark| mark.number).filter(|n| !self.cited.contains_key(n)).collect();
        for n in missing {
            self.error(Some(number), format!("there is no footnote {n}; cite a version for it or remove [^{n}]"));
        }
        if block.kind == BlockKind::Lead && found.is_empty() {
            self.error(Some(number), "the lead has no footnote; cite the version that it reports".to_owned());
        }
        let spoken = spoken(block.kind, &block.text);
        for quotation in &spoken {
            self.quotation(number, quotation);
        }
        if block.kind == BlockKind::Assessment {
            self.vague_words(number, &block.text, &spoken);
        }
    }

    fn quotation(&mut self, block: usize, quotation: &Quotation) {
        let mut problems: Vec<(String, Option<String>)> = Vec::new();
        if !quotation.closed {
            problems.push(("a quotation mark is opened and never closed".to_owned(), None));
        } else if !has_words(&quotation.text) {
            problems.push(("a quotation has no words".to_owned(), None));
        } else if quotation.cites.is_empty() {
            problems.push(("a quotation has no footnote; put [^n] after it".to_owned(), None));
        }
        let cites = if problems.is_empty() { quotation.cites.as_slice() } else { &[] };
        for number in cites {
            // A number without a footnote is reported with the block.
            let Some(cited) = self.cited.get(number) else {
                continue;
            };
            let wrong = match cited.texts.as_ref().map(|texts| texts.cover(&quotation.text)) {
                None => "the cited version is not in the archive".to_owned(),
                Some(Cover::Nothing) => {
                    "the quotation is not in the cited version; copy its words as they stand there".to_owned()
                }
                Some(Cover::Unsigned(what, next)) => {
                    format!("the quotation stands only in {what}, which nobody has signed; {next}")
                }
                Some(Cover::Original | Cover::Signed(..)) => continue,
            };
            problems.push((wrong, Some(cited.label())));
        }
        self.problems.extend(problems.into_iter().map(|(what, expected_in)| Problem {
            severity: Severity::Error,
            block: Some(block),
            what,
            quote: Some(quotation.text.clone()),
            expected_in,
        }));
    }

    fn vague_words(&mut self, block: usize, text: &str, spoken: &[Quotation]) {
        let own: String = text
            .char_indices()
            .map(|(at, c)| if spoken.iter().any(|q| (q.range.0..q.range.1).contains(&at)) { ' ' } else { c })
            .collect();
        // `May` with a capital is the month.
        let own = own.replace("May ", "").to_lowercase();
        let words: Vec<&str> =
            own.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|w| !w.is_empty()).collect();
        let line = format!(" {} ", words.join(" "));
        for vague in VAGUE_WORDS.iter().filter(|vague| line.contains(&format!(" {vague} "))) {
            self.problems.push(Problem {
                severity: Severity::Warning,
                block: Some(block),
                what: format!("an estimate outside ICD 203; say one of: {ICD_203}"),
                quote: Some((*vague).to_owned()),
                expected_in: None,
            });
        }
    }

    fn whole(&mut self, report: &Report) {
        let used: BTreeSet<u32> = report.blocks.iter().flat_map(|b| marks(&b.text)).map(|mark| mark.number).collect();
        for footnote in report.footnotes.iter().filter(|f| !used.contains(&f.number)) {
            self.warning(None, format!("footnote {} is not used", footnote.number));
        }
        for quotation in quotations(&report.title) {
            let stands = self.cited.values().filter_map(|c| c.texts.as_ref()).any(|t| t.holds(&quotation.text));
            if !stands {
                self.problems.push(Problem {
                    severity: Severity::Warning,
                    block: None,
                    what: "the title quotes words that stand in no cited version".to_owned(),
                    quote: Some(quotation.text),
                    expected_in: None,
                });
            }
        }
        let public = report.blocks.iter().filter(|block| block.audience == Audience::Public).count();
        if public == 0 {
            self.error(None, "no block is public; mark what everybody may read with [public]".to_owned());
        } else if report.tlp == Tlp::Red {
            self.warning(
                None,
                "the report is TLP:RED and has public blocks; be sure that they may be public".to_owned(),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_world::{report, texts};
    use expect_test::{Expect, expect};

    fn lines(report: &Report) -> String {
        check(report, &texts)
            .iter()
            .map(|p| {
                let block = p.block.map_or_else(|| "report".to_owned(), |b| format!("block {b}"));
                let quote = p.quote.as_ref().map_or_else(String::new, |q| format!(" | {q}"));
                let place = p.expected_in.as_ref().map_or_else(String::new, |e| format!(" | {e}"));
                format!("{:?} {block}: {}{quote}{place}\n", p.severity, p.what)
            })
            .collect()
    }

    fn with_block(kind: BlockKind, text: &str, expected: &Expect) {
        let mut report = report();
        report.blocks.push(Block { kind, audience: Audience::Subscriber, text: text.to_owned() });
        expected.assert_eq(&lines(&report));
    }

    #[test]
    fn a_sound_report_passes_without_a_word() {
        assert_eq!(lines(&report()), "");
        assert!(passes(&check(&report(), &texts)));
    }

    #[test]
    fn a_quotation_that_is_not_in_the_cited_version_fails() {
        with_block(
            BlockKind::Quote,
            "No lamp will burn in Tessgate Stadium[^1]",
            &expect![[r#"
            Error block 6: the quotation is not in the cited version; copy its words as they stand there | No lamp will burn in Tessgate Stadium | footnote 1 (v12)
        "#]],
        );
        with_block(
            BlockKind::Context,
            "It wrote “we will all be there”[^1] and «No lamp»[^2].",
            &expect![[r#"
            Error block 6: the quotation is not in the cited version; copy its words as they stand there | we will all be there | footnote 1 (v12)
            Error block 6: the quotation is not in the cited version; copy its words as they stand there | No lamp | footnote 2 (v13)
        "#]],
        );
        assert!(!passes(&[Problem {
            severity: Severity::Error,
            block: None,
            what: String::new(),
            quote: None,
            expected_in: None,
        }]));
    }

    #[test]
    fn quotations_without_footnote_words_or_end_fail() {
        with_block(
            BlockKind::Note,
            "It wrote \"we will be there\". “…”[^1] “open[^1]",
            &expect![[r#"
            Error block 6: a quotation has no footnote; put [^n] after it | we will be there
            Error block 6: a quotation has no words | …
            Error block 6: a quotation mark is opened and never closed | open
        "#]],
        );
        with_block(
            BlockKind::Quote,
            "We will be there",
            &expect![[r#"
            Error block 6: a quotation has no footnote; put [^n] after it | We will be there
        "#]],
        );
    }

    #[test]
    fn numbers_without_footnote_and_versions_that_are_gone_fail() {
        with_block(
            BlockKind::Lead,
            "It wrote “No lamp”[^9].",
            &expect![[r#"
            Error block 6: there is no footnote 9; cite a version for it or remove [^9]
        "#]],
        );
        let report = report();
        let problems = check(&report, &|_| None);
        assert!(!passes(&problems));
        assert!(problems.iter().any(|p| p.what.contains("not in the archive")), "{problems:?}");
    }

    #[test]
    fn a_lead_needs_a_footnote_and_the_report_a_public_block() {
        with_block(
            BlockKind::Lead,
            "On Monday an outlet posted a poster.",
            &expect![[r#"
            Error block 6: the lead has no footnote; cite the version that it reports
        "#]],
        );
        let mut report = report();
        for block in &mut report.blocks {
            block.audience = Audience::Subscriber;
        }
        expect![[r#"
            Error report: no block is public; mark what everybody may read with [public]
        "#]]
        .assert_eq(&lines(&report));
    }

    #[test]
    fn unused_and_doubled_footnotes_and_titles_are_noticed() {
        let mut report = report();
        report.blocks.retain(|block| !block.text.contains("[^2]"));
        report.footnotes.push(report.footnotes[0].clone());
        report.title = "Outlet Says “Nobody Comes”".to_owned();
        report.tlp = Tlp::Red;
        expect![[r#"
            Error report: there are two footnotes 1; number them anew
            Warning report: footnote 2 is not used
            Warning report: the title quotes words that stand in no cited version | Nobody Comes
            Warning report: the report is TLP:RED and has public blocks; be sure that they may be public
        "#]]
        .assert_eq(&lines(&report));
    }

    #[test]
    fn vague_estimates_are_warned_of_in_assessments_only_and_not_inside_quotations() {
        let text = "They might act in May 2026 and possibly later; an attack is very likely. “We will be there”[^1].";
        with_block(
            BlockKind::Assessment,
            text,
            &expect![[r#"
            Warning block 6: an estimate outside ICD 203; say one of: almost no chance, very unlikely, unlikely, roughly even chance, likely, very likely, almost certain | might
            Warning block 6: an estimate outside ICD 203; say one of: almost no chance, very unlikely, unlikely, roughly even chance, likely, very likely, almost certain | possibly
        "#]],
        );
        with_block(BlockKind::Context, text, &expect![[""]]);
    }
}
