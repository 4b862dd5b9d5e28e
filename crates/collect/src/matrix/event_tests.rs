//! What events of a room become. The shapes are those of the examples in the Matrix specification.

use serde_json::json;

use super::*;

fn read_value(value: &Value) -> Event {
    read(&value.to_string(), &|id| format!("link:{id}"))
}

fn message(content: Value) -> Value {
    json!({"type": "m.room.message", "event_id": "$post:lantern.example", "room_id": "!wick:lantern.example",
        "sender": "@keeper:lantern.example", "origin_server_ts": 1_790_000_000_000i64, "content": content,
        "unsigned": {"age": 1234, "membership": "join"}})
}

fn post(content: Value) -> (Found, Vec<WantedFile>) {
    match read_value(&message(content)).kind {
        Kind::Post(found, files) => (*found, files),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_message_becomes_a_post_with_its_exact_slice() {
    let slice = message(json!({"msgtype": "m.text", "body": "The gates open."})).to_string().replace(",", " , ");
    let event = read(&slice, &|id| format!("link:{id}"));
    let Kind::Post(found, files) = event.kind else { panic!("{:?}", event.kind) };
    assert_eq!(found.exhibit, slice.as_bytes());
    assert_eq!((found.native_id.as_str(), found.text.as_str()), ("$post:lantern.example", "The gates open."));
    assert_eq!(found.posted_at.unwrap().as_millisecond(), 1_790_000_000_000);
    assert_eq!(found.author.as_deref(), Some("@keeper:lantern.example"));
    assert_eq!((found.url.as_deref(), files.len()), (Some("link:$post:lantern.example"), 0));
}

#[test]
fn text_is_what_a_reader_sees() {
    let reply = json!({"m.in_reply_to": {"event_id": "$a"}});
    for (content, expected) in [
        (json!({"msgtype": "m.emote", "body": "waves"}), "waves"),
        (
            json!({"msgtype": "m.text", "body": "> <@a:b.example> old\n> words\n\nnew\n> mine", "m.relates_to": reply}),
            "new\n> mine",
        ),
        (json!({"msgtype": "m.text", "body": "> my own quotation"}), "> my own quotation"),
        (json!({"msgtype": "m.image", "body": "a.png", "url": "mxc://b.example/x"}), ""),
        (json!({"msgtype": "m.image", "body": "caption", "filename": "a.png", "url": "mxc://b.example/x"}), "caption"),
        (
            json!({"m.poll": {"question": {"m.text": [{"body": "Where?"}]}, "answers": [{"m.text": [{"body": "Kelmora"}]}, {}]}}),
            "Where?\nKelmora",
        ),
        (json!({"body": 7}), ""),
        (json!("no object"), ""),
    ] {
        assert_eq!(post(content.clone()).0.text, expected, "{content}");
    }
}

#[test]
fn files_are_named_by_their_mxc_address_only() {
    for (content, expected) in [
        (
            json!({"msgtype": "m.file", "body": "a/b.pdf", "url": "mxc://b.example/x", "info": {"mimetype": "application/pdf"}}),
            Some(("a_b.pdf", "mxc://b.example/x")),
        ),
        (
            json!({"msgtype": "m.video", "body": "v", "file": {"url": "mxc://b.example/y"}}),
            Some(("v", "mxc://b.example/y")),
        ),
        (json!({"msgtype": "m.image", "body": "v", "url": "https://elsewhere.example/y"}), None),
    ] {
        let (_, files) = post(content);
        assert_eq!(files.first().map(|file| (file.name.as_str(), file.link.as_str())), expected);
    }
}

#[test]
fn accounts_in_a_text_are_told_to_the_desk() {
    let content = json!({"msgtype": "m.text", "body": "Lamp: ask @wick:lantern.example. Or mail a@b.example",
        "formatted_body": "<a href=\"https://matrix.to/#/@lamp:lantern.example\">Lamp</a>: ask", "m.mentions": {"user_ids": ["@lamp:lantern.example"]}});
    let (found, _) = post(content);
    assert_eq!(found.handles, ["@lamp:lantern.example", "@wick:lantern.example", "Lamp"]);
}

#[test]
fn relations_tell_threads_replies_and_edits_apart() {
    let with = |relation: Value| post(json!({"msgtype": "m.text", "body": "x", "m.relates_to": relation})).0.thread_of;
    assert_eq!(
        with(json!({"rel_type": "m.thread", "event_id": "$t", "m.in_reply_to": {"event_id": "$r"}})).unwrap(),
        "$t"
    );
    assert_eq!(with(json!({"m.in_reply_to": {"event_id": "$r"}})).unwrap(), "$r");
    let edit = read_value(&message(
        json!({"msgtype": "m.text", "body": "* new", "m.new_content": {"msgtype": "m.text", "body": "new"},
        "m.relates_to": {"rel_type": "m.replace", "event_id": "$t"}}),
    ));
    let Kind::Edit { of, found, .. } = edit.kind else { panic!("{:?}", edit.kind) };
    assert_eq!((of.as_str(), found.native_id.as_str(), found.text.as_str()), ("$t", "$t", "new"));
    assert_eq!((found.state, found.edited_at.is_some(), found.posted_at), (VersionState::Edited, true, None));
}

#[test]
fn a_redaction_and_what_it_leaves_are_the_same_deletion() {
    for redaction in [
        json!({"type": "m.room.redaction", "event_id": "$r", "sender": "@a:b.example", "origin_server_ts": 5, "content": {"redacts": "$post:lantern.example"}}),
        json!({"type": "m.room.redaction", "event_id": "$r", "sender": "@a:b.example", "origin_server_ts": 5, "redacts": "$post:lantern.example", "content": {}}),
    ] {
        let Kind::Redaction { of, found } = read_value(&redaction).kind else { panic!() };
        let mut left = message(json!({}));
        left["unsigned"] = json!({"redacted_because": redaction.clone()});
        let Kind::Gone(gone) = read_value(&left).kind else { panic!() };
        assert_eq!(of, gone.native_id);
        assert_eq!((found.state, found.edited_at, &found.text), (gone.state, gone.edited_at, &gone.text));
        assert_eq!(gone.exhibit, redaction.to_string().into_bytes(), "the redaction is the exhibit");
        assert_eq!(found.exhibit, gone.exhibit);
    }
}

#[test]
fn who_is_in_a_room_and_how_they_vote_is_never_a_post() {
    let event = |kind: &str, content: Value| {
        read_value(&json!({"type": kind, "event_id": "$e", "sender": "@a:b.example", "content": content})).kind
    };
    assert!(matches!(event("m.room.member", json!({"membership": "join"})), Kind::Membership));
    assert!(matches!(event("m.room.third_party_invite", json!({})), Kind::Membership));
    assert!(matches!(event("m.reaction", json!({})), Kind::Other));
    assert!(matches!(event("m.poll.response", json!({})), Kind::Other));
    assert!(matches!(
        event("m.room.message", json!({"msgtype": "m.key.verification.request", "body": "x"})),
        Kind::Other
    ));
    assert!(
        matches!(event("m.room.tombstone", json!({"replacement_room": "!new:b.example"})), Kind::Tombstone(room) if room == "!new:b.example")
    );
    assert!(matches!(event("m.room.tombstone", json!({"replacement_room": 5})), Kind::Other));
    let sealed = event("m.room.encrypted", json!({"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgAEp"}));
    assert!(matches!(sealed, Kind::Post(found, _) if found.text.is_empty()));
}

#[test]
fn what_is_no_event_says_so_and_a_huge_one_is_cut() {
    for slice in ["7", "{}", "{\"event_id\":\"\"}", "[", "{\"event_id\":5}"] {
        assert!(matches!(read(slice, &|id| id.to_owned()).kind, Kind::Malformed(_)), "{slice}");
    }
    let long = "w".repeat(POST_TEXT_BYTES_MAX + 5);
    let event = read_value(&message(json!({"msgtype": "m.text", "body": long})));
    assert_eq!(event.notes.len(), 1);
    assert!(matches!(event.kind, Kind::Post(found, _) if found.text.len() == POST_TEXT_BYTES_MAX));
}
