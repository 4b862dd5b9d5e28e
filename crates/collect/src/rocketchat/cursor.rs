//! Where collection of a room stands. Kept as JSON in the cursor of the source; only this connector reads it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use vedette_core::Cursor;

use crate::CollectError;

/// Version of this form.
const FORM: u32 = 1;
/// Digests remembered at one edge; more messages than this in one millisecond come from a broken import, and are then
/// handed over again, which changes nothing.
const SEEN_MAX: usize = 4_096;

/// Discussions of one room that are followed; the cursor holds the place of each.
pub(crate) const DISCUSSIONS_MAX: usize = 200;

/// What is being done with the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Phase {
    /// Going back through what was posted before.
    #[default]
    Backfill,
    /// All of it is there; only changes are asked for.
    Follow,
}

/// Going backwards through the history.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct History {
    /// Epoch ms: the next page ends before this.
    pub(crate) latest: Option<i64>,
    /// Epoch ms: nothing older is asked for; `None` means to the beginning.
    pub(crate) oldest: Option<i64>,
    /// Messages of the next page that are passed over.
    pub(crate) offset: u64,
    /// Messages at the edge that were taken already.
    pub(crate) seen: Vec<String>,
}

/// Following one kind of change.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Track {
    /// Epoch ms of the last change that was taken.
    pub(crate) next_ms: Option<i64>,
    /// Changes of that very millisecond that were taken already.
    pub(crate) seen: Vec<String>,
}

impl Track {
    /// What the server is asked for: one millisecond earlier, because it leaves out changes that share the last one's
    /// millisecond.
    pub(crate) fn ask_from(&self) -> i64 {
        self.next_ms.unwrap_or(0).saturating_sub(1).max(0)
    }

    /// Moves on to what a page held: pairs of time and digest. A time after `not_after` is wrong and would carry the
    /// cursor past everything to come; such a message is remembered, and handed over again at worst.
    pub(crate) fn advance(&mut self, page: &[(i64, String)], not_after: i64) {
        let last = page.iter().map(|(ms, _)| *ms).filter(|ms| *ms <= not_after).max();
        let last = last.or(self.next_ms).unwrap_or(0);
        if last < self.next_ms.unwrap_or(0) {
            return;
        }
        if self.next_ms != Some(last) {
            self.seen.clear();
        }
        self.next_ms = Some(last);
        for (ms, digest) in page {
            if *ms >= last && self.seen.len() < SEEN_MAX && !self.seen.contains(digest) {
                self.seen.push(digest.clone());
            }
        }
    }
}

/// Where a room stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Position {
    form: u32,
    /// Id of the room: a room of the same name with another id is another room.
    pub(crate) room_id: String,
    /// Name at the last visit.
    pub(crate) room_name: String,
    /// What is being done.
    pub(crate) phase: Phase,
    /// The way back.
    pub(crate) backfill: History,
    /// New and edited messages.
    pub(crate) updated: Track,
    /// Deletions.
    pub(crate) deleted: Track,
    /// The server is too old for paged changes (before 7.1).
    pub(crate) whole_changes: bool,
    /// The room was closed to new posts at the last visit.
    #[serde(default)]
    pub(crate) archived: bool,
    /// Epoch ms, by our clock: when the posts of the last weeks were last compared with what is known.
    #[serde(default)]
    pub(crate) swept_ms: Option<i64>,
    /// Stretches that are being compared; the last one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) sweeps: Vec<Sweep>,
    /// Discussions below the room: rooms of their own, which belong to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) discussions: Vec<Position>,
    /// Why a discussion is not followed any more; `None` while it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) closed: Option<String>,
    /// This is a discussion itself.
    #[serde(default)]
    pub(crate) below: bool,
}

/// A stretch whose posts are compared with what is known, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sweep {
    /// Epoch ms: what is older than this is still to be compared.
    pub(crate) latest: i64,
    /// Epoch ms: what is as old or older is not compared.
    pub(crate) floor: i64,
}

impl Position {
    /// A room that was never visited.
    pub(crate) fn start(room_id: &str, room_name: &str) -> Self {
        Self { form: FORM, room_id: room_id.to_owned(), room_name: room_name.to_owned(), ..Self::default() }
    }

    /// Takes up a discussion that a message opened; `false` when it is known, or one too many.
    pub(crate) fn meet(&mut self, id: &str, name: &str) -> bool {
        let known = self.below || id == self.room_id || self.discussions.iter().any(|known| known.room_id == id);
        if known || self.discussions.len() >= DISCUSSIONS_MAX {
            return false;
        }
        self.discussions.push(Self { below: true, ..Self::start(id, name) });
        true
    }

    pub(crate) fn read(cursor: &Cursor) -> Result<Self, CollectError> {
        let position: Self =
            serde_json::from_str(&cursor.0).map_err(|error| CollectError::BadCursor { why: error.to_string() })?;
        if position.form > FORM {
            return Err(CollectError::BadCursor { why: format!("it has form {}", position.form) });
        }
        Ok(position)
    }

    pub(crate) fn write(&self) -> Cursor {
        Cursor(serde_json::to_string(self).expect("numbers and text always become JSON"))
    }
}

/// A short digest that tells one state of one message from another.
pub(crate) fn digest(slice: &[u8]) -> String {
    Sha256::digest(slice).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(entries: &[(i64, &str)]) -> Vec<(i64, String)> {
        entries.iter().map(|(ms, digest)| (*ms, (*digest).to_owned())).collect()
    }

    #[test]
    fn a_track_remembers_what_shares_its_last_millisecond() {
        let mut track = Track::default();
        assert_eq!(track.ask_from(), 0);
        track.advance(&page(&[(5, "a"), (9, "b"), (9, "c")]), 1_000);
        assert_eq!((track.ask_from(), track.seen.len()), (8, 2));
        track.advance(&page(&[(9, "c"), (9, "d")]), 1_000);
        assert_eq!((track.ask_from(), track.seen.len()), (8, 3));
        track.advance(&page(&[]), 1_000);
        track.advance(&page(&[(3, "old")]), 1_000);
        let mut empty = Track::default();
        empty.advance(&page(&[]), 1_000);
        assert_eq!(empty.next_ms, Some(0));
        assert_eq!(track.next_ms, Some(9));
    }

    #[test]
    fn a_time_in_the_far_future_does_not_carry_the_cursor_away() {
        let mut track = Track { next_ms: Some(9), seen: Vec::new() };
        track.advance(&page(&[(4_000_000, "a")]), 100);
        assert_eq!((track.next_ms, track.seen.as_slice()), (Some(9), ["a".to_owned()].as_slice()));
        track.advance(&page(&[(50, "b"), (4_000_000, "a")]), 100);
        assert_eq!((track.next_ms, track.seen.len()), (Some(50), 2));
    }

    #[test]
    fn a_position_survives_being_written_and_a_newer_form_is_refused() {
        let mut position = Position::start("R1", "wick");
        position.updated.next_ms = Some(7);
        assert_eq!(Position::read(&position.write()).unwrap(), position);
        let newer = position.write().0.replace("\"form\":1", "\"form\":2");
        assert!(matches!(Position::read(&Cursor(newer)), Err(CollectError::BadCursor { .. })));
        assert!(Position::read(&Cursor("?".into())).is_err());
    }
}
