//! Facets: how many of all hits have each value, counted by ordinal in one pass.

use std::collections::HashMap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::StrColumn;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};
use vedette_core::{Facet, FacetCount, FieldName};

use crate::search_index::fields::Fields;

/// Values of one facet that are told.
const VALUES_MAX: usize = 50;

/// Counts the columns of several facets.
#[derive(Clone)]
pub(crate) struct Facets<'f> {
    fields: &'f Fields,
    columns: Vec<&'static str>,
}

/// Counts of one segment, by column.
pub(crate) struct SegmentFacets(Vec<Option<(StrColumn, Vec<u64>)>>);

/// How often each value of a column occurs.
pub(crate) type Counts = HashMap<String, u64>;

impl<'f> Facets<'f> {
    pub fn new(fields: &'f Fields, wanted: &[FieldName]) -> Self {
        let mut columns: Vec<&str> = wanted.iter().map(|name| fields.facet(*name).0).collect();
        columns.sort_unstable();
        columns.dedup();
        Self { fields, columns }
    }

    /// The facets asked for, from the counts of their columns.
    pub fn answer(&self, wanted: &[FieldName], counts: &[Counts]) -> Vec<Facet> {
        wanted
            .iter()
            .map(|name| {
                let (column, beginnings) = self.fields.facet(*name);
                let counted = self.columns.iter().position(|known| *known == column).and_then(|at| counts.get(at));
                let mut found: Vec<FacetCount> = counted
                    .into_iter()
                    .flatten()
                    .filter_map(|(value, count)| {
                        let value = beginnings.iter().find_map(|beginning| value.strip_prefix(beginning))?;
                        Some(FacetCount { value: value.to_owned(), count: *count })
                    })
                    .collect();
                found.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
                found.truncate(VALUES_MAX);
                Facet { field: *name, counts: found }
            })
            .collect()
    }
}

impl Collector for Facets<'_> {
    type Fruit = Vec<Counts>;
    type Child = SegmentFacets;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentFacets> {
        self.columns
            .iter()
            .map(|name| {
                let column = segment.fast_fields().str(name)?;
                Ok(column.map(|column| {
                    let counts = vec![0; column.num_terms()];
                    (column, counts)
                }))
            })
            .collect::<tantivy::Result<Vec<_>>>()
            .map(SegmentFacets)
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<tantivy::Result<Vec<Counts>>>) -> tantivy::Result<Vec<Counts>> {
        let mut all: Vec<Counts> = vec![HashMap::new(); self.columns.len()];
        for segment in segments {
            for (into, counts) in all.iter_mut().zip(segment?) {
                for (value, count) in counts {
                    *into.entry(value).or_default() += count;
                }
            }
        }
        Ok(all)
    }
}

impl SegmentCollector for SegmentFacets {
    type Fruit = tantivy::Result<Vec<Counts>>;

    fn collect(&mut self, doc: DocId, _: Score) {
        for (column, counts) in self.0.iter_mut().flatten() {
            for ordinal in column.term_ords(doc) {
                if let Some(count) = usize::try_from(ordinal).ok().and_then(|ordinal| counts.get_mut(ordinal)) {
                    *count += 1;
                }
            }
        }
    }

    fn harvest(self) -> Self::Fruit {
        let mut value = String::new();
        self.0
            .into_iter()
            .map(|column| {
                let mut named = HashMap::new();
                for (ordinal, count) in column.iter().flat_map(|(column, counts)| {
                    (0u64..).zip(counts).filter(|(_, count)| **count > 0).map(move |(at, count)| ((column, at), count))
                }) {
                    let (column, at) = ordinal;
                    if column.ord_to_str(at, &mut value)? {
                        named.insert(value.clone(), *count);
                    }
                }
                Ok(named)
            })
            .collect()
    }
}
