//! The Matrix connector against a real Matrix server.

#![allow(clippy::unwrap_used)] // a test may panic

mod ledger;
mod server;

use jiff::Timestamp;
use serde_json::json;
use vedette_collect::Env;
use vedette_collect::{CollectError, Secret, check};
use vedette_core::{
    Authorisation, AuthorityKind, GapNote, NewSource, PageKeep, Source, SourceHealth, SourceId, SourceKind,
    SourceState, VersionState,
};

use ledger::Ledger;
use server::{Person, Synapse};

const POSTER: &[u8] = b"\x89PNG\r\n\x1a\n an invented poster";

fn source(server: &Synapse, room: &str, kind: AuthorityKind) -> Source {
    Source {
        id: SourceId(3),
        asked: NewSource {
            kind: SourceKind::Matrix,
            address: server.base.clone(),
            room: Some(room.to_owned()),
            name: "Lantern Media".to_owned(),
            outlet: None,
            countries: Vec::new(),
            allow_private: vec!["127.0.0.1".to_owned()],
            secret: None,
            authorisation: Authorisation {
                authorised_by: "A. Supervisor".to_owned(),
                basis: "public room".to_owned(),
                kind,
                recorded_at: Timestamp::UNIX_EPOCH,
                until: None,
            },
            reach: vedette_core::Reach { pace_ms: Some(0), ..vedette_core::Reach::default() },
            keeping: vedette_core::Keeping::default(),
        },
        state: SourceState::Active,
        added_at: Timestamp::UNIX_EPOCH,
        health: SourceHealth::default(),
    }
}

fn token(person: &Person) -> Secret {
    Secret::Token { user_id: person.id.clone(), token: person.token.clone() }
}

#[test]
fn a_real_matrix_server_is_followed() {
    if std::env::var("VEDETTE_SKIP_SYNAPSE").is_ok_and(|value| value == "1") {
        eprintln!("SKIPPED: VEDETTE_SKIP_SYNAPSE=1, so nothing was tested against a real Matrix server");
        return;
    }
    let server = Synapse::start();
    let (keeper, lamp, watcher) = (server.person("keeper"), server.person("lamp"), server.person("watcher"));
    joined_room(&server, &keeper, &lamp, &watcher);
    crashes(&server, &keeper, &watcher);
    upgrade(&server, &keeper, &watcher);
    open_room(&server, &keeper, &watcher);
    closed_doors(&server, &keeper, &watcher);
}

fn joined_room(server: &Synapse, keeper: &Person, lamp: &Person, watcher: &Person) {
    let room = keeper.room("wick", json!({}));
    lamp.join(&room);
    watcher.join(&room);
    let first = keeper.say(&room, "The Meridian Cup begins.");
    let edited = keeper.say(&room, "Gates open at nine.");
    keeper.edit(&room, &edited, "Gates open at ten.");
    keeper.edit(&room, &edited, "Gates open at eleven.");
    let deleted = keeper.say(&room, "Nobody will see this.");
    keeper.redact(&room, &deleted);
    let both = keeper.say(&room, "one");
    keeper.edit(&room, &both, "two");
    keeper.redact(&room, &both);
    let forged = lamp.edit(&room, &first, "words that the keeper never said");
    let answer = json!({"msgtype": "m.text", "body": "> <@keeper:lantern.example> The Meridian Cup begins.\n\nAt last, @keeper:lantern.example",
        "m.relates_to": {"m.in_reply_to": {"event_id": first}}});
    let reply = lamp.send(&room, "m.room.message", answer);
    let thread =
        json!({"msgtype": "m.text", "body": "more of it", "m.relates_to": {"rel_type": "m.thread", "event_id": first}});
    let thread = lamp.send(&room, "m.room.message", thread);
    let liked = lamp.send(
        &room,
        "m.reaction",
        json!({"m.relates_to": {"rel_type": "m.annotation", "event_id": first, "key": "x"}}),
    );
    lamp.redact(&room, &liked);
    let picture = keeper.upload("poster.png", POSTER);
    let image = json!({"msgtype": "m.image", "body": "Tessgate, tonight", "filename": "poster.png", "url": picture, "info": {"mimetype": "image/png"}});
    let image = keeper.send(&room, "m.room.message", image);
    let secret = json!({"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgAEp", "session_id": "s", "sender_key": "k", "device_id": "d"});
    let sealed = keeper.send(&room, "m.room.encrypted", secret);
    for n in 0..230 {
        keeper.say(&room, &format!("post {n}"));
    }

    let (source, secret) = (source(server, "#wick:lantern.example", AuthorityKind::Public), token(watcher));
    let lines = check(&source, Some(&secret), Env::real()).unwrap();
    assert!(lines[0].contains("@watcher:lantern.example") && lines[1].contains("the account is in it"), "{lines:?}");
    let mut ledger = Ledger::default();
    ledger.round(&source, &secret).unwrap();
    let (posted, edit, gone) = (VersionState::Posted, VersionState::Edited, VersionState::Deleted);
    assert_eq!(ledger.states(&first), [(posted, "The Meridian Cup begins.")]);
    assert_eq!(
        ledger.states(&edited),
        [(posted, "Gates open at nine."), (edit, "Gates open at ten."), (edit, "Gates open at eleven.")]
    );
    assert_eq!(ledger.states(&deleted), [(gone, "")]);
    assert_eq!(ledger.states(&both).last(), Some(&(gone, "")), "a deletion is stored after the edits before it");
    assert_eq!(ledger.states(&both)[0], (edit, "two"), "an edit outlives the redaction of its post on this server");
    assert_eq!(ledger.states(&forged), [(posted, "words that the keeper never said")]);
    assert_eq!(ledger.states(&reply), [(posted, "At last, @keeper:lantern.example")]);
    let (reply, thread, thread_id) = (&ledger.posts[&reply][0], &ledger.posts[&thread][0], thread.clone());
    assert_eq!(reply.thread_of.as_deref(), Some(first.as_str()));
    assert_eq!(reply.handles, ["@keeper:lantern.example"]);
    assert_eq!(thread.thread_of.as_deref(), Some(first.as_str()));
    let image = &ledger.posts[&image][0];
    assert_eq!((image.text.as_str(), image.files[0].name.as_str()), ("Tessgate, tonight", "poster.png"));
    assert_eq!(image.files[0].bytes.as_deref(), Ok(POSTER));
    assert_eq!(ledger.states(&sealed), [(posted, "")]);
    assert!(!ledger.posts.contains_key(&liked), "a reaction is no post, and neither is its deletion");
    let count = (0..230).filter(|n| ledger.posts.values().any(|found| found[0].text == format!("post {n}"))).count();
    assert_eq!(count, 230);
    for (page, keep) in &ledger.pages {
        assert!(*keep != PageKeep::Sealed || !page.contains("m.room.member"), "a page with members was kept");
    }
    for found in ledger.posts.values().flatten() {
        assert!(ledger.pages.iter().any(|(page, _)| page.contains(std::str::from_utf8(&found.exhibit).unwrap())));
    }
    ledger.round(&source, &secret).unwrap();
    assert_eq!(ledger.new, 0, "a second round adds nothing");

    for n in 0..140 {
        lamp.say(&room, &format!("late {n}"));
    }
    lamp.edit(&room, &thread_id, "more of it, corrected");
    ledger.gaps.clear();
    ledger.round(&source, &secret).unwrap();
    assert_eq!(ledger.new, 141);
    let opened = ledger.gaps.iter().filter(|gap| matches!(gap, GapNote::Opened { .. })).count();
    let closed = ledger.gaps.iter().filter(|gap| matches!(gap, GapNote::Closed { .. })).count();
    assert_eq!((opened, closed), (1, 1), "{:?}", ledger.gaps);
    println!("joined room: {} posts, {} answers", ledger.posts.len(), ledger.pages.len());
}

fn crashes(server: &Synapse, keeper: &Person, watcher: &Person) {
    let room = keeper.room("bay", json!({}));
    watcher.join(&room);
    let edited = keeper.say(&room, "first words");
    let gone = keeper.say(&room, "soon gone");
    keeper.edit(&room, &gone, "soon gone, surely");
    for n in 0..215 {
        keeper.say(&room, &format!("post {n}"));
    }
    keeper.edit(&room, &edited, "second words");
    keeper.redact(&room, &gone);
    let (source, secret) = (source(server, &room, AuthorityKind::Public), token(watcher));
    let mut whole = Ledger::default();
    whole.round(&source, &secret).unwrap();
    let expected = whole.evidence();
    assert!(expected.len() > 215);
    let mut crashed = 0;
    for stored in [false, true] {
        for at in 0.. {
            let mut ledger = Ledger::default();
            if !ledger.crashing_round(&source, &secret, at, stored) {
                break;
            }
            ledger.round(&source, &secret).unwrap();
            assert_eq!(ledger.evidence(), expected, "a crash at answer {at}, stored: {stored}");
            crashed += 1;
        }
    }
    assert!(crashed > 8, "{crashed}");
    println!("crashes: {crashed} points, {} posts each", expected.len());
}

fn upgrade(server: &Synapse, keeper: &Person, watcher: &Person) {
    let room = keeper.room("hessel", json!({"room_version": "10"}));
    watcher.join(&room);
    keeper.say(&room, "old room");
    let (source, secret) = (source(server, "#hessel:lantern.example", AuthorityKind::Public), token(watcher));
    let mut ledger = Ledger::default();
    ledger.round(&source, &secret).unwrap();
    let new_room = keeper.upgrade(&room);
    let there = keeper.say(&new_room, "new room");
    let error = ledger.round(&source, &secret).unwrap_err().to_string();
    assert!(
        error.contains(&format!("was replaced by {new_room}")) && error.contains("never joins by itself"),
        "{error}"
    );
    watcher.join(&new_room);
    ledger.round(&source, &secret).unwrap();
    assert_eq!(ledger.states(&there), [(VersionState::Posted, "new room")]);
    assert!(ledger.notes.iter().any(|note| note.contains("both are followed")), "{:?}", ledger.notes);
    let later = keeper.say(&new_room, "later");
    keeper.redact(&new_room, &there);
    ledger.round(&source, &secret).unwrap();
    assert_eq!(ledger.states(&later), [(VersionState::Posted, "later")]);
    assert_eq!(ledger.states(&there).last(), Some(&(VersionState::Deleted, "")));
    ledger.round(&source, &secret).unwrap();
    assert_eq!(ledger.new, 0);
}

fn open_room(server: &Synapse, keeper: &Person, watcher: &Person) {
    let open = json!({"initial_state": [{"type": "m.room.history_visibility", "state_key": "", "content": {"history_visibility": "world_readable"}}]});
    let room = keeper.room("kelmora", open);
    for n in 0..120 {
        keeper.say(&room, &format!("open {n}"));
    }
    let (source, secret) = (source(server, "kelmora", AuthorityKind::Public), token(watcher));
    let mut ledger = Ledger::default();
    ledger.round(&source, &secret).unwrap();
    assert_eq!(ledger.posts.len(), 120);
    let mut last = String::new();
    for n in 0..110 {
        last = keeper.say(&room, &format!("news {n}"));
    }
    keeper.edit(&room, &last, "news, corrected");
    ledger.round(&source, &secret).unwrap();
    assert_eq!((ledger.posts.len(), ledger.new), (230, 111));
    ledger.round(&source, &secret).unwrap();
    assert_eq!(ledger.new, 0);
    assert!(!watcher.joined().contains(&room), "a room that is open to readers is read without joining");
}

fn closed_doors(server: &Synapse, keeper: &Person, watcher: &Person) {
    let room = keeper.room("closed", json!({"preset": "private_chat", "invite": [watcher.id]}));
    keeper.say(&room, "among us");
    let secret = token(watcher);
    let round = |source: &Source, secret: &Secret| Ledger::default().round(source, secret).unwrap_err().to_string();
    let error = round(&source(server, &room, AuthorityKind::Owner), &secret);
    assert!(error.contains("Vedette never joins by itself"), "{error}");
    watcher.join(&room);
    let error = round(&source(server, &room, AuthorityKind::Public), &secret);
    assert!(error.contains("--authority owner"), "{error}");
    let owned = source(server, &room, AuthorityKind::Owner);
    let mut ledger = Ledger::default();
    ledger.round(&owned, &secret).unwrap();
    assert_eq!(ledger.posts.len(), 1);
    let error = round(&source(server, "#nowhere:lantern.example", AuthorityKind::Public), &secret);
    assert!(error.contains("was not found"), "{error}");
    let wrong = Secret::Token { user_id: watcher.id.clone(), token: "syt_wrong".to_owned() };
    let error = round(&owned, &wrong);
    assert!(error.contains("M_UNKNOWN_TOKEN") && !error.contains("syt_wrong"), "{error}");
    let password = Secret::Password { user: "watcher".to_owned(), password: "a long enough password".to_owned() };
    let devices = || {
        let devices = watcher.call("GET", "/_matrix/client/v3/devices", &serde_json::Value::Null);
        devices["devices"].as_array().unwrap().len()
    };
    let before = devices();
    let mut ledger = Ledger::default();
    ledger.round(&owned, &password).unwrap();
    assert_eq!(ledger.posts.len(), 1);
    assert_eq!(devices(), before, "a login by password leaves no device behind");
    let wrong = Secret::Password { user: "watcher".to_owned(), password: "guess".to_owned() };
    assert!(matches!(Ledger::default().round(&owned, &wrong), Err(CollectError::Forbidden { .. })));
}
