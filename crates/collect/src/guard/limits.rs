//! Where a client may go and how much of everything it may take.

use url::Url;
use vedette_core::NewSource;

use super::Proxy;
use crate::CollectError;

/// Limits of a client, each with its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Milliseconds for one whole request: a server that drips bytes must not hold a round.
    pub request_ms: u64,
    /// Milliseconds to connect, encryption included.
    pub connect_ms: u64,
    /// Bytes of one body, after decompression: a chat page of 100 long posts has about 2 MB.
    pub body_bytes_max: u64,
    /// Redirects followed; honest servers need one or two.
    pub redirects_max: u32,
    /// Further tries after a status 5xx or a broken connection.
    pub retries: u32,
    /// Milliseconds before the first further try; doubled each time.
    pub backoff_ms: u64,
    /// Milliseconds that one request may wait because the server asked for a pause. Rocket.Chat counts per minute.
    pub wait_ms_max: u64,
    /// How often one request obeys a 429 before it is an error.
    pub pauses_max: u32,
    /// Milliseconds between two requests to one endpoint.
    pub pace_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_ms: 60_000,
            connect_ms: 10_000,
            body_bytes_max: 32 * 1024 * 1024,
            redirects_max: 5,
            retries: 2,
            backoff_ms: 500,
            wait_ms_max: 65_000,
            pauses_max: 3,
            pace_ms: 50,
        }
    }
}

/// Where a client may go, and as whom.
#[derive(Clone, Default)]
pub struct Policy {
    /// Hosts, or hosts with a port, that may be on a private network.
    pub allow_private: Vec<String>,
    /// The one server that sees the credentials: scheme, host and port must all be equal.
    pub origin: Option<Url>,
    /// Headers that prove who asks.
    pub credentials: Vec<(String, String)>,
    /// By which way; `None` is a direct connection.
    pub proxy: Option<Proxy>,
    /// What the program calls itself; `None` is its own name and version.
    pub user_agent: Option<String>,
    /// How much of everything.
    pub limits: Limits,
}

impl Policy {
    /// What a source's record says: where it may go, by which way, as whom, how often.
    pub fn of(asked: &NewSource) -> Result<Self, CollectError> {
        let mut limits = Limits::default();
        if let Some(pace_ms) = asked.reach.pace_ms {
            limits.pace_ms = pace_ms.min(limits.wait_ms_max);
        }
        Ok(Self {
            allow_private: asked.allow_private.clone(),
            origin: None,
            credentials: Vec::new(),
            proxy: asked.reach.proxy.as_deref().map(Proxy::new).transpose()?,
            user_agent: asked.reach.user_agent.clone(),
            limits,
        })
    }
}

impl std::fmt::Debug for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.credentials.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Policy")
            .field("allow_private", &self.allow_private)
            .field("origin", &self.origin.as_ref().map(super::shown))
            .field("credentials", &names)
            .field("proxy", &self.proxy)
            .field("limits", &self.limits)
            .finish()
    }
}
