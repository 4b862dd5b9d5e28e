//! Limits that several rooms share, each with its reason. A limit that one room alone needs stands in that room.

/// Bytes: exhibits up to this size are rows of the catalogue and commit with their item; larger ones are files.
pub const INLINE_EXHIBIT_BYTES_MAX: usize = 64 * 1024;
/// Bytes: the largest single exhibit; a magazine issue or a video clip fits, a disk image does not.
pub const EXHIBIT_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Bytes of text that one reading may hold; a long magazine issue has about 300 KB.
pub const READING_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes of text of a single post; longer ones are cut and marked, the exhibit keeps every byte.
pub const POST_TEXT_BYTES_MAX: usize = 1024 * 1024;
/// Attachments of one version; chat servers allow about ten.
pub const ATTACHMENTS_MAX: usize = 64;
/// Versions that one batch of the pipeline holds in memory.
pub const BATCH_VERSIONS_MAX: usize = 512;
/// Days after which a sealed response page is erased.
pub const SEALED_PAGE_DAYS: i64 = 30;
/// Hits that one page of search results may hold.
pub const SEARCH_HITS_MAX: usize = 1_000;
/// Tries of a failing job before it waits for a person.
pub const JOB_TRIES_MAX: u32 = 5;
/// Hamming distance, of 256 bits, up to which two PDQ hashes are called a likeness (the value the reference names).
pub const PDQ_DISTANCE_MAX: u32 = 31;
/// PDQ quality below which a hash says too little to be matched (the value the reference names).
pub const PDQ_QUALITY_MIN: u8 = 50;
/// Characters of the reason that a person gives: a page and a half.
pub const REASON_CHARS_MAX: usize = 2_000;
