//! The query language: text to [`Query`].

use jiff::Timestamp;
use vedette_core::{Clause, Query};

use crate::QueryError;
use crate::clauses;
use crate::scan::{Part, PartKind, scan};

/// Bytes of a query: a person types less, and a page-long one is a mistake.
pub const QUERY_BYTES_MAX: usize = 4 * 1024;
/// Clauses of one query.
pub const CLAUSES_MAX: usize = 256;

/// Reads a query. `now` is what `today` and `-7d` are counted from; days are days in UTC. An empty query asks for
/// everything.
pub fn parse(text: &str, now: Timestamp) -> Result<Query, QueryError> {
    if text.len() > QUERY_BYTES_MAX {
        let message = format!("it is longer than {QUERY_BYTES_MAX} bytes");
        return Err(QueryError::new(1, message, "ask for less at once"));
    }
    let parts = scan(text)?;
    let mut parser = Parser { parts: &parts, at: 0, now, query: Query::default() };
    parser.read()?;
    let count = parser.query.must.len() + parser.query.not.len() + parser.query.any.iter().map(Vec::len).sum::<usize>();
    if count > CLAUSES_MAX {
        return Err(QueryError::new(1, format!("it has more than {CLAUSES_MAX} parts"), "ask for less at once"));
    }
    Ok(parser.query)
}

struct Parser<'a> {
    parts: &'a [Part],
    at: usize,
    now: Timestamp,
    query: Query,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&PartKind> {
        self.parts.get(self.at).map(|part| &part.kind)
    }

    fn column(&self) -> usize {
        self.parts.get(self.at).or(self.parts.last()).map_or(1, |part| part.column)
    }

    fn eat(&mut self, kind: &PartKind) -> bool {
        let eaten = self.peek() == Some(kind);
        self.at += usize::from(eaten);
        eaten
    }

    fn read(&mut self) -> Result<(), QueryError> {
        while self.peek().is_some() {
            if self.eat(&PartKind::And) {
                continue;
            }
            if self.peek() == Some(&PartKind::Or) {
                return Err(QueryError::new(self.column(), "nothing stands before `OR`", "write `A OR B`"));
            }
            if self.peek() == Some(&PartKind::Close) {
                return Err(QueryError::new(self.column(), "nothing is open here", "remove the `)`"));
            }
            if self.eat(&PartKind::Not) {
                let without = self.alternatives()?;
                self.query.not.extend(without);
                self.refuse_or("`OR` cannot join what is left out")?;
                continue;
            }
            let mut group = self.alternatives()?;
            let mut joined = false;
            while self.eat(&PartKind::Or) {
                joined = true;
                self.refuse_not()?;
                if self.peek().is_none() {
                    return Err(QueryError::new(self.column(), "nothing stands after `OR`", "write `A OR B`"));
                }
                group.extend(self.alternatives()?);
            }
            self.add(group, joined);
        }
        Ok(())
    }

    fn add(&mut self, mut group: Vec<Clause>, joined: bool) {
        group.dedup();
        match group.len() {
            0 => {}
            1 if !joined => self.query.must.append(&mut group),
            _ => self.query.any.push(group),
        }
    }

    /// What one part, or a pair of parentheses, lets match: any of these.
    fn alternatives(&mut self) -> Result<Vec<Clause>, QueryError> {
        let column = self.column();
        if self.eat(&PartKind::Open) {
            return self.parenthesis(column);
        }
        let Some(part) = self.parts.get(self.at) else {
            return Err(QueryError::new(column, "nothing stands after `NOT`", "write `NOT word` or `-word`"));
        };
        self.at += 1;
        match &part.kind {
            PartKind::Word(text) => Ok(clauses::word(text, column)?.into_iter().collect()),
            PartKind::Quoted(text) => Ok(clauses::phrase(text).into_iter().collect()),
            PartKind::Field { name, sign, value, value_column } => {
                clauses::field(name, sign, value, column, *value_column, self.now)
            }
            _ => Err(QueryError::new(column, "a word or field is expected here", "put `OR` between two of them")),
        }
    }

    /// `(a OR b)`; what stands side by side inside cannot be said by a [`Query`].
    fn parenthesis(&mut self, column: usize) -> Result<Vec<Clause>, QueryError> {
        let mut group = Vec::new();
        loop {
            self.refuse_not()?;
            if self.peek() == Some(&PartKind::Open) {
                let hint = "one pair of parentheses is enough for `OR`";
                return Err(QueryError::new(self.column(), "parentheses within parentheses", hint));
            }
            group.extend(self.alternatives()?);
            if self.eat(&PartKind::Close) {
                return Ok(group);
            }
            if self.peek().is_none() {
                return Err(QueryError::new(column, "the parenthesis is not closed", "close it with `)`"));
            }
            if !self.eat(&PartKind::Or) {
                let hint = "write `OR` between the parts, or quotation marks around words that belong together";
                return Err(QueryError::new(self.column(), "parentheses hold alternatives only", hint));
            }
        }
    }

    fn refuse_not(&self) -> Result<(), QueryError> {
        if self.peek() == Some(&PartKind::Not) {
            let hint = "write what must not occur after the alternatives, outside of them";
            return Err(QueryError::new(self.column(), "`NOT` cannot be an alternative", hint));
        }
        Ok(())
    }

    fn refuse_or(&self, message: &str) -> Result<(), QueryError> {
        if self.peek() == Some(&PartKind::Or) {
            let hint = "write `-A -B`: neither of them";
            return Err(QueryError::new(self.column(), message, hint));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use vedette_core::{FieldName, Level};

    fn now() -> Timestamp {
        "2026-11-20T12:30:00Z".parse().unwrap()
    }

    fn read(text: &str) -> Query {
        parse(text, now()).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn word(text: &str) -> Clause {
        Clause::Word(text.to_owned())
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn words_are_folded_as_texts_are() {
        assert_eq!(read("KELMORA Стадион").must, [word("kelmora"), word("стадион")]);
        assert_eq!(read("st4dium").must, [word("stadium")]);
        assert_eq!(read("lanter*").must, [Clause::Prefix("lanter".to_owned())]);
        assert_eq!(read("\"Meridian  Cup\"").must, [Clause::Phrase(vec!["meridian".to_owned(), "cup".to_owned()])]);
        assert_eq!(read("“one”").must, [word("one")]);
        assert_eq!(read("Ardun-Bay").must, [Clause::Phrase(vec!["ardun".to_owned(), "bay".to_owned()])]);
        assert_eq!(read(" … ! ").must, []);
        assert_eq!(read(""), Query::default());
    }

    #[test]
    fn alternatives_and_exclusions_find_their_place() {
        let query = read("a1 AND b1 OR c1 OR d1 e1 -f1 NOT g1 (h1 OR i1)");
        assert_eq!(query.must, [word("a1"), word("e1")]);
        assert_eq!(query.any, [vec![word("b1"), word("c1"), word("d1")], vec![word("h1"), word("i1")]]);
        assert_eq!(query.not, [word("f1"), word("g1")]);
    }

    #[test]
    fn fields_take_values_lists_and_quotations() {
        let field = |name, value: &str| Clause::Field(name, value.to_owned());
        assert_eq!(read("lang:AR").must, [field(FieldName::Language, "ar")]);
        assert_eq!(
            read("language:ar,fa").any,
            [vec![field(FieldName::Language, "ar"), field(FieldName::Language, "fa")]]
        );
        assert_eq!(read("source:\"Marrow Valley Courier\"").must, [field(FieldName::Source, "marrow valley courier")]);
        assert_eq!(read("entity:actor:grey-lantern").must, [field(FieldName::Entity, "actor:grey-lantern")]);
        assert_eq!(read("-state:deleted").not.len(), 2);
        assert_eq!(read("level>=medium").must, [Clause::LevelAtLeast(Level::Medium)]);
        assert_eq!(read("level>medium").must, [Clause::LevelAtLeast(Level::HighUnspecific)]);
        assert_eq!(read("level<low").any, Vec::<Vec<Clause>>::new());
        assert_eq!(read("level<low").must, [field(FieldName::Level, "none")]);
    }

    #[test]
    fn dates_are_half_open_days_in_utc() {
        let from = |text| Clause::Posted(Some(at(text)), None);
        for (text, wanted) in [
            ("from:2026-11-01", from("2026-11-01T00:00:00Z")),
            ("from:today", from("2026-11-20T00:00:00Z")),
            ("from:yesterday", from("2026-11-19T00:00:00Z")),
            ("from:-7d", from("2026-11-13T00:00:00Z")),
            ("from:-2w", from("2026-11-06T00:00:00Z")),
            ("from:-12h", from("2026-11-20T00:30:00Z")),
            ("since:2026-11-01T10:00:00Z", from("2026-11-01T10:00:00Z")),
            ("to:2026-11-20", Clause::Posted(None, Some(at("2026-11-20T00:00:00Z")))),
        ] {
            assert_eq!(read(text).must, [wanted], "{text}");
        }
    }

    #[test]
    fn errors_point_at_the_column_and_say_what_to_write() {
        for (text, column, said) in [
            ("abc levle:low", 5, "levle"),
            ("abc level:lwo", 11, "levels are"),
            ("\"open", 1, "close it"),
            ("a1 OR", 4, "after `OR`"),
            ("OR a1", 1, "before `OR`"),
            ("a1 OR -b1", 7, "alternative"),
            ("(a1 b1)", 5, "OR"),
            ("(a1 OR b1", 1, "close it"),
            ("a1)", 3, "remove"),
            ("from:soon", 6, "2026-11-01"),
            ("from:-99999999999d", 6, "2026-11-01"),
            ("tier:9", 6, "1 to 4"),
            ("lang:", 6, "missing"),
            ("a*", 1, "2 letters"),
            ("outlet>=x", 1, "only `level`"),
            ("https://kelmora.example", 1, "quotation marks"),
            ("ы level:x", 9, "levels are"),
        ] {
            let error = parse(text, now()).expect_err(text);
            assert_eq!(error.column, column, "{text}: {error}");
            assert!(error.to_string().contains(said), "{text}: {error}");
        }
        assert!(parse(&"a".repeat(QUERY_BYTES_MAX + 1), now()).is_err());
        assert!(parse(&"ab ".repeat(300), now()).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_a_query_or_an_error(text in "\\PC{0,60}") {
            if let Err(error) = parse(&text, now()) {
                prop_assert!(error.column <= text.chars().count().max(1));
            }
        }

        #[test]
        fn any_mix_of_signs_is_a_query_or_an_error(text in "[a-c :\"()|*>=-]{0,40}") {
            if let Err(error) = parse(&text, now()) {
                // A value that is missing is missing after the last character.
                prop_assert!(error.column <= text.chars().count() + 1);
            }
        }
    }
}
