//! How often a day without a burst is called one, on simulated counts with seeds that no test uses; and how long suggesting
//! campaigns among 100,000 items takes. Needs no data.
//!
//! `cargo run --release -p vedette-assess --example burst_rate`

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use vedette_assess::bursts::simulated::{Dice, Null};
use vedette_assess::campaigns::suggest;
use vedette_core::{FamilyId, ItemId, Level, MentionKind, Name, Signal, Signals, SourceId};

fn main() {
    println!("| what | figure | aim | kind |");
    println!("|---|---|---|---|");
    let (mut worst, mut sum) = (0.0f64, 0.0);
    for (seed, null) in (1_000u64..).zip(Null::ALL) {
        let rate = null.false_bursts(2_000, 200, seed) * 100.0;
        println!(
            "| false bursts per 100 entity-days, {null:?} | {rate:.3} | ≤ 1 | simulated, other seeds than the tests |"
        );
        worst = worst.max(rate);
        sum += rate;
    }
    let mean = sum / Null::ALL.len() as f64;
    println!(
        "| false bursts per 100 entity-days, worst and mean of {} kinds | {worst:.3}, {mean:.3} | ≤ 1 | simulated |",
        Null::ALL.len()
    );
    let signals = many(100_000);
    let (begun, used) = (Instant::now(), processor_seconds());
    let found = suggest(&signals);
    // On a machine that does other work the clock says nothing about us.
    let took = match (used, processor_seconds()) {
        (Some(before), Some(after)) => after - before,
        _ => begun.elapsed().as_secs_f64(),
    };
    println!(
        "| campaigns among 100,000 items, processor seconds ({} suggested) | {took:.2} | < 2 | simulated |",
        found.len()
    );
}

/// Seconds that this thread has had a processor; nothing where the system does not tell.
fn processor_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(text.split(' ').next()?.parse::<f64>().ok()? / 1e9)
}

/// Items that name eight things each, of a register of 2,000, over two years.
fn many(items: i64) -> Signals {
    let kinds = [MentionKind::Actor, MentionKind::Target, MentionKind::Place, MentionKind::Event, MentionKind::Venue];
    let names: Vec<Name> = (0..2_000)
        .map(|n| Name { kind: kinds[n % kinds.len()], id: format!("n{n}"), name: format!("N {n}") })
        .collect();
    let mut dice = Dice(5);
    let mut roll = |of: f64| (dice.uniform() * of) as u32;
    let items = (1..=items)
        .map(|item| {
            let mut named: Vec<u32> = (0..8).map(|_| roll(2_000.0)).collect();
            named.sort_unstable();
            named.dedup();
            Signal {
                item: ItemId(item),
                source: SourceId(i64::from(roll(50.0)) + 1),
                outlet: (roll(3.0) == 0).then(|| format!("outlet-{}", roll(200.0))),
                posted_at: Timestamp::UNIX_EPOCH + SignedDuration::from_mins(i64::from(roll(1_051_200.0))),
                family: (roll(4.0) == 0).then(|| FamilyId(i64::from(roll(5_000.0)) + 1)),
                level: if roll(3.0) == 0 { Level::Medium } else { Level::Low },
                images: roll(2.0),
                names: named,
                said: Vec::new(),
            }
        })
        .collect();
    Signals { items, names }
}
