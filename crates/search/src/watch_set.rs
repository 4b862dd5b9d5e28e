//! All standing queries against each new item. A query is looked at only when a word that it cannot do without occurs,
//! so that ten thousand of them cost little more than ten.

use jiff::Timestamp;
use rustc_hash::FxHashMap;
use vedette_core::ports::IndexDocument;
use vedette_core::{Clause, Query, Watch};

use crate::matching::{Prepared, Texts};
use crate::{QueryError, parse};

/// Standing queries, ready to be asked.
#[derive(Debug, Default)]
pub struct WatchSet {
    watches: Vec<(Watch, Query)>,
    /// Queries by a word that one of their alternatives needs.
    by_word: FxHashMap<String, Vec<usize>>,
    /// Queries that need no particular word.
    always: Vec<usize>,
    broken: Vec<(Watch, QueryError)>,
}

impl WatchSet {
    /// Prepares queries. Relative dates are counted from `now`, so a set is made anew every day. Those that cannot be
    /// understood are told by [`WatchSet::broken`]; an empty query never matches.
    pub fn new(watches: &[Watch], now: Timestamp) -> Self {
        let mut set = Self::default();
        for watch in watches {
            match parse(&watch.query, now) {
                Ok(query) if query == Query::default() => {}
                Ok(query) => set.add(watch.clone(), query),
                Err(error) => set.broken.push((watch.clone(), error)),
            }
        }
        set
    }

    fn add(&mut self, watch: Watch, query: Query) {
        let place = self.watches.len();
        match required_words(&query) {
            Some(words) => {
                for word in words {
                    self.by_word.entry(word).or_default().push(place);
                }
            }
            None => self.always.push(place),
        }
        self.watches.push((watch, query));
    }

    /// Queries that cannot be understood, with the reason.
    pub fn broken(&self) -> &[(Watch, QueryError)] {
        &self.broken
    }

    /// The watches that a document answers, in the order they were given.
    pub fn matching(&self, document: &IndexDocument) -> Vec<&Watch> {
        if self.watches.is_empty() {
            return Vec::new();
        }
        let texts = Texts::of(document);
        let prepared = Prepared::new(document, &texts);
        let mut places = self.always.clone();
        if !self.by_word.is_empty() {
            places.extend(prepared.words().filter_map(|word| self.by_word.get(word)).flatten());
        }
        places.sort_unstable();
        places.dedup();
        places
            .into_iter()
            .filter_map(|place| self.watches.get(place))
            .filter(|(watch, query)| document.level >= watch.level_min && prepared.answers(query))
            .map(|(watch, _)| watch)
            .collect()
    }
}

/// Words of which at least one must occur in every answer; `None` when there are none. Long words are rare words.
fn required_words(query: &Query) -> Option<Vec<String>> {
    let needed = query.must.iter().filter_map(needed_word).max_by_key(|word| word.len());
    if let Some(word) = needed {
        return Some(vec![word.to_owned()]);
    }
    query
        .any
        .iter()
        .filter_map(|group| {
            group.iter().map(|clause| needed_word(clause).map(str::to_owned)).collect::<Option<Vec<_>>>()
        })
        .min_by_key(Vec::len)
}

fn needed_word(clause: &Clause) -> Option<&str> {
    match clause {
        Clause::Word(word) => Some(word),
        Clause::Phrase(words) => words.iter().map(String::as_str).max_by_key(|word| word.len()),
        _ => None,
    }
}
