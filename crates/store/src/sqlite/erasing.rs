//! Erasing an item so that its proofs stay: the words, bytes and salts go, the leaf hashes remain in the tree, and one leaf
//! says who erased what, why and on what basis.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Transaction, params};
use vedette_core::{ErasedItem, Erasure, ItemId, Sha256, StoreError};
use vedette_preserve::records::{ItemErasureRecord, whole};

use crate::fault::{Done, not_found};
use crate::sqlite::log;
use crate::sqlite::rows::{digest, micros, rows, time, to_json, unsigned};

/// Leaves that one item may have: an item with more states than this was not collected by us.
const LEAVES_MAX: usize = 10_000;
/// Condition that a source is under a legal hold.
const HELD: &str = "json_extract(asked, '$.keeping.hold') IS NOT NULL";

pub(crate) fn erase(tx: &Transaction<'_>, item: ItemId, erasure: &Erasure) -> Done<ErasedItem> {
    let found: Option<(bool, Option<String>)> = tx
        .prepare_cached(
            "SELECT i.erased, json_extract(s.asked, '$.keeping.hold') FROM items i JOIN sources s ON s.id = i.source
             WHERE i.id = ?1",
        )?
        .query_row([item.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match found {
        None => return Err(not_found("item", item)),
        Some((true, _)) => return Ok(ErasedItem::default()),
        Some((false, Some(why))) => {
            return Err(StoreError::Refused(format!(
                "{item} is under a legal hold ({why}): lift the hold of its source first"
            ))
            .into());
        }
        Some((false, None)) => {}
    }
    let gone = ErasedItem { leaves: leaves(tx, item)?, ..exhibits(tx, item)? };
    if gone.leaves.len() > LEAVES_MAX {
        return Err(StoreError::Refused(format!("{item} has more than {LEAVES_MAX} leaves")).into());
    }
    for sha256 in &gone.exhibits {
        tx.prepare_cached("UPDATE exhibits SET erased = 1, bytes = NULL, expires_at = NULL WHERE sha256 = ?1")?
            .execute([sha256.0])?;
        tx.prepare_cached("DELETE FROM read_parts WHERE exhibit = ?1")?.execute([sha256.0])?;
    }
    for leaf in &gone.leaves {
        tx.prepare_cached("UPDATE leaves SET record = '', salt = NULL WHERE idx = ?1")?.execute([*leaf as i64])?;
    }
    empty_rows(tx, item)?;
    let at = whole(erasure.at);
    let record = ItemErasureRecord {
        item,
        reason: &erasure.reason,
        basis: &erasure.basis,
        by: &erasure.by,
        at,
        exhibits: &gone.exhibits,
        leaves: &gone.leaves,
    };
    let leaf = log::append_record(tx, &record, at)?;
    tx.prepare_cached(
        "INSERT INTO item_erasures (item, reason, basis, by, at, exhibits, leaves, leaf)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        item.0,
        erasure.reason,
        erasure.basis,
        erasure.by,
        micros(at),
        to_json(&gone.exhibits)?,
        to_json(&gone.leaves)?,
        leaf as i64,
    ])?;
    Ok(gone)
}

/// Leaves that tell what the item was: its own, its versions', its late files', its
/// translations', and what people judged of it, which quotes it. Captures stay: they name a place.
fn leaves(tx: &Transaction<'_>, item: ItemId) -> Done<Vec<u64>> {
    let mut statement = tx.prepare_cached(
        "SELECT leaf FROM items WHERE id = ?1 UNION SELECT leaf FROM versions WHERE item = ?1
         UNION SELECT f.leaf FROM file_events f JOIN versions v ON v.id = f.version WHERE v.item = ?1
         UNION SELECT leaf FROM translations WHERE item = ?1
         UNION SELECT leaf FROM judgements WHERE item = ?1
         ORDER BY 1 LIMIT ?2",
    )?;
    let found = statement.query_map(params![item.0, rows(LEAVES_MAX + 1)], |row| row.get::<_, i64>(0).map(unsigned))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Bytes of the item: its slices, its files, and the sealed pages it came in. What another item shows too stays.
fn exhibits(tx: &Transaction<'_>, item: ItemId) -> Done<ErasedItem> {
    let mut statement = tx.prepare_cached(
        "SELECT sha256, EXISTS (SELECT 1 FROM versions v JOIN items i ON i.id = v.item
                 WHERE v.exhibit = x.sha256 AND v.item <> ?1 AND i.erased = 0)
             OR EXISTS (SELECT 1 FROM attachments a JOIN versions v ON v.id = a.version JOIN items i ON i.id = v.item
                 WHERE a.exhibit = x.sha256 AND v.item <> ?1 AND i.erased = 0)
         FROM exhibits x WHERE x.erased = 0 AND x.sha256 IN (
             SELECT exhibit FROM versions WHERE item = ?1
             UNION SELECT a.exhibit FROM attachments a JOIN versions v ON v.id = a.version WHERE v.item = ?1
             UNION SELECT c.page FROM captures c JOIN versions v ON v.capture = c.id WHERE v.item = ?1)
         ORDER BY sha256",
    )?;
    let mut found = statement.query([item.0])?;
    let mut gone = ErasedItem::default();
    while let Some(row) = found.next()? {
        let sha256: Sha256 = digest(row, 0)?;
        if row.get(1)? {
            gone.shared.push(sha256);
        } else {
            gone.exhibits.push(sha256);
        }
    }
    Ok(gone)
}

/// Everything in words goes. The source's own id stays, so that the item does not come back with the next round.
fn empty_rows(tx: &Transaction<'_>, item: ItemId) -> Done<()> {
    for sql in [
        "UPDATE items SET erased = 1, open = 0, url = NULL, author_key = NULL, thread_of = NULL, text = '[erased]',
             reasons = '[]', problems = '[]', eyes = 0, images = 0, outlet = NULL, family = NULL,
             level_machine = 0, tier = NULL WHERE id = ?1",
        "UPDATE versions SET text = '', title = NULL, lang = NULL WHERE item = ?1",
        "UPDATE attachments SET name = '', url = NULL, pdq = NULL, quality = NULL, error = NULL
             WHERE version IN (SELECT id FROM versions WHERE item = ?1)",
        "DELETE FROM derived WHERE item = ?1",
        "DELETE FROM likenesses WHERE item = ?1 OR other = ?1",
        "DELETE FROM jobs WHERE version IN (SELECT id FROM versions WHERE item = ?1)",
        "DELETE FROM alerts WHERE item = ?1",
        "UPDATE translations SET text = '', segments = '[]', member = NULL WHERE item = ?1",
        "UPDATE judgements SET body = '' WHERE item = ?1",
        "DELETE FROM item_names WHERE item = ?1",
        "DELETE FROM item_issues WHERE item = ?1",
        "DELETE FROM translation_memory WHERE item = ?1",
        "DELETE FROM translation_cache WHERE item = ?1",
        "DELETE FROM untranslated WHERE version IN (SELECT id FROM versions WHERE item = ?1)",
    ] {
        tx.prepare_cached(sql)?.execute([item.0])?;
    }
    Ok(())
}

/// See [`vedette_core::ports::Records::expired_items`].
pub(crate) fn expired(tx: &Transaction<'_>, now: Timestamp, limit: usize) -> Done<Vec<ItemId>> {
    let mut statement = tx.prepare_cached(&format!(
        "SELECT id, json_extract(asked, '$.keeping.days') FROM sources
         WHERE json_extract(asked, '$.keeping.days') IS NOT NULL AND NOT {HELD}"
    ))?;
    let sources = statement
        .query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))?
        .collect::<Result<Vec<_>, _>>()?;
    let mut items = Vec::new();
    for (source, days) in sources {
        let Ok(end) = now.checked_sub(SignedDuration::from_hours(days.saturating_mul(24))) else { continue };
        let mut statement = tx.prepare_cached(
            "SELECT id FROM items WHERE source = ?1 AND first_captured_at <= ?2 AND erased = 0 ORDER BY id LIMIT ?3",
        )?;
        let room = limit.saturating_sub(items.len());
        for id in statement.query_map(params![source, micros(end), rows(room)], |row| row.get(0).map(ItemId))? {
            items.push(id?);
        }
    }
    Ok(items)
}

/// Sealed pages of sources under a legal hold: they outlast their time.
pub(crate) fn held_pages() -> String {
    format!("SELECT page FROM captures WHERE source IN (SELECT id FROM sources WHERE {HELD})")
}

/// See [`vedette_core::ports::Records::erased_because`].
pub(crate) fn because(tx: &Transaction<'_>, item: ItemId) -> Done<Option<String>> {
    let found = tx
        .prepare_cached("SELECT reason, basis, by, at FROM item_erasures WHERE item = ?1")?
        .query_row([item.0], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?, row.get::<_, i64>(3)?))
        })
        .optional()?;
    found.map(|(reason, basis, by, at)| Ok(format!("{reason} ({basis}), by {by} at {}", time(at)?))).transpose()
}

/// Items whose public address this is.
pub(crate) fn find_url(tx: &Transaction<'_>, url: &str) -> Done<Vec<ItemId>> {
    let mut statement = tx.prepare_cached("SELECT id FROM items WHERE url = ?1 ORDER BY id LIMIT 100")?;
    Ok(statement.query_map([url], |row| row.get(0).map(ItemId))?.collect::<Result<_, _>>()?)
}
