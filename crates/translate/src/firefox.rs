//! The Firefox Translations engine, in this process: small models that lie on this machine as files, one folder a pair of languages.
//!
//! A folder holds `model.aren.intgemm.alphas.bin`, one vocabulary `vocab.aren.spm` (or `srcvocab.…` and `trgvocab.…`), and, for speed
//! and likeness to the reference, `lex.50.50.aren.s2t.bin`. The pair is read from the model's name, else from the folder's (`ar-en`).
//! Where a pair has no model, the way leads through English if both halves are there.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use fxtranslate::engine::Engine as Model;
use fxtranslate::shortlist::Shortlist;
use sha2::Digest;
use vedette_core::translation::{Engine, TranslateFault, Translator};
use vedette_models::Models;

use crate::SetupFault;
use crate::folders::{hash_of, models_in, names_in, pair_of};
use crate::pieces::halves;

/// The name of this engine.
pub const FIREFOX: &str = "firefox";
/// Version of the library that does the work.
const LIBRARY: &str = "fxtranslate 0.5.0";
/// The language in the middle.
const PIVOT: &str = "en";
/// Models that are held in memory at once, about 55 MB each: a way through English needs two.
const LOADED_MAX: usize = 2;
/// Tokens of a sentence that the models were trained on; longer ones are halved at a clause.
const SENTENCE_TOKENS_MAX: usize = 120;
/// Tokens that are translated together, padding counted: more is hardly faster and holds the clock up.
const BATCH_TOKENS_MAX: usize = 640;
/// Models that nobody asked for this long are unloaded.
const IDLE_BEFORE_UNLOADING: Duration = Duration::from_secs(300);
/// The thread looks at the clock between batches, each of which takes well under this.
const GRACE: Duration = Duration::from_secs(5);
/// Halvings of one sentence; then it goes to the model as it is.
const HALVINGS_MAX: usize = 8;

/// The files of one pair.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Files {
    from: String,
    to: String,
    model: PathBuf,
    source_vocabulary: PathBuf,
    target_vocabulary: PathBuf,
    shortlist: Option<PathBuf>,
    /// The first twelve digits of the SHA-256 over all of them.
    hash: String,
}

/// The engine with the models it found. One thread of its own holds the loaded models, because the library's memory must stay on the
/// thread that made it; texts are translated one after another.
pub struct Firefox {
    pairs: Arc<[Files]>,
    orders: Option<Sender<Order>>,
}

/// A text for the thread.
struct Order {
    texts: Vec<String>,
    way: Vec<usize>,
    deadline: Instant,
    answer: SyncSender<Result<Vec<String>, Stop>>,
}

/// Why the thread stopped before the end.
enum Stop {
    Late,
    Failed(String),
}

impl Firefox {
    /// Looks for models in each of `folders` and in the folders right inside it, and hashes what it finds.
    ///
    /// # Errors
    /// [`SetupFault`] when a folder cannot be read, a model is incomplete, or this processor cannot run the engine. No model at all is no
    /// error: [`Firefox::is_empty`].
    pub fn open(folders: &[PathBuf]) -> Result<Self, SetupFault> {
        Self::open_with(&Models::default(), folders)
    }

    /// The same with the packs of form `firefox` before the folders. The languages of a pack are those of its manifest.
    ///
    /// # Errors
    /// As [`Firefox::open`], and when a file of a pack is not the one that its manifest names.
    pub fn open_with(packs: &Models, folders: &[PathBuf]) -> Result<Self, SetupFault> {
        let mut pairs: Vec<Files> = Vec::new();
        for files in models_in(packs, folders, FIREFOX, files_of)? {
            // The one named first counts.
            if !pairs.iter().any(|known| known.from == files.from && known.to == files.to) {
                pairs.push(files);
            }
        }
        pairs.sort_by(|a, b| (&a.from, &a.to).cmp(&(&b.from, &b.to)));
        let pairs: Arc<[Files]> = pairs.into();
        if pairs.is_empty() {
            return Ok(Self { pairs, orders: None });
        }
        processor_suffices()?;
        let (orders, incoming) = channel();
        let known = Arc::clone(&pairs);
        // Ends by itself when the sender is gone.
        thread::Builder::new()
            .name(FIREFOX.to_owned())
            .spawn(move || serve(&known, &incoming))
            .map_err(|source| SetupFault::Unreadable { path: "a thread of the operating system".to_owned(), source })?;
        Ok(Self { pairs, orders: Some(orders) })
    }

    /// Whether there is no model.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The pairs that have a model of their own: from, to, and the hash of its files.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.pairs.iter().map(|files| (files.from.as_str(), files.to.as_str(), files.hash.as_str()))
    }

    /// The models to pass, one or two.
    fn way(&self, from: &str, to: &str) -> Option<Vec<usize>> {
        let leg = |from: &str, to: &str| self.pairs.iter().position(|files| files.from == from && files.to == to);
        if from == to {
            return None;
        }
        leg(from, to).map(|only| vec![only]).or_else(|| Some(vec![leg(from, PIVOT)?, leg(PIVOT, to)?]))
    }
}

/// The thread: answers orders until nobody can give any more.
fn serve(pairs: &[Files], incoming: &Receiver<Order>) {
    let mut loaded: Vec<(usize, Model)> = Vec::new();
    loop {
        match incoming.recv_timeout(IDLE_BEFORE_UNLOADING) {
            Ok(order) => {
                let said = carry_out(pairs, &mut loaded, order.texts, &order.way, order.deadline);
                // Whoever asked may have given up waiting.
                order.answer.send(said).unwrap_or(());
            }
            Err(RecvTimeoutError::Timeout) => loaded.clear(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn carry_out(
    pairs: &[Files],
    loaded: &mut Vec<(usize, Model)>,
    mut texts: Vec<String>,
    way: &[usize],
    deadline: Instant,
) -> Result<Vec<String>, Stop> {
    let in_time = || if Instant::now() < deadline { Ok(()) } else { Err(Stop::Late) };
    for &leg in way {
        in_time()?;
        let model = ready(pairs, loaded, leg)?;
        texts = pass(model, &texts, in_time)?;
    }
    Ok(texts)
}

/// The model of a leg, loaded now if it is not.
fn ready<'a>(pairs: &[Files], loaded: &'a mut Vec<(usize, Model)>, leg: usize) -> Result<&'a Model, Stop> {
    match loaded.iter().position(|(model, _)| *model == leg) {
        Some(known) => {
            let used = loaded.remove(known);
            loaded.push(used);
        }
        None => {
            let files = pairs.get(leg).ok_or_else(|| Stop::Failed("the model is gone".to_owned()))?;
            // The one used longest ago goes before the new one comes, so that two are the most at any moment.
            while loaded.len() >= LOADED_MAX {
                loaded.remove(0);
            }
            loaded.push((leg, load(files).map_err(Stop::Failed)?));
        }
    }
    loaded.last().map(|(_, model)| model).ok_or_else(|| Stop::Failed("the model is gone".to_owned()))
}

fn failed(reason: impl Into<String>) -> TranslateFault {
    TranslateFault::Failed { engine: FIREFOX.to_owned(), reason: reason.into() }
}

/// The library indexes into files without asking whether they are whole, so a damaged one ends in a panic that is caught here.
fn load(files: &Files) -> Result<Model, String> {
    let load = || -> Result<Model, String> {
        // Not mapped into memory: a file that shrinks under a mapping ends the whole program.
        let model = Model::load(&files.model, &files.source_vocabulary, &files.target_vocabulary)?;
        match &files.shortlist {
            Some(path) => Ok(model.with_shortlist(Shortlist::load(path).map_err(|error| error.to_string())?)),
            None => Ok(model),
        }
    };
    match catch_unwind(load) {
        Ok(Ok(model)) => Ok(model),
        Ok(Err(reason)) => Err(format!("cannot load {}: {reason}", files.model.display())),
        Err(_) => Err(format!("cannot load {}: the file is damaged", files.model.display())),
    }
}

impl Translator for Firefox {
    fn engine(&self) -> Engine {
        let mut hasher = sha2::Sha256::new();
        self.pairs.iter().for_each(|files| hasher.update(files.hash.as_bytes()));
        let all = vedette_core::Sha256(hasher.finalize().into()).hex();
        let version = format!("{LIBRARY}, {} models {}", self.pairs.len(), all.get(..12).unwrap_or_default());
        Engine { name: FIREFOX.to_owned(), version, leaves_machine: false }
    }

    fn engine_for(&self, from: &str, to: &str) -> Engine {
        let Some(way) = self.way(from, to) else { return self.engine() };
        let legs: Vec<String> = way
            .iter()
            .filter_map(|&leg| self.pairs.get(leg))
            .map(|files| format!("{}-{} {}", files.from, files.to, files.hash))
            .collect();
        Engine { version: format!("{LIBRARY}, {}", legs.join(", ")), ..self.engine() }
    }

    fn knows(&self, from: &str, to: &str) -> bool {
        self.way(from, to).is_some()
    }

    fn translate(
        &self,
        segments: &[&str],
        from: &str,
        to: &str,
        within: Duration,
    ) -> Result<Vec<String>, TranslateFault> {
        let Some(way) = self.way(from, to) else {
            return Err(TranslateFault::NoPair { from: from.to_owned(), to: to.to_owned() });
        };
        let gone = || failed("its thread has ended");
        let deadline = Instant::now() + within;
        let (answer, waiting) = sync_channel(1);
        let texts = segments.iter().map(|&text| text.to_owned()).collect();
        let order = Order { texts, way, deadline, answer };
        self.orders.as_ref().ok_or_else(gone)?.send(order).map_err(|_| gone())?;
        match waiting.recv_timeout(within + GRACE) {
            Ok(Ok(said)) => Ok(said),
            Ok(Err(Stop::Failed(reason))) => Err(failed(reason)),
            Ok(Err(Stop::Late)) | Err(RecvTimeoutError::Timeout) => {
                Err(TranslateFault::TimedOut { engine: FIREFOX.to_owned(), seconds: within.as_secs() })
            }
            Err(RecvTimeoutError::Disconnected) => Err(gone()),
        }
    }
}

/// A stretch that goes to the model at once: which text it belongs to, and its size in tokens.
struct Stretch<'a> {
    of: usize,
    text: &'a str,
    tokens: usize,
}

/// All texts through one model; `in_time` is asked before each batch.
fn pass(model: &Model, texts: &[String], in_time: impl Fn() -> Result<(), Stop>) -> Result<Vec<String>, Stop> {
    let mut stretches = Vec::with_capacity(texts.len());
    for (of, text) in texts.iter().enumerate() {
        in_time()?;
        cut(model, of, text, HALVINGS_MAX, &mut stretches)?;
    }
    // Stretches of one length waste no padding.
    let mut order: Vec<usize> = (0..stretches.len()).collect();
    order.sort_by_key(|&at| stretches.get(at).map_or(0, |stretch| stretch.tokens));
    let mut said: Vec<String> = vec![String::new(); stretches.len()];
    let mut rest = order.as_slice();
    while !rest.is_empty() {
        in_time()?;
        let (now, later) = rest.split_at(batch_of(rest, &stretches));
        let batch: Vec<&str> = now.iter().filter_map(|&at| stretches.get(at)).map(|stretch| stretch.text).collect();
        let answers = guarded(|| model.translate_batch(&batch))?;
        for (&at, answer) in now.iter().zip(answers) {
            if let Some(place) = said.get_mut(at) {
                *place = answer;
            }
        }
        rest = later;
    }
    let mut out = vec![String::new(); texts.len()];
    for (stretch, answer) in stretches.iter().zip(said) {
        if let Some(text) = out.get_mut(stretch.of) {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(answer.trim());
        }
    }
    Ok(out)
}

fn guarded<T>(act: impl FnOnce() -> T) -> Result<T, Stop> {
    // The model is read only and its scratch is cleared before each use: nothing half done is seen after a panic.
    catch_unwind(AssertUnwindSafe(act)).map_err(|_| Stop::Failed("it gave up on the text".to_owned()))
}

fn cut<'a>(model: &Model, of: usize, text: &'a str, halvings: usize, out: &mut Vec<Stretch<'a>>) -> Result<(), Stop> {
    let tokens = guarded(|| model.src_ids(text).len())?;
    match halves(text).filter(|_| tokens > SENTENCE_TOKENS_MAX && halvings > 0) {
        Some((first, second)) => {
            cut(model, of, first, halvings - 1, out)?;
            cut(model, of, second, halvings - 1, out)
        }
        None => {
            out.push(Stretch { of, text, tokens });
            Ok(())
        }
    }
}

/// How many of the sorted `rest` go together: at least one.
fn batch_of(rest: &[usize], stretches: &[Stretch<'_>]) -> usize {
    let fits = |count: &usize| {
        let longest = rest.get(count - 1).and_then(|&at| stretches.get(at)).map_or(0, |stretch| stretch.tokens);
        longest * count <= BATCH_TOKENS_MAX
    };
    (1..=rest.len()).take_while(fits).last().unwrap_or(1)
}

#[cfg(target_arch = "x86_64")]
fn processor_suffices() -> Result<(), SetupFault> {
    // The library is built for AVX2 and does not ask: on an older processor the first sentence would end the program.
    if std::arch::is_x86_feature_detected!("avx2") { Ok(()) } else { Err(SetupFault::Processor { needs: "AVX2" }) }
}

#[cfg(not(target_arch = "x86_64"))]
fn processor_suffices() -> Result<(), SetupFault> {
    Ok(())
}

/// The model in a folder, if there is one, for a pair that is known or that names say.
fn files_of(folder: &Path, known: Option<(String, String)>) -> Result<Option<Files>, SetupFault> {
    let names = names_in(folder)?;
    let named = |start: &str, end: &str| names.iter().find(|name| name.starts_with(start) && name.ends_with(end));
    let Some(model) = named("model.", ".bin") else { return Ok(None) };
    let incomplete =
        |missing: &str| SetupFault::Incomplete { path: folder.display().to_string(), missing: missing.to_owned() };
    let shared = named("vocab.", ".spm").or_else(|| named("vocab", ".spm"));
    let source = named("srcvocab.", ".spm").or(shared).ok_or_else(|| incomplete("vocab.*.spm"))?;
    let target = named("trgvocab.", ".spm").or(shared).ok_or_else(|| incomplete("vocab.*.spm"))?;
    let shortlist = named("lex.", ".bin");
    let folder_name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let named = || pair_of(model.split('.').nth(1).unwrap_or_default()).or_else(|| pair_of(folder_name));
    let Some((from, to)) = known.or_else(named) else {
        return Err(incomplete("the pair of languages: name the folder like `ar-en`"));
    };
    let hash = hash_of(folder, [Some(model), Some(source), Some(target), shortlist].into_iter().flatten())?;
    Ok(Some(Files {
        from,
        to,
        model: folder.join(model),
        source_vocabulary: folder.join(source),
        target_vocabulary: folder.join(target),
        shortlist: shortlist.map(|name| folder.join(name)),
        hash,
    }))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_version_that_is_named_is_the_one_that_is_built_in() {
        let lock = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock")).expect("the lock file");
        let (name, version) = LIBRARY.split_once(' ').expect("name and version");
        assert!(
            lock.contains(&format!("name = \"{name}\"\nversion = \"{version}\"\n")),
            "{LIBRARY} is not in the lock file"
        );
    }

    #[test]
    fn a_folder_without_models_is_an_engine_that_knows_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let engine = Firefox::open(&[folder.path().to_owned()]).expect("an empty engine");
        assert!(engine.is_empty() && !engine.knows("ar", "en"));
        assert!(Firefox::open(&[folder.path().join("missing")]).is_err());
    }

    #[test]
    fn a_damaged_model_is_a_failure_and_not_the_end_of_the_program() {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("ar-en");
        fs::create_dir(&inner).expect("a folder");
        fs::write(inner.join("model.aren.intgemm.alphas.bin"), b"not a model").expect("a file");
        let incomplete = Firefox::open(&[folder.path().to_owned()]);
        assert!(matches!(incomplete, Err(SetupFault::Incomplete { .. })));
        fs::write(inner.join("vocab.aren.spm"), b"not a vocabulary").expect("a file");
        fs::write(inner.join("lex.50.50.aren.s2t.bin"), b"short").expect("a file");
        let engine = Firefox::open(&[folder.path().to_owned()]).expect("complete by name");
        assert!(engine.knows("ar", "en") && !engine.knows("en", "ar"));
        let answer = engine.translate(&["متحف"], "ar", "en", Duration::from_secs(5));
        assert!(matches!(answer, Err(TranslateFault::Failed { .. })), "{answer:?}");
    }
}
