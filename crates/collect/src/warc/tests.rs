//! Archives made here, whole, damaged and hostile; and what we write read back by ourselves and by warcio.

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use vedette_core::{Found, Haul};

use super::digest;
use super::write::{WarcHttp, WarcInfo, WarcItem, WarcRequest, write};
use crate::folder::import;
use crate::testing::World;

fn imported(path: &Path) -> Vec<Haul> {
    let mut hauls = Vec::new();
    import(&[path.to_owned()], &World::new().env(), &mut |haul| {
        hauls.push(haul);
        Ok(())
    })
    .unwrap();
    hauls
}

fn import_bytes(name: &str, bytes: &[u8]) -> (Vec<Found>, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let hauls = imported(&path);
    let notes = hauls.iter().flat_map(|haul| &haul.notes).map(String::as_str).collect::<Vec<_>>().join("\n");
    (hauls.into_iter().flat_map(|haul| haul.found).collect(), notes)
}

fn record(kind: &str, more: &str, block: &[u8]) -> Vec<u8> {
    let header = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2026-11-01T10:00:00Z\r\n{more}Content-Length: {}\r\n\r\n",
        block.len()
    );
    [header.as_bytes(), block, b"\r\n\r\n"].concat()
}

fn response(url: &str, head: &str, body: &[u8]) -> Vec<u8> {
    let block = [format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n").as_bytes(), body].concat();
    record(
        "response",
        &format!("WARC-Target-URI: {url}\r\nContent-Type: application/http; msgtype=response\r\n"),
        &block,
    )
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut member = GzEncoder::new(Vec::new(), Compression::default());
    member.write_all(bytes).unwrap();
    member.finish().unwrap()
}

const URL: &str = "http://lantern.example/wick";

#[test]
fn answers_become_posts_of_their_address_however_the_archive_is_packed() {
    let records = [
        record("warcinfo", "Content-Type: application/warc-fields\r\n", b"software: x\r\n"),
        record(
            "request",
            &format!("WARC-Target-URI: {URL}\r\nContent-Type: application/http\r\n"),
            b"GET / HTTP/1.1\r\n\r\n",
        ),
        response(URL, "Content-Type: text/html; charset=utf-8", b"<p>the lamp</p>"),
        response(
            "http://lantern.example/p.png",
            "Content-Type: image/png\r\nTransfer-Encoding: chunked",
            b"3\r\npng\r\n0\r\n\r\n",
        ),
        response(
            "<http://lantern.example/t.txt>",
            "Content-Type: text/plain\r\nContent-Encoding: gzip",
            &gzipped(b"a text"),
        ),
        record(
            "resource",
            "WARC-Target-URI: http://lantern.example/wick.pdf\r\nContent-Type: application/pdf\r\n",
            b"%PDF-",
        ),
        response("http://lantern.example/s.css", "Content-Type: text/css", b"p {}"),
        record("revisit", &format!("WARC-Target-URI: {URL}\r\n"), b""),
        record("response", "WARC-Target-URI: dns:lantern.example\r\nContent-Type: text/dns\r\n", b"127.0.0.1"),
        record(
            "response",
            "WARC-Target-URI: http://lantern.example/gone\r\nContent-Type: application/http\r\n",
            b"HTTP/1.1 404 Not Found\r\n\r\nno",
        ),
    ];
    let plain = records.concat();
    let each: Vec<u8> = records.iter().flat_map(|record| gzipped(record)).collect();
    for (name, bytes) in [("a.warc", plain.clone()), ("a.warc.gz", each), ("b.warc.gz", gzipped(&plain))] {
        let (found, notes) = import_bytes(name, &bytes);
        let posts: Vec<(&str, &str, &[u8])> = found
            .iter()
            .map(|post| (post.native_id.as_str(), post.exhibit_type.as_str(), post.exhibit.as_slice()))
            .collect();
        assert_eq!(
            posts,
            [
                (URL, "text/html", b"<p>the lamp</p>".as_slice()),
                ("http://lantern.example/p.png", "image/png", b"png"),
                ("http://lantern.example/t.txt", "text/plain", b"a text"),
                ("http://lantern.example/wick.pdf", "application/pdf", b"%PDF-"),
            ],
            "{name}"
        );
        assert_eq!(found[2].text, "a text");
        assert_eq!(found[0].files[0].bytes.as_deref(), Ok(b"<p>the lamp</p>".as_slice()));
        assert_eq!(found[0].posted_at.unwrap().to_string(), "2026-11-01T10:00:00Z");
        for told in
            ["answers with status 404", "answers of text/css", "seen again unchanged", "without a usable address"]
        {
            assert!(notes.contains(told), "{name}: {told} in {notes}");
        }
    }
}

#[test]
fn the_same_content_of_an_address_is_the_same_post_and_other_content_another_version() {
    let one = response(URL, "Content-Type: text/html", b"one");
    let two = response(URL, "Content-Type: text/html", b"two");
    let key = |found: &Found| (found.native_id.clone(), found.exhibit.clone(), found.state, found.edited_at);
    let mut forth: Vec<_> =
        import_bytes("a.warc", &[one.clone(), two.clone(), one.clone()].concat()).0.iter().map(key).collect();
    let mut back: Vec<_> = import_bytes("a.warc", &[two, one.clone(), one].concat()).0.iter().map(key).collect();
    forth.sort_by(|a, b| a.1.cmp(&b.1));
    back.sort_by(|a, b| a.1.cmp(&b.1));
    assert_eq!(forth, back);
    forth.dedup();
    assert_eq!(forth.len(), 2);
}

#[test]
fn digests_that_do_not_fit_are_told_and_others_are_not() {
    let right = digest::sha256(b"<p>");
    let block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>";
    for (more, told) in [
        (format!("WARC-Payload-Digest: {right}\r\n"), ""),
        ("WARC-Payload-Digest: sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ\r\n".to_owned(), "payload digest"),
        ("WARC-Block-Digest: sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ\r\n".to_owned(), "block digest"),
        (format!("WARC-Block-Digest: {}\r\n", digest::sha256(block)), ""),
        ("WARC-Payload-Digest: md5:x\r\n".to_owned(), ""),
        ("WARC-Truncated: length\r\n".to_owned(), "cut off when it was fetched"),
    ] {
        let bytes =
            record("response", &format!("WARC-Target-URI: {URL}\r\nContent-Type: application/http\r\n{more}"), block);
        let (found, notes) = import_bytes("a.warc", &bytes);
        assert_eq!(found.len(), 1, "what does not fit is told, and kept");
        assert!(if told.is_empty() { notes.is_empty() } else { notes.contains(told) }, "{more}: {notes}");
    }
}

#[test]
fn lying_lengths_are_told_and_the_next_record_is_read() {
    let good = response(URL, "Content-Type: text/html", b"good");
    let short =
        String::from_utf8(response("http://lantern.example/a", "Content-Type: text/html", b"0123456789")).unwrap();
    let cases = [
        (short.replace("Content-Length: 54", "Content-Length: 50"), 2),
        (short.replace("Content-Length: 54", "Content-Length: none"), 1),
        (short.replace("Content-Length: 54\r\n", ""), 1),
        (short.replace("Content-Length: 54", "Content-Length: -1"), 1),
        (short.replace("WARC/1.0", "WARC/7.7"), 1),
        ("not a record at all\r\n\r\n".to_owned(), 1),
        ("W".to_owned() + &"WARC".repeat(1000) + "\r\n", 1),
    ];
    for (broken, posts) in cases {
        let (found, notes) = import_bytes("a.warc", &[broken.as_bytes(), &good].concat());
        assert_eq!(found.len(), posts, "{broken}\n{notes}");
        assert_eq!(found.last().unwrap().native_id, URL);
        assert!(!notes.is_empty(), "{broken}");
    }
    for length in ["99999999999", "18446744073709551615", "64"] {
        let broken = short.replace("Content-Length: 54", &format!("Content-Length: {length}"));
        let (found, notes) = import_bytes("a.warc", broken.as_bytes());
        assert!(found.is_empty() && notes.contains("breaks off") && notes.contains("left out"), "{length}: {notes}");
    }
}

#[test]
fn a_cut_off_archive_gives_what_came_before_and_says_so() {
    let one = response(URL, "Content-Type: text/html", b"good");
    let whole = [one.clone(), one.clone()].concat();
    for cut in one.len() + 1..whole.len() - 4 {
        let (found, notes) = import_bytes("a.warc", &whole[..cut]);
        assert!(found.len() == 1 && (!notes.is_empty() || cut < one.len() + 5), "{cut}: {notes}");
    }
    let packed = [gzipped(&one), gzipped(&one)].concat();
    for cut in (packed.len() / 2 + 1..packed.len()).step_by(9) {
        let (found, notes) = import_bytes("a.warc.gz", &packed[..cut]);
        assert!(!found.is_empty() && notes.contains("breaks off"), "{cut}: {notes}");
    }
    let mut flipped = packed.clone();
    let middle = flipped.len() * 3 / 4;
    flipped[middle] ^= 0xff;
    let (found, notes) = import_bytes("a.warc.gz", &flipped);
    assert!(!found.is_empty() && !notes.is_empty(), "{notes}");
}

#[test]
fn an_archive_that_unpacks_without_end_is_stopped() {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::fast());
    let zeros = vec![b'x'; 1 << 20];
    for _ in 0..300 {
        bomb.write_all(&zeros).unwrap();
    }
    let (found, notes) = import_bytes("a.warc.gz", &bomb.finish().unwrap());
    assert!(found.is_empty() && (notes.contains("no record within") || notes.contains("unpacks to more")), "{notes}");
}

fn wacz(warc: &[u8], hash: &str) -> Vec<u8> {
    let package = format!(
        "{{\"resources\":[{{\"name\":\"a.warc.gz\",\"path\":\"archive/a.warc.gz\",\"hash\":\"{hash}\",\"bytes\":1}}]}}"
    );
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("archive/a.warc.gz", stored).unwrap();
    zip.write_all(warc).unwrap();
    zip.start_file("datapackage.json", stored).unwrap();
    zip.write_all(package.as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_wacz_is_read_and_checked_by_its_package() {
    let warc = gzipped(&response(URL, "Content-Type: text/html", b"good"));
    let hash = format!("sha256:{}", crate::gather::sha256_hex(&warc));
    let (found, notes) = import_bytes("a.wacz", &wacz(&warc, &hash));
    assert_eq!((found.len(), notes.as_str()), (1, ""));
    let (found, notes) = import_bytes("a.wacz", &wacz(&warc, &hash.replace("sha256:", "sha256:0").replace("00", "01")));
    assert!(found.len() == 1 && notes.contains("SHA-256 differs"), "{notes}");
    let whole = wacz(&warc, &hash);
    let (found, notes) = import_bytes("a.wacz", &whole[..whole.len() / 2]);
    assert!(found.is_empty() && notes.contains("no zip file that can be read"), "{notes}");
}

struct Sample {
    items: Vec<(String, &'static str, Vec<u8>, Option<WarcHttp>)>,
}

fn sample() -> Sample {
    let http = |headers: &[(&str, &str)]| WarcHttp {
        status: 200,
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        request: None,
    };
    let page = http(&[
        ("Content-Type", "text/html"),
        ("Transfer-Encoding", "chunked"),
        ("Content-Encoding", "gzip"),
        ("X-Split", "a\r\nInjected: b"),
        ("Set-Cookie", "id=1"),
    ]);
    let asked = WarcRequest {
        method: "GET".to_owned(),
        headers: [("Accept", "text/html"), ("Cookie", "id=1"), ("X-Split", "a\r\nInjected: b")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
    };
    let page = WarcHttp { request: Some(asked), ..page };
    Sample {
        items: vec![
            (
                "http://lantern.example/wick?a=ü b".to_owned(),
                "text/html",
                "<p>the lamp is lit in Kelmora — المصباح</p>".into(),
                Some(page),
            ),
            (
                "http://lantern.example/p.png".to_owned(),
                "image/png",
                (0..=255).cycle().take(100_000).collect(),
                Some(http(&[])),
            ),
            ("urn:vedette:s3:p17".to_owned(), "text/plain", b"a post\r\n\r\nWARC/1.1\r\n\r\n".to_vec(), None),
            ("urn:vedette:s3:empty".to_owned(), "application/pdf", Vec::new(), None),
        ],
    }
}

fn written(sample: &Sample) -> Vec<u8> {
    let at = |second| Timestamp::from_second(1_793_527_200 + second).unwrap();
    let info = WarcInfo {
        software: "Vedette 0.1.0",
        description: "a sample\r\nof two lines",
        operator: None,
        file_name: "sample.warc.gz",
        made_at: at(0),
    };
    let items = sample.items.iter().zip(1_i64..).map(|((url, media_type, bytes, http), n)| WarcItem {
        url,
        captured_at: at(n),
        media_type,
        bytes,
        http: http.as_ref(),
        leaf: Some(n.unsigned_abs()),
        tree_size: Some(9),
    });
    let mut out = Vec::new();
    let told = write(&info, items, &mut out).unwrap();
    assert_eq!((told.items, told.records), (4, 10));
    out
}

#[test]
fn what_we_write_we_read_back_and_write_again_the_same() {
    let sample = sample();
    let archive = written(&sample);
    assert_eq!(archive, written(&sample), "the same items are the same bytes");
    let (found, notes) = import_bytes("sample.warc.gz", &archive);
    assert_eq!(notes, "");
    for (post, (url, media_type, bytes, _)) in found.iter().zip(&sample.items) {
        assert_eq!(post.native_id, url.replace(' ', "%20"));
        assert_eq!((post.exhibit_type.as_str(), &post.exhibit), (*media_type, bytes));
    }
    assert_eq!(found.len(), 4);
    assert_eq!(found[2].posted_at.unwrap().to_string(), "2026-11-01T10:00:03Z");
    let mut unpacked = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(&archive[..]), &mut unpacked).unwrap();
    let text = String::from_utf8_lossy(&unpacked);
    assert!(!text.contains("\r\nInjected") && !text.contains("id=1"), "{text}");
    assert!(text.contains("GET /wick?a=ü%20b HTTP/1.1\r\nHost: lantern.example\r\nAccept: text/html\r\n"), "{text}");
}

/// The interpreter of an environment with the pinned warcio, made by `tools/python_tools.sh`.
fn python() -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/python_tools.sh");
    let output = std::process::Command::new(script).arg("warcio").output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "warcio could not be installed, so the archive was not checked by it:\n{told}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Whether warcio finds an archive whole, and what it says of each record.
pub(crate) fn warcio_check(path: &Path) -> (bool, String) {
    let output = std::process::Command::new(python())
        .args(["-c", "import sys; from warcio.cli import main; main(['check', '-v', sys.argv[1]])"])
        .arg(path)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), told)
}

#[test]
fn warcio_finds_nothing_wrong_with_what_we_write_and_reads_the_same() {
    let (python, sample) = (python(), sample());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.warc.gz");
    let archive = written(&sample);
    fs::write(&path, &archive).unwrap();
    let (ok, told) = warcio_check(&path);
    assert!(ok && told.matches("digest pass").count() == 10, "{told}");
    let read = "import sys, hashlib\n\
        from warcio.archiveiterator import ArchiveIterator\n\
        for r in ArchiveIterator(open(sys.argv[1], 'rb'), check_digests='raise'):\n\
        \x20   print(r.rec_type, r.rec_headers.get_header('WARC-Target-URI'), hashlib.sha256(r.content_stream().read()).hexdigest())\n";
    let output = std::process::Command::new(&python).args(["-c", read]).arg(&path).output().unwrap();
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for (_, _, bytes, http) in &sample.items {
        let kind = if http.is_some() { "response" } else { "resource" };
        let digest = crate::gather::sha256_hex(bytes);
        assert!(lines.lines().any(|line| line.starts_with(kind) && line.ends_with(&digest)), "{digest} in {lines}");
    }
    assert_eq!(lines.lines().count(), 10);
    // The control: one byte of content changed under its digest must be found.
    let broken = String::from_utf8_lossy(&record(
        "resource",
        &format!(
            "WARC-Target-URI: {URL}\r\nContent-Type: text/plain\r\nWARC-Block-Digest: {}\r\n",
            digest::sha256(b"lamp")
        ),
        b"limp",
    ))
    .into_owned();
    fs::write(&path, gzipped(broken.as_bytes())).unwrap();
    let (ok, told) = warcio_check(&path);
    assert!(!ok, "{told}");
}
