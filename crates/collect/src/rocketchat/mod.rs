//! Rooms of a Rocket.Chat server, over REST.
//!
//! First back through the history, page by page; then changes and deletions by `chat.syncMessages`. A long history never
//! keeps new posts waiting: each round asks for changes first, then goes some pages further back.
//!
//! Three traps of the server shape this connector. It leaves out messages that share the millisecond of a page's last
//! one, so every question overlaps by a millisecond and digests tell what was taken already. It answers a question for
//! changes without `next` with an empty list, so `next` is always given. And it names a thumbnail where the picture
//! should be, so files come from `title_link`.

mod api;
mod cursor;
mod follow;
mod history;
mod message;
mod page;

pub use api::RoomInfo;
pub use message::{Kind, Message, WantedFile, read, read_deletion};

use serde_json::Value;
use vedette_core::{AuthorityKind, Cursor, NewSource, Source};

use self::api::Api;
use self::cursor::{Phase, Position};
use crate::connector::Take;
use crate::{CollectError, Connector, Env, Secret};

/// Connector and version, as records name it.
pub(crate) const NAME: &str = "rocketchat-rest/1";
/// Rooms that a list holds.
const ROOMS_MAX: usize = 10_000;

/// Follows one room.
pub struct RocketchatConnector {
    api: Api,
    source: NewSource,
    env: Env,
}

/// The room that is followed and how to ask for it.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    pub(crate) info: RoomInfo,
    /// `channels` or `groups`.
    pub(crate) family: &'static str,
    /// Public address of the room.
    pub(crate) link: String,
}

impl RocketchatConnector {
    /// A connector for a source of kind `rocketchat`; nothing is asked yet.
    pub fn new(source: &Source, secret: Option<&Secret>, env: Env) -> Result<Self, CollectError> {
        let api = Api::new(&source.asked, secret, env.clone())?;
        Ok(Self { api, source: source.asked.clone(), env })
    }

    /// Rooms that the account sees: all public channels, then rooms it has joined. Direct messages are left out.
    pub fn list_rooms(&mut self) -> Result<Vec<RoomInfo>, CollectError> {
        let mut rooms: Vec<RoomInfo> = Vec::new();
        loop {
            let offset = rooms.len().to_string();
            let json = self.api.get_json("channels.list", &[("offset", &offset), ("count", "100")])?;
            let page: Vec<RoomInfo> = entries(&json, "channels").collect();
            let more = !page.is_empty() && json.get("total").and_then(Value::as_u64).unwrap_or(0) > 0;
            let all = rooms.len() + page.len();
            rooms.extend(page);
            let total = json.get("total").and_then(Value::as_u64).and_then(|total| usize::try_from(total).ok());
            if !more || all >= ROOMS_MAX || total.is_some_and(|total| all >= total) {
                break;
            }
        }
        match self.api.get_json("rooms.get", &[]) {
            Ok(json) => rooms.extend(entries(&json, "update")),
            // The list of joined rooms is an extra; public channels are what most sources are.
            Err(error @ (CollectError::Status { .. } | CollectError::NotFound { .. })) => {
                tracing::debug!(%error, "the server does not list joined rooms");
            }
            Err(error) => return Err(error),
        }
        rooms.retain(|room| room.kind != "d");
        rooms.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        rooms.dedup_by(|a, b| a.id == b.id);
        Ok(rooms)
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
        let rooms = self.list_rooms()?;
        let mut lines = vec![format!("{} answers and accepts the login", self.api.server())];
        match self.find_room(None) {
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
                let names: Vec<&str> = rooms.iter().take(20).map(|room| room.name.as_str()).collect();
                lines.push(format!(
                    "missing: no room `{room}`; the account sees {} rooms: {}",
                    rooms.len(),
                    names.join(", ")
                ));
            }
            Err(error @ CollectError::Refused(_)) => lines.push(format!("missing: {error}")),
            Err(error) => return Err(error),
        }
        Ok(lines)
    }

    /// Finds the room, by the id of the last visit first, and refuses rooms that must not be collected.
    fn find_room(&mut self, known_id: Option<&str>) -> Result<Room, CollectError> {
        let name = self.source.room.clone().unwrap_or_default();
        let name = name.trim().trim_start_matches('#').to_owned();
        if name.is_empty() {
            return Err(CollectError::Refused(format!(
                "`{}` names no room: add the source again with `--room NAME`",
                self.source.name
            )));
        }
        let by_id = match known_id {
            Some(id) => self.api.room_by_id(id)?,
            None => None,
        };
        let found = match by_id {
            Some(room) => Some(room),
            None => match self.api.room_by_name(&name)? {
                Some(room) => Some(room),
                None => self.api.room_by_id(&name)?,
            },
        };
        let info =
            found.ok_or_else(|| CollectError::RoomNotFound { room: name, server: self.api.server().to_owned() })?;
        self.permit(info)
    }

    fn permit(&self, info: RoomInfo) -> Result<Room, CollectError> {
        let refused = |why: &str| Err(CollectError::Refused(format!("room `{}` {why}", info.name)));
        let (family, word) = match info.kind.as_str() {
            "c" => ("channels", "channel"),
            "p" if matches!(self.source.authorisation.kind, AuthorityKind::Owner | AuthorityKind::Legal) => {
                ("groups", "group")
            }
            "p" => {
                return refused(
                    "is private: it needs an authorisation by its owner or by a legal authority, record one with `--authority owner` or `--authority legal`",
                );
            }
            "d" => return refused("holds direct messages, which are never collected"),
            _ => return refused("is neither a channel nor a group and is not collected"),
        };
        let mut link = self.api.address(word, &[]);
        if let Ok(mut path) = link.path_segments_mut() {
            path.push(&info.name);
        }
        Ok(Room { family, link: link.to_string(), info })
    }

    fn round(&mut self, cursor: Option<&Cursor>, take: Take<'_>) -> Result<(), CollectError> {
        let known = cursor.map(Position::read).transpose()?;
        let room = self.find_room(known.as_ref().map(|position| position.room_id.as_str()))?;
        let mut notes = Vec::new();
        let mut position = match known {
            Some(position) if position.room_id == room.info.id => position,
            Some(_) => {
                notes.push(format!(
                    "room `{}` is another one than before under the same name: its history is collected from the start, the old room's posts stay",
                    room.info.name
                ));
                Position::start(&room.info.id, &room.info.name)
            }
            None => Position::start(&room.info.id, &room.info.name),
        };
        if position.room_name != room.info.name {
            notes.push(format!("room `{}` is now called `{}`", position.room_name, room.info.name));
            position.room_name.clone_from(&room.info.name);
        }
        if position.updated.next_ms.is_some() {
            self.follow(&room, &mut position, &mut notes, take)?;
        }
        if position.phase == Phase::Backfill {
            self.backfill(&room, &mut position, &mut notes, take)?;
        }
        Ok(())
    }
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

fn entries<'a>(json: &'a Value, field: &str) -> impl Iterator<Item = RoomInfo> + use<'a> {
    json.get(field).and_then(Value::as_array).into_iter().flatten().filter_map(api::room)
}

fn kind_words(kind: &str) -> &str {
    match kind {
        "c" => "public channel",
        "p" => "private group",
        other => other,
    }
}

#[cfg(test)]
mod tests;
