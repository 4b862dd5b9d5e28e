//! The use cases of a desk, and the pipeline on one page. Every face (command line, pages) comes through [`Desk`]; roles
//! and the audit trail are enforced here, once. Stages are functions of the rooms; this crate gives them data, stores
//! what they return, and knows the ports only as traits.

mod accounts;
mod analyst;
mod bundling;
mod collecting;
mod config;
mod custody;
mod derive;
mod desk;
mod erasing;
mod error;
mod exporting;
mod health;
mod index_document;
mod liken;
mod listening;
mod pipeline;
mod prepare;
mod reporting;
mod research;
mod review;
mod sources;
mod translating;
mod translations;
mod vanished;
mod watching;
mod web_archive;
mod whereabouts;
mod who;
mod working;

pub use analyst::Analyst;
pub use bundling::PreparedBundle;
pub use collecting::Round;
pub use config::DeskConfig;
pub use custody::Erased;
pub use desk::{Clock, Desk, Ports, Rooms};
pub use error::{DeskError, DeskResult};
pub use exporting::ExportFormat;
pub use health::said;
pub use research::{Picture, SearchPage};
pub use translating::{StoredCache, TranslationRoom, register_terms};
pub use translations::{ItemTranslations, SegmentText, TermText, TextTranslation, TranslationEdit, TranslationState};
pub use vedette_preserve::VerifyReport;
pub use vedette_preserve::bundle::BundleFile;
pub use vedette_publish::{Problem, Severity};
pub use watching::NewWatch;
pub use whereabouts::Whereabouts;
pub use who::{Role, Who};
pub use working::Work;
