//! The gap ledger, and what a source shows of a stretch of time: what may have been missed, since when, and when it was
//! whole again.

use jiff::Timestamp;
use rusqlite::{Transaction, params};
use vedette_core::{Gap, GapNote, SourceId, StoreError};

use crate::fault::Done;
use crate::sqlite::rows::{micros, optional_time, rows, time};

/// Bytes of the reason of a gap.
const WHY_BYTES_MAX: usize = 4 * 1024;

/// Writes the news of an intake into the ledger. A gap that is noted twice is one; one that lies inside a stretch that is
/// whole again is closed.
pub(crate) fn note(tx: &Transaction<'_>, source: SourceId, news: &[GapNote], at: Timestamp) -> Done<()> {
    for one in news {
        match one {
            GapNote::Opened { from, to, why } => {
                if why.len() > WHY_BYTES_MAX {
                    return Err(StoreError::Refused("the reason of a gap is too long to be stored".to_owned()).into());
                }
                tx.prepare_cached(
                    "INSERT INTO gaps (source, from_at, to_at, why, noted_at) SELECT ?1, ?2, ?3, ?4, ?5
                     WHERE NOT EXISTS (SELECT 1 FROM gaps WHERE source = ?1 AND closed_at IS NULL
                         AND from_at <= ?2 AND to_at >= ?3)",
                )?
                .execute(params![source.0, micros(*from), micros(*to), why, micros(at)])?;
            }
            GapNote::Closed { from, to } => {
                tx.prepare_cached(
                    "UPDATE gaps SET closed_at = ?4 WHERE source = ?1 AND closed_at IS NULL AND from_at >= ?2 AND to_at <= ?3",
                )?
                .execute(params![source.0, micros(*from), micros(*to), micros(at)])?;
            }
        }
    }
    Ok(())
}

pub(crate) fn list(tx: &Transaction<'_>, source: SourceId, limit: usize) -> Done<Vec<Gap>> {
    let mut statement = tx.prepare_cached(
        "SELECT from_at, to_at, why, noted_at, closed_at FROM gaps WHERE source = ?1 ORDER BY noted_at DESC, id DESC
         LIMIT ?2",
    )?;
    let mut found = statement.query(params![source.0, rows(limit)])?;
    let mut gaps = Vec::new();
    while let Some(row) = found.next()? {
        gaps.push(Gap {
            source,
            from: time(row.get(0)?)?,
            to: time(row.get(1)?)?,
            why: row.get(2)?,
            noted_at: time(row.get(3)?)?,
            closed_at: optional_time(row.get(4)?)?,
        });
    }
    Ok(gaps)
}

pub(crate) fn live_posts(
    tx: &Transaction<'_>,
    source: SourceId,
    from: Timestamp,
    to: Timestamp,
    limit: usize,
) -> Done<Vec<(String, Timestamp)>> {
    let mut statement = tx.prepare_cached(
        "SELECT native_id, posted_at FROM items WHERE source = ?1 AND posted_at >= ?2 AND posted_at < ?3
             AND state NOT IN ('deleted', 'deleted-inferred') ORDER BY posted_at, id LIMIT ?4",
    )?;
    let mut found = statement.query(params![source.0, micros(from), micros(to), rows(limit)])?;
    let mut posts = Vec::new();
    while let Some(row) = found.next()? {
        posts.push((row.get(0)?, time(row.get(1)?)?));
    }
    Ok(posts)
}

pub(crate) fn latest_posts(tx: &Transaction<'_>, source: SourceId, limit: usize) -> Done<Vec<Timestamp>> {
    let mut statement =
        tx.prepare_cached("SELECT posted_at FROM items WHERE source = ?1 ORDER BY posted_at DESC LIMIT ?2")?;
    let mut found = statement.query(params![source.0, rows(limit)])?;
    let mut times = Vec::new();
    while let Some(row) = found.next()? {
        times.push(time(row.get(0)?)?);
    }
    Ok(times)
}
