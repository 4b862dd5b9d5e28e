//! Who is connected by WebSocket, and how news reaches them.

use std::sync::mpsc::Sender;

use serde_json::{Map, Value, json};

/// News for connected clients.
#[derive(Debug, Clone)]
pub(super) enum Told {
    /// A message is new or changed: room and message as the REST interface shows it.
    Message(String, Box<Value>),
    /// A message is gone: room and id.
    Deleted(String, String),
    /// Many messages are gone: room and what the event says.
    Pruned(String, Box<Value>),
    /// The connection breaks.
    HangUp,
}

/// The connected clients.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    open: Vec<(u64, Sender<Told>)>,
    made: u64,
    /// Connections stay open and nothing is said on them any more.
    pub hushed: bool,
    /// Subscriptions that were granted, over all connections.
    pub subscribed: u64,
    /// Nobody is let in.
    pub shut: bool,
}

impl Sockets {
    /// Remembers a connection and returns its number.
    pub fn join(&mut self, send: Sender<Told>) -> u64 {
        self.made += 1;
        self.open.push((self.made, send));
        self.made
    }

    /// Forgets a connection.
    pub fn leave(&mut self, number: u64) {
        self.open.retain(|(known, _)| *known != number);
    }

    /// Passes news on; connections that have ended are forgotten.
    pub fn tell(&mut self, told: &Told) {
        self.open.retain(|(_, send)| send.send(told.clone()).is_ok());
    }

    /// Connections that are open.
    pub fn count(&self) -> usize {
        self.open.len()
    }
}

/// A message as DDP writes it: dates are objects with milliseconds.
pub(super) fn in_ddp(message: &Value) -> Value {
    let Some(fields) = message.as_object() else { return message.clone() };
    let dated = |name: &str, value: &Value| {
        let is_date = ["ts", "_updatedAt", "editedAt", "tlm", "dlm"].contains(&name);
        let ms = value.as_str().filter(|_| is_date)?.parse::<jiff::Timestamp>().ok()?.as_millisecond();
        Some(json!({"$date": ms}))
    };
    let fields: Map<String, Value> = fields
        .iter()
        .map(|(name, value)| (name.clone(), dated(name, value).unwrap_or_else(|| value.clone())))
        .collect();
    Value::Object(fields)
}
