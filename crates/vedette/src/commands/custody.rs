//! `verify`, `log`, `backup` and `erase` of a workspace.

use std::path::Path;
use std::time::Instant;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vedette_core::Sha256;
use vedette_preserve::verify::Scrubbed;

use crate::cli::LogCommand;
use crate::commands::{Context, id, time};
use crate::config::{self, Config};
use crate::io::{Failure, Io};
use crate::{backup, stamp};

/// File in the workspace that tells how far an interrupted verification came.
const STATE: &str = "verify.state";
/// Bytes of that file: findings are its longest part.
const STATE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Seconds between two notes of how far it came.
const STATE_EVERY_S: u64 = 2;

/// How far a verification came, and of which log.
#[derive(Serialize, Deserialize)]
struct Left {
    log_size: u64,
    log_root: Sha256,
    scrubbed: Scrubbed,
}

/// `vedette verify`.
pub fn verify(json: bool, resume: bool, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let path = context.dir.join(STATE);
    let from = if resume { left(&path, context, io)? } else { Scrubbed::default() };
    let (bytes_before, started) = (from.bytes, Instant::now());
    let edge = context.desk.log_edge()?;
    let (mut hashed, mut hashing) = (from.bytes, started.elapsed());
    let mut noted = Instant::now();
    let report = context.desk.verify_from(from, &mut |now| {
        if now.scrubbed.bytes != hashed {
            (hashed, hashing) = (now.scrubbed.bytes, started.elapsed());
        }
        io.progress(format!("verified {} of {}, {} MB hashed", now.done, now.all, hashed / 1_000_000));
        if noted.elapsed().as_secs() >= STATE_EVERY_S {
            noted = Instant::now();
            let left = Left { log_size: edge.size, log_root: edge.root, scrubbed: now.scrubbed.clone() };
            // Only an interrupted run reads it, and that can begin anew.
            if let Ok(text) = serde_json::to_string(&left) {
                std::fs::write(&path, text).ok();
            }
        }
    })?;
    std::fs::remove_file(&path).ok();
    let (megabytes, seconds) = ((hashed - bytes_before) as f64 / 1e6, hashing.as_secs_f64());
    if megabytes >= 1.0 && seconds > 0.0 {
        io.say(format!("hashed {megabytes:.0} MB of exhibits in {seconds:.1} s: {:.0} MB/s", megabytes / seconds));
    }
    backup::tell_verified(&report, json, io)
}

/// Where an interrupted run was left, if this is still the log that it looked at.
fn left(path: &Path, context: &Context<'_>, io: &mut Io) -> Result<Scrubbed, Failure> {
    if !path.is_file() {
        io.say("no verification was interrupted: beginning anew");
        return Ok(Scrubbed::default());
    }
    let left = serde_json::from_str::<Left>(&config::read_text(path, STATE_BYTES_MAX)?).ok();
    let log = context.desk.custody_log();
    match left.filter(|left| log.root_at(left.log_size).ok() == Some(left.log_root)) {
        Some(left) => {
            io.say(format!("going on after {} exhibits", left.scrubbed.exhibits));
            Ok(left.scrubbed)
        }
        None => {
            io.say("the interrupted verification was of another state of the log: beginning anew");
            Ok(Scrubbed::default())
        }
    }
}

/// `vedette log`.
pub fn log(command: &LogCommand, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    match command {
        LogCommand::Status { json } => status(*json, context, io),
        LogCommand::Seal => {
            let sealed = context.desk.seal()?;
            let settings = Config::read(context.dir)?.log;
            for failed in stamp::round(context.desk.custody_log().as_ref(), &settings, true, &Timestamp::now)? {
                io.say(format!("warning: {failed}"));
            }
            let sealed = context.desk.custody_log().sealed()?.unwrap_or(sealed);
            io.line(sealed.note.trim_end())?;
            Ok(0)
        }
        LogCommand::Accept { reason } => {
            let key = context.desk.accept_log(&context.who, reason)?;
            io.line(format!("the log goes on under a new name and key, leaf {}: {}", key.leaf, key.verifier))?;
            io.say("tell those who keep the old key, witnesses among them, why it changed");
            Ok(0)
        }
    }
}

fn status(json: bool, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let status = context.desk.log_status()?;
    let code = u8::from(status.trouble.is_some());
    if json {
        io.json(&status)?;
        return Ok(code);
    }
    io.line(format!("log {}", status.name))?;
    io.line(format!("{} leaves, root {}", status.size, status.root))?;
    let seen = status.seen_size.map_or_else(|| "none".to_owned(), |size| size.to_string());
    io.line(format!("signed up to {}, last seen on this machine: {seen}", status.sealed_size))?;
    for key in &status.keys {
        io.line(format!("key {} since {} ({})", key.verifier, time(key.at), key.reason))?;
    }
    if !status.key_here {
        io.line("the key that signs is not on this machine: the next change makes a new one, and logs that")?;
    }
    for errand in &status.errands {
        let done = errand.done_at.map_or_else(|| "never".to_owned(), time);
        io.line(format!("{} {}: {} leaves, {done}", errand.kind, errand.address, errand.size_done))?;
        if let Some(error) = &errand.error {
            io.line(format!("  failing, {} times: {error}; again at {}", errand.tries, time(errand.due_at)))?;
        }
    }
    if let Some(trouble) = &status.trouble {
        io.line(format!("WRONG rolled back or rewritten: {trouble}"))?;
        io.say("hint: restore a newer backup, or answer for it with `vedette log accept --reason TEXT`");
    }
    Ok(code)
}

/// `vedette backup`.
pub fn backup(file: &Path, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let file = io.path(file);
    let bytes = backup::write(context.desk, context.dir, &file, io)?;
    io.line(format!("wrote `{}`, {bytes} bytes", file.display()))?;
    io.say("it holds the key that hides people's names: keep it as safe as the workspace");
    Ok(0)
}

/// `vedette erase`.
pub fn erase(text: &str, reason: &str, basis: &str, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let gone = context.desk.erase_item(&context.who, id(text)?, reason, basis)?;
    if gone.leaves.is_empty() {
        io.line(format!("{text} was erased before"))?;
        return Ok(0);
    }
    io.line(format!("erased {text}: {} exhibits, {} records of the log", gone.exhibits.len(), gone.leaves.len()))?;
    if !gone.shared.is_empty() {
        io.say(format!("{} exhibits stay, because other items show the same bytes", gone.shared.len()));
    }
    io.say("backups made before still hold it; the search index drops the last traces with `vedette worker --once --reindex`");
    Ok(0)
}
