//! The custody log: leaves are appended inside the transaction of what they speak of, and every transaction that
//! appends leaves a checkpoint.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};
use vedette_core::{Checkpoint, LeafKind, LogEntry, Sha256, StoreError};
use vedette_preserve::leaf;
use vedette_preserve::records::Record;
use vedette_preserve::tree::Tree;

use crate::fault::{Done, damaged};
use crate::sqlite::rows::{digest, micros, rows, time, unsigned};

/// Bytes of randomness fetched at a time; a salt takes 16.
const RANDOM_BYTES: usize = 4096;
/// Bytes of one record; those written here are far shorter.
pub(crate) const RECORD_BYTES_MAX: usize = 1024 * 1024;

/// Appends leaves within one transaction.
pub(crate) struct LogWriter<'t> {
    tx: &'t Transaction<'t>,
    tree: Tree,
    size_before: u64,
    random: Vec<u8>,
}

impl<'t> LogWriter<'t> {
    /// Takes the log up where the last transaction left it.
    pub fn open(tx: &'t Transaction<'_>) -> Done<Self> {
        let (size, peaks): (i64, Vec<u8>) = tx
            .prepare_cached("SELECT size, peaks FROM log_state")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let peaks = peaks
            .chunks(32)
            .map(|peak| peak.try_into().map(Sha256))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| damaged("the edge of the log is cut off"))?;
        let tree = Tree::from_peaks(unsigned(size), peaks).ok_or_else(|| damaged("the edge of the log has no root"))?;
        Ok(Self { tx, size_before: tree.size(), tree, random: Vec::new() })
    }

    fn salt(&mut self) -> Done<[u8; 16]> {
        if self.random.len() < 16 {
            self.random.resize(RANDOM_BYTES, 0);
            getrandom::fill(&mut self.random)
                .map_err(|error| StoreError::Engine { engine: "random source", message: error.to_string() })?;
        }
        let rest = self.random.len() - 16;
        let salt = self.random.split_off(rest);
        salt.try_into().map_err(|_| damaged("a salt is not 16 bytes"))
    }

    /// Appends the leaf of a record; its index.
    pub fn append<R: Record>(&mut self, record: &R) -> Done<u64> {
        self.append_text(R::KIND, &record.text())
    }

    /// Appends a leaf; its index.
    pub fn append_text(&mut self, kind: LeafKind, record: &str) -> Done<u64> {
        if record.len() > RECORD_BYTES_MAX {
            return Err(StoreError::Refused(format!(
                "a log record of {} bytes is too long: at most {RECORD_BYTES_MAX} are kept",
                record.len()
            ))
            .into());
        }
        let salt = self.salt()?;
        let commitment = leaf::commitment(&salt, record);
        let index = self.tree.size();
        self.tx
            .prepare_cached("INSERT INTO leaves (idx, kind, record, salt, commitment) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![index as i64, kind.word(), record, salt, commitment.0])?;
        self.tree.append(leaf::leaf_hash(&commitment));
        Ok(index)
    }

    /// Index of the next leaf.
    pub fn next(&self) -> u64 {
        self.tree.size()
    }

    /// Stores the edge, and a checkpoint when anything was appended.
    pub fn finish(self, at: Timestamp) -> Done<()> {
        if self.tree.size() == self.size_before {
            return Ok(());
        }
        let size = self.tree.size() as i64;
        let peaks: Vec<u8> = self.tree.peaks().iter().flat_map(|peak| peak.0).collect();
        self.tx.prepare_cached("UPDATE log_state SET size = ?1, peaks = ?2")?.execute(params![size, peaks])?;
        self.tx.prepare_cached("INSERT INTO checkpoints (size, root, at) VALUES (?1, ?2, ?3)")?.execute(params![
            size,
            self.tree.root().0,
            micros(at)
        ])?;
        Ok(())
    }
}

/// Appends one leaf for something that has no row here.
pub(crate) fn append_one(tx: &Transaction<'_>, kind: LeafKind, record: &str, at: Timestamp) -> Done<u64> {
    let mut log = LogWriter::open(tx)?;
    let index = log.append_text(kind, record)?;
    log.finish(at)?;
    Ok(index)
}

/// Appends one record within a transaction; its index.
pub(crate) fn append_record<R: Record>(tx: &Transaction<'_>, record: &R, at: Timestamp) -> Done<u64> {
    append_one(tx, R::KIND, &record.text(), at)
}

pub(crate) fn entries(tx: &Transaction<'_>, from: u64, limit: usize) -> Done<Vec<LogEntry>> {
    let mut statement = tx.prepare_cached(
        "SELECT idx, kind, record, salt, commitment FROM leaves WHERE idx >= ?1 ORDER BY idx LIMIT ?2",
    )?;
    let mut found = statement.query(params![i64::try_from(from).unwrap_or(i64::MAX), rows(limit)])?;
    let mut entries = Vec::new();
    while let Some(row) = found.next()? {
        let kind: String = row.get(1)?;
        entries.push(LogEntry {
            index: unsigned(row.get(0)?),
            kind: LeafKind::from_word(&kind).ok_or_else(|| damaged(format!("`{kind}` is no kind of leaf")))?,
            record: row.get(2)?,
            salt: row.get(3)?,
            commitment: digest(row, 4)?,
        });
    }
    Ok(entries)
}

pub(crate) fn checkpoint(tx: &Transaction<'_>) -> Done<Checkpoint> {
    let newest = tx
        .prepare_cached("SELECT size, root, at FROM checkpoints ORDER BY size DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get::<_, i64>(0)?, digest(row, 1)?, row.get::<_, i64>(2)?)))
        .optional()?;
    match newest {
        Some((size, root, at)) => Ok(Checkpoint { size: unsigned(size), root, at: time(at)? }),
        None => Ok(Checkpoint { size: 0, root: Tree::default().root(), at: Timestamp::UNIX_EPOCH }),
    }
}

pub(crate) fn checkpoints(tx: &Transaction<'_>, from: u64, limit: usize) -> Done<Vec<Checkpoint>> {
    let mut statement =
        tx.prepare_cached("SELECT size, root, at FROM checkpoints WHERE size >= ?1 ORDER BY size LIMIT ?2")?;
    let mut found = statement.query(params![i64::try_from(from).unwrap_or(i64::MAX), rows(limit)])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        all.push(Checkpoint { size: unsigned(row.get(0)?), root: digest(row, 1)?, at: time(row.get(2)?)? });
    }
    Ok(all)
}

/// Leaves in the log.
pub(crate) fn size(tx: &Transaction<'_>) -> Done<u64> {
    let size: i64 = tx.prepare_cached("SELECT size FROM log_state")?.query_row([], |row| row.get(0))?;
    Ok(unsigned(size))
}
