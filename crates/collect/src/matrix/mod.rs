//! Rooms of a Matrix server, over the client-server API (v3; v1 for authenticated media and relations).
//!
//! A room that the account is in is followed by `/sync`, restricted to that one room; a room that anybody may read is
//! followed by `/messages` without being in it. This connector never joins a room and never writes. The history is read
//! backwards; a `/sync` that holds only the end of what is new leaves a stretch that is read the same way, and a gap in
//! the ledger until it is.
//!
//! Three traps of the protocol shape it. An edit counts only when the author of the post sent it, so the post is looked
//! up. Going backwards, an edit or a redaction comes before its post: the post and all its edits are then taken first, in
//! order, so that the latest state is stored last. And an owner can replace a room by another one, which is followed when
//! it names the old room as its predecessor.

mod api;
mod cursor;
mod event;
mod follow;
mod page;
mod settle;

pub use event::{Event, Kind, WantedFile, read};

use serde_json::Value;
use vedette_core::{AuthorityKind, Cursor, NewSource, Source};

use self::api::Api;
use self::cursor::{Position, ROOMS_MAX, Track};
use crate::connector::Take;
use crate::guard::Response;
use crate::{CollectError, Connector, Env, Secret};

/// Connector and version, as records name it.
pub(crate) const NAME: &str = "matrix/1";

/// Follows one room and the rooms that replace it.
pub struct MatrixConnector {
    api: Api,
    source: NewSource,
    env: Env,
}

/// How a room can be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    /// The account is in it.
    Joined,
    /// Everybody may read it.
    WorldReadable,
}

impl MatrixConnector {
    /// A connector for a source of kind `matrix`; nothing is asked yet.
    pub fn new(source: &Source, secret: Option<&Secret>, env: Env) -> Result<Self, CollectError> {
        let api = Api::new(&source.asked, secret, env.clone())?;
        Ok(Self { api, source: source.asked.clone(), env })
    }

    /// What works and what is missing, one line each.
    pub fn check(&mut self) -> Result<Vec<String>, CollectError> {
        let outcome = self.check_lines();
        self.api.logout();
        outcome
    }

    fn check_lines(&mut self) -> Result<Vec<String>, CollectError> {
        let user = self.api.whoami()?;
        let mut lines = vec![format!("{} answers and accepts the login as {user}", self.api.server())];
        let room_id = match self.find_room() {
            Ok(room_id) => room_id,
            Err(error @ (CollectError::RoomNotFound { .. } | CollectError::Refused(_))) => {
                lines.push(format!("missing: {error}"));
                return Ok(lines);
            }
            Err(error) => return Err(error),
        };
        match self.permit(&room_id) {
            Ok(Access::Joined) => lines.push(format!("room {room_id} found; the account is in it")),
            Ok(Access::WorldReadable) => {
                lines.push(format!("room {room_id} found; everybody may read it, so it is read without joining"));
            }
            Err(error @ CollectError::Refused(_)) => lines.push(format!("missing: {error}")),
            Err(error) => return Err(error),
        }
        match self.api.state(&room_id, "m.room.encryption") {
            Ok(Some(_)) => {
                lines.push("its messages are encrypted: they are kept, but their text cannot be read".to_owned());
            }
            Ok(None) | Err(CollectError::Forbidden { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(lines)
    }

    /// The id of the room that was asked for by id, alias, or the alias's name on the account's own server.
    fn find_room(&mut self) -> Result<String, CollectError> {
        let asked = self.source.room.clone().unwrap_or_default().trim().to_owned();
        if asked.is_empty() {
            return Err(CollectError::Refused(format!(
                "`{}` names no room: add the source again with `--room '#NAME:SERVER'`",
                self.source.name
            )));
        }
        if asked.starts_with('!') {
            return Ok(asked);
        }
        let alias = match (asked.starts_with('#'), asked.contains(':')) {
            (true, true) => asked.clone(),
            (false, true) => format!("#{asked}"),
            (_, false) => {
                let user = self.api.whoami()?;
                let server = user.split_once(':').map_or("", |(_, server)| server);
                format!("#{}:{server}", asked.trim_start_matches('#'))
            }
        };
        self.api
            .room_id(&alias)?
            .ok_or_else(|| CollectError::RoomNotFound { room: alias, server: self.api.server().to_owned() })
    }

    /// How the room can be followed; refused where it must not or cannot be.
    fn permit(&mut self, room_id: &str) -> Result<Access, CollectError> {
        let access = if self.api.has_joined(room_id)? { Access::Joined } else { Access::WorldReadable };
        let must_join = || {
            CollectError::Refused(format!(
                "the account of `{}` is not in the room {room_id}, and the room is not open to readers who are not: Vedette never joins by itself; join it with the account by hand if the authorisation covers that",
                self.source.name
            ))
        };
        let visibility = match self.api.state(room_id, "m.room.history_visibility") {
            Ok(content) => word(content.as_ref(), "history_visibility"),
            Err(CollectError::Forbidden { .. }) if access == Access::WorldReadable => return Err(must_join()),
            Err(error) => return Err(error),
        };
        let world_readable = visibility.as_deref() == Some("world_readable");
        if access == Access::WorldReadable && !world_readable {
            return Err(must_join());
        }
        let rule = word(self.api.state(room_id, "m.room.join_rules")?.as_ref(), "join_rule");
        let public = world_readable || rule.as_deref() == Some("public");
        if !public && !matches!(self.source.authorisation.kind, AuthorityKind::Owner | AuthorityKind::Legal) {
            return Err(CollectError::Refused(format!(
                "room {room_id} is private: it needs an authorisation by its owner or by a legal authority, record one with `--authority owner` or `--authority legal`"
            )));
        }
        if !public {
            let user = self.api.whoami()?;
            if self.api.is_direct(&user, room_id)? {
                return Err(CollectError::Refused(format!(
                    "room {room_id} holds direct messages, which are never collected"
                )));
            }
        }
        Ok(access)
    }

    fn round(&mut self, cursor: Option<&Cursor>, take: Take<'_>) -> Result<(), CollectError> {
        let mut position = match cursor {
            Some(cursor) => Position::read(cursor)?,
            None => Position::start(&self.find_room()?),
        };
        let mut notes = Vec::new();
        let mut at = 0;
        while let Some(track) = position.rooms.get(at) {
            let room_id = track.room_id.clone();
            let access = self.permit(&room_id)?;
            self.follow(at, access, &mut position, &mut notes, take)?;
            self.open_replacement(at, &mut position, &mut notes)?;
            at += 1;
        }
        Ok(())
    }

    /// Adds the room that replaced the one at this place, once the account can read it.
    fn open_replacement(
        &mut self,
        at: usize,
        position: &mut Position,
        notes: &mut Vec<String>,
    ) -> Result<(), CollectError> {
        let Some(track) = position.rooms.get(at) else { return Ok(()) };
        let (old, Some(new)) = (track.room_id.clone(), track.replaced_by.clone()) else { return Ok(()) };
        if position.rooms.iter().any(|track| track.room_id == new) {
            return Ok(());
        }
        let refused = |why: String| {
            CollectError::Refused(format!("room {old} was replaced by {new}, which is not followed yet: {why}"))
        };
        if position.rooms.len() >= ROOMS_MAX {
            return Err(refused(format!("this source has {ROOMS_MAX} rooms already; add the room as a source")));
        }
        match self.permit(&new) {
            Ok(_) => {}
            Err(CollectError::Refused(why)) => return Err(refused(why)),
            Err(error) => return Err(error),
        }
        let create = self.api.state(&new, "m.room.create")?;
        let predecessor = create.as_ref().and_then(|content| content.pointer("/predecessor/room_id")?.as_str());
        if predecessor != Some(old.as_str()) {
            return Err(refused(
                "it does not name the old room as its predecessor; look at it, and add it as a source if it is the right one".to_owned(),
            ));
        }
        notes.push(format!("room {old} was replaced by {new}: both are followed from now on"));
        position.rooms.push(Track { room_id: new, ..Track::default() });
        Ok(())
    }
}

impl Connector for MatrixConnector {
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

/// Public address of an event.
fn link(room_id: &str) -> impl Fn(&str) -> String + use<> {
    let room_id = room_id.to_owned();
    move |id| format!("https://matrix.to/#/{room_id}/{id}")
}

fn word(content: Option<&Value>, field: &str) -> Option<String> {
    content?.get(field)?.as_str().map(str::to_owned)
}

/// An answer whose events go into the same haul.
struct Page<'a> {
    room_id: String,
    answer: &'a Response,
    /// Oldest first.
    events: Vec<Event>,
    /// Why the answer itself is not kept.
    unkept: Option<&'static str>,
}

#[cfg(test)]
mod tests;
