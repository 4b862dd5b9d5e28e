//! Recognise: what a text names and says. In: a text, its language, when it was posted. Out: [`Findings`]: mentions of the
//! register and of places, dates, links, and the statements that matter to a threat desk, each with its byte span.
//!
//! ```
//! use vedette_recognise::{Options, Recogniser, Register};
//! use vedette_core::{Language, StatementKind};
//! let file = r#"
//! [[actor]]
//! id = "grey-lantern"
//! name = "Order of the Grey Lantern"
//! source = "invented"
//! [[place]]
//! id = "kelmora"
//! name = "Kelmora"
//! lat = -38.2
//! lon = -21.4
//! source = "invented"
//! "#;
//! let register = Register::load(&[("demo.toml", file)])?;
//! let recogniser = Recogniser::new(register, Options::default());
//! let english = Language { code: "en".into(), script: "Latn".into(), confidence: 1.0 };
//! let posted_at = jiff::civil::date(2026, 3, 12).at(18, 0, 0, 0);
//! let found = recogniser.recognise("The Order of the Grey Lantern will attack Kelmora.", &english, posted_at);
//! assert_eq!(found.mentions.len(), 2);
//! assert_eq!(found.statements[0].kind, StatementKind::Threat);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod edits;
pub mod events;
mod issues;
mod lexicon;
mod loose;
mod matcher;
mod memo;
mod names;
mod places;
mod recogniser;
mod register;
mod scripts;
mod sieve;
mod sounds;
mod statements;
mod trie;
mod vocabulary;
mod watchlist;
mod wording;
mod words;

pub use issues::{ISSUE_NUMBER_MAX, NamedIssue};
pub use names::{NameMatcher, NameSpan, Search};
pub use places::{Hints, find_places, pack_gazetteer};
pub use recogniser::{Options, Recogniser};
pub use register::{
    Alias, BySpelling, Designation, Entry, Finding, ImportError, ImportFormat, ImportOptions, ImportReport, Imported,
    LeftOut, REGISTER_FILE_BYTES_MAX, REGISTER_IMPORT_BYTES_MAX, Register, RegisterError,
};
pub use vedette_core::{Findings, MentionKind};
/// What the program that trains the model of a post's wording shares with it. No part of the interface.
#[doc(hidden)]
pub mod training {
    pub use crate::wording::{LANES, bucket, softmax};
}

pub use watchlist::{WATCHLIST_TERMS_MAX, WatchTerm, Watchlist, WatchlistError};
