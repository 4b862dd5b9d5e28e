//! Verifying a whole workspace through its ports: every exhibit re-hashed, the log computed again from its leaves and
//! compared with every checkpoint, rows compared with the leaves that speak of them, tiles and signed checkpoints compared
//! with the rows. Memory stays flat. The hashing, which takes longest, can be taken up where it was left.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256 as Hasher};
use vedette_core::ports::{Blobs, CustodyLog, Records};
use vedette_core::{Checkpoint, ExhibitInfo, Sha256, StoreResult};

use crate::tree::Tree;
use crate::{Finding, VerifyReport, leaf, sha256};

/// Rows read at a time.
const ROWS: usize = 1_024;
/// Exhibits read at a time: the small ones among them are hashed as they are read.
const EXHIBITS: usize = 512;

/// How far the hashing of exhibits has come; a run that was interrupted goes on from here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scrubbed {
    /// Row of the last exhibit that was hashed.
    pub row: i64,
    /// Exhibits hashed.
    pub exhibits: u64,
    /// Bytes hashed.
    pub bytes: u64,
    /// What was wrong among them.
    pub findings: Vec<Finding>,
}

/// Where a verification is.
#[derive(Debug)]
pub struct Progress<'s> {
    /// Exhibits and leaves done.
    pub done: u64,
    /// Exhibits and leaves of all.
    pub all: u64,
    /// What a later run needs to go on from here.
    pub scrubbed: &'s Scrubbed,
}

/// Verifies what the ports of rows and bytes hold. `progress` gets (done, of all).
pub fn verify(
    records: &dyn Records,
    blobs: &dyn Blobs,
    progress: &mut dyn FnMut(u64, u64),
) -> StoreResult<VerifyReport> {
    verify_all(records, blobs, None, progress)
}

/// Verifies everything; with `log`, its tiles and signatures too. `progress` gets (done, of all).
pub fn verify_all(
    records: &dyn Records,
    blobs: &dyn Blobs,
    log: Option<&dyn CustodyLog>,
    progress: &mut dyn FnMut(u64, u64),
) -> StoreResult<VerifyReport> {
    verify_from(records, blobs, log, Scrubbed::default(), &mut |now| progress(now.done, now.all))
}

/// Verifies everything, going on with the exhibits where an earlier run was left.
pub fn verify_from(
    records: &dyn Records,
    blobs: &dyn Blobs,
    log: Option<&dyn CustodyLog>,
    from: Scrubbed,
    progress: &mut dyn FnMut(&Progress<'_>),
) -> StoreResult<VerifyReport> {
    let counts = records.counts()?;
    let all = counts.exhibits + counts.leaves;
    let scrubbed = scrub(records, blobs, from, &mut |scrubbed| {
        progress(&Progress { done: scrubbed.exhibits, all, scrubbed });
    })?;
    let mut findings = scrubbed.findings.clone();
    let (leaves, root) = verify_log(records, &mut findings, &mut |done| {
        progress(&Progress { done: scrubbed.exhibits + done, all, scrubbed: &scrubbed });
    })?;
    let found = records.check()?.into_iter().chain(log.map_or(Ok(Vec::new()), CustodyLog::check)?);
    findings.extend(found.map(|[what, place, expected, found]| Finding::new(what, place, expected, found)));
    Ok(VerifyReport { exhibits: scrubbed.exhibits, leaves, root, ok: findings.is_empty(), findings, vouched: vec![] })
}

/// Hashes every exhibit after `from`.
fn scrub(
    records: &dyn Records,
    blobs: &dyn Blobs,
    from: Scrubbed,
    progress: &mut dyn FnMut(&Scrubbed),
) -> StoreResult<Scrubbed> {
    let mut state = from;
    let mut large: Vec<(i64, ExhibitInfo)> = Vec::new();
    loop {
        let after = state.row;
        let mut last = after;
        records.scan_exhibits(after, EXHIBITS, &mut |row, info, bytes| {
            last = row;
            match bytes {
                Some(bytes) if !info.erased => {
                    state.count(info, bytes.len() as u64, Some(sha256(bytes)));
                }
                None if !info.erased => large.push((row, info.clone())),
                _ => state.exhibits += 1,
            }
        })?;
        if last == after {
            return Ok(state);
        }
        for (_, info) in large.drain(..) {
            let (mut hasher, mut length) = (Hasher::new(), 0u64);
            let streamed = blobs.stream(info.sha256, &mut |part| {
                hasher.update(part);
                length += part.len() as u64;
            });
            match streamed {
                Ok(true) => state.count(&info, length, Some(Sha256(hasher.finalize().into()))),
                Ok(false) => state.count(&info, 0, None),
                Err(error) => {
                    state.exhibits += 1;
                    let hex = info.sha256.hex();
                    state.findings.push(Finding::new("exhibit", hex.clone(), hex, error.to_string()));
                }
            }
        }
        state.row = last;
        progress(&state);
    }
}

impl Scrubbed {
    fn count(&mut self, info: &ExhibitInfo, bytes: u64, found: Option<Sha256>) {
        self.exhibits += 1;
        self.bytes += bytes;
        let expected = info.sha256.hex();
        if found != Some(info.sha256) {
            let found = found.map_or_else(|| "missing".to_owned(), |found| found.hex());
            self.findings.push(Finding::new("exhibit", expected.clone(), expected, found));
        } else if bytes != info.size_bytes {
            let (stated, found) = (format!("{} bytes", info.size_bytes), format!("{bytes} bytes"));
            self.findings.push(Finding::new("exhibit", expected, stated, found));
        }
    }
}

fn verify_log(
    records: &dyn Records,
    findings: &mut Vec<Finding>,
    progress: &mut dyn FnMut(u64),
) -> StoreResult<(u64, Sha256)> {
    let mut tree = Tree::default();
    let mut checkpoints = Checkpoints::default();
    let mut index = 0;
    loop {
        let entries = records.log_entries(index, ROWS)?;
        let Some(last) = entries.last() else { break };
        index = last.index + 1;
        for entry in entries {
            if entry.index != tree.size() {
                findings.push(Finding::new(
                    "leaf missing",
                    format!("leaf {}", tree.size()),
                    tree.size().to_string(),
                    entry.index.to_string(),
                ));
                return Ok((tree.size(), tree.root()));
            }
            if let Some(salt) = &entry.salt {
                let commitment = leaf::commitment(salt, &entry.record);
                if commitment != entry.commitment {
                    let place = format!("leaf {}", entry.index);
                    findings.push(Finding::new("leaf record", place, entry.commitment.hex(), commitment.hex()));
                }
            }
            tree.append(leaf::leaf_hash(&entry.commitment));
            checkpoints.compare(records, &tree, findings)?;
            progress(tree.size());
        }
    }
    let newest = records.checkpoint()?;
    if newest.size != tree.size() {
        let (expected, found) = (newest.size.to_string(), tree.size().to_string());
        findings.push(Finding::new("log length", "newest checkpoint", expected, found));
    }
    Ok((tree.size(), tree.root()))
}

/// Checkpoints read ahead, smallest first.
#[derive(Default)]
struct Checkpoints {
    waiting: VecDeque<Checkpoint>,
    read_up_to: u64,
}

impl Checkpoints {
    fn compare(&mut self, records: &dyn Records, tree: &Tree, findings: &mut Vec<Finding>) -> StoreResult<()> {
        if self.waiting.is_empty() && self.read_up_to <= tree.size() {
            self.waiting = records.checkpoints(tree.size(), ROWS)?.into();
            // Without a later one there is nothing to read until the end.
            self.read_up_to = self.waiting.back().map_or(u64::MAX, |last| last.size.saturating_add(1));
        }
        while let Some(next) = self.waiting.front() {
            if next.size > tree.size() {
                break;
            }
            if next.size == tree.size() && next.root != tree.root() {
                let place = format!("checkpoint at {} leaves", next.size);
                findings.push(Finding::new("log root", place, next.root.hex(), tree.root().hex()));
            }
            self.waiting.pop_front();
        }
        Ok(())
    }
}
