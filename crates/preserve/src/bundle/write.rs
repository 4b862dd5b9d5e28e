//! Making a bundle in two steps: the files that the export's leaf commits to, then, once that leaf is in a signed
//! checkpoint, the proofs.

use std::collections::HashSet;

use vedette_core::{AttachmentId, ItemView, LeafKind, LogEntry, SealedCheckpoint, Sha256};

use super::{
    BundleFile, CHECKPOINT, CLAIMS, Claims, FILES, FORMAT, ITEMS, ListedFile, MANIFEST, Manifest, ManifestGrowth,
    ManifestLeaf, ManifestTimestamp, ManifestVouched, VersionContents, json, page,
};
use crate::sha256;

const README: &str = "This bundle holds exhibits as they were captured, and proofs that they are in a custody log.\n\
\n\
To verify it offline:   vedette verify BUNDLE.zip\n\
without Vedette:        python3 verify_bundle.py BUNDLE.zip    (standard library only; from the Vedette sources)\n\
\n\
`checkpoint` is a signed note (C2SP tlog-checkpoint). Compare the key that the verifier prints with one that you were\n\
given another way: a bundle alone can only say that it agrees with itself.\n\
\n\
A timestamp can be checked against an authority's certificate (N is the number of the checkpoint in manifest.json):\n\
  openssl ts -verify -in timestamps/1.tsr -data checkpoint-text -CAfile authority.pem\n\
where checkpoint-text holds the lines of the note before the empty line, each with its newline.\n\
\n\
The files in exhibits/ are hostile material: do not open them outside a sandbox.\n";

/// What a bundle is made of.
pub struct Parts<'a> {
    /// The items.
    pub items: &'a [ItemView],
    /// Exhibits of their versions and files.
    pub exhibits: Vec<(Sha256, Vec<u8>)>,
    /// Log entries that speak of them, the keys' among them, without the export's own.
    pub entries: Vec<LogEntry>,
    /// Sizes of the log that the bundle must lead back to, such as those that footnotes print.
    pub growth: Vec<u64>,
    /// Sizes of checkpoints that others have vouched for.
    pub vouched: Vec<u64>,
}

/// A bundle whose export is not logged yet.
pub struct Draft {
    files: Vec<BundleFile>,
    entries: Vec<LogEntry>,
    claims: Claims,
    /// SHA-256 of `files.json`: the export's record must hold it as `files`.
    pub digest: Sha256,
}

/// The files that the export's leaf commits to.
pub fn draft(parts: Parts<'_>) -> Draft {
    let mut entries = parts.entries;
    entries.sort_by_key(|entry| entry.index);
    entries.dedup_by_key(|entry| entry.index);
    let sorted = |mut sizes: Vec<u64>| {
        sizes.sort_unstable();
        sizes.dedup();
        sizes.retain(|size| *size > 0);
        sizes
    };
    let claims = Claims {
        leaves: entries.iter().map(|entry| entry.index).collect(),
        growth: sorted(parts.growth),
        vouched: sorted(parts.vouched),
    };
    let late = late_files(&entries);
    let mut files = vec![
        BundleFile { name: "README.txt".to_owned(), bytes: README.as_bytes().to_vec() },
        BundleFile { name: "index.html".to_owned(), bytes: page::page(parts.items).into_bytes() },
        BundleFile {
            name: ITEMS.to_owned(),
            bytes: serde_json::to_vec_pretty(parts.items)
                .expect("the nouns are structs of strings and finite numbers, which JSON can hold"),
        },
        BundleFile { name: CLAIMS.to_owned(), bytes: json(&claims) },
    ];
    for version in parts.items.iter().flat_map(|item| &item.versions).map(|view| &view.version) {
        let contents = VersionContents::of(version, |file| late.contains(&file));
        files.push(BundleFile { name: format!("contents/{}.json", version.id), bytes: json(&contents) });
    }
    files.extend(
        parts.exhibits.into_iter().map(|(sha256, bytes)| BundleFile { name: format!("exhibits/{sha256}"), bytes }),
    );
    files.sort_by(|one, other| one.name.cmp(&other.name));
    files.dedup_by(|one, other| one.name == other.name);
    let listed: Vec<ListedFile> = files
        .iter()
        .map(|file| ListedFile {
            name: file.name.clone(),
            sha256: sha256(&file.bytes),
            size_bytes: file.bytes.len() as u64,
        })
        .collect();
    let listing = json(&listed);
    let digest = sha256(&listing);
    files.insert(0, BundleFile { name: FILES.to_owned(), bytes: listing });
    Draft { files, entries, claims, digest }
}

/// Files that came later than their version: a leaf of their own brought them.
fn late_files(entries: &[LogEntry]) -> HashSet<AttachmentId> {
    #[derive(serde::Deserialize)]
    struct Said {
        attachment: AttachmentId,
        exhibit: Option<Sha256>,
    }
    entries
        .iter()
        .filter(|entry| entry.kind == LeafKind::File)
        .filter_map(|entry| serde_json::from_str::<Said>(&entry.record).ok())
        .filter_map(|said| said.exhibit.map(|_| said.attachment))
        .collect()
}

/// A checkpoint that others have vouched for, with what they said.
pub struct VouchedCheckpoint {
    /// The checkpoint.
    pub sealed: SealedCheckpoint,
    /// Answers of timestamp authorities about it.
    pub tokens: Vec<Vec<u8>>,
}

/// What proves a draft, once its export is logged and a checkpoint over it is signed.
pub struct Evidence<'a> {
    /// The checkpoint, with the cosignatures it has.
    pub checkpoint: &'a SealedCheckpoint,
    /// Verifier keys of the log.
    pub keys: Vec<String>,
    /// Verifier keys of the witnesses.
    pub witnesses: Vec<String>,
    /// The export's entry.
    pub export: LogEntry,
    /// The vouched checkpoints that were named, and the bundle's own when somebody stamped it.
    pub vouched: Vec<VouchedCheckpoint>,
}

/// How proofs are computed towards the bundle's checkpoint.
pub trait Prover {
    /// Why one cannot be had.
    type Error;
    /// Inclusion proof of a leaf.
    fn inclusion(&self, index: u64) -> Result<Vec<Sha256>, Self::Error>;
    /// Root at an earlier size, and consistency proof from there.
    fn growth(&self, size: u64) -> Result<(Sha256, Vec<Sha256>), Self::Error>;
}

impl Draft {
    /// The sizes that the bundle leads back to.
    pub fn vouched(&self) -> &[u64] {
        &self.claims.vouched
    }
}

/// All files of the bundle.
pub fn finish<P: Prover>(draft: Draft, evidence: Evidence<'_>, prover: &P) -> Result<Vec<BundleFile>, P::Error> {
    let Draft { mut files, mut entries, claims, .. } = draft;
    let export = evidence.export.index;
    entries.push(evidence.export);
    let mut leaves = Vec::with_capacity(entries.len());
    for entry in entries {
        leaves.push(ManifestLeaf {
            index: entry.index,
            record: entry.record,
            salt: entry.salt.map(|salt| salt.iter().map(|byte| format!("{byte:02x}")).collect()),
            commitment: entry.commitment,
            proof: prover.inclusion(entry.index)?,
        });
    }
    let mut growth = Vec::new();
    for size in claims.growth {
        let (root, proof) = prover.growth(size)?;
        growth.push(ManifestGrowth { size, root, proof });
    }
    let mut vouched = Vec::new();
    let mut number = 0;
    for one in evidence.vouched {
        let mut timestamps = Vec::new();
        for bytes in one.tokens {
            number += 1;
            let name = format!("timestamps/{number}.tsr");
            timestamps.push(ManifestTimestamp { name: name.clone(), sha256: sha256(&bytes) });
            files.push(BundleFile { name, bytes });
        }
        let (_, proof) = prover.growth(one.sealed.size)?;
        vouched.push(ManifestVouched { note: one.sealed.note, proof, timestamps });
    }
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        keys: evidence.keys,
        witnesses: evidence.witnesses,
        export,
        leaves,
        growth,
        vouched,
    };
    files.insert(0, BundleFile { name: MANIFEST.to_owned(), bytes: json(&manifest) });
    files.insert(1, BundleFile { name: CHECKPOINT.to_owned(), bytes: evidence.checkpoint.note.clone().into_bytes() });
    Ok(files)
}
