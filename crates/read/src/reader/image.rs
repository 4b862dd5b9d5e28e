//! Images to readings: the facts that matching needs, and the text that the recogniser finds.

use vedette_core::{Reading, ReadingKind};

use super::{FileReadings, FileToRead, Reader, language_of};
use crate::Memo;
use crate::ocr;
use crate::tools::install_language;
use crate::wire::OpenedImage;

impl Reader {
    pub(super) fn image(&self, image: OpenedImage, file: &FileToRead<'_>, _memo: &dyn Memo, found: &mut FileReadings) {
        if image.truncated {
            found
                .problems
                .push("the image is cut off, its lower part may be empty: fetch it again from the source".to_owned());
        }
        if image.text_likely {
            match ocr::read_image(&self.tools, &image.gray, file.scripts) {
                Ok(text) => self.recognised(text, found),
                Err(error) => found.failed(&error),
            }
        }
        found.image = Some(image.into());
    }

    pub(super) fn recognised(&self, text: ocr::OcrText, found: &mut FileReadings) {
        let version = self.tools.tesseract().map_or("unknown", |tool| tool.version.as_str());
        for reading in text.readings {
            let lines = if reading.by_line { " by line" } else { "" };
            let method = format!("tesseract {version} {}{lines}", reading.languages.join("+"));
            found.readings.push(Reading {
                language: language_of(&reading.text),
                quality: reading.mean_confidence,
                places: reading.places,
                ..Reading::new(ReadingKind::Ocr, method, reading.text)
            });
        }
        found.problems.extend(text.doubts);
        for code in text.missing {
            found.try_again = true;
            found.problems.push(format!(
                "text in the image may be misread without the model `{code}`: {}",
                install_language(&code)
            ));
        }
    }
}
