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

/// Key of a name's word, from eight bytes at a time: for the matcher, which needs no hashes of prefixes.
#[inline]
pub(crate) fn word_key(bytes: &[u8]) -> u64 {
    let mix = |hash: u64, eight: u64| {
        let product = u128::from(hash ^ eight).wrapping_mul(u128::from(0x9e37_79b9_7f4a_7c15_u64));
        (product as u64) ^ (product >> 64) as u64
    };
    let seed = mix(BASIS, bytes.len() as u64);
    let Some(last) = bytes.last_chunk::<8>() else {
        let low = |eight: u64, byte: &u8| eight << 8 | u64::from(*byte);
        return mix(seed, bytes.iter().fold(1, low)).wrapping_mul(PRIME_64);
    };
    let (eights, _) = bytes.as_chunks::<8>();
    let front = eights.iter().fold(seed, |hash, eight| mix(hash, u64::from_le_bytes(*eight)));
    mix(front, u64::from_le_bytes(*last)).wrapping_mul(PRIME_64)
}

/// Spreads the last letters over all bits.
const PRIME_64: u64 = 0xd6e8_feb8_6659_fd93;

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

pub(crate) fn script_of(word: &str) -> Script {
    // The first letters of nearly all words, told without a table of all letters.
    match word.chars().next() {
        Some('a'..='z') => return Script::Latin,
        Some('\u{620}'..='\u{63f}' | '\u{641}'..='\u{64a}' | '\u{671}'..='\u{6d3}') => return Script::Arabic,
        Some('\u{400}'..='\u{47f}') => return Script::Cyrillic,
        _ => {}
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
    let bytes = word.as_bytes();
    readings(word, script, false, |reading| {
        let whole = reading.from == 0 && reading.to == bytes.len();
        let key = if whole { exact } else { hash(bytes.get(reading.from..reading.to).unwrap_or_default()) };
        out.push(Alt { key, how: reading.how, cut_front: reading.cut_front as u8, cut_back: reading.cut_back as u8 });
    });
}

/// One way to read a word: bytes `from..to` are the word as names have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    pub from: usize,
    pub to: usize,
    pub how: u8,
    /// Bytes that do not belong to the name, before and after it.
    pub cut_front: usize,
    pub cut_back: usize,
}

impl Reading {
    const fn plain(from: usize, to: usize, how: u8) -> Self {
        Self { from, to, how, cut_front: 0, cut_back: 0 }
    }
}

/// Hands on every way to read a folded word, the plain one first. `suffixes` adds the Persian and Arabic ones that are written onto a
/// word: right for names, too generous for common nouns.
#[inline]
pub(crate) fn readings(word: &str, script: Script, suffixes: bool, mut emit: impl FnMut(Reading)) {
    match script {
        Script::Latin => latin_readings(word.as_bytes(), emit),
        Script::Cyrillic => cyrillic_readings(word, emit),
        Script::Arabic => arabic_readings(word.as_bytes(), suffixes, emit),
        Script::Digits | Script::Other => emit(Reading::plain(0, word.len(), 0)),
    }
}

/// Longest suffix that Turkish writes after an apostrophe (`'ndakilerden` does not follow names).
const SUFFIX_BYTES_MAX: usize = 6;
/// Elided words are at most `qu'`.
const ELIDED_BYTES_MAX: usize = 2;
/// Words of fewer letters do not lose a plural `s`: `is`, `gas`, `bus` are words of their own.
const PLURAL_BYTES_MIN: usize = 5;

fn latin_readings(bytes: &[u8], mut emit: impl FnMut(Reading)) {
    let size = bytes.len();
    emit(Reading::plain(0, size, 0));
    let quote = bytes.iter().position(|byte| *byte == b'\'');
    if size >= PLURAL_BYTES_MIN && quote.is_none() && bytes.ends_with(b"s") {
        emit(Reading::plain(0, size - 1, how::PLURAL));
        if bytes.ends_with(b"es") && size - 2 >= PLURAL_BYTES_MIN {
            emit(Reading::plain(0, size - 2, how::PLURAL));
        }
    }
    let Some(at) = quote else { return };
    let back = size - at - 1;
    if at >= 2 && back <= SUFFIX_BYTES_MAX {
        emit(Reading { from: 0, to: at, how: how::POSSESSIVE, cut_front: 0, cut_back: back + 1 });
    }
    if at <= ELIDED_BYTES_MAX && back >= 3 {
        emit(Reading { from: at + 1, to: size, how: how::ELISION, cut_front: at + 1, cut_back: 0 });
    }
}

/// Whether a Latin word without an apostrophe may be a plural.
#[inline]
pub(crate) fn may_end_in_plural(text: &[u8], start: usize, end: usize) -> bool {
    (end - start >= PLURAL_BYTES_MIN) & (text.get(end.wrapping_sub(1)) == Some(&b's'))
}

/// Whether it is a plural of which `may` takes the singular, as [`readings`] hands it on.
pub(crate) fn may_be_plural(text: &[u8], start: usize, end: usize, may: impl Fn(usize, usize) -> bool) -> bool {
    may_end_in_plural(text, start, end)
        && (may(start, end - 1)
            || end - start - 2 >= PLURAL_BYTES_MIN && text.get(end - 2) == Some(&b'e') && may(start, end - 2))
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

fn cyrillic_readings(word: &str, mut emit: impl FnMut(Reading)) {
    emit(Reading::plain(0, word.len(), 0));
    for size in [2, 4, 6] {
        let Some(stem) = word.len().checked_sub(size).filter(|stem| *stem >= STEM_BYTES_MIN) else { break };
        if word.get(stem..).is_some_and(|ending| ENDINGS.contains(&ending)) {
            emit(Reading::plain(0, stem, how::ENDING));
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
/// Bytes of the shortest Arabic word that may remain: three letters.
const ARABIC_BYTES_MIN: usize = 6;
/// Endings that Persian writes onto a noun (plural, its ezafe, "a certain"), longest first; `ها` is also a pronoun of Arabic.
const SUFFIXES: &[&str] = &["هایی", "های", "ها", "ی"];
/// Bytes of the shortest word that may remain before such an ending: four letters.
const SUFFIXED_BYTES_MIN: usize = 8;

/// A letter of two bytes as one number, as a processor reads it.
const fn letter(letter: &str) -> u16 {
    match letter.as_bytes() {
        [first, second] => u16::from_le_bytes([*first, *second]),
        _ => 0,
    }
}

const WAW: u16 = letter("و");
const FA: u16 = letter("ف");
const BA: u16 = letter("ب");
const LAM: u16 = letter("ل");
const KAF: u16 = letter("ک");
const ALEF: u16 = letter("ا");
const YA: u16 = letter("ی");
const HA: u16 = letter("ه");

#[inline]
fn letter_at(bytes: &[u8], at: usize) -> u16 {
    match bytes.get(at..at + 2) {
        Some([first, second]) => u16::from_le_bytes([*first, *second]),
        _ => 0,
    }
}

/// Clitics are `و ف ب ل ک` and those of them that follow `و` and `ف`.
fn arabic_readings(bytes: &[u8], suffixes: bool, mut emit: impl FnMut(Reading)) {
    push_arabic(bytes, 0, 0, &mut emit);
    let first = letter_at(bytes, 0);
    if matches!(first, WAW | FA | BA | LAM | KAF) {
        push_clitic(bytes, 2, first == LAM, &mut emit);
        let second = letter_at(bytes, 2);
        if first == WAW && matches!(second, BA | LAM | KAF) || first == FA && matches!(second, BA | LAM) {
            push_clitic(bytes, 4, second == LAM, &mut emit);
        }
    }
    if suffixes && may_have_suffix(bytes, 0, bytes.len()) {
        for suffix in SUFFIXES {
            let rest = bytes.len().saturating_sub(suffix.len());
            if rest >= SUFFIXED_BYTES_MIN && bytes.ends_with(suffix.as_bytes()) {
                emit(Reading::plain(0, rest, how::ENDING));
            }
        }
    }
}

/// By the last letters.
#[inline]
fn may_have_suffix(text: &[u8], start: usize, end: usize) -> bool {
    let last = letter_at(text, end.saturating_sub(2));
    let ha = (last == ALEF) & (letter_at(text, end.saturating_sub(4)) == HA);
    (end - start > SUFFIXED_BYTES_MIN) & ((last == YA) | ha)
}

/// Where the word of a name begins in a word of the Arabic script without its clitic of one letter and its article, and whether there
/// may be more readings. Without clitic or article it is where the word begins.
#[inline]
pub(crate) fn arabic_noun(text: &[u8], start: usize, end: usize) -> (usize, bool) {
    let (head, tail) = (eight_from(text, start), eight_from(text, end.saturating_sub(4)) & 0xffff_ffff);
    let marks = marks(head, tail, (end - start) as u64);
    let cut = if marks.clitic { 2 + if marks.clitic_article { 4 } else { 0 } } else { 4 * usize::from(marks.article) };
    (start + cut, marks.more)
}

/// What the ends of a word say about its readings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Marks {
    /// It begins with the article.
    pub article: bool,
    /// It may begin with a clitic of one letter, and with the article behind that.
    pub clitic: bool,
    pub clitic_article: bool,
    /// There may be more readings.
    pub more: bool,
}

/// Whether a word that begins with ASCII may be a plural, by the four bytes before its end.
#[inline(always)]
pub(crate) fn is_plural(tail: u64, size: u64) -> bool {
    (tail >> 24 == b's' as u64) & (size >= PLURAL_BYTES_MIN as u64)
}

/// What the first eight bytes of a word and the four before its end say, without branches, because every word of a text comes here.
#[inline(always)]
pub(crate) fn marks(head: u64, tail: u64, size: u64) -> Marks {
    const AL: u32 = ALEF as u32 | (LAM as u32) << 16;
    const LEAST: u64 = ARABIC_BYTES_MIN as u64;
    let (first, second) = (head as u16, (head >> 16) as u16);
    let article = (head as u32 == AL) & (size >= 4 + LEAST);
    let clitic = (first == WAW) | (first == FA) | (first == BA) | (first == LAM) | (first == KAF);
    let clitic = clitic & (size >= 2 + LEAST);
    let clitic_article = ((head >> 16) as u32 == AL) & (size >= 6 + LEAST);
    let two = ((second == BA) | (second == LAM) | (second == KAF)) & clitic;
    let (last, before) = ((tail >> 16) as u16, tail as u16);
    let suffix = ((last == YA) | (last == ALEF) & (before == HA)) & (size > SUFFIXED_BYTES_MIN as u64);
    let (ascii, arabic) = (head & 0x80 == 0, head & 0xfc == 0xd8);
    // Most words of other scripts have case endings.
    let more = (ascii & is_plural(tail, size)) | (arabic & (two | suffix)) | !(ascii | arabic);
    Marks { article, clitic, clitic_article, more }
}

/// Eight bytes as one number; those behind the end of the text are 0.
#[inline]
fn eight_from(text: &[u8], at: usize) -> u64 {
    let rest = text.get(at..).unwrap_or_default();
    match rest.first_chunk::<8>() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => rest.iter().rev().fold(0, |eight, byte| eight << 8 | u64::from(*byte)),
    }
}

/// Where a word that begins at `from` begins without the article, if it has one.
#[inline]
fn noun_at(text: &[u8], from: usize, end: usize) -> usize {
    let article = (end >= from + ARTICLE.len() + ARABIC_BYTES_MIN)
        & (letter_at(text, from) == ALEF)
        & (letter_at(text, from + 2) == LAM);
    from + ARTICLE.len() * usize::from(article)
}

/// Whether `may` takes a reading of a word of the Arabic script besides the whole word and that of [`arabic_noun`].
pub(crate) fn may_be_arabic(text: &[u8], start: usize, end: usize, may: impl Fn(usize, usize) -> bool) -> bool {
    let size = end - start;
    let (first, second) = (letter_at(text, start), letter_at(text, start + 2));
    let clitic = matches!(first, WAW | FA | BA | LAM | KAF) && size >= 2 + ARABIC_BYTES_MIN;
    let mut found = false;
    if clitic && matches!(second, BA | LAM | KAF) {
        found |= first == LAM && second == LAM && size >= 4 + ARABIC_BYTES_MIN && may(start + 4, end);
        let two = first == WAW || first == FA && second != KAF;
        if two && size >= 4 + ARABIC_BYTES_MIN {
            found |= may(noun_at(text, start + 4, end), end);
            let lam = second == LAM && letter_at(text, start + 4) == LAM && size >= 6 + ARABIC_BYTES_MIN;
            found |= lam && may(start + 6, end);
        }
    }
    let word = text.get(start..end).unwrap_or_default();
    found
        || may_have_suffix(text, start, end)
            && SUFFIXES.iter().any(|suffix| {
                let rest = word.len().saturating_sub(suffix.len());
                rest >= SUFFIXED_BYTES_MIN && word.ends_with(suffix.as_bytes()) && may(start, start + rest)
            })
}

/// What stands behind a clitic of `cut` bytes. `لل` is the preposition with the article that lost its alef.
fn push_clitic(bytes: &[u8], cut: usize, lam: bool, emit: &mut impl FnMut(Reading)) {
    if bytes.len() < cut + ARABIC_BYTES_MIN {
        return;
    }
    push_arabic(bytes, cut, how::CLITIC, emit);
    let noun = cut + 2;
    if lam && bytes.len() >= noun + ARABIC_BYTES_MIN && bytes.get(cut..noun) == Some("ل".as_bytes()) {
        let how = how::CLITIC | how::ARTICLE;
        emit(Reading { from: noun, to: bytes.len(), how, cut_front: noun, cut_back: 0 });
    }
}

fn push_arabic(bytes: &[u8], cut: usize, how: u8, emit: &mut impl FnMut(Reading)) {
    let noun = cut + ARTICLE.len();
    let article = bytes.len() >= noun + ARABIC_BYTES_MIN && bytes.get(cut..noun) == Some(ARTICLE.as_bytes());
    let (from, how) = if article { (noun, how | how::ARTICLE) } else { (cut, how) };
    emit(Reading { from, to: bytes.len(), how, cut_front: cut, cut_back: 0 });
}

/// The key of one word of a registered name, and whether that word carries the Arabic article.
pub(crate) fn name_key(word: &str) -> (u64, bool) {
    let (part, article) = name_part(word);
    (hash(part.as_bytes()), article)
}

/// What all spellings of a registered word share, and whether that word carries the Arabic article.
pub(crate) fn name_part(word: &str) -> (&str, bool) {
    match script_of(word) {
        Script::Cyrillic => (cyrillic_stem(word), false),
        Script::Arabic => match word.strip_prefix(ARTICLE).filter(|rest| rest.len() >= ARABIC_BYTES_MIN) {
            Some(rest) => (rest, true),
            None => (word, false),
        },
        _ => (word, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use vedette_text::fold::{fold, fold_plain};

    proptest! {
        #[test]
        fn the_short_way_through_arabic_reads_the_same(word in "[وفبلکاللمهیاین]{1,9}") {
            let mut long = Vec::new();
            arabic_readings(word.as_bytes(), true, |reading| long.push((reading.from, reading.to)));
            let short = std::cell::RefCell::new(Vec::new());
            may_be_arabic(word.as_bytes(), 0, word.len(), |from, to| {
                short.borrow_mut().push((from, to));
                false
            });
            let mut short = short.into_inner();
            short.push((arabic_noun(word.as_bytes(), 0, word.len()).0, word.len()));
            if !arabic_noun(word.as_bytes(), 0, word.len()).1 {
                prop_assert_eq!(short.len(), 1);
            }
            long.sort_unstable();
            // The whole word may be looked at or not.
            let whole = (0, word.len());
            long.retain(|reading| *reading != whole);
            short.retain(|reading| *reading != whole);
            short.sort_unstable();
            short.dedup();
            prop_assert_eq!(long, short);
        }
    }

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
