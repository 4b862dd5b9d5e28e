//! The folder `log/`: tiles, entries and the newest checkpoint as C2SP tlog-tiles lays them out, so that any server of
//! files can publish the log. Everything here can be written again from the rows.

use std::collections::HashMap;
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use vedette_core::{Sha256, StoreResult};
use vedette_preserve::note::{NOTE_BYTES_MAX, Note};
use vedette_preserve::tiles::{Tile, TileFile, TileSource, TileWriter, WIDTH, entries_of, tile_hashes};

use crate::fault::io_error;
use crate::log_files::keys;

/// Ending of a file that is being written.
pub(super) const UNFINISHED: &str = ".new";

/// Bytes of the largest file here: an entry bundle of 256 entries of 34 bytes.
const FILE_BYTES_MAX: u64 = 34 * WIDTH;
/// Tiles kept in memory while proofs are computed: 8 KiB each.
const TILES_KEPT: usize = 256;

/// The folder.
pub(crate) struct LogFolder {
    dir: PathBuf,
    kept: Mutex<HashMap<Tile, Vec<Sha256>>>,
}

impl LogFolder {
    pub fn new(dir: PathBuf) -> Self {
        Self { dir, kept: Mutex::default() }
    }

    /// Where it lies.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The newest checkpoint written here; `None` when there is none that can be read.
    pub fn checkpoint(&self) -> StoreResult<Option<Note>> {
        let text = keys::read(&self.dir.join("checkpoint"), NOTE_BYTES_MAX as u64)?;
        Ok(text.and_then(|text| text.parse().ok()))
    }

    /// A writer that goes on after `size` leaves; `None` when the partial tiles are not there.
    pub fn resume(&self, size: u64) -> Option<TileWriter> {
        let last = Tile { level: 0, number: size / WIDTH, width: (size % WIDTH) as u16 };
        let entries = match last.width {
            0 => Vec::new(),
            _ => entries_of(&self.bytes(&last.entries_path())?)?,
        };
        TileWriter::resume(size, |tile| self.tile(tile), entries)
    }

    /// The bytes of a file here; `None` when it is missing or too long.
    pub fn bytes(&self, path: &str) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let file = fs::File::open(self.dir.join(path)).ok()?;
        file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).ok()?;
        (bytes.len() as u64 <= FILE_BYTES_MAX).then_some(bytes)
    }

    /// Writes a tile, and beside one of level 0 its entries. A full one takes the place of its partial ones.
    pub fn put(&self, file: &TileFile<'_>) -> StoreResult<()> {
        self.write(&file.tile.path(), file.bytes)?;
        if let Some(entries) = file.entries {
            self.write(&file.tile.entries_path(), entries)?;
        }
        if file.tile.is_full() {
            self.drop_partials(&file.tile.path())?;
            if file.entries.is_some() {
                self.drop_partials(&file.tile.entries_path())?;
            }
        }
        Ok(())
    }

    fn drop_partials(&self, full: &str) -> StoreResult<()> {
        let folder = self.dir.join(format!("{full}.p"));
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(io_error("remove", &folder, error)),
            _ => Ok(()),
        }
    }

    /// Writes a file beside its place and moves it there. Durable after [`LogFolder::sync`].
    fn write(&self, path: &str, bytes: &[u8]) -> StoreResult<()> {
        let path = self.dir.join(path);
        let folder = path.parent().unwrap_or(&self.dir);
        fs::create_dir_all(folder).map_err(|error| io_error("make", folder, error))?;
        let new = PathBuf::from(format!("{}{UNFINISHED}", path.display()));
        let written = fs::write(&new, bytes).and_then(|()| fs::rename(&new, &path));
        if written.is_err() {
            // The error that is told is the one of writing.
            fs::remove_file(&new).ok();
        }
        written.map_err(|error| io_error("write", &path, error))
    }

    /// Makes all tiles durable: one call for all of them, because an intake may bring hundreds.
    pub fn sync(&self) -> StoreResult<()> {
        fs::File::open(&self.dir)
            .and_then(|folder| rustix::fs::syncfs(&folder).map_err(std::io::Error::from))
            .map_err(|error| io_error("make durable", &self.dir, error))
    }

    /// Publishes a checkpoint, after its tiles are durable.
    pub fn put_checkpoint(&self, note: &str) -> StoreResult<()> {
        self.write("checkpoint", note.as_bytes())
    }

    /// Removes every tile.
    pub fn clear(&self) -> StoreResult<()> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let tiles = self.dir.join("tile");
        match fs::remove_dir_all(&tiles) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(io_error("remove", &tiles, error)),
            _ => Ok(()),
        }
    }

    /// Every file under `tile/`, relative to the log, in order.
    pub fn list(&self) -> Vec<String> {
        let mut files = Vec::new();
        let mut folders = vec![self.dir.join("tile")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(path) = path.strip_prefix(&self.dir) {
                    files.push(path.to_string_lossy().into_owned());
                }
            }
        }
        files.sort();
        files
    }
}

impl TileSource for LogFolder {
    fn tile(&self, tile: Tile) -> Option<Vec<Sha256>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(hashes) = kept.get(&tile) {
            return Some(hashes.clone());
        }
        let hashes = tile_hashes(&self.bytes(&tile.path())?, tile.width)?;
        // Only full tiles stay what they are.
        if tile.is_full() {
            if kept.len() >= TILES_KEPT {
                kept.clear();
            }
            kept.insert(tile, hashes.clone());
        }
        Some(hashes)
    }
}
