//! What people decide, what they watch for, and what was raised.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};
use vedette_core::{Alert, AlertId, AlertKind, AlertState, Decision, ItemId, Level, Watch, WatchId};
use vedette_preserve::records::{DecisionRecord, whole};

use crate::fault::{Done, damaged, not_found};
use crate::sqlite::log;
use crate::sqlite::rows::{from_json, from_word, micros, rows, time, to_json, word};

pub(crate) fn decide(tx: &Transaction<'_>, item: ItemId, decision: &Decision) -> Done<()> {
    let changed = tx.execute(
        "UPDATE items SET decided = ?2, level_held = ?2, open = 0 WHERE id = ?1",
        params![item.0, decision.level.rank()],
    )?;
    if changed == 0 {
        return Err(not_found("item", item));
    }
    let leaf = log::append_record(tx, &DecisionRecord::of(item, decision), whole(decision.at))?;
    tx.execute(
        "INSERT INTO decisions (item, verdict, level, reason, by, at, leaf, proposed)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            item.0,
            word(&decision.verdict)?,
            decision.level.word(),
            decision.reason,
            decision.by,
            micros(decision.at),
            leaf as i64,
            decision.proposed.map(Level::word),
        ],
    )?;
    // The index shows the level that holds: a crash before it does is made good by the replay after it.
    tx.execute("UPDATE log_state SET sequence = sequence + 1", [])?;
    tx.execute(
        "UPDATE derived SET sequence = (SELECT sequence FROM log_state)
         WHERE version = (SELECT content_version FROM items WHERE id = ?1)",
        [item.0],
    )?;
    Ok(())
}

pub(crate) fn mark_seen(tx: &Transaction<'_>, item: ItemId, seen: bool) -> Done<()> {
    let changed = tx.execute(
        "UPDATE items SET seen = ?2, open = CASE WHEN ?2 OR decided IS NOT NULL THEN 0 ELSE 1 END WHERE id = ?1",
        params![item.0, seen],
    )?;
    if changed == 0 { Err(not_found("item", item)) } else { Ok(()) }
}

pub(crate) fn add_watch(tx: &Transaction<'_>, watch: &Watch) -> Done<WatchId> {
    tx.execute(
        "INSERT INTO watches (name, query, level_min, by, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![watch.name, watch.query, watch.level_min.word(), watch.by, micros(watch.at)],
    )?;
    Ok(WatchId(tx.last_insert_rowid()))
}

pub(crate) fn watches(tx: &Transaction<'_>) -> Done<Vec<Watch>> {
    let mut statement = tx.prepare_cached("SELECT id, name, query, level_min, by, at FROM watches ORDER BY id")?;
    let mut found = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        let level: String = row.get(3)?;
        all.push(Watch {
            id: WatchId(row.get(0)?),
            name: row.get(1)?,
            query: row.get(2)?,
            level_min: Level::from_word(&level).ok_or_else(|| damaged(format!("`{level}` is no level of a watch")))?,
            by: row.get(4)?,
            at: time(row.get(5)?)?,
        });
    }
    Ok(all)
}

pub(crate) fn remove_watch(tx: &Transaction<'_>, id: WatchId) -> Done<()> {
    if tx.execute("DELETE FROM watches WHERE id = ?1", [id.0])? == 0 {
        return Err(not_found("watch", id));
    }
    Ok(())
}

/// Raises an alert unless the same one exists. One about no item (a source that stopped answering) is the same only
/// until it is closed: a source can fail again.
pub(crate) fn raise(
    tx: &Transaction<'_>,
    kind: &AlertKind,
    item: Option<ItemId>,
    text: &str,
    at: Timestamp,
) -> Done<bool> {
    let raised_by = to_json(kind)?;
    let known: Option<i64> = tx
        .prepare_cached(
            "SELECT id FROM alerts WHERE raised_by = ?1 AND item IS ?2 AND (?2 IS NOT NULL OR state <> 'closed') LIMIT 1",
        )?
        .query_row(params![raised_by, item.map(|item| item.0)], |row| row.get(0))
        .optional()?;
    if known.is_some() {
        return Ok(false);
    }
    tx.prepare_cached("INSERT INTO alerts (raised_by, item, text, at, state) VALUES (?1, ?2, ?3, ?4, 'open')")?
        .execute(params![raised_by, item.map(|item| item.0), text, micros(at)])?;
    Ok(true)
}

pub(crate) fn alerts(tx: &Transaction<'_>, open_only: bool, limit: usize) -> Done<Vec<Alert>> {
    let condition = if open_only { "WHERE state = 'open'" } else { "" };
    let mut statement = tx.prepare_cached(&format!(
        "SELECT id, raised_by, item, text, at, state, by FROM alerts {condition} ORDER BY id DESC LIMIT ?1"
    ))?;
    let mut found = statement.query([rows(limit)])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        all.push(Alert {
            id: AlertId(row.get(0)?),
            raised_by: from_json(&row.get::<_, String>(1)?)?,
            item: row.get::<_, Option<i64>>(2)?.map(ItemId),
            text: row.get(3)?,
            at: time(row.get(4)?)?,
            state: from_word(row.get(5)?)?,
            by: row.get(6)?,
        });
    }
    Ok(all)
}

pub(crate) fn set_alert(tx: &Transaction<'_>, id: AlertId, state: AlertState, by: &str) -> Done<()> {
    let changed =
        tx.execute("UPDATE alerts SET state = ?2, by = ?3 WHERE id = ?1", params![id.0, word(&state)?, by])?;
    if changed == 0 { Err(not_found("alert", id)) } else { Ok(()) }
}
