//! ZIP and TAR files of the above: unpacked into a temporary folder of the desk alone, then read like any folder.
//!
//! Only plain files are unpacked. Names that lead out of the folder, links, devices and locked files are refused, and
//! every number has a limit: files, bytes of one, bytes of all, bytes for each packed byte, archives in archives.

mod tar;
mod zip;

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use crate::folder::Listed;

/// Archives in archives: a zip of a tar of an export.
pub(crate) const NESTED_MAX: usize = 3;
/// Folders in folders, as in a folder of this machine.
const DEPTH_MAX: usize = 16;
/// Bytes of one name, as file systems allow.
const NAME_BYTES_MAX: usize = 255;
/// Bytes read at once.
const BUFFER_BYTES: usize = 64 * 1024;

/// How much one archive may hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Files: the largest chat exports have some ten thousand.
    pub(crate) entries: usize,
    /// Bytes of one file: a web archive of a gigabyte fits.
    pub(crate) entry_bytes: u64,
    /// Bytes of all files.
    pub(crate) total_bytes: u64,
    /// Unpacked bytes for each packed one: text packs tenfold, logs of one line a hundredfold.
    pub(crate) ratio: u64,
    /// Bytes that may be unpacked before the ratio counts.
    pub(crate) free_bytes: u64,
}

/// The limits of an import.
pub(crate) const LIMITS: Limits = Limits {
    entries: 60_000,
    entry_bytes: 4 * 1024 * 1024 * 1024,
    total_bytes: 16 * 1024 * 1024 * 1024,
    ratio: 200,
    free_bytes: 64 * 1024 * 1024,
};

/// What kind of archive a file is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    /// ZIP.
    Zip,
    /// TAR as it is.
    Tar,
    /// TAR, compressed with gzip.
    TarGz,
}

/// What was unpacked and what was refused.
pub(crate) struct Unpacked {
    folder: PathBuf,
    limits: Limits,
    packed_bytes: u64,
    entries: usize,
    bytes: u64,
    /// What was refused, one line each.
    pub(crate) notes: Vec<String>,
    refused: BTreeMap<&'static str, u64>,
}

/// Whether unpacking may go on.
#[derive(Debug, PartialEq, Eq)]
enum Go {
    On,
    Stop,
}

/// Unpacks a file into `folder`. What is broken or refused is told; what came before stays.
pub(crate) fn unpack(listed: &Listed, packing: Packing, folder: &Path, limits: Limits) -> Unpacked {
    let mut unpacked = Unpacked {
        folder: folder.to_owned(),
        limits,
        packed_bytes: 0,
        entries: 0,
        bytes: 0,
        notes: Vec::new(),
        refused: BTreeMap::new(),
    };
    match crate::folder::open_listed(listed) {
        Ok(file) => {
            unpacked.packed_bytes = file.metadata().map_or(0, |metadata| metadata.len());
            match packing {
                Packing::Zip => zip::unpack(file, &listed.name, &mut unpacked),
                Packing::Tar => tar::unpack(file, &listed.name, &mut unpacked),
                Packing::TarGz => {
                    let file = std::io::BufReader::with_capacity(BUFFER_BYTES, file);
                    tar::unpack(flate2::bufread::MultiGzDecoder::new(file), &listed.name, &mut unpacked);
                }
            }
        }
        Err(why) => unpacked.notes.push(format!("`{}` cannot be read: {why}", listed.name)),
    }
    for (what, count) in std::mem::take(&mut unpacked.refused) {
        unpacked.notes.push(format!("`{}`: {count} entries were refused: {what}", listed.name));
    }
    unpacked
}

impl Unpacked {
    fn refuse(&mut self, what: &'static str) -> Go {
        *self.refused.entry(what).or_default() += 1;
        Go::On
    }

    fn stop(&mut self, archive: &str, why: &str) -> Go {
        self.notes.push(format!("`{archive}`: {why}; what comes before is taken in"));
        Go::Stop
    }

    /// Counts an entry before it is looked at.
    fn next(&mut self, archive: &str) -> Go {
        self.entries += 1;
        if self.entries > self.limits.entries {
            return self.stop(archive, &format!("it holds more than {} entries", self.limits.entries));
        }
        Go::On
    }

    /// Bytes that all files may have.
    fn total_max(&self) -> u64 {
        self.packed_bytes.saturating_mul(self.limits.ratio).max(self.limits.free_bytes).min(self.limits.total_bytes)
    }

    /// Writes one file, up to the limits.
    fn keep(&mut self, archive: &str, name: &[u8], content: &mut dyn Read) -> Go {
        let Some(path) = safe_path(name) else {
            return self.refuse("their names lead out of the archive or cannot be used");
        };
        let target = self.folder.join(&path);
        if let Some(parent) = target.parent()
            && std::fs::create_dir_all(parent).is_err()
        {
            return self.refuse("a file stands where their folder should be");
        }
        let mut file = match OpenOptions::new().write(true).create_new(true).open(&target) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return self.refuse("their name stands in the archive twice; the first was taken");
            }
            Err(_) => return self.refuse("their names cannot be used on this machine"),
        };
        let left = self.total_max().saturating_sub(self.bytes);
        let entry_max = self.limits.entry_bytes.min(left);
        let mut limited = content.take(entry_max.saturating_add(1));
        let outcome = copy(&mut limited, &mut file);
        self.bytes = self.bytes.saturating_add(outcome.as_ref().map_or(0, |copied| *copied));
        match outcome {
            Ok(copied) if copied > entry_max => {
                drop(file);
                self.forget(&target);
                if entry_max < left {
                    self.refuse("they are larger than one file may be")
                } else {
                    self.stop(archive, &format!("it unpacks to more than {} bytes, like a bomb", self.total_max()))
                }
            }
            Ok(_) => Go::On,
            Err(Copying::Read) => {
                // The part of a damaged file says something that its author did not: it is not kept.
                drop(file);
                self.forget(&target);
                self.refuse("they are damaged")
            }
            Err(Copying::Write(why)) => {
                drop(file);
                self.forget(&target);
                self.stop(archive, &format!("it cannot be unpacked here ({why}): make room in the temporary folder"))
            }
        }
    }

    fn forget(&mut self, path: &Path) {
        if let Err(error) = std::fs::remove_file(path) {
            self.notes.push(format!("a part of a file could not be removed again: {error}"));
        }
    }
}

enum Copying {
    Read,
    Write(String),
}

fn copy(from: &mut dyn Read, to: &mut dyn Write) -> Result<u64, Copying> {
    let mut buffer = vec![0u8; BUFFER_BYTES];
    let mut copied = 0u64;
    loop {
        let length = match from.read(&mut buffer) {
            Ok(0) => return Ok(copied),
            Ok(length) => length,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(_) => return Err(Copying::Read),
        };
        let part = buffer.get(..length).unwrap_or_default();
        to.write_all(part).map_err(|error| Copying::Write(error.to_string()))?;
        copied += length as u64;
    }
}

/// The path of an entry below the folder, or `None` when it is not one that stays there.
fn safe_path(name: &[u8]) -> Option<PathBuf> {
    let name = std::str::from_utf8(name).map_or_else(|_| String::from_utf8_lossy(name).into_owned(), str::to_owned);
    let name = name.replace('\\', "/");
    if name.starts_with('/') || name.chars().any(char::is_control) {
        return None;
    }
    let mut path = PathBuf::new();
    let mut depth = 0;
    for part in name.split('/') {
        match part {
            "" | "." => continue,
            ".." => return None,
            // `C:` leads elsewhere on other machines; nothing that we read has it in a name.
            part if part.len() > NAME_BYTES_MAX || part.ends_with(':') => return None,
            part => path.push(part),
        }
        depth += 1;
    }
    (depth > 0 && depth <= DEPTH_MAX).then_some(path)
}

#[cfg(test)]
mod tests;
