//! Following changes: `chat.syncMessages`, paged (servers from 7.1 on) or whole (older ones).

use serde_json::value::RawValue;

use super::cursor::{History, Phase, Position, Track, digest};
use super::discussions::meet;
use super::history::{AHEAD_MS, iso, smaller};
use super::message::{Kind, Message, read, read_deletion};
use super::page::Page;
use super::{RocketchatConnector, Room, api};
use crate::CollectError;
use crate::connector::Take;
use crate::guard::Response;

/// Changes asked for in one page.
const COUNT_USUAL: u64 = 100;
/// Changes asked for when more share one millisecond than fit a page.
const COUNT_MAX: u64 = 3_200;
/// Pages of one kind in one round.
const PAGES_PER_ROUND: usize = 200;
/// Milliseconds by which a brief question overlaps the last one: the server's time is known to a second.
const OVERLAP_MS: i64 = 2_000;
/// Bytes that are read past to find out how to go on after a message that is too large to be taken.
const SKIM_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// Which changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Updated,
    Deleted,
}

impl Change {
    fn word(self) -> &'static str {
        match self {
            Self::Updated => "UPDATED",
            Self::Deleted => "DELETED",
        }
    }

    fn track(self, position: &mut Position) -> &mut Track {
        match self {
            Self::Updated => &mut position.updated,
            Self::Deleted => &mut position.deleted,
        }
    }
}

/// How a page moved the position.
struct Moved {
    /// The server has more.
    more: bool,
    /// The last millisecond changed.
    further: bool,
}

impl RocketchatConnector {
    pub(crate) fn follow(
        &mut self,
        room: &Room,
        position: &mut Position,
        notes: &mut Vec<String>,
        take: Take<'_>,
    ) -> Result<(), CollectError> {
        if position.whole_changes {
            // Each answer held both kinds: both were taken up to the later of the two.
            let since = position.updated.ask_from().max(position.deleted.ask_from());
            return self.whole(since, room, position, notes, take);
        }
        for change in [Change::Updated, Change::Deleted] {
            if !self.paged(change, room, position, notes, take)? {
                position.whole_changes = true;
                let since = position.updated.ask_from().min(position.deleted.ask_from());
                return self.whole(since, room, position, notes, take);
            }
        }
        Ok(())
    }

    /// Follows one kind page by page; `false` when the server is too old for that.
    fn paged(
        &mut self,
        change: Change,
        room: &Room,
        position: &mut Position,
        notes: &mut Vec<String>,
        take: Take<'_>,
    ) -> Result<bool, CollectError> {
        let mut count = COUNT_USUAL;
        // The smallest count that was too large from here on: the message at that place is the large one.
        let mut over: Option<u64> = None;
        for _ in 0..PAGES_PER_ROUND {
            match self.sync_page(change, room, position, count) {
                Ok(answer) => {
                    let moved = self.take_changes(change, &answer, room, position, notes, take)?;
                    if !moved.more {
                        return Ok(true);
                    }
                    count = match over {
                        _ if moved.further => COUNT_USUAL,
                        None => self.widen(change, count, position, notes),
                        Some(large) if count + 1 < large => (count * 2).min(large - 1),
                        Some(large) => {
                            self.pass_over(change, room, position, large, notes)?;
                            over = None;
                            COUNT_USUAL
                        }
                    };
                    over = over.filter(|_| !moved.further);
                }
                Err(CollectError::TooLarge { .. }) if count > 1 => {
                    over = Some(count);
                    count = smaller(count);
                }
                Err(CollectError::TooLarge { .. }) => {
                    self.pass_over(change, room, position, 1, notes)?;
                    over = None;
                    count = COUNT_USUAL;
                }
                Err(CollectError::Status { status: 400, why, .. }) if !is_about_access(&why) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    fn sync_page(
        &mut self,
        change: Change,
        room: &Room,
        position: &mut Position,
        count: u64,
    ) -> Result<Response, CollectError> {
        let (next, count) = (change.track(position).ask_from().to_string(), count.to_string());
        // Never `type` without `next`: the server would answer "nothing new" whatever there is.
        let params =
            [("roomId", room.info.id.as_str()), ("type", change.word()), ("next", &next), ("count", count.as_str())];
        self.api.get("chat.syncMessages", &params, self.api.body_bytes_max())
    }

    fn take_changes(
        &mut self,
        change: Change,
        answer: &Response,
        room: &Room,
        position: &mut Position,
        notes: &mut Vec<String>,
        take: Take<'_>,
    ) -> Result<Moved, CollectError> {
        let result = api::sync_slices(answer)?;
        let more = result.cursor.as_ref().and_then(|cursor| cursor.next.as_ref()).is_some_and(|next| !next.is_null());
        let slices = if change == Change::Updated { result.updated } else { result.deleted };
        let before = position.clone();
        let (fresh, membership) = self.advance(change, &slices, room, position);
        meet(position, &fresh, notes);
        let moved =
            Moved { more, further: change.track(position).next_ms != change.track(&mut before.clone()).next_ms };
        if fresh.is_empty() && notes.is_empty() && *position == before {
            return Ok(moved);
        }
        self.hand_over(Page { answer, fresh, membership }, position.write(), notes, take)?;
        Ok(moved)
    }

    /// Reads a list of changes and moves its track; what was taken before is left out.
    fn advance(
        &self,
        change: Change,
        slices: &[&RawValue],
        room: &Room,
        position: &mut Position,
    ) -> (Vec<Message>, bool) {
        let link = |id: &str| format!("{}?msg={id}", room.link);
        let track = change.track(position);
        let (mut fresh, mut times, mut membership) = (Vec::new(), Vec::new(), false);
        for slice in slices {
            let message = match change {
                Change::Updated => read(slice.get(), &link),
                Change::Deleted => read_deletion(slice.get(), &link),
            };
            membership |= matches!(message.kind, Kind::Membership);
            let digest = digest(slice.get().as_bytes());
            let seen = track.seen.contains(&digest);
            if let Some(ms) = message.updated_ms {
                times.push((ms, digest));
            }
            if !seen {
                fresh.push(message);
            }
        }
        track.advance(&times, self.env.now().as_millisecond() + AHEAD_MS);
        (fresh, membership)
    }

    /// A whole page shares the last millisecond: ask for more at once, and at the limit go on behind it.
    fn widen(&self, change: Change, count: u64, position: &mut Position, notes: &mut Vec<String>) -> u64 {
        if count < COUNT_MAX {
            return count * 2;
        }
        let track = change.track(position);
        let at = track.next_ms.unwrap_or(0);
        notes.push(format!(
            "more than {COUNT_MAX} messages changed in the millisecond {}: some of them may be missed",
            iso(at)
        ));
        // One later, because each question starts one earlier.
        *track = Track { next_ms: Some(at.saturating_add(1)), seen: Vec::new() };
        COUNT_USUAL
    }

    /// Goes on behind a message that is too large to be taken: the one at `place` of the next page. Its time is found by reading past it; when even that
    /// fails, everything up to now is passed over and said so.
    fn pass_over(
        &mut self,
        change: Change,
        room: &Room,
        position: &mut Position,
        place: u64,
        notes: &mut Vec<String>,
    ) -> Result<(), CollectError> {
        let cap_bytes = self.api.body_bytes_max();
        let next = change.track(position).ask_from();
        let (asked, count) = (next.to_string(), place.to_string());
        let params =
            [("roomId", room.info.id.as_str()), ("type", change.word()), ("next", &asked), ("count", count.as_str())];
        let found = match self.api.skim_times("chat.syncMessages", &params, SKIM_BYTES_MAX) {
            Ok(times) => times.into_iter().filter(|ms| *ms > next).max(),
            Err(CollectError::TooLarge { .. } | CollectError::Timeout { .. }) => None,
            Err(error) => return Err(error),
        };
        let to = found.unwrap_or_else(|| self.env.now().as_millisecond());
        notes.push(match found {
            Some(ms) => {
                format!("a message changed at {} is larger than {cap_bytes} bytes and was passed over", iso(ms))
            }
            None => format!("changes between {} and {} could not be read and may be missed", iso(next), iso(to)),
        });
        *change.track(position) = Track { next_ms: Some(to.saturating_add(1)), seen: Vec::new() };
        Ok(())
    }

    /// All changes since the last visit in one answer, as servers before 7.1 give them.
    fn whole(
        &mut self,
        since: i64,
        room: &Room,
        position: &mut Position,
        notes: &mut Vec<String>,
        take: Take<'_>,
    ) -> Result<(), CollectError> {
        let answer = match self.changes_since(since, room) {
            Ok(answer) => answer,
            Err(CollectError::TooLarge { .. }) => {
                self.back_to(since, position, notes);
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        self.take_whole(&answer, room, position, notes, take)
    }

    fn changes_since(&mut self, since: i64, room: &Room) -> Result<Response, CollectError> {
        let last_update = iso(since);
        let params = [("roomId", room.info.id.as_str()), ("lastUpdate", last_update.as_str())];
        self.api.get("chat.syncMessages", &params, self.api.body_bytes_max())
    }

    /// Both kinds of change in one answer, as the budget of many rooms asks for: since the server's time `followed_ms`,
    /// up to which everything was taken.
    pub(crate) fn follow_briefly(
        &mut self,
        followed_ms: i64,
        room: &Room,
        position: &mut Position,
        notes: &mut Vec<String>,
        take: Take<'_>,
    ) -> Result<(), CollectError> {
        match self.changes_since(followed_ms.saturating_sub(OVERLAP_MS), room) {
            Ok(answer) => self.take_whole(&answer, room, position, notes, take),
            Err(CollectError::TooLarge { .. }) => self.follow(room, position, notes, take),
            Err(error) => Err(error),
        }
    }

    fn take_whole(
        &mut self,
        answer: &Response,
        room: &Room,
        position: &mut Position,
        notes: &mut Vec<String>,
        take: Take<'_>,
    ) -> Result<(), CollectError> {
        let mut result = api::sync_slices(answer)?;
        // Newest first here; posts are handed over oldest first.
        result.updated.reverse();
        let before = position.clone();
        let (mut fresh, membership) = self.advance(Change::Updated, &result.updated, room, position);
        let (deletions, _) = self.advance(Change::Deleted, &result.deleted, room, position);
        fresh.extend(deletions);
        meet(position, &fresh, notes);
        if fresh.is_empty() && notes.is_empty() && *position == before {
            return Ok(());
        }
        self.hand_over(Page { answer, fresh, membership }, position.write(), notes, take)
    }

    /// Too much changed for one answer: go back through the history instead, as far as the last visit.
    fn back_to(&self, since: i64, position: &mut Position, notes: &mut Vec<String>) {
        notes.push(format!(
            "too much changed since {} for one answer: the posts are collected through the history instead, edits of older posts may be missed",
            iso(since)
        ));
        position.phase = Phase::Backfill;
        position.backfill = History { oldest: Some(since), ..History::default() };
        position.updated = Track::default();
        position.deleted = Track::default();
    }
}

/// Whether an error is about the room and the account, not about the parameters.
fn is_about_access(said: &str) -> bool {
    ["not-allowed", "not allowed", "room", "unauthorized", "forbidden"].iter().any(|word| said.contains(word))
        && !said.contains("param")
}
