//! One segment on its way through an engine: what is set aside, what is sent, and how the answer becomes the translation.

use vedette_core::translation::{SegmentOrigin, TermUse};
use vedette_text::{Span, language};

use super::Done;
use crate::cache::CacheKey;
use crate::glossary::{Found, Glossary, Substitute, enforce};
use crate::shield::{names_for, numbers_missing, one_line, plain, untouchable, where_is};

/// Words from which on a segment is taken for one in the language wanted.
const WORDS_TO_KNOW: usize = 4;
/// How sure that must be.
const SURE: f32 = 0.9;

/// A segment that an engine is asked for.
pub(super) struct Open<'a> {
    pub text: &'a str,
    pub key: CacheKey,
    found: Vec<Found>,
    untouchable: Vec<Span>,
    /// What lies between the addresses and marks at its two ends.
    core: Span,
}

/// What is sent, and what the made-up names in it stand for.
pub(super) struct Shielded {
    pub sent: String,
    names: Vec<(String, Hidden)>,
}

/// What a made-up name stands for.
#[derive(Debug, Clone, Copy)]
enum Hidden {
    /// A stretch of the segment that stands in the translation as it is.
    Literal(Span),
    /// A found term, by its index.
    Term(usize),
}

/// An answer made into a translation. Spans of terms count from the start of the segment.
pub(super) struct Answered {
    pub text: String,
    pub terms: Vec<TermUse>,
    pub notes: Vec<String>,
    /// Terms, numbers and addresses that the engine lost.
    pub lost: usize,
    pub numbers_lost: Vec<Span>,
}

/// The segment as it stands.
pub(super) fn taken_over(text: &str) -> Done {
    Done { text: text.to_owned(), origin: SegmentOrigin::Kept, terms: Vec::new(), notes: Vec::new() }
}

/// A segment that needs no engine: no words in it, or words of the language wanted.
pub(super) fn kept(text: &str, to: &str) -> Option<Done> {
    let core = core_of(text, &untouchable(text));
    let in_language = || {
        text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).nth(WORDS_TO_KNOW - 1).is_some()
            && {
                let language = language::identify(core.of(text));
                language.code == to && language.confidence >= SURE
            }
    };
    (!core.of(text).chars().any(char::is_alphabetic) || in_language()).then(|| taken_over(text))
}

/// The segment without addresses, signs and white space at its ends.
fn core_of(text: &str, untouchable: &[Span]) -> Span {
    let (mut start, mut end) = (0, text.len());
    loop {
        let inner = text.get(start..end).unwrap_or_default();
        let trimmed = inner.trim_start();
        let at = start + (inner.len() - trimmed.len());
        match untouchable.iter().find(|span| span.start == at && span.end <= end) {
            Some(span) => start = span.end,
            None => break start = at,
        }
    }
    loop {
        let inner = text.get(start..end).unwrap_or_default();
        let at = start + inner.trim_end().len();
        match untouchable.iter().find(|span| span.end == at && span.start >= start) {
            Some(span) => end = span.start,
            None => break end = at,
        }
    }
    Span { start, end }
}

impl<'a> Open<'a> {
    pub(super) fn new(text: &'a str, found: Vec<Found>, key: CacheKey) -> Self {
        let untouchable = untouchable(text);
        let core = core_of(text, &untouchable);
        let apart =
            |term: &Found| untouchable.iter().all(|span| span.end <= term.span.start || term.span.end <= span.start);
        let found = found.into_iter().filter(apart).collect();
        Self { text, key, found, untouchable, core }
    }

    /// What to send: addresses always behind made-up names; terms, and `numbers`, only the second time.
    pub(super) fn shielded(&self, terms: bool, numbers: &[Span]) -> Shielded {
        let mut hide: Vec<(Span, Hidden)> =
            self.untouchable.iter().map(|span| (*span, Hidden::Literal(*span))).collect();
        if terms {
            hide.extend(self.found.iter().enumerate().map(|(of, term)| (term.span, Hidden::Term(of))));
            hide.extend(numbers.iter().map(|span| (*span, Hidden::Literal(*span))));
        }
        hide.retain(|(span, _)| self.core.start <= span.start && span.end <= self.core.end);
        hide.sort_unstable_by_key(|(span, _)| span.start);
        let mut sent = String::with_capacity(self.text.len());
        let mut names = Vec::new();
        let mut at = self.core.start;
        for (name, (span, hidden)) in names_for(self.text).zip(hide) {
            let Some(before) = self.text.get(at..span.start) else { continue };
            sent.push_str(before);
            if let Hidden::Term(of) = hidden {
                sent.push_str(self.found.get(of).map_or("", |term| term.lead));
            }
            // A name glued to a letter would be another word.
            if sent.ends_with(char::is_alphanumeric) {
                sent.push(' ');
            }
            sent.push_str(&name);
            if self.text.get(span.end..).is_some_and(|rest| rest.starts_with(char::is_alphanumeric)) {
                sent.push(' ');
            }
            names.push((name, hidden));
            at = span.end;
        }
        sent.push_str(self.text.get(at..self.core.end).unwrap_or_default());
        Shielded { sent: plain(&sent), names }
    }

    /// Makes the translation of an answer.
    pub(super) fn read(&self, shielded: &Shielded, answer: &str, glossary: &Glossary) -> Answered {
        let mut answer = one_line(answer);
        let mut out =
            Answered { text: String::new(), terms: Vec::new(), notes: Vec::new(), lost: 0, numbers_lost: Vec::new() };
        if answer.is_empty() {
            return out;
        }
        let mut moved = Vec::new();
        for (name, hidden) in &shielded.names {
            let Hidden::Literal(span) = hidden else { continue };
            match where_is(name, &answer) {
                Some(at) => answer.replace_range(at.start..at.end, span.of(self.text)),
                None => moved.push(*span),
            }
        }
        let substitutes = self.substitutes(shielded, &answer);
        let enforced = enforce(glossary, self.text, &self.found, &answer, &substitutes);
        out.lost = enforced.missing + moved.len();
        let head = self.text.get(..self.core.start).unwrap_or_default();
        out.terms = enforced.uses;
        out.terms.iter_mut().for_each(|term| term.target = term.target.map(|byte| byte + head.len() as u32));
        out.text.push_str(head);
        out.text.push_str(&enforced.text);
        for span in moved {
            // Never lost: behind the sentence rather than nowhere.
            out.text.push(' ');
            out.text.push_str(span.of(self.text));
            out.notes.push(format!("the engine dropped `{}`: it was put at the end", short(span.of(self.text))));
        }
        out.numbers_lost = numbers_missing(self.core.of(self.text), &out.text);
        out.lost += out.numbers_lost.len();
        out.notes.extend(
            out.numbers_lost.iter().map(|span| {
                format!("the number `{}` is not in the translation", short(span.of(self.core.of(self.text))))
            }),
        );
        out.numbers_lost.iter_mut().for_each(|span| {
            *span = Span { start: span.start + self.core.start, end: span.end + self.core.start };
        });
        self.note_missing(glossary, &mut out);
        if repeats(&out.text) && !repeats(self.text) {
            out.notes.push("the engine repeats itself here: look at the original".to_owned());
        }
        out.text.push_str(self.text.get(self.core.end..).unwrap_or_default());
        self.break_lines(&mut out);
        out
    }

    fn substitutes(&self, shielded: &Shielded, answer: &str) -> Vec<Substitute> {
        let mut out: Vec<Substitute> = shielded
            .names
            .iter()
            .filter_map(|(name, hidden)| match hidden {
                Hidden::Term(of) => Some(Substitute { of: *of, at: where_is(name, answer)? }),
                Hidden::Literal(_) => None,
            })
            .collect();
        out.sort_unstable_by_key(|substitute| substitute.at.start);
        out
    }

    fn note_missing(&self, glossary: &Glossary, out: &mut Answered) {
        for term in out.terms.iter().filter(|term| term.target[0] == term.target[1]) {
            let form = self
                .found
                .iter()
                .find(|found| found.span.start as u32 == term.source[0])
                .and_then(|found| glossary.entry(found))
                .map_or(term.entry.as_str(), |entry| entry.target.as_str());
            out.notes.push(format!("the term `{}` could not be placed", short(form)));
        }
    }

    /// Lines that end inside the segment (a PDF wraps its sentences) end about there in the translation too.
    fn break_lines(&self, out: &mut Answered) {
        let core = self.core.of(self.text);
        let tail = self.text.len() - self.core.end;
        let (start, end) = (self.core.start, out.text.len().saturating_sub(tail));
        for (at, _) in core.match_indices('\n') {
            let wanted = start + (end.saturating_sub(start)) * at / core.len().max(1);
            let free = |space: &usize| {
                out.terms.iter().all(|term| *space < term.target[0] as usize || term.target[1] as usize <= *space)
            };
            let bytes = out.text.as_bytes();
            let nearest = (start..end)
                .filter(|space| bytes.get(*space) == Some(&b' '))
                .filter(free)
                .min_by_key(|space| space.abs_diff(wanted));
            if let Some(space) = nearest {
                out.text.replace_range(space..space + 1, "\n");
            }
        }
    }
}

/// Whether one word stands there six times in a row, or two or three four times: small models fall into that on text they cannot read.
fn repeats(text: &str) -> bool {
    const TIMES: usize = 4;
    let words: Vec<&str> = text.split_whitespace().collect();
    (1..=3).any(|size| {
        let needed = size * TIMES.max(6 / size);
        words.windows(needed).any(|window| window.iter().zip(window.iter().skip(size)).all(|(one, next)| one == next))
    })
}

/// Enough of it for a note.
fn short(text: &str) -> String {
    const NOTE_CHARS_MAX: usize = 80;
    text.chars().take(NOTE_CHARS_MAX).collect()
}
