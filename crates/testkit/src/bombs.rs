//! Files made to break a reader: cut off, lying about their size, locked, or growing without end. Each is small until somebody
//! trusts it, and each does harm only to a program that reads without limits.

use std::io::Cursor;

use image::{ImageFormat, RgbImage};

/// A PNG that ends in the middle of its pixels.
pub fn truncated_png() -> Vec<u8> {
    half(&encoded(ImageFormat::Png))
}

/// A JPEG that ends in the middle of its pixels.
pub fn truncated_jpeg() -> Vec<u8> {
    half(&encoded(ImageFormat::Jpeg))
}

fn encoded(format: ImageFormat) -> Vec<u8> {
    let picture =
        RgbImage::from_fn(96, 96, |x, y| image::Rgb([(x * 37 % 256) as u8, (y * 59 % 256) as u8, (x * y % 256) as u8]));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("writing to memory, RGB fits both formats");
    bytes.into_inner()
}

fn half(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().take(bytes.len() / 2).collect()
}

/// A PNG of a few dozen bytes whose header says 60,000 × 60,000 pixels: 10 GB for whoever believes it.
pub fn huge_png_header() -> Vec<u8> {
    let side = 60_000_u32.to_be_bytes();
    // Eight bits a channel, RGB, no interlace.
    let header = [&side[..], &side[..], &[8, 2, 0, 0, 0]].concat();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    // An empty zlib stream: valid, and far too short.
    for (name, data) in [(b"IHDR", header.as_slice()), (b"IDAT", &[0x78, 0x9c, 3, 0, 0, 0, 0, 1]), (b"IEND", &[])] {
        let named = [&name[..], data].concat();
        png.extend(u32::try_from(data.len()).expect("a few bytes").to_be_bytes());
        png.extend(&named);
        png.extend(crc32(&named).to_be_bytes());
    }
    png
}

/// CRC-32 of PNG, annex D of the PNG specification.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
    };
    !bytes.iter().fold(!0, step)
}

/// Text that is UTF-8 except where it is not: a lone continuation, an overlong slash, a surrogate, a cut-off letter at the end.
pub fn broken_utf8() -> Vec<u8> {
    let mut text = "The lamp \u{0627}\u{0644} ".as_bytes().to_vec();
    text.extend(b"\x80 \xc0\xaf \xed\xa0\x80 end ");
    text.extend(b"\xd0");
    text
}

/// A PDF that asks for a password that nobody has: its password entries are arbitrary bytes, so every password is wrong.
pub fn password_pdf() -> Vec<u8> {
    let content = "BT /F1 12 Tf 72 700 Td (locked) Tj ET";
    let locked = "<5f3a19c07be24d886601fa93cc12be7745d0a1e8379b4c62f08e5d21b7aa9034>";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        format!("<< /Filter /Standard /V 1 /R 2 /Length 40 /P -44 /O {locked} /U {locked} >>"),
    ];
    let mut pdf = "%PDF-1.4\n".to_owned();
    let mut offsets = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        offsets.push(pdf.len());
        pdf.push_str(&format!("{} 0 obj\n{object}\nendobj\n", number + 1));
    }
    let table = pdf.len();
    pdf.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for offset in offsets {
        pdf.push_str(&format!("{offset:010} 00000 n \n"));
    }
    let id = "<00112233445566778899aabbccddeeff>";
    pdf.push_str(&format!(
        "trailer\n<< /Size {} /Root 1 0 R /Encrypt 6 0 R /ID [{id} {id}] >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    ));
    pdf.into_bytes()
}

/// An RSS feed whose title expands to 3 GB in a reader that follows document type definitions.
pub fn billion_laughs_xml() -> Vec<u8> {
    let mut xml = "<?xml version=\"1.0\"?>\n<!DOCTYPE rss [\n<!ENTITY l0 \"lol\">\n".to_owned();
    for level in 1..10 {
        let tenfold = format!("&l{};", level - 1).repeat(10);
        xml.push_str(&format!("<!ENTITY l{level} \"{tenfold}\">\n"));
    }
    xml.push_str("]>\n<rss version=\"2.0\"><channel><title>&l9;</title><item><title>one</title><guid>1</guid></item></channel></rss>\n");
    xml.into_bytes()
}

/// An RSS feed that asks its reader for a file of the machine.
pub fn external_entity_xml() -> Vec<u8> {
    b"<?xml version=\"1.0\"?>\n<!DOCTYPE rss [<!ENTITY secret SYSTEM \"file:///etc/hostname\">]>\n<rss version=\"2.0\"><channel><title>&secret;</title></channel></rss>\n".to_vec()
}

/// One JSON object with a string of `bytes` letters.
pub fn huge_json(bytes: usize) -> Vec<u8> {
    let mut json = b"{\"id\":\"huge\",\"text\":\"".to_vec();
    json.resize(json.len() + bytes, b'a');
    json.extend(b"\"}");
    json
}

/// JSON arrays within each other, `depth` deep: for readers that recurse.
pub fn deep_json(depth: usize) -> Vec<u8> {
    [vec![b'['; depth], vec![b']'; depth]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_off_pictures_do_not_decode() {
        for bytes in [truncated_png(), truncated_jpeg()] {
            assert!(image::guess_format(&bytes).is_ok(), "still looks like a picture");
        }
        assert!(image::load_from_memory(&truncated_png()).is_err());
    }

    #[test]
    fn the_huge_picture_says_so_in_its_header() {
        let bytes = huge_png_header();
        let reader = image::ImageReader::new(Cursor::new(&bytes)).with_guessed_format().unwrap();
        assert_eq!(reader.into_dimensions().unwrap(), (60_000, 60_000));
        assert!(bytes.len() < 100);
    }

    #[test]
    fn broken_text_is_not_utf8_and_the_rest_is_as_long_as_promised() {
        assert!(String::from_utf8(broken_utf8()).is_err());
        assert_eq!(huge_json(1_000).len(), 1_023);
        assert_eq!(deep_json(3), b"[[[]]]");
        assert!(password_pdf().starts_with(b"%PDF-1.4"));
        assert!(billion_laughs_xml().len() < 2_000);
    }
}
