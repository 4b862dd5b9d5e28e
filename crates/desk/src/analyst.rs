//! Recognition and assessment of texts, with the register and the calendar; needs no workspace. `vedette analyze` is
//! this and nothing else, so that what it prints is what the pipeline stores.

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, civil};
use vedette_assess::{AssessInput, OfficialOutlet};
use vedette_core::{
    Admiralty, Analysis, Assessment, CalendarEvent, Findings, Language, MentionKind, Reading, ReadingKind,
};
use vedette_likeness::Sketch;
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
        #[cfg(test)]
        tests::EXPANDED.with(|times| times.set(times.get() + 1));
        let to = at.checked_add(Span::new().days(i64::from(days) + 1)).unwrap_or(civil::DateTime::MAX);
        expand(&self.events, at, to)
    }

    /// The language of a text.
    pub fn language(&self, text: &str) -> Language {
        let found = vedette_text::language::identify(text);
        Language { code: found.code, script: found.script, confidence: found.confidence }
    }

    /// What a text names and says; `hints` tell where its source stands. Events that a statement does not name are joined
    /// to it by [`Analyst::assess`], with the calendar.
    pub fn findings(&self, text: &str, language: &Language, posted_at: Timestamp, hints: &Hints) -> Findings {
        self.recogniser.recognise_with(text, language, civil_utc(posted_at), hints)
    }

    /// What the name of a file says about an issue of a series.
    pub(crate) fn issue_of_name(&self, name: &str) -> vedette_recognise::NamedIssue {
        self.recogniser.issue_of_name(name)
    }

    /// Level, tier and reasons, by the calendar of `event_window_days`; statements are joined to its events on the way.
    pub fn assess(
        &self,
        readings: &[Reading],
        findings: &mut [Findings],
        source_outlet: Option<&str>,
        posted_at: Timestamp,
        event_window_days: u16,
    ) -> Assessment {
        let now = civil_utc(posted_at);
        let outlet_official = source_outlet.and_then(|outlet| self.official(outlet));
        // Most posts say nothing that the calendar could add to.
        let says = outlet_official.is_some() || findings.iter().any(|found| !found.statements.is_empty());
        let calendar = if says { self.calendar(now, event_window_days) } else { Vec::new() };
        for found in findings.iter_mut() {
            vedette_assess::join_events(found, &calendar, now, event_window_days);
        }
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
        let mut all = [findings];
        let assessment = self.assess(&readings, &mut all, None, posted_at, event_window_days);
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
        // A sketch of another recipe cannot be compared: what was made with it is out of date.
        format!("vedette {} {} sketch-{}", env!("CARGO_PKG_VERSION"), self.recogniser.version(), Sketch::VERSION)
    }
}

fn civil_utc(at: Timestamp) -> civil::DateTime {
    at.to_zoned_datetime(TimeZone::UTC).datetime()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use vedette_recognise::{Options, Register};

    thread_local! {
        /// How often this thread expanded the calendar.
        pub(super) static EXPANDED: Cell<usize> = const { Cell::new(0) };
    }

    const WORLD: &str = r#"
        [[venue]]
        id = "halden-stadium"
        name = "Halden Stadium"
        source = "invented"

        [[event]]
        id = "meridian-cup"
        name = "Meridian Cup"
        from = "2026-12-04"
        to = "2026-12-16"
        places = ["halden-stadium"]
        source = "invented"
    "#;

    /// The event that a threat posted 45 days before the Cup is joined to, its reason, and how often the calendar was expanded.
    fn joined(event_window_days: u16) -> (Option<String>, Option<String>, usize) {
        let register = Register::load(&[("world.toml", WORLD)]).unwrap();
        let analyst = Analyst::new(Recogniser::new(register, Options::default()));
        let posted_at = "2026-10-20T12:00:00Z".parse().unwrap();
        EXPANDED.with(|times| times.set(0));
        let text = "We will bomb Halden Stadium and kill you all.".to_owned();
        let found = analyst.analyze(serde_json::Value::Null, text, None, posted_at, event_window_days);
        let statement = found.findings.statements.first().expect("a threat is found");
        let event = statement.event.as_ref().and_then(|slot| slot.id.clone());
        let reason = found.assessment.reasons.iter().find(|reason| reason.name.starts_with("event in"));
        (event, reason.map(|reason| reason.name.clone()), EXPANDED.with(Cell::get))
    }

    #[test]
    fn the_desk_s_window_says_to_which_events_a_statement_is_joined_and_the_calendar_is_expanded_once() {
        let cup = (Some("meridian-cup".to_owned()), Some("event in 45 days: Meridian Cup".to_owned()), 1);
        assert_eq!(joined(60), cup);
        assert_eq!(joined(30), (None, None, 1));
    }
}
