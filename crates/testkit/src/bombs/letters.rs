//! Mail, subtitles, plain text and recordings that break readers.

use std::fmt::Write;

fn multipart(boundary: &str) -> String {
    format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n")
}

const HEAD: &str = "From: desk@example.org\r\nTo: library@example.org\r\nSubject: lamp\r\nMIME-Version: 1.0\r\n";

/// A mail of 10,000 parts.
pub fn mail_of_10_000_parts() -> Vec<u8> {
    let part = "--b\r\nContent-Type: text/plain\r\n\r\nlamp\r\n";
    format!("{HEAD}{}{}--b--\r\n", multipart("b"), part.repeat(10_000)).into_bytes()
}

/// A mail whose parts hold parts, 10,000 deep.
pub fn deep_mail() -> Vec<u8> {
    let mut mail = HEAD.to_owned() + &multipart("b0");
    for depth in 1..10_000 {
        // Writing to a string cannot fail.
        write!(mail, "--b{}\r\n{}", depth - 1, multipart(&format!("b{depth}"))).unwrap_or_default();
    }
    mail.into_bytes()
}

/// A mail in a mail, 5,000 deep.
pub fn mail_in_mail() -> Vec<u8> {
    format!("{HEAD}Content-Type: message/rfc822\r\n\r\n").repeat(5_000).into_bytes()
}

/// A mail with one header of 16 MB.
pub fn mail_of_one_header() -> Vec<u8> {
    format!("{HEAD}X-Lamp: {}\r\n\r\nlamp", "a".repeat(16_000_000)).into_bytes()
}

/// A mail of a million headers.
pub fn mail_of_headers() -> Vec<u8> {
    format!("{HEAD}{}\r\nlamp", "Received: lamp\r\n".repeat(1_000_000)).into_bytes()
}

/// A mail whose subject is half a million encoded words.
pub fn mail_of_encoded_words() -> Vec<u8> {
    format!("From: a@example.org\r\nSubject: {}\r\n\r\nlamp", "=?utf-8?B?bGFtcA==?= ".repeat(500_000)).into_bytes()
}

/// Subtitles of a million cues.
pub fn srt_of_a_million_cues() -> Vec<u8> {
    "1\n00:00:01,000 --> 00:00:02,000\nlamp\n\n".repeat(1_000_000).into_bytes()
}

/// Subtitles whose times no clock shows.
pub fn srt_of_wrong_times() -> Vec<u8> {
    let times = ["99999999999999999999:99:99,999", "-1:00:00,000", "00:00:00,00000000000000000001", "NaN:NaN:NaN,NaN"];
    let cue = |(number, time): (usize, &&str)| format!("{number}\n{time} --> 00:00:00,000\nlamp\n\n");
    times.iter().cycle().take(1_000).enumerate().map(cue).collect::<String>().into_bytes()
}

/// Subtitles with styles that open and never close.
pub fn ass_of_styles() -> Vec<u8> {
    let line = "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,";
    let head = "[Script Info]\nScriptType: v4.00+\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n";
    format!("{head}{line}{}lamp\n", "{\\t(".repeat(500_000)).into_bytes()
}

/// One line of 60 MB.
pub fn text_of_one_line() -> Vec<u8> {
    vec![b'a'; 60_000_000]
}

/// A letter with two million marks above it.
pub fn text_of_marks() -> Vec<u8> {
    ("lamp a".to_owned() + &"\u{301}\u{489}".repeat(1_000_000)).into_bytes()
}

/// Marks of direction that open and never close.
pub fn text_of_directions() -> Vec<u8> {
    ("lamp ".to_owned() + &"\u{202e}\u{2066}\u{202b}".repeat(500_000)).into_bytes()
}

/// UTF-16 of lone halves of letters.
pub fn utf_16_of_halves() -> Vec<u8> {
    [b"\xff\xfe".to_vec(), b"\x00\xd8".repeat(2_000_000)].concat()
}

/// More bytes than any file that is opened.
pub fn too_many_bytes() -> Vec<u8> {
    vec![b' '; 128 * 1024 * 1024 + 1]
}

/// A film whose boxes say sizes beyond its end and hold each other without end.
pub fn mp4_of_boxes() -> Vec<u8> {
    let kind = b"\0\0\0\x18ftypisom\0\0\0\0isommp42".to_vec();
    let endless = b"\0\0\0\x01moov\xff\xff\xff\xff\xff\xff\xff\xff".repeat(100_000);
    [kind, endless].concat()
}
