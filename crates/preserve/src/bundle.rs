//! Bundles: exhibits with the log entries that speak of them and the proofs that these are in the log, as named files
//! that anyone can verify offline. Packing them into a zip and reading one is the program's work.
//!
//! | file | holds |
//! |---|---|
//! | `manifest.json` | [`Manifest`]: the checkpoint, each exhibit's name and hash, each leaf with its record, salt and proof |
//! | `exhibits/HASH` | the bytes |
//! | `items.json` | the items as a reader sees them |
//! | `README.txt` | what this is and how to verify it |

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use vedette_core::{Checkpoint, ItemView, LeafKind, LogEntry, Sha256, Version, VersionId};

use crate::canonical::{Content, ContentFile};
use crate::tree::{Levels, inclusion_proof, verify_inclusion};
use crate::{Finding, VerifyReport, leaf, sha256};

/// Name of the manifest in a bundle.
pub const MANIFEST: &str = "manifest.json";
/// Name of the items in a bundle.
pub const ITEMS: &str = "items.json";
/// Files of a version that may have come late; each doubles the contents that are tried.
const LATE_FILES_TRIED_MAX: usize = 10;
/// What [`Manifest::format`] says.
pub const FORMAT: &str = "vedette-bundle/1";
/// Bytes of a manifest: a thousand items with long histories fit many times.
pub const MANIFEST_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Files that a bundle may hold.
pub const FILES_MAX: usize = 1_000_000;

const README: &str = "This bundle holds exhibits as they were captured, and proofs that they are in a custody log.\n\
\n\
To verify it offline: vedette verify BUNDLE.zip\n\
\n\
By hand: the SHA-256 of each file in exhibits/ is its name. For each leaf in manifest.json the SHA-256 of its salt\n\
(16 bytes, written in hexadecimal) followed by its record is its commitment; the leaf hash is the SHA-256 of the byte\n\
00 and the commitment; with the proof it leads to the root of the checkpoint (RFC 6962, RFC 9162 section 2.1.3.2).\n\
The files in exhibits/ are hostile material: do not open them outside a sandbox.\n";

/// A file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleFile {
    /// Its name, with `/` between folders.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What a bundle holds and proves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Format and version of this file: [`FORMAT`].
    pub format: String,
    /// Size and root of the log that the proofs lead to.
    pub checkpoint: Checkpoint,
    /// The exhibits.
    pub exhibits: Vec<ManifestExhibit>,
    /// The leaves that speak of them.
    pub leaves: Vec<ManifestLeaf>,
}

/// An exhibit of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestExhibit {
    /// Name of its file.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: Sha256,
    /// Length in bytes.
    pub size_bytes: u64,
}

/// A leaf with its proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestLeaf {
    /// Position in the log.
    pub index: u64,
    /// What it is about.
    pub kind: LeafKind,
    /// The record; empty after erasure.
    pub record: String,
    /// 32 hexadecimal digits; absent after erasure.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub salt: Option<String>,
    /// SHA-256(salt ‖ record).
    pub commitment: Sha256,
    /// Inclusion proof, lowest hash first.
    pub proof: Vec<Sha256>,
}

/// The files of a bundle about `items`: their exhibits, the log `entries` that speak of them, and proofs towards
/// `checkpoint`, computed from all `commitments` of the log in order. Entries beyond the checkpoint are left out.
pub fn files(
    items: &[ItemView],
    exhibits: &[(Sha256, Vec<u8>)],
    entries: &[LogEntry],
    commitments: &[Sha256],
    checkpoint: &Checkpoint,
) -> Vec<BundleFile> {
    let levels = Levels::of(commitments.iter().map(leaf::leaf_hash).collect());
    let leaves = entries
        .iter()
        .filter_map(|entry| {
            Some(ManifestLeaf {
                index: entry.index,
                kind: entry.kind,
                record: entry.record.clone(),
                salt: entry.salt.map(|salt| hex(&salt)),
                commitment: entry.commitment,
                proof: inclusion_proof(&levels, entry.index, checkpoint.size)?,
            })
        })
        .collect();
    let named: Vec<ManifestExhibit> = exhibits
        .iter()
        .map(|(sha256, bytes)| ManifestExhibit {
            name: format!("exhibits/{sha256}"),
            sha256: *sha256,
            size_bytes: bytes.len() as u64,
        })
        .collect();
    let manifest = Manifest { format: FORMAT.to_owned(), checkpoint: checkpoint.clone(), exhibits: named, leaves };
    let mut all = vec![
        BundleFile { name: "README.txt".to_owned(), bytes: README.as_bytes().to_vec() },
        BundleFile { name: MANIFEST.to_owned(), bytes: json(&manifest) },
        BundleFile { name: ITEMS.to_owned(), bytes: json(&items) },
    ];
    all.extend(
        exhibits.iter().map(|(sha256, bytes)| BundleFile { name: format!("exhibits/{sha256}"), bytes: bytes.clone() }),
    );
    all
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec_pretty(value).expect("the nouns are structs of strings and finite numbers, which JSON can hold")
}

/// Verifies a bundle from its files alone: the exhibits' hashes, the leaves' commitments, their proofs towards the
/// checkpoint, that the items shown are those the leaves commit to, and that a leaf speaks of every exhibit. A file that
/// came later than its version is spoken of by a leaf of its own, which must be among the entries.
///
/// This proves that the bundle agrees with the checkpoint it states. Who vouches for that checkpoint is another
/// question: compare its root with one that was published.
pub fn verify(files: &[BundleFile]) -> VerifyReport {
    let mut findings = Vec::new();
    if files.len() > FILES_MAX {
        findings.push(Finding::new("bundle", "files", format!("at most {FILES_MAX}"), files.len().to_string()));
        return report(0, 0, Sha256::default(), findings);
    }
    let mut by_name: HashMap<&str, &[u8]> = HashMap::with_capacity(files.len());
    for file in files {
        if by_name.insert(&file.name, &file.bytes).is_some() {
            findings.push(Finding::new("bundle", file.name.as_str(), "one file of this name", "several"));
        }
    }
    match read_manifest(&by_name) {
        Ok(manifest) => verify_manifest(&manifest, &by_name, findings),
        Err(finding) => {
            findings.push(finding);
            report(0, 0, Sha256::default(), findings)
        }
    }
}

fn read_manifest(by_name: &HashMap<&str, &[u8]>) -> Result<Manifest, Finding> {
    let wrong = |expected: &str, found: String| Finding::new("manifest", MANIFEST, expected, found);
    let bytes = by_name.get(MANIFEST).ok_or_else(|| wrong("a manifest", "missing".to_owned()))?;
    if bytes.len() > MANIFEST_BYTES_MAX {
        return Err(wrong("at most 256 MB", format!("{} bytes", bytes.len())));
    }
    let manifest: Manifest =
        serde_json::from_slice(bytes).map_err(|error| wrong("a manifest in JSON", error.to_string()))?;
    if manifest.format != FORMAT {
        return Err(wrong(FORMAT, manifest.format.chars().take(80).collect()));
    }
    Ok(manifest)
}

fn verify_manifest(manifest: &Manifest, by_name: &HashMap<&str, &[u8]>, mut findings: Vec<Finding>) -> VerifyReport {
    let mut named: HashMap<Sha256, &str> = HashMap::new();
    for exhibit in &manifest.exhibits {
        named.insert(exhibit.sha256, &exhibit.name);
        let found = match by_name.get(exhibit.name.as_str()) {
            None => "missing".to_owned(),
            Some(bytes) if sha256(bytes) != exhibit.sha256 => sha256(bytes).hex(),
            Some(bytes) if bytes.len() as u64 != exhibit.size_bytes => format!("{} bytes", bytes.len()),
            Some(_) => continue,
        };
        findings.push(Finding::new("exhibit", exhibit.name.as_str(), exhibit.sha256.hex(), found));
    }
    for name in by_name.keys().filter(|name| name.starts_with("exhibits/")) {
        if !manifest.exhibits.iter().any(|exhibit| exhibit.name == **name) {
            findings.push(Finding::new("exhibit", *name, "named in the manifest", "not named"));
        }
    }
    let mut proved: HashSet<Sha256> = HashSet::new();
    let mut contents: HashMap<VersionId, Sha256> = HashMap::new();
    for entry in &manifest.leaves {
        verify_leaf(entry, &manifest.checkpoint, &mut findings);
        if let Ok(said) = serde_json::from_str::<Said>(&entry.record) {
            proved.extend(said.exhibit);
            contents.extend(said.version.zip(said.content));
        }
    }
    verify_items(by_name, &contents, &mut proved, &mut findings);
    for exhibit in manifest.exhibits.iter().filter(|exhibit| !proved.contains(&exhibit.sha256)) {
        findings.push(Finding::new("exhibit", exhibit.name.as_str(), "a leaf that speaks of it", "none"));
    }
    report(manifest.exhibits.len() as u64, manifest.leaves.len() as u64, manifest.checkpoint.root, findings)
}

fn verify_leaf(entry: &ManifestLeaf, checkpoint: &Checkpoint, findings: &mut Vec<Finding>) {
    let place = format!("leaf {}", entry.index);
    if let Some(salt) = &entry.salt {
        match unhex(salt) {
            Some(salt) => {
                let commitment = leaf::commitment(&salt, &entry.record);
                if commitment != entry.commitment {
                    findings.push(Finding::new(
                        "leaf record",
                        place.as_str(),
                        entry.commitment.hex(),
                        commitment.hex(),
                    ));
                }
            }
            None => findings.push(Finding::new("leaf salt", place.as_str(), "32 hexadecimal digits", "something else")),
        }
    } else if !entry.record.is_empty() {
        findings.push(Finding::new("leaf salt", place.as_str(), "a salt for the record", "none"));
    }
    let hash = leaf::leaf_hash(&entry.commitment);
    if !verify_inclusion(hash, entry.index, checkpoint.size, &entry.proof, checkpoint.root) {
        findings.push(Finding::new(
            "inclusion proof",
            place,
            format!("leads to {} at {} leaves", checkpoint.root, checkpoint.size),
            "does not",
        ));
    }
}

/// What a record says of exhibits: a version names its slice and commits to its files, a file leaf names a late file.
#[derive(Deserialize)]
struct Said {
    exhibit: Option<Sha256>,
    version: Option<VersionId>,
    content: Option<Sha256>,
}

/// Compares each version shown in `items.json` with the content that its leaf commits to. The files that belong to that
/// content are proved with it.
fn verify_items(
    by_name: &HashMap<&str, &[u8]>,
    contents: &HashMap<VersionId, Sha256>,
    proved: &mut HashSet<Sha256>,
    findings: &mut Vec<Finding>,
) {
    let Some(bytes) = by_name.get(ITEMS) else {
        findings.push(Finding::new("items", ITEMS, "the items", "missing"));
        return;
    };
    let items: Vec<ItemView> = match serde_json::from_slice(bytes) {
        Ok(items) => items,
        Err(error) => {
            findings.push(Finding::new("items", ITEMS, "items in JSON", error.to_string()));
            return;
        }
    };
    for version in items.iter().flat_map(|item| &item.versions).map(|view| &view.version) {
        let place = format!("{} of {}", version.id, version.item);
        let Some(content) = contents.get(&version.id) else {
            findings.push(Finding::new("items", place, "a leaf", "none"));
            continue;
        };
        match files_of(version, content) {
            Some(files) => proved.extend(files),
            None => findings.push(Finding::new("items", place, content.hex(), "other content")),
        }
    }
}

/// The fetched files that a version's content hash covers; `None` when no choice of them gives that hash. Files that
/// came late are not part of it, and nothing but their own leaves tells which those are.
fn files_of(version: &Version, content: &Sha256) -> Option<Vec<Sha256>> {
    let fetched = version.attachments.iter().filter(|file| file.exhibit.is_some()).count();
    let choices = 1u32 << fetched.min(LATE_FILES_TRIED_MAX);
    (0..choices).find_map(|late| {
        let mut place = 0;
        let mut covered = Vec::new();
        let files: Vec<ContentFile<'_>> = version
            .attachments
            .iter()
            .map(|file| {
                let exhibit = file.exhibit.filter(|_| {
                    place += 1;
                    place > LATE_FILES_TRIED_MAX || late & (1 << (place - 1)) == 0
                });
                covered.extend(exhibit);
                ContentFile {
                    name: &file.name,
                    media_type: file.media_type.as_deref(),
                    url: file.url.as_deref(),
                    exhibit: exhibit.zip(file.size_bytes),
                }
            })
            .collect();
        (Content::of_stored(version).hash(files.into_iter()) == *content).then_some(covered)
    })
}

fn report(exhibits: u64, leaves: u64, root: Sha256, findings: Vec<Finding>) -> VerifyReport {
    VerifyReport { exhibits, leaves, root, ok: findings.is_empty(), findings }
}

fn hex(salt: &[u8; 16]) -> String {
    salt.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; 16]> {
    if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut salt = [0; 16];
    for (byte, at) in salt.iter_mut().zip((0..32).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(salt)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Tree;
    use jiff::Timestamp;

    fn log(count: u64, exhibit: Sha256) -> (Vec<LogEntry>, Checkpoint) {
        let mut tree = Tree::default();
        let entries: Vec<LogEntry> = (0..count)
            .map(|index| {
                let record = format!(r#"{{"leaf":"version","exhibit":"{exhibit}","n":{index}}}"#);
                let salt = [index as u8; 16];
                let commitment = leaf::commitment(&salt, &record);
                tree.append(leaf::leaf_hash(&commitment));
                LogEntry { index, kind: LeafKind::Version, record, salt: Some(salt), commitment }
            })
            .collect();
        (entries, Checkpoint { size: count, root: tree.root(), at: Timestamp::UNIX_EPOCH })
    }

    fn bundle() -> Vec<BundleFile> {
        let bytes = b"a lantern".to_vec();
        let (entries, checkpoint) = log(9, sha256(&bytes));
        let commitments: Vec<Sha256> = entries.iter().map(|entry| entry.commitment).collect();
        files(&[], &[(sha256(&bytes), bytes)], &entries[3..6], &commitments, &checkpoint)
    }

    fn bent(change: impl Fn(&mut Manifest)) -> Vec<String> {
        let mut files = bundle();
        let manifest = files.iter_mut().find(|file| file.name == MANIFEST).unwrap();
        let mut read: Manifest = serde_json::from_slice(&manifest.bytes).unwrap();
        change(&mut read);
        manifest.bytes = serde_json::to_vec(&read).unwrap();
        verify(&files).findings.into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn an_untouched_bundle_is_well() {
        let report = verify(&bundle());
        assert_eq!(report.findings, []);
        assert!(report.ok);
        assert_eq!((report.exhibits, report.leaves), (1, 3));
    }

    #[test]
    fn whatever_is_changed_is_named() {
        for (wanted, found) in [
            ("leaf record", bent(|m| m.leaves[0].record.push(' '))),
            ("leaf record", bent(|m| m.leaves[0].salt = Some("00".repeat(16)))),
            ("leaf salt", bent(|m| m.leaves[0].salt = None)),
            ("inclusion proof", bent(|m| m.leaves[0].index += 1)),
            ("inclusion proof", bent(|m| m.leaves[1].commitment = Sha256([0; 32]))),
            ("inclusion proof", bent(|m| m.checkpoint.root.0[0] ^= 1)),
            ("inclusion proof", bent(|m| m.leaves[2].proof.truncate(1))),
            ("exhibit", bent(|m| m.exhibits[0].sha256.0[0] ^= 1)),
            ("exhibit", bent(|m| m.exhibits.clear())),
            ("exhibit", bent(|m| m.leaves.clear())),
            ("manifest", bent(|m| m.format = "other".to_owned())),
        ] {
            assert!(found.iter().any(|what| what == wanted), "{wanted}: {found:?}");
        }
    }

    #[test]
    fn changed_lost_and_added_files_are_named() {
        let mut flipped = bundle();
        flipped.last_mut().unwrap().bytes[0] ^= 1;
        let mut lost = bundle();
        lost.pop();
        let mut added = bundle();
        added.push(BundleFile { name: "exhibits/other".to_owned(), bytes: vec![] });
        for files in [flipped, lost, added, vec![]] {
            assert!(!verify(&files).ok);
        }
    }
}
