//! Who, to whom, against whom, where, when and how: the slots of a statement, as spans of the text.

use super::rules::Reading;
use super::{Scene, Sentence, institutions};
use crate::lexicon::class;
use vedette_core::{Mention, MentionKind, Slot, Statement};
use vedette_text::Span;

/// Words of a target that is not in the register: `all who stand on the quays`.
const OBJECT_WORDS_MAX: usize = 5;

/// Words that end an object and begin where, when, how or why.
pub(super) const STOPS: &[&str] = &[
    "in",
    "on",
    "at",
    "when",
    "if",
    "because",
    "with",
    "by",
    "for",
    "before",
    "after",
    "and",
    "but",
    "to",
    "as",
    "until",
    "while",
    "в",
    "на",
    "когда",
    "если",
    "и",
    "за",
    "من",
    "عند",
    "إذا",
    "في",
    "dans",
    "quand",
    "si",
    "avec",
    "et",
    "pour",
    "en",
    "con",
    "por",
    "y",
    "unter",
    "mit",
    "im",
    "am",
    "vor",
    "für",
    "und",
    "bij",
    "naar",
    "aan",
    "voor",
    "wanneer",
    "omdat",
    "zodra",
    "tijdens",
    "sous",
    "de",
    "du",
    "sur",
    "of",
    "from",
    "under",
    "over",
    "sin",
];

/// Builds the statement that a sentence was read as.
pub(super) fn fill(scene: &Scene<'_>, sentence: Sentence, reading: &Reading) -> Statement {
    let actor = actor(scene, sentence, reading.anchor);
    let actor_id = actor.as_ref().and_then(|slot| slot.id.clone());
    let near = |kinds: &'static [MentionKind]| beside(scene, sentence, kinds).map(|mention| slot_of(scene, mention));
    Statement {
        kind: reading.kind,
        start: sentence.span.start,
        end: sentence.span.end,
        quote: sentence.span.of(scene.text).to_owned(),
        speaker: if reading.reported { speaker(scene, sentence) } else { None },
        reported: reading.reported,
        tentative: false,
        addressee: addressee(scene, sentence),
        target: target(scene, sentence, reading.anchor, actor_id.as_deref()),
        place: near(&[MentionKind::Place, MentionKind::Venue]),
        time: time(scene, sentence),
        method: scene.mentions_in(sentence.span, &[MentionKind::Method]).next().map(|mention| slot_of(scene, mention)),
        event: near(&[MentionKind::Event]),
        actor,
    }
}

fn slot(scene: &Scene<'_>, span: Span, id: Option<String>) -> Slot {
    Slot { start: span.start, end: span.end, text: span.of(scene.text).to_owned(), id }
}

fn slot_of(scene: &Scene<'_>, mention: &Mention) -> Slot {
    slot(scene, Span { start: mention.start, end: mention.end }, Some(mention.id.clone()))
}

fn word_slot(scene: &Scene<'_>, word: usize, count: usize) -> Option<Slot> {
    let first = scene.words.list.get(word)?;
    let last = scene.words.list.get(word + count.max(1) - 1)?;
    Some(slot(scene, Span { start: first.from as usize, end: last.to as usize }, None))
}

/// The sentence's mention of a kind, or that of the sentence before or after it.
fn beside<'a>(scene: &Scene<'a>, sentence: Sentence, kinds: &'static [MentionKind]) -> Option<&'a Mention> {
    if let Some(mention) = scene.mentions_in(sentence.span, kinds).next() {
        return Some(mention);
    }
    let next = scene.sentences.get(sentence.number + 1);
    let before = sentence.number.checked_sub(1).and_then(|before| scene.sentences.get(before));
    [before, next].into_iter().flatten().find_map(|span| scene.mentions_in(*span, kinds).next())
}

fn time(scene: &Scene<'_>, sentence: Sentence) -> Option<Slot> {
    let next = scene.sentences.get(sentence.number + 1);
    let before = sentence.number.checked_sub(1).and_then(|before| scene.sentences.get(before));
    [Some(&sentence.span), before, next].into_iter().flatten().find_map(|span| {
        let from = scene.dates.partition_point(|date| date.start < span.start);
        let inside = scene.dates.get(from..).unwrap_or_default().iter().take_while(|date| date.start < span.end);
        // `previously` and `for three days` are no time at which somebody can be warned.
        let date = inside.into_iter().find(|date| date.from.is_some() && date.kind != "SET")?;
        Some(slot(scene, Span { start: date.start, end: date.end }, None))
    })
}

/// An organisation before the verb, else after it, else the pronoun of the speaker.
fn actor(scene: &Scene<'_>, sentence: Sentence, anchor: usize) -> Option<Slot> {
    let at = scene.words.list.get(anchor).map_or(sentence.span.end, |word| word.from as usize);
    let groups: Vec<&Mention> = scene.mentions_in(sentence.span, &[MentionKind::Actor]).collect();
    let named = groups.iter().rev().find(|mention| mention.start <= at).or_else(|| groups.first());
    if let Some(mention) = named {
        return Some(slot_of(scene, mention));
    }
    let pronoun = scene.with(sentence, class::WE).filter(|word| *word <= anchor).last()?;
    word_slot(scene, pronoun, 1)
}

/// `people of X`, `brothers`, or `you`.
fn addressee(scene: &Scene<'_>, sentence: Sentence) -> Option<Slot> {
    let vocative = scene
        .marks
        .within(sentence.first, sentence.end)
        .filter(|mark| mark.classes & class::ADDRESS != 0)
        .max_by_key(|mark| mark.count);
    if let Some(mark) = vocative {
        let first = scene.words.list.get(mark.first)?;
        let last = mark.first + mark.count - 1;
        // A place or group right behind it belongs to it.
        let named = scene.mention_at(last + 1).filter(|mention| mention.end <= sentence.span.end);
        let end =
            named.map(|mention| mention.end).or_else(|| scene.words.list.get(last).map(|word| word.to as usize))?;
        return Some(slot(scene, Span { start: first.from as usize, end }, named.map(|mention| mention.id.clone())));
    }
    let you = scene.with(sentence, class::YOU).next()?;
    word_slot(scene, you, 1)
}

/// What is aimed at: something of the register behind the verb, else before it, else the words behind the verb.
fn target(scene: &Scene<'_>, sentence: Sentence, anchor: usize, actor: Option<&str>) -> Option<Slot> {
    const AIMS: &[MentionKind] = &[MentionKind::Target, MentionKind::Venue, MentionKind::Actor];
    let at = scene.words.list.get(anchor).map_or(0, |word| word.from as usize);
    let aims: Vec<&Mention> = scene
        .mentions_in(sentence.span, AIMS)
        .filter(|mention| mention.kind != MentionKind::Actor || Some(mention.id.as_str()) != actor)
        .collect();
    if let Some(mention) = aims.iter().find(|mention| mention.start >= at).or_else(|| aims.last()) {
        return Some(slot_of(scene, mention));
    }
    let phrase = class::THREAT | class::HINT | class::CALL | class::MAYBE_IMP;
    let verb = class::HARM_INF
        | class::HIT_INF
        | class::HARM_FUT
        | class::HIT_FUT
        | class::HARM_FUT3
        | class::HIT_FUT3
        | class::HARM_IMP
        | class::HIT_IMP;
    if scene.lexicon.verb_last || scene.classes(anchor) & phrase != 0 || scene.classes(anchor) & verb == 0 {
        return None;
    }
    let longest =
        scene.marks.within(anchor, anchor + 1).filter(|mark| mark.classes & verb != 0).map(|mark| mark.count).max();
    object(scene, sentence, anchor + longest.unwrap_or(1) - 1)
}

/// The words behind a verb up to the end of the clause.
fn object(scene: &Scene<'_>, sentence: Sentence, anchor: usize) -> Option<Slot> {
    let mut count = 0;
    for at in anchor + 1..(anchor + 1 + OBJECT_WORDS_MAX).min(sentence.end) {
        let (Some(before), Some(word)) = (scene.words.list.get(at - 1), scene.words.list.get(at)) else { break };
        let between = scene.text.get(before.to as usize..word.from as usize).unwrap_or_default();
        let written = scene.folded.get(word.start as usize..word.end as usize).unwrap_or_default();
        if between.contains([',', '.', ';', ':', '!', '،', '؛', '(', '"', '—']) || STOPS.contains(&written) {
            break;
        }
        count += 1;
    }
    if let Some(place) = scene.mention_at(anchor + 1) {
        return Some(slot_of(scene, place));
    }
    if count == 0 { None } else { word_slot(scene, anchor + 1, count) }
}

/// Who is quoted: an organisation before the verb of saying, else a public body with the place it is of, else the word before the verb.
fn speaker(scene: &Scene<'_>, sentence: Sentence) -> Option<Slot> {
    let say = scene.with(sentence, class::SAY | class::THREATEN).next()?;
    let at = scene.words.list.get(say)?.from as usize;
    let groups = scene.mentions_in(sentence.span, &[MentionKind::Actor, MentionKind::Outlet]);
    if let Some(mention) = groups.filter(|mention| mention.end <= at).last() {
        return Some(slot_of(scene, mention));
    }
    if let Some(body) = institutions::speaker(scene, sentence, say) {
        return Some(slot(scene, body, None));
    }
    let before = say.checked_sub(1).filter(|before| *before >= sentence.first)?;
    word_slot(scene, before, 1)
}
