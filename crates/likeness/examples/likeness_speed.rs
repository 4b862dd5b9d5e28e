//! How long do a signature, a comparison and a look-up take? One line a measurement, by the clock on the wall, one thread: measure on
//! a quiet machine.
//!
//! `cargo run --release -p vedette-likeness --example likeness_speed -- FOLDER [PICTURES]`, where `FOLDER` holds some hundred pictures.
//! Cut-outs of them, each at another place and of another size, make up the number (10,000 unless told); of every hundredth another
//! cut-out is looked up.

use std::error::Error;
use std::fs;
use std::time::Instant;

use image::RgbImage;
use vedette_likeness::{PartIndex, Rgb, Signature};

/// Candidates that are compared in full.
const CANDIDATES: usize = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: likeness_speed FOLDER [PICTURES]")?;
    let wanted: usize = arguments.next().map_or(Ok(10_000), |count| count.parse())?;
    let mut paths =
        fs::read_dir(&folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    let each = wanted.div_ceil(paths.len().max(1));
    let mut random = 0x2545_F491_4F6C_DD1Du64;
    let (mut known, mut queries, mut extracting, mut pixels) = (Vec::new(), Vec::new(), Vec::new(), 0.0);
    for path in paths {
        let Ok(picture) = image::open(&path) else { continue };
        let picture = picture.into_rgb8();
        for _ in 0..each {
            let cut = cut_out(&picture, &mut random, 0.4, 0.9);
            let clock = Instant::now();
            known.push(sign(&cut)?);
            extracting.push(milliseconds(clock));
            pixels += f64::from(cut.width() * cut.height());
            if known.len() % 100 == 0 {
                queries.push(((known.len() - 1) as u64, sign(&cut_out(&cut, &mut random, 0.6, 0.9))?));
            }
        }
    }
    report(&format!("signature, of {:.2} megapixels on average", pixels / 1e6 / known.len() as f64), &mut extracting);
    let bytes: usize = known.iter().map(|signature| signature.to_bytes().len()).sum();
    println!("signature: {} bytes on average, {} pictures", bytes / known.len(), known.len());
    let mut index = PartIndex::new();
    let clock = Instant::now();
    for (id, signature) in known.iter().enumerate() {
        index.insert(id as u64, signature)?;
    }
    println!("insert: {:.3} ms a picture", milliseconds(clock) / known.len() as f64);
    let (mut asking, mut comparing, mut each, mut proposed, mut found) = (Vec::new(), Vec::new(), Vec::new(), 0, 0);
    for (id, query) in &queries {
        let clock = Instant::now();
        let candidates = index.candidates(query, CANDIDATES);
        asking.push(milliseconds(clock));
        proposed += usize::from(candidates.iter().any(|candidate| candidate.0 == *id));
        let whole = Instant::now();
        for (candidate, _) in candidates {
            let clock = Instant::now();
            let shared = query.shared_with(&known[candidate as usize]);
            each.push(milliseconds(clock));
            found += usize::from(shared.is_some() && candidate == *id);
        }
        comparing.push(milliseconds(whole));
    }
    report(&format!("candidates among {}", index.len()), &mut asking);
    report("comparison of one candidate", &mut each);
    report(&format!("comparisons of up to {CANDIDATES} candidates"), &mut comparing);
    println!("cut-outs looked up: {}, proposed {proposed}, found {found}", queries.len());
    Ok(())
}

fn sign(picture: &RgbImage) -> Result<Signature, Box<dyn Error>> {
    let (width, height) = picture.dimensions();
    Ok(Signature::of(Rgb { width, height, pixels: picture })?)
}

/// A part of the picture, each side between two shares of it.
fn cut_out(picture: &RgbImage, random: &mut u64, least: f64, most: f64) -> RgbImage {
    let mut share = || {
        // xorshift64 (Marsaglia, 2003).
        *random ^= *random << 13;
        *random ^= *random >> 7;
        *random ^= *random << 17;
        (*random >> 11) as f64 / (1u64 << 53) as f64
    };
    let mut side = |length: u32| {
        let cut = (f64::from(length) * (least + (most - least) * share())).max(8.0).min(f64::from(length));
        ((f64::from(length) - cut) * share(), cut)
    };
    let ((left, width), (top, height)) = (side(picture.width()), side(picture.height()));
    image::imageops::crop_imm(picture, left as u32, top as u32, width as u32, height as u32).to_image()
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

fn report(name: &str, milliseconds: &mut [f64]) {
    milliseconds.sort_by(f64::total_cmp);
    let at = |share: f64| {
        milliseconds.get(((milliseconds.len() as f64 * share) as usize).min(milliseconds.len().max(1) - 1))
    };
    if let (Some(median), Some(most), Some(last)) = (at(0.5), at(0.99), at(1.0)) {
        println!("{name}: median {median:.2} ms, of 100 the 99th {most:.2} ms, longest {last:.2} ms");
    }
}
