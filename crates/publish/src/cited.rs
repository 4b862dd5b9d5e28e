//! What a cited version holds, text by text, and which of its words may be quoted: those of the source, and those of a
//! translation that a named person has signed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use vedette_core::translation::{Segment, TranslationStatus};
use vedette_core::{BlockKind, QuotedTranslation, Reading, Report, VersionId};

use crate::quotes::{Haystack, Quotation, of_quote_block, quotations, span_of};

/// Characters of an original that a footnote shows beside words of its translation.
const ORIGINAL_CHARS_MAX: usize = 600;

/// A text of a cited version.
#[derive(Debug, Clone, PartialEq)]
pub struct CitedText {
    /// The text.
    pub text: String,
    /// Whether its words may be quoted.
    pub standing: Standing,
}

/// Whose words a text has.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// The source's own.
    Original,
    /// A translation that a named person answers for.
    Signed(Box<SignedTranslation>),
    /// A translation that nobody has signed.
    Unsigned {
        /// Which, such as `the draft of the translation of reading 1 by firefox`.
        what: String,
        /// What makes it quotable.
        next: String,
    },
}

/// What a footnote must say of a translation.
#[derive(Debug, Clone, PartialEq)]
pub struct SignedTranslation {
    /// Who signed.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Language of the original.
    pub from: String,
    /// The original.
    pub original: String,
    /// Which stretches render which.
    pub segments: Vec<Segment>,
}

impl From<String> for CitedText {
    fn from(text: String) -> Self {
        Self { text, standing: Standing::Original }
    }
}

/// Whether the words of a reading may leave the house: those of a translation only when somebody has signed it.
pub fn may_be_quoted(reading: &Reading) -> bool {
    reading.translation.as_ref().is_none_or(|translation| translation.status == TranslationStatus::Signed)
}

/// How far a quotation is covered by what it cites.
pub(crate) enum Cover<'t> {
    /// By the source's own words.
    Original,
    /// By a signed translation.
    Signed(&'t CitedText, &'t SignedTranslation),
    /// By an unsigned translation only: which, and what to do.
    Unsigned(&'t str, &'t str),
    /// Not at all.
    Nothing,
}

/// The texts of a version with their words normalised.
pub(crate) struct CitedTexts {
    texts: Vec<(CitedText, Haystack)>,
}

impl CitedTexts {
    pub(crate) fn new(texts: Vec<CitedText>) -> Self {
        let with = |text: CitedText| {
            let haystack = Haystack::new(std::slice::from_ref(&text.text));
            (text, haystack)
        };
        Self { texts: texts.into_iter().map(with).collect() }
    }

    /// The best that covers a quotation.
    pub(crate) fn cover(&self, quote: &str) -> Cover<'_> {
        let mut best = Cover::Nothing;
        for (text, _) in self.texts.iter().filter(|(_, haystack)| haystack.holds(quote)) {
            match (&text.standing, &best) {
                (Standing::Original, _) => return Cover::Original,
                (Standing::Signed(signed), Cover::Nothing | Cover::Unsigned(..)) => best = Cover::Signed(text, signed),
                (Standing::Unsigned { what, next }, Cover::Nothing) => best = Cover::Unsigned(what, next),
                _ => {}
            }
        }
        best
    }

    /// Whether a quotation stands in words that may be quoted.
    pub(crate) fn holds(&self, quote: &str) -> bool {
        matches!(self.cover(quote), Cover::Original | Cover::Signed(..))
    }
}

/// Everything that a block says was said.
pub(crate) fn spoken(kind: BlockKind, text: &str) -> Vec<Quotation> {
    if kind == BlockKind::Quote { of_quote_block(text) } else { quotations(text) }
}

/// Notes with each footnote which words of signed translations are quoted with it, and what they translate. What was
/// noted before is replaced.
pub fn note_translations(report: &mut Report, texts: &dyn Fn(VersionId) -> Option<Vec<CitedText>>) {
    let spoken: Vec<Quotation> = report.blocks.iter().flat_map(|block| spoken(block.kind, &block.text)).collect();
    let mut known: BTreeMap<VersionId, Option<CitedTexts>> = BTreeMap::new();
    for footnote in &mut report.footnotes {
        footnote.translations.clear();
        for quotation in spoken.iter().filter(|quotation| quotation.cites.contains(&footnote.number)) {
            let version = footnote.evidence.version;
            let cited = known.entry(version).or_insert_with(|| texts(version).map(CitedTexts::new));
            let Some(Cover::Signed(text, signed)) = cited.as_ref().map(|cited| cited.cover(&quotation.text)) else {
                continue;
            };
            let noted = QuotedTranslation {
                quote: quotation.text.clone(),
                signed_by: signed.by.clone(),
                signed_at: signed.at,
                from: signed.from.clone(),
                original: original_of(&text.text, signed, &quotation.text),
            };
            if !footnote.translations.contains(&noted) {
                footnote.translations.push(noted);
            }
        }
    }
}

/// The original's words for a quotation, by whole segments; the whole original when the segments do not say.
fn original_of(translation: &str, signed: &SignedTranslation, quote: &str) -> String {
    let rendered = span_of(translation, quote).and_then(|(start, end)| {
        let mut span: Option<(usize, usize)> = None;
        for segment in &signed.segments {
            let ([from, to], [first, last]) = (segment.target.map(widen), segment.source.map(widen));
            if from < end && start < to {
                span = Some(span.map_or((first, last), |(a, b)| (a.min(first), b.max(last))));
            }
        }
        span.and_then(|(first, last)| signed.original.get(first..last))
    });
    let words = rendered.unwrap_or(&signed.original).split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(ORIGINAL_CHARS_MAX) {
        Some((end, _)) => format!("{}…", words.get(..end).unwrap_or_default()),
        None => words,
    }
}

fn widen(at: u32) -> usize {
    at as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_world::{at, report, signed_world, unsigned_world};
    use crate::{check, passes};
    use vedette_core::{Audience, Block};

    fn quoting(text: &str, kind: BlockKind) -> Report {
        let mut report = report();
        report.blocks.push(Block { kind, audience: Audience::Subscriber, text: text.to_owned() });
        report
    }

    #[test]
    fn words_of_an_unsigned_translation_fail_the_check_and_it_says_what_to_do() {
        let report = quoting("The lamps are counted[^1]", BlockKind::Quote);
        let problems = check(&report, &unsigned_world);
        assert!(!passes(&problems));
        let said = problems.iter().find(|problem| problem.quote.is_some()).unwrap();
        assert_eq!(said.expected_in.as_deref(), Some("footnote 1 (v12)"));
        assert_eq!(
            said.what,
            "the quotation stands only in the draft of the translation of reading 0, which nobody has signed; \
             `vedette translation sign i12 --reading 0`"
        );
        // The same words once somebody has signed them.
        assert!(passes(&check(&report, &signed_world)));
        // Words that stand in neither fail as before.
        let wrong = quoting("The lamps are lit[^1]", BlockKind::Quote);
        assert!(!passes(&check(&wrong, &signed_world)));
    }

    #[test]
    fn a_footnote_tells_of_the_words_that_were_translated() {
        let mut report = quoting(
            "It wrote “We count … at noon”[^1] and “No lamp will burn in Halden Stadium”[^1].",
            BlockKind::Note,
        );
        note_translations(&mut report, &signed_world);
        let noted = &report.footnotes[0].translations;
        assert_eq!(noted.len(), 1, "the source's own words need no note: {noted:?}");
        assert_eq!(noted[0].quote, "We count … at noon");
        assert_eq!(noted[0].original, "نحن نعد المصابيح. عند الظهر.");
        assert_eq!((noted[0].signed_by.as_str(), noted[0].signed_at), ("T. Signer", at("2026-11-20T09:00:00Z")));
        note_translations(&mut report, &unsigned_world);
        assert!(report.footnotes[0].translations.is_empty());
    }
}
