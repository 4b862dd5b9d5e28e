//! Recognition and assessment of texts, with the register and the calendar; needs no workspace. `vedette analyze` is
//! this and nothing else, so that what it prints is what the pipeline stores.

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, civil};
use vedette_assess::{AssessInput, OfficialOutlet, WINDOW_DAYS};
use vedette_core::{
    Admiralty, Analysis, Assessment, CalendarEvent, Findings, Language, MentionKind, Reading, ReadingKind,
};
use vedette_recognise::events::{Event, expand};
use vedette_recognise::{Hints, Recogniser};

/// The analyst. Cheap to clone.
#[derive(Clone)]
pub struct Analyst {
    recogniser: Arc<Recogniser>,
    events: Arc<[Event]>,
}

impl Analyst {
    /// An analyst who knows what `recogniser` knows.
    pub fn new(recogniser: Recogniser) -> Self {
        let events = recogniser.register().events().into();
        Self { recogniser: Arc::new(recogniser), events }
    }

    /// What the register holds.
    pub fn register(&self) -> &vedette_recognise::Register {
        self.recogniser.register()
    }

    /// The register's events that are under way at a moment or begin within so many days of it.
    pub fn calendar(&self, at: civil::DateTime, days: u16) -> Vec<CalendarEvent> {
        let to = at.checked_add(Span::new().days(i64::from(days) + 1)).unwrap_or(civil::DateTime::MAX);
        expand(&self.events, at, to)
    }

    /// The language of a text.
    pub fn language(&self, text: &str) -> Language {
        let found = vedette_text::language::identify(text);
        Language { code: found.code, script: found.script, confidence: found.confidence }
    }

    /// What a text names and says; `hints` tell where its source stands.
    pub fn findings(&self, text: &str, language: &Language, posted_at: Timestamp, hints: &Hints) -> Findings {
        let at = civil_utc(posted_at);
        let mut findings = self.recogniser.recognise_with(text, language, at, hints);
        if !findings.statements.is_empty() {
            vedette_assess::join_events(&mut findings, &self.calendar(at, WINDOW_DAYS), at, WINDOW_DAYS);
        }
        findings
    }

    /// Level, tier and reasons.
    pub fn assess(
        &self,
        readings: &[Reading],
        findings: &[Findings],
        source_outlet: Option<&str>,
        posted_at: Timestamp,
        event_window_days: u16,
    ) -> Assessment {
        let now = civil_utc(posted_at);
        let outlet_official = source_outlet.and_then(|outlet| self.official(outlet));
        // Most posts say nothing that the calendar could add to.
        let says = outlet_official.is_some() || findings.iter().any(|found| !found.statements.is_empty());
        let calendar = if says { self.calendar(now, event_window_days) } else { Vec::new() };
        vedette_assess::assess(&AssessInput {
            readings,
            findings,
            outlet_official,
            calendar: &calendar,
            now,
            window_days: event_window_days,
        })
    }

    /// The outlet, when it speaks for an organisation of the register.
    pub(crate) fn official(&self, outlet: &str) -> Option<OfficialOutlet<'_>> {
        let entry = self.register().entry(MentionKind::Outlet, outlet)?;
        let actor = self.register().entry(MentionKind::Actor, entry.actor.as_deref()?)?;
        Some(OfficialOutlet { outlet: &entry.name, actor: &actor.name })
    }

    /// Everything about one text.
    pub fn analyze(
        &self,
        id: serde_json::Value,
        text: String,
        lang: Option<&str>,
        posted_at: Timestamp,
        event_window_days: u16,
    ) -> Analysis {
        let mut language = self.language(&text);
        // A stated language settles what the text alone leaves open; it does not overrule the script.
        if let Some(stated) = lang.filter(|_| language.confidence < 0.6) {
            language.code = stated.split(['-', '_']).next().unwrap_or(stated).to_lowercase();
        }
        let findings = self.findings(&text, &language, posted_at, &Hints::default());
        let reading = Reading { language, ..Reading::new(ReadingKind::Text, "as given", text) };
        let readings = [reading];
        let all = [findings];
        let assessment = self.assess(&readings, &all, None, posted_at, event_window_days);
        let ([reading], [findings]) = (readings, all);
        Analysis { id, language: reading.language, findings, assessment, admiralty: Admiralty::default() }
    }

    /// What the model of a post's wording looks at; for training it.
    #[doc(hidden)]
    pub fn wording_features(&self, text: &str, posted_at: Timestamp, rules: bool) -> Vec<(u64, f32)> {
        self.recogniser.features(text, &self.language(text), civil_utc(posted_at), rules)
    }

    /// The tools and knowledge that results are made with.
    pub fn made_with(&self) -> String {
        format!("vedette {} {}", env!("CARGO_PKG_VERSION"), self.recogniser.version())
    }
}

fn civil_utc(at: Timestamp) -> civil::DateTime {
    at.to_zoned_datetime(TimeZone::UTC).datetime()
}
