//! How many questions a second "which known hashes are within 31 bits of this one?" One thread, made-up hashes, on a core of its
//! own time; with the peers of `evals/peers` on the same hashes where a C compiler with AVX-512 and Python with FAISS are there.
//!
//! `cargo run --release -p vedette-likeness --example hamming_speed [-- [--no-peers] [HASHES…]]`, by default 1,000,000 and
//! 10,000,000. `PYTHON` names the interpreter that has faiss-cpu. One line a measurement: best [worst to best] of the passes.

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use vedette_likeness::PdqHash;
use vedette_likeness::hamming::{HashChange, HashIndex, HashStore};

const RADIUS: u32 = 31;
const PASSES: usize = 5;
const QUERIES: usize = 1_000;
/// Questions for which everything is compared, to see that nothing is missed.
const CHECKED: usize = 40;
const FAISS_KINDS: [&str; 3] = ["flat", "16x16x1", "11x23x2"];

fn main() -> Result<(), Box<dyn Error>> {
    let mut counts = Vec::new();
    let mut peers = true;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--no-peers" => peers = false,
            count => counts.push(count.parse()?),
        }
    }
    if counts.is_empty() {
        counts = vec![1_000_000, 10_000_000];
    }
    let folder = tempfile::tempdir_in(std::env::var("TMPDIR").as_deref().unwrap_or("target"))?;
    let mut growth = Vec::new();
    for &count in &counts {
        let (hashes, queries) = random(count);
        growth.push((count as f64, ours("random", &hashes, &queries, folder.path())?));
        if peers {
            run_peers("random", hashes, &queries, folder.path())?;
        }
        let (hashes, queries) = clustered(count);
        ours("clustered", &hashes, &queries, folder.path())?;
        if peers {
            run_peers("clustered", hashes, &queries, folder.path())?;
        }
    }
    if let [.., (fewer, quicker), (more, slower)] = growth[..] {
        let power = (quicker / slower).ln() / (more / fewer).ln();
        let then = slower * (more / 1e8).powf(power);
        println!(
            "10^8 hashes, extrapolated from the last two: {then:.0} a second (time grows with the power {power:.2})"
        );
    }
    Ok(())
}

/// Measures the index in memory and on disk; questions a second in memory.
fn ours(data: &str, hashes: &[PdqHash], queries: &[PdqHash], folder: &Path) -> Result<f64, Box<dyn Error>> {
    let count = hashes.len();
    let begun = cpu_seconds();
    let mut index: HashIndex = (0u64..).zip(hashes.iter().copied()).collect();
    let built = cpu_seconds() - begun;
    println!("{data} {count}: built in {built:.2} s, {:.1} bytes a hash", index.bytes() as f64 / count as f64);
    for wanted in &queries[..CHECKED] {
        let mut all: Vec<_> = (0u64..).zip(hashes).map(|(id, hash)| (id, hash.distance(wanted))).collect();
        all.retain(|near| near.1 <= RADIUS);
        all.sort_unstable_by_key(|&(id, distance)| (distance, id));
        assert_eq!(index.within(wanted, RADIUS), all, "the index and comparing everything differ");
    }
    let rate = measure(&format!("{data} {count}: in memory"), queries, |wanted| index.within(wanted, RADIUS));
    slowest(data, &index, queries);
    let before = index.clone();
    let begun = Instant::now();
    (0..10_000u64).for_each(|at| index.insert(count as u64 + at, hashes[at as usize]));
    (0..10_000u64).for_each(|at| assert!(index.remove(count as u64 + at)));
    let changed = 20_000.0 / begun.elapsed().as_secs_f64();
    println!("{data} {count}: {changed:.0} changes a second in memory while a snapshot is held");
    drop((index, before));
    let place = folder.join("index");
    let begun = Instant::now();
    drop(HashStore::build(&place, (0u64..).zip(hashes.iter().copied()))?);
    println!("{data} {count}: written to disk and synced in {:.2} s of the clock", begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let store = HashStore::open(&place)?;
    println!("{data} {count}: opened in {:.4} s of the clock", begun.elapsed().as_secs_f64());
    measure(&format!("{data} {count}: mapped from disk"), queries, |wanted| store.within(wanted, RADIUS));
    let begun = Instant::now();
    for at in 0..100u64 {
        store.apply(&[HashChange::Insert(count as u64 + at, hashes[at as usize])])?;
    }
    println!("{data} {count}: {:.0} synced changes a second, one by one", 100.0 / begun.elapsed().as_secs_f64());
    drop(store);
    std::fs::remove_dir_all(&place)?;
    Ok(rate)
}

fn measure(name: &str, queries: &[PdqHash], mut within: impl FnMut(&PdqHash) -> Vec<(u64, u32)>) -> f64 {
    let (mut best, mut worst) = (0f64, f64::INFINITY);
    let (mut matches, mut distances) = (0, 0);
    for _ in 0..PASSES {
        (matches, distances) = (0, 0);
        let begun = cpu_seconds();
        for wanted in queries {
            let found = within(wanted);
            matches += found.len();
            distances += found.iter().map(|near| u64::from(near.1)).sum::<u64>();
        }
        let rate = queries.len() as f64 / (cpu_seconds() - begun);
        (best, worst) = (best.max(rate), worst.min(rate));
    }
    println!(
        "{name}: {best:.0} [{worst:.0} to {best:.0}] questions a second, {matches} matches, distances {distances}"
    );
    best
}

/// The slowest questions: does any cost more than comparing with everything?
fn slowest(data: &str, index: &HashIndex, queries: &[PdqHash]) {
    let mut times: Vec<f64> = queries
        .iter()
        .map(|wanted| {
            let time = || {
                let begun = Instant::now();
                std::hint::black_box(index.within(wanted, RADIUS));
                begun.elapsed().as_secs_f64()
            };
            time().min(time()).min(time())
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize] * 1e6;
    println!(
        "{data} {}: half of the questions within {:.0} microseconds of the clock, 99 % within {:.0}, all within {:.0}",
        index.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

fn run_peers(data: &str, hashes: Vec<PdqHash>, queries: &[PdqHash], folder: &Path) -> Result<(), Box<dyn Error>> {
    let count = hashes.len();
    let (known, asked) = (folder.join("hashes"), folder.join("queries"));
    for (path, hashes) in [(&known, hashes.as_slice()), (&asked, queries)] {
        let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
        hashes.iter().try_for_each(|hash| file.write_all(&hash.0))?;
        file.flush()?;
    }
    // Not both at once in memory.
    drop(hashes);
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../evals/peers");
    let flat = folder.join("hamming_flat");
    let compiled =
        Command::new("cc").args(["-O3", "-march=native", "-o"]).arg(&flat).arg(sources.join("hamming_flat.c")).output();
    if compiled.is_ok_and(|output| output.status.success()) {
        let told = tell(Command::new(&flat).arg(&known).arg(&asked).arg(RADIUS.to_string()));
        println!("{data} {count}: peer AVX-512 flat: {told} (questions a second, matches, distances)");
    } else {
        println!("{data} {count}: peer AVX-512 flat: no compiler for it");
    }
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    for kind in FAISS_KINDS {
        let script = sources.join("hamming_faiss.py");
        let told = tell(Command::new(&python).arg(script).arg(&known).arg(&asked).arg(RADIUS.to_string()).arg(kind));
        println!(
            "{data} {count}: peer FAISS {kind}: {told} (questions a second, matches, distances, s to build, MB, version)"
        );
    }
    Ok(())
}

fn tell(command: &mut Command) -> String {
    match command.output() {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        Ok(output) => format!("failed: {}", String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default()),
        Err(error) => format!("not there: {error}"),
    }
}

/// Strangers, with one or two neighbours planted for each question.
fn random(count: usize) -> (Vec<PdqHash>, Vec<PdqHash>) {
    let mut next = words(count as u64);
    let mut hashes: Vec<PdqHash> = (0..count).map(|_| any(&mut next)).collect();
    let queries: Vec<PdqHash> = (0..QUERIES).map(|_| any(&mut next)).collect();
    for (at, query) in queries.iter().enumerate() {
        for _ in 0..=at % 2 {
            let place = next() as usize % count;
            let bits = next() as usize % 32;
            hashes[place] = flipped(*query, bits, &mut next);
        }
    }
    (hashes, queries)
}

/// Half are strangers; two fifths are in clusters (the k-th has 1/k of the largest's members, up to a hundredth of all), each up to 60 bits
/// from its centre; a tenth share eight of sixteen slots with one of sixteen patterns, as pictures of little text on a plain
/// ground do. The questions are members with up to 31 bits changed.
fn clustered(count: usize) -> (Vec<PdqHash>, Vec<PdqHash>) {
    let mut next = words(count as u64 + 1);
    let mut hashes: Vec<PdqHash> = (0..count / 2).map(|_| any(&mut next)).collect();
    let patterns: Vec<PdqHash> = (0..16).map(|_| any(&mut next)).collect();
    for _ in 0..count / 10 {
        let mut hash = any(&mut next);
        hash.0[..16].copy_from_slice(&patterns[next() as usize % 16].0[..16]);
        hashes.push(hash);
    }
    let mut rank = 1;
    while hashes.len() < count {
        let centre = any(&mut next);
        for _ in 0..(count / 100 / rank).max(2).min(count - hashes.len()) {
            let bits = next() as usize % 61;
            hashes.push(flipped(centre, bits, &mut next));
        }
        rank += 1;
    }
    let queries = (0..QUERIES)
        .map(|_| {
            let hash = hashes[next() as usize % count];
            let bits = next() as usize % 32;
            flipped(hash, bits, &mut next)
        })
        .collect();
    (hashes, queries)
}

fn any(next: &mut impl FnMut() -> u64) -> PdqHash {
    let mut hash = PdqHash::default();
    hash.0.as_chunks_mut::<8>().0.iter_mut().for_each(|bytes| *bytes = next().to_le_bytes());
    hash
}

/// With so many different bits changed.
fn flipped(hash: PdqHash, bits: usize, next: &mut impl FnMut() -> u64) -> PdqHash {
    let mut changed = hash;
    while (changed.distance(&hash) as usize) < bits {
        let bit = next() as usize % 256;
        changed.0[bit / 8] |= (1 << (bit % 8)) & !hash.0[bit / 8];
        changed.0[bit / 8] &= !((1 << (bit % 8)) & hash.0[bit / 8]);
    }
    changed
}

/// Seconds that this thread has run (proc(5), `schedstat`): other work on the machine does not count.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells how long a thread ran");
    let nanoseconds: f64 = stat.split(' ').next().and_then(|first| first.parse().ok()).expect("a number comes first");
    nanoseconds / 1e9
}

/// Numbers that look random and are always the same (splitmix64).
fn words(mut state: u64) -> impl FnMut() -> u64 {
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }
}
