//! A set of hashes on disk. Readers take what is current and keep it; writers and merges put a new one in its place.
//!
//! | file | is |
//! |---|---|
//! | `MANIFEST` | which segments and which log count; replaced by renaming, and so is everything else that was written |
//! | `segment-N` | hashes that never change, mapped |
//! | `log-N` | what changed since |
//! | `lock` | held by the one process that writes |

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::error::HashStoreError;
use super::log::{Log, Record};
use super::segment::Segment;
use super::set::{HashIndex, Layer, sorted};
use crate::PdqHash;

const TITLE: &str = "vedette hash index 1";
/// A log of so many bytes is read in well under a second.
const LOG_BYTES_DUE: u64 = 16 << 20;

/// A change to a [`HashStore`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashChange {
    /// Adds a hash, or replaces the one that this id had.
    Insert(u64, PdqHash),
    /// Forgets the hash of an id, if it has one.
    Remove(u64),
}

/// Known hashes by id, in a folder. All methods take `&self`: share it between threads.
///
/// ```
/// use vedette_likeness::PdqHash;
/// use vedette_likeness::hamming::{HashChange, HashStore};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let folder = folder.path().join("hashes");
/// let store = HashStore::open(&folder)?;
/// store.apply(&[HashChange::Insert(7, PdqHash([0x5a; 32]))])?; // on disk when this returns
/// assert_eq!(store.within(&PdqHash([0x5a; 32]), 31), [(7, 0)]);
/// if store.merge_due() {
///     store.merge()?; // on a thread of the caller's choice; nobody waits for it
/// }
/// # Ok::<(), vedette_likeness::hamming::HashStoreError>(())
/// ```
#[derive(Debug)]
pub struct HashStore {
    folder: PathBuf,
    current: RwLock<Arc<HashIndex>>,
    writer: Mutex<Writer>,
    merging: Mutex<()>,
    _lock: File,
}

#[derive(Debug)]
struct Writer {
    log: Log,
    /// Numbers of the log and of the mapped layers' files.
    manifest: Manifest,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Manifest {
    log: u64,
    segments: Vec<u64>,
}

impl HashStore {
    /// Opens the index in a folder, or begins one in an empty folder. Takes the headers of the segments and the log, not the
    /// hashes: well under a second, however many they are.
    pub fn open(folder: &Path) -> Result<Self, HashStoreError> {
        let lock = lock(folder)?;
        let Some(manifest) = Manifest::read(folder)? else {
            if let Some(path) = ours(folder)?.into_iter().next() {
                return Err(HashStoreError::damaged(&path, "its folder has no MANIFEST"));
            }
            return Self::begin(folder, lock, HashIndex::new(), Manifest { log: 1, segments: Vec::new() });
        };
        let mut index = HashIndex::new();
        for number in &manifest.segments {
            index.layers.push(Layer::new(Segment::open(&segment_path(folder, *number))?));
        }
        let path = log_path(folder, manifest.log);
        let (log, records) = Log::open(&path)?;
        for record in records {
            match record {
                Record::Insert(id, hash) => index.insert_words(id, hash),
                Record::Remove(id) => {
                    index.remove(id);
                }
                Record::Dead(segment, id) => {
                    let layer = index.layers[..manifest.segments.len()].get_mut(segment as usize);
                    layer
                        .ok_or_else(|| HashStoreError::damaged(&path, "it names a segment that is not there"))?
                        .kill(id);
                }
            }
        }
        let store = Self::new(folder, lock, index, Writer { log, manifest });
        store.tidy(&store.write().manifest);
        Ok(store)
    }

    /// Makes an index of many hashes in an empty folder, in one go. Of an id that comes again the last hash counts.
    pub fn build(folder: &Path, entries: impl IntoIterator<Item = (u64, PdqHash)>) -> Result<Self, HashStoreError> {
        let lock = lock(folder)?;
        if let Some(path) = ours(folder)?.into_iter().next() {
            let source = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
            return Err(HashStoreError::io("build a new index beside", &path)(source));
        }
        let (mut ids, mut hashes) = (Vec::new(), Vec::new());
        for (id, hash) in entries {
            ids.push(id);
            hashes.push(hash.words());
        }
        if !ids.is_sorted_by(|a, b| a < b) {
            let mut entries: Vec<_> = ids.into_iter().zip(hashes).collect();
            super::set::sort_last_counts(&mut entries);
            (ids, hashes) = entries.into_iter().unzip();
        }
        let mut index = HashIndex::new();
        let mut manifest = Manifest { log: 1, segments: Vec::new() };
        if !ids.is_empty() {
            index.layers.push(Layer::new(new_segment(folder, 1, &ids, &hashes)?));
            manifest.segments.push(1);
        }
        Self::begin(folder, lock, index, manifest)
    }

    fn begin(folder: &Path, lock: File, index: HashIndex, manifest: Manifest) -> Result<Self, HashStoreError> {
        let log = Log::create(&log_path(folder, manifest.log), [])?;
        manifest.write(folder)?;
        Ok(Self::new(folder, lock, index, Writer { log, manifest }))
    }

    fn new(folder: &Path, lock: File, index: HashIndex, writer: Writer) -> Self {
        Self {
            folder: folder.to_owned(),
            current: RwLock::new(Arc::new(index)),
            writer: Mutex::new(writer),
            merging: Mutex::new(()),
            _lock: lock,
        }
    }

    /// What is known now; later changes and merges leave it as it is.
    #[must_use]
    pub fn snapshot(&self) -> Arc<HashIndex> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The ids whose hash differs in at most `max_distance` bits, with the distance: the nearest first, then by id.
    #[must_use]
    pub fn within(&self, hash: &PdqHash, max_distance: u32) -> Vec<(u64, u32)> {
        self.snapshot().within(hash, max_distance)
    }

    /// How many hashes are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.snapshot().len()
    }

    /// Whether no hash is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes changes, in order. They are on disk when this returns; readers see all of them or none. A crash keeps all or none of
    /// a batch of up to 65,536, and of a longer one the beginning.
    pub fn apply(&self, changes: &[HashChange]) -> Result<(), HashStoreError> {
        let mut writer = self.write();
        writer.log.append(changes.iter().map(|change| match change {
            HashChange::Insert(id, hash) => Record::Insert(*id, hash.words()),
            HashChange::Remove(id) => Record::Remove(*id),
        }))?;
        // Changed beside the current one, so that readers go on meanwhile.
        let mut index = HashIndex::clone(&self.snapshot());
        for change in changes {
            match change {
                HashChange::Insert(id, hash) => index.insert(*id, *hash),
                HashChange::Remove(id) => {
                    index.remove(*id);
                }
            }
        }
        self.publish(index);
        Ok(())
    }

    /// Whether the log has become long enough for a [`merge`](Self::merge).
    #[must_use]
    pub fn merge_due(&self) -> bool {
        self.write().log.bytes() > LOG_BYTES_DUE
    }

    /// Moves what changed into a segment, with the segments that it has outgrown; false when there is nothing to do or another
    /// thread is at it. Readers and writers go on; writers wait at the end until the new log is on disk.
    pub fn merge(&self) -> Result<bool, HashStoreError> {
        let Ok(_merging) = self.merging.try_lock() else { return Ok(false) };
        let (frozen, start) = {
            let writer = self.write();
            // Its number may be in use on disk already.
            writer.log.usable()?;
            let mut index = HashIndex::clone(&self.snapshot());
            index.freeze();
            let start = index.segment_merge_start();
            let frozen = index.clone();
            if start == frozen.layers.len() {
                index.thaw();
            }
            self.publish(index);
            (frozen, start)
        };
        let end = frozen.layers.len();
        if start == end {
            return Ok(false);
        }
        let merged = self.merge_layers(&frozen, start, end);
        if merged.is_err() {
            let _writer = self.write();
            let mut index = HashIndex::clone(&self.snapshot());
            index.thaw();
            self.publish(index);
        }
        merged.map(|()| true)
    }

    fn merge_layers(&self, frozen: &HashIndex, start: usize, end: usize) -> Result<(), HashStoreError> {
        let (ids, hashes) = sorted(frozen.layers[start..end].iter().flat_map(Layer::entries).collect());
        let number = self.write().manifest.log + 1;
        let mut new = None;
        if !ids.is_empty() {
            new = Some(Layer::new(new_segment(&self.folder, number, &ids, &hashes)?));
        }
        drop((ids, hashes));
        let mut writer = self.write();
        let mut index = HashIndex::clone(&self.snapshot());
        let mut manifest = Manifest { log: number, segments: writer.manifest.segments[..start].to_vec() };
        if let Some(new) = &mut new {
            for (now, before) in index.layers[start..end].iter().zip(&frozen.layers[start..end]) {
                now.died_since(before).for_each(|id| {
                    new.kill(id);
                });
            }
            manifest.segments.push(number);
        }
        index.layers.splice(start..end, new);
        index.thaw();
        let log = Log::create(&log_path(&self.folder, number), records(&index))?;
        if let Err(error) = manifest.write(&self.folder) {
            // Whether the new one counts is not known, so nothing may go to the old log any more.
            writer.log.give_up();
            return Err(error);
        }
        *writer = Writer { log, manifest };
        self.publish(index);
        self.tidy(&writer.manifest);
        Ok(())
    }

    /// Reads all segments and compares their checksums; with `open` this says whether everything is as it was written.
    pub fn verify(&self) -> Result<(), HashStoreError> {
        let (index, manifest) = {
            let writer = self.write();
            (self.snapshot(), writer.manifest.clone())
        };
        for (layer, number) in index.layers.iter().zip(manifest.segments) {
            layer.segment.verify(&segment_path(&self.folder, number))?;
        }
        Ok(())
    }

    fn write(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn publish(&self, index: HashIndex) {
        let new = Arc::new(index);
        let old = std::mem::replace(&mut *self.current.write().unwrap_or_else(PoisonError::into_inner), new);
        // Outside the lock: letting go of a large layer takes a while.
        drop(old);
    }

    /// Removes files that the manifest does not name: left by a merge, done or interrupted.
    fn tidy(&self, manifest: &Manifest) {
        let mut named: Vec<_> = manifest.segments.iter().map(|number| segment_path(&self.folder, *number)).collect();
        named.push(log_path(&self.folder, manifest.log));
        for path in ours(&self.folder).unwrap_or_default() {
            if !named.contains(&path) {
                // The next opening tries again.
                drop(std::fs::remove_file(path));
            }
        }
    }
}

/// What a log must say for these layers: who died in the mapped ones, and everything that is in memory alone.
fn records(index: &HashIndex) -> impl Iterator<Item = Record> + '_ {
    let mapped = index.mapped_layers();
    let dead = (0u32..)
        .zip(&index.layers[..mapped])
        .flat_map(|(segment, layer)| layer.dead_ids().map(move |id| Record::Dead(segment, id)));
    dead.chain(index.entries_from(mapped).into_iter().map(|(id, hash)| Record::Insert(id, hash)))
}

impl Manifest {
    fn read(folder: &Path) -> Result<Option<Self>, HashStoreError> {
        let path = folder.join("MANIFEST");
        let text = match std::fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(HashStoreError::io("read", &path)(error)),
        };
        Self::parse(&text).map(Some).ok_or_else(|| HashStoreError::damaged(&path, "it is not what was written"))
    }

    fn parse(text: &str) -> Option<Self> {
        let (body, sum) = text.strip_suffix('\n')?.rsplit_once("sum ")?;
        if sum != format!("{:08x}", crc32fast::hash(body.as_bytes())) {
            return None;
        }
        let mut lines = body.lines();
        if lines.next()? != TITLE {
            return None;
        }
        let log = lines.next()?.strip_prefix("log ")?.parse().ok()?;
        let segments = lines.map(|line| line.strip_prefix("segment ")?.parse().ok()).collect::<Option<_>>()?;
        Some(Self { log, segments })
    }

    fn write(&self, folder: &Path) -> Result<(), HashStoreError> {
        let mut text = format!("{TITLE}\nlog {}\n", self.log);
        self.segments.iter().for_each(|number| text.push_str(&format!("segment {number}\n")));
        text.push_str(&format!("sum {:08x}\n", crc32fast::hash(text.as_bytes())));
        let (new, path) = (folder.join("MANIFEST.new"), folder.join("MANIFEST"));
        let mut file = File::create(&new).map_err(HashStoreError::io("create", &new))?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(HashStoreError::io("write", &new))?;
        // The files that it names must not be forgotten by a folder that remembers this one.
        sync_folder(folder)?;
        std::fs::rename(&new, &path).map_err(HashStoreError::io("replace", &path))?;
        sync_folder(folder)
    }
}

fn new_segment(folder: &Path, number: u64, ids: &[u64], hashes: &[super::Words]) -> Result<Segment, HashStoreError> {
    let path = segment_path(folder, number);
    // One that an interrupted merge left is not named by the manifest.
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(HashStoreError::io("remove", &path)(error));
        }
        _ => {}
    }
    Segment::write(&path, ids, hashes)?;
    Segment::open(&path)
}

fn segment_path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("segment-{number}"))
}

fn log_path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("log-{number}"))
}

/// Segments and logs in a folder.
fn ours(folder: &Path) -> Result<Vec<PathBuf>, HashStoreError> {
    let mut ours = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(HashStoreError::io("list", folder))? {
        let entry = entry.map_err(HashStoreError::io("list", folder))?;
        let name = entry.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix("segment-").or(name.strip_prefix("log-")));
        if number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit())) {
            ours.push(entry.path());
        }
    }
    ours.sort();
    Ok(ours)
}

fn lock(folder: &Path) -> Result<File, HashStoreError> {
    std::fs::create_dir_all(folder).map_err(HashStoreError::io("create", folder))?;
    let path = folder.join("lock");
    let options = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
    let file = options.map_err(HashStoreError::io("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(HashStoreError::InUse { path: folder.to_owned() }),
        Err(TryLockError::Error(error)) => Err(HashStoreError::io("lock", &path)(error)),
    }
}

fn sync_folder(folder: &Path) -> Result<(), HashStoreError> {
    File::open(folder).and_then(|file| file.sync_all()).map_err(HashStoreError::io("sync", folder))
}
