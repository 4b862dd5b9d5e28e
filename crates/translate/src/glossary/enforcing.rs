//! Terms put into a translation: noted where the engine wrote them, put in place of what it wrote instead, and never forced.

use vedette_core::translation::TermUse;
use vedette_text::{Span, fold, tokens::tokens, transliterate::transliterate};

use super::{Found, Glossary, GlossaryEntry};

/// Likeness from which on another spelling is taken for the term: one letter in four may differ.
const LIKENESS_MIN: f32 = 0.75;
/// Shorter spellings are like too many words.
const LIKE_CHARS_MIN: usize = 5;
/// Longer spellings are not compared letter by letter.
const LIKE_CHARS_MAX: usize = 100;

/// A made-up name that stands for a term in an answer.
pub(crate) struct Substitute {
    /// Index into the found terms.
    pub of: usize,
    /// Where the name stands in the answer.
    pub at: Span,
}

/// A translation with its terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Enforced {
    pub text: String,
    /// One for each found term, in the order of the translation; those that could not be placed have an empty target.
    pub uses: Vec<TermUse>,
    /// How many could not be placed.
    pub missing: usize,
}

/// A stretch of the answer that is or becomes a term.
struct Placed {
    of: usize,
    at: Span,
    /// What to write there; nothing when it stands already.
    instead: Option<String>,
}

/// Places the found terms in an answer: where a made-up name stands for one, where its form stands, where another spelling of it
/// stands. `substitutes` are in the order of the answer.
pub(crate) fn enforce(
    glossary: &Glossary,
    segment: &str,
    found: &[Found],
    answer: &str,
    substitutes: &[Substitute],
) -> Enforced {
    let mut placed: Vec<Placed> = Vec::new();
    for substitute in substitutes {
        let Some(entry) = found.get(substitute.of).and_then(|term| glossary.entry(term)) else { continue };
        placed.push(Placed { of: substitute.of, at: substitute.at, instead: Some(entry.target.clone()) });
    }
    let folded = fold::fold(answer);
    let words: Vec<Span> = tokens(&folded.text).map(|token| Span { start: token.start, end: token.end }).collect();
    let answer_words = Answer { text: answer, folded: &folded, words: &words };
    for how in [How::Written, How::Spelled, How::Nearly] {
        for (of, term) in found.iter().enumerate() {
            let Some(entry) = glossary.entry(term) else { continue };
            if placed.iter().any(|placed| placed.of == of) {
                continue;
            }
            let free =
                |span: &Span| placed.iter().all(|other| other.at.end <= span.start || span.end <= other.at.start);
            if let Some(at) = answer_words.place(how, entry, term.span.of(segment), &free) {
                let instead = (!stands_as(at.of(answer), &entry.target)).then(|| entry.target.clone());
                placed.push(Placed { of, at, instead });
            }
        }
    }
    placed.sort_by_key(|placed| placed.at.start);
    written(found, glossary, answer, &placed)
}

/// Whether `text` is the form, but for the case of its first letter.
fn stands_as(text: &str, form: &str) -> bool {
    let rest = |text: &str| text.chars().skip(1).collect::<String>();
    let first = |text: &str| text.chars().next().map(|ch| ch.to_lowercase().collect::<String>());
    rest(text) == rest(form) && first(text) == first(form)
}

fn written(found: &[Found], glossary: &Glossary, answer: &str, placed: &[Placed]) -> Enforced {
    let mut out = Enforced { text: String::with_capacity(answer.len() + 64), uses: Vec::new(), missing: 0 };
    let mut at = 0;
    let used = |of: usize, target: [u32; 2], enforced: bool| {
        let term = found.get(of)?;
        let entry = glossary.entry(term)?.id.clone();
        Some(TermUse { source: [term.span.start as u32, term.span.end as u32], target, entry, enforced })
    };
    for placed in placed {
        out.text.push_str(answer.get(at..placed.at.start).unwrap_or_default());
        let form = placed.instead.as_deref().unwrap_or_else(|| placed.at.of(answer));
        if placed.instead.is_some() {
            drop_article_twice(&mut out.text, form);
        }
        let start = out.text.len() as u32;
        out.text.push_str(form);
        out.uses.extend(used(placed.of, [start, out.text.len() as u32], placed.instead.is_some()));
        at = placed.at.end;
    }
    out.text.push_str(answer.get(at..).unwrap_or_default());
    let end = out.text.len() as u32;
    for of in (0..found.len()).filter(|of| placed.iter().all(|placed| placed.of != *of)) {
        out.uses.extend(used(of, [end, end], false));
        out.missing += 1;
    }
    out
}

/// "the" before a form that begins with it is the same word.
fn drop_article_twice(text: &mut String, form: &str) {
    if form.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("the "))
        && let Some(at) = text.len().checked_sub(4)
        && text.get(at..).is_some_and(|end| end.eq_ignore_ascii_case("the "))
        && text.get(..at).is_some_and(|before| !before.ends_with(char::is_alphanumeric))
    {
        text.truncate(at);
    }
}

/// How a term stands in an answer, the surest way first.
#[derive(Debug, Clone, Copy)]
enum How {
    /// Its form.
    Written,
    /// Another spelling of the same entry, or the original's own, which engines copy.
    Spelled,
    /// What is spelled nearly like the form and written as a name.
    Nearly,
}

/// An answer and its words.
struct Answer<'a> {
    text: &'a str,
    folded: &'a fold::Folded,
    words: &'a [Span],
}

impl Answer<'_> {
    fn place(&self, how: How, entry: &GlossaryEntry, original: &str, free: &dyn Fn(&Span) -> bool) -> Option<Span> {
        match how {
            How::Written => self.spelled(&entry.target, free),
            How::Spelled => {
                entry.also.iter().map(String::as_str).chain([original]).find_map(|form| self.spelled(form, free))
            }
            How::Nearly => self.nearly(entry, original, free),
        }
    }

    fn spelled(&self, form: &str, free: &dyn Fn(&Span) -> bool) -> Option<Span> {
        let form = fold::fold_plain(form);
        let wanted: Vec<&str> = tokens(&form).filter_map(|token| form.get(token.start..token.end)).collect();
        if wanted.is_empty() {
            return None;
        }
        self.words
            .windows(wanted.len())
            .filter(|window| window.iter().zip(&wanted).all(|(word, wanted)| word.of(&self.folded.text) == *wanted))
            .filter_map(|window| self.original(window))
            .find(free)
    }

    fn nearly(&self, entry: &GlossaryEntry, original: &str, free: &dyn Fn(&Span) -> bool) -> Option<Span> {
        // A name that the engine wrote by ear.
        let sounds = fold::fold_plain(&transliterate(original, entry.language.as_deref().unwrap_or_default()));
        let mut best: Option<(f32, Span)> = None;
        for form in [fold::fold_plain(&entry.target), sounds] {
            let count = tokens(&form).count();
            if form.chars().count() < LIKE_CHARS_MIN || form.chars().count() > LIKE_CHARS_MAX {
                continue;
            }
            for size in count.saturating_sub(1).max(1)..=count + 1 {
                for window in self.words.windows(size) {
                    let (Some(first), Some(last)) = (window.first(), window.last()) else { continue };
                    let spelled = Span { start: first.start, end: last.end }.of(&self.folded.text);
                    let like = likeness(spelled, &form);
                    if like < LIKENESS_MIN || best.is_some_and(|(so_far, _)| like <= so_far) {
                        continue;
                    }
                    best = self
                        .original(window)
                        .filter(|span| free(span) && written_as_name(span.of(self.text)))
                        .map(|span| (like, span))
                        .or(best);
                }
            }
        }
        best.map(|(_, span)| span)
    }

    fn original(&self, window: &[Span]) -> Option<Span> {
        let (start, end) = self.folded.original_span(window.first()?.start, window.last()?.end);
        Some(Span { start, end })
    }
}

/// Scripts without capitals have no sign of it.
fn written_as_name(text: &str) -> bool {
    !text.chars().any(char::is_lowercase) || text.chars().next().is_some_and(char::is_uppercase)
}

/// 1 for the same spelling, 0 for nothing in common: one minus the edits for each letter.
fn likeness(one: &str, other: &str) -> f32 {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let longest = one.len().max(other.len());
    // The edits are at least the difference of the lengths.
    if longest == 0 || one.len().abs_diff(other.len()) as f32 > longest as f32 * (1.0 - LIKENESS_MIN) {
        return 0.0;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, ch) in one.iter().enumerate() {
        let mut diagonal = at;
        let mut left = at + 1;
        for (cell, wanted) in row.iter_mut().skip(1).zip(&other) {
            let value = (diagonal + usize::from(ch != wanted)).min(left + 1).min(*cell + 1);
            diagonal = *cell;
            *cell = value;
            left = value;
        }
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
    }
    1.0 - row.last().copied().unwrap_or(longest) as f32 / longest as f32
}

#[cfg(test)]
mod tests {
    use super::super::tests::entry;
    use super::*;

    fn enforced(entries: Vec<GlossaryEntry>, segment: &str, answer: &str) -> Enforced {
        let glossary = Glossary::new(entries);
        let found = glossary.find(segment, "pt", "en");
        enforce(&glossary, segment, &found, answer, &[])
    }

    fn applied(done: &Enforced) -> Vec<(&str, bool)> {
        let of = |term: &TermUse| term.target[0] as usize..term.target[1] as usize;
        done.uses.iter().map(|term| (&done.text[of(term)], term.enforced)).collect()
    }

    #[test]
    fn what_the_engine_wrote_right_is_noted_and_left() {
        let done = enforced(
            vec![entry("o", &["Lanterna Cinzenta"], "Grey Lantern")],
            "A Lanterna Cinzenta abriu.",
            "The Grey Lantern opened.",
        );
        assert_eq!((done.text.as_str(), applied(&done)), ("The Grey Lantern opened.", vec![("Grey Lantern", false)]));
    }

    #[test]
    fn another_spelling_is_replaced_by_the_form() {
        let mut term = entry("o", &["Lanterna Cinzenta"], "Grey Lantern");
        term.also = vec!["Ashen Lamp".to_owned()];
        for (answer, wanted) in [
            ("The Gray Lantern opened.", "The Grey Lantern opened."),
            ("The grey lantern opened.", "The Grey Lantern opened."),
            ("Lanterna Cinzenta opened.", "Grey Lantern opened."),
            ("The Ashen Lamp opened.", "The Grey Lantern opened."),
        ] {
            let done = enforced(vec![term.clone()], "A Lanterna Cinzenta abriu.", answer);
            assert_eq!((done.text.as_str(), done.missing), (wanted, 0), "{answer}");
            assert_eq!(applied(&done), [("Grey Lantern", true)], "{answer}");
        }
    }

    #[test]
    fn what_cannot_be_placed_leaves_the_text_as_it_is() {
        let answer = "The old lamp opened.";
        let done =
            enforced(vec![entry("o", &["Lanterna Cinzenta"], "Grey Lantern")], "A Lanterna Cinzenta abriu.", answer);
        assert_eq!((done.text.as_str(), done.missing), (answer, 1));
        assert_eq!(applied(&done), [("", false)]);
    }

    #[test]
    fn ordinary_words_are_not_taken_for_names() {
        let done = enforced(vec![entry("m", &["Marinha"], "Marina")], "A Marinha abriu.", "It was marine weather.");
        assert_eq!((done.text.as_str(), done.missing), ("It was marine weather.", 1));
    }

    #[test]
    fn a_name_that_the_engine_wrote_by_ear_is_put_right() {
        let glossary = Glossary::new(vec![entry("k", &["كيلمورا"], "Kelmora")]);
        let found = glossary.find("مطر في كيلمورا", "ar", "en");
        let done = enforce(&glossary, "مطر في كيلمورا", &found, "Rain in Kilmoura", &[]);
        assert_eq!((done.text.as_str(), done.missing), ("Rain in Kelmora", 0));
    }

    #[test]
    fn two_terms_and_two_occurrences_each_find_their_own() {
        let terms = vec![entry("h", &["Halden"], "Haldén"), entry("k", &["Kelmora"], "Kelmora")];
        let done = enforced(terms, "Halden, Kelmora e Halden", "Halden, Kelmora and Halden");
        assert_eq!(done.text, "Haldén, Kelmora and Haldén");
        assert_eq!(applied(&done), [("Haldén", true), ("Kelmora", false), ("Haldén", true)]);
    }

    #[test]
    fn an_article_is_not_written_twice() {
        let done =
            enforced(vec![entry("o", &["Lanterna"], "The Lantern")], "A Lanterna abriu.", "Today the Lanterna opened.");
        assert_eq!(done.text, "Today The Lantern opened.");
    }
}
