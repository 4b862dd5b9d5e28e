//! Items to documents of the search index.

use vedette_core::ports::IndexDocument;
use vedette_core::{Derived, Findings, ItemView, Reading, ReadingKind, VersionState};

use crate::derive::Material;

/// The document of an item in its first version, from memory.
pub(crate) fn of_first(material: &Material, derived: &Derived) -> IndexDocument {
    let mut document = IndexDocument {
        item: material.item,
        source: material.source.to_string(),
        source_name: material.source_name.clone(),
        outlet: derived.outlet.clone(),
        posted_at: material.posted_at,
        language: language(&derived.readings),
        level: derived.assessment.level,
        tier: derived.assessment.tier,
        state: VersionState::Posted.word().to_owned(),
        family: derived.family.map(|family| family.to_string()),
        entities: entities(&derived.findings),
        statements: statements(&derived.findings),
        original: String::new(),
        ocr: String::new(),
        translation: String::new(),
        earlier: String::new(),
    };
    add_texts(&mut document, &derived.readings);
    document
}

/// The document of an item with its whole history.
pub(crate) fn of_item(view: &ItemView) -> IndexDocument {
    let content = view.content();
    let readings = content.map_or(&[][..], |version| &version.readings);
    let findings = content.map_or(&[][..], |version| &version.findings);
    let mut document = IndexDocument {
        item: view.item.id,
        source: view.source.id.to_string(),
        source_name: view.source.asked.name.clone(),
        outlet: view.outlet.clone(),
        posted_at: view.item.posted_at,
        language: language(readings),
        level: view.level(),
        tier: content.and_then(|version| version.assessment.tier),
        state: view.item.state.word().to_owned(),
        family: view.family.map(|family| family.to_string()),
        entities: entities(findings),
        statements: statements(findings),
        original: String::new(),
        ocr: String::new(),
        translation: String::new(),
        earlier: String::new(),
    };
    add_texts(&mut document, readings);
    let current = content.map(|version| version.version.id);
    for version in view.versions.iter().filter(|version| Some(version.version.id) != current) {
        for reading in &version.readings {
            append(&mut document.earlier, &reading.text);
        }
    }
    document
}

/// Language of the first text that has one.
pub(crate) fn language(readings: &[Reading]) -> String {
    readings
        .iter()
        .map(|reading| reading.language.code.as_str())
        .find(|code| *code != "und")
        .unwrap_or("und")
        .to_owned()
}

fn entities(findings: &[Findings]) -> Vec<String> {
    let mut all: Vec<String> = findings
        .iter()
        .flat_map(|found| &found.mentions)
        .map(|mention| format!("{}:{}", mention.kind.word(), mention.id))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn statements(findings: &[Findings]) -> Vec<String> {
    let mut all: Vec<String> =
        findings.iter().flat_map(|found| &found.statements).map(|s| s.kind.word().to_owned()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn add_texts(document: &mut IndexDocument, readings: &[Reading]) {
    for reading in readings {
        let field = match reading.kind {
            ReadingKind::Text | ReadingKind::Html => &mut document.original,
            ReadingKind::Translation => &mut document.translation,
            // Everything that was taken from a file.
            _ => &mut document.ocr,
        };
        append(field, &reading.text);
    }
}

fn append(field: &mut String, text: &str) {
    if !field.is_empty() {
        field.push('\n');
    }
    field.push_str(text);
}
