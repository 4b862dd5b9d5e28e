//! `hash` and `match`. Images are decoded in the sandbox.

use std::io::Read;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};
use vedette_core::FileFault;
use vedette_core::limits::{EXHIBIT_BYTES_MAX, PDQ_DISTANCE_MAX};
use vedette_likeness::hamming::HashIndex;
use vedette_likeness::pdq::PdqHash;
use vedette_read::{Confinement, Hint, Opened, ReadError};

use crate::cli::{HashArgs, MatchArgs};
use crate::commands::{Context, brief};
use crate::config::read_text;
use crate::io::{Failure, Io};
use crate::workspace;

/// What somebody says of a file is not needed to open it.
const NO_HINT: Hint<'_> = Hint { media_type: None, name: None };
/// Bytes of a hash list.
const LIST_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// `vedette hash`.
pub fn hash(args: &HashArgs, confinement: Confinement, io: &mut Io) -> Result<u8, Failure> {
    let reader = workspace::reader(confinement)?;
    let mut failed = false;
    for file in &args.files {
        let path = io.path(file);
        let bytes = match read_file(&path) {
            Ok(bytes) => bytes,
            Err(failure) => {
                failed = true;
                failure.tell(io);
                continue;
            }
        };
        let sha256 = vedette_preserve::sha256(&bytes);
        let mut object = json!({ "file": file.display().to_string(), "sha256": sha256 });
        match reader.opener().open(&bytes, &NO_HINT) {
            Ok(Opened::Image(image)) => {
                object["pdq"] = if args.dihedral { json!(image.dihedral) } else { json!(image.pdq) };
                object["quality"] = json!(image.quality);
            }
            // Only images have a PDQ; a SHA-256 has everything.
            Ok(_) | Err(ReadError::File(FileFault::Unsupported(_))) => {}
            Err(error) => {
                failed = true;
                io.say(format!("error: {}: {}", file.display(), error.problem()));
            }
        }
        if args.json {
            io.json(&object)?;
        } else {
            let pdq = match &object["pdq"] {
                Value::String(one) => one.clone(),
                Value::Array(all) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
                _ => "-".to_owned(),
            };
            io.line(format!("{sha256}  {pdq}  {}  {}", object["quality"].as_u64().unwrap_or(0), file.display()))?;
        }
    }
    Ok(u8::from(failed))
}

fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    let file = std::fs::File::open(path).map_err(|error| Failure::file("open", path, &error))?;
    let mut bytes = Vec::new();
    file.take(EXHIBIT_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|error| Failure::file("read", path, &error))?;
    if bytes.len() as u64 > EXHIBIT_BYTES_MAX {
        return Err(Failure::usage(format!("`{}` is larger than {EXHIBIT_BYTES_MAX} bytes", path.display())));
    }
    Ok(bytes)
}

/// The hash that a person means: as given, or of an image file.
fn query_hash(what: &str, confinement: Confinement, io: &Io) -> Result<(String, Option<u8>), Failure> {
    if what.parse::<PdqHash>().is_ok() {
        return Ok((what.to_lowercase(), None));
    }
    let path = io.path(Path::new(what));
    if !path.exists() {
        return Err(Failure::usage(format!("`{what}` is neither a file nor a PDQ hash of 64 hexadecimal digits")));
    }
    match workspace::reader(confinement)?.opener().open(&read_file(&path)?, &NO_HINT) {
        Ok(Opened::Image(image)) => Ok((image.pdq, Some(image.quality))),
        Ok(_) => Err(Failure::usage(format!("`{what}` is not an image"))),
        Err(error) => Err(Failure::usage(format!("{what}: {error}")).hint(error.advice())),
    }
}

/// `vedette match --against LIST`.
pub fn match_list(args: &MatchArgs, confinement: Confinement, io: &mut Io) -> Result<u8, Failure> {
    let Some(list) = &args.against else { return Err(Failure::usage("no list given")) };
    let (hash, quality) = query_hash(&args.what, confinement, io)?;
    let entries = read_list(&io.path(list), io)?;
    let mut index = HashIndex::default();
    for (place, (hash, _)) in entries.iter().enumerate() {
        index.insert(place as u64, *hash);
    }
    let query: PdqHash = hash.parse().map_err(|_| Failure::usage(format!("`{hash}` is not a PDQ hash")))?;
    let matches: Vec<Value> = index
        .within(&query, PDQ_DISTANCE_MAX)
        .into_iter()
        .filter_map(|(place, distance)| {
            let (_, id) = entries.get(usize::try_from(place).ok()?)?;
            Some(json!({ "id": id, "distance": distance, "quality": quality, "transform": "none", "family": null }))
        })
        .collect();
    tell(&args.what, matches, args.json, io)
}

/// `vedette match` against the workspace.
pub fn match_workspace(args: &MatchArgs, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let (hash, quality) = query_hash(&args.what, context.confinement, io)?;
    let mut matches = Vec::new();
    for (item, distance) in context.desk.match_image(&hash)? {
        let view = context.desk.item(item)?;
        matches.push(json!({
            "id": item, "distance": distance, "quality": quality, "transform": "none", "family": view.family,
            "source": view.source.asked.name, "posted_at": view.item.posted_at,
        }));
    }
    tell(&args.what, matches, args.json, io)
}

fn tell(query: &str, matches: Vec<Value>, as_json: bool, io: &mut Io) -> Result<u8, Failure> {
    if as_json {
        io.json(&json!({ "query": query, "matches": matches }))?;
        return Ok(0);
    }
    for one in &matches {
        let id = one["id"].as_str().map_or_else(|| one["id"].to_string(), str::to_owned);
        let source = one["source"].as_str().unwrap_or("");
        io.line(format!("{:>3} bits  {id}  {}", one["distance"], brief(source, 60)))?;
    }
    io.say(format!("{} within {PDQ_DISTANCE_MAX} of 256 bits", matches.len()));
    Ok(0)
}

#[derive(Deserialize)]
struct ListLine {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    file: Option<String>,
    pdq: Value,
}

/// A hash list: CSV `hash,id` or the JSON lines of `vedette hash`. Lines that hold no PDQ hash are counted and told.
fn read_list(path: &Path, io: &mut Io) -> Result<Vec<(PdqHash, Value)>, Failure> {
    let text = read_text(path, LIST_BYTES_MAX)?;
    let mut entries = Vec::new();
    let mut skipped = 0;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let before = entries.len();
        if line.starts_with('{') {
            if let Ok(parsed) = serde_json::from_str::<ListLine>(line) {
                let id = parsed.file.map_or(parsed.id, Value::from);
                let hashes = match parsed.pdq {
                    Value::Array(all) => all,
                    one => vec![one],
                };
                entries.extend(hashes.iter().filter_map(|hash| Some((hash.as_str()?.parse().ok()?, id.clone()))));
            }
        } else {
            let (hash, id) = line.split_once(',').unwrap_or((line, ""));
            if let Ok(hash) = hash.trim().trim_matches('"').parse() {
                entries.push((hash, Value::from(id.trim().trim_matches('"'))));
            }
        }
        skipped += usize::from(entries.len() == before);
    }
    if entries.is_empty() {
        return Err(Failure::usage(format!("`{}` holds no PDQ hash", path.display()))
            .hint("expected CSV hash,id or the JSON lines of `vedette hash --json`"));
    }
    if skipped > 0 {
        io.say(format!(
            "{skipped} lines of `{}` hold no PDQ hash (a heading, or another kind of hash)",
            path.display()
        ));
    }
    Ok(entries)
}
