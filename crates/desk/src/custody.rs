//! Custody: proving what is kept, copying it, and erasing sealed pages whose time is up.

use vedette_preserve::VerifyReport;

use crate::{Desk, DeskResult};

/// Pages looked at in one go.
const ROWS: usize = 1_024;

/// What the erasing of sealed pages did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erased {
    /// Pages erased.
    pub pages: u64,
}

impl Desk {
    /// Re-hashes every exhibit, re-computes the log against its checkpoints, and checks rows against leaves.
    /// `progress` gets (done, of all).
    pub fn verify(&self, progress: &mut dyn FnMut(u64, u64)) -> DeskResult<VerifyReport> {
        Ok(vedette_preserve::verify::verify(self.ports.records.as_ref(), self.ports.blobs.as_ref(), progress)?)
    }

    /// Writes a consistent copy of the catalogue to a new file while work goes on.
    pub fn copy_catalogue(&self, file: &std::path::Path) -> DeskResult<()> {
        Ok(self.ports.records.copy_to(file)?)
    }

    /// Erases sealed response pages whose time is up. Their hashes stay in the log, with the reason.
    pub fn erase_expired_pages(&self) -> DeskResult<Erased> {
        let mut erased = Erased::default();
        loop {
            let due = self.ports.records.expired_pages(self.now(), ROWS)?;
            if due.is_empty() {
                return Ok(erased);
            }
            for sha256 in due {
                self.ports.records.mark_erased(sha256, "sealed response page, kept for its time", self.now())?;
                self.ports.blobs.erase(sha256)?;
                erased.pages += 1;
            }
        }
    }
}
