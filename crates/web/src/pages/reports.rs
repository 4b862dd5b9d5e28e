//! Reports: written from cited items, checked against them, released by a named person.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use vedette_core::{Audience, Footnote, ItemId, Report, ReportId, ReportStatus, Tlp};
use vedette_desk::{Problem, Severity};

use crate::app::{App, Shown, go, id, show};
use crate::error::WebError;
use crate::fields::Fields;
use crate::pages::{Choice, Top};
use crate::words::{counted, utc, utc_seconds};

#[derive(Template)]
#[template(path = "reports.html")]
struct List {
    top: Top,
    reports: Vec<Head>,
}

#[derive(Template)]
#[template(path = "report.html")]
struct View {
    top: Top,
    head: Head,
    audiences: Vec<Choice>,
    fragment: Fragment,
    footnotes: Vec<Note>,
}

#[derive(Template)]
#[template(path = "report_edit.html")]
struct Edit {
    top: Top,
    head: Head,
    source: String,
    problems: Vec<ProblemView>,
    passes: bool,
    fragment: Fragment,
    audiences: Vec<Choice>,
    footnotes: Vec<Note>,
    /// Why the text was not taken; the text stays in the box.
    refused: Option<String>,
}

/// HTML that the desk's own renderer wrote: everything collected or typed in it is escaped there. The only text that a
/// template takes as it is.
struct Fragment(String);

struct Head {
    id: String,
    series: String,
    title: String,
    authors: String,
    updated: String,
    status: &'static str,
    tlp: &'static str,
    cited: String,
    releases: Vec<(String, String, String, String)>,
}

struct Note {
    number: u32,
    item: String,
    source: String,
    outlet: Option<String>,
    posted: String,
    captured: String,
    sha256: String,
    leaf: u64,
    tree_size: u64,
}

struct ProblemView {
    error: bool,
    place: String,
    what: String,
    quote: Option<String>,
    expected_in: Option<String>,
}

pub(crate) async fn list(State(app): State<App>) -> Shown {
    let reports = app.ask(|door| door.reports()).await?;
    show(&List { top: app.top("reports"), reports: reports.iter().map(Head::of).collect() })
}

pub(crate) async fn new(
    State(app): State<App>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let fields = Fields(pairs);
    let (series, title) = (fields.text("series"), fields.text("title"));
    if title.is_empty() {
        return Err(WebError::Bad("a report needs a title: a full sentence that says what happened".to_owned()));
    }
    let series = if series.is_empty() { "Reports".to_owned() } else { series };
    let items = items(&fields.text("items"))?;
    let report = app.act(move |door, who| door.new_report(who, &series, &title, &items)).await?;
    Ok(go(&format!("/report/{}/edit", report.id)))
}

/// Item ids, with spaces or commas between them.
fn items(text: &str) -> Result<Vec<ItemId>, WebError> {
    text.split([' ', ',', '\n', '\t']).filter(|word| !word.is_empty()).map(|word| id("item", word)).collect()
}

pub(crate) async fn view(
    State(app): State<App>,
    Path(text): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Shown {
    let report: ReportId = id("report", &text)?;
    let audience = audience_of(Fields(pairs).raw("for")).unwrap_or_default();
    let (report, fragment) =
        app.ask(move |door| Ok((door.report(report)?, door.preview_report(report, audience)?))).await?;
    show(&View {
        top: app.top("reports"),
        head: Head::of(&report),
        audiences: audiences(audience),
        fragment: Fragment(fragment),
        footnotes: report.footnotes.iter().map(Note::of).collect(),
    })
}

pub(crate) async fn edit(State(app): State<App>, Path(text): Path<String>) -> Shown {
    let report: ReportId = id("report", &text)?;
    show(&editor(&app, report, None).await?)
}

/// Takes the text; when it cannot be understood, the page comes back with the text as typed and the line that is wrong.
pub(crate) async fn save(
    State(app): State<App>,
    Path(text): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Shown {
    let report: ReportId = id("report", &text)?;
    let source = Fields(pairs).raw("source").replace("\r\n", "\n");
    let typed = source.clone();
    match app.act(move |door, who| door.edit_report(who, report, &source)).await {
        Ok(_) => Ok(go(&format!("/report/{report}/edit#check"))),
        Err(error) if error.status().is_client_error() => {
            let status = error.status();
            let page = editor(&app, report, Some((typed, error.to_string()))).await?;
            let mut response = show(&page)?;
            *response.status_mut() = status;
            Ok(response)
        }
        Err(error) => Err(error),
    }
}

async fn editor(app: &App, id: ReportId, refused: Option<(String, String)>) -> Result<Edit, WebError> {
    let (report, source, problems, fragment) = app
        .ask(move |door| {
            let fragment = door.preview_report(id, Audience::Restricted)?;
            Ok((door.report(id)?, door.report_source(id)?, door.check_report(id)?, fragment))
        })
        .await?;
    let (source, refused) = match refused {
        Some((typed, why)) => (typed, Some(why)),
        None => (source, None),
    };
    Ok(Edit {
        top: app.top("reports"),
        head: Head::of(&report),
        source,
        passes: problems.iter().all(|problem| problem.severity != Severity::Error),
        problems: problems.iter().map(ProblemView::of).collect(),
        fragment: Fragment(fragment),
        audiences: audiences(Audience::Public),
        footnotes: report.footnotes.iter().map(Note::of).collect(),
        refused,
    })
}

pub(crate) async fn cite(
    State(app): State<App>,
    Path(text): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let report: ReportId = id("report", &text)?;
    let items = items(&Fields(pairs).text("items"))?;
    if items.is_empty() {
        return Err(WebError::Bad("name the items to cite, such as i42".to_owned()));
    }
    app.act(move |door, who| items.iter().try_for_each(|item| door.cite(who, report, *item).map(drop))).await?;
    Ok(go(&format!("/report/{report}/edit#notes")))
}

pub(crate) async fn release(
    State(app): State<App>,
    Path(text): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let report: ReportId = id("report", &text)?;
    let fields = Fields(pairs);
    let audience = audience_of(fields.raw("audience")).ok_or_else(|| WebError::Bad("choose an audience".to_owned()))?;
    let reason = fields.text("reason");
    if reason.is_empty() || !fields.flag("sure") {
        return Err(WebError::Bad(
            "a release needs a reason and the tick that you have read it: it cannot be taken back from its readers"
                .to_owned(),
        ));
    }
    app.act(move |door, who| door.release_report(who, report, audience, &reason)).await?;
    Ok(go(&format!("/report/{report}")))
}

fn audience_of(word: &str) -> Option<Audience> {
    match word {
        "public" => Some(Audience::Public),
        "subscriber" => Some(Audience::Subscriber),
        "restricted" => Some(Audience::Restricted),
        _ => None,
    }
}

fn audience_word(audience: Audience) -> &'static str {
    match audience {
        Audience::Public => "public",
        Audience::Subscriber => "subscriber",
        Audience::Restricted => "restricted",
    }
}

fn audiences(chosen: Audience) -> Vec<Choice> {
    [Audience::Public, Audience::Subscriber, Audience::Restricted]
        .into_iter()
        .map(|audience| Choice {
            value: audience_word(audience).to_owned(),
            label: match audience {
                Audience::Public => "Public: the excerpt",
                Audience::Subscriber => "Subscribers: the full text",
                Audience::Restricted => "Restricted: everything",
            }
            .to_owned(),
            chosen: audience == chosen,
        })
        .collect()
}

impl Head {
    fn of(report: &Report) -> Self {
        Self {
            id: report.id.to_string(),
            series: format!("{} No. {}", report.series, report.number),
            title: report.title.clone(),
            authors: report.authors.join(", "),
            updated: utc(report.updated_at),
            status: match report.status {
                ReportStatus::Draft => "draft",
                ReportStatus::Review => "in review",
                ReportStatus::Published => "published",
                ReportStatus::Withdrawn => "withdrawn",
            },
            tlp: match report.tlp {
                Tlp::Clear => "TLP:CLEAR",
                Tlp::Green => "TLP:GREEN",
                Tlp::Amber => "TLP:AMBER",
                Tlp::AmberStrict => "TLP:AMBER+STRICT",
                Tlp::Red => "TLP:RED",
            },
            cited: counted(report.footnotes.len() as u64, "footnote", "footnotes"),
            releases: report
                .releases
                .iter()
                .map(|one| (audience_word(one.audience).to_owned(), utc(one.at), one.by.clone(), one.reason.clone()))
                .collect(),
        }
    }
}

impl Note {
    fn of(footnote: &Footnote) -> Self {
        Self {
            number: footnote.number,
            item: footnote.evidence.item.to_string(),
            source: footnote.source.clone(),
            outlet: footnote.outlet.clone(),
            posted: utc(footnote.posted_at),
            captured: utc_seconds(footnote.evidence.captured_at),
            sha256: footnote.evidence.sha256.hex(),
            leaf: footnote.evidence.leaf,
            tree_size: footnote.evidence.tree_size,
        }
    }
}

impl ProblemView {
    fn of(problem: &Problem) -> Self {
        Self {
            error: problem.severity == Severity::Error,
            place: problem.block.map_or_else(|| "whole report".to_owned(), |block| format!("block {block}")),
            what: problem.what.clone(),
            quote: problem.quote.clone(),
            expected_in: problem.expected_in.clone(),
        }
    }
}
