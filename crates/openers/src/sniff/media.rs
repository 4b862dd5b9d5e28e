//! Recordings and moving pictures by their first bytes. Nothing of them is decoded here: a tool in a sandbox of its own does.

use super::find;

/// Bytes at the start in which the names of the codecs of a recording stand.
const CODECS_WITHIN: usize = 4_096;
/// Bytes of one packet of an MPEG transport stream (ISO 13818-1, section 2.4.3.2).
const TS_PACKET: usize = 188;
/// Bytes of the `ftyp` box in which brands are looked for.
const BRANDS_WITHIN: usize = 64;

/// Magic bytes at offset 0 that settle it.
const MAGIC: &[(&[u8], (&str, &str))] = &[
    (b"fLaC", ("audio", "flac")),
    (b"#!AMR", ("audio", "amr")),
    (b"FLV\x01", ("video", "flv")),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", ("video", "asf")),
    (b"\0\0\x01\xba", ("video", "mpeg")),
    (b"\0\0\x01\xb3", ("video", "mpeg")),
];

/// Class and format, when `bytes` begin as a recording or moving picture does.
pub(super) fn media(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    let at = |offset: usize, magic: &[u8]| bytes.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    let head = bytes.get(..CODECS_WITHIN).unwrap_or(bytes);
    if let Some((_, found)) = MAGIC.iter().find(|(magic, _)| at(0, magic)) {
        return Some(*found);
    }
    if at(0, b"RIFF") && (at(8, b"AVI ") || at(8, b"WAVE")) {
        return Some(if at(8, b"AVI ") { ("video", "avi") } else { ("audio", "wav") });
    }
    if at(0, b"FORM") && (at(8, b"AIFF") || at(8, b"AIFC")) {
        return Some(("audio", "aiff"));
    }
    if at(0, b"OggS") {
        return Some((if find(head, b"\x80theora").is_some() { "video" } else { "audio" }, "ogg"));
    }
    if at(0, b"\x1a\x45\xdf\xa3") {
        let format = if find(head.get(..64).unwrap_or(head), b"webm").is_some() { "webm" } else { "matroska" };
        let has = |codecs: &[&[u8]]| codecs.iter().any(|codec| find(head, codec).is_some());
        // Names of codecs: "V_VP9", "A_OPUS" (RFC 9559, section 21).
        let sound_alone = has(&[b"A_OPUS", b"A_VORBIS", b"A_AAC", b"A_MPEG", b"A_FLAC", b"A_PCM"])
            && !has(&[b"V_VP", b"V_AV1", b"V_MPEG", b"V_MS", b"V_THEORA"]);
        return Some((if sound_alone { "audio" } else { "video" }, format));
    }
    if at(4, b"ftyp") {
        return Some(by_brand(bytes.get(8..BRANDS_WITHIN).or(bytes.get(8..)).unwrap_or_default()));
    }
    // QuickTime before the brands: the length of a box, then one of the boxes that such files begin with.
    if at(0, b"\0") && [&b"moov"[..], b"mdat", b"wide"].iter().any(|name| at(4, name)) {
        return Some(("video", "quicktime"));
    }
    if [0, TS_PACKET, 2 * TS_PACKET].iter().all(|&offset| at(offset, b"\x47")) && bytes.contains(&0) {
        return Some(("video", "mpeg-ts"));
    }
    sound_frames(bytes)
}

/// An ISO base media file by its major brand; a generic picture brand is settled by the brands behind it.
fn by_brand(brands: &[u8]) -> (&'static str, &'static str) {
    let major = brands.get(..4).unwrap_or_default();
    match major {
        b"avif" | b"avis" => ("image", "avif"),
        b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" => ("image", "heic"),
        b"mif1" | b"msf1" => ("image", if find(brands, b"avif").is_some() { "avif" } else { "heic" }),
        b"M4A " | b"M4B " | b"F4A " => ("audio", "m4a"),
        b"qt  " => ("video", "quicktime"),
        _ if major.starts_with(b"3gp") || major.starts_with(b"3g2") => ("video", "3gp"),
        _ => ("video", "mp4"),
    }
}

/// MP3 behind its tags or bare, and AAC in bare frames.
fn sound_frames(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    match *bytes {
        // A tag has a version of one small digit and a size without high bits (id3.org, ID3v2.4, section 3.1).
        [b'I', b'D', b'3', 2..=4, 0..=9, _, a, b, c, d, ..] if (a | b | c | d) < 0x80 => Some(("audio", "mp3")),
        // Layer III, a bit rate and a rate of samples that exist. `ff fe` opens UTF-16 and is another layer.
        [0xff, 0xe2 | 0xe3 | 0xf2 | 0xf3 | 0xfa | 0xfb, rates, ..] if rates >> 4 < 15 && rates >> 2 & 3 < 3 => {
            Some(("audio", "mp3"))
        }
        [0xff, 0xf0 | 0xf1 | 0xf8 | 0xf9, rate, ..] if rate >> 2 & 15 < 13 => Some(("audio", "aac")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use vedette_core::opened::MEDIA_FORMATS;

    use super::*;

    #[test]
    fn recordings_and_moving_pictures_are_told_by_their_first_bytes() {
        let packets = [&[0x47u8][..], &[0; 187]].concat().repeat(3);
        for (bytes, expected) in [
            (&b"\0\0\0\x20ftypisom"[..], Some(("video", "mp4"))),
            (b"\0\0\0\x20ftypM4A ", Some(("audio", "m4a"))),
            (b"\0\0\0\x20ftypqt  ", Some(("video", "quicktime"))),
            (b"\0\0\0\x20ftyp3gp4", Some(("video", "3gp"))),
            (b"\0\0\0\x20ftypavif", Some(("image", "avif"))),
            (b"\0\0\0\x20ftypmif1\0\0\0\0mif1avif", Some(("image", "avif"))),
            (b"\0\0\0\x20ftypheic", Some(("image", "heic"))),
            (b"\0\0\0\x08wide\0\0", Some(("video", "quicktime"))),
            (b"RIFF\x10\0\0\0WAVEfmt ", Some(("audio", "wav"))),
            (b"RIFF\x10\0\0\0AVI LIST", Some(("video", "avi"))),
            (b"OggS....OpusHead", Some(("audio", "ogg"))),
            (b"OggS....\x80theora", Some(("video", "ogg"))),
            (b"\x1a\x45\xdf\xa3..webm..V_VP9..A_OPUS", Some(("video", "webm"))),
            (b"\x1a\x45\xdf\xa3..webm..A_OPUS", Some(("audio", "webm"))),
            (b"\x1a\x45\xdf\xa3..matroska", Some(("video", "matroska"))),
            (b"ID3\x04\0\0\0\0\x01\x00", Some(("audio", "mp3"))),
            (b"\xff\xfb\x90\x64", Some(("audio", "mp3"))),
            (b"\xff\xf1\x50\x80", Some(("audio", "aac"))),
            (&packets, Some(("video", "mpeg-ts"))),
            (b"ID3 is a tag at the start of recordings", None),
            (b"\xff\xfel\0a\0m\0p\0", None),
            (b"GGGGGGGG", None),
            (b"", None),
        ] {
            assert_eq!(media(bytes), expected, "{}", String::from_utf8_lossy(bytes));
            assert!(expected.is_none_or(|found| MEDIA_FORMATS.contains(&found)), "{expected:?} is listed");
        }
    }
}
