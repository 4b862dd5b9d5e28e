//! The law of losing nothing: whatever the order in which posts, edits and deletions are seen, however pages are cut and
//! overlap, whichever times they carry, wherever the process ends in between, the same set of versions and exhibits
//! results; and a second run over everything adds nothing.
#![allow(clippy::unwrap_used)] // Helpers of tests fail as tests do.

mod common;

use std::collections::BTreeSet;

use common::*;
use proptest::prelude::*;
use vedette_core::limits::READING_BYTES_MAX;
use vedette_core::*;

/// Everything that a source ever showed.
fn history() -> Vec<NewVersion> {
    let mut all = Vec::new();
    for number in 0..10 {
        let id = format!("m{number}");
        // All posts share one time, as in feeds with a date and no hour.
        all.push(post(&id, &format!("lamp {number} burns")));
        if number % 2 == 0 {
            all.push(edited(&id, &format!("lamp {number} burns again"), number));
        }
        if number % 3 == 0 {
            all.push(edited(&id, &format!("lamp {number} burns in Kelmora"), number));
        }
        if number % 4 == 0 {
            all.push(deleted(&id));
        }
    }
    all
}

/// What must be alike: versions by post, key and state, and the exhibits that hold them.
fn held(desk: &Desk) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for number in 0..10 {
        for item in desk.records.find_native(&format!("m{number}")).unwrap() {
            for version in desk.records.item(item).unwrap().versions {
                let version = version.version;
                let bytes = desk.blobs.get(version.exhibit).unwrap().expect("its bytes are kept");
                let text = String::from_utf8(bytes).unwrap();
                all.insert(format!("m{number} {} {} {text}", version.state.word(), version.exhibit.hex()));
            }
        }
    }
    all
}

/// What one step of a life does.
#[derive(Debug, Clone)]
enum Step {
    /// A page with the posts at these places, fetched when a clock that may be wrong said so.
    Page(Vec<usize>, i64),
    /// A page that cannot be stored whole: nothing of it stays.
    Broken(Vec<usize>, i64),
    /// The process ends and another one goes on.
    End,
}

fn steps(count: usize) -> impl Strategy<Value = Vec<Step>> {
    let places = || prop::collection::vec(0..count, 0..6);
    let clock = -100_000i64..100_000;
    let step = prop_oneof![
        6 => (places(), clock.clone()).prop_map(|(places, minute)| Step::Page(places, minute)),
        1 => (places(), clock).prop_map(|(places, minute)| Step::Broken(places, minute)),
        1 => Just(Step::End),
    ];
    prop::collection::vec(step, 0..10)
}

fn live(mut desk: Desk, steps: &[Step], all: &[NewVersion]) -> Desk {
    let pick = |places: &[usize]| -> Vec<NewVersion> { places.iter().map(|place| all[*place].clone()).collect() };
    for step in steps {
        match step {
            Step::Page(places, minute) => drop(desk.take(*minute, &pick(places))),
            Step::Broken(places, minute) => {
                let before = (desk.records.counts().unwrap(), desk.records.checkpoint().unwrap());
                let mut page = intake(desk.source, *minute, &pick(places));
                let mut endless = post("m0", "endless");
                endless.text = "x".repeat(READING_BYTES_MAX + 1);
                page.versions.push(endless);
                // The posts before it go in with a first intake of the same transaction, and go out with it.
                let whole = intake(desk.source, *minute, &pick(places));
                assert!(desk.records.take_in(&[whole, page]).is_err());
                assert_eq!((desk.records.counts().unwrap(), desk.records.checkpoint().unwrap()), before);
            }
            Step::End => desk = desk.reopen(),
        }
    }
    desk
}

fn expected() -> BTreeSet<String> {
    let all = history();
    let desk = Desk::new();
    desk.take(1, &all);
    let held = held(&desk);
    assert_eq!(held.len(), all.len(), "each state of a post is a version of its own");
    held
}

/// Each case opens workspaces: a few in the short form, as many as `PROPTEST_CASES` says in the long one.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn any_order_any_pages_any_clock_and_any_crash_end_alike(
        steps in steps(history().len()),
        rest in Just((0..history().len()).collect::<Vec<_>>()).prop_shuffle(),
        page in 1usize..9,
        clock in -100_000i64..100_000,
    ) {
        let all = history();
        let mut desk = live(Desk::new(), &steps, &all);
        // Whatever was missed comes in the end, in pages that overlap by one.
        for (number, places) in rest.chunks(page).enumerate() {
            let overlap = rest[(number * page).saturating_sub(1)];
            let posts: Vec<NewVersion> =
                std::iter::once(&overlap).chain(places).map(|place| all[*place].clone()).collect();
            desk.take(clock - number as i64, &posts);
        }
        prop_assert_eq!(held(&desk), expected());
        prop_assert_eq!(desk.wrong(), Vec::<String>::new());

        let before = desk.records.counts().unwrap();
        desk = desk.reopen();
        for (number, places) in rest.chunks(page).enumerate() {
            let posts: Vec<NewVersion> = places.iter().map(|place| all[*place].clone()).collect();
            prop_assert!(desk.take(number as i64, &posts).iter().all(|taken| !taken.new));
        }
        let after = desk.records.counts().unwrap();
        prop_assert_eq!((after.items, after.versions), (before.items, before.versions));
        prop_assert_eq!(held(&desk), expected());
    }
}

#[test]
fn a_page_that_never_came_is_noticed() {
    // The control: the comparison can tell a life that lost one post from one that lost none.
    let all = history();
    let desk = Desk::new();
    desk.take(1, &all[1..]);
    assert_ne!(held(&desk), expected());
}
