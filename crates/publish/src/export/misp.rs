//! MISP: one event, not published, with a `chat-message` object for each item and an `ocrized-image` object for each
//! text read from an image. Pictures are named, never included; nothing is flagged for detection.
//!
//! Source: MISP object templates `chat-message` version 1 and `ocrized-image` version 1.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;
use vedette_core::{Cleared, ItemView, Level, ReadingKind, VersionView};

use super::{Sender, cut, highest, item_id, language, milliseconds, name_based, own_text, pretty, summary};
use crate::clean::{defang_address, one_line, safe};
use crate::source::tlp_word;

const CHAT_MESSAGE: (&str, &str, &str) = ("chat-message", "2273e7ab-9cf7-43d3-9eb6-e69697dcc7d5", "1");
const OCRIZED_IMAGE: (&str, &str, &str) = ("ocrized-image", "fc2abf07-1228-4a14-8633-f39030b0220c", "1");

/// The event as JSON text, dated by the decision that let it out; its distribution is the receiver's organisation only.
pub fn misp(items: &Cleared<Vec<ItemView>>, sender: &Sender<'_>) -> String {
    let at = items.at();
    let mut objects = Vec::new();
    for item in items.work() {
        if let Some(version) = item.content() {
            objects.push(chat_message(sender, item, version, at));
            objects.extend(ocrized_images(sender, item, version, at));
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    objects.retain(|object: &Value| seen.insert(object["uuid"].to_string()));
    let desk = one_line(sender.desk);
    let ids: Vec<String> = seen.into_iter().collect();
    let moment = at.as_second().to_string();
    let names: Vec<&str> = ids.iter().map(String::as_str).chain([sender.desk, moment.as_str()]).collect();
    pretty(&json!({ "Event": {
        "uuid": name_based(&names).to_string(),
        "info": format!("Preserved items: {}, from {desk}", items.work().len()),
        "date": at.strftime("%Y-%m-%d").to_string(),
        "timestamp": moment,
        "threat_level_id": threat_level(highest(items.work())),
        "analysis": "2",
        "distribution": "0",
        "published": false,
        "Orgc": { "name": desk, "uuid": name_based(&[sender.desk, "desk"]).to_string() },
        "Tag": [{ "name": format!("tlp:{}", tlp_word(sender.tlp).to_ascii_lowercase()) }],
        "Object": objects,
    }}))
}

fn threat_level(level: Level) -> &'static str {
    match level {
        Level::HighSpecific | Level::HighUnspecific => "1",
        Level::Medium => "2",
        Level::Low => "3",
        Level::None => "4",
    }
}

fn chat_message(sender: &Sender<'_>, item: &ItemView, version: &VersionView, at: Timestamp) -> Value {
    let asked = &item.source.asked;
    let mut object = Object::new(CHAT_MESSAGE, item_id(sender, "chat-message", item), at);
    object.comment = format!(
        "{}; SHA-256 {}; log leaf {} of {}",
        summary(item),
        version.version.exhibit,
        version.version.leaf,
        item.tree_size
    );
    object.add("message-id", "text", Some(one_line(&item.item.native_id)));
    object.add("timestamp", "datetime", Some(milliseconds(item.item.posted_at)));
    object.add("chat-id", "text", asked.room.as_deref().map(one_line));
    object.add("protocol", "text", Some(asked.kind.word().to_owned()));
    object.add("address", "text", Some(defang_address(&asked.address)));
    object.add("content", "text", Some(own_text(version)));
    object.add("language", "text", language(version).map(str::to_owned));
    object.add("url", "url", item.item.url.as_deref().map(defang_address));
    object.add("reply-to-message-id", "text", item.item.thread_of.as_deref().map(one_line));
    object.add("user-account-id", "text", item.item.author_key.as_deref().map(one_line));
    object.json()
}

fn ocrized_images(sender: &Sender<'_>, item: &ItemView, version: &VersionView, at: Timestamp) -> Vec<Value> {
    let mut found = Vec::new();
    for reading in version.readings.iter().filter(|r| r.kind == ReadingKind::Ocr && !r.text.trim().is_empty()) {
        let file = reading.attachment.and_then(|id| version.version.attachments.iter().find(|file| file.id == id));
        let Some((file, sha256)) = file.and_then(|file| Some((file, file.exhibit?))) else {
            continue;
        };
        let page = reading.page.unwrap_or(0).to_string();
        let whose = item_id(sender, "ocrized-image", item).to_string();
        let id = name_based(&[&whose, &sha256.hex(), &page]);
        let mut object = Object::new(OCRIZED_IMAGE, id, at);
        object.comment = "the picture is not included".to_owned();
        object.add("image", "attachment", Some(one_line(&file.name)));
        object.add("ocr-text", "text", Some(cut(&safe(&reading.text))));
        object.add("description", "comment", Some(format!("SHA-256 {sha256}")));
        object.add("source", "text", Some(one_line(&reading.method)));
        found.push(object.json());
    }
    found
}

/// A MISP object that is being filled.
struct Object {
    template: (&'static str, &'static str, &'static str),
    id: Uuid,
    timestamp: String,
    comment: String,
    attributes: Vec<Value>,
}

impl Object {
    fn new(template: (&'static str, &'static str, &'static str), id: Uuid, at: Timestamp) -> Self {
        let timestamp = at.as_second().to_string();
        Self { template, id, timestamp, comment: String::new(), attributes: Vec::new() }
    }

    /// Adds an attribute, unless it has no value: MISP refuses empty ones.
    fn add(&mut self, relation: &str, kind: &str, value: Option<String>) {
        let Some(value) = value.filter(|value| !value.trim().is_empty()) else {
            return;
        };
        let category = match kind {
            "attachment" | "url" => "External analysis",
            _ => "Other",
        };
        self.attributes.push(json!({
            "uuid": name_based(&[&self.id.to_string(), relation]).to_string(),
            "object_relation": relation, "type": kind, "category": category, "value": value,
            "to_ids": false, "disable_correlation": true, "distribution": "5", "timestamp": &self.timestamp,
        }));
    }

    fn json(self) -> Value {
        let (name, uuid, version) = self.template;
        json!({
            "name": name, "meta-category": "misc", "template_uuid": uuid, "template_version": version,
            "uuid": self.id.to_string(), "timestamp": self.timestamp, "distribution": "5",
            "comment": self.comment, "Attribute": self.attributes,
        })
    }
}
