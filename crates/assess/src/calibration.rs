//! What happened to the machine's levels when people decided. In: decisions, each beside what had been proposed. Out: a table of
//! proposed by decided, shares of agreement with their intervals, and the decisions that disagree. Of several decisions on
//! one item the last one counts.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use vedette_core::{ItemId, Level, LevelDecision};

/// Rows of a break-down by language or source: those with the most decisions.
const GROUPS_MAX: usize = 30;
/// z of a 95 % interval.
const Z: f64 = 1.959_963_985;

/// How many agree, of how many, and where the share that would be found with more decisions lies (95 %, Wilson 1927).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Default)]
pub struct Share {
    /// Decisions that left the level as it was proposed.
    pub agreed: u64,
    /// Decisions.
    pub of: u64,
    /// Lower end of the interval, 0 to 1.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Share {
    /// `agreed` of `of`. Of no decision nothing is known: 0 to 1.
    pub fn new(agreed: u64, of: u64) -> Self {
        if of == 0 {
            return Self { agreed: 0, of: 0, low: 0.0, high: 1.0 };
        }
        let (n, p) = (of as f64, agreed as f64 / of as f64);
        let middle = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
        let half = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        Self { agreed, of, low: (middle - half).max(0.0), high: (middle + half).min(1.0) }
    }

    /// The share itself; 0 of no decision.
    pub fn share(&self) -> f64 {
        if self.of == 0 { 0.0 } else { self.agreed as f64 / self.of as f64 }
    }
}

/// A share of some decisions, by what they have in common.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// Language code, name of the source, or month.
    pub name: String,
    /// Agreement.
    pub agreement: Share,
    /// Decisions that lowered the level.
    pub lowered: u64,
    /// Decisions that raised it.
    pub raised: u64,
}

/// What happened to levels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// `matrix[proposed][decided]`, both in the order of [`Level::ALL`].
    pub matrix: [[u64; 5]; 5],
    /// All decisions together.
    pub all: Group,
    /// By language of the text, most decisions first.
    pub by_language: Vec<Group>,
    /// By source, most decisions first.
    pub by_source: Vec<Group>,
    /// By month of the decision, oldest first.
    pub by_month: Vec<Group>,
    /// Items of which the decided level is another one, the newest decision first.
    pub disagreements: Vec<ItemId>,
}

/// Sums decisions up. They come oldest first.
pub fn calibrate(decisions: &[LevelDecision]) -> Calibration {
    let mut seen = BTreeSet::new();
    let last: Vec<&LevelDecision> = decisions.iter().rev().filter(|one| seen.insert(one.item)).collect();
    let mut matrix = [[0; 5]; 5];
    for one in &last {
        let place = matrix
            .get_mut(usize::from(one.proposed.rank()))
            .and_then(|row| row.get_mut(usize::from(one.decision.level.rank())));
        place.into_iter().for_each(|count| *count += 1);
    }
    let by = |name: &dyn Fn(&LevelDecision) -> String| -> Vec<Group> {
        let mut groups: BTreeMap<String, Vec<&LevelDecision>> = BTreeMap::new();
        last.iter().for_each(|one| groups.entry(name(one)).or_default().push(one));
        groups.into_iter().map(|(name, of)| group(name, &of)).collect()
    };
    let most = |mut groups: Vec<Group>| {
        groups.sort_by(|a, b| b.agreement.of.cmp(&a.agreement.of).then_with(|| a.name.cmp(&b.name)));
        groups.truncate(GROUPS_MAX);
        groups
    };
    Calibration {
        matrix,
        all: group("all".to_owned(), &last),
        by_language: most(by(&|one| one.language.clone())),
        by_source: most(by(&|one| one.source.clone())),
        by_month: by(&|one| one.decision.at.strftime("%Y-%m").to_string()),
        disagreements: last.iter().filter(|one| one.decision.level != one.proposed).map(|one| one.item).collect(),
    }
}

fn group(name: String, of: &[&LevelDecision]) -> Group {
    let count = |test: &dyn Fn(Level, Level) -> bool| {
        of.iter().filter(|one| test(one.decision.level, one.proposed)).count() as u64
    };
    Group {
        name,
        agreement: Share::new(count(&|decided, proposed| decided == proposed), of.len() as u64),
        lowered: count(&|decided, proposed| decided < proposed),
        raised: count(&|decided, proposed| decided > proposed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{SignedDuration, Timestamp};
    use vedette_core::{Decision, Sha256, Verdict};

    fn decided(item: i64, day: i64, language: &str, proposed: Level, level: Level) -> LevelDecision {
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day);
        LevelDecision {
            item: ItemId(item),
            sha256: Sha256([0; 32]),
            source: "lantern-media".to_owned(),
            language: language.to_owned(),
            text: String::new(),
            proposed,
            decision: Decision {
                verdict: Verdict::Change,
                level,
                proposed: Some(proposed),
                reason: String::new(),
                by: "A. Analyst".to_owned(),
                at,
            },
        }
    }

    #[test]
    fn decisions_are_summed_by_what_was_proposed_and_the_last_one_on_an_item_counts() {
        use Level::{HighSpecific, Low, Medium, None};
        let found = calibrate(&[
            decided(1, 1, "en", Medium, None),
            decided(2, 2, "ar", HighSpecific, HighSpecific),
            decided(3, 40, "en", Low, Medium),
            decided(1, 41, "en", Medium, Medium),
            decided(4, 42, "en", Medium, Low),
        ]);
        assert_eq!(found.matrix, [[0; 5], [0, 0, 1, 0, 0], [0, 1, 1, 0, 0], [0; 5], [0, 0, 0, 0, 1]]);
        assert_eq!(
            (found.all.agreement.agreed, found.all.agreement.of, found.all.lowered, found.all.raised),
            (2, 4, 1, 1)
        );
        assert_eq!(found.disagreements, [ItemId(4), ItemId(3)]);
        let named =
            |groups: &[Group]| groups.iter().map(|one| (one.name.clone(), one.agreement.of)).collect::<Vec<_>>();
        assert_eq!(named(&found.by_language), [("en".to_owned(), 3), ("ar".to_owned(), 1)]);
        assert_eq!(named(&found.by_month), [("1970-01".to_owned(), 1), ("1970-02".to_owned(), 3)]);
        assert_eq!(found.matrix.iter().flatten().sum::<u64>(), found.all.agreement.of);
    }

    #[test]
    fn an_interval_says_how_little_is_known() {
        // Values of Wilson's interval as tables give them.
        for (agreed, of, low, high) in [
            (0, 0, 0.0, 1.0),
            (8, 10, 0.490, 0.943),
            (0, 10, 0.0, 0.278),
            (10, 10, 0.722, 1.0),
            (80, 100, 0.711, 0.867),
        ] {
            let share = Share::new(agreed, of);
            assert!(
                (share.low - low).abs() < 0.001 && (share.high - high).abs() < 0.001,
                "{agreed} of {of}: {share:?}"
            );
        }
        assert_eq!(calibrate(&[]).all.agreement.share(), 0.0);
    }
}
