//! Original and translation beside each other, segment by segment, as views for the item page and the page of a translation.

use vedette_core::translation::{Segment, SegmentOrigin};
use vedette_core::{Findings, Reading, TranslationStatus, VersionView};
use vedette_desk::{TextTranslation, TranslationState};

use crate::highlight::{Piece, Span, clipped, pieces, spans};
use crate::words;

/// Segments shown on the item page; the page of the translation shows all.
pub(crate) const SEGMENTS_SHOWN: usize = 400;

/// A translation beside its original.
pub(crate) struct SidesView {
    /// `draft`, `revised`, `signed`, `waiting`, `not-translated`.
    pub(crate) state: &'static str,
    /// The same as people read it.
    pub(crate) label: &'static str,
    /// Who wrote it last, or which engine; empty without a translation.
    pub(crate) by: String,
    /// Why there is none.
    pub(crate) reason: Option<String>,
    /// Page of the translation.
    pub(crate) href: String,
    /// Language of the original, for people.
    pub(crate) from: String,
    /// Language of the translation, for people.
    pub(crate) to: String,
    /// Value of `lang` of the translation.
    pub(crate) lang_to: String,
    /// Segments.
    pub(crate) rows: Vec<SideRow>,
    /// Segments left out.
    pub(crate) more: usize,
    /// What a reader should look at.
    pub(crate) notes: Vec<String>,
    /// Who wrote one that applies no more, and which.
    pub(crate) stale: Option<(String, String)>,
}

/// One segment.
pub(crate) struct SideRow {
    /// From 1.
    pub(crate) number: usize,
    /// The original's words.
    pub(crate) source: Vec<Piece>,
    /// The translation's words, marked.
    pub(crate) target: Vec<Piece>,
    /// The same without marks.
    pub(crate) words: String,
    /// Where they come from.
    pub(crate) origin: &'static str,
    /// Terms in the translation, each with what it is.
    pub(crate) terms: Vec<(String, String)>,
    /// Lines that a box for the words needs.
    pub(crate) lines: usize,
}

impl SidesView {
    /// The sides of `text`, at most `most` segments.
    pub(crate) fn of(item: &str, version: &VersionView, text: &TextTranslation, most: usize) -> Self {
        let reading = |at: Option<usize>| at.and_then(|at| Some((version.readings.get(at)?, version.findings.get(at))));
        let original = reading(Some(text.reading));
        let translated = reading(text.translated);
        let made = translated.and_then(|(reading, _)| reading.translation.as_deref());
        let segments = made.map(|made| made.segments.as_slice()).unwrap_or_default();
        let reasons = &version.assessment.reasons;
        let side = |side: Option<(&Reading, Option<&Findings>)>, number: usize| -> Vec<Span> {
            side.and_then(|(_, found)| Some(spans(found?, reasons, number))).unwrap_or_default()
        };
        let source_spans = side(original, text.reading);
        let mut target_spans = text.translated.map(|at| side(translated, at)).unwrap_or_default();
        target_spans.extend(segments.iter().flat_map(|segment| &segment.terms).map(term));
        let row = |(number, one): (usize, &Segment)| {
            let cut = |side: Option<(&Reading, Option<&Findings>)>, spans: &[Span], [start, end]: [u32; 2]| {
                let (start, end) = (start as usize, end as usize);
                let words = side.and_then(|(reading, _)| reading.text.get(start..end)).unwrap_or_default();
                (words.to_owned(), pieces(words, &clipped(spans, start, end)))
            };
            let (_, source) = cut(original, &source_spans, one.source);
            let (words, target) = cut(translated, &target_spans, one.target);
            // Addresses stay dead in the box too, and in what a person makes of it.
            let words = words::defang_text(&words);
            let terms = one.terms.iter().map(|used| (cut(translated, &[], used.target).0, term(used).title)).collect();
            SideRow {
                number: number + 1,
                source,
                target,
                lines: lines(&words),
                words,
                origin: origin(one.origin),
                terms,
            }
        };
        let rows: Vec<SideRow> = segments.iter().enumerate().take(most).map(row).collect();
        Self {
            state: text.state.word(),
            label: label(text.state),
            by: by(text),
            reason: text.reason.clone(),
            href: format!("/item/{item}/translation/{}", text.of.sha256),
            from: words::language(&text.from).to_owned(),
            to: words::language(&text.to).to_owned(),
            lang_to: words::lang(&text.to).to_owned(),
            more: segments.len() - rows.len(),
            rows,
            notes: text.notes.clone(),
            stale: text.stale.last().map(|one| (one.author.clone(), format!("{}, {}", one.status.word(), one.id))),
        }
    }

    /// Rows for a person to fill where nothing is translated yet.
    pub(crate) fn with_blank_rows(mut self, text: &TextTranslation) -> Self {
        if self.rows.is_empty() {
            let plain = |words: &str| pieces(&words::defang_text(words), &[]);
            let blank = |(number, one): (usize, &vedette_desk::SegmentText)| SideRow {
                number: number + 1,
                source: plain(&one.source),
                target: Vec::new(),
                words: String::new(),
                origin: "",
                terms: Vec::new(),
                lines: lines(&one.source),
            };
            self.rows = text.segments.iter().enumerate().map(blank).collect();
        }
        self
    }
}

fn by(text: &TextTranslation) -> String {
    let engine = format!("{} {}", text.engine, text.engine_version);
    match (&text.author, text.engine.as_str()) {
        (None, "") => String::new(),
        (None, _) => engine.trim().to_owned(),
        (Some(author), "person") => author.clone(),
        (Some(author), _) => format!("{author}, from a draft of {}", engine.trim()),
    }
}

/// The state as people read it.
pub(crate) fn label(state: TranslationState) -> &'static str {
    match state {
        TranslationState::NotNeeded => "no translation needed",
        TranslationState::Signed => "signed",
        TranslationState::Revised => "revised, not signed",
        TranslationState::Draft => "draft, not reviewed",
        TranslationState::Waiting => "waits for translation",
        TranslationState::NotTranslated => "not translated",
    }
}

/// The state of a revision as people read it.
pub(crate) fn status(status: TranslationStatus) -> &'static str {
    match status {
        TranslationStatus::Draft => "wrote a draft",
        TranslationStatus::Revised => "revised",
        TranslationStatus::Signed => "signed",
    }
}

fn origin(origin: SegmentOrigin) -> &'static str {
    match origin {
        SegmentOrigin::Machine => "machine",
        SegmentOrigin::Memory => "a person, earlier",
        SegmentOrigin::Person => "a person",
        SegmentOrigin::Kept => "as in the original",
    }
}

fn term(term: &vedette_core::translation::TermUse) -> Span {
    let how = if term.enforced { ", put in the place of the engine's word" } else { "" };
    Span {
        start: term.target[0] as usize,
        end: term.target[1] as usize,
        class: "t".to_owned(),
        title: format!("term: {}{how}", term.entry),
        shown: None,
        anchor: None,
    }
}

/// Lines of some sixty characters.
fn lines(words: &str) -> usize {
    (words.chars().count() / 48 + 1 + words.matches('\n').count()).clamp(2, 12)
}
