//! Large exhibits as files under their SHA-256: `vault/ab/cd/HASH`. A file is there whole or not at all: it is written
//! in `vault/incoming/`, made durable, renamed into its place, and the folder made durable too. What a crash leaves in
//! `incoming/` is nobody's yet and is removed when the workspace is opened for writing.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use vedette_core::limits::EXHIBIT_BYTES_MAX;
use vedette_core::ports::Blobs;
use vedette_core::{Sha256, StoreError, StoreResult};

use crate::SqliteRecords;
use crate::crash::{self, Lie};
use crate::fault::io_error;

/// Bytes of a large exhibit read at a time: they stay in the processor's cache while they are hashed.
const STREAM_BYTES: usize = 256 * 1024;
/// Folder of the vault in which files are written before they get their name.
const INCOMING: &str = "incoming";

/// Bytes by their SHA-256: files, and the small ones that are rows of the catalogue.
pub struct FolderBlobs {
    vault: PathBuf,
    records: Arc<SqliteRecords>,
    writable: bool,
}

impl FolderBlobs {
    /// The vault in `vault`; small exhibits are read from `records`.
    pub fn new(vault: PathBuf, records: Arc<SqliteRecords>, writable: bool) -> Self {
        Self { vault, records, writable }
    }

    fn place(&self, sha256: Sha256) -> (PathBuf, PathBuf) {
        let hex = sha256.hex();
        let folder = self.vault.join(hex.get(..2).unwrap_or_default()).join(hex.get(2..4).unwrap_or_default());
        let file = folder.join(&hex);
        (folder, file)
    }

    /// Makes a folder and every folder above it up to the vault, each durable in the one that holds it.
    fn make_folder(&self, folder: &Path) -> StoreResult<()> {
        if folder.is_dir() {
            return Ok(());
        }
        if let Some(above) = folder.parent().filter(|_| folder != self.vault) {
            self.make_folder(above)?;
        }
        match fs::create_dir(folder) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(io_error("make", folder, error)),
            _ => {}
        }
        folder.parent().map_or(Ok(()), |above| self.sync_folder(above))
    }

    /// Removes what a crash left unfinished; how many files. Only for the one process that holds the workspace.
    pub(crate) fn sweep(&self) -> StoreResult<usize> {
        let incoming = self.vault.join(INCOMING);
        let entries = match fs::read_dir(&incoming) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
            Err(error) => return Err(io_error("list", &incoming, error)),
        };
        let mut swept = 0;
        for entry in entries {
            let path = entry.map_err(|error| io_error("list", &incoming, error))?.path();
            fs::remove_file(&path).map_err(|error| io_error("remove", &path, error))?;
            swept += 1;
        }
        Ok(swept)
    }

    /// Makes a file or folder durable. A failed fsync is never tried again: after it the system may have forgotten what
    /// was to be written, so nothing more is written until the workspace is opened anew.
    fn sync(&self, file: &File, path: &Path) -> StoreResult<()> {
        if crash::lies(Lie::NoFsync) {
            return Ok(());
        }
        file.sync_all().map_err(|error| {
            self.records.stop(&format!("`{}` could not be made durable ({error})", path.display()));
            io_error("make durable", path, error)
        })
    }

    fn sync_folder(&self, folder: &Path) -> StoreResult<()> {
        let opened = File::open(folder).map_err(|error| io_error("open", folder, error))?;
        self.sync(&opened, folder)
    }

    fn writable(&self) -> StoreResult<()> {
        if self.writable {
            return self.records.refuse_stopped();
        }
        Err(StoreError::Refused("the workspace is open for reading only".to_owned()))
    }
}

impl Blobs for FolderBlobs {
    fn put(&self, sha256: Sha256, bytes: &[u8]) -> StoreResult<()> {
        self.writable()?;
        if bytes.len() as u64 > EXHIBIT_BYTES_MAX {
            return Err(StoreError::Refused(format!(
                "an exhibit of {} bytes is too large: at most {EXHIBIT_BYTES_MAX} are kept",
                bytes.len()
            )));
        }
        if matches!(self.records.inline_bytes(sha256)?, Some((true, _))) {
            // Erased bytes that are collected again do not come back.
            return Ok(());
        }
        let (folder, path) = self.place(sha256);
        if fs::metadata(&path).is_ok_and(|known| known.len() == bytes.len() as u64) {
            // It was renamed here by an earlier call, which may have failed before the folder was durable.
            return self.sync_folder(&folder);
        }
        let incoming = self.vault.join(INCOMING);
        self.make_folder(&incoming)?;
        self.make_folder(&folder)?;
        let mut file = tempfile::Builder::new()
            .prefix("put-")
            .tempfile_in(&incoming)
            .map_err(|error| io_error("write in", &incoming, error))?;
        file.write_all(bytes).map_err(|error| io_error("write", &path, error))?;
        crash::point("blob-temp-written");
        self.sync(file.as_file(), &path)?;
        crash::point("blob-fsynced");
        file.persist(&path).map_err(|error| io_error("write", &path, error.error))?;
        crash::point("blob-renamed");
        self.sync_folder(&folder)?;
        crash::point("folder-fsynced");
        Ok(())
    }

    fn get(&self, sha256: Sha256) -> StoreResult<Option<Vec<u8>>> {
        match self.records.inline_bytes(sha256)? {
            Some((true, _)) => return Ok(None),
            Some((false, Some(bytes))) => return Ok(Some(bytes)),
            _ => {}
        }
        let (_, path) = self.place(sha256);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(io_error("open", &path, error)),
        };
        let mut bytes = Vec::new();
        file.take(EXHIBIT_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|error| io_error("read", &path, error))?;
        Ok(Some(bytes))
    }

    fn stream(&self, sha256: Sha256, each: &mut dyn FnMut(&[u8])) -> StoreResult<bool> {
        match self.records.inline_bytes(sha256)? {
            Some((true, _)) => return Ok(false),
            Some((false, Some(bytes))) => {
                each(&bytes);
                return Ok(true);
            }
            _ => {}
        }
        let (_, path) = self.place(sha256);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(io_error("open", &path, error)),
        };
        let mut part = vec![0; STREAM_BYTES];
        loop {
            match file.read(&mut part) {
                Ok(0) => return Ok(true),
                Ok(count) => each(part.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(io_error("read", &path, error)),
            }
        }
    }

    fn erase(&self, sha256: Sha256) -> StoreResult<()> {
        self.writable()?;
        let (folder, path) = self.place(sha256);
        match fs::remove_file(&path) {
            Ok(()) => self.sync_folder(&folder),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(io_error("erase", &path, error)),
        }
    }
}
