//! Searching the archive, families, the timeline, and pictures that are safe to show.

use jiff::Timestamp;
use vedette_core::limits::PDQ_DISTANCE_MAX;
use vedette_core::{
    Counts, FamilyId, FamilyView, FieldName, ItemId, Query, SearchAnswer, SearchRequest, Sha256, SortBy, TimelineBucket,
};
use vedette_read::{Hint, Opened};

use crate::{Desk, DeskError, DeskResult};

/// What the source said of a file is not trusted, and not needed, to open it.
const NO_HINT: Hint<'_> = Hint { media_type: None, name: None };

/// Facets that the search page counts.
const FACETS: [FieldName; 7] = [
    FieldName::Level,
    FieldName::Source,
    FieldName::Outlet,
    FieldName::Actor,
    FieldName::Language,
    FieldName::Statement,
    FieldName::State,
];

/// One page of answers, with the question as it was understood.
#[derive(Debug, Clone, Default)]
pub struct SearchPage {
    /// The question.
    pub query: Query,
    /// The answer.
    pub answer: SearchAnswer,
}

/// An image that was decoded in the sandbox and encoded again by us.
#[derive(Debug, Clone)]
pub struct Picture {
    /// PNG of at most 480 pixels a side.
    pub png: Vec<u8>,
    /// The same, blurred beyond recognition: what may be shown unasked.
    pub blurred_png: Vec<u8>,
}

impl Desk {
    /// Answers a question in the query language.
    pub fn search(
        &self,
        text: &str,
        sort: SortBy,
        offset: usize,
        limit: usize,
        with_facets: bool,
    ) -> DeskResult<SearchPage> {
        let query = vedette_search::parse(text, self.now())?;
        let request = SearchRequest {
            query: query.clone(),
            sort,
            limit,
            offset,
            facets: if with_facets { FACETS.to_vec() } else { Vec::new() },
        };
        Ok(SearchPage { query, answer: self.ports.index.search(&request)? })
    }

    /// A family, oldest member first.
    pub fn family(&self, id: FamilyId) -> DeskResult<FamilyView> {
        Ok(self.ports.records.family(id)?)
    }

    /// The largest families.
    pub fn families(&self, limit: usize) -> DeskResult<Vec<FamilyView>> {
        Ok(self.ports.records.families(limit)?)
    }

    /// Items by day and level.
    pub fn timeline(&self, from: Option<Timestamp>, to: Option<Timestamp>) -> DeskResult<Vec<TimelineBucket>> {
        Ok(self.ports.records.timeline(from, to)?)
    }

    /// How much there is.
    pub fn counts(&self) -> DeskResult<Counts> {
        Ok(self.ports.records.counts()?)
    }

    /// Items by the source's own id: the answer to "why is it not here?".
    pub fn find_native(&self, native_id: &str) -> DeskResult<Vec<ItemId>> {
        Ok(self.ports.records.find_native(native_id)?)
    }

    /// A picture of an image exhibit: decoded in the sandbox, made small, encoded by us. The bytes as collected are never
    /// sent to a browser. Sealed pages and what is no image are refused.
    pub fn picture(&self, sha256: Sha256) -> DeskResult<Picture> {
        let refuse = |why: &str| DeskError::Unusable(format!("there is no picture of {sha256}: {why}"));
        let info = self.ports.records.exhibit(sha256)?.ok_or_else(|| refuse("it is unknown"))?;
        if info.sealed {
            return Err(refuse("it is a sealed response page"));
        }
        let bytes = self.ports.blobs.get(sha256)?.ok_or_else(|| refuse("its bytes were erased"))?;
        match self.rooms.reader.opener().open(&bytes, &NO_HINT)? {
            Opened::Image(image) => Ok(Picture { png: image.preview_png, blurred_png: image.blurred_png }),
            _ => Err(refuse("it is no image")),
        }
    }

    /// Items with an image near a PDQ hash, nearest first.
    pub fn match_image(&self, pdq: &str) -> DeskResult<Vec<(ItemId, u32)>> {
        let hash = pdq
            .parse()
            .map_err(|_| DeskError::Unusable(format!("`{pdq}` is not a PDQ hash: expected 64 hexadecimal digits")))?;
        Ok(self.state().likeness.images_near(&hash, PDQ_DISTANCE_MAX))
    }
}
