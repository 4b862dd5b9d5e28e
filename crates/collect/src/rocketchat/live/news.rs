//! Events become hauls: the exact slice of each message is its exhibit, as with every other way it can come.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use vedette_core::limits::BATCH_VERSIONS_MAX;
use vedette_core::{Found, GapNote, Haul, PageKeep, RequestRecord};

use super::super::api::Api;
use super::super::message::{Kind, WantedFile, gone, read, time_ms};
use super::rooms::Tuned;
use crate::guard::shown;

/// Connector and version, as records name it.
pub(crate) const NAME: &str = "rocketchat-live/1";

/// What an event of a room turned out to be.
#[derive(Debug, Default)]
pub(crate) struct News {
    /// Posts to be stored.
    pub(crate) found: Vec<Found>,
    /// Files of them, still to be fetched: place of the post, and its files.
    pub(crate) wanted: Vec<(usize, Vec<WantedFile>)>,
    /// What was left out, in words.
    pub(crate) notes: Vec<String>,
    /// Somebody's coming or going is in it: the frame is not kept.
    pub(crate) membership: bool,
    /// A discussion that it opens.
    pub(crate) discussion: Option<String>,
    /// Posts of a stretch of time (epoch ms, ends included) are gone, and nobody says which.
    pub(crate) pruned: Option<(i64, i64)>,
}

#[derive(Deserialize)]
struct Bulk<'a> {
    #[serde(borrow, default)]
    ids: Vec<&'a RawValue>,
}

/// Reads what an event of `stream-room-messages` carries.
pub(crate) fn message(arg: &RawValue, room: &Tuned) -> News {
    let link = |id: &str| format!("{}?msg={id}", room.link);
    let mut message = read(arg.get(), &link);
    let mut news = News { discussion: message.discussion.take(), ..News::default() };
    news.notes.append(&mut message.notes);
    match message.kind {
        Kind::Post(found, wanted) => {
            if !wanted.is_empty() {
                news.wanted.push((0, wanted));
            }
            news.found.push(*found);
        }
        Kind::Malformed(why) => news.notes.push(format!("a message could not be read and was left out: {why}")),
        Kind::Membership => news.membership = true,
        Kind::System | Kind::Discussion(_) => {}
    }
    news
}

/// Reads a notice that one message is gone.
pub(crate) fn deletion(arg: &RawValue, room: &Tuned) -> News {
    let link = |id: &str| format!("{}?msg={id}", room.link);
    let message = super::super::message::read_deletion(arg.get(), &link);
    let mut news = News::default();
    match message.kind {
        Kind::Post(found, _) => news.found.push(*found),
        _ => news.notes.push("a notice of a deletion could not be read and was left out".to_owned()),
    }
    news
}

/// Reads a notice that many messages are gone: those it names, or a stretch of time.
pub(crate) fn bulk_deletion(arg: &RawValue, room: &Tuned) -> News {
    let link = |id: &str| format!("{}?msg={id}", room.link);
    let value: Value = serde_json::from_str(arg.get()).unwrap_or_default();
    let mut news = News::default();
    let ids = serde_json::from_str::<Bulk<'_>>(arg.get()).map(|bulk| bulk.ids).unwrap_or_default();
    let named: Vec<(&RawValue, String)> =
        ids.into_iter().filter_map(|slice| Some((slice, serde_json::from_str(slice.get()).ok()?))).collect();
    if named.is_empty() {
        let bound = |keys: [&str; 2]| keys.iter().find_map(|key| value.get("ts")?.get(key).and_then(time_ms));
        let from = bound(["$gte", "$gt"]).unwrap_or(0);
        let to = bound(["$lte", "$lt"]).unwrap_or(i64::MAX);
        news.pruned = Some((from, to));
    }
    // The notice may be long: the exhibit of each deletion is its own id in it; the frame is the page.
    for (slice, id) in named.into_iter().filter(|(_, id)| !id.is_empty()) {
        news.found.push(gone(slice.get(), &id, &link));
    }
    news
}

/// A haul of what one frame told.
pub(crate) fn hauls(frame: &str, room: &Tuned, news: &mut News, api: &Api, now: Timestamp) -> Vec<Haul> {
    let keep = match news.membership {
        true => PageKeep::HashOnly("it holds membership messages, which are never stored".to_owned()),
        false => PageKeep::Sealed,
    };
    let mut found = std::mem::take(&mut news.found);
    let mut notes = std::mem::take(&mut news.notes);
    let mut hauls = Vec::new();
    while !found.is_empty() || !notes.is_empty() {
        let rest = found.split_off(found.len().min(BATCH_VERSIONS_MAX));
        let mut haul = empty(room, api, now);
        haul.page = frame.as_bytes().to_vec();
        haul.page_keep = keep.clone();
        (haul.found, haul.notes) = (found, crate::capped(&mut notes));
        found = rest;
        hauls.push(haul);
    }
    hauls
}

/// A haul that only tells of a gap or of something else about the connection.
pub(crate) fn empty(room: &Tuned, api: &Api, now: Timestamp) -> Haul {
    let url = format!("{}#{}", shown(&api.websocket()).replacen("http", "ws", 1), room.id);
    Haul {
        request: RequestRecord { url, connector: NAME.to_owned(), status: 0, fetched_at: now },
        page: Vec::new(),
        page_keep: PageKeep::HashOnly("nothing came: it records the state of the connection".to_owned()),
        found: Vec::new(),
        cursor: None,
        notes: Vec::new(),
        gaps: Vec::new(),
        complete: None,
    }
}

/// A gap, from what was heard last until the break was noticed.
pub(crate) fn gap(room: &Tuned, api: &Api, since: Timestamp, now: Timestamp, why: &str) -> Haul {
    let gaps = vec![GapNote::Opened { from: since, to: now, why: format!("the live connection was lost: {why}") }];
    Haul { gaps, ..empty(room, api, now) }
}
