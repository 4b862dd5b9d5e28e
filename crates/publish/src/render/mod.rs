//! From a report to what readers get: HTML and Markdown, as the public's excerpt or in full. Only the blocks that an
//! audience may read, and only the footnotes that those blocks cite, enter a form at all.

mod html;
mod markdown;

use jiff::Timestamp;
use vedette_core::{Audience, Block, BlockKind, Cleared, Footnote, QuotedTranslation, Report, ReportStatus, Tlp};

use crate::cited::spoken;
use crate::clean::{defang_address, one_line};
use crate::quotes::{Mark, Quotation, marks};
use crate::source::tlp_word;

pub use html::{render_html_fragment, render_html_page};
pub use markdown::render_markdown;
pub(crate) use markdown::{escape as escape_markdown, teaser};

/// The three lines that end every public form.
pub const PUBLIC_LINES: [&str; 3] = [
    "The full text of this report is available to subscribers.",
    "To subscribe, write to the desk that published this report.",
    "Subscribers sign in to read the full text.",
];

/// How a reader checks a footnote without asking anybody.
pub(crate) const HOW_TO_VERIFY: &str = "How to check a footnote offline: ask the desk for the bundle of this report and \
    run the command below. It hashes the exhibit anew, compares it with the SHA-256 printed here, and proves that its record \
    stands in the log at the leaf printed here, under the checkpoint that the bundle states.";

/// The command that checks a bundle.
pub(crate) const VERIFY_COMMAND: &str = "vedette verify BUNDLE";

const DRAFT_MARK: &str = "DRAFT: not released, not for circulation";
const WITHDRAWN_MARK: &str = "WITHDRAWN: the desk has taken this report back";

/// What a report is for one audience: the only thing that is ever rendered. There are two ways to one: from a cleared
/// report, and, with a mark that says so on every form, from a draft.
#[derive(Debug, Clone, Copy)]
pub struct Form<'a> {
    report: &'a Report,
    audience: Audience,
    mark: Option<&'static str>,
    released_at: Option<Timestamp>,
}

impl<'a> Form<'a> {
    /// The form that a named person has let out.
    pub fn released(cleared: &'a Cleared<Report>, audience: Audience) -> Self {
        let report = cleared.work();
        let mark = (report.status == ReportStatus::Withdrawn).then_some(WITHDRAWN_MARK);
        Self { report, audience, mark, released_at: Some(cleared.at()) }
    }

    /// The form as it would look; it carries a DRAFT mark.
    pub fn draft(report: &'a Report, audience: Audience) -> Self {
        Self { report, audience, mark: Some(DRAFT_MARK), released_at: None }
    }

    /// Blocks that this audience may read, in order.
    fn blocks(&self) -> impl Iterator<Item = &'a Block> + use<'a> {
        let audience = self.audience;
        self.report.blocks.iter().filter(move |block| block.audience <= audience)
    }

    /// Footnotes that those blocks cite, by number: what only hidden blocks cite stays hidden.
    fn footnotes(&self) -> Vec<&'a Footnote> {
        let cited: Vec<u32> = self.blocks().flat_map(|b| marks(&b.text)).map(|mark| mark.number).collect();
        let mut notes: Vec<&Footnote> =
            self.report.footnotes.iter().filter(|note| cited.contains(&note.number)).collect();
        notes.sort_by_key(|note| note.number);
        notes.dedup_by_key(|note| note.number);
        notes
    }

    /// What must be said of translations that this audience reads quoted with a footnote: of those that only hidden
    /// blocks quote, nothing.
    fn translations(&self, note: &'a Footnote) -> Vec<&'a QuotedTranslation> {
        let spoken: Vec<Quotation> = self.blocks().flat_map(|block| spoken(block.kind, &block.text)).collect();
        let read = |one: &&QuotedTranslation| {
            spoken.iter().any(|spoken| spoken.cites.contains(&note.number) && spoken.text == one.quote)
        };
        note.translations.iter().filter(read).collect()
    }

    fn is_public(&self) -> bool {
        self.audience == Audience::Public
    }

    /// The excerpt is public by the decision that released it; the report's own limit is that of the full text.
    fn tlp(&self) -> &'static str {
        tlp_word(if self.is_public() { Tlp::Clear } else { self.report.tlp })
    }

    fn series_line(&self) -> String {
        format!("{} No. {}", one_line(&self.report.series), self.report.number)
    }

    /// `By A. Editor · November 14, 2026 · TLP:CLEAR`, with the day of release, or of the last change of a draft.
    fn byline(&self) -> String {
        let authors: Vec<String> = self.report.authors.iter().map(|author| one_line(author)).collect();
        let by = if authors.is_empty() { String::new() } else { format!("By {} · ", authors.join(", ")) };
        let day = day(self.released_at.unwrap_or(self.report.updated_at));
        format!("{by}{day} · TLP:{}", self.tlp())
    }
}

/// A report rendered for one audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// For whom.
    pub audience: Audience,
    /// Whether it carries the DRAFT mark.
    pub draft: bool,
    /// An `<article>` with classes and without styles, for a page of ours.
    pub html_fragment: String,
    /// A complete page with one `<style>`, no script and nothing to load.
    pub html_page: String,
    /// CommonMark with footnotes.
    pub markdown: String,
}

/// Renders what a named person has let out, for an audience.
pub fn release(cleared: &Cleared<Report>, audience: Audience) -> Rendered {
    rendered(&Form::released(cleared, audience))
}

/// Renders a report that nobody has let out yet; every form says DRAFT.
pub fn preview(report: &Report, audience: Audience) -> Rendered {
    rendered(&Form::draft(report, audience))
}

fn rendered(form: &Form<'_>) -> Rendered {
    Rendered {
        audience: form.audience,
        draft: form.released_at.is_none(),
        html_fragment: render_html_fragment(form),
        html_page: render_html_page(form),
        markdown: render_markdown(form),
    }
}

/// The heading over a block, for the kinds that have one.
fn heading(kind: BlockKind) -> Option<&'static str> {
    match kind {
        BlockKind::Assessment => Some("Assessment"),
        BlockKind::Outlook => Some("Outlook"),
        BlockKind::Lead | BlockKind::Context | BlockKind::Quote | BlockKind::Note => None,
    }
}

/// A piece of a paragraph.
enum Piece<'t> {
    Text(&'t str),
    Note(u32),
}

/// Text cut at the marks of footnotes that exist; a mark without a footnote stays text.
fn pieces<'t>(text: &'t str, notes: &[&Footnote]) -> Vec<Piece<'t>> {
    let mut found = Vec::new();
    let mut from = 0;
    let exists = |mark: &Mark| notes.iter().any(|note| note.number == mark.number);
    for mark in marks(text).into_iter().filter(exists) {
        found.push(Piece::Text(&text[from..mark.start]));
        found.push(Piece::Note(mark.number));
        from = mark.end;
    }
    found.push(Piece::Text(&text[from..]));
    found
}

/// The paragraphs of a block, each as its lines: an empty line parts two.
fn paragraphs(text: &str) -> Vec<Vec<&str>> {
    text.lines()
        .collect::<Vec<_>>()
        .split(|line| line.trim().is_empty())
        .filter(|lines| !lines.is_empty())
        .map(<[&str]>::to_vec)
        .collect()
}

/// What a footnote says, apart from its hash: place and times first, the position in the log last.
struct NoteText {
    place: String,
    proof: String,
    url: Option<String>,
}

fn note_text(note: &Footnote) -> NoteText {
    let outlet = note.outlet.as_ref().map_or_else(String::new, |outlet| format!(", {}", one_line(outlet)));
    let evidence = &note.evidence;
    NoteText {
        place: format!(
            "{}{outlet}, {}; captured {}.",
            defang_address(&note.source),
            day(note.posted_at),
            moment(evidence.captured_at)
        ),
        proof: format!(
            "log leaf {} of {} ({}, {}).",
            evidence.leaf, evidence.tree_size, evidence.item, evidence.version
        ),
        url: note.url.as_deref().map(defang_address),
    }
}

/// `“We count the lamps”: translation signed by T. Signer on November 20, 2026; original (ar):`, before the original.
fn translation_text(one: &QuotedTranslation) -> String {
    format!(
        "“{}”: translation signed by {} on {}; original ({}):",
        one_line(&one.quote),
        one_line(&one.signed_by),
        day(one.signed_at),
        one_line(&one.from)
    )
}

/// `November 14, 2026`, in UTC.
fn day(at: Timestamp) -> String {
    at.strftime("%B %-d, %Y").to_string()
}

/// `2026-11-12 09:14:07 UTC`.
fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests;
