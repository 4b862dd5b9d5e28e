//! Documents, mails, archives and subtitles, opened by children in their sandbox, with everything inside.

mod common;

use std::time::Duration;

use vedette_core::{ReadingKind, Whereabouts};
use vedette_read::{FileReadings, FileToRead, Hint, NoMemo, Opener, Reader, Tools};
use vedette_testkit::samples::{self, ARABIC, SENTENCE, zip_of};

/// A reader without tools: pictures are hashed and their text is not read.
fn reader() -> Reader {
    let opener = Opener::new(common::program()).with_wall(Duration::from_secs(60));
    Reader::with(opener, Tools::discover_in(common::program(), &[]))
}

fn read(bytes: &[u8], name: &str) -> FileReadings {
    reader().read_file(&FileToRead::new(bytes).named(name), &NoMemo)
}

fn places(found: &FileReadings) -> Vec<(Option<&str>, Option<u32>, Option<&str>)> {
    found.readings.iter().map(|reading| (reading.member.as_deref(), reading.page, reading.heading.as_deref())).collect()
}

#[test]
fn every_sample_opens_in_the_sandbox() {
    let opener = Opener::new(common::program()).with_wall(Duration::from_secs(60));
    for (ending, bytes) in samples::samples() {
        let opened = opener.open(&bytes, &Hint::default());
        assert!(opened.is_ok(), "{ending}: {opened:?}");
    }
}

#[test]
fn every_sample_with_words_says_them() {
    let without = ["png", "jpg", "gif", "webp", "bmp", "tiff"];
    for (ending, bytes) in samples::samples().into_iter().filter(|(ending, _)| !without.contains(ending)) {
        let found = read(&bytes, &format!("sample.{ending}"));
        assert!(found.readings.iter().any(|reading| reading.text.contains(SENTENCE)), "{ending}: {found:?}");
        assert!(found.readings.iter().all(|reading| reading.quality > 0.99), "{ending}");
    }
}

#[test]
fn readings_say_where_in_which_file_inside_they_stand() {
    let inner = zip_of(&[("b.docx", &samples::docx())]);
    let found = read(&zip_of(&[("post.srt", &samples::srt()), ("a.zip", &inner)]), "outer.zip");
    let docx = Some("a.zip/b.docx");
    assert_eq!(
        places(&found)[..3],
        [
            (Some("post.srt"), None, None),
            (docx, Some(1), Some("First chapter")),
            (docx, Some(2), Some("Second chapter"))
        ]
    );
    assert!(found.readings[2].kind == ReadingKind::Document && found.readings[2].text.contains(ARABIC));
    let images: Vec<_> = found.member_images.iter().map(|image| image.member.as_str()).collect();
    assert_eq!(images, ["a.zip/b.docx/word/media/image1.png"]);
    assert_eq!((found.member_images[0].facts.width, found.member_images[0].facts.pdq.len()), (72, 64));
    assert!(found.image.is_none());
    assert!(found.links.contains(&"https://lantern.example/a".to_owned()));
}

#[test]
fn subtitles_keep_the_time_of_each_stretch() {
    let found = read(&samples::srt(), "film.srt");
    let [reading] = found.readings.as_slice() else { panic!("{found:?}") };
    assert_eq!(
        (reading.kind, reading.text.as_str()),
        (ReadingKind::Subtitles, format!("{SENTENCE}\n{ARABIC}").as_str())
    );
    let told: Vec<_> = reading
        .places
        .iter()
        .map(|place| (place.at, &reading.text[place.start as usize..place.end as usize]))
        .collect();
    assert_eq!(told, [(Whereabouts::Time([1_000, 2_500]), SENTENCE), (Whereabouts::Time([60_000, 62_000]), ARABIC)]);
    // An old file in an encoding that nothing names: windows-1256.
    let old = b"1\r\n00:00:01,000 --> 00:00:02,000\r\n\xc7\xe1\xe3\xd5\xc8\xc7\xcd \xed\xd6\xed\xc1 \xdd\xed \xc7\xe1\xe3\xe1\xda\xc8\r\n";
    let found = read(old, "film.srt");
    assert_eq!(found.readings[0].text, ARABIC);
}

#[test]
fn a_mail_is_read_with_its_picture() {
    let found = read(&samples::mail(), "post.eml");
    let mail = &found.readings[0];
    assert_eq!((mail.kind, mail.heading.as_deref()), (ReadingKind::Mail, Some("The lamp المصباح")));
    assert!(mail.text.starts_with("The lamp المصباح\n2026-11-24T18:00:00+02:00\n\n") && mail.text.ends_with(SENTENCE));
    assert_eq!(found.member_images[0].member, "poster.png");
    assert_eq!(found.title.as_deref(), Some("The lamp المصباح"));
}

#[test]
fn files_inside_files_are_read_three_levels_deep() {
    let mut packed = zip_of(&[("lamp.txt", SENTENCE.as_bytes())]);
    for level in (1..=2).rev() {
        packed = zip_of(&[(&format!("{level}.zip"), &packed)]);
    }
    let found = read(&packed, "three.zip");
    assert_eq!(places(&found), [(Some("1.zip/2.zip/lamp.txt"), None, None)]);
    assert_eq!(found.problems, Vec::<String>::new());
    let found = read(&zip_of(&[("0.zip", &packed)]), "four.zip");
    assert_eq!(found.readings, []);
    assert_eq!(
        found.problems,
        [
            "0.zip: 1.zip: 2.zip: the file is too large to read: files inside files, over 3 levels deep: look at it outside, on a machine for hostile files"
        ]
    );
}

#[test]
fn one_bad_file_inside_does_not_hide_the_others() {
    let zeros = vec![0; 40 * 1024 * 1024];
    let files: [(&str, &[u8]); 5] = [
        ("bomb.bin", &zeros),
        ("locked.zip", &samples::locked_zip()),
        ("prog.exe", b"MZ\x90\0\x03\0\0\0"),
        ("empty.txt", b""),
        ("lamp.txt", SENTENCE.as_bytes()),
    ];
    let found = read(&zip_of(&files), "mixed.zip");
    assert_eq!(places(&found), [(Some("lamp.txt"), None, None)]);
    let starts = [
        "bomb.bin: the file looks made to harm its reader: ",
        "locked.zip: the file is password-protected: `lamp.txt`: packed with a password: look for the password",
        "prog.exe: the file is of a kind that is not read: a Windows program: ",
    ];
    assert_eq!(found.problems.len(), starts.len(), "{:?}", found.problems);
    for (problem, start) in found.problems.iter().zip(starts) {
        assert!(problem.starts_with(start), "{problem}");
    }
    assert!(!found.try_again);
}

#[test]
fn a_thousand_broken_files_say_so_in_few_lines() {
    let names: Vec<String> = (0..150).map(|number| format!("{number}.exe")).collect();
    let contents: Vec<Vec<u8>> = (0..150u8).map(|number| vec![b'M', b'Z', number, 0]).collect();
    let files: Vec<(&str, &[u8])> =
        names.iter().zip(&contents).map(|(name, bytes)| (name.as_str(), &bytes[..])).collect();
    let found = read(&zip_of(&files), "programs.zip");
    assert_eq!(found.problems.len(), 101);
    assert!(found.problems[100].starts_with("and 50 more problems"), "{}", found.problems[100]);
}

#[test]
fn the_same_file_twice_is_read_once() {
    let found = read(&zip_of(&[("a.txt", SENTENCE.as_bytes()), ("b.txt", SENTENCE.as_bytes())]), "twice.zip");
    assert_eq!(places(&found), [(Some("a.txt"), None, None)]);
}

#[test]
fn members_that_do_not_fit_into_one_answer_are_all_read() {
    let texts: Vec<Vec<u8>> = (0..3u8)
        .map(|number| {
            let mut text = format!("{SENTENCE} {number} ").into_bytes();
            // Noise that is no text, so that the packed file is as long.
            text.extend((0..26 * 1024 * 1024u32).map(|at| b'a' + (at.wrapping_mul(2_654_435_761) >> 24) as u8 % 25));
            text
        })
        .collect();
    let files: Vec<(&str, &[u8])> =
        ["1.txt", "2.txt", "3.txt"].into_iter().zip(texts.iter().map(Vec::as_slice)).collect();
    let found = read(&samples::tar(&files), "large.tar");
    assert_eq!(places(&found), [(Some("1.txt"), None, None), (Some("2.txt"), None, None), (Some("3.txt"), None, None)]);
}

#[test]
fn bombs_end_in_time_with_their_class() {
    let zeros = vec![0; 64 * 1024 * 1024];
    let laughs = "<!DOCTYPE w [<!ENTITY l \"lol\"><!ENTITY m \"&l;&l;&l;\">]><w:document>&m;</w:document>";
    for (bytes, class) in [
        (zip_of(&[("zeros", &zeros)]), "the file looks made to harm its reader"),
        (samples::gzip(&zeros), "the file looks made to harm its reader"),
        (zip_of(&[("word/document.xml", laughs.as_bytes())]), "the file looks made to harm its reader"),
        (samples::locked_7z(), "the file is password-protected"),
        (samples::docx()[..900].to_vec(), "the file is cut off"),
    ] {
        let found = read(&bytes, "bomb");
        assert!(found.problems[0].starts_with(class), "{:?}", found.problems);
        assert_eq!((found.readings.len(), found.problems.len()), (0, 1));
    }
}
