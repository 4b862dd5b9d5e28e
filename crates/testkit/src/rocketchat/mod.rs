//! A mock Rocket.Chat server, as awkward as the real one: newest-first history with an exclusive end, replies that hide, two ways
//! to synchronise with their loss hazard, four kinds of deletion, protected files, thumbnails that pose as the original, and a
//! limiter that counts per endpoint. What it copies is public behaviour; where versions differ, [`Settings`] switches.

mod acts;
mod api;
mod ddp;
mod files;
mod limits;
mod live;
mod login;
pub mod plans;
mod rooms;
mod state;
mod sync;

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

pub use self::acts::Prune;
pub use self::ddp::Ddp;
pub use self::limits::RateLimit;
pub(crate) use self::state::made_id;
pub use self::state::{NewFile, NewPost};

use self::state::State;
use crate::TestkitError;
use crate::http::{Answer, Asked, Desk, Fault, Logged, Server, locked};

/// How the server is set up; the defaults are Rocket.Chat's, except that the limiter is off.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `Message_KeepHistory`: edits and deletions keep a hidden copy.
    pub keep_history: bool,
    /// `Message_ShowDeletedStatus`: a deleted message stays as "message removed".
    pub show_deleted_status: bool,
    /// `FileUpload_ProtectFiles`: files need credentials.
    pub protect_files: bool,
    /// `Accounts_AllowAnonymousRead`: `channels.anonymousread` works without login.
    pub allow_anonymous_read: bool,
    /// `API_Allow_Infinite_Count`: `count=0` means all.
    pub allow_infinite_count: bool,
    /// `Message_Attachments_Thumbnails_Enabled`: pictures get a smaller twin.
    pub thumbnails: bool,
    /// The REST limiter; `None` is off. [`RateLimit::default`] is the real server's.
    pub limits: Option<RateLimit>,
    /// Major version of the API: 6 to 9. Words of errors and parameters differ.
    pub api_version: u32,
    /// `Hide_System_Messages`: kinds that history leaves out.
    pub hidden_system_kinds: Vec<String>,
    /// When set, login asks for this second factor.
    pub totp_code: Option<String>,
    /// Longest `count` that a caller gets; larger ones are silently cut.
    pub count_max: usize,
    /// Which of the two servers answers on the WebSocket.
    pub ddp: Ddp,
    /// Milliseconds between two pings of the server; who does not answer within half of it is hung up on.
    pub heartbeat_ms: u64,
    /// Events that are due at one moment are sent newest first.
    pub newest_event_first: bool,
    /// `FileUpload_RotateImages`: pictures are turned and written anew, so their bytes are not the sender's.
    pub rotate_images: bool,
    /// Milliseconds by which the server's clock is ahead of the true time.
    pub skew_ms: i64,
    /// Files are not served but redirected to below this address, as from an S3 store.
    pub files_at: Option<String>,
    /// Pruned messages are listed as deletions; otherwise they are just gone, as after the trash was emptied.
    pub pruned_to_trash: bool,
    /// The event of a prune names the messages; otherwise only the stretch of time.
    pub prune_names_ids: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            keep_history: false,
            show_deleted_status: false,
            protect_files: true,
            allow_anonymous_read: false,
            allow_infinite_count: true,
            thumbnails: true,
            limits: None,
            api_version: 8,
            hidden_system_kinds: Vec::new(),
            totp_code: None,
            count_max: 100,
            ddp: Ddp::Meteor,
            heartbeat_ms: 25_000,
            newest_event_first: false,
            rotate_images: false,
            skew_ms: 0,
            files_at: None,
            pruned_to_trash: true,
            prune_names_ids: false,
        }
    }
}

/// The mock's core without a socket: a request in, an answer out. Clones share everything.
#[derive(Debug, Clone)]
pub struct Core {
    state: Arc<Mutex<State>>,
    desk: Desk,
}

impl Core {
    /// An empty server with one account, `observer`.
    pub fn new(settings: Settings) -> Self {
        Self { state: Arc::new(Mutex::new(State::new(settings))), desk: Desk::default() }
    }

    /// Answers one request, planned faults included.
    pub fn answer(&self, asked: &Asked) -> Answer {
        self.desk.answer(asked, |asked| api::answer(&mut locked(&self.state), asked))
    }

    /// Talks on a WebSocket connection until it ends; the handshake is made here.
    pub fn talk(&self, stream: TcpStream) {
        ddp::talk(&self.state, stream);
    }
}

/// A running mock server and the hands that act on it; it stops when dropped.
#[derive(Debug)]
pub struct RocketChat {
    core: Core,
    server: Server,
}

impl RocketChat {
    /// Starts on a free port of 127.0.0.1.
    pub fn start(settings: Settings) -> Result<Self, TestkitError> {
        Self::start_on(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), Core::new(settings))
    }

    /// Starts `core` on `address`.
    pub fn start_on(address: SocketAddr, core: Core) -> Result<Self, TestkitError> {
        let (answering, talking) = (core.clone(), core.clone());
        let answering = Arc::new(move |asked: &Asked| answering.answer(asked));
        let server = Server::start_with(address, answering, Some(Arc::new(move |stream| talking.talk(stream))))?;
        Ok(Self { core, server })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn base_url(&self) -> String {
        self.server.base_url()
    }

    /// The address of `path`, which begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.base_url())
    }
}

impl Drop for RocketChat {
    fn drop(&mut self) {
        // Each connection has a thread, which would otherwise outlive the server.
        self.core.drop_sockets();
    }
}

impl std::ops::Deref for RocketChat {
    type Target = Core;

    fn deref(&self) -> &Core {
        &self.core
    }
}

impl Core {
    /// Name and password of the one account.
    pub fn account(&self) -> (String, String) {
        let state = locked(&self.state);
        (state.observer.username.clone(), state.password.clone())
    }

    /// Gives the account other names and another password.
    pub fn set_account(&self, username: &str, name: &str, password: &str) {
        locked(&self.state).set_account(username, name, password);
    }

    /// Headers of a logged-in client, with a personal access token that `resume` accepts too.
    pub fn auth_headers(&self) -> Vec<(String, String)> {
        let state = locked(&self.state);
        let token = state.personal_token().to_owned();
        vec![("x-auth-token".to_owned(), token), ("x-user-id".to_owned(), state.observer.id.clone())]
    }

    /// Every token stops working, the personal one included; later logins make new ones.
    pub fn expire_tokens(&self) {
        locked(&self.state).expire_tokens();
    }

    /// Makes a public room and returns its id.
    pub fn add_room(&self, name: &str) -> String {
        locked(&self.state).add_room(name, "")
    }

    /// Makes a public room with a topic line and returns its id.
    pub fn add_room_with_topic(&self, name: &str, topic: &str) -> String {
        locked(&self.state).add_room(name, topic)
    }

    /// Makes a discussion below a room and returns its id.
    pub fn add_discussion(&self, parent: &str, name: &str) -> String {
        let mut state = locked(&self.state);
        let id = state.add_room(name, "");
        state.set_parent_room(&id, parent);
        id
    }

    /// Gives a user a display name; posting makes users by itself.
    pub fn add_user(&self, username: &str, name: &str) {
        locked(&self.state).user(username, Some(name));
    }

    /// The account may no longer read the room.
    pub fn forbid(&self, room: &str) {
        locked(&self.state).forbid(room);
    }

    /// Posts and returns the message id.
    pub fn post(&self, post: NewPost) -> String {
        locked(&self.state).post(post)
    }

    /// Changes a message's text, as its author would; `false` when there is no such message.
    pub fn edit(&self, message: &str, text: &str) -> bool {
        locked(&self.state).edit(message, text)
    }

    /// Deletes a message the way the settings say; `false` when there is no such message.
    pub fn delete(&self, message: &str) -> bool {
        locked(&self.state).delete(message)
    }

    /// Adds a reaction; `false` when there is no such message.
    pub fn react(&self, message: &str, reaction: &str, username: &str) -> bool {
        locked(&self.state).react(message, reaction, username)
    }

    /// Stops the clock at this epoch millisecond; without it the machine's clock counts.
    pub fn set_clock(&self, now_ms: i64) {
        locked(&self.state).set_clock(now_ms);
    }

    /// The message as the server would show it, hidden ones included.
    pub fn message(&self, message: &str) -> Option<Value> {
        locked(&self.state).message(message).map(|found| found.to_json())
    }

    /// The next `times` requests whose path contains `part_of_path` meet `fault`.
    pub fn plan(&self, part_of_path: &str, fault: Fault, times: u32) {
        self.desk.plan(part_of_path, fault, times);
    }

    /// Requests so far, oldest first.
    pub fn requests(&self) -> Vec<Logged> {
        self.desk.requests()
    }
}

/// An attachment that points somewhere it should not: another origin, a private address.
pub fn hostile_attachment(url: &str) -> Value {
    json!({
        "title": "poster.png", "type": "file", "title_link": url, "title_link_download": true,
        "image_url": url, "image_type": "image/png", "image_size": 1000,
    })
}
