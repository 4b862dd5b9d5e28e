//! For tests: a desk in memory. It takes hauls in as the store does: a version is told by its key, the same one twice is
//! one, a file that comes late completes its version, and what is missing from a complete window is gone.
#![allow(clippy::type_complexity)] // said once, in a test

use std::collections::BTreeMap;

use jiff::Timestamp;
use vedette_core::{Cursor, Found, GapNote, Haul, VersionState};

use crate::{CollectError, Connector};

/// Name, address, and digest and length of the bytes when they came.
type File = (String, Option<String>, Option<(String, usize)>);

/// A version, as far as its key goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) state: VersionState,
    pub(crate) text: String,
    pub(crate) edited_at: Option<Timestamp>,
    pub(crate) files: Vec<File>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) posted_at: Option<Timestamp>,
    pub(crate) thread_of: Option<String>,
    pub(crate) versions: Vec<Version>,
}

/// What a desk would hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    pub(crate) items: BTreeMap<String, Item>,
    pub(crate) cursor: Option<Cursor>,
    pub(crate) notes: Vec<String>,
    pub(crate) gaps: Vec<GapNote>,
    /// Hauls that were taken in.
    pub(crate) taken: usize,
    /// Versions that were new.
    pub(crate) new: usize,
}

/// Digest and length of a file.
fn told(bytes: Vec<u8>) -> (String, usize) {
    (super::cursor::digest(&bytes), bytes.len())
}

impl Ledger {
    pub(crate) fn take_in(&mut self, haul: Haul) {
        self.taken += 1;
        for found in haul.found {
            self.take_version(found);
        }
        self.notes.extend(haul.notes);
        self.gaps.extend(haul.gaps);
        if let Some(window) = haul.complete {
            for (id, item) in &mut self.items {
                let within = item.posted_at.is_some_and(|at| at >= window.from && at < window.to);
                let gone = item.versions.last().is_some_and(|last| last.state.is_gone());
                if within && !gone && !window.native_ids.contains(id) {
                    let (state, text) = (VersionState::DeletedInferred, String::new());
                    item.versions.push(Version { state, text, edited_at: None, files: Vec::new() });
                    self.new += 1;
                }
            }
        }
        if haul.cursor.is_some() {
            self.cursor = haul.cursor;
        }
    }

    fn take_version(&mut self, found: Found) {
        let files =
            found.files.into_iter().map(|file| (file.name, file.url, file.bytes.ok().map(told))).collect::<Vec<_>>();
        let new = Version { state: found.state, text: found.text, edited_at: found.edited_at, files };
        let item = self.items.entry(found.native_id).or_insert_with(|| Item {
            posted_at: found.posted_at,
            thread_of: found.thread_of,
            versions: Vec::new(),
        });
        let alike = item.versions.iter_mut().find(|known| {
            (known.state, &known.text, known.edited_at) == (new.state, &new.text, new.edited_at)
                && known.files.len() == new.files.len()
                && known.files.iter().zip(&new.files).all(|(known, new)| {
                    (&known.0, &known.1) == (&new.0, &new.1)
                        && (known.2.is_none() || new.2.is_none() || known.2 == new.2)
                })
        });
        match alike {
            Some(known) => {
                for (known, new) in known.files.iter_mut().zip(new.files) {
                    known.2 = known.2.take().or(new.2);
                }
            }
            None => {
                item.versions.push(new);
                self.new += 1;
            }
        }
    }

    /// One round. After `crash_after` hauls the connector is abandoned before the next one is taken in; `true` when that
    /// happened.
    pub(crate) fn round(
        &mut self,
        connector: &mut dyn Connector,
        crash_after: Option<usize>,
    ) -> Result<bool, CollectError> {
        let cursor = self.cursor.clone();
        let (mut taken, mut crashed) = (0, false);
        let outcome = connector.collect(cursor.as_ref(), &mut |haul| {
            if crash_after == Some(taken) {
                crashed = true;
                return Err(CollectError::Stopped("crashed on purpose".to_owned()));
            }
            taken += 1;
            self.take_in(haul);
            Ok(())
        });
        match outcome {
            Err(_) if crashed => Ok(true),
            Err(error) => Err(error),
            Ok(()) => Ok(false),
        }
    }

    /// Files that could not be fetched are asked for again, as the desk does before each round.
    pub(crate) fn fetch_pending(&mut self, connector: &mut dyn Connector) {
        let versions = self.items.values_mut().flat_map(|item| &mut item.versions);
        for file in versions.flat_map(|version| &mut version.files).filter(|file| file.2.is_none()) {
            file.2 = file.1.as_deref().and_then(|url| connector.fetch_file(url).ok().map(told));
        }
    }

    /// The evidence: what must not depend on order, crashes and ways. Mock servers differ in their ports.
    pub(crate) fn evidence(&self) -> BTreeMap<String, Vec<Version>> {
        let mut evidence: BTreeMap<String, Vec<Version>> =
            self.items.iter().map(|(id, item)| (id.clone(), item.versions.clone())).collect();
        for file in evidence.values_mut().flatten().flat_map(|version| &mut version.files) {
            file.1 = file.1.take().and_then(|url| Some(url.split_once("://")?.1.split_once('/')?.1.to_owned()));
        }
        evidence
    }

    /// States of one item's versions, in order.
    pub(crate) fn states(&self, id: &str) -> Vec<&'static str> {
        self.items
            .get(id)
            .map(|item| item.versions.iter().map(|version| version.state.word()).collect())
            .unwrap_or_default()
    }

    pub(crate) fn texts(&self, id: &str) -> Vec<&str> {
        self.items
            .get(id)
            .map(|item| item.versions.iter().map(|version| version.text.as_str()).collect())
            .unwrap_or_default()
    }
}
