//! Erasing on request and when a source's time of keeping is up. Proofs stay: the leaf hashes, and one leaf that says who
//! erased what and why.

use vedette_core::ports::IndexDocument;
use vedette_core::{ErasedItem, Erasure, ItemId, Keeping, SourceId};

use crate::{Desk, DeskError, DeskResult, Role, Who};

/// Items erased in one go when their time is up.
const ROWS: usize = 256;
/// Characters of a reason or a basis.
const WORDS_CHARS_MAX: usize = 2_000;

impl Desk {
    /// Erases an item for good: its words, bytes and files. Needs a reason and a legal basis; refused under a legal hold.
    pub fn erase_item(&self, who: &Who, item: ItemId, reason: &str, basis: &str) -> DeskResult<ErasedItem> {
        who.may(Role::Admin, "erase items")?;
        for (what, words) in [("a reason", reason), ("a legal basis", basis)] {
            if words.trim().is_empty() || words.chars().count() > WORDS_CHARS_MAX {
                return Err(DeskError::Unusable(format!(
                    "erasing needs {what} of 1 to {WORDS_CHARS_MAX} characters: it stays in the log for ever"
                )));
            }
        }
        let erasure = Erasure {
            reason: reason.trim().to_owned(),
            basis: basis.trim().to_owned(),
            by: who.name().to_owned(),
            at: self.now(),
        };
        let gone = self.erase(item, &erasure)?;
        self.audit(who, "erase", &item.to_string(), &format!("{}; {}", erasure.reason, erasure.basis))?;
        Ok(gone)
    }

    /// Erases what its source's time of keeping no longer covers; how many items.
    pub fn erase_expired_items(&self) -> DeskResult<u64> {
        let mut erased = 0;
        loop {
            let due = self.ports.records.expired_items(self.now(), ROWS)?;
            if due.is_empty() {
                return Ok(erased);
            }
            for item in due {
                self.erase(
                    item,
                    &Erasure {
                        reason: "the source's time of keeping is up".to_owned(),
                        basis: "retention recorded on the source".to_owned(),
                        by: "retention".to_owned(),
                        at: self.now(),
                    },
                )?;
                erased += 1;
            }
        }
    }

    /// Records how long what a source brings is kept, or a legal hold.
    pub fn set_keeping(&self, who: &Who, id: SourceId, keeping: &Keeping) -> DeskResult<()> {
        who.may(Role::Admin, "set how long a source is kept")?;
        if keeping.days == Some(0) {
            return Err(DeskError::Unusable("a source is kept for at least 1 day".to_owned()));
        }
        if keeping.hold.as_ref().is_some_and(|why| why.trim().is_empty()) {
            return Err(DeskError::Unusable("a legal hold needs a reason, such as a case number".to_owned()));
        }
        self.ports.records.set_keeping(id, keeping, who.name(), self.now())?;
        let words = match (&keeping.hold, keeping.days) {
            (Some(why), _) => format!("legal hold: {why}"),
            (None, Some(days)) => format!("{days} days"),
            (None, None) => "for ever".to_owned(),
        };
        self.audit(who, "source keeping", &id.to_string(), &words)
    }

    fn erase(&self, item: ItemId, erasure: &Erasure) -> DeskResult<ErasedItem> {
        // The index first: it is filled again from derived rows, which go too, so a crash after them would leave the words
        // to be found. Then rows: a crash after them leaves files that the next opening removes.
        let view = self.ports.records.item(item)?;
        if view.source.asked.keeping.hold.is_none() {
            let mut document = crate::index_document::of_item(&view);
            let IndexDocument { original, ocr, translation, earlier, .. } = &mut document;
            [original, ocr, translation, earlier].into_iter().for_each(String::clear);
            self.index_erased(document)?;
        }
        let gone = self.ports.records.erase_item(item, erasure)?;
        for sha256 in &gone.exhibits {
            self.ports.blobs.erase(*sha256)?;
        }
        self.index_erased(crate::index_document::of_item(&self.ports.records.item(item)?))?;
        Ok(gone)
    }

    fn index_erased(&self, document: IndexDocument) -> DeskResult<()> {
        let _state = self.state();
        self.ports.index.put(&[document])?;
        Ok(self.ports.index.commit(self.ports.index.sequence())?)
    }
}
