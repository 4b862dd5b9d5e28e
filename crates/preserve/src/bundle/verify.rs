//! Verifying a bundle from its files alone. `tools/verify_bundle.py` does the same in another language; the two must
//! agree on every bundle, good or bad.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::Deserialize;
use vedette_core::{Sha256, VersionId};

use super::{
    BundleFile, CHECKPOINT, CLAIMS, Claims, FILES, FILES_MAX, FORMAT, ITEMS, ListedFile, MANIFEST, MANIFEST_BYTES_MAX,
    Manifest, ManifestLeaf, VersionContents, is_outside, json,
};
use crate::note::{CheckpointText, KeyKind, Note, VerifierKey};
use crate::tree::{verify_consistency, verify_inclusion};
use crate::{Finding, VerifyReport, leaf, sha256, timestamp};

/// Verifies a bundle: signatures, proofs, hashes, and that nothing was added or left out.
///
/// This proves that the bundle agrees with the keys it names. Whose keys those are is another question: the report names
/// them, and [`verify_trusting`] asks for a given one.
pub fn verify(files: &[BundleFile]) -> VerifyReport {
    verify_trusting(files, &[])
}

/// Verifies a bundle whose checkpoint one of these keys must have signed or cosigned; with no keys, any that it names.
pub fn verify_trusting(files: &[BundleFile], trusted: &[VerifierKey]) -> VerifyReport {
    let mut checking = Checking { by_name: BTreeMap::new(), findings: Vec::new(), vouched: Vec::new() };
    let mut report =
        VerifyReport { exhibits: 0, leaves: 0, root: Sha256::default(), ok: false, findings: vec![], vouched: vec![] };
    if files.len() > FILES_MAX {
        checking.find("bundle", "files", &format!("at most {FILES_MAX}"), &files.len().to_string());
        report.findings = checking.findings;
        return report;
    }
    for file in files {
        if checking.by_name.insert(&file.name, &file.bytes).is_some() {
            checking.find("bundle", &file.name, "one file of this name", "several");
        }
    }
    if let Some(manifest) = checking.manifest() {
        report.exhibits = checking.by_name.keys().filter(|name| name.starts_with("exhibits/")).count() as u64;
        report.leaves = manifest.leaves.len() as u64;
        if let Some(checkpoint) = checking.checkpoint(&manifest, trusted) {
            report.root = checkpoint.root;
            checking.log(&manifest, &checkpoint);
        }
        checking.contents(&manifest);
    }
    report.ok = checking.findings.is_empty();
    report.findings = checking.findings;
    report.vouched = checking.vouched;
    report
}

struct Checking<'f> {
    by_name: BTreeMap<&'f str, &'f [u8]>,
    findings: Vec<Finding>,
    vouched: Vec<String>,
}

/// What a record says that matters here.
#[derive(Default, Deserialize)]
struct Said {
    leaf: Option<String>,
    version: Option<VersionId>,
    exhibit: Option<Sha256>,
    content: Option<Sha256>,
    key: Option<String>,
    files: Option<Sha256>,
}

fn said(leaf: &ManifestLeaf) -> Said {
    serde_json::from_str(&leaf.record).unwrap_or_default()
}

impl Checking<'_> {
    fn find(&mut self, what: &str, place: &str, expected: &str, found: &str) {
        let cut = |text: &str| text.chars().take(600).collect::<String>();
        self.findings.push(Finding::new(what, cut(place), cut(expected), cut(found)));
    }

    /// A file that must be JSON in its one form.
    fn strict<T: serde::Serialize + serde::de::DeserializeOwned>(&mut self, what: &str, name: &str) -> Option<T> {
        let Some(bytes) = self.by_name.get(name).copied() else {
            self.find(what, name, "a file", "missing");
            return None;
        };
        if bytes.len() > MANIFEST_BYTES_MAX {
            self.find(what, name, "at most 256 MB", &format!("{} bytes", bytes.len()));
            return None;
        }
        match serde_json::from_slice::<T>(bytes) {
            Ok(read) if json(&read) == bytes => Some(read),
            Ok(_) => {
                self.find(what, name, "JSON in its one compact form", "another form");
                None
            }
            Err(error) => {
                self.find(what, name, "the JSON of this format", &error.to_string());
                None
            }
        }
    }

    fn manifest(&mut self) -> Option<Manifest> {
        let manifest: Manifest = self.strict("manifest", MANIFEST)?;
        if manifest.format != FORMAT {
            self.find("manifest", MANIFEST, FORMAT, &manifest.format);
            return None;
        }
        Some(manifest)
    }

    /// The bundle's checkpoint, when its log's key signed it.
    fn checkpoint(&mut self, manifest: &Manifest, trusted: &[VerifierKey]) -> Option<CheckpointText> {
        let keys = self.keys("key", &manifest.keys, KeyKind::Note);
        let witnesses = self.keys("witness key", &manifest.witnesses, KeyKind::Cosignature);
        let text = match self.by_name.get(CHECKPOINT).map(|bytes| std::str::from_utf8(bytes)) {
            Some(Ok(text)) => text.to_owned(),
            _ => {
                self.find("checkpoint", CHECKPOINT, "a signed note", "missing or not text");
                return None;
            }
        };
        let mut signers = HashSet::new();
        let checkpoint = self.note(CHECKPOINT, &text, &keys, &witnesses, &mut signers);
        if !trusted.is_empty() && !trusted.iter().any(|key| signers.contains(&key.to_string())) {
            let names: Vec<String> = trusted.iter().map(ToString::to_string).collect();
            self.find("checkpoint signature", CHECKPOINT, &format!("by {}", names.join(" or ")), "not by it");
        }
        if let Some(checkpoint) = &checkpoint {
            self.vouched(manifest, checkpoint, &keys, &witnesses, &mut signers);
        }
        for witness in witnesses.iter().filter(|key| !signers.contains(&key.to_string())) {
            self.find("witness key", MANIFEST, "a cosignature of it", &witness.to_string());
        }
        checkpoint
    }

    fn keys(&mut self, what: &str, texts: &[String], kind: KeyKind) -> Vec<VerifierKey> {
        let mut keys = Vec::new();
        for text in texts {
            match text.parse::<VerifierKey>() {
                Ok(key) if key.kind == kind && key.to_string() == *text && !keys.contains(&key) => keys.push(key),
                _ => self.find(what, MANIFEST, "a verifier key", text),
            }
        }
        keys
    }

    /// A signed checkpoint: every line by a key that is named, one of them by the log that it is about.
    fn note(
        &mut self,
        place: &str,
        text: &str,
        keys: &[VerifierKey],
        witnesses: &[VerifierKey],
        signers: &mut HashSet<String>,
    ) -> Option<CheckpointText> {
        let read = text.parse::<Note>().and_then(|note| Ok((note.checkpoint()?, note)));
        let (checkpoint, note) = match read {
            Ok((checkpoint, note)) if note.to_string() == text && checkpoint.to_string() == note.text => {
                (checkpoint, note)
            }
            Ok(_) => {
                self.find("checkpoint", place, "a checkpoint in its one form", "another form");
                return None;
            }
            Err(error) => {
                self.find("checkpoint", place, "a signed checkpoint", &error.to_string());
                return None;
            }
        };
        let mut by_log = false;
        let mut lines = HashSet::new();
        for line in &note.signatures {
            let key = keys.iter().chain(witnesses).find(|key| line.is_of(key));
            let single = Note { text: note.text.clone(), signatures: vec![line.clone()] };
            match key.map(|key| (key, single.signed_at(key))) {
                Some((key, Ok(Some(at)))) if lines.insert(key.to_string()) => {
                    by_log |= key.kind == KeyKind::Note && key.name == checkpoint.origin;
                    signers.insert(key.to_string());
                    self.vouched.push(match key.kind {
                        KeyKind::Note => format!("{} leaves signed by {key}", checkpoint.size),
                        KeyKind::Cosignature => {
                            format!("{} leaves cosigned by {key} at {}", checkpoint.size, when(at))
                        }
                    });
                }
                Some((key, _)) => {
                    self.find("checkpoint signature", place, "one signature that fits", &key.to_string());
                }
                None => self.find("checkpoint signature", place, "by a key that is named here", &line.name),
            }
        }
        if !by_log {
            self.find("checkpoint signature", place, "by the log's own key", "none");
            return None;
        }
        Some(checkpoint)
    }

    /// Checkpoints that others vouched for: signed, stamped, and beginnings of the bundle's own.
    fn vouched(
        &mut self,
        manifest: &Manifest,
        now: &CheckpointText,
        keys: &[VerifierKey],
        witnesses: &[VerifierKey],
        signers: &mut HashSet<String>,
    ) {
        let mut tokens = BTreeSet::new();
        for (number, one) in manifest.vouched.iter().enumerate() {
            let place = format!("vouched checkpoint {number}");
            let Some(then) = self.note(&place, &one.note, keys, witnesses, signers) else { continue };
            if !verify_consistency(then.size, now.size, then.root, now.root, &one.proof) {
                self.find("consistency proof", &place, &format!("leads to {}", now.root), "does not");
            }
            for token in &one.timestamps {
                tokens.insert(token.name.as_str());
                let bytes = self.by_name.get(token.name.as_str()).copied();
                let Some(bytes) = bytes.filter(|bytes| sha256(bytes) == token.sha256 && is_outside(&token.name)) else {
                    self.find("timestamp", &token.name, &token.sha256.hex(), "missing or other bytes");
                    continue;
                };
                match timestamp::read(bytes, then.to_string().as_bytes()) {
                    Ok(stamped) => self.vouched.push(format!("{} leaves stamped at {}", then.size, stamped.at)),
                    Err(error) => {
                        self.find("timestamp", &token.name, "a token about this checkpoint", &error.to_string())
                    }
                }
            }
        }
        let strangers: Vec<String> = self
            .by_name
            .keys()
            .filter(|name| name.starts_with("timestamps/") && !tokens.contains(**name))
            .map(|name| (*name).to_owned())
            .collect();
        for name in strangers {
            self.find("timestamp", &name, "named in the manifest", "not named");
        }
    }

    /// Leaves and earlier sizes against the checkpoint.
    fn log(&mut self, manifest: &Manifest, checkpoint: &CheckpointText) {
        for entry in &manifest.leaves {
            let place = format!("leaf {}", entry.index);
            let hash = leaf::leaf_hash(&entry.commitment);
            if !verify_inclusion(hash, entry.index, checkpoint.size, &entry.proof, checkpoint.root) {
                let expected = format!("leads to {} at {} leaves", checkpoint.root, checkpoint.size);
                self.find("inclusion proof", &place, &expected, "does not");
            }
        }
        for one in &manifest.growth {
            if !verify_consistency(one.size, checkpoint.size, one.root, checkpoint.root, &one.proof) {
                let place = format!("{} leaves", one.size);
                self.find("consistency proof", &place, &format!("leads to {}", checkpoint.root), "does not");
            }
        }
    }

    /// Records, files and what they must hold.
    fn contents(&mut self, manifest: &Manifest) {
        for entry in &manifest.leaves {
            self.record(entry);
        }
        let records: Vec<(u64, Said)> = manifest.leaves.iter().map(|entry| (entry.index, said(entry))).collect();
        for key in &manifest.keys {
            let has_leaf =
                records.iter().any(|(_, said)| said.leaf.as_deref() == Some("key") && said.key.as_ref() == Some(key));
            if !has_leaf {
                self.find("key", MANIFEST, "a leaf that speaks of it", key);
            }
        }
        self.listing(manifest, &records);
        self.claims(manifest);
        self.versions(&records);
    }

    fn record(&mut self, entry: &ManifestLeaf) {
        let place = format!("leaf {}", entry.index);
        match &entry.salt {
            Some(salt) => match unhex(salt) {
                Some(salt) => {
                    let commitment = leaf::commitment(&salt, &entry.record);
                    if commitment != entry.commitment {
                        self.find("leaf record", &place, &entry.commitment.hex(), &commitment.hex());
                    }
                }
                None => self.find("leaf salt", &place, "32 hexadecimal digits", salt),
            },
            None if entry.record.is_empty() => {}
            None => self.find("leaf salt", &place, "a salt for the record", "none"),
        }
    }

    /// `files.json` is what the export's leaf names, and the files are what it lists.
    fn listing(&mut self, manifest: &Manifest, records: &[(u64, Said)]) {
        let export = records.iter().find(|(index, _)| *index == manifest.export);
        let stated = export.filter(|(_, said)| said.leaf.as_deref() == Some("export")).and_then(|(_, said)| said.files);
        let found = self.by_name.get(FILES).map(|bytes| sha256(bytes));
        if stated.is_none() || stated != found {
            let hex = |digest: Option<Sha256>| digest.map_or_else(|| "none".to_owned(), |digest| digest.hex());
            self.find("file list", FILES, &hex(stated), &hex(found));
        }
        let Some(listed) = self.strict::<Vec<ListedFile>>("file list", FILES) else { return };
        let names: BTreeSet<&str> = listed.iter().map(|file| file.name.as_str()).collect();
        for file in &listed {
            let found = self.by_name.get(file.name.as_str()).copied();
            let right =
                found.is_some_and(|bytes| bytes.len() as u64 == file.size_bytes && sha256(bytes) == file.sha256);
            if !right || is_outside(&file.name) {
                let found = found.map_or_else(|| "missing".to_owned(), |bytes| sha256(bytes).hex());
                self.find("file", &file.name, &file.sha256.hex(), &found);
            }
        }
        let strangers: Vec<String> = self
            .by_name
            .keys()
            .filter(|name| !is_outside(name) && !names.contains(**name))
            .map(|name| (*name).to_owned())
            .collect();
        for name in strangers {
            self.find("file", &name, "listed in files.json", "not listed");
        }
    }

    /// Nothing that the export promised is left out, nothing is there besides.
    fn claims(&mut self, manifest: &Manifest) {
        let Some(claims) = self.strict::<Claims>("claims", CLAIMS) else { return };
        let mut expected = claims.leaves;
        expected.push(manifest.export);
        let found: Vec<u64> = manifest.leaves.iter().map(|entry| entry.index).collect();
        if found != expected {
            self.find("claims", "leaves", &format!("{expected:?}"), &format!("{found:?}"));
        }
        let found: Vec<u64> = manifest.growth.iter().map(|one| one.size).collect();
        if found != claims.growth {
            self.find("claims", "growth", &format!("{:?}", claims.growth), &format!("{found:?}"));
        }
        let size = |note: &str| note.split('\n').nth(1).and_then(crate::note::decimal);
        let found: Vec<u64> = manifest.vouched.iter().filter_map(|one| size(&one.note)).collect();
        // What was stamped after the export may follow.
        if !found.starts_with(&claims.vouched) || manifest.vouched.len() > claims.vouched.len() + 1 {
            self.find("claims", "vouched", &format!("{:?}", claims.vouched), &format!("{found:?}"));
        }
    }

    /// Each version's content gives the hash that its leaf commits to; what it names is proved with it.
    fn versions(&mut self, records: &[(u64, Said)]) {
        let mut proved: HashSet<Sha256> = HashSet::new();
        let mut stated: HashMap<VersionId, (Option<Sha256>, Option<Sha256>)> = HashMap::new();
        for (_, said) in records {
            match said.leaf.as_deref() {
                Some("version") => {
                    stated.extend(said.version.map(|version| (version, (said.content, said.exhibit))));
                }
                // A file that came later than its version has a leaf of its own.
                Some("file") => proved.extend(said.exhibit),
                _ => {}
            }
        }
        let mut texts: HashMap<VersionId, (Option<String>, String)> = HashMap::new();
        let names: Vec<String> =
            self.by_name.keys().filter(|name| name.starts_with("contents/")).map(|name| (*name).to_owned()).collect();
        for name in names {
            let Some(contents) = self.strict::<VersionContents>("content", &name) else { continue };
            let (content, exhibit) = stated.remove(&contents.version).unwrap_or_default();
            let hash = contents.hash();
            let named = name == format!("contents/{}.json", contents.version);
            if !named || hash.is_none() || hash != content || exhibit != Some(contents.exhibit) {
                let hex = |digest: Option<Sha256>| digest.map_or_else(|| "no leaf".to_owned(), |digest| digest.hex());
                self.find("content", &name, &hex(content), &hex(hash));
                continue;
            }
            proved.insert(contents.exhibit);
            proved.extend(contents.files.iter().filter_map(|file| file.exhibit));
            texts.insert(contents.version, (contents.title, contents.text));
        }
        for version in stated.into_keys() {
            self.find("content", &version.to_string(), "its content", "missing");
        }
        self.exhibits(&proved);
        self.items(texts);
    }

    fn exhibits(&mut self, proved: &HashSet<Sha256>) {
        let mut wrong = Vec::new();
        for (name, bytes) in &self.by_name {
            let Some(hex) = name.strip_prefix("exhibits/") else { continue };
            let found = sha256(bytes);
            if found.hex() != hex {
                wrong.push(((*name).to_owned(), hex.to_owned(), found.hex()));
            } else if !proved.contains(&found) {
                wrong.push(((*name).to_owned(), "a leaf that speaks of it".to_owned(), "none".to_owned()));
            }
        }
        for (name, expected, found) in wrong {
            self.find("exhibit", &name, &expected, &found);
        }
    }

    /// The items for reading show the texts that are proved.
    fn items(&mut self, mut texts: HashMap<VersionId, (Option<String>, String)>) {
        #[derive(Deserialize)]
        struct Shown {
            versions: Vec<ShownVersion>,
        }
        #[derive(Deserialize)]
        struct ShownVersion {
            version: ShownText,
        }
        #[derive(Deserialize)]
        struct ShownText {
            id: VersionId,
            title: Option<String>,
            text: String,
        }
        let read = self.by_name.get(ITEMS).map(|bytes| serde_json::from_slice::<Vec<Shown>>(bytes));
        let Some(Ok(items)) = read else {
            self.find("items", ITEMS, "the items", "missing or unreadable");
            return;
        };
        for shown in items.into_iter().flat_map(|item| item.versions).map(|view| view.version) {
            if texts.remove(&shown.id) != Some((shown.title, shown.text)) {
                self.find("items", &shown.id.to_string(), "the text that is proved", "another");
            }
        }
        for version in texts.into_keys() {
            self.find("items", &version.to_string(), "shown", "missing");
        }
    }
}

fn when(unix_seconds: u64) -> String {
    let seconds = i64::try_from(unix_seconds).ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    seconds.map_or_else(|| unix_seconds.to_string(), |at| at.to_string())
}

fn unhex(text: &str) -> Option<[u8; 16]> {
    if text.len() != 32 || !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let mut salt = [0; 16];
    for (byte, at) in salt.iter_mut().zip((0..32).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(salt)
}
