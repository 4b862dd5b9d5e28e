//! Whole files to readings, with the tools of this machine.

mod common;

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str};
use vedette_core::ReadingKind;
use vedette_read::ocr::{Script, read_image};
use vedette_read::{FileReadings, FileToRead, GrayImage, NoMemo, Opener, Reader, Remembered, Tools};

/// Letters of five by seven dots, enough for two words.
const LETTERS: &[(char, [u8; 7])] = &[
    ('A', [0b01110, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001]),
    ('E', [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b11111]),
    ('L', [0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111]),
    ('N', [0b10001, 0b11001, 0b10101, 0b10011, 0b10001, 0b10001, 0b10001]),
    ('R', [0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001]),
    ('T', [0b11111, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100]),
];

/// Words in plain block letters, `ink` on `ground`.
fn sign(lines: &[&str], ground: u8, ink: u8) -> GrayImage {
    let (dot, step, width, height) = (7, 50, 900, 130 * lines.len() as u32 + 120);
    let mut pixels = vec![ground; (width * height) as usize];
    for (row, line) in lines.iter().enumerate() {
        for (column, letter) in line.chars().enumerate() {
            let Some((_, dots)) = LETTERS.iter().find(|(known, _)| *known == letter) else { continue };
            for (y, bits) in dots.iter().enumerate() {
                for x in (0..5).filter(|x| bits >> (4 - x) & 1 == 1) {
                    for dy in 0..dot {
                        for dx in 0..dot {
                            let at_x = 100 + column * step + x * dot + dx;
                            let at_y = 80 + row * 130 + y * dot + dy;
                            pixels[at_y * width as usize + at_x] = ink;
                        }
                    }
                }
            }
        }
    }
    GrayImage { width, height, pixels }
}

fn read(reader: &Reader, bytes: &[u8], media_type: Option<&str>, name: Option<&str>) -> FileReadings {
    reader.read_file(&FileToRead { name, ..FileToRead::new(bytes).said_to_be(media_type) }, &NoMemo)
}

fn as_png(gray: &GrayImage) -> Vec<u8> {
    let image = image::GrayImage::from_raw(gray.width, gray.height, gray.pixels.clone()).expect("the pixels fit");
    common::encoded(&image.into(), image::ImageFormat::Png)
}

/// A PDF with one page for each text; an empty text gives a page without text.
fn pdf(pages: &[&str]) -> Vec<u8> {
    let mut pdf = Pdf::new();
    let (catalog, tree, font) = (Ref::new(1), Ref::new(2), Ref::new(3));
    let ids: Vec<(Ref, Ref)> = (0..pages.len() as i32).map(|i| (Ref::new(10 + 2 * i), Ref::new(11 + 2 * i))).collect();
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree).kids(ids.iter().map(|(page, _)| *page)).count(pages.len() as i32);
    pdf.type1_font(font).base_font(Name(b"Helvetica"));
    for ((page_id, content_id), text) in ids.iter().zip(pages) {
        let mut page = pdf.page(*page_id);
        page.media_box(Rect::new(0.0, 0.0, 595.0, 842.0)).parent(tree).contents(*content_id);
        page.resources().fonts().pair(Name(b"F1"), font);
        page.finish();
        let mut content = Content::new();
        if !text.is_empty() {
            content
                .begin_text()
                .set_font(Name(b"F1"), 14.0)
                .next_line(72.0, 700.0)
                .show(Str(text.as_bytes()))
                .end_text();
        }
        pdf.stream(*content_id, &content.finish());
    }
    pdf.finish()
}

#[test]
fn a_sign_is_read_light_on_dark_and_dark_on_light() {
    let reader = common::reader();
    for (ground, ink) in [(20, 240), (240, 20)] {
        let found = read(&reader, &as_png(&sign(&["LANTERN", "LATER ALERT"], ground, ink)), None, Some("sign.pdf"));
        assert_eq!(found.problems, Vec::<String>::new());
        let reading = found.readings.first().expect("there is a reading");
        assert_eq!(reading.text.to_uppercase(), "LANTERN\nLATER ALERT", "ink {ink} on {ground}");
        assert_eq!((reading.kind, reading.language.script.as_str()), (ReadingKind::Ocr, "Latn"));
        assert!(reading.quality > 0.6 && reading.method.starts_with("tesseract "), "{reading:?}");
        assert_eq!(found.image.expect("it is an image").pdq.len(), 64);
    }
}

#[test]
fn a_picture_without_text_gives_no_reading_and_no_problem() {
    let reader = common::reader();
    let spots = image::RgbImage::from_fn(600, 600, |x, y| {
        let inside = (x as i32 - 300).pow(2) + (y as i32 - 300).pow(2) < 200 * 200;
        image::Rgb(if inside { [200, 40, 40] } else { [20, 30, 90] })
    });
    let found = read(&reader, &common::encoded(&spots.into(), image::ImageFormat::Png), None, None);
    assert_eq!((found.readings, found.problems), (Vec::new(), Vec::<String>::new()));
}

#[test]
fn a_wrong_hint_does_no_harm() {
    let reader = common::reader();
    let sign = sign(&["ALERT LATER", "LATER ALERT"], 255, 0);
    let texts = [&[][..], &[Script::Arabic], &[Script::Cyrillic, Script::Latin]].map(|hints| {
        let found = read_image(reader.tools(), &sign, hints).expect("it is read");
        found.readings.first().map(|reading| reading.text.to_uppercase())
    });
    assert_eq!(texts, ["ALERT LATER\nLATER ALERT"; 3].map(|text| Some(text.to_owned())));
}

#[test]
fn pdf_pages_keep_their_numbers() {
    let reader = common::reader();
    let found = read(&reader, &pdf(&["The lamp burns", "", "in Kelmora"]), Some("image/png"), Some("x.png"));
    let pages: Vec<_> =
        found.readings.iter().map(|reading| (reading.page, reading.kind, reading.text.as_str())).collect();
    assert_eq!(
        pages,
        [(Some(1), ReadingKind::PdfText, "The lamp burns"), (Some(3), ReadingKind::PdfText, "in Kelmora")]
    );
    assert_eq!(found.problems, Vec::<String>::new(), "an empty page hides nothing");
}

#[test]
fn a_pdf_that_is_locked_cut_or_broken_says_so() {
    let reader = common::reader();
    let whole = pdf(&["The lamp burns"]);
    let cut = read(&reader, &whole[..whole.len() / 2], None, None);
    assert!(
        cut.problems.iter().any(|problem| problem.contains("cut off") && problem.contains("fetch it again")),
        "{cut:?}"
    );
    let broken = read(&reader, b"%PDF-1.7\nnothing\n%%EOF\n", None, None);
    assert!(broken.problems[0].starts_with("the file is damaged: pdftotext says: "), "{broken:?}");
    // The standard security handler with a user password that nobody knows.
    let keys = "/O <28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A> \
                /U <AABBCCDDEEFF00112233445566778899AABBCCDDEEFF00112233445566778899>";
    let text = String::from_utf8_lossy(&whole).replace(
        "trailer\n<<",
        &format!("trailer\n<<\n/Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -4 {keys} >>\n/ID [<00> <00>]"),
    );
    let locked = read(&reader, text.as_bytes(), None, None);
    assert_eq!(
        locked.problems,
        [
            "the file is password-protected: the PDF asks for a password: look for the password near the post and import an unlocked copy"
        ]
    );
    assert!(!locked.try_again);
}

#[test]
fn html_and_text_become_readings_with_their_language() {
    let reader = Reader::with(Opener::new(common::program()), Tools::discover_in(common::program(), &[]));
    let found = reader.read_html(
        "<h1>The lamp</h1><p>burns in the harbour of Kelmora tonight.<script>x()</script><div hidden>no</div>",
    );
    let reading = found.readings.first().expect("there is a reading");
    assert_eq!(
        (reading.text.as_str(), reading.kind),
        ("The lamp\nburns in the harbour of Kelmora tonight.", ReadingKind::Html)
    );
    assert_eq!((reading.language.code.as_str(), reading.quality), ("en", 1.0));
    assert_eq!(found.problems, ["2 bytes of hidden text are left out: look at the exhibit's source"]);
    let found = read(&reader, "Фонарь не загорится на стадионе завтра".as_bytes(), None, None);
    assert_eq!((found.readings[0].kind, found.readings[0].language.code.as_str()), (ReadingKind::Text, "ru"));
    assert_eq!(reader.read_html(""), vedette_read::FileReadings::default());
}

#[test]
fn a_picture_is_read_once_and_again_with_other_tools() {
    let reader = common::reader();
    let (memo, picture) = (Remembered::default(), as_png(&sign(&["LANTERN", "LATER ALERT"], 240, 20)));
    let first = reader.read_file(&FileToRead::new(&picture), &memo);
    assert_eq!((memo.parts(), first.readings.len()), (1, 1), "{first:?}");
    let again = reader.read_file(&FileToRead::new(&picture), &memo);
    assert_eq!((again, memo.parts()), (first, 1));
    let without = Reader::with(Opener::new(common::program()), Tools::discover_in(common::program(), &[]));
    assert!(
        without.read_file(&FileToRead::new(&picture), &memo).readings.is_empty(),
        "another method does not recall it"
    );
}

#[test]
fn without_tools_an_image_is_still_hashed_and_the_lack_is_named() {
    let reader = Reader::with(Opener::new(common::program()), Tools::discover_in(common::program(), &[]));
    let found = read(&reader, &as_png(&sign(&["LANTERN"], 0, 255)), None, None);
    assert!(found.image.is_some() && found.try_again);
    assert_eq!(
        found.problems,
        [
            "a tool is missing: tesseract, which reads text in images: run `vedette doctor`, which names the command that installs it"
        ]
    );
    let found = read(&reader, &pdf(&["x"]), None, None);
    assert!(found.problems[0].starts_with("a tool is missing: pdftotext"));
}

#[test]
fn the_doctor_finds_what_this_machine_has() {
    let report = common::reader().doctor();
    let tesseract = report.iter().find(|tool| tool.name == "tesseract").expect("it is listed");
    assert!(tesseract.found.as_deref().is_some_and(|version| version.starts_with(|c: char| c.is_ascii_digit())));
}
