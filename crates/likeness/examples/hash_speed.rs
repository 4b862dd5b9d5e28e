//! How many pictures a second can be hashed, and how many hashes a second looked up? One thread, made-up data.
//!
//! `cargo run --release -p vedette-likeness --example hash_speed [-- HASHES]`, by default a million known hashes.

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use vedette_likeness::{HashIndex, PdqHash, Rgb, pdq, pdq_with_dihedral};

const DISTANCE_MAX: u32 = 31;

fn main() -> Result<(), Box<dyn Error>> {
    let count = std::env::args().nth(1).map_or(Ok(1_000_000), |count| count.parse())?;
    let mut next = words(1);
    for (width, height) in [(512, 512), (1600, 1004)] {
        let pixels: Vec<u8> = (0..width * height * 3).map(|_| next() as u8).collect();
        let picture = Rgb { width, height, pixels: &pixels };
        rate(&format!("pdq, {width} x {height}"), 2_000, |_| {
            black_box(pdq(black_box(picture)).is_ok());
        });
        rate(&format!("pdq and its eight views, {width} x {height}"), 2_000, |_| {
            black_box(pdq_with_dihedral(black_box(picture)).is_ok());
        });
    }
    for count in [2_000, 8_000, 16_000, 17_000, 40_000, count] {
        look_up(count, &mut next);
    }
    Ok(())
}

fn look_up(count: usize, next: &mut impl FnMut() -> u64) {
    let hashes: Vec<PdqHash> = (0..count).map(|_| PdqHash(std::array::from_fn(|_| next() as u8))).collect();
    let mut index = HashIndex::new();
    let started = Instant::now();
    for (id, hash) in hashes.iter().enumerate() {
        index.insert(id as u64, *hash);
    }
    println!("{count} hashes known after {:.2} s", started.elapsed().as_secs_f64());
    let mut found = 0;
    rate("  look-ups that match", 5_000, |at| {
        let mut wanted = hashes[at * 7919 % count];
        (0..30).for_each(|bit| wanted.0[bit] ^= 1 << (bit % 8));
        found += index.within(&wanted, DISTANCE_MAX).len();
    });
    rate("  look-ups that do not", 5_000, |_| {
        let wanted = PdqHash(std::array::from_fn(|_| next() as u8));
        found += index.within(&wanted, DISTANCE_MAX).len();
    });
    println!("  {found} matches");
    let started = Instant::now();
    let removed = (0..count as u64).step_by(3).filter(|&id| index.remove(id)).count();
    println!("  {removed} removed in {:.2} s", started.elapsed().as_secs_f64());
}

fn rate(name: &str, times: usize, mut act: impl FnMut(usize)) {
    let mut best = f64::INFINITY;
    for _ in 0..3 {
        let started = Instant::now();
        (0..times).for_each(&mut act);
        best = best.min(started.elapsed().as_secs_f64());
    }
    println!("{name}: {:.0} a second", times as f64 / best);
}

/// A fixed row of numbers (splitmix64).
fn words(mut state: u64) -> impl FnMut() -> u64 {
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }
}
