//! What may leave this machine to be translated: a rule by source and by traffic light. Without a rule, nothing leaves.
//!
//! Engines on this machine are always allowed; the rule is about engines whose [`Engine::leaves_machine`] is true.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vedette_core::Tlp;
use vedette_core::translation::{Engine, TranslateFault};

/// The rule. [`Policy::default`] lets nothing leave.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// The strictest traffic light that may still leave; absent: nothing leaves, whatever else is set.
    pub leave_up_to: Option<Tlp>,
    /// Ids of the sources whose texts may leave; `*` stands for all. Empty: none.
    pub leave_sources: BTreeSet<String>,
    /// Ids of sources whose texts never leave, whatever the other rules say.
    pub keep_sources: BTreeSet<String>,
}

impl Policy {
    /// Whether a text of `source_id` under `tlp` may go to `engine`.
    ///
    /// # Errors
    /// [`TranslateFault::NotAllowed`] with the rule that forbids it.
    pub fn allows(&self, engine: &Engine, source_id: &str, tlp: Tlp) -> Result<(), TranslateFault> {
        if !engine.leaves_machine {
            return Ok(());
        }
        let forbid = |reason: String| Err(TranslateFault::NotAllowed { engine: engine.name.clone(), reason });
        let Some(most) = self.leave_up_to else {
            return forbid("no text may leave this machine".to_owned());
        };
        if strictness(tlp) > strictness(most) {
            return forbid(format!("{} is stricter than {}, up to which texts may leave", label(tlp), label(most)));
        }
        if self.keep_sources.contains(source_id) {
            return forbid(format!("texts of the source `{source_id}` stay on this machine"));
        }
        if !self.leave_sources.contains("*") && !self.leave_sources.contains(source_id) {
            return forbid(format!("the source `{source_id}` is not among those whose texts may leave"));
        }
        Ok(())
    }
}

/// From 0 (may be told to all) to 4 (for named people only).
fn strictness(tlp: Tlp) -> u8 {
    match tlp {
        Tlp::Clear => 0,
        Tlp::Green => 1,
        Tlp::Amber => 2,
        Tlp::AmberStrict => 3,
        Tlp::Red => 4,
    }
}

fn label(tlp: Tlp) -> &'static str {
    match tlp {
        Tlp::Clear => "TLP:CLEAR",
        Tlp::Green => "TLP:GREEN",
        Tlp::Amber => "TLP:AMBER",
        Tlp::AmberStrict => "TLP:AMBER+STRICT",
        Tlp::Red => "TLP:RED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engine(leaves_machine: bool) -> Engine {
        Engine { name: "libretranslate".to_owned(), version: "1".to_owned(), leaves_machine }
    }

    fn policy(up_to: Option<Tlp>, leave: &[&str], keep: &[&str]) -> Policy {
        let set = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        Policy { leave_up_to: up_to, leave_sources: set(leave), keep_sources: set(keep) }
    }

    #[test]
    fn without_a_rule_nothing_leaves() {
        let refused = Policy::default().allows(&engine(true), "news", Tlp::Clear);
        assert!(matches!(refused, Err(TranslateFault::NotAllowed { .. })), "{refused:?}");
        // Naming sources alone is no permission, nor is a traffic light alone.
        assert!(policy(None, &["*"], &[]).allows(&engine(true), "news", Tlp::Clear).is_err());
        assert!(policy(Some(Tlp::Red), &[], &[]).allows(&engine(true), "news", Tlp::Clear).is_err());
    }

    #[test]
    fn engines_on_this_machine_are_always_allowed() {
        assert!(Policy::default().allows(&engine(false), "news", Tlp::Red).is_ok());
    }

    #[test]
    fn both_the_source_and_the_traffic_light_must_be_allowed() {
        let rule = policy(Some(Tlp::Green), &["news"], &[]);
        assert!(rule.allows(&engine(true), "news", Tlp::Clear).is_ok());
        assert!(rule.allows(&engine(true), "news", Tlp::Green).is_ok());
        assert!(rule.allows(&engine(true), "news", Tlp::Amber).is_err());
        assert!(rule.allows(&engine(true), "room", Tlp::Clear).is_err());
        assert!(policy(Some(Tlp::Green), &["*"], &[]).allows(&engine(true), "room", Tlp::Clear).is_ok());
    }

    #[test]
    fn a_source_that_stays_stays() {
        let rule = policy(Some(Tlp::Red), &["*", "room"], &["room"]);
        assert!(rule.allows(&engine(true), "room", Tlp::Clear).is_err());
        assert!(rule.allows(&engine(true), "news", Tlp::Red).is_ok());
    }
}
