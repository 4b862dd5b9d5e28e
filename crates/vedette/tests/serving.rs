//! The serving process: pages on loopback with their guards, commands of other processes sent to it, and what it hears live.

#![allow(clippy::unwrap_used)] // a test may panic

mod kit;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::Duration;

use kit::Desk;
use vedette_testkit::rocketchat::{NewPost, RocketChat, Settings};

/// A serving process that ends with the test.
struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    fn start(desk: &Desk) -> Self {
        Self::start_with(desk, &[])
    }

    fn start_with(desk: &Desk, args: &[&str]) -> Self {
        // Port 0 is not offered by the program; a free one is taken and given back just before.
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let address = free.to_string();
        let mut child = desk
            .command(&[&["serve", "--listen", &address], args].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut first).unwrap();
        assert!(first.contains("serving http://"), "{first}");
        Self { child, address }
    }

    /// Sends a request as bytes; the answer.
    fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
        let host = ("Host", self.address.as_str());
        let own_host = headers.iter().any(|(name, _)| *name == "Host");
        for (name, value) in headers.iter().copied().chain((!own_host).then_some(host)) {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{request}\r\n{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn status(answer: &str) -> u16 {
    answer.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn desk_with_posts() -> Desk {
    let desk = Desk::new();
    let posts = "{\"id\":\"a\",\"text\":\"The Kelmora mill <script>alert(1)</script> stands still.\"}\n\
                 {\"id\":\"b\",\"text\":\"مطحنة سيندرا صامتة اليوم\"}\n";
    let file = desk.write("posts.jsonl", posts);
    desk.ok(&["import", &file]);
    desk
}

#[test]
fn pages_answer_and_guard_their_doors() {
    let desk = desk_with_posts();
    let serving = Serving::start(&desk);
    for path in [
        "/",
        "/item/i1",
        "/item/i2",
        "/search?q=mill",
        "/families",
        "/sources",
        "/timeline",
        "/alerts",
        "/reports",
        "/help",
        "/healthz",
    ] {
        let answer = serving.ask("GET", path, &[], "");
        assert_eq!(status(&answer), 200, "{path}: {answer}");
        let head = answer.to_lowercase();
        assert!(head.contains("content-security-policy: default-src 'none'"), "{path}");
        assert!(!answer.contains("<script>alert"), "{path} shows hostile text unescaped");
    }
    assert!(serving.ask("GET", "/item/i2", &[], "").contains("dir=\"auto\""));
    assert_eq!(status(&serving.ask("GET", "/item/i99", &[], "")), 404);
    assert_eq!(status(&serving.ask("GET", "/search?q=levle%3Alow", &[], "")), 400);
    // A name that leads here by DNS rebinding is not ours.
    let rebound = serving.ask("GET", "/", &[("Host", "evil.example")], "");
    assert!((400..500).contains(&status(&rebound)), "{rebound}");

    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let write = |origin: Option<&str>| {
        let mut headers = form.to_vec();
        headers.extend(origin.map(|origin| ("Origin", origin)));
        status(&serving.ask("POST", "/item/i1/review", &headers, "verdict=change&level=medium&reason=test"))
    };
    assert_eq!(write(None), 403, "a write without Origin is refused");
    assert_eq!(write(Some("https://evil.example")), 403);
    let own = format!("http://{}", serving.address);
    let done = write(Some(&own));
    assert!((200..400).contains(&done), "a write from our own page is done: {done}");
    assert_eq!(desk.json(&["show", "i1", "--json"])[0]["level"], "medium");
}

#[test]
fn commands_travel_to_the_process_that_serves() {
    let desk = desk_with_posts();
    let serving = Serving::start(&desk);
    assert_eq!(desk.json(&["search", "mill", "--json"]).len(), 1);
    let more = desk.write("more.jsonl", "{\"id\":\"c\",\"text\":\"Another mill.\"}\n");
    desk.ok(&["import", &more]);
    assert_eq!(desk.json(&["search", "mill", "--json"]).len(), 2);
    assert!(desk.fails(&["search", "levle:low"], 2).contains("levle"));
    assert!(desk.fails(&["serve"], 2).contains("in use"));
    assert_eq!(desk.json(&["verify", "--json"])[0]["ok"], true);
    drop(serving);
    assert_eq!(desk.json(&["search", "mill", "--json"]).len(), 2, "the lock of a killed process is gone with it");
}

/// Waits until a search finds this many items.
fn found(desk: &Desk, query: &str, count: usize) {
    let started = std::time::Instant::now();
    loop {
        let hits = desk.json(&["search", query, "--json"]);
        if hits.len() == count {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{query}: {} instead of {count}", hits.len());
        std::thread::sleep(Duration::from_millis(200));
    }
}

const OWN: [&str; 4] = ["--authorised-by", "J. Doe, head of desk", "--basis", "test"];

#[test]
fn a_file_put_into_a_watched_folder_is_found_within_moments() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("incoming")).unwrap();
    desk.write("incoming/first.txt", "The mill of Kelmora stands still.");
    desk.ok(&[&["source", "add", "folder", "incoming"], &OWN[..]].concat());
    let _serving = Serving::start_with(&desk, &["--every", "3600"]);
    found(&desk, "kelmora", 1);
    desk.write("incoming/second.txt", "The mill of Kelmora turns again.");
    found(&desk, "kelmora", 2);
}

#[test]
fn a_chat_room_is_heard_live_and_caught_up_after_a_break() {
    let desk = Desk::new();
    let server = RocketChat::start(Settings::default()).unwrap();
    let room = server.add_room("lantern-media");
    server.let_in(&room, true);
    let (user, password) = server.account();
    desk.write("password", &password);
    let url = server.base_url();
    let host = url.trim_start_matches("http://");
    let add = ["source", "add", "rocketchat", &url, "--room", "lantern-media", "--user", &user];
    desk.ok(&[&add[..], &["--password-file", "password", "--allow-private", host], &OWN[..]].concat());
    let _serving = Serving::start_with(&desk, &["--every", "3600"]);
    let subscribed = |count| {
        let started = std::time::Instant::now();
        while server.subscriptions() < count {
            assert!(started.elapsed() < Duration::from_secs(30), "{} subscriptions", server.subscriptions());
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    subscribed(3);
    let post = server.post(NewPost::text(&room, "lamp", "The mill of Kelmora stands still."));
    found(&desk, "kelmora", 1);
    server.delete(&post);
    found(&desk, "state:deleted", 1);
    server.drop_sockets();
    server.post(NewPost::text(&room, "lamp", "Nobody in Kelmora heard this."));
    found(&desk, "kelmora", 2);
    assert!(desk.ok(&["verify"]).contains("all well"));
}
