//! Archives with an export in them, and archives made to break those who open them.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};
use vedette_core::{Found, Haul};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{LIMITS, Limits, Packing, safe_path, unpack};
use crate::folder::{Listed, import};
use crate::testing::World;

fn import_bytes(name: &str, bytes: &[u8]) -> (Vec<Found>, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let mut hauls: Vec<Haul> = Vec::new();
    import(&[path], &World::new().env(), &mut |haul| {
        assert!(!haul.request.url.contains("vedette-import-"), "records name the archive, not where it was unpacked");
        hauls.push(haul);
        Ok(())
    })
    .unwrap();
    let notes = hauls.iter().flat_map(|haul| &haul.notes).map(String::as_str).collect::<Vec<_>>().join("\n");
    (hauls.into_iter().flat_map(|haul| haul.found).collect(), notes)
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn entry(tar: &mut Builder<Vec<u8>>, kind: EntryType, name: &[u8], link: &[u8], bytes: &[u8]) {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    // The builder refuses names that lead out; an adversary's does not.
    let raw = header.as_mut_bytes();
    raw[..name.len()].copy_from_slice(name);
    raw[157..157 + link.len()].copy_from_slice(link);
    header.set_cksum();
    tar.append(&header, bytes).unwrap();
}

fn tarred(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = Builder::new(Vec::new());
    for (name, bytes) in files {
        entry(&mut tar, EntryType::Regular, name.as_bytes(), b"", bytes);
    }
    tar.into_inner().unwrap()
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

const EXPORT: &[u8] = br#"{"name":"Lantern Media","type":"public_channel","id":77,"messages":[{"id":2,"type":"message","text":"lit","photo":"photos/a.jpg"}]}"#;

fn files() -> Vec<(&'static str, &'static [u8])> {
    vec![
        ("export/result.json", EXPORT),
        ("export/photos/a.jpg", b"jpeg"),
        ("texts/a.txt", b"a text"),
        ("mail/a.eml", b"Message-ID: <a@x.example>\n\nmail\n"),
    ]
}

#[test]
fn archives_are_read_like_folders_of_their_name() {
    let tar = tarred(&files());
    for (name, bytes) in
        [("a.zip", zipped(&files())), ("a.tar", tar.clone()), ("a.tar.gz", gzipped(&tar)), ("a.tgz", gzipped(&tar))]
    {
        let (found, notes) = import_bytes(name, &bytes);
        assert_eq!(notes, "", "{name}");
        let mut ids: Vec<&str> = found.iter().map(|post| post.native_id.as_str()).collect();
        ids.sort_unstable();
        assert_eq!(ids, [format!("{name}/texts/a.txt").as_str(), "mail:a@x.example", "telegram:Lantern Media#2"]);
        let message = found.iter().find(|post| post.native_id.starts_with("telegram")).unwrap();
        assert_eq!(message.files[0].bytes.as_deref(), Ok(b"jpeg".as_slice()));
    }
}

#[test]
fn archives_in_archives_are_opened_three_deep() {
    let mut inner = zipped(&[("deep.txt", b"deep")]);
    for level in 1..5 {
        let (found, notes) = import_bytes("a.zip", &inner);
        assert_eq!(found.len(), usize::from(level <= 3), "{level} {notes}");
        assert_eq!(notes.contains("in more than 3 others"), level > 3, "{level} {notes}");
        inner = zipped(&[("inner.zip", &inner)]);
    }
}

#[test]
fn names_that_lead_out_links_and_devices_are_refused() {
    let mut tar = Builder::new(Vec::new());
    entry(&mut tar, EntryType::Regular, b"../out.txt", b"", b"out");
    entry(&mut tar, EntryType::Regular, b"/tmp/vedette-out.txt", b"", b"out");
    entry(&mut tar, EntryType::Symlink, b"link", b"/etc", b"");
    entry(&mut tar, EntryType::Regular, b"link/hostname.txt", b"", b"out");
    entry(&mut tar, EntryType::Link, b"hard.txt", b"/etc/hostname", b"");
    entry(&mut tar, EntryType::Fifo, b"pipe.txt", b"", b"");
    entry(&mut tar, EntryType::Char, b"device.txt", b"", b"");
    entry(&mut tar, EntryType::GNUSparse, b"sparse.txt", b"", b"");
    entry(&mut tar, EntryType::Regular, b"good.txt", b"", b"good");
    entry(&mut tar, EntryType::Regular, b"good.txt", b"", b"other");
    let (found, notes) = import_bytes("a.tar", &tar.into_inner().unwrap());
    let texts: Vec<&str> = found.iter().map(|post| post.text.as_str()).collect();
    assert_eq!(texts, ["good", "out"], "a plain file below the name of a refused link is a plain file: {notes}");
    for told in [
        "2 entries were refused: their names lead out",
        "2 entries were refused: they are links",
        "pipes",
        "stands in the archive twice",
        "not read",
    ] {
        assert!(notes.contains(told), "{told}: {notes}");
    }
    assert!(!Path::new("/tmp/vedette-out.txt").exists());

    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_symlink("link.txt", "/etc/hostname", SimpleFileOptions::default()).unwrap();
    for name in ["../out.txt", "..\\out.txt", "/abs.txt", "C:/x.txt", "a/../../b.txt", "good.txt"] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(b"x").unwrap();
    }
    let (found, notes) = import_bytes("a.zip", &zip.finish().unwrap().into_inner());
    assert_eq!(found.iter().map(|post| post.native_id.as_str()).collect::<Vec<_>>(), ["a.zip/good.txt"], "{notes}");
    assert!(notes.contains("1 entries were refused: they are links"), "{notes}");
}

#[test]
fn only_paths_that_stay_in_the_folder_are_safe() {
    for (name, expected) in [
        (&b"a/b.txt"[..], Some("a/b.txt")),
        (b"./a//b.txt", Some("a/b.txt")),
        (b"a\\b.txt", Some("a/b.txt")),
        (b"..", None),
        (b"a/..", None),
        (b"/a", None),
        (b"", None),
        (b"a\0b", None),
        (b"a\nb", None),
        (b"C:\\a", None),
    ] {
        assert_eq!(safe_path(name).as_deref(), expected.map(Path::new), "{}", String::from_utf8_lossy(name));
    }
    assert_eq!(safe_path("d/".repeat(17).as_bytes()), None);
    assert_eq!(safe_path("n".repeat(256).as_bytes()), None);
}

fn unpacked(packing: Packing, bytes: &[u8], limits: Limits) -> (u64, usize, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive");
    fs::write(&path, bytes).unwrap();
    let target = tempfile::tempdir().unwrap();
    let listed = Listed::of(&path, "archive").unwrap();
    let outcome = unpack(&listed, packing, target.path(), limits);
    let kept: Vec<_> = walk(target.path());
    (kept.iter().sum(), kept.len(), outcome.notes.join("\n"))
}

fn walk(folder: &Path) -> Vec<u64> {
    let mut sizes = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let metadata = fs::symlink_metadata(entry.path()).unwrap();
        assert!(!metadata.is_symlink());
        if metadata.is_dir() {
            sizes.extend(walk(&entry.path()));
        } else {
            sizes.push(metadata.len());
        }
    }
    sizes
}

#[test]
fn every_number_has_a_limit() {
    let small = Limits { entries: 5, entry_bytes: 1000, total_bytes: 2500, ratio: 1000, free_bytes: 2500 };
    let many: Vec<(String, Vec<u8>)> = (0..9).map(|n| (format!("{n}.txt"), vec![b'x'; 10])).collect();
    let large: Vec<(String, Vec<u8>)> = (0..4).map(|n| (format!("{n}.txt"), vec![b'x'; 900])).collect();
    let one: Vec<(String, Vec<u8>)> = vec![("big.txt".into(), vec![b'x'; 1001]), ("next.txt".into(), vec![b'x'; 3])];
    for (files, kept, told) in
        [(many, 5, "more than 5 entries"), (large, 2, "like a bomb"), (one, 1, "larger than one file")]
    {
        let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        for (packing, bytes) in
            [(Packing::Zip, zipped(&files)), (Packing::Tar, tarred(&files)), (Packing::TarGz, gzipped(&tarred(&files)))]
        {
            let (bytes, count, notes) = unpacked(packing, &bytes, small);
            assert!(count == kept && bytes <= 2500 && notes.contains(told), "{packing:?} {count} {bytes} {notes}");
        }
    }
}

#[test]
fn bombs_are_stopped_by_their_ratio() {
    let limits = Limits { free_bytes: 1 << 20, ..LIMITS };
    let zeros = vec![0u8; 64 << 20];
    let bomb = zipped(&[("zeros.txt", &zeros)]);
    assert!(bomb.len() < 100_000);
    let (bytes, count, notes) = unpacked(Packing::Zip, &bomb, limits);
    assert!(bytes == 0 && count == 0 && notes.contains("like a bomb"), "{bytes} {notes}");
    let bomb = gzipped(&tarred(&[("zeros.txt", &zeros)]));
    let (bytes, _, notes) = unpacked(Packing::TarGz, &bomb, limits);
    assert!(bytes == 0 && notes.contains("bomb"), "{bytes} {notes}");
}

#[test]
fn damaged_archives_give_what_came_before_and_never_half_a_file() {
    let files: Vec<(&str, &[u8])> = vec![("a.txt", b"first"), ("b.txt", &[b'x'; 5000])];
    for (packing, bytes) in
        [(Packing::Zip, zipped(&files)), (Packing::Tar, tarred(&files)), (Packing::TarGz, gzipped(&tarred(&files)))]
    {
        for cut in (0..bytes.len()).step_by(bytes.len() / 40 + 1) {
            let (kept, _, _) = unpacked(packing, &bytes[..cut], LIMITS);
            assert!([0, 5, 5005].contains(&kept), "{packing:?} cut at {cut}: {kept}");
            let mut flipped = bytes.clone();
            flipped[cut] ^= 0x55;
            unpacked(packing, &flipped, LIMITS);
        }
    }
    // A size that no file has, and a long name that would be read whole.
    let mut tar = Builder::new(Vec::new());
    entry(&mut tar, EntryType::GNULongName, b"././@LongLink", b"", &vec![b'n'; 1 << 20]);
    entry(&mut tar, EntryType::Regular, b"a.txt", b"", b"first");
    let mut bytes = tar.into_inner().unwrap();
    assert_eq!(unpacked(Packing::Tar, &bytes, LIMITS).0, 5);
    let size_at = 124;
    bytes[size_at..size_at + 11].copy_from_slice(b"77777777777");
    let (kept, _, notes) = unpacked(Packing::Tar, &bytes, LIMITS);
    assert!(kept == 0 && !notes.is_empty(), "{notes}");
}

#[test]
fn long_names_are_read() {
    let long = format!("{}/{}.txt", "d".repeat(120), "n".repeat(120));
    let mut tar = Builder::new(Vec::new());
    let mut header = Header::new_gnu();
    header.set_size(4);
    tar.append_data(&mut header, &long, b"text".as_slice()).unwrap();
    let (found, notes) = import_bytes("a.tar", &tar.into_inner().unwrap());
    assert_eq!(found[0].native_id, format!("a.tar/{long}"), "{notes}");
}

#[test]
fn files_made_to_break_readers_cost_nothing_but_themselves() {
    use vedette_testkit::bombs;
    let hostile = [
        bombs::broken_utf8(),
        bombs::huge_json(8 << 20),
        bombs::deep_json(200_000),
        bombs::billion_laughs_xml(),
        bombs::huge_png_header(),
        bombs::password_pdf(),
        bombs::truncated_jpeg(),
    ];
    let names =
        ["result.json", "messages.html", "a.warc", "a.warc.gz", "a.wacz", "a.mbox", "a.eml", "a.zip", "a.tgz", "a.tar"];
    for name in names {
        let folders: Vec<(String, &Vec<u8>)> = (0..).map(|n| format!("{n}/{name}")).zip(&hostile).collect();
        let mut all: Vec<(&str, &[u8])> =
            folders.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        all.push(("good.txt", b"good"));
        let (found, _) = import_bytes("hostile.zip", &zipped(&all));
        let last = found.last().map(|post| post.text.as_str());
        assert_eq!(last, Some("good"), "{name}");
    }
}
