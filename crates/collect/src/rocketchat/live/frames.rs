//! What is said over the WebSocket (DDP, version 1): frames out as JSON, frames in read as far as they matter.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// A frame from the server.
#[derive(Debug)]
pub(crate) enum Frame<'a> {
    /// The session stands.
    Connected,
    /// The server speaks another version.
    Failed,
    /// It wants an answer, with this id if there is one.
    Ping(Option<Value>),
    /// The answer of a method: the error, if it failed.
    Result {
        /// Number of the call.
        id: String,
        /// What the server said when it refused.
        error: Option<String>,
    },
    /// Subscriptions that are on.
    Ready(Vec<String>),
    /// A subscription that was refused or ended, and why.
    NoSub(String, String),
    /// An event of a stream.
    Event {
        /// Room, and notice below it.
        name: Cow<'a, str>,
        /// The stream.
        stream: Cow<'a, str>,
        /// Exact slices of what it carries.
        args: Vec<&'a RawValue>,
    },
    /// Something else: a greeting, an answer to our ping, data that was not asked for.
    Other,
}

#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(borrow, default)]
    msg: Option<Cow<'a, str>>,
    #[serde(default)]
    id: Option<Value>,
    #[serde(default)]
    error: Option<Value>,
    #[serde(default)]
    subs: Vec<String>,
    #[serde(borrow, default)]
    collection: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    fields: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow, rename = "eventName")]
    name: Cow<'a, str>,
    #[serde(borrow)]
    args: Vec<&'a RawValue>,
}

impl<'a> Frame<'a> {
    /// Reads a frame; what cannot be read is [`Frame::Other`], because servers send greetings that are no DDP.
    pub(crate) fn read(text: &'a str) -> Self {
        let Ok(raw) = serde_json::from_str::<Raw<'a>>(text) else { return Self::Other };
        let id = || raw.id.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
        match raw.msg.as_deref() {
            Some("connected") => Self::Connected,
            Some("failed") => Self::Failed,
            Some("ping") => Self::Ping(raw.id),
            Some("result") => Self::Result { id: id(), error: raw.error.as_ref().map(words) },
            Some("ready") => Self::Ready(raw.subs),
            Some("nosub") => Self::NoSub(id(), raw.error.as_ref().map(words).unwrap_or_default()),
            Some("changed") => {
                let fields = raw.fields.and_then(|fields| serde_json::from_str::<Fields<'a>>(fields.get()).ok());
                match (fields, raw.collection) {
                    (Some(Fields { name, args }), Some(stream)) => Self::Event { name, stream, args },
                    _ => Self::Other,
                }
            }
            _ => Self::Other,
        }
    }
}

/// Characters of a server's own words that are repeated.
const WORDS_MAX: usize = 200;

fn words(error: &Value) -> String {
    let said = ["reason", "message", "error"].iter().find_map(|key| error.get(key)?.as_str());
    let said = said.map_or_else(|| error.to_string(), str::to_owned);
    said.chars().filter(|letter| !letter.is_control()).take(WORDS_MAX).collect()
}

/// Opens a session.
pub(crate) fn connect() -> String {
    json!({"msg": "connect", "version": "1", "support": ["1"]}).to_string()
}

/// Logs in by token.
pub(crate) fn login(id: &str, token: &str) -> String {
    json!({"msg": "method", "method": "login", "id": id, "params": [{"resume": token}]}).to_string()
}

/// Asks for a stream.
pub(crate) fn subscribe(id: &str, stream: &str, name: &str) -> String {
    json!({"msg": "sub", "id": id, "name": stream, "params": [name, false]}).to_string()
}

/// Asks whether anybody is there.
pub(crate) fn ping() -> String {
    json!({"msg": "ping"}).to_string()
}

/// Answers such a question, with its id if it had one.
pub(crate) fn pong(id: Option<Value>) -> String {
    match id {
        Some(id) => json!({"msg": "pong", "id": id}).to_string(),
        None => json!({"msg": "pong"}).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_read_as_far_as_they_matter() {
        for (text, expected) in [
            (r#"{"server_id":"0"}"#, "Other"),
            ("no json", "Other"),
            (r#"{"msg":"connected","session":"x"}"#, "Connected"),
            (r#"{"msg":"failed","version":"1"}"#, "Failed"),
            (r#"{"msg":"ping"}"#, "Ping(None)"),
            (r#"{"msg":"ping","id":"7"}"#, r#"Ping(Some(String("7")))"#),
            (r#"{"msg":"ready","subs":["a","b"]}"#, r#"Ready(["a", "b"])"#),
            (r#"{"msg":"nosub","id":"a","error":{"error":"not-allowed"}}"#, r#"NoSub("a", "not-allowed")"#),
            (r#"{"msg":"nosub","id":"a"}"#, r#"NoSub("a", "")"#),
            (r#"{"msg":"result","id":"1","result":{"token":"t"}}"#, r#"Result { id: "1", error: None }"#),
            (r#"{"msg":"result","id":"1","error":{"reason":"no"}}"#, r#"Result { id: "1", error: Some("no") }"#),
            (r#"{"msg":"changed","collection":"users","id":"x","fields":{}}"#, "Other"),
            (r#"{"msg":"updated","methods":["1"]}"#, "Other"),
        ] {
            assert_eq!(format!("{:?}", Frame::read(text)), expected, "{text}");
        }
    }

    #[test]
    fn an_event_keeps_the_exact_slice_of_what_it_carries() {
        let text = r#"{"msg":"changed","collection":"stream-room-messages","id":"id","fields":{"eventName":"R","args":[{"_id": "m",  "msg":"\u00e4"}]}}"#;
        let Frame::Event { name, stream, args } = Frame::read(text) else { panic!("an event") };
        assert_eq!((name.as_ref(), stream.as_ref()), ("R", "stream-room-messages"));
        assert_eq!(args[0].get(), r#"{"_id": "m",  "msg":"\u00e4"}"#);
    }
}
