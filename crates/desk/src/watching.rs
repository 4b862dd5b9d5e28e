//! Standing queries and what is raised: a watch that matched, a level that speaks for itself, channels worth a look.

use vedette_core::ports::IndexDocument;
use vedette_core::{Alert, AlertId, AlertKind, AlertState, Derived, Level, LinkKind, SourceSuggestion, Watch, WatchId};
use vedette_search::WatchSet;

use crate::derive::Material;
use crate::desk::State;
use crate::{Desk, DeskResult, Role, Who};

/// A watch as a person asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWatch {
    /// Its name.
    pub name: String,
    /// The query.
    pub query: String,
    /// Items below this level do not raise it.
    pub level_min: Level,
}

/// Bytes of text quoted in an alert's line.
const ALERT_TEXT_CHARS: usize = 120;

impl Desk {
    /// Adds a standing query; it looks at what comes from now on.
    pub fn add_watch(&self, who: &Who, new: NewWatch) -> DeskResult<WatchId> {
        who.may(Role::Analyst, "add watches")?;
        vedette_search::parse(&new.query, self.now())?;
        let id = self.ports.records.add_watch(&Watch {
            id: WatchId(0),
            name: new.name,
            query: new.query,
            level_min: new.level_min,
            by: who.name().to_owned(),
            at: self.now(),
        })?;
        self.state().watches = None;
        self.audit(who, "watch add", &id.to_string(), "")?;
        Ok(id)
    }

    /// All standing queries.
    pub fn watches(&self) -> DeskResult<Vec<Watch>> {
        Ok(self.ports.records.watches()?)
    }

    /// Removes a standing query.
    pub fn remove_watch(&self, who: &Who, id: WatchId) -> DeskResult<()> {
        who.may(Role::Analyst, "remove watches")?;
        self.ports.records.remove_watch(id)?;
        self.state().watches = None;
        self.audit(who, "watch remove", &id.to_string(), "")
    }

    /// Alerts, newest first.
    pub fn alerts(&self, open_only: bool) -> DeskResult<Vec<Alert>> {
        Ok(self.ports.records.alerts(open_only, 500)?)
    }

    /// Takes or closes an alert.
    pub fn set_alert(&self, who: &Who, id: AlertId, state: AlertState) -> DeskResult<()> {
        who.may(Role::Analyst, "take alerts")?;
        Ok(self.ports.records.set_alert(id, state, who.name())?)
    }

    pub(crate) fn raise_alerts(
        &self,
        state: &mut State,
        batch: &[Material],
        derived: &[Derived],
        documents: &[IndexDocument],
    ) -> DeskResult<()> {
        if state.watches.is_none() {
            let watches = self.ports.records.watches()?;
            state.watches = Some(WatchSet::new(&watches, self.now()));
        }
        for ((material, derived), document) in batch.iter().zip(derived).zip(documents) {
            let line = || {
                let text = derived.readings.first().map_or("", |reading| &reading.text);
                text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(ALERT_TEXT_CHARS).collect::<String>()
            };
            let level = derived.assessment.level;
            let at = self.now();
            if level >= self.config.alert_level && level > Level::None {
                let text = format!("{}: {}", level.word(), line());
                self.ports.records.raise(&AlertKind::Level(level), Some(material.item), &text, at)?;
            }
            let matched = state.watches.as_ref().map(|watches| watches.matching(document)).unwrap_or_default();
            for watch in matched {
                let text = format!("{}: {}", watch.name, line());
                self.ports.records.raise(&AlertKind::Watch(watch.id), Some(material.item), &text, at)?;
            }
        }
        self.suggest(batch, derived)
    }

    /// Channels that posts point to become suggestions; nobody visits them without an authorisation.
    fn suggest(&self, batch: &[Material], derived: &[Derived]) -> DeskResult<()> {
        let mut found: Vec<SourceSuggestion> = Vec::new();
        for (material, derived) in batch.iter().zip(derived) {
            for link in derived.findings.iter().flat_map(|found| &found.links) {
                if !matches!(link.kind, LinkKind::Channel | LinkKind::Invite | LinkKind::Onion) {
                    continue;
                }
                // A handle of a person, already replaced by its keyed hash, is no channel.
                if link.text.starts_with("@p-") {
                    continue;
                }
                found.push(SourceSuggestion {
                    address: link.text.clone(),
                    kind: link.kind.word().to_owned(),
                    seen: 1,
                    first_item: material.item,
                    first_at: material.posted_at,
                });
            }
        }
        if !found.is_empty() {
            self.ports.records.suggest_sources(&found)?;
        }
        Ok(())
    }
}
