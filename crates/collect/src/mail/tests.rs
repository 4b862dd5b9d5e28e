//! Mail of an invented newspaper, whole and hostile.

use std::fs;
use std::path::PathBuf;

use vedette_core::{Found, Haul, Markup};

use crate::folder::import;
use crate::testing::World;

fn imported(paths: &[PathBuf]) -> (Vec<Found>, String) {
    let mut hauls: Vec<Haul> = Vec::new();
    import(paths, &World::new().env(), &mut |haul| {
        hauls.push(haul);
        Ok(())
    })
    .unwrap();
    let notes = hauls.iter().flat_map(|haul| &haul.notes).map(String::as_str).collect::<Vec<_>>().join("\n");
    (hauls.into_iter().flat_map(|haul| haul.found).collect(), notes)
}

fn import_bytes(name: &str, bytes: &[u8]) -> (Vec<Found>, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    imported(&[path])
}

const SEPARATOR: &str = "From lamp@lantern.example Sun Nov  1 10:00:00 2026\n";

fn mail(id: &str, more: &str, body: &str) -> String {
    format!(
        "From: Lantern Media <Lamp@Lantern.example>\nTo: desk@courier.example\nSubject: =?utf-8?q?The_caf=C3=A9?=\n\
         Date: Sun, 01 Nov 2026 12:00:00 +0200\n{id}{more}\n{body}\n"
    )
}

#[test]
fn a_message_becomes_a_post_with_its_names_as_handles() {
    let text = mail(
        "Message-ID: <a1@lantern.example>\n",
        "In-Reply-To: <a0@courier.example>\nReferences: <x@x.example> <a0@courier.example>\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n",
        "The caf=E9 in Kelmora: write to wick@lantern.example",
    );
    let (found, notes) = import_bytes("a.eml", text.as_bytes());
    assert_eq!(notes, "");
    let post = &found[0];
    assert_eq!(post.native_id, "mail:a1@lantern.example");
    assert_eq!(post.thread_of.as_deref(), Some("mail:a0@courier.example"));
    assert_eq!(post.title.as_deref(), Some("The café"));
    assert_eq!(post.text, "The café in Kelmora: write to wick@lantern.example");
    assert_eq!(post.posted_at.unwrap().to_string(), "2026-11-01T10:00:00Z");
    assert_eq!(post.author.as_deref(), Some("lamp@lantern.example"));
    assert_eq!(post.handles, ["desk@courier.example", "lamp@lantern.example", "wick@lantern.example"]);
    assert_eq!((post.exhibit.as_slice(), post.exhibit_type.as_str()), (text.as_bytes(), "message/rfc822"));
}

#[test]
fn html_is_read_where_there_is_no_text_and_attachments_are_files() {
    let html = mail("Message-ID: <h@x.example>\n", "Content-Type: text/html\n", "<p>the lamp</p>");
    let (found, _) = import_bytes("h.eml", html.as_bytes());
    assert_eq!((found[0].markup, found[0].text.trim()), (Markup::Html, "<p>the lamp</p>"));
    let part = |head: &str, body: &str| format!("--b\nContent-Type: {head}\n\n{body}\n");
    let body = [
        "--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\nContent-Type: text/html\n\n<p>both</p>\n--c\nContent-Type: text/plain\n\nboth\n--c--\n".to_owned(),
        part("application/pdf\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=\"../../wick.pdf\"", "JVBERi0="),
        part("image/png; name=p.png\nContent-Disposition: attachment", "png"),
        part("message/rfc822", "Subject: inner\n\ninner text"),
        "--b--\n".to_owned(),
    ]
    .concat();
    let text = mail("Message-ID: <m@x.example>\n", "Content-Type: multipart/mixed; boundary=b\n", &body);
    let (found, notes) = import_bytes("m.eml", text.as_bytes());
    assert_eq!((found[0].text.as_str(), found[0].markup), ("both", Markup::Plain), "{notes}");
    let files: Vec<(&str, Option<&str>, &[u8])> = found[0]
        .files
        .iter()
        .map(|file| (file.name.as_str(), file.media_type.as_deref(), file.bytes.as_deref().unwrap()))
        .collect();
    assert_eq!(files[0], ("wick.pdf", Some("application/pdf"), b"%PDF-".as_slice()));
    assert_eq!(files[1], ("p.png", Some("image/png"), b"png".as_slice()));
    assert_eq!(files[2].1, Some("message/rfc822"));
    assert!(String::from_utf8_lossy(files[2].2).contains("inner text"));
}

#[test]
fn one_message_in_two_mailboxes_is_one_post_in_any_order() {
    let with_id = mail("Message-ID: <a@x.example>\n", "", "one");
    let without_id = mail("", "", "two\n\n>From the hill");
    let key = |found: Vec<Found>| {
        let mut all: Vec<_> = found.into_iter().map(|post| (post.native_id, post.text, post.exhibit)).collect();
        all.sort();
        all
    };
    let forth = format!("{SEPARATOR}{with_id}\n{SEPARATOR}{without_id}\n");
    let back = format!("{SEPARATOR}{without_id}\n{SEPARATOR}{with_id}\n");
    let (found, notes) = import_bytes("all.mbox", forth.as_bytes());
    assert_eq!(notes, "");
    assert_eq!(found[1].text, "two\n\nFrom the hill");
    assert!(found[1].native_id.starts_with("mail:sha256:"));
    let forth = key(found);
    assert_eq!(forth, key(import_bytes("again.mbox", back.as_bytes()).0));
    assert_eq!(forth.len(), 2);
}

#[test]
fn maildirs_are_read_whatever_their_files_are_called() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("inbox");
    for part in ["cur", "new", "tmp"] {
        fs::create_dir_all(root.join(part)).unwrap();
    }
    fs::write(root.join("cur/1793527200.M1P1.host:2,S"), mail("Message-ID: <a@x.example>\n", "", "one")).unwrap();
    fs::write(root.join("new/1793527201.M1P1.host"), mail("Message-ID: <b@x.example>\n", "", "two")).unwrap();
    let (found, notes) = imported(std::slice::from_ref(&root));
    assert_eq!(found.iter().map(|post| post.text.as_str()).collect::<Vec<_>>(), ["one", "two"], "{notes}");
}

#[test]
fn hostile_mail_costs_neither_time_nor_the_next_message() {
    let nested = "Content-Type: message/rfc822\n\n".repeat(100_000);
    let boundaries: String =
        (0..20_000).map(|n| format!("--b{n}\nContent-Type: multipart/mixed; boundary=b{}\n\n", n + 1)).collect();
    let many: String = (0..500).map(|_| "--b\nContent-Disposition: attachment; filename=a\n\nx\n").collect();
    let broken: [(&str, Vec<u8>); 8] = [
        (
            "nested",
            mail("", "", "")
                .replace("Subject", "Content-Type: message/rfc822\nSubject")
                .into_bytes()
                .into_iter()
                .chain(nested.into_bytes())
                .collect(),
        ),
        ("boundaries", mail("", "Content-Type: multipart/mixed; boundary=b0\n", &boundaries).into_bytes()),
        ("many files", mail("", "Content-Type: multipart/mixed; boundary=b\n", &many).into_bytes()),
        ("long header", [b"Subject: ".to_vec(), vec![b'a'; 5 << 20], b"\n\nx\n".to_vec()].concat()),
        ("no utf-8", b"Subject: \xff\xfe\nFrom: \xff@\xfe\n\n\xff\xfe\n".to_vec()),
        ("odd date", b"Date: Fri, 99 Foo 99999999999999 99:99:99 +9999\nSubject: x\n\nx\n".to_vec()),
        (
            "odd charset",
            b"Content-Type: text/plain; charset=\"\xff\"\nContent-Transfer-Encoding: base64\n\n!!!!\n".to_vec(),
        ),
        ("no header", b"\x00\x01\x02\n".to_vec()),
    ];
    for (what, bytes) in broken {
        let good = mail("Message-ID: <good@x.example>\n", "", "good");
        let mailbox = [SEPARATOR.as_bytes(), &bytes, b"\n", SEPARATOR.as_bytes(), good.as_bytes()].concat();
        let (found, notes) = import_bytes("a.mbox", &mailbox);
        let last = found.last().unwrap();
        assert_eq!((last.native_id.as_str(), last.text.as_str()), ("mail:good@x.example", "good"), "{what} {notes}");
        assert!(found.len() == 2 || notes.contains("left out"), "{what}: {notes}");
        assert!(found[0].files.len() <= 64);
    }
}

#[test]
fn a_cut_off_mailbox_gives_what_is_there() {
    let text = format!(
        "{SEPARATOR}{}\n{SEPARATOR}{}",
        mail("Message-ID: <a@x.example>\n", "", "one"),
        mail("Message-ID: <b@x.example>\n", "", "two")
    );
    for cut in (1..text.len()).step_by(13) {
        let (found, _) = import_bytes("a.mbox", &text.as_bytes()[..cut]);
        assert!(found.len() <= 2);
    }
    let (found, notes) = import_bytes("a.mbox", b"no mailbox at all\n");
    assert!(found.is_empty() && notes.contains("before its first message"), "{notes}");
}
