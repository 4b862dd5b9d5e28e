//! False alarms: how many news texts and everyday posts get a level of Medium or more, per 10,000, by collection and language.
//! News of violence is news: whoever reports a threat does not make one, so every such level here is counted as wrong.

use std::collections::BTreeMap;
use std::path::Path;

use vedette_core::Level;
use vedette_recognise::Register;

use crate::{Failure, LANGUAGES, analyst, news, posted_at, row};

/// Documents of one collection.
const DOCUMENTS_MAX: usize = 25_000;

#[derive(Default)]
struct Count {
    documents: usize,
    alarms: usize,
    /// With a statement that is only the model's guess.
    hunches: usize,
}

/// Measures all collections. `--show` prints the quotes that raised the even documents; the odd ones are left unread.
pub(crate) fn measure(data: &Path, rest: &[&str]) -> Result<(), Failure> {
    let show = rest.contains(&"--show");
    let analyst = analyst(Register::default());
    let mut languages: BTreeMap<String, Count> = BTreeMap::new();
    for collection in &news::COLLECTIONS {
        let mut halves = [Count::default(), Count::default()];
        for (number, document) in news::read(data, collection)?.into_iter().take(DOCUMENTS_MAX).enumerate() {
            if !LANGUAGES.contains(&document.lang.as_str()) {
                continue;
            }
            let text = if document.title.is_empty() {
                document.text
            } else {
                format!("{}\n{}", document.title, document.text)
            };
            let analysis = analyst.analyze(number.into(), text, Some(&document.lang), posted_at(), 30);
            let alarm = analysis.assessment.level >= Level::Medium;
            let hunch = analysis.findings.statements.iter().any(|statement| statement.tentative);
            let counts = languages.entry(document.lang).or_default();
            for count in [&mut halves[number % 2], counts] {
                count.documents += 1;
                count.alarms += usize::from(alarm);
                count.hunches += usize::from(hunch);
            }
            if show && alarm && number % 2 == 0 {
                let reason = analysis.assessment.reasons.first();
                let (name, quote) = reason.map_or(("", ""), |reason| (reason.name.as_str(), reason.quote.as_str()));
                println!(
                    "{} {number} {}: {name}: {}",
                    collection.name,
                    analysis.language.code,
                    quote.replace('\n', " ")
                );
            }
        }
        let [even, odd] = &halves;
        row(
            &format!("Medium or above per 10,000: {}", collection.name),
            &format!(
                "{} even, {} odd (of {})",
                share(even.alarms, even),
                share(odd.alarms, odd),
                even.documents + odd.documents
            ),
            "≤ 5",
            "even documents were read while building, odd ones not",
        );
        row(
            &format!("with a tentative statement per 10,000: {}", collection.name),
            &format!("{} even, {} odd", share(even.hunches, even), share(odd.hunches, odd)),
            "",
            "low at most",
        );
    }
    for (language, count) in &languages {
        row(
            &format!("Medium or above per 10,000: all in {language}"),
            &format!("{} (of {})", share(count.alarms, count), count.documents),
            "≤ 5",
            "both halves",
        );
    }
    Ok(())
}

/// How many of ten thousand.
fn share(part: usize, count: &Count) -> String {
    format!("{:.1}", 1e4 * part as f64 / count.documents.max(1) as f64)
}
