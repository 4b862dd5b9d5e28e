//! The fields of the index, and how an item becomes a document of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tantivy::TantivyDocument;
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions, Value};
use vedette_core::ports::IndexDocument;
use vedette_core::{FieldName, Level};
use vedette_search::field_values;

/// Name of the tokenizer in the schema; another tokenizer gets another name, so that old indexes are built anew.
pub(crate) const TOKENIZER: &str = "folded-1";
/// Bytes of each text kept with a document for the part that matched.
const STORED_TEXT_BYTES_MAX: usize = 4 * 1024;

/// A field of text: its name in answers, and how much a match in it counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextField {
    pub field: Field,
    pub name: &'static str,
    pub boost: f32,
}

/// All fields.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    pub item: Field,
    pub texts: [TextField; 4],
    pub source: Field,
    pub source_name: Field,
    pub outlet: Field,
    /// `actor:grey-lantern`.
    pub entity: Field,
    /// `grey-lantern`.
    pub entity_id: Field,
    pub language: Field,
    pub level: Field,
    pub tier: Field,
    pub statement: Field,
    pub state: Field,
    pub family: Field,
    pub level_rank: Field,
    /// Milliseconds since 1970.
    pub posted_at: Field,
    /// Level first, then time: one number to sort by.
    pub rank_posted: Field,
    pub stored: Field,
}

/// What is kept of a document to show a hit.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StoredHit {
    pub source: String,
    pub outlet: Option<String>,
    pub posted_at: Timestamp,
    pub language: String,
    pub level: Level,
    pub tier: Option<u8>,
    /// Texts by the name of their field, the post's own first.
    #[serde(default)]
    pub sides: Vec<(String, String)>,
}

impl StoredHit {
    /// The text that shows a hit best: the one with most of the matches, the post's own when several have as many.
    pub fn best_side(&self, why: &[String]) -> (&str, &str) {
        let matches =
            |name: &str| why.iter().filter(|one| one.split_once(": ").is_some_and(|(side, _)| side == name)).count();
        let mut best: Option<(&(String, String), usize)> = None;
        for side in &self.sides {
            let found = matches(&side.0);
            if best.is_none_or(|(_, most)| found > most) {
                best = Some((side, found));
            }
        }
        best.map_or(("", ""), |((name, text), _)| (name.as_str(), text.as_str()))
    }
}

/// The schema and its fields.
pub(crate) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let text = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(TOKENIZER)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions),
    );
    let value = TextOptions::default()
        .set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer("raw")
                .set_fieldnorms(false)
                .set_index_option(IndexRecordOption::Basic),
        )
        .set_fast("raw");
    let mut texts =
        |name: &'static str, boost: f32| TextField { field: builder.add_text_field(name, text.clone()), name, boost };
    let texts = [texts("original", 1.0), texts("translation", 0.8), texts("ocr", 0.7), texts("earlier", 0.4)];
    let mut value_field = |name: &str| builder.add_text_field(name, value.clone());
    let fields = Fields {
        texts,
        source: value_field("source"),
        source_name: value_field("source_name"),
        outlet: value_field("outlet"),
        entity: value_field("entity"),
        entity_id: value_field("entity_id"),
        language: value_field("language"),
        level: value_field("level"),
        tier: value_field("tier"),
        statement: value_field("statement"),
        state: value_field("state"),
        family: value_field("family"),
        item: builder.add_u64_field("item", INDEXED | FAST),
        level_rank: builder.add_u64_field("level_rank", INDEXED | FAST),
        posted_at: builder.add_i64_field("posted_at", INDEXED | FAST),
        rank_posted: builder.add_i64_field("rank_posted", FAST),
        stored: builder.add_bytes_field("stored_sides", STORED),
    };
    (builder.build(), fields)
}

impl Fields {
    /// The column that a facet counts, and the beginnings of values that belong to it (cut off when shown).
    pub fn facet(&self, name: FieldName) -> (&'static str, &'static [&'static str]) {
        match name {
            FieldName::Source => ("source", &[""]),
            FieldName::Outlet => ("outlet", &[""]),
            FieldName::Actor => ("entity", &["actor:"]),
            FieldName::Place => ("entity", &["place:", "venue:"]),
            FieldName::Entity => ("entity", &[""]),
            FieldName::Language => ("language", &[""]),
            FieldName::Level => ("level", &[""]),
            FieldName::Tier => ("tier", &[""]),
            FieldName::Statement => ("statement", &[""]),
            FieldName::State => ("state", &[""]),
            FieldName::Family => ("family", &[""]),
        }
    }

    /// The document of an item.
    pub fn document(&self, from: &IndexDocument) -> Result<TantivyDocument, serde_json::Error> {
        let mut document = TantivyDocument::new();
        document.add_u64(self.item, from.item.0.unsigned_abs());
        for (field, text) in self.texts.iter().zip([&from.original, &from.translation, &from.ocr, &from.earlier]) {
            if !text.is_empty() {
                document.add_text(field.field, text);
            }
        }
        document.add_text(self.source_name, from.source_name.to_lowercase());
        for (field, name) in [
            (self.source, FieldName::Source),
            (self.outlet, FieldName::Outlet),
            (self.entity, FieldName::Entity),
            (self.language, FieldName::Language),
            (self.level, FieldName::Level),
            (self.tier, FieldName::Tier),
            (self.statement, FieldName::Statement),
            (self.state, FieldName::State),
            (self.family, FieldName::Family),
        ] {
            for value in field_values(from, name) {
                if let (FieldName::Entity, Some((_, id))) = (name, value.split_once(':')) {
                    document.add_text(self.entity_id, id);
                }
                document.add_text(field, value);
            }
        }
        let (rank, posted_at) = (u64::from(from.level.rank()), from.posted_at.as_millisecond());
        document.add_u64(self.level_rank, rank);
        document.add_i64(self.posted_at, posted_at);
        document.add_i64(self.rank_posted, rank_posted(from.level, posted_at));
        let stored = StoredHit {
            source: from.source_name.clone(),
            outlet: from.outlet.clone(),
            posted_at: from.posted_at,
            language: from.language.clone(),
            level: from.level,
            tier: from.tier,
            sides: stored_texts(from),
        };
        document.add_bytes(self.stored, &serde_json::to_vec(&stored)?);
        Ok(document)
    }

    /// What was stored of a document.
    pub fn stored(&self, document: &TantivyDocument) -> Option<StoredHit> {
        serde_json::from_slice(document.get_first(self.stored)?.as_bytes()?).ok()
    }
}

/// Level times more milliseconds than any calendar has, plus the time.
fn rank_posted(level: Level, posted_at_ms: i64) -> i64 {
    const SPAN: i64 = 1 << 52;
    i64::from(level.rank()) * SPAN + posted_at_ms.clamp(-(SPAN / 2) + 1, SPAN / 2 - 1)
}

/// The beginnings of the texts, the post's own first.
fn stored_texts(from: &IndexDocument) -> Vec<(String, String)> {
    [("original", &from.original), ("ocr", &from.ocr), ("translation", &from.translation), ("earlier", &from.earlier)]
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| {
            let mut end = text.len().min(STORED_TEXT_BYTES_MAX);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            (name.to_owned(), text.get(..end).unwrap_or_default().to_owned())
        })
        .collect()
}
