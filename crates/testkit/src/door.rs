//! The door of a mock server: who asks for a WebSocket is led to a thread of its own with a plain blocking socket, everybody else to
//! the HTTP server behind.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// Bytes that are looked at to find out what is asked for: a request line with a long query fits.
const PEEK_BYTES: usize = 512;
/// Tries to see a whole request line, 5 ms apart, before the request counts as plain HTTP.
const PEEKS_MAX: usize = 200;
/// Connections that wait for the HTTP server.
const WAITING_MAX: usize = 1_024;

/// A function that talks on a WebSocket connection; the handshake is still to be made.
pub type Upgrading = Arc<dyn Fn(std::net::TcpStream) + Send + Sync>;

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub SocketAddr);

/// Takes connections and sorts them.
pub(crate) struct Door {
    address: SocketAddr,
    plain: mpsc::Receiver<(TcpStream, SocketAddr)>,
}

impl Door {
    /// Opens the door; needs a running runtime.
    pub fn open(listener: TcpListener, address: SocketAddr, upgrading: Option<Upgrading>) -> Self {
        let (send, plain) = mpsc::channel(WAITING_MAX);
        tokio::spawn(async move {
            loop {
                let Ok((stream, peer)) = listener.accept().await else {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    continue;
                };
                let (send, upgrading) = (send.clone(), upgrading.clone());
                // Each in a task of its own: somebody who connects and says nothing must not keep the others waiting.
                tokio::spawn(async move {
                    if let Some(upgrading) = upgrading
                        && wants_websocket(&stream).await
                    {
                        lead_away(stream, upgrading);
                        return;
                    }
                    // When the HTTP server is gone, so is the use of this connection.
                    send.send((stream, peer)).await.ok();
                });
            }
        });
        Self { address, plain }
    }
}

fn lead_away(stream: TcpStream, upgrading: Upgrading) {
    let blocking = stream.into_std().and_then(|stream| {
        stream.set_nonblocking(false)?;
        Ok(stream)
    });
    if let Ok(stream) = blocking {
        std::thread::spawn(move || upgrading(stream));
    }
}

async fn wants_websocket(stream: &TcpStream) -> bool {
    let mut start = [0u8; PEEK_BYTES];
    for _ in 0..PEEKS_MAX {
        let Ok(length) = stream.peek(&mut start).await else { return false };
        let seen = start.get(..length).unwrap_or_default();
        if length == 0 || length == PEEK_BYTES || seen.contains(&b'\n') {
            let line = String::from_utf8_lossy(seen);
            let path = line.split(' ').nth(1).unwrap_or_default();
            return line.starts_with("GET ") && path.split('?').next().is_some_and(|path| path.ends_with("/websocket"));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    false
}

impl Listener for Door {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        match self.plain.recv().await {
            Some(arrived) => arrived,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

impl Connected<IncomingStream<'_, Door>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        Self(*stream.remote_addr())
    }
}
