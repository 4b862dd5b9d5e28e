//! Taking checkpoints of the log to witnesses (C2SP tlog-witness) and to a timestamp authority (RFC 3161). What cannot be
//! reached is tried again, and `vedette log status` tells since when.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use vedette_core::ports::CustodyLog;
use vedette_core::{Errand, SealedCheckpoint, Stamp, StoreResult};
use vedette_preserve::note::{Note, VerifierKey, decimal, signature_lines};
use vedette_preserve::witness::Request;
use vedette_preserve::{sha256, timestamp};

use crate::io::Failure;

/// Time for one request: both answer at once or not at all.
const REQUEST_TIME: Duration = Duration::from_secs(15);
/// Bytes of an answer.
const ANSWER_BYTES_MAX: u64 = timestamp::ANSWER_BYTES_MAX as u64;
/// Seconds before a second try, doubled with each failure.
const RETRY_S: i64 = 5;
/// Seconds between two tries at most.
const RETRY_S_MAX: i64 = 900;
/// Witnesses of one log.
const WITNESSES_MAX: usize = 16;

/// `[log]` of `vedette.toml`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogSettings {
    /// Seconds between two visits to the witnesses at least.
    pub witness_every_s: u32,
    /// Seconds between two timestamps at least.
    pub timestamp_every_s: u32,
    /// Address of a timestamp authority (RFC 3161), such as `http://tsa.example/tsr`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp_authority: Option<String>,
    /// Witnesses.
    pub witnesses: Vec<WitnessSetting>,
}

/// A witness: where it is, and its verifier key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessSetting {
    /// Address before `/add-checkpoint`.
    pub url: String,
    /// Verifier key, as `vedette witness` prints it.
    pub key: String,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { witness_every_s: 60, timestamp_every_s: 3_600, timestamp_authority: None, witnesses: Vec::new() }
    }
}

impl LogSettings {
    /// The witnesses' keys.
    pub fn keys(&self) -> Result<Vec<VerifierKey>, Failure> {
        if self.witnesses.len() > WITNESSES_MAX {
            return Err(Failure::usage(format!("[log] names more than {WITNESSES_MAX} witnesses")));
        }
        self.witnesses
            .iter()
            .map(|witness| {
                witness.key.parse().map_err(|error| {
                    Failure::usage(format!("[log] witnesses: {error}"))
                        .hint("`vedette witness` prints its key when it starts")
                })
            })
            .collect()
    }
}

/// Takes the newest checkpoint wherever it is due, or everywhere when `all`; what failed, in words.
pub fn round(
    log: &dyn CustodyLog,
    settings: &LogSettings,
    all: bool,
    now: &dyn Fn() -> Timestamp,
) -> Result<Vec<String>, Failure> {
    let keys = settings.keys()?;
    let Some(mut sealed) = log.sealed()? else { return Ok(Vec::new()) };
    let known = log.status()?.errands;
    let mut failed = Vec::new();
    for (witness, key) in settings.witnesses.iter().zip(&keys) {
        let mut errand = errand_of(&known, &witness.url, "witness");
        if !all && !is_due(&errand, &sealed, settings.witness_every_s, now()) {
            continue;
        }
        let outcome = cosign(log, &witness.url, key, errand.size_done, &mut sealed, now());
        failed.extend(note(log, &mut errand, sealed.size, outcome, now())?);
    }
    if let Some(address) = &settings.timestamp_authority {
        let mut errand = errand_of(&known, address, "timestamp");
        if (all && errand.size_done < sealed.size) || is_due(&errand, &sealed, settings.timestamp_every_s, now()) {
            let outcome = stamp(log, address, &sealed, now());
            failed.extend(note(log, &mut errand, sealed.size, outcome, now())?);
        }
    }
    Ok(failed)
}

fn errand_of(known: &[Errand], address: &str, kind: &str) -> Errand {
    known.iter().find(|errand| errand.address == address && errand.kind == kind).cloned().unwrap_or_else(|| Errand {
        address: address.to_owned(),
        kind: kind.to_owned(),
        size_done: 0,
        done_at: None,
        tries: 0,
        error: None,
        due_at: Timestamp::UNIX_EPOCH,
    })
}

fn is_due(errand: &Errand, sealed: &SealedCheckpoint, every_s: u32, now: Timestamp) -> bool {
    let pause = SignedDuration::from_secs(i64::from(every_s));
    let rested = errand.done_at.is_none_or(|at| at + pause <= now);
    errand.size_done < sealed.size && errand.due_at <= now && rested
}

fn note(
    log: &dyn CustodyLog,
    errand: &mut Errand,
    size: u64,
    outcome: Result<(), String>,
    now: Timestamp,
) -> StoreResult<Option<String>> {
    let mut failed = None;
    match outcome {
        Ok(()) => {
            (errand.size_done, errand.done_at, errand.tries, errand.error) = (size, Some(now), 0, None);
            errand.due_at = now;
        }
        Err(error) => {
            let pause = (RETRY_S << errand.tries.min(10)).min(RETRY_S_MAX);
            errand.tries = errand.tries.saturating_add(1);
            errand.due_at = now + SignedDuration::from_secs(pause);
            failed = Some(format!("{} `{}`: {error}", errand.kind, errand.address));
            errand.error = Some(error);
        }
    }
    log.put_errand(errand)?;
    Ok(failed)
}

/// Asks a witness to cosign, from the size that it says it saw last.
fn cosign(
    log: &dyn CustodyLog,
    address: &str,
    key: &VerifierKey,
    seen: u64,
    sealed: &mut SealedCheckpoint,
    now: Timestamp,
) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let mut note: Note = sealed.note.parse().map_err(|error| told(&error))?;
    let own = Note { text: note.text.clone(), signatures: note.signatures.iter().take(1).cloned().collect() };
    let url = format!("{}/add-checkpoint", address.trim_end_matches('/'));
    let mut old = seen.min(sealed.size);
    for _ in 0..2 {
        let proof = match old {
            0 => Vec::new(),
            old => log.consistency_proof(old, sealed.size).map_err(|error| told(&error))?,
        };
        let body = Request { old, proof, note: own.clone() }.body();
        let (status, answer) = post(&url, "text/plain; charset=utf-8", body.as_bytes())?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        match status {
            200 => {
                let lines = signature_lines(&answer).map_err(|error| told(&error))?;
                note.add(&lines, std::slice::from_ref(key)).map_err(|error| told(&error))?;
                if note.signed_by(key) != Ok(true) {
                    return Err("it answered with signatures of other keys than the one in [log]".to_owned());
                }
                sealed.note = note.to_string();
                return log.put_note(sealed, now).map_err(|error| told(&error));
            }
            409 => {
                let size = decimal(answer.trim_end()).ok_or("it answered 409 without a size")?;
                if size > sealed.size {
                    return Err(format!(
                        "it has seen {size} leaves of this log, which has {}: was it rolled back?",
                        sealed.size
                    ));
                }
                old = size;
            }
            422 => return Err("it does not see this log continue the one it knows (422)".to_owned()),
            403 | 404 => return Err(format!("it does not know this log or its key ({status})")),
            other => return Err(format!("it answered {other}")),
        }
    }
    Err("it changed its mind about the size it saw last".to_owned())
}

/// Has a checkpoint stamped.
fn stamp(log: &dyn CustodyLog, address: &str, sealed: &SealedCheckpoint, now: Timestamp) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let note: Note = sealed.note.parse().map_err(|error| told(&error))?;
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|error| told(&error))?;
    let nonce = u64::from_be_bytes(random);
    let request = timestamp::request(&sha256(note.text.as_bytes()), nonce);
    let (status, token) = post(address, "application/timestamp-query", &request)?;
    if status != 200 {
        return Err(format!("it answered {status}"));
    }
    let stamped = timestamp::read(&token, note.text.as_bytes()).map_err(|error| told(&error))?;
    if stamped.nonce != Some(nonce) {
        return Err("its answer is not to this request".to_owned());
    }
    log.put_note(sealed, now).map_err(|error| told(&error))?;
    let stamp = Stamp { size: sealed.size, authority: address.to_owned(), at: stamped.at, token };
    log.put_stamp(&stamp).map_err(|error| told(&error))
}

/// Sends a few bytes and reads a few; the operator named the address, redirects are not followed.
fn post(url: &str, media_type: &str, body: &[u8]) -> Result<(u16, Vec<u8>), String> {
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .timeout_global(Some(REQUEST_TIME))
        .build()
        .new_agent();
    let mut response =
        agent.post(url).content_type(media_type).send(body).map_err(|error| format!("not reached: {error}"))?;
    let status = response.status().as_u16();
    let answer = response
        .body_mut()
        .with_config()
        .limit(ANSWER_BYTES_MAX)
        .read_to_vec()
        .map_err(|error| format!("its answer cannot be read: {error}"))?;
    Ok((status, answer))
}
