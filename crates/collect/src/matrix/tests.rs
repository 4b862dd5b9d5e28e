//! The connector against a mock server, for what a real one does not do on demand; `tests/matrix_synapse` has the rest.

use std::sync::{Arc, Mutex};

use serde_json::json;
use vedette_core::{PageKeep, SourceKind};
use vedette_testkit::http::{Answer, Asked, Server};

use super::*;
use crate::testing::{Kept, World, source};

const ROOM: &str = "!wick:lantern.example";

struct Mock {
    server: Server,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// A server with one public room; `answer` may answer first, and is told how many requests there were.
fn mock(answer: impl Fn(&Asked, usize) -> Option<Answer> + Send + Sync + 'static) -> Mock {
    let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
    let log = asked.clone();
    let server = Server::start(Arc::new(move |request: &Asked| {
        let mut log = log.lock().unwrap();
        log.push(request.clone());
        answer(request, log.len()).unwrap_or_else(|| usual(request))
    }));
    Mock { server: server.unwrap(), asked }
}

fn usual(request: &Asked) -> Answer {
    let path = request.path.replace("%21", "!").replace("%3A", ":");
    let rest = path.strip_prefix("/_matrix/client/").unwrap_or_default();
    let ok = |value: serde_json::Value| Answer::json(200, &value);
    match rest {
        "versions" => ok(json!({"versions": ["v1.11"]})),
        "v3/joined_rooms" => ok(json!({"joined_rooms": [ROOM]})),
        _ if rest.ends_with("/state/m.room.history_visibility") => ok(json!({"history_visibility": "shared"})),
        _ if rest.ends_with("/state/m.room.join_rules") => ok(json!({"join_rule": "public"})),
        "v3/sync" => ok(sync(json!([post("$1", json!({"msgtype": "m.text", "body": "one"}))]))),
        _ => Answer::json(404, &json!({"errcode": "M_NOT_FOUND", "error": "not here"})),
    }
}

fn post(id: &str, content: serde_json::Value) -> serde_json::Value {
    json!({"type": "m.room.message", "event_id": id, "sender": "@keeper:lantern.example", "origin_server_ts": 1_700_000_000_000i64, "content": content})
}

fn sync(events: serde_json::Value) -> serde_json::Value {
    json!({"next_batch": "s1", "rooms": {"join": {ROOM: {"timeline": {"events": events, "limited": false}}}}})
}

fn connector(address: &str, world: &World) -> MatrixConnector {
    let secret = Secret::Token { user_id: "@watcher:lantern.example".into(), token: "syt_hush".into() };
    MatrixConnector::new(&source(SourceKind::Matrix, address, Some(ROOM)), Some(&secret), world.env()).unwrap()
}

#[test]
fn a_limit_of_the_server_is_waited_for_as_its_body_says() {
    let mock = mock(|asked, count| {
        let limit = json!({"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": 7_500});
        (asked.path.ends_with("/sync") && count < 6).then(|| Answer::json(429, &limit))
    });
    let (world, mut kept) = (World::new(), Kept::default());
    kept.round(&mut connector(&mock.server.base_url(), &world)).unwrap();
    assert_eq!(kept.texts(), ["one"]);
    assert!(
        (7_500..8_500).contains(&(world.slept_ms() % 10_000)) || world.slept_ms() == 15_000,
        "{}",
        world.slept_ms()
    );
}

#[test]
fn a_page_with_members_or_other_peoples_news_keeps_its_hash_only() {
    let member = json!({"type": "m.room.member", "event_id": "$m", "sender": "@a:b.example", "state_key": "@a:b.example", "content": {"membership": "join"}});
    let mut devices = sync(json!([post("$1", json!({"body": "one"}))]));
    devices["device_lists"] = json!({"changed": ["@a:b.example"]});
    let mut invited = sync(json!([post("$1", json!({"body": "one"}))]));
    invited["rooms"]["invite"] = json!({"!other:b.example": {}});
    let mut quiet = sync(json!([post("$1", json!({"body": "one"}))]));
    quiet["device_lists"] = json!({"changed": [], "left": []});
    quiet["to_device"] = json!({"events": []});
    for (answer, kept_whole) in [
        (sync(json!([member, post("$1", json!({"body": "one"}))])), false),
        (devices, false),
        (invited, false),
        (quiet, true),
    ] {
        let mock = mock(move |asked, _| asked.path.ends_with("/sync").then(|| Answer::json(200, &answer)));
        let mut kept = Kept::default();
        kept.round(&mut connector(&mock.server.base_url(), &World::new())).unwrap();
        assert_eq!(kept.texts(), ["one"]);
        assert_eq!(kept.hauls[0].page_keep == PageKeep::Sealed, kept_whole);
    }
}

#[test]
fn media_are_asked_for_with_the_login_and_by_the_old_way_only_where_the_new_one_is_unknown() {
    for (errcode, status, falls_back) in
        [("M_UNRECOGNIZED", 404, true), ("M_UNRECOGNIZED", 400, true), ("M_FORBIDDEN", 403, false)]
    {
        let mock = mock(move |asked, _| match asked.path.as_str() {
            path if path.contains("/v1/media/download/") => {
                Some(Answer::json(status, &json!({"errcode": errcode, "error": "no"})))
            }
            path if path.contains("/media/v3/download/") => Some(Answer::new(200, "image/png", "bytes")),
            _ => None,
        });
        let got = connector(&mock.server.base_url(), &World::new()).fetch_file("mxc://lantern.example/abc");
        assert_eq!(got.ok().as_deref(), falls_back.then_some(b"bytes".as_slice()));
        let asked = mock.asked.lock().unwrap();
        let tokens: Vec<bool> =
            asked.iter().filter(|asked| asked.path.contains("/media/")).map(Asked::has_credentials).collect();
        assert_eq!(tokens, if falls_back { vec![true, false] } else { vec![true] });
    }
    for wrong in ["mxc://lantern.example", "https://a.example/x", "mxc://a/../../b", "mxc://../x", "mxc://a/b?c"] {
        assert!(connector("http://127.0.0.1:9/", &World::new()).fetch_file(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_login_goes_nowhere_but_to_the_server_that_was_given() {
    let elsewhere = mock(|_, _| Some(Answer::new(200, "image/png", "far bytes")));
    let far = elsewhere.server.base_url();
    let mock = mock(move |asked, _| {
        asked
            .path
            .contains("/media/download/")
            .then(|| Answer::new(302, "text/plain", "").header("location", far.clone()))
    });
    let got = connector(&mock.server.base_url(), &World::new()).fetch_file("mxc://lantern.example/abc");
    assert_eq!(got.unwrap(), b"far bytes");
    assert!(elsewhere.asked.lock().unwrap().iter().all(|asked| !asked.has_credentials()));
}

#[test]
fn a_well_known_file_of_another_owner_is_not_believed() {
    let mock = mock(|asked, _| match asked.path.as_str() {
        "/_matrix/client/versions" => Some(Answer::new(404, "text/html", "no")),
        "/.well-known/matrix/client" => {
            Some(Answer::json(200, &json!({"m.homeserver": {"base_url": "https://matrix.elsewhere.example"}})))
        }
        _ => None,
    });
    let error = connector(&mock.server.base_url(), &World::new()).check().unwrap_err().to_string();
    assert!(error.contains("matrix.elsewhere.example") && error.contains("if you trust it"), "{error}");
    assert!(mock.asked.lock().unwrap().iter().all(|asked| !asked.has_credentials()));
}

#[test]
fn an_unknown_token_is_told_without_showing_it() {
    let mock = mock(|asked, _| {
        let wrong =
            json!({"errcode": "M_UNKNOWN_TOKEN", "error": "Invalid access token passed.", "soft_logout": false});
        asked.path.contains("/v3/").then(|| Answer::json(401, &wrong))
    });
    let mut kept = Kept::default();
    let error = kept.round(&mut connector(&mock.server.base_url(), &World::new())).unwrap_err().to_string();
    assert!(error.contains("M_UNKNOWN_TOKEN") && error.contains("new access token"), "{error}");
    assert!(!error.contains("syt_hush"));
}

#[test]
fn without_news_nothing_is_handed_over() {
    let mock =
        mock(|asked, _| asked.param("since").map(|_| Answer::json(200, &json!({"next_batch": "s2", "rooms": {}}))));
    let (world, mut kept) = (World::new(), Kept::default());
    kept.round(&mut connector(&mock.server.base_url(), &world)).unwrap();
    kept.forget_hauls();
    kept.round(&mut connector(&mock.server.base_url(), &world)).unwrap();
    assert!(kept.hauls.is_empty());
    let asked = mock.asked.lock().unwrap();
    let filter = asked.iter().find(|asked| asked.path.ends_with("/sync")).unwrap().param("filter").unwrap().to_owned();
    let filter: serde_json::Value = serde_json::from_str(&filter).unwrap();
    assert_eq!(filter["room"]["rooms"], json!([ROOM]));
    assert!(asked.iter().all(|asked| asked.method == "GET"), "nothing is ever sent to a room");
}
