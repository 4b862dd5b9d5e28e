//! How many posts a second can be compared with all before them? One thread, made-up posts of Zipf-distributed words, each of
//! which is sketched, looked up, then inserted; every tenth is an edited copy of an earlier one.
//!
//! `cargo run --release -p vedette-likeness --example near_text_speed [-- POSTS]`, by default 110,000.

use std::error::Error;
use std::time::Instant;

use vedette_likeness::near_text::jaccard;
use vedette_likeness::{Sketch, TextIndex};

const WORDS: usize = 50_000;
const POST_WORDS: usize = 45;
const ALIKE: f32 = 0.5;
/// Estimates scatter; a caller asks a little lower and then compares the texts.
const ASKED: f32 = 0.4;

fn main() -> Result<(), Box<dyn Error>> {
    let count: usize = std::env::args().nth(1).map_or(Ok(110_000), |count| count.parse())?;
    let (posts, copies) = posts(count);
    let started = Instant::now();
    let sketched = posts.iter().filter_map(|post| Sketch::of(post)).count();
    report("sketch alone", sketched, started);

    let mut index = TextIndex::new();
    let mut pairs = Vec::new();
    let started = Instant::now();
    for (id, post) in posts.iter().enumerate() {
        let Some(sketch) = Sketch::of(post) else {
            continue;
        };
        pairs.extend(index.similar(&sketch, ASKED).into_iter().map(|(other, measure)| (id, other as usize, measure)));
        index.insert(id as u64, sketch);
    }
    report("sketch, look up, insert", count, started);
    println!("memory: {} bytes a post", index.memory_bytes() / count.max(1));

    let alike: Vec<_> = copies.iter().filter(|&&(a, b, _)| jaccard(&posts[a], &posts[b]) >= ALIKE).collect();
    let found = alike.iter().filter(|&&&(a, b, _)| pairs.iter().any(|pair| (pair.0, pair.1) == (a, b))).count();
    println!("copies of measure {ALIKE} and more: {found} of {} found", alike.len());
    for rate in [2, 5, 10, 20] {
        let of_rate: Vec<_> = copies.iter().filter(|copy| copy.2 == rate).collect();
        let found = of_rate.iter().filter(|&&&(a, b, _)| pairs.iter().any(|pair| (pair.0, pair.1) == (a, b))).count();
        println!("  {rate} % of words changed: {found} of {} found", of_rate.len());
    }
    let right = pairs.iter().filter(|pair| jaccard(&posts[pair.0], &posts[pair.1]) >= ALIKE).count();
    println!("pairs estimated at {ASKED} and more: {}, of which {right} are of measure {ALIKE} and more", pairs.len());
    boilerplate(&posts, count);
    Ok(())
}

/// The worst case: every post is the same.
fn boilerplate(posts: &[String], count: usize) {
    let Some(sketch) = posts.first().and_then(|post| Sketch::of(post)) else {
        return;
    };
    let mut index = TextIndex::new();
    let started = Instant::now();
    let mut matches = 0;
    for id in 0..count {
        matches += index.similar(&sketch, ASKED).len();
        index.insert(id as u64, sketch);
    }
    report("one boilerplate again and again, look up and insert", count, started);
    println!("  {} matches a post", matches / count.max(1));
}

fn report(name: &str, count: usize, started: Instant) {
    println!("{name}: {:.0} posts a second", count as f64 / started.elapsed().as_secs_f64());
}

/// Posts, and which are copies: the copy, its original, the share of words changed in percent.
fn posts(count: usize) -> (Vec<String>, Vec<(usize, usize, usize)>) {
    let mut next = numbers(3);
    let mut cumulative: Vec<f64> = (1..=WORDS).map(|rank| 1.0 / rank as f64).collect();
    (1..WORDS).for_each(|rank| cumulative[rank] += cumulative[rank - 1]);
    let total = cumulative[WORDS - 1];
    let word = |next: &mut dyn FnMut() -> f64| {
        let at = next() * total;
        cumulative.partition_point(|sum| *sum < at)
    };
    let mut posts: Vec<Vec<usize>> = Vec::with_capacity(count);
    let mut copies = Vec::new();
    for id in 0..count {
        if id % 11 != 10 {
            let length = POST_WORDS / 2 + (next() * POST_WORDS as f64) as usize;
            posts.push((0..length).map(|_| word(&mut next)).collect());
            continue;
        }
        let original = (next() * id as f64) as usize;
        let rate = [2, 5, 10, 20][(next() * 4.0) as usize];
        let mut copy = posts[original].clone();
        for at in copy.iter_mut() {
            if next() * 100.0 < rate as f64 {
                *at = word(&mut next);
            }
        }
        posts.push(copy);
        copies.push((id, original, rate));
    }
    let spelled = |post: Vec<usize>| post.iter().map(|&word| spell(word)).collect::<Vec<_>>().join(" ");
    (posts.into_iter().map(spelled).collect(), copies)
}

/// A word of two to ten letters.
fn spell(mut number: usize) -> String {
    let mut word = String::new();
    while word.len() < 2 || number > 0 {
        word.push(char::from(b"bdfgklmnprstvz"[number % 14]));
        word.push(char::from(b"aeiou"[number / 14 % 5]));
        number /= 70;
    }
    word
}

/// Numbers from 0 to 1 that look random and are always the same (splitmix64).
fn numbers(mut state: u64) -> impl FnMut() -> f64 {
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((word ^ (word >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}
