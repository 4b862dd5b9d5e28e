//! Names written in Latin letters, by one scheme, so that a name is spelled the same wherever it comes from.
//!
//! Russian and Ukrainian follow BGN/PCGN (1947, 2019), Arabic BGN/PCGN (1956), Persian (1958), Urdu (2007) and Pashto (1968) likewise, all
//! without diacritics, apostrophes and dots. What the Arabic script leaves out, its short vowels, comes from the marks if they are written,
//! else from a list of common names, else from rules of the syllable: there it is a guess, and the original must stand beside it.
//! `docs/transliteration.md` has the tables and how often the guess is right.
//!
//! ```
//! use vedette_text::transliterate::transliterate;
//! assert_eq!(transliterate("Щучье озеро", "ru"), "Shchuchye ozero");
//! assert_eq!(transliterate("أحمد الكريمي", "ar"), "Ahmad al-Karimi");
//! ```

mod arabic;
mod cyrillic;

/// Letters and marks of one word that are looked at; no name has more, and none is slower than another.
const WORD_CHARS_MAX: usize = 100;

/// A text in Latin letters. Words in the Arabic script get a capital, because they are taken for names; Cyrillic keeps its own. Letters
/// of other scripts, and all signs, stay. `language` decides between the readings of a letter; an unknown one reads Cyrillic as
/// Russian and Arabic letters as Arabic.
pub fn transliterate(text: &str, language: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let script = script_of(first);
        let end = rest
            .char_indices()
            .take(WORD_CHARS_MAX)
            .find(|(_, ch)| script_of(*ch) != script && !(script.is_some() && is_mark(*ch)))
            .or_else(|| rest.char_indices().nth(WORD_CHARS_MAX))
            .map_or(rest.len(), |(at, _)| at);
        let (word, later) = rest.split_at(end);
        match script {
            Some(Script::Cyrillic) => cyrillic::push(word, language, &mut out),
            Some(Script::Arabic) => arabic::push(word, language, &mut out),
            None => out.extend(word.chars().map(sign)),
        }
        rest = later;
    }
    out
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Cyrillic,
    Arabic,
}

fn script_of(ch: char) -> Option<Script> {
    match ch as u32 {
        0x400..=0x52f => Some(Script::Cyrillic),
        0x620..=0x65f | 0x66e..=0x6d3 | 0x6d5 | 0x6ee..=0x6ef | 0x6fa..=0x6ff | 0x750..=0x77f => Some(Script::Arabic),
        _ => None,
    }
}

/// Stands inside a word without being a letter of it: accents, joiners.
fn is_mark(ch: char) -> bool {
    matches!(ch, '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}' | '\u{6d6}'..='\u{6dc}')
}

/// Digits and signs of the Arabic script as Latin texts write them.
fn sign(ch: char) -> char {
    match ch {
        '٠'..='٩' => char::from(b'0' + (ch as u32 - 0x660) as u8),
        '۰'..='۹' => char::from(b'0' + (ch as u32 - 0x6f0) as u8),
        '،' => ',',
        '؛' => ';',
        '؟' => '?',
        '۔' => '.',
        other => other,
    }
}

/// The first letter made a capital.
fn push_capitalised(word: &str, out: &mut String) {
    let mut chars = word.chars();
    if let Some(first) = chars.next() {
        out.extend(first.to_uppercase());
        out.push_str(chars.as_str());
    }
}
