//! Work that waits, as rows. At most one job a version; a claim is a lease.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Transaction, params};
use vedette_core::ports::Queue;
use vedette_core::{Job, JobId, JobKind, Lane, StoreResult, VersionId};

use crate::SqliteRecords;
use crate::crash;
use crate::fault::Done;
use crate::sqlite::rows::{from_json, job_kind, job_word, micros, rows, to_json};

/// A claim older than this is given back: one part of a file never takes so long, and each part renews the claim.
const LEASE: SignedDuration = SignedDuration::from_mins(15);
/// Characters of an error that are kept.
const ERROR_CHARS_MAX: usize = 2_000;

/// Adds a job, or asks the one that is there to run again.
pub(crate) fn add(tx: &Transaction<'_>, kind: JobKind, version: VersionId, at: Timestamp, claimed: bool) -> Done<()> {
    let due_at = if claimed { lease_end(at) } else { micros(at) };
    tx.prepare_cached(
        "INSERT INTO jobs (version, kind, due_at, claimed) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (version) DO UPDATE SET
             kind = CASE WHEN kind IN ('derive', 'translate') THEN excluded.kind ELSE kind END,
             again = claimed,
             due_at = CASE WHEN claimed THEN due_at ELSE excluded.due_at END,
             parked = 0, tries = 0, error = NULL",
    )?
    .execute(params![version.0, job_word(kind), due_at, claimed])?;
    Ok(())
}

/// A version is derived: its job goes, unless something came while it was worked on, or something is left to do; then a
/// new one takes its place, so that the worker's "done" does not remove it.
pub(crate) fn finish(tx: &Transaction<'_>, version: VersionId, next: Option<JobKind>) -> Done<()> {
    let again: Option<(bool, String)> = tx
        .prepare_cached("DELETE FROM jobs WHERE version = ?1 RETURNING again, kind")?
        .query_row([version.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let left = match again {
        Some((true, kind)) => Some(kind),
        _ => next.map(|kind| job_word(kind).to_owned()),
    };
    if let Some(kind) = left {
        tx.prepare_cached("INSERT INTO jobs (version, kind, due_at) VALUES (?1, ?2, 0)")?
            .execute(params![version.0, kind])?;
    }
    Ok(())
}

/// As the catalogue computes it from the kind.
fn lane_number(lane: Lane) -> i64 {
    match lane {
        Lane::Quick => 0,
        Lane::Slow => 1,
        Lane::Again => 2,
    }
}

fn lease_end(now: Timestamp) -> i64 {
    micros(now.saturating_add(LEASE).unwrap_or(now))
}

fn cut(error: &str) -> String {
    error.chars().take(ERROR_CHARS_MAX).collect()
}

fn jobs(tx: &Transaction<'_>, sql: &str, parameters: impl rusqlite::Params) -> Done<Vec<Job>> {
    let mut statement = tx.prepare_cached(sql)?;
    let mut found = statement.query(parameters)?;
    let mut jobs = Vec::new();
    while let Some(row) = found.next()? {
        jobs.push(Job {
            id: JobId(row.get(0)?),
            kind: job_kind(&row.get::<_, String>(1)?)?,
            version: VersionId(row.get(2)?),
            tries: row.get(3)?,
            error: row.get(4)?,
        });
    }
    Ok(jobs)
}

/// The item of a parked job says so in the inbox.
fn tell_item(tx: &Transaction<'_>, id: JobId, error: &str) -> Done<()> {
    let item: Option<(i64, String)> = tx
        .prepare_cached(
            "SELECT i.id, i.problems FROM jobs j JOIN items i ON i.content_version = j.version WHERE j.id = ?1",
        )?
        .query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((item, problems)) = item else { return Ok(()) };
    let mut problems: Vec<String> = from_json(&problems)?;
    let problem = format!("it could not be read: {error}");
    if !problems.contains(&problem) {
        problems.push(problem);
    }
    tx.execute("UPDATE items SET eyes = 1, problems = ?2 WHERE id = ?1", params![item, to_json(&problems)?])?;
    Ok(())
}

impl Queue for SqliteRecords {
    fn claim(&self, now: Timestamp, lanes: &[Lane]) -> StoreResult<Option<Job>> {
        let due = "SELECT id FROM jobs WHERE lane = ?2 AND parked = 0 AND due_at <= ?1 ORDER BY due_at, id LIMIT 1";
        for lane in lanes.iter().map(|lane| lane_number(*lane)) {
            // Idle workers ask often: they must not take the writer's place for nothing.
            if !self.read(|tx| Ok(tx.prepare_cached(due)?.exists(params![micros(now), lane])?))? {
                continue;
            }
            let claimed = self.write(|tx| {
                let sql = format!(
                    "UPDATE jobs SET claimed = 1, due_at = ?3, tries = tries + 1 WHERE id = ({due})
                     RETURNING id, kind, version, tries, error"
                );
                Ok(jobs(tx, &sql, params![micros(now), lane, lease_end(now)])?.pop())
            })?;
            if claimed.is_some() {
                crash::point("job-claimed");
                return Ok(claimed);
            }
        }
        Ok(None)
    }

    fn renew(&self, id: JobId, now: Timestamp) -> StoreResult<()> {
        self.write(|tx| {
            tx.prepare_cached("UPDATE jobs SET due_at = ?2 WHERE id = ?1 AND claimed = 1")?
                .execute(params![id.0, lease_end(now)])?;
            Ok(())
        })
    }

    fn done(&self, id: JobId) -> StoreResult<()> {
        self.write(|tx| {
            let version: Option<i64> = tx
                .prepare_cached("SELECT version FROM jobs WHERE id = ?1")?
                .query_row([id.0], |row| row.get(0))
                .optional()?;
            version.map_or(Ok(()), |version| finish(tx, VersionId(version), None))
        })?;
        crash::point("job-done");
        Ok(())
    }

    fn retry(&self, id: JobId, error: &str, at: Timestamp) -> StoreResult<()> {
        self.write(|tx| {
            tx.prepare_cached("UPDATE jobs SET claimed = 0, again = 0, due_at = ?2, error = ?3 WHERE id = ?1")?
                .execute(params![id.0, micros(at), cut(error)])?;
            Ok(())
        })
    }

    fn park(&self, id: JobId, error: &str) -> StoreResult<()> {
        self.write(|tx| {
            tx.prepare_cached("UPDATE jobs SET claimed = 0, again = 0, parked = 1, error = ?2 WHERE id = ?1")?
                .execute(params![id.0, cut(error)])?;
            tell_item(tx, id, &cut(error))
        })
    }

    fn parked(&self, limit: usize) -> StoreResult<Vec<Job>> {
        self.read(|tx| {
            jobs(
                tx,
                "SELECT id, kind, version, tries, error FROM jobs WHERE parked = 1 ORDER BY id LIMIT ?1",
                [rows(limit)],
            )
        })
    }

    fn release_claims(&self) -> StoreResult<u64> {
        self.write(|tx| {
            let released = tx.execute("UPDATE jobs SET claimed = 0, again = 0, due_at = 0 WHERE claimed = 1", [])?;
            Ok(released as u64)
        })
    }
}
