//! Bundles: exhibits with the log entries and proofs that anyone can verify offline, as named files. The program packs
//! them into a zip.

use vedette_core::{ItemId, LeafKind, LogEntry, Sha256, VersionId};
use vedette_preserve::bundle::{self, BundleFile};

use crate::{Desk, DeskError, DeskResult, Role, Who};

/// Items that one bundle may hold: a case, not an archive.
const ITEMS_MAX: usize = 1_000;
/// Leaves read at a time.
const ROWS: usize = 4_096;

impl Desk {
    /// The files of a bundle about `items`: exhibits of every version and file, log entries, proofs, checkpoint,
    /// manifest and a readable index. Logged as an export.
    pub fn bundle(&self, who: &Who, items: &[ItemId]) -> DeskResult<Vec<BundleFile>> {
        who.may(Role::Editor, "export bundles")?;
        if items.is_empty() || items.len() > ITEMS_MAX {
            return Err(DeskError::Unusable(format!("name 1 to {ITEMS_MAX} items, such as i42")));
        }
        let record = serde_json::json!({ "export": "bundle", "items": items, "by": who.name() }).to_string();
        self.ports.records.log(LeafKind::Export, &record, self.now())?;
        let checkpoint = self.ports.records.checkpoint()?;

        let mut views = Vec::with_capacity(items.len());
        for item in items {
            views.push(self.ports.records.item(*item)?);
        }
        let (leaves, files) = self.read_log(checkpoint.size)?;
        let mut exhibits = Vec::new();
        for version in views.iter().flat_map(|view| &view.versions) {
            let files = version.version.attachments.iter().filter_map(|file| file.exhibit);
            for sha256 in std::iter::once(version.version.exhibit).chain(files) {
                if exhibits.iter().any(|(known, _)| *known == sha256) {
                    continue;
                }
                if let Some(bytes) = self.ports.blobs.get(sha256)? {
                    exhibits.push((sha256, bytes));
                }
            }
        }
        let mut entries = Vec::new();
        for version in views.iter().flat_map(|view| &view.versions) {
            entries.extend(self.ports.records.log_entries(version.version.leaf, 1)?);
            // A file that came later than its version has a leaf of its own.
            let of_this = |entry: &&LogEntry| speaks_of(entry, version.version.id);
            entries.extend(files.iter().filter(of_this).cloned());
        }
        self.audit(who, "export bundle", &format!("{} items", items.len()), "")?;
        Ok(bundle::files(&views, &exhibits, &entries, &leaves, &checkpoint))
    }

    /// All commitments of the log up to `size`, and the entries about files that came late.
    fn read_log(&self, size: u64) -> DeskResult<(Vec<Sha256>, Vec<LogEntry>)> {
        let mut leaves = Vec::new();
        let mut files = Vec::new();
        while (leaves.len() as u64) < size {
            let entries = self.ports.records.log_entries(leaves.len() as u64, ROWS)?;
            if entries.is_empty() {
                break;
            }
            leaves.extend(entries.iter().map(|entry| entry.commitment));
            files.extend(entries.into_iter().filter(|entry| entry.kind == LeafKind::File));
        }
        leaves.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        Ok((leaves, files))
    }
}

/// Whether a file's log entry is about this version.
fn speaks_of(entry: &LogEntry, version: VersionId) -> bool {
    serde_json::from_str::<serde_json::Value>(&entry.record)
        .is_ok_and(|record| record["version"].as_str() == Some(version.to_string().as_str()))
}
