//! Families: what people part and take back, and how a family spread.
//!
//! A parting says that an item stands alone or that two items are not the same. Families are what the joins make without those:
//! they are made anew around each act, together with it in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use vedette_assess::lineage::{Spread, spread};
use vedette_core::ports::Judgements;
use vedette_core::{
    FamilyAct, FamilyId, FamilyView, ItemId, Judged, Judgement, JudgementKind, StoreResult, Tie, Verdict,
};
use vedette_likeness::Partings;
use vedette_publish::Label;

use crate::judging::reason_of;
use crate::liken::key;
use crate::{Desk, DeskError, DeskResult, Role, Who};

/// Likenesses that a family shows; one of a thousand copies has more.
const TIES_MAX: usize = 5_000;
/// Families beside one that channels are compared over: the newest.
const FAMILIES_BESIDE_MAX: usize = 5_000;
/// Items whose search documents are renewed when their family changes; the rest follow when they are derived again.
const DOCUMENTS_MAX: usize = 5_000;

/// An act on families as people read it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct FamilyDecision {
    /// Its number.
    pub number: u64,
    /// The act.
    #[serde(flatten)]
    pub act: FamilyAct,
    /// In words, without the reason.
    pub what: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Its leaf in the log.
    pub leaf: u64,
    /// Whether it holds: a parting that nobody took back.
    pub holds: bool,
}

impl FamilyDecision {
    /// Why, in the person's words.
    pub fn reason(&self) -> &str {
        match &self.act {
            FamilyAct::Leave { reason, .. } | FamilyAct::Part { reason, .. } | FamilyAct::Rejoin { reason, .. } => {
                reason
            }
        }
    }

    /// The items that it is about; none of a taking back.
    pub fn items(&self) -> Vec<ItemId> {
        match &self.act {
            FamilyAct::Leave { item, .. } => vec![*item],
            FamilyAct::Part { items, .. } => items.to_vec(),
            FamilyAct::Rejoin { .. } => Vec::new(),
        }
    }
}

/// What an act on families brought.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Parted {
    /// Number of the act.
    pub act: u64,
    /// In words.
    pub what: String,
    /// The items it is about, each with the family it is in now.
    pub families: Vec<(ItemId, Option<FamilyId>)>,
    /// Of a pair that stays in one family: the way that joins it still, from one to the other.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub still_joined_by: Vec<ItemId>,
}

/// A family with its spread, what ties it, and what people parted.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Lineage {
    /// Its members, oldest first.
    #[serde(flatten)]
    pub family: FamilyView,
    /// How it spread.
    #[serde(flatten)]
    pub spread: Spread,
    /// What is alike in it, pictures first, nearest first.
    pub ties: Vec<Tie>,
    /// Partings that hold and touch it, oldest first.
    pub partings: Vec<FamilyDecision>,
}

/// The partings that hold, from the records.
pub(crate) fn partings(judgements: &dyn Judgements) -> StoreResult<Partings> {
    Ok(partings_of(&decisions(&judgements.judgements(JudgementKind::Family, None)?)))
}

fn partings_of(decisions: &[FamilyDecision]) -> Partings {
    let mut partings = Partings::default();
    for decision in decisions.iter().filter(|one| one.holds) {
        match &decision.act {
            FamilyAct::Leave { item, .. } => partings.set_alone(key(*item)),
            FamilyAct::Part { items: [a, b], .. } => partings.part(key(*a), key(*b)),
            FamilyAct::Rejoin { .. } => {}
        }
    }
    partings
}

/// Acts on families, oldest first, each with whether it holds.
fn decisions(judged: &[Judged]) -> Vec<FamilyDecision> {
    let acts: Vec<(&Judged, &FamilyAct)> = judged
        .iter()
        .filter_map(|one| match &one.judgement {
            Judgement::Family(act) => Some((one, act)),
            _ => None,
        })
        .collect();
    let taken_back: BTreeSet<u64> = acts
        .iter()
        .filter_map(|(_, act)| match act {
            FamilyAct::Rejoin { of, .. } => Some(*of),
            _ => None,
        })
        .collect();
    let one = |(judged, act): (&Judged, &FamilyAct)| FamilyDecision {
        number: judged.number,
        what: words(act),
        holds: !matches!(act, FamilyAct::Rejoin { .. }) && !taken_back.contains(&judged.number),
        act: act.clone(),
        by: judged.by.clone(),
        at: judged.at,
        leaf: judged.leaf,
    };
    acts.into_iter().map(one).collect()
}

fn words(act: &FamilyAct) -> String {
    match act {
        FamilyAct::Leave { item, family, .. } => format!("took {item} out of {family}"),
        FamilyAct::Part { items: [a, b], .. } => format!("{a} and {b} are not the same"),
        FamilyAct::Rejoin { of, .. } => format!("took act {of} back"),
    }
}

impl Desk {
    /// A family with its spread.
    pub fn lineage(&self, id: FamilyId) -> DeskResult<Lineage> {
        let family = self.ports.records.family(id)?;
        let beside = self.ports.kinship.firsts_beside(id, FAMILIES_BESIDE_MAX)?;
        let ties = self.ports.kinship.ties(id, TIES_MAX)?;
        let mut partings = self.family_decisions()?;
        let members: BTreeSet<ItemId> = family.members.iter().map(|member| member.id).collect();
        partings.retain(|one| {
            let left = matches!(&one.act, FamilyAct::Leave { family, .. } if *family == id);
            one.holds && (left || one.items().iter().any(|item| members.contains(item)))
        });
        Ok(Lineage { spread: spread(&family, &beside), family, ties, partings })
    }

    /// What people did to families, oldest first.
    pub fn family_decisions(&self) -> DeskResult<Vec<FamilyDecision>> {
        Ok(decisions(&self.ports.judgements.judgements(JudgementKind::Family, None)?))
    }

    /// Says that an item does not belong to its family: it stands alone from now on.
    pub fn part_item(&self, who: &Who, item: ItemId, reason: &str) -> DeskResult<Parted> {
        let Some(family) = self.ports.records.item(item)?.family else {
            let before = self
                .family_decisions()?
                .into_iter()
                .rev()
                .find(|one| one.holds && matches!(&one.act, FamilyAct::Leave { item: left, .. } if *left == item));
            let why = before.map(|one| format!(": {} {} (act {})", one.by, one.what, one.number)).unwrap_or_default();
            return Err(DeskError::Unusable(format!("{item} is in no family{why}")));
        };
        let reason = needed(reason, "say why it does not belong")?;
        self.act_on_families(who, FamilyAct::Leave { item, family, reason }, &[item])
    }

    /// Says that two items are not the same: their likeness joins nothing from now on. They may stay in one family by others.
    pub fn part_pair(&self, who: &Who, a: ItemId, b: ItemId, reason: &str) -> DeskResult<Parted> {
        if a == b {
            return Err(DeskError::Unusable(format!("{a} is the same as itself: name two items")));
        }
        let items = [a.min(b), a.max(b)];
        for item in items {
            self.ports.records.item(item)?;
        }
        let reason = needed(reason, "say why they are not the same")?;
        self.act_on_families(who, FamilyAct::Part { items, reason }, &items)
    }

    /// Takes a parting back, named by its number.
    pub fn rejoin(&self, who: &Who, of: u64, reason: &str) -> DeskResult<Parted> {
        let known = self.family_decisions()?.into_iter().find(|one| one.number == of);
        let items = known.map(|one| one.items()).unwrap_or_default();
        let reason = reason_of(reason);
        self.act_on_families(who, FamilyAct::Rejoin { of, reason }, &items)
    }

    /// The parting of an item, or of two, that holds.
    pub fn parting_of(&self, items: &[ItemId]) -> DeskResult<FamilyDecision> {
        let mut wanted = items.to_vec();
        wanted.sort_unstable();
        let found = self.family_decisions()?.into_iter().rev().find(|one| one.holds && one.items() == wanted);
        let named: Vec<String> = items.iter().map(ItemId::to_string).collect();
        found.ok_or_else(|| DeskError::Unusable(format!("nobody parted {}", named.join(" and "))))
    }

    /// Acts on families as labelled data, one for each item: a parting rejects what joined it, a taking back confirms it again.
    pub(crate) fn family_labels(&self) -> DeskResult<Vec<Label>> {
        let all = self.family_decisions()?;
        let mut labels = Vec::new();
        for one in &all {
            let (said, verdict) = match &one.act {
                FamilyAct::Rejoin { of, .. } => (all.iter().find(|other| other.number == *of), Verdict::Confirm),
                _ => (Some(one), Verdict::Reject),
            };
            let Some(said) = said else { continue };
            for item in said.items() {
                if self.ports.records.erased_because(item)?.is_some() {
                    continue;
                }
                let view = self.ports.records.item(item)?;
                let Some(content) = view.content() else { continue };
                let other = said.items().into_iter().find(|other| *other != item);
                let (kind, machine) = match (&said.act, other) {
                    (FamilyAct::Leave { family, .. }, _) => ("family", family.to_string()),
                    (_, Some(other)) => ("likeness", other.to_string()),
                    (_, None) => continue,
                };
                labels.push(Label {
                    item,
                    version: Some(content.version.id),
                    sha256: content.version.exhibit,
                    kind,
                    place: None,
                    quote: String::new(),
                    machine,
                    verdict,
                    value: None,
                    reason: one.reason().to_owned(),
                    by: one.by.clone(),
                    at: one.at,
                });
            }
        }
        Ok(labels)
    }

    /// Checks an act against what stands, makes the families around it anew, records both at once, logs and audits.
    fn act_on_families(&self, who: &Who, act: FamilyAct, items: &[ItemId]) -> DeskResult<Parted> {
        who.may(Role::Analyst, "part families")?;
        // Nothing is derived meanwhile: a join that came between would be lost.
        let mut state = self.state();
        let mut standing = self.family_decisions()?;
        let newest = standing.last().map_or(0, |one| one.number);
        check(&act, &standing)?;
        if let FamilyAct::Rejoin { of, .. } = &act {
            standing.retain(|one| one.number != *of);
        } else {
            let (what, by) = (words(&act), who.name().to_owned());
            standing.push(FamilyDecision {
                number: 0,
                act: act.clone(),
                what,
                by,
                at: self.now(),
                leaf: 0,
                holds: true,
            });
        }
        let partings = partings_of(&standing);
        let around = state.likeness.relatives(items);
        let joins = self.ports.kinship.joins_around(&around)?;
        let before = state.likeness.partings().clone();
        let moved = state.likeness.settle(&around, &joins, partings);
        let now = self.now();
        let recorded = self.ports.kinship.part(&act, who.name(), now, newest, &moved.families);
        let number = match recorded {
            Ok(number) => number,
            Err(error) => {
                // What is in memory is what the records hold.
                state.likeness.settle(&around, &joins, before);
                return Err(error.into());
            }
        };
        let families: BTreeMap<ItemId, Option<FamilyId>> = moved.families.iter().copied().collect();
        let family_of = |item: &ItemId| families.get(item).copied().flatten();
        let still_joined_by = match &act {
            FamilyAct::Part { items: [a, b], .. } if family_of(a).is_some() && family_of(a) == family_of(b) => {
                way(*a, *b, &joins, state.likeness.partings())
            }
            _ => Vec::new(),
        };
        self.renew_documents(&mut state, &moved.changed)?;
        drop(state);
        let what = words(&act);
        let object = items.first().map(ItemId::to_string).unwrap_or_default();
        self.audit(who, "family", &object, &what)?;
        Ok(Parted {
            act: number,
            what,
            families: items.iter().map(|item| (*item, family_of(item))).collect(),
            still_joined_by,
        })
    }

    /// Puts the search documents of moved items anew. The index is a cache: what fails here is filled in later.
    fn renew_documents(&self, state: &mut crate::desk::State, items: &[ItemId]) -> DeskResult<()> {
        if state.index_behind || items.is_empty() {
            return Ok(());
        }
        let mut documents = Vec::new();
        for item in items.iter().take(DOCUMENTS_MAX) {
            documents.push(crate::index_document::of_item(&self.ports.records.item(*item)?));
        }
        let sequence = self.ports.index.sequence();
        if let Err(error) = self.ports.index.put(&documents).and_then(|()| self.ports.index.commit(sequence)) {
            tracing::warn!(%error, "cannot put parted posts into the search index");
            state.index_behind = true;
        }
        Ok(())
    }
}

fn needed(reason: &str, say: &str) -> DeskResult<String> {
    let reason = reason_of(reason);
    if reason.is_empty() {
        return Err(DeskError::Unusable(format!("{say}: a reason is needed")));
    }
    Ok(reason)
}

/// Why an act cannot be done.
fn check(act: &FamilyAct, standing: &[FamilyDecision]) -> DeskResult<()> {
    let refuse = |why: String| Err(DeskError::Unusable(why));
    if let FamilyAct::Rejoin { of, .. } = act {
        return match standing.iter().find(|one| one.number == *of) {
            Some(one) if one.holds => Ok(()),
            Some(one) if matches!(one.act, FamilyAct::Rejoin { .. }) => {
                refuse(format!("act {of} took another one back: part the items again instead"))
            }
            Some(_) => refuse(format!("act {of} was taken back before")),
            None => refuse(format!("no act on families has the number {of}")),
        };
    }
    let same = |one: &&FamilyDecision| one.holds && one.act.same_parting(act);
    match standing.iter().find(same) {
        Some(one) => refuse(format!("{} said so before: {} (act {})", one.by, one.what, one.number)),
        None => Ok(()),
    }
}

/// The shortest way from one item to another over joins that hold.
fn way(from: ItemId, to: ItemId, joins: &[(ItemId, ItemId)], partings: &Partings) -> Vec<ItemId> {
    let mut beside: BTreeMap<ItemId, Vec<ItemId>> = BTreeMap::new();
    for (a, b) in joins.iter().filter(|(a, b)| partings.allow(key(*a), key(*b))) {
        beside.entry(*a).or_default().push(*b);
        beside.entry(*b).or_default().push(*a);
    }
    let mut came_from: BTreeMap<ItemId, ItemId> = BTreeMap::from([(from, from)]);
    let mut open = std::collections::VecDeque::from([from]);
    while let Some(item) = open.pop_front() {
        if item == to {
            break;
        }
        for next in beside.get(&item).into_iter().flatten() {
            if !came_from.contains_key(next) {
                came_from.insert(*next, item);
                open.push_back(*next);
            }
        }
    }
    let mut steps = vec![to];
    while let Some(before) = steps.last().and_then(|item| came_from.get(item)).filter(|_| steps.last() != Some(&from)) {
        steps.push(*before);
    }
    steps.reverse();
    if steps.first() == Some(&from) { steps } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(number: u64, act: FamilyAct) -> Judged {
        Judged {
            number,
            judgement: Judgement::Family(act),
            by: "A. Analyst".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            leaf: number,
        }
    }

    fn part(a: i64, b: i64) -> FamilyAct {
        FamilyAct::Part { items: [ItemId(a), ItemId(b)], reason: "other words".to_owned() }
    }

    #[test]
    fn what_was_taken_back_holds_no_more_and_cannot_be_taken_back_again() {
        let leave = FamilyAct::Leave { item: ItemId(7), family: FamilyId(3), reason: "another flag".to_owned() };
        let back = FamilyAct::Rejoin { of: 4, reason: String::new() };
        let all = decisions(&[judged(4, part(1, 2)), judged(6, leave.clone()), judged(9, back.clone())]);
        assert_eq!(all.iter().map(|one| one.holds).collect::<Vec<_>>(), [false, true, false]);
        let partings = partings_of(&all);
        assert!(partings.allow(1, 2) && !partings.allow(7, 8));
        check(&part(1, 2), &all).unwrap();
        for (act, why) in [
            (back, "taken back before"),
            (FamilyAct::Rejoin { of: 9, reason: String::new() }, "part the items again"),
            (FamilyAct::Rejoin { of: 5, reason: String::new() }, "no act on families"),
            (FamilyAct::Leave { item: ItemId(7), family: FamilyId(8), reason: "again".to_owned() }, "said so before"),
        ] {
            let said = check(&act, &all).unwrap_err().to_string();
            assert!(said.contains(why), "{said}");
        }
        check(&FamilyAct::Rejoin { of: 6, reason: String::new() }, &all).unwrap();
        assert_eq!(all[1].what, "took i7 out of f3");
    }

    #[test]
    fn the_way_that_still_joins_a_pair_is_the_shortest() {
        let joins = [(1, 2), (2, 3), (1, 4), (4, 5), (5, 3)].map(|(a, b)| (ItemId(a), ItemId(b)));
        let mut partings = Partings::default();
        let steps = |partings: &Partings| -> Vec<i64> {
            way(ItemId(1), ItemId(3), &joins, partings).iter().map(|item| item.0).collect()
        };
        assert_eq!(steps(&partings), [1, 2, 3]);
        partings.part(2, 3);
        assert_eq!(steps(&partings), [1, 4, 5, 3]);
        partings.set_alone(4);
        assert_eq!(steps(&partings), Vec::<i64>::new());
    }
}
