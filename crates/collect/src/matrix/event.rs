//! One event of a Matrix room: its exact slice of the answer, read into a post, an edit or a redaction. Field by field and
//! forgiving, because one strange event must not hide the hundred around it.
//!
//! Events that tell who is in a room never become posts, and neither do reactions and votes, which are people's and not
//! the channel's.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use vedette_core::limits::{ATTACHMENTS_MAX, POST_TEXT_BYTES_MAX};
use vedette_core::{Found, VersionState};

use crate::folder::cut_text;

/// Media type of an event's slice.
const SLICE_TYPE: &str = "application/json";
/// Bytes of an id: the specification allows 255, rooms of version 11 and older servers stay far below this.
const ID_BYTES_MAX: usize = 512;
/// Bytes of a file name.
const NAME_BYTES_MAX: usize = 255;
/// Accounts that one post mentions; more is a list and not a mention.
const HANDLES_MAX: usize = 200;
/// Kinds of events that are posts.
const POSTS: [&str; 5] =
    ["m.room.message", "m.room.encrypted", "m.sticker", "m.poll.start", "org.matrix.msc3381.poll.start"];
/// Kinds of events that tell who is in a room.
const MEMBERSHIP: [&str; 4] =
    ["m.room.member", "m.room.third_party_invite", "m.call.member", "org.matrix.msc3401.call.member"];

/// A file that a post names and that is still to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedFile {
    /// File name.
    pub name: String,
    /// Media type as the sender says.
    pub media_type: Option<String>,
    /// `mxc://` address.
    pub link: String,
}

/// What an event turned out to be.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A post, with files still to be fetched.
    Post(Box<Found>, Vec<WantedFile>),
    /// A post that was redacted: only its frame is left.
    Gone(Box<Found>),
    /// Another state of an earlier post; holds for it only when the same account sent both.
    Edit {
        /// Id of the post.
        of: String,
        /// The new state.
        found: Box<Found>,
        /// Files of the new state.
        files: Vec<WantedFile>,
    },
    /// An event was taken back.
    Redaction {
        /// Id of the event.
        of: String,
        /// The deletion, if the event was a post.
        found: Box<Found>,
    },
    /// The room was closed in favour of another one.
    Tombstone(String),
    /// Somebody joined, left, was invited or removed: never kept.
    Membership,
    /// Settings, reactions, calls and the like.
    Other,
    /// No event at all, and why.
    Malformed(String),
}

/// An event of an answer.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its id, empty when it has none.
    pub id: String,
    /// The account that sent it, plain.
    pub sender: String,
    /// Whether it is, or was, of a kind that is collected.
    pub is_post: bool,
    /// Whether its text is encrypted.
    pub encrypted: bool,
    /// Epoch milliseconds at which the sender's server got it.
    pub ts_ms: Option<i64>,
    /// What it is.
    pub kind: Kind,
    /// What was left out, in words.
    pub notes: Vec<String>,
}

#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(borrow, default)]
    unsigned: Option<RawUnsigned<'a>>,
}

#[derive(Deserialize)]
struct RawUnsigned<'a> {
    #[serde(borrow, default)]
    redacted_because: Option<&'a RawValue>,
}

/// Reads an event from its slice. `link` makes the public address from an id.
pub fn read(slice: &str, link: &dyn Fn(&str) -> String) -> Event {
    let value: Value = match serde_json::from_str(slice) {
        Ok(value) => value,
        Err(error) => return event(Kind::Malformed(error.to_string())),
    };
    let Some(id) = text_of(&value, "event_id").filter(|id| !id.is_empty() && id.len() <= ID_BYTES_MAX) else {
        return event(Kind::Malformed("it has no usable event_id".to_owned()));
    };
    let kind = text_of(&value, "type").unwrap_or_default();
    let mut event = event(Kind::Other);
    event.id = id.to_owned();
    event.sender = cut_text(text_of(&value, "sender").unwrap_or_default().to_owned(), ID_BYTES_MAX);
    event.ts_ms = value.get("origin_server_ts").and_then(Value::as_i64);
    // A state event of a post's name would be a trick; real ones have no state key.
    event.is_post = POSTS.contains(&kind) && value.get("state_key").is_none();
    event.encrypted = kind == "m.room.encrypted";
    event.kind = match kind {
        kind if MEMBERSHIP.contains(&kind) => Kind::Membership,
        "m.room.tombstone" => match value.pointer("/content/replacement_room").and_then(Value::as_str) {
            Some(room) if room.starts_with('!') && room.len() <= ID_BYTES_MAX => Kind::Tombstone(room.to_owned()),
            _ => Kind::Other,
        },
        "m.room.redaction" => redaction(&value, slice, &event, link),
        _ if event.is_post => match gone(&value, slice, &event, link) {
            Some(found) => Kind::Gone(found),
            None => post(&value, slice, &mut event, link),
        },
        _ => Kind::Other,
    };
    event
}

fn event(kind: Kind) -> Event {
    Event {
        id: String::new(),
        sender: String::new(),
        is_post: false,
        encrypted: false,
        ts_ms: None,
        kind,
        notes: vec![],
    }
}

fn text_of<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

fn time(ms: Option<i64>) -> Option<Timestamp> {
    ms.and_then(|ms| Timestamp::from_millisecond(ms).ok())
}

fn empty(slice: &str, id: &str, link: &dyn Fn(&str) -> String) -> Found {
    Found { url: Some(link(id)), ..Found::bare(id, slice.as_bytes().to_vec(), SLICE_TYPE) }
}

/// The target stands in `content` from room version 11 on and beside it before.
fn redaction(value: &Value, slice: &str, event: &Event, link: &dyn Fn(&str) -> String) -> Kind {
    let target = value.pointer("/content/redacts").or_else(|| value.get("redacts")).and_then(Value::as_str);
    match target.filter(|id| !id.is_empty() && id.len() <= ID_BYTES_MAX) {
        Some(of) => {
            let mut found = empty(slice, of, link);
            found.state = VersionState::Deleted;
            found.edited_at = time(event.ts_ms);
            Kind::Redaction { of: of.to_owned(), found: Box::new(found) }
        }
        None => Kind::Other,
    }
}

/// What is left of a post that was redacted: the redaction is its exhibit, as it is where the redaction itself is met.
fn gone(value: &Value, slice: &str, event: &Event, link: &dyn Fn(&str) -> String) -> Option<Box<Found>> {
    let because = value.pointer("/unsigned/redacted_because")?;
    let raw = serde_json::from_str::<Raw<'_>>(slice).ok().and_then(|raw| raw.unsigned?.redacted_because);
    let mut found = empty(raw.map_or(slice, RawValue::get), &event.id, link);
    found.state = VersionState::Deleted;
    found.posted_at = time(event.ts_ms);
    found.edited_at = time(because.get("origin_server_ts").and_then(Value::as_i64));
    found.author = Some(event.sender.clone()).filter(|sender| !sender.is_empty());
    Some(Box::new(found))
}

fn post(value: &Value, slice: &str, event: &mut Event, link: &dyn Fn(&str) -> String) -> Kind {
    let nothing = Value::Null;
    let content = value.get("content").unwrap_or(&nothing);
    let relation = content.get("m.relates_to").unwrap_or(&nothing);
    let target = text_of(relation, "event_id").filter(|id| !id.is_empty() && id.len() <= ID_BYTES_MAX);
    let edit_of = target.filter(|_| text_of(relation, "rel_type") == Some("m.replace"));
    let shown = if edit_of.is_some() { content.get("m.new_content").unwrap_or(content) } else { content };
    if text_of(shown, "msgtype").is_some_and(|kind| kind.starts_with("m.key.verification")) {
        return Kind::Other;
    }
    let mut found = empty(slice, edit_of.unwrap_or(&event.id), link);
    found.author = Some(event.sender.clone()).filter(|sender| !sender.is_empty());
    let answers = relation.pointer("/m.in_reply_to/event_id").and_then(Value::as_str);
    if edit_of.is_some() {
        found.state = VersionState::Edited;
        found.edited_at = time(event.ts_ms);
    } else {
        found.posted_at = time(event.ts_ms);
        let thread = target.filter(|_| text_of(relation, "rel_type") == Some("m.thread"));
        found.thread_of = thread.or(answers).filter(|id| id.len() <= ID_BYTES_MAX).map(str::to_owned);
    }
    let files = files(shown);
    let words = words(shown, answers.is_some(), !files.is_empty());
    if words.len() > POST_TEXT_BYTES_MAX {
        event.notes.push(format!("a post has {} bytes of text: the first {POST_TEXT_BYTES_MAX} are read", words.len()));
    }
    found.text = cut_text(words, POST_TEXT_BYTES_MAX);
    found.handles = handles(shown, &found.text);
    match edit_of {
        Some(of) => Kind::Edit { of: of.to_owned(), found: Box::new(found), files },
        None => Kind::Post(Box::new(found), files),
    }
}

/// The text that a reader sees: without the quotation that replies repeat, and without a body that is only a file's name.
fn words(content: &Value, is_reply: bool, has_files: bool) -> String {
    let body = text_of(content, "body").unwrap_or_default();
    if has_files && text_of(content, "filename").is_none_or(|name| name == body) {
        return String::new();
    }
    if body.is_empty() {
        return poll(content).unwrap_or_default();
    }
    if is_reply && body.starts_with("> ") {
        let own = body.split_inclusive('\n').skip_while(|line| line.starts_with('>'));
        return own.collect::<String>().trim_start_matches('\n').to_owned();
    }
    body.to_owned()
}

/// Question and answers of a poll, a line each.
fn poll(content: &Value) -> Option<String> {
    let poll = ["m.poll", "m.poll.start", "org.matrix.msc3381.poll.start"].iter().find_map(|key| content.get(*key))?;
    let mut lines = vec![plain(poll.get("question")?)?];
    let answers = poll.get("answers").and_then(Value::as_array).into_iter().flatten();
    lines.extend(answers.take(ATTACHMENTS_MAX).filter_map(plain));
    Some(lines.join("\n"))
}

fn plain(value: &Value) -> Option<String> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => parts.iter().find_map(|part| text_of(part, "body")).map(str::to_owned),
        _ => None,
    };
    ["org.matrix.msc1767.text", "m.text", "body"].iter().find_map(|key| value.get(*key).and_then(text))
}

fn files(content: &Value) -> Vec<WantedFile> {
    let one = |content: &Value| {
        // `file` holds an encrypted upload; its bytes are kept as they are, the key stands in the exhibit.
        let link = text_of(content, "url").or_else(|| content.pointer("/file/url").and_then(Value::as_str))?;
        let link = Some(link).filter(|link| link.starts_with("mxc://") && link.len() <= 2 * ID_BYTES_MAX)?;
        let name = text_of(content, "filename").or_else(|| text_of(content, "body")).filter(|name| !name.is_empty());
        Some(WantedFile {
            name: cut_text(name.unwrap_or("file").replace(['/', '\\'], "_"), NAME_BYTES_MAX),
            media_type: content.pointer("/info/mimetype").and_then(Value::as_str).map(|kind| kind.to_owned()),
            link: link.to_owned(),
        })
    };
    let gallery = content.get("itemtypes").and_then(Value::as_array).into_iter().flatten();
    std::iter::once(content).chain(gallery).filter_map(one).take(ATTACHMENTS_MAX).collect()
}

/// Accounts that a post mentions: those it lists, those written out in its text, and the names that its links to accounts
/// show, which is how clients write a mention.
fn handles(content: &Value, text: &str) -> Vec<String> {
    let listed = content.pointer("/m.mentions/user_ids").and_then(Value::as_array).into_iter().flatten();
    let mut handles: Vec<String> = listed.filter_map(Value::as_str).map(str::to_owned).collect();
    for part in text.split('@').skip(1) {
        let end = part.find(|ch: char| !(ch.is_ascii_alphanumeric() || "._=-/+:".contains(ch))).unwrap_or(part.len());
        let id = part.get(..end).unwrap_or_default().trim_end_matches(['.', ':', '-']);
        if id.contains(':') {
            handles.push(format!("@{id}"));
        }
    }
    let html = text_of(content, "formatted_body").unwrap_or_default();
    for part in html.split("matrix.to/#/@").skip(1).take(HANDLES_MAX) {
        let name = part.split_once('>').and_then(|(_, after)| after.split('<').next());
        handles.extend(name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()));
    }
    handles.retain(|handle| handle.len() <= ID_BYTES_MAX);
    handles.dedup();
    handles.truncate(HANDLES_MAX);
    handles
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;
