//! Commands sent to the process that serves the workspace, over its Unix socket: one JSON object a line each way. The
//! socket lies in the workspace and is open to its owner alone.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use clap::Parser;
use serde::{Deserialize, Serialize};
use vedette_desk::Desk;

use crate::cli::Cli;
use crate::commands;
use crate::io::{Failure, Io};
use crate::workspace::name_of;

/// Name of the socket in the workspace.
const SOCKET: &str = "vedette.sock";
/// Bytes of one request: arguments, not data.
const REQUEST_BYTES_MAX: u64 = 1024 * 1024;

#[derive(Serialize, Deserialize)]
struct Request {
    args: Vec<String>,
    cwd: PathBuf,
    who: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Frame {
    Out(String),
    Err(String),
    Exit(u8),
}

/// Sends a command to the process that serves `dir` and prints what it says.
pub fn forward(dir: &Path, args: &[String], io: &mut Io) -> Result<u8, Failure> {
    let path = dir.join(SOCKET);
    let busy = |error: &std::io::Error| {
        Failure::usage(format!("the workspace `{}` is in use and does not answer: {error}", dir.display()))
            .hint("another vedette command works on it; wait for it, or stop it")
    };
    let mut stream = UnixStream::connect(&path).map_err(|error| busy(&error))?;
    let cli = Cli::try_parse_from(std::iter::once("vedette").chain(args.iter().map(String::as_str))).ok();
    let who = cli.as_ref().map_or_else(|| "local".to_owned(), name_of);
    let request = Request { args: args.to_vec(), cwd: io.cwd.clone(), who };
    let mut line = serde_json::to_string(&request).map_err(|error| Failure::usage(error.to_string()))?;
    line.push('\n');
    stream.write_all(line.as_bytes()).map_err(|error| busy(&error))?;
    for line in BufReader::new(stream).lines() {
        let line = line.map_err(|error| busy(&error))?;
        match serde_json::from_str::<Frame>(&line) {
            Ok(Frame::Out(text)) => io.line(text.trim_end_matches('\n'))?,
            Ok(Frame::Err(text)) => io.say(text.trim_end_matches('\n')),
            Ok(Frame::Exit(code)) => return Ok(code),
            Err(_) => return Err(Failure::usage("the serving process answered something else than expected")),
        }
    }
    Err(Failure::usage("the serving process ended in the middle of the command"))
}

/// Answers commands on the socket until the process ends.
pub fn listen(dir: &Path, desk: Arc<Desk>) -> Result<(), Failure> {
    let path = dir.join(SOCKET);
    // A socket left by a process that was killed; the workspace lock proves that it is gone.
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(Failure::file("remove", &path, &error));
        }
        _ => {}
    }
    let listener = UnixListener::bind(&path).map_err(|error| Failure::file("listen on", &path, &error))?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))
        .map_err(|error| Failure::file("protect", &path, &error))?;
    let dir = dir.to_owned();
    std::thread::Builder::new()
        .name("commands".to_owned())
        .spawn(move || {
            for stream in listener.incoming().flatten() {
                let (desk, dir) = (desk.clone(), dir.clone());
                std::thread::spawn(move || answer(stream, &desk, &dir));
            }
        })
        .map_err(|error| Failure::usage(format!("cannot start a thread: {error}")))?;
    Ok(())
}

/// Removes the socket when serving ends.
pub fn close(dir: &Path) {
    std::fs::remove_file(dir.join(SOCKET)).ok();
}

fn answer(stream: UnixStream, desk: &Arc<Desk>, dir: &Path) {
    let Ok(reading) = stream.try_clone() else { return };
    let stream = Arc::new(Mutex::new(stream));
    let mut line = String::new();
    if BufReader::new(reading.take(REQUEST_BYTES_MAX)).read_line(&mut line).is_err() {
        return;
    }
    let Ok(request) = serde_json::from_str::<Request>(&line) else { return };
    let frames = |wrap: fn(String) -> Frame| Box::new(Frames { stream: stream.clone(), wrap, part: Vec::new() });
    let mut io = Io::to(frames(Frame::Out), frames(Frame::Err), request.cwd);
    let code = match Cli::try_parse_from(std::iter::once("vedette".to_owned()).chain(request.args)) {
        Ok(mut cli) => {
            cli.who = Some(request.who);
            match commands::run(cli, desk, dir, &mut io) {
                Ok(code) => code,
                Err(failure) => {
                    failure.tell(&mut io);
                    failure.code
                }
            }
        }
        Err(error) => {
            io.say(error.to_string());
            2
        }
    };
    drop(io);
    send(&stream, &Frame::Exit(code)).ok();
}

fn send(stream: &Mutex<UnixStream>, frame: &Frame) -> std::io::Result<()> {
    let mut line = serde_json::to_string(frame)?;
    line.push('\n');
    stream.lock().unwrap_or_else(std::sync::PoisonError::into_inner).write_all(line.as_bytes())
}

/// A writer whose lines travel as frames.
struct Frames {
    stream: Arc<Mutex<UnixStream>>,
    wrap: fn(String) -> Frame,
    part: Vec<u8>,
}

impl Write for Frames {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.part.extend_from_slice(bytes);
        while let Some(end) = self.part.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.part.drain(..=end).collect();
            send(&self.stream, &(self.wrap)(String::from_utf8_lossy(&line).into_owned()))?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        if self.part.is_empty() {
            return Ok(());
        }
        let rest = String::from_utf8_lossy(&std::mem::take(&mut self.part)).into_owned();
        send(&self.stream, &(self.wrap)(rest))
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        self.flush().ok();
    }
}
