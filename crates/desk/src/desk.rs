//! The desk: the ports, the rooms and the settings that every use case works with.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use vedette_core::AuditEntry;
use vedette_core::ports::{Blobs, CustodyLog, Index, Judgements, Kinship, Queue, Records, Translations};
use vedette_read::Reader;

use crate::liken::LikenessState;
use crate::{Analyst, DeskConfig, DeskResult, TranslationRoom, Who};

/// The stores, behind their traits.
#[derive(Clone)]
pub struct Ports {
    /// Bytes.
    pub blobs: Arc<dyn Blobs>,
    /// Rows and the log.
    pub records: Arc<dyn Records>,
    /// Work that waits.
    pub queue: Arc<dyn Queue>,
    /// The search index.
    pub index: Arc<dyn Index>,
    /// The log towards the world.
    pub log: Arc<dyn CustodyLog>,
    /// What people judge besides levels.
    pub judgements: Arc<dyn Judgements>,
    /// Joins, families as people parted them, and issues.
    pub kinship: Arc<dyn Kinship>,
    /// What people and engines wrote as translations.
    pub translations: Arc<dyn Translations>,
}

/// Tells the time; tests hold it still.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What the stages need besides data.
pub struct Rooms {
    /// Recognition and assessment of texts.
    pub analyst: Analyst,
    /// The sandboxed reader.
    pub reader: Reader,
    /// What translates; without an engine, texts stay as they are.
    pub translation: TranslationRoom,
    /// Key under which people's account names are hashed.
    pub names_key: [u8; 32],
    /// The time.
    pub clock: Clock,
    /// What connectors need from the world: clock, waiting, name look-up, and the pace shared by all of them.
    pub env: vedette_collect::Env,
}

/// A desk at work. Cheap to share between threads.
pub struct Desk {
    pub(crate) ports: Ports,
    pub(crate) rooms: Rooms,
    pub(crate) config: DeskConfig,
    /// Held while derived rows are stored and indexed, so that an index commit covers every row up to its number.
    pub(crate) state: Mutex<State>,
}

/// What changes with every derived version.
pub(crate) struct State {
    pub(crate) likeness: LikenessState,
    pub(crate) watches: Option<vedette_search::WatchSet>,
    /// Last sequence number put into the index and not committed yet.
    pub(crate) uncommitted: Option<u64>,
    /// The search index lost what was put since its last commit: it is filled again from the records.
    pub(crate) index_behind: bool,
}

impl Desk {
    /// Opens a desk over its stores: loads the likeness indexes and brings the search index up to the records.
    pub fn open(ports: Ports, rooms: Rooms, config: DeskConfig) -> DeskResult<Self> {
        let likeness =
            LikenessState::load(ports.records.as_ref(), crate::families::partings(ports.judgements.as_ref())?)?;
        let state = Mutex::new(State { likeness, watches: None, uncommitted: None, index_behind: false });
        let desk = Self { ports, rooms, config, state };
        if let Err(error) = desk.catch_up_index() {
            // What is stored can be read and searched; the index is filled when it can be written again.
            tracing::warn!(%error, "the search index is behind the records");
            desk.state().index_behind = true;
        }
        // A crash between accepting an entry and writing it leaves the file behind what was accepted.
        if let Err(error) = desk.write_register() {
            tracing::warn!(%error, "the register file of the pages is behind what was accepted");
        }
        Ok(desk)
    }

    /// The sandboxed reader.
    pub fn reader(&self) -> &Reader {
        &self.rooms.reader
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        (self.rooms.clock)()
    }

    /// The analyst: recognition and assessment without a workspace.
    pub fn analyst(&self) -> &Analyst {
        &self.rooms.analyst
    }

    /// The settings.
    pub fn config(&self) -> &DeskConfig {
        &self.config
    }

    /// A thread that panicked inside a stage leaves at most one batch underived; its rows are whole, because they are
    /// stored in one transaction. So the state stays usable.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn audit(&self, who: &Who, action: &str, object: &str, detail: &str) -> DeskResult<()> {
        self.ports.records.audit(&AuditEntry {
            at: self.now(),
            by: who.name().to_owned(),
            action: action.to_owned(),
            object: object.to_owned(),
            detail: detail.to_owned(),
        })?;
        Ok(())
    }
}
