//! Exports of an invented channel, in both forms, whole and broken.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use vedette_core::{Found, Haul, VersionState};

use crate::folder::import;
use crate::testing::World;

fn imported(root: &Path) -> Vec<Haul> {
    let mut hauls = Vec::new();
    import(&[root.to_owned()], &World::new().env(), &mut |haul| {
        hauls.push(haul);
        Ok(())
    })
    .unwrap();
    hauls
}

fn found(hauls: &[Haul]) -> Vec<&Found> {
    hauls.iter().flat_map(|haul| &haul.found).collect()
}

fn notes(hauls: &[Haul]) -> String {
    hauls.iter().flat_map(|haul| &haul.notes).map(String::as_str).collect::<Vec<_>>().join("\n")
}

/// Id, text, handles, time, author, what it answers, files.
type Content = (String, String, String, Option<String>, Option<String>, Option<String>, Vec<String>);

/// What a post says, without how the export wrote it down.
fn content(found: &Found) -> Content {
    let files = found.files.iter().map(|file| match &file.bytes {
        Ok(bytes) => format!("{} {}", file.name, String::from_utf8_lossy(bytes)),
        Err(_) => format!("{} missing", file.name),
    });
    (
        found.native_id.clone(),
        found.text.clone(),
        found.handles.join(" "),
        found.posted_at.map(|time| time.to_string()),
        found.author.clone(),
        found.thread_of.clone(),
        files.collect(),
    )
}

fn message(id: i64, text: Value) -> Value {
    json!({ "id": id, "type": "message", "date": "2026-11-01T10:00:00", "date_unixtime": "1793527200",
        "from": "Lantern Media", "from_id": "channel77", "text": text })
}

fn with(mut message: Value, more: Value) -> Value {
    for (key, value) in more.as_object().unwrap() {
        message[key] = value.clone();
    }
    message
}

fn chat(kind: &str, name: &str, id: i64, messages: &[Value]) -> Value {
    json!({ "name": name, "type": kind, "id": id, "messages": messages })
}

/// One channel as both forms of export tell it, with the files beside it.
fn write_json(root: &Path) {
    let messages = [
        json!({ "id": 1, "type": "service", "date": "2026-11-01T09:00:00", "actor": "Lantern Media", "action": "create_channel", "text": "" }),
        message(2, json!("The lamp is lit\nin Kelmora & Tessgate")),
        with(
            message(
                3,
                json!(["Ask ", { "type": "mention", "text": "@wick_tess" }, " or ", { "type": "mention_name", "text": "Tess", "user_id": 5 }, { "type": "bold", "text": " now" }]),
            ),
            json!({ "reply_to_message_id": 2, "photo": "photos/photo_1.jpg" }),
        ),
        with(
            message(4, json!("")),
            json!({ "media_type": "sticker", "file": "stickers/s.webp", "sticker_emoji": "x" }),
        ),
        with(
            message(5, json!("the issue")),
            json!({ "file": "(File not included. Change data exporting settings to download.)", "mime_type": "application/pdf" }),
        ),
        with(
            message(6, json!("")),
            json!({ "poll": { "question": "Which town?", "closed": false, "total_voters": 3, "answers": [{ "text": "Kelmora", "voters": 1 }, { "text": "Ardun Bay", "voters": 2 }] } }),
        ),
        json!({ "id": 7, "type": "service", "date": "2026-11-01T11:00:00", "actor": "Somebody", "action": "invite_members", "members": ["Somebody Else"], "text": "" }),
    ];
    fs::create_dir_all(root.join("photos")).unwrap();
    fs::write(root.join("photos/photo_1.jpg"), "jpeg").unwrap();
    fs::write(root.join("photos/photo_1_thumb.jpg"), "thumb").unwrap();
    fs::write(root.join("result.json"), chat("public_channel", "Lantern Media", 77, &messages).to_string()).unwrap();
}

const HEAD: &str = "<!DOCTYPE html><html><head><title>Exported Data</title></head><body><div class=\"page_wrap\">
 <div class=\"page_header\"><div class=\"content\"><div class=\"text bold\">
Lantern Media
 </div></div></div><div class=\"page_body chat_page\"><div class=\"history\">";

fn page_message(id: i64, joined: bool, inner: &str) -> String {
    let (class, from) =
        if joined { (" joined", "") } else { ("", "<div class=\"from_name\">\nLantern Media \n</div>") };
    format!(
        "\n<div class=\"message default clearfix{class}\" id=\"message{id}\">\n<div class=\"body\">\n<div class=\"pull_right date details\" \
         title=\"01.11.2026 12:00:00 UTC+02:00\">\n12:00\n</div>\n{from}\n{inner}\n</div>\n</div>"
    )
}

fn service(id: i64, text: &str) -> String {
    format!(
        "\n<div class=\"message service\" id=\"message{id}\">\n<div class=\"body details\">\n{text}\n</div>\n</div>"
    )
}

fn write_html(root: &Path) {
    let first = [
        HEAD.to_owned(),
        service(-1, "1 November 2026"),
        service(1, "Channel &laquo;Lantern Media&raquo; created"),
        page_message(2, false, "<div class=\"text\">\nThe lamp is lit<br>in Kelmora &amp; Tessgate\n</div>"),
        page_message(
            3,
            true,
            "<div class=\"reply_to details\">\nIn reply to <a href=\"#go_to_message2\" onclick=\"return GoToMessage(2)\">this message</a>\n</div>\
            <div class=\"media_wrap clearfix\"><a class=\"photo_wrap clearfix pull_left\" href=\"photos/photo_1.jpg\"><img class=\"photo\" src=\"photos/photo_1_thumb.jpg\"/></a></div>\
            <div class=\"text\">\nAsk <a href=\"https://t.me/wick_tess\">@wick_tess</a> or <a href=\"\" onclick=\"return ShowMentionName()\">Tess</a><strong> now</strong>\n</div>",
        ),
        "</div></div></div></body></html>".to_owned(),
    ];
    let second = [
        HEAD.to_owned(),
        page_message(
            4,
            false,
            "<div class=\"media_wrap clearfix\"><a class=\"sticker_wrap clearfix pull_left\" href=\"stickers/s.webp\"></a></div>",
        ),
        page_message(
            5,
            true,
            "<div class=\"media_wrap clearfix\"><div class=\"media clearfix pull_left media_file\"><div class=\"body\"><div class=\"title bold\">\nwick.pdf\n</div>\
            <div class=\"description\">\nNot included, change data exporting settings to download.\n</div></div></div></div><div class=\"text\">\nthe issue\n</div>",
        ),
        page_message(
            6,
            true,
            "<div class=\"media_wrap clearfix\"><div class=\"media_poll\"><div class=\"question bold\">\nWhich town?\n</div><div class=\"details\">\nAnonymous poll\n</div>\
            <div class=\"answer\">\n- Kelmora <span class=\"details\">1 vote</span>\n</div><div class=\"answer\">\n- Ardun Bay <span class=\"details\">2 votes</span>\n</div>\
            <div class=\"total details\">\n3 votes\n</div></div></div>",
        ),
        service(7, "Somebody invited Somebody Else"),
        "</div></div></div></body></html>".to_owned(),
    ];
    fs::create_dir_all(root.join("photos")).unwrap();
    fs::write(root.join("photos/photo_1.jpg"), "jpeg").unwrap();
    fs::write(root.join("messages.html"), first.concat()).unwrap();
    fs::write(root.join("messages2.html"), second.concat()).unwrap();
}

#[test]
fn both_forms_of_an_export_give_the_same_posts() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (folder.path().join("ChatExport_a"), folder.path().join("ChatExport_b"));
    write_json(&a);
    write_html(&b);
    let (json, html) = (imported(&a), imported(&b));
    let contents = |hauls: &[Haul]| found(hauls).into_iter().map(content).collect::<Vec<_>>();
    assert_eq!(contents(&json), contents(&html));
    let posts = found(&json);
    assert_eq!(
        posts.iter().map(|post| post.native_id.as_str()).collect::<Vec<_>>(),
        [
            "telegram:Lantern Media#2",
            "telegram:Lantern Media#3",
            "telegram:Lantern Media#5",
            "telegram:Lantern Media#6",
        ]
    );
    assert_eq!(posts[0].text, "The lamp is lit\nin Kelmora & Tessgate");
    assert_eq!(posts[0].posted_at.unwrap().to_string(), "2026-11-01T10:00:00Z");
    assert_eq!(posts[1].text, "Ask @wick_tess or Tess now");
    assert_eq!(posts[1].handles, ["Tess", "wick_tess"]);
    assert_eq!(posts[1].thread_of.as_deref(), Some("telegram:Lantern Media#2"));
    assert_eq!(posts[1].files[0].bytes.as_deref(), Ok(b"jpeg".as_slice()));
    assert!(posts[2].files[0].bytes.is_err());
    assert_eq!(posts[3].text, "Which town?\n- Kelmora\n- Ardun Bay");
    for hauls in [&json, &html] {
        assert!(notes(hauls).contains("2 service messages"), "{}", notes(hauls));
        assert!(notes(hauls).contains("1 stickers were left out"), "{}", notes(hauls));
        let kept = format!("{hauls:?}");
        assert!(!kept.contains("Somebody"), "who joined is never kept");
    }
    let exact = fs::read_to_string(a.join("result.json")).unwrap();
    assert!(exact.contains(std::str::from_utf8(&posts[1].exhibit).unwrap()), "the exhibit is the exact slice");
    let exact = fs::read_to_string(b.join("messages.html")).unwrap();
    assert!(exact.contains(std::str::from_utf8(&found(&html)[1].exhibit).unwrap()));
}

#[test]
fn a_second_import_and_another_order_of_messages_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("export");
    fs::create_dir(&root).unwrap();
    let mut messages: Vec<Value> = (1..40).map(|n| message(n, json!(format!("post {n}")))).collect();
    let write = |messages: &[Value]| {
        fs::write(root.join("result.json"), chat("public_channel", "Lantern Media", 77, messages).to_string()).unwrap();
        let hauls = imported(&root);
        let mut all: Vec<_> = found(&hauls).into_iter().map(|post| (content(post), post.exhibit.clone())).collect();
        all.sort();
        all
    };
    let first = write(&messages);
    assert_eq!(first.len(), 39);
    assert_eq!(write(&messages), first);
    messages.reverse();
    assert_eq!(write(&messages), first);
    let description_last =
        serde_json::from_str::<Value>(&chat("public_channel", "Lantern Media", 77, &messages).to_string()).unwrap();
    let text = format!(
        "{{\"messages\":{},\"id\":77,\"type\":\"public_channel\",\"name\":\"Lantern Media\"}}",
        description_last["messages"]
    );
    fs::write(root.join("result.json"), text).unwrap();
    assert_eq!(found(&imported(&root)).len(), 39, "the description may follow the messages");
}

#[test]
fn only_channels_and_groups_of_an_account_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("DataExport");
    fs::create_dir(&root).unwrap();
    let one = |kind: &str, name: &str, id: i64| chat(kind, name, id, &[message(1, json!(format!("in {name} {id}")))]);
    let secret = "+000 555 0199";
    let account = json!({
        "about": "…", "personal_information": { "user_id": 1, "phone_number": secret },
        "contacts": { "list": [{ "first_name": "Private", "phone_number": secret }] },
        "sessions": { "list": [{ "ip": secret }] },
        "chats": { "about": "…", "list": [
            one("personal_chat", "A Person", 1), one("saved_messages", "Saved", 2), one("bot_chat", "Bot", 3),
            one("public_channel", "Lantern Media", 4), one("public_channel", "Lantern Media", 5),
            one("private_supergroup", "Wick Readers", 6), { "name": "no kind", "messages": [message(1, json!("?"))] },
        ]},
        "left_chats": { "list": [one("public_supergroup", "Old Room", 7)] },
    });
    fs::write(root.join("result.json"), account.to_string()).unwrap();
    let hauls = imported(&root);
    let ids: Vec<&str> = found(&hauls).into_iter().map(|post| post.native_id.as_str()).collect();
    assert_eq!(
        ids,
        ["telegram:Lantern Media~4#1", "telegram:Lantern Media~5#1", "telegram:Wick Readers#1", "telegram:Old Room#1",]
    );
    let told = notes(&hauls);
    assert!(told.contains("1 chats of type personal_chat were left out") && told.contains("saved_messages"), "{told}");
    assert!(told.contains("`Wick Readers` is a private supergroup"), "{told}");
    let kept = format!("{hauls:?}");
    assert!(!kept.contains(secret) && !kept.contains("A Person"), "nothing of private chats is kept or told");
}

#[test]
fn pages_of_private_chats_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("DataExport");
    for (number, second) in [("chat_001", "Lantern Media"), ("chat_002", "A Person")] {
        let chat = root.join("chats").join(number);
        fs::create_dir_all(&chat).unwrap();
        let page = [
            HEAD.to_owned(),
            page_message(1, false, "<div class=\"text\">one</div>"),
            page_message(2, false, "<div class=\"text\">two</div>").replace("Lantern Media", second),
        ]
        .concat();
        fs::write(chat.join("messages.html"), page).unwrap();
    }
    // Each chat alone: one sender is a channel, two of whom one is its name are a conversation.
    for (number, posts) in [("chat_001", 2), ("chat_002", 0)] {
        let alone = folder.path().join(format!("alone-{number}"));
        fs::create_dir(&alone).unwrap();
        fs::copy(root.join("chats").join(number).join("messages.html"), alone.join("messages.html")).unwrap();
        let hauls = imported(&alone);
        assert_eq!(found(&hauls).len(), posts, "{number} {}", notes(&hauls));
    }
    fs::create_dir(root.join("lists")).unwrap();
    let entry = |number: &str, kind: &str| {
        format!(
            "<a class=\"entry block_link clearfix\" href=\"../chats/{number}/messages.html#allow_back\"><div class=\"body\">\
         <div class=\"pull_right info details\">\n{kind}\n</div><div class=\"name bold\">x</div></div></a>"
        )
    };
    let list = format!(
        "<title>Exported Data</title><div class=\"page_wrap\">{}{}</div>",
        entry("chat_001", "private"),
        entry("chat_002", "group")
    );
    fs::write(root.join("lists/chats.html"), list).unwrap();
    let hauls = imported(&root);
    let texts: Vec<&str> = found(&hauls).into_iter().map(|post| post.text.as_str()).collect();
    assert_eq!(texts, ["one", "two"], "{}", notes(&hauls));
    assert_eq!(found(&hauls)[1].author.as_deref(), Some("A Person"), "the list says that the second is a group");
    assert!(notes(&hauls).contains("chats of kind private"), "{}", notes(&hauls));
}

#[test]
fn paths_lead_to_nothing_but_files_beside_the_export() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("secret.txt"), "secret").unwrap();
    let root = folder.path().join("export");
    fs::create_dir_all(root.join("files")).unwrap();
    std::os::unix::fs::symlink(folder.path().join("secret.txt"), root.join("files/link.txt")).unwrap();
    let paths = [
        "../secret.txt",
        "/etc/hostname",
        "files/link.txt",
        "files/../../secret.txt",
        "files\\..\\..\\secret.txt",
        "files/none.pdf",
        "\u{0}",
    ];
    let messages: Vec<Value> =
        (1..).zip(paths).map(|(id, path)| with(message(id, json!("x")), json!({ "file": path }))).collect();
    fs::write(root.join("result.json"), chat("public_channel", "Lantern Media", 77, &messages).to_string()).unwrap();
    let hauls = imported(&root);
    assert_eq!(found(&hauls).len(), paths.len());
    assert!(found(&hauls).iter().all(|post| post.files[0].bytes.is_err()));
    assert!(!format!("{hauls:?}").contains("secret\\n"));
}

#[test]
fn files_beside_an_export_that_are_not_its_own_are_posts_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("export");
    write_json(&root);
    fs::write(root.join("remark.txt"), "a remark").unwrap();
    let ids: Vec<String> = found(&imported(&root)).into_iter().map(|post| post.native_id.clone()).collect();
    assert_eq!(ids.len(), 5, "{ids:?}");
    assert!(ids.contains(&"export/remark.txt".to_owned()));
}

#[test]
fn broken_and_hostile_messages_are_notes_and_the_next_one_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("export");
    fs::create_dir(&root).unwrap();
    let deep = format!("{{\"id\":1,\"type\":\"message\",\"text\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let long = format!("{{\"id\":1,\"type\":\"message\",\"text\":\"{}\"}}", "x".repeat(5 << 20));
    for hostile in [
        "{\"id\":99999999999999999999999,\"type\":\"message\",\"text\":\"x\"}",
        "{\"id\":\"7\",\"type\":\"message\"}",
        "{\"id\":1.5e300,\"type\":\"message\"}",
        "{\"id\":1,\"type\":[]}",
        "[]",
        "7",
        "null",
        "\"text\"",
        deep.as_str(),
        long.as_str(),
    ] {
        let good = message(8, json!("still here")).to_string();
        let text = format!(
            "{{\"name\":\"Lantern Media\",\"type\":\"public_channel\",\"id\":77,\"messages\":[{hostile},{good}]}}"
        );
        fs::write(root.join("result.json"), text).unwrap();
        let hauls = imported(&root);
        let texts: Vec<&str> = found(&hauls).into_iter().map(|post| post.text.as_str()).collect();
        assert_eq!(texts, ["still here"], "{}", hostile.chars().take(60).collect::<String>());
        assert!(notes(&hauls).contains("left out"), "{}", notes(&hauls));
    }
    for odd in [
        json!({ "date_unixtime": "99999999999999999", "date": "soon" }),
        json!({ "date_unixtime": [], "date": {} }),
        json!({ "text": { "a": [] }, "poll": 7, "edited_unixtime": -1, "from": null, "forwarded_from_id": 7 }),
    ] {
        let messages = [with(message(8, json!("x")), odd)];
        fs::write(root.join("result.json"), chat("public_channel", "Lantern Media", 77, &messages).to_string())
            .unwrap();
        assert_eq!(found(&imported(&root)).len(), 1, "odd fields do not cost the message");
    }
}

#[test]
fn a_cut_off_export_gives_what_came_before() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("export");
    fs::create_dir(&root).unwrap();
    let messages: Vec<Value> = (1..6).map(|n| message(n, json!(format!("post {n}")))).collect();
    let whole = chat("public_channel", "Lantern Media", 77, &messages).to_string();
    // Keys stand in alphabetical order here: the description of the chat follows its messages, so write it first.
    let messages = serde_json::to_string(&messages).unwrap();
    let text = format!("{{\"name\":\"Lantern Media\",\"type\":\"public_channel\",\"id\":77,\"messages\":{messages}}}");
    assert_eq!(text.len(), whole.len());
    let mut counts = std::collections::BTreeSet::new();
    for cut in (40..text.len()).step_by(7).chain([text.len() - 1]) {
        fs::write(root.join("result.json"), &text.as_bytes()[..cut]).unwrap();
        let hauls = imported_or_none(&root);
        counts.insert(found(&hauls).len());
    }
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
    let page = [
        HEAD.to_owned(),
        page_message(1, false, "<div class=\"text\">one</div>"),
        page_message(2, true, "<div class=\"text\">two</div>"),
    ]
    .concat();
    fs::remove_file(root.join("result.json")).unwrap();
    for cut in (HEAD.len()..page.len()).step_by(11) {
        fs::write(root.join("messages.html"), &page.as_bytes()[..cut]).unwrap();
        assert!(found(&imported_or_none(&root)).len() <= 2);
    }
}

fn imported_or_none(root: &Path) -> Vec<Haul> {
    let mut hauls = Vec::new();
    let outcome = import(&[root.to_owned()], &World::new().env(), &mut |haul| {
        hauls.push(haul);
        Ok(())
    });
    // A head that is not yet recognised as an export is a folder without anything to take in.
    assert!(outcome.is_ok() || hauls.is_empty());
    hauls
}

#[test]
fn bytes_that_are_no_utf8_are_read_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("export");
    fs::create_dir(&root).unwrap();
    let mut text = b"{\"name\":\"Lantern Media\",\"type\":\"public_channel\",\"id\":77,\"messages\":[{\"id\":1,\"type\":\"message\",\"text\":\"caf".to_vec();
    text.extend_from_slice(b"\xe9\"}]}");
    fs::write(root.join("result.json"), text).unwrap();
    let hauls = imported(&root);
    assert_eq!(found(&hauls)[0].text, "caf\u{fffd}");
    assert!(found(&hauls)[0].exhibit.contains(&0xe9));
}

#[test]
fn an_edited_message_is_an_edited_version() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("export");
    fs::create_dir(&root).unwrap();
    let messages = [
        with(message(1, json!("changed")), json!({ "edited": "2026-11-01T11:00:00", "edited_unixtime": "1793530800" })),
        with(message(2, json!("old form")), json!({ "edited": "1970-01-01T03:00:00", "edited_unixtime": "0" })),
    ];
    fs::write(root.join("result.json"), chat("public_channel", "Lantern Media", 77, &messages).to_string()).unwrap();
    let hauls = imported(&root);
    let posts = found(&hauls);
    assert_eq!(
        (posts[0].state, posts[0].edited_at.unwrap().to_string().as_str()),
        (VersionState::Edited, "2026-11-01T11:00:00Z")
    );
    assert_eq!((posts[1].state, posts[1].edited_at), (VersionState::Posted, None));
}
