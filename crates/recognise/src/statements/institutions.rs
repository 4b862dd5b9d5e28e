//! Public bodies as speakers: `Berlin police said`, `сообщила полиция Берлина`, `قالت شرطة برلين`. A word for a public body and the
//! name of a place right beside it are one speaker, before the verb of saying or behind it, as the language has it.

use super::frame::{SPEAKER_GAP, breaks};
use super::{Scene, Sentence};
use crate::lexicon::class;
use vedette_core::MentionKind;
use vedette_text::Span;

/// What may stand between a place and the body behind it: `Berlin's police`.
const OWN: &[&str] = &["", "'s", "’s", "-"];
/// What may stand between a body and its place behind it: `police of Berlin`, `la police d'Alger`.
const OF: &[&str] = &[
    "",
    "of",
    "in",
    "of the city of",
    "von",
    "der stadt",
    "van",
    "van de stad",
    "te",
    "de",
    "de la",
    "du",
    "des",
    "d'",
    "d’",
    "à",
    "en",
    "del",
    "de la ciudad de",
    "в",
    "города",
    "г.",
    "مدينة",
    "في",
    "شهر",
];
/// What may stand between the verb and a subject behind it. No `der`, no `a la`: these are whom something is told.
const ARTICLES: &[&str] = &["", "the", "die", "das", "de", "het", "la", "le", "les", "l'", "l’", "el", "los", "las"];
/// The same behind `according to`, where nobody is told anything.
const SOURCE_ARTICLES: &[&str] = &["der", "dem", "den", "des", "de la", "du", "de", "het", "from", "by"];
/// Words by which somebody else is the subject of the verb.
const OTHER_SUBJECTS: u64 = class::THEY | class::PEOPLE | class::WE | class::YOU | class::JOIN | class::BUT;

/// A word for a public body, as a range of words, and with its place.
#[derive(Debug, Clone, Copy)]
struct Body {
    first: usize,
    end: usize,
    span: Span,
    /// In the form of a subject, not only of a source.
    subject: bool,
}

/// The public body that the verb of saying at `say` belongs to.
pub(super) fn speaker(scene: &Scene<'_>, sentence: Sentence, say: usize) -> Option<Span> {
    let bodies = bodies(scene, sentence);
    let frame = class::SAY | class::THREATEN;
    let said = scene.marks.within(say, say + 1).filter(|mark| mark.classes & frame != 0).map(|mark| mark.count);
    let say_end = say + said.max().unwrap_or(1);
    let source = |word: usize| scene.classes(word) & class::SOURCE != 0;
    // `police said` is one phrase of the lexicon, and some nouns frame news by themselves.
    let inside = |body: &&Body| body.subject && body.first < say_end && say < body.end;
    let behind = |body: &&Body| {
        let from = scene.words.list.get(say_end - 1).map_or(0, |word| word.to as usize);
        let between = between(scene, from, body.span.start);
        let named = between
            .as_deref()
            .is_some_and(|between| ARTICLES.contains(&between) || source(say) && SOURCE_ARTICLES.contains(&between));
        named && (source(say) || body.subject && scene.lexicon.subject_follows)
    };
    let before = |body: &&Body| {
        let gap = words_until(scene, body.span.end, say);
        let near = gap.len() <= SPEAKER_GAP && gap.clone().all(|word| scene.classes(word) & OTHER_SUBJECTS == 0);
        let last = gap.start.saturating_sub(1);
        let one_clause = !(last..say).any(|word| breaks(scene, word, word + 1));
        body.end <= say && near && one_clause && (body.subject || source(say))
    };
    // Where the verb closes the sentence, its subject opens it.
    let opens = |body: &&Body| {
        let first = scene.words.list.get(sentence.first).map(|word| word.from as usize);
        scene.lexicon.verb_closes && body.subject && first == Some(body.span.start) && body.end <= say
    };
    let all = || bodies.iter();
    let found = all().find(inside).or_else(|| all().find(behind)).or_else(|| all().rfind(before));
    found.or_else(|| all().find(opens)).map(|body| body.span)
}

/// The words for public bodies of a sentence, each with its place.
fn bodies(scene: &Scene<'_>, sentence: Sentence) -> Vec<Body> {
    let mut bodies: Vec<Body> = Vec::new();
    for mark in scene.marks.within(sentence.first, sentence.end) {
        let classes = mark.classes & (class::INSTITUTION | class::INSTITUTION_CASE);
        // Words of a name of the register have no classes.
        if classes == 0 || scene.classes(mark.first) & classes == 0 {
            continue;
        }
        let (end, subject) = ((mark.first + mark.count).min(sentence.end), classes & class::INSTITUTION != 0);
        match bodies.last_mut() {
            // `ministry` in `foreign ministry`, `police` in `police department`.
            Some(last) if mark.first < last.end => {
                (last.end, last.subject) = (last.end.max(end), last.subject | subject)
            }
            _ => bodies.push(Body { first: mark.first, end, span: Span { start: 0, end: 0 }, subject }),
        }
    }
    bodies.retain_mut(|body| with_place(scene, sentence, body).map(|span| body.span = span).is_some());
    bodies
}

/// The words of a body, with the name of a place right before or behind them.
fn with_place(scene: &Scene<'_>, sentence: Sentence, body: &Body) -> Option<Span> {
    let start = scene.words.list.get(body.first)?.from as usize;
    let end = scene.words.list.get(body.end - 1)?.to as usize;
    let places = || scene.mentions_in(sentence.span, &[MentionKind::Place, MentionKind::Venue]);
    let is = |list: &[&str], from: usize, to: usize| {
        between(scene, from, to).is_some_and(|between| list.contains(&between.as_str()))
    };
    if let Some(place) = places().find(|place| place.end <= start && is(OWN, place.end, start)) {
        return Some(Span { start: place.start, end });
    }
    if let Some(start) = place_adjective(scene, sentence, body.first) {
        return Some(Span { start, end });
    }
    let behind = places().find(|place| place.start >= end && is(OF, end, place.start));
    Some(Span { start, end: behind.map_or(end, |place| place.end) })
}

/// Where the adjective of a place begins that stands right before a body: `die Berliner Polizei`, `de Gentse politie`. German and Dutch
/// write no other adjective with a capital; at the head of a sentence every word has one.
fn place_adjective(scene: &Scene<'_>, sentence: Sentence, body: usize) -> Option<usize> {
    let at = body.checked_sub(1).filter(|at| *at > sentence.first)?;
    let word = scene.words.list.get(at)?;
    let written = scene.text.get(word.from as usize..word.to as usize)?;
    let capital = written.chars().next().is_some_and(char::is_uppercase);
    let ending = scene.lexicon.place_endings.iter().any(|ending| written.ends_with(ending));
    (capital && ending && !breaks(scene, at, body)).then_some(word.from as usize)
}

/// The text between two places, folded in case and without the spaces around it; nothing when they overlap.
fn between(scene: &Scene<'_>, from: usize, to: usize) -> Option<String> {
    Some(scene.text.get(from..to)?.trim().to_lowercase())
}

/// The words from a byte of the text up to a word.
fn words_until(scene: &Scene<'_>, from: usize, word: usize) -> std::ops::Range<usize> {
    let first = scene.words.list.partition_point(|one| (one.from as usize) < from);
    first.min(word)..word
}
