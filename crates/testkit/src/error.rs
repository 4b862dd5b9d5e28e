//! What can go wrong in the test kit, said so that the person at the terminal knows which file to mend.

use std::path::PathBuf;

/// A failure of the test kit itself; faults that a mock server was told to show are never errors here.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TestkitError {
    /// A file of the world could not be read or a rendered one not written.
    #[error("cannot use `{path}`: {source}; check that the folder exists and can be written")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file of the world is not the TOML that the kit expects.
    #[error("cannot read `{path}` as the fictional world: {reason}; see demo/README.md for the format")]
    World {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A poster could not be drawn.
    #[error("cannot draw the poster `{name}`: {reason}; check its design under demo/posters")]
    Poster {
        /// The poster's name in world.toml.
        name: String,
        /// What the renderer said.
        reason: String,
    },
    /// A server could not be started.
    #[error("cannot listen on {address}: {source}; choose another port with --listen")]
    Listen {
        /// The address asked for.
        address: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The test client got no usable answer: refused, cut off in the middle, or not HTTP.
    #[error("no usable answer from `{url}`: {reason}")]
    NoAnswer {
        /// The address asked.
        url: String,
        /// What happened.
        reason: String,
    },
}

impl TestkitError {
    /// Names the file in an I/O error.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
