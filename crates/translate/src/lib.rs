//! Engines that translate text, behind the port [`vedette_core::translation::Translator`], and what makes a translation evidence:
//! alignment to the original, the glossary, the translation memory, the cache, budgets, and the rule of what may leave the machine.
//!
//! In: a text with its language, source and traffic light. Out: its translation segment by segment, or why there is none. No engine at all
//! is a normal state.
//!
//! ```
//! use vedette_core::Tlp;
//! use vedette_translate::{Engines, Glossary, NoMemory, NotTranslated, Outcome, ToTranslate, translate_text};
//!
//! let what = ToTranslate {
//!     text: "A biblioteca abre amanhã.",
//!     from: "pt",
//!     to: "en",
//!     source_id: "news",
//!     tlp: Tlp::Amber,
//!     today: jiff::civil::date(2026, 11, 26),
//! };
//! let outcome = translate_text(&what, &Engines::default(), &Glossary::empty(), &NoMemory)?;
//! assert_eq!(outcome, Outcome::NotTranslated(NotTranslated::NoEngine));
//! # Ok::<(), vedette_core::translation::TranslateFault>(())
//! ```

mod allowance;
mod cache;
mod command;
#[cfg(feature = "ctranslate2")]
mod ctranslate2;
mod engines;
mod firefox;
mod folders;
mod glossary;
mod libretranslate;
mod memory;
mod pieces;
mod policy;
mod shield;
mod translating;

pub use allowance::{Allowance, Ledger, MemoryLedger, SECONDS_PER_ITEM_USUAL, Sent};
pub use cache::{Cache, CacheKey, CachedSegment, MemoryCache, NoCache};
pub use command::{COMMAND, Command, CommandSettings, Separator};
#[cfg(feature = "ctranslate2")]
pub use ctranslate2::{CTRANSLATE2, CTranslate2};
pub use engines::Engines;
pub use firefox::{FIREFOX, Firefox};
pub use glossary::{Glossary, GlossaryEntry};
pub use libretranslate::{LIBRETRANSLATE, LibreTranslate};
pub use memory::{Memory, NoMemory, Remembered, SegmentMemory, memory_key};
pub use pieces::{Pieces, SEGMENT_CHARS_MAX, TEXT_BYTES_MAX, pieces};
pub use policy::Policy;
pub use translating::{NotTranslated, Note, Outcome, ToTranslate, Translated, translate_text};

/// Why an engine cannot be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupFault {
    /// A file or folder cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Unreadable {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A folder holds a model and not all that belongs to it.
    #[error("the model in `{path}` is incomplete: {missing} is missing")]
    Incomplete {
        /// Which folder.
        path: String,
        /// What is missing.
        missing: String,
    },
    /// A pack of a model is not what its manifest says.
    #[error("{0}")]
    Pack(String),
    /// A file is larger than any model.
    #[error("`{path}` is larger than {limit_bytes} bytes: that is no model of this engine")]
    TooLarge {
        /// Which.
        path: String,
        /// The limit.
        limit_bytes: u64,
    },
    /// This processor lacks what the engine is built for.
    #[error("this processor has no {needs}, which the engine needs: use another engine")]
    Processor {
        /// What is missing.
        needs: &'static str,
    },
    /// A setting makes no sense.
    #[error("the setting `{setting}` of the engine {engine} {problem}")]
    Setting {
        /// Of which engine.
        engine: String,
        /// Which setting.
        setting: &'static str,
        /// What is wrong with it and what is expected.
        problem: String,
    },
}
