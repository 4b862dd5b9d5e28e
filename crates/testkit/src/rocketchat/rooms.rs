//! Rooms and what is in them: lists, details, history, threads, files.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::api::{Refused, asked_room, bad_request, page, paging};
use super::state::{Message, NewPost, Room, State, iso};
use crate::http::{Answer, Asked};

/// `GET me`.
pub(super) fn me(state: &State) -> Answer {
    let mut me = state.observer.to_json();
    me["roles"] = json!(["user"]);
    me["success"] = json!(true);
    Answer::json(200, &me)
}

/// `GET channels.list`, by name unless `sort` says otherwise.
pub(super) fn list(state: &State, asked: &Asked) -> Result<Answer, Refused> {
    let sort: Value = asked.param("sort").and_then(|sort| serde_json::from_str(sort).ok()).unwrap_or_default();
    let mut rooms: Vec<&Room> = state.rooms.iter().filter(|room| !room.forbidden && !room.private).collect();
    let key = sort.as_object().and_then(|sort| sort.iter().next());
    match key.map(|(name, _)| name.as_str()) {
        Some("ts") => rooms.sort_by_key(|room| room.created),
        Some("usersCount") => rooms.sort_by_key(|room| room.members.len()),
        _ => rooms.sort_by(|a, b| a.name.cmp(&b.name)),
    }
    if key.and_then(|(_, direction)| direction.as_i64()) == Some(-1) {
        rooms.reverse();
    }
    Ok(page(state, asked, "channels", rooms.into_iter().map(|room| room_json(state, room)).collect()))
}

/// `GET channels.info` and `rooms.info`, which differ in the name of the field and in the parent room.
pub(super) fn info(state: &State, asked: &Asked, field: &str) -> Result<Answer, Refused> {
    let room = asked_room(state, asked)?;
    let mut body = json!({field: room_json(state, &room), "success": true});
    if let (Some(parent), "room") = (room.parent.as_deref().and_then(|parent| state.room(parent)), field) {
        body["parent"] = json!({"_id": parent.id, "name": parent.name, "t": "c"});
    }
    Ok(Answer::json(200, &body))
}

/// `GET rooms.get?updatedSince`: only rooms that the account has joined.
pub(super) fn changed(state: &State, asked: &Asked) -> Result<Answer, Refused> {
    let since = moment(asked, "updatedSince")?.unwrap_or(i64::MIN);
    let joined = state.rooms.iter().filter(|room| room.members.contains(&state.observer.username) && !room.forbidden);
    let update: Vec<Value> =
        joined.filter(|room| last_change(state, room) > since).map(|room| room_json(state, room)).collect();
    Ok(Answer::json(200, &json!({"update": update, "remove": [], "success": true})))
}

/// `GET channels.counters`.
pub(super) fn counters(state: &State, asked: &Asked) -> Result<Answer, Refused> {
    let room = asked_room(state, asked)?;
    let latest = in_room(state, &room).map(|message| message.ts).max();
    Ok(Answer::json(
        200,
        &json!({
            "joined": room.members.contains(&state.observer.username), "members": room.members.len(), "unreads": 0,
            "unreadsFrom": null, "msgs": in_room(state, &room).count(), "latest": latest.map(iso), "userMentions": 0, "success": true,
        }),
    ))
}

/// `GET channels.files`; thumbnails are listed nowhere.
pub(super) fn files(state: &State, asked: &Asked) -> Result<Answer, Refused> {
    let room = asked_room(state, asked)?;
    let mut found: Vec<_> =
        state.files.iter().filter(|file| file.room == room.id && !file.is_thumbnail && !file.gone).collect();
    found.sort_by_key(|file| std::cmp::Reverse(file.uploaded));
    let listed = found.into_iter().map(|file| file.to_json());
    let of_kind = |file: &Value| asked.param("typeGroup").is_none_or(|kind| file["typeGroup"] == kind);
    let named = |file: &Value| {
        asked.param("name").is_none_or(|part| file["name"].as_str().is_some_and(|name| name.contains(part)))
    };
    Ok(page(state, asked, "files", listed.filter(of_kind).filter(named).collect()))
}

/// `GET channels.history`: newest first, `latest` left out unless `inclusive`, replies left out unless asked for; no totals.
pub(super) fn history(state: &State, asked: &Asked) -> Result<Answer, Refused> {
    let room = asked_room(state, asked)?;
    // By default everything up to now; a post of this very millisecond is already there.
    let latest = moment(asked, "latest")?.unwrap_or(state.now() + 1);
    let oldest = moment(asked, "oldest")?;
    let inclusive = asked.param("inclusive") == Some("true");
    let with_replies = asked.param("showThreadMessages") == Some("true");
    let in_window = |message: &&Message| {
        let before = message.ts < latest || (inclusive && message.ts == latest);
        before && oldest.is_none_or(|oldest| message.ts > oldest || (inclusive && message.ts == oldest))
    };
    let shown = |message: &&Message| {
        let also_in_room = message.body.get("tshow").and_then(Value::as_bool) == Some(true);
        let is_hidden_kind =
            message.kind.as_ref().is_some_and(|kind| state.settings.hidden_system_kinds.contains(kind));
        !message.hidden && !is_hidden_kind && (message.thread.is_none() || with_replies || also_in_room)
    };
    let found = newest_first(in_room(state, &room).filter(in_window).filter(shown));
    let (offset, count) = paging(state, asked);
    let messages: Vec<Value> = found.into_iter().skip(offset).take(count).map(|message| message.to_json()).collect();
    Ok(Answer::json(200, &json!({"messages": messages, "success": true})))
}

/// `GET channels.messages`: newest first, hidden copies included.
pub(super) fn messages(state: &State, asked: &Asked) -> Result<Answer, Refused> {
    let room = asked_room(state, asked)?;
    let all = newest_first(state.messages.iter().filter(|message| message.room == room.id));
    Ok(page(state, asked, "messages", all.into_iter().map(|message| message.to_json()).collect()))
}

/// `GET channels.anonymousread`: the one list that needs no login, where the server allows it.
pub(super) fn anonymous_read(state: &State, asked: &Asked) -> Result<Answer, Refused> {
    let room = asked_room(state, asked)?;
    let all = newest_first(in_room(state, &room));
    Ok(page(state, asked, "messages", all.into_iter().map(|message| message.to_json()).collect()))
}

/// `GET chat.getMessage`; gone means 400.
pub(super) fn one_message(state: &State, asked: &Asked) -> Result<Answer, Refused> {
    let Some(id) = asked.param("msgId") else {
        return Err(bad_request("The \"msgId\" query parameter must be provided.", "error-msgid-param-not-provided"));
    };
    let found = state.message(id).filter(|message| !message.hidden && may_read(state, &message.room));
    match found {
        Some(message) => Ok(Answer::json(200, &json!({"message": message.to_json(), "success": true}))),
        None => Err(Answer::json(400, &json!({"success": false}))),
    }
}

/// `GET chat.getThreadMessages?tmid`: oldest first.
pub(super) fn thread(state: &State, asked: &Asked) -> Result<Answer, Refused> {
    let parent = asked.param("tmid").and_then(|id| state.message(id)).filter(|parent| may_read(state, &parent.room));
    let Some(parent) = parent else {
        return Err(bad_request("The required \"tmid\" query param is missing or unknown", "error-invalid-message"));
    };
    let is_reply = |message: &&Message| message.thread.as_deref() == Some(&parent.id) && !message.hidden;
    let mut replies: Vec<&Message> = state.messages.iter().filter(is_reply).collect();
    replies.sort_by_key(|message| message.ts);
    Ok(page(state, asked, "messages", replies.into_iter().map(|message| message.to_json()).collect()))
}

/// `GET chat.getThreadsList?rid`.
pub(super) fn threads(state: &State, asked: &Asked) -> Result<Answer, Refused> {
    let room = asked.param("rid").and_then(|id| state.room(id)).filter(|room| !room.forbidden);
    let Some(room) = room else {
        return Err(bad_request("The required \"rid\" query param is missing or unknown", "error-room-does-not-exist"));
    };
    let parents = newest_first(in_room(state, room).filter(|message| message.body.contains_key("tcount")));
    Ok(page(state, asked, "threads", parents.into_iter().map(|message| message.to_json()).collect()))
}

/// `GET chat.getDiscussions?roomId`: the messages that stand for rooms below this one.
pub(super) fn discussions(state: &State, asked: &Asked) -> Result<Answer, Refused> {
    let room = asked_room(state, asked)?;
    let found = newest_first(in_room(state, &room).filter(|message| message.body.contains_key("drid")));
    Ok(page(state, asked, "messages", found.into_iter().map(|message| message.to_json()).collect()))
}

/// `POST channels.join`: the whole room sees it. A watcher that calls this without being told to has failed its test.
pub(super) fn join(state: &mut State, asked: &Asked) -> Result<Answer, Refused> {
    let body: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
    let wanted = body["roomId"].as_str().or_else(|| body["roomName"].as_str()).unwrap_or_default();
    let Some(room) = state.room(wanted).filter(|room| !room.forbidden).cloned() else {
        return Err(bad_request("No channel found with this name or id", "error-room-not-found"));
    };
    let username = state.observer.username.clone();
    if !room.members.contains(&username) {
        state.post(NewPost { system: Some("uj".to_owned()), ..NewPost::text(&room.id, &username, &username) });
    }
    Ok(Answer::json(200, &json!({"channel": room_json(state, &room), "success": true})))
}

fn may_read(state: &State, room: &str) -> bool {
    state.room(room).is_some_and(|room| !room.forbidden)
}

fn in_room<'a>(state: &'a State, room: &Room) -> impl Iterator<Item = &'a Message> {
    let id = room.id.clone();
    state.messages.iter().filter(move |message| message.room == id && !message.hidden)
}

/// By time, newest first; of two with one time the one stored later comes first.
fn newest_first<'a>(messages: impl Iterator<Item = &'a Message>) -> Vec<&'a Message> {
    let mut found: Vec<&Message> = messages.collect();
    found.reverse();
    found.sort_by_key(|message| std::cmp::Reverse(message.ts));
    found
}

fn last_change(state: &State, room: &Room) -> i64 {
    in_room(state, room).map(|message| message.updated).max().unwrap_or(room.created)
}

fn room_json(state: &State, room: &Room) -> Value {
    let last = newest_first(in_room(state, room)).first().map(|message| message.to_json());
    let last_at = last.as_ref().map_or(json!(null), |last| last["ts"].clone());
    let mut found = json!({
        "_id": room.id, "name": room.name, "fname": room.name, "t": if room.private { "p" } else { "c" }, "msgs": in_room(state, room).count(),
        "usersCount": room.members.len(), "topic": room.topic, "description": "", "ro": false, "default": false,
        "encrypted": false, "broadcast": false, "ts": iso(room.created), "lm": last_at, "lastMessage": last,
        "u": {"_id": "rocket.cat", "username": "rocket.cat"}, "_updatedAt": iso(last_change(state, room)), "customFields": {},
    });
    if room.archived {
        found["archived"] = json!(true);
    }
    if let Some(parent) = &room.parent {
        found["prid"] = json!(parent);
    }
    found
}

fn moment(asked: &Asked, name: &str) -> Result<Option<i64>, Refused> {
    let Some(text) = asked.param(name) else {
        return Ok(None);
    };
    match text.parse::<Timestamp>() {
        Ok(timestamp) => Ok(Some(timestamp.as_millisecond())),
        Err(_) => Err(bad_request(
            &format!("The \"{name}\" query parameter must be a valid date"),
            "error-date-param-invalid",
        )),
    }
}
