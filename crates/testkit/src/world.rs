//! The fictional world: rooms, people, posters, a magazine, posts and news, as written down in `demo/world.toml`, and laid out on
//! the calendar for a given today. Nothing in it exists; see `demo/README.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::TestkitError;
use vedette_text::dates::expand_days;

/// The world as its authors wrote it, dates still relative.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// What the world is called on screen.
    pub name: String,
    /// The account that the demonstration watches with.
    pub observer: Account,
    /// Rooms of the chat server.
    #[serde(rename = "room")]
    pub rooms: Vec<Room>,
    /// The invented people who post.
    #[serde(rename = "user")]
    pub users: Vec<User>,
    /// Pictures drawn from a design and words.
    #[serde(rename = "poster")]
    pub posters: Vec<Poster>,
    /// Pictures made from another poster by cropping and recompressing.
    #[serde(rename = "recut", default)]
    pub recuts: Vec<Recut>,
    /// Magazine issues.
    #[serde(rename = "issue", default)]
    pub issues: Vec<IssueFile>,
    /// Posts of the chat server.
    #[serde(rename = "post")]
    pub posts: Vec<Post>,
    /// Articles of the news feed.
    #[serde(rename = "article", default)]
    pub articles: Vec<Article>,
    /// The folder that the world was loaded from: designs, fonts and issues lie in it.
    #[serde(skip)]
    pub folder: PathBuf,
}

/// A login of the mock chat server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// User name to log in with.
    pub username: String,
    /// Display name.
    pub name: String,
    /// Password; it protects nothing, the server listens on loopback.
    pub password: String,
}

/// A public room.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Room {
    /// Name without the hash sign.
    pub name: String,
    /// Its topic line.
    pub topic: String,
}

/// An invented person.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// User name.
    pub username: String,
    /// Display name.
    pub name: String,
}

/// A picture drawn from `posters/DESIGN.svg`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Poster {
    /// Name that posts refer to, also the file name.
    pub name: String,
    /// Design: the SVG file's name without its ending.
    pub design: String,
    /// Language of the words, which chooses the font.
    pub lang: String,
    /// The largest line.
    pub headline: String,
    /// The smaller lines, top to bottom.
    pub lines: Vec<String>,
    /// The outlet's mark at the foot.
    pub seal: String,
}

/// A poster after it was passed on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recut {
    /// Name that posts refer to.
    pub name: String,
    /// The poster it was made from.
    pub of: String,
    /// How much of the width and of the height was cut away, half on each side.
    #[serde(default)]
    pub crop_percent: u32,
    /// Saved as JPEG of this quality; PNG when absent.
    pub jpeg_quality: Option<u8>,
}

/// A magazine issue and the file that holds its text.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssueFile {
    /// Name that posts refer to.
    pub name: String,
    /// Path below the world's folder.
    pub file: PathBuf,
}

/// A chat post, relative to today.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// Key that threads and tests refer to.
    pub key: String,
    /// Room name.
    pub channel: String,
    /// User name.
    pub author: String,
    /// Days from today, negative.
    pub day: i32,
    /// Hour and minute, UTC.
    pub time: String,
    /// Language of the text.
    pub lang: String,
    /// What the post is there to show; README.md lists the strands.
    pub strand: String,
    /// The text as first posted.
    pub text: String,
    /// The text after the author edited it.
    pub edit: Option<String>,
    /// Whether the author deletes it later.
    #[serde(default)]
    pub deleted: bool,
    /// The key of the post it answers.
    pub thread: Option<String>,
    /// A poster or recut attached to it.
    pub poster: Option<String>,
    /// An issue attached to it.
    pub pdf: Option<String>,
    /// Rocket.Chat's kind of a system message, such as `uj` for "joined".
    pub system: Option<String>,
    /// Reaction to user names.
    #[serde(default)]
    pub reactions: BTreeMap<String, Vec<String>>,
}

/// A news article, relative to today.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// Key that tests refer to; also the article's address.
    pub key: String,
    /// Days from today, negative.
    pub day: i32,
    /// Hour and minute, UTC.
    pub time: String,
    /// Language of the text.
    pub lang: String,
    /// Headline.
    pub title: String,
    /// The whole text.
    pub text: String,
}

/// A post on the calendar: what a line of `posts.jsonl` holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatedPost {
    /// `channel/key`, unique in the world.
    pub id: String,
    /// Key within the world.
    pub key: String,
    /// Room name, or `courier` for the feed.
    pub channel: String,
    /// User name, or the feed's name.
    pub author: String,
    /// When it was posted.
    pub date: Timestamp,
    /// Language of the text.
    pub lang: String,
    /// What the post is there to show.
    pub strand: String,
    /// Headline of an article.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The text as first posted.
    pub text: String,
    /// The text after the edit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edit: Option<String>,
    /// Whether it is deleted later.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// The key of the post it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    /// Attached poster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poster: Option<String>,
    /// Attached issue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pdf: Option<String>,
    /// Kind of a system message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Reaction to user names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reactions: BTreeMap<String, Vec<String>>,
}

/// The channel name that articles of the news feed carry.
pub const COURIER: &str = "courier";
/// The news feed's name.
pub const COURIER_NAME: &str = "Marrow Valley Courier";
/// A world file larger than this is a mistake.
const WORLD_BYTES_MAX: u64 = 4 << 20;

impl World {
    /// Reads `folder/world.toml` and checks that everything it refers to is there.
    pub fn load(folder: &Path) -> Result<Self, TestkitError> {
        let path = folder.join("world.toml");
        let text = read_capped(&path)?;
        let wrong = |reason: String| TestkitError::World { path: path.clone(), reason };
        let mut world: Self = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        folder.clone_into(&mut world.folder);
        world.check().map_err(wrong)?;
        Ok(world)
    }

    /// Posts and articles together on the calendar, oldest first.
    pub fn dated(&self, today: Date) -> Result<Vec<DatedPost>, TestkitError> {
        let mut dated = Vec::with_capacity(self.posts.len() + self.articles.len());
        for post in &self.posts {
            dated.push(DatedPost {
                id: format!("{}/{}", post.channel, post.key),
                key: post.key.clone(),
                channel: post.channel.clone(),
                author: post.author.clone(),
                date: self.moment(&post.key, today, post.day, &post.time)?,
                lang: post.lang.clone(),
                strand: post.strand.clone(),
                title: None,
                text: expand_days(&post.text, today),
                edit: post.edit.as_deref().map(|edit| expand_days(edit, today)),
                deleted: post.deleted,
                thread: post.thread.clone(),
                poster: post.poster.clone(),
                pdf: post.pdf.clone(),
                system: post.system.clone(),
                reactions: post.reactions.clone(),
            });
        }
        for article in &self.articles {
            dated.push(DatedPost {
                id: format!("{COURIER}/{}", article.key),
                key: article.key.clone(),
                channel: COURIER.to_owned(),
                author: COURIER_NAME.to_owned(),
                date: self.moment(&article.key, today, article.day, &article.time)?,
                lang: article.lang.clone(),
                strand: "news".to_owned(),
                title: Some(expand_days(&article.title, today)),
                text: expand_days(&article.text, today),
                edit: None,
                deleted: false,
                thread: None,
                poster: None,
                pdf: None,
                system: None,
                reactions: BTreeMap::new(),
            });
        }
        dated.sort_by(|a, b| (a.date, &a.key).cmp(&(b.date, &b.key)));
        Ok(dated)
    }

    fn moment(&self, key: &str, today: Date, day: i32, time: &str) -> Result<Timestamp, TestkitError> {
        let wrong = |reason: String| TestkitError::World {
            path: self.folder.join("world.toml"),
            reason: format!("post `{key}`: {reason}"),
        };
        let time: Time = format!("{time}:00").parse().map_err(|error: jiff::Error| wrong(error.to_string()))?;
        let date = today.checked_add(day.days()).map_err(|error| wrong(error.to_string()))?;
        TimeZone::UTC.to_timestamp(date.to_datetime(time)).map_err(|error| wrong(error.to_string()))
    }

    fn check(&self) -> Result<(), String> {
        let rooms: BTreeSet<&str> = self.rooms.iter().map(|room| room.name.as_str()).collect();
        let users: BTreeSet<&str> = self.users.iter().map(|user| user.username.as_str()).collect();
        let drawn: BTreeSet<&str> = self.posters.iter().map(|poster| poster.name.as_str()).collect();
        let recuts: BTreeSet<&str> = self.recuts.iter().map(|recut| recut.name.as_str()).collect();
        let issues: BTreeSet<&str> = self.issues.iter().map(|issue| issue.name.as_str()).collect();
        let mut keys = BTreeSet::new();
        for recut in &self.recuts {
            known(&drawn, &recut.of, "poster", &recut.name)?;
            if recut.crop_percent >= 50 || recut.jpeg_quality.is_some_and(|quality| !(1..=100).contains(&quality)) {
                return Err(format!("recut `{}`: crop below 50 percent, quality from 1 to 100", recut.name));
            }
        }
        for post in &self.posts {
            known(&rooms, &post.channel, "room", &post.key)?;
            known(&users, &post.author, "user", &post.key)?;
            if let Some(parent) = &post.thread
                && !keys.contains(parent.as_str())
            {
                return Err(format!("`{}` answers `{parent}`, which does not come before it", post.key));
            }
            if let Some(poster) = &post.poster
                && !recuts.contains(poster.as_str())
            {
                known(&drawn, poster, "poster", &post.key)?;
            }
            if let Some(pdf) = &post.pdf {
                known(&issues, pdf, "issue", &post.key)?;
            }
            if !keys.insert(post.key.as_str()) {
                return Err(format!("the key `{}` is used twice", post.key));
            }
        }
        match self.articles.iter().find(|article| !keys.insert(article.key.as_str())) {
            Some(article) => Err(format!("the key `{}` is used twice", article.key)),
            None => Ok(()),
        }
    }
}

fn known(names: &BTreeSet<&str>, name: &str, kind: &str, user: &str) -> Result<(), String> {
    if names.contains(name) { Ok(()) } else { Err(format!("`{user}` names the {kind} `{name}`, which is not there")) }
}

/// Reads a text file of the world, within [`WORLD_BYTES_MAX`].
pub(crate) fn read_capped(path: &Path) -> Result<String, TestkitError> {
    let size = std::fs::metadata(path).map_err(TestkitError::file(path))?.len();
    if size > WORLD_BYTES_MAX {
        let reason = format!("it has {size} bytes, at most {WORLD_BYTES_MAX} are read");
        return Err(TestkitError::World { path: path.to_owned(), reason });
    }
    std::fs::read_to_string(path).map_err(TestkitError::file(path))
}
