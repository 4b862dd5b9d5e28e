//! Images to readings: the facts that matching needs, and the text that the recogniser finds.

use vedette_core::{Reading, ReadingKind};

use super::{FileReadings, FileToRead, OPENERS, Reader, language_of};
use crate::ocr;
use crate::tools::install_language;
use crate::wire::OpenedImage;
use crate::{Memo, MemoKey};

impl Reader {
    pub(super) fn image(&self, image: OpenedImage, file: &FileToRead<'_>, memo: &dyn Memo, found: &mut FileReadings) {
        if image.truncated {
            found
                .problems
                .push("the image is cut off, its lower part may be empty: fetch it again from the source".to_owned());
        }
        if image.text_likely {
            let method = format!("{OPENERS} image {} {:?}", self.tools.recogniser(), file.scripts);
            let key = MemoKey { file: file.sha256, part: "image".to_owned(), method };
            match memo.recall(&key) {
                Some(readings) => found.readings.extend(readings),
                None => self.read_picture(&image, file, memo, &key, found),
            }
        }
        found.image = Some(image.into());
    }

    /// Reads the text of a picture and keeps it, unless there is a doubt: what is recalled has none to tell.
    fn read_picture(
        &self,
        image: &OpenedImage,
        file: &FileToRead<'_>,
        memo: &dyn Memo,
        key: &MemoKey,
        found: &mut FileReadings,
    ) {
        let (readings, problems) = (found.readings.len(), found.problems.len());
        match ocr::read_image(&self.tools, &image.gray, file.scripts) {
            Ok(text) => self.recognised(text, found),
            Err(error) => found.failed(&error),
        }
        if found.problems.len() == problems {
            memo.keep(key, &found.readings[readings..]);
        }
    }

    pub(super) fn recognised(&self, text: ocr::OcrText, found: &mut FileReadings) {
        let version = self.tools.tesseract().map_or("unknown", |tool| tool.version.as_str());
        for reading in text.readings {
            let lines = if reading.by_line { " by line" } else { "" };
            let (letters, models): (Vec<_>, Vec<_>) = reading.languages.iter().partition(|code| *code == ocr::LETTERS);
            let mut with: Vec<String> = letters.into_iter().map(|_| self.tools.sight_name().to_owned()).collect();
            if !models.is_empty() {
                let models: Vec<&str> = models.into_iter().map(String::as_str).collect();
                with.push(format!("tesseract {version} {}", models.join("+")));
            }
            let method = format!("{}{lines}", with.join(" and "));
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
