//! One answer with events becomes hauls: edits and redactions find their posts, files are fetched, membership is left out,
//! and an answer with very large files is split. Only its last haul moves the cursor.

use std::collections::HashMap;

use jiff::Timestamp;
use vedette_core::limits::BATCH_VERSIONS_MAX;
use vedette_core::{Cursor, Found, FoundFile, GapNote, Haul, PageKeep, RequestRecord, VersionState};

use super::cursor::Position;
use super::event::{Event, Kind, WantedFile};
use super::settle::Target;
use super::{MatrixConnector, NAME, Page};
use crate::connector::Take;
use crate::guard::shown;
use crate::{CollectError, HAUL_FILE_BYTES_MAX, capped};

/// Seconds that an event's time may lie ahead of our clock before it is not believed.
const AHEAD_S: i64 = 3_600;

type Post = (Box<Found>, Vec<WantedFile>);

/// What an answer holds, sorted: deletions are taken last, whatever order the events stand in.
#[derive(Default)]
struct Sorted {
    posts: Vec<Post>,
    gone: Vec<Post>,
}

impl MatrixConnector {
    /// Takes in the events of an answer; the position goes with its last haul.
    pub(super) fn take_page(
        &mut self,
        at: usize,
        mut page: Page<'_>,
        position: &mut Position,
        gaps: Vec<GapNote>,
        notes: &mut Vec<String>,
        take: Take<'_>,
    ) -> Result<(), CollectError> {
        let events = std::mem::take(&mut page.events);
        let here: HashMap<String, Target> = events.iter().map(|event| (event.id.clone(), Target::of(event))).collect();
        let not_after = self.env.now().as_millisecond() + AHEAD_S * 1_000;
        let mut sorted = Sorted::default();
        // A post whose edits were looked up once is not looked up again for each of them.
        let mut settled: HashMap<String, Option<Target>> = HashMap::new();
        for event in events {
            notes.extend(event.notes.iter().cloned());
            if let Some(track) = position.rooms.get_mut(at) {
                let newest = event.ts_ms.filter(|ms| *ms <= not_after).max(track.last_ms);
                track.last_ms = newest;
                if event.encrypted && !std::mem::replace(&mut track.told_encrypted, true) {
                    notes.push(format!(
                        "room {} holds encrypted messages: they are kept, but their text cannot be read",
                        page.room_id
                    ));
                }
                if let Kind::Tombstone(room) = &event.kind {
                    track.replaced_by = Some(room.clone());
                }
            }
            let target = match &event.kind {
                Kind::Edit { of, .. } => Some((of.clone(), true)),
                Kind::Redaction { of, .. } if position.edited_by(of).is_none() => Some((of.clone(), false)),
                _ => None,
            };
            let target = match target {
                Some((of, is_edit)) => match here.get(&of).or_else(|| settled.get(&of).and_then(Option::as_ref)) {
                    Some(target) => Some(target.clone()),
                    None if settled.contains_key(&of) => None,
                    None => {
                        let found = self.settle(&page.room_id, &of, is_edit, take)?;
                        settled.insert(of, found.clone());
                        found
                    }
                },
                None => None,
            };
            sort(event, target, position, &mut sorted, notes);
        }
        sorted.posts.append(&mut sorted.gone);
        self.hand_over(&page, sorted.posts, Some(position.write()), gaps, notes, take)
    }

    /// Hands over posts of one answer; cursor and gaps go with the last haul.
    pub(super) fn hand_over(
        &mut self,
        page: &Page<'_>,
        posts: Vec<Post>,
        cursor: Option<Cursor>,
        gaps: Vec<GapNote>,
        notes: &mut Vec<String>,
        take: Take<'_>,
    ) -> Result<(), CollectError> {
        let keep = page.unkept.map_or(PageKeep::Sealed, |why| PageKeep::HashOnly(why.to_owned()));
        let haul = |found: Vec<Found>, notes: Vec<String>, cursor, gaps| Haul {
            request: RequestRecord {
                url: shown(&page.answer.final_url),
                connector: NAME.to_owned(),
                status: page.answer.status,
                fetched_at: page.answer.fetched_at,
            },
            page: page.answer.body.clone(),
            page_keep: keep.clone(),
            found,
            cursor,
            notes,
            gaps,
            complete: None,
        };
        let mut found = Vec::new();
        let mut file_bytes = 0;
        for (post, wanted) in posts {
            let mut post = *post;
            for file in wanted {
                let file = self.fetch(file)?;
                file_bytes += file.bytes.as_ref().map_or(0, Vec::len);
                post.files.push(file);
            }
            found.push(post);
            if file_bytes >= HAUL_FILE_BYTES_MAX || found.len() >= BATCH_VERSIONS_MAX {
                take(haul(std::mem::take(&mut found), capped(notes), None, Vec::new()))?;
                file_bytes = 0;
            }
        }
        take(haul(found, capped(notes), cursor, gaps))
    }

    /// A file that cannot be fetched is a reason on the file, never the end of the round; the desk asks again later.
    fn fetch(&mut self, wanted: WantedFile) -> Result<FoundFile, CollectError> {
        let bytes = match self.api.file(&wanted.link) {
            Ok(bytes) => Ok(bytes),
            Err(error) if error.is_stop() => return Err(error),
            Err(error) => Err(error.to_string()),
        };
        Ok(FoundFile { name: wanted.name, media_type: wanted.media_type, url: Some(wanted.link), bytes })
    }
}

fn sort(event: Event, target: Option<Target>, position: &mut Position, sorted: &mut Sorted, notes: &mut Vec<String>) {
    let posted_at = |target: &Target| target.ts_ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    match event.kind {
        Kind::Post(found, files) => sorted.posts.push((found, files)),
        Kind::Gone(found) => {
            if position.edited_by(&event.id).is_none() {
                sorted.gone.push((found, Vec::new()));
            }
        }
        Kind::Edit { of, mut found, files } => match target.filter(|target| target.sender == event.sender) {
            Some(target) => {
                found.posted_at = posted_at(&target);
                position.remember_edit(&event.id, &of);
                sorted.posts.push((found, files));
            }
            None => {
                notes.push(format!(
                    "{} says that it changes {of}, whose author did not send it or which the server does not show: it is kept as a post of its own",
                    event.id
                ));
                found.native_id = event.id;
                found.state = VersionState::Posted;
                found.posted_at = found.edited_at.take();
                sorted.posts.push((found, files));
            }
        },
        Kind::Redaction { of, mut found } => match target {
            _ if position.edited_by(&of).is_some() => notes.push(format!(
                "an edit of {} was withdrawn: its text before that edit stands again at the source",
                position.edited_by(&of).unwrap_or_default()
            )),
            Some(target) if !target.is_post => {}
            target => {
                found.posted_at = target.as_ref().and_then(posted_at);
                found.author = target.map(|target| target.sender).filter(|sender| !sender.is_empty());
                sorted.gone.push((found, Vec::new()));
            }
        },
        Kind::Malformed(why) => notes.push(format!("an event could not be read and was left out: {why}")),
        Kind::Tombstone(_) | Kind::Membership | Kind::Other => {}
    }
}
