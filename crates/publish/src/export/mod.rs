//! Cleared items in the forms that other systems read: STIX 2.1, MISP, hash lists and tables. Addresses are dead in
//! all of them, and a person appears as a keyed hash or not at all.

mod labels;
mod misp;
mod stix;
mod tables;

use jiff::Timestamp;
use uuid::Uuid;
use vedette_core::{ItemView, Level, ReadingKind, Tlp, VersionView};

use crate::cited::may_be_quoted;
use crate::clean::{one_line, safe};
use crate::report::outlet_name;

pub use labels::{Label, labels_jsonl};
pub use misp::misp;
pub use stix::stix21;
pub use tables::{decisions_csv, hashes_csv, hashes_jsonl, items_csv};

/// Who sends an export, and how far it may be shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sender<'a> {
    /// Name of the desk; part of every id, so that two desks never claim the same object.
    pub desk: &'a str,
    /// Sharing limit of everything in the export.
    pub tlp: Tlp,
}

impl Default for Sender<'_> {
    fn default() -> Self {
        Self { desk: "Vedette desk", tlp: Tlp::default() }
    }
}

/// Characters of text that one exported item carries; what is cut is in the exhibit, whose hash stands beside it.
const ITEM_TEXT_CHARS_MAX: usize = 100_000;

/// Namespace of our name-based ids. STIX 2.1 (section 2.9) keeps its own namespace for observables.
const NAMESPACE: Uuid = Uuid::from_u128(0x1ac2_8f39_6474_4ac8_b954_c6e4_ace9_8c20);

/// The same id for the same names, whenever and wherever it is exported.
fn name_based(names: &[&str]) -> Uuid {
    // Lengths keep ("ab", "c") and ("a", "bc") apart.
    let name: String = names.iter().map(|name| format!("{}:{name};", name.len())).collect();
    Uuid::new_v5(&NAMESPACE, name.as_bytes())
}

/// What makes an item the same item in every workspace: the place and the place's own id of it, not our row number.
fn item_id(sender: &Sender<'_>, what: &str, item: &ItemView) -> Uuid {
    let asked = &item.source.asked;
    let room = asked.room.as_deref().unwrap_or_default();
    name_based(&[sender.desk, what, &asked.address, room, &item.item.native_id])
}

/// The post's own text: read from its markup where it has been read, else as it came.
fn own_text(version: &VersionView) -> String {
    let read = version.readings.iter().find(|reading| reading.attachment.is_none() && is_own(reading.kind));
    let text = read.map_or(version.version.text.as_str(), |reading| reading.text.as_str());
    cut(&safe(text))
}

fn is_own(kind: ReadingKind) -> bool {
    matches!(kind, ReadingKind::Text | ReadingKind::Html)
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(ITEM_TEXT_CHARS_MAX) {
        Some((end, _)) => format!("{} [cut here; the exhibit holds the rest]", &text[..end]),
        None => text.to_owned(),
    }
}

/// Texts of the files of a version, each with the file's name and how it was read.
fn file_texts(version: &VersionView) -> Vec<(String, &'static str, String)> {
    let of_file = |reading: &vedette_core::Reading| {
        let id = reading.attachment?;
        let file = version.version.attachments.iter().find(|file| file.id == id)?;
        let name = one_line(&file.name);
        (!reading.text.trim().is_empty()).then(|| (name, reading.kind.word(), cut(&safe(&reading.text))))
    };
    version.readings.iter().filter(|reading| may_be_quoted(reading)).filter_map(of_file).collect()
}

/// Language code of the post's first reading; `None` when it is not known.
fn language(version: &VersionView) -> Option<&str> {
    version
        .readings
        .first()
        .map(|reading| reading.language.code.as_str())
        .filter(|code| !code.is_empty() && *code != "und")
}

/// One line about an item: level, tier, outlet, source.
fn summary(item: &ItemView) -> String {
    let tier = item.content().and_then(|version| version.assessment.tier);
    let tier = tier.map_or_else(String::new, |tier| format!(", tier {tier}"));
    let outlet = outlet_name(item).map_or_else(String::new, |outlet| format!(", {}", one_line(&outlet)));
    format!("{}{tier}{outlet}, {}", item.level().word(), safe(&one_line(&item.source.asked.name)))
}

/// The highest level among items.
fn highest(items: &[ItemView]) -> Level {
    items.iter().map(ItemView::level).max().unwrap_or_default()
}

/// `2026-11-12T09:14:07.000Z`: three digits, as STIX asks for.
fn milliseconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// A JSON document for people and machines: indented, ending with a line end.
fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}

#[cfg(test)]
mod tests;
