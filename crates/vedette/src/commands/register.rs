//! `vedette register`: what the desk knows, checked, listed, and taken from public lists. Needs no workspace.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;
use vedette_recognise::{
    Entry, Finding, ImportFormat, ImportOptions, ImportReport, MentionKind, REGISTER_IMPORT_BYTES_MAX, Register,
};

use crate::cli::{Cli, ListForm, RegisterCommand, RegisterImport};
use crate::config;
use crate::io::{Failure, Io};
use crate::workspace;

/// All kinds, in the order of a list.
const KINDS: &[MentionKind] = &[
    MentionKind::Actor,
    MentionKind::Outlet,
    MentionKind::Series,
    MentionKind::Leader,
    MentionKind::Platform,
    MentionKind::Place,
    MentionKind::Venue,
    MentionKind::Event,
    MentionKind::Target,
    MentionKind::Method,
];
/// Names that a summary spells out.
const NAMES_SHOWN: usize = 12;

/// Runs `vedette register`.
pub fn run(command: &RegisterCommand, cli: &Cli, io: &mut Io) -> Result<u8, Failure> {
    match command {
        RegisterCommand::Check { files, json } => check(files, *json, cli, io),
        RegisterCommand::List { kind, json } => list(kind.as_deref(), *json, cli, io),
        RegisterCommand::Show { id, json } => show(id, *json, cli, io),
        RegisterCommand::Import(args) => import(args, cli, io),
    }
}

/// Register files of the workspace, if there is one.
fn own_files(cli: &Cli, io: &Io) -> Result<Vec<PathBuf>, Failure> {
    match workspace::find(cli, io) {
        Ok(dir) => workspace::register_files(&dir.join("knowledge")),
        Err(_) => Ok(Vec::new()),
    }
}

/// The starter register with the workspace's files.
fn known(cli: &Cli, io: &Io) -> Result<Register, Failure> {
    workspace::register(&own_files(cli, io)?)
}

fn check(files: &[PathBuf], as_json: bool, cli: &Cli, io: &mut Io) -> Result<u8, Failure> {
    let own = own_files(cli, io)?;
    let given: Vec<PathBuf> = files.iter().map(|file| io.path(file)).collect();
    let mut register = Register::starter();
    let mut findings = Vec::new();
    for path in own.iter().filter(|path| !given.contains(path)).chain(&given) {
        // A file that cannot be read as TOML is a finding; the others are still checked.
        let text = config::read_text(path, workspace::REGISTER_BYTES_MAX)?;
        match Register::load(&[(&path.display().to_string(), &text)]) {
            Ok(read) => register = register.merge(read),
            Err(error) => findings.push(Finding::from(&error)),
        }
    }
    findings.extend(register.check());
    if !given.is_empty() {
        let names: Vec<String> = given.iter().map(|path| path.display().to_string()).collect();
        findings.retain(|finding| names.contains(&finding.file));
    }
    for finding in &findings {
        if as_json { io.json(finding)? } else { io.line(finding.to_string())? }
    }
    let unverified = unverified(&register);
    if let Some(first) = unverified.first() {
        io.say(format!(
            "{} listings have dates that nobody checked against a source (`unverified = true`), the first is {first}",
            unverified.len()
        ));
    }
    let entries = register.entries().len();
    io.say(match findings.len() {
        0 => format!("{entries} entries, nothing to mend"),
        1 => format!("{entries} entries, 1 thing to mend"),
        count => format!("{entries} entries, {count} things to mend"),
    });
    Ok(u8::from(!findings.is_empty()))
}

/// Listings that nobody checked, as `hts: US, Foreign Terrorist Organizations (2014-05-15 to 2025-07-08)`.
fn unverified(register: &Register) -> Vec<String> {
    let all = register.entries().iter().flat_map(|entry| entry.designations.iter().map(move |one| (entry, one)));
    all.filter(|(_, one)| one.unverified).map(|(entry, one)| format!("{}: {}", entry.id, one.in_words())).collect()
}

fn kind_of(word: &str) -> Result<MentionKind, Failure> {
    KINDS.iter().copied().find(|kind| kind.word() == word).ok_or_else(|| {
        let words: Vec<&str> = KINDS.iter().map(|kind| kind.word()).collect();
        Failure::usage(format!("`{word}` is no kind of entry")).hint(format!("the kinds are {}", words.join(", ")))
    })
}

fn list(kind: Option<&str>, as_json: bool, cli: &Cli, io: &mut Io) -> Result<u8, Failure> {
    let kind = kind.map(kind_of).transpose()?;
    let register = known(cli, io)?;
    let mut entries: Vec<&Entry> =
        register.entries().iter().filter(|entry| kind.is_none_or(|kind| entry.kind == kind)).collect();
    entries.sort_by_key(|entry| (entry.kind, &entry.id));
    for entry in entries {
        if as_json {
            io.json(&as_value(entry))?;
            continue;
        }
        let lists: Vec<String> = entry
            .designations
            .iter()
            .map(
                |one| if one.delisted.is_some() { format!("({})", one.jurisdiction) } else { one.jurisdiction.clone() },
            )
            .collect();
        let lists = if lists.is_empty() { String::new() } else { format!(", listed: {}", lists.join(" ")) };
        let spellings = entry.aliases.len();
        io.line(format!("{:<9} {:<34} {} ({spellings} spellings{lists})", entry.kind.word(), entry.id, entry.name))?;
    }
    Ok(0)
}

fn show(id: &str, as_json: bool, cli: &Cli, io: &mut Io) -> Result<u8, Failure> {
    let register = known(cli, io)?;
    let (kind, id) = match id.split_once(':') {
        Some((kind, id)) => (Some(kind_of(kind)?), id),
        None => (None, id),
    };
    let wanted = |entry: &&Entry| entry.id == id && kind.is_none_or(|kind| entry.kind == kind);
    let entries: Vec<&Entry> = register.entries().iter().filter(wanted).collect();
    if entries.is_empty() {
        return Err(
            Failure::wrong(format!("the register has no entry `{id}`")).hint("`vedette register list` names all")
        );
    }
    for (at, entry) in entries.into_iter().enumerate() {
        if as_json {
            io.json(&as_value(entry))?;
            continue;
        }
        let gap = if at == 0 { "" } else { "\n" };
        io.line(format!("{gap}# {}\n{}", entry.file, entry.to_toml().trim_end()))?;
    }
    Ok(0)
}

fn as_value(entry: &Entry) -> serde_json::Value {
    let spelling = |alias: &vedette_recognise::Alias| json!({ "text": alias.text, "ours": alias.ours, "exact": alias.case_sensitive, "abbreviation": alias.abbreviation });
    json!({
        "kind": entry.kind.word(), "id": entry.id, "name": entry.name, "file": entry.file, "source": entry.source,
        "spellings": entry.aliases.iter().map(spelling).collect::<Vec<_>>(), "not": entry.not, "note": entry.note,
        "designations": entry.designations, "valid_from": entry.valid_from, "valid_until": entry.valid_until,
        "actor": entry.actor, "outlet": entry.outlet, "role": entry.role, "places": entry.places, "lat": entry.lat,
        "lon": entry.lon, "country": entry.country, "from": entry.from, "to": entry.to,
    })
}

fn import(args: &RegisterImport, cli: &Cli, io: &mut Io) -> Result<u8, Failure> {
    let register = known(cli, io)?;
    let text = config::read_text(&io.path(&args.file), REGISTER_IMPORT_BYTES_MAX as u64)?;
    let format = match args.format {
        ListForm::MispGalaxy => ImportFormat::MispGalaxy,
        ListForm::Opensanctions => ImportFormat::OpenSanctions,
    };
    let name = args.file.file_name().unwrap_or(args.file.as_os_str());
    let options = ImportOptions {
        file: name.to_string_lossy().into_owned(),
        jurisdiction: args.jurisdiction.clone(),
        list: args.list.clone(),
        source: args.source.clone(),
    };
    let imported = register.import(&text, format, &options).map_err(|error| {
        Failure::usage(error.to_string()).hint("`vedette register import --help` says what each form looks like")
    })?;
    match &args.out {
        Some(out) => write_new(&io.path(out), &imported.toml)?,
        None => io.line(imported.toml.trim_end())?,
    }
    if args.json {
        io.json(&imported.report)?;
    }
    tell(&imported.report, args.out.as_deref(), io);
    Ok(0)
}

/// Writes a file that is not there yet: what a person has written is never written over.
fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let file = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| {
        let failure = Failure::file("write", path, &error);
        match error.kind() {
            std::io::ErrorKind::AlreadyExists => failure.hint("give a new file; what is there is not written over"),
            _ => failure,
        }
    })
}

fn tell(report: &ImportReport, out: Option<&Path>, io: &mut Io) {
    io.say(format!(
        "{} rows: {} new entries, {} with something new, {} known already",
        report.rows,
        report.added.len(),
        report.extended.len(),
        report.unchanged
    ));
    let refused = [
        (report.persons, "about persons refused: the register holds organisations"),
        (report.other_things, "about other things (ships, wallets and the like) left out"),
        (report.nameless, "without a name left out"),
        (report.left_out.len(), "spellings left to you, as comments"),
    ];
    for (count, what) in refused.into_iter().filter(|(count, _)| *count > 0) {
        io.say(format!("{count} {what}"));
    }
    for one in report.by_spelling.iter().take(NAMES_SHOWN) {
        io.say(format!(
            "joined by the spelling `{}`: `{}` to {}; look whether it is the same",
            one.spelling, one.name, one.id
        ));
    }
    if report.by_spelling.len() > NAMES_SHOWN {
        io.say(format!("and {} more, told in the file", report.by_spelling.len() - NAMES_SHOWN));
    }
    for (name, ids) in report.ambiguous.iter().take(NAMES_SHOWN) {
        io.say(format!("not taken in: `{name}` may be {}; add it by hand", ids.join(" or ")));
    }
    if report.ambiguous.len() > NAMES_SHOWN {
        io.say(format!("and {} more such names", report.ambiguous.len() - NAMES_SHOWN));
    }
    if let Some(out) = out {
        io.say(format!(
            "next: read `{0}`, run `vedette register check {0}`, then put it into the workspace's folder `knowledge`",
            out.display()
        ));
    }
}
