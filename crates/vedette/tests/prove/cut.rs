//! Power cuts: a file system of its own goes dead under a writing process at a random moment, with everything that was
//! only in memory lost. After the journal is replayed, everything acknowledged before the cut is there and verifies.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use vedette_store::{OpenMode, Workspace};

use crate::dice::{Dice, rounds};
use crate::disk::{Disk, skipped};
use crate::{look, writer};

/// Megabytes of the disk.
const DISK_MB: u64 = 256;
/// Cuts after which a fresh workspace is begun, so that looking at it stays quick.
const CUTS_A_WORKSPACE: u64 = 8;
/// Longest time before the cut, in milliseconds.
const CUT_AFTER_MS: u64 = 350;

/// One cut; what was acknowledged before it.
fn cut(disk: &mut Disk, dice: &mut Dice, lie: Option<&str>) -> BTreeSet<String> {
    let workspace = disk.path().join("desk");
    let cutter = disk.cutter();
    let mut child = writer::start(&workspace, dice.next(), lie);
    let heard = Arc::new(Mutex::new(BTreeSet::new()));
    let hearing = Arc::clone(&heard);
    let out = BufReader::new(child.stdout.take().unwrap());
    let (begin, began) = std::sync::mpsc::channel();
    let ears = std::thread::spawn(move || {
        for line in out.lines().map_while(Result::ok) {
            if let Some(ack) = line.strip_prefix(writer::ACK) {
                hearing.lock().unwrap().insert(ack.to_owned());
                begin.send(()).ok();
            }
        }
    });
    // The moment is counted from the first acknowledgement on.
    began.recv_timeout(Duration::from_secs(20)).expect("the writer writes");
    std::thread::sleep(Duration::from_micros(dice.below(CUT_AFTER_MS * 1_000)));
    let before = heard.lock().unwrap().clone();
    cutter.cut();
    child.kill().unwrap();
    child.wait().unwrap();
    ears.join().unwrap();
    let mut said = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut said).unwrap();
    assert!(!said.contains("panicked at"), "{said}");
    disk.unmount().unwrap();
    disk.mount().unwrap();
    before
}

#[test]
fn a_power_cut_loses_nothing_that_was_acknowledged() {
    let mut disk = match Disk::new(DISK_MB) {
        Ok(disk) => disk,
        Err(why) => return skipped("power cut", &why),
    };
    let mut dice = Dice::thrown("power cut");
    let wanted = rounds(20, 1_000);
    let (started, workspace) = (Instant::now(), disk.path().join("desk"));
    let (mut acks, mut acknowledged) = (BTreeSet::new(), 0);
    for round in 0..wanted {
        if round % CUTS_A_WORKSPACE == 0 {
            std::fs::remove_dir_all(&workspace).ok();
            acks.clear();
            writer::prepare(&workspace);
        }
        let before = cut(&mut disk, &mut dice, None);
        acknowledged += before.len();
        acks.extend(before);
        // Opening for writing puts right what the cut left.
        drop(Workspace::open(&workspace, OpenMode::Write).unwrap());
        assert_eq!(look::lost(&workspace, &acks), Vec::<String>::new(), "after cut {round}");
        assert_eq!(look::findings(&workspace), Vec::<String>::new(), "after cut {round}");
    }
    println!(
        "power cut: {wanted} cuts, 0 of {acknowledged} acknowledged versions lost, verified after each ({:.0} s)",
        started.elapsed().as_secs_f64()
    );
}

/// The control: a program that makes nothing durable is found out.
#[test]
fn without_fsync_a_power_cut_is_caught() {
    let mut disk = match Disk::new(DISK_MB) {
        Ok(disk) => disk,
        Err(why) => return skipped("power cut, control", &why),
    };
    let mut dice = Dice::thrown("power cut, control");
    let workspace = disk.path().join("desk");
    for round in 1..=10 {
        std::fs::remove_dir_all(&workspace).ok();
        writer::prepare(&workspace);
        let acks = cut(&mut disk, &mut dice, Some("no-fsync"));
        let lost = match Workspace::open(&workspace, OpenMode::Write) {
            Ok(_) => look::lost(&workspace, &acks).len(),
            Err(_) => acks.len(),
        };
        if lost > 0 {
            println!("power cut, control: without fsync {lost} of {} were lost in cut {round}, and caught", acks.len());
            return;
        }
    }
    panic!("ten cuts without fsync went unnoticed: this harness proves nothing");
}
