//! The port, command by command: each is one transaction of the module that knows its tables.

use std::path::Path;

use jiff::Timestamp;
use vedette_core::memo::MemoKey;
use vedette_core::ports::Records;
use vedette_core::{
    Alert, AlertId, AlertKind, AlertState, AuditEntry, Authorisation, Checkpoint, Counts, Current, Cursor, Decision,
    Derived, ErasedItem, Erasure, ExhibitInfo, FamilyId, FamilyView, Gap, InboxQuery, InboxRow, Intake, ItemId,
    ItemView, Keeping, LeafKind, LogEntry, NewExhibit, NewSource, PendingFile, Reach, Reading, Receipt, Report,
    ReportId, Rhythm, Sha256, Source, SourceId, SourceReport, SourceState, SourceSuggestion, StoreError, StoreResult,
    TimelineBucket, User, VersionId, VersionView, Watch, WatchId,
};

use crate::SqliteRecords;
use crate::crash::{self, Lie};
use crate::fault::io_error;
use crate::sqlite::{
    check, decisions, derived, erasing, files, gaps, house, items, lists, log, sealing, sources, take_in,
};

impl Records for SqliteRecords {
    fn take_in(&self, intakes: &[Intake]) -> StoreResult<Vec<Receipt>> {
        if crash::lies(Lie::AckEarly) {
            crash::acknowledge(intakes);
        }
        let receipts = self.write(|tx| {
            let receipts = take_in::take_in(tx, intakes)?;
            crash::point("before-commit");
            Ok(receipts)
        })?;
        crash::point("after-commit");
        crash::acknowledge(intakes);
        crash::point("acknowledged");
        Ok(receipts)
    }

    fn cursor(&self, source: SourceId) -> StoreResult<Option<Cursor>> {
        self.read(|tx| sources::cursor(tx, source))
    }

    fn put_derived(&self, derived: &[Derived]) -> StoreResult<u64> {
        let sequence = self.write(|tx| derived::put(tx, derived))?;
        crash::point("derived-stored");
        Ok(sequence)
    }

    fn pending_files(&self, source: SourceId, limit: usize) -> StoreResult<Vec<PendingFile>> {
        self.read(|tx| files::pending(tx, source, limit))
    }

    fn file_arrived(&self, file: &PendingFile, bytes: Result<NewExhibit, String>, at: Timestamp) -> StoreResult<()> {
        self.write(|tx| {
            let mut log = log::LogWriter::open(tx)?;
            files::arrived(tx, &mut log, file.attachment, bytes.as_ref().map_err(String::as_str), at)?;
            log.finish(at)
        })
    }

    fn add_source(&self, source: &NewSource, at: Timestamp) -> StoreResult<Source> {
        self.write(|tx| sources::add(tx, source, at))
    }

    fn sources(&self) -> StoreResult<Vec<Source>> {
        self.read(sources::all)
    }

    fn source(&self, id: SourceId) -> StoreResult<Source> {
        self.read(|tx| sources::one(tx, id))
    }

    fn set_source_state(&self, id: SourceId, state: SourceState, by: &str, at: Timestamp) -> StoreResult<()> {
        self.write(|tx| sources::set_state(tx, id, state, by, at))
    }

    fn authorise(&self, id: SourceId, authorisation: &Authorisation) -> StoreResult<()> {
        self.write(|tx| sources::authorise(tx, id, authorisation))
    }

    fn report_source(&self, id: SourceId, report: &SourceReport) -> StoreResult<()> {
        self.write(|tx| sources::report(tx, id, report))
    }

    fn source_notes(&self, id: SourceId, limit: usize) -> StoreResult<Vec<(Timestamp, String)>> {
        self.read(|tx| sources::notes(tx, id, limit))
    }

    fn erase_item(&self, item: ItemId, erasure: &Erasure) -> StoreResult<ErasedItem> {
        let gone = self.write(|tx| erasing::erase(tx, item, erasure))?;
        // The write-ahead file still holds the pages as they were; readers at work only put its emptying off.
        self.on_writer(|connection| Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?))?;
        Ok(gone)
    }

    fn expired_items(&self, now: Timestamp, limit: usize) -> StoreResult<Vec<ItemId>> {
        self.read(|tx| erasing::expired(tx, now, limit))
    }

    fn find_url(&self, url: &str) -> StoreResult<Vec<ItemId>> {
        self.read(|tx| erasing::find_url(tx, url))
    }

    fn erased_because(&self, item: ItemId) -> StoreResult<Option<String>> {
        self.read(|tx| erasing::because(tx, item))
    }

    fn live_posts(
        &self,
        id: SourceId,
        from: Timestamp,
        to: Timestamp,
        limit: usize,
    ) -> StoreResult<Vec<(String, Timestamp)>> {
        self.read(|tx| gaps::live_posts(tx, id, from, to, limit))
    }

    fn latest_posts(&self, id: SourceId, limit: usize) -> StoreResult<Vec<Timestamp>> {
        self.read(|tx| gaps::latest_posts(tx, id, limit))
    }

    fn gaps(&self, id: SourceId, limit: usize) -> StoreResult<Vec<Gap>> {
        self.read(|tx| gaps::list(tx, id, limit))
    }

    fn set_keeping(&self, id: SourceId, keeping: &Keeping, by: &str, at: Timestamp) -> StoreResult<()> {
        self.write(|tx| sources::set_keeping(tx, id, keeping, by, at))
    }

    fn set_reach(&self, id: SourceId, reach: &Reach, by: &str, at: Timestamp) -> StoreResult<()> {
        self.write(|tx| sources::set_reach(tx, id, reach, by, at))
    }

    fn set_rhythm(&self, id: SourceId, rhythm: Option<Rhythm>) -> StoreResult<()> {
        self.write(|tx| sources::set_rhythm(tx, id, rhythm))
    }

    fn suggest_sources(&self, suggestions: &[SourceSuggestion]) -> StoreResult<()> {
        self.write(|tx| sources::suggest(tx, suggestions))
    }

    fn suggestions(&self, limit: usize) -> StoreResult<Vec<SourceSuggestion>> {
        self.read(|tx| sources::suggestions(tx, limit))
    }

    fn inbox(&self, query: &InboxQuery) -> StoreResult<(Vec<InboxRow>, u64)> {
        self.read(|tx| lists::inbox(tx, query))
    }

    fn item(&self, id: ItemId) -> StoreResult<ItemView> {
        self.read(|tx| items::item(tx, id))
    }

    fn version(&self, id: VersionId) -> StoreResult<VersionView> {
        self.read(|tx| items::version(tx, id))
    }

    fn find_native(&self, native_id: &str) -> StoreResult<Vec<ItemId>> {
        self.read(|tx| items::find_native(tx, native_id))
    }

    fn family(&self, id: FamilyId) -> StoreResult<FamilyView> {
        self.read(|tx| lists::family(tx, id))
    }

    fn families(&self, limit: usize) -> StoreResult<Vec<FamilyView>> {
        self.read(|tx| lists::families(tx, limit))
    }

    fn timeline(&self, from: Option<Timestamp>, to: Option<Timestamp>) -> StoreResult<Vec<TimelineBucket>> {
        self.read(|tx| lists::timeline(tx, from, to))
    }

    fn exhibit(&self, sha256: Sha256) -> StoreResult<Option<ExhibitInfo>> {
        self.read(|tx| files::exhibit(tx, sha256))
    }

    fn exhibits(&self, after: Option<Sha256>, limit: usize) -> StoreResult<Vec<ExhibitInfo>> {
        self.read(|tx| files::exhibits(tx, after, limit))
    }

    fn scan_exhibits(
        &self,
        after: i64,
        limit: usize,
        each: &mut dyn FnMut(i64, &ExhibitInfo, Option<&[u8]>),
    ) -> StoreResult<usize> {
        self.read(|tx| files::scan(tx, after, limit, each))
    }

    fn expired_pages(&self, now: Timestamp, limit: usize) -> StoreResult<Vec<Sha256>> {
        self.read(|tx| files::expired_pages(tx, now, limit))
    }

    fn mark_erased(&self, sha256: Sha256, reason: &str, at: Timestamp) -> StoreResult<()> {
        // What is erased is overwritten in the file, and then in the write-ahead log.
        self.on_writer(|connection| Ok(connection.execute_batch("PRAGMA secure_delete = ON")?))?;
        let outcome = self.write(|tx| files::mark_erased(tx, sha256, reason, at));
        self.on_writer(|connection| {
            connection.execute_batch("PRAGMA secure_delete = OFF")?;
            // A reader may hold the log back; then the next erasure or checkpoint overwrites it.
            Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
        })?;
        outcome
    }

    fn counts(&self) -> StoreResult<Counts> {
        self.read(house::counts)
    }

    fn derived_since(&self, sequence: u64, limit: usize) -> StoreResult<Vec<(u64, ItemId)>> {
        self.read(|tx| derived::since(tx, sequence, limit))
    }

    fn likeness_rows(&self, after: VersionId, limit: usize) -> StoreResult<Vec<derived::LikenessRow>> {
        self.read(|tx| derived::likeness_rows(tx, after, limit))
    }

    fn family_rows(&self) -> StoreResult<Vec<(ItemId, FamilyId)>> {
        self.read(derived::family_rows)
    }

    fn requeue(&self, unless: Option<&Current>) -> StoreResult<u64> {
        self.write(|tx| derived::requeue(tx, unless))
    }

    fn recall_part(&self, exhibit: Sha256, key: &MemoKey) -> StoreResult<Option<Vec<Reading>>> {
        self.read(|tx| derived::recall_part(tx, exhibit, key))
    }

    fn keep_part(&self, exhibit: Sha256, key: &MemoKey, readings: &[Reading]) -> StoreResult<()> {
        self.write(|tx| derived::keep_part(tx, exhibit, key, readings))
    }

    fn decide(&self, item: ItemId, decision: &Decision) -> StoreResult<()> {
        self.write(|tx| decisions::decide(tx, item, decision))
    }

    fn mark_seen(&self, item: ItemId, seen: bool, by: &str, at: Timestamp) -> StoreResult<()> {
        self.write(|tx| {
            decisions::mark_seen(tx, item, seen)?;
            let action = if seen { "mark seen" } else { "mark unseen" };
            let (by, object) = (by.to_owned(), item.to_string());
            house::audit(tx, &AuditEntry { at, by, action: action.to_owned(), object, detail: String::new() })
        })
    }

    fn add_watch(&self, watch: &Watch) -> StoreResult<WatchId> {
        self.write(|tx| decisions::add_watch(tx, watch))
    }

    fn watches(&self) -> StoreResult<Vec<Watch>> {
        self.read(decisions::watches)
    }

    fn remove_watch(&self, id: WatchId) -> StoreResult<()> {
        self.write(|tx| decisions::remove_watch(tx, id))
    }

    fn raise(&self, kind: &AlertKind, item: Option<ItemId>, text: &str, at: Timestamp) -> StoreResult<bool> {
        self.write(|tx| decisions::raise(tx, kind, item, text, at))
    }

    fn alerts(&self, open_only: bool, limit: usize) -> StoreResult<Vec<Alert>> {
        self.read(|tx| decisions::alerts(tx, open_only, limit))
    }

    fn set_alert(&self, id: AlertId, state: AlertState, by: &str) -> StoreResult<()> {
        self.write(|tx| decisions::set_alert(tx, id, state, by))
    }

    fn put_report(&self, report: &Report) -> StoreResult<ReportId> {
        self.write(|tx| house::put_report(tx, report))
    }

    fn report(&self, id: ReportId) -> StoreResult<Report> {
        self.read(|tx| house::report(tx, id))
    }

    fn reports(&self) -> StoreResult<Vec<Report>> {
        self.read(house::reports)
    }

    fn put_user(&self, user: &User) -> StoreResult<()> {
        self.write(|tx| house::put_user(tx, user))
    }

    fn remove_user(&self, name: &str) -> StoreResult<()> {
        self.write(|tx| house::remove_user(tx, name))
    }

    fn users(&self) -> StoreResult<Vec<User>> {
        self.read(house::users)
    }

    fn audit(&self, entry: &AuditEntry) -> StoreResult<()> {
        self.write(|tx| house::audit(tx, entry))
    }

    fn audit_trail(&self, limit: usize) -> StoreResult<Vec<AuditEntry>> {
        self.read(|tx| house::audit_trail(tx, limit))
    }

    fn log(&self, kind: LeafKind, record: &str, at: Timestamp) -> StoreResult<u64> {
        // Kinds that have rows are logged with their rows, or the two would not agree.
        if !matches!(kind, LeafKind::Release | LeafKind::Export | LeafKind::View) {
            return Err(StoreError::Refused(format!("a leaf of kind {} is written with its row", kind.word())));
        }
        self.write(|tx| log::append_one(tx, kind, record, at))
    }

    fn log_entries(&self, from: u64, limit: usize) -> StoreResult<Vec<LogEntry>> {
        self.read(|tx| log::entries(tx, from, limit))
    }

    fn leaves_of(&self, item: ItemId) -> StoreResult<Vec<u64>> {
        self.read(|tx| sealing::leaves_of(tx, item))
    }

    fn checkpoint(&self) -> StoreResult<Checkpoint> {
        self.read(log::checkpoint)
    }

    fn checkpoints(&self, from: u64, limit: usize) -> StoreResult<Vec<Checkpoint>> {
        self.read(|tx| log::checkpoints(tx, from, limit))
    }

    fn check(&self) -> StoreResult<Vec<[String; 4]>> {
        self.read(check::check)
    }

    fn copy_to(&self, file: &Path) -> StoreResult<()> {
        if file.exists() {
            return Err(StoreError::Refused(format!("`{}` exists already: name a new file", file.display())));
        }
        let name = file.to_str().ok_or_else(|| {
            StoreError::Refused(format!("`{}` is not a name that can be written: use UTF-8", file.display()))
        })?;
        let copied = self.copy(name);
        if copied.is_err() {
            // Half a copy would look like a whole one.
            std::fs::remove_file(file).ok();
        }
        copied?;
        std::fs::File::open(file)
            .and_then(|copy| copy.sync_all())
            .map_err(|error| io_error("make durable", file, error))
    }
}
