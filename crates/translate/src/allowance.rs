//! How much an engine may be asked: seconds an item, words and characters a day. A paid server then costs no more than was meant, and
//! one endless text does not hold up the others.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vedette_core::translation::TranslateFault;

/// Seconds that one text may take when nothing else is set; a magazine of 30,000 words takes half a minute of the engine in process.
pub const SECONDS_PER_ITEM_USUAL: u64 = 120;

/// What an engine may be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Allowance {
    /// Words a day; absent: as many as there are.
    pub words_a_day: Option<u64>,
    /// Characters a day; absent: as many as there are.
    pub characters_a_day: Option<u64>,
    /// Seconds for one text.
    pub seconds_an_item: u64,
}

impl Default for Allowance {
    fn default() -> Self {
        Self { words_a_day: None, characters_a_day: None, seconds_an_item: SECONDS_PER_ITEM_USUAL }
    }
}

impl Allowance {
    /// The time one text may take.
    pub fn within(&self) -> Duration {
        Duration::from_secs(self.seconds_an_item)
    }

    /// Whether `more` may be sent after `used` was sent today.
    ///
    /// # Errors
    /// [`TranslateFault::OverBudget`] naming what was allowed.
    pub fn permits(&self, engine: &str, used: Sent, more: Sent) -> Result<(), TranslateFault> {
        let over = |used: u64, more: u64, most: Option<u64>, unit: &str| match most {
            Some(most) if used.saturating_add(more) > most => Err(TranslateFault::OverBudget {
                engine: engine.to_owned(),
                reason: format!("{most} {unit} a day, {used} are used, this needs {more}"),
            }),
            _ => Ok(()),
        };
        over(used.words, more.words, self.words_a_day, "words")?;
        over(used.characters, more.characters, self.characters_a_day, "characters")
    }
}

/// What was sent to an engine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Words: stretches between white space.
    pub words: u64,
    /// Characters.
    pub characters: u64,
}

impl Sent {
    /// The size of some texts.
    pub fn of(texts: &[&str]) -> Self {
        texts.iter().fold(Self::default(), |sum, text| Self {
            words: sum.words + text.split_whitespace().count() as u64,
            characters: sum.characters + text.chars().count() as u64,
        })
    }

    fn plus(self, more: Self) -> Self {
        Self {
            words: self.words.saturating_add(more.words),
            characters: self.characters.saturating_add(more.characters),
        }
    }
}

/// Who keeps the count of what was sent. Called from plain threads.
pub trait Ledger: Send + Sync {
    /// Counts `more` for `engine` on `day` if `allowance` permits it, in one step.
    ///
    /// # Errors
    /// [`TranslateFault::OverBudget`]; then nothing is counted.
    fn charge(&self, engine: &str, day: Date, more: Sent, allowance: &Allowance) -> Result<(), TranslateFault>;
}

/// A ledger that forgets when the program ends.
#[derive(Debug, Default)]
pub struct MemoryLedger {
    days: Mutex<BTreeMap<(String, Date), Sent>>,
}

impl MemoryLedger {
    /// What was sent to an engine on a day.
    pub fn sent(&self, engine: &str, day: Date) -> Sent {
        let days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        days.get(&(engine.to_owned(), day)).copied().unwrap_or_default()
    }
}

impl Ledger for MemoryLedger {
    fn charge(&self, engine: &str, day: Date, more: Sent, allowance: &Allowance) -> Result<(), TranslateFault> {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        let used = days.get(&(engine.to_owned(), day)).copied().unwrap_or_default();
        allowance.permits(engine, used, more)?;
        // Yesterday's counts are of no use to anybody.
        days.retain(|(_, kept), _| *kept >= day);
        days.insert((engine.to_owned(), day), used.plus(more));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Date = jiff::civil::date(2026, 11, 26);

    #[test]
    fn a_day_has_so_many_words_and_the_next_day_as_many_again() {
        let ledger = MemoryLedger::default();
        let allowance = Allowance { words_a_day: Some(10), ..Allowance::default() };
        let six = Sent { words: 6, characters: 30 };
        assert!(ledger.charge("a", DAY, six, &allowance).is_ok());
        let refused = ledger.charge("a", DAY, six, &allowance);
        assert!(matches!(refused, Err(TranslateFault::OverBudget { .. })), "{refused:?}");
        // What was refused is not counted; another engine and another day have their own.
        assert_eq!(ledger.sent("a", DAY), six);
        assert!(ledger.charge("b", DAY, six, &allowance).is_ok());
        assert!(ledger.charge("a", DAY.tomorrow().expect("a day"), six, &allowance).is_ok());
    }

    #[test]
    fn characters_are_counted_as_people_count_them() {
        let sent = Sent::of(&["مرحبا بكم", "two words"]);
        assert_eq!(sent, Sent { words: 4, characters: 18 });
        let allowance = Allowance { characters_a_day: Some(17), ..Allowance::default() };
        assert!(allowance.permits("a", Sent::default(), sent).is_err());
    }
}
