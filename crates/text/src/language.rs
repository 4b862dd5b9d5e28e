//! Which language and script a text is in: decides the date words, the OCR model and the reader.
//!
//! The script is counted first. Where several languages share it, word lists and the letter triples of those lists decide (all our own,
//! in `words/`); the library `whatlang` is asked only about Latin and Devanagari texts that leave a doubt, for it is the
//! slowest part and knows languages we have no list for. Two words are often enough; one short word often is not, and is `und`.

mod profile;
mod scripts;

use profile::{Profile, Scores};
use scripts::Script;

/// A language with its script and how sure that is.
#[derive(Debug, Clone, PartialEq)]
pub struct Language {
    /// ISO 639-1, 639-3 where there is no shorter one, `und` when unknown.
    pub code: String,
    /// ISO 15924, `Zyyy` when there are no letters.
    pub script: String,
    /// 0 to 1.
    pub confidence: f32,
}

/// Only this much of a text is looked at, in bytes.
const LOOK_BYTES: usize = 4_096;
/// With fewer letters a word that no list has says nothing.
const LETTERS_MIN: usize = 4;
/// Surer than this nobody else is asked.
const SURE: f32 = 0.9;
/// Below this the answer is `und`.
const UNKNOWN: f32 = 0.25;
/// The library's answer on fewer letters is a guess.
const WHATLANG_LETTERS_MIN: usize = 20;
/// Share of words that a list must have for its language not to be doubted.
const KNOWN_WORDS_SHARE: f32 = 0.3;
/// Weight of the library's vote, in natural-log units of our scores.
const VOTE: f32 = 4.0;

/// The language and script of a text, from its first 4 KiB.
pub fn identify(text: &str) -> Language {
    let mut end = text.len().min(LOOK_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = text.get(..end).unwrap_or_default();
    let (script, letters) = scripts::dominant(text);
    let answer = |code: &str, confidence: f32| Language {
        code: code.to_owned(),
        script: script.code().to_owned(),
        confidence: confidence.clamp(0.0, 1.0),
    };
    let profile = match script {
        Script::None => return answer("und", 0.0),
        Script::Latin => profile::latin(),
        Script::Cyrillic => profile::cyrillic(),
        Script::Arabic => profile::arabic(),
        Script::Devanagari => return answer(devanagari(text, letters), 0.8),
        other => return answer(other.only_language(), if other.only_language() == "und" { 0.0 } else { 0.95 }),
    };
    let mut scores = profile.score(text, script);
    if script == Script::Latin {
        if letters < LETTERS_MIN && scores.known_words == 0 {
            return answer("und", 0.0);
        }
        if let Some(code) = second_opinion(text, letters, profile, &mut scores) {
            return answer(code, 0.7);
        }
    }
    let (code, confidence) = profile.best(&scores);
    if confidence < UNKNOWN || scores.words == 0 { answer("und", confidence) } else { answer(code, confidence) }
}

/// Asks the library about a doubtful text: its vote is added to the scores, or its language returned where we have no list for it.
fn second_opinion(text: &str, letters: usize, profile: &Profile, scores: &mut Scores) -> Option<&'static str> {
    let (_, confidence) = profile.best(scores);
    let share = scores.known_words as f32 / scores.words.max(1) as f32;
    if letters < WHATLANG_LETTERS_MIN || (confidence >= SURE && share >= KNOWN_WORDS_SHARE) {
        return None;
    }
    let info = whatlang::detect(text)?;
    let code = scripts::short_code(info.lang().code());
    if profile.vote(scores, code, VOTE * info.confidence() as f32) {
        return None;
    }
    (info.is_reliable() && share < KNOWN_WORDS_SHARE).then_some(code)
}

/// Hindi, unless the library is sure of Marathi or Nepali.
fn devanagari(text: &str, letters: usize) -> &'static str {
    match whatlang::detect(text) {
        Some(info) if letters >= WHATLANG_LETTERS_MIN && info.is_reliable() => scripts::short_code(info.lang().code()),
        _ => "hi",
    }
}
