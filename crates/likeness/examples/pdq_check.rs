//! Is our PDQ the reference's? Compares with published hashes of pictures, decoded by the `image` crate.
//!
//! `cargo run --release -p vedette-likeness --example pdq_check -- DATA_DIR [--each] [--reference PROGRAM]`, where `DATA_DIR` holds
//! `pdq_vectors_pdqhash_py.json` (every pixel hashed) and `pdq_reference/` with `PDQMD5TestData.csv` (resized first) and
//! `expected_python_pdq.json` (a Python implementation, whose authors allow it 16 bits). Where decoders disagree on a pixel,
//! bits may differ: the reference calls 10 bits correct for pictures of quality 80 and more. `PROGRAM` is
//! `evals/peers/pdq_meta_views.cpp` built against Meta's source: every picture below `DATA_DIR` is decoded, brought to 512 pixels
//! where it is over them, and the same pixels are given to both, so that quality and all eight hashes must be equal.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use image::RgbImage;
use vedette_likeness::{LikenessError, Machine, Pdq, PdqHash, Rgb, pdq, pdq_on, pdq_unresized, pdq_with_dihedral};

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
        eprintln!("usage: pdq_check DATA_DIR [--each] [--reference PROGRAM]");
        return ExitCode::from(2);
    };
    let (mut each, mut reference) = (false, None);
    while let Some(argument) = arguments.next() {
        each |= argument == "--each";
        if argument == "--reference" {
            reference = arguments.next();
        }
    }
    let folder_path = Path::new(&folder);
    let beside = reference.map_or(Ok(0), |program| beside(folder_path, &program));
    match beside.and_then(|beside| Ok(beside + check(folder_path, each)?)) {
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

/// Compares with the reference's own program on the same pixels; returns how many pictures were compared.
fn beside(folder: &Path, program: &str) -> Result<usize, Failure> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    let raw = std::env::temp_dir().join(format!("pdq_check-{}.rgb", std::process::id()));
    let (mut compared, mut resized, mut unread, mut differ) = (0, 0, 0, 0);
    for path in files {
        let Ok(image) = image::open(&path) else {
            unread += 1;
            continue;
        };
        let image = image.into_rgb8();
        let (width, height) = image.dimensions();
        let is_large = width > 512 || height > 512;
        let small = if is_large {
            RgbImage::from_fn(512, 512, |x, y| *image.get_pixel(x * width / 512, y * height / 512))
        } else {
            image.clone()
        };
        fs::write(&raw, small.as_raw())?;
        let (w, h) = (small.width().to_string(), small.height().to_string());
        let out = Command::new(program).arg(&raw).args([w, h]).output()?;
        let expected = String::from_utf8(out.stdout)?;
        let picture = Rgb { width, height, pixels: &image };
        let (found, views) = pdq_with_dihedral(picture)?;
        let views: Vec<String> = views.iter().map(ToString::to_string).collect();
        let same = expected.trim() == format!("{} {}", found.quality, views.join(" "))
            && Machine::ALL.iter().all(|&machine| pdq_on(machine, picture).is_ok_and(|other| other == found));
        if !same {
            println!("{}: differs from the reference", path.display());
        }
        differ += usize::from(!same);
        resized += usize::from(is_large);
        compared += 1;
    }
    fs::remove_file(&raw)?;
    println!(
        "beside Meta's C++, the same pixels: quality and eight hashes equal in {} of {compared} ({resized} of them over 512 \
         pixels); {unread} files without a readable picture",
        compared - differ
    );
    Ok(compared)
}

/// Every picture's path below a folder, by its ending.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|ending| ["jpg", "jpeg", "png", "webp", "gif"].iter().any(|e| ending == *e))
        {
            files.push(path);
        }
    }
    Ok(())
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
