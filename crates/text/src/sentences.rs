//! Where sentences and quotations begin and end: a threat is quoted whole, and words in somebody else's mouth are told apart.
//!
//! Sentences end at `. ! ? … ؟ ۔ 。` and at line ends. Not at abbreviations, initials, decimal numbers, host names or ordinals
//! before a month, nor at a line end that only wraps a long line (as in the text of a PDF).

use crate::{Span, dates};

/// A quotation with its marks, and what stands between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotation {
    /// First byte of the opening mark.
    pub start: usize,
    /// Byte after the closing mark.
    pub end: usize,
    /// The words between the marks.
    pub inside: Span,
}

/// A line at least this long that ends without a stop was wrapped by a machine.
const WRAPPED_LINE_CHARS_MIN: usize = 50;
/// A longer quotation has lost its closing mark.
const QUOTATION_BYTES_MAX: usize = 4_000;
/// Quotations inside quotations are followed this deep.
const QUOTATION_DEPTH_MAX: usize = 8;
/// Abbreviations are looked up by this much text before their stop.
const ABBREVIATION_BYTES_MAX: usize = 24;

/// Abbreviations that are followed by the rest of their sentence, folded to lower case and without the last stop.
const ABBREVIATIONS: &[&str] = &[
    // English
    "mr",
    "mrs",
    "ms",
    "dr",
    "prof",
    "st",
    "sr",
    "jr",
    "vs",
    "etc",
    "e.g",
    "i.e",
    "cf",
    "al",
    "no",
    "nos",
    "vol",
    "fig",
    "gen",
    "col",
    "lt",
    "sgt",
    "capt",
    "cpl",
    "maj",
    "cmdr",
    "gov",
    "sen",
    "rep",
    "rev",
    "hon",
    "pres",
    "inc",
    "ltd",
    "corp",
    "dept",
    "est",
    "approx",
    "ave",
    "blvd",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
    "a.m",
    "p.m",
    "u.s",
    "u.k",
    "u.n",
    "pp",
    "ed",
    // German
    "z.b",
    "z. b",
    "bzw",
    "usw",
    "ca",
    "nr",
    "bspw",
    "d.h",
    "d. h",
    "u.a",
    "u. a",
    "evtl",
    "ggf",
    "vgl",
    "str",
    "hr",
    "fr",
    "abs",
    "geb",
    "mio",
    "mrd",
    "tel",
    "sog",
    "inkl",
    "bzgl",
    "hl",
    "jh",
    "v.a",
    "o.ä",
    // French
    "m",
    "mm",
    "mme",
    "mlle",
    "mgr",
    "av",
    "env",
    "p.ex",
    "p. ex",
    "c.-à-d",
    "éd",
    "chap",
    "art",
    "janv",
    "févr",
    "juil",
    "boul",
    "bd",
    // Spanish
    "sra",
    "srta",
    "dra",
    "d",
    "dña",
    "ud",
    "uds",
    "ee.uu",
    "ee. uu",
    "pág",
    "avda",
    "núm",
    "p.ej",
    "p. ej",
    "gral",
    // Turkish
    "vb",
    "vd",
    "doç",
    "yrd",
    "av",
    "sn",
    "örn",
    "bkz",
    "cad",
    "sok",
    "mah",
    "alb",
    "org",
    // Russian and Ukrainian
    "т.е",
    "т. е",
    "т.д",
    "т. д",
    "т.п",
    "т. п",
    "т.к",
    "т. к",
    "г",
    "гг",
    "ул",
    "им",
    "руб",
    "млн",
    "млрд",
    "тыс",
    "др",
    "пр",
    "см",
    "стр",
    "обл",
    "р",
    "н.э",
    "н. э",
    "проф",
    "акад",
    "ген",
    "св",
    "тов",
    "гр",
    "кв",
    "просп",
    "наб",
    "напр",
    "в",
    "вв",
    "коп",
    "чел",
    "мин",
    "сек",
    "ст",
    // Arabic and Persian
    "د",
    "م",
    "ه",
    "أ",
    "ص",
    "ج",
    "ق.م",
    "هـ",
];

/// The sentences of a text, in order, without the white space around them.
pub fn sentences(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(text.len() / 80 + 1);
    let mut start = 0;
    let mut line_start = 0;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let size = match byte {
            b'\n' | b'\r' => {
                if line_ends_sentence(text, line_start, at) {
                    push(text, start, at, &mut out);
                    start = at + 1;
                }
                line_start = at + 1;
                at += 1;
                continue;
            }
            b'.' | b'!' | b'?' => 1,
            0xd8.. => stop_size(bytes, at),
            _ => 0,
        };
        if size == 0 {
            at += 1;
            continue;
        }
        let end = after_stops(text, at);
        if ends_sentence(text, start, at, end) {
            push(text, start, end, &mut out);
            start = end;
        }
        at = end;
    }
    push(text, start, bytes.len(), &mut out);
    out
}

fn push(text: &str, start: usize, end: usize, out: &mut Vec<Span>) {
    let Some(raw) = text.get(start..end) else { return };
    let left = raw.trim_start();
    let start = end - left.len();
    let end = start + left.trim_end().len();
    if start < end {
        out.push(Span { start, end });
    }
}

/// Size of the stop of another script that begins here, or 0.
fn stop_size(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..).unwrap_or_default() {
        [0xd8, 0x9f, ..] | [0xdb, 0x94, ..] => 2,
        [0xe2, 0x80, 0xa6, ..] | [0xe3, 0x80, 0x82, ..] | [0xe0, 0xa5, 0xa4, ..] => 3,
        [0xef, 0xbc, 0x81 | 0x9f, ..] => 3,
        _ => 0,
    }
}

/// The byte after a run of stops and of the quotes and brackets that close with it.
fn after_stops(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let mut end = at;
    let mut closing = false;
    for ch in rest.chars() {
        match ch {
            '.' | '!' | '?' | '…' | '؟' | '۔' | '。' | '！' | '？' | '।' if !closing => {}
            '"' | '\'' | ')' | ']' | '”' | '’' | '»' | '“' | '›' => closing = true,
            _ => break,
        }
        end += ch.len_utf8();
    }
    end
}

fn ends_sentence(text: &str, start: usize, at: usize, end: usize) -> bool {
    let after = text.get(end..).unwrap_or_default();
    let Some(next) = after.chars().next() else { return true };
    let stop = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or('.');
    if stop == '؟' || stop == '۔' || stop == '。' || stop == '।' {
        return true;
    }
    // A host name, a decimal number, a file name: no space follows.
    if !next.is_whitespace() {
        return false;
    }
    let first = after.trim_start_matches([' ', '\t', '\u{a0}', '"', '“', '«', '„', '(', '\'', '‘']).chars().next();
    let lower_follows = first.is_some_and(char::is_lowercase);
    match stop {
        '!' | '?' | '！' | '？' => !lower_follows,
        _ if lower_follows => false,
        // "..." and "…" before a capital end the sentence, as does `."`.
        '.' if text.get(at..end) == Some(".") => !is_abbreviation(text, start, at) && !is_ordinal(text, at, after),
        _ => true,
    }
}

/// Whether the word before the stop at `at` is an abbreviation or an initial.
fn is_abbreviation(text: &str, start: usize, at: usize) -> bool {
    let mut from = at.saturating_sub(ABBREVIATION_BYTES_MAX).max(start);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let before = text.get(from..at).unwrap_or_default();
    let word_from = before.rfind(char::is_whitespace).map_or(0, |space| space + 1);
    let word = before.get(word_from..).unwrap_or_default().trim_start_matches(['(', '"', '«', '“', '„', '[', '\'']);
    let mut letters = word.chars();
    if let (Some(only), None) = (letters.next(), letters.next())
        && (only.is_uppercase() || ABBREVIATIONS.iter().any(|known| known.chars().eq([only])))
    {
        return true;
    }
    if word.is_empty() || word.len() > 12 {
        return false;
    }
    // "U.S", "D.C": initials with stops between them.
    let initials = word.split('.').all(|part| part.chars().count() == 1 && part.chars().all(char::is_uppercase));
    if initials && word.contains('.') {
        return true;
    }
    let lower = word.to_lowercase();
    ABBREVIATIONS.contains(&lower.as_str())
}

/// "12. März": a day before a month; "1. First" at the start of a line: a list.
fn is_ordinal(text: &str, at: usize, after: &str) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let digits = before.bytes().rev().take_while(u8::is_ascii_digit).take(3).count();
    if !(1..=2).contains(&digits) {
        return false;
    }
    let lead = before.get(..at - digits).unwrap_or_default();
    if lead.is_empty() || lead.ends_with('\n') {
        return true;
    }
    let word: String = after.trim_start().chars().take_while(|ch| ch.is_alphabetic()).take(16).collect();
    dates::is_month(&word)
}

/// Whether the line end at `at` ends the sentence too, or only wraps its line.
fn line_ends_sentence(text: &str, line_start: usize, at: usize) -> bool {
    let line = text.get(line_start..at).unwrap_or_default();
    let after = text.get(at..).unwrap_or_default();
    let after = after.strip_prefix("\r\n").or_else(|| after.get(1..)).unwrap_or_default();
    let Some(first) = after.chars().next() else { return true };
    if first == '\n' || first == '\r' || line.chars().nth(WRAPPED_LINE_CHARS_MIN - 1).is_none() {
        return true;
    }
    // The stop itself has ended the sentence already; nothing is left to wrap.
    let first = after.trim_start_matches([' ', '\t']).chars().next().unwrap_or('\n');
    !first.is_alphabetic() || first.is_uppercase()
}

/// Quotations in “ ” „ “ « » ‹ › " " ‘ ’ 「 」, outermost first. An apostrophe is no closing mark; a mark without its partner is
/// left out.
pub fn quotations(text: &str) -> Vec<Quotation> {
    let mut out = Vec::new();
    let mut open: Vec<(char, usize, usize)> = Vec::new();
    let mut previous = ' ';
    let mut chars = text.char_indices().peekable();
    while let Some((at, ch)) = chars.next() {
        let next = chars.peek().map_or(' ', |(_, next)| *next);
        let end = at + ch.len_utf8();
        if ch == '\n' && next == '\n' {
            open.clear();
        }
        if let Some(depth) = closes(ch, previous, next, &open) {
            if let Some((_, from, inner)) = open.get(depth).copied()
                && end - from <= QUOTATION_BYTES_MAX
            {
                out.push(Quotation { start: from, end, inside: Span { start: inner, end: at } });
            }
            open.truncate(depth);
        } else if opens(ch, previous, next) && open.len() < QUOTATION_DEPTH_MAX {
            open.push((ch, at, end));
        }
        previous = ch;
    }
    out.sort_unstable_by_key(|quotation| (quotation.start, usize::MAX - quotation.end));
    out
}

/// Which open quotation a mark closes.
fn closes(ch: char, previous: char, next: char, open: &[(char, usize, usize)]) -> Option<usize> {
    let partners: &[char] = match ch {
        '”' => &['“', '„', '”'],
        '“' => &['„'],
        '»' => &['«'],
        '«' => &['»'],
        '›' => &['‹'],
        '‹' => &['›'],
        '"' => &['"'],
        '」' => &['「'],
        // "Don’t" and "the towns’ walls": only a mark that ends a word and has an open partner closes.
        '’' if !next.is_alphanumeric() => &['‘', '‚'],
        '\'' if !next.is_alphanumeric() && !previous.is_whitespace() => &['\''],
        '‘' => &['‚'],
        _ => return None,
    };
    open.iter().rposition(|(mark, ..)| partners.contains(mark))
}

fn opens(ch: char, previous: char, next: char) -> bool {
    match ch {
        '“' | '„' | '«' | '‹' | '「' | '"' => true,
        '‘' | '‚' => !previous.is_alphanumeric(),
        // » and ” open in German and Swedish print.
        '»' | '›' | '”' => !previous.is_alphanumeric() && next.is_alphanumeric(),
        '\'' => !previous.is_alphanumeric() && next.is_alphanumeric() && previous != '\'',
        _ => false,
    }
}
