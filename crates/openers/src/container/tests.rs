//! Every kind of document, mail and archive: what is read of an honest file, and what is said of a locked, cut or hostile one.

use vedette_core::opened::{Request, Task};
use vedette_testkit::samples::{self, ARABIC, SENTENCE, zip_of};

use super::Container;
use crate::limits::MEMBERS_MAX;
use crate::{FileFault, Opened, open};

fn opened(bytes: &[u8]) -> Container {
    match open(bytes, &Request::default()) {
        Ok(Opened::Container(found)) => *found,
        other => panic!("{other:?} is no container"),
    }
}

fn fault(bytes: &[u8]) -> FileFault {
    open(bytes, &Request::default()).expect_err("it is refused")
}

/// Title, number and text of each part.
fn parts(found: &Container) -> Vec<(Option<&str>, Option<u32>, &str)> {
    let parts = found.facts.parts.iter().zip(&found.texts);
    parts.map(|(part, text)| (part.title.as_deref(), part.number, text.as_str())).collect()
}

fn paths(found: &Container) -> Vec<&str> {
    found.facts.members.iter().map(|member| member.path.as_str()).collect()
}

fn classes(found: &Container) -> Vec<Option<&str>> {
    found.facts.members.iter().map(|member| member.left_out.as_ref().map(|fault| fault.class.as_str())).collect()
}

#[test]
fn a_word_document_is_read_by_chapters_with_all_that_stands_beside() {
    let found = opened(&samples::docx());
    let first = format!("First chapter\n{SENTENCE} It burns[2]\t& burns.\na1 \tb1\na2");
    let second = format!("Second chapter\n{ARABIC}\nin a box");
    let expected = [
        (Some("First chapter"), Some(1), first.as_str()),
        (Some("Second chapter"), Some(2), second.as_str()),
        (Some("(footnotes)"), None, "[2] a note"),
        (Some("(comments)"), None, "a remark"),
        (Some("(header)"), None, "the head"),
        (Some("(deleted while changes were tracked)"), None, "not any more"),
    ];
    assert_eq!(parts(&found), expected);
    assert_eq!((found.facts.format.as_str(), found.facts.title.as_deref()), ("docx", Some("The report")));
    assert_eq!(paths(&found), ["word/media/image1.png"]);
    assert_eq!(found.members, [samples::png()]);
    assert_eq!(found.facts.links, ["https://lantern.example/a", "https://lantern.example/t.dotm"]);
    assert_eq!(
        found.facts.notes,
        ["it would fetch `https://lantern.example/t.dotm` (attachedTemplate), which is not done here"]
    );
}

#[test]
fn names_of_people_who_wrote_a_document_are_not_read() {
    for bytes in [samples::docx(), samples::odt(), samples::epub(), samples::pptx(), samples::mail()] {
        let found = format!("{:?}", opened(&bytes));
        for name in ["Nobody Known", "Wick Keeper", "wick@", "reader@"] {
            assert!(!found.contains(name), "{name} in {found}");
        }
    }
}

#[test]
fn an_open_document_is_read_by_chapters_with_all_that_stands_beside() {
    let found = opened(&samples::odt());
    let first = format!("First chapter\n{SENTENCE}  It burns1  there.\na1 \tb1");
    let second = format!("Second chapter\n{ARABIC}");
    let expected = [
        (Some("First chapter"), Some(1), first.as_str()),
        (Some("Second chapter"), Some(2), second.as_str()),
        (Some("(notes)"), None, "a note"),
        (Some("(comments)"), None, "a remark"),
        (Some("(deleted while changes were tracked)"), None, "not any more"),
        (Some("(header and footer)"), None, "the head"),
    ];
    assert_eq!(parts(&found), expected);
    assert_eq!((found.facts.format.as_str(), found.facts.title.as_deref()), ("odt", Some("The report")));
    assert_eq!(
        (paths(&found), found.facts.links.as_slice()),
        (vec!["Pictures/image1.png"], &["https://lantern.example/a".to_owned()][..])
    );
}

#[test]
fn slides_come_in_the_order_of_the_show() {
    let found = opened(&samples::pptx());
    let (first, second) = (format!("First slide\n{SENTENCE}"), format!("Second slide\n{ARABIC}"));
    let expected = [
        (Some("First slide"), Some(1), first.as_str()),
        (Some("(notes)"), Some(1), "say this"),
        (Some("Second slide"), Some(2), second.as_str()),
    ];
    assert_eq!(parts(&found), expected);
    assert_eq!(paths(&found), ["ppt/media/image1.png"]);
    let found = opened(&samples::odp());
    let expected = [(Some("First slide"), Some(1), SENTENCE), (Some("Second slide"), Some(2), ARABIC)];
    assert_eq!((&parts(&found)[..2], found.facts.format.as_str()), (&expected[..], "odp"));
}

#[test]
fn sheets_are_read_row_by_row() {
    let found = opened(&samples::xlsx());
    let first = format!("{SENTENCE}\t42\n{ARABIC}");
    assert_eq!(parts(&found), [(Some("Plan"), Some(1), first.as_str()), (Some("Rest"), Some(2), "inline")]);
    let found = opened(&samples::ods());
    let (first, second) = (format!("{SENTENCE} \t42"), format!("{ARABIC} \t42"));
    let expected = [(Some("Plan"), Some(1), first.as_str()), (Some("Rest"), Some(2), second.as_str())];
    assert_eq!((&parts(&found)[..2], found.facts.format.as_str()), (&expected[..], "ods"));
}

#[test]
fn a_book_is_read_by_chapters() {
    let found = opened(&samples::epub());
    let (first, second) = (format!("First chapter\n{SENTENCE}"), format!("Second chapter\n{ARABIC}"));
    let expected =
        [(Some("First chapter"), Some(1), first.as_str()), (Some("Second chapter"), Some(2), second.as_str())];
    assert_eq!(parts(&found), expected);
    assert_eq!((paths(&found), found.facts.title.as_deref()), (vec!["OPS/images/cover.png"], Some("The report")));
}

#[test]
fn rich_text_is_read_with_its_picture() {
    let found = opened(&samples::rtf());
    assert_eq!(found.texts, [format!("{SENTENCE}\n{ARABIC}")]);
    assert_eq!(found.members, [samples::png()]);
}

#[test]
fn a_mail_shows_subject_date_and_text() {
    let found = opened(&samples::mail());
    let text = format!("The lamp المصباح\n2026-11-24T18:00:00+02:00\n\n{SENTENCE}");
    assert_eq!(parts(&found), [(Some("The lamp المصباح"), None, text.as_str())]);
    assert_eq!((paths(&found), found.members.as_slice()), (vec!["poster.png"], &[samples::png()][..]));
    assert_eq!(found.facts.links, ["https://lantern.example/x"]);
}

#[test]
fn a_mail_within_a_mail_is_a_member_and_a_locked_one_is_locked() {
    let inner = samples::mail();
    let outer = [
        b"From: a@lantern.example\r\nSubject: forwarded\r\nMessage-ID: <2@x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nsee below\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n".as_slice(),
        &inner,
        b"\r\n--b--\r\n",
    ]
    .concat();
    let found = opened(&outer);
    assert_eq!((found.texts.concat().as_str(), paths(&found)), ("forwarded\n\nsee below", vec!["attachment 1.eml"]));
    assert!(matches!(open(&found.members[0], &Request::default()), Ok(Opened::Container(_))));
    let locked = b"From: a@lantern.example\r\nSubject: x\r\nMessage-ID: <3@x>\r\nMIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\nMIIB\r\n";
    assert!(matches!(fault(locked), FileFault::Encrypted(_)), "{:?}", fault(locked));
    let deep = outer.as_slice().repeat(40);
    assert!(matches!(fault(&deep), FileFault::Hostile(_)));
}

#[test]
fn archives_hand_on_their_files_as_they_are() {
    let lamp = SENTENCE.as_bytes().to_vec();
    let files: [(&str, &[u8]); 2] = [("a/lamp.txt", &lamp), ("poster.png", &samples::png())];
    for (format, bytes) in [("zip", zip_of(&files)), ("tar", samples::tar(&files)), ("tar.gz", samples::tar_gz(&files))]
    {
        let found = opened(&bytes);
        assert_eq!((found.facts.format.as_str(), paths(&found)), (format, vec!["a/lamp.txt", "poster.png"]));
        assert_eq!(found.members, [lamp.clone(), samples::png()], "{format}");
    }
    for (format, bytes) in [
        ("bzip2", samples::bzip2()),
        ("xz", samples::xz()),
        ("gzip", samples::gzip(format!("{SENTENCE}\n").as_bytes())),
    ] {
        let found = opened(&bytes);
        assert_eq!((found.facts.format.as_str(), paths(&found)), (format, vec!["content"]));
        assert_eq!(found.members, [format!("{SENTENCE}\n").into_bytes()], "{format}");
    }
    for (format, bytes) in [("tar.xz", samples::tar_xz()), ("7z", samples::seven_zip())] {
        let found = opened(&bytes);
        let mut members: Vec<_> = paths(&found).into_iter().zip(found.members.clone()).collect();
        members.sort();
        let expected = [("box/lamp-ar.txt", format!("{ARABIC}\n")), ("box/lamp.txt", format!("{SENTENCE}\n"))];
        assert_eq!(
            (found.facts.format.as_str(), members),
            (format, expected.map(|(path, text)| (path, text.into_bytes())).to_vec())
        );
    }
    let named = Request { name: Some("x/lamp.txt.gz".to_owned()), ..Request::default() };
    assert!(
        matches!(open(&samples::gzip(b"lamp"), &named), Ok(Opened::Container(found)) if paths(&found) == ["lamp.txt"])
    );
}

#[test]
fn locked_archives_and_documents_say_so() {
    let office: Vec<u8> = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        .iter()
        .copied()
        .chain("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let odt = zip_of(&[
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ("META-INF/manifest.xml", b"<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>"),
        ("content.xml", b"\x8a\x01\xff"),
    ]);
    for bytes in [samples::locked_zip(), samples::locked_7z(), office, odt] {
        assert!(matches!(fault(&bytes), FileFault::Encrypted(_)), "{:?}", fault(&bytes));
    }
}

#[test]
fn bombs_are_hostile_and_do_not_hide_what_lies_beside_them() {
    let zeros = vec![0; 40 * 1024 * 1024];
    assert!(matches!(fault(&zip_of(&[("zeros", &zeros)])), FileFault::Hostile(_)));
    assert!(matches!(fault(&samples::gzip(&zeros)), FileFault::Hostile(_)));
    let found = opened(&zip_of(&[("zeros", &zeros), ("lamp.txt", SENTENCE.as_bytes())]));
    assert_eq!((paths(&found), classes(&found)), (vec!["zeros", "lamp.txt"], vec![Some("hostile"), None]));
    let laughs = "<!DOCTYPE w [<!ENTITY l \"lol\"><!ENTITY m \"&l;&l;&l;\">]><w:document>&m;</w:document>";
    assert!(matches!(fault(&zip_of(&[("word/document.xml", laughs.as_bytes())])), FileFault::Hostile(_)));
    let deep = "<w:tbl>".repeat(2_000_000);
    assert!(matches!(fault(&zip_of(&[("word/document.xml", deep.as_bytes())])), FileFault::Hostile(_)));
}

#[test]
fn a_path_that_climbs_is_only_a_name() {
    let climbing = "../../../../tmp/vedette-slip.txt";
    let found = opened(&samples::tar(&[(climbing, b"slip"), ("/etc/hostname", b"root")]));
    assert_eq!(paths(&found), [climbing, "/etc/hostname"]);
    let found = opened(&zip_of(&[("a\u{1b}[31m\nb.txt", b"slip")]));
    assert_eq!(paths(&found), ["a [31m b.txt"]);
    assert!(!std::path::Path::new("/tmp/vedette-slip.txt").exists());
}

#[test]
fn an_archive_of_very_many_files_is_read_up_to_the_limit() {
    let names: Vec<String> = (0..MEMBERS_MAX + 200).map(|number| format!("{number}.txt")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    let found = opened(&zip_of(&files));
    assert_eq!(found.members.len(), MEMBERS_MAX);
    assert!(found.facts.notes[0].starts_with("over 1000 files inside"), "{:?}", found.facts.notes);
}

#[test]
fn members_are_asked_for_in_several_answers() {
    let noise = |seed: u32| -> Vec<u8> {
        (0..30 * 1024 * 1024_u32).map(|at| (at.wrapping_mul(2_654_435_761).wrapping_add(seed) >> 13) as u8).collect()
    };
    let files = [noise(1), noise(2), noise(3)];
    let archive = samples::tar(&[("1", &files[0]), ("2", &files[1]), ("3", &files[2])]);
    let mut first = 0;
    for file in &files {
        let request =
            Request { task: if first == 0 { Task::Open } else { Task::Members { first } }, ..Request::default() };
        let Ok(Opened::Container(found)) = open(&archive, &request) else { panic!("it opens") };
        assert!(found.members == [file.clone()]);
        first = found.facts.next.unwrap_or(0);
    }
    assert_eq!(first, 0);
}

#[test]
fn cut_and_broken_files_are_told_apart() {
    let zip = samples::docx();
    assert!(matches!(fault(&zip[..zip.len() / 2]), FileFault::Truncated(_)));
    let gzip = samples::gzip(&SENTENCE.repeat(400).into_bytes());
    let cut = opened(&gzip[..gzip.len() - 12]);
    assert!(cut.facts.notes[0].contains("cut off"), "{:?}", cut.facts.notes);
    let tar = samples::tar(&[("a.txt", b"one"), ("b.txt", &[b'x'; 4_000])]);
    let cut = opened(&tar[..tar.len() / 2]);
    assert_eq!(classes(&cut), [None, Some("truncated")]);
    assert!(matches!(fault(&zip_of(&[("word/document.xml", b"<w:p><w:t>x</w:t")])), FileFault::Truncated(_)));
    let seven = samples::seven_zip();
    assert!(matches!(fault(&seven[..seven.len() - 9]), FileFault::Truncated(_) | FileFault::Damaged(_)));
}

#[test]
fn kinds_that_are_not_read_are_named_with_what_to_do() {
    for (bytes, name) in [
        (zip_of(&[("xl/workbook.bin", b"x")]), "an Excel workbook in the binary format"),
        (zip_of(&[("AndroidManifest.xml", b"x")]), "an Android program"),
        (b"Rar!\x1a\x07\x00".to_vec(), "a RAR archive"),
    ] {
        let fault = fault(&bytes);
        assert_eq!(fault, FileFault::Unsupported(name.to_owned()));
        assert!(fault.advice().contains("convert it"));
    }
}

#[test]
fn no_sample_that_is_cut_or_overwritten_makes_the_opener_panic() {
    for (ending, whole) in samples::samples() {
        for step in 1..12 {
            let cut = &whole[..whole.len() * step / 12];
            drop(open(cut, &Request::default()));
            let mut bent = whole.clone();
            for bend in 0..6_usize {
                let at = (step * 2_654_435_761 + bend * 40_503) % bent.len();
                bent[at] ^= 1 << (bend % 8);
            }
            // Any outcome but a panic will do.
            drop(open(&bent, &Request { name: Some(format!("x.{ending}")), ..Request::default() }));
        }
    }
}
