//! Whether a word is a name's word with one slip or one trick in it: two letters swapped, a letter left out, put in or replaced.
//!
//! In: two folded words. Out: yes or no. Which slips count was settled by how often honest words pass (`docs/recognition.md`): a writer
//! who hides a word keeps its first letter and its length, and leaves out vowels rather than consonants.

use crate::words::Script;

/// Letters of the shortest word in which letters may be swapped or left out.
pub(crate) const EDITED_CHARS_MIN: usize = 4;
/// Letters of the shortest word whose first two letters may be swapped.
const FIRST_SWAP_CHARS_MIN: usize = 5;
/// Letters of the shortest word that may lose its first letter.
const FIRST_LEFT_OUT_CHARS_MIN: usize = 5;
/// Letters of the shortest word into which a letter may be put, or in which one may be replaced by its neighbour.
const LONG_CHARS_MIN: usize = 6;
/// Shorter words of scripts whose common words the list knows less well are not compared.
const OTHER_SCRIPT_CHARS_MIN: usize = 6;
/// Letters of the shortest word that may lose its ending beside the slip.
const ENDED_CHARS_MIN: usize = 6;

/// Letters beside each other on keyboards, alike to the eye or to the ear, in pairs.
const NEIGHBOURS: &[(char, char)] = &[
    ('c', 'k'),
    ('s', 'z'),
    ('f', 'v'),
    ('v', 'w'),
    ('i', 'l'),
    ('u', 'v'),
    ('g', 'q'),
    ('i', 'y'),
    ('m', 'n'),
    ('a', 's'),
    ('e', 'r'),
    ('o', 'p'),
    ('i', 'o'),
    ('u', 'i'),
    ('t', 'r'),
    ('t', 'y'),
    ('n', 'b'),
    ('d', 'f'),
    ('d', 's'),
    ('x', 'c'),
    ('ت', 'ط'),
    ('س', 'ص'),
    ('ث', 'س'),
    ('ذ', 'ز'),
    ('ظ', 'ض'),
    ('ح', 'ه'),
    ('ق', 'ک'),
    ('د', 'ض'),
    ('ب', 'پ'),
    ('ج', 'چ'),
    ('о', 'а'),
    ('е', 'и'),
    ('ш', 'щ'),
    ('д', 'т'),
    ('б', 'п'),
    ('в', 'ф'),
    ('з', 'с'),
    ('г', 'к'),
    ('ж', 'ш'),
    ('и', 'ы'),
];

pub(crate) fn is_vowel(letter: char) -> bool {
    matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'ا' | 'و' | 'ی')
        || matches!(letter, 'а' | 'е' | 'и' | 'о' | 'у' | 'ы' | 'э' | 'ю' | 'я')
}

/// Whether `written` is `name` with one edit. Both are folded words, as letters, and differ.
pub(crate) fn is_edit(name: &[char], written: &[char], script: Script) -> bool {
    let least = if script == Script::Latin { EDITED_CHARS_MIN } else { OTHER_SCRIPT_CHARS_MIN };
    if name.len() < least {
        return false;
    }
    let front = name.iter().zip(written).take_while(|(a, b)| a == b).count();
    let (name_rest, written_rest) = (name.get(front..).unwrap_or_default(), written.get(front..).unwrap_or_default());
    match (name_rest, written_rest) {
        // Swapped.
        ([a, b, name_rest @ ..], [c, d, written_rest @ ..]) if a == d && b == c && name_rest == written_rest => {
            front > 0 || name.len() >= FIRST_SWAP_CHARS_MIN
        }
        // Left out, but not at the end: there it is another word, or a form of this one.
        ([_, name_rest @ ..], written_rest) if name_rest == written_rest => {
            (front > 0 || name.len() >= FIRST_LEFT_OUT_CHARS_MIN) && !name_rest.is_empty()
        }
        // Put in. A letter that was typed twice, or any in a long word.
        (name_rest, [extra, written_rest @ ..]) if name_rest == written_rest => {
            let doubled = front.checked_sub(1).and_then(|at| name.get(at)) == Some(extra);
            let inside = front > 0 && !name_rest.is_empty();
            inside && (doubled && name.len() > EDITED_CHARS_MIN || name.len() >= LONG_CHARS_MIN)
        }
        // Replaced.
        ([a, name_rest @ ..], [b, written_rest @ ..]) if name_rest == written_rest => {
            front > 0 && !name_rest.is_empty() && name.len() >= LONG_CHARS_MIN && is_near(*a, *b)
        }
        _ => false,
    }
}

/// Whether `written` is `name` with one edit, or with another ending, or both where the words are long enough.
pub(crate) fn is_slip(name: &[char], written: &[char], script: Script) -> bool {
    let (name_stem, written_stem) = (stem(name, script), stem(written, script));
    let edit = |name: Option<&[char]>, written: Option<&[char]>| match (name, written) {
        (Some(name), Some(written)) => name != written && is_edit(name, written, script),
        _ => false,
    };
    name != written
        && (edit(Some(name), Some(written))
            || edit(name_stem, Some(written))
            || edit(Some(name), written_stem)
            || name_stem.is_some() && name_stem == written_stem)
}

/// A long Latin word without its ending: plural or case, which may be missing beside a slip.
pub(crate) fn stem(letters: &[char], script: Script) -> Option<&[char]> {
    match letters {
        [stem @ .., 's' | 'n' | 'e'] if script == Script::Latin && stem.len() >= ENDED_CHARS_MIN => Some(stem),
        _ => None,
    }
}

fn is_near(a: char, b: char) -> bool {
    is_vowel(a) && is_vowel(b) || NEIGHBOURS.contains(&(a, b)) || NEIGHBOURS.contains(&(b, a))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(name: &str, written: &str) -> bool {
        let script = crate::words::script_of(name);
        is_edit(&name.chars().collect::<Vec<_>>(), &written.chars().collect::<Vec<_>>(), script)
    }

    #[test]
    fn one_slip_or_trick_is_an_edit() {
        for (name, written) in [
            ("kelmora", "kelmroa"),
            ("kelmora", "klmora"),
            ("kelmora", "kemora"),
            ("kelmora", "eklmora"),
            ("kelmora", "kellmora"),
            ("kelmora", "kelmura"),
            ("varn", "vran"),
            ("varn", "vrn"),
            ("hessel", "hezsel"),
            ("الفانوس", "الفناوس"),
            ("келмора", "клемора"),
        ] {
            assert!(edit(name, written), "{name} {written}");
        }
    }

    #[test]
    fn another_word_is_no_edit() {
        for (name, written) in [
            ("kelmora", "kelmor"),
            ("varn", "arn"),
            ("kelmora", "kelmoran"),
            ("kelmora", "kilmroa"),
            ("varn", "barn"),
            ("varn", "avrn"),
            ("hessel", "hebsel"),
            ("gas", "gsa"),
            ("نور", "نرو"),
        ] {
            assert!(!edit(name, written), "{name} {written}");
        }
    }
}
