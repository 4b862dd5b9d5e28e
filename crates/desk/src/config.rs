//! What a desk can set. Read from `vedette.toml` by the program; every value has a default.

use serde::{Deserialize, Serialize};
use vedette_core::Level;

/// Settings of a desk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeskConfig {
    /// Items at this level or higher raise an alert by themselves.
    pub alert_level: Level,
    /// Days ahead within which a dated event raises an assessment.
    pub event_window_days: u16,
    /// Threads that open and read files; 0 means one for each core.
    pub read_threads: usize,
    /// Jaccard similarity from which two texts are called a likeness.
    pub text_likeness_min: f32,
    /// Confidence of an OCR reading, 0 to 1, below which the item is marked "needs eyes".
    pub ocr_quality_min: f32,
    /// The desk's language, into which other languages are translated; ISO 639-1.
    pub translate_to: String,
}

impl Default for DeskConfig {
    fn default() -> Self {
        Self {
            alert_level: Level::HighUnspecific,
            event_window_days: vedette_assess::WINDOW_DAYS,
            read_threads: 0,
            text_likeness_min: 0.5,
            ocr_quality_min: 0.45,
            translate_to: "en".to_owned(),
        }
    }
}

impl DeskConfig {
    /// Threads that open and read files.
    pub fn threads(&self) -> usize {
        match self.read_threads {
            0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            set => set.min(64),
        }
    }
}
