//! Taking in: captures, exhibits, leaves, items, versions, files, cursors, notes and jobs of a batch, in one
//! transaction. Taking the same in twice changes nothing but how often it was seen.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Transaction, params};
use vedette_core::limits::{ATTACHMENTS_MAX, READING_BYTES_MAX, SEALED_PAGE_DAYS};
use vedette_core::{
    CaptureId, Intake, ItemId, JobKind, NewExhibit, NewVersion, Receipt, Sha256, SourceId, StoreError, TakenVersion,
    VersionId, VersionState,
};
use vedette_preserve::canonical::{Content, ContentFile};
use vedette_preserve::records::{CaptureRecord, CursorRecord, ItemRecord, VersionRecord, page_keep_word, whole};

use crate::crash;
use crate::fault::Done;
use crate::sqlite::log::LogWriter;
use crate::sqlite::rows::{beginning, digest, markup_word, micros, unsigned};
use crate::sqlite::{files, gaps, items, queue};

/// Bytes of a URL, name, note or native id; longer ones are refused, because no source has them.
const WORD_BYTES_MAX: usize = 64 * 1024;

pub(crate) fn take_in(tx: &Transaction<'_>, intakes: &[Intake]) -> Done<Vec<Receipt>> {
    let mut log = LogWriter::open(tx)?;
    let mut receipts = Vec::with_capacity(intakes.len());
    let mut newest = Timestamp::UNIX_EPOCH;
    for intake in intakes {
        refuse_boundless(intake)?;
        newest = newest.max(intake.capture.fetched_at);
        receipts.push(Taking { tx, log: &mut log, intake, capture: None }.take()?);
    }
    log.finish(newest)?;
    Ok(receipts)
}

fn refuse_boundless(intake: &Intake) -> Done<()> {
    let refuse = |what: &str| Err(StoreError::Refused(format!("{what} is too long to be stored")).into());
    if intake.capture.url.len() > WORD_BYTES_MAX {
        return refuse("the address of a capture");
    }
    for version in &intake.versions {
        if version.native_id.len() > WORD_BYTES_MAX {
            return refuse("the source's own id of a post");
        }
        if version.text.len() > READING_BYTES_MAX {
            return refuse("the text of a post");
        }
        if version.attachments.len() > ATTACHMENTS_MAX {
            return refuse("the list of files of a post");
        }
    }
    Ok(())
}

/// One intake on its way into the tables.
struct Taking<'a, 't> {
    tx: &'a Transaction<'t>,
    log: &'a mut LogWriter<'t>,
    intake: &'a Intake,
    /// The capture's row and leaf, once it has one.
    capture: Option<(CaptureId, u64)>,
}

/// What is known of an item that a version belongs to.
struct KnownItem {
    id: ItemId,
    versions: u32,
    /// Whether it is thought to be gone because the source no longer shows it.
    inferred: bool,
    erased: bool,
}

/// The key of a state seen before that is shown again after its item was thought to be gone.
fn again_key(key: Sha256, versions: u32) -> Sha256 {
    vedette_preserve::sha256(format!("shown again after {versions}: {}", key.hex()).as_bytes())
}

impl Taking<'_, '_> {
    fn take(mut self) -> Done<Receipt> {
        for exhibit in &self.intake.exhibits {
            put_exhibit(self.tx, exhibit, self.intake.capture.fetched_at)?;
        }
        let mut versions = Vec::with_capacity(self.intake.versions.len());
        let mut new_items = 0;
        for version in &self.intake.versions {
            let (taken, new_item) = self.version(version)?;
            new_items += i64::from(new_item);
            versions.push(taken);
        }
        if new_items > 0 {
            self.tx
                .prepare_cached("UPDATE sources SET items = items + ?2 WHERE id = ?1")?
                .execute(params![self.intake.source.0, new_items])?;
        }
        let repeated = self.capture.is_none() && self.see_again()?;
        let (capture, leaf) = self.capture()?;
        self.cursor(repeated)?;
        self.notes()?;
        Ok(Receipt { capture, leaf, versions })
    }

    /// The capture's row; made when the first thing needs it.
    fn capture(&mut self) -> Done<(CaptureId, u64)> {
        if let Some(known) = self.capture {
            return Ok(known);
        }
        let new = &self.intake.capture;
        let fetched_at = whole(new.fetched_at);
        let page_keep = page_keep_word(&new.page_keep);
        self.tx
            .prepare_cached(
                "INSERT INTO captures (source, url, place, connector, status, fetched_at, page, page_size_bytes,
                     page_keep, leaf, last_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?6)",
            )?
            .execute(params![
                self.intake.source.0,
                new.url,
                place(&new.url),
                new.connector,
                new.status,
                micros(fetched_at),
                new.page.0,
                new.page_size_bytes as i64,
                page_keep,
                self.log.next() as i64,
            ])?;
        let id = CaptureId(self.tx.last_insert_rowid());
        let leaf = self.log.append(&CaptureRecord {
            capture: id,
            source: self.intake.source,
            url: &new.url,
            connector: &new.connector,
            status: new.status,
            fetched_at,
            page: new.page,
            page_size_bytes: new.page_size_bytes,
            page_keep: &page_keep,
        })?;
        self.capture = Some((id, leaf));
        Ok((id, leaf))
    }

    /// A page that brought nothing new and is the one that was fetched there last time is counted on that capture, so
    /// that polling a silent room does not grow the log.
    fn see_again(&mut self) -> Done<bool> {
        let new = &self.intake.capture;
        let last = self
            .tx
            .prepare_cached(
                "SELECT id, leaf, page FROM captures WHERE source = ?1 AND place = ?2 ORDER BY id DESC LIMIT 1",
            )?
            .query_row(params![self.intake.source.0, place(&new.url)], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, digest(row, 2)?))
            })
            .optional()?;
        let Some((id, leaf, _)) = last.filter(|(_, _, page)| *page == new.page) else { return Ok(false) };
        self.tx
            .prepare_cached(
                "UPDATE captures SET seen_again = seen_again + 1, last_at = MAX(last_at, ?2) WHERE id = ?1",
            )?
            .execute(params![id, micros(new.fetched_at)])?;
        self.capture = Some((CaptureId(id), unsigned(leaf)));
        Ok(true)
    }

    /// Stores a version unless it is known; also whether its item is new.
    fn version(&mut self, new: &NewVersion) -> Done<(TakenVersion, bool)> {
        let known = self
            .tx
            .prepare_cached(
                "SELECT i.id, (SELECT COUNT(*) FROM versions v WHERE v.item = i.id), i.state, i.erased FROM items i
                 WHERE i.native_id = ?1 AND i.source = ?2",
            )?
            .query_row(params![new.native_id, self.intake.source.0], |row| {
                let inferred = row.get_ref(2)?.as_str()? == VersionState::DeletedInferred.word();
                Ok(KnownItem { id: ItemId(row.get(0)?), versions: row.get(1)?, inferred, erased: row.get(3)? })
            })
            .optional()?;
        // What was erased does not come back, not even edited.
        if let Some(item) = known.as_ref().filter(|item| item.erased) {
            return Ok((self.last_version(item.id)?, false));
        }
        let again;
        let mut new = new;
        if let Some(item) = known.as_ref().filter(|item| item.inferred && !new.state.is_gone()) {
            // It was thought gone and is shown again: a state of its own, though its content may be one seen before.
            again = NewVersion { key: again_key(new.key, item.versions), ..new.clone() };
            new = &again;
        }
        if let Some(item) = &known
            && let Some(taken) = self.known_version(item.id, new)?
        {
            return Ok((taken, false));
        }
        if let Some(item) = known.as_ref().filter(|item| !item.inferred)
            && let Some(taken) = self.same_but_for_fetching(item.id, new)?
        {
            return Ok((taken, false));
        }
        let (capture, _) = self.capture()?;
        let new_item = known.is_none();
        let item = match known {
            Some(item) => item,
            None => KnownItem { id: self.item(new)?, versions: 0, inferred: false, erased: false },
        };
        let number = item.versions + 1;
        let version = self.insert_version(item.id, number, capture, new)?;
        self.attachments(version, new)?;
        self.summary(item.id, version, number, new)?;
        // What is read in memory is held as claimed: it comes back if this process dies before it is derived.
        queue::add(self.tx, JobKind::Text, version, self.intake.capture.fetched_at, !new.needs_job)?;
        Ok((TakenVersion { item: item.id, version, number, new: true }, new_item))
    }

    fn last_version(&self, item: ItemId) -> Done<TakenVersion> {
        let mut statement =
            self.tx.prepare_cached("SELECT id, number FROM versions WHERE item = ?1 ORDER BY number DESC LIMIT 1")?;
        Ok(statement.query_row([item.0], |row| {
            Ok(TakenVersion { item, version: VersionId(row.get(0)?), number: row.get(1)?, new: false })
        })?)
    }

    fn known_version(&self, item: ItemId, new: &NewVersion) -> Done<Option<TakenVersion>> {
        let known = self
            .tx
            .prepare_cached("SELECT id, number FROM versions WHERE item = ?1 AND key = ?2")?
            .query_row(params![item.0, new.key.0], |row| {
                Ok(TakenVersion { item, version: VersionId(row.get(0)?), number: row.get(1)?, new: false })
            })
            .optional()?;
        Ok(known)
    }

    /// The version that this one is when only the fetching of its files went another way: a file that failed then and
    /// came now has arrived late; one that came then and failed now is no change.
    fn same_but_for_fetching(&mut self, item: ItemId, new: &NewVersion) -> Done<Option<TakenVersion>> {
        if new.attachments.is_empty() {
            return Ok(None);
        }
        let alike = self
            .tx
            .prepare_cached(
                "SELECT id, number FROM versions WHERE item = ?1 AND state = ?2 AND text = ?3 AND title IS ?4
                     AND edited_at IS ?5",
            )?
            .query_map(params![item.0, new.state.word(), new.text, new.title, new.edited_at.map(micros)], |row| {
                Ok(TakenVersion { item, version: VersionId(row.get(0)?), number: row.get(1)?, new: false })
            })?
            .collect::<Result<Vec<_>, _>>()?;
        for taken in alike {
            let known = items::attachments(self.tx, taken.version)?;
            let same = known.len() == new.attachments.len()
                && known.iter().zip(&new.attachments).all(|(known, new)| {
                    known.url == new.url
                        && known.name == new.name
                        && match (known.exhibit, new.exhibit) {
                            (Some(known), Some((new, _))) => known == new,
                            _ => true,
                        }
                });
            if !same {
                continue;
            }
            for (known, new) in known.iter().zip(&new.attachments) {
                if let (None, Some((sha256, _))) = (known.exhibit, new.exhibit)
                    && let Some(exhibit) = self.intake.exhibits.iter().find(|exhibit| exhibit.sha256 == sha256)
                {
                    files::arrived(self.tx, self.log, known.id, Ok(exhibit), self.intake.capture.fetched_at)?;
                }
            }
            return Ok(Some(taken));
        }
        Ok(None)
    }

    fn item(&mut self, new: &NewVersion) -> Done<ItemId> {
        let first_captured_at = whole(self.intake.capture.fetched_at);
        let posted_at = whole(new.posted_at.unwrap_or(first_captured_at));
        self.tx
            .prepare_cached(
                "INSERT INTO items (source, native_id, posted_at, first_captured_at, url, author_key, thread_of, leaf,
                     state, content_gone, text)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                self.intake.source.0,
                new.native_id,
                micros(posted_at),
                micros(first_captured_at),
                new.url,
                new.author_key,
                new.thread_of,
                self.log.next() as i64,
                new.state.word(),
                new.state.is_gone(),
                text_begin(new),
            ])?;
        let item = ItemId(self.tx.last_insert_rowid());
        self.log.append(&ItemRecord {
            item,
            source: self.intake.source,
            native_id: &new.native_id,
            posted_at,
            first_captured_at,
            url: new.url.as_deref(),
            author_key: new.author_key.as_deref(),
            thread_of: new.thread_of.as_deref(),
        })?;
        Ok(item)
    }

    fn insert_version(&mut self, item: ItemId, number: u32, capture: CaptureId, new: &NewVersion) -> Done<VersionId> {
        let captured_at = whole(self.intake.capture.fetched_at);
        self.tx
            .prepare_cached(
                "INSERT INTO versions (item, number, key, state, exhibit, title, markup, edited_at, lang, capture,
                     captured_at, leaf, text)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            )?
            .execute(params![
                item.0,
                number,
                new.key.0,
                new.state.word(),
                new.exhibit.0,
                new.title,
                markup_word(new.markup),
                new.edited_at.map(micros),
                new.lang,
                capture.0,
                micros(captured_at),
                self.log.next() as i64,
                new.text,
            ])?;
        let version = VersionId(self.tx.last_insert_rowid());
        let files = new.attachments.iter().map(|file| ContentFile {
            name: &file.name,
            media_type: file.media_type.as_deref(),
            url: file.url.as_deref(),
            exhibit: file.exhibit,
        });
        self.log.append(&VersionRecord {
            version,
            item,
            native_id: &new.native_id,
            number,
            state: new.state,
            exhibit: new.exhibit,
            key: new.key,
            content: Content::of_new(new).hash(files),
            capture,
            captured_at,
        })?;
        Ok(version)
    }

    fn attachments(&self, version: VersionId, new: &NewVersion) -> Done<()> {
        for file in &new.attachments {
            self.tx
                .prepare_cached(
                    "INSERT INTO attachments (version, source, name, media_type, url, exhibit, size_bytes, error)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                )?
                .execute(params![
                    version.0,
                    self.intake.source.0,
                    file.name,
                    file.media_type,
                    file.url,
                    file.exhibit.map(|(sha256, _)| sha256.0),
                    file.exhibit.map(|(_, size_bytes)| size_bytes as i64),
                    file.error,
                ])?;
        }
        Ok(())
    }

    /// The item's state is that of its newest version; lists show the newest one that has content. New content brings
    /// an item that was dealt with back to the inbox.
    fn summary(&self, item: ItemId, version: VersionId, number: u32, new: &NewVersion) -> Done<()> {
        if number == 1 {
            self.tx
                .prepare_cached("UPDATE items SET content_version = ?2 WHERE id = ?1")?
                .execute(params![item.0, version.0])?;
            return Ok(());
        }
        let gone = new.state.is_gone();
        self.tx
            .prepare_cached("UPDATE items SET state = ?2 WHERE id = ?1")?
            .execute(params![item.0, new.state.word()])?;
        self.tx
            .prepare_cached(
                "UPDATE items SET content_version = ?2, content_gone = ?3, text = ?4,
                     open = CASE WHEN ?3 THEN open ELSE 1 END, seen = CASE WHEN ?3 THEN seen ELSE 0 END
                 WHERE id = ?1 AND (?3 = 0 OR content_gone = 1)",
            )?
            .execute(params![item.0, version.0, gone, text_begin(new)])?;
        Ok(())
    }

    fn cursor(&mut self, repeated: bool) -> Done<()> {
        let Some(cursor) = &self.intake.cursor else { return Ok(()) };
        let source = self.intake.source;
        let known: Option<String> = self
            .tx
            .prepare_cached("SELECT value FROM cursors WHERE source = ?1")?
            .query_row([source.0], |row| row.get(0))
            .optional()?;
        if known.as_ref() == Some(&cursor.0) {
            return Ok(());
        }
        if repeated && known.is_some() {
            self.tx
                .prepare_cached("UPDATE cursors SET value = ?2 WHERE source = ?1")?
                .execute(params![source.0, cursor.0])?;
            return Ok(());
        }
        let at = whole(self.intake.capture.fetched_at);
        let leaf = self.log.append(&CursorRecord { source, cursor: &cursor.0, at })?;
        self.tx
            .prepare_cached(
                "INSERT INTO cursors (source, value, logged, logged_at, leaf) VALUES (?1, ?2, ?2, ?3, ?4)
                 ON CONFLICT (source) DO UPDATE SET value = ?2, logged = ?2, logged_at = ?3, leaf = ?4",
            )?
            .execute(params![source.0, cursor.0, micros(at), leaf as i64])?;
        crash::point("cursor");
        Ok(())
    }

    fn notes(&self) -> Done<()> {
        for note in &self.intake.notes {
            add_note(self.tx, self.intake.source, note, self.intake.capture.fetched_at)?;
        }
        gaps::note(self.tx, self.intake.source, &self.intake.gaps, self.intake.capture.fetched_at)
    }
}

/// The first line that lists show until the version is derived.
fn text_begin(new: &NewVersion) -> String {
    match new.title.as_deref().filter(|title| !title.trim().is_empty()) {
        Some(title) => beginning(&format!("{title} {}", new.text)),
        None => beginning(&new.text),
    }
}

/// Adds a note; one that says what the newest says already only moves that one's time.
fn add_note(tx: &Transaction<'_>, source: SourceId, note: &str, at: Timestamp) -> Done<()> {
    let note: String = note.chars().take(WORD_BYTES_MAX / 4).collect();
    let newest = tx
        .prepare_cached("SELECT id, text FROM notes WHERE source = ?1 ORDER BY at DESC, id DESC LIMIT 1")?
        .query_row([source.0], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))
        .optional()?;
    match newest.filter(|(_, text)| *text == note) {
        Some((id, _)) => {
            tx.prepare_cached("UPDATE notes SET at = MAX(at, ?2) WHERE id = ?1")?.execute(params![id, micros(at)])?
        }
        None => tx.prepare_cached("INSERT INTO notes (source, at, text) VALUES (?1, ?2, ?3)")?.execute(params![
            source.0,
            micros(at),
            note
        ])?,
    };
    Ok(())
}

/// The address of a capture without its query, which often holds the time of asking.
fn place(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

/// Stores an exhibit's row, unless it is known. What was erased stays erased, and a sealed page that is seen again is
/// not kept any longer; but one that turns out to be a post is a post.
pub(crate) fn put_exhibit(tx: &Transaction<'_>, exhibit: &NewExhibit, at: Timestamp) -> Done<()> {
    let expires_at = match exhibit.sealed {
        true => Some(micros(at.saturating_add(SignedDuration::from_hours(24 * SEALED_PAGE_DAYS)).unwrap_or(at))),
        false => None,
    };
    let added = tx
        .prepare_cached(
            "INSERT INTO exhibits (sha256, size_bytes, media_type, sealed, expires_at, bytes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (sha256) DO NOTHING",
        )?
        .execute(params![
            exhibit.sha256.0,
            exhibit.size_bytes as i64,
            exhibit.media_type,
            exhibit.sealed,
            expires_at,
            exhibit.inline,
        ])?;
    if added == 1 {
        return Ok(());
    }
    if !exhibit.sealed {
        tx.prepare_cached(
            "UPDATE exhibits SET sealed = 0, expires_at = NULL, media_type = ?2, bytes = ?3,
                 erased = CASE WHEN ?3 IS NULL THEN erased ELSE 0 END
             WHERE sha256 = ?1 AND sealed = 1",
        )?
        .execute(params![exhibit.sha256.0, exhibit.media_type, exhibit.inline])?;
    }
    Ok(())
}
