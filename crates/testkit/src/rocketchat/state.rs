//! What the mock server remembers: messages, rooms, people, files and the trash, and the acts that change them. Each act touches
//! the same fields as the real server's.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::Settings;
use super::files::{File, store_file};
use super::limits::Limiter;
use super::live::{Sockets, Told};

/// Longer texts get no mentions and links: they are there to be long.
const LINKED_TEXT_BYTES_MAX: usize = 1 << 20;

/// A person, as messages name them.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub id: String,
    pub username: String,
    pub name: String,
}

impl Person {
    pub fn to_json(&self) -> Value {
        json!({"_id": self.id, "username": self.username, "name": self.name})
    }
}

/// A message as stored; `body` holds everything that is not needed for ordering and filtering.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub id: String,
    pub room: String,
    pub ts: i64,
    pub updated: i64,
    pub hidden: bool,
    pub kind: Option<String>,
    pub thread: Option<String>,
    pub body: Map<String, Value>,
}

impl Message {
    pub fn to_json(&self) -> Value {
        let mut all = self.body.clone();
        all.insert("_id".to_owned(), json!(self.id));
        all.insert("rid".to_owned(), json!(self.room));
        all.insert("ts".to_owned(), json!(iso(self.ts)));
        all.insert("_updatedAt".to_owned(), json!(iso(self.updated)));
        if self.hidden {
            all.insert("_hidden".to_owned(), json!(true));
        }
        if let Some(kind) = &self.kind {
            all.insert("t".to_owned(), json!(kind));
        }
        if let Some(thread) = &self.thread {
            all.insert("tmid".to_owned(), json!(thread));
        }
        Value::Object(all)
    }
}

/// A room as stored.
#[derive(Debug, Clone)]
pub(super) struct Room {
    pub id: String,
    pub name: String,
    pub topic: String,
    pub parent: Option<String>,
    pub created: i64,
    pub forbidden: bool,
    pub archived: bool,
    pub private: bool,
    pub members: BTreeSet<String>,
}

/// A deleted message's stub.
#[derive(Debug, Clone)]
pub(super) struct Trashed {
    pub id: String,
    pub room: String,
    pub deleted: i64,
}

/// A file to upload with a post.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// File name, as the sender had it.
    pub name: String,
    /// Media type, as the sender says.
    pub media_type: String,
    /// The original bytes.
    pub bytes: Vec<u8>,
}

/// A post to make; the fields beyond room, author and text have defaults.
#[derive(Debug, Clone, Default)]
pub struct NewPost {
    /// Room id or name.
    pub room: String,
    /// User name; an unknown one becomes a new user.
    pub author: String,
    /// Text.
    pub text: String,
    /// Message id; made from a counter when empty.
    pub id: String,
    /// Epoch milliseconds; the server's clock when absent. Imports bring old ones.
    pub ts_ms: Option<i64>,
    /// `_updatedAt`; `ts` when absent.
    pub updated_ms: Option<i64>,
    /// The message that it answers in a thread.
    pub thread: Option<String>,
    /// Kind of a system message, such as `uj`.
    pub system: Option<String>,
    /// Uploads; the first is the post's file.
    pub files: Vec<NewFile>,
    /// Attachments put in as they are, hostile ones too.
    pub attachments: Vec<Value>,
    /// Fields put in as they are, over all others.
    pub extra: Map<String, Value>,
}

impl NewPost {
    /// A post of text alone.
    pub fn text(room: &str, author: &str, text: &str) -> Self {
        Self { room: room.to_owned(), author: author.to_owned(), text: text.to_owned(), ..Self::default() }
    }

    /// The same post, made at this epoch millisecond.
    #[must_use]
    pub fn at(mut self, ts_ms: i64) -> Self {
        self.ts_ms = Some(ts_ms);
        self
    }

    /// The same post with a file.
    #[must_use]
    pub fn file(mut self, name: &str, media_type: &str, bytes: Vec<u8>) -> Self {
        self.files.push(NewFile { name: name.to_owned(), media_type: media_type.to_owned(), bytes });
        self
    }

    /// The same post as an answer in a thread.
    #[must_use]
    pub fn reply_to(mut self, parent: &str) -> Self {
        self.thread = Some(parent.to_owned());
        self
    }
}

/// Everything the server knows.
#[derive(Debug)]
pub(super) struct State {
    pub settings: Settings,
    pub observer: Person,
    pub password: String,
    pub tokens: BTreeSet<String>,
    personal_token: String,
    pub users: BTreeMap<String, Person>,
    pub rooms: Vec<Room>,
    pub messages: Vec<Message>,
    pub trash: Vec<Trashed>,
    pub files: Vec<File>,
    pub limiter: Limiter,
    pub sockets: Sockets,
    pub calls_until_expiry: Option<u64>,
    pub clock: Option<i64>,
    pub counter: u64,
}

impl State {
    pub fn new(settings: Settings) -> Self {
        let observer =
            Person { id: made_id("user observer"), username: "observer".to_owned(), name: "Observer".to_owned() };
        let personal_token = token_of("personal");
        Self {
            limiter: Limiter::new(settings.limits),
            settings,
            observer,
            password: "lantern-demo-password".to_owned(),
            tokens: BTreeSet::from([personal_token.clone()]),
            personal_token,
            users: BTreeMap::new(),
            rooms: Vec::new(),
            messages: Vec::new(),
            trash: Vec::new(),
            files: Vec::new(),
            sockets: Sockets::default(),
            calls_until_expiry: None,
            clock: None,
            counter: 0,
        }
    }

    pub fn set_account(&mut self, username: &str, name: &str, password: &str) {
        self.observer =
            Person { id: made_id(&format!("user {username}")), username: username.to_owned(), name: name.to_owned() };
        password.clone_into(&mut self.password);
    }

    pub fn personal_token(&self) -> &str {
        &self.personal_token
    }

    pub fn new_token(&mut self) -> String {
        self.counter += 1;
        let token = token_of(&format!("login {}", self.counter));
        self.tokens.insert(token.clone());
        token
    }

    pub fn expire_tokens(&mut self) {
        self.tokens.clear();
        self.sockets.tell(&Told::HangUp);
    }

    /// The personal token works again, as after its owner made a new one.
    pub fn renew_token(&mut self) {
        self.tokens.insert(self.personal_token.clone());
    }

    pub fn set_clock(&mut self, now_ms: i64) {
        self.clock = Some(now_ms);
    }

    /// The server's time. It never lies before something that it already dated, so that an edit always comes after its post.
    pub fn now(&self) -> i64 {
        let newest = self.messages.iter().map(|message| message.updated).max().unwrap_or(i64::MIN);
        let clock = self.clock.unwrap_or_else(|| Timestamp::now().as_millisecond());
        (clock + self.settings.skew_ms).max(newest)
    }

    pub fn add_room(&mut self, name: &str, topic: &str) -> String {
        self.counter += 1;
        let id = made_id(&format!("room {name} {}", self.counter));
        let created = self.clock.unwrap_or_else(|| Timestamp::now().as_millisecond());
        self.rooms.push(Room {
            id: id.clone(),
            name: name.to_owned(),
            topic: topic.to_owned(),
            parent: None,
            created,
            forbidden: false,
            archived: false,
            private: false,
            members: BTreeSet::new(),
        });
        id
    }

    pub fn set_parent_room(&mut self, room: &str, parent: &str) {
        let parent = self.room(parent).map(|found| found.id.clone());
        if let Some(found) = self.rooms.iter_mut().find(|found| found.id == room) {
            found.parent = parent;
        }
    }

    pub fn room(&self, id_or_name: &str) -> Option<&Room> {
        // After a room was made anew under an old name, the name means the newest one.
        self.rooms.iter().rev().find(|room| room.id == id_or_name || room.name == id_or_name)
    }

    pub fn forbid(&mut self, id_or_name: &str) {
        for room in self.rooms.iter_mut().filter(|room| room.id == id_or_name || room.name == id_or_name) {
            room.forbidden = true;
        }
    }

    pub fn user(&mut self, username: &str, name: Option<&str>) -> Person {
        let fresh = || Person {
            id: made_id(&format!("user {username}")),
            username: username.to_owned(),
            name: username.to_owned(),
        };
        let person = self.users.entry(username.to_owned()).or_insert_with(fresh);
        if let Some(name) = name {
            name.clone_into(&mut person.name);
        }
        person.clone()
    }

    pub fn message(&self, id: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.id == id)
    }

    fn message_mut(&mut self, id: &str) -> Option<&mut Message> {
        self.messages.iter_mut().find(|message| message.id == id && !message.hidden)
    }

    pub fn post(&mut self, post: NewPost) -> String {
        self.counter += 1;
        let id = if post.id.is_empty() { made_id(&format!("message {}", self.counter)) } else { post.id.clone() };
        let room = self.room(&post.room).map_or_else(|| post.room.clone(), |room| room.id.clone());
        let author = self.user(&post.author, None);
        let ts = post.ts_ms.unwrap_or_else(|| self.now());
        let mut body = self.body_of(&post, &author);
        let mut attachments = post.attachments.clone();
        let mut listed = Vec::new();
        for file in post.files {
            let stored = store_file(self, &room, &author, ts, &id, file);
            listed.extend(stored.listed);
            attachments.push(stored.attachment);
        }
        if let Some(first) = listed.first() {
            body.insert("file".to_owned(), first.clone());
            body.insert("files".to_owned(), json!(listed));
        }
        if !attachments.is_empty() {
            body.insert("attachments".to_owned(), json!(attachments));
        }
        body.extend(post.extra);
        if let Some(found) = self.rooms.iter_mut().find(|found| found.id == room) {
            found.members.insert(author.username.clone());
        }
        if let Some(parent) = &post.thread {
            self.count_reply(parent, &author, ts);
        }
        let updated = post.updated_ms.unwrap_or(ts);
        let message =
            Message { id: id.clone(), room, ts, updated, hidden: false, kind: post.system, thread: post.thread, body };
        // Imports write into the database and tell nobody.
        if message.body.get("imported").and_then(Value::as_bool) != Some(true) {
            self.sockets.tell(&Told::Message(message.room.clone(), Box::new(message.to_json())));
        }
        self.messages.push(message);
        id
    }

    /// Tells the subscribers of its room how a message looks now.
    pub fn tell_message(&mut self, id: &str) {
        if let Some(message) = self.message(id) {
            let told = Told::Message(message.room.clone(), Box::new(message.to_json()));
            self.sockets.tell(&told);
        }
    }

    fn body_of(&self, post: &NewPost, author: &Person) -> Map<String, Value> {
        let searched = if post.text.len() > LINKED_TEXT_BYTES_MAX { "" } else { post.text.as_str() };
        let words = || searched.split_whitespace().map(|word| word.trim_end_matches(['.', ',', '!', '?', '،', '؟']));
        let mentions: Vec<Value> = words()
            .filter_map(|word| self.users.get(word.strip_prefix('@')?))
            .map(|person| json!({"type": "user", "_id": person.id, "username": person.username, "name": person.name}))
            .collect();
        let channels: Vec<Value> = words()
            .filter_map(|word| self.room(word.strip_prefix('#')?))
            .map(|room| json!({"_id": room.id, "name": room.name}))
            .collect();
        let urls: Vec<Value> = words()
            .filter(|word| word.starts_with("http://") || word.starts_with("https://"))
            .map(|url| json!({"url": url, "meta": {}}))
            .collect();
        let fields = [("msg", json!(post.text)), ("u", author.to_json()), ("mentions", json!(mentions))];
        let mut body: Map<String, Value> = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        body.insert("channels".to_owned(), json!(channels));
        body.insert("urls".to_owned(), json!(urls));
        body
    }

    /// A reply changes its parent, which therefore shows up again when clients synchronise.
    fn count_reply(&mut self, parent: &str, author: &Person, ts: i64) {
        let Some(parent) = self.message_mut(parent) else {
            return;
        };
        let count = parent.body.get("tcount").and_then(Value::as_u64).unwrap_or(0) + 1;
        parent.body.insert("tcount".to_owned(), json!(count));
        parent.body.insert("tlm".to_owned(), json!(iso(ts)));
        let mut replies = parent.body.get("replies").and_then(Value::as_array).cloned().unwrap_or_default();
        if !replies.contains(&json!(author.id)) {
            replies.push(json!(author.id));
        }
        parent.body.insert("replies".to_owned(), json!(replies));
        parent.updated = parent.updated.max(ts);
        let id = parent.id.clone();
        self.tell_message(&id);
    }

    pub fn edit(&mut self, id: &str, text: &str) -> bool {
        let now = self.now();
        if self.settings.keep_history {
            self.keep_copy(id);
        }
        let Some(message) = self.message_mut(id) else {
            return false;
        };
        let author = message.body.get("u").cloned().unwrap_or_default();
        message.body.insert("msg".to_owned(), json!(text));
        mark_edited(message, &author, now);
        self.tell_message(id);
        true
    }

    pub fn react(&mut self, id: &str, reaction: &str, username: &str) -> bool {
        let now = self.now();
        self.user(username, None);
        let Some(message) = self.message_mut(id) else {
            return false;
        };
        let reactions = message.body.entry("reactions").or_insert_with(|| json!({}));
        let names =
            reactions.get(reaction).and_then(|found| found["usernames"].as_array()).cloned().unwrap_or_default();
        let mut names: Vec<Value> = names.into_iter().filter(|name| name != username).collect();
        names.push(json!(username));
        reactions[reaction] = json!({"usernames": names});
        message.updated = now;
        self.tell_message(id);
        true
    }

    /// Deletes as the two settings say; a message with replies is always kept and shown as removed.
    pub fn delete(&mut self, id: &str) -> bool {
        let now = self.now();
        let Some(message) = self.message_mut(id) else {
            return false;
        };
        let has_replies = message.body.get("tcount").and_then(Value::as_u64).unwrap_or(0) > 0;
        let room = message.room.clone();
        let keep_history = self.settings.keep_history || has_replies;
        let show_status = self.settings.show_deleted_status || has_replies;
        if keep_history && show_status {
            self.keep_copy(id);
        }
        let observer = self.observer.to_json();
        let Some(message) = self.message_mut(id) else {
            return false;
        };
        if show_status {
            message.kind = Some("rm".to_owned());
            for (name, empty) in
                [("msg", json!("")), ("urls", json!([])), ("mentions", json!([])), ("attachments", json!([]))]
            {
                message.body.insert(name.to_owned(), empty);
            }
            message.body.insert("reactions".to_owned(), json!({}));
            message.body.remove("file");
            message.body.remove("files");
            let author = message.body.get("u").cloned().unwrap_or(observer);
            mark_edited(message, &author, now);
            self.tell_message(id);
        } else {
            if keep_history {
                message.hidden = true;
                message.updated = now;
            } else {
                self.messages.retain(|message| message.id != id);
                self.trash.push(Trashed { id: id.to_owned(), room: room.clone(), deleted: now });
            }
            self.sockets.tell(&Told::Deleted(room, id.to_owned()));
        }
        for file in self.files.iter_mut().filter(|file| file.message_of(id)) {
            file.gone = true;
        }
        true
    }

    fn keep_copy(&mut self, id: &str) {
        self.counter += 1;
        let copy_id = made_id(&format!("copy {}", self.counter));
        let Some(message) = self.message(id) else {
            return;
        };
        let mut copy = message.clone();
        copy.body.insert("parent".to_owned(), json!(copy.id));
        copy.id = copy_id;
        copy.hidden = true;
        self.messages.push(copy);
    }
}

fn mark_edited(message: &mut Message, author: &Value, now: i64) {
    message.body.insert("editedAt".to_owned(), json!(iso(now)));
    message.body.insert("editedBy".to_owned(), json!({"_id": author["_id"], "username": author["username"]}));
    message.updated = now;
}

/// A date as the REST interface writes it: UTC with milliseconds.
pub(super) fn iso(ms: i64) -> String {
    match Timestamp::from_millisecond(ms) {
        Ok(timestamp) => timestamp.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        Err(_) => "1970-01-01T00:00:00.000Z".to_owned(),
    }
}

/// A 17-character id in Rocket.Chat's alphabet, always the same for the same seed.
pub(crate) fn made_id(seed: &str) -> String {
    letters(seed, b"23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz", 17)
}

fn token_of(seed: &str) -> String {
    letters(seed, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 43).replace(['-', '_'], "x")
}

fn letters(seed: &str, alphabet: &[u8], length: usize) -> String {
    let (first, second) = (Sha256::digest(seed.as_bytes()), Sha256::digest([seed.as_bytes(), b"2"].concat()));
    let bytes = first.iter().chain(second.iter());
    bytes.take(length).map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()])).collect()
}
