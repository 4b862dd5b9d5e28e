//! Series: issues by number, as the archive shows them and people corrected them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use vedette_assess::series::{Issues, issues};
use vedette_core::{
    IssueRow, ItemId, Judgement, JudgementKind, MentionKind, PointDecision, PointKind, StoreError, Verdict,
};
use vedette_recognise::ISSUE_NUMBER_MAX;

use crate::{Desk, DeskError, DeskResult};

/// A series in the list.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SeriesRow {
    /// Id in the register.
    pub id: String,
    /// Its name there; the id when the register does not know it any more.
    pub name: String,
    /// Outlet that publishes it, by name.
    pub outlet: Option<String>,
    /// Numbers that something shows or names.
    pub issues: usize,
    /// Numbers of which a copy was seen.
    pub with_copy: usize,
    /// Lowest and highest number.
    pub from: u32,
    /// Highest number.
    pub to: u32,
    /// Numbers between them that were not seen.
    pub missing: usize,
    /// When the newest issue was first seen.
    pub last_at: Timestamp,
}

/// A series with its issues.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SeriesView {
    /// Id in the register.
    pub id: String,
    /// Its name there.
    pub name: String,
    /// Outlet that publishes it, by name.
    pub outlet: Option<String>,
    /// Its issues, what is missing, and what to look at.
    #[serde(flatten)]
    pub issues: Issues,
}

/// `the-wick#7`: an issue as points of an item write it.
pub(crate) fn written(series: &str, number: u32) -> String {
    format!("{series}#{number}")
}

/// Series and number of an issue that is written so.
pub(crate) fn parse(text: &str) -> Option<(&str, u32)> {
    let (series, number) = text.rsplit_once('#')?;
    let number = number.parse().ok().filter(|number| (1..=ISSUE_NUMBER_MAX).contains(number))?;
    (!series.is_empty()).then_some((series, number))
}

/// Rows as people corrected them: the newest decision on an issue of an item holds for all places where the item says it.
fn corrected(mut rows: Vec<IssueRow>, decided: &BTreeMap<(ItemId, String), PointDecision>) -> Vec<IssueRow> {
    rows.retain_mut(|row| {
        let Some(decision) = decided.get(&(row.item, written(&row.series, row.number))) else { return true };
        match (decision.verdict, decision.value.as_deref().and_then(parse)) {
            (Verdict::Confirm, _) => true,
            (Verdict::Change, Some((series, number))) => {
                (row.series, row.number) = (series.to_owned(), number);
                true
            }
            (Verdict::Change | Verdict::Reject, _) => false,
        }
    });
    rows.sort_by(|a, b| (&a.series, a.number, a.posted_at, a.item).cmp(&(&b.series, b.number, b.posted_at, b.item)));
    // A changed number may meet one that the item says elsewhere.
    rows.dedup_by(|b, a| {
        let same = (&a.series, a.number, a.item) == (&b.series, b.number, b.item);
        a.copy |= same && b.copy;
        same
    });
    rows
}

impl Desk {
    /// Series of which something shows or names an issue, the one with the newest issue first.
    pub fn all_series(&self) -> DeskResult<Vec<SeriesRow>> {
        let mut all = Vec::new();
        for rows in self.issue_rows()?.chunk_by(|a, b| a.series == b.series) {
            let found = issues(rows);
            let numbers = || found.issues.iter().map(|issue| issue.number);
            let (Some(first), Some(from), Some(to)) = (rows.first(), numbers().min(), numbers().max()) else {
                continue;
            };
            let (name, outlet) = self.series_name(&first.series);
            all.push(SeriesRow {
                id: first.series.clone(),
                name,
                outlet,
                issues: found.issues.len(),
                with_copy: found.issues.iter().filter(|issue| !issue.copies.is_empty()).count(),
                from,
                to,
                missing: found.missing.iter().map(|gap| (gap.to - gap.from + 1) as usize).sum(),
                last_at: found.issues.iter().map(|issue| issue.first_at).max().unwrap_or_default(),
            });
        }
        all.sort_by(|a, b| (b.last_at, &a.id).cmp(&(a.last_at, &b.id)));
        Ok(all)
    }

    /// One series, by its id in the register.
    pub fn series(&self, id: &str) -> DeskResult<SeriesView> {
        let rows: Vec<IssueRow> = self.issue_rows()?.into_iter().filter(|row| row.series == id).collect();
        if rows.is_empty() && self.rooms.analyst.register().entry(MentionKind::Series, id).is_none() {
            return Err(DeskError::Store(StoreError::NotFound { what: "series", id: id.to_owned() }));
        }
        let (name, outlet) = self.series_name(id);
        Ok(SeriesView { id: id.to_owned(), name, outlet, issues: issues(&rows) })
    }

    fn issue_rows(&self) -> DeskResult<Vec<IssueRow>> {
        let rows = self.ports.kinship.issues(None)?;
        let mut decided = BTreeMap::new();
        for judged in self.ports.judgements.judgements(JudgementKind::Point, None)? {
            if let Judgement::Point(item, decision) = judged.judgement
                && decision.point.kind == PointKind::Issue
            {
                decided.insert((item, decision.point.machine.clone()), decision);
            }
        }
        Ok(corrected(rows, &decided))
    }

    /// Name of a series, and of its outlet.
    fn series_name(&self, id: &str) -> (String, Option<String>) {
        let register = self.rooms.analyst.register();
        let entry = register.entry(MentionKind::Series, id);
        let outlet = entry.and_then(|entry| register.entry(MentionKind::Outlet, entry.outlet.as_deref()?));
        (entry.map_or_else(|| id.to_owned(), |entry| entry.name.clone()), outlet.map(|outlet| outlet.name.clone()))
    }
}

#[cfg(test)]
mod tests {
    use vedette_core::{PointKey, Sha256, VersionId};

    use super::*;

    fn row(series: &str, number: u32, item: i64, copy: bool) -> IssueRow {
        IssueRow {
            series: series.to_owned(),
            number,
            item: ItemId(item),
            version: VersionId(item),
            copy,
            file: None,
            source: "Lantern Media".to_owned(),
            posted_at: Timestamp::UNIX_EPOCH,
            family: None,
        }
    }

    fn decision(machine: &str, verdict: Verdict, value: Option<&str>) -> PointDecision {
        PointDecision {
            version: VersionId(1),
            sha256: Sha256([0; 32]),
            point: PointKey { kind: PointKind::Issue, reading: 0, start: 3, end: 10, machine: machine.to_owned() },
            quote: String::new(),
            translated: false,
            verdict,
            value: value.map(str::to_owned),
            reason: String::new(),
        }
    }

    #[test]
    fn what_a_person_decided_holds_over_what_was_read() {
        let rows =
            vec![row("wick", 7, 1, false), row("wick", 8, 1, true), row("wick", 7, 2, true), row("wick", 9, 3, true)];
        let decided = [
            (1, decision("wick#8", Verdict::Change, Some("wick#7"))),
            (2, decision("wick#7", Verdict::Change, Some("diary#1"))),
            (3, decision("wick#9", Verdict::Reject, None)),
        ];
        let decided = decided.into_iter().map(|(item, one)| ((ItemId(item), one.point.machine.clone()), one)).collect();
        assert_eq!(corrected(rows, &decided), [row("diary", 1, 2, true), row("wick", 7, 1, true)]);
    }

    #[test]
    fn an_issue_is_written_and_read_back() {
        assert_eq!(parse(&written("the-wick", 7)), Some(("the-wick", 7)));
        for wrong in ["", "the-wick", "the-wick#", "#7", "the-wick#0", "the-wick#2026", "the-wick#-7"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
