//! Evidence as pure functions: what makes bytes an exhibit, a sighting a leaf of the custody log, and a log provable.
//!
//! Nothing here stores, fetches or tells the time. The store appends what these functions compute; anyone can compute
//! it again and compare.
//!
//! ```
//! use vedette_preserve::{leaf, sha256, tree::{Tree, verify_inclusion}};
//!
//! let salt = [7; 16];
//! let leaves: Vec<_> = ["first record", "second record"]
//!     .iter()
//!     .map(|record| leaf::leaf_hash(&leaf::commitment(&salt, record)))
//!     .collect();
//! let mut log = Tree::default();
//! leaves.iter().for_each(|hash| log.append(*hash));
//! // The other leaf alone proves that the first record is in this log.
//! assert!(verify_inclusion(leaves[0], 0, log.size(), &[leaves[1]], log.root()));
//! assert_ne!(log.root(), sha256(b""));
//! ```

pub mod bundle;
pub mod canonical;
mod error;
mod finding;
pub mod leaf;
pub mod names;
pub mod note;
pub mod records;
pub mod tiles;
pub mod timestamp;
pub mod tree;
pub mod verify;
pub mod witness;

pub use error::{PreserveError, PreserveResult};
pub use finding::{Finding, VerifyReport};

use sha2::{Digest, Sha256 as Hasher};
use vedette_core::Sha256;

/// SHA-256 of some bytes: the name under which they are kept.
pub fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256(Hasher::digest(bytes).into())
}

/// SHA-256 of several parts as if they were one.
fn sha256_of(parts: &[&[u8]]) -> Sha256 {
    let mut hasher = Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    Sha256(hasher.finalize().into())
}
