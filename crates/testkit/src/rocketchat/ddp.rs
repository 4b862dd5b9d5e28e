//! DDP over WebSocket, as the two servers of Rocket.Chat speak it: the monolith on Meteor, and the streamer of larger installations.
//! They differ in their greeting, in who pings and how, and in the order of a method's result and its "updated".

use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::{Error, Message, WebSocket};

use super::live::{Told, in_ddp};
use super::state::State;
use crate::http::locked;

/// How long one look at the socket may take, milliseconds: news waits at most so long.
const TICK_MS: u64 = 3;
/// How long the handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(5);

/// Which server answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ddp {
    /// Greets before it is spoken to, pings with an id, says "updated" before the result.
    #[default]
    Meteor,
    /// Waits to be spoken to, pings without an id, says the result first.
    Streamer,
}

struct Talk<'a> {
    state: &'a Mutex<State>,
    socket: WebSocket<TcpStream>,
    news: Receiver<Told>,
    variant: Ddp,
    logged_in: bool,
    /// Subscriptions: id, stream, parameter.
    subs: Vec<(String, String, String)>,
    heard: Instant,
    pinged: Option<Instant>,
}

/// Talks until the connection ends.
pub(super) fn talk(state: &Mutex<State>, stream: TcpStream) {
    if locked(state).sockets.shut || stream.set_read_timeout(Some(HANDSHAKE)).is_err() {
        return;
    }
    let Ok(socket) = tungstenite::accept(stream) else { return };
    if socket.get_ref().set_read_timeout(Some(Duration::from_millis(TICK_MS))).is_err() {
        return;
    }
    let (send, news) = channel();
    let (number, variant) = {
        let mut state = locked(state);
        (state.sockets.join(send), state.settings.ddp)
    };
    let now = Instant::now();
    let mut talk = Talk { state, socket, news, variant, logged_in: false, subs: Vec::new(), heard: now, pinged: None };
    // Whatever ends the talk, the other side sees the connection break.
    talk.run().ok();
    locked(state).sockets.leave(number);
}

impl Talk<'_> {
    fn run(&mut self) -> Result<(), Error> {
        if self.variant == Ddp::Meteor {
            self.say(&json!({"server_id": "0"}))?;
        }
        loop {
            if locked(self.state).sockets.hushed {
                std::thread::sleep(Duration::from_millis(TICK_MS));
                if matches!(self.news.try_recv(), Ok(Told::HangUp)) {
                    return Ok(());
                }
                continue;
            }
            match self.socket.read() {
                Ok(Message::Text(text)) => {
                    self.heard = Instant::now();
                    let asked: Value = serde_json::from_str(&text).unwrap_or_default();
                    self.answer(&asked)?;
                }
                Ok(_) => {}
                Err(Error::Io(error))
                    if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {}
                Err(error) => return Err(error),
            }
            if !self.pass_on()? || !self.beat()? {
                return Ok(());
            }
        }
    }

    fn say(&mut self, value: &Value) -> Result<(), Error> {
        self.socket.send(Message::text(value.to_string()))
    }

    /// Sends what is due; `false` when the connection is to break.
    fn pass_on(&mut self) -> Result<bool, Error> {
        let mut due: Vec<Told> = self.news.try_iter().collect();
        // The break takes effect where it was ordered: what came later was never sent.
        let breaks = due.iter().position(|told| matches!(told, Told::HangUp));
        due.truncate(breaks.unwrap_or(due.len()));
        if locked(self.state).settings.newest_event_first {
            due.reverse();
        }
        for told in due {
            if let Some(event) = self.event(&told) {
                self.say(&event)?;
            }
        }
        Ok(breaks.is_none())
    }

    /// The event for a client that subscribed to it.
    fn event(&self, told: &Told) -> Option<Value> {
        let (stream, room, name, argument) = match told {
            Told::Message(room, message) => ("stream-room-messages", room, room.clone(), in_ddp(message)),
            Told::Deleted(room, id) => {
                ("stream-notify-room", room, format!("{room}/deleteMessage"), json!({"_id": id}))
            }
            Told::Pruned(room, what) => {
                ("stream-notify-room", room, format!("{room}/deleteMessageBulk"), what.as_ref().clone())
            }
            Told::HangUp => return None,
        };
        let subscribed = self.subs.iter().any(|(_, known, wanted)| known == stream && *wanted == name);
        let readable = locked(self.state).room(room).is_some_and(|room| !room.forbidden);
        (subscribed && readable).then(|| {
            json!({"msg": "changed", "collection": stream, "id": "id", "fields": {"eventName": name, "args": [argument]}})
        })
    }

    /// Pings, and hangs up on who does not answer.
    fn beat(&mut self) -> Result<bool, Error> {
        let every = Duration::from_millis(locked(self.state).settings.heartbeat_ms);
        match self.pinged {
            Some(at) if self.heard >= at => self.pinged = None,
            Some(at) if at.elapsed() > every / 2 => return Ok(false),
            Some(_) => {}
            None if self.heard.elapsed() > every => {
                self.pinged = Some(Instant::now());
                match self.variant {
                    Ddp::Meteor => self.say(&json!({"msg": "ping", "id": "beat"}))?,
                    Ddp::Streamer => self.say(&json!({"msg": "ping"}))?,
                }
            }
            None => {}
        }
        Ok(true)
    }

    fn answer(&mut self, asked: &Value) -> Result<(), Error> {
        match asked["msg"].as_str() {
            Some("connect") if asked["version"] == "1" => {
                self.say(&json!({"msg": "connected", "session": "mockSession"}))
            }
            Some("connect") => self.say(&json!({"msg": "failed", "version": "1"})),
            Some("ping") => match asked.get("id") {
                Some(id) => self.say(&json!({"msg": "pong", "id": id})),
                None => self.say(&json!({"msg": "pong"})),
            },
            Some("method") => self.method(asked),
            Some("sub") => self.subscribe(asked),
            Some("unsub") => {
                let id = asked["id"].as_str().unwrap_or_default();
                self.subs.retain(|(known, _, _)| known != id);
                self.say(&json!({"msg": "nosub", "id": id}))
            }
            _ => Ok(()),
        }
    }

    fn method(&mut self, asked: &Value) -> Result<(), Error> {
        let id = &asked["id"];
        let result = match asked["method"].as_str() {
            Some("login") => self.log_in(&asked["params"][0]),
            other => Err(
                json!({"isClientSafe": true, "error": 404, "reason": format!("Method '{}' not found", other.unwrap_or_default()),
                "message": "Method not found [404]", "errorType": "Meteor.Error"}),
            ),
        };
        let result = match result {
            Ok(result) => json!({"msg": "result", "id": id, "result": result}),
            Err(error) => json!({"msg": "result", "id": id, "error": error}),
        };
        let updated = json!({"msg": "updated", "methods": [id]});
        match self.variant {
            Ddp::Meteor => {
                if self.logged_in {
                    let me = locked(self.state).observer.to_json();
                    self.say(&json!({"msg": "added", "collection": "users", "id": me["_id"], "fields": me}))?;
                }
                self.say(&updated)?;
                self.say(&result)
            }
            Ddp::Streamer => {
                self.say(&result)?;
                self.say(&updated)
            }
        }
    }

    fn log_in(&mut self, params: &Value) -> Result<Value, Value> {
        let state = locked(self.state);
        match params["resume"].as_str() {
            Some(token) if state.tokens.contains(token) => {
                self.logged_in = true;
                Ok(json!({"id": state.observer.id, "token": token, "type": "resume",
                    "tokenExpires": {"$date": state.now() + 90 * 24 * 3_600_000}}))
            }
            _ => Err(json!({"isClientSafe": true, "error": 403, "errorType": "Meteor.Error",
                "reason": "You've been logged out by the server. Please log in again.",
                "message": "You've been logged out by the server. Please log in again. [403]"})),
        }
    }

    fn subscribe(&mut self, asked: &Value) -> Result<(), Error> {
        let (id, stream) = (asked["id"].as_str().unwrap_or_default(), asked["name"].as_str().unwrap_or_default());
        let param = asked["params"][0].as_str().unwrap_or_default();
        if !self.may_subscribe(stream, param) {
            return self.say(&json!({"msg": "nosub", "id": id, "error": {"isClientSafe": true, "error": "not-allowed",
                "message": "[not-allowed]", "errorType": "Meteor.Error"}}));
        }
        self.subs.push((id.to_owned(), stream.to_owned(), param.to_owned()));
        locked(self.state).sockets.subscribed += 1;
        self.say(&json!({"msg": "ready", "subs": [id]}))
    }

    /// Messages of public rooms may be previewed; notices need membership.
    fn may_subscribe(&self, stream: &str, param: &str) -> bool {
        let state = locked(self.state);
        let (room, notice) = param.split_once('/').map_or((param, None), |(room, notice)| (room, Some(notice)));
        let Some(room) =
            state.room(room).filter(|room| self.logged_in && room.id == param.split('/').next().unwrap_or_default())
        else {
            return false;
        };
        let member = room.members.contains(&state.observer.username);
        match (stream, notice) {
            ("stream-room-messages", None) => !room.forbidden && (member || !room.private),
            ("stream-notify-room", Some("deleteMessage" | "deleteMessageBulk")) => !room.forbidden && member,
            // Typing and membership: a watcher that asks for these has failed its test.
            _ => false,
        }
    }
}
