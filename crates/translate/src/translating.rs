//! One text translated: cut into segments, each taken from the memory, the cache or an engine, the glossary enforced, and put together
//! so that every segment of the translation knows its place in the original.

mod segment;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};
use vedette_core::translation::{Engine, Segment, SegmentOrigin, TermUse, TranslateFault};
use vedette_core::{Sha256, Tlp};
use vedette_text::Span;

use crate::allowance::Sent;
use crate::cache::{CacheKey, CachedSegment};
use crate::engines::{Engines, Equipped};
use crate::glossary::Glossary;
use crate::memory::{Memory, memory_key};
use crate::pieces::{TEXT_BYTES_MAX, pieces};
use segment::{Answered, Open};

/// Bytes that go to an engine at once: what came before a failure is in the cache, and the next try goes on from there.
const BATCH_BYTES_MAX: usize = 16 * 1024;
/// Segments that go to an engine at once.
const BATCH_SEGMENTS_MAX: usize = 100;
/// A translation longer than this many times its original, and then some, is no translation.
const ANSWER_TIMES_MAX: usize = 8;
const ANSWER_BYTES_MORE: usize = 2_000;

/// A text to translate, and what the rules ask about it.
#[derive(Debug, Clone, Copy)]
pub struct ToTranslate<'a> {
    /// The text; of more than [`TEXT_BYTES_MAX`] bytes the beginning is translated.
    pub text: &'a str,
    /// Its language, `und` when unknown.
    pub from: &'a str,
    /// The language wanted.
    pub to: &'a str,
    /// Id of the source it comes from, for the rule of what may leave the machine.
    pub source_id: &'a str,
    /// Its traffic light, for the same rule.
    pub tlp: Tlp,
    /// Today, for the allowance of the day.
    pub today: Date,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A translation.
    Translated(Box<Translated>),
    /// None, and that is no error: search and assessment go on with the original.
    NotTranslated(NotTranslated),
}

/// Why there is no translation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NotTranslated {
    /// No engine is installed.
    #[error("no translation engine is installed")]
    NoEngine,
    /// None knows these languages.
    #[error("no installed engine translates {from} to {to}")]
    NoPair {
        /// From.
        from: String,
        /// To.
        to: String,
    },
    /// The language of the original is not known.
    #[error("the language of the text is not known")]
    UnknownLanguage,
    /// It is in the language wanted.
    #[error("the text is in the language wanted")]
    SameLanguage,
    /// No word in it: numbers, addresses, signs.
    #[error("the text has no words to translate")]
    NoWords,
    /// A rule keeps it on this machine, and no engine on this machine knows the pair.
    #[error("{reason}")]
    NotAllowed {
        /// Which rule.
        reason: String,
    },
    /// The allowance of the day is used up.
    #[error("{reason}")]
    OverBudget {
        /// Which allowance.
        reason: String,
    },
}

/// A translation, aligned to its original.
#[derive(Debug, Clone, PartialEq)]
pub struct Translated {
    /// The text.
    pub text: String,
    /// Its segments in order; between them stands what stands between them in the original.
    pub segments: Vec<Segment>,
    /// Which engine, with the version of its model for this pair.
    pub engine: Engine,
    /// Fingerprint of the glossary that was enforced; absent without one.
    pub glossary: Option<String>,
    /// Byte of the original behind which nothing was translated, because the text is too long.
    pub cut_at: Option<u32>,
    /// What a reader should look at.
    pub notes: Vec<Note>,
    /// What was sent to the engine now.
    pub sent: Sent,
    /// Segments that the cache had.
    pub from_cache: usize,
}

/// Something a reader should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Index of the segment; absent when it is about the whole.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub segment: Option<u32>,
    /// One line.
    pub said: String,
}

/// A finished segment; spans of terms count from its start on both sides.
#[derive(Debug, Clone)]
struct Done {
    text: String,
    origin: SegmentOrigin,
    terms: Vec<TermUse>,
    notes: Vec<String>,
}

/// Translates a text with the first engine that knows its languages, is allowed to see it, and succeeds.
///
/// # Errors
/// The fault of the last engine that was tried, when all failed; trying again later may help.
pub fn translate_text(
    what: &ToTranslate<'_>,
    engines: &Engines,
    glossary: &Glossary,
    memory: &dyn Memory,
) -> Result<Outcome, TranslateFault> {
    if let Some(reason) = needs_none(what) {
        return Ok(Outcome::NotTranslated(reason));
    }
    let candidates = match engines.candidates(what) {
        Ok(candidates) => candidates,
        Err(reason) => return Ok(Outcome::NotTranslated(reason)),
    };
    let mut failures = Vec::new();
    let mut over_budget = None;
    for equipped in candidates {
        let run = Run {
            what,
            engines,
            equipped,
            glossary,
            memory,
            engine: equipped.translator.engine_for(what.from, what.to),
        };
        match run.translate() {
            Ok(mut translated) => {
                let tried =
                    failures.iter().map(|fault: &TranslateFault| Note { segment: None, said: fault.to_string() });
                translated.notes.splice(0..0, tried);
                return Ok(Outcome::Translated(Box::new(translated)));
            }
            Err(fault @ TranslateFault::OverBudget { .. }) => over_budget = Some(fault),
            Err(fault) => failures.push(fault),
        }
    }
    match (failures.pop(), over_budget) {
        (Some(fault), _) => Err(fault),
        (None, Some(fault)) => Ok(Outcome::NotTranslated(NotTranslated::OverBudget { reason: fault.to_string() })),
        (None, None) => Ok(Outcome::NotTranslated(NotTranslated::NoEngine)),
    }
}

fn needs_none(what: &ToTranslate<'_>) -> Option<NotTranslated> {
    if !what.text.chars().any(char::is_alphabetic) {
        Some(NotTranslated::NoWords)
    } else if what.from == what.to {
        Some(NotTranslated::SameLanguage)
    } else if what.from.is_empty() || what.from == "und" {
        Some(NotTranslated::UnknownLanguage)
    } else {
        None
    }
}

/// One try with one engine.
struct Run<'a> {
    what: &'a ToTranslate<'a>,
    engines: &'a Engines,
    equipped: &'a Equipped,
    glossary: &'a Glossary,
    memory: &'a dyn Memory,
    engine: Engine,
}

impl Run<'_> {
    fn translate(&self) -> Result<Translated, TranslateFault> {
        let deadline = Instant::now() + self.equipped.allowance.within();
        let pieces = pieces(self.what.text, TEXT_BYTES_MAX);
        let mut done: Vec<Option<Done>> = Vec::with_capacity(pieces.spans.len());
        let mut open: Vec<(usize, Open<'_>)> = Vec::new();
        let mut from_cache = 0;
        for (at, span) in pieces.spans.iter().enumerate() {
            let text = span.of(self.what.text);
            let known = self.remembered(text).or_else(|| segment::kept(text, self.what.to));
            done.push(known);
            if done.last().is_some_and(Option::is_none) {
                let found = self.glossary.find(text, self.what.from, self.what.to);
                let key = self.key(text, self.glossary.fingerprint_of(&found));
                match self.engines.cache.get(&key) {
                    Some(cached) => {
                        from_cache += 1;
                        done.pop();
                        done.push(Some(recalled(cached, text)));
                    }
                    None => open.push((at, Open::new(text, found, key))),
                }
            }
        }
        let sent = self.ask_for(&open, deadline, &mut done)?;
        Ok(self.put_together(&pieces.spans, pieces.cut_at, done, sent, from_cache))
    }

    fn key(&self, text: &str, glossary: String) -> CacheKey {
        CacheKey {
            text: Sha256(
                sha2::Digest::finalize(sha2::Digest::chain_update(<sha2::Sha256 as sha2::Digest>::new(), text)).into(),
            ),
            from: self.what.from.to_owned(),
            to: self.what.to.to_owned(),
            engine: self.engine.name.clone(),
            version: self.engine.version.clone(),
            glossary,
        }
    }

    fn remembered(&self, text: &str) -> Option<Done> {
        let remembered = self.memory.recall(&memory_key(text), self.what.from, self.what.to)?;
        let found = self.glossary.find(text, self.what.from, self.what.to);
        // A person chose these words: terms are noted, never replaced.
        let terms = crate::glossary::enforce(self.glossary, text, &found, &remembered.text, &[]).uses;
        let terms = terms.into_iter().filter(|term| !term.enforced && term.target[0] < term.target[1]).collect();
        Some(Done { text: remembered.text, origin: SegmentOrigin::Memory, terms, notes: Vec::new() })
    }

    /// Sends the open segments in batches; what came back is in the cache whatever happens later.
    fn ask_for(
        &self,
        open: &[(usize, Open<'_>)],
        deadline: Instant,
        done: &mut [Option<Done>],
    ) -> Result<Sent, TranslateFault> {
        let mut sent = Sent::default();
        let mut rest = open;
        while !rest.is_empty() {
            let (batch, later) = rest.split_at(batch_of(rest));
            let answered = self.answered(batch, deadline, &mut sent)?;
            for ((at, open), answered) in batch.iter().zip(answered) {
                let cached = CachedSegment { text: answered.text, terms: answered.terms, notes: answered.notes };
                self.engines.cache.put(&open.key, &cached);
                if let Some(place) = done.get_mut(*at) {
                    *place = Some(recalled(cached, open.text));
                }
            }
            rest = later;
        }
        Ok(sent)
    }

    /// A batch, asked once as it stands and, for segments in which something was lost, once more with made-up names in its place.
    fn answered(
        &self,
        batch: &[(usize, Open<'_>)],
        deadline: Instant,
        sent: &mut Sent,
    ) -> Result<Vec<Answered>, TranslateFault> {
        let first: Vec<_> = batch.iter().map(|(_, open)| open.shielded(false, &[])).collect();
        let answers =
            self.ask(&first.iter().map(|shielded| shielded.sent.as_str()).collect::<Vec<_>>(), deadline, sent)?;
        let mut out: Vec<Answered> = batch
            .iter()
            .zip(first.iter().zip(&answers))
            .map(|((_, open), (shielded, answer))| open.read(shielded, answer, self.glossary))
            .collect();
        let again: Vec<usize> =
            out.iter().enumerate().filter(|(_, answered)| answered.lost > 0).map(|(at, _)| at).collect();
        let second: Vec<_> =
            again.iter().filter_map(|&at| Some(batch.get(at)?.1.shielded(true, &out.get(at)?.numbers_lost))).collect();
        if second.is_empty() {
            return Ok(out);
        }
        let answers =
            self.ask(&second.iter().map(|shielded| shielded.sent.as_str()).collect::<Vec<_>>(), deadline, sent)?;
        for (&at, (shielded, answer)) in again.iter().zip(second.iter().zip(&answers)) {
            let (Some((_, open)), Some(place)) = (batch.get(at), out.get_mut(at)) else { continue };
            let better = open.read(shielded, answer, self.glossary);
            if better.lost < place.lost {
                *place = better;
            }
        }
        Ok(out)
    }

    fn ask(&self, texts: &[&str], deadline: Instant, sent: &mut Sent) -> Result<Vec<String>, TranslateFault> {
        let allowance = &self.equipped.allowance;
        let late = || TranslateFault::TimedOut { engine: self.engine.name.clone(), seconds: allowance.seconds_an_item };
        let within =
            deadline.checked_duration_since(Instant::now()).filter(|left| *left > Duration::ZERO).ok_or_else(late)?;
        let more = Sent::of(texts);
        // Counted before it is sent: a server that fails may have counted it too.
        self.engines.ledger.charge(&self.engine.name, self.what.today, more, allowance)?;
        sent.words += more.words;
        sent.characters += more.characters;
        let answers = self.equipped.translator.translate(texts, self.what.from, self.what.to, within)?;
        let failed = |reason: String| TranslateFault::Failed { engine: self.engine.name.clone(), reason };
        if answers.len() != texts.len() {
            return Err(failed(format!("{} segments were sent, {} came back", texts.len(), answers.len())));
        }
        for (text, answer) in texts.iter().zip(&answers) {
            if answer.len() > text.len() * ANSWER_TIMES_MAX + ANSWER_BYTES_MORE {
                return Err(failed(format!("{} bytes came back for a segment of {}", answer.len(), text.len())));
            }
        }
        Ok(answers)
    }

    fn put_together(
        &self,
        spans: &[Span],
        cut_at: Option<usize>,
        done: Vec<Option<Done>>,
        sent: Sent,
        from_cache: usize,
    ) -> Translated {
        let original = self.what.text;
        let mut out = Translated {
            text: String::with_capacity(original.len()),
            segments: Vec::with_capacity(spans.len()),
            engine: self.engine.clone(),
            glossary: self.glossary.fingerprint().map(str::to_owned),
            cut_at: cut_at.map(|at| at as u32),
            notes: Vec::new(),
            sent,
            from_cache,
        };
        let mut at = 0;
        for (span, done) in spans.iter().zip(done) {
            let done = done.unwrap_or_else(|| segment::taken_over(span.of(original)));
            out.text.push_str(original.get(at..span.start).unwrap_or_default());
            let (from, start) = (span.start as u32, out.text.len() as u32);
            out.text.push_str(&done.text);
            let terms = done.terms.into_iter().map(|term| TermUse {
                source: term.source.map(|byte| byte + from),
                target: term.target.map(|byte| byte + start),
                ..term
            });
            let number = out.segments.len() as u32;
            out.notes.extend(done.notes.into_iter().map(|said| Note { segment: Some(number), said }));
            out.segments.push(Segment {
                source: [from, span.end as u32],
                target: [start, out.text.len() as u32],
                origin: done.origin,
                terms: terms.collect(),
            });
            at = span.end;
        }
        match cut_at {
            None => out.text.push_str(original.get(at..).unwrap_or_default()),
            Some(at) => out.notes.push(Note {
                segment: None,
                said: format!("the text is longer than {TEXT_BYTES_MAX} bytes: from byte {at} on it is not translated"),
            }),
        }
        out
    }
}

/// A segment out of the cache. The texts that engines leave empty stand as in the original.
fn recalled(cached: CachedSegment, original: &str) -> Done {
    if cached.text.is_empty() {
        let said = "the engine had no translation: the original stands here".to_owned();
        return Done { notes: vec![said], ..segment::taken_over(original) };
    }
    Done { text: cached.text, origin: SegmentOrigin::Machine, terms: cached.terms, notes: cached.notes }
}

/// How many open segments go together: at least one.
fn batch_of(rest: &[(usize, Open<'_>)]) -> usize {
    let mut bytes = 0;
    rest.iter()
        .take(BATCH_SEGMENTS_MAX)
        .take_while(|(_, open)| {
            let first = bytes == 0;
            bytes += open.text.len();
            first || bytes <= BATCH_BYTES_MAX
        })
        .count()
}
