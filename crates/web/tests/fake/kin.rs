//! How a family of the fictional world spread, what people parted, and the issues of its magazine.

use vedette_core::{FamilyAct, FamilyId, IssueRow, ItemId, LikenessKind, Sha256, Tie, VersionId};
use vedette_desk::{
    Channel, ChannelPair, FamilyDecision, Issue, Issues, Lineage, Missing, Parted, SeriesRow, SeriesView, Spread,
};

use super::views::{self, HOSTILE, at};

fn decision(number: u64, act: FamilyAct, what: &str, holds: bool) -> FamilyDecision {
    let (by, at) = ("A. Analyst".to_owned(), at("2026-11-19T09:00:00Z"));
    FamilyDecision { number, act, what: what.to_owned(), by, at, leaf: 700 + number, holds }
}

pub fn decisions() -> Vec<FamilyDecision> {
    let leave = FamilyAct::Leave { item: ItemId(42), family: FamilyId(12), reason: HOSTILE.to_owned() };
    let part = FamilyAct::Part { items: [ItemId(31), ItemId(44)], reason: "the words differ".to_owned() };
    let back = FamilyAct::Rejoin { of: 3, reason: "they are".to_owned() };
    vec![
        decision(
            3,
            FamilyAct::Part { items: [ItemId(12), ItemId(42)], reason: "no".to_owned() },
            "i12 and i42 are not the same",
            false,
        ),
        decision(5, leave, "took i42 out of f12", true),
        decision(6, back, "took act 3 back", false),
        decision(8, part, "i31 and i44 are not the same", true),
    ]
}

pub fn parted(families: &[(ItemId, Option<FamilyId>)]) -> Parted {
    Parted { act: 9, what: "parted".to_owned(), families: families.to_vec(), still_joined_by: Vec::new() }
}

pub fn lineage(fresh: bool) -> Lineage {
    let family = views::family();
    let first = family.members[0].posted_at;
    let channel = |member: &vedette_core::FamilyMember| Channel {
        source: member.source.clone(),
        members: 1,
        first_at: member.posted_at,
        lag_seconds: member.posted_at.as_second() - first.as_second(),
        languages: vec![member.language.clone()],
    };
    let mut channels: Vec<Channel> = family.members.iter().map(channel).collect();
    channels.dedup_by(|b, a| a.source == b.source);
    channels[0].members = 2;
    let pair = ChannelPair {
        earlier: channels[0].source.clone(),
        later: channels[1].source.clone(),
        lag_seconds: 204_000,
        shared: 5,
        earlier_first: 1,
        later_first: 3,
        median_lag_seconds: -7_500,
    };
    let tie = |a: i64, b: i64, kind, distance| Tie { a: ItemId(a), b: ItemId(b), kind, distance };
    Lineage {
        spread: Spread {
            channels,
            pairs: vec![pair],
            languages: vec![("ar".to_owned(), 2), ("en".to_owned(), 1), ("fr".to_owned(), 1)],
        },
        family,
        ties: vec![tie(12, 42, LikenessKind::Image, 12.0), tie(42, 44, LikenessKind::Text, 0.08)],
        partings: if fresh { Vec::new() } else { decisions().into_iter().filter(|one| one.holds).collect() },
    }
}

pub fn all_series() -> Vec<SeriesRow> {
    vec![SeriesRow {
        id: "the-wick".to_owned(),
        name: HOSTILE.to_owned(),
        outlet: Some("Lantern Media".to_owned()),
        issues: 3,
        with_copy: 2,
        from: 11,
        to: 14,
        missing: 1,
        last_at: at("2026-06-02T08:00:00Z"),
    }]
}

pub fn series() -> SeriesView {
    let row = |number: u32, item: i64, day: &str, copy: bool| IssueRow {
        series: "the-wick".to_owned(),
        number,
        item: ItemId(item),
        version: VersionId(item),
        copy,
        file: copy.then_some(Sha256([item as u8; 32])),
        source: HOSTILE.to_owned(),
        posted_at: at(&format!("2026-{day}T08:00:00Z")),
        family: None,
    };
    let issue = |number: u32, copies: Vec<IssueRow>, named: Vec<IssueRow>, different: usize| {
        let first = copies.first().or(named.first()).unwrap().clone();
        let (first_at, first_source, first_item) = (first.posted_at, first.source, first.item);
        Issue { number, first_at, first_source, first_item, copies, named, different }
    };
    let eleven = issue(11, vec![], vec![row(11, 8, "04-01", false)], 0);
    let twelve = issue(12, vec![row(12, 12, "05-03", true), row(12, 31, "05-04", true)], vec![], 2);
    let fourteen = issue(14, vec![row(14, 42, "06-02", true)], vec![row(14, 44, "06-03", false)], 1);
    let missing = Missing { from: 13, to: 13, before: (12, twelve.first_at), after: (14, fourteen.first_at) };
    SeriesView {
        id: "the-wick".to_owned(),
        name: "The Wick".to_owned(),
        outlet: Some("Lantern Media".to_owned()),
        issues: Issues {
            issues: vec![eleven, twelve, fourteen],
            missing: vec![missing],
            notices: vec![
                "No copy of No. 11 was seen; i8 of 1 April 2026 speaks of it".to_owned(),
                "2 different things bear No. 12: editions in several languages, or a number used twice".to_owned(),
                "No. 13 was not seen; 12 on 3 May 2026, 14 on 2 June 2026".to_owned(),
            ],
        },
    }
}
