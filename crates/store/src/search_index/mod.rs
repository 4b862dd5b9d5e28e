//! The search index on Tantivy. It is a cache: an index of another shape, or one that is damaged, is thrown away and
//! filled again from the records.

mod facets;
mod fields;
mod questions;
mod why;
mod words;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tantivy::collector::{Count, TopDocs};
use tantivy::{
    DocAddress, Index as Engine, IndexReader, IndexWriter, Order, ReloadPolicy, Searcher, TantivyError, Term,
};
use vedette_core::limits::SEARCH_HITS_MAX;
use vedette_core::ports::{Index, IndexDocument};
use vedette_core::{ItemId, SearchAnswer, SearchHit, SearchRequest, SortBy, StoreError, StoreResult};
use vedette_search::snippet;

use crate::crash;
use crate::fault::{io_error, says_full};
use facets::Facets;
use fields::Fields;
use words::FoldedWords;

/// Bytes of documents that are held in memory before they are written as a segment.
const HEAP_BYTES: usize = 64 * 1024 * 1024;
/// Hits that may be skipped; a person who goes on further asks a narrower question.
const OFFSET_MAX: usize = 100_000;
/// Characters of a hit's text.
const HIT_TEXT_CHARS: usize = 240;
/// A number that no item has.
const NO_ITEM: u64 = u64::MAX;
/// Items that the list of those held knows by number; beyond, each is deleted before it is added.
const KNOWN_ITEMS_MAX: u64 = 1 << 32;

/// The search index of a workspace.
pub struct TantivyIndex {
    reader: IndexReader,
    fields: Fields,
    /// `None` when the workspace is open for reading only.
    writing: Option<Mutex<Writing>>,
    sequence: AtomicU64,
}

struct Writing {
    engine: Engine,
    /// Started by the first write, so that reading needs neither its memory nor room on the disk; given up when a write
    /// fails, with all that it had not committed.
    writer: Option<IndexWriter>,
    held: Held,
}

impl TantivyIndex {
    /// Opens the index in `dir`; when `writable`, makes it if it is missing or of no use.
    pub fn open(dir: &Path, writable: bool) -> StoreResult<Self> {
        let (schema, fields) = fields::schema();
        let known = if dir.join("meta.json").is_file() {
            match Engine::open_in_dir(dir) {
                Ok(known) if known.schema() == schema => Some(known),
                Ok(_) => None,
                Err(TantivyError::IoError(error)) => {
                    return Err(engine_error(&TantivyError::IoError(error)));
                }
                Err(error) => {
                    tracing::warn!(%error, "the search index is of no use and is built anew");
                    None
                }
            }
        } else {
            None
        };
        let engine = match (known, writable) {
            (Some(known), _) => known,
            (None, true) => {
                empty_folder(dir)?;
                Engine::create_in_dir(dir, schema).map_err(|error| engine_error(&error))?
            }
            (None, false) => Engine::create_in_ram(schema),
        };
        Self::over(engine, fields, writable).map_err(|error| engine_error(&error))
    }

    fn over(engine: Engine, fields: Fields, writable: bool) -> tantivy::Result<Self> {
        engine.tokenizers().register(fields::TOKENIZER, FoldedWords);
        let reader = engine.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let sequence = sequence_of(&engine)?;
        let writing = writable.then(|| Mutex::new(Writing { engine, writer: None, held: Held::default() }));
        Ok(Self { reader, fields, writing, sequence: AtomicU64::new(sequence) })
    }

    fn writing(&self) -> StoreResult<MutexGuard<'_, Writing>> {
        let Some(writing) = &self.writing else {
            return Err(StoreError::Refused("the workspace is open for reading only".to_owned()));
        };
        Ok(writing.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Writes with the engine's writer. A failure gives the writer up: what was put since the last commit is gone, and
    /// the caller puts it again from the records, beginning at [`Index::sequence`].
    fn write<T>(&self, act: impl FnOnce(&mut IndexWriter, &mut Held) -> tantivy::Result<T>) -> StoreResult<T> {
        let mut guard = self.writing()?;
        let Writing { engine, writer, held } = &mut *guard;
        let outcome = (|| {
            let writer = match writer {
                Some(writer) => writer,
                None => {
                    self.reader.reload()?;
                    *held = Held::of(&self.reader.searcher())?;
                    // One thread indexes faster than the stages before it deliver.
                    let started = engine.writer_with_num_threads(1, HEAP_BYTES)?;
                    // A commit that failed half-way leaves files whose names the next one would take again.
                    started.garbage_collect_files().wait()?;
                    // The engine gives the first act of a writer the number of the last commit, and a merge that begins before the
                    // next one may take it for done: an item would be there twice. So the first act deletes nothing.
                    started.delete_term(Term::from_field_u64(self.fields.item, NO_ITEM));
                    writer.insert(started)
                }
            };
            act(writer, held)
        })();
        outcome.map_err(|error| {
            *writer = None;
            engine_error(&error)
        })
    }

    fn find(&self, request: &SearchRequest) -> tantivy::Result<SearchAnswer> {
        if self.writing.is_none() {
            self.reader.reload()?;
        }
        let searcher = self.reader.searcher();
        let query = questions::question(&self.fields, &request.query);
        let facets = Facets::new(&self.fields, &request.facets);
        // The collector takes no limit of nothing.
        let limit = request.limit.clamp(1, SEARCH_HITS_MAX);
        let top = TopDocs::with_limit(limit).and_offset(request.offset.min(OFFSET_MAX));
        let (mut hits, total, counts): (Vec<(f32, DocAddress)>, usize, Vec<facets::Counts>) = match request.sort {
            SortBy::Score => searcher.search(&query, &(top.order_by_score(), Count, facets.clone()))?,
            SortBy::Newest | SortBy::Level => {
                let field = if request.sort == SortBy::Newest { "posted_at" } else { "rank_posted" };
                let top = top.order_by_fast_field::<i64>(field, Order::Desc);
                let (hits, total, counts) = searcher.search(&query, &(top, Count, facets.clone()))?;
                (hits.into_iter().map(|(_, address)| (0.0, address)).collect(), total, counts)
            }
        };
        hits.truncate(request.limit);
        let addresses: Vec<DocAddress> = hits.iter().map(|(_, address)| *address).collect();
        let reasons = why::why(&searcher, &self.fields, &request.query, &addresses)?;
        let hits = hits
            .into_iter()
            .zip(reasons)
            .map(|((score, address), why)| self.hit(&searcher, address, score, why, request))
            .collect::<tantivy::Result<Vec<_>>>()?;
        Ok(SearchAnswer {
            total: total as u64,
            hits: hits.into_iter().flatten().collect(),
            facets: facets.answer(&request.facets, &counts),
        })
    }

    fn hit(
        &self,
        searcher: &Searcher,
        address: DocAddress,
        score: f32,
        why: Vec<String>,
        request: &SearchRequest,
    ) -> tantivy::Result<Option<SearchHit>> {
        let document = searcher.doc(address)?;
        let items = searcher.segment_reader(address.segment_ord).fast_fields().u64("item")?;
        let Some((item, stored)) = items.first(address.doc_id).zip(self.fields.stored(&document)) else {
            return Ok(None);
        };
        let (side, text) = stored.best_side(&why);
        let (side, text) = (side.to_owned(), snippet(text, &request.query, HIT_TEXT_CHARS));
        Ok(Some(SearchHit {
            id: ItemId(i64::try_from(item).unwrap_or(i64::MAX)),
            source: stored.source,
            outlet: stored.outlet,
            posted_at: stored.posted_at,
            language: stored.language,
            level: stored.level,
            tier: stored.tier,
            score,
            why,
            text,
            side,
        }))
    }
}

impl Index for TantivyIndex {
    fn put(&self, documents: &[IndexDocument]) -> StoreResult<()> {
        let made = documents
            .iter()
            .map(|document| Ok((document.item.0.unsigned_abs(), self.fields.document(document)?)))
            .collect::<Result<Vec<_>, serde_json::Error>>()
            .map_err(|error| StoreError::Engine { engine: "search index", message: error.to_string() })?;
        self.write(|writer, held| {
            for (item, made) in made {
                if !held.is_new(item) {
                    writer.delete_term(Term::from_field_u64(self.fields.item, item));
                }
                writer.add_document(made)?;
            }
            Ok(())
        })?;
        crash::point("index-put");
        Ok(())
    }

    fn commit(&self, sequence: u64) -> StoreResult<()> {
        self.write(|writer, _| commit(writer, sequence))?;
        crash::point("index-committed");
        self.sequence.store(sequence, Ordering::Release);
        self.reader.reload().map_err(|error| engine_error(&error))
    }

    fn sequence(&self) -> u64 {
        self.sequence.load(Ordering::Acquire)
    }

    fn search(&self, request: &SearchRequest) -> StoreResult<SearchAnswer> {
        self.find(request).map_err(|error| engine_error(&error))
    }

    fn clear(&self) -> StoreResult<()> {
        self.write(|writer, held| {
            // What was put and not committed outlives the deletion.
            commit(writer, 0)?;
            writer.delete_all_documents()?;
            held.0.clear();
            commit(writer, 0)
        })?;
        self.sequence.store(0, Ordering::Release);
        self.reader.reload().map_err(|error| engine_error(&error))
    }
}

/// Which items the index holds, one bit each: a new one needs no deletion before it.
#[derive(Default)]
struct Held(Vec<u64>);

impl Held {
    /// The items that are in the index now.
    fn of(searcher: &Searcher) -> tantivy::Result<Self> {
        let mut held = Self::default();
        for segment in searcher.segment_readers() {
            let items = segment.fast_fields().u64("item")?;
            for doc in segment.doc_ids_alive() {
                if let Some(item) = items.first(doc) {
                    held.is_new(item);
                }
            }
        }
        Ok(held)
    }

    /// Whether an item is not in the index yet; it is from now on.
    fn is_new(&mut self, item: u64) -> bool {
        if item >= KNOWN_ITEMS_MAX {
            return false;
        }
        let (place, bit) = (usize::try_from(item / 64).unwrap_or(usize::MAX), 1u64 << (item % 64));
        if self.0.len() <= place {
            self.0.resize(place + 1, 0);
        }
        match self.0.get_mut(place) {
            Some(bits) => {
                let new = *bits & bit == 0;
                *bits |= bit;
                new
            }
            None => false,
        }
    }
}

fn commit(writer: &mut IndexWriter, sequence: u64) -> tantivy::Result<()> {
    let mut prepared = writer.prepare_commit()?;
    prepared.set_payload(&sequence.to_string());
    crash::point("index-prepared");
    prepared.commit()?;
    Ok(())
}

/// The number that the last commit carries; an index without one is empty.
fn sequence_of(engine: &Engine) -> tantivy::Result<u64> {
    Ok(engine.load_metas()?.payload.and_then(|payload| payload.parse().ok()).unwrap_or(0))
}

/// An empty folder in the place of whatever is there.
fn empty_folder(dir: &Path) -> StoreResult<()> {
    let old: PathBuf = dir.to_owned();
    if old.exists() {
        std::fs::remove_dir_all(&old).map_err(|error| io_error("remove", &old, error))?;
    }
    std::fs::create_dir_all(dir).map_err(|error| io_error("make", dir, error))
}

fn engine_error(error: &TantivyError) -> StoreError {
    let message = error.to_string();
    let full = match error {
        TantivyError::IoError(io) => says_full(io),
        // Errors of the indexing thread come as text.
        _ => message.contains("No space left") || message.contains("quota exceeded"),
    };
    if full { StoreError::Full(message) } else { StoreError::Engine { engine: "search index", message } }
}
