//! What a message becomes.

use super::*;

fn read_one(json: &str) -> Message {
    read(json, &|id| format!("http://chat.example/channel/r?msg={id}"))
}

fn post_of(json: &str) -> (Found, Vec<WantedFile>) {
    match read_one(json).kind {
        Kind::Post(found, wanted) => (*found, wanted),
        other => panic!("{json} is {other:?}"),
    }
}

fn links(json: &str) -> Vec<String> {
    post_of(json).1.into_iter().map(|file| file.link).collect()
}

#[test]
fn a_plain_post_keeps_its_exact_slice() {
    let json = r#"{ "_id":"a1",  "msg":"caf\u00e9 @wick_keeper", "ts":"2026-11-01T10:00:00.123Z","u":{"username":"lamp","name":"L"},
        "alias":"The Lamp","tmid":"a0","mentions":[{"type":"user","username":"wick_keeper"},{"_id":"all","username":"all"},{"type":"team","username":"t"}],
        "_updatedAt":"2026-11-01T10:00:00.125Z"}"#;
    let message = read_one(json);
    assert_eq!((message.ts_ms.unwrap() % 1000, message.updated_ms.unwrap() % 1000), (123, 125));
    let (found, _) = post_of(json);
    assert_eq!(found.exhibit, json.as_bytes());
    assert_eq!(found.text, "café @wick_keeper");
    assert_eq!(found.author.as_deref(), Some("lamp"));
    assert_eq!(found.handles, ["wick_keeper"]);
    assert_eq!(found.thread_of.as_deref(), Some("a0"));
    assert_eq!(found.url.as_deref(), Some("http://chat.example/channel/r?msg=a1"));
    assert_eq!(found.state, VersionState::Posted);
    assert_eq!(found.posted_at.unwrap().to_string(), "2026-11-01T10:00:00.123Z");
}

#[test]
fn kinds_of_messages_are_told_apart() {
    for (json, expected) in [
        (r#"{"_id":"a","msg":"x"}"#, "post posted"),
        (r#"{"_id":"a","msg":"x","editedAt":"2026-11-01T10:00:00Z"}"#, "post edited"),
        (r#"{"_id":"a","msg":"x","editedAt":{"$date":1761990000000}}"#, "post edited"),
        (r#"{"_id":"a","msg":"","t":"rm","editedAt":"2026-11-01T10:00:00Z"}"#, "post deleted"),
        (r#"{"_id":"a","msg":"AAAA","t":"e2e"}"#, "post posted"),
        (r#"{"_id":"a","msg":"lamp","t":"uj"}"#, "membership"),
        (r#"{"_id":"a","msg":"lamp","t":"ul","_hidden":true}"#, "membership"),
        (r#"{"_id":"a","msg":"lamp","t":"ru"}"#, "membership"),
        (r#"{"_id":"a","msg":"lamp","t":"au"}"#, "membership"),
        (r#"{"_id":"a","msg":"new name","t":"r"}"#, "system"),
        (r#"{"_id":"a","msg":"x","_hidden":true,"parent":"b"}"#, "system"),
        (r#"{"_id":"a","msg":"Side room","t":"discussion-created","drid":"d"}"#, "discussion"),
        (r#"{"msg":"x"}"#, "malformed"),
        (r#"{"_id":7,"msg":"x"}"#, "malformed"),
        (r#"[]"#, "malformed"),
        (r#"null"#, "malformed"),
    ] {
        let message = read_one(json);
        let word = match &message.kind {
            Kind::Post(found, _) => format!("post {}", found.state.word()),
            Kind::Membership => "membership".to_owned(),
            Kind::System => "system".to_owned(),
            Kind::Discussion(_) => "discussion".to_owned(),
            Kind::Malformed(_) => "malformed".to_owned(),
        };
        assert_eq!(word, expected, "{json}");
    }
}

#[test]
fn an_encrypted_message_is_kept_without_text_and_says_so() {
    let message = read_one(r#"{"_id":"a","msg":"AAAA","t":"e2e"}"#);
    assert_eq!(message.notes.len(), 1);
    let Kind::Post(found, _) = message.kind else { panic!("not a post") };
    assert_eq!(found.text, "");
}

#[test]
fn the_original_of_a_file_is_fetched_and_never_the_thumbnail() {
    let json = r#"{"_id":"a","msg":"","files":[{"_id":"F1","name":"poster.png","type":"image/png"},
        {"_id":"T1","name":"thumb-poster.png","typeGroup":"thumb"}],
        "attachments":[{"title":"poster.png","type":"file","description":"Look at this","title_link":"/file-upload/F1/poster.png",
        "title_link_download":true,"image_url":"/file-upload/T1/thumb-poster.png","image_type":"image/jpeg"}]}"#;
    let (found, wanted) = post_of(json);
    assert_eq!(found.text, "Look at this");
    assert_eq!(
        wanted,
        [WantedFile {
            name: "poster.png".into(),
            media_type: Some("image/png".into()),
            link: "/file-upload/F1/poster.png".into()
        }]
    );
}

#[test]
fn files_are_found_in_every_form_and_other_links_are_not() {
    for (json, expected) in [
        // No title_link: the first file stands for the original.
        (
            r#"{"_id":"a","files":[{"_id":"F1","name":"p q.png"},{"_id":"T","name":"thumb-p q.png"}],
            "attachments":[{"image_url":"/file-upload/T/thumb-p%20q.png"}]}"#,
            vec!["/file-upload/F1/p%20q.png"],
        ),
        (r#"{"_id":"a","file":{"_id":"F1","name":"v.mp4"}}"#, vec!["/file-upload/F1/v.mp4"]),
        (r#"{"_id":"a","attachments":[{"video_url":"/file-upload/F2/v.mp4"}]}"#, vec!["/file-upload/F2/v.mp4"]),
        (
            r#"{"_id":"a","attachments":[{"title":"News","title_link":"http://press.example/a","text":"words"}]}"#,
            vec![],
        ),
        (
            r#"{"_id":"a","attachments":[{"title":"x","title_link":"http://evil.example/x.png","title_link_download":true}]}"#,
            vec!["http://evil.example/x.png"],
        ),
        (
            r#"{"_id":"a","attachments":[{"message_link":"http://chat.example/channel/r?msg=b","text":"quoted",
            "attachments":[{"title_link":"/file-upload/F9/x.png","type":"file"}]}]}"#,
            vec![],
        ),
        (r#"{"_id":"a","attachments":[{"image_url":"data:image/png;base64,AAAA"}]}"#, vec![]),
        (r#"{"_id":"a","attachments":"nonsense","files":7}"#, vec![]),
        (
            r#"{"_id":"a","files":[{"_id":"F1","name":"../../etc/passwd"}]}"#,
            vec!["/file-upload/F1/..%2F..%2Fetc%2Fpasswd"],
        ),
    ] {
        assert_eq!(links(json), expected, "{json}");
    }
}

#[test]
fn quotes_are_not_text_and_cards_are() {
    let quote = r#"{"_id":"a","msg":"see","attachments":[{"message_link":"x","text":"other post","author_name":"p"}]}"#;
    assert_eq!(post_of(quote).0.text, "see");
    let card = r#"{"_id":"a","msg":"","attachments":[{"title":"Issue 7","text":"is out"}]}"#;
    assert_eq!(post_of(card).0.text, "Issue 7\nis out");
}

#[test]
fn a_text_over_the_limit_is_cut_between_characters_and_the_exhibit_keeps_all() {
    let json = format!(r#"{{"_id":"a","msg":"{}"}}"#, "é".repeat(POST_TEXT_BYTES_MAX / 2 + 1));
    let message = read_one(&json);
    assert_eq!(message.notes.len(), 1);
    let (found, _) = post_of(&json);
    assert_eq!(found.text.len(), POST_TEXT_BYTES_MAX);
    assert_eq!(found.exhibit.len(), json.len());
}

#[test]
fn half_a_surrogate_pair_does_not_hide_a_message() {
    for (escaped, expected) in [
        (r"a\ud83db", "a\u{fffd}b"),
        (r"\ude00", "\u{fffd}"),
        (r"\ud83d\ude00\ud83d", "😀\u{fffd}"),
        (r"\\ud83d", r"\ud83d"),
        (r#"\"\ud83d"#, "\"\u{fffd}"),
    ] {
        let json = format!(r#"{{"_id":"a","msg":"{escaped}"}}"#);
        let (found, _) = post_of(&json);
        assert_eq!(found.text, expected, "{escaped}");
        assert_eq!(found.exhibit, json.as_bytes());
    }
}

#[test]
fn a_deletion_is_a_deleted_version_without_text() {
    let json = r#"{"_id":"a","_deletedAt":"2026-11-01T10:00:00.000Z"}"#;
    let message = read_deletion(json, &|id| id.to_owned());
    assert!(message.updated_ms.is_some());
    let Kind::Post(found, files) = message.kind else { panic!("not a post") };
    assert_eq!((found.state, found.text.as_str(), files.len()), (VersionState::Deleted, "", 0));
    assert_eq!(found.exhibit, json.as_bytes());
    assert!(matches!(read_deletion("{}", &|id| id.to_owned()).kind, Kind::Malformed(_)));
}
