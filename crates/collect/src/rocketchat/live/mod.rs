//! Hearing rooms as they speak: one WebSocket for all rooms of one server that are followed with one account.
//!
//! There is no replay: what is said while nobody listens is gone on this way. So what is heard never moves a source's
//! cursor, and whenever the rooms of a source are on again, a round over REST is asked for, which goes on from there. A
//! break opens a gap in the ledger; the round that follows closes it.

mod files;
mod frames;
mod news;
mod rooms;
mod socket;

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::value::RawValue;
use vedette_core::limits::ATTACHMENTS_MAX;
use vedette_core::{Cursor, NewSource, Source, SourceId};

use self::files::{Fetcher, Order, unfetched};
use self::frames::Frame;
use self::news::News;
use self::rooms::{Tuned, Wanted};
use self::socket::Socket;
use super::api::Api;
use crate::connector::Hear;
use crate::guard::{pace_later as later, shown};
use crate::{CollectError, Env, Live, LiveEvent, Secret};

/// Stream of messages: new, edited and removed ones alike.
const MESSAGES: &str = "stream-room-messages";
/// Stream of notices about a room; needs membership.
const NOTICES: &str = "stream-notify-room";
/// Notices that are listened to. Typing and presence are not.
const DELETIONS: [&str; 2] = ["deleteMessage", "deleteMessageBulk"];

/// Posts whose last state is remembered; forgetting one only repeats it.
const TOLD_MAX: usize = 10_000;

/// Times of the conversation, each with its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rhythm {
    /// Milliseconds of one look for a frame: so soon the program can stop.
    pub(crate) tick_ms: u64,
    /// Milliseconds between two subscriptions: the server allows 40 in 40 seconds.
    pub(crate) subscribe_ms: u64,
    /// Milliseconds of silence after which we ask whether anybody is there; servers ping every 15 to 30 seconds.
    pub(crate) silence_ms: u64,
    /// Milliseconds that an answer may take.
    pub(crate) answer_ms: u64,
    /// Milliseconds before the first new try; doubled up to the longest.
    pub(crate) backoff_ms: u64,
    /// The longest pause between two tries.
    pub(crate) backoff_ms_max: u64,
}

impl Default for Rhythm {
    fn default() -> Self {
        Self {
            tick_ms: 250,
            subscribe_ms: 1_000,
            silence_ms: 45_000,
            answer_ms: 20_000,
            backoff_ms: 1_000,
            backoff_ms_max: 60_000,
        }
    }
}

/// Sources that can share a connection: one server, one account, one way there. A source that goes through a proxy has
/// none: the connection would go around it.
pub fn live_key(asked: &NewSource) -> Option<String> {
    if asked.reach.proxy.is_some() {
        return None;
    }
    let mut allowed = asked.allow_private.clone();
    allowed.sort_unstable();
    let secret = asked.secret.as_deref().unwrap_or_default();
    Some(format!("rocketchat {} {secret} {}", asked.address.trim_end_matches('/'), allowed.join(",")))
}

/// Listens to the rooms of one server.
pub struct RocketchatLive {
    api: Api,
    wanted: Vec<Wanted>,
    rhythm: Rhythm,
    env: Env,
}

/// How a connection ended.
enum End {
    Stopped,
    /// It broke, and why; when something last came over it.
    Lost {
        since: Timestamp,
        why: String,
        rooms: Vec<Tuned>,
    },
}

/// One connection while it lasts.
struct Session<'a> {
    live: &'a mut RocketchatLive,
    socket: Socket,
    rooms: Vec<Tuned>,
    fetcher: Fetcher,
    /// Subscriptions still to be asked for: place of the room, stream, name.
    queue: VecDeque<(usize, &'static str, String)>,
    /// Subscriptions that were asked for; a subscription's id is its place here.
    asked: Vec<(usize, &'static str)>,
    next_ask: Timestamp,
    heard: Timestamp,
    pinged: Option<Timestamp>,
    /// What was last handed over of a post: reactions and pins send it again unchanged, with its files.
    told: HashMap<(SourceId, String), u64>,
}

impl RocketchatLive {
    /// A connection for sources that share a [`live_key`], with their stored cursors; nothing is connected yet.
    pub fn new(sources: &[(Source, Option<Cursor>)], secret: Option<&Secret>, env: Env) -> Result<Self, CollectError> {
        let (first, _) = sources.first().ok_or_else(|| CollectError::Refused("no source to listen to".to_owned()))?;
        let api = Api::new(&first.asked, secret, env.clone())?;
        let wanted = sources.iter().map(|(source, cursor)| Wanted::new(source, cursor.as_ref()));
        Ok(Self { api, wanted: wanted.collect::<Result<_, _>>()?, rhythm: Rhythm::default(), env })
    }

    #[cfg(test)]
    pub(crate) fn set_rhythm(&mut self, rhythm: Rhythm) {
        self.rhythm = rhythm;
    }

    /// One connection, from the look-up of its rooms to its end.
    fn connection(&mut self, stop: &dyn Fn() -> bool, event: Hear<'_>) -> Result<End, CollectError> {
        let (user_id, token) = self.api.token()?;
        let (rooms, refused) = rooms::tune(&mut self.api, &self.wanted)?;
        for (source, error) in refused {
            event(LiveEvent::CatchUp(source, format!("its room cannot be listened to: {error}")))?;
        }
        let Some(first) = rooms.first() else {
            return Err(CollectError::Refused(format!("no room of {} can be listened to", self.api.server())));
        };
        tracing::debug!(rooms = rooms.len(), first = %first.id, "opening a live connection");
        let tick = Duration::from_millis(self.rhythm.tick_ms);
        let (url, env) = (self.api.websocket(), self.env.clone());
        let socket = Socket::open(&url, self.api.allow_private(), tick, &env)?;
        let secret = Secret::Token { user_id, token: token.clone() };
        let source = self.wanted.first().map(|wanted| wanted.asked.clone());
        let source = source.expect("a room that was found belongs to a source");
        let fetcher = Fetcher::start(&source, &secret, env.clone())?;
        let now = env.now();
        let mut session = Session {
            live: self,
            socket,
            rooms: Vec::new(),
            fetcher,
            queue: VecDeque::new(),
            asked: Vec::new(),
            next_ask: now,
            heard: now,
            pinged: None,
            told: HashMap::new(),
        };
        for room in rooms {
            session.listen_to(room);
        }
        // Posts first, everywhere; notices of deletions need membership and are many.
        session.queue.make_contiguous().sort_by_key(|(_, stream, _)| *stream != MESSAGES);
        let outcome = session.talk(&token, stop, event);
        let Session { socket, rooms, heard, .. } = session;
        match outcome {
            Ok(()) => {
                socket.close();
                Ok(End::Stopped)
            }
            Err(Ended::Broken(why)) => Ok(End::Lost { since: heard, why, rooms }),
            Err(Ended::Error(error)) => {
                socket.close();
                Err(error)
            }
        }
    }

    /// Tells that the connection is gone, and opens a gap for each room that was on.
    fn tell_lost(&self, since: Timestamp, why: &str, rooms: &[Tuned], event: Hear<'_>) -> Result<(), CollectError> {
        let now = self.env.now();
        event(LiveEvent::Lost { since, why: why.to_owned() })?;
        for room in rooms.iter().filter(|room| room.on && room.main) {
            event(LiveEvent::Haul(room.source, Box::new(news::gap(room, &self.api, since, now, why))))?;
            self.env.board.open_gap(room.source, since, now);
        }
        Ok(())
    }
}

/// Whether asking again later cannot mend it.
fn is_final(error: &CollectError) -> bool {
    !matches!(
        error,
        CollectError::Unreachable { .. }
            | CollectError::Timeout { .. }
            | CollectError::RateLimited { .. }
            | CollectError::TooLarge { .. }
            | CollectError::Malformed { .. }
            | CollectError::Status { status: 500.., .. }
    )
}

impl Live for RocketchatLive {
    fn run(&mut self, stop: &dyn Fn() -> bool, event: Hear<'_>) -> Result<(), CollectError> {
        let mut pause_ms = self.rhythm.backoff_ms;
        while !stop() {
            let started = self.env.now();
            match self.connection(stop, event) {
                Ok(End::Stopped) => break,
                Ok(End::Lost { since, why, rooms }) => self.tell_lost(since, &why, &rooms, event)?,
                Err(error) if is_final(&error) => {
                    self.api.logout();
                    return Err(error);
                }
                Err(error) => event(LiveEvent::Lost { since: started, why: error.to_string() })?,
            }
            // A connection that lasted was a good one: the next try comes soon.
            let lasted = later(started, Duration::from_millis(self.rhythm.silence_ms)) <= self.env.now();
            pause_ms = if lasted { self.rhythm.backoff_ms } else { pause_ms };
            let pause = Duration::from_millis(pause_ms);
            if stop() || self.env.wait(pause).is_err() {
                break;
            }
            pause_ms = (pause_ms * 2).min(self.rhythm.backoff_ms_max);
        }
        self.api.logout();
        Ok(())
    }
}

/// Why a conversation ended.
enum Ended {
    /// The connection; another one mends it.
    Broken(String),
    /// Something that a new connection does not mend.
    Error(CollectError),
}

impl From<CollectError> for Ended {
    fn from(error: CollectError) -> Self {
        Self::Error(error)
    }
}

impl From<String> for Ended {
    fn from(why: String) -> Self {
        Self::Broken(why)
    }
}

impl Session<'_> {
    fn listen_to(&mut self, room: Tuned) {
        let place = self.rooms.len();
        self.queue.push_back((place, MESSAGES, room.id.clone()));
        for notice in DELETIONS {
            self.queue.push_back((place, NOTICES, format!("{}/{notice}", room.id)));
        }
        self.rooms.push(room);
    }

    fn talk(&mut self, token: &str, stop: &dyn Fn() -> bool, event: Hear<'_>) -> Result<(), Ended> {
        if !self.greet(token, stop)? {
            return Ok(());
        }
        event(LiveEvent::Connected)?;
        while !stop() {
            self.ask_on()?;
            if let Some(text) = self.socket.next()? {
                self.heard = self.live.env.now();
                self.pinged = None;
                self.answer(&text, event)?;
            } else {
                self.mind_silence()?;
            }
            while let Some(order) = self.fetcher.fetched() {
                self.hand_over_files(order, event)?;
            }
        }
        Ok(())
    }

    /// Opens the session and logs in; `false` when the program stops meanwhile.
    fn greet(&mut self, token: &str, stop: &dyn Fn() -> bool) -> Result<bool, Ended> {
        const LOGIN: &str = "login";
        self.socket.send(frames::connect())?;
        let deadline = later(self.live.env.now(), Duration::from_millis(self.live.rhythm.answer_ms));
        while !stop() {
            if self.live.env.now() > deadline {
                return Err(Ended::Broken("the server did not answer the greeting".to_owned()));
            }
            let Some(text) = self.socket.next()? else { continue };
            self.heard = self.live.env.now();
            match Frame::read(&text) {
                Frame::Connected => self.socket.send(frames::login(LOGIN, token))?,
                Frame::Failed => return Err(Ended::Broken("the server speaks another version of DDP".to_owned())),
                Frame::Ping(id) => self.socket.send(frames::pong(id))?,
                Frame::Result { id, error: None } if id == LOGIN => return Ok(true),
                Frame::Result { id, error: Some(said) } if id == LOGIN => {
                    self.live.api.forget_login();
                    let url = shown(&self.live.api.websocket());
                    return Err(Ended::Error(CollectError::Unauthorised { url, said }));
                }
                _ => {}
            }
        }
        Ok(false)
    }

    /// Asks for the next stream when it is time.
    fn ask_on(&mut self) -> Result<(), Ended> {
        let now = self.live.env.now();
        if now < self.next_ask {
            return Ok(());
        }
        let Some((place, stream, name)) = self.queue.pop_front() else { return Ok(()) };
        self.next_ask = later(now, Duration::from_millis(self.live.rhythm.subscribe_ms));
        let id = self.asked.len().to_string();
        self.asked.push((place, stream));
        Ok(self.socket.send(frames::subscribe(&id, stream, &name))?)
    }

    /// Asks whether anybody is there, and gives up when nobody is.
    fn mind_silence(&mut self) -> Result<(), Ended> {
        let (now, rhythm) = (self.live.env.now(), self.live.rhythm);
        match self.pinged {
            Some(at) if later(at, Duration::from_millis(rhythm.answer_ms)) <= now => {
                Err(Ended::Broken("the server went silent".to_owned()))
            }
            Some(_) => Ok(()),
            None if later(self.heard, Duration::from_millis(rhythm.silence_ms)) <= now => {
                self.pinged = Some(now);
                Ok(self.socket.send(frames::ping())?)
            }
            None => Ok(()),
        }
    }

    fn answer(&mut self, text: &str, event: Hear<'_>) -> Result<(), Ended> {
        match Frame::read(text) {
            Frame::Ping(id) => self.socket.send(frames::pong(id))?,
            Frame::Ready(subs) => {
                for sub in subs {
                    self.stream_is_on(&sub, event)?;
                }
            }
            Frame::NoSub(sub, said) => self.stream_is_off(&sub, &said, event)?,
            Frame::Event { name, stream, args } => self.hear(text, &stream, &name, &args, event)?,
            _ => {}
        }
        Ok(())
    }

    /// A stream is on. When all rooms of a source are, what came before is asked for over REST.
    fn stream_is_on(&mut self, sub: &str, event: Hear<'_>) -> Result<(), CollectError> {
        let Some((place, MESSAGES)) = sub.parse::<usize>().ok().and_then(|id| self.asked.get(id).copied()) else {
            return Ok(());
        };
        let Some(room) = self.rooms.get_mut(place) else { return Ok(()) };
        room.on = true;
        let source = room.source;
        let waiting = self.queue.iter().any(|(place, stream, _)| {
            *stream == MESSAGES && self.rooms.get(*place).is_some_and(|room| room.source == source)
        });
        match waiting {
            true => Ok(()),
            false => event(LiveEvent::CatchUp(source, "live news are on: what came before is asked for".to_owned())),
        }
    }

    fn stream_is_off(&mut self, sub: &str, said: &str, event: Hear<'_>) -> Result<(), CollectError> {
        let Some((place, stream)) = sub.parse::<usize>().ok().and_then(|id| self.asked.get(id).copied()) else {
            return Ok(());
        };
        let Some(room) = self.rooms.get_mut(place) else { return Ok(()) };
        let why = match stream {
            MESSAGES => {
                room.on = false;
                format!("live news of room {} were refused ({said}): it is asked for news in rounds only", room.id)
            }
            // Without membership that is the rule, so it is no news: deletions are found by the rounds.
            _ => {
                tracing::debug!(room = %room.id, said, "no live notices of deletions");
                return Ok(());
            }
        };
        let room = room.clone();
        let mut haul = news::empty(&room, &self.live.api, self.live.env.now());
        haul.notes.push(why.clone());
        event(LiveEvent::Haul(room.source, Box::new(haul)))?;
        event(LiveEvent::CatchUp(room.source, why))
    }

    /// An event of a room.
    fn hear(
        &mut self,
        frame: &str,
        stream: &str,
        name: &str,
        args: &[&RawValue],
        event: Hear<'_>,
    ) -> Result<(), Ended> {
        let (id, notice) = name.split_once('/').map_or((name, None), |(id, notice)| (id, Some(notice)));
        let places: Vec<usize> =
            (0..self.rooms.len()).filter(|place| self.rooms.get(*place).is_some_and(|room| room.id == id)).collect();
        // One room can belong to several sources.
        for place in places {
            let Some(room) = self.rooms.get(place).cloned() else { continue };
            for arg in args {
                let news = match (stream, notice) {
                    (MESSAGES, None) => news::message(arg, &room),
                    (NOTICES, Some("deleteMessage")) => news::deletion(arg, &room),
                    (NOTICES, Some("deleteMessageBulk")) => news::bulk_deletion(arg, &room),
                    _ => continue,
                };
                self.pass_on(frame, &room, news, event)?;
            }
        }
        Ok(())
    }

    fn pass_on(&mut self, frame: &str, room: &Tuned, mut news: News, event: Hear<'_>) -> Result<(), Ended> {
        let env = self.live.env.clone();
        if self.is_known(room.source, &news) {
            return Ok(());
        }
        for (place, mut wanted) in std::mem::take(&mut news.wanted) {
            wanted.truncate(ATTACHMENTS_MAX);
            let Some(found) = news.found.get_mut(place) else { continue };
            let without = found.clone();
            found.files = wanted.iter().map(|file| unfetched(&self.live.api, file)).collect();
            let order = Order { room: room.clone(), frame: frame.to_owned(), found: without, wanted };
            self.fetcher.order(order);
        }
        let (discussion, pruned) = (news.discussion.take(), news.pruned);
        for haul in news::hauls(frame, room, &mut news, &self.live.api, env.now()) {
            event(LiveEvent::Haul(room.source, Box::new(haul)))?;
        }
        if let Some((from_ms, to_ms)) = pruned {
            env.board.compare(room.source, &room.id, from_ms, to_ms);
            let why = "posts were removed in bulk without being named: what is left is compared".to_owned();
            event(LiveEvent::CatchUp(room.source, why))?;
        }
        if let Some(id) = discussion.filter(|id| room.main && !self.rooms.iter().any(|known| known.id == *id)) {
            event(LiveEvent::CatchUp(room.source, "a discussion was opened".to_owned()))?;
            if let Some(below) = rooms::tune_below(&mut self.live.api, &self.live.wanted, room, &id)? {
                self.listen_to(below);
            }
        }
        Ok(())
    }

    /// Whether the one post of an event was handed over before, just as it is.
    fn is_known(&mut self, source: SourceId, news: &News) -> bool {
        let [found] = news.found.as_slice() else { return false };
        let mut state = DefaultHasher::new();
        (found.state.word(), &found.text, found.edited_at).hash(&mut state);
        for file in news.wanted.iter().flat_map(|(_, wanted)| wanted) {
            (&file.name, &file.link).hash(&mut state);
        }
        if self.told.len() >= TOLD_MAX {
            self.told.clear();
        }
        let state = state.finish();
        self.told.insert((source, found.native_id.clone()), state) == Some(state)
    }

    /// A post again, with its files.
    fn hand_over_files(&mut self, order: Order, event: Hear<'_>) -> Result<(), Ended> {
        let mut news = News { found: vec![order.found], ..News::default() };
        let now = self.live.env.now();
        for haul in news::hauls(&order.frame, &order.room, &mut news, &self.live.api, now) {
            event(LiveEvent::Haul(order.room.source, Box::new(haul)))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
