//! Folders of models: which files lie in them, for which languages, and the hash by which a translation names its model.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use sha2::Digest;
use vedette_models::{Kind, Models, Pack};

use crate::SetupFault;

/// Bytes of one file of a model: the largest of the small ones have 60 MB, of the many-language ones 2.5 GB.
const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024 * 1024;
/// Entries of a folder that are looked at: one for each pair that exists, and room.
const ENTRIES_MAX: usize = 1_000;
/// Digits of a hash that are shown: enough to tell models apart.
const HASH_DIGITS: usize = 12;

pub(crate) fn unreadable(path: &Path) -> impl Fn(io::Error) -> SetupFault + '_ {
    |source| SetupFault::Unreadable { path: path.display().to_string(), source }
}

/// The folder and the folders right inside it, in order of their names.
fn with_inner(folder: &Path) -> Result<Vec<PathBuf>, SetupFault> {
    let mut inner = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable(folder))?.take(ENTRIES_MAX) {
        let path = entry.map_err(unreadable(folder))?.path();
        if path.is_dir() {
            inner.push(path);
        }
    }
    inner.sort();
    inner.insert(0, folder.to_owned());
    Ok(inner)
}

/// What `files_of` makes of the packs of `form`, each compared with its manifest, and then of each of `folders` and the folders right
/// inside it. The languages of a pack are those of its manifest.
pub(crate) fn models_in<T>(
    packs: &Models,
    folders: &[PathBuf],
    form: &str,
    files_of: impl Fn(&Path, Option<(String, String)>) -> Result<Option<T>, SetupFault>,
) -> Result<Vec<T>, SetupFault> {
    let mut models = Vec::new();
    for pack in packs.of(Kind::Translation).filter(|pack| pack.manifest.form == form) {
        pack.verify().map_err(|error| SetupFault::Pack(error.to_string()))?;
        models.extend(files_of(&pack.dir, pair_of_pack(pack))?);
    }
    for folder in folders {
        for folder in with_inner(folder)? {
            models.extend(files_of(&folder, None)?);
        }
    }
    Ok(models)
}

/// The names of what lies in a folder, in order.
pub(crate) fn names_in(folder: &Path) -> Result<Vec<String>, SetupFault> {
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable(folder))?.take(ENTRIES_MAX) {
        names.extend(entry.map_err(unreadable(folder))?.file_name().into_string().ok());
    }
    names.sort();
    Ok(names)
}

/// The first digits of the SHA-256 over the sizes and contents of files.
pub(crate) fn hash_of<'a>(folder: &Path, names: impl Iterator<Item = &'a String>) -> Result<String, SetupFault> {
    let mut hasher = sha2::Sha256::new();
    for name in names {
        hash_file(&folder.join(name), &mut hasher)?;
    }
    let hash = vedette_core::Sha256(hasher.finalize().into()).hex();
    Ok(hash.get(..HASH_DIGITS).unwrap_or_default().to_owned())
}

/// `aren`, `ar-en` and `ar_en` are a pair; `student` and `nbnnen` are not.
pub(crate) fn pair_of(name: &str) -> Option<(String, String)> {
    let (from, to) = match name.split_once(['-', '_']) {
        Some(two) => two,
        None if name.len() == 4 => name.split_at_checked(2)?,
        None => return None,
    };
    let code = |code: &str| (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase());
    (code(from) && code(to) && from != to).then(|| (from.to_owned(), to.to_owned()))
}

fn hash_file(path: &Path, hasher: &mut sha2::Sha256) -> Result<(), SetupFault> {
    let mut file = File::open(path).map_err(unreadable(path))?;
    let bytes = file.metadata().map_err(unreadable(path))?.len();
    if bytes > FILE_BYTES_MAX {
        return Err(SetupFault::TooLarge { path: path.display().to_string(), limit_bytes: FILE_BYTES_MAX });
    }
    hasher.update(bytes.to_le_bytes());
    let mut chunk = vec![0u8; 1 << 16];
    loop {
        match io::Read::read(&mut file, &mut chunk).map_err(unreadable(path))? {
            0 => return Ok(()),
            size => hasher.update(chunk.get(..size).unwrap_or_default()),
        }
    }
}

/// The languages that a pack's manifest names.
fn pair_of_pack(pack: &Pack) -> Option<(String, String)> {
    Some((pack.manifest.from.clone()?, pack.manifest.to.clone()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_read_from_a_name() {
        let pair = |name: &str| pair_of(name).map(|(from, to)| format!("{from}>{to}"));
        assert_eq!(pair("aren").as_deref(), Some("ar>en"));
        assert_eq!(pair("fa-en").as_deref(), Some("fa>en"));
        assert_eq!(pair("ckb_en").as_deref(), Some("ckb>en"));
        for name in ["student", "enen", "", "Ar-en", "models", "x-en"] {
            assert_eq!(pair(name), None, "{name}");
        }
    }
}
