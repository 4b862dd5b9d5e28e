//! Cleared work to the world: reports whose footnotes can be proved, the check that no quotation is wrong, and the
//! forms in which work leaves the house (HTML, Markdown, STIX, MISP, hash lists, tables).
//!
//! Everything here is a function from data to data: no file, no clock, no network. What leaves takes a
//! [`vedette_core::Cleared`] value, which only a named person's decision can make; what has not been cleared can be
//! looked at with [`preview`], and says DRAFT on every form.
//!
//! ```
//! use vedette_core::{Audience, Block, BlockKind, Draft, Reviewer};
//! use vedette_publish::{new_report, preview, release};
//!
//! let now = jiff::Timestamp::UNIX_EPOCH;
//! let mut report = new_report("Notes from the Valley", 1, "Outlet Posts A Poster", "A. Editor", now);
//! report.blocks.push(Block {
//!     kind: BlockKind::Lead,
//!     audience: Audience::Public,
//!     text: "On Monday an outlet posted a poster.".into(),
//! });
//! assert!(preview(&report, Audience::Public).markdown.contains("DRAFT"));
//!
//! let reviewer = Reviewer::named("B. Reviewer").expect("the name is not blank");
//! let cleared = Draft::new(report).clear(reviewer, now, "checked against the archive");
//! assert!(!release(&cleared, Audience::Public).markdown.contains("DRAFT"));
//! ```

mod check;
mod cited;
mod clean;
mod digest;
mod export;
mod quotes;
mod render;
mod report;
mod source;
#[cfg(test)]
mod test_world;

pub use check::{Problem, Severity, check, passes};
pub use cited::{CitedText, SignedTranslation, Standing, may_be_quoted, note_translations};
pub use clean::{defang, visible};
pub use digest::digest;
pub use export::{Label, Sender, decisions_csv, hashes_csv, hashes_jsonl, items_csv, labels_jsonl, misp, stix21};
pub use render::{
    Form, PUBLIC_LINES, Rendered, preview, release, render_html_fragment, render_html_page, render_markdown,
};
pub use report::{cite, new_report, opening};
pub use source::{SourceError, from_source, to_source};
