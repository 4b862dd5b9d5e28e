//! The issues of a series by number: when each was first seen, where, in how many copies, which are missing, and where one number
//! stands on different things.

use jiff::Timestamp;
use serde::Serialize;
use vedette_core::{IssueRow, ItemId};

/// Notices of one series; a series with more was numbered anew, or is misread.
const NOTICES_MAX: usize = 200;

/// Numbers that may be missing beside an issue that is only spoken of: half a year of a weekly. A wider gap is a slip or a joke more
/// often than a hole.
const GAP_BESIDE_TALK_MAX: u32 = 26;

/// An issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Issue {
    /// Its number.
    pub number: u32,
    /// When it was first seen; where only talk of it was, when that was.
    pub first_at: Timestamp,
    /// Source of that.
    pub first_source: String,
    /// The item.
    pub first_item: ItemId,
    /// Items that bring it, oldest first.
    pub copies: Vec<IssueRow>,
    /// Items that only speak of it, oldest first.
    pub named: Vec<IssueRow>,
    /// Different things among the copies: other bytes, and of no common family.
    pub different: usize,
}

/// Numbers that were not seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// The first of them.
    pub from: u32,
    /// The last of them.
    pub to: u32,
    /// When the issue before was first seen, and its number.
    pub before: (u32, Timestamp),
    /// When the issue after was first seen, and its number.
    pub after: (u32, Timestamp),
}

/// What is known of the issues of a series.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Issues {
    /// By number.
    pub issues: Vec<Issue>,
    /// Numbers between the first and the last that nothing shows or names.
    pub missing: Vec<Missing>,
    /// What a person should look at, in words: missing numbers, numbers that are only spoken of, one number on different things.
    pub notices: Vec<String>,
}

/// The issues that rows of one series tell of.
pub fn issues(rows: &[IssueRow]) -> Issues {
    let mut numbers: Vec<u32> = rows.iter().map(|row| row.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let all: Vec<Issue> = numbers.into_iter().filter_map(|number| issue(number, rows)).collect();
    let mut found = Issues::default();
    for (at, issue) in all.iter().enumerate() {
        if let Some(before) = at.checked_sub(1).and_then(|at| all.get(at))
            && issue.number > before.number + 1
            && (issue.number - before.number <= GAP_BESIDE_TALK_MAX + 1
                || [before, issue].iter().all(|one| !one.copies.is_empty()))
        {
            let gap = Missing {
                from: before.number + 1,
                to: issue.number - 1,
                before: (before.number, before.first_at),
                after: (issue.number, issue.first_at),
            };
            found.notices.push(missing_in_words(&gap));
            found.missing.push(gap);
        }
        if issue.copies.is_empty() {
            let (number, item) = (issue.number, issue.first_item);
            found
                .notices
                .push(format!("No copy of No. {number} was seen; {item} of {} speaks of it", day(issue.first_at)));
        }
        if issue.different > 1 {
            let (different, number) = (issue.different, issue.number);
            found.notices.push(format!(
                "{different} different things bear No. {number}: editions in several languages, or a number used twice"
            ));
        }
    }
    found.notices.truncate(NOTICES_MAX);
    found.issues = all;
    found
}

fn issue(number: u32, rows: &[IssueRow]) -> Option<Issue> {
    let mut own: Vec<&IssueRow> = rows.iter().filter(|row| row.number == number).collect();
    own.sort_by_key(|row| (row.posted_at, row.item));
    let (copies, named): (Vec<&IssueRow>, Vec<&IssueRow>) = own.into_iter().partition(|row| row.copy);
    let first = copies.first().or(named.first())?;
    Some(Issue {
        number,
        first_at: first.posted_at,
        first_source: first.source.clone(),
        first_item: first.item,
        different: different(&copies),
        copies: copies.into_iter().cloned().collect(),
        named: named.into_iter().cloned().collect(),
    })
}

/// How many different things copies are. One that has neither a file nor a family says nothing of what it is.
fn different(copies: &[&IssueRow]) -> usize {
    let mut groups: Vec<Vec<&IssueRow>> = Vec::new();
    let same = |a: &IssueRow, b: &IssueRow| {
        a.item == b.item || a.file.is_some() && a.file == b.file || a.family.is_some() && a.family == b.family
    };
    for copy in copies.iter().filter(|copy| copy.file.is_some() || copy.family.is_some()) {
        let (mut mine, others): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|group| group.iter().any(|one| same(one, copy)));
        groups = others;
        mine.push(vec![copy]);
        groups.push(mine.concat());
    }
    groups.len().max(usize::from(!copies.is_empty()))
}

fn missing_in_words(gap: &Missing) -> String {
    let which = if gap.from == gap.to {
        format!("No. {} was not seen", gap.from)
    } else {
        format!("No. {} to {} were not seen", gap.from, gap.to)
    };
    let ((before, then), (after, later)) = (gap.before, gap.after);
    format!("{which}; {before} on {}, {after} on {}", day(then), day(later))
}

/// `3 May 2026`, by UTC.
fn day(at: Timestamp) -> String {
    at.strftime("%-d %B %Y").to_string()
}

#[cfg(test)]
mod tests {
    use vedette_core::{FamilyId, Sha256, VersionId};

    use super::*;

    fn row(number: u32, item: i64, day: &str, copy: bool) -> IssueRow {
        IssueRow {
            series: "the-wick".to_owned(),
            number,
            item: ItemId(item),
            version: VersionId(item),
            copy,
            file: copy.then_some(Sha256([number as u8; 32])),
            source: format!("source {item}"),
            posted_at: format!("{day}T12:00:00Z").parse().unwrap(),
            family: None,
        }
    }

    #[test]
    fn a_missing_issue_is_noticed_with_its_neighbours() {
        let rows = [row(14, 3, "2026-06-02", true), row(12, 1, "2026-05-03", true), row(12, 2, "2026-05-01", false)];
        let found = issues(&rows);
        assert_eq!(found.notices, ["No. 13 was not seen; 12 on 3 May 2026, 14 on 2 June 2026"]);
        let first = &found.issues[0];
        assert_eq!((first.number, first.first_item, first.copies.len(), first.named.len()), (12, ItemId(1), 1, 1));
        assert_eq!((found.missing[0].from, found.missing[0].to), (13, 13));
        let wide = issues(&[row(3, 1, "2026-01-01", true), row(9, 2, "2026-02-01", true)]);
        assert_eq!(wide.notices, ["No. 4 to 8 were not seen; 3 on 1 January 2026, 9 on 1 February 2026"]);
    }

    #[test]
    fn an_issue_that_is_only_spoken_of_is_no_copy() {
        let found = issues(&[row(7, 1, "2026-01-01", true), row(8, 2, "2026-02-01", false)]);
        assert_eq!(found.notices, ["No copy of No. 8 was seen; i2 of 1 February 2026 speaks of it"]);
        assert_eq!(found.missing, []);
        // Far from what was seen, talk opens no gap; two copies do.
        assert_eq!(issues(&[row(7, 1, "2026-01-01", true), row(99, 2, "2026-02-01", false)]).missing, []);
        assert_eq!(issues(&[row(7, 1, "2026-01-01", true), row(99, 2, "2026-02-01", true)]).missing.len(), 1);
    }

    #[test]
    fn one_number_on_different_things_is_noticed() {
        let with = |item: i64, file: Option<u8>, family: Option<i64>| IssueRow {
            file: file.map(|byte| Sha256([byte; 32])),
            family: family.map(FamilyId),
            ..row(7, item, "2026-01-01", true)
        };
        for (rows, different) in [
            (vec![with(1, Some(1), None), with(2, Some(1), None)], 1),
            (vec![with(1, Some(1), Some(1)), with(2, Some(2), Some(1))], 1),
            (vec![with(1, Some(1), None), with(2, Some(2), None)], 2),
            (vec![with(1, None, None), with(2, None, None)], 1),
            // The third is the first's bytes and the second's family.
            (vec![with(1, Some(1), None), with(2, Some(2), Some(9)), with(3, Some(1), Some(9))], 1),
        ] {
            let found = issues(&rows);
            assert_eq!(found.issues[0].different, different, "{rows:?}");
            assert_eq!(found.notices.len(), different - 1);
        }
        assert_eq!(issues(&[]), Issues::default());
    }
}
