//! What an engine must not touch: addresses, mentions, hashtags, numbers, and the terms of the glossary.
//!
//! At the ends of a segment such things are set aside; in its middle they are replaced by made-up names (`QZA`, `QZB`, …), which engines
//! copy as they copy unknown names. Afterwards each is put back, and what an engine dropped is noticed.

use vedette_text::{Span, links::find_links};

/// Made-up names of one segment; more things than this are left to the engine.
pub(crate) const SHIELDS_MAX: usize = 26;

/// Links, mentions, hashtags and mail addresses in a text, in order, without overlaps.
pub(crate) fn untouchable(text: &str) -> Vec<Span> {
    let mut found: Vec<Span> =
        find_links(text).into_iter().map(|link| Span { start: link.start, end: link.end }).collect();
    let mut at = 0;
    for chunk in text.split_inclusive(char::is_whitespace) {
        let start = at;
        at += chunk.len();
        let word = chunk.trim_end();
        let lead = word.len() - word.trim_start_matches(['(', '[', '"', '«', '“', '\'']).len();
        let inner = word.get(lead..).unwrap_or_default();
        let inner = inner.trim_end_matches(|ch: char| !ch.is_alphanumeric() && ch != '/' && ch != '_');
        if is_handle(inner) || is_mail(inner) {
            found.push(Span { start: start + lead, end: start + lead + inner.len() });
        }
    }
    found.sort_unstable_by_key(|span| (span.start, usize::MAX - span.end));
    let mut out: Vec<Span> = Vec::with_capacity(found.len());
    for span in found {
        if out.last().is_none_or(|last| last.end <= span.start) {
            out.push(span);
        }
    }
    out
}

fn is_handle(word: &str) -> bool {
    let name = word.strip_prefix(['@', '#']).or_else(|| word.strip_prefix("＃")).unwrap_or_default();
    name.chars().next().is_some_and(|first| first.is_alphanumeric() || first == '_')
        && name.chars().any(char::is_alphabetic)
}

fn is_mail(word: &str) -> bool {
    word.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
    })
}

/// The made-up names for a segment: none of them stands in it.
pub(crate) fn names_for(segment: &str) -> impl Iterator<Item = String> {
    let upper = segment.to_uppercase();
    ('A'..='Z').map(|letter| format!("QZ{letter}")).filter(move |name| !upper.contains(name.as_str())).take(SHIELDS_MAX)
}

/// Where a made-up name stands in an answer: once, whatever its case. Engines write `Qza` at the start of a sentence.
pub(crate) fn where_is(name: &str, answer: &str) -> Option<Span> {
    let mut places = answer.char_indices().filter_map(|(start, _)| {
        let stands = answer.get(start..start + name.len())?;
        stands.eq_ignore_ascii_case(name).then_some(Span { start, end: start + name.len() })
    });
    let only = places.next()?;
    places.next().is_none().then_some(only)
}

/// The numbers of a text with at least two digits: their ASCII digits alone, so that 1.250, 1,250 and ١٢٥٠ are one.
pub(crate) fn numbers(text: &str) -> Vec<(Span, String)> {
    let mut out: Vec<(Span, String)> = Vec::new();
    let mut run: Option<(usize, usize, String)> = None;
    let mut close = |run: &mut Option<(usize, usize, String)>| {
        if let Some((start, end, digits)) = run.take()
            && digits.len() >= 2
        {
            out.push((Span { start, end }, digits));
        }
    };
    for (at, ch) in text.char_indices() {
        let after = at + ch.len_utf8();
        if let Some(digit) = digit(ch) {
            let (_, end, digits) = run.get_or_insert((at, after, String::new()));
            *end = after;
            digits.push(digit);
        } else if !(matches!(ch, '.' | ',' | '٬' | '٫' | '\u{a0}' | '\u{202f}')
            && run.as_ref().is_some_and(|run| run.1 == at))
        {
            close(&mut run);
        }
    }
    close(&mut run);
    out
}

fn digit(ch: char) -> Option<char> {
    let zero = match ch as u32 {
        0x30..=0x39 => return Some(ch),
        0x660..=0x669 => 0x660,
        0x6f0..=0x6f9 => 0x6f0,
        0x966..=0x96f => 0x966,
        _ => return None,
    };
    char::from_digit(ch as u32 - zero, 10)
}

/// The numbers of the original that its translation lacks.
pub(crate) fn numbers_missing(original: &str, translation: &str) -> Vec<Span> {
    let wanted = numbers(original);
    if wanted.is_empty() {
        return Vec::new();
    }
    // Dates and hours are written with other signs between the same digits.
    let there: String = translation.chars().filter_map(digit).collect();
    wanted.into_iter().filter(|(_, digits)| !there.contains(digits.as_str())).map(|(span, _)| span).collect()
}

/// Without what only disturbs an engine: direction marks, stretched letters, control characters; white space made single.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for ch in text.chars() {
        if ch.is_whitespace() {
            if !out.ends_with(' ') && !out.is_empty() {
                out.push(' ');
            }
        } else if !is_noise(ch) && ch != '\u{640}' {
            out.push(ch);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// An engine's answer made safe to stand in a page: one line, no control characters, no direction marks.
pub(crate) fn one_line(answer: &str) -> String {
    let mut out = String::with_capacity(answer.len());
    for ch in answer.chars() {
        if ch.is_whitespace() {
            if !out.ends_with(' ') && !out.is_empty() {
                out.push(' ');
            }
        } else if !is_noise(ch) {
            out.push(ch);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Direction marks and embeddings, byte-order marks, control characters. Joiners stay: Persian and Urdu are spelled with them.
fn is_noise(ch: char) -> bool {
    matches!(ch, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || ch.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spared(text: &str) -> Vec<&str> {
        untouchable(text).into_iter().map(|span| span.of(text)).collect()
    }

    #[test]
    fn addresses_mentions_and_hashtags_are_not_for_engines() {
        assert_eq!(
            spared("Veja https://example.org/a?b=1 e @halden_news (#Kelmora), #متحف_هالدن. Mail: desk@example.org!"),
            ["https://example.org/a?b=1", "@halden_news", "#Kelmora", "#متحف_هالدن", "desk@example.org"]
        );
        assert!(spared("The score was #1 @ home, 3 a.m.").is_empty());
    }

    #[test]
    fn a_number_is_the_same_in_other_digits_and_with_other_signs() {
        let digits = |text: &str| numbers(text).into_iter().map(|(_, digits)| digits).collect::<Vec<_>>();
        assert_eq!(digits("1.250 pessoas às 9 h em 12/05/2026."), ["1250", "12", "05", "2026"]);
        assert_eq!(digits("١٬٢٥٠ و ۱۲"), ["1250", "12"]);
        assert!(numbers_missing("1.250 visitantes", "1,250 visitors").is_empty());
        assert_eq!(numbers_missing("45 livros", "many books"), [Span { start: 0, end: 2 }]);
    }

    #[test]
    fn made_up_names_are_none_that_the_text_has() {
        assert_eq!(names_for("qza e QZB").next().as_deref(), Some("QZC"));
        assert_eq!(where_is("QZA", "The Qza library"), Some(Span { start: 4, end: 7 }));
        assert_eq!(where_is("QZA", "QZA and QZA"), None);
        assert_eq!(where_is("QZA", "ação"), None);
    }

    #[test]
    fn marks_of_direction_do_not_reach_an_engine_and_joiners_do() {
        assert_eq!(plain("\u{202b}الـــمتحف\u{202c}\n \u{200f}مغلق"), "المتحف مغلق");
        assert_eq!(plain("می\u{200c}خواهم"), "می\u{200c}خواهم");
        assert_eq!(one_line(" a\r\nb\u{202e}c\u{7} "), "a bc");
    }
}
