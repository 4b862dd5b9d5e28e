//! `kill -9` at random moments and at every named step of collecting, reading and indexing. After each kill, everything
//! that was acknowledged is there and the workspace verifies; at the end of each life it holds exactly what an
//! undisturbed one holds.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use vedette_store::crash::STEPS;

use crate::dice::{Dice, rounds};
use crate::life::{AGES, World};
use crate::look;

/// Kills at each named step without which a run proves too little.
const KILLS_A_STEP: u64 = 3;
/// Kills in one age before it may come to its end.
const KILLS_AN_AGE: u64 = 5;

/// How a round ended.
fn ended(mut child: std::process::Child) -> (ExitStatus, String) {
    let status = child.wait().unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(!said.contains("panicked at"), "{said}");
    (status, said)
}

fn was_killed(status: ExitStatus) -> bool {
    match (status.signal(), status.code()) {
        (Some(9), _) => true,
        (None, Some(0)) => false,
        _ => panic!("a round ended with {status}"),
    }
}

/// Lines of the file of acknowledgements.
fn acks(file: &Path) -> BTreeSet<String> {
    std::fs::read_to_string(file).unwrap_or_default().lines().map(str::to_owned).collect()
}

/// An undisturbed life: what it holds at the end, and how long a round takes.
fn undisturbed(world: &World) -> (BTreeSet<String>, Duration) {
    let workspace = world.begin("reference");
    let mut longest = Duration::ZERO;
    for age in 0..AGES {
        world.come_to(age);
        let started = Instant::now();
        let (status, said) = ended(world.collect(&workspace, &[]));
        assert!(status.success(), "{said}");
        longest = longest.max(started.elapsed());
    }
    let held = look::holdings(&workspace);
    assert!(held.iter().filter(|line| line.starts_with("version")).count() > AGES * 20, "the life is too quiet");
    assert_eq!(look::loose_ends(&workspace), Vec::<String>::new());
    assert_eq!(look::not_found(&workspace), Vec::<String>::new());
    (held, longest)
}

/// One run of the program that is to die; whether it did.
fn kill_one(world: &World, workspace: &Path, step: Option<&str>, dice: &mut Dice, round: Duration) -> bool {
    let file = world.path("acks");
    let file = file.to_str().unwrap();
    match step {
        Some(step) => {
            let at = format!("{step}:{}", 1 + dice.below(2));
            let child = world.collect(workspace, &[("VEDETTE_CRASH_AT", &at), ("VEDETTE_CRASH_ACKS", file)]);
            was_killed(ended(child).0)
        }
        None => {
            let mut child = world.collect(workspace, &[("VEDETTE_CRASH_ACKS", file)]);
            std::thread::sleep(Duration::from_micros(dice.below(round.as_micros() as u64)));
            child.kill().unwrap();
            was_killed(ended(child).0)
        }
    }
}

#[test]
fn kill_9_loses_nothing_that_was_acknowledged() {
    let mut dice = Dice::thrown("kill -9");
    let wanted = rounds(100, 1_000);
    let world = World::new();
    let (reference, round) = undisturbed(&world);
    let mut by_step: BTreeMap<&str, u64> = STEPS.iter().map(|step| (*step, 0)).collect();
    let (mut kills, mut lives, mut acknowledged) = (0, 0, 0);
    let started = Instant::now();
    while kills < wanted || by_step.values().any(|count| *count < KILLS_A_STEP) {
        lives += 1;
        assert!(lives < wanted, "some steps are never come to: {by_step:?}");
        std::fs::remove_file(world.path("acks")).ok();
        let workspace = world.begin("desk");
        for age in 0..AGES {
            world.come_to(age);
            for _ in 0..1 + dice.below(KILLS_AN_AGE) {
                let rarest = *by_step.iter().min_by_key(|(_, count)| **count).unwrap().0;
                let named = match dice.below(4) {
                    0 | 1 => None,
                    2 => Some(rarest),
                    _ => Some(STEPS[dice.below(STEPS.len() as u64) as usize]),
                };
                if !kill_one(&world, &workspace, named, &mut dice, round) {
                    break;
                }
                kills += 1;
                if let Some(step) = named {
                    *by_step.get_mut(step).unwrap() += 1;
                }
                assert_eq!(look::lost(&workspace, &acks(&world.path("acks"))), Vec::<String>::new());
                assert_eq!(look::findings(&workspace), Vec::<String>::new());
            }
            let (status, said) = ended(world.collect(&workspace, &[]));
            assert!(status.success(), "after the kills a round ends well: {said}");
        }
        let held = look::holdings(&workspace);
        let differing: Vec<_> = held.symmetric_difference(&reference).collect();
        assert!(differing.is_empty(), "life {lives} ended otherwise than an undisturbed one: {differing:#?}");
        assert_eq!(look::loose_ends(&workspace), Vec::<String>::new());
        assert_eq!(look::not_found(&workspace), Vec::<String>::new());
        acknowledged += acks(&world.path("acks")).len();
    }
    let fewest = by_step.values().min().unwrap();
    println!(
        "kill -9: {kills} kills in {lives} lives, each of {} steps at least {fewest} times: 0 of {acknowledged} \
         acknowledged versions lost, 0 duplicates, 0 dangling, index caught up ({:.0} s)",
        STEPS.len(),
        started.elapsed().as_secs_f64()
    );
}

/// The control: a program that acknowledges before it commits is found out.
#[test]
fn acknowledging_before_the_commit_is_caught() {
    let world = World::new();
    let workspace = world.begin("desk");
    let file = world.path("acks");
    let vars = [
        ("VEDETTE_CRASH_LIE", "ack-early"),
        ("VEDETTE_CRASH_AT", "before-commit:2"),
        ("VEDETTE_CRASH_ACKS", file.to_str().unwrap()),
    ];
    assert!(was_killed(ended(world.collect(&workspace, &vars)).0));
    let lost = look::lost(&workspace, &acks(&file));
    assert!(!lost.is_empty(), "the lie went unnoticed");
    println!("kill -9, control: a lying program lost {} acknowledged versions, and was caught", lost.len());
}
