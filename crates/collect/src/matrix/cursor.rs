//! Where collection of a Matrix room stands. Kept as JSON in the cursor of the source; only this connector reads it.

use serde::{Deserialize, Serialize};
use vedette_core::Cursor;

use crate::CollectError;

/// Version of this form.
const FORM: u32 = 1;
/// Edits remembered so that the withdrawal of one is not taken for the deletion of a post.
const EDITS_MAX: usize = 500;
/// Rooms of one source: an owner who upgrades a room more often than this is adding sources, not upgrading.
pub(crate) const ROOMS_MAX: usize = 16;

/// A stretch of the history that is still to be read, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stretch {
    /// Token of the server: go back from here.
    pub(crate) from: String,
    /// Token of the server: until here; `None` is the beginning of the room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<String>,
    /// Epoch milliseconds between which something is missing until this is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) gap_ms: Option<(i64, i64)>,
}

/// One room of the source: the one that was asked for, or a later one that replaced it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Track {
    /// Id of the room.
    pub(crate) room_id: String,
    /// Token of the server: everything before it was taken or stands in `stretches`.
    pub(crate) since: Option<String>,
    /// What is still to be read of the history.
    pub(crate) stretches: Vec<Stretch>,
    /// Epoch milliseconds of the newest event that was taken.
    pub(crate) last_ms: Option<i64>,
    /// Id of the room that replaced this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) replaced_by: Option<String>,
    /// It was said that this room holds encrypted messages.
    pub(crate) told_encrypted: bool,
}

/// Where a source stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Position {
    form: u32,
    /// The rooms, in the order in which they replaced each other.
    pub(crate) rooms: Vec<Track>,
    /// Pairs of an edit's id and the id of the post that it changed, oldest first.
    #[serde(default)]
    edits: Vec<(String, String)>,
}

impl Position {
    /// A room that was never visited.
    pub(crate) fn start(room_id: &str) -> Self {
        let track = Track { room_id: room_id.to_owned(), ..Track::default() };
        Self { form: FORM, rooms: vec![track], edits: Vec::new() }
    }

    pub(crate) fn read(cursor: &Cursor) -> Result<Self, CollectError> {
        let bad = |why: String| CollectError::BadCursor { why };
        let position: Self = serde_json::from_str(&cursor.0).map_err(|error| bad(error.to_string()))?;
        match position.form {
            FORM if !position.rooms.is_empty() => Ok(position),
            FORM => Err(bad("it names no room".to_owned())),
            form => Err(bad(format!("it has form {form}"))),
        }
    }

    pub(crate) fn write(&self) -> Cursor {
        Cursor(serde_json::to_string(self).expect("numbers and text always become JSON"))
    }

    /// Remembers that `edit` changed `post`.
    pub(crate) fn remember_edit(&mut self, edit: &str, post: &str) {
        if self.edited_by(edit).is_some() {
            return;
        }
        if self.edits.len() >= EDITS_MAX {
            self.edits.remove(0);
        }
        self.edits.push((edit.to_owned(), post.to_owned()));
    }

    /// The post that an edit changed.
    pub(crate) fn edited_by(&self, edit: &str) -> Option<&str> {
        self.edits.iter().find(|(known, _)| known == edit).map(|(_, post)| post.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_survives_being_written_and_others_are_refused() {
        let mut position = Position::start("!wick:lantern.example");
        position.remember_edit("$e", "$p");
        if let Some(track) = position.rooms.first_mut() {
            track.since = Some("s12_3".into());
            track.stretches = vec![Stretch { from: "t9".into(), to: Some("s1".into()), gap_ms: Some((1, 2)) }];
        }
        assert_eq!(Position::read(&position.write()).unwrap(), position);
        assert_eq!(position.edited_by("$e"), Some("$p"));
        for wrong in [
            position.write().0.replace("\"form\":1", "\"form\":2"),
            "{\"form\":1,\"rooms\":[]}".to_owned(),
            "?".to_owned(),
        ] {
            assert!(matches!(Position::read(&Cursor(wrong)), Err(CollectError::BadCursor { .. })));
        }
    }

    #[test]
    fn only_the_latest_edits_are_remembered() {
        let mut position = Position::start("!r");
        for n in 0..=EDITS_MAX {
            position.remember_edit(&format!("$e{n}"), "$p");
            position.remember_edit(&format!("$e{n}"), "$p");
        }
        assert_eq!((position.edits.len(), position.edited_by("$e0")), (EDITS_MAX, None));
    }
}
