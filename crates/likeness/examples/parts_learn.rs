//! Learns the two tables of `parts`: the mean histogram of points, and the words of their bits.
//!
//! `cargo run --release -p vedette-likeness --example parts_learn -- FOLDER > TABLES`, where `FOLDER` holds a few hundred pictures
//! of all kinds, none of those that anything is measured with. First `MEAN` is printed; once it stands in `mean.rs`, a second run
//! prints the right `WORDS`, for the bits depend on it. The same pictures give the same tables.

use std::error::Error;
use std::fs;

use vedette_likeness::Rgb;
use vedette_likeness::parts::learn::histograms;

const LENGTH: usize = 128;
const WORDS: usize = 128;
const ROUNDS: usize = 15;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: parts_learn FOLDER")?;
    let mut paths =
        fs::read_dir(&folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    let mut sum = [0.0f64; LENGTH];
    let mut halves: Vec<[u64; 2]> = Vec::new();
    for path in &paths {
        let Ok(picture) = image::open(path) else { continue };
        let picture = picture.into_rgb8();
        let (width, height) = picture.dimensions();
        for (histogram, [a, b, c, d]) in histograms(Rgb { width, height, pixels: &picture })? {
            sum.iter_mut().zip(histogram).for_each(|(sum, value)| *sum += f64::from(value));
            // The second half is the first of the mirror image, and as good a sample.
            halves.extend([[a, b], [c, d]]);
        }
    }
    let points = halves.len() / 2;
    eprintln!("{points} points of {} files", paths.len());
    println!("MEAN");
    let mean: Vec<f64> = (0..LENGTH).map(|at| (sum[at] + sum[mirror_of(at)]) / 2.0 / points as f64).collect();
    for row in mean.chunks(8) {
        println!("    {},", row.iter().map(|value| format!("{value:.4}")).collect::<Vec<_>>().join(", "));
    }
    println!("WORDS");
    for [low, high] in words(&halves) {
        println!("    [0x{low:016X}, 0x{high:016X}],");
    }
    Ok(())
}

/// As in `describe.rs`: rows upside down, directions the other way round.
fn mirror_of(at: usize) -> usize {
    let (row, column, direction) = (at / 32, at / 8 % 4, at % 8);
    ((3 - row) * 4 + column) * 8 + (8 - direction) % 8
}

/// k-majority: each half goes to the nearest word, each bit of a word to the majority of its halves.
fn words(halves: &[[u64; 2]]) -> Vec<[u64; 2]> {
    let mut words: Vec<[u64; 2]> = (0..WORDS).map(|at| halves[at * halves.len() / WORDS]).collect();
    for _ in 0..ROUNDS {
        let mut ones = vec![[0usize; LENGTH]; WORDS];
        let mut count = [0usize; WORDS];
        for half in halves {
            let at = nearest(&words, half);
            count[at] += 1;
            for (bit, ones) in ones[at].iter_mut().enumerate() {
                *ones += (half[bit / 64] >> (bit % 64) & 1) as usize;
            }
        }
        for (word, (ones, count)) in words.iter_mut().zip(ones.iter().zip(count)) {
            for (bit, &ones) in ones.iter().enumerate().filter(|_| count > 0) {
                let mask = 1 << (bit % 64);
                word[bit / 64] = if 2 * ones > count { word[bit / 64] | mask } else { word[bit / 64] & !mask };
            }
        }
    }
    words
}

fn nearest(words: &[[u64; 2]], half: &[u64; 2]) -> usize {
    let distance = |word: &[u64; 2]| (word[0] ^ half[0]).count_ones() + (word[1] ^ half[1]).count_ones();
    (0..words.len()).min_by_key(|&at| distance(&words[at])).unwrap_or(0)
}
