//! Translations as people work on them: looked at beside the original, revised segment by segment, signed. A revision is
//! appended, logged and audited; then the version passes the stages again with it.

use serde::Serialize;
use vedette_core::translation::{Segment, SegmentOrigin, TermUse, Translation, TranslationStatus};
use vedette_core::{
    ItemId, ItemView, Reading, ReadingKind, Remembered, Revision, RevisionId, Sha256, TextKey, VersionView,
};
use vedette_preserve::sha256;
use vedette_publish::{CitedText, SignedTranslation, Standing};
use vedette_translate::{Outcome, TEXT_BYTES_MAX, memory_key, pieces};

use crate::derive::Material;
use crate::translating::{is_foreign, newest, translation_of};
use crate::{Desk, DeskError, DeskResult, Role, Who};

/// Characters of one translated segment: an original has at most some hundred.
const SEGMENT_CHARS_MAX: usize = 8_000;
/// Segments of a text that a person can translate.
const SEGMENTS_MAX: usize = 20_000;
/// Engine of a translation that a person began.
const PERSON: &str = "person";

/// How far the translation of a text, or of an item, has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TranslationState {
    /// Nothing of it is in another language.
    NotNeeded,
    /// A named person answers for it; it may be quoted.
    Signed,
    /// A person has gone through it.
    Revised,
    /// As an engine or a person first wrote it.
    Draft,
    /// Waits for an engine.
    Waiting,
    /// There is none.
    NotTranslated,
}

impl TranslationState {
    /// The word used in JSON and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotNeeded => "not-needed",
            Self::Signed => "signed",
            Self::Revised => "revised",
            Self::Draft => "draft",
            Self::Waiting => "waiting",
            Self::NotTranslated => "not-translated",
        }
    }
}

/// All texts of an item that are in another language, with their translations.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ItemTranslations {
    /// The least of what its texts have.
    pub state: TranslationState,
    /// Why nothing was translated, when it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The texts, in order.
    pub texts: Vec<TextTranslation>,
}

/// A text and its translation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TextTranslation {
    /// Number of the original among the readings, from 0.
    pub reading: usize,
    /// Number of its translation among the readings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub translated: Option<usize>,
    /// Which text.
    pub of: TextKey,
    /// How far it has come.
    pub state: TranslationState,
    /// Why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Language of the original.
    pub from: String,
    /// Language of the translation.
    pub to: String,
    /// Engine of the draft, or `person`; empty without one.
    pub engine: String,
    /// Its version.
    pub engine_version: String,
    /// Who wrote, revised or signed it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// What a reader should look at.
    pub notes: Vec<String>,
    /// Original and translation, segment by segment. Without a translation the second half is empty.
    pub segments: Vec<SegmentText>,
    /// What people wrote, oldest first.
    pub revisions: Vec<Revision>,
    /// What people wrote when this place held another text: it does not apply any more.
    pub stale: Vec<Revision>,
}

/// A segment on both sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentText {
    /// The original's words.
    pub source: String,
    /// The translation's words.
    pub target: String,
    /// Where the words come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<SegmentOrigin>,
    /// Terms in it.
    pub terms: Vec<TermText>,
}

/// A term, with spans in bytes of its segment's two sides.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TermText {
    /// In the original.
    pub source: [usize; 2],
    /// In the translation.
    pub target: [usize; 2],
    /// Id of the register's entry or of the glossary line.
    pub entry: String,
    /// Whether the engine's word was replaced.
    pub enforced: bool,
}

/// What a person changes. A person who changes nothing has gone through the translation as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TranslationEdit {
    /// The newest revision when the person looked.
    pub after: Option<RevisionId>,
    /// Segments by number from 0, with their new words.
    pub segments: Vec<(usize, String)>,
}

impl Desk {
    /// The texts of an item that are in another language than the desk's, with their translations.
    pub fn translations(&self, id: ItemId) -> DeskResult<ItemTranslations> {
        let view = self.ports.records.item(id)?;
        self.translations_of(&view)
    }

    fn translations_of(&self, view: &ItemView) -> DeskResult<ItemTranslations> {
        let none = ItemTranslations { state: TranslationState::NotNeeded, reason: None, texts: Vec::new() };
        let Some(content) = view.content() else { return Ok(none) };
        let to = self.config.translate_to.as_str();
        let foreign: Vec<usize> = content
            .readings
            .iter()
            .enumerate()
            .filter(|(of, one)| is_foreign(one, to) || translation_of(&content.readings, *of).is_some())
            .map(|(of, _)| of)
            .collect();
        let revisions = self.ports.translations.revisions(view.item.id)?;
        if foreign.is_empty() && revisions.is_empty() {
            return Ok(none);
        }
        let work = self.ports.translations.translation_work(content.version.id)?;
        let mut texts = Vec::with_capacity(foreign.len());
        for of in foreign {
            texts.push(self.text_translation(view, content, of, &revisions, &work));
        }
        let least = texts.iter().max_by_key(|text| text.state);
        let (state, reason) = least.map_or((none.state, None), |text| (text.state, text.reason.clone()));
        Ok(ItemTranslations { state, reason, texts })
    }

    fn text_translation(
        &self,
        view: &ItemView,
        content: &VersionView,
        of: usize,
        revisions: &[Revision],
        work: &vedette_core::TranslationWork,
    ) -> TextTranslation {
        let to = self.config.translate_to.as_str();
        let empty = Reading::new(ReadingKind::Text, "", "");
        let original = content.readings.get(of).unwrap_or(&empty);
        let translated =
            content.readings.iter().position(|one| one.translation.as_ref().is_some_and(|t| t.of as usize == of));
        let reading = translated.and_then(|at| content.readings.get(at));
        let made = reading.and_then(|one| one.translation.as_deref());
        let key = key_of(original);
        let (state, reason) = match made {
            Some(made) => (state_of(made.status), None),
            None if work.waits => (TranslationState::Waiting, work.fault.clone()),
            None => {
                let reason = match self.engine_for(view.source.id, original, to) {
                    Err(reason) => reason.to_string(),
                    Ok(_) => work.fault.clone().unwrap_or_else(|| "nobody has asked for it yet".to_owned()),
                };
                (TranslationState::NotTranslated, Some(reason))
            }
        };
        let (mine, others): (Vec<&Revision>, Vec<&Revision>) =
            revisions.iter().filter(|one| one.to == to).partition(|one| one.of.sha256 == key.sha256);
        let elsewhere =
            |one: &&Revision| content.readings.iter().any(|text| sha256(text.text.as_bytes()) == one.of.sha256);
        let stale = others.into_iter().filter(|one| one.of.same_place(&key) && !elsewhere(one)).cloned().collect();
        TextTranslation {
            reading: of,
            translated,
            state,
            reason,
            from: original.language.code.clone(),
            to: to.to_owned(),
            engine: made.map(|made| made.engine.clone()).unwrap_or_default(),
            engine_version: made.map(|made| made.engine_version.clone()).unwrap_or_default(),
            author: made.and_then(|made| made.author.clone()),
            notes: made.map(|made| made.notes.clone()).unwrap_or_default(),
            segments: match (reading, made) {
                (Some(reading), Some(made)) => sides(&original.text, &reading.text, &made.segments),
                _ => blank_segments(&original.text).1.iter().map(|one| side(&original.text, "", one)).collect(),
            },
            of: key,
            revisions: mine.into_iter().cloned().collect(),
            stale,
        }
    }

    /// Translates the texts of an item now, with what is installed: drafts of engines are made anew, what people wrote stays.
    pub fn translate(&self, who: &Who, id: ItemId) -> DeskResult<ItemTranslations> {
        who.may(Role::Analyst, "translate")?;
        let view = self.ports.records.item(id)?;
        if let Some(content) = view.content() {
            let mut material = Material::of_stored(&view.source, content, view.item.posted_at);
            material.take_from(content);
            material.translated = true;
            self.attach_translations(&mut material, &[])?;
            let (fault, _) = self.translate_missing(&mut material);
            // Where the engines failed, their earlier draft is better than none.
            let known: Vec<Reading> = material.readings.iter().chain(&content.readings).cloned().collect();
            self.attach_translations(&mut material, &known)?;
            self.ports.translations.set_untranslated(content.version.id, fault.as_deref())?;
            self.pass(&[material])?;
            self.commit_index()?;
        }
        let done = self.translations(id)?;
        self.audit(who, "translate", &id.to_string(), done.state.word())?;
        Ok(done)
    }

    /// Queues what has no translation yet, after an engine was added; how many versions.
    pub fn translate_missing_ones(&self, who: &Who) -> DeskResult<u64> {
        who.may(Role::Analyst, "translate")?;
        let queued = self.ports.translations.want_translations(&self.config.translate_to)?;
        self.audit(who, "translate", "missing", &format!("{queued} versions"))?;
        Ok(queued)
    }

    /// Translates the texts of an item into any language, for reading only: nothing of it is stored with the item. Pairs of
    /// the number of a reading with its translation or why there is none.
    pub fn translate_for_reading(
        &self,
        who: &Who,
        id: ItemId,
        to: &str,
    ) -> DeskResult<Vec<(usize, Result<String, String>)>> {
        who.may(Role::Analyst, "translate")?;
        let view = self.ports.records.item(id)?;
        let readings = view.content().map(|content| content.readings.as_slice()).unwrap_or_default();
        let mut all = Vec::new();
        for (number, reading) in readings.iter().enumerate().filter(|(_, reading)| is_foreign(reading, to)) {
            let said = match self.ask_engines(id, view.source.id, reading, to) {
                Ok(Outcome::Translated(translated)) => Ok(translated.text),
                Ok(Outcome::NotTranslated(reason)) => Err(reason.to_string()),
                Err(fault) => Err(fault.to_string()),
            };
            all.push((number, said));
        }
        self.audit(who, "translate", &id.to_string(), &format!("into {to}, for reading"))?;
        Ok(all)
    }

    /// Appends what a person made of the translation of a text. It is revised when every segment has words, else a draft.
    pub fn revise_translation(
        &self,
        who: &Who,
        id: ItemId,
        text: Sha256,
        edit: &TranslationEdit,
    ) -> DeskResult<Revision> {
        who.may(Role::Analyst, "revise translations")?;
        let view = self.ports.records.item(id)?;
        let (content, of) = text_of(&view, text)?;
        let revision = self.revised(who, content, of, edit)?;
        self.append(who, &view, revision, edit.after, "revise translation")
    }

    /// Signs the newest revision of the translation of a text: from now on it may be quoted under this person's name.
    pub fn sign_translation(
        &self,
        who: &Who,
        id: ItemId,
        text: Sha256,
        newest_seen: RevisionId,
    ) -> DeskResult<Revision> {
        who.may(Role::Editor, "sign translations")?;
        let view = self.ports.records.item(id)?;
        let (content, _) = text_of(&view, text)?;
        let revisions = self.ports.translations.revisions(id)?;
        let Some(last) = newest(&revisions, text, &self.config.translate_to) else {
            return Err(DeskError::Unusable(format!(
                "nobody has revised this translation: go through it first (`vedette translation revise {id}`)"
            )));
        };
        match last.status {
            _ if last.id != newest_seen => {
                return Err(DeskError::Unusable(format!(
                    "the newest revision is {}, not {newest_seen}: look at it again",
                    last.id
                )));
            }
            TranslationStatus::Draft => {
                return Err(DeskError::Unusable(
                    "segments without words are left: a draft cannot be signed".to_owned(),
                ));
            }
            TranslationStatus::Signed => {
                return Err(DeskError::Unusable(format!("{} has signed it already", last.author)));
            }
            TranslationStatus::Revised => {}
        }
        let signed = Revision {
            id: RevisionId(0),
            leaf: 0,
            version: content.version.id,
            status: TranslationStatus::Signed,
            author: who.name().to_owned(),
            at: self.now(),
            ..last.clone()
        };
        self.append(who, &view, signed, Some(newest_seen), "sign translation")
    }

    fn append(
        &self,
        who: &Who,
        view: &ItemView,
        mut revision: Revision,
        after: Option<RevisionId>,
        act: &str,
    ) -> DeskResult<Revision> {
        let original = view
            .content()
            .and_then(|content| content.readings.iter().find(|one| sha256(one.text.as_bytes()) == revision.of.sha256))
            .map_or("", |reading| reading.text.as_str());
        let remembered = remembered(original, &revision);
        (revision.id, revision.leaf) = self.ports.translations.add_revision(&revision, after, &remembered)?;
        self.audit(who, act, &view.item.id.to_string(), &format!("{} is {}", revision.id, revision.status.word()))?;
        if let Some(content) = view.content() {
            let mut material = Material::of_stored(&view.source, content, view.item.posted_at);
            material.take_from(content);
            self.attach_translations(&mut material, &content.readings)?;
            self.pass(&[material])?;
            self.commit_index()?;
        }
        Ok(revision)
    }

    fn revised(&self, who: &Who, content: &VersionView, of: usize, edit: &TranslationEdit) -> DeskResult<Revision> {
        let original = content.readings.get(of).ok_or_else(|| unusable("the text is gone"))?;
        let reading = translation_of(&content.readings, of);
        let made = reading.and_then(|one| one.translation.as_deref());
        let (old_text, old_segments) = match (reading, made) {
            (Some(reading), Some(made)) => (reading.text.clone(), made.segments.clone()),
            _ => blank_segments(&original.text),
        };
        if old_segments.is_empty() || old_segments.len() > SEGMENTS_MAX {
            return Err(unusable("this text has no segments that a person could translate"));
        }
        let mut words: Vec<Option<&str>> = vec![None; old_segments.len()];
        for (number, text) in &edit.segments {
            if text.chars().count() > SEGMENT_CHARS_MAX {
                return Err(DeskError::Unusable(format!(
                    "segment {} is longer than {SEGMENT_CHARS_MAX} characters",
                    number + 1
                )));
            }
            let place = words.get_mut(*number).ok_or_else(|| {
                DeskError::Unusable(format!("there is no segment {}: the text has {}", number + 1, old_segments.len()))
            })?;
            *place = Some(text.trim());
        }
        let (text, segments) = rewritten(&original.text, &old_text, &old_segments, &words);
        let whole = segments.iter().all(|one| one.target[0] < one.target[1]);
        Ok(Revision {
            id: RevisionId(0),
            leaf: 0,
            item: content.version.item,
            version: content.version.id,
            of: key_of(original),
            from: original.language.code.clone(),
            to: self.config.translate_to.clone(),
            status: if whole { TranslationStatus::Revised } else { TranslationStatus::Draft },
            author: who.name().to_owned(),
            at: self.now(),
            engine: made.map_or(PERSON, |made| made.engine.as_str()).to_owned(),
            engine_version: made.map(|made| made.engine_version.clone()).unwrap_or_default(),
            glossary: made.and_then(|made| made.glossary.clone()),
            segments,
            text,
        })
    }

    /// What a report may quote of a version: its own texts, and translations with what is known of who stands behind them.
    pub(crate) fn cited_texts(&self, version: &VersionView) -> DeskResult<Vec<CitedText>> {
        let mut revisions: Option<Vec<Revision>> = None;
        let mut all = Vec::with_capacity(version.readings.len());
        for reading in &version.readings {
            let Some(made) = reading.translation.as_deref() else {
                all.push(CitedText::from(reading.text.clone()));
                continue;
            };
            if revisions.is_none() {
                revisions = Some(self.ports.translations.revisions(version.version.item)?);
            }
            let last = newest(revisions.as_deref().unwrap_or_default(), made.source_sha256, &made.to);
            let original = version.readings.get(made.of as usize).map_or("", |one| one.text.as_str());
            all.push(CitedText {
                text: reading.text.clone(),
                standing: standing(made, last, original, version.version.item),
            });
        }
        Ok(all)
    }
}

fn unusable(why: &str) -> DeskError {
    DeskError::Unusable(why.to_owned())
}

fn state_of(status: TranslationStatus) -> TranslationState {
    match status {
        TranslationStatus::Draft => TranslationState::Draft,
        TranslationStatus::Revised => TranslationState::Revised,
        TranslationStatus::Signed => TranslationState::Signed,
    }
}

/// A signed translation counts by the revision in the log, not by what a derived row says of itself.
fn standing(made: &Translation, last: Option<&Revision>, original: &str, item: ItemId) -> Standing {
    let fits = sha256(original.as_bytes()) == made.source_sha256;
    if let Some(last) = last.filter(|last| fits && last.status == TranslationStatus::Signed) {
        return Standing::Signed(Box::new(SignedTranslation {
            by: last.author.clone(),
            at: last.at,
            from: last.from.clone(),
            original: original.to_owned(),
            segments: last.segments.clone(),
        }));
    }
    let reading = made.of;
    let (state, next) = match (fits, last.map(|last| last.status)) {
        (false, _) => {
            ("the translation of an earlier text of", format!("`vedette translate {item}` translates it anew"))
        }
        (_, Some(TranslationStatus::Revised)) => {
            ("the revised translation of", format!("`vedette translation sign {item} --reading {reading}`"))
        }
        _ => (
            "the draft of the translation of",
            format!("revise it (`vedette translation revise {item} --reading {reading}`) and have it signed"),
        ),
    };
    Standing::Unsigned { what: format!("{state} reading {reading} ({} to {})", made.from, made.to), next }
}

fn key_of(reading: &Reading) -> TextKey {
    TextKey {
        attachment: reading.attachment,
        member: reading.member.clone(),
        page: reading.page,
        sha256: sha256(reading.text.as_bytes()),
    }
}

/// The content of an item and which of its readings says this text.
fn text_of(view: &ItemView, text: Sha256) -> DeskResult<(&VersionView, usize)> {
    let content = view.content().ok_or_else(|| unusable("the item has no version"))?;
    let is_text = |one: &Reading| one.kind != ReadingKind::Translation && sha256(one.text.as_bytes()) == text;
    match content.readings.iter().position(is_text) {
        Some(of) => Ok((content, of)),
        None => Err(unusable("the original says something else now: look at it again")),
    }
}

/// Segments without words, one for each sentence or line of the original, with the white space between them.
fn blank_segments(original: &str) -> (String, Vec<Segment>) {
    let (mut text, mut segments, mut at) = (String::new(), Vec::new(), 0);
    for span in pieces(original, TEXT_BYTES_MAX).spans {
        text.push_str(original.get(at..span.start).unwrap_or_default());
        let target = small(text.len());
        segments.push(Segment {
            source: [small(span.start), small(span.end)],
            target: [target, target],
            origin: SegmentOrigin::Person,
            terms: Vec::new(),
        });
        at = span.end;
    }
    (text, segments)
}

/// The translation with `words` in the place of those that are given; what stands between segments stays.
fn rewritten(original: &str, text: &str, segments: &[Segment], words: &[Option<&str>]) -> (String, Vec<Segment>) {
    let (mut out, mut done, mut at) = (String::with_capacity(text.len()), Vec::with_capacity(segments.len()), 0);
    for (segment, words) in segments.iter().zip(words) {
        let [start, end] = segment.target.map(|at| at as usize);
        out.push_str(text.get(at..start).unwrap_or_default());
        let old = text.get(start..end).unwrap_or_default();
        let new = words.unwrap_or(old);
        let begin = out.len();
        out.push_str(new);
        let changed = new != old;
        done.push(Segment {
            source: segment.source,
            target: [small(begin), small(out.len())],
            origin: if changed { SegmentOrigin::Person } else { segment.origin },
            terms: segment.terms.iter().filter_map(|term| kept(term, segment, old, new, begin)).collect(),
        });
        at = end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    debug_assert!(done.iter().all(|one| original.get(one.source[0] as usize..one.source[1] as usize).is_some()));
    (out, done)
}

/// A term, where the new words of its segment still have it.
fn kept(term: &TermUse, segment: &Segment, old: &str, new: &str, begin: usize) -> Option<TermUse> {
    let [from, to] = term.target.map(|at| (at as usize).checked_sub(segment.target[0] as usize));
    let words = old.get(from?..to?).filter(|words| !words.is_empty())?;
    let start = if old == new { from? } else { new.find(words)? } + begin;
    Some(TermUse { target: [small(start), small(start + words.len())], ..term.clone() })
}

fn sides(original: &str, text: &str, segments: &[Segment]) -> Vec<SegmentText> {
    segments.iter().map(|one| side(original, text, one)).collect()
}

fn side(original: &str, text: &str, segment: &Segment) -> SegmentText {
    let cut =
        |text: &str, [start, end]: [u32; 2]| text.get(start as usize..end as usize).unwrap_or_default().to_owned();
    let within = |at: [u32; 2], of: [u32; 2]| at.map(|at| at.saturating_sub(of[0]) as usize);
    let target = cut(text, segment.target);
    SegmentText {
        source: cut(original, segment.source),
        origin: (!target.is_empty()).then_some(segment.origin),
        target,
        terms: segment
            .terms
            .iter()
            .map(|term| TermText {
                source: within(term.source, segment.source),
                target: within(term.target, segment.target),
                entry: term.entry.clone(),
                enforced: term.enforced,
            })
            .collect(),
    }
}

/// What the memory keeps of a revision: its segments that have words, each once.
fn remembered(original: &str, revision: &Revision) -> Vec<Remembered> {
    let mut all: Vec<Remembered> = Vec::new();
    for one in sides(original, &revision.text, &revision.segments) {
        let folded = memory_key(&one.source);
        let taken_over = one.origin == Some(SegmentOrigin::Kept);
        if folded.is_empty() || one.target.trim().is_empty() || taken_over {
            continue;
        }
        let key = sha256(folded.as_bytes());
        if !all.iter().any(|known| known.key == key) {
            all.push(Remembered { key, text: one.target });
        }
    }
    all
}

/// Lengths of texts are far below what a span can hold.
fn small(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
