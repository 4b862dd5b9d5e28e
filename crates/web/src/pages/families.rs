//! Families: one poster or statement in several languages on several channels: how it spread, what ties it, what people part.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::Timestamp;
use vedette_core::{FamilyId, FamilyMember, FamilyView, ItemId, Level, Tie};
use vedette_desk::{FamilyDecision, Lineage, Parted};

use crate::app::{App, Shown, go, id, show};
use crate::error::WebError;
use crate::fields::Fields;
use crate::pages::Top;
use crate::words::{self, When, counted, lag};

/// Families listed, the largest first.
const FAMILIES: usize = 100;
/// Partings listed beside them, the newest first.
const PARTINGS: usize = 100;
/// Members that can be parted on the page: of larger families, `vedette family part`.
const PARTED_HERE: usize = 200;
/// Likenesses of a member that are told.
const TIES: usize = 6;
/// Lanes of the picture; more channels are told in the table.
const LANES: usize = 16;
/// Height of a lane in pixels.
const LANE: usize = 46;
/// Where on a lane the first and the last dot stand, in tenths of a percent: none is cut off.
const LEFT: i64 = 25;
const RIGHT: i64 = 975;

#[derive(Template)]
#[template(path = "families.html")]
struct List {
    top: Top,
    families: Vec<Card>,
    partings: Vec<PartingView>,
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
    first: String,
    lanes: Vec<Lane>,
    height: usize,
    more_lanes: usize,
    ends: (String, String, String),
    channels: Vec<ChannelRow>,
    pairs: Vec<PairRow>,
    members: Vec<Member>,
    partings: Vec<PartingView>,
}

/// One channel of the picture.
struct Lane {
    name: String,
    text_y: usize,
    y: usize,
    dots: Vec<Dot>,
}

struct Dot {
    /// Percent of the width.
    x: String,
    level: Level,
    title: String,
    first: bool,
}

struct ChannelRow {
    source: String,
    first: When,
    lag: String,
    members: usize,
    languages: String,
}

struct PairRow {
    earlier: String,
    later: String,
    lag: String,
    leads: String,
    median: String,
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
    /// The others that it is like, with how much.
    like: Vec<(String, String)>,
    parts: bool,
}

/// A parting, for a person who may take it back.
pub(crate) struct PartingView {
    pub(crate) number: u64,
    pub(crate) what: String,
    pub(crate) reason: String,
    pub(crate) by: String,
    pub(crate) at: When,
    pub(crate) items: Vec<String>,
}

impl PartingView {
    pub(crate) fn of(one: &FamilyDecision, now: Timestamp) -> Self {
        Self {
            number: one.number,
            what: one.what.clone(),
            reason: words::defang_text(one.reason()),
            by: one.by.clone(),
            at: When::of(one.at, now),
            items: one.items().iter().map(ItemId::to_string).collect(),
        }
    }
}

pub(crate) async fn list(State(app): State<App>) -> Shown {
    let (now, families, decisions) =
        app.ask(|door| Ok((door.now(), door.families(FAMILIES)?, door.family_decisions()?))).await?;
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
    let holding = decisions.iter().rev().filter(|one| one.holds).take(PARTINGS);
    show(&List {
        top: app.top("families"),
        families: families.iter().filter_map(card).collect(),
        partings: holding.map(|one| PartingView::of(one, now)).collect(),
    })
}

pub(crate) async fn one(State(app): State<App>, Path(text): Path<String>) -> Shown {
    let family: FamilyId = id("family", &text)?;
    let (now, view) = app.ask(move |door| Ok((door.now(), door.lineage(family)?))).await?;
    show(&page(&view, app.top("families"), now))
}

fn page(view: &Lineage, top: Top, now: Timestamp) -> One {
    let members = &view.family.members;
    let first = members.first().map(|member| member.posted_at).unwrap_or_default();
    let last = members.last().map_or(first, |member| member.posted_at);
    let lanes = lanes(view, first, last);
    let channels = view.spread.channels.len();
    let ties = ties_by_item(&view.ties);
    let one = |(at, member): (usize, &FamilyMember)| Member {
        id: member.id.to_string(),
        source: member.source.clone(),
        posted: When::of(member.posted_at, now),
        lag: lag(first, member.posted_at),
        lang: words::lang(&member.language).to_owned(),
        language: words::language(&member.language).to_owned(),
        level: member.level,
        image: member.image.map(|image| image.hex()),
        text: words::beginning(&member.text, 400),
        like: ties.get(&member.id).cloned().unwrap_or_default(),
        parts: at < PARTED_HERE,
    };
    let middle = Timestamp::from_second(first.as_second().midpoint(last.as_second())).unwrap_or(first);
    One {
        top,
        id: view.family.id.to_string(),
        summary: format!(
            "{} on {}, in {}",
            counted(members.len() as u64, "member", "members"),
            counted(channels as u64, "source", "sources"),
            view.spread.languages.iter().map(in_language).collect::<Vec<_>>().join(", "),
        ),
        first: members.first().map(|member| member.id.to_string()).unwrap_or_default(),
        height: lanes.len() * LANE + 8,
        more_lanes: channels.saturating_sub(lanes.len()),
        lanes,
        ends: (words::utc(first), words::utc(middle), words::utc(last)),
        channels: view.spread.channels.iter().map(|one| channel(one, first, now)).collect(),
        pairs: view.spread.pairs.iter().map(pair).collect(),
        members: members.iter().enumerate().map(one).collect(),
        partings: view.partings.iter().map(|one| PartingView::of(one, now)).collect(),
    }
}

/// `Arabic 2`.
fn in_language((code, count): &(String, usize)) -> String {
    format!("{} {count}", words::language(code))
}

fn channel(channel: &vedette_desk::Channel, first: Timestamp, now: Timestamp) -> ChannelRow {
    let names: Vec<&str> = channel.languages.iter().map(|code| words::language(code)).collect();
    ChannelRow {
        source: channel.source.clone(),
        first: When::of(channel.first_at, now),
        lag: if channel.lag_seconds == 0 { "first".to_owned() } else { lag(first, channel.first_at) },
        members: channel.members,
        languages: names.join(", "),
    }
}

fn pair(pair: &vedette_desk::ChannelPair) -> PairRow {
    let together = pair.shared - pair.earlier_first - pair.later_first;
    let tied = if together > 0 { format!(", {together} in the same second") } else { String::new() };
    PairRow {
        earlier: pair.earlier.clone(),
        later: pair.later.clone(),
        lag: span(pair.lag_seconds),
        leads: format!("{} of {}, the other {}{tied}", pair.earlier_first, pair.shared, pair.later_first),
        median: span(pair.median_lag_seconds),
    }
}

/// A lag with its sign: below zero, the other one led.
fn span(seconds: i64) -> String {
    let zero = Timestamp::UNIX_EPOCH;
    let length = Timestamp::from_second(seconds.saturating_abs()).map_or_else(|_| String::new(), |at| lag(zero, at));
    if seconds < 0 { length.replacen('+', "−", 1) } else { length }
}

fn lanes(view: &Lineage, first: Timestamp, last: Timestamp) -> Vec<Lane> {
    let width = (last.as_second() - first.as_second()).max(1);
    let lane = |(number, channel): (usize, &vedette_desk::Channel)| Lane {
        name: words::beginning(&channel.source, 42),
        text_y: number * LANE + 16,
        y: number * LANE + 32,
        dots: view
            .family
            .members
            .iter()
            .enumerate()
            .filter(|(_, member)| member.source == channel.source)
            .map(|(at, member)| {
                let x = LEFT + (member.posted_at.as_second() - first.as_second()) * (RIGHT - LEFT) / width;
                let (language, level) = (words::language(&member.language), words::level(member.level));
                Dot {
                    x: format!("{}.{}", x / 10, x % 10),
                    level: member.level,
                    title: format!("{}: {}, {language}, {level}", member.id, words::utc(member.posted_at)),
                    first: at == 0,
                }
            })
            .collect(),
    };
    view.spread.channels.iter().take(LANES).enumerate().map(lane).collect()
}

/// What each item is like, nearest first.
fn ties_by_item(ties: &[Tie]) -> BTreeMap<ItemId, Vec<(String, String)>> {
    let mut all: BTreeMap<ItemId, Vec<(String, String)>> = BTreeMap::new();
    for tie in ties {
        for (item, other) in [(tie.a, tie.b), (tie.b, tie.a)] {
            let mine = all.entry(item).or_default();
            let other = other.to_string();
            if mine.len() < TIES && !mine.iter().any(|(known, _)| *known == other) {
                mine.push((other, words::alike(tie.kind, tie.distance)));
            }
        }
    }
    all
}

/// Says that a member does not belong, or is not the same as another one.
pub(crate) async fn part(
    State(app): State<App>,
    Path(text): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let family: FamilyId = id("family", &text)?;
    let fields = Fields(pairs);
    let item: ItemId = id("item", fields.raw("item"))?;
    let other: Option<ItemId> = match fields.raw("with") {
        "" => None,
        with => Some(id("item", with)?),
    };
    let reason = fields.text("reason");
    let done = app
        .act(move |door, who| match other {
            Some(other) => door.part_pair(who, item, other, &reason),
            None => door.part_item(who, item, &reason),
        })
        .await?;
    // Where the others still are, unless the family is gone or goes by another name.
    let stays = app.ask(move |door| Ok(door.family(family).is_ok())).await?;
    Ok(go(&if stays { format!("/family/{family}") } else { after(&done) }))
}

/// Takes a parting back.
pub(crate) async fn rejoin(
    State(app): State<App>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let fields = Fields(pairs);
    let of: u64 = fields.read("of").ok_or_else(|| WebError::Bad("say which act is taken back".to_owned()))?;
    let reason = fields.text("reason");
    let done = app.act(move |door, who| door.rejoin(who, of, &reason)).await?;
    Ok(go(&after(&done)))
}

/// Where to look after an act: the family that one of the items is in now, else the list with what people parted.
fn after(done: &Parted) -> String {
    let mut families = done.families.iter().filter_map(|(_, family)| *family);
    families.next().map_or_else(|| "/families#partings".to_owned(), |id| format!("/family/{id}"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lag_says_which_way_it_goes() {
        assert_eq!(span(0), "+0 s");
        assert_eq!(span(7_500), "+2 h 5 min");
        assert_eq!(span(-7_500), "−2 h 5 min");
    }

    #[test]
    fn after_an_act_the_family_that_is_left_is_shown() {
        let done = |families: &[(i64, Option<i64>)]| Parted {
            act: 1,
            what: String::new(),
            families: families.iter().map(|(item, family)| (ItemId(*item), family.map(FamilyId))).collect(),
            still_joined_by: vec![],
        };
        assert_eq!(after(&done(&[(1, None)])), "/families#partings");
        assert_eq!(after(&done(&[(1, None), (9, Some(9))])), "/family/f9");
    }
}
