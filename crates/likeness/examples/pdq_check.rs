//! Is our PDQ the reference's? Compares with published hashes of pictures, decoded by the `image` crate.
//!
//! `cargo run --release -p vedette-likeness --example pdq_check -- DATA_DIR [--each]`, where `DATA_DIR` holds
//! `pdq_vectors_pdqhash_py.json` (every pixel hashed) and `pdq_reference/` with `PDQMD5TestData.csv` (resized first) and
//! `expected_python_pdq.json` (a Python implementation, whose authors allow it 16 bits). Where decoders disagree on a pixel,
//! bits may differ: the reference calls 10 bits correct for pictures of quality 80 and more.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use vedette_likeness::{LikenessError, Pdq, PdqHash, Rgb, pdq, pdq_unresized};

type Failure = Box<dyn std::error::Error>;

/// A picture's published hash.
struct Expected {
    path: String,
    hash: PdqHash,
    quality: Option<u8>,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else {
        eprintln!("usage: pdq_check DATA_DIR [--each]");
        return ExitCode::from(2);
    };
    let each = arguments.any(|argument| argument == "--each");
    match check(Path::new(&folder), each) {
        Ok(compared) if compared > 0 => ExitCode::SUCCESS,
        Ok(_) => {
            eprintln!("no reference hashes in {folder}: nothing was checked");
            ExitCode::from(2)
        }
        Err(error) => {
            eprintln!("cannot check against {folder}: {error}");
            ExitCode::from(2)
        }
    }
}

/// Compares with every list that is there; returns how many hashes were compared.
fn check(folder: &Path, each: bool) -> Result<usize, Failure> {
    let pictures = folder.join("pdq_reference/data");
    let mut compared = 0;
    if let Some(text) = read(&folder.join("pdq_vectors_pdqhash_py.json"))? {
        let vectors = vectors(&text)?;
        compared += compare("vectors, every pixel", &pictures, &vectors, |rgb| pdq_unresized(rgb), each);
        compared += compare("vectors, resized first", &pictures, &vectors, |rgb| pdq(rgb), each);
    }
    if let Some(text) = read(&folder.join("pdq_reference/PDQMD5TestData.csv"))? {
        compared += compare("Meta's WebAssembly test data", &pictures, &csv(&text), |rgb| pdq(rgb), each);
    }
    if let Some(text) = read(&folder.join("pdq_reference/expected_python_pdq.json"))? {
        let hashes: BTreeMap<String, PdqHash> = serde_json::from_str(&text)?;
        let expected: Vec<_> = hashes.into_iter().map(|(path, hash)| Expected { path, hash, quality: None }).collect();
        compared += compare("Meta's Python test data", &pictures, &expected, |rgb| pdq(rgb), each);
    }
    Ok(compared)
}

fn read(path: &Path) -> Result<Option<String>, Failure> {
    if path.exists() {
        return Ok(Some(fs::read_to_string(path)?));
    }
    println!("{}: missing, skipped", path.display());
    Ok(None)
}

fn vectors(text: &str) -> Result<Vec<Expected>, Failure> {
    let rows: Vec<serde_json::Value> = serde_json::from_str(text)?;
    let mut expected = Vec::new();
    for row in rows.iter().filter(|row| row["set"] == "pdq") {
        let (Some(path), Some(hash)) = (row["file"].as_str(), row["pdq"].as_str()) else {
            continue;
        };
        let quality = row["quality"].as_u64().and_then(|quality| u8::try_from(quality).ok());
        expected.push(Expected { path: path.to_owned(), hash: hash.parse()?, quality });
    }
    Ok(expected)
}

/// Rows of `../../../../data/FOLDER/FILE,HASH`; those of videos carry hashes of another kind.
fn csv(text: &str) -> Vec<Expected> {
    let rows = text.lines().filter_map(|line| line.trim().split_once(','));
    rows.filter_map(|(path, hash)| {
        let (_, path) = path.split_once("/data/")?;
        Some(Expected { path: path.to_owned(), hash: hash.parse().ok()?, quality: None })
    })
    .collect()
}

fn compare(
    name: &str,
    pictures: &Path,
    expected: &[Expected],
    hasher: fn(Rgb<'_>) -> Result<Pdq, LikenessError>,
    each: bool,
) -> usize {
    let (mut compared, mut exact, mut worst, mut sum) = (0, 0, 0, 0);
    let (mut qualities, mut stated, mut missing) = (0, 0, 0);
    for picture in expected {
        let Ok(image) = image::open(pictures.join(&picture.path)) else {
            missing += 1;
            continue;
        };
        let rgb = image.to_rgb8();
        let (width, height) = rgb.dimensions();
        let found = match hasher(Rgb { width, height, pixels: &rgb }) {
            Ok(found) => found,
            Err(error) => {
                println!("{}: {error}", picture.path);
                continue;
            }
        };
        let distance = found.hash.distance(&picture.hash);
        compared += 1;
        exact += usize::from(distance == 0);
        worst = worst.max(distance);
        sum += distance;
        qualities += usize::from(picture.quality == Some(found.quality));
        stated += usize::from(picture.quality.is_some());
        if each {
            println!("  {distance:3} bits, quality {:3}, {width} x {height}, {}", found.quality, picture.path);
        }
    }
    println!(
        "{name}: {exact} of {compared} exact, at most {worst} bits and {:.2} on average; quality equal in {qualities} of {stated}; {missing} \
         without a readable picture",
        f64::from(sum) / compared.max(1) as f64
    );
    compared
}
