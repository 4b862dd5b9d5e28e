//! Serves the fictional world: a mock Rocket.Chat server at `/` and the newspaper's feeds under `/courier/`, on loopback, until it
//! is stopped. `POST /_mock/advance` lets the waiting edit and deletion happen. With `--plan NAME` it serves one of the twenty
//! scenarios of a chat server instead; each `POST /_mock/advance` then plays the next stage.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use clap::{CommandFactory, FromArgMatches, Parser};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use vedette_testkit::TestkitError;
use vedette_testkit::http::{Answer, Asked, Server};
use vedette_testkit::render::{render, render_shared};
use vedette_testkit::rocketchat::{Core, Ddp, RateLimit, Settings, plans};
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
    /// Serves this scenario of a chat server instead of the world, by name or number.
    #[arg(long, value_name = "NAME")]
    plan: Option<String>,
    /// Speaks as the streamer of larger installations on the WebSocket, not as the monolith.
    #[arg(long)]
    streamer: bool,
}

impl Options {
    fn settings(&self, mut settings: Settings) -> Settings {
        if self.limits {
            settings.limits = Some(RateLimit::default());
        }
        if self.streamer {
            settings.ddp = Ddp::Streamer;
        }
        settings
    }
}

/// The scenarios, a line each, for `--help`.
fn plan_list() -> String {
    let lines: Vec<String> = plans::all()
        .iter()
        .map(|plan| format!("  {:>2} {:<23} {} ({} stages)", plan.number, plan.name, plan.about, plan.stages))
        .collect();
    format!("Plans of --plan (the room is `{}`):\n{}", plans::ROOM, lines.join("\n"))
}

fn main() -> ExitCode {
    let arguments = Options::command().after_help(plan_list()).get_matches();
    let options = match Options::from_arg_matches(&arguments) {
        Ok(options) => options,
        Err(error) => error.exit(),
    };
    match run(&options) {
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
    if let Some(name) = &options.plan {
        return serve_plan(options, name);
    }
    let today = options.today.unwrap_or_else(|| TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date());
    let world = World::load(&options.world)?;
    let rendered = match &options.rendered {
        Some(folder) => render(&world, folder, today)?,
        None => render_shared(&world, &std::env::temp_dir(), today)?,
    };
    let stage = Stage::set(&world, &rendered, options.settings(Settings::default()))?;
    let server = stage.serve_on(options.listen)?;
    stay(options, &server, &stage.chat)
}

/// Serves a scenario; its first stage is there from the start.
fn serve_plan(options: &Options, name: &str) -> Result<(), Box<dyn std::error::Error>> {
    let plan = plans::named(name).ok_or_else(|| format!("there is no plan `{name}`: --help lists them"))?;
    let chat = Core::new(options.settings(plan.settings()));
    let start_ms = jiff::Timestamp::now().as_millisecond();
    plan.play(&chat, 0, start_ms);
    let (played, answering, talking) = (Mutex::new(0usize), chat.clone(), chat.clone());
    let answer = move |asked: &Asked| {
        if asked.path != "/_mock/advance" {
            return answering.answer(asked);
        }
        if asked.method != "POST" {
            return Answer::new(405, "text/plain", "send a POST");
        }
        let mut played = played.lock().unwrap_or_else(PoisonError::into_inner);
        let next = *played + 1;
        let is_there = plan.play(&answering, next, start_ms);
        if is_there {
            *played = next;
        }
        Answer::json(200, &serde_json::json!({"played": is_there, "stage": *played, "stages": plan.stages}))
    };
    let server =
        Server::start_with(options.listen, Arc::new(answer), Some(Arc::new(move |stream| talking.talk(stream))))?;
    stay(options, &server, &chat)
}

/// Says that the server is ready and waits until it is told to stop.
fn stay(options: &Options, server: &Server, chat: &Core) -> Result<(), Box<dyn std::error::Error>> {
    let (user, password) = chat.account();
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
