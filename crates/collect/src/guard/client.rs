//! Asking: redirects hop by hop, tries, pauses, and bodies read up to their limit.

use std::io::Read;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use ureq::http::{Request, header};
use url::Url;

use super::address::{Allowed, plain_host, refusal};
use super::pace::later;
use super::resolve::{GuardedResolver, RefusedAddress};
use super::{GetOpts, Policy, Proxy, Refusal, Response, shown};
use crate::{CollectError, Env};

/// How servers see us: named, so that an owner can find out who asks.
pub(crate) const USER_AGENT: &str = "Vedette/0.1 (+research monitor)";
/// Seconds of a pause that a server asks for without saying how long: limiters count by the minute.
const PAUSE_SECONDS_USUAL: u64 = 60;
/// Characters of a server's own words that an error repeats.
const SAID_CHARS_MAX: usize = 200;
/// Bytes of an error body that are read to find those words.
const ERROR_BODY_BYTES_MAX: u64 = 64 * 1024;
/// Milliseconds that one name look-up may take.
const RESOLVE_MS: u64 = 10_000;
/// Bytes at a time: small enough that a limit is noticed soon.
const CHUNK_BYTES: usize = 64 * 1024;

/// The guarded client of one source.
pub struct GuardedClient {
    policy: Policy,
    allowed: Allowed,
    agent: ureq::Agent,
    env: Env,
}

/// One answer of one server, redirects and errors included.
struct Answer {
    response: ureq::http::Response<ureq::Body>,
    url: Url,
}

/// What came of one try.
enum Tried<T> {
    Done(T),
    /// Worth asking again: server trouble or a broken connection.
    Again(CollectError),
    /// The server asks for a pause.
    Pause(Timestamp, CollectError),
}

/// Status, headers and address of an answer whose body was taken.
type Head = (u16, Vec<(String, String)>, Url);

/// Takes a body as it arrives.
type Sink<'a, T> = &'a mut dyn FnMut(Answer, &Env) -> Result<T, CollectError>;

impl GuardedClient {
    /// A client under this policy.
    pub fn new(policy: Policy, env: Env) -> Self {
        let limits = policy.limits;
        let allowed = Allowed::new(&policy.allow_private);
        let resolver =
            GuardedResolver { allowed: allowed.clone(), lookup: env.lookup.clone(), proxy: policy.proxy.clone() };
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(policy.proxy.as_ref().map(Proxy::made))
            .user_agent(policy.user_agent.as_deref().unwrap_or(USER_AGENT))
            .timeout_global(Some(Duration::from_millis(limits.request_ms)))
            .timeout_connect(Some(Duration::from_millis(limits.connect_ms)))
            .timeout_resolve(Some(Duration::from_millis(RESOLVE_MS)))
            .build();
        let agent =
            ureq::Agent::with_parts(config, ureq::unversioned::transport::DefaultConnector::default(), resolver);
        Self { policy, allowed, agent, env }
    }

    /// Fetches `url`: status 2xx or 304, everything else is an error that says what to do.
    pub fn get(&self, url: &Url, opts: &GetOpts<'_>) -> Result<Response, CollectError> {
        let cap = opts.body_bytes_max.unwrap_or(self.policy.limits.body_bytes_max);
        self.tries(url, None, opts, &mut |answer, env| {
            let mut body = Vec::new();
            let (status, headers, final_url) = take_body(answer, cap, &mut |chunk| body.extend_from_slice(chunk))?;
            Ok(Response { status, headers, body, final_url, fetched_at: env.now() })
        })
    }

    /// One exchange under the same rules of address, pace and size: whatever status is answered comes back, a redirect is
    /// not followed and nothing is tried again. For a browser, which asks anew for each hop.
    pub(crate) fn exchange(&self, url: &Url, opts: &GetOpts<'_>) -> Result<Response, CollectError> {
        let limits = self.policy.limits;
        let key = format!("{} {}", url.origin().ascii_serialization(), opts.endpoint.unwrap_or(url.path()));
        self.await_slot(url, &key)?;
        self.permit(url)?;
        let trusted =
            !opts.anonymous && self.policy.origin.as_ref().is_some_and(|origin| origin.origin() == url.origin());
        let limit_ms = opts.request_ms.unwrap_or(limits.request_ms);
        let response = self.ask(url, None, opts, trusted).map_err(|error| network_error(url, limit_ms, error))?;
        let answer = Answer { response, url: url.clone() };
        self.note_budget(&key, &answer);
        if answer.response.status().as_u16() == 429
            && let Some(until) = pause_until(&answer, self.env.now())
        {
            self.env.pace.hold(&key, until);
        }
        let mut body = Vec::new();
        let cap = opts.body_bytes_max.unwrap_or(limits.body_bytes_max);
        let (status, headers, final_url) = take_body(answer, cap, &mut |chunk| body.extend_from_slice(chunk))?;
        Ok(Response { status, headers, body, final_url, fetched_at: self.env.now() })
    }

    /// What the client calls itself.
    pub(crate) fn user_agent(&self) -> &str {
        self.policy.user_agent.as_deref().unwrap_or(USER_AGENT)
    }

    /// Sends JSON and reads the answer. Redirects are not followed: the body may hold a password.
    pub fn post_json(&self, url: &Url, body: &str, opts: &GetOpts<'_>) -> Result<Response, CollectError> {
        let cap = opts.body_bytes_max.unwrap_or(self.policy.limits.body_bytes_max);
        self.tries(url, Some(body), opts, &mut |answer, env| {
            let mut body = Vec::new();
            let (status, headers, final_url) = take_body(answer, cap, &mut |chunk| body.extend_from_slice(chunk))?;
            Ok(Response { status, headers, body, final_url, fetched_at: env.now() })
        })
    }

    /// Reads past an answer that is too large to be taken and brings back only the `keep` bytes that follow each
    /// `needle` (the last 1,000 of them).
    pub(crate) fn skim(
        &self,
        url: &Url,
        opts: &GetOpts<'_>,
        needle: &[u8],
        keep: usize,
    ) -> Result<Vec<Vec<u8>>, CollectError> {
        let cap = opts.body_bytes_max.unwrap_or(self.policy.limits.body_bytes_max);
        self.tries(url, None, opts, &mut |answer, _| {
            let mut hits = Vec::new();
            let mut window: Vec<u8> = Vec::new();
            take_body(answer, cap, &mut |chunk| {
                window.extend_from_slice(chunk);
                let mut done = 0;
                for at in memchr::memmem::find_iter(&window, needle) {
                    let from = at + needle.len();
                    let Some(after) = window.get(from..from + keep) else { break };
                    hits.push(after.to_vec());
                    done = from;
                }
                let rest = window.len().saturating_sub(needle.len() + keep).max(done);
                window.drain(..rest);
                if hits.len() > 2_000 {
                    hits.drain(..1_000);
                }
            })?;
            Ok(hits)
        })
    }

    /// Asks until there is an answer, an error that asking again does not mend, or no try left.
    fn tries<T>(
        &self,
        url: &Url,
        body: Option<&str>,
        opts: &GetOpts<'_>,
        sink: Sink<'_, T>,
    ) -> Result<T, CollectError> {
        let limits = self.policy.limits;
        let key = format!("{} {}", url.origin().ascii_serialization(), opts.endpoint.unwrap_or(url.path()));
        let (mut failures, mut pauses) = (0, 0);
        loop {
            self.await_slot(url, &key)?;
            match self.hops(url, body, opts, &key, sink)? {
                Tried::Done(done) => return Ok(done),
                Tried::Again(error) => {
                    if failures >= limits.retries {
                        return Err(error);
                    }
                    tracing::debug!(url = %shown(url), failures, "asking again");
                    self.env.wait(Duration::from_millis(limits.backoff_ms.saturating_mul(1 << failures.min(6))))?;
                    failures += 1;
                }
                Tried::Pause(until, error) => {
                    self.env.pace.hold(&key, until);
                    if pauses >= limits.pauses_max {
                        return Err(error);
                    }
                    pauses += 1;
                }
            }
        }
    }

    fn await_slot(&self, url: &Url, key: &str) -> Result<(), CollectError> {
        let limits = self.policy.limits;
        let interval = Duration::from_millis(limits.pace_ms);
        let wait_max = Duration::from_millis(limits.wait_ms_max);
        let wait = self
            .env
            .pace
            .take(key, self.env.now(), interval, wait_max)
            .map_err(|retry_at| CollectError::RateLimited { url: shown(url), retry_at })?;
        self.env.wait(wait)
    }

    /// Follows redirects by hand: the address policy holds at each hop, and credentials never come back once lost.
    fn hops<T>(
        &self,
        first: &Url,
        body: Option<&str>,
        opts: &GetOpts<'_>,
        key: &str,
        sink: Sink<'_, T>,
    ) -> Result<Tried<T>, CollectError> {
        let mut url = first.clone();
        let mut trusted = !opts.anonymous;
        for _ in 0..=self.policy.limits.redirects_max {
            self.permit(&url)?;
            trusted = trusted && self.policy.origin.as_ref().is_some_and(|origin| origin.origin() == url.origin());
            let answer = match self.ask(&url, body, opts, trusted) {
                Ok(response) => Answer { response, url: url.clone() },
                Err(error) => return self.failed(&url, opts, error),
            };
            let status = answer.response.status().as_u16();
            if matches!(status, 301 | 302 | 303 | 307 | 308) {
                url = redirected(first, &answer, body.is_some())?;
                continue;
            }
            self.note_budget(key, &answer);
            return self.judge(answer, sink);
        }
        Err(CollectError::Redirects { url: shown(first), why: "more than five times".to_owned() })
    }

    /// Refuses what can be refused from the address alone; names are judged where they are looked up.
    fn permit(&self, url: &Url) -> Result<(), CollectError> {
        let bad = |why: &str| CollectError::BadAddress { address: shown(url), why: why.to_owned() };
        if !matches!(url.scheme(), "http" | "https") {
            return Err(bad("only http and https are fetched"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(bad("it holds a user name or password; store a secret for the source instead"));
        }
        let host = plain_host(url).filter(|host| !host.is_empty()).ok_or_else(|| bad("it has no host"))?;
        if let Some(proxy) = &self.policy.proxy {
            proxy.refuse_inner(url, &self.allowed)?;
        } else if host.trim_end_matches('.').to_ascii_lowercase().ends_with(".onion") {
            return Err(bad(
                "an onion address is reached through Tor only: set the source's proxy to socks5h://127.0.0.1:9050",
            ));
        }
        let Ok(ip) = host.parse() else { return Ok(()) };
        let port = url.port_or_known_default().unwrap_or(0);
        match refusal(ip) {
            None => Ok(()),
            Some(Refusal::Private(_)) if self.allowed.names(&host, port) => Ok(()),
            Some(why) => Err(CollectError::PrivateAddress {
                host: match (url.port(), host.contains(':')) {
                    (Some(port), true) => format!("[{host}]:{port}"),
                    (Some(port), false) => format!("{host}:{port}"),
                    (None, _) => host.clone(),
                },
                ip: host,
                kind: why.words(),
            }),
        }
    }

    fn ask(
        &self,
        url: &Url,
        body: Option<&str>,
        opts: &GetOpts<'_>,
        trusted: bool,
    ) -> Result<ureq::http::Response<ureq::Body>, ureq::Error> {
        let mut request = Request::builder().uri(url.as_str()).method(if body.is_some() { "POST" } else { "GET" });
        let conditions = [
            (header::IF_NONE_MATCH, opts.if_none_match),
            (header::IF_MODIFIED_SINCE, opts.if_modified_since),
            (header::ACCEPT, opts.accept),
            (header::CONTENT_TYPE, body.map(|_| "application/json")),
        ];
        for (name, value) in conditions {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        for (name, value) in opts.headers {
            request = request.header(name.as_str(), value.as_str());
        }
        if trusted {
            for (name, value) in &self.policy.credentials {
                request = request.header(name.as_str(), value.as_str());
            }
        }
        let time = Some(Duration::from_millis(opts.request_ms.unwrap_or(self.policy.limits.request_ms)));
        match body {
            None => self.agent.run(self.agent.configure_request(request.body(())?).timeout_global(time).build()),
            Some(body) => {
                self.agent.run(self.agent.configure_request(request.body(body)?).timeout_global(time).build())
            }
        }
    }

    fn failed<T>(&self, url: &Url, opts: &GetOpts<'_>, error: ureq::Error) -> Result<Tried<T>, CollectError> {
        let limit_ms = opts.request_ms.unwrap_or(self.policy.limits.request_ms);
        match network_error(url, limit_ms, error) {
            error @ CollectError::Unreachable { .. } => Ok(Tried::Again(error)),
            error => Err(error),
        }
    }

    /// Remembers what the server says about its budget, so that a 429 is avoided and not only obeyed.
    fn note_budget(&self, key: &str, answer: &Answer) {
        let header = |name: &str| answer.response.headers().get(name).and_then(|value| value.to_str().ok());
        if header("x-ratelimit-remaining").and_then(|left| left.trim().parse::<u64>().ok()) == Some(0)
            && let Some(until) = pause_until(answer, self.env.now())
        {
            self.env.pace.hold(key, until);
        }
    }

    fn judge<T>(&self, answer: Answer, sink: Sink<'_, T>) -> Result<Tried<T>, CollectError> {
        let url = shown(&answer.url);
        match answer.response.status().as_u16() {
            200..=299 | 304 => match sink(answer, &self.env) {
                Ok(done) => Ok(Tried::Done(done)),
                Err(error @ CollectError::Unreachable { .. }) => Ok(Tried::Again(error)),
                Err(error) => Err(error),
            },
            429 => {
                let now = self.env.now();
                let until = pause_until(&answer, now).unwrap_or_else(|| {
                    let json = error_json(answer);
                    let asked = json.as_ref().and_then(pause_in_body);
                    later(now, asked.unwrap_or(Duration::from_secs(PAUSE_SECONDS_USUAL)))
                });
                Ok(Tried::Pause(until, CollectError::RateLimited { url, retry_at: until }))
            }
            status @ 500..=599 => {
                let why = "the server has trouble; it is asked again in the next round".to_owned();
                Ok(Tried::Again(CollectError::Status { url, status, why }))
            }
            401 => Err(CollectError::Unauthorised { url, said: said(answer) }),
            403 => Err(CollectError::Forbidden { url, said: said(answer) }),
            status @ (404 | 410) => Err(CollectError::NotFound { url, status }),
            status => Err(CollectError::Status { url, status, why: said(answer) }),
        }
    }
}

impl std::fmt::Debug for GuardedClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GuardedClient").field("policy", &self.policy).finish_non_exhaustive()
    }
}

fn redirected(first: &Url, answer: &Answer, has_body: bool) -> Result<Url, CollectError> {
    let wrong = |why: String| CollectError::Redirects { url: shown(first), why };
    let location = answer
        .response
        .headers()
        .get(header::LOCATION)
        .and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
        .ok_or_else(|| wrong("without saying where".to_owned()))?;
    let next = answer.url.join(location).map_err(|_| wrong("to something that is no address".to_owned()))?;
    if has_body {
        return Err(wrong(format!("to {}", shown(&next))));
    }
    Ok(next)
}

/// Reads a body in pieces, at most `cap` bytes of it.
fn take_body(answer: Answer, cap: u64, each: &mut dyn FnMut(&[u8])) -> Result<Head, CollectError> {
    let Answer { response, url } = answer;
    let (parts, body) = response.into_parts();
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let too_large = || CollectError::TooLarge { url: shown(&url), cap_bytes: cap };
    // A stated length over the limit needs no transfer to be refused.
    if body.content_length().is_some_and(|length| length > cap) {
        return Err(too_large());
    }
    let mut reader = body.into_reader();
    let (mut chunk, mut taken) = (vec![0u8; CHUNK_BYTES], 0u64);
    loop {
        let length = match reader.read(&mut chunk) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(network_error(&url, 0, error.into())),
        };
        taken += length as u64;
        if taken > cap {
            return Err(too_large());
        }
        each(chunk.get(..length).unwrap_or_default());
    }
    Ok((parts.status.as_u16(), headers, url))
}

fn network_error(url: &Url, limit_ms: u64, error: ureq::Error) -> CollectError {
    let address = shown(url);
    match error {
        ureq::Error::Timeout(_) => CollectError::Timeout { url: address, limit_ms },
        ureq::Error::Other(other) => match other.downcast::<RefusedAddress>() {
            Ok(refused) => CollectError::PrivateAddress { host: refused.host, ip: refused.ip, kind: refused.kind },
            Err(other) => CollectError::Unreachable { url: address, why: other.to_string() },
        },
        ureq::Error::HostNotFound => {
            CollectError::Unreachable { url: address, why: "its name is not known; check the spelling".to_owned() }
        }
        ureq::Error::BadUri(why) => CollectError::BadAddress { address, why },
        error => CollectError::Unreachable { url: address, why: error.to_string() },
    }
}

/// When the server wants to be asked again: `Retry-After` (seconds or a date), else Rocket.Chat's `X-RateLimit-Reset`
/// (epoch milliseconds by the server's clock, so its `Date` is taken as now where it is given).
fn pause_until(answer: &Answer, now: Timestamp) -> Option<Timestamp> {
    let header = |name: &str| answer.response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let parse_date = |text: &str| rfc2822::DateTimeParser::new().parse_timestamp(text).ok();
    let theirs = header("date").and_then(parse_date).unwrap_or(now);
    if let Some(after) = header("retry-after") {
        if let Ok(seconds) = after.parse::<u32>() {
            return Some(later(now, Duration::from_secs(u64::from(seconds))));
        }
        let wait = Duration::try_from(parse_date(after)?.duration_since(theirs)).unwrap_or_default();
        return Some(later(now, wait));
    }
    let reset = Timestamp::from_millisecond(header("x-ratelimit-reset")?.parse().ok()?).ok()?;
    // A `Date` has whole seconds: one more keeps us from asking a moment too early.
    let wait = Duration::try_from(reset.duration_since(theirs)).unwrap_or_default();
    Some(later(now, wait.saturating_add(Duration::from_millis(200))))
}

/// The pause that an error's body asks for: Matrix gives `retry_after_ms`, Rocket.Chat says `You must wait 17 seconds before
/// trying this endpoint again`.
fn pause_in_body(json: &serde_json::Value) -> Option<Duration> {
    if let Some(wait_ms) = json.get("retry_after_ms").and_then(serde_json::Value::as_u64) {
        return Some(Duration::from_millis(wait_ms));
    }
    let (_, after) = json.get("error")?.as_str()?.split_once("must wait ")?;
    let (seconds, unit) = after.split_once(' ')?;
    let seconds = seconds.parse().ok()?;
    unit.starts_with("second").then(|| Duration::from_secs(seconds))
}

/// The body of an answer that is an error, where it is JSON.
fn error_json(answer: Answer) -> Option<serde_json::Value> {
    let mut body = Vec::new();
    match take_body(answer, ERROR_BODY_BYTES_MAX, &mut |chunk| body.extend_from_slice(chunk)) {
        Ok(_) => serde_json::from_slice(&body).ok(),
        Err(_) => None,
    }
}

/// The server's own words about an error: the `error` or `message` field of a JSON answer, after its `errcode` if any.
fn said(answer: Answer) -> String {
    let json = error_json(answer);
    let field = |name: &str| json.as_ref()?.get(name)?.as_str();
    let words = match (field("errcode"), field("error").or_else(|| field("message"))) {
        (Some(code), Some(words)) => format!("{code}: {words}"),
        (Some(words), None) | (None, Some(words)) => words.to_owned(),
        (None, None) => "without a reason".to_owned(),
    };
    words.chars().filter(|letter| !letter.is_control()).take(SAID_CHARS_MAX).collect()
}
