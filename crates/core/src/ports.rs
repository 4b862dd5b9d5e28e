//! The ports: how the program reaches its stores. Object-safe, synchronous, coarse commands; never a transaction
//! handle. They are called from plain threads. One conformance suite in the test kit runs against every adapter.

use jiff::Timestamp;

use crate::memo::MemoKey;
use crate::{
    Alert, AlertId, AlertKind, AlertState, AuditEntry, Authorisation, Checkpoint, Counts, Current, Cursor, Decision,
    Derived, ErasedItem, Erasure, Errand, ExhibitInfo, FamilyAct, FamilyId, FamilyView, FirstOnSource, Gap, InboxQuery,
    InboxRow, Intake, IssueRow, ItemId, ItemView, Job, JobId, Judged, Judgement, JudgementKind, Keeping, Lane,
    LeafKind, Level, LevelDecision, LogEntry, LogKey, LogStatus, NewExhibit, NewSource, PendingFile, Reach, Reading,
    Receipt, Remembered, Report, ReportId, Revision, RevisionId, Rhythm, SealedCheckpoint, SearchAnswer, SearchRequest,
    Sha256, Signals, Source, SourceId, SourceReport, SourceState, SourceSuggestion, Stamp, StoreResult, Tie,
    TimelineBucket, TranslationWork, User, VersionId, VersionView, Watch, WatchId,
};

/// Bytes by their SHA-256.
pub trait Blobs: Send + Sync {
    /// Makes bytes durable (temporary file, fsync, rename, fsync of the folder). Putting the same bytes again is harmless.
    fn put(&self, sha256: Sha256, bytes: &[u8]) -> StoreResult<()>;
    /// The bytes, wherever they are kept (row or file); `None` when unknown or erased.
    fn get(&self, sha256: Sha256) -> StoreResult<Option<Vec<u8>>>;
    /// Removes the bytes. The caller records the erasure.
    fn erase(&self, sha256: Sha256) -> StoreResult<()>;
    /// Hands the bytes to `each` in order, a part at a time; `false` when they are unknown or erased.
    fn stream(&self, sha256: Sha256, each: &mut dyn FnMut(&[u8])) -> StoreResult<bool> {
        Ok(self.get(sha256)?.inspect(|bytes| each(bytes)).is_some())
    }
}

/// The catalogue: rows and the custody log.
pub trait Records: Send + Sync {
    /// Commits captures, exhibits, leaves, items, versions, cursors and jobs of a batch at once. Taking the same in
    /// twice adds a capture and no version.
    fn take_in(&self, intakes: &[Intake]) -> StoreResult<Vec<Receipt>>;
    /// Where the connector of a source goes on.
    fn cursor(&self, source: SourceId) -> StoreResult<Option<Cursor>>;
    /// Stores what was derived, replacing what was there, in one transaction; each gets the next sequence number.
    /// The last number given out.
    fn put_derived(&self, derived: &[Derived]) -> StoreResult<u64>;
    /// Files that were named and could not be fetched, oldest first.
    fn pending_files(&self, source: SourceId, limit: usize) -> StoreResult<Vec<PendingFile>>;
    /// A file arrived (`Ok`) or failed again (`Err` with the reason): logged, and queued for reading when it arrived.
    fn file_arrived(&self, file: &PendingFile, bytes: Result<NewExhibit, String>, at: Timestamp) -> StoreResult<()>;

    /// Adds a source with its authorisation; logged.
    fn add_source(&self, source: &NewSource, at: Timestamp) -> StoreResult<Source>;
    /// All sources, removed ones included.
    fn sources(&self) -> StoreResult<Vec<Source>>;
    /// One source.
    fn source(&self, id: SourceId) -> StoreResult<Source>;
    /// Pauses, resumes or removes a source; logged with who and why.
    fn set_source_state(&self, id: SourceId, state: SourceState, by: &str, at: Timestamp) -> StoreResult<()>;
    /// Records a new authorisation of a source; logged.
    fn authorise(&self, id: SourceId, authorisation: &Authorisation) -> StoreResult<()>;
    /// Notes how a round of collecting went.
    fn report_source(&self, id: SourceId, report: &SourceReport) -> StoreResult<()>;
    /// Notes about what may have been missed, newest first.
    fn source_notes(&self, id: SourceId, limit: usize) -> StoreResult<Vec<(Timestamp, String)>>;
    /// Posts of a source, by the time it gives them, from `from` to before `to`, that are not known as deleted: native id
    /// and that time. At most `limit`, oldest first.
    fn live_posts(
        &self,
        id: SourceId,
        from: Timestamp,
        to: Timestamp,
        limit: usize,
    ) -> StoreResult<Vec<(String, Timestamp)>>;
    /// Times that a source gives its latest posts, newest first.
    fn latest_posts(&self, id: SourceId, limit: usize) -> StoreResult<Vec<Timestamp>>;
    /// The gap ledger of a source, newest first.
    fn gaps(&self, id: SourceId, limit: usize) -> StoreResult<Vec<Gap>>;
    /// Records how long what a source brings is kept; logged.
    fn set_keeping(&self, id: SourceId, keeping: &Keeping, by: &str, at: Timestamp) -> StoreResult<()>;
    /// Records by which way and how often a source is asked; logged.
    fn set_reach(&self, id: SourceId, reach: &Reach, by: &str, at: Timestamp) -> StoreResult<()>;
    /// Notes how often a source posts.
    fn set_rhythm(&self, id: SourceId, rhythm: Option<Rhythm>) -> StoreResult<()>;
    /// Notes channels that collected posts point to.
    fn suggest_sources(&self, suggestions: &[SourceSuggestion]) -> StoreResult<()>;
    /// Channels that wait for an authorisation, most often seen first.
    fn suggestions(&self, limit: usize) -> StoreResult<Vec<SourceSuggestion>>;

    /// The inbox: level, then time, highest and newest first; and how many rows there are in all.
    fn inbox(&self, query: &InboxQuery) -> StoreResult<(Vec<InboxRow>, u64)>;
    /// Everything about one item.
    fn item(&self, id: ItemId) -> StoreResult<ItemView>;
    /// One version with what was derived from it.
    fn version(&self, id: VersionId) -> StoreResult<VersionView>;
    /// Items by the source's own id ("why is it not here?").
    fn find_native(&self, native_id: &str) -> StoreResult<Vec<ItemId>>;
    /// Items whose public address this is.
    fn find_url(&self, url: &str) -> StoreResult<Vec<ItemId>>;
    /// When, why and on what basis an item was erased, in words; `None` when it was not.
    fn erased_because(&self, item: ItemId) -> StoreResult<Option<String>>;
    /// A family.
    fn family(&self, id: FamilyId) -> StoreResult<FamilyView>;
    /// The largest families first, with their sizes.
    fn families(&self, limit: usize) -> StoreResult<Vec<FamilyView>>;
    /// Items by day and level.
    fn timeline(&self, from: Option<Timestamp>, to: Option<Timestamp>) -> StoreResult<Vec<TimelineBucket>>;
    /// What is known of some bytes; `None` when unknown.
    fn exhibit(&self, sha256: Sha256) -> StoreResult<Option<ExhibitInfo>>;
    /// All exhibits in order of hash after `after`, at most `limit`.
    fn exhibits(&self, after: Option<Sha256>, limit: usize) -> StoreResult<Vec<ExhibitInfo>>;
    /// Exhibits in the order they came, after row `after`, at most `limit`: row, what is known, and the bytes of those
    /// that are rows.
    #[allow(clippy::type_complexity)]
    fn scan_exhibits(
        &self,
        after: i64,
        limit: usize,
        each: &mut dyn FnMut(i64, &ExhibitInfo, Option<&[u8]>),
    ) -> StoreResult<usize>;
    /// Sealed pages whose time was up at `now`.
    fn expired_pages(&self, now: Timestamp, limit: usize) -> StoreResult<Vec<Sha256>>;
    /// Marks bytes as erased and logs the reason; inline bytes are removed.
    fn mark_erased(&self, sha256: Sha256, reason: &str, at: Timestamp) -> StoreResult<()>;
    /// Erases an item: texts and derived rows are emptied, records and salts of its leaves destroyed, its exhibits marked
    /// as erased; logged with the reason. The caller removes the bytes. Refused while its source is under a legal hold.
    fn erase_item(&self, item: ItemId, erasure: &Erasure) -> StoreResult<ErasedItem>;
    /// Items whose source's time of keeping was up at `now`, oldest first; none of a source under a legal hold.
    fn expired_items(&self, now: Timestamp, limit: usize) -> StoreResult<Vec<ItemId>>;
    /// How much there is.
    fn counts(&self) -> StoreResult<Counts>;

    /// Items whose derived rows came after `sequence`, at most `limit`, with the sequence number of each.
    fn derived_since(&self, sequence: u64, limit: usize) -> StoreResult<Vec<(u64, ItemId)>>;
    /// Sketches and image hashes for the likeness indexes, in order of version id after `after`:
    /// (version, item, sketch, PDQ hashes as hex with quality).
    #[allow(clippy::type_complexity)]
    fn likeness_rows(
        &self,
        after: VersionId,
        limit: usize,
    ) -> StoreResult<Vec<(VersionId, ItemId, Option<Vec<u8>>, Vec<(String, u8)>)>>;
    /// Family of each item that has one.
    fn family_rows(&self) -> StoreResult<Vec<(ItemId, FamilyId)>>;
    /// Queues versions for derivation again: those that are out of date, or all with `None`; how many.
    fn requeue(&self, unless: Option<&Current>) -> StoreResult<u64>;
    /// What was kept of a part of an exhibit that was read before, see [`crate::memo`].
    fn recall_part(&self, exhibit: Sha256, key: &MemoKey) -> StoreResult<Option<Vec<Reading>>>;
    /// Keeps a part of an exhibit, in place of what another method read of it. It goes when the exhibit is erased.
    fn keep_part(&self, exhibit: Sha256, key: &MemoKey, readings: &[Reading]) -> StoreResult<()>;

    /// Stores a person's decision; logged.
    fn decide(&self, item: ItemId, decision: &Decision) -> StoreResult<()>;
    /// Marks an item as seen, or not.
    fn mark_seen(&self, item: ItemId, seen: bool, by: &str, at: Timestamp) -> StoreResult<()>;

    /// Adds a watch.
    fn add_watch(&self, watch: &Watch) -> StoreResult<WatchId>;
    /// All watches.
    fn watches(&self) -> StoreResult<Vec<Watch>>;
    /// Removes a watch.
    fn remove_watch(&self, id: WatchId) -> StoreResult<()>;
    /// Raises an alert unless the same one (raised by, item) exists; whether it is new.
    fn raise(&self, kind: &AlertKind, item: Option<ItemId>, text: &str, at: Timestamp) -> StoreResult<bool>;
    /// Alerts, newest first.
    fn alerts(&self, open_only: bool, limit: usize) -> StoreResult<Vec<Alert>>;
    /// Takes or closes an alert.
    fn set_alert(&self, id: AlertId, state: AlertState, by: &str) -> StoreResult<()>;

    /// Stores a report; id 0 means new. The id it has now.
    fn put_report(&self, report: &Report) -> StoreResult<ReportId>;
    /// A report.
    fn report(&self, id: ReportId) -> StoreResult<Report>;
    /// All reports, newest first.
    fn reports(&self) -> StoreResult<Vec<Report>>;

    /// Adds or changes a user.
    fn put_user(&self, user: &User) -> StoreResult<()>;
    /// Removes a user.
    fn remove_user(&self, name: &str) -> StoreResult<()>;
    /// All users.
    fn users(&self) -> StoreResult<Vec<User>>;
    /// Adds a line to the audit trail.
    fn audit(&self, entry: &AuditEntry) -> StoreResult<()>;
    /// The audit trail, newest first.
    fn audit_trail(&self, limit: usize) -> StoreResult<Vec<AuditEntry>>;

    /// Appends one leaf for what is not part of an intake (a release, an export); its index.
    fn log(&self, kind: LeafKind, record: &str, at: Timestamp) -> StoreResult<u64>;
    /// Log entries from `from`, at most `limit`.
    fn log_entries(&self, from: u64, limit: usize) -> StoreResult<Vec<LogEntry>>;
    /// Places of all leaves that speak of an item: itself, its versions, their captures, files that came late,
    /// decisions, and erasures of its exhibits.
    fn leaves_of(&self, item: ItemId) -> StoreResult<Vec<u64>>;
    /// The newest checkpoint; size 0 and the empty root when nothing was logged.
    fn checkpoint(&self) -> StoreResult<Checkpoint>;
    /// All checkpoints at or after size `from`, smallest first.
    fn checkpoints(&self, from: u64, limit: usize) -> StoreResult<Vec<Checkpoint>>;
    /// What the catalogue says that must agree with the log: (what, where, expected, found) of each disagreement.
    fn check(&self) -> StoreResult<Vec<[String; 4]>>;
    /// Writes a consistent copy of the catalogue to a new file while work goes on.
    fn copy_to(&self, file: &std::path::Path) -> StoreResult<()>;
}

/// The custody log towards the world: signed checkpoints, proofs, and what others have said about it. The key that
/// signs and the checkpoint last seen lie outside the workspace, so that a log that was cut shows.
pub trait CustodyLog: Send + Sync {
    /// Brings the tiles up to the rows and signs a checkpoint over everything that is logged; the newest one when
    /// nothing came since. Fails when the log contradicts the checkpoint last seen.
    fn seal(&self, at: Timestamp) -> StoreResult<SealedCheckpoint>;
    /// Seals what came since the workspace was opened; nothing when nothing came.
    fn close(&self, at: Timestamp) -> StoreResult<()>;
    /// The newest signed checkpoint.
    fn sealed(&self) -> StoreResult<Option<SealedCheckpoint>>;
    /// Signed checkpoints that a witness has cosigned or an authority stamped, newest first.
    fn vouched(&self, limit: usize) -> StoreResult<Vec<SealedCheckpoint>>;
    /// Root over the first `size` leaves.
    fn root_at(&self, size: u64) -> StoreResult<Sha256>;
    /// Proof that leaf `index` is among the first `size`.
    fn inclusion_proof(&self, index: u64, size: u64) -> StoreResult<Vec<Sha256>>;
    /// Proof that the first `old` leaves are the beginning of the first `new`.
    fn consistency_proof(&self, old: u64, new: u64) -> StoreResult<Vec<Sha256>>;
    /// Every key that ever signed, oldest first.
    fn keys(&self) -> StoreResult<Vec<LogKey>>;
    /// Where the log stands.
    fn status(&self) -> StoreResult<LogStatus>;
    /// Stores a signed checkpoint with more signatures under it.
    fn put_note(&self, sealed: &SealedCheckpoint, at: Timestamp) -> StoreResult<()>;
    /// Stores what an authority stamped.
    fn put_stamp(&self, stamp: &Stamp) -> StoreResult<()>;
    /// What authorities have stamped, newest first.
    fn stamps(&self, limit: usize) -> StoreResult<Vec<Stamp>>;
    /// Notes how an errand went.
    fn put_errand(&self, errand: &Errand) -> StoreResult<()>;
    /// Goes on after a rollback that somebody answers for: under a new name and key, with a leaf that says so.
    fn accept(&self, by: &str, reason: &str, at: Timestamp) -> StoreResult<LogKey>;
    /// Whether tiles, signed checkpoints and the checkpoint last seen agree with the rows: (what, where, expected,
    /// found) of each disagreement.
    fn check(&self) -> StoreResult<Vec<[String; 4]>>;
}

/// Translations: what people wrote is evidence and logged; what engines wrote is a cache that may be lost.
pub trait Translations: Send + Sync {
    /// Appends a revision, logged; a revised or signed one leaves `remembered` in the memory. Refused when the newest
    /// revision of that text is not `after`: somebody else was faster. The id and leaf it has now.
    fn add_revision(
        &self,
        revision: &Revision,
        after: Option<RevisionId>,
        remembered: &[Remembered],
    ) -> StoreResult<(RevisionId, u64)>;
    /// Revisions of an item's texts, oldest first.
    fn revisions(&self, item: ItemId) -> StoreResult<Vec<Revision>>;
    /// What a person wrote last for a folded segment, and who; what was signed goes before.
    fn remembered(&self, key: Sha256, from: &str, to: &str) -> StoreResult<Option<(String, String)>>;
    /// What an engine wrote before under this key.
    fn cached(&self, key: Sha256) -> StoreResult<Option<String>>;
    /// Keeps what an engine wrote for a text of this item; the oldest go when there are too many.
    fn put_cached(&self, item: ItemId, entries: &[(Sha256, String)]) -> StoreResult<()>;
    /// Notes why texts of a version stay untranslated; `None` when the reason is gone.
    fn set_untranslated(&self, version: VersionId, reason: Option<&str>) -> StoreResult<()>;
    /// Queues the newest content of each item for translation that has texts in other languages than `to` with none; how many.
    fn want_translations(&self, to: &str) -> StoreResult<u64>;
    /// How far the translation of a version has come.
    fn translation_work(&self, version: VersionId) -> StoreResult<TranslationWork>;
}

/// What people judge besides levels, and what is counted over the archive.
pub trait Judgements: Send + Sync {
    /// Records a judgement; logged. With `after`, refused when the newest judgement of its kind is not that one: somebody else
    /// was faster (0 stands for none so far). Its number.
    fn judge(&self, judgement: &Judgement, by: &str, at: Timestamp, after: Option<u64>) -> StoreResult<u64>;
    /// Judgements of a kind, oldest first; of one item when it is named.
    fn judgements(&self, kind: JudgementKind, item: Option<ItemId>) -> StoreResult<Vec<Judged>>;
    /// What people decided on levels, oldest first.
    fn level_decisions(&self) -> StoreResult<Vec<LevelDecision>>;
    /// Items at this level or higher that were posted from `from` to before `to`, in short: the newest
    /// [`crate::SIGNALS_MAX`], oldest first.
    fn signals(&self, level_min: Level, from: Option<Timestamp>, to: Option<Timestamp>) -> StoreResult<Signals>;
    /// An item and those from `from` to before `to` that are of its family or name an actor, event or venue that it names, in
    /// short: at most 5,000, oldest first.
    fn signals_near(&self, item: ItemId, from: Timestamp, to: Timestamp) -> StoreResult<Signals>;
    /// Rows for a list of items, in the order that was asked for; unknown and erased ones are left out.
    fn rows_of(&self, items: &[ItemId]) -> StoreResult<Vec<InboxRow>>;
    /// The register file that the desk's own pages write; empty when there is none.
    fn register_text(&self) -> StoreResult<String>;
    /// Writes that file anew, durably.
    fn put_register_text(&self, text: &str) -> StoreResult<()>;
}

/// What belongs together: joins, families as people parted them, and issues of series.
pub trait Kinship: Send + Sync {
    /// Records what a person did to families and moves items between them, at once; logged. Refused when the newest judgement on
    /// families is not `after`: somebody else was faster. Its number.
    fn part(
        &self,
        act: &FamilyAct,
        by: &str,
        at: Timestamp,
        after: u64,
        families: &[(ItemId, Option<FamilyId>)],
    ) -> StoreResult<u64>;
    /// Every join that was ever found between items that a chain of joins leads to from these, whatever people said since; each
    /// once, the smaller number first.
    fn joins_around(&self, items: &[ItemId]) -> StoreResult<Vec<(ItemId, ItemId)>>;
    /// Likenesses between members of a family, each pair once, nearest first; at most `limit`.
    fn ties(&self, family: FamilyId, limit: usize) -> StoreResult<Vec<Tie>>;
    /// The first item on each source of every family that shares a source with this one; at most `limit`, newest families first.
    fn firsts_beside(&self, family: FamilyId, limit: usize) -> StoreResult<Vec<FirstOnSource>>;
    /// Items with issues of a series, or of all; by series, number and time.
    fn issues(&self, series: Option<&str>) -> StoreResult<Vec<IssueRow>>;
}

/// Work that waits. Jobs are rows of the catalogue; a claimed job comes back when its claim is older than the lease.
pub trait Queue: Send + Sync {
    /// Claims the oldest job that is due in the first of `lanes` that has one.
    fn claim(&self, now: Timestamp, lanes: &[Lane]) -> StoreResult<Option<Job>>;
    /// The job is still worked on: its claim holds for another lease.
    fn renew(&self, id: JobId, now: Timestamp) -> StoreResult<()>;
    /// The job is done.
    fn done(&self, id: JobId) -> StoreResult<()>;
    /// The job failed: due again at `at`.
    fn retry(&self, id: JobId, error: &str, at: Timestamp) -> StoreResult<()>;
    /// The job needs a person.
    fn park(&self, id: JobId, error: &str) -> StoreResult<()>;
    /// Jobs that wait for a person.
    fn parked(&self, limit: usize) -> StoreResult<Vec<Job>>;
    /// Gives claims back that were held by a process that is gone; how many.
    fn release_claims(&self) -> StoreResult<u64>;
}

/// A document of the search index: one item, with the text of all its readings.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexDocument {
    /// The item.
    pub item: ItemId,
    /// Source id word (`s3`).
    pub source: String,
    /// Name of the source.
    pub source_name: String,
    /// Outlet id.
    pub outlet: Option<String>,
    /// When posted.
    pub posted_at: Timestamp,
    /// Language code.
    pub language: String,
    /// The level that holds.
    pub level: Level,
    /// Tier.
    pub tier: Option<u8>,
    /// State word.
    pub state: String,
    /// Family id word.
    pub family: Option<String>,
    /// Register ids with kind, such as `actor:grey-lantern`.
    pub entities: Vec<String>,
    /// Statement kind words.
    pub statements: Vec<String>,
    /// The post's own text, title first.
    pub original: String,
    /// Text of images and documents.
    pub ocr: String,
    /// Translations.
    pub translation: String,
    /// Text of earlier versions that is gone from the latest.
    pub earlier: String,
}

/// The search index: a cache that can be rebuilt from the records. When a write fails, what was put since the last commit
/// is gone, and the caller puts it again from the records, beginning after [`Index::sequence`].
pub trait Index: Send + Sync {
    /// Adds or replaces documents; searchable after the next commit.
    fn put(&self, documents: &[IndexDocument]) -> StoreResult<()>;
    /// Makes them searchable and durable, with the catalogue's sequence number they go up to.
    fn commit(&self, sequence: u64) -> StoreResult<()>;
    /// The sequence number of the last commit; 0 for an empty index.
    fn sequence(&self) -> u64;
    /// Answers a question.
    fn search(&self, request: &SearchRequest) -> StoreResult<SearchAnswer>;
    /// Empties the index.
    fn clear(&self) -> StoreResult<()>;
}
