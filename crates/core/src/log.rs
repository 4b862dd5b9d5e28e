//! The custody log's nouns: what a leaf is about, and the state of the tree at a moment.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Sha256;

/// What a leaf of the log records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeafKind {
    /// One act of fetching.
    Capture,
    /// An item was seen for the first time.
    Item,
    /// A state of an item.
    Version,
    /// A connector's position was moved.
    Cursor,
    /// A file of a version arrived later than the version.
    File,
    /// A source was added, authorised, paused or removed.
    Source,
    /// A person decided.
    Decision,
    /// A report was opened to an audience.
    Release,
    /// Data left the house.
    Export,
    /// Bytes were erased; their hash stays.
    Erasure,
    /// Results were derived from versions.
    Derivation,
    /// A person looked at restricted material.
    View,
    /// The key that signs checkpoints was made or changed.
    Key,
    /// A person wrote, revised or signed a translation.
    Translation,
    /// A person judged a point, graded a source, or changed campaigns or the register.
    Judgement,
}

impl LeafKind {
    /// The word used in rows and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Capture => "capture",
            Self::Item => "item",
            Self::Version => "version",
            Self::Cursor => "cursor",
            Self::File => "file",
            Self::Source => "source",
            Self::Decision => "decision",
            Self::Release => "release",
            Self::Export => "export",
            Self::Erasure => "erasure",
            Self::Derivation => "derivation",
            Self::View => "view",
            Self::Key => "key",
            Self::Translation => "translation",
            Self::Judgement => "judgement",
        }
    }

    /// The kind a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        [
            Self::Capture,
            Self::Item,
            Self::Version,
            Self::Cursor,
            Self::File,
            Self::Source,
            Self::Decision,
            Self::Release,
            Self::Export,
            Self::Erasure,
            Self::Derivation,
            Self::View,
            Self::Key,
            Self::Translation,
            Self::Judgement,
        ]
        .into_iter()
        .find(|kind| kind.word() == word)
    }
}

/// A leaf with what it commits to. The leaf's data is SHA-256(salt ‖ record), so that a short post cannot be guessed
/// from the log once the salt is erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// Position, from 0.
    pub index: u64,
    /// What it is about.
    pub kind: LeafKind,
    /// The record as canonical JSON text; empty after erasure.
    pub record: String,
    /// Random salt, 16 bytes; `None` after erasure.
    pub salt: Option<[u8; 16]>,
    /// SHA-256(salt ‖ record): the data of the leaf.
    pub commitment: Sha256,
}

/// Why material is erased, on what basis, by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// Why.
    pub reason: String,
    /// The legal basis, in words.
    pub basis: String,
    /// Who decided, or `retention` when the source's time of keeping was up.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What the erasing of an item took away. Its place in the log, its hashes and its times stay.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ErasedItem {
    /// Exhibits whose bytes go.
    pub exhibits: Vec<Sha256>,
    /// Exhibits whose bytes stay, because another item shows the same bytes.
    pub shared: Vec<Sha256>,
    /// Leaves whose record and salt are destroyed.
    pub leaves: Vec<u64>,
}

/// Size and root of the log at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Leaves.
    pub size: u64,
    /// Root hash (RFC 6962).
    pub root: Sha256,
    /// When it was written.
    pub at: Timestamp,
}

/// A checkpoint that the log's key has signed: a note (C2SP tlog-checkpoint) with the cosignatures it has so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedCheckpoint {
    /// Leaves.
    pub size: u64,
    /// Root hash.
    pub root: Sha256,
    /// The signed note.
    pub note: String,
}

/// A key that signs or has signed checkpoints of the log; each has a leaf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogKey {
    /// The public key as a verifier key (C2SP signed-note): name, id, key.
    pub verifier: String,
    /// Why it was made.
    pub reason: String,
    /// By whom; empty when the program did on its own.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Its leaf.
    pub leaf: u64,
}

/// What an authority has stamped (RFC 3161): that a checkpoint existed at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Leaves of the checkpoint.
    pub size: u64,
    /// Address of the authority.
    pub authority: String,
    /// The time it states.
    pub at: Timestamp,
    /// Its answer, DER.
    pub token: Vec<u8>,
}

/// Something that checkpoints are taken to: a witness or a timestamp authority. What fails is tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errand {
    /// Address.
    pub address: String,
    /// `witness` or `timestamp`.
    pub kind: String,
    /// Leaves of the last checkpoint that was brought there; 0 for none.
    pub size_done: u64,
    /// When that was.
    pub done_at: Option<Timestamp>,
    /// Failures since.
    pub tries: u32,
    /// The last one.
    pub error: Option<String>,
    /// Not before this time again.
    pub due_at: Timestamp,
}

/// Where the log stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogStatus {
    /// The log's name; empty before the first key.
    pub name: String,
    /// Leaves.
    pub size: u64,
    /// Root hash.
    pub root: Sha256,
    /// Keys, oldest first; the last one signs.
    pub keys: Vec<LogKey>,
    /// Whether the key that signs lies on this machine.
    pub key_here: bool,
    /// Size of the newest signed checkpoint; 0 for none.
    pub sealed_size: u64,
    /// Size of the checkpoint last seen on this machine, kept outside the workspace.
    pub seen_size: Option<u64>,
    /// What contradicts the checkpoint last seen.
    pub trouble: Option<String>,
    /// Witnesses and authorities.
    pub errands: Vec<Errand>,
}
