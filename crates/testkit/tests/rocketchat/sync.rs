//! Synchronising: dates, cursors and their loss hazard, edits, and the four looks of a deletion.

use serde_json::{Value, json};
use vedette_testkit::rocketchat::{NewPost, Settings};

use super::{NOON_MS, ask, ids, put, started, sync};

#[test]
fn sync_by_date_is_strict_and_brings_both_kinds_at_once() {
    let (server, room) = started(Settings::default());
    put(&server, &room, "a", NOON_MS);
    put(&server, &room, "b", NOON_MS + 1);
    put(&server, &room, "c", NOON_MS + 2);
    server.set_clock(NOON_MS + 10);
    server.delete("b");
    let result = sync(&server, &room, "lastUpdate=2026-03-01T12:00:00.000Z").json()["result"].clone();
    assert_eq!(ids(&result["updated"]), ["c"]);
    assert_eq!(result["deleted"], json!([{"_id": "b", "_deletedAt": "2026-03-01T12:00:00.010Z"}]));
}

#[test]
fn a_cursor_page_skips_messages_that_share_its_last_millisecond() {
    let (server, room) = started(Settings::default());
    put(&server, &room, "a", NOON_MS);
    for id in ["b", "c", "d"] {
        put(&server, &room, id, NOON_MS + 1);
    }
    put(&server, &room, "e", NOON_MS + 2);
    let page = |cursor: &str| sync(&server, &room, &format!("type=UPDATED&count=2&{cursor}")).json()["result"].clone();
    let first = page("next=0");
    assert_eq!(ids(&first["updated"]), ["a", "b"]);
    let edge = (NOON_MS + 1).to_string();
    assert_eq!(first["cursor"], json!({"next": edge, "previous": NOON_MS.to_string()}));
    let careless = page(&format!("next={edge}"));
    assert_eq!(ids(&careless["updated"]), ["e"], "c and d are lost to whoever trusts the cursor");
    assert_eq!(careless["cursor"]["next"], Value::Null, "the last page has no next");
    assert_eq!(ids(&page(&format!("next={NOON_MS}"))["updated"]), ["b", "c"]);
    let backwards = page(&format!("previous={}", NOON_MS + 2));
    assert_eq!(ids(&backwards["updated"]).len(), 2);
    assert_eq!(backwards["cursor"], json!({"next": edge, "previous": edge}));
    let careful = sync(&server, &room, &format!("type=UPDATED&count=9&next={NOON_MS}")).json();
    assert_eq!(ids(&careful["result"]["updated"]), ["b", "c", "d", "e"]);
}

#[test]
fn deletions_have_a_cursor_of_their_own() {
    let (server, room) = started(Settings::default());
    put(&server, &room, "a", NOON_MS);
    server.set_clock(NOON_MS + 7);
    server.delete("a");
    let result = sync(&server, &room, "type=DELETED&next=0").json()["result"].clone();
    assert_eq!(result["deleted"], json!([{"_id": "a", "_deletedAt": "2026-03-01T12:00:00.007Z"}]));
    assert_eq!(result["updated"], json!([]));
    let path = format!("/api/v1/chat.getDeletedMessages?roomId={room}&since=2026-03-01T12:00:00.000Z");
    assert_eq!(ask(&server, &path).json()["messages"], json!([{"_id": "a"}]));
    assert_eq!(ask(&server, "/api/v1/chat.getMessage?msgId=a").status, 400);
}

#[test]
fn wrong_parameters_of_sync_are_told_apart() {
    let (server, room) = started(Settings::default());
    for (rest, code) in [
        ("type=UPDATED&next=1&previous=1", "error-cursor-conflict"),
        ("type=UPDATED&next=1&lastUpdate=2026-03-01T12:00:00Z", "error-cursor-and-lastUpdate-conflict"),
        ("next=1", "error-type-param-required"),
        ("type=EVERYTHING&next=1", "error-type-param-not-supported"),
        ("", "error-param-required"),
        ("lastUpdate=yesterday", "error-lastUpdate-param-invalid"),
    ] {
        let answer = sync(&server, &room, rest);
        assert_eq!((answer.status, answer.json()["errorType"].as_str()), (400, Some(code)), "{rest}");
        assert!(answer.json()["error"].as_str().is_some_and(|words| words.ends_with(&format!("[{code}]"))));
    }
    put(&server, &room, "a", NOON_MS);
    let trap = sync(&server, &room, "type=UPDATED").json();
    assert_eq!(trap["result"]["updated"], json!([]), "a type without a cursor looks like nothing new");
}

#[test]
fn a_deletion_looks_different_in_each_of_the_four_settings() {
    for (keep_history, show_deleted_status, in_trash, shown_as_removed, hidden_copies) in [
        (false, false, true, false, 0),
        (false, true, false, true, 0),
        (true, false, false, false, 1),
        (true, true, false, true, 1),
    ] {
        let (server, room) = started(Settings { keep_history, show_deleted_status, ..Settings::default() });
        put(&server, &room, "a", NOON_MS);
        server.set_clock(NOON_MS + 5);
        assert!(server.delete("a"));
        let result = sync(&server, &room, "lastUpdate=2026-03-01T12:00:00.000Z").json()["result"].clone();
        let name = format!("keep {keep_history}, show {show_deleted_status}");
        assert_eq!(ids(&result["deleted"]).len(), usize::from(in_trash), "{name}");
        assert_eq!(ids(&result["updated"]).len(), usize::from(shown_as_removed), "{name}");
        if shown_as_removed {
            assert_eq!(
                (&result["updated"][0]["t"], &result["updated"][0]["msg"]),
                (&json!("rm"), &json!("")),
                "{name}"
            );
        }
        let all = ask(&server, &format!("/api/v1/channels.messages?roomId={room}")).json();
        let hidden = all["messages"].as_array().unwrap().iter().filter(|message| message["_hidden"] == true).count();
        assert_eq!(hidden, hidden_copies, "{name}");
    }
}

#[test]
fn a_post_with_replies_is_shown_as_removed_whatever_the_settings() {
    let (server, room) = started(Settings::default());
    put(&server, &room, "parent", NOON_MS);
    server.post(NewPost::text(&room, "port_gull", "x").at(NOON_MS + 1).reply_to("parent"));
    server.set_clock(NOON_MS + 9);
    server.delete("parent");
    let result = sync(&server, &room, "lastUpdate=2026-03-01T12:00:00.005Z").json()["result"].clone();
    assert_eq!((ids(&result["updated"]), &result["updated"][0]["t"]), (vec!["parent"], &json!("rm")));
}

#[test]
fn an_edit_keeps_the_id_and_moves_the_date() {
    let (server, room) = started(Settings { keep_history: true, ..Settings::default() });
    put(&server, &room, "a", NOON_MS);
    server.set_clock(NOON_MS + 1_000);
    assert!(server.edit("a", "another text"));
    assert!(!server.edit("nothing", "x"));
    let message = ask(&server, "/api/v1/chat.getMessage?msgId=a").json()["message"].clone();
    assert_eq!((&message["msg"], &message["ts"]), (&json!("another text"), &json!("2026-03-01T12:00:00.000Z")));
    assert_eq!(
        (&message["editedAt"], &message["_updatedAt"]),
        (&json!("2026-03-01T12:00:01.000Z"), &json!("2026-03-01T12:00:01.000Z"))
    );
    let all = ask(&server, &format!("/api/v1/channels.messages?roomId={room}")).json();
    let copy = all["messages"].as_array().unwrap().iter().find(|message| message["_hidden"] == true).unwrap().clone();
    assert_eq!((&copy["msg"], &copy["parent"]), (&json!("a"), &json!("a")));
}
