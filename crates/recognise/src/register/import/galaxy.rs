//! A MISP galaxy cluster: `values` of organisations with `meta` (id, published, updated, summary, content, synonyms, refs).

use super::names::{sort, sort_sentence, split_brackets};
use super::{ImportError, ImportOptions, ROWS_MAX, Row, Rows};
use crate::register::Designation;
use jiff::civil::Date;
use serde::Deserialize;

#[derive(Deserialize)]
struct Cluster {
    name: String,
    source: Option<String>,
    values: Vec<Value>,
}

#[derive(Deserialize)]
struct Value {
    value: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    meta: Meta,
}

#[derive(Default, Deserialize)]
struct Meta {
    id: Option<String>,
    published: Option<String>,
    #[serde(default)]
    summary: String,
    content: Option<String>,
    #[serde(default)]
    synonyms: Vec<String>,
}

pub(super) fn read(content: &str, options: &ImportOptions) -> Result<Rows, ImportError> {
    let form =
        |message: String| ImportError::Form { file: options.file.clone(), form: "a MISP galaxy cluster", message };
    let cluster: Cluster = serde_json::from_str(content).map_err(|error| form(error.to_string()))?;
    if cluster.values.len() > ROWS_MAX {
        return Err(ImportError::TooLong { file: options.file.clone(), limit: ROWS_MAX });
    }
    let jurisdiction = match &options.jurisdiction {
        Some(code) => code.clone(),
        // The one cluster of this form that a government's list stands behind says so in its name.
        None if cluster.name.starts_with("Canada ") => "CA".to_owned(),
        None => return Err(form(format!("it does not say whose list `{}` is: give --jurisdiction", cluster.name))),
    };
    let list = options
        .list
        .clone()
        .unwrap_or_else(|| cluster.name.strip_prefix("Canada ").unwrap_or(&cluster.name).to_owned());
    let source = options.source.clone().or(cluster.source);
    let mut rows = Rows { read: cluster.values.len(), ..Rows::default() };
    for value in cluster.values {
        if is_about_a_person(&value) {
            rows.persons += 1;
            continue;
        }
        let (name, inside) = split_brackets(&value.value);
        if name.is_empty() {
            rows.nameless += 1;
            continue;
        }
        let mut row = Row { name, source: source.clone(), ..Row::default() };
        inside.iter().for_each(|name| sort(&mut row, name));
        value.meta.synonyms.iter().for_each(|name| sort(&mut row, name));
        sort_sentence(&mut row, &value.meta.summary);
        let date = value.meta.published.filter(|date| date.parse::<Date>().is_ok());
        row.listings.push(Designation {
            jurisdiction: jurisdiction.clone(),
            list: list.clone(),
            entry: value.meta.id,
            date,
            delisted: None,
            unverified: false,
        });
        rows.list.push(row);
    }
    Ok(rows)
}

/// The form has no field for it, so the description tells: a sentence of it begins with `He` or `She`, or it says when
/// somebody was born, and the name holds no word for a group. In doubt a row counts as a person and is left out, because a
/// missing organisation is added by hand and a person must not be.
fn is_about_a_person(value: &Value) -> bool {
    const GROUP: &[&str] = &[
        "group",
        "organization",
        "organisation",
        "network",
        "movement",
        "gang",
        "cartel",
        "party",
        "faction",
        "militia",
        "army",
        "brigade",
        "brigades",
        "division",
        "front",
        "collective",
        "council",
        "cult",
        "society",
        "federation",
        "corps",
        "force",
        "forces",
        "state",
        "union",
    ];
    let text = value.meta.content.as_deref().unwrap_or(&value.description);
    let sentences = || text.split(['.', '!', '?', '\n']).map(str::trim_start);
    let personal = |sentence: &str| {
        let first = sentence.split_whitespace().next().unwrap_or_default();
        matches!(first, "He" | "She" | "His" | "Her")
            || sentence.contains(" born on ")
            || sentence.contains(" born in ")
    };
    let named = value.value.to_lowercase();
    let is_group = named.split(|ch: char| !ch.is_alphanumeric()).any(|word| GROUP.contains(&word));
    !is_group && sentences().any(personal)
}
