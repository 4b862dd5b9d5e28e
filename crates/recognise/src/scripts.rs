//! Texts in two scripts, and Arabic, Persian and Urdu written in Latin letters: which lexicons are read beside the main one.
//!
//! `We are coming, سنقتلكم` is read with the English and the Arabic lexicon; `ra7 n2tolkom` with English and the words of the
//! `-latn` files. Only the words differ: the grammar stays that of the main language.

use crate::lexicon::Lexicons;
use crate::words::{Script, Words};

/// Words of another script that make a text one of two languages: one may be a name.
const FOREIGN_WORDS_MIN: usize = 2;
/// Longer Latin texts are not looked through for romanised words: posts are short.
const ROMANISED_WORDS_MAX: usize = 200;

/// Codes of the lexicons that a text needs beside that of its language.
pub(crate) fn beside(main: &str, text: &str, words: &Words) -> Vec<&'static str> {
    let count = |script: Script| words.list.iter().filter(|word| word.script == script).count();
    let latin = count(Script::Latin);
    let mut codes = Vec::new();
    if latin > 0 && words.list.len() <= ROMANISED_WORDS_MAX {
        codes.push(Lexicons::ROMANISED);
    }
    let arabic_main = matches!(main, "ar" | "fa" | "ur");
    if arabic_main && latin >= FOREIGN_WORDS_MIN {
        codes.push("en");
    }
    if !arabic_main && count(Script::Arabic) >= FOREIGN_WORDS_MIN {
        codes.push(arabic_language(text));
    }
    codes
}

/// The most likely language of a few words in Arabic script, by letters that the others do not write.
fn arabic_language(text: &str) -> &'static str {
    if text.contains(['ے', 'ں', 'ٹ', 'ڈ', 'ڑ', 'ھ']) {
        "ur"
    } else if text.contains(['پ', 'چ', 'گ', 'ژ', 'ی', 'ک']) {
        "fa"
    } else {
        "ar"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::read_words;
    use vedette_text::fold::fold;

    fn lexicons(main: &str, text: &str) -> Vec<&'static str> {
        beside(main, text, &read_words(text, &fold(text)))
    }

    #[test]
    fn a_text_of_two_scripts_is_read_with_both_and_a_name_alone_changes_nothing() {
        assert_eq!(lexicons("en", "We are coming, سنقتلكم جميعا"), ["romanised", "ar"]);
        assert_eq!(lexicons("en", "We are coming, همه را می‌کشیم"), ["romanised", "fa"]);
        assert_eq!(lexicons("en", "We are coming, سب کو مار دیں گے"), ["romanised", "ur"]);
        assert_eq!(lexicons("ar", "يا أهل كلمورا the end is near"), ["romanised", "en"]);
        assert_eq!(lexicons("ar", "سنذهب إلى كلمورا غدا"), [""; 0]);
        assert_eq!(lexicons("en", "the harbour of كلمورا"), ["romanised"]);
    }
}
