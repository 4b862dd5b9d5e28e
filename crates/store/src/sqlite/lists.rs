//! Lists: the inbox, families, the timeline.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::types::Value;
use rusqlite::{Row, Transaction, params, params_from_iter};
use vedette_core::{FamilyId, FamilyMember, FamilyView, InboxQuery, InboxRow, ItemId, Level, TimelineBucket};

use crate::fault::{Done, damaged, not_found};
use crate::sqlite::items;
use crate::sqlite::rows::{from_json, level, micros, rows, time, unsigned};

/// Rows of one page of the inbox.
const INBOX_ROWS_MAX: usize = 1_000;
/// Members of a family that are listed: those that had it first.
const MEMBERS_MAX: i64 = 2_000;
/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// What a row of the inbox holds, of the item `i` and its source `s`.
const ROW_COLUMNS: &str =
    "SELECT i.id, s.name, i.outlet, i.posted_at, i.language, i.level_held, i.tier, i.text, i.state,
    i.reasons, i.images, i.family, (SELECT COUNT(*) FROM items f WHERE f.family = i.family), i.open, i.problems";

pub(crate) fn inbox(tx: &Transaction<'_>, query: &InboxQuery) -> Done<(Vec<InboxRow>, u64)> {
    let mut conditions = vec!["level_held >= ?".to_owned()];
    let mut values = vec![Value::from(i64::from(query.level_min.rank()))];
    if !query.with_decided {
        conditions.push("open = 1".to_owned());
    }
    if query.needs_eyes {
        conditions.push("eyes = 1".to_owned());
    }
    if let Some(source) = query.source {
        conditions.push("source = ?".to_owned());
        values.push(Value::from(source.0));
    }
    let conditions = conditions.join(" AND ");
    let total: i64 = tx
        .prepare_cached(&format!("SELECT COUNT(*) FROM items WHERE {conditions}"))?
        .query_row(params_from_iter(&values), |row| row.get(0))?;
    values.push(Value::from(rows(query.limit.min(INBOX_ROWS_MAX))));
    values.push(Value::from(rows(query.offset)));
    let mut statement = tx.prepare_cached(&format!(
        "{ROW_COLUMNS} FROM (SELECT * FROM items WHERE {conditions} ORDER BY level_held DESC, posted_at DESC, id LIMIT ? OFFSET ?) i
         JOIN sources s ON s.id = i.source ORDER BY i.level_held DESC, i.posted_at DESC, i.id"
    ))?;
    let mut found = statement.query(params_from_iter(&values))?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        all.push(inbox_row(row)?);
    }
    Ok((all, unsigned(total)))
}

fn inbox_row(row: &Row<'_>) -> Done<InboxRow> {
    let family: Option<i64> = row.get(11)?;
    let members: u32 = row.get(12)?;
    Ok(InboxRow {
        id: ItemId(row.get(0)?),
        source: row.get(1)?,
        outlet: row.get(2)?,
        posted_at: time(row.get(3)?)?,
        language: row.get(4)?,
        level: level(row.get(5)?)?,
        tier: row.get(6)?,
        text: row.get(7)?,
        state: row.get(8)?,
        reasons: from_json(&row.get::<_, String>(9)?)?,
        images: row.get(10)?,
        family: family.map(|family| (FamilyId(family), members)),
        decided: !row.get::<_, bool>(13)?,
        problems: from_json(&row.get::<_, String>(14)?)?,
    })
}

/// Rows of items that were asked for, in that order.
pub(crate) fn rows_of(tx: &Transaction<'_>, items: &[ItemId]) -> Done<Vec<InboxRow>> {
    let mut statement = tx.prepare_cached(&format!(
        "{ROW_COLUMNS} FROM items i JOIN sources s ON s.id = i.source
         WHERE i.id = ?1 AND i.erased = 0"
    ))?;
    let mut all = Vec::with_capacity(items.len());
    for item in items {
        let mut found = statement.query([item.0])?;
        if let Some(row) = found.next()? {
            all.push(inbox_row(row)?);
        }
    }
    Ok(all)
}

pub(crate) fn family(tx: &Transaction<'_>, id: FamilyId) -> Done<FamilyView> {
    let mut statement = tx.prepare_cached(
        "SELECT i.id, s.name, i.posted_at, i.language, i.level_held, i.text
         FROM items i JOIN sources s ON s.id = i.source WHERE i.family = ?1 ORDER BY i.posted_at, i.id LIMIT ?2",
    )?;
    let mut found = statement.query(params![id.0, MEMBERS_MAX])?;
    let mut members = Vec::new();
    while let Some(row) = found.next()? {
        let item = ItemId(row.get(0)?);
        members.push(FamilyMember {
            id: item,
            source: row.get(1)?,
            posted_at: time(row.get(2)?)?,
            language: row.get(3)?,
            level: level(row.get(4)?)?,
            text: row.get(5)?,
            image: items::first_image(tx, item)?,
        });
    }
    if members.is_empty() { Err(not_found("family", id)) } else { Ok(FamilyView { id, members }) }
}

pub(crate) fn families(tx: &Transaction<'_>, limit: usize) -> Done<Vec<FamilyView>> {
    let ids = tx
        .prepare_cached(
            "SELECT family FROM items WHERE family IS NOT NULL GROUP BY family HAVING COUNT(*) > 1
             ORDER BY COUNT(*) DESC, family LIMIT ?1",
        )?
        .query_map([rows(limit)], |row| Ok(FamilyId(row.get(0)?)))?
        .collect::<Result<Vec<_>, _>>()?;
    ids.into_iter().map(|id| family(tx, id)).collect()
}

pub(crate) fn timeline(
    tx: &Transaction<'_>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> Done<Vec<TimelineBucket>> {
    // Division rounds towards zero; days before 1970 must round down.
    let mut statement = tx.prepare_cached(
        "SELECT (posted_at - ((posted_at % ?3) + ?3) % ?3) / ?3, level_held, COUNT(*) FROM items
         WHERE posted_at >= ?1 AND posted_at < ?2 GROUP BY 1, 2 ORDER BY 1, 2",
    )?;
    let mut found = statement.query(params![from.map_or(i64::MIN, micros), to.map_or(i64::MAX, micros), DAY])?;
    let mut all: Vec<(i64, TimelineBucket)> = Vec::new();
    while let Some(row) = found.next()? {
        let (number, held, count): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if all.last().is_none_or(|(last, _)| *last != number) {
            let day = TimeZone::UTC.to_datetime(time(number.saturating_mul(DAY))?).date().to_string();
            all.push((number, TimelineBucket { day, by_level: [0; Level::ALL.len()] }));
        }
        let rank = usize::from(level(held)?.rank());
        let place = all
            .last_mut()
            .and_then(|(_, bucket)| bucket.by_level.get_mut(rank))
            .ok_or_else(|| damaged("a level has no place in the timeline"))?;
        *place = unsigned(count);
    }
    Ok(all.into_iter().map(|(_, bucket)| bucket).collect())
}
