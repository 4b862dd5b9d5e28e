//! Bundles: exhibits with the log entries that speak of them and the proofs that these are in a signed log, as named files
//! that anyone can verify offline. Packing them into a zip and reading one is the program's work.
//!
//! | file | holds | proved by |
//! |---|---|---|
//! | `checkpoint` | the signed checkpoint, with cosignatures | its signatures |
//! | `manifest.json` | [`Manifest`]: keys, leaves with records, salts and proofs | the checkpoint |
//! | `timestamps/N.tsr` | what an authority stamped (RFC 3161) | its own signature, and the hash in the manifest |
//! | `files.json` | name, hash and length of every file below | the leaf of the export names its hash |
//! | `claims.json` | which leaves, earlier sizes and vouched checkpoints the manifest must hold | `files.json` |
//! | `contents/vN.json` | what the version's leaf commits to, its files included | the version's leaf |
//! | `exhibits/HASH` | the bytes | their name, and a leaf that speaks of them |
//! | `items.json`, `index.html`, `README.txt` | the items as the desk saw them, for reading | `files.json` |
//!
//! JSON that is compared by hash or must have one form is written compactly, with fields in a fixed order.

mod contents;
mod page;
mod verify;
mod write;

use serde::{Deserialize, Serialize};
use vedette_core::Sha256;

pub use contents::{ContentsFile, VersionContents};
pub use verify::{verify, verify_trusting};
pub use write::{Draft, Evidence, Parts, Prover, VouchedCheckpoint, draft, finish};

/// Name of the manifest in a bundle.
pub const MANIFEST: &str = "manifest.json";
/// Name of the items in a bundle.
pub const ITEMS: &str = "items.json";
/// Name of the list of files.
pub const FILES: &str = "files.json";
/// Name of the list of what the manifest must hold.
pub const CLAIMS: &str = "claims.json";
/// Name of the signed checkpoint.
pub const CHECKPOINT: &str = "checkpoint";
/// What [`Manifest::format`] says.
pub const FORMAT: &str = "vedette-bundle/2";
/// Bytes of a manifest: a thousand items with long histories fit many times.
pub const MANIFEST_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Files that a bundle may hold.
pub const FILES_MAX: usize = 1_000_000;

/// A file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleFile {
    /// Its name, with `/` between folders.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What a bundle proves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Format and version of this file: [`FORMAT`].
    pub format: String,
    /// Verifier keys of the log, oldest first; each has a leaf below.
    pub keys: Vec<String>,
    /// Verifier keys of the witnesses whose cosignatures stand under a checkpoint here.
    pub witnesses: Vec<String>,
    /// Index of the leaf of this export.
    pub export: u64,
    /// Leaves in order.
    pub leaves: Vec<ManifestLeaf>,
    /// Earlier sizes of the log, such as those that footnotes print, with their roots.
    pub growth: Vec<ManifestGrowth>,
    /// Checkpoints that others have cosigned or stamped, with the proof that the log here continues them.
    pub vouched: Vec<ManifestVouched>,
}

/// A leaf with its proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestLeaf {
    /// Position in the log.
    pub index: u64,
    /// The record; empty after erasure.
    pub record: String,
    /// 32 hexadecimal digits; none after erasure.
    pub salt: Option<String>,
    /// SHA-256(salt ‖ record).
    pub commitment: Sha256,
    /// Inclusion proof, lowest hash first.
    pub proof: Vec<Sha256>,
}

/// An earlier state of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestGrowth {
    /// Leaves then.
    pub size: u64,
    /// Root then.
    pub root: Sha256,
    /// Consistency proof towards the bundle's checkpoint.
    pub proof: Vec<Sha256>,
}

/// A checkpoint that others have vouched for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestVouched {
    /// The signed note.
    pub note: String,
    /// Consistency proof towards the bundle's checkpoint.
    pub proof: Vec<Sha256>,
    /// What authorities have stamped.
    pub timestamps: Vec<ManifestTimestamp>,
}

/// A timestamp token among the files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestTimestamp {
    /// Name of its file.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: Sha256,
}

/// A file that `files.json` lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListedFile {
    name: String,
    sha256: Sha256,
    size_bytes: u64,
}

/// What the manifest must hold, so that nothing can be left out of it: indices of leaves (besides the export's own), and
/// sizes of earlier and of vouched checkpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    leaves: Vec<u64>,
    growth: Vec<u64>,
    vouched: Vec<u64>,
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("these are structs of strings and whole numbers, which JSON can hold")
}

/// Whether a file is outside of `files.json`: it is proved in another way.
fn is_outside(name: &str) -> bool {
    [MANIFEST, FILES, CHECKPOINT].contains(&name) || name.starts_with("timestamps/")
}

#[cfg(test)]
mod tests;
