//! Sources' rows: each change of what is watched, by whom it was allowed and whether it is followed has a leaf.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};
use vedette_core::{
    Authorisation, Cursor, ItemId, Keeping, NewSource, Reach, Rhythm, Source, SourceHealth, SourceId, SourceReport,
    SourceState, SourceSuggestion,
};
use vedette_preserve::records::{SourceRecord, asked_text, source_state_word, whole};

use crate::fault::{Done, not_found};
use crate::sqlite::log;
use crate::sqlite::rows::{from_json, micros, optional_time, rows, source_state, time, to_json, unsigned};

const COLUMNS: &str = "SELECT id, asked, state, added_at, last_success_at, last_item_at, last_error_at, last_error,
    failures, items, (SELECT COUNT(*) FROM attachments a
        WHERE a.source = sources.id AND a.exhibit IS NULL AND a.url IS NOT NULL), rhythm, backlog, resting_until,
    (SELECT COUNT(*) FROM gaps g WHERE g.source = sources.id AND g.closed_at IS NULL) FROM sources";

fn read(row: &Row<'_>) -> Done<Source> {
    let asked: String = row.get(1)?;
    let state: String = row.get(2)?;
    Ok(Source {
        id: SourceId(row.get(0)?),
        asked: from_json(&asked)?,
        state: source_state(&state)?,
        added_at: time(row.get(3)?)?,
        health: SourceHealth {
            last_success_at: optional_time(row.get(4)?)?,
            last_item_at: optional_time(row.get(5)?)?,
            last_error_at: optional_time(row.get(6)?)?,
            last_error: row.get(7)?,
            failures: row.get(8)?,
            items: unsigned(row.get(9)?),
            files_missing: unsigned(row.get(10)?),
            rhythm: row.get::<_, Option<String>>(11)?.map(|text| from_json(&text)).transpose()?,
            backlog: unsigned(row.get(12)?),
            resting_until: optional_time(row.get(13)?)?,
            open_gaps: unsigned(row.get(14)?),
        },
    })
}

pub(crate) fn all(tx: &Transaction<'_>) -> Done<Vec<Source>> {
    let mut statement = tx.prepare_cached(&format!("{COLUMNS} ORDER BY id"))?;
    let mut found = statement.query([])?;
    let mut sources = Vec::new();
    while let Some(row) = found.next()? {
        sources.push(read(row)?);
    }
    Ok(sources)
}

pub(crate) fn one(tx: &Transaction<'_>, id: SourceId) -> Done<Source> {
    let mut statement = tx.prepare_cached(&format!("{COLUMNS} WHERE id = ?1"))?;
    let mut found = statement.query([id.0])?;
    match found.next()? {
        Some(row) => read(row),
        None => Err(not_found("source", id)),
    }
}

pub(crate) fn add(tx: &Transaction<'_>, new: &NewSource, at: Timestamp) -> Done<Source> {
    let asked = asked_text(new);
    tx.execute(
        "INSERT INTO sources (name, asked, state, added_at) VALUES (?1, ?2, 'active', ?3)",
        params![new.name, asked, micros(at)],
    )?;
    let id = SourceId(tx.last_insert_rowid());
    event(tx, id, "added", &asked, &new.authorisation.authorised_by, at)?;
    one(tx, id)
}

fn event(tx: &Transaction<'_>, source: SourceId, action: &str, value: &str, by: &str, at: Timestamp) -> Done<()> {
    let at = whole(at);
    let leaf = log::append_record(tx, &SourceRecord { source, action, value, by, at }, at)?;
    tx.execute(
        "INSERT INTO source_events (source, action, value, by, at, leaf) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![source.0, action, value, by, micros(at), leaf as i64],
    )?;
    Ok(())
}

pub(crate) fn set_state(tx: &Transaction<'_>, id: SourceId, state: SourceState, by: &str, at: Timestamp) -> Done<()> {
    let word = source_state_word(state);
    if tx.execute("UPDATE sources SET state = ?2 WHERE id = ?1", params![id.0, word])? == 0 {
        return Err(not_found("source", id));
    }
    event(tx, id, "state", word, by, at)
}

pub(crate) fn authorise(tx: &Transaction<'_>, id: SourceId, authorisation: &Authorisation) -> Done<()> {
    let mut asked = one(tx, id)?.asked;
    asked.authorisation = authorisation.clone();
    tx.execute("UPDATE sources SET asked = ?2 WHERE id = ?1", params![id.0, asked_text(&asked)])?;
    event(tx, id, "authorised", &to_json(authorisation)?, &authorisation.authorised_by, authorisation.recorded_at)
}

pub(crate) fn set_keeping(tx: &Transaction<'_>, id: SourceId, keeping: &Keeping, by: &str, at: Timestamp) -> Done<()> {
    let mut asked = one(tx, id)?.asked;
    asked.keeping = keeping.clone();
    tx.execute("UPDATE sources SET asked = ?2 WHERE id = ?1", params![id.0, asked_text(&asked)])?;
    event(tx, id, "keeping", &to_json(keeping)?, by, at)
}

pub(crate) fn set_reach(tx: &Transaction<'_>, id: SourceId, reach: &Reach, by: &str, at: Timestamp) -> Done<()> {
    let mut asked = one(tx, id)?.asked;
    asked.reach = reach.clone();
    tx.execute("UPDATE sources SET asked = ?2 WHERE id = ?1", params![id.0, asked_text(&asked)])?;
    event(tx, id, "reach", &to_json(reach)?, by, at)
}

pub(crate) fn set_rhythm(tx: &Transaction<'_>, id: SourceId, rhythm: Option<Rhythm>) -> Done<()> {
    let text = rhythm.map(|rhythm| to_json(&rhythm)).transpose()?;
    tx.execute("UPDATE sources SET rhythm = ?2 WHERE id = ?1", params![id.0, text])?;
    Ok(())
}

pub(crate) fn report(tx: &Transaction<'_>, id: SourceId, report: &SourceReport) -> Done<()> {
    let at = micros(report.at);
    let brought = (report.new_versions > 0).then_some(at);
    let backlog: i64 = tx
        .prepare_cached(
            "SELECT COUNT(*) FROM jobs j JOIN versions v ON v.id = j.version JOIN items i ON i.id = v.item
             WHERE i.source = ?1 AND j.kind <> 'translate'",
        )?
        .query_row([id.0], |row| row.get(0))?;
    let resting = report.resting_until.map(micros);
    let changed = match &report.error {
        None => tx.execute(
            "UPDATE sources SET last_success_at = ?2, last_item_at = COALESCE(?3, last_item_at), last_error = NULL,
                 failures = 0, backlog = ?4, resting_until = ?5 WHERE id = ?1",
            params![id.0, at, brought, backlog, resting],
        )?,
        Some(error) => tx.execute(
            "UPDATE sources SET last_error_at = ?2, last_item_at = COALESCE(?3, last_item_at), last_error = ?4,
                 failures = failures + 1, backlog = ?5, resting_until = ?6 WHERE id = ?1",
            params![id.0, at, brought, error, backlog, resting],
        )?,
    };
    if changed == 0 { Err(not_found("source", id)) } else { Ok(()) }
}

pub(crate) fn notes(tx: &Transaction<'_>, id: SourceId, limit: usize) -> Done<Vec<(Timestamp, String)>> {
    let mut statement =
        tx.prepare_cached("SELECT at, text FROM notes WHERE source = ?1 ORDER BY at DESC, id DESC LIMIT ?2")?;
    let mut found = statement.query(params![id.0, rows(limit)])?;
    let mut notes = Vec::new();
    while let Some(row) = found.next()? {
        notes.push((time(row.get(0)?)?, row.get(1)?));
    }
    Ok(notes)
}

pub(crate) fn cursor(tx: &Transaction<'_>, source: SourceId) -> Done<Option<Cursor>> {
    let found = tx
        .prepare_cached("SELECT value FROM cursors WHERE source = ?1")?
        .query_row([source.0], |row| row.get(0).map(Cursor))
        .optional()?;
    Ok(found)
}

pub(crate) fn suggest(tx: &Transaction<'_>, suggestions: &[SourceSuggestion]) -> Done<()> {
    for one in suggestions {
        tx.prepare_cached(
            "INSERT INTO suggestions (address, kind, seen, first_item, first_at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (address) DO UPDATE SET seen = seen + excluded.seen",
        )?
        .execute(params![one.address, one.kind, one.seen as i64, one.first_item.0, micros(one.first_at)])?;
    }
    Ok(())
}

pub(crate) fn suggestions(tx: &Transaction<'_>, limit: usize) -> Done<Vec<SourceSuggestion>> {
    let mut statement = tx.prepare_cached(
        "SELECT address, kind, seen, first_item, first_at FROM suggestions ORDER BY seen DESC, first_at LIMIT ?1",
    )?;
    let mut found = statement.query([rows(limit)])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        all.push(SourceSuggestion {
            address: row.get(0)?,
            kind: row.get(1)?,
            seen: unsigned(row.get(2)?),
            first_item: ItemId(row.get(3)?),
            first_at: time(row.get(4)?)?,
        });
    }
    Ok(all)
}
