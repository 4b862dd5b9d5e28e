//! Whisper in this process, by CTranslate2 (crate `ct2rs`), with a pack of the form `ctranslate2-whisper`.
//!
//! It runs in process because what it takes cannot be malformed: samples are numbers that ffmpeg made in its sandbox, every
//! sequence of which is sound, and the model is the operator's, pinned by hash. See `docs/decisions/0024-…`.

use std::path::PathBuf;
use std::sync::{Mutex, OnceLock};

use ct2rs::sys::{StorageView, Whisper as Engine, WhisperGenerationResult, WhisperOptions};
use ct2rs::{ComputeType, Config, Device};
use vedette_models::{Kind, Pack};

use crate::mel::{COLUMNS, Mel};
use crate::{Heard, Listener, SAMPLE_RATE, SpeechFault, WINDOW_SAMPLES_MAX, Wanted, tokens};

/// The form of pack that is read.
pub const FORM: &str = "ctranslate2-whisper";
/// Hypotheses that are followed at once, as in the paper.
const BEAMS: usize = 5;
/// Tokens of one window; the model's own limit is 448 with the prompt.
const TOKENS_MAX: usize = 440;
/// Above this probability that nobody speaks, unsure words are dropped (paper, section 4.5).
const NO_SPEECH: f32 = 0.6;
/// Mean log-probability of a token below which words are unsure (paper, section 4.5).
const UNSURE_LOG: f32 = -1.0;
/// Share of different word triples below which the model is inventing.
const VARIETY_MIN: f32 = 0.4;

/// A model that listens. Loaded at first use: its weights alone take 145 MB.
#[derive(Debug)]
pub struct Whisper {
    dir: PathBuf,
    pack: Pack,
    threads: usize,
    loaded: OnceLock<Result<Loaded, SpeechFault>>,
}

#[derive(Debug)]
struct Loaded {
    mel: Mel,
    // One window at a time: each takes the memory of a beam search, and there is one model.
    engine: Mutex<Held>,
}

struct Held(Engine);

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Whisper")
    }
}

impl Whisper {
    /// A listener with the model in `pack`, on `threads` threads. Nothing is loaded yet.
    ///
    /// # Errors
    /// `Model` when the pack has another form.
    pub fn new(pack: &Pack, threads: usize) -> Result<Self, SpeechFault> {
        if pack.manifest.kind != Kind::Speech || pack.manifest.form != FORM {
            let form = &pack.manifest.form;
            return Err(SpeechFault::Model(format!(
                "the pack `{}` has the form {form}, not {FORM}",
                pack.manifest.name
            )));
        }
        Ok(Self { dir: pack.dir.clone(), pack: pack.clone(), threads, loaded: OnceLock::new() })
    }

    fn load(&self) -> Result<Loaded, SpeechFault> {
        let wrong = |error: &dyn std::fmt::Display| SpeechFault::Model(error.to_string());
        self.pack.verify().map_err(|error| wrong(&error))?;
        let config = Config {
            device: Device::CPU,
            // Other users of these weights found integers twice as fast; not measured here.
            compute_type: ComputeType::INT8,
            num_threads_per_replica: self.threads,
            ..Config::default()
        };
        let engine = Engine::new(&self.dir, config).map_err(|error| wrong(&error))?;
        Ok(Loaded { mel: Mel::new(engine.n_mels()), engine: Mutex::new(Held(engine)) })
    }
}

impl Listener for Whisper {
    fn name(&self) -> String {
        format!("vedette-speech/{} {}", env!("CARGO_PKG_VERSION"), self.pack.fingerprint())
    }

    fn listen(&self, samples: &[i16], wanted: Wanted) -> Result<Heard, SpeechFault> {
        let samples = samples.get(..WINDOW_SAMPLES_MAX).unwrap_or(samples);
        let loaded = self.loaded.get_or_init(|| self.load()).as_ref().map_err(Clone::clone)?;
        let mut picture = loaded.mel.picture(samples);
        let bands = picture.len() / COLUMNS;
        let failed = |error: &dyn std::fmt::Display| SpeechFault::Failed(error.to_string());
        let engine = loaded.engine.lock().map_err(|_| failed(&"an earlier window failed badly"))?;
        let view = StorageView::new(&[1, bands, COLUMNS], &mut picture, Device::CPU).map_err(|error| failed(&error))?;
        // Looked at once, used for the language and for the words.
        let encoded = engine.0.encode(&view, false).map_err(|error| failed(&error))?;
        let (language, probability) = language(&engine.0, &encoded).map_err(|error| failed(&error))?;
        let task = match wanted {
            Wanted::Transcript => "<|transcribe|>",
            Wanted::English => "<|translate|>",
        };
        let spoken = format!("<|{language}|>");
        let prompt = vec!["<|startoftranscript|>", spoken.as_str(), task];
        let options = WhisperOptions {
            beam_size: BEAMS,
            max_length: TOKENS_MAX,
            return_scores: true,
            return_no_speech_prob: true,
            ..WhisperOptions::default()
        };
        let found = engine.0.generate(&encoded, &[prompt], &options).map_err(|error| failed(&error))?;
        let end_ms = u32::try_from(samples.len() * 1_000 / SAMPLE_RATE).unwrap_or(u32::MAX);
        let said = found.first().map(|result| words(result, end_ms)).unwrap_or_default();
        if said.is_empty() {
            return Ok(Heard::default());
        }
        Ok(Heard { language, probability, said })
    }
}

/// The most probable language. A model of English alone tells none.
fn language(engine: &Engine, encoded: &StorageView<'_>) -> Result<(String, f32), String> {
    if !engine.is_multilingual() {
        return Ok(("en".to_owned(), 1.0));
    }
    let told = engine.detect_language(encoded).map_err(|error| error.to_string())?;
    let best = told.into_iter().next().and_then(|languages| languages.into_iter().next());
    let best = best.ok_or_else(|| "it tells no language".to_owned())?;
    let code = tokens::language_of(&best.language).ok_or_else(|| "it tells an odd language".to_owned())?;
    Ok((code.to_owned(), best.probability))
}

fn words(result: &WhisperGenerationResult, end_ms: u32) -> Vec<crate::Said> {
    let log = result.scores.first().copied().unwrap_or(0.0);
    if result.no_speech_prob > NO_SPEECH && log < UNSURE_LOG {
        return Vec::new();
    }
    let tokens = result.sequences.first().map(Vec::as_slice).unwrap_or_default();
    let mut said = tokens::said(tokens, end_ms, Some(log.exp().clamp(0.0, 1.0)));
    let text: Vec<&str> = said.iter().map(|said| said.text.as_str()).collect();
    if tokens::variety(&text.join(" ")) < VARIETY_MIN {
        // Kept, because a person must look, and marked as unsure.
        said.iter_mut().for_each(|said| said.confidence = Some(0.0));
    }
    said
}
