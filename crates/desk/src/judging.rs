//! Points of the machine's view of an item, what people decide on each, and the grades of sources and content.

use std::collections::BTreeMap;

use jiff::Timestamp;
use vedette_assess::admiralty;
use vedette_core::limits::REASON_CHARS_MAX;
use vedette_core::{
    Admiralty, ContentGrade, ItemId, ItemView, Judged, Judgement, JudgementKind, Level, MentionKind, PointDecision,
    PointKey, PointKind, ReadingKind, SourceGrade, SourceGrading, SourceId, StatementKind, Verdict, VersionView,
};

use crate::{Desk, DeskError, DeskResult, Role, Who};

/// Points of one item that are listed; the pages leaf through them.
pub const POINTS_MAX: usize = 2_000;
/// Points that a person may give a reason of a level, either way.
const WEIGHT_MAX: f32 = 10.0;

/// One thing that the machine says of an item, with what a person last decided on it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Point {
    /// Its name.
    #[serde(serialize_with = "as_text")]
    pub key: PointKey,
    /// What it is, for people.
    pub label: String,
    /// The words it rests on.
    pub quote: String,
    /// The newest decision on it.
    pub decision: Option<PointJudgement>,
}

/// A decision on a point, and whose it is.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct PointJudgement {
    /// The decision.
    #[serde(flatten)]
    pub decision: PointDecision,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Its leaf in the log.
    pub leaf: u64,
}

fn as_text<S: serde::Serializer>(key: &PointKey, out: S) -> Result<S::Ok, S::Error> {
    out.collect_str(key)
}

/// A source's grade, and who gave it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct GradedSource {
    /// The grade and why.
    #[serde(flatten)]
    pub grading: SourceGrading,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// A person's reason as it is kept: without white space at its ends, cut at its limit.
pub(crate) fn reason_of(text: &str) -> String {
    text.trim().chars().take(REASON_CHARS_MAX).collect()
}

impl Desk {
    /// What the machine says of an item's newest content, point by point, each with a person's decision; and the grades of its
    /// source and content, of which a person's holds.
    pub fn judged(&self, id: ItemId) -> DeskResult<(Vec<Point>, Admiralty)> {
        let view = self.ports.records.item(id)?;
        let mut grades = self.grades_of(&view)?;
        let mut points = view.content().map(|content| points_of(content, &grades)).unwrap_or_default();
        let decided = self.newest_by_point(id)?;
        for point in &mut points {
            point.decision = decided.get(&point.key).cloned();
        }
        // The proposal may have changed since: the newest decision on the grade counts, whatever it was beside.
        let graded = decided.into_iter().filter(|(key, _)| key.kind == PointKind::Content);
        if let Some((key, one)) = graded.max_by_key(|(_, one)| one.at) {
            let value = match one.decision.verdict {
                Verdict::Confirm => Some(key.machine.as_str()),
                Verdict::Change => one.decision.value.as_deref(),
                Verdict::Reject => Some("6"),
            };
            grades.decided = value.and_then(ContentGrade::from_word);
        }
        Ok((points, grades))
    }

    /// What the machine says of an item, point by point.
    pub fn points(&self, id: ItemId) -> DeskResult<Vec<Point>> {
        Ok(self.judged(id)?.0)
    }

    /// Grades of an item's source and content.
    pub fn admiralty(&self, id: ItemId) -> DeskResult<Admiralty> {
        Ok(self.judged(id)?.1)
    }

    /// The newest decision on each point of an item, also of versions before.
    fn newest_by_point(&self, id: ItemId) -> DeskResult<BTreeMap<PointKey, PointJudgement>> {
        let judged = self.ports.judgements.judgements(JudgementKind::Point, Some(id))?;
        Ok(judged.into_iter().filter_map(of_point).map(|one| (one.decision.point.clone(), one)).collect())
    }

    /// Everything that people decided on points of an item, oldest first.
    pub fn point_decisions(&self, id: ItemId) -> DeskResult<Vec<PointJudgement>> {
        let judged = self.ports.judgements.judgements(JudgementKind::Point, Some(id))?;
        Ok(judged.into_iter().filter_map(of_point).collect())
    }

    /// Records a person's decision on one point. `value` is what is right instead, and needed to change it.
    pub fn decide_point(
        &self,
        who: &Who,
        id: ItemId,
        key: &PointKey,
        verdict: Verdict,
        value: Option<&str>,
        reason: &str,
    ) -> DeskResult<PointDecision> {
        who.may(Role::Analyst, "judge points")?;
        let view = self.ports.records.item(id)?;
        let grades = self.grades_of(&view)?;
        let content = view.content().ok_or_else(|| DeskError::Unusable(format!("{id} has no content to judge")))?;
        let point = points_of(content, &grades).into_iter().find(|point| point.key == *key).ok_or_else(|| {
            DeskError::Unusable(format!("the machine does not say `{key}` of {id}: look again, it may have changed"))
        })?;
        let reason = reason_of(reason);
        if verdict != Verdict::Confirm && reason.is_empty() {
            return Err(DeskError::Unusable("a changed or rejected point needs a reason".to_owned()));
        }
        let value = match (verdict, value.map(str::trim).filter(|value| !value.is_empty())) {
            (Verdict::Change, Some(value)) => Some(self.checked_value(key.kind, value)?),
            (Verdict::Change, None) => {
                return Err(DeskError::Unusable(format!("say what is right instead: {}", expected(key.kind))));
            }
            _ => None,
        };
        if value.as_deref() == Some(key.machine.as_str()) {
            return Err(DeskError::Unusable(format!("the machine says `{}` already: confirm it", key.machine)));
        }
        let translated = content.readings.get(key.reading).is_some_and(|one| one.kind == ReadingKind::Translation);
        let decision = PointDecision {
            version: content.version.id,
            sha256: content.version.exhibit,
            point: point.key,
            translated: translated && !point.quote.is_empty(),
            quote: point.quote,
            verdict,
            value,
            reason,
        };
        self.ports.judgements.judge(&Judgement::Point(id, decision.clone()), who.name(), self.now(), None)?;
        self.audit(who, "judge", &id.to_string(), &format!("{} {}", verdict.word(), key))?;
        Ok(decision)
    }

    /// A value that a person may put in the place of the machine's.
    fn checked_value(&self, kind: PointKind, value: &str) -> DeskResult<String> {
        let fits = match kind {
            PointKind::Tier => matches!(value, "none" | "1" | "2" | "3" | "4"),
            PointKind::Content => ContentGrade::from_word(value).is_some(),
            PointKind::Statement => StatementKind::from_word(value).is_some(),
            PointKind::Reason => value.parse::<f32>().is_ok_and(|points| points.abs() <= WEIGHT_MAX),
            PointKind::Date => value.chars().count() <= 60 && !value.contains(char::is_control),
            PointKind::Issue => crate::series::parse(value)
                .is_some_and(|(series, _)| self.rooms.analyst.register().entry(MentionKind::Series, series).is_some()),
            PointKind::Mention => match value.split_once(':') {
                Some((kind, id)) => MentionKind::from_word(kind).is_some_and(|kind| {
                    self.rooms.analyst.register().entry(kind, id).is_some() || is_gazetteer(kind, id)
                }),
                None => false,
            },
        };
        if fits {
            return Ok(value.to_owned());
        }
        Err(DeskError::Unusable(format!("`{value}` cannot stand there: {}", expected(kind))))
    }

    fn grades_of(&self, view: &ItemView) -> DeskResult<Admiralty> {
        let grades = self.source_grades()?;
        let grade_of = |source: SourceId| grades.get(&source).map(|one| one.grading.grade).unwrap_or_default();
        if view.content().is_none_or(|content| content.assessment.level == Level::None) {
            return Ok(Admiralty { source: grade_of(view.source.id), ..Admiralty::default() });
        }
        let (from, to) = admiralty::window(view.item.posted_at);
        let signals = self.ports.judgements.signals_near(view.item.id, from, to)?;
        let official = view.source.asked.outlet.as_deref().and_then(|outlet| self.rooms.analyst.official(outlet));
        Ok(admiralty::grade(view.item.id, &signals, official.map(|official| official.outlet), &grade_of))
    }

    /// The newest grade of every source that has one.
    pub fn source_grades(&self) -> DeskResult<BTreeMap<SourceId, GradedSource>> {
        let judged = self.ports.judgements.judgements(JudgementKind::Source, None)?;
        let graded = judged.into_iter().filter_map(|one| match one.judgement {
            Judgement::Source(source, grading) => Some((source, GradedSource { grading, by: one.by, at: one.at })),
            _ => None,
        });
        Ok(graded.collect())
    }

    /// Records a person's grade of a source.
    pub fn grade_source(&self, who: &Who, id: SourceId, grade: SourceGrade, reason: &str) -> DeskResult<()> {
        who.may(Role::Analyst, "grade sources")?;
        let reason = reason_of(reason);
        if reason.is_empty() {
            return Err(DeskError::Unusable(
                "a grade needs a reason: what speaks for or against the source".to_owned(),
            ));
        }
        let grading = SourceGrading { grade, reason };
        self.ports.judgements.judge(&Judgement::Source(id, grading), who.name(), self.now(), None)?;
        self.audit(who, "source grade", &id.to_string(), grade.word())
    }
}

fn of_point(judged: Judged) -> Option<PointJudgement> {
    match judged.judgement {
        Judgement::Point(_, decision) => {
            Some(PointJudgement { decision, by: judged.by, at: judged.at, leaf: judged.leaf })
        }
        _ => None,
    }
}

fn is_gazetteer(kind: MentionKind, id: &str) -> bool {
    kind == MentionKind::Place
        && id
            .strip_prefix("geonames-")
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// What may stand in the place of the machine's value.
fn expected(kind: PointKind) -> String {
    match kind {
        PointKind::Tier => "a tier is 1, 2, 3, 4 or none".to_owned(),
        PointKind::Content => "content is graded 1 to 6".to_owned(),
        PointKind::Statement => {
            let words: Vec<&str> = StatementKind::ALL.iter().map(|kind| kind.word()).collect();
            format!("a statement is one of {}", words.join(", "))
        }
        PointKind::Reason => format!("a reason weighs from -{WEIGHT_MAX} to {WEIGHT_MAX} points"),
        PointKind::Date => "a date is a TIMEX3 value such as 2026-12-04".to_owned(),
        PointKind::Issue => "an issue is series#number of the register, such as the-wick#7".to_owned(),
        PointKind::Mention => "a mention is kind:id of the register, such as actor:grey-lantern".to_owned(),
    }
}

/// Everything that the machine says of a version, in the order in which people look at it.
fn points_of(content: &VersionView, grades: &Admiralty) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::new();
    let whole = |kind: PointKind, machine: String, label: String| Point {
        key: PointKey { kind, reading: 0, start: 0, end: 0, machine },
        label,
        quote: String::new(),
        decision: None,
    };
    let tier = content.assessment.tier.map_or_else(|| "none".to_owned(), |tier| tier.to_string());
    if content.assessment.level > Level::None {
        points.push(whole(PointKind::Tier, tier.clone(), format!("tier {tier}")));
        let number = grades.content.number().to_string();
        points.push(whole(PointKind::Content, number, format!("content: {}", grades.content.meaning())));
    }
    let mut add =
        |kind: PointKind, reading: usize, span: (usize, usize), machine: String, label: String, quote: &str| {
            let key = PointKey { kind, reading, start: span.0, end: span.1, machine };
            // Two readings may say the same; one place says each thing once.
            if points.len() < POINTS_MAX && !points.iter().any(|known| known.key == key) {
                points.push(Point { key, label, quote: quote.to_owned(), decision: None });
            }
        };
    for reason in &content.assessment.reasons {
        let label = format!("{} ({:+.1}, {})", reason.name, reason.weight, reason.group.word());
        add(PointKind::Reason, reason.reading, (reason.start, reason.end), reason.name.clone(), label, &reason.quote);
    }
    for (number, found) in content.findings.iter().enumerate() {
        for one in &found.statements {
            let reported = if one.reported { ", reported" } else { "" };
            let tentative = if one.tentative { ", tentative" } else { "" };
            let label = format!("{}{reported}{tentative}", one.kind.word());
            add(PointKind::Statement, number, (one.start, one.end), one.kind.word().to_owned(), label, &one.quote);
        }
    }
    for (number, found) in content.findings.iter().enumerate() {
        for one in &found.mentions {
            let machine = format!("{}:{}", one.kind.word(), one.id);
            let label = format!("{}: {}", one.kind.word(), one.name);
            add(PointKind::Mention, number, (one.start, one.end), machine, label, &one.text);
        }
        for one in &found.dates {
            add(PointKind::Date, number, (one.start, one.end), one.value.clone(), one.value.clone(), &one.text);
        }
        for one in &found.issues {
            let machine = crate::series::written(&one.series, one.number);
            let label = format!("{}, No. {}", one.name, one.number);
            add(PointKind::Issue, number, (one.start, one.end), machine, label, &one.text);
        }
    }
    points
}
