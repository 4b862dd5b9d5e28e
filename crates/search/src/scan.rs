//! A query cut into its parts, each with the column where it begins.

use crate::QueryError;

/// One part of a query as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// Column of its first character, from 1.
    pub column: usize,
    /// What it is.
    pub kind: PartKind,
}

/// Kinds of parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PartKind {
    /// `OR` or `|`.
    Or,
    /// `NOT` or `-` before something.
    Not,
    /// `AND`: what stands side by side is joined anyway.
    And,
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `"…"`.
    Quoted(String),
    /// `field:value`, `field:"value"`, `level>=value`.
    Field {
        /// As written, lower-cased.
        name: String,
        /// `:`, `>=`, `>`, `<=`, `<` or `=`.
        sign: &'static str,
        /// Without quotation marks.
        value: String,
        /// Column of the value.
        value_column: usize,
    },
    /// Anything else.
    Word(String),
}

/// Signs between a field and its value, longest first.
const SIGNS: [&str; 6] = [">=", "<=", ">", "<", "=", ":"];
/// Characters that open and close a quotation; each may be closed by any.
const QUOTES: [char; 5] = ['"', '“', '”', '„', '«'];
const CLOSING: [char; 5] = ['"', '“', '”', '»', '„'];

struct Scanner<'a> {
    rest: &'a str,
    column: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn step(&mut self) -> Option<char> {
        let ch = self.peek()?;
        self.rest = self.rest.get(ch.len_utf8()..).unwrap_or_default();
        self.column += 1;
        Some(ch)
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some(ch) = self.peek().filter(|ch| keep(*ch)) {
            taken.push(ch);
            self.step();
        }
        taken
    }

    fn quoted(&mut self) -> Result<String, QueryError> {
        let column = self.column;
        self.step();
        let text = self.take_while(|ch| !CLOSING.contains(&ch));
        match self.step() {
            Some(_) => Ok(text),
            None => Err(QueryError::new(column, "the quotation is not closed", "close it with another `\"`")),
        }
    }

    fn sign(&mut self) -> Option<&'static str> {
        let sign = SIGNS.into_iter().find(|sign| self.rest.starts_with(sign))?;
        for _ in sign.chars() {
            self.step();
        }
        Some(sign)
    }

    fn part(&mut self) -> Result<PartKind, QueryError> {
        match self.peek() {
            Some('(') => return self.single(PartKind::Open),
            Some(')') => return self.single(PartKind::Close),
            Some('|') => return self.single(PartKind::Or),
            Some('-' | '−') if self.rest.chars().nth(1).is_some_and(|next| !next.is_whitespace()) => {
                return self.single(PartKind::Not);
            }
            Some(ch) if QUOTES.contains(&ch) => return Ok(PartKind::Quoted(self.quoted()?)),
            _ => {}
        }
        let name = self.take_while(|ch| ch.is_ascii_alphabetic());
        if !name.is_empty()
            && let Some(sign) = self.sign()
        {
            let value_column = self.column;
            let value = match self.peek() {
                Some(ch) if QUOTES.contains(&ch) => self.quoted()?,
                _ => self.take_while(is_plain),
            };
            return Ok(PartKind::Field { name: name.to_lowercase(), sign, value, value_column });
        }
        let word = name + &self.take_while(is_plain);
        Ok(match word.as_str() {
            "OR" => PartKind::Or,
            "AND" => PartKind::And,
            "NOT" => PartKind::Not,
            _ => PartKind::Word(word),
        })
    }

    fn single(&mut self, kind: PartKind) -> Result<PartKind, QueryError> {
        self.step();
        Ok(kind)
    }
}

fn is_plain(ch: char) -> bool {
    !ch.is_whitespace() && !matches!(ch, '(' | ')' | '|') && !QUOTES.contains(&ch)
}

/// Cuts a query into parts.
pub(crate) fn scan(text: &str) -> Result<Vec<Part>, QueryError> {
    let mut scanner = Scanner { rest: text, column: 1 };
    let mut parts = Vec::new();
    loop {
        scanner.take_while(char::is_whitespace);
        if scanner.rest.is_empty() {
            return Ok(parts);
        }
        let column = scanner.column;
        let kind = scanner.part()?;
        // A character that begins nothing (a closing quotation mark, say) must not hold the scanner up.
        if scanner.column == column {
            scanner.step();
            continue;
        }
        parts.push(Part { column, kind });
    }
}
