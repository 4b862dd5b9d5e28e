//! Which network addresses may be reached. A hostile post or feed can name any address; without this rule a monitor
//! could be made to fetch from the desk's own network (server-side request forgery).
//!
//! The registries behind the table: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and successors).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Why an address is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// On a private network: reachable when the source names the host.
    Private(&'static str),
    /// Never a place to fetch from.
    Never(&'static str),
}

impl Refusal {
    /// What kind of address it is, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Private(words) | Self::Never(words) => words,
        }
    }
}

/// Why `ip` may not be reached; `None` means that it is an ordinary public address.
pub fn refusal(ip: IpAddr) -> Option<Refusal> {
    match ip {
        IpAddr::V4(v4) => refusal_v4(v4),
        IpAddr::V6(v6) => refusal_v6(v6),
    }
}

fn refusal_v4(ip: Ipv4Addr) -> Option<Refusal> {
    use Refusal::{Never, Private};
    match ip.octets() {
        [0, ..] => Some(Never("an unspecified address")),
        [127, ..] => Some(Private("a loopback address")),
        [10, ..] | [192, 168, ..] => Some(Private("a private address")),
        [172, b, ..] if (16..=31).contains(&b) => Some(Private("a private address")),
        [100, b, ..] if (64..=127).contains(&b) => Some(Private("a carrier-grade NAT address")),
        [169, 254, ..] => Some(Private("a link-local address")),
        [192, 0, 0, _] => Some(Never("a protocol-assignment address")),
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Some(Never("a documentation address")),
        [192, 88, 99, _] => Some(Never("a 6to4 relay address")),
        [198, 18 | 19, ..] => Some(Never("a benchmarking address")),
        [224..=239, ..] => Some(Never("a multicast address")),
        [240..=255, ..] => Some(Never("a reserved address")),
        _ => None,
    }
}

fn refusal_v6(ip: Ipv6Addr) -> Option<Refusal> {
    use Refusal::{Never, Private};
    if ip.is_unspecified() {
        return Some(Never("an unspecified address"));
    }
    if ip.is_loopback() {
        return Some(Private("a loopback address"));
    }
    if let Some(v4) = ip.to_ipv4_mapped() {
        return refusal_v4(v4);
    }
    match ip.segments() {
        // NAT64 (RFC 6052): the last 32 bits are the real destination.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => refusal_v4(embedded(high, low)),
        [0x64, 0xff9b, 1, ..] => Some(Private("a local NAT64 address")),
        [0x2001, 0, ..] => Some(Never("a Teredo address")),
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0x0fff, ..] => Some(Never("a documentation address")),
        [0x2001, 0..=0x01ff, ..] => Some(Never("a protocol-assignment address")),
        // 6to4 (RFC 3056): bits 16 to 48 are the real destination.
        [0x2002, high, low, ..] => refusal_v4(embedded(high, low)),
        [0xfc00..=0xfdff, ..] => Some(Private("a private address")),
        [0xfe80..=0xfebf, ..] => Some(Private("a link-local address")),
        [0xfec0..=0xfeff, ..] => Some(Private("a site-local address")),
        [0xff00..=0xffff, ..] => Some(Never("a multicast address")),
        // ISATAP (RFC 5214) hides an IPv4 address in the interface part.
        [0x2000..=0x3fff, _, _, _, 0 | 0x200, 0x5efe, high, low] => refusal_v4(embedded(high, low)),
        [0x2000..=0x3fff, ..] => None,
        _ => Some(Never("a reserved address")),
    }
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    let [a, b] = high.to_be_bytes();
    let [c, d] = low.to_be_bytes();
    Ipv4Addr::new(a, b, c, d)
}

/// The private places that a source may reach, by exact host, or host and port.
#[derive(Debug, Clone, Default)]
pub struct Allowed(Vec<(String, Option<u16>)>);

impl Allowed {
    /// Reads the entries of a source; one that is no host is dropped, so a mistake allows less, never more.
    pub fn new(entries: &[String]) -> Self {
        Self(entries.iter().filter_map(|entry| parse_entry(entry)).collect())
    }

    /// Whether this host and port are named.
    pub fn names(&self, host: &str, port: u16) -> bool {
        let host = host.trim_matches(['[', ']']);
        self.0.iter().any(|(name, only)| name.eq_ignore_ascii_case(host) && only.is_none_or(|only| only == port))
    }
}

fn parse_entry(entry: &str) -> Option<(String, Option<u16>)> {
    let entry = entry.trim();
    if entry.is_empty() || entry.contains(['/', '@', '?', '#', '\\']) {
        return None;
    }
    let bare_v6 = entry.parse::<Ipv6Addr>().ok().map(|ip| format!("[{ip}]"));
    // A scheme without a usual port keeps `host:80` and `host:443` apart from `host`.
    let text = bare_v6.as_deref().unwrap_or(entry);
    let port = Url::parse(&format!("any://{text}")).ok()?.port();
    let url = Url::parse(&format!("http://{text}")).ok()?;
    Some((plain_host(&url)?, port))
}

/// Host of a URL without brackets; numbers in decimal, octal and hexadecimal are resolved by the URL standard's rules.
pub(crate) fn plain_host(url: &Url) -> Option<String> {
    Some(match url.host()? {
        Host::Domain(name) => name.trim_end_matches('.').to_owned(),
        Host::Ipv4(ip) => ip.to_string(),
        Host::Ipv6(ip) => ip.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_are_not_refused() {
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "11.0.0.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "192.167.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450:4001::200e",
            "2001:200::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2002:808:808::1",
            "3ffe::1",
        ] {
            assert_eq!(refusal(text.parse().unwrap()), None, "{text}");
        }
    }

    #[test]
    fn only_the_exact_host_or_host_and_port_is_allowed() {
        let entries: Vec<String> =
            ["chat.desk.lan", "127.0.0.1:8461", "[::1]:80", "fd00::5", "http://evil", "a/b", "", "x@y"]
                .map(str::to_owned)
                .to_vec();
        let allowed = Allowed::new(&entries);
        for (host, port, expected) in [
            ("chat.desk.lan", 443, true),
            ("CHAT.desk.lan", 80, true),
            ("x.chat.desk.lan", 443, false),
            ("desk.lan", 443, false),
            ("127.0.0.1", 8461, true),
            ("127.0.0.1", 80, false),
            ("127.0.0.2", 8461, false),
            ("[::1]", 80, true),
            ("::1", 81, false),
            ("fd00::5", 9, true),
            ("evil", 80, false),
            ("y", 80, false),
        ] {
            assert_eq!(allowed.names(host, port), expected, "{host}:{port}");
        }
        assert!(!Allowed::default().names("127.0.0.1", 80));
    }
}
