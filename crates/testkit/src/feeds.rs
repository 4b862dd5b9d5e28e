//! A mock web server for feeds: RSS, Atom and JSON Feed with conditional requests, and the feeds that go wrong: gone, failing,
//! or made to blow up their reader.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::TestkitError;
use crate::bombs::billion_laughs_xml;
use crate::http::{Answer, Asked, Desk, Fault, Logged, Server, locked};

/// An article of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Unique id.
    pub id: String,
    /// Address of the article.
    pub link: String,
    /// Headline.
    pub title: String,
    /// Text as HTML.
    pub html: String,
    /// When it was published.
    pub published: Timestamp,
}

/// A document that the server holds under a path.
#[derive(Debug, Clone)]
pub struct Document {
    /// Media type.
    pub media_type: String,
    /// Bytes.
    pub body: Vec<u8>,
    /// When it last changed; `Last-Modified` in whole seconds.
    pub modified: Timestamp,
    /// Whether it is told apart by `ETag`.
    pub with_etag: bool,
    /// Whether it is told apart by `Last-Modified`.
    pub with_modified: bool,
}

impl Document {
    /// A document that answers conditional requests both ways.
    pub fn new(media_type: &str, body: impl Into<Vec<u8>>, modified: Timestamp) -> Self {
        Self { media_type: media_type.to_owned(), body: body.into(), modified, with_etag: true, with_modified: true }
    }
}

/// The mock's core without a socket; clones share everything.
#[derive(Debug, Clone, Default)]
pub struct Core {
    documents: Arc<Mutex<BTreeMap<String, Document>>>,
    desk: Desk,
}

impl Core {
    /// Puts a document under `path`, over an earlier one.
    pub fn put(&self, path: &str, document: Document) {
        locked(&self.documents).insert(path.to_owned(), document);
    }

    /// Takes the document under `path` away: 404 from now on.
    pub fn remove(&self, path: &str) {
        locked(&self.documents).remove(path);
    }

    /// Puts `entries` under `base` as `rss.xml`, `atom.xml` and `feed.json`.
    pub fn publish(&self, base: &str, title: &str, home: &str, entries: &[Entry]) {
        let newest = entries.iter().map(|entry| entry.published).max().unwrap_or(Timestamp::UNIX_EPOCH);
        self.put(&format!("{base}/rss.xml"), Document::new("application/rss+xml", rss(title, home, entries), newest));
        self.put(
            &format!("{base}/atom.xml"),
            Document::new("application/atom+xml", atom(title, home, entries), newest),
        );
        self.put(
            &format!("{base}/feed.json"),
            Document::new("application/feed+json", json_feed(title, home, entries), newest),
        );
    }

    /// Puts a feed under `path` whose document type grows without end when it is expanded.
    pub fn put_bomb(&self, path: &str) {
        self.put(path, Document::new("application/rss+xml", billion_laughs_xml(), Timestamp::UNIX_EPOCH));
    }

    /// The next `times` requests whose path contains `part_of_path` meet `fault`.
    pub fn plan(&self, part_of_path: &str, fault: Fault, times: u32) {
        self.desk.plan(part_of_path, fault, times);
    }

    /// Requests so far, oldest first.
    pub fn requests(&self) -> Vec<Logged> {
        self.desk.requests()
    }

    /// Answers one request, planned faults included.
    pub fn answer(&self, asked: &Asked) -> Answer {
        self.desk.answer(asked, |asked| {
            let documents = locked(&self.documents);
            match documents.get(&asked.path) {
                Some(document) => conditional(document, asked),
                None => Answer::new(404, "text/plain", "no such feed"),
            }
        })
    }
}

fn conditional(document: &Document, asked: &Asked) -> Answer {
    let digest = Sha256::digest(&document.body);
    let etag: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let etag = format!("\"{etag}\"");
    let modified = document.modified.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    // RFC 9110 section 13.2.2: If-None-Match wins, If-Modified-Since counts only without it.
    let unchanged = match (asked.header("if-none-match"), asked.header("if-modified-since")) {
        (Some(known), _) if document.with_etag => {
            known.split(',').any(|known| known.trim() == etag || known.trim() == "*")
        }
        (None, Some(known)) if document.with_modified => known == modified,
        _ => false,
    };
    let mut answer = if unchanged {
        Answer { status: 304, ..Answer::default() }
    } else {
        Answer::new(200, &document.media_type, document.body.clone())
    };
    if document.with_etag {
        answer = answer.header("etag", etag);
    }
    if document.with_modified {
        answer = answer.header("last-modified", modified);
    }
    answer
}

/// A running feed server; it stops when dropped.
#[derive(Debug)]
pub struct Feeds {
    core: Core,
    server: Server,
}

impl Feeds {
    /// Starts on a free port of 127.0.0.1.
    pub fn start() -> Result<Self, TestkitError> {
        let core = Core::default();
        let answering = core.clone();
        let server = Server::start(Arc::new(move |asked: &Asked| answering.answer(asked)))?;
        Ok(Self { core, server })
    }

    /// The address of `path`, which begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.base_url())
    }
}

impl std::ops::Deref for Feeds {
    type Target = Core;

    fn deref(&self) -> &Core {
        &self.core
    }
}

/// RSS 2.0.
pub fn rss(title: &str, home: &str, entries: &[Entry]) -> String {
    let (title, home) = (xml(title), xml(home));
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel><title>{title}</title><link>{home}</link><description>{title}</description>\n"
    );
    for entry in entries {
        let published = entry.published.strftime("%a, %d %b %Y %H:%M:%S +0000");
        out.push_str(&format!(
            "<item><title>{}</title><link>{}</link><guid isPermaLink=\"false\">{}</guid><pubDate>{published}</pubDate><description>{}</description></item>\n",
            xml(&entry.title), xml(&entry.link), xml(&entry.id), xml(&entry.html)
        ));
    }
    out + "</channel></rss>\n"
}

/// Atom, RFC 4287.
pub fn atom(title: &str, home: &str, entries: &[Entry]) -> String {
    let newest = entries.iter().map(|entry| entry.published).max().unwrap_or(Timestamp::UNIX_EPOCH);
    let (title, home) = (xml(title), xml(home));
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>{home}</id><title>{title}</title><link href=\"{home}\"/><updated>{newest}</updated><author><name>{title}</name></author>\n"
    );
    for entry in entries {
        out.push_str(&format!(
            "<entry><id>{}</id><title>{}</title><link href=\"{}\"/><published>{when}</published><updated>{when}</updated><content type=\"html\">{}</content></entry>\n",
            xml(&entry.id), xml(&entry.title), xml(&entry.link), xml(&entry.html), when = entry.published
        ));
    }
    out + "</feed>\n"
}

/// JSON Feed 1.1.
pub fn json_feed(title: &str, home: &str, entries: &[Entry]) -> String {
    let items: Vec<_> = entries
        .iter()
        .map(|entry| {
            json!({"id": entry.id, "url": entry.link, "title": entry.title, "content_html": entry.html,
                "date_published": entry.published.to_string()})
        })
        .collect();
    json!({"version": "https://jsonfeed.org/version/1.1", "title": title, "home_page_url": home, "items": items})
        .to_string()
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
