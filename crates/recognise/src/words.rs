//! The words of a text with the ways each may be written: with a clitic, an article, a case ending, a possessive.
//!
//! An analyst registers a name once. A text writes `والفانوس`, `Фонаря`, `Kelmora's`, `l'Ordre`; every such spelling gives
//! the word one more key, and a name is found when the keys of its words follow each other. Names are keyed by
//! [`name_key`], words of a text by [`read_words`]; both work on text folded by `vedette_text::fold`.

use vedette_text::fold::Folded;
use vedette_text::tokens::tokens;

/// Bits that say how a spelling differs from the plain word.
pub(crate) mod how {
    /// A conjunction or preposition written onto the word.
    pub const CLITIC: u8 = 1;
    /// The word had the article `ال`, which its key leaves out.
    pub const ARTICLE: u8 = 2;
    /// A case ending was taken off.
    pub const ENDING: u8 = 4;
    /// `'s` or a Turkish suffix after an apostrophe.
    pub const POSSESSIVE: u8 = 8;
    /// A plural or genitive `s`.
    pub const PLURAL: u8 = 16;
    /// An elided article before an apostrophe.
    pub const ELISION: u8 = 32;
}

/// Script of a word, as far as the rules differ by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    Latin,
    Cyrillic,
    Arabic,
    Digits,
    Other,
}

/// One more way to read a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Alt {
    pub key: u64,
    pub how: u8,
    /// Bytes of the folded word that are not part of the name, before and after it.
    pub cut_front: u8,
    pub cut_back: u8,
}

/// A word of the text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word {
    /// Span in the folded text.
    pub start: u32,
    pub end: u32,
    /// Span in the original text.
    pub from: u32,
    pub to: u32,
    /// Hash of the folded spelling.
    pub exact: u64,
    pub script: Script,
    /// Written with a capital first letter.
    pub capital: bool,
    /// Its ways to be read, in `Words::alts`; the first is the plain one.
    alts: (u32, u16),
}

/// All words of a text.
#[derive(Debug, Default)]
pub(crate) struct Words {
    pub list: Vec<Word>,
    alts: Vec<Alt>,
}

impl Words {
    pub fn alts(&self, word: &Word) -> &[Alt] {
        let first = word.alts.0 as usize;
        self.alts.get(first..first + usize::from(word.alts.1)).unwrap_or_default()
    }
}

/// Basis and prime of FNV-1a, 64 bit: byte by byte, so that prefixes of a word cost nothing extra.
const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// Hash of a folded spelling.
#[inline]
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(BASIS, |hash, byte| step(hash, *byte))
}

/// Hash of a folded spelling, and whether it holds an apostrophe, in one pass.
#[inline]
fn hash_and_apostrophe(bytes: &[u8]) -> (u64, bool) {
    bytes.iter().fold((BASIS, false), |(hash, seen), byte| (step(hash, *byte), seen | (*byte == b'\'')))
}

/// The hash after one more byte.
#[inline]
pub(crate) fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(PRIME)
}

/// The hash before the first byte.
pub(crate) const START: u64 = BASIS;

/// Joins a word's key to what came before it, so that sequences of words have a hash of their own.
#[inline]
pub(crate) fn join(before: u64, key: u64) -> u64 {
    let mixed = (before ^ key.rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 32)
}

/// Reads the words of a folded text.
pub(crate) fn read_words(original: &str, folded: &Folded) -> Words {
    let text = folded.text.as_str();
    let mut words = Words { list: Vec::with_capacity(text.len() / 5), alts: Vec::with_capacity(text.len() / 4) };
    let plain = original == text;
    for token in tokens(text) {
        let Some(word) = text.get(token.start..token.end) else { continue };
        let (from, to) = if plain { (token.start, token.end) } else { folded.original_span(token.start, token.end) };
        let capital =
            !plain && original.get(from..to).and_then(|written| written.chars().next()).is_some_and(char::is_uppercase);
        let script = script_of(word);
        let first = words.alts.len() as u32;
        let (exact, apostrophe) = hash_and_apostrophe(word.as_bytes());
        if script == Script::Latin && !apostrophe && !word.ends_with('s') {
            // Nearly every Latin word has one reading.
            words.alts.push(Alt { key: exact, how: 0, cut_front: 0, cut_back: 0 });
        } else {
            push_alts(word, exact, script, &mut words.alts);
        }
        words.list.push(Word {
            start: token.start as u32,
            end: token.end as u32,
            from: from as u32,
            to: to as u32,
            exact,
            script,
            capital,
            alts: (first, (words.alts.len() as u32 - first) as u16),
        });
    }
    words
}

fn script_of(word: &str) -> Script {
    if word.as_bytes().first().is_some_and(u8::is_ascii_lowercase) {
        return Script::Latin;
    }
    match word.chars().find(|ch| ch.is_alphabetic()) {
        None => Script::Digits,
        Some(ch) if (ch as u32) < 0x250 => Script::Latin,
        Some('\u{400}'..='\u{52f}') => Script::Cyrillic,
        Some('\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}') => Script::Arabic,
        Some(_) => Script::Other,
    }
}

fn push_alts(word: &str, exact: u64, script: Script, out: &mut Vec<Alt>) {
    match script {
        Script::Latin => latin_alts(word, exact, out),
        Script::Cyrillic => cyrillic_alts(word, exact, out),
        Script::Arabic => arabic_alts(word, exact, out),
        Script::Digits | Script::Other => out.push(Alt { key: exact, how: 0, cut_front: 0, cut_back: 0 }),
    }
}

/// Longest suffix that Turkish writes after an apostrophe (`'ndakilerden` does not follow names).
const SUFFIX_BYTES_MAX: usize = 6;
/// Elided words are at most `qu'`.
const ELIDED_BYTES_MAX: usize = 2;
/// Words of fewer letters do not lose a plural `s`: `is`, `gas`, `bus` are words of their own.
const PLURAL_BYTES_MIN: usize = 5;

fn latin_alts(word: &str, exact: u64, out: &mut Vec<Alt>) {
    out.push(Alt { key: exact, how: 0, cut_front: 0, cut_back: 0 });
    let bytes = word.as_bytes();
    if bytes.len() >= PLURAL_BYTES_MIN && !bytes.contains(&b'\'') {
        let plural = |stem: &[u8]| Alt { key: hash(stem), how: how::PLURAL, cut_front: 0, cut_back: 0 };
        out.extend(bytes.strip_suffix(b"s").map(plural));
        out.extend(bytes.strip_suffix(b"es").filter(|stem| stem.len() >= PLURAL_BYTES_MIN).map(plural));
    }
    let Some(at) = bytes.iter().position(|byte| *byte == b'\'') else { return };
    let (front, back) = (&bytes[..at], &bytes[at + 1..]);
    if front.len() >= 2 && back.len() <= SUFFIX_BYTES_MAX {
        out.push(Alt { key: hash(front), how: how::POSSESSIVE, cut_front: 0, cut_back: (back.len() + 1) as u8 });
    }
    if front.len() <= ELIDED_BYTES_MAX && back.len() >= 3 {
        out.push(Alt { key: hash(back), how: how::ELISION, cut_front: (at + 1) as u8, cut_back: 0 });
    }
}

/// Case endings of Russian and its neighbours after folding (й is и, ё is е).
const ENDINGS: &[&str] = &[
    "а", "я", "о", "е", "и", "ы", "у", "ю", "ь", "ом", "ем", "ам", "ям", "ах", "ях", "ои", "еи", "ии", "ыи", "ая",
    "яя", "ое", "ее", "ые", "ие", "ым", "им", "ых", "их", "ую", "юю", "ов", "ев", "ью", "ию", "ия", "ого", "его",
    "ому", "ему", "ыми", "ими", "ами", "ями",
];
/// Endings of the nominative, the form in which names are registered.
const NOMINATIVE: &[&str] = &["ыи", "ии", "ои", "ая", "яя", "ое", "ее", "ые", "ие", "а", "я", "о", "е", "и", "ы", "ь"];
/// Bytes of the shortest Cyrillic stem: three letters.
const STEM_BYTES_MIN: usize = 6;

fn cyrillic_alts(word: &str, exact: u64, out: &mut Vec<Alt>) {
    out.push(Alt { key: exact, how: 0, cut_front: 0, cut_back: 0 });
    for size in [2, 4, 6] {
        let Some(stem_bytes) = word.len().checked_sub(size).filter(|stem| *stem >= STEM_BYTES_MIN) else { break };
        let Some((stem, ending)) = word.split_at_checked(stem_bytes) else { break };
        if ENDINGS.contains(&ending) {
            out.push(Alt { key: hash(stem.as_bytes()), how: how::ENDING, cut_front: 0, cut_back: 0 });
        }
    }
}

/// The nominative without its ending: what all cases of a name share.
pub(crate) fn cyrillic_stem(word: &str) -> &str {
    for ending in NOMINATIVE {
        if let Some(stem) = word.strip_suffix(ending)
            && stem.len() >= STEM_BYTES_MIN
        {
            return stem;
        }
    }
    word
}

/// The Arabic article.
const ARTICLE: &str = "ال";
/// Conjunctions and prepositions that are written onto the next word, longest first.
const CLITICS: &[&str] = &["وب", "ول", "وك", "فب", "فل", "و", "ف", "ب", "ل", "ك"];
/// Bytes of the shortest Arabic word that may remain: three letters.
const ARABIC_BYTES_MIN: usize = 6;

fn arabic_alts(word: &str, exact: u64, out: &mut Vec<Alt>) {
    push_arabic(word, exact, 0, 0, out);
    for clitic in CLITICS {
        let Some(rest) = word.strip_prefix(clitic).filter(|rest| rest.len() >= ARABIC_BYTES_MIN) else { continue };
        push_arabic(rest, hash(rest.as_bytes()), how::CLITIC, clitic.len() as u8, out);
        // `لل` is the preposition with the article that lost its alef.
        if clitic.ends_with('ل')
            && let Some(noun) = rest.strip_prefix('ل').filter(|noun| noun.len() >= ARABIC_BYTES_MIN)
        {
            let cut = (word.len() - noun.len()) as u8;
            out.push(Alt { key: hash(noun.as_bytes()), how: how::CLITIC | how::ARTICLE, cut_front: cut, cut_back: 0 });
        }
    }
}

fn push_arabic(word: &str, exact: u64, how: u8, cut: u8, out: &mut Vec<Alt>) {
    match word.strip_prefix(ARTICLE).filter(|rest| rest.len() >= ARABIC_BYTES_MIN) {
        Some(rest) => {
            out.push(Alt { key: hash(rest.as_bytes()), how: how | how::ARTICLE, cut_front: cut, cut_back: 0 });
        }
        None => out.push(Alt { key: exact, how, cut_front: cut, cut_back: 0 }),
    }
}

/// The key of one word of a registered name, and whether that word carries the Arabic article.
pub(crate) fn name_key(word: &str) -> (u64, bool) {
    match script_of(word) {
        Script::Cyrillic => (hash(cyrillic_stem(word).as_bytes()), false),
        Script::Arabic => match word.strip_prefix(ARTICLE).filter(|rest| rest.len() >= ARABIC_BYTES_MIN) {
            Some(rest) => (hash(rest.as_bytes()), true),
            None => (hash(word.as_bytes()), false),
        },
        _ => (hash(word.as_bytes()), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vedette_text::fold::{fold, fold_plain};

    /// Whether a word of a text can be read as the registered word.
    fn reads_as(written: &str, registered: &str) -> bool {
        let (key, _) = name_key(&fold_plain(registered));
        let folded = fold(written);
        let words = read_words(written, &folded);
        words.list.len() == 1 && words.alts(&words.list[0]).iter().any(|alt| alt.key == key)
    }

    #[test]
    fn a_word_is_read_through_clitics_cases_and_possessives() {
        for (written, registered) in [
            ("والفانوس", "الفانوس"),
            ("للفانوس", "الفانوس"),
            ("بالفانوس", "الفانوس"),
            ("فانوس", "الفانوس"),
            ("وبكلمورا", "كلمورا"),
            ("Фонаря", "Фонарь"),
            ("фонарём", "Фонарь"),
            ("Серого", "Серый"),
            ("Кельморе", "Кельмора"),
            ("Ростове", "Ростов"),
            ("Ислама", "Ислам"),
            ("Kelmora's", "Kelmora"),
            ("Kelmora’s", "Kelmora"),
            ("l'Ordre", "Ordre"),
            ("Kelmora'da", "Kelmora"),
            ("Ordens", "Orden"),
            ("stadiums", "stadium"),
        ] {
            assert!(reads_as(written, registered), "{written} as {registered}");
        }
    }

    #[test]
    fn a_different_word_is_not_read_as_the_registered_one() {
        for (written, registered) in [("Фон", "Фонарь"), ("gas", "ga"), ("lantern", "lanterns"), ("орден", "ордер")]
        {
            assert!(!reads_as(written, registered), "{written} as {registered}");
        }
    }
}
