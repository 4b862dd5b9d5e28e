//! Whether what was derived is what the newest derivation of each version says: a reading or a level changed by hand shows.

use rusqlite::Transaction;
use vedette_core::{ItemId, VersionId};
use vedette_preserve::records::derivation_rows;

use crate::fault::Done;
use crate::sqlite::rows::unsigned;
use crate::sqlite::sealing::derived_digest;

/// Findings that are told one by one.
const FINDINGS_MAX: usize = 1_000;

/// (what, where, expected, found) of each disagreement.
pub(crate) fn check(tx: &Transaction<'_>) -> Done<Vec<[String; 4]>> {
    let mut findings = Vec::new();
    let newest = newest_leaves(tx, &mut findings)?;
    rows(tx, &newest, &mut findings)?;
    items(tx, &mut findings)?;
    levels(tx, &mut findings)?;
    Ok(findings)
}

fn finding(what: &str, place: String, expected: impl Into<String>, found: impl Into<String>) -> [String; 4] {
    [what.to_owned(), place, expected.into(), found.into()]
}

/// The newest derivation's leaf of each version, plus one, by version id: 8 bytes a version.
fn newest_leaves(tx: &Transaction<'_>, findings: &mut Vec<[String; 4]>) -> Done<Vec<u64>> {
    let last: i64 = tx.query_row("SELECT COALESCE(MAX(id), 0) FROM versions", [], |row| row.get(0))?;
    let mut newest = vec![0u64; usize::try_from(last).unwrap_or(0) + 1];
    let mut statement =
        tx.prepare("SELECT idx, record FROM leaves WHERE kind = 'derivation' AND salt IS NOT NULL ORDER BY idx")?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        let leaf = unsigned(row.get(0)?);
        let Some(said) = row.get_ref(1)?.as_str().ok().and_then(derivation_rows) else {
            findings.push(finding("derivation", format!("leaf {leaf}"), "versions with digests", "something else"));
            continue;
        };
        for (version, _) in said {
            match usize::try_from(version.0).ok().and_then(|at| newest.get_mut(at)) {
                Some(place) => *place = leaf + 1,
                None => findings.push(finding("derivation", version.to_string(), "its row", "missing")),
            }
        }
    }
    // What was derived from an erased item went with it, and an erasure says so.
    let mut erased = tx.prepare("SELECT v.id FROM versions v JOIN items i ON i.id = v.item WHERE i.erased = 1")?;
    for version in erased.query_map([], |row| row.get::<_, i64>(0))? {
        if let Some(place) = usize::try_from(version?).ok().and_then(|at| newest.get_mut(at)) {
            *place = 0;
        }
    }
    Ok(newest)
}

/// Each derived row names the newest leaf that speaks of it, and has the digest that stands there.
fn rows(tx: &Transaction<'_>, newest: &[u64], findings: &mut Vec<[String; 4]>) -> Done<()> {
    let mut statement = tx.prepare("SELECT version, leaf FROM derived ORDER BY leaf, version")?;
    let mut record = tx.prepare("SELECT record FROM leaves WHERE idx = ?1 AND kind = 'derivation'")?;
    let mut found = statement.query([])?;
    let mut held: (Option<i64>, Vec<(VersionId, vedette_core::Sha256)>) = (None, Vec::new());
    let mut seen = vec![false; newest.len()];
    while let Some(row) = found.next()? {
        if findings.len() > FINDINGS_MAX {
            return Ok(());
        }
        let (version, leaf): (VersionId, Option<i64>) = (VersionId(row.get(0)?), row.get(1)?);
        let at = usize::try_from(version.0).unwrap_or(usize::MAX);
        let expected = newest.get(at).copied().unwrap_or(0);
        if let Some(seen) = seen.get_mut(at) {
            *seen = true;
        }
        let stated = leaf.map_or(0, |leaf| unsigned(leaf) + 1);
        if stated != expected {
            let word = |leaf: u64| leaf.checked_sub(1).map_or("no leaf".to_owned(), |leaf| format!("leaf {leaf}"));
            findings.push(finding("derived row", version.to_string(), word(expected), word(stated)));
            continue;
        }
        let Some(leaf) = leaf else { continue };
        if held.0 != Some(leaf) {
            let text: String = record.query_row([leaf], |row| row.get(0))?;
            held = (Some(leaf), derivation_rows(&text).unwrap_or_default());
        }
        let said = held.1.iter().find(|(of, _)| *of == version).map(|(_, digest)| *digest);
        let now = derived_digest(tx, version)?;
        if said.is_some() && said != now {
            let hex = |digest: Option<vedette_core::Sha256>| digest.map(|digest| digest.hex()).unwrap_or_default();
            findings.push(finding("derived row", format!("{version}, leaf {leaf}"), hex(said), hex(now)));
        }
    }
    for (version, leaf) in newest
        .iter()
        .zip(&seen)
        .enumerate()
        .filter(|(_, (leaf, seen))| **leaf > 0 && !**seen)
        .map(|(version, (leaf, _))| (version, leaf - 1))
    {
        findings.push(finding("derived row", format!("v{version}"), format!("as leaf {leaf} says"), "missing"));
    }
    Ok(())
}

/// Each derived row names the item of its version.
fn items(tx: &Transaction<'_>, findings: &mut Vec<[String; 4]>) -> Done<()> {
    let mut statement = tx.prepare(
        "SELECT d.version, v.item, d.item FROM derived d JOIN versions v ON v.id = d.version WHERE d.item <> v.item",
    )?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        let (version, item, stated) = (VersionId(row.get(0)?), ItemId(row.get(1)?), ItemId(row.get(2)?));
        if findings.len() <= FINDINGS_MAX {
            findings.push(finding("derived row", version.to_string(), item.to_string(), stated.to_string()));
        }
    }
    Ok(())
}

/// What lists show of a level is what the derived row says, unless a person decided.
fn levels(tx: &Transaction<'_>, findings: &mut Vec<[String; 4]>) -> Done<()> {
    let mut statement = tx.prepare(
        "SELECT i.id, CASE WHEN json_valid(d.assessment) THEN json_extract(d.assessment, '$.level') END, i.level_machine, i.level_held, i.decided IS NULL
         FROM items i JOIN derived d ON d.version = i.content_version",
    )?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        let (item, said, machine, held, undecided): (i64, Option<String>, i64, i64, bool) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?);
        let said = said.as_deref().and_then(vedette_core::Level::from_word);
        let rank = said.map(|level| i64::from(level.rank()));
        let wrong = rank != Some(machine) || (undecided && held != machine);
        if wrong && findings.len() <= FINDINGS_MAX {
            let expected = said.map_or("a level", vedette_core::Level::word);
            let place = ItemId(item).to_string();
            findings.push(finding("item level", place, expected, format!("{machine}, held {held}")));
        }
    }
    Ok(())
}
