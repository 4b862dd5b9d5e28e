//! How much a hostile file may cost, each limit with its reason.

/// Those that the parent checks again.
pub use vedette_core::opened::{
    ANSWER_BYTES_MAX, ANSWER_HEADER_BYTES_MAX, CUES_MAX, DETAIL_BYTES_MAX, GRAY_PIXELS_MAX, IMAGE_PIXELS_MAX,
    INPUT_BYTES_MAX, LINK_BYTES_MAX, LINKS_MAX, MEMBERS_MAX, NOTES_MAX, PARTS_MAX, PREVIEW_SIDE_MAX,
    REQUEST_HEADER_BYTES_MAX, SECTIONS_MAX, TEXT_BYTES_MAX, TITLE_BYTES_MAX,
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

/// Bytes of texts and members in one answer; with the header it stays within [`ANSWER_BYTES_MAX`]. What does not fit is asked
/// for again.
pub const CONTAINER_ANSWER_BYTES_MAX: usize = 56 * 1024 * 1024;
/// Bytes of one member that is handed on; a poster or magazine inside an archive is smaller, and a film is read by tools only.
pub const MEMBER_BYTES_MAX: usize = 48 * 1024 * 1024;
/// Bytes of text of all parts of one document; a reading holds a quarter of it.
pub const DOCUMENT_TEXT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes of names, titles and links in the header of one answer; JSON may write some of them twice as long.
pub const CONTAINER_HEADER_BYTES_MAX: usize = 800 * 1024;
/// Bytes that one child unpacks in all; more would not fit into its processor time beside reading them.
pub const UNPACKED_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Bytes up to which any ratio of packing is honest: a blank page packs to nothing.
pub const RATIO_FREE_BYTES: u64 = 16 * 1024 * 1024;
/// Times that a larger member may be longer than its packed bytes. Texts reach 10, blank drawings 100, bombs 1,000.
pub const RATIO_MAX: u64 = 200;
/// Entries of an archive's directory that are looked at; the largest honest archives have some ten thousand.
pub const ENTRIES_SEEN_MAX: usize = 100_000;
/// Bytes of one XML part of a document.
pub const XML_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Elements within each other; tables in tables of office programs reach 60.
pub const XML_DEPTH_MAX: usize = 1_000;
/// Tags and texts of one XML part; what is behind them would exceed the child's processor time.
pub const XML_PIECES_MAX: usize = 8_000_000;
/// Messages within one mail: forwarded ones of forwarded ones.
pub const MAIL_NESTED_MAX: usize = 32;
/// Bytes of memory for the dictionary of an LZMA stream; 7-Zip's largest setting by default needs 64 MiB.
pub const LZMA_MEMORY_BYTES_MAX: usize = 256 * 1024 * 1024;
