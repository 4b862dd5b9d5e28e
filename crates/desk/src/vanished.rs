//! Posts that a source no longer shows: where a connector says that it brought all there is of a stretch of time, a known
//! post of that stretch that is missing is gone, though nobody said so.

use vedette_core::ports::Records;
use vedette_core::{CompleteWindow, Found, Haul, Source, StoreResult, VersionState};
use vedette_preserve::sha256;

/// Posts of one window that are compared; a window with more is compared in the next rounds.
const POSTS_MAX: usize = 50_000;

/// Adds a `deleted-inferred` state to the haul for each known post that its window no longer shows.
pub(crate) fn infer(source: &Source, haul: &mut Haul, records: &dyn Records) -> StoreResult<u64> {
    let Some(CompleteWindow { from, to, native_ids }) = haul.complete.take() else { return Ok(0) };
    let mut shown = native_ids;
    shown.sort_unstable();
    let mut inferred = 0;
    for (native_id, posted_at) in records.live_posts(source.id, from, to, POSTS_MAX)? {
        let also_here = haul.found.iter().any(|found| found.native_id == native_id);
        if also_here || shown.binary_search(&native_id).is_ok() {
            continue;
        }
        let noticed_at = haul.request.fetched_at;
        // What is preserved is our own statement of what was looked at and not seen.
        let statement = serde_json::json!({
            "inferred": "deleted",
            "native_id": native_id,
            "posted_at": posted_at,
            "not_shown_between": [from, to],
            "noticed_at": noticed_at,
            "connector": haul.request.connector,
            "page": sha256(&haul.page),
        });
        haul.found.push(Found {
            state: VersionState::DeletedInferred,
            posted_at: Some(posted_at),
            edited_at: Some(noticed_at),
            ..Found::bare(native_id, statement.to_string().into_bytes(), "application/json")
        });
        inferred += 1;
    }
    Ok(inferred)
}
