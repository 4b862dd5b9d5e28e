//! `messages.html`, `messages2.html` … of Telegram Desktop. Each page is cut into its messages by their own elements, so
//! that the exact bytes of one message are its exhibit; the slice alone is then read as HTML.
//!
//! A page does not say what kind of chat it is. The list of chats in a whole export does; without it, two people of whom
//! one is the chat's name are taken for a private conversation and left out.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use memchr::memmem;
use scraper::{ElementRef, Html, Node, Selector};

use super::post::{self, Beside, Chat, Message, MessageFile, settled_path};
use crate::CollectError;
use crate::connector::Take;
use crate::folder::{Listed, read_listed};
use crate::gather::Gather;

/// Bytes of one page: the program writes a thousand messages a page, about 1 MB.
const PAGE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Bytes of one message, as in the JSON export.
const MESSAGE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Elements within each other in one message: the program writes about ten.
const DEPTH_MAX: usize = 200;
/// Different senders that are told apart to see what kind of chat it is.
const SENDERS_MAX: usize = 3;
/// What a message's element begins with.
const MESSAGE_BEGIN: &[u8] = b"<div class=\"message ";

/// Reads the pages of one chat, in order.
pub(super) fn read(
    pages: &[&Listed],
    kind: Option<&str>,
    beside: &Beside<'_>,
    base: &str,
    gather: &mut Gather<'_>,
    take: Take<'_>,
) -> Result<(), CollectError> {
    let Some(first) = pages.first() else { return Ok(()) };
    let name = match read_listed(first, PAGE_BYTES_MAX).map(|page| chat_name(&page)) {
        Ok(Some(name)) => name,
        Ok(None) => {
            gather.note(format!("`{}` does not name its chat and was left out", first.name));
            return Ok(());
        }
        Err(why) => {
            gather.note(format!("`{}` cannot be read: {why}", first.name));
            return Ok(());
        }
    };
    if let Some(why) = private(pages, kind, &name) {
        gather.count(&format!("HTML chats were left out: {why}"));
        return Ok(());
    }
    let chat = Chat { key: name };
    for page in pages {
        let bytes = match read_listed(page, PAGE_BYTES_MAX) {
            Ok(bytes) => bytes,
            Err(why) => {
                gather.note(format!("`{}` cannot be read: {why}", page.name));
                continue;
            }
        };
        // Messages of one sender in a row name him once, on each page anew.
        let mut sender = None;
        for slice in Slices::of(&bytes) {
            match slice {
                Ok(slice) => {
                    if let Some(message) = message(slice, base, &mut sender, gather) {
                        post::add(&chat, message, beside, gather, take)?;
                    }
                }
                Err(why) => gather.note(format!("`{}`: {why}", page.name)),
            }
        }
    }
    Ok(())
}

/// The chats of a whole export by the folder of their pages: `chats/chat_001` to `channel`, `group`, `private`, `bot`.
pub(super) fn kinds_of_chats(list: &Listed) -> Vec<(String, String)> {
    let Ok(bytes) = read_listed(list, PAGE_BYTES_MAX) else { return Vec::new() };
    let page = Html::parse_document(&String::from_utf8_lossy(&bytes));
    let (entry, kind) = (selector("a.entry"), selector(".info, .pull_right"));
    page.select(&entry)
        .filter_map(|entry| {
            let page = entry.attr("href")?.split('#').next()?;
            let folder = settled_path("lists", page)?.strip_suffix("/messages.html")?.to_owned();
            let kind = entry.select(&kind).next()?.text().collect::<String>().trim().to_owned();
            Some((folder, kind))
        })
        .collect()
}

/// Whether bytes begin like a page of messages.
pub(super) fn is_page(head: &[u8]) -> bool {
    memmem::find(head, b"class=\"page_wrap\"").is_some()
        && memmem::find(head, b"<title>Exported Data</title>").is_some()
}

/// Why a chat is not taken in, if so.
fn private(pages: &[&Listed], kind: Option<&str>, name: &str) -> Option<String> {
    match kind {
        Some("channel" | "group") => return None,
        Some(kind) => {
            let kind: String = kind.chars().filter(char::is_ascii_alphabetic).take(40).collect();
            return Some(format!("chats of kind {kind}; only channels and groups are taken in"));
        }
        None => {}
    }
    if matches!(name, "Saved Messages" | "Saved messages" | "Replies" | "Deleted Account") {
        return Some("notes to oneself and private chats; only channels and groups are taken in".to_owned());
    }
    let mut senders = BTreeSet::new();
    for page in pages {
        let bytes = read_listed(page, PAGE_BYTES_MAX).unwrap_or_default();
        let slices: Vec<&[u8]> = Slices::of(&bytes).filter_map(Result::ok).collect();
        if slices.iter().any(|slice| says_what_it_is(slice)) {
            return None;
        }
        for slice in slices {
            senders.extend(sender_of(slice));
            if senders.len() >= SENDERS_MAX {
                return None;
            }
        }
    }
    (senders.len() == 2 && senders.contains(name)).then(|| {
        "a page of two people, one of them its name, looks like a private chat; export it as JSON, which says what it is"
            .to_owned()
    })
}

/// Service messages that only channels and groups have.
fn says_what_it_is(slice: &[u8]) -> bool {
    let signs: [&[u8]; 8] = [
        b"Channel &laquo;",
        b"Channel title",
        b"Channel photo",
        b" created group ",
        b" changed group ",
        b" joined group",
        b" converted this group",
        b" converted a basic group",
    ];
    is_service(slice) && signs.iter().any(|sign| memmem::find(slice, sign).is_some())
}

fn is_service(slice: &[u8]) -> bool {
    slice.get(MESSAGE_BEGIN.len()..).is_some_and(|rest| rest.starts_with(b"service"))
}

fn sender_of(slice: &[u8]) -> Option<String> {
    let begin = b"<div class=\"from_name\">";
    let name = slice.get(memmem::find(slice, begin)? + begin.len()..)?;
    let name = name.get(..memchr::memchr(b'<', name)?)?;
    Some(sender_name(&Html::parse_fragment(&String::from_utf8_lossy(name)).root_element().text().collect::<String>()))
}

/// A sender's name without the bot that the message came by.
fn sender_name(text: &str) -> String {
    let name = text.split(" via @").next().unwrap_or(text);
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn selector(css: &'static str) -> Selector {
    Selector::parse(css).expect("a selector of this file is valid")
}

fn chat_name(page: &[u8]) -> Option<String> {
    let head = page.get(..memmem::find(page, MESSAGE_BEGIN).unwrap_or(page.len()).min(MESSAGE_BYTES_MAX))?;
    let head = Html::parse_document(&String::from_utf8_lossy(head));
    let name = head.select(&selector(".page_header .text")).next()?.text().collect::<String>();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    (!name.is_empty()).then_some(name)
}

/// The messages of a page as exact slices.
struct Slices<'a> {
    page: &'a [u8],
    at: usize,
}

impl<'a> Slices<'a> {
    fn of(page: &'a [u8]) -> Self {
        Self { page, at: 0 }
    }
}

impl<'a> Iterator for Slices<'a> {
    type Item = Result<&'a [u8], String>;

    fn next(&mut self) -> Option<Self::Item> {
        let begin = self.at + memmem::find(self.page.get(self.at..)?, MESSAGE_BEGIN)?;
        let rest = self.page.get(begin..)?;
        let within = rest.get(..rest.len().min(MESSAGE_BYTES_MAX))?;
        match end_of_element(within) {
            Some(length) => {
                self.at = begin + length;
                Some(Ok(rest.get(..length).unwrap_or_default()))
            }
            None => {
                self.at = begin + MESSAGE_BEGIN.len();
                Some(Err(format!("a message at byte {begin} has no end: the page was cut off or changed; left out")))
            }
        }
    }
}

/// Length of the `div` element that a slice begins with. Text is escaped in an export, so a mark is a mark.
fn end_of_element(slice: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (0usize, 0usize);
    loop {
        at += memchr::memchr(b'<', slice.get(at..)?)?;
        let rest = slice.get(at..)?;
        if rest.starts_with(MESSAGE_BEGIN) && depth > 0 {
            // The next message begins inside this one: its end is missing.
            return None;
        }
        if rest.starts_with(b"<div") {
            depth += 1;
            if depth > DEPTH_MAX {
                return None;
            }
        } else if rest.starts_with(b"</div>") {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some(at + b"</div>".len());
            }
        }
        at += 1;
    }
}

fn message(slice: &[u8], base: &str, sender: &mut Option<String>, gather: &mut Gather<'_>) -> Option<Message> {
    if is_service(slice) {
        *sender = None;
        // Days between messages are written as service messages with negative numbers.
        if memmem::find(slice.get(..100.min(slice.len()))?, b"id=\"message-").is_none() {
            gather.count("service messages (joining, leaving, pinning, calls) were left out");
        }
        return None;
    }
    // Elements of any kind within each other: the reader of HTML must not be led deeper than a message goes.
    if memmem::find_iter(slice, b"<").count() > 50_000 {
        gather.note("a message of more than 50,000 marks was left out".to_owned());
        return None;
    }
    let html = Html::parse_fragment(&String::from_utf8_lossy(slice));
    let whole = html.select(&selector("div.message")).next()?;
    let Some(id) = whole.attr("id").and_then(|id| id.strip_prefix("message")).and_then(|id| id.parse::<i64>().ok())
    else {
        gather.note("a message without its number was left out".to_owned());
        return None;
    };
    let body = whole.child_elements().find(|child| has_class(*child, "body"))?;
    if let Some(name) = body.child_elements().find(|child| has_class(*child, "from_name")) {
        *sender = Some(sender_name(&name.text().collect::<String>()));
    }
    let mut handles = Vec::new();
    let files = match media(body, base) {
        Media::Sticker => {
            gather.count("stickers were left out");
            return None;
        }
        Media::Files(files) => files,
    };
    let text = body.select(&selector("div.text")).next().map(|text| text_of(text, &mut handles)).unwrap_or_default();
    let text = match poll_text(body, &mut handles) {
        Some(poll) if text.is_empty() => poll,
        Some(poll) => format!("{text}\n{poll}"),
        None => text,
    };
    Some(Message {
        id,
        exhibit: slice.to_vec(),
        exhibit_type: "text/html",
        text,
        posted_at: posted_at(body, gather),
        edited_at: None,
        author: sender.clone(),
        handles,
        answers: body
            .select(&selector(".reply_to a"))
            .find_map(|link| link.attr("href")?.rsplit_once("go_to_message")?.1.parse().ok()),
        files,
    })
}

fn has_class(element: ElementRef<'_>, class: &str) -> bool {
    element.value().classes().any(|has| has == class)
}

/// The text of an element: line breaks as they are shown, mentions as handles besides.
fn text_of(element: ElementRef<'_>, handles: &mut Vec<String>) -> String {
    let mut text = String::new();
    for node in element.descendants() {
        match node.value() {
            Node::Text(piece) => text.push_str(piece),
            Node::Element(element) if element.name() == "br" => text.push('\n'),
            _ => {}
        }
    }
    for link in element.select(&selector("a")) {
        let shown = link.text().collect::<String>();
        if let Some(name) = shown.strip_prefix('@') {
            handles.push(name.to_owned());
        } else if link.attr("onclick").is_some_and(|act| act.contains("ShowMentionName")) {
            handles.push(shown);
        }
    }
    text.trim().to_owned()
}

fn poll_text(body: ElementRef<'_>, handles: &mut Vec<String>) -> Option<String> {
    let poll = body.select(&selector(".media_poll")).next()?;
    let mut text = text_of(poll.select(&selector(".question")).next()?, handles);
    for answer in poll.select(&selector(".answer")) {
        // How many voted stands in an element of its own and is no part of the answer.
        let own: String =
            answer.children().filter_map(|node| node.value().as_text().map(|text| text.to_string())).collect();
        text.push_str("\n- ");
        let own = own.trim();
        text.push_str(own.strip_prefix('-').unwrap_or(own).trim());
    }
    Some(text)
}

enum Media {
    Sticker,
    Files(Vec<MessageFile>),
}

fn media(body: ElementRef<'_>, base: &str) -> Media {
    if body.select(&selector(".sticker_wrap, img.sticker")).next().is_some() {
        return Media::Sticker;
    }
    let mut files = Vec::new();
    let carries = selector("a.photo_wrap, a.video_file_wrap, a.animated_wrap, a.media");
    for link in body.select(&carries) {
        let path = link.attr("href").unwrap_or_default();
        // A place or a game is a link to the web, a shared contact holds a telephone number: neither is a file.
        if !path.contains("://") && !path.is_empty() && !has_class(link, "media_contact") {
            let path = settled_path(base, path).unwrap_or_else(|| path.to_owned());
            files.push(MessageFile { path: Some(path), media_type: None });
        }
    }
    let missing =
        selector("div.media_photo, div.media_video, div.media_file, div.media_audio_file, div.media_voice_message");
    for media in body.select(&missing) {
        let title = media.select(&selector(".title")).next().map(|title| title.text().collect::<String>());
        if title.is_some_and(|title| title.trim() == "Sticker") {
            return Media::Sticker;
        }
        if media.select(&selector(".description")).next().is_some() {
            files.push(MessageFile::default());
        }
    }
    Media::Files(files)
}

/// `15.01.2025 10:30:00 UTC+03:00` in the title of the clock; older exports leave the zone out.
fn posted_at(body: ElementRef<'_>, gather: &mut Gather<'_>) -> Option<Timestamp> {
    let title = body.child_elements().find(|child| has_class(*child, "date"))?.attr("title")?;
    let time = shown_date(title);
    match time {
        None => gather.count("times cannot be read and were left out"),
        Some((_, false)) => gather.count("times are written without their zone and were taken as UTC"),
        Some((_, true)) => {}
    }
    time.map(|(time, _)| time)
}

/// A date as the pages show it, and whether its zone was written.
fn shown_date(title: &str) -> Option<(Timestamp, bool)> {
    let (date, zone) = match title.trim().split_once(" UTC") {
        Some((date, zone)) => (date, Some(zone.trim())),
        None => (title.trim(), None),
    };
    let civil = DateTime::strptime("%d.%m.%Y %H:%M:%S", date).ok()?;
    let offset = match zone {
        None | Some("") => Offset::UTC,
        Some(zone) => {
            let (hours, minutes) = zone.split_once(':').unwrap_or((zone, "0"));
            let minutes = minutes.parse::<i32>().ok()?;
            let sign = if hours.starts_with('-') { -1 } else { 1 };
            let hours = hours.trim_start_matches(['+', '-']).parse::<i32>().ok()?;
            let seconds = hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?;
            Offset::from_seconds(sign * seconds).ok()?
        }
    };
    Some((TimeZone::fixed(offset).to_timestamp(civil).ok()?, zone.is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_with_and_without_their_zone() {
        for (title, expected) in [
            ("15.01.2025 10:30:00 UTC+03:00", Some(("2025-01-15T07:30:00Z", true))),
            ("15.01.2025 10:30:00 UTC-05:30", Some(("2025-01-15T16:00:00Z", true))),
            ("15.01.2025 10:30:00", Some(("2025-01-15T10:30:00Z", false))),
            ("99.01.2025 10:30:00", None),
            ("15.01.2025 10:30:00 UTC+999999999999:00", None),
            ("", None),
        ] {
            let found = shown_date(title).map(|(time, zone)| (time.to_string(), zone));
            assert_eq!(found.as_ref().map(|(time, zone)| (time.as_str(), *zone)), expected, "{title}");
        }
    }

    #[test]
    fn a_page_is_cut_into_its_messages_and_a_missing_end_is_told() {
        let page =
            b"<html><div class=\"message default\" id=\"message1\"><div>a</div></div> <div class=\"message default\" \
            id=\"message2\"><div> <div class=\"message service\" id=\"message3\"></div>";
        let slices: Vec<_> = Slices::of(page).collect();
        assert_eq!(slices.len(), 3);
        assert!(slices[0].as_ref().unwrap().ends_with(b"<div>a</div></div>"));
        assert!(slices[1].as_ref().unwrap_err().contains("has no end"));
        assert!(slices[2].as_ref().unwrap().starts_with(b"<div class=\"message service"));
        let deep = [MESSAGE_BEGIN, b"x\">", &b"<div>".repeat(100_000)].concat();
        assert!(Slices::of(&deep).all(|slice| slice.is_err()));
    }
}
