//! Finding rooms, and refusing those that must not be collected.

use serde_json::Value;
use vedette_core::{AuthorityKind, NewSource};

use super::RoomInfo;
use super::api::{self, Api};
use crate::CollectError;

/// Rooms that a list holds.
const ROOMS_MAX: usize = 10_000;

/// The room that is followed and how to ask for it.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    pub(crate) info: RoomInfo,
    /// `channels` or `groups`.
    pub(crate) family: &'static str,
    /// Public address of the room.
    pub(crate) link: String,
}

/// All public channels, and how many pages that took.
pub(crate) fn channels(api: &mut Api) -> Result<(Vec<RoomInfo>, u64), CollectError> {
    let (mut rooms, mut pages): (Vec<RoomInfo>, u64) = (Vec::new(), 0);
    loop {
        let offset = rooms.len().to_string();
        let json = api.get_json("channels.list", &[("offset", &offset), ("count", "100")])?;
        let page: Vec<RoomInfo> = entries(&json, "channels").collect();
        pages += 1;
        let more = !page.is_empty() && json.get("total").and_then(Value::as_u64).unwrap_or(0) > 0;
        let all = rooms.len() + page.len();
        rooms.extend(page);
        let total = json.get("total").and_then(Value::as_u64).and_then(|total| usize::try_from(total).ok());
        if !more || all >= ROOMS_MAX || total.is_some_and(|total| all >= total) {
            return Ok((rooms, pages));
        }
    }
}

/// Rooms that the account sees: all public channels, then rooms it has joined. Direct messages are left out.
pub(crate) fn all(api: &mut Api) -> Result<Vec<RoomInfo>, CollectError> {
    let (mut rooms, _) = channels(api)?;
    match api.get_json("rooms.get", &[]) {
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

fn entries<'a>(json: &'a Value, field: &str) -> impl Iterator<Item = RoomInfo> + use<'a> {
    json.get(field).and_then(Value::as_array).into_iter().flatten().filter_map(api::room)
}

/// Finds the room of a source, by the id of the last visit where there was one. Another room under the old name is a
/// person's decision.
pub(crate) fn find(api: &mut Api, source: &NewSource, known_id: Option<&str>) -> Result<Room, CollectError> {
    let name = source.room.clone().unwrap_or_default();
    let name = name.trim().trim_start_matches('#').to_owned();
    if name.is_empty() {
        return Err(CollectError::Refused(format!(
            "`{}` names no room: add the source again with `--room NAME`",
            source.name
        )));
    }
    if let Some(id) = known_id {
        if let Some(info) = api.room_by_id(id)? {
            return permit(api, source, info);
        }
        if let Some(other) = api.room_by_name(&name)?.filter(|other| other.id != id) {
            let server = api.server().to_owned();
            return Err(CollectError::RoomReplaced { room: name, server, new_id: other.id });
        }
        return Err(CollectError::RoomNotFound { room: name, server: api.server().to_owned() });
    }
    let found = match api.room_by_name(&name)? {
        Some(room) => Some(room),
        None => api.room_by_id(&name)?,
    };
    let info = found.ok_or_else(|| CollectError::RoomNotFound { room: name, server: api.server().to_owned() })?;
    permit(api, source, info)
}

/// Refuses rooms that the authorisation does not cover.
pub(crate) fn permit(api: &Api, source: &NewSource, info: RoomInfo) -> Result<Room, CollectError> {
    let refused = |why: &str| Err(CollectError::Refused(format!("room `{}` {why}", info.name)));
    let (family, word) = match info.kind.as_str() {
        "c" => ("channels", "channel"),
        "p" if matches!(source.authorisation.kind, AuthorityKind::Owner | AuthorityKind::Legal) => ("groups", "group"),
        "p" => {
            return refused(
                "is private: it needs an authorisation by its owner or by a legal authority, record one with `--authority owner` or `--authority legal`",
            );
        }
        "d" => return refused("holds direct messages, which are never collected"),
        _ => return refused("is neither a channel nor a group and is not collected"),
    };
    let mut link = api.address(word, &[]);
    if let Ok(mut path) = link.path_segments_mut() {
        path.push(&info.name);
    }
    Ok(Room { family, link: link.to_string(), info })
}

/// What a kind of room is called.
pub(crate) fn kind_words(kind: &str) -> &str {
    match kind {
        "c" => "public channel",
        "p" => "private group",
        other => other,
    }
}
