//! A line as it is shown to a line as it is read. In: words whose letters stand as the page shows them, from left to right.
//! Out: text in logical order, the first letter that a reader reads first, which is what every later stage expects.
//!
//! This is the inverse of the reordering of UAX #9 for the embedding levels that a printed line has: a line of right-to-left
//! script is turned around as a whole, then its numbers and its runs of left-to-right script are turned back.

use super::bbox::{Area, ShownWord};

/// Share of a line's height below which a gap between two words of a joined script is no space but a letter set apart.
const GAP_SHARE_MAX: f32 = 0.10;
/// Such a gap is also smaller than this share of the line's usual gap.
const GAP_USUAL_SHARE_MAX: f32 = 0.55;

/// What a character does to the direction of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Left,
    Right,
    Digit,
    Neutral,
}

/// Letters that are written from right to left: Hebrew, Arabic, Syriac, Thaana, N'Ko and their presentation forms.
pub(crate) fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
        && !is_digit(c)
        && c.is_alphabetic()
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}')
}

fn way(c: char) -> Way {
    if is_digit(c) {
        Way::Digit
    } else if is_right_to_left(c) {
        Way::Right
    } else if c.is_alphabetic() || is_private(c) {
        Way::Left
    } else {
        Way::Neutral
    }
}

fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}')
}

/// The text of a line in logical order.
pub(crate) fn logical(words: &[ShownWord], page_is_right_to_left: bool) -> String {
    let shown = joined(words);
    let count = |wanted: Way| shown.iter().filter(|c| way(**c) == wanted).count();
    let (right, left) = (count(Way::Right), count(Way::Left));
    if right == 0 && !(page_is_right_to_left && left == 0) {
        return shown.into_iter().collect();
    }
    let strong = |c: &&char| matches!(way(**c), Way::Left | Way::Right);
    let edges = (shown.iter().find(strong).map(|c| way(*c)), shown.iter().rev().find(strong).map(|c| way(*c)));
    let base_is_right = match edges {
        (Some(Way::Left), Some(Way::Left)) => page_is_right_to_left && right > left,
        (Some(Way::Right), Some(Way::Right)) => true,
        _ => page_is_right_to_left,
    };
    let mut text = shown;
    if base_is_right {
        text.reverse();
        turn_runs(&mut text, is_left_run, false);
        brackets_by_neighbours(&mut text);
    } else {
        turn_runs(&mut text, is_right_run, true);
    }
    marks_behind_letters(&mut text);
    text.into_iter().collect()
}

/// A line whose letters run backwards, turned around; its numbers and left-to-right words keep their order.
pub(crate) fn turned(text: &str) -> String {
    let mut text: Vec<char> = text.chars().collect();
    text.reverse();
    turn_runs(&mut text, is_left_run, false);
    brackets_by_neighbours(&mut text);
    text.into_iter().collect()
}

/// The shown characters with a space between words, from left to right. Letters that stand a little apart, as some fonts set
/// the ones that do not join, stay in one word.
fn joined(words: &[ShownWord]) -> Vec<char> {
    let mut words: Vec<&ShownWord> = words.iter().collect();
    words.sort_by(|a, b| a.area.left.total_cmp(&b.area.left));
    let gap = |a: &Area, b: &Area| b.left - a.right;
    let mut gaps: Vec<f32> = words.windows(2).map(|pair| gap(&pair[0].area, &pair[1].area)).collect();
    gaps.sort_by(f32::total_cmp);
    let usual = gaps.get(gaps.len() / 2).copied().unwrap_or(0.0);
    let mut text: Vec<char> = Vec::new();
    let mut before: Option<&ShownWord> = None;
    for word in words {
        if let Some(before) = before {
            let gap = gap(&before.area, &word.area);
            let both_join = before.shown.chars().any(is_right_to_left) && word.shown.chars().any(is_right_to_left);
            let is_apart = gap >= word.area.height() * GAP_SHARE_MAX || gap >= usual * GAP_USUAL_SHARE_MAX;
            if !both_join || is_apart {
                text.push(' ');
            }
        }
        text.extend(word.shown.chars());
        before = Some(word);
    }
    text
}

/// Makes brackets open and close as their neighbours say. In right-to-left text a page shows the mirror image of a bracket;
/// some files name it by what is shown, others by what is meant.
fn brackets_by_neighbours(text: &mut [char]) {
    const PAIRS: &[(char, char)] = &[('(', ')'), ('[', ']'), ('{', '}'), ('«', '»'), ('‹', '›')];
    let is_open_ground = |c: Option<&char>| c.is_none_or(|c| c.is_whitespace());
    for at in 0..text.len() {
        let Some(&(open, close)) = text.get(at).and_then(|c| PAIRS.iter().find(|(a, b)| a == c || b == c)) else {
            continue;
        };
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        let meant = match (is_open_ground(before), is_open_ground(text.get(at + 1))) {
            (true, false) => open,
            (false, true) => close,
            _ => continue,
        };
        if let Some(c) = text.get_mut(at) {
            *c = meant;
        }
    }
}

/// Turns back each run of the length that `is_run` gives; where asked, numbers inside keep their own order.
fn turn_runs(text: &mut [char], is_run: fn(&[char]) -> Option<usize>, keeps_numbers: bool) {
    let mut at = 0;
    while at < text.len() {
        match text.get(at..).and_then(is_run) {
            Some(length) if length > 0 => {
                if let Some(run) = text.get_mut(at..at + length) {
                    run.reverse();
                    if keeps_numbers {
                        turn_runs(run, is_number, false);
                    }
                }
                at += length;
            }
            _ => at += 1,
        }
    }
}

/// Length of the run of left-to-right script or of a number at the start of `text`.
fn is_left_run(text: &[char]) -> Option<usize> {
    if !matches!(way(*text.first()?), Way::Left | Way::Digit) {
        return None;
    }
    let mut end = 1;
    let mut has_letter = false;
    for (at, &c) in text.iter().enumerate() {
        match way(c) {
            Way::Right => break,
            Way::Left => {
                has_letter = true;
                end = at + 1;
            }
            Way::Digit if has_letter || is_number(text).is_some_and(|length| at < length) => end = at + 1,
            Way::Digit | Way::Neutral => {}
        }
    }
    Some(end.max(is_number(text).unwrap_or(1)))
}

/// Length of the run of right-to-left script at the start of `text`.
fn is_right_run(text: &[char]) -> Option<usize> {
    if way(*text.first()?) != Way::Right {
        return None;
    }
    let within = text.iter().take_while(|c| way(**c) != Way::Left);
    within.enumerate().filter(|(_, c)| way(**c) == Way::Right).last().map(|(at, _)| at + 1)
}

/// Length of the number at the start of `text`, with the signs inside it.
fn is_number(text: &[char]) -> Option<usize> {
    if way(*text.first()?) != Way::Digit {
        return None;
    }
    let is_part = |c: char| way(c) == Way::Digit || matches!(c, '.' | ',' | ':' | '/' | '-' | '٫' | '٬');
    let within = text.iter().take_while(|c| is_part(**c));
    within.enumerate().filter(|(_, c)| way(**c) == Way::Digit).last().map(|(at, _)| at + 1)
}

/// After turning, a mark that stood before its letter stands behind it.
fn marks_behind_letters(text: &mut [char]) {
    let is_mark = |c: char| matches!(c, '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}');
    for at in 1..text.len() {
        let starts_word = at == 1 || text.get(at - 2).is_some_and(|c| c.is_whitespace());
        if starts_word && text.get(at - 1).copied().is_some_and(is_mark) {
            text.swap(at - 1, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words as they are shown, each ten wide, `gap` apart.
    fn line(shown: &[&str], gap: f32) -> Vec<ShownWord> {
        let place = |number: usize| number as f32 * (10.0 + gap);
        let word = |(number, shown): (usize, &&str)| ShownWord {
            area: Area { left: place(number), top: 0.0, right: place(number) + 10.0, bottom: 12.0 },
            shown: (*shown).to_owned(),
        };
        shown.iter().enumerate().map(word).collect()
    }

    fn back(word: &str) -> String {
        word.chars().rev().collect()
    }

    #[test]
    fn a_shown_line_becomes_the_line_that_is_read() {
        let (first, second) = ("المكتبة", "القديمة");
        let (shown_first, shown_second) = (back(first), back(second));
        for (shown, page_is_right, read) in [
            (vec!["The", "old", "library"], false, "The old library".to_owned()),
            (vec!["The", "old", "library"], true, "The old library".to_owned()),
            (vec![shown_second.as_str(), &shown_first], true, format!("{first} {second}")),
            (vec![&shown_second, "2026", &shown_first], true, format!("{first} 2026 {second}")),
            (vec![&shown_second, "12.50", "7", &shown_first], true, format!("{first} 7 12.50 {second}")),
            (
                vec![&shown_second, "Kelmora", "Library", "3", &shown_first],
                true,
                format!("{first} Kelmora Library 3 {second}"),
            ),
            (vec!["see", &shown_second, &shown_first, "here"], false, format!("see {first} {second} here")),
            (vec!["١٢٣", &shown_first], true, format!("{first} ١٢٣")),
            (vec!["12"], true, "12".to_owned()),
        ] {
            assert_eq!(logical(&line(&shown, 4.0), page_is_right), read, "{shown:?}");
        }
    }

    #[test]
    fn brackets_open_and_close_whichever_way_they_are_named_and_marks_stand_behind_their_letters() {
        let shown = format!("({})", back("قديم"));
        assert_eq!(logical(&line(&[&shown], 4.0), true), "(قديم)");
        assert_eq!(logical(&line(&[&back("(قديم)")], 4.0), true), "(قديم)");
        assert_eq!(logical(&line(&["f(x)"], 4.0), true), "f(x)");
        assert_eq!(logical(&line(&["\u{645}\u{628}\u{650}"], 4.0), true), "\u{628}\u{650}\u{645}");
    }

    #[test]
    fn letters_set_apart_stay_in_one_word() {
        let mut words = line(&[&back("يلة"), &back("الطو"), &back("في"), &back("من"), &back("بعد")], 4.0);
        words[0].area.right += 3.2;
        assert_eq!(logical(&words, true), "بعد من في الطويلة");
        assert_eq!(logical(&line(&["a", "b"], 0.5), true), "a b", "only of joined scripts");
    }
}
