//! How many documents of public format suites the connectors read, and how many of the feeds' expectations they meet: the
//! Rocket.Chat example answers, and the feeds of three feed libraries. `cargo run -p vedette-collect --example format_suites -- DATA_DIR`
//!
//! DATA_DIR holds `rocketchat/openapi_examples`, `gofeed`, `feed-rs` and `feedparser`.

mod expected;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use serde_json::value::RawValue;
use url::Url;
use vedette_collect::rocketchat::{Kind, read, read_deletion};

fn main() -> Result<(), Box<dyn Error>> {
    let data = std::env::args_os().nth(1).map(PathBuf::from).ok_or("give the folder with the format suites")?;
    if !data.is_dir() {
        return Err(format!("`{}` is not there: nothing was measured", data.display()).into());
    }
    let examples = data.join("rocketchat/openapi_examples");
    if examples.is_dir() {
        rocketchat(&examples)?;
    } else {
        println!("{} is missing: not measured", examples.display());
    }
    for suite in ["gofeed", "feed-rs", "feedparser"] {
        let folder = data.join(suite);
        if folder.is_dir() {
            feeds(suite, &folder)?;
        } else {
            println!("{} is missing: not measured", folder.display());
        }
    }
    Ok(())
}

/// Every object in a list of messages, however deep the list stands.
fn messages<'a>(json: &'a RawValue, into: &mut Vec<(bool, &'a RawValue)>, depth: usize) {
    if depth > 8 {
        return;
    }
    if let Ok(fields) = serde_json::from_str::<BTreeMap<String, &'a RawValue>>(json.get()) {
        for (name, value) in fields {
            let list = serde_json::from_str::<Vec<&'a RawValue>>(value.get());
            match (name.as_str(), list) {
                ("messages" | "updated", Ok(list)) => into.extend(list.into_iter().map(|one| (false, one))),
                ("deleted", Ok(list)) => into.extend(list.into_iter().map(|one| (true, one))),
                ("message", Err(_)) if value.get().starts_with('{') => into.push((false, value)),
                (_, Ok(list)) => list.into_iter().for_each(|one| messages(one, into, depth + 1)),
                (_, Err(_)) => messages(value, into, depth + 1),
            }
        }
    }
}

fn rocketchat(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut files = 0usize;
    let mut unreadable = Vec::new();
    for path in listed(folder, &["json"])? {
        files += 1;
        let text = std::fs::read_to_string(&path)?;
        let Ok(json) = serde_json::from_str::<&RawValue>(&text) else {
            unreadable.push(format!("{}: no JSON", path.display()));
            continue;
        };
        let mut found = Vec::new();
        messages(json, &mut found, 0);
        for (deletion, slice) in found {
            let message = if deletion { read_deletion(slice.get(), &link) } else { read(slice.get(), &link) };
            let word = match &message.kind {
                Kind::Post(post, _) if post.exhibit != slice.get().as_bytes() => "post, exhibit differs",
                Kind::Post(post, _) => post.state.word(),
                Kind::Membership => "membership",
                Kind::System => "system",
                Kind::Discussion(_) => "discussion",
                Kind::Malformed(why) => {
                    unreadable.push(format!("{}: {why}", path.display()));
                    "malformed"
                }
            };
            *counts.entry(word).or_default() += 1;
        }
    }
    println!("rocketchat: {files} example answers, messages in them: {counts:?}");
    unreadable.iter().take(20).for_each(|line| println!("  {line}"));
    Ok(())
}

fn link(id: &str) -> String {
    format!("https://chat.example/channel/room?msg={id}")
}

fn feeds(suite: &str, folder: &Path) -> Result<(), Box<dyn Error>> {
    let address = Url::parse("http://press.example/feed.xml")?;
    let (mut files, mut parsed, mut entries, mut exact) = (0usize, 0usize, 0usize, 0usize);
    let mut reasons: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let expected = |path: &Path| suite != "feed-rs" || !path.to_string_lossy().contains(".serde.");
    for path in listed(folder, if suite == "gofeed" { &["xml"] } else { &["xml", "json"] })? {
        if !expected(&path) {
            continue;
        }
        files += 1;
        match vedette_collect::feed::read(&std::fs::read(&path)?, &address) {
            Ok(feed) => {
                parsed += 1;
                entries += feed.entries.len();
                let sliced = |entry: &&vedette_collect::feed::ReadEntry| {
                    entry.found.exhibit_type != vedette_collect::feed::RESERIALISED
                };
                exact += feed.entries.iter().filter(sliced).count();
            }
            Err(error) => {
                let reason = error.to_string().split(" at position").next().unwrap_or_default().to_owned();
                let reason: String = reason.chars().take(110).collect();
                let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                reasons.entry(reason).or_insert((0, name)).0 += 1;
            }
        }
    }
    println!("{suite}: {parsed} of {files} documents read; {entries} entries, {exact} with their exact bytes");
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    let mut tally = expected::Tally::default();
    for path in listed(folder, &["xml", "json"])? {
        match suite {
            "gofeed" => expected::gofeed(&path, &mut tally)?,
            "feedparser" if path.extension().is_some_and(|end| end == "xml") => {
                expected::feedparser(&path, &mut tally)?
            }
            _ => {}
        }
    }
    if suite != "feed-rs" {
        tally.print(suite);
    }
    for (reason, (count, first)) in reasons.into_iter().take(8) {
        println!("  {count} × {reason} (such as {first})");
    }
    Ok(())
}

/// Files below a folder with one of these endings, in order of path.
fn listed(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let (mut folders, mut found) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().and_then(|end| end.to_str()).is_some_and(|end| endings.contains(&end)) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
