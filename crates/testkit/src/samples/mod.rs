//! One small honest file of each format that is read, built here byte by byte, so that tests know what stands in it. What is
//! said in them is of the fictional world or of the weather.

mod archives;
mod office;

pub use archives::{bzip2, gzip, locked_7z, locked_zip, seven_zip, tar, tar_gz, tar_xz, xz, zip_of};
pub use office::{docx, docx_of, epub, odp, ods, odt, odt_of, pptx, pptx_of, xlsx};

use std::io::Cursor;

use base64::Engine as _;
use image::{ImageFormat, RgbImage};

/// What every document among the samples says.
pub const SENTENCE: &str = "The lamp burns in Kelmora.";
/// The same in Arabic script.
pub const ARABIC: &str = "المصباح يضيء في الملعب";

/// Every sample: the usual ending of its name, and its bytes.
pub fn samples() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("png", png()),
        ("jpg", picture(ImageFormat::Jpeg)),
        ("gif", picture(ImageFormat::Gif)),
        ("webp", picture(ImageFormat::WebP)),
        ("bmp", picture(ImageFormat::Bmp)),
        ("tiff", picture(ImageFormat::Tiff)),
        ("html", html()),
        ("txt", SENTENCE.as_bytes().to_vec()),
        ("docx", docx()),
        ("pptx", pptx()),
        ("xlsx", xlsx()),
        ("odt", odt()),
        ("odp", odp()),
        ("ods", ods()),
        ("epub", epub()),
        ("rtf", rtf()),
        ("eml", mail()),
        ("zip", zip_of(&[("lamp.txt", SENTENCE.as_bytes()), ("poster.png", &png())])),
        ("tar", tar(&[("lamp.txt", SENTENCE.as_bytes())])),
        ("tar.gz", tar_gz(&[("lamp.txt", SENTENCE.as_bytes())])),
        ("txt.gz", gzip(SENTENCE.as_bytes())),
        ("txt.bz2", bzip2()),
        ("txt.xz", xz()),
        ("tar.xz", tar_xz()),
        ("7z", seven_zip()),
        ("srt", srt()),
        ("vtt", vtt()),
        ("ass", ass()),
    ]
}

/// A small picture with edges and no text.
pub fn png() -> Vec<u8> {
    picture(ImageFormat::Png)
}

fn picture(format: ImageFormat) -> Vec<u8> {
    let picture = RgbImage::from_fn(72, 48, |x, y| {
        let bright = (x / 12 + y / 12) % 2 * 180;
        image::Rgb([bright as u8, (x * 3 % 256) as u8, (y * 5 % 256) as u8])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("writing to memory, RGB fits these formats");
    bytes.into_inner()
}

/// A page with a menu around its text.
pub fn html() -> Vec<u8> {
    format!(
        "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>Lantern Media</title></head><body>\
         <nav><a href='https://lantern.example/'>Home</a></nav><article><h1>The lamp</h1><p>{SENTENCE}</p><p>{ARABIC}</p></article>\
         </body></html>"
    )
    .into_bytes()
}

/// An RTF document with an embedded picture.
pub fn rtf() -> Vec<u8> {
    let hex: String = png().iter().map(|byte| format!("{byte:02x}")).collect();
    let arabic: String =
        ARABIC.chars().map(|c| if c == ' ' { " ".to_owned() } else { format!("\\u{}?", c as u32) }).collect();
    format!("{{\\rtf1\\ansi{{\\fonttbl{{\\f0 Arial;}}}}{SENTENCE}\\par {arabic}\\par {{\\pict\\pngblip {hex}}}}}")
        .into_bytes()
}

/// A mail with a text, the same as HTML, and a picture.
pub fn mail() -> Vec<u8> {
    let picture = base64::engine::general_purpose::STANDARD.encode(png());
    let lines: Vec<&str> = picture.as_bytes().chunks(76).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    format!(
        "From: Wick Keeper <wick@lantern.example>\r\nTo: reader@kelmora.example\r\n\
         Subject: =?utf-8?B?VGhlIGxhbXAg2KfZhNmF2LXYqNin2K0=?=\r\nDate: Tue, 24 Nov 2026 18:00:00 +0200\r\n\
         Message-ID: <1@lantern.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=outer\r\n\r\n\
         --outer\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n\
         --inner\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{SENTENCE}\r\n\
         --inner\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>{SENTENCE} <a href='https://lantern.example/x'>more</a></p>\r\n\
         --inner--\r\n--outer\r\nContent-Type: image/png; name=poster.png\r\n\
         Content-Disposition: attachment; filename=poster.png\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n--outer--\r\n",
        lines.join("\r\n")
    )
    .into_bytes()
}

/// SubRip.
pub fn srt() -> Vec<u8> {
    format!("1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>{SENTENCE}</i>\r\n\r\n2\r\n00:01:00,000 --> 00:01:02,000\r\n{ARABIC}\r\n")
        .into_bytes()
}

/// WebVTT.
pub fn vtt() -> Vec<u8> {
    format!("WEBVTT\n\nNOTE not said\n\n00:01.000 --> 00:02.500\n{SENTENCE}\n\n01:00.000 --> 01:02.000\n{ARABIC}\n")
        .into_bytes()
}

/// Advanced SubStation Alpha.
pub fn ass() -> Vec<u8> {
    format!(
        "[Script Info]\nTitle: lamp\n\n[Events]\n\
         Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n\
         Dialogue: 0,0:01:00.00,0:01:02.00,Default,,0,0,0,,{ARABIC}\n\
         Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{{\\i1}}{SENTENCE}\n"
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_sample_of_each_ending_and_none_is_empty() {
        let all = samples();
        let endings: std::collections::BTreeSet<_> = all.iter().map(|(ending, _)| ending).collect();
        assert_eq!(endings.len(), all.len());
        assert!(all.iter().all(|(_, bytes)| bytes.len() > 20));
    }
}
