//! What goes wrong inside the adapters, turned into what the ports say: a full disk is told from a damaged file.

use std::io;
use std::path::Path;

use rusqlite::ffi::{SQLITE_IOERR_DIR_FSYNC as IOERR_DIR_FSYNC, SQLITE_IOERR_FSYNC as IOERR_FSYNC};
use vedette_core::StoreError;

/// A failure inside an adapter.
#[derive(Debug)]
pub(crate) enum Fault {
    /// SQLite's own.
    Sql(rusqlite::Error),
    /// One that already says what to do.
    Store(StoreError),
}

/// Result inside an adapter.
pub(crate) type Done<T> = Result<T, Fault>;

impl Fault {
    /// What SQLite said, when it could not make something durable.
    pub(crate) fn failed_sync(&self) -> Option<String> {
        match self {
            Self::Sql(error) => match error.sqlite_error().map(|error| error.extended_code) {
                Some(IOERR_FSYNC | IOERR_DIR_FSYNC) => Some(error.to_string()),
                _ => None,
            },
            Self::Store(_) => None,
        }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Store(StoreError::Damaged(format!("a row of the catalogue does not hold what it should: {error}")))
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Store(error) => error,
            Fault::Sql(error) => from_sql(error),
        }
    }
}

fn from_sql(error: rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode;
    let message = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full(message),
        Some(ErrorCode::ReadOnly) => StoreError::Full(format!("{message}; make the file system writable")),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Damaged(format!("{message} (catalogue.sqlite); restore a backup with `vedette restore`"))
        }
        // A write that the system cuts short (quota, full file system) comes as an I/O failure.
        Some(ErrorCode::SystemIoFailure) if says_full(&io::Error::last_os_error()) => StoreError::Full(message),
        Some(ErrorCode::ConstraintViolation) => {
            StoreError::Refused(format!("the catalogue refuses what does not fit together: {message}"))
        }
        _ => StoreError::Engine { engine: "catalogue", message },
    }
}

/// Whether an error of the system means that nothing more can be written.
pub(crate) fn says_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::ReadOnlyFilesystem
    )
}

/// An error of the system about a path.
pub(crate) fn io_error(act: &'static str, path: &Path, source: io::Error) -> StoreError {
    let path = path.display().to_string();
    if says_full(&source) {
        return StoreError::Full(format!("cannot {act} `{path}`: {source}"));
    }
    StoreError::Io { act, path, source }
}

/// Stored data that do not fit together.
pub(crate) fn damaged(what: impl Into<String>) -> Fault {
    Fault::Store(StoreError::Damaged(what.into()))
}

/// What was asked for is not there.
pub(crate) fn not_found(what: &'static str, id: impl ToString) -> Fault {
    Fault::Store(StoreError::NotFound { what, id: id.to_string() })
}
