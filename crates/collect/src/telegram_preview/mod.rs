//! Public Telegram channels, by their preview pages (`https://t.me/s/NAME`): no account, nothing joined.
//!
//! Each round reads the newest page, and goes back by `?before=` until it meets what was taken before; once a day it goes
//! some pages further back for edits and deletions. A page shows everything between its first and last message, so a
//! known message that is missing between them was deleted.
//!
//! Addresses of pictures change with every answer. A message is told by its text, its mark "edited" and its number of
//! files, and is handed over again only when one of them changed; a file's lasting address is that of its message.

mod page;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;
use vedette_core::{CompleteWindow, Cursor, Found, FoundFile, GapNote, Haul, PageKeep, RequestRecord, Source};

use self::page::{Message, Page, PreviewFile, read};
use crate::connector::Take;
use crate::guard::{GetOpts, GuardedClient, Policy, Response, shown};
use crate::{CollectError, Connector, Env, FILE_BYTES_MAX, FILE_REQUEST_MS, capped};

/// Connector and version, as records name it.
const NAME: &str = "telegram-preview/1";
/// Bytes of a page; twenty messages of the longest kind have less than 2 MB.
const PAGE_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Pages further back in one round; a long history is read over several.
const PAGES_PER_ROUND: usize = 50;
/// Messages remembered with the state in which they were taken: what the daily look back can reach.
const KNOWN_MAX: usize = 400;
/// Messages that the daily look back reaches.
const LOOK_BACK_IDS: u64 = 200;
/// Seconds between two looks back.
const LOOK_BACK_S: i64 = 86_400;
/// Milliseconds between two pages: the previews are a courtesy.
const PACE_MS: u64 = 1_000;

/// Follows one channel.
pub struct TelegramPreviewConnector {
    client: GuardedClient,
    /// Address up to the channel's name.
    base: Url,
    name: String,
    env: Env,
}

/// Pages that are still to be read, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stretch {
    /// Go on before this id.
    before: u64,
    /// Down to this id.
    until: u64,
    /// Epoch seconds between which something is missing until this is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gap_s: Option<(i64, i64)>,
}

/// A message as it was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    id: u64,
    state: String,
}

/// Where a channel stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    form: u32,
    /// The newest id that was taken.
    last_id: u64,
    /// Epoch seconds of that message.
    last_s: Option<i64>,
    stretches: Vec<Stretch>,
    known: Vec<Known>,
    /// Epoch seconds of the last look back.
    looked_back_s: i64,
}

impl Position {
    fn state_of(&self, id: u64) -> Option<&str> {
        self.known.iter().find(|known| known.id == id).map(|known| known.state.as_str())
    }

    fn remember(&mut self, id: u64, state: String) {
        self.known.retain(|known| known.id != id);
        self.known.push(Known { id, state });
        self.known.sort_by_key(|known| known.id);
        let over = self.known.len().saturating_sub(KNOWN_MAX);
        self.known.drain(..over);
    }

    fn write(&self) -> Cursor {
        Cursor(serde_json::to_string(self).expect("numbers and text always become JSON"))
    }
}

impl TelegramPreviewConnector {
    /// A connector for a source of kind `telegram`; nothing is asked yet.
    pub fn new(source: &Source, env: Env) -> Result<Self, CollectError> {
        let bad = |why: String| CollectError::BadAddress { address: source.asked.address.clone(), why };
        let mut base = Url::parse(&source.asked.address)
            .map_err(|error| bad(format!("{error}; give the channel's address, such as https://t.me/s/lantern")))?;
        let parts: Vec<String> =
            base.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let name = match parts.as_slice() {
            ["s", name] | [name] if *name != "s" && is_channel(name) => (*name).to_owned(),
            _ => {
                return Err(bad("only public channels have a preview: give an address like https://t.me/s/lantern \
                    (invitations, +links and single messages are not followed)"
                    .to_owned()));
            }
        };
        base.set_query(None);
        base.set_fragment(None);
        base.set_path(&format!("/s/{name}"));
        let mut policy = Policy::of(&source.asked)?;
        policy.limits.body_bytes_max = PAGE_BYTES_MAX;
        policy.limits.pace_ms = policy.limits.pace_ms.max(PACE_MS.min(source.asked.reach.pace_ms.unwrap_or(PACE_MS)));
        Ok(Self { client: GuardedClient::new(policy, env.clone()), base, name, env })
    }

    /// What works and what is missing, one line each.
    pub fn check(&self) -> Result<Vec<String>, CollectError> {
        let (_, page) = self.page(None)?;
        Ok(vec![
            format!("{} shows a preview of {} messages", shown(&self.base), page.listed.len()),
            "comments, and channels that closed their preview, cannot be followed this way".to_owned(),
        ])
    }

    /// Public address of a message.
    fn link(&self, id: u64) -> String {
        let mut url = self.base.clone();
        url.set_path(&format!("/{}/{id}", self.name));
        url.to_string()
    }

    fn page(&self, before: Option<u64>) -> Result<(Response, Page), CollectError> {
        let mut url = self.base.clone();
        if let Some(before) = before {
            url.query_pairs_mut().append_pair("before", &before.to_string());
        }
        let opts = GetOpts { endpoint: Some("preview"), accept: Some("text/html"), ..GetOpts::default() };
        let answer = self.client.get(&url, &opts)?;
        if !answer.final_url.path().eq_ignore_ascii_case(self.base.path()) {
            return Err(CollectError::BadAddress {
                address: shown(&self.base),
                why: "the channel shows no preview: it is private, renamed, deleted, or closed to the web; look at its address in a browser".to_owned(),
            });
        }
        let page = read(&answer.body, &self.name, &|id| self.link(id));
        if page.listed.is_empty() && !page.whole {
            return Err(CollectError::Malformed {
                what: shown(&answer.final_url),
                why: "it is no preview page of a channel; nothing was skipped, it is asked for again".to_owned(),
            });
        }
        Ok((answer, page))
    }

    fn round(&self, cursor: Option<&Cursor>, take: Take<'_>) -> Result<(), CollectError> {
        let mut position: Position = match cursor {
            Some(cursor) => {
                serde_json::from_str(&cursor.0).map_err(|error| CollectError::BadCursor { why: error.to_string() })?
            }
            None => Position { form: 1, ..Position::default() },
        };
        let (answer, page) = self.page(None)?;
        let gaps = self.newest(&page, &mut position);
        self.take_page(&answer, page, &mut position, gaps, take)?;
        for _ in 0..PAGES_PER_ROUND {
            let Some(stretch) = position.stretches.pop() else { break };
            let (answer, page) = self.page(Some(stretch.before))?;
            let oldest = page.listed.first().copied().filter(|oldest| *oldest < stretch.before);
            let mut gaps = Vec::new();
            match oldest.filter(|oldest| *oldest > stretch.until.saturating_add(1)) {
                Some(before) => position.stretches.push(Stretch { before, ..stretch }),
                None => gaps.extend(gap(stretch.gap_s).map(|(from, to)| GapNote::Closed { from, to })),
            }
            self.take_page(&answer, page, &mut position, gaps, take)?;
        }
        Ok(())
    }

    /// Moves the position to the newest page; what lies between it and what was taken becomes a stretch.
    fn newest(&self, page: &Page, position: &mut Position) -> Vec<GapNote> {
        let (Some(oldest), Some(newest)) = (page.listed.first().copied(), page.listed.last().copied()) else {
            return Vec::new();
        };
        let before = position.last_id;
        position.last_id = newest.max(before);
        let second = |message: Option<&Message>| Some(message?.found.posted_at?.as_second());
        let last_s = position.last_s;
        position.last_s = second(page.messages.last()).or(last_s);
        let now_s = self.env.now().as_second();
        let mut gaps = Vec::new();
        if oldest > before.saturating_add(1) {
            let gap_s = last_s.zip(second(page.messages.first())).filter(|(from, to)| from <= to);
            position.stretches.push(Stretch { before: oldest, until: before, gap_s });
            gaps.extend(gap(gap_s).map(|(from, to)| GapNote::Opened {
                from,
                to,
                why: "more was posted than one page shows; the rest is being fetched".to_owned(),
            }));
        } else if now_s.saturating_sub(position.looked_back_s) >= LOOK_BACK_S {
            let until = newest.saturating_sub(LOOK_BACK_IDS);
            if oldest > until {
                position.stretches.push(Stretch { before: oldest, until, gap_s: None });
            }
            position.looked_back_s = now_s;
        }
        if before == 0 {
            position.looked_back_s = now_s;
        }
        gaps
    }

    fn take_page(
        &self,
        answer: &Response,
        page: Page,
        position: &mut Position,
        gaps: Vec<GapNote>,
        take: Take<'_>,
    ) -> Result<(), CollectError> {
        let complete = window(&page);
        let (first, last) = (page.listed.first().copied(), page.listed.last().copied());
        let between = |id: u64| first.is_some_and(|first| first < id) && last.is_some_and(|last| id < last);
        // Only where the page vouches for it; the desk then looks for what is gone.
        let missed = complete.is_some()
            && position.known.iter().any(|known| between(known.id) && !page.listed.contains(&known.id));
        if missed {
            position.known.retain(|known| !between(known.id) || page.listed.contains(&known.id));
        }
        let mut notes = page.notes;
        let mut found = Vec::new();
        for message in page.messages {
            let state = state(&message);
            if position.state_of(message.id) == Some(state.as_str()) {
                continue;
            }
            let (id, post) = (message.id, self.with_files(message)?);
            // A message whose file is still missing is known all the same: the desk asks for the file again.
            position.remember(id, state);
            found.push(post);
        }
        take(Haul {
            request: RequestRecord {
                url: shown(&answer.final_url),
                connector: NAME.to_owned(),
                status: answer.status,
                fetched_at: answer.fetched_at,
            },
            page: answer.body.clone(),
            page_keep: PageKeep::Sealed,
            found,
            cursor: Some(position.write()),
            notes: capped(&mut notes),
            gaps,
            complete: complete.filter(|_| missed),
        })
    }

    fn with_files(&self, message: Message) -> Result<Found, CollectError> {
        let mut found = message.found;
        for (at, file) in message.files.iter().enumerate() {
            let bytes = match self.file(file) {
                Ok(bytes) => Ok(bytes),
                Err(error) if error.is_stop() => return Err(error),
                Err(error) => Err(error.to_string()),
            };
            // The message's own address and the file's place: addresses of files are good for some hours only.
            let url = file.address.is_some().then(|| format!("{}#file-{at}", self.link(message.id)));
            found.files.push(FoundFile { name: file.name.clone(), media_type: None, url, bytes });
        }
        Ok(found)
    }

    fn file(&self, file: &PreviewFile) -> Result<Vec<u8>, CollectError> {
        let unusable = |why: &str| CollectError::BadAddress { address: file.name.clone(), why: why.to_owned() };
        let address = file
            .address
            .as_deref()
            .ok_or_else(|| unusable("the public preview names this file and does not offer it"))?;
        let url = self.base.join(address).map_err(|_| unusable("the preview gives no usable address"))?;
        let opts = GetOpts {
            endpoint: Some("file"),
            body_bytes_max: Some(FILE_BYTES_MAX),
            request_ms: Some(FILE_REQUEST_MS),
            ..GetOpts::default()
        };
        Ok(self.client.get(&url, &opts)?.body)
    }
}

impl Connector for TelegramPreviewConnector {
    fn name(&self) -> &'static str {
        NAME
    }

    fn collect(&mut self, cursor: Option<&Cursor>, take: Take<'_>) -> Result<(), CollectError> {
        self.round(cursor, take)
    }

    /// Looks the message up once more, because addresses of files do not last.
    fn fetch_file(&mut self, url: &str) -> Result<Vec<u8>, CollectError> {
        let gone = |why: &str| CollectError::BadAddress { address: url.to_owned(), why: why.to_owned() };
        let (link, place) = url.split_once("#file-").ok_or_else(|| gone("it names no file of a message"))?;
        let id = link.rsplit('/').next().and_then(|id| id.parse::<u64>().ok());
        let (id, place) = id.zip(place.parse::<usize>().ok()).ok_or_else(|| gone("it names no file of a message"))?;
        let (_, page) = self.page(Some(id.saturating_add(1)))?;
        let message = page.messages.iter().find(|message| message.id == id);
        let file = message.and_then(|message| message.files.get(place));
        self.file(file.ok_or_else(|| gone("its message is gone"))?)
    }
}

fn is_channel(name: &str) -> bool {
    (4..=32).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// What makes two sightings of a message the same.
fn state(message: &Message) -> String {
    let mut hash = Sha256::new();
    let files: Vec<&str> = message.files.iter().map(|file| file.name.as_str()).collect();
    for part in [message.found.state.word(), message.found.text.as_str(), &files.join("\n")] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn gap(gap_s: Option<(i64, i64)>) -> Option<(jiff::Timestamp, jiff::Timestamp)> {
    let (from, to) = gap_s?;
    Some((jiff::Timestamp::from_second(from).ok()?, jiff::Timestamp::from_second(to).ok()?))
}

/// The time that a page shows whole. Its first second and its last one may be shared with a neighbouring page, so both are
/// left out; a page whose times do not follow its ids vouches for nothing.
fn window(page: &Page) -> Option<CompleteWindow> {
    let times: Option<Vec<i64>> =
        page.messages.iter().map(|message| message.found.posted_at.map(|at| at.as_second())).collect();
    let times = times.filter(|times| page.whole && times.is_sorted())?;
    let (from, to) = gap(Some((times.first()?.checked_add(1)?, *times.last()?)))?;
    let native_ids = page.messages.iter().map(|message| message.found.native_id.clone()).collect();
    (from < to).then_some(CompleteWindow { from, to, native_ids })
}

#[cfg(test)]
mod tests;
