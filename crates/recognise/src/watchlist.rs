//! A watch-list: a desk's own names, brought as CSV `term,lang`, matched like the register and reported as `watchlist:N`.

/// Terms of one list.
pub const WATCHLIST_TERMS_MAX: usize = 200_000;
/// Bytes of one term.
const TERM_BYTES_MAX: usize = 512;

/// Why a watch-list cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WatchlistError {
    /// A line is not `term,lang`.
    #[error("watch-list line {line}: {message}")]
    Line {
        /// Line, from 1.
        line: usize,
        /// What is wrong and what is expected.
        message: String,
    },
    /// Too many terms.
    #[error("the watch-list has more than {limit} terms: split it")]
    TooLong {
        /// The limit.
        limit: usize,
    },
}

/// A term of a watch-list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchTerm {
    /// As written in the list.
    pub term: String,
    /// Language code, empty for any. Kept for the reader; the matcher needs none.
    pub language: String,
    /// Line, from 1: its id is `watchlist:LINE`.
    pub line: usize,
}

/// A desk's own names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Watchlist {
    terms: Vec<WatchTerm>,
}

impl Watchlist {
    /// Reads CSV: one `term,lang` a line, quoted where a term has a comma; a first line `term,lang` is a heading, `#` a comment.
    pub fn from_csv(content: &str) -> Result<Self, WatchlistError> {
        let mut terms = Vec::new();
        let content = content.trim_start_matches('\u{feff}');
        for (number, line) in content.lines().enumerate() {
            let trimmed = line.trim();
            if trimmed.is_empty() || trimmed.starts_with('#') || number == 0 && is_heading(trimmed) {
                continue;
            }
            let line = number + 1;
            let (term, language) = fields(trimmed).map_err(|message| WatchlistError::Line { line, message })?;
            if term.is_empty() || term.len() > TERM_BYTES_MAX {
                let message = format!("a term has 1 to {TERM_BYTES_MAX} bytes, this one has {}", term.len());
                return Err(WatchlistError::Line { line, message });
            }
            if terms.len() >= WATCHLIST_TERMS_MAX {
                return Err(WatchlistError::TooLong { limit: WATCHLIST_TERMS_MAX });
            }
            terms.push(WatchTerm { term, language, line });
        }
        Ok(Self { terms })
    }

    /// The terms, in order.
    pub fn terms(&self) -> &[WatchTerm] {
        &self.terms
    }
}

fn is_heading(line: &str) -> bool {
    let first = line.split(',').next().unwrap_or_default().trim().trim_matches('"');
    first.eq_ignore_ascii_case("term")
}

fn fields(line: &str) -> Result<(String, String), String> {
    let (term, rest) = match line.strip_prefix('"') {
        None => match line.split_once(',') {
            Some((term, rest)) => (term.trim().to_owned(), rest),
            None => (line.to_owned(), ""),
        },
        Some(quoted) => {
            let mut term = String::new();
            let mut rest = quoted;
            loop {
                let Some((part, after)) = rest.split_once('"') else {
                    return Err("the closing quotation mark is missing".to_owned());
                };
                term.push_str(part);
                match after.strip_prefix('"') {
                    Some(more) => {
                        term.push('"');
                        rest = more;
                    }
                    None => break (term, after.trim_start_matches(',')),
                }
            }
        }
    };
    Ok((term, rest.split(',').next().unwrap_or_default().trim().trim_matches('"').to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_read_with_headings_quotes_and_comments() {
        let list =
            Watchlist::from_csv("term,lang\n# ours\nVarn Front,en\n\"Lantern, Grey\",en\nفانوس,ar\nbare\n").unwrap();
        let terms: Vec<_> =
            list.terms().iter().map(|term| (term.term.as_str(), term.language.as_str(), term.line)).collect();
        assert_eq!(terms, [("Varn Front", "en", 3), ("Lantern, Grey", "en", 4), ("فانوس", "ar", 5), ("bare", "", 6)]);
    }

    #[test]
    fn a_broken_line_is_named() {
        let error = Watchlist::from_csv("a,en\n\"open,en\n").unwrap_err().to_string();
        assert_eq!(error, "watch-list line 2: the closing quotation mark is missing");
    }
}
