//! What recurs: "every Saturday", "каждые 2 недели", "jeden Freitag um 18 Uhr", "her gün".

use super::rules::{Reading, Rules};
use super::senses::{EVERY, ON, Part, THE, TO, Unit, WEEKEND};
use super::spans::Quantity;

impl Rules<'_> {
    /// "Every Saturday", "каждые 2 недели".
    pub(super) fn every(&self, at: usize) -> Option<Reading> {
        if !self.has(at, EVERY) {
            return None;
        }
        let only_weekdays = self.is(&["ru"]) && self.has(at, TO);
        // Arabic "day" is also the word before a date: it counts here.
        let named = self.senses(at + 1).unit.is_some() || self.senses(at + 1).weekday.is_some();
        let mut here = if named { at + 1 } else { self.skip(at + 1, THE | ON, 1) };
        if self.senses(here).unit == Some(Unit::Day) && self.senses(here + 1).weekday.is_some() {
            here += 1;
        }
        let senses = self.senses(here);
        let set = |value, next| Some(Reading::new("SET", value, None, next));
        if let Some(weekday) = senses.weekday {
            let part = self.senses(here + 1).part;
            if let Some(clock) = self.clock_after(here + 1) {
                return set(format!("XXXX-WXX-{weekday}{}", clock.time()), clock.next);
            }
            return match part {
                Some(part) => set(format!("XXXX-WXX-{weekday}{}", part_name(part)), here + 2),
                None => set(format!("XXXX-WXX-{weekday}"), here + 1),
            };
        }
        if let Some((_, month)) = senses.month.filter(|_| self.number(here + 1).is_none()) {
            return set(format!("XXXX-{month:02}"), here + 1);
        }
        if senses.has(WEEKEND) {
            return set("XXXX-WXX-WE".to_owned(), here + 1);
        }
        if only_weekdays {
            return None;
        }
        if let Some(part) = senses.part {
            return set(format!("XXXX-XX-XX{}", part_name(part)), here + 1);
        }
        if let Some(quantity) = self.quantity(here) {
            return set(quantity.length(), quantity.next);
        }
        let unit = senses.unit?;
        if let Some(clock) = self.clock_after(here + 1).filter(|_| unit == Unit::Day) {
            return set(format!("XXXX-XX-XX{}", clock.time()), clock.next);
        }
        set(Quantity::new(Some(1), unit, 0).length(), here + 1)
    }
}

fn part_name(part: Part) -> &'static str {
    match part {
        Part::Dawn | Part::Morning => "TMO",
        Part::Noon => "T12:00",
        Part::Afternoon => "TAF",
        Part::Evening => "TEV",
        Part::Night => "TNI",
        Part::Midnight => "T00:00",
    }
}
