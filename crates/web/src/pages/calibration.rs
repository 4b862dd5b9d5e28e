//! Calibration: what happened to the machine's levels when people decided.

use askama::Template;
use axum::extract::State;
use vedette_core::Level;
use vedette_desk::{Group, Share};

use crate::app::{App, Shown, show};
use crate::pages::Top;
use crate::words::{self, When};

/// Disagreements listed; the export has all.
const DISAGREEMENTS: usize = 100;

#[derive(Template)]
#[template(path = "calibration.html")]
struct Page {
    top: Top,
    all: GroupView,
    matrix: Vec<RowView>,
    languages: Vec<GroupView>,
    sources: Vec<GroupView>,
    months: Vec<GroupView>,
    disagreements: Vec<Disagreement>,
    more: usize,
}

/// The decisions on one proposed level.
struct RowView {
    level: Level,
    cells: Vec<CellView>,
    total: u64,
}

struct CellView {
    count: u64,
    agrees: bool,
}

/// A share in words, with a bar of 100 units.
struct GroupView {
    name: String,
    of: u64,
    agreed: u64,
    percent: String,
    interval: String,
    low: u32,
    middle: u32,
    width: u32,
    lowered: u64,
    raised: u64,
}

struct Disagreement {
    id: String,
    proposed: Level,
    decided: Level,
    by: String,
    at: When,
    reason: String,
    lang: String,
    text: String,
}

impl GroupView {
    fn of(group: &Group, name: String) -> Self {
        let Share { agreed, of, low, high } = group.agreement;
        let hundredth = |share: f64| (share * 100.0).round() as u32;
        Self {
            name,
            of,
            agreed,
            percent: if of == 0 { "–".to_owned() } else { format!("{} %", hundredth(group.agreement.share())) },
            interval: format!("{}–{} %", hundredth(low), hundredth(high)),
            low: hundredth(low),
            middle: hundredth(group.agreement.share()),
            width: hundredth(high).saturating_sub(hundredth(low)).max(1),
            lowered: group.lowered,
            raised: group.raised,
        }
    }
}

pub(crate) async fn page(State(app): State<App>) -> Shown {
    let (now, (sums, decisions)) = app.ask(|door| Ok((door.now(), door.calibration()?))).await?;
    let groups = |groups: &[Group], name: &dyn Fn(&str) -> String| -> Vec<GroupView> {
        groups.iter().map(|group| GroupView::of(group, name(&group.name))).collect()
    };
    let row = |(proposed, counts): (Level, &[u64; 5])| RowView {
        level: proposed,
        total: counts.iter().sum(),
        cells: Level::ALL
            .into_iter()
            .zip(counts)
            .map(|(level, count)| CellView { count: *count, agrees: level == proposed })
            .collect(),
    };
    let listed = sums.disagreements.iter().take(DISAGREEMENTS).filter_map(|item| decisions.get(item));
    show(&Page {
        top: app.top("calibration"),
        matrix: Level::ALL.into_iter().zip(&sums.matrix).rev().map(row).collect(),
        languages: groups(&sums.by_language, &|code| words::language(code).to_owned()),
        sources: groups(&sums.by_source, &str::to_owned),
        months: groups(&sums.by_month, &str::to_owned),
        disagreements: listed
            .map(|one| Disagreement {
                id: one.item.to_string(),
                proposed: one.proposed,
                decided: one.decision.level,
                by: one.decision.by.clone(),
                at: When::of(one.decision.at, now),
                reason: one.decision.reason.clone(),
                lang: words::lang(&one.language).to_owned(),
                text: words::beginning(&one.text, 140),
            })
            .collect(),
        more: sums.disagreements.len().saturating_sub(DISAGREEMENTS),
        all: GroupView::of(&sums.all, "all".to_owned()),
    })
}
