//! A page as the browser saw it, for the web connector: who fetches for it, and which files of a version it becomes. They are
//! attached only to a version that is new for its text: two captures of one page are never the same bytes.

use std::sync::Arc;

use jiff::Timestamp;
use url::Url;
use vedette_core::{CAPTURE_FILE, FoundFile};

use super::page::{ACCEPT, Pages};
use crate::browser::{self, Order, Taken};
use crate::guard::Response;

/// How the note begins which says that a page was not captured.
pub(super) const FAILED: &str = "not captured, and read without its scripts:";
/// Name of the archive.
const ARCHIVE_NAME: &str = "page.warc.gz";

/// Captures a page that was just fetched; why not, in words.
pub(super) fn capture(pages: &Pages, answer: &Response) -> Result<Taken, String> {
    let url = &answer.final_url;
    let client = browser::client(&pages.asked, url, &pages.env).map_err(|error| error.to_string())?;
    let asked = [("accept", ACCEPT), ("user-agent", pages.client.user_agent())];
    let asked = asked.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let order = Order { url, client: Arc::new(client), seed: Some((answer, asked)) };
    pages.env.browsers.capture(&order).map_err(|error| error.to_string())
}

/// The files of a capture: its picture, its copy, and the archive of what was fetched for it.
pub(super) fn files(taken: &Taken, at: Timestamp) -> Vec<FoundFile> {
    let file = |name: &str, media_type: &str, what: &str, bytes: Vec<u8>| FoundFile {
        name: name.to_owned(),
        media_type: Some(media_type.to_owned()),
        url: Some(format!("{CAPTURE_FILE}{what}")),
        bytes: Ok(bytes),
    };
    let picture = taken.picture.clone().map(|bytes| file("page.png", "image/png", "picture", bytes));
    let copy = taken.copy.clone().map(|bytes| file("page.mhtml", "multipart/related", "copy", bytes));
    // Writing to memory does not fail.
    let archive = browser::archive(taken, ARCHIVE_NAME, at).ok();
    let archive = archive.map(|bytes| file(ARCHIVE_NAME, "application/warc", "archive", bytes));
    picture.into_iter().chain(copy).chain(archive).collect()
}

/// A file of the page that the browser was given.
pub(super) fn file(taken: &Taken, url: &Url) -> Option<Vec<u8>> {
    let exchange = taken.exchanges.iter().find(|exchange| exchange.status == 200 && exchange.url == *url)?;
    Some(exchange.body.clone())
}
