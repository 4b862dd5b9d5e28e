//! The stage that translates. Texts pass the other stages at once, untranslated; a job translates later and passes the
//! version again with each translation right behind its original. What a person wrote goes before what an engine writes;
//! an engine is asked only for what nobody has written.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::ThreadId;

use vedette_core::limits::JOB_TRIES_MAX;
use vedette_core::ports::Translations;
use vedette_core::translation::{Engine, TranslateFault, Translation, TranslationStatus};
use vedette_core::{
    ItemId, Job, Language, MentionKind, Reading, ReadingKind, Revision, Sha256, SourceId, Tlp, VersionView,
};
use vedette_preserve::sha256;
use vedette_recognise::Register;
use vedette_translate::{
    Cache, CacheKey, CachedSegment, Engines, Glossary, GlossaryEntry, Memory, NotTranslated, Outcome, Remembered,
    ToTranslate, Translated, translate_text,
};

use crate::derive::Material;
use crate::{Analyst, Desk, DeskError, DeskResult};

/// Below this, a language is a guess, and a text in the desk's own language may be meant.
const LANGUAGE_SURE_MIN: f32 = 0.5;
/// Notes kept with a translation; with more, the whole wants reading.
const NOTES_MAX: usize = 50;
/// Letters of a form that is enforced as a term: shorter ones stand in other words too.
const TERM_CHARS_MIN: usize = 3;

/// What translates: engines in order, terms, and what is known of sources for the rule about what may leave the machine.
#[derive(Default)]
pub struct TranslationRoom {
    /// The engines.
    pub engines: Engines,
    /// Names of the register and further terms.
    pub glossary: Glossary,
    /// Where what engines write is kept; the same that `engines` ask.
    pub cache: Option<Arc<StoredCache>>,
    /// Traffic light of what a source brings, where it is not the usual one.
    pub tlp: HashMap<SourceId, Tlp>,
    /// The usual one.
    pub tlp_usual: Tlp,
}

/// The names of the register as terms of a glossary: whatever spelling stands in the original, the name that it is shown
/// by stands in the translation.
pub fn register_terms(register: &Register, to: &str) -> Vec<GlossaryEntry> {
    let named = |kind| {
        use MentionKind::{Actor, Event, Outlet, Place, Platform, Series, Venue};
        matches!(kind, Actor | Outlet | Series | Platform | Place | Venue | Event)
    };
    let of_entry = |entry: &vedette_recognise::Entry| {
        let forms: Vec<String> = entry
            .aliases
            .iter()
            .filter(|alias| !alias.case_sensitive && alias.text.chars().count() >= TERM_CHARS_MIN)
            .map(|alias| alias.text.clone())
            .collect();
        (!forms.is_empty()).then(|| GlossaryEntry {
            id: format!("{}:{}", entry.kind.word(), entry.id),
            forms,
            language: None,
            target: entry.name.clone(),
            to: to.to_owned(),
            also: Vec::new(),
        })
    };
    register.entries().iter().filter(|entry| named(entry.kind)).filter_map(of_entry).collect()
}

/// The cache of engines in the records. The item that is being translated keeps what is put, so that it goes with it when
/// it is erased.
pub struct StoredCache {
    records: Arc<dyn Translations>,
    /// Which item each thread translates for.
    working: Mutex<HashMap<ThreadId, ItemId>>,
}

impl StoredCache {
    /// A cache over these records.
    pub fn new(records: Arc<dyn Translations>) -> Self {
        Self { records, working: Mutex::default() }
    }

    /// Runs `act`, which translates texts of `item` on this thread.
    fn during<T>(&self, item: ItemId, act: impl FnOnce() -> T) -> T {
        let working = || self.working.lock().unwrap_or_else(PoisonError::into_inner);
        let thread = std::thread::current().id();
        working().insert(thread, item);
        let outcome = act();
        working().remove(&thread);
        outcome
    }
}

impl Cache for StoredCache {
    fn get(&self, key: &CacheKey) -> Option<CachedSegment> {
        let kept = self.records.cached(key.fingerprint()).unwrap_or_else(|error| {
            tracing::warn!(%error, "cannot look into the cache of translations");
            None
        });
        serde_json::from_str(&kept?).ok()
    }

    fn put(&self, key: &CacheKey, segment: &CachedSegment) {
        let working = self.working.lock().unwrap_or_else(PoisonError::into_inner);
        // What belongs to no item could not be erased with one.
        let Some(item) = working.get(&std::thread::current().id()).copied() else { return };
        drop(working);
        let Ok(text) = serde_json::to_string(segment) else { return };
        if let Err(error) = self.records.put_cached(item, &[(key.fingerprint(), text)]) {
            tracing::warn!(%error, "cannot keep a translation in the cache");
        }
    }
}

/// What people wrote before, from the records.
struct StoredMemory<'a>(&'a dyn Translations);

impl Memory for StoredMemory<'_> {
    fn recall(&self, key: &str, from: &str, to: &str) -> Option<Remembered> {
        let found = self.0.remembered(sha256(key.as_bytes()), from, to).unwrap_or_else(|error| {
            tracing::warn!(%error, "cannot look into the translation memory");
            None
        });
        found.map(|(text, author)| Remembered { text, author })
    }
}

/// Whether a text is in another language than the desk's.
pub(crate) fn is_foreign(reading: &Reading, desk_language: &str) -> bool {
    let language = &reading.language;
    reading.kind != ReadingKind::Translation
        && language.code != "und"
        && language.code != desk_language
        && language.confidence >= LANGUAGE_SURE_MIN
        && reading.text.chars().any(char::is_alphabetic)
}

/// The translation behind the original number `of`.
pub(crate) fn translation_of<'a>(readings: &'a [Reading], of: usize) -> Option<&'a Reading> {
    let translates = |reading: &&'a Reading| reading.translation.as_ref().is_some_and(|one| one.of as usize == of);
    readings.iter().find(translates)
}

/// The newest revision of a text into a language.
pub(crate) fn newest<'a>(revisions: &'a [Revision], text: Sha256, to: &str) -> Option<&'a Revision> {
    revisions.iter().rev().find(|revision| revision.of.sha256 == text && revision.to == to)
}

/// The reading of a translation, to stand right behind its original at place `of`.
pub(crate) fn reading(
    analyst: &Analyst,
    original: &Reading,
    method: String,
    text: String,
    made: Translation,
) -> Reading {
    let script = analyst.language(&text).script;
    Reading {
        attachment: original.attachment,
        member: original.member.clone(),
        page: original.page,
        heading: None,
        kind: ReadingKind::Translation,
        method,
        language: Language { code: made.to.clone(), script, confidence: 1.0 },
        // Words that were read badly are not read better for being translated.
        quality: original.quality,
        text,
        places: Vec::new(),
        translation: Some(Box::new(made)),
    }
}

/// The reading of a revision.
pub(crate) fn of_revision(analyst: &Analyst, original: &Reading, of: usize, revision: &Revision) -> Reading {
    let word = match revision.status {
        TranslationStatus::Draft => "written",
        TranslationStatus::Revised => "revised",
        TranslationStatus::Signed => "signed",
    };
    let made = Translation {
        of: u32::try_from(of).unwrap_or(u32::MAX),
        source_sha256: revision.of.sha256,
        from: revision.from.clone(),
        to: revision.to.clone(),
        engine: revision.engine.clone(),
        engine_version: revision.engine_version.clone(),
        glossary: revision.glossary.clone(),
        status: revision.status,
        author: Some(revision.author.clone()),
        segments: revision.segments.clone(),
        notes: Vec::new(),
    };
    reading(analyst, original, format!("translation {word} by {}", revision.author), revision.text.clone(), made)
}

impl Desk {
    /// Runs `act`, whose translations the cache keeps for `item`.
    fn caching<T>(&self, item: ItemId, act: impl FnOnce() -> T) -> T {
        match &self.rooms.translation.cache {
            Some(cache) => cache.during(item, act),
            None => act(),
        }
    }

    /// Whether a text of these readings waits for a translation that could be had.
    pub(crate) fn wants_translation(&self, material: &Material, readings: &[Reading]) -> bool {
        let to = self.config.translate_to.as_str();
        let could = |reading: &Reading| {
            // A later version of an item may have texts that a person translated before.
            material.number > 1 || self.engine_for(material.source, reading, to).is_ok()
        };
        !material.translated
            && readings.iter().enumerate().any(|(of, reading)| {
                is_foreign(reading, to) && translation_of(readings, of).is_none() && could(reading)
            })
    }

    /// The engine that would translate a reading, or why there is none.
    pub(crate) fn engine_for(&self, source: SourceId, reading: &Reading, to: &str) -> Result<Engine, NotTranslated> {
        self.rooms.translation.engines.would_ask(&self.to_translate(&source.to_string(), source, reading, to))
    }

    fn to_translate<'a>(&self, id: &'a str, source: SourceId, reading: &'a Reading, to: &'a str) -> ToTranslate<'a> {
        let room = &self.rooms.translation;
        ToTranslate {
            text: &reading.text,
            from: &reading.language.code,
            to,
            source_id: id,
            tlp: room.tlp.get(&source).copied().unwrap_or(room.tlp_usual),
            today: jiff::tz::TimeZone::UTC.to_datetime(self.now()).date(),
        }
    }

    /// Asks the engines for a text.
    pub(crate) fn ask_engines(
        &self,
        item: ItemId,
        source: SourceId,
        reading: &Reading,
        to: &str,
    ) -> Result<Outcome, TranslateFault> {
        let room = &self.rooms.translation;
        let memory = StoredMemory(self.ports.translations.as_ref());
        let id = source.to_string();
        let what = self.to_translate(&id, source, reading, to);
        self.caching(item, || translate_text(&what, &room.engines, &room.glossary, &memory))
    }

    /// Puts translations that are there already behind the originals of `material`: what people wrote, and what engines wrote
    /// among `known` for the same text.
    pub(crate) fn attach_translations(&self, material: &mut Material, known: &[Reading]) -> DeskResult<()> {
        let to = self.config.translate_to.as_str();
        let analyst = &self.rooms.analyst;
        let mut originals = std::mem::take(&mut material.readings);
        originals.retain(|reading| reading.kind != ReadingKind::Translation);
        let mut revisions: Option<Vec<Revision>> = None;
        for mut original in originals {
            if original.language.code == "und" {
                original.language = analyst.language(&original.text);
            }
            let of = material.readings.len();
            let foreign = is_foreign(&original, to);
            material.readings.push(original);
            let Some(original) = material.readings.last().filter(|_| foreign) else { continue };
            if revisions.is_none() {
                revisions = Some(self.ports.translations.revisions(material.item)?);
            }
            let text = sha256(original.text.as_bytes());
            let translated = match newest(revisions.as_deref().unwrap_or_default(), text, to) {
                Some(revision) => Some(of_revision(analyst, original, of, revision)),
                None => known.iter().find_map(|known| by_engine(known, of, text, to)),
            };
            material.readings.extend(translated);
        }
        Ok(())
    }

    /// Translates what nobody has translated among the readings of `material`. Why something stays untranslated, and whether
    /// asking again may help.
    pub(crate) fn translate_missing(&self, material: &mut Material) -> (Option<String>, bool) {
        let to = self.config.translate_to.clone();
        let (mut faults, mut again): (Vec<String>, bool) = (Vec::new(), false);
        let readings = std::mem::take(&mut material.readings);
        let mut places = HashMap::new();
        for (at, one) in readings.iter().enumerate() {
            if let Some(known) = &one.translation {
                // Its original may have moved: translations were put before it.
                let mut moved = one.clone();
                moved.translation = Some(Box::new(Translation {
                    of: places.get(&(known.of as usize)).copied().unwrap_or(0),
                    ..known.as_ref().clone()
                }));
                material.readings.push(moved);
                continue;
            }
            let of = material.readings.len();
            places.insert(at, u32::try_from(of).unwrap_or(u32::MAX));
            material.readings.push(one.clone());
            if !is_foreign(one, &to) || translation_of(&readings, at).is_some() {
                continue;
            }
            let fault = match self.ask_engines(material.item, material.source, one, &to) {
                Ok(Outcome::Translated(translated)) => {
                    material.readings.push(self.by_engines(one, of, &to, *translated));
                    continue;
                }
                Ok(Outcome::NotTranslated(NotTranslated::NoWords | NotTranslated::SameLanguage)) => continue,
                Ok(Outcome::NotTranslated(reason)) => reason.to_string(),
                Err(fault) => {
                    again = true;
                    fault.to_string()
                }
            };
            if !faults.contains(&fault) {
                faults.push(fault);
            }
        }
        ((!faults.is_empty()).then(|| faults.join("; ")), again)
    }

    fn by_engines(&self, original: &Reading, of: usize, to: &str, translated: Translated) -> Reading {
        let method = format!("{} {}", translated.engine.name, translated.engine.version);
        let made = Translation {
            of: u32::try_from(of).unwrap_or(u32::MAX),
            source_sha256: sha256(original.text.as_bytes()),
            from: original.language.code.clone(),
            to: to.to_owned(),
            engine: translated.engine.name,
            engine_version: translated.engine.version,
            glossary: translated.glossary,
            status: TranslationStatus::Draft,
            author: None,
            segments: translated.segments,
            notes: translated.notes.into_iter().take(NOTES_MAX).map(note).collect(),
        };
        reading(&self.rooms.analyst, original, method, translated.text, made)
    }

    /// A job that translates: the version passes the stages again with what could be translated.
    pub(crate) fn translate_job(&self, job: &Job, view: &VersionView, material: &mut Material) -> DeskResult<()> {
        material.take_from(view);
        material.translated = true;
        self.attach_translations(material, &view.readings)?;
        let (fault, again) = self.translate_missing(material);
        // An engine takes its time: what a person wrote meanwhile holds.
        let known = material.readings.clone();
        self.attach_translations(material, &known)?;
        if let Some(fault) = fault.as_ref().filter(|_| again && job.tries < JOB_TRIES_MAX) {
            return Err(DeskError::Translate(fault.clone()));
        }
        Ok(self.ports.translations.set_untranslated(view.version.id, fault.as_deref())?)
    }
}

/// A note as a page shows it; segments are counted from 1 there.
fn note(note: vedette_translate::Note) -> String {
    match note.segment {
        Some(segment) => format!("segment {}: {}", segment + 1, note.said),
        None => note.said,
    }
}

/// What an engine wrote for this text, when `known` is that.
fn by_engine(known: &Reading, of: usize, text: Sha256, to: &str) -> Option<Reading> {
    let made = known.translation.as_ref()?;
    let fits = made.author.is_none() && made.source_sha256 == text && made.to == to;
    fits.then(|| {
        let mut moved = known.clone();
        let of = u32::try_from(of).unwrap_or(u32::MAX);
        moved.translation = Some(Box::new(Translation { of, ..made.as_ref().clone() }));
        moved
    })
}
