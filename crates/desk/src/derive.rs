//! The stages between a version and what is stored of it: recognise its texts in parallel, then assess it with what it
//! is like. Data in, data out; order is kept.

use jiff::Timestamp;
use vedette_core::{
    AttachmentId, Derived, FamilyId, Findings, ImageHash, IssueMention, ItemId, JobKind, MentionKind, NewLikeness,
    NewVersion, Reading, ReadingKind, Source, SourceId, TakenVersion, VersionId, VersionState, VersionView,
};
use vedette_recognise::Hints;

use crate::{Analyst, DeskConfig};

/// A version with its texts, ready for the stages.
#[derive(Debug, Clone)]
pub(crate) struct Material {
    pub item: ItemId,
    pub version: VersionId,
    pub number: u32,
    pub state: VersionState,
    pub source: SourceId,
    pub source_name: String,
    pub source_outlet: Option<String>,
    /// Where the source writes from or about.
    pub hints: Hints,
    pub posted_at: Timestamp,
    /// Texts that were read; language and quality still open for the post's own.
    pub readings: Vec<Reading>,
    pub images: Vec<ImageHash>,
    /// Names of its files.
    pub files: Vec<(AttachmentId, String)>,
    pub problems: Vec<String>,
    /// Tools that its files were read with.
    pub read_with: String,
    /// What is left to do when this is stored.
    pub next: Option<JobKind>,
    /// Whether it comes straight from its intake: nothing is known of it but what stands here.
    pub fresh: bool,
    /// Whether this is the pass of a translation: what has none now gets none.
    pub translated: bool,
}

/// What recognition adds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recognised {
    pub readings: Vec<Reading>,
    pub findings: Vec<Findings>,
    /// Folded text of the post's own words, for near-duplicate search.
    pub folded: String,
}

/// What likeness adds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Alike {
    pub sketch: Option<Vec<u8>>,
    pub likenesses: Vec<NewLikeness>,
    pub family: Option<FamilyId>,
    pub merged_families: Vec<FamilyId>,
}

impl Material {
    /// A new version of plain text, straight from its intake.
    pub fn of_new(source: &Source, version: NewVersion, taken: &TakenVersion, now: Timestamp) -> Self {
        let readings = own_text(version.title.as_deref(), &version.text, version.state);
        let problems =
            version.attachments.iter().filter_map(|file| missing(&file.name, file.error.as_deref())).collect();
        let has_files = version.attachments.iter().any(|file| file.exhibit.is_some());
        Self {
            item: taken.item,
            version: taken.version,
            number: taken.number,
            state: version.state,
            source: source.id,
            source_name: source.asked.name.clone(),
            source_outlet: source.asked.outlet.clone(),
            hints: hints_of(source),
            posted_at: version.posted_at.unwrap_or(now),
            readings,
            images: Vec::new(),
            // They have no numbers yet; what their names say comes when they are read.
            files: Vec::new(),
            problems,
            read_with: String::new(),
            next: (has_files && !version.state.is_gone()).then_some(JobKind::Read),
            fresh: true,
            translated: false,
        }
    }

    /// A stored version whose texts are `readings` (its own text first).
    pub fn of_stored(source: &Source, view: &VersionView, posted_at: Timestamp) -> Self {
        let version = &view.version;
        Self {
            item: version.item,
            version: version.id,
            number: version.number,
            state: version.state,
            source: source.id,
            source_name: source.asked.name.clone(),
            source_outlet: source.asked.outlet.clone(),
            hints: hints_of(source),
            posted_at,
            readings: Vec::new(),
            images: Vec::new(),
            files: version.attachments.iter().map(|file| (file.id, file.name.clone())).collect(),
            problems: version
                .attachments
                .iter()
                .filter_map(|file| missing(&file.name, file.error.as_deref()))
                .collect(),
            read_with: String::new(),
            next: None,
            fresh: false,
            translated: false,
        }
    }

    /// Takes what was read before.
    pub fn take_from(&mut self, view: &VersionView) {
        self.readings = view.readings.clone();
        self.images = view.images.clone();
        self.problems = view.problems.clone();
        self.read_with = view.read_with.clone();
        // Whatever waits for this version goes when it is stored: files that were not read yet still have to be.
        self.next = view.pending.then_some(JobKind::Read);
    }
}

fn hints_of(source: &Source) -> Hints {
    Hints::of_countries(source.asked.countries.iter().map(String::as_str))
}

fn missing(name: &str, error: Option<&str>) -> Option<String> {
    error.map(|why| format!("the file `{name}` could not be fetched yet: {why}"))
}

/// The reading of a post's own text: title first, then a blank line, then the text.
pub(crate) fn own_text(title: Option<&str>, text: &str, state: VersionState) -> Vec<Reading> {
    if state.is_gone() {
        return Vec::new();
    }
    let text = match title {
        Some(title) if !title.trim().is_empty() && !text.starts_with(title) => format!("{title}\n\n{text}"),
        _ => text.to_owned(),
    };
    if text.trim().is_empty() {
        return Vec::new();
    }
    vec![Reading::new(ReadingKind::Text, "as posted", text)]
}

/// Recognises every text of every material, on `threads` threads.
pub(crate) fn recognise_all(analyst: &Analyst, batch: &[Material], threads: usize) -> Vec<Recognised> {
    let threads = threads.clamp(1, batch.len().div_ceil(16).max(1));
    if threads == 1 {
        return batch.iter().map(|material| recognise(analyst, material)).collect();
    }
    let share = batch.len().div_ceil(threads);
    std::thread::scope(|scope| {
        let parts: Vec<_> = batch
            .chunks(share)
            .map(|part| scope.spawn(move || part.iter().map(|one| recognise(analyst, one)).collect::<Vec<_>>()))
            .collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

fn recognise(analyst: &Analyst, material: &Material) -> Recognised {
    let mut recognised = Recognised::default();
    for reading in &material.readings {
        let mut reading = reading.clone();
        if reading.language.code == "und" {
            reading.language = analyst.language(&reading.text);
        }
        recognised.findings.push(analyst.findings(
            &reading.text,
            &reading.language,
            material.posted_at,
            &material.hints,
        ));
        if recognised.folded.is_empty() && reading.attachment.is_none() {
            recognised.folded = vedette_text::fold::fold_plain(&reading.text);
        }
        recognised.readings.push(reading);
    }
    recognised
}

/// Assesses one material with everything that was found.
pub(crate) fn assess(
    analyst: &Analyst,
    config: &DeskConfig,
    material: &Material,
    recognised: Recognised,
    alike: Alike,
) -> Derived {
    let Recognised { readings, mut findings, .. } = recognised;
    let outlet = material.source_outlet.clone().or_else(|| most_named_outlet(&findings));
    let assessment = analyst.assess(
        &readings,
        &mut findings,
        material.source_outlet.as_deref(),
        material.posted_at,
        config.event_window_days,
    );
    add_issues_of_files(analyst, &material.files, &readings, &mut findings);
    let mut problems = material.problems.clone();
    problems.extend(
        readings
            .iter()
            .filter(|reading| reading.kind == ReadingKind::Ocr && reading.quality < config.ocr_quality_min)
            .map(|reading| {
                format!(
                    "the text in the image was read with low confidence ({:.0} %): look at it",
                    reading.quality * 100.0
                )
            }),
    );
    // What was read before comes with what was said of it.
    let mut said = std::collections::BTreeSet::new();
    problems.retain(|problem| said.insert(problem.clone()));
    Derived {
        version: material.version,
        item: material.item,
        readings,
        findings,
        sketch: alike.sketch,
        images: material.images.clone(),
        likenesses: alike.likenesses,
        family: alike.family,
        merged_families: alike.merged_families,
        assessment,
        outlet,
        made_with: analyst.made_with(),
        problems,
        read_with: material.read_with.clone(),
        next: material.next,
    }
}

/// Adds the issues that the names of files say. A file that says only a number has an issue of the series that the version names,
/// if it names just one.
fn add_issues_of_files(
    analyst: &Analyst,
    files: &[(AttachmentId, String)],
    readings: &[Reading],
    findings: &mut Vec<Findings>,
) {
    let mut named: Vec<(String, String)> = Vec::new();
    for mention in findings.iter().flat_map(|found| &found.mentions).filter(|one| one.kind == MentionKind::Series) {
        if !named.iter().any(|(id, _)| *id == mention.id) {
            named.push((mention.id.clone(), mention.name.clone()));
        }
    }
    for (file, name) in files {
        let found = analyst.issue_of_name(name);
        let only = if let [only] = named.as_slice() { Some(only.clone()) } else { None };
        let Some((series, title)) = found.series.or(only) else { continue };
        for number in found.numbers {
            let place = readings.iter().position(|reading| reading.attachment == Some(*file)).unwrap_or(0);
            // A file that could not be read still has a name.
            if findings.is_empty() {
                findings.push(Findings::default());
            }
            let Some(found) = findings.get_mut(place) else { continue };
            found.issues.push(IssueMention {
                start: 0,
                end: 0,
                text: name.clone(),
                file: Some(*file),
                series: series.clone(),
                name: title.clone(),
                number,
            });
        }
    }
}

fn most_named_outlet(findings: &[Findings]) -> Option<String> {
    let mut names: Vec<(&str, usize)> = Vec::new();
    for mention in findings.iter().flat_map(|f| &f.mentions).filter(|m| m.kind == MentionKind::Outlet) {
        match names.iter_mut().find(|(id, _)| *id == mention.id) {
            Some((_, count)) => *count += 1,
            None => names.push((&mention.id, 1)),
        }
    }
    names.into_iter().max_by_key(|(_, count)| *count).map(|(id, _)| id.to_owned())
}
