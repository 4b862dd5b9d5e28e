//! A plain connection for protocols that are not HTTP, under the same rule of addresses: the ones that were judged are the
//! ones that are connected to.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use url::Url;

use super::address::{Allowed, plain_host};
use super::resolve::{GuardedResolver, RefusedAddress};
use super::shown;
use crate::{CollectError, Env};

/// A connection, encrypted where the address says so.
pub(crate) enum Wire {
    /// `http`, `ws`.
    Plain(TcpStream),
    /// `https`, `wss`.
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Wire {
    /// How long one read may wait.
    pub(crate) fn set_read_timeout(&self, time: Duration) -> io::Result<()> {
        self.socket().set_read_timeout(Some(time))
    }

    fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => &stream.sock,
        }
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

/// Connects to the host of `url` (`http` or `https`), if the source may go there. Reads and writes time out after
/// `limit_ms`.
pub(crate) fn dial(url: &Url, allow_private: &[String], env: &Env, limit_ms: u64) -> Result<Wire, CollectError> {
    let bad = |why: &str| CollectError::BadAddress { address: shown(url), why: why.to_owned() };
    let unreachable = |why: String| CollectError::Unreachable { url: shown(url), why };
    let encrypted = match url.scheme() {
        "https" | "wss" => true,
        "http" | "ws" => false,
        _ => return Err(bad("only http and https are connected to")),
    };
    let host = plain_host(url).filter(|host| !host.is_empty()).ok_or_else(|| bad("it has no host"))?;
    let port = url.port_or_known_default().unwrap_or(if encrypted { 443 } else { 80 });
    let resolver = GuardedResolver { allowed: Allowed::new(allow_private), lookup: env.lookup.clone(), proxy: None };
    let limit = Duration::from_millis(limit_ms);
    let found = resolver.look_up(&host, port, limit).map_err(|error| unreachable(error.to_string()))?;
    resolver
        .permitted(&host, port, &found)
        .map_err(|RefusedAddress { host, ip, kind }| CollectError::PrivateAddress { host, ip, kind })?;
    let mut last = "its name is not known; check the spelling".to_owned();
    for address in found {
        match TcpStream::connect_timeout(&address, limit) {
            Ok(stream) => {
                let ready = stream.set_read_timeout(Some(limit)).and_then(|()| stream.set_write_timeout(Some(limit)));
                ready.and_then(|()| stream.set_nodelay(true)).map_err(|error| unreachable(error.to_string()))?;
                return if encrypted { secured(stream, &host).map_err(unreachable) } else { Ok(Wire::Plain(stream)) };
            }
            Err(error) => last = error.to_string(),
        }
    }
    Err(unreachable(last))
}

/// Encryption with the roots and the provider that the HTTP client uses.
fn secured(stream: TcpStream, host: &str) -> Result<Wire, String> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
    let connection = ClientConnection::new(Arc::new(config), name).map_err(|error| error.to_string())?;
    Ok(Wire::Tls(Box::new(StreamOwned::new(connection, stream))))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::testing::World;

    #[test]
    fn a_private_address_is_refused_before_a_connection_is_made() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let world = World::new();
        world.name("chat.example", address);
        for host in ["chat.example", "127.0.0.1", "2130706433"] {
            let url = Url::parse(&format!("http://{host}:{}/websocket", address.port())).unwrap();
            let refused = dial(&url, &[], &world.env(), 1_000).err().unwrap();
            assert!(matches!(refused, CollectError::PrivateAddress { .. }), "{host}: {refused}");
        }
        assert!(listener.accept().is_err(), "nobody knocked");
        let url = Url::parse(&format!("http://chat.example:{}/", address.port())).unwrap();
        assert!(dial(&url, &["chat.example".to_owned()], &world.env(), 1_000).is_ok());
        assert!(listener.accept().is_ok());
    }

    #[test]
    fn only_web_addresses_are_dialled() {
        let world = World::new();
        for text in ["ftp://chat.example/", "file:///etc/passwd"] {
            let refused = dial(&Url::parse(text).unwrap(), &[], &world.env(), 1_000).err().unwrap();
            assert!(matches!(refused, CollectError::BadAddress { .. }), "{refused}");
        }
        assert!(world.lookups.lock().unwrap().is_empty());
    }
}
