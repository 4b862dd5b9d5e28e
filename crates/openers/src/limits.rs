//! How much a hostile file may cost, each limit with its reason.

/// Those that the parent checks again.
pub use vedette_core::opened::{
    ANSWER_BYTES_MAX, ANSWER_HEADER_BYTES_MAX, DETAIL_BYTES_MAX, GRAY_PIXELS_MAX, IMAGE_PIXELS_MAX, INPUT_BYTES_MAX,
    LINK_BYTES_MAX, LINKS_MAX, PREVIEW_SIDE_MAX, REQUEST_HEADER_BYTES_MAX, TEXT_BYTES_MAX, TITLE_BYTES_MAX,
};

/// Bytes of address space of one child: decoded image, its copy in RGB, the input, the program itself.
pub const CHILD_ADDRESS_BYTES_MAX: u64 = 768 * 1024 * 1024;
/// File descriptors of one child; it needs three.
pub const CHILD_FILES_MAX: u64 = 16;
/// Bytes of an image of a crashed child's memory. One byte is no image, and the kernel then also gives nothing to a program that
/// collects such images, which it does when the limit is none at all (core(5)).
pub const CHILD_CORE_BYTES_MAX: u64 = 1;

/// Bytes that a decoder may take for one image; it bounds deep-colour images below the pixel limit.
pub const IMAGE_ALLOC_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Below this many pixels an image is doubled before text recognition, which wants letters of 20 pixels and more.
pub const GRAY_DOUBLE_BELOW_PIXELS: u64 = 500_000;
/// Neither side of the grey image may exceed this; the recogniser refuses more than 32,767.
pub const GRAY_SIDE_MAX: u32 = 16_384;

/// Bytes of HTML that are read; a long article has 1 MB, the rest of a larger page is left out and said so.
pub const HTML_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Bytes at the start of a page in which its encoding may be declared (HTML, section 13.2.3.2).
pub const CHARSET_SCAN_BYTES_MAX: usize = 1_024;
