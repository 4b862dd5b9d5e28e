//! Comparing what a room still shows with what is known. A server that keeps the history of deleted posts but shows no
//! status hides them without a word; a bulk removal may name no ids. So once a day the posts of the last weeks are listed,
//! and a known post that is not among them is gone ("deleted, inferred").
//!
//! A stretch is claimed as complete only when the room and every discussion below it were listed to the end of it, and
//! when deletions that the server does name have been taken before.

use jiff::Timestamp;
use vedette_core::{CompleteWindow, Cursor, FoundFile, GapNote, Haul, PageKeep};

use super::cursor::{History, Phase, Position, Sweep};
use super::discussions::GONE;
use super::history::{iso, smaller};
use super::message::{Kind, read};
use super::page::Page;
use super::{RocketchatConnector, Room, api, rooms};
use crate::CollectError;
use crate::connector::Take;
use crate::guard::{Response, shown};

/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 3_600 * 1_000;
/// Milliseconds after which the posts of the last weeks are compared again.
const SWEEP_EVERY_MS: i64 = DAY_MS;
/// Milliseconds that are looked back: as long as the server remembers deletions that it names.
const SWEEP_BACK_MS: i64 = 30 * DAY_MS;
/// Milliseconds up to now that are left out: the server's time is known to a second, and posts come in meanwhile.
const SWEEP_LAG_MS: i64 = 2_000;
/// Pages of the room in one round: `channels.history` has ten calls a minute, and other rooms need some.
const PAGES_PER_ROUND: usize = 5;
/// Pages of one discussion within a stretch; a longer one leaves the stretch unclaimed.
const PAGES_BELOW_MAX: usize = 50;
/// Messages asked for in one page.
const COUNT_MAX: u64 = 100;
/// Stretches that wait at once.
const SWEEPS_MAX: usize = 16;

/// A stretch as far as it was listed.
struct Listed {
    ids: Vec<String>,
    /// Epoch ms: from this time on everything is listed.
    from: i64,
    /// Epoch ms: where the next stretch begins; `None` at the end.
    next: Option<i64>,
    last: Option<Response>,
}

impl RocketchatConnector {
    /// Whether a day has passed since the last comparison.
    pub(crate) fn sweep_is_due(&self, position: &Position) -> bool {
        let now = self.env.now().as_millisecond();
        position.phase == Phase::Follow && position.swept_ms.is_none_or(|at| now - at >= SWEEP_EVERY_MS)
    }

    /// Compares what is due, some pages a round.
    pub(crate) fn sweeps(
        &mut self,
        room: &Room,
        position: &mut Position,
        notes: &mut Vec<String>,
        started: Timestamp,
        take: Take<'_>,
    ) -> Result<(), CollectError> {
        if position.phase != Phase::Follow {
            return Ok(());
        }
        // Only what was there when the round began: a discussion that was opened since is not listed yet.
        let now = self.env.now();
        let newest = self.api.server_now_ms() - (now.as_millisecond() - started.as_millisecond()) - SWEEP_LAG_MS;
        for (_, from, to) in self.env.board.take_stretches(self.id) {
            let sweep = Sweep { latest: to.saturating_add(1).min(newest), floor: from.saturating_sub(1) };
            if sweep.latest > sweep.floor && position.sweeps.len() < SWEEPS_MAX && !position.sweeps.contains(&sweep) {
                position.sweeps.push(sweep);
            }
        }
        if position.sweeps.is_empty() && self.sweep_is_due(position) {
            position.sweeps.push(Sweep { latest: newest, floor: newest - SWEEP_BACK_MS });
            position.swept_ms = Some(now.as_millisecond());
        }
        let Some(sweep) = position.sweeps.last().cloned() else { return Ok(()) };
        match self.sweep(&sweep, room, position, notes, take) {
            // The budget is used up: the rest is compared in the next round.
            Err(CollectError::RateLimited { .. }) => Ok(()),
            done => done,
        }
    }

    fn sweep(
        &mut self,
        sweep: &Sweep,
        room: &Room,
        position: &mut Position,
        notes: &mut Vec<String>,
        take: Take<'_>,
    ) -> Result<(), CollectError> {
        let before = position.write();
        let mut listed = self.list_room(sweep, room, notes, &before, take)?;
        let mut whole = true;
        for below in position.discussions.clone() {
            whole &= self.list_below(&below, sweep.latest, &mut listed, &before, take)?;
        }
        // What the server names as deleted is taken first, so that only the rest is inferred.
        self.follow(room, position, notes, take)?;
        if !whole {
            notes.push(format!(
                "posts between {} and {} were not compared: a discussion could not be listed",
                iso(listed.from),
                iso(sweep.latest)
            ));
        }
        position.sweeps.retain(|known| known != sweep);
        if let Some(latest) = listed.next.filter(|latest| *latest > sweep.floor) {
            position.sweeps.push(Sweep { latest, floor: sweep.floor });
        }
        let Some(answer) = listed.last.take() else { return Ok(()) };
        let (from, to) = (time(listed.from), time(sweep.latest));
        let claimed = whole && from < to;
        let page = Page { answer: &answer, fresh: Vec::new(), membership: true };
        let native_ids = std::mem::take(&mut listed.ids);
        self.hand_over(page, position.write(), notes, &mut |mut haul: Haul| {
            haul.page_keep = PageKeep::HashOnly("its posts were handed over one haul earlier".to_owned());
            if claimed {
                haul.gaps.push(GapNote::Closed { from, to });
                haul.complete = Some(CompleteWindow { from, to, native_ids: native_ids.clone() });
            }
            take(haul)
        })
    }

    /// Lists the room from the newest of the stretch backwards.
    fn list_room(
        &mut self,
        sweep: &Sweep,
        room: &Room,
        notes: &mut Vec<String>,
        cursor: &Cursor,
        take: Take<'_>,
    ) -> Result<Listed, CollectError> {
        let mut listed = Listed { ids: Vec::new(), from: sweep.latest, next: Some(sweep.latest), last: None };
        for _ in 0..PAGES_PER_ROUND {
            let at = History { latest: Some(listed.from), oldest: Some(sweep.floor), ..History::default() };
            let answer = match self.listing_page(room, &at) {
                Err(CollectError::TooLarge { .. }) => {
                    notes.push(format!("posts before {} were not compared: one is too large", iso(listed.from)));
                    listed.next = None;
                    break;
                }
                answer => answer?,
            };
            let oldest = self.take_listed(&answer, room, &mut listed.ids, cursor, take)?;
            listed.last = Some(answer);
            match oldest {
                None => {
                    (listed.from, listed.next) = (sweep.floor.saturating_add(1), None);
                    break;
                }
                // The page ends among posts of one millisecond: those are compared with the next page.
                Some(oldest) if oldest + 1 < listed.from => {
                    listed.from = oldest + 1;
                    listed.next = Some(oldest + 1);
                }
                Some(oldest) => {
                    notes.push(format!("posts of {} were not compared: a page holds no others", iso(oldest)));
                    listed.next = Some(oldest);
                    break;
                }
            }
        }
        Ok(listed)
    }

    /// Lists a discussion within the stretch; `false` when that was not possible to the end.
    fn list_below(
        &mut self,
        below: &Position,
        latest: i64,
        listed: &mut Listed,
        cursor: &Cursor,
        take: Take<'_>,
    ) -> Result<bool, CollectError> {
        match below.closed.as_deref() {
            Some(GONE) => return Ok(true),
            Some(_) => return Ok(false),
            None => {}
        }
        let info = match self.word(&below.room_id).listed {
            Some(info) => Some(info),
            None => self.api.room_by_id(&below.room_id)?,
        };
        let Some(info) = info else { return Ok(true) };
        let room = rooms::permit(&self.api, &self.source, info)?;
        let mut at = History { latest: Some(latest), oldest: Some(listed.from - 1), ..History::default() };
        for _ in 0..PAGES_BELOW_MAX {
            let answer = match self.listing_page(&room, &at) {
                Err(CollectError::TooLarge { .. } | CollectError::Forbidden { .. }) => return Ok(false),
                answer => answer?,
            };
            match self.take_listed(&answer, &room, &mut listed.ids, cursor, take)? {
                None => return Ok(true),
                Some(oldest) if at.latest.is_none_or(|latest| oldest + 1 < latest) => at.latest = Some(oldest + 1),
                Some(_) => return Ok(false),
            }
        }
        Ok(false)
    }

    /// One page of a listing, smaller when it does not fit.
    fn listing_page(&mut self, room: &Room, at: &History) -> Result<Response, CollectError> {
        let mut count = COUNT_MAX;
        loop {
            match self.history_page(room, at, count) {
                Err(CollectError::TooLarge { .. }) if count > 1 => count = smaller(count),
                answer => return answer,
            }
        }
    }

    /// Hands over what a page shows, and returns the time of its oldest message; `None` when it is empty. Files are not
    /// fetched again: those that are new wait like others that could not be fetched.
    fn take_listed(
        &mut self,
        answer: &Response,
        room: &Room,
        ids: &mut Vec<String>,
        cursor: &Cursor,
        take: Take<'_>,
    ) -> Result<Option<i64>, CollectError> {
        let link = |id: &str| format!("{}?msg={id}", room.link);
        let (mut fresh, mut oldest, mut membership) = (Vec::new(), None::<i64>, false);
        for slice in api::history_slices(answer)? {
            let mut message = read(slice.get(), &link);
            oldest = message.ts_ms.into_iter().chain(oldest).min();
            membership |= matches!(message.kind, Kind::Membership);
            if !message.id.is_empty() && !ids.contains(&message.id) {
                ids.push(message.id.clone());
            }
            if let Kind::Post(found, wanted) = &mut message.kind {
                found.files = wanted.drain(..).map(|file| self.waiting_file(file, "to be fetched")).collect();
                // They were told when the post was taken.
                message.notes.clear();
                fresh.push(message);
            }
        }
        fresh.reverse();
        if !fresh.is_empty() {
            let page = Page { answer, fresh, membership };
            self.hand_over(page, cursor.clone(), &mut Vec::new(), take)?;
        }
        Ok(oldest)
    }

    /// A file that is named and not fetched now.
    pub(crate) fn waiting_file(&self, file: super::WantedFile, why: &str) -> FoundFile {
        let url = self.api.resolve(&file.link).ok().map(|url| shown(&url));
        FoundFile { name: file.name, media_type: file.media_type, url, bytes: Err(why.to_owned()) }
    }
}

fn time(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}
