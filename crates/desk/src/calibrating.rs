//! What happened to the machine's view when people decided: the sums of it, and every decision as labelled data.

use std::collections::BTreeMap;

use vedette_assess::calibration::{Calibration, calibrate};
use vedette_core::{Draft, ItemId, Judgement, JudgementKind, LeafKind, LevelDecision, PointKind, Reviewer};
use vedette_publish::Label;

use crate::{Desk, DeskError, DeskResult, Role, Who};

impl Desk {
    /// How levels fared, with the newest decision on each item.
    pub fn calibration(&self) -> DeskResult<(Calibration, BTreeMap<ItemId, LevelDecision>)> {
        let decisions = self.ports.judgements.level_decisions()?;
        let sums = calibrate(&decisions);
        Ok((sums, decisions.into_iter().map(|one| (one.item, one)).collect()))
    }

    /// Every decision on a level or a point as labelled data, JSON lines; of these items, or of all when none is named. Logged
    /// with the person who decided.
    pub fn export_labels(&self, who: &Who, items: &[ItemId]) -> DeskResult<String> {
        who.may(Role::Editor, "export")?;
        let reviewer = Reviewer::named(who.name())
            .ok_or_else(|| DeskError::Unusable("an export needs the name of the person who decides".to_owned()))?;
        let mut labels: Vec<Label> = self.ports.judgements.level_decisions()?.iter().map(of_level).collect();
        for judged in self.ports.judgements.judgements(JudgementKind::Point, None)? {
            if let Judgement::Point(item, decision) = judged.judgement {
                labels.push(Label {
                    item,
                    version: Some(decision.version),
                    sha256: decision.sha256,
                    kind: decision.point.kind.word(),
                    place: (!matches!(decision.point.kind, PointKind::Tier | PointKind::Content)).then_some((
                        decision.point.reading,
                        decision.point.start,
                        decision.point.end,
                    )),
                    // A translation may be quoted outside when somebody has signed it, and this one is the machine's.
                    quote: if decision.translated { String::new() } else { decision.quote },
                    machine: decision.point.machine,
                    verdict: decision.verdict,
                    value: decision.value,
                    reason: decision.reason,
                    by: judged.by,
                    at: judged.at,
                });
            }
        }
        labels.extend(self.family_labels()?);
        labels.retain(|label| items.is_empty() || items.contains(&label.item));
        labels.sort_by_key(|label| (label.item, label.at));
        let (now, count) = (self.now(), labels.len());
        let record = serde_json::json!({ "export": "decisions", "decisions": count, "by": who.name() }).to_string();
        self.ports.records.log(LeafKind::Export, &record, now)?;
        let cleared = Draft::new(labels).clear(reviewer, now, "decisions");
        let text = vedette_publish::labels_jsonl(&cleared);
        self.audit(who, "export", "decisions", &format!("{count} decisions"))?;
        Ok(text)
    }
}

fn of_level(one: &LevelDecision) -> Label {
    Label {
        item: one.item,
        version: None,
        sha256: one.sha256,
        kind: "level",
        place: None,
        quote: String::new(),
        machine: one.proposed.word().to_owned(),
        verdict: one.decision.verdict,
        value: (one.decision.level != one.proposed).then(|| one.decision.level.word().to_owned()),
        reason: one.decision.reason.clone(),
        by: one.decision.by.clone(),
        at: one.decision.at,
    }
}
