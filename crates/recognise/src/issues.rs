//! Issues of series: `The Wick, issue 7`, `العدد ٧ من مجلة الفتيل`, `«Фитиль», выпуск 7`, `The_Wick_No.7.pdf`.
//!
//! In: a text with its mentions of series, or the name of a file. Out: which issue of which series it speaks of. A number counts only
//! beside the name of a series of the register and with a word that says "issue" (or alone with the name on a line): numbers alone are
//! dates, prices and places.

mod numbers;

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use vedette_core::{IssueMention, Mention, MentionKind};

use numbers::{Token, number_at, tokens};

/// Highest number of an issue: a weekly reaches it after 34 years, and years stay out.
pub const ISSUE_NUMBER_MAX: u32 = 1_800;
/// Issues told of one text; a catalogue of all issues has more, and says nothing about any of them.
const ISSUES_MAX: usize = 24;
/// Issues that one range may name: `issues 3–6`.
const RANGE_MAX: u32 = 12;
/// Characters between a name and its number, and lines that end between them.
const GAP_CHARS_MAX: usize = 60;
const GAP_LINES_MAX: usize = 3;

/// Words that say "issue", with the language whose numbers in words may follow.
const MARKERS: &[(&str, &[&str])] = &[
    ("en", &["issue", "issues", "iss", "edition", "number"]),
    ("ar", &["العدد", "عدد", "للعدد", "بالعدد", "والعدد", "الأعداد", "العددان", "العددين", "الإصدار", "رقم"]),
    ("fa", &["شماره", "شمارهٔ", "شماره‌ی", "شمارۀ", "شماره‌های"]),
    ("ur", &["شمارہ", "شمارے", "شمارا", "نمبر"]),
    ("ps", &["ګڼه", "گڼه"]),
    ("ru", &["выпуск", "выпуска", "выпуске", "выпуском", "выпуски", "номер", "номера", "номере", "номером"]),
    ("tr", &["sayı", "sayısı", "sayısında", "sayısını", "sayıları"]),
    ("de", &["nr", "nummer", "ausgabe", "ausgaben", "heft", "nummern"]),
    ("fr", &["numéro", "numéros", "édition"]),
    ("es", &["núm", "número", "números", "edición"]),
    ("nl", &["editie", "uitgave", "nummers"]),
    ("id", &["edisi", "nomor"]),
    ("bn", &["সংখ্যা"]),
    ("hi", &["अंक"]),
];
/// Markers that are also common words, and need a stop, a ring or a capital: `No. 7`, `n° 7`, `№ 7`.
const SHORT: &[&str] = &["no", "nos", "n", "num"];

/// Languages of each word as it is compared; some share one.
static WORDS: LazyLock<FxHashMap<String, Vec<&'static str>>> = LazyLock::new(|| {
    let mut words: FxHashMap<String, Vec<&'static str>> = FxHashMap::default();
    for (lang, word) in MARKERS.iter().flat_map(|(lang, all)| all.iter().map(move |word| (*lang, *word))) {
        words.entry(vedette_text::fold::fold_plain(word)).or_default().push(lang);
    }
    words
});

/// A number with the word that makes it an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Numbered {
    start: usize,
    end: usize,
    numbers: Vec<u32>,
}

/// What the name of a file says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NamedIssue {
    /// Id and name of the series that it names.
    pub series: Option<(String, String)>,
    /// Numbers of the issues; none when it names a series alone.
    pub numbers: Vec<u32>,
}

/// The issues that a text speaks of, in order.
pub(crate) fn find(text: &str, mentions: &[Mention]) -> Vec<IssueMention> {
    let series: Vec<&Mention> = mentions.iter().filter(|mention| mention.kind == MentionKind::Series).collect();
    let mut found: Vec<IssueMention> = Vec::new();
    for (at, mention) in series.iter().enumerate() {
        // Up to the name before and the name behind: what stands beyond belongs to them.
        let before = at.checked_sub(1).and_then(|at| series.get(at)).map_or(0, |other| other.end);
        let behind = series.get(at + 1).map_or(text.len(), |other| other.start);
        let Some(near) = beside(text, mention, before.min(mention.start), behind.max(mention.end)) else { continue };
        for number in near.numbers {
            let issue = IssueMention {
                start: near.start,
                end: near.end,
                text: text.get(near.start..near.end).unwrap_or_default().to_owned(),
                file: None,
                series: mention.id.clone(),
                name: mention.name.clone(),
                number,
            };
            let known = found.iter().any(|one| {
                (one.start, one.series.as_str(), one.number) == (issue.start, issue.series.as_str(), issue.number)
            });
            if !known && found.len() < ISSUES_MAX {
                found.push(issue);
            }
        }
    }
    found.sort_by_key(|one| (one.start, one.number));
    found
}

/// The number nearest to the name of a series, looked for inside its name too: some names are registered with "issue" in them.
fn beside(text: &str, mention: &Mention, before: usize, behind: usize) -> Option<Numbered> {
    let from = back(text, mention.start, before);
    let to = forth(text, mention.end, behind);
    let window = text.get(from..to)?;
    let tokens = tokens(window);
    let mut best: Option<(usize, Numbered)> = None;
    let mut at = 0;
    while at < tokens.len() {
        let Some((found, next)) = numbered(&tokens, at, false) else {
            at += 1;
            continue;
        };
        let (start, end) = (from + found.start, from + found.end);
        // What follows the name is meant rather than what went before it.
        let far = if start >= mention.start {
            start.saturating_sub(mention.end)
        } else {
            mention.start.saturating_sub(end) + 20
        };
        if best.as_ref().is_none_or(|(least, _)| far < *least) {
            best = Some((far, Numbered { start, end, numbers: found.numbers }));
        }
        at = next.max(at + 1);
    }
    best.map(|(_, found)| found).or_else(|| alone_on_its_line(text, mention))
}

/// `THE WICK 7`: the name and a number are a line of their own.
fn alone_on_its_line(text: &str, mention: &Mention) -> Option<Numbered> {
    let line_start = text.get(..mention.start)?.rfind('\n').map_or(0, |at| at + 1);
    let line_end = text.get(mention.end..)?.find('\n').map_or(text.len(), |at| mention.end + at);
    let rest = text.get(mention.end..line_end)?;
    if !text.get(line_start..mention.start)?.trim().is_empty() || rest.len() > 24 {
        return None;
    }
    let tokens = tokens(rest);
    let at = tokens.iter().position(|token| !token.is_sign())?;
    let (number, next) = number_at(&tokens, at, &[])?;
    let single_letter = tokens.get(at).is_some_and(|token| token.is_word() && token.text.len() < 2);
    let ends = tokens.get(next..).unwrap_or_default().iter().all(Token::is_sign);
    let (first, last) = (tokens.get(at)?, tokens.get(next.checked_sub(1)?)?);
    (ends && !single_letter && allowed(number)).then(|| Numbered {
        start: mention.end + first.start,
        end: mention.end + last.end,
        numbers: vec![number],
    })
}

/// What a file's name says, given the mentions that a recogniser finds in [`spaced`] of it.
pub(crate) fn of_name(spaced: &str, mentions: &[Mention]) -> NamedIssue {
    let series = mentions.iter().find(|mention| mention.kind == MentionKind::Series);
    let tokens = tokens(spaced);
    let marked = (0..tokens.len()).find_map(|at| numbered(&tokens, at, true)).map(|(found, _)| found.numbers);
    // `The Wick 7`: directly behind the name.
    let bare = || {
        let at = tokens.iter().position(|token| token.start >= series.map_or(usize::MAX, |one| one.end))?;
        let (number, _) = number_at(&tokens, at, &[])?;
        allowed(number).then(|| vec![number])
    };
    NamedIssue {
        numbers: marked.or_else(bare).unwrap_or_default(),
        series: series.map(|one| (one.id.clone(), one.name.clone())),
    }
}

/// A file's name as words: without its ending, with spaces for the signs that stand for them and where letters meet figures.
pub(crate) fn spaced(name: &str) -> String {
    let stem =
        name.rsplit_once('.').filter(|(stem, end)| !stem.is_empty() && end.len() <= 5).map_or(name, |(stem, _)| stem);
    let mut out = String::with_capacity(stem.len() + 8);
    let mut last = ' ';
    for ch in stem.chars() {
        let ch = if matches!(ch, '_' | '-' | '–' | '+' | '.') || ch.is_whitespace() { ' ' } else { ch };
        let camel = last.is_lowercase() && ch.is_uppercase();
        if camel || (last.is_alphabetic() && ch.is_numeric()) || (last.is_numeric() && ch.is_alphabetic()) {
            out.push(' ');
        }
        out.push(ch);
        last = ch;
    }
    out
}

fn allowed(number: u32) -> bool {
    (1..=ISSUE_NUMBER_MAX).contains(&number)
}

/// The numbers that the words at `at` speak of, and the token after them. In the names of files `no` needs no stop.
fn numbered(tokens: &[Token<'_>], at: usize, in_name: bool) -> Option<(Numbered, usize)> {
    behind_its_word(tokens, at, in_name).or_else(|| before_its_word(tokens, at))
}

/// `Issue 7`, `No. 12`, `العدد رقم ٧`, `№ 3`, `n° IV`, `issues 7–8`.
fn behind_its_word(tokens: &[Token<'_>], at: usize, in_name: bool) -> Option<(Numbered, usize)> {
    let marker = tokens.get(at)?;
    let mut next = at + 1;
    let sign = |at: usize| tokens.get(at).and_then(Token::sign);
    let langs: &[&str] = match (marker.sign(), marker.is_word()) {
        (Some('№' | '#'), _) => &[],
        (None, true) => {
            let known = WORDS.get(&marker.folded());
            let is_short = known.is_none() && SHORT.contains(&marker.text.to_lowercase().as_str());
            let stopped = matches!(sign(next), Some('.' | ':' | '°' | 'º' | '#')) || marker.text.starts_with('N');
            match known {
                Some(langs) => langs,
                // French and Spanish write `nº` with a letter too: the sign is folded into the word by some.
                None if is_short && (stopped || in_name) => &[],
                None if matches!(marker.text, "nº" | "Nº" | "n°" | "N°") => &[],
                None => return None,
            }
        }
        _ => return None,
    };
    // A second word that says the same, and the signs between.
    for _ in 0..4 {
        match tokens.get(next) {
            Some(token)
                if matches!(token.sign(), Some('.' | ':' | '°' | 'º' | '#' | '№' | '(' | '-' | '–' | '«' | '"')) =>
            {
                next += 1
            }
            Some(token)
                if token.is_word()
                    && (WORDS.contains_key(&token.folded())
                        || matches!(token.text.to_lowercase().as_str(), "no" | "n" | "nr")) =>
            {
                next += 1;
            }
            _ => break,
        }
    }
    if tokens.get(next).is_some_and(|token| token.line > marker.line + 1) {
        return None;
    }
    let (first, mut after) = number_at(tokens, next, langs)?;
    // `they issue one magazine`: a number in words that a noun follows counts the noun.
    let in_words = tokens.get(next).is_some_and(|token| token.is_word() && !token.is_upper());
    if in_words
        && first == 1
        && langs.contains(&"en")
        && tokens.get(after).is_some_and(|token| token.is_word() && token.line == marker.line)
    {
        return None;
    }
    if !allowed(first) || sign(after).is_some_and(|sign| matches!(sign, '%' | '$' | '€' | '£')) {
        return None;
    }
    let mut numbers = vec![first];
    after = more_numbers(tokens, after, &mut numbers);
    let last = tokens.get(after.checked_sub(1)?)?;
    Some((Numbered { start: marker.start, end: last.end, numbers }, after))
}

/// `–8`, `/8`, `, 8 and 9` behind a first number; the token after them.
fn more_numbers(tokens: &[Token<'_>], mut after: usize, numbers: &mut Vec<u32>) -> usize {
    while let (Some(between), Some(last)) = (tokens.get(after), numbers.last().copied()) {
        let Some((number, next)) = number_at(tokens, after + 1, &[]) else { break };
        let digits = tokens.get(after + 1).is_some_and(|token| token.is_number());
        if !allowed(number) || number <= last || !digits {
            break;
        }
        match between.sign() {
            Some('-' | '–' | '—') if number - last <= RANGE_MAX => numbers.extend(last + 1..=number),
            Some('/' | '&' | '+') if number == last + 1 => numbers.push(number),
            Some(',' | '،') if number - last <= RANGE_MAX => numbers.push(number),
            None if matches!(between.text, "and" | "et" | "und" | "y" | "e" | "en" | "ve" | "и" | "و") => {
                numbers.push(number)
            }
            _ => break,
        }
        after = next;
    }
    after
}

/// `the seventh issue`, `7th issue`, `7. Sayı`, `12-й выпуск`.
fn before_its_word(tokens: &[Token<'_>], at: usize) -> Option<(Numbered, usize)> {
    let first = tokens.get(at)?;
    let joint = |token: &Token<'_>| {
        matches!(token.sign(), Some('.' | '-' | 'º' | 'ª'))
            || matches!(token.text, "th" | "st" | "nd" | "rd" | "e" | "ème" | "й" | "ой" | "го")
    };
    let mut next = at + 1;
    while next <= at + 2 && tokens.get(next).is_some_and(joint) {
        next += 1;
    }
    let marker = tokens.get(next)?;
    let langs = WORDS.get(&marker.folded())?;
    // `2 numbers`, `3 номера`, `عشرة أعداد` count; the word for one issue does not.
    let folded = marker.folded();
    let ordinal = next > at + 1;
    let western = |lang: &&str| matches!(*lang, "en" | "tr" | "de" | "ru" | "fr" | "es" | "nl");
    let names_one =
        langs.iter().any(western) && !matches!(folded.as_str(), "number" | "nr" | "nummer" | "issues" | "nummern");
    if !names_one || marker.line != first.line {
        return None;
    }
    let (number, _) = number_at(tokens, at, langs).filter(|(_, after)| *after == at + 1)?;
    // In figures it must be an ordinal, or Turkish and Russian, which write none.
    let in_words = first.is_word();
    let fits = if in_words {
        !matches!(first.text.to_lowercase().as_str(), "one" | "un" | "une" | "ein" | "eine" | "bir")
    } else {
        ordinal || langs.iter().any(|lang| matches!(*lang, "tr" | "ru"))
    };
    (fits && allowed(number))
        .then(|| (Numbered { start: first.start, end: marker.end, numbers: vec![number] }, next + 1))
}

/// Where to look from, before a name.
fn back(text: &str, to: usize, least: usize) -> usize {
    let before = text.get(least..to).unwrap_or_default();
    let mut lines = 0;
    let mut at = to;
    for (offset, ch) in before.char_indices().rev().take(GAP_CHARS_MAX) {
        lines += usize::from(ch == '\n');
        if lines > GAP_LINES_MAX || matches!(ch, '!' | '?' | '؟') {
            break;
        }
        at = least + offset;
    }
    at
}

/// Where to look to, behind a name.
fn forth(text: &str, from: usize, most: usize) -> usize {
    let behind = text.get(from..most).unwrap_or_default();
    let mut lines = 0;
    let mut at = from;
    for (offset, ch) in behind.char_indices().take(GAP_CHARS_MAX + 24) {
        lines += usize::from(ch == '\n');
        if lines > GAP_LINES_MAX || matches!(ch, '!' | '?' | '؟') {
            break;
        }
        at = from + offset + ch.len_utf8();
    }
    at
}

#[cfg(test)]
mod tests;
