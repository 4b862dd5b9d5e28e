//! PDF files to readings: one for each article on each page, with the lines' places. Pages whose text layer is missing or is
//! not what the page says are drawn and read as pictures; the better of both is kept and its method names both.

use std::ops::ControlFlow;

use vedette_core::limits::PDQ_QUALITY_MIN;
use vedette_core::opened::PdfFacts;
use vedette_core::{FileFault, Place, Reading, ReadingKind, Whereabouts};

use super::{FileReadings, FileToRead, ImageFacts, Reader, fit_share, language_of};
use crate::pdf::articles::{self, Stretch};
use crate::pdf::ink::has_ink_beside;
use crate::pdf::judge::{LETTERS_THIN, Verdict, judge, without_forms};
use crate::pdf::layout::{Line, Page};
use crate::pdf::order::turned;
use crate::pdf::recognised::in_reading_order;
use crate::pdf::{self, PAGES_MAX, ranges};
use crate::wire::DrawnPage;
use crate::{GrayImage, Memo, MemoKey, ReadError, recall_or};

/// Dots per inch at which pages are drawn for text recognition. Measured on Arabic and Persian pages from 130 to 250: between
/// 150 and 170 letters have the size that the recogniser was trained on and columns are kept apart best.
const DPI: u32 = 170;
/// Dots per inch for a second look at a page that was not read surely: small print.
const DPI_FINE: u32 = 250;
/// Confidence below which a page is looked at again.
const SECOND_LOOK_BELOW: f32 = 0.80;
/// Pages that one child draws: four fit into its memory and time at any size.
const GROUP: usize = 4;
/// The second look counts when it is so much surer: a finer picture also shows more noise, and columns run together.
const SURER_BY: f32 = 0.05;
/// Letters below which a page is looked at for text that its layer does not have.
const LETTERS_FEW: usize = 200;
/// Letters that recognition must find to stand against a garbled layer.
const LETTERS_READ_MIN: usize = 12;
/// Confidence below which what was recognised is no better than a garbled layer.
const CONFIDENCE_MIN: f32 = 0.35;
/// Confidence below which a person should compare the page.
const CONFIDENCE_SURE: f32 = 0.65;
/// Quality of a layer whose presentation forms were replaced: letters are certain, some marks are lost.
const QUALITY_FORMS: f32 = 0.95;
/// Quality of a layer whose lines were turned around: numbers may stand at the wrong end.
const QUALITY_TURNED: f32 = 0.9;
/// Quality of a garbled layer that nothing better was found for.
const QUALITY_GARBLED: f32 = 0.1;

/// Letters on a first page from which it is a page of text and no cover: such pages look alike though they say other things.
const COVER_LETTERS_MAX: usize = 400;

/// What a page's text layer is worth.
#[derive(Debug, Clone, PartialEq)]
struct Worth {
    quality: f32,
    /// What was mended.
    mended: Option<&'static str>,
    /// Why it is garbled.
    garbled: Option<&'static str>,
    letters: usize,
}

/// Pages that a person should look at, by reason.
#[derive(Debug, Default)]
struct NeedEyes {
    garbled: Vec<u32>,
    unsure: Vec<u32>,
    silent: Vec<u32>,
    cut: Vec<u32>,
}

impl Reader {
    pub(super) fn pdf(&self, facts: &PdfFacts, file: &FileToRead<'_>, memo: &dyn Memo, found: &mut FileReadings) {
        let mut layer = match pdf::read_layer(&self.tools, file.bytes, facts.truncated) {
            Ok(layer) => layer,
            Err(error) => {
                found.failed(&error);
                match self.without_layer(&error, file) {
                    Some(layer) => layer,
                    None => return,
                }
            }
        };
        if facts.truncated {
            found.problems.push("the PDF is cut off, pages may be missing: fetch it again from the source".to_owned());
        }
        if let Some(count) = layer.page_count.filter(|count| *count > PAGES_MAX) {
            found.problems.push(format!(
                "only the first {PAGES_MAX} of {count} pages were read: split the file and import the rest"
            ));
        }
        for (page, error) in std::mem::take(&mut layer.failed) {
            found.try_again |= error.is_passing();
            found.problems.push(format!("page {page}: {}", error.problem()));
        }
        let worths: Vec<Worth> = layer.pages.iter_mut().map(mended).collect();
        let mut eyes = NeedEyes { cut: numbers(layer.pages.iter().filter(|page| page.cut)), ..NeedEyes::default() };
        let recognised = self.pictures((&layer.pages, layer.page_count), &worths, file, memo, found);
        let mut readings = Vec::new();
        for (page, (worth, read)) in layer.pages.iter_mut().zip(worths.iter().zip(recognised)) {
            let chosen = chosen(page, worth, read, &mut eyes);
            if chosen.is_some() {
                // What was read from the picture replaces the layer.
                page.lines.clear();
            }
            readings.push(chosen.unwrap_or_default());
        }
        let version = self.tools.pdftotext().map_or("unknown", |tool| tool.version.as_str());
        let split = articles::split(&layer.pages);
        for (at, (page, stretches)) in layer.pages.iter().zip(split).enumerate() {
            let running = layer.running.get(at).copied().unwrap_or(0);
            let (Some(worth), Some(read)) = (worths.get(at), readings.get_mut(at)) else { continue };
            let method = method_of(version, worth, running);
            found.readings.extend(stretches.into_iter().map(|stretch| reading_of(page, stretch, worth, &method)));
            found.readings.extend(std::mem::take(read).into_iter().map(|reading| Reading {
                method: format!("{}; {method}", reading.method),
                page: Some(page.number),
                ..reading
            }));
        }
        eyes.told(found);
        let on_first = found.readings.iter().filter(|reading| reading.page == Some(1));
        if on_first.map(|reading| letters_of(&reading.text)).sum::<usize>() < COVER_LETTERS_MAX {
            let cover = self.opener.draw_cover(file.bytes).ok().filter(|cover| cover.quality >= PDQ_QUALITY_MIN);
            found.image = cover.map(ImageFacts::from);
        }
    }

    /// A file that pdftotext cannot open may still be drawn: its pages, without text.
    fn without_layer(&self, error: &ReadError, file: &FileToRead<'_>) -> Option<pdf::TextLayer> {
        if matches!(error, ReadError::File(FileFault::Encrypted(_))) {
            return None;
        }
        let total = self.opener.draw_pages(file.bytes, 1, 1, DPI).ok()?.total;
        let pages = (1..=total.min(PAGES_MAX)).map(|number| Page { number, ..Page::default() }).collect();
        Some(pdf::TextLayer { pages, page_count: Some(total), ..pdf::TextLayer::default() })
    }

    /// What the pictures of pages say, for those whose layer does not say it: one list for each page.
    fn pictures(
        &self,
        (pages, total): (&[Page], Option<u32>),
        worths: &[Worth],
        file: &FileToRead<'_>,
        memo: &dyn Memo,
        found: &mut FileReadings,
    ) -> Vec<Option<Vec<Reading>>> {
        let mut read: Vec<Option<Vec<Reading>>> = pages.iter().map(|_| None).collect();
        let method = self.picture_method(file);
        let key =
            |page: &Page| MemoKey { file: file.sha256, part: format!("page {}", page.number), method: method.clone() };
        let mut wanted = Vec::new();
        for (at, (page, worth)) in pages.iter().zip(worths).enumerate() {
            if worth.garbled.is_none() && worth.letters >= LETTERS_FEW {
                continue;
            }
            match (memo.recall(&key(page)), read.get_mut(at)) {
                (Some(known), Some(slot)) => *slot = Some(known),
                _ => wanted.push(at),
            }
        }
        let numbered = |at: &usize| pages.get(*at).map(|page| page.number).unwrap_or_default();
        for group in wanted.chunk_by(|a, b| a + 1 == *b).flat_map(|run| run.chunks(GROUP)) {
            let numbers: Vec<u32> = group.iter().map(numbered).collect();
            let mut told = FileReadings::default();
            let drawn = self.drawn(file.bytes, &numbers, DPI, total, &mut told);
            // A picture that cannot be drawn is missed only where the layer does not say what it shows.
            let is_missed = |at: &usize| {
                worths.get(*at).is_some_and(|worth| worth.letters < LETTERS_THIN || worth.garbled.is_some())
            };
            if group.iter().any(is_missed) {
                found.try_again |= told.try_again;
                told.problems.retain(|problem| !found.problems.contains(problem));
                found.problems.extend(told.problems);
            }
            for drawn in drawn {
                let Some(at) = group.iter().copied().find(|at| numbered(at) == drawn.page) else { continue };
                let (Some(page), Some(worth), Some(slot)) = (pages.get(at), worths.get(at), read.get_mut(at)) else {
                    continue;
                };
                match recall_or(memo, &key(page), || self.picture(&drawn, (page, worth), file, total, found)) {
                    Ok(readings) => *slot = Some(readings),
                    // Without the recogniser the other pages fare no better.
                    Err(ControlFlow::Break(())) => return read,
                    Err(ControlFlow::Continue(())) => {}
                }
            }
        }
        read
    }

    /// Everything that a page's picture is read with.
    fn picture_method(&self, file: &FileToRead<'_>) -> String {
        let (recogniser, hints) = (self.tools.recogniser(), file.scripts);
        format!("{} page at {DPI} or {DPI_FINE} dpi {recogniser} {hints:?}", super::OPENERS)
    }

    /// Draws pages with these numbers, which follow each other; where that fails, each on its own.
    fn drawn(
        &self,
        bytes: &[u8],
        numbers: &[u32],
        dpi: u32,
        total: Option<u32>,
        found: &mut FileReadings,
    ) -> Vec<DrawnPage> {
        let (Some(&first), count) = (numbers.first(), u32::try_from(numbers.len()).unwrap_or(1)) else {
            return Vec::new();
        };
        match self.opener.draw_pages(bytes, first, count, dpi) {
            // The picture of page 3 might be that of another page.
            Ok(drawn) if total.is_some_and(|total| total != drawn.total) => {
                let problem =
                    format!("its pages can be counted in two ways and were not drawn ({} pages)", drawn.total);
                found.failed(&ReadError::File(FileFault::Damaged(problem)));
                Vec::new()
            }
            Ok(drawn) => {
                let mut pages = drawn.pages;
                for page in &drawn.failed {
                    found
                        .problems
                        .push(format!("page {page} cannot be drawn: look at it in a viewer for hostile files"));
                }
                // Large pages come in more than one answer.
                let done = pages.len() + drawn.failed.len();
                if done > 0 && done < numbers.len() {
                    pages.extend(self.drawn(bytes, numbers.get(done..).unwrap_or_default(), dpi, total, found));
                }
                pages
            }
            Err(_) if count > 1 => {
                numbers.iter().flat_map(|number| self.drawn(bytes, &[*number], dpi, total, found)).collect()
            }
            Err(error) => {
                found.try_again |= error.is_passing();
                found.problems.push(format!("page {first}: {}", error.problem()));
                Vec::new()
            }
        }
    }

    /// Reads the picture of a page. `Break` when no page can be read.
    fn picture(
        &self,
        drawn: &DrawnPage,
        (page, worth): (&Page, &Worth),
        file: &FileToRead<'_>,
        total: Option<u32>,
        found: &mut FileReadings,
    ) -> Result<Vec<Reading>, ControlFlow<()>> {
        let is_read_already = worth.garbled.is_none() && !has_ink_beside(&drawn.gray, page);
        if !drawn.text_likely || is_read_already {
            return Ok(Vec::new());
        }
        let first = self.recognised_page(&drawn.gray, DPI, page.number, file, found)?;
        if first.is_empty() || first.iter().all(|reading| reading.quality >= SECOND_LOOK_BELOW) {
            return Ok(first);
        }
        let Some(fine) = self.drawn(file.bytes, &[page.number], DPI_FINE, total, found).pop() else { return Ok(first) };
        let second = self.recognised_page(&fine.gray, DPI_FINE, page.number, file, found)?;
        Ok(if is_surer(&second, &first) { second } else { first })
    }

    fn recognised_page(
        &self,
        picture: &GrayImage,
        dpi: u32,
        page: u32,
        file: &FileToRead<'_>,
        found: &mut FileReadings,
    ) -> Result<Vec<Reading>, ControlFlow<()>> {
        match crate::ocr::read_image(&self.tools, picture, file.scripts) {
            Ok(text) => {
                let mut recognised = FileReadings::default();
                self.recognised(text, &mut recognised);
                found.try_again |= recognised.try_again;
                for problem in recognised.problems {
                    if !found.problems.contains(&problem) {
                        found.problems.push(problem);
                    }
                }
                let (width, height) = (picture.width as f32, picture.height as f32);
                let named = |reading: Reading| {
                    let reading = in_reading_order(reading, width, height);
                    Reading { method: format!("{} at {dpi} dpi", reading.method), ..reading }
                };
                Ok(recognised.readings.into_iter().map(named).collect())
            }
            Err(error @ ReadError::File(FileFault::ToolMissing(_))) => {
                found.failed(&error);
                Err(ControlFlow::Break(()))
            }
            Err(error) => {
                found.try_again |= error.is_passing();
                found.problems.push(format!("page {page}: {}", error.problem()));
                Err(ControlFlow::Continue(()))
            }
        }
    }
}

/// Whether `second` was read more surely than `first` and lost little of it.
fn is_surer(second: &[Reading], first: &[Reading]) -> bool {
    let letters = |readings: &[Reading]| readings.iter().map(|reading| letters_of(&reading.text)).sum::<usize>();
    let sure = |readings: &[Reading]| readings.first().map_or(0.0, |main| main.quality);
    sure(second) >= sure(first) + SURER_BY && letters(second) * 10 >= letters(first) * 9
}

fn numbers<'a>(pages: impl Iterator<Item = &'a Page>) -> Vec<u32> {
    pages.map(|page| page.number).collect()
}

fn letters_of(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphabetic()).count()
}

/// Mends the layer of `page` where that is possible and says what it is worth.
fn mended(page: &mut Page) -> Worth {
    let mut worth = Worth { quality: 1.0, mended: None, garbled: None, letters: 0 };
    for line in &mut page.lines {
        let plain = without_forms(&line.text);
        if plain != line.text {
            line.text = plain;
            (worth.quality, worth.mended) = (QUALITY_FORMS, Some("presentation forms replaced"));
        }
    }
    let text = page.text();
    worth.letters = letters_of(&text);
    match judge(&text) {
        Verdict::Sound | Verdict::Thin => {}
        Verdict::Backward => {
            page.lines.iter_mut().for_each(|line| line.text = turned(&line.text));
            (worth.quality, worth.mended) = (QUALITY_TURNED, Some("backward letters turned around"));
        }
        Verdict::Garbled(why) => (worth.quality, worth.garbled) = (QUALITY_GARBLED, Some(why)),
    }
    worth
}

/// What was read from the picture of a page, when it is better than the layer.
fn chosen(page: &Page, worth: &Worth, read: Option<Vec<Reading>>, eyes: &mut NeedEyes) -> Option<Vec<Reading>> {
    let looked = read.is_some();
    let read = read.unwrap_or_default();
    let letters: usize = read.iter().map(|reading| letters_of(&reading.text)).sum();
    let sure = read.first().map_or(0.0, |main| main.quality);
    let is_better = if worth.garbled.is_some() {
        letters >= LETTERS_READ_MIN && sure >= CONFIDENCE_MIN
    } else {
        letters > 2 * worth.letters && sure >= CONFIDENCE_MIN
    };
    if is_better {
        if sure < CONFIDENCE_SURE {
            eyes.unsure.push(page.number);
        }
        return Some(read);
    }
    if worth.garbled.is_some() {
        eyes.garbled.push(page.number);
    } else if looked && worth.letters < LETTERS_THIN && letters > 0 {
        eyes.silent.push(page.number);
    }
    None
}

impl NeedEyes {
    fn told(&self, found: &mut FileReadings) {
        let lines = [
            (
                &self.garbled,
                "have a text layer that is not what they say, and their picture could not be read: look at them",
            ),
            (&self.unsure, "were read from their pictures and not surely: compare them with the original"),
            (&self.silent, "show signs that could not be read: look at them"),
            (&self.cut, "have more words than are read: look at them"),
        ];
        for (pages, what) in lines.iter().filter(|(pages, _)| !pages.is_empty()) {
            found.problems.push(format!("pages {} {what}", ranges(pages)));
        }
    }
}

/// How a layer was read: `pdftotext 22.12.0 layout, backward letters turned around, 2 running lines left out`.
fn method_of(version: &str, worth: &Worth, running: usize) -> String {
    let mut method = format!("pdftotext {version} layout");
    if let Some(why) = worth.garbled {
        method += &format!(", garbled ({why})");
    }
    if let Some(what) = worth.mended {
        method += &format!(", {what}");
    }
    if running > 0 {
        method += &format!(", {running} running lines left out");
    }
    method
}

fn reading_of(page: &Page, stretch: Stretch, worth: &Worth, method: &str) -> Reading {
    let (text, places) = text_and_places(page, &stretch.lines);
    Reading {
        page: Some(page.number),
        heading: stretch.heading,
        language: language_of(&text),
        quality: worth.quality * fit_share(&text),
        places,
        ..Reading::new(ReadingKind::PdfText, method, text)
    }
}

/// The lines as one text, and where each stands. Words that a hyphen divides between lines are joined.
fn text_and_places(page: &Page, lines: &[Line]) -> (String, Vec<Place>) {
    let (mut text, mut places) = (String::new(), Vec::new());
    for line in lines {
        if !text.is_empty() && !joins_word(&mut text, line) {
            text.push_str(if line.starts_paragraph { "\n\n" } else { "\n" });
        }
        let start = u32::try_from(text.len()).unwrap_or(u32::MAX);
        text.push_str(&line.text);
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let part = |at: f32, whole: f32| (at / whole.max(1.0) * 10_000.0).round().clamp(0.0, 10_000.0) as u16;
        let (left, top) = (part(line.area.left, page.width), part(line.area.top, page.height));
        let (right, bottom) = (part(line.area.right, page.width), part(line.area.bottom, page.height));
        let sides = [left, top, right.saturating_sub(left), bottom.saturating_sub(top)];
        places.push(Place { start, end, confidence: None, at: Whereabouts::Box(sides) });
    }
    (text, places)
}

/// Takes the hyphen from the end of `text` when `line` goes on with the word before it.
fn joins_word(text: &mut String, line: &Line) -> bool {
    let mut back = text.chars().rev();
    let is_hyphen = back.next().is_some_and(|c| matches!(c, '-' | '\u{ad}' | '\u{2010}'));
    let joins = is_hyphen
        && !line.starts_paragraph
        && back.next().is_some_and(char::is_lowercase)
        && line.text.chars().next().is_some_and(char::is_lowercase);
    if joins {
        text.pop();
    }
    joins
}

#[cfg(test)]
mod tests {
    use crate::pdf::bbox::Area;

    use super::*;

    fn page(lines: &[&str]) -> Page {
        let line = |(row, text): (usize, &&str)| {
            let top = 100.0 + 20.0 * row as f32;
            let area = Area { left: 100.0, top, right: 300.0, bottom: top + 15.0 };
            Line { text: (*text).to_owned(), area, starts_paragraph: false }
        };
        let lines = lines.iter().enumerate().map(line).collect();
        Page { number: 3, width: 400.0, height: 500.0, lines, ..Page::default() }
    }

    #[test]
    fn divided_words_are_joined_and_each_line_keeps_its_place() {
        let page = page(&["the biblio-", "theque of the har\u{ad}", "bour, well-", "Known"]);
        let (text, places) = text_and_places(&page, &page.lines);
        assert_eq!(text, "the bibliotheque of the harbour, well-\nKnown");
        assert_eq!(places[1].at, Whereabouts::Box([2_500, 2_400, 5_000, 300]));
        let stretch = |place: &Place| text[place.start as usize..place.end as usize].to_owned();
        assert_eq!(places.iter().map(stretch).next_back().as_deref(), Some("Known"));
    }

    #[test]
    fn a_picture_replaces_a_garbled_layer_and_a_sound_one_only_when_it_says_much_more() {
        let worth = |garbled, letters| Worth { quality: 1.0, mended: None, garbled, letters };
        let read = |text: &str, quality| Some(vec![Reading { quality, ..Reading::new(ReadingKind::Ocr, "x", text) }]);
        let mut eyes = NeedEyes::default();
        let page = page(&[]);
        let text = "the library in the harbour";
        assert!(chosen(&page, &worth(Some("why"), 900), read(text, 0.9), &mut eyes).is_some());
        assert!(chosen(&page, &worth(None, 20), read(text, 0.9), &mut eyes).is_none());
        assert!(chosen(&page, &worth(None, 0), read(text, 0.5), &mut eyes).is_some());
        assert!(chosen(&page, &worth(Some("why"), 900), None, &mut eyes).is_none());
        assert_eq!((eyes.garbled, eyes.unsure), (vec![3], vec![3]));
    }
}
