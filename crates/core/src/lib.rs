//! The nouns of Vedette: what a desk watches, keeps, reads, finds and publishes, and the ports through which the
//! program reaches its stores. No I/O, no clock, no randomness and no async: every other room imports this one, and
//! this one imports none of them.
//!
//! The words are those of `ARCHITECTURE.md`: a [`Source`] is watched under an [`Authorisation`]; a connector brings a
//! [`Haul`]; its bytes become exhibits, its posts [`Item`]s with [`Version`]s; a [`Reading`] is text taken from them,
//! [`Findings`] are what the text names and says, an [`Assessment`] is what the machine proposes and a [`Decision`] is
//! what a person made of it.

mod admiralty;
mod analysis;
mod assessment;
mod cleared;
mod digest;
mod error;
mod findings;
mod haul;
mod ids;
mod intake;
mod item;
mod judgement;
mod kinship;
pub mod limits;
mod log;
pub mod memo;
pub mod opened;
pub mod page;
pub mod ports;
mod query;
mod reading;
mod report;
mod revision;
mod signal;
mod source;
pub mod translation;
mod views;
mod watch;

pub use admiralty::{Admiralty, ContentGrade, SourceGrade};
pub use analysis::Analysis;
pub use assessment::{Assessment, Decision, Level, Reason, ReasonGroup, Tier, Verdict};
pub use cleared::{Cleared, Draft, Reviewer};
pub use digest::{ParseDigestError, Sha256};
pub use error::{StoreError, StoreResult};
pub use findings::{
    Attack, CalendarEvent, DateMention, Findings, LinkKind, LinkMention, Mention, MentionKind, Slot, Statement,
    StatementKind,
};
pub use haul::{CAPTURE_FILE, CompleteWindow, Found, FoundFile, GapNote, Haul, Markup, PageKeep, RequestRecord};
pub use ids::{
    AlertId, AttachmentId, CampaignId, CaptureId, FamilyId, ItemId, JobId, ParseIdError, ReportId, RevisionId,
    SourceId, VersionId, WatchId,
};
pub use intake::{
    Current, Derived, ImageHash, Intake, Job, JobKind, Lane, NewAttachment, NewCapture, NewExhibit, NewLikeness,
    NewVersion, PendingFile, Receipt, SourceReport, TakenVersion,
};
pub use item::{Attachment, Item, Version, VersionState};
pub use judgement::{
    CAMPAIGN_ITEMS_MAX, CampaignAct, Judged, Judgement, JudgementKind, ParsePointError, PointDecision, PointKey,
    PointKind, RegisterAct, SourceGrading,
};
pub use kinship::{FamilyAct, FirstOnSource, IssueMention, IssueRow, Tie};
pub use log::{
    Checkpoint, ErasedItem, Erasure, Errand, LeafKind, LogEntry, LogKey, LogStatus, SealedCheckpoint, Stamp,
};
pub use opened::FileFault;
pub use query::{Clause, Facet, FacetCount, FieldName, Query, SearchAnswer, SearchHit, SearchRequest, SortBy};
pub use reading::{Language, Place, Reading, ReadingKind, Whereabouts};
pub use report::{
    Audience, Block, BlockKind, EvidenceRef, Footnote, QuotedTranslation, Release, Report, ReportStatus, Tlp,
};
pub use revision::{Remembered, Revision, TextKey, TranslationWork};
pub use signal::{LevelDecision, Name, SIGNALS_MAX, Signal, Signals};
pub use source::{
    Authorisation, AuthorityKind, Cursor, Gap, Keeping, NewSource, Reach, Render, Rhythm, Source, SourceHealth,
    SourceKind, SourceState, SourceSuggestion,
};
pub use translation::{Translation, TranslationStatus, Translator};
pub use views::{
    Counts, ExhibitInfo, FamilyMember, FamilyView, InboxQuery, InboxRow, ItemView, LikenessKind, LikenessView,
    TimelineBucket, VersionView,
};
pub use watch::{Alert, AlertKind, AlertState, AuditEntry, User, Watch};
