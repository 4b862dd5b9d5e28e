//! Asking by way of a proxy: an HTTP proxy, SOCKS5, or Tor. The proxy's own address is the desk's choice and may be
//! private; what is asked for through it may not.
//!
//! With `socks5://` this machine looks the name up and the proxy is told an address that was judged. With `http://` and
//! `socks5h://` the proxy looks the name up, so the name itself is judged: numbers as addresses, and names that only
//! exist inside a network are refused unless the source allows them by name.

use ureq::ProxyProtocol;
use url::Url;

use super::address::{Allowed, plain_host};
use crate::CollectError;

/// Endings of names that only exist inside somebody's network (RFC 6761, RFC 6762, RFC 8375 and common practice).
const INNER_ENDINGS: [&str; 8] =
    [".localhost", ".local", ".internal", ".intranet", ".lan", ".home", ".corp", ".home.arpa"];

/// A proxy as a source's record names it.
#[derive(Clone)]
pub struct Proxy {
    made: ureq::Proxy,
    looks_up: bool,
    tor_fit: bool,
    host: String,
    port: u16,
}

impl Proxy {
    /// Reads an address such as `http://127.0.0.1:3128`, `socks5://10.0.0.2:1080` or `socks5h://127.0.0.1:9050`.
    pub fn new(text: &str) -> Result<Self, CollectError> {
        let bad = |why: &str| CollectError::BadAddress {
            address: without_login(text),
            why: format!("{why}; expected a proxy such as http://127.0.0.1:3128 or socks5h://127.0.0.1:9050"),
        };
        let url = Url::parse(text).map_err(|error| bad(&error.to_string()))?;
        let host = plain_host(&url).filter(|host| !host.is_empty()).ok_or_else(|| bad("it has no host"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(bad(
                "a proxy that asks for a login is not supported, because its password would be in the log",
            ));
        }
        let (protocol, looks_up, usual_port) = match url.scheme() {
            "http" => (ProxyProtocol::Http, true, 80),
            "socks5" => (ProxyProtocol::Socks5, false, 1080),
            "socks5h" => (ProxyProtocol::Socks5h, true, 1080),
            _ => return Err(bad("it is neither http, socks5 nor socks5h")),
        };
        let port = url.port().unwrap_or(usual_port);
        let made = ureq::Proxy::builder(protocol)
            .host(&if host.contains(':') { format!("[{host}]") } else { host.clone() })
            .port(port)
            .resolve_target(!looks_up)
            .build()
            .map_err(|error| bad(&error.to_string()))?;
        Ok(Self { made, looks_up, tor_fit: protocol == ProxyProtocol::Socks5h, host, port })
    }

    /// As the HTTP library wants it.
    pub(crate) fn made(&self) -> ureq::Proxy {
        self.made.clone()
    }

    /// Whether this is where the proxy itself listens.
    pub(crate) fn is_at(&self, host: &str, port: u16) -> bool {
        self.port == port && self.host.eq_ignore_ascii_case(host)
    }

    /// Refuses a name that the proxy would look up inside a network. Literal addresses are judged elsewhere.
    pub(crate) fn refuse_inner(&self, url: &Url, allowed: &Allowed) -> Result<(), CollectError> {
        let host = plain_host(url).unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
        if host.ends_with(".onion") {
            if self.tor_fit {
                return Ok(());
            }
            return Err(CollectError::BadAddress {
                address: super::shown(url),
                why: "an onion address is reached through Tor only: set the source's proxy to socks5h://127.0.0.1:9050"
                    .to_owned(),
            });
        }
        let port = url.port_or_known_default().unwrap_or(0);
        let literal = host.parse::<std::net::IpAddr>().is_ok();
        let inner = host == "localhost" || !host.contains('.') || INNER_ENDINGS.iter().any(|end| host.ends_with(end));
        if !self.looks_up || literal || !inner || allowed.names(&host, port) {
            return Ok(());
        }
        Err(CollectError::PrivateAddress {
            host: host.clone(),
            ip: host,
            kind: "a name that only exists inside a network, and the proxy would look it up",
        })
    }
}

fn without_login(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((_, after)) => format!("…@{after}"),
        None => text.chars().take(200).collect(),
    }
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Proxy({}:{})", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_read_and_what_is_none_is_told() {
        for good in ["http://127.0.0.1:3128", "socks5://proxy.example", "socks5h://[::1]:9050"] {
            assert!(Proxy::new(good).is_ok(), "{good}");
        }
        for (bad, why) in [
            ("ftp://proxy.example", "neither http"),
            ("127.0.0.1:9050", "expected a proxy such as"),
            ("socks5://user:hush@proxy.example", "asks for a login"),
            ("", "expected a proxy such as"),
        ] {
            let error = Proxy::new(bad).unwrap_err().to_string();
            assert!(error.contains(why) && !error.contains("hush"), "{bad}: {error}");
        }
    }

    #[test]
    fn names_inside_a_network_are_refused_where_the_proxy_looks_them_up() {
        let none = Allowed::new(&[]);
        let remote = Proxy::new("socks5h://127.0.0.1:9050").unwrap();
        let local = Proxy::new("socks5://127.0.0.1:1080").unwrap();
        for inner in ["http://localhost/", "http://printer/", "http://nas.local/", "http://db.internal:8080/"] {
            let url = Url::parse(inner).unwrap();
            assert!(remote.refuse_inner(&url, &none).is_err(), "{inner}");
            assert!(local.refuse_inner(&url, &none).is_ok(), "{inner} is looked up and judged here");
        }
        let outer = Url::parse("https://chat.example/").unwrap();
        assert!(remote.refuse_inner(&outer, &none).is_ok());
        let nas = Url::parse("http://nas.local/").unwrap();
        assert!(remote.refuse_inner(&nas, &Allowed::new(&["nas.local".to_owned()])).is_ok());
    }

    #[test]
    fn onion_addresses_need_tor() {
        let onion = Url::parse("http://abcdefabcdefabcdefabcdef.onion/").unwrap();
        let none = Allowed::new(&[]);
        assert!(Proxy::new("socks5h://127.0.0.1:9050").unwrap().refuse_inner(&onion, &none).is_ok());
        assert!(Proxy::new("http://127.0.0.1:3128").unwrap().refuse_inner(&onion, &none).is_err());
    }
}
