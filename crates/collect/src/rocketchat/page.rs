//! One answer with messages becomes hauls: files are fetched, membership is left out, and a page with very many files is
//! split so that no haul outgrows memory. Only the last haul of a page moves the cursor.

use vedette_core::limits::BATCH_VERSIONS_MAX;
use vedette_core::{Found, FoundFile, Haul, PageKeep, RequestRecord};

use super::message::{Kind, Message, WantedFile};
use super::{NAME, RocketchatConnector};
use crate::connector::Take;
use crate::guard::{Response, shown};
use crate::{CollectError, HAUL_FILE_BYTES_MAX, capped};

/// A page that was read and is to be handed over.
pub(crate) struct Page<'a> {
    pub(crate) answer: &'a Response,
    /// Messages that were not taken before, oldest first.
    pub(crate) fresh: Vec<Message>,
    /// Whether the answer held membership messages, fresh or not.
    pub(crate) membership: bool,
}

impl RocketchatConnector {
    /// Hands over a page; `cursor` goes with its last haul.
    pub(crate) fn hand_over(
        &mut self,
        page: Page<'_>,
        cursor: vedette_core::Cursor,
        notes: &mut Vec<String>,
        take: Take<'_>,
    ) -> Result<(), CollectError> {
        let keep = if page.membership {
            PageKeep::HashOnly("it holds membership messages, which are never stored".to_owned())
        } else {
            PageKeep::Sealed
        };
        let haul = |found: Vec<Found>, notes: Vec<String>, cursor| Haul {
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
            gaps: Vec::new(),
            complete: None,
        };
        let mut found = Vec::new();
        let mut file_bytes = 0;
        for message in page.fresh {
            notes.extend(message.notes);
            match message.kind {
                Kind::Post(post, wanted) => {
                    let mut post = *post;
                    for file in wanted {
                        let file = self.fetch(file)?;
                        file_bytes += file.bytes.as_ref().map_or(0, Vec::len);
                        post.files.push(file);
                    }
                    found.push(post);
                }
                Kind::Malformed(why) => notes.push(format!("a message could not be read and was left out: {why}")),
                // A discussion is taken up before its page is handed over.
                Kind::Membership | Kind::System | Kind::Discussion(_) => {}
            }
            if file_bytes >= HAUL_FILE_BYTES_MAX || found.len() >= BATCH_VERSIONS_MAX {
                take(haul(std::mem::take(&mut found), capped(notes), None))?;
                file_bytes = 0;
            }
        }
        take(haul(found, capped(notes), Some(cursor)))
    }

    /// A file that cannot be fetched is a reason on the file, never the end of the round; the desk asks again later.
    fn fetch(&mut self, wanted: WantedFile) -> Result<FoundFile, CollectError> {
        let bytes = match self.api.file(&wanted.link) {
            Ok(bytes) => Ok(bytes),
            Err(error) if error.is_stop() => return Err(error),
            Err(error) => Err(error.to_string()),
        };
        let url = self.api.resolve(&wanted.link).ok().map(|url| shown(&url));
        Ok(FoundFile { name: wanted.name, media_type: wanted.media_type, url, bytes })
    }
}
