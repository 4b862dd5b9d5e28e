//! Entries of a feed become posts: ids where publishers give none, dates, text, and the files that they enclose.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use feed_rs::model::{Entry, Feed, Link};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use url::Url;
use vedette_core::limits::{ATTACHMENTS_MAX, POST_TEXT_BYTES_MAX};
use vedette_core::{Found, Markup, VersionState};

use super::mend::{mend, needs_mending};
use super::slice::{Refused, Sliced, slice};
use crate::CollectError;
use crate::folder::cut_text;

/// Entries of one feed; a feed with more is not one.
const ENTRIES_MAX: usize = 20_000;
/// Media type of an exhibit that is not the publisher's bytes: the entry could not be cut out of the feed.
pub const RESERIALISED: &str = "application/vnd.vedette.reserialised+json";
/// Bytes of an id; longer ones become a digest.
const ID_BYTES_MAX: usize = 1_024;

/// A file that an entry encloses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enclosure {
    /// File name, from the address.
    pub name: String,
    /// Media type as the feed says.
    pub media_type: Option<String>,
    /// Where it is.
    pub url: String,
}

/// An entry that was read.
#[derive(Debug, Clone)]
pub struct ReadEntry {
    /// The post, its files still to be fetched.
    pub found: Found,
    /// Pictures and PDF files that it encloses.
    pub enclosures: Vec<Enclosure>,
}

/// A feed that was read.
#[derive(Debug, Clone)]
pub struct ReadFeed {
    /// Its entries, in its order.
    pub entries: Vec<ReadEntry>,
    /// What was left out.
    pub notes: Vec<String>,
}

/// Reads a feed document. `address` is where it came from; relative links are resolved against it.
pub fn read(bytes: &[u8], address: &Url) -> Result<ReadFeed, CollectError> {
    let shown = crate::guard::shown(address);
    let malformed = |why: String| CollectError::Malformed { what: format!("the feed {shown}"), why };
    let refuse = |refused| match refused {
        Refused::EntityDeclaration => CollectError::EntityDeclaration { url: shown.clone() },
        Refused::TooDeep => malformed("its elements are nested too deep; it is not a usual feed".to_owned()),
    };
    let sliced = slice(bytes).map_err(refuse)?;
    let as_it_came = if needs_mending(bytes) { Err(String::new()) } else { tolerant(bytes, sliced.as_ref(), address) };
    let feed = match as_it_came {
        Ok(feed) => feed,
        Err(why) => {
            let charset = sliced.as_ref().and_then(|sliced| sliced.charset.as_deref());
            let mended = mend(bytes, charset);
            // Another encoding may have hidden what is refused in any.
            let again = slice(mended.as_bytes()).map_err(refuse)?;
            let second = tolerant(mended.as_bytes(), again.as_ref(), address);
            second.map_err(|second| malformed(if why.is_empty() { second } else { why }))?
        }
    };
    let mut notes = Vec::new();
    let exact = sliced.as_ref().filter(|sliced| sliced.entries.len() == feed.entries.len());
    if exact.is_none() && !feed.entries.is_empty() {
        notes.push(
            "the exact bytes of the entries could not be told apart: their exhibits are what was read".to_owned(),
        );
    }
    if feed.entries.len() > ENTRIES_MAX {
        notes.push(format!("the feed has {} entries: the first {ENTRIES_MAX} are taken", feed.entries.len()));
    }
    let mut others = HashMap::new();
    let mut entries: Vec<ReadEntry> = feed
        .entries
        .iter()
        .take(ENTRIES_MAX)
        .enumerate()
        .map(|(place, entry)| one(&feed, entry, exact, place, &mut notes, &mut others))
        .collect();
    tell_apart(&mut entries);
    if !others.is_empty() {
        let mut kinds: Vec<String> = others.iter().map(|(kind, count)| format!("{count} × {kind}")).collect();
        kinds.sort_unstable();
        notes.push(format!("enclosures of other kinds stay at the publisher: {}", kinds.join(", ")));
    }
    Ok(ReadFeed { entries, notes })
}

/// Parses a document; one that states another version of RSS, or none, as the version that most publishers mean.
fn tolerant(bytes: &[u8], sliced: Option<&Sliced<'_>>, address: &Url) -> Result<Feed, String> {
    parse(bytes, address).or_else(|why| {
        let patched = sliced.and_then(|sliced| sliced.as_rss_2(bytes)).ok_or(why)?;
        parse(&patched, address)
    })
}

fn parse(bytes: &[u8], address: &Url) -> Result<Feed, String> {
    let parser = feed_rs::parser::Builder::new()
        .base_uri(Some(address.as_str()))
        .sanitize_content(false)
        // An id that is made up anew each time would make every visit bring new posts; ours come from the content.
        .id_generator(|_, _, _| String::new())
        .build();
    // The parser is not ours and the bytes are hostile: a panic is a broken feed, not the end of the program.
    match catch_unwind(AssertUnwindSafe(|| parser.parse(bytes))) {
        Ok(Ok(feed)) => Ok(feed),
        Ok(Err(error)) => Err(format!("{error}; check that the address is that of an RSS, Atom or JSON feed")),
        Err(_) => Err("the reader of feeds gave up on it".to_owned()),
    }
}

fn one(
    feed: &Feed,
    entry: &Entry,
    exact: Option<&Sliced<'_>>,
    place: usize,
    notes: &mut Vec<String>,
    others: &mut HashMap<String, usize>,
) -> ReadEntry {
    let (text, markup) = text(entry);
    let title = entry.title.as_ref().map(|title| title.content.trim().to_owned()).filter(|title| !title.is_empty());
    let link = entry
        .links
        .iter()
        .find(|link| link.media_type.is_none() && matches!(link.rel.as_deref(), None | Some("alternate")))
        .or_else(|| entry.links.iter().find(|link| link.rel.as_deref() == Some("alternate")));
    let link = link.map(|link| link.href.trim().to_owned()).filter(|link| !link.is_empty());
    let (exhibit, exhibit_type) = match exact.and_then(|sliced| Some((sliced, sliced.entries.get(place)?))) {
        Some((sliced, bytes)) => {
            let charset = sliced.charset.as_ref().map_or(String::new(), |name| format!("; charset={name}"));
            (bytes.to_vec(), format!("{}{charset}", sliced.form.media_type()))
        }
        None => (reserialised(entry), RESERIALISED.to_owned()),
    };
    let published = entry.published.and_then(|at| Timestamp::from_millisecond(at.timestamp_millis()).ok());
    let updated = entry.updated.and_then(|at| Timestamp::from_millisecond(at.timestamp_millis()).ok());
    let edited_at = updated.filter(|at| published.is_some_and(|published| published < *at));
    if text.len() > POST_TEXT_BYTES_MAX {
        notes.push(format!("an entry has {} bytes of text: the first {POST_TEXT_BYTES_MAX} are read", text.len()));
    }
    let found = Found {
        native_id: native_id(entry, link.as_deref(), &text),
        exhibit,
        exhibit_type,
        state: if edited_at.is_some() { VersionState::Edited } else { VersionState::Posted },
        title,
        text: cut_text(text, POST_TEXT_BYTES_MAX),
        markup,
        url: link,
        posted_at: published.or(updated),
        edited_at,
        author: entry.authors.iter().find_map(|person| person.name.clone()).filter(|name| !name.trim().is_empty()),
        handles: Vec::new(),
        thread_of: None,
        lang: entry.language.clone().or_else(|| feed.language.clone()).filter(|lang| !lang.trim().is_empty()),
        files: Vec::new(),
    };
    ReadEntry { found, enclosures: enclosures(entry, others) }
}

fn text(entry: &Entry) -> (String, Markup) {
    let content = entry.content.as_ref().and_then(|content| Some((content.body.clone()?, &content.content_type)));
    let summary = || entry.summary.as_ref().map(|summary| (summary.content.clone(), &summary.content_type));
    match content.filter(|(body, _)| !body.trim().is_empty()).or_else(summary) {
        Some((body, kind)) if kind.essence().to_string().eq_ignore_ascii_case("text/plain") => (body, Markup::Plain),
        Some((body, _)) => (body, Markup::Html),
        None => (String::new(), Markup::Plain),
    }
}

/// The publisher's id, else the link, else a digest of title and text.
fn native_id(entry: &Entry, link: Option<&str>, text: &str) -> String {
    let given = Some(entry.id.trim()).filter(|id| !id.is_empty()).or(link);
    match given {
        Some(id) if id.len() <= ID_BYTES_MAX => id.to_owned(),
        Some(id) => format!("sha256:{}", digest(&[id])),
        None => {
            let title = entry.title.as_ref().map_or("", |title| title.content.as_str());
            format!("sha256:{}", digest(&[title, text]))
        }
    }
}

fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Some publishers give all entries one id. Then the id alone would make them versions of one post that change with
/// every visit; the link or title keeps them apart.
fn tell_apart(entries: &mut [ReadEntry]) {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for entry in entries.iter() {
        *counts.entry(entry.found.native_id.clone()).or_default() += 1;
    }
    for entry in entries.iter_mut() {
        let found = &mut entry.found;
        if counts.get(&found.native_id).is_some_and(|count| *count > 1) {
            let apart = digest(&[found.url.as_deref().unwrap_or(""), found.title.as_deref().unwrap_or("")]);
            found.native_id = format!("{}#{}", found.native_id, apart.get(..12).unwrap_or(&apart));
        }
    }
}

fn reserialised(entry: &Entry) -> Vec<u8> {
    let links: Vec<&str> = entry.links.iter().map(|link| link.href.as_str()).collect();
    let authors: Vec<&str> = entry.authors.iter().filter_map(|person| person.name.as_deref()).collect();
    let time = |at: Option<i64>| at.and_then(|ms| Timestamp::from_millisecond(ms).ok()).map(|at| at.to_string());
    serde_json::json!({
        "id": entry.id,
        "title": entry.title.as_ref().map(|title| title.content.as_str()),
        "content": entry.content.as_ref().and_then(|content| content.body.as_deref()),
        "summary": entry.summary.as_ref().map(|summary| summary.content.as_str()),
        "links": links,
        "authors": authors,
        "published": time(entry.published.map(|at| at.timestamp_millis())),
        "updated": time(entry.updated.map(|at| at.timestamp_millis())),
    })
    .to_string()
    .into_bytes()
}

fn enclosures(entry: &Entry, others: &mut HashMap<String, usize>) -> Vec<Enclosure> {
    let is_file = |link: &&Link| {
        link.rel.as_deref() == Some("enclosure")
            || link.rel.is_none() && link.media_type.as_deref().is_some_and(|kind| !kind.starts_with("text/"))
    };
    let links = entry.links.iter().filter(is_file).map(|link| (link.href.clone(), link.media_type.clone()));
    let media = entry.media.iter().flat_map(|media| &media.content).filter_map(|content| {
        Some((content.url.as_ref()?.to_string(), content.content_type.as_ref().map(ToString::to_string)))
    });
    let mut enclosures: Vec<Enclosure> = Vec::new();
    for (url, media_type) in links.chain(media) {
        if enclosures.len() >= ATTACHMENTS_MAX || enclosures.iter().any(|known| known.url == url) {
            continue;
        }
        if !is_picture_or_pdf(&url, media_type.as_deref()) {
            let kind = media_type.unwrap_or_else(|| "unknown".to_owned());
            *others.entry(kind.chars().take(60).collect()).or_default() += 1;
            continue;
        }
        let path = url.split(['?', '#']).next().unwrap_or_default();
        let name = path.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("file");
        enclosures.push(Enclosure { name: cut_text(name.to_owned(), 255), media_type, url });
    }
    enclosures
}

fn is_picture_or_pdf(url: &str, media_type: Option<&str>) -> bool {
    match media_type.map(str::to_lowercase) {
        Some(kind) if kind != "application/octet-stream" => {
            kind.starts_with("image/") || kind.starts_with("application/pdf")
        }
        _ => {
            let path = url.split(['?', '#']).next().unwrap_or_default().to_lowercase();
            [".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".pdf"]
                .iter()
                .any(|ending| path.ends_with(ending))
        }
    }
}

#[cfg(test)]
#[path = "entry_tests.rs"]
mod tests;
