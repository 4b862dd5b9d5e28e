//! `report`.

use std::io::Read;
use std::path::{Path, PathBuf};

use vedette_core::{Audience, ItemId, ReportId};
use vedette_desk::{Problem, Severity};

use crate::cli::{AudienceWord, Cli, Command, ReportCommand};
use crate::commands::export::output;
use crate::commands::{Context, id, ids, time};
use crate::config::read_text;
use crate::io::{Failure, Io};
use crate::workspace;

/// Bytes of a report's text.
const REPORT_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// `vedette report …`.
pub fn run(command: ReportCommand, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let Context { desk, who, .. } = context;
    match command {
        ReportCommand::New { title, series, cite } => {
            let items: Vec<ItemId> = ids(&cite)?;
            let report = desk.new_report(who, &series, &title, &items)?;
            io.line(format!("{} {} No. {}", report.id, report.series, report.number))?;
            io.say(format!(
                "next: vedette report edit {0}, vedette report check {0}, vedette report release {0}",
                report.id
            ));
        }
        ReportCommand::List { json } => {
            for report in desk.reports()? {
                if json {
                    io.json(&report)?;
                } else {
                    let status = format!("{:?}", report.status).to_lowercase();
                    io.line(format!(
                        "{} {} No. {} · {status} · {} · {}",
                        report.id,
                        report.series,
                        report.number,
                        time(report.updated_at),
                        report.title
                    ))?;
                }
            }
        }
        ReportCommand::Source { id: text } => io.line(desk.report_source(id(&text)?)?.trim_end())?,
        ReportCommand::Edit { id: text, file, cite } => {
            let report: ReportId = id(&text)?;
            for item in ids::<ItemId>(&cite)? {
                io.say(format!("footnote [^{}] cites {item}", desk.cite(who, report, item)?));
            }
            if let Some(file) = file {
                desk.edit_report(who, report, &read_text(&io.path(&file), REPORT_BYTES_MAX)?)?;
            }
            return check(report, false, context, io);
        }
        ReportCommand::Check { id: text, json } => return check(id(&text)?, json, context, io),
        ReportCommand::Release { id: text, to, reason } => {
            let report = desk.release_report(who, id(&text)?, audience(to), &reason)?;
            io.line(format!("{} is released by {}", report.id, who.name()))?;
        }
        ReportCommand::Export { id: text, to, format, output: file } => {
            output(file.as_deref(), &desk.export_report(id(&text)?, audience(to), &format)?, io)?;
        }
    }
    Ok(0)
}

fn audience(word: AudienceWord) -> Audience {
    match word {
        AudienceWord::Public => Audience::Public,
        AudienceWord::Subscriber => Audience::Subscriber,
        AudienceWord::Restricted => Audience::Restricted,
    }
}

fn check(report: ReportId, json: bool, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let problems = context.desk.check_report(report)?;
    let wrong = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    for problem in &problems {
        if json {
            io.json(problem)?;
        } else {
            io.line(words(problem))?;
        }
    }
    io.say(format!("{report}: {wrong} errors, {} warnings", problems.len() - wrong));
    Ok(u8::from(wrong > 0))
}

fn words(problem: &Problem) -> String {
    let severity = if problem.severity == Severity::Error { "ERROR" } else { "warning" };
    let block = problem.block.map(|block| format!(" in block {block}")).unwrap_or_default();
    let place = problem.expected_in.as_deref().map(|place| format!(" [{place}]")).unwrap_or_default();
    format!("{severity}{block}: {}{place}", problem.what)
}

/// `report edit` without a file: opens the text in the person's editor, here, whichever process holds the workspace.
/// Standard input is put into a file for the same reason. `None` when the command is another one.
pub fn prepare_edit(cli: &Cli, dir: &Path, io: &mut Io) -> Result<Option<u8>, Failure> {
    let Command::Report(ReportCommand::Edit { id, file, cite }) = &cli.command else { return Ok(None) };
    let from_input = file.as_deref() == Some(Path::new("-"));
    if file.is_some() && !from_input {
        return Ok(None);
    }
    let draft = Draft::new(id)?;
    if from_input {
        let mut text = String::new();
        std::io::stdin()
            .take(REPORT_BYTES_MAX)
            .read_to_string(&mut text)
            .map_err(|error| Failure::file("read", Path::new("-"), &error))?;
        draft.write(&text)?;
    } else {
        let Some(editor) = std::env::var_os("VISUAL").or_else(|| std::env::var_os("EDITOR")) else {
            return Err(Failure::usage("no editor is set")
                .hint("set EDITOR, or: vedette report source ID > text.md; vedette report edit ID --file text.md"));
        };
        cite_first(cli, id, cite, dir, io)?;
        draft.write(&source(cli, id, dir, io)?)?;
        let done = std::process::Command::new("sh")
            .arg("-c")
            .arg(format!("{} \"$1\"", editor.to_string_lossy()))
            .arg("sh")
            .arg(&draft.path)
            .status()
            .map_err(|error| Failure::usage(format!("cannot start the editor: {error}")))?;
        if !done.success() {
            return Err(Failure::usage("the editor failed; the report is unchanged"));
        }
    }
    let file = draft.path.display().to_string();
    again(cli, &["report", "edit", id, "--file", &file], dir, io).map(Some)
}

fn cite_first(cli: &Cli, id: &str, cite: &[String], dir: &Path, io: &mut Io) -> Result<(), Failure> {
    if cite.is_empty() {
        return Ok(());
    }
    let mut words = vec!["report", "edit", id];
    for item in cite {
        words.extend(["--cite", item]);
    }
    // Its exit code speaks of the text that is about to be edited.
    again(cli, &words, dir, io).map(|_| ())
}

fn source(cli: &Cli, id: &str, dir: &Path, io: &Io) -> Result<String, Failure> {
    let words = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let mut inner = Io::to(Box::new(Kept(words.clone())), Box::new(std::io::stderr()), io.cwd.clone());
    again(cli, &["report", "source", id], dir, &mut inner)?;
    let bytes = words.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    String::from_utf8(bytes).map_err(|_| Failure::usage("the report is not UTF-8 text"))
}

fn again(cli: &Cli, words: &[&str], dir: &Path, io: &mut Io) -> Result<u8, Failure> {
    use clap::Parser;
    let mut args: Vec<String> = vec!["--as".to_owned(), workspace::name_of(cli)];
    args.extend(words.iter().map(|word| (*word).to_owned()));
    let parsed = Cli::try_parse_from(std::iter::once("vedette").chain(args.iter().map(String::as_str)))
        .map_err(|error| Failure::usage(error.to_string()))?;
    workspace::run_in(parsed, dir, io, &args)
}

/// A writer that keeps what it gets.
struct Kept(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A text file for an editor, gone when it is dropped.
struct Draft {
    path: PathBuf,
}

impl Draft {
    fn new(id: &str) -> Result<Self, Failure> {
        let id: ReportId = crate::commands::id(id)?;
        Ok(Self { path: std::env::temp_dir().join(format!("vedette-{id}-{}.md", std::process::id())) })
    }

    fn write(&self, text: &str) -> Result<(), Failure> {
        use std::os::unix::fs::OpenOptionsExt;
        std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&self.path)
            .and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()))
            .map_err(|error| Failure::file("write", &self.path, &error))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        std::fs::remove_file(&self.path).ok();
    }
}
