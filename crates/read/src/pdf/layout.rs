//! Lines of a page in the order in which a reader reads them: columns one after the other, from the right where the script
//! runs so, and a title that stands over several columns before them.
//!
//! The page is cut into bands from the top down. A band ends where a line bridges the white between its columns, where lines
//! begin to stand side by side, or before a title. Each column of a band is cut in the same way.

use super::bbox::{Area, ShownPage, ShownWord};
use super::order::{is_right_to_left, logical};

/// Lines of one page that are put in order; more are kept in the tool's order.
const LINES_MAX: usize = 5_000;
/// Columns inside columns inside columns.
const DEPTH_MAX: u8 = 4;
/// White between columns is at least so wide, as a share of the usual height of lines.
const GUTTER_SHARE: f32 = 0.55;
/// A line so much taller than the usual one is a title.
pub(crate) const TITLE_RATIO: f32 = 1.22;
/// A letter so many times taller than the words beside it is a drop capital.
const INITIAL_RATIO: f32 = 1.6;
/// White above a title that ends a band, as a share of its height.
const TITLE_WHITE_SHARE: f32 = 0.25;
/// White from edge to edge that ends a band when a title stands in one of the columns below it, as a share of the usual height.
const SECTION_WHITE_SHARE: f32 = 0.9;
/// Such a title begins within this share of the usual height below the first line.
const TITLE_WITHIN_SHARE: f32 = 1.6;
/// White between paragraphs, as a share of a line's height.
const PARAGRAPH_WHITE_SHARE: f32 = 0.45;

/// A line of a page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// In logical order.
    pub text: String,
    pub area: Area,
    /// It does not continue the line before it.
    pub starts_paragraph: bool,
}

impl Line {
    /// Letters and digits.
    pub fn weight(&self) -> usize {
        self.text.chars().filter(|c| c.is_alphanumeric()).count()
    }
}

/// A page with its lines in reading order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Page {
    /// From 1.
    pub number: u32,
    pub width: f32,
    pub height: f32,
    pub lines: Vec<Line>,
    /// Where words stand, also those of running heads.
    pub words: Vec<Area>,
    /// It had more words than are read.
    pub cut: bool,
}

impl Page {
    /// The whole text, one line a line, with an empty one between paragraphs.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for line in &self.lines {
            if !text.is_empty() {
                text.push_str(if line.starts_paragraph { "\n\n" } else { "\n" });
            }
            text.push_str(&line.text);
        }
        text
    }
}

/// The lines of `shown`, not in order yet.
pub(crate) fn lines_of(number: u32, shown: &ShownPage) -> Page {
    let words = shown.lines.iter().flatten();
    let (right, all) = words
        .flat_map(|word| word.shown.chars())
        .filter(|c| c.is_alphabetic())
        .fold((0usize, 0usize), |(right, all), c| (right + usize::from(is_right_to_left(c)), all + 1));
    let is_right = right * 2 > all;
    let line = |words: &Vec<ShownWord>| {
        let (initial, rest) = without_initial(words, is_right);
        let area = rest.iter().map(|word| word.area).reduce(|a, b| a.with(&b))?;
        let mut text = logical(rest, is_right);
        let mut area = area;
        if let Some(initial) = initial {
            text = with_initial(&initial.shown, &text);
            (area.left, area.right) = (area.left.min(initial.area.left), area.right.max(initial.area.right));
        }
        Some(Line { text, area, starts_paragraph: false })
    };
    let lines = shown.lines.iter().filter_map(line).collect();
    let words = shown.lines.iter().flatten().map(|word| word.area).collect();
    Page { number, width: shown.width, height: shown.height, lines, words, cut: shown.cut }
}

/// Parts a drop capital from the words beside it: a single letter much taller than they are, at the line's beginning.
fn without_initial(words: &[ShownWord], is_right: bool) -> (Option<&ShownWord>, &[ShownWord]) {
    let parted = if is_right { words.split_last() } else { words.split_first() };
    match parted {
        Some((initial, rest)) if is_initial(&initial.shown, &initial.area, rest.iter().map(|word| &word.area)) => {
            (Some(initial), rest)
        }
        _ => (None, words),
    }
}

fn is_initial<'a>(text: &str, area: &Area, mut others: impl Iterator<Item = &'a Area>) -> bool {
    let mut letters = text.chars().filter(|c| !matches!(c, '“' | '„' | '«' | '"' | '‘'));
    let is_letter = letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none();
    let next = others.next();
    is_letter && next.is_some_and(|next| area.height() >= INITIAL_RATIO * next.height())
}

/// A drop capital and the line that it begins. It is a word of its own where its language has such a word and the rest of
/// the line does not begin with the rest of one.
fn with_initial(initial: &str, rest: &str) -> String {
    let next = rest.split_whitespace().next().unwrap_or_default();
    let is_word = matches!(initial, "A" | "I" | "O" | "Y" | "À") && next.chars().count() >= 3;
    format!("{initial}{}{rest}", if is_word { " " } else { "" })
}

/// Puts the lines of `page` in reading order.
pub(crate) fn put_in_order(page: &mut Page) {
    let letters = |lines: &[Line], wanted: fn(char) -> bool| {
        lines.iter().flat_map(|line| line.text.chars()).filter(|c| c.is_alphabetic() && wanted(*c)).count()
    };
    let is_right = letters(&page.lines, is_right_to_left) * 2 > letters(&page.lines, |_| true);
    page.lines = ordered(std::mem::take(&mut page.lines), is_right);
}

/// The lines of a page in reading order; pieces that stand beside each other in one column become one line.
pub(crate) fn ordered(lines: Vec<Line>, is_right: bool) -> Vec<Line> {
    if lines.len() > LINES_MAX {
        return lines;
    }
    let usual = usual_height(&lines);
    with_paragraphs(in_order(lines, is_right, usual, 0))
}

/// The height of the line that most characters stand in.
pub(crate) fn usual_height<'a>(lines: impl IntoIterator<Item = &'a Line>) -> f32 {
    let mut heights: Vec<(f32, usize)> =
        lines.into_iter().map(|line| (line.area.height(), line.weight())).filter(|(_, weight)| *weight > 0).collect();
    heights.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let half = heights.iter().map(|(_, weight)| weight).sum::<usize>() / 2;
    let mut seen = 0;
    let median = heights.iter().find(|(_, weight)| {
        seen += weight;
        seen > half
    });
    median.map_or(0.0, |(height, _)| *height)
}

fn in_order(mut lines: Vec<Line>, is_right: bool, usual: f32, depth: u8) -> Vec<Line> {
    lines.sort_by(|a, b| a.area.top.total_cmp(&b.area.top).then(a.area.left.total_cmp(&b.area.left)));
    let mut ordered = Vec::new();
    for band in bands(lines, usual) {
        let columns = band.columns;
        if columns.len() < 2 || depth >= DEPTH_MAX {
            ordered.extend(in_rows(band.lines, is_right));
            continue;
        }
        let mut parts: Vec<Vec<Line>> = columns.iter().map(|_| Vec::new()).collect();
        for line in band.lines {
            let middle = (line.area.left + line.area.right) / 2.0;
            let at = columns.iter().position(|column| middle <= column.1).unwrap_or(columns.len() - 1);
            if let Some(part) = parts.get_mut(at) {
                part.push(line);
            }
        }
        if is_right {
            parts.reverse();
        }
        parts.into_iter().for_each(|part| ordered.extend(in_order(part, is_right, usual, depth + 1)));
    }
    ordered
}

/// A stretch of a page from edge to edge.
#[derive(Debug, Default)]
struct Band {
    lines: Vec<Line>,
    /// Left and right edge of each column.
    columns: Vec<(f32, f32)>,
    bottom: f32,
}

impl Band {
    /// The columns when a line from `left` to `right` is added.
    fn columns_with(&self, left: f32, right: f32, gutter: f32) -> Vec<(f32, f32)> {
        let (mut left, mut right) = (left, right);
        let mut columns = Vec::new();
        for &(from, to) in &self.columns {
            if from < right + gutter && left < to + gutter {
                (left, right) = (left.min(from), right.max(to));
            } else {
                columns.push((from, to));
            }
        }
        columns.push((left, right));
        columns.sort_by(|a, b| a.0.total_cmp(&b.0));
        columns
    }

    fn add(&mut self, line: Line, gutter: f32) {
        self.columns = self.columns_with(line.area.left, line.area.right, gutter);
        self.bottom = self.bottom.max(line.area.bottom);
        self.lines.push(line);
    }

    /// Takes the last lines that stand beside `area` out of the band.
    fn beside(&mut self, area: &Area) -> Vec<Line> {
        let from = self.lines.iter().rposition(|line| !line.area.is_beside(area)).map_or(0, |at| at + 1);
        self.lines.split_off(from)
    }
}

fn bands(lines: Vec<Line>, usual: f32) -> Vec<Band> {
    let gutter = usual * GUTTER_SHARE;
    let tops: Vec<Area> = lines.iter().map(|line| line.area).collect();
    let mut bands = vec![Band::default()];
    for (number, line) in lines.into_iter().enumerate() {
        let Some(band) = bands.last_mut() else { break };
        let columns = band.columns_with(line.area.left, line.area.right, gutter);
        let bridges = columns.len() < band.columns.len();
        let begins_columns = band.columns.len() == 1
            && columns.len() == 1
            && band.lines.iter().rev().take(4).any(|other| other.area.is_beside(&line.area));
        let near = tops.get(number.saturating_sub(6)..(number + 7).min(tops.len())).unwrap_or_default();
        let is_title = line.area.height() >= usual * TITLE_RATIO
            && line.area.top >= band.bottom + line.area.height() * TITLE_WHITE_SHARE
            && near.iter().filter(|area| area.is_beside(&line.area)).count() == 1;
        // Columns end together above the next article; white inside one column alone is no end.
        let white = line.area.top - band.bottom;
        let titles_follow = || {
            let below = tops.get(number..).unwrap_or_default();
            let row = below.iter().take_while(|area| area.top <= line.area.top + usual * TITLE_WITHIN_SHARE);
            row.clone().any(|area| area.height() >= usual * TITLE_RATIO)
        };
        let ends = white >= usual * SECTION_WHITE_SHARE && titles_follow();
        if !band.lines.is_empty() && (bridges || begins_columns || is_title || ends) {
            let mut next = Band::default();
            for moved in band.beside(&line.area) {
                next.add(moved, gutter);
            }
            next.add(line, gutter);
            bands.push(next);
        } else {
            band.add(line, gutter);
        }
    }
    bands.retain(|band| !band.lines.is_empty());
    for band in &mut bands {
        // Lines that moved on may have been the ones that joined two columns.
        let mut again = Band::default();
        std::mem::take(&mut band.lines).into_iter().for_each(|line| again.add(line, gutter));
        *band = again;
    }
    bands
}

/// Lines of one column; what stands beside each other becomes one line.
fn in_rows(lines: Vec<Line>, is_right: bool) -> Vec<Line> {
    let mut rows: Vec<Vec<Line>> = Vec::new();
    for line in lines {
        match rows.last_mut().filter(|row| row.iter().all(|other| other.area.is_beside(&line.area))) {
            Some(row) => row.push(line),
            None => rows.push(vec![line]),
        }
    }
    rows.into_iter()
        .filter_map(|mut row| {
            row.sort_by(|a, b| a.area.left.total_cmp(&b.area.left));
            if is_right {
                row.reverse();
            }
            row.into_iter().reduce(|mut whole, part| {
                if is_initial(&whole.text, &whole.area, std::iter::once(&part.area)) {
                    let area = Area {
                        left: part.area.left.min(whole.area.left),
                        right: part.area.right.max(whole.area.right),
                        ..part.area
                    };
                    return Line { text: with_initial(&whole.text, &part.text), area, ..part };
                }
                whole.text.push(' ');
                whole.text.push_str(&part.text);
                whole.area = whole.area.with(&part.area);
                whole
            })
        })
        .collect()
}

fn with_paragraphs(mut lines: Vec<Line>) -> Vec<Line> {
    let mut before: Option<Area> = None;
    for line in &mut lines {
        let here = line.area;
        line.starts_paragraph = before.is_none_or(|before| {
            let (white, tall, low) = (
                here.top - before.bottom,
                before.height().max(here.height()),
                before.height().min(here.height()).max(f32::EPSILON),
            );
            // The next column goes on with the same paragraph more often than not.
            tall / low >= TITLE_RATIO || white > tall * PARAGRAPH_WHITE_SHARE
        });
        before = Some(here);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, left: f32, top: f32, right: f32, height: f32) -> Line {
        let area = Area { left, top, right, bottom: top + height };
        Line { text: text.to_owned(), area, starts_paragraph: false }
    }

    fn ordered(lines: Vec<Line>) -> String {
        let mut page = Page { number: 1, width: 400.0, height: 600.0, lines, ..Page::default() };
        put_in_order(&mut page);
        page.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Rows of two columns, named by `names`.
    fn two_columns(names: [&str; 2], top: f32, rows: u8) -> Vec<Line> {
        (0..rows)
            .flat_map(|row| {
                let at = top + f32::from(row) * 12.0;
                [
                    line(&format!("{}{row}", names[0]), 20.0, at, 190.0, 10.0),
                    line(&format!("{}{row}", names[1]), 210.0, at, 380.0, 10.0),
                ]
            })
            .collect()
    }

    #[test]
    fn columns_are_read_one_after_the_other_and_titles_first() {
        let mut lines = vec![line("Title", 20.0, 10.0, 380.0, 20.0)];
        lines.extend(two_columns(["a", "b"], 40.0, 3));
        assert_eq!(ordered(lines), "Title a0 a1 a2 b0 b1 b2");
    }

    #[test]
    fn columns_of_arabic_are_read_from_the_right() {
        assert_eq!(ordered(two_columns(["يسار", "يمين"], 40.0, 2)), "يمين0 يمين1 يسار0 يسار1");
    }

    #[test]
    fn a_short_title_between_columns_ends_what_stands_above() {
        let mut lines = two_columns(["a", "b"], 40.0, 2);
        lines.push(line("Short", 20.0, 80.0, 90.0, 20.0));
        lines.extend(two_columns(["c", "d"], 110.0, 2));
        assert_eq!(ordered(lines), "a0 a1 b0 b1 Short c0 c1 d0 d1");
    }

    #[test]
    fn a_title_inside_a_column_stays_in_its_column() {
        let mut lines = two_columns(["a", "b"], 40.0, 8);
        lines.retain(|line| !["a3", "a4"].contains(&line.text.as_str()));
        lines.push(line("Inside", 20.0, 78.0, 120.0, 16.0));
        assert_eq!(ordered(lines), "a0 a1 a2 Inside a5 a6 a7 b0 b1 b2 b3 b4 b5 b6 b7");
    }

    #[test]
    fn three_columns_below_two_are_a_band_of_their_own() {
        let mut lines = two_columns(["a", "b"], 40.0, 2);
        for (name, left) in [("x", 20.0), ("y", 145.0), ("z", 270.0)] {
            for row in 0..2u8 {
                lines.push(line(&format!("{name}{row}"), left, 90.0 + f32::from(row) * 12.0, left + 110.0, 10.0));
            }
        }
        assert_eq!(ordered(lines), "a0 a1 b0 b1 x0 x1 y0 y1 z0 z1");
    }

    #[test]
    fn a_drop_capital_is_the_first_letter_of_its_line() {
        let word = |shown: &str, left: f32, right: f32, height: f32| ShownWord {
            area: Area { left, top: 40.0, right, bottom: 40.0 + height },
            shown: shown.to_owned(),
        };
        let words = |first: &str, second: &str| {
            vec![word(first, 20.0, 40.0, 30.0), word(second, 42.0, 60.0, 12.0), word("miller", 64.0, 100.0, 12.0)]
        };
        for (first, second, read) in
            [("T", "he", "The miller"), ("A", "student", "A student miller"), ("A", "n", "An miller")]
        {
            let lines = vec![words(first, second)];
            let page = lines_of(1, &ShownPage { width: 400.0, height: 600.0, lines, cut: false });
            assert_eq!((page.lines[0].text.as_str(), page.lines[0].area.height()), (read, 12.0));
        }
    }

    #[test]
    fn pieces_of_one_line_are_joined() {
        let lines = vec![
            line("one", 20.0, 40.0, 60.0, 10.0),
            line("whole line", 20.0, 20.0, 380.0, 10.0),
            line("two", 200.0, 40.5, 380.0, 10.0),
            line("whole again", 20.0, 60.0, 380.0, 10.0),
        ];
        assert_eq!(ordered(lines), "whole line one two whole again");
    }
}
