//! How often a name is spelled as people spell it: pairs of a Latin and another spelling, one a line, compared with [`transliterate`].
//!
//! `cargo run -p vedette-text --example transliteration -- FILE LANGUAGE`, FILE with Latin, a tab, the original. Spaces inside an original that is
//! given letter by letter are taken out. Prints the share that is the same after folding, and within one edit, beside the same for the
//! bare letters without any vowel rule (vowels of the Latin side are then still wanted).

use std::fs;

use vedette_text::fold::fold_plain;
use vedette_text::transliterate::transliterate;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, language, more @ ..] = arguments.as_slice() else {
        return Err("usage: transliteration FILE LANGUAGE [show]".into());
    };
    let (mut all, mut rules, mut bare) = (0usize, [0usize; 2], [0usize; 2]);
    for line in fs::read_to_string(file)?.lines() {
        let mut fields = line.split('\t');
        let (Some(latin), Some(original)) = (fields.next(), fields.next()) else { continue };
        let original: String = if original.chars().nth(1) == Some(' ') {
            original.chars().filter(|ch| *ch != ' ').collect()
        } else {
            original.to_owned()
        };
        let wanted = letters(latin);
        let spelled = letters(&transliterate(&original, language));
        let skeleton: String =
            original.chars().map(|ch| transliterate(&ch.to_string(), language).to_lowercase()).collect();
        all += 1;
        for (count, said) in [(&mut rules, &spelled), (&mut bare, &letters(&skeleton))] {
            let edits = edits(&wanted, said);
            count[0] += usize::from(edits == 0);
            count[1] += usize::from(edits <= 1);
        }
        if !more.is_empty() && spelled != wanted {
            println!("{original}\t{latin}\t{spelled}");
        }
    }
    let share = |count: usize| count as f64 / all.max(1) as f64;
    println!("{all} names: the same {:.3}, within one edit {:.3}", share(rules[0]), share(rules[1]));
    println!("letter by letter: the same {:.3}, within one edit {:.3}", share(bare[0]), share(bare[1]));
    Ok(())
}

fn letters(text: &str) -> String {
    fold_plain(text).chars().filter(|ch| ch.is_alphabetic()).collect()
}

fn edits(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, ch) in one.iter().enumerate() {
        let mut diagonal = at;
        row[0] = at + 1;
        for (to, wanted) in other.iter().enumerate() {
            let value = (diagonal + usize::from(ch != wanted)).min(row[to] + 1).min(row[to + 1] + 1);
            diagonal = row[to + 1];
            row[to + 1] = value;
        }
    }
    row.last().copied().unwrap_or(0)
}
