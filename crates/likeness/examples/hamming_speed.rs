//! How many known hashes are within 31 bits of this one, how often a second? One thread, made-up hashes with planted neighbours.
use std::error::Error;
use std::time::Instant;

use vedette_likeness::{HashIndex, PdqHash};

fn main() -> Result<(), Box<dyn Error>> {
    for count in std::env::args().skip(1) {
        let count: usize = count.parse()?;
        let mut next = words(count as u64);
        let started = Instant::now();
        let hashes: Vec<PdqHash> = (0..count).map(|_| PdqHash(std::array::from_fn(|_| (next() >> 9) as u8))).collect();
        let _ = started;
        let started = Instant::now();
        let index: HashIndex = (0u64..).zip(hashes.iter().copied()).collect();
        println!("{count} built in {:.2} s, {} MB", started.elapsed().as_secs_f64(), index.bytes() / 1_000_000);
        let queries: Vec<PdqHash> = (0..20_000)
            .map(|at| {
                let mut wanted = hashes[at * 7919 % count];
                for _ in 0..31 {
                    let bit = next() as usize % 256;
                    wanted.0[bit / 8] ^= 1 << (bit % 8);
                }
                wanted
            })
            .collect();
        for _ in 0..3 {
            let started = Instant::now();
            let found: usize = queries.iter().map(|q| index.within(q, 31).len()).sum();
            println!("{count} {:.0} a second, {found} found", queries.len() as f64 / started.elapsed().as_secs_f64());
        }
    }
    Ok(())
}

fn words(mut state: u64) -> impl FnMut() -> u64 {
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }
}
