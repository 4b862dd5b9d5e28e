//! Rows of separated values with quotes (RFC 4180): a quoted field may hold the separator, line ends and doubled quotes.

/// Why a table cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// Line on which the trouble begins, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: &'static str,
}

/// The records of a table, one after the other.
pub(super) struct Records<'a> {
    rest: &'a str,
    separator: char,
    line: usize,
}

impl<'a> Records<'a> {
    pub fn new(content: &'a str, separator: char) -> Self {
        Self { rest: content, separator, line: 1 }
    }

    /// Line of the record that comes next.
    pub fn line(&self) -> usize {
        self.line
    }
}

impl Iterator for Records<'_> {
    type Item = Result<Vec<String>, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let first = self.line;
        let mut fields = vec![String::new()];
        let (mut quoted, mut closed) = (false, false);
        let mut chars = self.rest.char_indices().peekable();
        while let Some((at, ch)) = chars.next() {
            let field = fields.last_mut()?;
            if ch == '\n' {
                self.line += 1;
            }
            match ch {
                '"' if quoted && chars.peek().is_some_and(|(_, next)| *next == '"') => {
                    field.push('"');
                    chars.next();
                }
                '"' if quoted => (quoted, closed) = (false, true),
                _ if quoted => field.push(ch),
                '"' if field.is_empty() && !closed => quoted = true,
                _ if ch == self.separator => {
                    fields.push(String::new());
                    closed = false;
                }
                '\n' => {
                    self.rest = self.rest.get(at + 1..).unwrap_or_default();
                    return Some(Ok(fields));
                }
                '\r' => {}
                _ if closed => {
                    self.rest = "";
                    return Some(Err(Broken { line: first, message: "letters follow a closing quote" }));
                }
                _ => field.push(ch),
            }
        }
        self.rest = "";
        if quoted {
            return Some(Err(Broken { line: first, message: "a quote that opens a field is never closed" }));
        }
        Some(Ok(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<Vec<String>> {
        Records::new(text, ',').map(Result::unwrap).collect()
    }

    #[test]
    fn quotes_hold_separators_line_ends_and_quotes() {
        assert_eq!(
            read("a,b\r\n\"x, y\",\"say \"\"no\"\"\nnow\"\n"),
            [vec!["a", "b"], vec!["x, y", "say \"no\"\nnow"]]
        );
        assert_eq!(read("a,,\n,b"), [vec!["a", "", ""], vec!["", "b"]]);
        assert_eq!(read(""), Vec::<Vec<String>>::new());
    }

    #[test]
    fn a_broken_quote_is_told_with_its_line() {
        let broken = |text| Records::new(text, ',').find_map(Result::err);
        assert_eq!(
            broken("a\n\"b\nc"),
            Some(Broken { line: 2, message: "a quote that opens a field is never closed" })
        );
        assert_eq!(broken("\"a\"b,c"), Some(Broken { line: 1, message: "letters follow a closing quote" }));
    }

    proptest! {
        #[test]
        fn what_is_quoted_is_read_again(rows in prop::collection::vec(prop::collection::vec("[a,\"\n ;]{0,5}", 1..4), 1..4)) {
            let quoted = |field: &String| format!("\"{}\"", field.replace('"', "\"\""));
            let lines: Vec<String> = rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",")).collect();
            prop_assert_eq!(read(&lines.join("\n")), rows);
        }

        #[test]
        fn no_text_breaks_the_reader(text in "[a,\"\r\n]{0,30}") {
            prop_assert!(Records::new(&text, ',').count() <= text.len() + 1);
        }
    }
}
