//! `[translation]` of `vedette.toml`: which engines are asked, in which order, what they may be asked, what may leave this
//! machine, and further terms besides the register's names. Without it nothing is translated, and nothing is missing.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use vedette_core::ports::Translations;
use vedette_core::{SourceId, Tlp, Translator};
use vedette_desk::{StoredCache, TranslationRoom, register_terms};
use vedette_models::Models;
use vedette_recognise::Register;
use vedette_translate::{
    Allowance, Command, CommandSettings, Engines, Firefox, Glossary, GlossaryEntry, LibreTranslate, MemoryLedger,
    Policy, SetupFault,
};

use crate::config::read_text;
use crate::io::Failure;
use crate::secrets::first_line;

/// Bytes of a file of terms.
const TERMS_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// What `doctor` and the pages say when there is no engine.
pub const HOW_TO_ADD: &str =
    "add a model (`vedette model add`) or name an engine under [translation] in vedette.toml: see docs/translation.md";

/// An engine or why it cannot be had, and what it may be asked.
pub type Opened = (Result<Arc<dyn Translator>, Failure>, Allowance);

/// `[translation]`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TranslationSettings {
    /// Files of terms besides the register: lines `form,translation[,language of the form]`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<PathBuf>,
    /// Traffic light of what sources bring, where it is not said for one.
    pub tlp: Tlp,
    /// Traffic light by source: `s3 = "CLEAR"`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tlp_of: BTreeMap<String, Tlp>,
    /// What may leave this machine.
    #[serde(skip_serializing_if = "keeps_all")]
    pub policy: Policy,
    /// Engines, in the order in which they are asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub engines: Vec<EngineSettings>,
}

/// Whether nothing may leave: the usual rule needs no line in the file, and an empty list there would stand in the way of
/// engines that somebody adds below.
fn keeps_all(policy: &Policy) -> bool {
    *policy == Policy::default()
}

/// One engine: exactly one of its kinds is set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EngineSettings {
    /// Words and characters a day, seconds a text.
    pub allowance: Allowance,
    /// Models of Firefox Translations, run in this process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub firefox: Option<FolderSettings>,
    /// Models for CTranslate2, run in this process; in builds with the feature `ctranslate2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ctranslate2: Option<FolderSettings>,
    /// A program of this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<CommandSettings>,
    /// A LibreTranslate-compatible server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub libretranslate: Option<ServerSettings>,
}

/// Where models lie.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FolderSettings {
    /// Folders with one folder a pair, such as `ar-en/`.
    pub folders: Vec<PathBuf>,
}

/// Where a server is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSettings {
    /// Such as `http://127.0.0.1:5000`.
    pub url: String,
    /// A file outside the workspace whose first line is the server's key.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub api_key_file: Option<PathBuf>,
}

impl TranslationSettings {
    /// Sets the engines up. An engine that cannot be is told and left out: the desk works without it.
    pub fn room(
        &self,
        dir: &Path,
        register: &Register,
        to: &str,
        records: Arc<dyn Translations>,
    ) -> Result<TranslationRoom, Failure> {
        let cache = Arc::new(StoredCache::new(records));
        let mut engines = Engines::new(self.policy.clone(), cache.clone(), Arc::new(MemoryLedger::default()));
        for (opened, allowance) in self.open(dir) {
            match opened {
                Ok(translator) => engines = engines.with(translator, allowance),
                Err(failure) => tracing::warn!("an engine is left out: {}", failure.message),
            }
        }
        // Without an engine nobody looks terms up.
        let glossary = if engines.is_empty() { Glossary::empty() } else { self.glossary(dir, register, to)? };
        let tlp = self
            .tlp_of
            .iter()
            .map(|(source, tlp)| Ok((source.parse().map_err(|error| wrong_source(source, &error))?, *tlp)))
            .collect::<Result<HashMap<SourceId, Tlp>, Failure>>()?;
        Ok(TranslationRoom { engines, glossary, cache: Some(cache), tlp, tlp_usual: self.tlp })
    }

    /// Each engine, or why it cannot be had, with what it may be asked: those of the settings in their order, then models
    /// that were added with `vedette model add`.
    pub fn open(&self, dir: &Path) -> Vec<Opened> {
        let mut all: Vec<Opened> =
            self.engines.iter().map(|engine| (engine.open(dir), engine.allowance.clone())).collect();
        let models = crate::models::installed(Some(dir.to_owned()));
        for opened in in_process(&models, &[]) {
            match opened {
                Ok(None) => {}
                Ok(Some(engine)) => all.push((Ok(engine), Allowance::default())),
                Err(fault) => all.push((Err(failure(&fault)), Allowance::default())),
            }
        }
        all
    }

    /// The register's names and the desk's own terms; the desk's own go before.
    fn glossary(&self, dir: &Path, register: &Register, to: &str) -> Result<Glossary, Failure> {
        let mut entries = Vec::new();
        for file in &self.terms {
            let path = dir.join(file);
            entries.extend(terms(&read_text(&path, TERMS_BYTES_MAX)?, &file.display().to_string(), to)?);
        }
        entries.extend(register_terms(register, to));
        Ok(Glossary::new(entries))
    }
}

/// An engine, or none where it has no models.
type Found = Result<Option<Arc<dyn Translator>>, SetupFault>;

fn firefox(models: &Models, folders: &[PathBuf]) -> Found {
    let engine = Firefox::open_with(models, folders)?;
    Ok(if engine.is_empty() { None } else { Some(Arc::new(engine)) })
}

#[cfg(feature = "ctranslate2")]
fn ctranslate2(models: &Models, folders: &[PathBuf]) -> Found {
    let engine = vedette_translate::CTranslate2::open_with(models, folders)?;
    Ok(if engine.is_empty() { None } else { Some(Arc::new(engine)) })
}

/// The engines that run in this process, with the packs among `models` and what lies in `folders`.
fn in_process(models: &Models, folders: &[PathBuf]) -> Vec<Found> {
    vec![
        firefox(models, folders),
        #[cfg(feature = "ctranslate2")]
        ctranslate2(models, folders),
    ]
}

fn wrong_source(source: &str, error: &dyn std::fmt::Display) -> Failure {
    Failure::usage(format!("vedette.toml, translation.tlp_of: `{source}`: {error}"))
        .hint("write a source as `vedette source list` shows it, such as s3 = \"CLEAR\"")
}

impl EngineSettings {
    fn open(&self, dir: &Path) -> Result<Arc<dyn Translator>, Failure> {
        let kinds = (&self.firefox, &self.ctranslate2, &self.command, &self.libretranslate);
        let opened: Result<Arc<dyn Translator>, SetupFault> = match kinds {
            (Some(models), None, None, None) => return models.open(dir, firefox),
            #[cfg(feature = "ctranslate2")]
            (None, Some(models), None, None) => return models.open(dir, ctranslate2),
            #[cfg(not(feature = "ctranslate2"))]
            (None, Some(_), None, None) => {
                return Err(Failure::usage("vedette.toml: this program was built without CTranslate2")
                    .hint("build it with `cargo build --release -p vedette --features ctranslate2`"));
            }
            (None, None, Some(command), None) => {
                Command::open(command.clone()).map(|engine| Arc::new(engine) as Arc<dyn Translator>)
            }
            (None, None, None, Some(server)) => {
                let key = server.api_key_file.as_ref().map(|file| first_line(&dir.join(file))).transpose()?;
                LibreTranslate::new(&server.url, key).map(|engine| Arc::new(engine) as Arc<dyn Translator>)
            }
            _ => {
                return Err(Failure::usage(
                    "vedette.toml: an engine under [[translation.engines]] names none or several",
                )
                .hint("give each one of firefox, ctranslate2, command, libretranslate"));
            }
        };
        opened.map_err(|fault| failure(&fault))
    }
}

impl FolderSettings {
    fn open(&self, dir: &Path, open: fn(&Models, &[PathBuf]) -> Found) -> Result<Arc<dyn Translator>, Failure> {
        let folders: Vec<PathBuf> = self.folders.iter().map(|folder| dir.join(folder)).collect();
        let nothing = || {
            let folders: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
            Failure::usage(format!("vedette.toml: no model lies in {}", folders.join(", ")))
                .hint("see docs/translation-engines.md for what a folder of models holds")
        };
        open(&Models::default(), &folders).map_err(|fault| failure(&fault))?.ok_or_else(nothing)
    }
}

fn failure(fault: &SetupFault) -> Failure {
    Failure::usage(fault.to_string()).hint("see docs/translation-engines.md")
}

/// Reads a file of terms.
fn terms(text: &str, file: &str, to: &str) -> Result<Vec<GlossaryEntry>, Failure> {
    let mut entries = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim().trim_start_matches('\u{feff}');
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let (form, target, language) = match fields.as_slice() {
            [form, target] if !form.is_empty() && !target.is_empty() => (*form, *target, None),
            [form, target, language] if !form.is_empty() && !target.is_empty() => (*form, *target, Some(*language)),
            _ => {
                return Err(Failure::usage(format!("`{file}`, line {}: `{line}` is no term", number + 1))
                    .hint("write lines like: form,translation or form,translation,language of the form"));
            }
        };
        entries.push(GlossaryEntry {
            id: format!("{file}:{}", number + 1),
            forms: vec![form.to_owned()],
            language: language.filter(|code| !code.is_empty()).map(str::to_owned),
            target: target.to_owned(),
            to: to.to_owned(),
            also: Vec::new(),
        });
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_are_read_as_they_are_documented() {
        let text = r#"
terms = ["terms.csv"]
tlp = "GREEN"
tlp_of = { s3 = "CLEAR" }
policy = { leave_up_to = "CLEAR", leave_sources = ["s3"] }
[[engines]]
firefox = { folders = ["models"] }
[[engines]]
command = { run = ["apertium", "-u", "spa-eng"], pairs = ["es-en"] }
allowance = { words_a_day = 50000 }
[[engines]]
libretranslate = { url = "http://127.0.0.1:5000" }
[[engines]]
ctranslate2 = { folders = ["opus"] }
"#;
        let settings: TranslationSettings = toml::from_str(text).unwrap();
        assert_eq!(settings.engines.len(), 4);
        assert_eq!(settings.engines[1].allowance.words_a_day, Some(50_000));
        let again: TranslationSettings = toml::from_str(&toml::to_string(&settings).unwrap()).unwrap();
        assert_eq!(again, settings);
        assert!(toml::from_str::<TranslationSettings>("[[engines]]\nfirefoxx = {}").is_err());
        let two = EngineSettings { libretranslate: None, command: None, ..EngineSettings::default() };
        assert!(two.open(Path::new(".")).is_err());
    }

    #[test]
    fn terms_are_lines_of_two_or_three_fields() {
        let found = terms("# ours\nملعب هالدن,Halden Stadium,ar\n\nKelmora,Kelmora\n", "terms.csv", "en").unwrap();
        assert_eq!((found.len(), found[0].id.as_str(), found[0].language.as_deref()), (2, "terms.csv:2", Some("ar")));
        assert!(terms("only one", "terms.csv", "en").unwrap_err().message.contains("line 1"));
    }
}
