//! What the item page shows, made from the item as data: nothing here asks or decides.

use std::collections::HashMap;

use askama::Template;
use jiff::Timestamp;
use vedette_core::{
    Admiralty, Assessment, Attachment, CampaignId, Decision, Findings, ItemView, Level, PointKey, PointKind, Reading,
    ReadingKind, Reason, ReasonGroup, Sha256, Verdict, VersionView,
};

use vedette_desk::{FamilyDecision, ItemTranslations, Point};

use crate::highlight::{Piece, pieces, spans};
use crate::pages::families::PartingView;
use crate::pages::points::DecidedView;
use crate::pages::sides::{SEGMENTS_SHOWN, SidesView};
use crate::pages::{Choice, Top};
use crate::word_diff::{Stretch, word_diff};
use crate::words::{self, When, utc, utc_seconds};

/// Likenesses shown; the family page has all.
const LIKENESSES: usize = 30;
/// Statements listed; the text marks all of them.
const STATEMENTS: usize = 40;
/// Versions shown in the history, the latest ones.
const VERSIONS: usize = 50;
/// Below this a reading is marked as hard to read.
const QUALITY_LOW: f32 = 0.6;

#[derive(Template)]
#[template(path = "item.html")]
pub(crate) struct ItemPage {
    top: Top,
    id: String,
    heading: String,
    level: Level,
    proposed: Level,
    tier: Option<String>,
    source: (String, String),
    outlet: Option<String>,
    posted: When,
    state: Option<&'static str>,
    gone: bool,
    url: Option<String>,
    author: Option<String>,
    seen: bool,
    pending: bool,
    problems: Vec<String>,
    pictures: Vec<PictureView>,
    files: Vec<FileView>,
    texts: Vec<ReadingView>,
    pages: Vec<ReadingView>,
    reasons: Vec<GroupView>,
    grade: String,
    grades: Admiralty,
    judged: usize,
    points: usize,
    statements: Vec<StatementView>,
    found: Vec<(String, Vec<String>)>,
    likenesses: Vec<LikeView>,
    partings: Vec<PartingView>,
    family: Option<String>,
    campaign: Option<(String, String)>,
    history: Vec<HistoryView>,
    decisions: Vec<DecisionView>,
    levels: Vec<Choice>,
    evidence: Option<EvidenceView>,
    reports: Vec<(String, String)>,
}

struct PictureView {
    sha256: String,
    name: String,
    pixels: String,
    pdq: Option<String>,
    texts: Vec<ReadingView>,
}

struct FileView {
    name: String,
    media_type: String,
    size: String,
    sha256: Option<String>,
    error: Option<String>,
}

struct ReadingView {
    heading: String,
    method: String,
    lang: String,
    language: String,
    quality: Option<String>,
    pieces: Vec<Piece>,
    marked: bool,
    /// The text beside its translation, when it is in another language than the desk's.
    sides: Option<SidesView>,
}

/// What is known of an item beside its view: what people decided on its points, its grades, and the campaign that holds it.
pub(crate) struct Judged {
    pub(crate) points: Vec<Point>,
    pub(crate) grades: Admiralty,
    pub(crate) campaign: Option<(CampaignId, String)>,
    pub(crate) partings: Vec<FamilyDecision>,
}

impl Judged {
    /// What a person decided on the point at a place.
    fn on(&self, kind: PointKind, reading: usize, start: usize, end: usize) -> Option<DecidedView> {
        let there = |key: &PointKey| (key.kind, key.reading, key.start, key.end) == (kind, reading, start, end);
        self.points.iter().find(|point| there(&point.key))?.decision.as_ref().map(DecidedView::of)
    }
}

/// Reasons that answer one question.
struct GroupView {
    name: &'static str,
    points: String,
    reasons: Vec<ReasonView>,
}

struct ReasonView {
    decision: Option<DecidedView>,
    anchor: String,
    name: String,
    weight: String,
    quote: String,
}

struct StatementView {
    decision: Option<DecidedView>,
    kind: &'static str,
    reported: bool,
    tentative: bool,
    quote: String,
    /// What is known of who, whom, where, when and how.
    slots: Vec<(&'static str, String)>,
}

struct LikeView {
    id: String,
    source: String,
    posted: When,
    distance: String,
    text: String,
}

struct HistoryView {
    number: u32,
    state: &'static str,
    captured: String,
    edited: Option<String>,
    leaf: u64,
    sha256: String,
    changes: Vec<Stretch>,
    note: &'static str,
}

struct DecisionView {
    verdict: &'static str,
    level: Level,
    by: String,
    at: String,
    reason: String,
}

struct EvidenceView {
    sha256: String,
    captured: String,
    version: String,
    leaf: u64,
    tree_size: u64,
    made_with: String,
}

impl ItemPage {
    /// The page of `view`; `reports` are those that it can be cited in.
    pub(crate) fn of(
        view: &ItemView,
        translations: &ItemTranslations,
        judged: &Judged,
        reports: Vec<(String, String)>,
        top: Top,
        now: Timestamp,
    ) -> Self {
        let content = view.content();
        let proposed = content.map(|version| version.assessment.level).unwrap_or_default();
        let id = view.item.id.to_string();
        let readings = content.map(|version| Readings::of(&id, version, translations)).unwrap_or_default();
        let title = content.and_then(|version| version.version.title.clone());
        let first = content.and_then(|version| version.readings.first()).map(|reading| reading.text.as_str());
        let heading = title.or_else(|| first.map(|text| words::beginning(text.lines().next().unwrap_or(""), 80)));
        Self {
            top,
            id,
            heading: heading.filter(|text| !text.trim().is_empty()).unwrap_or_else(|| "Item without text".to_owned()),
            level: view.level(),
            proposed,
            tier: content.and_then(|version| version.assessment.tier).map(words::tier),
            source: (view.source.id.to_string(), view.source.asked.name.clone()),
            outlet: view.outlet.clone(),
            posted: When::of(view.item.posted_at, now),
            state: Some(view.item.state.word()).filter(|word| *word != "posted"),
            gone: view.item.state.is_gone(),
            url: view.item.url.as_deref().map(words::defang),
            author: view.item.author_key.clone(),
            seen: view.seen,
            pending: content.is_some_and(|version| version.pending),
            problems: content.map(|version| version.problems.clone()).unwrap_or_default(),
            pictures: readings.pictures,
            files: readings.files,
            texts: readings.texts,
            pages: readings.pages,
            reasons: content.map(|version| reasons(&version.assessment, judged)).unwrap_or_default(),
            grade: judged.grades.code(),
            grades: judged.grades.clone(),
            judged: judged.points.iter().filter(|point| point.decision.is_some()).count(),
            points: judged.points.len(),
            statements: content.map(|version| statements(version, judged)).unwrap_or_default(),
            found: content.map(|version| found(&version.findings)).unwrap_or_default(),
            likenesses: likenesses(view, now),
            family: view.family.map(|id| id.to_string()),
            partings: judged.partings.iter().map(|one| PartingView::of(one, now)).collect(),
            campaign: judged.campaign.as_ref().map(|(id, name)| (id.to_string(), name.clone())),
            history: history(&view.versions),
            decisions: view.decisions.iter().rev().map(decision).collect(),
            levels: levels(proposed),
            evidence: content.map(|version| evidence(version, view.tree_size)),
            reports,
        }
    }
}

/// The readings of a version, sorted by where they stand on the page.
#[derive(Default)]
struct Readings {
    pictures: Vec<PictureView>,
    files: Vec<FileView>,
    texts: Vec<ReadingView>,
    pages: Vec<ReadingView>,
}

impl Readings {
    fn of(item: &str, version: &VersionView, translations: &ItemTranslations) -> Self {
        let mut out = Self::default();
        let files = &version.version.attachments;
        let mut of_picture: HashMap<i64, Vec<ReadingView>> = HashMap::new();
        let empty = Findings::default();
        for (number, reading) in version.readings.iter().enumerate() {
            // A translation stands beside its original.
            if translations.texts.iter().any(|text| text.translated == Some(number)) {
                continue;
            }
            let findings = version.findings.get(number).unwrap_or(&empty);
            let file = reading.attachment.and_then(|id| files.iter().find(|file| file.id == id));
            let mut shown = reading_view(reading, file, findings, &version.assessment.reasons, number);
            if let Some(text) = translations.texts.iter().find(|text| text.reading == number) {
                shown.sides = Some(SidesView::of(item, version, text, SEGMENTS_SHOWN));
            }
            match (reading.kind, reading.attachment, file) {
                (ReadingKind::PdfText, ..) => out.pages.push(shown),
                (_, Some(id), Some(file)) if is_picture(file) => of_picture.entry(id.0).or_default().push(shown),
                _ => out.texts.push(shown),
            }
        }
        if version.readings.is_empty() && !version.version.text.is_empty() {
            out.texts.push(unread(version));
        }
        for file in files {
            match file.exhibit.filter(|_| is_picture(file)) {
                Some(hash) => out.pictures.push(PictureView {
                    sha256: hash.hex(),
                    name: file.name.clone(),
                    pixels: file.pixels.map(|(width, height)| format!("{width} × {height}")).unwrap_or_default(),
                    pdq: pdq(file, version),
                    texts: of_picture.remove(&file.id.0).unwrap_or_default(),
                }),
                None => out.files.push(file_view(file)),
            }
        }
        out
    }
}

fn is_picture(file: &Attachment) -> bool {
    file.pixels.is_some() || file.media_type.as_deref().is_some_and(|media| media.starts_with("image/"))
}

fn pdq(file: &Attachment, version: &VersionView) -> Option<String> {
    let image = version.images.iter().find(|image| image.attachment == file.id);
    let (hash, quality) = image.map(|image| (&image.pdq, image.quality)).or(file.pdq.as_ref().map(|(h, q)| (h, *q)))?;
    Some(format!("{hash} (quality {quality})"))
}

fn file_view(file: &Attachment) -> FileView {
    FileView {
        name: file.name.clone(),
        media_type: file.media_type.clone().unwrap_or_else(|| "unknown type".to_owned()),
        size: file.size_bytes.map(words::size).unwrap_or_default(),
        sha256: file.exhibit.as_ref().map(Sha256::hex),
        error: file.error.clone(),
    }
}

fn reading_view(
    reading: &Reading,
    file: Option<&Attachment>,
    findings: &Findings,
    reasons: &[Reason],
    number: usize,
) -> ReadingView {
    let name = file.map_or("a file", |file| file.name.as_str());
    let heading = match (reading.kind, reading.attachment.is_some()) {
        (ReadingKind::Translation, _) => "Translation".to_owned(),
        (ReadingKind::Ocr, _) => "Text in the picture".to_owned(),
        (ReadingKind::PdfText, _) => format!("{name}, page {}", reading.page.unwrap_or(1)),
        (_, true) => format!("Text of {name}"),
        (_, false) => "Text".to_owned(),
    };
    let spans = spans(findings, reasons, number);
    ReadingView {
        heading,
        method: reading.method.clone(),
        lang: words::lang(&reading.language.code).to_owned(),
        language: words::language(&reading.language.code).to_owned(),
        quality: (reading.quality < QUALITY_LOW)
            .then(|| format!("hard to read, quality {:.0} %", reading.quality * 100.0)),
        marked: !spans.is_empty(),
        pieces: pieces(&reading.text, &spans),
        sides: None,
    }
}

/// The text as captured, while nobody has read it yet.
fn unread(version: &VersionView) -> ReadingView {
    ReadingView {
        heading: "Text as captured, not read yet".to_owned(),
        method: String::new(),
        lang: version.version.lang.clone().unwrap_or_default(),
        language: String::new(),
        quality: None,
        pieces: pieces(&words::defang_text(&version.version.text), &[]),
        marked: false,
        sides: None,
    }
}

/// The reasons by the question that each answers, heaviest first.
fn reasons(assessment: &Assessment, judged: &Judged) -> Vec<GroupView> {
    let one = |(number, reason): (usize, &Reason)| ReasonView {
        decision: judged.on(PointKind::Reason, reason.reading, reason.start, reason.end),
        anchor: format!("reason-{}", number + 1),
        name: reason.name.clone(),
        weight: format!("{:+.1}", reason.weight),
        quote: words::defang_text(&reason.quote),
    };
    let group = |(group, points): (ReasonGroup, f32)| GroupView {
        name: group.word(),
        points: format!("{points:+.1}"),
        reasons: assessment.reasons.iter().enumerate().filter(|(_, reason)| reason.group == group).map(one).collect(),
    };
    assessment.groups().into_iter().map(group).collect()
}

/// The statements of all readings, each once: a poster's text often repeats the post's, and a translation its original.
fn statements(version: &VersionView, judged: &Judged) -> Vec<StatementView> {
    let mut out: Vec<StatementView> = Vec::new();
    let understood = |reading: &Reading| {
        let original = reading.translation.as_ref().and_then(|made| version.findings.get(made.of as usize));
        original.is_none_or(|found| found.statements.is_empty())
    };
    // Of findings without their reading nothing is known that speaks against them.
    let own = |number: usize| version.readings.get(number).is_none_or(understood);
    let readings = version.findings.iter().enumerate().filter(|(number, _)| own(*number));
    for (number, one) in readings.flat_map(|(number, found)| found.statements.iter().map(move |one| (number, one))) {
        let quote = words::defang_text(&one.quote);
        if out.len() >= STATEMENTS || out.iter().any(|known| known.kind == one.kind.word() && known.quote == quote) {
            continue;
        }
        let slots = [
            ("speaker", &one.speaker),
            ("actor", &one.actor),
            ("addressee", &one.addressee),
            ("target", &one.target),
            ("place", &one.place),
            ("time", &one.time),
            ("method", &one.method),
            ("event", &one.event),
        ];
        let known = slots.into_iter().filter_map(|(name, slot)| Some((name, words::defang_text(&slot.as_ref()?.text))));
        out.push(StatementView {
            decision: judged.on(PointKind::Statement, number, one.start, one.end),
            kind: one.kind.word(),
            reported: one.reported,
            tentative: one.tentative,
            quote,
            slots: known.collect(),
        });
    }
    out
}

/// What was found, by kind, each name once.
fn found(findings: &[Findings]) -> Vec<(String, Vec<String>)> {
    let mut out: Vec<(String, Vec<String>)> = Vec::new();
    let mut add = |kind: &str, name: String| {
        let at = match out.iter().position(|(known, _)| known == kind) {
            Some(at) => at,
            None => {
                out.push((kind.to_owned(), Vec::new()));
                out.len() - 1
            }
        };
        if let Some((_, names)) = out.get_mut(at)
            && !names.contains(&name)
        {
            names.push(name);
        }
    };
    for found in findings {
        found.mentions.iter().for_each(|one| add(one.kind.word(), one.name.clone()));
        found.dates.iter().for_each(|one| add("date", one.value.clone()));
        found.issues.iter().for_each(|one| add("issue", format!("{}, No. {}", one.name, one.number)));
        found.links.iter().for_each(|one| add(one.kind.word(), one.text.clone()));
    }
    out
}

fn likenesses(view: &ItemView, now: Timestamp) -> Vec<LikeView> {
    let one = |like: &vedette_core::LikenessView| LikeView {
        id: like.other.to_string(),
        source: like.source.clone(),
        posted: When::of(like.posted_at, now),
        distance: words::distance(like),
        text: words::beginning(&like.text, 140),
    };
    view.likenesses.iter().take(LIKENESSES).map(one).collect()
}

/// Versions, latest first, each with what changed since the one before.
fn history(versions: &[VersionView]) -> Vec<HistoryView> {
    let text = |version: &VersionView| -> String {
        let own = version.readings.iter().find(|reading| reading.attachment.is_none());
        words::defang_text(own.map_or(&version.version.text, |reading| &reading.text))
    };
    let mut out = Vec::new();
    let mut before: Option<String> = None;
    for view in versions.iter().skip(versions.len().saturating_sub(VERSIONS)) {
        let version = &view.version;
        let own = text(view);
        let (changes, note) = match &before {
            _ if version.state.is_gone() => (Vec::new(), "Gone at the source. What was captured before stays."),
            None => (Vec::new(), "As first captured."),
            Some(old) if *old == own => (Vec::new(), "The text is the same; something else changed."),
            Some(old) => (word_diff(old, &own), ""),
        };
        out.push(HistoryView {
            number: version.number,
            state: version.state.word(),
            captured: utc_seconds(version.captured_at),
            edited: version.edited_at.map(utc),
            leaf: version.leaf,
            sha256: version.exhibit.hex(),
            changes,
            note,
        });
        if !version.state.is_gone() {
            before = Some(own);
        }
    }
    out.reverse();
    out
}

fn decision(decision: &Decision) -> DecisionView {
    DecisionView {
        verdict: match decision.verdict {
            Verdict::Confirm => "confirmed",
            Verdict::Change => "changed",
            Verdict::Reject => "rejected",
        },
        level: decision.level,
        by: decision.by.clone(),
        at: utc(decision.at),
        reason: decision.reason.clone(),
    }
}

fn levels(chosen: Level) -> Vec<Choice> {
    let choice = |level: Level| Choice {
        value: level.word().to_owned(),
        label: words::level(level).to_owned(),
        chosen: level == chosen,
    };
    Level::ALL.into_iter().rev().map(choice).collect()
}

fn evidence(version: &VersionView, tree_size: u64) -> EvidenceView {
    EvidenceView {
        sha256: version.version.exhibit.hex(),
        captured: utc_seconds(version.version.captured_at),
        version: format!("{} (number {})", version.version.id, version.version.number),
        leaf: version.version.leaf,
        tree_size,
        made_with: version.made_with.clone(),
    }
}
