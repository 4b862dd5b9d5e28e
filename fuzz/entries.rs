//! What is fuzzed: every function that takes bytes or text from outside. The targets in `fuzz_targets/` are five lines each
//! over these; `crates/read/tests/fuzzing.rs` runs the same functions on the stable toolchain.

use vedette_core::opened::{Request, Task};

/// An entry: its name and the function.
pub type Entry = (&'static str, fn(&[u8]));

/// Every entry.
pub const ENTRIES: &[Entry] = &[
    ("open", open),
    ("open_named", open_named),
    ("pdf_pages", pdf_pages),
    ("pdf_cover", pdf_cover),
    ("members", members),
    ("pictures", pictures),
    ("html", html),
    ("text", text),
    ("sniff", sniff),
    ("request", request),
    ("answer", answer),
    ("words", words),
];

fn asked(bytes: &[u8], media_type: Option<&str>, name: Option<&str>, task: Task) {
    let request = Request { media_type: media_type.map(str::to_owned), name: name.map(str::to_owned), task };
    // A fault is as good an answer as a value; only panics and endless work are found here.
    drop(vedette_openers::open(bytes, &request));
}

/// A whole file, its decoder chosen by its bytes.
pub fn open(bytes: &[u8]) {
    asked(bytes, None, None, Task::Open);
}

/// A whole file with a name and a type, which choose between readers of text. The first byte chooses them.
pub fn open_named(bytes: &[u8]) {
    const NAMES: &[(&str, &str)] = &[
        ("text/html", "a.html"),
        ("message/rfc822", "a.eml"),
        ("application/x-subrip", "a.srt"),
        ("text/vtt", "a.vtt"),
        ("text/x-ssa", "a.ass"),
        ("application/mbox", "a.mbox"),
        ("application/xml", "a.xml"),
        ("text/csv", "a.csv"),
    ];
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let (media_type, name) = NAMES[usize::from(*choice) % NAMES.len()];
    asked(bytes, Some(media_type), Some(name), Task::Open);
}

/// A page of a PDF, drawn.
pub fn pdf_pages(bytes: &[u8]) {
    asked(bytes, None, None, Task::Pages { first: 1, count: 1, dpi: 50 });
}

/// The first page of a PDF as an image.
pub fn pdf_cover(bytes: &[u8]) {
    asked(bytes, None, None, Task::Cover);
}

/// A container, gone on with.
pub fn members(bytes: &[u8]) {
    asked(bytes, None, None, Task::Members { first: 1 });
}

/// Every picture decoder on the same bytes, whatever they look like.
pub fn pictures(bytes: &[u8]) {
    use image::ImageFormat::{Bmp, Gif, Jpeg, Png, Tiff, WebP};
    for format in [Png, Jpeg, Gif, WebP, Bmp, Tiff] {
        drop(vedette_openers::picture::open_picture(bytes, format));
    }
}

/// A page.
pub fn html(bytes: &[u8]) {
    drop(vedette_openers::html::read_html(bytes));
}

/// A text in any encoding.
pub fn text(bytes: &[u8]) {
    drop(vedette_openers::decode::decode_text(bytes));
}

/// What it looks like.
pub fn sniff(bytes: &[u8]) {
    vedette_openers::sniff::sniff(bytes);
}

/// What the child reads from its parent.
pub fn request(mut bytes: &[u8]) {
    drop(vedette_openers::wire::read_request(&mut bytes));
}

/// What the parent reads from a child that may be captured.
pub fn answer(bytes: &[u8]) {
    drop(vedette_read::check_answer(bytes));
}

/// What is done with every text: sentences, links, language, folding.
pub fn words(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    drop(vedette_text::sentences::sentences(&text));
    drop(vedette_text::links::find_links(&text));
    drop(vedette_text::fold::fold_plain(&text));
    vedette_text::language::identify(&text);
}
