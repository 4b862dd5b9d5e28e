//! Verifying a whole workspace through its ports: every exhibit re-hashed, the log computed again from its leaves and
//! compared with every checkpoint, rows compared with the leaves that speak of them. Memory stays flat.

use std::collections::VecDeque;

use vedette_core::ports::{Blobs, Records};
use vedette_core::{Checkpoint, Sha256, StoreResult};

use crate::tree::Tree;
use crate::{Finding, VerifyReport, leaf, sha256};

/// Rows read at a time.
const ROWS: usize = 1_024;

/// Verifies everything. `progress` gets (done, of all).
pub fn verify(
    records: &dyn Records,
    blobs: &dyn Blobs,
    progress: &mut dyn FnMut(u64, u64),
) -> StoreResult<VerifyReport> {
    let counts = records.counts()?;
    let all = counts.exhibits + counts.leaves;
    let mut findings = Vec::new();
    let exhibits = verify_exhibits(records, blobs, &mut findings, &mut |done| progress(done, all))?;
    let (leaves, root) = verify_log(records, &mut findings, &mut |done| progress(exhibits + done, all))?;
    for [what, place, expected, found] in records.check()? {
        findings.push(Finding { what, r#where: place, expected, found });
    }
    Ok(VerifyReport { exhibits, leaves, root, ok: findings.is_empty(), findings })
}

fn verify_exhibits(
    records: &dyn Records,
    blobs: &dyn Blobs,
    findings: &mut Vec<Finding>,
    progress: &mut dyn FnMut(u64),
) -> StoreResult<u64> {
    let mut done = 0;
    let mut after = None;
    loop {
        let rows = records.exhibits(after, ROWS)?;
        let Some(last) = rows.last() else { return Ok(done) };
        after = Some(last.sha256);
        for info in rows {
            done += 1;
            progress(done);
            if info.erased {
                continue;
            }
            let found = match blobs.get(info.sha256) {
                Ok(Some(bytes)) if sha256(&bytes) == info.sha256 => continue,
                Ok(Some(bytes)) => sha256(&bytes).hex(),
                Ok(None) => "missing".to_owned(),
                Err(error) => error.to_string(),
            };
            findings.push(Finding::new("exhibit", info.sha256.hex(), info.sha256.hex(), found));
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
