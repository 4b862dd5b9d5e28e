//! One small, valid file of every format that the openers know: the ground from which mutants are bred. A new format joins by
//! one line in [`crate::samples`].

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, RgbImage};

use crate::bombs::packing::{Zip, gzip, octal, pdf, pdf_stream, tar_member};

/// A file, and what its source said of it.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The format, in a word.
    pub format: &'static str,
    /// Its name.
    pub file: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

const TEXT: &str = "The lamp burns in the harbour of Kelmora tonight. المصباح يضيء الميناء";

/// A valid file of every format: those below, and what [`crate::samples`] has besides.
pub fn samples() -> Vec<Sample> {
    let own = own_samples();
    let others: Vec<Sample> = crate::samples::samples()
        .into_iter()
        .filter(|(ending, _)| own.iter().all(|sample| sample.format != *ending))
        .map(|(ending, bytes)| Sample { format: ending, file: "sample", media_type: "application/octet-stream", bytes })
        .collect();
    [own, others].concat()
}

fn own_samples() -> Vec<Sample> {
    let sample = |format, file, media_type, bytes| Sample { format, file, media_type, bytes };
    let zip = Zip::default().with("notes/lamp.txt", TEXT.as_bytes()).with_stored("b.txt", b"lamp").finish();
    let tar = [tar_member("notes/lamp.txt", b'0', TEXT.as_bytes(), &octal(TEXT.len())), vec![0; 1_024]].concat();
    vec![
        sample("png", "a.png", "image/png", picture(ImageFormat::Png)),
        sample("jpeg", "a.jpg", "image/jpeg", picture(ImageFormat::Jpeg)),
        sample("gif", "a.gif", "image/gif", picture(ImageFormat::Gif)),
        sample("webp", "a.webp", "image/webp", picture(ImageFormat::WebP)),
        sample("bmp", "a.bmp", "image/bmp", picture(ImageFormat::Bmp)),
        sample("tiff", "a.tiff", "image/tiff", picture(ImageFormat::Tiff)),
        sample("html", "a.html", "text/html", html()),
        sample("text", "a.txt", "text/plain", TEXT.as_bytes().to_vec()),
        sample("utf-16", "b.txt", "text/plain", utf_16()),
        sample("pdf", "a.pdf", "application/pdf", a_pdf()),
        sample("docx", "a.docx", "application/octet-stream", docx()),
        sample("odt", "a.odt", "application/vnd.oasis.opendocument.text", odt()),
        sample("pptx", "a.pptx", "application/octet-stream", pptx()),
        sample("epub", "a.epub", "application/epub+zip", epub()),
        sample("zip", "a.zip", "application/zip", zip),
        sample("tar.gz", "a.tar.gz", "application/gzip", gzip(&tar)),
        sample("tar", "a.tar", "application/x-tar", tar),
        sample("gzip", "a.txt.gz", "application/gzip", gzip(TEXT.as_bytes())),
        sample("mail", "a.eml", "message/rfc822", mail()),
        sample(
            "mbox",
            "a.mbox",
            "application/mbox",
            [b"From desk@example.org Thu Nov 26 10:00:00 2026\n", &mail()[..]].concat(),
        ),
        sample("srt", "a.srt", "application/x-subrip", srt()),
        sample("vtt", "a.vtt", "text/vtt", vtt()),
        sample("ass", "a.ass", "text/x-ssa", ass()),
        sample("mp4", "a.mp4", "video/mp4", mp4()),
        sample("avif", "a.avif", "image/avif", avif()),
        sample("wav", "a.wav", "audio/wav", wav()),
    ]
}

fn picture(format: ImageFormat) -> Vec<u8> {
    let image = RgbImage::from_fn(96, 64, |x, y| image::Rgb([(x * 37) as u8, (y * 59) as u8, (x * y) as u8]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(image).write_to(&mut bytes, format).expect("writing to memory");
    bytes.into_inner()
}

fn html() -> Vec<u8> {
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>Lamps</title></head><body><nav><a href=/a>menu</a></nav>\
         <article><h1>The harbour</h1><p>{TEXT}</p><table><tr><td>1<td>2</table><ul><li>x<li>y</ul>\
         <a href='https://example.org/?a=1&amp;b=2'>more</a><div hidden>hidden</div></article></body></html>"
    )
    .into_bytes()
}

fn utf_16() -> Vec<u8> {
    [0xff, 0xfe].into_iter().chain(TEXT.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

fn a_pdf() -> Vec<u8> {
    let page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>";
    pdf(
        &[
            b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
            page.to_vec(),
            pdf_stream("", b"BT /F1 12 Tf 72 700 Td (The lamp burns) Tj ET 0 0 1 rg 72 600 100 50 re f"),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec(),
        ],
        "",
    )
}

/// What every Word document begins with.
pub(crate) fn docx_head() -> Zip {
    Zip::default()
        .with(
            "[Content_Types].xml",
            b"<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override PartName=\"/word/document.xml\" \
              ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>",
        )
        .with(
            "_rels/.rels",
            b"<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" \
              Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>",
        )
}

fn docx() -> Vec<u8> {
    let document = format!(
        "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body><w:p><w:pPr><w:pStyle w:val=\"Heading1\"/>\
         </w:pPr><w:r><w:t>Lamps</w:t></w:r></w:p><w:p><w:r><w:t>{TEXT}</w:t></w:r></w:p></w:body></w:document>"
    );
    docx_head().with("word/document.xml", document.as_bytes()).finish()
}

/// What every OpenDocument text begins with.
pub(crate) fn odt_head() -> Zip {
    Zip::default().with_stored("mimetype", b"application/vnd.oasis.opendocument.text").with(
        "META-INF/manifest.xml",
        b"<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>",
    )
}

fn odt() -> Vec<u8> {
    let content = format!(
        "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:text><text:h text:outline-level=\"1\">Lamps</text:h>\
         <text:p>{TEXT}</text:p></office:text></office:body></office:document-content>"
    );
    odt_head().with("content.xml", content.as_bytes()).finish()
}

fn pptx() -> Vec<u8> {
    let slide = format!(
        "<p:sld xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\" xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\">\
         <p:cSld><p:spTree><p:sp><p:txBody><a:p><a:r><a:t>{TEXT}</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>"
    );
    Zip::default()
        .with("[Content_Types].xml", b"<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>")
        .with(
            "ppt/presentation.xml",
            b"<p:presentation xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\"/>",
        )
        .with("ppt/slides/slide1.xml", slide.as_bytes())
        .finish()
}

/// What every book begins with; its package is `book.opf`.
pub(crate) fn epub_head() -> Zip {
    Zip::default().with_stored("mimetype", b"application/epub+zip").with(
        "META-INF/container.xml",
        b"<container xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\"><rootfiles><rootfile full-path=\"book.opf\" \
          media-type=\"application/oebps-package+xml\"/></rootfiles></container>",
    )
}

fn epub() -> Vec<u8> {
    let chapter =
        format!("<html xmlns=\"http://www.w3.org/1999/xhtml\"><body><h1>Lamps</h1><p>{TEXT}</p></body></html>");
    let package =
        b"<package xmlns=\"http://www.idpf.org/2007/opf\"><metadata/><manifest><item id=\"a\" href=\"a.xhtml\" \
                    media-type=\"application/xhtml+xml\"/></manifest><spine><itemref idref=\"a\"/></spine></package>";
    epub_head().with("book.opf", package).with("a.xhtml", chapter.as_bytes()).finish()
}

fn mail() -> Vec<u8> {
    format!(
        "From: Desk <desk@example.org>\r\nTo: library@example.org\r\nSubject: =?utf-8?B?TGFtcHM=?=\r\nDate: Thu, 26 Nov 2026 10:00:00 +0000\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{TEXT}\r\n\
         --b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>The lamp =E2=98=80</p>\r\n\
         --b\r\nContent-Type: text/plain; name=\"a.txt\"\r\nContent-Disposition: attachment; filename*=utf-8''a%20b.txt\r\n\
         Content-Transfer-Encoding: base64\r\n\r\nbGFtcA==\r\n--b--\r\n"
    )
    .into_bytes()
}

fn srt() -> Vec<u8> {
    format!("1\n00:00:01,000 --> 00:00:02,500\n<i>The lamp</i>\n\n2\n00:00:03,000 --> 00:00:04,000\n{TEXT}\n")
        .into_bytes()
}

fn vtt() -> Vec<u8> {
    format!("WEBVTT\n\nNOTE lamps\n\na\n00:01.000 --> 00:02.500 align:start\n<v Desk>The lamp\n\n00:00:03.000 --> 00:00:04.000\n{TEXT}\n")
        .into_bytes()
}

fn ass() -> Vec<u8> {
    format!(
        "[Script Info]\nScriptType: v4.00+\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n\
         Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{{\\i1}}The lamp{{\\i0}}\\N{TEXT}\n"
    )
    .into_bytes()
}

fn mp4() -> Vec<u8> {
    b"\0\0\0\x18ftypisom\0\0\0\0isommp42\0\0\0\x10free\0\0\0\0\0\0\0\0\0\0\0\x08mdat".to_vec()
}

fn avif() -> Vec<u8> {
    b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf\0\0\0\x08mdat".to_vec()
}

fn wav() -> Vec<u8> {
    let head = b"RIFF\x64\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\x40\0\0\0";
    [&head[..], &[7; 64]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pictures_are_pictures() {
        for sample in
            samples().iter().filter(|sample| sample.media_type.starts_with("image/") && sample.format != "avif")
        {
            let image =
                image::load_from_memory(&sample.bytes).unwrap_or_else(|error| panic!("{}: {error}", sample.format));
            assert_eq!((image.width(), image.height()), (96, 64));
        }
    }
}
