//! The stores behind the ports, and the only code that writes a workspace's files durably: rows and the custody log in
//! SQLite, bytes in a folder, the search index in Tantivy.
//!
//! | in the workspace | is | trusted for |
//! |---|---|---|
//! | `catalogue.sqlite` | rows, small exhibits, the log | everything; what a row says of evidence is committed to by a leaf |
//! | `vault/ab/cd/HASH` | large exhibits | nothing: each is checked against its name |
//! | `vault/incoming/` | large exhibits on their way in | nothing: emptied when the workspace is opened |
//! | `index/` | the search index | nothing: a cache that is built anew from rows |
//! | `keys/names.key` | the key that turns account names into pseudonyms | secrecy of people's names |
//! | `workspace.lock` | who writes here | one writer |
//!
//! Whoever can write the catalogue can write a whole new log; only a checkpoint kept elsewhere shows that.

#[doc(hidden)]
pub mod crash;
mod fault;
mod folder;
mod lock;
mod search_index;
mod sqlite;
mod workspace;

pub use folder::FolderBlobs;
pub use search_index::TantivyIndex;
pub use sqlite::SqliteRecords;
pub use workspace::{OpenMode, Workspace};
