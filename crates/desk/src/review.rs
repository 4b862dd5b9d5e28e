//! The inbox and a person's decisions.

use vedette_core::{Decision, InboxQuery, InboxRow, ItemId, ItemView, Job, Level, Verdict};

use crate::{Desk, DeskError, DeskResult, Role, Who};

impl Desk {
    /// The inbox, ranked by level, then time; and how many rows there are in all.
    pub fn inbox(&self, query: &InboxQuery) -> DeskResult<(Vec<InboxRow>, u64)> {
        Ok(self.ports.records.inbox(query)?)
    }

    /// Everything about one item.
    pub fn item(&self, id: ItemId) -> DeskResult<ItemView> {
        Ok(self.ports.records.item(id)?)
    }

    /// Records a person's decision on an item. `level` is needed to change it, and ignored otherwise.
    pub fn review(
        &self,
        who: &Who,
        id: ItemId,
        verdict: Verdict,
        level: Option<Level>,
        reason: &str,
    ) -> DeskResult<Decision> {
        who.may(Role::Analyst, "review")?;
        let item = self.ports.records.item(id)?;
        let proposed = item.content().map(|version| version.assessment.level).unwrap_or_default();
        let level = match (verdict, level) {
            (Verdict::Confirm, _) => proposed,
            (Verdict::Reject, _) => Level::None,
            (Verdict::Change, Some(level)) => level,
            (Verdict::Change, None) => {
                return Err(DeskError::Unusable("say which level is right: --level low, for instance".to_owned()));
            }
        };
        if verdict != Verdict::Confirm && reason.trim().is_empty() {
            return Err(DeskError::Unusable("a changed or rejected assessment needs a reason".to_owned()));
        }
        let decision = Decision {
            verdict,
            level,
            proposed: Some(proposed),
            reason: reason.trim().to_owned(),
            by: who.name().to_owned(),
            at: self.now(),
        };
        let mut state = self.state();
        self.ports.records.decide(id, &decision)?;
        // The index shows the level that holds.
        let document = crate::index_document::of_item(&self.ports.records.item(id)?);
        self.ports.index.put(&[document])?;
        let sequence = state.uncommitted.take().unwrap_or_else(|| self.ports.index.sequence());
        self.ports.index.commit(sequence)?;
        self.audit(who, "review", &id.to_string(), level.word())?;
        Ok(decision)
    }

    /// Marks an item as seen, or not.
    pub fn mark_seen(&self, who: &Who, id: ItemId, seen: bool) -> DeskResult<()> {
        who.may(Role::Analyst, "mark items")?;
        Ok(self.ports.records.mark_seen(id, seen, who.name(), self.now())?)
    }

    /// Work that failed too often and waits for a person.
    pub fn parked(&self) -> DeskResult<Vec<Job>> {
        Ok(self.ports.queue.parked(500)?)
    }
}
