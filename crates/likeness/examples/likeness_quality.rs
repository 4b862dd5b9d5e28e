//! Which changes does a copy survive, and how often are strangers taken for copies? By PDQ, by its eight views, and by shared parts.
//!
//! `cargo run --release -p vedette-likeness --example likeness_quality -- DATA [--unrelated FOLDER [EVERY]] [--templates KNOWN COPIES]`
//!
//! `DATA` holds `orig/NAME.jpg` and `query/NAME__CHANGE.jpg`. Of the originals, in the order of their names, the first, third and so
//! on are the development half, on which thresholds were chosen; the others are the held half. `FOLDER` holds pictures that have
//! nothing to do with them: every `EVERY`th query is compared with each. `KNOWN` holds posters `TEMPLATE-NAME.jpg`, of which those
//! of one template share logo and layout and differ in text, and `COPIES` changed ones, `TEMPLATE-NAME__CHANGE.jpg`.
//! Every pair is compared in full; how many the index would have proposed is counted besides.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use vedette_likeness::pdq::pdq_with_dihedral;
use vedette_likeness::{PartIndex, PdqHash, Rgb, SharedKind, Signature};

/// Two PDQ hashes within so many bits, of this quality and more, are a match.
const PDQ_DISTANCE_MAX: u32 = 31;
const PDQ_QUALITY_MIN: u8 = 50;
/// Candidates that the index is asked for.
const CANDIDATES: usize = 20;

struct Picture {
    name: String,
    views: [PdqHash; 8],
    quality: u8,
    signature: Signature,
}

/// How two pictures were found to belong together.
#[derive(Clone, Copy, Default)]
struct Verdict {
    pdq: bool,
    views: bool,
    kind: Option<SharedKind>,
}

impl Verdict {
    fn of(query: &Picture, known: &Picture) -> Verdict {
        let is_hashed = query.quality >= PDQ_QUALITY_MIN && known.quality >= PDQ_QUALITY_MIN;
        let near = |view: &PdqHash| is_hashed && view.distance(&known.views[0]) <= PDQ_DISTANCE_MAX;
        Verdict {
            pdq: near(&query.views[0]),
            views: query.views.iter().any(near),
            kind: query.signature.shared_with(&known.signature).map(|shared| shared.kind),
        }
    }

    fn any(self) -> bool {
        self.views || self.kind.is_some()
    }
}

/// How many of how many.
#[derive(Clone, Copy, Default)]
struct Row {
    of: usize,
    pdq: usize,
    views: usize,
    parts: usize,
    copies: usize,
    any: usize,
}

impl Row {
    fn add(&mut self, verdict: Verdict) {
        self.of += 1;
        self.pdq += usize::from(verdict.pdq);
        self.views += usize::from(verdict.views);
        self.parts += usize::from(verdict.kind.is_some());
        self.copies += usize::from(verdict.kind == Some(SharedKind::Copy));
        self.any += usize::from(verdict.any());
    }

    fn shares(&self) -> String {
        let share = |count: usize| count as f64 / self.of.max(1) as f64;
        format!(
            "{:.3} | {:.3} | {:.3} ({:.3}) | {:.3} | {}",
            share(self.pdq),
            share(self.views),
            share(self.parts),
            share(self.copies),
            share(self.any),
            self.of
        )
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments
        .next()
        .ok_or("usage: likeness_quality DATA [--unrelated FOLDER [EVERY]] [--templates KNOWN COPIES]")?;
    let rest: Vec<String> = arguments.collect();
    let after = |name: &str| rest.iter().position(|argument| argument == name).map(|at| &rest[at + 1..]);
    let known = read(&Path::new(&folder).join("orig"), 1)?;
    if let Some(templates) = after("--templates") {
        let [known, copies, ..] = templates else { return Err("--templates needs two folders".into()) };
        return templates_told_apart(&read(Path::new(known), 1)?, &read(Path::new(copies), 1)?);
    }
    if let Some(unrelated) = after("--unrelated") {
        let [others, every @ ..] = unrelated else { return Err("--unrelated needs a folder".into()) };
        let every = every.first().map_or(Ok(1), |every| every.parse())?;
        return strangers(&read(Path::new(others), 1)?, &read(&Path::new(&folder).join("query"), every)?);
    }
    table(&known, &read(&Path::new(&folder).join("query"), 1)?)
}

/// Pictures of a folder in the order of their names.
fn read(folder: &Path, every: usize) -> Result<Vec<Picture>, Box<dyn Error>> {
    let mut paths =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    let mut pictures = Vec::new();
    for path in paths.iter().step_by(every) {
        let (Ok(picture), Some(name)) = (image::open(path), path.file_stem()) else {
            println!("{}: not a picture, left out", path.display());
            continue;
        };
        let picture = picture.into_rgb8();
        let (width, height) = picture.dimensions();
        let pixels = Rgb { width, height, pixels: &picture };
        let (pdq, views) = pdq_with_dihedral(pixels)?;
        let name = name.to_string_lossy().into_owned();
        pictures.push(Picture { name, views, quality: pdq.quality, signature: Signature::of(pixels)? });
    }
    Ok(pictures)
}

/// The group of a change.
fn group(change: &str) -> &'static str {
    const GEOMETRY: [&str; 6] = ["crop", "rot", "pad", "skew", "perspective", "combo_crop"];
    const OVERLAY: [&str; 8] = ["text", "meme", "emoji", "stripes", "opacity", "logo", "channel", "combo_scale"];
    match change {
        "hflip" | "vflip" => "flips",
        _ if GEOMETRY.iter().any(|start| change.starts_with(start)) => "geometry",
        _ if OVERLAY.iter().any(|start| change.starts_with(start)) => "overlay",
        _ => "mild",
    }
}

fn original(name: &str) -> &str {
    name.split("__").next().unwrap_or(name)
}

fn table(known: &[Picture], queries: &[Picture]) -> Result<(), Box<dyn Error>> {
    let mut index = PartIndex::new();
    for (id, picture) in known.iter().enumerate() {
        index.insert(id as u64, &picture.signature)?;
    }
    // By change, then development, held, all, all without blank originals.
    let mut rows: BTreeMap<(String, &str), [Row; 4]> = BTreeMap::new();
    let (mut false_pairs, mut pairs, mut proposed, mut found) = ([Row::default(); 2], 0usize, 0usize, 0usize);
    for query in queries {
        let change = query.name.split("__").nth(1).unwrap_or("");
        let candidates = index.candidates(&query.signature, CANDIDATES);
        for (at, picture) in known.iter().enumerate() {
            let (verdict, half) = (Verdict::of(query, picture), at % 2);
            if original(&query.name) != picture.name {
                false_pairs[half].add(verdict);
                pairs += 1;
                if verdict.any() {
                    println!("false: {} is not {}", query.name, picture.name);
                }
                continue;
            }
            let is_blank = picture.signature.is_blank();
            for name in [change, group(change)] {
                let is_group = ["mild", "overlay", "geometry", "flips"].contains(&name);
                let key = (if is_group { format!("~{name}") } else { name.to_owned() }, group(change));
                let row = rows.entry(key).or_default();
                row[half].add(verdict);
                row[2].add(verdict);
                if !is_blank {
                    row[3].add(verdict);
                }
            }
            if !verdict.any() && !is_blank {
                println!("missed: {} ({} points)", query.name, query.signature.points());
            }
            found += usize::from(verdict.kind.is_some());
            proposed +=
                usize::from(verdict.kind.is_some() && candidates.iter().any(|candidate| candidate.0 == at as u64));
        }
    }
    println!("| change | pdq | eight views | shared part (called a copy) | any | pictures |");
    for (half, name) in ["development half", "held half", "all", "all, blank originals left out"].iter().enumerate() {
        println!("-- {name}");
        for ((change, group), row) in &rows {
            println!("| {change} ({group}) | {} |", row[half].shares());
        }
    }
    for (name, row) in ["development", "held"].iter().zip(false_pairs) {
        println!(
            "false, {name}: pdq {}, views {}, parts {} (copies {}), of {}",
            row.pdq, row.views, row.parts, row.copies, row.of
        );
    }
    println!("{pairs} pairs that do not belong together; of {found} found parts the index proposed {proposed}");
    Ok(())
}

fn strangers(others: &[Picture], queries: &[Picture]) -> Result<(), Box<dyn Error>> {
    let mut row = Row::default();
    for query in queries {
        for other in others {
            let verdict = Verdict::of(query, other);
            row.add(verdict);
            if verdict.any() {
                println!(
                    "false: {} is not {} ({:?})",
                    query.name,
                    other.name,
                    query.signature.shared_with(&other.signature)
                );
            }
        }
    }
    println!(
        "strangers: pdq {}, views {}, parts {} (copies {}), of {} pairs",
        row.pdq, row.views, row.parts, row.copies, row.of
    );
    Ok(())
}

fn templates_told_apart(known: &[Picture], copies: &[Picture]) -> Result<(), Box<dyn Error>> {
    let template = |name: &str| name.split('-').next().unwrap_or("").to_owned();
    let mut rows: BTreeMap<(&str, String), Row> = BTreeMap::new();
    for query in copies {
        let change = query.name.split("__").nth(1).unwrap_or("");
        for picture in known {
            let (kind, change) = if original(&query.name) == picture.name {
                ("the poster itself", change)
            } else if template(&query.name) == template(&picture.name) {
                ("another poster of the template", "")
            } else {
                ("a poster of another template", "")
            };
            let verdict = Verdict::of(query, picture);
            if kind.starts_with("a poster") && verdict.any() {
                println!(
                    "shared: {} and {}: {:?}",
                    query.name,
                    picture.name,
                    query.signature.shared_with(&picture.signature)
                );
            }
            rows.entry((kind, change.to_owned())).or_default().add(verdict);
        }
    }
    println!("| pair | pdq | eight views | shared part (called a copy) | any | pairs |");
    for ((kind, change), row) in rows {
        println!("| {kind} {change} | {} |", row.shares());
    }
    Ok(())
}
