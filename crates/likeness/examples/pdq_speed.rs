//! How fast PDQ is beside what others use for it, in the same run and on one core.
//!
//! `cargo run --release -p vedette-likeness --example pdq_speed -- JPEG [PEER…]`
//!
//! One line a measurement: pixels to hash and quality (512 x 512, made up), and the file `JPEG` to hash and quality. Everything
//! is timed in batches of at least 5 ms, in turn, three times round; the fastest batch counts, the median stands beside it. The
//! crate `pdqhash` always runs; each `PEER` is a program of `evals/peers/pdq*_speed.*`, and one that is not given has no line.

use std::error::Error;
use std::fmt::Display;
use std::hint::black_box;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use image_of_pdqhash as old;
use vedette_likeness::{Machine, Pdq, Rgb, pdq_on, pdq_with_dihedral};

const SIDE: u32 = 512;
const ROUNDS: usize = 3;
/// How long each way is measured in a round.
const TIME: Duration = Duration::from_millis(1_000);
const BATCH: Duration = Duration::from_millis(5);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((jpeg, peers)) = arguments.split_first() else {
        eprintln!("usage: pdq_speed JPEG [PEER…]");
        return ExitCode::from(2);
    };
    match measure(Path::new(jpeg), peers) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// What a way of hashing did: seconds a picture in each batch, and the answer.
#[derive(Default)]
struct Row {
    name: String,
    batches: Vec<f64>,
    answer: String,
}

fn measure(jpeg: &Path, peers: &[String]) -> Result<(), Box<dyn Error>> {
    let pixels = made_up();
    let bytes = std::fs::read(jpeg)?;
    let raw = std::env::temp_dir().join(format!("pdq_speed-{}.rgb", std::process::id()));
    std::fs::write(&raw, &pixels)?;
    let (mut hashes, mut files) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours(&pixels, &bytes, &mut hashes, &mut files)?;
        the_crate(&pixels, &bytes, &mut hashes, &mut files)?;
        for peer in peers {
            let said = run(peer, &raw, jpeg)?;
            add(&mut hashes, &said.0);
            add(&mut files, &said.1);
        }
    }
    std::fs::remove_file(&raw)?;
    print(&format!("{SIDE} x {SIDE} pixels"), &mut hashes);
    print(&jpeg.display().to_string(), &mut files);
    Ok(())
}

fn ours(pixels: &[u8], jpeg: &[u8], hashes: &mut Vec<Row>, files: &mut Vec<Row>) -> Result<(), Box<dyn Error>> {
    let picture = Rgb { width: SIDE, height: SIDE, pixels };
    for machine in Machine::ALL.into_iter().filter(|machine| machine.is_here()) {
        let answer = pdq_on(machine, picture)?;
        add(hashes, &timed(&format!("vedette {machine}"), answered(answer), || pdq_on(machine, black_box(picture))));
    }
    let (answer, _) = pdq_with_dihedral(picture)?;
    add(hashes, &timed("vedette, eight views", answered(answer), || pdq_with_dihedral(black_box(picture))));
    let decoded = || -> Result<Pdq, Box<dyn Error>> {
        let image = image::load_from_memory_with_format(black_box(jpeg), image::ImageFormat::Jpeg)?.into_rgb8();
        Ok(pdq_on(Machine::best(), Rgb { width: image.width(), height: image.height(), pixels: &image })?)
    };
    add(files, &timed("vedette, decoded by image 0.25", answered(decoded()?), decoded));
    let only = || image::load_from_memory_with_format(black_box(jpeg), image::ImageFormat::Jpeg);
    add(files, &timed("(decoding alone)", String::new(), only));
    Ok(())
}

fn the_crate(pixels: &[u8], jpeg: &[u8], hashes: &mut Vec<Row>, files: &mut Vec<Row>) -> Result<(), Box<dyn Error>> {
    let buffer = old::RgbImage::from_raw(SIDE, SIDE, pixels.to_vec()).ok_or("the buffer does not fit")?;
    let picture = old::DynamicImage::ImageRgb8(buffer);
    let hash = || pdqhash::generate_pdq(black_box(&picture));
    add(hashes, &timed("crate pdqhash 0.1.1", theirs(hash()), hash));
    let decoded = || {
        let image = old::load_from_memory_with_format(black_box(jpeg), old::ImageFormat::Jpeg).ok()?;
        pdqhash::generate_pdq(&image)
    };
    add(files, &timed("crate pdqhash 0.1.1, decoded by image 0.23", theirs(decoded()), decoded));
    Ok(())
}

fn answered(answer: Pdq) -> String {
    format!("{} {}", answer.hash, answer.quality)
}

/// The crate's quality is a fraction, and not that of the reference.
fn theirs(answer: Option<([u8; 32], f32)>) -> String {
    answer.map_or("nothing".to_owned(), |(hash, quality)| {
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{hash} {:.0}", quality * 100.0)
    })
}

fn timed<T>(name: &str, answer: impl Display, mut act: impl FnMut() -> T) -> Row {
    let mut batches = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < TIME {
        let started = Instant::now();
        let mut times = 0.0;
        while started.elapsed() < BATCH {
            black_box(act());
            times += 1.0;
        }
        batches.push(started.elapsed().as_secs_f64() / times);
    }
    Row { name: name.to_owned(), batches, answer: answer.to_string() }
}

/// Runs a peer: `PEER RGB SIDE JPEG SECONDS`, which says two lines `NAME;HASH QUALITY;SECONDS…`, of the pixels and of the file.
fn run(peer: &str, raw: &Path, jpeg: &Path) -> Result<(Row, Row), Box<dyn Error>> {
    let seconds = TIME.as_secs_f64().to_string();
    let out = Command::new(peer).arg(raw).arg(SIDE.to_string()).arg(jpeg).arg(seconds).output();
    let out = out.map_err(|error| format!("cannot run `{peer}`: {error}"))?;
    let text = String::from_utf8_lossy(&out.stdout);
    let mut rows = text.lines().filter_map(|line| {
        let (name, rest) = line.split_once(';')?;
        let (answer, batches) = rest.split_once(';')?;
        let batches: Vec<f64> = batches.split_whitespace().filter_map(|batch| batch.parse().ok()).collect();
        Some(Row { name: name.to_owned(), answer: answer.to_owned(), batches })
    });
    match (rows.next(), rows.next()) {
        (Some(hash), Some(file)) => Ok((hash, file)),
        _ => Err(format!("`{peer}` said `{text}` {}", String::from_utf8_lossy(&out.stderr)).into()),
    }
}

fn add(rows: &mut Vec<Row>, row: &Row) {
    match rows.iter_mut().find(|known| known.name == row.name) {
        Some(known) => known.batches.extend(&row.batches),
        None => {
            rows.push(Row { name: row.name.clone(), batches: row.batches.clone(), answer: row.answer.clone() });
        }
    }
}

fn print(what: &str, rows: &mut [Row]) {
    println!("{what}: pictures a second, fastest batch (median); hash and quality");
    for row in rows {
        row.batches.sort_by(f64::total_cmp);
        let fastest = row.batches.first().copied().unwrap_or(f64::INFINITY);
        let median = row.batches.get(row.batches.len() / 2).copied().unwrap_or(f64::INFINITY);
        println!("  {:44} {:7.1} ({:7.1})  {}", row.name, 1.0 / fastest, 1.0 / median, row.answer);
    }
}

/// Noise over coloured blocks.
fn made_up() -> Vec<u8> {
    let mut state = 1u64;
    (0..SIDE * SIDE * 3)
        .map(|at| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let (x, y) = (at / 3 % SIDE / 40, at / 3 / SIDE / 40);
            ((x * 37 + y * 91 + at % 3 * 50) % 192) as u8 + (state >> 58) as u8
        })
        .collect()
}
