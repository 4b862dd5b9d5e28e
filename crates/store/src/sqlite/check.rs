//! Whether rows and log still agree: every row of evidence is written again as a record and compared with the leaf that
//! speaks of it, so that a row changed behind the log's back shows.

use rusqlite::{OptionalExtension, Row, Transaction, params};
use vedette_core::{
    AttachmentId, CaptureId, Decision, ItemId, LeafKind, Level, NewSource, Sha256, SourceId, VersionId,
};
use vedette_preserve::canonical::{Content, ContentFile};
use vedette_preserve::records::{
    CaptureRecord, CursorRecord, DecisionRecord, ErasureRecord, FileRecord, ItemErasureRecord, ItemRecord, KeyRecord,
    Record, SourceRecord, VersionRecord, asked_text,
};

use crate::fault::Done;
use crate::sqlite::rows::{
    digest, from_json, from_word, markup, optional_digest, optional_time, state, time, unsigned,
};
use crate::sqlite::{check_derived, judgements, translations};

/// Findings of one kind that are told one by one.
const FINDINGS_MAX: usize = 1_000;
/// Characters of a record that a finding shows.
const SHOWN_CHARS: usize = 600;

type Finding = [String; 4];

struct Checking<'t> {
    tx: &'t Transaction<'t>,
    findings: Vec<Finding>,
}

/// Everything that does not fit together.
pub(crate) fn check(tx: &Transaction<'_>) -> Done<Vec<Finding>> {
    let mut checking = Checking { tx, findings: Vec::new() };
    checking.file()?;
    checking.leaves()?;
    checking.exhibits()?;
    checking.rows(
        "capture",
        LeafKind::Capture,
        "SELECT leaf, id, source, url, connector, status, fetched_at, page,
        page_size_bytes, page_keep FROM captures ORDER BY id",
        capture,
    )?;
    checking.rows(
        "item",
        LeafKind::Item,
        "SELECT leaf, id, source, native_id, posted_at, first_captured_at, url,
        author_key, thread_of FROM items ORDER BY id",
        item,
    )?;
    checking.rows(
        "version",
        LeafKind::Version,
        "SELECT v.leaf, v.id, v.item, i.native_id, v.number, v.state,
        v.exhibit, v.key, v.capture, v.captured_at, v.title, v.text, v.markup, v.edited_at, v.lang
        FROM versions v LEFT JOIN items i ON i.id = v.item ORDER BY v.id",
        version,
    )?;
    checking.rows(
        "file",
        LeafKind::File,
        "SELECT leaf, attachment, version, exhibit, size_bytes, error, at
        FROM file_events ORDER BY id",
        file,
    )?;
    checking.rows(
        "source",
        LeafKind::Source,
        "SELECT leaf, source, action, value, by, at FROM source_events
        ORDER BY id",
        source,
    )?;
    checking.rows(
        "decision",
        LeafKind::Decision,
        "SELECT leaf, item, verdict, level, reason, by, at, proposed FROM decisions
        ORDER BY id",
        decision,
    )?;
    checking.rows("judgement", LeafKind::Judgement, judgements::ROWS_TO_CHECK, judgements::written)?;
    checking.rows("translation", LeafKind::Translation, translations::ROWS_TO_CHECK, translations::written)?;
    checking.rows(
        "erasure",
        LeafKind::Erasure,
        "SELECT leaf, sha256, reason, at, NULL, NULL, NULL, NULL, NULL FROM erasures
        UNION ALL SELECT leaf, NULL, reason, at, item, basis, by, exhibits, leaves FROM item_erasures ORDER BY 1",
        erasure,
    )?;
    checking.rows(
        "cursor",
        LeafKind::Cursor,
        "SELECT leaf, source, logged, logged_at FROM cursors ORDER BY leaf",
        cursor,
    )?;
    checking.rows("key", LeafKind::Key, "SELECT leaf, verifier, reason, by, at FROM log_keys ORDER BY id", key)?;
    checking.summaries()?;
    checking.findings.extend(check_derived::check(tx)?);
    Ok(checking.findings)
}

impl Checking<'_> {
    fn find(&mut self, what: &str, place: String, expected: &str, found: &str) {
        let cut = |text: &str| text.chars().take(SHOWN_CHARS).collect::<String>();
        self.findings.push([what.to_owned(), place, cut(expected), cut(found)]);
    }

    /// The file itself, as SQLite sees it.
    fn file(&mut self) -> Done<()> {
        let mut statement = self.tx.prepare("PRAGMA integrity_check(100)")?;
        let lines = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        for line in lines.iter().filter(|line| *line != "ok") {
            self.find("catalogue", "catalogue.sqlite".to_owned(), "ok", line);
        }
        let mut statement = self.tx.prepare("PRAGMA foreign_key_check")?;
        let broken = statement
            .query_map([], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?, row.get::<_, String>(2)?))
            })?
            .take(FINDINGS_MAX)
            .collect::<Result<Vec<_>, _>>()?;
        for (table, row, parent) in broken {
            let place = format!("{table} row {}", row.unwrap_or(0));
            self.find("row", place, &format!("its row in {parent}"), "missing");
        }
        Ok(())
    }

    /// Leaves without a gap, as many as the log's edge says.
    fn leaves(&mut self) -> Done<()> {
        let (count, last): (i64, i64) =
            self.tx.query_row("SELECT COUNT(*), COALESCE(MAX(idx), -1) FROM leaves", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let size: i64 = self.tx.query_row("SELECT size FROM log_state", [], |row| row.get(0))?;
        let newest: i64 = self.tx.query_row("SELECT COALESCE(MAX(size), 0) FROM checkpoints", [], |row| row.get(0))?;
        for (what, found) in [("leaves", count), ("last leaf", last + 1), ("newest checkpoint", newest)] {
            if found != size {
                self.find("log length", what.to_owned(), &size.to_string(), &found.to_string());
            }
        }
        Ok(())
    }

    /// Everything that names an exhibit has its row, and sealed pages have theirs.
    fn exhibits(&mut self) -> Done<()> {
        let mut statement = self.tx.prepare(
            "SELECT 'version ' || v.id, v.exhibit FROM versions v
                 WHERE NOT EXISTS (SELECT 1 FROM exhibits e WHERE e.sha256 = v.exhibit)
             UNION ALL SELECT 'attachment ' || a.id, a.exhibit FROM attachments a
                 WHERE a.exhibit IS NOT NULL AND NOT EXISTS (SELECT 1 FROM exhibits e WHERE e.sha256 = a.exhibit)
             UNION ALL SELECT 'capture ' || c.id, c.page FROM captures c
                 WHERE c.page_keep = 'sealed' AND NOT EXISTS (SELECT 1 FROM exhibits e WHERE e.sha256 = c.page)
             UNION ALL SELECT 'erasure ' || e.id, e.sha256 FROM erasures e
                 WHERE NOT EXISTS (SELECT 1 FROM exhibits x WHERE x.sha256 = e.sha256)",
        )?;
        let missing = statement
            .query_map([], |row| Ok((row.get::<_, String>(0)?, digest(row, 1)?)))?
            .take(FINDINGS_MAX)
            .collect::<Result<Vec<_>, _>>()?;
        for (place, sha256) in missing {
            self.find("exhibit row", place, &sha256.hex(), "missing");
        }
        // Bytes may only be gone for a reason that is in the log.
        let mut statement = self.tx.prepare(
            "SELECT sha256 FROM exhibits x WHERE erased = 1
                 AND NOT EXISTS (SELECT 1 FROM erasures e WHERE e.sha256 = x.sha256)
                 AND NOT EXISTS (SELECT 1 FROM item_erasures i, json_each(i.exhibits) j
                     WHERE j.value = lower(hex(x.sha256)))",
        )?;
        let silent =
            statement.query_map([], |row| digest(row, 0))?.take(FINDINGS_MAX).collect::<Result<Vec<Sha256>, _>>()?;
        for sha256 in silent {
            self.find("erasure", sha256.hex(), "a leaf with the reason", "none");
        }
        for table in ["erasures", "item_erasures"] {
            let mut statement = self.tx.prepare(&format!(
                "SELECT id FROM (SELECT id, leaf, LAG(leaf) OVER (ORDER BY id) AS before FROM {table})
                     WHERE leaf <= before LIMIT {FINDINGS_MAX}"
            ))?;
            let wrong = statement.query_map([], |row| row.get::<_, i64>(0))?.collect::<Result<Vec<_>, _>>()?;
            for id in wrong {
                self.find("erasure row", format!("{table} row {id}"), "a leaf of its own, in order", "another's");
            }
        }
        // A leaf that tells nothing any more must have been named by an erasure: otherwise emptying it would hide a change.
        let mut statement = self.tx.prepare(
            "SELECT idx FROM leaves WHERE salt IS NULL AND idx NOT IN
                 (SELECT j.value FROM item_erasures i, json_each(i.leaves) j)",
        )?;
        let emptied =
            statement.query_map([], |row| row.get::<_, i64>(0))?.take(FINDINGS_MAX).collect::<Result<Vec<_>, _>>()?;
        for index in emptied {
            self.find("leaf record", format!("leaf {index}"), "its record and salt", "emptied without an erasure");
        }
        Ok(())
    }

    /// Each row's record against its leaf, and each leaf of the kind against the rows.
    fn rows(
        &mut self,
        what: &'static str,
        kind: LeafKind,
        sql: &str,
        record: fn(&Transaction<'_>, &Row<'_>) -> Done<(String, String)>,
    ) -> Done<()> {
        let mut statement = self.tx.prepare(sql)?;
        let mut leaf = self.tx.prepare("SELECT kind, record, salt IS NULL FROM leaves WHERE idx = ?1")?;
        let mut found = statement.query([])?;
        let (mut count, mut last) = (0i64, -1i64);
        let first_finding = self.findings.len();
        while let Some(row) = found.next()? {
            if self.findings.len() - first_finding > FINDINGS_MAX {
                return Ok(());
            }
            let index: i64 = row.get(0)?;
            let (id, written) = match record(self.tx, row) {
                Ok(read) => read,
                Err(fault) => {
                    let error = vedette_core::StoreError::from(fault).to_string();
                    self.find(&format!("{what} row"), format!("leaf {index}"), "a readable row", &error);
                    continue;
                }
            };
            let place = format!("{id}, leaf {index}");
            count += 1;
            if index <= last {
                self.find(&format!("{what} row"), place.clone(), "a leaf of its own, in order", "another's");
            }
            last = index;
            let stored = leaf
                .query_row([index], |leaf| {
                    Ok((leaf.get::<_, String>(0)?, leaf.get::<_, String>(1)?, leaf.get::<_, bool>(2)?))
                })
                .optional()?;
            match stored {
                None => self.find(&format!("{what} row"), place, "its leaf", "missing"),
                // What a leaf said is gone after erasure; its commitment still stands in the tree.
                Some((_, _, true)) => {}
                Some((stored_kind, stored, _)) if stored_kind != kind.word() || stored != written => {
                    self.find(&format!("{what} row"), place, &stored, &written);
                }
                Some(_) => {}
            }
        }
        // Of a cursor only the newest position has a row.
        if kind == LeafKind::Cursor {
            return Ok(());
        }
        let leaves: i64 =
            self.tx.query_row("SELECT COUNT(*) FROM leaves WHERE kind = ?1", [kind.word()], |row| row.get(0))?;
        if leaves != count {
            let place = format!("leaves of kind {}", kind.word());
            self.find(&format!("{what} rows"), place, &leaves.to_string(), &count.to_string());
        }
        Ok(())
    }

    /// Summaries that lists show against what they sum up.
    fn summaries(&mut self) -> Done<()> {
        let mut statement = self.tx.prepare(
            "SELECT i.id, v.state, i.state FROM items i JOIN versions v ON v.item = i.id
             WHERE v.number = (SELECT MAX(number) FROM versions w WHERE w.item = i.id) AND v.state <> i.state",
        )?;
        let wrong = statement
            .query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?)))?
            .take(FINDINGS_MAX)
            .collect::<Result<Vec<_>, _>>()?;
        for (id, expected, found) in wrong {
            self.find("item state", ItemId(id).to_string(), &expected, &found);
        }
        let mut statement = self.tx.prepare(
            "SELECT i.id, d.level, i.level_held FROM items i
             LEFT JOIN decisions d ON d.id = (SELECT MAX(id) FROM decisions e WHERE e.item = i.id)
             WHERE d.id IS NOT NULL OR i.decided IS NOT NULL",
        )?;
        let mut decided = statement.query([])?;
        while let Some(row) = decided.next()? {
            let (id, by_person, held): (i64, Option<String>, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let expected = by_person.as_deref().and_then(Level::from_word);
            if expected.map(|level| i64::from(level.rank())) != Some(held) && self.findings.len() < FINDINGS_MAX {
                let expected = expected.map_or("a decision", Level::word);
                self.find("item level", ItemId(id).to_string(), expected, &held.to_string());
            }
        }
        self.sources()
    }

    /// What a source's row says now against what was done to it.
    fn sources(&mut self) -> Done<()> {
        let mut statement = self.tx.prepare("SELECT id, asked, state FROM sources ORDER BY id")?;
        let mut events = self.tx.prepare("SELECT action, value FROM source_events WHERE source = ?1 ORDER BY id")?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            let (id, asked, state): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let (mut expected, mut expected_state) = (None::<NewSource>, "active".to_owned());
            let mut done = events.query([id])?;
            while let Some(event) = done.next()? {
                let (action, value): (String, String) = (event.get(0)?, event.get(1)?);
                match (action.as_str(), expected.as_mut()) {
                    // A value that cannot be read differs from its leaf, which is told there.
                    ("added", _) => expected = from_json(&value).ok(),
                    ("authorised", Some(source)) => {
                        from_json(&value).into_iter().for_each(|value| source.authorisation = value);
                    }
                    ("reach", Some(source)) => {
                        from_json(&value).into_iter().for_each(|value| source.reach = value);
                    }
                    ("keeping", Some(source)) => {
                        from_json(&value).into_iter().for_each(|value| source.keeping = value);
                    }
                    ("state", _) => expected_state = value,
                    _ => {}
                }
            }
            let expected = expected.as_ref().map(asked_text).unwrap_or_default();
            if expected != asked {
                self.find("source", SourceId(id).to_string(), &expected, &asked);
            }
            if expected_state != state {
                self.find("source state", SourceId(id).to_string(), &expected_state, &state);
            }
        }
        Ok(())
    }
}

fn capture(_: &Transaction<'_>, row: &Row<'_>) -> Done<(String, String)> {
    let (url, connector, page_keep): (String, String, String) = (row.get(3)?, row.get(4)?, row.get(9)?);
    let capture = CaptureId(row.get(1)?);
    let record = CaptureRecord {
        capture,
        source: SourceId(row.get(2)?),
        url: &url,
        connector: &connector,
        status: row.get(5)?,
        fetched_at: time(row.get(6)?)?,
        page: digest(row, 7)?,
        page_size_bytes: unsigned(row.get(8)?),
        page_keep: &page_keep,
    };
    Ok((capture.to_string(), record.text()))
}

fn item(_: &Transaction<'_>, row: &Row<'_>) -> Done<(String, String)> {
    let native_id: String = row.get(3)?;
    let (url, author_key, thread_of): (Option<String>, Option<String>, Option<String>) =
        (row.get(6)?, row.get(7)?, row.get(8)?);
    let item = ItemId(row.get(1)?);
    let record = ItemRecord {
        item,
        source: SourceId(row.get(2)?),
        native_id: &native_id,
        posted_at: time(row.get(4)?)?,
        first_captured_at: time(row.get(5)?)?,
        url: url.as_deref(),
        author_key: author_key.as_deref(),
        thread_of: thread_of.as_deref(),
    };
    Ok((item.to_string(), record.text()))
}

/// A file's row: name, media type, address, hash and length.
type FileRow = (String, Option<String>, Option<String>, Option<Sha256>, Option<i64>);

fn version(tx: &Transaction<'_>, row: &Row<'_>) -> Done<(String, String)> {
    let id = VersionId(row.get(1)?);
    let native_id = row.get::<_, Option<String>>(3)?.unwrap_or_default();
    let (title, text, lang): (Option<String>, String, Option<String>) = (row.get(10)?, row.get(11)?, row.get(14)?);
    let state = state(&row.get::<_, String>(5)?)?;
    let exhibit = digest(row, 6)?;
    let mut statement = tx.prepare_cached(
        "SELECT name, media_type, url, CASE WHEN late THEN NULL ELSE exhibit END, size_bytes
         FROM attachments WHERE version = ?1 ORDER BY id",
    )?;
    let files: Vec<FileRow> = statement
        .query_map([id.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, optional_digest(row, 3)?, row.get(4)?)))?
        .collect::<Result<_, _>>()?;
    let content = Content {
        state,
        exhibit,
        title: title.as_deref(),
        text: &text,
        markup: markup(&row.get::<_, String>(12)?)?,
        edited_at: optional_time(row.get(13)?)?,
        lang: lang.as_deref(),
    };
    let files = files.iter().map(|(name, media_type, url, exhibit, size_bytes)| ContentFile {
        name,
        media_type: media_type.as_deref(),
        url: url.as_deref(),
        exhibit: exhibit.map(|sha256| (sha256, unsigned(size_bytes.unwrap_or(0)))),
    });
    let record = VersionRecord {
        version: id,
        item: ItemId(row.get(2)?),
        native_id: &native_id,
        number: row.get(4)?,
        state,
        exhibit,
        key: digest(row, 7)?,
        content: content.hash(files),
        capture: CaptureId(row.get(8)?),
        captured_at: time(row.get(9)?)?,
    };
    Ok((id.to_string(), record.text()))
}

fn file(tx: &Transaction<'_>, row: &Row<'_>) -> Done<(String, String)> {
    let attachment = AttachmentId(row.get(1)?);
    let error: Option<String> = row.get(5)?;
    let mut exhibit = optional_digest(row, 3)?;
    if exhibit.is_some() {
        // The file's own row must name what the event brought.
        exhibit = tx
            .prepare_cached("SELECT exhibit FROM attachments WHERE id = ?1")?
            .query_row(params![attachment.0], |row| optional_digest(row, 0))
            .optional()?
            .flatten();
    }
    let record = FileRecord {
        attachment,
        version: VersionId(row.get(2)?),
        exhibit,
        size_bytes: row.get::<_, Option<i64>>(4)?.map(unsigned),
        error: error.as_deref(),
        at: time(row.get(6)?)?,
    };
    Ok((attachment.to_string(), record.text()))
}

fn source(_: &Transaction<'_>, row: &Row<'_>) -> Done<(String, String)> {
    let (action, value, by): (String, String, String) = (row.get(2)?, row.get(3)?, row.get(4)?);
    let source = SourceId(row.get(1)?);
    let record = SourceRecord { source, action: &action, value: &value, by: &by, at: time(row.get(5)?)? };
    Ok((source.to_string(), record.text()))
}

fn decision(_: &Transaction<'_>, row: &Row<'_>) -> Done<(String, String)> {
    let item = ItemId(row.get(1)?);
    let decision = Decision {
        verdict: from_word(row.get(2)?)?,
        level: from_word(row.get(3)?)?,
        proposed: row.get::<_, Option<String>>(7)?.map(from_word).transpose()?,
        reason: row.get(4)?,
        by: row.get(5)?,
        at: time(row.get(6)?)?,
    };
    Ok((format!("decision on {item}"), DecisionRecord::of(item, &decision).text()))
}

fn erasure(_: &Transaction<'_>, row: &Row<'_>) -> Done<(String, String)> {
    let reason: String = row.get(2)?;
    if let Some(item) = row.get::<_, Option<i64>>(4)? {
        let (basis, by, exhibits, leaves): (String, String, String, String) =
            (row.get(5)?, row.get(6)?, row.get(7)?, row.get(8)?);
        let (exhibits, leaves): (Vec<Sha256>, Vec<u64>) = (from_json(&exhibits)?, from_json(&leaves)?);
        let (item, at) = (ItemId(item), time(row.get(3)?)?);
        let record = ItemErasureRecord {
            item,
            reason: &reason,
            basis: &basis,
            by: &by,
            at,
            exhibits: &exhibits,
            leaves: &leaves,
        };
        return Ok((format!("erasure of {item}"), record.text()));
    }
    let exhibit = digest(row, 1)?;
    Ok((exhibit.hex(), ErasureRecord { exhibit, reason: &reason, at: time(row.get(3)?)? }.text()))
}

fn key(_: &Transaction<'_>, row: &Row<'_>) -> Done<(String, String)> {
    let (key, reason, by): (String, String, String) = (row.get(1)?, row.get(2)?, row.get(3)?);
    Ok((format!("key {key}"), KeyRecord { key: &key, reason: &reason, by: &by, at: time(row.get(4)?)? }.text()))
}

fn cursor(_: &Transaction<'_>, row: &Row<'_>) -> Done<(String, String)> {
    let cursor: String = row.get(2)?;
    let source = SourceId(row.get(1)?);
    Ok((format!("cursor of {source}"), CursorRecord { source, cursor: &cursor, at: time(row.get(3)?)? }.text()))
}
