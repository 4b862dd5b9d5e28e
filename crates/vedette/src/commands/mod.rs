//! The commands of a workspace, each a thin line from arguments to a use case and back to print.

mod archive;
mod campaigns;
mod custody;
mod export;
mod families;
mod judging;
mod people;
pub mod register;
pub mod reports;
pub mod sources;
mod translation;
mod watching;

pub use export::output;

use std::path::Path;
use std::sync::Arc;

use vedette_desk::{Desk, Who};
use vedette_read::Confinement;

use crate::cli::{Cli, Command};
use crate::io::{Failure, Io};
use crate::workspace;

/// What every command gets.
pub struct Context<'a> {
    /// The desk.
    pub desk: &'a Arc<Desk>,
    /// The person who acts.
    pub who: Who,
    /// The workspace's folder.
    pub dir: &'a Path,
    /// Whether files are opened where the sandbox does not hold.
    pub confinement: Confinement,
}

/// Runs a command on an open desk; the exit code.
pub fn run(cli: Cli, desk: &Arc<Desk>, dir: &Path, io: &mut Io) -> Result<u8, Failure> {
    let context = Context { desk, who: workspace::who(&cli, desk)?, dir, confinement: cli.confinement() };
    match cli.command {
        Command::Source(command) => sources::run(command, &context, io),
        Command::Import(args) => sources::import(&args, &context, io),
        Command::Collect(args) => sources::collect(&args, &context, io),
        Command::Worker(args) => sources::work(&args, &context, io),
        Command::Match(args) => crate::hashing::match_workspace(&args, &context, io),
        Command::Search(args) => archive::search(&args, &context, io),
        Command::Show { id, json } => archive::show(&id, json, &context, io),
        Command::Why { what, json } => archive::why(&what, json, &context, io),
        Command::Erase { id, reason, basis } => custody::erase(&id, &reason, &basis, &context, io),
        Command::Timeline { json } => archive::timeline(json, &context, io),
        Command::Review(args) => judging::review(&args, &context, io),
        Command::Campaign(command) => campaigns::run(command, &context, io),
        Command::Family(command) => families::run(command, &context, io),
        Command::Series { id, json } => families::series(id.as_deref(), json, &context, io),
        Command::Bursts { json } => campaigns::bursts(json, &context, io),
        Command::Calibration { json } => judging::calibration(json, &context, io),
        Command::Translate(args) => translation::translate(&args, &context, io),
        Command::Translation(command) => translation::run(command, &context, io),
        Command::Watch(command) => watching::watch(command, &context, io),
        Command::Alerts { all, ack, close, json } => {
            watching::alerts(all, ack.as_deref(), close.as_deref(), json, &context, io)
        }
        Command::Report(command) => reports::run(command, &context, io),
        Command::Export(args) => export::run(&args, &context, io),
        Command::Verify { json, resume, .. } => custody::verify(json, resume, &context, io),
        Command::Log(command) => custody::log(&command, &context, io),
        Command::Backup { file } => custody::backup(&file, &context, io),
        Command::User(command) => people::user(command, &context, io),
        Command::Audit { limit, json } => people::audit(limit, json, &context, io),
        Command::Serve(_) | Command::Web(_) | Command::Demo(_) | Command::Init { .. } => {
            Err(Failure::usage("this workspace is being served already"))
        }
        Command::Doctor { .. }
        | Command::Model(_)
        | Command::Register(_)
        | Command::Analyze(_)
        | Command::Calendar(_)
        | Command::Hash(_)
        | Command::Restore { .. }
        | Command::Witness(_) => Err(Failure::usage("this command needs no workspace")),
    }
}

/// Reads an id, or says what one looks like.
pub fn id<T: std::str::FromStr>(text: &str) -> Result<T, Failure>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error: T::Err| Failure::usage(error.to_string()))
}

/// Reads ids.
pub fn ids<T: std::str::FromStr>(texts: &[String]) -> Result<Vec<T>, Failure>
where
    T::Err: std::fmt::Display,
{
    texts.iter().map(|text| id(text)).collect()
}

/// A time as people read it: UTC, to the minute.
pub fn time(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

/// The beginning of a text, on one line.
pub fn brief(text: &str, chars_max: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= chars_max {
        return line;
    }
    let mut cut: String = line.chars().take(chars_max.saturating_sub(1)).collect();
    cut.push('…');
    cut
}
