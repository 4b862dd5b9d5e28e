//! Watched folders and imports.

use std::fs;
use std::path::Path;

use vedette_core::limits::POST_TEXT_BYTES_MAX;
use vedette_core::{Haul, PageKeep, SourceKind, VersionState};

use super::*;
use crate::testing::{Kept, World, source};

fn connector(root: &Path) -> FolderConnector {
    FolderConnector::new(&source(SourceKind::Folder, root.to_str().unwrap(), None), World::new().env())
}

fn import_all(paths: &[PathBuf]) -> Result<Vec<Haul>, CollectError> {
    let mut hauls = Vec::new();
    import(paths, &World::new().env(), &mut |haul| {
        hauls.push(haul);
        Ok(())
    })?;
    Ok(hauls)
}

fn states(kept: &Kept) -> Vec<(String, VersionState)> {
    kept.found().iter().map(|found| (found.native_id.clone(), found.state)).collect()
}

#[test]
fn a_folder_yields_its_files_once_then_what_changed_and_what_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("sub")).unwrap();
    fs::write(root.join("a.txt"), "first").unwrap();
    fs::write(root.join("sub/b.md"), "second").unwrap();
    fs::write(root.join("sub/p.png"), b"png").unwrap();
    fs::write(root.join("x.bin"), b"?").unwrap();
    let mut kept = Kept::default();
    kept.round(&mut connector(root)).unwrap();
    let posted = |name: &str| (name.to_owned(), VersionState::Posted);
    assert_eq!(states(&kept), [posted("a.txt"), posted("sub/b.md"), posted("sub/p.png")]);
    assert_eq!(kept.notes(), ["1 files are of a kind that is not taken in: x.bin"]);
    let picture = kept.found()[2];
    assert_eq!((picture.text.as_str(), picture.files[0].bytes.as_deref()), ("", Ok(b"png".as_slice())));
    assert_eq!(picture.exhibit, b"png");
    kept.forget_hauls();
    kept.round(&mut connector(root)).unwrap();
    assert_eq!(kept.hauls.len(), 0, "nothing changed");

    fs::write(root.join("a.txt"), "first, corrected").unwrap();
    fs::remove_file(root.join("sub/b.md")).unwrap();
    kept.round(&mut connector(root)).unwrap();
    assert_eq!(
        states(&kept),
        [("a.txt".to_owned(), VersionState::Edited), ("sub/b.md".to_owned(), VersionState::DeletedInferred)]
    );
    assert_eq!(kept.texts(), ["first, corrected", ""]);
    kept.forget_hauls();
    kept.round(&mut connector(root)).unwrap();
    assert_eq!(kept.hauls.len(), 0);
}

#[test]
fn a_folder_that_is_suddenly_empty_or_gone_is_an_error_and_no_deletion() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("mount");
    fs::create_dir(&root).unwrap();
    fs::write(root.join("a.txt"), "first").unwrap();
    let mut kept = Kept::default();
    kept.round(&mut connector(&root)).unwrap();
    let cursor = kept.cursor.clone();
    fs::remove_file(root.join("a.txt")).unwrap();
    let error = kept.round(&mut connector(&root)).unwrap_err().to_string();
    assert!(error.contains("mount it again"), "{error}");
    fs::remove_dir(&root).unwrap();
    assert!(kept.round(&mut connector(&root)).is_err());
    assert_eq!((kept.hauls.len(), kept.cursor), (1, cursor));
}

#[test]
fn links_are_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.txt"), "secret").unwrap();
    std::os::unix::fs::symlink(outside.path(), folder.path().join("way-out")).unwrap();
    std::os::unix::fs::symlink(outside.path().join("secret.txt"), folder.path().join("s.txt")).unwrap();
    fs::write(folder.path().join("a.txt"), "a").unwrap();
    let mut kept = Kept::default();
    kept.round(&mut connector(folder.path())).unwrap();
    assert_eq!(kept.texts(), ["a"]);
    assert_eq!(kept.notes(), ["2 links are not followed: s.txt, way-out"]);
}

#[test]
fn folders_nested_too_deep_are_left_out_and_nothing_is_then_called_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let deep = (0..walk::DEPTH_MAX + 2).fold(folder.path().to_owned(), |path, _| path.join("d"));
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("deep.txt"), "deep").unwrap();
    fs::write(folder.path().join("a.txt"), "a").unwrap();
    fs::write(folder.path().join("b.txt"), "b").unwrap();
    let mut kept = Kept::default();
    kept.round(&mut connector(folder.path())).unwrap();
    assert_eq!(kept.texts(), ["a", "b"]);
    assert!(kept.notes()[0].contains("folders deep"), "{:?}", kept.notes());
    kept.forget_hauls();
    fs::remove_file(folder.path().join("a.txt")).unwrap();
    kept.round(&mut connector(folder.path())).unwrap();
    assert_eq!(kept.found().len(), 0);
}

#[test]
fn texts_that_are_no_utf8_keep_every_byte_and_say_so() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), b"caf\xe9").unwrap();
    fs::write(folder.path().join("long.txt"), "é".repeat(POST_TEXT_BYTES_MAX)).unwrap();
    let mut kept = Kept::default();
    kept.round(&mut connector(folder.path())).unwrap();
    let found = kept.found();
    assert_eq!((found[0].exhibit.as_slice(), found[0].text.as_str()), (b"caf\xe9".as_slice(), "caf\u{fffd}"));
    assert_eq!((found[1].exhibit.len(), found[1].text.len()), (2 * POST_TEXT_BYTES_MAX, POST_TEXT_BYTES_MAX));
    assert_eq!(kept.notes().len(), 2);
}

#[test]
fn many_files_come_in_hauls_of_limited_size_and_the_cursor_with_the_last() {
    let folder = tempfile::tempdir().unwrap();
    for n in 0..600 {
        fs::write(folder.path().join(format!("{n:03}.txt")), format!("text {n}")).unwrap();
    }
    let mut kept = Kept::default();
    kept.round(&mut connector(folder.path())).unwrap();
    assert_eq!(kept.hauls.iter().map(|haul| haul.found.len()).collect::<Vec<_>>(), [512, 88]);
    assert!(kept.hauls[0].cursor.is_none() && kept.hauls[1].cursor.is_some());
    let listing = String::from_utf8(kept.hauls[1].page.clone()).unwrap();
    let last: serde_json::Value = serde_json::from_str(listing.lines().last().unwrap()).unwrap();
    assert_eq!((last["path"].as_str(), last["size_bytes"].as_u64()), (Some("599.txt"), Some(8)));
    assert_eq!(last["sha256"].as_str().unwrap().len(), 64);
}

#[test]
fn a_desk_that_cannot_store_stops_the_round_and_the_next_one_begins_again() {
    let folder = tempfile::tempdir().unwrap();
    for n in 0..600 {
        fs::write(folder.path().join(format!("{n:03}.txt")), "x").unwrap();
    }
    let mut count = 0;
    let error = connector(folder.path()).collect(None, &mut |_| {
        count += 1;
        Err(CollectError::Stopped("disk full".into()))
    });
    assert!(matches!(error, Err(CollectError::Stopped(_))));
    assert_eq!(count, 1);
}

#[test]
fn json_lines_become_posts_and_broken_ones_notes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("posts.jsonl");
    let mut bytes = b"\xef\xbb\xbf{\"id\":\"p1\",\"text\":\"one\",\"date\":\"2026-11-01\",\"lang\":\"en\",\"title\":\"T\",\"url\":\"http://x.example/1\",\"author\":\"lamp\"}\r\n".to_vec();
    bytes.extend_from_slice(
        b"\n{\"id\":2,\"text\":\"two\",\"date\":\"soon\"}\nnot json\n{\"id\":\"p3\"}\n{\"text\":\"no id\"}\n",
    );
    bytes.extend_from_slice(b"{\"id\":\"p4\",\"text\":\"caf\xe9\"}");
    fs::write(&path, bytes).unwrap();
    let hauls = import_all(std::slice::from_ref(&path)).unwrap();
    assert_eq!(hauls.len(), 1);
    let found = &hauls[0].found;
    let texts: Vec<&str> = found.iter().map(|found| found.text.as_str()).collect();
    assert_eq!(texts, ["one", "two", "no id", "caf\u{fffd}"]);
    assert_eq!(found[0].native_id, "posts.jsonl#p1");
    assert_eq!(found[1].native_id, "posts.jsonl#2");
    assert_eq!(found[0].posted_at.unwrap().to_string(), "2026-11-01T00:00:00Z");
    assert_eq!(found[0].author.as_deref(), Some("lamp"));
    assert!(found[0].exhibit.starts_with(b"{\"id\":\"p1\"") && found[0].exhibit.ends_with(b"}"));
    assert!(found[3].exhibit.contains(&0xe9));
    assert_eq!(hauls[0].notes.len(), 4, "{:?}", hauls[0].notes);
    assert!(matches!(hauls[0].page_keep, PageKeep::HashOnly(_)));
    let again = import_all(&[path]).unwrap();
    let ids = |hauls: &[Haul]| hauls[0].found.iter().map(|found| found.native_id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&hauls), ids(&again), "the same file gives the same ids");
}

#[test]
fn json_lines_stream_in_hauls_of_512() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("posts.jsonl");
    let lines: String = (0..1_300).map(|n| format!("{{\"id\":\"{n}\",\"text\":\"t\"}}\n")).collect();
    fs::write(&path, lines).unwrap();
    let sizes: Vec<usize> = import_all(&[path]).unwrap().iter().map(|haul| haul.found.len()).collect();
    assert_eq!(sizes, [512, 512, 276]);
}

#[test]
fn a_line_of_100_mb_is_a_note_and_the_next_one_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("posts.jsonl");
    let mut bytes = b"{\"id\":\"big\",\"text\":\"".to_vec();
    bytes.resize(100 << 20, b'x');
    bytes.extend_from_slice(b"\"}\n{\"id\":\"next\",\"text\":\"here\"}\n");
    fs::write(&path, bytes).unwrap();
    let hauls = import_all(&[path]).unwrap();
    assert_eq!(hauls[0].found[0].text, "here");
    assert!(hauls[0].notes[0].starts_with("line 1"), "{:?}", hauls[0].notes);
}

#[test]
fn imports_name_what_they_cannot_use() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for part in ["a", "b"] {
        fs::create_dir_all(root.join(part).join("data")).unwrap();
        fs::write(root.join(part).join("data/x.txt"), part).unwrap();
    }
    fs::write(root.join("x.bin"), "?").unwrap();
    let twice = import_all(&[root.join("a/data"), root.join("b/data")]).unwrap_err().to_string();
    assert!(twice.contains("two of the given paths are called `data`"), "{twice}");
    let other = import_all(&[root.join("x.bin")]).unwrap_err().to_string();
    assert!(other.contains("no file of a kind"), "{other}");
    assert!(import_all(&[root.join("none.txt")]).is_err());
    let hauls = import_all(&[root.join("a/data"), root.join("b/data/x.txt")]).unwrap();
    let ids: Vec<&str> = hauls.iter().flat_map(|haul| &haul.found).map(|found| found.native_id.as_str()).collect();
    assert_eq!(ids, ["data/x.txt", "x.txt"]);
    assert!(hauls.iter().all(|haul| haul.cursor.is_none()));
}

#[test]
fn a_watched_folder_reads_exports_and_mailboxes_again_when_they_grow_and_never_calls_their_files_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let export = |messages: &str| {
        format!(r#"{{"name":"Lantern Media","type":"public_channel","id":77,"messages":[{messages}]}}"#)
    };
    let one = r#"{"id":1,"type":"message","text":"one","photo":"photos/a.jpg"}"#;
    fs::create_dir_all(root.join("e/photos")).unwrap();
    fs::write(root.join("e/photos/a.jpg"), "jpeg").unwrap();
    fs::write(root.join("e/result.json"), export(one)).unwrap();
    let mail = |id: u32| format!("From a@b Sun Nov  1 10:00:00 2026\nMessage-ID: <{id}@x.example>\n\nmail {id}\n\n");
    fs::write(root.join("in.mbox"), mail(1)).unwrap();
    let mut kept = Kept::default();
    kept.round(&mut connector(root)).unwrap();
    assert_eq!(kept.texts(), ["one", "mail 1"], "the photo is a file of its message");
    kept.forget_hauls();
    kept.round(&mut connector(root)).unwrap();
    assert_eq!(kept.found().len(), 0, "nothing changed");

    fs::write(root.join("e/result.json"), export(&format!(r#"{one},{{"id":2,"type":"message","text":"two"}}"#)))
        .unwrap();
    fs::write(root.join("in.mbox"), mail(1) + &mail(2)).unwrap();
    kept.round(&mut connector(root)).unwrap();
    assert_eq!(kept.texts(), ["one", "two", "mail 1", "mail 2"]);
    assert!(kept.found().iter().all(|found| found.state == VersionState::Posted));
    kept.forget_hauls();
    fs::remove_dir_all(root.join("e")).unwrap();
    fs::remove_file(root.join("in.mbox")).unwrap();
    fs::write(root.join("a.txt"), "a").unwrap();
    kept.round(&mut connector(root)).unwrap();
    assert_eq!(kept.texts(), ["a"], "posts of a container are not deleted with it: {:?}", kept.notes());
}
