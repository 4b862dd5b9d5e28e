//! The place that is watched while the program dies again and again: a room and a feed on a mock server, whose life has
//! four ages with posts, files, edits and deletions. Two lives are alike to the byte.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use vedette_testkit::feeds::{self, Entry};
use vedette_testkit::http::{Asked, Server};
use vedette_testkit::rocketchat::{self, NewPost, Settings};

/// Ages of a life.
pub const AGES: usize = 4;
/// Posts that each age adds.
const POSTS: usize = 14;
/// The room's first millisecond.
const BEGIN_MS: i64 = 1_780_000_000_000;
/// Above the size up to which exhibits are rows: these become files of the vault.
const LARGE_BYTES: usize = 70_000;

/// One life of the room and the feed.
struct Life {
    chat: rocketchat::Core,
    feeds: feeds::Core,
    posts: Vec<String>,
    entries: Vec<Entry>,
}

impl Life {
    fn begin() -> Self {
        // Small pages, so that one round takes in several times.
        let chat = rocketchat::Core::new(Settings { limits: None, count_max: 5, ..Settings::default() });
        chat.set_clock(BEGIN_MS);
        chat.set_account("observer", "Observer", "lantern-demo-password");
        chat.add_room("lantern-media");
        let mut life = Self { chat, feeds: feeds::Core::default(), posts: Vec::new(), entries: Vec::new() };
        life.age(0);
        life
    }

    fn age(&mut self, age: usize) {
        let start = BEGIN_MS + age as i64 * 3_600_000;
        self.chat.set_clock(start + 1_800_000);
        if age > 0 {
            // Of the age before: three edits, two deletions.
            let before = (age - 1) * POSTS;
            for number in before..before + 3 {
                let text = format!("lamp{number} is lit again in Kelmora, as edited in age {age}");
                assert!(self.chat.edit(&self.posts[number], &text));
            }
            for number in before + 5..before + 7 {
                assert!(self.chat.delete(&self.posts[number]));
            }
        }
        for number in age * POSTS..(age + 1) * POSTS {
            // Two posts share each millisecond.
            let at = start + (number / 2) as i64 * 1_000;
            let text = format!("lamp{number} burns for the Order of the Grey Lantern in Tessgate");
            let mut post = NewPost::text("lantern-media", "wick_keeper", &text).at(at);
            post.id = format!("lampPost{number:09}");
            match number % POSTS {
                3 => post = post.file("list.txt", "text/plain", large_text(number)),
                4 => post = post.file("blob.bin", "application/octet-stream", vec![number as u8; LARGE_BYTES]),
                9 => post = post.file("small.txt", "text/plain", format!("lantern oil {number}").into_bytes()),
                _ => {}
            }
            self.posts.push(self.chat.post(post));
        }
        self.write_feed(age);
    }

    fn write_feed(&mut self, age: usize) {
        let published = Timestamp::from_millisecond(BEGIN_MS + age as i64 * 3_600_000).unwrap();
        if let Some(edited) = self.entries.last_mut() {
            edited.html = format!("<p>{} Corrected in age {age}.</p>", edited.title);
        }
        for number in 0..3 {
            // All of one age share their date.
            let title = format!("ferry{age}x{number} to Port Hessel");
            let link = format!("https://marrowvalleycourier.example/{age}/{number}");
            let html = format!("<p>{title} leaves at noon.</p>");
            self.entries.push(Entry { id: link.clone(), link, title, html, published });
        }
        self.feeds.publish("/courier", "Marrow Valley Courier", "https://marrowvalleycourier.example", &self.entries);
    }
}

fn large_text(number: usize) -> Vec<u8> {
    let mut text = String::new();
    while text.len() < LARGE_BYTES {
        text.push_str(&format!("Line of the long list {number} of lamps in Ardun Bay.\n"));
    }
    text.into_bytes()
}

/// The server, whose life can be begun again, and a prepared workspace that watches it.
pub struct World {
    life: Arc<Mutex<Life>>,
    _server: Server,
    folder: tempfile::TempDir,
}

impl World {
    /// Starts the server and prepares the workspace.
    pub fn new() -> Self {
        let life = Arc::new(Mutex::new(Life::begin()));
        let lived = Arc::clone(&life);
        let server = Server::start(Arc::new(move |asked: &Asked| {
            let life = lived.lock().unwrap();
            if asked.path.starts_with("/courier/") { life.feeds.answer(asked) } else { life.chat.answer(asked) }
        }))
        .unwrap();
        let world = Self { life, folder: tempfile::tempdir().unwrap(), _server: server };
        let url = world._server.base_url();
        let host = url.trim_start_matches("http://").to_owned();
        let prepared = world.path("prepared");
        std::fs::write(world.path("password"), "lantern-demo-password").unwrap();
        world.well(&prepared, &["init", prepared.to_str().unwrap()]);
        let allowed = ["--authorised-by", "A. Editor", "--basis", "invented", "--allow-private", &host];
        let password = world.path("password");
        let mut chat = vec!["source", "add", "rocketchat", &url, "--room", "lantern-media", "--name", "chat"];
        chat.extend(["--user", "observer", "--password-file", password.to_str().unwrap()]);
        chat.extend(allowed);
        world.well(&prepared, &chat);
        let address = format!("{url}/courier/atom.xml");
        let mut feed = vec!["source", "add", "feed", &address, "--name", "courier"];
        feed.extend(allowed);
        world.well(&prepared, &feed);
        copy(&world.path("keys"), &world.path("prepared-keys"));
        world
    }

    /// A path in the harness's own folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Begins the life anew, with a fresh workspace named `name`.
    pub fn begin(&self, name: &str) -> PathBuf {
        *self.life.lock().unwrap() = Life::begin();
        let to = self.path(name);
        std::fs::remove_dir_all(&to).ok();
        copy(&self.path("prepared"), &to);
        // A workspace that begins anew is a log that was rolled back, and what was seen of it lies with the keys.
        std::fs::remove_dir_all(self.path("keys")).ok();
        copy(&self.path("prepared-keys"), &self.path("keys"));
        to
    }

    /// Lets the life come into this age.
    pub fn come_to(&self, age: usize) {
        if age > 0 {
            self.life.lock().unwrap().age(age);
        }
    }

    /// The program on a workspace.
    pub fn command(&self, workspace: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vedette"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env("VEDETTE_WORKSPACE", workspace)
            .env("VEDETTE_SECRETS", self.path("secrets"))
            .env("VEDETTE_KEYS", self.path("keys"))
            .env("VEDETTE_SECRETS_KEY", self.path("secrets.key"))
            .env("VEDETTE_USER", "T. Tester")
            .stdin(Stdio::null());
        command
    }

    /// Starts a round of collecting and reading.
    pub fn collect(&self, workspace: &Path, vars: &[(&str, &str)]) -> Child {
        self.command(workspace, &["collect", "--once"])
            .envs(vars.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Runs and expects success.
    pub fn well(&self, workspace: &Path, args: &[&str]) {
        let output = self.command(workspace, args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Copies a folder.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else if path.is_file() {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}
