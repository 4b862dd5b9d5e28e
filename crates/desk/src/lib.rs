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
mod error;
mod exporting;
mod index_document;
mod liken;
mod pipeline;
mod prepare;
mod reporting;
mod research;
mod review;
mod sources;
mod watching;
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
pub use research::{Picture, SearchPage};
pub use vedette_preserve::VerifyReport;
pub use vedette_preserve::bundle::BundleFile;
pub use vedette_publish::{Problem, Severity};
pub use watching::NewWatch;
pub use who::{Role, Who};
pub use working::Work;
