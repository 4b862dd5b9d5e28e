//! Hearing sources live: what arrives is taken in like any round's haul, and a broken connection asks for a round.

use std::collections::HashMap;

use vedette_collect::{CollectError, LiveEvent, Secret};
use vedette_core::{Source, SourceId};

use crate::{Desk, DeskError, DeskResult, Role, Round, Who};

impl Desk {
    /// Listens to sources that share one connection until `stop` says so. `catch_up` is told which source needs a round,
    /// and why. Returns at once when there is nothing to listen to.
    pub fn listen(
        &self,
        who: &Who,
        ids: &[SourceId],
        secret: Option<&Secret>,
        stop: &dyn Fn() -> bool,
        catch_up: &dyn Fn(SourceId, &str),
    ) -> DeskResult<()> {
        who.may(Role::Analyst, "listen")?;
        let mut sources: HashMap<SourceId, Source> = HashMap::new();
        let mut wanted = Vec::with_capacity(ids.len());
        for id in ids {
            let source = self.ports.records.source(*id)?;
            wanted.push((source.clone(), self.ports.records.cursor(*id)?));
            sources.insert(*id, source);
        }
        let Some(mut live) = vedette_collect::live_for(&wanted, secret, self.env())? else { return Ok(()) };
        let mut failed = None;
        let outcome = live.run(stop, &mut |event| match event {
            LiveEvent::Connected => {
                tracing::info!(sources = sources.len(), "listening");
                Ok(())
            }
            LiveEvent::Lost { since, why } => {
                tracing::warn!(%since, why, "the live connection broke");
                Ok(())
            }
            LiveEvent::CatchUp(id, why) => {
                catch_up(id, &why);
                Ok(())
            }
            LiveEvent::Haul(id, haul) => {
                let Some(source) = sources.get(&id) else { return Ok(()) };
                let mut round = Round::default();
                self.drain(source, &mut round, &mut |_| {}, |take| take(*haul)).map_err(|error| {
                    let words = error.to_string();
                    failed = Some(error);
                    CollectError::Stopped(words)
                })
            }
        });
        match failed {
            Some(error) => Err(error),
            None => Ok(outcome.map_err(DeskError::from)?),
        }
    }
}
