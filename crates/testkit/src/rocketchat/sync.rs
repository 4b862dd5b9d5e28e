//! `chat.syncMessages` in both its ways, cursor by cursor as the server's source has it, loss hazard included: a cursor is a
//! millisecond, the comparison is strict, so messages that share the last millisecond of a page are skipped.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::api::{Refused, bad_request, page, unseen};
use super::state::{Room, State, iso};
use crate::http::{Answer, Asked};

/// How many entries a cursor page has when `count` is absent; `count` itself is not cut here.
const COUNT_DEFAULT: usize = 50;

/// `GET chat.syncMessages`.
pub(super) fn sync_messages(state: &State, asked: &Asked) -> Result<Answer, Refused> {
    let Some(room_id) = asked.param("roomId") else {
        return Err(bad_request("The required \"roomId\" query param is missing", "error-param-required"));
    };
    let room = readable(state, room_id)?;
    let (last_update, kind) = (asked.param("lastUpdate"), asked.param("type"));
    let (next, previous) = (asked.param("next"), asked.param("previous"));
    let has_cursor = next.is_some() || previous.is_some();
    // Before 7.1 there were no cursors, and the parameters meant nothing.
    if state.settings.api_version < 7 {
        let missing = || {
            bad_request("The required \"lastUpdate\" query param is missing.", "error-lastUpdate-param-not-provided")
        };
        return everything_since(state, &room, last_update.ok_or_else(missing)?);
    }
    if has_cursor && last_update.is_some() {
        return Err(bad_request(
            "The attributes \"next\", \"previous\" and \"lastUpdate\" cannot be used together",
            "error-cursor-and-lastUpdate-conflict",
        ));
    }
    if next.is_some() && previous.is_some() {
        return Err(bad_request("You cannot provide both \"next\" and \"previous\"", "error-cursor-conflict"));
    }
    if has_cursor && kind.is_none() {
        return Err(bad_request("The \"type\" query param is required with a cursor", "error-type-param-required"));
    }
    if kind.is_some_and(|kind| kind != "UPDATED" && kind != "DELETED") {
        return Err(bad_request(
            "The \"type\" query param must be either \"UPDATED\" or \"DELETED\"",
            "error-type-param-not-supported",
        ));
    }
    if let Some(since) = last_update {
        return everything_since(state, &room, since);
    }
    let Some(kind) = kind else {
        return Err(bad_request("The \"lastUpdate\" or \"type\" query param is required", "error-param-required"));
    };
    if !has_cursor {
        // A trap of the real server: this looks like "nothing new".
        return Ok(result(&json!({"updated": [], "deleted": [], "cursor": {"next": null, "previous": null}})));
    }
    let (forward, cursor) = (next.is_some(), next.or(previous).unwrap_or_default());
    let Ok(cursor) = cursor.parse::<i64>() else {
        return Err(bad_request("The cursor must be a number of milliseconds", "error-invalid-params"));
    };
    Ok(cursor_page(state, asked, &room, kind, forward, cursor))
}

fn readable(state: &State, id: &str) -> Result<Room, Refused> {
    match state.room(id) {
        Some(room) if !room.forbidden && !unseen(state, room) => Ok(room.clone()),
        _ => Err(bad_request("Not allowed", "error-not-allowed")),
    }
}

/// Both kinds at once, strictly later than `since`, newest post first, without paging.
fn everything_since(state: &State, room: &Room, since: &str) -> Result<Answer, Refused> {
    let Ok(since) = since.parse::<Timestamp>().map(|since| since.as_millisecond()) else {
        return Err(bad_request(
            "The \"lastUpdate\" query parameter must be a valid date",
            "error-lastUpdate-param-invalid",
        ));
    };
    let visible = state.messages.iter().filter(|message| message.room == room.id && !message.hidden);
    let mut updated: Vec<_> = visible.filter(|message| message.updated > since).collect();
    updated.sort_by_key(|message| std::cmp::Reverse(message.ts));
    let updated: Vec<Value> = updated.into_iter().map(|message| message.to_json()).collect();
    let gone = state.trash.iter().filter(|gone| gone.room == room.id && gone.deleted > since);
    let deleted: Vec<Value> = gone.map(|gone| json!({"_id": gone.id, "_deletedAt": iso(gone.deleted)})).collect();
    Ok(result(&json!({"updated": updated, "deleted": deleted})))
}

/// One kind, a page at a time, ascending after the cursor or descending before it.
fn cursor_page(state: &State, asked: &Asked, room: &Room, kind: &str, forward: bool, cursor: i64) -> Answer {
    let mut dated: Vec<(i64, Value)> = if kind == "UPDATED" {
        let visible = state.messages.iter().filter(|message| message.room == room.id && !message.hidden);
        visible.map(|message| (message.updated, message.to_json())).collect()
    } else {
        let gone = state.trash.iter().filter(|gone| gone.room == room.id);
        gone.map(|gone| (gone.deleted, json!({"_id": gone.id, "_deletedAt": iso(gone.deleted)}))).collect()
    };
    dated.retain(|(ms, _)| if forward { *ms > cursor } else { *ms < cursor });
    dated.sort_by_key(|(ms, _)| if forward { *ms } else { -*ms });
    let count = asked.param("count").and_then(|count| count.parse().ok()).unwrap_or(COUNT_DEFAULT);
    let more = dated.len() > count;
    dated.truncate(count);
    let first = dated.first().map(|(ms, _)| ms.to_string());
    let last = dated.last().map(|(ms, _)| ms.to_string()).filter(|_| more);
    let (next, previous) = if forward { (last, first) } else { (first, last) };
    let shown: Vec<Value> = dated.into_iter().map(|(_, value)| value).collect();
    let (updated, deleted) = if kind == "UPDATED" { (shown, Vec::new()) } else { (Vec::new(), shown) };
    result(&json!({"updated": updated, "deleted": deleted, "cursor": {"next": next, "previous": previous}}))
}

fn result(result: &Value) -> Answer {
    Answer::json(200, &json!({"result": result, "success": true}))
}

/// `GET chat.getDeletedMessages`.
pub(super) fn deleted_messages(state: &State, asked: &Asked) -> Result<Answer, Refused> {
    let room = readable(state, asked.param("roomId").unwrap_or_default())?;
    let since = asked.param("since").and_then(|since| since.parse::<Timestamp>().ok());
    let Some(since) = since else {
        return Err(bad_request("The \"since\" query parameter must be a valid date", "error-since-param-invalid"));
    };
    let gone = state.trash.iter().filter(|gone| gone.room == room.id && gone.deleted > since.as_millisecond());
    Ok(page(state, asked, "messages", gone.map(|gone| json!({"_id": gone.id})).collect()))
}
