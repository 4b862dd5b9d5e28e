//! Disks that fill up at random levels, and disks that fail now and then: the program says clearly what happened, what
//! is stored can still be read, it goes on where it stopped, and it never panics.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use crate::dice::{Dice, rounds};
use crate::disk::{Disk, skipped};
use crate::life::{AGES, World, copy};
use crate::look;

/// Megabytes of the disk that fills up.
const DISK_MB: u64 = 48;
/// A round needs less than this; where it stops is left to chance.
const FREE_BYTES_MAX: u64 = 6_000_000;
/// Chance that a call to the system fails.
const FAULT: &str = "0.02";

/// A round takes less than a second; longer ones hang.
const HANG: Duration = Duration::from_secs(30);

/// Calls that fail, in libfiu's words. Faults in all of them end most runs at the door; those in some come further. Never
/// `close`: a descriptor that stays open after it is no fault that a system has, and the standard library takes it for a bug.
const CALLS: [&str; 5] = [
    "posix/io/oc/open* posix/io/dir/opendir posix/io/dir/readdir* posix/io/stat/* posix/io/rw/* posix/io/sync/*",
    "posix/io/rw/*",
    "posix/io/rw/pwrite*",
    "posix/io/sync/*",
    "posix/io/oc/open*",
];

fn said(output: &Output) -> String {
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!text.contains("panicked at"), "{text}");
    text
}

/// A failure that a person can act on: `error:` with the cause in words.
fn is_clear(text: &str, causes: &[&str]) -> bool {
    text.lines().any(|line| line.contains("error") && causes.iter().any(|cause| line.contains(cause)))
}

fn round(world: &World, workspace: &Path) -> Output {
    world.command(workspace, &["collect", "--once"]).output().unwrap()
}

/// What an undisturbed life holds after each age.
fn ages(world: &World) -> Vec<BTreeSet<String>> {
    let workspace = world.begin("reference");
    (0..AGES)
        .map(|age| {
            world.come_to(age);
            let output = round(world, &workspace);
            assert!(output.status.success(), "{}", said(&output));
            look::holdings(&workspace)
        })
        .collect()
}

fn must_hold(workspace: &Path, expected: &BTreeSet<String>) {
    let held = look::holdings(workspace);
    let differing: Vec<_> = held.symmetric_difference(expected).collect();
    assert!(differing.is_empty(), "{differing:#?}");
    assert_eq!(look::findings(workspace), Vec::<String>::new());
    assert_eq!(look::loose_ends(workspace), Vec::<String>::new());
    assert_eq!(look::not_found(workspace), Vec::<String>::new());
}

/// Reading goes on: a search finds what the last whole age brought, and everything verifies.
fn must_read(world: &World, workspace: &Path, age: usize) {
    let search = world.command(workspace, &["search", "lamp0", "--json"]).output().unwrap();
    let text = said(&search);
    assert!(search.status.success(), "cannot search: {text}");
    assert!(age == 0 || text.contains("lamp0"), "nothing is found: {text}");
    let verify = world.command(workspace, &["verify"]).output().unwrap();
    assert!(verify.status.success(), "cannot verify: {}", said(&verify));
}

#[test]
fn a_full_disk_is_told_read_and_recovered_from() {
    let disk = match Disk::new(DISK_MB) {
        Ok(disk) => disk,
        Err(why) => return skipped("disk full", &why),
    };
    let mut dice = Dice::thrown("disk full");
    let wanted = rounds(5, 50);
    let (started, world) = (Instant::now(), World::new());
    let reference = ages(&world);
    let workspace: PathBuf = disk.path().join("desk");
    let (mut done, mut stopped) = (0, 0);
    while done < wanted {
        std::fs::remove_dir_all(&workspace).ok();
        copy(&world.begin("desk"), &workspace);
        for (age, expected) in reference.iter().enumerate() {
            world.come_to(age);
            // Every other time next to nothing is left.
            let most = if dice.below(2) == 0 { FREE_BYTES_MAX } else { FREE_BYTES_MAX / 10 };
            disk.fill(dice.below(most));
            let output = round(&world, &workspace);
            let text = said(&output);
            if !output.status.success() {
                stopped += 1;
                assert!(
                    is_clear(&text, &["full", "No space left", "cannot write"]),
                    "not a clear error, {}: {text}",
                    output.status
                );
            }
            must_read(&world, &workspace, age);
            disk.make_room();
            let output = round(&world, &workspace);
            assert!(output.status.success(), "with room again it goes on: {}", said(&output));
            must_hold(&workspace, expected);
            done += 1;
        }
    }
    assert!(stopped > 0, "the disk was never full");
    println!(
        "disk full: {done} fill levels, {stopped} rounds stopped with a clear error, reads went on, all resumed and \
         verified, no panic ({:.0} s)",
        started.elapsed().as_secs_f64()
    );
}

/// The control: on a disk with room no round stops, so the stops above came from the full disk.
#[test]
fn a_disk_with_room_stops_nothing() {
    let disk = match Disk::new(DISK_MB) {
        Ok(disk) => disk,
        Err(why) => return skipped("disk full, control", &why),
    };
    let world = World::new();
    let reference = ages(&world);
    let workspace = disk.path().join("desk");
    copy(&world.begin("desk"), &workspace);
    for (age, expected) in reference.iter().enumerate() {
        world.come_to(age);
        assert!(round(&world, &workspace).status.success());
        must_hold(&workspace, expected);
    }
    println!("disk full, control: {AGES} rounds with room, none stopped");
}

/// The two libraries of libfiu that put faults into the calls of a program.
fn fiu() -> Result<String, String> {
    let missing = || "libfiu is not installed: apt install fiu-utils".to_owned();
    let script = std::fs::read_to_string("/usr/bin/fiu-run").map_err(|_| missing())?;
    let folder = script.lines().find_map(|line| line.strip_prefix("PLIBPATH=")).ok_or_else(missing)?.trim_matches('"');
    Ok(format!("{folder}/fiu_run_preload.so {folder}/fiu_posix_preload.so"))
}

/// A round of collecting with faults. Without `fiu-run` around it, which would wait for a control pipe of its own.
fn faulty(world: &World, workspace: &Path, preload: &str, faults: &str) -> Output {
    let mut command = world.command(workspace, &["collect", "--once"]);
    command.env("LD_PRELOAD", preload).env("FIU_ENABLE", faults);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let started = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if started.elapsed() > HANG {
            child.kill().unwrap();
            panic!("a round hung: {}", said(&child.wait_with_output().unwrap()));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().unwrap()
}

#[test]
fn failing_input_and_output_is_told_and_recovered_from() {
    let preload = match fiu() {
        Ok(preload) => preload,
        Err(why) => return skipped("I/O errors", &why),
    };
    let mut dice = Dice::thrown("I/O errors");
    let wanted = rounds(50, 500);
    let (started, world) = (Instant::now(), World::new());
    let reference = ages(&world);
    let (mut runs, mut failed, mut silent) = (0, 0, 0);
    while runs < wanted {
        let workspace = world.begin("desk");
        for (age, expected) in reference.iter().enumerate() {
            world.come_to(age);
            for _ in 0..1 + dice.below(5) {
                let name = CALLS[dice.below(CALLS.len() as u64) as usize];
                let faults: Vec<String> =
                    name.split(' ').map(|name| format!("enable_random name={name},probability={FAULT}")).collect();
                let output = faulty(&world, &workspace, &preload, &faults.join("\n"));
                let text = said(&output);
                runs += 1;
                if !output.status.success() {
                    failed += 1;
                    assert!(output.status.code().is_some(), "it died of a signal: {text}");
                    // The words themselves may have met a fault on their way out.
                    silent += u64::from(!text.contains("error"));
                }
                assert_eq!(look::findings(&workspace), Vec::<String>::new(), "{name}: {text}");
            }
            let output = round(&world, &workspace);
            assert!(output.status.success(), "without faults it goes on: {}", said(&output));
            must_hold(&workspace, expected);
        }
    }
    assert!(failed > 0, "no run met a fault");
    assert!(silent * 10 <= failed, "{silent} of {failed} failures said nothing");
    println!(
        "I/O errors: {runs} runs with {FAULT} of the calls failing, {failed} ended with an error ({silent} of \
         which could not even say so), all resumed and verified, no panic ({:.0} s)",
        started.elapsed().as_secs_f64()
    );
}
