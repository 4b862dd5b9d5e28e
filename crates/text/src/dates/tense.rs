//! Whether the sentence around a date speaks of the past: "attacked on Saturday" means the last one, "will be there on Saturday" the
//! next. A small list of tell-tale words, nothing more; when neither side speaks, the future is taken.

use crate::fold::letter_key;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tense {
    Past,
    Future,
    Unknown,
}

/// How far around a date its sentence is searched, in bytes.
const LOOK_BYTES: usize = 160;

struct Cues {
    past: &'static [&'static str],
    past_endings: &'static [&'static str],
    future: &'static [&'static str],
    future_endings: &'static [&'static str],
}

const CUES: [(&str, Cues); 9] = [
    (
        "en",
        Cues {
            past: &[
                "was", "were", "had", "said", "did", "went", "took", "made", "told", "came", "fell", "rose", "met",
                "struck", "shot", "left", "won", "lost", "found", "held", "began", "since",
            ],
            past_endings: &["ed"],
            future: &[
                "will",
                "shall",
                "ll",
                "going",
                "gonna",
                "would",
                "expected",
                "scheduled",
                "plans",
                "planned",
                "must",
                "soon",
                "wait",
                "await",
                "prepare",
                "ready",
            ],
            future_endings: &[],
        },
    ),
    (
        "de",
        Cues {
            past: &["war", "waren", "hatte", "hatten", "wurde", "wurden", "sagte", "kam", "gab", "ging"],
            past_endings: &[],
            future: &["wird", "werden", "werde", "soll", "sollen", "will", "wollen"],
            future_endings: &[],
        },
    ),
    (
        "fr",
        Cues {
            past: &["était", "étaient", "avait", "avaient", "a", "ont", "fut", "furent"],
            past_endings: &[],
            future: &["va", "vont", "sera", "seront", "allons", "doit", "doivent"],
            future_endings: &["rons", "ront"],
        },
    ),
    (
        "es",
        Cues {
            past: &["fue", "fueron", "era", "eran", "había", "dijo", "hubo", "ha", "han"],
            past_endings: &["aron", "ieron"],
            future: &["va", "van", "será", "serán", "vamos"],
            future_endings: &["remos", "rán"],
        },
    ),
    (
        "ru",
        Cues {
            past: &["был", "была", "было", "были"],
            past_endings: &["ил", "ал", "ило", "али", "или", "ула", "илась", "ился", "лись"],
            future: &["будет", "будут", "будем", "станет"],
            future_endings: &[],
        },
    ),
    (
        "tr",
        Cues {
            past: &["oldu", "etti", "dedi", "vardı"],
            past_endings: &["dı", "di", "du", "dü", "tı", "ti", "tu", "tü", "mıştı", "mişti"],
            future: &[],
            future_endings: &["acak", "ecek", "acağız", "eceğiz", "acaklar", "ecekler"],
        },
    ),
    (
        "ar",
        Cues {
            past: &["كان", "كانت", "قال", "قالت", "أعلن", "أعلنت", "وقع", "وقعت", "أكد", "قتل", "شهد", "شهدت"],
            past_endings: &[],
            future: &["سوف", "سيكون", "ستكون", "سنكون", "لن"],
            future_endings: &[],
        },
    ),
    (
        "fa",
        Cues {
            past: &["بود", "شد", "کرد", "گفت", "کردند", "بودند", "شدند", "داشت"],
            past_endings: &[],
            future: &["خواهد", "خواهیم", "خواهند", "خواهم"],
            future_endings: &[],
        },
    ),
    (
        "ur",
        Cues {
            past: &["تھا", "تھی", "تھے", "گیا", "گئی", "گئے", "کہا", "ہوا", "ہوئی"],
            past_endings: &[],
            future: &["گا", "گے", "گی"],
            future_endings: &[],
        },
    ),
];

/// The tense around the span, as far as simple words tell it.
pub(super) fn tense_near(text: &str, start: usize, end: usize, lang: &str) -> Tense {
    let mut from = start.saturating_sub(LOOK_BYTES);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let mut to = (end + LOOK_BYTES).min(text.len());
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    let stops = ['.', '!', '?', '\n', '؟', '۔'];
    let before = text.get(from..start).unwrap_or_default();
    let before = before.rsplit(stops).next().unwrap_or_default();
    let after = text.get(end..to).unwrap_or_default();
    let after = after.split(stops).next().unwrap_or_default();
    let Some((_, cues)) = CUES.iter().find(|(code, _)| *code == lang) else { return Tense::Unknown };
    let mut past = false;
    let words = before.split(|ch: char| !ch.is_alphabetic()).chain(after.split(|ch: char| !ch.is_alphabetic()));
    for word in words.filter(|word| !word.is_empty()) {
        let lower = word.to_lowercase();
        let lower = lower.as_str();
        let ends =
            |endings: &[&str]| endings.iter().any(|ending| lower.len() > ending.len() + 2 && lower.ends_with(ending));
        if cues.future.contains(&lower) || ends(cues.future_endings) || (lang == "ar" && is_arabic_future(lower)) {
            return Tense::Future;
        }
        past |= cues.past.contains(&lower) || ends(cues.past_endings);
    }
    if past { Tense::Past } else { Tense::Unknown }
}

/// سـ before a verb of the present: سنهاجم, سيكون.
fn is_arabic_future(word: &str) -> bool {
    let key = letter_key(word);
    let mut letters = key.chars();
    letters.next() == Some('س') && matches!(letters.next(), Some('ن' | 'ی' | 'ت')) && letters.count() >= 3
}
