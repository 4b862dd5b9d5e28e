//! What the connectors of one program tell each other about the rooms they follow: which rooms have not moved and need no
//! question, which gaps the next answer closes, which stretches of time are to be compared again. It lives in memory: after
//! a restart every room is asked once.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use vedette_core::SourceId;

use super::RoomInfo;
use crate::guard::pace_later as later;

/// Rooms of one server from which on its list of rooms is asked first: for fewer, asking each is as cheap.
pub(crate) const LISTING_FROM_ROOMS: usize = 4;
/// Seconds of the limiter's minute that one call of an endpoint uses up: ten calls a minute.
const CALL_S: u64 = 6;
/// Calls that one whole round of a room makes of `chat.syncMessages`.
const CALLS_PER_ROOM: u64 = 2;
/// Seconds after which a list of rooms is asked for again, at the earliest.
const LISTING_S: u64 = 30;
/// A source that was not asked for so long is not counted any more.
const FORGET: Duration = Duration::from_secs(2 * 3_600);
/// Gaps and stretches that wait for one source; more of them are one anyway.
const WAITING_MAX: usize = 64;
/// Servers and accounts remembered.
const SERVERS_MAX: usize = 1_024;

/// Shared by all connectors of a program.
#[derive(Debug, Default)]
pub struct Board {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    servers: HashMap<String, Server>,
    sources: HashMap<SourceId, Waiting>,
}

#[derive(Debug, Default)]
struct Server {
    /// When each source was asked last, and how many rooms it has with its discussions.
    asked: HashMap<SourceId, (Timestamp, usize)>,
    listing: HashMap<String, RoomInfo>,
    listed_at: Option<Timestamp>,
    pages: u64,
    followed: HashMap<String, Followed>,
}

impl Server {
    fn rooms(&self) -> usize {
        self.asked.values().map(|(_, rooms)| rooms).sum()
    }
}

/// How a room stood when all of its changes had been taken.
#[derive(Debug, Clone)]
struct Followed {
    at: Timestamp,
    server_ms: i64,
    stamp: Option<String>,
}

#[derive(Debug, Default)]
struct Waiting {
    gaps: Vec<(Timestamp, Timestamp)>,
    stretches: Vec<(String, i64, i64)>,
}

/// What the list of rooms says about one room.
#[derive(Debug, Clone, Default)]
pub(crate) struct Word {
    /// The room, as a list that is still fresh has it.
    pub(crate) listed: Option<RoomInfo>,
    /// All its changes were taken lately and the list shows none since.
    pub(crate) unmoved: bool,
    /// The server's time (epoch ms) when all changes had been taken, if that was lately.
    pub(crate) followed_ms: Option<i64>,
}

impl Board {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a source is asked now; whether so many of that server are that its list is worth asking for.
    pub(crate) fn asks(&self, server: &str, source: SourceId, rooms: usize, now: Timestamp) -> bool {
        let mut inner = self.inner();
        if inner.servers.len() >= SERVERS_MAX && !inner.servers.contains_key(server) {
            inner.servers.clear();
        }
        let server = inner.servers.entry(server.to_owned()).or_default();
        server.asked.retain(|_, (at, _)| later(*at, FORGET) > now);
        server.asked.insert(source, (now, rooms));
        server.rooms() >= LISTING_FROM_ROOMS
    }

    /// Whether the list of rooms is so old that it should be asked for again.
    pub(crate) fn is_stale(&self, server: &str, now: Timestamp) -> bool {
        let inner = self.inner();
        let Some(server) = inner.servers.get(server) else { return true };
        let every = LISTING_S.max(server.pages * CALL_S * 2);
        server.listed_at.is_none_or(|at| later(at, Duration::from_secs(every)) <= now)
    }

    /// Puts up a list of rooms that was asked for at `at`.
    pub(crate) fn list(&self, server: &str, rooms: &[RoomInfo], pages: u64, at: Timestamp) {
        let mut inner = self.inner();
        let server = inner.servers.entry(server.to_owned()).or_default();
        server.listing = rooms.iter().map(|room| (room.id.clone(), room.clone())).collect();
        (server.listed_at, server.pages) = (Some(at), pages);
    }

    /// What is known about a room.
    pub(crate) fn word(&self, server: &str, room: &str, now: Timestamp) -> Word {
        let inner = self.inner();
        let Some(server) = inner.servers.get(server) else { return Word::default() };
        let listed = server.listing.get(room).cloned();
        // Edits and deletions of older posts do not always move a room: each is asked anyway after a time that leaves
        // half of the budget to rooms that moved.
        let whole_every = Duration::from_secs(server.rooms() as u64 * CALLS_PER_ROOM * CALL_S * 2);
        let followed = server.followed.get(room).filter(|followed| later(followed.at, whole_every) > now);
        let stamp = |room: &RoomInfo| Some(room.stamp.clone());
        let unmoved = followed
            .is_some_and(|followed| followed.stamp.is_some() && followed.stamp == listed.as_ref().and_then(stamp));
        Word { unmoved, followed_ms: followed.map(|followed| followed.server_ms), listed }
    }

    /// All changes of a room up to the server's time `server_ms` were taken; `stamp` is what a list from before that said.
    pub(crate) fn followed(&self, server: &str, room: &str, stamp: Option<String>, server_ms: i64, now: Timestamp) {
        let mut inner = self.inner();
        let server = inner.servers.entry(server.to_owned()).or_default();
        server.followed.retain(|_, followed| later(followed.at, FORGET) > now);
        server.followed.insert(room.to_owned(), Followed { at: now, server_ms, stamp });
    }

    /// A gap that the next whole round closes.
    pub(crate) fn open_gap(&self, source: SourceId, from: Timestamp, to: Timestamp) {
        let mut inner = self.inner();
        let gaps = &mut inner.sources.entry(source).or_default().gaps;
        if gaps.len() >= WAITING_MAX {
            gaps.remove(0);
        }
        gaps.push((from, to));
    }

    /// Gaps that end before `before`, which closes them.
    pub(crate) fn take_gaps(&self, source: SourceId, before: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let mut inner = self.inner();
        let Some(waiting) = inner.sources.get_mut(&source) else { return Vec::new() };
        let (closed, open) = waiting.gaps.drain(..).partition(|(_, to)| *to <= before);
        waiting.gaps = open;
        closed
    }

    /// A stretch of a room (epoch ms, both ends included) whose posts are to be compared with what is known.
    pub(crate) fn compare(&self, source: SourceId, room: &str, from_ms: i64, to_ms: i64) {
        let mut inner = self.inner();
        let stretches = &mut inner.sources.entry(source).or_default().stretches;
        let new = (room.to_owned(), from_ms, to_ms);
        if stretches.len() < WAITING_MAX && !stretches.contains(&new) {
            stretches.push(new);
        }
    }

    /// Stretches that are to be compared.
    pub(crate) fn take_stretches(&self, source: SourceId) -> Vec<(String, i64, i64)> {
        self.inner().sources.get_mut(&source).map(|waiting| std::mem::take(&mut waiting.stretches)).unwrap_or_default()
    }

    /// Whether anything waits for the next round of a source.
    pub(crate) fn has_waiting(&self, source: SourceId) -> bool {
        let inner = self.inner();
        inner.sources.get(&source).is_some_and(|waiting| !waiting.gaps.is_empty() || !waiting.stretches.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn room(stamp: &str) -> RoomInfo {
        RoomInfo { id: "R".into(), stamp: stamp.into(), ..RoomInfo::default() }
    }

    #[test]
    fn a_room_is_left_alone_only_while_the_list_shows_no_move_and_not_for_ever() {
        let board = Board::default();
        for source in 0..3 {
            assert!(!board.asks("s", SourceId(source), 1, at(0)));
        }
        assert!(board.asks("s", SourceId(3), 1, at(0)));
        assert!(board.is_stale("s", at(0)));
        board.list("s", &[room("a")], 1, at(0));
        assert!(!board.is_stale("s", at(10)) && board.is_stale("s", at(31)));
        assert!(!board.word("s", "R", at(1)).unmoved, "never asked");
        board.followed("s", "R", Some("a".into()), 7, at(1));
        assert!(board.word("s", "R", at(2)).unmoved);
        assert!(!board.word("s", "R", at(1 + 4 * 24)).unmoved, "asked anyway after a while");
        board.list("s", &[room("b")], 1, at(40));
        assert!(!board.word("s", "R", at(41)).unmoved, "it moved");
        assert_eq!(board.word("s", "R", at(41)).followed_ms, Some(7));
    }

    #[test]
    fn a_gap_is_closed_by_what_came_after_it_only() {
        let (board, source) = (Board::default(), SourceId(1));
        board.open_gap(source, at(5), at(9));
        assert!(board.has_waiting(source));
        assert!(board.take_gaps(source, at(8)).is_empty());
        assert_eq!(board.take_gaps(source, at(9)), [(at(5), at(9))]);
        assert!(!board.has_waiting(source));
    }
}
