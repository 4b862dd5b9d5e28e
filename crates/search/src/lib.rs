//! Questions to the archive as pure functions: the query language, standing queries, and the part of a text that
//! matched.
//!
//! | written | finds |
//! |---|---|
//! | `stadium kelmora` | both words, in any spelling that folds to them, in text, images, translations or earlier versions |
//! | `"meridian cup"` | the words next to each other |
//! | `lanter*` | words that begin so |
//! | `tessgate OR kelmora` | either |
//! | `-sports`, `NOT sports` | without |
//! | `lang:ar`, `lang:ar,fa` | a value of a field, or one of several |
//! | `level>=medium` | this level or higher |
//! | `from:2026-11-01 to:2026-11-20`, `from:-7d` | posted from the first day up to, not on, the second |
//!
//! ```
//! let now = "2026-11-20T12:00:00Z".parse().unwrap();
//! let query = vedette_search::parse(r#"stadium "meridian cup" level>=medium from:-7d -lang:ru"#, now).unwrap();
//! assert_eq!((query.must.len(), query.not.len()), (4, 1));
//! let error = vedette_search::parse("stadium levle:low", now).unwrap_err();
//! assert_eq!(error.column, 9);
//! assert!(error.to_string().contains("levle"));
//! ```

mod clauses;
mod error;
mod matching;
mod parse;
mod scan;
mod snippet;
mod watch_set;

pub use error::QueryError;
pub use matching::{field_values, matches};
pub use parse::{CLAUSES_MAX, QUERY_BYTES_MAX, parse};
pub use snippet::snippet;
pub use watch_set::WatchSet;
