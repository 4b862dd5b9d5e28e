//! What one sentence does: the rules, in the order in which they are tried.

use super::frame::{self, Frame, is_framed, is_question, negated};
use super::intent::{announcement, names_aim, short};
use super::{Scene, Sentence};
use crate::lexicon::class::*;
use vedette_core::StatementKind;

/// Lethal harm in any form.
const HARM: u64 = HARM_INF | HARM_FUT | HARM_FUT3 | HARM_IMP | HARM_PAST;
/// Weaker harm in any form.
const HIT: u64 = HIT_INF | HIT_FUT | HIT_FUT3 | HIT_IMP | HIT_PAST;
/// A text without any of these says nothing that is looked for.
pub(super) const CARRIERS: u64 = HARM
    | HIT
    | HARM_NOUN
    | THREAT
    | HINT
    | TAUNT
    | OMEN
    | CALL
    | CLAIM
    | PRAISE
    | RECRUITMENT
    | WARNING
    | DENIAL
    | INSTRUCT
    | MAYBE_IMP
    | THREATEN;

/// Words before a past form among which its subject is looked for.
const SUBJECT_GAP: usize = 4;
/// The same where the verb stands last.
const SUBJECT_GAP_VERB_LAST: usize = 14;

/// What a sentence was read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    pub kind: StatementKind,
    pub reported: bool,
    /// The word that carries it.
    pub anchor: usize,
}

/// Reads a sentence; `None` when it says nothing of the kind.
pub(super) fn read(scene: &Scene<'_>, sentence: Sentence) -> Option<Reading> {
    let reading = |kind: StatementKind, reported: bool, anchor: usize| Some(Reading { kind, reported, anchor });
    let framed = is_framed(scene, sentence);
    if let Some(anchor) = scene.with(sentence, DENIAL).next().filter(|_| speaks_of_harm(scene, sentence)) {
        return reading(StatementKind::Denial, framed || scene.news, anchor);
    }
    if let Some(intent) = announcement(scene, sentence) {
        match frame::of(scene, sentence, &intent) {
            Frame::Own => return reading(intent.kind, false, intent.anchor),
            Frame::Reported => return reading(StatementKind::Report, true, intent.anchor),
            Frame::Countered => {
                return reading(StatementKind::Denial, scene.is_quoted(intent.anchor), intent.anchor);
            }
            Frame::Void => {}
        }
    }
    if let Some(anchor) = scene.with(sentence, CLAIM).next() {
        let unclaimed = negated(scene, sentence, anchor.saturating_sub(3), anchor) || is_question(scene, sentence);
        return match framed || unclaimed || scene.is_quoted(anchor) {
            true => reading(StatementKind::Report, true, anchor),
            false => reading(StatementKind::Claim, false, anchor),
        };
    }
    if framed {
        let anchor = report(scene, sentence)?;
        return reading(StatementKind::Report, true, anchor);
    }
    others(scene, sentence)
}

/// Harm, an attack or a claim is what the sentence, or the one before it, is about.
fn speaks_of_harm(scene: &Scene<'_>, sentence: Sentence) -> bool {
    let about = HARM | HARM_NOUN | CLAIM | THREATEN | LETHAL | HIT;
    let (first, end) = (sentence.first.saturating_sub(30), sentence.end);
    (first..end).any(|at| scene.classes(at) & about != 0) || scene.knows_actor
}

/// News of harm or of a threat.
fn report(scene: &Scene<'_>, sentence: Sentence) -> Option<usize> {
    if let Some(at) = scene.with(sentence, THREATEN).next() {
        return Some(at);
    }
    if scene.is_sport(sentence) && !scene.any(sentence, LETHAL) {
        return None;
    }
    scene.with(sentence, HARM | HARM_NOUN).next()
}

/// Claims in the first person, praise, recruitment and warnings.
fn others(scene: &Scene<'_>, sentence: Sentence) -> Option<Reading> {
    if scene.unreal {
        return None;
    }
    let reading = |kind: StatementKind, anchor: usize| {
        let quoted = scene.is_quoted(anchor);
        Some(Reading { kind: if quoted { StatementKind::Report } else { kind }, reported: quoted, anchor })
    };
    let sport = scene.is_sport(sentence);
    if let Some(at) = past_claim(scene, sentence).filter(|_| !sport) {
        return reading(StatementKind::Claim, at);
    }
    let related = scene.knows_actor || scene.any(sentence, HARM_NOUN | LETHAL | HARM);
    let praise = scene.with(sentence, PRAISE).find(|at| !negated(scene, sentence, at.saturating_sub(3), *at));
    if let Some(at) = praise.filter(|_| related) {
        return reading(StatementKind::Praise, at);
    }
    if scene.has_sport(&sentence) {
        return None;
    }
    let asks = is_question(scene, sentence);
    let join = scene.with(sentence, RECRUITMENT).find(|at| !negated(scene, sentence, at.saturating_sub(3), *at));
    if let Some(at) = join.filter(|_| !asks && (scene.knows_actor || scene.grim || scene.invites)) {
        return reading(StatementKind::Recruitment, at);
    }
    if let Some(at) = scene.with(sentence, WARNING).next().filter(|_| scene.knows_actor || scene.addresses || scene.warns) {
        return reading(StatementKind::Warning, at);
    }
    None
}

/// `we struck`, with a sign that more than a match is meant.
fn past_claim(scene: &Scene<'_>, sentence: Sentence) -> Option<usize> {
    let serious = scene.knows_actor || scene.any(sentence, LETHAL | HARM_NOUN) || names_aim(scene, sentence);
    if !serious || is_question(scene, sentence) {
        return None;
    }
    // Where the verb stands last and says who did it, a communiqué names its fighters at the head: `the soldiers of … struck`.
    let post = scene.lexicon.verb_last && !scene.lexicon.want_needs_person && short(scene);
    scene.with(sentence, HARM_PAST | HIT_PAST).find(|at| {
        let gap = if scene.lexicon.verb_last { SUBJECT_GAP_VERB_LAST } else { SUBJECT_GAP };
        let from = at.saturating_sub(gap).max(sentence.first);
        let told = (sentence.first..*at).any(|word| scene.classes(word) & (PRAISE | PAST) != 0);
        // Arabic and Persian past forms in the lexicon are first person already.
        let ours = (from..*at).any(|word| scene.classes(word) & WE != 0 || post && scene.classes(word) & GROUP != 0);
        ours && !told && !negated(scene, sentence, from, *at)
    })
}
