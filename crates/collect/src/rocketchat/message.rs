//! One message of a Rocket.Chat room: its exact slice of the answer, read into a post. Field by field and forgiving,
//! because one strange message must not hide the hundred around it.
//!
//! Membership messages (`uj ul ru au` and their kin) never become posts. The original of a file is what `title_link` or
//! the first entry of `files` names; `image_url` may be a smaller copy that the server made.

use jiff::Timestamp;
use serde_json::Value;
use vedette_core::limits::{ATTACHMENTS_MAX, POST_TEXT_BYTES_MAX};
use vedette_core::{Found, VersionState};

use crate::folder::cut_text;

/// Media type of a message's slice.
const SLICE_TYPE: &str = "application/json";
/// Bytes of an id or file name; honest ones have 17 and some dozens.
const NAME_BYTES_MAX: usize = 512;
/// Kinds of system messages that tell who is in a room.
const MEMBERSHIP: [&str; 19] = [
    "uj",
    "ut",
    "ul",
    "ru",
    "au",
    "ujt",
    "ult",
    "uir",
    "added-user-to-team",
    "removed-user-from-team",
    "user-muted",
    "user-unmuted",
    "subscription-role-added",
    "subscription-role-removed",
    "new-leader",
    "new-moderator",
    "new-owner",
    "leader-removed",
    "user-added-room-to-team",
];

/// A file that a message names and that is still to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedFile {
    /// File name.
    pub name: String,
    /// Media type as the server says.
    pub media_type: Option<String>,
    /// Link as the message gives it: a path on the server or an address anywhere.
    pub link: String,
}

/// What a message turned out to be.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A post, with files still to be fetched.
    Post(Box<Found>, Vec<WantedFile>),
    /// Somebody joined, left, was added or removed: never kept.
    Membership,
    /// Another system message, or a hidden copy.
    System,
    /// A new discussion, which is a room of its own.
    Discussion(String),
    /// No message at all, and why.
    Malformed(String),
}

/// A message of an answer: its place in time and what it is.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its id, empty when it has none.
    pub id: String,
    /// Epoch milliseconds at which it was posted.
    pub ts_ms: Option<i64>,
    /// Epoch milliseconds at which it last changed.
    pub updated_ms: Option<i64>,
    /// Id of the discussion that it opens: a room of its own.
    pub discussion: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// What was left out, in words.
    pub notes: Vec<String>,
}

fn empty_message() -> Message {
    let kind = Kind::System;
    Message { id: String::new(), ts_ms: None, updated_ms: None, discussion: None, kind, notes: Vec::new() }
}

/// Reads a message from its slice. `link` makes the public address from an id.
pub fn read(slice: &str, link: &dyn Fn(&str) -> String) -> Message {
    let mut message = empty_message();
    let value = match lenient(slice) {
        Ok(value) => value,
        Err(why) => {
            message.kind = Kind::Malformed(why);
            return message;
        }
    };
    message.ts_ms = value.get("ts").and_then(time_ms);
    message.updated_ms = value.get("_updatedAt").and_then(time_ms);
    let Some(id) = text_of(&value, "_id").filter(|id| !id.is_empty() && id.len() <= NAME_BYTES_MAX) else {
        message.kind = Kind::Malformed("a message without a usable _id".to_owned());
        return message;
    };
    message.id = id.to_owned();
    message.discussion =
        text_of(&value, "drid").filter(|id| !id.is_empty() && id.len() <= NAME_BYTES_MAX).map(str::to_owned);
    let kind = text_of(&value, "t").unwrap_or_default();
    let hidden = value.get("_hidden").and_then(Value::as_bool) == Some(true);
    message.kind = match kind {
        _ if MEMBERSHIP.contains(&kind) => Kind::Membership,
        _ if hidden => Kind::System,
        "" | "rm" | "e2e" => post(&value, slice, kind, id, link, &mut message.notes),
        "discussion-created" => Kind::Discussion(text_of(&value, "msg").unwrap_or_default().to_owned()),
        _ => Kind::System,
    };
    message
}

/// Reads an entry of a list of deletions: `{_id, _deletedAt}`.
pub fn read_deletion(slice: &str, link: &dyn Fn(&str) -> String) -> Message {
    let mut message = empty_message();
    let value = lenient(slice).unwrap_or(Value::Null);
    message.updated_ms = value.get("_deletedAt").and_then(time_ms);
    let Some(id) = text_of(&value, "_id").filter(|id| !id.is_empty() && id.len() <= NAME_BYTES_MAX) else {
        message.kind = Kind::Malformed("a deletion without a usable _id".to_owned());
        return message;
    };
    message.id = id.to_owned();
    message.kind = Kind::Post(Box::new(gone(slice, id, link)), Vec::new());
    message
}

/// A post that is gone. When it went is in the exhibit only: the WebSocket does not tell it, and one deletion must be one
/// version by whichever way it was learnt.
pub(crate) fn gone(slice: &str, id: &str, link: &dyn Fn(&str) -> String) -> Found {
    Found { state: VersionState::Deleted, ..empty(slice, id, link) }
}

fn empty(slice: &str, id: &str, link: &dyn Fn(&str) -> String) -> Found {
    Found { url: Some(link(id)), ..Found::bare(id, slice.as_bytes().to_vec(), SLICE_TYPE) }
}

fn post(
    value: &Value,
    slice: &str,
    kind: &str,
    id: &str,
    link: &dyn Fn(&str) -> String,
    notes: &mut Vec<String>,
) -> Kind {
    let mut found = empty(slice, id, link);
    found.posted_at = value.get("ts").and_then(time_ms).and_then(|ms| Timestamp::from_millisecond(ms).ok());
    found.edited_at = value.get("editedAt").and_then(time_ms).and_then(|ms| Timestamp::from_millisecond(ms).ok());
    found.author = value.get("u").and_then(|user| text_of(user, "username")).map(str::to_owned);
    found.thread_of = text_of(value, "tmid").filter(|id| !id.is_empty()).map(str::to_owned);
    found.handles = handles(value);
    if kind == "rm" {
        found.state = VersionState::Deleted;
        return Kind::Post(Box::new(found), Vec::new());
    }
    if found.edited_at.is_some() {
        found.state = VersionState::Edited;
    }
    if kind == "e2e" {
        notes.push(format!("message {id} is encrypted end to end: kept as it is, its text cannot be read"));
        return Kind::Post(Box::new(found), Vec::new());
    }
    let text = text(value);
    if text.len() > POST_TEXT_BYTES_MAX {
        notes.push(format!(
            "message {id} has {} bytes of text: the first {POST_TEXT_BYTES_MAX} are read, the exhibit keeps all",
            text.len()
        ));
    }
    found.text = cut_text(text, POST_TEXT_BYTES_MAX);
    let mut wanted = files(value);
    if wanted.len() > ATTACHMENTS_MAX {
        notes.push(format!("message {id} names {} files: the first {ATTACHMENTS_MAX} are taken", wanted.len()));
        wanted.truncate(ATTACHMENTS_MAX);
    }
    Kind::Post(Box::new(found), wanted)
}

/// The text as published: the message, then captions of files and the words of cards that bots post. Quotes are left
/// out: they are other posts.
fn text(value: &Value) -> String {
    let mut text = text_of(value, "msg").unwrap_or_default().to_owned();
    for attachment in list(value, "attachments").filter(|attachment| !is_quote(attachment)) {
        let fields: &[&str] =
            if is_file(attachment) { &["description", "text"] } else { &["pretext", "title", "text", "description"] };
        for part in fields.iter().filter_map(|field| text_of(attachment, field)) {
            if !part.trim().is_empty() && !text.contains(part) {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(part);
            }
        }
    }
    text
}

fn handles(value: &Value) -> Vec<String> {
    let mut handles: Vec<String> = list(value, "mentions")
        .filter(|mention| text_of(mention, "type").is_none_or(|kind| kind == "user"))
        .filter_map(|mention| text_of(mention, "username"))
        .filter(|name| !name.is_empty() && !matches!(*name, "all" | "here"))
        .map(str::to_owned)
        .collect();
    handles.sort_unstable();
    handles.dedup();
    handles
}

fn files(value: &Value) -> Vec<WantedFile> {
    let single = value.get("file").filter(|_| list(value, "files").next().is_none());
    let entries: Vec<&Value> = list(value, "files").chain(single).filter(|file| !is_thumbnail(file)).collect();
    let mut wanted: Vec<WantedFile> = Vec::new();
    for attachment in list(value, "attachments").filter(|attachment| !is_quote(attachment)) {
        let Some(link) = original(attachment) else { continue };
        let entry = entries.iter().find(|entry| text_of(entry, "_id").is_some_and(|id| holds_id(link, id)));
        let name = text_of(attachment, "title").or_else(|| entry.and_then(|entry| text_of(entry, "name")));
        let media_type = entry
            .and_then(|entry| text_of(entry, "type"))
            .or_else(|| ["image_type", "video_type", "audio_type"].iter().find_map(|key| text_of(attachment, key)));
        add(&mut wanted, name, media_type, link.to_owned());
    }
    for entry in entries {
        let (Some(id), Some(name)) = (text_of(entry, "_id"), text_of(entry, "name")) else { continue };
        if id.is_empty() || wanted.iter().any(|file| holds_id(&file.link, id)) {
            continue;
        }
        let mut link = url::Url::parse("http://server/file-upload/").expect("a constant address is valid");
        if let Ok(mut path) = link.path_segments_mut() {
            path.pop_if_empty().push(id).push(name);
        }
        add(&mut wanted, Some(name), text_of(entry, "type"), link.path().to_owned());
    }
    wanted
}

fn add(wanted: &mut Vec<WantedFile>, name: Option<&str>, media_type: Option<&str>, link: String) {
    if link.is_empty() || wanted.iter().any(|file| file.link == link) {
        return;
    }
    let last = link.split(['?', '#']).next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    let name = name.filter(|name| !name.trim().is_empty()).unwrap_or(last);
    wanted.push(WantedFile {
        name: cut_text(name.to_owned(), NAME_BYTES_MAX),
        media_type: media_type.map(|kind| cut_text(kind.to_owned(), NAME_BYTES_MAX)),
        link,
    });
}

/// The link of the original file of an attachment, if it is a file.
fn original(attachment: &Value) -> Option<&str> {
    let title_link = text_of(attachment, "title_link").filter(|link| !link.is_empty());
    let uploaded = title_link.filter(|link| is_file(attachment) || is_upload(link));
    uploaded.or_else(|| {
        ["image_url", "video_url", "audio_url"]
            .iter()
            .find_map(|key| text_of(attachment, key))
            .filter(|link| !link.is_empty() && !link.starts_with("data:") && !is_thumbnail_link(link))
    })
}

fn is_file(attachment: &Value) -> bool {
    text_of(attachment, "type") == Some("file")
        || attachment.get("title_link_download").and_then(Value::as_bool) == Some(true)
        || ["image_url", "video_url", "audio_url"].iter().any(|key| text_of(attachment, key).is_some_and(is_upload))
}

fn is_quote(attachment: &Value) -> bool {
    text_of(attachment, "message_link").is_some()
}

fn is_thumbnail(entry: &Value) -> bool {
    text_of(entry, "typeGroup") == Some("thumb")
        || text_of(entry, "name").is_some_and(|name| name.starts_with("thumb-"))
}

fn is_thumbnail_link(link: &str) -> bool {
    let path = link.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next().is_some_and(|name| name.starts_with("thumb-"))
}

/// Whether a path leads to a file that was uploaded to the server.
pub(crate) fn is_upload(path: &str) -> bool {
    path.contains("/file-upload/") || path.contains("/ufs/")
}

fn holds_id(link: &str, id: &str) -> bool {
    !id.is_empty() && link.split('/').any(|part| part == id)
}

fn text_of<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// Epoch milliseconds of an ISO time or of `{"$date": ms}`.
pub(crate) fn time_ms(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond),
        Value::Object(object) => object.get("$date").and_then(time_ms),
        Value::Number(ms) => ms.as_i64().filter(|ms| Timestamp::from_millisecond(*ms).is_ok()),
        _ => None,
    }
}

/// Reads JSON; half of a surrogate pair, which JavaScript can send and Unicode forbids, becomes U+FFFD.
fn lenient(slice: &str) -> Result<Value, String> {
    let first = match serde_json::from_str(slice) {
        Ok(value) => return Ok(value),
        Err(error) => error.to_string(),
    };
    serde_json::from_str(&without_lone_surrogates(slice)).map_err(|_| first)
}

fn without_lone_surrogates(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let unit = |text: &str| {
            text.strip_prefix("\\u").and_then(|hex| hex.get(..4)).and_then(|hex| u16::from_str_radix(hex, 16).ok())
        };
        let length = match unit(after) {
            Some(0xd800..=0xdbff) if matches!(after.get(6..).and_then(unit), Some(0xdc00..=0xdfff)) => 12,
            Some(0xd800..=0xdfff) => {
                out.push_str("\\ufffd");
                rest = after.get(6..).unwrap_or_default();
                continue;
            }
            Some(_) => 6,
            None => 1 + after.chars().nth(1).map_or(0, char::len_utf8),
        };
        out.push_str(after.get(..length).unwrap_or(after));
        rest = after.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
