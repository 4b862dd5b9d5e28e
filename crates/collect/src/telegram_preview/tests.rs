//! The connector against a mock of the preview pages.

use std::sync::{Arc, Mutex};

use vedette_core::{SourceKind, VersionState};
use vedette_testkit::http::{Answer, Asked, Server};

use super::*;
use crate::testing::{Kept, World, source};

#[derive(Clone)]
struct Post {
    id: u64,
    second: i64,
    inner: String,
    edited: bool,
}

fn html(post: &Post, port_address: &str, visit: usize) -> String {
    let time = jiff::Timestamp::from_second(post.second).unwrap();
    let inner = post.inner.replace("CDN", &format!("{port_address}/cdn/{visit}"));
    format!(
        "<div class=\"tgme_widget_message_wrap js-widget_message_wrap\"><div class=\"tgme_widget_message js-widget_message\" data-post=\"Wick_News/{}\">\
         <div class=\"tgme_widget_message_bubble\">{inner}<div class=\"tgme_widget_message_footer\"><span class=\"tgme_widget_message_views\">{visit}K</span>\
         <span class=\"tgme_widget_message_meta\">{}<a class=\"tgme_widget_message_date\" href=\"#\"><time datetime=\"{time}\">10:00</time></a></span></div></div></div></div>",
        post.id,
        if post.edited { "edited " } else { "" }
    )
}

struct Channel {
    server: Server,
    posts: Arc<Mutex<Vec<Post>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Channel {
    fn start() -> Self {
        let posts: Arc<Mutex<Vec<Post>>> = Arc::default();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (shown, log) = (posts.clone(), asked.clone());
        let answer = move |request: &Asked| {
            let mut log = log.lock().unwrap();
            log.push(request.path.clone());
            if request.path.starts_with("/cdn/") {
                return Answer::new(200, "image/jpeg", "picture bytes");
            }
            let before = request.param("before").map_or(u64::MAX, |id| id.parse().unwrap());
            let posts = shown.lock().unwrap();
            let older: Vec<&Post> = posts.iter().filter(|post| post.id < before).collect();
            let address = format!("http://{}", request.header("host").unwrap());
            let page: String =
                older[older.len().saturating_sub(20)..].iter().map(|post| html(post, &address, log.len())).collect();
            Answer::new(200, "text/html", format!("<html><body><main>{page}</main></body></html>"))
        };
        Self { server: Server::start(Arc::new(answer)).unwrap(), posts, asked }
    }

    fn post(&self, id: u64, inner: &str) {
        let post = Post { id, second: 1_790_000_000 + id as i64 * 60, inner: inner.to_owned(), edited: false };
        self.posts.lock().unwrap().push(post);
    }

    fn text(&self, id: u64, text: &str) {
        self.post(id, &format!("<div class=\"tgme_widget_message_text js-message_text\" dir=\"auto\">{text}</div>"));
    }

    fn connector(&self, world: &World) -> TelegramPreviewConnector {
        let address = format!("{}/s/wick_news", self.server.base_url());
        TelegramPreviewConnector::new(&source(SourceKind::Telegram, &address, None), world.env()).unwrap()
    }

    fn round(&self, kept: &mut Kept, world: &World) {
        kept.forget_hauls();
        kept.round(&mut self.connector(world)).unwrap();
    }
}

#[test]
fn a_channel_is_read_back_to_its_beginning_once_and_then_only_what_is_new() {
    let (channel, world) = (Channel::start(), World::new());
    for id in 1..=70 {
        channel.text(id, &format!("post {id}"));
    }
    let mut kept = Kept::default();
    channel.round(&mut kept, &world);
    assert_eq!(kept.found().len(), 70);
    let found = kept.found()[0];
    assert!(kept.hauls[0].page.windows(found.exhibit.len()).any(|part| part == found.exhibit.as_slice()));
    assert!(found.exhibit.ends_with(b"</div>") && found.url.as_deref().unwrap().ends_with("/wick_news/51"));
    channel.round(&mut kept, &world);
    assert_eq!(kept.found().len(), 0, "views and addresses change, the posts do not");
    for id in 71..=120 {
        channel.text(id, &format!("post {id}"));
    }
    channel.round(&mut kept, &world);
    assert_eq!(kept.found().len(), 50);
    let gaps: Vec<_> = kept.hauls.iter().flat_map(|haul| &haul.gaps).collect();
    assert!(matches!(gaps.as_slice(), [GapNote::Opened { .. }, GapNote::Closed { .. }]), "{gaps:?}");
}

#[test]
fn a_crash_at_any_page_loses_nothing() {
    let (channel, world) = (Channel::start(), World::new());
    for id in 1..=95 {
        channel.text(id, &format!("post {id}"));
    }
    for at in 0..5 {
        let mut kept = Kept::default();
        let mut count = 0;
        let (mut hauls, mut cursor) = (Vec::new(), None);
        channel
            .connector(&world)
            .collect(None, &mut |haul| {
                count += 1;
                if count > at {
                    return Err(CollectError::Stopped("crash".into()));
                }
                cursor = haul.cursor.clone();
                hauls.push(haul);
                Ok(())
            })
            .unwrap_err();
        kept.cursor = cursor;
        kept.round(&mut channel.connector(&world)).unwrap();
        kept.hauls.extend(hauls);
        let mut texts = kept.texts();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), 95, "crash at page {at}");
    }
}

#[test]
fn edits_become_versions_and_what_is_gone_is_vouched_for() {
    let (channel, world) = (Channel::start(), World::new());
    for id in 1..=60 {
        channel.text(id, &format!("post {id}"));
    }
    let mut kept = Kept::default();
    channel.round(&mut kept, &world);
    {
        let mut posts = channel.posts.lock().unwrap();
        posts[54].inner = posts[54].inner.replace("post 55", "post 55, corrected");
        posts[54].edited = true;
        posts[9].inner = posts[9].inner.replace("post 10", "post 10, corrected");
        posts.retain(|post| post.id != 50);
    }
    channel.round(&mut kept, &world);
    assert_eq!(kept.texts(), ["post 55, corrected"]);
    assert_eq!(kept.found()[0].state, VersionState::Edited);
    let window = kept.hauls[0].complete.clone().unwrap();
    assert!(!window.native_ids.contains(&"50".to_owned()) && window.native_ids.contains(&"49".to_owned()));
    let of = |id: i64| jiff::Timestamp::from_second(1_790_000_000 + id * 60).unwrap();
    assert!(window.from > of(40) && window.from <= of(41) && window.to == of(60), "{window:?}");
    *world.now.lock().unwrap() += jiff::SignedDuration::from_hours(25);
    channel.round(&mut kept, &world);
    assert_eq!(kept.texts(), ["post 10, corrected"], "found by the daily look back");
    assert!(kept.hauls.iter().all(|haul| haul.complete.is_none()), "a deletion is told once");
}

#[test]
fn a_message_is_read_with_its_links_files_and_what_it_answers() {
    let (channel, world) = (Channel::start(), World::new());
    channel.post(
        7,
        "<div class=\"tgme_widget_message_forwarded_from\">Forwarded from <a class=\"tgme_widget_message_forwarded_from_name\" href=\"#\"><span>Grey Keeper</span></a></div>\
         <a class=\"tgme_widget_message_reply\" href=\"https://t.me/wick_news/5\"><div class=\"tgme_widget_message_text js-message_reply_text\">older words</div></a>\
         <a class=\"tgme_widget_message_photo_wrap\" style=\"width:8px;background-image:url('CDN/a.jpg')\" href=\"#\"></a>\
         <a class=\"tgme_widget_message_document_wrap\" href=\"#\"><div class=\"tgme_widget_message_document_title\">The Wick 3.pdf</div></a>\
         <div class=\"tgme_widget_message_text js-message_text\">Issue <b>three</b><br/>is <a href=\"https://wick.example/3\">here</a>, \
         or at <a href=\"https://wick.example/x\">https://wick.example/x</a> <a href=\"?q=%23wick\">#wick</a> &lt;now&gt;</div>\
         <span class=\"tgme_widget_message_from_author\">A. Writer</span>",
    );
    let mut kept = Kept::default();
    channel.round(&mut kept, &world);
    let found = kept.found()[0];
    assert_eq!(found.text, "Issue three\nis here (https://wick.example/3), or at https://wick.example/x #wick <now>");
    assert_eq!(found.thread_of.as_deref(), Some("5"));
    assert_eq!(
        (found.author.as_deref(), found.handles.as_slice()),
        (Some("A. Writer"), ["Grey Keeper".to_owned()].as_slice())
    );
    assert_eq!(found.files[0].bytes.as_deref(), Ok(b"picture bytes".as_slice()));
    assert_eq!(found.files[1].name, "The Wick 3.pdf");
    assert!(found.files[1].bytes.is_err() && found.files[1].url.is_none());
    let lasting = found.files[0].url.clone().unwrap();
    assert_eq!(channel.connector(&world).fetch_file(&lasting).unwrap(), b"picture bytes");
    let cdn = channel.asked.lock().unwrap().iter().filter(|path| path.starts_with("/cdn/")).count();
    channel.round(&mut kept, &world);
    let again = channel.asked.lock().unwrap().iter().filter(|path| path.starts_with("/cdn/")).count();
    assert_eq!(cdn, again, "a picture is fetched once");
}

#[test]
fn what_is_no_public_channel_is_refused_with_words() {
    for address in ["https://t.me/+AbCdEf", "https://t.me/s/wick/5", "https://t.me/", "https://t.me/joinchat/x"] {
        let error = TelegramPreviewConnector::new(&source(SourceKind::Telegram, address, None), World::new().env());
        assert!(error.err().unwrap().to_string().contains("only public channels"), "{address}");
    }
    let server = Server::start(Arc::new(|asked: &Asked| match asked.path.as_str() {
        "/s/wick_news" => Answer::new(302, "text/plain", "").header("location", "/wick_news"),
        _ => Answer::new(200, "text/html", "<html>a page to open the app</html>"),
    }))
    .unwrap();
    let address = format!("{}/wick_news", server.base_url());
    let connector = TelegramPreviewConnector::new(&source(SourceKind::Telegram, &address, None), World::new().env());
    let error = connector.unwrap().check().unwrap_err().to_string();
    assert!(error.contains("shows no preview"), "{error}");
}

#[test]
fn hostile_pages_are_bounded() {
    let link = |id: u64| id.to_string();
    let deep = format!("<div class=\"tgme_widget_message_wrap\">{}", "<div>".repeat(40_000));
    let page = read(deep.as_bytes(), "wick", &link);
    assert_eq!((page.messages.len(), page.notes.len(), page.whole), (0, 1, false));
    let foreign = "<div class=\"tgme_widget_message_wrap\"><div class=\"tgme_widget_message\" data-post=\"other/1\"></div></div></html>";
    let page = read(foreign.as_bytes(), "wick", &link);
    assert!(page.messages.is_empty() && page.notes[0].contains("not one of this channel"), "{:?}", page.notes);
}
