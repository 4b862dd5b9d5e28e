//! How far a text that was read is from what a poster says.

/// Lines that were read in one piece, or one line in pieces, at most this many.
const PIECES_MAX: usize = 3;

/// Character errors of `read` against the lines of a poster, and the characters of those lines.
///
/// Both are normalised first: white space to single spaces; Arabic vowel marks, tatweel and joiners left out; letters that
/// differ by language or keyboard only made one (ي ى ئ as ی, ك as ک, ہ ۀ ۂ as ه, أ إ آ ٱ as ا, ؤ as و, full stop and
/// comma too), digits made ASCII; quotation marks and dashes made plain. Upper and lower case count.
///
/// The order in which columns and lines are read is not judged: each line of the poster is compared with the line, or up to
/// three neighbouring lines joined, that is nearest and not yet taken; what is left of the poster counts as missed and what is
/// left of the reading as made up. Where the whole text, line after line, is nearer than that, that is counted.
pub fn character_errors(lines: &[String], read: &str) -> (usize, usize) {
    let truth: Vec<Vec<char>> = lines.iter().map(|line| normalised(line)).collect();
    let read: Vec<Vec<char>> = read.lines().map(normalised).filter(|line| !line.is_empty()).collect();
    let all = truth.iter().map(Vec::len).sum();
    let whole = distance(&truth.join(&' '), &read.join(&' '));
    (whole.min(by_line(&truth, &read)), all)
}

fn by_line(truth: &[Vec<char>], read: &[Vec<char>]) -> usize {
    let mut open: Vec<usize> = (0..truth.len()).collect();
    let mut taken = vec![false; read.len()];
    let mut errors = 0;
    loop {
        // The nearest pair first, so that a good match is not spoilt by a poor one.
        let mut best: Option<(f32, usize, usize, usize, usize)> = None;
        for (place, &index) in open.iter().enumerate() {
            for start in 0..read.len() {
                for count in 1..=PIECES_MAX.min(read.len() - start) {
                    if taken[start..start + count].contains(&true) {
                        break;
                    }
                    let joined = read[start..start + count].join(&' ');
                    let wrong = distance(&truth[index], &joined);
                    let share = wrong as f32 / truth[index].len().max(joined.len()).max(1) as f32;
                    if share < 0.8 && best.is_none_or(|best| share < best.0) {
                        best = Some((share, place, start, count, wrong));
                    }
                }
            }
        }
        let Some((_, place, start, count, wrong)) = best else { break };
        open.swap_remove(place);
        taken[start..start + count].fill(true);
        errors += wrong;
    }
    let missed: usize = open.iter().map(|&index| truth[index].len()).sum();
    let made_up: usize = read.iter().zip(&taken).filter(|(_, taken)| !**taken).map(|(line, _)| line.len()).sum();
    errors + missed + made_up
}

fn normalised(text: &str) -> Vec<char> {
    let mut chars = Vec::new();
    for c in text.chars() {
        let c = match c {
            '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => {
                continue;
            }
            'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
            'ي' | 'ى' | 'ئ' => 'ی',
            'ك' => 'ک',
            'ہ' | 'ۀ' | 'ۂ' => 'ه',
            'ؤ' => 'و',
            '\u{660}'..='\u{669}' => digit(c, '\u{660}'),
            '\u{6f0}'..='\u{6f9}' => digit(c, '\u{6f0}'),
            '،' => ',',
            '۔' => '.',
            '’' | '‘' => '\'',
            '“' | '”' | '„' => '"',
            '–' | '—' => '-',
            c if c.is_whitespace() => ' ',
            c => c,
        };
        if c != ' ' || chars.last().is_some_and(|last| *last != ' ') {
            chars.push(c);
        }
    }
    if chars.last() == Some(&' ') {
        chars.pop();
    }
    chars
}

fn digit(c: char, zero: char) -> char {
    char::from_digit(c as u32 - zero as u32, 10).unwrap_or(c)
}

/// Levenshtein's distance.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let here = (diagonal + usize::from(from != to)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = here;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(lines: &[&str], read: &str) -> usize {
        character_errors(&lines.iter().map(|&line| line.to_owned()).collect::<Vec<_>>(), read).0
    }

    #[test]
    fn errors_are_counted_whatever_the_order_of_lines() {
        let poster = ["Harbour Reading Week", "Trains leave at noon"];
        assert_eq!(errors(&poster, "Trains leave at noon\n\n Harbour  Reading Week"), 0);
        assert_eq!(errors(&poster, "Harbour Reading Week Trains leave at noon"), 0);
        assert_eq!(errors(&poster, "Harbour\nReading Week\nTrains leave at moon"), 1);
        assert_eq!(errors(&poster, "Harbour Reading Week"), 20);
        assert_eq!(errors(&poster, "Harbour Reading Week\nTrains leave at noon\nxyz"), 3);
        assert_eq!(errors(&poster, ""), 40);
    }

    #[test]
    fn letters_that_look_alike_count_as_one_and_others_do_not() {
        assert_eq!(errors(&["كتاب قديم ٢٤"], "کتاب قَديم 24"), 0);
        assert_eq!(errors(&["قطار"], "فطار"), 1);
    }
}
