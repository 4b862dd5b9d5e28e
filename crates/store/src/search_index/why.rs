//! Why a hit is one: which words of the question stand in which of its texts.

use std::collections::BTreeMap;

use tantivy::query::EnableScoring;
use tantivy::{DocAddress, DocSet, Searcher};
use vedette_core::{Clause, Query};

use crate::search_index::fields::Fields;
use crate::search_index::questions::words_in;

/// Clauses of a question that are told; a longer one explains itself no better.
const CLAUSES_MAX: usize = 16;

/// For each hit, in order: `original: kelmora`, `ocr: "meridian cup"`.
pub(crate) fn why(
    searcher: &Searcher,
    fields: &Fields,
    query: &Query,
    hits: &[DocAddress],
) -> tantivy::Result<Vec<Vec<String>>> {
    // The index is walked forwards: hits by segment, each in order of document.
    let mut by_segment: BTreeMap<u32, Vec<(u32, usize)>> = BTreeMap::new();
    for (place, hit) in hits.iter().enumerate() {
        by_segment.entry(hit.segment_ord).or_default().push((hit.doc_id, place));
    }
    by_segment.values_mut().for_each(|docs| docs.sort_unstable());
    let mut reasons: Vec<Vec<String>> = vec![Vec::new(); hits.len()];
    let clauses = query.must.iter().chain(query.any.iter().flatten());
    for (clause, shown) in clauses.filter_map(|clause| Some((clause, shown(clause)?))).take(CLAUSES_MAX) {
        for text in &fields.texts {
            let Some(words) = words_in(text.field, clause) else { continue };
            let weight = words.weight(EnableScoring::disabled_from_searcher(searcher))?;
            for (segment, docs) in &by_segment {
                let mut scorer = weight.scorer(searcher.segment_reader(*segment), 1.0)?;
                for (doc, place) in docs {
                    if scorer.doc() < *doc {
                        scorer.seek(*doc);
                    }
                    if scorer.doc() == *doc
                        && let Some(reasons) = reasons.get_mut(*place)
                    {
                        reasons.push(format!("{}: {shown}", text.name));
                    }
                }
            }
        }
    }
    Ok(reasons)
}

fn shown(clause: &Clause) -> Option<String> {
    match clause {
        Clause::Word(word) => Some(word.clone()),
        Clause::Prefix(stem) => Some(format!("{stem}*")),
        Clause::Phrase(words) => Some(format!("\"{}\"", words.join(" "))),
        _ => None,
    }
}
