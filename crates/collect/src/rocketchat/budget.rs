//! Three hundred rooms of one server within ten calls a minute.

use std::sync::Arc;

use jiff::Timestamp;
use vedette_core::{SourceId, SourceKind};
use vedette_testkit::rocketchat::{NewPost, RateLimit, RocketChat, Settings};

use super::conformance::secret_of;
use super::ledger::Ledger;
use super::*;
use crate::testing::{World, source};

const START_MS: i64 = 1_788_220_800_000;
const ROOMS: u64 = 300;

#[test]
fn three_hundred_rooms_fit_into_ten_calls_a_minute_and_the_ones_that_moved_are_found_soon() {
    let server =
        Arc::new(RocketChat::start(Settings { limits: Some(RateLimit::default()), ..Settings::default() }).unwrap());
    server.set_clock(START_MS);
    let rooms: Vec<String> = (0..ROOMS).map(|number| server.add_room(&format!("room-{number:03}"))).collect();
    for room in &rooms {
        server.post(NewPost::text(room, "wick_keeper", "hello").at(START_MS - 60_000));
    }
    let world = World::new();
    *world.now.lock().unwrap() = Timestamp::from_millisecond(START_MS).unwrap();
    let mut env = world.env();
    let (sleep, mock, now) = (env.sleep.clone(), server.clone(), world.now.clone());
    env.sleep = Arc::new(move |time| {
        let goes_on = sleep(time);
        mock.set_clock(now.lock().unwrap().as_millisecond());
        goes_on
    });
    let mut ledgers = vec![Ledger::default(); rooms.len()];
    let secret = secret_of(&server);
    let mut all_rooms = |ledgers: &mut Vec<Ledger>| {
        for (number, ledger) in ledgers.iter_mut().enumerate() {
            let mut source = source(SourceKind::Rocketchat, &server.base_url(), Some(&format!("room-{number:03}")));
            source.id = SourceId(1 + number as i64);
            let mut connector = RocketchatConnector::new(&source, Some(&secret), env.clone()).unwrap();
            ledger.round(&mut connector, None).unwrap();
        }
    };
    all_rooms(&mut ledgers);
    assert!(ledgers.iter().all(|ledger| ledger.items.len() == 1));
    let pass = |all_rooms: &mut dyn FnMut(&mut Vec<Ledger>), ledgers: &mut Vec<Ledger>| {
        let (before, calls) = (*world.now.lock().unwrap(), server.requests().len());
        all_rooms(ledgers);
        let took_s = world.now.lock().unwrap().as_second() - before.as_second();
        (took_s, server.requests().len() - calls)
    };
    // Rooms that were taken first were left unasked for the longest: they are asked once more.
    pass(&mut all_rooms, &mut ledgers);
    for room in [7usize, 100, 250] {
        let ms = world.now.lock().unwrap().as_millisecond() + 1;
        server.post(NewPost::text(&rooms[room], "wick_keeper", "moved").at(ms));
    }
    let later = world.now.lock().unwrap().as_millisecond() + 120_000;
    *world.now.lock().unwrap() = Timestamp::from_millisecond(later).unwrap();
    server.set_clock(later);
    let (took_s, calls) = pass(&mut all_rooms, &mut ledgers);
    println!("a pass over {ROOMS} rooms, 3 moved: {calls} calls, {took_s} s");
    for room in [7usize, 100, 250] {
        assert_eq!(ledgers[room].items.len(), 2, "room {room}");
    }
    assert!(calls <= 12 && took_s <= 60, "{calls} calls, {took_s} s");
    assert!(server.requests().iter().all(|asked| asked.status != 429));
}
