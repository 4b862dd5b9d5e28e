//! Discussions below a room. Each is a room of its own on the server; here it belongs to its parent: whoever allowed
//! watching the room allowed them too, as far as they are as public as it is.

use super::cursor::Position;
use super::message::{Kind, Message};
use super::{RocketchatConnector, rooms};
use crate::CollectError;
use crate::connector::Take;

/// Takes up the discussions that messages open.
pub(crate) fn meet(position: &mut Position, messages: &[Message], notes: &mut Vec<String>) {
    for message in messages {
        let Some(id) = &message.discussion else { continue };
        let name = match &message.kind {
            Kind::Discussion(name) => name.chars().take(100).collect(),
            _ => id.clone(),
        };
        if position.meet(id, &name) {
            notes.push(format!("a discussion `{name}` was opened: it belongs to the room and is followed with it"));
        }
    }
}

impl RocketchatConnector {
    /// One round through the discussions of a room.
    pub(crate) fn discussions(
        &mut self,
        position: &mut Position,
        notes: &mut Vec<String>,
        take: Take<'_>,
    ) -> Result<(), CollectError> {
        for place in 0..position.discussions.len() {
            let Some(mut below) = position.discussions.get(place).cloned() else { break };
            let word = self.word(&below.room_id);
            if below.closed.is_some() || word.unmoved {
                continue;
            }
            let info = match word.listed.clone() {
                Some(info) => Ok(Some(info)),
                None => self.api.room_by_id(&below.room_id),
            };
            let room = match info {
                Ok(Some(info)) if info.parent.as_deref() == Some(position.room_id.as_str()) => {
                    rooms::permit(&self.api, &self.source, info)
                }
                Ok(Some(_)) => Err(CollectError::Refused("it is no discussion of this room".to_owned())),
                Ok(None) => Err(CollectError::RoomNotFound {
                    room: below.room_name.clone(),
                    server: self.api.server().to_owned(),
                }),
                Err(error) => Err(error),
            };
            let room = match room {
                Ok(room) => room,
                Err(
                    error @ (CollectError::Refused(_)
                    | CollectError::RoomNotFound { .. }
                    | CollectError::Forbidden { .. }),
                ) => {
                    notes.push(format!("the discussion `{}` is not followed any more: {error}", below.room_name));
                    close(position, place, &error);
                    continue;
                }
                Err(error) => return Err(error),
            };
            let whole = &mut *position;
            self.room_round(&room, &word, &mut below, notes, &mut |mut haul| {
                if let Some(cursor) = haul.cursor.take() {
                    if let Some(slot) = whole.discussions.get_mut(place) {
                        *slot = Position::read(&cursor)?;
                    }
                    haul.cursor = Some(whole.write());
                }
                take(haul)
            })?;
        }
        Ok(())
    }
}

fn close(position: &mut Position, place: usize, error: &CollectError) {
    if let Some(below) = position.discussions.get_mut(place) {
        // A room that is gone is known to be empty; one that is closed to the account is not.
        below.closed = Some(match error {
            CollectError::RoomNotFound { .. } => GONE.to_owned(),
            error => error.to_string(),
        });
    }
}

/// Why a discussion is closed that is not there any more.
pub(crate) const GONE: &str = "gone";
