//! What a file is, by its first bytes and never by its name: an adversary chooses the name.

mod media;

use crate::container::archive::{Packing, is_tar};
use crate::container::mail::looks_like_mail;

/// What the bytes look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sniffed {
    /// An image that an opener reads.
    Image(image::ImageFormat),
    /// A PDF; the header stands at this offset.
    Pdf(usize),
    /// Text that looks like an HTML document.
    Html,
    /// A recording, a moving picture, or a still picture that a tool decodes: class and format of
    /// [`vedette_core::opened::MEDIA_FORMATS`].
    Media(&'static str, &'static str),
    /// Perhaps text.
    Unknown,
    /// A document, mail or archive.
    Packed(Packed),
    /// A document that is locked with a password.
    Locked(&'static str),
    /// A known kind that no opener reads, by its name.
    Other(&'static str),
}

/// Documents, mails and archives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packed {
    /// A zip; its directory says which document it is, if any.
    Zip,
    /// A 7z archive.
    SevenZip,
    /// A tar.
    Tar,
    /// One packed stream, perhaps of a tar.
    Stream(Packing),
    /// An RTF document.
    Rtf,
    /// A mail.
    Mail,
}

/// Bytes at the start in which a PDF header may stand (ISO 32000-1, annex H.3.4.1).
const PDF_HEADER_WITHIN: usize = 1_024;
/// Bytes at the start in which the first tag of a page is looked for.
const HTML_TAG_WITHIN: usize = 1_024;

/// Magic bytes at offset 0 of kinds that are named and not read.
const OTHERS: &[(&[u8], &str)] = &[
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\x7fELF", "a Linux program"),
    (b"MZ", "a Windows program"),
    (b"\xca\xfe\xba\xbe", "a Java or macOS program"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"8BPS", "a Photoshop image"),
    (b"\xff\x0a", "a JPEG XL image"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL image"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 image"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
];

/// Says what `bytes` look like.
pub fn sniff(bytes: &[u8]) -> Sniffed {
    use image::ImageFormat::{Bmp, Gif, Jpeg, Png, Tiff, WebP};
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let at = |offset: usize, magic: &[u8]| bytes.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    if starts(b"\x89PNG\r\n\x1a\n") {
        return Sniffed::Image(Png);
    }
    if starts(b"\xff\xd8\xff") {
        return Sniffed::Image(Jpeg);
    }
    if starts(b"GIF87a") || starts(b"GIF89a") {
        return Sniffed::Image(Gif);
    }
    if starts(b"RIFF") && at(8, b"WEBP") {
        return Sniffed::Image(WebP);
    }
    if starts(b"II*\0") || starts(b"MM\0*") {
        return Sniffed::Image(Tiff);
    }
    // "BM" alone begins many texts; the length of the info header follows at 14.
    if starts(b"BM")
        && bytes.get(14..18).is_some_and(|size| matches!(size, [12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0]))
    {
        return Sniffed::Image(Bmp);
    }
    if let Some(offset) = find(bytes.get(..PDF_HEADER_WITHIN).unwrap_or(bytes), b"%PDF-") {
        return Sniffed::Pdf(offset);
    }
    if let Some((class, format)) = media::media(bytes) {
        return Sniffed::Media(class, format);
    }
    if let Some(found) = packed(bytes) {
        return found;
    }
    if let Some((_, name)) = OTHERS.iter().find(|(magic, _)| starts(magic)) {
        return Sniffed::Other(name);
    }
    if looks_like_mail(bytes) {
        return Sniffed::Packed(Packed::Mail);
    }
    if looks_like_html(bytes) { Sniffed::Html } else { Sniffed::Unknown }
}

/// Documents, mails and archives.
fn packed(bytes: &[u8]) -> Option<Sniffed> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    // A zip may follow a program that unpacks it; then it is a program.
    if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") {
        return Some(Sniffed::Packed(Packed::Zip));
    }
    if starts(b"7z\xbc\xaf\x27\x1c") {
        return Some(Sniffed::Packed(Packed::SevenZip));
    }
    if starts(b"\x1f\x8b\x08") {
        return Some(Sniffed::Packed(Packed::Stream(Packing::Gzip)));
    }
    // The digit is the size of its blocks, then follows the mark of a block or of the end.
    if starts(b"BZh") && bytes.get(4..10).is_some_and(|mark| mark == b"1AY&SY" || mark == b"\x17\x72\x45\x38\x50\x90") {
        return Some(Sniffed::Packed(Packed::Stream(Packing::Bzip2)));
    }
    if starts(b"\xfd7zXZ\0") {
        return Some(Sniffed::Packed(Packed::Stream(Packing::Xz)));
    }
    if starts(b"{\\rtf") {
        return Some(Sniffed::Packed(Packed::Rtf));
    }
    if starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Some(old_office(bytes));
    }
    is_tar(bytes).then_some(Sniffed::Packed(Packed::Tar))
}

/// A compound file: names in its directory are UTF-16 (MS-CFB, section 2.6.1).
fn old_office(bytes: &[u8]) -> Sniffed {
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        find(bytes, &wide).is_some()
    };
    if has("EncryptedPackage") {
        Sniffed::Locked("an Office document with a password")
    } else if has("WordDocument") {
        Sniffed::Other("an old Word document (.doc)")
    } else if has("PowerPoint Document") {
        Sniffed::Other("an old PowerPoint file (.ppt)")
    } else if has("Workbook") {
        Sniffed::Other("an old Excel workbook (.xls)")
    } else if has("__properties_version1.0") {
        Sniffed::Other("an Outlook message (.msg)")
    } else {
        Sniffed::Other("an old Office document")
    }
}

/// Whether one of the tags that open a document stands near the start.
fn looks_like_html(bytes: &[u8]) -> bool {
    let head = bytes.get(..HTML_TAG_WITHIN).unwrap_or(bytes).to_ascii_lowercase();
    ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| find(&head, tag.as_bytes()).is_some())
}

/// Offset of the first `needle` in `haystack`.
pub(crate) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_their_bytes() {
        for (bytes, expected) in [
            (&b"\x89PNG\r\n\x1a\nrest"[..], Sniffed::Image(image::ImageFormat::Png)),
            (b"\xff\xd8\xff\xe0", Sniffed::Image(image::ImageFormat::Jpeg)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Sniffed::Image(image::ImageFormat::WebP)),
            (b"junk\n%PDF-1.7\n", Sniffed::Pdf(5)),
            (b"\n<!DOCTYPE HTML><p>x", Sniffed::Html),
            (b"PK\x03\x04....word/document.xml", Sniffed::Packed(Packed::Zip)),
            (b"\x1f\x8b\x08\0", Sniffed::Packed(Packed::Stream(Packing::Gzip))),
            (b"BZh91AY&SY", Sniffed::Packed(Packed::Stream(Packing::Bzip2))),
            (b"BZh is how this text begins", Sniffed::Unknown),
            (b"{\\rtf1 x}", Sniffed::Packed(Packed::Rtf)),
            (
                b"From: a@b.example\r\nSubject: x\r\nMessage-ID: <1@b.example>\r\n\r\nbody",
                Sniffed::Packed(Packed::Mail),
            ),
            (b"From: us\nSubject: the lamp\n\nbody", Sniffed::Unknown),
            (
                b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1..W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0",
                Sniffed::Other("an old Word document (.doc)"),
            ),
            (b"\0\0\0\x20ftypisom", Sniffed::Media("video", "mp4")),
            (b"BM is how this text begins", Sniffed::Unknown),
            (b"", Sniffed::Unknown),
        ] {
            assert_eq!(sniff(bytes), expected, "{}", String::from_utf8_lossy(bytes));
        }
    }
}
