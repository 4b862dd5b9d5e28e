//! What changed between two versions of a post, word by word, so that a person sees the added town and date at a glance.

/// Words of one side that are compared exactly; longer texts are compared after their common beginning and end only.
const WORDS_MAX: usize = 1_500;

/// What happened to a stretch of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Same,
    Added,
    Removed,
}

/// A stretch of text with what happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) change: Change,
    pub(crate) text: String,
}

/// The stretches that lead from `old` to `new`: without the added ones they are `old`, without the removed ones `new`.
pub(crate) fn word_diff(old: &str, new: &str) -> Vec<Stretch> {
    let (old, new) = (words(old), words(new));
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let tail_max = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(tail_max).take_while(|(a, b)| a == b).count();
    let middle = |words: &[&str]| -> Vec<String> {
        words.iter().take(words.len() - tail).skip(head).map(|word| (*word).to_owned()).collect()
    };
    let (from, to) = (middle(&old), middle(&new));
    let mut out = Vec::new();
    old.iter().take(head).for_each(|word| push(&mut out, Change::Same, word));
    if from.len() > WORDS_MAX || to.len() > WORDS_MAX {
        from.iter().for_each(|word| push(&mut out, Change::Removed, word));
        to.iter().for_each(|word| push(&mut out, Change::Added, word));
    } else {
        compare(&from, &to, &mut out);
    }
    old.iter().skip(old.len() - tail).for_each(|word| push(&mut out, Change::Same, word));
    out
}

/// Words with the white space that follows them: joined again they are the text.
fn words(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut in_space = false;
    for (at, ch) in text.char_indices() {
        if in_space && !ch.is_whitespace() {
            out.extend(text.get(start..at));
            start = at;
        }
        in_space = ch.is_whitespace();
    }
    out.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    out
}

/// The longest common subsequence by the plain table; both sides are at most [`WORDS_MAX`] long.
fn compare(from: &[String], to: &[String], out: &mut Vec<Stretch>) {
    let width = to.len() + 1;
    let mut table = vec![0u16; (from.len() + 1) * width];
    let cell = |table: &[u16], row: usize, column: usize| table.get(row * width + column).copied().unwrap_or(0);
    for (row, a) in from.iter().enumerate().rev() {
        for (column, b) in to.iter().enumerate().rev() {
            let best = if a == b {
                cell(&table, row + 1, column + 1) + 1
            } else {
                cell(&table, row + 1, column).max(cell(&table, row, column + 1))
            };
            if let Some(slot) = table.get_mut(row * width + column) {
                *slot = best;
            }
        }
    }
    let (mut row, mut column) = (0, 0);
    loop {
        match (from.get(row), to.get(column)) {
            (Some(a), Some(b)) if a == b => {
                push(out, Change::Same, a);
                row += 1;
                column += 1;
            }
            (Some(a), b) if b.is_none() || cell(&table, row + 1, column) >= cell(&table, row, column + 1) => {
                push(out, Change::Removed, a);
                row += 1;
            }
            (_, Some(b)) => {
                push(out, Change::Added, b);
                column += 1;
            }
            _ => return,
        }
    }
}

fn push(out: &mut Vec<Stretch>, change: Change, word: &str) {
    match out.last_mut() {
        Some(last) if last.change == change => last.text.push_str(word),
        _ => out.push(Stretch { change, text: word.to_owned() }),
    }
}

impl Stretch {
    /// Whether only the new text has it.
    pub(crate) fn is_added(&self) -> bool {
        self.change == Change::Added
    }

    /// Whether only the old text has it.
    pub(crate) fn is_removed(&self) -> bool {
        self.change == Change::Removed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &str, new: &str) -> String {
        word_diff(old, new)
            .into_iter()
            .map(|stretch| match stretch.change {
                Change::Same => stretch.text,
                Change::Added => format!("{{+{}+}}", stretch.text),
                Change::Removed => format!("[-{}-]", stretch.text),
            })
            .collect()
    }

    #[test]
    fn changed_words_are_shown_in_their_place() {
        assert_eq!(shown("same text", "same text"), "same text");
        assert_eq!(shown("to Kelmora soon", "to Tessgate soon"), "to [-Kelmora -]{+Tessgate +}soon");
        assert_eq!(shown("we come", "we come on Friday"), "we [-come-]{+come on Friday+}");
        assert_eq!(shown("a b c d", "a c x d"), "a [-b -]c {+x +}d");
        assert_eq!(shown("", "new"), "{+new+}");
        assert_eq!(shown("old", ""), "[-old-]");
        assert_eq!(shown("سوف نأتي إلى كلمورا", "سوف نأتي إلى تسغيت"), "سوف نأتي إلى [-كلمورا-]{+تسغيت+}");
    }

    #[test]
    fn both_texts_can_be_read_back_however_long_they_are() {
        let long: String = (0..4_000).map(|n| format!("w{} ", n % 97)).collect();
        let other: String = (0..3_900).map(|n| format!("w{}\n", n % 89)).collect();
        for (old, new) in [("  a  b\n", "b a  "), (long.as_str(), other.as_str()), ("<b>x</b> y", "<b>x</b> <i>")] {
            let stretches = word_diff(old, new);
            let side = |left_out: Change| -> String {
                stretches.iter().filter(|one| one.change != left_out).map(|one| one.text.as_str()).collect()
            };
            assert_eq!(side(Change::Added), old);
            assert_eq!(side(Change::Removed), new);
        }
    }
}
