//! Writes the fictional world into a folder: posters, magazine and `posts.jsonl`, for people and programs that read files.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use vedette_testkit::TestkitError;
use vedette_testkit::render::render;
use vedette_testkit::world::World;

/// The fictional world as files.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Draws the posters, sets the magazine and lays out the posts for one day.
    Render {
        /// Folder of the world.
        demo_dir: PathBuf,
        /// Folder to write into.
        out_dir: PathBuf,
        /// The day that dates count from (YYYY-MM-DD); the current day in UTC when absent.
        #[arg(long)]
        today: Option<Date>,
    },
}

fn main() -> ExitCode {
    match run(Options::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> Result<(), TestkitError> {
    let Command::Render { demo_dir, out_dir, today } = command;
    let today = today.unwrap_or_else(|| TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date());
    let rendered = render(&World::load(&demo_dir)?, &out_dir, today)?;
    eprintln!(
        "{} posts, {} pictures, {} issues in {} for {today}{}",
        rendered.posts.len(),
        rendered.pictures.len(),
        rendered.issues.len(),
        rendered.folder.display(),
        if rendered.reused { " (as rendered before)" } else { "" }
    );
    Ok(())
}
