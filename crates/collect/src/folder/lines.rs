//! JSON lines: each line a post, read as a stream. A line that cannot be read is a note and the next one is read.

use std::fs::File;
use std::io::{BufRead, BufReader};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use vedette_core::limits::{BATCH_VERSIONS_MAX, POST_TEXT_BYTES_MAX};
use vedette_core::{Found, Haul, PageKeep};

use super::cut_text;
use super::files::request;
use super::walk::Listed;
use crate::connector::Take;
use crate::gather::empty;
use crate::{CollectError, Env, NOTES_MAX};

/// Bytes of one line: a post of the largest size with every letter escaped fits many times.
pub const LINE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Bytes of lines in one haul.
const HAUL_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A line as it is written.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: Option<Value>,
    text: String,
    #[serde(default)]
    date: Option<String>,
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    author: Option<String>,
}

/// Reads a file of lines and hands its posts over, at most 512 at a time.
pub(crate) fn read(file: File, listed: &Listed, env: &Env, take: Take<'_>) -> Result<(), CollectError> {
    let mut reader = BufReader::with_capacity(256 * 1024, file);
    let mut state = Gathered { found: Vec::new(), page: Vec::new(), notes: Vec::new(), left_out: 0 };
    let mut number = 0u64;
    let mut line = Vec::new();
    loop {
        line.clear();
        let outcome = next_line(&mut reader, &mut line).map_err(|error| CollectError::Folder {
            path: listed.path.display().to_string(),
            why: format!("{error} (after line {number}; what came before is stored)"),
        })?;
        number += 1;
        match outcome {
            Next::End => break,
            Next::TooLong => state.note(format!(
                "line {number} of `{}` is longer than {LINE_BYTES_MAX} bytes and was left out",
                listed.name
            )),
            Next::Line => {
                let slice = trimmed(&line);
                if !slice.is_empty() {
                    state.add(slice, number, listed);
                }
            }
        }
        if state.found.len() >= BATCH_VERSIONS_MAX || state.page.len() >= HAUL_BYTES_MAX {
            state.flush(listed, env, take)?;
        }
    }
    state.flush(listed, env, take)
}

enum Next {
    Line,
    TooLong,
    End,
}

/// The next line with its end; one over the limit is read past.
fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<Next> {
    let mut too_long = false;
    loop {
        let available = reader.fill_buf()?;
        if available.is_empty() {
            return Ok(match (line.is_empty(), too_long) {
                (_, true) => Next::TooLong,
                (true, false) => Next::End,
                (false, false) => Next::Line,
            });
        }
        let end = memchr::memchr(b'\n', available);
        let length = end.map_or(available.len(), |at| at + 1);
        if line.len() + length > LINE_BYTES_MAX {
            too_long = true;
            line.clear();
        }
        if !too_long {
            line.extend_from_slice(available.get(..length).unwrap_or_default());
        }
        reader.consume(length);
        if end.is_some() {
            return Ok(if too_long { Next::TooLong } else { Next::Line });
        }
    }
}

fn trimmed(line: &[u8]) -> &[u8] {
    line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii()
}

struct Gathered {
    found: Vec<Found>,
    page: Vec<u8>,
    notes: Vec<String>,
    left_out: u64,
}

impl Gathered {
    fn note(&mut self, note: String) {
        if self.notes.len() < NOTES_MAX {
            self.notes.push(note);
        } else {
            self.left_out += 1;
        }
    }

    fn add(&mut self, slice: &[u8], number: u64, listed: &Listed) {
        let (text, lossy) = match std::str::from_utf8(slice) {
            Ok(text) => (std::borrow::Cow::Borrowed(text), false),
            Err(_) => (String::from_utf8_lossy(slice), true),
        };
        let line: Line = match serde_json::from_str(&text) {
            Ok(line) => line,
            Err(error) => {
                self.note(format!("line {number} of `{}` is no post ({error}) and was left out", listed.name));
                return;
            }
        };
        if lossy {
            self.note(format!("line {number} of `{}` is not UTF-8: the exhibit keeps its bytes", listed.name));
        }
        let id = match line.id {
            Some(Value::String(id)) if !id.is_empty() => id,
            Some(Value::Number(id)) => id.to_string(),
            // Without an id the content is the identity, so the same line again is the same post.
            _ => Sha256::digest(slice).iter().take(12).map(|byte| format!("{byte:02x}")).collect(),
        };
        let mut found = empty(&format!("{}#{}", listed.name, cut_text(id, 512)));
        found.posted_at = line.date.as_deref().and_then(written_date);
        if let (Some(date), None) = (&line.date, found.posted_at) {
            self.note(format!(
                "line {number} of `{}` has a date that cannot be read: {}",
                listed.name,
                date.chars().take(40).collect::<String>()
            ));
        }
        if line.text.len() > POST_TEXT_BYTES_MAX {
            self.note(format!(
                "line {number} of `{}` has {} bytes of text: the first {POST_TEXT_BYTES_MAX} are read",
                listed.name,
                line.text.len()
            ));
        }
        found.text = cut_text(line.text, POST_TEXT_BYTES_MAX);
        found.exhibit = slice.to_vec();
        found.exhibit_type = "application/json".to_owned();
        found.lang = line.lang.filter(|lang| !lang.is_empty());
        found.title = line.title.filter(|title| !title.is_empty());
        found.url = line.url.filter(|url| !url.is_empty());
        found.author = line.author.filter(|author| !author.is_empty());
        self.page.extend_from_slice(slice);
        self.page.push(b'\n');
        self.found.push(found);
    }

    fn flush(&mut self, listed: &Listed, env: &Env, take: Take<'_>) -> Result<(), CollectError> {
        if self.found.is_empty() && self.notes.is_empty() {
            return Ok(());
        }
        if self.left_out > 0 {
            self.notes.push(format!("and {} more notes like these", self.left_out));
            self.left_out = 0;
        }
        let found = std::mem::replace(&mut self.found, Vec::with_capacity(BATCH_VERSIONS_MAX));
        take(Haul {
            request: request(&listed.path.display().to_string(), env),
            page: std::mem::take(&mut self.page),
            page_keep: PageKeep::HashOnly("each of its lines is an exhibit of its own".to_owned()),
            found,
            cursor: None,
            notes: std::mem::take(&mut self.notes),
            gaps: Vec::new(),
            complete: None,
        })
    }
}

/// A date as people and programs write it: a full time, a time without zone (taken as UTC), a day, or a mail date.
pub fn written_date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| {
            let civil = text.parse::<jiff::civil::DateTime>().ok();
            let civil = civil.or_else(|| text.parse::<Date>().ok().map(|day| day.at(0, 0, 0, 0)))?;
            TimeZone::UTC.to_timestamp(civil).ok()
        })
        .or_else(|| jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_people_write_them() {
        for (text, expected) in [
            ("2026-11-01T10:00:00Z", Some("2026-11-01T10:00:00Z")),
            ("2026-11-01T10:00:00+02:00", Some("2026-11-01T08:00:00Z")),
            ("2026-11-01 10:00:00", Some("2026-11-01T10:00:00Z")),
            ("2026-11-01", Some("2026-11-01T00:00:00Z")),
            ("Sun, 01 Nov 2026 10:00:00 GMT", Some("2026-11-01T10:00:00Z")),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(written_date(text).map(|time| time.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_line_over_the_limit_is_read_past_and_the_next_one_is_read() {
        let mut data = vec![b'x'; LINE_BYTES_MAX + 5];
        data.extend_from_slice(b"\nnext\nlast");
        let mut reader = BufReader::with_capacity(64 * 1024, data.as_slice());
        let mut line = Vec::new();
        assert!(matches!(next_line(&mut reader, &mut line), Ok(Next::TooLong)));
        line.clear();
        assert!(matches!(next_line(&mut reader, &mut line), Ok(Next::Line)));
        assert_eq!(line, b"next\n");
        line.clear();
        assert!(matches!(next_line(&mut reader, &mut line), Ok(Next::Line)));
        assert_eq!(line, b"last");
        line.clear();
        assert!(matches!(next_line(&mut reader, &mut line), Ok(Next::End)));
    }
}
