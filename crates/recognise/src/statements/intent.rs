//! Threats, calls and instructions, as if the writer spoke for himself: who will do, wants, owes or commands harm.
//!
//! Whether he does speak for himself is asked afterwards, in [`super::frame`].

use super::frame::{breaks, is_question, negated};
use super::{Scene, Sentence};
use crate::lexicon::class::*;
use vedette_core::{MentionKind, StatementKind};

/// Words between an auxiliary and its verb.
const GAP: usize = 6;
/// The same when we speak: what we will do may come after where and when.
const GAP_OURS: usize = 10;
/// The same where the verb stands last.
const GAP_VERB_LAST: usize = 14;
/// Words before an auxiliary among which its subject is looked for.
const SUBJECT_GAP: usize = 4;
/// Words before an auxiliary among which an organisation is its subject.
const ACTOR_GAP: usize = 7;

/// Who does the harm, grammatically.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// The writer: `we will`, or a verb in the first person.
    Us,
    /// Whoever reads it: `you will die`, commands, phrases that threaten.
    You,
    /// A third party.
    Others,
}

/// A threat, call or instruction before it is known whose words they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Intent {
    pub kind: StatementKind,
    /// The word that carries it.
    pub anchor: usize,
    pub by: By,
}

fn threat(anchor: usize, by: By) -> Intent {
    Intent { kind: StatementKind::Threat, anchor, by }
}

fn call(anchor: usize, by: By) -> Intent {
    Intent { kind: StatementKind::Call, anchor, by }
}

/// Threats, calls and instructions of a sentence, the surest reading first.
pub(super) fn announcement(scene: &Scene<'_>, sentence: Sentence) -> Option<Intent> {
    if let Some(anchor) = scene.with(sentence, INSTRUCT).find(|at| !negated(scene, sentence, at.saturating_sub(2), *at)) {
        return Some(Intent { kind: StatementKind::Instruction, anchor, by: By::You });
    }
    // A threat put as a question: `did you think we would not come`.
    if let Some(at) = scene.with(sentence, TAUNT).next().filter(|_| !scene.is_sport(sentence)) {
        return Some(threat(at, By::You));
    }
    if is_question(scene, sentence) {
        return None;
    }
    let grave = scene.any(sentence, LETHAL);
    let sport = scene.is_sport(sentence) && !grave;
    let phrase = scene.with(sentence, THREAT).find(|at| !negated(scene, sentence, at.saturating_sub(2), *at));
    if let Some(at) = phrase.filter(|_| !sport || has_group(scene, sentence)) {
        return Some(threat(at, By::You));
    }
    // A weak word counts in a match only when an organisation of the register acts.
    let counts = |intent: &Intent| {
        let at = intent.anchor;
        !sport || scene.classes(at) & HARM_ANY != 0 && has_group(scene, sentence) || group_before(scene, sentence, at)
    };
    let verb = finite_future(scene, sentence).or_else(|| future(scene, sentence)).or_else(|| wish(scene, sentence));
    if let Some(intent) = verb.filter(counts) {
        return Some(intent);
    }
    let duty = duty(scene, sentence).or_else(|| imperative(scene, sentence)).or_else(|| licence(scene, sentence));
    if let Some(intent) = duty.filter(counts) {
        return Some(intent);
    }
    let phrase = scene.with(sentence, CALL).find(|at| !negated(scene, sentence, at.saturating_sub(2), *at));
    if let Some(at) = phrase.filter(|_| !sport) {
        return Some(call(at, By::You));
    }
    hint(scene, sentence).filter(|_| !sport).map(|at| threat(at, By::You))
}

/// What threatens only beside other signs, in a post or to the reader's face.
fn hint(scene: &Scene<'_>, sentence: Sentence) -> Option<usize> {
    if scene.news || !short(scene) && !scene.any(sentence, YOU) {
        return None;
    }
    let hint = scene.with(sentence, HINT).next().filter(|_| scene.grim || scene.knows_actor || scene.hints);
    hint.or_else(|| scene.with(sentence, OMEN).next().filter(|_| scene.knows_actor || scene.deadly))
}

/// Lethal harm in any form.
const HARM_ANY: u64 = HARM_INF | HARM_FUT | HARM_FUT3 | HARM_IMP | HARM_PAST;

/// Verbs that carry person and future in themselves.
fn finite_future(scene: &Scene<'_>, sentence: Sentence) -> Option<Intent> {
    let first =
        scene.with(sentence, HARM_FUT | HIT_FUT).find(|at| !negated(scene, sentence, at.saturating_sub(1), *at + 1));
    if let Some(at) = first {
        return Some(threat(at, By::Us));
    }
    let third = scene.with(sentence, HARM_FUT3 | HIT_FUT3).find(|at| {
        !negated(scene, sentence, at.saturating_sub(1), *at)
            && !scene.news
            && !divine_before(scene, sentence, *at)
            && (scene.any(sentence, YOU)
                || group_before(scene, sentence, *at)
                || names_aim(scene, sentence)
                || short(scene) && scene.classes(*at) & HARM_FUT3 != 0)
    })?;
    Some(threat(third, By::Others))
}

/// An auxiliary of the future and a verb of harm, said by us, of you, or of an organisation or place.
fn future(scene: &Scene<'_>, sentence: Sentence) -> Option<Intent> {
    for auxiliary in scene.with(sentence, FUTURE) {
        let from = auxiliary.saturating_sub(SUBJECT_GAP).max(sentence.first);
        let near = subject(scene, from, auxiliary + 1);
        let gap = if near & WE != 0 { GAP_OURS } else { GAP };
        let Some(verb) = verb_after(scene, sentence, auxiliary, gap, HARM_INF | HIT_INF) else { continue };
        if negated(scene, sentence, auxiliary, verb) {
            continue;
        }
        // The auxiliary may carry its subject (`we'll`); behind it a subject follows where word order turns round.
        let subject = subject(scene, from, (auxiliary + 1).min(verb));
        let lethal = scene.classes(verb) & HARM_INF != 0;
        if divine_before(scene, sentence, auxiliary) && subject & WE == 0 {
            continue;
        }
        if subject & WE != 0 {
            if suffers_alone(scene, sentence, auxiliary, verb) {
                continue;
            }
            return Some(threat(verb, By::Us));
        }
        if subject & YOU != 0 {
            return Some(threat(verb, By::You));
        }
        let theirs = lethal && !scene.news && (names_aim(scene, sentence) || subject & (THEY | PEOPLE) != 0);
        if theirs || group_before(scene, sentence, auxiliary) {
            return Some(threat(verb, By::Others));
        }
    }
    None
}

/// The classes of the words among which a subject is looked for, both ends included.
fn subject(scene: &Scene<'_>, from: usize, to: usize) -> u64 {
    (from..=to).fold(0, |all, at| all | scene.classes(at))
}

/// `we will die`: who says so of himself harms nobody; `we will watch you die` is another matter.
fn suffers_alone(scene: &Scene<'_>, sentence: Sentence, from: usize, verb: usize) -> bool {
    let other = (from + 1..verb)
        .any(|at| scene.classes(at) & (YOU | THEY | PEOPLE) != 0 || scene.named.get(at).copied().flatten().is_some());
    let made = scene.lexicon.verb_last || other || (from + 1..verb).count() > 2;
    scene.classes(verb) & PERISH != 0 && !made && sentence.first <= verb
}

/// Wishes and oaths of harm.
fn wish(scene: &Scene<'_>, sentence: Sentence) -> Option<Intent> {
    for wanted in scene.with(sentence, WANT) {
        let from = wanted.saturating_sub(SUBJECT_GAP).max(sentence.first);
        let Some(verb) = verb_after(scene, sentence, wanted, GAP_OURS, HARM_INF | HIT_INF) else { continue };
        let subject = subject(scene, from, (wanted + 1).min(verb));
        let person = !scene.lexicon.want_needs_person || subject & WE != 0;
        if person && !negated(scene, sentence, from, verb) && !suffers_alone(scene, sentence, wanted, verb) {
            return Some(threat(verb, By::Us));
        }
    }
    None
}

/// That harm is due: `must be`, `deserve to`, `let us`.
fn duty(scene: &Scene<'_>, sentence: Sentence) -> Option<Intent> {
    if scene.news {
        return None;
    }
    for must in scene.with(sentence, MUST) {
        let Some(verb) = verb_after(scene, sentence, must, GAP_OURS, HARM_INF | HIT_INF | HARM_FUT3) else { continue };
        let from = must.saturating_sub(3).max(sentence.first);
        if negated(scene, sentence, from, verb) || divine_before(scene, sentence, must) {
            continue;
        }
        let lethal = scene.classes(verb) & HARM_INF != 0;
        let aimed = scene.any(sentence, PEOPLE | WE | YOU | ADDRESS) || scene.knows_actor;
        if lethal || aimed {
            return Some(call(verb, By::Others));
        }
    }
    None
}

/// `killing them should be legal`.
fn licence(scene: &Scene<'_>, sentence: Sentence) -> Option<Intent> {
    let legal = scene.with(sentence, LEGAL).next()?;
    if negated(scene, sentence, sentence.first, legal) {
        return None;
    }
    let harm = (sentence.first..legal).find(|at| scene.classes(*at) & (HARM_INF | HARM_NOUN | LETHAL) != 0)?;
    Some(call(harm, By::Others))
}

/// Commands to harm.
fn imperative(scene: &Scene<'_>, sentence: Sentence) -> Option<Intent> {
    if scene.lexicon.bare_imperative {
        let verb = (sentence.first..sentence.end).find(|at| {
            scene.classes(*at) & (HARM_INF | HIT_INF) != 0
                && (opens_clause(scene, sentence, *at) || follows_command(scene, sentence, *at))
                && has_object(scene, sentence, *at)
        });
        if let Some(at) = verb {
            return Some(call(at, By::You));
        }
    }
    let sure = scene.with(sentence, HARM_IMP | HIT_IMP).find(|at| {
        // German second-person forms are also third-person ones, so they count at the head of a clause only.
        let clear = !(scene.lexicon.verb_last && scene.lexicon.want_needs_person);
        (clear || opens_clause(scene, sentence, *at) || follows_command(scene, sentence, *at))
            && !negated(scene, sentence, at.saturating_sub(1), *at)
    });
    let verb = sure.or_else(|| {
        let related = scene.knows_actor || scene.addresses || scene.groups;
        scene.with(sentence, MAYBE_IMP).find(|at| {
            *at == sentence.first
                || related && !scene.news && scene.any(sentence, ADDRESS | YOU)
                || related && short(scene)
        })
    });
    verb.map(|at| call(at, By::You))
}

/// A post rather than an article.
pub(super) fn short(scene: &Scene<'_>) -> bool {
    scene.text.len() <= super::SHORT_TEXT_BYTES && !scene.news
}

fn opens_clause(scene: &Scene<'_>, sentence: Sentence, at: usize) -> bool {
    let Some(before) = at.checked_sub(1).filter(|before| *before >= sentence.first) else { return true };
    // A participle behind a comma tells what happened (`…, killing all`).
    let ends = |ending: &str| scene.word(at).ends_with(ending);
    let participle = scene.lexicon.bare_imperative && ends("ing");
    !participle && breaks(scene, before, at) || scene.classes(before) & ADDRESS != 0 || in_address(scene, sentence, at)
}

/// Whether the word stands right behind an address of several words (`people of Kelmora`).
fn in_address(scene: &Scene<'_>, sentence: Sentence, at: usize) -> bool {
    let ends = |mark: &crate::lexicon::Mark| mark.classes & ADDRESS != 0 && mark.first + mark.count == at;
    scene.marks.within(sentence.first, at).any(|mark| ends(mark))
}

/// `take a knife and stab them`: behind a joining word, where nobody was the subject so far.
fn follows_command(scene: &Scene<'_>, sentence: Sentence, at: usize) -> bool {
    let Some(before) = at.checked_sub(1).filter(|before| *before >= sentence.first) else { return false };
    scene.classes(before) & JOIN != 0
        && !(sentence.first..before).any(|word| scene.classes(word) & (WE | FUTURE | SAY | THREATEN | NOT | PAST) != 0)
}

/// English nouns look like commands (`attack`, `strike`): a command has an object.
fn has_object(scene: &Scene<'_>, sentence: Sentence, at: usize) -> bool {
    const OBJECTS: &[&str] = &[
        "all", "them", "those", "every", "these", "your", "any", "him", "her", "the", "everyone", "each", "their",
        "everybody", "anyone", "as", "whoever", "wherever", "where", "without", "infidels", "unbelievers", "traitors",
    ];
    // `attacked`, `kills` are told, not commanded.
    let past = scene.word(at).ends_with("ed") || scene.word(at).ends_with('s') && scene.word(at) != "gas";
    let phrase = scene.marks.within(at, at + 1).filter(|mark| mark.classes & (HARM_INF | HIT_INF) != 0);
    let last = at + phrase.map(|mark| mark.count).max().unwrap_or(1) - 1;
    let next = if last + 1 < sentence.end { scene.word(last + 1) } else { "" };
    let lethal = scene.classes(at) & HARM_INF != 0;
    let serious = scene.knows_actor || scene.groups || scene.addresses;
    let aimed = |word: usize| {
        let kinds = [MentionKind::Place, MentionKind::Venue, MentionKind::Event];
        word < sentence.end
            && scene.mention_at(word).is_some_and(|mention| kinds.contains(&mention.kind))
            && (lethal || serious)
            && short(scene)
    };
    let listed = OBJECTS.contains(&next) && (lethal || !matches!(next, "the" | "her" | "as" | "where" | "without"));
    let behind = aimed(last + 1)
        || matches!(next, "the" | "down") && aimed(last + 2)
        || matches!(next, "in" | "at") && serious && aimed(last + 2);
    let told = !lethal && serious && in_address(scene, sentence, at);
    !past && (listed || behind || told)
}

/// The first verb of harm behind an auxiliary, in its clause or in one that goes on with the same subject.
fn verb_after(scene: &Scene<'_>, sentence: Sentence, auxiliary: usize, gap: usize, classes: u64) -> Option<usize> {
    let gap = if scene.lexicon.verb_last { GAP_VERB_LAST } else { gap };
    let end = (auxiliary + 1 + gap).min(sentence.end);
    let mut ahead = None;
    for at in auxiliary + 1..end {
        let here = scene.classes(at);
        if here & BUT != 0 {
            break;
        }
        if here & classes != 0 {
            ahead = Some(at);
            break;
        }
        // Another's deed behind a comma: `we will wait, they attack`.
        if scene.lexicon.bare_imperative && at > auxiliary + 2 && here & (THEY | SAY) != 0 && breaks(scene, at - 1, at) {
            break;
        }
    }
    ahead.or_else(|| {
        // `wenn wir kommen und euch töten werden`: the auxiliary may close the clause.
        let from = auxiliary.saturating_sub(2).max(sentence.first);
        (from..auxiliary).find(|at| scene.lexicon.verb_last && scene.classes(*at) & classes != 0)
    })
}

/// A god is the subject: a sermon, not an announcement.
fn divine_before(scene: &Scene<'_>, sentence: Sentence, at: usize) -> bool {
    let from = at.saturating_sub(SUBJECT_GAP).max(sentence.first);
    (from..at + 1).any(|word| scene.classes(word) & DIVINE != 0)
        && !(from..at).any(|word| scene.classes(word) & (WE | GROUP) != 0 || is_group(scene, word))
}

fn is_group(scene: &Scene<'_>, word: usize) -> bool {
    scene.mention_at(word).is_some_and(|mention| mention.kind == MentionKind::Actor)
}

/// An organisation of the register shortly before a word; in a post also a word for a group (`the Order will strike`).
pub(super) fn group_before(scene: &Scene<'_>, sentence: Sentence, at: usize) -> bool {
    let from = at.saturating_sub(ACTOR_GAP).max(sentence.first);
    let post = short(scene);
    (from..at).any(|word| post && scene.classes(word) & GROUP != 0 || is_group(scene, word))
}

fn has_group(scene: &Scene<'_>, sentence: Sentence) -> bool {
    scene.mentions_in(sentence.span, &[MentionKind::Actor, MentionKind::Outlet]).next().is_some()
}

/// The sentence names something that can be harmed.
pub(super) fn names_aim(scene: &Scene<'_>, sentence: Sentence) -> bool {
    const AIMS: &[MentionKind] = &[MentionKind::Place, MentionKind::Venue, MentionKind::Event, MentionKind::Target];
    scene.mentions_in(sentence.span, AIMS).next().is_some()
}
