//! STIX 2.1: a bundle with the desk, the outlets, a note for each item and a report over all. Ids are name-based, so the
//! same item exported twice is the same object. An outlet is an identity, not a threat actor: that a desk watches an
//! outlet says nothing about it.
//!
//! Source: STIX Version 2.1, OASIS Standard, 10 June 2021; TLP 2.0 as the common object extension of 2022.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use vedette_core::{Cleared, ItemView, Tlp, VersionView};

use super::{Sender, file_texts, item_id, language, milliseconds, name_based, own_text, pretty, summary};
use crate::clean::{defang_address, one_line};
use crate::report::outlet_name;
use crate::source::tlp_word;

/// When the identities of this format were defined: an object keeps its time of creation for ever.
const IDENTITIES_CREATED: &str = "2026-01-01T00:00:00.000Z";
const TLP_CREATED: &str = "2022-10-01T00:00:00.000Z";
const TLP_EXTENSION: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";

/// The bundle as JSON text. `modified` and `published` are the moment of the decision that let it out.
pub fn stix21(items: &Cleared<Vec<ItemView>>, sender: &Sender<'_>) -> String {
    let desk = format!("identity--{}", name_based(&[sender.desk, "desk"]));
    let tlp = tlp_id(sender.tlp);
    let at = milliseconds(items.at());
    let mut objects = vec![marking(sender.tlp), identity(&desk, &one_line(sender.desk), &desk, &tlp)];

    let mut outlets = BTreeMap::new();
    let mut notes = BTreeMap::new();
    for item in items.work() {
        let outlet = item.outlet.as_ref().map(|id| {
            let object = format!("identity--{}", name_based(&[sender.desk, "outlet", id]));
            let name = outlet_name(item).unwrap_or_else(|| id.clone());
            outlets.entry(object.clone()).or_insert_with(|| identity(&object, &one_line(&name), &desk, &tlp));
            object
        });
        if let Some(version) = item.content() {
            let id = format!("note--{}", item_id(sender, "note", item));
            let about = outlet.as_deref().unwrap_or(&desk);
            notes.insert(id.clone(), note(&id, item, version, about, [&desk, &tlp, &at]));
        }
    }
    let mut refs: Vec<&String> = outlets.keys().chain(notes.keys()).collect();
    if refs.is_empty() {
        refs.push(&desk);
    }
    let names: Vec<&str> = refs.iter().map(|id| id.as_str()).chain([at.as_str()]).collect();
    let whole = name_based(&names);
    let report = json!({
        "type": "report", "spec_version": "2.1", "id": format!("report--{whole}"),
        "created_by_ref": &desk, "created": &at, "modified": &at, "published": &at,
        "name": format!("Preserved items: {}, from {}", notes.len(), one_line(sender.desk)),
        "description": "Items preserved with hash and log proof, and let out by a named person's decision. Addresses are defanged.",
        "report_types": ["threat-report"],
        "object_refs": refs,
        "object_marking_refs": [&tlp],
    });
    objects.extend(outlets.into_values());
    objects.extend(notes.into_values());
    objects.push(report);
    let bundle = name_based(&["bundle", &whole.to_string()]);
    pretty(&json!({ "type": "bundle", "id": format!("bundle--{bundle}"), "objects": objects }))
}

fn identity(id: &str, name: &str, desk: &str, tlp: &str) -> Value {
    json!({
        "type": "identity", "spec_version": "2.1", "id": id, "created_by_ref": desk,
        "created": IDENTITIES_CREATED, "modified": IDENTITIES_CREATED,
        "name": name, "identity_class": "organization",
        "object_marking_refs": [tlp],
    })
}

fn note(id: &str, item: &ItemView, version: &VersionView, about: &str, [desk, tlp, at]: [&String; 3]) -> Value {
    let created = milliseconds(item.item.first_captured_at);
    // An item cannot be let out before it was captured; clocks of two machines may say so.
    let modified = at.max(&created);
    let mut note = json!({
        "type": "note", "spec_version": "2.1", "id": id, "created_by_ref": desk,
        "created": &created, "modified": modified,
        "abstract": format!("{}: {}", item.item.posted_at.strftime("%Y-%m-%d"), summary(item)),
        "content": content(item, version),
        "labels": [item.level().word()],
        "object_refs": [about],
        "object_marking_refs": [tlp],
    });
    if let Some(code) = language(version) {
        note["lang"] = json!(code);
    }
    note
}

/// The text, the texts of the files, and where the proof is.
fn content(item: &ItemView, version: &VersionView) -> String {
    let mut out = own_text(version);
    for (name, kind, text) in file_texts(version) {
        out.push_str(&format!("\n\n[{name}, {kind}]\n{text}"));
    }
    let proof = &version.version;
    out.push_str(&format!(
        "\n\nPosted {}; captured {}; SHA-256 {}; log leaf {} of {}.",
        milliseconds(item.item.posted_at),
        milliseconds(proof.captured_at),
        proof.exhibit,
        proof.leaf,
        item.tree_size
    ));
    if let Some(url) = &item.item.url {
        out.push_str(&format!("\nAddress (defanged): {}", defang_address(url)));
    }
    if let Some(author) = &item.item.author_key {
        out.push_str(&format!("\nAuthor key: {}", one_line(author)));
    }
    out
}

fn tlp_id(tlp: Tlp) -> String {
    let uuid = match tlp {
        Tlp::Clear => "94868c89-83c2-464b-929b-a1a8aa3c8487",
        Tlp::Green => "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
        Tlp::Amber => "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
        Tlp::AmberStrict => "939a9414-2ddd-4d32-a0cd-375ea402b003",
        Tlp::Red => "e828b379-4e03-4974-9ac4-e53a884c97c1",
    };
    format!("marking-definition--{uuid}")
}

fn marking(tlp: Tlp) -> Value {
    let word = tlp_word(tlp);
    json!({
        "type": "marking-definition", "spec_version": "2.1", "id": tlp_id(tlp),
        "created": TLP_CREATED, "name": format!("TLP:{word}"),
        "extensions": { TLP_EXTENSION: { "extension_type": "property-extension", "tlp_2_0": word.to_ascii_lowercase() } },
    })
}
