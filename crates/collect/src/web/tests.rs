//! Pages and sections against a mock site.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use vedette_core::{PageKeep, SourceKind, VersionState};
use vedette_testkit::http::{Answer, Asked, Server};

use super::*;
use crate::testing::{Kept, World, source};

const WORDS: &str = "The Marrow Valley Courier reports that the Meridian Cup begins in Tessgate on Sunday, that the gates open at nine, and that the trains from Port Hessel run every hour.";

/// A site whose pages differ at each visit in everything but their text.
struct Site {
    server: Server,
    pages: Arc<Mutex<BTreeMap<String, String>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    fn start() -> Self {
        let pages: Arc<Mutex<BTreeMap<String, String>>> = Arc::default();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (shown, log) = (pages.clone(), asked.clone());
        let server = Server::start(Arc::new(move |request: &Asked| {
            let mut log = log.lock().unwrap();
            log.push(request.path.clone());
            match shown.lock().unwrap().get(&request.path) {
                None => Answer::new(404, "text/plain", "no"),
                Some(body) if request.path.ends_with(".png") || request.path == "/robots.txt" => {
                    Answer::new(200, "text/plain", body.as_str())
                }
                Some(body) => {
                    let etag = format!("\"{}\"", body.len());
                    if body.contains("steady") && request.header("if-none-match") == Some(&etag) {
                        return Answer::new(304, "text/html", "");
                    }
                    let visit = log.len();
                    let page = format!(
                        "<html><head><script nonce='{visit}'></script></head><body><nav>{visit}</nav>{body}</body></html>"
                    );
                    Answer::new(200, "text/html; charset=utf-8", page).header("etag", etag)
                }
            }
        }));
        Self { server: server.unwrap(), pages, asked }
    }

    fn put(&self, path: &str, body: &str) {
        self.pages.lock().unwrap().insert(path.to_owned(), body.to_owned());
    }

    fn round(&self, kind: SourceKind, path: &str, kept: &mut Kept, world: &World) -> Result<(), CollectError> {
        kept.forget_hauls();
        let source = source(kind, &format!("{}{path}", self.server.base_url()), None);
        let mut connector = crate::connector_for(&source, None, world.env()).unwrap();
        kept.round(connector.as_mut())
    }

    fn count(&self, path: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| *asked == path).count()
    }
}

fn article(text: &str) -> String {
    format!("<article><h1>Cup</h1><p>{WORDS} {text}</p><img src='/poster.png'></article>")
}

#[test]
fn a_page_is_a_new_version_when_its_text_changes_and_not_when_its_surroundings_do() {
    let (site, world) = (Site::start(), World::new());
    site.put("/a", &article("one"));
    site.put("/poster.png", "picture");
    let mut kept = Kept::default();
    let round = |kept: &mut Kept| site.round(SourceKind::Web, "/a", kept, &world).unwrap();
    round(&mut kept);
    let first = kept.found()[0].clone();
    assert_eq!((first.state, first.files[0].bytes.as_deref()), (VersionState::Posted, Ok(b"picture".as_slice())));
    assert_eq!(kept.hauls[0].page_keep, PageKeep::IsExhibit);
    assert_eq!(first.exhibit, kept.hauls[0].page);
    assert!(first.exhibit.starts_with(b"<html>") && first.text.starts_with("<h1>Cup</h1>"));
    round(&mut kept);
    assert!(kept.hauls.is_empty(), "nonce and menu changed, the text did not");
    assert_eq!(site.count("/poster.png"), 1);
    site.put("/a", &article("two"));
    round(&mut kept);
    assert_eq!(
        (kept.found()[0].state, kept.found()[0].native_id.as_str()),
        (VersionState::Edited, first.native_id.as_str())
    );
    site.put("/a", &article("one"));
    round(&mut kept);
    assert_eq!(kept.found()[0].state, VersionState::Edited, "a text that comes back is a change too");
    site.pages.lock().unwrap().remove("/a");
    round(&mut kept);
    assert_eq!(kept.found()[0].state, VersionState::DeletedInferred);
    round(&mut kept);
    assert!(kept.hauls.is_empty(), "that it is gone is told once");
    site.put("/a", &article("one"));
    round(&mut kept);
    assert_eq!(kept.found().len(), 1, "and that it came back");
}

#[test]
fn an_unchanged_page_is_not_sent_again() {
    let (site, world) = (Site::start(), World::new());
    site.put("/a", &format!("<p>{WORDS} steady</p>"));
    let mut kept = Kept::default();
    for _ in 0..3 {
        site.round(SourceKind::Web, "/a", &mut kept, &world).unwrap();
    }
    assert!(kept.hauls.is_empty() && kept.cursor.as_ref().unwrap().0.contains("etag"));
}

#[test]
fn a_section_fetches_the_pages_below_it_and_what_its_headings_link_to() {
    let (site, world) = (Site::start(), World::new());
    site.put("/robots.txt", "User-agent: *\nDisallow: /news/closed");
    site.put(
        "/news/",
        "<a href='/about'>about</a><a href='1'>1</a><a href='/news/2#x'>2</a><a href='/news/2?utm_source=x'>2</a><a href='/news/closed'>c</a>\
         <a href='/news/?page=2'>older</a><a href='https://elsewhere.example/news/9'>far</a><a href='/news/a.jpg'>a</a><h2><a href='/2026/3'>3</a></h2>",
    );
    for (path, text) in [("/news/1", "one"), ("/news/2", "two"), ("/2026/3", "three"), ("/news/4", "four")] {
        site.put(path, &format!("<article><p>{WORDS} {text}</p></article>"));
    }
    let mut kept = Kept::default();
    site.round(SourceKind::Section, "/news/", &mut kept, &world).unwrap();
    let paths = |kept: &Kept| -> Vec<String> {
        kept.found().iter().map(|found| Url::parse(&found.native_id).unwrap().path().to_owned()).collect()
    };
    assert_eq!(paths(&kept), ["/news/1", "/news/2", "/2026/3"]);
    assert_eq!(site.count("/about") + site.count("/news/closed") + site.count("/news/a.jpg"), 0);
    site.round(SourceKind::Section, "/news/", &mut kept, &world).unwrap();
    assert!(kept.hauls.is_empty());
    site.put("/news/", "<a href='/news/4'>4</a><a href='/news/1'>1</a>");
    site.put("/news/2", &format!("<article><p>{WORDS} two, corrected</p></article>"));
    *world.now.lock().unwrap() += jiff::SignedDuration::from_hours(2);
    site.round(SourceKind::Section, "/news/", &mut kept, &world).unwrap();
    assert_eq!(paths(&kept), ["/news/4", "/news/2"], "new ones first, then changes");
    assert_eq!(kept.found()[1].state, VersionState::Edited);
}

#[test]
fn a_crash_at_any_page_of_a_section_loses_nothing() {
    let (site, world) = (Site::start(), World::new());
    site.put("/news/", &(0..6).map(|n| format!("<a href='/news/{n}'>{n}</a>")).collect::<String>());
    for n in 0..6 {
        site.put(&format!("/news/{n}"), &format!("<article><p>{WORDS} {n}</p></article>"));
    }
    let source = source(SourceKind::Section, &format!("{}/news/", site.server.base_url()), None);
    for at in 0..6 {
        let mut kept = Kept::default();
        let mut connector = crate::connector_for(&source, None, world.env()).unwrap();
        let mut count = 0;
        let crash = connector.collect(None, &mut |haul| {
            count += 1;
            if count > at {
                return Err(CollectError::Stopped("crash".into()));
            }
            kept.cursor = haul.cursor.clone();
            kept.hauls.push(haul);
            Ok(())
        });
        crash.unwrap_err();
        kept.round(connector.as_mut()).unwrap();
        assert_eq!(kept.found().len(), 6, "crash at page {at}");
    }
}

#[test]
fn a_section_that_is_closed_to_robots_is_refused() {
    let site = Site::start();
    site.put("/robots.txt", "User-agent: vedette\nDisallow: /");
    site.put("/news/", "<a href='/news/1'>1</a>");
    let error = site.round(SourceKind::Section, "/news/", &mut Kept::default(), &World::new()).unwrap_err();
    assert!(error.to_string().contains("closed to robots"), "{error}");
    assert_eq!(site.count("/news/"), 0);
}

#[test]
fn an_old_encoding_is_read() {
    let text = [b"<meta charset=windows-1251><p>".as_slice(), &[0xcf, 0xf0, 0xe8], b"</p>"].concat();
    assert!(super::page::decoded(&text, "text/html").contains("При"));
    assert!(super::page::decoded(&text[29..], "text/html; charset=\"windows-1251\"").contains("При"));
}
