//! The words of a folded text as terms are compared: without what cases and neighbours write onto them.

use vedette_text::tokens::tokens;

/// Letters that a word needs to lose an ending or an article: shorter ones are other words.
const STEM_CHARS_MIN: usize = 4;
/// The Arabic article.
const ARTICLE: &str = "ال";
/// What Arabic writes onto the next word: and, so, in, for, like.
const GLUED: [char; 5] = ['و', 'ف', 'ب', 'ل', 'ك'];
/// Endings of Russian and Ukrainian nouns and adjectives, folded, longest first.
const ENDINGS: [&str; 36] = [
    "иями", "ями", "ами", "ого", "его", "ому", "ему", "ими", "ыми", "ьои", "ою", "ею", "ии", "ия", "ию", "ие", "ых",
    "их", "ом", "ем", "ым", "им", "ой", "ои", "ей", "еи", "ая", "ое", "ах", "ях", "ов", "ев", "ам", "ям", "ые", "ую",
];

/// A word of a folded text.
pub(super) struct Word<'t> {
    text: &'t str,
    start: usize,
    /// Where it ends without what follows an apostrophe.
    pub end_of_stem: usize,
}

/// One way to read a word: its key, where that begins in the folded text, and what must stand before a name that replaces it.
pub(super) struct Reading {
    pub key: String,
    pub start: usize,
    pub lead: &'static str,
}

/// The words of a folded text.
pub(super) fn words_of(folded: &str) -> Vec<Word<'_>> {
    tokens(folded)
        .map(|token| {
            let whole = folded.get(token.start..token.end).unwrap_or_default();
            // Turkish and English write endings of names behind an apostrophe.
            let text = whole.split('\'').next().filter(|stem| !stem.is_empty()).unwrap_or(whole);
            Word { text, start: token.start, end_of_stem: token.start + text.len() }
        })
        .collect()
}

/// The keys of a form's words.
pub(super) fn keys_of_form(folded: &str) -> Vec<String> {
    words_of(folded).iter().map(|word| key_of(word.text)).collect()
}

impl Word<'_> {
    /// The ways to read the first word of a term.
    pub(super) fn readings(&self) -> impl Iterator<Item = Reading> {
        let whole = Reading { key: key_of(self.text), start: self.start, lead: "" };
        std::iter::once(whole).chain(glued(self.text).into_iter().map(|(size, lead)| Reading {
            key: key_of(self.text.get(size..).unwrap_or_default()),
            // The article that melted into the preposition belongs to the term, and cannot be split from it.
            start: if lead.is_empty() { self.start + size } else { self.start + size - lead.len() * 2 },
            lead,
        }))
    }

    /// The keys of a later word of a term.
    pub(super) fn keys(&self) -> impl Iterator<Item = String> {
        let whole = std::iter::once(key_of(self.text));
        whole.chain(glued(self.text).into_iter().map(|(size, _)| key_of(self.text.get(size..).unwrap_or_default())))
    }
}

/// How many bytes before an Arabic word may belong to its neighbours, and what a name in its place needs before it.
fn glued(word: &str) -> Vec<(usize, &'static str)> {
    let mut out = Vec::new();
    let mut size = 0;
    // At most "and" or "so" and one preposition.
    for _ in 0..2 {
        let rest = word.get(size..).unwrap_or_default();
        // ل and the article become لل.
        if let Some(stem) = rest.strip_prefix("لل")
            && stem.chars().count() >= STEM_CHARS_MIN - 1
        {
            out.push((size + "لل".len(), "ل"));
        }
        let Some(first) = rest.chars().next().filter(|first| GLUED.contains(first)) else { break };
        size += first.len_utf8();
        if word.get(size..).unwrap_or_default().chars().count() < STEM_CHARS_MIN {
            break;
        }
        out.push((size, ""));
    }
    out
}

fn key_of(word: &str) -> String {
    match word.chars().next() {
        Some('\u{600}'..='\u{6ff}') => without_article(word).to_owned(),
        Some('\u{400}'..='\u{4ff}') => stem(word).to_owned(),
        _ => word.to_owned(),
    }
}

fn without_article(word: &str) -> &str {
    word.strip_prefix(ARTICLE).filter(|stem| stem.chars().count() >= STEM_CHARS_MIN - 1).unwrap_or(word)
}

fn stem(word: &str) -> &str {
    let long = |stem: &&str| stem.chars().count() >= STEM_CHARS_MIN;
    ENDINGS
        .iter()
        .find_map(|ending| word.strip_suffix(ending).filter(long))
        .or_else(|| word.strip_suffix(['а', 'я', 'о', 'е', 'у', 'ю', 'ы', 'и', 'ь', 'й', 'і', 'є', 'ї']).filter(long))
        .unwrap_or(word)
}
