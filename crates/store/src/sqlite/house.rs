//! Reports, users, the audit trail, and how much there is.

use rusqlite::{OptionalExtension, Transaction, params};
use vedette_core::{AuditEntry, Counts, Report, ReportId, User};

use crate::fault::{Done, not_found};
use crate::sqlite::rows::{from_json, micros, rows, time, to_json, unsigned};

pub(crate) fn put_report(tx: &Transaction<'_>, report: &Report) -> Done<ReportId> {
    let mut report = report.clone();
    let known: bool =
        tx.query_row("SELECT EXISTS (SELECT 1 FROM reports WHERE id = ?1)", [report.id.0], |row| row.get(0))?;
    if report.id.0 == 0 {
        report.id = ReportId(tx.query_row("SELECT COALESCE(MAX(id), 0) + 1 FROM reports", [], |row| row.get(0))?);
    } else if !known {
        return Err(not_found("report", report.id));
    }
    tx.execute(
        "INSERT INTO reports (id, updated_at, report) VALUES (?1, ?2, ?3)
         ON CONFLICT (id) DO UPDATE SET updated_at = ?2, report = ?3",
        params![report.id.0, micros(report.updated_at), to_json(&report)?],
    )?;
    Ok(report.id)
}

pub(crate) fn report(tx: &Transaction<'_>, id: ReportId) -> Done<Report> {
    let text: Option<String> =
        tx.query_row("SELECT report FROM reports WHERE id = ?1", [id.0], |row| row.get(0)).optional()?;
    from_json(&text.ok_or_else(|| not_found("report", id))?)
}

pub(crate) fn reports(tx: &Transaction<'_>) -> Done<Vec<Report>> {
    let mut statement = tx.prepare_cached("SELECT report FROM reports ORDER BY updated_at DESC, id DESC")?;
    let mut found = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        all.push(from_json(&row.get::<_, String>(0)?)?);
    }
    Ok(all)
}

pub(crate) fn put_user(tx: &Transaction<'_>, user: &User) -> Done<()> {
    tx.execute(
        "INSERT INTO users (name, role, added_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (name) DO UPDATE SET role = ?2",
        params![user.name, user.role, micros(user.added_at)],
    )?;
    Ok(())
}

pub(crate) fn remove_user(tx: &Transaction<'_>, name: &str) -> Done<()> {
    if tx.execute("DELETE FROM users WHERE name = ?1", [name])? == 0 {
        return Err(not_found("user", name));
    }
    Ok(())
}

pub(crate) fn users(tx: &Transaction<'_>) -> Done<Vec<User>> {
    let mut statement = tx.prepare_cached("SELECT name, role, added_at FROM users ORDER BY name")?;
    let mut found = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        all.push(User { name: row.get(0)?, role: row.get(1)?, added_at: time(row.get(2)?)? });
    }
    Ok(all)
}

pub(crate) fn audit(tx: &Transaction<'_>, entry: &AuditEntry) -> Done<()> {
    tx.execute(
        "INSERT INTO audit (at, by, action, object, detail) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![micros(entry.at), entry.by, entry.action, entry.object, entry.detail],
    )?;
    Ok(())
}

pub(crate) fn audit_trail(tx: &Transaction<'_>, limit: usize) -> Done<Vec<AuditEntry>> {
    let mut statement =
        tx.prepare_cached("SELECT at, by, action, object, detail FROM audit ORDER BY id DESC LIMIT ?1")?;
    let mut found = statement.query([rows(limit)])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        all.push(AuditEntry {
            at: time(row.get(0)?)?,
            by: row.get(1)?,
            action: row.get(2)?,
            object: row.get(3)?,
            detail: row.get(4)?,
        });
    }
    Ok(all)
}

/// How much there is. Rows of evidence are never deleted, so the last row's number is their count.
pub(crate) fn counts(tx: &Transaction<'_>) -> Done<Counts> {
    let count = |sql: &str| -> Done<u64> { Ok(unsigned(tx.prepare_cached(sql)?.query_row([], |row| row.get(0))?)) };
    Ok(Counts {
        sources: count("SELECT COUNT(*) FROM sources WHERE state <> 'removed'")?,
        captures: count("SELECT COALESCE(MAX(id), 0) FROM captures")?,
        exhibits: count("SELECT COALESCE(MAX(id), 0) FROM exhibits")?,
        items: count("SELECT COALESCE(MAX(id), 0) FROM items")?,
        versions: count("SELECT COALESCE(MAX(id), 0) FROM versions")?,
        leaves: count("SELECT size FROM log_state")?,
        jobs_waiting: count("SELECT COUNT(*) FROM jobs WHERE parked = 0")?,
        jobs_parked: count("SELECT COUNT(*) FROM jobs WHERE parked = 1")?,
        alerts_open: count("SELECT COUNT(*) FROM alerts WHERE state = 'open'")?,
        families: count("SELECT COUNT(DISTINCT family) FROM items WHERE family IS NOT NULL")?,
        reports: count("SELECT COUNT(*) FROM reports")?,
    })
}
