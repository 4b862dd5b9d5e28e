//! The simple table that OpenSanctions publishes: one row a thing, several values of a field separated by `;`.

use super::csv::Records;
use super::names::{is_abbreviation, split_brackets, tidy};
use super::{ImportError, ImportOptions, ROWS_MAX, Row, Rows, is_jurisdiction};
use crate::register::Designation;

/// Schemas that are organisations. Everything else is a person, or a thing that the register does not hold.
const ORGANISATIONS: &[&str] = &["Organization", "Company", "LegalEntity"];

/// Where the columns stand.
struct Columns {
    id: usize,
    schema: usize,
    name: usize,
    aliases: Option<usize>,
    dataset: Option<usize>,
}

pub(super) fn read(content: &str, options: &ImportOptions) -> Result<Rows, ImportError> {
    let form =
        |message: String| ImportError::Form { file: options.file.clone(), form: "an OpenSanctions table", message };
    let mut records = Records::new(content, ',');
    let heading = match records.next() {
        Some(Ok(heading)) => heading,
        Some(Err(broken)) => return Err(form(format!("line {}: {}", broken.line, broken.message))),
        None => return Err(form("it is empty".to_owned())),
    };
    let column = |name: &str| heading.iter().position(|field| field.trim() == name);
    let needed = |name: &str| {
        column(name).ok_or_else(|| form(format!("the first line has no column `{name}` (needed: id, schema, name)")))
    };
    let columns = Columns {
        id: needed("id")?,
        schema: needed("schema")?,
        name: needed("name")?,
        aliases: column("aliases"),
        dataset: column("dataset"),
    };
    let mut rows = Rows::default();
    loop {
        let line = records.line();
        let Some(record) = records.next() else { break };
        let record = record.map_err(|broken| form(format!("line {}: {}", broken.line, broken.message)))?;
        if record.len() == 1 && record.iter().all(String::is_empty) {
            continue;
        }
        if record.len() != heading.len() {
            let (has, wants) = (record.len(), heading.len());
            return Err(form(format!("line {line} has {has} fields, the first line has {wants}")));
        }
        rows.read += 1;
        if rows.read > ROWS_MAX {
            return Err(ImportError::TooLong { file: options.file.clone(), limit: ROWS_MAX });
        }
        take(&mut rows, &record, &columns, options);
    }
    Ok(rows)
}

fn take(rows: &mut Rows, record: &[String], columns: &Columns, options: &ImportOptions) {
    let field = |at: usize| record.get(at).map(|text| text.trim()).unwrap_or_default();
    match field(columns.schema) {
        "Person" => {
            rows.persons += 1;
            return;
        }
        schema if !ORGANISATIONS.contains(&schema) => {
            rows.other_things += 1;
            return;
        }
        _ => {}
    }
    let (name, inside) = split_brackets(field(columns.name));
    if name.is_empty() {
        rows.nameless += 1;
        return;
    }
    let mut row = Row { name, source: options.source.clone(), ..Row::default() };
    let aliases = columns.aliases.map(field).map(values).unwrap_or_default();
    for alias in inside.into_iter().chain(aliases) {
        let (plain, inside) = split_brackets(&alias);
        for name in std::iter::once(plain).chain(inside).filter(|name| !name.is_empty()) {
            if is_abbreviation(&name) { row.abbreviations.push(name) } else { row.aliases.push(name) }
        }
    }
    let id = field(columns.id);
    let lists = columns.dataset.map(field).map(values).unwrap_or_default();
    let lists = if lists.is_empty() { vec![options.list.clone().unwrap_or_default()] } else { lists };
    for list in lists.into_iter().filter(|list| !list.is_empty()) {
        // Titles of data sets begin with whose they are: `EU Financial Sanctions Files (FSF)`.
        let first = list.split_whitespace().next().filter(|word| is_jurisdiction(word));
        let jurisdiction = options.jurisdiction.clone().or_else(|| first.map(str::to_owned));
        row.listings.push(Designation {
            jurisdiction: jurisdiction.unwrap_or_else(|| "XX".to_owned()),
            list,
            entry: Some(id.to_owned()).filter(|id| !id.is_empty()),
            // `first_seen` is when the table saw it, not when it was listed, so no date is given.
            date: None,
            delisted: None,
            unverified: false,
        });
    }
    rows.list.push(row);
}

/// The values of one field.
fn values(field: &str) -> Vec<String> {
    let inner = Records::new(field, ';').next().and_then(Result::ok);
    let all = inner.unwrap_or_else(|| field.split(';').map(str::to_owned).collect());
    all.iter().map(|value| tidy(value)).filter(|value| !value.is_empty()).collect()
}
