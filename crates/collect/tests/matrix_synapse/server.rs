//! A real Matrix server for one test: Synapse on a free port of loopback with a database of its own, started and stopped
//! here, and the calls by which invented people use it.

use std::io::Read;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Time for the server to come up on a busy machine.
const START_S: u64 = 180;

pub struct Synapse {
    child: Child,
    python: PathBuf,
    folder: tempfile::TempDir,
    pub base: String,
}

/// The path of a Python that has Synapse; installs it when it is missing.
fn python() -> PathBuf {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/synapse.sh");
    let output = Command::new(&script).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{} failed: {said}\nset VEDETTE_SKIP_SYNAPSE=1 to go without this test",
        script.display()
    );
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim())
}

impl Synapse {
    pub fn start() -> Self {
        let python = python();
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let home = folder.path().display();
        let config = format!(
            "server_name: lantern.example\npid_file: {home}/pid\nreport_stats: false\nsuppress_key_server_warning: true\n\
             signing_key_path: {home}/signing.key\nmedia_store_path: {home}/media\nmacaroon_secret_key: invented\nform_secret: invented\n\
             registration_shared_secret: invented\ntrusted_key_servers: []\nenable_authenticated_media: true\n\
             listeners: [{{port: {port}, bind_addresses: ['127.0.0.1'], type: http, resources: [{{names: [client]}}]}}]\n\
             database: {{name: sqlite3, args: {{database: '{home}/db.sqlite'}}}}\n\
             federation_domain_whitelist: []\nrc_message: &fast {{per_second: 10000, burst_count: 10000}}\n\
             rc_registration: *fast\nrc_admin_redaction: *fast\nrc_login: {{address: *fast, account: *fast, failed_attempts: *fast}}\n\
             rc_joins: {{local: *fast, remote: *fast}}\nrc_media_create: *fast\n"
        );
        let file = folder.path().join("homeserver.yaml");
        std::fs::write(&file, config).unwrap();
        let app = |more: &[&str]| {
            let mut command = Command::new(&python);
            command.args(["-m", "synapse.app.homeserver", "-c"]).arg(&file).args(more).current_dir(folder.path());
            command
        };
        let keys = app(&["--generate-keys"]).output().unwrap();
        assert!(keys.status.success(), "{}", String::from_utf8_lossy(&keys.stderr));
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let child = app(&[]).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let mut server = Self { child, python, folder, base: format!("http://127.0.0.1:{port}") };
        server.await_answer();
        server
    }

    fn await_answer(&mut self) {
        let until = Instant::now() + Duration::from_secs(START_S);
        while ureq::get(format!("{}/_matrix/client/versions", self.base)).call().is_err() {
            let ended = self.child.try_wait().unwrap();
            let log = || std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            assert!(ended.is_none() && Instant::now() < until, "Synapse did not start: {}", log());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// A new account.
    pub fn person(&self, name: &str) -> Person {
        let made = Command::new(&self.python)
            .args(["-m", "synapse._scripts.register_new_matrix_user", "-k", "invented", "--no-admin", "-u", name])
            .args(["-p", "a long enough password", &self.base])
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stdout));
        let mut person =
            Person { base: self.base.clone(), token: String::new(), id: String::new(), sent: Default::default() };
        let login = json!({"type": "m.login.password", "identifier": {"type": "m.id.user", "user": name},
            "password": "a long enough password"});
        let answer = person.call("POST", "/_matrix/client/v3/login", &login);
        person.token = answer["access_token"].as_str().unwrap().to_owned();
        person.id = answer["user_id"].as_str().unwrap().to_owned();
        person
    }
}

impl Drop for Synapse {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// An invented person with an account.
pub struct Person {
    base: String,
    pub token: String,
    pub id: String,
    sent: std::cell::Cell<u64>,
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

impl Person {
    pub fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        self.send_bytes(method, path, "application/json", body.to_string().as_bytes())
    }

    fn send_bytes(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Value {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("content-type", kind)
            .header("authorization", format!("Bearer {}", self.token));
        let answer =
            if method == "GET" { agent.run(request.body(()).unwrap()) } else { agent.run(request.body(body).unwrap()) };
        let answer = answer.unwrap();
        let status = answer.status();
        let mut text = String::new();
        answer.into_body().into_reader().read_to_string(&mut text).unwrap();
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    fn next(&self) -> u64 {
        self.sent.set(self.sent.get() + 1);
        self.sent.get()
    }

    pub fn room(&self, alias: &str, more: Value) -> String {
        let mut body = json!({"room_alias_name": alias, "preset": "public_chat", "name": "The Wick"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.call("POST", "/_matrix/client/v3/createRoom", &body)["room_id"].as_str().unwrap().to_owned()
    }

    pub fn join(&self, room: &str) {
        self.call("POST", &format!("/_matrix/client/v3/rooms/{}/join", escaped(room)), &json!({}));
    }

    pub fn send(&self, room: &str, kind: &str, content: Value) -> String {
        let path = format!("/_matrix/client/v3/rooms/{}/send/{kind}/t{}", escaped(room), self.next());
        self.call("PUT", &path, &content)["event_id"].as_str().unwrap().to_owned()
    }

    pub fn say(&self, room: &str, text: &str) -> String {
        self.send(room, "m.room.message", json!({"msgtype": "m.text", "body": text}))
    }

    pub fn edit(&self, room: &str, of: &str, text: &str) -> String {
        let new = json!({"msgtype": "m.text", "body": text});
        let relation = json!({"rel_type": "m.replace", "event_id": of});
        let content =
            json!({"msgtype": "m.text", "body": format!("* {text}"), "m.new_content": new, "m.relates_to": relation});
        self.send(room, "m.room.message", content)
    }

    pub fn redact(&self, room: &str, event: &str) {
        let path = format!("/_matrix/client/v3/rooms/{}/redact/{}/t{}", escaped(room), escaped(event), self.next());
        self.call("PUT", &path, &json!({"reason": "gone"}));
    }

    pub fn upload(&self, name: &str, bytes: &[u8]) -> String {
        let path = format!("/_matrix/media/v3/upload?filename={name}");
        self.send_bytes("POST", &path, "image/png", bytes)["content_uri"].as_str().unwrap().to_owned()
    }

    pub fn upgrade(&self, room: &str) -> String {
        let path = format!("/_matrix/client/v3/rooms/{}/upgrade", escaped(room));
        self.call("POST", &path, &json!({"new_version": "11"}))["replacement_room"].as_str().unwrap().to_owned()
    }

    pub fn joined(&self) -> Vec<String> {
        let rooms = self.call("GET", "/_matrix/client/v3/joined_rooms", &Value::Null);
        serde_json::from_value(rooms["joined_rooms"].clone()).unwrap()
    }
}
