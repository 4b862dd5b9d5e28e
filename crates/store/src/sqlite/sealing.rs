//! The rows behind signed checkpoints: keys, notes, stamps, errands, and what the sequencer needs to write tiles.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use vedette_core::{Errand, ItemId, LogKey, SealedCheckpoint, Sha256, Stamp, VersionId};
use vedette_preserve::records::{KeyRecord, whole};
use vedette_preserve::tree::Tree;

use crate::fault::{Done, damaged};
use crate::sqlite::log;
use crate::sqlite::rows::{digest, micros, rows, time, unsigned};

/// Leaves and root of the log as its edge says, which each transaction moves on.
pub(crate) fn edge(tx: &Transaction<'_>) -> Done<(u64, Sha256)> {
    let (size, peaks): (i64, Vec<u8>) =
        tx.prepare_cached("SELECT size, peaks FROM log_state")?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let peaks = peaks
        .chunks(32)
        .map(|peak| peak.try_into().map(Sha256))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| damaged("the edge of the log is cut off"))?;
    let tree = Tree::from_peaks(unsigned(size), peaks).ok_or_else(|| damaged("the edge of the log has no root"))?;
    Ok((tree.size(), tree.root()))
}

/// Hands the commitments from leaf `from` on to `each`, at most `limit`; how many there were. A leaf that is missing
/// ends the run.
pub(crate) fn commitments(
    tx: &Transaction<'_>,
    from: u64,
    limit: usize,
    each: &mut dyn FnMut(Sha256) -> Done<()>,
) -> Done<u64> {
    let mut statement =
        tx.prepare_cached("SELECT idx, commitment FROM leaves WHERE idx >= ?1 ORDER BY idx LIMIT ?2")?;
    let mut found = statement.query(params![i64::try_from(from).unwrap_or(i64::MAX), rows(limit)])?;
    let mut next = from;
    while let Some(row) = found.next()? {
        if unsigned(row.get(0)?) != next {
            break;
        }
        each(digest(row, 1)?)?;
        next += 1;
    }
    Ok(next - from)
}

/// Every key, oldest first.
pub(crate) fn keys(tx: &Transaction<'_>) -> Done<Vec<LogKey>> {
    let mut statement = tx.prepare_cached("SELECT verifier, reason, by, at, leaf FROM log_keys ORDER BY id")?;
    let mut found = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        all.push(LogKey {
            verifier: row.get(0)?,
            reason: row.get(1)?,
            by: row.get(2)?,
            at: time(row.get(3)?)?,
            leaf: unsigned(row.get(4)?),
        });
    }
    Ok(all)
}

/// Records a key, with its leaf.
pub(crate) fn add_key(tx: &Transaction<'_>, verifier: &str, reason: &str, by: &str, at: Timestamp) -> Done<LogKey> {
    let at = whole(at);
    let leaf = log::append_record(tx, &KeyRecord { key: verifier, reason, by, at }, at)?;
    tx.prepare_cached("INSERT INTO log_keys (verifier, reason, by, at, leaf) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![verifier, reason, by, micros(at), leaf as i64])?;
    Ok(LogKey { verifier: verifier.to_owned(), reason: reason.to_owned(), by: by.to_owned(), at, leaf })
}

fn sealed_row(row: &Row<'_>) -> rusqlite::Result<SealedCheckpoint> {
    Ok(SealedCheckpoint { size: unsigned(row.get(0)?), root: digest(row, 1)?, note: row.get(2)? })
}

/// The newest signed checkpoint.
pub(crate) fn newest_sealed(tx: &Transaction<'_>) -> Done<Option<SealedCheckpoint>> {
    Ok(tx
        .prepare_cached("SELECT size, root, note FROM sealed ORDER BY size DESC LIMIT 1")?
        .query_row([], sealed_row)
        .optional()?)
}

/// Signed checkpoints, newest first; only those that somebody vouched for when `vouched`.
pub(crate) fn all_sealed(tx: &Transaction<'_>, vouched: bool, limit: usize) -> Done<Vec<SealedCheckpoint>> {
    let mut statement =
        tx.prepare_cached("SELECT size, root, note FROM sealed WHERE vouched >= ?1 ORDER BY size DESC LIMIT ?2")?;
    Ok(statement.query_map(params![vouched, rows(limit)], sealed_row)?.collect::<Result<_, _>>()?)
}

/// Stores a signed checkpoint. Older ones that nobody vouched for are of no more use: this one covers them.
pub(crate) fn put_sealed(tx: &Transaction<'_>, sealed: &SealedCheckpoint, at: Timestamp) -> Done<()> {
    tx.prepare_cached("DELETE FROM sealed WHERE vouched = 0 AND size < ?1")?.execute([sealed.size as i64])?;
    tx.prepare_cached(
        "INSERT INTO sealed (size, root, note, at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (size) DO UPDATE SET root = ?2, note = ?3, at = ?4",
    )?
    .execute(params![sealed.size as i64, sealed.root.0, sealed.note, micros(at)])?;
    Ok(())
}

/// Forgets checkpoints that were signed for a log that is gone: those over more leaves than there are, and those whose
/// roots are not in this log's own history.
pub(crate) fn forget_sealed(tx: &Transaction<'_>, size: u64) -> Done<()> {
    tx.execute(
        "DELETE FROM sealed WHERE size > ?1
             OR NOT EXISTS (SELECT 1 FROM checkpoints c WHERE c.size = sealed.size AND c.root = sealed.root)",
        [size as i64],
    )?;
    Ok(())
}

/// Stores a signed checkpoint that somebody vouched for, with the signatures it has now.
pub(crate) fn put_note(tx: &Transaction<'_>, sealed: &SealedCheckpoint, at: Timestamp) -> Done<()> {
    tx.prepare_cached(
        "INSERT INTO sealed (size, root, note, vouched, at) VALUES (?1, ?2, ?3, 1, ?4)
         ON CONFLICT (size) DO UPDATE SET note = ?3, vouched = 1",
    )?
    .execute(params![sealed.size as i64, sealed.root.0, sealed.note, micros(at)])?;
    Ok(())
}

pub(crate) fn put_stamp(tx: &Transaction<'_>, stamp: &Stamp) -> Done<()> {
    tx.prepare_cached("INSERT OR REPLACE INTO stamps (size, authority, at, token) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![stamp.size as i64, stamp.authority, micros(stamp.at), stamp.token])?;
    tx.prepare_cached("UPDATE sealed SET vouched = 1 WHERE size = ?1")?.execute([stamp.size as i64])?;
    Ok(())
}

pub(crate) fn stamps(tx: &Transaction<'_>, limit: usize) -> Done<Vec<Stamp>> {
    let mut statement =
        tx.prepare_cached("SELECT size, authority, at, token FROM stamps ORDER BY size DESC, authority LIMIT ?1")?;
    let mut found = statement.query([rows(limit)])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        all.push(Stamp {
            size: unsigned(row.get(0)?),
            authority: row.get(1)?,
            at: time(row.get(2)?)?,
            token: row.get(3)?,
        });
    }
    Ok(all)
}

pub(crate) fn put_errand(tx: &Transaction<'_>, errand: &Errand) -> Done<()> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO errands (address, kind, size_done, done_at, tries, error, due_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        errand.address,
        errand.kind,
        errand.size_done as i64,
        errand.done_at.map(micros),
        errand.tries,
        errand.error,
        micros(errand.due_at)
    ])?;
    Ok(())
}

pub(crate) fn errands(tx: &Transaction<'_>) -> Done<Vec<Errand>> {
    let mut statement = tx.prepare_cached(
        "SELECT address, kind, size_done, done_at, tries, error, due_at FROM errands ORDER BY kind DESC, address",
    )?;
    let mut found = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        all.push(Errand {
            address: row.get(0)?,
            kind: row.get(1)?,
            size_done: unsigned(row.get(2)?),
            done_at: row.get::<_, Option<i64>>(3)?.map(time).transpose()?,
            tries: row.get(4)?,
            error: row.get(5)?,
            due_at: time(row.get(6)?)?,
        });
    }
    Ok(all)
}

/// Places of all leaves that speak of an item, in order.
pub(crate) fn leaves_of(tx: &Transaction<'_>, item: ItemId) -> Done<Vec<u64>> {
    let mut statement = tx.prepare_cached(
        "SELECT leaf FROM items WHERE id = ?1
         UNION SELECT leaf FROM versions WHERE item = ?1
         UNION SELECT c.leaf FROM captures c JOIN versions v ON v.capture = c.id WHERE v.item = ?1
         UNION SELECT f.leaf FROM file_events f JOIN versions v ON v.id = f.version WHERE v.item = ?1
         UNION SELECT leaf FROM decisions WHERE item = ?1
         UNION SELECT leaf FROM translations WHERE item = ?1
         UNION SELECT leaf FROM judgements WHERE item = ?1
         UNION SELECT e.leaf FROM erasures e JOIN versions v ON v.exhibit = e.sha256 WHERE v.item = ?1
         UNION SELECT e.leaf FROM erasures e JOIN attachments a ON a.exhibit = e.sha256
               JOIN versions v ON v.id = a.version WHERE v.item = ?1
         ORDER BY 1",
    )?;
    Ok(statement.query_map([item.0], |row| Ok(unsigned(row.get(0)?)))?.collect::<Result<_, _>>()?)
}

/// The digest of a derived row, as its derivation's leaf commits to it.
pub(crate) fn derived_digest(tx: &Transaction<'_>, version: VersionId) -> Done<Option<Sha256>> {
    let mut statement = tx.prepare_cached(
        "SELECT made_with, outlet, problems, assessment, sketch, readings, findings FROM derived WHERE version = ?1",
    )?;
    let mut found = statement.query([version.0])?;
    let Some(row) = found.next()? else { return Ok(None) };
    let columns = (0..7)
        .map(|column| {
            let value = row.get_ref(column)?;
            Ok(value.as_bytes_or_null().map_err(rusqlite::Error::from)?)
        })
        .collect::<Done<Vec<Option<&[u8]>>>>()?;
    Ok(Some(vedette_preserve::records::derived_digest(&columns)))
}
