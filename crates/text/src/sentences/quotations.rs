//! Words in somebody else's mouth: quotations by their marks, nested, in the prints of several languages.

use crate::Span;

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

/// A longer quotation has lost its closing mark.
const QUOTATION_BYTES_MAX: usize = 4_000;
/// Quotations inside quotations are followed this deep.
const QUOTATION_DEPTH_MAX: usize = 8;

/// Quotations in “ ” „ “ « » ‹ › " " ‘ ’ 「 」 and lines that begin with `>`, outermost first. An apostrophe is no closing mark; a
/// mark without its partner is left out.
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
    quoted_lines(text, &mut out);
    out.sort_unstable_by_key(|quotation| (quotation.start, usize::MAX - quotation.end));
    out
}

/// Lines that begin with `>`: what a reply answers, in mail and in many chat rooms.
fn quoted_lines(text: &str, out: &mut Vec<Quotation>) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.trim_end().len();
        if let Some(rest) = line.trim_end().strip_prefix('>')
            && !rest.trim().is_empty()
        {
            let inner = end - rest.trim_start_matches(['>', ' ']).len();
            out.push(Quotation { start, end, inside: Span { start: inner, end } });
        }
        start += line.len();
    }
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
