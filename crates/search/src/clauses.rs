//! One part of a query to clauses: words are folded as texts are, field names and values are checked.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use vedette_core::{Clause, FieldName, Level};
use vedette_text::{fold::fold_plain, tokens::tokens};

use crate::QueryError;

/// Letters from which the beginning of a word can be searched.
const PREFIX_CHARS_MIN: usize = 2;
/// Days, weeks or hours that a relative date may go back or ahead.
const RELATIVE_MAX: i64 = 100_000;

const FIELDS: &str = "the fields are source, outlet, actor, place, entity, lang, level, tier, statement, state, family, \
                      from, to; put text with a colon between quotation marks";
const LEVELS: &str = "the levels are none, low, medium, high-unspecific, high-specific";
const DATES: &str = "write a day as 2026-11-01, or today, yesterday, tomorrow, -7d, -2w, -12h, now";

/// The words of a text as the index holds them.
pub(crate) fn words(text: &str) -> Vec<String> {
    let folded = fold_plain(text);
    tokens(&folded).filter_map(|token| folded.get(token.start..token.end)).map(str::to_owned).collect()
}

/// A word as written; `None` when nothing of it is searchable, such as a lone dash.
pub(crate) fn word(text: &str, column: usize) -> Result<Option<Clause>, QueryError> {
    if let Some(stem) = text.strip_suffix('*') {
        let mut found = words(stem);
        return match (found.pop(), found.is_empty()) {
            (Some(stem), true) if stem.chars().count() >= PREFIX_CHARS_MIN => Ok(Some(Clause::Prefix(stem))),
            _ => Err(QueryError::new(
                column,
                format!("`{text}` is no beginning of a word"),
                format!("write at least {PREFIX_CHARS_MIN} letters of one word before the `*`"),
            )),
        };
    }
    Ok(phrase(text))
}

/// Words next to each other; one word alone is a word.
pub(crate) fn phrase(text: &str) -> Option<Clause> {
    let mut found = words(text);
    match found.len() {
        0 => None,
        1 => found.pop().map(Clause::Word),
        _ => Some(Clause::Phrase(found)),
    }
}

/// A field with its value: any of the clauses will do.
pub(crate) fn field(
    name: &str,
    sign: &str,
    value: &str,
    column: usize,
    value_column: usize,
    now: Timestamp,
) -> Result<Vec<Clause>, QueryError> {
    let value = value.trim();
    let field = match name {
        "from" | "since" | "after" => return dated(name, value, sign, value_column, now, true),
        "to" | "until" | "before" => return dated(name, value, sign, value_column, now, false),
        "source" => FieldName::Source,
        "outlet" => FieldName::Outlet,
        "actor" => FieldName::Actor,
        "place" => FieldName::Place,
        "entity" => FieldName::Entity,
        "language" | "lang" => FieldName::Language,
        "level" => return levels(sign, value, value_column),
        "tier" => FieldName::Tier,
        "statement" => FieldName::Statement,
        "state" => FieldName::State,
        "family" => FieldName::Family,
        _ => return Err(QueryError::new(column, format!("there is no field `{name}`"), FIELDS)),
    };
    if sign != ":" && sign != "=" {
        let message = format!("`{name}` cannot be compared with `{sign}`");
        return Err(QueryError::new(column, message, format!("write `{name}:VALUE`; only `level` has an order")));
    }
    let mut clauses = Vec::new();
    // A source may be given by its name, and a name may hold a comma.
    let values: Vec<&str> = if field == FieldName::Source { vec![value] } else { value.split(',').collect() };
    for one in values {
        for checked in checked(field, one.trim(), value_column)? {
            clauses.push(Clause::Field(field, checked));
        }
    }
    Ok(clauses)
}

/// The values that a written one means.
fn checked(field: FieldName, value: &str, column: usize) -> Result<Vec<String>, QueryError> {
    let lower = value.to_lowercase();
    let wrong = |hint: &str| Err(QueryError::new(column, format!("`{value}` is not possible here"), hint));
    match field {
        _ if value.is_empty() => Err(QueryError::new(column, "a value is missing", "write it right after the colon")),
        FieldName::Tier if !matches!(lower.as_str(), "1" | "2" | "3" | "4") => wrong("the tiers are 1 to 4"),
        FieldName::State => match lower.as_str() {
            "deleted" => Ok(vec!["deleted".to_owned(), "deleted-inferred".to_owned()]),
            "posted" | "edited" | "deleted-inferred" => Ok(vec![lower]),
            _ => wrong("the states are posted, edited, deleted, deleted-inferred"),
        },
        FieldName::Statement => match lower.as_str() {
            "threat" | "call" | "claim" | "instruction" | "praise" | "recruitment" | "warning" | "denial"
            | "report" => Ok(vec![lower]),
            _ => wrong(
                "the statements are threat, call, claim, instruction, praise, recruitment, warning, denial, report",
            ),
        },
        _ => Ok(vec![lower]),
    }
}

fn levels(sign: &str, value: &str, column: usize) -> Result<Vec<Clause>, QueryError> {
    let mut chosen = Vec::new();
    for word in value.split(',') {
        let level = Level::from_word(&word.trim().to_lowercase())
            .ok_or_else(|| QueryError::new(column, format!("`{word}` is not a level"), LEVELS))?;
        let exact = |level: Level| Clause::Field(FieldName::Level, level.word().to_owned());
        match sign {
            ">=" => chosen.push(Clause::LevelAtLeast(level)),
            ">" => match Level::ALL.into_iter().find(|above| *above > level) {
                Some(above) => chosen.push(Clause::LevelAtLeast(above)),
                None => return Err(QueryError::new(column, format!("no level is above `{word}`"), LEVELS)),
            },
            "<=" => chosen.extend(Level::ALL.into_iter().filter(|below| *below <= level).map(exact)),
            "<" => {
                if level == Level::None {
                    return Err(QueryError::new(column, format!("no level is below `{word}`"), LEVELS));
                }
                chosen.extend(Level::ALL.into_iter().filter(|below| *below < level).map(exact));
            }
            _ => chosen.push(exact(level)),
        }
    }
    Ok(chosen)
}

fn dated(
    name: &str,
    value: &str,
    sign: &str,
    column: usize,
    now: Timestamp,
    from: bool,
) -> Result<Vec<Clause>, QueryError> {
    if sign != ":" && sign != "=" {
        return Err(QueryError::new(column, format!("`{name}` has its order already"), format!("write `{name}:DAY`")));
    }
    let at = moment(value, now).ok_or_else(|| QueryError::new(column, format!("`{value}` is not a date"), DATES))?;
    Ok(vec![if from { Clause::Posted(Some(at), None) } else { Clause::Posted(None, Some(at)) }])
}

/// The moment that a date means: the beginning of a day in UTC, or a point relative to now.
fn moment(value: &str, now: Timestamp) -> Option<Timestamp> {
    let lower = value.to_lowercase();
    let today = TimeZone::UTC.to_datetime(now).date();
    let start = |date: Date| TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok();
    match lower.as_str() {
        "now" => return Some(now),
        "today" => return start(today),
        "yesterday" => return start(today.yesterday().ok()?),
        "tomorrow" => return start(today.tomorrow().ok()?),
        _ => {}
    }
    let signed = lower.replace('−', "-");
    if signed.starts_with(['-', '+']) {
        let unit = signed.chars().next_back()?;
        let count: i64 = signed.strip_suffix(unit)?.parse().ok()?;
        if count.abs() > RELATIVE_MAX {
            return None;
        }
        return match unit {
            'h' => now.checked_add(Span::new().hours(count)).ok(),
            'd' => start(today.checked_add(Span::new().days(count)).ok()?),
            'w' => start(today.checked_add(Span::new().weeks(count)).ok()?),
            'm' => start(today.checked_add(Span::new().months(count)).ok()?),
            _ => None,
        };
    }
    match lower.parse::<Date>() {
        Ok(day) if !lower.contains('t') => start(day),
        _ => value.to_uppercase().parse::<Timestamp>().ok(),
    }
}
