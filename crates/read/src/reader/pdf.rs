//! PDF files to readings, one a page.

use vedette_core::opened::PdfFacts;
use vedette_core::{Reading, ReadingKind};

use super::{FileReadings, FileToRead, Reader, fit_share, language_of};
use crate::{Memo, pdf};

impl Reader {
    pub(super) fn pdf(&self, facts: &PdfFacts, file: &FileToRead<'_>, _memo: &dyn Memo, found: &mut FileReadings) {
        match pdf::read_pages(&self.tools, file.bytes, facts.truncated) {
            Ok(text) => {
                let version = self.tools.pdftotext().map_or("unknown", |tool| tool.version.as_str());
                found.readings.extend(text.pages.into_iter().filter(|page| !page.text.is_empty()).map(|page| {
                    Reading {
                        page: Some(page.page),
                        language: language_of(&page.text),
                        quality: fit_share(&page.text),
                        ..Reading::new(ReadingKind::PdfText, format!("pdftotext {version}"), page.text)
                    }
                }));
                found.problems.extend(text.problems);
            }
            Err(error) => found.failed(&error),
        }
    }
}
