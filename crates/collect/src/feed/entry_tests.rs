//! What the entries of a feed become.

use super::*;

fn feed(document: &str) -> ReadFeed {
    read(document.as_bytes(), &Url::parse("http://press.example/news/rss.xml").unwrap()).unwrap()
}

fn rss(items: &str) -> ReadFeed {
    feed(&format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Marrow Valley Courier</title><language>en</language>{items}</channel></rss>"
    ))
}

#[test]
fn an_rss_item_becomes_a_post_with_its_exact_bytes() {
    let item = "<item><title>Cup &amp; stadium</title><link>http://press.example/1</link><guid>g1</guid>\
        <pubDate>Sun, 01 Nov 2026 10:00:00 GMT</pubDate><author>desk@press.example (A. Writer)</author>\
        <description><![CDATA[<p>All quiet</p>]]></description></item>";
    let read = rss(item);
    let found = &read.entries[0].found;
    assert_eq!(found.exhibit, item.as_bytes());
    assert_eq!(found.exhibit_type, "application/rss+xml");
    assert_eq!(found.native_id, "g1");
    assert_eq!(found.title.as_deref(), Some("Cup & stadium"));
    assert_eq!((found.text.as_str(), found.markup), ("<p>All quiet</p>", Markup::Html));
    assert_eq!(found.url.as_deref(), Some("http://press.example/1"));
    assert_eq!(found.posted_at.unwrap().to_string(), "2026-11-01T10:00:00Z");
    assert_eq!(found.lang.as_deref(), Some("en"));
    assert_eq!(found.state, VersionState::Posted);
}

#[test]
fn entries_without_id_or_date_are_taken_and_keep_their_identity() {
    let items = "<item><link>http://press.example/1</link><title>a</title></item><item><title>b</title><description>x</description></item>\
        <item><title>b</title><description>y</description></item>";
    let first = rss(items);
    let ids: Vec<String> = first.entries.iter().map(|entry| entry.found.native_id.clone()).collect();
    assert_eq!(ids[0], "http://press.example/1");
    assert!(ids[1].starts_with("sha256:") && ids[1] != ids[2]);
    let again: Vec<String> = rss(items).entries.iter().map(|entry| entry.found.native_id.clone()).collect();
    assert_eq!(ids, again);
    assert!(first.entries.iter().all(|entry| entry.found.posted_at.is_none()));
}

#[test]
fn many_entries_of_one_date_are_all_taken() {
    let items: String = (0..150)
        .map(|n| format!("<item><guid>g{n}</guid><pubDate>Sun, 01 Nov 2026 10:00:00 GMT</pubDate></item>"))
        .collect();
    assert_eq!(rss(&items).entries.len(), 150);
}

#[test]
fn entries_that_share_one_id_are_told_apart() {
    let read = rss(
        "<item><guid>same</guid><link>http://press.example/1</link></item><item><guid>same</guid><link>http://press.example/2</link></item>",
    );
    assert_ne!(read.entries[0].found.native_id, read.entries[1].found.native_id);
    assert!(read.entries[0].found.native_id.starts_with("same#"));
}

#[test]
fn an_atom_entry_that_was_updated_is_an_edit() {
    let read = feed(
        "<feed xmlns='http://www.w3.org/2005/Atom'><id>f</id><title>t</title><entry><id>e1</id><title>T</title>\
        <published>2026-11-01T10:00:00Z</published><updated>2026-11-02T10:00:00Z</updated>\
        <author><name>A. Writer</name></author><link href='/a/1'/><link rel='enclosure' type='application/pdf' href='/a/1.pdf'/>\
        <content type='text'>plain &lt;words&gt;</content></entry></feed>",
    );
    let entry = &read.entries[0];
    assert_eq!(entry.found.state, VersionState::Edited);
    assert_eq!(entry.found.edited_at.unwrap().to_string(), "2026-11-02T10:00:00Z");
    assert_eq!((entry.found.text.as_str(), entry.found.markup), ("plain <words>", Markup::Plain));
    assert_eq!(entry.found.url.as_deref(), Some("http://press.example/a/1"));
    assert_eq!(entry.found.author.as_deref(), Some("A. Writer"));
    assert_eq!(
        entry.enclosures,
        [Enclosure {
            name: "1.pdf".into(),
            media_type: Some("application/pdf".into()),
            url: "http://press.example/a/1.pdf".into()
        }]
    );
}

#[test]
fn a_json_feed_is_read_with_its_exact_objects() {
    let item = r#"{"id":"1", "url":"http://press.example/1","content_html":"<b>x</b>","date_published":"2026-11-01T10:00:00Z",
        "attachments":[{"url":"http://press.example/p.png","mime_type":"image/png"},{"url":"http://press.example/p.mp3","mime_type":"audio/mpeg"}]}"#;
    let read = feed(&format!(r#"{{"version":"https://jsonfeed.org/version/1.1","title":"t","items":[ {item} ]}}"#));
    let entry = &read.entries[0];
    assert_eq!(entry.found.exhibit, item.as_bytes());
    assert_eq!(entry.found.exhibit_type, "application/feed+json");
    assert_eq!(entry.found.url.as_deref(), Some("http://press.example/1"));
    assert_eq!(entry.enclosures.len(), 1);
    assert_eq!(read.notes, ["enclosures of other kinds stay at the publisher: 1 × audio/mpeg"]);
}

#[test]
fn an_entry_that_cannot_be_cut_out_says_so_in_its_type() {
    let document = "<rss version=\"2.0\"><channel><item><guid>g1</guid><title>T</title></item></channel></rss>";
    let wide: Vec<u8> = [0xfeffu16].into_iter().chain(document.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let read = read(&wide, &Url::parse("http://press.example/").unwrap()).unwrap();
    assert_eq!(read.entries[0].found.exhibit_type, RESERIALISED);
    assert_eq!(read.entries[0].found.native_id, "g1");
    assert_eq!(read.notes.len(), 1);
}

#[test]
fn what_is_no_feed_is_an_error_that_says_so() {
    let address = Url::parse("http://press.example/").unwrap();
    for document in [
        "",
        "<html><body>404</body></html>",
        "{}",
        "{\"version\":\"x\",\"items\":[]}",
        "<rss version=\"2.0\"><channel><item>",
        "not a feed",
        "<rss",
        "\u{0}\u{0}",
    ] {
        let error = read(document.as_bytes(), &address).map(|feed| feed.entries.len());
        assert!(matches!(error, Err(CollectError::Malformed { .. })), "{document:?} gave {error:?}");
    }
    let bomb = "<!DOCTYPE lolz [<!ENTITY lol 'lol'>]><rss version='2.0'><channel><title>&lol;</title></channel></rss>";
    assert!(matches!(read(bomb.as_bytes(), &address), Err(CollectError::EntityDeclaration { .. })));
}
