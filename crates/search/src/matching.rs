//! Whether one document answers a query, without an index: what standing queries ask of every new item. The index
//! gives the same answers; a test compares the two.

use rustc_hash::FxHashMap;
use vedette_core::ports::IndexDocument;
use vedette_core::{Clause, FieldName, Query};
use vedette_text::{fold::fold_plain, tokens::tokens};

/// Whether a document answers a query. An empty query is answered by every document.
pub fn matches(query: &Query, document: &IndexDocument) -> bool {
    let texts = Texts::of(document);
    Prepared::new(document, &texts).answers(query)
}

/// The values of a field of a document, as facets count them and queries name them.
pub fn field_values(document: &IndexDocument, field: FieldName) -> Vec<String> {
    let of_kinds = |kinds: &[&str]| -> Vec<String> {
        document
            .entities
            .iter()
            .filter_map(|entity| {
                let (kind, id) = entity.split_once(':')?;
                kinds.contains(&kind).then(|| id.to_lowercase())
            })
            .collect()
    };
    match field {
        FieldName::Source => vec![document.source.to_lowercase()],
        FieldName::Outlet => document.outlet.iter().map(|outlet| outlet.to_lowercase()).collect(),
        FieldName::Actor => of_kinds(&["actor"]),
        FieldName::Place => of_kinds(&["place", "venue"]),
        FieldName::Entity => document.entities.iter().map(|entity| entity.to_lowercase()).collect(),
        FieldName::Language => vec![document.language.to_lowercase()],
        FieldName::Level => vec![document.level.word().to_owned()],
        FieldName::Tier => document.tier.iter().map(u8::to_string).collect(),
        FieldName::Statement => document.statements.iter().map(|kind| kind.to_lowercase()).collect(),
        FieldName::State => vec![document.state.to_lowercase()],
        FieldName::Family => document.family.iter().map(|family| family.to_lowercase()).collect(),
    }
}

/// The folded texts of a document.
pub(crate) struct Texts([String; 4]);

impl Texts {
    pub fn of(document: &IndexDocument) -> Self {
        Self([&document.original, &document.ocr, &document.translation, &document.earlier].map(|text| fold_plain(text)))
    }
}

/// A document with its words looked up once, for many queries.
pub(crate) struct Prepared<'a> {
    document: &'a IndexDocument,
    /// Where each word stands: (text, position).
    places: FxHashMap<&'a str, Vec<(u8, u32)>>,
}

impl<'a> Prepared<'a> {
    pub fn new(document: &'a IndexDocument, texts: &'a Texts) -> Self {
        let mut places: FxHashMap<&str, Vec<(u8, u32)>> = FxHashMap::default();
        for (field, text) in (0u8..).zip(&texts.0) {
            for (position, token) in (0u32..).zip(tokens(text)) {
                if let Some(word) = text.get(token.start..token.end) {
                    places.entry(word).or_default().push((field, position));
                }
            }
        }
        Self { document, places }
    }

    /// The different words of the document.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.places.keys().copied()
    }

    pub fn answers(&self, query: &Query) -> bool {
        query.must.iter().all(|clause| self.holds(clause))
            && query.any.iter().all(|group| group.iter().any(|clause| self.holds(clause)))
            && !query.not.iter().any(|clause| self.holds(clause))
    }

    fn holds(&self, clause: &Clause) -> bool {
        match clause {
            Clause::Word(word) => self.places.contains_key(word.as_str()),
            Clause::Prefix(stem) => self.places.keys().any(|word| word.starts_with(stem.as_str())),
            Clause::Phrase(words) => self.holds_phrase(words),
            Clause::Field(field, value) => self.holds_value(*field, &value.to_lowercase()),
            Clause::LevelAtLeast(level) => self.document.level >= *level,
            Clause::Posted(from, to) => {
                // Milliseconds, as the index counts.
                let at = self.document.posted_at.as_millisecond();
                from.is_none_or(|from| at >= from.as_millisecond()) && to.is_none_or(|to| at < to.as_millisecond())
            }
        }
    }

    fn holds_phrase(&self, words: &[String]) -> bool {
        let Some((first, rest)) = words.split_first() else { return true };
        let Some(starts) = self.places.get(first.as_str()) else { return false };
        starts.iter().any(|(field, start)| {
            (1u32..).zip(rest).all(|(offset, word)| {
                self.places
                    .get(word.as_str())
                    .is_some_and(|places| places.binary_search(&(*field, start.saturating_add(offset))).is_ok())
            })
        })
    }

    fn holds_value(&self, field: FieldName, value: &str) -> bool {
        if field == FieldName::Source && self.document.source_name.to_lowercase() == value {
            return true;
        }
        // Any register id may be named with or without its kind.
        if field == FieldName::Entity && !value.contains(':') {
            return self
                .document
                .entities
                .iter()
                .any(|entity| entity.split_once(':').is_some_and(|(_, id)| id.to_lowercase() == value));
        }
        field_values(self.document, field).iter().any(|held| held == value)
    }
}
