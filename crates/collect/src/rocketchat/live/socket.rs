//! The WebSocket: made under the same rule of addresses as every request, read a little at a time so that the program can
//! stop, and limited in what one frame may hold.

use std::io;
use std::time::Duration;

use tungstenite::client::IntoClientRequest;
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Error, HandshakeError, Message, WebSocket};
use url::Url;

use crate::guard::{USER_AGENT, Wire, dial, shown};
use crate::{CollectError, Env};

/// Bytes of one frame: far more than the longest post with all its fields.
const FRAME_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Milliseconds to connect, for the handshake, and for one write.
const CONNECT_MS: u64 = 10_000;

/// An open connection.
pub(crate) struct Socket {
    inner: WebSocket<Wire>,
}

impl Socket {
    /// Connects; `tick` is how long one look for a frame may take.
    pub(crate) fn open(url: &Url, allow_private: &[String], tick: Duration, env: &Env) -> Result<Self, CollectError> {
        let unreachable = |why: String| CollectError::Unreachable { url: shown(url), why };
        let wire = dial(url, allow_private, env, CONNECT_MS)?;
        let address = shown(url).replacen("http", "ws", 1);
        let mut request = address.as_str().into_client_request().map_err(|error| unreachable(error.to_string()))?;
        let agent = USER_AGENT.parse().expect("our own name is a valid header");
        request.headers_mut().insert("user-agent", agent);
        let config =
            WebSocketConfig::default().max_message_size(Some(FRAME_BYTES_MAX)).max_frame_size(Some(FRAME_BYTES_MAX));
        let made = tungstenite::client::client_with_config(request, wire, Some(config));
        let inner = match made {
            Ok((socket, _)) => socket,
            Err(HandshakeError::Interrupted(_)) => {
                return Err(CollectError::Timeout { url: shown(url), limit_ms: CONNECT_MS });
            }
            Err(HandshakeError::Failure(Error::Http(answer))) => {
                let status = answer.status().as_u16();
                return Err(unreachable(format!("it answers with status {status} and opens no WebSocket")));
            }
            Err(HandshakeError::Failure(error)) => return Err(unreachable(error.to_string())),
        };
        inner.get_ref().set_read_timeout(tick).map_err(|error| unreachable(error.to_string()))?;
        Ok(Self { inner })
    }

    /// The next frame of text; `None` when none came within a tick. An error means that the connection is over.
    pub(crate) fn next(&mut self) -> Result<Option<String>, String> {
        match self.inner.read() {
            Ok(Message::Text(text)) => Ok(Some(text.as_str().to_owned())),
            Ok(Message::Close(_)) => Err("the server closed the connection".to_owned()),
            Ok(_) => Ok(None),
            Err(Error::Io(error)) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                Ok(None)
            }
            Err(error) => Err(error.to_string()),
        }
    }

    /// Sends a frame of text.
    pub(crate) fn send(&mut self, text: String) -> Result<(), String> {
        self.inner.send(Message::text(text)).map_err(|error| error.to_string())
    }

    /// Says good-bye; whether the other side hears it does not matter.
    pub(crate) fn close(mut self) {
        self.inner.close(None).ok();
        self.inner.flush().ok();
    }
}
