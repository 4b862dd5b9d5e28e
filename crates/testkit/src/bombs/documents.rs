//! Markup and documents: entities, depth, loops, packed parts without end.

use super::Canary;
use super::archives::GIB;
use super::packing::{pdf, pdf_stream, zlib, zlib_zeros};

/// Depth of markup that is deep.
const DEEP: usize = 2_000_000;

fn laughs(root: &str) -> String {
    let mut xml = format!("<?xml version=\"1.0\"?>\n<!DOCTYPE {root} [\n<!ENTITY l0 \"lol\">\n");
    for level in 1..10 {
        let tenfold = format!("&l{};", level - 1).repeat(10);
        xml.push_str(&format!("<!ENTITY l{level} \"{tenfold}\">\n"));
    }
    xml + "]>\n"
}

fn outside(canary: &Canary, root: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<!DOCTYPE {root} [<!ENTITY secret SYSTEM \"file://{}\">\
         <!ENTITY call SYSTEM \"http://127.0.0.1:{}/\"><!ENTITY % more SYSTEM \"http://127.0.0.1:{}/more.dtd\">%more;]>\n",
        canary.path.display(),
        canary.port,
        canary.port
    )
}

const WORD: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";

fn word(head: &str, body: &str) -> String {
    format!("{head}<w:document {WORD}><w:body>{body}</w:body></w:document>")
}

fn docx_of(document: &str) -> Vec<u8> {
    crate::specimens::docx_head().with("word/document.xml", document.as_bytes()).finish()
}

/// A Word document whose text is a billion laughs.
pub fn docx_of_laughs() -> Vec<u8> {
    docx_of(&word(&laughs("w:document"), "<w:p><w:r><w:t>&l9;</w:t></w:r></w:p>"))
}

/// A Word document that asks for a file and an address of the machine.
pub fn docx_from_outside(canary: &Canary) -> Vec<u8> {
    docx_of(&word(&outside(canary, "w:document"), "<w:p><w:r><w:t>&secret;&call;</w:t></w:r></w:p>"))
}

/// A Word document of 1 GiB.
pub fn docx_of_1_gib() -> Vec<u8> {
    crate::specimens::docx_head().with_zeros("word/document.xml", GIB).finish()
}

/// A Word document of two million tables within each other.
pub fn docx_deep() -> Vec<u8> {
    docx_of(&word("", &"<w:tbl>".repeat(DEEP)))
}

/// An OpenDocument text two million lists deep.
pub fn odt_deep() -> Vec<u8> {
    let content = format!("<office:document-content><office:body><office:text>{}", "<text:list>".repeat(DEEP));
    crate::specimens::odt_head().with("content.xml", content.as_bytes()).finish()
}

/// An OpenDocument text of 1 GiB.
pub fn odt_of_1_gib() -> Vec<u8> {
    crate::specimens::odt_head().with_zeros("content.xml", GIB).finish()
}

/// A book whose 60,000 chapters are one, of 1 GiB.
pub fn epub_of_1_gib() -> Vec<u8> {
    let spine: String = (0..60_000).map(|_| "<itemref idref=\"a\"/>").collect();
    let package = format!(
        "<package><manifest><item id=\"a\" href=\"a.xhtml\" media-type=\"application/xhtml+xml\"/></manifest><spine>{spine}</spine></package>"
    );
    crate::specimens::epub_head().with("book.opf", package.as_bytes()).with_zeros("a.xhtml", GIB).finish()
}

/// Markup two million elements deep.
pub fn deep_xml() -> Vec<u8> {
    ["<?xml version=\"1.0\"?>", &"<a>".repeat(DEEP), "lamp", &"</a>".repeat(DEEP)].concat().into_bytes()
}

/// A billion laughs.
pub fn laughing_xml() -> Vec<u8> {
    (laughs("a") + "<a>&l9;</a>").into_bytes()
}

/// Markup that asks for a file and an address of the machine.
pub fn xml_from_outside(canary: &Canary) -> Vec<u8> {
    (outside(canary, "a") + "<a>&secret;&call;</a>").into_bytes()
}

/// A page two million elements deep.
pub fn deep_html() -> Vec<u8> {
    ("<html>".to_owned() + &"<div>".repeat(DEEP) + "lamp").into_bytes()
}

/// A page of formatting that is closed in the wrong order, which browsers repair step by step.
pub fn misnested_html() -> Vec<u8> {
    ("<html>".to_owned() + &"<b><i><u><a><p>x</b></i></u></a>".repeat(60_000)).into_bytes()
}

/// A page of tables within tables with text where none may stand, which browsers move out.
pub fn fostering_html() -> Vec<u8> {
    ("<html>".to_owned() + &"<table>x<tr>y<td>".repeat(100_000)).into_bytes()
}

/// A page with one element of half a million attributes.
pub fn html_of_attributes() -> Vec<u8> {
    let attributes: String = (0..500_000).map(|number| format!(" a{number}=1")).collect();
    format!("<html><p{attributes}>lamp").into_bytes()
}

/// A page that names files and addresses of the machine wherever a page can.
pub fn html_from_outside(canary: &Canary) -> Vec<u8> {
    let (path, port) = (canary.path.display(), canary.port);
    format!(
        "<html><link rel=stylesheet href=http://127.0.0.1:{port}/a><img src=http://127.0.0.1:{port}/b>\
         <iframe src=file://{path}></iframe><object data=file://{path}></object><script src=http://127.0.0.1:{port}/c></script>\
         <base href=http://127.0.0.1:{port}/><meta http-equiv=refresh content='0;url=file://{path}'><p>lamp"
    )
    .into_bytes()
}

fn pages(kids: &str, count: u32) -> Vec<Vec<u8>> {
    vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Kids [{kids}] /Count {count} >>").into_bytes(),
    ]
}

fn page(more: &str) -> Vec<u8> {
    format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {more} >>").into_bytes()
}

/// A PDF whose page draws a stream of 1 GiB.
pub fn pdf_of_1_gib() -> Vec<u8> {
    let content = pdf_stream("/Filter /FlateDecode", &zlib_zeros(GIB));
    pdf(&[pages("3 0 R", 1), vec![page("/Contents 4 0 R"), content]].concat(), "")
}

/// A PDF whose stream of 1 GiB is packed twice, into some kilobytes.
pub fn pdf_packed_twice() -> Vec<u8> {
    let content = pdf_stream("/Filter [/FlateDecode /FlateDecode]", &zlib(&zlib_zeros(GIB)));
    pdf(&[pages("3 0 R", 1), vec![page("/Contents 4 0 R"), content]].concat(), "")
}

/// A PDF whose list of pages holds itself.
pub fn pdf_page_loop() -> Vec<u8> {
    pdf(&pages("2 0 R 2 0 R", i32::MAX as u32), "")
}

/// A PDF whose older version is itself.
pub fn pdf_table_loop() -> Vec<u8> {
    pdf(&[pages("3 0 R", 1), vec![page("")]].concat(), "/Prev THIS")
}

/// A PDF with 100,000 times the same page.
pub fn pdf_of_100_000_pages() -> Vec<u8> {
    pdf(&[pages(&"3 0 R ".repeat(100_000), 100_000), vec![page("")]].concat(), "")
}

/// A PDF of arrays within arrays, two million deep.
pub fn pdf_deep() -> Vec<u8> {
    pdf(&[pages("3 0 R", 1), vec![page(&format!("/Deep {}", "[".repeat(DEEP)))]].concat(), "")
}

/// A PDF whose drawing draws itself, twice each time.
pub fn pdf_form_loop() -> Vec<u8> {
    let form = pdf_stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /X 4 0 R >> >>",
        b"/X Do /X Do",
    );
    let resources = "/Contents 5 0 R /Resources << /XObject << /X 4 0 R >> >>";
    pdf(&[pages("3 0 R", 1), vec![page(resources), form, pdf_stream("", b"/X Do")]].concat(), "")
}

/// A PDF with a page of a billion points in both directions.
pub fn pdf_of_a_huge_page() -> Vec<u8> {
    let page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1000000000 1000000000] >>".to_vec();
    pdf(&[pages("3 0 R", 1), vec![page]].concat(), "")
}

/// A PDF that fills its page with tiles a hundred-thousandth of a point apart.
pub fn pdf_of_tiles() -> Vec<u8> {
    let tile = pdf_stream(
        "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.00001 /YStep 0.00001 /Resources << >>",
        b"0 0 1 1 re f",
    );
    let resources = "/Contents 5 0 R /Resources << /Pattern << /P 4 0 R >> >>";
    let content = pdf_stream("", b"/Pattern cs /P scn 0 0 595 842 re f");
    pdf(&[pages("3 0 R", 1), vec![page(resources), tile, content]].concat(), "")
}

/// A PDF with an image that says 2³¹ − 1 in both directions.
pub fn pdf_of_a_huge_image() -> Vec<u8> {
    let image = pdf_stream(
        "/Type /XObject /Subtype /Image /Width 2147483647 /Height 2147483647 /BitsPerComponent 8 /ColorSpace /DeviceRGB /Filter /FlateDecode",
        &zlib_zeros(GIB),
    );
    let resources = "/Contents 5 0 R /Resources << /XObject << /I 4 0 R >> >>";
    let content = pdf_stream("", b"500 0 0 500 0 0 cm /I Do");
    pdf(&[pages("3 0 R", 1), vec![page(resources), image, content]].concat(), "")
}
