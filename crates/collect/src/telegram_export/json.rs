//! `result.json` of Telegram Desktop: one chat, or `chats.list` and `left_chats.list` of a whole account. It is read
//! twice: first which chats there are, then the messages of channels and groups. Everything else in it (contacts,
//! sessions, the account's owner, personal chats) is passed over unread.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::post::{self, Beside, Chat, Message, MessageFile};
use super::scan::{ScanError, Scanner, Slice};
use crate::CollectError;
use crate::connector::Take;
use crate::folder::written_date;
use crate::gather::Gather;

/// Bytes of one message: the longest text and a large poll fit hundreds of times.
const MESSAGE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Chats of one export: an account can be in about a thousand.
const CHATS_MAX: usize = 10_000;
/// Bytes read at once.
const BUFFER_BYTES: usize = 256 * 1024;

/// A chat as the export describes it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Described {
    name: String,
    kind: String,
    id: String,
}

/// What is done with a value of `messages`.
type Each<'a> = &'a mut dyn FnMut(usize, Slice) -> Result<(), CollectError>;

/// Why reading ended early: the file, or the desk.
enum Broke {
    File(ScanError),
    Desk(CollectError),
}

impl From<ScanError> for Broke {
    fn from(error: ScanError) -> Self {
        Self::File(error)
    }
}

/// Reads the export; what is broken is a note, and what came before it stays.
pub(super) fn read(
    open: &dyn Fn() -> Result<File, String>,
    name: &str,
    beside: &Beside<'_>,
    gather: &mut Gather<'_>,
    take: Take<'_>,
) -> Result<(), CollectError> {
    let mut chats = Vec::new();
    // Without the slices: the first reading only asks which chats there are.
    let first = walk(open, &mut chats, 0, &mut |_, _| Ok(()));
    if let Err(Broke::File(error)) = &first {
        gather.note(format!("`{name}` breaks off: {error}; what comes before is taken in"));
    }
    let keys = keys_of(&chats, gather);
    let mut again = Vec::new();
    let second = walk(open, &mut again, MESSAGE_BYTES_MAX, &mut |chat, slice| {
        let Some(Some(chat)) = keys.get(chat) else {
            return Ok(());
        };
        match slice {
            Slice::Bytes(slice) => match message(slice, gather) {
                Some(message) => post::add(chat, message, beside, gather, take),
                None => Ok(()),
            },
            Slice::TooLong => {
                gather.note(format!("a message of {} is longer than {MESSAGE_BYTES_MAX} bytes: left out", chat.key));
                Ok(())
            }
        }
    });
    match second {
        Err(Broke::Desk(error)) => Err(error),
        Err(Broke::File(_)) | Ok(()) => Ok(()),
    }
}

/// Which chats are taken in, and under which key. Two of one name are told apart by their ids.
fn keys_of(chats: &[Described], gather: &mut Gather<'_>) -> Vec<Option<Chat>> {
    let mut ids: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for chat in chats.iter().filter(|chat| is_public_kind(&chat.kind)) {
        let known = ids.entry(&chat.name).or_default();
        if !known.contains(&chat.id.as_str()) {
            known.push(&chat.id);
        }
    }
    let mut keys = Vec::with_capacity(chats.len());
    for chat in chats {
        if !is_public_kind(&chat.kind) {
            // The name of a personal chat is a person's: it is not told.
            let kind: String = chat.kind.chars().filter(|ch| ch.is_ascii_lowercase() || *ch == '_').take(40).collect();
            let kind = if kind.is_empty() { "unnamed kind".to_owned() } else { kind };
            gather.count(&format!("chats of type {kind} were left out: only channels and groups are taken in"));
            keys.push(None);
            continue;
        }
        if chat.kind.starts_with("private") {
            gather.note(format!(
                "`{}` is a {}: taking it in needs the authorisation of its owner or of a legal authority",
                chat.name,
                chat.kind.replace('_', " ")
            ));
        }
        let twice = ids.get(chat.name.as_str()).is_some_and(|known| known.len() > 1);
        if twice {
            gather.note(format!(
                "two chats of this export are called `{}`: their posts are told apart by the chat's id",
                chat.name
            ));
        }
        keys.push(Some(Chat { key: if twice { format!("{}~{}", chat.name, chat.id) } else { chat.name.clone() } }));
    }
    keys
}

fn is_public_kind(kind: &str) -> bool {
    matches!(
        kind,
        "private_group"
            | "private_supergroup"
            | "public_supergroup"
            | "public_group"
            | "private_channel"
            | "public_channel"
    )
}

fn walk(
    open: &dyn Fn() -> Result<File, String>,
    chats: &mut Vec<Described>,
    slice_max: usize,
    each: Each<'_>,
) -> Result<(), Broke> {
    let file = open().map_err(|why| ScanError::Io(std::io::Error::other(why)))?;
    let mut scanner = Scanner::new(BufReader::with_capacity(BUFFER_BYTES, file))?;
    scanner.expect(b'{')?;
    let (mut first, mut whole) = (true, Described::default());
    // A single chat stands at the top; its description may come after its messages.
    let number = chats.len();
    chats.push(Described::default());
    let mut single = false;
    while let Some(key) = scanner.next_key(&mut first)? {
        match key.as_str() {
            "chats" | "left_chats" if scanner.peek()? == b'{' => list(&mut scanner, chats, slice_max, each)?,
            "messages" if scanner.peek()? == b'[' => {
                single = true;
                messages(&mut scanner, number, slice_max, each)?;
            }
            _ => describe(&mut scanner, &key, &mut whole)?,
        }
        if let Some(chat) = chats.get_mut(number) {
            chat.clone_from(&whole);
        }
    }
    if !single && let Some(chat) = chats.get_mut(number) {
        chat.kind = "no_chat".to_owned();
    }
    Ok(())
}

fn list<R: std::io::BufRead>(
    scanner: &mut Scanner<R>,
    chats: &mut Vec<Described>,
    slice_max: usize,
    each: Each<'_>,
) -> Result<(), Broke> {
    scanner.expect(b'{')?;
    let mut first = true;
    while let Some(key) = scanner.next_key(&mut first)? {
        if key != "list" || scanner.peek()? != b'[' {
            scanner.slice(0)?;
            continue;
        }
        scanner.expect(b'[')?;
        let mut first_chat = true;
        while scanner.next_element(&mut first_chat)? {
            if scanner.peek()? != b'{' || chats.len() >= CHATS_MAX {
                scanner.slice(0)?;
                continue;
            }
            scanner.expect(b'{')?;
            let (mut first_key, number) = (true, chats.len());
            chats.push(Described::default());
            while let Some(key) = scanner.next_key(&mut first_key)? {
                if key == "messages" && scanner.peek()? == b'[' {
                    messages(scanner, number, slice_max, each)?;
                } else if let Some(chat) = chats.get_mut(number) {
                    describe(scanner, &key, chat)?;
                }
            }
        }
    }
    Ok(())
}

fn describe<R: std::io::BufRead>(scanner: &mut Scanner<R>, key: &str, chat: &mut Described) -> Result<(), ScanError> {
    let place = match key {
        "name" => &mut chat.name,
        "type" => &mut chat.kind,
        "id" => &mut chat.id,
        _ => {
            scanner.slice(0)?;
            return Ok(());
        }
    };
    *place = scanner.word()?.unwrap_or_default();
    Ok(())
}

fn messages<R: std::io::BufRead>(
    scanner: &mut Scanner<R>,
    chat: usize,
    slice_max: usize,
    each: Each<'_>,
) -> Result<(), Broke> {
    scanner.expect(b'[')?;
    let mut first = true;
    while scanner.next_element(&mut first)? {
        let slice = scanner.slice(slice_max)?;
        each(chat, slice).map_err(Broke::Desk)?;
    }
    Ok(())
}

/// A message as it is written. Fields whose type has changed over the years are taken as they come.
#[derive(Deserialize)]
struct Written {
    id: i64,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    date: Option<Value>,
    #[serde(default)]
    date_unixtime: Option<Value>,
    #[serde(default)]
    edited: Option<Value>,
    #[serde(default)]
    edited_unixtime: Option<Value>,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    forwarded_from: Option<String>,
    #[serde(default)]
    forwarded_from_id: Option<Value>,
    #[serde(default)]
    reply_to_message_id: Option<i64>,
    #[serde(default)]
    reply_to_peer_id: Option<Value>,
    #[serde(default)]
    text: Option<Value>,
    #[serde(default)]
    media_type: Option<String>,
    #[serde(default)]
    mime_type: Option<String>,
    #[serde(default)]
    photo: Option<String>,
    #[serde(default)]
    file: Option<String>,
    #[serde(default)]
    poll: Option<Value>,
}

fn message(slice: Vec<u8>, gather: &mut Gather<'_>) -> Option<Message> {
    let text = String::from_utf8_lossy(&slice);
    let written: Written = match serde_json::from_str(&text) {
        Ok(written) => written,
        Err(error) => {
            gather.note(format!("a message cannot be read ({error}) and was left out"));
            return None;
        }
    };
    if written.kind != "message" {
        gather.count("service messages (joining, leaving, pinning, calls) were left out");
        return None;
    }
    if written.media_type.as_deref() == Some("sticker") {
        gather.count("stickers were left out");
        return None;
    }
    let mut handles = Vec::new();
    let mut body = plain_text(written.text.as_ref(), &mut handles);
    if let Some(poll) = written.poll.as_ref().and_then(|poll| poll_text(poll, &mut handles)) {
        body = if body.trim().is_empty() { poll } else { format!("{}\n{poll}", body.trim()) };
    }
    // A person whose message was forwarded is mentioned by it; a channel is an outlet and stays readable.
    let by_person = written.forwarded_from_id.as_ref().and_then(Value::as_str).is_some_and(|id| id.starts_with("user"));
    handles.extend(written.forwarded_from.filter(|_| by_person));
    let edited_at = moment(written.edited_unixtime.as_ref(), written.edited.as_ref(), gather);
    let mut files = Vec::new();
    for (path, media_type) in [(written.photo, None), (written.file, written.mime_type)] {
        if let Some(path) = path.filter(|path| !path.is_empty()) {
            files.push(message_file(path, media_type));
        }
    }
    Some(Message {
        id: written.id,
        exhibit_type: "application/json",
        text: body.trim().to_owned(),
        posted_at: moment(written.date_unixtime.as_ref(), written.date.as_ref(), gather),
        // Old exports write 1970 for "never edited".
        edited_at: edited_at.filter(|time| time.as_second() > 0),
        author: written.from,
        handles,
        answers: written.reply_to_message_id.filter(|_| written.reply_to_peer_id.is_none()),
        files,
        exhibit: slice,
    })
}

fn message_file(path: String, media_type: Option<String>) -> MessageFile {
    // The export writes a sentence in brackets in place of a file that it left out. Any other path is looked up among
    // the files that lie beside the export, so one that leads elsewhere finds nothing.
    if path.starts_with('(') { MessageFile::default() } else { MessageFile { path: Some(path), media_type } }
}

/// The time of a message: seconds since 1970, else the local time that stands beside it, taken as UTC.
fn moment(seconds: Option<&Value>, local: Option<&Value>, gather: &mut Gather<'_>) -> Option<Timestamp> {
    let seconds = match seconds {
        Some(Value::String(seconds)) => seconds.parse::<i64>().ok(),
        Some(Value::Number(seconds)) => seconds.as_i64(),
        _ => None,
    };
    if let Some(time) = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()) {
        return Some(time);
    }
    let local = local?;
    let time = local.as_str().and_then(written_date);
    gather.count(if time.is_some() {
        "times are written without their zone and were taken as UTC"
    } else {
        "times cannot be read and were left out"
    });
    time
}

/// The text of a message: a string, or pieces of which some are links, mentions or bold.
fn plain_text(text: Option<&Value>, handles: &mut Vec<String>) -> String {
    match text {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(pieces)) => pieces.iter().map(|piece| piece_text(piece, handles)).collect(),
        Some(Value::Object(_)) => text.map_or_else(String::new, |piece| piece_text(piece, handles)),
        _ => String::new(),
    }
}

fn piece_text(piece: &Value, handles: &mut Vec<String>) -> String {
    if let Value::String(text) = piece {
        return text.clone();
    }
    let text = piece.get("text").and_then(Value::as_str).unwrap_or_default();
    if matches!(piece.get("type").and_then(Value::as_str), Some("mention" | "mention_name")) {
        handles.push(text.trim_start_matches('@').to_owned());
    }
    text.to_owned()
}

/// A poll as text: its question, then each answer on a line of its own.
fn poll_text(poll: &Value, handles: &mut Vec<String>) -> Option<String> {
    let mut text = plain_text(poll.get("question"), handles).trim().to_owned();
    for answer in poll.get("answers").and_then(Value::as_array).into_iter().flatten() {
        text.push_str("\n- ");
        text.push_str(plain_text(answer.get("text"), handles).trim());
    }
    (!text.is_empty()).then_some(text)
}
