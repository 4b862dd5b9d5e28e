//! Issues of series: which items bring or name which issue, taken from what was found in their newest content.

use rusqlite::{Transaction, params};
use vedette_core::{Derived, FamilyId, IssueMention, IssueRow, ItemId, Reading, ReadingKind, VersionId};

use crate::fault::Done;
use crate::sqlite::rows::{optional_digest, rows, time, unsigned};

/// Issues kept of one item.
const ISSUES_MAX: usize = 64;
/// Rows of one answer; a weekly in five copies reaches it after 80 years.
const ROWS_MAX: usize = 20_000;
/// Bytes of the beginning of a document where its own number stands; further on it speaks of others.
const COVER_BYTES: usize = 600;

/// Keeps which issues the newest content of an item brings or names.
pub(crate) fn put(tx: &Transaction<'_>, derived: &Derived) -> Done<()> {
    tx.prepare_cached("DELETE FROM item_issues WHERE item = ?1")?.execute([derived.item.0])?;
    for (series, number, copy) in issues_of(derived) {
        tx.prepare_cached(
            "INSERT OR IGNORE INTO item_issues (series, number, item, version, copy) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![series, number, derived.item.0, derived.version.0, copy])?;
    }
    Ok(())
}

/// Series and number of each issue, and whether the item brings it. What stands on the first page of a file, or in its name, is
/// brought. Where no file says which it is, a document beside a post that names just one issue is that one.
fn issues_of(derived: &Derived) -> Vec<(&str, u32, bool)> {
    let mut all: Vec<(&str, u32, bool)> = Vec::new();
    for (at, found) in derived.findings.iter().enumerate() {
        let reading = derived.readings.get(at);
        for issue in &found.issues {
            let copy = issue.file.is_some() || reading.is_some_and(|reading| on_cover(reading, issue));
            let known = all.iter_mut().find(|one| (one.0, one.1) == (issue.series.as_str(), issue.number));
            if let Some(known) = known {
                known.2 |= copy;
            } else if all.len() < ISSUES_MAX {
                all.push((&issue.series, issue.number, copy));
            }
        }
    }
    let brings = derived.readings.iter().any(|one| matches!(one.kind, ReadingKind::PdfText | ReadingKind::Document));
    if let ([only], true) = (all.as_mut_slice(), brings) {
        only.2 = true;
    }
    all
}

fn on_cover(reading: &Reading, issue: &IssueMention) -> bool {
    let first = reading.page.is_none_or(|page| page <= 1) && issue.start < COVER_BYTES;
    reading.attachment.is_some() && reading.kind != ReadingKind::Translation && first
}

/// See [`vedette_core::ports::Kinship::issues`].
pub(crate) fn issues(tx: &Transaction<'_>, series: Option<&str>) -> Done<Vec<IssueRow>> {
    let mut statement = tx.prepare_cached(
        "SELECT n.series, n.number, n.item, n.version, n.copy, s.name, i.posted_at, i.family,
             (SELECT a.exhibit FROM attachments a WHERE a.version = n.version AND a.exhibit IS NOT NULL
                 ORDER BY COALESCE(a.media_type, '') NOT LIKE 'application/%', a.id LIMIT 1)
         FROM item_issues n JOIN items i ON i.id = n.item JOIN sources s ON s.id = i.source
         WHERE ?1 IS NULL OR n.series = ?1 ORDER BY n.series, n.number, i.posted_at, n.item LIMIT ?2",
    )?;
    let mut found = statement.query(params![series, rows(ROWS_MAX)])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        all.push(IssueRow {
            series: row.get(0)?,
            number: u32::try_from(unsigned(row.get(1)?)).unwrap_or(u32::MAX),
            item: ItemId(row.get(2)?),
            version: VersionId(row.get(3)?),
            copy: row.get(4)?,
            file: optional_digest(row, 8)?,
            source: row.get(5)?,
            posted_at: time(row.get(6)?)?,
            family: row.get::<_, Option<i64>>(7)?.map(FamilyId),
        });
    }
    Ok(all)
}
