//! `vedette model`: packs of models on this machine. Local files only; every file is pinned by its SHA-256.

use std::path::PathBuf;

use serde_json::json;
use vedette_core::Sha256;
use vedette_models::{Adding, Manifest, Models, ModelsError, Pack};

use crate::cli::{Cli, ModelAdd, ModelCommand};
use crate::io::{Failure, Io};
use crate::workspace;

/// Folder of models in a workspace.
const FOLDER: &str = "models";

/// Runs `vedette model`.
pub fn run(command: &ModelCommand, cli: &Cli, io: &mut Io) -> Result<u8, Failure> {
    match command {
        ModelCommand::Add(args) => add(args, cli, io),
        ModelCommand::List { json } => list(*json, cli, io),
        ModelCommand::Verify { names, json } => verify(names, *json, cli, io),
        ModelCommand::Remove { name } => {
            let removed = installed(workspace::find(cli, io).ok()).remove(name)?;
            io.line(format!("removed `{}` from `{}`", removed.manifest.name, removed.dir.display()))?;
            Ok(0)
        }
    }
}

/// The packs that a process sees: those of the workspace `dir`, then those of this account.
pub fn installed(dir: Option<PathBuf>) -> Models {
    let own = dir.map(|dir| dir.join(FOLDER));
    Models::open(&own.into_iter().chain(of_this_account()).collect::<Vec<_>>())
}

fn of_this_account() -> Option<PathBuf> {
    vedette_models::user_folder(std::env::var_os("XDG_DATA_HOME"), std::env::var_os("HOME"))
}

fn add(args: &ModelAdd, cli: &Cli, io: &mut Io) -> Result<u8, Failure> {
    let into = if args.in_workspace {
        workspace::find(cli, io)?.join(FOLDER)
    } else {
        of_this_account()
            .ok_or_else(|| Failure::usage("this account has no home folder").hint("set HOME, or use --in-workspace"))?
    };
    let hashes: Result<Vec<Sha256>, _> = args.sha256.iter().map(|hash| hash.to_ascii_lowercase().parse()).collect();
    let adding = Adding {
        paths: args.paths.iter().map(|path| io.path(path)).collect(),
        sha256: hashes.map_err(|error: vedette_core::ParseDigestError| Failure::usage(error.to_string()))?,
        kind: args.kind.as_deref().map(str::parse).transpose().map_err(Failure::usage)?,
        name: args.name.clone(),
        from: args.from.clone(),
        to: args.to.clone(),
        licence: args.licence.clone(),
    };
    for added in vedette_models::add(&adding, &into)? {
        let pack = Pack { dir: added.dir, manifest: added.manifest };
        if args.json {
            io.json(&as_json(&pack))?;
            continue;
        }
        let word = if added.was_there { "was there" } else { "added" };
        io.line(format!("{word}: {}", in_words(&pack.manifest)))?;
        io.line(format!("  licence: {}", pack.manifest.licence))?;
        io.line(format!("  in `{}`: {}", pack.dir.display(), files_in_words(&pack.manifest)))?;
    }
    Ok(0)
}

fn list(as_lines: bool, cli: &Cli, io: &mut Io) -> Result<u8, Failure> {
    let models = installed(workspace::find(cli, io).ok());
    for pack in models.packs() {
        if as_lines {
            io.json(&as_json(pack))?;
        } else {
            io.line(format!("{}; licence {}", in_words(&pack.manifest), pack.manifest.licence))?;
        }
    }
    if models.packs().is_empty() {
        io.say("no models: files are hashed and read by tools alone; `vedette doctor` names what a model adds");
    }
    for problem in models.problems() {
        io.say(format!("warning: {problem}"));
    }
    Ok(0)
}

fn verify(names: &[String], as_lines: bool, cli: &Cli, io: &mut Io) -> Result<u8, Failure> {
    let models = installed(workspace::find(cli, io).ok());
    let packs: Vec<&Pack> = if names.is_empty() {
        models.packs().iter().collect()
    } else {
        names.iter().map(|name| models.named(name)).collect::<Result<_, _>>()?
    };
    let mut wrong = !models.problems().is_empty();
    for pack in packs {
        let differences = pack.differences();
        wrong |= !differences.is_empty();
        if as_lines {
            let findings: Vec<_> = differences
                .iter()
                .map(|one| json!({ "file": one.file, "expected": one.expected, "found": one.found }))
                .collect();
            io.json(&json!({ "name": pack.manifest.name, "ok": differences.is_empty(), "findings": findings }))?;
            continue;
        }
        let word = if differences.is_empty() { "well " } else { "WRONG" };
        io.line(format!("{word}  {}", in_words(&pack.manifest)))?;
        for one in &differences {
            io.line(format!("       {}: expected {}, found {}", one.file, one.expected, one.found))?;
        }
    }
    for problem in models.problems() {
        io.say(format!("error: {problem}"));
    }
    Ok(u8::from(wrong))
}

/// One line about a pack.
pub fn in_words(manifest: &Manifest) -> String {
    let languages = match (&manifest.from, &manifest.to) {
        (Some(from), Some(to)) => format!(" {from} to {to}"),
        _ => String::new(),
    };
    let note = manifest.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
    format!("{} {}: {}{languages}, {}{note}", manifest.name, manifest.version, manifest.kind, manifest.form)
}

fn files_in_words(manifest: &Manifest) -> String {
    let files = manifest.files.iter().map(|file| format!("{} {} ({} bytes)", file.role, file.name, file.bytes));
    files.collect::<Vec<_>>().join(", ")
}

fn as_json(pack: &Pack) -> serde_json::Value {
    let manifest = &pack.manifest;
    json!({
        "name": manifest.name, "version": manifest.version, "kind": manifest.kind.word(), "form": manifest.form,
        "from": manifest.from, "to": manifest.to, "licence": manifest.licence, "note": manifest.note,
        "dir": pack.dir, "fingerprint": pack.fingerprint(), "files": manifest.files, "origins": manifest.origins,
    })
}

impl From<ModelsError> for Failure {
    fn from(error: ModelsError) -> Self {
        let failure = match &error {
            ModelsError::WrongHash { .. } | ModelsError::Differs { .. } => Self::wrong(error.to_string()),
            _ => Self::usage(error.to_string()),
        };
        failure.hint(error.hint())
    }
}
