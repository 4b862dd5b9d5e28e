//! Campaigns of the invented world.

use std::collections::BTreeSet;

use vedette_core::{CampaignId, ItemId, Level, MentionKind};
use vedette_desk::{Burst, Campaign, CampaignRow, CampaignView, Campaigns, Join, LastAct, SuggestedCampaign};

use super::views::{HOSTILE, NOW, at, inbox};

fn campaign() -> Campaign {
    Campaign {
        id: CampaignId(3),
        name: format!("The Cup {HOSTILE}"),
        items: BTreeSet::from([ItemId(42), ItemId(31), ItemId(33)]),
    }
}

pub fn last() -> LastAct {
    LastAct {
        number: 8,
        what: format!("accepted “The Cup {HOSTILE}” with 3 items"),
        by: "A. Analyst".to_owned(),
        at: NOW.parse().unwrap(),
    }
}

pub fn bursts() -> Vec<Burst> {
    let burst = |kind, name: &str, today, usual| Burst {
        kind,
        id: name.to_lowercase(),
        name: name.to_owned(),
        today,
        usual,
        days: 28,
        chance: 1e-6,
    };
    vec![
        burst(MentionKind::Event, "Meridian Cup", 9, 0.7),
        burst(MentionKind::Venue, HOSTILE, 4, 0.0),
        burst(MentionKind::Place, "Kelmora", 61, 14.2),
    ]
}

fn joins() -> Vec<Join> {
    let join = |earlier, later, why: &str| Join { earlier: ItemId(earlier), later: ItemId(later), why: why.to_owned() };
    vec![
        join(42, 31, "the same family f12, 2 days apart"),
        join(31, 33, &format!("the same outlet {HOSTILE}, both name event Meridian Cup, 1 day apart")),
    ]
}

pub fn list(fresh: bool) -> Campaigns {
    if fresh {
        return Campaigns { accepted: Vec::new(), suggested: Vec::new(), dismissed: Vec::new(), last: None };
    }
    let suggestion = |key, title: &str, into| SuggestedCampaign {
        key: ItemId(key),
        title: title.to_owned(),
        items: vec![ItemId(key), ItemId(44), ItemId(45)],
        joins: joins(),
        into,
        dismissed: None,
    };
    Campaigns {
        accepted: vec![CampaignRow {
            campaign: campaign(),
            title: "14 posters in 3 weeks, sports events".to_owned(),
            span: Some((at("2026-11-01T10:00:00Z"), at("2026-11-18T18:00:00Z"))),
            level: Level::HighSpecific,
        }],
        suggested: vec![
            suggestion(42, "3 posts in 5 days, Meridian Cup, Kelmora", None),
            suggestion(27, &format!("3 posters in 2 weeks, {HOSTILE}"), Some(CampaignId(3))),
        ],
        dismissed: vec![SuggestedCampaign {
            dismissed: Some(LastAct { what: format!("dismissed a suggestion of 3 items: {HOSTILE}"), ..last() }),
            ..suggestion(29, "3 posts on one day, Kelmora", None)
        }],
        last: Some(last()),
    }
}

pub fn view(accepted: bool) -> CampaignView {
    let mut rows = inbox();
    for (day, row) in (1i8..).zip(&mut rows) {
        row.posted_at = at(&format!("2026-11-{:02}T18:00:00Z", day * 2));
    }
    CampaignView {
        campaign: accepted.then(campaign),
        title: "14 posters in 3 weeks, sports events".to_owned(),
        into: (!accepted).then_some(CampaignId(3)),
        count: rows.len(),
        dismissed: None,
        rows,
        joins: joins(),
        bursts: bursts(),
        history: if accepted { vec![last()] } else { Vec::new() },
        others: vec![(CampaignId(5), HOSTILE.to_owned())],
    }
}
