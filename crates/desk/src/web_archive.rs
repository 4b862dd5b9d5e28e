//! What was collected, as a web archive (WARC 1.1) that the tools of web archiving read. A named person's decision, logged.

use std::io::Write;

use vedette_collect::warc::write::{WarcInfo, WarcItem, WarcWritten, write};
use vedette_core::{ItemId, LeafKind, Sha256};

use crate::{Desk, DeskError, DeskResult, Role, Who};

/// Items of one archive.
const ITEMS_MAX: usize = 10_000;
/// Bytes of exhibits of one archive, which is made in memory.
const BYTES_MAX: usize = 1024 * 1024 * 1024;

/// One exhibit with what the archive says of it.
struct Piece {
    url: String,
    captured_at: jiff::Timestamp,
    media_type: String,
    bytes: Vec<u8>,
    leaf: u64,
}

impl Desk {
    /// Writes the exhibits of `items` (every version and file that is still here) as a web archive named `file_name`.
    pub fn web_archive(
        &self,
        who: &Who,
        items: &[ItemId],
        file_name: &str,
        mut out: &mut dyn Write,
    ) -> DeskResult<WarcWritten> {
        who.may(Role::Editor, "export web archives")?;
        if items.is_empty() || items.len() > ITEMS_MAX {
            return Err(DeskError::Unusable(format!("name 1 to {ITEMS_MAX} items, such as i42")));
        }
        let record = serde_json::json!({ "export": "warc", "items": items, "by": who.name() }).to_string();
        self.ports.records.log(LeafKind::Export, &record, self.now())?;
        let tree_size = self.ports.records.checkpoint()?.size;
        let mut pieces = Vec::new();
        let mut size = 0;
        for item in items {
            self.pieces(*item, &mut pieces, &mut size)?;
        }
        let info = WarcInfo {
            software: concat!("vedette/", env!("CARGO_PKG_VERSION")),
            description: "exhibits of a workspace; each metadata record names the leaf of the custody log",
            operator: Some(who.name()),
            file_name,
            made_at: self.now(),
        };
        let written = pieces.iter().map(|piece| WarcItem {
            url: &piece.url,
            captured_at: piece.captured_at,
            media_type: &piece.media_type,
            bytes: &piece.bytes,
            http: None,
            leaf: Some(piece.leaf),
            tree_size: Some(tree_size),
        });
        let written = write(&info, written, &mut out)
            .map_err(|error| DeskError::Unusable(format!("cannot write the archive: {error}")))?;
        self.audit(who, "export", "warc", &format!("{} items", items.len()))?;
        Ok(written)
    }

    fn pieces(&self, item: ItemId, pieces: &mut Vec<Piece>, size: &mut usize) -> DeskResult<()> {
        let view = self.ports.records.item(item)?;
        for version in &view.versions {
            let version = &version.version;
            let named = |name: String| format!("urn:vedette:{}:{item}:{name}", view.item.source);
            let own = view.item.url.clone().unwrap_or_else(|| named(format!("version-{}", version.number)));
            let files = version.attachments.iter().filter_map(|file| {
                let url = file.url.clone().unwrap_or_else(|| named(format!("file-{}", file.id)));
                Some((file.exhibit?, url))
            });
            for (sha256, url) in std::iter::once((version.exhibit, own)).chain(files) {
                let Some((bytes, media_type)) = self.bytes_of(sha256)? else { continue };
                *size += bytes.len();
                if *size > BYTES_MAX {
                    return Err(DeskError::Unusable(format!(
                        "these items hold more than {BYTES_MAX} bytes: export fewer at a time"
                    )));
                }
                let (captured_at, leaf) = (version.captured_at, version.leaf);
                pieces.push(Piece { url, captured_at, media_type, bytes, leaf });
            }
        }
        Ok(())
    }

    /// Bytes and media type of an exhibit that is still here.
    fn bytes_of(&self, sha256: Sha256) -> DeskResult<Option<(Vec<u8>, String)>> {
        let media_type = match self.ports.records.exhibit(sha256)? {
            Some(info) if !info.sealed => info.media_type,
            _ => return Ok(None),
        };
        Ok(self.ports.blobs.get(sha256)?.map(|bytes| (bytes, media_type)))
    }
}
