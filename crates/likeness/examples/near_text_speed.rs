//! How many posts a second can be compared with all before them, by ours and by the `gaoya` crate? One thread, made-up posts of
//! which each is sketched, looked up, then inserted; every eleventh is a copy of an earlier one with some words changed, or cut
//! short, re-ordered or with a new caption. Times are those of the processor, so that other programs disturb less.
//!
//! `cargo run --release -p vedette-likeness --example near_text_speed [-- [--write FILE] [POSTS…]]`, by default 110,000 three
//! times, then 1,000,000. `--write` keeps the posts of the first number for `evals/peers/near_text.py`.

use std::error::Error;
use std::fs;
use std::hash::BuildHasherDefault;
use std::io::{BufWriter, Write as _};
use std::time::Instant;

use gaoya::minhash::{MinHashIndex, MinHasher, MinHasher32, calculate_minhash_params};
use rustc_hash::{FxHashSet, FxHasher};
use vedette_likeness::near_text::{containment, jaccard};
use vedette_likeness::{Sketch, TextIndex};

/// Different words, 70 % in Latin and 30 % in Arabic letters.
const WORDS: usize = 300_000;
const POST_WORDS: usize = 45;
const ALIKE: f32 = 0.5;
/// A caller that wants texts with every fifth word changed asks this.
const ALIKE_LOOSELY: f32 = 0.3;
const KINDS: [&str; 7] = [
    "2 % edited",
    "5 % edited",
    "10 % edited",
    "20 % edited",
    "a third cut off",
    "halves swapped",
    "caption of 8 words added",
];

struct Copy {
    at: usize,
    original: usize,
    kind: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (mut counts, mut file) = (Vec::new(), None);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--write" => file = Some(arguments.next().ok_or("--write needs a file")?),
            count => counts.push(count.parse()?),
        }
    }
    if counts.is_empty() {
        counts = vec![110_000, 110_000, 110_000, 1_000_000];
    }
    for (run, count) in counts.into_iter().enumerate() {
        let (posts, copies) = made_up(count);
        if let Some(file) = file.take() {
            write(&file, &posts, &copies)?;
        }
        println!("-- {count} posts, run {}", run + 1);
        ours(&posts, &copies)?;
        peer(&posts, &copies)?;
        quotes(&posts)?;
        boilerplate(&posts)?;
    }
    Ok(())
}

fn ours(posts: &[String], copies: &[Copy]) -> Result<(), Box<dyn Error>> {
    let clock = Clock::start()?;
    let sketched = posts.iter().filter_map(|post| Sketch::of(post)).count();
    clock.report("vedette, sketch alone", sketched)?;
    for asked in [ALIKE, ALIKE_LOOSELY] {
        let mut index = TextIndex::new();
        let mut pairs = Vec::new();
        let clock = Clock::start()?;
        for (id, post) in posts.iter().enumerate() {
            if let Some(sketch) = Sketch::of(post) {
                let found = index.search_and_insert(id as u64, &sketch, asked);
                pairs.extend(found.matches.into_iter().map(|(other, _)| (id, other as usize)));
            }
        }
        clock.report(&format!("vedette, asked for {asked}: sketch, look up, insert"), posts.len())?;
        println!("  {} bytes a post", index.memory_bytes() / posts.len().max(1));
        judge(posts, copies, &pairs);
    }
    Ok(())
}

/// The `gaoya` crate as its documentation advises for this threshold and 128 minima, with the fastest hash function at hand.
fn peer(posts: &[String], copies: &[Copy]) -> Result<(), Box<dyn Error>> {
    let (bands, width) = calculate_minhash_params(ALIKE.into(), 128);
    let hasher = MinHasher32::new_with_hasher(bands * width, BuildHasherDefault::<FxHasher>::default());
    let mut index: MinHashIndex<u32, u32> = MinHashIndex::new(bands, width, ALIKE.into());
    let mut pairs = Vec::new();
    let before = resident_bytes()?;
    let clock = Clock::start()?;
    for (id, post) in (0..).zip(posts) {
        let words: Vec<&str> = post.split(' ').collect();
        let signature = hasher.create_signature(words.windows(3));
        pairs.extend(index.query(&signature).into_iter().map(|other| (id as usize, *other as usize)));
        index.insert(id, signature);
    }
    clock.report(&format!("gaoya, {bands} bands of {width}: sketch, look up, insert"), posts.len())?;
    println!("  {} bytes a post", resident_bytes()?.saturating_sub(before) / posts.len().max(1));
    judge(posts, copies, &pairs);
    Ok(())
}

/// How many of the planted copies and of the pairs found are right.
fn judge(posts: &[String], copies: &[Copy], pairs: &[(usize, usize)]) {
    let set: FxHashSet<_> = pairs.iter().copied().collect();
    let found = |copy: &&Copy| set.contains(&(copy.at, copy.original));
    let measure = |copy: &Copy| jaccard(&posts[copy.at], &posts[copy.original]);
    for least in [ALIKE, ALIKE_LOOSELY] {
        let alike: Vec<_> = copies.iter().filter(|copy| measure(copy) >= least).collect();
        println!("  recall where J >= {least}: {}", of(alike.iter().copied().filter(found).count(), alike.len()));
    }
    for (kind, name) in KINDS.iter().enumerate() {
        let such: Vec<_> = copies.iter().filter(|copy| copy.kind == kind).collect();
        println!("  recall, {name}: {}", of(such.iter().copied().filter(found).count(), such.len()));
    }
    let right = |least| pairs.iter().filter(|(a, b)| jaccard(&posts[*a], &posts[*b]) >= least).count();
    println!(
        "  precision at J >= 0.5: {}, at J >= 0.3: {}",
        of(right(ALIKE), pairs.len()),
        of(right(ALIKE_LOOSELY), pairs.len())
    );
}

/// Runs of words from posts, and from long posts of joined ones.
fn quotes(posts: &[String]) -> Result<(), Box<dyn Error>> {
    let posts = &posts[..posts.len().min(100_000)];
    for joined in [1, 5, 20] {
        let long: Vec<String> = posts.chunks(joined).map(|posts| posts.join(" ")).collect();
        let mut index = TextIndex::new();
        for (id, text) in long.iter().enumerate() {
            if let Some(sketch) = Sketch::of(text) {
                index.insert(id as u64, &sketch);
            }
        }
        for words in [10, 20] {
            let mut next = numbers(9);
            let (mut asked, mut hit, mut pairs) = (0, 0, Vec::new());
            let quotes: Vec<_> = (0..10_000)
                .filter_map(|_| {
                    let id = (next() * long.len() as f64) as usize;
                    let all: Vec<&str> = long[id].split(' ').collect();
                    let from = (next() * all.len().saturating_sub(words) as f64) as usize;
                    Some((id, all.get(from..from + words)?.join(" ")))
                })
                .collect();
            let clock = Clock::start()?;
            for (id, quote) in &quotes {
                let Some(sketch) = Sketch::of(quote) else { continue };
                let answer = index.quoting(&sketch, 0.5);
                asked += 1;
                hit += usize::from(answer.matches.iter().any(|(other, _)| *other == *id as u64));
                pairs.extend(answer.matches.iter().map(|(other, _)| (quote, *other as usize)));
            }
            clock.report(
                &format!("quotes of {words} words in {} posts of {} words", long.len(), joined * POST_WORDS),
                asked,
            )?;
            let right = pairs.iter().filter(|(quote, id)| containment(quote, &long[*id]) >= 0.5).count();
            println!("  recall {}, precision before comparing the texts {}", of(hit, asked), of(right, pairs.len()));
        }
    }
    Ok(())
}

/// The worst case: every post is the same.
fn boilerplate(posts: &[String]) -> Result<(), Box<dyn Error>> {
    let Some(sketch) = posts.first().and_then(|post| Sketch::of(post)) else { return Ok(()) };
    let mut index = TextIndex::new();
    let clock = Clock::start()?;
    let mut matches = 0;
    for id in 0..100_000 {
        matches += index.search_and_insert(id, &sketch, ALIKE).matches.len();
    }
    clock.report("one boilerplate 100,000 times, look up and insert", 100_000)?;
    println!("  {} matches a post", matches / 100_000);
    Ok(())
}

/// Processor time of this thread.
struct Clock(u64, Instant);

impl Clock {
    fn start() -> Result<Self, Box<dyn Error>> {
        Ok(Self(processor_ns()?, Instant::now()))
    }

    fn report(&self, name: &str, count: usize) -> Result<(), Box<dyn Error>> {
        let seconds = (processor_ns()? - self.0) as f64 / 1e9;
        let wall = self.1.elapsed().as_secs_f64();
        println!(
            "{name}: {:.0} a second ({:.0} by the clock on the wall)",
            count as f64 / seconds,
            count as f64 / wall
        );
        Ok(())
    }
}

fn processor_ns() -> Result<u64, Box<dyn Error>> {
    let told = fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(told.split(' ').next().ok_or("no time")?.parse()?)
}

fn resident_bytes() -> Result<usize, Box<dyn Error>> {
    let told = fs::read_to_string("/proc/self/statm")?;
    let pages: usize = told.split(' ').nth(1).ok_or("no size")?.parse()?;
    Ok(pages * 4096)
}

fn of(part: usize, whole: usize) -> String {
    format!("{:.4} ({part} of {whole})", part as f64 / whole.max(1) as f64)
}

fn write(file: &str, posts: &[String], copies: &[Copy]) -> Result<(), Box<dyn Error>> {
    let mut out = BufWriter::new(fs::File::create(file)?);
    let mut copies = copies.iter().peekable();
    for (at, post) in posts.iter().enumerate() {
        match copies.next_if(|copy| copy.at == at) {
            Some(copy) => writeln!(out, "{}\t{}\t{post}", copy.original, KINDS[copy.kind])?,
            None => writeln!(out, "\t\t{post}")?,
        }
    }
    Ok(out.flush()?)
}

/// Posts, and which are copies.
fn made_up(count: usize) -> (Vec<String>, Vec<Copy>) {
    let mut next = numbers(3);
    let mut cumulative: Vec<f64> = (1..=WORDS).map(|rank| 1.0 / rank as f64).collect();
    (1..WORDS).for_each(|rank| cumulative[rank] += cumulative[rank - 1]);
    let total = cumulative[WORDS - 1];
    let word = |next: &mut dyn FnMut() -> f64| {
        let at = next() * total;
        cumulative.partition_point(|sum| *sum < at)
    };
    let mut posts: Vec<(bool, Vec<usize>)> = Vec::with_capacity(count);
    let mut copies = Vec::new();
    for at in 0..count {
        if at % 11 != 10 {
            let length = POST_WORDS / 2 + (next() * POST_WORDS as f64) as usize;
            let arabic = next() < 0.3;
            posts.push((arabic, (0..length).map(|_| word(&mut next)).collect()));
            continue;
        }
        let original = (next() * at as f64) as usize;
        // Four of five are edited.
        let kind = if next() < 0.8 { (next() * 4.0) as usize } else { 4 + (next() * 3.0) as usize };
        let (arabic, mut copy) = posts[original].clone();
        match kind {
            4 => copy.truncate(copy.len() * 2 / 3),
            5 => {
                let half = copy.len() / 2;
                copy.rotate_left(half);
            }
            6 => (0..8).for_each(|_| copy.insert(0, word(&mut next))),
            rate => {
                for at in &mut copy {
                    if next() < [0.02, 0.05, 0.1, 0.2][rate] {
                        *at = word(&mut next);
                    }
                }
            }
        }
        posts.push((arabic, copy));
        copies.push(Copy { at, original, kind });
    }
    let spelled = |(arabic, post): (bool, Vec<usize>)| {
        post.into_iter().map(|word| if arabic { spell_arabic(word) } else { spell(word) }).collect::<Vec<_>>().join(" ")
    };
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

fn spell_arabic(mut number: usize) -> String {
    const LETTERS: [char; 24] = [
        'ا', 'ب', 'ت', 'ث', 'ج', 'ح', 'خ', 'د', 'ر', 'ز', 'س', 'ش', 'ص', 'ط', 'ع', 'غ', 'ف', 'ق', 'ك', 'ل', 'م', 'ن',
        'و', 'ي',
    ];
    let mut word = String::new();
    while word.len() < 4 || number > 0 {
        word.push(LETTERS[number % 24]);
        number /= 24;
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
