//! A parsed question as queries of the index.

use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, FuzzyTermQuery, Occur, PhraseQuery,
    Query as IndexQuery, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use vedette_core::{Clause, FieldName, Query};

use crate::search_index::fields::Fields;

type Boxed = Box<dyn IndexQuery>;

/// The whole question.
pub(crate) fn question(fields: &Fields, query: &Query) -> Boxed {
    let mut parts: Vec<(Occur, Boxed)> = Vec::new();
    for clause in &query.must {
        parts.push((Occur::Must, clause_query(fields, clause)));
    }
    for group in &query.any {
        let any: Vec<Boxed> = group.iter().map(|clause| clause_query(fields, clause)).collect();
        parts.push((Occur::Must, one_of(any)));
    }
    if parts.is_empty() {
        parts.push((Occur::Must, Box::new(AllQuery)));
    }
    for clause in &query.not {
        parts.push((Occur::MustNot, clause_query(fields, clause)));
    }
    Box::new(BooleanQuery::new(parts))
}

fn one_of(any: Vec<Boxed>) -> Boxed {
    Box::new(BooleanQuery::new(any.into_iter().map(|query| (Occur::Should, query)).collect()))
}

fn clause_query(fields: &Fields, clause: &Clause) -> Boxed {
    match clause {
        Clause::Word(_) | Clause::Prefix(_) | Clause::Phrase(_) => {
            let each = fields
                .texts
                .iter()
                .filter_map(|text| Some(Box::new(BoostQuery::new(words_in(text.field, clause)?, text.boost)) as Boxed))
                .collect();
            Box::new(DisjunctionMaxQuery::new(each))
        }
        Clause::Field(name, value) => unscored(value_query(fields, *name, &value.to_lowercase())),
        Clause::LevelAtLeast(level) => unscored(Box::new(RangeQuery::new(
            Bound::Included(Term::from_field_u64(fields.level_rank, u64::from(level.rank()))),
            Bound::Unbounded,
        ))),
        Clause::Posted(None, None) => Box::new(AllQuery),
        Clause::Posted(from, to) => {
            let at = |at: jiff::Timestamp| Term::from_field_i64(fields.posted_at, at.as_millisecond());
            unscored(Box::new(RangeQuery::new(
                from.map_or(Bound::Unbounded, |from| Bound::Included(at(from))),
                to.map_or(Bound::Unbounded, |to| Bound::Excluded(at(to))),
            )))
        }
    }
}

/// A condition decides whether, not how well.
fn unscored(query: Boxed) -> Boxed {
    Box::new(ConstScoreQuery::new(query, 0.0))
}

/// A clause of words in one field of text; `None` for any other clause.
pub(crate) fn words_in(field: Field, clause: &Clause) -> Option<Boxed> {
    let term = |word: &str| Term::from_field_text(field, word);
    match clause {
        Clause::Word(word) => Some(Box::new(TermQuery::new(term(word), IndexRecordOption::WithFreqs))),
        Clause::Prefix(stem) => Some(Box::new(FuzzyTermQuery::new_prefix(term(stem), 0, false))),
        Clause::Phrase(words) => match words.as_slice() {
            [] => Some(Box::new(AllQuery)),
            [word] => Some(Box::new(TermQuery::new(term(word), IndexRecordOption::WithFreqs))),
            more => Some(Box::new(PhraseQuery::new(more.iter().map(|word| term(word)).collect()))),
        },
        _ => None,
    }
}

fn value_query(fields: &Fields, name: FieldName, value: &str) -> Boxed {
    let is = |field: Field, value: &str| -> Boxed {
        Box::new(TermQuery::new(Term::from_field_text(field, value), IndexRecordOption::Basic))
    };
    match name {
        FieldName::Source => one_of(vec![is(fields.source, value), is(fields.source_name, value)]),
        FieldName::Actor => is(fields.entity, &format!("actor:{value}")),
        FieldName::Place => {
            one_of(vec![is(fields.entity, &format!("place:{value}")), is(fields.entity, &format!("venue:{value}"))])
        }
        FieldName::Entity if value.contains(':') => is(fields.entity, value),
        FieldName::Entity => is(fields.entity_id, value),
        FieldName::Outlet => is(fields.outlet, value),
        FieldName::Language => is(fields.language, value),
        FieldName::Level => is(fields.level, value),
        FieldName::Tier => is(fields.tier, value),
        FieldName::Statement => is(fields.statement, value),
        FieldName::State => is(fields.state, value),
        FieldName::Family => is(fields.family, value),
    }
}
