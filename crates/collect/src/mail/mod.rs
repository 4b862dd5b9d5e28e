//! Mail: `.eml`, mbox and Maildir. A message is a post of its Message-ID, so the same message in two mailboxes is one
//! post. Its exact bytes are the exhibit; the plain text is read, else the HTML; attachments are its files.
//!
//! Addresses are names of people: the author's becomes a keyed hash, and so do addresses in the text.

mod mbox;

use std::io::BufReader;

use jiff::Timestamp;
use mail_parser::{Address, HeaderValue, Message, MessageParser, MimeHeaders, PartType};
use serde_json::Map;
use vedette_core::limits::ATTACHMENTS_MAX;
use vedette_core::{Found, FoundFile, Markup};

use self::mbox::{Messages, Next};
use crate::connector::Take;
use crate::folder::{Listed, cut_text, open_listed, read_listed};
use crate::gather::{Gather, add_handles_of, empty, settle_handles, sha256_hex};
use crate::{CollectError, Env, FILE_BYTES_MAX};

/// Connector and version, as records name it.
const NAME: &str = "mail/1";
/// Bytes read at once.
const BUFFER_BYTES: usize = 256 * 1024;
/// Bytes of a Message-ID: RFC 5322 allows lines of 998.
const ID_BYTES_MAX: usize = 998;
/// Messages within a message: forwarded ones of forwarded ones. Deeper nesting is made to break readers.
const NESTED_MAX: usize = 32;
/// Addresses of one message that are looked for in its text.
const ADDRESSES_MAX: usize = 200;
/// Bytes of a file name.
const FILE_NAME_BYTES_MAX: usize = 255;

/// Reads a single message.
pub(crate) fn read_single(listed: &Listed, env: &Env, take: Take<'_>) -> Result<(), CollectError> {
    let mut gather = Gather::new(listed.shown.clone(), NAME, env);
    match read_listed(listed, mbox::MESSAGE_BYTES_MAX as u64) {
        Ok(bytes) => add(bytes, &listed.name, &mut gather, take)?,
        Err(why) => gather.note(format!("`{}` cannot be read: {why}", listed.name)),
    }
    gather.finish(take)
}

/// Reads an mbox file as a stream.
pub(crate) fn read_mbox(listed: &Listed, env: &Env, take: Take<'_>) -> Result<(), CollectError> {
    let mut gather = Gather::new(listed.shown.clone(), NAME, env);
    let file = match open_listed(listed) {
        Ok(file) => file,
        Err(why) => {
            gather.note(format!("`{}` cannot be read: {why}", listed.name));
            return gather.finish(take);
        }
    };
    let mut messages = Messages::new(BufReader::with_capacity(BUFFER_BYTES, file));
    loop {
        match messages.next() {
            Ok(Some(Next::Message(bytes))) => add(bytes, &listed.name, &mut gather, take)?,
            Ok(Some(Next::TooLong)) => gather.note(format!(
                "a message of `{}` is longer than {} bytes and was left out",
                listed.name,
                mbox::MESSAGE_BYTES_MAX
            )),
            Ok(None) => break,
            Err(error) => {
                gather.note(format!("`{}` breaks off ({error}): what comes before is taken in", listed.name));
                break;
            }
        }
    }
    if messages.passed_before > 0 {
        gather.note(format!(
            "`{}` has {} bytes before its first message (a line `From …` with a time): left out",
            listed.name, messages.passed_before
        ));
    }
    gather.finish(take)
}

fn add(bytes: Vec<u8>, name: &str, gather: &mut Gather<'_>, take: Take<'_>) -> Result<(), CollectError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        gather.count("empty messages were left out");
        return Ok(());
    }
    match found(&bytes, name, gather) {
        Some(mut found) => {
            found.exhibit = bytes;
            gather.add(found, Map::new(), take)
        }
        None => {
            gather.note(format!("a message of `{name}` cannot be read as mail and was left out"));
            Ok(())
        }
    }
}

fn found(bytes: &[u8], name: &str, gather: &mut Gather<'_>) -> Option<Found> {
    let plain = mbox::unquoted(bytes);
    let parser = MessageParser::default();
    let nested = nested_messages(&plain);
    let message = if nested > NESTED_MAX {
        gather.note(format!("a message of `{name}` has {nested} messages within: only its header is read"));
        parser.parse_headers(plain.as_ref())?
    } else {
        parser.parse(plain.as_ref())?
    };
    let native_id = match message.message_id().map(str::trim).filter(|id| !id.is_empty()) {
        Some(id) => format!("mail:{}", cut_text(id.to_owned(), ID_BYTES_MAX)),
        None => format!("mail:sha256:{}", sha256_hex(bytes)),
    };
    let (text, markup) = body(&message);
    let author = message.from().and_then(Address::first).and_then(|from| from.address.as_deref()).map(settled_address);
    let mut handles = Vec::new();
    for address in [message.from(), message.to(), message.cc(), message.reply_to()].into_iter().flatten() {
        handles
            .extend(address.iter().take(ADDRESSES_MAX).filter_map(|one| one.address.as_deref()).map(settled_address));
    }
    match markup {
        Markup::Plain => add_handles_of(&text, &mut handles),
        Markup::Html => settle_handles(&mut handles),
    }
    Some(Found {
        exhibit_type: "message/rfc822".to_owned(),
        title: message.subject().map(str::trim).filter(|title| !title.is_empty()).map(str::to_owned),
        text,
        markup,
        posted_at: message.date().and_then(|date| Timestamp::from_second(date.to_timestamp()).ok()),
        author,
        handles,
        thread_of: answered(&message).map(|id| format!("mail:{}", cut_text(id, ID_BYTES_MAX))),
        files: files(&message, &native_id, gather),
        ..empty(&native_id)
    })
}

fn nested_messages(bytes: &[u8]) -> usize {
    // Case differs between programs; the word does not.
    let mark = b"message/rfc822";
    memchr::memchr2_iter(b'm', b'M', bytes)
        .filter(|at| bytes.get(*at..*at + mark.len()).is_some_and(|word| word.eq_ignore_ascii_case(mark)))
        .count()
}

fn settled_address(address: &str) -> String {
    address.trim().to_lowercase()
}

/// The plain text, or the HTML where there is none.
fn body(message: &Message<'_>) -> (String, Markup) {
    let parts = |ids: &[u32], html: bool| -> String {
        let texts = ids.iter().filter_map(|id| match &message.part(*id)?.body {
            PartType::Text(text) if !html => Some(text.as_ref()),
            PartType::Html(text) if html => Some(text.as_ref()),
            _ => None,
        });
        texts.collect::<Vec<_>>().join("\n")
    };
    let plain = parts(&message.text_body, false);
    if !plain.trim().is_empty() {
        return (plain.replace("\r\n", "\n").trim().to_owned(), Markup::Plain);
    }
    let html = parts(&message.html_body, true);
    if html.trim().is_empty() { (String::new(), Markup::Plain) } else { (html, Markup::Html) }
}

/// The message that this one answers.
fn answered(message: &Message<'_>) -> Option<String> {
    let first = ids(message.in_reply_to()).into_iter().next();
    // Some programs only write the whole thread, its nearest message last.
    first.or_else(|| ids(message.references()).pop())
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    let list = value.as_text_list().unwrap_or_default();
    list.iter().map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect()
}

fn files(message: &Message<'_>, native_id: &str, gather: &mut Gather<'_>) -> Vec<FoundFile> {
    let mut files = Vec::new();
    for (number, part) in message.attachments().enumerate() {
        if files.len() >= ATTACHMENTS_MAX {
            gather.note(format!(
                "{native_id} has more than {ATTACHMENTS_MAX} attachments: the rest stays in the message's own bytes"
            ));
            break;
        }
        let media_type = match (&part.body, part.content_type()) {
            (PartType::Message(_), _) => Some("message/rfc822".to_owned()),
            (_, Some(kind)) => kind.subtype().map(|subtype| format!("{}/{subtype}", kind.ctype()).to_ascii_lowercase()),
            (_, None) => None,
        };
        let name = part.attachment_name().map(str::to_owned).unwrap_or_else(|| format!("attachment {}", number + 1));
        let content = part.contents();
        let bytes = if content.len() as u64 > FILE_BYTES_MAX {
            Err(format!("it is larger than {FILE_BYTES_MAX} bytes; it stays in the message's own bytes"))
        } else {
            Ok(content.to_vec())
        };
        files.push(FoundFile { name: file_name(&name), media_type, url: None, bytes });
    }
    files
}

/// A file name without its folders and without marks that would break a line.
fn file_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let name: String = name.chars().filter(|ch| !ch.is_control()).collect();
    let name = cut_text(name, FILE_NAME_BYTES_MAX);
    if name.is_empty() { "attachment".to_owned() } else { name }
}

#[cfg(test)]
mod tests;
