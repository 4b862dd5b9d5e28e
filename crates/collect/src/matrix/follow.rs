//! Following a room: `/sync` where the account is in it, `/messages` forwards where it only may read it, and `/messages`
//! backwards for everything that is older or was left out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use vedette_core::GapNote;

use super::cursor::{Position, Stretch};
use super::event::{Kind, read};
use super::{Access, MatrixConnector, Page, api, link};
use crate::CollectError;
use crate::connector::Take;
use crate::guard::Response;

/// Events asked for in one page; servers give up to some hundreds.
const PAGE_EVENTS: &str = "100";
/// Pages of history in one round, so that a long history does not keep new posts waiting.
const HISTORY_PAGES_PER_ROUND: usize = 60;
/// Pages of news in one round of a room that is read without being in it.
const NEWS_PAGES_PER_ROUND: usize = 200;
/// What is not even asked for: who is in the room, and reactions.
const NOT_ASKED: &str = r#"["m.room.member","m.room.third_party_invite","m.reaction"]"#;

#[derive(Deserialize)]
struct Sync<'a> {
    next_batch: String,
    #[serde(borrow, default)]
    rooms: SyncRooms<'a>,
    #[serde(borrow, default)]
    device_lists: Option<&'a RawValue>,
    #[serde(borrow, default)]
    to_device: Option<&'a RawValue>,
    #[serde(borrow, default)]
    presence: Option<&'a RawValue>,
}

#[derive(Deserialize, Default)]
struct SyncRooms<'a> {
    #[serde(borrow, default)]
    join: BTreeMap<String, SyncRoom<'a>>,
    #[serde(borrow, default)]
    leave: BTreeMap<String, SyncRoom<'a>>,
    #[serde(borrow, default)]
    invite: Option<&'a RawValue>,
    #[serde(borrow, default)]
    knock: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct SyncRoom<'a> {
    #[serde(borrow, default)]
    timeline: Timeline<'a>,
}

#[derive(Deserialize, Default)]
struct Timeline<'a> {
    #[serde(borrow, default)]
    events: Vec<&'a RawValue>,
    #[serde(default)]
    limited: bool,
    #[serde(default)]
    prev_batch: Option<String>,
}

#[derive(Deserialize)]
struct Messages<'a> {
    #[serde(borrow, default)]
    chunk: Vec<&'a RawValue>,
    #[serde(default)]
    start: Option<String>,
    #[serde(default)]
    end: Option<String>,
}

/// One room of the filter, nothing about people: no presence, typing, receipts, account data or members.
fn sync_filter(room_id: &str) -> String {
    let room = serde_json::Value::from(room_id);
    format!(
        r#"{{"presence":{{"types":[]}},"account_data":{{"types":[]}},"room":{{"rooms":[{room}],"state":{{"types":[]}},"ephemeral":{{"types":[]}},"account_data":{{"types":[]}},"timeline":{{"limit":{PAGE_EVENTS},"not_types":{NOT_ASKED}}}}}}}"#
    )
}

impl MatrixConnector {
    pub(super) fn follow(
        &mut self,
        at: usize,
        access: Access,
        position: &mut Position,
        notes: &mut Vec<String>,
        take: Take<'_>,
    ) -> Result<(), CollectError> {
        match access {
            Access::Joined => self.sync(at, position, notes, take)?,
            Access::WorldReadable => self.peek(at, position, notes, take)?,
        }
        for _ in 0..HISTORY_PAGES_PER_ROUND {
            if !self.back(at, position, notes, take)? {
                break;
            }
        }
        Ok(())
    }

    fn sync(
        &mut self,
        at: usize,
        position: &mut Position,
        notes: &mut Vec<String>,
        take: Take<'_>,
    ) -> Result<(), CollectError> {
        let Some(track) = position.rooms.get(at).cloned() else { return Ok(()) };
        let filter = sync_filter(&track.room_id);
        let mut params = vec![("filter", filter.as_str()), ("timeout", "0"), ("set_presence", "offline")];
        if let Some(since) = &track.since {
            params.push(("since", since));
        }
        let answer = self.api.page("sync", &["sync"], &params)?;
        let mut sync: Sync<'_> =
            serde_json::from_slice(&answer.body).map_err(|error| api::malformed(&answer, &error))?;
        // A room that the account was put out of gives its last news once more.
        let room = sync.rooms.join.remove(&track.room_id).or_else(|| sync.rooms.leave.remove(&track.room_id));
        let timeline = room.map(|room| room.timeline).unwrap_or_default();
        if timeline.events.is_empty() && track.since.is_some() && !timeline.limited && notes.is_empty() {
            return Ok(());
        }
        let page = page(&track.room_id, &answer, timeline.events, about_people(&sync));
        let mut gaps = Vec::new();
        if let Some(track) = position.rooms.get_mut(at) {
            if let Some(from) = timeline.prev_batch.filter(|_| timeline.limited || track.since.is_none()) {
                let first_ms = page.events.iter().filter_map(|event| event.ts_ms).min();
                let until_ms = first_ms.unwrap_or_else(|| answer.fetched_at.as_millisecond());
                let gap_ms = track.last_ms.filter(|last| *last <= until_ms).map(|last| (last, until_ms));
                gaps.extend(gap_ms.and_then(|(from, to)| {
                    let why = "more was posted than one answer holds; the rest is being fetched".to_owned();
                    Some(GapNote::Opened { from: time(from)?, to: time(to)?, why })
                }));
                track.stretches.push(Stretch { from, to: track.since.clone(), gap_ms });
            }
            track.since = Some(sync.next_batch);
        }
        self.take_page(at, page, position, gaps, notes, take)
    }

    /// News of a room that the account is not in.
    fn peek(
        &mut self,
        at: usize,
        position: &mut Position,
        notes: &mut Vec<String>,
        take: Take<'_>,
    ) -> Result<(), CollectError> {
        for _ in 0..NEWS_PAGES_PER_ROUND {
            let Some(track) = position.rooms.get(at).cloned() else { return Ok(()) };
            let answer = self.messages(&track.room_id, "f", track.since.as_deref(), None)?;
            let mut messages: Messages<'_> = parse(&answer)?;
            let first = track.since.is_none();
            if first {
                // The first page was asked for backwards from now: news begin where it begins, history where it ends.
                messages.chunk.reverse();
            }
            if messages.chunk.is_empty()
                && !first
                && messages.end.as_ref().is_none_or(|end| Some(end) == track.since.as_ref())
            {
                return Ok(());
            }
            if let Some(track) = position.rooms.get_mut(at) {
                if first {
                    track.since = messages.start;
                    track.stretches.extend(messages.end.map(|from| Stretch { from, to: None, gap_ms: None }));
                } else if messages.end.is_some() {
                    track.since = messages.end;
                }
            }
            let moved = position.rooms.get(at).map(|track| &track.since) != Some(&track.since);
            let page = page(&track.room_id, &answer, messages.chunk, None);
            self.take_page(at, page, position, Vec::new(), notes, take)?;
            if first || !moved {
                return Ok(());
            }
        }
        Ok(())
    }

    /// One page further back in the newest stretch that is not read yet; `false` when there is none.
    fn back(
        &mut self,
        at: usize,
        position: &mut Position,
        notes: &mut Vec<String>,
        take: Take<'_>,
    ) -> Result<bool, CollectError> {
        let Some(track) = position.rooms.get(at) else { return Ok(false) };
        let (room_id, Some(stretch)) = (track.room_id.clone(), track.stretches.last().cloned()) else {
            return Ok(false);
        };
        let answer = self.messages(&room_id, "b", Some(&stretch.from), stretch.to.as_deref())?;
        let mut messages: Messages<'_> = parse(&answer)?;
        messages.chunk.reverse();
        // Without `end` there is nothing older; some servers repeat the token instead.
        let next = messages.end.filter(|end| *end != stretch.from);
        let mut gaps = Vec::new();
        if let Some(track) = position.rooms.get_mut(at) {
            track.stretches.pop();
            match next {
                Some(from) => track.stretches.push(Stretch { from, ..stretch }),
                None => gaps.extend(
                    stretch.gap_ms.and_then(|(from, to)| Some(GapNote::Closed { from: time(from)?, to: time(to)? })),
                ),
            }
        }
        let page = page(&room_id, &answer, messages.chunk, None);
        self.take_page(at, page, position, gaps, notes, take)?;
        Ok(true)
    }

    fn messages(
        &mut self,
        room_id: &str,
        direction: &str,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<Response, CollectError> {
        let filter = format!(r#"{{"not_types":{NOT_ASKED}}}"#);
        // Without a token there is only "back from now".
        let direction = if from.is_none() { "b" } else { direction };
        let mut params = vec![("dir", direction), ("limit", PAGE_EVENTS), ("filter", filter.as_str())];
        params.extend(from.map(|from| ("from", from)));
        params.extend(to.map(|to| ("to", to)));
        self.api.page("messages", &["rooms", room_id, "messages"], &params)
    }
}

fn parse(answer: &Response) -> Result<Messages<'_>, CollectError> {
    serde_json::from_slice(&answer.body).map_err(|error| api::malformed(answer, &error))
}

fn time(ms: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(ms).ok()
}

fn page<'a>(
    room_id: &str,
    answer: &'a Response,
    slices: Vec<&RawValue>,
    about_people: Option<&'static str>,
) -> Page<'a> {
    let link = link(room_id);
    let events: Vec<_> = slices.into_iter().map(|slice| read(slice.get(), &link)).collect();
    let membership = events.iter().any(|event| matches!(event.kind, Kind::Membership));
    let unkept = membership.then_some("it holds membership events, which are never stored").or(about_people);
    Page { room_id: room_id.to_owned(), answer, events, unkept }
}

/// Whether a sync holds more about people than what they posted in the room.
fn about_people(sync: &Sync<'_>) -> Option<&'static str> {
    let some = |part: Option<&RawValue>| part.is_some_and(|part| holds_something(part.get()));
    let names_rooms = |part: Option<&RawValue>| part.is_some_and(|part| !matches!(part.get(), "{}" | "null"));
    if names_rooms(sync.rooms.invite) || names_rooms(sync.rooms.knock) {
        return Some("it holds invitations, which are never stored");
    }
    if !sync.rooms.join.is_empty() || !sync.rooms.leave.is_empty() {
        return Some("it holds other rooms than the one that was asked for");
    }
    if some(sync.presence) || some(sync.device_lists) || some(sync.to_device) {
        return Some("it holds news of people's devices or presence, which are never stored");
    }
    None
}

/// Whether a JSON value holds more than empty lists and objects.
fn holds_something(json: &str) -> bool {
    fn any(value: &serde_json::Value) -> bool {
        match value {
            serde_json::Value::Array(list) => !list.is_empty(),
            serde_json::Value::Object(fields) => fields.values().any(any),
            serde_json::Value::Null => false,
            _ => true,
        }
    }
    serde_json::from_str(json).is_ok_and(|value| any(&value))
}
