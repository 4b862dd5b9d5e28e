//! Posts of an import, gathered into hauls of limited size. Each haul's page is the list of its posts: native id, length
//! and SHA-256 of the exhibit, and what the format says of it besides. What was left out is counted and told once.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use vedette_core::limits::{BATCH_VERSIONS_MAX, POST_TEXT_BYTES_MAX};
use vedette_core::{Found, Haul, Markup, PageKeep, RequestRecord, VersionState};

use crate::connector::Take;
use crate::folder::cut_text;
use crate::{CollectError, Env, NOTES_MAX};

/// Bytes of posts and files that one haul may hold before it is handed over; a single larger post is a haul of its own.
const HAUL_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Kinds of things left out that are counted one by one; hostile input could make up more.
const COUNTED_KINDS_MAX: usize = 100;
/// Account names of one post: the limit of those that are looked for in its text.
const HANDLES_MAX: usize = 1_000;

/// Posts that are gathered for the next haul.
pub(crate) struct Gather<'a> {
    path: String,
    connector: &'static str,
    env: &'a Env,
    found: Vec<Found>,
    listing: String,
    bytes: usize,
    notes: Vec<String>,
    notes_more: u64,
    counted: BTreeMap<String, u64>,
    /// Posts so far, those of earlier hauls included.
    pub(crate) posts: u64,
}

impl<'a> Gather<'a> {
    /// Nothing gathered yet. `path` and `connector` are what records name.
    pub(crate) fn new(path: String, connector: &'static str, env: &'a Env) -> Self {
        Self {
            path,
            connector,
            env,
            found: Vec::new(),
            listing: String::new(),
            bytes: 0,
            notes: Vec::new(),
            notes_more: 0,
            counted: BTreeMap::new(),
            posts: 0,
        }
    }

    /// Tells something about one post or file.
    pub(crate) fn note(&mut self, note: String) {
        if self.notes.len() < NOTES_MAX {
            self.notes.push(note);
        } else {
            self.notes_more += 1;
        }
    }

    /// Counts something that is told once, at the end: `12 messages of joining and leaving were left out`.
    pub(crate) fn count(&mut self, what: &str) {
        if let Some(count) = self.counted.get_mut(what) {
            *count += 1;
        } else if self.counted.len() < COUNTED_KINDS_MAX {
            self.counted.insert(what.to_owned(), 1);
        }
    }

    /// Adds a post; `besides` is what the format says of it that has no place in a post. Full hauls are handed over.
    pub(crate) fn add(
        &mut self,
        mut found: Found,
        besides: Map<String, Value>,
        take: Take<'_>,
    ) -> Result<(), CollectError> {
        let size = found.exhibit.len() + files_bytes(&found);
        if !self.found.is_empty() && self.bytes + size > HAUL_BYTES_MAX {
            self.flush(take)?;
        }
        if found.text.len() > POST_TEXT_BYTES_MAX {
            let text_bytes = found.text.len();
            self.note(format!(
                "`{}` has {text_bytes} bytes of text: the first {POST_TEXT_BYTES_MAX} are read, the exhibit keeps all",
                found.native_id
            ));
            found.text = cut_text(std::mem::take(&mut found.text), POST_TEXT_BYTES_MAX);
        }
        let mut line = json!({
            "id": found.native_id, "size_bytes": found.exhibit.len(), "sha256": sha256_hex(&found.exhibit),
        });
        if let Value::Object(line) = &mut line {
            line.extend(besides);
        }
        self.listing.push_str(&line.to_string());
        self.listing.push('\n');
        self.bytes += size;
        self.posts += 1;
        self.found.push(found);
        if self.bytes >= HAUL_BYTES_MAX || self.found.len() >= BATCH_VERSIONS_MAX {
            self.flush(take)?;
        }
        Ok(())
    }

    /// Hands over what is left, with what was counted.
    pub(crate) fn finish(mut self, take: Take<'_>) -> Result<(), CollectError> {
        for (what, count) in std::mem::take(&mut self.counted) {
            self.notes.push(format!("{count} {what}"));
        }
        self.flush(take)
    }

    fn flush(&mut self, take: Take<'_>) -> Result<(), CollectError> {
        if self.found.is_empty() && self.notes.is_empty() {
            return Ok(());
        }
        if self.notes_more > 0 {
            self.notes.push(format!("and {} more notes like these", self.notes_more));
            self.notes_more = 0;
        }
        self.bytes = 0;
        take(Haul {
            request: RequestRecord {
                url: self.path.clone(),
                connector: self.connector.to_owned(),
                status: 0,
                fetched_at: self.env.now(),
            },
            page: std::mem::take(&mut self.listing).into_bytes(),
            page_keep: PageKeep::Sealed,
            found: std::mem::take(&mut self.found),
            cursor: None,
            notes: std::mem::take(&mut self.notes),
            gaps: Vec::new(),
            complete: None,
        })
    }
}

fn files_bytes(found: &Found) -> usize {
    found.files.iter().map(|file| file.bytes.as_ref().map_or(0, Vec::len)).sum()
}

/// A post of which only the id is known.
pub(crate) fn empty(native_id: &str) -> Found {
    Found {
        native_id: native_id.to_owned(),
        exhibit: Vec::new(),
        exhibit_type: String::new(),
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

/// SHA-256 in hexadecimal.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Adds the account names (`@name`) and mail addresses that stand in a text to `handles`; sorted, each once.
pub(crate) fn add_handles_of(text: &str, handles: &mut Vec<String>) {
    let is_part = |ch: char| ch.is_alphanumeric() || matches!(ch, '_' | '-' | '.' | '+' | '@' | '＠');
    for word in text.split(|ch: char| !is_part(ch)).filter(|word| word.contains(['@', '＠'])) {
        let word = word.trim_matches(['.', '-', '+']);
        let name = word.trim_start_matches(['@', '＠']);
        if !name.is_empty() && handles.len() < HANDLES_MAX {
            handles.push(name.to_owned());
        }
    }
    settle_handles(handles);
}

/// Sorts names and leaves each once, so that the order in which they were met says nothing.
pub(crate) fn settle_handles(handles: &mut Vec<String>) {
    handles.retain(|handle| !handle.trim().is_empty());
    handles.sort();
    handles.dedup();
    handles.truncate(HANDLES_MAX);
}

/// The media type by the ending of a name, for files whose format says nothing of it. Never trusted for opening.
pub(crate) fn media_type_of(name: &str) -> Option<&'static str> {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    Some(match ending.as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "bmp" => "image/bmp",
        "tif" | "tiff" => "image/tiff",
        "pdf" => "application/pdf",
        "html" | "htm" => "text/html",
        "txt" => "text/plain",
        "mp4" => "video/mp4",
        "mov" => "video/quicktime",
        "webm" => "video/webm",
        "mp3" => "audio/mpeg",
        "ogg" | "oga" => "audio/ogg",
        "zip" => "application/zip",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_names_and_mail_addresses_in_a_text_are_found_once_each() {
        let mut handles = vec!["zoe".to_owned()];
        add_handles_of(
            "ask @wick.tess, (@lamp_1) or lamp@lantern.example. and @lamp_1 again, not @ alone",
            &mut handles,
        );
        assert_eq!(handles, ["lamp@lantern.example", "lamp_1", "wick.tess", "zoe"]);
    }
}
