//! The log of a store: what changed since its segments were written. Append-only; a frame is a batch, whole or not at all.
//!
//! `magic, length, checksum of the body, body`; the body is changes: a tag, an id, and a hash or the number of a segment.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::Words;
use super::error::HashStoreError;

const MAGIC: [u8; 4] = *b"VHLF";
const FRAME_HEAD: usize = 12;
/// Changes in one frame; a larger batch is several frames.
const FRAME_CHANGES_MAX: usize = 1 << 16;

/// One change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Record {
    /// The id has this hash from now on.
    Insert(u64, Words),
    /// The id is forgotten.
    Remove(u64),
    /// Only the entry in this segment (by its position in the manifest) is no more: the id may live elsewhere.
    Dead(u32, u64),
}

/// The open log.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    file: File,
    length: u64,
    /// After a failed sync nobody knows what is on disk: nothing more is written.
    broken: bool,
}

impl Log {
    /// A new log with these records, synced.
    pub fn create(path: &Path, records: impl IntoIterator<Item = Record>) -> Result<Self, HashStoreError> {
        let options = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path);
        let file = options.map_err(HashStoreError::io("create", path))?;
        let mut log = Self { path: path.to_owned(), file, length: 0, broken: false };
        log.append(records)?;
        Ok(log)
    }

    /// Opens a log and reads it. The last frame may be torn, if the machine or the process stopped while it was written: it was
    /// never acknowledged. It is kept beside the log as `….torn`.
    pub fn open(path: &Path) -> Result<(Self, Vec<Record>), HashStoreError> {
        let bytes = std::fs::read(path).map_err(HashStoreError::io("read", path))?;
        let file = OpenOptions::new().read(true).write(true).open(path).map_err(HashStoreError::io("open", path))?;
        let mut records = Vec::new();
        let mut at = 0;
        while let Some((body, length)) = frame(&bytes[at..]) {
            if !read_body(body, &mut records) {
                return Err(HashStoreError::damaged(path, format!("the batch at byte {at} is of no known kind")));
            }
            at += length;
        }
        if at < bytes.len() {
            // A batch is synced before the next is written, so a whole one behind a broken one is no torn tail.
            if let Some(whole) = (at + 1..bytes.len()).find(|from| frame(&bytes[*from..]).is_some()) {
                let what = format!("the batch at byte {at} is broken, and a whole one follows at byte {whole}");
                return Err(HashStoreError::damaged(path, what));
            }
            let torn = path.with_extension("torn");
            std::fs::write(&torn, &bytes[at..]).map_err(HashStoreError::io("write", &torn))?;
            file.set_len(at as u64).and_then(|()| file.sync_all()).map_err(HashStoreError::io("cut", path))?;
        }
        Ok((Self { path: path.to_owned(), file, length: at as u64, broken: false }, records))
    }

    /// Adds records; they are on disk when this returns, or none of the last frame counts.
    pub fn append(&mut self, records: impl IntoIterator<Item = Record>) -> Result<(), HashStoreError> {
        self.usable()?;
        let mut records = records.into_iter().peekable();
        let mut length = self.length;
        let mut write = || -> std::io::Result<u64> {
            self.file.seek(SeekFrom::Start(length))?;
            while records.peek().is_some() {
                let frame = to_frame(records.by_ref().take(FRAME_CHANGES_MAX));
                self.file.write_all(&frame)?;
                // Each before the next, so that only the last frame of a log can be torn.
                self.file.sync_data()?;
                length += frame.len() as u64;
            }
            Ok(length)
        };
        match write() {
            Ok(length) => {
                self.length = length;
                Ok(())
            }
            Err(error) => {
                self.broken = true;
                if self.file.set_len(self.length).and_then(|()| self.file.sync_all()).is_ok() {
                    self.broken = false;
                }
                Err(HashStoreError::io("write", &self.path)(error))
            }
        }
    }

    /// An error after a write failed in a way that leaves open what is on disk.
    pub fn usable(&self) -> Result<(), HashStoreError> {
        if self.broken {
            let source = std::io::Error::other("an earlier write failed: open the index anew");
            return Err(HashStoreError::io("write", &self.path)(source));
        }
        Ok(())
    }

    /// Takes nothing more: another log may be in its place already.
    pub fn give_up(&mut self) {
        self.broken = true;
    }

    pub fn bytes(&self) -> u64 {
        self.length
    }
}

fn to_frame(records: impl Iterator<Item = Record>) -> Vec<u8> {
    let mut frame = vec![0; FRAME_HEAD];
    for record in records {
        match record {
            Record::Insert(id, hash) => {
                frame.push(1);
                frame.extend_from_slice(&id.to_le_bytes());
                hash.iter().for_each(|word| frame.extend_from_slice(&word.to_le_bytes()));
            }
            Record::Remove(id) => {
                frame.push(2);
                frame.extend_from_slice(&id.to_le_bytes());
            }
            Record::Dead(segment, id) => {
                frame.push(3);
                frame.extend_from_slice(&id.to_le_bytes());
                frame.extend_from_slice(&segment.to_le_bytes());
            }
        }
    }
    let length = u32::try_from(frame.len() - FRAME_HEAD).expect("a frame is a few megabytes");
    let sum = crc32fast::hash(&frame[FRAME_HEAD..]);
    frame[..4].copy_from_slice(&MAGIC);
    frame[4..8].copy_from_slice(&length.to_le_bytes());
    frame[8..12].copy_from_slice(&sum.to_le_bytes());
    frame
}

/// The body of the whole frame that begins here, and the frame's length.
fn frame(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let rest = bytes.strip_prefix(&MAGIC)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (sum, rest) = rest.split_first_chunk::<4>()?;
    let body = rest.get(..u32::from_le_bytes(*length) as usize)?;
    (!body.is_empty() && crc32fast::hash(body) == u32::from_le_bytes(*sum)).then_some((body, FRAME_HEAD + body.len()))
}

fn read_body(mut body: &[u8], records: &mut Vec<Record>) -> bool {
    while let Some((tag, rest)) = body.split_first() {
        let Some((id, rest)) = rest.split_first_chunk::<8>() else { return false };
        let id = u64::from_le_bytes(*id);
        let (record, rest) = match tag {
            1 => {
                let Some((hash, rest)) = rest.split_first_chunk::<32>() else { return false };
                let word = |at: usize| u64::from_le_bytes(std::array::from_fn(|i| hash[at * 8 + i]));
                (Record::Insert(id, std::array::from_fn(word)), rest)
            }
            2 => (Record::Remove(id), rest),
            3 => {
                let Some((segment, rest)) = rest.split_first_chunk::<4>() else { return false };
                (Record::Dead(u32::from_le_bytes(*segment), id), rest)
            }
            _ => return false,
        };
        records.push(record);
        body = rest;
    }
    true
}
