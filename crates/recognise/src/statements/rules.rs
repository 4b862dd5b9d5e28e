//! What one sentence does: the rules, in the order in which they are tried.

use super::{Scene, Sentence};
use crate::lexicon::class::*;
use vedette_core::{MentionKind, StatementKind};

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
    | CALL
    | CLAIM
    | PRAISE
    | RECRUITMENT
    | WARNING
    | DENIAL
    | INSTRUCT
    | MAYBE_IMP
    | THREATEN;

/// Words between an auxiliary and its verb.
const GAP: usize = 6;
/// The same where the verb stands last.
const GAP_VERB_LAST: usize = 14;
/// Words before an auxiliary among which its subject is looked for.
const SUBJECT_GAP: usize = 4;
/// Words before an auxiliary among which an organisation is its subject.
const ACTOR_GAP: usize = 7;

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
    let own = announcement(scene, sentence);
    let framed = is_framed(scene, sentence);
    if let Some(anchor) = scene.with(sentence, DENIAL).next().filter(|_| speaks_of_harm(scene, sentence)) {
        return Some(Reading { kind: StatementKind::Denial, reported: framed || scene.news, anchor });
    }
    if let Some((kind, anchor)) = own {
        let quoted = scene.is_quoted(anchor);
        if scene.any(sentence, COUNTER) || around_counter(scene, sentence, quoted) {
            return Some(Reading { kind: StatementKind::Denial, reported: quoted, anchor });
        }
        if framed || quoted {
            return Some(Reading { kind: StatementKind::Report, reported: true, anchor });
        }
        return Some(Reading { kind, reported: false, anchor });
    }
    if let Some(anchor) = scene.with(sentence, CLAIM).next() {
        let kind = if framed { StatementKind::Report } else { StatementKind::Claim };
        return Some(Reading { kind, reported: framed, anchor });
    }
    if framed {
        let anchor = report(scene, sentence)?;
        return Some(Reading { kind: StatementKind::Report, reported: true, anchor });
    }
    others(scene, sentence)
}

/// Threats and calls, as if the writer spoke for himself.
fn announcement(scene: &Scene<'_>, sentence: Sentence) -> Option<(StatementKind, usize)> {
    if scene.any(sentence, INSTRUCT) {
        return scene.with(sentence, INSTRUCT).next().map(|at| (StatementKind::Instruction, at));
    }
    if let Some(at) = scene.with(sentence, THREAT).next() {
        return Some((StatementKind::Threat, at));
    }
    if is_question(scene, sentence) {
        return None;
    }
    let sport = scene.is_sport(sentence) && !scene.any(sentence, LETHAL);
    // A weak word counts in a match only when an organisation of the register acts.
    let counts = |at: usize| {
        !sport || scene.classes(at) & HARM != 0 && has_group(scene, sentence) || group_before(scene, sentence, at)
    };
    let threat = finite_future(scene, sentence)
        .or_else(|| future(scene, sentence))
        .or_else(|| wish(scene, sentence))
        .filter(|at| counts(*at));
    if let Some(at) = threat {
        return Some((StatementKind::Threat, at));
    }
    let call = duty(scene, sentence).or_else(|| imperative(scene, sentence)).filter(|at| counts(*at));
    if let Some(at) = call {
        return Some((StatementKind::Call, at));
    }
    if let Some(at) = scene.with(sentence, CALL).next().filter(|_| !sport) {
        return Some((StatementKind::Call, at));
    }
    let hint = scene.with(sentence, HINT).next();
    hint.filter(|_| !sport && (scene.grim || scene.knows_actor || scene.hints)).map(|at| (StatementKind::Threat, at))
}

/// Verbs that carry person and future in themselves.
fn finite_future(scene: &Scene<'_>, sentence: Sentence) -> Option<usize> {
    let first =
        scene.with(sentence, HARM_FUT | HIT_FUT).find(|at| !negated(scene, sentence, at.saturating_sub(1), *at + 1));
    first.or_else(|| {
        scene.with(sentence, HARM_FUT3 | HIT_FUT3).find(|at| {
            !negated(scene, sentence, at.saturating_sub(1), *at)
                && !scene.news
                && (scene.any(sentence, YOU) || group_before(scene, sentence, *at) || names_aim(scene, sentence))
        })
    })
}

/// An auxiliary of the future and a verb of harm, said by us, of you, or of an organisation or place.
fn future(scene: &Scene<'_>, sentence: Sentence) -> Option<usize> {
    for auxiliary in scene.with(sentence, FUTURE) {
        let Some(verb) = verb_after(scene, sentence, auxiliary, HARM_INF | HIT_INF) else { continue };
        if negated(scene, sentence, auxiliary, verb) {
            continue;
        }
        let from = auxiliary.saturating_sub(SUBJECT_GAP).max(sentence.first);
        // The auxiliary may carry its subject (`we'll`); behind it a subject follows where word order turns round.
        let subject = (from..=(auxiliary + 1).min(verb)).fold(0, |all, at| all | scene.classes(at));
        let lethal = scene.classes(verb) & HARM_INF != 0;
        let ours = subject & WE != 0;
        let yours = subject & YOU != 0;
        let theirs = lethal && !scene.news && (names_aim(scene, sentence) || subject & (THEY | PEOPLE) != 0);
        if ours || yours || theirs || group_before(scene, sentence, auxiliary) {
            return Some(verb);
        }
    }
    None
}

/// Wishes and oaths of harm.
fn wish(scene: &Scene<'_>, sentence: Sentence) -> Option<usize> {
    for wanted in scene.with(sentence, WANT) {
        let Some(verb) = verb_after(scene, sentence, wanted, HARM_INF | HIT_INF) else { continue };
        let from = wanted.saturating_sub(SUBJECT_GAP).max(sentence.first);
        let subject = (from..=(wanted + 1).min(verb)).fold(0, |all, at| all | scene.classes(at));
        let person = !scene.lexicon.want_needs_person || subject & WE != 0;
        if person && !negated(scene, sentence, from, verb) {
            return Some(verb);
        }
    }
    None
}

/// That harm is due: `must be`, `deserve to`, `let us`.
fn duty(scene: &Scene<'_>, sentence: Sentence) -> Option<usize> {
    if scene.news {
        return None;
    }
    for must in scene.with(sentence, MUST) {
        let Some(verb) = verb_after(scene, sentence, must, HARM_INF | HIT_INF | HARM_FUT3) else { continue };
        let from = must.saturating_sub(3).max(sentence.first);
        if negated(scene, sentence, from, verb) {
            continue;
        }
        let lethal = scene.classes(verb) & HARM_INF != 0;
        let aimed = scene.any(sentence, PEOPLE | WE | YOU | ADDRESS) || scene.knows_actor;
        if lethal || aimed {
            return Some(verb);
        }
    }
    None
}

/// Commands to harm.
fn imperative(scene: &Scene<'_>, sentence: Sentence) -> Option<usize> {
    let bare = scene.lexicon.bare_imperative;
    if bare {
        return (sentence.first..sentence.end).find(|at| {
            scene.classes(*at) & (HARM_INF | HIT_INF) != 0
                && opens_clause(scene, sentence, *at)
                && has_object(scene, *at)
        });
    }
    let sure = scene.with(sentence, HARM_IMP | HIT_IMP).find(|at| {
        // German second-person forms are also third-person ones, so they count at the head of a clause only.
        let clear = !(scene.lexicon.verb_last && scene.lexicon.want_needs_person);
        (clear || opens_clause(scene, sentence, *at)) && !negated(scene, sentence, at.saturating_sub(1), *at)
    });
    sure.or_else(|| {
        let related = scene.knows_actor || scene.addresses || scene.groups;
        scene.with(sentence, MAYBE_IMP).find(|at| {
            *at == sentence.first
                || related && !scene.news && scene.any(sentence, ADDRESS | YOU)
                || related && short(scene)
        })
    })
}

/// A post rather than an article.
fn short(scene: &Scene<'_>) -> bool {
    scene.text.len() <= super::SHORT_TEXT_BYTES && !scene.news
}

fn opens_clause(scene: &Scene<'_>, sentence: Sentence, at: usize) -> bool {
    let Some(before) = at.checked_sub(1).filter(|before| *before >= sentence.first) else { return true };
    let between = match (scene.words.list.get(before), scene.words.list.get(at)) {
        (Some(left), Some(right)) => scene.text.get(left.to as usize..right.from as usize).unwrap_or_default(),
        _ => "",
    };
    between.contains([',', ':', ';', '!', '–', '—', '،', '"', '“', '(']) || scene.classes(before) & ADDRESS != 0
}

/// English nouns look like commands (`attack`, `strike`): a command has an object.
fn has_object(scene: &Scene<'_>, at: usize) -> bool {
    const OBJECTS: &[&str] =
        &["all", "them", "those", "every", "these", "your", "any", "him", "her", "the", "everyone", "each", "their"];
    let Some(word) = scene.words.list.get(at) else { return false };
    let past = scene.folded.get(word.start as usize..word.end as usize).is_some_and(|word| word.ends_with("ed"));
    let next = scene.words.list.get(at + 1).and_then(|next| scene.folded.get(next.start as usize..next.end as usize));
    let lethal = scene.classes(at) & HARM_INF != 0;
    !past && next.is_some_and(|next| OBJECTS.contains(&next) && (lethal || next != "the" && next != "her"))
}

/// The first verb of harm behind an auxiliary.
fn verb_after(scene: &Scene<'_>, sentence: Sentence, auxiliary: usize, classes: u64) -> Option<usize> {
    let gap = if scene.lexicon.verb_last { GAP_VERB_LAST } else { GAP };
    let end = (auxiliary + 1 + gap).min(sentence.end);
    let ahead = (auxiliary + 1..end).find(|at| scene.classes(*at) & classes != 0);
    ahead.or_else(|| {
        // `wenn wir kommen und euch töten werden`: the auxiliary may close the clause.
        let from = auxiliary.saturating_sub(2).max(sentence.first);
        (from..auxiliary).find(|at| scene.lexicon.verb_last && scene.classes(*at) & classes != 0)
    })
}

fn negated(scene: &Scene<'_>, sentence: Sentence, from: usize, to: usize) -> bool {
    (from.max(sentence.first)..to.min(sentence.end)).any(|at| scene.classes(at) & NOT != 0)
}

fn is_question(scene: &Scene<'_>, sentence: Sentence) -> bool {
    let written = sentence.span.of(scene.text).trim_end_matches(['"', '”', '»', ')', ' ']);
    written.ends_with(['?', '؟']) || scene.classes(sentence.first) & ASK != 0 && scene.lexicon.bare_imperative
}

/// An organisation of the register shortly before a word; in a post also a word for a group (`the Order will strike`).
fn group_before(scene: &Scene<'_>, sentence: Sentence, at: usize) -> bool {
    let from = at.saturating_sub(ACTOR_GAP).max(sentence.first);
    let post = short(scene);
    (from..at).any(|word| {
        post && scene.classes(word) & GROUP != 0
            || scene.mention_at(word).is_some_and(|mention| mention.kind == MentionKind::Actor)
    })
}

fn has_group(scene: &Scene<'_>, sentence: Sentence) -> bool {
    scene.mentions_in(sentence.span, &[MentionKind::Actor, MentionKind::Outlet]).next().is_some()
}

/// The sentence names something that can be harmed.
fn names_aim(scene: &Scene<'_>, sentence: Sentence) -> bool {
    const AIMS: &[MentionKind] = &[MentionKind::Place, MentionKind::Venue, MentionKind::Event, MentionKind::Target];
    scene.mentions_in(sentence.span, AIMS).next().is_some()
}

/// Harm, an attack or a claim is what the sentence, or the one before it, is about.
fn speaks_of_harm(scene: &Scene<'_>, sentence: Sentence) -> bool {
    let about = HARM | HARM_NOUN | CLAIM | THREATEN | LETHAL | HIT;
    let (first, end) = (sentence.first.saturating_sub(30), sentence.end);
    (first..end).any(|at| scene.classes(at) & about != 0) || scene.knows_actor
}

/// Somebody else's words: `police said`, `threatened to`. Our own `we said` is no frame.
fn is_framed(scene: &Scene<'_>, sentence: Sentence) -> bool {
    scene.with(sentence, SAY | THREATEN).any(|at| {
        let before = at.checked_sub(1).filter(|before| *before >= sentence.first);
        before.is_none_or(|before| scene.classes(before) & WE == 0)
    })
}

/// A quoted threat with speech against it elsewhere in a short text.
fn around_counter(scene: &Scene<'_>, sentence: Sentence, quoted: bool) -> bool {
    let near = sentence.first.saturating_sub(12)..(sentence.end + 12).min(scene.words.list.len());
    quoted && near.into_iter().any(|at| scene.classes(at) & COUNTER != 0)
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
    let reading = |kind: StatementKind, anchor: usize| Some(Reading { kind, reported: false, anchor });
    let sport = scene.is_sport(sentence);
    if let Some(at) = past_claim(scene, sentence).filter(|_| !sport) {
        return reading(StatementKind::Claim, at);
    }
    let related = scene.knows_actor || scene.any(sentence, HARM_NOUN | LETHAL);
    if let Some(at) = scene.with(sentence, PRAISE).next().filter(|_| related) {
        return reading(StatementKind::Praise, at);
    }
    if scene.has_sport(&sentence) {
        return None;
    }
    if let Some(at) =
        scene.with(sentence, RECRUITMENT).next().filter(|_| scene.knows_actor || scene.grim || scene.invites)
    {
        return reading(StatementKind::Recruitment, at);
    }
    if let Some(at) = scene.with(sentence, WARNING).next().filter(|_| scene.knows_actor || scene.addresses) {
        return reading(StatementKind::Warning, at);
    }
    None
}

/// `we struck`, with a sign that more than a match is meant.
fn past_claim(scene: &Scene<'_>, sentence: Sentence) -> Option<usize> {
    let serious = scene.knows_actor || scene.any(sentence, LETHAL);
    scene.with(sentence, HARM_PAST | HIT_PAST).find(|at| {
        let from = at.saturating_sub(SUBJECT_GAP).max(sentence.first);
        // Arabic and Persian past forms in the lexicon are first person already.
        let ours = (from..*at).any(|word| scene.classes(word) & WE != 0);
        serious && ours && !negated(scene, sentence, from, *at)
    })
}
