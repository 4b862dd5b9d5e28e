//! The public preview page of a Telegram channel, cut into its messages. Each message's HTML is one exhibit, byte for byte
//! as the page holds it; what is read from it is only the envelope: id, time, text with its links, files.

use jiff::Timestamp;
use scraper::{ElementRef, Html, Node, Selector};
use vedette_core::limits::{ATTACHMENTS_MAX, POST_TEXT_BYTES_MAX};
use vedette_core::{Found, Markup, VersionState};

use crate::folder::cut_text;

/// How a message begins in a page.
const MESSAGE: &[u8] = b"<div class=\"tgme_widget_message_wrap";
/// Messages of a page; Telegram shows twenty.
const MESSAGES_MAX: usize = 200;
/// Bytes of one message's HTML; a post of the longest text with an album has some 40 KB.
const MESSAGE_BYTES_MAX: usize = 512 * 1024;
/// Elements of one message: more are made to keep a parser busy.
const TAGS_MAX: usize = 5_000;

/// A file that a message shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PreviewFile {
    /// `photo`, `video`, `voice`, `sticker` or `document`.
    pub(crate) kind: &'static str,
    /// File name.
    pub(crate) name: String,
    /// Where it can be fetched now; addresses change all the time, and documents have none.
    pub(crate) address: Option<String>,
}

/// A message of a page.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) id: u64,
    pub(crate) found: Found,
    pub(crate) files: Vec<PreviewFile>,
}

/// A page that was read.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// Messages, oldest first; messages of the service (a pin, a new picture) are left out.
    pub(crate) messages: Vec<Message>,
    /// Ids of everything that the page lists, oldest first.
    pub(crate) listed: Vec<u64>,
    /// The page came to its end.
    pub(crate) whole: bool,
    /// What was left out.
    pub(crate) notes: Vec<String>,
}

/// Reads a page of the channel `name`. `link` makes the public address of a message from its id.
pub(crate) fn read(bytes: &[u8], name: &str, link: &dyn Fn(u64) -> String) -> Page {
    let mut page = Page { whole: memchr::memmem::rfind(bytes, b"</html>").is_some(), ..Page::default() };
    for slice in slices(bytes) {
        match message(slice, name, link) {
            Ok((id, message)) => {
                page.listed.push(id);
                page.messages.extend(message);
            }
            Err(why) => {
                page.whole = false;
                page.notes.push(format!("a message could not be read and was left out: {why}"));
            }
        }
    }
    page.messages.sort_by_key(|message| message.id);
    page.listed.sort_unstable();
    page
}

/// The exact bytes of each message.
fn slices(bytes: &[u8]) -> Vec<&[u8]> {
    let starts: Vec<usize> = memchr::memmem::find_iter(bytes, MESSAGE).take(MESSAGES_MAX).collect();
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    let part = |(start, end): (&usize, usize)| bytes.get(*start..end).map(to_closing_div);
    starts.iter().zip(ends).filter_map(part).collect()
}

/// Up to the end of the element that the bytes begin with, or all of them where it is not closed.
fn to_closing_div(bytes: &[u8]) -> &[u8] {
    let mut depth = 0usize;
    for at in memchr::memchr_iter(b'<', bytes) {
        let rest = bytes.get(at..).unwrap_or_default();
        if rest.starts_with(b"<div") {
            depth += 1;
        } else if rest.starts_with(b"</div>") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return bytes.get(..at + b"</div>".len()).unwrap_or(bytes);
            }
        }
    }
    bytes
}

fn message(slice: &[u8], name: &str, link: &dyn Fn(u64) -> String) -> Result<(u64, Option<Message>), String> {
    if slice.len() > MESSAGE_BYTES_MAX || memchr::memchr_iter(b'<', slice).count() > 2 * TAGS_MAX {
        return Err(format!("it has {} bytes", slice.len()));
    }
    let text = std::str::from_utf8(slice).map_err(|error| error.to_string())?;
    let html = Html::parse_fragment(text);
    let root = html.root_element();
    let outer = one(root, ".tgme_widget_message[data-post]").ok_or("it has no data-post")?;
    let post = outer.attr("data-post").unwrap_or_default();
    let id = post
        .rsplit_once('/')
        .filter(|(channel, _)| channel.eq_ignore_ascii_case(name))
        .and_then(|(_, id)| id.parse::<u64>().ok())
        .ok_or_else(|| format!("its id `{}` is not one of this channel", cut_text(post.to_owned(), 80)))?;
    if outer.value().classes().any(|class| class == "service_message") {
        return Ok((id, None));
    }
    let edited = one(root, ".tgme_widget_message_meta")
        .is_some_and(|meta| meta.text().any(|words| words.trim().starts_with("edited")));
    let mut found = Found {
        native_id: id.to_string(),
        exhibit: slice.to_vec(),
        exhibit_type: "text/html; charset=utf-8".to_owned(),
        state: if edited { VersionState::Edited } else { VersionState::Posted },
        title: None,
        text: cut_text(text_of(root), POST_TEXT_BYTES_MAX),
        markup: Markup::Plain,
        url: Some(link(id)),
        posted_at: posted_at(root),
        edited_at: None,
        author: one(root, ".tgme_widget_message_from_author").map(words).filter(|name| !name.is_empty()),
        handles: all(root, ".tgme_widget_message_forwarded_from_name, .tgme_widget_message_forwarded_from_author")
            .map(words)
            .filter(|name| !name.is_empty())
            .collect(),
        thread_of: None,
        lang: None,
        files: Vec::new(),
    };
    found.thread_of = one(root, "a.tgme_widget_message_reply")
        .and_then(|reply| reply.attr("href")?.rsplit('/').next()?.split('?').next()?.parse::<u64>().ok())
        .map(|id| id.to_string());
    Ok((id, Some(Message { id, found, files: files(root) })))
}

fn all<'a>(root: ElementRef<'a>, selector: &str) -> impl Iterator<Item = ElementRef<'a>> + use<'a> {
    let selector = Selector::parse(selector).expect("our selectors are fixed and tested");
    root.select(&selector).collect::<Vec<_>>().into_iter()
}

fn one<'a>(root: ElementRef<'a>, selector: &str) -> Option<ElementRef<'a>> {
    all(root, selector).next()
}

fn words(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().trim().to_owned()
}

fn posted_at(root: ElementRef<'_>) -> Option<Timestamp> {
    let time = one(root, ".tgme_widget_message_date time[datetime]")?;
    time.attr("datetime")?.parse().ok()
}

/// The text, then the question and answers of a poll.
fn text_of(root: ElementRef<'_>) -> String {
    let in_reply = |element: &ElementRef<'_>| {
        let mut above = element.ancestors().filter_map(ElementRef::wrap);
        above.any(|element| element.value().classes().any(|class| class == "tgme_widget_message_reply"))
    };
    let text = all(root, ".tgme_widget_message_text").find(|element| !in_reply(element)).map(flowing);
    let poll = all(root, ".tgme_widget_message_poll_question, .tgme_widget_message_poll_option_text").map(words);
    text.into_iter().chain(poll).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Text with its line breaks, and the address of each link whose words do not show it.
fn flowing(element: ElementRef<'_>) -> String {
    let mut out = String::new();
    for edge in element.traverse() {
        match edge {
            ego_tree::iter::Edge::Open(node) => match node.value() {
                Node::Text(text) => out.push_str(text),
                Node::Element(tag) if tag.name() == "br" => out.push('\n'),
                _ => {}
            },
            ego_tree::iter::Edge::Close(node) => {
                let Some(link) = ElementRef::wrap(node).filter(|element| element.value().name() == "a") else {
                    continue;
                };
                let (href, shown) = (link.attr("href").unwrap_or_default(), words(link));
                // `?q=` is what Telegram makes of a hashtag.
                let is_own = href.starts_with("?q=") || shown.starts_with('@');
                if !href.is_empty() && !is_own && !href.trim_end_matches('/').ends_with(shown.trim_end_matches('/')) {
                    out.push_str(&format!(" ({href})"));
                }
            }
        }
    }
    out.trim().to_owned()
}

fn files(root: ElementRef<'_>) -> Vec<PreviewFile> {
    let mut files = Vec::new();
    for photo in all(root, "a.tgme_widget_message_photo_wrap[style]") {
        let address = background(photo.attr("style").unwrap_or_default());
        let name = format!("photo-{}.jpg", files.len() + 1);
        files.push(PreviewFile { kind: "photo", name, address });
    }
    for (selector, kind, ending) in [
        (".tgme_widget_message_video_player", "video", "mp4"),
        (".tgme_widget_message_roundvideo_player", "video", "mp4"),
        (".tgme_widget_message_voice_player", "voice", "ogg"),
        (".tgme_widget_message_sticker", "sticker", "webp"),
    ] {
        for player in all(root, selector) {
            let source = player.attr("data-webp").or_else(|| one(player, "video[src], audio[src]")?.attr("src"));
            let name = format!("{kind}-{}.{ending}", files.len() + 1);
            files.push(PreviewFile { kind, name, address: source.map(str::to_owned) });
        }
    }
    for document in all(root, ".tgme_widget_message_document_wrap") {
        let title = one(document, ".tgme_widget_message_document_title").map(words).filter(|name| !name.is_empty());
        let name = title.unwrap_or_else(|| "document".to_owned()).replace(['/', '\\'], "_");
        files.push(PreviewFile { kind: "document", name: cut_text(name, 255), address: None });
    }
    files.truncate(ATTACHMENTS_MAX);
    files
}

/// The address in `background-image:url('…')`.
fn background(style: &str) -> Option<String> {
    let (_, after) = style.split_once("background-image")?;
    let (_, after) = after.split_once("url(")?;
    let address = after.split(')').next()?.trim().trim_matches(['\'', '"']);
    (!address.is_empty()).then(|| address.to_owned())
}
