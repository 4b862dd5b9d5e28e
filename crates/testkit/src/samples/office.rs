//! Documents: the parts that office programs write, without their settings.

use super::{ARABIC, SENTENCE, png, zip_of};

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const CORE: &str =
    "<coreProperties><dc:title>The report</dc:title><dc:creator>Nobody Known</dc:creator></coreProperties>";

fn relations(list: &[(&str, &str, &str, bool)]) -> String {
    let all: String = list
        .iter()
        .map(|(id, kind, target, outside)| {
            let mode = if *outside { " TargetMode=\"External\"" } else { "" };
            format!("<Relationship Id=\"{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"{mode}/>")
        })
        .collect();
    format!("<?xml version=\"1.0\"?><Relationships>{all}</Relationships>")
}

/// A DOCX of two chapters with a table, a footnote, a comment, a header, tracked changes, a link and a picture.
pub fn docx() -> Vec<u8> {
    docx_of(&format!(
        "<w:p><w:pPr><w:pStyle w:val=\"berschrift1\"/></w:pPr><w:r><w:t>First chapter</w:t></w:r></w:p>\
         <w:p><w:r><w:t xml:space=\"preserve\">{SENTENCE} </w:t></w:r><w:r><w:t>It burns</w:t><w:footnoteReference w:id=\"2\"/>\
         <w:tab/><w:t>&amp; burns.</w:t></w:r></w:p>\
         <w:tbl><w:tr><w:tc><w:p><w:r><w:t>a1</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>b1</w:t></w:r></w:p></w:tc></w:tr>\
         <w:tr><w:tc><w:p><w:r><w:t>a2</w:t></w:r></w:p></w:tc></w:tr></w:tbl>\
         <w:p><w:pPr><w:pStyle w:val=\"berschrift1\"/></w:pPr><w:r><w:t>Second chapter</w:t></w:r></w:p>\
         <w:p><w:r><w:t>{ARABIC}</w:t></w:r><w:del w:author=\"Nobody Known\"><w:r><w:delText>not any more</w:delText></w:r></w:del></w:p>\
         <w:p><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>in a box</w:t></w:r></w:p></w:txbxContent></mc:Choice>\
         <mc:Fallback><w:p><w:r><w:t>in a box</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent></w:p>"
    ))
}

/// A DOCX whose body is `body`.
pub fn docx_of(body: &str) -> Vec<u8> {
    let document = format!("<?xml version=\"1.0\"?><w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>");
    let notes = "<w:footnotes><w:footnote w:id=\"-1\"><w:p/></w:footnote><w:footnote w:id=\"2\"><w:p><w:r><w:t>a note</w:t></w:r></w:p></w:footnote></w:footnotes>";
    let comments = "<w:comments><w:comment w:id=\"0\" w:author=\"Nobody Known\"><w:p><w:r><w:t>a remark</w:t></w:r></w:p></w:comment></w:comments>";
    let styles = "<w:styles><w:style w:styleId=\"berschrift1\"><w:name w:val=\"heading 1\"/></w:style></w:styles>";
    let links = relations(&[
        ("r1", "hyperlink", "https://lantern.example/a", true),
        ("r2", "attachedTemplate", "https://lantern.example/t.dotm", true),
        ("r3", "image", "media/image1.png", false),
    ]);
    zip_of(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("word/document.xml", document.as_bytes()),
        ("word/_rels/document.xml.rels", links.as_bytes()),
        ("word/styles.xml", styles.as_bytes()),
        ("word/footnotes.xml", notes.as_bytes()),
        ("word/comments.xml", comments.as_bytes()),
        ("word/header1.xml", b"<w:hdr><w:p><w:r><w:t>the head</w:t></w:r></w:p></w:hdr>"),
        ("word/header2.xml", b"<w:hdr><w:p><w:r><w:t>the head</w:t></w:r></w:p></w:hdr>"),
        ("docProps/core.xml", CORE.as_bytes()),
        ("word/media/image1.png", &png()),
    ])
}

/// A PPTX of two slides, the first with notes, and a picture.
pub fn pptx() -> Vec<u8> {
    pptx_of(&[("First slide", SENTENCE), ("Second slide", ARABIC)])
}

/// A PPTX of these titles and texts; the files are numbered against the order of the show.
pub fn pptx_of(slides: &[(&str, &str)]) -> Vec<u8> {
    let count = slides.len();
    let list: String = (0..count).map(|at| format!("<p:sldId id=\"{}\" r:id=\"r{at}\"/>", 256 + at)).collect();
    let main = format!("<p:presentation><p:sldIdLst>{list}</p:sldIdLst></p:presentation>");
    let targets: Vec<(String, String)> =
        (0..count).map(|at| (format!("r{at}"), format!("slides/slide{}.xml", count - at))).collect();
    let links: Vec<(&str, &str, &str, bool)> =
        targets.iter().map(|(id, target)| (id.as_str(), "slide", target.as_str(), false)).collect();
    let mut parts: Vec<(String, Vec<u8>)> = vec![
        ("ppt/presentation.xml".to_owned(), main.into_bytes()),
        ("ppt/_rels/presentation.xml.rels".to_owned(), relations(&links).into_bytes()),
        ("docProps/core.xml".to_owned(), CORE.as_bytes().to_vec()),
        ("ppt/media/image1.png".to_owned(), png()),
    ];
    for (at, (title, text)) in slides.iter().enumerate() {
        let slide = format!(
            "<p:sld><p:sp><p:nvPr><p:ph type=\"title\"/></p:nvPr><a:p><a:r><a:t>{title}</a:t></a:r></a:p></p:sp>\
             <p:sp><a:p><a:r><a:t>{text}</a:t></a:r><a:br/><a:fld type=\"slidenum\"><a:t>77</a:t></a:fld></a:p></p:sp></p:sld>"
        );
        parts.push((format!("ppt/slides/slide{}.xml", count - at), slide.into_bytes()));
    }
    let notes = relations(&[("r1", "notesSlide", "../notesSlides/notesSlide1.xml", false)]);
    parts.push((format!("ppt/slides/_rels/slide{count}.xml.rels"), notes.into_bytes()));
    let note = "<p:notes><a:p><a:r><a:t>say this</a:t></a:r></a:p></p:notes>";
    parts.push(("ppt/notesSlides/notesSlide1.xml".to_owned(), note.as_bytes().to_vec()));
    let all: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    zip_of(&all)
}

/// An XLSX of two sheets.
pub fn xlsx() -> Vec<u8> {
    let main =
        "<workbook><sheets><sheet name=\"Plan\" r:id=\"r1\"/><sheet name=\"Rest\" r:id=\"r2\"/></sheets></workbook>";
    let links = relations(&[
        ("r1", "worksheet", "worksheets/sheet1.xml", false),
        ("r2", "worksheet", "worksheets/sheet2.xml", false),
    ]);
    let shared =
        format!("<sst><si><t>{SENTENCE}</t></si><si><r><t>{ARABIC}</t></r><rPh><t>not said</t></rPh></si></sst>");
    let first =
        "<worksheet><row><c t=\"s\"><v>0</v></c><c><v>42</v></c></row><row><c t=\"s\"><v>1</v></c></row></worksheet>";
    let second = "<worksheet><row><c t=\"inlineStr\"><is><t>inline</t></is></c></row></worksheet>";
    zip_of(&[
        ("xl/workbook.xml", main.as_bytes()),
        ("xl/_rels/workbook.xml.rels", links.as_bytes()),
        ("xl/sharedStrings.xml", shared.as_bytes()),
        ("xl/worksheets/sheet1.xml", first.as_bytes()),
        ("xl/worksheets/sheet2.xml", second.as_bytes()),
    ])
}

fn open_document(kind: &str, content: &str) -> Vec<u8> {
    let content = format!("<office:document-content><office:body>{content}</office:body></office:document-content>");
    let styles = "<office:document-styles><style:style><text:p>no text</text:p></style:style><style:header><text:p>the head</text:p></style:header></office:document-styles>";
    let meta = "<office:document-meta><office:meta><dc:title>The report</dc:title><dc:creator>Nobody Known</dc:creator></office:meta></office:document-meta>";
    zip_of(&[
        ("mimetype", format!("application/vnd.oasis.opendocument.{kind}").as_bytes()),
        ("META-INF/manifest.xml", b"<manifest:manifest/>"),
        ("content.xml", content.as_bytes()),
        ("styles.xml", styles.as_bytes()),
        ("meta.xml", meta.as_bytes()),
        ("Pictures/image1.png", &png()),
    ])
}

/// An ODT of two chapters with a table, a footnote, a comment, a tracked change, a link and a picture.
pub fn odt() -> Vec<u8> {
    odt_of(&format!(
        "<text:tracked-changes><text:changed-region><text:deletion><office:change-info><dc:creator>Nobody Known</dc:creator>\
         </office:change-info><text:p>not any more</text:p></text:deletion></text:changed-region></text:tracked-changes>\
         <text:h text:outline-level=\"1\">First chapter</text:h>\
         <text:p>{SENTENCE}<text:s text:c=\"2\"/>It burns<text:note><text:note-citation>1</text:note-citation>\
         <text:note-body><text:p>a note</text:p></text:note-body></text:note>\n   <text:a xlink:href=\"https://lantern.example/a\">there</text:a>.</text:p>\
         <table:table><table:table-row><table:table-cell><text:p>a1</text:p></table:table-cell><table:table-cell><text:p>b1</text:p></table:table-cell></table:table-row></table:table>\
         <text:h text:outline-level=\"1\">Second chapter</text:h>\
         <text:p>{ARABIC}<office:annotation><dc:creator>Nobody Known</dc:creator><text:p>a remark</text:p></office:annotation></text:p>"
    ))
}

/// An ODT whose body is `body`.
pub fn odt_of(body: &str) -> Vec<u8> {
    open_document("text", &format!("<office:text>{body}</office:text>"))
}

/// An ODP of two slides.
pub fn odp() -> Vec<u8> {
    let slide = |name: &str, text: &str| {
        format!("<draw:page draw:name=\"{name}\"><draw:frame><text:p>{text}</text:p></draw:frame></draw:page>")
    };
    let slides = slide("First slide", SENTENCE) + &slide("Second slide", ARABIC);
    open_document("presentation", &format!("<office:presentation>{slides}</office:presentation>"))
}

/// An ODS of two sheets.
pub fn ods() -> Vec<u8> {
    let sheet = |name: &str, text: &str| {
        format!(
            "<table:table table:name=\"{name}\"><table:table-row><table:table-cell><text:p>{text}</text:p></table:table-cell><table:table-cell><text:p>42</text:p></table:table-cell></table:table-row></table:table>"
        )
    };
    let sheets = sheet("Plan", SENTENCE) + &sheet("Rest", ARABIC);
    open_document("spreadsheet", &format!("<office:spreadsheet>{sheets}</office:spreadsheet>"))
}

/// An EPUB of two chapters and a picture.
pub fn epub() -> Vec<u8> {
    let package = "<package><metadata><dc:title>The report</dc:title><dc:creator>Nobody Known</dc:creator></metadata><manifest>\
        <item id=\"two\" href=\"text/chapter%202.xhtml\" media-type=\"application/xhtml+xml\"/>\
        <item id=\"one\" href=\"text/chapter1.xhtml\" media-type=\"application/xhtml+xml\"/>\
        <item id=\"cover\" href=\"images/cover.png\" media-type=\"image/png\"/></manifest>\
        <spine><itemref idref=\"one\"/><itemref idref=\"two\"/></spine></package>";
    let chapter = |title: &str, text: &str| {
        format!(
            "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title/></head><body><h1>{title}</h1><p>{text}</p></body></html>"
        )
    };
    zip_of(&[
        ("mimetype", b"application/epub+zip"),
        (
            "META-INF/container.xml",
            b"<container><rootfiles><rootfile full-path=\"OPS/package.opf\"/></rootfiles></container>",
        ),
        ("OPS/package.opf", package.as_bytes()),
        ("OPS/text/chapter1.xhtml", chapter("First chapter", SENTENCE).as_bytes()),
        ("OPS/text/chapter 2.xhtml", chapter("Second chapter", ARABIC).as_bytes()),
        ("OPS/images/cover.png", &png()),
    ])
}
