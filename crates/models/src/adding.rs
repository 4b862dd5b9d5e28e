//! Adding a pack: what was given is recognised, copied beside its place, hashed on the way, made durable, and moved in at once.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::Digest;
use vedette_core::Sha256;

use crate::form::{Recognised, recognise};
use crate::manifest::{FILES_MAX, MANIFEST, MANIFEST_BYTES_MAX, is_plain_name};
use crate::origin::{Entry, Given, is_licence};
use crate::{Kind, Manifest, ModelsError, PackFile};

/// What to add.
#[derive(Debug, Clone, Default)]
pub struct Adding {
    /// Folders, files and wheels; the parts of one model all at once.
    pub paths: Vec<PathBuf>,
    /// Hashes that files may have; when there are any, every file has one of them.
    pub sha256: Vec<Sha256>,
    /// Only a model of this kind.
    pub kind: Option<Kind>,
    /// Name of the pack; else what it is made from is named.
    pub name: Option<String>,
    /// Language that a translation is from, where no file name says it.
    pub from: Option<String>,
    /// Language that a translation is into.
    pub to: Option<String>,
    /// Licence, where the pack does not say it.
    pub licence: Option<String>,
}

/// A pack that was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// Its folder.
    pub dir: PathBuf,
    /// Its manifest.
    pub manifest: Manifest,
    /// The same pack was there before; nothing was changed.
    pub was_there: bool,
}

/// Makes packs of what is given in the folder `into`, which is made when it is missing. Either a pack stands there whole, or
/// nothing of it does.
///
/// # Errors
/// See [`ModelsError`]. Packs that were finished before the error stay.
pub fn add(adding: &Adding, into: &Path) -> Result<Vec<Added>, ModelsError> {
    std::fs::create_dir_all(into).map_err(ModelsError::machine("make", into))?;
    if let [one] = adding.paths.as_slice()
        && one.join(MANIFEST).is_file()
    {
        return Ok(vec![copy_pack(one, into)?]);
    }
    let mut given = Given::open(&adding.paths, &adding.sha256)?;
    for known in given.known.iter().filter(|known| known.parts > 1) {
        let there = given.known.iter().filter(|other| other.pack == known.pack).count();
        if there < known.parts as usize {
            let missing = format!("`{}` is one of {} parts: give all of them at once", known.package, known.parts);
            return Err(ModelsError::NothingFound(missing));
        }
    }
    let found = models_in(&given.entries, adding.kind);
    if found.is_empty() {
        let names: Vec<&str> = given.entries.iter().map(|entry| entry.name.as_str()).take(20).collect();
        return Err(ModelsError::NothingFound(format!("it holds {}", names.join(", "))));
    }
    let several = found.len() > 1;
    let licences: Vec<Entry> = given.entries.iter().filter(|entry| is_licence(&entry.name)).cloned().collect();
    found
        .into_iter()
        .map(|(model, entries)| make(&mut given, adding, model, entries, &licences, several, into))
        .collect()
}

/// Folder by folder, the models and the entries that they were recognised among.
fn models_in(entries: &[Entry], kind: Option<Kind>) -> Vec<(Recognised, Vec<Entry>)> {
    let mut folders: std::collections::BTreeMap<&str, Vec<Entry>> = std::collections::BTreeMap::new();
    for entry in entries {
        folders.entry(&entry.folder).or_default().push(entry.clone());
    }
    let models = folders.into_values().flat_map(|mut entries| {
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        let names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
        let found = recognise(&names, kind);
        found.into_iter().map(move |model| (model, entries.clone())).collect::<Vec<_>>()
    });
    models.collect()
}

fn make(
    given: &mut Given,
    adding: &Adding,
    model: Recognised,
    entries: Vec<Entry>,
    licences: &[Entry],
    several: bool,
    into: &Path,
) -> Result<Added, ModelsError> {
    let staging = staging(into)?;
    let mut files = Vec::new();
    for (role, at) in model.files.iter().copied().take(FILES_MAX) {
        let entry = entries.get(at).expect("a form names entries by their index");
        files.push(copy_entry(given, entry, role, &entry.name, staging.path())?);
    }
    for (number, entry) in licences.iter().enumerate().take(4) {
        let name = if is_plain_name(&entry.name) { format!("{}-{}", number + 1, entry.name) } else { continue };
        files.push(copy_entry(given, entry, "licence", &name, staging.path())?);
    }
    let (from, to) = match (&model.from_to, &adding.from, &adding.to) {
        (_, Some(from), Some(to)) => (Some(from.clone()), Some(to.clone())),
        (Some((from, to)), _, _) => (Some(from.clone()), Some(to.clone())),
        _ if model.kind == Kind::Translation => {
            return Err(ModelsError::NothingFound(
                "a translation model whose languages no file name says: name them with --from and --to".to_owned(),
            ));
        }
        _ => (None, None),
    };
    let known = given.known.first();
    let mut manifest = Manifest {
        manifest: 1,
        name: String::new(),
        version: String::new(),
        kind: model.kind,
        form: model.form.to_owned(),
        from,
        to,
        licence: adding
            .licence
            .clone()
            .or_else(|| known.and_then(|known| known.licence).map(str::to_owned))
            .or_else(|| given.said.licence.clone())
            .unwrap_or_else(|| "not stated".to_owned()),
        note: known.map(|known| known.what.to_owned()),
        origins: given.origins.clone(),
        files,
    };
    manifest.name = name_of(given, adding, &manifest, several)?;
    let said = known.map(|known| known.version.to_owned()).or_else(|| given.said.version.clone());
    // What says no version is told apart by its files.
    let version = said.filter(|version| is_plain_name(version));
    manifest.version = version.unwrap_or_else(|| manifest.files_digest().chars().take(8).collect());
    settle(manifest, staging, into)
}

/// The name that the operator gave, that of a known wheel, that of the package, or that of the folder or file.
fn name_of(given: &Given, adding: &Adding, manifest: &Manifest, several: bool) -> Result<String, ModelsError> {
    let known = given.known.first().map(|known| known.pack.to_owned());
    let path = adding.paths.first().and_then(|path| path.file_stem()).map(|stem| stem.to_string_lossy().into_owned());
    let mut name = adding.name.clone().or(known).or_else(|| given.said.name.clone()).or(path).unwrap_or_default();
    if let (Some(from), Some(to)) = (&manifest.from, &manifest.to)
        && (several || adding.name.is_none())
    {
        name = format!("{name}-{from}-{to}");
    }
    let name: String = name.chars().map(|c| if is_plain_name(&c.to_string()) || c == '.' { c } else { '-' }).collect();
    let name = name.trim_start_matches(['.', '-']).to_owned();
    if is_plain_name(&name) {
        Ok(name)
    } else {
        Err(ModelsError::NothingFound("it has no name: give one with --name".to_owned()))
    }
}

fn staging(into: &Path) -> Result<tempfile::TempDir, ModelsError> {
    tempfile::Builder::new().prefix(".adding-").tempdir_in(into).map_err(ModelsError::machine("make a folder in", into))
}

fn copy_entry(
    given: &mut Given,
    entry: &Entry,
    role: &str,
    name: &str,
    folder: &Path,
) -> Result<PackFile, ModelsError> {
    let path = folder.join(name);
    let mut file = File::create_new(&path).map_err(ModelsError::machine("make", &path))?;
    let mut hasher = sha2::Sha256::new();
    let bytes = given.copy(entry, &mut |bytes| {
        hasher.update(bytes);
        file.write_all(bytes).map_err(ModelsError::machine("write", &path))
    })?;
    file.sync_all().map_err(ModelsError::machine("write", &path))?;
    Ok(PackFile { role: role.to_owned(), name: name.to_owned(), bytes, sha256: Sha256(hasher.finalize().into()) })
}

/// Takes over a pack that was made elsewhere, such as from a stick; every file must be what its manifest says.
fn copy_pack(dir: &Path, into: &Path) -> Result<Added, ModelsError> {
    let manifest = read_manifest(dir)?;
    let staging = staging(into)?;
    let mut given = Given::open(&[dir.to_owned()], &[])?;
    for expected in &manifest.files {
        let entry = given.entries.iter().find(|entry| entry.folder.is_empty() && entry.name == expected.name).cloned();
        let differs = |found: String| ModelsError::Differs {
            pack: manifest.name.clone(),
            file: expected.name.clone(),
            expected: format!("{} bytes, SHA-256 {}", expected.bytes, expected.sha256),
            found,
        };
        let entry = entry.ok_or_else(|| differs("missing".to_owned()))?;
        let copied = copy_entry(&mut given, &entry, &expected.role, &expected.name, staging.path())?;
        if copied != *expected {
            return Err(differs(format!("{} bytes, SHA-256 {}", copied.bytes, copied.sha256)));
        }
    }
    settle(manifest, staging, into)
}

/// Reads the manifest in `dir`.
pub(crate) fn read_manifest(dir: &Path) -> Result<Manifest, ModelsError> {
    use std::io::Read;
    let path = dir.join(MANIFEST);
    let file = File::open(&path).map_err(ModelsError::machine("open", &path))?;
    let mut text = String::new();
    file.take(MANIFEST_BYTES_MAX + 1).read_to_string(&mut text).map_err(ModelsError::machine("read", &path))?;
    if text.len() as u64 > MANIFEST_BYTES_MAX {
        return Err(ModelsError::Manifest { path, reason: format!("it is longer than {MANIFEST_BYTES_MAX} bytes") });
    }
    Manifest::read(&text).map_err(|reason| ModelsError::Manifest { path, reason })
}

/// Writes the manifest and moves the finished folder to its place.
fn settle(manifest: Manifest, staging: tempfile::TempDir, into: &Path) -> Result<Added, ModelsError> {
    let path = staging.path().join(MANIFEST);
    let text = toml::to_string(&manifest)
        .map_err(|error| ModelsError::Manifest { path: path.clone(), reason: error.to_string() })?;
    let mut file = File::create_new(&path).map_err(ModelsError::machine("make", &path))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(ModelsError::machine("write", &path))?;
    sync_folder(staging.path())?;
    let dir = into.join(format!("{}-{}", manifest.name, manifest.version));
    // Other accounts of this machine may use the models; the temporary folder was for this one alone.
    set_mode(staging.path())?;
    match std::fs::rename(staging.path(), &dir) {
        Ok(()) => {
            // The folder has moved; nothing is left to clean up.
            let _moved = staging.keep();
            sync_folder(into)?;
            Ok(Added { dir, manifest, was_there: false })
        }
        Err(error) if dir.join(MANIFEST).is_file() => {
            let there = read_manifest(&dir)?;
            if there.files_digest() == manifest.files_digest() && there.kind == manifest.kind {
                return Ok(Added { dir, manifest: there, was_there: true });
            }
            drop(error);
            Err(ModelsError::Exists(manifest.name))
        }
        Err(error) => Err(ModelsError::machine("make", &dir)(error)),
    }
}

fn sync_folder(folder: &Path) -> Result<(), ModelsError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(ModelsError::machine("write", folder))
}

fn set_mode(folder: &Path) -> Result<(), ModelsError> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))
        .map_err(ModelsError::machine("open up", folder))
}
