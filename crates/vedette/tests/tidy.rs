//! The house rules as tests: who may import whom, how long a file may be, and what must not be left in the code.

#![allow(clippy::unwrap_used)] // a test may panic

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

const FILE_LINES_MAX: usize = 600;

/// Who may import whom, as in ARCHITECTURE.md. Tests of a crate may use the test kit besides.
const MAY_IMPORT: [(&str, &[&str]); 21] = [
    ("core", &[]),
    ("text", &[]),
    ("likeness", &[]),
    ("collect", &["core"]),
    ("preserve", &["core"]),
    ("models", &["core"]),
    ("detect", &[]),
    ("translate", &["core", "text", "models"]),
    ("speech", &["core", "models"]),
    ("read", &["core", "text", "models", "detect", "speech"]),
    ("openers", &["core", "text", "likeness"]),
    ("recognise", &["core", "text"]),
    ("assess", &["core"]),
    ("search", &["core", "text"]),
    ("publish", &["core"]),
    ("store", &["core", "text", "preserve", "search"]),
    (
        "desk",
        &[
            "core",
            "text",
            "collect",
            "preserve",
            "read",
            "translate",
            "recognise",
            "likeness",
            "assess",
            "search",
            "publish",
        ],
    ),
    ("web", &["core", "desk"]),
    (
        "vedette",
        &[
            "core",
            "text",
            "collect",
            "preserve",
            "read",
            "openers",
            "models",
            "translate",
            "speech",
            "recognise",
            "likeness",
            "assess",
            "search",
            "publish",
            "store",
            "desk",
            "web",
        ],
    ),
    ("testkit", &["core", "text"]),
    ("evals", &["core", "recognise", "desk"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Crate to its normal dependencies of ours, from `cargo metadata`.
fn imports() -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let short = |name: &str| name.strip_prefix("vedette-").unwrap_or(name).to_owned();
    let mut all = BTreeMap::new();
    for package in metadata["packages"].as_array().unwrap() {
        let ours = package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|dependency| dependency["kind"].is_null())
            .map(|dependency| dependency["name"].as_str().unwrap())
            .filter(|name| name.starts_with("vedette"))
            .map(short)
            .collect();
        all.insert(short(package["name"].as_str().unwrap()), ours);
    }
    all
}

#[test]
fn every_crate_imports_only_what_the_house_allows() {
    let imports = imports();
    let names: Vec<&str> = MAY_IMPORT.iter().map(|(name, _)| *name).collect();
    for name in imports.keys() {
        assert!(names.contains(&name.as_str()), "crate `{name}` is not in the table of the house");
    }
    for (name, allowed) in MAY_IMPORT {
        for import in &imports[name] {
            assert!(allowed.contains(&import.as_str()), "`{name}` may not import `{import}`");
        }
    }
}

#[test]
fn the_import_table_itself_can_fail() {
    // The control: the program imports the stores, and the pages may not.
    let imports = imports();
    let web = MAY_IMPORT.iter().find(|(name, _)| *name == "web").unwrap().1;
    assert!(imports["vedette"].iter().any(|import| !web.contains(&import.as_str())));
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_none_or(|name| name != "target") {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_file_is_short_and_says_what_it_is_for() {
    let mut files = Vec::new();
    for folder in ["crates", "evals"] {
        rust_files(&root().join(folder), &mut files);
    }
    assert!(files.len() > 100, "the house was not found");
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let lines = text.lines().count();
        assert!(lines <= FILE_LINES_MAX, "{} has {lines} lines, at most {FILE_LINES_MAX} are allowed", file.display());
        assert!(text.starts_with("//!"), "{} does not open by saying what it is for", file.display());
    }
}
