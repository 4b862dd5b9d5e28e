//! The log as it is published and signed: one sequencer writes tiles after the rows are durable, compares their root with
//! that of the rows and with the checkpoint last seen, and only then signs.
//!
//! | where | is | trusted for |
//! |---|---|---|
//! | rows `leaves` | the log | everything |
//! | `log/` in the workspace | tiles, entries, the newest checkpoint | nothing: compared with the rows before anything is signed |
//! | `<keys>/<log>/signing.key` | the key | that this machine signed |
//! | `<keys>/<log>/checkpoint` | the checkpoint last seen | that the log is not an older or another one |

mod check;
mod files;
mod keys;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use vedette_core::ports::CustodyLog;
use vedette_core::{Errand, LogKey, LogStatus, SealedCheckpoint, Sha256, Stamp, StoreError, StoreResult};
use vedette_preserve::note::{CheckpointText, Note, SigningKey, VerifierKey};
use vedette_preserve::tiles::{TileLog, TileWriter};
use vedette_preserve::tree;

use crate::SqliteRecords;
use crate::fault::{Done, Fault, damaged};
use crate::log_files::files::LogFolder;
pub use crate::log_files::keys::Keyring;
use crate::sqlite::sealing;

/// Leaves read from the rows at a time.
const ROWS: usize = 65_536;
/// What the name of a log begins with: a name that is no address (RFC 6761), made unique by 16 hexadecimal digits.
const NAME_BEGIN: &str = "vedette.invalid/";

/// The log of one workspace.
pub struct SignedLog {
    records: Arc<SqliteRecords>,
    folder: LogFolder,
    keyring: Option<Keyring>,
    writable: bool,
    /// Leaves when the workspace was opened.
    opened_at: u64,
    /// The tiles so far; held while tiles are written or a checkpoint is signed.
    writer: Mutex<Option<TileWriter>>,
}

impl SignedLog {
    /// The log of `records`, with its tiles in `dir` and its keys in `keys`; without keys it can prove but not sign.
    pub(crate) fn new(
        records: Arc<SqliteRecords>,
        dir: PathBuf,
        keys: Option<PathBuf>,
        writable: bool,
    ) -> StoreResult<Self> {
        let opened_at = records.read(sealing::edge)?.0;
        let keyring = keys.map(Keyring::new);
        Ok(Self { records, folder: LogFolder::new(dir), keyring, writable, opened_at, writer: Mutex::default() })
    }

    /// Begins a log that has no key yet, and compares the log with the checkpoint last seen.
    pub(crate) fn begin(&self, refuse: bool, at: Timestamp) -> StoreResult<()> {
        let Some(keyring) = self.keyring.as_ref().filter(|_| self.writable) else { return Ok(()) };
        if self.keys()?.is_empty() {
            let reason = if self.opened_at == 0 { "the log begins" } else { "the log is signed from here on" };
            self.add_key(keyring, &new_name()?, reason, "", at)?;
            return Ok(());
        }
        match self.trouble()? {
            Some(trouble) if refuse => Err(StoreError::RolledBack(trouble)),
            Some(_) => Ok(()),
            None => self.publish_again(),
        }
    }

    /// After a restore the folder of the log is empty: what was signed before is put there again.
    fn publish_again(&self) -> StoreResult<()> {
        let newest = self.records.read(sealing::newest_sealed)?;
        match newest.filter(|_| !self.folder.dir().join("checkpoint").exists()) {
            Some(newest) => self.folder.put_checkpoint(&newest.note),
            None => Ok(()),
        }
    }

    fn hold(&self) -> MutexGuard<'_, Option<TileWriter>> {
        // A writer that panicked has left tiles that the next comparison of roots finds out.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add_key(&self, keyring: &Keyring, name: &str, reason: &str, by: &str, at: Timestamp) -> StoreResult<LogKey> {
        let key = match keyring.signing_key(name)? {
            Some(key) => key,
            None => keyring.make_key(name)?,
        };
        self.records.write(|tx| sealing::add_key(tx, &key.verifier().to_string(), reason, by, at))
    }

    /// The log's name and newest key.
    fn newest_key(&self) -> StoreResult<Option<VerifierKey>> {
        match self.keys()?.last() {
            Some(key) => Ok(Some(key.verifier.parse().map_err(|error| wrong_row(&error))?)),
            None => Ok(None),
        }
    }

    /// The key that signs: the newest one, or a new one when that is not on this machine.
    fn signing_key(&self, at: Timestamp) -> StoreResult<SigningKey> {
        let keyring = self.keyring.as_ref().ok_or_else(|| {
            StoreError::Refused("this log cannot be signed here: no folder of keys was named".to_owned())
        })?;
        let newest = self.newest_key()?;
        let name = newest.as_ref().map_or_else(new_name, |key| Ok(key.name.clone()))?;
        if let (Some(key), Some(newest)) = (keyring.signing_key(&name)?, &newest)
            && key.verifier() == *newest
        {
            return Ok(key);
        }
        self.add_key(keyring, &name, "the key that signed before is not on this machine", "", at)?;
        keyring.signing_key(&name)?.ok_or_else(|| StoreError::Damaged("the key that was made is gone".to_owned()))
    }

    /// Brings the tiles up to the rows; leaves and root. Tiles that do not lead to the rows' root are written anew.
    fn catch_up(&self, held: &mut Option<TileWriter>) -> StoreResult<(u64, Sha256)> {
        let (size, root) = self.records.read(sealing::edge)?;
        if held.as_ref().is_some_and(|writer| writer.size() == size) {
            return Ok((size, root));
        }
        if !self.writable {
            return Err(StoreError::Refused(
                "the tiles of the log are behind its rows: open the workspace for writing once".to_owned(),
            ));
        }
        if held.is_none() {
            *held = self.resume()?;
        }
        for again in [false, true] {
            let mut writer = held.take().unwrap_or_default();
            if again || writer.size() > size {
                self.folder.clear()?;
                writer = TileWriter::default();
            }
            if self.append(&mut writer, size)? && tree::root_at(&TileLog::new(&self.folder, size), size) == Some(root) {
                self.folder.sync()?;
                *held = Some(writer);
                return Ok((size, root));
            }
        }
        Err(StoreError::Damaged("the leaves of the log do not lead to its root".to_owned()))
    }

    fn resume(&self) -> StoreResult<Option<TileWriter>> {
        let size = self.folder.checkpoint()?.and_then(|note| note.checkpoint().ok()).map(|text| text.size);
        Ok(size.and_then(|size| self.folder.resume(size)))
    }

    /// Writes the tiles from where the writer stands up to `size` leaves; `false` when a leaf is missing. Of the sizes
    /// that were signed on the way the partial tiles are written too, as the specification asks.
    fn append(&self, writer: &mut TileWriter, size: u64) -> StoreResult<bool> {
        let kept = self.records.read(|tx| sealing::all_sealed(tx, false, ROWS))?;
        let mut stops: Vec<u64> =
            kept.iter().map(|sealed| sealed.size).filter(|at| *at > writer.size() && *at < size).collect();
        stops.reverse();
        stops.push(size);
        for stop in stops {
            while writer.size() < stop {
                let limit = usize::try_from(stop - writer.size()).unwrap_or(ROWS).min(ROWS);
                let count = self.records.read(|tx| {
                    sealing::commitments(tx, writer.size(), limit, &mut |commitment| {
                        writer.append(&commitment, &mut |file| self.folder.put(&file).map_err(Fault::from))
                    })
                })?;
                if count == 0 {
                    return Ok(false);
                }
            }
            writer.partials(&mut |file| self.folder.put(&file))?;
        }
        Ok(true)
    }

    /// What contradicts the checkpoint last seen, or else the newest one signed.
    fn trouble(&self) -> StoreResult<Option<String>> {
        let mut held = self.hold();
        let size = match self.catch_up(&mut held) {
            Ok((size, _)) => size,
            Err(StoreError::Damaged(what)) => return Ok(Some(what)),
            Err(error) => return Err(error),
        };
        self.contradiction(size)
    }

    /// Compares the log of `size` leaves, whose tiles are there, with what is known of it.
    fn contradiction(&self, size: u64) -> StoreResult<Option<String>> {
        let Some(newest) = self.newest_key()? else { return Ok(None) };
        let known = match self.last_seen(&newest.name) {
            Ok(known) => known,
            Err(StoreError::RolledBack(what)) => return Ok(Some(what)),
            Err(error) => return Err(error),
        };
        if let Some(known) = known {
            let what = "the checkpoint last seen on this machine";
            if let Some(trouble) = self.compare(&known, size, what) {
                return Ok(Some(trouble));
            }
        }
        let sealed = self.records.read(sealing::newest_sealed)?;
        Ok(sealed.and_then(|sealed| {
            let known = CheckpointText { origin: String::new(), size: sealed.size, root: sealed.root };
            self.compare(&known, size, "the newest signed checkpoint")
        }))
    }

    fn compare(&self, known: &CheckpointText, size: u64, what: &str) -> Option<String> {
        if known.size > size {
            return Some(format!("{what} has {} leaves, the log has {size}", known.size));
        }
        let root = tree::root_at(&TileLog::new(&self.folder, size), known.size)?;
        (root != known.root)
            .then(|| format!("{what} has the root {} at {} leaves, the log has {root}", known.root, known.size))
    }

    /// The checkpoint last seen on this machine, its signature checked.
    fn last_seen(&self, name: &str) -> StoreResult<Option<CheckpointText>> {
        let Some(keyring) = &self.keyring else { return Ok(None) };
        let Some(note) = keyring.last_seen(name)? else { return Ok(None) };
        let mut keys: Vec<VerifierKey> = self.keys()?.iter().filter_map(|key| key.verifier.parse().ok()).collect();
        keys.extend(keyring.signing_key(name)?.map(|key| key.verifier()));
        let signed = keys.iter().any(|key| note.signed_by(key) == Ok(true));
        match note.checkpoint() {
            Ok(text) if signed && text.origin == name => Ok(Some(text)),
            _ => Err(StoreError::RolledBack(
                "the checkpoint last seen on this machine is not signed by a key of this log".to_owned(),
            )),
        }
    }

    fn sign(&self, key: &SigningKey, size: u64, root: Sha256, at: Timestamp) -> StoreResult<SealedCheckpoint> {
        let text = CheckpointText { origin: key.name().to_owned(), size, root };
        let note = Note::signed(text.to_string(), key);
        let sealed = SealedCheckpoint { size, root, note: note.to_string() };
        self.records.write(|tx| sealing::put_sealed(tx, &sealed, at))?;
        self.folder.put_checkpoint(&sealed.note)?;
        if let Some(keyring) = &self.keyring {
            keyring.see(key.name(), &note)?;
        }
        Ok(sealed)
    }

    fn is_signed_by(&self, sealed: &SealedCheckpoint, key: &VerifierKey) -> bool {
        sealed.note.parse::<Note>().is_ok_and(|note| note.signed_by(key) == Ok(true))
    }
}

fn new_name() -> StoreResult<String> {
    let mut random = [0; 8];
    keys::fill(&mut random)?;
    Ok(format!("{NAME_BEGIN}{:016x}", u64::from_be_bytes(random)))
}

fn wrong_row(error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Damaged(format!("a key of the log cannot be read: {error}"))
}

impl CustodyLog for SignedLog {
    fn seal(&self, at: Timestamp) -> StoreResult<SealedCheckpoint> {
        let mut held = self.hold();
        let before = self.records.read(sealing::edge)?.0;
        let newest = self.records.read(sealing::newest_sealed)?;
        let key = match (self.newest_key()?, &newest) {
            // Nothing came since: no new key is made for it either.
            (Some(key), Some(newest)) if newest.size == before && self.is_signed_by(newest, &key) => {
                let (size, _) = self.catch_up(&mut held)?;
                if let Some(trouble) = self.contradiction(size)? {
                    return Err(StoreError::RolledBack(trouble));
                }
                if self.folder.checkpoint()?.is_none_or(|note| note.to_string() != newest.note) {
                    self.folder.put_checkpoint(&newest.note)?;
                }
                return Ok(newest.clone());
            }
            _ => self.signing_key(at)?,
        };
        let (size, root) = self.catch_up(&mut held)?;
        if let Some(trouble) = self.contradiction(size)? {
            return Err(StoreError::RolledBack(trouble));
        }
        self.sign(&key, size, root, at)
    }

    fn close(&self, at: Timestamp) -> StoreResult<()> {
        let size = self.records.read(sealing::edge)?.0;
        let sealed = self.records.read(sealing::newest_sealed)?.map_or(0, |sealed| sealed.size);
        if self.writable && self.keyring.is_some() && size > self.opened_at.max(sealed) {
            self.seal(at)?;
        }
        Ok(())
    }

    fn sealed(&self) -> StoreResult<Option<SealedCheckpoint>> {
        self.records.read(sealing::newest_sealed)
    }

    fn vouched(&self, limit: usize) -> StoreResult<Vec<SealedCheckpoint>> {
        self.records.read(|tx| sealing::all_sealed(tx, true, limit))
    }

    fn root_at(&self, size: u64) -> StoreResult<Sha256> {
        let now = self.catch_up(&mut self.hold())?.0;
        tree::root_at(&TileLog::new(&self.folder, now), size).ok_or_else(|| no_proof("root", size, now))
    }

    fn inclusion_proof(&self, index: u64, size: u64) -> StoreResult<Vec<Sha256>> {
        let now = self.catch_up(&mut self.hold())?.0;
        tree::inclusion_proof(&TileLog::new(&self.folder, now), index, size)
            .ok_or_else(|| no_proof("proof of a leaf", size, now))
    }

    fn consistency_proof(&self, old: u64, new: u64) -> StoreResult<Vec<Sha256>> {
        let now = self.catch_up(&mut self.hold())?.0;
        tree::consistency_proof(&TileLog::new(&self.folder, now), old, new)
            .ok_or_else(|| no_proof("proof of growth", new, now))
    }

    fn keys(&self) -> StoreResult<Vec<LogKey>> {
        self.records.read(sealing::keys)
    }

    fn status(&self) -> StoreResult<LogStatus> {
        let (size, root) = self.records.read(sealing::edge)?;
        let keys = self.keys()?;
        let newest = self.newest_key()?;
        let name = newest.as_ref().map(|key| key.name.clone()).unwrap_or_default();
        let key_here = match (&self.keyring, &newest) {
            (Some(keyring), Some(newest)) => keyring.signing_key(&name)?.is_some_and(|key| key.verifier() == *newest),
            _ => false,
        };
        Ok(LogStatus {
            trouble: self.trouble()?,
            seen_size: self.last_seen(&name).ok().flatten().map(|text| text.size),
            sealed_size: self.sealed()?.map_or(0, |sealed| sealed.size),
            errands: self.records.read(sealing::errands)?,
            name,
            size,
            root,
            keys,
            key_here,
        })
    }

    fn put_note(&self, sealed: &SealedCheckpoint, at: Timestamp) -> StoreResult<()> {
        let _held = self.hold();
        self.records.write(|tx| sealing::put_note(tx, sealed, at))?;
        let newest = self.records.read(sealing::newest_sealed)?;
        match newest.filter(|newest| newest.size == sealed.size) {
            Some(newest) => self.folder.put_checkpoint(&newest.note),
            None => Ok(()),
        }
    }

    fn put_stamp(&self, stamp: &Stamp) -> StoreResult<()> {
        self.records.write(|tx| sealing::put_stamp(tx, stamp))
    }

    fn stamps(&self, limit: usize) -> StoreResult<Vec<Stamp>> {
        self.records.read(|tx| sealing::stamps(tx, limit))
    }

    fn put_errand(&self, errand: &Errand) -> StoreResult<()> {
        self.records.write(|tx| sealing::put_errand(tx, errand))
    }

    fn accept(&self, by: &str, reason: &str, at: Timestamp) -> StoreResult<LogKey> {
        let Some(trouble) = self.trouble()? else {
            return Err(StoreError::Refused("the log is the one last seen: there is nothing to accept".to_owned()));
        };
        let keyring =
            self.keyring.as_ref().ok_or_else(|| StoreError::Refused("no folder of keys was named".to_owned()))?;
        // Signed checkpoints of the log that is gone stay out of the way of the one that goes on.
        let reason = format!("accepted: {trouble}; reason given: {reason}");
        let size = self.records.read(sealing::edge)?.0;
        self.records.write(|tx| -> Done<()> { sealing::forget_sealed(tx, size) })?;
        let key = self.add_key(keyring, &new_name()?, &reason, by, at)?;
        self.seal(at)?;
        Ok(key)
    }

    fn check(&self) -> StoreResult<Vec<[String; 4]>> {
        check::check(self)
    }
}

fn no_proof(what: &str, size: u64, now: u64) -> StoreError {
    match damaged(format!("there is no {what} at {size} leaves of {now}: its tiles or leaves are damaged")) {
        Fault::Store(error) => error,
        fault => fault.into(),
    }
}
