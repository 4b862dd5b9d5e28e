//! Threats that stand in hashtags: `#TessgateWillBurn` is read as the three words it is.

use super::{Input, Scene, rules};
use crate::lexicon::Lexicon;
use crate::words::read_words;
use vedette_core::Statement;
use vedette_text::fold::fold;

/// Hashtags of a text that are read; a post has fewer.
const HASHTAGS_MAX: usize = 40;
/// Bytes of the longest hashtag that is taken apart.
const HASHTAG_BYTES_MAX: usize = 120;

/// Adds what the hashtags of a text say by themselves. Their statements have no slots.
pub(super) fn find(text: &str, lexicon: &Lexicon, found: &mut Vec<Statement>) {
    for (start, end) in hashtags(text).take(HASHTAGS_MAX) {
        let Some(words) = text.get(start + 1..end).and_then(apart) else { continue };
        let folded = fold(&words);
        let read = read_words(&words, &folded);
        let marks = lexicon.mark(&read, &folded.text);
        if marks.at.iter().all(|at| at & rules::CARRIERS == 0) {
            continue;
        }
        let input = Input { text: &words, language: "", folded: &folded.text, words: &read, mentions: &[], dates: &[] };
        let scene = Scene::new(&input, lexicon, marks);
        let reading = scene.ranges.first().and_then(|sentence| rules::read(&scene, *sentence));
        if let Some(reading) = reading {
            found.push(Statement {
                kind: reading.kind,
                start,
                end,
                quote: text.get(start..end).unwrap_or_default().to_owned(),
                speaker: None,
                reported: reading.reported,
                tentative: false,
                actor: None,
                addressee: None,
                target: None,
                place: None,
                time: None,
                method: None,
                event: None,
            });
        }
    }
}

/// Hashtags as byte spans, mark included.
fn hashtags(text: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    text.match_indices('#').filter_map(|(start, _)| {
        let rest = text.get(start + 1..)?;
        let size = rest.find(|ch: char| !ch.is_alphanumeric() && ch != '_').unwrap_or(rest.len());
        (size > 0 && size <= HASHTAG_BYTES_MAX).then_some((start, start + 1 + size))
    })
}

/// `TessgateWillBurn` and `tessgate_will_burn` as words; `None` for a single word.
fn apart(tag: &str) -> Option<String> {
    let mut words = String::with_capacity(tag.len() + 8);
    let mut previous = ' ';
    let mut chars = tag.chars().peekable();
    while let Some(ch) = chars.next() {
        let next_lower = chars.peek().is_some_and(|next| next.is_lowercase());
        let new = ch.is_uppercase() && (previous.is_lowercase() || previous.is_uppercase() && next_lower);
        if ch == '_' || new || ch.is_numeric() != previous.is_numeric() && previous.is_alphanumeric() {
            words.push(' ');
        }
        if ch != '_' {
            words.push(ch);
        }
        previous = ch;
    }
    words.trim().contains(' ').then(|| words.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{apart, hashtags};

    #[test]
    fn hashtags_are_found_and_taken_apart() {
        let text = "see #TessgateWillBurn, #no_mercy and # nothing #Kelmora";
        let found: Vec<&str> = hashtags(text).map(|(start, end)| &text[start..end]).collect();
        assert_eq!(found, ["#TessgateWillBurn", "#no_mercy", "#Kelmora"]);
        assert_eq!(apart("TessgateWillBurn").as_deref(), Some("Tessgate Will Burn"));
        assert_eq!(apart("no_mercy").as_deref(), Some("no mercy"));
        assert_eq!(apart("BBCNews2026").as_deref(), Some("BBC News 2026"));
        assert_eq!(apart("Kelmora"), None);
    }
}
