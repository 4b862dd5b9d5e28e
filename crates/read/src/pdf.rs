//! PDF to text, page by page, by pdftotext in its sandbox.

use std::ffi::OsString;
use std::path::Path;

use vedette_core::FileFault;

use crate::launcher::ToolRun;
use crate::{ReadError, Tools};

/// Pages that are read; a magazine issue has about 100.
pub const PAGES_MAX: u32 = 500;
/// Processor seconds for one file.
const PDF_SECONDS_MAX: u64 = 30;
/// Bytes of text of one page; a dense page has 10 KB.
const PAGE_TEXT_BYTES_MAX: usize = 1024 * 1024;

/// Text of one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageText {
    /// From 1.
    pub page: u32,
    /// Its text in reading order; empty when the page has none.
    pub text: String,
}

/// The text of a PDF.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PdfText {
    /// Every page that was read, also those without text.
    pub pages: Vec<PageText>,
    /// Pages of the file, when pdfinfo could say.
    pub page_count: Option<u32>,
    /// One line each.
    pub problems: Vec<String>,
}

/// Reads the text layer of `bytes`.
///
/// # Errors
/// `Encrypted` when a password is needed, `Damaged` or `Truncated` when the file cannot be opened, `ToolMissing`.
pub fn read_pages(tools: &Tools, bytes: &[u8], truncated: bool) -> Result<PdfText, ReadError> {
    let Some(pdftotext) = tools.pdftotext() else {
        return Err(ReadError::File(FileFault::ToolMissing("pdftotext, which reads PDF files".to_owned())));
    };
    let folder = tempfile::tempdir().map_err(ReadError::machine("make a temporary folder"))?;
    std::fs::write(folder.path().join("in.pdf"), bytes).map_err(ReadError::machine("write a temporary file"))?;
    let arguments = ["-enc", "UTF-8", "-eol", "unix", "-l", &PAGES_MAX.to_string(), "in.pdf", "-"].map(OsString::from);
    let finished = tools.run(&pdftotext.path, &arguments, folder.path(), PDF_SECONDS_MAX)?;
    if !finished.status.success() {
        return Err(classified(&finished, truncated));
    }
    let mut found = PdfText { pages: pages_in(&finished.stdout), ..PdfText::default() };
    found.page_count = page_count(tools, folder.path());
    if let Some(count) = found.page_count.filter(|count| *count > PAGES_MAX) {
        found
            .problems
            .push(format!("only the first {PAGES_MAX} of {count} pages were read: split the file and import the rest"));
    }
    let empty: Vec<u32> = found.pages.iter().filter(|page| page.text.is_empty()).map(|page| page.page).collect();
    if !empty.is_empty() {
        let pages = ranges(&empty);
        found.problems.push(format!("pages without a text layer: {pages}: save them as images and import those"));
    }
    if truncated {
        found.problems.push("the PDF is cut off, pages may be missing: fetch it again from the source".to_owned());
    }
    Ok(found)
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

/// Pages end with a form feed.
fn pages_in(stdout: &[u8]) -> Vec<PageText> {
    let text = String::from_utf8_lossy(stdout);
    let mut pages: Vec<&str> = text.split('\u{c}').collect();
    // Behind the last form feed stands nothing.
    if pages.last().is_some_and(|last| last.trim().is_empty()) {
        pages.pop();
    }
    let trimmed = pages.into_iter().take(PAGES_MAX as usize).map(|page| {
        let mut text: String = page.chars().filter(|&c| c == '\n' || c == '\t' || !c.is_control()).collect();
        let end = (0..=PAGE_TEXT_BYTES_MAX.min(text.len())).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
        text.truncate(end);
        text.trim().to_owned()
    });
    (1..).zip(trimmed).map(|(page, text)| PageText { page, text }).collect()
}

fn page_count(tools: &Tools, folder: &Path) -> Option<u32> {
    let finished = tools.run(&tools.pdfinfo()?.path, &["in.pdf".into()], folder, PDF_SECONDS_MAX).ok()?;
    let said = String::from_utf8_lossy(&finished.stdout);
    said.lines().find_map(|line| line.strip_prefix("Pages:"))?.trim().parse().ok()
}

/// `[1, 2, 3, 7]` as `1-3, 7`.
fn ranges(numbers: &[u32]) -> String {
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
    fn pages_are_told_apart_and_empty_ones_keep_their_number() {
        let pages = pages_in("One\u{c}\u{c}  three\nlines \u{c}".as_bytes());
        let texts: Vec<_> = pages.iter().map(|page| (page.page, page.text.as_str())).collect();
        assert_eq!(texts, [(1, "One"), (2, ""), (3, "three\nlines")]);
        assert_eq!(pages_in(b""), []);
        assert_eq!(pages_in(&b"x\x0c".repeat(900)).len(), PAGES_MAX as usize);
    }

    #[test]
    fn page_numbers_are_said_as_ranges() {
        assert_eq!(ranges(&[1, 2, 3, 7, 9, 10]), "1-3, 7, 9-10");
        assert_eq!(ranges(&[]), "");
    }
}
