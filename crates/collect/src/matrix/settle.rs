//! What an edit or a redaction belongs to. Its post is looked up, for three reasons: an edit counts only when the author of
//! the post sent it; a redaction may concern something that is no post; and going backwards both come before their post,
//! whose earlier states must be stored first.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::value::RawValue;
use vedette_core::VersionState;

use super::event::{Event, Kind, read};
use super::{MatrixConnector, Page, api, link};
use crate::CollectError;
use crate::connector::Take;
use crate::guard::Response;

/// Edits of one post that are looked up; who edits more often keeps the rest where it is met.
const EDITS_LIMIT: &str = "100";

#[derive(Deserialize)]
struct Relations<'a> {
    #[serde(borrow, default)]
    chunk: Vec<&'a RawValue>,
}

/// What is known of the post behind an edit or a redaction.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) sender: String,
    pub(super) is_post: bool,
    pub(super) ts_ms: Option<i64>,
}

impl Target {
    pub(super) fn of(event: &Event) -> Self {
        Self { sender: event.sender.clone(), is_post: event.is_post, ts_ms: event.ts_ms }
    }
}

impl MatrixConnector {
    /// Looks up a post, takes it and its edits in their order, and tells what it is. `None` when the server does not show it.
    pub(super) fn settle(
        &mut self,
        room_id: &str,
        id: &str,
        is_edited: bool,
        take: Take<'_>,
    ) -> Result<Option<Target>, CollectError> {
        let Some(answer) = self.look_up("v3", room_id, &["event", id], &[])? else { return Ok(None) };
        let text = String::from_utf8_lossy(&answer.body);
        let post = read(text.trim(), &link(room_id));
        let target = Target::of(&post);
        if post.id != id || !post.is_post {
            return Ok(Some(target));
        }
        let gone = matches!(post.kind, Kind::Gone(_));
        if gone || is_edited {
            // The deletion follows where it was met; a post that is gone has no earlier state of its own to store.
            if !gone {
                self.hand_over_plain(room_id, &answer, vec![post.clone()], take)?;
            }
            let params = [("dir", "f"), ("limit", EDITS_LIMIT)];
            if let Some(answer) = self.look_up("v1", room_id, &["relations", id, "m.replace"], &params)? {
                let relations: Relations<'_> =
                    serde_json::from_slice(&answer.body).map_err(|error| api::malformed(&answer, &error))?;
                let edits = edits_of(&post, relations.chunk.iter().map(|slice| read(slice.get(), &link(room_id))));
                if !edits.is_empty() {
                    self.hand_over_plain(room_id, &answer, edits, take)?;
                }
            }
        }
        Ok(Some(target))
    }

    fn look_up(
        &mut self,
        version: &'static str,
        room_id: &str,
        rest: &[&str],
        params: &[(&str, &str)],
    ) -> Result<Option<Response>, CollectError> {
        match self.api.of_room(version, room_id, rest, params) {
            // Not visible to this account, or a call that the server does not know: go on with what there is.
            Err(CollectError::Forbidden { .. } | CollectError::Status { status: 400 | 405, .. }) => Ok(None),
            answer => answer,
        }
    }

    fn hand_over_plain(
        &mut self,
        room_id: &str,
        answer: &Response,
        events: Vec<Event>,
        take: Take<'_>,
    ) -> Result<(), CollectError> {
        let page = Page { room_id: room_id.to_owned(), answer, events: Vec::new(), unkept: None };
        let mut posts = Vec::new();
        for event in events {
            match event.kind {
                Kind::Post(found, files) | Kind::Edit { found, files, .. } => posts.push((found, files)),
                _ => {}
            }
        }
        self.hand_over(&page, posts, None, Vec::new(), &mut Vec::new(), take)
    }
}

/// The edits that count, oldest first, with the time of the post.
fn edits_of(post: &Event, events: impl Iterator<Item = Event>) -> Vec<Event> {
    let mut seen = BTreeSet::new();
    let mut edits: Vec<Event> = events
        .filter(|event| event.sender == post.sender && seen.insert(event.id.clone()))
        .filter_map(|mut event| match &mut event.kind {
            Kind::Edit { of, found, .. } if *of == post.id && found.state == VersionState::Edited => {
                found.posted_at = post.ts_ms.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
                Some(event)
            }
            _ => None,
        })
        .collect();
    edits.sort_by(|a, b| (a.ts_ms, &a.id).cmp(&(b.ts_ms, &b.id)));
    edits
}
