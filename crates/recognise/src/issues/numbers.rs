//! Tokens of a short text, and numbers among them: in figures of several scripts, in Roman numerals, in words.

/// A word, a number or a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub start: usize,
    pub end: usize,
    pub text: &'a str,
    /// Which line it stands on, from 0.
    pub line: usize,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Number(u32),
    Sign(char),
}

impl Token<'_> {
    pub fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }

    pub fn is_number(&self) -> bool {
        matches!(self.kind, Kind::Number(_))
    }

    pub fn is_sign(&self) -> bool {
        matches!(self.kind, Kind::Sign(_))
    }

    pub fn sign(&self) -> Option<char> {
        match self.kind {
            Kind::Sign(sign) => Some(sign),
            _ => None,
        }
    }

    /// Whether it is written in capitals, as Roman numerals are.
    pub fn is_upper(&self) -> bool {
        self.text.chars().all(char::is_uppercase)
    }

    /// As markers are compared.
    pub fn folded(&self) -> String {
        vedette_text::fold::fold_plain(self.text)
    }
}

/// A figure of the scripts that number issues.
fn figure(ch: char) -> Option<u32> {
    let from = |zero: char| (ch as u32).checked_sub(zero as u32).filter(|value| *value < 10);
    ['0', '٠', '۰', '০', '०'].into_iter().find_map(from)
}

/// Whether a sign belongs to the word it stands in.
fn joins(ch: char) -> bool {
    // A non-joiner is written inside Persian words; marks stand on letters.
    let mark = matches!(ch, '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}') || is_mark(ch);
    ch.is_alphabetic() || mark || matches!(ch, '\u{200c}' | '\'' | '’')
}

fn is_mark(ch: char) -> bool {
    matches!(ch, '\u{300}'..='\u{36f}' | '\u{93a}'..='\u{94f}' | '\u{9bc}'..='\u{9cd}')
}

pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut line = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((start, ch)) = chars.next() {
        line += usize::from(ch == '\n');
        if ch.is_whitespace()
            || ch.is_control()
            || matches!(ch, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        {
            continue;
        }
        let mut end = start + ch.len_utf8();
        let kind = if let Some(first) = figure(ch) {
            let mut value = first;
            while let Some(&(at, next)) = chars.peek()
                && let Some(more) = figure(next)
            {
                value = value.saturating_mul(10).saturating_add(more);
                end = at + next.len_utf8();
                chars.next();
            }
            Kind::Number(value)
        } else if ch.is_alphabetic() && !matches!(ch, 'º' | 'ª') {
            while let Some(&(at, next)) = chars.peek()
                && joins(next)
                && !matches!(next, 'º' | 'ª')
            {
                end = at + next.len_utf8();
                chars.next();
            }
            Kind::Word
        } else {
            Kind::Sign(ch)
        };
        out.push(Token { start, end, text: text.get(start..end).unwrap_or_default(), line, kind });
    }
    out
}

/// The number that begins at a token, and the token after it. In words only of the languages that are given.
pub(super) fn number_at(tokens: &[Token<'_>], at: usize, langs: &[&str]) -> Option<(u32, usize)> {
    let token = tokens.get(at)?;
    match token.kind {
        // `7.5` and `7:30` are no issues.
        Kind::Number(value) => {
            let broken = tokens
                .get(at + 1)
                .is_some_and(|sign| matches!(sign.sign(), Some('.' | ':' | ',')) && sign.start == token.end)
                && tokens.get(at + 2).is_some_and(|next| next.is_number() && next.start == token.end + 1);
            (!broken).then_some((value, at + 1))
        }
        Kind::Word => roman(token.text).or_else(|| in_words(token.text, langs)).map(|value| (value, at + 1)),
        Kind::Sign(_) => None,
    }
}

fn in_words(word: &str, langs: &[&str]) -> Option<u32> {
    let said = langs.iter().find_map(|lang| vedette_text::dates::number_in_words(word, lang));
    said.map(u32::from).filter(|value| *value <= 60)
}

/// A Roman numeral in capitals up to 399; of single letters only those that number issues in earnest.
pub(super) fn roman(word: &str) -> Option<u32> {
    if word.len() > 9 || word.len() == 1 && !matches!(word, "I" | "V" | "X") {
        return None;
    }
    let value = |letter: u8| match letter {
        b'I' => Some(1),
        b'V' => Some(5),
        b'X' => Some(10),
        b'L' => Some(50),
        b'C' => Some(100),
        _ => None,
    };
    let values: Vec<u32> = word.bytes().map(value).collect::<Option<_>>()?;
    let total = values.iter().enumerate().fold(0i64, |sum, (at, value)| {
        let smaller = values.get(at + 1).is_some_and(|next| next > value);
        sum + if smaller { -i64::from(*value) } else { i64::from(*value) }
    });
    let total = u32::try_from(total).ok().filter(|total| (1..400).contains(total))?;
    // Only the one right way of writing it: `LIX` is 59, `MIX` and `IC` are words.
    (written(total) == word).then_some(total)
}

fn written(mut value: u32) -> String {
    const STEPS: [(u32, &str); 9] =
        [(100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")];
    let mut out = String::new();
    for (step, letters) in STEPS {
        while value >= step {
            out.push_str(letters);
            value -= step;
        }
    }
    out
}
