//! What can be wrong with what we are asked to compare.

use thiserror::Error;

/// Why a picture, a hash or a sketch was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LikenessError {
    /// The picture has no pixels.
    #[error("the picture is {width} x {height} pixels: there is nothing to hash")]
    EmptyPicture {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// The picture is larger than this library is willing to hash.
    #[error("the picture is {width} x {height} pixels, more than {pixels_max} in all: scale it down first")]
    PictureTooLarge {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// The limit that it is over.
        pixels_max: u64,
    },
    /// The buffer is not as long as the dimensions say.
    #[error(
        "the picture's buffer has {found} bytes where its dimensions need {expected}: pass tightly packed rows without padding"
    )]
    WrongBufferLength {
        /// Bytes that the dimensions need.
        expected: u64,
        /// Bytes that were passed.
        found: u64,
    },
    /// A text is not a PDQ hash.
    #[error("a PDQ hash is 64 hexadecimal digits, and this is not: {found:?}")]
    NotAPdqHash {
        /// The text, cut to a length that is safe to show.
        found: String,
    },
    /// Bytes are not a sketch of this version.
    #[error("a text sketch of today's recipe begins with {version}, and these {found} bytes {}: sketch the text again", told(*.found_version))]
    NotASketch {
        /// The version that a sketch begins with.
        version: u8,
        /// What the bytes begin with.
        found_version: Option<u8>,
        /// Bytes that were passed.
        found: usize,
    },
    /// Bytes are not a picture's signature of this version.
    #[error("a picture's signature of today's recipe begins with {version}, and these {found} bytes {}: make it again from the picture", told(*.found_version))]
    NotASignature {
        /// The version that a signature begins with.
        version: u8,
        /// What the bytes begin with.
        found_version: Option<u8>,
        /// Bytes that were passed.
        found: usize,
    },
    /// An index of pictures has no room left.
    #[error("the index has {pictures_max} pictures, as many as it may: begin another one")]
    IndexFull {
        /// The limit.
        pictures_max: usize,
    },
}

fn told(version: Option<u8>) -> String {
    version.map_or_else(|| "have no version".to_owned(), |version| format!("with {version} are not one"))
}
