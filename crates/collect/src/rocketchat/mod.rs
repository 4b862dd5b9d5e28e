//! Rooms of a Rocket.Chat server: asked over REST, heard over WebSocket.
//!
//! First back through the history, page by page; then changes and deletions by `chat.syncMessages`. A long history never
//! keeps new posts waiting: each round asks for changes first, then goes some pages further back. Discussions below a room
//! belong to it. Once a day the posts of the last weeks are compared with what the room still shows ([`sweep`]), because
//! one kind of deletion is told nowhere. What is heard live ([`live`]) never moves the cursor: the next round asks for
//! everything since the last one, so a broken connection loses nothing.
//!
//! Three traps of the server shape this connector. It leaves out messages that share the millisecond of a page's last
//! one, so every question overlaps by a millisecond and digests tell what was taken already. It answers a question for
//! changes without `next` with an empty list, so `next` is always given. And it names a thumbnail where the picture
//! should be, so files come from `title_link`.

mod api;
mod board;
mod cursor;
mod discussions;
mod follow;
mod history;
mod live;
mod message;
mod page;
mod rooms;
mod sweep;

pub use api::RoomInfo;
pub use board::Board;
pub use live::{RocketchatLive, live_key};
pub use message::{Kind, Message, WantedFile, read, read_deletion};

use vedette_core::{Cursor, GapNote, Haul, NewSource, PageKeep, RequestRecord, Source, SourceId};

use self::api::Api;
use self::board::Word;
use self::cursor::{Phase, Position};
pub(crate) use self::rooms::Room;
use self::rooms::kind_words;
use crate::connector::Take;
use crate::{CollectError, Connector, Env, Secret};

/// Connector and version, as records name it.
pub(crate) const NAME: &str = "rocketchat-rest/1";

/// Follows one room and its discussions.
pub struct RocketchatConnector {
    api: Api,
    id: SourceId,
    source: NewSource,
    /// Its server has so many rooms that are followed that the list of rooms is asked for first.
    many: bool,
    env: Env,
}

impl RocketchatConnector {
    /// A connector for a source of kind `rocketchat`; nothing is asked yet.
    pub fn new(source: &Source, secret: Option<&Secret>, env: Env) -> Result<Self, CollectError> {
        let api = Api::new(&source.asked, secret, env.clone())?;
        Ok(Self { api, id: source.id, source: source.asked.clone(), many: false, env })
    }

    /// Rooms that the account sees: all public channels, then rooms it has joined. Direct messages are left out.
    pub fn list_rooms(&mut self) -> Result<Vec<RoomInfo>, CollectError> {
        rooms::all(&mut self.api)
    }

    /// What works and what is missing, one line each.
    pub fn check(&mut self) -> Result<Vec<String>, CollectError> {
        let outcome = self.check_lines();
        self.api.logout();
        outcome
    }

    fn check_lines(&mut self) -> Result<Vec<String>, CollectError> {
        self.api.login()?;
        // A token is only proved by using it.
        let seen = self.list_rooms()?;
        let mut lines = vec![format!("{} answers and accepts the login", self.api.server())];
        match rooms::find(&mut self.api, &self.source, None) {
            Ok(room) => {
                let count = room.info.messages.map_or(String::new(), |count| format!(", {count} messages"));
                let archived = if room.info.archived { ", archived" } else { "" };
                lines.push(format!(
                    "room `{}` found ({}{count}{archived})",
                    room.info.name,
                    kind_words(&room.info.kind)
                ));
                let page = self.history_page(&room, &Default::default(), 1)?;
                lines.push(format!("its history can be read ({} bytes came for one message)", page.body.len()));
            }
            Err(CollectError::RoomNotFound { room, .. }) => {
                let names: Vec<&str> = seen.iter().take(20).map(|room| room.name.as_str()).collect();
                lines.push(format!(
                    "missing: no room `{room}`; the account sees {} rooms: {}",
                    seen.len(),
                    names.join(", ")
                ));
            }
            Err(error @ CollectError::Refused(_)) => lines.push(format!("missing: {error}")),
            Err(error) => return Err(error),
        }
        Ok(lines)
    }

    fn round(&mut self, cursor: Option<&Cursor>, take: Take<'_>) -> Result<(), CollectError> {
        let known = cursor.map(Position::read).transpose()?;
        let (started, key) = (self.env.now(), self.api.key());
        let count = 1 + known.as_ref().map_or(0, |position| position.discussions.len());
        self.many = self.env.board.asks(&key, self.id, count, started);
        if self.many {
            self.many = self.refresh_list(&key)?;
        }
        let word = known.as_ref().map(|position| self.word(&position.room_id)).unwrap_or_default();
        if known.as_ref().is_some_and(|position| self.may_rest(position, &word)) {
            return Ok(());
        }
        let room = match word.listed.clone() {
            Some(info) => rooms::permit(&self.api, &self.source, info)?,
            None => rooms::find(&mut self.api, &self.source, known.as_ref().map(|position| position.room_id.as_str()))?,
        };
        let mut position = known.unwrap_or_else(|| Position::start(&room.info.id, &room.info.name));
        let mut notes = changes_of_room(&mut position, &room.info);
        self.room_round(&room, &word, &mut position, &mut notes, take)?;
        self.discussions(&mut position, &mut notes, take)?;
        self.close_gaps(started, &position, take)?;
        self.sweeps(&room, &mut position, &mut notes, started, take)
    }

    /// Changes of one room, then some pages further back.
    fn room_round(
        &mut self,
        room: &Room,
        word: &Word,
        position: &mut Position,
        notes: &mut Vec<String>,
        take: Take<'_>,
    ) -> Result<(), CollectError> {
        let begun = self.env.now();
        if position.updated.next_ms.is_some() {
            match word.followed_ms.filter(|_| self.many && !position.whole_changes) {
                Some(since) => self.follow_briefly(since, room, position, notes, take)?,
                None => self.follow(room, position, notes, take)?,
            }
        }
        if position.phase == Phase::Backfill {
            self.backfill(room, position, notes, take)?;
        }
        if position.phase == Phase::Follow {
            // Taken is what was there when the first question was asked: pauses lie between the questions.
            let took_ms = self.env.now().as_millisecond() - begun.as_millisecond();
            let followed_ms = self.api.server_now_ms() - took_ms;
            let stamp = word.listed.as_ref().map(|listed| listed.stamp.clone());
            let now = self.env.now();
            self.env.board.followed(&self.api.key(), &room.info.id, stamp, followed_ms, now);
        }
        Ok(())
    }

    /// Asks for the list of rooms when it is old; `false` when the account may not see it.
    fn refresh_list(&mut self, key: &str) -> Result<bool, CollectError> {
        let now = self.env.now();
        if !self.env.board.is_stale(key, now) {
            return Ok(true);
        }
        match rooms::channels(&mut self.api) {
            Ok((rooms, pages)) => {
                self.env.board.list(key, &rooms, pages, now);
                Ok(true)
            }
            Err(
                error @ (CollectError::Forbidden { .. } | CollectError::Status { .. } | CollectError::NotFound { .. }),
            ) => {
                tracing::debug!(%error, "the server does not list its rooms");
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// What the list of rooms says about a room; nothing when it is not asked for.
    pub(crate) fn word(&self, room: &str) -> Word {
        match self.many {
            true => self.env.board.word(&self.api.key(), room, self.env.now()),
            false => Word::default(),
        }
    }

    /// Whether nothing has moved and nothing waits.
    fn may_rest(&self, position: &Position, word: &Word) -> bool {
        let still = |position: &Position, word: &Word| position.phase == Phase::Follow && word.unmoved;
        still(position, word)
            && position.sweeps.is_empty()
            && !self.sweep_is_due(position)
            && !self.env.board.has_waiting(self.id)
            && position
                .discussions
                .iter()
                .all(|below| below.closed.is_some() || still(below, &self.word(&below.room_id)))
    }

    /// Closes the gaps that ended before this round began: all changes since were taken.
    fn close_gaps(
        &mut self,
        started: jiff::Timestamp,
        position: &Position,
        take: Take<'_>,
    ) -> Result<(), CollectError> {
        if position.updated.next_ms.is_none() {
            return Ok(());
        }
        let closed = self.env.board.take_gaps(self.id, started);
        if closed.is_empty() {
            return Ok(());
        }
        let gaps = closed.into_iter().map(|(from, to)| GapNote::Closed { from, to }).collect();
        let url = crate::guard::shown(&self.api.address("api/v1/chat.syncMessages", &[]));
        let why = "it holds no posts: it records that a gap was closed".to_owned();
        take(Haul {
            request: RequestRecord { url, connector: NAME.to_owned(), status: 0, fetched_at: self.env.now() },
            page: Vec::new(),
            page_keep: PageKeep::HashOnly(why),
            found: Vec::new(),
            cursor: None,
            notes: Vec::new(),
            gaps,
            complete: None,
        })
    }
}

/// What changed about the room itself since the last visit.
fn changes_of_room(position: &mut Position, info: &RoomInfo) -> Vec<String> {
    let mut notes = Vec::new();
    if position.room_name != info.name {
        notes.push(format!("room `{}` is now called `{}`", position.room_name, info.name));
        position.room_name.clone_from(&info.name);
    }
    if position.archived != info.archived {
        notes.push(match info.archived {
            true => format!("room `{}` was archived: it is closed to new posts", info.name),
            false => format!("room `{}` is no longer archived: posts can appear again", info.name),
        });
        position.archived = info.archived;
    }
    notes
}

impl Connector for RocketchatConnector {
    fn name(&self) -> &'static str {
        NAME
    }

    fn collect(&mut self, cursor: Option<&Cursor>, take: Take<'_>) -> Result<(), CollectError> {
        let outcome = self.round(cursor, take);
        self.api.logout();
        outcome
    }

    fn fetch_file(&mut self, url: &str) -> Result<Vec<u8>, CollectError> {
        self.api.file(url)
    }
}

#[cfg(test)]
mod budget;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
