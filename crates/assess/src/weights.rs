//! How much each sign counts, in points, and why. One table: whoever disagrees with a level begins here.
//!
//! A level above low needs intent (a threat, a call or an instruction in the writer's own words). Points then say whether it is
//! serious; a place, a target, an event or a time says whether it is specific.

use vedette_core::StatementKind;

/// Points of a statement by its kind.
pub(crate) fn of_statement(kind: StatementKind) -> f32 {
    match kind {
        // Announces or demands harm: the reason this desk exists.
        StatementKind::Threat | StatementKind::Call => 4.0,
        // Teaching harm serves whoever acts on it, whatever the writer intends.
        StatementKind::Instruction => 4.5,
        // Speaks of harm done: it shows capability, not what comes next.
        StatementKind::Claim => 2.5,
        StatementKind::Recruitment => 1.5,
        StatementKind::Praise => 1.0,
        // Advice to one's own side tells that there is one.
        StatementKind::Warning => 0.5,
        // Passing on somebody else's words, or rejecting harm, is worth knowing and no threat.
        StatementKind::Report | StatementKind::Denial => 0.25,
    }
}

/// The writer's own words count; the same words in a news report do not.
pub(crate) const REPORTED: f32 = 0.25;
/// What only the wording as a whole speaks for counts half, and raises no level above low.
pub(crate) const TENTATIVE: f32 = 0.5;
/// A place or venue named with the threat: somebody can be warned.
pub(crate) const PLACE: f32 = 1.5;
/// A dated event named with the threat.
pub(crate) const EVENT: f32 = 1.5;
/// Whom or what it is aimed at.
pub(crate) const TARGET: f32 = 0.5;
/// A date or time.
pub(crate) const TIME: f32 = 1.0;
/// A time that is only hinted at: `soon`.
pub(crate) const TIME_HINTED: f32 = 0.25;
/// A weapon or method: somebody thought of how.
pub(crate) const METHOD: f32 = 1.0;
/// A weapon or method named beside the intent, not as its means.
pub(crate) const MEANS: f32 = 0.5;
/// An organisation of the register acts or signs.
pub(crate) const ACTOR: f32 = 1.0;
/// The source is an outlet of an organisation of the register: its words are the organisation's.
pub(crate) const OFFICIAL: f32 = 1.5;
/// An upcoming event is named.
pub(crate) const COMING_BY_NAME: f32 = 2.0;
/// A place or venue of an upcoming event is named.
pub(crate) const COMING_BY_PLACE: f32 = 1.5;
/// Only a date of the text falls into an upcoming event: weak, dates are everywhere.
pub(crate) const COMING_BY_DATE: f32 = 0.5;

/// Points from which intent is serious: a bare threat with one detail stays below, two details or a known group reach it.
pub(crate) const SERIOUS: f32 = 6.0;
/// Text read badly (OCR) counts down to this share.
pub(crate) const BAD_READING_SHARE: f32 = 0.6;
