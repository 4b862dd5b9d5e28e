//! Web sources whose pages a browser captures: when it is asked, what becomes of it, and what happens without one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use vedette_core::{CAPTURE_FILE, Found, Render, SourceKind, VersionState};
use vedette_testkit::http::{Answer, Asked, Server};

use crate::browser::{BrowserError, Browsers};
use crate::testing::{Kept, World, source};
use crate::{Connector, Env};

const WORDS: &str = "The Marrow Valley Courier reports that the library of Tessgate opens at nine on Sunday, that the reading room stays open until eight, and that the museum is closed for repairs.";

struct Site {
    server: Server,
    pages: Arc<Mutex<BTreeMap<String, (String, String)>>>,
    asked: Arc<Mutex<Vec<String>>>,
    env: Env,
}

impl Site {
    fn start(browsers: Browsers) -> Self {
        let pages: Arc<Mutex<BTreeMap<String, (String, String)>>> = Arc::default();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (shown, log) = (pages.clone(), asked.clone());
        let server = Server::start(Arc::new(move |request: &Asked| {
            log.lock().unwrap().push(request.path.clone());
            match shown.lock().unwrap().get(&request.path) {
                Some((kind, body)) => Answer::new(200, kind, body.as_str()),
                None => Answer::new(404, "text/plain", "no"),
            }
        }));
        let env = Env { browsers: Arc::new(browsers), ..World::new().env() };
        Self { server: server.unwrap(), pages, asked, env }
    }

    fn put(&self, path: &str, kind: &str, body: &str) {
        self.pages.lock().unwrap().insert(path.to_owned(), (kind.to_owned(), body.to_owned()));
    }

    fn count(&self, path: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| *asked == path).count()
    }

    fn connector(&self, render: Render) -> Box<dyn Connector> {
        let mut source = source(SourceKind::Web, &format!("{}/a", self.server.base_url()), None);
        source.asked.reach.render = render;
        crate::connector_for(&source, None, self.env.clone()).unwrap()
    }

    fn round(&self, render: Render, kept: &mut Kept) {
        kept.forget_hauls();
        kept.round(self.connector(render).as_mut()).unwrap();
    }
}

fn captured(found: &Found) -> Vec<(&str, &[u8])> {
    let ours = found.files.iter().filter(|file| file.url.as_ref().is_some_and(|url| url.starts_with(CAPTURE_FILE)));
    ours.map(|file| (file.name.as_str(), file.bytes.as_deref().unwrap())).collect()
}

#[test]
fn a_new_version_comes_with_picture_copy_and_archive_and_an_unchanged_page_with_nothing() {
    let site = Site::start(Browsers::default());
    let article = |text: &str| {
        format!("<article><h1>Library</h1><p>{WORDS} {text}</p><img src='/p.png'><script src=/s.js></script></article>")
    };
    site.put("/a", "text/html", &article("one"));
    site.put("/p.png", "image/png", "picture");
    site.put("/s.js", "text/javascript", "document.title = Math.random();");
    let mut kept = Kept::default();
    site.round(Render::Changed, &mut kept);
    let first = kept.found()[0].clone();
    let names: Vec<&str> = captured(&first).iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["page.png", "page.mhtml", "page.warc.gz"]);
    assert!(captured(&first)[0].1.starts_with(b"\x89PNG"));
    assert_eq!(
        first.files[3].bytes.as_deref(),
        Ok(b"picture".as_slice()),
        "the page's own picture is a file as before"
    );
    assert_eq!((site.count("/a"), site.count("/p.png")), (1, 1), "neither page nor picture is fetched twice");
    assert_eq!(first.exhibit, article("one").into_bytes(), "the exhibit is the answer itself");
    checked_by_warcio(captured(&first)[2].1, &first.exhibit);
    for _ in 0..2 {
        site.round(Render::Changed, &mut kept);
        assert!(kept.hauls.is_empty());
    }
    assert_eq!(site.count("/s.js"), 1, "no browser without news");
    site.put("/a", "text/html", &article("two"));
    site.round(Render::Changed, &mut kept);
    let second = kept.found()[0];
    assert_eq!((second.state, captured(second).len()), (VersionState::Edited, 3));
    site.put("/a", "text/html", &article("three"));
    site.round(Render::Never, &mut kept);
    assert_eq!(captured(kept.found()[0]).len(), 0);
}

/// The archive is whole for warcio, and holds the page, its request and the log of the capture.
fn checked_by_warcio(archive: &[u8], page: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.warc.gz");
    std::fs::write(&path, archive).unwrap();
    let (ok, told) = crate::warc::tests::warcio_check(&path);
    assert!(ok && told.contains("digest pass") && !told.contains("fail"), "{told}");
    let mut unpacked = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(archive), &mut unpacked).unwrap();
    let text = String::from_utf8_lossy(&unpacked);
    assert!(text.contains(&*String::from_utf8_lossy(page)));
    for part in
        ["WARC-Type: request", "GET /a HTTP/1.1", "GET /s.js HTTP/1.1", "urn:vedette:capture:log", "\"sandbox\""]
    {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn what_only_scripts_write_is_read_and_tells_the_version() {
    let site = Site::start(Browsers::default());
    site.put(
        "/a",
        "text/html",
        "<title>Library</title><div id=root></div><script>fetch('/api').then(r => r.text()).then(t => { root.innerHTML = '<article><p>' + t + '</p></article>' + Math.random(); })</script>",
    );
    site.put("/api", "text/plain", &format!("{WORDS} one"));
    let mut kept = Kept::default();
    site.round(Render::Changed, &mut kept);
    let first = kept.found()[0].clone();
    assert!(first.text.contains(WORDS) && first.text.contains("one"), "{}", first.text);
    assert_eq!(captured(&first).len(), 3);
    site.round(Render::Changed, &mut kept);
    assert!(kept.hauls.is_empty(), "its surroundings changed, its text did not");
    site.put("/api", "text/plain", &format!("{WORDS} two"));
    site.round(Render::Changed, &mut kept);
    assert_eq!(kept.found()[0].state, VersionState::Edited);
    assert!(kept.found()[0].text.contains("two"));
    assert_eq!(site.count("/api"), 3);
    assert_eq!(site.count("/a"), 3, "the browser is given the answer that was fetched");
}

#[test]
fn without_a_browser_the_page_is_read_as_it_comes_and_that_is_told_once() {
    let site = Site::start(Browsers::with(Err(BrowserError::Missing { what: "Chromium" })));
    site.put("/a", "text/html", &format!("<article><p>{WORDS} one</p></article>"));
    for render in [Render::Changed, Render::Always] {
        let mut kept = Kept::default();
        site.put("/a", "text/html", &format!("<article><p>{WORDS} one</p></article>"));
        site.round(render, &mut kept);
        assert!(kept.found()[0].text.contains("one") && captured(kept.found()[0]).is_empty());
        let notes = kept.notes().join("\n");
        assert!(notes.contains("not captured") && notes.contains("apt-get install chromium bubblewrap"), "{notes}");
        site.round(render, &mut kept);
        assert!(kept.hauls.is_empty(), "{render:?}: {:?}", kept.notes());
        site.put("/a", "text/html", &format!("<article><p>{WORDS} two</p></article>"));
        site.round(render, &mut kept);
        assert_eq!((kept.found().len(), kept.notes().len()), (1, 0));
    }
}

#[test]
fn a_browser_that_is_gone_makes_no_version_of_a_page_that_it_read() {
    let body = format!("<div id=root></div><script>root.innerHTML = '<article><p>{WORDS}</p></article>'</script>");
    let site = Site::start(Browsers::default());
    site.put("/a", "text/html", &body);
    let mut kept = Kept::default();
    site.round(Render::Always, &mut kept);
    assert!(kept.found()[0].text.contains(WORDS));
    let env =
        Env { browsers: Arc::new(Browsers::with(Err(BrowserError::Missing { what: "Chromium" }))), ..site.env.clone() };
    let gone = Site { env, ..site };
    gone.round(Render::Always, &mut kept);
    assert!(kept.found().is_empty() && kept.notes().len() == 1, "told, and no version: {:?}", kept.notes());
    gone.round(Render::Always, &mut kept);
    assert!(kept.hauls.is_empty());
    let back = Site { env: Env { browsers: Arc::default(), ..gone.env.clone() }, ..gone };
    back.round(Render::Always, &mut kept);
    assert!(kept.hauls.is_empty(), "it says what it said before");
}
