//! Assess: what an analyst should look at first. In: readings and what was found in them, whose outlet the source is, the
//! calendar. Out: a proposed level and tier, and the reasons, each with the words it rests on. A person decides.
//!
//! Pure: the same input gives the same assessment. The points stand in `weights.rs`.

pub mod admiralty;
pub mod bursts;
mod calendar;
pub mod calibration;
pub mod campaigns;
pub mod lineage;
pub mod series;
mod signs;
mod utterances;
mod weights;

pub use calendar::join_events;

use jiff::civil::DateTime;
use signs::{Signs, is_intent};
use vedette_core::{Assessment, CalendarEvent, Findings, Level, Reading, Statement, StatementKind, Tier};

/// Days ahead in which an event raises an item, unless the desk says otherwise.
pub const WINDOW_DAYS: u16 = 30;

/// An outlet of the register that a source belongs to, by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfficialOutlet<'a> {
    /// The outlet.
    pub outlet: &'a str,
    /// The organisation it speaks for.
    pub actor: &'a str,
}

/// What an item is assessed on. `findings[i]` was found in `readings[i]`.
#[derive(Debug, Clone, Copy)]
pub struct AssessInput<'a> {
    /// Texts of the version and its files.
    pub readings: &'a [Reading],
    /// What was found in each.
    pub findings: &'a [Findings],
    /// The register's outlet that the source is, if it is one.
    pub outlet_official: Option<OfficialOutlet<'a>>,
    /// Dated things of the register.
    pub calendar: &'a [CalendarEvent],
    /// The moment from which the calendar looks ahead: when the item was posted, or when it is looked at again. Local time.
    pub now: DateTime,
    /// Days that the calendar looks ahead.
    pub window_days: u16,
}

impl<'a> AssessInput<'a> {
    /// Readings and findings alone: no known outlet, an empty calendar, the usual window.
    pub fn new(readings: &'a [Reading], findings: &'a [Findings], now: DateTime) -> Self {
        Self { readings, findings, outlet_official: None, calendar: &[], now, window_days: WINDOW_DAYS }
    }
}

/// Proposes a level and a tier, with reasons.
pub fn assess(input: &AssessInput<'_>) -> Assessment {
    let findings = input.findings;
    let mut signs = Signs::new(input.readings);
    // What stands in an original and in its translation is one utterance.
    let counts = signs.counting(findings);
    let statements = || {
        let all = findings.iter().zip(&counts);
        all.flat_map(|(found, counts)| found.statements.iter().zip(counts))
            .filter(|(_, counts)| **counts)
            .map(|(s, _)| s)
    };
    let intent = statements().any(is_intent);
    let claim = statements().any(|statement| statement.kind == StatementKind::Claim && !statement.reported);
    signs.add_statements(findings, &counts);
    if intent || claim {
        signs.add_actor(findings);
    }
    if intent {
        signs.add_means(findings);
    }
    if let Some(official) = input.outlet_official {
        signs.add_official(findings, official.outlet, official.actor);
    }
    // An upcoming event matters where somebody speaks of harm or speaks for an organisation; fixtures alone are no warning.
    let hostile = intent || claim || input.outlet_official.is_some();
    if hostile {
        calendar::add(&mut signs, input, intent);
    }
    let level = level_of(&signs, intent, input.outlet_official.is_some());
    let tier = tier_of(level, claim, input.outlet_official.is_some(), statements());
    Assessment { level, tier, reasons: signs.into_reasons() }
}

/// The level that the signs add up to.
fn level_of(signs: &Signs<'_>, intent: bool, official: bool) -> Level {
    if signs.is_empty() {
        return Level::None;
    }
    if !intent {
        // The organisation itself names what is coming up: no intent in words, and reason enough to look.
        return if official && signs.has("event ") { Level::Medium } else { Level::Low };
    }
    if signs.points() < weights::SERIOUS {
        return Level::Medium;
    }
    let specific =
        ["place named", "event named", "time named", "event in", "event today", "event tomorrow", "event under way"];
    if specific.iter().any(|name| signs.has(name)) { Level::HighSpecific } else { Level::HighUnspecific }
}

/// Tiers after the Terrorist Content Analytics Platform: 1 threat to life, 2 crisis (the perpetrators' own content), 3 official
/// content of an organisation, 4 promotional.
fn tier_of<'a>(level: Level, claim: bool, official: bool, statements: impl Iterator<Item = &'a Statement>) -> Tier {
    if level >= Level::HighUnspecific {
        return Some(1);
    }
    if claim {
        return Some(2);
    }
    if official {
        return Some(3);
    }
    let promotes = |kind: StatementKind| {
        matches!(
            kind,
            StatementKind::Praise
                | StatementKind::Recruitment
                | StatementKind::Threat
                | StatementKind::Call
                | StatementKind::Instruction
                | StatementKind::Warning
        )
    };
    statements.into_iter().any(|statement| !statement.reported && promotes(statement.kind)).then_some(4)
}

#[cfg(test)]
mod tests;
