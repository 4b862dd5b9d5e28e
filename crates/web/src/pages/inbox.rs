//! The inbox: what came in and waits for a person, the most serious first.

use askama::Template;
use axum::extract::{Query, State};
use vedette_core::{Counts, InboxQuery, InboxRow, Level, Source};

use crate::app::{App, Shown, show};
use crate::fields::Fields;
use crate::pages::{Choice, Pager, Top, address};
use crate::words::{self, When, counted};

/// Rows of a page: what a person works through in one sitting, about three screens.
const ROWS: usize = 50;
/// Characters of a post's text in a row.
const TEXT_CHARS: usize = 320;
/// Reasons shown in a row.
const REASONS: usize = 3;

#[derive(Template)]
#[template(path = "inbox.html")]
pub(crate) struct InboxPage {
    top: Top,
    levels: Vec<Choice>,
    sources: Vec<Choice>,
    decided: bool,
    eyes: bool,
    filtered: bool,
    rows: Vec<Row>,
    pager: Pager,
    here: String,
    waiting: String,
}

pub(crate) struct Row {
    id: String,
    level: Level,
    tier: Option<u8>,
    source: String,
    outlet: Option<String>,
    posted: When,
    lang: String,
    language: String,
    text: String,
    state: String,
    reasons: Vec<String>,
    images: Option<String>,
    family: Option<(String, String)>,
    decided: bool,
    problems: Vec<String>,
}

pub(crate) async fn page(State(app): State<App>, Query(pairs): Query<Vec<(String, String)>>) -> Shown {
    let fields = Fields(pairs);
    let number = fields.page();
    let query = InboxQuery {
        level_min: Level::from_word(fields.raw("level")).unwrap_or_default(),
        source: fields.read("source"),
        with_decided: fields.flag("decided"),
        needs_eyes: fields.flag("eyes"),
        limit: ROWS,
        offset: (number - 1) * ROWS,
    };
    let asked = query.clone();
    let (now, (rows, total), sources, counts) =
        app.ask(move |door| Ok((door.now(), door.inbox(&asked)?, door.sources()?, door.counts()?))).await?;
    let source = query.source.map(|id| id.to_string()).unwrap_or_default();
    let level = if query.level_min == Level::None { "" } else { query.level_min.word() };
    let on = |flag: bool| if flag { "1" } else { "" };
    let filter =
        [("level", level), ("source", &source), ("eyes", on(query.needs_eyes)), ("decided", on(query.with_decided))];
    let base = address("/", &filter);
    show(&InboxPage {
        top: app.top("inbox"),
        levels: levels(query.level_min),
        sources: choices(&sources, &source),
        decided: query.with_decided,
        eyes: query.needs_eyes,
        filtered: filter.iter().any(|(_, value)| !value.is_empty()),
        pager: Pager::new(number, ROWS, rows.len(), total, &base),
        rows: rows.into_iter().map(|row| Row::of(row, now)).collect(),
        here: format!("{base}page={number}"),
        waiting: waiting(&counts),
    })
}

impl Row {
    fn of(row: InboxRow, now: jiff::Timestamp) -> Self {
        Self {
            id: row.id.to_string(),
            level: row.level,
            tier: row.tier,
            source: row.source,
            outlet: row.outlet,
            posted: When::of(row.posted_at, now),
            lang: words::lang(&row.language).to_owned(),
            language: words::language(&row.language).to_owned(),
            text: words::beginning(&row.text, TEXT_CHARS),
            state: if row.state == "posted" { String::new() } else { row.state },
            reasons: row.reasons.iter().take(REASONS).map(|reason| words::defang_text(reason)).collect(),
            images: (row.images > 0).then(|| counted(row.images.into(), "picture", "pictures")),
            family: row
                .family
                .filter(|(_, members)| *members > 1)
                .map(|(id, members)| (id.to_string(), format!("family of {members}"))),
            decided: row.decided,
            problems: row.problems,
        }
    }
}

/// The levels as lower bounds.
fn levels(chosen: Level) -> Vec<Choice> {
    let label = |level: Level| match level {
        Level::None => "every level".to_owned(),
        Level::HighSpecific => words::level(level).to_owned(),
        other => format!("{} or higher", words::level(other)),
    };
    let choice = |level: Level| Choice { value: level.word().to_owned(), label: label(level), chosen: level == chosen };
    Level::ALL.into_iter().map(choice).collect()
}

fn choices(sources: &[Source], chosen: &str) -> Vec<Choice> {
    let every = Choice { value: String::new(), label: "every source".to_owned(), chosen: chosen.is_empty() };
    let one = |source: &Source| {
        let value = source.id.to_string();
        Choice { chosen: value == chosen, label: source.asked.name.clone(), value }
    };
    std::iter::once(every).chain(sources.iter().map(one)).collect()
}

/// What else waits, in one line.
fn waiting(counts: &Counts) -> String {
    let mut parts = Vec::new();
    if counts.alerts_open > 0 {
        parts.push(counted(counts.alerts_open, "open alert", "open alerts"));
    }
    if counts.jobs_waiting > 0 {
        parts.push(format!("{} still being read", counted(counts.jobs_waiting, "file", "files")));
    }
    if counts.jobs_parked > 0 {
        parts.push(format!("{} could not be read", counts.jobs_parked));
    }
    parts.push(format!(
        "{} from {} kept",
        counted(counts.items, "item", "items"),
        counted(counts.sources, "source", "sources")
    ));
    parts.join(" · ")
}
