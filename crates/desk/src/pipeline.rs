//! The pipeline on one page: take in, read, recognise, liken, assess, index; translate, and pass again.
//!
//! Each stage is a function of what it reads and of the version of its knowledge and tools. Plain text passes all of
//! them in memory, a batch at a time, and its results are stored in one transaction; HTML waits in the quick lane, files
//! in the slow one, so that the words of a post are found while its posters are still read. A crash between any two
//! steps repeats work and changes nothing.

use vedette_core::limits::BATCH_VERSIONS_MAX;
use vedette_core::ports::IndexDocument;
use vedette_core::{Derived, Haul, ItemId, JobKind, Source, VersionState};

use crate::derive::{self, Material};
use crate::prepare;
use crate::{Desk, DeskResult};

/// What one batch brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Versions seen.
    pub seen: u64,
    /// Versions that were new.
    pub new: u64,
    /// Versions that wait for a reader.
    pub waiting: u64,
}

impl Desk {
    /// Takes in what a connector brought and passes its plain texts through every stage.
    pub(crate) fn take_in(&self, source: &Source, hauls: Vec<Haul>) -> DeskResult<Taken> {
        let prepared = hauls
            .into_iter()
            .map(|haul| prepare::intake(source, haul, &self.rooms.names_key, self.ports.blobs.as_ref()))
            .collect::<Result<Vec<_>, _>>()?;
        let receipts = self.ports.records.take_in(&prepared)?;

        let mut taken = Taken::default();
        let mut fresh = Vec::new();
        for (intake, receipt) in prepared.into_iter().zip(receipts) {
            for (version, receipt) in intake.versions.into_iter().zip(receipt.versions) {
                taken.seen += 1;
                if !receipt.new {
                    continue;
                }
                taken.new += 1;
                taken.waiting +=
                    u64::from(version.needs_job || version.attachments.iter().any(|f| f.exhibit.is_some()));
                if !version.needs_job {
                    fresh.push(Material::of_new(source, version, &receipt, self.now()));
                }
            }
        }
        for batch in fresh.chunks(BATCH_VERSIONS_MAX) {
            self.pass(batch)?;
        }
        Ok(taken)
    }

    /// Passes a batch whose texts are read through recognise, liken, assess and index.
    pub(crate) fn pass(&self, batch: &[Material]) -> DeskResult<()> {
        let recognised = derive::recognise_all(&self.rooms.analyst, batch, self.config.threads());

        let mut state = self.state();
        let mut derived: Vec<Derived> = Vec::with_capacity(batch.len());
        for (material, found) in batch.iter().zip(recognised) {
            let alike = state.likeness.liken(material, &found, &self.config);
            let mut one = derive::assess(&self.rooms.analyst, &self.config, material, found, alike);
            if one.next.is_none() && self.wants_translation(material, &one.readings) {
                one.next = Some(JobKind::Translate);
            }
            derived.push(one);
        }
        let sequence = self.ports.records.put_derived(&derived)?;

        let documents = batch
            .iter()
            .zip(&derived)
            .map(|(material, derived)| self.index_document(material, derived))
            .collect::<DeskResult<Vec<IndexDocument>>>()?;
        if !state.index_behind
            && let Err(error) = self.ports.index.put(&documents)
        {
            // The rows are stored, and the index is a cache: it catches up from them.
            tracing::warn!(%error, "cannot put posts into the search index");
            state.index_behind = true;
        }
        self.raise_alerts(&mut state, batch, &derived, &documents)?;
        state.uncommitted = Some(sequence);
        Ok(())
    }

    /// Makes everything passed so far searchable.
    pub fn commit_index(&self) -> DeskResult<()> {
        let mut state = self.state();
        if state.index_behind {
            self.catch_up_index()?;
        } else if let Some(sequence) = state.uncommitted {
            // What was put since the last commit is gone when this fails.
            state.index_behind = true;
            self.ports.index.commit(sequence)?;
        }
        state.index_behind = false;
        state.uncommitted = None;
        Ok(())
    }

    /// Replays into the index what the records hold beyond its last commit.
    pub(crate) fn catch_up_index(&self) -> DeskResult<()> {
        let mut from = self.ports.index.sequence();
        loop {
            let rows = self.ports.records.derived_since(from, BATCH_VERSIONS_MAX)?;
            let Some((last, _)) = rows.last().copied() else { return Ok(()) };
            let mut items: Vec<ItemId> = rows.into_iter().map(|(_, item)| item).collect();
            items.sort_unstable();
            items.dedup();
            let documents = items
                .into_iter()
                .map(|item| self.index_document_of(item))
                .collect::<DeskResult<Vec<IndexDocument>>>()?;
            self.ports.index.put(&documents)?;
            self.ports.index.commit(last)?;
            from = last;
        }
    }

    /// Builds the index anew from the records; how many items it holds now.
    pub fn rebuild_index(&self) -> DeskResult<u64> {
        let _state = self.state();
        self.ports.index.clear()?;
        self.catch_up_index()?;
        Ok(self.ports.records.counts()?.items)
    }

    fn index_document(&self, material: &Material, derived: &Derived) -> DeskResult<IndexDocument> {
        // A first version is known whole from memory; a later one needs the item's history, and one that passes again what
        // people decided meanwhile.
        if material.fresh && material.number == 1 && material.state == VersionState::Posted {
            return Ok(crate::index_document::of_first(material, derived));
        }
        self.index_document_of(material.item)
    }

    fn index_document_of(&self, item: ItemId) -> DeskResult<IndexDocument> {
        Ok(crate::index_document::of_item(&self.ports.records.item(item)?))
    }
}
