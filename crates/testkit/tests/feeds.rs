//! The mock feed server answers conditional requests, and fails on demand.

use jiff::Timestamp;
use vedette_testkit::client;
use vedette_testkit::feeds::{Document, Entry, Feeds};
use vedette_testkit::http::Fault;

fn entry(id: &str) -> Entry {
    Entry {
        id: id.to_owned(),
        link: format!("https://marrowvalleycourier.example/{id}"),
        title: "Ferries & <fog>".to_owned(),
        html: "<p>Late again.</p>".to_owned(),
        published: "2026-03-01T06:00:00Z".parse().expect("a date"),
    }
}

#[test]
fn an_unchanged_feed_is_not_sent_again_and_a_changed_one_is() {
    let server = Feeds::start().unwrap();
    server.publish("/courier", "Courier", "https://marrowvalleycourier.example", &[entry("one")]);
    let first = client::get(&server.url("/courier/rss.xml"), &[]).unwrap();
    assert_eq!(first.header("last-modified"), Some("Sun, 01 Mar 2026 06:00:00 GMT"));
    let etag = first.header("etag").unwrap().to_owned();
    for (name, value) in [("if-none-match", etag.as_str()), ("if-modified-since", "Sun, 01 Mar 2026 06:00:00 GMT")] {
        let again = client::get(&server.url("/courier/rss.xml"), &[(name.to_owned(), value.to_owned())]).unwrap();
        assert_eq!((again.status, again.body.len()), (304, 0), "{name}");
    }
    server.publish("/courier", "Courier", "https://marrowvalleycourier.example", &[entry("two"), entry("one")]);
    let changed = client::get(&server.url("/courier/rss.xml"), &[("if-none-match".to_owned(), etag)]).unwrap();
    assert_eq!(changed.status, 200);
    assert_eq!(changed.text().matches("<item>").count(), 2);
    assert!(changed.text().contains("Ferries &amp; &lt;fog&gt;"));
}

#[test]
fn feeds_go_missing_fail_and_explode_on_demand() {
    let server = Feeds::start().unwrap();
    server.put("/feed.xml", Document::new("application/rss+xml", "<rss/>", Timestamp::UNIX_EPOCH));
    server.plan("/feed.xml", Fault::Status(500, "{}".to_owned()), 1);
    let statuses: Vec<u16> = (0..2).map(|_| client::get(&server.url("/feed.xml"), &[]).unwrap().status).collect();
    assert_eq!(statuses, [500, 200]);
    server.remove("/feed.xml");
    assert_eq!(client::get(&server.url("/feed.xml"), &[]).unwrap().status, 404);
    server.put_bomb("/bomb.xml");
    assert!(client::get(&server.url("/bomb.xml"), &[]).unwrap().text().contains("<!ENTITY l9"));
    assert_eq!(server.requests().len(), 4);
}
