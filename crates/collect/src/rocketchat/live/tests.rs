//! The live connection against a mock server that breaks off, goes silent, refuses and lies.
#![allow(clippy::type_complexity)] // said once, in a test

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use vedette_core::{Cursor, GapNote, PageKeep};
use vedette_testkit::rocketchat::plans::{self, ROOM};
use vedette_testkit::rocketchat::{Ddp, NewPost, Prune, RocketChat, Settings};

use super::super::conformance::{QUICK, Wait, Watch, listen, secret_of, watched};
use super::*;
use crate::testing::World;

const START_MS: i64 = 1_788_220_800_000;

fn watch(change: impl FnOnce(&mut Settings)) -> Watch {
    let mut watch = Watch::start(&plans::named("live-post").unwrap(), change);
    watch.rounds(None);
    watch
}

fn text(server: &RocketChat, id: &str) {
    let post = NewPost::text(ROOM, "wick_keeper", id);
    server.post(NewPost { id: id.to_owned(), ..post });
}

fn subscribed(watch: &mut Watch, count: u64, wait: Wait<'_>) {
    let started = Instant::now();
    while watch.server.subscriptions() < count {
        assert!(started.elapsed() < Duration::from_secs(10), "{} subscriptions", watch.server.subscriptions());
        wait(watch, &|_| true);
    }
}

#[test]
fn a_break_opens_a_gap_that_the_next_round_closes() {
    let mut watch = watch(|_| {});
    listen(&mut watch, QUICK, &mut |watch, wait| {
        subscribed(watch, 3, wait);
        wait(watch, &|ledger| ledger.notes.contains(&"connected".to_owned()));
        watch.move_clock_to(START_MS + 60_000);
        text(&watch.server, "heard");
        wait(watch, &|ledger| ledger.items.contains_key("heard"));
        watch.move_clock_to(START_MS + 120_000);
        watch.server.drop_sockets();
        text(&watch.server, "missed");
        wait(watch, &|ledger| ledger.items.contains_key("missed") && ledger.gaps.len() > 1);
    });
    let [GapNote::Opened { from, to, why }, GapNote::Closed { from: closed_from, to: closed_to }] =
        watch.ledger.gaps.as_slice()
    else {
        panic!("{:?}", watch.ledger.gaps)
    };
    assert_eq!((from, to), (closed_from, closed_to));
    // The post may have come by a round first, and its event a moment later.
    assert!((START_MS + 60_000..=START_MS + 120_000).contains(&from.as_millisecond()), "{from}");
    assert!(why.contains("connection was lost"), "{why}");
}

#[test]
fn a_server_that_goes_silent_is_given_up_and_found_again() {
    let mut watch = watch(|_| {});
    let rhythm = Rhythm { silence_ms: 30_000, answer_ms: 10_000, ..QUICK };
    listen(&mut watch, rhythm, &mut |watch, wait| {
        subscribed(watch, 3, wait);
        watch.server.hush_sockets(true);
        // The server may be in the middle of one last look at its socket.
        std::thread::sleep(Duration::from_millis(40));
        for second in [100, 200] {
            watch.move_clock_to(START_MS + second * 1_000);
            std::thread::sleep(Duration::from_millis(60));
        }
        wait(watch, &|ledger| ledger.notes.iter().any(|note| note.contains("went silent")));
        watch.server.hush_sockets(false);
        text(&watch.server, "again");
        wait(watch, &|ledger| ledger.items.contains_key("again"));
    });
}

#[test]
fn pings_of_either_server_are_answered() {
    for ddp in [Ddp::Meteor, Ddp::Streamer] {
        let mut watch = watch(|settings| (settings.ddp, settings.heartbeat_ms) = (ddp, 60));
        listen(&mut watch, QUICK, &mut |watch, wait| {
            subscribed(watch, 3, wait);
            std::thread::sleep(Duration::from_millis(500));
            wait(watch, &|_| true);
            assert!(!watch.ledger.notes.iter().any(|note| note.starts_with("lost")), "{:?}", watch.ledger.notes);
            assert_eq!(watch.server.sockets(), 1);
        });
    }
}

#[test]
fn deletions_are_heard_at_once_by_members_also_where_rounds_see_nothing() {
    for (keep_history, show_deleted_status) in [(false, false), (false, true), (true, false), (true, true)] {
        let change = |settings: &mut Settings| {
            (settings.keep_history, settings.show_deleted_status) = (keep_history, show_deleted_status);
        };
        let mut watch = watch(change);
        listen(&mut watch, QUICK, &mut |watch, wait| {
            subscribed(watch, 3, wait);
            watch.server.delete("old0001");
            wait(watch, &|ledger| ledger.states("old0001") == ["posted", "deleted"]);
        });
        watch.rounds(None);
        assert_eq!(watch.ledger.states("old0001"), ["posted", "deleted"], "told twice, it is one version");
    }
}

#[test]
fn a_guest_hears_posts_but_no_notices_and_finds_deletions_later() {
    let mut watch = watch(|settings| settings.keep_history = true);
    watch.server.let_in(ROOM, false);
    listen(&mut watch, QUICK, &mut |watch, wait| {
        subscribed(watch, 1, wait);
        text(&watch.server, "heard");
        wait(watch, &|ledger| ledger.items.contains_key("heard"));
        watch.server.delete("old0001");
        wait(watch, &|_| true);
        assert_eq!(watch.server.subscriptions(), 1);
    });
    assert_eq!(watch.ledger.states("old0001"), ["posted"]);
    watch.move_clock_to(START_MS + 25 * 3_600_000);
    watch.rounds(None);
    assert_eq!(watch.ledger.states("old0001"), ["posted", "deleted-inferred"]);
    assert_eq!(watch.ledger.states("heard"), ["posted"]);
}

#[test]
fn a_bulk_removal_is_taken_by_its_ids_or_by_comparing_what_is_left() {
    for (prune_names_ids, word) in [(true, "deleted"), (false, "deleted-inferred")] {
        let mut watch = watch(|settings| {
            (settings.prune_names_ids, settings.pruned_to_trash) = (prune_names_ids, false);
        });
        listen(&mut watch, QUICK, &mut |watch, wait| {
            subscribed(watch, 3, wait);
            wait(watch, &|ledger| ledger.notes.contains(&"connected".to_owned()));
            let from_ms = START_MS - 2 * 60_000;
            watch.server.prune(ROOM, Prune { from_ms, to_ms: START_MS - 30_000, inclusive: true });
            wait(watch, &|ledger| ledger.states("old0001").len() == 2 && ledger.states("old0002").len() == 2);
        });
        assert_eq!(watch.ledger.states("old0001"), ["posted", word]);
        assert_eq!(watch.ledger.states("old0000"), ["posted"]);
    }
}

#[test]
fn a_token_that_has_run_out_asks_a_person_and_is_not_tried_again() {
    let watch = watch(|_| {});
    let source = (watched(&watch.server), watch.ledger.cursor.clone());
    let mut live = RocketchatLive::new(&[source], Some(&secret_of(&watch.server)), watch.env.clone()).unwrap();
    live.set_rhythm(QUICK);
    let (server, started) = (watch.server.clone(), Instant::now());
    let error = live
        .run(&|| started.elapsed() > Duration::from_secs(10), &mut |event| {
            if matches!(event, LiveEvent::CatchUp(..)) {
                server.expire_tokens();
            }
            Ok(())
        })
        .unwrap_err();
    assert!(error.to_string().contains("log in again"), "{error}");
}

#[test]
fn comings_and_goings_and_unchanged_posts_are_not_handed_over() {
    let mut watch = watch(|_| {});
    let mut before = 0;
    listen(&mut watch, QUICK, &mut |watch, wait| {
        subscribed(watch, 3, wait);
        wait(watch, &|ledger| ledger.notes.contains(&"connected".to_owned()));
        text(&watch.server, "first");
        wait(watch, &|ledger| ledger.items.contains_key("first"));
        before = watch.ledger.taken;
        let joined = NewPost { system: Some("uj".into()), ..NewPost::text(ROOM, "private_person", "private_person") };
        watch.server.post(joined);
        watch.server.react("first", ":fire:", "port_gull");
        watch.server.react("first", ":fire:", "wick_keeper");
        text(&watch.server, "last");
        wait(watch, &|ledger| ledger.items.contains_key("last"));
    });
    assert_eq!(watch.ledger.taken, before + 1);
    assert!(!format!("{:?}", watch.ledger).contains("private_person"));
}

#[test]
fn a_haul_names_its_way_and_holds_the_exact_slice_and_no_secret() {
    let watch = watch(|_| {});
    let source = (watched(&watch.server), watch.ledger.cursor.clone());
    let secret = secret_of(&watch.server);
    let Secret::Token { token, .. } = &secret else { panic!("a token") };
    let mut live = RocketchatLive::new(&[source], Some(&secret), watch.env.clone()).unwrap();
    live.set_rhythm(QUICK);
    let (done, server) = (Arc::new(AtomicBool::new(false)), watch.server.clone());
    let stop = done.clone();
    live.run(&|| stop.load(Ordering::Relaxed), &mut |event| {
        assert!(!format!("{event:?}").contains(token.as_str()));
        match event {
            LiveEvent::CatchUp(..) => text(&server, "exact"),
            LiveEvent::Haul(_, haul) => {
                let url = watched(&server).asked.address.replacen("http", "ws", 1);
                assert!(haul.request.url.starts_with(&format!("{url}/websocket#")), "{}", haul.request.url);
                assert_eq!(
                    (haul.request.connector.as_str(), &haul.page_keep),
                    ("rocketchat-live/1", &PageKeep::Sealed)
                );
                let slice = &haul.found[0].exhibit;
                assert!(haul.page.windows(slice.len()).any(|part| part == slice.as_slice()));
                assert!(haul.cursor.is_none(), "what is heard never moves the cursor");
                done.store(true, Ordering::Relaxed);
            }
            _ => {}
        }
        Ok(())
    })
    .unwrap();
}

#[test]
fn rooms_are_asked_for_not_faster_than_one_a_second() {
    let watch = watch(|_| {});
    let source = (watched(&watch.server), watch.ledger.cursor.clone());
    let mut live = RocketchatLive::new(&[source], Some(&secret_of(&watch.server)), watch.env.clone()).unwrap();
    live.set_rhythm(Rhythm { tick_ms: 2, ..Rhythm::default() });
    let (ticks, server, now) = (std::cell::Cell::new(0), watch.server.clone(), watch.world.now.clone());
    let stop = || {
        // The clock stands for 60 looks, then a second passes.
        ticks.set(ticks.get() + 1);
        let second = ticks.get() / 60;
        *now.lock().unwrap() = Timestamp::from_millisecond(START_MS + second * 1_000).unwrap();
        assert!(server.subscriptions() <= 1 + u64::try_from(second).unwrap());
        server.subscriptions() == 3
    };
    live.run(&stop, &mut |_| Ok(())).unwrap();
    assert!(ticks.get() >= 120);
}

#[test]
fn a_server_on_a_private_network_is_not_dialled_unless_named() {
    let watch = watch(|_| {});
    let mut source = watched(&watch.server);
    source.asked.allow_private.clear();
    let mut live = RocketchatLive::new(&[(source, None)], Some(&secret_of(&watch.server)), World::new().env()).unwrap();
    let error = live.run(&|| false, &mut |_| Ok(())).unwrap_err();
    assert!(matches!(error, CollectError::PrivateAddress { .. }), "{error}");
    assert_eq!(watch.server.sockets(), 0);
}

#[test]
fn a_shut_door_is_knocked_at_again_and_rounds_go_on_meanwhile() {
    let mut watch = watch(|_| {});
    watch.server.shut_sockets(true);
    let rhythm = Rhythm { backoff_ms: 80, backoff_ms_max: 80, ..QUICK };
    listen(&mut watch, rhythm, &mut |watch, wait| {
        wait(watch, &|ledger| ledger.notes.iter().filter(|note| note.starts_with("lost")).count() > 2);
        watch.server.shut_sockets(false);
        text(&watch.server, "later");
        wait(watch, &|ledger| ledger.items.contains_key("later"));
    });
    assert!(watch.ledger.gaps.is_empty(), "nobody listened, so nothing was missed: {:?}", watch.ledger.gaps);
}

#[test]
fn hostile_frames_end_nothing() {
    let mut watch = watch(|_| {});
    listen(&mut watch, QUICK, &mut |watch, wait| {
        subscribed(watch, 3, wait);
        let strange =
            [json!({"_id": null}), json!({"msg": {"$date": 1}, "u": 7, "files": {"x": []}}), json!({"ts": "never"})];
        for extra in strange {
            let extra = extra.as_object().unwrap().clone();
            watch.server.post(NewPost { extra, ..NewPost::text(ROOM, "wick_keeper", "strange") });
        }
        text(&watch.server, "good");
        wait(watch, &|ledger| ledger.items.contains_key("good"));
    });
}

#[test]
fn only_sources_of_one_server_account_and_way_share_a_connection() {
    let watch = watch(|_| {});
    let one = watched(&watch.server);
    let mut other = one.clone();
    other.asked.room = Some("elsewhere".to_owned());
    assert_eq!(crate::live_key(&one), crate::live_key(&other));
    other.asked.secret = Some("another".to_owned());
    assert_ne!(crate::live_key(&one), crate::live_key(&other));
    other.asked.reach.proxy = Some("socks5h://127.0.0.1:9050".to_owned());
    assert_eq!(crate::live_key(&other), None, "it would go around the proxy");
    let none: Option<Cursor> = None;
    let made = crate::live_for(&[(other, none)], Some(&secret_of(&watch.server)), watch.env.clone()).unwrap();
    assert!(made.is_none());
}
