//! Names to addresses, judged at the one moment that counts: the addresses returned here are the ones that are connected
//! to, so a name server that changes its mind after the check (DNS rebinding) gains nothing.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::address::{Allowed, refusal};
use super::{Proxy, Refusal};
use crate::env::Lookup;

/// Addresses of one name that are tried; the HTTP library keeps no more.
const ADDRESSES_MAX: usize = 16;

/// The refusal as it travels through the HTTP library.
#[derive(Debug, thiserror::Error)]
#[error("refused {ip}: {kind}")]
pub(crate) struct RefusedAddress {
    pub(crate) host: String,
    pub(crate) ip: String,
    pub(crate) kind: &'static str,
}

/// Looks a name up once and lets only permitted addresses through.
pub(crate) struct GuardedResolver {
    pub(crate) allowed: Allowed,
    pub(crate) lookup: Lookup,
    /// The proxy by which everything goes; where it listens is the desk's own choice.
    pub(crate) proxy: Option<Proxy>,
}

impl GuardedResolver {
    /// The permitted addresses of a host. One refused address refuses the name: an answer that mixes public and private
    /// addresses is an attack or a mistake.
    pub(crate) fn permitted(&self, host: &str, port: u16, found: &[SocketAddr]) -> Result<(), RefusedAddress> {
        let named = self.allowed.names(host, port);
        for address in found {
            match refusal(address.ip()) {
                None => {}
                Some(Refusal::Private(_)) if named => {}
                Some(why) => {
                    return Err(RefusedAddress {
                        host: shown(host, port),
                        ip: address.ip().to_string(),
                        kind: why.words(),
                    });
                }
            }
        }
        Ok(())
    }

    fn find(&self, host: &str, port: u16, timeout: NextTimeout) -> Result<Vec<SocketAddr>, ureq::Error> {
        let bare = host.trim_matches(['[', ']']);
        if let Ok(ip) = bare.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(ip, port)]);
        }
        if timeout.after.is_not_happening() {
            return Ok((self.lookup)(bare, port)?);
        }
        match self.look_up(bare, port, *timeout.after) {
            Err(error) if error.kind() == io::ErrorKind::TimedOut => Err(ureq::Error::Timeout(timeout.reason)),
            found => Ok(found?),
        }
    }

    /// Addresses of a name, or of a number, within a time. The system's look-up cannot be interrupted; a thread of its
    /// own keeps the time limit true.
    pub(crate) fn look_up(&self, host: &str, port: u16, limit: Duration) -> io::Result<Vec<SocketAddr>> {
        if let Ok(ip) = host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(ip, port)]);
        }
        let (send, receive) = mpsc::sync_channel(1);
        let (lookup, name) = (self.lookup.clone(), host.to_owned());
        std::thread::Builder::new().name("lookup".to_owned()).spawn(move || send.send(lookup(&name, port)))?;
        let mut found = match receive.recv_timeout(limit) {
            Ok(found) => found?,
            Err(RecvTimeoutError::Timeout) => {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "its name was not looked up in time"));
            }
            Err(RecvTimeoutError::Disconnected) => return Err(io::Error::other("the look-up of its name failed")),
        };
        found.truncate(ADDRESSES_MAX);
        Ok(found)
    }
}

fn shown(host: &str, port: u16) -> String {
    if matches!(port, 80 | 443) { host.to_owned() } else { format!("{host}:{port}") }
}

impl Resolver for GuardedResolver {
    fn resolve(&self, uri: &Uri, _: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().ok_or(ureq::Error::HostNotFound)?;
        let usual = if uri.scheme_str() == Some("https") { 443 } else { 80 };
        let port = uri.port_u16().unwrap_or(usual);
        let found = self.find(host, port, timeout)?;
        let is_proxy = self.proxy.as_ref().is_some_and(|proxy| proxy.is_at(host.trim_matches(['[', ']']), port));
        if !is_proxy {
            self.permitted(host.trim_end_matches('.'), port, &found)
                .map_err(|why| ureq::Error::Other(Box::new(why)))?;
        }
        let mut permitted = self.empty();
        for address in found.into_iter().take(ADDRESSES_MAX) {
            permitted.push(address);
        }
        if permitted.is_empty() { Err(ureq::Error::HostNotFound) } else { Ok(permitted) }
    }
}

impl fmt::Debug for GuardedResolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedResolver").field("allowed", &self.allowed).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn resolver(allow: &[&str]) -> GuardedResolver {
        let allow: Vec<String> = allow.iter().map(|entry| (*entry).to_owned()).collect();
        GuardedResolver { allowed: Allowed::new(&allow), lookup: Arc::new(|_, _| Ok(Vec::new())), proxy: None }
    }

    #[test]
    fn one_private_address_among_public_ones_refuses_the_name() {
        let found: Vec<SocketAddr> = vec!["8.8.8.8:80".parse().unwrap(), "10.0.0.1:80".parse().unwrap()];
        assert!(resolver(&[]).permitted("mixed.example", 80, &found).is_err());
        assert!(resolver(&["mixed.example"]).permitted("mixed.example", 80, &found).is_ok());
        assert!(resolver(&[]).permitted("mixed.example", 80, &found[..1]).is_ok());
    }

    #[test]
    fn an_allowed_name_still_never_reaches_multicast_or_nowhere() {
        for address in ["0.0.0.0:80", "224.0.0.1:80", "[::]:80", "255.255.255.255:80"] {
            let found = vec![address.parse().unwrap()];
            assert!(resolver(&["chat.lan"]).permitted("chat.lan", 80, &found).is_err(), "{address}");
        }
    }
}
