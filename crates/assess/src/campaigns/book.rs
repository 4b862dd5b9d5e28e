//! The campaigns that people hold together: what stands after all their acts. Each act is checked against what stands before it;
//! undoing the newest act that stands brings back exactly what was there before.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use vedette_core::limits::REASON_CHARS_MAX;
use vedette_core::{CAMPAIGN_ITEMS_MAX, CampaignAct, CampaignId, ItemId};

/// Characters of a name.
const NAME_CHARS_MAX: usize = 200;
/// New items with which a dismissed suggestion comes back; a smaller one comes back with as many as it had.
pub const GROWN_ITEMS: usize = 5;

/// A campaign that somebody accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Campaign {
    /// Its id: the number of the act that made it.
    pub id: CampaignId,
    /// What people call it.
    pub name: String,
    /// Its items. An item is in one campaign at most.
    pub items: BTreeSet<ItemId>,
}

/// All campaigns, and the acts that stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Book {
    campaigns: BTreeMap<u64, Campaign>,
    held: BTreeMap<ItemId, u64>,
    /// Items of dismissed suggestions, by the number of the act.
    dismissed: BTreeMap<u64, BTreeSet<ItemId>>,
}

impl Book {
    /// What stands after `acts`, oldest first, each with its number; and the numbers of the acts that were not undone.
    pub fn read(acts: &[(u64, CampaignAct)]) -> (Self, Vec<u64>) {
        let mut standing: Vec<&(u64, CampaignAct)> = Vec::new();
        for act in acts {
            match &act.1 {
                CampaignAct::Undo { of } => {
                    if standing.last().is_some_and(|(number, _)| number == of) {
                        standing.pop();
                    }
                }
                _ => standing.push(act),
            }
        }
        let mut book = Self::default();
        for (number, act) in &standing {
            // What cannot be done was refused when it was asked for.
            if book.check(act).is_ok() {
                book.apply(*number, act);
            }
        }
        (book, standing.iter().map(|(number, _)| *number).collect())
    }

    /// The campaigns, the newest first.
    pub fn campaigns(&self) -> impl Iterator<Item = &Campaign> {
        self.campaigns.values().rev()
    }

    /// One campaign.
    pub fn campaign(&self, id: CampaignId) -> Option<&Campaign> {
        self.campaigns.get(&u64::try_from(id.0).ok()?)
    }

    /// The campaign that holds an item.
    pub fn holder(&self, item: ItemId) -> Option<CampaignId> {
        self.held.get(&item).map(|number| id_of(*number))
    }

    /// The newest act that dismissed a suggestion of these items, unless it has grown since: [`GROWN_ITEMS`] items that nobody
    /// dismissed, or as many as were dismissed, whichever is fewer, bring it back.
    pub fn dismissal(&self, items: &[ItemId]) -> Option<u64> {
        let same = |known: &BTreeSet<ItemId>| items.iter().any(|item| known.contains(item));
        let known: Vec<_> = self.dismissed.iter().filter(|(_, known)| same(known)).collect();
        let all: BTreeSet<&ItemId> = known.iter().flat_map(|(_, known)| known.iter()).collect();
        let new = items.iter().filter(|item| !all.contains(item)).count();
        let (number, _) = known.last()?;
        (new < all.len().min(GROWN_ITEMS)).then_some(**number)
    }

    /// Whether an act can be done now; else why not. An undo is checked against the acts that stand, not here.
    pub fn check(&self, act: &CampaignAct) -> Result<(), String> {
        match act {
            CampaignAct::Accept { into, name, items } => {
                if let Some(into) = into {
                    self.known(*into)?;
                } else {
                    named(name)?;
                }
                let there = into.and_then(|into| self.campaigns.get(&into)).map_or(0, |one| one.items.len());
                countable(items, there)?;
                match items.iter().find_map(|item| Some((item, self.held.get(item)?))) {
                    Some((item, number)) => {
                        Err(format!("{item} is in {} already: split it off there first", id_of(*number)))
                    }
                    None => Ok(()),
                }
            }
            CampaignAct::Merge { into, from } => {
                self.known(*into)?;
                let mut seen = BTreeSet::from([*into]);
                let mut size = self.campaigns.get(into).map_or(0, |one| one.items.len());
                for number in from {
                    size += self.known(*number)?.items.len();
                    if !seen.insert(*number) {
                        return Err(format!("{} is named twice", id_of(*number)));
                    }
                }
                if from.is_empty() {
                    return Err("name the campaigns that become part of it".to_owned());
                }
                if size > CAMPAIGN_ITEMS_MAX {
                    return Err(format!("a campaign holds at most {CAMPAIGN_ITEMS_MAX} items"));
                }
                Ok(())
            }
            CampaignAct::Split { from, name, items } => {
                named(name)?;
                countable(items, 0)?;
                let campaign = self.known(*from)?;
                if let Some(item) = items.iter().find(|item| !campaign.items.contains(item)) {
                    return Err(format!("{item} is not in {}", id_of(*from)));
                }
                if items.len() == campaign.items.len() {
                    return Err(format!("these are all items of {}: nothing would be left", id_of(*from)));
                }
                Ok(())
            }
            CampaignAct::Dismiss { items, reason } => {
                let reason = reason.trim();
                if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX {
                    return Err(format!(
                        "say why it is no campaign, in at most {REASON_CHARS_MAX} characters: others will read it"
                    ));
                }
                countable(items, 0)?;
                match items.iter().find_map(|item| Some((item, self.held.get(item)?))) {
                    Some((item, number)) => Err(format!("{item} is in {}: it is no suggestion", id_of(*number))),
                    None => Ok(()),
                }
            }
            CampaignAct::Undo { .. } => Ok(()),
        }
    }

    fn known(&self, number: u64) -> Result<&Campaign, String> {
        self.campaigns.get(&number).ok_or_else(|| format!("there is no campaign {}", id_of(number)))
    }

    fn apply(&mut self, number: u64, act: &CampaignAct) {
        match act {
            CampaignAct::Accept { into, name, items } => self.put(into.unwrap_or(number), name, items),
            CampaignAct::Merge { into, from } => {
                for from in from {
                    if let Some(gone) = self.campaigns.remove(from) {
                        let items: Vec<ItemId> = gone.items.into_iter().collect();
                        self.put(*into, "", &items);
                    }
                }
            }
            CampaignAct::Split { from, name, items } => {
                if let Some(campaign) = self.campaigns.get_mut(from) {
                    items.iter().for_each(|item| {
                        campaign.items.remove(item);
                    });
                }
                self.put(number, name, items);
            }
            CampaignAct::Dismiss { items, .. } => {
                self.dismissed.insert(number, items.iter().copied().collect());
            }
            CampaignAct::Undo { .. } => {}
        }
    }

    fn put(&mut self, number: u64, name: &str, items: &[ItemId]) {
        let new = || Campaign { id: id_of(number), name: name.trim().to_owned(), items: BTreeSet::new() };
        let campaign = self.campaigns.entry(number).or_insert_with(new);
        campaign.items.extend(items);
        self.held.extend(items.iter().map(|item| (*item, number)));
    }
}

fn id_of(number: u64) -> CampaignId {
    CampaignId(i64::try_from(number).unwrap_or(i64::MAX))
}

fn named(name: &str) -> Result<(), String> {
    match name.trim() {
        "" => Err("a campaign needs a name".to_owned()),
        name if name.chars().count() > NAME_CHARS_MAX => {
            Err(format!("the name of a campaign has at most {NAME_CHARS_MAX} characters"))
        }
        _ => Ok(()),
    }
}

fn countable(items: &[ItemId], there: usize) -> Result<(), String> {
    let different: BTreeSet<_> = items.iter().collect();
    if items.is_empty() || different.len() != items.len() {
        return Err("name the items, each once".to_owned());
    }
    if items.len() + there > CAMPAIGN_ITEMS_MAX {
        return Err(format!("a campaign holds at most {CAMPAIGN_ITEMS_MAX} items"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn accept(into: Option<u64>, items: &[i64]) -> CampaignAct {
        CampaignAct::Accept { into, name: "The Cup".to_owned(), items: items.iter().copied().map(ItemId).collect() }
    }

    fn split(from: u64, items: &[i64]) -> CampaignAct {
        CampaignAct::Split { from, name: "Another".to_owned(), items: items.iter().copied().map(ItemId).collect() }
    }

    fn shape(book: &Book) -> Vec<(i64, Vec<i64>)> {
        book.campaigns().map(|one| (one.id.0, one.items.iter().map(|item| item.0).collect())).collect()
    }

    #[test]
    fn acts_make_campaigns_and_an_impossible_act_says_why() {
        let mut acts = vec![
            (1, accept(None, &[1, 2, 3])),
            (4, accept(None, &[5, 6])),
            (5, accept(Some(4), &[7])),
            (8, CampaignAct::Merge { into: 1, from: vec![4] }),
            (9, split(1, &[2, 5])),
        ];
        let (book, standing) = Book::read(&acts);
        assert_eq!(shape(&book), [(9, vec![2, 5]), (1, vec![1, 3, 6, 7])]);
        assert_eq!((standing, book.holder(ItemId(5))), (vec![1, 4, 5, 8, 9], Some(CampaignId(9))));
        for (act, why) in [
            (accept(None, &[2, 9]), "i2 is in k9 already: split it off there first"),
            (accept(Some(4), &[9]), "there is no campaign k4"),
            (accept(None, &[]), "name the items, each once"),
            (accept(None, &[8, 8]), "name the items, each once"),
            (CampaignAct::Merge { into: 1, from: vec![1] }, "k1 is named twice"),
            (CampaignAct::Merge { into: 1, from: vec![] }, "name the campaigns that become part of it"),
            (split(1, &[2]), "i2 is not in k1"),
            (split(9, &[2, 5]), "these are all items of k9: nothing would be left"),
            (
                CampaignAct::Accept { into: None, name: " ".to_owned(), items: vec![ItemId(9)] },
                "a campaign needs a name",
            ),
        ] {
            assert_eq!(book.check(&act).unwrap_err(), why);
        }
        // Only the newest act that stands can be undone.
        acts.push((10, CampaignAct::Undo { of: 8 }));
        assert_eq!(shape(&Book::read(&acts).0), shape(&book));
        acts.push((11, CampaignAct::Undo { of: 9 }));
        acts.push((12, CampaignAct::Undo { of: 8 }));
        let (book, standing) = Book::read(&acts);
        assert_eq!(shape(&book), [(4, vec![5, 6, 7]), (1, vec![1, 2, 3])]);
        assert_eq!(standing, [1, 4, 5]);
    }

    fn dismiss(items: impl IntoIterator<Item = i64>, reason: &str) -> CampaignAct {
        CampaignAct::Dismiss { items: items.into_iter().map(ItemId).collect(), reason: reason.to_owned() }
    }

    #[test]
    fn a_dismissed_suggestion_comes_back_when_it_has_grown_and_not_before() {
        let items = |numbers: std::ops::Range<i64>| numbers.map(ItemId).collect::<Vec<_>>();
        let acts = vec![(3, dismiss(1..4, "a fan page")), (4, dismiss(20..40, "a newsletter"))];
        let (book, _) = Book::read(&acts);
        // Of three, three new ones bring it back; of twenty, five do.
        for (suggested, dismissed) in [
            (items(1..4), Some(3)),
            (items(2..4), Some(3)),
            (items(1..6), Some(3)),
            (items(1..7), None),
            (items(20..44), Some(4)),
            (items(20..45), None),
            (items(50..60), None),
        ] {
            assert_eq!(book.dismissal(&suggested), dismissed, "{suggested:?}");
        }
        // Dismissed again, it must grow again.
        let again: Vec<_> = acts.iter().cloned().chain([(9, dismiss(1..7, "still a fan page"))]).collect();
        let (again, standing) = Book::read(&again);
        assert_eq!((again.dismissal(&items(1..7)), again.dismissal(&items(1..11))), (Some(9), Some(9)));
        assert_eq!((again.dismissal(&items(1..12)), standing), (None, vec![3, 4, 9]));
        let undone: Vec<_> = acts.into_iter().chain([(10, CampaignAct::Undo { of: 4 })]).collect();
        let (undone, _) = Book::read(&undone);
        assert_eq!((undone.dismissal(&items(20..40)), undone.dismissal(&items(1..4))), (None, Some(3)));
        assert!(book.check(&dismiss([5], " ")).unwrap_err().starts_with("say why"));
        let (held, _) = Book::read(&[(1, accept(None, &[5]))]);
        assert_eq!(held.check(&dismiss([5, 6], "no")).unwrap_err(), "i5 is in k1: it is no suggestion");
    }

    /// An act that may or may not be possible, from four dice.
    fn act(book: &Book, kind: u8, a: usize, b: usize, some: &[i64]) -> CampaignAct {
        let numbers: Vec<u64> = book.campaigns().map(|one| one.id.0 as u64).collect();
        let pick = |at: usize| numbers.get(at % numbers.len().max(1)).copied().unwrap_or(999);
        let members = |number: u64| -> Vec<i64> {
            let campaign = book.campaign(CampaignId(number as i64));
            campaign.map(|one| one.items.iter().map(|item| item.0).collect()).unwrap_or_default()
        };
        match kind % 5 {
            0 => accept(None, some),
            1 => accept(Some(pick(a)), some),
            2 => CampaignAct::Merge { into: pick(a), from: vec![pick(b)] },
            3 => dismiss(some.iter().copied(), "no"),
            _ => {
                let of: Vec<i64> =
                    members(pick(a)).into_iter().filter(|item| (*item as usize + b).is_multiple_of(2)).collect();
                split(pick(a), &of)
            }
        }
    }

    proptest! {
        /// Whatever was done: each undo brings back exactly what was there before, and an item is never in two campaigns.
        #[test]
        fn undoing_brings_back_what_was_there_before(
            dice in prop::collection::vec((0u8..7, 0usize..9, 0usize..9, prop::collection::btree_set(1i64..40, 0..6)), 1..40),
        ) {
            let mut acts: Vec<(u64, CampaignAct)> = Vec::new();
            let mut states: Vec<Book> = vec![Book::default()];
            for (number, (kind, a, b, some)) in (1u64..).zip(dice) {
                let (book, standing) = Book::read(&acts);
                prop_assert_eq!(&book, states.last().unwrap());
                let some: Vec<i64> = some.into_iter().collect();
                if kind >= 5 {
                    if let Some(of) = standing.last() {
                        acts.push((number, CampaignAct::Undo { of: *of }));
                        states.pop();
                    }
                    continue;
                }
                let act = act(&book, kind, a, b, &some);
                if book.check(&act).is_ok() {
                    acts.push((number, act));
                    states.push(Book::read(&acts).0);
                }
                let held: usize = Book::read(&acts).0.campaigns().map(|one| one.items.len()).sum();
                prop_assert_eq!(held, Book::read(&acts).0.held.len());
                prop_assert!(Book::read(&acts).0.campaigns().all(|one| !one.items.is_empty()));
            }
            // All the way back.
            while let Some(of) = Book::read(&acts).1.last().copied() {
                acts.push((acts.last().unwrap().0 + 1, CampaignAct::Undo { of }));
                states.pop();
                prop_assert_eq!(&Book::read(&acts).0, states.last().unwrap());
            }
            prop_assert_eq!(&Book::read(&acts).0, &Book::default());
        }
    }
}
