//! Plain texts and pages to readings.

use vedette_core::{Reading, ReadingKind};

use super::{FileReadings, OPENERS, fit_share, language_of};
use crate::wire::OpenedText;

pub(super) fn text(opened: OpenedText, kind: ReadingKind, found: &mut FileReadings) {
    if opened.lossy {
        found.problems.push(format!("some bytes are no {}: the exhibit keeps them", opened.encoding));
    }
    if opened.cut {
        found
            .problems
            .push("the text is longer than what is read, its end is left out: the exhibit keeps it".to_owned());
    }
    if opened.hidden_bytes > 0 {
        found
            .problems
            .push(format!("{} bytes of hidden text are left out: look at the exhibit's source", opened.hidden_bytes));
    }
    found.title = opened.title;
    found.links = opened.links;
    if !opened.text.trim().is_empty() {
        let guessed = if opened.guessed { " guessed" } else { "" };
        // What a page says around its main text is in the exhibit; that it was left out is said with the reading.
        let part = if opened.around_bytes > 0 { " main text" } else { "" };
        let method = format!("{OPENERS} {}{guessed}{part}", opened.encoding);
        found.readings.push(Reading {
            language: language_of(&opened.text),
            quality: fit_share(&opened.text),
            ..Reading::new(kind, method, opened.text)
        });
    }
}
