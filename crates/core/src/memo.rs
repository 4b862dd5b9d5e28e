//! What was read before: slow parts of a file (a page, a picture, half a minute of speech) are kept as they are done, so that
//! work that was interrupted goes on where it stopped, and a new model or tool re-reads only what it affects.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::{Reading, Sha256};

/// A part of a file, and what reads it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemoKey {
    /// SHA-256 of the file's bytes (of a member: of the member's).
    pub file: Sha256,
    /// Which part: `image`, `page 12`, `frame 30000`, `speech 60000`.
    pub part: String,
    /// Everything that the result depends on besides: tools, versions, models, settings.
    pub method: String,
}

/// A place where parts that were read are kept. Losing them costs time and nothing else.
pub trait Memo: Send + Sync {
    /// What was kept under `key`; an empty list says that there was nothing to read.
    fn recall(&self, key: &MemoKey) -> Option<Vec<Reading>>;
    /// Keeps `readings`. A failure is not told: the part is read again next time.
    fn keep(&self, key: &MemoKey, readings: &[Reading]);
}

/// Keeps everything in memory, for as long as it lives.
#[derive(Debug, Default)]
pub struct Remembered(Mutex<BTreeMap<MemoKey, Vec<Reading>>>);

impl Remembered {
    /// How many parts it holds.
    pub fn parts(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl Memo for Remembered {
    fn recall(&self, key: &MemoKey) -> Option<Vec<Reading>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn keep(&self, key: &MemoKey, readings: &[Reading]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone(), readings.to_vec());
    }
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoMemo;

impl Memo for NoMemo {
    fn recall(&self, _: &MemoKey) -> Option<Vec<Reading>> {
        None
    }

    fn keep(&self, _: &MemoKey, _: &[Reading]) {}
}

/// What `memo` knows of `key`, else what `read` yields, which is then kept.
///
/// # Errors
/// Those of `read`; a failure is never kept.
pub fn recall_or<E>(
    memo: &dyn Memo,
    key: &MemoKey,
    read: impl FnOnce() -> Result<Vec<Reading>, E>,
) -> Result<Vec<Reading>, E> {
    if let Some(known) = memo.recall(key) {
        return Ok(known);
    }
    let readings = read()?;
    memo.keep(key, &readings);
    Ok(readings)
}

#[cfg(test)]
mod tests {
    use crate::ReadingKind;

    use super::*;

    #[test]
    fn a_part_is_read_once_and_a_failure_is_tried_again() {
        let memo = Remembered::default();
        let key = MemoKey { file: Sha256([7; 32]), part: "page 1".to_owned(), method: "test 1".to_owned() };
        assert_eq!(recall_or(&memo, &key, || Err("busy")), Err("busy"));
        let readings = vec![Reading::new(ReadingKind::Ocr, "test 1", "lamp")];
        assert_eq!(recall_or::<&str>(&memo, &key, || Ok(readings.clone())), Ok(readings.clone()));
        assert_eq!(recall_or(&memo, &key, || Err("must not be called")), Ok(readings));
        let newer = MemoKey { method: "test 2".to_owned(), ..key };
        assert_eq!(recall_or(&memo, &newer, || Err("read again")), Err("read again"));
    }
}
