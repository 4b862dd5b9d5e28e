//! The glossary: names and terms of the register, each with the form in which it must stand in a translation.
//!
//! Terms are found in the original by whole words of the folded text, longest first. Arabic words are found behind the letters that are
//! written onto them (و ف ب ل ك and the article ال), Russian and Ukrainian ones in their cases, Turkish ones before an apostrophe.

mod enforcing;
mod words;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::Digest;
use vedette_core::Sha256;
use vedette_text::{Span, fold};

pub(crate) use enforcing::{Substitute, enforce};
use words::{Word, keys_of_form, words_of};

/// Terms of one glossary; the largest public registers have a tenth of it.
pub const ENTRIES_MAX: usize = 200_000;
/// Words of one form; longer ones are sentences.
const FORM_WORDS_MAX: usize = 12;
/// Terms of one segment; a list of names in one line has fewer.
const FOUND_MAX: usize = 64;

/// A term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GlossaryEntry {
    /// Id of the register's entry or of the glossary line; names where the term comes from.
    pub id: String,
    /// How it is written in originals.
    pub forms: Vec<String>,
    /// Language of those forms; absent: any.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub language: Option<String>,
    /// How it must stand in the translation.
    pub target: String,
    /// Language of `target`.
    pub to: String,
    /// Other spellings in that language, which are replaced by `target`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub also: Vec<String>,
}

/// Terms, ready to be looked up.
#[derive(Debug, Default)]
pub struct Glossary {
    entries: Vec<GlossaryEntry>,
    /// From the first word of a form to the forms that begin with it, longest first.
    by_first: BTreeMap<String, Vec<Form>>,
    fingerprint: Option<String>,
}

#[derive(Debug)]
struct Form {
    entry: usize,
    /// Keys of its words.
    words: Vec<String>,
}

/// A term found in a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where, in the segment.
    pub span: Span,
    /// Which.
    pub entry: usize,
    /// What a made-up name in its place needs before it, because it was written onto the word: `ل`.
    pub lead: &'static str,
}

impl Glossary {
    /// A glossary of these entries, at most [`ENTRIES_MAX`]. Where two have the same form, the first counts.
    pub fn new(entries: Vec<GlossaryEntry>) -> Self {
        let mut entries = entries;
        entries.truncate(ENTRIES_MAX);
        let mut by_first: BTreeMap<String, Vec<Form>> = BTreeMap::new();
        for (at, entry) in entries.iter().enumerate() {
            for form in &entry.forms {
                let words = keys_of_form(&fold::fold_plain(form));
                if let Some(first) = words.first().filter(|_| words.len() <= FORM_WORDS_MAX) {
                    by_first.entry(first.clone()).or_default().push(Form { entry: at, words });
                }
            }
        }
        for forms in by_first.values_mut() {
            forms.sort_by_key(|form| (std::cmp::Reverse(form.words.len()), form.entry));
        }
        let fingerprint = (!entries.is_empty()).then(|| fingerprint(entries.iter()));
        Self { entries, by_first, fingerprint }
    }

    /// No terms.
    pub fn empty() -> Self {
        Self::default()
    }

    /// A short hash of all entries; absent without any.
    pub fn fingerprint(&self) -> Option<&str> {
        self.fingerprint.as_deref()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) fn entry(&self, found: &Found) -> Option<&GlossaryEntry> {
        self.entries.get(found.entry)
    }

    /// The hash of the terms that were found: part of the key of the cache. Empty without any.
    pub(crate) fn fingerprint_of(&self, found: &[Found]) -> String {
        if found.is_empty() { String::new() } else { fingerprint(found.iter().filter_map(|found| self.entry(found))) }
    }

    /// The terms of a segment, in order, without overlaps.
    pub(crate) fn find(&self, segment: &str, from: &str, to: &str) -> Vec<Found> {
        let mut out = Vec::new();
        if self.entries.is_empty() {
            return out;
        }
        let folded = fold::fold(segment);
        let words = words_of(&folded.text);
        let mut at = 0;
        while at < words.len() && out.len() < FOUND_MAX {
            match self.find_at(&words, at, from, to) {
                Some((form, start, lead)) => {
                    let count = form.words.len();
                    let end = words.get(at + count - 1).map_or(start, |word| word.end_of_stem);
                    let (start, end) = folded.original_span(start, end);
                    out.push(Found { span: Span { start, end }, entry: form.entry, lead });
                    at += count;
                }
                None => at += 1,
            }
        }
        out
    }

    /// The longest form that begins at a word, where it begins in the folded text, and what stood glued before it.
    fn find_at(&self, words: &[Word<'_>], at: usize, from: &str, to: &str) -> Option<(&Form, usize, &'static str)> {
        let first = words.get(at)?;
        let rest = words.get(at + 1..).unwrap_or_default();
        let fits = |form: &&Form| {
            let entry = self.entries.get(form.entry);
            let language_fits = entry.is_some_and(|entry| {
                entry.to == to && entry.language.as_deref().is_none_or(|language| language == from)
            });
            let more = form.words.get(1..).unwrap_or_default();
            language_fits
                && more.len() <= rest.len()
                && more.iter().zip(rest).all(|(wanted, word)| word.keys().any(|key| key == *wanted))
        };
        first.readings().find_map(|reading| {
            let form = self.by_first.get(&reading.key)?.iter().find(fits)?;
            Some((form, reading.start, reading.lead))
        })
    }
}

fn fingerprint<'a>(entries: impl Iterator<Item = &'a GlossaryEntry>) -> String {
    let mut hasher = sha2::Sha256::new();
    for entry in entries {
        let also = entry.also.iter().chain(&entry.forms).map(String::as_str);
        for part in [entry.id.as_str(), &entry.target, &entry.to].into_iter().chain(also) {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
    }
    Sha256(hasher.finalize().into()).hex().get(..16).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn entry(id: &str, forms: &[&str], target: &str) -> GlossaryEntry {
        GlossaryEntry {
            id: id.to_owned(),
            forms: forms.iter().map(|form| (*form).to_owned()).collect(),
            language: None,
            target: target.to_owned(),
            to: "en".to_owned(),
            also: Vec::new(),
        }
    }

    fn found<'t>(glossary: &Glossary, text: &'t str, from: &str) -> Vec<(&'t str, String)> {
        let entries = glossary.find(text, from, "en");
        entries.iter().map(|found| (found.span.of(text), glossary.entries[found.entry].id.clone())).collect()
    }

    fn glossary() -> Glossary {
        Glossary::new(vec![
            entry("lantern", &["الفانوس", "Lanterna", "Фонарь", "Fener"], "Lantern"),
            entry(
                "order",
                &["وسام الفانوس الرمادي", "Ordem da Lanterna Cinzenta", "Орден Серого Фонаря"],
                "Order of the Grey Lantern",
            ),
            entry("kelmora", &["كيلمورا", "Kelmora", "Кельмора"], "Kelmora"),
        ])
    }

    #[test]
    fn the_longest_term_counts_and_words_are_whole() {
        let text = "A Ordem da Lanterna Cinzenta e a lanterna de Kelmora; Kelmorano não.";
        assert_eq!(
            found(&glossary(), text, "pt"),
            [
                ("Ordem da Lanterna Cinzenta", "order".to_owned()),
                ("lanterna", "lantern".to_owned()),
                ("Kelmora", "kelmora".to_owned())
            ]
        );
    }

    #[test]
    fn arabic_terms_are_found_behind_what_is_written_onto_them() {
        let text = "وكيلمورا بالفانوس وللفانوس فانوس";
        assert_eq!(
            found(&glossary(), text, "ar"),
            [
                ("كيلمورا", "kelmora".to_owned()),
                ("الفانوس", "lantern".to_owned()),
                ("للفانوس", "lantern".to_owned()),
                ("فانوس", "lantern".to_owned())
            ]
        );
        // A word that begins with the same letter is another word.
        assert!(found(&glossary(), "ولد كبير", "ar").is_empty());
    }

    #[test]
    fn slavic_terms_are_found_in_their_cases_and_turkish_ones_before_an_apostrophe() {
        assert_eq!(
            found(&glossary(), "О Кельморе говорил Ордену Серого Фонаря", "ru"),
            [("Кельморе", "kelmora".to_owned()), ("Ордену Серого Фонаря", "order".to_owned())]
        );
        assert_eq!(found(&glossary(), "Kelmora'da yağmur", "tr"), [("Kelmora", "kelmora".to_owned())]);
    }

    #[test]
    fn a_term_counts_for_its_languages_only() {
        let only = GlossaryEntry { language: Some("pt".to_owned()), ..entry("a", &["museu"], "Museum") };
        let glossary = Glossary::new(vec![only]);
        assert_eq!(glossary.find("museu", "pt", "en").len(), 1);
        assert!(glossary.find("museu", "es", "en").is_empty() && glossary.find("museu", "pt", "de").is_empty());
    }

    #[test]
    fn the_fingerprint_is_of_what_the_terms_say() {
        assert_eq!(Glossary::empty().fingerprint(), None);
        let one = Glossary::new(vec![entry("a", &["museu"], "Museum")]);
        let other = Glossary::new(vec![entry("a", &["museu"], "the Museum")]);
        assert_eq!(one.fingerprint().map(str::len), Some(16));
        assert_ne!(one.fingerprint(), other.fingerprint());
    }
}
