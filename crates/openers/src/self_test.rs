//! The cage tries itself: each forbidden act is attempted, and what became of it is said. An act that the sandbox punishes
//! with death says nothing more; the parent sees the signal. The sandbox of tools refuses without death, so this program
//! tries it as a tool, all acts in one process.

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};

use vedette_core::opened::UNIT_CPU_SECONDS;

use crate::sandbox::{Walls, confine};

/// An act: whether it could be done, and the reason when not.
type Act = fn() -> Result<(), String>;

/// The acts that the sandbox must refuse, by name.
pub const ACTS: &[(&str, Act)] = &[
    ("open-passwd", open_passwd),
    ("list-root", list_root),
    ("create-file", create_file),
    ("unlink-file", unlink_file),
    ("udp-socket", udp_socket),
    ("connect-loopback", connect_loopback),
    ("unix-socket-pair", unix_socket_pair),
    ("execute", execute),
    ("fork", fork),
    ("thread", thread),
    ("signal-parent", signal_parent),
    ("raise-limits", raise_limits),
    ("read-environment", read_environment),
    ("allocate-2-gib", allocate_2_gib),
];

/// Acts that are allowed; a report in which they fail is worth nothing.
pub const CONTROLS: &[(&str, Act)] = &[("allocate-64-mib", allocate_64_mib), ("hash-map", hash_map)];

/// An act at a place that the parent chooses.
type PlacedAct = fn(&Path) -> Result<(), String>;

/// Acts that tools are tried with beside those above, as `ACT=PATH`.
pub const PLACED: &[(&str, PlacedAct)] = &[
    ("read-model", read_file),
    ("read-file", read_file),
    ("write-in-folder", write_file),
    ("write-file", write_file),
    ("list-folder", |path| said(fs::read_dir(path))),
    ("change-rights", |path| said(fs::set_permissions(path, fs::Permissions::from_mode(0o600)))),
    ("remove-file", |path| said(fs::remove_file(path))),
    ("link", |path| said(std::os::unix::fs::symlink(path, "link"))),
];

fn read_file(path: &Path) -> Result<(), String> {
    said(fs::read(path))
}

fn write_file(path: &Path) -> Result<(), String> {
    said(fs::OpenOptions::new().append(true).create(true).open(path))
}

/// Tries `act` inside the sandbox and writes `done` or `refused: REASON` to stdout. Exit code 2 when there is no such act.
pub(crate) fn run(act: &str) -> ExitCode {
    let Some((_, attempt)) = ACTS.iter().chain(CONTROLS).find(|(name, _)| *name == act) else {
        eprintln!("error: there is no act `{act}`");
        return ExitCode::from(2);
    };
    std::panic::set_hook(Box::new(|_| {}));
    if let Err(error) = confine(UNIT_CPU_SECONDS, Walls::All) {
        eprintln!("{error}");
        return ExitCode::from(70);
    }
    say(&(outcome(attempt) + "\n"))
}

/// Tries acts without building the sandbox and writes `ACT: done` or `ACT: refused: REASON` for each.
pub(crate) fn run_outside(acts: &[String]) -> ExitCode {
    std::panic::set_hook(Box::new(|_| {}));
    for act in acts {
        let (name, path) = act.split_once('=').unwrap_or((act, ""));
        let plain = ACTS.iter().chain(CONTROLS).find(|(known, _)| known == &name);
        let placed = PLACED.iter().find(|(known, _)| known == &name);
        let became = match (plain, placed) {
            (Some((_, attempt)), _) => outcome(attempt),
            (None, Some((_, attempt))) => outcome(|| attempt(Path::new(path))),
            (None, None) => return ExitCode::from(2),
        };
        let code = say(&format!("{name}: {became}\n"));
        if code != ExitCode::SUCCESS {
            return code;
        }
    }
    ExitCode::SUCCESS
}

fn outcome(attempt: impl Fn() -> Result<(), String>) -> String {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(attempt)) {
        Ok(Ok(())) => "done".to_owned(),
        Ok(Err(reason)) => format!("refused: {reason}"),
        Err(_) => "refused: panic".to_owned(),
    }
}

fn say(line: &str) -> ExitCode {
    match std::io::stdout().write_all(line.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(74),
    }
}

fn said<T, E: std::fmt::Display>(result: Result<T, E>) -> Result<(), String> {
    result.map(drop).map_err(|error| error.to_string())
}

fn open_passwd() -> Result<(), String> {
    said(fs::read("/etc/passwd"))
}

fn list_root() -> Result<(), String> {
    said(fs::read_dir("/"))
}

fn create_file() -> Result<(), String> {
    let path = std::path::Path::new("/tmp").join(format!("vedette-self-test-{}", std::process::id()));
    said(fs::write(&path, b"x").and_then(|()| fs::remove_file(&path)))
}

fn unlink_file() -> Result<(), String> {
    match fs::remove_file("/tmp/vedette-self-test-no-such-file") {
        // Reaching the file system at all is what must not happen.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        other => said(other),
    }
}

fn udp_socket() -> Result<(), String> {
    said(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)))
}

fn connect_loopback() -> Result<(), String> {
    let nobody = SocketAddr::from((Ipv4Addr::LOCALHOST, 9));
    match TcpStream::connect_timeout(&nobody, std::time::Duration::from_secs(1)) {
        // The kernel asked the other side: the attempt was possible.
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => Ok(()),
        other => said(other),
    }
}

fn unix_socket_pair() -> Result<(), String> {
    said(UnixStream::pair())
}

fn execute() -> Result<(), String> {
    // Returns only when it failed; `printf` takes over stdout and says what this process would have said.
    Err(Command::new("/usr/bin/printf").arg("done\\n").exec().to_string())
}

fn fork() -> Result<(), String> {
    said(Command::new("/usr/bin/true").status())
}

fn thread() -> Result<(), String> {
    said(std::thread::Builder::new().spawn(|| ()).map(|handle| handle.join().is_ok()))
}

fn signal_parent() -> Result<(), String> {
    let parent = rustix::process::getppid().ok_or_else(|| "no parent".to_owned())?;
    said(rustix::process::test_kill_process(parent))
}

fn raise_limits() -> Result<(), String> {
    use rustix::process::{Resource, getrlimit, setrlimit};
    said(setrlimit(Resource::Core, getrlimit(Resource::Core)))
}

fn read_environment() -> Result<(), String> {
    match std::env::vars_os().count() {
        0 => Err("it is empty".to_owned()),
        _ => Ok(()),
    }
}

fn allocate(bytes: usize) -> Result<(), String> {
    let mut memory: Vec<u8> = Vec::new();
    memory.try_reserve_exact(bytes).map_err(|error| error.to_string())?;
    memory.resize(bytes.min(1 << 20), 1);
    if memory.iter().all(|&byte| byte == 1) { Ok(()) } else { Err("memory does not hold".to_owned()) }
}

fn allocate_2_gib() -> Result<(), String> {
    allocate(2 << 30)
}

fn allocate_64_mib() -> Result<(), String> {
    allocate(64 << 20)
}

fn hash_map() -> Result<(), String> {
    let map: std::collections::HashMap<u32, u32> = (0..100).map(|i| (i, i)).collect();
    if map.get(&7) == Some(&7) { Ok(()) } else { Err("no randomness".to_owned()) }
}
