//! CTranslate2 models in this process (feature `ctranslate2`): OPUS-MT, one folder a pair, and M2M100, one folder for a hundred languages.
//!
//! A folder holds `model.bin`, `config.json`, a vocabulary, and the two SentencePiece files `source.spm` and `target.spm`, or one
//! `sentencepiece.bpe.model` for both. OPUS-MT folders are named after their pair (`ar-en`); a model whose vocabulary holds
//! `__ar__` and `__en__` knows all languages that stand in it so.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ct2rs::tokenizers::sentencepiece::Tokenizer;
use ct2rs::{Config, TranslationOptions};
use vedette_core::translation::{Engine, TranslateFault, Translator};
use vedette_models::Models;

use crate::SetupFault;
use crate::folders::{hash_of, models_in, names_in, pair_of, unreadable};

/// The name of this engine.
pub const CTRANSLATE2: &str = "ctranslate2";
/// Version of the library that does the work.
const LIBRARY: &str = "ct2rs 0.10.3";
/// Bytes of a vocabulary: that of M2M100 has 2.6 MB.
const VOCABULARY_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Sentences between two looks at the clock.
const BATCH_SEGMENTS_MAX: usize = 8;
/// Threads of one model: a desk's other work goes on beside it.
const THREADS_MAX: usize = 2;

type Model = ct2rs::Translator<Tokenizer>;

/// Which languages a model translates.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Languages {
    Pair(String, String),
    /// Between any two of these, told by a word before each sentence.
    Many(Vec<String>),
}

#[derive(Debug, Clone)]
struct Files {
    folder: PathBuf,
    languages: Languages,
    source: PathBuf,
    target: PathBuf,
    hash: String,
}

impl Files {
    fn knows(&self, from: &str, to: &str) -> bool {
        match &self.languages {
            Languages::Pair(source, target) => source == from && target == to,
            Languages::Many(codes) => {
                let has = |code: &str| codes.iter().any(|known| known == code);
                from != to && has(from) && has(to)
            }
        }
    }
}

/// The engine with the models it found. One model is held in memory at a time.
pub struct CTranslate2 {
    models: Vec<Files>,
    loaded: Mutex<Option<(usize, Arc<Model>)>>,
}

impl CTranslate2 {
    /// Looks for models in each of `folders` and in the folders right inside it, and hashes what it finds. Models of one pair come before
    /// those of many languages.
    ///
    /// # Errors
    /// [`SetupFault`] when a folder cannot be read or a model is incomplete.
    pub fn open(folders: &[PathBuf]) -> Result<Self, SetupFault> {
        Self::open_with(&Models::default(), folders)
    }

    /// The same with the packs of form `ctranslate2` before the folders. The languages of a pack are those of its manifest, or of its
    /// vocabulary.
    ///
    /// # Errors
    /// As [`CTranslate2::open`], and when a file of a pack is not the one that its manifest names.
    pub fn open_with(packs: &Models, folders: &[PathBuf]) -> Result<Self, SetupFault> {
        let mut models = models_in(packs, folders, CTRANSLATE2, files_of)?;
        models.sort_by_key(|files| matches!(files.languages, Languages::Many(_)));
        Ok(Self { models, loaded: Mutex::new(None) })
    }

    /// Whether there is no model.
    pub fn is_empty(&self) -> bool {
        self.models.is_empty()
    }

    fn model_for(&self, from: &str, to: &str) -> Option<(usize, &Files)> {
        self.models.iter().enumerate().find(|(_, files)| files.knows(from, to))
    }

    fn loaded(&self, at: usize, files: &Files) -> Result<Arc<Model>, TranslateFault> {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, model)) = loaded.as_ref()
            && *known == at
        {
            return Ok(Arc::clone(model));
        }
        // The old one goes before the new one comes: the large ones have gigabytes.
        *loaded = None;
        let cannot = |reason: String| failed(format!("cannot load {}: {reason}", files.folder.display()));
        let config = Config { num_threads_per_replica: THREADS_MAX, ..Config::default() };
        let tokens = Tokenizer::from_file(&files.source, &files.target).map_err(|error| cannot(error.to_string()))?;
        let model = Model::with_tokenizer(&files.folder, tokens, &config).map_err(|error| cannot(error.to_string()))?;
        let model = Arc::new(model);
        *loaded = Some((at, Arc::clone(&model)));
        Ok(model)
    }
}

fn failed(reason: impl Into<String>) -> TranslateFault {
    TranslateFault::Failed { engine: CTRANSLATE2.to_owned(), reason: reason.into() }
}

impl Translator for CTranslate2 {
    fn engine(&self) -> Engine {
        let version = format!("{LIBRARY}, {} models", self.models.len());
        Engine { name: CTRANSLATE2.to_owned(), version, leaves_machine: false }
    }

    fn engine_for(&self, from: &str, to: &str) -> Engine {
        match self.model_for(from, to) {
            Some((_, files)) => Engine { version: format!("{LIBRARY}, {}", files.hash), ..self.engine() },
            None => self.engine(),
        }
    }

    fn knows(&self, from: &str, to: &str) -> bool {
        self.model_for(from, to).is_some()
    }

    fn translate(
        &self,
        segments: &[&str],
        from: &str,
        to: &str,
        within: Duration,
    ) -> Result<Vec<String>, TranslateFault> {
        let Some((at, files)) = self.model_for(from, to) else {
            return Err(TranslateFault::NoPair { from: from.to_owned(), to: to.to_owned() });
        };
        let deadline = Instant::now() + within;
        let model = self.loaded(at, files)?;
        let many = matches!(files.languages, Languages::Many(_));
        let mut said = Vec::with_capacity(segments.len());
        for batch in segments.chunks(BATCH_SEGMENTS_MAX) {
            if Instant::now() >= deadline {
                return Err(TranslateFault::TimedOut { engine: CTRANSLATE2.to_owned(), seconds: within.as_secs() });
            }
            let answers = catch_unwind(AssertUnwindSafe(|| {
                if many { between(&model, batch, from, to) } else { in_pair(&model, batch) }
            }));
            let answers = answers.map_err(|_| failed("it gave up on the text"))?;
            said.extend(answers.map_err(|error| failed(crate::shield::one_line(&error)))?);
        }
        Ok(said)
    }
}

fn options() -> TranslationOptions<String, String> {
    TranslationOptions::default()
}

fn in_pair(model: &Model, batch: &[&str]) -> Result<Vec<String>, String> {
    let answers = model.translate_batch(batch, &options(), None).map_err(|error| error.to_string())?;
    Ok(answers.into_iter().map(|(text, _)| text).collect())
}

fn between(model: &Model, batch: &[&str], from: &str, to: &str) -> Result<Vec<String>, String> {
    let (source, target) = (sign_of(from), sign_of(to));
    let sources = vec![vec![source]; batch.len()];
    let targets = vec![vec![target.clone()]; batch.len()];
    let answers = model
        .translate_batch_with_source_and_target_prefix(batch, &sources, &targets, &options(), None)
        .map_err(|error| error.to_string())?;
    // The answer begins with the word that named its language.
    Ok(answers.into_iter().map(|(text, _)| text.trim_start().trim_start_matches(&target).trim().to_owned()).collect())
}

fn sign_of(code: &str) -> String {
    format!("__{code}__")
}

/// The model in a folder, if there is one.
fn files_of(folder: &Path, known: Option<(String, String)>) -> Result<Option<Files>, SetupFault> {
    let names = names_in(folder)?;
    let has = |name: &str| names.iter().any(|known| known == name);
    if !has("model.bin") || !has("config.json") {
        return Ok(None);
    }
    let incomplete =
        |missing: &str| SetupFault::Incomplete { path: folder.display().to_string(), missing: missing.to_owned() };
    let (source, target) = if has("source.spm") && has("target.spm") {
        ("source.spm", "target.spm")
    } else if has("sentencepiece.bpe.model") {
        ("sentencepiece.bpe.model", "sentencepiece.bpe.model")
    } else {
        return Err(incomplete("`source.spm` and `target.spm`, or `sentencepiece.bpe.model`"));
    };
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let languages = match many_of(folder, &names)? {
        codes if codes.len() > 1 => Languages::Many(codes),
        _ => known
            .or_else(|| pair_of(name))
            .map(|(from, to)| Languages::Pair(from, to))
            .ok_or_else(|| incomplete("the pair of languages: name the folder like `ar-en`"))?,
    };
    let hash = hash_of(folder, names.iter().filter(|name| folder.join(name).is_file()))?;
    Ok(Some(Files {
        folder: folder.to_owned(),
        languages,
        source: folder.join(source),
        target: folder.join(target),
        hash,
    }))
}

/// The languages whose signs stand in the vocabulary.
fn many_of(folder: &Path, names: &[String]) -> Result<Vec<String>, SetupFault> {
    let Some(name) = names.iter().find(|name| name.starts_with("shared_vocabulary.")) else { return Ok(Vec::new()) };
    let path = folder.join(name);
    let bytes = std::fs::metadata(&path).map_err(unreadable(&path))?.len();
    if bytes > VOCABULARY_BYTES_MAX {
        return Err(SetupFault::TooLarge { path: path.display().to_string(), limit_bytes: VOCABULARY_BYTES_MAX });
    }
    let vocabulary = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
    Ok(languages_in(&vocabulary))
}

fn languages_in(vocabulary: &str) -> Vec<String> {
    let code = |sign: &str| {
        let code = sign.strip_prefix("__")?.strip_suffix("__")?;
        let is_code = (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase());
        is_code.then(|| code.to_owned())
    };
    vocabulary.split(['"', '\n', ',', ' ', '[', ']']).filter_map(code).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_languages_of_a_model_stand_in_its_vocabulary() {
        assert_eq!(languages_in("[\n \"<s>\",\n \"▁a\",\n \"__ar__\",\n \"__en__\",\"__x__\"]"), ["ar", "en"]);
        assert_eq!(languages_in("<s>\n__fa__\n__en__\n"), ["fa", "en"]);
        assert!(languages_in("[\"▁a\", \"__\"]").is_empty());
    }

    #[test]
    fn a_folder_is_a_model_of_a_pair_or_of_many_languages() {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, vocabulary) in [("ar-en", "[\"<s>\"]"), ("m2m100", "[\"__ar__\",\"__fa__\",\"__en__\"]")] {
            let inner = folder.path().join(name);
            std::fs::create_dir(&inner).expect("a folder");
            for file in ["model.bin", "config.json", "source.spm", "target.spm"] {
                std::fs::write(inner.join(file), b"x").expect("a file");
            }
            std::fs::write(inner.join("shared_vocabulary.json"), vocabulary).expect("a file");
        }
        let engine = CTranslate2::open(&[folder.path().to_owned()]).expect("two models");
        assert!(engine.knows("ar", "en") && engine.knows("fa", "en") && engine.knows("en", "fa"));
        assert!(!engine.knows("ru", "en") && !engine.knows("en", "en"));
        // The damaged model is a failure, not the end of the program.
        assert!(engine.translate(&["متحف"], "ar", "en", Duration::from_secs(5)).is_err());
    }
}
