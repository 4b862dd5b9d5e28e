//! Workspaces: finding one, making one, and wiring the adapters to the ports. One process writes a workspace; when one
//! serves it already, a command is sent there instead.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use vedette_desk::{Analyst, Desk, Ports, Rooms, Who};
use vedette_read::{Confinement, Reader};
use vedette_recognise::{Options, Recogniser, Register, Watchlist};
use vedette_store::{Custody, OpenMode, Workspace};

use crate::cli::Cli;
use crate::config::{self, Config};
use crate::io::{Failure, Io};
use crate::{commands, hearing, logkeys, remote};

/// Bytes of one register file.
pub const REGISTER_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Register files of one workspace.
const REGISTER_FILES_MAX: usize = 500;

/// A desk with what a command needs around it.
pub struct Open {
    /// The desk.
    pub desk: Arc<Desk>,
    /// The folder.
    pub dir: PathBuf,
    /// Holds the lock for as long as the desk is open.
    store: Workspace,
}

impl Drop for Open {
    /// Signs what came since it was opened. A failure leaves an older checkpoint as the one last seen, no more.
    fn drop(&mut self) {
        if let Err(error) = self.store.log().close(Timestamp::now()) {
            tracing::error!(%error, "cannot sign the log");
        }
    }
}

/// The folder of the workspace that a command means.
pub fn find(cli: &Cli, io: &Io) -> Result<PathBuf, Failure> {
    let named = cli.workspace.clone().or_else(|| std::env::var_os("VEDETTE_WORKSPACE").map(PathBuf::from));
    let dir = named.map_or_else(|| io.cwd.clone(), |dir| io.path(&dir));
    if dir.join(config::FILE).is_file() {
        return Ok(dir);
    }
    Err(Failure::usage(format!("`{}` is not a workspace", dir.display()))
        .hint("make one with `vedette init DIR`, name one with --workspace DIR, or try `vedette demo`"))
}

/// `vedette init`.
pub fn init(dir: Option<&Path>, io: &mut Io) -> Result<u8, Failure> {
    let dir = dir.map_or_else(|| io.cwd.clone(), |dir| io.path(dir));
    create(&dir)?;
    io.line(format!("made the workspace `{}`", dir.display()))?;
    io.say("next: vedette --workspace DIR source add … (see `vedette source add --help`), then vedette serve");
    Ok(0)
}

/// Makes an empty workspace.
pub fn create(dir: &Path) -> Result<(), Failure> {
    if dir.join(config::FILE).exists() {
        return Err(Failure::usage(format!("`{}` is a workspace already", dir.display())));
    }
    std::fs::create_dir_all(dir).map_err(|error| Failure::file("make", dir, &error))?;
    // It will hold what others must not read: evidence, and the key that hides people's names.
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700))
        .map_err(|error| Failure::file("protect", dir, &error))?;
    let made = Workspace::open_signed(dir, OpenMode::Create, &custody(true)?)?;
    made.log().seal(Timestamp::now())?;
    drop(made);
    let knowledge = dir.join("knowledge");
    std::fs::create_dir_all(&knowledge).map_err(|error| Failure::file("make", &knowledge, &error))?;
    let note = knowledge.join("README.txt");
    std::fs::write(&note, "Register files (*.toml) put here are added to the starter register.\n")
        .map_err(|error| Failure::file("write", &note, &error))?;
    Config::write_new(dir)
}

fn custody(refuse: bool) -> Result<Custody, Failure> {
    Ok(Custody { keys: logkeys::folder()?, refuse, now: Timestamp::now() })
}

/// Opens a workspace for writing and wires a desk over it. A log that was rolled back is refused.
pub fn open(dir: &Path, cli: &Cli) -> Result<Open, Failure> {
    open_checked(dir, true, cli.confinement())
}

/// The same; with `refuse` false also a workspace whose log was rolled back, to look at it or to answer for it.
pub fn open_checked(dir: &Path, refuse: bool, confinement: Confinement) -> Result<Open, Failure> {
    let settings = Config::read(dir)?;
    let store = Workspace::open_signed(dir, OpenMode::Write, &custody(refuse)?)?;
    let ports = Ports {
        blobs: store.blobs(),
        records: store.records(),
        queue: store.queue(),
        index: store.index(),
        log: store.log(),
        judgements: store.judgements(),
        kinship: store.kinship(),
        translations: store.translations(),
    };
    let analyst = Analyst::new(recogniser(Some(&dir.join("knowledge")), &[], None)?);
    let to = &settings.desk.translate_to;
    let translation = settings.translation.room(dir, analyst.register(), to, store.translations())?;
    let rooms = Rooms {
        analyst,
        reader: hearing::with_ears(reader(confinement)?, &settings.speech, dir)
            .with_models(&crate::models::installed(Some(dir.to_owned()))),
        translation,
        names_key: store.names_key()?,
        clock: Arc::new(Timestamp::now),
        env: vedette_collect::Env::real(),
    };
    let desk = Arc::new(Desk::open(ports, rooms, settings.desk)?);
    Ok(Open { desk, dir: dir.to_owned(), store })
}

/// The sandboxed reader, running this same program.
pub fn reader(confinement: Confinement) -> Result<Reader, Failure> {
    let program = std::env::current_exe()
        .map_err(|error| Failure::usage(format!("cannot find this program's own file: {error}")))?;
    Ok(Reader::confined(program, confinement))
}

/// The register files of a folder, in the order in which they count; none where there is no such folder.
pub fn register_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(folder).map_err(|error| Failure::file("list", folder, &error))?;
    let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let mut files: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|end| end == "toml")).take(REGISTER_FILES_MAX).collect();
    files.sort();
    Ok(files)
}

/// The starter register with files added, the later ones counting more.
pub fn register(paths: &[PathBuf]) -> Result<Register, Failure> {
    let mut texts = Vec::with_capacity(paths.len());
    for path in paths {
        texts.push((path.display().to_string(), config::read_text(path, REGISTER_BYTES_MAX)?));
    }
    let named: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Ok(Register::starter().merge(Register::load(&named).map_err(|error| unreadable(&error))?))
}

fn unreadable(error: &dyn std::fmt::Display) -> Failure {
    Failure::usage(format!("cannot load the register: {error}")).hint("mend the file named above")
}

/// Recognition with the starter register, a workspace's files, more files, and a watch-list.
pub fn recogniser(folder: Option<&Path>, files: &[PathBuf], watchlist: Option<&Path>) -> Result<Recogniser, Failure> {
    let mut paths: Vec<PathBuf> = files.to_vec();
    if let Some(folder) = folder {
        paths.extend(register_files(folder)?);
    }
    paths.sort();
    let mut options = Options::default();
    if let Some(path) = watchlist {
        let text = config::read_text(path, REGISTER_BYTES_MAX)?;
        options.watchlist = Watchlist::from_csv(&text).map_err(|error| unreadable(&error))?;
    }
    Ok(Recogniser::new(register(&paths)?, options))
}

/// The person who acts.
pub fn who(cli: &Cli, desk: &Desk) -> Result<Who, Failure> {
    Ok(desk.who(&name_of(cli))?)
}

/// The name that a command acts under.
pub fn name_of(cli: &Cli) -> String {
    let from = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    cli.who
        .clone()
        .or_else(|| from("VEDETTE_USER"))
        .or_else(|| from("USER"))
        .or_else(|| from("LOGNAME"))
        .unwrap_or_else(|| "local".to_owned())
}

/// Runs a command on the workspace, here or in the process that serves it.
pub fn run_or_forward(cli: Cli, io: &mut Io) -> Result<u8, Failure> {
    let dir = match &cli.command {
        crate::cli::Command::Verify { path: Some(path), .. } => io.path(path),
        _ => find(&cli, io)?,
    };
    if let Some(prepared) = commands::reports::prepare_edit(&cli, &dir, io)? {
        return Ok(prepared);
    }
    run_in(cli, &dir, io, &std::env::args().skip(1).collect::<Vec<_>>())
}

/// Runs a parsed command in `dir`; `args` are its words, for the process that serves the workspace.
pub fn run_in(cli: Cli, dir: &Path, io: &mut Io, args: &[String]) -> Result<u8, Failure> {
    let looks_only = matches!(cli.command, crate::cli::Command::Verify { .. } | crate::cli::Command::Log(_));
    match open_checked(dir, !looks_only, cli.confinement()) {
        Ok(open) => {
            let code = commands::run(cli, &open.desk, dir, io)?;
            Ok(code)
        }
        Err(failure) if failure.is_locked => remote::forward(dir, args, io),
        Err(failure) => Err(failure),
    }
}
