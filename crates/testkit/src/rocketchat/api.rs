//! Which endpoint answers what, the words of its errors by version, and the paging that all lists share.

use serde_json::{Value, json};

use super::files::serve_file;
use super::login::{is_logged_in, log_in};
use super::state::{Room, State};
use super::{rooms, sync};
use crate::http::{Answer, Asked};

/// `API_Default_Count`.
const COUNT_DEFAULT: usize = 50;

/// A refusal on the way to an answer.
pub(super) type Refused = Answer;

/// Answers one request.
pub(super) fn answer(state: &mut State, asked: &Asked) -> Answer {
    if asked.path.starts_with("/file-upload/") || asked.path.starts_with("/ufs/") {
        return serve_file(state, asked);
    }
    if asked.path == "/api/info" {
        let version = format!("{}.0", state.settings.api_version);
        return Answer::json(200, &json!({"version": version, "success": true}));
    }
    let Some(endpoint) = asked.path.strip_prefix("/api/v1/").map(str::to_owned) else {
        return not_found();
    };
    let now = state.now();
    let verdict = state.limiter.count(&endpoint, asked.peer, now);
    count_down(state);
    // A limiter that is reasoned about by `Date` needs one of the same clock.
    let date = dated(now);
    verdict.apply(|| endpoint_answer(state, asked, &endpoint).unwrap_or_else(|refused| refused)).header("date", date)
}

/// A `Date` header.
pub(super) fn dated(ms: i64) -> String {
    let time = jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Tokens that were to run out after so many calls do.
fn count_down(state: &mut State) {
    match state.calls_until_expiry {
        Some(0) => {
            state.calls_until_expiry = None;
            state.expire_tokens();
        }
        Some(calls) => state.calls_until_expiry = Some(calls - 1),
        None => {}
    }
}

fn endpoint_answer(state: &mut State, asked: &Asked, endpoint: &str) -> Result<Answer, Refused> {
    match (asked.method.as_str(), endpoint) {
        ("POST", "login") => return Ok(log_in(state, asked)),
        ("GET", "channels.anonymousread") if state.settings.allow_anonymous_read => {
            return rooms::anonymous_read(state, asked);
        }
        _ => {}
    }
    if !is_logged_in(state, asked) {
        return Err(not_logged_in(state));
    }
    if state.settings.api_version >= 9 && (asked.param("query").is_some() || asked.param("fields").is_some()) {
        return Err(bad_request("Invalid query parameters provided", "error-invalid-params"));
    }
    if asked.method == "POST" {
        return match endpoint {
            "channels.join" | "rooms.join" => rooms::join(state, asked),
            _ => Ok(not_found()),
        };
    }
    match endpoint {
        "me" => Ok(rooms::me(state)),
        "channels.list" => rooms::list(state, asked),
        "channels.info" => rooms::info(state, asked, "channel"),
        "rooms.info" => rooms::info(state, asked, "room"),
        "rooms.get" => rooms::changed(state, asked),
        "channels.counters" => rooms::counters(state, asked),
        "channels.files" => rooms::files(state, asked),
        "channels.history" | "groups.history" => rooms::history(state, asked),
        "channels.messages" => rooms::messages(state, asked),
        "chat.syncMessages" => sync::sync_messages(state, asked),
        "chat.getDeletedMessages" => sync::deleted_messages(state, asked),
        "chat.getMessage" => rooms::one_message(state, asked),
        "chat.getThreadMessages" => rooms::thread(state, asked),
        "chat.getThreadsList" => rooms::threads(state, asked),
        "chat.getDiscussions" => rooms::discussions(state, asked),
        _ => Ok(not_found()),
    }
}

/// The room that `roomId` or `roomName` names, if the account may read it.
pub(super) fn asked_room(state: &State, asked: &Asked) -> Result<Room, Refused> {
    let Some(wanted) = asked.param("roomId").or_else(|| asked.param("roomName")) else {
        return Err(bad_request(
            "The parameter \"roomId\" or \"roomName\" is required",
            "error-roomid-param-not-provided",
        ));
    };
    match state.room(wanted) {
        None => Err(bad_request(
            "The required \"roomId\" or \"roomName\" param provided does not match any channel",
            "error-room-not-found",
        )),
        Some(room) if room.forbidden || unseen(state, room) => Err(forbidden(state)),
        Some(room) => Ok(room.clone()),
    }
}

/// Whether a private room is closed to the account because it is no member.
pub(super) fn unseen(state: &State, room: &Room) -> bool {
    room.private && !room.members.contains(&state.observer.username)
}

/// `offset` and `count`; an over-long count is cut without a word, zero means all if the server allows it.
pub(super) fn paging(state: &State, asked: &Asked) -> (usize, usize) {
    let number = |name: &str| asked.param(name).and_then(|value| value.parse::<usize>().ok());
    let count = match number("count") {
        Some(0) if state.settings.allow_infinite_count => usize::MAX,
        Some(0) | None => COUNT_DEFAULT,
        Some(count) => count.min(state.settings.count_max),
    };
    (number("offset").unwrap_or(0), count)
}

/// A page of `all` under `name`, with the counts that lists carry.
pub(super) fn page(state: &State, asked: &Asked, name: &str, all: Vec<Value>) -> Answer {
    let (offset, count) = paging(state, asked);
    let total = all.len();
    let shown: Vec<Value> = all.into_iter().skip(offset).take(count).collect();
    Answer::json(200, &json!({name: shown, "count": shown.len(), "offset": offset, "total": total, "success": true}))
}

/// A 400 in Rocket.Chat's form: the words, then the code in brackets and by itself.
pub(super) fn bad_request(words: &str, code: &str) -> Answer {
    Answer::json(400, &json!({"success": false, "error": format!("{words} [{code}]"), "errorType": code}))
}

fn not_logged_in(state: &State) -> Answer {
    let words = "You must be logged in to do this.";
    let mut body = json!({"success": false, "error": words});
    if state.settings.api_version < 8 {
        body = json!({"success": false, "error": words, "status": "error", "message": words});
    }
    Answer::json(401, &body)
}

fn forbidden(state: &State) -> Answer {
    let word = if state.settings.api_version < 8 { "unauthorized" } else { "forbidden" };
    Answer::json(403, &json!({"success": false, "error": word}))
}

fn not_found() -> Answer {
    Answer::json(404, &json!({"success": false, "error": "Resource not found"}))
}
