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
        let method = format!("{OPENERS} {}{}", opened.encoding, if opened.guessed { " guessed" } else { "" });
        found.readings.push(Reading {
            language: language_of(&opened.text),
            quality: fit_share(&opened.text),
            ..Reading::new(kind, method, opened.text)
        });
    }
}
