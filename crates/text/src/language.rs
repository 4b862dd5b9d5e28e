//! Which language and script a text is in: decides the date words, the OCR model and the reader.
//!
//! The script is counted first. Where one language practically alone uses it, that is the answer; for Latin, Cyrillic, Arabic and
//! Devanagari letters the trained tables in `table.rs` weigh every word and every group of up to five letters. The confidence is set so
//! that of the answers with 0.8 about 80 % are right; what no table fits is `und`.
//!
//! ```
//! use vedette_text::language::{identify, runs};
//! assert_eq!(identify("كلمورا مدينة جميلة جدا").code, "ar");
//! let parts = runs("The courier wrote today: ستكون مجموعة الفانوس في كلمورا يوم السبت");
//! assert_eq!(parts.iter().map(|run| run.language.code.as_str()).collect::<Vec<_>>(), ["en", "ar"]);
//! ```

mod grams;
mod letters;
mod runs;
mod scripts;
mod table;

pub use runs::{Run, runs};
use scripts::Script;
use table::{LANES_MAX, Table, Tally};

/// What the training program shares with the product, so that both see the same groups of letters. No part of the interface.
#[doc(hidden)]
pub mod training {
    pub use super::grams::each_gram;
    pub use super::letters::Word;
    pub use super::table::{BUCKET, LANES_MAX, place};
}

/// A language with its script and how sure that is.
#[derive(Debug, Clone, PartialEq)]
pub struct Language {
    /// ISO 639-1, 639-3 where there is no shorter one (`ckb` Central Kurdish; `ku` is Kurmanji), `und` when unknown.
    pub code: String,
    /// ISO 15924, `Zyyy` when there are no letters.
    pub script: String,
    /// 0 to 1: the share of such answers that are right.
    pub confidence: f32,
}

/// Only this much of a text is looked at, in bytes.
const LOOK_BYTES: usize = 4_096;
/// Words looked at in one text at most.
const WORDS_MAX: usize = 30;
/// From so many words on the search may stop.
const CHECK_WORDS: usize = 4;
/// So far ahead of the second, in natural-log units, nothing will change any more.
const AHEAD: f32 = 13.0;
/// Below this the answer is `und`.
const UNKNOWN: f32 = 0.2;
/// Arabic in Latin letters is said only when it is about certain: slang of other languages looks like it.
const ARABIZI_SURE: f32 = 0.9;
/// Of the letter groups of a word, the table knows mostly more than 0.65 in the languages it has, and 0.33 to 0.58 in chance strings.
const STRANGE: f32 = 0.35;
const FAMILIAR: f32 = 0.65;
/// Confidence of the language that alone uses a script.
const ONLY_LANGUAGE: f32 = 0.95;

/// The language and script of a text, from its first 4 KiB.
pub fn identify(text: &str) -> Language {
    let text = head(text);
    let (script, letters) = scripts::dominant(text);
    in_script(text, script, letters)
}

/// The beginning of a text.
fn head(text: &str) -> &str {
    let mut end = text.len().min(LOOK_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// The language of the words in one script.
fn in_script(text: &str, script: Script, letters: usize) -> Language {
    let answer = |code: &str, confidence: f32| Language {
        code: code.to_owned(),
        script: script.code().to_owned(),
        confidence: confidence.clamp(0.0, 1.0),
    };
    let Some(table) = Table::of(script.code()) else {
        let only = script.only_language();
        return answer(only, if only == "und" { 0.0 } else { ONLY_LANGUAGE });
    };
    let mut tally = listen(text, script, table, false);
    if tally.words == 0 && letters > 0 {
        tally = listen(text, script, table, true);
    }
    if tally.words == 0 {
        return answer("und", 0.0);
    }
    let (code, confidence) = judge(table, &tally, script);
    if confidence < UNKNOWN { answer("und", confidence) } else { answer(code, confidence) }
}

/// Weighs the words until the language is plain.
fn listen(text: &str, script: Script, table: &Table, hashtags: bool) -> Tally {
    let mut tally = Tally::new();
    letters::words(text, script, hashtags, |word| {
        table.hear(word, &mut tally);
        let plain = tally.words >= CHECK_WORDS && table::best(&table.scores(&tally)).1 > AHEAD;
        !plain && tally.words < WORDS_MAX
    });
    tally
}

/// The likeliest language and how sure that is.
fn judge(table: &Table, tally: &Tally, script: Script) -> (&'static str, f32) {
    let mut scores = table.scores(tally);
    let codes = table.codes();
    let (mut lane, _) = table::best(&scores);
    let small_table = script == Script::Devanagari;
    let mut confidence = share(&scores, lane, tally, small_table);
    let code = |lane: usize| codes.get(lane).copied().unwrap_or("und");
    if script == Script::Latin && code(lane) == "ar" && confidence < ARABIZI_SURE {
        if let Some(score) = scores.get_mut(lane) {
            *score = f32::NEG_INFINITY;
        }
        lane = table::best(&scores).0;
        confidence = share(&scores, lane, tally, small_table) * (1.0 - confidence);
    }
    (code(lane), confidence)
}

/// Groups of letters overlap, so their sum overstates what they tell: the more words, the more.
fn share(scores: &[f32; LANES_MAX], lane: usize, tally: &Tally, small_table: bool) -> f32 {
    let temper = match tally.words {
        0 | 1 => 0.9,
        2 => 0.8,
        3..=5 => 0.6,
        _ => 0.4,
    };
    let top = scores.get(lane).copied().unwrap_or(0.0);
    let sum: f32 = scores.iter().map(|score| ((score - top) * temper).exp()).sum();
    let known = tally.known as f32 / tally.asked.max(1) as f32;
    let familiar = ((known - STRANGE) / (FAMILIAR - STRANGE)).clamp(0.0, 1.0);
    // The small table of Devanagari knows fewer groups of everything.
    if small_table { 1.0 / sum } else { familiar.powi(3) / sum }
}
