//! One process writes a workspace. The lock is the system's own (`flock`), so it goes when the process goes; the file
//! tells who holds it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use vedette_core::{StoreError, StoreResult};

use crate::fault::io_error;

/// Bytes read of a lock file: a process number is shorter.
const HOLDER_BYTES_MAX: u64 = 64;

/// Held for as long as it lives.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock or says who holds it.
    pub fn take(dir: &Path) -> StoreResult<Self> {
        let path = dir.join("workspace.lock");
        let mut file = OpenOptions::new()
            .create(true)
            .read(true)
            .write(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| io_error("open", &path, error))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => {
                let mut holder = String::new();
                // The number is for people only: without it the message is still true.
                (&file).take(HOLDER_BYTES_MAX).read_to_string(&mut holder).ok();
                let holder = match holder.trim() {
                    "" => "unknown".to_owned(),
                    pid => format!("process {pid}"),
                };
                return Err(StoreError::Locked { path: dir.display().to_string(), holder });
            }
            Err(error) => return Err(io_error("lock", &path, error.into())),
        }
        let written = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(format!("{}\n", std::process::id()).as_bytes()));
        if let Err(error) = written {
            // A full disk must not keep anybody from reading; the lock itself holds.
            tracing::warn!(%error, "cannot note the process in workspace.lock");
        }
        Ok(Self { _file: file })
    }
}
