//! What invented people judged of the invented world.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use vedette_core::{
    Admiralty, ContentGrade, Decision, ItemId, ItemView, Level, LevelDecision, PointDecision, PointKey, PointKind,
    Sha256, SourceGrade, SourceGrading, SourceId, Verdict, VersionId,
};
use vedette_desk::{Calibration, GradedSource, Point, PointJudgement};

use super::views::{HOSTILE, NOW};

pub fn decision(point: PointKey, verdict: Verdict, quote: &str) -> PointDecision {
    PointDecision {
        version: VersionId(91),
        sha256: Sha256([91; 32]),
        point,
        quote: quote.to_owned(),
        translated: false,
        verdict,
        value: (verdict == Verdict::Change).then(|| "report".to_owned()),
        reason: HOSTILE.to_owned(),
    }
}

/// Points of an item: its reasons and statements, the first of each judged.
pub fn points(view: &ItemView) -> Vec<Point> {
    let Some(content) = view.content() else { return Vec::new() };
    let point = |kind, reading, start, end, machine: &str, label: &str, quote: &str| Point {
        key: PointKey { kind, reading, start, end, machine: machine.to_owned() },
        label: label.to_owned(),
        quote: quote.to_owned(),
        decision: None,
    };
    let mut all = vec![
        point(PointKind::Tier, 0, 0, 0, "1", "tier 1", ""),
        point(PointKind::Content, 0, 0, 0, "2", "content: probably true", ""),
    ];
    for one in &content.assessment.reasons {
        all.push(point(PointKind::Reason, one.reading, one.start, one.end, &one.name, &one.name, &one.quote));
    }
    for (number, found) in content.findings.iter().enumerate() {
        for one in &found.statements {
            let word = one.kind.word();
            all.push(point(PointKind::Statement, number, one.start, one.end, word, word, &one.quote));
        }
        for one in &found.mentions {
            let machine = format!("{}:{}", one.kind.word(), one.id);
            all.push(point(PointKind::Mention, number, one.start, one.end, &machine, HOSTILE, &one.text));
        }
        for one in &found.dates {
            all.push(point(PointKind::Date, number, one.start, one.end, &one.value, &one.value, &one.text));
        }
    }
    for (kind, verdict) in [(PointKind::Reason, Verdict::Confirm), (PointKind::Statement, Verdict::Change)] {
        if let Some(one) = all.iter_mut().find(|point| point.key.kind == kind) {
            let decision = decision(one.key.clone(), verdict, &one.quote);
            let at = NOW.parse().unwrap();
            one.decision = Some(PointJudgement { decision, by: "A. Analyst".to_owned(), at, leaf: 900 });
        }
    }
    all
}

pub fn grades(id: ItemId) -> Admiralty {
    if id.0 != 42 {
        return Admiralty::default();
    }
    Admiralty {
        source: SourceGrade::B,
        content: ContentGrade::Probable,
        why: vec!["i44 speaks of Meridian Cup too, independently (source s3, graded C)".to_owned(), HOSTILE.to_owned()],
        decided: None,
    }
}

pub fn source_grades() -> BTreeMap<SourceId, GradedSource> {
    let grading = SourceGrading { grade: SourceGrade::C, reason: HOSTILE.to_owned() };
    BTreeMap::from([(SourceId(3), GradedSource { grading, by: "A. Analyst".to_owned(), at: NOW.parse().unwrap() })])
}

/// Sixty decisions over three months, or none.
pub fn calibration(fresh: bool) -> (Calibration, BTreeMap<ItemId, LevelDecision>) {
    let now: Timestamp = NOW.parse().unwrap();
    let level = |rank: i64| Level::ALL[usize::try_from(rank.clamp(0, 4)).unwrap()];
    let decisions: Vec<LevelDecision> = (0..if fresh { 0 } else { 60 })
        .map(|n| {
            let proposed = level(n % 5);
            let decided = level(n % 5 + if n % 7 == 0 { -1 } else { i64::from(n % 11 == 0) });
            LevelDecision {
                item: ItemId(n + 1),
                sha256: Sha256([1; 32]),
                source: if n % 3 == 0 { HOSTILE } else { "lantern-media" }.to_owned(),
                language: ["en", "ar", "fa"][usize::try_from(n % 3).unwrap()].to_owned(),
                text: HOSTILE.to_owned(),
                proposed,
                decision: Decision {
                    verdict: if decided == proposed { Verdict::Confirm } else { Verdict::Change },
                    level: decided,
                    proposed: Some(proposed),
                    reason: if n % 2 == 0 { HOSTILE } else { "old news" }.to_owned(),
                    by: "A. Analyst".to_owned(),
                    at: now - SignedDuration::from_hours(24 * (60 - n)),
                },
            }
        })
        .collect();
    let sums = vedette_desk::calibrate(&decisions);
    (sums, decisions.into_iter().map(|one| (one.item, one)).collect())
}
