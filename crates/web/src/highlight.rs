//! A text cut into pieces so that mentions, dates, links and statements can be marked in it, however they nest and
//! overlap. The pieces together are the text; links alone are shown defanged.

use vedette_core::{Findings, Reason};

/// Spans marked in one reading; what lies beyond is shown without marks.
const SPANS_MAX: usize = 4_000;

/// A piece of text with what is marked on it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Piece {
    /// The text, not escaped: the template does that.
    pub(crate) text: String,
    /// Class names, such as `m-place s-threat`; empty for plain text.
    pub(crate) class: String,
    /// What it is, in words, for the tooltip.
    pub(crate) title: String,
    /// Anchor of the piece, when a reason points to it.
    pub(crate) anchor: String,
}

/// A span to mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) class: String,
    pub(crate) title: String,
    /// Shown instead of the span's own text, in one piece.
    pub(crate) shown: Option<String>,
    pub(crate) anchor: Option<String>,
}

/// The spans of a reading's findings, and of the reasons that quote it (`reading` is its number).
pub(crate) fn spans(found: &Findings, reasons: &[Reason], reading: usize) -> Vec<Span> {
    let span = |start, end, class: String, title: String| Span { start, end, class, title, shown: None, anchor: None };
    let mut out = Vec::new();
    for statement in &found.statements {
        let reported = if statement.reported { " (reported speech)" } else { "" };
        let tentative = if statement.tentative { " (tentative: by its wording as a whole)" } else { "" };
        let word = statement.kind.word();
        let title = format!("{word}{reported}{tentative}");
        out.push(span(statement.start, statement.end, format!("s s-{word}"), title));
    }
    for mention in &found.mentions {
        let folds =
            if mention.folds.is_empty() { String::new() } else { format!(", spelling: {}", mention.folds.join(", ")) };
        let title = format!("{}: {}{folds}", mention.kind.word(), mention.name);
        out.push(span(mention.start, mention.end, format!("m m-{}", mention.kind.word()), title));
    }
    for date in &found.dates {
        let title = format!("{}: {}", date.kind.to_lowercase(), date.value);
        out.push(span(date.start, date.end, "d".to_owned(), title));
    }
    for link in &found.links {
        let title = format!("{}, never fetched", link.kind.word());
        let mut one = span(link.start, link.end, "l".to_owned(), title);
        one.shown = Some(link.text.clone());
        out.push(one);
    }
    for (number, reason) in reasons.iter().enumerate().filter(|(_, reason)| reason.reading == reading) {
        let mut one = span(reason.start, reason.end, "q".to_owned(), format!("reason: {}", reason.name));
        one.anchor = Some(format!("reason-{}", number + 1));
        out.push(one);
    }
    out
}

/// The spans of a whole text as they lie in its stretch from `start` to `end`. An anchor stays where its span begins; what is
/// shown instead of a span's own words stays only when the stretch holds it whole.
pub(crate) fn clipped(spans: &[Span], start: usize, end: usize) -> Vec<Span> {
    let within = |span: &Span| {
        let mut clipped = span.clone();
        clipped.start = span.start.max(start) - start;
        clipped.end = span.end.min(end) - start;
        if span.start < start {
            clipped.anchor = None;
        }
        if span.start < start || span.end > end {
            clipped.shown = None;
        }
        clipped
    };
    spans.iter().filter(|span| span.start < end && start < span.end).map(within).collect()
}

/// Cuts `text` at the ends of `spans`. Spans that are empty, out of range or inside a character are left out; a span
/// with a shown text is never cut by another.
pub(crate) fn pieces(text: &str, spans: &[Span]) -> Vec<Piece> {
    let mut spans: Vec<&Span> = spans
        .iter()
        .filter(|span| span.start < span.end && text.get(span.start..span.end).is_some())
        .take(SPANS_MAX)
        .collect();
    spans.sort_by_key(|span| (span.start, usize::MAX - span.end));
    let mut whole: Vec<&Span> = Vec::new();
    for span in spans.iter().copied().filter(|span| span.shown.is_some()) {
        if whole.last().is_none_or(|last| last.end <= span.start) {
            whole.push(span);
        }
    }
    let inside = |at: usize| {
        let next = whole.partition_point(|span| span.end <= at);
        whole.get(next).is_some_and(|span| span.start < at)
    };
    let mut cuts: Vec<usize> = spans.iter().flat_map(|span| [span.start, span.end]).filter(|at| !inside(*at)).collect();
    cuts.extend([0, text.len()]);
    cuts.sort_unstable();
    cuts.dedup();

    let mut out = Vec::new();
    let mut waiting = spans.iter().copied().peekable();
    let mut active: Vec<&Span> = Vec::new();
    for (start, end) in cuts.iter().copied().zip(cuts.iter().copied().skip(1)) {
        active.retain(|span| span.end > start);
        while let Some(span) = waiting.next_if(|span| span.start < end) {
            active.push(span);
        }
        let shown = whole.binary_search_by_key(&start, |span| span.start).ok().and_then(|at| whole.get(at));
        let shown = shown.filter(|span| span.end == end).and_then(|span| span.shown.clone());
        let own = text.get(start..end).unwrap_or_default();
        out.push(piece(shown.unwrap_or_else(|| own.to_owned()), start, &active));
    }
    out
}

fn piece(text: String, start: usize, active: &[&Span]) -> Piece {
    let mut classes: Vec<&str> = Vec::new();
    let mut titles: Vec<&str> = Vec::new();
    for span in active {
        for class in span.class.split(' ') {
            if !classes.contains(&class) {
                classes.push(class);
            }
        }
        if !titles.contains(&span.title.as_str()) {
            titles.push(&span.title);
        }
    }
    // An anchor stands where its span begins, once.
    let anchor = active
        .iter()
        .find(|span| span.start == start)
        .and_then(|_| active.iter().filter(|span| span.start == start).find_map(|span| span.anchor.clone()));
    Piece { text, class: classes.join(" "), title: titles.join(" · "), anchor: anchor.unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: usize, end: usize, class: &str) -> Span {
        Span { start, end, class: class.to_owned(), title: class.to_owned(), shown: None, anchor: None }
    }

    fn marked(text: &str, spans: &[Span]) -> String {
        pieces(text, spans)
            .into_iter()
            .map(|piece| if piece.class.is_empty() { piece.text } else { format!("[{}|{}]", piece.class, piece.text) })
            .collect()
    }

    #[test]
    fn nested_and_overlapping_spans_cut_the_text_where_they_begin_and_end() {
        assert_eq!(marked("abcdef", &[]), "abcdef");
        assert_eq!(marked("abcdef", &[span(1, 5, "s"), span(2, 3, "m")]), "a[s|b][s m|c][s|de]f");
        assert_eq!(marked("abcdef", &[span(0, 4, "s"), span(2, 6, "m")]), "[s|ab][s m|cd][m|ef]");
        assert_eq!(marked("abcdef", &[span(2, 4, "m"), span(2, 4, "d")]), "ab[m d|cd]ef");
    }

    #[test]
    fn a_stretch_has_its_part_of_each_span_and_each_anchor_stands_once() {
        let mut whole = span(2, 8, "q");
        whole.anchor = Some("reason-1".to_owned());
        let spans = [whole, span(6, 7, "m")];
        let anchors = |stretch: &[Span]| stretch.iter().filter_map(|one| one.anchor.clone()).count();
        let (first, second) = (clipped(&spans, 0, 5), clipped(&spans, 5, 10));
        assert_eq!(marked("abcde", &first), "ab[q|cde]");
        assert_eq!(marked("fghij", &second), "[q|f][q m|g][q|h]ij");
        assert_eq!((anchors(&first), anchors(&second)), (1, 0));
    }

    #[test]
    fn spans_that_do_not_fit_are_left_out_and_no_character_is_split() {
        let text = "é — ß";
        for wrong in [span(1, 3, "m"), span(3, 3, "m"), span(4, 2, "m"), span(0, 99, "m"), span(99, 100, "m")] {
            assert_eq!(marked(text, std::slice::from_ref(&wrong)), text, "{wrong:?}");
        }
    }

    #[test]
    fn a_link_is_shown_defanged_and_whole() {
        let mut link = span(4, 22, "l");
        link.shown = Some("hxxp://x[.]example".to_owned());
        let text = "see http://x.example/a now";
        let shown = marked(text, &[span(0, 10, "s"), link.clone(), span(12, 26, "m")]);
        assert_eq!(shown, "[s|see ][s l m|hxxp://x[.]example][m| now]");
        // Overlapping links: the first wins, the text stays whole.
        let mut second = span(6, 24, "l");
        second.shown = Some("other".to_owned());
        assert!(marked(text, &[link, second]).contains("hxxp://x[.]example"));
    }

    #[test]
    fn many_spans_over_a_long_text_keep_every_byte() {
        let text = "ابجد xyz ".repeat(2_000);
        let spans: Vec<Span> = (0..6_000).map(|n| span((n * 7) % text.len(), (n * 7) % text.len() + 40, "m")).collect();
        let back: String = pieces(&text, &spans).into_iter().map(|piece| piece.text).collect();
        assert_eq!(back, text);
    }
}
