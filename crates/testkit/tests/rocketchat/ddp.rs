//! The WebSocket of the mock server, as either of the real servers speaks it.
#![allow(clippy::unwrap_used)] // helpers of tests fail as tests do

use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};
use vedette_testkit::rocketchat::plans::{self, ROOM};
use vedette_testkit::rocketchat::{Ddp, NewPost, RocketChat, Settings};

struct Client(WebSocket<TcpStream>);

impl Client {
    fn connect(server: &RocketChat) -> Self {
        let stream =
            TcpStream::connect(server.base_url().trim_start_matches("http://")).expect("the mock answers on loopback");
        stream.set_read_timeout(Some(Duration::from_secs(5))).expect("the mock answers on loopback");
        let url = format!("{}/websocket", server.base_url().replacen("http", "ws", 1));
        Self(tungstenite::client(url, stream).expect("the mock answers on loopback").0)
    }

    fn say(&mut self, value: Value) {
        self.0.send(Message::text(value.to_string())).expect("the mock answers on loopback");
    }

    fn hear(&mut self) -> Value {
        serde_json::from_str(
            self.0.read().expect("the mock answers on loopback").to_text().expect("the mock answers on loopback"),
        )
        .expect("the mock answers on loopback")
    }

    fn log_in(&mut self, server: &RocketChat) -> Vec<String> {
        self.say(json!({"msg": "connect", "version": "1", "support": ["1"]}));
        let token = server.auth_headers()[0].1.clone();
        self.say(json!({"msg": "method", "method": "login", "id": "1", "params": [{"resume": token}]}));
        let mut heard = Vec::new();
        while !heard.contains(&"result".to_owned()) || !heard.contains(&"updated".to_owned()) {
            heard.push(self.hear()["msg"].as_str().unwrap_or("greeting").to_owned());
        }
        heard
    }
}

fn server(ddp: Ddp) -> (RocketChat, String) {
    let server = RocketChat::start(Settings { ddp, keep_history: true, ..Settings::default() })
        .expect("the mock answers on loopback");
    let room = server.add_room(ROOM);
    (server, room)
}

#[test]
fn the_two_servers_differ_in_greeting_and_order() {
    for (ddp, expected) in [
        (Ddp::Meteor, &["greeting", "connected", "added", "updated", "result"][..]),
        (Ddp::Streamer, &["connected", "result", "updated"]),
    ] {
        let (server, _) = server(ddp);
        assert_eq!(Client::connect(&server).log_in(&server), expected);
    }
}

#[test]
fn guests_hear_posts_and_members_hear_deletions_that_rest_never_shows() {
    let (server, room) = server(Ddp::Streamer);
    let mut client = Client::connect(&server);
    client.log_in(&server);
    client.say(json!({"msg": "sub", "id": "a", "name": "stream-room-messages", "params": [room, false]}));
    assert_eq!(client.hear(), json!({"msg": "ready", "subs": ["a"]}));
    let notice = format!("{room}/deleteMessage");
    client.say(json!({"msg": "sub", "id": "b", "name": "stream-notify-room", "params": [notice, false]}));
    assert_eq!(client.hear()["msg"], "nosub");
    let id = server.post(NewPost::text(&room, "wick_keeper", "hello"));
    let event = client.hear();
    assert_eq!((&event["fields"]["eventName"], &event["fields"]["args"][0]["msg"]), (&json!(room), &json!("hello")));
    assert!(event["fields"]["args"][0]["ts"]["$date"].is_i64());
    server.let_in(&room, true);
    client.say(json!({"msg": "sub", "id": "c", "name": "stream-notify-room", "params": [notice, false]}));
    assert_eq!(client.hear()["msg"], "ready");
    server.delete(&id);
    assert_eq!(client.hear()["fields"]["args"], json!([{"_id": id}]));
}

#[test]
fn who_is_not_logged_in_or_does_not_answer_is_not_served() {
    let server = RocketChat::start(Settings { heartbeat_ms: 40, ..Settings::default() }).unwrap();
    let room = server.add_room(ROOM);
    let mut client = Client::connect(&server);
    client.say(json!({"msg": "sub", "id": "a", "name": "stream-room-messages", "params": [room, false]}));
    let mut heard = Vec::new();
    while let Ok(message) = client.0.read() {
        heard.push(message.to_text().unwrap().to_owned());
    }
    assert!(heard.iter().any(|text| text.contains("nosub")), "{heard:?}");
    assert!(heard.iter().any(|text| text.contains("ping")), "{heard:?}");
}

#[test]
fn all_plans_have_a_name_a_number_and_stages_that_play() {
    for (place, plan) in plans::all().into_iter().enumerate() {
        assert_eq!(usize::from(plan.number), place + 1);
        assert_eq!(plans::named(plan.name).map(|found| found.number), Some(plan.number));
        let server = plan.start(1_788_220_800_000, |_| {}).unwrap();
        for stage in 1..plan.stages {
            assert!(plan.play(&server, stage, 1_788_220_800_000), "{}", plan.name);
        }
        assert!(!plan.play(&server, plan.stages, 1_788_220_800_000), "{}", plan.name);
    }
    assert!(plans::named("no such plan").is_none());
}
