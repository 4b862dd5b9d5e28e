//! `model.toml`: what a pack is for, under which licence, where it came from, and every file with its SHA-256.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::Digest;
use vedette_core::Sha256;

/// Name of the manifest in a pack's folder.
pub const MANIFEST: &str = "model.toml";
/// Bytes of a manifest: a page of text.
pub(crate) const MANIFEST_BYTES_MAX: u64 = 64 * 1024;
/// Files of one pack; the largest known form has six.
pub(crate) const FILES_MAX: usize = 64;
/// Bytes of a name, a path or a licence in a manifest.
const WORD_BYTES_MAX: usize = 300;

/// What a pack is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Finds lines of text in pictures, and may read Latin ones.
    TextDetector,
    /// Translates one language into another.
    Translation,
    /// Writes down speech.
    Speech,
    /// Turns sentences into vectors. Stored and verified; nothing uses it yet.
    Embedding,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::TextDetector, Self::Translation, Self::Speech, Self::Embedding];

    /// The word used in manifests, on the command line and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::TextDetector => "text-detector",
            Self::Translation => "translation",
            Self::Speech => "speech",
            Self::Embedding => "embedding",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.word() == word)
            .ok_or_else(|| format!("`{word}` is no kind of model: {}", Self::ALL.map(Self::word).join(", ")))
    }
}

/// The manifest of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of this layout; 1.
    pub manifest: u32,
    /// Short name, such as `whisper-base`.
    pub name: String,
    /// Version of what it was made from.
    pub version: String,
    /// What it is for.
    pub kind: Kind,
    /// The layout of its files: `onnx-db`, `firefox`, `ctranslate2`, `ctranslate2-whisper`, `e5-q4`, `onnx`.
    pub form: String,
    /// Of a translation: from this language (ISO 639-1, else 639-3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Of a translation: into this language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Licence, as the pack or the operator says it; an SPDX expression where there is one.
    pub licence: String,
    /// What must be known besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The files it was made from.
    #[serde(default, rename = "origin", skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<Origin>,
    /// Its files.
    #[serde(rename = "file")]
    pub files: Vec<PackFile>,
}

/// A file that a pack was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Its name, without folders.
    pub name: String,
    /// Its SHA-256; a folder has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
}

/// A file of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackFile {
    /// What it is in its form: `model`, `letters`, `vocabulary`, `lexicon`, `config`, `tokenizer`, `licence` …
    pub role: String,
    /// Name in the pack's folder; a plain file name.
    pub name: String,
    /// Bytes.
    pub bytes: u64,
    /// SHA-256.
    pub sha256: Sha256,
}

impl Manifest {
    /// Reads and checks a manifest. Its names become paths, so each must be a plain file name.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let manifest: Self = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        if manifest.manifest != 1 {
            return Err(format!("its layout is {}, this program reads 1", manifest.manifest));
        }
        if !is_plain_name(&manifest.name) || !is_plain_name(&manifest.version) {
            return Err("its name or version is no plain word".to_owned());
        }
        if manifest.files.is_empty() || manifest.files.len() > FILES_MAX {
            return Err(format!(
                "it names {} files, at least 1 and at most {FILES_MAX} are read",
                manifest.files.len()
            ));
        }
        if let Some(odd) = manifest.files.iter().find(|file| !is_plain_name(&file.name) || file.name == MANIFEST) {
            return Err(format!("`{}` is no plain file name", odd.name.escape_debug()));
        }
        let words = [Some(&manifest.form), Some(&manifest.licence), manifest.from.as_ref(), manifest.to.as_ref()];
        if words.into_iter().flatten().any(|word| word.len() > WORD_BYTES_MAX || word.chars().any(char::is_control)) {
            return Err("one of its words is too long or has control characters".to_owned());
        }
        Ok(manifest)
    }

    /// Stands for the files and their roles: 16 hexadecimal digits that change when one file does.
    pub fn files_digest(&self) -> String {
        let mut files: Vec<_> = self.files.iter().filter(|file| file.role != "licence").collect();
        files.sort_by(|a, b| a.name.cmp(&b.name));
        let mut hasher = sha2::Sha256::new();
        for file in files {
            hasher.update(format!("{}\0{}\0{}\n", file.role, file.name, file.sha256));
        }
        Sha256(hasher.finalize().into()).hex().chars().take(16).collect()
    }
}

/// Whether `name` names one file or folder in a folder, on any system, and nothing hidden.
pub(crate) fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= WORD_BYTES_MAX
        && !name.starts_with('.')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_out_of_the_folder_are_refused() {
        for odd in ["", ".", "..", "../x", "a/b", "a\\b", ".hidden", "a\0b", "/etc/passwd", "a b"] {
            assert!(!is_plain_name(odd), "{odd:?}");
        }
        for plain in ["model.bin", "lex.50.50.enpt.s2t.bin", "1.0.0+cpu"] {
            assert!(is_plain_name(plain), "{plain}");
        }
    }
}
