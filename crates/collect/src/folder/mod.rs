//! Files of this machine: a folder that is watched, and paths that are imported once.
//!
//! `.txt` and `.md` are posts as they stand, `.html`, pictures and `.pdf` are posts with the file attached, each line of
//! a `.jsonl` is a post `{id, text, date?, lang?, title?, url?, author?}`. Exports of Telegram Desktop, web archives, mail
//! and zip or tar files are opened by their own rooms. Everything streams: one haul is in memory at a time. Links are not
//! followed, so a folder cannot lead elsewhere.

mod files;
mod lines;
mod sorts;
mod walk;
mod watch;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use vedette_core::{Cursor, Source, VersionState};

pub(crate) use files::{open_listed, read_listed, text_of_bytes};
pub use lines::written_date;
pub use walk::Listed;
pub use watch::watch;

use self::files::Batch;
use self::sorts::{FileKind, Sorted, TAKEN_IN, kind_of};
use self::walk::Walk;
use crate::archive::{self, Packing};
use crate::connector::Take;
use crate::{CollectError, Connector, Env, mail, telegram_export, warc};

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

impl FolderConnector {
    /// A connector for a source of kind `folder`.
    pub fn new(source: &Source, env: Env) -> Self {
        Self { root: PathBuf::from(&source.asked.address), env }
    }

    /// What works and what is missing, one line each.
    pub fn check(&self) -> Result<Vec<String>, CollectError> {
        let walk = Walk::of(&self.root)?;
        let sorted = Sorted::of(&walk.files);
        let readable = sorted.kinds.iter().filter(|kind| **kind != FileKind::Other).count();
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
        let sorted = Sorted::of(&walk.files);
        let is_changed = |file: &Listed| before.files.get(&file.name) != Some(&file.stamp);
        let mut changed_exports = vec![false; sorted.exports.len()];
        for (file, kind) in walk.files.iter().zip(&sorted.kinds) {
            if let FileKind::Part(export) | FileKind::Telegram(export) = kind
                && let Some(changed) = changed_exports.get_mut(*export)
            {
                *changed |= is_changed(file);
            }
        }
        for (file, kind) in walk.files.iter().zip(&sorted.kinds) {
            let changed = match kind {
                FileKind::Telegram(export) => changed_exports.get(*export).copied().unwrap_or(true),
                _ => is_changed(file),
            };
            if changed {
                let known = before.files.contains_key(&file.name);
                let state = if known { VersionState::Edited } else { VersionState::Posted };
                take_file(&mut batch, (file, *kind), state, (&walk.files, &sorted), &self.env, 0, take)?;
            }
        }
        if walk.complete {
            for name in before.files.keys().filter(|name| !after.files.contains_key(*name)) {
                // A file of an export was never a post of its own.
                if !telegram_export::may_be_part(name, &|path| before.files.contains_key(path)) {
                    batch.vanished(name, take)?;
                }
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

/// Takes in files, folders, exports and archives once. Ids are paths below what was given, its own name included, or what
/// the format itself calls a post (a Message-ID, an address), so giving the same again adds nothing.
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
        let sorted = Sorted::of(&walk.files);
        if sorted.is_empty() {
            return Err(folder_error(path, &format!("it holds no file of a kind that is taken in: {TAKEN_IN}")));
        }
        import_walk(path.display().to_string(), &walk, &sorted, env, 0, take)?;
    }
    Ok(())
}

fn import_walk(
    root: String,
    walk: &Walk,
    sorted: &Sorted,
    env: &Env,
    nested: usize,
    take: Take<'_>,
) -> Result<(), CollectError> {
    let mut batch = Batch::new(root, env);
    batch.notes.extend(walk.notes.iter().cloned());
    for (file, kind) in walk.files.iter().zip(&sorted.kinds) {
        take_file(&mut batch, (file, *kind), VersionState::Posted, (&walk.files, sorted), env, nested, take)?;
    }
    batch.finish(None, take)
}

/// Reads one file as what it is; formats of many posts hand over their own hauls.
fn take_file(
    batch: &mut Batch<'_>,
    (file, kind): (&Listed, FileKind),
    state: VersionState,
    (files, sorted): (&[Listed], &Sorted),
    env: &Env,
    nested: usize,
    take: Take<'_>,
) -> Result<(), CollectError> {
    match kind {
        FileKind::Part(_) => Ok(()),
        FileKind::Telegram(export) => match sorted.exports.get(export) {
            Some(export) => telegram_export::read(export, files, env, take),
            None => Ok(()),
        },
        FileKind::Warc => warc::read(file, env, take),
        FileKind::Wacz => warc::read_wacz(file, env, take),
        FileKind::Mail => mail::read_single(file, env, take),
        FileKind::Mbox => mail::read_mbox(file, env, take),
        FileKind::Packed(packing) => import_packed(batch, file, packing, env, nested, take),
        FileKind::Text | FileKind::Attached(_) | FileKind::Lines | FileKind::Other => {
            batch.add(file, kind, state, take)
        }
    }
}

/// Unpacks an archive and reads it like a folder of its name. The folder is the desk's alone and is removed again.
fn import_packed(
    batch: &mut Batch<'_>,
    file: &Listed,
    packing: Packing,
    env: &Env,
    nested: usize,
    take: Take<'_>,
) -> Result<(), CollectError> {
    if nested >= archive::NESTED_MAX {
        batch.notes.push(format!(
            "`{}` is an archive in more than {} others and was left out",
            file.name,
            archive::NESTED_MAX
        ));
        return Ok(());
    }
    let failed = |error: std::io::Error| {
        folder_error(&file.path, &format!("no temporary folder could be made to unpack it ({error})"))
    };
    let folder = tempfile::Builder::new().prefix("vedette-import-").tempdir().map_err(failed)?;
    let unpacked = archive::unpack(file, packing, folder.path(), archive::LIMITS);
    batch.notes.extend(unpacked.notes);
    let mut walk = Walk::of(folder.path())?;
    for inner in &mut walk.files {
        inner.shown = format!("{}/{}", file.shown, inner.name);
        inner.name = format!("{}/{}", file.name, inner.name);
    }
    let sorted = Sorted::of(&walk.files);
    import_walk(file.shown.clone(), &walk, &sorted, env, nested + 1, take)
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
