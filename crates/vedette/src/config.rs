//! `vedette.toml` in the workspace: what a desk can set. An unknown key is an error, not a silence.

use std::path::Path;

use serde::{Deserialize, Serialize};
use vedette_desk::DeskConfig;

use crate::io::Failure;
use crate::stamp::LogSettings;
use crate::translating::TranslationSettings;

/// Name of the file.
pub const FILE: &str = "vedette.toml";
/// Bytes: a configuration is a page of text.
const BYTES_MAX: u64 = 256 * 1024;

/// The file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Settings of the desk.
    pub desk: DeskConfig,
    /// Witnesses and the timestamp authority of the log.
    pub log: LogSettings,
    /// Engines, terms, and what may leave this machine to be translated.
    pub translation: TranslationSettings,
    /// Who writes down speech.
    pub speech: SpeechSettings,
}

/// Who writes down speech. Without any of it, a model that is installed, in a build that listens.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SpeechSettings {
    /// A program (absolute path) and its arguments; it is given a WAV file and prints JSON lines.
    pub command: Vec<String>,
    /// Threads of the model in process; 1 when not set.
    pub threads: Option<usize>,
}

impl Config {
    /// Reads the file of a workspace.
    pub fn read(dir: &Path) -> Result<Self, Failure> {
        let path = dir.join(FILE);
        let text = read_text(&path, BYTES_MAX)?;
        toml::from_str(&text).map_err(|error| {
            Failure::usage(format!("cannot read `{}`: {}", path.display(), error.message()))
                .hint("mend the line, or remove it to get the default")
        })
    }

    /// Writes the file of a new workspace.
    pub fn write_new(dir: &Path) -> Result<(), Failure> {
        let path = dir.join(FILE);
        let text = toml::to_string(&Self::default()).map_err(|error| Failure::usage(error.to_string()))?;
        let head = "# Settings of this desk; each line shows its default.\n\n";
        std::fs::write(&path, format!("{head}{text}")).map_err(|error| Failure::file("write", &path, &error))
    }
}

/// Reads a text file up to a limit.
pub fn read_text(path: &Path, bytes_max: u64) -> Result<String, Failure> {
    use std::io::Read;
    let file = std::fs::File::open(path).map_err(|error| Failure::file("open", path, &error))?;
    let mut bytes = Vec::new();
    file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(|error| Failure::file("read", path, &error))?;
    if bytes.len() as u64 > bytes_max {
        return Err(Failure::usage(format!("`{}` is larger than {bytes_max} bytes", path.display())));
    }
    String::from_utf8(bytes).map_err(|_| Failure::usage(format!("`{}` is not UTF-8 text", path.display())))
}
