//! Translations as rows: revisions are appended with a leaf each, the memory and the cache are read by key.

use rusqlite::{OptionalExtension, Row, Transaction, params};
use vedette_core::ports::Translations;
use vedette_core::{
    AttachmentId, ItemId, JobKind, Remembered, Revision, RevisionId, Sha256, StoreError, StoreResult, TextKey,
    TranslationStatus, TranslationWork, VersionId,
};
use vedette_preserve::records::{Record, TranslationRecord, whole};

use crate::SqliteRecords;
use crate::fault::{Done, not_found};
use crate::sqlite::log;
use crate::sqlite::rows::{digest, from_json, from_word, job_word, micros, rows, time, to_json, unsigned};

/// Entries of the cache; the oldest go. A text has about ten, of some hundred bytes each: some 100 MB at the most.
const CACHE_ENTRIES_MAX: i64 = 400_000;
/// Revisions of one item that are shown: nobody revises a text more often.
const REVISIONS_MAX: usize = 2_000;
/// Characters of a reason that are kept.
const REASON_CHARS_MAX: usize = 500;

/// Columns of a revision, its leaf first.
const COLUMNS: &str = "leaf, id, item, version, attachment, member, page, source, from_lang, to_lang, status, by, at,
    engine, engine_version, glossary, segments, text";
/// All revisions, for the comparison with their leaves.
pub(crate) const ROWS_TO_CHECK: &str = "SELECT leaf, id, item, version, attachment, member, page, source, from_lang,
    to_lang, status, by, at, engine, engine_version, glossary, segments, text FROM translations ORDER BY id";

/// See [`Translations::want_translations`].
fn want(tx: &Transaction<'_>, to: &str) -> Done<u64> {
    let count = tx.execute(
        "INSERT INTO jobs (version, kind, due_at)
         SELECT d.version, ?2, 0 FROM derived d JOIN items i ON i.content_version = d.version
         WHERE (SELECT SUM(CASE WHEN json_extract(r.value, '$.kind') = 'translation' THEN -1
                    WHEN json_extract(r.value, '$.language.code') IN ('und', ?1) THEN 0 ELSE 1 END)
                FROM json_each(d.readings) r) > 0
         ON CONFLICT (version) DO NOTHING",
        params![to, job_word(JobKind::Translate)],
    )?;
    Ok(count as u64)
}

fn revision(row: &Row<'_>) -> Done<Revision> {
    Ok(Revision {
        leaf: unsigned(row.get(0)?),
        id: RevisionId(row.get(1)?),
        item: ItemId(row.get(2)?),
        version: VersionId(row.get(3)?),
        of: TextKey {
            attachment: row.get::<_, Option<i64>>(4)?.map(AttachmentId),
            member: row.get(5)?,
            page: row.get(6)?,
            sha256: digest(row, 7)?,
        },
        from: row.get(8)?,
        to: row.get(9)?,
        status: from_word(row.get(10)?)?,
        author: row.get(11)?,
        at: time(row.get(12)?)?,
        engine: row.get(13)?,
        engine_version: row.get(14)?,
        glossary: row.get(15)?,
        segments: from_json(&row.get::<_, String>(16)?)?,
        text: row.get(17)?,
    })
}

/// What the leaf of a row must say.
pub(crate) fn written(_: &Transaction<'_>, row: &Row<'_>) -> Done<(String, String)> {
    let segments: String = row.get(16)?;
    let revision = revision(row)?;
    Ok((revision.id.to_string(), TranslationRecord::of(&revision, &segments).text()))
}

fn add(
    tx: &Transaction<'_>,
    new: &Revision,
    after: Option<RevisionId>,
    remembered: &[Remembered],
) -> Done<(RevisionId, u64)> {
    let known: bool = tx
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM versions v JOIN items i ON i.id = v.item
                 WHERE v.id = ?1 AND v.item = ?2 AND i.erased = 0)",
        )?
        .query_row(params![new.version.0, new.item.0], |row| row.get(0))?;
    if !known {
        return Err(not_found("version", new.version));
    }
    let newest: Option<i64> = tx
        .prepare_cached("SELECT MAX(id) FROM translations WHERE item = ?1 AND source = ?2 AND to_lang = ?3")?
        .query_row(params![new.item.0, new.of.sha256.0, new.to], |row| row.get(0))?;
    if newest.map(RevisionId) != after {
        let newest = newest.map_or("none".to_owned(), |id| RevisionId(id).to_string());
        return Err(StoreError::Refused(format!(
            "the translation was changed meanwhile (its newest revision is {newest}): look at it again"
        ))
        .into());
    }
    let segments = to_json(&new.segments)?;
    let leaf = log::append_record(tx, &TranslationRecord::of(new, &segments), whole(new.at))?;
    tx.prepare_cached(
        "INSERT INTO translations (leaf, item, version, attachment, member, page, source, from_lang, to_lang, status, by,
             at, engine, engine_version, glossary, segments, text)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )?
    .execute(params![
        leaf as i64,
        new.item.0,
        new.version.0,
        new.of.attachment.map(|id| id.0),
        new.of.member,
        new.of.page,
        new.of.sha256.0,
        new.from,
        new.to,
        new.status.word(),
        new.author,
        micros(new.at),
        new.engine,
        new.engine_version,
        new.glossary,
        segments,
        new.text,
    ])?;
    let id = tx.last_insert_rowid();
    remember(tx, new, remembered)?;
    Ok((RevisionId(id), leaf))
}

/// The memory holds what stands in revised and signed translations.
fn remember(tx: &Transaction<'_>, new: &Revision, remembered: &[Remembered]) -> Done<()> {
    if new.status == TranslationStatus::Draft {
        return Ok(());
    }
    for one in remembered {
        tx.prepare_cached(
            "INSERT INTO translation_memory (key, from_lang, to_lang, item, signed, by, text)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            one.key.0,
            new.from,
            new.to,
            new.item.0,
            new.status == TranslationStatus::Signed,
            new.author,
            one.text
        ])?;
    }
    Ok(())
}

fn put_cached(tx: &Transaction<'_>, item: ItemId, entries: &[(Sha256, String)]) -> Done<()> {
    for (key, text) in entries {
        // The first item keeps the entry: when it is erased, the entry goes with it.
        tx.prepare_cached(
            "INSERT INTO translation_cache (key, item, text) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?
        .execute(params![key.0, item.0, text])?;
    }
    tx.prepare_cached("DELETE FROM translation_cache WHERE id <= (SELECT MAX(id) FROM translation_cache) - ?1")?
        .execute([CACHE_ENTRIES_MAX])?;
    Ok(())
}

impl Translations for SqliteRecords {
    fn add_revision(
        &self,
        revision: &Revision,
        after: Option<RevisionId>,
        remembered: &[Remembered],
    ) -> StoreResult<(RevisionId, u64)> {
        self.write(|tx| add(tx, revision, after, remembered))
    }

    fn revisions(&self, item: ItemId) -> StoreResult<Vec<Revision>> {
        self.read(|tx| {
            // What was erased has no words left to show.
            let mut statement = tx.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM translations WHERE item = ?1 AND segments <> '[]' ORDER BY id LIMIT ?2"
            ))?;
            let mut found = statement.query(params![item.0, rows(REVISIONS_MAX)])?;
            let mut all = Vec::new();
            while let Some(row) = found.next()? {
                all.push(revision(row)?);
            }
            Ok(all)
        })
    }

    fn remembered(&self, key: Sha256, from: &str, to: &str) -> StoreResult<Option<(String, String)>> {
        self.read(|tx| {
            Ok(tx
                .prepare_cached(
                    "SELECT text, by FROM translation_memory WHERE key = ?1 AND from_lang = ?2 AND to_lang = ?3
                     ORDER BY signed DESC, id DESC LIMIT 1",
                )?
                .query_row(params![key.0, from, to], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?)
        })
    }

    fn cached(&self, key: Sha256) -> StoreResult<Option<String>> {
        self.read(|tx| {
            Ok(tx
                .prepare_cached("SELECT text FROM translation_cache WHERE key = ?1")?
                .query_row([key.0], |row| row.get(0))
                .optional()?)
        })
    }

    fn put_cached(&self, item: ItemId, entries: &[(Sha256, String)]) -> StoreResult<()> {
        if entries.is_empty() {
            return Ok(());
        }
        self.write(|tx| put_cached(tx, item, entries))
    }

    fn set_untranslated(&self, version: VersionId, reason: Option<&str>) -> StoreResult<()> {
        self.write(|tx| {
            match reason {
                Some(reason) => {
                    let short: String = reason.chars().take(REASON_CHARS_MAX).collect();
                    tx.prepare_cached("INSERT OR REPLACE INTO untranslated (version, reason) VALUES (?1, ?2)")?
                        .execute(params![version.0, short])?;
                }
                None => {
                    tx.prepare_cached("DELETE FROM untranslated WHERE version = ?1")?.execute([version.0])?;
                }
            }
            Ok(())
        })
    }

    fn want_translations(&self, to: &str) -> StoreResult<u64> {
        self.write(|tx| want(tx, to))
    }

    fn translation_work(&self, version: VersionId) -> StoreResult<TranslationWork> {
        self.read(|tx| {
            let fault = tx
                .prepare_cached("SELECT reason FROM untranslated WHERE version = ?1")?
                .query_row([version.0], |row| row.get(0))
                .optional()?;
            let job: Option<Option<String>> = tx
                .prepare_cached("SELECT error FROM jobs WHERE version = ?1 AND kind = 'translate' AND parked = 0")?
                .query_row([version.0], |row| row.get(0))
                .optional()?;
            Ok(TranslationWork { waits: job.is_some(), fault: fault.or(job.flatten()) })
        })
    }
}
