//! PDF to text: pages with their lines in reading order, by pdftotext in its sandbox; what each page's text layer is worth;
//! and where articles begin.
//!
//! | file | question |
//! |---|---|
//! | [`bbox`] | which words stand where, as the tool says |
//! | [`order`] | in which order are the letters of a line read |
//! | [`layout`] | in which order are the lines of a page read |
//! | [`judge`] | is the text layer what the page says |
//! | [`ink`] | does a page show more than its words |
//! | [`recognised`] | in which order are recognised words read |
//! | [`articles`] | where does an article begin, what runs along every page |

pub(crate) mod articles;
pub(crate) mod bbox;
pub(crate) mod ink;
pub(crate) mod judge;
pub(crate) mod layout;
pub(crate) mod order;
pub(crate) mod recognised;

use std::ffi::OsString;
use std::path::Path;

use vedette_core::FileFault;

use self::layout::Page;
use crate::launcher::ToolRun;
use crate::{ReadError, Tools};

/// Pages that are read; a magazine issue has about 100.
pub(crate) const PAGES_MAX: u32 = 500;
/// Pages that the tool reads in one run: their words with boxes are 5 MB when dense.
const RUN_PAGES: u32 = 50;
/// Processor seconds of one run.
const RUN_SECONDS_MAX: u64 = 30;
/// Processor seconds of a run over pages among which the tool failed before.
const AGAIN_SECONDS_MAX: u64 = 10;
/// Runs for one file; a file whose pages fail one by one is left after so many.
const RUNS_MAX: u32 = 30;

/// The text layer of a PDF.
#[derive(Debug, Default)]
pub(crate) struct TextLayer {
    /// Every page that was read, also those without text; lines in reading order.
    pub pages: Vec<Page>,
    /// Pages of the file, when pdfinfo could say.
    pub page_count: Option<u32>,
    /// Numbers of pages that the tool failed at, and why.
    pub failed: Vec<(u32, ReadError)>,
    /// Lines of each page that were running heads and page numbers.
    pub running: Vec<usize>,
}

/// Reads the text layer of `bytes`. A page at which the tool fails is left out and named; the others are read.
///
/// # Errors
/// `Encrypted` when a password is needed, `Damaged` or `Truncated` when the file cannot be opened, `ToolMissing`.
pub(crate) fn read_layer(tools: &Tools, bytes: &[u8], truncated: bool) -> Result<TextLayer, ReadError> {
    let folder = tempfile::tempdir().map_err(ReadError::machine("make a temporary folder"))?;
    std::fs::write(folder.path().join("in.pdf"), bytes).map_err(ReadError::machine("write a temporary file"))?;
    let mut layer = TextLayer { page_count: page_count(tools, folder.path()), ..TextLayer::default() };
    let last = layer.page_count.unwrap_or(PAGES_MAX).min(PAGES_MAX);
    let mut runs = Runs { tools, folder: folder.path(), truncated, left: RUNS_MAX, failed: false };
    let mut first = 1;
    while first <= last {
        let until = (first + RUN_PAGES - 1).min(last);
        let before = layer.pages.len();
        let read = runs.read(first, until, &mut layer);
        if layer.page_count.is_some() || before == 0 {
            read?;
        }
        // Without pdfinfo the end of the file shows by pages that do not come.
        if layer.page_count.is_none() && layer.pages.len() - before < RUN_PAGES as usize {
            break;
        }
        first = until + 1;
    }
    layer.running = articles::without_running_lines(&mut layer.pages);
    layer.pages.iter_mut().for_each(layout::put_in_order);
    Ok(layer)
}

/// Runs of the tool over one file.
struct Runs<'a> {
    tools: &'a Tools,
    folder: &'a Path,
    truncated: bool,
    left: u32,
    /// The tool failed at some page.
    failed: bool,
}

impl Runs<'_> {
    /// Reads pages `first` to `last`; where the tool fails, each half of them, down to single pages.
    fn read(&mut self, first: u32, last: u32, layer: &mut TextLayer) -> Result<(), ReadError> {
        let fault = match self.run(first, last) {
            Ok(output) => {
                let shown = bbox::pages_in(&output);
                let pages = (first..=last).zip(&shown).map(|(number, page)| layout::lines_of(number, page));
                layer.pages.extend(pages);
                return Ok(());
            }
            Err(error) => error,
        };
        let is_of_a_page = matches!(fault, ReadError::File(FileFault::TooLarge(_) | FileFault::Hostile(_)));
        if !is_of_a_page || (layer.page_count.is_none() && layer.pages.is_empty()) {
            return Err(fault);
        }
        self.failed = true;
        if first == last || self.left == 0 {
            layer.failed.extend((first..=last).map(|page| (page, fault.clone())));
            return Ok(());
        }
        let middle = first + (last - first) / 2;
        self.read(first, middle, layer)?;
        self.read(middle + 1, last, layer)
    }

    fn run(&mut self, first: u32, last: u32) -> Result<Vec<u8>, ReadError> {
        let pdftotext = self
            .tools
            .pdftotext()
            .ok_or_else(|| ReadError::File(FileFault::ToolMissing("pdftotext, which reads PDF files".to_owned())))?;
        self.left = self.left.saturating_sub(1);
        let (first, last) = (first.to_string(), last.to_string());
        let arguments = ["-bbox-layout", "-enc", "UTF-8", "-eol", "unix", "-f", &first, "-l", &last, "in.pdf", "-"];
        let seconds = if self.failed { AGAIN_SECONDS_MAX } else { RUN_SECONDS_MAX };
        let finished = self.tools.run(&pdftotext.path, &arguments.map(OsString::from), self.folder, seconds)?;
        if finished.status.success() { Ok(finished.stdout) } else { Err(classified(&finished, self.truncated)) }
    }
}

fn classified(finished: &ToolRun, truncated: bool) -> ReadError {
    let said = finished.stderr.as_str();
    let first: String =
        said.lines().next().unwrap_or("no reason given").chars().filter(|c| !c.is_control()).take(200).collect();
    if said.contains("Incorrect password") || said.contains("Copying of text from this document is not allowed") {
        ReadError::File(FileFault::Encrypted("the PDF asks for a password".to_owned()))
    } else if said.contains("Unsupported version of security handler") || said.contains("Unknown security handler") {
        ReadError::File(FileFault::Encrypted("the PDF is locked in a way that is not known".to_owned()))
    } else if truncated {
        ReadError::File(FileFault::Truncated("the PDF has no end and cannot be opened".to_owned()))
    } else {
        ReadError::File(FileFault::Damaged(format!("pdftotext says: {first}")))
    }
}

fn page_count(tools: &Tools, folder: &Path) -> Option<u32> {
    let finished = tools.run(&tools.pdfinfo()?.path, &["in.pdf".into()], folder, RUN_SECONDS_MAX).ok()?;
    let said = String::from_utf8_lossy(&finished.stdout);
    said.lines().find_map(|line| line.strip_prefix("Pages:"))?.trim().parse().ok()
}

/// `[1, 2, 3, 7]` as `1-3, 7`.
pub(crate) fn ranges(numbers: &[u32]) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for &number in numbers {
        match ranges.last_mut() {
            Some((_, end)) if *end + 1 == number => *end = number,
            _ => ranges.push((number, number)),
        }
    }
    let words: Vec<String> =
        ranges.iter().map(|(from, to)| if from == to { from.to_string() } else { format!("{from}-{to}") }).collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_numbers_are_said_as_ranges() {
        assert_eq!(ranges(&[1, 2, 3, 7, 9, 10]), "1-3, 7, 9-10");
        assert_eq!(ranges(&[]), "");
    }
}
