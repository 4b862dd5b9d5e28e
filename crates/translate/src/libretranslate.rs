//! A LibreTranslate-compatible server, on this machine or elsewhere: `POST /translate` with a list of segments, `GET /languages`.
//!
//! The text leaves this machine unless the server's host is the loopback; [`crate::Policy`] decides about that. Beyond the loopback only
//! `https` is spoken. Redirects are not followed, answers are capped, and what the server says is believed only if it has the expected shape.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use ureq::http::Uri;
use vedette_core::translation::{Engine, TranslateFault, Translator};

use crate::SetupFault;
use crate::shield::one_line;

/// The name of this engine.
pub const LIBRETRANSLATE: &str = "libretranslate";
/// Bytes of an answer beyond eight times what was sent: JSON writes some letters in six bytes.
const ANSWER_BYTES_MORE: u64 = 256 * 1024;
const ANSWER_TIMES_MAX: u64 = 8;
/// Bytes of the list of languages and of the description of the server.
const LISTS_BYTES_MAX: u64 = 1024 * 1024;
/// Seconds for connecting, and for the list of languages.
const CONNECT_SECONDS_MAX: u64 = 10;
/// Languages of a server.
const LANGUAGES_MAX: usize = 1_000;
/// Characters of a server's own words that a fault repeats.
const SAID_CHARS_MAX: usize = 200;
/// Seconds after which a server that gave no list of languages is asked again.
const ASK_AGAIN_SECONDS: u64 = 60;

/// A language of a server, and what it is translated to.
#[derive(Debug, Clone, Deserialize)]
struct Offered {
    code: String,
    /// Older servers do not say: then all of theirs.
    targets: Option<Vec<String>>,
}

/// What is known about the server.
#[derive(Debug, Clone)]
struct Known {
    languages: Vec<Offered>,
    version: String,
}

/// A server.
pub struct LibreTranslate {
    base: String,
    api_key: Option<String>,
    leaves_machine: bool,
    agent: ureq::Agent,
    known: Mutex<Result<Known, Option<Instant>>>,
}

#[derive(Serialize)]
struct Asked<'a> {
    q: &'a [&'a str],
    source: &'a str,
    target: &'a str,
    format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Texts {
    Many(Vec<String>),
    One(String),
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "translatedText")]
    translated: Option<Texts>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Described {
    info: Info,
}

#[derive(Deserialize)]
struct Info {
    version: String,
}

impl LibreTranslate {
    /// A server by its address, such as `http://127.0.0.1:5000` or `https://translate.example.org/`. Nothing is sent yet.
    ///
    /// # Errors
    /// [`SetupFault::Setting`] when the address is none, or is plain `http` beyond the loopback.
    pub fn new(address: &str, api_key: Option<String>) -> Result<Self, SetupFault> {
        let wrong = |problem: &str| SetupFault::Setting {
            engine: LIBRETRANSLATE.to_owned(),
            setting: "url",
            problem: format!("is `{}`, {problem}", one_line(address)),
        };
        let uri: Uri = address.parse().map_err(|_| wrong("which is no address"))?;
        let (Some(scheme), Some(host)) = (uri.scheme_str(), uri.host()) else {
            return Err(wrong("which is no address: write it like `http://127.0.0.1:5000`"));
        };
        let local = is_loopback(host);
        match scheme {
            "https" => {}
            "http" if local => {}
            "http" => return Err(wrong("which is not encrypted: beyond this machine only `https` is spoken")),
            _ => return Err(wrong("which is neither `http` nor `https`")),
        }
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // The environment of the program is not asked where texts go.
            .proxy(None)
            .user_agent("Vedette/0.1")
            .timeout_connect(Some(Duration::from_secs(CONNECT_SECONDS_MAX)))
            .build();
        Ok(Self {
            base: address.trim_end_matches('/').to_owned(),
            api_key,
            leaves_machine: !local,
            agent: config.new_agent(),
            known: Mutex::new(Err(None)),
        })
    }

    /// Asks the server what it knows, unless it was asked before.
    ///
    /// # Errors
    /// [`TranslateFault`] when it does not answer, or not with a list of languages.
    pub fn connect(&self) -> Result<(), TranslateFault> {
        self.known().map(drop)
    }

    fn known(&self) -> Result<Known, TranslateFault> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Ok(known) => return Ok(known.clone()),
            // A server that is down is not waited for with every text.
            Err(Some(asked)) if asked.elapsed() < Duration::from_secs(ASK_AGAIN_SECONDS) => {
                return Err(failed("it did not say which languages it knows"));
            }
            Err(_) => {}
        }
        let answer = self.ask_what_it_knows();
        *known = answer.clone().map_err(|_| Some(Instant::now()));
        answer
    }

    fn ask_what_it_knows(&self) -> Result<Known, TranslateFault> {
        let within = Duration::from_secs(CONNECT_SECONDS_MAX);
        let mut languages: Vec<Offered> = self.get("/languages", within)?;
        languages.truncate(LANGUAGES_MAX);
        // The version is only known to servers that describe themselves.
        let version = match self.get::<Described>("/spec", within) {
            Ok(described) => one_line(&described.info.version).chars().take(40).collect(),
            Err(_) => "version unknown".to_owned(),
        };
        Ok(Known { languages, version })
    }

    fn get<T: serde::de::DeserializeOwned>(&self, path: &str, within: Duration) -> Result<T, TranslateFault> {
        let request = self.agent.get(format!("{}{path}", self.base));
        let response = request.config().timeout_global(Some(within)).build().call();
        let (status, body) = read(response, LISTS_BYTES_MAX, within)?;
        if status != 200 {
            return Err(failed(format!("it answered {status} to {path}")));
        }
        serde_json::from_slice(&body)
            .map_err(|error| failed(format!("its answer to {path} is not as expected: {error}")))
    }
}

fn failed(reason: impl Into<String>) -> TranslateFault {
    TranslateFault::Failed { engine: LIBRETRANSLATE.to_owned(), reason: reason.into() }
}

/// `localhost`, `127.0.0.0/8` or `::1`. No name is looked up: what another name means today it may not mean tomorrow.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn read(
    response: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    bytes_max: u64,
    within: Duration,
) -> Result<(u16, Vec<u8>), TranslateFault> {
    let fault = |error: ureq::Error| match error {
        ureq::Error::Timeout(_) => {
            TranslateFault::TimedOut { engine: LIBRETRANSLATE.to_owned(), seconds: within.as_secs() }
        }
        ureq::Error::BodyExceedsLimit(most) => failed(format!("its answer is longer than {most} bytes")),
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => {
            TranslateFault::TimedOut { engine: LIBRETRANSLATE.to_owned(), seconds: within.as_secs() }
        }
        other => failed(one_line(&other.to_string())),
    };
    let mut response = response.map_err(fault)?;
    let status = response.status().as_u16();
    let body = response.body_mut().with_config().limit(bytes_max).read_to_vec().map_err(fault)?;
    Ok((status, body))
}

impl Translator for LibreTranslate {
    fn engine(&self) -> Engine {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let version = known.as_ref().map_or_else(|_| "version unknown".to_owned(), |known| known.version.clone());
        Engine { name: LIBRETRANSLATE.to_owned(), version, leaves_machine: self.leaves_machine }
    }

    fn knows(&self, from: &str, to: &str) -> bool {
        let Ok(known) = self.known() else { return false };
        let offers = |code: &str| known.languages.iter().find(|language| language.code == code);
        let Some(source) = offers(from) else { return false };
        from != to
            && match &source.targets {
                Some(targets) => targets.iter().any(|target| target == to),
                None => offers(to).is_some(),
            }
    }

    fn translate(
        &self,
        segments: &[&str],
        from: &str,
        to: &str,
        within: Duration,
    ) -> Result<Vec<String>, TranslateFault> {
        if segments.is_empty() {
            return Ok(Vec::new());
        }
        let asked = Asked { q: segments, source: from, target: to, format: "text", api_key: self.api_key.as_deref() };
        let body = serde_json::to_vec(&asked).map_err(|error| failed(error.to_string()))?;
        let bytes_max = body.len() as u64 * ANSWER_TIMES_MAX + ANSWER_BYTES_MORE;
        let request = self.agent.post(format!("{}/translate", self.base)).header("content-type", "application/json");
        let response = request.config().timeout_global(Some(within)).build().send(body.as_slice());
        let (status, body) = read(response, bytes_max, within)?;
        said(status, &body, segments.len())
    }
}

/// What the server said, if it is a translation.
fn said(status: u16, body: &[u8], wanted: usize) -> Result<Vec<String>, TranslateFault> {
    let answer = serde_json::from_slice::<Answer>(body);
    let complaint = || {
        let words = answer.as_ref().ok().and_then(|answer| answer.error.as_deref()).unwrap_or_default();
        one_line(words).chars().take(SAID_CHARS_MAX).collect::<String>()
    };
    match status {
        200 => {}
        429 => {
            return Err(TranslateFault::OverBudget {
                engine: LIBRETRANSLATE.to_owned(),
                reason: format!("the server wants no more for now (429): {}", complaint()),
            });
        }
        _ => return Err(failed(format!("it answered {status}: {}", complaint()))),
    }
    let answer = answer.map_err(|error| failed(format!("its answer is not as expected: {error}")))?;
    let texts = match (answer.translated, answer.error) {
        (Some(Texts::Many(texts)), None) => texts,
        (Some(Texts::One(text)), None) => vec![text],
        (_, Some(error)) => return Err(failed(one_line(&error).chars().take(SAID_CHARS_MAX).collect::<String>())),
        (None, None) => return Err(failed("its answer holds no translation")),
    };
    if texts.len() == wanted {
        Ok(texts)
    } else {
        Err(failed(format!("{wanted} segments were sent, {} came back", texts.len())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_on_this_machine_only_with_a_loopback_host() {
        let leaves = |address: &str| LibreTranslate::new(address, None).map(|server| server.leaves_machine).ok();
        for local in ["http://127.0.0.1:5000", "http://localhost:5000/", "http://[::1]:5000", "https://127.8.8.8"] {
            assert_eq!(leaves(local), Some(false), "{local}");
        }
        for away in ["https://translate.example.org", "https://localhost.example.org", "https://10.0.0.1"] {
            assert_eq!(leaves(away), Some(true), "{away}");
        }
        for wrong in ["http://translate.example.org", "http://10.0.0.1:5000", "ftp://127.0.0.1", "nonsense", "/x"] {
            assert_eq!(leaves(wrong), None, "{wrong}");
        }
    }
}
