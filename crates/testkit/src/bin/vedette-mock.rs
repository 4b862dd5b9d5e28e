//! Serves the fictional world: a mock Rocket.Chat server at `/` and the newspaper's feeds under `/courier/`, on loopback, until it
//! is stopped. `POST /_mock/advance` lets the waiting edit and deletion happen.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use vedette_testkit::TestkitError;
use vedette_testkit::render::{render, render_shared};
use vedette_testkit::rocketchat::{RateLimit, Settings};
use vedette_testkit::stage::Stage;
use vedette_testkit::world::World;

/// Serves the fictional world for the demonstration and for tests.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// Folder of the world.
    #[arg(long, default_value = "demo")]
    world: PathBuf,
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8461")]
    listen: SocketAddr,
    /// The day that the world's dates count from (YYYY-MM-DD); the current day in UTC when absent.
    #[arg(long)]
    today: Option<Date>,
    /// Folder for rendered posters; one below the system's folder for temporary files when absent.
    #[arg(long)]
    rendered: Option<PathBuf>,
    /// Writes the ready line into this file too.
    #[arg(long)]
    ready_file: Option<PathBuf>,
    /// Turns on Rocket.Chat's limit of ten calls a minute for each endpoint.
    #[arg(long)]
    limits: bool,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    if !options.listen.ip().is_loopback() {
        return Err(format!("{} is not a loopback address: this server has no secrets to keep", options.listen).into());
    }
    let today = options.today.unwrap_or_else(|| TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date());
    let world = World::load(&options.world)?;
    let rendered = match &options.rendered {
        Some(folder) => render(&world, folder, today)?,
        None => render_shared(&world, &std::env::temp_dir(), today)?,
    };
    let settings = Settings { limits: options.limits.then(RateLimit::default), ..Settings::default() };
    let stage = Stage::set(&world, &rendered, settings)?;
    let server = stage.serve_on(options.listen)?;
    let (user, password) = stage.chat.account();
    let ready = format!("ready {} user={user} password={password}", server.base_url());
    println!("{ready}");
    std::io::stdout().flush()?;
    if let Some(path) = &options.ready_file {
        write_whole(path, &ready)?;
    }
    wait_for_stop()?;
    Ok(())
}

/// Whoever waits for the file must never read half of it.
fn write_whole(path: &std::path::Path, line: &str) -> Result<(), TestkitError> {
    let half = path.with_extension("half");
    let failed = |source| TestkitError::File { path: path.to_owned(), source };
    std::fs::write(&half, format!("{line}\n")).map_err(failed)?;
    std::fs::rename(&half, path).map_err(failed)
}

/// Returns on Ctrl-C or SIGTERM.
fn wait_for_stop() -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminated.recv() => Ok(()),
        }
    })
}
