//! Pages of PDF files to readings: order of letters, lines and columns; broken text layers; articles of magazines.
//!
//! The files are made by `tests/pdf/make.py`, which says what each is.

mod common;

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;
use vedette_core::{Reading, ReadingKind, Whereabouts};
use vedette_read::{FileReadings, FileToRead, Memo, MemoKey};

/// Knows of every page's picture that it says nothing, so that only text layers are read; notes which pages were asked for.
#[derive(Default)]
struct NothingToSee(Mutex<Vec<String>>);

impl Memo for NothingToSee {
    fn recall(&self, key: &MemoKey) -> Option<Vec<Reading>> {
        self.0.lock().expect("no thread panicked").push(key.part.clone());
        Some(Vec::new())
    }

    fn keep(&self, _: &MemoKey, _: &[Reading]) {
        panic!("nothing is read anew");
    }
}

/// Keeps everything.
#[derive(Default)]
struct Remembered(Mutex<BTreeMap<MemoKey, Vec<Reading>>>);

impl Memo for Remembered {
    fn recall(&self, key: &MemoKey) -> Option<Vec<Reading>> {
        self.0.lock().expect("no thread panicked").get(key).cloned()
    }

    fn keep(&self, key: &MemoKey, readings: &[Reading]) {
        let before = self.0.lock().expect("no thread panicked").insert(key.clone(), readings.to_vec());
        assert_eq!(before, None, "{key:?} is read once");
    }
}

fn read(name: &str, memo: &dyn Memo) -> FileReadings {
    common::reader().read_file(&FileToRead::new(&common::fixture(name)), memo)
}

/// The pages of the text that a file was printed from.
fn truth(language: &str) -> Vec<String> {
    let text = String::from_utf8(common::fixture(&format!("{language}.txt"))).expect("it is UTF-8");
    text.split('\u{c}').map(str::to_owned).collect()
}

/// Letters without marks, joiners and the shape of white space; the two ways to write Arabic yeh and kaf are one.
fn plain(text: &str) -> Vec<char> {
    let plain: String = text
        .nfkc()
        .filter(|c| !matches!(c, '\u{200c}' | '\u{640}' | '\u{64b}'..='\u{655}'))
        .map(|c| match c {
            'ي' | 'ى' => 'ی',
            'ك' => 'ک',
            other => other,
        })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().collect()
}

/// Edit distance by the length of the truth.
fn error_rate(truth: &str, read: &str) -> f32 {
    let (truth, read) = (plain(truth), plain(read));
    let mut row: Vec<usize> = (0..=read.len()).collect();
    for (at, wanted) in truth.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, found) in read.iter().enumerate() {
            let changed = diagonal + usize::from(wanted != found);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[read.len()] as f32 / truth.len() as f32
}

/// The text of a page, all its articles together.
fn page_text(found: &FileReadings, page: u32) -> String {
    let texts: Vec<&str> = found
        .readings
        .iter()
        .filter(|reading| reading.page == Some(page))
        .map(|reading| reading.text.as_str())
        .collect();
    texts.join("\n")
}

#[test]
fn text_layers_of_seven_languages_are_read_in_order_and_never_sent_to_recognition() {
    for language in ["en", "de", "fr", "ru", "ar", "fa", "ur"] {
        let memo = NothingToSee::default();
        let found = read(&format!("clean-{language}.pdf"), &memo);
        assert_eq!(found.problems, Vec::<String>::new(), "{language}");
        assert_eq!(
            *memo.0.lock().expect("no thread panicked"),
            Vec::<String>::new(),
            "{language}: pages sent to recognition"
        );
        for (page, truth) in (1..).zip(truth(language)) {
            let text = page_text(&found, page);
            let rate = error_rate(&truth, &text);
            assert!(rate <= 0.02, "{language} page {page}: {rate}\n{text}");
        }
        let first = &found.readings[0];
        assert_eq!((first.language.code.as_str(), first.kind, first.quality), (language, ReadingKind::PdfText, 1.0));
    }
}

#[test]
fn lines_have_places_where_they_stand() {
    let found = read("clean-fr.pdf", &NothingToSee::default());
    for reading in &found.readings {
        let mut before = 0;
        for place in &reading.places {
            assert!(place.start >= before && place.end > place.start, "{place:?}");
            assert!(
                reading.text.is_char_boundary(place.start as usize)
                    && reading.text.is_char_boundary(place.end as usize)
            );
            let Whereabouts::Box([left, top, width, height]) = place.at else { panic!("{place:?}") };
            assert!(left + width <= 10_000 && top + height <= 10_000 && width > 0 && height > 100, "{place:?}");
            before = place.end;
        }
        let lines = reading.text.lines().filter(|line| !line.is_empty()).count();
        assert!(reading.places.len() >= lines, "{} places for {lines} lines", reading.places.len());
    }
}

#[test]
fn broken_layers_are_told_and_mended_where_that_is_possible() {
    for (name, says) in [
        ("pua-ar", "garbled (characters without meaning)"),
        ("pua-fa", "garbled (characters without meaning)"),
        ("pua-en", "garbled (characters without meaning)"),
        ("pua-ru", "garbled (characters without meaning)"),
        ("nomap-ar", "garbled ("),
        ("nomap-fa", "garbled ("),
        ("nomap-en", "garbled ("),
        ("nomap-ru", "garbled ("),
        ("shifted-ar", "garbled (letters that no language has in such numbers)"),
        ("shifted-fa", "garbled (letters that no language has in such numbers)"),
        ("shifted-en", "garbled (letters that no language has in such numbers)"),
        ("shifted-ru", "garbled (letters that no language has in such numbers)"),
        ("mojibake-ar", "garbled ("),
        ("mojibake-ru", "garbled (bytes taken for the wrong code page)"),
        ("reversed-ar", "backward letters turned around"),
        ("reversed-fa", "backward letters turned around"),
        ("forms-ar", "presentation forms replaced"),
        ("forms-fa", "presentation forms replaced"),
    ] {
        let found = read(&format!("{name}.pdf"), &NothingToSee::default());
        for page in [1, 2] {
            let methods: Vec<&str> = found
                .readings
                .iter()
                .filter(|reading| reading.page == Some(page))
                .map(|reading| reading.method.as_str())
                .collect();
            assert!(
                !methods.is_empty() && methods.iter().all(|method| method.contains(says)),
                "{name} {page}: {methods:?}"
            );
        }
        let named = found.problems.iter().any(|problem| problem.starts_with("pages 1-2 have a text layer that is not"));
        assert_eq!(named, says.starts_with("garbled"), "{name}: {:?}", found.problems);
        if !named {
            let language = name.split_once('-').expect("a name and a language").1;
            for (page, truth) in (1..).zip(truth(language)) {
                let rate = error_rate(&truth, &page_text(&found, page));
                assert!(rate <= 0.03, "{name} page {page}: {rate}\n{}", page_text(&found, page));
            }
        }
    }
}

#[test]
fn pages_without_a_layer_are_asked_of_recognition() {
    for (name, pages) in [("scan-en", 2), ("scan-ar", 2), ("outlines-ar", 1), ("outlines-en", 1)] {
        let memo = NothingToSee::default();
        let found = read(&format!("{name}.pdf"), &memo);
        assert_eq!((found.readings.len(), memo.0.lock().expect("no thread panicked").len()), (0, pages), "{name}");
    }
}

#[test]
fn a_clean_a_scanned_and_a_remapped_page_of_one_file_are_all_read_and_recognition_is_kept() {
    let memo = Remembered::default();
    let found = read("mixed.pdf", &memo);
    for (page, language, of, most) in [(1, "en", 0, 0.02), (2, "ar", 0, 0.10), (3, "fa", 1, 0.10)] {
        let rate = error_rate(&truth(language)[of], &page_text(&found, page));
        assert!(rate <= most, "page {page}: {rate}\n{}", page_text(&found, page));
    }
    let kinds: Vec<ReadingKind> = found.readings.iter().map(|reading| reading.kind).collect();
    assert_eq!((kinds[0], kinds.contains(&ReadingKind::Ocr)), (ReadingKind::PdfText, true));
    let last = found.readings.last().expect("there are readings");
    assert!(
        last.method.starts_with("tesseract") && last.method.contains("garbled (characters without meaning)"),
        "{last:?}"
    );
    let kept = memo.0.lock().expect("no thread panicked").keys().map(|key| key.part.clone()).collect::<Vec<_>>();
    assert_eq!(kept, ["page 2", "page 3"]);
    // The second time nothing is recognised again, or `keep` would fail.
    assert_eq!(read("mixed.pdf", &memo), found);
}

/// Three pages, of which the second is `content`, whose tree begins with `kids`.
fn around(kids: &str, content: &[u8]) -> Vec<u8> {
    let page = |content: u32| {
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R /Resources << /Font << /F1 8 0 R >> >> >>"
        )
    };
    let text = "BT /F1 12 Tf 72 700 Td (The lamp burns in the old harbour) Tj ET";
    common::pdf_of(&[
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Kids [{kids}] /Count 3 >>").into_bytes(),
        page(6).into_bytes(),
        page(7).into_bytes(),
        page(6).into_bytes(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()).into_bytes(),
        content.to_vec(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec(),
    ])
}

#[test]
fn pages_around_a_harmful_one_are_read() {
    let bomb = around("3 0 R 4 0 R 5 0 R", &common::zeros_stream(256 << 20));
    let looped = around("3 0 R 2 0 R 5 0 R", b"<< >>");
    let broken = around("3 0 R 4 0 R 5 0 R", b"<< /Length 9 /Filter /FlateDecode >>\nstream\nnot zlib!\nendstream");
    for (name, bytes) in [("bomb", bomb), ("loop", looped), ("broken", broken)] {
        let found = common::reader().read_file(&FileToRead::new(&bytes), &vedette_read::NoMemo);
        let texts: Vec<&str> = found.readings.iter().map(|reading| reading.text.as_str()).collect();
        assert_eq!(texts, ["The lamp burns in the old harbour"; 2], "{name}: {:?}", found.problems);
        let is_told = |problem: &String| problem.starts_with("page 2") || problem.contains("counted in two ways");
        assert!(found.problems.iter().all(is_told), "{name}: {:?}", found.problems);
    }
}

/// How well the articles of a magazine were found.
#[derive(Debug)]
struct Boundaries {
    precision: f32,
    recall: f32,
    /// Share of paragraphs that stand under their own heading.
    assigned: f32,
}

fn boundaries(language: &str) -> Boundaries {
    let found = read(&format!("magazine-{language}.pdf"), &NothingToSee::default());
    let truth: Value =
        serde_json::from_slice(&common::fixture(&format!("magazine-{language}.json"))).expect("it is JSON");
    let joined = |text: &str| plain(text).into_iter().filter(|c| c.is_alphanumeric()).collect::<String>();
    let articles = truth["articles"].as_array().expect("a list");
    let wanted: Vec<String> =
        articles.iter().map(|article| joined(article["heading"].as_str().expect("words"))).collect();
    let mut headings: Vec<String> = Vec::new();
    for reading in &found.readings {
        let heading = joined(reading.heading.as_deref().unwrap_or_default());
        if headings.last() != Some(&heading) {
            headings.push(heading);
        }
    }
    let right = headings.iter().filter(|heading| wanted.contains(heading)).count() as f32;
    let (mut all, mut assigned) = (0, 0);
    for article in articles {
        let heading = joined(article["heading"].as_str().expect("words"));
        let own: String = found
            .readings
            .iter()
            .filter(|reading| joined(reading.heading.as_deref().unwrap_or_default()) == heading)
            .map(|reading| joined(&reading.text))
            .collect();
        for paragraph in article["paragraphs"].as_array().expect("a list") {
            all += 1;
            let is_there = own.contains(&joined(paragraph.as_str().expect("words")));
            assigned += usize::from(is_there);
            if !is_there {
                println!("{language}: not whole under `{}`: {paragraph}", article["heading"]);
            }
        }
    }
    for running in truth["running"].as_array().expect("a list") {
        let running = running.as_str().expect("words");
        assert!(
            !found.readings.iter().any(|reading| reading.text.contains(running)),
            "{running} runs through the text"
        );
    }
    Boundaries {
        precision: right / headings.len() as f32,
        recall: right / wanted.len() as f32,
        assigned: assigned as f32 / all as f32,
    }
}

#[test]
fn magazines_are_split_into_their_articles() {
    // The last is of another make. At first contact, before drop capitals and even white were known, its figures were .33, 1, .02.
    for (language, least) in [("en", 0.95), ("ar", 0.95), ("fa", 0.95), ("other", 0.78)] {
        let found = boundaries(language);
        println!("{language}: {found:?}");
        assert!(found.precision >= least && found.recall >= least && found.assigned >= least, "{language}: {found:?}");
    }
}
