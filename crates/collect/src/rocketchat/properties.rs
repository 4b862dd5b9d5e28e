//! Laws under random acts: whatever happens in whatever order, on pages of whatever size, with times that collide, the
//! evidence ends as the room stands, and asking again adds nothing.

use proptest::prelude::*;
use vedette_testkit::rocketchat::plans::{self, ROOM};
use vedette_testkit::rocketchat::{NewPost, Prune};

use super::conformance::Watch;

/// Epoch ms of the first post.
const START_MS: i64 = 1_788_220_800_000;

#[derive(Debug, Clone)]
enum Act {
    Post(u8),
    Reply(u8, usize),
    Edit(usize),
    Delete(usize),
    React(usize),
    Import(u8),
    Prune(u8, u8),
    Round,
    CrashingRound(usize),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0..4u8).prop_map(Act::Post),
        2 => (0..4u8, any::<usize>()).prop_map(|(ms, parent)| Act::Reply(ms, parent)),
        3 => any::<usize>().prop_map(Act::Edit),
        3 => any::<usize>().prop_map(Act::Delete),
        1 => any::<usize>().prop_map(Act::React),
        1 => (0..4u8).prop_map(Act::Import),
        1 => (0..8u8, 0..8u8).prop_map(|(from, length)| Act::Prune(from, length)),
        2 => Just(Act::Round),
        2 => (0..6usize).prop_map(Act::CrashingRound),
    ]
}

/// One world: its acts, then rounds and the daily comparison. Returns the ids that were ever posted.
fn live_through(watch: &mut Watch, acts: &[Act]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    let (mut clock, mut edits) = (START_MS, 0);
    for act in acts {
        // Time passes a millisecond at a time, or stands still.
        let pick = |ids: &[String], at: usize| ids.get(at % ids.len().max(1)).cloned();
        match act {
            Act::Post(later) | Act::Reply(later, _) | Act::Import(later) => {
                // A server never dates a change before one that it dated already.
                clock = clock.max(watch.server.now_ms()) + i64::from(later / 2);
                let id = format!("post{:03}", ids.len());
                let mut post = NewPost { id: id.clone(), ..NewPost::text(ROOM, "wick_keeper", &id).at(clock) };
                if let Act::Reply(_, parent) = act {
                    post.thread = pick(&ids, *parent).filter(|parent| watch.server.message(parent).is_some());
                }
                if let Act::Import(back) = act {
                    (post.ts_ms, post.updated_ms) = (Some(clock - 1_000 * i64::from(*back) - 5_000), Some(clock));
                }
                watch.server.post(post);
                ids.push(id);
            }
            Act::Edit(at) => {
                edits += 1;
                if let Some(id) = pick(&ids, *at) {
                    watch.server.edit(&id, &format!("{id}, edit {edits}"));
                }
            }
            Act::Delete(at) => {
                if let Some(id) = pick(&ids, *at) {
                    watch.server.delete(&id);
                }
            }
            Act::React(at) => {
                if let Some(id) = pick(&ids, *at) {
                    watch.server.react(&id, ":fire:", "port_gull");
                }
            }
            Act::Prune(from, length) => {
                let from_ms = START_MS + i64::from(*from);
                watch.server.prune(ROOM, Prune { from_ms, to_ms: from_ms + i64::from(*length), inclusive: false });
            }
            Act::Round => watch.rounds(None),
            Act::CrashingRound(at) => {
                watch.env.board = std::sync::Arc::default();
                let mut connector = watch.connector();
                watch.ledger.round(&mut connector, Some(*at)).unwrap();
            }
        }
    }
    watch.rounds(None);
    watch.move_clock_to(START_MS + 25 * 3_600_000);
    watch.rounds(None);
    ids
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_evidence_ends_as_the_room_stands_and_asking_again_adds_nothing(
        acts in proptest::collection::vec(act(), 1..60),
        page in 1..6usize,
        version in prop_oneof![Just(6u32), Just(7), Just(8), Just(9)],
        switches in any::<[bool; 3]>(),
    ) {
        let plan = plans::named("rate-limit").unwrap();
        let mut watch = Watch::empty(&plan, |settings| {
            settings.limits = None;
            (settings.count_max, settings.api_version) = (page, version);
            (settings.keep_history, settings.show_deleted_status, settings.pruned_to_trash) =
                (switches[0], switches[1], switches[2]);
        });
        let ids = live_through(&mut watch, &acts);
        prop_assert!(watch.errors.is_empty(), "{:?}", watch.errors);
        // More posts in one millisecond than fit a page are said not to be compared.
        let compared = !watch.ledger.notes.iter().any(|note| note.contains("were not compared"));
        for id in &ids {
            let shown = watch.server.message(id);
            let shown = shown.filter(|shown| shown["t"] != "rm" && shown["_hidden"] != true);
            let item = watch.ledger.items.get(id);
            let last = item.and_then(|item| item.versions.last());
            match shown {
                Some(shown) => {
                    prop_assert_eq!(Some(shown["msg"].as_str().unwrap_or("")), last.map(|last| last.text.as_str()), "{}", id);
                    prop_assert!(last.is_some_and(|last| !last.state.is_gone()), "{} is there", id);
                }
                // What was posted and taken away between two rounds may never have been seen.
                None => prop_assert!(!compared || last.is_none_or(|last| last.state.is_gone()), "{} is gone: {:?}", id, last),
            }
        }
        let (before, new) = (watch.ledger.evidence(), watch.ledger.new);
        watch.rounds(None);
        watch.ledger.cursor = None;
        watch.rounds(None);
        prop_assert_eq!(before, watch.ledger.evidence());
        prop_assert_eq!(new, watch.ledger.new);
    }
}
