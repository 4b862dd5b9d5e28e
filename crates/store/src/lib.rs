//! The stores behind the ports, and the only code that writes a workspace's files durably: rows and the custody log in
//! SQLite, bytes in a folder, the search index in Tantivy.
//!
//! | in the workspace | is | trusted for |
//! |---|---|---|
//! | `catalogue.sqlite` | rows, small exhibits, the log | everything; what a row says of evidence is committed to by a leaf |
//! | `vault/ab/cd/HASH` | large exhibits | nothing: each is checked against its name |
//! | `log/` | tiles and the signed checkpoint | nothing: compared with the rows |
//! | `vault/incoming/` | large exhibits on their way in | nothing: emptied when the workspace is opened |
//! | `index/` | the search index | nothing: a cache that is built anew from rows |
//! | `keys/names.key` | the key that turns account names into pseudonyms | secrecy of people's names |
//! | `workspace.lock` | who writes here | one writer |
//!
//! Whoever can write the catalogue can write a whole new log; the signing key and the checkpoint last seen, which lie
//! outside the workspace, show that, and witnesses show it even to those who do not trust this machine.

#[doc(hidden)]
pub mod crash;
mod fault;
mod folder;
mod lock;
mod log_files;
mod search_index;
mod sqlite;
mod workspace;

pub use folder::FolderBlobs;
pub use log_files::{Keyring, SignedLog};
pub use search_index::TantivyIndex;
pub use sqlite::SqliteRecords;
pub use workspace::{Custody, OpenMode, Workspace};
