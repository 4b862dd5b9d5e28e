//! Puts the fictional world onto the mock servers: its rooms and posts onto Rocket.Chat, its newspaper onto the feeds. The edit and
//! the deletion wait until [`Stage::advance`], so that whoever watches can see both states.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::TestkitError;
use crate::feeds::{self, Entry};
use crate::http::{Answer, Asked, Server, locked};
use crate::render::Rendered;
use crate::rocketchat::{self, NewPost, Settings};
use crate::world::{COURIER, COURIER_NAME, DatedPost, World};

/// The newspaper's invented home.
const COURIER_HOME: &str = "https://marrowvalleycourier.example";

/// The world on its servers, without a socket; clones share everything.
#[derive(Debug, Clone)]
pub struct Stage {
    /// The chat server.
    pub chat: rocketchat::Core,
    /// The newspaper's feeds, under `/courier`.
    pub feeds: feeds::Core,
    /// Post keys to message ids.
    pub messages: BTreeMap<String, String>,
    waiting: Arc<Mutex<Vec<Waiting>>>,
}

#[derive(Debug)]
enum Waiting {
    Edit { message: String, text: String },
    Delete { message: String },
}

impl Stage {
    /// Puts a rendered world onto fresh servers.
    pub fn set(world: &World, rendered: &Rendered, settings: Settings) -> Result<Self, TestkitError> {
        let chat = rocketchat::Core::new(settings);
        chat.set_account(&world.observer.username, &world.observer.name, &world.observer.password);
        for room in &world.rooms {
            chat.add_room_with_topic(&room.name, &room.topic);
        }
        for user in &world.users {
            chat.add_user(&user.username, &user.name);
        }
        let mut stage =
            Self { chat, feeds: feeds::Core::default(), messages: BTreeMap::new(), waiting: Arc::default() };
        for post in rendered.posts.iter().filter(|post| post.channel != COURIER) {
            stage.put_post(post, rendered)?;
        }
        let mut entries: Vec<Entry> = rendered.posts.iter().filter(|post| post.channel == COURIER).map(entry).collect();
        entries.reverse();
        stage.feeds.publish("/courier", COURIER_NAME, COURIER_HOME, &entries);
        Ok(stage)
    }

    fn put_post(&mut self, post: &DatedPost, rendered: &Rendered) -> Result<(), TestkitError> {
        let mut new = NewPost::text(&post.channel, &post.author, &post.text).at(post.date.as_millisecond());
        new.id = rocketchat::made_id(&post.id);
        new.system.clone_from(&post.system);
        new.thread = post.thread.as_ref().and_then(|parent| self.messages.get(parent)).cloned();
        let attached = [
            post.poster.as_ref().and_then(|name| rendered.pictures.get(name)),
            post.pdf.as_ref().and_then(|name| rendered.issues.get(name)),
        ];
        for path in attached.into_iter().flatten() {
            let bytes = std::fs::read(path).map_err(TestkitError::file(path))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let media_type = match path.extension().and_then(|ending| ending.to_str()) {
                Some("pdf") => "application/pdf",
                Some("jpg") => "image/jpeg",
                _ => "image/png",
            };
            new = new.file(&name, media_type, bytes);
        }
        for (reaction, names) in &post.reactions {
            new.extra.insert("reactions".to_owned(), json!({reaction: {"usernames": names}}));
        }
        let message = self.chat.post(new);
        let mut waiting = locked(&self.waiting);
        if let Some(text) = &post.edit {
            waiting.push(Waiting::Edit { message: message.clone(), text: text.clone() });
        }
        if post.deleted {
            waiting.push(Waiting::Delete { message: message.clone() });
        }
        drop(waiting);
        self.messages.insert(post.key.clone(), message);
        Ok(())
    }

    /// Lets time pass once: the edits and deletions that were waiting happen. Returns the ids of edited and of deleted messages.
    pub fn advance(&self) -> (Vec<String>, Vec<String>) {
        let (mut edited, mut deleted) = (Vec::new(), Vec::new());
        for waiting in locked(&self.waiting).drain(..) {
            match waiting {
                Waiting::Edit { message, text } if self.chat.edit(&message, &text) => edited.push(message),
                Waiting::Delete { message } if self.chat.delete(&message) => deleted.push(message),
                Waiting::Edit { .. } | Waiting::Delete { .. } => {}
            }
        }
        (edited, deleted)
    }

    /// Answers one request: feeds under `/courier/`, the test control under `/_mock/`, the chat server everywhere else.
    pub fn answer(&self, asked: &Asked) -> Answer {
        if asked.path.starts_with("/courier/") {
            return self.feeds.answer(asked);
        }
        match (asked.path.as_str(), asked.method.as_str()) {
            ("/_mock/advance", _) if !asked.peer.is_loopback() => Answer::new(403, "text/plain", "loopback only"),
            ("/_mock/advance", "POST") => {
                let (edited, deleted) = self.advance();
                Answer::json(200, &json!({"edited": edited, "deleted": deleted}))
            }
            ("/_mock/advance", _) => Answer::new(405, "text/plain", "send a POST"),
            _ => self.chat.answer(asked),
        }
    }

    /// Serves the stage on `address` until the server is dropped.
    pub fn serve_on(&self, address: SocketAddr) -> Result<Server, TestkitError> {
        let (stage, chat) = (self.clone(), self.chat.clone());
        let answering = Arc::new(move |asked: &Asked| stage.answer(asked));
        Server::start_with(address, answering, Some(Arc::new(move |stream| chat.talk(stream))))
    }
}

fn entry(post: &DatedPost) -> Entry {
    Entry {
        id: format!("{COURIER_HOME}/{}", post.key),
        link: format!("{COURIER_HOME}/{}", post.key),
        title: post.title.clone().unwrap_or_default(),
        html: format!("<p>{}</p>", post.text.replace('&', "&amp;").replace('<', "&lt;")),
        published: post.date,
    }
}
