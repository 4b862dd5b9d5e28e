//! Families: the joins between items as they were found, the family of each item, and what people part.
//!
//! `joins` only grows, also when an item is erased (two numbers say nothing of its words): which items are a family is always
//! what the joins make without those that people said are none.

use jiff::Timestamp;
use rusqlite::{Transaction, params};
use vedette_core::ports::Kinship;
use vedette_core::{Derived, FamilyAct, FamilyId, FirstOnSource, IssueRow, ItemId, Judgement, StoreResult, Tie};

use crate::SqliteRecords;
use crate::fault::Done;
use crate::sqlite::rows::{from_word, rows, time};
use crate::sqlite::{judgements, series};

impl Kinship for SqliteRecords {
    fn part(
        &self,
        act: &FamilyAct,
        by: &str,
        at: Timestamp,
        after: u64,
        families: &[(ItemId, Option<FamilyId>)],
    ) -> StoreResult<u64> {
        self.write(|tx| {
            let number = judgements::judge(tx, &Judgement::Family(act.clone()), by, at, Some(after))?;
            for (item, family) in families {
                set(tx, *item, *family)?;
            }
            Ok(number)
        })
    }

    fn joins_around(&self, items: &[ItemId]) -> StoreResult<Vec<(ItemId, ItemId)>> {
        self.read(|tx| joins_around(tx, items))
    }

    fn ties(&self, family: FamilyId, limit: usize) -> StoreResult<Vec<Tie>> {
        self.read(|tx| ties(tx, family, limit))
    }

    fn firsts_beside(&self, family: FamilyId, limit: usize) -> StoreResult<Vec<FirstOnSource>> {
        self.read(|tx| firsts_beside(tx, family, limit))
    }

    fn issues(&self, series: Option<&str>) -> StoreResult<Vec<IssueRow>> {
        self.read(|tx| series::issues(tx, series))
    }
}

/// Erased items have no family.
fn set(tx: &Transaction<'_>, item: ItemId, family: Option<FamilyId>) -> Done<()> {
    tx.prepare_cached("UPDATE items SET family = ?2 WHERE id = ?1 AND family IS NOT ?2 AND erased = 0")?
        .execute(params![item.0, family.map(|family| family.0)])?;
    Ok(())
}

/// Keeps what an item was found to be like, and moves it and those it joins to their family. An item keeps the family it has when
/// it is derived again without one: only people part.
pub(crate) fn put(tx: &Transaction<'_>, derived: &Derived) -> Done<()> {
    for likeness in derived.likenesses.iter().filter(|likeness| likeness.other != derived.item) {
        tx.prepare_cached("INSERT OR IGNORE INTO joins (a, b) VALUES (MIN(?1, ?2), MAX(?1, ?2))")?
            .execute([derived.item.0, likeness.other.0])?;
    }
    let Some(family) = derived.family else { return Ok(()) };
    set(tx, derived.item, Some(family))?;
    // A family's number is that of its smallest item, which may have been alone so far.
    set(tx, ItemId(family.0), Some(family))?;
    for merged in &derived.merged_families {
        // Another item that was alone stands here by its own number.
        set(tx, ItemId(merged.0), Some(family))?;
    }
    for merged in &derived.merged_families {
        tx.prepare_cached("UPDATE items SET family = ?2 WHERE family = ?1")?.execute(params![merged.0, family.0])?;
    }
    Ok(())
}

/// Walks from item to item over joins in both directions.
fn joins_around(tx: &Transaction<'_>, items: &[ItemId]) -> Done<Vec<(ItemId, ItemId)>> {
    let mut behind = tx.prepare_cached("SELECT b FROM joins WHERE a = ?1 ORDER BY b")?;
    let mut before = tx.prepare_cached("SELECT a FROM joins WHERE b = ?1")?;
    let mut reached: std::collections::BTreeSet<i64> = items.iter().map(|item| item.0).collect();
    let mut open: Vec<i64> = reached.iter().copied().collect();
    let mut joins = Vec::new();
    while let Some(item) = open.pop() {
        let larger: Vec<i64> = behind.query_map([item], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let smaller: Vec<i64> = before.query_map([item], |row| row.get(0))?.collect::<Result<_, _>>()?;
        joins.extend(larger.iter().map(|other| (ItemId(item), ItemId(*other))));
        open.extend(larger.into_iter().chain(smaller).filter(|other| reached.insert(*other)));
    }
    joins.sort_unstable();
    Ok(joins)
}

fn ties(tx: &Transaction<'_>, family: FamilyId, limit: usize) -> Done<Vec<Tie>> {
    let mut statement = tx.prepare_cached(
        "SELECT MIN(l.item, l.other), MAX(l.item, l.other), l.kind, MIN(l.distance)
         FROM items i JOIN likenesses l ON l.item = i.id JOIN items o ON o.id = l.other AND o.family = i.family
         WHERE i.family = ?1 AND l.item <> l.other GROUP BY 1, 2, 3 ORDER BY l.kind, 4, 1, 2 LIMIT ?2",
    )?;
    let mut found = statement.query(params![family.0, rows(limit)])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        all.push(Tie {
            a: ItemId(row.get(0)?),
            b: ItemId(row.get(1)?),
            kind: from_word(row.get(2)?)?,
            distance: row.get::<_, f64>(3)? as f32,
        });
    }
    Ok(all)
}

fn firsts_beside(tx: &Transaction<'_>, family: FamilyId, limit: usize) -> Done<Vec<FirstOnSource>> {
    let mut statement = tx.prepare_cached(
        "SELECT i.family, s.name, MIN(i.posted_at) FROM items i JOIN sources s ON s.id = i.source
         WHERE i.family IN (
             SELECT DISTINCT k.family FROM items k
             WHERE k.family IS NOT NULL AND k.source IN (SELECT source FROM items WHERE family = ?1)
             ORDER BY k.family = ?1 DESC, k.family DESC LIMIT ?2)
         GROUP BY i.family, i.source ORDER BY i.family, 3, s.name",
    )?;
    let mut found = statement.query(params![family.0, rows(limit)])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        all.push(FirstOnSource { family: FamilyId(row.get(0)?), source: row.get(1)?, posted_at: time(row.get(2)?)? });
    }
    Ok(all)
}
