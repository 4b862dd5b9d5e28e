//! The catalogue on SQLite: one connection writes, a few read beside it (write-ahead log), every write is one
//! transaction that is durable when the call returns.

mod check;
mod check_derived;
mod decisions;
mod derived;
mod erasing;
mod families;
mod files;
mod gaps;
mod house;
mod items;
mod judgements;
mod lists;
mod log;
mod queue;
mod records;
mod rows;
mod schema;
pub(crate) mod sealing;
mod series;
mod sources;
mod take_in;
mod translations;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use vedette_core::{Sha256, StoreError, StoreResult};

use crate::crash::{self, Lie};
use crate::fault::{Done, io_error};

/// KiB of pages that the writing connection keeps in memory.
const WRITER_CACHE_KIB: u32 = 32 * 1024;
/// Pages of the write-ahead log after which it is copied into the file: 32 MB, so that pages changed often are copied once.
const CHECKPOINT_PAGES: u32 = 4_000;
/// KiB of pages that each reading connection keeps in memory.
const READER_CACHE_KIB: u32 = 6 * 1024;
/// Reading connections that are kept open; more are opened for a rush and closed after it.
const READERS_KEPT: usize = 4;
/// Statements kept prepared on a connection: more than there are.
const STATEMENTS_KEPT: usize = 256;
/// How long a connection waits for another one's lock; only checkpoints and the opening of a workspace take one.
const BUSY_WAIT: Duration = Duration::from_secs(10);

/// Rows, the custody log, and the queue.
pub struct SqliteRecords {
    path: PathBuf,
    writer: Option<Mutex<Connection>>,
    readers: Mutex<Vec<Connection>>,
    /// Why nothing more is written: something could not be made durable.
    stopped: OnceLock<String>,
}

impl SqliteRecords {
    /// Opens a catalogue; when `writable`, makes it if it is missing and brings it up to date.
    pub fn open(path: &Path, writable: bool) -> StoreResult<Self> {
        let writer = if writable { Some(Mutex::new(open_writer(path)?)) } else { None };
        let records = Self { path: path.to_owned(), writer, readers: Mutex::default(), stopped: OnceLock::new() };
        records.read(|tx| {
            let found = schema::refuse_newer(tx, &path.display().to_string())?;
            if found < schema::known_version() {
                return Err(StoreError::Refused(format!(
                    "the catalogue `{}` is of an older version: open it for writing once",
                    path.display()
                ))
                .into());
            }
            Ok(())
        })?;
        Ok(records)
    }

    /// Runs `act` in a transaction that is committed when it succeeds and rolled back when it fails.
    pub(crate) fn write<T>(&self, act: impl FnOnce(&Transaction<'_>) -> Done<T>) -> StoreResult<T> {
        let Some(writer) = &self.writer else {
            return Err(StoreError::Refused("the workspace is open for reading only".to_owned()));
        };
        self.refuse_stopped()?;
        // A writer that panicked has rolled back: the connection is whole.
        let mut connection = writer.lock().unwrap_or_else(PoisonError::into_inner);
        let run = || -> Done<T> {
            let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = act(&tx)?;
            tx.commit()?;
            Ok(value)
        };
        Ok(run().inspect_err(|fault| {
            if let Some(why) = fault.failed_sync() {
                self.stop(&format!("the catalogue could not be made durable ({why})"));
            }
        })?)
    }

    /// Nothing more is written by this process, because something could not be made durable.
    pub(crate) fn stop(&self, why: &str) {
        tracing::error!(why, "the disk failed: nothing more is written until the workspace is opened anew");
        // The first reason is the one that counts.
        self.stopped.get_or_init(|| why.to_owned());
    }

    /// Refuses to write after [`Self::stop`].
    pub(crate) fn refuse_stopped(&self) -> StoreResult<()> {
        match self.stopped.get() {
            None => Ok(()),
            Some(why) => Err(StoreError::Engine {
                engine: "disk",
                message: format!("{why}; nothing more is written: check the disk, then start again"),
            }),
        }
    }

    /// Runs `act` over one state of the catalogue.
    pub(crate) fn read<T>(&self, act: impl FnOnce(&Transaction<'_>) -> Done<T>) -> StoreResult<T> {
        let kept = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match kept {
            Some(connection) => connection,
            None => open_reader(&self.path)?,
        };
        let run = |connection: &mut Connection| -> Done<T> {
            let tx = connection.transaction()?;
            act(&tx)
        };
        let outcome = run(&mut connection);
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < READERS_KEPT {
            readers.push(connection);
        }
        Ok(outcome?)
    }

    /// Runs statements on the writing connection outside of a transaction (pragmas, checkpoints).
    pub(crate) fn on_writer<T>(&self, act: impl FnOnce(&Connection) -> Done<T>) -> StoreResult<T> {
        match &self.writer {
            Some(writer) => Ok(act(&writer.lock().unwrap_or_else(PoisonError::into_inner))?),
            None => Err(StoreError::Refused("the workspace is open for reading only".to_owned())),
        }
    }

    /// The folder of the workspace's own register, beside the catalogue.
    pub(crate) fn knowledge(&self) -> PathBuf {
        self.path.with_file_name("knowledge")
    }

    /// Whether an exhibit was erased, and its bytes when they are a row; `None` when it is unknown.
    pub(crate) fn inline_bytes(&self, sha256: Sha256) -> StoreResult<Option<(bool, Option<Vec<u8>>)>> {
        self.read(|tx| files::inline_bytes(tx, sha256))
    }

    /// The newest erasures; their files may have been left behind by a crash.
    pub(crate) fn newly_erased(&self, limit: usize) -> StoreResult<Vec<Sha256>> {
        self.read(|tx| files::newly_erased(tx, limit))
    }

    /// Writes a copy of one state of the catalogue, without what was deleted, while others read and write.
    pub(crate) fn copy(&self, file: &str) -> StoreResult<()> {
        let connection = open_reader(&self.path)?;
        let copy = || -> Done<()> {
            // Only the copy is written: the connection itself may stay read-only for everything else.
            connection.execute_batch("PRAGMA query_only = OFF")?;
            connection.execute("VACUUM INTO ?1", [file])?;
            Ok(())
        };
        Ok(copy()?)
    }

    /// Limits the catalogue to this many pages, for tests of a full disk.
    #[doc(hidden)]
    pub fn limit_pages(&self, pages: u32) -> StoreResult<u32> {
        self.on_writer(|connection| {
            Ok(connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |row| row.get(0))?)
        })
    }
}

fn open_writer(path: &Path) -> StoreResult<Connection> {
    let open = || -> Done<Connection> {
        let mut connection = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        connection.busy_timeout(BUSY_WAIT)?;
        // Before anything else touches the file: a catalogue of a newer program stays as it is.
        schema::refuse_newer(&connection, &path.display().to_string())?;
        connection.execute_batch(&format!(
            "PRAGMA page_size = 8192;
             PRAGMA journal_mode = WAL;
             PRAGMA synchronous = {};
             PRAGMA foreign_keys = ON;
             PRAGMA trusted_schema = OFF;
             PRAGMA temp_store = MEMORY;
             PRAGMA secure_delete = ON;
             PRAGMA journal_size_limit = 67108864;
             PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES};
             PRAGMA cache_size = -{WRITER_CACHE_KIB};",
            if crash::lies(Lie::NoFsync) { "OFF" } else { "FULL" },
        ))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        schema::migrate(&mut connection, &path.display().to_string())?;
        Ok(connection)
    };
    let connection = open()?;
    // The file's own name must survive a power cut too.
    if let Some(folder) = path.parent() {
        std::fs::File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| io_error("make durable", folder, error))?;
    }
    Ok(connection)
}

fn open_reader(path: &Path) -> StoreResult<Connection> {
    let open = || -> Done<Connection> {
        let connection =
            Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(BUSY_WAIT)?;
        connection.execute_batch(&format!(
            "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;
             PRAGMA cache_size = -{READER_CACHE_KIB};"
        ))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        Ok(connection)
    };
    Ok(open()?)
}
