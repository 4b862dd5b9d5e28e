//! Announcements put together from words that are harmless alone: an order beside a weapon, a lesson about a bomb, what we will do
//! beside a coffin. Only in posts: an article says such words of others.

use super::frame::{is_question, negated};
use super::intent::{By, Intent, short};
use super::{Scene, Sentence};
use crate::lexicon::class::*;
use vedette_core::StatementKind;

/// Words that make an order, a lesson or a deed a grave one.
const GRAVE: u64 = LETHAL | HARM_INF;

/// What a sentence of a post announces by two words together.
pub(super) fn composed(scene: &Scene<'_>, sentence: Sentence) -> Option<Intent> {
    if !short(scene)
        || scene.any(sentence, TAME | CAUSE)
        || scene.is_sport(sentence)
        || !scene.any(sentence, GRAVE)
        || is_question(scene, sentence)
    {
        return None;
    }
    let first = |classes: u64| {
        scene.with(sentence, classes).find(|at| {
            let beside = scene.with(sentence, GRAVE).any(|grave| grave != *at);
            beside && !negated(scene, sentence, at.saturating_sub(1), *at)
        })
    };
    let intent = |anchor: usize, kind: StatementKind, by: By| Some(Intent { kind, anchor, by });
    if let Some(at) = first(GUIDE) {
        return intent(at, StatementKind::Instruction, By::You);
    }
    if let Some(at) = first(COMMAND) {
        return intent(at, StatementKind::Call, By::You);
    }
    let at = first(DEED)?;
    intent(at, StatementKind::Threat, By::Us)
}
