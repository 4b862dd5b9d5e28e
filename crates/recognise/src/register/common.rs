//! Words that alone name nothing: an alias that is one of them would fire in ordinary prose.

use rustc_hash::FxHashSet;
use std::sync::OnceLock;
use vedette_text::fold::fold_plain;
use vedette_text::tokens::tokens;

/// Everyday words of the desk's languages; the file says what they are for.
const WORDS: &str = include_str!("../../data/common_words.txt");
/// Countries: a name of one alone says where, not who.
const COUNTRIES: &str = include_str!("../../data/countries.tsv");

/// The folded words of a spelling, joined by one space: two spellings with one key are found alike.
pub(super) fn key(text: &str) -> String {
    let folded = fold_plain(text);
    let words = tokens(&folded).filter_map(|token| folded.get(token.start..token.end));
    words.collect::<Vec<_>>().join(" ")
}

/// A key without the article before its one word: `the base` is as common as `base`.
pub(super) fn bare(key: &str) -> &str {
    const ARTICLES: &[&str] = &["the ", "al ", "el ", "la ", "le ", "les ", "los ", "las ", "der ", "die ", "das "];
    let rest = ARTICLES.iter().find_map(|article| key.strip_prefix(article));
    rest.filter(|rest| !rest.contains(' ')).unwrap_or(key)
}

/// Whether a spelling, by its key, is an everyday word.
pub(super) fn is_common(key: &str) -> bool {
    static SET: OnceLock<FxHashSet<String>> = OnceLock::new();
    let lines = || WORDS.lines().filter(|line| !line.starts_with('#'));
    SET.get_or_init(|| lines().flat_map(str::split_whitespace).map(self::key).collect()).contains(key)
}

/// Whether a spelling, by its key, is the name of a country.
pub(super) fn is_country(key: &str) -> bool {
    static SET: OnceLock<FxHashSet<String>> = OnceLock::new();
    let rows = || COUNTRIES.lines().filter_map(|line| line.split_once('\t'));
    SET.get_or_init(|| rows().flat_map(|(_, names)| names.split('|')).map(self::key).collect()).contains(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyday_words_and_countries_are_told_from_names() {
        for (text, common, country) in [
            ("The Base", true, false),
            ("The Base Camp", false, false),
            ("Base", true, false),
            ("قاعدة", true, false),
            ("Journal", true, false),
            ("Canada", true, true),
            ("Сирия", false, true),
            ("Lantern Media", false, false),
        ] {
            let key = key(text);
            assert_eq!((is_common(bare(&key)), is_country(bare(&key))), (common, country), "{text}");
        }
    }
}
