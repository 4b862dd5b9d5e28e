//! Campaigns and bursts: what the archive suggests belongs together, what people hold together, and what is named unusually often.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use vedette_assess::bursts::{Burst, HISTORY_DAYS, bursts};
use vedette_assess::campaigns::book::{Book, Campaign};
use vedette_assess::campaigns::{Join, joins, suggest, title_of};
use vedette_core::{
    CampaignAct, CampaignId, InboxRow, ItemId, Judged, Judgement, JudgementKind, Level, MentionKind, Signals,
};

use crate::{Desk, DeskError, DeskResult, Role, Who};

/// Days that suggestions look back: an older wave is history, and people have seen it.
const LOOK_BACK_DAYS: i64 = 180;
/// Suggestions that are told, the largest first.
const SUGGESTIONS_MAX: usize = 200;
/// Rows of one campaign that are shown; it may hold more.
pub const CAMPAIGN_ROWS_MAX: usize = 2_000;

/// Items that may be a campaign, or join one.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SuggestedCampaign {
    /// Its first item, by which people name it.
    pub key: ItemId,
    /// Such as `14 posters in 3 weeks, sports events`.
    pub title: String,
    /// Items that are in no campaign yet, oldest first.
    pub items: Vec<ItemId>,
    /// What joins them, to each other or to the campaign.
    pub joins: Vec<Join>,
    /// The campaign that they would join.
    pub into: Option<CampaignId>,
    /// The act that dismissed it, while it has not grown since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dismissed: Option<LastAct>,
}

/// A campaign that somebody accepted, in short.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct CampaignRow {
    /// The campaign.
    #[serde(flatten)]
    pub campaign: Campaign,
    /// What its items say of it, such as `14 posters in 3 weeks, sports events`.
    pub title: String,
    /// Its oldest and newest item.
    pub span: Option<(Timestamp, Timestamp)>,
    /// The highest level of its items.
    pub level: Level,
}

/// The newest act on campaigns that stands: the one that can be undone.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct LastAct {
    /// Its number.
    pub number: u64,
    /// In words.
    pub what: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// All that the page of campaigns shows.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Campaigns {
    /// Accepted ones, the newest first.
    pub accepted: Vec<CampaignRow>,
    /// Suggestions, the largest first.
    pub suggested: Vec<SuggestedCampaign>,
    /// Suggestions that somebody dismissed and that have not grown since.
    pub dismissed: Vec<SuggestedCampaign>,
    /// What can be undone.
    pub last: Option<LastAct>,
}

/// All that the page of one campaign shows, accepted or suggested.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct CampaignView {
    /// The campaign, when somebody accepted it.
    pub campaign: Option<Campaign>,
    /// What its items say of it.
    pub title: String,
    /// Of a suggestion: the campaign that its items would join.
    pub into: Option<CampaignId>,
    /// How many items it has; `rows` may show fewer.
    pub count: usize,
    /// Of a suggestion: the act that dismissed it, while it has not grown since.
    pub dismissed: Option<LastAct>,
    /// Its items, oldest first.
    pub rows: Vec<InboxRow>,
    /// What joins them.
    pub joins: Vec<Join>,
    /// What they name that is named unusually often today.
    pub bursts: Vec<Burst>,
    /// Acts on it, oldest first.
    pub history: Vec<LastAct>,
    /// Other campaigns.
    pub others: Vec<(CampaignId, String)>,
}

impl Desk {
    /// Accepted and suggested campaigns.
    pub fn campaigns(&self) -> DeskResult<Campaigns> {
        let (book, acts, standing) = self.book()?;
        let all: BTreeSet<ItemId> = book.campaigns().flat_map(|one| one.items.iter().copied()).collect();
        let signals = self.signals_of(&all)?;
        let row = |campaign: &Campaign| {
            let own = || signals.items.iter().filter(|signal| campaign.items.contains(&signal.item));
            CampaignRow {
                title: title_of(&signals, &campaign.items),
                // Signals stand in the order of time.
                span: own().next().zip(own().next_back()).map(|(first, last)| (first.posted_at, last.posted_at)),
                level: own().map(|one| one.level).max().unwrap_or_default(),
                campaign: campaign.clone(),
            }
        };
        let accepted = book.campaigns().map(row).collect();
        let last = standing.last().and_then(|number| acts.iter().find(|act| act.number == *number));
        let (dismissed, suggested) = self.suggested(&book, &acts)?.into_iter().partition(|one| one.dismissed.is_some());
        Ok(Campaigns { accepted, suggested, dismissed, last: last.and_then(last_act) })
    }

    /// One accepted campaign.
    pub fn campaign(&self, id: CampaignId) -> DeskResult<CampaignView> {
        let (book, acts, standing) = self.book()?;
        let campaign = book.campaign(id).ok_or_else(|| missing(id))?.clone();
        let signals = self.signals_of(&campaign.items)?;
        let number = u64::try_from(id.0).unwrap_or(0);
        let history = acts.iter().filter(|act| standing.contains(&act.number) && touches(act, number));
        Ok(CampaignView {
            title: title_of(&signals, &campaign.items),
            into: None,
            count: campaign.items.len(),
            dismissed: None,
            rows: self.rows_by_time(&signals)?,
            joins: joins(&signals),
            bursts: self.bursts_of(&signals)?,
            history: history.filter_map(last_act).collect(),
            others: others(&book, Some(id)),
            campaign: Some(campaign),
        })
    }

    /// The campaign that holds an item, and what people call it.
    pub fn campaign_of(&self, item: ItemId) -> DeskResult<Option<(CampaignId, String)>> {
        let (book, ..) = self.book()?;
        let held = book.holder(item).and_then(|id| book.campaign(id));
        Ok(held.map(|campaign| (campaign.id, campaign.name.clone())))
    }

    /// A suggested campaign, named by one of its items.
    pub fn suggested_campaign(&self, key: ItemId) -> DeskResult<CampaignView> {
        let (book, acts, _) = self.book()?;
        let found = self.suggestion(&book, &acts, key)?;
        let signals = self.signals_of(&found.items.iter().copied().collect())?;
        Ok(CampaignView {
            campaign: None,
            title: found.title,
            into: found.into,
            count: found.items.len(),
            dismissed: found.dismissed,
            rows: self.rows_by_time(&signals)?,
            joins: found.joins,
            bursts: self.bursts_of(&signals)?,
            history: Vec::new(),
            others: others(&book, None),
        })
    }

    /// Makes a campaign of items, or adds them to one. The campaign that holds them now.
    pub fn accept_campaign(
        &self,
        who: &Who,
        items: &[ItemId],
        name: &str,
        into: Option<CampaignId>,
    ) -> DeskResult<CampaignId> {
        for item in items {
            self.ports.records.item(*item)?;
        }
        let into = into.map(|id| u64::try_from(id.0).unwrap_or(0));
        let name = if into.is_some() { String::new() } else { name.trim().to_owned() };
        let number = self.act_on_campaigns(who, CampaignAct::Accept { into, name, items: items.to_vec() })?;
        Ok(id_of(into.unwrap_or(number)))
    }

    /// Says that a suggestion, named by one of its items, is no campaign. With `seen`, only when it still has so many items.
    pub fn dismiss_campaign(&self, who: &Who, key: ItemId, seen: Option<usize>, reason: &str) -> DeskResult<LastAct> {
        let (book, acts, _) = self.book()?;
        let found = self.suggestion(&book, &acts, key)?;
        if let Some(seen) = seen.filter(|seen| *seen != found.items.len()) {
            let now = found.items.len();
            return Err(DeskError::Unusable(format!("it had {seen} items and has {now} now: look at it again")));
        }
        if let Some(before) = found.dismissed {
            return Err(DeskError::Unusable(format!("{} dismissed it before", before.by)));
        }
        let act = CampaignAct::Dismiss { items: found.items, reason: reason.trim().to_owned() };
        let what = words(&act);
        let number = self.act_on_campaigns(who, act)?;
        Ok(LastAct { number, what, by: who.name().to_owned(), at: self.now() })
    }

    /// Makes other campaigns part of one.
    pub fn merge_campaigns(&self, who: &Who, into: CampaignId, from: &[CampaignId]) -> DeskResult<()> {
        let number = |id: &CampaignId| u64::try_from(id.0).unwrap_or(0);
        let act = CampaignAct::Merge { into: number(&into), from: from.iter().map(number).collect() };
        self.act_on_campaigns(who, act).map(drop)
    }

    /// Makes a campaign of its own of some items of one. Its id.
    pub fn split_campaign(&self, who: &Who, from: CampaignId, items: &[ItemId], name: &str) -> DeskResult<CampaignId> {
        let from = u64::try_from(from.0).unwrap_or(0);
        let act = CampaignAct::Split { from, name: name.trim().to_owned(), items: items.to_vec() };
        self.act_on_campaigns(who, act).map(id_of)
    }

    /// Brings back what was there before the newest act that stands. With `of`, only when that act is still the newest.
    pub fn undo_campaigns(&self, who: &Who, of: Option<u64>) -> DeskResult<LastAct> {
        let (_, acts, standing) = self.book()?;
        let newest = standing.last().and_then(|number| acts.iter().find(|act| act.number == *number));
        let Some(last) = newest.and_then(last_act) else {
            return Err(DeskError::Unusable("nothing was done to campaigns that could be undone".to_owned()));
        };
        if of.is_some_and(|of| of != last.number) {
            return Err(DeskError::Unusable(format!("`{}` was done since: look again what is undone", last.what)));
        }
        self.act_on_campaigns(who, CampaignAct::Undo { of: last.number })?;
        Ok(last)
    }

    /// Checks an act against what stands, records it, logs and audits it. Its number.
    fn act_on_campaigns(&self, who: &Who, act: CampaignAct) -> DeskResult<u64> {
        who.may(Role::Analyst, "change campaigns")?;
        let (book, acts, _) = self.book()?;
        book.check(&act).map_err(DeskError::Unusable)?;
        let newest = acts.last().map_or(0, |act| act.number);
        let said = words(&act);
        let judgement = Judgement::Campaign(act);
        let number = self.ports.judgements.judge(&judgement, who.name(), self.now(), Some(newest))?;
        self.audit(who, "campaign", &id_of(number).to_string(), &said)?;
        Ok(number)
    }

    /// The campaigns that stand, all acts, and the numbers of those that were not undone.
    fn book(&self) -> DeskResult<(Book, Vec<Judged>, Vec<u64>)> {
        let judged = self.ports.judgements.judgements(JudgementKind::Campaign, None)?;
        let acts: Vec<(u64, CampaignAct)> = judged
            .iter()
            .filter_map(|one| match &one.judgement {
                Judgement::Campaign(act) => Some((one.number, act.clone())),
                _ => None,
            })
            .collect();
        let (book, standing) = Book::read(&acts);
        Ok((book, judged, standing))
    }

    /// The suggestion that holds an item, dismissed or not.
    fn suggestion(&self, book: &Book, acts: &[Judged], key: ItemId) -> DeskResult<SuggestedCampaign> {
        let found = self.suggested(book, acts)?.into_iter().find(|one| one.items.contains(&key));
        found.ok_or_else(|| {
            let held = book.holder(key).map(|id| format!(": it is in {id}")).unwrap_or_default();
            DeskError::Unusable(format!("no suggested campaign holds {key}{held}"))
        })
    }

    /// What belongs together by the newest half year, without what is in a campaign already.
    fn suggested(&self, book: &Book, acts: &[Judged]) -> DeskResult<Vec<SuggestedCampaign>> {
        let from = self.now().checked_sub(SignedDuration::from_hours(24 * LOOK_BACK_DAYS)).ok();
        let signals = self.ports.judgements.signals(Level::Low, from, None)?;
        let (mut all, mut open) = (Vec::new(), 0);
        for found in suggest(&signals) {
            let items: Vec<ItemId> = found.items.iter().copied().filter(|item| book.holder(*item).is_none()).collect();
            let Some(key) = items.first().copied() else { continue };
            // What joins several campaigns goes to the one with most of its items.
            let holders: Vec<CampaignId> = found.items.iter().filter_map(|item| book.holder(*item)).collect();
            let into = holders.iter().max_by_key(|id| (holders.iter().filter(|one| one == id).count(), id.0)).copied();
            let touching = |join: &Join| items.contains(&join.earlier) || items.contains(&join.later);
            let joins =
                if holders.is_empty() { found.joins } else { found.joins.into_iter().filter(touching).collect() };
            let title =
                if holders.is_empty() { found.title } else { title_of(&signals, &items.iter().copied().collect()) };
            let dismissal = book.dismissal(&items).and_then(|number| acts.iter().find(|act| act.number == number));
            let dismissed = dismissal.and_then(last_act);
            // What was dismissed takes no place from what was not.
            open += usize::from(dismissed.is_none());
            all.push(SuggestedCampaign { key, title, items, joins, into, dismissed });
            if open == SUGGESTIONS_MAX {
                break;
            }
        }
        Ok(all)
    }

    /// Items in short, oldest first.
    fn signals_of(&self, items: &BTreeSet<ItemId>) -> DeskResult<Signals> {
        let some: Vec<ItemId> = items.iter().copied().collect();
        let rows = self.ports.judgements.rows_of(&some)?;
        let times = rows.iter().map(|row| row.posted_at);
        let (Some(from), Some(to)) = (times.clone().min(), times.max()) else { return Ok(Signals::default()) };
        let to = to.checked_add(SignedDuration::from_micros(1)).unwrap_or(to);
        let mut signals = self.ports.judgements.signals(Level::None, Some(from), Some(to))?;
        signals.items.retain(|signal| items.contains(&signal.item));
        Ok(signals)
    }

    fn rows_by_time(&self, signals: &Signals) -> DeskResult<Vec<InboxRow>> {
        let items: Vec<ItemId> = signals.items.iter().map(|one| one.item).take(CAMPAIGN_ROWS_MAX).collect();
        Ok(self.ports.judgements.rows_of(&items)?)
    }

    /// What is named unusually often today (UTC), the rarest first.
    pub fn bursts(&self) -> DeskResult<Vec<Burst>> {
        let now = self.now();
        let today = TimeZone::UTC.to_datetime(now).date();
        let from = now.checked_sub(SignedDuration::from_hours(24 * (HISTORY_DAYS as i64 + 1))).ok();
        let signals = self.ports.judgements.signals(Level::None, from, None)?;
        let first = signals.items.first().map(|one| TimeZone::UTC.to_datetime(one.posted_at).date());
        Ok(first.map(|first| bursts(&signals, today, first)).unwrap_or_default())
    }

    /// Those of them that items name.
    fn bursts_of(&self, signals: &Signals) -> DeskResult<Vec<Burst>> {
        let named: BTreeSet<(MentionKind, &str)> = signals
            .items
            .iter()
            .flat_map(|one| {
                let outlet = one.outlet.as_deref().map(|outlet| (MentionKind::Outlet, outlet));
                signals.names_of(one).map(|name| (name.kind, name.id.as_str())).chain(outlet)
            })
            .collect();
        let mut bursts = self.bursts()?;
        bursts.retain(|burst| named.contains(&(burst.kind, burst.id.as_str())));
        Ok(bursts)
    }
}

fn missing(id: CampaignId) -> DeskError {
    DeskError::Store(vedette_core::StoreError::NotFound { what: "campaign", id: id.to_string() })
}

fn id_of(number: u64) -> CampaignId {
    CampaignId(i64::try_from(number).unwrap_or(i64::MAX))
}

fn others(book: &Book, but: Option<CampaignId>) -> Vec<(CampaignId, String)> {
    book.campaigns().filter(|one| Some(one.id) != but).map(|one| (one.id, one.name.clone())).collect()
}

fn last_act(judged: &Judged) -> Option<LastAct> {
    let Judgement::Campaign(act) = &judged.judgement else { return None };
    Some(LastAct { number: judged.number, what: words(act), by: judged.by.clone(), at: judged.at })
}

fn touches(judged: &Judged, campaign: u64) -> bool {
    let Judgement::Campaign(act) = &judged.judgement else { return false };
    match act {
        CampaignAct::Accept { into, .. } => into.unwrap_or(judged.number) == campaign,
        CampaignAct::Merge { into, from } => *into == campaign || from.contains(&campaign),
        CampaignAct::Split { from, .. } => *from == campaign || judged.number == campaign,
        CampaignAct::Dismiss { .. } | CampaignAct::Undo { .. } => false,
    }
}

/// An act in words.
fn words(act: &CampaignAct) -> String {
    let items =
        |items: &[ItemId]| if items.len() == 1 { "1 item".to_owned() } else { format!("{} items", items.len()) };
    match act {
        CampaignAct::Accept { into: Some(into), items: some, .. } => {
            format!("added {} to {}", items(some), id_of(*into))
        }
        CampaignAct::Accept { into: None, name, items: some } => format!("accepted “{name}” with {}", items(some)),
        CampaignAct::Merge { into, from } => {
            let from: Vec<String> = from.iter().map(|number| id_of(*number).to_string()).collect();
            format!("merged {} into {}", from.join(", "), id_of(*into))
        }
        CampaignAct::Split { from, name, items: some } => {
            format!("split {} off {} as “{name}”", items(some), id_of(*from))
        }
        CampaignAct::Dismiss { items: some, reason } => {
            format!("dismissed a suggestion of {}: {reason}", items(some))
        }
        CampaignAct::Undo { of } => format!("undid act {of}"),
    }
}
