//! What a connector brings from one act of fetching, before anything is stored. A haul lives only until the desk has
//! taken it in; names of people in it are still plain and never leave this stage so.

use jiff::Timestamp;

use crate::{Cursor, VersionState};

/// How the address of a file begins that a capture of a page made, and nobody published: its picture, its copy, its archive.
/// They are kept and proved like every file, and not read: what they show is the page's own text and its own pictures.
pub const CAPTURE_FILE: &str = "urn:vedette:capture:";

/// One response with the posts found in it.
#[derive(Debug, Clone)]
pub struct Haul {
    /// What was asked, and of whom.
    pub request: RequestRecord,
    /// The response body as received.
    pub page: Vec<u8>,
    /// Whether the response page may be kept, sealed, for a while.
    pub page_keep: PageKeep,
    /// The posts in it, oldest first where the source has an order.
    pub found: Vec<Found>,
    /// Where to go on once all of this haul is stored.
    pub cursor: Option<Cursor>,
    /// What may have been missed or was left out, in words for the source's page.
    pub notes: Vec<String>,
    /// Stretches of time of which something may have been missed, or that are whole again.
    pub gaps: Vec<GapNote>,
    /// Where this answer, with those before it, is all that the source shows of a stretch of time.
    pub complete: Option<CompleteWindow>,
}

/// News of the gap ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GapNote {
    /// Something posted between the two times may have been missed, and why.
    Opened {
        /// From this time on.
        from: Timestamp,
        /// Until this time.
        to: Timestamp,
        /// Why, in words (`the connection was lost`).
        why: String,
    },
    /// Everything that the source shows between the two times has been taken in: gaps that lie inside are closed.
    Closed {
        /// From this time on.
        from: Timestamp,
        /// Until this time.
        to: Timestamp,
    },
}

/// All posts that a source shows of a stretch of time. A known post of that stretch that is not among them, and is not
/// known as deleted, is gone: it gets a version `deleted-inferred`. Claim it only where the listing is known to be whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompleteWindow {
    /// Posts from this time on (by the time the source gives).
    pub from: Timestamp,
    /// Posts before this time.
    pub to: Timestamp,
    /// Native ids of all that is shown.
    pub native_ids: Vec<String>,
}

/// What was asked: never holds a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRecord {
    /// The URL or path, without secrets.
    pub url: String,
    /// Connector and its version, such as `rocketchat-rest/1`.
    pub connector: String,
    /// HTTP status, or 0 where there is none.
    pub status: u16,
    /// When the last byte had arrived.
    pub fetched_at: Timestamp,
}

/// What happens to the bytes of a response page. Items are exhibits of their own in every case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageKeep {
    /// Kept sealed and erased after [`crate::limits::SEALED_PAGE_DAYS`].
    Sealed,
    /// Only its hash and length are recorded, for this reason (it held membership messages, say).
    HashOnly(String),
    /// The page is the one exhibit itself (a file of a folder).
    IsExhibit,
}

/// How the text of a post is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Markup {
    /// Plain text: read at once.
    Plain,
    /// HTML: opened in the sandbox.
    Html,
}

/// One post as the source shows it now.
#[derive(Debug, Clone)]
pub struct Found {
    /// The source's own id of the post; identity is (source, native id).
    pub native_id: String,
    /// The exact slice of the response that is this post.
    pub exhibit: Vec<u8>,
    /// Media type of the slice.
    pub exhibit_type: String,
    /// New, edited or deleted.
    pub state: VersionState,
    /// Title, where the source has titles.
    pub title: Option<String>,
    /// The text as published.
    pub text: String,
    /// How the text is written.
    pub markup: Markup,
    /// Public address of the post.
    pub url: Option<String>,
    /// When the source says it was posted.
    pub posted_at: Option<Timestamp>,
    /// When the source says it was last edited.
    pub edited_at: Option<Timestamp>,
    /// Account name of the author, plain; becomes a keyed hash before anything is stored in a row.
    pub author: Option<String>,
    /// Account names that the text mentions, plain; they are replaced in the text by keyed hashes.
    pub handles: Vec<String>,
    /// Native id of the post that this one answers.
    pub thread_of: Option<String>,
    /// Language stated by the source (BCP 47), if any.
    pub lang: Option<String>,
    /// Files of the post.
    pub files: Vec<FoundFile>,
}

impl Found {
    /// A new post of which nothing is known yet but its id and its exact slice.
    pub fn bare(native_id: impl Into<String>, exhibit: Vec<u8>, exhibit_type: &str) -> Self {
        Self {
            native_id: native_id.into(),
            exhibit,
            exhibit_type: exhibit_type.to_owned(),
            state: VersionState::Posted,
            title: None,
            text: String::new(),
            markup: Markup::Plain,
            url: None,
            posted_at: None,
            edited_at: None,
            author: None,
            handles: Vec::new(),
            thread_of: None,
            lang: None,
            files: Vec::new(),
        }
    }
}

/// A file of a post, fetched or not.
#[derive(Debug, Clone)]
pub struct FoundFile {
    /// File name as the source gives it.
    pub name: String,
    /// Media type as the source gives it.
    pub media_type: Option<String>,
    /// Where it was or can be fetched, without secrets.
    pub url: Option<String>,
    /// The bytes, or why there are none yet.
    pub bytes: Result<Vec<u8>, String>,
}
