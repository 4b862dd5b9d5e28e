//! What was derived from versions: stored whole, replacing what was there, with the summary that lists need.

use rusqlite::{OptionalExtension, Transaction, params};
use vedette_core::memo::MemoKey;
use vedette_core::{Current, Derived, FamilyId, ItemId, Reading, Sha256, VersionId};
use vedette_preserve::records::{DerivationRecord, derived_digest};

use crate::fault::{Done, not_found};
use crate::sqlite::log::{self, LogWriter};
use crate::sqlite::rows::{beginning, from_json, rows, to_json, unsigned, word};
use crate::sqlite::{families, judgements, queue, series};

/// Reasons that lists show.
const REASONS_SHOWN: usize = 3;
/// Derived rows that one leaf speaks of; a batch has fewer.
const ROWS_A_LEAF: usize = 4_096;
/// Characters of a reason's quote that lists show.
const QUOTE_CHARS: usize = 120;

pub(crate) fn put(tx: &Transaction<'_>, derived: &[Derived]) -> Done<u64> {
    let mut sequence: i64 = tx.prepare_cached("SELECT sequence FROM log_state")?.query_row([], |row| row.get(0))?;
    // A derivation carries no time: what it was made from has one, and it can be made again.
    let at = log::checkpoint(tx)?.at;
    let mut log = LogWriter::open(tx)?;
    for batch in derived.chunks(ROWS_A_LEAF) {
        let mut rows = Vec::with_capacity(batch.len());
        for one in batch {
            sequence += 1;
            rows.push((one.version, put_one(tx, one, sequence, log.next())?));
        }
        let mut made_with: Vec<&str> = batch.iter().map(|one| one.made_with.as_str()).collect();
        made_with.sort_unstable();
        made_with.dedup();
        log.append(&DerivationRecord { made_with, rows })?;
    }
    log.finish(at)?;
    tx.prepare_cached("UPDATE log_state SET sequence = ?1")?.execute([sequence])?;
    Ok(unsigned(sequence))
}

/// What the catalogue holds of the version that is stored.
struct Known {
    item: i64,
    content_version: Option<i64>,
    level_held: i64,
    decided: Option<i64>,
    derived_before: bool,
}

/// Stores one row that leaf `leaf` will commit to; the digest of what is stored.
fn put_one(tx: &Transaction<'_>, derived: &Derived, sequence: i64, leaf: u64) -> Done<Sha256> {
    let known = tx
        .prepare_cached(
            "SELECT v.item, i.content_version, i.level_held, i.decided,
                 EXISTS (SELECT 1 FROM derived d WHERE d.version = v.id)
             FROM versions v JOIN items i ON i.id = v.item WHERE v.id = ?1",
        )?
        .query_row([derived.version.0], |row| {
            Ok(Known {
                item: row.get(0)?,
                content_version: row.get(1)?,
                level_held: row.get(2)?,
                decided: row.get(3)?,
                derived_before: row.get(4)?,
            })
        })
        .optional()?;
    let Some(known) = known.filter(|known| known.item == derived.item.0) else {
        return Err(not_found("version", derived.version));
    };
    let (problems, assessment) = (to_json(&derived.problems)?, to_json(&derived.assessment)?);
    let (readings, findings) = (to_json(&derived.readings)?, to_json(&derived.findings)?);
    let digest = derived_digest(&[
        Some(derived.made_with.as_bytes()),
        derived.outlet.as_deref().map(str::as_bytes),
        Some(problems.as_bytes()),
        Some(assessment.as_bytes()),
        derived.sketch.as_deref(),
        Some(readings.as_bytes()),
        Some(findings.as_bytes()),
    ]);
    tx.prepare_cached(
        "INSERT INTO derived (version, item, sequence, made_with, outlet, problems, assessment, sketch, readings,
             findings, leaf, read_with)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
         ON CONFLICT (version) DO UPDATE SET sequence = ?3, made_with = ?4, outlet = ?5, problems = ?6,
             assessment = ?7, sketch = ?8, readings = ?9, findings = ?10, leaf = ?11, read_with = ?12",
    )?
    .execute(params![
        derived.version.0,
        known.item,
        sequence,
        derived.made_with,
        derived.outlet,
        problems,
        assessment,
        derived.sketch,
        readings,
        findings,
        leaf as i64,
        derived.read_with,
    ])?;
    if known.derived_before {
        forget(tx, derived)?;
    }
    put_images(tx, derived)?;
    put_likenesses(tx, derived)?;
    families::put(tx, derived)?;
    if known.content_version == Some(derived.version.0) {
        put_summary(tx, derived, &known)?;
        judgements::put_names(tx, derived)?;
        series::put(tx, derived)?;
    }
    queue::finish(tx, derived.version, derived.next)?;
    Ok(digest)
}

/// Removes what an earlier derivation left beside its row.
fn forget(tx: &Transaction<'_>, derived: &Derived) -> Done<()> {
    tx.prepare_cached("UPDATE attachments SET pdq = NULL, quality = NULL WHERE version = ?1 AND pdq IS NOT NULL")?
        .execute([derived.version.0])?;
    tx.prepare_cached("DELETE FROM likenesses WHERE version = ?1")?.execute([derived.version.0])?;
    Ok(())
}

fn put_images(tx: &Transaction<'_>, derived: &Derived) -> Done<()> {
    for image in &derived.images {
        tx.prepare_cached(
            "UPDATE attachments SET width = ?3, height = ?4, pdq = ?5, quality = ?6 WHERE id = ?1 AND version = ?2",
        )?
        .execute(params![
            image.attachment.0,
            derived.version.0,
            image.width,
            image.height,
            image.pdq,
            image.quality
        ])?;
    }
    Ok(())
}

fn put_likenesses(tx: &Transaction<'_>, derived: &Derived) -> Done<()> {
    for likeness in &derived.likenesses {
        tx.prepare_cached(
            "INSERT OR REPLACE INTO likenesses (version, item, other, kind, distance) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            derived.version.0,
            derived.item.0,
            likeness.other.0,
            word(&likeness.kind)?,
            f64::from(likeness.distance),
        ])?;
    }
    Ok(())
}

fn put_summary(tx: &Transaction<'_>, derived: &Derived, known: &Known) -> Done<()> {
    let language = derived
        .readings
        .iter()
        .map(|reading| reading.language.code.as_str())
        .find(|code| *code != "und")
        .unwrap_or("und");
    let text = derived.readings.iter().map(|reading| reading.text.trim()).find(|text| !text.is_empty());
    let reasons: Vec<String> = derived
        .assessment
        .reasons
        .iter()
        .take(REASONS_SHOWN)
        .map(|reason| {
            let quote: String = reason.quote.split_whitespace().collect::<Vec<_>>().join(" ");
            let short: String = quote.chars().take(QUOTE_CHARS).collect();
            if short.is_empty() { reason.name.clone() } else { format!("{}: “{short}”", reason.name) }
        })
        .collect();
    let level = i64::from(derived.assessment.level.rank());
    tx.prepare_cached(
        "UPDATE items SET level_machine = ?2, tier = ?3, language = ?4,
             outlet = ?5, text = COALESCE(?6, text), reasons = ?7, problems = ?8, eyes = ?9,
             images = ?10
         WHERE id = ?1",
    )?
    .execute(params![
        derived.item.0,
        level,
        derived.assessment.tier,
        language,
        derived.outlet,
        text.map(beginning),
        to_json(&reasons)?,
        to_json(&derived.problems)?,
        !derived.problems.is_empty(),
        derived.images.len() as i64,
    ])?;
    let held = known.decided.unwrap_or(level);
    if held != known.level_held {
        // On its own, because naming a column rewrites every index that holds it.
        tx.prepare_cached("UPDATE items SET level_held = ?2 WHERE id = ?1")?.execute(params![derived.item.0, held])?;
    }
    Ok(())
}

pub(crate) fn since(tx: &Transaction<'_>, sequence: u64, limit: usize) -> Done<Vec<(u64, ItemId)>> {
    let mut statement =
        tx.prepare_cached("SELECT sequence, item FROM derived WHERE sequence > ?1 ORDER BY sequence LIMIT ?2")?;
    let found = statement.query_map(params![i64::try_from(sequence).unwrap_or(i64::MAX), rows(limit)], |row| {
        Ok((unsigned(row.get(0)?), ItemId(row.get(1)?)))
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

pub(crate) type LikenessRow = (VersionId, ItemId, Option<Vec<u8>>, Vec<(String, u8)>);

pub(crate) fn likeness_rows(tx: &Transaction<'_>, after: VersionId, limit: usize) -> Done<Vec<LikenessRow>> {
    let mut statement =
        tx.prepare_cached("SELECT version, item, sketch FROM derived WHERE version > ?1 ORDER BY version LIMIT ?2")?;
    let mut images =
        tx.prepare_cached("SELECT pdq, quality FROM attachments WHERE version = ?1 AND pdq IS NOT NULL ORDER BY id")?;
    let mut found = statement.query(params![after.0, rows(limit)])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        let version: i64 = row.get(0)?;
        let hashes = images
            .query_map([version], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<Vec<(String, u8)>, _>>()?;
        all.push((VersionId(version), ItemId(row.get(1)?), row.get(2)?, hashes));
    }
    Ok(all)
}

pub(crate) fn family_rows(tx: &Transaction<'_>) -> Done<Vec<(ItemId, FamilyId)>> {
    let mut statement = tx.prepare_cached("SELECT id, family FROM items WHERE family IS NOT NULL ORDER BY id")?;
    let found = statement.query_map([], |row| Ok((ItemId(row.get(0)?), FamilyId(row.get(1)?))))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Queues versions that are out of date, or all; one that waits already stays as it is, one that was parked is tried again.
/// A version whose files were not read as far as is known counts as out of date.
pub(crate) fn requeue(tx: &Transaction<'_>, unless: Option<&Current>) -> Done<u64> {
    let insert = "INSERT INTO jobs (version, kind, due_at) SELECT v.id, 'derive', 0 FROM versions v";
    let conflict = "ON CONFLICT (version) DO UPDATE SET again = claimed, parked = 0, tries = 0";
    let count = match unless {
        None => tx.execute(&format!("{insert} WHERE true ORDER BY v.id {conflict}"), [])?,
        Some(now) => tx.execute(
            &format!(
                "{insert} LEFT JOIN derived d ON d.version = v.id
                 WHERE d.version IS NULL OR d.made_with <> ?1
                     OR d.read_with <> ?2 AND EXISTS (
                         SELECT 1 FROM attachments a WHERE a.version = v.id AND a.exhibit IS NOT NULL)
                 ORDER BY v.id {conflict}"
            ),
            params![now.made_with, now.read_with],
        )?,
    };
    Ok(count as u64)
}

/// See [`vedette_core::ports::Records::recall_part`].
pub(crate) fn recall_part(tx: &Transaction<'_>, exhibit: Sha256, key: &MemoKey) -> Done<Option<Vec<Reading>>> {
    let found: Option<String> = tx
        .prepare_cached(
            "SELECT readings FROM read_parts WHERE exhibit = ?1 AND file = ?2 AND part = ?3 AND method = ?4",
        )?
        .query_row(params![exhibit.0, key.file.0, key.part, key.method], |row| row.get(0))
        .optional()?;
    found.as_deref().map(from_json).transpose()
}

/// See [`vedette_core::ports::Records::keep_part`]. Of an exhibit that was erased meanwhile nothing is kept.
pub(crate) fn keep_part(tx: &Transaction<'_>, exhibit: Sha256, key: &MemoKey, readings: &[Reading]) -> Done<()> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO read_parts (exhibit, file, part, method, readings)
         SELECT sha256, ?2, ?3, ?4, ?5 FROM exhibits WHERE sha256 = ?1 AND erased = 0",
    )?
    .execute(params![exhibit.0, key.file.0, key.part, key.method, to_json(&readings)?])?;
    Ok(())
}
