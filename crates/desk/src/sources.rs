//! Sources: what is watched, under whose authorisation, and how it goes.

use jiff::Timestamp;
use vedette_collect::Secret;
use vedette_core::{
    Authorisation, Gap, Haul, NewSource, Reach, Source, SourceId, SourceKind, SourceState, SourceSuggestion,
};

use crate::{Desk, DeskError, DeskResult, Role, Round, Who};

impl Desk {
    /// Adds a source. Its authorisation must name a person and a basis and be in force.
    pub fn add_source(&self, who: &Who, mut new: NewSource) -> DeskResult<Source> {
        who.may(Role::Admin, "add sources")?;
        let authorisation = &new.authorisation;
        if authorisation.authorised_by.trim().is_empty() || authorisation.basis.trim().is_empty() {
            return Err(DeskError::Unusable(
                "a source needs an authorisation: say who allowed it (--authorised-by) and on what basis (--basis)"
                    .to_owned(),
            ));
        }
        if !authorisation.in_force(self.now()) {
            return Err(DeskError::Unusable("the authorisation has ended already: give a later --until".to_owned()));
        }
        new.address = new.address.trim_end_matches('/').to_owned();
        check_address(&new)?;
        check_reach(&new.reach, new.kind)?;
        if let Some(twin) = self.ports.records.sources()?.into_iter().find(|other| {
            other.state != SourceState::Removed
                && other.asked.kind == new.kind
                && other.asked.address == new.address
                && other.asked.room == new.room
        }) {
            return Err(DeskError::Unusable(format!("`{}` is watched already as {}", new.name, twin.id)));
        }
        let source = self.ports.records.add_source(&new, self.now())?;
        self.audit(who, "source add", &source.id.to_string(), &source.asked.name)?;
        Ok(source)
    }

    /// All sources that were not removed.
    pub fn sources(&self) -> DeskResult<Vec<Source>> {
        let mut all = self.ports.records.sources()?;
        all.retain(|source| source.state != SourceState::Removed && source.asked.kind != SourceKind::Import);
        Ok(all)
    }

    /// One source with the notes about what may have been missed.
    pub fn source(&self, id: SourceId) -> DeskResult<(Source, Vec<(Timestamp, String)>)> {
        Ok((self.ports.records.source(id)?, self.ports.records.source_notes(id, 100)?))
    }

    /// Asks a source whether it can be followed, without collecting. Lines for people.
    pub fn check_source(&self, id: SourceId, secret: Option<&Secret>) -> DeskResult<Vec<String>> {
        let source = self.ports.records.source(id)?;
        Ok(vedette_collect::check(&source, secret, self.env())?)
    }

    /// Pauses, resumes or removes a source. What was collected stays.
    pub fn set_source_state(&self, who: &Who, id: SourceId, state: SourceState) -> DeskResult<()> {
        who.may(Role::Admin, "pause or remove sources")?;
        self.ports.records.set_source_state(id, state, who.name(), self.now())?;
        self.audit(who, "source state", &id.to_string(), &format!("{state:?}").to_lowercase())
    }

    /// Records a new authorisation.
    pub fn authorise(&self, who: &Who, id: SourceId, authorisation: &Authorisation) -> DeskResult<()> {
        who.may(Role::Admin, "authorise sources")?;
        self.ports.records.authorise(id, authorisation)?;
        self.audit(who, "source authorise", &id.to_string(), &authorisation.authorised_by)
    }

    /// Records by which way and how often a source is asked.
    pub fn set_reach(&self, who: &Who, id: SourceId, reach: &Reach) -> DeskResult<()> {
        who.may(Role::Admin, "change how a source is asked")?;
        check_reach(reach, self.ports.records.source(id)?.asked.kind)?;
        self.ports.records.set_reach(id, reach, who.name(), self.now())?;
        self.audit(who, "source reach", &id.to_string(), reach.proxy.as_deref().unwrap_or("direct"))
    }

    /// The gap ledger of a source, newest first.
    pub fn gaps(&self, id: SourceId) -> DeskResult<Vec<Gap>> {
        Ok(self.ports.records.gaps(id, 500)?)
    }

    /// Channels that posts point to; each waits for a person's authorisation, nothing is fetched from it.
    pub fn suggestions(&self) -> DeskResult<Vec<SourceSuggestion>> {
        Ok(self.ports.records.suggestions(200)?)
    }

    /// Imports files, folders and JSON lines once, under a source of its own named `name`.
    pub fn import(
        &self,
        who: &Who,
        paths: &[std::path::PathBuf],
        name: &str,
        authorisation: Authorisation,
        progress: &mut dyn FnMut(&Round),
    ) -> DeskResult<Round> {
        who.may(Role::Analyst, "import")?;
        let source = self.import_source(name, authorisation)?;
        let mut round = Round { source: source.asked.name.clone(), ..Round::default() };
        let env = self.env();
        let outcome = self.drain(&source, &mut round, progress, |take: &mut dyn FnMut(Haul) -> _| {
            vedette_collect::folder::import(paths, &env, take)
        });
        self.commit_index()?;
        outcome?;
        self.audit(who, "import", &source.id.to_string(), &format!("{} versions, {} new", round.seen, round.new))?;
        Ok(round)
    }

    fn import_source(&self, name: &str, authorisation: Authorisation) -> DeskResult<Source> {
        let known = self.ports.records.sources()?.into_iter().find(|source| {
            source.asked.kind == SourceKind::Import && source.asked.name == name && source.state == SourceState::Active
        });
        if let Some(known) = known {
            return Ok(known);
        }
        let new = NewSource {
            kind: SourceKind::Import,
            address: name.to_owned(),
            room: None,
            name: name.to_owned(),
            outlet: None,
            countries: Vec::new(),
            allow_private: Vec::new(),
            secret: None,
            authorisation,
            reach: vedette_core::Reach::default(),
            keeping: vedette_core::Keeping::default(),
        };
        Ok(self.ports.records.add_source(&new, self.now())?)
    }
}

/// Longest time between two rounds: a source that is asked less is not watched.
const EVERY_S_MAX: u64 = 7 * 24 * 3_600;

fn check_reach(reach: &Reach, kind: SourceKind) -> DeskResult<()> {
    if !reach.render.is_never() && !matches!(kind, SourceKind::Web | SourceKind::Section) {
        return Err(DeskError::Unusable(format!(
            "only pages are captured by a browser: a source of kind `web` or `section`, not `{}`",
            kind.word()
        )));
    }
    if let Some(proxy) = &reach.proxy {
        vedette_collect::guard::Proxy::new(proxy).map_err(|error| DeskError::Unusable(error.to_string()))?;
    }
    if reach.every_s.is_some_and(|every| !(1..=EVERY_S_MAX).contains(&every)) {
        return Err(DeskError::Unusable(format!("a source is asked every 1 to {EVERY_S_MAX} seconds")));
    }
    let fit = |agent: &String| !agent.is_empty() && agent.len() <= 200 && agent.bytes().all(|b| (32..127).contains(&b));
    if reach.user_agent.as_ref().is_some_and(|agent| !fit(agent)) {
        return Err(DeskError::Unusable("a user agent is 1 to 200 printable ASCII characters".to_owned()));
    }
    Ok(())
}

/// Refuses an address that no connector of its kind could ever follow.
fn check_address(new: &NewSource) -> DeskResult<()> {
    let address = new.address.as_str();
    match new.kind {
        SourceKind::Rocketchat
        | SourceKind::Matrix
        | SourceKind::Feed
        | SourceKind::Web
        | SourceKind::Section
        | SourceKind::Telegram => {
            let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
            if host.is_some_and(|host| !host.is_empty() && !host.starts_with('/')) {
                return Ok(());
            }
            Err(DeskError::Unusable(format!(
                "`{address}` is not a web address: expected one like https://news.example/rss.xml"
            )))
        }
        SourceKind::Folder if std::path::Path::new(address).is_dir() => Ok(()),
        SourceKind::Folder => Err(DeskError::Unusable(format!("there is no folder `{address}`"))),
        SourceKind::Import => Ok(()),
    }
}
