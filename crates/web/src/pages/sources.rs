//! Sources: what is watched, under whose authorisation, how it goes, and what may have been missed.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use vedette_core::{AuthorityKind, Source, SourceGrade, SourceId, SourceState};
use vedette_desk::said;

use crate::app::{App, Shown, go, id, show};
use crate::error::WebError;
use crate::fields::Fields;
use crate::pages::{Choice, Top};
use crate::words::{When, defang, utc};

#[derive(Template)]
#[template(path = "sources.html")]
struct List {
    top: Top,
    sources: Vec<SourceView>,
    question: String,
    answer: Option<Answer>,
    suggestions: Vec<Suggestion>,
}

#[derive(Template)]
#[template(path = "source.html")]
struct One {
    top: Top,
    source: SourceView,
    notes: Vec<(String, String)>,
    gaps: Vec<GapView>,
    grade: SourceGrade,
    grades: Vec<Choice>,
    /// By whom, when and why.
    graded: Option<(String, String, String)>,
}

struct GapView {
    from: String,
    to: String,
    why: String,
    noted: String,
    /// When it was whole again.
    closed: Option<String>,
}

/// A question to the page of sources.
#[derive(Deserialize)]
pub(crate) struct Looking {
    #[serde(default)]
    why: String,
}

struct SourceView {
    id: String,
    name: String,
    kind: &'static str,
    address: String,
    room: Option<String>,
    outlet: Option<String>,
    /// Class and word of how it goes.
    health: (&'static str, String),
    last_success: Option<When>,
    last_item: Option<When>,
    last_error: Option<(String, String)>,
    failures: u32,
    items: u64,
    files_missing: u64,
    added: String,
    authorised_by: String,
    basis: String,
    authority: &'static str,
    recorded: String,
    until: String,
    in_force: bool,
    private: String,
    rhythm: Option<String>,
    backlog: u64,
    resting: Option<String>,
    proxy: Option<String>,
    kept: String,
}

/// What is known about something that somebody misses.
struct Answer {
    items: Vec<String>,
    reasons: Vec<String>,
}

struct Suggestion {
    address: String,
    kind: String,
    seen: u64,
    item: String,
    first: When,
}

pub(crate) async fn list(State(app): State<App>, Query(looking): Query<Looking>) -> Shown {
    let question = looking.why.trim().to_owned();
    let asked = question.clone();
    let (now, sources, suggestions, answer) = app
        .ask(move |door| {
            let answer = if asked.is_empty() { None } else { Some(door.whereabouts(&asked)?) };
            Ok((door.now(), door.sources()?, door.suggestions()?, answer))
        })
        .await?;
    let suggestion = |one: vedette_core::SourceSuggestion| Suggestion {
        address: one.address,
        kind: one.kind,
        seen: one.seen,
        item: one.first_item.to_string(),
        first: When::of(one.first_at, now),
    };
    show(&List {
        top: app.top("sources"),
        sources: sources.iter().map(|source| SourceView::of(source, now)).collect(),
        question: defang(&question),
        answer: answer.map(|known| Answer {
            items: known.items.iter().map(ToString::to_string).collect(),
            reasons: known.reasons,
        }),
        suggestions: suggestions.into_iter().map(suggestion).collect(),
    })
}

pub(crate) async fn one(State(app): State<App>, Path(text): Path<String>) -> Shown {
    let source: SourceId = id("source", &text)?;
    let (now, (source, notes), gaps, graded) = app
        .ask(move |door| {
            let graded = door.source_grades()?.remove(&source);
            Ok((door.now(), door.source(source)?, door.gaps(source)?, graded))
        })
        .await?;
    let grade = graded.as_ref().map(|one| one.grading.grade).unwrap_or_default();
    show(&One {
        grade,
        grades: SourceGrade::ALL
            .into_iter()
            .map(|one| Choice {
                value: one.word().to_owned(),
                label: format!("{}: {}", one.word(), one.meaning()),
                chosen: one == grade,
            })
            .collect(),
        graded: graded.map(|one| (one.by, utc(one.at), one.grading.reason)),
        top: app.top("sources"),
        source: SourceView::of(&source, now),
        notes: notes.into_iter().map(|(at, note)| (utc(at), note)).collect(),
        gaps: gaps
            .into_iter()
            .map(|gap| GapView {
                from: utc(gap.from),
                to: utc(gap.to),
                why: gap.why,
                noted: utc(gap.noted_at),
                closed: gap.closed_at.map(utc),
            })
            .collect(),
    })
}

/// Grades a source.
pub(crate) async fn grade(
    State(app): State<App>,
    Path(text): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let source: SourceId = id("source", &text)?;
    let fields = Fields(pairs);
    let grade = SourceGrade::from_word(fields.raw("grade"))
        .ok_or_else(|| WebError::Bad("choose a grade: A to F".to_owned()))?;
    let reason = fields.text("reason");
    app.act(move |door, who| door.grade_source(who, source, grade, &reason)).await?;
    Ok(go(&format!("/source/{source}#grade")))
}

impl SourceView {
    fn of(source: &Source, now: Timestamp) -> Self {
        let (asked, health) = (&source.asked, &source.health);
        let authorisation = &asked.authorisation;
        Self {
            id: source.id.to_string(),
            name: asked.name.clone(),
            kind: asked.kind.word(),
            address: defang(&asked.address),
            room: asked.room.clone(),
            outlet: asked.outlet.clone(),
            health: how_it_goes(source, now),
            last_success: health.last_success_at.map(|at| When::of(at, now)),
            last_item: health.last_item_at.map(|at| When::of(at, now)),
            last_error: health
                .last_error
                .clone()
                .map(|error| (health.last_error_at.map(utc).unwrap_or_default(), error)),
            failures: health.failures,
            items: health.items,
            files_missing: health.files_missing,
            added: utc(source.added_at),
            authorised_by: authorisation.authorised_by.clone(),
            basis: authorisation.basis.clone(),
            authority: match authorisation.kind {
                AuthorityKind::Public => "open to the public",
                AuthorityKind::Owner => "the owner's permission",
                AuthorityKind::Legal => "a legal authority's permission",
            },
            recorded: utc(authorisation.recorded_at),
            until: authorisation.until.map_or_else(|| "until withdrawn".to_owned(), |at| format!("until {}", utc(at))),
            in_force: authorisation.in_force(now),
            private: asked.allow_private.join(", "),
            rhythm: health.rhythm.map(|rhythm| {
                format!(
                    "usually {} between two posts, nearly never more than {}",
                    said(rhythm.usual_s),
                    said(rhythm.longest_s)
                )
            }),
            backlog: health.backlog,
            resting: health.resting_until.filter(|until| *until > now).map(utc),
            proxy: asked.reach.proxy.clone(),
            kept: match (&asked.keeping.hold, asked.keeping.days) {
                (Some(why), _) => format!("under a legal hold: {why}"),
                (None, Some(days)) => format!("for {days} days"),
                (None, None) => "until somebody erases it".to_owned(),
            },
        }
    }
}

/// The one thing to know about a source, worst first.
fn how_it_goes(source: &Source, now: Timestamp) -> (&'static str, String) {
    match source.state {
        SourceState::Removed => return ("idle", "removed".to_owned()),
        SourceState::Paused => return ("idle", "paused".to_owned()),
        SourceState::Active => {}
    }
    let health = &source.health;
    if !source.asked.authorisation.in_force(now) {
        return ("bad", "authorisation ended: not collected".to_owned());
    }
    if health.last_error.is_some() {
        return ("bad", format!("failing ({} in a row)", health.failures.max(1)));
    }
    match health.last_success_at {
        None => ("idle", "not collected yet".to_owned()),
        Some(_) if health.open_gaps > 0 => ("warn", format!("answers, {} open gaps", health.open_gaps)),
        Some(_) if health.files_missing > 0 => ("warn", format!("answers, {} files missing", health.files_missing)),
        Some(_) => ("good", "answers".to_owned()),
    }
}
