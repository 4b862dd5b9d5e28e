//! Exports of Telegram Desktop: `result.json` or `messages.html` with the files beside them. Both give the same posts,
//! so importing one after the other, or a later export of the same channel, adds only what is new.
//!
//! Only channels and groups are taken in. Personal chats, saved messages, contacts and sessions are never read, messages
//! of joining and leaving are dropped.

mod html;
mod json;
mod post;
mod scan;

use std::collections::BTreeMap;
use std::io::Read;

use self::post::Beside;
use crate::connector::Take;
use crate::folder::{Listed, open_listed};
use crate::gather::Gather;
use crate::{CollectError, Env};

/// Connector and version, as records name it.
const NAME: &str = "telegram-export/1";
/// Bytes of a file's beginning that tell what it is.
const HEAD_BYTES: u64 = 4 * 1024;

/// An export among the files of a folder: which file stands for it, and which belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Export {
    /// Path of its folder below what was given, with a slash at its end, or empty.
    folder: String,
    /// `result.json`, if it has one: then the pages are not read, they say the same with less.
    json: Option<usize>,
    /// For each chat, its folder below the export and its pages in order.
    chats: BTreeMap<String, Vec<usize>>,
    /// The list of chats of a whole export.
    list: Option<usize>,
}

impl Export {
    /// The file that stands for the export: when it is read, all of it is.
    pub(crate) fn lead(&self) -> Option<usize> {
        self.json.or_else(|| self.chats.values().flatten().next().copied())
    }

    /// Whether a file belongs to the export.
    pub(crate) fn holds(&self, name: &str) -> bool {
        name.strip_prefix(self.folder.as_str()).is_some_and(is_part)
    }
}

/// Whether a path below an export's folder is one that the program writes. Other files beside it are files of their own.
fn is_part(below: &str) -> bool {
    const FOLDERS: [&str; 16] = [
        "chats",
        "left_chats",
        "photos",
        "files",
        "video_files",
        "voice_messages",
        "round_video_messages",
        "stickers",
        "css",
        "js",
        "images",
        "lists",
        "contacts",
        "profile_pictures",
        "stories",
        "userpics",
    ];
    match below.split_once('/') {
        Some((folder, _)) => FOLDERS.contains(&folder),
        None => matches!(below, "result.json" | "export_results.html") || page_number(below).is_some(),
    }
}

/// Whether a path could be a file of an export, by what else there is.
pub(crate) fn may_be_part(name: &str, is_there: &dyn Fn(&str) -> bool) -> bool {
    let above = name.match_indices('/').map(|(at, _)| name.get(..=at).unwrap_or_default());
    std::iter::once("").chain(above).any(|folder| {
        name.strip_prefix(folder).is_some_and(is_part)
            && (is_there(&format!("{folder}result.json")) || is_there(&format!("{folder}messages.html")))
    })
}

/// The exports among listed files.
pub(crate) fn exports(files: &[Listed]) -> Vec<Export> {
    let mut found: BTreeMap<String, Export> = BTreeMap::new();
    let export = |folder: &str| Export { folder: folder.to_owned(), json: None, chats: BTreeMap::new(), list: None };
    for (number, file) in files.iter().enumerate() {
        let (folder, name) = split(&file.name);
        if name == "result.json" && is_result(&head(file)) {
            found.entry(folder.to_owned()).or_insert_with(|| export(folder)).json = Some(number);
        } else if page_number(name).is_some() && html::is_page(&head(file)) {
            let root = root_of_chat(folder);
            let chat = folder.strip_prefix(root).unwrap_or_default().trim_end_matches('/');
            let export = found.entry(root.to_owned()).or_insert_with(|| export(root));
            export.chats.entry(chat.to_owned()).or_default().push(number);
        } else if name == "chats.html" && folder.ends_with("lists/") && html::is_page(&head(file)) {
            let root = folder.strip_suffix("lists/").unwrap_or_default();
            found.entry(root.to_owned()).or_insert_with(|| export(root)).list = Some(number);
        }
    }
    for export in found.values_mut() {
        for pages in export.chats.values_mut() {
            pages.sort_by_key(|page| files.get(*page).and_then(|file| page_number(split(&file.name).1)));
        }
    }
    found.into_values().filter(|export| export.lead().is_some()).collect()
}

/// Reads an export.
pub(crate) fn read(export: &Export, files: &[Listed], env: &Env, take: Take<'_>) -> Result<(), CollectError> {
    let Some(lead) = export.lead().and_then(|lead| files.get(lead)) else { return Ok(()) };
    let mut gather = Gather::new(lead.shown.clone(), NAME, env);
    let beside = Beside::new(export.folder.clone(), files);
    if export.json.is_some() {
        if !export.chats.is_empty() {
            gather.note(format!("`{}` and its HTML pages say the same: the JSON was read", lead.name));
        }
        json::read(&|| open_listed(lead), &lead.name, &beside, &mut gather, take)?;
        return gather.finish(take);
    }
    let kinds: BTreeMap<String, String> =
        export.list.and_then(|list| files.get(list)).map(html::kinds_of_chats).into_iter().flatten().collect();
    for (chat, pages) in &export.chats {
        let pages: Vec<&Listed> = pages.iter().filter_map(|page| files.get(*page)).collect();
        let kind = if export.list.is_some() {
            // A whole export lists every chat: one that is not in its list is not known to be a channel.
            Some(kinds.get(chat).map_or("unlisted", String::as_str))
        } else {
            None
        };
        html::read(&pages, kind, &beside, chat, &mut gather, take)?;
    }
    gather.finish(take)
}

fn split(name: &str) -> (&str, &str) {
    name.rsplit_once('/').map_or(("", name), |(folder, file)| (name.get(..folder.len() + 1).unwrap_or_default(), file))
}

/// The folder of the export that a chat's pages belong to: above `chats/chat_001/` in a whole export.
fn root_of_chat(folder: &str) -> &str {
    let parts: Vec<&str> = folder.trim_end_matches('/').rsplitn(3, '/').collect();
    match parts.as_slice() {
        [chat, "chats" | "left_chats", ..] if chat.starts_with("chat_") => {
            let (_, kind) = (parts.first(), parts.get(1).copied().unwrap_or_default());
            folder.strip_suffix(&format!("{kind}/{chat}/")).unwrap_or(folder)
        }
        _ => folder,
    }
}

/// 1 for `messages.html`, 2 for `messages2.html`.
fn page_number(name: &str) -> Option<u32> {
    let number = name.strip_prefix("messages")?.strip_suffix(".html")?;
    if number.is_empty() { Some(1) } else { number.parse().ok() }
}

fn head(file: &Listed) -> Vec<u8> {
    let mut head = Vec::new();
    // A file that cannot be read is no export; reading it as what else it is tells why.
    match open_listed(file).map(|file| file.take(HEAD_BYTES).read_to_end(&mut head)) {
        Ok(Ok(_)) => head,
        _ => Vec::new(),
    }
}

/// Whether a `result.json` is Telegram's: its first keys are those of a chat or an account.
fn is_result(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(head);
    head.trim_start_matches('\u{feff}').trim_start().starts_with('{')
        && ["\"messages\"", "\"about\"", "\"chats\"", "\"personal_information\""].iter().any(|key| head.contains(key))
}

#[cfg(test)]
mod tests;
