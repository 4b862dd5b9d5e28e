//! Whether what is published and signed agrees with the rows: every tile, every signed checkpoint, the one last seen.

use std::collections::{BTreeMap, HashSet};

use vedette_core::ports::CustodyLog;
use vedette_core::{Sha256, StoreError, StoreResult};
use vedette_preserve::leaf;
use vedette_preserve::note::{Note, VerifierKey};
use vedette_preserve::tiles::{TileFile, TileWriter};
use vedette_preserve::tree::Tree;

use super::files::UNFINISHED;
use super::{ROWS, SignedLog};
use crate::fault::Fault;
use crate::sqlite::sealing;

/// Findings about tiles that are told one by one.
const FINDINGS_MAX: usize = 1_000;

/// Leaves of a full tile.
const TILE_LEAVES: u64 = 256;

type Finding = [String; 4];

/// Everything that disagrees.
pub(super) fn check(log: &SignedLog) -> StoreResult<Vec<Finding>> {
    let held = log.hold();
    let mut findings = Vec::new();
    // A key that cannot be read differs from its leaf, which the comparison of rows tells.
    let newest = log.newest_key().ok().flatten();
    let sealed = log.records.read(|tx| sealing::all_sealed(tx, false, usize::MAX >> 1))?;
    let published = log.folder.checkpoint()?;
    // Proofs may have asked for tiles that no checkpoint covers yet.
    let written = held.as_ref().map(|writer| writer.size());
    let published_size = published.as_ref().and_then(|note| note.checkpoint().ok()).map(|text| text.size);
    let signed_size = sealed.first().filter(|_| log.folder.dir().join("tile").is_dir()).map(|sealed| sealed.size);
    let tiled = written.or(published_size).or(signed_size);

    // Sizes whose roots somebody has signed, with who says so.
    let mut claims: BTreeMap<u64, Vec<(String, Sha256)>> = BTreeMap::new();
    for one in &sealed {
        claims.entry(one.size).or_default().push((format!("signed checkpoint at {} leaves", one.size), one.root));
        check_note(log, one.size, one.root, &one.note, &mut findings)?;
    }
    if let Some(text) = published.as_ref().and_then(|note| note.checkpoint().ok()) {
        claims.entry(text.size).or_default().push(("log/checkpoint".to_owned(), text.root));
    }
    if let Some(newest) = &newest {
        match log.last_seen(&newest.name) {
            Ok(Some(text)) => {
                let place = format!("checkpoint last seen, {} leaves", text.size);
                claims.entry(text.size).or_default().push((place, text.root));
            }
            Ok(None) => {}
            Err(StoreError::RolledBack(what)) => {
                findings.push(finding(
                    "rolled back or rewritten",
                    "checkpoint last seen",
                    "a signed checkpoint",
                    &what,
                ));
            }
            Err(error) => return Err(error),
        }
    }
    if let Some(tiled) = tiled {
        claims.entry(tiled).or_default();
    }
    check_published(log, published.as_ref(), &sealed, &mut findings);
    check_tiles(log, tiled, claims, &mut findings)?;
    Ok(findings)
}

fn finding(what: &str, place: &str, expected: &str, found: &str) -> Finding {
    [what, place, expected, found].map(str::to_owned)
}

/// A stored note: signed by a key of the log, and about the size and root of its row.
fn check_note(log: &SignedLog, size: u64, root: Sha256, note: &str, findings: &mut Vec<Finding>) -> StoreResult<()> {
    let keys: Vec<VerifierKey> = log.keys()?.iter().filter_map(|key| key.verifier.parse().ok()).collect();
    let place = format!("signed checkpoint at {size} leaves");
    let signed = note.parse::<Note>().ok().filter(|note| {
        let good = keys.iter().filter(|key| note.signed_by(key) == Ok(true)).count();
        good > 0 && keys.iter().all(|key| note.signed_by(key).is_ok())
    });
    match signed.and_then(|note| note.checkpoint().ok()) {
        None => findings.push(finding("checkpoint signature", &place, "signed by a key of this log", "not signed")),
        Some(text) if text.size != size || text.root != root => {
            let found = format!("{} at {} leaves", text.root, text.size);
            findings.push(finding("signed checkpoint", &place, &format!("{root} at {size} leaves"), &found));
        }
        Some(_) => {}
    }
    Ok(())
}

/// `log/checkpoint` is the newest signed one.
fn check_published(
    log: &SignedLog,
    published: Option<&Note>,
    sealed: &[vedette_core::SealedCheckpoint],
    findings: &mut Vec<Finding>,
) {
    let Some(newest) = sealed.first() else { return };
    let path = log.folder.dir().join("checkpoint");
    let found = match published {
        Some(note) if note.to_string() == newest.note => return,
        Some(note) => note.text.replace('\n', " "),
        None => "missing or unreadable".to_owned(),
    };
    let expected = newest.note.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    findings.push(finding("published checkpoint", &path.display().to_string(), &expected, &found));
}

/// Writes the log as tiles once more, in memory, and compares each file and each root that somebody has signed.
fn check_tiles(
    log: &SignedLog,
    tiled: Option<u64>,
    mut claims: BTreeMap<u64, Vec<(String, Sha256)>>,
    findings: &mut Vec<Finding>,
) -> StoreResult<()> {
    let (mut writer, mut tree) = (TileWriter::default(), Tree::default());
    let mut compared = Compared { log, expected: HashSet::new(), findings: Vec::new() };
    let begun = sizes_begun(&log.folder.list());
    loop {
        let count = log.records.read(|tx| {
            sealing::commitments(tx, writer.size(), ROWS, &mut |commitment| {
                tree.append(leaf::leaf_hash(&commitment));
                // Tiles beyond that are not written yet.
                let published = tiled.is_some_and(|tiled| writer.size() < tiled);
                writer.append(&commitment, &mut |file| {
                    if published {
                        compared.file(&file);
                    } else {
                        compared.older(&file, false);
                    }
                    Ok::<(), Fault>(())
                })?;
                let size = writer.size();
                if let Some(claimed) = claims.remove(&size) {
                    // Partial tiles of a signed size that the log has outgrown may be there, and then they are right.
                    writer.partials(&mut |file| {
                        compared.older(&file, tiled == Some(size));
                        Ok::<(), Fault>(())
                    })?;
                    for (place, root) in claimed.into_iter().filter(|(_, root)| *root != tree.root()) {
                        compared.findings.push(finding(
                            "rolled back or rewritten",
                            &place,
                            &root.hex(),
                            &tree.root().hex(),
                        ));
                    }
                } else if begun.contains(&size) {
                    // Written for a checkpoint that was never signed: the process or the disk ended first.
                    writer.partials(&mut |file| {
                        compared.older(&file, false);
                        Ok::<(), Fault>(())
                    })?;
                }
                Ok(())
            })
        })?;
        if count == 0 {
            break;
        }
    }
    for (size, claimed) in claims.into_iter().filter(|(size, _)| *size > 0) {
        for (place, _) in claimed {
            let found = format!("{} leaves", writer.size());
            compared.findings.push(finding("rolled back or rewritten", &place, &format!("{size} leaves"), &found));
        }
    }
    if tiled.is_some() {
        compared.strangers();
    }
    findings.append(&mut compared.findings);
    Ok(())
}

/// Sizes of the log for which there are partial tiles of leaves.
fn sizes_begun(files: &[String]) -> HashSet<u64> {
    let size = |path: &String| {
        let rest = path.strip_prefix("tile/0/").or_else(|| path.strip_prefix("tile/entries/"))?;
        let (place, width) = rest.split_once(".p/")?;
        // `x001/234` is tile 1234 (C2SP tlog-tiles).
        let number: u64 = place.replace(['x', '/'], "").parse().ok()?;
        number.checked_mul(TILE_LEAVES)?.checked_add(width.parse().ok()?)
    };
    files.iter().filter_map(size).collect()
}

struct Compared<'l> {
    log: &'l SignedLog,
    expected: HashSet<String>,
    findings: Vec<Finding>,
}

impl Compared<'_> {
    /// A file that must be there.
    fn file(&mut self, file: &TileFile<'_>) {
        self.compare(file.tile.path(), file.bytes, true);
        if let Some(entries) = file.entries {
            self.compare(file.tile.entries_path(), entries, true);
        }
    }

    /// A partial tile of a size that was signed: it must be there for the published size, else it may be.
    fn older(&mut self, file: &TileFile<'_>, needed: bool) {
        self.compare(file.tile.path(), file.bytes, needed);
        if let Some(entries) = file.entries {
            self.compare(file.tile.entries_path(), entries, needed);
        }
    }

    fn compare(&mut self, path: String, bytes: &[u8], needed: bool) {
        let found = self.log.folder.bytes(&path);
        let word = match &found {
            Some(found) if found == bytes => None,
            None if !needed => None,
            Some(_) => Some("other bytes"),
            None => Some("missing"),
        };
        if let Some(word) = word.filter(|_| self.findings.len() < FINDINGS_MAX) {
            self.findings.push(finding("tile", &format!("log/{path}"), "as the leaves say", word));
        }
        self.expected.insert(path);
    }

    /// Files that no size asks for. Partial tiles of sizes that were signed once and are covered by newer checkpoints may
    /// stay; they are compared with what they are the beginning of.
    fn strangers(&mut self) {
        for path in self.log.folder.list() {
            // A file that was never finished says nothing to anybody, and is written anew the next time.
            let unfinished = path.ends_with(UNFINISHED);
            if unfinished || self.expected.contains(&path) || self.findings.len() >= FINDINGS_MAX {
                continue;
            }
            let found = self.log.folder.bytes(&path).unwrap_or_default();
            let older = path.rsplit_once(".p/").filter(|(_, width)| width.parse::<u16>().is_ok());
            let begins = older.is_some_and(|(place, width)| {
                let same = format!("{place}.p/");
                let newer = self.expected.iter().find(|other| {
                    other.as_str() == place
                        || other.strip_prefix(&same).is_some_and(|wider| {
                            wider.parse::<u16>().unwrap_or(0) > width.parse::<u16>().unwrap_or(u16::MAX)
                        })
                });
                let entry = if path.contains("/entries/") { 34 } else { 32 };
                found.len() == width.parse::<usize>().unwrap_or(0) * entry
                    && newer.and_then(|newer| self.log.folder.bytes(newer)).is_some_and(|all| all.starts_with(&found))
            });
            if !begins {
                self.findings.push(finding("tile", &format!("log/{path}"), "no such file", "a file"));
            }
        }
    }
}
