//! A document's pages to the articles on them: running heads and page numbers out, headings found by their size, and each
//! page cut where a new article begins. An article that goes on over pages keeps its heading on each of them.

use std::collections::BTreeMap;

use super::layout::{Line, Page, TITLE_RATIO, usual_height};

/// Part of a page, at its top and at its foot, in which running heads and page numbers stand.
const MARGIN_PART: f32 = 0.09;
/// Pages that show a line at the same height from which it is a running head.
const REPEATED_MIN: usize = 3;
/// Places at which a line counts as standing at the same height: so many parts of a page.
const HEIGHT_PARTS: f32 = 60.0;
/// Letters of a mark in the margin.
const MARK_LETTERS_MAX: usize = 2;
/// Lines of a heading; what is longer is large text.
const HEADING_LINES_MAX: usize = 5;
/// Letters of a heading.
const HEADING_LETTERS_MAX: usize = 180;
/// Bytes of a heading that is kept.
const HEADING_BYTES_MAX: usize = 300;
/// White between two lines of one heading, as a share of their height.
const LEADING_SHARE: f32 = 0.5;
/// White above large lines from which that below them is compared, as a share of the usual height.
const AMID_WHITE_SHARE: f32 = 0.3;
/// White below, as a share of that above, from which large lines are no heading.
const AMID_RATIO: f32 = 0.75;
/// Lines of one heading differ in height by no more than this.
const SAME_SIZE_RATIO: f32 = 1.12;

/// Lines of one page that belong to one article.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stretch {
    /// Heading of the article; `None` before the first one of a document.
    pub heading: Option<String>,
    /// The lines, in reading order; the heading is among them where it stands.
    pub lines: Vec<Line>,
}

/// Takes running heads and page numbers out of `pages`; says how many lines of each page were taken.
pub(crate) fn without_running_lines(pages: &mut [Page]) -> Vec<usize> {
    let mut seen: BTreeMap<(String, i32), usize> = BTreeMap::new();
    let keys: Vec<Vec<Option<(String, i32)>>> =
        pages.iter().map(|page| page.lines.iter().map(|line| running_key(page, line)).collect()).collect();
    keys.iter().flatten().flatten().for_each(|key| *seen.entry(key.clone()).or_default() += 1);
    let least = REPEATED_MIN.min(pages.len().max(2));
    let mut taken = Vec::new();
    for (page, keys) in pages.iter_mut().zip(keys) {
        let before = page.lines.len();
        let mut keys = keys.into_iter();
        page.lines.retain(|line| {
            let key = keys.next().flatten();
            // A letter or two alone in the margin are an ornament, a printer's mark, or what was clipped from the next page.
            let is_mark = line.weight() <= MARK_LETTERS_MAX && !line.text.chars().any(char::is_numeric);
            !key.is_some_and(|key| is_mark || seen.get(&key).is_some_and(|count| *count >= least))
        });
        taken.push(before - page.lines.len());
    }
    taken
}

/// What makes a line in the margin the same as one on another page: its words without numbers, and its height. A number alone
/// is a page number.
fn running_key(page: &Page, line: &Line) -> Option<(String, i32)> {
    let (top, foot) = (page.height * MARGIN_PART, page.height * (1.0 - MARGIN_PART));
    if line.area.bottom > top && line.area.top < foot {
        return None;
    }
    let words: String = line.text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    let has_digit = line.text.chars().any(char::is_numeric);
    (has_digit || !words.is_empty())
        .then(|| (words, (line.area.top / page.height.max(1.0) * HEIGHT_PARTS).round() as i32))
}

/// Cuts the ordered `pages` into articles: for each page its stretches, in order.
pub(crate) fn split(pages: &[Page]) -> Vec<Vec<Stretch>> {
    let usual = usual_height(pages.iter().flat_map(|page| &page.lines));
    let mut heading: Option<String> = None;
    pages
        .iter()
        .map(|page| {
            let mut stretches: Vec<Stretch> = Vec::new();
            let mut at = 0;
            while let Some(line) = page.lines.get(at) {
                let (length, found) = large_lines_at(&page.lines, at, usual).unwrap_or((1, None));
                let lines = page.lines.get(at..at + length).unwrap_or(std::slice::from_ref(line)).to_vec();
                at += length;
                let begins = found.filter(|_| !is_subtitle(stretches.last(), usual));
                match (begins, stretches.last_mut()) {
                    (None, Some(stretch)) => stretch.lines.extend(lines),
                    (begins, _) => {
                        heading = begins.or(heading.take());
                        stretches.push(Stretch { heading: heading.clone(), lines });
                    }
                }
            }
            stretches
        })
        .collect()
}

/// Large lines right below a heading, before any text, belong to it.
fn is_subtitle(before: Option<&Stretch>, usual: f32) -> bool {
    before.is_some_and(|stretch| {
        stretch.heading.is_some() && stretch.lines.iter().all(|line| line.area.height() >= usual * TITLE_RATIO)
    })
}

/// How many large lines stand together from line `at` on, and the heading that they are, if they are one.
fn large_lines_at(lines: &[Line], at: usize, usual: f32) -> Option<(usize, Option<String>)> {
    let first = lines.get(at)?;
    let size = first.area.height();
    if usual <= 0.0 || size < usual * TITLE_RATIO {
        return None;
    }
    let alike = |line: &&Line| {
        let height = line.area.height();
        height < size * SAME_SIZE_RATIO && size < height * SAME_SIZE_RATIO
    };
    let near = |pair: &[Line]| matches!(pair, [a, b] if b.area.top - a.area.bottom < size * LEADING_SHARE && b.area.top >= a.area.top);
    let rest = lines.get(at..)?;
    let together = 1 + rest.windows(2).take_while(|pair| near(pair) && pair.get(1).is_some_and(|b| alike(&b))).count();
    let block = rest.get(..together)?;
    let text: Vec<&str> = block.iter().map(|line| line.text.trim()).collect();
    let text = text.join(" ");
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let fits = together <= HEADING_LINES_MAX && (2..=HEADING_LETTERS_MAX).contains(&letters);
    if !fits
        || is_quotation(&text)
        || stands_amid_text(lines, at, together, usual)
        || is_repeated(&text, lines, at, together)
    {
        return Some((together, None));
    }
    let end = (0..=HEADING_BYTES_MAX.min(text.len())).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    Some((together, text.get(..end).map(str::to_owned)))
}

/// A sentence in quotation marks that is set large is taken out of an article to draw the eye.
fn is_quotation(text: &str) -> bool {
    const OPENING: &[char] = &['“', '„', '«', '»', '"', '‹', '”'];
    text.starts_with(OPENING)
        && text.trim_end_matches(['.', '،', ',', '!', '?', '؟']).ends_with(['”', '“', '»', '«', '"', '›'])
}

/// So is one with as much white below as above, between lines of text of its column: a heading stands nearer to what it heads.
fn stands_amid_text(lines: &[Line], at: usize, length: usize, usual: f32) -> bool {
    let neighbours = (
        at.checked_sub(1).and_then(|before| lines.get(before)),
        lines.get(at),
        lines.get(at + length - 1),
        lines.get(at + length),
    );
    let (Some(before), Some(first), Some(last), Some(after)) = neighbours else { return false };
    let is_text = |line: &Line| line.area.height() < usual * TITLE_RATIO;
    let is_below = |upper: &Line, lower: &Line| {
        lower.area.top > upper.area.bottom - usual * 0.5
            && lower.area.left < upper.area.right
            && upper.area.left < lower.area.right
    };
    let (above, below) = (first.area.top - before.area.bottom, after.area.top - last.area.bottom);
    is_text(before)
        && is_text(after)
        && is_below(before, first)
        && is_below(last, after)
        && above > usual * AMID_WHITE_SHARE
        && below >= above * AMID_RATIO
}

/// So is one that the text of the page holds as well.
fn is_repeated(text: &str, lines: &[Line], at: usize, length: usize) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let wanted = letters(text);
    let others = lines.iter().enumerate().filter(|(number, _)| !(at..at + length).contains(number));
    wanted.chars().count() >= 20
        && letters(&others.map(|(_, line)| line.text.as_str()).collect::<String>()).contains(&wanted)
}

#[cfg(test)]
mod tests {
    use super::super::bbox::Area;
    use super::*;

    fn line(text: &str, top: f32, height: f32) -> Line {
        let area = Area { left: 20.0, top, right: 380.0, bottom: top + height };
        Line { text: text.to_owned(), area, starts_paragraph: false }
    }

    fn page(number: u32, lines: Vec<Line>) -> Page {
        Page { number, width: 400.0, height: 600.0, lines, ..Page::default() }
    }

    fn parts(pages: &[Page]) -> Vec<Vec<(Option<String>, usize)>> {
        let part = |stretch: Stretch| (stretch.heading, stretch.lines.len());
        split(pages).into_iter().map(|stretches| stretches.into_iter().map(part).collect()).collect()
    }

    #[test]
    fn an_article_keeps_its_heading_over_pages_and_the_next_one_cuts_the_page() {
        let body = |from: f32| {
            (0..4).map(move |row| line("a line of plain text of the article", from + row as f32 * 12.0, 10.0))
        };
        let first = [line("Bread of", 40.0, 20.0), line("five villages", 62.0, 20.0)];
        let pages = [
            page(1, first.into_iter().chain(body(90.0)).collect()),
            page(2, body(40.0).chain([line("Seeds", 120.0, 16.0)]).chain(body(140.0)).collect()),
        ];
        let (bread, seeds) = (Some("Bread of five villages".to_owned()), Some("Seeds".to_owned()));
        assert_eq!(parts(&pages), [vec![(bread.clone(), 6)], vec![(bread, 4), (seeds, 5)]]);
    }

    #[test]
    fn large_quotations_subtitles_and_sentences_of_the_text_are_no_headings() {
        let text = "nobody asked for it and so we kept everything that came";
        let lines = vec![
            line("Letters", 40.0, 24.0),
            line("What the islands wrote", 70.0, 15.0),
            line(text, 100.0, 10.0),
            line("“We kept everything.”", 120.0, 15.0),
            line("Nobody asked for it", 145.0, 16.0),
            line("a line of plain text of the article", 170.0, 10.0),
        ];
        let mut repeated = lines.clone();
        repeated[4].text = "and so we kept everything".to_owned();
        assert_eq!(parts(&[page(1, repeated)]), [vec![(Some("Letters".to_owned()), 6)]]);
        assert_eq!(parts(&[page(1, lines)])[0].len(), 2, "the control: another large line is one");
    }

    #[test]
    fn large_lines_with_even_white_around_them_are_no_heading() {
        let text = |top: f32| line("a line of plain text of the article", top, 10.0);
        let around = |below: f32| {
            let large = line("We count what the sea leaves", 100.0, 15.0);
            page(1, vec![text(60.0), text(72.0), large, text(115.0 + below), text(127.0 + below)])
        };
        assert_eq!(parts(&[around(16.0)]), [vec![(None, 5)]]);
        assert_eq!(parts(&[around(5.0)])[0].len(), 2, "the control: a heading stands near to its text");
    }

    #[test]
    fn running_heads_and_page_numbers_are_taken_out_and_counted() {
        let numbered = |number: u32| {
            let own = line(&format!("text of page {number}"), 300.0, 10.0);
            page(number, vec![line("The Harbour Review", 20.0, 10.0), own, line(&format!("{number}"), 580.0, 10.0)])
        };
        let mut pages: Vec<Page> = (1..=4).map(numbered).collect();
        pages[3].lines.push(line("only here", 560.0, 10.0));
        assert_eq!(without_running_lines(&mut pages), [2, 2, 2, 2]);
        assert_eq!(
            pages[3].lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(),
            ["text of page 4", "only here"]
        );
    }
}
