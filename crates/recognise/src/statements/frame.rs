//! Whose words they are and how they are meant: quoted, reported, condemned, told of the past, made up, asked, negated.

use super::intent::{By, Intent};
use super::{Scene, Sentence};
use crate::lexicon::class::*;
use vedette_core::StatementKind;
use vedette_text::sentences::breaks_clause;

/// Words before a verb of saying among which its subject is looked for.
pub(super) const SPEAKER_GAP: usize = 3;
/// Words around a quotation among which speech against it is looked for.
const COUNTER_GAP: usize = 12;

/// How an announcement is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    /// The writer speaks for himself.
    Own,
    /// Somebody else said it.
    Reported,
    /// It is quoted in order to be rejected.
    Countered,
    /// A story, a game, a joke, a drill: nobody means it.
    Void,
}

/// How an announcement is meant.
pub(super) fn of(scene: &Scene<'_>, sentence: Sentence, intent: &Intent) -> Frame {
    let quoted = scene.is_quoted(intent.anchor);
    if is_countered(scene, sentence, intent.anchor, quoted) {
        return Frame::Countered;
    }
    let said = speaker(scene, sentence, intent.anchor).is_some();
    if quoted && is_endorsed(scene, sentence, said) {
        return Frame::Own;
    }
    if quoted || said {
        return Frame::Reported;
    }
    // A lesson in bombs may call itself a film or a series.
    let lesson = intent.kind == StatementKind::Instruction && scene.any(sentence, LETHAL);
    let tame = intent.by != By::Us && scene.any(sentence, TAME);
    if (scene.is_unreal(sentence) || tame) && !lesson || is_feared(scene, sentence, intent.anchor) {
        return Frame::Void;
    }
    if intent.by != By::Us && is_history(scene, sentence, intent.anchor) {
        return Frame::Reported;
    }
    if intent.by != By::Us && (scene.news || tells(scene, sentence)) {
        return Frame::Reported;
    }
    Frame::Own
}

/// A longer text that neither speaks of its writers nor to anybody: its phrases are told, not meant.
fn tells(scene: &Scene<'_>, sentence: Sentence) -> bool {
    scene.text.len() > super::SHORT_TEXT_BYTES && !scene.knows_actor && !scene.any(sentence, WE | YOU)
}

/// The verb of saying that governs a word: before it in the sentence, or behind it in a clause of its own (`…, police said`).
pub(super) fn speaker(scene: &Scene<'_>, sentence: Sentence, anchor: usize) -> Option<usize> {
    scene.with(sentence, SAY | THREATEN).find(|at| {
        if says_himself(scene, sentence, *at) {
            return false;
        }
        if *at <= anchor {
            return !(*at..anchor).any(|word| scene.classes(word) & BUT != 0 && word > *at);
        }
        // Where the verb closes the sentence, so does `said`.
        scene.lexicon.verb_closes || (anchor..*at).any(|word| breaks(scene, word, word + 1))
    })
}

/// Somebody else's words: `police said`, `threatened to`. Our own `we said` is no frame, nor is `you said`.
pub(super) fn is_framed(scene: &Scene<'_>, sentence: Sentence) -> bool {
    scene.with(sentence, SAY | THREATEN).any(|at| !says_himself(scene, sentence, at))
}

fn says_himself(scene: &Scene<'_>, sentence: Sentence, say: usize) -> bool {
    let from = say.saturating_sub(SPEAKER_GAP).max(sentence.first);
    let mut near = from..say;
    near.any(|word| scene.classes(word) & (WE | YOU) != 0 && !(word..say).any(|at| breaks(scene, at, at + 1)))
}

/// Speech against what is said: in a frame before it, in a clause behind it, or around a quotation.
fn is_countered(scene: &Scene<'_>, sentence: Sentence, anchor: usize, quoted: bool) -> bool {
    let counters = |at: usize| {
        at < anchor || quoted || (anchor..at).any(|word| breaks(scene, word, word + 1)) || scene.lexicon.verb_last
    };
    if scene.with(sentence, COUNTER).any(counters) {
        return true;
    }
    let near = sentence.first.saturating_sub(COUNTER_GAP)..(sentence.end + COUNTER_GAP).min(scene.words.list.len());
    quoted && near.into_iter().any(|at| scene.classes(at) & (COUNTER | BLAME) != 0)
}

/// A quotation that the writer makes his own: `as we said`, `we mean it`.
fn is_endorsed(scene: &Scene<'_>, sentence: Sentence, told: bool) -> bool {
    let mut said = scene.with(sentence, SAY | THREATEN);
    let near = sentence.first.saturating_sub(COUNTER_GAP)..(sentence.end + COUNTER_GAP).min(scene.words.list.len());
    let rejected = near.clone().any(|at| scene.classes(at) & (COUNTER | BLAME | DENIAL) != 0);
    let owned = said.any(|at| {
        let from = at.saturating_sub(SPEAKER_GAP).max(sentence.first);
        !told && (from..at).any(|word| scene.classes(word) & WE != 0)
    });
    !rejected && !scene.news && (owned || near.into_iter().any(|at| scene.classes(at) & ENDORSE != 0))
}

/// What is feared is not announced: `I am afraid that they will`.
fn is_feared(scene: &Scene<'_>, sentence: Sentence, anchor: usize) -> bool {
    // Where the verb closes the sentence, so does `I am afraid`.
    let end = if scene.lexicon.verb_closes { sentence.end } else { anchor };
    (sentence.first..end).any(|at| scene.classes(at) & FEAR != 0)
        && !(sentence.first..anchor).any(|at| scene.classes(at) & BUT != 0)
}

/// A word of the past stands before the announcement: history, or a story of it.
fn is_history(scene: &Scene<'_>, sentence: Sentence, anchor: usize) -> bool {
    (sentence.first..anchor).any(|at| scene.classes(at) & PAST != 0)
}

/// Whether a clause ends between two words that follow each other.
pub(super) fn breaks(scene: &Scene<'_>, left: usize, right: usize) -> bool {
    match (scene.words.list.get(left), scene.words.list.get(right)) {
        (Some(left), Some(right)) => {
            breaks_clause(scene.text.get(left.to as usize..right.from as usize).unwrap_or_default())
        }
        _ => false,
    }
}

/// A negation among some words.
pub(super) fn negated(scene: &Scene<'_>, sentence: Sentence, from: usize, to: usize) -> bool {
    (from.max(sentence.first)..to.min(sentence.end)).any(|at| scene.classes(at) & NOT != 0)
}

/// A negation among the few words before one, in its clause.
pub(super) fn negated_near(scene: &Scene<'_>, sentence: Sentence, at: usize, words: usize) -> bool {
    let from = at.saturating_sub(words).max(sentence.first);
    let clause = (from..at).rev().take_while(|word| !breaks(scene, *word, word + 1));
    clause.into_iter().any(|word| scene.classes(word) & NOT != 0)
}

/// A question asks; it does not announce.
pub(super) fn is_question(scene: &Scene<'_>, sentence: Sentence) -> bool {
    let written = sentence.span.of(scene.text).trim_end_matches(['"', '”', '»', ')', ' ']);
    written.ends_with(['?', '؟']) || scene.classes(sentence.first) & ASK != 0 && scene.lexicon.bare_imperative
}
