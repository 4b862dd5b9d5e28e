//! Every name that is found in news and in disguised posts, one a line: the same before and after a change that is for speed only.
//!
//! `cargo run --release -p vedette-recognise --example match_dump -- DATA`
//!
//! `DATA` holds `news/`, `names/` and `obfuscation/`. Prints for 1,000, 10,000 and 100,000 names what the matcher finds in each text, with
//! and without disguises, and a digest of each text's folding. Compare two runs with `diff`.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use vedette_recognise::{NameMatcher, Register, Search, Watchlist};
use vedette_text::fold::{fold, fold_plain};

/// Texts of one file, and bytes of one text: a run takes a minute.
const TEXTS_MAX: usize = 4_000;

fn main() -> ExitCode {
    let Some(data) = std::env::args().nth(1) else {
        eprintln!("usage: match_dump DATA");
        return ExitCode::from(2);
    };
    match dump(Path::new(&data)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}

/// The files of a folder, in order.
fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("cannot read `{}`: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    Ok(files)
}

/// A file's text, unpacked by the system's `gzip` where it must be.
fn text_of(path: &Path) -> Result<String, String> {
    let fail = |error: std::io::Error| format!("cannot read `{}`: {error}", path.display());
    if path.extension().is_some_and(|extension| extension == "gz") {
        let out = Command::new("gzip").arg("-dc").arg(path).stderr(Stdio::null()).output().map_err(fail)?;
        return Ok(String::from_utf8_lossy(&out.stdout).into_owned());
    }
    Ok(String::from_utf8_lossy(&std::fs::read(path).map_err(fail)?).into_owned())
}

/// The `text` of each row of each JSON lines file.
fn texts(data: &Path) -> Result<Vec<String>, String> {
    let mut texts = Vec::new();
    for path in files(&data.join("news"))?.into_iter().chain(files(&data.join("obfuscation"))?) {
        let rows = text_of(&path)?;
        let rows = rows.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let found = rows.filter_map(|row| Some(row.get("text")?.as_str()?.to_owned()));
        texts.extend(found.take(TEXTS_MAX));
    }
    Ok(texts)
}

/// The fields of all lists of names and the terms of disguised posts, in an order that does not depend on them.
fn names(data: &Path) -> Result<Vec<String>, String> {
    let mut all = BTreeSet::new();
    let mut add = |name: &str| {
        let name = name.trim();
        if (4..80).contains(&name.chars().count()) && !name.contains(['\n', '"', '\0', '{', '}', '[', ']', '\\']) {
            all.insert(name.to_owned());
        }
    };
    for path in files(&data.join("names"))? {
        let text = text_of(&path)?;
        text.lines().flat_map(|line| line.split(['\t', ',', '"'])).for_each(&mut add);
    }
    let mut all: Vec<(u64, String)> = all.into_iter().map(|name| (digest(&name), name)).collect();
    all.sort();
    let posts = text_of(&data.join("obfuscation/watchlist_evasion.jsonl"))?;
    let rows = posts.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let terms: BTreeSet<String> = rows.filter_map(|row| Some(row.get("term")?.as_str()?.replace('"', ""))).collect();
    Ok(terms.into_iter().chain(all.into_iter().map(|(_, name)| name)).collect())
}

fn digest(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

fn dump(data: &Path) -> Result<(), String> {
    let (texts, names) = (texts(data)?, names(data)?);
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut line = |text: String| writeln!(out, "{text}").map_err(|error| error.to_string());
    line(format!("{} texts, {} names", texts.len(), names.len()))?;
    let folded: Vec<_> = texts.iter().map(|text| fold(text)).collect();
    for (number, folded) in folded.iter().enumerate() {
        line(format!("fold {number} {:016x}", digest(&format!("{folded:?}"))))?;
        if folded.text != fold_plain(&texts[number]) {
            line(format!("fold {number} differs from its plain folding"))?;
        }
    }
    let mut search = Search::default();
    for count in [1_000, 10_000, 100_000] {
        let mut list = String::from("term,lang\n");
        names.iter().take(count).for_each(|name| list.extend(["\"", name, "\",\n"]));
        let list = Watchlist::from_csv(&list).map_err(|error| error.to_string())?;
        let matcher = NameMatcher::new(&Register::default(), &list);
        for (number, (text, folded)) in texts.iter().zip(&folded).enumerate() {
            for disguised in [false, true] {
                let mut found = Vec::new();
                matcher.scan_folded(&folded.text, disguised, &mut search, |hit| {
                    found.push((hit.start, hit.end, hit.name))
                });
                if !found.is_empty() {
                    line(format!("{count} {number} {disguised} {found:?}"))?;
                }
            }
            let found = matcher.find_folded(text, folded);
            if !found.is_empty() {
                line(format!("{count} {number} {found:?}"))?;
            }
        }
    }
    Ok(())
}
