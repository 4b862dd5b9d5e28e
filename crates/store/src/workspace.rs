//! A workspace: one folder with everything a desk has, opened whole.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use vedette_core::ports::{Blobs, CustodyLog, Index, Judgements, Kinship, Queue, Records, Translations};
use vedette_core::{StoreError, StoreResult};

use crate::fault::io_error;
use crate::lock::Lock;
use crate::{FolderBlobs, SignedLog, SqliteRecords, TantivyIndex};

/// Erasures whose files are looked for when a workspace is opened: a crash leaves behind the newest.
const ERASURES_CHECKED: usize = 1_000;

/// How a workspace is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// Makes what is missing, then opens for writing.
    Create,
    /// For writing; one process at a time.
    Write,
    /// For reading, while another process may write.
    ReadOnly,
}

/// What lies outside the workspace and guards its log.
#[derive(Debug, Clone)]
pub struct Custody {
    /// Folder of the keys that sign and of the checkpoints last seen.
    pub keys: PathBuf,
    /// Whether a log that contradicts the checkpoint last seen is refused; only verifying and accepting open it.
    pub refuse: bool,
    /// The time now, for the leaf of a key that is made.
    pub now: Timestamp,
}

/// An open workspace. In the writing modes it holds the lock for as long as it lives.
pub struct Workspace {
    dir: PathBuf,
    mode: OpenMode,
    records: Arc<SqliteRecords>,
    blobs: Arc<FolderBlobs>,
    index: Arc<TantivyIndex>,
    log: Arc<SignedLog>,
    _lock: Option<Lock>,
}

impl Workspace {
    /// Opens the workspace in `dir`. Claims of a process that is gone are given back, and files that it left behind are
    /// removed: unfinished ones, and those of erased exhibits. Its log can be proved and not signed: see
    /// [`Workspace::open_signed`].
    pub fn open(dir: &Path, mode: OpenMode) -> StoreResult<Self> {
        Self::open_with(dir, mode, None)
    }

    /// Opens the workspace in `dir` with the keys of its log. A log that is not the continuation of the one last seen on
    /// this machine is refused.
    pub fn open_signed(dir: &Path, mode: OpenMode, custody: &Custody) -> StoreResult<Self> {
        Self::open_with(dir, mode, Some(custody))
    }

    fn open_with(dir: &Path, mode: OpenMode, custody: Option<&Custody>) -> StoreResult<Self> {
        let catalogue = dir.join("catalogue.sqlite");
        let vault = dir.join("vault");
        if mode == OpenMode::Create {
            for folder in [dir, &vault, &dir.join("keys")] {
                fs::create_dir_all(folder).map_err(|error| io_error("make", folder, error))?;
            }
        } else if !catalogue.is_file() {
            return Err(StoreError::Refused(format!(
                "`{}` is not a workspace: make one with `vedette init {}`",
                dir.display(),
                dir.display()
            )));
        }
        let lock = match mode {
            OpenMode::ReadOnly => None,
            OpenMode::Create | OpenMode::Write => Some(Lock::take(dir)?),
        };
        let writable = lock.is_some();
        let records = Arc::new(SqliteRecords::open(&catalogue, writable)?);
        let blobs = Arc::new(FolderBlobs::new(vault, Arc::clone(&records), writable));
        if writable {
            tidy_up(&records, &blobs)?;
        }
        let keys = custody.map(|custody| custody.keys.clone());
        let log = Arc::new(SignedLog::new(Arc::clone(&records), dir.join("log"), keys, writable)?);
        if let Some(custody) = custody {
            match log.begin(custody.refuse, custody.now) {
                // Comparing writes tiles. Nothing can be taken in while the disk is full, and reading must go on.
                Err(StoreError::Full(why)) => {
                    tracing::warn!(
                        why,
                        "the disk is full: the log is compared with the one last seen when there is room"
                    );
                }
                outcome => outcome?,
            }
        }
        let index = Arc::new(TantivyIndex::open(&dir.join("index"), writable)?);
        let workspace = Self { dir: dir.to_owned(), mode, records, blobs, index, log, _lock: lock };
        if mode == OpenMode::Create {
            workspace.names_key()?;
        }
        Ok(workspace)
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The catalogue.
    pub fn records(&self) -> Arc<dyn Records> {
        Arc::clone(&self.records) as Arc<dyn Records>
    }

    /// Work that waits.
    pub fn queue(&self) -> Arc<dyn Queue> {
        Arc::clone(&self.records) as Arc<dyn Queue>
    }

    /// Translations.
    pub fn translations(&self) -> Arc<dyn Translations> {
        Arc::clone(&self.records) as Arc<dyn Translations>
    }

    /// What people judge besides levels.
    pub fn judgements(&self) -> Arc<dyn Judgements> {
        Arc::clone(&self.records) as Arc<dyn Judgements>
    }

    /// Joins, families as people parted them, and issues.
    pub fn kinship(&self) -> Arc<dyn Kinship> {
        Arc::clone(&self.records) as Arc<dyn Kinship>
    }

    /// Bytes.
    pub fn blobs(&self) -> Arc<dyn Blobs> {
        Arc::clone(&self.blobs) as Arc<dyn Blobs>
    }

    /// The search index.
    pub fn index(&self) -> Arc<dyn Index> {
        Arc::clone(&self.index) as Arc<dyn Index>
    }

    /// The log towards the world: signed checkpoints and proofs.
    pub fn log(&self) -> Arc<dyn CustodyLog> {
        Arc::clone(&self.log) as Arc<dyn CustodyLog>
    }

    /// The key that turns account names into pseudonyms: 32 random bytes, readable by the owner alone. Made once; a
    /// workspace that has captured anything refuses to make another, because every name would change.
    pub fn names_key(&self) -> StoreResult<[u8; 32]> {
        let path = self.dir.join("keys").join("names.key");
        match fs::File::open(&path) {
            Ok(file) => {
                let mut bytes = Vec::new();
                file.take(64).read_to_end(&mut bytes).map_err(|error| io_error("read", &path, error))?;
                bytes.try_into().map_err(|bytes: Vec<u8>| {
                    StoreError::Damaged(format!(
                        "`{}` holds {} bytes instead of 32; restore it from a backup",
                        path.display(),
                        bytes.len()
                    ))
                })
            }
            Err(error) if error.kind() == ErrorKind::NotFound => self.make_names_key(&path),
            Err(error) => Err(io_error("open", &path, error)),
        }
    }

    fn make_names_key(&self, path: &Path) -> StoreResult<[u8; 32]> {
        if self.mode == OpenMode::ReadOnly || self.records.counts()?.captures > 0 {
            return Err(StoreError::Damaged(format!(
                "`{}` is missing, and without it no account is known again; restore it from a backup",
                path.display()
            )));
        }
        let folder = self.dir.join("keys");
        fs::create_dir_all(&folder).map_err(|error| io_error("make", &folder, error))?;
        let mut key = [0; 32];
        getrandom::fill(&mut key)
            .map_err(|error| StoreError::Engine { engine: "random source", message: error.to_string() })?;
        let mut file = tempfile::Builder::new()
            .prefix(".names-")
            .permissions(fs::Permissions::from_mode(0o600))
            .tempfile_in(&folder)
            .map_err(|error| io_error("write in", &folder, error))?;
        file.write_all(&key)
            .and_then(|()| file.as_file().sync_all())
            .map_err(|error| io_error("write", path, error))?;
        file.persist_noclobber(path).map_err(|error| io_error("write", path, error.error))?;
        fs::File::open(&folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| io_error("make durable", &folder, error))?;
        Ok(key)
    }
}

/// Puts right what a process left that was killed. On a full disk that waits: everything can still be read.
fn tidy_up(records: &SqliteRecords, blobs: &FolderBlobs) -> StoreResult<()> {
    let tidy = || -> StoreResult<()> {
        let swept = blobs.sweep()?;
        if swept > 0 {
            tracing::info!(swept, "removed files that were never finished");
        }
        records.release_claims()?;
        for sha256 in records.newly_erased(ERASURES_CHECKED)? {
            blobs.erase(sha256)?;
        }
        Ok(())
    };
    match tidy() {
        Err(StoreError::Full(why)) => {
            tracing::warn!(why, "the disk is full: what an earlier process left stays for now");
            Ok(())
        }
        outcome => outcome,
    }
}
