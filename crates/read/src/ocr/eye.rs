//! The text detector of a reader: found among the models, loaded when the first picture asks for it.

use std::sync::OnceLock;

use vedette_detect::Detector;
use vedette_models::{Kind, Models, Pack};

/// Bytes of a detector's model; the largest of its family has 90 MB.
const MODEL_BYTES_MAX: u64 = 128 * 1024 * 1024;
/// Threads of a detector: pictures are read side by side already.
const THREADS: usize = 1;

/// A detector, loaded or not yet.
#[derive(Debug)]
pub(crate) struct Eye {
    name: String,
    pack: Option<Pack>,
    loaded: OnceLock<Option<Detector>>,
}

impl Eye {
    /// The first text detector among `models`.
    pub(crate) fn among(models: &Models) -> Option<Self> {
        let pack = models.find(Kind::TextDetector)?.clone();
        Some(Self { name: pack.fingerprint(), pack: Some(pack), loaded: OnceLock::new() })
    }

    /// One that is loaded already.
    pub(crate) fn of(detector: Detector, name: String) -> Self {
        Self { name, pack: None, loaded: OnceLock::from(Some(detector)) }
    }

    /// Name and version.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The detector; `None` when its file is not what its manifest says, which is logged once.
    pub(crate) fn detector(&self) -> Option<&Detector> {
        let load = || {
            // Reading compares the SHA-256 with the manifest's.
            let loaded = self.pack.as_ref()?.read("model", MODEL_BYTES_MAX).map_err(|error| error.to_string());
            match loaded.and_then(|bytes| Detector::load(bytes, THREADS).map_err(|error| error.to_string())) {
                Ok(detector) => Some(detector),
                Err(error) => {
                    tracing::warn!(name = %self.name, error, "the text detector is not used");
                    None
                }
            }
        };
        self.loaded.get_or_init(load).as_ref()
    }
}
