//! The small JSON API, in the same words as the command line. It answers on loopback only; a write (`match` included,
//! because it is a POST) must send the Origin of the desk.

use std::time::Instant;

use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use vedette_core::limits::SEARCH_HITS_MAX;
use vedette_core::{FamilyId, Findings, InboxQuery, ItemId, ItemView, Level, SortBy};

use crate::app::{App, id};
use crate::error::{ApiError, WebError};
use crate::fields::Fields;
use crate::pages::search::sort_of;

/// Rows of an answer unless the question says otherwise.
const ROWS: usize = 50;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/healthz", get(health))
        .route("/api/v1/search", get(search))
        .route("/api/v1/items/{id}", get(item))
        .route("/api/v1/inbox", get(inbox))
        .route("/api/v1/families/{id}", get(family))
        .route("/api/v1/series", get(all_series))
        .route("/api/v1/series/{id}", get(series))
        .route("/api/v1/match", post(match_image))
}

type Answer = Result<Json<Value>, ApiError>;

async fn health(State(app): State<App>) -> Answer {
    let counts = app.ask(|door| door.counts()).await?;
    Ok(Json(json!({ "ok": true, "counts": counts })))
}

async fn search(State(app): State<App>, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let fields = Fields(pairs);
    let text = fields.raw("q").to_owned();
    let sort: SortBy = sort_of(fields.raw("sort"));
    let limit = fields.read("limit").unwrap_or(ROWS).min(SEARCH_HITS_MAX);
    let offset = fields.read("offset").unwrap_or(0);
    let begun = Instant::now();
    let page = app.ask(move |door| door.search(&text, sort, offset, limit, true)).await?;
    let took_ms = begun.elapsed().as_millis() as u64;
    Ok(Json(json!({
        "total": page.answer.total, "took_ms": took_ms, "hits": page.answer.hits, "facets": page.answer.facets,
    })))
}

async fn item(State(app): State<App>, Path(text): Path<String>) -> Answer {
    let item: ItemId = id("item", &text)?;
    let (view, translations, grades, points) = app
        .ask(move |door| {
            Ok((door.item(item)?, door.translations(item)?, door.judged(item)?.1, door.point_decisions(item)?))
        })
        .await?;
    let mut object = as_contract(&view);
    object["admiralty"] = json!(grades);
    object["admiralty"]["code"] = json!(grades.code());
    object["point_decisions"] = json!(points);
    object["translation"] = json!({ "state": translations.state.word(), "reason": translations.reason });
    Ok(Json(object))
}

async fn inbox(State(app): State<App>, Query(pairs): Query<Vec<(String, String)>>) -> Answer {
    let fields = Fields(pairs);
    let query = InboxQuery {
        level_min: Level::from_word(fields.raw("level")).unwrap_or_default(),
        source: fields.read("source"),
        with_decided: fields.flag("decided"),
        needs_eyes: fields.flag("eyes"),
        limit: fields.read("limit").unwrap_or(ROWS).min(SEARCH_HITS_MAX),
        offset: fields.read("offset").unwrap_or(0),
    };
    let (rows, total) = app.ask(move |door| door.inbox(&query)).await?;
    Ok(Json(json!({ "total": total, "rows": rows })))
}

async fn family(State(app): State<App>, Path(text): Path<String>) -> Answer {
    let family: FamilyId = id("family", &text)?;
    Ok(Json(json!(app.ask(move |door| door.lineage(family)).await?)))
}

async fn all_series(State(app): State<App>) -> Answer {
    Ok(Json(json!(app.ask(|door| door.all_series()).await?)))
}

async fn series(State(app): State<App>, Path(id): Path<String>) -> Answer {
    Ok(Json(json!(app.ask(move |door| door.series(&id)).await?)))
}

#[derive(Deserialize)]
struct Match {
    pdq: String,
}

async fn match_image(State(app): State<App>, body: String) -> Answer {
    let asked: Match = serde_json::from_str(&body)
        .map_err(|error| WebError::Bad(format!("expected {{\"pdq\":\"64 hexadecimal digits\"}}: {error}")))?;
    let pdq = asked.pdq.clone();
    let found = app.ask(move |door| door.match_image(&pdq)).await?;
    let matches: Vec<Value> = found.iter().map(|(id, distance)| json!({ "id": id, "distance": distance })).collect();
    Ok(Json(json!({ "query": asked.pdq, "matches": matches })))
}

/// The object that scripts rely on: the same as `vedette show --json`.
fn as_contract(view: &ItemView) -> Value {
    let content = view.content();
    let findings = content.map_or(&[][..], |version| &version.findings);
    json!({
        "item": view.item,
        "source": view.source.asked.name,
        "outlet": view.outlet,
        "level": view.level(),
        "versions": view.versions.iter().map(|version| &version.version).collect::<Vec<_>>(),
        "attachments": content.map(|version| &version.version.attachments),
        "readings": content.map(|version| &version.readings),
        "mentions": spans(findings, |found| found.mentions.iter().map(|one| json!(one)).collect()),
        "dates": spans(findings, |found| found.dates.iter().map(|one| json!(one)).collect()),
        "links": spans(findings, |found| found.links.iter().map(|one| json!(one)).collect()),
        "statements": spans(findings, |found| found.statements.iter().map(|one| json!(one)).collect()),
        "likenesses": view.likenesses,
        "family": view.family,
        "assessment": content.map(|version| &version.assessment),
        "decisions": view.decisions,
        "seen": view.seen,
        "evidence": content.map(|version| json!({
            "sha256": version.version.exhibit,
            "captured_at": version.version.captured_at,
            "leaf": version.version.leaf,
            "tree_size": view.tree_size,
        })),
    })
}

/// Findings of all readings, each with the number of its reading.
fn spans(findings: &[Findings], pick: fn(&Findings) -> Vec<Value>) -> Vec<Value> {
    let numbered = |(reading, found): (usize, &Findings)| {
        pick(found).into_iter().map(move |mut value| {
            value["reading"] = reading.into();
            value
        })
    };
    findings.iter().enumerate().flat_map(numbered).collect()
}
