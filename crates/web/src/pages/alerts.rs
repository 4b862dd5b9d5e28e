//! Alerts: what a watch, a level or a silent source raised, until somebody has taken it.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use vedette_core::{Alert, AlertId, AlertKind, AlertState, Level, Watch};

use crate::app::{App, Shown, go, id, show};
use crate::error::WebError;
use crate::fields::Fields;
use crate::pages::{Top, address};
use crate::words::{self, When};

#[derive(Template)]
#[template(path = "alerts.html")]
struct Page {
    top: Top,
    all: bool,
    alerts: Vec<AlertView>,
    watches: Vec<WatchView>,
}

struct AlertView {
    id: String,
    raised_by: String,
    source: Option<String>,
    item: Option<String>,
    text: String,
    at: When,
    state: AlertState,
    by: Option<String>,
}

struct WatchView {
    id: String,
    name: String,
    query: String,
    href: String,
    level_min: Level,
    by: String,
}

pub(crate) async fn page(State(app): State<App>, Query(pairs): Query<Vec<(String, String)>>) -> Shown {
    let all = Fields(pairs).flag("all");
    let (now, alerts, watches) = app.ask(move |door| Ok((door.now(), door.alerts(!all)?, door.watches()?))).await?;
    let alert = |alert: &Alert| AlertView {
        id: alert.id.to_string(),
        raised_by: raised_by(&alert.raised_by, &watches),
        source: match alert.raised_by {
            AlertKind::Source(id) | AlertKind::Silence(id) => Some(id.to_string()),
            _ => None,
        },
        item: alert.item.map(|id| id.to_string()),
        text: words::defang_text(&alert.text),
        at: When::of(alert.at, now),
        state: alert.state,
        by: alert.by.clone(),
    };
    let watch = |watch: &Watch| WatchView {
        id: watch.id.to_string(),
        name: watch.name.clone(),
        query: watch.query.clone(),
        href: address("/search", &[("q", &watch.query), ("sort", "newest")]),
        level_min: watch.level_min,
        by: watch.by.clone(),
    };
    show(&Page {
        top: app.top("alerts"),
        all,
        alerts: alerts.iter().map(alert).collect(),
        watches: watches.iter().map(watch).collect(),
    })
}

fn raised_by(kind: &AlertKind, watches: &[Watch]) -> String {
    match kind {
        AlertKind::Watch(id) => match watches.iter().find(|watch| watch.id == *id) {
            Some(watch) => format!("watch {}", watch.name),
            None => format!("watch {id}, removed since"),
        },
        AlertKind::Level(level) => format!("level {}", words::level(*level)),
        AlertKind::Source(id) => format!("source {id} fails"),
        AlertKind::Silence(id) => format!("source {id} is silent"),
    }
}

pub(crate) async fn set(
    State(app): State<App>,
    Path(text): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let alert: AlertId = id("alert", &text)?;
    let fields = Fields(pairs);
    let state = match fields.raw("state") {
        "acknowledged" => AlertState::Acknowledged,
        "closed" => AlertState::Closed,
        "open" => AlertState::Open,
        _ => return Err(WebError::Bad("an alert is acknowledged, closed or opened again".to_owned())),
    };
    app.act(move |door, who| door.set_alert(who, alert, state)).await?;
    Ok(go(&fields.back("/alerts")))
}
