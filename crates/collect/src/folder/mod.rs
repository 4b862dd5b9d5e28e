//! Files of this machine: a folder that is watched, and paths that are imported once.
//!
//! `.txt` and `.md` are posts as they stand, `.html`, pictures and `.pdf` are posts with the file attached, each line of
//! a `.jsonl` is a post `{id, text, date?, lang?, title?, url?, author?}`. Everything streams: one haul is in memory at a
//! time. Links are not followed, so a folder cannot lead elsewhere.

mod files;
mod lines;
mod walk;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use vedette_core::{Cursor, Source, VersionState};

pub use lines::written_date;
pub use walk::Listed;

use self::files::Batch;
use self::walk::Walk;
use crate::connector::Take;
use crate::{CollectError, Connector, Env};

/// Connector and version, as records name it.
const NAME: &str = "folder/1";
/// Names in one note.
const NAMES_IN_NOTE: usize = 5;

/// Follows one folder.
#[derive(Debug)]
pub struct FolderConnector {
    root: PathBuf,
    env: Env,
}

/// What the folder held at the last visit: path to time and size.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    form: u32,
    files: BTreeMap<String, Stamp>,
}

/// Time of last change (ms) and size of a file: equal means unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp(pub(crate) i64, pub(crate) u64);

/// What kind of file it is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// A post as it stands.
    Text,
    /// A post with the file attached.
    Attached(&'static str),
    /// A post in each line.
    Lines,
    /// Not read.
    Other,
}

/// The kind of a file by the ending of its name.
pub(crate) fn kind_of(path: &str) -> FileKind {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
    match ending.as_str() {
        "txt" | "md" | "text" | "markdown" => FileKind::Text,
        "jsonl" | "ndjson" => FileKind::Lines,
        "html" | "htm" | "xhtml" => FileKind::Attached("text/html"),
        "pdf" => FileKind::Attached("application/pdf"),
        "png" => FileKind::Attached("image/png"),
        "jpg" | "jpeg" => FileKind::Attached("image/jpeg"),
        "webp" => FileKind::Attached("image/webp"),
        "gif" => FileKind::Attached("image/gif"),
        "bmp" => FileKind::Attached("image/bmp"),
        "tif" | "tiff" => FileKind::Attached("image/tiff"),
        _ => FileKind::Other,
    }
}

impl FolderConnector {
    /// A connector for a source of kind `folder`.
    pub fn new(source: &Source, env: Env) -> Self {
        Self { root: PathBuf::from(&source.asked.address), env }
    }

    /// What works and what is missing, one line each.
    pub fn check(&self) -> Result<Vec<String>, CollectError> {
        let walk = Walk::of(&self.root)?;
        let readable = walk.files.iter().filter(|file| kind_of(&file.name) != FileKind::Other).count();
        let mut lines = vec![format!(
            "`{}` can be read: {readable} of {} files are of a kind that is taken in",
            self.root.display(),
            walk.files.len()
        )];
        lines.extend(walk.notes.into_iter().map(|note| format!("missing: {note}")));
        Ok(lines)
    }

    fn round(&self, cursor: Option<&Cursor>, take: Take<'_>) -> Result<(), CollectError> {
        let before = match cursor {
            Some(cursor) => serde_json::from_str::<Seen>(&cursor.0)
                .map_err(|error| CollectError::BadCursor { why: error.to_string() })?,
            None => Seen::default(),
        };
        let walk = Walk::of(&self.root)?;
        if walk.files.is_empty() && !before.files.is_empty() {
            // An empty mount point looks like a folder whose every file was deleted.
            return Err(folder_error(
                &self.root,
                "it is empty now and held files before: mount it again, or pause the source if it was emptied on purpose",
            ));
        }
        let after = Seen { form: 1, files: walk.files.iter().map(|file| (file.name.clone(), file.stamp)).collect() };
        if after.files == before.files {
            return Ok(());
        }
        let mut batch = Batch::new(self.root.display().to_string(), &self.env);
        batch.notes.extend(walk.notes.iter().cloned());
        for file in &walk.files {
            match before.files.get(&file.name) {
                Some(stamp) if *stamp == file.stamp => {}
                known => {
                    let state = if known.is_some() { VersionState::Edited } else { VersionState::Posted };
                    batch.add(file, state, take)?;
                }
            }
        }
        if walk.complete {
            for name in before.files.keys().filter(|name| !after.files.contains_key(*name)) {
                batch.vanished(name, take)?;
            }
        }
        let cursor = serde_json::to_string(&after).expect("names and numbers always become JSON");
        batch.finish(Some(Cursor(cursor)), take)
    }
}

impl Connector for FolderConnector {
    fn name(&self) -> &'static str {
        NAME
    }

    fn collect(&mut self, cursor: Option<&Cursor>, take: Take<'_>) -> Result<(), CollectError> {
        self.round(cursor, take)
    }

    fn fetch_file(&mut self, url: &str) -> Result<Vec<u8>, CollectError> {
        Err(CollectError::Folder {
            path: url.to_owned(),
            why: "files of a folder are read with it: they come with the next round when they can be read".to_owned(),
        })
    }
}

/// Takes in files, folders and JSON lines once. Ids are paths below what was given, its own name included, so giving
/// the same again adds nothing.
pub fn import(paths: &[PathBuf], env: &Env, take: Take<'_>) -> Result<(), CollectError> {
    let mut names = std::collections::BTreeSet::new();
    for path in paths {
        let name = own_name(path)?;
        if !names.insert(name.clone()) {
            return Err(folder_error(
                path,
                &format!(
                    "two of the given paths are called `{name}` and would get the same ids: import the folder that holds both"
                ),
            ));
        }
    }
    for path in paths {
        let name = own_name(path)?;
        let walk = Walk::of_any(path, &name)?;
        if walk.files.iter().all(|file| kind_of(&file.name) == FileKind::Other) {
            return Err(folder_error(
                path,
                "it holds no file of a kind that is taken in: txt, md, html, pdf, jsonl, png, jpg, webp, gif, bmp, tiff",
            ));
        }
        let mut batch = Batch::new(path.display().to_string(), env);
        batch.notes.extend(walk.notes.iter().cloned());
        for file in &walk.files {
            batch.add(file, VersionState::Posted, take)?;
        }
        batch.finish(None, take)?;
    }
    Ok(())
}

fn own_name(path: &Path) -> Result<String, CollectError> {
    let whole = std::fs::canonicalize(path).map_err(|error| folder_error(path, &error.to_string()))?;
    Ok(whole.file_name().map_or_else(String::new, walk::readable_name))
}

pub(crate) fn folder_error(path: &Path, why: &str) -> CollectError {
    CollectError::Folder { path: path.display().to_string(), why: why.to_owned() }
}

/// At most `bytes_max` bytes of a text, cut between characters.
pub(crate) fn cut_text(mut text: String, bytes_max: usize) -> String {
    if text.len() > bytes_max {
        let end = (0..=bytes_max).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
    }
    text
}

#[cfg(test)]
mod tests;
