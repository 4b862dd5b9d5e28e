//! Suggestions in the invented world: what is joined, why, and what is not.

use super::*;
use jiff::Timestamp;
use vedette_core::{FamilyId, SourceId};

const NAMES: [(MentionKind, &str); 8] = [
    (MentionKind::Event, "meridian-cup"),
    (MentionKind::Target, "sports events"),
    (MentionKind::Place, "kelmora"),
    (MentionKind::Actor, "grey-lantern"),
    (MentionKind::Actor, "varn-front"),
    (MentionKind::Venue, "halden-stadium"),
    (MentionKind::Method, "fire"),
    (MentionKind::Target, "crowds"),
];

fn signal(item: i64, day: i64, outlet: &str, names: &[&str]) -> Signal {
    let mut places: Vec<u32> =
        names.iter().map(|name| NAMES.iter().position(|(_, known)| known == name).unwrap() as u32).collect();
    places.sort_unstable();
    Signal {
        item: ItemId(item),
        source: SourceId(1),
        outlet: (!outlet.is_empty()).then(|| outlet.to_owned()),
        posted_at: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * (20_000 + day)),
        family: None,
        level: Level::Low,
        images: 1,
        names: places,
        said: Vec::new(),
    }
}

fn signals(items: Vec<Signal>) -> Signals {
    let name = |(kind, id): &(MentionKind, &str)| Name { kind: *kind, id: (*id).to_owned(), name: (*id).to_owned() };
    Signals { items, names: NAMES.iter().map(name).collect() }
}

fn in_family(mut signal: Signal, family: i64) -> Signal {
    signal.family = Some(FamilyId(family));
    signal
}

fn groups(items: Vec<Signal>) -> Vec<Vec<i64>> {
    suggest(&signals(items)).into_iter().map(|one| one.items.iter().map(|item| item.0).collect()).collect()
}

#[test]
fn posters_of_one_outlet_against_one_target_are_a_campaign_that_explains_itself() {
    let mut items: Vec<Signal> =
        (0..14).map(|n| signal(n + 1, n * 3 / 2, "lantern-media", &["sports events", "grey-lantern"])).collect();
    items.push(signal(90, 5, "valley-talk", &["kelmora"]));
    let found = suggest(&signals(items));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].title, "14 posters in 3 weeks, sports events");
    assert_eq!((found[0].items.len(), found[0].joins.len()), (14, 13), "a join for each item but the first");
    let whys: Vec<&str> = found[0].joins.iter().map(|join| join.why.as_str()).collect();
    assert!(whys.contains(&"both name actor grey-lantern and target sports events, 1 day apart"), "{whys:?}");
}

#[test]
fn only_what_is_near_in_time_and_shares_enough_is_joined() {
    let cup = |item, day, outlet| signal(item, day, outlet, &["meridian-cup"]);
    assert_eq!(groups(vec![cup(1, 0, "a"), cup(2, 5, "a"), cup(3, 12, "a")]), [[1, 2, 3]]);
    assert!(groups(vec![cup(1, 0, "a"), cup(2, 8, "a"), cup(3, 16, "a")]).is_empty(), "too far apart");
    assert!(groups(vec![cup(1, 0, "a"), cup(2, 1, "b"), cup(3, 2, "c")]).is_empty(), "three outlets at low");
    let serious = |item, day, outlet| Signal { level: Level::Medium, ..cup(item, day, outlet) };
    assert_eq!(groups(vec![serious(1, 0, "a"), serious(2, 1, "b"), serious(3, 2, "")]), [[1, 2, 3]]);
    let means = |item, day| signal(item, day, "a", &["fire"]);
    assert!(groups(vec![means(1, 0), means(2, 1), means(3, 2)]).is_empty(), "a method alone");
    let actor = |item, day, name| signal(item, day, "", &[name, "kelmora"]);
    assert!(
        groups(vec![actor(1, 0, "grey-lantern"), actor(2, 1, "varn-front"), actor(3, 2, "grey-lantern")]).is_empty()
    );
    assert_eq!(
        groups(vec![actor(1, 0, "grey-lantern"), actor(2, 1, "grey-lantern"), actor(3, 2, "grey-lantern")]),
        [[1, 2, 3]]
    );
}

#[test]
fn copies_of_one_poster_are_a_family_and_tie_a_campaign_together() {
    let copy = |item, day| in_family(signal(item, day, "", &[]), 1);
    assert!(groups(vec![copy(1, 0), copy(2, 1), copy(3, 2)]).is_empty(), "one poster is no campaign");
    let tied = vec![
        signal(1, 0, "a", &["meridian-cup"]),
        in_family(signal(2, 3, "a", &["meridian-cup"]), 2),
        in_family(signal(4, 28, "b", &[]), 2),
        signal(9, 28, "b", &["kelmora"]),
    ];
    let found = suggest(&signals(tied));
    assert_eq!(found[0].items, [ItemId(1), ItemId(2), ItemId(4)]);
    assert_eq!(
        found[0].joins.iter().map(|join| join.why.as_str()).collect::<Vec<_>>(),
        ["the same family f2, 25 days apart", "the same outlet a, both name event meridian-cup, 3 days apart",]
    );
}

#[test]
fn what_an_outlet_always_names_does_not_tie_everything_it_posts() {
    let daily: Vec<Signal> = (0..100).map(|n| signal(n + 1, n, "a", &["crowds"])).collect();
    assert!(groups(daily.clone()).is_empty());
    let mut with_event = daily;
    for place in [10, 11, 12] {
        with_event[place] = signal(place as i64 + 1, place as i64, "a", &["crowds", "meridian-cup"]);
    }
    assert_eq!(groups(with_event), [[11, 12, 13]]);
}

#[test]
fn the_order_of_the_items_does_not_matter() {
    let mut items = Vec::new();
    let mut dice = 7u64;
    for item in 1..400 {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let roll = |from: u32| (dice >> from) as usize;
        let names = [NAMES[roll(40) % 8].1, NAMES[roll(44) % 8].1];
        items.push(signal(item, (roll(50) % 200) as i64, ["a", "b", "", "c"][roll(33) % 4], &names));
    }
    let forward = suggest(&signals(items.clone()));
    items.reverse();
    assert_eq!(suggest(&signals(items.clone())), forward);
    items.sort_by_key(|one| one.item.0 * 7_919 % 401);
    assert_eq!(suggest(&signals(items)), forward);
    assert!(!forward.is_empty());
}
