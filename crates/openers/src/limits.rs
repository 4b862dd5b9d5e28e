//! How much a hostile file may cost, each limit with its reason.

use vedette_core::limits::READING_BYTES_MAX;

/// Bytes of one file that is opened; long magazines have 40 MB, a larger file is kept as evidence and not read.
pub const INPUT_BYTES_MAX: u64 = 128 * 1024 * 1024;
/// Bytes of one answer, header and sections together; a grey image of 12 Mpx, two previews and the text fit four times.
pub const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Bytes of the JSON header of a request: a media type and a file name.
pub const REQUEST_HEADER_BYTES_MAX: u32 = 16 * 1024;
/// Bytes of the JSON header of an answer; the links of a page are its largest part.
pub const ANSWER_HEADER_BYTES_MAX: u32 = 2 * 1024 * 1024;
/// Binary sections of an answer.
pub const SECTIONS_MAX: usize = 4;

/// CPU seconds of one child; the largest image that is let in decodes in about two.
pub const CHILD_CPU_SECONDS_MAX: u64 = 5;
/// Bytes of address space of one child: decoded image, its copy in RGB, the input, the program itself.
pub const CHILD_ADDRESS_BYTES_MAX: u64 = 768 * 1024 * 1024;
/// File descriptors of one child; it needs three.
pub const CHILD_FILES_MAX: u64 = 16;

/// Pixels of an image; a phone's largest camera picture passes, a bomb of 60,000 x 60,000 does not.
pub const IMAGE_PIXELS_MAX: u64 = 100_000_000;
/// Bytes that a decoder may take for one image; it bounds deep-colour images below the pixel limit.
pub const IMAGE_ALLOC_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Pixels of the grey image for text recognition; an A4 page at 300 dpi has 8.7 million.
pub const GRAY_PIXELS_MAX: u64 = 12_000_000;
/// Below this many pixels an image is doubled before text recognition, which wants letters of 20 pixels and more.
pub const GRAY_DOUBLE_BELOW_PIXELS: u64 = 500_000;
/// Neither side of the grey image may exceed this; the recogniser refuses more than 32,767.
pub const GRAY_SIDE_MAX: u32 = 16_384;
/// Longer side in pixels of a preview.
pub const PREVIEW_SIDE_MAX: u32 = 480;

/// Bytes of HTML that are read; a long article has 1 MB, the rest of a larger page is left out and said so.
pub const HTML_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Bytes of text of one document.
pub const TEXT_BYTES_MAX: usize = READING_BYTES_MAX;
/// Links that are listed from one page.
pub const LINKS_MAX: usize = 500;
/// Bytes of one listed link; browsers send no longer address.
pub const LINK_BYTES_MAX: usize = 2_048;
/// Bytes of a page's title.
pub const TITLE_BYTES_MAX: usize = 1_024;
/// Bytes at the start of a page in which its encoding may be declared (HTML, section 13.2.3.2).
pub const CHARSET_SCAN_BYTES_MAX: usize = 1_024;
/// Bytes of what an error names: enough for a sentence, too little to fill a page.
pub const DETAIL_BYTES_MAX: usize = 300;
