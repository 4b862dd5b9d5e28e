//! The one way out: an HTTP client that connects only where a source may go, takes only as much as was agreed, waits when
//! a server asks for it, and shows credentials to nobody but the server they belong to.
//!
//! Proxies named in the environment are ignored; a source may name its own ([`Proxy`]).

mod address;
mod client;
#[cfg(test)]
mod client_tests;
mod dial;
#[cfg(test)]
mod inside_tests;
mod limits;
mod pace;
mod proxy;
#[cfg(test)]
mod proxy_tests;
mod resolve;

pub(crate) use address::plain_host;
pub use address::{Allowed, Refusal, refusal};
pub use client::GuardedClient;
pub(crate) use client::USER_AGENT;
pub(crate) use dial::{Wire, dial};
pub use limits::{Limits, Policy};
pub use pace::Pace;
pub(crate) use pace::later as pace_later;
pub use proxy::Proxy;

use jiff::Timestamp;
use url::Url;

/// How one request differs from the usual.
#[derive(Debug, Clone, Default)]
pub struct GetOpts<'a> {
    /// Name under which the server counts such requests; the path when not given.
    pub endpoint: Option<&'a str>,
    /// Bytes of the body, when the client's own limit does not fit.
    pub body_bytes_max: Option<u64>,
    /// Time for the whole request, when the client's own limit does not fit.
    pub request_ms: Option<u64>,
    /// `ETag` of the copy we have.
    pub if_none_match: Option<&'a str>,
    /// `Last-Modified` of the copy we have.
    pub if_modified_since: Option<&'a str>,
    /// Media types that are wanted.
    pub accept: Option<&'a str>,
    /// Never show credentials, not even to the origin.
    pub anonymous: bool,
    /// Further header lines, such as those that a page's own requests carry.
    pub headers: &'a [(String, String)],
}

/// A complete answer: with status 2xx or 304, or with any status where one exchange was asked for
/// ([`GuardedClient::exchange`]).
#[derive(Debug, Clone)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers with lower-case names, in order.
    pub headers: Vec<(String, String)>,
    /// The body; a transfer compressed with gzip is unpacked, within the same limit.
    pub body: Vec<u8>,
    /// Where it came from after redirects.
    pub final_url: Url,
    /// When the last byte had arrived.
    pub fetched_at: Timestamp,
}

impl Response {
    /// The first header of this name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// An address fit for notes, errors and records: without user name, password and fragment.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    // These fail only on addresses that cannot hold them, which then hold none.
    url.set_username("").ok();
    url.set_password(None).ok();
    url.to_string()
}
