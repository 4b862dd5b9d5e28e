//! Files made to break a reader: cut off, lying about their size, locked, or growing without end. Each is small until somebody
//! trusts it, and each does harm only to a program that reads without limits.
//!
//! [`bombs`] lists them all; those that reach out of the file name a [`Canary`], so that a test sees when one was obeyed.

mod archives;
mod documents;
mod letters;
pub mod packing;
mod pictures;

use std::io::Cursor;
use std::path::PathBuf;

use image::{ImageFormat, RgbImage};

/// A file and a port of this machine that hostile files ask for. Nobody must touch them.
#[derive(Debug, Clone)]
pub struct Canary {
    /// The file.
    pub path: PathBuf,
    /// The port, on loopback.
    pub port: u16,
}

/// A hostile file, made when it is asked for: some are large.
#[derive(Clone, Copy)]
pub struct Bomb {
    /// What it does, in a few words.
    pub kind: &'static str,
    /// Its name.
    pub file: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    make: Make,
}

#[derive(Clone, Copy)]
enum Make {
    Alone(fn() -> Vec<u8>),
    Reaching(fn(&Canary) -> Vec<u8>),
}

impl std::fmt::Debug for Bomb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bomb").field("kind", &self.kind).field("file", &self.file).finish_non_exhaustive()
    }
}

impl Bomb {
    /// Its bytes.
    pub fn bytes(&self, canary: &Canary) -> Vec<u8> {
        match self.make {
            Make::Alone(make) => make(),
            Make::Reaching(make) => make(canary),
        }
    }
}

fn alone(kind: &'static str, file: &'static str, make: fn() -> Vec<u8>) -> Bomb {
    Bomb { kind, file, media_type: media_type(file), make: Make::Alone(make) }
}

fn reaching(kind: &'static str, file: &'static str, make: fn(&Canary) -> Vec<u8>) -> Bomb {
    Bomb { kind, file, media_type: media_type(file), make: Make::Reaching(make) }
}

/// Every bomb.
pub fn bombs() -> Vec<Bomb> {
    let mut all = vec![
        alone("billion laughs", "a.xml", documents::laughing_xml),
        alone("billion laughs in a feed", "feed.xml", billion_laughs_xml),
        alone("billion laughs in Word", "a.docx", documents::docx_of_laughs),
        reaching("outside entity", "a.xml", documents::xml_from_outside),
        reaching("outside entity in Word", "a.docx", documents::docx_from_outside),
        reaching("page that reaches outside", "a.html", documents::html_from_outside),
        alone("2 M deep XML", "a.xml", documents::deep_xml),
        alone("2 M deep page", "a.html", documents::deep_html),
        alone("2 M deep Word tables", "a.docx", documents::docx_deep),
        alone("2 M deep OpenDocument", "a.odt", documents::odt_deep),
        alone("page closed in wrong order", "a.html", documents::misnested_html),
        alone("page of fostered text", "a.html", documents::fostering_html),
        alone("500,000 attributes", "a.html", documents::html_of_attributes),
        alone("1 GiB Word", "a.docx", documents::docx_of_1_gib),
        alone("1 GiB OpenDocument", "a.odt", documents::odt_of_1_gib),
        alone("book of 60,000 times 1 GiB", "a.epub", documents::epub_of_1_gib),
        alone("1 GiB in a ZIP", "a.zip", archives::zip_of_1_gib),
        alone("100 ZIPs in each other", "a.zip", archives::zip_of_zips),
        alone("60,000 entries, one member", "a.zip", archives::zip_of_echoes),
        alone("60,000 entries", "a.zip", archives::zip_of_60_000),
        alone("ZIP with lying sizes", "a.zip", archives::zip_of_lies),
        alone("ZIP without members", "a.zip", archives::zip_without_members),
        reaching("zip slip", "a.zip", archives::zip_slip),
        alone("1 GiB in gzip", "a.gz", archives::gzip_of_1_gib),
        alone("50 gzips in each other", "a.gz", archives::gzip_of_gzips),
        alone("TAR with lying sizes", "a.tar", archives::tar_of_lies),
        alone("TAR that says 8 GiB", "a.tar", archives::tar_of_8_gib),
        reaching("TAR of 60,000, slip and link", "a.tar", archives::tar_of_60_000),
        alone("TAR with a name of 1 GiB", "a.tar", archives::tar_of_a_long_name),
    ];
    all.extend(picture_bombs());
    all.extend(other_bombs());
    all
}

fn picture_bombs() -> Vec<Bomb> {
    vec![
        alone("60,000 x 60,000 header", "a.png", huge_png_header),
        alone("268 Mpx, all there", "a.png", pictures::real_256_megapixels),
        alone("99.98 Mpx of 64 bits", "a.png", pictures::deep_colours),
        alone("2^62 pixels", "a.png", pictures::png_of_2_to_62),
        alone("2^31 pixels", "a.bmp", pictures::bmp_of_2_to_31),
        alone("2^31 pixels", "a.tiff", pictures::tiff_of_2_to_31),
        alone("65,535 x 65,535", "a.gif", pictures::largest_gif),
        alone("16,383 x 16,383", "a.webp", pictures::largest_webp),
        alone("2^24 x 2^24 canvas", "a.webp", pictures::webp_canvas),
        alone("65,500 x 65,500", "a.jpg", pictures::jpeg_of_4_gigapixels),
        alone("5,000 scans", "a.jpg", pictures::jpeg_of_scans),
        alone("10,000 frames", "a.gif", pictures::animated_gif),
        alone("10,000 frames", "a.png", pictures::animated_png),
        alone("profile of 1 GiB", "a.png", pictures::profile_of_1_gib),
        alone("text of 1 GiB", "a.png", pictures::text_of_1_gib),
        alone("1 GiB behind the pixels", "a.png", pictures::pixels_without_end),
        alone("runs beyond the edge", "a.bmp", pictures::bmp_of_runs),
        alone("2^32 strips", "a.tiff", pictures::tiff_of_strips),
        alone("image that follows itself", "a.tiff", pictures::tiff_loop),
        alone("cut in the pixels", "a.png", truncated_png),
        alone("cut in the pixels", "a.jpg", truncated_jpeg),
    ]
}

fn other_bombs() -> Vec<Bomb> {
    vec![
        alone("1 GiB stream", "a.pdf", documents::pdf_of_1_gib),
        alone("1 GiB stream packed twice", "a.pdf", documents::pdf_packed_twice),
        alone("pages that hold themselves", "a.pdf", documents::pdf_page_loop),
        alone("table that follows itself", "a.pdf", documents::pdf_table_loop),
        alone("100,000 times one page", "a.pdf", documents::pdf_of_100_000_pages),
        alone("2 M deep arrays", "a.pdf", documents::pdf_deep),
        alone("drawing that draws itself", "a.pdf", documents::pdf_form_loop),
        alone("page of 10^9 points", "a.pdf", documents::pdf_of_a_huge_page),
        alone("tiles without end", "a.pdf", documents::pdf_of_tiles),
        alone("image of 2^62 pixels", "a.pdf", documents::pdf_of_a_huge_image),
        alone("locked", "a.pdf", password_pdf),
        alone("10,000 parts", "a.eml", letters::mail_of_10_000_parts),
        alone("10,000 deep parts", "a.eml", letters::deep_mail),
        alone("5,000 mails in each other", "a.eml", letters::mail_in_mail),
        alone("header of 16 MB", "a.eml", letters::mail_of_one_header),
        alone("1 M headers", "a.eml", letters::mail_of_headers),
        alone("500,000 encoded words", "a.eml", letters::mail_of_encoded_words),
        alone("1 M cues", "a.srt", letters::srt_of_a_million_cues),
        alone("times that no clock shows", "a.srt", letters::srt_of_wrong_times),
        alone("styles without end", "a.ass", letters::ass_of_styles),
        alone("line of 60 MB", "a.txt", letters::text_of_one_line),
        alone("2 M marks on a letter", "a.txt", letters::text_of_marks),
        alone("directions without end", "a.txt", letters::text_of_directions),
        alone("halves of letters", "a.txt", letters::utf_16_of_halves),
        alone("broken UTF-8", "a.txt", broken_utf8),
        alone("more than any file", "a.txt", letters::too_many_bytes),
        alone("boxes without end", "a.mp4", letters::mp4_of_boxes),
    ]
}

/// The media type that a name suggests.
fn media_type(file: &str) -> &'static str {
    match file.rsplit_once('.').map_or("", |(_, end)| end) {
        "xml" => "application/xml",
        "html" => "text/html",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "odt" => "application/vnd.oasis.opendocument.text",
        "epub" => "application/epub+zip",
        "zip" => "application/zip",
        "gz" => "application/gzip",
        "tar" => "application/x-tar",
        "png" => "image/png",
        "jpg" => "image/jpeg",
        "pdf" => "application/pdf",
        "eml" => "message/rfc822",
        "srt" => "application/x-subrip",
        "mp4" => "video/mp4",
        _ => "text/plain",
    }
}

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
    // An empty zlib stream: valid, and far too short.
    packing::png(60_000, 60_000, 8, 2, &[packing::png_chunk(b"IDAT", &[0x78, 0x9c, 3, 0, 0, 0, 0, 1])])
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
    let locked = "<5f3a19c07be24d886601fa93cc12be7745d0a1e8379b4c62f08e5d21b7aa9034>";
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>";
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        page.as_bytes().to_vec(),
        packing::pdf_stream("", b"BT /F1 12 Tf 72 700 Td (locked) Tj ET"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec(),
        format!("<< /Filter /Standard /V 1 /R 2 /Length 40 /P -44 /O {locked} /U {locked} >>").into_bytes(),
    ];
    let id = "<00112233445566778899aabbccddeeff>";
    packing::pdf(&objects, &format!("/Encrypt 6 0 R /ID [{id} {id}]"))
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
    fn a_gibibyte_is_a_gibibyte_and_small() {
        use std::io::Read;
        let mut zeros = flate2::read::ZlibDecoder::new(Cursor::new(packing::zlib_zeros(2)));
        let mut length = 0;
        let mut piece = vec![1; 1 << 20];
        loop {
            let read = zeros.read(&mut piece).unwrap();
            assert!(piece[..read].iter().all(|byte| *byte == 0));
            length += read;
            if read == 0 {
                break;
            }
        }
        assert_eq!(length, 32 << 20);
        assert!(packing::zlib_zeros(64).len() < 2 << 20);
    }

    #[test]
    fn each_bomb_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<_> = bombs().iter().map(|bomb| (bomb.kind, bomb.file)).collect();
        assert_eq!(names.len(), bombs().len());
        assert!(names.len() >= 70, "{}", names.len());
    }

    #[test]
    fn broken_text_is_not_utf8_and_the_rest_is_as_long_as_promised() {
        assert!(String::from_utf8(broken_utf8()).is_err());
        assert_eq!(huge_json(1_000).len(), 1_023);
        assert_eq!(deep_json(3), b"[[[]]]");
        assert!(password_pdf().starts_with(b"%PDF-1.5"));
        assert!(billion_laughs_xml().len() < 2_000);
    }
}
