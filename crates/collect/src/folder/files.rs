//! Files become posts, gathered into hauls of limited size. The page of such a haul is the list of its files with their
//! SHA-256: what was there when we looked.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use serde_json::json;
use sha2::{Digest, Sha256};
use vedette_core::limits::{BATCH_VERSIONS_MAX, EXHIBIT_BYTES_MAX, POST_TEXT_BYTES_MAX};
use vedette_core::{Cursor, Found, FoundFile, Haul, PageKeep, RequestRecord, VersionState};

use super::walk::Listed;
use super::{FileKind, NAME, NAMES_IN_NOTE, cut_text, kind_of, lines};
use crate::connector::Take;
use crate::gather::empty;
use crate::{CollectError, Env, capped};

/// Bytes of files that one haul may hold before it is handed over; a single larger file is a haul of its own.
const BATCH_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Posts that are gathered for the next haul.
pub(crate) struct Batch<'a> {
    /// What was left out so far.
    pub(crate) notes: Vec<String>,
    root: String,
    env: &'a Env,
    found: Vec<Found>,
    listing: String,
    bytes: usize,
    others: Vec<String>,
    others_count: usize,
}

impl<'a> Batch<'a> {
    pub(crate) fn new(root: String, env: &'a Env) -> Self {
        Self {
            notes: Vec::new(),
            root,
            env,
            found: Vec::new(),
            listing: String::new(),
            bytes: 0,
            others: Vec::new(),
            others_count: 0,
        }
    }

    /// Adds a file; full hauls are handed over. A file that cannot be read is a note, not the end of the folder.
    pub(crate) fn add(
        &mut self,
        file: &Listed,
        kind: FileKind,
        state: VersionState,
        take: Take<'_>,
    ) -> Result<(), CollectError> {
        match kind {
            FileKind::Other => {
                self.others_count += 1;
                if self.others.len() < NAMES_IN_NOTE {
                    self.others.push(file.name.clone());
                }
                Ok(())
            }
            FileKind::Lines => {
                self.flush(None, take)?;
                match open(&file.path) {
                    Ok((opened, _)) => lines::read(opened, file, self.env, take),
                    Err(why) => self.unreadable(file, &why),
                }
            }
            kind => match read_whole(&file.path, EXHIBIT_BYTES_MAX) {
                Ok(bytes) => {
                    if self.bytes + bytes.len() > BATCH_BYTES_MAX {
                        self.flush(None, take)?;
                    }
                    self.post(file, kind, state, bytes);
                    self.flush_if_full(take)
                }
                Err(why) => self.unreadable(file, &why),
            },
        }
    }

    /// A file that was there at the last visit and is gone.
    pub(crate) fn vanished(&mut self, name: &str, take: Take<'_>) -> Result<(), CollectError> {
        match kind_of(name) {
            FileKind::Other => return Ok(()),
            FileKind::Text | FileKind::Attached(_) => {}
            _ => {
                self.notes.push(format!("`{name}` is gone; the posts that were read from it stay as they were"));
                return Ok(());
            }
        }
        // The bytes are gone with the file: the exhibit is the observation itself.
        let seen = json!({ "path": name, "gone": true, "seen_at": self.env.now() }).to_string();
        self.list(&seen);
        let mut found = empty(name);
        found.exhibit = seen.into_bytes();
        found.exhibit_type = "application/json".to_owned();
        found.state = VersionState::DeletedInferred;
        self.found.push(found);
        self.flush_if_full(take)
    }

    /// Hands over what is left, with the cursor.
    pub(crate) fn finish(mut self, cursor: Option<Cursor>, take: Take<'_>) -> Result<(), CollectError> {
        if self.others_count > 0 {
            self.notes.push(format!(
                "{} files are of a kind that is not taken in: {}",
                self.others_count,
                self.others.join(", ")
            ));
        }
        self.flush(cursor, take)
    }

    fn unreadable(&mut self, file: &Listed, why: &str) -> Result<(), CollectError> {
        self.notes.push(format!("`{}` cannot be read: {why}", file.name));
        Ok(())
    }

    fn post(&mut self, file: &Listed, kind: FileKind, state: VersionState, bytes: Vec<u8>) {
        let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        self.list(&json!({ "path": file.name, "size_bytes": bytes.len(), "sha256": digest }).to_string());
        self.bytes += bytes.len();
        let mut found = empty(&file.name);
        found.state = state;
        if state == VersionState::Edited {
            found.edited_at = jiff::Timestamp::from_millisecond(file.stamp.0).ok();
        }
        match kind {
            FileKind::Attached(media_type) => {
                let name = file.name.rsplit('/').next().unwrap_or(&file.name);
                found.title = Some(name.to_owned());
                found.exhibit_type = media_type.to_owned();
                found.files = vec![FoundFile {
                    name: name.to_owned(),
                    media_type: Some(media_type.to_owned()),
                    url: None,
                    bytes: Ok(bytes.clone()),
                }];
            }
            _ => {
                found.exhibit_type = "text/plain".to_owned();
                found.text = self.text(&file.name, &bytes);
            }
        }
        found.exhibit = bytes;
        self.found.push(found);
    }

    fn text(&mut self, name: &str, bytes: &[u8]) -> String {
        let (text, lossy) = decode(bytes);
        if lossy {
            self.notes
                .push(format!("`{name}` is not UTF-8: unreadable bytes are shown as \u{fffd}, the exhibit keeps them"));
        }
        if text.len() > POST_TEXT_BYTES_MAX {
            self.notes.push(format!(
                "`{name}` is longer than {POST_TEXT_BYTES_MAX} bytes: that much of it is read, the exhibit keeps all"
            ));
        }
        cut_text(text, POST_TEXT_BYTES_MAX)
    }

    fn list(&mut self, line: &str) {
        self.listing.push_str(line);
        self.listing.push('\n');
    }

    fn flush_if_full(&mut self, take: Take<'_>) -> Result<(), CollectError> {
        if self.bytes >= BATCH_BYTES_MAX || self.found.len() >= BATCH_VERSIONS_MAX {
            return self.flush(None, take);
        }
        Ok(())
    }

    fn flush(&mut self, cursor: Option<Cursor>, take: Take<'_>) -> Result<(), CollectError> {
        if self.found.is_empty() && cursor.is_none() && self.notes.is_empty() {
            return Ok(());
        }
        self.bytes = 0;
        take(Haul {
            request: request(&self.root, self.env),
            page: std::mem::take(&mut self.listing).into_bytes(),
            page_keep: PageKeep::Sealed,
            found: std::mem::take(&mut self.found),
            cursor,
            notes: capped(&mut self.notes),
            gaps: Vec::new(),
            complete: None,
        })
    }
}

pub(crate) fn request(path: &str, env: &Env) -> RequestRecord {
    RequestRecord { url: path.to_owned(), connector: NAME.to_owned(), status: 0, fetched_at: env.now() }
}

/// Opens a file that was listed; one that was exchanged for a link meanwhile is refused.
fn open(path: &Path) -> Result<(File, u64), String> {
    let listed = std::fs::symlink_metadata(path).map_err(|error| error.to_string())?;
    // A given path may be a link itself; files below a folder were listed as what they are.
    let listed = if listed.is_symlink() { std::fs::metadata(path).map_err(|error| error.to_string())? } else { listed };
    if !listed.is_file() {
        return Err("it is not a file any more".to_owned());
    }
    let file = File::open(path).map_err(|error| error.to_string())?;
    let opened = file.metadata().map_err(|error| error.to_string())?;
    if (opened.dev(), opened.ino()) != (listed.dev(), listed.ino()) {
        return Err("it was exchanged while it was read; it comes with the next round".to_owned());
    }
    Ok((file, opened.len()))
}

/// Opens a file of a walk.
pub(crate) fn open_listed(listed: &Listed) -> Result<File, String> {
    open(&listed.path).map(|(file, _)| file)
}

/// The bytes of a file of a walk, up to a limit.
pub(crate) fn read_listed(listed: &Listed, bytes_max: u64) -> Result<Vec<u8>, String> {
    read_whole(&listed.path, bytes_max)
}

/// Text of bytes: UTF-8, or UTF-16 with its mark; what is neither is shown as \u{fffd}.
pub(crate) fn text_of_bytes(bytes: &[u8]) -> String {
    decode(bytes).0
}

fn read_whole(path: &Path, bytes_max: u64) -> Result<Vec<u8>, String> {
    let (mut file, length) = open(path)?;
    let too_large = || format!("it is larger than {bytes_max} bytes");
    if length > bytes_max {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    file.seek(SeekFrom::Start(0)).map_err(|error| error.to_string())?;
    file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > bytes_max { Err(too_large()) } else { Ok(bytes) }
}

/// Text of bytes: UTF-8, or UTF-16 with its mark; whether something was lost.
fn decode(bytes: &[u8]) -> (String, bool) {
    let utf16 = |units: Vec<u16>| match String::from_utf16(&units) {
        Ok(text) => (text, false),
        Err(_) => (String::from_utf16_lossy(&units), true),
    };
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => decode_utf8(rest),
        [0xff, 0xfe, rest @ ..] => {
            utf16(rest.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect())
        }
        [0xfe, 0xff, rest @ ..] => {
            utf16(rest.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair)).collect())
        }
        _ => decode_utf8(bytes),
    }
}

fn decode_utf8(bytes: &[u8]) -> (String, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => (String::from_utf8_lossy(bytes).into_owned(), true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_decoded_by_its_mark_and_losses_are_told() {
        for (bytes, text, lossy) in [
            (&b"caf\xc3\xa9"[..], "café", false),
            (b"\xef\xbb\xbfa", "a", false),
            (b"\xff\xfea\0\x34\x06", "aش", false),
            (b"\xfe\xff\0a", "a", false),
            (b"a\xffb", "a\u{fffd}b", true),
            (b"\xff\xfe\x00\xd8", "\u{fffd}", true),
            (b"", "", false),
        ] {
            assert_eq!(decode(bytes), (text.to_owned(), lossy), "{bytes:?}");
        }
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(cut_text("aéb".to_owned(), 2), "a");
        assert_eq!(cut_text("aéb".to_owned(), 3), "aé");
        assert_eq!(cut_text("aéb".to_owned(), 9), "aéb");
    }
}
