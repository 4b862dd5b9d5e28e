//! Exhibits' rows, files that came late, and erasure.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use vedette_core::{AttachmentId, ExhibitInfo, JobKind, NewExhibit, PendingFile, Sha256, SourceId, VersionId};
use vedette_preserve::records::{ErasureRecord, FileRecord, whole};

use crate::fault::{Done, not_found};
use crate::sqlite::log::LogWriter;
use crate::sqlite::rows::{digest, micros, rows, unsigned};
use crate::sqlite::{erasing, log, queue, take_in};

/// Tries after which a file is given up; the item keeps saying that it is missing.
const FILE_TRIES_MAX: u32 = 100;

/// Whether an exhibit was erased, and its bytes when they are a row.
pub(crate) fn inline_bytes(tx: &Transaction<'_>, sha256: Sha256) -> Done<Option<(bool, Option<Vec<u8>>)>> {
    let found = tx
        .prepare_cached("SELECT erased, bytes FROM exhibits WHERE sha256 = ?1")?
        .query_row([sha256.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(found)
}

fn info(row: &Row<'_>) -> rusqlite::Result<ExhibitInfo> {
    Ok(ExhibitInfo {
        sha256: digest(row, 0)?,
        size_bytes: unsigned(row.get(1)?),
        media_type: row.get(2)?,
        sealed: row.get(3)?,
        erased: row.get(4)?,
    })
}

pub(crate) fn exhibit(tx: &Transaction<'_>, sha256: Sha256) -> Done<Option<ExhibitInfo>> {
    let found = tx
        .prepare_cached("SELECT sha256, size_bytes, media_type, sealed, erased FROM exhibits WHERE sha256 = ?1")?
        .query_row([sha256.0], info)
        .optional()?;
    Ok(found)
}

pub(crate) fn exhibits(tx: &Transaction<'_>, after: Option<Sha256>, limit: usize) -> Done<Vec<ExhibitInfo>> {
    let mut statement = tx.prepare_cached(
        "SELECT sha256, size_bytes, media_type, sealed, erased FROM exhibits WHERE sha256 > ?1 ORDER BY sha256
         LIMIT ?2",
    )?;
    // Every digest is greater than the empty one.
    let after: &[u8] = after.as_ref().map_or(&[], |sha256| &sha256.0);
    Ok(statement.query_map(params![after, rows(limit)], info)?.collect::<Result<_, _>>()?)
}

/// Exhibits in the order of their rows, which is the order on the disk; how many.
#[allow(clippy::type_complexity)]
pub(crate) fn scan(
    tx: &Transaction<'_>,
    after: i64,
    limit: usize,
    each: &mut dyn FnMut(i64, &ExhibitInfo, Option<&[u8]>),
) -> Done<usize> {
    let mut statement = tx.prepare_cached(
        "SELECT sha256, size_bytes, media_type, sealed, erased, id, bytes FROM exhibits WHERE id > ?1 ORDER BY id
         LIMIT ?2",
    )?;
    let mut found = statement.query(params![after, rows(limit)])?;
    let mut count = 0;
    while let Some(row) = found.next()? {
        let bytes = row.get_ref(6)?.as_bytes_or_null().map_err(rusqlite::Error::from)?;
        each(row.get(5)?, &info(row)?, bytes);
        count += 1;
    }
    Ok(count)
}

pub(crate) fn expired_pages(tx: &Transaction<'_>, now: Timestamp, limit: usize) -> Done<Vec<Sha256>> {
    let mut statement = tx.prepare_cached(&format!(
        "SELECT sha256 FROM exhibits WHERE expires_at <= ?1 AND expires_at IS NOT NULL AND sha256 NOT IN ({})
         ORDER BY expires_at LIMIT ?2",
        erasing::held_pages()
    ))?;
    let found = statement.query_map(params![micros(now), rows(limit)], |row| digest(row, 0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Marks bytes as erased, removes them when they are a row, and logs the reason.
pub(crate) fn mark_erased(tx: &Transaction<'_>, sha256: Sha256, reason: &str, at: Timestamp) -> Done<()> {
    let changed = tx
        .prepare_cached(
            "UPDATE exhibits SET erased = 1, bytes = NULL, expires_at = NULL WHERE sha256 = ?1 AND erased = 0",
        )?
        .execute([sha256.0])?;
    if changed == 0 {
        // Erasing twice is harmless; erasing what was never here is a mistake.
        return if exhibit(tx, sha256)?.is_some() { Ok(()) } else { Err(not_found("exhibit", sha256)) };
    }
    tx.prepare_cached("DELETE FROM read_parts WHERE exhibit = ?1")?.execute([sha256.0])?;
    let at = whole(at);
    let leaf = log::append_record(tx, &ErasureRecord { exhibit: sha256, reason, at }, at)?;
    tx.prepare_cached("INSERT INTO erasures (sha256, reason, at, leaf) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        sha256.0,
        reason,
        micros(at),
        leaf as i64
    ])?;
    Ok(())
}

pub(crate) fn pending(tx: &Transaction<'_>, source: SourceId, limit: usize) -> Done<Vec<PendingFile>> {
    // Those tried least come first, so that files that never come do not keep the others waiting.
    let mut statement = tx.prepare_cached(
        "SELECT id, version, name, url FROM attachments
         WHERE source = ?1 AND exhibit IS NULL AND url IS NOT NULL AND tries < ?2 ORDER BY tries, id LIMIT ?3",
    )?;
    let found = statement.query_map(params![source.0, FILE_TRIES_MAX, rows(limit)], |row| {
        Ok(PendingFile {
            attachment: AttachmentId(row.get(0)?),
            version: VersionId(row.get(1)?),
            name: row.get(2)?,
            url: row.get(3)?,
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// A file arrived or failed again; see [`vedette_core::ports::Records::file_arrived`].
pub(crate) fn arrived(
    tx: &Transaction<'_>,
    log: &mut LogWriter<'_>,
    attachment: AttachmentId,
    bytes: Result<&NewExhibit, &str>,
    at: Timestamp,
) -> Done<()> {
    let at = whole(at);
    let known: Option<(i64, bool, Option<String>)> = tx
        .prepare_cached("SELECT version, exhibit IS NOT NULL, error FROM attachments WHERE id = ?1")?
        .query_row([attachment.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((version, here, error)) = known else { return Err(not_found("attachment", attachment)) };
    if here {
        return Ok(());
    }
    let version = VersionId(version);
    match bytes {
        Ok(exhibit) => {
            take_in::put_exhibit(tx, exhibit, at)?;
            tx.prepare_cached(
                "UPDATE attachments SET exhibit = ?2, size_bytes = ?3, late = 1, error = NULL WHERE id = ?1",
            )?
            .execute(params![attachment.0, exhibit.sha256.0, exhibit.size_bytes as i64])?;
            queue::add(tx, JobKind::Read, version, at, false)?;
        }
        Err(why) => {
            tx.prepare_cached("UPDATE attachments SET tries = tries + 1, error = ?2 WHERE id = ?1")?
                .execute(params![attachment.0, why])?;
            // The same failure again and again is counted, not logged.
            if error.as_deref() == Some(why) {
                return Ok(());
            }
        }
    }
    let record = FileRecord {
        attachment,
        version,
        exhibit: bytes.ok().map(|exhibit| exhibit.sha256),
        size_bytes: bytes.ok().map(|exhibit| exhibit.size_bytes),
        error: bytes.err(),
        at,
    };
    let leaf = log.append(&record)?;
    tx.prepare_cached(
        "INSERT INTO file_events (attachment, version, exhibit, size_bytes, error, at, leaf)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        attachment.0,
        version.0,
        record.exhibit.map(|sha256| sha256.0),
        record.size_bytes.map(|size| size as i64),
        record.error,
        micros(at),
        leaf as i64,
    ])?;
    Ok(())
}

/// The newest erasures, whose files may have been left behind by a crash.
pub(crate) fn newly_erased(tx: &Transaction<'_>, limit: usize) -> Done<Vec<Sha256>> {
    let mut statement = tx.prepare_cached(
        "SELECT sha256 FROM (SELECT sha256 FROM (SELECT sha256 FROM erasures ORDER BY id DESC LIMIT ?1)
             UNION ALL SELECT unhex(j.value) FROM (SELECT exhibits FROM item_erasures ORDER BY id DESC LIMIT ?1) i,
                 json_each(i.exhibits) j) e
         WHERE EXISTS (SELECT 1 FROM exhibits x WHERE x.sha256 = e.sha256 AND x.erased = 1)",
    )?;
    Ok(statement.query_map([rows(limit)], |row| digest(row, 0))?.collect::<Result<_, _>>()?)
}
