//! The register: looked through and searched, and edited by proposals that a second act takes in.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use vedette_core::MentionKind;
use vedette_desk::{EntryRow, Proposal, ProposalState};

use crate::app::{App, Shown, go, show};
use crate::error::WebError;
use crate::fields::Fields;
use crate::pages::{Choice, Top};
use crate::word_diff::{Stretch, word_diff};
use crate::words::{self, utc};

/// Spellings of an entry that the list shows.
const ALIASES: usize = 6;
/// Characters of an entry's text in a form; the desk has its own limit.
const TOML_CHARS_MAX: usize = 70_000;

#[derive(Template)]
#[template(path = "register.html")]
struct List {
    top: Top,
    question: String,
    kinds: Vec<Choice>,
    rows: Vec<RowView>,
    total: usize,
    open: Vec<ProposalView>,
    waits: bool,
}

struct RowView {
    href: String,
    kind: &'static str,
    id: String,
    name: String,
    aliases: String,
    source: String,
    file: String,
    unverified: Vec<String>,
}

#[derive(Template)]
#[template(path = "entry.html")]
struct One {
    top: Top,
    heading: String,
    row: Option<RowView>,
    toml: String,
    new: bool,
    proposals: Vec<ProposalView>,
    waits: bool,
}

struct ProposalView {
    number: u64,
    href: String,
    kind: &'static str,
    id: String,
    open: bool,
    state: &'static str,
    by: String,
    at: String,
    reason: String,
    decided: Option<(String, String, String)>,
    changes: Vec<Stretch>,
}

/// The page of an entry.
fn href(kind: MentionKind, id: &str) -> String {
    format!("/register/{}/{}", kind.word(), words::encoded(id))
}

fn row(row: &EntryRow) -> RowView {
    let mut aliases: Vec<&str> = row.aliases.iter().take(ALIASES).map(String::as_str).collect();
    let more = row.aliases.len().saturating_sub(ALIASES);
    let more = format!("{more} more");
    if row.aliases.len() > ALIASES {
        aliases.push(&more);
    }
    RowView {
        href: href(row.kind, &row.id),
        kind: row.kind.word(),
        id: row.id.clone(),
        name: row.name.clone(),
        aliases: aliases.join(" · "),
        source: row.source.as_deref().map(words::defang_text).unwrap_or_default(),
        file: row.file.rsplit('/').next().unwrap_or_default().to_owned(),
        unverified: row.unverified.clone(),
    }
}

fn proposal(one: &Proposal, before: &str) -> ProposalView {
    ProposalView {
        number: one.number,
        href: href(one.kind, &one.id),
        kind: one.kind.word(),
        id: one.id.clone(),
        open: one.state == ProposalState::Open,
        state: match one.state {
            ProposalState::Open => "waits for a second look",
            ProposalState::Accepted => "accepted",
            ProposalState::Rejected => "turned down",
        },
        by: one.by.clone(),
        at: utc(one.at),
        reason: one.reason.clone(),
        decided: one.decided.as_ref().map(|(by, at, why)| (by.clone(), utc(*at), why.clone())),
        changes: word_diff(&words::defang_text(before), &words::defang_text(&one.toml)),
    }
}

pub(crate) async fn list(State(app): State<App>, Query(pairs): Query<Vec<(String, String)>>) -> Shown {
    let fields = Fields(pairs);
    let (question, kind) = (fields.text("q"), MentionKind::from_word(fields.raw("kind")));
    let asked = question.clone();
    let ((rows, total), proposals, waits) = app
        .ask(move |door| Ok((door.register_entries(&asked, kind)?, door.proposals()?, door.register_waits()?)))
        .await?;
    let choice = |one: Option<MentionKind>| Choice {
        value: one.map(MentionKind::word).unwrap_or_default().to_owned(),
        label: one.map_or("every kind", MentionKind::word).to_owned(),
        chosen: one == kind,
    };
    show(&List {
        top: app.top("register"),
        question,
        kinds: std::iter::once(None).chain(MentionKind::ALL.map(Some)).map(choice).collect(),
        rows: rows.iter().map(row).collect(),
        total,
        open: proposals.iter().filter(|one| one.state == ProposalState::Open).map(|one| proposal(one, "")).collect(),
        waits,
    })
}

/// A form for an entry that is not there yet.
pub(crate) async fn new(State(app): State<App>) -> Shown {
    show(&One {
        top: app.top("register"),
        heading: "A new entry".to_owned(),
        row: None,
        toml: "[[actor]]\nid = \"\"\nname = \"\"\naliases = []\nsource = \"\"\n".to_owned(),
        new: true,
        proposals: Vec::new(),
        waits: false,
    })
}

pub(crate) async fn one(State(app): State<App>, Path((kind, id)): Path<(String, String)>) -> Shown {
    let missing = || WebError::NotFound { what: "entry", id: format!("{kind}:{id}").chars().take(120).collect() };
    let of_kind = MentionKind::from_word(&kind).ok_or_else(missing)?;
    let asked = id.clone();
    let (view, waits) =
        app.ask(move |door| Ok((door.register_entry(of_kind, &asked)?, door.register_waits()?))).await?;
    show(&One {
        top: app.top("register"),
        heading: view.row.as_ref().map_or_else(|| id.clone(), |row| row.name.clone()),
        row: view.row.as_ref().map(row),
        proposals: view.proposals.iter().map(|one| proposal(one, &view.toml)).collect(),
        // What waits is what a person would go on from.
        toml: view
            .proposals
            .iter()
            .find(|one| one.state == ProposalState::Open)
            .map_or(view.toml, |one| one.toml.clone()),
        new: false,
        waits,
    })
}

pub(crate) async fn propose(
    State(app): State<App>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let fields = Fields(pairs);
    let toml: String = fields.raw("toml").chars().take(TOML_CHARS_MAX).collect();
    let reason = fields.text("reason");
    let made = app.act(move |door, who| door.propose_entry(who, &toml, &reason)).await?;
    Ok(go(&format!("{}#p{}", href(made.kind, &made.id), made.number)))
}

pub(crate) async fn decide(
    State(app): State<App>,
    Path(text): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let number: u64 =
        text.parse().map_err(|_| WebError::NotFound { what: "proposal", id: text.chars().take(80).collect() })?;
    let fields = Fields(pairs);
    let reason = fields.text("reason");
    let decided = match fields.raw("decide") {
        "accept" if fields.flag("sure") => app.act(move |door, who| door.accept_proposal(who, number)).await?,
        "accept" => return Err(WebError::Bad("tick that you have looked at the difference".to_owned())),
        "reject" => app.act(move |door, who| door.reject_proposal(who, number, &reason)).await?,
        _ => return Err(WebError::Bad("choose one: accept or turn down".to_owned())),
    };
    Ok(go(&format!("{}#p{number}", href(decided.kind, &decided.id))))
}
