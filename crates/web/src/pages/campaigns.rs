//! Campaigns: what the archive suggests belongs together, what people hold together, and why.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use vedette_core::{CampaignId, InboxRow, ItemId, Level};
use vedette_desk::{Burst, CampaignView, Join, LastAct, SuggestedCampaign};

use crate::app::{App, Shown, go, id, show};
use crate::error::WebError;
use crate::fields::Fields;
use crate::pages::Top;
use crate::words::{self, When, counted};

/// Joins that are listed; each one explains one item.
const JOINS: usize = 200;
/// Bars of the strip; a longer campaign has a bar for several days.
const BARS: usize = 90;
/// Height of the strip in its own units.
const HEIGHT: u64 = 60;

#[derive(Template)]
#[template(path = "campaigns.html")]
struct List {
    top: Top,
    accepted: Vec<Card>,
    suggested: Vec<Card>,
    dismissed: Vec<Card>,
    last: Option<ActView>,
}

struct Card {
    id: String,
    href: String,
    name: String,
    title: String,
    items: String,
    span: Option<(String, String)>,
    /// The highest level of its items; of a suggestion it is not told.
    level: Level,
    /// Why, of a suggestion: the first joins.
    why: Vec<String>,
    into: Option<String>,
    /// The act that dismissed it.
    dismissed: Option<ActView>,
}

struct ActView {
    number: u64,
    what: String,
    by: String,
    at: When,
}

#[derive(Template)]
#[template(path = "campaign.html")]
struct One {
    top: Top,
    /// `k3`, or the item that names a suggestion.
    id: String,
    accepted: bool,
    name: String,
    title: String,
    into: Option<String>,
    /// How many items it has.
    count: usize,
    /// The act that dismissed a suggestion.
    dismissed: Option<ActView>,
    bars: Vec<Bar>,
    width: u64,
    strip: (String, String, String),
    rows: Vec<RowView>,
    joins: Vec<JoinView>,
    more_joins: usize,
    bursts: Vec<BurstView>,
    history: Vec<ActView>,
    others: Vec<(String, String)>,
}

/// A day (or several) of the strip, by the highest level in it.
struct Bar {
    x: u64,
    y: u64,
    height: u64,
    level: Level,
    title: String,
}

struct RowView {
    id: String,
    source: String,
    posted: When,
    level: Level,
    lang: String,
    language: String,
    text: String,
    /// Why it was joined, and with which item.
    why: Option<(String, String)>,
}

struct JoinView {
    earlier: String,
    later: String,
    why: String,
}

/// `9 mentions today, 1 usual`.
pub(crate) struct BurstView {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) today: String,
    pub(crate) usual: String,
    pub(crate) days: usize,
}

impl BurstView {
    pub(crate) fn of(burst: &Burst) -> Self {
        Self {
            kind: burst.kind.word(),
            name: burst.name.clone(),
            today: counted(u64::from(burst.today), "mention", "mentions"),
            usual: match burst.usual {
                usual if usual < 0.05 => "next to none".to_owned(),
                usual if usual < 10.0 => format!("{usual:.1}"),
                usual => format!("{usual:.0}"),
            },
            days: burst.days,
        }
    }
}

fn act(act: &LastAct, now: Timestamp) -> ActView {
    ActView { number: act.number, what: act.what.clone(), by: act.by.clone(), at: When::of(act.at, now) }
}

pub(crate) async fn list(State(app): State<App>) -> Shown {
    let (now, all) = app.ask(|door| Ok((door.now(), door.campaigns()?))).await?;
    let items = |number: usize| counted(number as u64, "item", "items");
    let suggestion = |one: &SuggestedCampaign| Card {
        id: one.key.to_string(),
        href: format!("/campaigns/{}", one.key),
        name: String::new(),
        title: one.title.clone(),
        items: items(one.items.len()),
        span: None,
        level: Level::None,
        why: one.joins.iter().take(2).map(|join| join.why.clone()).collect(),
        into: one.into.map(|id| id.to_string()),
        dismissed: one.dismissed.as_ref().map(|one| act(one, now)),
    };
    show(&List {
        top: app.top("campaigns"),
        last: all.last.as_ref().map(|last| act(last, now)),
        accepted: all
            .accepted
            .iter()
            .map(|one| Card {
                id: one.campaign.id.to_string(),
                href: format!("/campaigns/{}", one.campaign.id),
                name: one.campaign.name.clone(),
                title: one.title.clone(),
                items: items(one.campaign.items.len()),
                span: one.span.map(|(from, to)| (words::utc(from), words::utc(to))),
                level: one.level,
                why: Vec::new(),
                into: None,
                dismissed: None,
            })
            .collect(),
        suggested: all.suggested.iter().map(suggestion).collect(),
        dismissed: all.dismissed.iter().map(suggestion).collect(),
    })
}

/// `/campaigns/k3` is a campaign, `/campaigns/i12` the suggestion that holds an item.
pub(crate) async fn one(State(app): State<App>, Path(text): Path<String>) -> Shown {
    let (now, view) = if text.starts_with('k') {
        let campaign: CampaignId = id("campaign", &text)?;
        app.ask(move |door| Ok((door.now(), door.campaign(campaign)?))).await?
    } else {
        let item: ItemId = id("campaign", &text)?;
        app.ask(move |door| Ok((door.now(), door.suggested_campaign(item)?))).await?
    };
    show(&page(&text, &view, app.top("campaigns"), now))
}

fn page(text: &str, view: &CampaignView, top: Top, now: Timestamp) -> One {
    let row = |row: &InboxRow| RowView {
        id: row.id.to_string(),
        source: row.source.clone(),
        posted: When::of(row.posted_at, now),
        level: row.level,
        lang: words::lang(&row.language).to_owned(),
        language: words::language(&row.language).to_owned(),
        text: words::beginning(&row.text, 200),
        why: view.joins.iter().find(|join| join.later == row.id).map(why),
    };
    let (bars, strip) = strip(&view.rows);
    One {
        top,
        id: view.campaign.as_ref().map_or_else(|| text.to_owned(), |one| one.id.to_string()),
        accepted: view.campaign.is_some(),
        name: view.campaign.as_ref().map_or_else(|| "A suggested campaign".to_owned(), |one| one.name.clone()),
        title: view.title.clone(),
        into: view.into.map(|id| id.to_string()),
        count: view.count,
        dismissed: view.dismissed.as_ref().map(|one| act(one, now)),
        width: (bars.1 as u64).max(1) * 10,
        bars: bars.0,
        strip,
        rows: view.rows.iter().map(row).collect(),
        joins: view
            .joins
            .iter()
            .take(JOINS)
            .map(|join| JoinView {
                earlier: join.earlier.to_string(),
                later: join.later.to_string(),
                why: join.why.clone(),
            })
            .collect(),
        more_joins: view.joins.len().saturating_sub(JOINS),
        bursts: view.bursts.iter().map(BurstView::of).collect(),
        history: view.history.iter().rev().map(|one| act(one, now)).collect(),
        others: view.others.iter().map(|(id, name)| (id.to_string(), words::beginning(name, 60))).collect(),
    }
}

fn why(join: &Join) -> (String, String) {
    (join.why.clone(), join.earlier.to_string())
}

/// Bars with how many there are room for, and the days of both ends with what one bar is.
type Strip = ((Vec<Bar>, usize), (String, String, String));

/// The members along time.
fn strip(rows: &[InboxRow]) -> Strip {
    let day = |at: Timestamp| TimeZone::UTC.to_datetime(at).date();
    let days = rows.iter().map(|row| day(row.posted_at));
    let (Some(first), Some(last)) = (days.clone().min(), days.max()) else {
        return ((Vec::new(), 0), Default::default());
    };
    let span = usize::try_from(last.duration_since(first).as_hours() / 24).unwrap_or(0) + 1;
    let step = span.div_ceil(BARS);
    let mut slots: Vec<(u64, Level)> = vec![(0, Level::None); span.div_ceil(step)];
    for row in rows {
        let at = usize::try_from(day(row.posted_at).duration_since(first).as_hours() / 24).unwrap_or(0) / step;
        if let Some(slot) = slots.get_mut(at) {
            *slot = (slot.0 + 1, slot.1.max(row.level));
        }
    }
    let most = slots.iter().map(|slot| slot.0).max().unwrap_or(1).max(1);
    let bar = |(number, (count, level)): (usize, &(u64, Level))| {
        let height = (count * HEIGHT / most).max(3);
        let from = first.checked_add(Span::new().days((number * step) as i64)).unwrap_or(first);
        Bar {
            x: number as u64 * 10,
            y: HEIGHT - height,
            height,
            level: *level,
            title: format!("{from}: {}", counted(*count, "item", "items")),
        }
    };
    let bars = slots.iter().enumerate().filter(|(_, slot)| slot.0 > 0).map(bar).collect();
    let each = if step == 1 { "a bar a day".to_owned() } else { format!("a bar for {step} days") };
    ((bars, slots.len()), (first.to_string(), last.to_string(), each))
}

/// The ticked items of a form.
fn items(fields: &Fields) -> Result<Vec<ItemId>, WebError> {
    let ticked = fields.0.iter().filter(|(name, _)| name == "item").map(|(_, value)| id("item", value));
    let ticked: Vec<ItemId> = ticked.collect::<Result<_, _>>()?;
    if ticked.is_empty() {
        return Err(WebError::Bad("tick the items that are meant".to_owned()));
    }
    Ok(ticked)
}

/// Takes the ticked items of a suggestion into a new campaign, or into one that exists.
pub(crate) async fn accept(
    State(app): State<App>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let fields = Fields(pairs);
    let items = items(&fields)?;
    let into: Option<CampaignId> = match fields.raw("into") {
        "" | "new" => None,
        known => Some(id("campaign", known)?),
    };
    let name = fields.text("name");
    let made = app.act(move |door, who| door.accept_campaign(who, &items, &name, into)).await?;
    Ok(go(&format!("/campaigns/{made}")))
}

/// Says that a suggestion is no campaign.
pub(crate) async fn dismiss(
    State(app): State<App>,
    Path(text): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let key: ItemId = id("campaign", &text)?;
    let fields = Fields(pairs);
    let seen: usize = fields.read("seen").ok_or_else(|| WebError::Bad("say how many items were seen".to_owned()))?;
    let reason = fields.text("reason");
    app.act(move |door, who| door.dismiss_campaign(who, key, Some(seen), &reason)).await?;
    Ok(go("/campaigns"))
}

pub(crate) async fn merge(
    State(app): State<App>,
    Path(text): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let into: CampaignId = id("campaign", &text)?;
    let from: CampaignId = id("campaign", Fields(pairs).raw("from"))?;
    app.act(move |door, who| door.merge_campaigns(who, into, &[from])).await?;
    Ok(go(&format!("/campaigns/{into}")))
}

pub(crate) async fn split(
    State(app): State<App>,
    Path(text): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let from: CampaignId = id("campaign", &text)?;
    let fields = Fields(pairs);
    let (items, name) = (items(&fields)?, fields.text("name"));
    let made = app.act(move |door, who| door.split_campaign(who, from, &items, &name)).await?;
    Ok(go(&format!("/campaigns/{made}")))
}

pub(crate) async fn undo(
    State(app): State<App>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let of: u64 = Fields(pairs).read("of").ok_or_else(|| WebError::Bad("say which act is undone".to_owned()))?;
    app.act(move |door, who| door.undo_campaigns(who, Some(of))).await?;
    Ok(go("/campaigns"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strip_has_a_bar_for_each_day_or_for_several_and_never_more_than_fit() {
        let row = |day: &str, level| InboxRow {
            id: ItemId(1),
            source: String::new(),
            outlet: None,
            posted_at: format!("{day}T12:00:00Z").parse().unwrap(),
            language: String::new(),
            level,
            tier: None,
            text: String::new(),
            state: String::new(),
            reasons: Vec::new(),
            images: 0,
            family: None,
            decided: false,
            problems: Vec::new(),
        };
        let ((bars, slots), ends) =
            strip(&[row("2026-11-01", Level::Low), row("2026-11-03", Level::Medium), row("2026-11-03", Level::Low)]);
        assert_eq!(
            (slots, ends.0.as_str(), ends.1.as_str(), ends.2.as_str()),
            (3, "2026-11-01", "2026-11-03", "a bar a day")
        );
        let seen: Vec<_> = bars.iter().map(|bar| (bar.x, bar.y, bar.height, bar.level)).collect();
        assert_eq!(seen, [(0, 30, 30, Level::Low), (20, 0, 60, Level::Medium)]);
        let ((bars, slots), ends) = strip(&[row("2025-01-01", Level::Low), row("2026-12-31", Level::Low)]);
        assert!(slots <= BARS && bars.len() == 2 && ends.2 == "a bar for 9 days", "{slots} {}", ends.2);
        assert_eq!(strip(&[]).0.1, 0);
    }
}
