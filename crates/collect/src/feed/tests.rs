//! The feed connector against a mock server.

use jiff::Timestamp;
use vedette_core::{PageKeep, SourceKind};
use vedette_testkit::feeds::{Document, Feeds};
use vedette_testkit::http::Fault;

use super::*;
use crate::testing::{Kept, World, source};

fn connector(server: &Feeds, path: &str) -> FeedConnector {
    FeedConnector::new(&source(SourceKind::Feed, &server.url(path), None), World::new().env()).unwrap()
}

fn put(server: &Feeds, second: i64, items: &str) {
    let body = format!("<rss version=\"2.0\"><channel><title>Courier</title>{items}</channel></rss>");
    let at = Timestamp::from_second(1_790_000_000 + second).unwrap();
    server.put("/rss.xml", Document::new("application/rss+xml", body, at));
}

fn item(n: u32) -> String {
    format!("<item><guid>g{n}</guid><title>t{n}</title><description>text {n}</description></item>")
}

#[test]
fn an_unchanged_feed_is_asked_for_by_its_validators_and_yields_nothing() {
    let server = Feeds::start().unwrap();
    put(&server, 0, &(item(1) + &item(2)));
    let mut kept = Kept::default();
    kept.round(&mut connector(&server, "/rss.xml")).unwrap();
    assert_eq!(kept.texts(), ["text 1", "text 2"]);
    assert_eq!(kept.hauls[0].page_keep, PageKeep::Sealed);
    assert_eq!(kept.hauls[0].found[0].exhibit, item(1).as_bytes());
    kept.forget_hauls();
    kept.round(&mut connector(&server, "/rss.xml")).unwrap();
    assert_eq!(kept.hauls.len(), 0);
    assert_eq!(server.requests().last().unwrap().status, 304);
    put(&server, 60, &(item(2) + &item(3)));
    kept.round(&mut connector(&server, "/rss.xml")).unwrap();
    assert_eq!(kept.texts(), ["text 2", "text 3"], "every entry comes, the records know which are new");
    assert!(kept.notes().is_empty());
}

#[test]
fn a_feed_that_moved_on_too_far_says_that_entries_may_be_missing() {
    let server = Feeds::start().unwrap();
    put(&server, 0, &item(1));
    let mut kept = Kept::default();
    kept.round(&mut connector(&server, "/rss.xml")).unwrap();
    put(&server, 60, &item(9));
    kept.round(&mut connector(&server, "/rss.xml")).unwrap();
    assert!(kept.notes().iter().any(|note| note.contains("may have been missed")), "{:?}", kept.notes());
}

#[test]
fn enclosures_are_fetched_once_and_failures_are_reasons_on_the_file() {
    let server = Feeds::start().unwrap();
    let at = Timestamp::from_second(1_790_000_000).unwrap();
    server.put("/a.png", Document::new("image/png", b"png".to_vec(), at));
    let enclosed = |guid: &str, path: &str, kind: &str| {
        format!(
            "<item><guid>{guid}</guid><enclosure url=\"{}\" length=\"3\" type=\"{kind}\"/></item>",
            server.url(path)
        )
    };
    let items = enclosed("g1", "/a.png", "image/png")
        + &enclosed("g2", "/gone.pdf", "application/pdf")
        + &enclosed("g3", "/a.mp3", "audio/mpeg")
        + "<item><guid>g4</guid><enclosure url=\"http://10.0.0.1/x.png\" length=\"3\" type=\"image/png\"/></item>";
    put(&server, 0, &items);
    let mut kept = Kept::default();
    kept.round(&mut connector(&server, "/rss.xml")).unwrap();
    let found = kept.found();
    assert_eq!(found[0].files[0].bytes.as_deref(), Ok(b"png".as_slice()));
    assert!(found[1].files[0].bytes.is_err() && found[3].files[0].bytes.is_err());
    assert!(found[2].files.is_empty());
    assert!(kept.notes()[0].contains("audio/mpeg"));
    kept.forget_hauls();
    put(&server, 60, &(items + &item(5)));
    kept.round(&mut connector(&server, "/rss.xml")).unwrap();
    let ids: Vec<&str> = kept.found().iter().map(|found| found.native_id.as_str()).collect();
    assert_eq!(ids, ["g2", "g3", "g4", "g5"], "g1 was handed over with its file");
    assert_eq!(server.requests().iter().filter(|asked| asked.path == "/a.png").count(), 1);
    assert_eq!(connector(&server, "/rss.xml").fetch_file(&server.url("/a.png")).unwrap(), b"png");
}

#[test]
fn feeds_that_go_wrong_are_errors_and_keep_the_cursor() {
    let server = Feeds::start().unwrap();
    put(&server, 0, &item(1));
    let mut kept = Kept::default();
    kept.round(&mut connector(&server, "/rss.xml")).unwrap();
    let cursor = kept.cursor.clone();
    server.put_bomb("/bomb.xml");
    let error = kept.round(&mut connector(&server, "/bomb.xml")).unwrap_err();
    assert!(matches!(error, CollectError::EntityDeclaration { .. }), "{error}");
    let error = kept.round(&mut connector(&server, "/none.xml")).unwrap_err();
    assert!(matches!(error, CollectError::NotFound { .. }), "{error}");
    for (fault, times) in [(Fault::NotJson, 1), (Fault::DropMidBody(30), 3), (Fault::Status(500, String::new()), 3)] {
        put(&server, 60, &item(2));
        server.plan("/rss.xml", fault, times);
        kept.round(&mut connector(&server, "/rss.xml")).unwrap_err();
    }
    assert_eq!(kept.cursor, cursor);
    let at = Timestamp::from_second(1_790_000_000).unwrap();
    let large = "x".repeat(usize::try_from(FEED_BYTES_MAX).unwrap() + 1);
    server.put("/large.xml", Document::new("application/rss+xml", large, at));
    let error = kept.round(&mut connector(&server, "/large.xml")).unwrap_err();
    assert!(matches!(error, CollectError::TooLarge { .. }), "{error}");
}

#[test]
fn a_feed_of_many_entries_becomes_hauls_of_limited_size() {
    let server = Feeds::start().unwrap();
    put(&server, 0, &(0..1_200).map(item).collect::<String>());
    let mut kept = Kept::default();
    kept.round(&mut connector(&server, "/rss.xml")).unwrap();
    assert_eq!(kept.hauls.iter().map(|haul| haul.found.len()).collect::<Vec<_>>(), [512, 512, 176]);
    assert!(kept.hauls[..2].iter().all(|haul| haul.cursor.is_none()));
    assert!(kept.hauls[2].cursor.is_some());
}

#[test]
fn a_check_tells_what_the_feed_is() {
    let server = Feeds::start().unwrap();
    put(&server, 0, &item(1));
    let source = source(SourceKind::Feed, &server.url("/rss.xml"), None);
    let lines = crate::check(&source, None, World::new().env()).unwrap();
    assert!(lines[0].ends_with("answers with a feed of 1 entries"), "{lines:?}");
}

#[test]
fn a_broken_cursor_is_an_error_and_nothing_is_asked() {
    let server = Feeds::start().unwrap();
    let mut kept = Kept { cursor: Some(Cursor("?".into())), ..Kept::default() };
    let error = kept.round(&mut connector(&server, "/rss.xml")).unwrap_err();
    assert!(matches!(error, CollectError::BadCursor { .. }), "{error}");
    assert!(server.requests().is_empty());
}
