//! Between rows and nouns: times, words, JSON.

use jiff::Timestamp;
use rusqlite::Row;
use serde::Serialize;
use serde::de::DeserializeOwned;
use vedette_core::{JobKind, Level, Markup, Sha256, SourceState, VersionState};

use crate::fault::{Done, damaged};

/// Characters of a text that lists show.
pub(crate) const TEXT_BEGIN_CHARS: usize = 280;

/// A time as rows hold it: microseconds since 1970.
pub(crate) fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// A time from a row.
pub(crate) fn time(micros: i64) -> Done<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|error| damaged(format!("a row holds no time: {error}")))
}

/// A time from a row, when there is one.
pub(crate) fn optional_time(micros: Option<i64>) -> Done<Option<Timestamp>> {
    micros.map(time).transpose()
}

/// A digest from a column.
pub(crate) fn digest(row: &Row<'_>, column: usize) -> rusqlite::Result<Sha256> {
    row.get::<_, [u8; 32]>(column).map(Sha256)
}

/// A digest from a column that may be empty.
pub(crate) fn optional_digest(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Sha256>> {
    Ok(row.get::<_, Option<[u8; 32]>>(column)?.map(Sha256))
}

/// Reads JSON from a column's text.
pub(crate) fn from_json<T: DeserializeOwned>(text: &str) -> Done<T> {
    Ok(serde_json::from_str(text)?)
}

/// JSON for a column.
pub(crate) fn to_json(value: &(impl Serialize + ?Sized)) -> Done<String> {
    Ok(serde_json::to_string(value)?)
}

/// A word as JSON would write it, without quotation marks; for enums that serialise to a word.
pub(crate) fn word(value: &impl Serialize) -> Done<String> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(word) => Ok(word),
        _ => Err(damaged("a value has no word")),
    }
}

/// The value that a word names.
pub(crate) fn from_word<T: DeserializeOwned>(word: String) -> Done<T> {
    Ok(serde_json::from_value(serde_json::Value::String(word))?)
}

/// A version's state from its word.
pub(crate) fn state(word: &str) -> Done<VersionState> {
    [VersionState::Posted, VersionState::Edited, VersionState::Deleted, VersionState::DeletedInferred]
        .into_iter()
        .find(|state| state.word() == word)
        .ok_or_else(|| damaged(format!("`{word}` is no state of a version")))
}

/// How a text is written, as a word.
pub(crate) fn markup_word(markup: Markup) -> &'static str {
    match markup {
        Markup::Plain => "plain",
        Markup::Html => "html",
    }
}

/// How a text is written.
pub(crate) fn markup(word: &str) -> Done<Markup> {
    match word {
        "plain" => Ok(Markup::Plain),
        "html" => Ok(Markup::Html),
        _ => Err(damaged(format!("`{word}` is no markup"))),
    }
}

/// A source's state from its word.
pub(crate) fn source_state(word: &str) -> Done<SourceState> {
    match word {
        "active" => Ok(SourceState::Active),
        "paused" => Ok(SourceState::Paused),
        "removed" => Ok(SourceState::Removed),
        _ => Err(damaged(format!("`{word}` is no state of a source"))),
    }
}

/// A job's kind as a word.
pub(crate) fn job_word(kind: JobKind) -> &'static str {
    match kind {
        JobKind::Text => "text",
        JobKind::Read => "read",
        JobKind::Derive => "derive",
        JobKind::Translate => "translate",
    }
}

/// A job's kind.
pub(crate) fn job_kind(word: &str) -> Done<JobKind> {
    match word {
        "text" => Ok(JobKind::Text),
        "read" => Ok(JobKind::Read),
        "derive" => Ok(JobKind::Derive),
        "translate" => Ok(JobKind::Translate),
        _ => Err(damaged(format!("`{word}` is no kind of job"))),
    }
}

/// A level from its rank.
pub(crate) fn level(rank: i64) -> Done<Level> {
    usize::try_from(rank)
        .ok()
        .and_then(|rank| Level::ALL.get(rank).copied())
        .ok_or_else(|| damaged(format!("{rank} is no rank of a level")))
}

/// A number that cannot be negative.
pub(crate) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// A number of rows for `LIMIT` and `OFFSET`.
pub(crate) fn rows(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The beginning of a text in one line, for lists.
pub(crate) fn beginning(text: &str) -> String {
    let mut line = String::new();
    // A long document is not walked to its end for its first line.
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > 4 * TEXT_BEGIN_CHARS {
            break;
        }
    }
    match line.char_indices().nth(TEXT_BEGIN_CHARS) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default().trim_end()),
        None => line,
    }
}
