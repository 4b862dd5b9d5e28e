//! The text detector of a reader and what reads its Latin lines: found among the models, loaded when the first picture asks.

use std::sync::OnceLock;

use vedette_detect::{DetectError, Detector, LineReader};
use vedette_models::{Kind, Models, Pack};

/// Bytes of one model; the largest of its family has 90 MB.
const MODEL_BYTES_MAX: u64 = 128 * 1024 * 1024;
/// Threads of a network: pictures are read side by side already.
const THREADS: usize = 1;
/// Role of the recogniser's file in a pack.
const LETTERS: &str = "letters";

/// What sees lines, and what reads the Latin ones among them.
#[derive(Debug)]
pub struct Sight {
    pub detector: Detector,
    pub letters: Option<LineReader>,
}

/// A [`Sight`], loaded or not yet.
#[derive(Debug)]
pub(crate) struct Eye {
    name: String,
    pack: Option<Pack>,
    loaded: OnceLock<Option<Sight>>,
}

impl Eye {
    /// The first text detector among `models`.
    pub(crate) fn among(models: &Models) -> Option<Self> {
        let pack = models.find(Kind::TextDetector)?.clone();
        Some(Self { name: pack.fingerprint(), pack: Some(pack), loaded: OnceLock::new() })
    }

    /// Name and version.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What it sees with; `None` when its files are not what its manifest says, which is logged once.
    pub(crate) fn sight(&self) -> Option<&Sight> {
        let load = || {
            let pack = self.pack.as_ref()?;
            match load(pack) {
                Ok(sight) => Some(sight),
                Err(error) => {
                    tracing::warn!(name = %self.name, error, "the text detector is not used");
                    None
                }
            }
        };
        self.loaded.get_or_init(load).as_ref()
    }
}

/// Reading a file of a pack compares its SHA-256 with the manifest's.
fn load(pack: &Pack) -> Result<Sight, String> {
    let read = |role: &str| pack.read(role, MODEL_BYTES_MAX).map_err(|error| error.to_string());
    let unread = |error: DetectError| error.to_string();
    let detector = Detector::load(read("model")?, THREADS).map_err(unread)?;
    let has_letters = pack.manifest.files.iter().any(|file| file.role == LETTERS);
    let letters = has_letters.then(|| LineReader::load(read(LETTERS)?, THREADS).map_err(unread)).transpose()?;
    Ok(Sight { detector, letters })
}
