//! What the tests of the program share: running the built program as a person would, in a folder and with secrets of its own.

#![allow(dead_code, clippy::unwrap_used)] // each test file uses a part of it, and a test may panic

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use vedette_testkit::http::Server;
use vedette_testkit::rocketchat::Settings;
use vedette_testkit::stage::Stage;
use vedette_testkit::world::World;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_vedette");

/// A folder for one test, with the program run inside it.
pub struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    /// An empty folder, without a workspace.
    pub fn nowhere() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A folder with an empty workspace.
    pub fn new() -> Self {
        let desk = Self::nowhere();
        desk.ok(&["init", "desk"]);
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), text).unwrap();
        name.to_owned()
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .args(args)
            .current_dir(self.folder.path())
            .env("VEDETTE_WORKSPACE", self.path("desk"))
            .env("VEDETTE_SECRETS", self.path("secrets"))
            .env("XDG_STATE_HOME", self.path("state"))
            // Models of whoever runs the tests change nothing.
            .env("XDG_DATA_HOME", self.path("data"))
            .env_remove("VEDETTE_KEYRING")
            .env_remove("VEDETTE_PASSPHRASE_FILE")
            .env("VEDETTE_KEYS", self.path("keys"))
            .env("VEDETTE_USER", "T. Tester")
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs and expects success; what it printed.
    pub fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(
            output.status.success(),
            "{args:?} ended with {}\nout: {}\nerr: {}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs, whatever comes of it; what it printed.
    pub fn run_text(&self, args: &[&str]) -> String {
        String::from_utf8_lossy(&self.run(args).stdout).into_owned()
    }

    /// Runs and expects this exit code; what it said on standard error.
    pub fn fails(&self, args: &[&str], code: i32) -> String {
        let output = self.run(args);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(
            output.status.code(),
            Some(code),
            "{args:?}\nout: {}\nerr: {said}",
            String::from_utf8_lossy(&output.stdout)
        );
        said
    }

    /// Runs and reads its JSON lines.
    pub fn json(&self, args: &[&str]) -> Vec<Value> {
        lines(&self.ok(args))
    }
}

/// JSON lines.
pub fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// The invented world on a mock server.
pub struct Served {
    pub stage: Stage,
    pub server: Server,
    pub world: World,
    _pictures: tempfile::TempDir,
}

/// Serves the world on loopback.
pub fn world() -> Served {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo");
    let world = World::load(&root).unwrap();
    let pictures = tempfile::tempdir().unwrap();
    let today = Timestamp::now().to_zoned_datetime(TimeZone::UTC).date();
    let rendered = vedette_testkit::render::render_shared(&world, pictures.path(), today).unwrap();
    let stage = Stage::set(&world, &rendered, Settings { limits: None, ..Settings::default() }).unwrap();
    let server = stage.serve_on("127.0.0.1:0".parse().unwrap()).unwrap();
    Served { stage, server, world, _pictures: pictures }
}
