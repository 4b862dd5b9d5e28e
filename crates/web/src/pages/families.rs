//! Families: one poster or statement in several languages on several channels, in the order in which it spread.

use askama::Template;
use axum::extract::{Path, State};
use vedette_core::{FamilyId, FamilyView, Level};

use crate::app::{App, Shown, id, show};
use crate::pages::Top;
use crate::words::{self, When, counted, lag};

/// Families listed, the largest first.
const FAMILIES: usize = 100;

#[derive(Template)]
#[template(path = "families.html")]
struct List {
    top: Top,
    families: Vec<Card>,
}

struct Card {
    id: String,
    members: String,
    sources: String,
    languages: String,
    level: Level,
    first: When,
    spread: String,
    image: Option<String>,
    lang: String,
    text: String,
}

#[derive(Template)]
#[template(path = "family.html")]
struct One {
    top: Top,
    id: String,
    summary: String,
    members: Vec<Member>,
}

struct Member {
    id: String,
    source: String,
    posted: When,
    lag: String,
    lang: String,
    language: String,
    level: Level,
    image: Option<String>,
    text: String,
}

pub(crate) async fn list(State(app): State<App>) -> Shown {
    let (now, families) = app.ask(|door| Ok((door.now(), door.families(FAMILIES)?))).await?;
    let card = |family: &FamilyView| {
        let first = family.members.first()?;
        Some(Card {
            id: family.id.to_string(),
            members: counted(family.members.len() as u64, "member", "members"),
            sources: counted(distinct(family.members.iter().map(|member| member.source.as_str())), "source", "sources"),
            languages: languages(family),
            level: family.members.iter().map(|member| member.level).max().unwrap_or_default(),
            first: When::of(first.posted_at, now),
            spread: family.members.last().map(|last| lag(first.posted_at, last.posted_at)).unwrap_or_default(),
            image: family.members.iter().find_map(|member| member.image).map(|image| image.hex()),
            lang: words::lang(&first.language).to_owned(),
            text: words::beginning(&first.text, 160),
        })
    };
    show(&List { top: app.top("families"), families: families.iter().filter_map(card).collect() })
}

pub(crate) async fn one(State(app): State<App>, Path(text): Path<String>) -> Shown {
    let family: FamilyId = id("family", &text)?;
    let (now, view) = app.ask(move |door| Ok((door.now(), door.family(family)?))).await?;
    let first = view.members.first().map(|member| member.posted_at).unwrap_or_default();
    let summary = format!(
        "{} on {}, in {}",
        counted(view.members.len() as u64, "member", "members"),
        counted(distinct(view.members.iter().map(|member| member.source.as_str())), "source", "sources"),
        languages(&view),
    );
    let member = |member: &vedette_core::FamilyMember| Member {
        id: member.id.to_string(),
        source: member.source.clone(),
        posted: When::of(member.posted_at, now),
        lag: lag(first, member.posted_at),
        lang: words::lang(&member.language).to_owned(),
        language: words::language(&member.language).to_owned(),
        level: member.level,
        image: member.image.map(|image| image.hex()),
        text: words::beginning(&member.text, 400),
    };
    let members = view.members.iter().map(member).collect();
    show(&One { top: app.top("families"), id: view.id.to_string(), summary, members })
}

fn distinct<'a>(values: impl Iterator<Item = &'a str>) -> u64 {
    values.collect::<std::collections::BTreeSet<_>>().len() as u64
}

fn languages(family: &FamilyView) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in family.members.iter().map(|member| words::language(&member.language)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}
