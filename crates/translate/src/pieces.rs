//! A text cut into segments for translation: sentences and lines, aligned to where they stand, with nothing lost between them.
//!
//! What lies between segments is white space and list marks only and is taken over as it stands, so line breaks, blank lines and bullets
//! survive. A sentence longer than [`SEGMENT_CHARS_MAX`] is cut at a clause; a text longer than [`TEXT_BYTES_MAX`] ends at a segment and says so.

use vedette_text::{Span, sentences::sentences};

/// Bytes of one text that are translated; a magazine issue has about 300 KB. The rest stays untranslated and the answer says from where.
pub const TEXT_BYTES_MAX: usize = 1024 * 1024;
/// Characters of one segment: about a hundred words, longer than sentences that models were trained on.
pub const SEGMENT_CHARS_MAX: usize = 600;

/// The segments of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pieces {
    /// In order; between them there are only white space and the marks of a list.
    pub spans: Vec<Span>,
    /// Where translation stops because the text is longer than the limit; absent when all of it is covered.
    pub cut_at: Option<usize>,
}

/// Cuts a text into segments, up to `bytes_max` bytes of it.
pub fn pieces(text: &str, bytes_max: usize) -> Pieces {
    let whole = text.trim_end();
    let mut spans = Vec::new();
    for sentence in sentences(whole) {
        shorten(whole, sentence, &mut spans);
    }
    let cut_at = spans.iter().position(|span| span.end > bytes_max).map(|first_out| {
        spans.truncate(first_out);
        spans.last().map_or(0, |last| last.end)
    });
    Pieces { spans, cut_at }
}

/// Cuts a segment that is too long at clauses.
fn shorten(text: &str, span: Span, out: &mut Vec<Span>) {
    let mut rest = span;
    while let Some((end, _)) = rest.of(text).char_indices().nth(SEGMENT_CHARS_MAX) {
        // Looking back from the limit, not from the end: all pieces but the last are as long as they may be.
        let head = Span { start: rest.start, end: rest.start + end };
        let at = head.start + cut_in(head.of(text), head.of(text).len() / 2);
        push(text, Span { start: rest.start, end: at }, out);
        rest.start = at;
    }
    push(text, rest, out);
}

fn push(text: &str, span: Span, out: &mut Vec<Span>) {
    let raw = span.of(text);
    let start = span.start + (raw.len() - raw.trim_start().len());
    let span = Span { start, end: start + raw.trim().len() };
    if span.start < span.end {
        out.push(span);
    }
}

/// Two halves of a text, cut as near to its middle as a clause, else a space, allows. Nothing for a text of one character.
pub(crate) fn halves(text: &str) -> Option<(&str, &str)> {
    let middle = floor(text, text.len() / 2);
    let near = |is_cut: fn(char, char) -> bool| {
        let mut best: Option<usize> = None;
        let mut previous = ' ';
        for (at, ch) in text.char_indices() {
            let nearer = best.is_none_or(|best| at.abs_diff(middle) < best.abs_diff(middle));
            if at > 0 && nearer && is_cut(previous, ch) {
                best = Some(at);
            }
            previous = ch;
        }
        best
    };
    // A clause near an end would leave one half as long as the whole.
    let clause = near(ends_clause).filter(|&at| at.abs_diff(middle) <= text.len() / 4);
    let at = clause.or_else(|| near(|_, ch| ch.is_whitespace())).unwrap_or(middle);
    let (first, second) = text.split_at_checked(at)?;
    let (first, second) = (first.trim(), second.trim());
    (!first.is_empty() && !second.is_empty()).then_some((first, second))
}

fn ends_clause(previous: char, ch: char) -> bool {
    matches!(previous, ';' | '؛' | ',' | '،' | ':' | '–' | '—' | '。' | '、') && ch.is_whitespace()
}

/// Where to cut `head`: behind its last clause that begins after `least`, else at its last space there, else at its end.
fn cut_in(head: &str, least: usize) -> usize {
    let mut clause = None;
    let mut space = None;
    let mut previous = ' ';
    for (at, ch) in head.char_indices() {
        if at > least && ch.is_whitespace() {
            space = Some(at);
            if ends_clause(previous, ch) {
                clause = Some(at);
            }
        }
        previous = ch;
    }
    clause.or(space).unwrap_or(head.len())
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use vedette_text::sentences::is_list_mark;

    fn cut(text: &str) -> Vec<&str> {
        pieces(text, TEXT_BYTES_MAX).spans.iter().map(|span| span.of(text)).collect()
    }

    #[test]
    fn sentences_end_at_the_marks_of_their_script() {
        assert_eq!(cut("هل المتحف مفتوح؟ نعم. تعال!"), ["هل المتحف مفتوح؟", "نعم.", "تعال!"]);
        assert_eq!(cut("کتب خانہ بند ہے۔ کل آئیں۔"), ["کتب خانہ بند ہے۔", "کل آئیں۔"]);
        assert_eq!(cut("کتابخانه باز است؛ موزه بسته است."), ["کتابخانه باز است؛ موزه بسته است."]);
        assert_eq!(cut("Rain, Dr. Lund says. Wind 3.5 m/s."), ["Rain, Dr. Lund says.", "Wind 3.5 m/s."]);
    }

    #[test]
    fn lines_are_segments_and_blank_lines_are_none() {
        assert_eq!(cut("\n Halden\n\n\tKelmora \r\n"), ["Halden", "Kelmora"]);
        assert!(cut(" \n\t ").is_empty());
    }

    #[test]
    fn the_bullets_of_a_list_stand_between_segments() {
        assert_eq!(cut("▶ Rain • Wind | Sun"), ["Rain", "Wind", "Sun"]);
        assert!(cut("▶").is_empty());
    }

    #[test]
    fn a_long_sentence_is_cut_at_a_clause_and_a_long_word_where_it_must_be() {
        let clause = "the library of the old town is open until the evening, ";
        let text = clause.repeat(30);
        let parts = cut(&text);
        assert!(parts.len() > 1);
        for part in &parts {
            assert!(part.chars().count() <= SEGMENT_CHARS_MAX && part.ends_with(','), "{part}");
        }
        assert_eq!(cut(&"م".repeat(SEGMENT_CHARS_MAX * 2 + 1)).len(), 3);
    }

    #[test]
    fn a_long_text_ends_at_a_segment_and_says_where() {
        let text = "It rains. ".repeat(10);
        let part = pieces(&text, 25);
        assert_eq!((part.spans.len(), part.cut_at), (2, Some(19)));
        assert_eq!(pieces(&text, 1_000).cut_at, None);
        assert_eq!(pieces("It rains.", 3), Pieces { spans: vec![], cut_at: Some(0) });
    }

    #[test]
    fn halves_are_cut_near_the_middle() {
        assert_eq!(halves("one two, three four"), Some(("one two,", "three four")));
        assert_eq!(halves("a, bbbbbbbbbbbbbbb ccccccc"), Some(("a, bbbbbbbbbbbbbbb", "ccccccc")));
        assert_eq!(halves("ммм"), Some(("м", "мм")));
        assert_eq!(halves("x"), None);
    }

    proptest! {
        #[test]
        fn segments_cover_the_text_in_order_and_between_them_are_white_space_and_list_marks(
            text in "(?s)([a-zA-Zа-я ]|[ء-ي ]|[.!?؟۔؛،,•▶|\n\r\t ]|.){0,300}",
            most in 0usize..800,
        ) {
            let is_between = |gap: &str| gap.chars().all(|ch| ch.is_whitespace() || is_list_mark(ch));
            let part = pieces(&text, most);
            let mut at = 0;
            for span in &part.spans {
                prop_assert!(span.start >= at && span.start < span.end && span.end <= most);
                let gap = text.get(at..span.start);
                prop_assert!(gap.is_some_and(is_between), "{gap:?}");
                prop_assert!(text.get(span.start..span.end).is_some_and(|inside| inside.trim() == inside));
                at = span.end;
            }
            match part.cut_at {
                Some(cut) => prop_assert_eq!(cut, at),
                None => prop_assert!(text.get(at..).is_some_and(is_between)),
            }
        }
    }
}
