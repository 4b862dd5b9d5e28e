//! "Why is it not here?": given an address or a source's own id, where the item is, or which of the things that keep an
//! item away applies.

use serde::Serialize;
use vedette_core::{ItemId, Source, SourceKind, SourceState};

use crate::health::said;
use crate::{Desk, DeskResult};

/// Bytes of a question: addresses are shorter.
const QUESTION_BYTES_MAX: usize = 4_096;
/// Gaps and notes of one source that are looked through.
const ROWS: usize = 500;

/// What is known about something that somebody looks for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Whereabouts {
    /// Items that it is.
    pub items: Vec<ItemId>,
    /// What may have kept it away, each one line; empty when it is here and nothing is to be said.
    pub reasons: Vec<String>,
}

impl Desk {
    /// Looks for an address or an id and says what is known.
    pub fn whereabouts(&self, question: &str) -> DeskResult<Whereabouts> {
        // The pages and reports show addresses defanged; they are asked for as they are shown.
        let question = question.trim().replace("hxxp", "http").replace("[.]", ".");
        let question = question.as_str();
        let mut known = Whereabouts::default();
        if question.is_empty() || question.len() > QUESTION_BYTES_MAX {
            known.reasons.push("give an address, or the id that the source itself uses".to_owned());
            return Ok(known);
        }
        for id in ids_in(question) {
            known.items.extend(self.ports.records.find_native(&id)?);
        }
        known.items.extend(self.ports.records.find_url(question)?);
        known.items.sort_unstable();
        known.items.dedup();
        for item in &known.items {
            if let Some(why) = self.ports.records.erased_because(*item)? {
                known.reasons.push(format!("{item} was here and was erased: {why}"));
            }
        }
        if known.items.is_empty() {
            self.explain(question, &mut known.reasons)?;
        }
        Ok(known)
    }

    fn explain(&self, question: &str, reasons: &mut Vec<String>) -> DeskResult<()> {
        let sources = self.ports.records.sources()?;
        let host = host_of(question);
        let near: Vec<&Source> = sources
            .iter()
            .filter(|source| source.asked.kind != SourceKind::Import)
            .filter(|source| host.is_none() || host_of(&source.asked.address) == host)
            .collect();
        if near.is_empty() {
            reasons.push(match &host {
                Some(host) => {
                    format!("no source watches {host}: add one with `vedette source add` (it needs an authorisation)")
                }
                None => {
                    "no source is watched: add one with `vedette source add` (it needs an authorisation)".to_owned()
                }
            });
            if let Some(host) = &host {
                let seen = self.ports.records.suggestions(ROWS)?;
                for one in seen.iter().filter(|one| one.address.replace("[.]", ".").contains(host.as_str())).take(3) {
                    reasons.push(format!(
                        "collected posts point to {} ({} times, first in {})",
                        one.address, one.seen, one.first_item
                    ));
                }
            }
            return Ok(());
        }
        for source in near {
            self.explain_source(source, question, reasons)?;
        }
        Ok(())
    }

    fn explain_source(&self, source: &Source, question: &str, reasons: &mut Vec<String>) -> DeskResult<()> {
        let name = format!("{} ({})", source.id, source.asked.name);
        let (health, now) = (&source.health, self.now());
        match source.state {
            SourceState::Active => {}
            SourceState::Paused => reasons.push(format!("{name} is paused: `vedette source resume {}`", source.id)),
            SourceState::Removed => reasons.push(format!("{name} is no longer watched")),
        }
        if !source.asked.authorisation.in_force(now) {
            reasons.push(format!("the authorisation of {name} has ended, so nothing is collected there"));
        }
        if let Some(error) = &health.last_error {
            reasons.push(format!("{name} fails ({} times in a row): {error}", health.failures));
        }
        match health.last_success_at {
            None => reasons.push(format!("{name} has never answered yet")),
            Some(at) => {
                let ago = u64::try_from(now.duration_since(at).as_secs()).unwrap_or(0);
                reasons.push(format!(
                    "{name} was last asked {} ago; what was posted since comes with the next round",
                    said(ago)
                ));
            }
        }
        for gap in self.ports.records.gaps(source.id, ROWS)?.iter().filter(|gap| gap.closed_at.is_none()) {
            reasons.push(format!(
                "{name} may have missed what was posted between {} and {}: {}",
                gap.from, gap.to, gap.why
            ));
        }
        let ids = ids_in(question);
        for (at, note) in self.ports.records.source_notes(source.id, ROWS)? {
            if ids.iter().any(|id| id.len() > 3 && note.contains(id.as_str())) {
                reasons.push(format!("{name} noted at {at}: {note}"));
            }
        }
        if let Some(days) = source.asked.keeping.days {
            reasons.push(format!("{name} is kept for {days} days; what is older was erased"));
        }
        Ok(())
    }
}

/// The ids that an address or a bare id may stand for: itself, and what a permalink of a chat, a channel or a page ends in.
fn ids_in(question: &str) -> Vec<String> {
    let mut ids = vec![question.to_owned()];
    let Some((_, after)) = question.split_once("://") else { return ids };
    let (path, query) = after.split_once('?').unwrap_or((after, ""));
    // Rocket.Chat: /channel/room?msg=ID
    ids.extend(query.split('&').filter_map(|pair| pair.strip_prefix("msg=")).map(str::to_owned));
    let path = path.split('#').next_back().unwrap_or(path).trim_end_matches('/');
    let mut parts = path.rsplit('/');
    if let (Some(last), before) = (parts.next(), parts.next()) {
        ids.push(last.to_owned());
        // Telegram: channel/ID
        ids.extend(before.map(|before| format!("{before}/{last}")));
    }
    ids.retain(|id| !id.is_empty());
    ids
}

/// The host of an address in small letters; `None` for what is no address.
fn host_of(address: &str) -> Option<String> {
    let (_, after) = address.split_once("://")?;
    let host = after.split(['/', '?', '#']).next()?;
    Some(host.to_ascii_lowercase()).filter(|host| !host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permalinks_give_the_ids_in_them() {
        for (question, id) in [
            ("aB3dE", "aB3dE"),
            ("https://chat.example/channel/lantern-media?msg=aB3dE", "aB3dE"),
            ("https://t.me/lantern/412", "lantern/412"),
            ("https://t.me/s/lantern/412?single", "412"),
            ("https://matrix.to/#/!room:example.org/$event", "$event"),
            ("https://courier.example/a/b/", "b"),
        ] {
            assert!(ids_in(question).iter().any(|found| found == id), "{question}: {:?}", ids_in(question));
        }
    }

    #[test]
    fn hosts_are_compared_with_their_port() {
        assert_eq!(host_of("https://Chat.Example:3000/x").as_deref(), Some("chat.example:3000"));
        assert_eq!(host_of("aB3dE"), None);
    }
}
