//! `serve`, `web`, `worker`, `collect`: the long-running process. It holds the workspace and alone writes it: a thread
//! collects, threads open and read, one makes new posts searchable every second, one answers commands on the socket, and
//! the pages answer on loopback.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use vedette_core::Lane;
use vedette_desk::{Desk, Work};

use crate::cli::{Cli, ServeArgs};
use crate::config::Config;
use crate::following::Following;
use crate::io::{Failure, Io};
use crate::remote;
use crate::stamp::{self, LogSettings};
use crate::workspace::{self, name_of};

/// Time between two looks at what waits or ends.
const TICK: Duration = Duration::from_millis(200);
/// Time between two commits of the search index: with reading, a new post is searchable within a second.
const COMMIT_EVERY: Duration = Duration::from_millis(250);
/// Time between two signatures of the log.
const SEAL_EVERY: Duration = Duration::from_secs(1);
/// Steps of priority below the rest of the program at which files are read (of 19).
const SLOW_NICENESS: i32 = 5;
/// Rounds of collecting that run at a time: they mostly wait for servers.
const COLLECT_THREADS: usize = 8;
/// Time between two looks for sealed pages whose time is up.
const ERASE_EVERY: Duration = Duration::from_secs(3_600);

/// Which parts run.
#[derive(Debug, Clone, Copy)]
pub struct Parts {
    collect: bool,
    work: bool,
    web: bool,
}

impl Parts {
    /// All three.
    pub fn all() -> Self {
        Self { collect: true, work: true, web: true }
    }

    /// The pages alone.
    pub fn web() -> Self {
        Self { collect: false, work: false, web: true }
    }

    /// Opening and reading alone.
    pub fn worker() -> Self {
        Self { collect: false, work: true, web: false }
    }

    /// Collecting alone.
    pub fn collect() -> Self {
        Self { collect: true, work: false, web: false }
    }
}

/// Runs until the process is asked to end.
pub fn run(parts: Parts, args: &ServeArgs, cli: &Cli, io: &mut Io) -> Result<u8, Failure> {
    let dir = workspace::find(cli, io)?;
    let listen = loopback(&args.listen)?;
    let open = workspace::open(&dir, cli)?;
    open_and_run(parts, &open, listen, args.every, &name_of(cli), io)
}

/// Runs the parts on an open workspace until the process is asked to end.
pub fn open_and_run(
    parts: Parts,
    open: &workspace::Open,
    listen: SocketAddr,
    every_seconds: u64,
    who: &str,
    io: &mut Io,
) -> Result<u8, Failure> {
    let person = open.desk.who(who)?;
    let log = Config::read(&open.dir)?.log;
    log.keys()?;
    remote::listen(&open.dir, open.desk.clone())?;
    if parts.work
        && let Err(error) = open.desk.reader().opener().ready()
    {
        // Text posts need no opener; the rest waits with this problem on the item.
        io.say(format!("error: files and HTML are not read: {}", error.problem()));
    }
    let stop = Arc::new(AtomicBool::new(false));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::usage(format!("cannot start the runtime: {error}")))?;
    let listener = if parts.web {
        let bound = runtime.block_on(tokio::net::TcpListener::bind(listen)).map_err(|error| {
            Failure::usage(format!("cannot listen on {listen}: {error}")).hint("choose another address with --listen")
        })?;
        io.line(format!("serving http://{listen}"))?;
        Some(bound)
    } else {
        None
    };
    io.say("stop with Ctrl-C");

    let outcome = std::thread::scope(|scope| {
        let mut hands = Vec::new();
        if parts.collect {
            let every = Duration::from_secs(every_seconds.max(1));
            let (desk, stop, person) = (open.desk.clone(), stop.clone(), person.clone());
            hands.push(scope.spawn(move || Following::new(every).run(&desk, &person, COLLECT_THREADS, &stop)));
        }
        if parts.work {
            // A lane of its own: while every reader is busy with posters, the words of posts go on.
            let (desk, ending) = (open.desk.clone(), stop.clone());
            hands.push(scope.spawn(move || work_loop(&desk, &ending, &[Lane::Quick])));
            for _ in 0..open.desk.config().threads() {
                let (desk, stop) = (open.desk.clone(), stop.clone());
                hands.push(scope.spawn(move || {
                    step_back();
                    work_loop(&desk, &stop, &[Lane::Slow, Lane::Again]);
                }));
            }
        }
        let (desk, ending) = (open.desk.clone(), stop.clone());
        hands.push(scope.spawn(move || commit_loop(&desk, &ending)));
        let (desk, ending, log) = (open.desk.clone(), stop.clone(), log.clone());
        hands.push(scope.spawn(move || stamp_loop(&desk, &log, &ending)));

        let served = runtime.block_on(async {
            match listener {
                Some(listener) => {
                    let settings = vedette_web::Settings { listen, who: who.to_owned() };
                    let router = vedette_web::router(open.desk.clone(), settings);
                    vedette_web::serve(listener, router, ended()).await
                }
                None => {
                    ended().await;
                    Ok(())
                }
            }
        });
        stop.store(true, Ordering::SeqCst);
        for hand in hands {
            hand.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
        served
    });
    remote::close(&open.dir);
    open.desk.commit_index()?;
    outcome.map_err(|error| Failure::usage(format!("the pages stopped: {error}")))?;
    Ok(0)
}

/// The address, refused unless it is this machine's own: users and roles do not guard the pages yet.
pub fn loopback(text: &str) -> Result<SocketAddr, Failure> {
    let address: SocketAddr = text
        .parse()
        .map_err(|_| Failure::usage(format!("`{text}` is not an address: expected one like 127.0.0.1:8460")))?;
    if address.ip().is_loopback() {
        return Ok(address);
    }
    Err(Failure::usage(format!("`{text}` is not on this machine: the pages are served on loopback only"))
        .hint("use 127.0.0.1:PORT, and an SSH tunnel to reach it from elsewhere"))
}

/// Ends when the process is asked to end.
pub async fn ended() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => {
            interrupt.await.ok();
        }
    }
}

fn wait(stop: &AtomicBool, time: Duration) {
    let end = Instant::now() + time;
    while !stop.load(Ordering::SeqCst) && Instant::now() < end {
        std::thread::sleep(TICK.min(time));
    }
}

/// Lets other threads go first: this thread and the tools that it starts read files, which takes seconds anyhow.
fn step_back() {
    if let Err(error) = rustix::process::nice(SLOW_NICENESS) {
        tracing::warn!(%error, "cannot lower the priority of reading files: texts may have to wait for it");
    }
}

fn work_loop(desk: &Desk, stop: &AtomicBool, lanes: &[Lane]) {
    let mut work = Work::default();
    while !stop.load(Ordering::SeqCst) {
        match desk.work_one(&mut work, lanes) {
            Ok(true) => {}
            Ok(false) => wait(stop, TICK),
            Err(error) => {
                tracing::error!(%error, "cannot work");
                wait(stop, Duration::from_secs(5));
            }
        }
    }
}

/// Takes checkpoints to the witnesses and the timestamp authority when they are due.
fn stamp_loop(desk: &Desk, settings: &LogSettings, stop: &AtomicBool) {
    while !stop.load(Ordering::SeqCst) {
        wait(stop, SEAL_EVERY);
        match stamp::round(desk.custody_log().as_ref(), settings, false, &jiff::Timestamp::now) {
            Ok(failed) => failed.iter().for_each(|failed| tracing::warn!("{failed}")),
            Err(failure) => tracing::error!(error = failure.message, "cannot have the log witnessed"),
        }
    }
}

fn commit_loop(desk: &Desk, stop: &AtomicBool) {
    let mut erased_at: Option<Instant> = None;
    let mut sealed_at: Option<Instant> = None;
    while !stop.load(Ordering::SeqCst) {
        wait(stop, COMMIT_EVERY);
        if let Err(error) = desk.commit_index() {
            tracing::error!(%error, "cannot commit the search index");
        }
        if sealed_at.is_none_or(|at| at.elapsed() >= SEAL_EVERY) {
            sealed_at = Some(Instant::now());
            // At most a second of leaves is not covered by a signed checkpoint when the machine stops.
            if let Err(error) = desk.seal() {
                tracing::error!(%error, "cannot sign the log");
            }
        }
        if erased_at.is_none_or(|at| at.elapsed() >= ERASE_EVERY) {
            erased_at = Some(Instant::now());
            if let Err(error) = desk.erase_expired_pages() {
                tracing::error!(%error, "cannot erase expired pages");
            }
            if let Err(error) = desk.erase_expired_items() {
                tracing::error!(%error, "cannot erase items whose time of keeping is up");
            }
        }
    }
}
