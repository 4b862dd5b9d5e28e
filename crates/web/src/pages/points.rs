//! The points of an item: each thing that the machine says of it, with the words it rests on and what people decided, and a
//! form to confirm, change or reject it.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use vedette_core::{ContentGrade, ItemId, PointKey, PointKind, StatementKind, Verdict};
use vedette_desk::{Point, PointJudgement};

use crate::app::{App, Shown, go, id, show};
use crate::error::WebError;
use crate::fields::Fields;
use crate::pages::{Choice, Pager, Top};
use crate::words;

/// Points on one page.
const POINTS: usize = 60;

#[derive(Template)]
#[template(path = "points.html")]
struct Page {
    top: Top,
    id: String,
    points: Vec<PointView>,
    pager: Pager,
    done: usize,
    total: usize,
}

struct PointView {
    number: usize,
    key: String,
    kind: &'static str,
    label: String,
    quote: String,
    decision: Option<DecidedView>,
    /// What may stand there instead; a free text where this is empty.
    choices: Vec<Choice>,
    hint: &'static str,
}

/// What a person decided on a point, in words.
#[derive(Debug, Clone)]
pub(crate) struct DecidedView {
    pub(crate) verdict: &'static str,
    pub(crate) value: Option<String>,
    pub(crate) by: String,
    pub(crate) at: String,
    pub(crate) reason: String,
    pub(crate) leaf: u64,
}

impl DecidedView {
    pub(crate) fn of(one: &PointJudgement) -> Self {
        Self {
            verdict: match one.decision.verdict {
                Verdict::Confirm => "confirmed",
                Verdict::Change => "changed",
                Verdict::Reject => "rejected",
            },
            value: one.decision.value.clone(),
            by: one.by.clone(),
            at: words::utc(one.at),
            reason: one.decision.reason.clone(),
            leaf: one.leaf,
        }
    }
}

pub(crate) async fn page(
    State(app): State<App>,
    Path(text): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Shown {
    let item: ItemId = id("item", &text)?;
    let page = Fields(pairs).page();
    let (points, _) = app.ask(move |door| door.judged(item)).await?;
    let shown: Vec<PointView> = points
        .iter()
        .enumerate()
        .skip((page - 1) * POINTS)
        .take(POINTS)
        .map(|(number, point)| view(number + 1, point))
        .collect();
    show(&Page {
        top: app.top("inbox"),
        id: item.to_string(),
        pager: Pager::new(page, POINTS, shown.len(), points.len() as u64, &format!("/item/{item}/points?")),
        done: points.iter().filter(|point| point.decision.is_some()).count(),
        total: points.len(),
        points: shown,
    })
}

fn view(number: usize, point: &Point) -> PointView {
    let (choices, hint) = choices(&point.key);
    PointView {
        number,
        key: point.key.to_string(),
        kind: point.key.kind.word(),
        label: words::defang_text(&point.label),
        quote: words::defang_text(&point.quote),
        decision: point.decision.as_ref().map(DecidedView::of),
        choices,
        hint,
    }
}

/// What may stand in the machine's place: a list, or a hint for what to write.
fn choices(key: &PointKey) -> (Vec<Choice>, &'static str) {
    let list = |all: &[(String, String)]| -> Vec<Choice> {
        let others = all.iter().filter(|(value, _)| *value != key.machine);
        others.map(|(value, label)| Choice { value: value.clone(), label: label.clone(), chosen: false }).collect()
    };
    let same = |words: &[&str]| words.iter().map(|word| ((*word).to_owned(), (*word).to_owned())).collect::<Vec<_>>();
    match key.kind {
        PointKind::Tier => (list(&same(&["none", "1", "2", "3", "4"])), ""),
        PointKind::Content => {
            let grade =
                |grade: ContentGrade| (grade.number().to_string(), format!("{}: {}", grade.number(), grade.meaning()));
            (list(&ContentGrade::ALL.map(grade)), "")
        }
        PointKind::Statement => (list(&same(&StatementKind::ALL.map(StatementKind::word))), ""),
        PointKind::Reason => (Vec::new(), "points, such as 1.5"),
        PointKind::Date => (Vec::new(), "such as 2026-12-04"),
        PointKind::Mention => (Vec::new(), "kind:id of the register"),
        PointKind::Issue => (Vec::new(), "series#number, such as the-wick#7"),
    }
}

pub(crate) async fn decide(
    State(app): State<App>,
    Path(text): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let item: ItemId = id("item", &text)?;
    let fields = Fields(pairs);
    let key: PointKey = fields.raw("point").parse().map_err(|error| WebError::Bad(format!("{error}")))?;
    let verdict = fields.verdict()?;
    let (value, reason) = (fields.text("value"), fields.text("reason"));
    let back = fields.back(&format!("/item/{item}/points"));
    app.act(move |door, who| door.decide_point(who, item, &key, verdict, Some(&value), &reason)).await?;
    Ok(go(&back))
}
