//! Going back through the history of a room: `channels.history`, newest first, page by page to the beginning.

use jiff::Timestamp;

use super::cursor::{History, Phase, Position, digest};
use super::discussions::meet;
use super::message::{Kind, Message, read};
use super::page::Page;
use super::{RocketchatConnector, Room, api};
use crate::CollectError;
use crate::connector::Take;
use crate::guard::Response;

/// Pages of one round: the rest waits, so that one long history does not keep other work waiting.
const PAGES_PER_ROUND: usize = 60;
/// Messages asked for in one page: the server gives no more.
const COUNT_MAX: u64 = 100;
/// Milliseconds that the server's clock may be ahead of ours.
pub(crate) const AHEAD_MS: i64 = 2 * 24 * 3_600 * 1_000;

impl RocketchatConnector {
    pub(crate) fn backfill(
        &mut self,
        room: &Room,
        position: &mut Position,
        notes: &mut Vec<String>,
        take: Take<'_>,
    ) -> Result<(), CollectError> {
        let mut count = COUNT_MAX;
        for _ in 0..PAGES_PER_ROUND {
            match self.history_page(room, &position.backfill, count) {
                Ok(answer) => {
                    self.take_history(&answer, room, position, notes, take)?;
                    count = (count * 5).min(COUNT_MAX);
                }
                Err(CollectError::TooLarge { .. }) if count > 1 => count = smaller(count),
                Err(CollectError::TooLarge { cap_bytes, .. }) => {
                    notes.push(format!(
                        "one message of the history is larger than {cap_bytes} bytes and was passed over ({})",
                        before(&position.backfill)
                    ));
                    position.backfill.offset += 1;
                }
                Err(error) => return Err(error),
            }
            if position.phase == Phase::Follow {
                break;
            }
        }
        Ok(())
    }

    pub(crate) fn history_page(&mut self, room: &Room, at: &History, count: u64) -> Result<Response, CollectError> {
        let (count, offset) = (count.to_string(), at.offset.to_string());
        let latest = at.latest.unwrap_or_else(|| self.env.now().as_millisecond() + AHEAD_MS);
        let latest = iso(latest);
        let oldest = at.oldest.map(iso);
        let mut params = vec![
            ("roomId", room.info.id.as_str()),
            ("latest", latest.as_str()),
            ("count", count.as_str()),
            ("offset", offset.as_str()),
            ("showThreadMessages", "true"),
        ];
        if let Some(oldest) = &oldest {
            params.push(("oldest", oldest));
        }
        self.api.get(&format!("{}.history", room.family), &params, self.api.body_bytes_max())
    }

    fn take_history(
        &mut self,
        answer: &Response,
        room: &Room,
        position: &mut Position,
        notes: &mut Vec<String>,
        take: Take<'_>,
    ) -> Result<(), CollectError> {
        let slices = api::history_slices(answer)?;
        let link = |id: &str| format!("{}?msg={id}", room.link);
        let read: Vec<(Message, String)> =
            slices.iter().map(|slice| (read(slice.get(), &link), digest(slice.get().as_bytes()))).collect();
        let fresh = read.iter().filter(|(_, digest)| !position.backfill.seen.contains(digest));
        let mut fresh: Vec<Message> = fresh.map(|(message, _)| message.clone()).collect();
        fresh.reverse();
        if position.updated.next_ms.is_none() {
            // Changes are followed from the newest that this page shows: by the server's clock, and before any later one.
            let times: Vec<(i64, String)> =
                read.iter().filter_map(|(message, digest)| Some((message.updated_ms?, digest.clone()))).collect();
            position.updated.advance(&times, self.env.now().as_millisecond() + AHEAD_MS);
            position.deleted.next_ms = position.updated.next_ms;
        }
        let membership = read.iter().any(|(message, _)| matches!(message.kind, Kind::Membership));
        step(&mut position.backfill, &read);
        meet(position, &fresh, notes);
        if read.is_empty() {
            position.phase = Phase::Follow;
            // The whole history was just listed: the first comparison is due in a day.
            position.swept_ms.get_or_insert(self.env.now().as_millisecond());
            position.backfill = History::default();
        } else if fresh.is_empty() && notes.is_empty() {
            // Only the overlap came back: nothing to store, and asking it again would change nothing.
            return Ok(());
        }
        self.hand_over(Page { answer, fresh, membership }, position.write(), notes, take)
    }
}

/// Moves on: to the millisecond after the oldest message, because the end of a page is exclusive and others may share
/// its millisecond; or, when a page did not get any further back, past the messages it held.
fn step(history: &mut History, page: &[(Message, String)]) {
    let oldest = page.iter().filter_map(|(message, _)| message.ts_ms).min();
    let edge = oldest.map(|ms| ms.saturating_add(1));
    match edge {
        Some(edge) if history.latest.is_none_or(|latest| edge < latest) => {
            history.latest = Some(edge);
            history.offset = 0;
            history.seen.clear();
        }
        _ => history.offset += page.len() as u64,
    }
    let at_edge = page.iter().filter(|(message, _)| message.ts_ms == oldest);
    history.seen.extend(at_edge.map(|(_, digest)| digest.clone()));
    let over = history.seen.len().saturating_sub(4_096);
    history.seen.drain(..over);
}

/// The next smaller page when one is too large to be taken.
pub(crate) fn smaller(count: u64) -> u64 {
    match count {
        26.. => 25,
        6..=25 => 5,
        _ => 1,
    }
}

pub(crate) fn iso(ms: i64) -> String {
    let time = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    format!("{time:.3}")
}

fn before(history: &History) -> String {
    history.latest.map_or("the newest".to_owned(), |ms| format!("before {}", iso(ms)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(ts_ms: i64) -> (Message, String) {
        let kind = Kind::System;
        (
            Message { id: "x".into(), ts_ms: Some(ts_ms), updated_ms: None, discussion: None, kind, notes: vec![] },
            ts_ms.to_string(),
        )
    }

    #[test]
    fn a_page_moves_back_to_just_after_its_oldest_message() {
        let mut history = History::default();
        step(&mut history, &[message(30), message(20), message(20)]);
        assert_eq!((history.latest, history.offset, history.seen.len()), (Some(21), 0, 2));
    }

    #[test]
    fn a_page_of_one_millisecond_is_passed_by_offset() {
        let mut history = History { latest: Some(21), ..History::default() };
        step(&mut history, &[message(20), message(20)]);
        assert_eq!((history.latest, history.offset), (Some(21), 2));
        step(&mut history, &[message(20), message(10)]);
        assert_eq!((history.latest, history.offset), (Some(11), 0));
    }

    #[test]
    fn times_are_written_as_the_server_writes_them() {
        assert_eq!(iso(1_761_990_000_007), "2025-11-01T09:40:00.007Z");
        assert_eq!(iso(0), "1970-01-01T00:00:00.000Z");
    }
}
