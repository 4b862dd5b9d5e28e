//! The part of a text that matched, as it was written.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;
use vedette_core::{Clause, Query};
use vedette_text::{fold::fold, tokens::tokens};

/// Bytes of a text that are looked through; a hit far down a magazine shows its beginning.
const LOOKED_THROUGH_BYTES_MAX: usize = 64 * 1024;

/// Up to `max_chars` characters of `text` around the words of `query`: where most different ones stand together, else
/// the beginning. `…` marks what was left out.
pub fn snippet(text: &str, query: &Query, max_chars: usize) -> String {
    if text.chars().nth(max_chars).is_none() {
        return text.trim().to_owned();
    }
    let looked = text.get(..floor(text, LOOKED_THROUGH_BYTES_MAX)).unwrap_or(text);
    let start = best_start(looked, query, max_chars).unwrap_or(0);
    cut(text, start, max_chars)
}

/// First byte of the densest stretch of matching words.
fn best_start(text: &str, query: &Query, max_chars: usize) -> Option<usize> {
    let (mut words, mut stems) = (Vec::new(), Vec::new());
    for clause in query.must.iter().chain(query.any.iter().flatten()) {
        match clause {
            Clause::Word(word) => words.push(word.as_str()),
            Clause::Phrase(phrase) => words.extend(phrase.iter().map(String::as_str)),
            Clause::Prefix(stem) => stems.push(stem.as_str()),
            _ => {}
        }
    }
    let folded = fold(text);
    let hits = tokens(&folded.text).filter_map(|token| {
        let word = folded.text.get(token.start..token.end)?;
        let wanted = words.iter().copied().find(|wanted| *wanted == word);
        let wanted = wanted.or_else(|| stems.iter().copied().find(|stem| word.starts_with(stem)))?;
        Some((wanted, folded.original_span(token.start, token.end)))
    });
    // Half of the room is kept for what follows; a letter has up to four bytes, mostly one or two.
    let width = max_chars / 2 * 2;
    let mut window: VecDeque<(&str, usize)> = VecDeque::new();
    let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
    let mut best: Option<(usize, usize)> = None;
    for (wanted, (start, _)) in hits {
        window.push_back((wanted, start));
        *counts.entry(wanted).or_default() += 1;
        while window.front().is_some_and(|(_, first)| start - first > width) {
            if let Some((gone, _)) = window.pop_front()
                && let Some(count) = counts.get_mut(gone)
            {
                *count -= 1;
                if *count == 0 {
                    counts.remove(gone);
                }
            }
        }
        if best.is_none_or(|(most, _)| counts.len() > most) {
            best = window.front().map(|(_, first)| (counts.len(), *first));
        }
    }
    best.map(|(_, start)| start)
}

/// `max_chars` characters that begin a little before `start`, cut between words.
fn cut(text: &str, start: usize, max_chars: usize) -> String {
    let lead = max_chars / 4;
    let before = text.get(..start).unwrap_or_default();
    let mut from = before.char_indices().rev().nth(lead.saturating_sub(1)).map_or(0, |(at, _)| at);
    if from > 0 {
        // Not in the middle of a word, unless that word is longer than the lead.
        from += text
            .get(from..start)
            .and_then(|lead| lead.char_indices().find(|(_, ch)| ch.is_whitespace()))
            .map_or(0, |(at, ch)| at + ch.len_utf8());
    }
    let rest = text.get(from..).unwrap_or_default();
    let room = max_chars.saturating_sub(2);
    let to = rest.char_indices().nth(room).map_or(rest.len(), |(at, _)| at);
    let mut part = rest.get(..to).unwrap_or_default();
    if to < rest.len()
        && let Some((at, _)) = part.char_indices().rev().take(room / 4).find(|(_, ch)| ch.is_whitespace())
    {
        part = part.get(..at).unwrap_or(part);
    }
    let (head, tail) = (if from > 0 { "…" } else { "" }, if to < rest.len() { "…" } else { "" });
    format!("{head}{}{tail}", part.trim())
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;
    use jiff::Timestamp;
    use proptest::prelude::*;

    fn shown(text: &str, query: &str, max_chars: usize) -> String {
        snippet(text, &parse(query, Timestamp::UNIX_EPOCH).unwrap(), max_chars)
    }

    #[test]
    fn the_part_that_matched_is_shown_as_it_was_written() {
        let long = format!("{} The K.e.l.m.o.r.a STADIUM at dawn. {}", "word ".repeat(50), "more ".repeat(50));
        let part = shown(&long, "kelmora stadium", 60);
        assert!(part.contains("K.e.l.m.o.r.a STADIUM"), "{part}");
        assert!(part.starts_with('…') && part.ends_with('…'), "{part}");
        assert!(part.chars().count() <= 60, "{part}");
        assert_eq!(shown("short", "other", 60), "short");
        assert!(shown(&long, "absent", 60).starts_with("word word"));
    }

    #[test]
    fn where_more_words_stand_together_is_better() {
        let text = format!("lantern {} lantern wick {}", "x1 ".repeat(60), "y1 ".repeat(60));
        assert!(shown(&text, "lantern OR wick", 50).contains("lantern wick"));
    }

    proptest! {
        #[test]
        fn a_snippet_is_never_too_long(text in "\\PC{0,200}", max in 10usize..80) {
            prop_assert!(shown(&text, "a OR b OR ab*", max).chars().count() <= max);
        }
    }
}
