//! The connector against a mock server that is as awkward as the real one.

use serde_json::json;
use vedette_core::{AuthorityKind, PageKeep, SourceKind, VersionState};
use vedette_testkit::http::Fault;
use vedette_testkit::rocketchat::{NewPost, RateLimit, RocketChat, Settings, hostile_attachment};

use super::*;
use crate::guard::Limits;
use crate::testing::{Kept, World, source};

const T0: i64 = 1_790_000_000_000;

fn token(server: &RocketChat) -> Secret {
    let headers = server.auth_headers();
    let value = |name: &str| headers.iter().find(|(key, _)| key == name).unwrap().1.clone();
    Secret::Token { user_id: value("x-user-id"), token: value("x-auth-token") }
}

fn connector(server: &RocketChat, world: &World) -> RocketchatConnector {
    let source = source(SourceKind::Rocketchat, &server.base_url(), Some("lantern-media"));
    RocketchatConnector::new(&source, Some(&token(server)), world.env()).unwrap()
}

fn server(settings: Settings) -> (RocketChat, String) {
    let server = RocketChat::start(settings).unwrap();
    let room = server.add_room("lantern-media");
    (server, room)
}

fn round(kept: &mut Kept, server: &RocketChat) {
    kept.round(&mut connector(server, &World::new())).unwrap();
}

fn sorted(mut texts: Vec<&str>) -> Vec<String> {
    texts.sort_unstable();
    texts.dedup();
    texts.into_iter().map(str::to_owned).collect()
}

#[test]
fn a_history_of_many_pages_is_collected_once_and_oldest_of_each_page_first() {
    let (server, room) = server(Settings::default());
    for n in 0..250i64 {
        server.post(NewPost::text(&room, "lamp", &format!("post {n:03}")).at(T0 + n * 1_000));
    }
    let mut kept = Kept::default();
    round(&mut kept, &server);
    assert_eq!(kept.found().len(), 250);
    assert_eq!(kept.texts()[0], "post 150");
    let found = kept.found()[0];
    let slice: serde_json::Value = serde_json::from_slice(&found.exhibit).unwrap();
    assert_eq!(slice["msg"], "post 150");
    let page = &kept.hauls[0].page;
    assert!(page.windows(found.exhibit.len()).any(|part| part == found.exhibit.as_slice()));
    kept.forget_hauls();
    round(&mut kept, &server);
    assert_eq!(kept.found().len(), 0, "a second round brings nothing");
    assert_eq!(kept.hauls.len(), 0);
}

#[test]
fn posts_of_one_millisecond_across_a_page_edge_are_not_lost() {
    for (count_max, same) in [(100, 150), (10, 35), (100, 3)] {
        let (server, room) = server(Settings { count_max, ..Settings::default() });
        for n in 0..99 {
            server.post(NewPost::text(&room, "lamp", &format!("after {n}")).at(T0 + 10 + n));
        }
        for n in 0..same {
            server.post(NewPost::text(&room, "lamp", &format!("same {n}")).at(T0));
        }
        server.post(NewPost::text(&room, "lamp", "first").at(T0 - 5));
        let mut kept = Kept::default();
        round(&mut kept, &server);
        assert_eq!(sorted(kept.texts()).len(), 100 + same as usize, "{count_max} {same}");
    }
}

#[test]
fn changes_of_one_millisecond_across_a_page_edge_are_not_lost() {
    let (server, room) = server(Settings::default());
    server.post(NewPost::text(&room, "lamp", "start").at(T0));
    let mut kept = Kept::default();
    round(&mut kept, &server);
    kept.forget_hauls();
    for n in 0..99 {
        server.post(NewPost::text(&room, "lamp", &format!("a {n}")).at(T0 + 10 + n));
    }
    for n in 0..250 {
        server.post(NewPost::text(&room, "lamp", &format!("b {n}")).at(T0 + 500));
    }
    server.post(NewPost::text(&room, "lamp", "last").at(T0 + 900));
    round(&mut kept, &server);
    assert_eq!(sorted(kept.texts()).len(), 350);
    assert_eq!(kept.found().len(), 350, "digests keep the overlap from coming twice");
}

#[test]
fn new_posts_edits_replies_and_deletions_arrive_in_later_rounds() {
    for (keep_history, show_deleted_status, deleted) in [(false, false, true), (false, true, true), (true, true, true)]
    {
        let (server, room) = server(Settings { keep_history, show_deleted_status, ..Settings::default() });
        let first = server.post(NewPost::text(&room, "lamp", "one").at(T0));
        let second = server.post(NewPost::text(&room, "lamp", "two").at(T0 + 1));
        let mut kept = Kept::default();
        round(&mut kept, &server);
        assert_eq!(kept.texts(), ["one", "two"]);
        kept.forget_hauls();
        server.post(NewPost::text(&room, "wick", "reply").reply_to(&first));
        server.edit(&first, "one, corrected");
        server.delete(&second);
        round(&mut kept, &server);
        let found = kept.found();
        let edit = found.iter().find(|found| found.state == VersionState::Edited).unwrap();
        assert_eq!((edit.native_id.as_str(), edit.text.as_str()), (first.as_str(), "one, corrected"));
        assert!(edit.edited_at.is_some());
        let reply = found.iter().find(|found| found.text == "reply").unwrap();
        assert_eq!(reply.thread_of.as_deref(), Some(first.as_str()));
        let gone = found.iter().any(|found| found.state == VersionState::Deleted && found.native_id == second);
        assert_eq!(gone, deleted, "{keep_history} {show_deleted_status}");
    }
}

#[test]
fn replies_in_threads_are_part_of_the_history() {
    let (server, room) = server(Settings::default());
    let parent = server.post(NewPost::text(&room, "lamp", "parent").at(T0));
    server.post(NewPost::text(&room, "lamp", "reply").at(T0 + 1).reply_to(&parent));
    let mut kept = Kept::default();
    round(&mut kept, &server);
    assert_eq!(sorted(kept.texts()), ["parent", "reply"]);
}

#[test]
fn a_server_before_7_1_is_followed_by_whole_changes() {
    let (server, room) = server(Settings { api_version: 6, ..Settings::default() });
    let first = server.post(NewPost::text(&room, "lamp", "one").at(T0));
    let mut kept = Kept::default();
    round(&mut kept, &server);
    kept.forget_hauls();
    server.post(NewPost::text(&room, "lamp", "two").at(T0 + 5));
    server.delete(&first);
    round(&mut kept, &server);
    assert_eq!(kept.texts(), ["two", ""]);
    assert_eq!(kept.found()[1].state, VersionState::Deleted);
    kept.forget_hauls();
    round(&mut kept, &server);
    assert_eq!(kept.found().len(), 0);
}

#[test]
fn membership_messages_are_never_posts_and_their_page_is_only_hashed() {
    let (server, room) = server(Settings::default());
    server.post(NewPost::text(&room, "lamp", "hello").at(T0));
    server.post(NewPost {
        system: Some("uj".into()),
        ..NewPost::text(&room, "private_person", "private_person").at(T0 + 1)
    });
    let mut kept = Kept::default();
    round(&mut kept, &server);
    assert_eq!(kept.texts(), ["hello"]);
    for haul in &kept.hauls {
        let holds = String::from_utf8_lossy(&haul.page).contains("private_person");
        assert_eq!(holds, matches!(haul.page_keep, PageKeep::HashOnly(_)), "{:?}", haul.page_keep);
    }
    let dump = format!("{:?}{:?}", kept.found(), kept.cursor);
    assert!(!dump.contains("private_person"));
}

#[test]
fn files_are_fetched_with_the_login_and_never_as_thumbnails() {
    let (server, room) = server(Settings::default());
    // A file that is no picture to the server, and one with a hostile name.
    server.post(NewPost::text(&room, "lamp", "issue").at(T0).file(
        "wick 7 #1.pdf",
        "application/pdf",
        b"%PDF-x".to_vec(),
    ));
    let mut kept = Kept::default();
    round(&mut kept, &server);
    let file = &kept.found()[0].files[0];
    assert_eq!((file.name.as_str(), file.media_type.as_deref()), ("wick 7 #1.pdf", Some("application/pdf")));
    assert_eq!(file.bytes.as_deref(), Ok(b"%PDF-x".as_slice()));
    let url = file.url.clone().unwrap();
    assert_eq!(connector(&server, &World::new()).fetch_file(&url).unwrap(), b"%PDF-x");
    assert!(!server.requests().iter().any(|asked| asked.path.contains("thumb-") || asked.credentials_in_address));
}

#[test]
fn hostile_attachments_cost_a_reason_and_never_the_post_or_a_credential() {
    let (other, _) = server(Settings::default());
    let (server, room) = server(Settings::default());
    let links = [
        format!("{}/file-upload/x/x.png", other.base_url()),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "http://10.0.0.1/file-upload/x".to_owned(),
        "file:///etc/passwd".to_owned(),
        "/file-upload/none/x.png".to_owned(),
        "/api/v1/logout".to_owned(),
    ];
    let attachments = links.iter().map(|link| hostile_attachment(link)).collect();
    server.post(NewPost { attachments, ..NewPost::text(&room, "lamp", "look").at(T0) });
    let mut kept = Kept::default();
    round(&mut kept, &server);
    let found = kept.found()[0];
    assert_eq!(found.text, "look");
    assert_eq!(found.files.len(), links.len());
    assert!(found.files.iter().all(|file| file.bytes.is_err()), "{:?}", found.files);
    assert!(other.requests().iter().all(|asked| !asked.had_credentials));
    assert!(server.requests().iter().all(|asked| asked.path != "/api/v1/logout" || !asked.had_credentials));
}

#[test]
fn a_connection_that_breaks_for_good_leaves_the_cursor_where_it_was() {
    let (server, room) = server(Settings::default());
    for n in 0..150i64 {
        server.post(NewPost::text(&room, "lamp", &format!("post {n}")).at(T0 + n));
    }
    let mut kept = Kept::default();
    // Three tries of the first page, all cut off in the middle.
    server.plan("channels.history", Fault::DropMidBody(2_000), 3);
    let error = kept.round(&mut connector(&server, &World::new())).unwrap_err();
    assert!(matches!(error, CollectError::Unreachable { .. }), "{error}");
    assert_eq!((kept.hauls.len(), kept.cursor.clone()), (0, None));
    round(&mut kept, &server);
    assert_eq!(sorted(kept.texts()).len(), 150);
}

#[test]
fn what_is_no_json_is_an_error_and_nothing_is_skipped() {
    let (server, room) = server(Settings::default());
    server.post(NewPost::text(&room, "lamp", "one").at(T0));
    for (endpoint, fault) in [
        ("channels.history", Fault::NotJson),
        ("channels.history", Fault::Status(200, r#"{"messages":{"#.to_owned())),
        ("channels.history", Fault::Status(200, r#"{"success":true}"#.to_owned())),
    ] {
        server.plan(endpoint, fault, 1);
        let mut kept = Kept::default();
        let error = kept.round(&mut connector(&server, &World::new())).unwrap_err();
        assert!(matches!(error, CollectError::Malformed { .. }), "{error}");
        assert_eq!((kept.hauls.len(), kept.cursor), (0, None));
    }
}

#[test]
fn one_broken_message_does_not_hide_the_others() {
    let (server, room) = server(Settings::default());
    server.post(NewPost::text(&room, "lamp", "good").at(T0));
    let extra = json!({"_id": null, "msg": 7}).as_object().unwrap().clone();
    server.post(NewPost { extra, ..NewPost::text(&room, "lamp", "").at(T0 + 1) });
    let extra =
        json!({"attachments": [[[]], null, 7], "mentions": 3, "u": "x", "msg": ["a"]}).as_object().unwrap().clone();
    server.post(NewPost { extra, ..NewPost::text(&room, "lamp", "").at(T0 + 2) });
    let mut kept = Kept::default();
    round(&mut kept, &server);
    assert!(kept.texts().contains(&"good"));
}

#[test]
fn a_token_that_runs_out_stops_the_round_and_a_password_is_used_again() {
    let (server, room) = server(Settings::default());
    server.post(NewPost::text(&room, "lamp", "one").at(T0));
    server.plan("channels.history", Fault::Unauthorized, 1);
    let mut kept = Kept::default();
    let error = kept.round(&mut connector(&server, &World::new())).unwrap_err();
    assert!(matches!(error, CollectError::Unauthorised { .. }), "{error}");
    assert_eq!((kept.hauls.len(), kept.cursor.clone()), (0, None));

    let (user, password) = server.account();
    let source = source(SourceKind::Rocketchat, &server.base_url(), Some("lantern-media"));
    let secret = Secret::Password { user, password };
    let mut connector = RocketchatConnector::new(&source, Some(&secret), World::new().env()).unwrap();
    server.plan("channels.history", Fault::Unauthorized, 1);
    kept.round(&mut connector).unwrap();
    assert_eq!(kept.texts(), ["one"]);
    let logins = server.requests().iter().filter(|asked| asked.path.ends_with("/login")).count();
    assert_eq!(logins, 2);
}

#[test]
fn logins_that_fail_say_why() {
    let (server, _) = server(Settings { totp_code: Some("123456".into()), ..Settings::default() });
    let (user, password) = server.account();
    let try_login = |secret: &Secret| {
        let source = source(SourceKind::Rocketchat, &server.base_url(), Some("lantern-media"));
        let mut connector = RocketchatConnector::new(&source, Some(secret), World::new().env()).unwrap();
        Kept::default().round(&mut connector).unwrap_err()
    };
    let error = try_login(&Secret::Password { user: user.clone(), password });
    assert!(matches!(error, CollectError::TwoFactor { .. }), "{error}");
    let error = try_login(&Secret::Password { user, password: "wrong".into() });
    assert!(matches!(error, CollectError::Unauthorised { .. }), "{error}");
    let error = try_login(&Secret::Token { user_id: "x".into(), token: "wrong".into() });
    assert!(matches!(error, CollectError::Unauthorised { .. }), "{error}");
    let none = source(SourceKind::Rocketchat, &server.base_url(), Some("lantern-media"));
    assert!(matches!(RocketchatConnector::new(&none, None, World::new().env()), Err(CollectError::NoSecret(_))));
}

#[test]
fn a_limiter_is_waited_for_and_nothing_is_lost() {
    let limits = Some(RateLimit { calls: 3, window_ms: 30_000 });
    let (server, room) = server(Settings { limits, count_max: 10, ..Settings::default() });
    let server = std::sync::Arc::new(server);
    for n in 0..25i64 {
        server.post(NewPost::text(&room, "lamp", &format!("post {n}")).at(T0 + n));
    }
    let world = World::new();
    server.set_clock(world.now.lock().unwrap().as_millisecond());
    let mut env = world.env();
    let (sleep, mock, now) = (env.sleep.clone(), server.clone(), world.now.clone());
    env.sleep = std::sync::Arc::new(move |time| {
        let goes_on = sleep(time);
        mock.set_clock(now.lock().unwrap().as_millisecond());
        goes_on
    });
    let source = source(SourceKind::Rocketchat, &server.base_url(), Some("lantern-media"));
    let mut connector = RocketchatConnector::new(&source, Some(&token(&server)), env).unwrap();
    let mut kept = Kept::default();
    kept.round(&mut connector).unwrap();
    assert_eq!(sorted(kept.texts()).len(), 25);
    assert!(world.slept_ms() >= 29_000);
    assert!(server.requests().iter().all(|asked| asked.status != 429), "the budget was seen in time");
}

#[test]
fn a_429_is_obeyed_and_a_long_one_ends_the_round_with_its_time() {
    let (server, room) = server(Settings::default());
    server.post(NewPost::text(&room, "lamp", "one").at(T0));
    server.plan("channels.history", Fault::TooManyRequests(5), 1);
    let world = World::new();
    let mut kept = Kept::default();
    kept.round(&mut connector(&server, &world)).unwrap();
    assert_eq!(kept.texts(), ["one"]);
    assert!(world.slept_ms() >= 4_000, "{}", world.slept_ms());
    server.plan("chat.syncMessages", Fault::TooManyRequests(3_600), 1);
    let error = kept.round(&mut connector(&server, &World::new())).unwrap_err();
    assert!(matches!(error, CollectError::RateLimited { .. }), "{error}");
}

#[test]
fn a_post_over_the_limit_of_a_page_is_passed_over_in_the_history() {
    let (server, room) = server(Settings::default());
    for n in 0..30i64 {
        server.post(NewPost::text(&room, "lamp", &format!("post {n}")).at(T0 + n * 10));
    }
    server.post(NewPost::text(&room, "lamp", &"x".repeat(200_000)).at(T0 + 105));
    let mut connector = connector(&server, &World::new());
    connector.api.set_limits(Limits { body_bytes_max: 100_000, ..Limits::default() });
    let mut kept = Kept::default();
    kept.round(&mut connector).unwrap();
    assert_eq!(sorted(kept.texts()).len(), 30);
    assert!(kept.notes().iter().any(|note| note.contains("larger than 100000 bytes")), "{:?}", kept.notes());
}

#[test]
fn a_changed_post_over_the_limit_is_passed_over_and_the_source_goes_on() {
    let (server, room) = server(Settings::default());
    server.post(NewPost::text(&room, "lamp", "start").at(T0));
    let mut kept = Kept::default();
    round(&mut kept, &server);
    kept.forget_hauls();
    for n in 1..=30i64 {
        server.post(NewPost::text(&room, "lamp", &format!("post {n}")).at(T0 + n * 10));
    }
    server.post(NewPost::text(&room, "lamp", &"x".repeat(200_000)).at(T0 + 105));
    let mut connector = connector(&server, &World::new());
    connector.api.set_limits(Limits { body_bytes_max: 100_000, ..Limits::default() });
    kept.round(&mut connector).unwrap();
    assert_eq!(sorted(kept.texts()).len(), 30, "{:?}", kept.notes());
    assert!(kept.notes().iter().any(|note| note.contains("was passed over")), "{:?}", kept.notes());
    kept.forget_hauls();
    kept.round(&mut connector).unwrap();
    assert_eq!(kept.found().len(), 0);
}

#[test]
fn a_page_that_was_too_large_once_costs_nothing_later() {
    let (server, room) = server(Settings::default());
    server.post(NewPost::text(&room, "lamp", "start").at(T0));
    let mut kept = Kept::default();
    round(&mut kept, &server);
    kept.forget_hauls();
    for n in 1..=40i64 {
        server.post(NewPost::text(&room, "lamp", &format!("{n} {}", "x".repeat(4_000))).at(T0 + n * 10));
    }
    for n in 0..120 {
        server.post(NewPost::text(&room, "lamp", &format!("same {n}")).at(T0 + 900));
    }
    let mut connector = connector(&server, &World::new());
    connector.api.set_limits(Limits { body_bytes_max: 120_000, ..Limits::default() });
    kept.round(&mut connector).unwrap();
    assert_eq!(sorted(kept.texts()).len(), 160, "{:?}", kept.notes());
    assert!(kept.notes().is_empty(), "{:?}", kept.notes());
}

#[test]
fn a_post_of_100_mb_does_not_stall_its_source() {
    let (server, room) = server(Settings::default());
    server.post(NewPost::text(&room, "lamp", "before").at(T0));
    server.post(NewPost::text(&room, "lamp", &"x".repeat(100 << 20)).at(T0 + 5));
    server.post(NewPost::text(&room, "lamp", "after").at(T0 + 9));
    let mut kept = Kept::default();
    round(&mut kept, &server);
    assert_eq!(sorted(kept.texts()), ["after", "before"]);
    assert_eq!(kept.notes().len(), 1);
}

#[test]
fn a_room_made_anew_under_its_name_asks_a_person_and_a_closed_one_says_so() {
    let (server, room) = server(Settings::default());
    server.post(NewPost::text(&room, "lamp", "old").at(T0));
    let mut kept = Kept::default();
    round(&mut kept, &server);
    server.forbid(&room);
    let error = kept.round(&mut connector(&server, &World::new())).unwrap_err();
    assert!(matches!(error, CollectError::Forbidden { .. }), "{error}");
    server.remove_room(&room);
    let error = kept.round(&mut connector(&server, &World::new())).unwrap_err();
    assert!(matches!(error, CollectError::RoomNotFound { .. }), "{error}");
    let anew = server.add_room("lantern-media");
    let error = kept.round(&mut connector(&server, &World::new())).unwrap_err();
    assert!(error.to_string().contains("a person must decide"), "{error}");
    assert!(error.to_string().contains(&format!("--room {anew}")), "{error}");
    let mut other = Kept::default();
    let source = source(SourceKind::Rocketchat, &server.base_url(), Some(&anew));
    let mut new = RocketchatConnector::new(&source, Some(&token(&server)), World::new().env()).unwrap();
    other.round(&mut new).unwrap();
}

#[test]
fn a_room_that_is_not_there_is_told_by_check_with_what_is() {
    let (server, room) = server(Settings::default());
    server.post(NewPost::text(&room, "lamp", "one").at(T0));
    let lines = |room: &str| {
        let source = source(SourceKind::Rocketchat, &server.base_url(), Some(room));
        crate::check(&source, Some(&token(&server)), World::new().env()).unwrap().join("\n")
    };
    assert!(
        lines("#lantern-media").contains("room `lantern-media` found (public channel"),
        "{}",
        lines("lantern-media")
    );
    assert!(lines("nowhere").contains("the account sees 1 rooms: lantern-media"), "{}", lines("nowhere"));
    assert_eq!(connector(&server, &World::new()).list_rooms().unwrap()[0].name, "lantern-media");
}

#[test]
fn direct_messages_are_always_refused_and_private_rooms_without_their_owner() {
    let info =
        |kind: &str| RoomInfo { id: "R".into(), name: "a room/ä".into(), kind: kind.into(), ..RoomInfo::default() };
    for (kind, authority, permitted) in [
        ("c", AuthorityKind::Public, true),
        ("p", AuthorityKind::Public, false),
        ("p", AuthorityKind::Owner, true),
        ("p", AuthorityKind::Legal, true),
        ("d", AuthorityKind::Owner, false),
        ("d", AuthorityKind::Legal, false),
        ("l", AuthorityKind::Legal, false),
        ("", AuthorityKind::Legal, false),
    ] {
        let mut source = source(SourceKind::Rocketchat, "https://chat.example/base/", Some("x"));
        source.asked.authorisation.kind = authority;
        let secret = Secret::Token { user_id: "u".into(), token: "t".into() };
        let connector = RocketchatConnector::new(&source, Some(&secret), World::new().env()).unwrap();
        let outcome = rooms::permit(&connector.api, &connector.source, info(kind));
        assert_eq!(outcome.is_ok(), permitted, "{kind} {authority:?}");
        if let Ok(room) = outcome {
            let word = if kind == "c" { "channel" } else { "group" };
            assert_eq!(room.link, format!("https://chat.example/base/{word}/a%20room%2F%C3%A4"));
        }
    }
}

#[test]
fn links_are_resolved_below_the_base_url() {
    let source = source(SourceKind::Rocketchat, "https://chat.example/base/", Some("x"));
    let secret = Secret::Token { user_id: "u".into(), token: "t".into() };
    let connector = RocketchatConnector::new(&source, Some(&secret), World::new().env()).unwrap();
    for (link, expected) in [
        ("/file-upload/a/b.png", "https://chat.example/base/file-upload/a/b.png"),
        ("/base/file-upload/a/b.png", "https://chat.example/base/file-upload/a/b.png"),
        ("https://cdn.example/x", "https://cdn.example/x"),
        ("//cdn.example/x", "https://cdn.example/x"),
    ] {
        assert_eq!(connector.api.resolve(link).unwrap().as_str(), expected);
    }
}

#[test]
fn no_cursor_record_or_note_holds_a_secret() {
    let (server, room) = server(Settings::default());
    server.post(NewPost::text(&room, "lamp", "one").at(T0).file("a.pdf", "application/pdf", b"x".to_vec()));
    let mut kept = Kept::default();
    round(&mut kept, &server);
    let Secret::Token { token, .. } = token(&server) else { panic!("a token") };
    let dump = format!("{:?} {:?}", kept.cursor, kept.hauls);
    assert!(!dump.contains(&token));
}
