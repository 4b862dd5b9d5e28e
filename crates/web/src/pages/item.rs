//! One item: everything known about it, and what a person can do with it.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use vedette_core::{ItemId, Level, ReportId, ReportStatus, Sha256, Verdict};

use crate::app::{App, Shown, go, id, show};
use crate::error::WebError;
use crate::fields::Fields;
use crate::pages::item_view::{ItemPage, Judged};
use crate::words;

/// Reports offered for citing: the ones somebody works on now.
const REPORTS_OFFERED: usize = 20;

pub(crate) async fn page(State(app): State<App>, Path(text): Path<String>) -> Shown {
    let item: ItemId = id("item", &text)?;
    let (now, view, translations, reports, judged) = app
        .ask(move |door| {
            let (points, grades) = door.judged(item)?;
            let mut partings = door.family_decisions()?;
            partings.retain(|one| one.holds && one.items().contains(&item));
            let judged = Judged { points, grades, campaign: door.campaign_of(item)?, partings };
            Ok((door.now(), door.item(item)?, door.translations(item)?, door.reports()?, judged))
        })
        .await?;
    let open = reports
        .into_iter()
        .filter(|report| report.status != ReportStatus::Withdrawn)
        .take(REPORTS_OFFERED)
        .map(|report| (report.id.to_string(), words::beginning(&report.title, 60)))
        .collect();
    show(&ItemPage::of(&view, &translations, &judged, open, app.top("inbox"), now))
}

pub(crate) async fn review(
    State(app): State<App>,
    Path(text): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let item: ItemId = id("item", &text)?;
    let fields = Fields(pairs);
    let verdict = fields.verdict()?;
    let level = Level::from_word(fields.raw("level"));
    if verdict == Verdict::Change && level.is_none() {
        return Err(WebError::Bad("choose the level that is right".to_owned()));
    }
    let reason = fields.text("reason");
    app.act(move |door, who| door.review(who, item, verdict, level, &reason)).await?;
    Ok(go(&format!("/item/{item}#review")))
}

pub(crate) async fn seen(
    State(app): State<App>,
    Path(text): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let item: ItemId = id("item", &text)?;
    let fields = Fields(pairs);
    let seen = fields.raw("seen") != "0";
    app.act(move |door, who| door.mark_seen(who, item, seen)).await?;
    Ok(go(&fields.back(&format!("/item/{item}"))))
}

/// Cites the item in a report that exists, or in a new one.
pub(crate) async fn cite(
    State(app): State<App>,
    Path(text): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let item: ItemId = id("item", &text)?;
    let fields = Fields(pairs);
    let report = match fields.raw("report") {
        "new" => {
            let title = fields.text("title");
            let title = if title.is_empty() { format!("Untitled report on {item}") } else { title };
            app.act(move |door, who| door.new_report(who, "Reports", &title, &[item])).await?.id
        }
        known => {
            let report: ReportId = id("report", known)?;
            app.act(move |door, who| door.cite(who, report, item)).await?;
            report
        }
    };
    Ok(go(&format!("/report/{report}/edit")))
}

/// A picture, drawn anew by the desk; never the bytes that were collected.
pub(crate) async fn picture(State(app): State<App>, Path(text): Path<String>) -> Result<Response, WebError> {
    let hash = hash(&text)?;
    let picture = app.picture(hash).await?;
    // Seeing it unblurred is an act of a person, and stands in the log before the picture is sent.
    app.act(move |door, who| door.log_view(who, &hash.hex(), "looked at a picture unblurred")).await?;
    Ok(([(CONTENT_TYPE, "image/png")], picture.png).into_response())
}

/// The same, blurred beyond recognition: what is shown before a person asks for more.
pub(crate) async fn blurred(State(app): State<App>, Path(text): Path<String>) -> Result<Response, WebError> {
    let picture = app.picture(hash(&text)?).await?;
    Ok(([(CONTENT_TYPE, "image/png")], picture.blurred_png).into_response())
}

fn hash(text: &str) -> Result<Sha256, WebError> {
    text.parse().map_err(|_| WebError::NotFound { what: "picture", id: text.chars().take(80).collect() })
}
