//! The search page: a question, what answers it and why, and counts that lead to narrower questions.

use std::time::Instant;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse};
use jiff::Timestamp;
use vedette_core::{Facet, FieldName, Level, SearchHit, SortBy};
use vedette_desk::{DeskError, SearchPage};

use crate::app::{App, Shown, show};
use crate::error::WebError;
use crate::fields::Fields;
use crate::pages::{Choice, Pager, Top, address};
use crate::words::{self, When};

/// Hits of a page.
const ROWS: usize = 30;
/// Values of a facet.
const FACET_VALUES: usize = 8;

#[derive(Template)]
#[template(path = "search.html")]
struct Page {
    top: Top,
    asked: bool,
    sorts: Vec<Choice>,
    hits: Vec<Hit>,
    facets: Vec<FacetView>,
    pager: Pager,
    took: String,
    wrong: Option<Wrong>,
}

struct Hit {
    id: String,
    level: Level,
    tier: Option<u8>,
    source: String,
    outlet: Option<String>,
    posted: When,
    lang: String,
    language: String,
    why: String,
    text: String,
    /// Where the text shown comes from, when it is not the post's own.
    side: Option<&'static str>,
}

struct FacetView {
    heading: &'static str,
    values: Vec<FacetValue>,
}

struct FacetValue {
    label: String,
    count: u64,
    href: String,
}

/// A question that could not be understood, with the place where.
struct Wrong {
    message: String,
    before: String,
    from: String,
    column: usize,
}

/// The order a word asks for.
pub(crate) fn sort_of(word: &str) -> SortBy {
    match word {
        "newest" => SortBy::Newest,
        "level" => SortBy::Level,
        _ => SortBy::Score,
    }
}

fn sort_word(sort: SortBy) -> &'static str {
    match sort {
        SortBy::Score => "",
        SortBy::Newest => "newest",
        SortBy::Level => "level",
    }
}

pub(crate) async fn page(State(app): State<App>, Query(pairs): Query<Vec<(String, String)>>) -> Shown {
    let fields = Fields(pairs);
    let text = fields.text("q");
    let sort = sort_of(fields.raw("sort"));
    let number = fields.page();
    let asked = text.clone();
    let begun = Instant::now();
    let answer = match text.is_empty() {
        true => app.ask(|door| Ok((door.now(), SearchPage::default()))).await,
        false => {
            let offset = (number - 1) * ROWS;
            app.ask(move |door| Ok((door.now(), door.search(&asked, sort, offset, ROWS, true)?))).await
        }
    };
    let took = format!("{:.0} ms", begun.elapsed().as_secs_f64() * 1e3);
    let mut top = app.top("search");
    top.query = text.clone();
    match answer {
        Ok((now, found)) => show(&Page::of(top, &text, sort, number, found, took, now)),
        Err(WebError::Desk(DeskError::Query(error))) => {
            let mut page = Page::of(top, &text, sort, 1, SearchPage::default(), took, Timestamp::UNIX_EPOCH);
            page.wrong = Some(Wrong::at(&text, error.column, error.to_string()));
            Ok((StatusCode::BAD_REQUEST, Html(page.render()?)).into_response())
        }
        Err(other) => Err(other),
    }
}

impl Page {
    fn of(top: Top, text: &str, sort: SortBy, number: usize, found: SearchPage, took: String, now: Timestamp) -> Self {
        let base = address("/search", &[("q", text), ("sort", sort_word(sort))]);
        let answer = found.answer;
        Self {
            top,
            asked: !text.is_empty(),
            sorts: sorts(sort),
            pager: Pager::new(number, ROWS, answer.hits.len(), answer.total, &base),
            hits: answer.hits.into_iter().map(|hit| Hit::of(hit, now)).collect(),
            facets: answer.facets.iter().filter_map(|facet| FacetView::of(facet, text, sort)).collect(),
            took,
            wrong: None,
        }
    }
}

impl Hit {
    fn of(hit: SearchHit, now: Timestamp) -> Self {
        Self {
            id: hit.id.to_string(),
            level: hit.level,
            tier: hit.tier,
            source: hit.source,
            outlet: hit.outlet,
            posted: When::of(hit.posted_at, now),
            // The words of a translation are not in the post's language.
            lang: if hit.side == "translation" { "" } else { words::lang(&hit.language) }.to_owned(),
            language: words::language(&hit.language).to_owned(),
            side: match hit.side.as_str() {
                "translation" => Some("in the translation"),
                "ocr" => Some("in a file"),
                "earlier" => Some("in an earlier version"),
                _ => None,
            },
            why: hit.why.join(" · "),
            text: words::defang_text(&hit.text),
        }
    }
}

impl FacetView {
    /// A facet whose values lead to narrower questions; `None` when it has none.
    fn of(facet: &Facet, text: &str, sort: SortBy) -> Option<Self> {
        let (heading, name) = match facet.field {
            FieldName::Level => ("Level", "level"),
            FieldName::Source => ("Source", "source"),
            FieldName::Outlet => ("Outlet", "outlet"),
            FieldName::Actor => ("Actor", "actor"),
            FieldName::Language => ("Language", "lang"),
            FieldName::Statement => ("Statement", "statement"),
            FieldName::State => ("State", "state"),
            FieldName::Place => ("Place", "place"),
            FieldName::Entity => ("Named", "entity"),
            FieldName::Tier => ("Tier", "tier"),
            FieldName::Family => ("Family", "family"),
        };
        let value = |value: &str, count: u64| FacetValue {
            label: match facet.field {
                FieldName::Language => words::language(value).to_owned(),
                FieldName::Level => match Level::from_word(value) {
                    Some(level) => words::level(level).to_owned(),
                    None => value.to_owned(),
                },
                _ => value.to_owned(),
            },
            count,
            href: address("/search", &[("q", &narrowed(text, name, value)), ("sort", sort_word(sort))]),
        };
        let values: Vec<FacetValue> =
            facet.counts.iter().take(FACET_VALUES).map(|one| value(&one.value, one.count)).collect();
        (!values.is_empty()).then_some(Self { heading, values })
    }
}

/// The question with one more clause.
fn narrowed(text: &str, name: &str, value: &str) -> String {
    let plain = !value.is_empty() && value.chars().all(|ch| ch.is_alphanumeric() || matches!(ch, '-' | '_'));
    let clause = if plain { format!("{name}:{value}") } else { format!("{name}:\"{}\"", value.replace('"', " ")) };
    if text.split_whitespace().any(|word| word == clause) {
        return text.to_owned();
    }
    format!("{text} {clause}").trim().to_owned()
}

impl Wrong {
    fn at(text: &str, column: usize, message: String) -> Self {
        let cut = text.char_indices().nth(column.saturating_sub(1)).map_or(text.len(), |(at, _)| at);
        let (before, from) = text.split_at(cut);
        Self { message, before: before.to_owned(), from: from.to_owned(), column }
    }
}

fn sorts(chosen: SortBy) -> Vec<Choice> {
    [(SortBy::Score, "best match first"), (SortBy::Newest, "newest first"), (SortBy::Level, "highest level first")]
        .into_iter()
        .map(|(sort, label)| Choice {
            value: sort_word(sort).to_owned(),
            label: label.to_owned(),
            chosen: sort == chosen,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_facet_adds_its_clause_once() {
        assert_eq!(narrowed("stadium", "lang", "ar"), "stadium lang:ar");
        assert_eq!(narrowed("stadium lang:ar", "lang", "ar"), "stadium lang:ar");
        assert_eq!(narrowed("", "source", "chat / room \"x\""), "source:\"chat / room  x \"");
    }

    #[test]
    fn the_wrong_place_is_found_by_characters_not_bytes() {
        let wrong = Wrong::at("ملعب levle:low", 6, String::new());
        assert_eq!((wrong.before.as_str(), wrong.from.as_str()), ("ملعب ", "levle:low"));
        assert_eq!(Wrong::at("a", 99, String::new()).from, "");
    }
}
