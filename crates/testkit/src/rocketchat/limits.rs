//! The REST limiter: so many calls per endpoint and address in a window, told in three headers and, when it is over, in a 429.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::http::{Answer, too_many_requests};

/// Calls per endpoint and address in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Calls allowed in a window.
    pub calls: u64,
    /// Length of the window, milliseconds.
    pub window_ms: i64,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self { calls: 10, window_ms: 60_000 }
    }
}

/// Counts calls.
#[derive(Debug)]
pub(super) struct Limiter {
    limit: Option<RateLimit>,
    windows: HashMap<(String, IpAddr), (i64, u64)>,
}

/// The limiter's word on one call.
pub(super) struct Verdict {
    headers: Option<[(&'static str, String); 3]>,
    wait_seconds: Option<u64>,
}

impl Limiter {
    pub fn new(limit: Option<RateLimit>) -> Self {
        Self { limit, windows: HashMap::new() }
    }

    /// Another limit from now on; windows begin anew when it differs.
    pub fn set(&mut self, limit: Option<RateLimit>) {
        if limit != self.limit {
            *self = Self::new(limit);
        }
    }

    /// Counts a call to `endpoint` by `peer` at `now` (epoch ms).
    pub fn count(&mut self, endpoint: &str, peer: IpAddr, now: i64) -> Verdict {
        let Some(limit) = self.limit else {
            return Verdict { headers: None, wait_seconds: None };
        };
        let (start, calls) = self.windows.entry((endpoint.to_owned(), peer)).or_insert((now, 0));
        if now >= *start + limit.window_ms {
            (*start, *calls) = (now, 0);
        }
        let reset = *start + limit.window_ms;
        let over = *calls >= limit.calls;
        if !over {
            *calls += 1;
        }
        let wait_ms = u64::try_from(reset - now).unwrap_or(0);
        Verdict {
            headers: Some([
                ("x-ratelimit-limit", limit.calls.to_string()),
                ("x-ratelimit-remaining", (limit.calls - *calls).to_string()),
                ("x-ratelimit-reset", reset.to_string()),
            ]),
            wait_seconds: over.then(|| wait_ms.div_ceil(1_000)),
        }
    }
}

impl Verdict {
    /// The answer that leaves the server: `usual` with the limiter's headers, or the 429.
    pub fn apply(self, usual: impl FnOnce() -> Answer) -> Answer {
        let mut answer = match self.wait_seconds {
            Some(seconds) => too_many_requests(seconds),
            None => usual(),
        };
        for (name, value) in self.headers.into_iter().flatten() {
            answer = answer.header(name, value);
        }
        answer
    }
}
