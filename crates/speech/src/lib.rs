//! Speech to text with models that lie on this machine. In: sound as numbers, 16,000 a second. Out: what was said, when, in
//! which language and how surely.
//!
//! [`Listener`] is the port: in process it is Whisper (feature `whisper`, module `whisper`); `vedette-read` has another one
//! that asks a program. [`windows`] cuts a recording into stretches that a model takes, at quiet places.
//!
//! ```
//! let samples = vec![0i16; 16_000 * 70];
//! let windows = vedette_speech::windows(&samples);
//! assert_eq!(windows.len(), 3);
//! assert!(vedette_speech::is_silent(&samples));
//! ```

#[cfg(feature = "whisper")]
mod mel;
pub mod tokens;
#[cfg(feature = "whisper")]
pub mod whisper;
mod windows;

use std::fmt::Debug;

pub use windows::{WINDOW_SAMPLES_MAX, is_silent, windows};

/// Samples of a second.
pub const SAMPLE_RATE: usize = 16_000;
/// A language that was told with less probability than this is a guess, and a person must look.
pub const LANGUAGE_SURE: f32 = 0.5;

/// Whether this build listens in process.
pub const BUILT_IN: bool = cfg!(feature = "whisper");

/// What to write down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// What was said, in its language.
    #[default]
    Transcript,
    /// What was said, in English.
    English,
}

/// What was heard in a window.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Heard {
    /// Language spoken: ISO 639-1 where there is one, else 639-3; empty when nothing was said.
    pub language: String,
    /// How probable that language is, 0 to 1.
    pub probability: f32,
    /// What was said, in order.
    pub said: Vec<Said>,
}

/// A stretch of speech.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Said {
    /// Milliseconds from the start of the window.
    pub from_ms: u32,
    /// Milliseconds from the start of the window.
    pub to_ms: u32,
    /// Its words.
    pub text: String,
    /// How sure the model is of the words, 0 to 1, where it says so.
    pub confidence: Option<f32>,
}

/// Why nothing was written down.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpeechFault {
    /// The model cannot be loaded.
    #[error("the model of speech cannot be loaded: {0}")]
    Model(String),
    /// The engine failed.
    #[error("speech recognition failed: {0}")]
    Failed(String),
}

/// Something that writes down speech. Called from plain threads, one window at a time.
pub trait Listener: Send + Sync + Debug {
    /// Program, version and model, for the method of a reading and the key of what was read.
    fn name(&self) -> String;

    /// Writes down a window of at most [`WINDOW_SAMPLES_MAX`] samples.
    ///
    /// # Errors
    /// See [`SpeechFault`].
    fn listen(&self, samples: &[i16], wanted: Wanted) -> Result<Heard, SpeechFault>;
}
