//! Quotations and footnote marks in authored text, and whether a quotation really stands in what it cites.
//!
//! A mark is `[^3]`. A quotation is what stands between “…”, "…", «…», „…“ or ”…”; the marks that follow it, or else the
//! next marks of its sentence, say where it must stand.

/// Digits of a footnote number; more than six is a slip of the keyboard.
const NUMBER_DIGITS_MAX: usize = 6;

/// A footnote mark: byte range and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) number: u32,
}

/// Words that an author says were said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Quotation {
    /// The words, without the marks and quotation marks around them.
    pub(crate) text: String,
    /// Footnotes that it must stand in.
    pub(crate) cites: Vec<u32>,
    /// Whether its closing quotation mark was found.
    pub(crate) closed: bool,
    /// Byte range, quotation marks included.
    pub(crate) range: (usize, usize),
}

/// The mark that begins at the beginning of `text`: its length and number.
fn mark_at(text: &str) -> Option<(usize, u32)> {
    let inner = text.strip_prefix("[^")?;
    let digits = inner.find(|c: char| !c.is_ascii_digit())?;
    if digits > NUMBER_DIGITS_MAX || !inner[digits..].starts_with(']') {
        return None;
    }
    Some((digits + 3, inner[..digits].parse().ok()?))
}

/// All footnote marks of a text, in order.
pub(crate) fn marks(text: &str) -> Vec<Mark> {
    text.match_indices("[^")
        .filter_map(|(start, _)| {
            let (length, number) = mark_at(&text[start..])?;
            Some(Mark { start, end: start + length, number })
        })
        .collect()
}

/// The text without its footnote marks.
pub(crate) fn without_marks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for mark in marks(text) {
        out.push_str(&text[from..mark.start]);
        from = mark.end;
    }
    out.push_str(&text[from..]);
    out
}

/// Which characters close what `open` opens.
fn closers(open: char) -> Option<&'static [char]> {
    Some(match open {
        '“' => &['”'],
        // Straight marks open and close; `”` opens where Swedish and Finnish write it on both sides.
        '"' => &['"'],
        '”' => &['”'],
        '«' => &['»'],
        '»' => &['«'],
        '„' => &['“', '”', '"'],
        '‟' => &['”'],
        '＂' => &['＂'],
        _ => return None,
    })
}

/// All quotations in running text, in order.
pub(crate) fn quotations(text: &str) -> Vec<Quotation> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some((offset, open)) = text[from..].char_indices().find(|(_, c)| closers(*c).is_some()) {
        let start = from + offset;
        let inner = start + open.len_utf8();
        let closing = closing_mark(text, inner, open);
        let (inner_end, after) = closing.unwrap_or((text.len(), text.len()));
        let words = &text[inner..inner_end];
        let mut cites: Vec<u32> = marks(words).iter().map(|mark| mark.number).collect();
        if cites.is_empty() && closing.is_some() {
            cites = marks_of_sentence(text, after, words);
        }
        let words = without_marks(words).trim().to_owned();
        found.push(Quotation { text: words, cites, closed: closing.is_some(), range: (start, after) });
        from = after;
    }
    found
}

/// Where the mark stands that closes a quotation whose words begin at `inner`: its start and end. Nested quotations of
/// the same kind are passed over.
fn closing_mark(text: &str, inner: usize, open: char) -> Option<(usize, usize)> {
    let closing = closers(open)?;
    let mut depth = 0u32;
    for (offset, c) in text[inner..].char_indices() {
        if closing.contains(&c) {
            if depth == 0 {
                return Some((inner + offset, inner + offset + c.len_utf8()));
            }
            depth -= 1;
        } else if c == open {
            depth += 1;
        }
    }
    None
}

/// The first marks after `from` in the sentence that goes on there; none when `words` before it ended the sentence.
fn marks_of_sentence(text: &str, from: usize, words: &str) -> Vec<u32> {
    let mut ended = words.trim_end().ends_with(ends_sentence);
    let mut at = from;
    while let Some(c) = text[at..].chars().next() {
        let here = &text[at..];
        if mark_at(here).is_some() {
            return cluster(here);
        }
        if c.is_whitespace() {
            let next = here.trim_start();
            let gap = &here[..here.len() - next.len()];
            let begins = next.chars().next().is_none_or(|n| !n.is_lowercase() && !n.is_numeric() && n != '[');
            if gap.matches('\n').count() > 1 || (ended && begins) {
                return Vec::new();
            }
            at += gap.len();
            continue;
        }
        if ends_sentence(c) {
            ended = true;
        } else if c.is_alphanumeric() {
            ended = false;
        }
        at += c.len_utf8();
    }
    Vec::new()
}

fn ends_sentence(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '؟' | '۔' | '。')
}

/// The numbers of marks that stand together at the beginning of `text`.
fn cluster(text: &str) -> Vec<u32> {
    let mut numbers = Vec::new();
    let mut rest = text;
    while let Some((length, number)) = mark_at(rest) {
        numbers.push(number);
        rest = rest[length..].trim_start_matches([' ', ',', ';']);
    }
    numbers
}

/// The quotations of a quote block: everything in it is quoted, and each stretch stands in what the marks after it name.
pub(crate) fn of_quote_block(text: &str) -> Vec<Quotation> {
    let mut found: Vec<Quotation> = Vec::new();
    let mut from = 0;
    for mark in marks(text) {
        let between = text[from..mark.start].trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
        match found.last_mut() {
            Some(last) if between.is_empty() => last.cites.push(mark.number),
            _ => found.push(block_quotation(text, from, mark.start, vec![mark.number])),
        }
        from = mark.end;
    }
    if found.is_empty() || !text[from..].trim().is_empty() {
        found.push(block_quotation(text, from, text.len(), Vec::new()));
    }
    found
}

fn block_quotation(text: &str, start: usize, end: usize, cites: Vec<u32>) -> Quotation {
    let words = text[start..end].trim();
    // One pair of quotation marks around the whole is the author's, not the source's.
    let bare = words.chars().next().and_then(|open| {
        let inner = open.len_utf8();
        let (close, after) = closing_mark(words, inner, open)?;
        (after == words.len()).then(|| words[inner..close].trim())
    });
    Quotation { text: bare.unwrap_or(words).to_owned(), cites, closed: true, range: (start, end) }
}

/// The parts of a quotation between its ellipses, normalised; empty when it has no words.
fn parts(quote: &str) -> Vec<String> {
    quote
        .replace("[...]", "…")
        .replace("[…]", "…")
        .split('…')
        .map(normal)
        .filter(|part| part.chars().any(char::is_alphanumeric))
        .collect()
}

/// Whether a quotation has any words at all.
pub(crate) fn has_words(quote: &str) -> bool {
    !parts(quote).is_empty()
}

/// Where the words of a quotation stand in a text, from its first part to its last, as bytes of the text as written.
pub(crate) fn span_of(text: &str, quote: &str) -> Option<(usize, usize)> {
    let (normal, places) = normal_with_places(text);
    let (mut from, mut span) = (0, None);
    for part in parts(quote) {
        let end = find_whole(&normal, &part, from)?;
        let place = |at: usize| places.get(at).copied();
        let first = place(end - part.len())?;
        let last = place(end - 1)? + 1;
        span = Some(span.map_or((first, last), |(start, _)| (start, last)));
        from = end;
    }
    span
}

/// The normal form, and for each of its bytes the byte of the text that it comes from.
fn normal_with_places(text: &str) -> (String, Vec<usize>) {
    let (mut out, mut places) = (String::with_capacity(text.len()), Vec::with_capacity(text.len()));
    for word in text.split_whitespace() {
        // `word` is a part of `text`, so the difference of their addresses is its place.
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        if !out.is_empty() {
            out.push(' ');
            places.push(start);
        }
        for (at, c) in word.char_indices() {
            out.push(straight(c));
            places.resize(out.len(), start + at);
        }
    }
    (out, places)
}

/// White space as single spaces, and the typographic forms of quotation marks and apostrophes as the straight ones.
/// Nothing else is forgiven: a changed letter is a changed quotation.
fn normal(text: &str) -> String {
    normal_with_places(text).0
}

fn straight(c: char) -> char {
    match c {
        '“' | '”' | '„' | '‟' | '«' | '»' | '＂' => '"',
        '‘' | '’' | '‚' | '‛' | 'ʼ' | '＇' => '\'',
        c => c,
    }
}

/// Texts in which quotations are looked for, normalised once.
pub(crate) struct Haystack(Vec<String>);

impl Haystack {
    pub(crate) fn new(readings: &[String]) -> Self {
        Self(readings.iter().map(|reading| normal(reading)).collect())
    }

    /// Whether the quotation stands in one of the texts: all parts, in order, none cut out of the middle of a word.
    pub(crate) fn holds(&self, quote: &str) -> bool {
        let parts = parts(quote);
        !parts.is_empty() && self.0.iter().any(|reading| holds_in_order(reading, &parts))
    }
}

fn holds_in_order(reading: &str, parts: &[String]) -> bool {
    let mut from = 0;
    // The earliest place of each part leaves the most room for the next, so the first fit decides.
    parts.iter().all(|part| match find_whole(reading, part, from) {
        Some(end) => {
            from = end;
            true
        }
        None => false,
    })
}

/// Where `part` ends in `reading` at or after `from`, standing on word boundaries.
fn find_whole(reading: &str, part: &str, from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(offset) = reading[at..].find(part) {
        let (start, end) = (at + offset, at + offset + part.len());
        let cut_before = cuts(reading[..start].chars().next_back(), part.chars().next());
        let cut_after = cuts(part.chars().next_back(), reading[end..].chars().next());
        if !cut_before && !cut_after {
            return Some(end);
        }
        at = start + part.chars().next().map_or(1, char::len_utf8);
    }
    None
}

/// Whether a boundary between these two characters cuts a word. Only scripts with letter case are judged: Arabic and
/// others join particles to words that may be quoted without them.
fn cuts(before: Option<char>, after: Option<char>) -> bool {
    let in_word = |c: char| c.is_lowercase() || c.is_uppercase() || c.is_numeric();
    matches!((before, after), (Some(b), Some(a)) if in_word(b) && in_word(a))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_and_lookalikes_are_not() {
        let text = "a[^1] b[^02], [^] [^x] [^1234567] [ ^3] [^4";
        let numbers: Vec<u32> = marks(text).iter().map(|mark| mark.number).collect();
        assert_eq!(numbers, [1, 2]);
        assert_eq!(without_marks("a[^1] b[^2]"), "a b");
    }

    #[test]
    fn every_pair_of_quotation_marks_is_seen_with_its_footnotes() {
        for (text, expected) in [
            ("It said “we come”[^1].", vec![("we come", vec![1])]),
            ("It said \"we come\"[^1][^2].", vec![("we come", vec![1, 2])]),
            ("Il dit « nous venons »[^3], fin", vec![("nous venons", vec![3])]),
            ("Er sagt „wir kommen“[^1].", vec![("wir kommen", vec![1])]),
            ("Han sa ”vi kommer”[^1].", vec![("vi kommer", vec![1])]),
            ("»Wir kommen«[^1]", vec![("Wir kommen", vec![1])]),
            ("“Come,” it said, “and see.”[^1]", vec![("Come,", vec![1]), ("and see.", vec![1])]),
            ("“We come.” The next sentence.[^2]", vec![("We come.", vec![])]),
            ("“We come” is what it said. Then more.[^2]", vec![("We come", vec![])]),
            ("“We come”\n\nNew paragraph[^2]", vec![("We come", vec![])]),
            ("“We come” in No. 4 of it.[^2]", vec![("We come", vec![2])]),
            ("“a “b” c”[^1]", vec![("a “b” c", vec![1])]),
            ("“inside[^5] too”", vec![("inside too", vec![5])]),
            ("no quotation, it's 'fine'", vec![]),
        ] {
            let found = quotations(text);
            assert!(found.iter().all(|q| q.closed), "{text}");
            let found: Vec<_> = found.iter().map(|q| (q.text.as_str(), q.cites.clone())).collect();
            assert_eq!(found, expected, "{text}");
        }
        assert!(!quotations("It said “we come[^1].")[0].closed);
    }

    #[test]
    fn a_quote_block_is_split_at_its_marks() {
        let of = |text| {
            let found = of_quote_block(text);
            found.into_iter().map(|q| (q.text, q.cites)).collect::<Vec<_>>()
        };
        assert_eq!(of("“one line”[^1]"), [("one line".into(), vec![1])]);
        assert_eq!(of("one[^1], [^2] two[^3]"), [("one".into(), vec![1, 2]), ("two".into(), vec![3])]);
        assert_eq!(of("one[^1] tail"), [("one".into(), vec![1]), ("tail".into(), vec![])]);
        assert_eq!(of("“a” and “b”[^1]"), [("“a” and “b”".into(), vec![1])]);
        assert_eq!(of(""), [(String::new(), vec![])]);
        assert_eq!(of("[^1]"), [(String::new(), vec![1])]);
    }

    #[test]
    fn a_quotation_stands_only_where_its_words_stand() {
        let texts = Haystack::new(&[
            "No lamp will burn\n in Halden\u{a0}Stadium. We’ll be “there”.".to_owned(),
            "وسنكون هناك".to_owned(),
            "Skills matter".to_owned(),
        ]);
        for (quote, holds) in [
            ("No lamp will burn in Halden Stadium", true),
            ("No lamp  will\tburn", true),
            ("We'll be \"there\"", true),
            ("We'll be «there»", true),
            ("No lamp … Stadium", true),
            ("No lamp [...] Stadium. We'll be […] there", true),
            ("… will burn …", true),
            ("Stadium … No lamp", false),
            ("No lamp ... Stadium", false),
            ("no lamp", false),
            ("No lamps", false),
            ("lamp will bur", false),
            ("kill", false),
            ("سنكون هناك", true),
            ("Stadium … Skills", false),
            ("…", false),
            ("", false),
        ] {
            assert_eq!(texts.holds(quote), holds, "{quote}");
        }
    }
}
