//! The mock Rocket.Chat server is as awkward as the real one: each test is one behaviour that a connector trips over.

mod ddp;
mod sync;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use vedette_testkit::client::{self, Got};
use vedette_testkit::http::Fault;
use vedette_testkit::rocketchat::{NewPost, RateLimit, RocketChat, Settings, hostile_attachment};

/// 1 March 2026, 12:00 UTC.
const NOON_MS: i64 = 1_772_366_400_000;

fn started(settings: Settings) -> (RocketChat, String) {
    let server = RocketChat::start(settings).expect("a free port on loopback");
    server.set_clock(NOON_MS);
    let room = server.add_room("lantern-media");
    (server, room)
}

fn ask(server: &RocketChat, path: &str) -> Got {
    client::get(&server.url(path), &server.auth_headers()).expect("the mock answers")
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().map(|list| list.iter().filter_map(|entry| entry["_id"].as_str()).collect()).unwrap_or_default()
}

fn put(server: &RocketChat, room: &str, id: &str, ts_ms: i64) {
    server.post(NewPost { id: id.to_owned(), ..NewPost::text(room, "wick_keeper", id).at(ts_ms) });
}

fn sync(server: &RocketChat, room: &str, rest: &str) -> Got {
    ask(server, &format!("/api/v1/chat.syncMessages?roomId={room}&{rest}"))
}

#[test]
fn login_works_by_password_and_by_token_and_fails_in_two_ways() {
    let (server, _) = started(Settings { totp_code: Some("123456".to_owned()), ..Settings::default() });
    let (user, password) = server.account();
    let login = |body: Value| client::post(&server.url("/api/v1/login"), &[], &body).unwrap();
    let second_factor = login(json!({"user": user, "password": password}));
    assert_eq!((second_factor.status, &second_factor.json()["errorType"]), (400, &json!("totp-required")));
    let welcome = login(json!({"user": user, "password": password, "code": "123456"})).json();
    assert_eq!(welcome["status"], "success");
    let again = login(json!({"resume": welcome["data"]["authToken"]})).json();
    assert_eq!(again["data"]["userId"], welcome["data"]["userId"]);
    assert_eq!(login(json!({"user": user, "password": "wrong"})).status, 401);
    server.expire_tokens();
    assert_eq!(login(json!({"resume": welcome["data"]["authToken"]})).status, 401);
}

#[test]
fn refusals_speak_the_words_of_their_version() {
    for (version, has_message, word) in [(7, true, "unauthorized"), (8, false, "forbidden")] {
        let (server, room) = started(Settings { api_version: version, ..Settings::default() });
        let path = format!("/api/v1/channels.history?roomId={room}");
        let nobody = client::get(&server.url(&path), &[]).unwrap();
        assert_eq!(nobody.status, 401);
        assert_eq!(nobody.json()["message"].is_string(), has_message);
        server.forbid(&room);
        let stranger = ask(&server, &path);
        assert_eq!((stranger.status, stranger.json()["error"].as_str()), (403, Some(word)));
        assert_eq!(sync(&server, &room, "type=UPDATED&next=0").json()["errorType"], "error-not-allowed");
    }
    let (server, _) = started(Settings { api_version: 9, ..Settings::default() });
    assert_eq!(ask(&server, "/api/v1/channels.list?query=%7B%7D").json()["errorType"], "error-invalid-params");
    assert_eq!(ask(&server, "/api/v1/no.such").status, 404);
}

#[test]
fn history_is_newest_first_and_its_end_is_exclusive() {
    let (server, room) = started(Settings::default());
    for minute in 0..5 {
        put(&server, &room, &format!("m{minute}"), NOON_MS + minute * 60_000);
    }
    let history = |rest: &str| ask(&server, &format!("/api/v1/channels.history?roomId={room}{rest}")).json();
    for (rest, expected) in [
        ("", &["m4", "m3", "m2", "m1", "m0"][..]),
        ("&latest=2026-03-01T12:03:00.000Z", &["m2", "m1", "m0"]),
        ("&latest=2026-03-01T12:03:00.000Z&inclusive=true", &["m3", "m2", "m1", "m0"]),
        ("&latest=2026-03-01T12:03:00.000Z&inclusive=1", &["m2", "m1", "m0"]),
        ("&oldest=2026-03-01T12:02:00.000Z", &["m4", "m3"]),
        ("&count=2&offset=1", &["m3", "m2"]),
    ] {
        assert_eq!(ids(&history(rest)["messages"]), expected, "{rest}");
    }
    assert_eq!(history("").get("total"), None, "history has no totals");
}

#[test]
fn counts_are_fifty_by_default_and_silently_cut_at_a_hundred() {
    let (server, room) = started(Settings::default());
    for number in 0..130 {
        put(&server, &room, &format!("m{number}"), NOON_MS + number);
    }
    for (count, expected) in [("", 50), ("&count=30", 30), ("&count=5000", 100), ("&count=0", 130)] {
        let found = ask(&server, &format!("/api/v1/channels.history?roomId={room}{count}")).json();
        assert_eq!(found["messages"].as_array().map(Vec::len), Some(expected), "{count}");
    }
    let page = ask(&server, &format!("/api/v1/channels.messages?roomId={room}&count=500&offset=100")).json();
    assert_eq!((&page["count"], &page["total"], &page["offset"]), (&json!(30), &json!(130), &json!(100)));
}

#[test]
fn replies_hide_from_history_unless_asked_for_and_change_their_parent() {
    let (server, room) = started(Settings::default());
    put(&server, &room, "parent", NOON_MS);
    server.post(NewPost {
        id: "reply".to_owned(),
        ..NewPost::text(&room, "port_gull", "x").at(NOON_MS + 5).reply_to("parent")
    });
    let history = |rest: &str| ask(&server, &format!("/api/v1/channels.history?roomId={room}{rest}")).json();
    assert_eq!(ids(&history("")["messages"]), ["parent"]);
    assert_eq!(ids(&history("&showThreadMessages=true")["messages"]), ["reply", "parent"]);
    assert_eq!(ids(&ask(&server, "/api/v1/chat.getThreadMessages?tmid=parent").json()["messages"]), ["reply"]);
    let parent = ask(&server, "/api/v1/chat.getMessage?msgId=parent").json()["message"].clone();
    assert_eq!((&parent["tcount"], &parent["_updatedAt"]), (&json!(1), &json!("2026-03-01T12:00:00.005Z")));
}

#[test]
fn the_limiter_counts_per_endpoint_and_says_when_to_come_back() {
    let (server, room) = started(Settings { limits: Some(RateLimit::default()), ..Settings::default() });
    let path = format!("/api/v1/channels.counters?roomId={room}");
    for left in (0..10).rev() {
        let answer = ask(&server, &path);
        assert_eq!((answer.status, answer.header("x-ratelimit-remaining")), (200, Some(left.to_string().as_str())));
    }
    server.set_clock(NOON_MS + 20_500);
    let over = ask(&server, &path);
    assert_eq!(over.status, 429);
    assert_eq!(over.header("x-ratelimit-reset"), Some((NOON_MS + 60_000).to_string().as_str()));
    assert_eq!(over.header("x-ratelimit-limit"), Some("10"));
    let body = over.json();
    assert!(
        body["error"]
            .as_str()
            .is_some_and(|words| words.contains("wait 40 seconds") && words.ends_with("[error-too-many-requests]"))
    );
    assert_eq!(body.get("errorType"), None);
    assert_eq!(ask(&server, "/api/v1/channels.list").status, 200, "another endpoint has its own budget");
    server.set_clock(NOON_MS + 60_000);
    assert_eq!(ask(&server, &path).status, 200);
}

#[test]
fn files_are_protected_and_the_thumbnail_is_not_the_original() {
    let (server, room) = started(Settings::default());
    let picture = image::RgbImage::from_fn(1_000, 800, |x, y| image::Rgb([(x / 4) as u8, (y / 4) as u8, 90]));
    let original = vedette_testkit::posters::as_png(&picture.into()).bytes;
    server.post(NewPost {
        id: "p".to_owned(),
        ..NewPost::text(&room, "wick_keeper", "look").file("a poster.png", "image/png", original.clone())
    });
    let message = ask(&server, "/api/v1/chat.getMessage?msgId=p").json()["message"].clone();
    let attachment = &message["attachments"][0];
    let (title_link, image_url) =
        (attachment["title_link"].as_str().unwrap(), attachment["image_url"].as_str().unwrap());
    assert!(title_link.ends_with("/a%20poster.png") && image_url.ends_with("/thumb-a%20poster.png"));
    assert_eq!(ask(&server, title_link).body, original);
    let thumb = image::load_from_memory(&ask(&server, image_url).body).unwrap();
    assert_eq!((thumb.width(), thumb.height()), (480, 384));
    assert_eq!(
        (&message["files"][1]["typeGroup"], message["files"].as_array().map(Vec::len)),
        (&json!("thumb"), Some(2))
    );

    let nobody = client::get(&server.url(title_link), &[]).unwrap();
    assert_eq!((nobody.status, nobody.body.len()), (403, 0));
    let token = server.auth_headers()[0].1.clone();
    let user = server.auth_headers()[1].1.clone();
    let by_query = client::get(&server.url(&format!("{title_link}?rc_uid={user}&rc_token={token}")), &[]).unwrap();
    assert_eq!(by_query.status, 200);
    let cookie = [("cookie".to_owned(), format!("rc_uid={user}; rc_token={token}"))];
    assert_eq!(client::get(&server.url(title_link), &cookie).unwrap().status, 200);
    assert!(server.requests().iter().any(|line| line.credentials_in_address && line.had_credentials));

    let files = ask(&server, &format!("/api/v1/channels.files?roomId={room}")).json();
    assert_eq!((&files["total"], &files["files"][0]["identify"]["size"]["width"]), (&json!(1), &json!(1000)));
    server.delete("p");
    assert_eq!(ask(&server, title_link).status, 404, "files go with their message");
}

#[test]
fn faults_come_when_planned_and_only_as_often() {
    let (server, room) = started(Settings::default());
    put(&server, &room, "a", NOON_MS);
    let path = format!("/api/v1/channels.history?roomId={room}");
    server.plan("channels.history", Fault::Unauthorized, 1);
    server.plan("channels.history", Fault::TooManyRequests(7), 1);
    server.plan("channels.history", Fault::NotJson, 1);
    let statuses: Vec<u16> = (0..4).map(|_| ask(&server, &path).status).collect();
    assert_eq!(statuses, [401, 429, 200, 200]);
    server.plan("channels.history", Fault::DropMidBody(20), 1);
    let dropped = client::get(&server.url(&path), &server.auth_headers());
    assert!(dropped.is_err(), "cut off: {dropped:?}");
    assert_eq!(ask(&server, &path).status, 200);
}

#[test]
fn hostile_attachments_and_very_long_messages_arrive_as_they_are() {
    let (server, room) = started(Settings::default());
    let elsewhere = "http://10.0.0.1/poster.png";
    let mut post = NewPost { id: "h".to_owned(), ..NewPost::text(&room, "wick_keeper", "x") };
    post.attachments.push(hostile_attachment(elsewhere));
    server.post(post);
    server.post(NewPost { id: "long".to_owned(), ..NewPost::text(&room, "wick_keeper", &"a".repeat(100 << 20)) });
    let message = ask(&server, "/api/v1/chat.getMessage?msgId=h").json()["message"].clone();
    assert_eq!(message["attachments"][0]["title_link"], elsewhere);
    let started = Instant::now();
    assert!(ask(&server, "/api/v1/chat.getMessage?msgId=long").body.len() > 100 << 20);
    assert!(started.elapsed() < Duration::from_secs(60));
}

#[test]
fn rooms_can_be_listed_named_anew_and_joined_for_all_to_see() {
    let (server, room) = started(Settings { allow_anonymous_read: true, ..Settings::default() });
    let other = server.add_room("valley-talk");
    let below = server.add_discussion(&other, "cup-tickets");
    put(&server, &other, "a", NOON_MS + 1);
    let listed = ask(&server, "/api/v1/channels.list?count=2").json();
    assert_eq!((&listed["total"], &listed["count"]), (&json!(3), &json!(2)));
    assert_eq!(listed["channels"][0]["name"], "cup-tickets");
    let info = ask(&server, &format!("/api/v1/rooms.info?roomId={below}")).json();
    assert_eq!((&info["room"]["prid"], &info["parent"]["_id"]), (&json!(other), &json!(other)));
    assert_eq!(ask(&server, "/api/v1/channels.info?roomName=valley-talk").json()["channel"]["lastMessage"]["_id"], "a");
    assert_eq!(ask(&server, "/api/v1/channels.info?roomName=nowhere").json()["errorType"], "error-room-not-found");
    let anonymous = client::get(&server.url("/api/v1/channels.anonymousread?roomName=valley-talk"), &[]).unwrap();
    assert_eq!(ids(&anonymous.json()["messages"]), ["a"]);
    client::post(&server.url("/api/v1/channels.join"), &server.auth_headers(), &json!({"roomId": room})).unwrap();
    let history = ask(&server, &format!("/api/v1/channels.history?roomId={room}")).json();
    assert_eq!(history["messages"][0]["t"], "uj");
}
