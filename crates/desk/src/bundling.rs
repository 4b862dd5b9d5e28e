//! Bundles: exhibits with the log entries and proofs that anyone can verify offline, as named files. The program packs
//! them into a zip. Making one takes two steps, so that the checkpoint over its export can be taken to witnesses between.

use std::collections::HashSet;

use vedette_core::ports::CustodyLog;
use vedette_core::{ItemId, ItemView, LeafKind, LogEntry, SealedCheckpoint, Sha256, Stamp, StoreError};
use vedette_preserve::bundle::{self, BundleFile, Draft, Evidence, Parts, Prover, VouchedCheckpoint};
use vedette_preserve::note::{Note, VerifierKey};

use crate::{Desk, DeskError, DeskResult, Role, Who};

/// Items that one bundle may hold: a case, not an archive.
const ITEMS_MAX: usize = 1_000;
/// Vouched checkpoints that a bundle leads back to: the newest say all that older ones do, but each witness may have
/// been away for the last.
const VOUCHED_MAX: usize = 4;
/// Timestamps looked at.
const STAMPS_MAX: usize = 64;

/// A bundle whose export is logged and signed, before its proofs are written.
pub struct PreparedBundle {
    draft: Draft,
    export: LogEntry,
    /// The checkpoint over the export.
    pub sealed: SealedCheckpoint,
}

impl Desk {
    /// The files of a bundle about `items`, without cosignatures of witnesses. Logged as an export.
    pub fn bundle(&self, who: &Who, items: &[ItemId]) -> DeskResult<Vec<BundleFile>> {
        let prepared = self.begin_bundle(who, items)?;
        self.finish_bundle(prepared, &[])
    }

    /// Gathers what a bundle about `items` holds, logs the export with the hash of it all, and signs a checkpoint.
    pub fn begin_bundle(&self, who: &Who, items: &[ItemId]) -> DeskResult<PreparedBundle> {
        who.may(Role::Editor, "export bundles")?;
        if items.is_empty() || items.len() > ITEMS_MAX {
            return Err(DeskError::Unusable(format!("name 1 to {ITEMS_MAX} items, such as i42")));
        }
        // A key that is missing is made now: its leaf belongs into the bundle.
        self.seal()?;
        let mut views = Vec::with_capacity(items.len());
        for item in items.iter().collect::<std::collections::BTreeSet<_>>() {
            views.push(self.ports.records.item(*item)?);
        }
        let draft = bundle::draft(Parts {
            exhibits: self.exhibits_of(&views)?,
            entries: self.entries_of(&views)?,
            growth: self.cited_sizes(items)?,
            vouched: self.ports.log.vouched(VOUCHED_MAX)?.iter().map(|sealed| sealed.size).collect(),
            items: &views,
        });
        let record = serde_json::json!({
            "leaf": "export", "export": "bundle", "items": items, "by": who.name(), "files": draft.digest,
        });
        let index = self.ports.records.log(LeafKind::Export, &record.to_string(), self.now())?;
        self.audit(who, "export bundle", &format!("{} items", items.len()), "")?;
        let export = self.entry(index)?;
        Ok(PreparedBundle { draft, export, sealed: self.seal()? })
    }

    /// Writes the proofs of a bundle. Of the signatures under checkpoints those of the log and of `witnesses` go along.
    pub fn finish_bundle(&self, prepared: PreparedBundle, witnesses: &[VerifierKey]) -> DeskResult<Vec<BundleFile>> {
        let log = self.ports.log.as_ref();
        let keys: Vec<String> = log.keys()?.into_iter().map(|key| key.verifier).collect();
        let mut known: Vec<VerifierKey> = keys.iter().filter_map(|key| key.parse().ok()).collect();
        known.extend_from_slice(witnesses);
        let stamps = log.stamps(STAMPS_MAX)?;
        let all = log.vouched(STAMPS_MAX)?;
        let mut used = HashSet::new();
        // Cosignatures may have come since it was signed.
        let newest = all.iter().find(|sealed| sealed.size == prepared.sealed.size).unwrap_or(&prepared.sealed);
        let checkpoint = only_known(newest, &known, &mut used);
        let wanted = prepared.draft.vouched().to_vec();
        let mut vouched = Vec::new();
        for size in &wanted {
            let sealed = all.iter().find(|sealed| sealed.size == *size);
            let sealed = sealed.ok_or_else(|| StoreError::NotFound { what: "checkpoint", id: size.to_string() })?;
            vouched.push(VouchedCheckpoint {
                sealed: only_known(sealed, &known, &mut used),
                tokens: tokens(&stamps, *size),
            });
        }
        let own = tokens(&stamps, checkpoint.size);
        if !own.is_empty() && !wanted.contains(&checkpoint.size) {
            vouched.push(VouchedCheckpoint { sealed: checkpoint.clone(), tokens: own });
        }
        let witnesses = witnesses.iter().map(ToString::to_string).filter(|key| used.contains(key)).collect();
        let prover = Towards { log, size: checkpoint.size };
        let evidence = Evidence { checkpoint: &checkpoint, keys, witnesses, export: prepared.export, vouched };
        Ok(bundle::finish(prepared.draft, evidence, &prover)?)
    }

    fn exhibits_of(&self, views: &[ItemView]) -> DeskResult<Vec<(Sha256, Vec<u8>)>> {
        let (mut exhibits, mut known) = (Vec::new(), HashSet::new());
        for version in views.iter().flat_map(|view| &view.versions).map(|view| &view.version) {
            let files = version.attachments.iter().filter_map(|file| file.exhibit);
            for sha256 in std::iter::once(version.exhibit).chain(files).filter(|sha256| known.insert(*sha256)) {
                if let Some(bytes) = self.ports.blobs.get(sha256)? {
                    exhibits.push((sha256, bytes));
                }
            }
        }
        Ok(exhibits)
    }

    /// Every entry of the log that speaks of the items, and those of the keys.
    fn entries_of(&self, views: &[ItemView]) -> DeskResult<Vec<LogEntry>> {
        let mut leaves: Vec<u64> = self.ports.log.keys()?.iter().map(|key| key.leaf).collect();
        for view in views {
            leaves.extend(self.ports.records.leaves_of(view.item.id)?);
        }
        leaves.sort_unstable();
        leaves.dedup();
        leaves.into_iter().map(|leaf| self.entry(leaf)).collect()
    }

    fn entry(&self, leaf: u64) -> DeskResult<LogEntry> {
        let found = self.ports.records.log_entries(leaf, 1)?.into_iter().find(|entry| entry.index == leaf);
        Ok(found.ok_or_else(|| StoreError::Damaged(format!("leaf {leaf} of the log is missing")))?)
    }

    /// Sizes of the log that footnotes of reports print beside these items.
    fn cited_sizes(&self, items: &[ItemId]) -> DeskResult<Vec<u64>> {
        let reports = self.ports.records.reports()?;
        let cited = reports.iter().flat_map(|report| &report.footnotes).map(|footnote| &footnote.evidence);
        Ok(cited.filter(|evidence| items.contains(&evidence.item)).map(|evidence| evidence.tree_size).collect())
    }
}

/// A checkpoint with the signatures that can be checked, noting whose they are.
fn only_known(sealed: &SealedCheckpoint, known: &[VerifierKey], used: &mut HashSet<String>) -> SealedCheckpoint {
    let Ok(mut note) = sealed.note.parse::<Note>() else { return sealed.clone() };
    note.signatures.retain(|line| known.iter().any(|key| line.is_of(key)));
    used.extend(known.iter().filter(|key| note.signatures.iter().any(|line| line.is_of(key))).map(ToString::to_string));
    SealedCheckpoint { note: note.to_string(), ..sealed.clone() }
}

fn tokens(stamps: &[Stamp], size: u64) -> Vec<Vec<u8>> {
    stamps.iter().filter(|stamp| stamp.size == size).map(|stamp| stamp.token.clone()).collect()
}

/// Proofs towards one checkpoint, from the tiles.
struct Towards<'l> {
    log: &'l dyn CustodyLog,
    size: u64,
}

impl Prover for Towards<'_> {
    type Error = StoreError;

    fn inclusion(&self, index: u64) -> Result<Vec<Sha256>, StoreError> {
        self.log.inclusion_proof(index, self.size)
    }

    fn growth(&self, size: u64) -> Result<(Sha256, Vec<Sha256>), StoreError> {
        Ok((self.log.root_at(size)?, self.log.consistency_proof(size, self.size)?))
    }
}
