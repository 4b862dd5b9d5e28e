//! What owners and administrators do to rooms and accounts, beyond posting: prune, rename, archive, remove, let in, lock out.

use serde_json::json;

use super::Core;
use super::live::Told;
use super::state::{NewPost, State, Trashed, iso};
use crate::http::locked;

/// A bulk removal of what was posted between two times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prune {
    /// Epoch milliseconds; posts of this very time go too when `inclusive`.
    pub from_ms: i64,
    /// Epoch milliseconds; posts of this very time go too when `inclusive`.
    pub to_ms: i64,
    /// Whether the two ends belong to it.
    pub inclusive: bool,
}

impl State {
    /// Removes posts for good, hidden copies included, and returns their ids.
    fn prune(&mut self, room: &str, prune: Prune) -> Vec<String> {
        let Some(room) = self.room(room).map(|room| room.id.clone()) else { return Vec::new() };
        let now = self.now();
        let within = |ts: i64| match prune.inclusive {
            true => ts >= prune.from_ms && ts <= prune.to_ms,
            false => ts > prune.from_ms && ts < prune.to_ms,
        };
        let gone: Vec<String> = self
            .messages
            .iter()
            .filter(|message| message.room == room && within(message.ts))
            .map(|message| message.id.clone())
            .collect();
        self.messages.retain(|message| !(message.room == room && within(message.ts)));
        for file in &mut self.files {
            file.gone |= gone.iter().any(|id| file.message_of(id));
        }
        if self.settings.pruned_to_trash {
            self.trash.extend(gone.iter().map(|id| Trashed { id: id.clone(), room: room.clone(), deleted: now }));
        }
        let (from, to) = (json!({"$date": prune.from_ms}), json!({"$date": prune.to_ms}));
        let ts = if prune.inclusive { json!({"$gte": from, "$lte": to}) } else { json!({"$gt": from, "$lt": to}) };
        let mut what = json!({"rid": room, "excludePinned": false, "ignoreDiscussion": false, "ts": ts, "users": []});
        if self.settings.prune_names_ids {
            what["ids"] = json!(gone);
        }
        self.sockets.tell(&Told::Pruned(room, Box::new(what)));
        gone
    }

    /// A system message, as the server writes one after an act on a room.
    fn announce(&mut self, room: &str, kind: &str, text: &str) {
        let now = self.now();
        self.post(NewPost { system: Some(kind.to_owned()), ..NewPost::text(room, "rocket.cat", text).at(now) });
    }
}

impl Core {
    /// Removes what was posted in a room between two times, and returns the ids of what is gone.
    pub fn prune(&self, room: &str, prune: Prune) -> Vec<String> {
        locked(&self.state).prune(room, prune)
    }

    /// Gives a room another name.
    pub fn rename(&self, room: &str, name: &str) {
        let mut state = locked(&self.state);
        let Some(id) = state.room(room).map(|room| room.id.clone()) else { return };
        if let Some(found) = state.rooms.iter_mut().find(|found| found.id == id) {
            name.clone_into(&mut found.name);
        }
        state.announce(&id, "r", name);
    }

    /// Closes a room to new posts; what is in it stays readable.
    pub fn archive(&self, room: &str) {
        let mut state = locked(&self.state);
        let Some(id) = state.room(room).map(|room| room.id.clone()) else { return };
        state.announce(&id, "room-archived", "");
        if let Some(found) = state.rooms.iter_mut().find(|found| found.id == id) {
            found.archived = true;
        }
    }

    /// Removes a room with all that is in it.
    pub fn remove_room(&self, room: &str) {
        let mut state = locked(&self.state);
        let Some(id) = state.room(room).map(|room| room.id.clone()) else { return };
        state.rooms.retain(|room| room.id != id);
        state.messages.retain(|message| message.room != id);
        state.trash.retain(|gone| gone.room != id);
    }

    /// Makes the room private: only members see it.
    pub fn make_private(&self, room: &str) {
        let mut state = locked(&self.state);
        let Some(id) = state.room(room).map(|room| room.id.clone()) else { return };
        if let Some(found) = state.rooms.iter_mut().find(|found| found.id == id) {
            found.private = true;
        }
    }

    /// The owner lets the account into the room, or again out of it; no message tells of it.
    pub fn let_in(&self, room: &str, member: bool) {
        let mut state = locked(&self.state);
        let username = state.observer.username.clone();
        let Some(id) = state.room(room).map(|room| room.id.clone()) else { return };
        if let Some(found) = state.rooms.iter_mut().find(|found| found.id == id) {
            match member {
                true => found.members.insert(username),
                false => found.members.remove(&username),
            };
        }
    }

    /// The account may read the room again.
    pub fn allow(&self, room: &str) {
        let mut state = locked(&self.state);
        for found in state.rooms.iter_mut().filter(|found| found.id == room || found.name == room) {
            found.forbidden = false;
        }
    }

    /// The message that stands for a discussion in its parent room.
    pub fn announce_discussion(&self, parent: &str, discussion: &str, id: &str, ts_ms: i64) {
        let mut state = locked(&self.state);
        let Some(room) = state.room(discussion).cloned() else { return };
        let extra = [("drid", json!(room.id)), ("dcount", json!(0)), ("dlm", json!(iso(ts_ms)))];
        let extra = extra.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        state.post(NewPost {
            id: id.to_owned(),
            system: Some("discussion-created".to_owned()),
            extra,
            ..NewPost::text(parent, "wick_keeper", &room.name).at(ts_ms)
        });
    }

    /// Every token stops working after so many more REST calls.
    pub fn expire_tokens_after(&self, calls: u64) {
        locked(&self.state).calls_until_expiry = Some(calls);
    }

    /// The personal token works again, as after its owner made a new one.
    pub fn renew_token(&self) {
        locked(&self.state).renew_token();
    }

    /// All WebSocket connections break off, without a word.
    pub fn drop_sockets(&self) {
        locked(&self.state).sockets.tell(&Told::HangUp);
    }

    /// Connections stay open and the server says nothing on them any more.
    pub fn hush_sockets(&self, hushed: bool) {
        locked(&self.state).sockets.hushed = hushed;
    }

    /// Nobody is let in by WebSocket while this holds.
    pub fn shut_sockets(&self, shut: bool) {
        locked(&self.state).sockets.shut = shut;
    }

    /// WebSocket connections that are open.
    pub fn sockets(&self) -> usize {
        locked(&self.state).sockets.count()
    }

    /// Subscriptions granted so far, over all connections.
    pub fn subscriptions(&self) -> u64 {
        locked(&self.state).sockets.subscribed
    }

    /// The server's time, epoch milliseconds.
    pub fn now_ms(&self) -> i64 {
        locked(&self.state).now()
    }

    /// Where files are redirected to.
    pub fn files_elsewhere(&self) -> Option<String> {
        locked(&self.state).settings.files_at.clone()
    }

    /// Changes a setting while the server runs.
    pub fn set(&self, change: impl FnOnce(&mut super::Settings)) {
        let mut state = locked(&self.state);
        change(&mut state.settings);
        let limits = state.settings.limits;
        state.limiter.set(limits);
    }
}
