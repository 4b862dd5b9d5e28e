//! The names inside one field of a list: `Grey Lantern (GL), the Lantern Front; and Lamp Bearers.`

use super::Row;

/// Capital letters of the longest abbreviation; longer ones are names.
const ABBREVIATION_CHARS_MAX: usize = 8;

/// A name without its abbreviations in brackets, and what stood in them.
pub(super) fn split_brackets(text: &str) -> (String, Vec<String>) {
    let (mut plain, mut inside, mut depth) = (String::new(), Vec::new(), 0usize);
    for ch in text.chars() {
        match ch {
            '(' => {
                depth += 1;
                if depth == 1 {
                    inside.push(String::new());
                }
            }
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(ch),
            _ => inside.last_mut().into_iter().for_each(|text| text.push(ch)),
        }
    }
    (tidy(&plain), inside.iter().map(|text| tidy(text)).filter(|text| !text.is_empty()).collect())
}

/// One space between words, no article, comma or stop at the ends.
pub(super) fn tidy(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.trim_matches(|ch: char| ch.is_whitespace() || matches!(ch, ',' | ';' | '.' | '"' | '“' | '”'));
    let without = ["the ", "The ", "and the ", "and ", "a.k.a. ", "aka "];
    let line = without.iter().fold(line, |line, word| line.strip_prefix(word).unwrap_or(line));
    line.trim().to_owned()
}

/// Whether a spelling is written as abbreviations are: `AQX`, `LeT`, `MS-13`, `B&H`.
pub(super) fn is_abbreviation(text: &str) -> bool {
    let capitals = text.chars().filter(|ch| ch.is_uppercase()).count();
    let letters = text.chars().filter(|ch| ch.is_alphanumeric()).count();
    letters <= ABBREVIATION_CHARS_MAX && !text.contains(char::is_whitespace) && capitals >= 2 && capitals * 2 >= letters
}

/// Puts one name of a list where it belongs.
pub(super) fn sort(row: &mut Row, text: &str) {
    let (plain, inside) = split_brackets(text);
    for name in std::iter::once(plain).chain(inside).filter(|name| !name.is_empty()) {
        if is_abbreviation(&name) { row.abbreviations.push(name) } else { row.aliases.push(name) }
    }
}

/// The names of a sentence-like field, as Canada's list writes them: separated by `;` where there is one, else by commas, the
/// last one behind `and`. Where `and` may be part of a name, a person decides.
pub(super) fn sort_sentence(row: &mut Row, text: &str) {
    let separator = if text.contains(';') { ';' } else { ',' };
    let pieces = outside_brackets(text, separator);
    let last = pieces.len().saturating_sub(1);
    for (at, piece) in pieces.iter().enumerate() {
        let clean = tidy(piece);
        if clean.is_empty() || clean == "N/A" {
            continue;
        }
        if at == last && clean.contains(" and ") {
            row.unsure.push((clean, "may be two names"));
        } else {
            sort(row, &clean);
        }
    }
}

fn outside_brackets(text: &str, separator: char) -> Vec<String> {
    let (mut pieces, mut depth) = (vec![String::new()], 0usize);
    for ch in text.chars() {
        match ch {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if ch == separator && depth == 0 {
            pieces.push(String::new());
        } else if let Some(piece) = pieces.last_mut() {
            piece.push(ch);
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_of_names_is_taken_apart() {
        let mut row = Row::default();
        sort_sentence(&mut row, "The Grey Lantern (OGL, the Lamp), Lantern Front, LF, and the Front of Lamps and Oil.");
        assert_eq!(row.aliases, ["Grey Lantern", "OGL, the Lamp", "Lantern Front"]);
        assert_eq!(row.abbreviations, ["LF"]);
        assert_eq!(row.unsure, [("Front of Lamps and Oil".to_owned(), "may be two names")]);
        let mut row = Row::default();
        sort_sentence(&mut row, "Varn Front, Kelmora; and the Lamp Bearers.");
        assert_eq!(row.aliases, ["Varn Front, Kelmora", "Lamp Bearers"]);
        sort_sentence(&mut row, "N/A");
        assert_eq!(row.aliases.len(), 2);
    }

    #[test]
    fn abbreviations_are_told_from_names() {
        for (text, is) in [
            ("OGL", true),
            ("VfK", true),
            ("MS-13", true),
            ("B&H", true),
            ("Lantern", false),
            ("Grey Lamp", false),
            ("III%ers", true),
        ] {
            assert_eq!(is_abbreviation(text), is, "{text}");
        }
    }
}
