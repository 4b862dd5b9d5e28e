//! Register files: TOML in, checked entries out, every error with file, entry and field.

use super::recurs::Recurs;
use super::{Alias, Designation, Entry, RegisterError};
use jiff::civil::Date;
use serde::Deserialize;
use vedette_core::MentionKind;

/// Capital-letter abbreviations up to this many letters match in their exact case only: `IS`, `ETA`.
const ABBREVIATION_CHARS_MAX: usize = 3;
/// `case_sensitive = true` means the short names of an entry, not its long ones: one word of at most this many letters.
const CASE_SENSITIVE_CHARS_MAX: usize = 12;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    actor: Vec<Raw>,
    #[serde(default)]
    outlet: Vec<Raw>,
    #[serde(default)]
    series: Vec<Raw>,
    #[serde(default)]
    leader: Vec<Raw>,
    #[serde(default)]
    platform: Vec<Raw>,
    #[serde(default)]
    place: Vec<Raw>,
    #[serde(default)]
    venue: Vec<Raw>,
    #[serde(default)]
    event: Vec<Raw>,
    #[serde(default)]
    target: Vec<Raw>,
    #[serde(default)]
    method: Vec<Raw>,
}

/// `ours = true` marks all aliases but the name; a list adds spellings of our own.
#[derive(Deserialize)]
#[serde(untagged)]
enum Ours {
    All(bool),
    Spellings(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    id: String,
    name: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    abbreviations: Vec<String>,
    #[serde(default)]
    exact: Vec<String>,
    ours: Option<Ours>,
    #[serde(default)]
    not: Vec<String>,
    source: Option<String>,
    #[serde(default)]
    designations: Vec<Designation>,
    #[serde(default)]
    case_sensitive: bool,
    actor: Option<String>,
    outlet: Option<String>,
    role: Option<String>,
    place: Option<String>,
    #[serde(default)]
    places: Vec<String>,
    lat: Option<f64>,
    lon: Option<f64>,
    country: Option<String>,
    from: Option<String>,
    to: Option<String>,
    recurs: Option<Recurs>,
    valid_from: Option<String>,
    valid_until: Option<String>,
    note: Option<String>,
}

/// Reads one file.
pub(super) fn read(name: &str, content: &str) -> Result<Vec<Entry>, RegisterError> {
    let file: File = toml::from_str(content).map_err(|error| RegisterError::Syntax {
        file: name.to_owned(),
        message: error.to_string().trim_end().to_owned(),
    })?;
    let kinds = [
        (MentionKind::Actor, file.actor),
        (MentionKind::Outlet, file.outlet),
        (MentionKind::Series, file.series),
        (MentionKind::Leader, file.leader),
        (MentionKind::Platform, file.platform),
        (MentionKind::Place, file.place),
        (MentionKind::Venue, file.venue),
        (MentionKind::Event, file.event),
        (MentionKind::Target, file.target),
        (MentionKind::Method, file.method),
    ];
    let mut entries = Vec::new();
    for (kind, raws) in kinds {
        for raw in raws {
            let id = raw.id.clone();
            let entry = entry_of(name, kind, raw).map_err(|(field, message)| RegisterError::Field {
                file: name.to_owned(),
                kind: kind.word(),
                id,
                field,
                message,
            })?;
            entries.push(entry);
        }
    }
    Ok(entries)
}

type FieldError = (&'static str, String);

fn entry_of(file: &str, kind: MentionKind, raw: Raw) -> Result<Entry, FieldError> {
    let kebab = |ch: char| ch.is_ascii_lowercase() || ch.is_ascii_digit() || ch == '-';
    if raw.id.is_empty() || !raw.id.chars().all(kebab) {
        return Err(("id", "must be kebab-case: lower-case letters, digits and hyphens".to_owned()));
    }
    let name = match raw.name {
        Some(name) if !name.trim().is_empty() => name,
        _ => return Err(("name", "is missing".to_owned())),
    };
    if kind == MentionKind::Leader && (raw.actor.is_none() || raw.role.is_none()) {
        return Err(("role", "and `actor` are needed: a leader is a name, a role and a designation".to_owned()));
    }
    let (lat, lon) = (degrees("lat", raw.lat, 90.0)?, degrees("lon", raw.lon, 180.0)?);
    if kind == MentionKind::Place && (lat.is_none() || lon.is_none()) {
        return Err(("lat", "and `lon` are needed for a place, in degrees".to_owned()));
    }
    if let Some(country) = &raw.country
        && (country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()))
    {
        return Err(("country", format!("`{country}` is not a country code of two capital letters (or `XX`)")));
    }
    let (from, to) = (date("from", raw.from)?, date("to", raw.to)?);
    if let (Some(from), Some(to)) = (from, to)
        && to <= from
    {
        return Err(("to", format!("`{to}` is not after `from`: it is the day after the last one")));
    }
    let recurs_written = raw.recurs.as_ref().and_then(Recurs::written);
    let recurs = raw.recurs.map(|recurs| recurs.times(from, to)).transpose().map_err(|message| ("recurs", message))?;
    let valid_from = partial_date("valid_from", raw.valid_from, Side::First)?;
    let valid_until = partial_date("valid_until", raw.valid_until, Side::Last)?;
    let spellings = Spellings {
        name: &name,
        aliases: raw.aliases,
        exact: &raw.exact,
        abbreviations: raw.abbreviations,
        ours: raw.ours,
        case_sensitive: raw.case_sensitive,
    };
    let aliases = spellings.read();
    let places = raw.place.into_iter().chain(raw.places).collect();
    Ok(Entry {
        kind,
        id: raw.id,
        name,
        aliases,
        exact: raw.exact,
        case_sensitive: raw.case_sensitive,
        not: raw.not,
        valid_from,
        valid_until,
        note: raw.note,
        source: raw.source,
        designations: raw.designations,
        actor: raw.actor,
        outlet: raw.outlet,
        role: raw.role,
        places,
        lat,
        lon,
        country: raw.country,
        from,
        to,
        recurs,
        recurs_written,
        file: file.to_owned(),
    })
}

/// The spellings of an entry, as its fields give them.
struct Spellings<'a> {
    name: &'a str,
    aliases: Vec<String>,
    exact: &'a [String],
    abbreviations: Vec<String>,
    ours: Option<Ours>,
    case_sensitive: bool,
}

impl Spellings<'_> {
    /// All of them, the name first.
    fn read(self) -> Vec<Alias> {
        let all_ours = matches!(self.ours, Some(Ours::All(true)));
        let own = match &self.ours {
            Some(Ours::Spellings(list)) => list.clone(),
            _ => Vec::new(),
        };
        let abbreviation = |text: String| Alias { text, ours: false, case_sensitive: true, abbreviation: true };
        let exact = self.exact.iter().filter(|text| *text != self.name).cloned();
        let mut all = vec![self.alias(self.name.to_owned(), false)];
        // `exact` may repeat an alias to say that its case counts.
        let others = self.aliases.iter().filter(|text| !self.exact.contains(text)).cloned();
        all.extend(others.chain(exact).map(|text| self.alias(text, all_ours)));
        all.extend(self.abbreviations.iter().cloned().map(abbreviation));
        all.extend(own.into_iter().map(|text| self.alias(text, true)));
        all
    }

    fn alias(&self, text: String, ours: bool) -> Alias {
        let letters = text.chars().count();
        let one_word = !text.chars().any(char::is_whitespace);
        let capitals = text.chars().all(|ch| ch.is_uppercase() || !ch.is_lowercase() && ch.is_alphanumeric())
            && text.chars().any(char::is_uppercase);
        let short = self.case_sensitive && letters <= CASE_SENSITIVE_CHARS_MAX;
        let case_sensitive =
            self.exact.contains(&text) || one_word && (short || capitals && letters <= ABBREVIATION_CHARS_MAX);
        Alias { text, ours, case_sensitive, abbreviation: false }
    }
}

fn degrees(field: &'static str, value: Option<f64>, limit: f64) -> Result<Option<f64>, FieldError> {
    match value {
        Some(value) if !(-limit..=limit).contains(&value) => {
            Err((field, format!("is {value}: degrees from -{limit} to {limit} are expected")))
        }
        other => Ok(other),
    }
}

fn date(field: &'static str, value: Option<String>) -> Result<Option<Date>, FieldError> {
    let Some(value) = value else { return Ok(None) };
    match value.parse::<Date>() {
        Ok(date) => Ok(Some(date)),
        Err(_) => Err((field, format!("`{value}` is not a date such as 2026-12-04"))),
    }
}

/// Which day of a year or month is meant.
#[derive(Clone, Copy)]
enum Side {
    First,
    Last,
}

/// A date, or a year or month, of which the first or last day is meant: public sources often say no more.
fn partial_date(field: &'static str, value: Option<String>, side: Side) -> Result<Option<Date>, FieldError> {
    let Some(value) = value else { return Ok(None) };
    let first = match value.len() {
        4 => format!("{value}-01-01"),
        7 => format!("{value}-01"),
        _ => value.clone(),
    };
    let Ok(first) = first.parse::<Date>() else {
        return Err((field, format!("`{value}` is not a date such as 2014, 2014-06 or 2014-06-29")));
    };
    let day = match (side, value.len()) {
        (Side::Last, 4) => first.last_of_year(),
        (Side::Last, 7) => first.last_of_month(),
        _ => first,
    };
    Ok(Some(day))
}
