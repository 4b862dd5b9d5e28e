//! The DevTools protocol over two pipes: JSON objects, each ended by a zero byte; requests have numbers, and what belongs to
//! a page carries the name of its session. No port is opened on any interface.
//!
//! The browser may be in the hands of a page. So a message is bounded, few wait at a time, and what is not asked for is
//! dropped before it is read closer.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{ChildStdin, ChildStdout};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Instant;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::BrowserError;
use super::fetching::Fetched;

/// Bytes of one message: a picture of 48 MiB in base 64 fits.
const MESSAGE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Messages that wait to be heard; the browser waits when there are more.
const WAITING_MAX: usize = 16;
/// Bytes of the words of an error that are repeated.
const SAID_CHARS_MAX: usize = 200;
/// Events that a capture heeds.
const HEEDED: [&str; 9] = [
    "Fetch.requestPaused",
    "Inspector.targetCrashed",
    "Network.webSocketCreated",
    "Page.frameNavigated",
    "Page.javascriptDialogOpening",
    "Page.loadEventFired",
    "Target.attachedToTarget",
    "Target.targetCrashed",
    "Target.targetCreated",
];

/// What arrives while a page is captured.
pub(super) enum News {
    /// A message of the browser.
    Message(Message),
    /// What was fetched for it.
    Fetched(Box<Fetched>),
    /// The pipe is closed; nothing more comes.
    Closed(String),
}

/// One message: an answer (with a number) or an event (with a method).
#[derive(Debug, Deserialize)]
pub(super) struct Message {
    id: Option<u64>,
    /// Name of the event.
    pub(super) method: Option<String>,
    /// The page or worker that it belongs to.
    #[serde(rename = "sessionId")]
    pub(super) session: Option<String>,
    params: Option<Box<RawValue>>,
    result: Option<Box<RawValue>>,
    error: Option<Refused>,
}

#[derive(Debug, Deserialize)]
struct Refused {
    message: String,
}

impl Message {
    /// What an event tells; `None` when it is not what the protocol says.
    pub(super) fn told<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(self.params.as_ref()?.get()).ok()
    }

    /// The answer to the request of this number, if it is one.
    pub(super) fn answers(&self, id: u64) -> bool {
        self.id == Some(id)
    }

    /// The result of a request, or what the browser said against it.
    pub(super) fn result<T: DeserializeOwned>(self) -> Result<T, String> {
        if let Some(refused) = self.error {
            return Err(refused.message.chars().take(SAID_CHARS_MAX).collect());
        }
        let text = self.result.as_ref().map_or("{}", |result| result.get());
        serde_json::from_str(text).map_err(|error| format!("an answer that cannot be read: {error}"))
    }
}

/// The two pipes.
pub(super) struct DevTools {
    to: ChildStdin,
    from: Receiver<News>,
    sender: SyncSender<News>,
    last_id: u64,
}

impl DevTools {
    /// Listens to a browser that was just started.
    pub(super) fn new(to: ChildStdin, from: ChildStdout) -> Result<Self, BrowserError> {
        let (sender, receiver) = sync_channel(WAITING_MAX);
        let hear = sender.clone();
        std::thread::Builder::new()
            .name("devtools".to_owned())
            .spawn(move || {
                let why = listen(BufReader::with_capacity(256 * 1024, from), &hear);
                // Nobody listens any more when the browser was given up.
                hear.send(News::Closed(why)).ok();
            })
            .map_err(BrowserError::lost)?;
        Ok(Self { to, from: receiver, sender, last_id: 0 })
    }

    /// Where those who fetch hand in what they fetched.
    pub(super) fn sender(&self) -> SyncSender<News> {
        self.sender.clone()
    }

    /// Sends a request; its number.
    pub(super) fn send(&mut self, session: Option<&str>, method: &str, params: &Value) -> Result<u64, BrowserError> {
        self.last_id += 1;
        let mut message = json!({"id": self.last_id, "method": method, "params": params});
        if let (Some(session), Some(message)) = (session, message.as_object_mut()) {
            message.insert("sessionId".to_owned(), session.into());
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.to.write_all(&bytes).and_then(|()| self.to.flush()).map_err(BrowserError::lost)?;
        Ok(self.last_id)
    }

    /// What arrives next; `None` when the time is over.
    pub(super) fn next(&self, deadline: Instant) -> Result<Option<News>, BrowserError> {
        match self.from.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(News::Closed(why)) => Err(BrowserError::Lost { why }),
            Ok(news) => Ok(Some(news)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(BrowserError::lost("nobody listens to it")),
        }
    }
}

/// Hears messages until the pipe ends; why it ended.
fn listen(mut from: impl BufRead, hear: &SyncSender<News>) -> String {
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        match from.by_ref().take(MESSAGE_BYTES_MAX).read_until(0, &mut bytes) {
            Ok(0) => return "it ended".to_owned(),
            Ok(_) if bytes.last() == Some(&0) => bytes.truncate(bytes.len() - 1),
            Ok(length) if length as u64 == MESSAGE_BYTES_MAX => {
                return format!("it sent a message of more than {MESSAGE_BYTES_MAX} bytes");
            }
            Ok(_) => return "it ended in the middle of a message".to_owned(),
            Err(error) => return error.to_string(),
        }
        let Ok(message) = serde_json::from_slice::<Message>(&bytes) else {
            return "it sent what is no message".to_owned();
        };
        bytes.shrink_to(1024 * 1024);
        let heeded = message.id.is_some() || message.method.as_deref().is_some_and(|name| HEEDED.contains(&name));
        if heeded && hear.send(News::Message(message)).is_err() {
            return "nobody listens to it".to_owned();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(bytes: &[u8]) -> (Vec<Message>, String) {
        let (sender, receiver) = sync_channel(WAITING_MAX);
        let why = listen(bytes, &sender);
        drop(sender);
        let messages = receiver.into_iter().filter_map(|news| match news {
            News::Message(message) => Some(message),
            _ => None,
        });
        (messages.collect(), why)
    }

    #[test]
    fn messages_are_told_apart_by_zero_bytes_and_unasked_ones_are_dropped() {
        let (messages, why) = heard(
            b"{\"id\":1,\"result\":{\"frameId\":\"F\"}}\0{\"method\":\"Network.dataReceived\",\"params\":{}}\0\
              {\"method\":\"Page.loadEventFired\",\"params\":{\"timestamp\":1},\"sessionId\":\"S\"}\0{\"id\":2,\"error\":{\"code\":-1,\"message\":\"no\"}}\0",
        );
        assert_eq!((messages.len(), why.as_str()), (3, "it ended"));
        assert_eq!(
            (messages[1].method.as_deref(), messages[1].session.as_deref()),
            (Some("Page.loadEventFired"), Some("S"))
        );
        let mut messages = messages.into_iter();
        let first = messages.next().unwrap();
        assert!(first.answers(1) && !first.answers(2));
        assert_eq!(first.result::<Value>().unwrap()["frameId"], "F");
        assert_eq!(messages.nth(1).unwrap().result::<Value>().unwrap_err(), "no");
    }

    #[test]
    fn a_browser_that_breaks_the_protocol_is_not_listened_to() {
        for (bytes, expected) in [
            (b"nonsense\0".as_slice(), "it sent what is no message"),
            (b"{\"id\":1}", "it ended in the middle of a message"),
            (b"[[[[\0", "it sent what is no message"),
        ] {
            assert_eq!(heard(bytes).1, expected);
        }
        let deep = [vec![b'['; 1_000_000], vec![0]].concat();
        assert_eq!(heard(&deep).1, "it sent what is no message");
        struct Endless;
        impl Read for Endless {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                buffer.fill(b' ');
                Ok(buffer.len())
            }
        }
        let (sender, _receiver) = sync_channel(1);
        assert!(listen(BufReader::new(Endless), &sender).contains("more than 67108864 bytes"));
    }
}
