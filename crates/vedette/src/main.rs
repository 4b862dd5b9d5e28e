//! `vedette`: the program. The command line is one face of the desk, the pages are the other; this crate parses,
//! configures, wires the adapters to the ports, and prints. It decides nothing.

mod analyze;
mod backup;
mod calendar;
mod cli;
mod commands;
mod config;
mod demo;
mod doctor;
mod following;
mod hashing;
mod hearing;
mod io;
mod listening;
mod logkeys;
mod models;
mod remote;
mod secrets;
mod serve;
mod stamp;
mod translating;
mod witness;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::io::{Failure, Io};

fn main() -> ExitCode {
    // The two hidden roles come first: a child that opens hostile bytes loads nothing that it does not need.
    let mut args = std::env::args_os().skip(1);
    match args.next().as_ref().and_then(|word| word.to_str()) {
        Some("read-one") => {
            return vedette_openers::read_one(&args.map(|arg| arg.to_string_lossy().into_owned()).collect::<Vec<_>>());
        }
        Some("run-tool") => return vedette_read::launcher::run_tool(&args.collect::<Vec<_>>()),
        _ => {}
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            // Nothing is left to do when even the terminal is gone.
            error.print().ok();
            return ExitCode::from(code);
        }
    };
    start_logging(cli.verbose);
    let mut io = Io::terminal();
    match run(cli, &mut io) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            failure.tell(&mut io);
            ExitCode::from(failure.code)
        }
    }
}

fn run(cli: Cli, io: &mut Io) -> Result<u8, Failure> {
    match &cli.command {
        Command::Demo(args) => demo::run(args, &cli, io),
        Command::Init { dir } => workspace::init(dir.as_deref(), io),
        Command::Doctor { json } => doctor::run(*json, &cli, io),
        Command::Model(command) => models::run(command, &cli, io),
        Command::Register(command) => commands::register::run(command, &cli, io),
        Command::Analyze(args) => analyze::run(args, io),
        Command::Calendar(command) => calendar::run(command, &cli, io),
        Command::Hash(args) => hashing::hash(args, cli.confinement(), io),
        Command::Match(args) if args.against.is_some() => hashing::match_list(args, cli.confinement(), io),
        Command::Verify { path: Some(path), json, key, .. } if !io.path(path).is_dir() => {
            backup::verify_bundle(path, key, *json, io)
        }
        Command::Witness(args) => witness::run(args, io),
        Command::Restore { file, dir } => backup::restore(file, dir, io),
        Command::Serve(args) => serve::run(serve::Parts::all(), args, &cli, io),
        Command::Web(args) => serve::run(serve::Parts::web(), args, &cli, io),
        Command::Worker(args) if !args.once => serve::run(serve::Parts::worker(), args, &cli, io),
        Command::Collect(args) if !args.once => serve::run(serve::Parts::collect(), &args.serve(), &cli, io),
        _ => workspace::run_or_forward(cli, io),
    }
}

fn start_logging(verbose: u8) {
    let level = match verbose {
        0 => "warn",
        1 => "info",
        _ => "debug",
    };
    let filter = tracing_subscriber::EnvFilter::try_from_env("VEDETTE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(format!("{level},tantivy=warn,html5ever=error")));
    let colour = std::io::IsTerminal::is_terminal(&std::io::stderr());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(colour)
        .with_target(false)
        .init();
}
