//! Series: the issues of a magazine by number, with notices of what is missing or stands twice.

use askama::Template;
use axum::extract::{Path, State};
use jiff::Timestamp;
use vedette_core::IssueRow;
use vedette_desk::{Issue, SeriesRow};

use crate::app::{App, Shown, show};
use crate::pages::Top;
use crate::words::{When, counted};

/// Items of one issue that are listed, copies before talk.
const ITEMS: usize = 12;

#[derive(Template)]
#[template(path = "series.html")]
struct List {
    top: Top,
    series: Vec<Row>,
}

struct Row {
    id: String,
    name: String,
    outlet: String,
    numbers: String,
    issues: usize,
    with_copy: usize,
    missing: usize,
    last: When,
}

#[derive(Template)]
#[template(path = "series_one.html")]
struct One {
    top: Top,
    id: String,
    name: String,
    outlet: Option<String>,
    summary: String,
    notices: Vec<String>,
    lines: Vec<Line>,
}

/// An issue, or a gap between two.
struct Line {
    number: String,
    missing: bool,
    first: Option<When>,
    source: String,
    copies: Vec<String>,
    named: Vec<String>,
    more: usize,
    different: usize,
}

pub(crate) async fn list(State(app): State<App>) -> Shown {
    let (now, all) = app.ask(|door| Ok((door.now(), door.all_series()?))).await?;
    let row = |one: &SeriesRow| Row {
        id: one.id.clone(),
        name: one.name.clone(),
        outlet: one.outlet.clone().unwrap_or_default(),
        numbers: if one.from == one.to { format!("{}", one.from) } else { format!("{} to {}", one.from, one.to) },
        issues: one.issues,
        with_copy: one.with_copy,
        missing: one.missing,
        last: When::of(one.last_at, now),
    };
    show(&List { top: app.top("series"), series: all.iter().map(row).collect() })
}

pub(crate) async fn one(State(app): State<App>, Path(id): Path<String>) -> Shown {
    let (now, view) = app.ask(move |door| Ok((door.now(), door.series(&id)?))).await?;
    let issues = &view.issues.issues;
    let mut lines: Vec<Line> = Vec::new();
    for issue in issues {
        let gap = view.issues.missing.iter().find(|gap| gap.to + 1 == issue.number);
        lines.extend(gap.map(|gap| missing(gap.from, gap.to)));
        lines.push(line(issue, now));
    }
    let copies = issues.iter().filter(|issue| !issue.copies.is_empty()).count();
    show(&One {
        top: app.top("series"),
        summary: format!(
            "{} by number, {} of them with a copy",
            counted(issues.len() as u64, "issue", "issues"),
            copies
        ),
        id: view.id,
        name: view.name,
        outlet: view.outlet,
        notices: view.issues.notices,
        lines,
    })
}

fn missing(from: u32, to: u32) -> Line {
    Line {
        number: if from == to { from.to_string() } else { format!("{from} to {to}") },
        missing: true,
        first: None,
        source: String::new(),
        copies: Vec::new(),
        named: Vec::new(),
        more: 0,
        different: 0,
    }
}

fn line(issue: &Issue, now: Timestamp) -> Line {
    let items = |rows: &[IssueRow]| rows.iter().take(ITEMS).map(|row| row.item.to_string()).collect::<Vec<_>>();
    let (copies, named) = (items(&issue.copies), items(&issue.named));
    Line {
        number: issue.number.to_string(),
        missing: false,
        first: Some(When::of(issue.first_at, now)),
        source: issue.first_source.clone(),
        more: issue.copies.len() + issue.named.len() - copies.len() - named.len(),
        copies,
        named,
        different: issue.different,
    }
}
