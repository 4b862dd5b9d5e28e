//! Which rooms are listened to: each source's room, and the discussions below it that are known.

use vedette_core::{Cursor, NewSource, Source, SourceId};

use super::super::api::Api;
use super::super::cursor::Position;
use super::super::rooms::{self, Room, permit};
use crate::CollectError;

/// Rooms from which on the whole list is asked for instead of each room.
const LISTING_FROM_ROOMS: usize = 8;

/// A source whose news are wanted.
pub(crate) struct Wanted {
    pub(crate) id: SourceId,
    pub(crate) asked: NewSource,
    position: Option<Position>,
}

/// A room that is listened to.
#[derive(Debug, Clone)]
pub(crate) struct Tuned {
    pub(crate) source: SourceId,
    /// Place of the source among those wanted.
    pub(crate) wanted: usize,
    pub(crate) id: String,
    /// Public address of the room.
    pub(crate) link: String,
    /// The source's own room, not a discussion below it.
    pub(crate) main: bool,
    /// Its messages come.
    pub(crate) on: bool,
}

/// A source whose room cannot be listened to, and why.
type Refused = (SourceId, CollectError);

impl Wanted {
    pub(crate) fn new(source: &Source, cursor: Option<&Cursor>) -> Result<Self, CollectError> {
        let position = cursor.map(Position::read).transpose()?;
        Ok(Self { id: source.id, asked: source.asked.clone(), position })
    }
}

/// Finds the rooms; those that cannot be listened to come with the reason.
pub(crate) fn tune(api: &mut Api, wanted: &[Wanted]) -> Result<(Vec<Tuned>, Vec<Refused>), CollectError> {
    let list = match wanted.len() {
        0..LISTING_FROM_ROOMS => Vec::new(),
        _ => rooms::all(api)?,
    };
    let (mut tuned, mut refused) = (Vec::new(), Vec::new());
    for (place, one) in wanted.iter().enumerate() {
        let known = one.position.as_ref().map(|position| position.room_id.as_str());
        let name = one.asked.room.as_deref().unwrap_or_default().trim().trim_start_matches('#');
        let listed = list.iter().find(|room| known.map_or(room.name == name, |id| room.id == id));
        let found = match listed {
            Some(info) => permit(api, &one.asked, info.clone()),
            None => rooms::find(api, &one.asked, known),
        };
        let room = match found {
            Ok(room) => room,
            Err(error) if is_about_room(&error) => {
                refused.push((one.id, error));
                continue;
            }
            Err(error) => return Err(error),
        };
        tuned.push(tuned_to(one, place, &room, true));
        let below = one.position.iter().flat_map(|position| &position.discussions);
        for discussion in below.filter(|below| below.closed.is_none()) {
            let listed = list.iter().find(|info| info.id == discussion.room_id).cloned();
            if let Some(room) = discussion_room(api, one, &room.info.id, &discussion.room_id, listed)? {
                tuned.push(tuned_to(one, place, &room, false));
            }
        }
    }
    Ok((tuned, refused))
}

fn tuned_to(one: &Wanted, wanted: usize, room: &Room, main: bool) -> Tuned {
    Tuned { source: one.id, wanted, id: room.info.id.clone(), link: room.link.clone(), main, on: false }
}

/// A discussion that was opened while somebody listened.
pub(crate) fn tune_below(
    api: &mut Api,
    wanted: &[Wanted],
    parent: &Tuned,
    id: &str,
) -> Result<Option<Tuned>, CollectError> {
    let Some(one) = wanted.get(parent.wanted) else { return Ok(None) };
    let room = discussion_room(api, one, &parent.id, id, None)?;
    Ok(room.map(|room| tuned_to(one, parent.wanted, &room, false)))
}

/// The room of a discussion, if it may be listened to. What is wrong with it is told when it is collected.
fn discussion_room(
    api: &mut Api,
    one: &Wanted,
    parent: &str,
    id: &str,
    listed: Option<super::super::RoomInfo>,
) -> Result<Option<Room>, CollectError> {
    let info = match listed {
        Some(info) => Ok(Some(info)),
        None => api.room_by_id(id),
    };
    let info = match info {
        Ok(info) => info.filter(|info| info.parent.as_deref() == Some(parent)),
        Err(error) if is_about_room(&error) => None,
        Err(error) => return Err(error),
    };
    Ok(info.and_then(|info| permit(api, &one.asked, info).ok()))
}

/// Whether an error concerns one room only.
fn is_about_room(error: &CollectError) -> bool {
    matches!(
        error,
        CollectError::Refused(_)
            | CollectError::RoomNotFound { .. }
            | CollectError::RoomReplaced { .. }
            | CollectError::Forbidden { .. }
    )
}
