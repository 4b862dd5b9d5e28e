//! Custody: proving what is kept, signing the log, copying the catalogue, and erasing sealed pages whose time is up.

use std::sync::Arc;

use vedette_core::ports::CustodyLog;
use vedette_core::{Checkpoint, LeafKind, LogKey, LogStatus, SealedCheckpoint};
use vedette_preserve::VerifyReport;
use vedette_preserve::records::{Record, ViewRecord, whole};
use vedette_preserve::verify::{self, Progress, Scrubbed};

use crate::{Desk, DeskResult, Role, Who};

/// Pages looked at in one go.
const ROWS: usize = 1_024;

/// What the erasing of sealed pages did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erased {
    /// Pages erased.
    pub pages: u64,
}

impl Desk {
    /// Re-hashes every exhibit, re-computes the log against its checkpoints and tiles, and checks rows against leaves.
    /// `progress` gets (done, of all).
    pub fn verify(&self, progress: &mut dyn FnMut(u64, u64)) -> DeskResult<VerifyReport> {
        self.verify_from(Scrubbed::default(), &mut |now| progress(now.done, now.all))
    }

    /// The same, going on with the exhibits where an earlier run was left.
    pub fn verify_from(&self, from: Scrubbed, progress: &mut dyn FnMut(&Progress<'_>)) -> DeskResult<VerifyReport> {
        let ports = &self.ports;
        let (records, blobs, log) = (ports.records.as_ref(), ports.blobs.as_ref(), ports.log.as_ref());
        Ok(verify::verify_from(records, blobs, Some(log), from, progress)?)
    }

    /// How far the log has come, by its rows alone.
    pub fn log_edge(&self) -> DeskResult<Checkpoint> {
        Ok(self.ports.records.checkpoint()?)
    }

    /// The log towards the world, for taking its checkpoints to witnesses.
    pub fn custody_log(&self) -> Arc<dyn CustodyLog> {
        Arc::clone(&self.ports.log)
    }

    /// Signs a checkpoint over everything that is logged.
    pub fn seal(&self) -> DeskResult<SealedCheckpoint> {
        Ok(self.ports.log.seal(self.now())?)
    }

    /// Where the log stands.
    pub fn log_status(&self) -> DeskResult<LogStatus> {
        Ok(self.ports.log.status()?)
    }

    /// Goes on after a rollback that this person answers for. Logged and audited.
    pub fn accept_log(&self, who: &Who, reason: &str) -> DeskResult<LogKey> {
        who.may(Role::Admin, "accept a log that was rolled back")?;
        let key = self.ports.log.accept(who.name(), reason, self.now())?;
        self.audit(who, "log accept", &key.verifier, reason)?;
        Ok(key)
    }

    /// Logs that a person looked at what is sealed or restricted: `act` says what they did, such as `unblurred`.
    pub fn log_view(&self, who: &Who, object: &str, act: &str) -> DeskResult<u64> {
        let at = self.now();
        let record = ViewRecord { object, act, by: who.name(), at: whole(at) };
        Ok(self.ports.records.log(LeafKind::View, &record.text(), at)?)
    }

    /// Writes a consistent copy of the catalogue to a new file while work goes on. It ends with a signed checkpoint, so
    /// that the copy can be checked where the key is not.
    pub fn copy_catalogue(&self, file: &std::path::Path) -> DeskResult<()> {
        self.seal()?;
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
