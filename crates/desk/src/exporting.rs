//! What leaves the house as data: STIX, MISP, hash lists, tables. Each export is a named person's decision, logged.

use vedette_core::{Draft, ItemId, ItemView, LeafKind, Reviewer};
use vedette_publish::Sender;

use crate::{Desk, DeskError, DeskResult, Role, Who};

/// Format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// A STIX 2.1 bundle.
    Stix,
    /// A MISP event.
    Misp,
    /// Hashes, CSV.
    Hashes,
    /// A table of items, CSV.
    Csv,
    /// Decisions as labelled data, CSV.
    Decisions,
}

impl ExportFormat {
    fn word(self) -> &'static str {
        match self {
            Self::Stix => "stix",
            Self::Misp => "misp",
            Self::Hashes => "hashes",
            Self::Csv => "csv",
            Self::Decisions => "decisions",
        }
    }
}

impl Desk {
    /// Items as data in `format`. Logged with the person who decided.
    pub fn export(&self, who: &Who, format: ExportFormat, items: &[ItemId]) -> DeskResult<String> {
        who.may(Role::Editor, "export")?;
        let views: Vec<ItemView> = items.iter().map(|item| self.ports.records.item(*item)).collect::<Result<_, _>>()?;
        let reviewer = Reviewer::named(who.name())
            .ok_or_else(|| DeskError::Unusable("an export needs the name of the person who decides".to_owned()))?;
        let now = self.now();
        let record = serde_json::json!({ "export": format.word(), "items": items.len(), "by": who.name() }).to_string();
        self.ports.records.log(LeafKind::Export, &record, now)?;
        let cleared = Draft::new(views).clear(reviewer, now, format.word());
        let sender = Sender::default();
        let text = match format {
            ExportFormat::Stix => vedette_publish::stix21(&cleared, &sender),
            ExportFormat::Misp => vedette_publish::misp(&cleared, &sender),
            ExportFormat::Hashes => vedette_publish::hashes_csv(&cleared),
            ExportFormat::Csv => vedette_publish::items_csv(&cleared),
            ExportFormat::Decisions => vedette_publish::decisions_csv(&cleared),
        };
        self.audit(who, "export", format.word(), &format!("{} items", items.len()))?;
        Ok(text)
    }

    /// All items that answer a question, oldest id first, at most `limit`.
    pub fn items_matching(&self, query: &str, limit: usize) -> DeskResult<Vec<ItemId>> {
        let page = self.search(query, vedette_core::SortBy::Newest, 0, limit, false)?;
        let mut items: Vec<ItemId> = page.answer.hits.into_iter().map(|hit| hit.id).collect();
        items.sort_unstable();
        Ok(items)
    }
}
