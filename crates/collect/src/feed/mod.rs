//! RSS, Atom and JSON Feed: one document, asked for only when it changed.
//!
//! Every entry of a changed feed is handed over every time; the records know which are new. Entries with files are the
//! exception: once they were handed over with all their files, they are left out until they change, so that pictures
//! are fetched once.

mod entry;
mod mend;
mod slice;

pub use entry::{Enclosure, RESERIALISED, ReadEntry, ReadFeed, read};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;
use vedette_core::limits::BATCH_VERSIONS_MAX;
use vedette_core::{Cursor, Found, FoundFile, Haul, PageKeep, RequestRecord, Source};

use crate::connector::Take;
use crate::guard::{GetOpts, GuardedClient, Policy, Response, shown};
use crate::{CollectError, Connector, Env, FILE_BYTES_MAX, FILE_REQUEST_MS, HAUL_FILE_BYTES_MAX, capped};

/// Connector and version, as records name it.
const NAME: &str = "feed/1";
/// Bytes of a feed document; the largest honest ones have some megabytes.
const FEED_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Entries remembered from the last visit.
const SEEN_MAX: usize = 2_000;
/// Bytes of a validator that is sent back to the server.
const VALIDATOR_BYTES_MAX: usize = 1_024;
/// What a feed reader says it wants.
const ACCEPT: &str = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5";

/// Follows one feed.
pub struct FeedConnector {
    client: GuardedClient,
    url: Url,
    env: Env,
}

/// Where a feed stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    form: u32,
    etag: Option<String>,
    last_modified: Option<String>,
    /// Digests of the ids of the last visit.
    seen: Vec<String>,
    /// Digests of entries that were handed over with all their files.
    whole: Vec<String>,
}

impl FeedConnector {
    /// A connector for a source of kind `feed`; nothing is asked yet.
    pub fn new(source: &Source, env: Env) -> Result<Self, CollectError> {
        let url = Url::parse(&source.asked.address).map_err(|error| CollectError::BadAddress {
            address: source.asked.address.clone(),
            why: format!("{error}; give the address of the feed itself, such as https://news.example.org/rss.xml"),
        })?;
        let mut policy = Policy::of(&source.asked)?;
        policy.limits.body_bytes_max = FEED_BYTES_MAX;
        Ok(Self { client: GuardedClient::new(policy, env.clone()), url, env })
    }

    /// What works and what is missing, one line each.
    pub fn check(&self) -> Result<Vec<String>, CollectError> {
        let answer = self.client.get(&self.url, &GetOpts { accept: Some(ACCEPT), ..GetOpts::default() })?;
        let feed = read(&answer.body, &answer.final_url)?;
        let mut lines = vec![format!("{} answers with a feed of {} entries", shown(&self.url), feed.entries.len())];
        if answer.final_url != self.url {
            lines.push(format!("it redirects to {}: give that as the address", shown(&answer.final_url)));
        }
        if answer.header("etag").is_none() && answer.header("last-modified").is_none() {
            lines.push(
                "missing: the server does not say when the feed changes; it is fetched whole each time".to_owned(),
            );
        }
        lines.extend(feed.notes);
        Ok(lines)
    }

    fn round(&self, cursor: Option<&Cursor>, take: Take<'_>) -> Result<(), CollectError> {
        let before: Position = match cursor {
            Some(cursor) => {
                serde_json::from_str(&cursor.0).map_err(|error| CollectError::BadCursor { why: error.to_string() })?
            }
            None => Position::default(),
        };
        let opts = GetOpts {
            accept: Some(ACCEPT),
            if_none_match: before.etag.as_deref(),
            if_modified_since: before.last_modified.as_deref(),
            ..GetOpts::default()
        };
        let answer = self.client.get(&self.url, &opts)?;
        if answer.status == 304 {
            return Ok(());
        }
        let feed = read(&answer.body, &answer.final_url)?;
        let mut notes = feed.notes;
        let seen: Vec<String> =
            feed.entries.iter().map(|entry| digest(entry.found.native_id.as_bytes())).take(SEEN_MAX).collect();
        if !before.seen.is_empty() && !seen.is_empty() && !seen.iter().any(|id| before.seen.contains(id)) {
            notes.push(
                "no entry of the last visit is listed any more: entries in between may have been missed".to_owned(),
            );
        }
        let mut haul = Gathered { answer: &answer, found: Vec::new(), notes, file_bytes: 0 };
        let mut whole = Vec::new();
        for entry in feed.entries {
            let has_files = !entry.enclosures.is_empty();
            let content = digest(&entry.found.exhibit);
            if has_files && before.whole.contains(&content) {
                whole.push(content);
                continue;
            }
            let found = self.with_files(entry)?;
            if has_files && found.files.iter().all(|file| file.bytes.is_ok()) && whole.len() < SEEN_MAX {
                whole.push(content);
            }
            haul.add(found, take)?;
        }
        let validator = |name: &str| {
            answer.header(name).filter(|text| text.len() <= VALIDATOR_BYTES_MAX && text.is_ascii()).map(str::to_owned)
        };
        let after =
            Position { form: 1, etag: validator("etag"), last_modified: validator("last-modified"), seen, whole };
        let cursor = Cursor(serde_json::to_string(&after).expect("text always becomes JSON"));
        haul.hand_over(Some(cursor), take)
    }

    fn with_files(&self, entry: ReadEntry) -> Result<Found, CollectError> {
        let mut found = entry.found;
        for file in entry.enclosures {
            let bytes = match self.file(&file.url) {
                Ok(bytes) => Ok(bytes),
                Err(error) if error.is_stop() => return Err(error),
                Err(error) => Err(error.to_string()),
            };
            found.files.push(FoundFile {
                name: file.name,
                media_type: file.media_type,
                url: Some(self.url.join(&file.url).map_or(file.url, |url| shown(&url))),
                bytes,
            });
        }
        Ok(found)
    }

    fn file(&self, address: &str) -> Result<Vec<u8>, CollectError> {
        let url = self.url.join(address).map_err(|error| CollectError::BadAddress {
            address: address.chars().take(200).collect(),
            why: error.to_string(),
        })?;
        let opts = GetOpts {
            endpoint: Some("file"),
            body_bytes_max: Some(FILE_BYTES_MAX),
            request_ms: Some(FILE_REQUEST_MS),
            ..GetOpts::default()
        };
        Ok(self.client.get(&url, &opts)?.body)
    }
}

impl Connector for FeedConnector {
    fn name(&self) -> &'static str {
        NAME
    }

    fn collect(&mut self, cursor: Option<&Cursor>, take: Take<'_>) -> Result<(), CollectError> {
        tracing::debug!(url = %shown(&self.url), at = %self.env.now(), "asking a feed");
        self.round(cursor, take)
    }

    fn fetch_file(&mut self, url: &str) -> Result<Vec<u8>, CollectError> {
        self.file(url)
    }
}

/// Entries for the next haul; a feed with large files becomes several.
struct Gathered<'a> {
    answer: &'a Response,
    found: Vec<Found>,
    notes: Vec<String>,
    file_bytes: usize,
}

impl Gathered<'_> {
    fn add(&mut self, found: Found, take: Take<'_>) -> Result<(), CollectError> {
        self.file_bytes += found.files.iter().map(|file| file.bytes.as_ref().map_or(0, Vec::len)).sum::<usize>();
        self.found.push(found);
        if self.file_bytes >= HAUL_FILE_BYTES_MAX || self.found.len() >= BATCH_VERSIONS_MAX {
            self.file_bytes = 0;
            return self.hand_over(None, take);
        }
        Ok(())
    }

    fn hand_over(&mut self, cursor: Option<Cursor>, take: Take<'_>) -> Result<(), CollectError> {
        take(Haul {
            request: RequestRecord {
                url: shown(&self.answer.final_url),
                connector: NAME.to_owned(),
                status: self.answer.status,
                fetched_at: self.answer.fetched_at,
            },
            page: self.answer.body.clone(),
            page_keep: PageKeep::Sealed,
            found: std::mem::take(&mut self.found),
            cursor,
            notes: capped(&mut self.notes),
            gaps: Vec::new(),
            complete: None,
        })
    }
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
