//! Magazine issues as PDF: one page for each page of the text file, with a real text layer in a font every reader has, so that
//! text can be taken out by page and French keeps its accents.

use std::path::Path;

use jiff::civil::Date;
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str};
use serde::Deserialize;

use crate::TestkitError;
use crate::world::read_capped;
use vedette_text::dates::expand_days;

const PAGE_WIDTH_POINTS: f32 = 595.0;
const PAGE_HEIGHT_POINTS: f32 = 842.0;
const MARGIN_POINTS: f32 = 72.0;
const BODY_SIZE_POINTS: f32 = 12.0;
const LEADING_POINTS: f32 = 18.0;
/// Characters that fit between the margins in 12-point Times: about 5.4 points each.
const LINE_CHARACTERS: usize = 80;

/// The text of an issue.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issue {
    /// The magazine's name.
    pub title: String,
    /// Which issue.
    pub number: String,
    /// The outlet.
    pub publisher: String,
    /// Its pages; the first is the cover.
    #[serde(rename = "page")]
    pub pages: Vec<Page>,
}

/// One page of an issue.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Language of the page.
    pub lang: String,
    /// Heading.
    pub heading: String,
    /// Paragraphs.
    pub paragraphs: Vec<String>,
}

impl Issue {
    /// Reads the text of an issue.
    pub fn load(path: &Path) -> Result<Self, TestkitError> {
        toml::from_str(&read_capped(path)?)
            .map_err(|error| TestkitError::World { path: path.to_owned(), reason: error.to_string() })
    }

    /// The issue as PDF bytes, dates laid out for `today`; the same input gives the same bytes.
    pub fn to_pdf(&self, today: Date) -> Vec<u8> {
        let mut pdf = Pdf::new();
        let (catalog, tree, info) = (Ref::new(1), Ref::new(2), Ref::new(3));
        let (body_font, bold_font) = (Ref::new(4), Ref::new(5));
        let page_ref = |number: usize| Ref::new(10 + 2 * i32::try_from(number).expect("an issue has few pages"));
        pdf.catalog(catalog).pages(tree);
        pdf.document_info(info)
            .title(pdf_writer::TextStr(&format!("{}, {}", self.title, self.number)))
            .author(pdf_writer::TextStr(&self.publisher));
        pdf.pages(tree)
            .kids((0..self.pages.len()).map(page_ref))
            .count(i32::try_from(self.pages.len()).expect("an issue has few pages"));
        for (font, name) in [(body_font, &b"Times-Roman"[..]), (bold_font, &b"Helvetica-Bold"[..])] {
            pdf.type1_font(font).base_font(Name(name)).encoding_predefined(Name(b"WinAnsiEncoding"));
        }
        for (number, page) in self.pages.iter().enumerate() {
            let (id, content_id) = (page_ref(number), Ref::new(page_ref(number).get() + 1));
            let mut writer = pdf.page(id);
            writer
                .media_box(Rect::new(0.0, 0.0, PAGE_WIDTH_POINTS, PAGE_HEIGHT_POINTS))
                .parent(tree)
                .contents(content_id);
            writer.resources().fonts().pair(Name(b"Body"), body_font).pair(Name(b"Bold"), bold_font);
            writer.finish();
            pdf.stream(content_id, &self.page_content(number, page, today).finish());
        }
        pdf.finish()
    }

    fn page_content(&self, number: usize, page: &Page, today: Date) -> Content {
        let mut content = Content::new();
        let mut y = PAGE_HEIGHT_POINTS - MARGIN_POINTS;
        if number == 0 {
            draw_cover(&mut content);
            show(&mut content, b"Bold", 54.0, 690.0, &self.title);
            show(&mut content, b"Bold", 16.0, 660.0, &format!("{} - {}", self.number, self.publisher));
            y = 300.0;
        } else {
            show(&mut content, b"Body", 9.0, 800.0, &format!("{}, {}", self.title, self.number));
            show(&mut content, b"Body", 9.0, 36.0, &format!("{}", number + 1));
        }
        show(&mut content, b"Bold", 22.0, y, &page.heading);
        y -= 2.0 * LEADING_POINTS;
        for paragraph in &page.paragraphs {
            for line in wrapped(&expand_days(paragraph, today), LINE_CHARACTERS) {
                show(&mut content, b"Body", BODY_SIZE_POINTS, y, &line);
                y -= LEADING_POINTS;
            }
            y -= LEADING_POINTS / 2.0;
        }
        content
    }
}

fn draw_cover(content: &mut Content) {
    content.set_fill_rgb(0.85, 0.64, 0.25).rect(0.0, 640.0, PAGE_WIDTH_POINTS, 202.0).fill_nonzero();
    content.set_fill_rgb(0.12, 0.16, 0.18).rect(0.0, 340.0, PAGE_WIDTH_POINTS, 300.0).fill_nonzero();
    content.set_fill_rgb(0.6, 0.6, 0.58).rect(262.0, 420.0, 70.0, 110.0).fill_nonzero();
    content.set_fill_rgb(1.0, 0.95, 0.76).move_to(297.0, 505.0).line_to(312.0, 460.0).line_to(297.0, 440.0);
    content.line_to(282.0, 460.0).close_path().fill_nonzero().set_fill_gray(0.0);
}

fn show(content: &mut Content, font: &[u8], size: f32, y: f32, text: &str) {
    content.begin_text().set_font(Name(font), size).next_line(MARGIN_POINTS, y);
    content.show(Str(&win_ansi(text))).end_text();
}

/// Greedy line breaking by characters; a word longer than a line stays whole.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is always a last line");
        if line.is_empty() {
            line.push_str(word);
        } else if line.chars().count() + 1 + word.chars().count() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// `text` in the encoding of the PDF's fonts; what it cannot hold becomes a question mark.
fn win_ansi(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| match c {
            '\u{20}'..='\u{7e}' | '\u{a0}'..='\u{ff}' => u8::try_from(u32::from(c)).unwrap_or(b'?'),
            '€' => 0x80,
            '…' => 0x85,
            '‘' => 0x91,
            '’' => 0x92,
            '“' => 0x93,
            '”' => 0x94,
            '–' => 0x96,
            '—' => 0x97,
            'Œ' => 0x8c,
            'œ' => 0x9c,
            _ => b'?',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_letters_fit_the_font_and_others_are_marked() {
        assert_eq!(win_ansi("cœur é ç я"), b"c\x9cur \xe9 \xe7 ?");
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("unbreakable", 3), ["unbreakable"]);
    }
}
