//! What the posters say: neutral sentences of eight languages, in two parts that share no sentence.

use super::Part;
use super::chance::Chance;

const FILES: &[(&str, &str)] = &[
    ("ar", include_str!("words/ar.txt")),
    ("fa", include_str!("words/fa.txt")),
    ("ur", include_str!("words/ur.txt")),
    ("ps", include_str!("words/ps.txt")),
    ("ru", include_str!("words/ru.txt")),
    ("en", include_str!("words/en.txt")),
    ("de", include_str!("words/de.txt")),
    ("fr", include_str!("words/fr.txt")),
];

/// Headlines and sentences of one language and part.
#[derive(Debug, Default)]
pub struct Words {
    /// Short lines, set large.
    pub headlines: Vec<&'static str>,
    /// Sentences, set small.
    pub sentences: Vec<&'static str>,
    /// A day and an hour, with `{d}` and `{t}` for the numbers.
    pub when: &'static str,
}

/// The words of `language`; of a language that is not here, none.
pub fn words(language: &str, part: Part) -> Words {
    let file = FILES.iter().find(|(code, _)| *code == language).map_or("", |(_, file)| file);
    let wanted = match part {
        Part::Dev => "dev",
        Part::Test => "test",
    };
    let (mut words, mut here) = (Words::default(), false);
    for line in file.lines() {
        if let Some(when) = line.strip_prefix("@ ") {
            words.when = when;
        } else if matches!(line, "dev" | "test") {
            here = line == wanted;
        } else if here {
            match line.strip_prefix("# ") {
                Some(headline) => words.headlines.push(headline),
                None => words.sentences.push(line),
            }
        }
    }
    words
}

/// A day and an hour in the language's own digits.
pub fn moment(language: &str, when: &str, chance: &mut Chance) -> String {
    let zero = match language {
        "ar" => '\u{660}',
        "fa" | "ur" | "ps" => '\u{6f0}',
        _ => '0',
    };
    let digits = |text: String| -> String {
        let own = |c: char| c.to_digit(10).and_then(|digit| char::from_u32(zero as u32 + digit)).unwrap_or(c);
        text.chars().map(own).collect()
    };
    let day = digits((1 + chance.below(28)).to_string());
    let time = digits(format!("{}:{}", 10 + chance.below(12), ["00", "15", "30", "45"][chance.below(4)]));
    when.replace("{d}", &day).replace("{t}", &time)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_sentence_is_in_both_parts() {
        for (language, _) in FILES {
            let (dev, test) = (words(language, Part::Dev), words(language, Part::Test));
            assert!(dev.headlines.len() >= 4 && test.headlines.len() >= 8, "{language}");
            assert!(dev.sentences.len() >= 10 && test.sentences.len() >= 20, "{language}");
            let dev: BTreeSet<_> = dev.headlines.into_iter().chain(dev.sentences).collect();
            assert!(test.headlines.iter().chain(&test.sentences).all(|line| !dev.contains(line)), "{language}");
        }
    }
}
