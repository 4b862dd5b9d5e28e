//! What a folder holds: every file below it, links left out, in order of path.

use std::ffi::OsStr;
use std::fs::Metadata;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{NAMES_IN_NOTE, Stamp, folder_error};
use crate::CollectError;

/// Folders in folders; deeper ones are a mistake or a trap.
pub const DEPTH_MAX: usize = 16;
/// Files of one source: their names and times are its cursor.
pub const FILES_MAX: usize = 100_000;

/// A file that was listed.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Path below the folder, with slashes.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// What records call it: its path, or inside an archive the archive's path and its own in it.
    pub shown: String,
    /// When it was last changed and how large it is.
    pub(crate) stamp: Stamp,
}

#[cfg(test)]
impl Listed {
    /// A single file, for tests of those who read it.
    pub(crate) fn of(path: &Path, name: &str) -> Option<Self> {
        Walk::of_any(path, name).ok()?.files.pop()
    }
}

/// A walk through a folder.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    /// Files in order of name.
    pub(crate) files: Vec<Listed>,
    /// What was left out.
    pub(crate) notes: Vec<String>,
    /// Whether everything was seen; if not, a missing file is no sign that it was deleted.
    pub(crate) complete: bool,
    links: Vec<String>,
}

impl Walk {
    /// Walks a folder.
    pub(crate) fn of(root: &Path) -> Result<Self, CollectError> {
        let metadata = std::fs::metadata(root).map_err(|error| folder_error(root, &error.to_string()))?;
        if !metadata.is_dir() {
            return Err(folder_error(root, "it is not a folder; import single files with `vedette import`"));
        }
        let mut walk = Self { complete: true, ..Self::default() };
        walk.enter(root, "", 0).map_err(|error| folder_error(root, &error.to_string()))?;
        walk.settle();
        Ok(walk)
    }

    /// Walks a folder, or takes a single file; names begin with `name`.
    pub(crate) fn of_any(path: &Path, name: &str) -> Result<Self, CollectError> {
        let metadata = std::fs::metadata(path).map_err(|error| folder_error(path, &error.to_string()))?;
        if metadata.is_dir() {
            let mut walk = Self::of(path)?;
            for file in &mut walk.files {
                file.name = format!("{name}/{}", file.name);
            }
            return Ok(walk);
        }
        if !metadata.is_file() {
            return Err(folder_error(path, "it is neither a file nor a folder"));
        }
        let shown = path.display().to_string();
        let file = Listed { name: name.to_owned(), path: path.to_owned(), shown, stamp: stamp(&metadata) };
        Ok(Self { files: vec![file], complete: true, ..Self::default() })
    }

    fn enter(&mut self, folder: &Path, prefix: &str, depth: usize) -> std::io::Result<()> {
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            if entries.len() + self.files.len() >= FILES_MAX {
                self.leave_out(format!(
                    "more than {FILES_MAX} files: the rest is left out, watch its folders one by one"
                ));
                break;
            }
            entries.push(entry?);
        }
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let name = format!("{prefix}{}", readable_name(&entry.file_name()));
            let metadata = match entry.metadata() {
                Ok(metadata) => metadata,
                Err(error) => {
                    self.leave_out(format!("`{name}` cannot be looked at: {error}"));
                    continue;
                }
            };
            if metadata.is_symlink() {
                self.links.push(name);
            } else if metadata.is_file() {
                if self.files.len() < FILES_MAX {
                    let (path, stamp) = (entry.path(), stamp(&metadata));
                    self.files.push(Listed { name, shown: path.display().to_string(), path, stamp });
                }
            } else if metadata.is_dir() {
                if depth + 1 >= DEPTH_MAX {
                    self.leave_out(format!("`{name}` is more than {DEPTH_MAX} folders deep and was left out"));
                } else if let Err(error) = self.enter(&entry.path(), &format!("{name}/"), depth + 1) {
                    self.leave_out(format!("`{name}` cannot be opened: {error}"));
                }
            }
        }
        Ok(())
    }

    fn leave_out(&mut self, note: String) {
        self.complete = false;
        self.notes.push(note);
    }

    fn settle(&mut self) {
        self.files.sort_by(|a, b| a.name.cmp(&b.name));
        if !self.links.is_empty() {
            let names: Vec<&str> = self.links.iter().take(NAMES_IN_NOTE).map(String::as_str).collect();
            self.notes.push(format!("{} links are not followed: {}", self.links.len(), names.join(", ")));
        }
    }
}

fn stamp(metadata: &Metadata) -> Stamp {
    let changed = metadata.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
    Stamp(changed.map_or(0, Timestamp::as_millisecond), metadata.len())
}

/// A file name as text. Bytes that are no UTF-8 are replaced and a digest keeps two such names apart.
pub(crate) fn readable_name(name: &OsStr) -> String {
    match name.to_str() {
        Some(name) => name.to_owned(),
        None => {
            let digest: String = Sha256::digest(name.as_bytes()).iter().take(4).map(|b| format!("{b:02x}")).collect();
            format!("{digest}-{}", name.to_string_lossy())
        }
    }
}
