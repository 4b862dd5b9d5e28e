//! Following sources: one round asks a source what is new, and each page it yields is durable before the next is asked
//! for. No authorisation in force, no collection.

use vedette_collect::{CollectError, Connector, Env, Secret};
use vedette_core::{AlertKind, Haul, NewExhibit, Source, SourceId, SourceKind, SourceReport, SourceState};
use vedette_preserve::sha256;

use crate::health::{self, FAILURES_ALARM, RHYTHM_POSTS, said};
use crate::pipeline::Taken;
use crate::vanished;
use crate::{Desk, DeskError, DeskResult, Role, Who};

/// Files that failed earlier and are asked for again in one round.
const PENDING_FILES_PER_ROUND: usize = 50;

/// Notes that one round tells; all of them are kept.
const NOTES_MAX: usize = 20;

/// How one round went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Round {
    /// The source.
    pub source: String,
    /// Versions seen.
    pub seen: u64,
    /// Versions that were new.
    pub new: u64,
    /// Versions that wait for a reader.
    pub waiting: u64,
    /// Files that came late.
    pub files: u64,
    /// What was left out or may have been missed, in words; also kept on the source's page.
    pub notes: Vec<String>,
    /// What failed and what to do; what was taken in before stays.
    pub error: Option<String>,
}

impl Round {
    fn add(&mut self, taken: Taken) {
        self.seen += taken.seen;
        self.new += taken.new;
        self.waiting += taken.waiting;
    }
}

impl Desk {
    /// Asks one source what is new. A failing source is a result, not an error: it is noted on the source, and what
    /// had arrived stays.
    pub fn collect(
        &self,
        who: &Who,
        id: SourceId,
        secret: Option<&Secret>,
        progress: &mut dyn FnMut(&Round),
    ) -> DeskResult<Round> {
        who.may(Role::Analyst, "collect")?;
        let source = self.ports.records.source(id)?;
        let mut round = Round { source: source.asked.name.clone(), ..Round::default() };
        let outcome = self.ask(&source, secret, &mut round, progress);
        self.commit_index()?;
        round.error = match outcome {
            Ok(()) => None,
            Err(DeskError::Collect(error)) => Some(error.to_string()),
            Err(error) => return Err(error),
        };
        self.note_health(&source, &round)?;
        Ok(round)
    }

    /// Notes how the round went, and raises an alert when the source fails again and again or is silent against its own
    /// rhythm.
    fn note_health(&self, source: &Source, round: &Round) -> DeskResult<()> {
        let (records, now, id) = (&self.ports.records, self.now(), source.id);
        let failures = source.health.failures + 1;
        let resting_until = round.error.as_ref().map(|_| now + health::rest(failures)).filter(|until| *until > now);
        let report = SourceReport { at: now, new_versions: round.new, error: round.error.clone(), resting_until };
        records.report_source(id, &report)?;
        if let Some(error) = &round.error {
            if failures >= FAILURES_ALARM {
                let text = format!("{} failed {failures} times in a row: {error}", round.source);
                records.raise(&AlertKind::Source(id), None, &text, now)?;
            }
            return Ok(());
        }
        // Its rhythm changes with its posts only; without news the last one is enough.
        let posts = records.latest_posts(id, if round.new > 0 { RHYTHM_POSTS } else { 1 })?;
        let rhythm = if round.new > 0 { health::rhythm(&posts) } else { source.health.rhythm };
        if rhythm != source.health.rhythm {
            records.set_rhythm(id, rhythm)?;
        }
        let (Some(rhythm), Some(last)) = (rhythm, posts.first().copied()) else { return Ok(()) };
        if source.asked.kind == SourceKind::Folder {
            return Ok(());
        }
        if let Some(quiet) = health::silence(&rhythm, last, now) {
            let quiet = u64::try_from(quiet.as_secs()).unwrap_or(0);
            let text = format!(
                "{} is silent since {}: usually {} pass between two posts, nearly never more than {}",
                round.source,
                said(quiet),
                said(rhythm.usual_s),
                said(rhythm.longest_s)
            );
            records.raise(&AlertKind::Silence(id), None, &text, now)?;
        }
        Ok(())
    }

    fn ask(
        &self,
        source: &Source,
        secret: Option<&Secret>,
        round: &mut Round,
        progress: &mut dyn FnMut(&Round),
    ) -> DeskResult<()> {
        self.refuse_unauthorised(source)?;
        let mut connector = vedette_collect::connector_for(source, secret, self.env())?;
        self.fetch_pending(source, connector.as_mut(), round)?;
        let cursor = self.ports.records.cursor(source.id)?;
        self.drain(source, round, progress, |take| connector.collect(cursor.as_ref(), take))
    }

    /// Runs a connector; every haul is taken in before the connector may go on.
    pub(crate) fn drain(
        &self,
        source: &Source,
        round: &mut Round,
        progress: &mut dyn FnMut(&Round),
        run: impl FnOnce(&mut dyn FnMut(Haul) -> Result<(), CollectError>) -> Result<(), CollectError>,
    ) -> DeskResult<()> {
        let mut failed = None;
        let outcome = run(&mut |mut haul: Haul| {
            let room = NOTES_MAX.saturating_sub(round.notes.len());
            round.notes.extend(haul.notes.iter().take(room).cloned());
            // An authorisation can end while a long backfill runs.
            let taken = self
                .refuse_unauthorised(source)
                .and_then(|()| Ok(vanished::infer(source, &mut haul, self.ports.records.as_ref())?))
                .and_then(|_| self.take_in(source, vec![haul]));
            match taken {
                Ok(taken) => {
                    round.add(taken);
                    progress(round);
                    Ok(())
                }
                Err(error) => {
                    let words = error.to_string();
                    failed = Some(error);
                    Err(CollectError::Stopped(words))
                }
            }
        });
        match failed {
            Some(error) => Err(error),
            None => Ok(outcome?),
        }
    }

    fn refuse_unauthorised(&self, source: &Source) -> DeskResult<()> {
        if source.state != SourceState::Active {
            return Err(CollectError::Refused(format!(
                "`{}` is not followed: resume it with `vedette source resume {}`",
                source.asked.name, source.id
            ))
            .into());
        }
        let authorisation = &source.asked.authorisation;
        if authorisation.in_force(self.now()) {
            return Ok(());
        }
        Err(CollectError::Refused(format!(
            "the authorisation of `{}` by {} has ended: record a new one with `vedette source authorise {} --authorised-by NAME --basis TEXT`",
            source.asked.name, authorisation.authorised_by, source.id
        ))
        .into())
    }

    fn fetch_pending(&self, source: &Source, connector: &mut dyn Connector, round: &mut Round) -> DeskResult<()> {
        for file in self.ports.records.pending_files(source.id, PENDING_FILES_PER_ROUND)? {
            let bytes = match connector.fetch_file(&file.url) {
                Ok(bytes) => {
                    let mut exhibits: Vec<NewExhibit> = Vec::new();
                    let digest = sha256(&bytes);
                    crate::prepare::keep(
                        &mut exhibits,
                        self.ports.blobs.as_ref(),
                        digest,
                        bytes,
                        "application/octet-stream",
                        false,
                    )?;
                    round.files += 1;
                    exhibits.pop().ok_or_else(|| "no bytes".to_owned())
                }
                Err(error) => Err(error.to_string()),
            };
            self.ports.records.file_arrived(&file, bytes, self.now())?;
        }
        Ok(())
    }

    pub(crate) fn env(&self) -> Env {
        self.rooms.env.clone()
    }

    /// All sources that are followed.
    pub fn active_sources(&self) -> DeskResult<Vec<Source>> {
        let mut all = self.ports.records.sources()?;
        all.retain(|source| source.state == SourceState::Active);
        Ok(all)
    }
}
