//! What each leaf of the log says, as JSON with a fixed order of fields: the same rows always give the same text, so
//! that a row changed behind the log's back shows.
//!
//! Records hold hashes of content, never the content. Times are whole microseconds.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vedette_core::{
    AttachmentId, CaptureId, Decision, ItemId, LeafKind, Level, NewSource, PageKeep, Revision, Sha256, SourceId,
    SourceState, TranslationStatus, Verdict, VersionId, VersionState,
};

/// A record that becomes a leaf.
pub trait Record: Serialize {
    /// Its kind.
    const KIND: LeafKind;

    /// The text that the leaf commits to.
    fn text(&self) -> String {
        #[derive(Serialize)]
        struct Tagged<'a, T: Serialize + ?Sized> {
            leaf: &'a str,
            #[serde(flatten)]
            record: &'a T,
        }
        serde_json::to_string(&Tagged { leaf: Self::KIND.word(), record: self })
            .expect("records are structs of strings and numbers, which JSON can hold")
    }
}

macro_rules! record {
    ($name:ident, $kind:ident) => {
        impl Record for $name<'_> {
            const KIND: LeafKind = LeafKind::$kind;
        }
    };
}

/// A time in whole microseconds, as rows hold it.
pub fn whole(time: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time)
}

/// One act of fetching.
#[derive(Debug, Clone, Serialize)]
pub struct CaptureRecord<'a> {
    /// Its id.
    pub capture: CaptureId,
    /// The source.
    pub source: SourceId,
    /// URL or path.
    pub url: &'a str,
    /// Connector and its version.
    pub connector: &'a str,
    /// HTTP status, or 0.
    pub status: u16,
    /// When the last byte had arrived.
    pub fetched_at: Timestamp,
    /// SHA-256 of the response.
    pub page: Sha256,
    /// Its length in bytes.
    pub page_size_bytes: u64,
    /// What happened to the page; see [`page_keep_word`].
    pub page_keep: &'a str,
}
record!(CaptureRecord, Capture);

/// The word for what happens to a response page: `sealed`, `is-exhibit`, or `hash-only: ` and the reason.
pub fn page_keep_word(keep: &PageKeep) -> String {
    match keep {
        PageKeep::Sealed => "sealed".to_owned(),
        PageKeep::HashOnly(why) => format!("hash-only: {why}"),
        PageKeep::IsExhibit => "is-exhibit".to_owned(),
    }
}

/// An item was seen for the first time.
#[derive(Debug, Clone, Serialize)]
pub struct ItemRecord<'a> {
    /// Its id.
    pub item: ItemId,
    /// The source.
    pub source: SourceId,
    /// The source's own id of it.
    pub native_id: &'a str,
    /// When the source says it was posted, else when it was captured.
    pub posted_at: Timestamp,
    /// When it was first captured.
    pub first_captured_at: Timestamp,
    /// Public address.
    pub url: Option<&'a str>,
    /// Keyed hash of the author's account name.
    pub author_key: Option<&'a str>,
    /// The item this one answers.
    pub thread_of: Option<&'a str>,
}
record!(ItemRecord, Item);

/// A state of an item.
#[derive(Debug, Clone, Serialize)]
pub struct VersionRecord<'a> {
    /// Its id.
    pub version: VersionId,
    /// Its item.
    pub item: ItemId,
    /// The source's own id of the item.
    pub native_id: &'a str,
    /// Its number in the item.
    pub number: u32,
    /// What happened.
    pub state: VersionState,
    /// The exact slice.
    pub exhibit: Sha256,
    /// Key of the version ([`crate::canonical::version_key`]).
    pub key: Sha256,
    /// Hash of everything its row holds ([`crate::canonical::Content::hash`]).
    pub content: Sha256,
    /// The capture that brought it.
    pub capture: CaptureId,
    /// When that was made.
    pub captured_at: Timestamp,
}
record!(VersionRecord, Version);

/// A connector's position was moved.
#[derive(Debug, Clone, Serialize)]
pub struct CursorRecord<'a> {
    /// The source.
    pub source: SourceId,
    /// The position.
    pub cursor: &'a str,
    /// When.
    pub at: Timestamp,
}
record!(CursorRecord, Cursor);

/// A file arrived later than its version, or failed again for a new reason.
#[derive(Debug, Clone, Serialize)]
pub struct FileRecord<'a> {
    /// The file.
    pub attachment: AttachmentId,
    /// Its version.
    pub version: VersionId,
    /// SHA-256, when it arrived.
    pub exhibit: Option<Sha256>,
    /// Length in bytes, when it arrived.
    pub size_bytes: Option<u64>,
    /// Why not, when it did not.
    pub error: Option<&'a str>,
    /// When.
    pub at: Timestamp,
}
record!(FileRecord, File);

/// Something happened to a source: added, authorised, or its state changed.
#[derive(Debug, Clone, Serialize)]
pub struct SourceRecord<'a> {
    /// The source.
    pub source: SourceId,
    /// `added`, `authorised` or `state`.
    pub action: &'a str,
    /// What was asked for, the authorisation, or the state, as JSON.
    pub value: &'a str,
    /// Who.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
}
record!(SourceRecord, Source);

/// A person decided.
#[derive(Debug, Clone, Serialize)]
pub struct DecisionRecord<'a> {
    /// On what.
    pub item: ItemId,
    /// What was decided.
    pub verdict: Verdict,
    /// The level that holds.
    pub level: Level,
    /// The reason.
    pub reason: &'a str,
    /// Who.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
    /// What the machine proposed; absent in leaves from before this was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposed: Option<Level>,
}
record!(DecisionRecord, Decision);

/// A person judged a point, a source, a campaign or the register.
#[derive(Debug, Clone, Serialize)]
pub struct JudgementRecord<'a> {
    /// On what kind of thing: `point`, `source`, `campaign`, `register`.
    pub judgement: &'a str,
    /// The item, when it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemId>,
    /// The source, when it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceId>,
    /// SHA-256 of its row's JSON, which quotes content.
    pub content: Sha256,
    /// Who.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
}
record!(JudgementRecord, Judgement);

impl<'a> DecisionRecord<'a> {
    /// The record of a decision on `item`.
    pub fn of(item: ItemId, decision: &'a Decision) -> Self {
        Self {
            item,
            verdict: decision.verdict,
            level: decision.level,
            reason: &decision.reason,
            by: &decision.by,
            at: whole(decision.at),
            proposed: decision.proposed,
        }
    }
}

/// A person wrote, revised or signed a translation.
#[derive(Debug, Clone, Serialize)]
pub struct TranslationRecord<'a> {
    /// The item.
    pub item: ItemId,
    /// The version that it was written at.
    pub version: VersionId,
    /// SHA-256 of the original's text.
    pub source: Sha256,
    /// Language of the original.
    pub from: &'a str,
    /// Language of the translation.
    pub to: &'a str,
    /// How far the author stands behind it.
    pub status: TranslationStatus,
    /// Who.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
    /// Engine of the draft, or `person`.
    pub engine: &'a str,
    /// Its version.
    pub engine_version: &'a str,
    /// Hash of everything else that its row holds ([`translation_digest`]).
    pub content: Sha256,
}
record!(TranslationRecord, Translation);

impl<'a> TranslationRecord<'a> {
    /// The record of a revision; `segments` is the JSON that its row holds.
    pub fn of(revision: &'a Revision, segments: &str) -> Self {
        Self {
            item: revision.item,
            version: revision.version,
            source: revision.of.sha256,
            from: &revision.from,
            to: &revision.to,
            status: revision.status,
            by: &revision.author,
            at: whole(revision.at),
            engine: &revision.engine,
            engine_version: &revision.engine_version,
            content: translation_digest(revision, segments),
        }
    }
}

/// SHA-256 over place, glossary, text and segments of a revision.
fn translation_digest(revision: &Revision, segments: &str) -> Sha256 {
    let attachment = revision.of.attachment.map(|id| id.0.to_le_bytes());
    let page = revision.of.page.map(u32::to_le_bytes);
    derived_digest(&[
        attachment.as_ref().map(|bytes| &bytes[..]),
        revision.of.member.as_deref().map(str::as_bytes),
        page.as_ref().map(|bytes| &bytes[..]),
        revision.glossary.as_deref().map(str::as_bytes),
        Some(revision.text.as_bytes()),
        Some(segments.as_bytes()),
    ])
}

/// Bytes were erased.
#[derive(Debug, Clone, Serialize)]
pub struct ErasureRecord<'a> {
    /// Which.
    pub exhibit: Sha256,
    /// Why.
    pub reason: &'a str,
    /// When.
    pub at: Timestamp,
}
record!(ErasureRecord, Erasure);

/// An item was erased.
#[derive(Debug, Clone, Serialize)]
pub struct ItemErasureRecord<'a> {
    /// Which.
    pub item: ItemId,
    /// Why.
    pub reason: &'a str,
    /// The legal basis.
    pub basis: &'a str,
    /// Who.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
    /// Exhibits whose bytes went.
    pub exhibits: &'a [Sha256],
    /// Leaves whose record and salt were destroyed.
    pub leaves: &'a [u64],
}
record!(ItemErasureRecord, Erasure);

/// A key that signs checkpoints was made.
#[derive(Debug, Clone, Serialize)]
pub struct KeyRecord<'a> {
    /// The verifier key (C2SP signed-note), which also names the log.
    pub key: &'a str,
    /// Why.
    pub reason: &'a str,
    /// By whom; empty when the program did on its own.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
}
record!(KeyRecord, Key);

/// A person looked at what is sealed or restricted.
#[derive(Debug, Clone, Serialize)]
pub struct ViewRecord<'a> {
    /// What was looked at, such as an item or a hash.
    pub object: &'a str,
    /// What was done, such as `unblurred`.
    pub act: &'a str,
    /// Who.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
}
record!(ViewRecord, View);

/// Results were derived from versions: one record for a batch.
#[derive(Debug, Clone, Serialize)]
pub struct DerivationRecord<'a> {
    /// What they were made with.
    pub made_with: Vec<&'a str>,
    /// Each version with the SHA-256 of its derived row ([`derived_digest`]).
    pub rows: Vec<(VersionId, Sha256)>,
}
record!(DerivationRecord, Derivation);

/// What a derivation's record says of rows, read back from its text.
pub fn derivation_rows(record: &str) -> Option<Vec<(VersionId, Sha256)>> {
    #[derive(Deserialize)]
    struct Said {
        rows: Vec<(VersionId, Sha256)>,
    }
    serde_json::from_str::<Said>(record).ok().map(|said| said.rows)
}

/// SHA-256 over the columns of a derived row in a fixed order, each with its length before it.
pub fn derived_digest(columns: &[Option<&[u8]>]) -> Sha256 {
    let lengths: Vec<[u8; 8]> =
        columns.iter().map(|column| column.map_or(u64::MAX, |bytes| bytes.len() as u64).to_le_bytes()).collect();
    let parts: Vec<&[u8]> =
        lengths.iter().zip(columns).flat_map(|(length, column)| [&length[..], column.unwrap_or_default()]).collect();
    crate::sha256_of(&parts)
}

/// The value of a source's `added` record.
pub fn asked_text(asked: &NewSource) -> String {
    serde_json::to_string(asked).expect("a source is a struct of strings, which JSON can hold")
}

/// The word for a source's state.
pub fn source_state_word(state: SourceState) -> &'static str {
    match state {
        SourceState::Active => "active",
        SourceState::Paused => "paused",
        SourceState::Removed => "removed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn a_record_is_one_text_with_its_kind_first() {
        let record = VersionRecord {
            version: VersionId(7),
            item: ItemId(3),
            native_id: "m\"1",
            number: 2,
            state: VersionState::DeletedInferred,
            exhibit: Sha256([0xab; 32]),
            key: Sha256([1; 32]),
            content: Sha256([2; 32]),
            capture: CaptureId(5),
            captured_at: Timestamp::from_microsecond(1_500_000).unwrap(),
        };
        expect![[r#"{"leaf":"version","version":"v7","item":"i3","native_id":"m\"1","number":2,"state":"deleted-inferred","exhibit":"abababababababababababababababababababababababababababababababab","key":"0101010101010101010101010101010101010101010101010101010101010101","content":"0202020202020202020202020202020202020202020202020202020202020202","capture":"c5","captured_at":"1970-01-01T00:00:01.5Z"}"#]].assert_eq(&record.text());
    }

    #[test]
    fn page_keep_words_tell_the_reason() {
        assert_eq!(page_keep_word(&PageKeep::HashOnly("members".to_owned())), "hash-only: members");
        assert_eq!(page_keep_word(&PageKeep::Sealed), "sealed");
    }
}
