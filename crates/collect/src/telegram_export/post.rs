//! The normal form of a message, the same for both kinds of export, and the posts that come of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Map;
use vedette_core::limits::ATTACHMENTS_MAX;
use vedette_core::{Found, FoundFile, VersionState};

use crate::FILE_BYTES_MAX;
use crate::folder::{Listed, read_listed};
use crate::gather::{Gather, add_handles_of, empty, media_type_of};
use crate::{CollectError, connector::Take};

/// What a file is called that the export was made without.
const NOT_EXPORTED: &str = "not in the export";

/// A message of a channel or group.
#[derive(Debug, Default)]
pub(super) struct Message {
    pub(super) id: i64,
    pub(super) exhibit: Vec<u8>,
    pub(super) exhibit_type: &'static str,
    pub(super) text: String,
    pub(super) posted_at: Option<Timestamp>,
    pub(super) edited_at: Option<Timestamp>,
    pub(super) author: Option<String>,
    pub(super) handles: Vec<String>,
    pub(super) answers: Option<i64>,
    pub(super) files: Vec<MessageFile>,
}

/// A file that a message names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct MessageFile {
    /// Path below the folder of the export, or `None` when the export was made without it.
    pub(super) path: Option<String>,
    pub(super) media_type: Option<String>,
}

/// The files beside an export: nothing else can be reached through a path that a message names.
pub(super) struct Beside<'a> {
    /// Path of the export's folder below what was given, with a slash at its end, or empty.
    folder: String,
    files: BTreeMap<&'a str, &'a Listed>,
}

impl<'a> Beside<'a> {
    pub(super) fn new(folder: String, files: &'a [Listed]) -> Self {
        let below = files.iter().filter(|file| file.name.starts_with(&folder));
        Self { files: below.map(|file| (file.name.as_str(), file)).collect(), folder }
    }

    /// The file of a path as a message names it. Paths out of the folder lead nowhere: only what was listed is found.
    fn find(&self, path: &str) -> Option<&'a Listed> {
        self.files.get(format!("{}{path}", self.folder).as_str()).copied()
    }

    fn take_along(&self, file: &MessageFile) -> FoundFile {
        let Some(path) = &file.path else {
            return FoundFile {
                name: NOT_EXPORTED.to_owned(),
                media_type: None,
                url: None,
                bytes: Err(
                    "the export was made without this file: export again with files of this kind and size".into()
                ),
            };
        };
        let bytes = match self.find(path) {
            Some(listed) => read_listed(listed, FILE_BYTES_MAX),
            None => Err("it is not beside the export".to_owned()),
        };
        let media_type = file.media_type.clone().or_else(|| media_type_of(path).map(str::to_owned));
        let name = path.rsplit('/').next().unwrap_or(path);
        FoundFile { name: name.to_owned(), media_type, url: None, bytes }
    }
}

/// A chat whose messages are taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chat {
    /// What native ids begin with: the name of the chat, the one thing that both kinds of export tell.
    pub(super) key: String,
}

impl Chat {
    pub(super) fn native_id(&self, message: i64) -> String {
        format!("telegram:{}#{message}", self.key)
    }
}

/// Adds one message.
pub(super) fn add(
    chat: &Chat,
    message: Message,
    beside: &Beside<'_>,
    gather: &mut Gather<'_>,
    take: Take<'_>,
) -> Result<(), CollectError> {
    let native_id = chat.native_id(message.id);
    let files: Vec<FoundFile> =
        message.files.iter().take(ATTACHMENTS_MAX).map(|file| beside.take_along(file)).collect();
    for (file, asked) in files.iter().zip(&message.files) {
        if let (Err(why), Some(path)) = (&file.bytes, &asked.path) {
            gather.note(format!("`{path}` of {native_id} was not taken: {why}"));
        }
    }
    let mut handles = message.handles;
    add_handles_of(&message.text, &mut handles);
    let found = Found {
        exhibit: message.exhibit,
        exhibit_type: message.exhibit_type.to_owned(),
        state: if message.edited_at.is_some() { VersionState::Edited } else { VersionState::Posted },
        text: message.text,
        posted_at: message.posted_at,
        edited_at: message.edited_at,
        author: message.author.filter(|author| !author.is_empty()),
        handles,
        thread_of: message.answers.map(|id| chat.native_id(id)),
        files,
        ..empty(&native_id)
    };
    gather.add(found, Map::new(), take)
}

/// The path as it stands below the export's folder: `./a/../b` becomes `b`; `None` when it leads out.
pub(super) fn settled_path(base: &str, path: &str) -> Option<String> {
    if path.is_empty() || path.starts_with('/') || path.contains(['\0', '\\']) {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in base.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_lead_out_of_the_export_lead_nowhere() {
        for (base, path, expected) in [
            ("", "photos/a.jpg", Some("photos/a.jpg")),
            ("chats/chat_1", "../../chats/chat_1/photos/a.jpg", Some("chats/chat_1/photos/a.jpg")),
            ("", "../a.jpg", None),
            ("chats", "../../a.jpg", None),
            ("", "/etc/hostname", None),
            ("", "a\\..\\b", None),
            ("", "", None),
            ("", "./a//b", Some("a/b")),
        ] {
            assert_eq!(settled_path(base, path).as_deref(), expected, "{base} {path}");
        }
    }
}
