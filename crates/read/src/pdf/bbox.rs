//! What `pdftotext -bbox-layout` writes, read with doubt: a C++ program made it from hostile bytes. In: XHTML with pages, lines
//! and words. Out: lines of words with their boxes, in points from the top left corner of the page as a viewer shows it.

/// Words of one page; a dense newspaper page has 6,000.
const WORDS_PER_PAGE_MAX: usize = 20_000;
/// Bytes of one word; the longest chemical names have 200.
const WORD_BYTES_MAX: usize = 512;
/// Longest side of a page in points (ISO 32000-1, annex C.2, with its user unit).
const SIDE_MAX: f32 = 1_080_000.0;

/// A rectangle in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

impl Area {
    pub fn height(&self) -> f32 {
        self.bottom - self.top
    }

    /// The smallest rectangle around both.
    pub fn with(&self, other: &Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// Whether both stand on the same line: half of the lower one lies beside the other.
    pub fn is_beside(&self, other: &Self) -> bool {
        let shared = self.bottom.min(other.bottom) - self.top.max(other.top);
        shared >= 0.5 * self.height().min(other.height())
    }
}

/// A word as it is shown: letters from left to right, whatever the script.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ShownWord {
    pub area: Area,
    pub shown: String,
}

/// A page.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct ShownPage {
    pub width: f32,
    pub height: f32,
    /// Lines of words, never empty.
    pub lines: Vec<Vec<ShownWord>>,
    /// There were more words than are read.
    pub cut: bool,
}

/// Reads the tool's output. What does not have its form is passed over; a page is counted when it opens.
pub(crate) fn pages_in(output: &[u8]) -> Vec<ShownPage> {
    let output = String::from_utf8_lossy(output);
    let mut pages: Vec<ShownPage> = Vec::new();
    let (mut words, mut fresh_line) = (0, true);
    for row in output.lines().map(str::trim_start) {
        if row.starts_with("<page ") {
            let side = |name| number(row, name).filter(|side| *side <= SIDE_MAX).unwrap_or(0.0).max(0.0);
            pages.push(ShownPage { width: side("width"), height: side("height"), ..ShownPage::default() });
            (words, fresh_line) = (0, true);
        } else if row.starts_with("<line ") {
            fresh_line = true;
        } else if let (Some(page), Some(word)) = (pages.last_mut(), word_in(row)) {
            words += 1;
            if words > WORDS_PER_PAGE_MAX {
                page.cut = true;
                continue;
            }
            let Some(area) = within(word.area, page) else { continue };
            let word = ShownWord { area, ..word };
            match page.lines.last_mut().filter(|_| !fresh_line) {
                Some(line) => line.push(word),
                None => page.lines.push(vec![word]),
            }
            fresh_line = false;
        }
    }
    pages
}

/// The part of `area` that lies on the page; `None` when nothing of it can be seen.
fn within(area: Area, page: &ShownPage) -> Option<Area> {
    let (across, down) = (|x: f32| x.clamp(0.0, page.width), |y: f32| y.clamp(0.0, page.height));
    let seen =
        Area { left: across(area.left), top: down(area.top), right: across(area.right), bottom: down(area.bottom) };
    (seen.right > seen.left && seen.bottom > seen.top).then_some(seen)
}

fn word_in(row: &str) -> Option<ShownWord> {
    let rest = row.strip_prefix("<word ")?;
    let (attributes, content) = rest.split_once('>')?;
    let content = content.split_once("</word>").map_or(content, |(content, _)| content);
    let side = |name| number(attributes, name);
    let area = Area { left: side("xMin")?, top: side("yMin")?, right: side("xMax")?, bottom: side("yMax")? };
    let shown: String =
        unescaped(content).chars().filter(|c| !is_mark_of_direction(*c) && !c.is_whitespace()).collect();
    (!shown.is_empty() && shown.len() <= WORD_BYTES_MAX).then_some(ShownWord { area, shown })
}

/// Marks of direction are the tool's, not the page's.
fn is_mark_of_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The number of an attribute.
fn number(row: &str, name: &str) -> Option<f32> {
    let (_, rest) = row.split_once(&format!("{name}=\""))?;
    rest.split_once('"')?.0.parse::<f32>().ok().filter(|number| number.is_finite())
}

/// Replaces the references that the tool writes.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let known = [("amp;", '&'), ("lt;", '<'), ("gt;", '>'), ("quot;", '"'), ("apos;", '\''), ("#39;", '\'')];
        match known.iter().find_map(|(name, c)| after.strip_prefix(name).map(|after| (*c, after))) {
            Some((c, after)) => {
                out.push(c);
                rest = after;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = r#"<page width="400.0" height="600.0">
    <flow><block xMin="1"><line xMin="10" yMin="20" xMax="90" yMax="30">
          <word xMin="10.5" yMin="20" xMax="40" yMax="30">Bread &amp;</word>
          <word xMin="45" yMin="20" xMax="90" yMax="30">&lt;salt&gt; &eacute;</word>
        </line>
        <line xMin="10" yMin="40" xMax="90" yMax="50">
          <word xMin="10" yMin="40" xMax="900" yMax="50">wide</word>
          <word xMin="NaN" yMin="40" xMax="90" yMax="50">nowhere</word>
          <word xMin="500" yMin="40" xMax="900" yMax="50">outside</word>
          <word yMin="40" xMax="90" yMax="50">halved</word>
          <word xMin="10" yMin="40
  <page width="inf" height="-3">
          <word xMin="10" yMin="40" xMax="90" yMax="50">lost</word>"#;

    #[test]
    fn words_and_lines_are_read_and_broken_ones_passed_over() {
        let pages = pages_in(OUTPUT.as_bytes());
        let texts: Vec<Vec<&str>> =
            pages[0].lines.iter().map(|line| line.iter().map(|word| word.shown.as_str()).collect()).collect();
        assert_eq!(texts, [vec!["Bread&", "<salt>&eacute;"], vec!["wide"]]);
        assert_eq!(pages[0].lines[1][0].area.right, 400.0, "what stands beyond the edge is cut off");
        assert_eq!((pages.len(), pages[1].lines.len()), (2, 0));
    }

    #[test]
    fn no_prefix_panics_and_a_page_of_endless_words_is_cut() {
        (0..OUTPUT.len()).for_each(|end| drop(pages_in(&OUTPUT.as_bytes()[..end])));
        let word = "<word xMin=\"1\" yMin=\"1\" xMax=\"2\" yMax=\"2\">x</word>\n";
        let page = format!("<page width=\"9\" height=\"9\">\n{}", word.repeat(WORDS_PER_PAGE_MAX + 5));
        let pages = pages_in(page.as_bytes());
        assert!(pages[0].cut && pages[0].lines[0].len() == WORDS_PER_PAGE_MAX);
    }
}
