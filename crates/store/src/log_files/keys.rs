//! What lies outside the workspace: the key that signs checkpoints, and the checkpoint last seen on this machine. Whoever
//! owns the workspace's files alone can neither sign nor make this machine forget how far the log had come.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use vedette_core::{StoreError, StoreResult};
use vedette_preserve::note::{NOTE_BYTES_MAX, Note, SigningKey};
use vedette_preserve::sha256;

use crate::fault::io_error;

/// Bytes of a key file: 64 hexadecimal digits and a newline.
const KEY_BYTES_MAX: u64 = 128;

/// The folder of keys, one folder a log in it.
#[derive(Debug, Clone)]
pub struct Keyring {
    folder: PathBuf,
}

impl Keyring {
    /// The keys in `folder`, which need not exist yet.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn of(&self, log_name: &str) -> PathBuf {
        let hex = sha256(log_name.as_bytes()).hex();
        self.folder.join(hex.get(..16).unwrap_or_default())
    }

    /// The key that signs for a log; `None` when it is not on this machine.
    pub fn signing_key(&self, log_name: &str) -> StoreResult<Option<SigningKey>> {
        let path = self.of(log_name).join("signing.key");
        let Some(text) = read(&path, KEY_BYTES_MAX)? else { return Ok(None) };
        let seed: vedette_core::Sha256 = text.trim().parse().map_err(|_| {
            StoreError::Damaged(format!("`{}` is not a key of 64 hexadecimal digits; restore it", path.display()))
        })?;
        Ok(Some(SigningKey::from_seed(log_name, &seed.0)))
    }

    /// Makes the key of a log, readable by the owner alone.
    pub fn make_key(&self, log_name: &str) -> StoreResult<SigningKey> {
        let folder = self.of(log_name);
        make_private(&folder)?;
        let mut seed = [0; 32];
        fill(&mut seed)?;
        let text = format!("{}\n", vedette_core::Sha256(seed));
        put(&folder, "signing.key", text.as_bytes(), false)?;
        Ok(SigningKey::from_seed(log_name, &seed))
    }

    /// The checkpoint last seen of a log on this machine.
    pub fn last_seen(&self, log_name: &str) -> StoreResult<Option<Note>> {
        let path = self.of(log_name).join("checkpoint");
        let Some(text) = read(&path, NOTE_BYTES_MAX as u64)? else { return Ok(None) };
        text.parse().map(Some).map_err(|error| {
            StoreError::RolledBack(format!("the checkpoint last seen, `{}`, cannot be read: {error}", path.display()))
        })
    }

    /// Keeps a checkpoint as the one last seen.
    pub fn see(&self, log_name: &str, note: &Note) -> StoreResult<()> {
        let folder = self.of(log_name);
        make_private(&folder)?;
        put(&folder, "checkpoint", note.to_string().as_bytes(), true)
    }
}

/// Random bytes from the system.
pub(crate) fn fill(bytes: &mut [u8]) -> StoreResult<()> {
    getrandom::fill(bytes).map_err(|error| StoreError::Engine { engine: "random source", message: error.to_string() })
}

fn make_private(folder: &Path) -> StoreResult<()> {
    fs::create_dir_all(folder)
        .and_then(|()| fs::set_permissions(folder, fs::Permissions::from_mode(0o700)))
        .map_err(|error| io_error("make", folder, error))
}

/// A text file up to a limit; `None` when it is not there.
pub(crate) fn read(path: &Path, bytes_max: u64) -> StoreResult<Option<String>> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io_error("open", path, error)),
    };
    let mut bytes = Vec::new();
    file.take(bytes_max).read_to_end(&mut bytes).map_err(|error| io_error("read", path, error))?;
    // What is not text is no key and no note: its reader says so.
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Writes a file beside its place and moves it there, durably. Without `replace` a file that is there stays.
fn put(folder: &Path, name: &str, bytes: &[u8], replace: bool) -> StoreResult<()> {
    let path = folder.join(name);
    let mut file = tempfile::Builder::new()
        .prefix(".new-")
        .permissions(fs::Permissions::from_mode(0o600))
        .tempfile_in(folder)
        .map_err(|error| io_error("write in", folder, error))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(|error| io_error("write", &path, error))?;
    let placed = if replace { file.persist(&path) } else { file.persist_noclobber(&path) };
    placed.map_err(|error| io_error("write", &path, error.error))?;
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| io_error("make durable", folder, error))
}
